"""Header texts -> the columns of a sheet, wherever the header stands and however it was edited."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from ntm_eval.intake import sheets
from ntm_eval.intake.files import Grid
from ntm_eval.intake.sheets import TABLES
from ntm_eval.units import fold

# A header row carries at least this share of the sheet's header texts; a note that happens to
# contain one of them does not.
SHARE = 0.5
# Titles and letterheads above the header take a few rows; beyond this a sheet is something else.
WITHIN = 40
# No header or label is longer; a paragraph need not be looked at.
LONGEST = 200
NO_LETTERS = re.compile(r"[^a-z0-9]+")


# The words of a header that say of when its figures are.
YEAR = r"\b20[0-9]{2}\b"
DATED = re.compile(
    rf"\b(6 thang( dau nam)?|12 thang|(ca )?nam( {YEAR})?|{YEAR}|den( ngay)?( [0-9]+)+)$"
)


class When(NamedTuple):
    """The year and the period of a report, as far as they are known."""

    year: int | None = None
    period: str | None = None

    def names(self, text: str) -> bool | None:
        """Whether a text names this year or period (True) or another (False); None of neither.

        >>> When(2022, "annual").names("Thực hiện 6 tháng"), When(2022).names("Kế hoạch năm 2022")
        (False, True)
        """
        said, found = plain(text), []
        if self.year and (years := re.findall(YEAR, said)):
            found.append(str(self.year) in years)
        if self.period and (part := re.search(r"\b(6|12) thang\b|\bca nam\b", said)):
            found.append((part[0] == "6 thang") == (self.period == "h1"))
        return all(found) if found else None


ANY = When()


@dataclass(frozen=True)
class Header:
    """Where a header ends, the column of each key, and further columns with the same text."""

    last: int
    where: Mapping[str, int]
    again: Mapping[str, list[int]] = field(default_factory=dict)
    when: When = ANY

    @cached_property
    def first(self) -> int:
        """The leftmost of its columns."""
        return min(self.where.values())


@lru_cache(maxsize=4096)  # the same in every file: a tenth of the time that reading takes
def plain(text: object) -> str:
    """A header or label without diacritics, punctuation and line breaks."""
    if not isinstance(text, str) or len(text) > LONGEST:
        return ""
    return NO_LETTERS.sub(" ", fold(text)).strip()


def _undated(text: str) -> str:
    return DATED.sub("", text).strip()


COLUMNS = {
    sheet: {_undated(plain(text)): key for text, key in texts.items()}
    | {plain(text): key for text, key in texts.items()}
    for sheet, texts in TABLES.items()
}


def top(grid: Grid) -> range:
    """The rows in which titles and headers stand, from the first that is not blank."""
    first = next((r for r, row in enumerate(grid) if any(t != "" for t in row)), 0)
    return range(first, min(len(grid), first + WITHIN))


def find(grid: Grid, sheet: str, when: When = ANY) -> Header | None:
    """The row, or two rows of a merged header, with the most header texts of a sheet's table.

    Where a damaged header is repeated whole further down, the first one: figures stand between.
    Of columns of several years or periods those of `when` are meant.
    """
    found = _find(grid, sheet, when)
    return found and _of_period(found, grid)


def _of_period(header: Header, grid: Grid) -> Header:
    """The header with the columns that the row above or below it gives to its year and period."""
    above, row, below = (
        grid[r] if 0 <= r < len(grid) else [] for r in range(header.last - 1, header.last + 2)
    )
    carried = _carried(above, len(row))
    where, again, under = dict(header.where), dict(header.again), False
    for key in sheets.MEASURES:
        if key not in where:
            continue
        columns = sorted((where[key], *again.get(key, ())))
        # a cell merged across leaves those to its right blank
        while (
            len(columns) < len(row)
            and _text_at(below, columns[-1] + 1)
            and (columns[-1] + 1 < len(row) and row[columns[-1] + 1] == "")
        ):
            columns.append(columns[-1] + 1)
        low = {c: header.when.names(_text_at(below, c)) for c in columns}
        said = {c: header.when.names(carried[c]) if n is None else n for c, n in low.items()}
        fits = [c for c in columns if said[c]] or [c for c in columns if said[c] is None]
        if len(columns) > 1 and len(fits) == 1:
            where[key], again[key] = fits[0], []
            under |= any(n is not None for n in low.values())
    return replace(header, last=header.last + under, where=where, again=again)


def _find(grid: Grid, sheet: str, when: When) -> Header | None:
    columns, all_keys = COLUMNS[sheet], len(TABLES[sheet])
    best: Header | None = None
    first: Header | None = None
    rows = top(grid)
    for r in rows:
        found = _match(r, grid[r], columns, when)
        if best is None or len(found.where) > len(best.where):
            best = found
        if first is None and len(found.where) >= SHARE * all_keys:
            first = found
        if len(found.where) == all_keys:
            return first if first and r - first.last > 1 else found
    for r in rows[:-1]:
        found = _match(r + 1, _joined(grid[r], grid[r + 1], when), columns, when)
        if best is None or len(found.where) > len(best.where):
            best = found
    return best if best and len(best.where) >= SHARE * all_keys else None


def labelled(
    grid: Grid, headers: Mapping[str, str], needed: Collection[str]
) -> list[tuple[int, dict[str, object]]] | None:
    """The rows below the first that has the needed headers, as the office writes them; else None.

    Each with its number, by the names that `headers` gives the columns.
    """
    columns = {fold(text): key for text, key in headers.items()}
    for r, row in enumerate(grid):
        where = {columns[fold(text)]: c for c, text in enumerate(row) if fold(text) in columns}
        if where.keys() >= set(needed):
            return [
                (n, {key: below[c] for key, c in where.items() if c < len(below)})
                for n, below in enumerate(grid[r + 1 :], start=r + 2)
            ]
    return None


def repeated(r: int, row: list[object], header: Header, sheet: str) -> Header | None:
    """The header that a row below the first one repeats, perhaps in another order, or None.

    Rows of figures are told apart by their first cell alone, which makes this cheap.
    """
    text = row[header.first] if header.first < len(row) else ""
    if not isinstance(text, str) or not any(map(COLUMNS[sheet].get, _names(text, header.when))):
        return None
    found = _match(r, row, COLUMNS[sheet], header.when)
    return found if len(found.where) >= SHARE * len(header.where) else None


def _match(r: int, row: list[object], columns: Mapping[str, str], when: When) -> Header:
    """The columns of a row: a text as it is goes before one without brackets or without a year."""
    where: dict[str, int] = {}
    again: dict[str, list[int]] = {}
    texts = ((c, t) for c, t in enumerate(row) if isinstance(t, str | tuple) and t)
    named = [(c, _names(t, when) if isinstance(t, str) else t) for c, t in texts]
    for exact in (True, False):
        for c, names in named:
            tried = names[:1] if exact and isinstance(row[c], str) else names
            key = next((k for name in tried if (k := columns.get(name))), None)
            if key is None or c in where.values():
                continue
            if key not in where:
                where[key] = c
            elif c not in again.setdefault(key, []):
                again[key].append(c)
    return Header(r, where, again, when)


def _names(text: str, when: When) -> tuple[str, ...]:
    """What a header text may be found by: all of it, without brackets, without its own year."""
    whole = plain(text)
    names = (whole, plain(re.sub(r"\([^()]*\)", " ", text))) if "(" in text else (whole,)
    if not DATED.search(names[-1]) or when.names(text) is False:
        return names
    return (*names, _undated(names[-1]))


def _joined(upper: list[object], lower: list[object], when: When) -> list[object]:
    """For each column what a header of two rows may say: both texts together, or either."""
    found: list[object] = []
    for c, over in enumerate(_carried(upper, max(len(upper), len(lower)))):
        top_text, under = _text_at(upper, c), _text_at(lower, c)
        texts = (f"{over} {under}", under, top_text) if under else (top_text,)
        if when.names(under) is False:  # of another period than the report's
            texts = texts[:1]
        found.append(tuple(name for text in texts if text for name in _names(text, when)))
    return found


def _carried(row: list[object], width: int) -> list[str]:
    """The text above each column: that of cells merged across stands in the first of them only."""
    over, texts = "", []
    for c in range(width):
        over = _text_at(row, c) or over
        texts.append(over)
    return texts


def _text_at(row: list[object], c: int) -> str:
    text = row[c] if c < len(row) else ""
    return text if isinstance(text, str) else ""
