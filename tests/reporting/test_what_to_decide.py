"""What leaders decide and what they are told first: each planted case is a line, nothing else."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from reporting_pages import NAN, ranking, register
from scored import DAY

from ntm_eval import units
from ntm_eval.analysis import pending, places, province, scheme, titles
from ntm_eval.analysis.followup import repeated
from ntm_eval.exchange.registers import DECIDED
from ntm_eval.reporting import sections
from ntm_eval.reporting.sections import contents, decisions, followup

RULES = scheme.in_force("annual", DAY)
WAITING = pd.DataFrame(
    [("126", "C3-05", "blank", NAN, NAN, 75.5, 0.0, 2.143)], columns=pending.COLUMNS
)
NOBODY = pd.DataFrame(columns=DECIDED)


NO_FACTS = pd.DataFrame(columns=["district_code", "indicator", "held", "state"])


def decide(ranks=None, waiting=None, sent=None, made=NOBODY, stories=(), facts=NO_FACTS):
    ranks = ranking() if ranks is None else ranks
    waiting = WAITING.head(0) if waiting is None else waiting
    sent = register() if sent is None else sent
    return decisions.to_decide(ranks, waiting, sent, facts, made, RULES, stories)


def lines(*args, **kwargs):
    return [": ".join(row) for row in decide(*args, **kwargs).rows]


def test_each_line_has_its_matter_figure_basis_and_proposal():
    made = decide(ranking(bac_yen={"points_low": 79.0, "points_high": 81.0, "points": 80.5}))
    assert made.frame[decisions.COLUMNS].to_numpy().tolist() == [
        [
            "1. Xem xét, quyết định xếp loại 12 huyện, thành phố",
            "12 Tốt",
            "Điểm đề xuất và mức dao động tại mục III; báo cáo chỉ là một trong những cơ sở "
            "xếp loại",
            "Quyết định theo đề xuất, trừ các trường hợp cần cân nhắc",
        ],
        [
            "2. Cân nhắc trường hợp Bắc Yên",
            "Tốt (80,5)",
            "Điểm dao động quanh ngưỡng 80 (79,0–81,0).",
            "Xem xét thêm chất lượng công việc trước khi xếp loại",
        ],
    ]


def test_a_grade_that_hangs_on_an_answer_says_what_it_could_become():
    ranks = ranking(song_ma={"points": 79.0, "grade": "khá", "grade_low": "khá"})
    (case,) = [line for line in lines(ranks, WAITING) if "Sông Mã" in line]
    assert "Khá (79,0)" in case
    assert "điểm cao nhất có thể đạt là 81,1" in case
    assert case.endswith("Quyết định sau khi có giải trình")
    down = ranking(song_ma={"points": 81.0, "grade_low": "khá"})
    lost = WAITING.assign(loss=2.5, gain=0.0)
    assert "điểm có thể giảm còn 78,5" in sections.held.grade(down, lost, "126")
    assert sections.held.grade(ranking(), WAITING, "126") == (
        "Trả lời cho các số liệu đang hỏi có thể làm tổng điểm tăng nhiều nhất 2,1 điểm; mức xếp "
        "loại không đổi."
    )
    assert sections.held.grade(ranking(), WAITING, "116") == ""


def test_the_nearest_cases_have_a_line_and_the_others_are_counted():
    near = {"points_low": 79.0, "points_high": 82.0}
    names = ("phu_yen", "van_ho", "mai_son", "moc_chau")
    ranks = ranking(**{n: near | {"points": 81.9 - 0.4 * i} for i, n in enumerate(names)})
    said = lines(ranks)
    cases = [line.split(": ")[0] for line in said if "Cân nhắc trường hợp" in line]
    assert [case[3:] for case in cases] == [
        "Cân nhắc trường hợp Mộc Châu",
        "Cân nhắc trường hợp Mai Sơn",
    ]
    assert (
        "Cân nhắc 2 đơn vị khác có thể thay đổi mức xếp loại: "
        "Vân Hồ: Tốt (81,5; từ 79,0 đến 82,0), Phù Yên: Tốt (81,9; từ 79,0 đến 82,0)."
    ) in "\n".join(said)


def test_the_missing_the_wrong_and_the_undecidable_are_named():
    sent = register(bac_yen={"status": "missing"})
    asked = [
        ("125", "C1-11", "unit_suspect", "reported"),
        ("122", "C1-05", "plan_changed", "reported"),
        ("122", "C1-05", None, "rejected"),  # the same indicator
        ("122", "C1-19", None, "rejected"),
        ("118", "C1-19", None, "blank"),  # which is not asked about its figure
    ]
    facts = pd.DataFrame(asked, columns=NO_FACTS.columns)
    ranks = ranking(quynh_nhai={"group": 2.0}, thuan_chau={"group": 2.0})
    said = lines(ranks, sent=sent, facts=facts)
    group = "Không xếp thứ tự giữa các đơn vị trong cùng nhóm: Nhóm 2: Quỳnh Nhai, Thuận Châu."
    assert group in said[1]
    assert "Đôn đốc báo cáo: Bắc Yên." in said[2]
    assert "Yêu cầu giải trình số liệu: Phù Yên (2), Mai Sơn (1)." in said[3]
    assert [line.split(".")[0] for line in said] == [str(n + 1) for n in range(4)]


def test_when_all_is_decided_or_nobody_is_graded_no_grade_waits():
    rows = [(code, "tốt", "", "", pd.NaT) for code in ranking()["district_code"]]
    assert lines(made=pd.DataFrame(rows, columns=DECIDED)) == []
    half = ranking(song_ma={"points_low": 79.0, "points_high": 81.0})
    half = half.assign(**dict.fromkeys(("grade", "grade_low", "grade_high"), "chưa xếp loại"))
    assert lines(half, WAITING) == []


@pytest.mark.parametrize("hard", [True, False])
def test_a_goal_of_the_plan_that_is_hard_to_reach_is_for_the_leaders(hard):
    yearly = pd.Series([5.0, 4.0], [2021, 2022])
    course = places.Course("C1-17", "Nhà tạm", "nhà", yearly, -1.0, 2026, NAN, "pace", 2025, hard)
    story = places.Story(places.named(units.PLAN_DAY)[1], (course,), NAN, (), added_up=False)
    said = "\n".join(lines(stories=[story]))
    assert ("khó đạt mục tiêu" in said) == hard
    assert ("chưa hoàn thành trước cuối năm 2025" in said) == hard


def test_a_line_names_few_of_many_communes():
    codes = [unit.code for unit in units.reporting(date(2025, 12, 31))][:15]
    said = lines(ranking().iloc[[0] * 15].assign(group=1.0, district_code=codes, points=NAN))
    assert "15 xã, phường" in said[0]
    assert "và 3 đơn vị khác" in said[1]


# findings


def totals(*rows):
    frame = pd.DataFrame(rows, columns=["indicator", "planned_actual", "plan", "held"])
    ratio = frame["planned_actual"] / frame["plan"]
    return frame.assign(ratio=ratio, due=1.0, compared=12.0, expected=12)


def shared(*rows):
    columns = ["indicator", "good", "direction", "first", "last"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(
        **{"shared": True, "basis": "test", "p_value": 0.02, "years": 5, "districts": 10},
        first_year=2018.0,
        last_year=2022.0,
        expected=12,
    )


def findings(sums=None, common=None, met=9.0, changed=(), doubts=(), lacking=()):
    attainment = pd.DataFrame({"district_code": ["116"], "indicators": [10.0], "met": [met]})
    changes = pd.DataFrame(changed, columns=["state", "lost"])
    found = pd.DataFrame(doubts, columns=["rule", "criterion"])
    return decisions.findings(
        totals() if sums is None else sums,
        shared() if common is None else common,
        attainment,
        ranking(),
        titles.Titled(changes, changes, found),
        pd.DataFrame(lacking, columns=["criterion", "communes", "known"]),
        DAY,
    )


def test_the_findings_are_three_the_uncomfortable_first_and_all_candidates_are_kept():
    found = findings(
        totals(("C1-05", 50.0, 100.0, None), ("C3-06", 40.0, 100.0, None)),
        shared(("C2-15", "better", "up", 0.8, 0.9)),
        met=3.0,
        changed=[("compared", "TC1"), ("compared", "")],
        doubts=[("mark_against_figure", "TC9")],
        lacking=[("TC10", 130, 188)],
    )
    said = found.splitlines()
    assert len(said) == 3
    assert said[0].startswith("1. 12/12 đơn vị được đề xuất Tốt trở lên")
    assert "3/10 mức kế hoạch (30,0%)" in said[0]
    assert said[1].startswith("2. Hộ phân loại chất thải rắn tại nguồn đạt 40,0% kế hoạch năm")
    assert "Tỷ lệ dân số có bảo hiểm y tế tăng từ 80,0% (năm 2018) lên 90,0%" in said[2]
    kinds = ["attainment", "plan", "lost", "lacking", "against", "better"]
    assert found.frame["kind"].tolist() == kinds
    assert found.frame["chosen"].tolist() == [True, True, False, False, False, True]


def test_no_finding_rests_on_a_held_figure_and_none_is_made_of_nothing():
    held = findings(totals(("C1-05", 10.0, 100.0, "Mai Sơn"), ("C3-06", 90.0, 100.0, None)))
    assert "Hộ phân loại chất thải rắn" in held
    assert "Tiền nhân dân" not in held
    assert findings() == "Chưa đủ số liệu để nêu nhận định."
    reached = findings(totals(("C1-05", 100.0, 100.0, None)), lacking=[("TC10", 10, 188)])
    assert reached == "Chưa đủ số liệu để nêu nhận định."


def test_where_little_is_comfortable_communes_come_up():
    found = findings(
        changed=[("compared", "TC1"), ("compared", "")],
        doubts=[("mark_against_figure", "TC9")] * 2,
        lacking=[("TC10", 130, 188)],
    )
    said = found.splitlines()
    assert said[0].startswith("1. 1/2 xã có tiêu chí nông thôn mới năm trước ghi đạt")
    assert said[1].startswith("2. Tiêu chí 10 Thu nhập chưa đạt ở 130/188 xã")
    assert said[2].startswith("3. 2 xã ghi đạt tiêu chí 9 Nhà ở dân cư trong khi")


# the five contents


def of_province(*rows):
    frame = pd.DataFrame(rows, columns=["indicator", "ratio", "held"])
    return frame.assign(districts=12.0)


def assessed(*rows):
    frame = pd.DataFrame(rows, columns=["district_code", "indicator", "value"])
    return frame.assign(part="C1", target=100.0, ratio=frame["value"] / 100, formula="up")


def test_a_content_says_plans_changes_units_and_what_is_held():
    rows = of_province(
        ("C1-01", 1.0, None),
        ("C1-03", 0.4, None),
        ("C1-05", 0.5, None),
        ("C1-08", 0.3, "Mai Sơn"),
        ("C1-19", 1.2, None),
    )
    units_of = assessed(("118", "C1-01", 110.0), ("119", "C1-01", 60.0), ("120", "C1-01", 80.0))
    moves = pd.Series({"C1-01": 0.3, "C1-03": -0.25, "C1-08": 0.9, "C1-05": 0.001})
    said = contents.summary("C1", rows, units_of, moves, DAY, told=["C1-05"])
    assert said == (
        "Toàn tỉnh đạt hoặc vượt kế hoạch năm ở 1/5 chỉ tiêu có kế hoạch. Thấp nhất so với kế "
        "hoạch năm: Đất hiến xây dựng nông thôn mới (40,0%); Tiền nhân dân đóng góp xây dựng "
        "nông thôn mới. So với năm trước, tăng nhiều nhất: Cuộc tuyên truyền, vận động (tăng "
        "30,0%); giảm nhiều nhất: Đất hiến xây dựng nông thôn mới (giảm 25,0%). Tính theo trung "
        "vị các chỉ tiêu, mức thực hiện so với mức phải đạt trong kỳ cao nhất là Quỳnh Nhai "
        "(110,0%), thấp nhất là Thuận Châu (60,0%). Đang giải trình, chưa tính: Tổ hợp tác, hợp "
        "tác xã thành lập mới (Mai Sơn)."
    )
    nothing = contents.summary("C1", rows.head(0), units_of.head(0), moves.head(0), DAY)
    assert nothing == "Chưa có số liệu."


def test_the_province_moved_as_those_did_who_reported_both_years():
    rows = [("118", "C1-01", 2021, 50.0), ("118", "C1-01", 2022, 60.0), ("119", "C1-01", 2022, 40)]
    rows += [("118", "C1-16", 2021, 10.0), ("118", "C1-16", 2022, 5.0)]
    rows += [("118", "C1-19", 2021, 10.0), ("118", "C1-19", 2022, 5.0)]
    series = pd.DataFrame(rows, columns=["district_code", "indicator", "year", "value"])
    indicators = pd.DataFrame({"id": ["C1-01", "C1-19"], "break_before": [np.nan, 2022]})
    moved = province.moved(series, indicators, 2022, DAY)
    assert moved.to_dict() == {"C1-01": pytest.approx(0.2)}


# what the units say


def test_what_many_units_say_is_counted_and_what_one_says_is_quoted():
    words = pd.DataFrame(
        [
            ("116", "Đề nghị thêm nguồn lực xóa nhà tạm. Đề nghị tập huấn."),
            ("118", "Đề nghị thêm nguồn lực xóa nhà tạm; ĐỀ NGHỊ TẬP HUẤN."),
            ("119", "Ưu tiên xóa nhà tạm. Mở một chợ phiên ở xã."),
            ("120", None),
        ],
        columns=["district_code", "text"],
    )
    found = repeated(words)
    assert found["units"].tolist() == [3, 2, 1]
    shown = followup.said_by_many(found, 12, "Kiến nghị")
    assert shown.rows == (
        ("3/12 đơn vị", "Đề nghị thêm nguồn lực xóa nhà tạm."),
        ("2/12 đơn vị", "Đề nghị tập huấn."),
        ("Thuận Châu", "Mở một chợ phiên ở xã."),
    )
    assert repeated(words.tail(1)).empty
    alone = pd.concat([found.tail(1)] * 5)
    few = followup.said_by_many(alone, 12, "Kiến nghị")
    assert len(few.rows) == followup.ALONE
    assert few.caption == "Kiến nghị (còn 2 ý kiến khác ở báo cáo của từng đơn vị)"


def test_core_indicators_that_moved_are_held_nowhere_and_know_whether_it_is_good():
    moves = pd.Series({"C1-17": -0.2, "C1-05": -0.1, "C2-15": 0.05, "C1-01": 0.5, "C1-11": 0.3})
    totals = pd.DataFrame({"indicator": moves.index, "held": [None, None, None, None, "Mai Sơn"]})
    found = contents.core_moves(moves, totals)
    assert found["indicator"].tolist() == ["C2-15", "C1-05", "C1-17"]  # C1-01 is not core
    assert found["share"].round(2).tolist() == [1.05, 0.9, 0.8]
    assert found["good"].tolist() == [1.0, 0.0, 1.0]  # fewer temporary houses are better
