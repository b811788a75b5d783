"""Plant the truth and look for it: coverage, false alarms and forecasts at the sizes of a province.

    python bench/promises.py [--provinces 400]

Prints one line for each promise of docs/statistics.md: the figure measured and what was promised.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ntm_eval import reference
from ntm_eval.analysis import (
    funnel,
    outlook,
    pooling,
    ranks,
    second_opinion,
    series,
    targets,
)

DISTRICTS = [str(code) for code in range(118, 130)]
SIZES = range(4, 9)
FIRST = 2014


@dataclass(frozen=True)
class Line:
    """A promise and what was measured."""

    what: str
    measured: float
    low: float
    high: float

    @property
    def kept(self) -> bool:
        return self.low <= self.measured <= self.high


def seeded(*topic: int) -> np.random.Generator:
    return np.random.default_rng([2022, *topic])


def noise(chance: np.random.Generator, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """Errors of mean zero and about the same spread: normal, with long tails, or lopsided."""
    if kind == "normal":
        return chance.normal(size=shape)
    if kind == "long tails":
        return chance.standard_t(3, size=shape) / np.sqrt(3)
    return chance.exponential(size=shape) - 1


def sen_coverage(runs: int) -> Iterator[Line]:
    """Sen's interval holds the planted slope, of whatever noise, at 4..8 years."""
    for years in SIZES:
        when = np.arange(years, dtype=float)
        for kind in ("normal", "long tails", "lopsided"):
            values = 3 * when + noise(seeded(1, years), kind, (runs, years))
            _, low, high = ranks.sen_intervals(values, when)
            yield Line(
                f"Theil–Sen 95%, {years} years, {kind}",
                float(((low <= 3) & (high >= 3)).mean()),
                0.93,
                1.0,
            )


def mann_kendall_alarms(runs: int) -> Iterator[Line]:
    """Series without a trend that are called up or down, with and without ties."""
    for years in SIZES:
        chance = seeded(2, years)
        for words, values in (
            ("no ties", chance.normal(size=(runs, years))),
            ("many ties", chance.poisson(1.5, size=(runs, years)).astype(float)),
        ):
            alarms = float((ranks.p_values(values) < ranks.LEVEL).mean())
            yield Line(f"Mann–Kendall false alarms, {years} years, {words}", alarms, 0, 0.05)


