"""Whatever kind of file a report comes in, and however it was edited, its cells are the same."""

import csv
import io
import shutil
import subprocess
import sys
import unicodedata
import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from docx import Document
from reports import SOP_COP, rules

from ntm_eval import units
from ntm_eval.intake import clean, forms, opening, received, sheets, values, workbook
from ntm_eval.intake.problems import Place

PLACE = Place(SOP_COP.short, SOP_COP.code, "bao cao.xlsx")
MAI_SON = units.district("mai-son")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
FIGURES = {
    ("C1-01", "actual"): 7,
    ("C1-05", "actual"): "2 tỷ 100 triệu",
    ("C1-18", "actual"): 11043,
    ("C1-19", "actual"): "KAD",
    ("C2-04", "plan"): 93.5,
    ("C2-04", "actual"): 93.19,
    ("C1-10", "actual"): 2_100_000_000,
    ("C1-11", "actual"): 0,
}


def facts_of(cleaned, *columns):
    return cleaned.facts[["indicator", "measure", "value", "state", "unit", *columns]]


def edit(path, change):
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)


def grid(path, sheet=sheets.FIGURES):
    """The rows of a sheet as text, as a program that saves a sheet as text sees them."""
    rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [["" if v is None else str(v) for v in row] for row in rows]


def as_csv(rows, separator=",", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


def read_from(folder):
    """The only report of a folder, and the rules that its files broke."""
    (report,), wrong = received.reports(folder, 2022, "annual")
    d = units.district(report.district_code)
    book = workbook.read(folder / report.file, Place(d.short, d.code, report.file))
    return clean.clean(book, report), [p.rule for p in wrong]


def refusal(path, data=None):
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(workbook.UnreadableError) as error:
        workbook.read(path, PLACE)
    return str(error.value)


def replaced(data, **parts):
    """The archive with some of its parts written anew ('xl/workbook.xml' as xl__workbook)."""
    old, made = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    new = {name.replace("__", "/") + ".xml": text for name, text in parts.items()}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, new.get(name, old.read(name)))
    return made.getvalue()


@pytest.fixture
def filled(write):
    return write(figures=FIGURES)


# Files of text


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
def test_a_csv_of_the_figures_reads_as_the_workbook_does(filled, read, separator, encoding):
    before = facts_of(read(), "raw")
    rows = grid(filled)
    filled.unlink()
    filled.with_suffix(".csv").write_bytes(as_csv(rows, separator, encoding))
    found, wrong = read_from(filled.parent)
    assert facts_of(found, "raw").equals(before)
    assert wrong == []


def test_a_csv_in_the_old_vietnamese_code_page_is_read(filled, read):
    before = facts_of(read())
    text = as_csv(grid(filled), ";").decode()
    filled.unlink()
    # Windows writes a letter of Vietnamese as a letter and a mark of its own
    marks = dict(zip("\u0300\u0301\u0303\u0309\u0323", b"\xcc\xec\xde\xd2\xf2", strict=True))
    filled.with_suffix(".csv").write_bytes(b"".join(_cp1258(c, marks) for c in text))
    assert facts_of(read_from(filled.parent)[0]).equals(before)


def test_one_damaged_byte_spoils_one_cell_of_a_csv(filled, read, folder):
    before = facts_of(read())
    data = as_csv(grid(filled), ";").replace("2 tỷ 100 triệu".encode(), b"2 t\xff 100")
    filled.unlink()
    (folder / "a.csv").write_bytes(data)
    found, _ = read_from(folder)
    changed = found.facts[(facts_of(found)["state"] != before["state"])]
    assert list(changed["state"]) == ["rejected"]


def _cp1258(letter, marks):
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = list(unicodedata.normalize("NFD", letter))
        tone = [p for p in parts if p in marks]
        rest = unicodedata.normalize("NFC", "".join(p for p in parts if p not in marks))
        return rest.encode("cp1258") + b"".join(bytes([marks[t]]) for t in tone)


def test_the_district_of_a_csv_comes_from_label_rows_before_its_title(filled, folder):
    rows = [["Huyện/thành phố", "Mai Sơn"], ["Năm", "2022"], [], *grid(filled)[2:]]
    filled.unlink()
    (folder / "a.csv").write_bytes(as_csv(rows, ";"))
    (report,), wrong = received.reports(folder, 2022, "annual")
    assert (report.district_code, wrong) == (MAI_SON.code, [])


