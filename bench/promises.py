"""Plant the truth and look for it: coverage, false alarms and forecasts at the sizes of a province.

    python bench/promises.py [--provinces 400]

Prints one line for each promise of docs/statistics.md: the figure measured and what was promised;
✓ kept, ✗ broken, · measured where the page says that the method does not cover it.
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
    trends,
)

DISTRICTS = [str(code) for code in range(118, 130)]
SIZES = range(4, 9)
FIRST = 2014


# how the years of one series, and of all series in a year, hang together
REGIMES = ("independent years", "half shared by the years", "random walks")


@dataclass(frozen=True)
class Line:
    """A promise and what was measured; `covered` is False where the page promises nothing."""

    what: str
    measured: float
    low: float
    high: float
    covered: bool = True

    @property
    def kept(self) -> bool:
        return not self.covered or self.low <= self.measured <= self.high


def seeded(*topic: int) -> np.random.Generator:
    return np.random.default_rng([2022, *topic])


def noise(chance: np.random.Generator, kind: str, shape: tuple[int, ...]) -> np.ndarray:
    """Errors of mean zero and about the same spread: normal, with long tails, or lopsided."""
    if kind == "normal":
        return chance.normal(size=shape)
    if kind == "long tails":
        return chance.standard_t(3, size=shape) / np.sqrt(3)
    return chance.exponential(size=shape) - 1


def strayed(chance: np.random.Generator, regime: str, shape: tuple[int, ...]) -> np.ndarray:
    """What series (rows) stray by year, of variance 1 a year, in one of REGIMES."""
    own = chance.normal(size=shape)
    if regime == "half shared by the years":
        return np.sqrt(0.5) * (own + chance.normal(size=shape[-1]))
    return own.cumsum(axis=-1) if regime == "random walks" else own


def sen_coverage(runs: int) -> Iterator[Line]:
    """Sen's interval holds the planted slope, of whatever noise, at 4..8 years."""
    for years in SIZES:
        when = np.arange(years, dtype=float)
        for kind in ("normal", "long tails", "lopsided"):
            values = 3 * when + noise(seeded(1, years), kind, (runs, years))
            _, low, high = ranks.sen_intervals(values, when)
            held = float(((low <= 3) & (high >= 3)).mean())
            yield Line(f"Theil–Sen 95%, {years} years, {kind}", held, 0.93, 1.0)
        walks = strayed(seeded(1, years), "random walks", (runs, years))
        _, low, high = ranks.sen_intervals(walks, when)
        held = float(((low <= 0) & (high >= 0)).mean())
        yield Line(f"Theil–Sen 95%, {years} years, random walks", held, 0.93, 1.0, covered=False)


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
        walks = strayed(seeded(2, years), "random walks", (runs, years))
        alarms = float((ranks.p_values(walks) < ranks.LEVEL).mean())
        words = f"Mann–Kendall false alarms, {years} years, random walks"
        yield Line(words, alarms, 0, 0.05, covered=False)


def null_pages(runs: int) -> Iterator[Line]:
    """A district's page where nothing changes: how many series go one way, how many are 'rõ'."""
    indicators = reference.table("indicators")
    ids, years = indicators["id"].to_list(), 5
    where = pd.MultiIndex.from_product(
        [DISTRICTS, ids, range(2018, 2018 + years)],
        names=["district_code", "indicator", "year"],
    )
    for regime in REGIMES:
        moving, clear, shared = [], [], []
        for run in range(runs):
            chance = seeded(9, REGIMES.index(regime), run)
            each = [strayed(chance, regime, (len(DISTRICTS), years)) for _ in ids]
            values = (
                100 + np.stack(each, axis=1).ravel()
            )  # the districts share an indicator's years
            facts = pd.DataFrame({"value": values, "denominator": 1.0, "rate": values}, where)
            found = trends.table(facts.reset_index(), indicators, 2022)
            up_or_down = found["direction"].isin(["up", "down"])
            moving.append(up_or_down.sum() / len(DISTRICTS))
            clear.append((up_or_down & (found["q_value"] < 0.1)).sum() / len(DISTRICTS))
            if run % 8 == 0:
                own = trends.shared(found, facts.reset_index(), indicators, 2022)
                own = own[own["basis"] == "test"]
                shared.append(own["direction"].isin(["up", "down"]).mean())
        covered = regime != "random walks"
        most = f"District page under the null, of 82 one way, {regime}"
        # 76 series with five years of one standard, one in 60 each
        yield Line(most, float(np.mean(moving)), 0, 1.3, covered)
        yield Line(f"District page under the null, 'rõ', {regime}", float(np.mean(clear)), 0, 0.1)
        words = f"Province's own series called up or down, {regime}"
        yield Line(words, float(np.mean(shared)), 0, 0.05, covered)


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
        for regime in REGIMES:
            for alike in (0.0, 0.1, 0.3, 1.0):
                held = []
                for run in range(runs):
                    chance = seeded(4, years, int(alike * 10), run)
                    slope = 0.2 + alike * chance.normal(size=12)
                    values = 5 * chance.normal(size=(12, 1)) + slope[:, None] * when
                    found = pooling.slopes(values + strayed(chance, regime, values.shape), when)
                    _, low, high, _ = pooling.interval(found)
                    held.append(((low <= slope) & (slope <= high)).mean())
                words = f"Pooled 95%, {years} years, slopes differ by {alike}, {regime}"
                covered = regime != "random walks"
                yield Line(words, float(np.mean(held)), 0.93, 1.0, covered)


