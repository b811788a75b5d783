"""Tables of residents' answers: both shares, and no small count."""

import re
from datetime import date

import numpy as np
import pandas as pd
from pictures import answers, satisfaction

from ntm_eval import reference
from ntm_eval.analysis import satisfaction as analysed
from ntm_eval.reporting import sections

DAY = date(2022, 12, 31)
CHIENG_LY, LONG_HE = "03751", "03763"
NAN = np.nan


def test_every_question_stands_in_the_annex_with_both_shares():
    table = answers(
        (CHIENG_LY, "xã NTM", "1", 1269, 1043, 972, 71),
        (CHIENG_LY, "xã NTM", "2", 500, 400, 380, 17),
        (CHIENG_LY, "xã NTM", "3", 500, 400, 397, 2),
        (CHIENG_LY, "xã NTM", "19", 1269, 1043, NAN, NAN),
    )
    rows = sections.satisfaction.table(table).rows
    said = "✓ đạt (ngưỡng chưa đối chiếu với văn bản)"
    assert rows[0][3:] == ("1.043", "1.043", "972", "93,2%", "93,2%", "92,5–93,8%", "80%", said)
    assert rows[1][3:8] == ("400", "*", "380", "95,0%", "95,2–96,0%")
    assert rows[2][3:9] == ("400", "*", "*", "99,0–99,8%", "–", "–")
    assert set(rows[3][4:9]) == {"–"}
    assert rows[3][10] == "○ chưa rõ số"


def test_no_small_count_is_printed_anywhere():
    table = answers(*((CHIENG_LY, "xã NTM", str(q), 800, 400, 397, 2) for q in (1, 19)))
    shown = [
        sections.satisfaction.table(table),
        sections.satisfaction.summary(table),
        sections.satisfaction.gaps(table),
        sections.survey.coverage_table(table, DAY),
        sections.survey.summary(table, DAY),
    ]
    text = " ".join(map(repr, shown))
    assert not re.search(r"\b(397|399|99,2%|99,5%)", text)
    assert "400" in text


def test_warnings_name_the_commune_what_and_what_to_do_without_its_figures():
    found = pd.DataFrame(
        [
            (CHIENG_LY, "all_satisfied", "1.043 phiếu"),
            (CHIENG_LY, "all_satisfied", "again"),
            (LONG_HE, "group_unlike", "bản 3: 12 phiếu"),
            (LONG_HE, "blank_cell", "other"),
        ],
        columns=["commune_code", "rule", "message"],
    )
    few = answers((LONG_HE, "xã NTM", "19", 1000, 400, 390, 10))
    rows = sections.survey.warnings(few, found, DAY).rows
    assert [r[:2] for r in rows] == [
        ("Xã Chiềng Ly", "100% hài lòng ở mọi câu"),
        ("Xã Long Hẹ", "Một bản hoặc người thu phiếu khác hẳn"),
        ("Xã Long Hẹ", "Chưa đủ phiếu"),
    ]
    assert "theo phiếu thu" in rows[2][2]
    assert "12 phiếu" not in repr(rows)


def test_the_warnings_are_rules_that_exist():
    assert set(sections.survey.WARNINGS) <= set(reference.table("rules")["rule"])


def test_tables_of_nothing_say_so():
    nothing = satisfaction().head(0)
    assert sections.survey.coverage_table(nothing, DAY).rows == ()
    assert sections.satisfaction.table(nothing).rows == ()
    assert (
        sections.survey.warnings(nothing, pd.DataFrame(columns=["commune_code", "rule"]), DAY).rows
        == ()
    )
    assert analysed.coverage(nothing, DAY).empty
