"""Points -> grades and ranks with bands.

A grade is a proposal. Points are compared to the 9th decimal, so that sums that differ only by
floating point tie.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ntm_eval.analysis import scheme, scores
from ntm_eval.analysis.scheme import REPORTING, Scheme
from ntm_eval.analysis.scores import Inputs
from ntm_eval.workspace import AnalystError

COLUMNS = [
    "district_code", "points", "grade", "rank", "rank_low", "rank_high", "points_low",
    "points_high", "self_score",
]  # fmt: skip
NO_GRADE = "chưa đủ căn cứ"
DECIMALS = 9
# Each weight is drawn within ±20 % of its value: wide enough that a defensible other choice of
# weights lies inside (OECD/JRC Handbook on Constructing Composite Indicators, 2008, step 7).
WEIGHT_SPREAD = 0.2
BAND = (5, 95)
# How the same reports can be read: which column of the facts counts, whether what is planned and
# blank is 0 or left out, whether suspicious figures are left out. The first is published.
READINGS = {
    "published": ("value", False, False),
    "blanks_out": ("value", True, False),
    "raw": ("original", False, False),
    "raw_blanks_out": ("original", True, False),
    "unsuspicious": ("value", False, True),
    "unsuspicious_blanks_out": ("value", True, True),
}


def rank(
    inputs: Inputs, draws: int = 1000, seed: int = 2022, spread: float = WEIGHT_SPREAD
) -> pd.DataFrame:
    """Points, grade and rank of each district of the register, with bands.

    Within each reading the band is the 5th to 95th percentile over seeded draws of the parts'
    weights; the published band holds those of all readings, so that one more doubt never narrows
    it, and what is published. A district without a report has no points, no rank and the grade
    'chưa đủ căn cứ'.
    """
    rules = scheme.in_force(inputs.period, inputs.day)
    districts = scores.reported(inputs.register)["district_code"]
    weights = _drawn_weights(rules.parts, draws, seed, spread)
    readings = list(shares(inputs, rules).values())
    points = total(rules.parts.to_numpy(), readings[0])
    ranks = places(points)
    drawn = [total(weights[:, None, :], reading[None]) for reading in readings]
    low, high, best, worst = _hull([_band(one) for one in drawn])
    found = pd.DataFrame(
        {
            "points": points,
            "grade": pd.array(grades(points, rules.grades), dtype="str"),
            "rank": ranks,
            "rank_low": np.minimum(best, ranks),
            "rank_high": np.maximum(worst, ranks),
            "points_low": np.minimum(low, points),
            "points_high": np.maximum(high, points),
        },
        index=pd.Index(districts, name="district_code"),
    )
    ranking = found.reindex(inputs.register["district_code"])
    own = inputs.facts[inputs.facts["measure"] == "self_score"]
    self_score = own.groupby("district_code")["value"].sum(min_count=1).reindex(ranking.index)
    ranking = ranking.assign(grade=ranking["grade"].fillna(NO_GRADE), self_score=self_score)
    return ranking.reset_index()[COLUMNS]


def reweighted(scores: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Points and ranks by other weights of the parts, beside those of the scheme.

    `scores` is the table of that name; `weights` the points of each of its parts, 100 together.
    A row for each district with scores: `district_code`, `points`, `rank`, `points_before`,
    `rank_before`. Within a part nothing changes: its share earned stays.

    Raises
    ------
    AnalystError
        Where a part is missing or unknown, a weight is no number of 0 or more, or they are not 100
        together.
    """
    sums = scores.groupby(["part", "district_code"])[["points", "max_points"]].sum()
    earned = (sums["points"] / sums["max_points"]).fillna(0.0).unstack("part", fill_value=0.0)
    missing, unknown = set(earned) - set(weights), set(weights) - set(earned)
    if missing or unknown:
        said = [f"thiếu {', '.join(sorted(missing))}"] if missing else []
        said += [f"thừa {', '.join(sorted(unknown))}"] if unknown else []
        raise AnalystError(f"Trọng số {'; '.join(said)}. Các phần: {', '.join(earned)}.")
    given = pd.to_numeric(pd.Series(weights), errors="coerce")
    if wrong := list(given.index[~(given >= 0)]):
        raise AnalystError(f"Trọng số của {', '.join(wrong)} phải là một số từ 0 trở lên.")
    if abs(given.sum() - scheme.TOTAL) > 1e-9:
        raise AnalystError(f"Trọng số cộng lại phải là {scheme.TOTAL}; đang là {given.sum():g}.")
    points = total(given[earned.columns].to_numpy(float), earned.to_numpy())
    before = sums["points"].groupby("district_code").sum()
    return pd.DataFrame(
        {
            "district_code": earned.index,
            "points": points,
            "rank": places(points),
            "points_before": before.to_numpy(),
            "rank_before": places(before.to_numpy()),
        }
    )


