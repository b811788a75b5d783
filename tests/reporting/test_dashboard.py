"""Page 1 of a district's report: what stands where, and what must not stand there."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pictures
import pytest

from ntm_eval.analysis.titles import Titled
from ntm_eval.reporting import style
from ntm_eval.reporting.sections import dashboard, headline, held, results

NAN = float("nan")
DAY = date(2022, 12, 31)
EMPTY = Titled(*(pd.DataFrame(columns=["criteria_left", "verdict"]) for _ in range(3)))
NO_SURVEY = pd.DataFrame(
    columns=["commune_code", "district_code", "survey", "question", "rule", "share", "certainty"]
)


def ranked(**other):
    row = {
        "district_code": "119",
        "points": 79.3,
        "points_low": 78.7,
        "points_high": 81.4,
        "rank": 9.0,
        "rank_low": 9.0,
        "rank_high": 10.0,
        "grade": "khá",
        "grade_low": "khá",
        "grade_high": "khá",
        "group": 4.0,
    }
    return pd.DataFrame([row | other])


def scored(*rows):
    columns = ["part", "indicator", "points", "max_points", "value", "plan", "ratio"]
    return pd.DataFrame(rows, columns=columns).assign(district_code="119")


def moved(*rows):
    columns = ["indicator", "before", "now", "verdict"]
    return pd.DataFrame(rows, columns=columns).assign(district_code="119")


@pytest.mark.parametrize(
    ("other", "text"),
    [
        ({}, "Đề xuất xếp loại: Khá, 79,3/100 điểm, thứ 9–10"),
        ({"grade": "chưa xếp loại"}, "Tiến độ sau 6 tháng: 79,3/100 điểm, thứ 9–10"),
        ({"points": NAN}, "Chưa đủ căn cứ chấm điểm: chưa có báo cáo của kỳ này"),
    ],
)
def test_the_headline_is_the_proposal(other, text):
    assert headline.headline(ranked(**other).iloc[0]).text == text


def test_the_shortfalls_are_the_five_that_cost_most_the_dearest_first():
    rows = [("C1", f"C1-{n:02}", 1.0, 1.0 + n, 5.0, 10.0, 0.5) for n in range(1, 10)]
    table = dashboard.shortfalls(scored(*rows, ("reporting", "on_time", 0.0, 10.0, NAN, NAN, NAN)))
    assert [row[4] for row in table.rows] == ["−9,00", "−8,00", "−7,00", "−6,00", "−5,00"]
    assert {row[3] for row in table.rows} == {"50,0%"}


def test_a_shortfall_without_a_figure_has_no_share_and_no_zero():
    table = dashboard.shortfalls(scored(("C3", "C3-05", 0.0, 2.14, NAN, 75.5, 0.0)))
    assert table.rows == (
        ("Đường làng ngõ xóm sáng - xanh - sạch - đẹp", "75,5 km", "–", "–", "−2,14"),
    )


def test_what_lost_nothing_is_no_shortfall():
    table = dashboard.shortfalls(scored(("C1", "C1-01", 2.0, 2.0, 10.0, 10.0, 1.0)))
    assert table.rows == ()
    assert "Không chỉ tiêu nào bị trừ điểm." in repr(table)


def test_the_uncomfortable_messages_come_first_and_are_three():
    attainment = pd.DataFrame({"indicators": [46.0], "met": [2.0], "median_ratio": [0.86]})
    moves = moved(
        ("C3-06", 0.173, 0.136, "worse"),
        ("C2-01", 0.67, 0.691, "better"),
        ("C1-11", 43187.9, 42173.2, "same"),
    )
    survey = pd.DataFrame(
        {
            "commune_code": ["03763"],
            "district_code": ["119"],
            "survey": ["xã NTM"],
            "question": ["19"],
            "rule": ["not_met"],
            "share": [0.868],
            "threshold": [0.9],
            "certainty": ["unverified"],
        }
    )
    said = headline.messages(
        ranked(grade="tốt", grade_low="tốt", grade_high="tốt"),
        pd.DataFrame(columns=["district_code", "gain", "loss", "indicator"]),
        attainment,
        moves,
        survey,
        EMPTY,
        DAY,
    ).splitlines()
    assert said == [
        "– Xã Long Hẹ: tỷ lệ hài lòng 86,8% (trên số phiếu thu về), chưa đạt mức yêu cầu 90% (mức "
        "này chưa đối chiếu với văn bản).",
        "– Xấu đi so với năm trước: Tỷ lệ hộ phân loại chất thải tại nguồn (17,3% → 13,6%).",
        "– Đạt hoặc vượt kế hoạch 2/46 chỉ tiêu; mức đạt trung vị 86%: đề xuất loại Tốt nhưng phần "
        "lớn kế hoạch chưa đạt.",
    ]


@pytest.mark.parametrize("one", [True, False])
def test_what_stands_below_a_picture_stays_within_it(one, monkeypatch):
    drawn = []
    monkeypatch.setattr(style, "png", lambda page: drawn.append(page) or b"")
    found = pictures.communes().query("kind == 'xã' and district_code == '119'")
    found.loc[:, ["TC10", "TC17"]] = "C"
    shown = dashboard.communes(found.iloc[5:6] if one else found)
    mates = pictures.ranking().assign(group=1.0)
    for figure in (shown, dashboard.points(mates, "119", DAY)):
        assert figure.png == b""
    for page in drawn:
        (ax,) = page.axes
        page.canvas.draw()
        boxes = [text.get_window_extent() for text in ax.texts]
        assert max(box.x1 for box in boxes) <= page.bbox.width
        assert min(box.y0 for box in boxes) >= -1


def test_a_held_figure_shows_last_years_alone():
    moves = moved(*((i, 10.0, 20.0, "better") for i in dashboard.core()))
    facts = pd.DataFrame(
        {
            "indicator": ["C1-11", "C1-17"],
            "measure": "actual",
            "held": ["unit_suspect", None],
            "period": "annual",
        }
    )
    series = pd.DataFrame(
        [("C1-11", 2021, 1.0, NAN, 10.0)],
        columns=["indicator", "year", "value", "denominator", "rate"],
    )
    # two parts of which nothing could be scored
    nothing = [(part, None, 0.0, 15.0, NAN, NAN, NAN) for part in ("C2", "C3")]
    first, _second = dashboard.courses(series, moves, scored(*nothing), facts)
    told = first.alt.split("; ")
    assert "20" not in told[0]
    assert told[0].endswith("? đang đề nghị giải trình")
    assert told[1].endswith("▲ tốt lên")
    assert "→" in told[1]


def test_a_content_counts_plans_as_the_points_do_and_names_what_is_held():
    facts = pd.DataFrame(
        [
            ("C1-11", "actual", 1183.0, "unit_suspect", "reported"),
            ("C1-01", "actual", 12.0, None, "reported"),
            ("C1-03", "actual", NAN, None, "blank"),
        ],
        columns=["indicator", "measure", "value", "held", "state"],
    ).assign(period="annual")
    rows = [  # a blank is not met, and no shortfall; a share settled has no plan
        ("C1-01", "up", 12.0, 10.0, 1.2),
        ("C1-05", "up", 4.0, 10.0, 0.4),
        ("C1-03", "up", NAN, 10.0, 0.0),
        ("C1-11", "up", 1183.0, NAN, NAN),
        ("C1-14", "settled", 9.0, 10.0, 0.9),
    ]
    columns = ["indicator", "formula", "value", "target", "ratio"]
    assessed = pd.DataFrame(rows, columns=columns).assign(part="C1", district_code="119")
    moves = moved(("C1-01", 10.0, 12.0, "better"), ("C2-01", 0.6, 0.5, "worse"))
    said = results.content(facts, assessed, moves, "C1")
    assert said == (
        "Đạt hoặc vượt mức phải đạt 1/3 chỉ tiêu được chấm điểm. Đạt thấp nhất: tiền nhân dân đóng "
        "góp xây dựng nông thôn mới. "
        "Tốt lên so với năm trước: cuộc tuyên truyền, vận động từ 10 lên 12 cuộc. "
        "Đang đề nghị giải trình, chưa tính: Quỹ Vì người nghèo vận động được. "
        "Chưa có số liệu: đất hiến xây dựng nông thôn mới."
    )


def test_a_question_stands_once_with_what_an_answer_could_move():
    problems = pd.DataFrame(
        [
            ("warning", "blank_cell", "C3-05", None, None, "E40"),
            ("error", "unit_suspect", "C1-11", None, "1183", "E15"),
            ("error", "unit_suspect", "C1-11", None, "1183", "E15"),
            ("info", "name_matched", None, "03763", "Long He", "B9"),
        ],
        columns=["severity", "rule", "indicator", "commune_code", "raw", "cell"],
    ).assign(district_code="119", sheet="Chỉ tiêu")
    facts = pd.DataFrame(
        [("C1-11", 1183.0, 1.183e9, "đồng", "E15", "reported")],
        columns=["indicator", "value", "likely", "unit", "cell", "state"],
    ).assign(sheet="Chỉ tiêu")
    pending = pd.DataFrame({"indicator": ["C3-05"], "loss": [0.0], "gain": [2.14]})
    rows = held.questions(problems, facts, pending).rows
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        ("Đường làng ngõ xóm sáng - xanh - sạch - đẹp", "–", "–", "+2,1"),
        ("Quỹ Vì người nghèo vận động được", "1.183 đồng", "1,18 tỷ đồng", "–"),
    ]


def test_the_parts_step_down_from_a_hundred_to_the_points():
    rows = scored(
        ("C1", "C1-01", 20.0, 25.0, 1, 1, 0.8),
        ("C2", "C2-06", 75.0, 75.0, 1, 1, 1.0),
    )
    figure = dashboard.parts(rows)
    assert figure.alt.startswith("Điểm bị trừ từng phần (thang từ 90 đến 100). ")
    sums = rows.groupby("part")[["points", "max_points"]].sum().reset_index()
    ax = pictures.axes()
    dashboard.draw_parts(ax, sums, "")
    lost = [c.get_paths()[0].get_extents() for c in ax.collections[2::3]]
    assert lost[0].width == pytest.approx(lost[0].x1 - lost[1].x1)  # the next begins where it ends
    assert lost[1].width == pytest.approx(0)
    assert [w for w in pictures.words(ax) if "(" in w] == ["−5,0 (20,0/25)", "0 (75,0/75)"]
