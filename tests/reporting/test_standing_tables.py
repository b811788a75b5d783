"""Appeal, lift, doubt and follow-up as printed tables: what stands in a cell is what was found."""

import numpy as np
import pandas as pd
from reporting_pages import HOSTILE, NAN

from ntm_eval import reference, schemas
from ntm_eval.analysis import doubt
from ntm_eval.reporting import sections

CELLS = {
    ("127", "C1-01"): (120, 150),
    ("127", "C1-19"): ("rejected", 100),
    ("127", "C6-01"): ("blank", 5),
    ("127", "C4-07"): ("not_applicable", "blank"),
}


def by_name(table):
    return {row[0].split(" ")[0]: row for row in table.rows}


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
        columns=schemas.column_names("followed"),
    )
    one, two, three = sections.followup.table(rows).rows
    assert one[1:] == (
        "sổ theo dõi",
        "Nhà tạm, nhà dột nát đã xóa",
        "50 nhà → 60 nhà",
        "▲ tốt lên",
        "đang làm · chậm",
    )
    assert two[1:] == ("phương hướng", *["–"] * 2, "○ không có chỉ tiêu tương ứng", "–")
    assert three[3] == "– → 6,0%"  # a rate where there is one
    assert "Không có." in repr(sections.followup.table(rows.head(0)))


def test_recommendations_stand_by_the_unit_that_answers():
    houses, new = map(reference.indicator_name, ("C1-16", "C1-14"))
    rows = pd.DataFrame(
        [
            ("127", "C1-16", f"Làm xong “{houses}”.", "B"),
            ("118", None, HOSTILE, "A"),
            ("119", "C1-16", f"Làm xong “{houses}”.", "B"),
            ("119", "C1-14", f"Làm xong “{new}”.", "B"),
        ],
        columns=schemas.column_names("recommended"),
    )
    shown = sections.followup.recommended(rows)
    assert shown.rows == (
        ("A", f"{HOSTILE}: Quỳnh Nhai."),
        ("B", f"Làm xong: {houses} (Sốp Cộp, Thuận Châu); {new} (Thuận Châu)."),
    )
    assert "<script" not in shown.html()
