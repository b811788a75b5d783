"""District series gone on with after 1/7/2025, by adding up the communes that were the district.

Only what adds up, and only what still means the same: counts of communes and of titles have
another denominator from 2025 on and another set of criteria from 2026 on (`breaks.csv`).
"""

from __future__ import annotations

import pandas as pd

from ntm_eval import crosswalk, reference, units
from ntm_eval.analysis.series import COLUMNS

LAST_BY_DISTRICT = 2024  # the last whole year that districts reported
# Part of xã Chiềng Sơn was of Vân Hồ; it is counted where most of it lies.
HOME_OF_MIXED = {"03985": "123"}


def catalogue(year: int) -> pd.DataFrame:
    """The indicators with `break_before` as seen from a year: the last break not after it."""
    indicators = reference.table("indicators")
    past = reference.table("breaks").query("year <= @year")
    later = indicators["id"].map(past.groupby("indicator")["year"].max()).astype(float)
    known = indicators["break_before"].where(indicators["break_before"].le(year))
    last = known.combine(later, max).where(known.notna() & later.notna(), known.fillna(later))
    # a break that is still to come stays known, so that a page can say so
    return indicators.assign(break_before=last.fillna(indicators["break_before"]))


def not_carried(first: int, last: int) -> pd.DataFrame:
    """The breaks that keep a series of the years `first` to `last` from being one: indicator,
    year, reason_vi, source."""
    breaks = reference.table("breaks")
    return breaks[(breaks["year"] > first) & (breaks["year"] <= last)].reset_index(drop=True)


def districts(series: pd.DataFrame) -> pd.DataFrame:
    """The series of the twelve districts, with the years since 1/7/2025 added up from communes.

    `series.COLUMNS` and two more: `communes`, how many communes were added (0 where the district
    reported itself), and `mixed`, True where one of them holds part of another district. A year in
    which one commune's figure is missing has no value: a part is never given for the whole.
    Indicators that changed their meaning on the way end with the districts.
    """
    own = series[series["district_code"].str.len() == 3].assign(communes=0, mixed=False)
    each = series[series["district_code"].str.len() == units.COMMUNE_DIGITS]
    found = [
        _added(each[each["year"] == year], int(year)) for year in sorted(each["year"].unique())
    ]
    rows = pd.concat([own, *found], ignore_index=True)
    rows = rows.sort_values(["district_code", "indicator", "year"], ignore_index=True)
    return rows[[*COLUMNS, "communes", "mixed"]]


def _added(series: pd.DataFrame, year: int) -> pd.DataFrame:
    """One year's figures of the communes as those of the districts they were."""
    day = units.day(year, "annual")
    home = crosswalk.former_districts(day)
    home = home[
        home["district_code"] == home["code"].map(HOME_OF_MIXED).fillna(home["district_code"])
    ]
    whole = crosswalk.former_districts(day).groupby("district_code")["mixed"].any()
    rows = series[series["indicator"].isin(_additive(year))].dropna(subset="value")
    rows = rows.merge(home, left_on="district_code", right_on="code", suffixes=("_commune", ""))
    by = rows.groupby(["district_code", "indicator"])
    found = by.agg(
        value=("value", "sum"),
        denominator=("denominator", lambda d: d.sum(min_count=len(d))),
        communes=("code", "nunique"),
    ).reset_index()
    expected = found["district_code"].map(home.groupby("district_code").size())
    complete = found["communes"] == expected
    found = found.assign(
        year=year,
        value=found["value"].where(complete),
        denominator=found["denominator"].where(complete),
        mixed=found["district_code"].map(whole),
    )
    return found.assign(rate=found["value"] / found["denominator"])


def _additive(year: int) -> list[str]:
    """The indicators that add up over communes and mean in that year what they did before."""
    broken = set(not_carried(LAST_BY_DISTRICT, year)["indicator"])
    return sorted(reference.added_up() - broken)