def shares(inputs: Inputs, rules: Scheme) -> dict[str, np.ndarray]:
    """The share 0..1 earned of each part, districts × parts, by reading.

    Districts in the order of the register, those that reported; parts in that of the scheme.
    """
    rows = {c: scores.assessed(inputs, rules, c) for c in ("value", "original")}
    disciplined = discipline(inputs, rules)
    found = {}
    for name, (column, blanks_out, unsuspicious) in READINGS.items():
        ratio = rows[column]["ratio"]
        if blanks_out:
            ratio = ratio.mask(rows[column]["case"] == "no_actual")
        if unsuspicious and inputs.suspicious:
            ratio = ratio.mask(_suspected(rows[column], inputs))
        found[name] = earned(rows[column].assign(ratio=ratio), disciplined, rules)
    return found


def discipline(inputs: Inputs, rules: Scheme) -> pd.Series:
    """The share 0..1 of the part of reporting, by the districts that reported, in their order."""
    points = scores.reporting(inputs.register, rules).groupby("district_code")["points"].sum()
    districts = scores.reported(inputs.register)["district_code"]
    return (points / rules.parts[REPORTING]).reindex(districts)


def earned(rows: pd.DataFrame, disciplined: pd.Series, rules: Scheme) -> np.ndarray:
    """The share 0..1 of each part, districts × parts: the mean ratio of what can be assessed."""
    means = rows.groupby(["district_code", "part"])["ratio"].mean().unstack()
    table = means.reindex(index=disciplined.index, columns=rules.parts.index).fillna(0.0)
    return table.assign(**{REPORTING: disciplined}).to_numpy(float)


def total(weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Points of districts. Summed in one order: a matrix product's varies by machine."""
    return (shares * weights).sum(axis=-1)


def places(points: np.ndarray) -> np.ndarray:
    """1 + the number of districts with more points, along the last axis: ties share the better."""
    compared = np.round(points, DECIMALS)
    return 1.0 + (compared[..., None, :] > compared[..., :, None]).sum(axis=-1)


def grades(points: np.ndarray, table: pd.DataFrame) -> list[str]:
    """The best grade that each number of points reaches."""
    names, limits = table["grade"].to_list(), table["at_least"].to_numpy()
    return [names[int((limits > p).sum())] for p in np.round(points, DECIMALS)]


def _suspected(rows: pd.DataFrame, inputs: Inputs) -> np.ndarray:
    """True where the figure of an indicator, or the total it refers to, is suspected."""
    suspects = pd.MultiIndex.from_tuples(sorted(inputs.suspicious))
    figures = [pd.MultiIndex.from_frame(rows[["district_code", i]])
               for i in ("indicator", "base_indicator")]  # fmt: skip
    return figures[0].isin(suspects) | figures[1].isin(suspects)


def _drawn_weights(parts: pd.Series, draws: int, seed: int, spread: float) -> np.ndarray:
    """Draws × parts, each draw summing to what the parts sum to."""
    drawn = np.random.default_rng(seed).uniform(1 - spread, 1 + spread, (draws, len(parts)))
    weights = parts.to_numpy() * drawn
    return weights * (parts.sum() / weights.sum(axis=1, keepdims=True))


def _band(drawn: np.ndarray) -> tuple[np.ndarray, ...]:
    """Points low and high, rank low and high, of each district over the draws of one reading."""
    low, high = np.percentile(drawn, BAND, axis=0)
    ranks = places(drawn)
    best = np.percentile(ranks, BAND[0], axis=0, method="lower")
    return low, high, best, np.percentile(ranks, BAND[1], axis=0, method="higher")


def _hull(bands: list[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...]:
    """The least low and the greatest high of each district over the readings."""
    low, high, best, worst = (np.array(ends) for ends in zip(*bands, strict=True))
    return low.min(axis=0), high.max(axis=0), best.min(axis=0), worst.max(axis=0)
