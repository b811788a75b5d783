"""Series -> trends: the yearly change, how sure it is, and whether it is good.

A flow or rate of flows is tested; a year-end stock or cumulative count drifts by itself, so it is
only described (docs/decisions/0015-stocks-are-described.md).
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas, units
from ntm_eval.analysis import ranks
from ntm_eval.analysis import series as yearly_series

LEAST_YEARS = 4
LEAST_DISTRICTS = 6  # before what districts share is spoken of
SIGNIFICANT = ranks.LEVEL
# a clear trend whose size changes by more than this without one year hangs on that year
MUCH = 0.5
KEYS = ["district_code", "indicator"]
COLUMNS = schemas.column_names("trends")
SHARED = schemas.column_names("shared")
GOOD = {
    ("up", "up"): "better",
    ("down", "down"): "better",
    ("up", "down"): "worse",
    ("down", "up"): "worse",
}


def table(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """The trend of each district and indicator up to the year `until`.

    Nothing is fitted across a break: where the definition changed in or before `until`, only the
    years since then count. A flow (`basis` `test`): the median of all pairwise slopes with Sen's
    interval and Mann–Kendall's p, all exact; `direction` rests on p, the q-value is
    Benjamini–Hochberg's over every p of the table. A stock (`described`): `slope` is the average
    change a year from the first to the last, `direction` where every year went the same way, and
    there is no interval, p or q. `good` says nothing of what follows a need (`need_driven.csv`).
    """
    wide = unbroken(series, indicators, until)
    found = named(wide.index, _fits(wide), until)
    went = course(found, series)
    described = (found["basis"] == "described") & (found["direction"] != "too_few")
    pace = (went["last"] - went["first"]) / (went["last_year"] - went["first_year"])
    slope = found["slope"].mask(described, pace)
    return judged(
        found.assign(slope=slope, steps=went["steps"]),
        better(found["indicator"], until),
    )[COLUMNS]


def course(trends: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """The trends with how each went: `first`, `last`, `before` and `steps`, rows as they are.

    `first` and `last` are the values of these years as measured, `before` that of the year before
    the last (NaN where it was not reported); `steps`: `up` or `down` where every known year went
    that way, else `mixed`.
    """
    years = trends[[*KEYS, "first_year", "last_year"]]
    known = series.assign(value=yearly_series.measured(series)).dropna(subset="value")
    rows = known.merge(years, on=KEYS)
    rows = rows[rows["year"].between(rows["first_year"], rows["last_year"])].sort_values("year")
    by = rows.groupby(KEYS)["value"]
    step = np.sign(by.diff())
    sides = step.groupby([rows[key] for key in KEYS]).agg(["min", "max"])
    went = pd.DataFrame({"first": by.first(), "last": by.last()}).join(sides)
    before = rows.loc[rows["year"] == rows["last_year"] - 1].set_index(KEYS)["value"]
    went = went.assign(before=before)
    made = trends.merge(went.reset_index(), how="left", on=KEYS).set_axis(trends.index)
    steps = np.select([made["min"] > 0, made["max"] < 0], ["up", "down"], "mixed")
    return made.drop(columns=["min", "max"]).assign(steps=pd.Series(steps, made.index, dtype="str"))


def shared(
    trends: pd.DataFrame, series: pd.DataFrame, indicators: pd.DataFrame, until: int
) -> pd.DataFrame:
    """What the districts have in common: the province's own trend of each indicator.

    The province's figure is that of the districts that reported every year: the pooled rate where
    there is a denominator, the mean of percentages and means, else the sum. It is tested (or a
    stock described) as a district's is; `districts` of the `expected` with a slope go the same
    way, and `shared` says that enough of them do (`shared_districts` of `constants.csv`).
    """
    wide = unbroken(series, indicators, until)
    asked = wide.notna().groupby(level="indicator").transform("any")
    whole = wide.index[(wide.notna() == asked).all(axis=1) & asked.any(axis=1)]
    rows = series[series["year"] <= until].set_index(KEYS).loc[whole].reset_index()
    by = rows.groupby(["indicator", "year"])
    sums = by[["value", "denominator"]].sum(min_count=1)
    means = ~sums.index.get_level_values("indicator").isin(reference.added_up())
    sums["value"] = sums["value"].mask(means, by["value"].mean())
    own = sums.assign(rate=sums["value"] / sums["denominator"], district_code="").reset_index()
    found = course(table(own, indicators, until), own)
    way = pd.Series(np.sign(trends["slope"]).map({1.0: "up", -1.0: "down"}))
    alike = way.eq(trends["indicator"].map(found.set_index("indicator")["direction"]))
    of = pd.DataFrame({"districts": alike, "expected": trends["slope"].notna()})
    of = of.groupby(trends["indicator"]).sum().reindex(found["indicator"], fill_value=0)
    least = reference.constant("shared_districts", units.day(until, "annual"))
    found = found.assign(districts=of["districts"].to_numpy(), expected=of["expected"].to_numpy())
    clear = found["direction"].isin(["up", "down"]) & (found["expected"] >= LEAST_DISTRICTS)
    return found.assign(shared=clear & (found["districts"] >= least * found["expected"]))[SHARED]


def influence(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """What hangs on one year: a row for each tested trend that one year makes or hides.

    `year`: the year, `slope` and `without`: the change a year with it and without it; `hangs`:
    `direction` where a clear trend is none without it, `size` where it changes by more than half,
    `hidden` where there is a clear trend only without it. As fewer years are less able to show a
    direction, the rest counts as clear too where its p is the least that its number can give.
    """
    wide = unbroken(series, indicators, until)
    wide = wide[tested(wide.index.get_level_values("indicator"))]
    whole = judged(_fits(wide))
    found = [pd.DataFrame(columns=[*KEYS, "year", "slope", "without", "hangs"])]
    for year in wide.columns:
        rest = judged(_fits(wide.drop(columns=year)))
        known = wide[year].notna().to_numpy() & (rest["direction"] != "too_few")
        hangs = _hangs(whole, rest).where(known)
        rows = pd.DataFrame(
            {
                "year": year,
                "slope": whole["slope"],
                "without": rest["slope"],
                "hangs": hangs.astype(object),
            }
        )
        found.append(rows.set_axis(wide.index).dropna(subset="hangs").reset_index())
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
    return pd.DataFrame(
        {
            "years": known.sum(axis=1),
            "first_year": years.min(axis=1).astype(float),
            "last_year": years.max(axis=1).astype(float),
        }
    ).reset_index(drop=True)


def tested(ids: pd.Index | pd.Series) -> np.ndarray:
    """Which of the indicators are flows, so that a test of a trend means something."""
    kinds = reference.catalogue()["flow_stock"]
    return ~ids.isin(kinds.index[kinds == "stock"])


def better(ids: pd.Series, until: int) -> pd.Series:
    """Which way is better of each; neither where the figure follows a need."""
    needs = reference.need_driven(units.day(until, "annual"))
    return ids.map(reference.catalogue()["better"]).mask(ids.isin(needs))


def named(keys: pd.MultiIndex, found: pd.DataFrame, until: int) -> pd.DataFrame:
    """Fits as a table of trends: `found` holds years to p_value in the order of `keys`.

    A stock has its years and whether they are too few, and no numbers of a test.
    """
    places = keys.to_frame(index=False).astype("str")
    flows = tested(places["indicator"])
    numbers = found.assign(
        basis=pd.Series(np.where(flows, "test", "described"), found.index, dtype="str"),
        **{name: found[name].where(flows) for name in ("low", "high", "p_value")},
    )
    judgement = judged(numbers, better(places["indicator"], until))
    return pd.concat([places, judgement], axis=1)[COLUMNS]


def judged(found: pd.DataFrame, better: pd.Series | None = None) -> pd.DataFrame:
    """Fits with their q-value, direction (a stock's by its `steps`) and whether that is good."""
    sure = (found["p_value"] < SIGNIFICANT) & (found["slope"] != 0)
    side = np.where(found["slope"] > 0, "up", "down")
    if "steps" in found:
        every_year = (found["basis"] == "described") & (found["steps"] != "mixed")
        sure, side = sure | every_year, np.where(every_year, found["steps"], side)
    few = found["slope"].isna()
    direction = pd.Series(np.select([few, sure], ["too_few", side], "none"), dtype="str")
    pairs = zip(direction, [None] * len(found) if better is None else better, strict=True)
    good = pd.array([GOOD.get(pair, "unclear") for pair in pairs], dtype="str")
    q_value = ranks.q_values(found["p_value"].to_numpy(float))
    return found.assign(q_value=q_value, direction=direction, good=good)


def _fits(wide: pd.DataFrame) -> pd.DataFrame:
    """Years to p_value of each row of values by year."""
    values, years = wide.to_numpy(float), wide.columns.to_numpy(float)
    enough = (~np.isnan(values)).sum(axis=1) >= LEAST_YEARS
    slope, low, high, p = np.full((4, len(values)), np.nan)
    if enough.any():
        slope[enough], low[enough], high[enough] = ranks.sen_intervals(values[enough], years)
        p[enough] = ranks.p_values(values[enough])
    return span(wide).assign(slope=slope, low=low, high=high, p_value=p)


def _hangs(whole: pd.DataFrame, rest: pd.DataFrame) -> pd.Series:
    """How each trend depends on what `rest` lacks: direction, size, hidden or missing."""
    least = rest["years"].map(
        {n: ranks.least_p(int(n)) if n >= 2 else math.nan for n in rest["years"].unique()}
    )
    still = rest["p_value"] <= np.maximum(SIGNIFICANT, least)
    clear = whole["direction"].isin(["up", "down"])
    moved = (rest["slope"] - whole["slope"]).abs() > MUCH * whole["slope"].abs()
    hidden = (whole["direction"] == "none") & rest["direction"].isin(["up", "down"])
    names = np.select([clear & ~still, clear & moved, hidden], ["direction", "size", "hidden"], "")
    return pd.Series(names, index=whole.index, dtype="str").replace("", None)
