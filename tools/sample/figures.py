"""The invented districts' figures and plans: what the communes add up to, and the rest by level.

`levels.csv` says of each indicator: on what it is based (households, residential areas,
another indicator), its level in 2020, how districts differ, growth a year, noise, the share done
by mid-year, the most it can be of its basis, whether it moves steadily or in waves, and how
districts plan it. An indicator without a basis comes from the communes. `gathers` is how much of
what a Covid year takes from a gathering it loses; below zero it gains.

`districts.csv` says of each district how it keeps its plans: `missed`, the share of its plans
that it misses by its own doing, and `short`, how far it then stays below them on average. A miss
is a lower result where the result is free to be lower (flows), and else an ambitious plan. Plans
are made from what a usual year would bring, never below last year's result, and before anybody
knew of Covid; so those of 2021 are missed more often, and those of 2022 ask for the way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from tools.sample.world import (
    BY_MIDYEAR,
    HOUSEHOLDS_OF_AN_AREA,
    LIVED,
    MIDDLE,
    YEARS,
    Indicator,
    World,
    around_zero,
    draw,
    indicators,
    settings,
)

ROUND_TO = {"count": 1, "money": 1_000_000, "area": 10, "number": 0.1, "percent": 0.1}
# Up and down so that no order is left in it: of ten pairs of years, four rise and six fall.
WAVE = {2017: 0.0, 2018: 0.0, 2019: 0.6, 2020: -0.5, 2021: 0.4, 2022: -0.1}
# How far off its line a steady indicator is: never so much that it turns.
OFF_LINE = {2017: 0.0, 2018: 1.0, 2019: -1.0, 2020: 0.5, 2021: -1.0, 2022: 1.0}
# What the Covid years took from a gathering, in all districts alike but for some chance.
COVID = {2020: 0.06, 2021: 0.26, 2022: 0.0}
# How much of a miss shows in the result; the rest of it is that the plan asked for more.
IN_RESULT = {"flow": 0.33, "stock": 0.1}
# Most plans ask for at most this much of last year's result, and where a usual year would bring
# more than that, for a third of the rest; a plan that asks for too much, for at most so much.
AMBITION, MOST = 1.12, 1.6
# What is reached of a plan that asks for too much is not below this.
HOPED = {"flow": 0.5, "stock": 0.65}
# The breeding cows of the plan's one project: handed over, alive with calves, households.
COWS = {
    "C1-27": {2017: 20, 2018: 40, 2019: 60, 2020: 80, 2021: 100, 2022: 120},
    "C1-28": {2017: 20, 2018: 43, 2019: 69, 2020: 101, 2021: 133, 2022: 171},
    "C1-29": {2017: 20, 2018: 40, 2019: 60, 2020: 80, 2021: 100, 2022: 118},
}
COWS_IN = "sop-cop"

Table: TypeAlias = pd.DataFrame  # districts by slug × years lived


@dataclass(frozen=True)
class Figures:
    """By indicator a table of districts × years: the year's result, the half-year's, the plan."""

    annual: Mapping[str, Table]
    h1: Mapping[str, Table]
    plan: Mapping[str, Table]
    steps: Mapping[str, pd.Series]  # steady ones: the yearly change planted, by district

    def actual(self, period: str) -> Mapping[str, Table]:
        return self.annual if period == "annual" else self.h1


def build(world: World) -> Figures:
    """Every indicator of every district, 2018 to 2022."""
    catalogue = indicators()
    bases = _bases(world)
    annual = _from_communes(world, "annual")
    usual = dict(annual)
    annual |= {
        code: pd.DataFrame(herd, [COWS_IN]).reindex(annual["C1-18"].index)
        for code, herd in COWS.items()
    }
    steps = {}
    for row in catalogue[catalogue["basis"].notna()].itertuples():
        if row.basis in catalogue.index:
            annual[row.Index] = _part(row, annual[row.basis], world.seed)
            usual[row.Index] = _part(row, usual[row.basis], world.seed)
        else:
            usual[row.Index], steps[row.Index] = _own(row, bases, world.seed)
            annual[row.Index] = _own(row, bases, world.seed, disturbed=True)[0]
    steady = {k: v for k, v in steps.items() if catalogue.loc[k, "trend"] == "steady"}
    h1 = {row.Index: _midyear(row, annual, world.seed) for row in catalogue.itertuples()}
    h1 |= _from_communes(world, "h1")
    plan = {
        row.Index: _plan(row, annual, usual[row.Index], world.seed)
        for row in catalogue.query("has_plan == 'yes'").itertuples()
    }
    return Figures(annual, h1, plan, steady)


def _from_communes(world: World, period: str) -> dict[str, Table]:
    """The indicators that are sums, means or counts of the communes."""
    years = LIVED if period == "annual" else YEARS
    found: dict[str, dict[int, pd.Series]] = {}
    for year in years:
        now = world.annual[year] if period == "annual" else world.communes(year, period)
        before = world.annual.get(year - 1, now)
        for code, column in _summed(now, before).items():
            found.setdefault(code, {})[year] = column
    return {code: pd.DataFrame(by_year) for code, by_year in found.items()}


def _summed(now: pd.DataFrame, before: pd.DataFrame) -> dict[str, pd.Series]:
    by = now.groupby("district")
    total = by[["households", "poor", "near_poor", "cultural_households", "temporary_houses"]].sum()
    left = before.groupby("district")["temporary_houses"].sum()
    persons = settings("districts").set_index("slug")["persons"].astype(float)
    holds = {
        title: (now["title"] == title).groupby(now["district"]).sum()
        for title in ("NTM", "NTM nâng cao", "Đô thị văn minh")
    }
    rural = now[now["kind"] == "xã"].groupby("district")["met"]
    return {
        "C1-16": left - total["temporary_houses"],
        "C1-17": total["temporary_houses"],
        "C1-18": total["households"],
        "C1-19": total["poor"],
        "C1-20": total["near_poor"],
        "C1-22": holds["NTM"] + holds["NTM nâng cao"],
        "C1-23": holds["NTM nâng cao"],
        "C1-24": holds["NTM"] * 0,
        "C1-25": (rural.sum() / rural.count()).round(2),
        "C1-26": holds["Đô thị văn minh"],
        "C2-01": total["cultural_households"],
        "C2-02": _areas(now).groupby(now["district"]).sum(),
        "C2-14": (total["households"] * persons).round().astype(int),
        "C6-05": ((now["registered"] != "") & (now["kind"] == "xã")).groupby(now["district"]).sum(),
    }


def _areas(communes: pd.DataFrame) -> pd.Series:
    """Residential areas of each commune: they stay while households grow."""
    return np.maximum((communes["size"] / HOUSEHOLDS_OF_AN_AREA).round(), 3).astype(int)


def _bases(world: World) -> dict[str, Table]:
    """What levels are multiplied with, by district and year."""
    now = _from_communes(world, "annual")
    counted = world.places.groupby("slug").size()
    return {
        "household": now["C1-18"],
        "person": now["C2-14"],
        "area": now["C2-02"],
        "commune": now["C1-18"] * 0 + counted.to_numpy()[:, None],
        "fixed": now["C1-18"] * 0 + 1,
    }


def _own(
    row: Indicator, bases: Mapping[str, Table], seed: int, disturbed: bool = False
) -> tuple[Table, pd.Series]:
    """An indicator by its level on a basis, and its change a year (on the rate if it has one).

    As it would be in usual years, or `disturbed` by Covid and by what districts do not manage.
    """
    share = row.flow_stock == "stock" and row.part
    basis = bases[row.basis]
    if not share:  # a plain count must not drift with the households
        basis = basis.mul(0).add(basis[MIDDLE], axis=0)
    chance = draw(seed, row.Index)
    factor = 1 + row.spread * around_zero(chance, len(basis))
    weight = basis[MIDDLE].to_numpy()
    level = pd.Series(row.level * factor / np.average(factor, weights=weight), basis.index)
    sign = _signs(row.Index, len(basis))
    moved = _course(row, basis, sign, chance)
    if disturbed:
        moved = moved * _covid(row, basis, seed) * _reached(row, basis, seed) ** _in_result(row)
    rate = moved.mul(level, axis=0)
    if not pd.isna(row.most):
        rate = rate.clip(upper=row.most)
    step = level * row.growth * sign
    return _rounded(rate * basis, row.kind), step if share else step * basis[MIDDLE]


def _signs(indicator: str, districts: int) -> np.ndarray:
    """A steady indicator rises in most districts and falls in two."""
    first = int(indicator[1]) * 5 + int(indicator[3:])
    return np.where((np.arange(districts) + first) % 6 == 0, -1, 1)


def _course(row: Indicator, basis: Table, sign: np.ndarray, chance: np.random.Generator) -> Table:
    """The course over the years, 1 in the middle: steady, in waves, or growing with noise."""
    after = np.array(LIVED) - MIDDLE
    random = chance.random(basis.shape)
    if row.trend == "steady":
        # the same on both sides of the middle, so that the slope stays the planted one
        off = (0.06 + 0.09 * random[:, :1]) * np.array(list(OFF_LINE.values()))
        course = 1 + row.growth * sign[:, None] * (after + off)
    elif row.trend == "wave":
        turn = np.where(np.arange(len(basis)) % 2 == 0, 1, -1)[:, None]
        course = 1 + row.noise * (turn * np.array(list(WAVE.values())) + 0.1 * (random - 0.5))
    else:
        course = (1 + row.growth * after) * (1 + row.noise * 2 * (random - 0.5))
    return pd.DataFrame(course, basis.index, basis.columns)


def _covid(row: Indicator, like: Table, seed: int) -> Table:
    """What the Covid years leave of a gathering: a shock that all districts share."""
    shock = np.array([COVID.get(year, 0.0) for year in LIVED])
    some = 0.85 + 0.3 * draw(seed, row.Index, "covid").random(like.shape)
    return pd.DataFrame(1 - row.gathers * shock * some, like.index, like.columns)


def _reached(row: Indicator, like: Table, seed: int) -> Table:
    """What a district reaches of its plan by its own doing: 1, or less where it misses it."""
    chance = draw(seed, row.Index, "reached")
    missed = chance.random(like.shape) < _profile("missed", like)[:, None]
    # as often a little below as far
    far = (0.2 + 1.6 * chance.random(like.shape)) * _profile("short", like)[:, None]
    return pd.DataFrame(1 - missed * np.clip(far, 0.02, 0.75), like.index, like.columns)


def _in_result(row: Indicator) -> float:
    free = row.plan == "lift" and row.trend == "" and not pd.isna(row.basis)
    return IN_RESULT[row.flow_stock] if free else 0.0


def _part(row: Indicator, whole: Table, seed: int) -> Table:
    """An indicator as a share or a multiple of another."""
    chance = draw(seed, row.Index)
    factor = 1 + row.spread * around_zero(chance, len(whole))
    rate = row.level * factor[:, None] * (1 + row.noise * 2 * (chance.random(whole.shape) - 0.5))
    most = np.inf if pd.isna(row.most) else row.most
    size = ROUND_TO[row.kind]
    return np.floor(whole * np.minimum(rate, most) / size) * size


def _rounded(values: Table, kind: str) -> Table:
    size = ROUND_TO[kind]
    return (values / size).round().mul(size).round(1)


def _midyear(row: Indicator, annual: Mapping[str, Table], seed: int) -> Table:
    """The 6-month figure: part of the year for a flow, part of the year's change for a stock."""
    now = annual[row.Index]
    if row.flow_stock == "stock":
        before = now.shift(axis=1).bfill(axis=1)
        size = ROUND_TO[row.kind]
        return (before + np.trunc((now - before) * BY_MIDYEAR / size) * size).round(1)
    # what is part of another indicator is done when that is done
    root = row.basis if row.basis in annual else row.Index
    share = row.h1 * (0.9 + 0.2 * draw(seed, root, "h1").random(now.shape))
    size = ROUND_TO[row.kind]
    done = now * share / size
    return ((np.floor(done) if root != row.Index else done.round()) * size).round(1)