def test_the_district_of_a_csv_may_be_named_by_its_file_alone_and_says_so(filled, folder):
    rows = grid(filled)[2:]
    filled.unlink()
    (folder / "Sơn La, huyện Sốp Cộp.csv").write_bytes(as_csv(rows))
    found, wrong = read_from(folder)
    assert set(found.facts["district_code"]) == {SOP_COP.code}
    assert wrong == ["district_from_name"]


@pytest.mark.parametrize("name", ["so lieu", "Mai Sơn và Sốp Cộp"])
def test_a_csv_that_names_no_one_district_is_set_aside(filled, folder, name):
    rows = grid(filled)[2:]
    filled.unlink()
    (folder / f"{name}.csv").write_bytes(as_csv(rows))
    found, wrong = received.reports(folder, 2022, "annual")
    assert (found, [p.rule for p in wrong]) == ([], ["unknown_district"])


def test_english_grouping_is_undone_only_where_the_file_can_only_be_english(filled, read, folder):
    before = facts_of(read())
    rows = grid(filled)
    english = [["11,043" if t == "11043" else t for t in row] for row in rows]
    english = [["2,100,000,000" if t == "2100000000" else t for t in row] for row in english]
    filled.unlink()
    (folder / "a.csv").write_bytes(as_csv(english))
    assert facts_of(read_from(folder)[0]).equals(before)
    only = [["11,043" if t == "11043" else t for t in row] for row in rows]
    (folder / "a.csv").write_bytes(as_csv(only))
    (row,) = read_from(folder)[0].facts.query("raw == '11,043'").itertuples()
    assert row.value == 11.043
    assert "not_an_integer" in rules(read_from(folder)[0])


def test_a_csv_without_the_headers_of_the_form_is_no_report(folder):
    assert "không có bảng nào" in refusal(folder / "a.csv", "Họ tên;Tuổi\nA;1\n".encode())


# Word


