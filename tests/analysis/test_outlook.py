"""Six months -> the year's end."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ntm_eval import reference
from ntm_eval.analysis import outlook

INDICATORS = reference.table("indicators")
# past annual / 6-month ratios of ten district-years; their median is 2.05
RATIOS = [1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5]
DISTRICTS = ["118", "119", "120", "121", "122"]


def fact(year, period, district, indicator, measure, value):
    return {
        "year": year, "period": period, "district_code": district, "indicator": indicator,
        "measure": measure, "value": value, "commune_code": None,
    }  # fmt: skip


def past(indicator, ratios=RATIOS):
    places = [(d, y) for y in (2020, 2021) for d in DISTRICTS]
    for (district, year), ratio in zip(places, ratios, strict=False):
        yield fact(year, "h1", district, indicator, "actual", 100.0)
        yield fact(year, "annual", district, indicator, "actual", 100.0 * ratio)


def facts(*rows):
    frame = pd.DataFrame(rows)
    return frame.astype({"commune_code": "str", "value": float})


def now(indicator, so_far, plan):
    yield fact(2022, "h1", "127", indicator, "actual", so_far)
    yield fact(2022, "h1", "127", indicator, "plan", plan)


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


def test_the_expected_year_is_the_median_past_ratio_times_the_figure_so_far():
    found = only(outlook.table(facts(*past("C1-01"), *now("C1-01", 50, 105)), INDICATORS, 2022))
    assert found["expected"] == pytest.approx(50 * 2.05)
    assert found["low"] == pytest.approx(50 * np.quantile(RATIOS, 0.1))
    assert found["high"] == pytest.approx(50 * np.quantile(RATIOS, 0.9))
    assert (found["so_far"], found["plan"]) == (50, 105)


def test_the_probability_is_the_share_of_past_ratios_that_reach_the_plan():
    # 50 · 2.1 = 105: five of the ten ratios reach it
    found = only(outlook.table(facts(*past("C1-01"), *now("C1-01", 50, 105)), INDICATORS, 2022))
    assert found["probability"] == 0.5


def test_where_less_is_better_the_plan_is_met_at_or_below():
    ratios = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05]
    found = only(
        outlook.table(facts(*past("C1-19", ratios), *now("C1-19", 100, 80)), INDICATORS, 2022)
    )
    assert found["probability"] == 3 / 8


@pytest.mark.parametrize("plan", [np.nan, None])
def test_without_a_plan_there_is_no_probability(plan):
    found = only(outlook.table(facts(*past("C1-01"), *now("C1-01", 50, plan)), INDICATORS, 2022))
    assert np.isnan(found["probability"])
    assert found["expected"] > 0


def test_fewer_than_eight_past_pairs_give_no_forecast_and_keep_the_row():
    rows = facts(*past("C1-01", RATIOS[:7]), *now("C1-01", 50, 105))
    found = only(outlook.table(rows, INDICATORS, 2022))
    assert found["so_far"] == 50
    assert np.isnan(found[["expected", "low", "high", "probability"]].astype(float)).all()
    eight = facts(*past("C1-01", RATIOS[:8]), *now("C1-01", 50, 105))
    assert only(outlook.table(eight, INDICATORS, 2022))["expected"] == pytest.approx(50 * 1.95)


def test_a_figure_of_zero_cannot_be_carried_forward():
    found = only(outlook.table(facts(*past("C1-01"), *now("C1-01", 0, 105)), INDICATORS, 2022))
    assert found["so_far"] == 0
    assert np.isnan(found["expected"])


def test_the_year_itself_and_other_indicators_teach_nothing():
    rows = facts(
        *past("C1-01"), *now("C1-01", 50, 105),
        fact(2022, "annual", "127", "C1-01", "actual", 50_000),
        *past("C1-06", [9.0] * 10),
    )  # fmt: skip
    assert only(outlook.table(rows, INDICATORS, 2022))["expected"] == pytest.approx(50 * 2.05)


def test_a_past_half_year_of_zero_or_a_missing_year_is_no_pair():
    rows = facts(
        *past("C1-01"), *now("C1-01", 50, 105),
        fact(2019, "h1", "118", "C1-01", "actual", 0.0),
        fact(2019, "annual", "118", "C1-01", "actual", 10.0),
        fact(2019, "h1", "119", "C1-01", "actual", 10.0),
    )  # fmt: skip
    assert only(outlook.table(rows, INDICATORS, 2022))["expected"] == pytest.approx(50 * 2.05)


def test_a_percentage_stays_within_a_hundred():
    ratios = [1.0, 1.02, 1.04, 1.06, 1.08, 1.1, 1.12, 1.14]
    found = only(
        outlook.table(facts(*past("C2-04", ratios), *now("C2-04", 98, 95)), INDICATORS, 2022)
    )
    assert (found["high"], found["expected"], found["probability"]) == (100, 100, 1)


def test_what_was_not_reported_in_june_has_no_row():
    rows = facts(*past("C1-01"), *now("C1-01", np.nan, 105))
    assert len(outlook.table(rows, INDICATORS, 2022)) == 0


@pytest.mark.parametrize("kept", [0, 1])
def test_without_a_half_year_the_table_is_empty_with_its_columns(kept):
    rows = facts(fact(2022, "annual", "127", "C1-01", "actual", 5)).iloc[:kept]
    found = outlook.table(rows, INDICATORS, 2022)
    assert len(found) == 0
    assert list(found.columns) == [
        "district_code", "indicator", "so_far", "plan", "expected", "low", "high", "probability",
    ]  # fmt: skip


def test_a_figure_of_a_commune_is_not_the_districts():
    rows = facts(*past("C1-01"), *now("C1-01", 50, 105))
    of_commune = rows.assign(commune_code="04219", district_code="128")
    found = outlook.table(pd.concat([rows, of_commune]), INDICATORS, 2022)
    assert found["district_code"].to_list() == ["127"]


def test_the_facts_stay_as_they_were():
    rows = facts(*past("C1-01"), *now("C1-01", 50, 105))
    before = rows.copy(deep=True)
    outlook.table(rows, INDICATORS, 2022)
    assert_frame_equal(rows, before)
