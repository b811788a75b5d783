"""Names and codes -> reporting units and communes, as they were on a day.

A `District` is whoever reports: one of the twelve districts until 30/6/2025, from 1/7/2025 one of
the 75 communes. Codes were reused in 2025, so a code of a commune means nothing without its day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ntm_eval import reference
from ntm_eval.language import N_
from ntm_eval.spellings import accented as accented
from ntm_eval.spellings import did_you_mean
from ntm_eval.spellings import fold as fold
from ntm_eval.workspace import AnalystError

TYPE_WORDS = re.compile(
    r"^(huyen|thanh pho|thi xa|thi tran|phuong|xa|t\.?p|t\.?x|t\.?t|h|p|x)[\s.:]+(?=\S)"
)
WHOLE_TYPES = {"tt": "thi tran", "p": "phuong", "x": "xa"}
PLAN_DAY = date(2022, 4, 15)  # the districts of the plan, which series are told by to this day
REFORM_DAY = date(2025, 7, 1)  # no districts from here on, and the 75 communes of today
COMMUNE_DIGITS = 5
REPORTERS = (N_("huyện, thành phố"), N_("xã, phường"))  # until and from 1/7/2025


@dataclass(frozen=True)
class District:
    """A reporting unit: a district by its 3-digit code, from 1/7/2025 a commune by its 5 digits."""

    code: str
    slug: str
    name: str
    short: str

    @property
    def is_commune(self) -> bool:
        """Whether it is a commune that reports itself, as from 1/7/2025."""
        return len(self.code) == COMMUNE_DIGITS


@dataclass(frozen=True)
class Commune:
    """A xã, phường or thị trấn."""

    code: str
    district_code: str
    name: str
    kind: str

    @property
    def reports_itself(self) -> bool:
        """Whether it reports to the province, as from 1/7/2025."""
        return self.district_code == self.code


def without_type(folded: str) -> str:
    """A folded name without 'huyện', 'xã', 'tp.' and the like before it."""
    return TYPE_WORDS.sub("", folded)


def districts() -> tuple[District, ...]:
    """The twelve districts of the plan, in the order of their codes."""
    return reporting(PLAN_DAY)


@reference.derived
def reporting(on: date) -> tuple[District, ...]:
    """Who reports on a day, in the order of codes: the districts, or where none are left the
    communes. Before the tables begin, those of their first day.

    >>> len(reporting(date(2025, 5, 31))), len(reporting(date(2025, 11, 30)))
    (12, 75)
    """
    on = max(on, _regimes()[0])
    rows = reference.at(reference.table("districts"), on).sort_values("code")
    found = tuple(District(*row) for row in rows[["code", "slug", "name", "short"]].to_numpy())
    if found:
        return found
    rows = reference.at(reference.table("communes"), on).sort_values("code")
    return tuple(
        District(code, fold(name).replace(" ", "-"), name, short)
        for code, name, short in rows[["code", "name", "short"]].to_numpy()
    )


def reporters(code: str) -> str:
    """What those are called who report when the unit with this code does.

    >>> reporters("119"), reporters("03646")
    ('huyện, thành phố', 'xã, phường')
    """
    return REPORTERS[len(code) == COMMUNE_DIGITS]


def all_beside(codes: Iterable[str]) -> tuple[District, ...]:
    """All that report when those with these codes do: the districts, or the communes."""
    communes = any(len(code) == COMMUNE_DIGITS for code in codes)
    return reporting(REFORM_DAY) if communes else districts()


@reference.derived
def day(year: int, period: str) -> date:
    """The day up to which a report counts by the calendar, and so whose units it is about."""
    calendar = reference.table("calendar")
    calendar = calendar[calendar["period"] == period]
    rows = reference.at(calendar, date(year, 12, 31))
    row = (rows if len(rows) else calendar.head(1)).iloc[-1]
    return date(year, int(row["cut_off_month"]), int(row["cut_off_day"]))


def communes(district_code: str, on: date) -> tuple[Commune, ...]:
    """The communes of a reporting unit on a day, in the order of their codes.

    Those of a commune that reports for itself: itself.
    """
    return _communes(on).get(district_code, ())


@reference.derived
def _communes(on: date) -> dict[str, tuple[Commune, ...]]:
    rows = reference.at(reference.table("communes"), on).sort_values("code")
    # from 1/7/2025 a commune belongs to no district: it stands under its own code
    rows = rows.assign(district_code=rows["district_code"].fillna(rows["code"]))
    found: dict[str, tuple[Commune, ...]] = {}
    for row in rows[["code", "district_code", "name", "kind"]].to_numpy():
        commune = Commune(*row)
        found[commune.district_code] = (*found.get(commune.district_code, ()), commune)
    return found


def province(on: date) -> tuple[Commune, ...]:
    """All communes of a day, by reporting unit."""
    return tuple(c for d in reporting(on) for c in communes(d.code, on))


@reference.derived
def _regimes() -> tuple[date, ...]:
    """The days from which the units were different."""
    tables = (reference.table(name)["valid_from"] for name in ("districts", "communes"))
    return tuple(sorted({when.date() for starts in tables for when in starts}))


def _regime(on: date) -> date:
    """The day since which the units are as on this one."""
    return max((start for start in _regimes() if start <= on), default=_regimes()[0])


@reference.derived
def _district_spellings(on: date) -> dict[str, District]:
    """Every accepted folded spelling -> reporting unit of a day. None collide when folded.

    The type word of a district is left out; that of a commune stays beside the name without it:
    'Huyện Thuận Châu' is not 'Xã Thuận Châu', which is a fifth of it.
    """
    found: dict[str, District] = {}
    for d in reporting(on):
        for spelling in (d.code, d.slug, d.name, d.short, d.slug.replace("-", " ")):
            found[fold(spelling) if d.is_commune else without_type(fold(spelling))] = d
        for alias in aliases(d):
            found[without_type(fold(alias))] = d
    return found


@reference.derived
def _ever() -> dict[str, District]:
    """Spellings that mean one unit whatever the day: codes, slugs, names with their type word."""
    found: dict[str, District] = {}
    for on in reversed(_regimes()):
        for d in reporting(on):
            found |= dict.fromkeys((d.code, d.slug, fold(d.name)), d)
    return found


def find_district(text: object, on: date | None = None) -> District | None:
    """The reporting unit meant by a code, a slug or a spelling of its name, or None.

    On a day: of the units of that day. Without one, a code, a slug or a name with its type word
    is that of any day, and a bare name that of a district: 'Thuận Châu' is the district.
    """
    folded = fold(text)
    known = _district_spellings(_regime(on or PLAN_DAY))
    if on is None:
        return _ever().get(folded) or known.get(without_type(folded))
    for spelling in (folded, _with_whole_type(folded)):
        if spelling in known:
            return known[spelling]
    return None if reporting(on)[0].is_commune else known.get(without_type(folded))


def district(text: object, on: date | None = None) -> District:
    """The reporting unit meant by a code, a slug or a spelling of its name (`find_district`).

    Raises
    ------
    AnalystError
        Listing the valid slugs.
    """
    found = find_district(text, on)
    if found is None:
        there = reporting(on or PLAN_DAY)
        what = "xã, phường nào báo cáo" if there[0].is_commune else "huyện nào"
        names = {name: d.short for name, d in _district_spellings(_regime(on or PLAN_DAY)).items()}
        raise AnalystError(
            f"Không có {what} là '{text}'."
            f"{did_you_mean(without_type(fold(text)), names)} Chọn một trong: "
            + ", ".join(d.slug for d in there)
            + f" (hoặc mã, hoặc tên {'xã, phường' if there[0].is_commune else 'huyện'})."
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
    return f"{whole} {folded[found.end() :]}" if found and whole else folded


@reference.derived
def _commune_spellings(district_code: str, on: date) -> dict[str, set[Commune]]:
    found: dict[str, set[Commune]] = {}
    members = {c.code: c for c in communes(district_code, on)}
    for c in members.values():
        for spelling in (c.code, fold(c.name), without_type(fold(c.name))):
            found.setdefault(spelling, set()).add(c)
    for c in members.values():
        for alias in aliases(c):
            found.setdefault(without_type(fold(alias)), set()).add(c)
    return found


def commune_name(code: str, district_code: str | None = None) -> str:
    """The name of a commune by its code and the unit that reports on it.

    A code that was given to two places means the one of the plan's day, or else the first, unless
    the commune reports for itself. A code that no table knows stands for itself.
    """
    if code == district_code:
        return district(code).name
    return _commune_names().get(code, code)


@reference.derived
def _commune_names() -> dict[str, str]:
    rows, names = reference.table("communes"), dict[str, str]()
    for known in (reference.at(rows, PLAN_DAY), rows):
        for code, name in zip(known["code"], known["name"], strict=True):
            names.setdefault(code, name)
    return names


def aliases(unit: District | Commune) -> list[str]:
    """Other spellings of a unit's name. Those of communes are of the codes before 1/7/2025."""
    if isinstance(unit, Commune) and unit.reports_itself:
        return []
    kind = "district" if isinstance(unit, District) else "commune"
    return list(_aliases().get((kind, unit.code), ()))


@reference.derived
def _aliases() -> dict[tuple[str, str], list[str]]:
    rows = reference.table("aliases")
    return rows.groupby(["kind", "code"])["alias"].agg(list).to_dict()
