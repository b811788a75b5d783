"""The contract's table of what a figure may be typed as, row by row."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pandas as pd
import pytest
from typed import DECIMALS, KINDS, WHOLE, is_number, read

from ntm_eval import reference
from ntm_eval.intake.values import BLANK, NOT_APPLICABLE, REJECTED, read_number
from ntm_eval.units import fold


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("typed", [1043, 1043.0, 0, 0.0, -5.0])
def test_a_whole_excel_number_is_taken_as_it_is(typed, kind):
    assert read(typed, kind) == is_number(typed)


@pytest.mark.parametrize("kind", DECIMALS)
def test_an_excel_number_with_decimals_is_taken_as_it_is(kind):
    assert read(93.19, kind) == is_number(93.19)


@pytest.mark.parametrize("kind", WHOLE)
def test_an_excel_fraction_in_a_column_of_counts_is_kept_and_marked(kind):
    assert read(93.19, kind) == is_number(93.19, problem="not_an_integer")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "typed", ["1.043", "1 043", "1\u00a0043", "1\u2009043", "1\u202f043", "１．０４３", "1043"]
)
def test_groups_of_three_are_thousands(typed, kind):
    assert read(typed, kind) == is_number(1043)


@pytest.mark.parametrize("typed", ["1.043", "1 043"])
def test_one_group_above_the_plausible_maximum_of_decimals_is_decimals_and_marked(typed):
    assert read(typed, "number", 1043) == is_number(1043)
    assert read(typed, "number", 1042) == is_number(1.043, problem="ambiguous_number")
    assert read(typed, "number", float("nan")) == is_number(1043)
    assert read(typed, "count", 100) == is_number(1043)


@pytest.mark.parametrize("typed", ["1043", "1.234.567", "1.043,5"])
def test_a_number_that_can_be_read_in_one_way_only_is_never_made_plausible(typed):
    assert read(typed, "number", 100).number > 100
    assert read(typed, "number", 100).problem is None


@pytest.mark.parametrize("typed", ["1.234,5", "1234,5", "1 234,5", "1234.5"])
def test_a_decimal_mark_after_thousands(typed):
    assert read(typed, "number") == is_number(1234.5)
    assert read(typed, "count") == is_number(1234.5, problem="not_an_integer")


@pytest.mark.parametrize("typed", ["93.19", "93,19"])
def test_a_decimal_number(typed):
    assert read(typed, "percent") == is_number(93.19)
    assert read(typed, "count") == is_number(93.19, problem="not_an_integer")


@pytest.mark.parametrize(
    "typed",
    [
        "2 tỷ 100 triệu",
        "2,1 tỷ",
        "2.1 tỷ",
        "2 tỉ 100 triệu đồng",
        "2.100 triệu",
        "2.100.000.000đ",
        "2100 tr",
        "2.100 trđ",
        "2tỷ100triệu",
        "2 ty 100 trieu dong",
        "2 TỶ 100 TRIỆU ĐỒNG",
        "2.100.000.000 VNĐ",
        "2 100 000 nghìn đồng",
        "2.100.000 ngàn vnd",
    ],
)
def test_money_in_words(typed):
    assert read(typed, "money").number == 2_100_000_000


@pytest.mark.parametrize(
    ("typed", "kind", "number", "qualifier"),
    [
        ("gần 303 tỷ", "money", 303_000_000_000, "gần"),
        ("trên 550.700 m2", "area", 550_700, "trên"),
        ("Trên 550.700 m²", "area", 550_700, "trên"),
        ("hơn 50 triệu", "money", 50_000_000, "hơn"),
        ("khoang 30.000 luot nguoi", "count", 30_000, "khoảng"),
        ("dưới 5%", "percent", 5, "dưới"),
        ("ước 12,5", "number", 12.5, "ước"),
        ("ước  đạt\n12,5 km", "number", 12.5, "ước đạt"),
    ],
)
def test_a_qualifier_is_kept_beside_the_number(typed, kind, number, qualifier):
    assert read(typed, kind) == is_number(number, qualifier=qualifier)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5 ha", 50_000),
        ("5ha", 50_000),
        ("0,5 HA", 5_000),
        ("10 sào", 3_600),
        ("1 ha 200 m2", 10_200),
        ("5,12345 ha", 51_234.5),
    ],
)
def test_another_unit_of_area_is_converted_and_marked(typed, number):
    assert read(typed, "area") == is_number(number, problem="unit_converted")


@pytest.mark.parametrize("typed", ["5 ha", "5 m2", "5 triệu", "5%"])
def test_another_unit_is_not_read_in_other_columns(typed):
    assert read(typed, "count") == REJECTED


@pytest.mark.parametrize(
    ("typed", "kind", "number"),
    [
        ("12.250 lượt người", "count", 12_250),
        ("12.250 LƯỢT NGƯỜI", "count", 12_250),
        ("12.250 luot nguoi", "count", 12_250),
        ("12.250lượt\nngười", "count", 12_250),
        ("93,19%", "percent", 93.19),
        ("93,19 %", "percent", 93.19),
        ("93,19％", "percent", 93.19),
        ("12,5 km", "number", 12.5),
        ("12,5Km", "number", 12.5),
        ("500 m2", "area", 500),
        ("500m²", "area", 500),
        ("500 ㎡", "area", 500),
        ("500 mét vuông", "area", 500),
        ("500 Ð", "money", 500),
    ],
)
def test_the_columns_own_unit_may_follow(typed, kind, number):
    assert read(typed, kind) == is_number(number)


def test_every_indicator_takes_its_own_unit_with_and_without_diacritics():
    rows = reference.table("indicators")[["kind", "unit"]].drop_duplicates()
    for kind, unit in rows.to_numpy():
        for typed in (f"12 {unit}", f"12 {fold(unit)}", unicodedata.normalize("NFD", f"12{unit}")):
            assert read_number(typed, kind, unit) == is_number(12), typed
    assert len(rows) > 20


def test_a_self_score_takes_points():
    assert read_number("9,5 điểm", "number", "điểm") == is_number(9.5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "typed", ["0", "không", "không có", "Không", "KHONG CO", " không\ncó ", "-0"]
)
def test_zero_and_the_words_for_none_are_zero(typed, kind):
    assert read(typed, kind) == is_number(0)


@pytest.mark.parametrize("typed", [-0.0, "-0"])
def test_zero_has_no_sign(typed):
    assert str(read(typed).number) == "0.0"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "typed",
    [None, "", "  ", "\u00a0", "\u200b", "-", "–", "—", "−", "x", "X", "…", "...", "None"],
)
def test_a_mark_for_nothing_is_blank(typed, kind):
    assert read(typed, kind) == BLANK


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("typed", ["KAD", "kad", "không áp dụng", "Không áp dụng", "khong ap dung"])
def test_not_applicable_is_neither_blank_nor_zero(typed, kind):
    assert read(typed, kind) == NOT_APPLICABLE


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "typed",
    [
        pytest.param(typed, id=repr(typed)[:30])
        for typed in (
            True,
            False,
            float("nan"),
            float("inf"),
            10**400,
            dt.date(2022, 6, 10),
            dt.datetime(2022, 6, 10),
            dt.time(1, 2),
            dt.timedelta(days=1),
            pd.NaT,
            [5],
            "#DIV/0!",
            "#N/A",
            "nhiều",
            "khống",
            "gần không",
            "gần",
            "gần50",
            "(5)",
            "- 5",
            "+5",
            "--5",
            "5-",
            "1/2",
            "½",
            "10²",
            "5①",
            "3.500-4.000",
            "10/6/2022",
            "5 hộ khác",
            "1.23.4",
            "1.2345.678",
            "1234.567.890",
            "0.123.456",
            "1,234,567",
            "1,234.5",
            "1 234.5",
            "1.234 567",
            "1  043",
            "1\n043",
            "1\t043",
            "12 34",
            "1'043",
            "1e5",
            "0x10",
            "1_000",
            ",5",
            "5,",
            "5.",
            ".5",
            "١٢",
            "1" * 101,
        )
    ],
)
def test_anything_else_is_rejected(typed, kind):
    value = read(typed, kind)
    assert value._replace(problem=value.problem.partition(".")[0]) == REJECTED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("#DIV/0!", "error"),
        ("#N/A", "error"),
        ("#SPILL!", "error"),
        ("Err:502", "error"),
        ("326²", "raised"),
        ("326⁽¹⁾", "raised"),
        ("326₂", "raised"),
        ("[gạch bỏ: 320] 326", "struck"),
        ("[ẩn: 326]", "hidden"),
    ],
)
def test_why_a_cell_shows_no_number_is_said(typed, why, kind):
    assert read(typed, kind) == REJECTED._replace(problem=f"not_a_number.{why}")


@pytest.mark.parametrize(
    ("noisy", "number"), [(326.00000000000006, 326), (12114.999999999998, 12115)]
)
def test_the_noise_of_a_sum_is_no_decimal(noisy, number):
    assert read(noisy) == is_number(number)


@pytest.mark.parametrize(
    "typed",
    [
        "2 tỷ 100",
        "2 tỷ rưỡi",
        "100 triệu 2 tỷ",
        "2 tỷ 3 tỷ",
        "2 tỷ 0,5 tỷ",
        "2 triệu 0 tỷ",
        "2 tỷ 1.500 triệu",
        "2,5 tỷ 100 triệu",
        "2 tỷ đồng hộ",
        "tỷ",
    ],
)
def test_money_in_words_that_may_mean_two_things_is_rejected(typed):
    assert read(typed, "money") == REJECTED


def test_money_that_is_not_a_whole_number_of_dong_is_marked():
    assert read("0,0005 nghìn", "money") == is_number(0.5, problem="not_an_integer")


def test_money_is_counted_exactly_and_not_in_binary_fractions():
    assert read("1,005 tỷ", "money") == is_number(1_005_000_000)
    assert read("0,57 tỷ", "money") == is_number(570_000_000)
    assert read("4,35 triệu", "money") == is_number(4_350_000)


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize(("typed", "number"), [("1,043", 1.043), ("0.043", 0.043)])
def test_a_decimal_comma_with_three_digits_never_becomes_thousands(typed, kind, number):
    assert read(typed, kind) == is_number(number, problem="not_an_integer")


@pytest.mark.parametrize("typed", ["-5", "−5", "-5 lượt người"])
def test_a_negative_number_is_read_and_left_to_the_checks(typed):
    assert read(typed) == is_number(-5)


@pytest.mark.parametrize(
    "unseen",
    ["\u200b", "\u200c", "\u200d", "\u200f", "\u00ad", "\u2060", "\u2063", "\u2066", "\ufe0f"],
)
def test_a_pasted_number_with_invisible_marks_is_what_one_sees(unseen):
    assert read("\ufeff\u202d1.\u200b043\u202c") == is_number(1043)
    assert read(f"3{unseen}26") == is_number(326)
