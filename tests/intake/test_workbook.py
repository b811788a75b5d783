"""Sheets and columns are found by their texts, however the workbook was edited."""

from datetime import date

import pytest
from reports import SOP_COP, edit, facts_of, rules

from ntm_eval import units
from ntm_eval.checks import report as checks
from ntm_eval.intake import labels, received, sheets, workbook


def test_rows_above_the_header_and_moved_columns_change_nothing(filled, read):
    before = facts_of(read())

    def move(book):
        sheet = book["Chỉ tiêu"]
        sheet.insert_rows(1, 5)
        sheet.insert_cols(3, 2)

    edit(filled, move)
    assert facts_of(read()).equals(before)


def test_sheets_may_be_reordered_and_spelt_without_diacritics(filled, read):
    before = facts_of(read())

    def rename(book):
        book["Chỉ tiêu"].title = "chi tieu "
        book.move_sheet("Hài lòng", -3)

    edit(filled, rename)
    assert facts_of(read()).equals(before)


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


@pytest.mark.parametrize("title", ["Sheet1", "Biểu 1", "PL01"])
def test_a_sheet_under_any_name_is_found_by_its_headers(filled, read, title):
    before = facts_of(read())
    edit(filled, lambda book: setattr(book["Chỉ tiêu"], "title", title))
    found = read()
    assert facts_of(found).equals(before)
    assert rules(found) == []
    assert set(found.facts["sheet"].dropna()) == {title}


def test_a_sheet_that_is_not_read_though_it_looks_like_one_is_named(filled, read):
    before = facts_of(read())

    def copy(book):
        book.copy_worksheet(book["Chỉ tiêu"]).title = "Chỉ tiêu (2)"

    edit(filled, copy)
    found = read()
    assert facts_of(found).equals(before)
    (wrong,) = [p for p in found.problems if p.rule == "sheet_not_read"]
    assert wrong.sheet == "Chỉ tiêu (2)"


def test_of_two_candidates_the_one_with_more_header_texts_is_read(filled, read):
    before = facts_of(read())

    def copy(book):
        less = book.copy_worksheet(book["Chỉ tiêu"])
        less.title = "Biểu cũ"
        less["F3"] = None
        book["Chỉ tiêu"].title = "Biểu mới"

    edit(filled, copy)
    found = read()
    assert facts_of(found).equals(before)
    assert rules(found) == ["sheet_not_read"]


def test_a_hidden_sheet_is_read_and_said(filled, read):
    before = facts_of(read())
    edit(filled, lambda book: setattr(book["Chỉ tiêu"], "sheet_state", "veryHidden"))
    found = read()
    assert facts_of(found).equals(before)
    assert rules(found) == ["hidden_sheet"]


def test_a_header_of_two_rows_is_joined(filled, read):
    before = facts_of(read())

    def two_rows(book):
        sheet = book["Chỉ tiêu"]
        sheet.insert_rows(3)
        upper = ["Mã", "Chỉ tiêu", "Đơn vị", "Kế hoạch", "Kết quả trong năm", None, "Ghi chú"]
        lower = [None, None, "tính", "năm", "Thực hiện", "Tự chấm điểm", None]
        for c, (top, under) in enumerate(zip(upper, lower, strict=True), start=1):
            sheet.cell(3, c).value, sheet.cell(4, c).value = top, under
        sheet.merge_cells("E3:F3")

    edit(filled, two_rows)
    found = read()
    assert facts_of(found).equals(before)
    assert rules(found) == []


@pytest.mark.parametrize(
    "text", ["Thực\nhiện", "THỰC HIỆN (đến 30/11)", "Thực hiện  *", "Thực hiện\n(lũy kế)"]
)
def test_a_header_with_line_breaks_or_brackets_is_the_same_header(filled, read, text):
    before = facts_of(read())
    edit(filled, lambda book: book["Chỉ tiêu"].__setitem__("E3", text))
    assert facts_of(read()).equals(before)


def test_a_second_column_with_the_same_header_is_a_question(filled, read):
    def second(book):
        sheet = book["Chỉ tiêu"]
        sheet["H3"], sheet["H5"] = "Thực hiện (năm 2021)", 999

    before = facts_of(read())
    edit(filled, second)
    found = read()
    assert facts_of(found).equals(before)
    (wrong,) = [p for p in found.problems if p.rule == "column_repeated"]
    assert "E3, H3" in wrong.message


def test_repeated_headers_and_notes_between_rows_change_nothing(filled, read):
    before = facts_of(read())

    def print_again(book):
        sheet = book["Chỉ tiêu"]
        header = [c.value for c in sheet[3]]
        sheet.insert_rows(10, 2)
        for c, text in enumerate(header, start=1):
            sheet.cell(10, c).value = f"{text} (tiếp)"
        sheet.cell(11, 1).value = "Ghi chú: số liệu của 12 xã"

    edit(filled, print_again)
    found = read()
    assert facts_of(found).equals(before)
    assert rules(found) == []


def test_a_header_repeated_in_another_order_holds_from_there_on(filled, read):
    before = facts_of(read(), "raw")

    def swapped(book):
        sheet = book["Chỉ tiêu"]
        sheet.insert_rows(10)
        for c in range(1, 8):
            sheet.cell(10, c).value = sheet.cell(3, c).value
        for r in range(10, sheet.max_row + 1):
            d, e = sheet.cell(r, 4), sheet.cell(r, 5)
            d.value, e.value = e.value, d.value

    edit(filled, swapped)
    assert facts_of(read(), "raw").equals(before)