def document(rows, paragraphs=(), tables=1):
    made = Document()
    for text in paragraphs:
        made.add_paragraph(text)
    header, body = rows[0], rows[1:]
    size = -(-len(body) // tables)
    for start in range(0, len(body), size):
        part = [header, *body[start : start + size]]
        table = made.add_table(len(part), len(header))
        for row, texts in zip(table.rows, part, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                cell.text = text
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


LETTERHEAD = ("BÁO CÁO", "Huyện/thành phố: Sốp Cộp", "Năm: 2022", "Kiến nghị: Cấp thêm vốn.")


@pytest.mark.parametrize("tables", [1, 3])
def test_the_annex_tables_of_a_word_report_read_as_the_workbook_does(filled, read, tables):
    before = facts_of(read())
    rows = grid(filled)[3:]
    filled.with_suffix(".docx").write_bytes(document([grid(filled)[2], *rows], LETTERHEAD, tables))
    filled.unlink()
    found, wrong = read_from(filled.parent)
    assert facts_of(found).equals(before)
    assert wrong == []
    assert set(found.facts["sheet"].dropna()) == {f"bảng {n + 1}" for n in range(tables)}
    assert found.words["recommendations"] == "Cấp thêm vốn."


def test_merged_cells_of_a_word_table_keep_their_columns(filled, read, folder):
    before = facts_of(read())
    made = Document(io.BytesIO(document(grid(filled)[2:], LETTERHEAD)))
    row = made.tables[0].add_row()
    row.cells[0].merge(row.cells[4]).text = "Ghi chú: 12 xã"
    filled.unlink()
    made.save(folder / "a.docx")
    found, _ = read_from(folder)
    assert facts_of(found).equals(before)
    assert "unplaced_cells" not in rules(found)


def test_a_word_letter_beside_the_workbook_takes_nobodys_place(filled, folder):
    made = Document()
    made.add_paragraph("Huyện/thành phố: Sốp Cộp")
    made.save(folder / "zz thuyet minh Sốp Cộp.docx")
    found, wrong = received.reports(folder, 2022, "annual")
    assert [(r.file, r.current) for r in found] == [(filled.name, True)]
    assert [p.rule for p in wrong] == ["unreadable_file"]


# Sheets and headers


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


# Several districts in one file


def both(folder, change):
    """A workbook with the sheets of Sốp Cộp and Mai Sơn, as `change` puts them together."""
    books = {}
    for d, number in ((SOP_COP, 7), (MAI_SON, 11)):
        path = folder / f"{d.slug}.xlsx"
        content = forms.Content(info={"sent": "02/12/2022"}, figures={("C1-01", "actual"): number})
        forms.write_workbook(path, d, 2022, "annual", content)
        books[d] = {n: grid(path, n) for n in (sheets.INFO, sheets.FIGURES)}
        path.unlink()
    made = openpyxl.Workbook()
    made.remove(made.active)
    change(made, books)
    made.save(folder / "hai huyen.xlsx")


def put(book, name, rows):
    sheet = book.create_sheet(name) if name not in book.sheetnames else book[name]
    start = sheet.max_row + 1 if sheet.max_row > 1 else 1
    for r, row in enumerate(rows, start=start):
        for c, text in enumerate(row, start=1):
            sheet.cell(r, c).value = float(text) if text in ("7", "11") else text or None


def by_suffix(book, books):
    for d, found in books.items():
        for name, rows in found.items():
            put(book, f"{name} - {d.short}", rows)


def by_copies(book, books):
    for n, found in enumerate(books.values()):
        for name, rows in found.items():
            put(book, name + (" (2)" if n else ""), rows)


def by_blocks(book, books):
    for found in books.values():
        for name, rows in found.items():
            put(book, name, rows)


@pytest.mark.parametrize("together", [by_suffix, by_copies, by_blocks])
def test_each_district_of_a_shared_file_has_its_own_report(folder, together):
    both(folder, together)
    found, wrong = received.reports(folder, 2022, "annual")
    assert {r.district_code for r in found} == {SOP_COP.code, MAI_SON.code}
    assert (len(found), wrong) == (2, [])
    for report in found:
        d = units.district(report.district_code)
        book = workbook.read(folder / report.file, Place(d.short, d.code, report.file))
        facts = clean.clean(book, report).facts.set_index(["indicator", "measure"])
        assert facts.loc[("C1-01", "actual"), "value"] == {SOP_COP: 7, MAI_SON: 11}[d]
        assert (facts["state"] == "reported").sum() == 1


def test_a_correction_of_one_district_is_not_refused_by_the_other(folder):
    both(folder, by_suffix)
    cell = next(
        f"E{r}" for r, row in enumerate(grid(folder / "hai huyen.xlsx", "Chỉ tiêu - Mai Sơn"), 1)
        if row[0] == "C1-01"
    )  # fmt: skip
    fix = received.Correction(
        "hai huyen.xlsx", "Chỉ tiêu - Mai Sơn", cell, "11", "12", "đếm lại", "A", "05/12/2022"
    )
    found, _ = received.reports(folder, 2022, "annual")
    said = {}
    for report in found:
        d = units.district(report.district_code)
        book = workbook.read(folder / report.file, Place(d.short, d.code, report.file))
        said[d] = [r for r in rules(clean.clean(book, report, [fix])) if "correction" in r]
    assert said == {SOP_COP: [], MAI_SON: ["correction_applied"]}


def test_districts_side_by_side_are_one_clear_letter_and_the_rest_is_unharmed(write, folder):
    write("lanh.xlsx")

    def beside(book, books):
        left, right = (found[sheets.INFO] for found in books.values())
        put(book, sheets.INFO, [[*a, *b] for a, b in zip(left, right, strict=True)])

    both(folder, beside)
    found, wrong = received.reports(folder, 2022, "annual")
    assert [r.file for r in found] == ["lanh.xlsx"]
    (letter,) = wrong
    assert letter.rule == "several_districts"
    assert "Mai Sơn" in letter.message
    assert "Sốp Cộp" in letter.message


def test_a_reused_form_whose_titles_name_another_district_is_one_report(write, folder):
    ref = workbook.read_info(write())["district"].ref
    write(edits={("Thông tin", ref): "Huyện Mai Sơn"})
    (report,), wrong = received.reports(folder, 2022, "annual")
    assert (report.district_code, wrong) == (MAI_SON.code, [])


# What a cell is beside its value


def percent_book(path, number_format, number):
    with xlsxwriter.Workbook(str(path)) as book:
        look = book.add_format({"num_format": number_format})
        sheet = book.add_worksheet(sheets.FIGURES)
        sheet.write_row(0, 0, ["HUYỆN - Sốp Cộp - Báo cáo năm 2022"])
        sheet.write_row(1, 0, list(sheets.FIGURE_HEADERS))
        for r, (code, kind) in enumerate(forms.due("annual")[["id", "kind"]].to_numpy(), start=2):
            sheet.write_string(r, 0, code)
            if kind in ("percent", "count"):
                sheet.write_number(r, 4, number, look)


@pytest.mark.parametrize(
    ("number_format", "number", "value"),
    [("0.00%", 0.9319, 93.19), ('0.0"%"', 0.9319, 0.9319), ("0.00", 0.9319, 0.9319),
     ("0%", 1, 100), ("0%", 93.19, 93.19), ("General", 93.19, 93.19)],
)  # fmt: skip
def test_a_percentage_is_read_by_the_format_of_its_cell(folder, number_format, number, value):
    percent_book(folder / "a.xlsx", number_format, number)
    found, _ = read_from(folder)
    kinds = forms.due("annual").set_index("id")["kind"]
    actual = found.facts[found.facts["measure"] == "actual"].set_index("indicator")["value"]
    assert (actual[kinds[actual.index] == "percent"] == value).all()
    assert (actual[kinds[actual.index] == "count"] == number).all()
    assert ("unit_converted" in rules(found)) == (value != number)


@pytest.mark.parametrize("formula", ["=SUM(D5:D6)", "=1+1"])
def test_a_formula_that_nothing_has_calculated_is_a_question_never_a_zero(filled, read, formula):
    before = read().facts
    cell = before.set_index(["indicator", "measure"]).loc[("C1-01", "actual"), "cell"]
    edit(filled, lambda book: book["Chỉ tiêu"].__setitem__(cell, formula))
    found = read()
    row = found.facts.set_index(["indicator", "measure"]).loc[("C1-01", "actual")]
    assert (row["state"], row["raw"]) == ("rejected", formula)
    assert rules(found) == ["formula_without_value"]


def test_a_formula_with_a_stored_value_gives_that_value(folder):
    with xlsxwriter.Workbook(str(folder / "Sốp Cộp.xlsx")) as book:
        sheet = book.add_worksheet(sheets.FIGURES)
        sheet.write_row(0, 0, list(sheets.FIGURE_HEADERS))
        sheet.write_string(1, 0, "C1-01")
        sheet.write_formula(1, 4, "=1+1", value=9)
    found, _ = read_from(folder)
    assert found.facts.set_index(["indicator", "measure"]).loc[("C1-01", "actual"), "value"] == 9


# Files that are no report


def test_a_workbook_with_a_password_says_so(folder):
    data = opening.OLE + bytes(500) + opening.ENCRYPTED + bytes(500)
    assert "mật khẩu" in refusal(folder / "a.xlsx", data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "rỗng"),
        (bytes(4096), "rỗng"),
        (b"PK\x03\x04 cut short", "hỏng"),
        (opening.OLE + bytes(3000), "hỏng"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "không phải bảng tính"),
        (b"%PDF-1.7 ", "không phải bảng tính"),
    ],
)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_each_unreadable_file_says_which_kind_of_unreadable(folder, data, words, suffix):
    assert words in refusal(folder / f"a{suffix}", data)


