"""A date, or the mark of a criterion, is read surely or not at all."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typed import DRESS, MANY

from ntm_eval.intake.values import read_date, read_mark


@pytest.mark.parametrize(
    "typed",
    [
        "5/12/2022",
        "05/12/2022",
        "5-12-2022",
        "05.12.2022",
        "2022-12-05",
        " 05/12/2022 ",
        "ngày 05/12/2022",
        "05/12/2022 09:30",
        "2022-12-05T09:30:00",
        "ngày 5 tháng 12 năm 2022",
        "Ngày 05 tháng 12\nnăm 2022",
        "ngay 5 thang 12 nam 2022",
        unicodedata.normalize("NFD", "ngày 5 tháng 12 năm 2022"),
        dt.date(2022, 12, 5),
        dt.datetime(2022, 12, 5, 14, 30),
        pd.Timestamp(2022, 12, 5),
    ],
)
def test_a_date_is_read_day_first(typed):
    day = read_date(typed)
    assert day == dt.date(2022, 12, 5)
    assert type(day) is dt.date


@pytest.mark.parametrize(
    "typed",
    [
        None,
        "",
        "x",
        "31/4/2022",
        "29/2/2022",
        "0/1/2022",
        "1/1/0000",
        "12/31/2022",
        "2022-31-12",
        "2022/12/05",
        "2022-1-5",
        "5/12/22",
        "5/12",
        "5/12-2022",
        "5 12 2022",
        "5/12/2022²",
        "5/12/20222",
        "31/12/9999",
        "1/1/0001",
        dt.date(9999, 12, 31),
        "khoảng 5/12/2022",
        "tháng 12 năm 2022",
        44900,
        44900.0,
        True,
        dt.time(1, 2),
        pd.NaT,
    ],
)
def test_what_is_not_surely_a_day_is_no_date(typed):
    assert read_date(typed) is None


def test_an_iso_date_is_never_day_first():
    assert read_date("2022-06-10") == dt.date(2022, 6, 10)


@MANY
@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)), st.sampled_from("/-."), DRESS)
def test_a_date_comes_back_from_every_form(day, mark, dress):
    short = f"{day.day}{mark}{day.month}{mark}{day.year}"
    words = f"ngày {day.day} tháng {day.month} năm {day.year}"
    for typed in (short, f"{day:%d/%m/%Y}", day.isoformat(), words):
        assert read_date(dress(typed)) == day


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        *((t, "Đ") for t in ("Đ", "đ", "Ð", "D", "d", "đạt", "Đạt", "ĐẠT", "dat", " Đ ")),
        (unicodedata.normalize("NFD", "đạt"), "Đ"),
        *((t, "C") for t in ("C", "c", "chưa", "Chưa", "chưa đạt", "chua dat", "Chưa\nđạt")),
        *((t, None) for t in (None, "", " ", "x", "X", "-", "–", "…", "None")),
    ],
)
def test_a_criterion_is_met_not_yet_or_blank(typed, mark):
    assert read_mark(typed) == (mark, True)


@pytest.mark.parametrize(
    "typed", ["7", 1, 0, True, "v", "Đ/C", "ĐC", "Đ?", "Đ²", "không", "không đạt", "KAD", "đ" * 200]
)
def test_any_other_mark_is_unreadable_and_not_blank(typed):
    assert read_mark(typed) == (None, False)
