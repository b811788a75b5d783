"""What a score is made of: which indicators and parts tell the districts apart, and by how much.

After OECD/JRC's Handbook on Constructing Composite Indicators (2008, steps 4, 6 and 9), Paruolo,
Saisana and Saltelli (2013) on weights and importance, and the R package COINr. Frames in, frames
out. Twelve districts are few: a correlation of 0.58 is what chance alone reaches once in twenty.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ntm_eval import schemas
from ntm_eval.analysis import ranking
from ntm_eval.analysis.scheme import REPORTING

PARTS = schemas.column_names("score_parts")
INDICATORS = schemas.column_names("score_indicators")
TOTAL = "total"
LEAST = 4  # districts that a correlation needs
SHUFFLES = 200
SEED = 227
LOWEST = 0.01  # of a part, in a product: one part at zero would leave nothing of the others


def attainment(assessed: pd.DataFrame) -> pd.DataFrame:
    """How many plans each district met, beside its points, which stop at the plan.

    `assessed`: the rows of `scores.scored`. A row for each district: `district_code`, `indicators`
    (plans that can be assessed, without shares settled, which have none), `met` of them, a result
    that is missing not met; `median_ratio`: the middle one of result / plan, not capped, of those
    that should go up, NaN where there is none.
    """
    planned = assessed[assessed["ratio"].notna() & (assessed["formula"] != "settled")]
    up = planned["formula"] == "up"
    met = np.where(up, planned["value"] >= planned["target"], planned["value"] <= planned["target"])
    rows = planned.assign(met=met, of_plan=(planned["value"] / planned["target"]).where(up))
    found = rows.groupby("district_code").agg(
        indicators=("met", "size"), met=("met", "sum"), median_ratio=("of_plan", "median")
    )
    return found.reindex(assessed["district_code"].unique()).astype(float).reset_index()


def indicators(assessed: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """What each scored indicator adds to telling the districts apart; columns INDICATORS.

    `districts`: assessed in so many; `capped`: the share 0..1 of them at full points; `spread`: the
    standard deviation of its ratio; `with_part`, `with_total`: its correlation with the points of
    its part and of all, without its own; NaN where it is the same everywhere or in too few.
    """
    ratios, points = (_wide(assessed, c) for c in ("ratio", "points"))
    of_part = _points(scores)
    total = of_part.sum(axis=1)
    part = _part(assessed)
    rows = [
        {
            "part": part[code],
            "indicator": code,
            "districts": float(ratio.count()),
            "capped": (ratio.dropna() >= 1).mean(),
            "spread": ratio.std(),
            "with_part": _correlation(ratio, of_part[part[code]] - points[code]),
            "with_total": _correlation(ratio, total - points[code]),
        }
        for code, ratio in ratios[part.index].items()
    ]
    return pd.DataFrame(rows, columns=INDICATORS)


def parts(assessed: pd.DataFrame, scores: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """How much each part decides, beside its weight, and how far its indicators agree; PARTS.

    `weights`: points by part. `mean`, `spread`: of the share 0..1 earned. `with_rest`: correlation
    with the points of the other parts. `main_effect`: the squared correlation with the total, the
    share of its variance that would go if the part were known. `variance_share`: covariance with
    the total / its variance; of all parts they make 1, below zero where a part evens out the
    others. `alpha`: Cronbach's, standardised, of its indicators; `first_component`: their first
    principal component's share of variance, and `by_chance` that of shuffled ones. The last row,
    `total`, has the parts in place of indicators.
    """
    points = _points(scores).reindex(columns=weights.index, fill_value=0.0)
    total = points.sum(axis=1)
    share = points / weights
    ratios = _wide(assessed, "ratio")
    part_of = _part(assessed)
    variance = total.var()
    rows = [
        {
            "part": part,
            "weight": weights[part],
            "mean": share[part].mean(),
            "spread": share[part].std(),
            "with_rest": _correlation(points[part], total - points[part]),
            "main_effect": _correlation(points[part], total) ** 2,
            "variance_share": points[part].cov(total) / variance if variance > 0 else np.nan,
            **_agreement(ratios[part_of.index[part_of == part]]),
        }
        for part in weights.index
    ]
    whole = {"part": TOTAL, "weight": weights.sum(), "mean": total.mean() / weights.sum()}
    whole |= {"spread": total.std() / weights.sum(), **_agreement(share)}
    return pd.DataFrame([*rows, whole], columns=PARTS)


def other_methods(assessed: pd.DataFrame, scores: pd.DataFrame, weights: pd.Series) -> pd.DataFrame:
    """The ranks that other usual ways to normalise and to add up would give.

    `method`: `published`; `minmax` (each indicator from its worst district, 0, to its best, 1); `z`
    (in standard deviations from the mean); `geometric` (the parts multiplied, so that a weak one
    is not made good by a strong one). A row for each district and method: `method`,
    `district_code`, `value` in the method's own unit, `rank`, `moved` (ranks down from the
    published one, negative for up). Indicators without differences stay out of `minmax` and `z`.
    """
    share = _points(scores).reindex(columns=weights.index, fill_value=0.0) / weights
    ratios = _wide(assessed, "ratio").reindex(share.index)
    items = ratios.assign(**{REPORTING: share[REPORTING]})
    items = items.loc[:, items.std() > 0]
    part = pd.concat([_part(assessed), pd.Series({REPORTING: REPORTING})])
    low, high = items.min(), items.max()
    normalised = {
        "published": share,
        "minmax": _by_part((items - low) / (high - low), part, weights),
        "z": _by_part((items - items.mean()) / items.std(), part, weights),
    }
    values = {name: (found * weights).sum(axis=1) for name, found in normalised.items()}
    values["geometric"] = 100 * np.exp(
        (np.log(share.clip(lower=LOWEST)) * weights).sum(axis=1) / weights.sum()
    )
    ranks = {name: ranking.places(value.to_numpy(float)) for name, value in values.items()}
    rows = [
        pd.DataFrame(
            {
                "method": name,
                "district_code": share.index.to_numpy(),
                "value": value.to_numpy(float),
                "rank": ranks[name],
                "moved": ranks[name] - ranks["published"],
            }
        )
        for name, value in values.items()
    ]
    return pd.concat(rows, ignore_index=True)


def _by_part(items: pd.DataFrame, part: pd.Series, weights: pd.Series) -> pd.DataFrame:
    """The mean of each part's indicators; who has none of a part stands with its worst."""
    found = items.T.groupby(part[items.columns]).mean().T.reindex(columns=weights.index)
    return found.fillna(found.min()).fillna(0.0)


