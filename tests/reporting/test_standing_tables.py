"""Appeal, lift, doubt and follow-up as printed tables: what stands in a cell is what was found."""

import numpy as np
import pandas as pd
import pytest
from reporting_pages import HOSTILE, NAN
from scored import inputs

from ntm_eval.analysis import doubt, followup, ranking, scores
from ntm_eval.analysis.lift import Lift, Step
from ntm_eval.reporting import sections

CELLS = {
    ("127", "C1-01"): (120, 150),
    ("127", "C1-19"): ("rejected", 100),
    ("127", "C6-01"): ("blank", 5),
    ("127", "C4-07"): ("not_applicable", "blank"),
}


def by_name(table):
    return {row[0].split(" ")[0]: row for row in table.rows}


def test_the_appeal_sheet_has_every_input_its_cell_and_what_was_taken_off():
    given = inputs(CELLS)
    facts = given.facts.assign(file="a.xlsx", sheet="Chỉ tiêu", cell="E5", corrected=None)
    assessed, table = scores.scored(given), scores.table(given)
    shown = sections.scores.computed(assessed, table[table["part"] == "reporting"], facts)
    rows = by_name(shown)
    due, did, points, most, lost, reason, cell = rows["C1-01"][1:]
    assert (due, did, cell) == ("150 cuộc", "120 cuộc", "E5")
    assert (points, most, lost) == ("10,00", "12,50", "2,50")
    assert "đạt 80,0%" in reason
    assert rows["C1-19"][2] == "không đọc được"
    assert rows["C6-01"][2] == "để trống"
    assert rows["C4-07"][2] == "không áp dụng"
    sums = [sum(float(row[n].replace(",", ".")) for row in shown.rows) for n in (3, 4, 5)]
    total = ranking.rank(given, draws=1)["points"].iloc[0]
    # each cell is rounded to the cent; parts with nothing assessable have no row here
    assert sums[0] == pytest.approx(total, abs=0.005 * len(shown.rows))
    assert sums[0] + sums[2] == pytest.approx(sums[1], abs=0.01 * len(shown.rows))


def test_steps_stand_in_their_order_with_units():
    steps = (
        Step("C1-16", 100.0, 120.0, 130.0, 20.0, 0.5, 1.5),
        Step("C1-11", 2e6, 3e6, 4e6, 1e6, 1.0, 0.25),
    )
    rows = sections.scores.lift_table(Lift("tốt", 1.5, steps, ())).rows
    assert rows[0][1:] == ("100 nhà", "120 nhà", "130 nhà", "50,0%", "1,50")
    assert rows[1][0].startswith("C1-11")
    assert "Không có bước nào" in repr(sections.scores.lift_table(Lift(None, NAN, (), ())))


def doubts():
    columns = doubt.COLUMNS
    rows = [
        ("116", 1, 1, *[1] * 8, 1, 1),
        ("118", 2, 2, 3, *[2] * 7, 2, 4),
        ("121", *[np.nan] * 12),
    ]
    return pd.DataFrame(rows, columns=columns)


def test_points_by_part_stand_beside_what_moves_a_place():
    ranks = pd.DataFrame(
        {"district_code": ["116", "118", "121"], "rank": [1.0, 2, NAN], "points": [90.0, 80, NAN]}
    )
    scores = pd.DataFrame(
        [("116", "C1", 20.0), ("116", "C1", 4.5), ("116", "reporting", 10.0), ("118", "C1", 12.0)],
        columns=["district_code", "part", "points"],
    )
    parts = pd.Series({"C1": 25, "reporting": 10})
    shown = sections.ranking.detail(ranks, scores, parts, doubts().iloc[::-1])
    assert [c.header for c in shown.columns][1:3] == [
        "Kinh tế, giảm nghèo (25)",
        "Chế độ báo cáo (10)",
    ]
    assert shown.rows == (
        ("TP Sơn La", "24,5", "10,0", "không đổi"),
        (
            *("Quỳnh Nhai", "12,0", "–"),
            "dùng số đơn vị ghi, chưa sửa: 3; bỏ lần lượt từng chỉ tiêu: 2–4",
        ),
        ("Bắc Yên", "–", "–", "–"),
    )


def test_follow_up_shows_the_change_and_what_the_office_noted():
    rows = pd.DataFrame(
        [
            (
                "127",
                "followup",
                "Xóa nhà tạm",
                "C1-16",
                50.0,
                60.0,
                "better",
                "A",
                "đang làm",
                "chậm",
            ),
            ("127", "directions", "Tập huấn", None, NAN, NAN, "no_indicator", "", None, ""),
            ("127", "recommendations", "Vay vốn", "C1-19", NAN, 0.06, "no_figure", "", None, None),
        ],
        columns=followup.COLUMNS,
    )
    one, two, three = sections.followup.table(rows).rows
    assert one[1:] == ("sổ theo dõi", "C1-16", "50 nhà → 60 nhà", "▲ tốt lên", "đang làm · chậm")
    assert two[1:] == ("phương hướng", *["–"] * 2, "○ không gắn với chỉ tiêu nào", "–")
    assert three[3] == "– → 6,0%"  # a rate where there is one
    assert "Không có." in repr(sections.followup.table(rows.head(0)))


def test_recommendations_stand_by_the_unit_that_answers():
    rows = pd.DataFrame(
        [("127", "C1-16", "x", "B"), ("118", None, HOSTILE, "A")], columns=followup.OWN_COLUMNS
    )
    shown = sections.followup.recommended(rows)
    assert shown.rows == (("A", "Quỳnh Nhai", HOSTILE), ("B", "Sốp Cộp", "x"))
    assert "<script" not in shown.html()
