"""The districts' slopes pooled: each drawn toward the province's, the less sure the further.

A mixed model for each flow, by REML: every district has its own level, and its slope is the
province's plus its own departure; what moved all districts alike in a year (`shocks`) is taken out
of the departures and adds to what nobody knows of the province's slope. (statsmodels' MixedLM is
the same model, but stops where the slopes hardly differ: docs/decisions/0005.) A share counts in
its own unit; any other figure relative to the district's own mean, since a large and a small
district change by percentages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas
from ntm_eval.analysis import trends
from ntm_eval.analysis.trends import LEAST_YEARS

LEAST_DISTRICTS = 5
COLUMNS = schemas.column_names("pooled")
FITTED = ["slope", "low", "high", "p_value"]
NUMBERS = [*FITTED, "own", "province", "kept"]
SEARCHED = (-25.0, 25.0)  # logarithms of the ratio of variances, in years²
EXACT = 1e-12  # what less is left over is not chance


@dataclass(frozen=True)
class Slopes:
    """The slopes of one indicator in one unit: what each district shows, and the mixed model's.

    `own` and `error`: least-squares slope and standard error by district, without what all shared;
    `mean`: the province's; `between`: the variance of the true slopes about it; `degrees`: of
    freedom of the errors; `common`: the variance that shared years give every slope, and
    `common_degrees` its degrees of freedom.
    """

    own: np.ndarray
    error: np.ndarray
    mean: float
    between: float
    degrees: int
    common: float = 0.0
    common_degrees: int = 1


def table(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """Trends in the columns of `trends.table`, with what was pooled.

    `slope`: the pooled one; `own`: the district's least-squares slope; `province`: what it is
    drawn toward, in the district's unit; `kept`: the share of the district's own departure that
    is kept, 0..1. `state`: `pooled`, `too_few` years or districts, `exact`, where no year strays
    from its district's line and there is nothing to weigh, or `described`, a stock; only the first
    has slopes.
    """
    wide = trends.unbroken(series, indicators, until)
    values, years = wide.to_numpy(float), wide.columns.to_numpy(float)
    fits = np.full((len(wide), len(NUMBERS)), np.nan)
    states = np.full(len(wide), "too_few", dtype=object)
    for indicator, at in wide.groupby(level="indicator").indices.items():
        row = reference.indicator(str(indicator))
        if row["flow_stock"] == "stock":
            states[at] = "described"
            continue
        share = row["rate_unit"] == "%" or row["kind"] == "percent"
        fits[at], states[at] = _pooled(values[at], years, relative=not share)
    numbers = pd.DataFrame(fits, columns=NUMBERS)
    found = pd.concat([trends.span(wide), numbers[FITTED]], axis=1)
    judged = trends.named(wide.index, found, until)
    more = numbers[["own", "province", "kept"]]
    return pd.concat([judged, more], axis=1).assign(state=pd.array(states, dtype="str"))[COLUMNS]


def shrunk(slopes: Slopes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each district's pooled slope, its standard error, and the share kept of its departure.

    The plain shrinkage error²/(error² + between) takes `between` as known and its intervals are
    too short for twelve districts. Morris (1983) draws less, by (k-3)/(k-1), and adds the
    uncertainty of the shrinkage itself.
    """
    count = len(slopes.own)
    variance = slopes.error**2
    plain = variance / (variance + slopes.between)
    drawn = plain * (count - 3) / (count - 1)
    weight = 1 / (variance + slopes.between)
    departure = slopes.own - slopes.mean
    spread = (
        variance * (1 - drawn * (1 - weight / weight.sum()))
        + 2 / (count - 3) * drawn**2 * departure**2
    )
    return slopes.own - drawn * departure, np.sqrt(spread), 1 - drawn


