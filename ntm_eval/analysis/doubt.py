"""How far a ranking can be trusted: other readings, indicators left out, groups, the first place.

After OECD/JRC's Handbook on Constructing Composite Indicators (2008, step 7) and the R package
COINr: uncertainty by drawing the choices, sensitivity by leaving out one indicator at a time.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ntm_eval.analysis import ranking, scheme, scores
from ntm_eval.analysis.ranking import WEIGHT_SPREAD
from ntm_eval.analysis.scheme import Scheme
from ntm_eval.analysis.scores import Inputs

COLUMNS = [
    "district_code", "group", "rank", "rank_raw", "rank_blanks_out", "rank_unsuspicious",
    "removal_low", "removal_high",
]  # fmt: skip
REMOVAL_COLUMNS = ["district_code", "indicator", "points_without", "rank_without", "moved"]
CHANGE_COLUMNS = ["change", "subject", "size", "district_code"]


def table(found: pd.DataFrame, removed: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Each district's rank under each reading, when indicators are left out, and its group.

    `found` is the ranking, `removed` its `removal`. Groups are counted from the best: two
    districts are in one group where their possible places (the band and the places with any one
    indicator left out) overlap, or a chain of such overlaps joins them.
    """
    rules = scheme.in_force(inputs.period, inputs.day)
    weights = rules.parts.to_numpy()
    districts = scores.reported(inputs.register)["district_code"]
    read = {
        f"rank_{name}": ranking.places(ranking.total(weights, shares))
        for name, shares in ranking.shares(inputs, rules).items()
        if name in ("raw", "blanks_out", "unsuspicious")
    }
    ends = removed.groupby("district_code")["rank_without"].agg(["min", "max"])
    rows = found[["district_code", "rank"]].merge(
        pd.DataFrame({"district_code": districts.to_numpy(), **read}), how="left"
    )
    rows = rows.assign(
        removal_low=rows["district_code"].map(ends["min"]),
        removal_high=rows["district_code"].map(ends["max"]),
    )
    low = np.fmin(found["rank_low"].to_numpy(float), rows["removal_low"].to_numpy(float))
    high = np.fmax(found["rank_high"].to_numpy(float), rows["removal_high"].to_numpy(float))
    return rows.assign(group=groups(low, high))[COLUMNS]


def groups(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The group of each interval, 1 for the best: a chain of overlaps is one group; NaN for none.

    >>> groups(np.array([1, 3, 2, np.nan]), np.array([2, 4, 2, np.nan]))
    array([ 1.,  2.,  1., nan])
    """
    found = np.full(len(low), np.nan)
    group, reach = 0, -np.inf
    for place in np.argsort(low, kind="stable"):
        if np.isnan(low[place]):
            continue
        group += low[place] > reach
        reach = max(reach, high[place])
        found[place] = group
    return found


def removal(inputs: Inputs) -> pd.DataFrame:
    """Each district's points and rank with one scored indicator left out for everybody.

    `moved` is the district's points less those without: above zero the indicator raises it, and
    its share has gone to the others of its content. Districts that reported, in their order.
    """
    rules = scheme.in_force(inputs.period, inputs.day)
    districts = scores.reported(inputs.register)["district_code"]
    rows = scores.assessed(inputs, rules, "value")
    disciplined = ranking.discipline(inputs, rules)
    published = _points(rows, disciplined, rules)
    each = [pd.DataFrame(columns=REMOVAL_COLUMNS)]
    for indicator in rules.indicators["indicator"]:
        ratio = rows["ratio"].mask(rows["indicator"] == indicator)
        points = _points(rows.assign(ratio=ratio), disciplined, rules)
        each.append(
            pd.DataFrame(
                {
                    "district_code": districts.to_numpy(),
                    "indicator": indicator,
                    "points_without": points,
                    "rank_without": ranking.places(points),
                    "moved": published - points,
                }
            )
        )
    kinds = dict.fromkeys(REMOVAL_COLUMNS, float) | dict.fromkeys(REMOVAL_COLUMNS[:2], "str")
    return pd.concat([one.astype(kinds) for one in each], ignore_index=True)


def first_place(found: pd.DataFrame, removed: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """The single changes that would give the first place to somebody else, and to whom.

    `change` is `reading` (subject: which), `removal` (subject: the indicator) or `weight`
    (subject: the part; size: the change that is just enough, -0.1 for a tenth less, the other
    parts growing to fill the total). Weights are tried within ±20 %. No row: nothing moves it.
    """
    first = set(found.loc[found["rank"] == 1, "district_code"])
    if not first:
        return pd.DataFrame(columns=CHANGE_COLUMNS)
    rules = scheme.in_force(inputs.period, inputs.day)
    codes = scores.reported(inputs.register)["district_code"].to_numpy()
    readings = ranking.shares(inputs, rules)
    rows = []
    for name, shares in readings.items():
        points = ranking.total(rules.parts.to_numpy(), shares)
        rows += [("reading", name, np.nan, code) for code in _others(points, codes, first)]
    for indicator, one in removed.groupby("indicator"):
        leads = set(one.loc[one["rank_without"] == 1, "district_code"]) - first
        rows += [("removal", indicator, np.nan, code) for code in sorted(leads)]
    rows += _weights(readings["published"], codes, first, rules)
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS)


def suspicious(problems: pd.DataFrame) -> frozenset[tuple[str, str]]:
    """The (district_code, indicator) whose figure is an outlier or suspected of a wrong unit."""
    marked = problems[problems["rule"].isin(["outlier", "unit_suspect"])]
    marked = marked[marked["commune_code"].isna()].dropna(subset=["district_code", "indicator"])
    pairs = marked[["district_code", "indicator"]].itertuples(index=False, name=None)
    return frozenset((str(district), str(indicator)) for district, indicator in pairs)


def _points(rows: pd.DataFrame, disciplined: pd.Series, rules: Scheme) -> np.ndarray:
    return ranking.total(rules.parts.to_numpy(), ranking.earned(rows, disciplined, rules))


def _others(points: np.ndarray, codes: np.ndarray, first: set[str]) -> list[str]:
    return sorted(set(codes[ranking.places(points) == 1]) - first)


def _weights(shares: np.ndarray, codes: np.ndarray, first: set[str], rules: Scheme) -> list[tuple]:
    """The least change of one part's weight that gives the first place away, in steps of 1 %."""
    rows = []
    for place, part in enumerate(rules.parts.index):
        for step in range(1, round(WEIGHT_SPREAD * 100) + 1):
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