def province(
    chance: np.random.Generator, years: int, per_year: float, wild: float, regime: str = REGIMES[0]
) -> pd.DataFrame:
    """Facts of a province: households, shares (C1-17, C5-11) and a count (C4-08) with log-slopes.

    `wild`: by how much a year strays, as a share; of C1-17 always by itself.
    """
    rows = []
    households = chance.integers(8_000, 40_000, 12)
    off = {i: wild * strayed(chance, regime, (12, years)) for i in ("C5-11", "C4-08")}
    for place, (district, size) in enumerate(zip(DISTRICTS, households, strict=True)):
        base, level = chance.uniform(0.05, 0.3), chance.uniform(0.002, 0.006)
        for year in range(years):
            trend = per_year * (year - years / 2)
            logit = np.log(base / (1 - base)) + trend
            answered = 1 / (1 + np.exp(-logit - off["C5-11"][place, year]))
            left = 1 / (1 + np.exp(-logit - wild * chance.normal()))
            mean = size * level * np.exp(trend + off["C4-08"][place, year])
            for indicator, value in (
                ("C1-18", size),
                ("C1-17", chance.binomial(size, left)),
                ("C5-10", size // 20),
                ("C5-11", chance.binomial(size // 20, answered)),
                ("C4-08", chance.poisson(mean)),
            ):
                rows.append((FIRST + year, "annual", district, indicator, "actual", float(value)))
    columns = ["year", "period", "district_code", "indicator", "measure", "value"]
    return pd.DataFrame(rows, columns=columns).assign(commune_code=None)


def opinion_alarms(runs: int) -> Iterator[Line]:
    """Regressions of overdispersed shares and counts without a trend that call one."""
    indicators = reference.table("indicators")
    for years in (4, 5, 8):
        for regime in REGIMES:
            called: dict[str, list[bool]] = {"C5-11": [], "C4-08": []}
            for run in range(max(runs // 2, 20)):
                facts = province(seeded(5, years, run), years, 0.0, 0.1, regime)
                yearly = series.table(facts, indicators)
                found = second_opinion.table(yearly, indicators, FIRST + years)
                for indicator, alarms in called.items():
                    mine = found[(found["indicator"] == indicator) & (found["state"] == "fitted")]
                    alarms += mine["direction"].isin(["up", "down"]).tolist()
            for indicator, alarms in called.items():
                words = f"Regression false alarms, {years} years, {indicator}, {regime}"
                rate, covered = float(np.mean(alarms)), regime != "random walks"
                yield Line(words, rate, 0, 0.06, covered)


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
    for years in (3, 4, 7):
        for of_year in (0.0, 0.1):
            held = []
            for run in range(max(runs // 2, 20)):
                facts = halves(seeded(6, years, int(of_year * 10), run), years, of_year)
                last = FIRST + years
                hidden = (facts["year"] == last) & (facts["period"] == "annual")
                found = outlook.table(facts[~hidden], last)
                truth = facts[hidden].set_index(["district_code", "indicator"])["value"]
                came = truth.reindex(pd.MultiIndex.from_frame(found[outlook.KEYS])).to_numpy()
                inside = (found["low"] <= came) & (found["high"] >= came)
                held.append(inside[found["expected"].notna()].mean())
            words = f"Outlook 80%, {years} past years, years differ by {of_year}"
            yield Line(words, float(np.mean(held)), 0.75, 0.85)


def goal_coverage(runs: int) -> Iterator[Line]:
    """The 80 % interval of the xã at 19 criteria holds what comes, three years on."""
    for shared in (0.0, 0.5):
        for years in (4, 6):
            held = []
            for run in range(runs // 8):
                chance = seeded(7, years, int(shared * 10), run)
                # communes of twelve districts gain about one criterion a year, more in good years
                met = chance.integers(10, 20, size=(12, 14, 1)).astype(float)
                good = np.exp(shared * chance.normal(size=years + 3) - shared**2 / 2)
                gains = chance.poisson(0.8 * good, size=(12, 14, years + 3))
                course = np.minimum(met + gains.cumsum(axis=2), 19)
                history = pd.DataFrame(
                    {
                        "commune_code": np.tile(np.arange(168)[:, None], years).ravel(),
                        "year": np.tile(np.arange(years), 168),
                        "criteria_met": course[..., :years].ravel(),
                    }
                )
                by_year, _ = targets.steps(history, 0)
                drawn = targets.courses(by_year, 3)
                for now, then in zip(course[..., years - 1], course[..., -1], strict=True):
                    found = targets.together(now, drawn, "steps")
                    held.append(found.low <= (then == 19).sum() <= found.high)
            words = f"Xã at 19 criteria 80%, {years} years, good and bad years {shared}"
            yield Line(words, float(np.mean(held)), 0.75, 1.0)


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
            found = funnel.table(yearly, FIRST)
            mine = found[found["indicator"] == "C1-17"]
            outside.append((mine["place"] != "inside").mean())
        outside_share = float(np.mean(outside))
        yield Line(f"Funnel: outside 95%, districts differ by {differ}", outside_share, 0, 0.07)


PROMISES = (
    sen_coverage,
    mann_kendall_alarms,
    null_pages,
    false_discoveries,
    pooled_coverage,
    opinion_alarms,
    outlook_coverage,
    goal_coverage,
    funnel_alarms,
)
CHEAP = (sen_coverage, mann_kendall_alarms)


def main() -> int:
    """Print every line; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provinces", type=int, default=400, help="simulated for each line")
    runs = parser.parse_args().provinces
    broken = 0
    for promise in PROMISES:
        for line in promise(runs * 20 if promise in CHEAP else runs):
            broken += not line.kept
            mark = "·" if not line.covered else "✓" if line.kept else "✗"
            promised = f"{line.low:.2f}–{line.high:.2f}" if line.covered else "not covered"
            print(f"{mark} {line.what:<72} {line.measured:6.3f}  {promised}", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    raise SystemExit(main())
