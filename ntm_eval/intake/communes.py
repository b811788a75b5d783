"""Sheets Xã and Đô thị văn minh: a row for each commune, with its titles, marks and counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ntm_eval import units
from ntm_eval.intake import names, sheets, values
from ntm_eval.intake.cells import Cell, Row
from ntm_eval.intake.reading import Reading
from ntm_eval.intake.workbook import Book
from ntm_eval.language import message

NAMED = ("district_code", "commune_code", "commune", "kind")
COMMUNE_COLUMNS = [*NAMED, "registered", "title", *sheets.CRITERIA, *sheets.COMMUNE_COUNTS]
TOWN_COLUMNS = [*NAMED, *("registered", "registered_year", "title"), *sheets.TOWN_CRITERIA, "note"]
RURAL = "xã"
TITLED = ("registered", "title")
FIRST_YEAR = 1990  # no title of these is older
MARKS = {"met": sheets.MET, "not_yet": sheets.NOT_YET}


def rural_and_urban(book: Book, reading: Reading) -> Iterator[dict]:
    """A row for each commune of the district, in the order of codes, filled in or not."""
    placed = _placed(book, sheets.COMMUNES, reading)
    members = units.communes(reading.district.code, reading.day)
    rural = [(c, placed.get(c.code, {})) for c in members if c.kind == RURAL]
    _ask_of_marks(rural, sheets.CRITERIA, reading)
    for commune in members:
        row, asked = placed.get(commune.code, {}), commune.kind == RURAL
        yield {
            **named(commune),
            **{c: _title(row.get(c), commune, reading) for c in TITLED},
            **{c: _mark(row.get(c), commune, reading, asked=asked) for c in sheets.CRITERIA},
            **{c: _count(row.get(c), commune, reading) for c in sheets.COMMUNE_COUNTS},
        }


def towns(book: Book, reading: Reading) -> Iterator[dict]:
    """A row for each phường and thị trấn, filled in or not; none where no such sheet is owed.

    A workbook of an edition without the sheet owes none; of a later one it is asked for, once.
    """
    members = units.communes(reading.district.code, reading.day)
    members = tuple(c for c in members if c.kind != RURAL)
    if reading.misses(sheets.TOWNS, owed=bool(members)):
        return
    placed = _placed(book, sheets.TOWNS, reading)
    rows = [(c, placed.get(c.code, {})) for c in members]
    _ask_of_marks(rows, sheets.TOWN_CRITERIA, reading)
    for town, row in rows:
        titles = {c: _title(row.get(c), town, reading, sheets.TITLES[3:]) for c in TITLED}
        yield {
            **named(town),
            "registered": titles["registered"],
            "registered_year": _year(row.get("registered_year"), town, reading),
            "title": titles["title"],
            **{c: _mark(row.get(c), town, reading, asked=True) for c in sheets.TOWN_CRITERIA},
            "note": reading.said(row, "note") or None,
        }


def named(commune: units.Commune) -> dict[str, str]:
    """Whose row it is."""
    known = commune.district_code, commune.code, commune.name, commune.kind
    return dict(zip(NAMED, known, strict=True))


def _placed(book: Book, sheet: str, reading: Reading) -> dict[str, Row]:
    """The row of each commune on a sheet, by its code; what fits nowhere is a problem."""
    placed: dict[str, Row] = {}
    # a row that is surely this commune's comes before one whose name is only like it
    for row in sorted(book.tables[sheet], key=lambda row: not reading.sure(row)):
        commune = reading.commune(row, sheets.TABLES[sheet])
        if commune is None:
            continue
        filled = [c for c in row.values() if not c.blank]
        if commune.code in placed:
            reading.mark(message("row_repeated.commune"), filled[0], commune_code=commune.code)
        elif sheet == sheets.TOWNS and commune.kind == RURAL:
            if len(filled) > 2:  # more than a code and a name
                why = message("unknown_commune.rural")
                reading.mark(why, filled[0], commune_code=commune.code)
        else:
            placed[commune.code] = reading.rows[sheet, commune.code] = row
    return placed


def _ask_of_marks(
    asked: Sequence[tuple[units.Commune, Row]], criteria: Sequence[str], reading: Reading
) -> None:
    """One question for each mark in place of Đ and C, and one for the communes without any mark."""
    ticks: dict[str, list[Cell]] = {}
    without = []
    for commune, row in asked:
        typed = [reading.corrected(row[c])[0] for c in criteria if c in row]
        if all(cell.blank for cell in typed):
            without.append((commune, typed))
        for cell in typed:
            if cell.typed not in values.SURE_MARKS and (found := values.tick(cell.text)):
                ticks.setdefault(found, []).append(cell)
    for cells in ticks.values():
        reading.mark(message("not_a_mark.tick", count=len(cells), **MARKS), cells[0])
    if without and any(row for _, row in asked):
        why = message("marks_blank", names=[commune.name for commune, _ in without], **MARKS)
        reading.mark(why, next((typed[0] for _, typed in without if typed), None))


def _title(
    cell: Cell | None,
    commune: units.Commune,
    reading: Reading,
    known: Sequence[str] = sheets.TITLES,
) -> str | None:
    cell = cell and reading.corrected(cell)[0]
    if cell is None or cell.blank:
        return None
    title = names.titles().get(units.fold(cell.text))
    if title in known:
        return title
    reading.mark(message("unknown_title", known=list(known)), cell, commune_code=commune.code)
    return None


def _mark(
    cell: Cell | None, commune: units.Commune, reading: Reading, *, asked: bool
) -> str | None:
    """Đ, C or None; a tick where marks are asked for has its question for all cells together."""
    if cell is None:
        return None
    cell, _ = reading.corrected(cell)
    met, readable = values.read_mark(cell.typed)
    if not readable and not (asked and values.tick(cell.text)):
        reading.mark(message("not_a_mark", **MARKS), cell, commune_code=commune.code)
    return met


def _year(cell: Cell | None, town: units.Commune, reading: Reading) -> float | None:
    """A year up to that of the report."""
    year = _count(cell, town, reading)
    if cell is not None and year is not None and not FIRST_YEAR <= year <= reading.report.year:
        why = message("not_a_year", first=FIRST_YEAR, last=reading.report.year)
        reading.mark(why, reading.corrected(cell)[0], commune_code=town.code)
        return None
    return year


def _count(cell: Cell | None, commune: units.Commune, reading: Reading) -> float | None:
    return reading.number(cell, "count", "", commune_code=commune.code)
