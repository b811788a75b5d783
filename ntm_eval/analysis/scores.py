"""Facts -> points with their reasons, grades, and ranks with bands.

A grade is a proposal. The rule of each indicator, its points and the cut-offs are rows of
data/reference (`scheme`); nothing is rounded here, except that points are compared to the 9th
decimal, so that sums that differ only by floating point tie.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ntm_eval.analysis import reasons, scheme
from ntm_eval.analysis.scheme import REPORTING, Scheme

COLUMNS = [
    "district_code", "part", "indicator", "points", "max_points", "value", "plan", "ratio",
    "reason",
]  # fmt: skip
RANKING_COLUMNS = [
    "district_code", "points", "grade", "rank", "rank_low", "rank_high", "points_low",
    "points_high", "self_score",
]  # fmt: skip
NO_GRADE = "chưa đủ căn cứ"
DECIMALS = 9
# Each weight is drawn within ±20 % of its value: wide enough that a defensible other choice of
# weights lies inside (OECD/JRC Handbook on Constructing Composite Indicators, 2008, step 7).
WEIGHT_SPREAD = 0.2
BAND = (5, 95)


@dataclass(frozen=True)
class Inputs:
    """What a year and period is scored on.

    `facts`: of this year and period, all districts. `previous`: last year's annual actuals,
    indexed by (district_code, indicator). `day`: which rules are in force.
    """

    facts: pd.DataFrame
    previous: pd.Series
    register: pd.DataFrame
    period: str
    day: date


def table(inputs: Inputs) -> pd.DataFrame:
    """Points of each district by part and indicator, each with its reason in words.

    The maxima of a reporting district sum to 100: what cannot be assessed has none, its share
    goes to the other indicators of its part, and a part without any has one row without indicator.
    `plan` is the plan of the year as reported; a `settled` indicator has none.
    """
    rules = scheme.in_force(inputs.period, inputs.day)
    rows = _assessed(inputs, rules, "value")
    shares = rows.groupby(["district_code", "part"])["ratio"].transform("count")
    full = rows["part"].map(rules.parts).astype(float) / shares.where(rows["ratio"].notna())
    rows = rows.assign(
        max_points=full.fillna(0.0),
        points=(full * rows["ratio"]).fillna(0.0),
        plan=rows["plan"].where(rows["formula"] != "settled"),
        reason=[reasons.indicator(row) for row in rows.itertuples(index=False)],
    )
    empty = pd.DataFrame(_empty_parts(rows, rules), columns=COLUMNS)
    others = [_typed(empty), _reporting(inputs.register, rules)]
    scores = pd.concat([_typed(rows[COLUMNS]), *others], ignore_index=True)
    place = scores["part"].map({part: i for i, part in enumerate(rules.parts.index)})
    scores = scores.assign(place=place)
    scores = scores.sort_values(["district_code", "place"], ignore_index=True)
    return scores[COLUMNS]


def rank(inputs: Inputs, draws: int = 1000, seed: int = 2022) -> pd.DataFrame:
    """Points, grade and rank of each district of the register, with bands.

    The bands are the 5th and 95th percentile over seeded draws of the parts' weights, each draw
    crossed with blanks as 0 or as not assessable, and with raw or corrected values; they are
    widened where need be to hold what is published. A district without a report has no points,
    no rank and the grade 'chưa đủ căn cứ'.
    """
    rules = scheme.in_force(inputs.period, inputs.day)
    districts = _reported(inputs.register)["district_code"]
    shares = _variants(inputs, rules, districts)
    points = _total(rules.parts.to_numpy(), shares[:1])[0]
    drawn = _drawn_weights(rules.parts, draws, seed)
    varied = np.concatenate([_total(weights, shares) for weights in drawn])
    low, high = np.percentile(varied, BAND, axis=0)
    ranks, places = _ranks(points[None])[0], _ranks(varied)
    best = np.percentile(places, BAND[0], axis=0, method="lower")
    worst = np.percentile(places, BAND[1], axis=0, method="higher")
    found = pd.DataFrame(
        {
            "points": points,
            "grade": pd.array(_grades(points, rules.grades), dtype="str"),
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
    return ranking.reset_index()[RANKING_COLUMNS]


def _assessed(inputs: Inputs, rules: Scheme, column: str) -> pd.DataFrame:
    """Each scored indicator of each reporting district: the case it falls in, and its ratio 0..1.

    The ratio is NaN where it cannot be assessed; `column` of the facts holds the values. `base`
    is the plan, or the total that `settled` refers to; `target` is what is due in the period.
    """
    rows = _gathered(inputs, rules, column)
    settled = rows["formula"] == "settled"
    base = rows["total"].where(settled, rows["plan"])
    base_state = rows["total_state"].where(settled, rows["plan_state"])
    half = (rows["flow_stock"] == "flow") & ~settled & (inputs.period == "h1")
    due = np.where(half, 0.5, 1.0)
    key = pd.MultiIndex.from_frame(rows[["district_code", "indicator"]])
    # an empty series has no such index to look into
    known = inputs.previous.reindex(key).to_numpy(float) if len(inputs.previous) else np.nan
    rows = rows.assign(
        base=base, base_state=base_state, half=half, target=base * due, previous=known * due
    )
    cases = {
        "not_applicable": _not_applicable(rows["value"], rows["value_state"])
        | _not_applicable(base, base_state),
        "no_base": ~(base > 0),
        "no_actual": rows["value"].isna(),
        "settled": settled,
        "up": rows["formula"] == "up",
        "within_plan": rows["value"] <= rows["target"],
        "since_previous": rows["previous"] > rows["target"],
    }
    rows = rows.assign(case=np.select(list(cases.values()), list(cases), "over_plan"))
    return rows.assign(ratio=_ratio(rows))


def _gathered(inputs: Inputs, rules: Scheme, column: str) -> pd.DataFrame:
    own = inputs.facts[inputs.facts["commune_code"].isna()]
    rows = _reported(inputs.register)[["district_code"]].merge(rules.indicators, how="cross")
    for name, measure, by in (
        ("value", "actual", "indicator"), ("plan", "plan", "indicator"), ("total", "actual", "base")
    ):  # fmt: skip
        cells = own.loc[own["measure"] == measure, ["district_code", "indicator", column, "state"]]
        cells = cells.set_axis(["district_code", by, name, f"{name}_state"], axis=1)
        rows = rows.merge(cells, how="left", on=["district_code", by], validate="many_to_one")
    return rows


def _not_applicable(value: pd.Series, state: pd.Series) -> pd.Series:
    """True where the cell says so; a raw number that was corrected to it still counts as one."""
    return (state == "not_applicable") & value.isna()


def _ratio(rows: pd.DataFrame) -> np.ndarray:
    value, target, previous = (rows[c].to_numpy() for c in ("value", "target", "previous"))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "no_actual": np.zeros_like(value),
            "settled": value / target,
            "up": value / target,
            "within_plan": np.ones_like(value),
            "since_previous": (previous - value) / (previous - target),
            "over_plan": target / value,
        }
    chosen = np.select([rows["case"] == c for c in found], list(found.values()), np.nan)
    return np.clip(chosen, 0, 1)


def _reported(register: pd.DataFrame) -> pd.DataFrame:
    return register[register["status"] != "missing"]


def _reporting(register: pd.DataFrame, rules: Scheme) -> pd.DataFrame:
    """The three rows of the reporting part of each district that reported."""
    sent = _reported(register)
    full, less = rules.items["points"], rules.items["deduction"]
    expected = sent["cells_expected"]
    filled = (sent["cells_filled"] / expected).where(expected > 0, 0.0)
    earned = {
        "on_time": (full["on_time"] - less["on_time"] * sent["days_late"]).fillna(0.0),
        "cells_filled": full["cells_filled"] * filled,
        "no_errors": full["no_errors"] - less["no_errors"] * sent["errors"],
    }
    found = {"on_time": "days_late", "cells_filled": "cells_filled", "no_errors": "errors"}
    items = [
        pd.DataFrame(
            {
                "district_code": sent["district_code"],
                "part": REPORTING,
                "indicator": item,
                "points": points.clip(lower=0.0),
                "max_points": full[item],
                "value": sent[found[item]],
                "plan": expected if item == "cells_filled" else np.nan,
                "ratio": points.clip(lower=0.0) / full[item],
            }
        )
        for item, points in earned.items()
    ]
    rows = pd.concat(items, ignore_index=True)
    return _typed(rows.assign(reason=[reasons.item(row) for row in rows.itertuples(index=False)]))


def _empty_parts(rows: pd.DataFrame, rules: Scheme) -> Iterator[dict]:
    """One row, 0 of the part's points, for each part of a district with nothing assessable."""
    assessable = rows.groupby(["district_code", "part"])["ratio"].count()
    for district in rows["district_code"].unique():
        for part, points in rules.parts.drop(REPORTING).items():
            if not assessable.get((district, part), 0):
                yield {
                    "district_code": district, "part": part, "indicator": None, "points": 0.0,
                    "max_points": points, "value": np.nan, "plan": np.nan, "ratio": np.nan,
                    "reason": reasons.NOTHING,
                }  # fmt: skip


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    numbers = {"points", "max_points", "value", "plan", "ratio"}
    return rows.astype({c: float if c in numbers else "str" for c in COLUMNS})


