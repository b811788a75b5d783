"""Labels and titles of a report -> whose it is, of which year and period, and its own words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ntm_eval.intake import parts, sheets
from ntm_eval.intake.cells import Cell, ref
from ntm_eval.intake.headers import TABLES, When, find, plain, top
from ntm_eval.intake.opening import Page
from ntm_eval.units import fold

# The key under which `info` gives the cell that marks invented data.
ILLUSTRATIVE = "illustrative"
LABELS = {plain(label): key for label, key in sheets.INFO_LABELS.items()}
MARK = plain(sheets.MARK)
YEAR = re.compile(r"(?:nam )?([0-9]{4})")
OF_YEAR = r"(?: (?:nam )?[0-9]{4})?"
PERIODS = {
    "h1": re.compile(rf"(?:bao cao )?(?:6|sau) thang(?: dau nam)?{OF_YEAR}"),
    "annual": re.compile(rf"(?:bao cao )?(?:(?:ca )?nam(?: [0-9]{{4}})?|12 thang{OF_YEAR})"),
}


def info(pages: Sequence[Page], code: str | None = None) -> dict[str, Cell]:
    """The labelled cells; where no label names the district, the titles above the tables do.

    `code` is the district of these pages where their names alone say it.
    """
    cells: dict[str, Cell] = {}
    named = [p for p in pages if parts.kind_of(p.name) == sheets.INFO]
    for page in named:
        _labelled(page, range(len(page.grid)), cells)
    for page in () if named else pages:
        _labelled(page, _above_table(page), cells)
    if _open(cells, "district"):
        _titled(pages, cells)
    if code and _open(cells, "district"):
        cells["district"] = Cell(pages[0].name, "A1", code)
    return cells


def when(info: Mapping[str, Cell]) -> When:
    """The year and the period that the labels name, in any of the usual words.

    >>> when({"year": Cell("", "", "Năm 2022"), "period": Cell("", "", "Cả năm")})
    When(year=2022, period='annual')
    """
    year, period = (fold(info[key].text) if key in info else "" for key in ("year", "period"))
    found = YEAR.fullmatch(year)
    meant = next((key for key, words in PERIODS.items() if words.fullmatch(period)), None)
    return When(int(found[1]) if found else None, meant)


def _labelled(page: Page, rows: range, cells: dict[str, Cell]) -> None:
    for r in rows:
        row = page.grid[r]
        for c, typed in enumerate(row):
            if not isinstance(typed, str) or not typed:
                continue
            text = plain(typed)
            if MARK in text:
                cells.setdefault(ILLUSTRATIVE, Cell(page.name, ref(r, c), typed))
            label, _, value = typed.partition(":")
            if text in LABELS and c + 1 < len(row) and _open(cells, LABELS[text]):
                cells[LABELS[text]] = Cell(page.name, ref(r, c + 1), row[c + 1])
            elif value.strip() and _open(cells, LABELS.get(plain(label), "")):
                cells[LABELS[plain(label)]] = Cell(page.name, ref(r, c), value.strip())


def _above_table(page: Page) -> range:
    """The rows above the header of a table: below it, a label's text may be a unit or a name."""
    rows = top(page.grid)
    found = [h.last for sheet in TABLES if (h := find(page.grid, sheet))]
    return range(rows.start, min(found, default=rows.stop))


def _titled(pages: Sequence[Page], cells: dict[str, Cell]) -> None:
    """What the titles say, where all of them name the same district."""
    titles = [(p, t) for p in pages if (t := parts.title(p))]
    if len({t[0] for _, t in titles}) != 1:
        return
    page, (*texts, at) = titles[0]
    for key, text in zip(("district", "year", "period"), texts, strict=True):
        if _open(cells, key):
            cells[key] = Cell(page.name, at, text)
    for r in top(page.grid):
        for c, typed in enumerate(page.grid[r]):
            if MARK in plain(typed):
                cells.setdefault(ILLUSTRATIVE, Cell(page.name, ref(r, c), typed))


def _open(cells: dict[str, Cell], key: str) -> bool:
    """Whether a label is known and nothing stands beside it yet."""
    return bool(key) and (key not in cells or cells[key].blank)
