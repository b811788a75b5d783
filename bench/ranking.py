"""Provinces whose true order is known: how often the published groups are right, beside a ranking.

    python bench/ranking.py [--provinces 200]

Two truths are known of each province. `figures`: the order by the true figures at the right
weights, which lie within ±20 % of those of the table; reports hide it by blanks, by cells corrected
later and by wrong cells that stand, half of them noticed. `merit`: something behind all indicators
that each shows with an error of its own; no report could be right enough to show it whole. The
plain ranking says who is before whom of every pair, the groups only of districts in different ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.analysis import ranking, scheme
from ntm_eval.analysis.scheme import REPORTING, Scheme
from ntm_eval.analysis.scores import Inputs

DAY = date(2022, 12, 31)
WEIGHT_SPREAD = reference.constant("weight_spread", DAY)
CODES = [d.code for d in units.districts()]
LEVEL = 0.75  # merit of the usual district: the share of its plans that it reaches
ERROR = 0.15  # of one indicator, as a share of its plan
OF_CONTENT = 0.04  # a district better at one content than at another
BLANK, CORRECTED, WRONG, NOTICED = 0.03, 0.02, 0.01, 0.5  # shares of cells; of the wrong ones
TIMES = 1.5  # a wrong cell says so much more or less
# how unlike the districts are: the standard deviation of their merits
UNLIKE = {"very unlike": 0.12, "unlike": 0.06, "nearly alike": 0.02}
FULL = 200.0  # cells of a report; all reports are on time and full, so that work alone decides


@dataclass(frozen=True)
class Seen:
    """Shares 0..1 over provinces of one kind, and how many groups one has."""

    pairs_ranked_right: float  # of all pairs
    pairs_told: float  # pairs in different groups
    told_right: float  # of those
    first_right: float  # the best is ranked first
    first_held: float  # the best is in the first group
    groups: float


def main() -> int:
    """Print a line for each kind of province and each truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provinces", type=int, default=200, help="simulated for each line")
    runs = parser.parse_args().provinces
    print(f"{'districts':14}{'truth':9}" + "  ".join(Seen.__dataclass_fields__))
    for words, unlike in UNLIKE.items():
        for truth, found in seen(runs, unlike).items():
            figures = "  ".join(f"{value:{len(name)}.3f}" for name, value in vars(found).items())
            print(f"{words:14}{truth:9}{figures}", flush=True)
    return 0


def seen(runs: int, unlike: float, draws: int = 1000) -> dict[str, Seen]:
    """Provinces of one kind together, by truth."""
    rows = pd.DataFrame([row for run in range(runs) for row in province(run, unlike, draws)])
    found = {}
    for truth, mine in rows.groupby("truth"):
        sums, means = mine.sum(numeric_only=True), mine.mean(numeric_only=True)
        found[str(truth)] = Seen(
            pairs_ranked_right=sums["ranked"] / sums["pairs"],
            pairs_told=sums["told"] / sums["pairs"],
            told_right=sums["right"] / sums["told"] if sums["told"] else float("nan"),
            first_right=means["first_right"],
            first_held=means["first_held"],
            groups=means["groups"],
        )
    return found


def province(run: int, unlike: float, draws: int = 1000) -> Iterator[dict]:
    """What the plain ranking and the groups say of one province, held against each truth."""
    chance = np.random.default_rng([2022, 9, run])
    rules = scheme.in_force("annual", DAY)
    merit = np.clip(LEVEL + unlike * chance.normal(size=len(CODES)), 0.05, 1.0)
    true = ratios(chance, merit, rules)
    given = reports(chance, true, rules)
    found = ranking.rank(given, draws=draws)
    group = found["group"].to_numpy()
    said = found["points"].to_numpy()
    for truth, worth in (("figures", points(chance, true, rules)), ("merit", merit)):
        yield {"truth": truth, "groups": group.max(), **held(worth, said, group)}


def held(worth: np.ndarray, said: np.ndarray, group: np.ndarray) -> dict[str, float]:
    """What is said of each pair and of the first place, held against what districts are worth."""
    a, b = np.triu_indices(len(worth), 1)
    better = np.sign(worth[a] - worth[b])
    told = group[a] != group[b]
    best = int(np.argmax(worth))
    return {
        "pairs": len(a),
        "ranked": (np.sign(said[a] - said[b]) == better).sum(),
        "told": told.sum(),
        "right": (np.sign(group[b] - group[a]) == better)[told].sum(),
        "first_right": float(np.argmax(said) == best),
        "first_held": float(group[best] == 1),
    }


def ratios(chance: np.random.Generator, merit: np.ndarray, rules: Scheme) -> np.ndarray:
    """What share of its plan each district truly reached, indicators × districts."""
    parts = rules.indicators["part"]
    of_part = {p: OF_CONTENT * chance.normal(size=len(merit)) for p in parts.unique()}
    own = ERROR * chance.normal(size=(len(parts), len(merit)))
    return np.clip(merit + np.array([of_part[p] for p in parts]) + own, 0.02, 1.2)


def points(chance: np.random.Generator, true: np.ndarray, rules: Scheme) -> np.ndarray:
    """The points of each district by the true figures and the right weights."""
    parts = rules.parts.drop(REPORTING)
    spread = WEIGHT_SPREAD
    weights = parts * chance.uniform(1 - spread, 1 + spread, len(parts))
    earned = pd.DataFrame(np.clip(true, 0, 1)).groupby(rules.indicators["part"].to_numpy()).mean()
    return earned.mul(weights / weights.sum(), axis=0).sum().to_numpy()


def reports(chance: np.random.Generator, true: np.ndarray, rules: Scheme) -> Inputs:
    """The reports that show the true figures, with what goes wrong in reports."""
    cells, suspicious = [], set()
    for row, shown in zip(rules.indicators.itertuples(), true, strict=True):
        settled = row.formula == "settled"
        for code, ratio in zip(CODES, shown, strict=True):
            figure = 100 / ratio if row.formula == "down" else 100 * ratio
            typed = figure * TIMES ** chance.choice([-1, 1])
            fate = int(np.searchsorted(np.cumsum([BLANK, CORRECTED, WRONG]), chance.random()))
            value, original = [(np.nan, np.nan), (figure, typed), (typed, typed), (figure, figure)][
                fate
            ]
            if fate == 2 and chance.random() < NOTICED:
                suspicious.add((code, row.indicator))
            base = (row.base, "actual") if settled else (row.indicator, "plan")
            cells += [(code, row.indicator, "actual", value, original), (code, *base, 100.0, 100.0)]
    columns = ["district_code", "indicator", "measure", "value", "original"]
    facts = pd.DataFrame(cells, columns=columns).assign(commune_code=None)
    state = facts["value"].notna().map({True: "reported", False: "blank"})
    sent = {"status": "on_time", "days_late": 0.0, "cells_expected": FULL, "cells_filled": FULL}
    register = pd.DataFrame({"district_code": CODES, **sent, "errors": 0.0})
    before = pd.Series(dtype=float)
    return Inputs(
        facts.assign(state=state, held=None, likely=np.nan),
        before,
        register,
        "annual",
        DAY,
        frozenset(suspicious),
    )


if __name__ == "__main__":
    raise SystemExit(main())
