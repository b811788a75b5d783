"""The reports inside one file: whose each sheet, or block of a sheet, is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ntm_eval import units
from ntm_eval.intake import sheets
from ntm_eval.intake.headers import plain, top
from ntm_eval.intake.opening import Page, UnreadableError
from ntm_eval.language import message

KINDS = (sheets.INFO, sheets.FIGURES, sheets.COMMUNES, sheets.SATISFACTION, sheets.GUIDE)
NAMES = {plain(kind): kind for kind in KINDS}
DISTRICT = next(iter(sheets.INFO_LABELS))
LABEL = plain(DISTRICT)
LABEL_STARTS = frozenset("Hh ")
# 'CHỈ TIÊU - Huyện Sốp Cộp - Báo cáo năm 2022', as the form writes above every sheet
TITLE = re.compile(r"\bbao cao (6 thang dau )?nam (\d{4})\b")


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
    if all(plain(p.name) in NAMES for p in pages) and len({plain(p.name) for p in pages}) == len(
        pages
    ):
        several = [p for p in pages if len(set(_owners(p))) > 1]
        if not several:
            return {}
    owned = {n: _heads(p) for n, p in enumerate(pages)}
    if not _several(pages, owned):
        return {}
    parts: dict[str, list[Page]] = defaultdict(list)
    for n, heads in owned.items():
        ends = [first for first, _ in heads[1:]] + [None]
        for (first, code), end in zip(heads, ends, strict=True):
            parts[code].append(_block(pages[n], first, end, len(heads)))
    return dict(parts)


def unowned(pages: Sequence[Page], parts: Mapping[str, list[Page]]) -> list[str]:
    """The sheets of the form that no district of the file owns."""
    owned = {p.name for part in parts.values() for p in part}
    return [
        p.name
        for p in pages
        if p.name not in owned and kind_of(p.name) not in (None, sheets.GUIDE, sheets.INFO)
    ]


def kind_of(name: str) -> str | None:
    """The sheet of the form that a name means, whatever is written around it.

    >>> kind_of("Chỉ tiêu - Sốp Cộp"), kind_of("Xã (2)"), kind_of("Sheet1")
    ('Chỉ tiêu', 'Xã', None)
    """
    text = plain(name)
    if text in NAMES:
        return NAMES[text]
    found = [k for p, k in NAMES.items() if text.startswith(f"{p} ") or text.endswith(f" {p}")]
    return found[0] if found else None


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
    name = next(filter(units.find_district, text.split(" - ")), None) if when else None
    if not when or not name:
        return None
    return name.strip(), when[2], sheets.PERIOD_NAMES["h1" if when[1] else "annual"]


def _heads(page: Page) -> list[tuple[int, str]]:
    """The rows from which a page is another district's, each with the district's code."""
    named = _named(page.name)
    if named:
        return [(0, named)]
    heads: list[tuple[int, str]] = []
    for r, code in _marks(page):
        if not heads or heads[-1][1] != code:
            heads.append((r, code))
    return heads


def _named(name: str) -> str | None:
    """The district in the name of a sheet, beside the name of the form's sheet."""
    kind = kind_of(name)
    if kind is None or plain(name) in NAMES:
        return None
    text, own = plain(name), plain(kind)
    rest = text.removeprefix(own) if text.startswith(own) else text.removesuffix(own)
    found = units.find_district(rest.strip())
    return found.code if found else None


def _owners(page: Page) -> list[str]:
    return [code for _, code in _marks(page)]


def _marks(page: Page) -> list[tuple[int, str]]:
    """The rows that name a district: by label or, where no label does, by title."""
    labels, titles = [], []
    for r, row in enumerate(page.grid):
        first = next(filter(None, row[:3]), None)
        if not isinstance(first, str) or not (" - " in first or first[:1] in LABEL_STARTS):
            continue
        if LABEL in plain(first):
            labels += [(r, code) for code in _labelled(row)]
        elif " - " in first and (read := read_title(first)):
            titles.append((r, units.district(read[0]).code))
    return labels or titles


def _labelled(row: list[object]) -> Iterator[str]:
    found = {d.code for text in _after_labels(row) if (d := units.find_district(text))}
    if len(found) > 1:
        names = [units.district(code).short for code in sorted(found)]
        raise UnreadableError(message("several_districts", names=names))
    yield from found


def _after_labels(row: list[object]) -> Iterator[str]:
    for c, text in enumerate(row):
        if plain(text) == LABEL:
            yield from (str(t) for t in row[c + 1 : c + 2])
        elif plain(text).startswith(f"{LABEL} ") and ":" in str(text):
            yield str(text).split(":", 1)[1]


def _several(pages: Sequence[Page], owned: dict[int, list[tuple[int, str]]]) -> bool:
    """Whether the same sheet of the form stands there for two districts."""
    codes: dict[str, set[str]] = defaultdict(set)
    for n, heads in owned.items():
        own = {code for _, code in heads}
        codes[kind_of(pages[n].name) or pages[n].name] |= own
    return any(len(found) > 1 for found in codes.values())


def _block(page: Page, first: int, end: int | None, of: int) -> Page:
    return page if of == 1 else page.rows(first, len(page.grid) if end is None else end)
