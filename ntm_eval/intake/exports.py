"""A household-level survey export -> the columns that are needed, and nothing that names a person.

KoboToolbox and ODK write one row a form. Only columns that this module knows are taken from the
file: names, telephone numbers, positions, identity numbers and free text stay in it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from xlsxwriter.utility import xl_rowcol_to_cell

from ntm_eval.characters import file_name
from ntm_eval.intake import delimited, spreadsheets
from ntm_eval.intake.files import TOO_LARGE as FILE_TOO_LARGE
from ntm_eval.intake.files import UnreadableError, content, inside, refuse_other
from ntm_eval.intake.problems import Place
from ntm_eval.language import Message, message
from ntm_eval.units import fold

FOLDER = "satisfaction"
TEXT = (".csv", ".txt", ".tsv")
KINDS = (*TEXT, ".xlsx", ".xlsm", ".xls", ".ods")
SHEET = "phiếu từng hộ"  # for any sheet: its own name may be anything
HEADER_WITHIN = 20
TOO_LARGE = message("unreadable_file.export_too_large")
OTHER = message("unreadable_file.no_export", kinds=list(KINDS))
# What a column is for, by its header without diacritics, punctuation and group before it.
HEADERS = {
    "commune_code": "ma xa|ma xa phuong thi tran|commune code",
    "commune": "xa|ten xa|xa phuong thi tran|phuong thi tran|commune",
    "district": "huyen|ma huyen|ten huyen|huyen thanh pho|district",
    "survey": "loai khao sat|loai phieu|survey|survey type",
    "village": "ban|ma ban|ma so ban|ma so ban tieu khu|ban tieu khu|tieu khu|thon|ma thon"
    "|khu dan cu|village",
    "collector": "nguoi thu phieu|ma nguoi thu phieu|ma so nguoi thu phieu|nguoi phong van"
    "|dieu tra vien|ma dieu tra vien|collector|enumerator",
    "household": "ma ho|ma so ho|so thu tu ho|household|household id",
    "households": "tong so ho|households",
    "issued": "phieu phat|so phieu phat|issued",
    "uuid": "uuid|instanceid|meta instanceid|key",
    "id": "id",
    "sent": "submission time|submissiondate",
    "edited": "updatedat|system updatedat",
    "root": "rootuuid|meta rootuuid",
    "before": "deprecatedid|meta deprecatedid",
    "consent": "dong y|chap thuan|consent",
    "review": "validation status|reviewstate|system reviewstate|trang thai duyet",
}
NEEDED: tuple[str | Message, ...] = (
    message("column.commune", code="Mã xã", name="Xã"),
    "'Loại khảo sát'",
    message("column.questions", code="cau_1", name="Câu 1"),
)
# Under a group it may be another's: 'formhub/uuid' is the form's own, the same in every row.
NEVER_IN_A_GROUP = ("uuid", "id")
MEANINGS = {header: key for key, known in HEADERS.items() for header in known.split("|")}
# 'cau_1', 'Câu 1', 'Câu 1. Đường giao thông'; not 'cau_1_khac', which holds what was written
QUESTION = re.compile(r"\W*cau[\s_]*0*([1-9][0-9]?)(?=$|[.:)\s])")
# 'Ông/bà có đồng ý trả lời không?'
CONSENT = re.compile(r"(?<!khong )dong y (?:tra loi|tham gia|phong van|khao sat|cung cap)")
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
    sheet: str
    rows: pd.DataFrame
    headers: Mapping[str, str]
    hidden: bool

    @property
    def place(self) -> Place:
        """Where it stands, for a problem about it."""
        return Place(file=self.file, sheet=self.sheet)

    @property
    def questions(self) -> list[str]:
        """The columns that hold answers."""
        return questions(self.headers)

    @property
    def missing(self) -> list[str | Message]:
        """The columns without which no form can be counted."""
        found = self.headers.keys()
        there = ({"commune", "commune_code"} & found, {"survey"} & found, self.questions)
        return [name for name, columns in zip(NEEDED, there, strict=True) if not columns]


class _Columns(NamedTuple):
    """The header row of a sheet, and the column of each meaning."""

    row: int
    at: Mapping[str, int]


class _Sheet(NamedTuple):
    """A sheet whose rows can be gone through more than once."""

    rows: Callable[[], Grid]
    hidden: bool = False


def questions(columns: Iterable[str]) -> list[str]:
    """Those of the columns that are questions, '1' first."""
    return sorted(filter(str.isdecimal, columns), key=int)


def files(folder: Path) -> list[Path]:
    """The survey exports beside the reports of one year and period, in the order of their names."""
    return inside(folder / FOLDER)


def read(path: Path) -> list[Export]:
    """The sheets with questions; without any, the one with the most known headers.

    Raises
    ------
    UnreadableError
        Where the file is no table.
    """
    refuse_other(path, KINDS, OTHER)
    try:
        text = path.suffix.lower() in TEXT
        sheets = list(_sheets(content(path), text)) or [_Sheet(list)]
        headed = [(s, _columns(s.rows()), n) for n, s in enumerate(sheets, start=1)]
        best = sorted(headed, key=lambda h: -len(h[1].at))[:1]
        found = [h for h in headed if questions(h[1].at)] or best
        names = [SHEET if len(found) == 1 else f"{SHEET}, trang tính thứ {n}" for *_, n in found]
        return [_export(path, *h[:2], name) for h, name in zip(found, names, strict=True)]
    except UnreadableError as error:
        raise UnreadableError(TOO_LARGE if error.why == FILE_TOO_LARGE else error.why) from None


def _sheets(data: bytes, text: bool) -> Iterator[_Sheet]:
    if not text or data.startswith((b"PK", spreadsheets.OLE)):
        for page in spreadsheets.spreadsheet(data):
            yield _Sheet(partial(getattr, page, "grid"), page.hidden)
    else:
        yield _Sheet(max(delimited.readings(data), key=lambda rows: len(_columns(rows()).at)))


def _columns(grid: Grid) -> _Columns:
    """The row among the first that carries the most known headers."""
    best = _Columns(0, {})
    for r, row in enumerate(itertools.islice(grid, HEADER_WITHIN)):
        at = _meanings(row)
        if len(at) > len(best.at):
            best = _Columns(r, at)
    return best


def _meanings(row: Sequence[object]) -> dict[str, int]:
    """The column of each meaning: of two, the one with fewer groups before it, then the machine's.

    '_uuid' is the form's; 'uuid' may be 'formhub/uuid' without its group, the same in every row.
    """
    found: dict[str, tuple[int, bool, int]] = {}
    for c, typed in enumerate(row):
        for depth, key in itertools.islice(_known(_text(typed)), 1):
            rank = depth, not _text(typed).startswith("_"), c
            found[key] = min(found.get(key, rank), rank)
    return {key: c for key, (_, _, c) in found.items()}


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
        elif CONSENT.search(plain):
            yield depth, "consent"


def _export(path: Path, sheet: _Sheet, columns: _Columns, name: str) -> Export:
    """Only the known columns leave the grid."""
    at = dict(sorted(columns.at.items(), key=lambda item: item[1]))
    file = f"{FOLDER}/{file_name(path.name)}"
    taken, header = [], None
    for line, row in enumerate(sheet.rows(), start=1):
        texts = [_text(row[c]) if c < len(row) else "" for c in at.values()]
        if line == columns.row + 1:
            header = texts
        elif line > columns.row + 1 and any(texts) and texts != header:
            taken.append([*texts, line])
    rows = pd.DataFrame(taken, columns=[*at, "line"]).astype(dict.fromkeys(at, "str"))
    missing = {key: pd.Series("", rows.index, dtype="str") for key in HEADERS if key not in at}
    refs = {key: xl_rowcol_to_cell(columns.row, c) for key, c in at.items()}
    return Export(file, name, rows.assign(**missing, file=file, sheet=name), refs, sheet.hidden)


def _text(typed: object) -> str:
    """What a cell shows, on one line."""
    if typed is None:
        return ""
    if isinstance(typed, float) and typed.is_integer():
        return str(int(typed))
    if isinstance(typed, dt.datetime | dt.date):
        return typed.isoformat()
    return " ".join(str(typed).split())
