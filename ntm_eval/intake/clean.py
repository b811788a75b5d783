"""Cells -> facts: each owed cell once, with its state, its address and what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from ntm_eval import units
from ntm_eval.intake import figures, names, rows, sheets, values
from ntm_eval.intake.cells import Cell, Columns, Row
from ntm_eval.intake.delimited import Correction
from ntm_eval.intake.problems import Problem
from ntm_eval.intake.reading import Reading
from ntm_eval.intake.received import Report
from ntm_eval.intake.workbook import Book
from ntm_eval.language import message

FACT_COLUMNS = [
    "year",
    "period",
    "district_code",
    "commune_code",
    "indicator",
    "measure",
    "value",
    "state",
    "unit",
    "qualifier",
    "raw",
    "file",
    "sheet",
    "cell",
    "corrected",
    "original",
]
COMMUNE_COLUMNS = [
    "district_code",
    "commune_code",
    "commune",
    "kind",
    "registered",
    "title",
    *sheets.CRITERIA,
    *sheets.COMMUNE_COUNTS,
]
ANSWER_COLUMNS = [
    "district_code",
    "commune_code",
    "survey",
    "question",
    *sheets.SATISFACTION_COUNTS,
    "file",
    "sheet",
    "cell",
]
TEXT = pd.StringDtype(na_value=np.nan)  # what pandas calls str
NUMBERS = {"value", "original", *sheets.COMMUNE_COUNTS, *sheets.SATISFACTION_COUNTS}
WORDS = ("leadership", "limitations", "directions", "recommendations")


class Tables(NamedTuple):
    """What one report says, as plain columns: its facts and the rows of its other sheets."""

    facts: Columns
    communes: Columns
    answers: Columns


@dataclass(frozen=True)
class Cleaned:
    """One report as tables, its own words, and its problems."""

    tables: Tables
    words: Mapping[str, str]
    problems: tuple[Problem, ...]
    # the cells behind `communes` by code, and behind `answers` by code, survey and question
    rows: Mapping[tuple[str, ...], Row] = field(default_factory=dict)
    # sheet and address of the counts of residents' answers
    counted: frozenset[tuple[str, str]] = frozenset()
    missing: frozenset[str] = frozenset()  # sheets of the form that were not sent

    @cached_property
    def facts(self) -> pd.DataFrame:
        """Each owed cell once, with the columns of `FACT_COLUMNS`."""
        return _frame(self.tables.facts)

    @cached_property
    def communes(self) -> pd.DataFrame:
        """The communes of the district, with the columns of `COMMUNE_COLUMNS`."""
        return _frame(self.tables.communes)

    @cached_property
    def answers(self) -> pd.DataFrame:
        """The questions answered, with the columns of `ANSWER_COLUMNS`."""
        return _frame(self.tables.answers)


def clean(book: Book, report: Report, corrections: Sequence[Correction] = ()) -> Cleaned:
    """The facts of one report: exactly one for each owed cell, whatever was typed or missing."""
    reading = Reading(book, report, corrections)
    tables = Tables(
        figures.facts(book.tables[sheets.FIGURES], reading),
        _columns(_communes(book.tables[sheets.COMMUNES], reading), COMMUNE_COLUMNS),
        _columns(_answers(book.tables[sheets.SATISFACTION], reading), ANSWER_COLUMNS),
    )
    reading.refuse_unused_corrections()
    words = {key: book.info[key].text.strip() for key in WORDS if key in book.info}
    problems = tuple(reading.problems)
    return Cleaned(tables, words, problems, reading.rows, reading.counted, book.missing)


def unreported(district: units.District, day: date) -> pd.DataFrame:
    """The communes of a district that has sent no report: named, and nothing known."""
    rows = [
        dict.fromkeys(COMMUNE_COLUMNS)
        | {
            "district_code": c.district_code,
            "commune_code": c.code,
            "commune": c.name,
            "kind": c.kind,
        }
        for c in units.communes(district.code, day)
    ]
    return _frame(_columns(rows, COMMUNE_COLUMNS))


def empty(columns: list[str]) -> pd.DataFrame:
    """A table without rows whose columns have the types of a full one."""
    return _frame(dict.fromkeys(columns, ()))


def _communes(typed_rows: Sequence[Row], reading: Reading) -> Iterator[dict]:
    """A row for each commune of the district, in the order of codes, filled in or not."""
    day = units.day(reading.report.year, reading.report.period)
    placed: dict[str, Row] = {}
    # a row that is surely this commune's comes before one whose name is only like it
    for row in sorted(typed_rows, key=lambda row: not rows.sure(row, day, reading)):
        commune = rows.commune(row, day, reading, sheets.COMMUNE_HEADERS)
        if commune and commune.code in placed:
            cell = next(c for c in row.values() if not c.blank)
            reading.mark(message("row_repeated.commune"), cell, commune_code=commune.code)
        elif commune:
            placed[commune.code] = reading.rows[(commune.code,)] = row
    members = units.communes(reading.district.code, day)
    _ask_of_marks([(c, placed.get(c.code, {})) for c in members if c.kind == "xã"], reading)
    for commune in members:
        yield _commune_row(commune, placed.get(commune.code, {}), reading)


def _ask_of_marks(rural: Sequence[tuple[units.Commune, Row]], reading: Reading) -> None:
    """One question for each mark in place of Đ and C, and one for the communes without any mark."""
    ticks: dict[str, list[Cell]] = {}
    without = []
    for commune, row in rural:
        typed = [reading.corrected(row[c])[0] for c in sheets.CRITERIA if c in row]
        if all(cell.blank for cell in typed):
            without.append((commune, typed))
        for cell in typed:
            if cell.typed not in values.SURE_MARKS and (found := values.tick(cell.text)):
                ticks.setdefault(found, []).append(cell)
    for cells in ticks.values():
        why = message("not_a_mark.tick", count=len(cells), met=sheets.MET, not_yet=sheets.NOT_YET)
        reading.mark(why, cells[0])
    if without and any(row for _, row in rural):
        names = [commune.name for commune, _ in without]
        why = message("marks_blank", names=names, met=sheets.MET, not_yet=sheets.NOT_YET)
        reading.mark(why, next((typed[0] for _, typed in without if typed), None))


def _commune_row(commune: units.Commune, row: Row, reading: Reading) -> dict:
    return {
        "district_code": commune.district_code,
        "commune_code": commune.code,
        "commune": commune.name,
        "kind": commune.kind,
        "registered": _title(row.get("registered"), commune, reading),
        "title": _title(row.get("title"), commune, reading),
        **{c: _mark(row.get(c), commune, reading) for c in sheets.CRITERIA},
        **{c: _count(row.get(c), commune, reading) for c in sheets.COMMUNE_COUNTS},
    }


def _answers(typed_rows: Sequence[Row], reading: Reading) -> Iterator[dict]:
    day = units.day(reading.report.year, reading.report.period)
    known, asked = names.surveys(), names.questions()
    seen: set[tuple[str, str, str]] = set()
    for row in typed_rows:
        counts = (row[c] for c in sheets.SATISFACTION_COUNTS if c in row and not row[c].blank)
        filled = next(counts, None)
        if filled is None:
            continue  # a row made ready by the form: a commune named, nothing surveyed
        commune = rows.commune(row, day, reading, sheets.SATISFACTION_HEADERS)
        if commune is None:
            continue
        typed = rows.said(row, "survey", reading)
        survey = typed if typed in asked else known.get(units.fold(typed), typed)
        question = rows.said(row, "question", reading)
        question = str(int(question)) if question.isdecimal() else question  # in any digits
        if not _is_asked(asked, survey, question, row, commune, reading):
            continue  # nobody can say what the numbers are of
        key = (commune.code, survey, question)
        if key in seen:
            reading.mark(message("row_repeated.question"), filled, commune_code=commune.code)
            continue
        seen.add(key)
        reading.rows[key] = row
        yield {
            "district_code": commune.district_code,
            "commune_code": commune.code,
            "survey": survey,
            "question": question,
            **{c: _count(row.get(c), commune, reading) for c in sheets.SATISFACTION_COUNTS},
            "file": reading.report.file,
            "sheet": row.get("satisfied", filled).sheet,
            "cell": row.get("satisfied", filled).ref,
        }


def _is_asked(
    known: Mapping[str, int],
    survey: str,
    question: str,
    row: Row,
    commune: units.Commune,
    reading: Reading,
) -> bool:
    """Whether the form has the survey and question; marks what it has not, or else the row."""
    most = known.get(survey)
    if most is None:
        named = "survey"
        why = message("unknown_survey", known=list(known))
    elif not (question.isdecimal() and 1 <= int(question) <= most):
        named = "question"
        why = message("unknown_survey.question", most=most)
    else:
        return True
    filled = next(c for c in row.values() if not c.blank)
    reading.mark(why, row.get(named, filled), commune_code=commune.code)
    return False


def _title(cell: Cell | None, commune: units.Commune, reading: Reading) -> str | None:
    if cell is None:
        return None
    cell, _ = reading.corrected(cell)
    if cell.blank:
        return None
    title = names.titles().get(units.fold(cell.text))
    if title is None:
        why = message("unknown_title", known=list(sheets.TITLES))
        reading.mark(why, cell, commune_code=commune.code)
    return title


def _mark(cell: Cell | None, commune: units.Commune, reading: Reading) -> str | None:
    if cell is None:
        return None
    cell, _ = reading.corrected(cell)
    met, readable = values.read_mark(cell.typed)
    if not readable and not (commune.kind == "xã" and values.tick(cell.text)):
        why = message("not_a_mark", met=sheets.MET, not_yet=sheets.NOT_YET)
        reading.mark(why, cell, commune_code=commune.code)
    return met


def _count(cell: Cell | None, commune: units.Commune, reading: Reading) -> float | None:
    if cell is None:
        return None
    cell, _ = reading.corrected(cell)
    read = values.read_number(cell.typed, "count", "")
    if read.problem:
        reading.mark(message(read.problem), cell, commune_code=commune.code)
    return read.number


def _columns(rows: Iterable[dict], columns: list[str]) -> Columns:
    """Rows that each name all the columns in their order, column by column."""
    lists = list(zip(*(row.values() for row in rows), strict=True)) or [()] * len(columns)
    return dict(zip(columns, lists, strict=True))


def _frame(columns: Columns) -> pd.DataFrame:
    """The columns as a table with their types: by `astype` it takes many times as long."""
    made = {name: _column(values, name) for name, values in columns.items()}
    rows = len(next(iter(columns.values())))
    return pd.DataFrame(made, index=pd.RangeIndex(rows), copy=False)


def _column(values: Sequence[object], name: str) -> np.ndarray | pd.api.extensions.ExtensionArray:
    if name in NUMBERS:
        return np.array(values, dtype=float)
    if name == "year":
        return np.array(values, dtype=int)
    return pd.arrays.ArrowStringArray(pa.array(values, pa.large_string()), dtype=TEXT)
