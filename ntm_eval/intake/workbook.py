"""A file -> its cells, each with sheet and address, found by header text and not by position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, repeat
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from ntm_eval import characters, units
from ntm_eval.intake import delimited, files, headers, labels, sheets, spelling, spreadsheets, word
from ntm_eval.intake.cells import Cell, Row
from ntm_eval.intake.files import Page, UnreadableError
from ntm_eval.intake.headers import ANY, Header, When, plain
from ntm_eval.intake.problems import Place, Problem, problem, some
from ntm_eval.intake.totals import without_totals
from ntm_eval.language import message

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".docx")
NO_TABLE = message("unreadable_file.no_table")
# What becomes of a character that paper cannot show as it was typed.
UNPRINTABLE = ("unprintable_text.replaced", "unprintable_text.removed", "unprintable_text.missing")
SHOWN = 5  # cells and characters that a message names
# Columns that say which row it is: a formula without a value there is as good as a blank.
NAMING = {"indicator", "name", "unit", "commune_code", "commune", "kind", "survey", "question"}

Found = list[tuple[Page, Header]]  # sheets with a table, and where it begins


@dataclass(frozen=True)
class Book:
    """A workbook as read: the labelled cells of `Thông tin`, the rows of each table."""

    file: str
    info: Mapping[str, Cell]
    tables: Mapping[str, list[Row]]
    problems: tuple[Problem, ...]
    # sheet (folded) and address of the cells of other districts in the same file
    elsewhere: frozenset[tuple[str, str]] = frozenset()
    missing: frozenset[str] = frozenset()  # sheets of the form that were not found

    @property
    def edition(self) -> int:
        """The edition of the form; a workbook that names none is of the first."""
        cell = self.info.get("edition")
        return int(cell.text) if cell and cell.text.strip().isdecimal() else 1


class Opened(NamedTuple):
    """The pages of a file, those of each district where it holds several reports, and labels.

    The labelled cells of each report are by district, or of '' where the whole file is one.
    `repairs`, of each page: its texts as they were meant, whatever font they were typed in.
    """

    file: str
    pages: tuple[Page, ...]
    repairs: tuple[spelling.Sheet, ...]
    parts: dict[str, list[Page]]
    infos: dict[str, dict[str, Cell]]

    @property
    def info(self) -> dict[str, Cell]:
        """The labelled cells of its first report, nearly always the only one."""
        return next(iter(self.infos.values()))

    @property
    def holds_table(self) -> bool:
        """Whether it holds any table of the form."""
        return any(_candidates(self.pages, sheet)[0] for sheet in sheets.TABLES)


def opened(path: Path, font: str | None = None) -> Opened:
    """A file as its pages, and whose they are; its tables are read by `read`.

    `font` is the old font that the office knows the file to be typed in: `spelling.FONTS`.

    Raises
    ------
    UnreadableError
        Where the file is no workbook, or its reports cannot be told apart.
    """
    data = files.content(path)
    if word.is_document(data):
        raw = word.document_pages(data)
    elif path.suffix.lower() == ".csv" and not data.startswith((b"PK", spreadsheets.OLE)):
        raw = [delimited.csv_page(data, characters.file_name(path.stem))]
    else:
        raw = spreadsheets.spreadsheet(data)
    repairs = tuple(spelling.sheet(p.grid, font) for p in raw)
    pages = tuple(replace(p, grid=r.grid) for p, r in zip(raw, repairs, strict=True))
    several = labels.split(pages)
    infos = {code: labels.info(part, code) for code, part in several.items()}
    infos = infos or {"": labels.info(pages)}
    found = Opened(characters.file_name(path.name), pages, repairs, several, infos)
    if any(p.table for p in raw) and not found.holds_table:
        raise UnreadableError(NO_TABLE)
    return found


def read(file: Opened | Path, place: Place) -> Book:
    """Everything the contract's sheets hold; what could not be found is a problem.

    Of a file with the reports of several districts only that of `place` is read.

    Raises
    ------
    UnreadableError
        Where the file is no workbook.
    """
    file = file if isinstance(file, Opened) else opened(file)
    whose = (place.district_code or "") if file.parts else ""
    mine = file.parts.get(whose, []) if file.parts else file.pages
    info = file.infos.get(whose, {})
    problems = [
        *_as_typed(file, mine, place),
        *_unowned(file, place),
        *_outdated(mine, info, place),
    ]
    tables = {}
    when = labels.when(info)
    for sheet in sheets.TABLES:
        rows, found = _table(mine, sheet, place, when)
        tables[sheet], wrong = without_totals(rows, sheet, place)
        problems += found + wrong
    elsewhere = frozenset(
        (units.fold(cell.sheet), cell.ref)
        for code, pages in file.parts.items()
        for sheet in sheets.TABLES
        for row in (_table(pages, sheet, place)[0] if code != place.district_code else ())
        for cell in row.values()
    )
    absent = [p for p in problems if p.fields["message"] == "header_not_found.sheet"]
    missing = frozenset(p.fields["sheet"] for p in absent)
    # whether a report owes a sheet that came with a later edition is asked when it is cleaned
    later = [p for p in absent if p.fields["sheet"] in sheets.SINCE]
    told = tuple(p for p in problems if p not in later)
    return Book(place.file or file.file, info, tables, told, elsewhere, missing)


def _as_typed(file: Opened, mine: Sequence[Page], place: Place) -> Iterator[Problem]:
    """A problem for each sheet not in Unicode, or with characters that paper cannot show."""
    grids = {p.name: p.grid for p in mine if plain(p.name) != plain(sheets.GUIDE)}
    own = [(p.name, r) for p, r in zip(file.pages, file.repairs, strict=True) if p.name in grids]
    for name, found in own:
        if found.encoding:
            font = message(f"font.{found.encoding}")
            texts = {"before": found.before, "after": found.after}
            yield problem(message("legacy_encoding", font=font, **texts), place.at(name))
    for name, found in own:
        if not found.unusual:
            continue
        rows = {r for r, row in enumerate(grids[name]) if row}
        unusual = {at: odd for at, odd in found.unusual.items() if at[0] in rows}
        kinds = _kinds(set[str]().union(*unusual.values()))
        told = {c for characters_ in kinds.values() for c in characters_}
        cells = [xl_rowcol_to_cell(*at) for at, odd in unusual.items() if odd & told]
        if cells:
            named = {kind: ", ".join(some(each.values(), SHOWN)) for kind, each in kinds.items()}
            what = [message(kind, named=texts) for kind, texts in named.items() if texts]
            where = ", ".join(some(cells, SHOWN))
            why = message("unprintable_text", count=len(cells), cells=where, what=what)
            yield problem(why, place.at(name, cells[0]))


def _kinds(typed: set[str]) -> dict[str, dict[str, str]]:
    """Characters by what becomes of them on paper, each with its number; plain ones left out."""
    found: dict[str, dict[str, str]] = {text: {} for text in UNPRINTABLE}
    signs, unseen, missing = found.values()
    rest = []
    for c in sorted(typed):
        code = f"U+{ord(c):04X}"
        if c in characters.SYMBOLS:
            signs[c] = f"{code} '{characters.SYMBOLS[c]}'"
        elif characters.INVISIBLE.match(c):
            unseen[c] = code
        elif characters.printable(c) == c:
            rest.append(c)
    for c, shown in zip(rest, characters.displayed(" ".join(rest))[::2], strict=True):
        if shown != c:
            code = f"U+{ord(c):04X}"
            missing[c] = code if characters.PRIVATE.match(c) else f"'{c}' {code}"
    return found


def _unowned(file: Opened, place: Place) -> Iterator[Problem]:
    """The sheets of a file of several districts of which nothing says whose they are."""
    for name in labels.unowned(file.pages, file.parts) if file.parts else ():
        who = [units.district(code).short for code in file.parts]
        why = message("several_districts.unowned", who=who, label=labels.DISTRICT)
        yield problem(why, place.at(name))


def _outdated(mine: Sequence[Page], info: Mapping[str, Cell], place: Place) -> Iterator[Problem]:
    """An older edition of the form, or a form made for another year or period; told once."""
    edition, when = info.get("edition"), labels.when(info)
    # of the year that the file names, else the first, which is never too old
    due = sheets.edition(units.day(when.year, when.period or "annual")) if when.year else 1
    if edition and edition.text.strip().isdecimal() and int(edition.text) < due:
        why = message("template_outdated", edition=due)
        yield problem(why, place.at(edition.sheet, edition.ref), raw=edition.text)
        return
    if not when.year or not when.period:
        return
    meant = str(when.year), sheets.PERIOD_NAMES[when.period]
    for page in mine:
        title = labels.title(page) if labels.kind_of(page.name) == sheets.FIGURES else None
        if title and title[1:3] != meant:
            why = message("template_outdated.title", year=when.year)
            yield problem(why, place.at(page.name, title[3]))


def _table(
    pages: Sequence[Page], sheet: str, place: Place, when: When = ANY
) -> tuple[list[Row], list[Problem]]:
    chosen, others = _candidates(pages, sheet, when)
    if not chosen:
        return [], [_missing(pages, sheet, place)]
    rows: list[Row] = []
    problems: list[Problem] = []
    for page, header in chosen:
        rows += _rows(page, header, sheet)
        problems += _about_columns(page, header, sheet, place.at(page.name))
        if page.hidden:
            problems.append(problem(message("hidden_sheet"), place.at(page.name)))
    for page, _ in others:
        why = message("sheet_not_read", sheet=sheet, name=chosen[0][0].name)
        problems.append(problem(why, place.at(page.name)))
    return rows, problems


def _candidates(pages: Sequence[Page], sheet: str, when: When = ANY) -> tuple[Found, Found]:
    """The sheet with this table, and others that look like it and are left alone.

    The sheet of that name is meant; else the one with the most header texts, a visible one
    before a hidden one. The tables of a document continue each other, so all are taken. A sheet of
    no known name is that of which it has most header texts: 'Xã' has most of 'Đô thị văn minh' too.
    """
    named = [p for p in pages if plain(p.name) == plain(sheet)]
    unknown = [p for p in pages if plain(p.name) not in labels.NAMES]
    found = [
        (p, h)
        for p in (*named, *unknown)
        if (h := headers.find(p.grid, sheet, when)) and (p in named or _fits(p, h, when))
    ]
    if any(p.table for p, _ in found):
        return found, []
    best = max(found, key=lambda f: (f[0] in named, len(f[1].where), not f[0].hidden), default=None)
    return [f for f in found if f is best], [f for f in found if f is not best]


def _fits(page: Page, header: Header, when: When) -> bool:
    """Whether no other table of the form has more of its header texts on a sheet."""
    others = (headers.find(page.grid, other, when) for other in sheets.TABLES)
    return all(len(other.where) <= len(header.where) for other in others if other)


def _missing(pages: Sequence[Page], sheet: str, place: Place) -> Problem:
    named = next((p.name for p in pages if plain(p.name) == plain(sheet)), None)
    if named is None:
        return problem(message("header_not_found.sheet", sheet=sheet), place)
    columns = list(sheets.TABLES[sheet])[:4]
    return problem(message("header_not_found.row", columns=columns), place.at(named))


def _about_columns(page: Page, header: Header, sheet: str, here: Place) -> Iterator[Problem]:
    for text, key in sheets.TABLES[sheet].items():
        if key not in header.where:
            why = message("header_not_found.column", text=text)
            yield problem(why, here)
        for c in header.again.get(key, ()):
            below = page.grid[header.last + 1 :]
            if any(c < len(row) and _written(row[c]) for row in below):
                ours, other = (
                    xl_rowcol_to_cell(header.last, column) for column in (header.where[key], c)
                )
                why = message("column_repeated", text=text, ours=ours, other=other)
                yield problem(why, here)


def _rows(page: Page, header: Header, sheet: str) -> Iterator[Row]:
    """The rows below the header; where it is repeated, the columns are as it says from there."""
    at = _Columns(header)
    # some two thousand cells a report: three times as fast as `Cell(…)`
    made = partial(map, tuple.__new__, repeat(Cell))
    for r, full in enumerate(islice(page.grid, header.last + 1, None), header.last + 1):
        row = full if len(full) > at.last else [*full, *repeat("", at.last + 1 - len(full))]
        typed = at.take(row)
        if typed.count("") == len(typed) or not any(map(_written, typed)):
            continue
        again = headers.repeated(r, row, header, sheet)
        if again:
            at = _Columns(again)
            continue
        refs = [f"{column}{r + 1}" for column in at.letters]
        places = zip(repeat(page.name), refs, typed, strict=False)
        cells = dict(zip(at.keys, made(places), strict=True))
        for key in at.naming:
            text = cells[key].typed
            if isinstance(text, str) and text.startswith("="):
                cells[key] = cells[key]._replace(typed="")
        yield cells


class _Columns:
    """The keys of a table's columns, how to take their cells out of a row, and their letters."""

    def __init__(self, header: Header) -> None:
        places = list(header.where.values())
        self.keys = list(header.where)
        self.naming = [key for key in self.keys if key in NAMING]
        self.last = max(places)
        self.take = itemgetter(*places, places[0])  # the first again: always a tuple
        self.letters = [xl_col_to_name(c) for c in places]


def _written(typed: object) -> bool:
    return not isinstance(typed, str) or bool(typed.strip())
