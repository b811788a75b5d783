"""What the office types beside the reports: decisions of the council, and follow-up."""

import re
from datetime import date

import pytest

from ntm_eval.exchange import registers
from ntm_eval.intake import received

DAY = date(2022, 12, 31)
HEADER = "district,grade,reason,decided_by,date\n"


def decided(tmp_path, text, header=HEADER):
    (tmp_path / "decisions.csv").write_text(header + text, encoding="utf-8")
    return registers.decisions(tmp_path, DAY)


def test_a_decision_is_read_with_its_reason(tmp_path):
    found, problems = decided(tmp_path, "Sốp Cộp,Khá,Địa bàn khó khăn,Hội đồng,20/12/2022\n")
    assert problems == []
    assert found == [
        registers.Decision("127", "khá", "Địa bàn khó khăn", "Hội đồng", date(2022, 12, 20))
    ]
    assert registers.decided(found)["grade"].tolist() == ["khá"]


def test_no_file_is_no_decision(tmp_path):
    assert registers.decisions(tmp_path, DAY) == ([], [])
    assert registers.decided([]).empty


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Mai Châu,khá,x,,\n", "không có huyện 'Mai Châu'"),
        ("Mai Sơ,khá,x,,\n", "dòng 2: 'Mai Sơ' có phải là Huyện Mai Sơn không"),
        ("Sốp Cộp,giỏi,x,,\n", "không có mức xếp loại 'giỏi'.*xuất sắc, tốt, khá"),
        ("Sốp Cộp,khá,,,\n", "Huyện Sốp Cộp chưa ghi lý do"),
        ("Sốp Cộp,khá,x,,hôm qua\n", "ngày 'hôm qua' không đọc được"),
        ("Sốp Cộp,khá,x,,\nsop-cop,tốt,x,,\n", "dòng 3: Huyện Sốp Cộp đã có quyết định"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_blames_no_district(tmp_path, row, says):
    found, (problem,) = decided(tmp_path, row)
    assert len(found) == row.count("\n") - 1
    assert problem.rule == "office_row"
    assert problem.district_code is None
    assert re.search(says, problem.message)


def test_a_row_is_named_by_its_number_in_excel_whatever_stands_blank_above_it(tmp_path):
    _, (problem,) = decided(tmp_path, ",,,,\n\nSốp Cộp,giỏi,x,,\n")
    assert "dòng 4:" in problem.message


def test_the_file_is_no_report(tmp_path):
    decided(tmp_path, "")
    assert received.files(tmp_path) == []


def test_follow_up_is_read_and_its_wrong_rows_are_named(tmp_path):
    path = tmp_path / "followup.csv"
    path.write_text(
        "district,indicator,recommendation,unit,status,note\n"
        "Sốp Cộp,C1-16,Xóa nhà tạm,MTTQ huyện,đang làm,\n"
        ",,Tập huấn cán bộ,,,\nMai Châu,,x,,,\nSốp Cộp,C9-99,x,,,\nSốp Cộp,,,,xong,\n",
        encoding="utf-8",
    )
    notes, problems = registers.notes(path, date(2022, 12, 31))
    assert [(n.district, n.indicator) for n in notes] == [("127", "C1-16"), ("", "")]
    assert [p.message.split(": ")[1] for p in problems] == ["dòng 4", "dòng 5", "dòng 6"]