def _part(assessed: pd.DataFrame) -> pd.Series:
    """The part of each indicator, in the order of the rows."""
    return assessed.drop_duplicates("indicator").set_index("indicator")["part"]


def _wide(assessed: pd.DataFrame, column: str) -> pd.DataFrame:
    """Districts × indicators."""
    return assessed.pivot(index="district_code", columns="indicator", values=column).astype(float)


def _points(scores: pd.DataFrame) -> pd.DataFrame:
    """Points of districts × parts."""
    sums = scores.groupby(["district_code", "part"])["points"].sum()
    return sums.unstack("part", fill_value=0.0)


def _correlation(one: pd.Series, other: pd.Series) -> float:
    """NaN where either is the same everywhere, or too few districts are known."""
    if not (one.std() > 0 and other.std() > 0):
        return np.nan
    return float(one.corr(other, min_periods=LEAST))


def _agreement(items: pd.DataFrame) -> dict[str, float]:
    """Cronbach's alpha, the first component's share, and its share by chance."""
    items = items.loc[:, (items.std() > 0) & (items.count() >= LEAST)]
    count = items.shape[1]
    if count < 2:
        return dict.fromkeys(("alpha", "first_component", "by_chance"), np.nan)
    pairs = items.corr(min_periods=LEAST).to_numpy()[np.triu_indices(count, 1)]
    mean = float(np.nanmean(pairs)) if np.isfinite(pairs).any() else np.nan
    filled = ((items - items.mean()) / items.std()).fillna(0.0).to_numpy()
    random = np.random.default_rng(SEED)
    shuffled = [_first(random.permuted(filled, axis=0)) for _ in range(SHUFFLES)]
    return {
        "alpha": count * mean / (1 + (count - 1) * mean),
        "first_component": _first(filled),
        "by_chance": float(np.mean(shuffled)),
    }


def _first(standardised: np.ndarray) -> float:
    """The share of variance of the first principal component of standardised columns."""
    variances = np.linalg.svd(standardised, compute_uv=False) ** 2
    return float(variances[0] / variances.sum())
