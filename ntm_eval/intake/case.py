"""One report with what it is checked against: what every rule on a single report is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ntm_eval import units
from ntm_eval.intake.problems import Place, Problem, problem

# The square root of a count that comes about by chance has a standard deviation of about 1/2,
# so the difference of two has 0.7: further apart than 2 is more than chance.
BY_CHANCE = 2.0


@dataclass(frozen=True)
class Case:
    """One report with what it is checked against: the district's earlier reports."""

    district: units.District
    year: int
    period: str
    facts: pd.DataFrame
    earlier: pd.DataFrame
    communes: pd.DataFrame
    answers: pd.DataFrame

    @cached_property
    def actual(self) -> pd.DataFrame:
        """The actual figures that could be read, by indicator."""
        rows = self.facts[(self.facts["measure"] == "actual") & self.facts["value"].notna()]
        return rows.set_index("indicator", drop=False)

    @cached_property
    def figures(self) -> list[tuple[str, str, float]]:
        """Measure, indicator and value of each fact, in the order of `facts`."""
        columns = (self.facts[c].to_numpy(object) for c in ("measure", "indicator", "value"))
        return list(zip(*columns, strict=True))

    @cached_property
    def values(self) -> dict[str, float]:
        """The actual figures that could be read, by indicator: `actual` for the eye of a rule."""
        return {i: v for measure, i, v in self.figures if measure == "actual" and v == v}

    @cached_property
    def surveyed(self) -> dict[tuple[str, str], list[int]]:
        """The rows of `answers` of each commune and survey, in the order of their names."""
        found: dict[tuple[str, str], list[int]] = {}
        columns = (self.answers[c].to_numpy(object) for c in ("commune_code", "survey"))
        for n, key in enumerate(zip(*columns, strict=True)):
            found.setdefault(key, []).append(n)
        return dict(sorted(found.items()))

    def about(self, row: pd.Series, rule: str, why: str) -> Problem:
        """The letter about a fact of this report."""
        return about_fact(self.district, row, rule, why)


def about_fact(district: units.District, row: pd.Series, rule: str, why: str) -> Problem:
    """The letter about one fact of a district, with the address of its cell."""
    text = {key: _known(row[key]) for key in ("file", "sheet", "cell", "raw")}
    place = Place(district.short, district.code, text["file"], text["sheet"], text["cell"])
    return problem(rule, why, place, indicator=row["indicator"], raw=text["raw"])


def actuals(facts: pd.DataFrame, year: int, period: str) -> pd.DataFrame:
    """The owed actual figures of one year and period, those without a value too."""
    return facts[
        (facts["year"] == year) & (facts["period"] == period) & (facts["measure"] == "actual")
    ]


def beyond_chance(now: pd.Series, then: pd.Series, counted: pd.Series) -> pd.Series:
    """Whether two figures differ by more than small counts do by themselves: 1 and 2 do not.

    Figures that are not `counted` (money, area, shares) differ as soon as they are not equal.
    """
    apart = (np.sqrt(now.clip(lower=0)) - np.sqrt(then.clip(lower=0))).abs() > BY_CHANCE
    return apart.where(counted, now != then)


def shown(value: float) -> str:
    """A figure in a letter, as an official writes it: 1.234,5.

    >>> shown(2_100_000_000), shown(13.25), shown(0.5)
    ('2.100.000.000', '13,25', '0,5')
    """
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,"))


def _known(value: object) -> str | None:
    return None if pd.isna(value) else str(value)
