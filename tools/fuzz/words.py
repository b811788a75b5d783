"""A report as a Word document, and what Word's own structure does to its cells and rows.

Whatever is wrapped, tracked or moved, a reader of the paper sees the same figures; a figure with a
raised or struck digit has to be asked about.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

from tools.fuzz.books import HEAD, Key, Sheet, Slot
from tools.fuzz.mutants import Mutant

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
COMPATIBLE = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
SHARE = 0.1  # of the cells or rows that are damaged

Way = Callable[[str, str], str]  # what is shown and another text -> XML


def _run(text: str, look: str = "") -> str:
    properties = f"<w:rPr>{look}</w:rPr>" if look else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _gone(other: str) -> str:
    return f"<w:r><w:delText>{escape(other)}</w:delText></w:r>"


def _control(inside: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{inside}</w:sdtContent></w:sdt>"


def _cell(runs: str, properties: str = "") -> str:
    return f"<w:tc>{properties}<w:p>{runs}</w:p></w:tc>"


def _box(text: str) -> str:
    box = f"<w:txbxContent><w:p>{_run(text)}</w:p></w:txbxContent>"
    both = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    return f"<w:r><mc:AlternateContent>{both}</mc:AlternateContent></w:r>"


# what leaves a cell as it was
CELLS: dict[str, Way] = {
    "ô trong ô điều khiển": lambda text, other: _control(_cell(_run(text))),
    "chữ trong ô điều khiển": lambda text, other: _cell(_control(_run(text))),
    "xóa rồi chèn": lambda text, other: _cell(
        f"<w:del>{_gone(other)}</w:del><w:ins>{_run(text)}</w:ins>"
    ),
    "chuyển chỗ": lambda text, other: _cell(
        f"<w:moveFrom>{_run(other)}</w:moveFrom><w:moveTo>{_run(text)}</w:moveTo>"
    ),
    "hộp văn bản": lambda text, other: _cell(_box(text)),
    "ô đã xóa bên cạnh": lambda text, other: (
        _cell(_run(other), "<w:tcPr><w:cellDel/></w:tcPr>") + _cell(_run(text))
    ),
}
# what a figure can no longer be read from
UNREADABLE: dict[str, Way] = {
    "chữ số nhỏ phía trên": lambda text, other: _cell(
        _run(text) + _run("2", '<w:vertAlign w:val="superscript"/>')
    ),
    "gạch bỏ": lambda text, other: _cell(_run(other, "<w:strike/>") + _run(text)),
    "chữ ẩn": lambda text, other: _cell(_run(other, "<w:vanish/>") + _run(text)),
}
ROWS = ("dòng trong ô điều khiển", "dòng đã xóa bên cạnh")


def edit_document(report: list[Sheet], rng: random.Random) -> Mutant:
    """The report as a document, some of its cells or rows under one kind of structure."""
    what = rng.choice((*CELLS, *UNREADABLE, *ROWS))
    asked: set[Key] = set()
    tables = [_table(sheet, what, rng, asked) for sheet in report]
    return Mutant("Word", what, _document(tables), asked=frozenset(asked))


def plain(report: list[Sheet]) -> bytes:
    """The report as a document without any damage."""
    return _document([_table(sheet, "", random.Random(0), set()) for sheet in report])


def _document(tables: list[str]) -> bytes:
    body = f"<w:body>{'<w:p/>'.join(tables)}</w:body>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        part = zipfile.ZipInfo("word/document.xml")  # of no time: the same is the same file
        xml = f"{HEAD}<w:document {WORD} {COMPATIBLE}>{body}</w:document>"
        made.writestr(part, xml, zipfile.ZIP_DEFLATED, compresslevel=1)
    return out.getvalue()


def _table(sheet: Sheet, what: str, rng: random.Random, asked: set[Key]) -> str:
    rows = []
    for row in sheet.rows:
        cells = "".join(_damaged(slot, what, rng, asked) for slot in row)
        made = f"<w:tr>{cells}</w:tr>"
        if what in ROWS and rng.random() < SHARE:
            other = "".join(_cell(_run(_other(_text(slot)))) for slot in row)
            deleted = f"<w:tr><w:trPr><w:del/></w:trPr>{other}</w:tr>"
            beside = rng.choice((made + deleted, deleted + made))
            made = _control(made) if what == ROWS[0] else beside
        rows.append(made)
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def _damaged(slot: Slot, what: str, rng: random.Random, asked: set[Key]) -> str:
    text, hit = _text(slot), rng.random() < SHARE
    if hit and what in CELLS:
        return CELLS[what](text, _other(text))
    figure = slot.key and isinstance(slot.typed, int | float)
    if hit and what in UNREADABLE and figure:
        asked.add(slot.key)
        return UNREADABLE[what](text, _other(text))
    return _cell(_run(text))


def _text(slot: Slot) -> str:
    """What is typed as an official writes it."""
    return slot.text.replace(".", ",") if isinstance(slot.typed, float) else slot.text


def _other(text: str) -> str:
    return f"{int(text) + 1}" if text.isdecimal() else f"{text} cũ"
