"""One report with what it is checked against: what every rule on a single report is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.intake import sheets
from ntm_eval.intake.cells import Columns, Row
from ntm_eval.intake.inspected import Inspection
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import Message

# The square root of a count that comes about by chance has a standard deviation of about 1/2,
# so the difference of two has 0.7: further apart than 2 is more than chance.
BY_CHANCE = 2.0
KEY = ["district_code", "indicator"]
Key = tuple[str, str]  # district and indicator
Values = dict[tuple[int, str, str], dict[Key, float]]  # by year, period and measure


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
    inspected: Sequence[Inspection] = ()  # what was recounted of it at the source

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
    def past(self) -> Values:
        """What was reported before (`known_values`)."""
        return known_values(self.earlier)

    def beside(self, then: Mapping[Key, float]) -> dict[str, tuple[float, float]]:
        """The actual figures now and then, of the indicators that have both."""
        keys = ((code, (self.district.code, code)) for code in self.values)
        return {code: (self.values[code], then[key]) for code, key in keys if key in then}

    @cached_property
    def plans(self) -> pd.DataFrame:
        """The plans beside those before them (`compared_plans`)."""
        columns = (*KEY, "measure", "value", "state", "corrected")
        facts = pd.DataFrame({name: self.facts[name] for name in columns})
        return compared_plans(facts, self.past, self.year)

    def whole(self, why: Message) -> Problem:
        """The problem of the whole report."""
        file = next((f for f in self.facts["file"] if f), None)
        return problem(why, Place(self.district.code, file))

    def about(self, n: int, why: Message) -> Problem:
        """The problem of the fact in a row of `facts`."""
        return about_fact(self.district, row(self.facts, n), why)


def compared_plans(facts: pd.DataFrame, earlier: Values, year: int) -> pd.DataFrame:
    """Each planned indicator's plan beside the plans and results before it.

    `facts` are those of one year and period, `earlier` what was reported before (`known_values`),
    of one or more districts. Indexed by (district_code, indicator): `plan` and its `state`;
    `first`, the plan of the same year's 6-month report; `last`, last year's result, none across a
    break; `falls`, True where less is better; `used`, the plan that counts, and its `basis`: NaN
    where it is the one reported, `h1` or `last_year` where it is missing or was made easier without
    approval; `row`, the position of the plan in `facts`.
    """
    catalogue = reference.catalogue()
    planned = catalogue.index[catalogue["has_plan"] == "yes"]
    rows = facts[[*KEY, "measure", "value", "state", "corrected"]].assign(row=range(len(facts)))
    rows = rows[(rows["measure"] == "plan") & rows["indicator"].isin(planned)]
    rows = rows.drop_duplicates(KEY)
    known = catalogue.loc[rows["indicator"]]
    keys = list(zip(rows["district_code"], rows["indicator"], strict=True))

    def of(when: int, kind: str, measure: str) -> np.ndarray:
        given = earlier.get((when, kind, measure), {})
        return np.array([given.get(key, np.nan) for key in keys], dtype=float)

    first, last = of(year, "h1", "plan"), of(year - 1, "annual", "actual")
    last[(known["break_before"] == year).to_numpy()] = np.nan
    plan, falls = rows["value"].to_numpy(float), (known["formula"] == "down").to_numpy()
    changed = easier(plan, first, falls) & rows["corrected"].isna().to_numpy()
    missing = np.isnan(plan) & rows["state"].isin(["blank", "not_applicable"]).to_numpy()
    from_h1 = changed | (missing & ~np.isnan(first))
    planned_before = ~np.isnan(of(year - 1, "annual", "plan"))
    from_last = missing & np.isnan(first) & planned_before & ~np.isnan(last)
    basis = np.select([from_last, from_h1], ["last_year", "h1"], "")
    found = pd.DataFrame(
        {
            "plan": plan,
            "state": rows["state"].to_numpy(),
            "first": first,
            "last": last,
            "falls": falls,
            "used": np.select([from_last, from_h1], [last, first], plan),
            "basis": pd.Series(basis, dtype="str").replace("", pd.NA),
            "row": rows["row"].to_numpy(),
        }
    )
    return found.set_index(pd.MultiIndex.from_arrays([rows[name] for name in KEY], names=KEY))


def known_values(facts: pd.DataFrame) -> Values:
    """The known values by year, period and measure, then by district and indicator.

    Of what was written twice the first counts.
    """
    columns = ("year", "period", "measure", "district_code", "indicator", "value")
    found: Values = {}
    for *when, code, indicator, value in zip(*(facts[c].tolist() for c in columns), strict=True):
        if value == value:
            found.setdefault(tuple(when), {}).setdefault((code, indicator), value)
    return found


def usual(values: Values, year: int, period: str) -> dict[Key, float]:
    """The median of the years before, of the same period, above zero; by district, indicator."""
    past: dict[Key, list[float]] = {}
    for (when, kind, measure), given in values.items():
        if when < year and (kind, measure) == (period, "actual"):
            for key, value in given.items():
                if value > 0:
                    past.setdefault(key, []).append(value)
    return {key: median(years) for key, years in past.items()}


def easier(plan: np.ndarray, other: np.ndarray, falls: np.ndarray) -> np.ndarray:
    """Whether a plan asks for less than another figure."""
    return np.where(falls, plan > other, plan < other)


def row(columns: Columns, n: int) -> dict[str, Any]:
    """One row of a table, by the names of its columns."""
    return {name: values[n] for name, values in columns.items()}


def about_fact(district: units.District, fact: Mapping, why: Message) -> Problem:
    """The problem of one fact of a district, with the address of its cell."""
    raw = known(fact["raw"])
    return problem(why, place_of(district, fact), indicator=fact["indicator"], raw=raw)


def place_of(district: units.District, row: Mapping) -> Place:
    """Where a row of a table stands in the report; household forms may know no cell."""
    return Place(district.code, *(known(row[key]) for key in ("file", "sheet", "cell")))


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


def fisher(*groups: tuple[int, int]) -> float:
    """How often chance alone makes two groups differ so much: in each how many, of how many."""
    from scipy.stats import fisher_exact  # a second, which only few checks need

    return float(fisher_exact([[found, of - found] for found, of in groups]).pvalue)


def known(value: object) -> str | None:
    """What stands in a column of text, None where nothing does."""
    return None if pd.isna(value) else str(value)


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array(values, dtype=float)
