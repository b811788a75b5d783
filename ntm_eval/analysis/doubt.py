"""How far a ranking can be trusted: other readings, indicators left out, groups, the first place.

After OECD/JRC's Handbook on Constructing Composite Indicators (2008, step 7) and the R package
COINr: uncertainty by drawing the choices, sensitivity by leaving out one indicator at a time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas
from ntm_eval.analysis import ranking, scores
from ntm_eval.analysis.scheme import Scheme
from ntm_eval.analysis.scores import Inputs

READINGS = ["raw", "blanks_out", "unsuspicious", "held_zero", "likely", "plans_zero"]
COLUMNS = schemas.column_names("doubt")
CHANGE_COLUMNS = schemas.column_names("first_place")


def table(found: pd.DataFrame, removed: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Each district's rank under each reading and other sum, and when indicators are left out.

    `found` is the ranking, `removed` its `removal`.
    """
    rules = inputs.rules
    districts = scores.reported(inputs.register)["district_code"]
    shares = ranking.readings(inputs)
    ranks = {
        name: ranking.places(ranking.total(rules.parts.to_numpy(), shares[name]))
        for name in READINGS
    } | ranking.other_ranks(inputs)
    ends = removed.groupby("district_code")["rank_without"].agg(["min", "max"])
    rows = found[["district_code", "rank", "group"]].merge(
        pd.DataFrame(
            {
                "district_code": districts.to_numpy(),
                **{f"rank_{name}": places for name, places in ranks.items()},
            }
        ),
        how="left",
    )
    of = rows["district_code"]
    return rows.assign(removal_low=of.map(ends["min"]), removal_high=of.map(ends["max"]))[COLUMNS]


def first_place(found: pd.DataFrame, removed: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """The single changes that would give the first place to somebody else, and to whom.

    `change` is `reading` (subject: which), `removal` (subject: the indicator) or `weight`
    (subject: the part; size: the change that is just enough, -0.1 for a tenth less, the other
    parts growing to fill the total). Weights are tried within ±`weight_spread` of
    constants.csv. No row: nothing moves it.
    """
    first = set(found.loc[found["rank"] == 1, "district_code"])
    if not first:
        return pd.DataFrame(columns=CHANGE_COLUMNS)
    rules = inputs.rules
    codes = scores.reported(inputs.register)["district_code"].to_numpy()
    readings = ranking.readings(inputs)
    rows = []
    for name, shares in readings.items():
        points = ranking.total(rules.parts.to_numpy(), shares)
        rows += [("reading", name, np.nan, code) for code in _others(points, codes, first)]
    for indicator, one in removed.groupby("indicator"):
        leads = set(one.loc[one["rank_without"] == 1, "district_code"]) - first
        rows += [("removal", indicator, np.nan, code) for code in sorted(leads)]
    spread = reference.constant("weight_spread", inputs.day)
    rows += _weights(readings["published"], codes, first, rules, spread)
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS)


def suspicious(problems: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """The (district_code, indicator) whose figure is an outlier or suspected of a wrong unit."""
    marked = problems[problems["rule"].isin(["outlier", "unit_suspect"])]
    marked = marked[marked["commune_code"].isna()].dropna(subset=["district_code", "indicator"])
    pairs = marked[["district_code", "indicator"]].itertuples(index=False, name=None)
    return frozenset((str(district), str(indicator)) for district, indicator in pairs)


def _others(points: np.ndarray, codes: np.ndarray, first: set[str]) -> list[str]:
    return sorted(set(codes[ranking.places(points) == 1]) - first)


def _weights(
    shares: np.ndarray, codes: np.ndarray, first: set[str], rules: Scheme, spread: float
) -> list[tuple]:
    """The least change of one part's weight that gives the first place away, in steps of 1 %."""
    rows = []
    for place, part in enumerate(rules.parts.index):
        for step in range(1, round(spread * 100) + 1):
            moved = [
                (size, code)
                for size in (step / 100, -step / 100)
                for code in _others(
                    ranking.total(_with(rules.parts.to_numpy(), place, size), shares), codes, first
                )
            ]
            if moved:
                rows += [("weight", part, size, code) for size, code in moved]
                break
    return rows


def _with(weights: np.ndarray, place: int, size: float) -> np.ndarray:
    """The weights with one of them changed by a share of itself, at the same sum."""
    changed = weights.copy()
    changed[place] *= 1 + size
    return changed * (weights.sum() / changed.sum())
