"""The invented province behind the sample: every commune and indicator, year by year.

Starts from the communes: what a district reports is the sum of what its communes report. The
levels are chosen so that the province comes near its published totals (`published.csv`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.intake import sheets

YEARS = range(2018, 2023)
# One year more than is reported: the first year's plans and half-years start from it.
LIVED = range(2017, 2023)
MIDDLE = 2020
HOUSEHOLDS = 290_000  # the province in 2020
POOR = {2017: 28.1, 2018: 24.9, 2019: 21.8, 2020: 18.62, 2021: 21.66, 2022: 18.0}
NEAR_POOR = {2017: 11.2, 2018: 10.6, 2019: 10.1, 2020: 9.6, 2021: 9.4, 2022: 9.0}
CULTURAL = {2017: 63.4, 2018: 65.6, 2019: 67.8, 2020: 69.9, 2021: 71.8, 2022: 74.0}
TEMPORARY = 0.046  # share of households in 2017
HOUSEHOLDS_OF_AN_AREA = 129
ADVANCED = {"03664": 2019, "04120": 2020, "04027": 2020, "03703": 2021, "03910": 2022}
CIVILISED = {
    "03652": 2017,
    "03646": 2018,
    "03649": 2019,
    "03979": 2019,
    "04105": 2020,
    "03655": 2021,
    "03898": 2022,
}
# Places that a reader should find: far behind on criteria; temporary houses named in the plan.
FAR_BEHIND = ("04240", {2017: 3, 2018: 3, 2019: 4, 2020: 4, 2021: 5, 2022: 5})
MUONG_DO = ("03943", {2017: 104, 2018: 92, 2019: 76, 2020: 61, 2021: 42, 2022: 23})
# Poor and near-poor households that a commune with the title, or a town, has at most: together
# less than the 13 % of criterion 11. Such a commune has no temporary house either (criterion 9).
TITLED_POOR, TITLED_NEAR_POOR = 0.085, 0.04
# What a commune without the title usually lacks last, since its own figures would deny it.
DENIED, WITHOUT_DENIED = (9, 11), 17
# Communes that mark a criterion all the same in the year of the sample's review.
MARKED, MARKED_IN = {"03991": 11, "04087": 9, "04210": 9}, 2022
# Criteria that communes usually meet first come first.
EASY_FIRST = (1, 8, 4, 18, 19, 14, 3, 12, 7, 15, 13, 16, 5, 9, 6, 2, 17, 11, 10)
# What is done by the 6-month report of a year's change in a stock.
BY_MIDYEAR = 0.4


class Indicator(Protocol):
    """A row of `indicators()`, as `itertuples` gives it."""

    Index: str
    kind: str
    flow_stock: str
    denominator: str
    basis: str
    trend: str
    plan: str
    level: float
    spread: float
    growth: float
    noise: float
    gathers: float
    h1: float
    most: float
    part: bool


@dataclass(frozen=True)
class World:
    """Communes by year, each table indexed by code, in the order of codes."""

    seed: int
    places: pd.DataFrame
    annual: Mapping[int, pd.DataFrame]

    def communes(self, year: int, period: str) -> pd.DataFrame:
        """The communes as reported at the end of a period."""
        now, before = self.annual[year], self.annual[year - 1]
        return now if period == "annual" else _midyear(before, now)


def draw(seed: int, *topic: object) -> np.random.Generator:
    """Chance that depends on the seed and the topic only, never on what was drawn before."""
    keys = [zlib.crc32(str(word).encode()) for word in topic]
    return np.random.Generator(np.random.PCG64([seed, *keys]))


def around_zero(chance: np.random.Generator, count: int) -> np.ndarray:
    """Values with a standard deviation of about 1, none beyond ±1.8.

    Made of uniform draws: numpy may change how it draws normal ones, and the sample must not.
    """
    return np.clip(2 * (chance.random((3, count)).sum(axis=0) - 1.5), -1.8, 1.8)


def settings(name: str) -> pd.DataFrame:
    """A table of the sample's own settings, as text."""
    return pd.read_csv(Path(__file__).with_name(f"{name}.csv"), dtype=str)


def build(seed: int) -> World:
    """The province of one seed."""
    places = _places(seed)
    households = _households(places["size"], seed)
    met, won = _criteria(places, seed)
    temporary = _temporary(places, households[LIVED[0]], won, seed)
    annual = {
        year: _counts(places, households[year], won, year).assign(
            temporary_houses=temporary[year], met=met[year], title=_titles(places, won, year)
        )
        for year in LIVED
    }
    for code, criterion in MARKED.items():
        order = annual[MARKED_IN].loc[code, "order"]
        annual[MARKED_IN].at[code, "order"] = (criterion, *(n for n in order if n != criterion))
        annual[MARKED_IN].loc[code, "met"] += 1
    registered = {y: _registered(places, won, annual[y], annual[y - 1], seed, y) for y in YEARS}
    annual = {y: annual[y].assign(registered=registered.get(y, "")) for y in LIVED}
    return World(seed, places, annual)


