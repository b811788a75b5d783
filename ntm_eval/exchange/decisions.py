"""What people decided, typed into a small file and read back: the council's final grades."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ntm_eval import reference
from ntm_eval.intake import delimited, names, values
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import Message, message
from ntm_eval.units import District, fold

COLUMNS = ["district_code", "grade", "reason", "decided_by", "date"]


@dataclass(frozen=True)
class Decision:
    """The final grade of one district, its reason, who decided it and when."""

    district_code: str
    grade: str
    reason: str
    decided_by: str
    date: date | None


def read(folder: Path, day: date) -> tuple[list[Decision], list[Problem]]:
    """The decisions of a year and period, and what is wrong with their rows.

    A row without a known district, with a grade that is not in force on `day`, without a reason,
    or the second of a district is not taken, and says so.
    """
    taken: dict[str, Decision] = {}
    problems = []
    known = {fold(grade): grade for grade in reference.at(reference.table("grades"), day)["grade"]}
    for line, row in enumerate(delimited.rows_of(folder / delimited.DECISIONS), start=2):
        cells = {key: (row.get(key) or "").strip() for key in ("district", *COLUMNS[1:])}
        unit = names.district(cells["district"], day).unit
        why = _wrong(cells, unit, known, taken)
        if unit is None or why:
            # of no district's: what the office mistyped is not held against anybody
            problems.append(problem({**why, "line": line}, Place(file=delimited.DECISIONS)))
            continue
        grade = known[fold(cells["grade"])]
        when = values.read_date(cells["date"]) if cells["date"] else None
        taken[unit.code] = Decision(unit.code, grade, cells["reason"], cells["decided_by"], when)
    return [taken[code] for code in sorted(taken)], problems


def frame(decisions: list[Decision]) -> pd.DataFrame:
    """The decisions as a table, one row for each district decided on."""
    rows = [(d.district_code, d.grade, d.reason, d.decided_by, d.date) for d in decisions]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"date": "datetime64[s]"})


def _wrong(
    cells: Mapping[str, str],
    unit: District | None,
    known: Mapping[str, str],
    taken: Container[str],
) -> Message:
    """Why a row cannot be taken; empty where it can."""
    if unit is None:
        return message("office_row.district", district=cells["district"])
    if unit.code in taken:
        return message("office_row.twice", name=unit.name)
    if fold(cells["grade"]) not in known:
        return message("office_row.grade", grade=cells["grade"], grades=list(known.values()))
    if not cells["reason"]:
        return message("office_row.no_reason", name=unit.name)
    if cells["date"] and values.read_date(cells["date"]) is None:
        return message("office_row.day", date=cells["date"])
    return {}
