"""Six months -> the year's end."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ntm_eval import schemas, units
from ntm_eval.analysis import outlook
from ntm_eval.analysis.ratios import taken_apart, two_ways

# past annual / 6-month ratios of ten district-years
RATIOS = [1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 2.2, 2.3, 2.4, 2.5]
DISTRICTS = ["118", "119", "120", "121", "122"]


def fact(year, period, district, indicator, measure, value):
    return {
        "year": year,
        "period": period,
        "district_code": district,
        "indicator": indicator,
        "measure": measure,
        "value": value,
        "commune_code": None,
    }


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


def test_a_new_district_gets_the_average_ratio_of_the_others():
    found = only(outlook.table(facts(*past("C1-07"), *now("C1-07", 5000, 10_500)), 2022))
    added = outlook.HALF
    logs = np.log((100 * np.array(RATIOS) + added) / (100 + added))
    assert found["expected"] == pytest.approx((5000 + added) * np.exp(logs.mean()) - added)
    assert found["low"] < found["expected"] < found["high"]
    assert (found["so_far"], found["plan"]) == (5000, 10_500)


def test_the_interval_is_students_with_everything_unknown_in_it():
    ratios = [1.8, 2.0, 2.2, 1.9, 2.1, 1.8, 2.0, 2.2, 1.9, 2.1]  # two like years, five districts
    logs = np.log(np.array(ratios).reshape(2, 5).T)
    found = taken_apart(logs, np.empty((0, 5, 2)))
    among = logs.mean(axis=1).var(ddof=1)
    # nothing is left to chance or to the year: each district keeps its own ratio, exactly
    assert found.centre == pytest.approx(logs.mean(axis=1))
    assert found.spread == pytest.approx(np.zeros(5), abs=1e-9)
    unseen = taken_apart(np.vstack([logs, [np.nan, np.nan]]), np.empty((0, 6, 2)))
    assert unseen.centre[5] == pytest.approx(logs.mean())
    assert unseen.spread[5] == pytest.approx(np.sqrt(among))
    assert unseen.degrees[5] == pytest.approx(4)


def test_a_guide_is_followed_as_far_as_the_past_shows():
    chance = np.random.default_rng(1)
    guide = chance.normal(size=(12, 4))
    logs = 0.7 + 0.5 * guide + 0.01 * chance.normal(size=(12, 4))
    found = taken_apart(logs, guide[None])
    assert found.weight[0] == pytest.approx(0.5, abs=0.01)
    centre, spread = found.drawn_from(np.full((12, 1), 1.0))
    assert centre == pytest.approx(np.full(12, 1.2), abs=0.02)
    assert (spread >= found.spread).all()


def test_two_ways_sums_to_the_table_and_leaves_nothing_by_row_or_column():
    values = np.random.default_rng(2).normal(size=(12, 5))
    values[3, 2] = values[7, 0] = np.nan
    by_row, by_column, rest = two_ways(values)
    known = ~np.isnan(values)
    whole = by_row[:, None] + by_column + rest
    assert whole[known] == pytest.approx(values[known])
    assert np.nansum(rest, axis=0) == pytest.approx(np.zeros(5), abs=1e-9)
    assert np.nansum(rest, axis=1) == pytest.approx(np.zeros(12), abs=1e-9)


def test_a_flow_cannot_fall_below_its_six_months_and_a_met_plan_is_met():
    found = only(outlook.table(facts(*past("C1-01"), *now("C1-01", 50, 50)), 2022))
    assert found["low"] >= 50
    assert found["probability"] == 1


def test_the_probability_falls_as_the_plan_rises():
    chances = [
        only(outlook.table(facts(*past("C1-01"), *now("C1-01", 50, plan)), 2022))["probability"]
        for plan in (60, 90, 103, 115, 200)
    ]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.9
    assert chances[2] == pytest.approx(0.5, abs=0.1)
    assert chances[-1] < 0.1


def test_where_less_is_better_the_plan_is_met_at_or_below():
    ratios = [0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05]
    low, high = (
        only(outlook.table(facts(*past("C1-19", ratios), *now("C1-19", 1000, plan)), 2022))[
            "probability"
        ]
        for plan in (400, 1800)
    )
    assert low < 0.2 < 0.8 < high


def test_every_past_year_is_forecast_from_the_others_beside_simple_guesses():
    found = outlook.tried(facts(*past("C1-01")), 2022)
    assert list(found.columns) == schemas.column_names("tried")
    assert found.groupby("year").size().to_dict() == {}  # of two years one is left: too few
    rows = [
        fact(year, period, d, "C1-01", "actual", value)
        for year in (2019, 2020, 2021)
        for d in DISTRICTS
        for period, value in (("h1", 100.0 + year - 2019), ("annual", 210.0))
    ]
    found = outlook.tried(facts(*rows), 2022)
    last = found[found["year"] == 2021].iloc[0]
    assert (last["doubled"], last["last_value"], last["actual"]) == (204, 210, 210)
    assert last["last_ratio"] == pytest.approx(102 * 210 / 101)
    assert found[found["year"] == 2019]["last_value"].isna().all()


def test_warnings_begin_with_what_is_most_easily_saved():
    table = pd.DataFrame(
        [
            ("127", "C1-01", 40.0, 120.0, 100.0, 90.0, 110.0, 0.1),
            ("127", "C1-06", 40.0, 102.0, 100.0, 90.0, 110.0, 0.4),
            ("127", "C1-14", 40.0, 90.0, 100.0, 90.0, 110.0, 0.9),
            ("127", "C3-06", 40.0, 50.0, 38.0, 30.0, 45.0, 0.2),
        ],
        columns=schemas.column_names("outlook"),
    )
    found = outlook.warnings(table, units.PLAN_DAY)
    assert found["indicator"].to_list() == ["C1-06", "C1-01", "C3-06"]
    assert found["push"].to_list()[:2] == pytest.approx([62 / 60, 80 / 60])
    assert np.isnan(found["push"].iloc[2])


@pytest.mark.parametrize("plan", [np.nan, None])
def test_without_a_plan_there_is_no_probability(plan):
    found = only(outlook.table(facts(*past("C1-01"), *now("C1-01", 50, plan)), 2022))
    assert np.isnan(found["probability"])
    assert found["expected"] > 0


def test_fewer_than_eight_past_pairs_give_no_forecast_and_keep_the_row():
    rows = facts(*past("C1-01", RATIOS[:7]), *now("C1-01", 50, 105))
    found = only(outlook.table(rows, 2022))
    assert found["so_far"] == 50
    assert np.isnan(found[["expected", "low", "high", "probability"]].astype(float)).all()
    eight = facts(*past("C1-01", RATIOS[:8]), *now("C1-01", 50, 105))
    assert only(outlook.table(eight, 2022))["expected"] > 50


def test_one_past_year_cannot_tell_how_years_differ():
    districts = [str(code) for code in range(116, 128)]
    rows = [
        fact(2021, period, d, "C1-01", "actual", value)
        for d in districts
        for period, value in (("h1", 100.0), ("annual", 210.0))
    ]
    found = outlook.table(facts(*rows, *now("C1-01", 50, 105)), 2022)
    assert np.isnan(only(found[found["district_code"] == "127"])["expected"])


def test_a_figure_of_zero_cannot_be_carried_forward():
    found = only(outlook.table(facts(*past("C1-01"), *now("C1-01", 0, 105)), 2022))
    assert found["so_far"] == 0
    assert np.isnan(found["expected"])


def test_the_year_itself_and_other_indicators_teach_nothing():
    rows = facts(
        *past("C1-01"),
        *now("C1-01", 50, 105),
        fact(2022, "annual", "127", "C1-01", "actual", 50_000),
        *past("C1-06", [9.0] * 10),
    )
    alone = facts(*past("C1-01"), *now("C1-01", 50, 105))
    assert_frame_equal(outlook.table(rows, 2022), outlook.table(alone, 2022))


def test_a_past_half_year_of_zero_or_a_missing_year_is_no_pair():
    rows = facts(
        *past("C1-01"),
        *now("C1-01", 50, 105),
        fact(2019, "h1", "118", "C1-01", "actual", 0.0),
        fact(2019, "annual", "118", "C1-01", "actual", 10.0),
        fact(2019, "h1", "119", "C1-01", "actual", 10.0),
    )
    alone = facts(*past("C1-01"), *now("C1-01", 50, 105))
    expected = only(outlook.table(alone, 2022))["expected"]
    assert only(outlook.table(rows, 2022))["expected"] == pytest.approx(expected)


def test_a_percentage_stays_within_a_hundred():
    ratios = [1.0, 1.02, 1.04, 1.06, 1.08, 1.1, 1.12, 1.14]
    found = only(outlook.table(facts(*past("C2-04", ratios), *now("C2-04", 98, 95)), 2022))
    assert (found["high"], found["expected"]) == (100, 100)
    assert found["probability"] > 0.8


def test_what_was_not_reported_in_june_has_no_row():
    rows = facts(*past("C1-01"), *now("C1-01", np.nan, 105))
    assert len(outlook.table(rows, 2022)) == 0


@pytest.mark.parametrize("kept", [0, 1])
def test_without_a_half_year_the_table_is_empty_with_its_columns(kept):
    rows = facts(fact(2022, "annual", "127", "C1-01", "actual", 5)).iloc[:kept]
    found = outlook.table(rows, 2022)
    assert len(found) == 0
    assert list(found.columns) == [
        "district_code",
        "indicator",
        "so_far",
        "plan",
        "expected",
        "low",
        "high",
        "probability",
    ]


def test_a_figure_of_a_commune_is_not_the_districts():
    rows = facts(*past("C1-01"), *now("C1-01", 50, 105))
    of_commune = rows.assign(commune_code="04219", district_code="128")
    found = outlook.table(pd.concat([rows, of_commune]), 2022)
    assert found["district_code"].to_list() == ["127"]


def test_the_facts_stay_as_they_were():
    rows = facts(*past("C1-01"), *now("C1-01", 50, 105))
    before = rows.copy(deep=True)
    outlook.table(rows, 2022)
    assert_frame_equal(rows, before)
