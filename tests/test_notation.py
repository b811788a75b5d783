"""Numbers, days and names are written as an official would write them."""

from datetime import date

import pandas as pd
import pytest

from ntm_eval import notation

NAN = float("nan")
MUONG_DO, MUONG_VA, HAT_LOT = "03943", "04243", "04135"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (1234567.891, 2, "1.234.567,89"),
        (0.0, 0, "0"),
        (-0.0, 1, "0,0"),
        (-0.04, 1, "0,0"),
        (-1234.5, 1, "−1.234,5"),
        (NAN, 0, "–"),
        (None, 0, "–"),
        (1e21, 0, "1" + ".000" * 7),
    ],
)
def test_a_number_is_in_vietnamese_form_and_zero_is_not_a_dash(value, decimals, text):
    assert notation.number(value, decimals) == text


@pytest.mark.parametrize(("share", "text"), [(0.0, "0,0%"), (1, "100,0%"), (NAN, "–"), (None, "–")])
def test_a_share_is_a_percentage(share, text):
    assert notation.percent(share) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (999_999, "đồng", "999.999 đồng"),
        (1_000_000, "đồng", "1 triệu đồng"),
        (-2.5e9, "đồng", "−2,5 tỷ đồng"),
        (0, "đồng", "0 đồng"),
        (1200, "hộ", "1.200 hộ"),
        (10.50, "km", "10,5 km"),
        (93.0, "%", "93%"),
        (7, "", "7"),
        (NAN, "hộ", "–"),
        (None, "đồng", "–"),
    ],
)
def test_a_quantity_has_its_unit_and_no_trailing_zeros(value, unit, text):
    assert notation.quantity(value, unit) == text


def test_a_quantity_in_a_column_that_names_its_unit_is_bare():
    assert notation.quantity(2e9, "đồng", with_unit=False) == "2 tỷ"
    assert notation.quantity(5, "hộ", with_unit=False) == "5"


@pytest.mark.parametrize(
    ("value", "indicator", "text"),
    [
        (0.2166, "C1-19", "21,7%"),  # a share of households
        (15.5, "C1-03", "15,5 m²/hộ"),
        (1200.0, "C1-01", "1.200 cuộc"),
        (93.19, "C2-04", "93,19%"),  # typed in per cent
        (NAN, "C1-19", "–"),
    ],
)
def test_a_measured_value_is_in_the_unit_of_its_series(value, indicator, text):
    assert notation.measured(value, indicator) == text


@pytest.mark.parametrize(
    ("value", "indicator", "text"),
    [
        (-0.0105, "C1-19", "−1,05 điểm phần trăm"),
        (1.5, "C2-04", "+1,50 điểm phần trăm"),
        (123.7, "C1-01", "+124 cuộc"),
        (-2.25, "C1-01", "−2,25 cuộc"),
        (0.0, "C1-01", "0 cuộc"),
        (NAN, "C1-01", "–"),
    ],
)
def test_a_change_has_its_sign_and_shares_change_by_points(value, indicator, text):
    assert notation.change(value, indicator) == text


@pytest.mark.parametrize(
    ("ratio", "indicator", "text"),
    [
        (1.2, "C1-01", "120,0%"),
        (0.5, "C1-01", "50,0%"),
        (0.9997, "C1-01", "99,97%"),
        (0.1 + 0.2 + 0.7 - 1e-16, "C1-01", "100,0%"),
        (1.25, "C1-19", "cao hơn 25,0%"),
        (1.0, "C1-19", "không vượt"),
        (0.5, "C1-19", "không vượt"),
        (NAN, "C1-01", "–"),
        (NAN, "C1-19", "–"),
    ],
)
def test_against_its_plan_less_is_good_news_where_less_is_better(ratio, indicator, text):
    assert notation.against_plan(ratio, indicator) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (date(2022, 12, 5), "05/12/2022"),
        (pd.Timestamp("2022-06-09"), "09/06/2022"),
        (None, "–"),
        (pd.NaT, "–"),
    ],
)
def test_a_day_is_written_as_on_paper(when, text):
    assert notation.day(when) == text


def test_names_come_from_the_reference():
    assert notation.district_name("127") == "Sốp Cộp"
    assert notation.commune_name(MUONG_DO) == "Xã Mường Do"
    assert notation.measure_name("C1-19") == "Tỷ lệ hộ nghèo (C1-19)"
    assert notation.measure_name("C1-01") == "Cuộc tuyên truyền, vận động (C1-01)"


@pytest.mark.parametrize(
    ("part", "indicator", "text"),
    [
        ("C1", "C1-19", "Hộ nghèo"),
        ("reporting", "on_time", "gửi đúng hạn"),
        ("C6", NAN, "Giải pháp thực hiện"),
    ],
)
def test_a_row_of_the_scores_has_a_name(part, indicator, text):
    assert notation.score_name(part, indicator) == text
