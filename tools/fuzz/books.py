"""A report as sheets of slots: read from a workbook, and written as one.

A slot knows the figure that its cell was in the report as it came, and what must be read from it
now, so that a verdict needs nothing from the reader.
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from xlsxwriter.utility import xl_rowcol_to_cell

from ntm_eval import reference
from ntm_eval.intake import sheets

Key = tuple[str, ...]
NAMESPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


class ErrorValue(str):
    """'#REF!' as Excel's own value, not as a text that someone typed."""


class Raised(str):
    """'326²' as Excel writes it: the figure 3262 with its last digit raised."""


@dataclass(frozen=True)
class Slot:
    """One cell: what is typed, the figure it is, and what must be read: a state or a number."""

    typed: object = None
    key: Key | None = None
    expect: object = "same"  # same | blank | not_applicable | rejected | unmarked | a number

    @property
    def blank(self) -> bool:
        return self.typed is None or not str(self.typed).strip()

    @property
    def text(self) -> str:
        whole = isinstance(self.typed, float) and self.typed.is_integer()
        return "" if self.typed is None else str(int(self.typed) if whole else self.typed)


@dataclass
class Sheet:
    """A sheet of the report: which one of the form it is, and its rows."""

    name: str
    kind: str
    rows: list[list[Slot]]
    hidden: bool = False


def load(path: Path) -> list[Sheet]:
    """The sheets of a workbook, without the guide; dates as an official writes them."""
    book = openpyxl.load_workbook(path, data_only=True)
    found = []
    for ws in book:
        if ws.title != sheets.GUIDE:
            rows = [[Slot(_plain(v)) for v in row] for row in ws.iter_rows(values_only=True)]
            found.append(Sheet(ws.title, ws.title, rows))
    return found


def _plain(value: object) -> object:
    return f"{value:%d/%m/%Y}" if hasattr(value, "strftime") else value


def keyed(report: list[Sheet], keys: dict[tuple[str, str], Key]) -> list[Sheet]:
    """The sheets with each slot knowing its figure, by sheet and address."""
    return [
        replace(
            s,
            rows=[
                [
                    replace(t, key=keys.get((s.name, xl_rowcol_to_cell(r, c))))
                    for c, t in enumerate(row)
                ]
                for r, row in enumerate(s.rows)
            ],
        )
        for s in report
    ]


def copied(report: list[Sheet]) -> list[Sheet]:
    return [replace(s, rows=[list(row) for row in s.rows]) for s in report]


def write(report: list[Sheet]) -> bytes:
    """The sheets as an .xlsx file, texts within the cells."""
    out = io.BytesIO()
    numbers = range(1, len(report) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/s{n}.xml" ContentType="{TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    main = f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
    xml = '<Default Extension="xml" ContentType="application/xml"/>'
    rels = f'<Default Extension="rels" ContentType="{PACKAGE}.relationships+xml"/>'
    names = "".join(
        f"<sheet name={quoteattr(s.name)} sheetId={quoteattr(str(n))}"
        f'{" state=" + quoteattr("hidden") if s.hidden else ""} r:id="rId{n}"/>'
        for n, s in zip(numbers, report, strict=True)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{rels}{xml}{main}'
        f"{overrides}</Types>",
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": f'<workbook {NAMESPACE} xmlns:r="{OFFICE}"><sheets>{names}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/s{n}.xml") for n in numbers]
        ),
    } | {f"xl/worksheets/s{n}.xml": _xml(s) for n, s in zip(numbers, report, strict=True)}
    with zipfile.ZipFile(out, "w") as made:
        for name, text in parts.items():
            part = zipfile.ZipInfo(name)  # of no time, so that the same sheets are the same file
            made.writestr(part, HEAD + text, zipfile.ZIP_DEFLATED, compresslevel=1)
    return out.getvalue()


def _relations(targets: list[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def _xml(sheet: Sheet) -> str:
    rows = []
    for r, row in enumerate(sheet.rows):
        inside = "".join(
            _cell(xl_rowcol_to_cell(r, c), t) for c, t in enumerate(row) if not t.blank
        )
        rows.append(f'<row r="{r + 1}">{inside}</row>')
    return f"<worksheet {NAMESPACE}><sheetData>{''.join(rows)}</sheetData></worksheet>"


def _cell(ref: str, slot: Slot) -> str:
    typed = slot.typed
    if isinstance(typed, bool):
        return f'<c r="{ref}" t="b"><v>{typed:d}</v></c>'
    if not isinstance(typed, str):
        return f'<c r="{ref}"><v>{typed!r}</v></c>'
    if isinstance(typed, Raised):
        look = '<rPr><vertAlign val="superscript"/></rPr>'
        runs = f"<r><t>{typed[:-1]}</t></r><r>{look}<t>{unicodedata.digit(typed[-1])}</t></r>"
        return f'<c r="{ref}" t="inlineStr"><is>{runs}</is></c>'
    if isinstance(typed, ErrorValue):
        return f'<c r="{ref}" t="e"><v>{typed}</v></c>'
    if typed.startswith("="):
        return f'<c r="{ref}"><f>{escape(typed[1:])}</f></c>'
    text = escape(typed)
    return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def owed(period: str) -> list[Key]:
    """The figures that a report of a period owes, each exactly once."""
    return [(code, measure) for code in reference.due(period)["id"] for measure in sheets.MEASURES]
