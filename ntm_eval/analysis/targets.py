"""Goals ahead: when a district is done at its pace, how likely its communes reach their criteria.

Houses that are left have a pace and the year in which none would be left at it: five points bear
no probability. A commune's criteria go on by steps: how far communes with about as many criteria
came within a year, under one and the same set of criteria; good and bad years are shared by all
communes of a district, and so is what a few years leave unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas, units
from ntm_eval.analysis import ranks
from ntm_eval.intake import sheets

CRITERIA = len(sheets.CRITERIA)
LEAST_YEARS = 3  # for a pace
LEAST_STEPS = 30  # steps of communes from about the same number of criteria
DRAWS, PER_YEAR = 400, 10  # courses that are drawn, and resamples of each past year
SELDOM = 1 / 3  # of a step, given to one up, one down and none: what was not seen is not impossible
INTERVAL = (0.1, 0.9)
HOUSES, BY_CRITERIA, COMPLETE = "C1-17", "C1-25", "C1-22"


@dataclass(frozen=True)
class Target:
    """Where a figure will be in a year, and how likely it is at its goal or when at this pace.

    `basis`: `pace` (no interval and no probability), `steps` (of the criteria in force),
    `old_steps` (of the criteria before: a scenario and no forecast), or `too_few`, where the
    numbers after `now` are NaN. `pace`: the change a year; `done`: the year in which nothing is
    left at it, NaN where it does not fall.
    """

    years: int
    now: float
    expected: float = math.nan
    low: float = math.nan
    high: float = math.nan
    probability: float = math.nan
    basis: str = "too_few"
    pace: float = math.nan
    done: float = math.nan


def pace(yearly: pd.Series, *, stock: bool) -> float:
    """The change a year, as trends have it: a stock's average, a flow's Theil–Sen slope."""
    known = yearly.dropna().sort_index()
    if len(known) < LEAST_YEARS:
        return math.nan
    if stock:
        return float((known.iloc[-1] - known.iloc[0]) / (known.index[-1] - known.index[0]))
    return float(ranks.sen_slopes(known.to_numpy(float)[None, :], known.index.to_numpy(float))[0])


def done(now: float, pace: float, year: int) -> float:
    """The year in which nothing is left of `now` (at the end of `year`); NaN where it never is."""
    if now == 0:
        return float(year)
    return float(year + math.ceil(now / -pace)) if now > 0 and pace < 0 else math.nan


def left(yearly: pd.Series, by: int) -> Target:
    """A figure that should fall to zero, from its yearly values: its pace, and when it is there."""
    known = yearly.dropna().sort_index()
    now = float(known.iloc[-1]) if len(known) else math.nan
    rate = pace(known, stock=True)
    if math.isnan(rate):
        return Target(len(known), now)
    last = int(known.index[-1])
    expected = max(now + rate * (by - last), 0.0)
    ready = done(now, rate, last)
    return Target(len(known), now, expected, basis="pace", pace=rate, done=ready)


def steps(history: pd.DataFrame, began: float) -> tuple[list[np.ndarray], str]:
    """How communes stepped: for each year the criteria met before and after, a row a commune.

    Under the criteria that began in the year `began`; where these steps are too few, those before
    (`old_steps`); none and `too_few` where there are none.
    """
    wide = history.pivot(index="commune_code", columns="year", values="criteria_met")
    found: dict[str, list[np.ndarray]] = {"steps": [], "old_steps": []}
    for year in wide.columns:
        if year + 1 in wide.columns:
            both = wide[[year, year + 1]].dropna().to_numpy(int)
            if year >= began or np.isnan(began):
                found["steps"].append(both)
            elif year + 1 < began:
                found["old_steps"].append(both)
    for basis, pairs_by_year in found.items():
        by_year = [pairs for pairs in pairs_by_year if (pairs[:, 0] < CRITERIA).any()]
        if sum((pairs[:, 0] < CRITERIA).sum() for pairs in by_year) >= LEAST_STEPS:
            return by_year, basis
    return [], "too_few"


def courses(by_year: list[np.ndarray], years: int) -> np.ndarray | None:
    """Drawn chances to come from i to j criteria in so many years: draws × 20 × 20.

    Each year ahead is like one of the past, of whose communes a resample is taken.
    """
    if not by_year or years < 1:
        return None
    chance = np.random.default_rng([2022, years])
    pool = np.array(
        [
            _chances(pairs[chance.integers(len(pairs), size=len(pairs))])
            for pairs in by_year
            for _ in range(PER_YEAR)
        ]
    )
    found = pool[chance.integers(len(pool), size=DRAWS)]
    for _ in range(years - 1):
        found = found @ pool[chance.integers(len(pool), size=DRAWS)]
    return found


def table(
    series: pd.DataFrame, history: pd.DataFrame, indicators: pd.DataFrame, until: int, year: int
) -> pd.DataFrame:
    """The goals of `goal_year` seen from the end of `until`, by the rules of `year`; none after it.

    `history`: year, district_code, commune_code, kind, criteria_met and temporary_houses of the
    annual reports. Rows: temporary houses to zero, by district (`C1-17`) and commune; criteria to
    19 by commune (`C1-25`); and all xã of a district at 19 (`C1-22`), where `now` counts the xã
    that are.
    """
    by = int(reference.constant("goal_year", units.day(year, "annual")))
    if until >= by:
        return _frame([], by)
    past = history[history["year"] <= until]
    rural = past[past["kind"] == "xã"]
    began = indicators.set_index("id").loc[BY_CRITERIA, "break_before"]
    by_year, basis = steps(rural, began if began <= year else np.nan)
    drawn = courses(by_year, by - until)
    rows = list(_houses(series[series["year"] <= until], past, by))
    for district, communes in rural[rural["year"] == until].groupby("district_code"):
        rows += _criteria(str(district), communes, drawn, basis)
    return _frame(rows, by)


def _houses(series: pd.DataFrame, past: pd.DataFrame, by: int) -> Iterator[tuple]:
    known = series[series["indicator"] == HOUSES]
    for district, rows in known.groupby("district_code"):
        yield district, None, HOUSES, 0, *astuple(left(rows.set_index("year")["value"], by))
    for keys, rows in past.groupby(["district_code", "commune_code"]):
        yield *keys, HOUSES, 0, *astuple(left(rows.set_index("year")["temporary_houses"], by))


def _criteria(
    district: str, communes: pd.DataFrame, drawn: np.ndarray | None, basis: str
) -> list[tuple]:
    """The xã of a district one by one, then all of them, course by course."""
    rows = []
    met = communes["criteria_met"].to_numpy(float)
    for code, now in zip(communes["commune_code"], met, strict=True):
        chances = None if drawn is None or np.isnan(now) else drawn[:, int(now)].mean(axis=0)
        rows.append(
            (district, code, BY_CRITERIA, CRITERIA, *astuple(_of_chances(now, chances, basis)))
        )
    target = together(met, drawn, basis)
    return [*rows, (district, None, COMPLETE, len(communes), *astuple(target))]


def together(met: np.ndarray, drawn: np.ndarray | None, basis: str) -> Target:
    """How many of some communes will have all criteria, from what each has met, by course."""
    now = float((met == CRITERIA).sum())
    if drawn is None or np.isnan(met).any():
        return Target(0, now)
    complete = drawn[:, met.astype(int), CRITERIA]
    return _of_chances(now, _number(complete).mean(axis=0), basis)


def _number(chances: np.ndarray) -> np.ndarray:
    """The chances of how many of some things (columns) happen; a row for each course."""
    found = np.ones((len(chances), 1))
    for chance in chances.T[..., None]:
        without, one_more = np.pad(found, ((0, 0), (0, 1))), np.pad(found, ((0, 0), (1, 0)))
        found = without * (1 - chance) + one_more * chance
    return found


def _of_chances(now: float, chances: np.ndarray | None, basis: str) -> Target:
    """The chances of 0, 1, 2 ... as a target, the last of which is the goal.

    Its interval holds two outcomes at least: no forecast is certain.
    """
    if chances is None:
        return Target(0, now)
    upto = np.cumsum(chances)
    low, median, high = (
        int(np.searchsorted(upto, q - 1e-9)) for q in (INTERVAL[0], 0.5, INTERVAL[1])
    )
    if low == high:
        beside = [n for n in (low - 1, high + 1) if 0 <= n < len(chances)]
        other = max(beside, key=lambda n: chances[n], default=low)
        low, high = min(low, other), max(high, other)
    return Target(0, now, median, low, high, float(min(chances[-1], 1.0)), basis)


def _chances(pairs: np.ndarray) -> np.ndarray:
    """The steps from each number of criteria, with those from its nearest where they are few."""
    chances = np.zeros((CRITERIA + 1, CRITERIA + 1))
    unfinished = pairs[pairs[:, 0] < CRITERIA]
    kept = pairs[pairs[:, 0] == CRITERIA, 1]
    for state in range(CRITERIA + 1):
        far = np.abs(unfinished[:, 0] - state)
        near = unfinished[far <= np.sort(far)[: min(LEAST_STEPS, len(far))].max(initial=0)]
        came = state + near[:, 1] - near[:, 0] if state < CRITERIA else kept
        seldom = state + np.array([-1, 0, 1])
        counts = np.bincount(np.clip(came, 0, CRITERIA), minlength=CRITERIA + 1).astype(float)
        np.add.at(counts, np.clip(seldom, 0, CRITERIA), SELDOM)
        chances[state] = counts / counts.sum()
    return chances


def _frame(rows: list[tuple], by: int) -> pd.DataFrame:
    return schemas.typed("targets", [(*row[:4], by, *row[4:]) for row in rows])
