"""Series -> trends: the yearly change, how sure it is, and whether it is good."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ntm_eval.analysis import ranks
from ntm_eval.analysis import series as yearly_series

LEAST_YEARS = 4
SIGNIFICANT = ranks.LEVEL
# a clear trend whose size changes by more than this without one year hangs on that year
MUCH = 0.5
KEYS = ["district_code", "indicator"]
COLUMNS = [
    *KEYS, "years", "first_year", "last_year", "slope", "low", "high", "p_value", "q_value",
    "direction", "good",
]  # fmt: skip
GOOD = {
    ("up", "up"): "better",
    ("down", "down"): "better",
    ("up", "down"): "worse",
    ("down", "up"): "worse",
}


@dataclass(frozen=True)
class Trend:
    """A yearly change with its 95 % interval: what every method answers, a row of each table.

    slope to q_value are NaN in `too_few` years; `reporting.trend_words.sentence` says it in words.
    """

    years: int
    first_year: float
    last_year: float
    slope: float
    low: float
    high: float
    p_value: float
    q_value: float
    direction: str
    good: str


def theil_sen(yearly: pd.Series, better: str = "none") -> Trend:
    """The trend of one series by itself; its q is its p.

    The median of all pairwise slopes, which one bad year cannot move far, with Sen's interval and
    Mann–Kendall's p, both exact, with ties as well. With 4 years the least possible p is 2/24, so
    only 5 years or more can show a direction. Years without a value are left out.
    """
    known = yearly.dropna().sort_index()
    values = known.to_numpy(float)[None, :]
    found = _fits(values, known.index.to_numpy(float))
    return Trend(**judged(found, pd.Series([better])).iloc[0])


def table(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """The trend of each district and indicator up to the year `until`.

    Nothing is fitted across a break: where the definition changed in or before `until`, only the
    years since then count. The q-value is Benjamini–Hochberg's over every p-value of the table;
    the direction rests on p.
    """
    wide = unbroken(series, indicators, until)
    found = _fits(wide.to_numpy(float), wide.columns.to_numpy(float))
    return named(wide.index, found, indicators)


def influence(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """What hangs on one year: a row for each trend of `table` that one year makes or hides.

    `year`: the year, `slope` and `without`: the change a year with it and without it; `hangs`:
    `direction` where a clear trend is none without it, `size` where it changes by more than half,
    `hidden` where there is a clear trend only without it. As fewer years are less able to show a
    direction, the rest counts as clear too where its p is the least that its number can give.
    """
    wide = unbroken(series, indicators, until)
    values, years = wide.to_numpy(float), wide.columns.to_numpy(float)
    whole = judged(_fits(values, years))
    found = [pd.DataFrame(columns=[*KEYS, "year", "slope", "without", "hangs"])]
    for place, year in enumerate(wide.columns):
        without = values.copy()
        without[:, place] = np.nan
        rest = judged(_fits(without, years))
        tested = ~np.isnan(values[:, place]) & (rest["direction"] != "too_few")
        hangs = _hangs(whole, rest).where(tested)
        rows = pd.DataFrame({"year": year, "slope": whole["slope"], "without": rest["slope"],
                             "hangs": hangs.astype(object)}).set_axis(wide.index)  # fmt: skip
        found.append(rows.dropna(subset="hangs").reset_index())
    every = pd.concat([part for part in found if len(part)] or found)
    far = (every["without"] - every["slope"]).abs().astype(float)
    every = every.assign(far=far).sort_values([*KEYS, "far"], ascending=[True, True, False])
    return every.drop_duplicates(KEYS).drop(columns="far").reset_index(drop=True)


def unbroken(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """What a trend is fitted to: a row for each district and indicator, a column for each year.

    NaN where nothing was reported, after `until`, and before a break that has come by then.
    """
    began = series["indicator"].map(indicators.set_index("id")["break_before"]).astype(float)
    across = (began <= until) & (series["year"] < began)
    kept = series.assign(measured=yearly_series.measured(series).mask(across))
    wide = kept.pivot(index=KEYS, columns="year", values="measured").sort_index()
    return wide[[year for year in wide.columns if year <= until]].astype(float)


def span(wide: pd.DataFrame) -> pd.DataFrame:
    """`years`, `first_year` and `last_year` of each row: how many are known, and which."""
    known = wide.notna()
    years = known.mul(wide.columns).where(known)
    return pd.DataFrame({"years": known.sum(axis=1), "first_year": years.min(axis=1),
                         "last_year": years.max(axis=1)})  # fmt: skip


def named(keys: pd.MultiIndex, found: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """Fits as a table of trends: `found` holds years to p_value in the order of `keys`."""
    better = indicators.drop_duplicates("id", keep="last").set_index("id")["better"]
    places = keys.to_frame(index=False).astype("str")
    judgement = judged(found, places["indicator"].map(better))
    return pd.concat([places, judgement], axis=1)[COLUMNS]


def judged(found: pd.DataFrame, better: pd.Series | None = None) -> pd.DataFrame:
    """Fits with their q-value, direction and whether that is good."""
    sure = (found["p_value"] < SIGNIFICANT) & (found["slope"] != 0)
    side = np.where(found["slope"] > 0, "up", "down")
    few = found["slope"].isna()
    direction = pd.Series(np.select([few, sure], ["too_few", side], "none"), dtype="str")
    pairs = zip(direction, [None] * len(found) if better is None else better, strict=True)
    good = pd.array([GOOD.get(pair, "unclear") for pair in pairs], dtype="str")
    q_value = ranks.q_values(found["p_value"].to_numpy(float))
    return found.assign(q_value=q_value, direction=direction, good=good)


def _fits(values: np.ndarray, years: np.ndarray) -> pd.DataFrame:
    """Years to p_value of each row of values by year."""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    enough = count >= LEAST_YEARS
    slope, low, high, p = np.full((4, len(values)), np.nan)
    if enough.any():
        slope[enough], low[enough], high[enough] = ranks.sen_intervals(values[enough], years)
        p[enough] = ranks.p_values(values[enough])
    span = np.where(known, years, np.nan)
    first, last = np.full((2, len(values)), np.nan)
    if (any_year := count > 0).any():
        first[any_year] = np.nanmin(span[any_year], axis=1)
        last[any_year] = np.nanmax(span[any_year], axis=1)
    return pd.DataFrame(
        {"years": count, "first_year": first, "last_year": last, "slope": slope, "low": low,
         "high": high, "p_value": p}
    )  # fmt: skip


def _hangs(whole: pd.DataFrame, rest: pd.DataFrame) -> pd.Series:
    """How each trend depends on what `rest` lacks: direction, size, hidden or missing."""
    least = rest["years"].map(
        {n: ranks.least_p(int(n)) if n >= 2 else math.nan for n in rest["years"].unique()}
    )
    still = rest["p_value"] <= np.maximum(SIGNIFICANT, least)
    clear = whole["direction"].isin(["up", "down"])
    moved = (rest["slope"] - whole["slope"]).abs() > MUCH * whole["slope"].abs()
    hidden = (whole["direction"] == "none") & rest["direction"].isin(["up", "down"])
    names = np.select(
        [clear & ~still, clear & moved, hidden], ["direction", "size", "hidden"], ""
    )  # fmt: skip
    return pd.Series(names, index=whole.index, dtype="str").replace("", None)
