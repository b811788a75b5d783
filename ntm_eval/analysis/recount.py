"""Which reported figures to recount at the source next, and why each.

A random share keeps everybody honest, as nobody knows which figure will be looked at; the rest goes
where an error would show, or would matter most.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.analysis import lift
from ntm_eval.checks import quality

KEY = ["district_code", "indicator"]
COLUMNS = [*KEY, "value", "why", "points", "share", "rules", "communes"]
HEAPED = "heaping"  # beside the rules' names: the figure is round, and the district's often are
SCORED = (*lift.EARNS, "within_plan")
PLACES = 3  # communes that a visit to one figure should look at


@dataclass(frozen=True)
class Sources:
    """The tables of one review that a proposal rests on, by their names there."""

    facts: pd.DataFrame
    assessed: pd.DataFrame
    problems: pd.DataFrame
    heaping: pd.DataFrame
    inspections: pd.DataFrame


def propose(of: Sources, number: int, seed: int, on: date) -> pd.DataFrame:
    """At most `number` figures to recount, by district: `COLUMNS`.

    Chosen are figures of whole districts not inspected in this period yet. `why`: `random`, drawn
    from all of them alike by `seed` alone (`inspection_random` of `constants.csv`); `suspicious`,
    with open questions or round where the district's figures often are (`inspection_suspicious`);
    `weight`, by whichever of two ranks is better: `points`, what the figure would lose if as much
    less as the limits allow were found, and `share`, its part of the province's total of a core
    indicator. `rules` are the questions, `communes` the codes of some drawn to be visited.
    """
    cells = _cells(of, on)
    chance = np.random.default_rng(seed)
    number = min(number, len(cells))
    drawn = round(number * reference.constant("inspection_random", on))
    doubtful = round(number * reference.constant("inspection_suspicious", on))
    at_random = cells.loc[chance.choice(len(cells), drawn, replace=False)]
    rest = cells.drop(index=at_random.index)
    order = ["asked", "points", "share"]
    suspicious = rest[rest["asked"] > 0].sort_values(order, ascending=False, kind="stable")
    suspicious = suspicious.head(doubtful)
    rest = rest.drop(index=suspicious.index)
    ranks = rest[["points", "share"]].rank(ascending=False, method="min").min(axis=1)
    heavy = rest.loc[ranks.sort_values(kind="stable").index].head(
        number - len(at_random) - len(suspicious)
    )
    parts = {"random": at_random, "suspicious": suspicious, "weight": heavy}
    chosen = pd.concat([part.assign(why=why) for why, part in parts.items()]).sort_values(KEY)
    visits = [_communes(code, i, chance, on) for code, i in chosen[KEY].to_numpy()]
    return chosen.assign(communes=visits)[COLUMNS].reset_index(drop=True)


def _cells(of: Sources, on: date) -> pd.DataFrame:
    """Every figure that may be recounted, in the order of units and indicators."""
    facts = of.facts[(of.facts["measure"] == "actual") & of.facts["commune_code"].isna()]
    known = facts[facts["value"].notna()].drop_duplicates(KEY).sort_values(KEY)
    whole = of.inspections[of.inspections["commune_code"].isna()]
    seen = pd.MultiIndex.from_frame(known[KEY]).isin(pd.MultiIndex.from_frame(whole[KEY]))
    cells = known.loc[~seen, [*KEY, "value"]]
    catalogue = reference.catalogue()
    core = set(catalogue.index[catalogue["core"] != "no"]) & reference.added_up()
    totals = known.groupby("indicator")["value"].transform("sum")
    share = (known["value"] / totals.where(totals > 0)).where(known["indicator"].isin(core))
    rules = _rules(of).reindex(pd.MultiIndex.from_frame(cells[KEY]))
    asked = [names if isinstance(names, tuple) else () for names in rules]
    points = _points(of.assessed, on).reindex(pd.MultiIndex.from_frame(cells[KEY]))
    return cells.assign(
        points=points.fillna(0.0).to_numpy(),
        share=share.reindex(cells.index).fillna(0.0),
        rules=[" ".join(names) for names in asked],
        asked=[len(names) for names in asked],
    ).reset_index(drop=True)


def _points(assessed: pd.DataFrame, on: date) -> pd.Series:
    """What each scored figure would lose if found as far on the wrong side as the limits allow."""
    low, high = (reference.constant(f"inspection_{end}", on) for end in ("low", "high"))
    rows = assessed[assessed["case"].isin(SCORED)]
    lost = {}
    for row in rows.itertuples():
        found = row.value * (high if row.formula == "down" else low)
        ratio = min(max(lift.ratio_at(row, found), 0.0), 1.0)
        lost[row.district_code, row.indicator] = row.max_points * max(row.ratio - ratio, 0.0)
    return pd.Series(lost, dtype=float)


def _rules(of: Sources) -> pd.Series:
    """The questions about each figure that a recount could settle, by district and indicator."""
    open_ = of.problems[(of.problems["severity"] != "info") & of.problems["explained"].isna()]
    open_ = open_[open_["commune_code"].isna() & ~open_["rule"].str.startswith("plan_")]
    asked = open_.dropna(subset=KEY)[[*KEY, "rule"]]
    round_ones = of.heaping.loc[of.heaping["apart"], "district_code"]
    counts = reference.catalogue().query("kind == 'count'").index
    facts = of.facts[of.facts["measure"].eq("actual") & of.facts["district_code"].isin(round_ones)]
    heaped = facts[facts["indicator"].isin(counts) & (facts["value"] >= quality.FROM)]
    heaped = heaped.loc[heaped["value"] % 10 == 0, KEY].assign(rule=HEAPED)
    every = pd.concat([asked, heaped]).drop_duplicates()
    return every.groupby(KEY)["rule"].agg(tuple)


def _communes(code: str, indicator: str, chance: np.random.Generator, on: date) -> str:
    """Communes to visit, drawn so that their factor speaks for the district."""
    there = units.communes(code, on)
    if indicator not in reference.added_up() or len(there) < 2:
        return ""
    drawn = chance.choice(len(there), min(PLACES, len(there)), replace=False)
    return " ".join(sorted(there[n].code for n in drawn))