def test_a_zip_that_is_no_workbook_is_the_wrong_type(folder):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("anh.jpg", b"\xff\xd8")
    assert "không phải bảng tính" in refusal(folder / "a.xlsx", made.getvalue())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_of_any_length_is_damaged(filled, share):
    data = filled.read_bytes()
    assert "hỏng" in refusal(filled, data[: int(len(data) * share)])


BILLION = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "hahahahaha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_nested_entities_are_never_unfolded(filled, folder):
    sheet = f'{BILLION}<worksheet {SPACE}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&i;'
    sheet += "</t></is></c></row></sheetData></worksheet>"
    filled.write_bytes(replaced(filled.read_bytes(), xl__worksheets__sheet2=sheet))
    assert "hỏng" in refusal(filled)
    word = "<w:document xmlns:w='x'><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body>"
    data = replaced(document([["a"], ["b"]]), word__document=f"{BILLION}{word}</w:document>")
    assert "hỏng" in refusal(folder / "a.docx", data)


def test_a_huge_sheet_in_a_small_file_is_refused_by_the_directory_alone(filled):
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row>' * 2_700_000
    head, tail = f"<worksheet {SPACE}><sheetData>".encode(), b"</sheetData></worksheet>"
    data = replaced(filled.read_bytes(), xl__worksheets__sheet2=head + rows + tail)
    assert len(data) < 1_000_000
    assert "quá lớn" in refusal(filled, data)


