"""What the office recounted, as it really types it: each row taken, or named with its reason."""

import re
from datetime import date

import pytest
import xlsxwriter

from ntm_eval.intake import delimited, inspected, received

DAY = date(2022, 11, 30)
HEADER = "district,commune,indicator,reported,found,document,inspected_by,date,note\n"


def read(tmp_path, text, header=HEADER):
    (tmp_path / "inspections.csv").write_text(header + text, encoding="utf-8")
    return inspected.read(tmp_path, DAY)


def test_a_row_is_read_with_numbers_and_day_as_an_office_writes_them(tmp_path):
    text = 'Sốp Cộp,,C1-16,1.043,"990",Sổ theo dõi,Lò Thị A,20/12/2022,đủ hồ sơ\n'
    (found,), problems = read(tmp_path, text)
    assert problems == []
    assert found.key == ("127", None, "C1-16")
    assert (found.reported, found.found, found.date) == (1043, 990, date(2022, 12, 20))
    assert "Lò Thị A" not in repr(found)  # who inspected stays in the file


def test_a_commune_is_known_by_code_or_exact_name_and_zero_is_a_figure(tmp_path):
    text = "Phù Yên,03943,C1-17,0,không,,,,\nPhù Yên,Xã Mường Do,C1-16,2,2,,,,\n"
    found, problems = read(tmp_path, text)
    assert problems == []
    assert [(i.commune_code, i.reported, i.found) for i in found] == [
        ("03943", 2, 2),
        ("03943", 0, 0),
    ]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Mai Châu,,C1-16,1,1,,,,\n", "không có huyện 'Mai Châu'"),
        ("Mai Sơ,,C1-16,1,1,,,,\n", "dòng 2: 'Mai Sơ' có phải là Huyện Mai Sơn không"),
        (
            "Sốp Cộp,Mường Do,C1-16,1,1,,,,\n",
            "'Mường Do' là xã, phường, thị trấn nào của Huyện Sốp",
        ),
        ("Phù Yên,Mường Đô,C1-16,1,1,,,,\n", "'Mường Đô'.*Phù Yên"),
        ("Sốp Cộp,,C9-99,1,1,,,,\n", "không có chỉ tiêu 'C9-99'"),
        ("Sốp Cộp,,,1,1,,,,\n", "không có chỉ tiêu ''"),
        ("Sốp Cộp,,C1-16,,1,,,,\n", "số đã báo cáo ''"),
        ("Sốp Cộp,,C1-16,1,chưa rõ,,,,\n", "số kiểm tra được 'chưa rõ'"),
        ("Sốp Cộp,,C1-16,1,khoảng 12,,,,\n", "số kiểm tra được 'khoảng 12'"),
        ("Sốp Cộp,,C1-16,1,-3,,,,\n", "số kiểm tra được '-3'"),
        ("Sốp Cộp,,C1-16,1,1.5,,,,\n", r"'1\.5'.*nhà"),
        ("Sốp Cộp,,C1-16,1,1,,,hôm qua,\n", "ngày 'hôm qua' không đọc được"),
        ("Sốp Cộp,,C1-16,1,1,,,,\nsop-cop,,C1-16,1,2,,,,\n", "dòng 3: chỉ tiêu C1-16"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_blames_no_district(tmp_path, row, says):
    found, (problem,) = read(tmp_path, row)
    assert len(found) == row.count("\n") - 1
    assert (problem.rule, problem.district_code, problem.file) == (
        "office_row",
        None,
        "inspections.csv",
    )
    assert re.search(says, problem.message)


def form(path, *rows, head=None):
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Kiểm tra")
        sheet.write_string(0, 0, "KIỂM TRA TẠI CƠ SỞ")
        for r, row in enumerate((head or list(inspected.HEADERS), *rows), start=2):
            sheet.write_row(r, 0, row)


def test_the_form_filled_in_is_read_with_its_own_headers(tmp_path):
    row = ["Huyện Sốp Cộp", "", "C1-16 Nhà tạm, nhà dột nát đã xóa", 20, 18, "Sổ", "A"]
    form(tmp_path / "inspections.xlsx", row, ["Huyện Vân Hồ", "", "C1-14 Nhà", 3, "", "", ""])
    (found,), (problem,) = inspected.read(tmp_path, DAY)
    assert (found.key, found.found, found.line) == (("127", None, "C1-16"), 18, 4)
    assert "1 dòng chưa ghi số kiểm tra được (dòng 5)" in problem.message


def test_a_form_and_a_list_by_hand_are_read_together_each_place_once(tmp_path):
    form(tmp_path / "inspections.xlsx", ["Sốp Cộp", "", "C1-16", 20, 18])
    found, (problem,) = read(tmp_path, "Sốp Cộp,,C1-16,20,20,,,,\n")
    assert [i.found for i in found] == [20]
    assert problem.file == "inspections.xlsx"


def test_a_workbook_that_is_no_form_says_which_columns_are_missing(tmp_path):
    form(tmp_path / "inspections.xlsx", head=["Huyện", "Số"])
    found, (problem,) = inspected.read(tmp_path, DAY)
    assert found == []
    assert (problem.rule, "Số kiểm tra được" in problem.message) == ("unreadable_file", True)


def test_neither_file_is_a_report_and_none_is_no_inspection(tmp_path):
    assert inspected.read(tmp_path, DAY) == ([], [])
    for name in delimited.INSPECTED:
        (tmp_path / name).write_bytes(b"")
    assert received.files(tmp_path) == []