@pytest.mark.parametrize(("total", "broken"), [(42, []), (41, ["total_differs"]), (None, [])])
@pytest.mark.parametrize("above", [True, False])
def test_a_totals_row_is_no_commune_and_is_marked_only_where_it_differs(
    write, read, total, broken, above
):
    codes = [c.code for c in units.communes(SOP_COP.code, date(2022, 12, 31))]
    path = write(communes={codes[0]: {"households": 30}, codes[1]: {"households": 12}})
    before = read().communes

    def add(book):
        sheet = book["Xã"]
        r = 4 if above else sheet.max_row + 1
        if above:
            sheet.insert_rows(r)
        column = next(c.column for c in sheet[3] if c.value == "Tổng số hộ")
        sheet.cell(r, 2).value, sheet.cell(r, column).value = "Tổng cộng", total

    edit(path, add)
    found = read()
    assert found.communes.equals(before)
    assert rules(found) == broken


def test_the_mark_of_invented_data_is_seen(write):
    plain, marked = write("a.xlsx"), write("b.xlsx", mark=sheets.MARK)
    assert labels.ILLUSTRATIVE not in workbook.opened(plain).info
    assert labels.ILLUSTRATIVE in workbook.opened(marked).info


def header_row(book, sheet="Chỉ tiêu"):
    rows = enumerate(book[sheet].iter_rows(values_only=True), start=1)
    return next(r for r, row in rows if "Thực hiện" in row)


@pytest.mark.parametrize(
    "text", ["Thực hiện năm 2022", "THỰC HIỆN 2022", "Thực hiện cả năm", "Thực hiện đến 30/11/2022"]
)
def test_a_header_may_say_of_which_year_it_is(filled, read, text):
    before = facts_of(read())
    edit(filled, lambda book: set_text(book, "Thực hiện", text))
    found = read()
    assert facts_of(found).equals(before)
    assert rules(found) == []


def set_text(book, old, new):
    row = book["Chỉ tiêu"][header_row(book)]
    next(cell for cell in row if cell.value == old).value = new


@pytest.mark.parametrize("other", ["Thực hiện năm 2021", "Thực hiện 6 tháng"])
def test_a_column_of_another_year_or_period_is_not_the_reports(filled, read, other):
    before = facts_of(read())

    def insert(book):
        r, sheet = header_row(book), book["Chỉ tiêu"]
        sheet.insert_cols(5)
        for row in sheet.iter_rows(min_row=r + 1, min_col=5, max_col=5):
            row[0].value = 1
        sheet.cell(r, 5).value = other
        sheet.cell(r, 6).value = "Thực hiện năm 2022"

    edit(filled, insert)
    found = read()
    assert facts_of(found).equals(before)
    assert rules(found) == []


@pytest.mark.parametrize("above", [True, False])
def test_of_half_year_and_whole_year_under_one_header_the_reports_period_is_read(
    filled, read, above
):
    before = facts_of(read())

    def insert(book):
        r, sheet = header_row(book), book["Chỉ tiêu"]
        sheet.insert_cols(5)
        for row in sheet.iter_rows(min_row=r + 2, min_col=5, max_col=5):
            row[0].value = 1 if row[0].row > r + 1 and sheet.cell(row[0].row, 1).value else None
        sheet.insert_rows(r if above else r + 1)
        periods = r if above else r + 1
        sheet.cell(periods, 5).value, sheet.cell(periods, 6).value = "6 tháng đầu năm", "Cả năm"
        header = r + above
        sheet.cell(header, 5).value = "Thực hiện"
        sheet.cell(header, 6).value = "Thực hiện" if above else None

    edit(filled, insert)
    found = read()
    assert facts_of(found).equals(before)
    assert rules(found) == []


@pytest.mark.parametrize("year", ["Năm 2022", "2022 ", "năm 2022"])
@pytest.mark.parametrize("period", ["Cả năm", "12 tháng", "Năm 2022", "báo cáo năm"])
def test_year_and_period_are_understood_in_the_usual_words(write, folder, year, period):
    path = write(edits={("Thông tin", "B4"): year, ("Thông tin", "B5"): period})
    assert received.reports(folder, 2022, "annual")[1] == []
    assert checks.read_alone(path)[2] == []


@pytest.mark.parametrize("typed", ["12/31/2022", "5/12/22", "44900", "cuối tháng 11"])
@pytest.mark.parametrize("cell", ["B6", "B7"])  # the cut-off day, the day of sending
def test_a_day_that_cannot_be_read_is_quoted_at_its_cell_once(write, folder, typed, cell):
    path = write(
        info={"sent": "02/12/2022", "cut_off": "30/11/2022"}, edits={("Thông tin", cell): typed}
    )
    (report,), wrong = received.reports(folder, 2022, "annual")
    (asked,) = [*wrong, *received.arrival_problems([report], SOP_COP.code, 2022, "annual")]
    assert (asked.rule, asked.cell, asked.raw) == ("date_unread", cell, typed)
    assert asked in checks.read_alone(path)[2]


def test_a_year_that_cannot_be_read_is_quoted_at_its_cell(write):
    path = write(edits={("Thông tin", "B4"): "hai không hai hai"})
    report, _, (asked,) = checks.read_alone(path)
    assert (report, asked.rule, asked.cell, asked.raw) == (
        None,
        "wrong_year",
        "B4",
        "hai không hai hai",
    )
