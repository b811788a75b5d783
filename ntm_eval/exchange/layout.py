"""How the sheets of the workbook look and print: formats, titles, widths, locks, validations."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from ntm_eval.exchange import guide
from ntm_eval.intake import sheets
from ntm_eval.workspace import write_beside

Area = tuple[int, int, int, int]  # first row, first column, last row, last column

TITLE_ROW, HINT_ROW, HEADER_ROW, FIRST_ROW = range(4)
A4 = 9
LINE = 16  # points
TALLEST = 400  # points; Excel takes no row above 409
LETTERS = 1.08  # letters of this font that fit into one unit of column width
FONT = {"font_name": "Times New Roman", "font_size": 12}
FOOTER_FONT = '&"Times New Roman,Regular"&10'
FILL, CLOSED, BAND, HEAD, LINES = "#FFF9DB", "#D9D9D9", "#E4ECE4", "#CFE0D2", "#8C8C8C"
RED, PALE_RED = "#C00000", "#FBE3E0"
# What stays allowed on a locked sheet: a long text may need a taller row.
ALLOWED = {"format_columns": True, "format_rows": True}


def options() -> dict[str, object]:
    """What a workbook is opened with: each its own copy, since xlsxwriter writes into it."""
    return {"default_format_properties": dict(FONT), "default_row_height": 21, "in_memory": True}


@dataclass(frozen=True)
class Paper:
    """The workbook being written, its formats by name, and what stands on every sheet."""

    book: xlsxwriter.Workbook
    looks: Mapping[str, Format]
    title: str
    mark: str
    page: str = "Trang"  # before its number


@contextmanager
def workbook(path: Path, title: str, year: int, mark: str) -> Iterator[Paper]:
    """A new workbook with its formats, written at the end; the same input gives the same bytes."""
    with write_beside(path) as draft, xlsxwriter.Workbook(str(draft), options()) as book:
        book.set_properties({"title": title, "created": dt.datetime(year, 1, 1)})
        yield paper(book, title, mark)


def paper(book: xlsxwriter.Workbook, title: str, mark: str) -> Paper:
    """The workbook with its formats; those named `open` are cells to fill in."""
    box = {"border": 1, "border_color": LINES, "valign": "vcenter", "text_wrap": True}
    words = {**box, "align": "left", "indent": 1}
    middle = {**box, "align": "center"}
    free = {"locked": False, "bg_color": FILL}
    head = {"bold": True, "bg_color": HEAD}
    looks = {
        "title": {"bold": True, "font_size": 14},
        "mark": {"bold": True, "font_size": 14, "font_color": RED},
        "hint": {"italic": True},
        "header": {**middle, **head},
        "header upright": {**middle, **head, "text_wrap": False, "rotation": 90},
        "label": {**words, **head},
        "label long": {**words, **head, "valign": "top"},
        "text": words,
        "middle": middle,
        "figure": {**box, "num_format": "#,##0.##", "align": "right"},
        "code": {**middle, "num_format": "@"},
        "band": {**words, "bold": True, "bg_color": BAND, "text_wrap": False},
        "closed": {**box, "bg_color": CLOSED},
        "open": {**words, **free},
        "open middle": {**middle, **free},
        "open long": {**words, **free, "valign": "top"},
        "open integer": {**box, **free, "num_format": "#,##0", "align": "right"},
        "open decimal": {**box, **free, "num_format": "#,##0.00", "align": "right"},
        "open day": {**words, **free, "num_format": "dd/mm/yyyy"},
        "wrong": {"bold": True, "font_color": RED, "bg_color": PALE_RED},
        "heading": {"bold": True, "valign": "top", "text_wrap": True},
        "paragraph": {"text_wrap": True, "valign": "top"},
    }
    formats = {name: book.add_format(look) for name, look in looks.items()}
    return Paper(book, formats, title, mark)


def sheet(
    on: Paper,
    name: str,
    widths: Sequence[float],
    headers: Iterable[str] = (),
    frozen: int = 0,
    landscape: bool = False,
) -> Worksheet:
    """A locked sheet with title, hint, header and page set-up, ready for its rows."""
    made = on.book.add_worksheet(name)
    for c, width in enumerate(widths):
        made.set_column(c, c, width)
    _title(on, made)
    if headers:
        made.set_row(HEADER_ROW, 52)
        for c, text in enumerate(headers):
            look = "header upright" if text in sheets.CRITERIA else "header"
            made.write_string(HEADER_ROW, c, text, on.looks[look])
        made.freeze_panes(FIRST_ROW, frozen)
        made.repeat_rows(TITLE_ROW, HEADER_ROW)
    if landscape:
        made.set_landscape()
    made.set_paper(A4)
    made.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.7)
    made.fit_to_pages(1, 0)
    mark = f"&C{FOOTER_FONT}&K{RED[1:]}{on.mark}" if on.mark else ""
    made.set_footer(f"&L{FOOTER_FONT}{on.title}{mark}&R{FOOTER_FONT}{on.page} &P/&N")
    made.protect("", ALLOWED)
    return made


def _title(on: Paper, made: Worksheet) -> None:
    made.set_row(TITLE_ROW, 24)
    text = f"{made.get_name().upper()} - {on.title}"
    if on.mark:
        title, mark = on.looks["title"], on.looks["mark"]
        made.write_rich_string(TITLE_ROW, 0, title, text, mark, f"   {on.mark}", title)
    else:
        made.write_string(TITLE_ROW, 0, text, on.looks["title"])
    if made.get_name() in guide.HINTS:
        made.write_string(HINT_ROW, 0, guide.HINTS[made.get_name()], on.looks["hint"])


def put(made: Worksheet, r: int, c: int, value: object, look: Format) -> None:
    """Write a value as what it is: a text stays text, even one that looks like a formula."""
    if isinstance(value, str) and value:
        made.write_string(r, c, value, look)
    elif isinstance(value, dt.date):
        made.write_datetime(r, c, value, look)
    elif value is None or value == "" or pd.isna(value):
        made.write_blank(r, c, None, look)
    else:
        made.write_number(r, c, value, look)


def height(text: object, width: float) -> float:
    """The height of a wrapped cell: LibreOffice does not fit the rows of a locked sheet."""
    lines = str(text or "").split("\n")
    return 4 + LINE * sum(max(1, math.ceil(len(line) / (LETTERS * width))) for line in lines)


def ask(made: Worksheet, areas: Sequence[Area], rule: Mapping[str, object]) -> None:
    """One validation for all areas together: each written apart, it would double the file."""
    first, *others = areas
    made.data_validation(*first, {**rule, "other_cells": [list(area) for area in others]})


def one_of(values: Iterable[str] | str) -> dict[str, object]:
    """The validation that offers a list: of these values, or of the cells of this formula."""
    return {
        "validate": "list",
        "source": values if isinstance(values, str) else list(values),
        "error_title": "Chọn trong danh sách",
        "error_message": "Chọn một giá trị trong danh sách của ô này, hoặc để trống.",
    }


def columns(headers: Mapping[str, str], keys: Iterable[str], rows: tuple[int, int]) -> list[Area]:
    """The area of each of these columns between two rows, both included."""
    at = {key: c for c, key in enumerate(headers.values())}
    return [(rows[0], at[key], rows[1], at[key]) for key in keys]


def address(column: int, rows: tuple[int, int]) -> str:
    """The absolute address of a column between two rows, as $B$4:$B$32."""
    return xl_range_abs(rows[0], column, rows[1], column)
