"""What a spreadsheet says of a cell that calamine leaves out, put in place of calamine's value.

Left out are error values, formulas that no program has calculated, the format '%', and parts of a
text that are raised, lowered or struck through. A raised digit comes as one ('326²'), what is
struck through or hidden between brackets: no reader takes either for a digit of the figure.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

# What stands at a row and column; a function makes it of calamine's value.
Marks = Mapping[tuple[int, int], object]
Styles = Mapping[str, Callable[[object], object]]

STYLES, STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"
PERCENT_IDS = {"9", "10"}  # Excel's own formats 0% and 0.00%
# A formula ends, and the cell ends with it or its value is empty.
NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:</|<(?:\w+:)?v\s*/>|<v></v>)"
)
ERRORS = (b't="e"', b"t='e'")
LOOK = (b'numFmtId="9"', b'numFmtId="10"', b"%", b"strike", b";;")
RICH = (b"vertAlign", b"strike")
ODS_LOOK = re.compile(
    rb'"percentage"|"error"|text-position|line-through-(?:style|type)="(?!none)|value="[^>]*><text:p/>'
    rb"|<table:table-cell(?![^>]*office:value-type)[^>]*table:formula="
)
MOST_REPEATS = 2_000
# Records of an .xls file, and the mark of a formula to be calculated when the file is opened.
BOUNDSHEET, FORMULA, ON_LOAD = 0x85, 0x06, 2
DIGITS = "0123456789()"
RAISED = str.maketrans(DIGITS, "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")
LOWERED = str.maketrans(DIGITS, "₀₁₂₃₄₅₆₇₈₉₍₎")
FALSE = ("0", "false", "none")


class Percent(float):
    """A number that its sheet shows as a percentage: 0.9319, shown as 93,19%."""


def _percent(typed: object) -> object:
    return Percent(typed) if isinstance(typed, float) else typed


def struck(typed: object) -> object:
    """What is struck through, told from what is not.

    >>> struck(320.0), struck("")
    ('[gạch bỏ: 320]', '')
    """
    return _bracketed("gạch bỏ", typed)


def hidden(typed: object) -> object:
    """A number whose format shows nothing."""
    return _bracketed("ẩn", typed)


def _bracketed(what: str, typed: object) -> object:
    text = f"{typed:.15g}" if isinstance(typed, float) else str(typed).strip()
    return f"[{what}: {text}]" if text else typed


def may_hold(name: str, xml: bytes) -> bool:
    """Whether a part of an .xlsx file may say what calamine leaves out."""
    # ten times as fast as one pattern for all of them
    if name in (STYLES, STRINGS):
        return any(text in xml for text in (LOOK if name == STYLES else RICH))
    return (
        any(kind in xml for kind in ERRORS)
        or (b"f>" in xml and NO_VALUE.search(xml) is not None)
        or (b"is>" in xml and any(text in xml for text in RICH))
    )


def xlsx(found: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of each sheet of an .xlsx file, by its name."""
    names = found.namelist()
    styles = _styles(found.read(STYLES)) if STYLES in names else {}
    strings = found.read(STRINGS) if STRINGS in names else b""
    rich = dict(_rich(strings)) if may_hold(STRINGS, strings) else {}
    used = re.compile(rb"""\ss=["'](?:%s)["']""" % "|".join(styles).encode())
    marks: dict[str, Marks] = {}
    for name, path in _sheet_paths(found).items():
        sheet = found.read(path)
        if rich or may_hold(path, sheet) or (styles and used.search(sheet)):
            marks[name] = dict(_xlsx_cells(sheet, styles, rich))
    return marks


def ods(found: zipfile.ZipFile) -> dict[str, Marks]:
    """The marks of each sheet of an .ods file, by its name."""
    data = found.read("content.xml")
    if not ODS_LOOK.search(data):
        return {}
    root = ElementTree.fromstring(data)
    styles = {
        _about(e)["name"]: properties
        for e in root.iter()
        if tag(e) == "style"
        for properties in (_about(p) for p in e if tag(p) == "text-properties")
    }
    return {
        _about(table)["name"]: dict(_ods_cells(table, styles))
        for table in root.iter()
        if tag(table) == "table"
    }


