"""What a cell is beside its value: an error, a percentage, never calculated, raised, struck out."""

import io
import re
import shutil
import struct
import subprocess
import zipfile

import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from reports import FIGURES, edit, percent_book, read_from, rules

from ntm_eval import reference
from ntm_eval.intake import sheets, spreadsheets, values

RAISED = CellRichText("326", TextBlock(InlineFont(vertAlign="superscript"), "2"))
ANSWERS = {
    "commune_code": "04231",
    "survey": "xã NTM",
    "question": 1,
    "households": 60,
    "issued": 50,
    "collected": 40,
    "satisfied": 30,
    "unsatisfied": 5,
    "no_answer": 5,
}
REPLACED = CellRichText(TextBlock(InlineFont(strike=True), "320"), " 326")


@pytest.mark.parametrize(
    ("number_format", "number", "value"),
    [
        ("0.00%", 0.9319, 93.19),
        ('0.0"%"', 0.9319, 0.9319),
        ("0.00", 0.9319, 0.9319),
        ("0%", 1, 100),
        ("0%", 1.05, 105),
        ("0%", 93.19, 93.19),
        ("General", 93.19, 93.19),
    ],
)
def test_a_percentage_is_read_by_the_format_of_its_cell(folder, number_format, number, value):
    percent_book(folder / "a.xlsx", number_format, number)
    found, _ = read_from(folder)
    kinds = reference.due("annual").set_index("id")["kind"]
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


def test_a_percentage_is_still_a_number():
    assert values.read_number(values.Percent(0.5), "number", "").number == 0.5


@pytest.mark.parametrize(
    ("typed", "raw", "why"),
    [
        ("#DIV/0!", "#DIV/0!", "error"),
        ("#N/A", "#N/A", "error"),
        (RAISED, "326²", "raised"),
        (REPLACED, "[gạch bỏ: 320] 326", "struck"),
    ],
)
@pytest.mark.parametrize(
    ("sheet", "header"),
    [("Chỉ tiêu", "Tự chấm điểm"), ("Xã", "Hộ nghèo"), ("Hài lòng", "Hài lòng")],
)
def test_what_shows_no_sure_number_is_asked_at_its_cell(
    write, read, sheet, header, typed, raw, why
):
    path = write(figures=FIGURES, satisfaction=[ANSWERS])
    before = read()
    places = {}

    def change(book):
        rows = [[c.value for c in row] for row in book[sheet].iter_rows()]
        r = next(n for n, row in enumerate(rows) if header in row)
        first = next(n for n in range(r + 1, len(rows)) if rows[n][0])  # with a code
        cell = book[sheet].cell(first + 1, rows[r].index(header) + 1)
        places["at"] = cell.coordinate
        cell.value = typed

    edit(path, change)
    found = read()
    (asked,) = [p for p in found.problems if p not in before.problems]
    assert (asked.rule, asked.sheet, asked.cell) == ("not_a_number", sheet, places["at"])
    assert (asked.raw, asked.fields["message"]) == (raw, f"not_a_number.{why}")
    if sheet == "Chỉ tiêu":
        row = found.facts.set_index(["sheet", "cell"]).loc[(sheet, places["at"])]
        assert (row["state"], row["raw"]) == ("rejected", raw)


SHOWN = ["326²", "[gạch bỏ: 320] 326", "[gạch bỏ: 320]", "m²", "3262", 1.05, "#DIV/0!", 2.0, "=…"]


def marked_book(path):
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet(sheets.FIGURES)
        raised, bold = book.add_format({"font_script": 1}), book.add_format({"bold": True})
        struck = book.add_format({"font_strikeout": True})
        sheet.write_rich_string("A1", "326", raised, "2")
        sheet.write_rich_string("A2", struck, "320", " 326")
        sheet.write_number("A3", 320, struck)
        sheet.write_rich_string("A4", "m", raised, "2")
        sheet.write_rich_string("A5", "326", bold, "2")
        sheet.write_number("A6", 1.05, book.add_format({"num_format": "0%"}))
        sheet.write_formula("A7", "=1/0", value="#DIV/0!")
        sheet.write_formula("A8", "=1+1", value=2)
        sheet.write_formula("A9", '=IF(1=1,"","")', value="")


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_each_kind_of_spreadsheet_shows_the_same_marks(tmp_path, suffix):
    marked_book(tmp_path / "a.xlsx")
    if suffix != "xlsx":
        convert(tmp_path / "a.xlsx", suffix)
    (page,) = spreadsheets.spreadsheet((tmp_path / f"a.{suffix}").read_bytes())
    shown = [row[0] for row in page.grid]
    assert [*shown[:-1], shown[-1][:1] + "…"] == SHOWN
    assert isinstance(shown[5], values.Percent)


