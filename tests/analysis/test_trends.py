"""Series -> trends: planted slopes are found again."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

from ntm_eval import reference
from ntm_eval.analysis import ranks, trends

INDICATORS = reference.table("indicators")
YEARS = range(2014, 2023)


def yearly(*values, first=2018):
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


def rows(district, indicator, values, rates=None):
    """`values` by year, as series.csv has them."""
    return pd.DataFrame(
        {
            "district_code": district,
            "indicator": indicator,
            "year": list(values.index),
            "value": values.to_numpy(),
            "denominator": np.nan if rates is None else 1.0,
            "rate": np.nan if rates is None else rates.to_numpy(),
        }
    )


def alone(values, indicator="C1-01"):
    """The trend of one series: its row of the table."""
    series = rows("127", indicator, values, values)
    return trends.table(series, INDICATORS, int(values.index.max())).iloc[0]


def planted(slope, seed, years=YEARS):
    noise = np.random.default_rng(seed).normal(0, 0.3, len(years))
    return pd.Series(50 + slope * (np.array(years) - years[0]) + noise, index=years)


@pytest.mark.parametrize("slope", [-3.0, 0.5, 4.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_planted_slope_lies_in_the_interval_and_gives_its_direction(slope, seed):
    found = alone(planted(slope, seed))
    assert found.low <= slope <= found.high
    assert found.slope == pytest.approx(slope, abs=0.2)
    assert found.direction == ("up" if slope > 0 else "down")


def test_flat_noise_has_no_direction():
    # up and down in turn: as many rising pairs as falling ones
    found = alone(yearly(5.1, 4.9, 5.2, 4.8, 5.0, 4.95))
    assert found.direction == "none"
    assert found.low < 0 < found.high


def test_one_bad_year_does_not_move_the_slope():
    values = yearly(10, 12, 14, 16, 18, 20, 22)
    values[2020] = 900
    assert alone(values).slope == pytest.approx(2, abs=0.5)


def test_five_rising_years_have_the_exact_p_of_two_in_120():
    found = alone(yearly(1, 2, 3, 5, 8))
    assert found.p_value == pytest.approx(2 / 120, rel=1e-12)
    assert (found.direction, found.years, found.first_year, found.last_year) == (
        "up",
        5,
        2018,
        2022,
    )


def test_four_years_cannot_show_a_direction():
    found = alone(yearly(1, 2, 3, 4))
    assert found.p_value == pytest.approx(2 / 24)
    assert (found.slope, found.direction) == (1, "none")


def test_a_series_that_never_changes_has_slope_zero_and_p_one():
    found = alone(yearly(7, 7, 7, 7, 7))
    assert found[["slope", "low", "high", "p_value", "q_value"]].to_list() == [0, 0, 0, 1, 1]
    assert found[["direction", "good", "basis"]].to_list() == ["none", "unclear", "test"]


def test_a_stock_that_rises_every_year_is_described_and_never_tested():
    found = alone(yearly(10, 12, 13, 17, 20), "C3-01")
    assert found[["direction", "good", "basis", "slope"]].to_list() == [
        "up",
        "better",
        "described",
        2.5,
    ]
    assert found[["low", "high", "p_value", "q_value"]].isna().all()


def test_a_stock_with_one_year_against_the_others_has_no_direction():
    found = alone(yearly(10, 12, 11, 17, 20, 30, 40, 50), "C3-01")
    assert found[["direction", "basis"]].to_list() == ["none", "described"]
    assert alone(yearly(10, 12, 12, 17, 20), "C3-01")["direction"] == "none"
    assert alone(yearly(10, 12, 13), "C3-01")["direction"] == "too_few"


def test_a_stock_is_no_test_among_the_q_values():
    flow, stock = (rows("127", i, yearly(1, 2, 3, 5, 8)) for i in ("C1-01", "C3-01"))
    found = trends.table(pd.concat([flow, stock]), INDICATORS, 2022).set_index("indicator")
    assert found.loc["C1-01", "q_value"] == pytest.approx(2 / 120)


def test_fewer_houses_removed_where_fewer_are_left_is_neither_good_nor_bad():
    found = alone(yearly(50, 40, 30, 20, 10), "C1-16")
    assert found[["direction", "good"]].to_list() == ["down", "unclear"]


def test_a_course_has_its_first_last_and_former_value():
    series = pd.concat(
        [
            rows("127", "C1-01", yearly(1, 2, 3, 5, 8)),
            rows("119", "C1-01", yearly(4, 6, 5, 7, np.nan, 9)),
        ]
    )
    found = trends.course(trends.table(series, INDICATORS, 2023), series)
    assert found[["first", "last", "before", "steps"]].fillna(-1).to_numpy().tolist() == [
        [4, 9, -1, "mixed"],
        [1, 8, 5, "up"],
    ]


def shared(values, indicator="C1-01"):
    codes = [str(118 + n) for n in range(len(values))]
    series = pd.concat([rows(c, indicator, v) for c, v in zip(codes, values, strict=True)])
    found = trends.table(series, INDICATORS, 2022)
    return trends.shared(found, series, INDICATORS, 2022).iloc[0]


def test_what_most_districts_share_is_tested_on_the_province():
    up, down = yearly(10, 12, 13, 15, 18), yearly(5, 4, 3, 2, 1)
    found = shared([up] * 9 + [down] * 3)
    assert found[["first", "last", "direction", "steps"]].to_list() == [105, 165, "up", "up"]
    assert found[["districts", "expected", "shared"]].to_list() == [9, 12, True]
    assert not shared([up] * 8 + [down] * 4)["shared"]  # two thirds are not most
    assert not shared([up] * 5)["shared"]  # too few districts


def test_the_province_is_that_of_the_districts_that_reported_every_year():
    up, gap = yearly(10, 12, 13, 15, 18), yearly(100, 90, np.nan, 70, 60)
    found = shared([up] * 9 + [gap])
    assert found[["first", "last", "districts", "expected"]].to_list() == [90, 162, 9, 10]


def test_percentages_of_districts_have_a_mean_and_no_sum():
    found = shared([yearly(80, 81, 82, 83, 90)] * 12, "C2-04")
    assert found[["first", "last", "basis"]].to_list() == [80, 90, "described"]


def test_what_hangs_on_one_year_is_named_with_the_year():
    clear = yearly(0, 1, 2, 3, 4, 5, first=2015)
    wild = yearly(0.1, 1, 2, 3, 4, -9, first=2015)  # only the last year breaks the rise
    series = pd.concat([rows("127", "C1-01", clear), rows("119", "C1-01", wild)])
    found = trends.influence(series, INDICATORS, 2022)
    assert found[["district_code", "year", "hangs"]].to_numpy().tolist() == [
        ["119", 2020, "hidden"],
    ]
    assert found["without"].iloc[0] == pytest.approx(1, abs=0.1)


def test_a_direction_that_needs_one_year_hangs_on_it():
    # 14 of 15 pairs rise (p 0.017); without 2015 nine of ten (p 0.083)
    series = rows("127", "C1-01", yearly(1, 3, 2, 4, 5, 6, first=2015))
    found = trends.influence(series, INDICATORS, 2022)
    assert found["hangs"].to_list() == ["direction"]


def test_no_series_give_an_empty_influence():
    assert len(trends.influence(rows("127", "C1-01", yearly()), INDICATORS, 2022)) == 0


def test_fewer_than_four_years_are_too_few():
    found = alone(yearly(1, 2, np.nan, 4))
    assert (found.years, found.first_year, found.last_year) == (3, 2018, 2021)
    assert found.direction == "too_few"
    assert found[["slope", "low", "high", "p_value"]].isna().all()


def test_a_missing_year_is_a_gap_in_time_and_not_a_step():
    assert alone(yearly(2, 4, np.nan, 8, 10)).slope == 2


def test_the_order_of_the_years_does_not_matter():
    values = yearly(1, 2, 3, 5, 8)
    assert_series_equal(alone(values.sample(frac=1, random_state=0)), alone(values))


def test_the_table_has_the_columns_of_the_contract_and_a_row_for_each_pair():
    series = pd.concat(
        [rows("127", "C1-01", yearly(1, 2, 3, 5, 8)), rows("119", "C1-01", yearly(3, np.nan))]
    )
    before = series.copy()
    found = trends.table(series, INDICATORS, 2022)
    assert list(found.columns) == [
        "district_code",
        "indicator",
        "years",
        "first_year",
        "last_year",
        "slope",
        "low",
        "high",
        "p_value",
        "q_value",
        "direction",
        "good",
        "basis",
    ]
    assert found[["district_code", "years", "direction"]].to_numpy().tolist() == [
        ["119", 1, "too_few"],
        ["127", 5, "up"],
    ]
    assert_frame_equal(series, before)


def test_nothing_is_fitted_across_a_break():
    # poverty standard of 2022: the jump is the standard's, not the district's
    rate = yearly(0.30, 0.27, 0.24, 0.21, 0.35, 0.33)
    found = trends.table(rows("127", "C1-19", rate, rate), INDICATORS, 2023).iloc[0]
    assert (found["years"], found["first_year"], found["direction"]) == (2, 2022, "too_few")


def test_before_the_break_comes_the_old_series_is_whole():
    rate = yearly(0.35, 0.30, 0.27, 0.24, 0.21, 0.35, first=2017)
    found = trends.table(rows("127", "C1-19", rate, rate), INDICATORS, 2021).iloc[0]
    assert (found["years"], found["last_year"], found["direction"]) == (5, 2021, "down")
    assert found["good"] == "better"


def test_years_after_the_review_do_not_count():
    series = rows("127", "C1-01", yearly(1, 2, 3, 5, 8))
    assert trends.table(series, INDICATORS, 2020).iloc[0]["years"] == 3


def test_a_pair_with_nothing_reported_is_kept_without_years():
    series = rows("127", "C1-27", yearly(np.nan, np.nan))
    found = trends.table(series, INDICATORS, 2022).iloc[0]
    assert (found["years"], found["direction"], found["good"]) == (0, "too_few", "unclear")
    assert np.isnan(found["first_year"])


@pytest.mark.parametrize(
    ("indicator", "values", "good"),
    [
        ("C1-01", (1, 2, 3, 5, 8), "better"),
        ("C1-01", (8, 5, 3, 2, 1), "worse"),
        ("C1-01", (3, 1, 4, 1, 5), "unclear"),
        ("C5-04", (1, 2, 3, 5, 8), "unclear"),  # neither more nor fewer is better
        ("C1-17", (8, 5, 3, 2, 1), "better"),
        ("C1-17", (1, 2, 3, 5, 8), "worse"),
    ],
)
def test_good_is_read_from_the_direction_that_is_better(indicator, values, good):
    series = rows("127", indicator, yearly(*values), rates=yearly(*values))
    assert trends.table(series, INDICATORS, 2022).iloc[0]["good"] == good


def test_q_values_follow_benjamini_and_hochberg_by_hand():
    # m = 4: 0.01·4/1, 0.02·4/2, 0.03·4/3 and 0.5·4/4, each at most the next
    found = ranks.q_values(np.array([0.03, 0.01, np.nan, 0.5, 0.02]))
    assert found == pytest.approx([0.04, 0.04, np.nan, 0.5, 0.04], nan_ok=True)


def test_the_q_value_counts_every_test_of_the_table():
    rising = [rows(d, "C1-01", yearly(1, 2, 3, 5, 8)) for d in ("119", "127")]
    flat = [rows(d, "C1-06", yearly(4, 4, 4, 4, 4)) for d in ("119", "127")]
    found = trends.table(pd.concat(rising + flat), INDICATORS, 2022)
    assert found.query("indicator == 'C1-01'")["q_value"].to_list() == pytest.approx([4 / 120] * 2)


def test_no_series_give_an_empty_table():
    found = trends.table(rows("127", "C1-01", yearly()), INDICATORS, 2022)
    assert len(found) == 0
    assert found["slope"].dtype == float
