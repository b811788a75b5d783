"""Past ratios of one indicator taken apart, and what a new year of each district is drawn from.

A log ratio is a mean, a departure of the district (drawn toward zero as far as its own years do
not bear it), an effect of the year that all districts share, what guides explain, and chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Ratios:
    """A new year's log ratio by district: Student's t about `centre`, a row for each district.

    A guide (another log figure of the same district and year) moves it by `weight` for each unit
    from its `usual` value; `doubt` is the covariance of the weights.
    """

    centre: np.ndarray
    spread: np.ndarray
    degrees: np.ndarray
    weight: np.ndarray
    usual: np.ndarray
    doubt: np.ndarray

    def drawn_from(self, guides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Centre and spread by district, given the new year's guides (districts × guides)."""
        departure = guides - self.usual
        unsure = np.einsum("di,ij,dj->d", departure, self.doubt, departure)
        return self.centre + departure @ self.weight, np.sqrt(self.spread**2 + unsure)


def taken_apart(logs: np.ndarray, guides: np.ndarray) -> Ratios:
    """The ratios behind `logs` (districts × years, NaN where missing).

    `guides` (guides × districts × years) are known where `logs` is. The weight of each is its
    regression on what district and year leave open. The variances are those of the means by year
    and by district and of what neither explains, weighed so that none is subtracted; the degrees
    of freedom are Satterthwaite's. A district without past years gets the mean and the spread of
    a new one.
    """
    known = ~np.isnan(logs)
    seen, years = known.any(axis=1), known.any(axis=0)
    known, logs = known[seen][:, years], logs[seen][:, years]
    guides = guides[:, seen][:, :, years]
    weight, usual, doubt = _weights(logs, guides, known)
    logs = logs - np.einsum("g,gdy->dy", weight, guides - usual[:, None, None])
    by_district, by_year, rest = two_ways(logs)
    districts, count = len(logs), known.sum(axis=1)
    free = max(int(known.sum()) - districts - logs.shape[1] + 1 - len(guides), 1)
    chance = np.nansum(rest**2) / free
    spread_out = by_district.var(ddof=1) - chance * np.mean(1 / count) if districts > 1 else 0.0
    among = max(spread_out, 0.0)
    kept = among / (among + chance / count) if among else np.zeros(districts)
    centre, unknown = np.full(len(seen), by_year.mean()), np.full(len(seen), among)
    centre[seen] += kept * by_district
    unknown[seen] *= 1 - kept
    spread, degrees = _together(by_year, chance, unknown, districts, free)
    return Ratios(centre, spread, degrees, weight, usual, doubt * chance)


def two_ways(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Effects of rows (summing to zero) and of columns by least squares, and the rest."""
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    in_row, in_column = known.sum(axis=1, keepdims=True), known.sum(axis=0, keepdims=True)
    rows = np.zeros((len(values), 1))
    for _ in range(100):  # balanced tables settle at once; gaps need a few rounds
        columns = (filled - rows * known).sum(axis=0, keepdims=True) / in_column
        settled, rows = rows, (filled - columns * known).sum(axis=1, keepdims=True) / in_row
        if np.abs(rows - settled).max() < 1e-12:
            break
    shift = rows.mean()
    return (rows - shift)[:, 0], (columns + shift)[0], values - rows - columns


def _weights(
    logs: np.ndarray, guides: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights and means of the guides, and the weights' covariance for a chance of variance 1."""
    if not len(guides):
        return np.zeros(0), np.zeros(0), np.zeros((0, 0))
    within = np.array([two_ways(np.where(known, guide, np.nan))[2][known] for guide in guides]).T
    doubt = np.linalg.pinv(within.T @ within, rcond=1e-9)
    return doubt @ within.T @ two_ways(logs)[2][known], guides[:, known].mean(axis=1), doubt


def _together(
    by_year: np.ndarray, chance: float, unknown: np.ndarray, districts: int, free: int
) -> tuple[np.ndarray, np.ndarray]:
    """Standard deviation and Satterthwaite's degrees of freedom of a new year, by district."""
    years = len(by_year)
    shared = (1 + 1 / years) * by_year.var(ddof=1)
    single = chance * (1 - 1 / districts)
    variance = shared + single + unknown
    parts = shared**2 / (years - 1) + single**2 / free + unknown**2 / max(districts - 1, 1)
    return np.sqrt(variance), variance**2 / np.maximum(parts, np.finfo(float).tiny)
