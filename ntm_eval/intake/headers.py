"""Header texts -> the columns of a sheet, wherever the header stands and however it was edited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ntm_eval.intake import sheets
from ntm_eval.intake.opening import Grid
from ntm_eval.units import fold

# A header row carries at least this share of the sheet's header texts; a note that happens to
# contain one of them does not.
SHARE = 0.5
# Titles and letterheads above the header take a few rows; beyond this a sheet is something else.
WITHIN = 40
# No header or label is longer; a paragraph need not be looked at.
LONGEST = 200


TABLES = {
    sheets.FIGURES: sheets.FIGURE_HEADERS,
    sheets.COMMUNES: sheets.COMMUNE_HEADERS,
    sheets.SATISFACTION: sheets.SATISFACTION_HEADERS,
}


@dataclass(frozen=True)
class Header:
    """Where a header ends, the column of each key, and further columns with the same text."""

    last: int
    where: Mapping[str, int]
    again: Mapping[str, list[int]] = field(default_factory=dict)

    @cached_property
    def first(self) -> int:
        """The leftmost of its columns."""
        return min(self.where.values())


def plain(text: object) -> str:
    """A header or label without diacritics, punctuation and line breaks."""
    if not isinstance(text, str) or len(text) > LONGEST:
        return ""
    return re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()


COLUMNS = {
    sheet: {plain(text): key for text, key in texts.items()} for sheet, texts in TABLES.items()
}


def top(grid: Grid) -> range:
    """The rows in which titles and headers stand, from the first that is not blank."""
    first = next((r for r, row in enumerate(grid) if any(t != "" for t in row)), 0)
    return range(first, min(len(grid), first + WITHIN))


def find(grid: Grid, sheet: str) -> Header | None:
    """The row, or two rows of a merged header, with the most header texts of a sheet's table.

    Where a damaged header is repeated whole further down, the first one: figures stand between.
    """
    columns = COLUMNS[sheet]
    best: Header | None = None
    first: Header | None = None
    rows = top(grid)
    for r in rows:
        found = _match(r, grid[r], columns)
        if best is None or len(found.where) > len(best.where):
            best = found
        if first is None and len(found.where) >= SHARE * len(columns):
            first = found
        if len(found.where) == len(columns):
            return first if first and r - first.last > 1 else found
    for r in rows[:-1]:
        found = _match(r + 1, _joined(grid[r], grid[r + 1]), columns)
        if best is None or len(found.where) > len(best.where):
            best = found
    return best if best and len(best.where) >= SHARE * len(columns) else None


def repeated(r: int, row: list[object], header: Header, sheet: str) -> Header | None:
    """The header that a row below the first one repeats, perhaps in another order, or None.

    Rows of figures are told apart by their first cell alone, which makes this cheap.
    """
    text = row[header.first] if header.first < len(row) else ""
    if not isinstance(text, str) or not any(map(COLUMNS[sheet].get, _names(text))):
        return None
    found = _match(r, row, COLUMNS[sheet])
    return found if len(found.where) >= SHARE * len(header.where) else None


def _match(r: int, row: list[object], columns: Mapping[str, str]) -> Header:
    """The columns of a row: a text as it is goes before one without what stands in brackets."""
    where: dict[str, int] = {}
    again: dict[str, list[int]] = {}
    texts = ((c, t) for c, t in enumerate(row) if isinstance(t, str | tuple) and t)
    named = [(c, _names(t) if isinstance(t, str) else t) for c, t in texts]
    for exact in (True, False):
        for c, names in named:
            tried = names[:1] if exact and isinstance(row[c], str) else names
            key = next((k for name in tried if (k := columns.get(name))), None)
            if key is None or c in where.values():
                continue
            if key not in where:
                where[key] = c
            else:
                again.setdefault(key, []).append(c)
    return Header(r, where, again)


def _names(text: str) -> tuple[str, ...]:
    """What a header text may be found by: all of it, then without what stands in brackets."""
    whole = plain(text)
    return (whole, plain(re.sub(r"\([^()]*\)", " ", text))) if "(" in text else (whole,)


def _joined(upper: list[object], lower: list[object]) -> list[object]:
    """For each column what a header of two rows may say: both texts together, or either.

    The text of cells merged across stands in the first of them only.
    """
    found: list[object] = []
    over = ""
    for c in range(max(len(upper), len(lower))):
        top_text, under = _text_at(upper, c), _text_at(lower, c)
        over = top_text or over
        texts = (f"{over} {under}", under, top_text) if under else (top_text,)
        found.append(tuple(name for text in texts if text for name in _names(text)))
    return found


def _text_at(row: list[object], c: int) -> str:
    text = row[c] if c < len(row) else ""
    return text if isinstance(text, str) else ""
