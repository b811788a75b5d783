"""Targets ahead: how likely a district or commune reaches a goal by a year.

Two kinds of course. A figure left (houses) goes on as a walk: each year brings its average change
and a chance that adds up, so that five years never promise more than they can. A commune's
criteria go on by steps: how far communes with about as many criteria came within a year, under
one and the same set of criteria.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from ntm_eval.analysis.trends import LEAST_YEARS

# Plan 227/KH-MTTQ-BTT, II.1 point 3, after NQ 14-NQ/TU: the one year that the plan sets
GOAL_YEAR = 2025
CRITERIA = 19
LEAST_STEPS = 30  # steps of communes from about the same number of criteria
INTERVAL = (0.1, 0.9)
HOUSES, BY_CRITERIA, COMPLETE = "C1-17", "C1-25", "C1-22"
COLUMNS = [
    "district_code", "commune_code", "indicator", "goal", "by", "years", "now", "expected", "low",
    "high", "probability", "basis",
]  # fmt: skip


@dataclass(frozen=True)
class Target:
    """Where a figure will be in a year, with its 80 % interval, and how likely it is at its goal.

    `basis`: `walk`, `steps` (of the criteria in force), `old_steps` (of the criteria before: a
    scenario and no forecast), or `too_few`, where expected to probability are NaN.
    """

    years: int
    now: float
    expected: float
    low: float
    high: float
    probability: float
    basis: str


def walk(yearly: pd.Series, goal: float, by: int) -> Target:
    """A figure that should fall to `goal` by the year `by`, from its yearly values."""
    return _walk(yearly.index.to_numpy(float), yearly.to_numpy(float), goal, by)


def _walk(years: np.ndarray, values: np.ndarray, goal: float, by: int) -> Target:
    from scipy import special

    order = np.argsort(years, kind="stable")
    order = order[~np.isnan(values[order])]
    known, when = values[order], years[order]
    now = float(known[-1]) if len(known) else np.nan
    if len(known) < LEAST_YEARS or when[-1] >= by:
        return Target(len(known), now, np.nan, np.nan, np.nan, np.nan, "too_few")
    gaps = np.diff(when)
    span = gaps.sum()
    drift = (now - known[0]) / span
    degrees = len(gaps) - 1
    chance = float(((np.diff(known) - drift * gaps) ** 2 / gaps).sum() / degrees)
    ahead = by - float(when[-1])
    spread = np.sqrt(chance * (ahead + ahead**2 / span))
    centre = now + drift * ahead
    low, high = centre + special.stdtrit(degrees, np.array(INTERVAL)) * spread
    if spread > 0:
        probability = float(special.stdtr(degrees, (goal + 0.5 - centre) / spread))
    else:
        probability = float(centre <= goal)
    expected, low, high = (max(float(value), 0.0) for value in (centre, low, high))
    probability = 1.0 if now <= goal else probability
    return Target(len(known), now, expected, low, high, probability, "walk")


def step_table(history: pd.DataFrame, began: float) -> tuple[np.ndarray | None, str]:
    """How communes step: row i, column j the chance to come from i to j criteria in a year.

    Learnt from the steps under the criteria that began in the year `began`; where these are too
    few, from the steps before (`old_steps`); None and `too_few` where there are none.
    """
    wide = history.pivot(index="commune_code", columns="year", values="criteria_met")
    pairs: dict[str, list[np.ndarray]] = {"steps": [], "old_steps": []}
    for year in wide.columns:
        if year + 1 in wide.columns:
            both = wide[[year, year + 1]].dropna().to_numpy(int)
            if year >= began or np.isnan(began):
                pairs["steps"].append(both)
            elif year + 1 < began:
                pairs["old_steps"].append(both)
    for basis, found in pairs.items():
        steps = np.vstack(found) if found else np.empty((0, 2), int)
        if (steps[:, 0] < CRITERIA).sum() >= LEAST_STEPS:
            return _chances(steps), basis
    return None, "too_few"


def ahead(met: float, chances: np.ndarray | None, years: int) -> np.ndarray | None:
    """The chances of 0..19 criteria after so many years; None where nothing is known."""
    if chances is None or np.isnan(met) or years < 1:
        return None
    return np.linalg.matrix_power(chances, years)[int(met)]


def table(
    series: pd.DataFrame, history: pd.DataFrame, indicators: pd.DataFrame, until: int, year: int
) -> pd.DataFrame:
    """The goals of 2025 seen from the end of `until`, by the rules of `year`; none from 2025 on.

    `history`: year, district_code, commune_code, kind, criteria_met and temporary_houses of the
    annual reports. Rows: temporary houses to zero, by district (`C1-17`) and commune; criteria to
    19 by commune (`C1-25`); and all xã of a district at 19 (`C1-22`), where `now` counts the xã
    that are.
    """
    if until >= GOAL_YEAR:
        return _frame([])
    past = history[history["year"] <= until]
    rural = past[past["kind"] == "xã"]
    began = indicators.set_index("id").loc[BY_CRITERIA, "break_before"]
    began = began if began <= year else np.nan
    chances, basis = step_table(rural, began)
    rows = list(_houses(series[series["year"] <= until], past))
    for district, communes in rural[rural["year"] == until].groupby("district_code"):
        rows += _criteria(str(district), communes, chances, basis, until)
    return _frame(rows)


def _houses(series: pd.DataFrame, past: pd.DataFrame) -> Iterator[tuple]:
    left = series[series["indicator"] == HOUSES]
    years, values = left["year"].to_numpy(float), left["value"].to_numpy(float)
    for district, at in left.groupby("district_code").indices.items():
        yield district, None, HOUSES, 0, *astuple(_walk(years[at], values[at], 0, GOAL_YEAR))
    years, values = past["year"].to_numpy(float), past["temporary_houses"].to_numpy(float)
    for (district, commune), at in past.groupby(["district_code", "commune_code"]).indices.items():
        yield district, commune, HOUSES, 0, *astuple(_walk(years[at], values[at], 0, GOAL_YEAR))


def _criteria(
    district: str, communes: pd.DataFrame, chances: np.ndarray | None, basis: str, until: int
) -> list[tuple]:
    """The xã of a district one by one, then all of them."""
    rows, complete = [], np.array([1.0])
    for commune in communes.itertuples():
        found = ahead(commune.criteria_met, chances, GOAL_YEAR - until)
        target = _of_chances(commune.criteria_met, found, basis)
        rows.append((district, commune.commune_code, BY_CRITERIA, CRITERIA, *astuple(target)))
        chance = np.nan if found is None else found[CRITERIA]
        complete = np.convolve(complete, [1 - chance, chance])
    now = float((communes["criteria_met"] == CRITERIA).sum())
    known = not np.isnan(complete).any()
    target = _of_chances(now, complete if known else None, basis)
    return [*rows, (district, None, COMPLETE, len(communes), *astuple(target))]


def _of_chances(now: float, chances: np.ndarray | None, basis: str) -> Target:
    """The chances of 0, 1, 2 ... as a target, the last of which is the goal."""
    if chances is None:
        return Target(0, now, np.nan, np.nan, np.nan, np.nan, "too_few")
    upto = np.cumsum(chances)
    low, median, high = (float(np.searchsorted(upto, q - 1e-9)) for q in
                         (INTERVAL[0], 0.5, INTERVAL[1]))  # fmt: skip
    return Target(0, now, median, low, high, float(min(chances[-1], 1.0)), basis)


def _chances(steps: np.ndarray) -> np.ndarray:
    """The steps from each number of criteria, with those from its nearest where they are few."""
    chances = np.zeros((CRITERIA + 1, CRITERIA + 1))
    unfinished = steps[steps[:, 0] < CRITERIA]
    for state in range(CRITERIA):
        far = np.abs(unfinished[:, 0] - state)
        reach = np.sort(far)[min(LEAST_STEPS, len(far)) - 1]
        near = unfinished[far <= reach]
        came = np.clip(state + near[:, 1] - near[:, 0], 0, CRITERIA)
        chances[state] = np.bincount(came, minlength=CRITERIA + 1) / len(near)
    kept = steps[steps[:, 0] == CRITERIA, 1]
    chances[CRITERIA] = (
        np.bincount(kept, minlength=CRITERIA + 1) / len(kept)
        if len(kept)
        else np.eye(CRITERIA + 1)[CRITERIA]
    )
    return chances


def _frame(rows: list[tuple]) -> pd.DataFrame:
    named = [(*row[:4], GOAL_YEAR, *row[4:]) for row in rows]
    texts = dict.fromkeys(("district_code", "commune_code", "indicator", "basis"), "str")
    whole = dict.fromkeys(("by", "years"), int)
    kinds = dict.fromkeys(COLUMNS, float) | whole | texts
    return pd.DataFrame(named, columns=COLUMNS).astype(kinds)
