"""What tests of reports share: how one is written, edited, read and refused."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter
from docx import Document

from ntm_eval import reference, units
from ntm_eval.intake import clean, problems, received, sheets, workbook
from ntm_eval.intake.problems import Place

SOP_COP = units.district("sop-cop")
MAI_SON = units.district("mai-son")
PLACE = Place(SOP_COP.code, "bao cao.xlsx")
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
LETTERHEAD = ("BÁO CÁO", "Huyện/thành phố: Sốp Cộp", "Năm: 2022", "Kiến nghị: Cấp thêm vốn.")


def rules(cleaned) -> list[str]:
    """The broken rules other than of blank cells, of which a nearly empty workbook is full."""
    return [p.rule for p in cleaned.problems if p.rule not in ("blank_cell", "marks_blank")]


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


def read_from(folder):
    """The only report of a folder, and the rules that its files broke."""
    (report,), wrong = received.reports(folder, 2022, "annual")
    d = units.district(report.district_code)
    book = workbook.read(folder / report.file, Place(d.code, report.file))
    return clean.clean(book, report), [p.rule for p in wrong]


def refusal(path, data=None):
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(workbook.UnreadableError) as error:
        workbook.read(path, PLACE)
    return problems.text(error.value.why)


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


def percent_book(path, number_format, number):
    with xlsxwriter.Workbook(str(path)) as book:
        look = book.add_format({"num_format": number_format})
        sheet = book.add_worksheet(sheets.FIGURES)
        sheet.write_row(0, 0, ["HUYỆN - Sốp Cộp - Báo cáo năm 2022"])
        sheet.write_row(1, 0, list(sheets.FIGURE_HEADERS))
        for r, (code, kind) in enumerate(
            reference.due("annual")[["id", "kind"]].to_numpy(), start=2
        ):
            sheet.write_string(r, 0, code)
            if kind in ("percent", "count"):
                sheet.write_number(r, 4, number, look)