def _variants(inputs: Inputs, rules: Scheme, districts: pd.Series) -> np.ndarray:
    """The share 0..1 earned of each part: variants × districts × parts; the first is published."""
    reporting = _reporting(inputs.register, rules)
    kept = reporting.groupby("district_code")["points"].sum() / rules.parts[REPORTING]
    found = []
    for column in ("value", "original"):
        rows = _assessed(inputs, rules, column)
        for ratio in (rows["ratio"], rows["ratio"].mask(rows["case"] == "no_actual")):
            means = ratio.groupby([rows["district_code"], rows["part"]]).mean().unstack()
            shares = means.reindex(index=districts, columns=rules.parts.index).fillna(0.0)
            shares[REPORTING] = kept.reindex(districts)
            found.append(shares.to_numpy(float))
    return np.array(found)


def _drawn_weights(parts: pd.Series, draws: int, seed: int) -> np.ndarray:
    """Draws × parts, each draw summing to what the parts sum to."""
    spread = np.random.default_rng(seed).uniform(
        1 - WEIGHT_SPREAD, 1 + WEIGHT_SPREAD, (draws, len(parts))
    )
    weights = parts.to_numpy() * spread
    return weights * (parts.sum() / weights.sum(axis=1, keepdims=True))


def _total(weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Points: variants × districts. Summed in one order: a matrix product's varies by machine."""
    return (shares * weights).sum(axis=-1)


def _ranks(points: np.ndarray) -> np.ndarray:
    """1 + the number of districts with more points, in each row: ties share the better rank."""
    compared = np.round(points, DECIMALS)
    return 1.0 + (compared[:, None, :] > compared[:, :, None]).sum(axis=-1)


def _grades(points: np.ndarray, grades: pd.DataFrame) -> list[str]:
    names, limits = grades["grade"].to_list(), grades["at_least"].to_numpy()
    return [names[int((limits > p).sum())] for p in np.round(points, DECIMALS)]
