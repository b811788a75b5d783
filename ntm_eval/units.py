"""Names and codes -> districts and communes, as they were on a day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from ntm_eval import reference
from ntm_eval.workspace import AnalystError

TYPE_WORDS = re.compile(
    r"^(huyen|thanh pho|thi xa|thi tran|phuong|xa|t\.?p|t\.?x|t\.?t|h|p|x)[\s.:]+(?=\S)"
)
WHOLE_TYPES = {"tt": "thi tran", "p": "phuong", "x": "xa"}
SHORT = 300  # longer texts come once and would only fill the memory
TONES = "\u0300\u0301\u0303\u0309\u0323"
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


@dataclass(frozen=True)
class District:
    """One of the twelve units of 2022."""

    code: str
    slug: str
    name: str
    short: str


@dataclass(frozen=True)
class Commune:
    """A xã, phường or thị trấn."""

    code: str
    district_code: str
    name: str
    kind: str


def fold(text: object) -> str:
    """Lower case without diacritics or doubled spaces, for comparing what was typed.

    NFC or NFD, 'hòa' or 'hoà', a Cyrillic 'а', a zero-width space: all spellings become one.

    >>> fold("  Huyện   Sốp Cộp ")
    'huyen sop cop'
    """
    plain = str(text)
    return _fold(plain) if len(plain) < SHORT else _fold.__wrapped__(plain)


@lru_cache(maxsize=20_000)  # headers and names come back in every workbook
def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", _alike(text).replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


@lru_cache(maxsize=20_000)
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


def without_type(folded: str) -> str:
    """A folded name without 'huyện', 'xã', 'tp.' and the like before it."""
    return TYPE_WORDS.sub("", folded)


@cache
def districts() -> tuple[District, ...]:
    """The twelve districts, in the order of their codes."""
    rows = reference.table("districts").sort_values("code")
    return tuple(District(*row) for row in rows[["code", "slug", "name", "short"]].to_numpy())


@cache
def communes(district_code: str, on: date) -> tuple[Commune, ...]:
    """The communes of a district on a day, in the order of their codes."""
    rows = reference.at(reference.table("communes"), on).query("district_code == @district_code")
    columns = ["code", "district_code", "name", "kind"]
    return tuple(Commune(*row) for row in rows.sort_values("code")[columns].to_numpy())


@cache
def _district_spellings() -> dict[str, District]:
    """Every accepted folded spelling -> district. None of the twelve collide when folded."""
    found = {}
    for d in districts():
        for spelling in (d.code, d.slug, d.name, d.short, d.slug.replace("-", " ")):
            found[without_type(fold(spelling))] = d
    codes = {d.code: d for d in districts()}
    aliases = reference.table("aliases").query("kind == 'district'")
    for alias, code in aliases[["alias", "code"]].to_numpy():
        found[without_type(fold(alias))] = codes[code]
    return found


def find_district(text: object) -> District | None:
    """The district meant by a code, a slug or a spelling of its name, or None."""
    return _district_spellings().get(without_type(fold(text)))


def district(text: object) -> District:
    """The district meant by a code, a slug or a spelling of its name.

    Raises
    ------
    AnalystError
        Listing the valid slugs.
    """
    found = find_district(text)
    if found is None:
        raise AnalystError(
            f"Không có huyện nào là '{text}'. Chọn một trong: "
            + ", ".join(d.slug for d in districts())
            + " (hoặc mã, hoặc tên huyện)."
        )
    return found


def find_commune(text: object, district_code: str, on: date) -> Commune | None:
    """The one commune of the district with this code or this name, or None.

    The name may lack its type word or its diacritics, as long as only one commune of the
    district can be meant: 'Hát Lót' in Mai Sơn is both a thị trấn and a xã, so it is None.
    """
    names = _commune_spellings(district_code, on)
    folded = fold(text)
    for spelt in (str, _with_whole_type, without_type):
        found = names.get(spelt(folded), ())
        if len(found) == 1:
            return next(iter(found))
    return None


def _with_whole_type(folded: str) -> str:
    """'tt. hat lot' -> 'thi tran hat lot'."""
    found = TYPE_WORDS.match(folded)
    whole = WHOLE_TYPES.get(found[1].replace(".", "")) if found else None
    return f"{whole} {folded[found.end() :]}" if whole else folded


@cache
def _commune_spellings(district_code: str, on: date) -> dict[str, set[Commune]]:
    found: dict[str, set[Commune]] = {}
    members = {c.code: c for c in communes(district_code, on)}
    for c in members.values():
        for spelling in (c.code, fold(c.name), without_type(fold(c.name))):
            found.setdefault(spelling, set()).add(c)
    aliases = reference.table("aliases").query("kind == 'commune'")
    for alias, code in aliases[["alias", "code"]].to_numpy():
        if code in members:
            found.setdefault(without_type(fold(alias)), set()).add(members[code])
    return found
