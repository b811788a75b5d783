"""What a spreadsheet says of a cell beside its value: shown as a percentage; never calculated.

calamine gives neither. A number that the sheet shows as 93,19% is stored as 0.9319, and a formula
that no program has calculated yet looks like a blank cell.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

Marks = Mapping[tuple[int, int], str | None]  # the formula of a cell, or None for a percentage

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PERCENT_IDS = {"9", "10"}  # Excel's own formats 0% and 0.00%
# A formula ends, and the cell ends with it or its value is empty.
NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:</|<(?:\w+:)?v\s*/>|<v></v>)"
)
SHOWN_PERCENT = re.compile(rb'numFmtId="(?:9|10)"|%')
ODS_FORMULA = re.compile(rb"<table:table-cell(?![^>]*office:value-type)[^>]*table:formula=")
MOST_REPEATS = 2_000


class Percent(float):
    """A number that its sheet shows as a percentage: 0.9319, shown as 93,19%."""


def uncalculated(sheet: bytes) -> bool:
    """Whether the XML of an .xlsx sheet may hold a formula without a stored value."""
    return b"f>" in sheet and NO_VALUE.search(sheet) is not None


def percentages(styles: bytes) -> bool:
    """Whether the styles of an .xlsx file may show a number as a percentage."""
    return SHOWN_PERCENT.search(styles) is not None


def xlsx(found: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of each sheet of an .xlsx file, by its name."""
    percent = _percent_styles(found)
    return {
        name: dict(_xlsx_cells(found, path, percent)) for name, path in _sheet_paths(found).items()
    }


def ods(found: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of each sheet of an .ods file, by its name."""
    data = found.read("content.xml")
    if b'"percentage"' not in data and not ODS_FORMULA.search(data):
        return {}
    return {
        next(v for k, v in table.items() if k.endswith("}name")): dict(_ods_cells(table))
        for table in ElementTree.fromstring(data).iter()
        if tag(table) == "table"
    }


def apply(grid: list[list[object]], marks: Marks) -> list[list[object]]:
    """The grid with percentages as `Percent` and formulas without a value as '=…'."""
    for (r, c), formula in marks.items():
        if r >= len(grid) or c >= len(grid[r]):
            if formula is None:
                continue
            _reach(grid, r, c)
        typed = grid[r][c]
        if formula is not None and typed == "":
            grid[r][c] = f"={formula.lstrip('=')}"
        elif formula is None and isinstance(typed, int | float) and not isinstance(typed, bool):
            grid[r][c] = Percent(typed)
    return grid


def _reach(grid: list[list[object]], r: int, c: int) -> None:
    """Make the grid reach a cell; blank ends of rows may have been left out."""
    grid.extend([] for _ in range(r + 1 - len(grid)))
    grid[r] = [*grid[r], *[""] * (c + 1 - len(grid[r]))]


def _sheet_paths(found: zipfile.ZipFile) -> dict[str, str]:
    targets = {
        e.get("Id"): e.get("Target") or ""
        for e in ElementTree.fromstring(found.read("xl/_rels/workbook.xml.rels"))
    }
    paths = {}
    for e in ElementTree.fromstring(found.read("xl/workbook.xml")).iter():
        target = targets.get(e.get(RELATION)) if tag(e) == "sheet" else None
        if target:
            path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            if path in found.namelist():
                paths[e.get("name") or ""] = path
    return paths


def _percent_styles(found: zipfile.ZipFile) -> set[str]:
    """The numbers of the cell styles that show a percentage."""
    if "xl/styles.xml" not in found.namelist():
        return set()
    root = ElementTree.fromstring(found.read("xl/styles.xml"))
    ids = PERCENT_IDS | {
        e.get("numFmtId")
        for e in root.iter()
        if tag(e) == "numFmt" and "%" in re.sub(r'"[^"]*"|\\.', "", e.get("formatCode") or "")
    }
    styles = next((e for e in root if tag(e) == "cellXfs"), ())
    return {str(n) for n, xf in enumerate(styles) if xf.get("numFmtId") in ids}


def _xlsx_cells(
    found: zipfile.ZipFile, path: str, percent: set[str]
) -> Iterator[tuple[tuple[int, int], str | None]]:
    with found.open(path) as sheet:
        for _, e in ElementTree.iterparse(sheet, events=("end",)):
            if tag(e) == "row":
                e.clear()
            if tag(e) != "c":
                continue
            at = _position(e.get("r") or "")
            parts = {tag(child): child.text or "" for child in e}
            if at and "f" in parts and not parts.get("v") and e.get("t") != "str":
                yield at, parts["f"] or "…"
            elif at and e.get("s") in percent and e.get("t") in (None, "n"):
                yield at, None


def _ods_cells(table: Element) -> Iterator[tuple[tuple[int, int], str | None]]:
    r = 0
    for row in table.iter():
        if tag(row) != "table-row":
            continue
        rows, c = _repeats(row, "number-rows-repeated"), 0
        for cell in row:
            columns = _repeats(cell, "number-columns-repeated")
            about = {key.rpartition("}")[2]: value for key, value in cell.items()}
            formula = about.get("formula") if "value-type" not in about else None
            if formula is not None or about.get("value-type") == "percentage":
                for dr in range(min(rows, MOST_REPEATS)):
                    for dc in range(min(columns, MOST_REPEATS // min(rows, MOST_REPEATS) or 1)):
                        yield (r + dr, c + dc), formula
            c += columns
        r += rows


def _repeats(element: Element, name: str) -> int:
    found = next((v for k, v in element.items() if k.endswith("}" + name)), "1")
    return int(found) if found.isdecimal() else 1


def _position(ref: str) -> tuple[int, int] | None:
    """The 0-based row and column of an A1 address.

    >>> _position("AB12")
    (11, 27)
    """
    found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", ref)
    if not found:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]) - 1, column - 1


def tag(element: Element) -> str:
    """The name of an element without its namespace; '' of a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
