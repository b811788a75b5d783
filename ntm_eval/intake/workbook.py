"""A file -> its cells, each with sheet and address, found by header text and not by position."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from ntm_eval.intake import sheets
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.units import fold

SUFFIXES = (".xlsx", ".xls", ".ods")
# A header row carries at least this share of the sheet's header texts; a note that happens to
# contain one of them does not.
HEADER_SHARE = 0.5
# Titles and letterheads above the header take a few rows; beyond this a sheet is something else.
HEADER_WITHIN = 40

DAMAGED = (
    "không mở được tệp này như một bảng tính (tệp hỏng, có mật khẩu hoặc sai loại). "
    "Mở bằng Excel, lưu lại thành .xlsx không mật khẩu rồi gửi lại."
)
# The key under which `read_info` gives the cell that marks invented data.
ILLUSTRATIVE = "illustrative"

Grid = list[list[object]]
Row = Mapping[str, "Cell"]


@dataclass(frozen=True)
class Cell:
    """What was typed at one address."""

    sheet: str
    ref: str
    typed: object

    @property
    def text(self) -> str:
        """What was typed as text, a whole number without its '.0'."""
        if isinstance(self.typed, float) and self.typed.is_integer():
            return str(int(self.typed))
        if isinstance(self.typed, dt.datetime | dt.date):
            return f"{self.typed:%d/%m/%Y}"
        return str(self.typed)

    @property
    def blank(self) -> bool:
        return self.text.strip() == ""


@dataclass(frozen=True)
class Book:
    """A workbook as read: the labelled cells of `Thông tin`, the rows of the three tables."""

    file: str
    info: Mapping[str, Cell]
    tables: Mapping[str, list[Row]]
    problems: tuple[Problem, ...]


TABLES = {
    sheets.FIGURES: sheets.FIGURE_HEADERS,
    sheets.COMMUNES: sheets.COMMUNE_HEADERS,
    sheets.SATISFACTION: sheets.SATISFACTION_HEADERS,
}


class UnreadableError(Exception):
    """The file is not a workbook that can be opened; the message says why, in Vietnamese."""


def read_info(path: Path) -> dict[str, Cell]:
    """The labelled cells of `Thông tin` by our names, empty where the sheet is missing.

    Raises
    ------
    UnreadableError
        Where the file is no workbook.
    """
    return _info(_open(path))


def read(path: Path, place: Place) -> Book:
    """Everything the contract's sheets hold; what could not be found is a problem.

    Raises
    ------
    UnreadableError
        Where the file is no workbook.
    """
    book = _open(path)
    tables, problems = {}, []
    for sheet, headers in TABLES.items():
        tables[sheet], found = _table(book, sheet, headers, place)
        problems += found
    return Book(place.file or path.name, _info(book), tables, tuple(problems))


def _open(path: Path) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except Exception as error:  # calamine raises its own and Rust's errors for damaged files
        raise UnreadableError(DAMAGED) from error


def _grid(book: calamine.CalamineWorkbook, sheet: str) -> tuple[str, Grid] | None:
    """The sheet meant by this name, under the name it has, with rows from A1 on."""
    for name in book.sheet_names:
        if fold(name) == fold(sheet):
            try:
                return name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            except Exception as error:  # as in _open: a sheet inside may be damaged alone
                raise UnreadableError(DAMAGED) from error
    return None


def _info(book: calamine.CalamineWorkbook) -> dict[str, Cell]:
    found = _grid(book, sheets.INFO)
    if found is None:
        return {}
    name, grid = found
    labels = {_plain(label): key for label, key in sheets.INFO_LABELS.items()}
    cells: dict[str, Cell] = {}
    for r, row in enumerate(grid):
        for c, typed in enumerate(row):
            if _plain(sheets.MARK) in _plain(typed):
                cells[ILLUSTRATIVE] = Cell(name, _ref(r, c), typed)
        for c, typed in enumerate(row[:-1]):
            key = labels.get(_plain(typed))
            if key and key not in cells:
                cells[key] = Cell(name, _ref(r, c + 1), row[c + 1])
    return cells


def _table(
    book: calamine.CalamineWorkbook, sheet: str, headers: Mapping[str, str], place: Place
) -> tuple[list[Row], list[Problem]]:
    found = _grid(book, sheet)
    if found is None:
        why = f"không thấy trang tính '{sheet}'. Dùng đúng mẫu và giữ nguyên tên trang tính."
        return [], [problem("header_not_found", why, place)]
    name, grid = found
    here = Place(place.who, place.district_code, place.file, name)
    columns = {_plain(text): key for text, key in headers.items()}
    header = _header(grid, columns)
    if header is None:
        why = (
            f"không thấy dòng tiêu đề có các cột {', '.join(list(headers)[:4])}… "
            "Giữ nguyên dòng tiêu đề của mẫu."
        )
        return [], [problem("header_not_found", why, here)]
    at, where = header
    problems = [
        problem(
            "header_not_found", f"không thấy cột '{text}'. Giữ nguyên tiêu đề cột của mẫu.", here
        )
        for text, key in headers.items()
        if key not in where
    ]
    return list(_rows(name, grid, at, where)), problems


def _header(grid: Grid, columns: Mapping[str, str]) -> tuple[int, dict[str, int]] | None:
    """The row that carries the most header texts, and the column of each."""
    best: tuple[int, dict[str, int]] | None = None
    for r, row in enumerate(grid[:HEADER_WITHIN]):
        where: dict[str, int] = {}
        for c, typed in enumerate(row):
            key = columns.get(_plain(typed)) if isinstance(typed, str) else None
            if key and key not in where:
                where[key] = c
        if best is None or len(where) > len(best[1]):
            best = (r, where)
        if len(where) == len(columns):
            break
    return best if best and len(best[1]) >= HEADER_SHARE * len(columns) else None


def _rows(sheet: str, grid: Grid, header: int, where: Mapping[str, int]) -> Iterator[Row]:
    for r in range(header + 1, len(grid)):
        cells = {key: Cell(sheet, _ref(r, c), grid[r][c]) for key, c in where.items()}
        if not all(cell.blank for cell in cells.values()):
            yield cells


def _plain(text: object) -> str:
    """A header or label without diacritics, punctuation and line breaks."""
    return re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()


def _ref(row: int, column: int) -> str:
    """The A1 address of a 0-based row and column.

    >>> _ref(11, 4), _ref(0, 27)
    ('E12', 'AB1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
