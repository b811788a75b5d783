"""A typed name -> the district, commune, title, survey, organisation meant, and how sure that is.

A commune is looked for inside its district only. What is taken although it was spelt otherwise
always says so, and a name that fits two places, or a place of another district, is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from rapidfuzz import fuzz

from ntm_eval import reference, units
from ntm_eval.intake import sheets
from ntm_eval.language import Message, message

# Tried on 35 dirty spellings of districts and 10 names that are none: no wrong match. A cut-off
# of 70 takes 'Mai Châu' for Mộc Châu; WRatio takes 'Sông C López' for Sông Mã.
CUTOFF = 85.0
# The second best must be this far behind: 'Chiềng Xung' is as near to Chiềng Sung as to Mung.
MARGIN = 8.0
# Names at least this near are offered in the question.
WORTH_ASKING = 75.0
LONGEST = 120  # letters; more is a note that slipped into the cell of a name
# What stands around the name of a district in a title: 'Ủy ban MTTQ huyện ..., tỉnh Sơn La'.
AROUND = re.compile(r"^.*?\b(?=huyen\b|thanh pho\b|tp\b)|[\s,(-]+tinh son la\W*$")


# What stands after the name of an organisation: of which level, of which place.
OF_A_UNIT = re.compile(r"[\s,(-]+(viet nam|cac cap|(huyen|thanh pho|tp|tinh|xa|phuong)\b.*)$")

Unit = TypeVar("Unit", units.District, units.Commune)


@dataclass(frozen=True)
class Found(Generic[Unit]):
    """Who was meant, if anyone; where that is not sure, what to say of it."""

    unit: Unit | None
    why: Message | None = None  # name_matched | unknown_name | unknown_commune

    @property
    def rule(self) -> str | None:
        """The broken rule."""
        return self.why["message"].partition(".")[0] if self.why else None


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
    return Found(taken, _taken_for(message("place", name=taken.name)))


def slip(text: str, meant: Found[units.District]) -> Message | None:
    """What the office is asked that misspelt a district in a table of its own: nothing is guessed.

    A grade or a recount taken for another district would stand against it.
    """
    if meant.unit is None or meant.why is None:
        return None
    return message("office_row.like", district=text, name=meant.unit.name)


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
        return Found(None, message("unknown_name.either", names=_places(twins)))
    elsewhere = [c for c in units.province(on) if _bare(c.name) == bare]
    if elsewhere:
        return Found(None, message("unknown_commune.elsewhere", names=_with_districts(elsewhere)))
    return _misspelt(text, here)


@reference.derived
def titles() -> dict[str, str]:
    """Every known folded spelling of a title -> the title."""
    return _spellings("title", zip(sheets.TITLES, sheets.TITLES, strict=True))


@reference.derived
def surveys() -> dict[str, str]:
    """Every known folded spelling of a survey -> the survey."""
    known = reference.table("surveys")["survey"]
    return _spellings("survey", zip(known, known, strict=True))


@reference.derived
def questions() -> dict[str, int]:
    """Every survey -> how many questions it has."""
    rows = reference.table("surveys")
    return dict(zip(rows["survey"], rows["questions"].astype(int), strict=True))


def organisation(text: str) -> tuple[str | None, str | None, Message | None]:
    """The code and name of the organisation meant, and what to say where that is not sure.

    'Hội Nông dân huyện Mai Sơn' is Hội Nông dân; a name that is only like one of them is taken
    where it is like no other, with a question, and is nobody's otherwise.
    """
    known, spellings = _organisations(), _organisation_spellings()
    plain = OF_A_UNIT.sub("", units.fold(text[:LONGEST])).strip(" ,.-")
    if code := spellings.get(plain):
        return code, known[code], None
    if code := nearest(plain, spellings):
        return code, known[code], message("name_matched", name=known[code])
    return None, None, message("unknown_organisation" if plain else "unknown_organisation.blank")


@reference.derived
def _organisations() -> dict[str, str]:
    rows = reference.table("organisations").drop_duplicates("organisation", keep="last")
    return dict(zip(rows["organisation"], rows["name_vi"], strict=True))


@reference.derived
def _organisation_spellings() -> dict[str, str]:
    """Every known folded spelling of an organisation -> its code."""
    return _spellings("organisation", ((name, code) for code, name in _organisations().items()))


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
        names = [_as_written(likely, others)] if others else _places(likely)
        return Found(None, message("unknown_name.either", names=names))
    return Found(exact, _taken_for(_as_written([exact], others)))


def _misspelt(text: str, here: Sequence[units.Commune]) -> Found[units.Commune]:
    members = {c.code: c for c in here}
    names = {c.name: c.code for c in here}
    names |= {alias: c.code for c in here for alias in units.aliases(c)}
    near = nearest(text, names)
    if near:
        return Found(members[near], _taken_for(message("place", name=members[near].name)))
    codes = dict.fromkeys(code for score, code in _scored(text, names) if score >= WORTH_ASKING)
    if codes:
        why = message("unknown_name.like", names=[members[c].name for c in list(codes)[:3]])
    else:
        why = message("unknown_name")
    return Found(None, why)


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


def _spellings(kind: str, known: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is meant by each folded spelling: of the known names with their meaning, and aliases."""
    aliases = reference.table("aliases").query("kind == @kind")[["alias", "code"]]
    rows = [*known, *aliases.itertuples(index=False, name=None)]
    return {units.fold(spelling): meant for spelling, meant in rows}


def _taken_for(name: Message) -> Message:
    return message("name_matched", name=name)


def _as_written(found: Sequence[units.Commune], others: Sequence[units.Commune]) -> Message:
    """Whom a text is taken for, and who is spelt just so in another district."""
    if not others:
        return message("place", name=found[0].name)
    names = [c.name for c in found]
    return message("place.spelt_like", names=names, others=_with_districts(others))


def _places(found: Sequence[units.Commune]) -> list[Message]:
    return [message("place", name=c.name) for c in found]


def _with_districts(found: Sequence[units.Commune]) -> list[Message]:
    return [
        message("place", name=c.name)
        if c.reports_itself
        else message(
            "place.of_district", name=c.name, district=units.district(c.district_code).name
        )
        for c in found
    ]
