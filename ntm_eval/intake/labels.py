"""Labels, titles, names of sheets -> whose each report in a file is, of which year and period."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from ntm_eval import units
from ntm_eval.intake import sheets
from ntm_eval.intake.cells import Cell
from ntm_eval.intake.files import Grid, Page, UnreadableError
from ntm_eval.intake.headers import When, find, plain, top
from ntm_eval.language import message
from ntm_eval.spellings import period_meant, year_meant

KINDS = (sheets.INFO, *sheets.TABLES, sheets.GUIDE)
NAMES = {plain(kind): kind for kind in KINDS}
# The key under which `info` gives the cell that marks invented data.
ILLUSTRATIVE = "illustrative"
LABELS = {plain(label): key for label, key in sheets.INFO_LABELS.items()}
DISTRICT = next(iter(sheets.INFO_LABELS))
MARK = plain(sheets.MARK)
LABEL_STARTS = frozenset("Hh ")
# 'CHỈ TIÊU - Huyện Sốp Cộp - Báo cáo năm 2022', as the form writes above every sheet
TITLE = re.compile(r"\bbao cao (6 thang dau )?nam (\d{4})\b")

Heads = list[tuple[int, str]]  # the rows from which a page is a district's, with its code


def split(pages: Sequence[Page]) -> dict[str, list[Page]]:
    """The pages of each district by code, where a file holds the reports of several; else empty.

    A sheet is a district's by the name after its own ('Chỉ tiêu - Sốp Cộp'), by its label
    'Huyện/thành phố', or by its title; with several of them, each owns the rows down to the
    next. One title that names another district than the rest is only a form that was reused.

    Raises
    ------
    UnreadableError
        Where two districts stand side by side in one row.
    """
    own_names = {plain(p.name) for p in pages}
    as_the_form = own_names <= NAMES.keys() and len(own_names) == len(pages)
    if as_the_form and all(len({code for _, code in _naming_rows(p)}) < 2 for p in pages):
        return {}
    owned = [(page, _heads(page)) for page in pages]
    owners: dict[str, set[str]] = defaultdict(set)
    for page, heads in owned:
        owners[kind_of(page.name) or page.name] |= {code for _, code in heads}
    if all(len(codes) < 2 for codes in owners.values()):
        return {}
    parts: dict[str, list[Page]] = defaultdict(list)
    for page, heads in owned:
        ends = [first for first, _ in heads[1:]] + [len(page.grid)]
        for (first, code), end in zip(heads, ends, strict=True):
            grid = [row if first <= r < end else [] for r, row in enumerate(page.grid)]
            block = Page(page.name, grid, page.hidden, page.table)
            parts[code].append(block if len(heads) > 1 else page)
    return dict(parts)


def unowned(pages: Sequence[Page], parts: Mapping[str, list[Page]]) -> list[str]:
    """The sheets of the form that no district of the file owns."""
    owned = {p.name for part in parts.values() for p in part}
    return [p.name for p in pages if p.name not in owned and kind_of(p.name) in sheets.TABLES]


def kind_of(name: str) -> str | None:
    """The sheet of the form that a name means, whatever is written around it.

    >>> kind_of("Chỉ tiêu - Sốp Cộp"), kind_of("Xã (2)"), kind_of("Sheet1")
    ('Chỉ tiêu', 'Xã', None)
    """
    text = plain(name)
    if text in NAMES:
        return NAMES[text]
    found = (k for p, k in NAMES.items() if text.startswith(f"{p} ") or text.endswith(f" {p}"))
    return next(found, None)


def title(page: Page) -> tuple[str, str, str, str] | None:
    """The district, the year, the period and the address in the title of a page."""
    for r in top(page.grid):
        for text in page.grid[r]:
            read = read_title(text)
            if read:
                return *read, f"A{r + 1}"
    return None


def read_title(text: object) -> tuple[str, str, str] | None:
    """The district, the year and the period that a title names.

    >>> read_title("XÃ - Huyện Sốp Cộp - Báo cáo năm 2022")
    ('Huyện Sốp Cộp', '2022', 'Năm')
    """
    if not isinstance(text, str) or " - " not in text or len(text) > 200:
        return None
    when = TITLE.search(plain(text))
    rest = (p for p in text.split(" - ") if plain(p) not in NAMES)
    name = next(filter(units.find_district, rest), None) if when else None
    if not when or not name:
        return None
    return name.strip(), when[2], sheets.PERIOD_NAMES["h1" if when[1] else "annual"]


def info(pages: Sequence[Page], code: str | None = None) -> dict[str, Cell]:
    """The labelled cells; where no label names the district, the titles above the tables do.

    `code` is the district of these pages where their names alone say it.
    """
    cells: dict[str, Cell] = {}
    named = [p for p in pages if kind_of(p.name) == sheets.INFO]
    for page in named or pages:
        _labelled(page, range(len(page.grid)) if named else _above_table(page.grid), cells)
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
    year, period = (info[k].text if k in info else "" for k in ("year", "period"))
    return When(year_meant(year), period_meant(period))


def _heads(page: Page) -> Heads:
    """The rows from which a page is another district's; all of it where its name says so."""
    named = _in_name(page.name)
    if named:
        return [(0, named)]
    heads: Heads = []
    for r, code in _naming_rows(page):
        if not heads or heads[-1][1] != code:
            heads.append((r, code))
    return heads