def _plan(row: Indicator, annual: Mapping[str, Table], usual: Table, seed: int) -> Table:
    """The year's plan: what a usual year would bring, and not less than the year before."""
    actual = annual[row.Index]
    before = actual.shift(axis=1)
    reached = _reached(row, actual, seed)
    if row.plan == "next":
        hoped = actual + (reached < 1) * (row.Index in ("C1-22", "C6-05"))
        return np.maximum(hoped, before.fillna(0))
    if row.plan == "step":
        return (before + (actual - before) / reached).clip(upper=19).round(1)
    if row.plan == "cut":
        cut = (before - actual).where(before > actual, before * 0.1) / reached
        return (before - cut).round()
    easy = 1 + 0.06 * draw(seed, row.Index, "plan").random(actual.shape)
    asked, most = usual / easy, AMBITION * before
    asked = asked.where((asked < most) | ~(before > 0), (asked * most**2) ** (1 / 3))
    more = reached.clip(lower=HOPED[row.flow_stock]) ** (1 - _in_result(row))
    asked = (asked / more).clip(upper=(MOST * before).where(before > 0))
    if row.kind == "percent":
        return _plain(asked, before, row.kind).clip(upper=100)
    if not row.part:
        return _plain(asked, before, row.kind)
    whole = annual[row.denominator]  # nobody plans to reach more than half of what is left of it
    return np.minimum(_plain(asked.clip(upper=(before + whole) / 2), before, row.kind), whole)


def _plain(values: Table, least: Table, kind: str) -> Table:
    """Plans are typed in plain figures (1.250, not 1.247) that are not below the least."""
    if kind == "money":
        size = values * 0 + 1e7
    elif kind in ("number", "percent"):
        size = values * 0 + 0.1
    else:
        sizes = np.select([values < 100, values < 1000, values < 10_000], [1, 5, 50], 100)
        size = pd.DataFrame(sizes, values.index, values.columns)
    plain = (values / size).round() * size
    plain = plain.where(plain >= least, np.ceil(least / size - 1e-9) * size).round(1)
    return plain if kind in ("number", "percent") else np.maximum(plain, 1)


def _profile(column: str, like: Table) -> np.ndarray:
    profile = settings("districts").set_index("slug")[column].astype(float)
    return profile.loc[like.index].to_numpy()
