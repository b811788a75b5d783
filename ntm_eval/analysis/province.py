"""Districts -> the province: totals against plan and against what was published."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.checks.held import used
from ntm_eval.notation import district_name

TOTAL_COLUMNS = [
    "indicator",
    "districts",
    "expected",
    "compared",
    "plan",
    "actual",
    "planned_actual",
    "ratio",
    "last_year",
    "ambition",
    "rate",
    "held",
    "with_likely",
]
GAP_COLUMNS = [
    "indicator",
    "figure",
    "as_of",
    "published",
    "reported",
    "gap",
    "districts",
    "expected",
    "note",
    "source",
]


def totals(facts: pd.DataFrame, series: pd.DataFrame, year: int) -> pd.DataFrame:
    """The province's figure for each indicator that can be added up, from the districts' own.

    `districts` of the `expected` have reported it, `compared` with a plan as well. `plan` and
    `planned_actual` are of those that gave both, and `ratio` the second over the first, so that a
    missing plan or figure distorts neither; `last_year` is of those that reported this year as
    well. `ambition` is the plans over last year's figures of those that have both, NaN across a
    change of standard. `rate` is the pooled value over the pooled denominator. Figures that are
    `held` are in none of these: their districts are named, and `with_likely` is the sum with what
    they likely are, NaN where that is not known.
    """
    catalogue = reference.catalogue().index.rename("indicator")
    added = catalogue[catalogue.isin(reference.added_up())]
    wide = used(facts[facts["indicator"].isin(added)]).pivot_table(
        index=["indicator", "district_code"], columns="measure", values="value"
    )
    wide = wide.reindex(columns=["actual", "plan"]).reset_index()
    both = wide["actual"].notna() & wide["plan"].notna()
    before = series[series["year"] == year - 1].rename(columns={"value": "last_year"})
    wide = wide.merge(before[["indicator", "district_code", "last_year"]], how="left")
    known = wide["plan"].notna() & wide["last_year"].notna()
    same = reference.catalogue()["break_before"].reindex(wide["indicator"]).ne(year).to_numpy()
    wide["asked"], wide["done"] = (wide[c].where(known & same) for c in ("plan", "last_year"))
    wide["last_year"] = wide["last_year"].where(wide["actual"].notna())
    wide = wide.assign(planned_actual=wide["actual"].where(both), plan=wide["plan"].where(both))
    grouped = wide.groupby("indicator")
    added_up = ["plan", "actual", "planned_actual", "last_year", "asked", "done"]
    sums = grouped[added_up].sum(min_count=1)
    found = sums.assign(
        districts=grouped["actual"].count(),
        compared=grouped["plan"].count(),
        rate=_rate(series, year),
    )
    found["ratio"] = found["planned_actual"] / found["plan"].where(found["plan"] > 0)
    found["ambition"] = found["asked"] / found["done"].where(found["done"] > 0)
    listed = added[added.isin(facts["indicator"])]  # owed this period, reported by nobody or all
    found = found.reindex(listed).fillna({"districts": 0, "compared": 0}).reset_index()
    found = found.merge(_held(facts, found), how="left", on="indicator")
    return found.assign(expected=len(units.all_beside(facts["district_code"])))[TOTAL_COLUMNS]


def plan_met(totals: pd.DataFrame) -> pd.Series:
    """Which of the totals with a `ratio` met their plan: what is to fall has not passed it."""
    down = totals["indicator"].map(reference.catalogue()["better"]) == "down"
    return totals["ratio"].le(1).where(down, totals["ratio"].ge(1))


def _held(facts: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Of each indicator with held figures: the districts, and the sum with the likely figures."""
    rows = facts[(facts["measure"] == "actual") & facts["held"].notna() & facts["value"].notna()]
    by = rows.groupby("indicator")
    names = by["district_code"].agg(lambda codes: ", ".join(map(district_name, codes)))
    likely = by["likely"].agg(lambda values: values.sum(skipna=False))
    sums = totals.set_index("indicator")["actual"].reindex(likely.index).fillna(0.0)
    return pd.DataFrame({"held": names, "with_likely": sums + likely}).reset_index()