def false_discoveries(runs: int) -> Iterator[Line]:
    """Of what q < 0.05 and q < 0.1 call clear, the share without a trend; half have one."""
    for level in (0.05, 0.1):
        shares = []
        for run in range(max(runs // 8, 20)):
            chance = seeded(3, run)
            slope = np.where(np.arange(900) < 450, 0.0, 1.2)
            values = slope[:, None] * np.arange(8) + chance.normal(size=(900, 8))
            found = ranks.q_values(ranks.p_values(values)) < level
            shares.append(found[:450].sum() / max(found.sum(), 1))
        yield Line(f"False discoveries at q < {level}", float(np.mean(shares)), 0, level)


def pooled_coverage(runs: int) -> Iterator[Line]:
    """The pooled interval holds each district's planted slope, however alike the districts are."""
    for years in SIZES:
        when = np.arange(years, dtype=float)
        for alike in (0.0, 0.1, 0.3, 1.0):
            held = []
            for run in range(runs):
                chance = seeded(4, years, int(alike * 10), run)
                slope = 0.2 + alike * chance.normal(size=12)
                values = 5 * chance.normal(size=(12, 1)) + slope[:, None] * when
                found = pooling.slopes(values + chance.normal(size=(12, years)), when)
                _, low, high = pooling.interval(found)
                held.append(((low <= slope) & (slope <= high)).mean())
            yield Line(
                f"Pooled 95%, {years} years, slopes differ by {alike}",
                float(np.mean(held)),
                0.93,
                1.0,
            )


def province(chance: np.random.Generator, years: int, per_year: float, wild: float):
    """Facts of a province: households, a share (C1-17) and a count (C4-08) with log-slopes."""
    rows = []
    households = chance.integers(8_000, 40_000, 12)
    for district, size in zip(DISTRICTS, households, strict=True):
        base, level = chance.uniform(0.05, 0.3), chance.uniform(0.002, 0.006)
        for year in range(years):
            logit = np.log(base / (1 - base)) + per_year * (year - years / 2)
            share = 1 / (1 + np.exp(-logit - wild * chance.normal()))
            mean = size * level * np.exp(per_year * (year - years / 2))
            shape = 1 / wild**2
            count = chance.poisson(mean * chance.gamma(shape, 1 / shape))
            for indicator, value in (
                ("C1-18", size),
                ("C1-17", chance.binomial(size, share)),
                ("C4-08", count),
            ):
                rows.append((FIRST + year, "annual", district, indicator, "actual", float(value)))
    columns = ["year", "period", "district_code", "indicator", "measure", "value"]
    return pd.DataFrame(rows, columns=columns).assign(commune_code=None)


def opinion_alarms(runs: int) -> Iterator[Line]:
    """Regressions of overdispersed shares and counts without a trend that call one."""
    indicators = reference.table("indicators")
    for years in (4, 5, 8):
        called: dict[str, list[bool]] = {"C1-17": [], "C4-08": []}
        for run in range(max(runs // 2, 20)):
            facts = province(seeded(5, years, run), years, 0.0, 0.1)
            yearly = series.table(facts, indicators)
            found = second_opinion.table(yearly, indicators, FIRST + years)
            for indicator, alarms in called.items():
                mine = found[(found["indicator"] == indicator) & (found["state"] == "fitted")]
                alarms += mine["direction"].isin(["up", "down"]).tolist()
        for indicator, alarms in called.items():
            yield Line(
                f"Regression false alarms, {years} years, {indicator}",
                float(np.mean(alarms)),
                0,
                0.06,
            )


def halves(chance: np.random.Generator, years: int, of_year: float) -> pd.DataFrame:
    """Facts of a province whose year-end totals are known: C1-01, a small C5-01 and C1-07."""
    rows = []
    shocks = {i: of_year * chance.normal(size=years + 1) for i in ("C1-01", "C5-01", "C1-07")}
    sizes = {"C1-01": 600, "C5-01": 25, "C1-07": 5000}
    for district in DISTRICTS:
        for indicator, size in sizes.items():
            usual = 0.45 + 0.05 * chance.normal()
            mean = size * np.exp(0.5 * chance.normal())
            for year in range(years + 1):
                annual = chance.poisson(mean * np.exp(0.1 * chance.normal()))
                share = 1 / (
                    1
                    + np.exp(
                        -np.log(usual / (1 - usual))
                        - shocks[indicator][year]
                        - 0.1 * chance.normal()
                    )
                )
                if indicator == "C1-07":  # a stock: near its end by mid-year
                    share = 0.9 + 0.1 * share
                so_far = chance.binomial(annual, share)
                plan = round(mean * np.exp(0.1 * chance.normal()))
                for period, measure, value in (
                    ("h1", "actual", so_far),
                    ("annual", "actual", annual),
                    ("h1", "plan", plan),
                ):
                    rows.append((FIRST + year, period, district, indicator, measure, float(value)))
    columns = ["year", "period", "district_code", "indicator", "measure", "value"]
    return pd.DataFrame(rows, columns=columns).assign(commune_code=None)


def outlook_coverage(runs: int) -> Iterator[Line]:
    """The 80 % interval holds the year that was not shown, at 3..7 past years."""
    indicators = reference.table("indicators")
    for years in (3, 4, 7):
        for of_year in (0.0, 0.1):
            held = []
            for run in range(max(runs // 2, 20)):
                facts = halves(seeded(6, years, int(of_year * 10), run), years, of_year)
                last = FIRST + years
                hidden = (facts["year"] == last) & (facts["period"] == "annual")
                found = outlook.table(facts[~hidden], indicators, last)
                truth = facts[hidden].set_index(["district_code", "indicator"])["value"]
                came = truth.reindex(pd.MultiIndex.from_frame(found[outlook.KEYS])).to_numpy()
                inside = (found["low"] <= came) & (found["high"] >= came)
                held.append(inside[found["expected"].notna()].mean())
            yield Line(
                f"Outlook 80%, {years} past years, years differ by {of_year}",
                float(np.mean(held)),
                0.75,
                0.85,
            )


def target_coverage(runs: int) -> Iterator[Line]:
    """The 80 % interval of a goal three years ahead: a walk, and a line that is harder on it."""
    for years in (4, 5, 8):
        for kind in ("walk", "line"):
            held = []
            for run in range(runs):
                chance = seeded(7, years, kind == "line", run)
                steps = chance.normal(size=years + 3)
                course = (
                    2000
                    - 40 * np.arange(years + 3)
                    + 10 * (np.cumsum(steps) if kind == "walk" else steps)
                )
                past = pd.Series(course[:years], range(FIRST, FIRST + years))
                found = targets.walk(past, 0, FIRST + years + 2)
                held.append(found.low <= course[-1] <= found.high)
            high = 0.85 if kind == "walk" else 1.0
            yield Line(f"Goal 80%, {years} years, {kind}", float(np.mean(held)), 0.75, high)


def funnel_alarms(runs: int) -> Iterator[Line]:
    """Districts outside the 95 % limits where all are drawn alike, and where they differ."""
    indicators = reference.table("indicators")
    for differ in (0.0, 0.2):
        outside = []
        for run in range(max(runs // 4, 20)):
            chance = seeded(8, int(differ * 10), run)
            facts = province(chance, 1, 0.0, 0.1)
            size = facts.loc[facts["indicator"] == "C1-18", "value"].to_numpy()
            share = 1 / (1 + np.exp(1.7 - differ * chance.normal(size=12)))
            facts.loc[facts["indicator"] == "C1-17", "value"] = chance.binomial(
                size.astype(int), share
            )
            yearly = series.table(facts, indicators)
            found = funnel.table(yearly, indicators, FIRST)
            mine = found[found["indicator"] == "C1-17"]
            outside.append((mine["place"] != "inside").mean())
        yield Line(
            f"Funnel: outside 95%, districts differ by {differ}", float(np.mean(outside)), 0, 0.07
        )


PROMISES = (
    sen_coverage,
    mann_kendall_alarms,
    false_discoveries,
    pooled_coverage,
    opinion_alarms,
    outlook_coverage,
    target_coverage,
    funnel_alarms,
)
CHEAP = (sen_coverage, mann_kendall_alarms, target_coverage)


def main() -> int:
    """Print every line; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provinces", type=int, default=400, help="simulated for each line")
    runs = parser.parse_args().provinces
    broken = 0
    for promise in PROMISES:
        for line in promise(runs * 20 if promise in CHEAP else runs):
            broken += not line.kept
            mark = "✓" if line.kept else "✗"
            print(
                f"{mark} {line.what:<58} {line.measured:6.3f}  {line.low:.2f}–{line.high:.2f}",
                flush=True,
            )
    return int(broken > 0)


if __name__ == "__main__":
    raise SystemExit(main())
