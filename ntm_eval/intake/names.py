"""A typed name -> the district, commune, title or survey meant, and whether that is sure.

A commune is looked for inside its district only. What is taken although it was spelt otherwise
always says so, and a name that fits two places, or a place of another district, is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Generic, TypeVar

from rapidfuzz import fuzz

from ntm_eval import reference, units
from ntm_eval.intake import sheets
from ntm_eval.language import joined, place, say

# Tried on 35 dirty spellings of districts and 10 names that are none: no wrong match. A cut-off
# of 70 takes 'Mai Châu' for Mộc Châu; WRatio takes 'Sông C López' for Sông Mã.
CUTOFF = 85.0
# The second best must be this far behind: 'Chiềng Xung' is as near to Chiềng Sung as to Mung.
MARGIN = 8.0
# Names at least this near are offered in the question.
WORTH_ASKING = 75.0
LONGEST = 120  # letters; more is a note that slipped into the cell of a name
CHECK = "Kiểm tra lại giúp; nếu không đúng, ghi lại tên theo mẫu."
WRITE_AGAIN = "nên dòng này chưa được tính. Ghi lại mã hoặc tên theo mẫu."
# What stands around the name of a district in a title: 'Ủy ban MTTQ huyện ..., tỉnh Sơn La'.
AROUND = re.compile(r"^.*?\b(?=huyen\b|thanh pho\b|tp\b)|[\s,(-]+tinh son la\W*$")


Unit = TypeVar("Unit", units.District, units.Commune)


@dataclass(frozen=True)
class Found(Generic[Unit]):
    """Who was meant, if anyone; where that is not sure, the broken rule and what to say of it."""

    unit: Unit | None
    rule: str | None = None  # name_matched | unknown_name | unknown_commune
    why: str = ""


def nearest(text: str, names: Mapping[str, str]) -> str | None:
    """The code of the one name that is near enough to a misspelt text and ahead of all others.

    >>> nearest("Mộc Chau", {"Huyện Mộc Châu": "123", "Huyện Mai Sơn": "125"})
    '123'
    """
    scored = _scored(text, names)
    best = scored[0] if scored else (0.0, "")
    rival = next((score for score, code in scored if code != best[1]), 0.0)
    return best[1] if best[0] >= CUTOFF and best[0] - rival >= MARGIN else None


def district(text: str, on: date) -> Found[units.District]:
    """The reporting unit of a day meant by a code, slug or name, also a misspelt one."""
    text = text[:LONGEST]
    exact = units.find_district(text, on) or units.find_district(_inside(text), on)
    if exact and _spelt_so(_inside(text), (exact.name, exact.short, *units.aliases(exact))):
        return Found(exact)
    near = nearest(_inside(text), {d.name: d.code for d in units.reporting(on)})
    taken = exact or (units.district(near, on) if near else None)
    if taken is None:
        return Found(None)
    return Found(taken, "name_matched", _taken_for(place(taken.name)))


def commune(text: str, district_code: str, on: date) -> Found[units.Commune]:
    """The commune of a district meant by a name, also a misspelt one."""
    text = text[:LONGEST]
    exact = units.find_commune(text, district_code, on)
    if exact:
        return _as_spelt(text, exact, on)
    here = units.communes(district_code, on)
    bare = _bare(text)
    twins = [c for c in here if _bare(c.name) == bare]
    if twins:
        return Found(None, "unknown_name", _may_be(_either(twins)))
    elsewhere = [c for c in units.province(on) if _bare(c.name) == bare]
    if elsewhere:
        why = say(
            "là {names}, không phải của huyện này, {again}",
            names=_with_districts(elsewhere),
            again=say(WRITE_AGAIN),
        )
        return Found(None, "unknown_commune", why)
    return _misspelt(text, here)


@reference.derived
def titles() -> dict[str, str]:
    """Every known folded spelling of a title -> the title."""
    return _spellings("title", sheets.TITLES)


@reference.derived
def surveys() -> dict[str, str]:
    """Every known folded spelling of a survey -> the survey."""
    return _spellings("survey", reference.table("surveys")["survey"])


@reference.derived
def questions() -> dict[str, int]:
    """Every survey -> how many questions it has."""
    rows = reference.table("surveys")
    return dict(zip(rows["survey"], rows["questions"].astype(int), strict=True))


def _as_spelt(text: str, exact: units.Commune, on: date) -> Found[units.Commune]:
    """A commune found without regard to diacritics: sure only if those typed are its own.

    Chiềng An and Chiềng Ân lie in two districts, so the diacritics may mean the other one; and
    'Chiềng Cơ' is as near to Chiềng Cơi as to Chiềng Cọ of the same district, so it is neither.
    """
    if exact.code in text or _spelt_so(text, (exact.name, *units.aliases(exact))):
        return Found(exact)
    others = [c for c in units.province(on) if c != exact and _spelt_so(text, [c.name])]
    here = units.communes(exact.district_code, on)
    likely = [c for c in here if _likeness(text, c) >= _likeness(text, exact)]
    if len(likely) > 1:
        return Found(None, "unknown_name", _may_be(_as_written(_either(likely), others)))
    return Found(exact, "name_matched", _taken_for(_as_written(place(exact.name), others)))


def _misspelt(text: str, here: Sequence[units.Commune]) -> Found[units.Commune]:
    members = {c.code: c for c in here}
    names = {c.name: c.code for c in here}
    names |= {alias: c.code for c in here for alias in units.aliases(c)}
    near = nearest(text, names)
    if near:
        return Found(members[near], "name_matched", _taken_for(place(members[near].name)))
    codes = dict.fromkeys(code for score, code in _scored(text, names) if score >= WORTH_ASKING)
    if codes:
        why = say(
            "không nhận ra là xã, phường, thị trấn nào của huyện (có phải {names}?), {again}",
            names=_either([members[c] for c in list(codes)[:3]]),
            again=say(WRITE_AGAIN),
        )
    else:
        why = say(
            "không nhận ra là xã, phường, thị trấn nào của huyện, {again}", again=say(WRITE_AGAIN)
        )
    return Found(None, "unknown_name", why)


def _likeness(text: str, commune: units.Commune) -> float:
    return fuzz.ratio(_bare_accented(text), _bare_accented(commune.name))


def _scored(text: str, names: Mapping[str, str]) -> list[tuple[float, str]]:
    typed = _bare(text)
    scored = [(fuzz.ratio(typed, _bare(name)), code) for name, code in names.items()]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1]))


def _spelt_so(text: str, names: Iterable[str]) -> bool:
    """Whether a text has the diacritics of one of the names, or none at all."""
    typed = _bare_accented(text)
    return typed.isascii() or any(typed == _bare_accented(name) for name in names)


def _bare(text: str) -> str:
    return units.without_type(units.fold(text))


def _bare_accented(text: str) -> str:
    """A name without its type word, with its diacritics: as many words as `_bare` leaves."""
    words = units.accented(text).split()
    left = len(_bare(text).split())
    # 'TT.Mộc Châu': the type word hangs at the first word
    return " ".join(words[len(words) - left :]).rpartition(".")[2].strip()


def _inside(text: str) -> str:
    """The name of a district out of 'Ủy ban MTTQ Việt Nam huyện Mai Sơn, tỉnh Sơn La'."""
    plain = units.fold(text)
    found = AROUND.sub("", plain)
    # the words that are left, as they were typed
    before = AROUND.match(plain)
    start = len(before[0].split()) if before else 0
    words = text.split()
    return " ".join(words[start : start + len(found.split())]).rstrip(",;")


def _alias_rows(kind: str) -> list[tuple[str, str]]:
    rows = reference.table("aliases").query("kind == @kind")
    return list(rows[["alias", "code"]].itertuples(index=False, name=None))


def _spellings(kind: str, known: Iterable[str]) -> dict[str, str]:
    rows = [(name, name) for name in known] + _alias_rows(kind)
    return {units.fold(spelling): meant for spelling, meant in rows}


def _taken_for(name: str) -> str:
    return say("được hiểu là {name}. {check}", name=name, check=say(CHECK))


def _may_be(names: str) -> str:
    return say("có thể là {names}, {again}", names=names, again=say(WRITE_AGAIN))


def _as_written(names: str, others: Sequence[units.Commune]) -> str:
    """Whom a text is taken for, and who is spelt just so in another district."""
    if not others:
        return names
    return say("{names} (đúng như ghi là {others})", names=names, others=_with_districts(others))


def _either(found: Sequence[units.Commune]) -> str:
    return _or(place(c.name) for c in found)


def _with_districts(found: Sequence[units.Commune]) -> str:
    return _or(
        place(c.name)
        if c.reports_itself
        else joined(", ", (place(c.name), place(units.district(c.district_code).name)))
        for c in found
    )


def _or(texts: Iterable[str]) -> str:
    return reduce(lambda one, other: say("{one} hoặc {other}", one=one, other=other), texts)
