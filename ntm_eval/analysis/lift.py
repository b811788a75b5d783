"""What would lift a district one grade: the cheapest improvements within its own past pace.

Only real results are advised: nothing here is gained by filling in a cell, by sending a report
earlier or by a figure that nobody has worked for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.analysis import ranking
from ntm_eval.analysis.reasons import Assessed
from ntm_eval.analysis.scheme import Scheme

HAIR = 1e-9  # what floating point may add to a whole number
EARNS = ("up", "settled", "since_previous", "over_plan")  # cases with a figure and a plan
LINEAR = ("up", "settled", "since_previous")  # points in proportion to the figure


@dataclass(frozen=True)
class Step:
    """One indicator to improve: from `now` to `to`, at most `target`, for `gain` points.

    `pace` is the district's usual yearly improvement, and `effort` the part of it that is needed.
    """

    indicator: str
    now: float
    to: float
    target: float
    pace: float
    effort: float
    gain: float


@dataclass(frozen=True)
class Lift:
    """What lies between a district and the next grade.

    `need` points are missing (NaN at the best grade or without a report); `steps`, the cheapest
    first, bring `gain` of them within one usual year. `unknown` indicators lost points but have
    too few past improvements to say what is within reach.
    """

    grade: str | None
    need: float
    steps: tuple[Step, ...]
    unknown: tuple[str, ...]

    @property
    def gain(self) -> float:
        """The points that all steps bring."""
        return sum(step.gain for step in self.steps)

    @property
    def reached(self) -> bool:
        """Whether they bring the next grade."""
        return self.gain >= self.need - 10**-ranking.DECIMALS


def lift(assessed: pd.DataFrame, points: float, rules: Scheme, paces: pd.Series) -> Lift:
    """The cheapest way to the next grade, from one district's assessed rows with `max_points`.

    Taken first is what brings most points for a usual year of the district's own work, the last
    only as far as needed. `paces`: the usual yearly improvement by indicator.
    """
    above = rules.grades[rules.grades["at_least"] > np.round(points, ranking.DECIMALS)]
    if math.isnan(points) or above.empty:
        return Lift(None, math.nan, (), ())
    aim = above.sort_values("at_least").iloc[0]
    need = float(aim["at_least"] - points)
    short = assessed[assessed["case"].isin(EARNS) & (assessed["ratio"] < 1)]
    rows = {row.indicator: row for row in short.itertuples()}
    usual = {i: float(paces.get(i, math.nan)) for i in rows}
    offers = [_step(row, usual[i], usual[i]) for i, row in rows.items() if usual[i] > 0]
    offers = [step for step in offers if step.effort > 0]
    order = sorted(offers, key=lambda step: (-step.gain / step.effort, step.indicator))
    steps, left = [], need
    for whole in order:
        if left <= 10**-ranking.DECIMALS:
            break
        row, step = rows[whole.indicator], whole
        if step.gain > left and row.case in LINEAR:
            step = _step(row, step.pace, abs(step.to - step.now) * left / step.gain)
        steps += [step] if step.gain > 0 else []
        left -= step.gain
    unknown = tuple(sorted(i for i, pace in usual.items() if math.isnan(pace)))
    return Lift(str(aim["grade"]), need, tuple(steps), unknown)


def paces(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.Series:
    """One district's usual improvement by indicator: the median over its years that improved.

    From yearly figures in a row up to `until`, within one standard; an indicator with fewer than
    `least_rises` (`constants.csv`) such years has none.
    """
    catalogue = indicators.set_index("id")
    known = series[series["year"] <= until]
    if known.empty:
        return pd.Series(dtype=float)
    yearly = known.pivot(index="year", columns="indicator", values="value")
    yearly = yearly.reindex(range(int(yearly.index.min()), until + 1))
    began = catalogue["break_before"].reindex(yearly.columns).where(lambda year: year <= until)
    since = [(yearly.index < year).tolist() for year in began]  # no year is before NaN
    yearly = yearly.mask(np.array(since).T)
    falls = catalogue["better"].reindex(yearly.columns).eq("down")
    moves = yearly.diff() * np.where(falls, -1.0, 1.0)
    rises = moves.where(moves > 0)
    least = reference.constant("least_rises", units.day(until, "annual"))
    return rises.median()[rises.count() >= least]


def _step(row: Assessed, pace: float, most: float) -> Step:
    """What an improvement of at most `most` would bring; not beyond what is due."""
    falls = row.formula == "down"
    way = row.value - row.target if falls else row.target - row.value
    move = min(way, most)
    if row.kind == "count":  # a house is built whole or not at all
        move = min(math.ceil(way), math.ceil(most - HAIR), math.floor(pace + HAIR))
    to = row.value - move if falls else row.value + move
    gain = row.max_points * (min(ratio_at(row, to), 1.0) - row.ratio)
    figures = (row.value, to, row.target, pace, move / pace, gain)
    return Step(row.indicator, *map(float, figures))


def ratio_at(row: Assessed, value: float) -> float:
    """How much of what was due an assessed indicator would reach at another value; may pass 1."""
    if row.formula != "down":
        return value / row.target
    if value <= row.target:
        return 1.0
    if row.case == "since_previous":
        return (row.previous - value) / (row.previous - row.target)
    return row.target / value