def interval(slopes: Slopes) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Each district's pooled slope with its 95 % interval and its p: slope, low, high, p.

    The degrees of freedom are Satterthwaite's: of shared years there are few.
    """
    from scipy import special

    slope, own, _ = shrunk(slopes)
    variance = own**2 + slopes.common
    parts = own**4 / slopes.degrees + slopes.common**2 / slopes.common_degrees
    degrees, error = variance**2 / parts, np.sqrt(variance)
    margin = special.stdtrit(degrees, 0.975) * error
    p = 2 * special.stdtr(degrees, -np.abs(slope / error))
    return slope, slope - margin, slope + margin, p


def shocks(years: np.ndarray) -> np.ndarray:
    """Columns for what all districts share in a year: the years without their level and line."""
    line = np.column_stack([np.ones(len(years)), years - years.mean()])
    return np.linalg.svd(line)[0][:, 2:]


def slopes(values: np.ndarray, years: np.ndarray) -> Slopes | None:
    """The slopes of districts (rows) by year, NaN where missing; None where nothing ever strays.

    With a level of its own for each district, all that REML needs are the districts' slopes,
    their spreads and what is left over; only the ratio of the two variances is searched for.
    """
    years = years.astype(float)
    place, column = np.nonzero(~np.isnan(values))
    value, count = values[place, column], len(values)
    middle = np.bincount(place, years[column]) / np.bincount(place)
    when = years[column] - middle[place]
    level = np.eye(count)[place]
    shared = shocks(years[np.unique(column)])
    of_year = shared[np.unique(column, return_inverse=True)[1]]
    design = np.hstack([level, level * when[:, None], of_year])
    fit = np.linalg.lstsq(design, value, rcond=None)[0]
    own, effects = fit[count : 2 * count], fit[2 * count :]
    squares = float(((value - design @ fit) ** 2).sum())
    degrees = len(value) - design.shape[1]
    strayed = value - (np.bincount(place, value) / np.bincount(place))[place]
    if degrees < 1 or not squares > EXACT * (strayed**2).sum():
        return None
    spread = np.bincount(place, when**2)
    ratio = _least(lambda ratios: _reml(ratios, own, spread, squares, degrees)[0])
    _, mean, within = (float(part[0]) for part in _reml(ratio, own, spread, squares, degrees))
    common = (effects**2).mean() / ((years - years.mean()) ** 2).sum()
    error = np.sqrt(within / spread)
    return Slopes(own, error, mean, float(ratio[0]) * within, degrees, float(common), len(effects))


def _reml(
    ratios: np.ndarray, own: np.ndarray, spread: np.ndarray, rest: float, degrees: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """-2 log REML (but a constant), mean slope and variance of a year, for each between/within."""
    variance = 1 / spread + ratios[:, None]
    weight = 1 / variance
    mean = (weight * own).sum(axis=1) / weight.sum(axis=1)
    departures = (weight * (own - mean[:, None]) ** 2).sum(axis=1)
    count = degrees + len(own) - 1
    within = (rest + departures) / count
    deviance = count * np.log(within) + np.log(variance).sum(axis=1) + np.log(weight.sum(axis=1))
    return deviance, mean, within


def _least(deviance: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """The ratio of least deviance, zero included: a grid of logarithms, narrowed ever closer."""
    low, high = SEARCHED
    for _ in range(8):
        grid = np.linspace(low, high, 65)
        place = int(np.argmin(deviance(np.exp(grid))))
        low, high = grid[max(place - 1, 0)], grid[min(place + 1, 64)]
    both = np.array([0.0, np.exp((low + high) / 2)])
    return both[[int(np.argmin(deviance(both)))]]


def _pooled(
    values: np.ndarray, years: np.ndarray, *, relative: bool
) -> tuple[np.ndarray, np.ndarray]:
    """NUMBERS and the state of each district (rows) of one indicator by year."""
    numbers = np.full((len(values), len(NUMBERS)), np.nan)
    states = np.full(len(values), "too_few", dtype=object)
    known = ~np.isnan(values)
    mean = np.nansum(values, axis=1) / np.maximum(known.sum(axis=1), 1)
    enough = (known.sum(axis=1) >= LEAST_YEARS) & ((mean > 0) | (not relative))
    if enough.sum() < LEAST_DISTRICTS:
        return numbers, states
    unit = mean[enough] if relative else np.ones(enough.sum())
    fitted = slopes(values[enough] / unit[:, None], years)
    if fitted is None:
        states[enough] = "exact"
        return numbers, states
    (_, _, kept), (slope, low, high, p) = shrunk(fitted), interval(fitted)
    numbers[enough] = np.column_stack(
        [slope * unit, low * unit, high * unit, p, fitted.own * unit, fitted.mean * unit, kept]
    )
    states[enough] = "pooled"
    return numbers, states
