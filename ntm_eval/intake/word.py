"""A Word document -> its tables and its lines 'label: value' as pages of cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from ntm_eval.intake.files import DAMAGED, TOO_LARGE, Grid, Page, UnreadableError, archive, part
from ntm_eval.intake.marks import LOWERED, RAISED, hidden, struck, tag

DOCUMENT = re.compile(r"word/document\d*\.xml")
STYLES = "word/styles.xml"
# A document takes some thirty times its size in memory.
MOST_DOCUMENT = 5_000_000
# Tracked changes: what is gone, and the properties in which the same tags only mark their owner.
# The second half of an AlternateContent repeats the first for older programs.
GONE = ("del", "moveFrom", "Fallback")
MARKED = ("trPr", "rPr")
DELETED = {("trPr", "del"), ("tcPr", "cellDel")}
ENDED = {("rPr", "del"), ("rPr", "moveFrom")}
PLAIN = {"tab": "\t", "br": "\n", "noBreakHyphen": "-"}
OFF = ("0", "false", "off", "none", "baseline")
UNSEEN = {"strike": struck, "dstrike": struck, "vanish": hidden}
SMALL = {"superscript": RAISED, "subscript": LOWERED}

About = Mapping[str, str]  # the properties of a run, cell, row or style, and what each says
Styles = Mapping[str, About]


def is_document(data: bytes) -> bool:
    """Whether the bytes are a Word document (.docx)."""
    return data.startswith(b"PK") and re.search(DOCUMENT.pattern.encode(), data) is not None


def document_pages(data: bytes) -> list[Page]:
    """The tables of a .docx file as 'bảng 1'…, and its paragraphs 'label: value' as 'văn bản'.

    They read as Word shows them with all tracked changes accepted; what a content control or a
    text box holds is part of it.

    Raises
    ------
    UnreadableError
        Where it is damaged or too large for a report.
    """
    found = archive(data)
    root = _xml(found, next(filter(DOCUMENT.fullmatch, found.namelist()), ""))
    styles = _styles(_xml(found, STYLES)) if STYLES in found.namelist() else {}
    _accept_changes(root)
    tables = [e for e in root.iter() if tag(e) == "tbl"]
    grids: list[Grid] = [
        [list(_cells(row, styles)) for row in _own(table, "tr")] for table in tables
    ]
    inside = {p for table in tables for p in table.iter() if tag(p) == "p"}
    texts = _texts((p for p in root.iter() if p not in inside), styles)
    grids.append([[part.strip() for part in text.split(":", 1)] for text in texts])
    names = [*(f"bảng {n}" for n in range(1, len(grids))), "văn bản"]
    return [Page(name, grid, table=True) for name, grid in zip(names, grids, strict=True)]


def _xml(found: ZipFile, name: str) -> Element:
    try:
        if found.getinfo(name).file_size > MOST_DOCUMENT:
            raise UnreadableError(TOO_LARGE)
        return ElementTree.fromstring(part(found, name))
    except (ElementTree.ParseError, DefusedXmlException, KeyError, ValueError) as error:
        raise UnreadableError(DAMAGED) from error


def _accept_changes(root: Element) -> None:
    """Take away what was deleted or moved from here, and the prompts of unfilled controls."""
    for parent in list(root.iter()):
        for child in list(parent):
            gone = tag(child) in GONE and tag(parent) not in MARKED
            if gone or (tag(child) in ("tr", "tc") and _has(child, DELETED)):
                parent.remove(child)
            elif tag(child) == "sdtPr" and any(tag(e) == "showingPlcHdr" for e in child):
                for e in parent.iter():
                    e.text = ""


def _has(element: Element, marks: Collection[tuple[str, str]]) -> bool:
    """Whether one of the element's properties has one of these marks: (properties, mark)."""
    return any((tag(about), tag(e)) in marks for about in element for e in about)


def _own(element: Element, name: str) -> Iterator[Element]:
    """The rows of a table, cells of a row or runs of a paragraph, also those in controls.

    Those of a table or a text box inside it are not its own.
    """
    rest = list(element)[::-1]
    while rest:
        e = rest.pop()
        if tag(e) == name:
            yield e
        elif tag(e) not in ("tbl", "txbxContent"):
            rest += list(e)[::-1]


def _cells(row: Element, styles: Styles) -> Iterator[str]:
    """The texts of a table row; of merged cells, only the first carries the text."""
    yield from [""] * _number(_about(row, "trPr").get("gridBefore", "0"))
    for cell in _own(row, "tc"):
        about = _about(cell, "tcPr")
        merged = "vMerge" in about and about["vMerge"] != "restart"
        yield "" if merged else "\n".join(_texts(cell.iter(), styles)).strip()
        yield from [""] * (_number(about.get("gridSpan", "1")) - 1)


def _texts(elements: Iterable[Element], styles: Styles) -> list[str]:
    """The text of each paragraph; one whose end was deleted runs on into the next."""
    texts: list[str] = []
    runs_on = False
    for p in elements:
        if tag(p) == "p":
            runs = groupby(_own(p, "r"), lambda run: _look(run, styles))
            text = "".join(_shown("".join(map(_plain, same)), look) for look, same in runs)
            texts.append(texts.pop() + text if runs_on else text)
            runs_on = any(_has(about, ENDED) for about in p if tag(about) == "pPr")
    return texts


def _look(run: Element, styles: Styles) -> str:
    """How a run is shown where that may change what its digits mean: of UNSEEN or SMALL, or ''."""
    own = _about(run, "rPr")
    about = {**styles.get(own.get("rStyle", ""), {}), **own}
    on = (name for name, says in about.items() if name in UNSEEN and says not in OFF)
    return next(on, about.get("vertAlign", ""))


def _shown(text: str, look: str) -> str:
    """The text of runs; of what nobody is to read only digits are of interest."""
    if look in UNSEEN:
        return f" {UNSEEN[look](text)} " if re.search(r"\d", text) else ""
    return text.translate(SMALL.get(look, {}))


def _plain(run: Element) -> str:
    return "".join((e.text or "") if tag(e) == "t" else PLAIN.get(tag(e), "") for e in run)


def _styles(root: Element) -> Styles:
    """What each style of characters says of a run, with what it takes from the one it rests on."""
    found = {_value(style, "styleId"): (_about(style), _about(style, "rPr")) for style in root}

    def whole(name: str, within: int = 10) -> About:
        about, own = found.get(name, ({}, {}))
        return (
            {**whole(about["basedOn"], within - 1), **own} if within and "basedOn" in about else own
        )

    return {name: whole(name) for name in found}


def _about(element: Element, properties: str = "") -> About:
    """The properties of an element, as their tags and values; '' where one has no value."""
    about = next((e for e in element if tag(e) == properties), ()) if properties else element
    return {tag(e): _value(e) for e in about}


def _value(element: Element, name: str = "val") -> str:
    return next((v for k, v in element.items() if k.endswith("}" + name)), "")


def _number(typed: str) -> int:
    return min(int(typed), 100) if typed.isdecimal() else 1
