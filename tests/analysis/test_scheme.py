"""The scoring scheme: what reference data says, and that its mistakes are named."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ntm_eval import reference
from ntm_eval.analysis import scheme
from ntm_eval.workspace import AnalystError

DAY = date(2022, 12, 31)


@pytest.fixture
def edited(monkeypatch):
    """A function that puts an edited copy of one reference table in place of the file's."""
    read = reference.table

    def edit(name, line, column, value):
        rows = read(name).copy()
        rows.loc[line - 2, column] = value
        monkeypatch.setattr(reference, "table", lambda n: rows if n == name else read(n))

    return edit


def test_the_default_scheme_sums_to_a_hundred():
    rules = scheme.in_force("annual", DAY)
    assert rules.parts.to_dict() == {
        "C1": 25,
        "C2": 15,
        "C3": 15,
        "C4": 15,
        "C5": 15,
        "C6": 5,
        "reporting": 10,
    }
    assert rules.items["points"].to_dict() == {"on_time": 5, "cells_filled": 3, "no_errors": 2}
    assert rules.grades["grade"].to_list() == ["xuất sắc", "tốt", "khá", "trung bình", "yếu"]


def test_only_scored_indicators_due_in_the_period_count():
    annual = set(scheme.in_force("annual", DAY).indicators["indicator"])
    half = set(scheme.in_force("h1", DAY).indicators["indicator"])
    assert half < annual
    assert {"C1-21", "C2-01"} <= annual - half  # asked for once a year
    assert "C1-02" not in annual  # not scored


def test_settled_indicators_refer_to_their_total_and_others_to_none():
    rules = scheme.in_force("annual", DAY).indicators.set_index("indicator")
    assert rules["base"].dropna().to_dict() == {
        "C4-07": "C4-06",
        "C5-05": "C5-04",
        "C5-11": "C5-10",
    }


def test_a_newer_row_replaces_the_older_from_its_day_on(monkeypatch):
    read = reference.table
    newer = (
        read("grades")
        .query("grade == 'tốt'")
        .assign(at_least=85.0, valid_from=pd.Timestamp("2023-01-01"))
    )
    rows = pd.concat([read("grades").iloc[:1], newer, read("grades").iloc[1:]], ignore_index=True)
    monkeypatch.setattr(reference, "table", lambda name: rows if name == "grades" else read(name))
    days = [date(2022, 12, 31), date(2023, 1, 1)]
    grades = [scheme.in_force("annual", day).grades.set_index("grade") for day in days]
    assert [g.at["tốt", "at_least"] for g in grades] == [80, 85]


@pytest.mark.parametrize(
    ("name", "line", "column", "value", "message"),
    [
        ("score_parts", 3, "points", 20.0, r"score_parts\.csv, dòng 2, 3.*cộng lại là 105"),
        ("score_parts", 3, "points", -15.0, r"score_parts\.csv, dòng 3: điểm -15 phải lớn hơn 0"),
        ("score_reporting", 3, "points", 4.0, r"score_reporting\.csv.*cộng lại là 11.*\(10\)"),
        ("score_reporting", 4, "deduction", np.nan, r"score_reporting\.csv, dòng 4.*'no_errors'"),
        ("score_reporting", 4, "item", "on_time", r"score_reporting\.csv.*thiếu mục no_errors"),
        ("grades", 3, "at_least", 95.0, r"grades\.csv, dòng 3: mức 95 phải thấp hơn"),
        ("grades", 3, "at_least", 90.0, r"grades\.csv, dòng 3: mức 90 phải thấp hơn"),
        ("grades", 6, "at_least", 10.0, r"grades\.csv, dòng 6: mức thấp nhất phải là 0"),
        ("indicators", 2, "formula", "times", r"indicators\.csv, dòng 2: C1-01.*'times'; chọn"),
        ("indicators", 2, "formula", np.nan, r"indicators\.csv, dòng 2: C1-01.*''; chọn"),
        ("indicators", 2, "formula", "settled", r"dòng 2: C1-01.*cột denominator"),
        ("indicators", 2, "content", "7", r"dòng 2: C1-01 thuộc phần C7"),
    ],
)
def test_a_mistake_in_the_scheme_is_named_by_file_and_row(
    edited, name, line, column, value, message
):
    edited(name, line, column, value)
    with pytest.raises(AnalystError, match=message):
        scheme.in_force("annual", DAY)


def test_all_mistakes_are_named_at_once(edited):
    edited("grades", 3, "at_least", 95.0)
    reference.table("grades").loc[4, "at_least"] = 3.0
    with pytest.raises(AnalystError, match=r"(?s)dòng 3.*dòng 6"):
        scheme.in_force("annual", DAY)
