"""A household-level survey export -> the columns that are needed, and nothing that names a person.

KoboToolbox and ODK write one row a form. Only columns that this module knows are taken from the
file: names, telephone numbers, positions, identity numbers and free text stay in it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from ntm_eval.characters import file_name
from ntm_eval.intake import opening
from ntm_eval.intake.opening import UnreadableError
from ntm_eval.language import message
from ntm_eval.units import fold

FOLDER = "satisfaction"
CSV, XLSX = ".csv", ".xlsx"
SHEET = "phiếu từng hộ"  # for any sheet: its own name may be anything
HEADER_WITHIN = 20
SEPARATORS = (",", ";", "\t")
TOO_LARGE = message("unreadable_file.export_too_large")
NOT_UTF8 = message("unreadable_file.export_not_utf8")
# What a column is for, by its header without diacritics, punctuation and group before it.
HEADERS = {
    "commune_code": ("ma xa", "ma xa phuong thi tran", "commune code"),
    "commune": ("xa", "ten xa", "xa phuong thi tran", "commune"),
    "district": ("huyen", "ma huyen", "ten huyen", "huyen thanh pho", "district"),
    "survey": ("loai khao sat", "loai phieu", "survey", "survey type"),
    "village": (
        "ban",
        "ma ban",
        "ma so ban",
        "ma so ban tieu khu",
        "ban tieu khu",
        "tieu khu",
        "thon",
        "ma thon",
        "khu dan cu",
        "village",
    ),
    "collector": (
        "nguoi thu phieu",
        "ma nguoi thu phieu",
        "ma so nguoi thu phieu",
        "nguoi phong van",
        "dieu tra vien",
        "ma dieu tra vien",
        "collector",
        "enumerator",
    ),
    "household": ("ma ho", "ma so ho", "so thu tu ho", "household", "household id"),
    "households": ("tong so ho", "households"),
    "issued": ("phieu phat", "so phieu phat", "issued"),
    "uuid": ("uuid", "instanceid", "meta instanceid", "key"),
    "id": ("id",),
    "sent": ("submission time", "submissiondate"),
}
# Under a group it may be another's: 'formhub/uuid' is the form's own, the same in every row.
NEVER_IN_A_GROUP = ("uuid", "id")
MEANINGS = {header: key for key, headers in HEADERS.items() for header in headers}
# 'cau_1', 'Câu 1', 'Câu 1. Đường giao thông'; not 'cau_1_khac', which holds what was written
QUESTION = re.compile(r"\W*cau[\s_]*0*([1-9][0-9]?)(?=$|[.:)\s])")
GROUP = re.compile(r"[/:-]")
NUMBERING = re.compile(r"^\d+[.)]\s*")

Grid = Iterable[Sequence[object]]


@dataclass(frozen=True)
class Export:
    """One sheet of forms: the needed columns as text, and the cell of each column's header.

    `rows` has every name of `HEADERS` (blank where the file has no such column), the questions
    that were found ('1', '2', ...), and the row's number in the file as `line`.
    """

    file: str
    rows: pd.DataFrame
    headers: Mapping[str, str]

    @property
    def questions(self) -> list[str]:
        return sorted((c for c in self.headers if c.isdecimal()), key=int)


@dataclass(frozen=True)
class _Columns:
    """The header row of a sheet, and the column of each meaning."""

    row: int
    at: Mapping[str, int]


def files(folder: Path) -> list[Path]:
    """The survey exports beside the reports of one year and period, in the order of their names."""
    inside = folder / FOLDER
    found = inside.iterdir() if inside.is_dir() else ()
    known = (p for p in found if p.is_file() and p.suffix.lower() in (CSV, XLSX))
    return sorted((p for p in known if not p.name.startswith((".", "~$"))), key=lambda p: p.name)


def read(path: Path) -> Export:
    """The sheet with the most known headers; without any, an export without columns.

    Raises
    ------
    UnreadableError
        Where the file is no table.
    """
    try:
        grids = list(_csv(path) if path.suffix.lower() == CSV else _xlsx(path))
        headed = [(_columns(grid()), grid) for grid in grids]
        columns, grid = max(headed, key=lambda h: len(h[0].at), default=(_Columns(0, {}), list))
        return _export(path, grid(), columns)
    except UnreadableError as error:
        if error.why == opening.TOO_LARGE:
            raise UnreadableError(TOO_LARGE) from None
        raise
    except csv.Error as error:
        raise UnreadableError(opening.DAMAGED) from error


def _csv(path: Path) -> Iterator[Callable[[], Grid]]:
    """The file as a sheet once for each separator: the header tells which is right."""
    try:
        text = opening.content(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError(NOT_UTF8) from None
    for separator in SEPARATORS:
        yield partial(_separated, text, separator)


def _separated(text: str, separator: str) -> Grid:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _xlsx(path: Path) -> Iterator[Callable[[], Grid]]:
    for page in opening.spreadsheet(opening.content(path)):
        yield partial(_rows, page)


def _rows(page: opening.Page) -> Grid:
    return page.grid


def _columns(grid: Grid) -> _Columns:
    """The row among the first that carries the most known headers."""
    best = _Columns(0, {})
    for r, row in enumerate(itertools.islice(grid, HEADER_WITHIN)):
        at = _meanings(row)
        if len(at) > len(best.at):
            best = _Columns(r, at)
    return best


def _meanings(row: Sequence[object]) -> dict[str, int]:
    """The column of each meaning: of two, the one with fewer groups before it, then the first."""
    found: dict[str, tuple[int, int]] = {}
    for c, typed in enumerate(row):
        for depth, key in itertools.islice(_known(_text(typed)), 1):
            found[key] = min(found.get(key, (depth, c)), (depth, c))
    return {key: c for key, (_, c) in found.items()}


def _known(header: str) -> Iterator[tuple[int, str]]:
    """What a header means, with and then without the groups before it, and how many were cut."""
    folded = fold(header)
    starts = [0, *(m.end() for m in GROUP.finditer(folded))]
    for depth, start in enumerate(starts):
        name = folded[start:]
        asked = QUESTION.match(name)
        plain = re.sub(r"[^a-z0-9]+", " ", NUMBERING.sub("", name.strip())).strip()
        key = asked[1] if asked else MEANINGS.get(plain)
        if key and not (depth and key in NEVER_IN_A_GROUP):
            yield depth, key


def _export(path: Path, grid: Grid, columns: _Columns) -> Export:
    """Only the known columns leave the grid."""
    at = dict(sorted(columns.at.items(), key=lambda item: item[1]))
    file = f"{FOLDER}/{file_name(path.name)}"
    taken, header = [], None
    for line, row in enumerate(grid, start=1):
        texts = [_text(row[c]) if c < len(row) else "" for c in at.values()]
        if line == columns.row + 1:
            header = texts
        elif line > columns.row + 1 and any(texts) and texts != header:
            taken.append([*texts, line])
    rows = pd.DataFrame(taken, columns=[*at, "line"]).astype(dict.fromkeys(at, "str"))
    missing = {key: pd.Series("", rows.index, dtype="str") for key in HEADERS if key not in at}
    refs = {key: xl_rowcol_to_cell(columns.row, c) for key, c in at.items()}
    return Export(file, rows.assign(**missing, file=file, sheet=SHEET), refs)


def _text(typed: object) -> str:
    """What a cell shows, on one line."""
    if typed is None:
        return ""
    if isinstance(typed, float) and typed.is_integer():
        return str(int(typed))
    if isinstance(typed, dt.datetime | dt.date):
        return typed.isoformat()
    return " ".join(str(typed).split())
