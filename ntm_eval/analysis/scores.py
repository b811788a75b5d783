"""Facts -> points with their reasons.

The rule of each indicator and its points are rows of data/reference (`scheme`); nothing is
rounded here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from ntm_eval import schemas
from ntm_eval.analysis import reasons, scheme
from ntm_eval.analysis.scheme import REPORTING, Scheme

KEY = ["district_code", "indicator"]
HALF, LEAST_PAIRS = 0.5, 8  # what is due at mid-year where fewer past years tell
COLUMNS = schemas.column_names("scores")


@dataclass(frozen=True)
class Inputs:
    """What a year and period is scored on.

    `facts`: of this year and period, all districts, with `held` and `likely` (`checks.held`).
    `previous`: last year's annual actuals, indexed by (district_code, indicator). `day`: which
    rules are in force. `suspicious`: the (district_code, indicator) that the rules suspect, which
    one reading of the ranking leaves out. `plans`: those that count where not those reported
    (`checks.case.compared_plans`). `pace`: the share of a year that is usual at mid-year.
    """

    facts: pd.DataFrame
    previous: pd.Series
    register: pd.DataFrame
    period: str
    day: date
    suspicious: frozenset[tuple[str, str]] = frozenset()
    plans: pd.DataFrame | None = None
    pace: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))

    @cached_property
    def rules(self) -> Scheme:
        """The scheme in force."""
        return scheme.in_force(self.period, self.day)

    @cached_property
    def assessed(self) -> dict[str, pd.DataFrame]:
        """The assessed rows (`assessed`) by the column of the facts that holds the values."""
        return {c: assessed(self, self.rules, c) for c in ("value", "original", "likely")}


def table(inputs: Inputs) -> pd.DataFrame:
    """Points of each district by part and indicator, each with its reason in words.

    The maxima of a reporting district sum to 100: what cannot be assessed has none, its share
    goes to the other indicators of its part, and a part without any has one row without indicator.
    `plan` is the plan of the year that counts; a `settled` indicator has none.
    """
    rules = inputs.rules
    rows = scored(inputs)
    rows = rows.assign(plan=rows["plan"].where(rows["formula"] != "settled"))
    parts = [schemas.typed("scores", found) for found in (rows, list(_empty_parts(rows, rules)))]
    scores = pd.concat([*parts, reporting(inputs.register, rules)], ignore_index=True)
    place = scores["part"].map({part: i for i, part in enumerate(rules.parts.index)})
    scores = scores.assign(place=place)
    scores = scores.sort_values(["district_code", "place"], ignore_index=True)
    return scores[COLUMNS]


def scored(inputs: Inputs) -> pd.DataFrame:
    """The assessed rows with all that their points rest on: `max_points`, `points`, `reason`."""
    rows, rules = inputs.assessed["value"], inputs.rules
    count = rows.groupby(["district_code", "part"])["ratio"].transform("count")
    full = rows["part"].map(rules.parts).astype(float) / count.where(rows["ratio"].notna())
    return rows.assign(
        max_points=full.fillna(0.0),
        points=(full * rows["ratio"]).fillna(0.0),
        reason=[reasons.indicator(r, rules.answer_by) for r in rows.itertuples(index=False)],
    )


def assessed(inputs: Inputs, rules: Scheme, column: str) -> pd.DataFrame:
    """Each scored indicator of each reporting district: the case it falls in, and its ratio 0..1.

    The ratio is NaN where it cannot be assessed; `column` of the facts holds the values: `value`,
    `original` or `likely`, where held figures count as what they most likely are, else as typed.
    `base` is the plan, or the total (`base_indicator`) that `settled` refers to; `target` and
    `previous` are what is due in the period and last year's figure for as long.
    """
    rows = _gathered(inputs, rules, column)
    settled = rows["formula"] == "settled"
    base = rows["total"].where(settled, rows["plan"])
    base_state = rows["total_state"].where(settled, rows["plan_state"])
    base_held = rows["total_held"].where(settled, rows["plan_held"].mask(rows["basis"].notna()))
    half = (rows["flow_stock"] == "flow") & ~settled & (inputs.period == "h1")
    due = inputs.pace.reindex(rows["indicator"]).fillna(HALF).where(half.to_numpy(), 1.0).to_numpy()
    key = pd.MultiIndex.from_frame(rows[["district_code", "indicator"]])
    # an empty series has no such index to look into
    known = inputs.previous.reindex(key).to_numpy(float) if len(inputs.previous) else np.nan
    rows = rows.assign(
        base_indicator=rows["base"],
        base=base,
        base_state=base_state,
        due=due,
        target=base * due,
        previous=known * due,
    )
    held = (rows["value_held"].notna() & rows["value"].notna()) | (base_held.notna() & base.notna())
    held &= column != "likely"
    cases = {
        "not_applicable": _not_applicable(rows["value"], rows["value_state"], rows["value_held"])
        | _not_applicable(base, base_state, base_held),
        "held": held & (rules.answer_by is None),
        "no_base": ~(base > 0),
        "unanswered": held,
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
    own = own.assign(likely=own["likely"].fillna(own["value"]))
    rows = reported(inputs.register)[["district_code"]].merge(rules.indicators, how="cross")
    for name, measure, by in (
        ("value", "actual", "indicator"),
        ("plan", "plan", "indicator"),
        ("total", "actual", "base"),
    ):
        cells = own.loc[own["measure"] == measure, [*KEY, column, "state", "held"]]
        cells = cells.set_axis(["district_code", by, name, f"{name}_state", f"{name}_held"], axis=1)
        # an indicator counts once, however often it was written (`row_repeated` names the others)
        cells = cells.drop_duplicates(["district_code", by])
        rows = rows.merge(cells, how="left", on=["district_code", by], validate="many_to_one")
    if inputs.plans is None:
        return rows.assign(basis=pd.Series(np.nan, rows.index, dtype="str"))
    plans = inputs.plans[["used", "basis"]].reset_index()
    rows = rows.merge(plans, how="left", on=KEY, validate="many_to_one")
    plan = rows.pop("used").where(rows["basis"].notna(), rows["plan"])
    return rows.assign(plan=plan)


def _not_applicable(value: pd.Series, state: pd.Series, held: pd.Series) -> pd.Series:
    """True where the cell says so; a raw number that was corrected to it still counts as one.

    While it is asked why (`not_applicable_unexpected`), the cell is as good as blank.
    """
    return (state == "not_applicable") & value.isna() & held.isna()


def _ratio(rows: pd.DataFrame) -> np.ndarray:
    value, target, previous = (rows[c].to_numpy() for c in ("value", "target", "previous"))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "no_actual": np.zeros_like(value),
            "unanswered": np.zeros_like(value),
            "settled": value / target,
            "up": value / target,
            "within_plan": np.ones_like(value),
            "since_previous": (previous - value) / (previous - target),
            "over_plan": target / value,
        }
    chosen = np.select([rows["case"] == c for c in found], list(found.values()), np.nan)
    return np.clip(chosen, 0, 1)


def pace(history: pd.DataFrame, until: int) -> pd.Series:
    """The median share of a year's flow that past 6-month reports held, by indicator.

    Of the years before `until` and all districts; none of fewer than 8 pairs.
    """
    rows = history[(history["measure"] == "actual") & (history["year"] < until)]
    wide = rows.pivot_table(index=[*KEY, "year"], columns="period", values="value")
    wide = wide.reindex(columns=["h1", "annual"])
    share = (wide["h1"] / wide["annual"].where(wide["annual"] > 0)).dropna().clip(upper=1.0)
    by = share.groupby("indicator")
    return by.median()[by.count() >= LEAST_PAIRS]


def reported(register: pd.DataFrame) -> pd.DataFrame:
    """The districts of the register that have sent a report."""
    return register[register["status"] != "missing"]


def reporting(register: pd.DataFrame, rules: Scheme) -> pd.DataFrame:
    """The three rows of the reporting part of each district that reported."""
    sent = reported(register)
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
    said = [reasons.item(row) for row in rows.itertuples(index=False)]
    return schemas.typed("scores", rows.assign(reason=said))


def _empty_parts(rows: pd.DataFrame, rules: Scheme) -> Iterator[dict]:
    """One row, 0 of the part's points, for each part of a district with nothing assessable."""
    assessable = rows.groupby(["district_code", "part"])["ratio"].count()
    for district in rows["district_code"].unique():
        for part, points in rules.parts.drop(REPORTING).items():
            if not assessable.get((district, part), 0):
                yield {
                    "district_code": district,
                    "part": part,
                    "indicator": None,
                    "points": 0.0,
                    "max_points": points,
                    "value": np.nan,
                    "plan": np.nan,
                    "ratio": np.nan,
                    "reason": reasons.nothing(),
                }
