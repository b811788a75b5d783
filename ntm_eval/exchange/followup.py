"""Last year's recommendations as the office follows them: `followup.csv`, read and written."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import pandas as pd

from ntm_eval import reference
from ntm_eval.intake import delimited, names
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import message


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


COLUMNS = [f.name for f in fields(Note)]


def read(path: Path, on: date) -> tuple[list[Note], list[Problem]]:
    """The notes of a file, and its rows that name no reporting unit of the day or indicator."""
    known = set(reference.table("indicators")["id"])
    notes, problems = [], []
    for line, row in enumerate(delimited.rows_of(path), start=2):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        unit = names.district(cells["district"], on).unit if cells["district"] else None
        if cells["district"] and unit is None:
            why = message("office_row.district", district=cells["district"])
        elif cells["indicator"] and cells["indicator"] not in known:
            why = message("office_row.indicator", code=cells["indicator"])
        elif not cells["recommendation"]:
            why = message("office_row.nothing")
        else:
            notes.append(Note(**{**cells, "district": unit.code if unit else ""}))
            continue
        problems.append(problem({**why, "line": line}, Place(file=path.name)))
    return notes, problems


def frame(notes: list[Note]) -> pd.DataFrame:
    """The notes as a table."""
    return pd.DataFrame([vars(note) for note in notes], columns=COLUMNS).astype("str")