def xls(data: bytes) -> dict[str, Marks]:
    """The marks of each sheet of an .xls file, by its name."""
    import xlrd  # loads only where it is needed

    book = xlrd.open_workbook(
        file_contents=data,
        formatting_info=True,
        ignore_workbook_corruption=True,
        logfile=io.StringIO(),
    )
    fonts = book.font_list
    styles = [
        _style(book.format_map[xf.format_key].format_str, fonts[xf.font_index].struck_out)
        for xf in book.xf_list
    ]
    scripts = [(("", "super", "sub")[f.escapement], bool(f.struck_out)) for f in fonts]
    waiting = set(_uncalculated(data))

    def mark(sheet: xlrd.sheet.Sheet, r: int, c: int) -> object:
        cell = sheet.cell(r, c)
        if (sheet.number, r, c) in waiting:
            return "=…"
        if cell.ctype == xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code[cell.value]
        if cell.ctype == xlrd.XL_CELL_TEXT and not cell.value:  # of a formula only
            return "=…"
        runs = sheet.rich_text_runlist_map.get((r, c), [])
        if not runs:
            return styles[cell.xf_index]
        starts, used = zip((0, book.xf_list[cell.xf_index].font_index), *runs, strict=True)
        parts = (cell.value[start:end] for start, end in pairwise((*starts, None)))
        return _shown((part, *scripts[font]) for part, font in zip(parts, used, strict=True))

    return {
        sheet.name: {
            (r, c): found
            for r in range(sheet.nrows)
            for c in range(sheet.row_len(r))
            if (found := mark(sheet, r, c)) is not None
        }
        for sheet in book.sheets()
    }


