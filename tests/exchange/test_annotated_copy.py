"""Before sending: all problems as text, and as a copy of the workbook with the cells marked."""

import openpyxl
import pytest

from ntm_eval.checks import report as checks
from ntm_eval.exchange import annotated_copy as marked
from ntm_eval.workspace import AnalystError

WRONG = {("C1-01", "actual"): "chưa rõ", ("C2-04", "actual"): 930, ("C1-05", "actual"): "=1+1"}


@pytest.fixture
def checked(write):
    path = write("bao cao.xlsx", figures=WRONG, notes={"C1-01": "=HYPERLINK(1)"})
    return path, checks.check_file(path)


@pytest.fixture
def copied(checked, tmp_path):
    path, found = checked
    said = marked.copy(path, found, tmp_path)
    target = tmp_path / "bao cao - cần sửa.xlsx"
    assert said == f"Bản có đánh dấu: {target}"
    return target


def test_text_goes_by_sheet_errors_first_then_by_cell(checked):
    lines = marked.as_text(checked[1])
    start = lines.index("Trang 'Chỉ tiêu'")
    assert lines[start + 1].startswith("- [lỗi] ô E5, C1-01 ")
    assert "ghi 'chưa rõ'" in lines[start + 1]
    assert lines[start + 2].startswith("- [lỗi] ô E9, C1-05 ")
    assert all("tệp bao cao.xlsx" not in line for line in lines)


def test_blank_cells_of_a_sheet_are_one_line_with_all_their_addresses(checked):
    blanks = [p for p in checked[1] if p.rule == "blank_cell"]
    assert len(blanks) > 50
    (line,) = [text for text in marked.as_text(checked[1]) if "ô bỏ trống:" in text]
    assert f"{len(blanks)} ô bỏ trống" in line
    assert all(p.cell in line for p in blanks)


def test_each_problem_is_a_comment_at_its_cell_and_a_line_of_the_list(checked, copied):
    book = openpyxl.load_workbook(copied)
    for p in checked[1]:
        if p.cell:
            comment = book[p.sheet][p.cell].comment.text
            assert p.message.split(": ", 1)[1][-30:] in comment
    listed = book["Cần sửa"]
    assert book.sheetnames[0] == "Cần sửa"
    assert listed.max_row == 3 + len(checked[1])
    links = [row[2].hyperlink.location for row in listed["A4:E5"]]
    assert links == ["'Chỉ tiêu'!E5", "'Chỉ tiêu'!E9"]


def test_several_problems_of_one_cell_are_joined(write, tmp_path):
    path = write(figures={("C2-04", "actual"): "1.043.000,5"})
    found = checks.check_file(path) * 2
    marked.copy(path, found, tmp_path)
    at = next(p for p in found if p.rule == "out_of_range")
    text = openpyxl.load_workbook(tmp_path / "bao cao - cần sửa.xlsx")[at.sheet][at.cell]
    assert text.comment.text.count("Vượt quá mức có thể") == 2


def test_nothing_else_changes_and_no_text_becomes_a_formula(checked, copied):
    before, after = openpyxl.load_workbook(checked[0]), openpyxl.load_workbook(copied)
    for sheet in before.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                same = after[sheet.title][cell.coordinate]
                assert (same.value, same.data_type) == (cell.value, cell.data_type)
        rules = (sheet.data_validations, after[sheet.title].data_validations)
        assert len({len(r.dataValidation) for r in rules}) == 1
        assert after[sheet.title].protection.sheet == sheet.protection.sheet
    typed = [c for row in after["Cần sửa"].iter_rows() for c in row]
    assert any(c.value == "=1+1" for c in typed)
    assert all(c.data_type != "f" for c in typed)


def test_the_marked_copy_checks_like_the_file_and_can_be_marked_again(checked, copied, tmp_path):
    again = checks.check_file(copied)
    assert [(p.rule, p.cell) for p in again] == [(p.rule, p.cell) for p in checked[1]]
    marked.write(copied, again[:1], tmp_path / "lan 2.xlsx")
    book = openpyxl.load_workbook(tmp_path / "lan 2.xlsx")
    comments = [c for s in book.worksheets for row in s.iter_rows() for c in row if c.comment]
    assert len(comments) == 1
    assert book.sheetnames.count("Cần sửa") == 1


def test_other_formats_get_the_text_only_and_are_told_so(tmp_path):
    said = marked.copy(tmp_path / "bao cao.ods", [], tmp_path / "ban sao.xlsx")
    assert "không phải tệp .xlsx" in said
    assert not (tmp_path / "ban sao.xlsx").exists()


def test_the_file_itself_is_never_overwritten(checked):
    with pytest.raises(AnalystError, match="khác tệp gốc"):
        marked.copy(checked[0], checked[1], checked[0])
