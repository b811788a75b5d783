"""Series -> trends: the yearly change, how sure it is, and whether it is good."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ntm_eval.analysis import series as yearly_series

LEAST_YEARS = 4
SIGNIFICANT = 0.05
COLUMNS = [
    "district_code", "indicator", "years", "first_year", "last_year", "slope", "low", "high",
    "p_value", "q_value", "direction", "good",
]  # fmt: skip
GOOD = {
    ("up", "up"): "better",
    ("down", "down"): "better",
    ("up", "down"): "worse",
    ("down", "up"): "worse",
}


@dataclass(frozen=True)
class Trend:
    """A yearly change with its 95 % interval; slope to p_value are NaN in `too_few` years."""

    years: int
    first_year: int | None
    last_year: int | None
    slope: float
    low: float
    high: float
    p_value: float
    direction: str


def theil_sen(yearly: pd.Series) -> Trend:
    """The median of all pairwise slopes, which one bad year cannot move far.

    The interval is Sen's; the p-value is Kendall's (Mann–Kendall), exact without ties. With 4
    years the least possible p is 2/24, so only 5 years or more can show a direction. Years
    without a value are left out. A series that never changes has slope 0 and p 1.
    """
    known = yearly.dropna().sort_index()
    span = (int(known.index[0]), int(known.index[-1])) if len(known) else (None, None)
    if len(known) < LEAST_YEARS:
        return Trend(len(known), *span, *[math.nan] * 4, "too_few")
    if known.nunique() == 1:
        return Trend(len(known), *span, 0.0, 0.0, 0.0, 1.0, "none")
    from scipy import stats  # costs half a second, which other commands need not pay

    values, years = known.to_numpy(float), known.index.to_numpy(float)
    slope, _, low, high = map(float, stats.theilslopes(values, years, alpha=0.95))
    p = float(stats.kendalltau(years, values).pvalue)
    sure = p < SIGNIFICANT and slope != 0
    direction = ("up" if slope > 0 else "down") if sure else "none"
    return Trend(len(known), *span, slope, low, high, p, direction)


def table(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """The trend of each district and indicator up to the year `until`.

    Nothing is fitted across a break: where the definition changed in or before `until`, only the
    years since then count. The q-value is Benjamini–Hochberg's over every p-value of the table;
    the direction rests on p.
    """
    catalogue = indicators.set_index("id")
    keys = series[["district_code", "indicator"]].drop_duplicates()
    keys = keys.sort_values(["district_code", "indicator"], ignore_index=True)
    fitted = _fitted(series, catalogue["break_before"], until)
    empty = theil_sen(pd.Series(dtype=float))
    trends = [fitted.get(key, empty) for key in keys.itertuples(index=False, name=None)]
    kinds = dict.fromkeys(Trend.__annotations__, float) | {"years": int, "direction": "str"}
    found = pd.DataFrame(trends, columns=list(kinds)).astype(kinds)
    better = keys["indicator"].map(catalogue["better"])
    good = [GOOD.get(pair, "unclear") for pair in zip(found["direction"], better, strict=True)]
    found = found.assign(q_value=q_values(found["p_value"]), good=pd.array(good, dtype="str"))
    return pd.concat([keys, found], axis=1)[COLUMNS]


def _fitted(
    series: pd.DataFrame, break_before: pd.Series, until: int
) -> dict[tuple[str, str], Trend]:
    """The trend of each district and indicator that has a year in its unbroken stretch."""
    began = series["indicator"].map(break_before).astype(float)
    unbroken = ~((began <= until) & (series["year"] < began))
    kept = series.assign(measured=yearly_series.measured(series))
    kept = kept[unbroken & (series["year"] <= until)]
    return {
        key: theil_sen(rows.set_index("year")["measured"])
        for key, rows in kept.groupby(["district_code", "indicator"])
    }


def q_values(p_values: pd.Series) -> pd.Series:
    """Benjamini–Hochberg's adjusted p-values; a missing p is no test and stays missing."""
    q = pd.Series(np.nan, index=p_values.index, name="q_value")
    tested = p_values.notna()
    if tested.any():
        from statsmodels.stats.multitest import multipletests  # slow to import

        q[tested] = multipletests(p_values[tested], method="fdr_bh")[1]
    return q
