"""Characters that are not plain text: what they stand for, and which of them can be shown.

Word's symbol fonts keep their bullets as private characters, pasted text brings characters that
cannot be seen, and a script may have no font on this machine. Whether a character has a face is
asked of typst, which sets the PDF from its own fonts, the system's and matplotlib's.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

MISSING = "□"  # in place of a character that no face has
# The face of official papers, then free ones of the same widths (`docs/decisions`).
FACES = ("Times New Roman", "Liberation Serif", "Tinos", "TeX Gyre Termes")
ALWAYS = "Libertinus Serif"  # typst brings it, with every Vietnamese letter in four styles
SIGNS = "DejaVu Sans"  # has ✓ ✗ ○ ▲, which the others lack; matplotlib brings it
LETTERS = "ăâđêôơưĂÂĐÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹẠẾỘỮỲ"
STYLES = {(style, weight) for style in ("normal", "italic") for weight in (400, 700)}

# The private characters of Word's bullets and boxes (fonts Symbol and Wingdings).
SYMBOLS: Mapping[str, str] = {
    **dict.fromkeys("\uf0b7\uf0a7\uf06c\uf06e\uf076\uf077\uf0d8\uf0d7\uf09f", "•"),
    **dict.fromkeys("\uf0a8\uf06f\uf071\uf072", "□"),
    "\uf0fc": "✓",
    "\uf0fb": "✗",
    "\uf0fe": "☑",
    "\uf0fd": "☒",
    "\uf02d": "-",
    "\uf0e0": "→",
}
SURROGATE = re.compile("[\ud800-\udfff]")  # in a file's name, a byte that is no UTF-8
UNNAMED = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
SYMBOL = re.compile(f"[{''.join(SYMBOLS)}]")
PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Controls, marks of direction and width, variants, tags, surrogates and what is no character.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)
UNSOUND = re.compile("|".join(made.pattern for made in (LINE_END, INVISIBLE, SYMBOL)))
# Not among the letters, marks and signs of Latin scripts, which every face here has.
PLAIN = "\t\n -~\xa0-\u024f\u0300-\u0303\u0306\u0309\u031b\u0323\u1ea0-\u1ef9\u2010-\u2027\u20ab"
UNUSUAL = re.compile(f"[^{PLAIN}]")
WORD = re.compile(rf'[^\s"\\]*[^{PLAIN}][^\s"\\]*')

# PDF/UA refuses a document with a character that has no face. Without fallback a face is asked for
# by itself, in all four styles.
PROBE = b"""#set document(title: "x")
#let alone = sys.inputs.fallback == "no"
#set text(font: json(bytes(sys.inputs.faces)), fallback: not alone)
#for part in json(bytes(sys.inputs.parts)) [
  #part #if alone [#strong(part) #emph(part) #strong(emph(part))] #linebreak()
]"""
REFUSED = "could not be displayed"


def printable(text: str) -> str:
    """The text as any paper, page or table can hold it: nothing private, nothing unseen.

    >>> printable("\\uf0b7 Vốn\\x0bĐất\\ufeff")
    '• Vốn\\nĐất'
    """
    if not UNSOUND.search(text):
        return text
    signs = SYMBOL.sub(lambda found: SYMBOLS[found[0]], text)
    return INVISIBLE.sub("", LINE_END.sub("\n", signs))


def file_name(name: str) -> str:
    """A file's name as text: of a byte that is no letter its number is shown, as in an address.

    >>> file_name("b\\udce1o c\\udce1o.xlsx")
    'b%E1o c%E1o.xlsx'
    """
    return UNNAMED.sub(lambda found: f"%{ord(found[0]) & 0xFF:02X}", name)


def displayed(text: str) -> str:
    """The text, letter for letter, with `MISSING` for each character that no face has.

    A mark may have a face by itself and none on its letter, so words are asked for as well.
    """
    words = {*WORD.findall(text)}
    alone = _without_face({c for word in words for c in UNUSUAL.findall(word)})
    shown = {word: _replaced(word, alone) for word in words}
    whole = _without_face({word for word in shown.values() if UNUSUAL.search(word)})
    for typed, word in shown.items():
        if word in whole:
            shown[typed] = UNUSUAL.sub(MISSING, word)
    return WORD.sub(lambda found: shown[found[0]], text)


def _replaced(word: str, gone: Collection[str]) -> str:
    """The word with `MISSING` for these characters and for the marks on them."""
    made = ""
    for c in word:
        orphan = made.endswith(MISSING) and unicodedata.category(c).startswith("M")
        made += MISSING if c in gone or orphan else c
    return made


@cache
def fonts() -> typst.Fonts:
    """The fonts of typst, of this machine and of matplotlib, looked up once."""
    import matplotlib
    import typst

    return typst.Fonts(font_paths=[str(Path(matplotlib.get_data_path(), "fonts", "ttf"))])


@cache
def face() -> str:
    """The first face that this machine has in all four styles with every Vietnamese letter."""
    return next((family for family in FACES if _is_complete(family)), ALWAYS)


def _is_complete(family: str) -> bool:
    styles = {(font.style, font.weight) for font in fonts().fonts() if font.family == family}
    return styles >= STYLES and _have_faces([LETTERS], [family], fallback=False)


def _without_face(parts: Collection[str]) -> set[str]:
    """Those parts that hold a character without a face, looked for by halves."""
    private = {part for part in parts if PRIVATE.search(part)}  # means nothing in any other font
    rest = sorted({*parts} - private)
    if not rest or _have_faces(rest, [face(), SIGNS]):
        return private
    if len(rest) == 1:
        return private | {*rest}
    half = len(rest) // 2
    return private | _without_face(rest[:half]) | _without_face(rest[half:])


def _have_faces(parts: list[str], faces: list[str], *, fallback: bool = True) -> bool:
    import typst

    asked = {
        "parts": json.dumps(parts),
        "faces": json.dumps(faces),
        "fallback": "yes" if fallback else "no",
    }
    try:
        typst.compile(
            PROBE, format="pdf", pdf_standards=["ua-1"], font_paths=fonts(), sys_inputs=asked
        )
    except typst.TypstError as error:
        if REFUSED not in str(error):
            raise
        return False
    return True
