"""One report with what it is checked against: what every rule on a single report is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.intake import sheets
from ntm_eval.intake.cells import Columns, Row
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import Message

# The square root of a count that comes about by chance has a standard deviation of about 1/2,
# so the difference of two has 0.7: further apart than 2 is more than chance.
BY_CHANCE = 2.0
KEY = ["district_code", "indicator"]


@dataclass(frozen=True)
class Case:
    """One report with what it is checked against: the district's earlier reports."""

    district: units.District
    year: int
    period: str
    facts: Columns
    earlier: pd.DataFrame
    communes: Columns
    answers: Columns
    missing: frozenset[str] = frozenset()  # sheets that were not sent, which is not zero
    towns: Columns = field(default_factory=dict)
    organisations: Columns = field(default_factory=dict)
    rows: Mapping[tuple[str, ...], Row] = field(default_factory=dict)  # the cells, as cleaned

    @cached_property
    def figures(self) -> list[tuple[str, str, float]]:
        """Measure, indicator and value of each fact, in the order of `facts`."""
        values = _numbers(self.facts["value"]).tolist()
        return list(zip(self.facts["measure"], self.facts["indicator"], values, strict=True))

    @cached_property
    def actual(self) -> dict[str, int]:
        """The row in `facts` of each indicator whose actual figure could be read."""
        return {
            code: n
            for n, (measure, code, value) in enumerate(self.figures)
            if measure == "actual" and value == value
        }

    @cached_property
    def values(self) -> dict[str, float]:
        """The actual figures that could be read, by indicator."""
        return {code: self.figures[n][2] for code, n in self.actual.items()}

    @cached_property
    def counts(self) -> dict[str, np.ndarray]:
        """Each column of counts in `answers`, NaN where a count is blank."""
        return {c: _numbers(self.answers[c]) for c in sheets.SATISFACTION_COUNTS}

    @cached_property
    def surveyed(self) -> dict[tuple[str, str], list[int]]:
        """The rows of `answers` of each commune and survey, in the order of their names."""
        found: dict[tuple[str, str], list[int]] = {}
        keys = zip(self.answers["commune_code"], self.answers["survey"], strict=True)
        for n, key in enumerate(keys):
            found.setdefault(key, []).append(n)
        return dict(sorted(found.items()))

    @cached_property
    def plans(self) -> pd.DataFrame:
        """The plans beside those before them (`compared_plans`)."""
        columns = (*KEY, "measure", "value", "state", "corrected")
        facts = pd.DataFrame({name: self.facts[name] for name in columns})
        return compared_plans(facts, self.earlier, self.year, self.period)

    def about(self, n: int, why: Message) -> Problem:
        """The problem of the fact in a row of `facts`."""
        return about_fact(self.district, row(self.facts, n), why)


def compared_plans(
    facts: pd.DataFrame, earlier: pd.DataFrame, year: int, period: str
) -> pd.DataFrame:
    """Each planned indicator's plan beside the plans and results before it.

    `facts` are those of the year and period, `earlier` of the reports before, of one or more
    districts. Indexed by (district_code, indicator): `plan` and its `state`; `first`, the plan of
    the same year's 6-month report; `last`, last year's result, none across a break; `falls`, True
    where less is better; `used`, the plan that counts, and its `basis`: NaN where it is the one
    reported, `h1` or `last_year` where it is missing or was made easier without approval; `row`,
    the position of the plan in `facts`.
    """
    catalogue = reference.catalogue()
    planned = catalogue.index[catalogue["has_plan"] == "yes"]
    rows = facts.assign(row=range(len(facts)))
    rows = rows[(rows["measure"] == "plan") & rows["indicator"].isin(planned)]
    rows = rows.drop_duplicates(KEY).set_index(KEY)
    halfway = earlier[(earlier["year"] == year) & (earlier["period"] == "h1")]
    before = earlier[(earlier["year"] == year - 1) & (earlier["period"] == "annual")]
    known = catalogue.loc[rows.index.get_level_values("indicator")].set_index(rows.index)
    unbroken = known["break_before"] != year
    first = values_of(halfway, "plan").reindex(rows.index)
    last = values_of(before, "actual").reindex(rows.index).where(unbroken)
    planned_before = values_of(before, "plan").reindex(rows.index).notna()
    plan, falls = rows["value"], known["formula"] == "down"
    changed = easier(plan, first, falls) & rows["corrected"].isna()
    missing = plan.isna() & rows["state"].isin(["blank", "not_applicable"])
    from_h1 = changed | (missing & first.notna())
    from_last = missing & first.isna() & planned_before & last.notna()
    basis = pd.Series(pd.NA, rows.index, dtype="str")
    return pd.DataFrame(
        {
            "plan": plan,
            "state": rows["state"],
            "first": first,
            "last": last,
            "falls": falls,
            "used": plan.mask(from_h1, first).mask(from_last, last),
            "basis": basis.mask(from_h1, "h1").mask(from_last, "last_year"),
            "row": rows["row"],
        }
    )


def values_of(facts: pd.DataFrame, measure: str) -> pd.Series:
    """The known values of a measure by (district_code, indicator), each written once."""
    rows = facts[(facts["measure"] == measure) & facts["value"].notna()]
    return rows.drop_duplicates(KEY).set_index(KEY)["value"]


def easier(plan: pd.Series, other: pd.Series, falls: pd.Series) -> pd.Series:
    """Whether a plan asks for less than another figure."""
    return (plan > other).where(falls, plan < other)


def row(columns: Columns, n: int) -> dict[str, Any]:
    """One row of a table, by the names of its columns."""
    return {name: values[n] for name, values in columns.items()}


def about_fact(district: units.District, fact: Mapping, why: Message) -> Problem:
    """The problem of one fact of a district, with the address of its cell."""
    text = {key: known(fact[key]) for key in ("file", "sheet", "cell", "raw")}
    place = Place(district.code, text["file"], text["sheet"], text["cell"])
    return problem(why, place, indicator=fact["indicator"], raw=text["raw"])


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


def known(value: object) -> str | None:
    """What stands in a column of text, None where nothing does."""
    return None if pd.isna(value) else str(value)


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array(values, dtype=float)
