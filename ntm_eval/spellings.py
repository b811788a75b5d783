"""What was typed, whatever its letters, digits and slips -> what was meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

TONES = "\u0300\u0301\u0303\u0309\u0323"
MARKS = re.compile("[\u0300-\u036f]+")
# Letters of other alphabets that look the same on screen, and what cannot be seen at all.
ALIKE = str.maketrans(
    dict(zip("авекмнорстухіјѕԁһ", "abekmhopctyxijsdh", strict=True))
    | dict(zip("αβεικνορτυχ", "abeikvoptux", strict=True))
    | dict.fromkeys("ðɖ", "đ")
    | dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d", '"')
    | dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-")
    | {chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F)}  # full-width
    | dict.fromkeys((0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F)))
    | dict.fromkeys(range(0x2060, 0x2070))
)
YEAR = re.compile(r"(?:nam )?(\d{4})")  # this and the next two of what was typed, folded
OF_YEAR = r"(?: (?:nam )?[0-9]{4})?"
PERIOD_WORDS = {
    "h1": re.compile(rf"h1|(?:bao cao )?(?:6|sau) thang(?: dau nam)?{OF_YEAR}"),
    "annual": re.compile(rf"annual|(?:bao cao )?(?:(?:ca )?nam(?: [0-9]{{4}})?|12 thang{OF_YEAR})"),
}
NEAR = 0.7  # of two spellings that may be a slip of each other


def fold(text: object) -> str:
    """Lower case without diacritics or doubled spaces, for comparing what was typed.

    NFC or NFD, 'hòa' or 'hoà', a Cyrillic 'а', a zero-width space: all spellings become one.

    >>> fold("  Huyện   Sốp Cộp ")
    'huyen sop cop'
    """
    plain = unicodedata.normalize("NFD", _alike(str(text)).replace("đ", "d"))
    bare = MARKS.sub("", plain)
    if not bare.isascii():  # marks of other scripts
        bare = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(bare.split())


def accented(text: str) -> str:
    """As `fold`, but with the diacritics, each tone at the end of its word: 'hòa' is 'hoà'.

    >>> accented("Hòa") == accented("hoà"), accented("hòa") == accented("hóa")
    (True, False)
    """
    words = unicodedata.normalize("NFD", _alike(text)).split()
    tones = ("".join(c for c in word if c in TONES) for word in words)
    bare = ("".join(c for c in word if c not in TONES) for word in words)
    return " ".join(word + tone for word, tone in zip(bare, tones, strict=True))


def _alike(text: str) -> str:
    return text.casefold().translate(ALIKE)


def year_meant(text: object) -> int | None:
    """The year that a text names, whatever its digits; None where it names none."""
    found = YEAR.fullmatch(fold(text))
    return int(found[1]) if found else None


def period_meant(text: object) -> str | None:
    """The period that a text names in any of the usual words; None where it names none."""
    return next((p for p, words in PERIOD_WORDS.items() if words.fullmatch(fold(text))), None)


def did_you_mean(typed: str, names: Mapping[str, str] | Iterable[str]) -> str:
    """A question after a slip of the keyboard; empty where nothing is near.

    `names` gives what to propose, where it differs by its folded spelling.

    >>> did_you_mean("Mai Sơ", {"mai son": "Mai Sơn", "moc chau": "Mộc Châu"})
    ' Ý bạn là Mai Sơn?'
    """
    known = names if isinstance(names, Mapping) else {name: name for name in names}
    near = dict.fromkeys(known[n] for n in get_close_matches(fold(typed), known, cutoff=NEAR))
    return f" Ý bạn là {' hay '.join(near)}?" if near else ""
