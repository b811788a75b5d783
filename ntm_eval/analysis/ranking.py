"""Points -> grades and ranks with bands.

A grade is a proposal. Points are compared to the 9th decimal, so that sums that differ only by
floating point tie.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas
from ntm_eval.analysis import pending, scheme, scores
from ntm_eval.analysis.scheme import REPORTING, Scheme
from ntm_eval.analysis.scores import Inputs
from ntm_eval.language import N_
from ntm_eval.workspace import AnalystError

COLUMNS = schemas.column_names("ranking")
NO_GRADE, NOT_YET = N_("chưa đủ căn cứ"), N_("chưa xếp loại")
DECIMALS = 9
BAND = (5, 95)
PUBLISHED = "published"


def rank(
    inputs: Inputs, draws: int = 1000, seed: int = 2022, spread: float | None = None
) -> pd.DataFrame:
    """Points, grade and rank of each district of the register, with the one interval of its rank.

    Each weight is drawn within ±`spread` of its value (`weight_spread` of constants.csv): wide
    enough that a defensible other choice lies inside (OECD/JRC Handbook on Constructing Composite
    Indicators, 2008, step 7).

    `points_low..points_high`: the 5th to 95th percentile over seeded draws of the parts' weights,
    of each reading (`readings`), and what is published; one more doubt never narrows it.
    `rank_low..rank_high` holds in the same way the ranks, with those of `other_ranks` and of
    `removal`. Districts whose intervals overlap are one `group`. `grade_low`, `grade_high`: the
    grades that answers to open questions could bring (`pending`), and `held_points` how many points
    lie between. The self-score is of the indicators alone. A district without a report has no
    points, no rank and the grade 'chưa đủ căn cứ'; after six months nobody has a grade.
    """
    rules = inputs.rules
    districts = scores.reported(inputs.register)["district_code"]
    width = reference.constant("weight_spread", inputs.day) if spread is None else spread
    weights = _drawn_weights(rules.parts, draws, seed, width)
    if districts.empty:
        return _unranked(inputs.register)
    shares = readings(inputs)
    points = total(rules.parts.to_numpy(), shares[PUBLISHED])
    ranks = places(points)
    low, high, best, worst = _hull(
        [_band(total(weights[:, None, :], reading[None])) for reading in shares.values()]
    )
    without = map(places, _points_without(inputs).values())
    others = [*other_ranks(inputs).values(), *without]
    best, worst = np.min([best, ranks, *others], axis=0), np.max([worst, ranks, *others], axis=0)
    moved = pending.table(inputs).groupby("district_code")[["loss", "gain"]].sum()
    moved = moved.reindex(districts).fillna(0.0)
    least = np.maximum(points - moved["loss"].to_numpy(), 0.0)
    most = np.minimum(points + moved["gain"].to_numpy(), float(scheme.TOTAL))

    def graded(found: np.ndarray) -> list[str]:
        return grades(found, rules.grades) if inputs.period == "annual" else [NOT_YET] * len(found)

    found = pd.DataFrame(
        {
            "points": points,
            "grade": pd.array(graded(points), dtype="str"),
            "rank": ranks,
            "rank_low": best,
            "rank_high": worst,
            "points_low": np.minimum(low, points),
            "points_high": np.maximum(high, points),
            "grade_low": pd.array(graded(least), dtype="str"),
            "grade_high": pd.array(graded(most), dtype="str"),
            "group": groups(best, worst),
            "held_points": most - least,
        },
        index=pd.Index(districts, name="district_code"),
    )
    ranking = found.reindex(inputs.register["district_code"])
    own = inputs.facts[inputs.facts["measure"] == "self_score"]
    self_score = own.groupby("district_code")["value"].sum(min_count=1).reindex(ranking.index)
    named = {c: ranking[c].fillna(NO_GRADE) for c in ("grade", "grade_low", "grade_high")}
    return ranking.assign(**named, self_score=self_score).reset_index()[COLUMNS]


def _unranked(register: pd.DataFrame) -> pd.DataFrame:
    """The ranking where nobody has reported."""
    grades = dict.fromkeys(("grade", "grade_low", "grade_high"), NO_GRADE)
    return schemas.typed("ranking", register[["district_code"]].assign(**grades))


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


def readings(inputs: Inputs) -> dict[str, np.ndarray]:
    """How the same reports can be read: the share 0..1 earned of each part, districts × parts.

    `published`: a planned figure that is missing is 0, a held one is left out; `blanks_out`: what
    is missing is left out; `raw`: as typed, before corrections; `unsuspicious`: suspected figures
    are left out; `held_zero`, `likely`: held figures count as 0, as what they likely are;
    `plans_zero`: a plan that is blank or 'không áp dụng' counts as one that is not met. Districts
    in the order of the register, those that reported; parts in that of the scheme.
    """
    rows = inputs.assessed
    value, case = rows["value"]["ratio"], rows["value"]["case"]
    owed = rows["value"][["value_state", "plan_state"]].isin(["blank", "not_applicable"])
    unplanned = owed.any(axis=1) & (rows["value"]["formula"] != "settled")
    disciplined = discipline(inputs)
    found = {
        PUBLISHED: value,
        "blanks_out": value.mask(case == "no_actual"),
        "raw": rows["original"]["ratio"],
        "unsuspicious": value.mask(_suspected(rows["value"], inputs)),
        "held_zero": value.mask(case == "held", 0.0),
        "likely": rows["likely"]["ratio"],
        "plans_zero": value.mask(unplanned & case.isin(["no_base", "not_applicable"]), 0.0),
    }
    return {
        name: earned(rows["value"].assign(ratio=ratio), disciplined, inputs.rules)
        for name, ratio in found.items()
    }


def other_ranks(inputs: Inputs) -> dict[str, np.ndarray]:
    """Ranks by other sums: each indicator with the same weight, and without the reporting part."""
    rows, rules = inputs.assessed["value"], inputs.rules
    disciplined = discipline(inputs)
    shares = earned(rows, disciplined, rules)
    alike = rows.groupby("district_code")["ratio"].mean().reindex(disciplined.index).fillna(0.0)
    own = rules.parts[REPORTING]
    points = (scheme.TOTAL - own) * alike.to_numpy() + own * disciplined.to_numpy()
    weights = rules.parts.where(rules.parts.index != REPORTING, 0.0).to_numpy(float)
    return {"alike": places(points), "work_alone": places(total(weights, shares))}


def removal(inputs: Inputs) -> pd.DataFrame:
    """Each district's points and rank with one scored indicator left out for everybody.

    `moved` is the district's points less those without: above zero the indicator raises it, and
    its share has gone to the others of its content. Districts that reported, in their order.
    """
    districts = scores.reported(inputs.register)["district_code"]
    points = _points_without(inputs)
    published = points.pop("")
    each = [
        pd.DataFrame(
            {
                "district_code": districts.to_numpy(),
                "indicator": indicator,
                "points_without": left,
                "rank_without": places(left),
                "moved": published - left,
            }
        )
        for indicator, left in points.items()
    ]
    return schemas.typed("removal", pd.concat(each, ignore_index=True) if each else [])


def _points_without(inputs: Inputs) -> dict[str, np.ndarray]:
    """The points of the districts as published (''), and with each scored indicator left out."""
    parts, disciplined = inputs.rules.parts, discipline(inputs)
    rows, weights = inputs.assessed["value"], parts.to_numpy()
    ratios = rows.pivot(index="district_code", columns="indicator", values="ratio")
    ratios = ratios.reindex(index=disciplined.index, columns=inputs.rules.indicators["indicator"])
    of_part = inputs.rules.indicators.set_index("indicator")["part"]
    shares = earned(rows, disciplined, inputs.rules)
    found = {"": total(weights, shares)}
    for indicator, part in of_part.items():
        mates = ratios[of_part.index[(of_part == part) & (of_part.index != indicator)]]
        left = shares.copy()
        left[:, parts.index.get_loc(part)] = mates.mean(axis=1).fillna(0.0)
        found[str(indicator)] = total(weights, left)
    return found


def discipline(inputs: Inputs) -> pd.Series:
    """The share 0..1 of the part of reporting, by the districts that reported, in their order."""
    rows = scores.reporting(inputs.register, inputs.rules)
    points = rows.groupby("district_code")["points"].sum()
    districts = scores.reported(inputs.register)["district_code"]
    return (points / inputs.rules.parts[REPORTING]).reindex(districts)


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
    if not inputs.suspicious:
        return np.zeros(len(rows), dtype=bool)
    suspects = pd.MultiIndex.from_tuples(sorted(inputs.suspicious))
    figures = [
        pd.MultiIndex.from_frame(rows[["district_code", i]])
        for i in ("indicator", "base_indicator")
    ]
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
