"""Districts beside each other: by household or resident, with limits that chance alone explains.

No league table: a small district strays further by chance, and districts differ anyway. The
limits hold both (Spiegelhalter 2005): the binomial or Poisson error of each district's own size,
and the spread between districts, estimated with the extreme ones drawn in.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas

LEAST_DISTRICTS = 6
WARNING, ALARM = 1.959963984540054, 3.0902323061678132  # 95 % and 99,8 %
DRAWN_IN = 0.1  # of the districts at each end
LEFT = 0.6786  # the variance that drawing in leaves of a normal distribution
HOUSEHOLDS, POOR = "C1-18", "C1-19"
KEYS = ["district_code", "indicator"]
COLUMNS = schemas.column_names("funnel")


def table(series: pd.DataFrame, year: int) -> pd.DataFrame:
    """One row for each district and indicator that can be compared in a year.

    `rate`: a share of its denominator, or events per household; `base`: the indicator that
    `size` counts; `centre`: all districts together; `low`, `high`: the 95 % limits, `low_alarm`,
    `high_alarm`: the 99,8 % limits; `between`: the standard deviation between districts beyond
    chance; `place`: `inside` the limits, or beyond which of them (`below`, `above_alarm` ...),
    `too_few` with fewer than 6 districts; `good`: of a place outside
    `better`, `worse` or `unclear`.
    """
    now = series[series["year"] == year].set_index(KEYS)
    households = now["value"][now.index.get_level_values("indicator") == HOUSEHOLDS]
    households = households.droplevel("indicator")
    found = []
    for indicator, rows in now.groupby(level="indicator"):
        row = reference.indicator(str(indicator))
        share = row["rate_unit"] == "%"
        if not share and (row["kind"] != "count" or row["flow_stock"] != "flow"):
            continue
        base = row["denominator"] if share else HOUSEHOLDS
        codes = rows.index.get_level_values("district_code")
        size = rows["denominator"] if share else households.reindex(codes).set_axis(rows.index)
        known = rows["value"].notna() & (size > 0)
        if share:
            known &= rows["value"] <= size
        frame = pd.DataFrame({"value": rows["value"], "size": size})[known]
        if len(frame):
            found.append(_limits(frame, share).assign(base=base, better=row["better"]))
    if not found:
        return pd.DataFrame(columns=COLUMNS)
    every = pd.concat(found).reset_index()
    return every.assign(good=_good(every["place"], every["better"]))[COLUMNS]


def alike(series: pd.DataFrame, district_code: str, year: int, most: int = 3) -> pd.DataFrame:
    """The districts nearest in size and poverty: `district_code`, `households`, `poverty`, `far`.

    Nearest by the logarithm of households and the poverty rate, each in standard deviations of
    the districts; the district itself comes first. Empty where either is not known of it.
    """
    now = series[series["year"] == year].set_index("district_code")
    households = now.loc[now["indicator"] == HOUSEHOLDS, "value"]
    poverty = now.loc[now["indicator"] == POOR, "rate"].reindex(households.index)
    both = pd.DataFrame({"households": households, "poverty": poverty}).dropna()
    both = both[both["households"] > 0]
    if district_code not in both.index:
        return both.iloc[:0].assign(far=pd.Series(dtype=float)).reset_index()
    scaled = both.assign(households=np.log(both["households"]))
    scaled = (scaled - scaled.mean()) / scaled.std(ddof=1).replace(0, 1)
    far = ((scaled - scaled.loc[district_code]) ** 2).sum(axis=1) ** 0.5
    ranked = both.assign(far=far).reset_index().sort_values(["far", "district_code"])
    return ranked.head(most + 1).reset_index(drop=True)


def _limits(rows: pd.DataFrame, share: bool) -> pd.DataFrame:
    """The rate of each district against the limits of all."""
    value, size = rows["value"].to_numpy(float), rows["size"].to_numpy(float)
    rate = value / size
    centre = value.sum() / size.sum()
    chance = (centre * (1 - centre) if share else centre) / size
    between = _between(rate - centre, chance) if len(rows) >= LEAST_DISTRICTS else np.nan
    spread = np.sqrt(chance + between)
    top = 1.0 if share else np.inf

    def at(z: float) -> np.ndarray:
        return np.clip(centre + z * spread, 0, top)

    limits = {
        "low": at(-WARNING),
        "high": at(WARNING),
        "low_alarm": at(-ALARM),
        "high_alarm": at(ALARM),
    }
    place = np.select(
        [
            np.isnan(spread),
            rate < limits["low_alarm"],
            rate > limits["high_alarm"],
            rate < limits["low"],
            rate > limits["high"],
        ],
        ["too_few", "below_alarm", "above_alarm", "below", "above"],
        "inside",
    )
    return rows.assign(
        rate=rate,
        centre=centre,
        **limits,
        between=np.sqrt(between),
        place=pd.array(place, dtype="str"),
    )


def _between(off: np.ndarray, chance: np.ndarray) -> float:
    """The variance between districts beyond chance (DerSimonian–Laird on drawn-in z-scores)."""
    if not (chance > 0).all():
        return 0.0
    z = off / np.sqrt(chance)
    low, high = np.quantile(z, [DRAWN_IN, 1 - DRAWN_IN])
    dispersion = np.mean(np.clip(z, low, high) ** 2) / LEFT
    weight = 1 / chance
    free = weight.sum() - (weight**2).sum() / weight.sum()
    return max((len(z) * dispersion - (len(z) - 1)) / free, 0.0)


def _good(place: pd.Series, better: pd.Series) -> pd.Series:
    side = place.str.split("_").str[0]
    outside = side.isin(["below", "above"]) & better.isin(["up", "down"])
    fine = (side == "above") == (better == "up")
    words = np.select([~outside, fine], ["unclear", "better"], "worse")
    return pd.Series(words, index=place.index, dtype="str")