def _uncalculated(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Sheet, row and column of each formula that holds 0 until a program opens the file."""
    from xlrd.compdoc import CompDoc

    stream, at, size = CompDoc(data, logfile=io.StringIO()).locate_named_stream("Workbook")
    start, end, sheets = at, at + size, list[int]()
    while stream and at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        record = stream[at + 4 : at + 4 + length]
        if kind == BOUNDSHEET and record[5] == 0:  # not of a chart or a macro
            sheets.append(start + struct.unpack_from("<I", record)[0])
        elif kind == FORMULA:
            r, c, _, result, flags = struct.unpack_from("<HHHQH", record)
            if flags & ON_LOAD and not result:
                yield bisect(sheets, at) - 1, r, c
        at += 4 + length


def apply(grid: list[list[object]], marks: Marks) -> list[list[object]]:
    """The grid with its marks: errors and formulas as text, percentages as `Percent`."""
    for (r, c), mark in marks.items():
        if r >= len(grid) or c >= len(grid[r]):
            if callable(mark):
                continue
            _reach(grid, r, c)
        grid[r][c] = mark(grid[r][c]) if callable(mark) else mark
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
        relation = next((v for k, v in e.items() if k.endswith("}id")), "")
        if tag(e) == "sheet" and relation in targets:
            path = posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/")
            if path in found.namelist():
                paths[e.get("name") or ""] = path
    return paths


def _styles(data: bytes) -> Styles:
    """What the cell styles of an .xlsx file make of a value, by their numbers."""
    if not may_hold(STYLES, data):
        return {}
    groups = {tag(e): list(e) for e in ElementTree.fromstring(data)}
    codes = {e.get("numFmtId"): e.get("formatCode") or "" for e in groups.get("numFmts", [])}
    fonts = [any(_on(p, "strike") for p in font) for font in groups.get("fonts", [])]
    found = {}
    for n, xf in enumerate(groups.get("cellXfs", [])):
        number, font = xf.get("numFmtId") or "", int(xf.get("fontId") or 0)
        code = "0%" if number in PERCENT_IDS else codes.get(number, "")
        if style := _style(code, font < len(fonts) and fonts[font]):
            found[str(n)] = style
    return found


def _style(code: str, line_through: bool) -> Callable[[object], object] | None:
    if line_through:
        return struck
    if re.fullmatch(r";;;?[^;]*", code):
        return hidden
    return _percent if "%" in re.sub(r'"[^"]*"|\\.', "", code) else None


def _on(element: Element, name: str) -> bool:
    return tag(element) == name and element.get("val") not in FALSE


def _rich(strings: bytes) -> Iterator[tuple[str, str]]:
    """The shared texts with raised or struck parts, by their numbers."""
    for n, item in enumerate(ElementTree.fromstring(strings)):
        if any(tag(e) == "rPr" for e in item.iter()):
            yield str(n), _shown(_runs(item))


def _runs(item: Element) -> Iterator[tuple[str, str, bool]]:
    """The parts of a text: each with '', 'super' or 'sub', and whether it is struck through."""
    for run in item:
        if tag(run) == "t":
            yield run.text or "", "", False
        if tag(run) == "r":
            looks = [e for part in run if tag(part) == "rPr" for e in part]
            script = next((e.get("val") or "" for e in looks if tag(e) == "vertAlign"), "")
            text = "".join(e.text or "" for e in run if tag(e) == "t")
            yield text, script.removesuffix("script"), any(_on(e, "strike") for e in looks)


def _shown(runs: Iterable[tuple[str, str, bool]]) -> str:
    text = ""
    for part, script, line_through in runs:
        table = {"super": RAISED, "sub": LOWERED}.get(script, {})
        text += f" {struck(part)} " if line_through else part.translate(table)
    return " ".join(text.split()).replace("] [gạch bỏ: ", "") if "[" in text else text


def _xlsx_cells(
    sheet: bytes, styles: Styles, rich: Mapping[str, str]
) -> Iterator[tuple[tuple[int, int], object]]:
    from xlsxwriter.utility import xl_cell_to_rowcol  # takes as long to load as all the rest

    r, c = -1, -1
    for event, e in ElementTree.iterparse(io.BytesIO(sheet), events=("start", "end")):
        name = tag(e)
        if name == "row" and event == "start":
            r, c = int(e.get("r") or r + 2) - 1, -1
        elif name == "row":
            e.clear()
        if name != "c" or event == "start":
            continue
        # a cell without an address stands right of the one before
        r, c = xl_cell_to_rowcol(e.get("r")) if e.get("r") else (r, c + 1)
        parts = {tag(child): child for child in e}
        value, kind = parts["v"].text or "" if "v" in parts else "", e.get("t") or "n"
        if kind == "e":
            yield (r, c), value
        elif "f" in parts and not value and kind != "str":
            yield (r, c), f"={(parts['f'].text or '…').lstrip('=')}"
        elif kind == "s" and value in rich:
            yield (r, c), rich[value]
        elif "is" in parts and any(tag(part) == "r" for part in parts["is"]):
            yield (r, c), _shown(_runs(parts["is"]))
        elif style := styles.get(e.get("s") or ""):
            yield (r, c), style


def _ods_cells(
    table: Element, styles: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[tuple[int, int], object]]:
    r = 0
    for row in table.iter():
        if tag(row) != "table-row":
            continue
        rows, c = _repeats(row, "number-rows-repeated"), 0
        for cell in row:
            columns = _repeats(cell, "number-columns-repeated")
            mark = _ods_mark(cell, styles)
            if mark is not None:
                for dr in range(min(rows, MOST_REPEATS)):
                    for dc in range(min(columns, MOST_REPEATS // min(rows, MOST_REPEATS) or 1)):
                        yield (r + dr, c + dc), mark
            c += columns
        r += rows


def _ods_mark(cell: Element, styles: Mapping[str, Mapping[str, str]]) -> object:
    """What stands in a cell of an .ods file, a function that makes it, or None."""
    # LibreOffice says of an error that it is a text, and then again that it is an error
    kinds = [value for key, value in cell.items() if key.endswith("}value-type")]
    formula = _about(cell).get("formula")
    runs = [run for p in cell if tag(p) == "p" for run in _ods_runs(p, styles)]
    if "error" in kinds:
        return "".join(text for text, *_ in runs) or "#VALUE!"
    if formula is not None and not kinds:
        return f"={formula.lstrip('=')}"
    if any(script or line_through for _, script, line_through in runs):
        return _shown(runs)
    if _line_through(styles.get(_about(cell).get("style-name", ""), {})):
        return struck
    if kinds and runs and not any(text.strip() for text, *_ in runs):  # a value that is not shown
        return hidden
    return _percent if "percentage" in kinds else None


def _ods_runs(
    paragraph: Element, styles: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str, bool]]:
    yield paragraph.text or "", "", False
    for span in paragraph:
        style = styles.get(_about(span).get("style-name", ""), {})
        position = style.get("text-position", "0%").split()[0]
        script = "" if position == "0%" else "sub" if position[0] in "-s" else "super"
        script = "super" if position == "super" else script
        yield "".join(span.itertext()), script, _line_through(style)
        yield span.tail or "", "", False


def _line_through(style: Mapping[str, str]) -> bool:
    drawn = (style.get(f"text-line-through-{name}", "none") for name in ("style", "type"))
    return any(line not in FALSE for line in drawn)


def _about(element: Element) -> dict[str, str]:
    """The attributes of an element without their namespaces."""
    return {key.rpartition("}")[2]: value for key, value in element.items()}


def _repeats(element: Element, name: str) -> int:
    found = _about(element).get(name, "1")
    return int(found) if found.isdecimal() else 1


def tag(element: Element) -> str:
    """The name of an element without its namespace; '' of a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
