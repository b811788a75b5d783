"""Small tables that the office keeps beside the reports: rows taken, and why others are not.

`decisions.csv`: the council's final grades; `followup.csv`: last year's recommendations as the
office follows them; `letters.csv`: when query letters went out. `assurance` reads `qa.csv` so too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TypeVar

import pandas as pd

from ntm_eval import reference
from ntm_eval.cache import LETTERS
from ntm_eval.intake import delimited, names, values
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import Message, message
from ntm_eval.units import District, fold

SENT = ("district", "sent", "note")

Cells = Mapping[str, str]
Taken = TypeVar("Taken")


@dataclass(frozen=True)
class Decision:
    """The final grade of one district, its reason, who decided it and when."""

    district_code: str
    grade: str
    reason: str
    decided_by: str
    date: date | None


@dataclass(frozen=True)
class Note:
    """One recommendation of last year and what has become of it; '' where nothing is said.

    `district` is a code, '' for the province.
    """

    district: str
    indicator: str
    recommendation: str
    unit: str
    status: str
    note: str


DECIDED, NOTED = ([f.name for f in fields(kind)] for kind in (Decision, Note))


def read(
    path: Path,
    columns: Collection[str],
    on: date,
    take: Callable[[Cells, District | None], Taken | Message | None],
) -> tuple[list[Taken], list[Problem]]:
    """What `take` makes of the rows of a table, in their order, and a problem for each refused.

    `take` is given the cells of the columns and the unit of the day `on` that `district` names; it
    gives the row as taken, the message that says why it cannot be, or None of a row that says
    nothing yet.
    """
    taken: list[Taken] = []
    problems = []
    for line, cells in delimited.rows_of(path, columns).items():
        meant = names.district(cells["district"], on)
        made = names.slip(cells["district"], meant) or take(cells, meant.unit)
        if isinstance(made, dict):
            # of no district's: what the office mistyped is not held against anybody
            problems.append(problem({**made, "line": line}, Place(file=path.name)))
        elif made is not None:
            taken.append(made)
    return taken, problems


def misplaced(cells: Cells, unit: District | None) -> Message | None:
    """Why the district or the indicator of a row is none; either may be blank."""
    if cells["district"] and unit is None:
        return message("office_row.district", district=cells["district"])
    if cells["indicator"] and cells["indicator"] not in reference.catalogue().index:
        return message("office_row.indicator", code=cells["indicator"])
    return None


def decisions(folder: Path, on: date) -> tuple[list[Decision], list[Problem]]:
    """The decisions of a year and period, and what is wrong with their rows.

    A row without a known district, with a grade that is not in force on that day, without a reason,
    or the second of a district is not taken, and says so.
    """
    grades = {fold(g): g for g in reference.at(reference.table("grades"), on)["grade"]}
    by_unit: dict[str, Decision] = {}

    def take(cells: Cells, unit: District | None) -> Decision | Message:
        grade, day = grades.get(fold(cells["grade"])), values.read_date(cells["date"])
        if unit is None:
            return message("office_row.district", district=cells["district"])
        if unit.code in by_unit:
            return message("office_row.twice", name=unit.name)
        if grade is None:
            return message("office_row.grade", grade=cells["grade"], grades=list(grades.values()))
        if not cells["reason"]:
            return message("office_row.no_reason", name=unit.name)
        if cells["date"] and day is None:
            return message("office_row.day", date=cells["date"])
        made = Decision(unit.code, grade, cells["reason"], cells["decided_by"], day)
        return by_unit.setdefault(unit.code, made)

    columns = ("district", *DECIDED[1:])
    taken, problems = read(folder / delimited.DECISIONS, columns, on, take)
    return sorted(taken, key=lambda one: one.district_code), problems


def decided(found: list[Decision]) -> pd.DataFrame:
    """The decisions as a table, one row for each district decided on."""
    rows = [vars(one) for one in found]
    return pd.DataFrame(rows, columns=DECIDED).astype({"date": "datetime64[s]"})


def notes(path: Path, on: date) -> tuple[list[Note], list[Problem]]:
    """The notes of a file, and its rows that name no reporting unit of the day or indicator."""

    def take(cells: Cells, unit: District | None) -> Note | Message:
        if why := misplaced(cells, unit):
            return why
        if not cells["recommendation"]:
            return message("office_row.nothing")
        return Note(**{**cells, "district": unit.code if unit else ""})

    return read(path, NOTED, on, take)


def noted(found: list[Note]) -> pd.DataFrame:
    """The notes as a table."""
    return pd.DataFrame([vars(one) for one in found], columns=NOTED).astype("str")


def sent(folder: Path, on: date) -> tuple[dict[str, date], list[Problem]]:
    """The day of each unit's latest letter, by its code, and the rows that cannot be taken.

    `folder` holds the reports of a year and period, `on` is a day of its units.
    """

    def take(cells: Cells, unit: District | None) -> tuple[date, str] | Message | None:
        day = values.read_date(cells["sent"])
        if not cells["sent"]:  # a register made beforehand has rows that say nothing yet
            return None
        if unit is None:
            return message("office_row.district", district=cells["district"])
        return (day, unit.code) if day else message("office_row.day", date=cells["sent"])

    found, problems = read(folder / LETTERS, SENT, on, take)
    return {code: day for day, code in sorted(found)}, problems
