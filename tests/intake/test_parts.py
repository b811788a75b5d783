"""Each district of a file that several share has a report of its own."""

import openpyxl
import pytest
from reports import MAI_SON, SOP_COP, grid, rules

from ntm_eval import units
from ntm_eval.exchange import template as forms
from ntm_eval.intake import clean, delimited, received, sheets, workbook
from ntm_eval.intake.problems import Place


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
        book = workbook.read(folder / report.file, Place(d.code, report.file))
        facts = clean.clean(book, report).facts.set_index(["indicator", "measure"])
        assert facts.loc[("C1-01", "actual"), "value"] == {SOP_COP: 7, MAI_SON: 11}[d]
        assert (facts["state"] == "reported").sum() == 1


def test_a_correction_of_one_district_is_not_refused_by_the_other(folder):
    both(folder, by_suffix)
    cell = next(
        f"E{r}"
        for r, row in enumerate(grid(folder / "hai huyen.xlsx", "Chỉ tiêu - Mai Sơn"), 1)
        if row[0] == "C1-01"
    )
    fix = delimited.Correction(
        "hai huyen.xlsx", "Chỉ tiêu - Mai Sơn", cell, "11", "12", "đếm lại", "A", "05/12/2022"
    )
    found, _ = received.reports(folder, 2022, "annual")
    said = {}
    for report in found:
        d = units.district(report.district_code)
        book = workbook.read(folder / report.file, Place(d.code, report.file))
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
    ref = workbook.opened(write()).info["district"].ref
    write(edits={("Thông tin", ref): "Huyện Mai Sơn"})
    (report,), wrong = received.reports(folder, 2022, "annual")
    assert (report.district_code, wrong) == (MAI_SON.code, [])
