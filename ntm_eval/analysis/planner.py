"""How many forms a commune needs before its share can be told from a threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import pandas as pd

from ntm_eval import reference
from ntm_eval.analysis.satisfaction import LEVEL

ASSURANCE = 0.8  # in four surveys of five the interval then lies on one side of the threshold


def forms_needed(
    households: float,
    share: float,
    threshold: float,
    *,
    level: float = LEVEL,
    assurance: float = ASSURANCE,
) -> float:
    """The least forms that settle a threshold, where `share` of all households are satisfied.

    Wilson's interval leaves out the threshold t where the share found lies further from it than
    z·√(t(1−t)/n); this happens with the assurance asked for where
    n = ((z·√(t(1−t)) + z'·√(p(1−p))) / (p−t))². Of N households that are n·N/(N−1+n) forms,
    the correction of `satisfaction.wilson` turned round. At the threshold only all households
    settle it. NaN where a number is not known. Forms are whole, so the assurance that is kept
    saws about the one asked for, by some hundredths (`bench/survey.py` prints it).
    """
    if not (households >= 1 and 0 <= share <= 1 and 0 < threshold < 1):
        return math.nan
    if share == threshold:
        return math.ceil(households)
    sides, aside = (NormalDist().inv_cdf(p) for p in (0.5 + level / 2, assurance))
    spread = sides * math.sqrt(threshold * (1 - threshold)) + aside * math.sqrt(share * (1 - share))
    alone = (spread / (share - threshold)) ** 2
    return min(math.ceil(alone * households / (households - 1 + alone)), math.ceil(households))


def plan(households: Sequence[int], shares: Sequence[float], threshold: float) -> pd.DataFrame:
    """Forms needed: a row for each number of households, a column for each expected share."""
    needed = [[forms_needed(n, share, threshold) for share in shares] for n in households]
    index = pd.Index(households, name="households")
    return pd.DataFrame(needed, index, pd.Index(shares, name="share"))


def newest_threshold(survey: str = "xã NTM") -> float:
    """The overall threshold of the newest guidance that has one: what is planned lies ahead."""
    rows = reference.table("thresholds").query("survey == @survey and question_kind == 'overall'")
    return float(rows.dropna(subset="threshold").sort_values("valid_from")["threshold"].iloc[-1])