def test_one_long_text_in_very_many_cells_is_refused(folder):
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet(sheets.FIGURES).write_string(0, 0, "a")
    cells = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 9999))
    data = replaced(
        path.read_bytes(),
        xl__worksheets__sheet1=f"<worksheet {SPACE}><sheetData>{cells}</sheetData></worksheet>",
        xl__sharedStrings=f"<sst {SPACE}><si><t>{'a' * 120_000}</t></si></sst>",
    )
    assert "quá lớn" in refusal(path, data)


def test_a_cell_in_the_farthest_corner_is_refused_and_one_at_the_end_of_a_column_is_not(
    filled, read
):
    before = facts_of(read())
    edit(filled, lambda book: book["Chỉ tiêu"].__setitem__("B1048576", "x"))
    assert facts_of(read()).equals(before)
    edit(filled, lambda book: book["Chỉ tiêu"].__setitem__("XFD1048576", "x"))
    assert "rất xa" in refusal(filled)


def test_macros_and_links_are_carried_along_and_never_run(filled, read, folder):
    before = facts_of(read())
    old = zipfile.ZipFile(io.BytesIO(filled.read_bytes()))
    link = '<externalLink xmlns="x"><externalBook r:id="rId1" xmlns:r="y"/></externalLink>'
    made = folder / "macro.xlsm"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, old.read(name))
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
        archive.writestr("xl/externalLinks/externalLink1.xml", link)
    filled.unlink()
    assert facts_of(read()).equals(before)


def test_the_reader_of_large_files_gives_the_same_cells(filled):
    data = filled.read_bytes()
    here, apart = opening.spreadsheet(data), opening._apart(data)
    assert [(p.name, p.grid, p.hidden) for p in here] == [(p.name, p.grid, p.hidden) for p in apart]


def test_a_reader_that_dies_or_takes_too_long_refuses_only_its_file(filled, monkeypatch):
    data = filled.read_bytes()
    monkeypatch.setattr(opening, "SECONDS", 0.001)
    with pytest.raises(workbook.UnreadableError, match="quá lớn"):
        opening._apart(data)
    monkeypatch.undo()
    monkeypatch.setattr(sys, "executable", shutil.which("false") or "/bin/false")
    with pytest.raises(workbook.UnreadableError, match="quá lớn"):
        opening._apart(data)


# Other programs


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """A profile for LibreOffice, so that an open window of the user is left alone."""
    return tmp_path_factory.mktemp("profile")


@pytest.mark.skipif(SOFFICE is None, reason="không có LibreOffice trên máy này")
@pytest.mark.parametrize("kind", ["ods", "xls", "csv", "xlsx"])
def test_a_workbook_saved_by_libreoffice_reads_the_same(
    write, read, folder, tmp_path, profile, kind
):
    path = write("goc.xlsx", figures=FIGURES)
    before = facts_of(read())
    target = {"csv": "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,2"}
    command = [
        SOFFICE, "--headless", f"-env:UserInstallation=file://{profile}",
        "--convert-to", target.get(kind, kind), "--outdir", str(tmp_path / "made"), str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    path.unlink()
    (made,) = (tmp_path / "made").iterdir()
    shutil.copy(made, folder / f"Sốp Cộp.{kind}")
    found, _ = read_from(folder)
    assert facts_of(found).equals(before)


@pytest.mark.skipif(SOFFICE is None, reason="không có LibreOffice trên máy này")
def test_a_percentage_saved_as_ods_is_read_by_its_format(folder, tmp_path, profile):
    percent_book(tmp_path / "Sốp Cộp.xlsx", "0.00%", 0.9319)
    command = [
        SOFFICE, "--headless", f"-env:UserInstallation=file://{profile}",
        "--convert-to", "ods", "--outdir", str(folder), str(tmp_path / "Sốp Cộp.xlsx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    found, _ = read_from(folder)
    assert "unit_converted" in rules(found)
    assert set(found.facts["value"].dropna().round(4)) == {93.19, 0.9319}


def test_a_percentage_is_still_a_number():
    assert values.read_number(values.Percent(0.5), "number", "").number == 0.5