def _counts(places: pd.DataFrame, households: pd.Series, won: pd.Series, year: int) -> pd.DataFrame:
    """Households of each commune, and those that are poor, near-poor or cultural families."""
    poverty, culture = places["poverty"], 1 + 0.1 * places["ahead"]
    years_left = (won - year).where(places["kind"] == "xã", 0).clip(lower=0)
    poor = (TITLED_POOR + 0.06 * years_left).clip(upper=0.72)
    near_poor = (TITLED_NEAR_POOR + 0.03 * years_left).clip(upper=0.25)
    return pd.DataFrame(
        {
            "district": places["slug"],
            "kind": places["kind"],
            "size": places["size"],
            "order": places["order"],
            "households": households,
            "poor": _shared(households, poverty, POOR[year] / 100, most=poor),
            "near_poor": _shared(households, poverty**0.5, NEAR_POOR[year] / 100, most=near_poor),
            "cultural_households": _shared(households, culture, CULTURAL[year] / 100, most=0.98),
        }
    )


def _places(seed: int) -> pd.DataFrame:
    """What does not change: size, poverty and how far ahead a commune is."""
    rows = [c for d in units.districts() for c in units.communes(d.code, date(2022, 12, 31))]
    slugs = {d.code: d.slug for d in units.districts()}
    places = pd.DataFrame(
        {"code": c.code, "slug": slugs[c.district_code], "kind": c.kind} for c in rows
    )
    profile = settings("districts").set_index("slug")
    number = profile[["size", "persons", "poverty", "removed"]].astype(float)
    chance = draw(seed, "places")
    urban = (places["kind"] != "xã").to_numpy()
    ahead = around_zero(chance, len(places))
    ahead += 1.5 * places["code"].isin(" ".join(profile["first"]).split())
    ahead[places["code"] == FAR_BEHIND[0]] = -2.5
    size = np.exp(0.28 * around_zero(chance, len(places)))
    poverty = np.exp(0.25 * around_zero(chance, len(places)) - 0.35 * ahead)
    of = number.loc[places["slug"]].reset_index(drop=True)
    size *= of["size"] * np.where(urban, 1.5, 1.0)
    places = places.assign(
        ahead=ahead + 0.6 * urban,
        size=size * (HOUSEHOLDS / size.sum()),
        poverty=np.clip(poverty * of["poverty"] * np.where(urban, 0.2, 1.0), 0.02, 2.8),
        removed=of["removed"],
        order=[denied_last(EASY_FIRST[i] for i in _nearly_in_order(chance)) for _ in rows],
    )
    return places.set_index("code")


def denied_last(order: Iterable[int]) -> tuple[int, ...]:
    """An order of criteria with those last that only a commune with the title meets."""
    return (*(n for n in order if n not in DENIED), *DENIED)


def _nearly_in_order(chance: np.random.Generator) -> np.ndarray:
    return np.argsort(np.arange(19) + 6.0 * chance.random(19), kind="stable")


def _households(size: pd.Series, seed: int) -> dict[int, pd.Series]:
    growth = 1.006 + 0.012 * draw(seed, "growth").random(len(size))
    return {year: (size * growth ** (year - MIDDLE)).round().astype(int) for year in LIVED}


def _shared(
    households: pd.Series, weight: pd.Series, rate: float, most: float | pd.Series
) -> pd.Series:
    """Households split by weight so that the province comes to its rate."""
    share = weight.clip(lower=0)
    for _ in range(20):  # clipping the poorest lowers the total, so scale again
        share = (share * (rate * households.sum() / (share * households).sum())).clip(upper=most)
    # a share at its most may come to a half: down, for processors differ in its last digit
    return np.ceil(share * households - 0.5 - 1e-6).astype(int)


def _temporary(
    places: pd.DataFrame, households: pd.Series, won: pd.Series, seed: int
) -> dict[int, pd.Series]:
    """Temporary houses left: from many to few at each district's pace, none with the title."""
    untitled = (won > LIVED[0]) | (places["kind"] != "xã")
    weight = places["poverty"] * (1 + places["removed"]) * untitled
    start = _shared(households, weight, TEMPORARY, 0.3)
    wins = won.between(LIVED[0] + 1, LIVED[-1]) & (places["kind"] == "xã")
    steps = 1 + 0.3 * (draw(seed, "temporary").random((len(places), len(LIVED) - 1)) - 0.5)
    done = np.hstack([np.zeros((len(places), 1)), steps.cumsum(axis=1) / (len(LIVED) - 1)])
    left = {}
    for i, year in enumerate(LIVED):
        rest = 1 - places["removed"] * np.minimum(done[:, i], 1.0)
        towards = ((won - year) / (won - LIVED[0])).clip(lower=0)
        rest = rest.where(~wins, rest * towards)
        code, houses = MUONG_DO
        left[year] = (start * rest).round().astype(int)
        left[year].loc[code] = houses[year]
    return left


