"""A file -> its cells, each with sheet and address, found by header text and not by position."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice, repeat
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from ntm_eval import characters, units
from ntm_eval.intake import documents, headers, labels, opening, parts, sheets, spelling
from ntm_eval.intake.cells import Cell, Row, letters, ref
from ntm_eval.intake.headers import ANY, TABLES, Header, When, plain
from ntm_eval.intake.opening import Page, UnreadableError
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.intake.totals import without_totals
from ntm_eval.language import message

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".docx")
# The key of the labelled cell that marks invented data.
ILLUSTRATIVE = labels.ILLUSTRATIVE
NO_TABLE = message("unreadable_file.no_table")
# What becomes of a character that paper cannot show as it was typed.
UNPRINTABLE = (
    "unprintable_text.replaced",
    "unprintable_text.removed",
    "unprintable_text.missing",
)
SHOWN = 5  # cells and characters that a letter names
# Columns that say which row it is: a formula without a value there is as good as a blank.
NAMING = frozenset(
    ("indicator", "name", "unit", "commune_code", "commune", "kind", "survey", "question")
)


@dataclass(frozen=True)
class Book:
    """A workbook as read: the labelled cells of `Thông tin`, the rows of the three tables."""

    file: str
    info: Mapping[str, Cell]
    tables: Mapping[str, list[Row]]
    problems: tuple[Problem, ...]
    # sheet (folded) and address of the cells of other districts in the same file
    elsewhere: frozenset[tuple[str, str]] = frozenset()
    missing: frozenset[str] = frozenset()  # sheets of the form that were not found


@dataclass(frozen=True)
class _Unicode(Page):
    """A page with its texts as they were meant, whatever font they were typed in."""

    font: str | None = None

    @cached_property
    def repair(self) -> spelling.Sheet:
        return spelling.sheet(self.load(), self.font)

    @property
    def grid(self) -> opening.Grid:
        return self.repair.grid


class Opened(NamedTuple):
    """The pages of a file, those of each district where it holds several reports, and labels.

    The labelled cells of each report are by district, or of '' where the whole file is one.
    """

    file: str
    pages: tuple[_Unicode, ...]
    parts: dict[str, list[Page]]
    infos: dict[str, dict[str, Cell]]

    @property
    def info(self) -> dict[str, Cell]:
        """The labelled cells of its first report, nearly always the only one."""
        return next(iter(self.infos.values()))

    @property
    def holds_table(self) -> bool:
        """Whether it holds any table of the form."""
        return any(_candidates(self.pages, sheet)[0] for sheet in TABLES)


def opened(path: Path, font: str | None = None) -> Opened:
    """A file as its pages, and whose they are; its tables are read by `read`.

    `font` is the old font that the office knows the file to be typed in: `spelling.FONTS`.

    Raises
    ------
    UnreadableError
        Where the file is no workbook, or its reports cannot be told apart.
    """
    data = opening.content(path)
    if documents.is_document(data):
        raw = documents.document_pages(data)
    elif path.suffix.lower() == ".csv" and not data.startswith((b"PK", opening.OLE)):
        raw = [documents.csv_page(data, characters.file_name(path.stem))]
    else:
        raw = opening.spreadsheet(data)
    pages = tuple(_Unicode(p.name, p.load, p.hidden, p.table, font) for p in raw)
    if any(p.table for p in raw) and not any(_candidates(pages, s)[0] for s in TABLES):
        raise UnreadableError(NO_TABLE)
    several = parts.split(pages)
    infos = {code: labels.info(part, code) for code, part in several.items()}
    return Opened(
        characters.file_name(path.name), pages, several, infos or {"": labels.info(pages)}
    )


def read(file: Opened | Path, place: Place) -> Book:
    """Everything the contract's sheets hold; what could not be found is a problem.

    Of a file with the reports of several districts only that of `place` is read.

    Raises
    ------
    UnreadableError
        Where the file is no workbook.
    """
    name, pages, several, infos = file if isinstance(file, Opened) else opened(file)
    whose = (place.district_code or "") if several else ""
    mine = several.get(whose, []) if several else pages
    info = infos.get(whose, {})
    problems = [
        *_legacy(pages, mine, place),
        *_unprintable(pages, mine, place),
        *_unowned(pages, several, place),
        *_outdated(mine, info, place),
    ]
    tables = {}
    when = labels.when(info)
    for sheet, texts in TABLES.items():
        rows, found = _table(mine, sheet, texts, place, when)
        tables[sheet], wrong = without_totals(rows, sheet, place)
        problems += found + wrong
    others = [part for code, part in several.items() if code != place.district_code]
    missing = frozenset(
        p.fields["sheet"] for p in problems if p.fields["message"] == "header_not_found.sheet"
    )
    return Book(place.file or name, info, tables, tuple(problems), _cells(others, place), missing)


def _cells(parts_of_others: Sequence[Sequence[Page]], place: Place) -> frozenset[tuple[str, str]]:
    return frozenset(
        (units.fold(cell.sheet), cell.ref)
        for pages in parts_of_others
        for sheet, texts in TABLES.items()
        for row in _table(pages, sheet, texts, place)[0]
        for cell in row.values()
    )


def _legacy(pages: Sequence[_Unicode], mine: Sequence[Page], place: Place) -> Iterator[Problem]:
    """The letter for each sheet whose texts were not in Unicode."""
    names = {p.name for p in mine}
    for page in pages:
        if page.name not in names or plain(page.name) == plain(sheets.GUIDE):
            continue
        found = page.repair
        if found.encoding:
            why = message(
                "legacy_encoding",
                font=message(f"font.{found.encoding}"),
                before=found.before,
                after=found.after,
            )
            yield problem(why, _at(place, page.name))


def _unprintable(
    pages: Sequence[_Unicode], mine: Sequence[Page], place: Place
) -> Iterator[Problem]:
    """The letter for each sheet with characters that paper cannot show as they were typed."""
    for page in pages:
        own = [p.grid for p in mine if p.name == page.name]
        unusual = {
            at: odd
            for at, odd in page.repair.unusual.items()
            if any(at[0] < len(grid) and grid[at[0]] for grid in own)
        }
        kinds = _kinds(set[str]().union(*unusual.values()))
        told = {c for found in kinds.values() for c in found}
        cells = [ref(*at) for at, odd in unusual.items() if odd & told]
        if not cells or plain(page.name) == plain(sheets.GUIDE):
            continue
        why = message(
            "unprintable_text",
            count=len(cells),
            cells=_some(cells),
            what=[message(k, named=_some(v.values())) for k, v in kinds.items() if v],
        )
        at = Place(place.district_code, place.file, page.name, cells[0])
        yield problem(why, at)


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


def _some(texts: Collection[str]) -> str:
    shown = ", ".join(islice(texts, SHOWN))
    return shown if len(texts) <= SHOWN else f"{shown}, …"


def _unowned(
    pages: Sequence[Page], several: Mapping[str, list[Page]], place: Place
) -> Iterator[Problem]:
    """The sheets of a file of several districts of which nothing says whose they are."""
    for name in parts.unowned(pages, several) if several else ():
        who = [units.district(code).short for code in several]
        why = message("several_districts.unowned", who=who, label=parts.DISTRICT)
        yield problem(why, _at(place, name))


def _outdated(mine: Sequence[Page], info: Mapping[str, Cell], place: Place) -> Iterator[Problem]:
    """An older edition of the form, or a form made for another year or period; told once."""
    edition = info.get("edition")
    if edition and edition.text.strip().isdecimal() and int(edition.text) < sheets.EDITION:
        why = message("template_outdated", edition=sheets.EDITION)
        at = Place(place.district_code, place.file, edition.sheet, edition.ref)
        yield problem(why, at, raw=edition.text)
        return
    when = labels.when(info)
    for page in mine:
        if parts.kind_of(page.name) == sheets.FIGURES and (title := parts.title(page)):
            _, year, period, ref_ = title
            if (
                when.year
                and when.period
                and (year, period) != (str(when.year), sheets.PERIOD_NAMES[when.period])
            ):
                why = message("template_outdated.title", year=when.year)
                yield problem(why, Place(place.district_code, place.file, page.name, ref_))


def _table(
    pages: Sequence[Page], sheet: str, texts: Mapping[str, str], place: Place, when: When = ANY
) -> tuple[list[Row], list[Problem]]:
    chosen, others = _candidates(pages, sheet, when)
    if not chosen:
        named = next((p.name for p in pages if plain(p.name) == plain(sheet)), None)
        return [], [_missing(sheet, texts, place, named)]
    rows: list[Row] = []
    problems: list[Problem] = []
    for page, header in chosen:
        here = _at(place, page.name)
        rows += _rows(page, header, sheet)
        problems += _about_columns(page, header, texts, here)
        if page.hidden:
            problems.append(problem(message("hidden_sheet"), here))
    for page, _ in others:
        why = message("sheet_not_read", sheet=sheet, name=chosen[0][0].name)
        problems.append(problem(why, _at(place, page.name)))
    return rows, problems


Found = list[tuple[Page, Header]]


def _candidates(pages: Sequence[Page], sheet: str, when: When = ANY) -> tuple[Found, Found]:
    """The sheet with this table, and others that look like it and are left alone.

    The sheet of that name is meant; else the one with the most header texts, a visible one
    before a hidden one. The tables of a document continue each other, so all are taken.
    """
    named = [p for p in pages if plain(p.name) == plain(sheet)]
    unknown = [p for p in pages if plain(p.name) not in parts.NAMES]
    found = [(p, h) for p in (*named, *unknown) if (h := headers.find(p.grid, sheet, when))]
    if any(p.table for p, _ in found):
        return found, []
    best = max(found, key=lambda f: (f[0] in named, len(f[1].where), not f[0].hidden), default=None)
    return [f for f in found if f is best], [f for f in found if f is not best]


def _missing(sheet: str, texts: Mapping[str, str], place: Place, named: str | None) -> Problem:
    if named is None:
        return problem(message("header_not_found.sheet", sheet=sheet), place)
    why = message("header_not_found.row", columns=list(texts)[:4])
    return problem(why, _at(place, named))


def _about_columns(
    page: Page, header: Header, texts: Mapping[str, str], here: Place
) -> Iterator[Problem]:
    for text, key in texts.items():
        if key not in header.where:
            why = message("header_not_found.column", text=text)
            yield problem(why, here)
        for c in header.again.get(key, ()):
            below = page.grid[header.last + 1 :]
            if any(c < len(row) and not Cell("", "", row[c]).blank for row in below):
                ours, other = ref(header.last, header.where[key]), ref(header.last, c)
                why = message("column_repeated", text=text, ours=ours, other=other)
                yield problem(why, here)


def _rows(page: Page, header: Header, sheet: str) -> Iterator[Row]:
    """The rows below the header; where it is repeated, the columns are as it says from there."""
    at = _Columns(header)
    grid, sheet_name = page.grid, repeat(page.name)
    # some two thousand cells a report: three times as fast as `Cell(…)`
    made = partial(map, tuple.__new__, repeat(Cell))
    for r in range(header.last + 1, len(grid)):
        row = grid[r]
        if len(row) <= at.last:
            row = [*row, *repeat("", at.last + 1 - len(row))]
        typed = at.take(row)
        if typed.count("") == len(typed) or not any(map(_written, typed)):
            continue
        again = headers.repeated(r, row, header, sheet)
        if again:
            at = _Columns(again)
            continue
        places = zip(sheet_name, _refs(at.letters, r), typed, strict=False)
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
        self.letters = tuple(letters(c) for c in places)


def _refs(columns: tuple[str, ...], r: int) -> list[str]:
    return [f"{column}{r + 1}" for column in columns]


def _written(typed: object) -> bool:
    return not isinstance(typed, str) or bool(typed.strip())


def _at(place: Place, sheet: str) -> Place:
    return Place(place.district_code, place.file, sheet)
