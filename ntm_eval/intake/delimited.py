"""Tables of text -> rows: a .csv report as a page, the small tables of the office.

They have one reader, with one policy of encodings and separators.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ntm_eval import units
from ntm_eval.cache import ASSURANCE, LETTERS
from ntm_eval.intake import sheets, spelling
from ntm_eval.intake.files import DAMAGED, MEGABYTE, TOO_LARGE, Grid, Page, UnreadableError
from ntm_eval.workspace import AnalystError

# A sheet of text takes some ten times its size in memory.
MOST_TEXT = 3 * MEGABYTE
RECEIPTS, CORRECTIONS, DECISIONS = "receipts.csv", "corrections.csv", "decisions.csv"
ANSWERS = "answers"  # the folder of what districts answer
INSPECTED = ("inspections.csv", "inspections.xlsx")  # noted by hand, and the form filled in
NAMES = {RECEIPTS, CORRECTIONS, DECISIONS, LETTERS, ASSURANCE, *INSPECTED}
SEPARATORS = "\t;,"
LEGACY = ("cp1258", "cp1252")
# What Excel is told to take for text: ="326" or '326.
QUOTED = re.compile(r"""\A="([^"]*)"\Z|\A'(?=[0-9])""")
# '1,234,567' and '1,234.5' can only be English, '1.234.567' and '1.234,5' only Vietnamese.
ENGLISH = re.compile(r"-?[1-9]\d{0,2}(?:(?:,\d{3}){2,}(?:\.\d+)?|(?:,\d{3})+\.\d+)")
VIETNAMESE = re.compile(r"-?[1-9]\d{0,2}(?:(?:\.\d{3}){2,}(?:,\d+)?|(?:\.\d{3})+,\d+)")
GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
KNOWN = frozenset(map(units.fold, sheets.TEXTS))


@dataclass(frozen=True)
class Correction:
    """A row of corrections.csv: an approved change of one cell."""

    file: str
    sheet: str
    cell: str
    old: str
    new: str
    reason: str
    approved_by: str
    date: str
    source: str = CORRECTIONS


def csv_page(data: bytes, name: str) -> Page:
    """The one sheet of a .csv file, in any encoding and with any separator that Excel writes.

    Raises
    ------
    UnreadableError
        Where it is no table of text, or too large for a report.
    """
    if len(data) > MOST_TEXT:
        raise UnreadableError(TOO_LARGE)
    grids: Iterator[Grid] = ([list(row) for row in rows()] for rows in readings(data))
    grid = max(grids, key=_known)
    return Page(name, _numbers(grid), table=True)


def _known(grid: Grid) -> int:
    """How many header texts and labels a reading of the file shows, in an old font or not."""
    meant = spelling.sheet(grid).grid
    return sum(
        units.fold(text) in KNOWN
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


def readings(data: bytes) -> Iterator[Callable[[], Iterator[list[str]]]]:
    """The rows of a table of text, once for each encoding that the bytes allow and separator.

    Which is right, the caller knows by the headers that it shows. Rows raise `UnreadableError`
    where the text is no table.
    """
    for text in _decoded(data):
        for separator in SEPARATORS:
            yield partial(_separated, text, separator)


def _separated(text: str, separator: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [QUOTED.sub(r"\1", typed) for typed in row]
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
        for page in LEGACY:
            yield unicodedata.normalize("NFC", data.decode(page, errors="replace"))
        yield data.decode("utf-8-sig", errors="replace")  # one damaged byte spoils one cell


def corrections(folder: Path) -> list[Correction]:
    """The rows of corrections.csv; none where there is no such file."""
    names = [name for name in Correction.__dataclass_fields__ if name != "source"]
    rows = rows_of(folder / CORRECTIONS, names).values()
    return [Correction(**{name: row[name] for name in names}) for row in rows]


def small_table(path: Path) -> Path:
    """Where a small table of the office lies: 'Receipts.CSV' is the one meant, as on Windows."""
    if path.is_file():
        return path
    beside = path.parent.glob("*.*")
    return next((other for other in beside if other.name.lower() == path.name), path)


def rows_of(path: Path, columns: Iterable[str] = ()) -> dict[int, dict[str, str]]:
    """The rows of a small table kept by the office, as Excel in Vietnam may have saved it.

    By their numbers as Excel shows them; blank rows are none.

    A column that the file has not is blank.

    Raises
    ------
    AnalystError
        Where the file is no table.
    """
    path = small_table(path)
    if not path.is_file():
        return {}
    try:
        read = [[*rows()] for rows in readings(path.read_bytes())]
    except UnreadableError:
        raise AnalystError(
            f"{path} không phải bảng CSV. Lưu lại bằng Excel dạng CSV UTF-8."
        ) from None
    header, *rows = max(read, key=lambda rows: len(rows[0]) if rows else 0) or [[]]
    # 'Extended to ' -> 'extended_to'
    names = {c: units.fold(name).replace(" ", "_") for c, name in enumerate(header) if name}
    blank = dict.fromkeys([*columns, *names.values()], "")
    filled = [{name: row[c].strip() for c, name in names.items() if c < len(row)} for row in rows]
    return {line: blank | row for line, row in enumerate(filled, start=2) if any(row.values())}


def file_key(file: str) -> str:
    """File names compared as one spelling: some systems store them decomposed.

    Marks stay: 'bao cao.xlsx' and 'báo cáo.xlsx' can lie in one folder.
    """
    return " ".join(unicodedata.normalize("NFC", file).casefold().split())