def moved(series: pd.DataFrame, indicators: pd.DataFrame, year: int, on: date) -> pd.Series:
    """How far the province's sum of each indicator went since last year, as a share of it.

    Of those units that reported both years; without what follows a need, or changed its standard.
    """
    left = {*reference.need_driven(on), *indicators.loc[indicators["break_before"] == year, "id"]}
    added = reference.added_up() - left
    rows = series[series["indicator"].isin(added) & series["year"].isin([year - 1, year])]
    wide = rows.pivot(index=["indicator", "district_code"], columns="year", values="value")
    both = wide.reindex(columns=[year - 1, year]).astype(float).dropna()
    sums = both.groupby(level="indicator").sum()
    before = sums[year - 1].where(sums[year - 1] > 0)
    return (sums[year] / before - 1).dropna()


def left_out(facts: pd.DataFrame) -> pd.DataFrame:
    """The planned indicators of the reports that no sum tells: `indicator` and `kind`."""
    rows = reference.catalogue().rename_axis("indicator").reset_index()
    rows = rows[(rows["has_plan"] == "yes") & ~rows["indicator"].isin(reference.added_up())]
    return rows.loc[rows["indicator"].isin(facts["indicator"]), ["indicator", "kind"]]


def against_published(series: pd.DataFrame, until: int) -> pd.DataFrame:
    """Province figures of `data/reference/published.csv` that have a year, beside the reported.

    `gap` is reported minus published, in the figure's own unit (percentage points for a rate). A
    gap is a question, not a fault: dates, standards and coverage differ.
    """
    published = reference.table("published").dropna(subset="year")
    rows = []
    for p in published[published["year"] <= until].itertuples(index=False):
        reported, districts = _reported(series, p.indicator, p.figure, int(p.year))
        rows.append(
            {
                "indicator": p.indicator,
                "figure": p.figure,
                "as_of": p.as_of,
                "published": p.value,
                "reported": reported,
                "gap": reported - p.value,
                "districts": districts,
                "expected": len(units.reporting(units.day(int(p.year), "annual"))),
                "note": p.note,
                "source": p.source,
            }
        )
    known = pd.DataFrame(rows, columns=GAP_COLUMNS).dropna(subset="reported")
    return known.sort_values(["indicator", "as_of"], ignore_index=True)


def _reported(series: pd.DataFrame, indicator: str, figure: str, year: int) -> tuple[float, int]:
    rows = series[(series["indicator"] == indicator) & (series["year"] == year)]
    known = rows["value"].notna()
    if figure == "rate":
        rated = rows["rate"].notna()
        return float(_rate(series, year).get(indicator, np.nan)) * 100, int(rated.sum())
    if indicator not in reference.added_up():
        return _mean_by_commune(rows[known]), int(known.sum())
    return float(rows["value"].sum(min_count=1)), int(known.sum())


def _mean_by_commune(rows: pd.DataFrame) -> float:
    """The mean of the districts' means, each counted by its number of xã."""
    pairs = rows[["district_code", "year"]].itertuples(index=False)
    weights = [_rural(code, int(year)) for code, year in pairs]
    return float(np.average(rows["value"], weights=weights)) if len(rows) else np.nan


def _rural(district_code: str, year: int) -> int:
    there = units.communes(district_code, units.day(year, "annual"))
    return sum(c.kind == "xã" for c in there)


def _rate(series: pd.DataFrame, year: int) -> pd.Series:
    """Pooled value over pooled denominator, of the districts that gave both."""
    rows = series[(series["year"] == year) & series["rate"].notna()]
    sums = rows.groupby("indicator")[["value", "denominator"]].sum()
    return sums["value"] / sums["denominator"]
