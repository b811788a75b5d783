"""What is wrong with a report, as letters to its sender: one shape for every rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.language import joined, place, say, vietnamese

SEVERITY = {"error": "lỗi", "warning": "cần xem lại", "info": "ghi nhận"}
BLANK = "blank_cell"
HIDDEN = "*"  # in place of a count of residents' answers


@dataclass(frozen=True)
class Problem:
    """One broken rule at one place. `message` says what, where, why and what to do.

    `letter` is the message in Vietnamese: a question to a district, which its answer is known by.
    """

    severity: str
    rule: str
    district_code: str | None
    commune_code: str | None
    indicator: str | None
    file: str | None
    sheet: str | None
    cell: str | None
    raw: str | None
    message: str
    letter: str


COLUMNS = [f.name for f in fields(Problem)]


@dataclass(frozen=True)
class Place:
    """Where in what was sent; `who` opens the letter."""

    who: str | None = None
    district_code: str | None = None
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None

    def __str__(self) -> str:
        words = [
            place(self.who) if self.who else None,
            say("tệp {file}", file=self.file) if self.file else None,
            say("trang '{sheet}'", sheet=self.sheet) if self.sheet else None,
            say("ô {cell}", cell=self.cell) if self.cell else None,
        ]
        return joined(", ", (w for w in words if w))


def problem(
    rule: str,
    why: str,
    place: Place,
    *,
    indicator: str | None = None,
    commune_code: str | None = None,
    raw: str | None = None,
) -> Problem:
    """The letter about one broken rule; `why` ends with what to do, as `say` gives it."""
    where = _where(place, indicator, raw)
    message = say("{where}: {why}", where=where, why=why) if where else why
    return Problem(
        severity=_severities()[rule],
        rule=rule,
        district_code=place.district_code,
        commune_code=commune_code,
        indicator=indicator,
        file=place.file,
        sheet=place.sheet,
        cell=place.cell,
        raw=raw,
        message=str(message),
        letter=vietnamese(message),
    )


def limit(rule: str, year: int | None = None) -> float:
    """The threshold of a rule in force at the end of a year, from reference data."""
    rows = reference.table("rules")
    rows = rows if year is None else reference.at(rows, date(year, 12, 31))
    return float(rows.loc[rows["rule"] == rule, "limit"].iloc[-1])


def frame(problems: Iterable[Problem]) -> pd.DataFrame:
    """One row for each problem, text columns even when empty."""
    rows = [astuple(p) for p in problems]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def listed(found: pd.DataFrame) -> list[Problem]:
    """The rows of `frame` as problems again."""
    rows = found[COLUMNS].astype(object)
    return [Problem(*row) for row in rows.where(rows.notna(), None).to_numpy()]


def ordered(found: Iterable[Problem]) -> list[Problem]:
    """By sheet as they first appear, the whole file before them; errors first, then by cell.

    Blank cells come last in their sheet: there may be many.
    """
    rows = list(found)
    sheets = list(dict.fromkeys(p.sheet for p in rows if p.sheet))
    severities = list(SEVERITY)

    def place(p: Problem) -> tuple:
        at = sheets.index(p.sheet) if p.sheet else -1
        return at, p.rule == BLANK, severities.index(p.severity), *_position(p.cell)

    return sorted(rows, key=place)


def _position(cell: str | None) -> tuple[int, int, str]:
    """Row, then column; A1 addresses sort as the eye reads them."""
    found = re.fullmatch(r"([A-Z]+)([0-9]+)", cell or "")
    return (int(found[2]), len(found[1]), found[1]) if found else (0, 0, cell or "")


def why(found: Problem) -> str:
    """The part of a letter after the place and what was typed: what is wrong, what to do.

    A table that names the place in columns of its own needs only this part. The message is in the
    language spoken.
    """
    d = units.find_district(found.district_code) if found.district_code else None
    for who in (d.short if d else None, None):
        place = Place(who, found.district_code, found.file, found.sheet, found.cell)
        where = _where(place, found.indicator, found.raw)
        if where and found.message.startswith(f"{where}: "):
            return found.message.removeprefix(f"{where}: ")
    return found.message


def _where(place: Place, indicator: str | None, raw: str | None) -> str:
    subject = joined(" ", (indicator, reference.indicator_name(indicator))) if indicator else None
    typed = say("ghi '{raw}'", raw=raw) if raw else None
    return joined(", ", (w for w in (str(place), subject, typed) if w))


def _severities() -> dict[str, str]:
    rules = reference.table("rules")
    return dict(zip(rules["rule"], rules["severity"], strict=True))
