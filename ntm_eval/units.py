"""Names and codes -> districts and communes, as they were on a day."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from ntm_eval import reference
from ntm_eval.workspace import AnalystError

TYPE_WORDS = re.compile(r"^(huyen|thanh pho|thi xa|thi tran|phuong|xa|tp|tx|tt|h|p|x)[\s.]+(?=\S)")


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

    NFC or NFD, 'hòa' or 'hoà': all spellings of a name become one.

    >>> fold("  Huyện   Sốp Cộp ")
    'huyen sop cop'
    """
    return _fold(str(text))


@lru_cache(maxsize=20_000)  # headers and names come back in every workbook
def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


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
    for spelling in (fold(text), without_type(fold(text))):
        found = names.get(spelling, set())
        if len(found) == 1:
            return next(iter(found))
    return None


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