def _criteria(places: pd.DataFrame, seed: int) -> tuple[dict[int, pd.Series], pd.Series]:
    """Criteria met by year (a phường or thị trấn has none), and the year of the title."""
    won = _years_won(places)
    chance = draw(seed, "criteria").random(len(places))
    met = {}
    for year in LIVED:
        usual = np.floor(11.5 + 1.7 * places["ahead"] + chance + 0.55 * (year - MIDDLE))
        nearing = 19 - 2 * (won - year)
        count = np.clip(np.maximum(usual.clip(8, 17), nearing.where(nearing > 9, 0)), 0, 18)
        count = pd.Series(count, places.index).where(won > year, 19).astype(int)
        count.loc[FAR_BEHIND[0]] = FAR_BEHIND[1][year]
        met[year] = count.where(places["kind"] == "xã", 0)
    return met, won


def _years_won(places: pd.DataFrame) -> pd.Series:
    """The year of the NTM title, 2017 for older ones; the next in line win after 2022."""
    won = pd.Series(9999, places.index)
    for profile in settings("districts").itertuples():
        here = places[(places["slug"] == profile.slug) & (places["kind"] == "xã")]
        named = profile.first.split()
        rest = here.drop(named).sort_values("ahead", ascending=False, kind="stable").index
        line = [*named, *rest]
        totals = [int(n) for n in profile.ntm.split()]
        for rank, code in enumerate(line):
            past = [year for year, total in zip(YEARS, totals, strict=True) if rank < total]
            won[code] = min(past, default=2023 + 2 * (rank - totals[-1]))
            if won[code] == YEARS[0] and rank < totals[0] - 1:
                won[code] = LIVED[0]
    return won


def _titles(places: pd.DataFrame, won: pd.Series, year: int) -> list[str]:
    titles = []
    for code, kind in places["kind"].items():
        if kind != "xã":
            titles.append("Đô thị văn minh" if CIVILISED.get(code, 9999) <= year else "")
        elif ADVANCED.get(code, 9999) <= year:
            titles.append("NTM nâng cao")
        else:
            titles.append("NTM" if won[code] <= year else "")
    return titles


def _registered(
    places: pd.DataFrame,
    won: pd.Series,
    now: pd.DataFrame,
    before: pd.DataFrame,
    seed: int,
    year: int,
) -> list[str]:
    """Titles registered for: those won this year, then the next in line, 2 to 5 a district."""
    goal = pd.Series("", places.index)
    for slug, here in places.groupby("slug", sort=False):
        wanted = int(draw(seed, "registered", slug, year).integers(2, 5))
        rural = here.index[here["kind"] == "xã"]
        fresh = [c for c in here.index if now["title"][c] != before["title"][c]]
        goal[fresh] = now["title"][fresh]
        waiting = won[rural][won[rural] > year].sort_values(kind="stable").index
        holders = won[rural][won[rural] < year].sort_values(kind="stable").index
        able = [c for c in holders if now["title"][c] == "NTM"]
        line = [*[(c, "NTM") for c in waiting[:wanted]], *[(c, "NTM nâng cao") for c in able]]
        for code, title in line[: max(wanted - sum(c in rural for c in fresh), 1)]:
            goal[code] = title
    return goal.tolist()


def _midyear(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Part of the year's change done; titles are decided, and families counted, at its end."""
    changed = ["households", "poor", "near_poor", "temporary_houses"]
    part = before[changed] + ((now[changed] - before[changed]) * BY_MIDYEAR).astype(int)
    met = before["met"] + (now["met"] - before["met"]) // 2
    met = met.where(before["title"] != "", met.clip(upper=WITHOUT_DENIED))
    kept = before[["cultural_households", "title", "order"]]
    return now.assign(**part, **kept, met=met)


def marks(order: tuple[int, ...], met: int) -> dict[str, str]:
    """The marks of all criteria with the first `met` in the place's own order met."""
    done = set(order[:met])
    return {f"TC{n}": sheets.MET if n in done else sheets.NOT_YET for n in sorted(order)}


def indicators() -> pd.DataFrame:
    """The catalogue with the sample's levels, indexed by indicator in catalogue order.

    `part` is whether an indicator counts a part of its denominator: households of households.
    """
    levels = settings("levels").set_index("indicator")
    levels = levels.apply(lambda c: c if c.name in ("basis", "trend", "plan") else c.astype(float))
    levels["trend"] = levels["trend"].fillna("")
    catalogue = reference.catalogue().join(levels)
    whole = catalogue["denominator"].map(catalogue["unit"])
    return catalogue.assign(part=catalogue["unit"] == whole)
