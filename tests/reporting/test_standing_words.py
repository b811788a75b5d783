"""Where a review leaves the districts, in words: each planted figure is said, and nothing else."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from reporting_pages import NAN, ranking
from scored import DAY, inputs

from ntm_eval.analysis import doubt, pending, scheme
from ntm_eval.analysis import ranking as ranked
from ntm_eval.analysis.lift import Lift, Step
from ntm_eval.exchange.registers import DECIDED
from ntm_eval.reporting import sections

RULES = scheme.in_force("annual", DAY)
WHEN = pd.Timestamp(2022, 12, 20)
WAITING = pd.DataFrame(
    [("126", "C3-05", "blank", NAN, NAN, 75.5, 0.0, 2.143)], columns=pending.COLUMNS
)
NOTHING = WAITING.head(0)
NOBODY = pd.DataFrame(columns=DECIDED)


def decided(grade="tốt", when=WHEN, by="Hội đồng", code="116"):
    return pd.DataFrame([(code, grade, "Địa bàn khó khăn", by, when)], columns=DECIDED)


def test_a_decision_stands_beside_the_proposal():
    same = sections.ranking.decision(decided(), ranking(), "116")
    assert same == (
        "Hội đồng xếp loại: Tốt (đúng như đề xuất). Lý do: Địa bàn khó khăn. "
        "Người quyết định: Hội đồng ngày 20/12/2022."
    )
    other = sections.ranking.decision(decided("khá", pd.NaT, ""), ranking(), "116")
    assert other == "Hội đồng xếp loại: Khá (đề xuất: Tốt). Lý do: Địa bàn khó khăn."


def doubts(**changes):
    row = {
        "rank": 3.0,
        "rank_raw": 3.0,
        "rank_blanks_out": 3.0,
        "rank_unsuspicious": 3.0,
        "removal_low": 3.0,
        "removal_high": 3.0,
    }
    rows = [{"district_code": c, "group": g, **row} for c, g in (("116", 1), ("118", 2))]
    rows.append({"district_code": "119", "group": 2, **row, **changes})
    return pd.DataFrame(rows)


MOVED = pd.DataFrame(
    [("119", "C1-01", 2.5), ("119", "C1-19", -1.25), ("118", "C3-01", 9.0)],
    columns=["district_code", "indicator", "moved"],
)


def test_a_place_that_holds_is_said_to_hold():
    said = sections.ranking.sureness(doubts(), MOVED, "119").splitlines()
    assert said[0] == (
        "Tính theo các cách khác, thứ hạng không đổi. Bỏ lần lượt từng chỉ tiêu: hạng vẫn là 3. "
        "Chưa phân biệt chắc chắn với: Quỳnh Nhai."
    )
    assert said[1] == (
        "Chỉ tiêu nâng tổng điểm nhiều nhất: Cuộc tuyên truyền, vận động (2,5 điểm); chỉ tiêu kéo "
        "giảm nhiều nhất: Hộ nghèo (1,2 điểm)."
    )


def test_a_place_that_moves_says_when_and_how_far():
    found = doubts(rank_raw=5.0, rank_unsuspicious=1.0, removal_low=2.0, removal_high=6.0, group=3)
    said = sections.ranking.sureness(found, MOVED.head(0), "119")
    assert "Nếu dùng số đơn vị ghi, chưa sửa: hạng 5; nếu bỏ các số bị nghi ngờ: hạng 1." in said
    assert "hạng từ 2 đến 6. Không đơn vị nào cùng nhóm." in said
    assert sections.ranking.sureness(doubts(rank=NAN), MOVED, "119") == ""


def lifted(reached=True, steps=1, unknown=()):
    one = Step("C1-16", 100.0, 120.0, 130.0, 20.0, 1.0, 1.5 if reached else 0.25)
    return Lift("tốt", 1.5, (one,) * steps, unknown)


def test_the_steps_to_the_next_grade_are_said_with_their_points():
    assert sections.scores.lift(lifted()) == (
        "Để đạt mức Tốt còn thiếu 1,5 điểm. Với tiến độ bình quân của đơn vị, một năm có thể thêm "
        "đủ số điểm này, nhiều nhất ở: Nhà tạm, nhà dột nát đã xóa từ 100 lên 120 nhà (1,5 "
        "điểm)."
    )


def test_a_sentence_names_the_steps_that_bring_most_and_counts_what_nobody_knows():
    steps = [replace(lifted().steps[0], gain=gain) for gain in (0.1, 0.2, 0.3, 0.4)]
    said = sections.scores.lift(Lift("tốt", 1.5, tuple(steps), ("C1-01", "C2-06")))
    assert re.findall(r"\((.*?) điểm\)", said) == ["0,4", "0,3", "0,2"]
    assert "chỉ có thể thêm 1,0 điểm, chưa đủ; nhiều nhất ở: " in said
    assert said.endswith("Còn 2 chỉ tiêu bị trừ điểm chưa đủ số liệu các năm để xét.")


def test_a_year_that_is_not_enough_and_no_step_at_all_are_said():
    assert "chỉ có thể thêm 0,2 điểm, chưa đủ" in sections.scores.lift(lifted(reached=False))
    assert "Chưa thấy chỉ tiêu nào" in sections.scores.lift(lifted(steps=0))
    assert sections.scores.lift(Lift(None, NAN, (), ())) == ""  # at the best grade


def test_after_six_months_there_is_a_progress_and_no_grade():
    half = ranking().assign(**dict.fromkeys(("grade", "grade_low", "grade_high"), "chưa xếp loại"))
    said = sections.scores.summary(half, NOTHING, "116")
    swing = "dao động từ 95,0 đến 95,5 tùy phương án chấm điểm"
    assert said.startswith(f"Điểm tiến độ sau 6 tháng: 95,2 ({swing})")
    assert said.endswith("Kỳ 6 tháng chưa xếp loại.")
    assert "xếp loại" not in sections.held.grade(half, WAITING, "126")


@pytest.mark.parametrize(
    ("low", "high", "swing"),
    [
        (80.0, 90.0, "dao động từ 80,0 đến 90,0 tùy phương án chấm điểm"),
        (85.0, 90.0, "cao nhất 90,0 tùy phương án chấm điểm"),
        (80.0, 85.04, "thấp nhất 80,0 tùy phương án chấm điểm"),
        (85.0, 85.0, "không thay đổi theo phương án chấm điểm"),
    ],
)
def test_an_end_that_is_the_points_is_not_said_again(low, high, swing):
    ranks = ranking(son_la={"points": 85.0, "points_low": low, "points_high": high})
    said = sections.scores.summary(ranks, NOTHING, "116")
    assert said.startswith(f"Tổng điểm đề xuất: 85,0/100 điểm ({swing}), xếp thứ ")


def test_the_change_that_turns_the_first_place_is_said():
    changes = pd.DataFrame(
        [
            ("removal", "C3-02", NAN, "119"),
            ("weight", "C3", 0.08, "118"),
            ("weight", "C2", -0.07, "118"),
            ("reading", "raw", NAN, "119"),
        ],
        columns=doubt.CHANGE_COLUMNS,
    )
    said = sections.ranking.first_place(changes, ranking())
    assert said == (
        "Hạng nhất (TP Sơn La) chưa chắc chắn: Thuận Châu đứng đầu nếu bỏ chỉ tiêu Mô hình bảo vệ "
        "môi trường xây dựng mới, Quỳnh Nhai đứng đầu nếu tăng 8% trọng số phần Môi trường, biến "
        "đổi khí hậu; giảm 7% trọng số phần Văn hóa, giáo dục, y tế, đền ơn đáp nghĩa, còn 1 cách "
        "khác."
    )
    only = sections.ranking.first_place(changes.tail(1), ranking())
    assert only.endswith("Thuận Châu đứng đầu nếu dùng số đơn vị ghi, chưa sửa.")
    assert "ổn định" in sections.ranking.first_place(changes.head(0), ranking())
    assert sections.ranking.first_place(changes, ranking().head(0)) == ""


def test_follow_up_counts_what_the_figures_say():
    verdicts = pd.DataFrame({"verdict": ["worse", "better", "better", "no_indicator"]})
    said = sections.followup.summary(verdicts)
    assert said.startswith("Năm trước có 4 kiến nghị, phương hướng.")
    assert "2 tốt lên; 1 xấu đi; 1 không có chỉ tiêu tương ứng" in said
    assert "Không có kiến nghị" in sections.followup.summary(verdicts.head(0))


def test_recommendations_are_counted_and_asked_of_who_answers_for_them():
    unit = "Ủy ban MTTQ Việt Nam huyện, thành phố"
    office = "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh theo dõi, đôn đốc"
    asked = pd.DataFrame({"unit": [unit, office, unit], "recommendation": ["a", "b", "c"]})
    assert "3 kiến nghị" in sections.followup.counted(asked)
    assert "không dẫn đến kiến nghị nào" in sections.followup.counted(asked.head(0))
    assert sections.followup.grouped(asked, "huyện Mai Sơn").splitlines() == [
        "Đề nghị Ủy ban MTTQ Việt Nam huyện Mai Sơn:",
        "– a",
        "– c",
        f"{office}:",
        "– b",
    ]


def test_words_and_the_tables_behind_them_have_the_same_figures():
    """Said by the sentences of a real ranking: each rank, each group, each mover."""
    cells = {
        (d, f"C{part}-01"): (share * part, 100.0)
        for part in (1, 3, 4, 5, 6)
        for d, share in (("118", 16.0), ("119", 15.0), ("127", 8.0))
    }
    given = inputs(cells)
    found, removed = ranked.rank(given, draws=50), ranked.removal(given)
    table = doubt.table(found, removed, given).set_index("district_code")
    for code, row in table.iterrows():
        said = sections.ranking.sureness(table.reset_index(), removed, code)
        low, high = row["removal_low"], row["removal_high"]
        place = f"hạng từ {low:.0f} đến {high:.0f}." if low < high else f"hạng vẫn là {low:.0f}."
        assert place in said
        mates = (table["group"] == row["group"]).sum() - 1
        assert ("Không đơn vị nào cùng nhóm" in said) == (mates == 0)
