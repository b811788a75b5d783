"""What people decided, typed into a small file and read back: the council's final grades."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ntm_eval import reference
from ntm_eval.intake import names, office_files, values
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import place, say
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
    for line, row in enumerate(office_files.rows_of(folder / office_files.DECISIONS), start=2):
        cells = {key: (row.get(key) or "").strip() for key in ("district", *COLUMNS[1:])}
        unit = names.district(cells["district"], day).unit
        why = _wrong(cells, unit, known, taken)
        if why or unit is None:
            # of no district's: what the office mistyped is not held against anybody
            problems.append(
                problem(
                    "office_row",
                    say("dòng {line}: {why}", line=line, why=why),
                    Place(file=office_files.DECISIONS),
                )
            )
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
) -> str:
    """Why a row cannot be taken; '' where it can."""
    if unit is None:
        return say(
            "không có huyện '{district}'. Ghi tên như trong districts.csv.",
            district=cells["district"],
        )
    if unit.code in taken:
        return say(
            "{name} đã có quyết định ở dòng trên; dòng này không được lấy. Xóa một dòng.",
            name=place(unit.name),
        )
    if fold(cells["grade"]) not in known:
        grades = ", ".join(known.values())
        return say(
            "không có mức xếp loại '{grade}'. Chọn một trong: {grades}.",
            grade=cells["grade"],
            grades=grades,
        )
    if not cells["reason"]:
        return say(
            "{name} chưa ghi lý do (cột reason). Ghi lý do rồi chạy lại.", name=place(unit.name)
        )
    if cells["date"] and values.read_date(cells["date"]) is None:
        return say("ngày '{date}' không đọc được. Ghi ngày/tháng/năm.", date=cells["date"])
    return ""
