"""What lies in a folder of reports: somebody's files, and the small tables of the office."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ntm_eval import units
from ntm_eval.intake.documents import readings
from ntm_eval.intake.opening import UnreadableError
from ntm_eval.language import Message, message
from ntm_eval.workspace import AnalystError

RECEIPTS, CORRECTIONS, DECISIONS = "receipts.csv", "corrections.csv", "decisions.csv"
ANSWERS = "answers"  # the folder of what districts answer
NAMES = {RECEIPTS, CORRECTIONS, DECISIONS}
# What programs leave in a folder by themselves: locks, drafts, thumbnails, marks of downloads.
NOBODYS = re.compile(
    r"(?:\.|~\$|~wr|thumbs\.db$|ehthumbs|desktop\.ini$).*|.*(?:\.tmp|zone\.identifier)", re.I
)
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")


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


def files(folder: Path) -> list[Path]:
    """The files that somebody put into a folder, in the order of their names."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(filter(_somebodys, found), key=lambda p: p.name)


def inner_folders(folder: Path) -> dict[Path, list[Path]]:
    """The folders in a folder that hold files at any depth, each with these."""
    inside = sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else ()
    held = {inner: sorted(filter(_somebodys, inner.rglob("*"))) for inner in inside}
    return {inner: files for inner, files in held.items() if files}


def _somebodys(path: Path) -> bool:
    return path.is_file() and not NOBODYS.fullmatch(path.name)


def refuse_other(path: Path, kinds: Collection[str], why: Message) -> None:
    """Refuses a file of another kind than these (suffixes); an archive is to be unpacked.

    Raises
    ------
    UnreadableError
        With `why`, or with what to do about an archive.
    """
    suffix = path.suffix.lower()
    if suffix not in kinds:
        raise UnreadableError(message("unreadable_file.packed") if suffix in PACKED else why)


def corrections(folder: Path) -> list[Correction]:
    """The rows of corrections.csv; none where there is no such file."""
    names = [name for name in Correction.__dataclass_fields__ if name != "source"]
    return [
        Correction(**{name: (row.get(name) or "").strip() for name in names})
        for row in rows_of(folder / CORRECTIONS)
    ]


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a small table kept by the office, as Excel in Vietnam may have saved it.

    Raises
    ------
    AnalystError
        Where the file is no table.
    """
    if not path.is_file():
        return []
    try:
        read = [[*rows()] for rows in readings(path.read_bytes())]
    except UnreadableError:
        raise AnalystError(
            f"{path} không phải bảng CSV. Lưu lại bằng Excel dạng CSV UTF-8."
        ) from None
    header, *rows = max(read, key=lambda rows: len(rows[0]) if rows else 0) or [[]]
    names = {c: _column(name) for c, name in enumerate(header) if name}
    tidy = [{name: row[c] if c < len(row) else "" for c, name in names.items()} for row in rows]
    return [row for row in tidy if any(map(str.strip, row.values()))]


def _column(header: str) -> str:
    """'Extended to ' -> 'extended_to'."""
    return units.fold(header).replace(" ", "_")


def file_key(file: str) -> str:
    """File names compared as one spelling: some systems store them decomposed.

    Marks stay: 'bao cao.xlsx' and 'báo cáo.xlsx' can lie in one folder.
    """
    return " ".join(unicodedata.normalize("NFC", file).casefold().split())