def _in_name(name: str) -> str | None:
    """The district in the name of a sheet, beside the name of the form's sheet."""
    kind = kind_of(name)
    if kind is None or plain(name) in NAMES:
        return None
    text, own = plain(name), plain(kind)
    rest = text.removeprefix(own) if text.startswith(own) else text.removesuffix(own)
    found = units.find_district(rest.strip())
    return found.code if found else None


def _naming_rows(page: Page) -> Heads:
    """The rows that name a district: by label or, where no label does, by title."""
    labels, titles = [], []
    for r, row in enumerate(page.grid):
        first = next(filter(None, row[:3]), None)
        if not isinstance(first, str) or not (" - " in first or first[:1] in LABEL_STARTS):
            continue
        if plain(DISTRICT) in plain(first):
            labels += [(r, code) for code in _beside_label(row)]
        elif " - " in first and (read := read_title(first)):
            titles.append((r, read[0]))
    codes = {name: units.district(name).code for _, name in titles if not labels}
    return labels or [(r, codes[name]) for r, name in titles]


def _beside_label(row: list[object]) -> Iterator[str]:
    label, found = plain(DISTRICT), set()
    for c, text in enumerate(row):
        said = [str(t) for t in row[c + 1 : c + 2]] if plain(text) == label else []
        if plain(text).startswith(f"{label} ") and ":" in str(text):
            said = [str(text).split(":", 1)[1]]
        found |= {d.code for t in said if (d := units.find_district(t))}
    if len(found) > 1:
        names = [units.district(code).short for code in sorted(found)]
        raise UnreadableError(message("several_districts", names=names))
    yield from found


def _labelled(page: Page, rows: range, cells: dict[str, Cell]) -> None:
    for r in rows:
        row = page.grid[r]
        for c, typed in enumerate(row):
            if not isinstance(typed, str) or not typed:
                continue
            text = plain(typed)
            if MARK in text:
                cells.setdefault(ILLUSTRATIVE, _cell(page, r, c))
            label, _, value = typed.partition(":")
            if text in LABELS and c + 1 < len(row) and _open(cells, LABELS[text]):
                cells[LABELS[text]] = _cell(page, r, c + 1)
            elif value.strip() and _open(cells, LABELS.get(plain(label), "")):
                cells[LABELS[plain(label)]] = _cell(page, r, c)._replace(typed=value.strip())


def _cell(page: Page, r: int, c: int) -> Cell:
    return Cell(page.name, xl_rowcol_to_cell(r, c), page.grid[r][c])


def _above_table(grid: Grid) -> range:
    """The rows above the header of a table: below it, a label's text may be a unit or a name."""
    rows = top(grid)
    found = [h.last for sheet in sheets.TABLES if (h := find(grid, sheet))]
    return range(rows.start, min(found, default=rows.stop))


def _titled(pages: Sequence[Page], cells: dict[str, Cell]) -> None:
    """What the titles say, where all of them name the same district."""
    titles = [(p, t) for p in pages if (t := title(p))]
    if len({t[0] for _, t in titles}) != 1:
        return
    page, (*texts, at) = titles[0]
    for key, text in zip(("district", "year", "period"), texts, strict=True):
        if _open(cells, key):
            cells[key] = Cell(page.name, at, text)
    for r in top(page.grid):
        for c, typed in enumerate(page.grid[r]):
            if MARK in plain(typed):
                cells.setdefault(ILLUSTRATIVE, _cell(page, r, c))


def _open(cells: dict[str, Cell], key: str) -> bool:
    """Whether a label is known and nothing stands beside it yet."""
    return bool(key) and (key not in cells or cells[key].blank)
