"""Sheets and columns are found by their texts, and what cannot be read is one clear letter."""

import openpyxl
import pytest
from reports import SOP_COP, rules

from ntm_eval.intake import sheets, workbook
from ntm_eval.intake.problems import Place

PLACE = Place(SOP_COP.short, SOP_COP.code, "bao cao.xlsx")


def edit(path, change):
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def values_of(cleaned):
    return cleaned.facts[["indicator", "measure", "value", "state"]]


@pytest.fixture
def filled(write):
    return write(figures={("C1-01", "actual"): 7, ("C2-04", "plan"): 93.5})


def test_rows_above_the_header_and_moved_columns_change_nothing(filled, read):
    before = values_of(read())

    def move(book):
        sheet = book["Chỉ tiêu"]
        sheet.insert_rows(1, 5)
        sheet.insert_cols(3, 2)

    edit(filled, move)
    assert values_of(read()).equals(before)


def test_sheets_may_be_reordered_and_spelt_without_diacritics(filled, read):
    before = values_of(read())

    def rename(book):
        book["Chỉ tiêu"].title = "chi tieu "
        book.move_sheet("Hài lòng", -3)

    edit(filled, rename)
    assert values_of(read()).equals(before)


def test_a_missing_sheet_leaves_its_cells_blank_and_says_so(filled, read):
    edit(filled, lambda book: book.remove(book["Chỉ tiêu"]))
    found = read()
    assert (found.facts["state"] == "blank").all()
    assert rules(found) == ["header_not_found"]


def test_a_missing_column_is_named(filled, read):
    def cut(book):
        sheet = book["Chỉ tiêu"]
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == "Tự chấm điểm":
                    cell.value = "Điểm khác"

    edit(filled, cut)
    (wrong,) = [p for p in read().problems if p.rule == "header_not_found"]
    assert "Tự chấm điểm" in wrong.message
    assert "Chỉ tiêu" in wrong.message


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"ten,gia tri\n1,2\n"])
def test_a_file_that_is_no_workbook_is_one_letter(folder, content):
    path = folder / "hong.xlsx"
    path.write_bytes(content)
    with pytest.raises(workbook.UnreadableError, match=r"không mở được .* gửi lại"):
        workbook.read(path, PLACE)


def test_a_truncated_workbook_is_one_letter(filled):
    filled.write_bytes(filled.read_bytes()[:-2000])
    with pytest.raises(workbook.UnreadableError, match="không mở được"):
        workbook.read(filled, PLACE)


def test_a_formula_gives_its_stored_value_and_is_never_run(folder, filled):
    edit(filled, lambda book: book["Chỉ tiêu"].__setitem__("E5", "=1+1"))
    rows = workbook.read(filled, PLACE).tables[sheets.FIGURES]
    assert all(r["actual"].typed != 2 for r in rows if "actual" in r)


def test_the_mark_of_invented_data_is_seen(write):
    plain, marked = write("a.xlsx"), write("b.xlsx", mark=sheets.MARK)
    assert workbook.ILLUSTRATIVE not in workbook.read_info(plain)
    assert workbook.ILLUSTRATIVE in workbook.read_info(marked)
