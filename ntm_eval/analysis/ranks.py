"""Exact tests and intervals of short series, from the order of their values alone.

Mann–Kendall's S of n years without a trend is distributed as the inversions of a shuffled row:
the counts are the coefficients of a q-multinomial, with ties as well as without, so no normal
approximation is needed at any length that a district has.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from math import comb

import numpy as np

LEVEL = 0.05
WALKS = 20_000
# Student's t with 2 degrees of freedom at 97.5 %: the one length that ranks cannot serve
T_OF_FOUR_YEARS = 4.302652729911275


def s_statistic(values: np.ndarray) -> np.ndarray:
    """Mann–Kendall's S of each row, years in order: rising pairs minus falling; NaN is left out."""
    first, second = np.triu_indices(values.shape[1], 1)
    return np.nansum(np.sign(values[:, second] - values[:, first]), axis=1)


def p_values(values: np.ndarray) -> np.ndarray:
    """The exact two-sided p of S of each row, given its ties; 1 where nothing changes."""
    found = []
    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    for row, s in zip(values, s_statistic(values), strict=True):
        _, counts = np.unique(row[~np.isnan(row)], return_counts=True)
        ties = tuple(sorted(counts.tolist()))
        if ties not in known:
            known[ties] = inversions(ties)
        found.append(_p_value(known[ties], abs(int(s))))
    return np.array(found, dtype=float)


def least_p(years: int) -> float:
    """The smallest two-sided p that so many years without ties can give: 2/24 with four."""
    return _p_value(inversions((1,) * years), comb(years, 2))


def attained(years: int) -> float:
    """How often so many years without a trend and without ties show one: 2/120 with five."""
    counts = inversions((1,) * years)
    tails = [2 * tail / sum(counts) for tail in accumulate(counts)]
    return max((tail for tail in tails if tail < LEVEL), default=0.0)


@cache
def attained_by_walks(years: int) -> float:
    """How often so many years that go on from each other, each up or down by chance, show one."""
    walks = np.random.default_rng(years).normal(size=(WALKS, years)).cumsum(axis=1)
    counts = inversions((1,) * years)
    telling = [s for s in range(comb(years, 2) + 1) if _p_value(counts, s) < LEVEL]
    return float((np.abs(s_statistic(walks)) >= min(telling, default=np.inf)).mean())


def sen_intervals(
    values: np.ndarray, years: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Theil–Sen's slope of each row and its 95 % interval: slope, low, high.

    The interval holds every slope that Mann–Kendall's exact test does not reject at 5 %, so it
    never contradicts the test. Four years reject nothing: theirs is the range of all pairwise
    slopes, widened to the least-squares slope with Student's t where that reaches further.
    """
    first, second = np.triu_indices(values.shape[1], 1)
    steps = (years[second] - years[first]).astype(float)
    slopes = np.sort((values[:, second] - values[:, first]) / steps, axis=1)  # NaN comes last
    slope, low, high = np.full((3, len(values)), np.nan)
    known = (~np.isnan(values)).sum(axis=1)
    for count in np.unique(known[known >= 2]):
        rows, pairs = known == count, comb(int(count), 2)
        cut = _cut(int(count))
        mine = slopes[rows, :pairs]
        slope[rows] = np.median(mine, axis=1)
        low[rows], high[rows] = mine[:, cut], mine[:, pairs - 1 - cut]
        if least_p(int(count)) > LEVEL:
            by_t = _t_interval(values[rows], years)
            low[rows] = np.minimum(low[rows], by_t[0])
            high[rows] = np.maximum(high[rows], by_t[1])
    return slope, low, high


def sen_slopes(values: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Theil–Sen's slope of each row, of however few years."""
    first, second = np.triu_indices(values.shape[1], 1)
    return np.nanmedian((values[:, second] - values[:, first]) / (years[second] - years[first]), 1)


def q_values(p_values: np.ndarray) -> np.ndarray:
    """Benjamini–Hochberg's adjusted p-values; a missing p is no test and stays missing."""
    q = np.full(len(p_values), np.nan)
    tested = np.flatnonzero(~np.isnan(p_values))
    order = tested[np.argsort(p_values[tested], kind="stable")]
    scaled = p_values[order] * len(order) / np.arange(1, len(order) + 1)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def inversions(ties: tuple[int, ...]) -> tuple[int, ...]:
    """How many arrangements of values with these ties have 0, 1, 2 ... inversions."""
    counts = [1]
    for size in range(1, sum(ties) + 1):
        counts = _times(counts, size)
    for group in ties:
        for size in range(1, group + 1):
            counts = _divided(counts, size)
    return tuple(counts)


def _p_value(counts: tuple[int, ...], s: int) -> float:
    if s == 0:
        return 1.0
    fewest = (len(counts) - 1 - s) // 2  # the inversions of the shorter tail
    return min(1.0, 2 * sum(counts[: fewest + 1]) / sum(counts))


def _cut(years: int) -> int:
    """How many slopes are left out at each end of the interval."""
    counts = inversions((1,) * years)
    within = [2 * tail / sum(counts) <= LEVEL for tail in accumulate(counts)]
    return max(sum(within) - 1, 0)


def _times(counts: list[int], size: int) -> list[int]:
    """The polynomial times 1 + x + ... + x^(size-1)."""
    return [
        sum(counts[max(0, power - size + 1) : power + 1]) for power in range(len(counts) + size - 1)
    ]


def _divided(counts: list[int], size: int) -> list[int]:
    """The polynomial divided by 1 + x + ... + x^(size-1), which divides it."""
    quotient: list[int] = []
    for power in range(len(counts) - size + 1):
        quotient.append(counts[power] - sum(quotient[max(0, power - size + 1) : power]))
    return quotient


def _t_interval(values: np.ndarray, years: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least-squares slope of rows with four values, minus and plus its margin."""
    known = ~np.isnan(values)
    when = np.where(known, years, np.nan)
    when = when - np.nanmean(when, axis=1, keepdims=True)
    off = values - np.nanmean(values, axis=1, keepdims=True)
    spread = np.nansum(when**2, axis=1)
    slope = np.nansum(when * off, axis=1) / spread
    rest = np.nansum((off - slope[:, None] * when) ** 2, axis=1)
    degrees = np.maximum(known.sum(axis=1) - 2, 1)
    margin = T_OF_FOUR_YEARS * np.sqrt(rest / degrees / spread)
    return slope - margin, slope + margin