def convert(path, suffix):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice")
    home = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = [office, home, "--headless", "--convert-to", suffix, path.name]
    subprocess.run(command, cwd=path.parent, check=True, capture_output=True, timeout=120)


STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": b"http://purl.oclc.org/ooxml/officeDocument/relationships",
}


def numbered(text):
    return re.sub(rb"(workbook|styles|sharedStrings)\.xml", rb"\g<1>22.xml", text)


def strict(text):
    for old, new in STRICT.items():
        text = text.replace(old, new)
    return text


WAYS = {
    "plain": (lambda n: n, lambda n, b: b),
    "backslashes": (lambda n: n.replace("/", "\\"), lambda n, b: b),
    "numbered parts": (
        lambda n: numbered(n.encode()).decode(),
        lambda n, b: numbered(b) if n.endswith((".rels", "Types].xml")) else b,
    ),
    "strict": (lambda n: n, lambda n, b: strict(b)),
    "no addresses": (
        lambda n: n,
        lambda n, b: re.sub(rb'(<(?:c|row))( r="[A-Z0-9]+")', rb"\1", b) if "sheets/" in n else b,
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_file_shows_the_same_marks_whatever_way_it_is_written(tmp_path, way):
    name, content = WAYS[way]
    marked_book(tmp_path / "a.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            info = zipfile.ZipInfo("part")
            info.filename = name(part.filename)  # as given: the name '\\' is no place here
            new.writestr(info, content(part.filename, old.read(part)))
    (page,) = spreadsheets.spreadsheet(out.getvalue())
    shown = [row[0] for row in page.grid]
    assert [*shown[:-1], shown[-1][:1] + "…"] == SHOWN


def test_a_number_that_its_format_does_not_show_is_told(folder):
    percent_book(folder / "a.xlsx", ";;;", 326)
    found, _ = read_from(folder)
    row = found.facts.set_index(["indicator", "measure"]).loc[("C1-01", "actual")]
    assert (row["state"], row["raw"]) == ("rejected", "[ẩn: 326]")


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_a_number_that_its_format_hides_is_told_in_each_kind_of_spreadsheet(tmp_path, suffix):
    percent_book(tmp_path / "a.xlsx", ";;;", 326)
    if suffix != "xlsx":
        convert(tmp_path / "a.xlsx", suffix)
    (page,) = spreadsheets.spreadsheet((tmp_path / f"a.{suffix}").read_bytes())
    assert "[ẩn: 326]" in {cell for row in page.grid for cell in row}


def test_a_formula_of_an_xls_file_that_no_program_has_calculated_is_asked_about(tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("khác").write_formula("A1", "=1+2", value=3)
        sheet = book.add_worksheet(sheets.FIGURES)
        sheet.write_formula("A1", "=40+2", value=42)
        sheet.write_formula("B1", "=1-1", value=0)
        sheet.write_number("C1", 0)
    convert(tmp_path / "a.xlsx", "xls")
    data = (tmp_path / "a.xls").read_bytes()
    # as a library writes it that calculates nothing: no result, and to be calculated on opening
    of_42 = struct.pack("<d", 42.0)
    assert data.count(of_42 + bytes(2)) == 1
    waiting = data.replace(of_42 + bytes(2), bytes(8) + b"\x02\x00")
    assert [page.grid[0] for page in spreadsheets.spreadsheet(data)] == [[3.0], [42.0, 0.0, 0.0]]
    assert [page.grid[0] for page in spreadsheets.spreadsheet(waiting)] == [[3.0], ["=…", 0.0, 0.0]]
