"""Reports that are no workbooks: a .csv sheet, the tables of a Word document -> pages of cells."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from ntm_eval.intake import sheets, spelling
from ntm_eval.intake.formats import tag
from ntm_eval.intake.opening import (
    DAMAGED,
    TOO_LARGE,
    Grid,
    Page,
    UnreadableError,
    archive,
    part,
    ready,
)
from ntm_eval.units import fold

DOCUMENT = "word/document.xml"
# A sheet of text takes some ten times its size in memory, a document some thirty.
MOST_TEXT = 3_000_000
MOST_DOCUMENT = 5_000_000
SEPARATORS = "\t;,"
LEGACY = ("cp1258", "cp1252")
KNOWN = frozenset(
    fold(text)
    for headers in (
        sheets.INFO_LABELS,
        sheets.FIGURE_HEADERS,
        sheets.COMMUNE_HEADERS,
        sheets.SATISFACTION_HEADERS,
    )
    for text in headers
)
# '1,234,567' and '1,234.5' can only be English, '1.234.567' and '1.234,5' only Vietnamese.
ENGLISH = re.compile(r"-?[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d+)?|(?:,\d{3})+\.\d+)")
VIETNAMESE = re.compile(r"-?[1-9]\d{0,2}(?:(?:\.\d{3}){2,}(?:,\d+)?|(?:\.\d{3})+,\d+)")
# What Excel is told to take for text: ="326" or '326.
QUOTED = re.compile(r"""\A="([^"]*)"\Z|\A'(?=[0-9])""")
GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")


def is_document(data: bytes) -> bool:
    """Whether the bytes are a Word document (.docx)."""
    return data.startswith(b"PK") and DOCUMENT.encode() in data


def csv_page(data: bytes, name: str) -> Page:
    """The one sheet of a .csv file, in any encoding and with any separator that Excel writes.

    Raises
    ------
    UnreadableError
        Where it is no table of text, or too large for a report.
    """
    if len(data) > MOST_TEXT:
        raise UnreadableError(TOO_LARGE)
    grid = max(_readings(data), key=_known, default=[])
    return Page(name, lambda: _numbers(grid), table=True)


def document_pages(data: bytes) -> list[Page]:
    """The tables of a .docx file as 'bảng 1'…, and its paragraphs 'label: value' as 'văn bản'.

    Raises
    ------
    UnreadableError
        Where it is damaged or too large for a report.
    """
    found = archive(data)
    if DOCUMENT not in found.namelist():
        raise UnreadableError(DAMAGED)
    if found.getinfo(DOCUMENT).file_size > MOST_DOCUMENT:
        raise UnreadableError(TOO_LARGE)
    try:
        root = ElementTree.fromstring(part(found, DOCUMENT))
    except (ElementTree.ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableError(DAMAGED) from error
    tables = [e for e in root.iter() if tag(e) == "tbl"]
    grids: list[Grid] = [
        [list(_cells(row)) for row in table if tag(row) == "tr"] for table in tables
    ]
    inside = {p for table in tables for p in table.iter() if tag(p) == "p"}
    texts = [_text(p) for p in root.iter() if tag(p) == "p" and p not in inside]
    grids.append([[part.strip() for part in text.split(":", 1)] for text in texts])
    names = [*(f"bảng {n}" for n in range(1, len(grids))), "văn bản"]
    return [ready(name, grid, table=True) for name, grid in zip(names, grids, strict=True)]


def _readings(data: bytes) -> Iterator[Grid]:
    """The table as each separator gives it, in each encoding that the bytes allow."""
    for text in _decoded(data):
        for separator in SEPARATORS:
            try:
                rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
                yield [[QUOTED.sub(r"\1", text) for text in row] for row in rows]
            except csv.Error as error:
                raise UnreadableError(DAMAGED) from error


def _decoded(data: bytes) -> Iterator[str]:
    """UTF-8 and UTF-16 leave no doubt; of code pages the one with more known texts is right."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield data.decode("utf-16", errors="replace")
        return
    if data[1:200:2].count(0) > len(data[1:200:2]) / 3:
        yield data.decode("utf-16-le", errors="replace")
        return
    try:
        yield data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield data.decode("utf-8-sig", errors="replace")  # one damaged byte spoils one cell
        for page in LEGACY:
            yield unicodedata.normalize("NFC", data.decode(page, errors="replace"))


def _known(grid: Grid) -> int:
    """How many header texts and labels a reading of the file shows, in an old font or not."""
    meant = spelling.sheet(grid).grid
    return sum(
        fold(text) in KNOWN
        for row in meant
        for text in row
        if isinstance(text, str) and len(text) < 40
    )


def _numbers(grid: Grid) -> Grid:
    """The grid with English numbers as numbers, where the file can only be English.

    '1,043' alone may be either; the other numbers of the file tell.
    """
    cells = [text.strip() for row in grid for text in row if isinstance(text, str)]
    if not any(map(ENGLISH.fullmatch, cells)) or any(map(VIETNAMESE.fullmatch, cells)):
        return grid
    return [
        [
            float(t.replace(",", "")) if isinstance(t, str) and GROUPED.fullmatch(t.strip()) else t
            for t in row
        ]
        for row in grid
    ]


def _cells(row: Element) -> Iterator[str]:
    """The texts of a table row; of merged cells, only the first carries the text."""
    for e in row.iter():
        if tag(e) in ("gridBefore", "gridAfter"):
            yield from [""] * _number(e) if tag(e) == "gridBefore" else ()
        if tag(e) == "tc" and e in list(row):
            about = {tag(x): x for x in e.iter() if tag(x) in ("gridSpan", "vMerge")}
            merged = "vMerge" in about and _value(about["vMerge"]) != "restart"
            yield "" if merged else "\n".join(_text(p) for p in e.iter() if tag(p) == "p").strip()
            yield from [""] * (_number(about["gridSpan"]) - 1 if "gridSpan" in about else 0)


def _text(paragraph: Element) -> str:
    shown = {"tab": "\t", "br": "\n", "noBreakHyphen": "-"}
    return "".join(
        (e.text or "") if tag(e) == "t" else shown.get(tag(e), "") for e in paragraph.iter()
    )


def _value(element: Element) -> str:
    return next((v for k, v in element.items() if k.endswith("}val")), "")


def _number(element: Element) -> int:
    typed = _value(element)
    return min(int(typed), 100) if typed.isdecimal() else 1
