"""How many points a district of the sample could gain by what it writes, not by what it does.

    python bench/gaming.py [--year 2022]

For each way: the most that a district gains, with the questions that it raises, and what it gains
where it keeps to indicators for which nothing is asked and no mark stands in the leaders' tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from ntm_eval import units
from ntm_eval.analysis import scores
from ntm_eval.analysis.scores import Inputs
from ntm_eval.checks import held, plans
from ntm_eval.checks.case import Case, compared_plans, known_values
from ntm_eval.intake import problems
from ntm_eval.review import Review, open_review

MOST = 0.5  # points without a question or a mark
RULES = (
    plans.not_applicable_unexpected,
    plans.plan_missing,
    plans.plan_changed,
    plans.plan_late,
    plans.plan_low,
)
Way = Callable[[pd.DataFrame, pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]


def not_applicable(now: pd.DataFrame, half: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """'KAD' for plan and result."""
    return now.assign(value=np.nan, state="not_applicable"), half


def blank_plan(now: pd.DataFrame, half: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """No plan in the annual report."""
    plan = now["measure"] == "plan"
    return now.assign(value=now["value"].mask(plan), state=now["state"].mask(plan, "blank")), half


def lowered_plan(now: pd.DataFrame, half: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The plan of the annual report is the result."""
    results = now[now["measure"] == "actual"].set_index("indicator")["value"]
    plan = (now["measure"] == "plan") & now["indicator"].map(results).notna()
    return now.assign(value=now["value"].mask(plan, now["indicator"].map(results))), half


def december_plan(now: pd.DataFrame, half: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same, with no plan in the 6-month report."""
    plan = half["measure"] == "plan"
    without = half.assign(value=half["value"].mask(plan), state=half["state"].mask(plan, "blank"))
    return lowered_plan(now, half)[0], without


WAYS: dict[str, Way] = {
    "not applicable": not_applicable,
    "blank plan": blank_plan,
    "lowered plan": lowered_plan,
    "plan in December": december_plan,
}


def main() -> int:
    """Print a line for each district and way; 1 where somebody gains too much unseen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", type=int, default=2022)
    review = open_review(parser.parse_args().year, "annual", "data/sample", "outputs")
    worst = 0.0
    print(f"{'district':12}{'way':18}{'gain':>8}{'asked':>7}{'unseen':>8}")
    for unit in review.units:
        for name, way in WAYS.items():
            gain, asked, unseen = played(review, unit, way)
            worst = max(worst, unseen)
            print(f"{unit.slug:12}{name:18}{gain:8.2f}{asked:7d}{unseen:8.2f}")
    print(f"most unseen: {worst:.2f} points (at most {MOST})")
    return int(worst > MOST)


def played(review: Review, unit: units.District, way: Way) -> tuple[float, int, float]:
    """Points gained by a way at every indicator that lost points, its questions, points unseen."""
    given = review.inputs
    rows = given.assessed["value"]
    mine = rows[(rows["district_code"] == unit.code) & (rows["formula"] != "settled")]
    weak = set(mine.loc[mine["ratio"] < 1, "indicator"])
    before = _points(given, unit)
    after, asked = _written(review, unit, way, weak)
    quiet, _ = _written(review, unit, way, weak - asked)
    return _points(after, unit) - before, len(asked), _points(quiet, unit) - before


def _written(
    review: Review, unit: units.District, way: Way, where: set[str]
) -> tuple[Inputs, set[str]]:
    """The inputs with a way taken at some indicators, and those that are asked about or marked."""
    year, period = review.space.year, review.space.period
    given, history = review.inputs, held.used(review.history)
    here = given.facts["district_code"].eq(unit.code) & given.facts["indicator"].isin(where)
    past = history["district_code"].eq(unit.code) & (
        (history["year"] < year) | (history["period"] == "h1")
    )
    at_half = past & history["year"].eq(year) & history["indicator"].isin(where)
    now, half = way(given.facts[here], history[at_half])
    now = now.assign(held=pd.Series(np.nan, now.index, dtype="str"), likely=np.nan)
    facts = pd.concat([given.facts[~here], now]).sort_index()
    earlier = pd.concat([history[past & ~at_half], half])
    own = facts[facts["district_code"] == unit.code]
    anew = own["held"].isin([rule.__name__ for rule in RULES])  # marked again below
    own = own.assign(held=own["held"].mask(anew), likely=own["likely"].mask(anew))
    case = Case(unit, year, period, own.to_dict("list"), earlier, {}, {})
    found = [problem for rule in RULES for problem in rule(case)]
    marked = held.marked(own, problems.frame(found), units.day(year, period))
    facts = pd.concat([facts[facts["district_code"] != unit.code], marked])
    before = pd.concat([history[history["district_code"] != unit.code], earlier])
    inputs = replace(given, facts=facts, plans=compared_plans(facts, known_values(before), year))
    if any(problem.indicator is None for problem in found):  # asked of the whole report
        return inputs, where
    return inputs, {problem.indicator for problem in found if problem.indicator in where}


def _points(given: Inputs, unit: units.District) -> float:
    found = scores.table(given)
    return float(found.loc[found["district_code"] == unit.code, "points"].sum())


if __name__ == "__main__":
    raise SystemExit(main())
