"""The small tables that the office types beside the reports: receipts, corrections, decisions."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from ntm_eval import units
from ntm_eval.workspace import AnalystError

RECEIPTS, CORRECTIONS, DECISIONS = "receipts.csv", "corrections.csv", "decisions.csv"
NAMES = {RECEIPTS, CORRECTIONS, DECISIONS}


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
    text = _decoded(path.read_bytes())
    separator = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise AnalystError(
            f"{path} không phải bảng CSV ({error}). Lưu lại bằng Excel dạng CSV UTF-8."
        ) from None
    tidy = [{_column(name): row[name] or "" for name in row if name} for row in rows]
    return [row for row in tidy if any(map(str.strip, row.values()))]


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1258", errors="replace")


def _column(header: str) -> str:
    """'Extended to ' -> 'extended_to'."""
    return units.fold(header).replace(" ", "_")


def file_key(file: str) -> str:
    """File names compared as one spelling: some systems store them decomposed.

    Marks stay: 'bao cao.xlsx' and 'báo cáo.xlsx' can lie in one folder.
    """
    return " ".join(unicodedata.normalize("NFC", file).casefold().split())
