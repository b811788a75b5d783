"""The campaign along its result chain: every indicator has a step, and the steps add up."""

from datetime import date

import pandas as pd
from twelve import history

from ntm_eval import reference
from ntm_eval.analysis import chain, province
from ntm_eval.reporting.sections import chain as section

DAY = date(2022, 12, 31)
STEPS = reference.catalogue()["chain"]


def made(totals, moves=None):
    facts = pd.DataFrame({"indicator": list(STEPS.index)})
    rows = pd.DataFrame(totals, columns=["indicator", "ratio", "held"])
    found = chain.table(facts, rows, pd.Series(moves or {}, dtype=float), DAY)
    return found.set_index("step")


def test_every_indicator_is_at_one_step_and_only_denominators_at_none():
    found = made([])["indicators"]
    assert found.sum() + (STEPS == "context").sum() == len(STEPS)
    used = set(reference.catalogue()["denominator"].dropna())
    assert set(STEPS.index[STEPS == "context"]) <= used | {"C2-02"}


def test_a_plan_is_reached_from_above_and_where_less_is_better_from_below():
    found = made([("C1-05", 1.0, None), ("C1-03", 0.99, None), ("C1-19", 1.01, None)])
    assert found.loc["input", ["planned", "reached", "share"]].tolist() == [2, 1, 0.5]
    assert found.loc["outcome", ["planned", "reached"]].tolist() == [1, 0]
    assert pd.isna(found.loc["activity", "share"])


def test_what_rose_and_fell_is_told_without_small_moves_and_held_totals():
    totals = [(code, None, None) for code in ("C1-01", "C3-03", "C5-01", "C5-06")]
    totals += [("C5-08", None, "Bắc Yên")]
    moves = {"C1-01": 0.5, "C3-03": 0.7, "C5-01": 0.01, "C5-06": -0.3, "C5-08": -0.9}
    row = made(totals, moves).loc["activity"]
    assert (row["rose"], row["fell"], row["most"], row["least"]) == (2, 1, "C3-03", "C5-06")


def test_the_steps_have_the_plans_of_the_whole_province():
    facts = history(years=[2022])
    plans = facts.assign(measure="plan", value=facts["value"] * 1.1)
    facts = pd.concat([facts, plans]).assign(held=None, likely=float("nan"))
    planned = reference.catalogue().query("has_plan == 'yes'").index
    facts = facts[(facts["measure"] == "actual") | facts["indicator"].isin(planned)]
    series = pd.DataFrame(columns=["year", "indicator", "district_code", "value", "denominator"])
    totals = province.totals(facts, series.assign(rate=[]), 2022)
    found = chain.table(facts, totals, pd.Series(dtype=float), DAY)
    assert found["planned"].sum() == totals["ratio"].notna().sum()


def test_the_page_says_what_it_cannot_tell_and_a_year_without_plans_nothing():
    assert "không cho biết chi phí" in section.how()
    found = made([("C1-05", 1.0, None)]).reset_index()
    said = section.summary(found)
    assert "nguồn lực huy động 1/1. " in said
    assert "hoạt động" not in said  # a step without a plan
    assert section.summary(made([]).reset_index()) == ""
    assert section.table(found).rows[1][2] == "–"
