"""Cells -> facts: each owed cell once, with its state, its address and what was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from ntm_eval import reference, schemas, units
from ntm_eval.intake import communes, names, organisations, sheets, values
from ntm_eval.intake.cells import Cell, Columns, Row
from ntm_eval.intake.communes import COMMUNE_COLUMNS, TOWN_COLUMNS
from ntm_eval.intake.delimited import Correction
from ntm_eval.intake.problems import Problem
from ntm_eval.intake.reading import Reading, is_header
from ntm_eval.intake.received import Report
from ntm_eval.intake.workbook import Book
from ntm_eval.language import Message, message

FACT_COLUMNS, ANSWER_COLUMNS = (
    [c.name for c in schemas.schemas()[table].columns if c.name not in ("held", "likely")]
    for table in ("facts", "answers")
)
TEXT = pd.StringDtype(na_value=np.nan)  # what pandas calls str
NUMBERS = {"value", "original", *sheets.COMMUNE_COUNTS, *sheets.SATISFACTION_COUNTS}
NUMBERS |= {"registered_year", "participants", "amount"}
WORDS = ("leadership", "limitations", "directions", "recommendations")
SELF_SCORE = "self_score"


class Owed(NamedTuple):
    """A cell that a report owes: an indicator's measure, and how what stands in it is read."""

    indicator: str
    measure: str
    unit: str
    kind: str
    plausible_max: float
    asked: bool  # a blank is a question to the district


class Fact(NamedTuple):
    """What stands in an owed cell, the correction or rule that made it, the value before it."""

    value: float | None
    state: str
    qualifier: str | None
    corrected: str | None
    original: float | None


class Tables(NamedTuple):
    """What one report says, as plain columns: its facts and the rows of its other sheets."""

    facts: Columns
    communes: Columns
    answers: Columns
    towns: Columns
    organisations: Columns


@dataclass(frozen=True)
class Cleaned:
    """One report as tables, its own words, and its problems."""

    tables: Tables
    words: Mapping[str, str]
    problems: tuple[Problem, ...]
    # the cells behind `communes` and `towns` by sheet and code, and behind `answers` by code,
    # survey and question
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

    @cached_property
    def towns(self) -> pd.DataFrame:
        """The phường and thị trấn of the district, with the columns of `TOWN_COLUMNS`."""
        return _frame(self.tables.towns)

    @cached_property
    def organisations(self) -> pd.DataFrame:
        """What organisations did, with the columns of `organisations.COLUMNS`."""
        return _frame(self.tables.organisations)


def clean(book: Book, report: Report, corrections: Sequence[Correction] = ()) -> Cleaned:
    """The facts of one report: exactly one for each owed cell, whatever was typed or missing."""
    reading = Reading(book, report, corrections)
    tables = Tables(
        _facts(book.tables[sheets.FIGURES], reading),
        _columns(communes.rural_and_urban(book, reading), COMMUNE_COLUMNS),
        _columns(_answers(book.tables[sheets.SATISFACTION], reading), ANSWER_COLUMNS),
        _columns(communes.towns(book, reading), TOWN_COLUMNS),
        _columns(organisations.organisations(book, reading), organisations.COLUMNS),
    )
    reading.refuse_unused_corrections()
    words = {key: book.info[key].text.strip() for key in WORDS if key in book.info}
    problems = tuple(reading.problems)
    return Cleaned(tables, words, problems, reading.rows, reading.counted, book.missing)


def unreported(district: units.District, day: date, sheet: str = sheets.COMMUNES) -> pd.DataFrame:
    """The communes, or the towns, of which nothing was sent: named, and nothing known.

    No towns where the form of the day has no sheet for them.
    """
    columns = TOWN_COLUMNS if sheet == sheets.TOWNS else COMMUNE_COLUMNS
    members = units.communes(district.code, day)
    if sheet == sheets.TOWNS:
        owed = sheets.edition(day) >= sheets.SINCE[sheet]
        members = tuple(c for c in members if owed and c.kind != communes.RURAL)
    rows = [dict.fromkeys(columns) | communes.named(c) for c in members]
    return _frame(_columns(rows, columns))


def empty(columns: list[str]) -> pd.DataFrame:
    """A table without rows whose columns have the types of a full one."""
    return _empty(tuple(columns)).copy()


@cache
def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return _frame(dict.fromkeys(columns, ()))


# --- sheet Chỉ tiêu ---------------------------------------------------------------------------


def _facts(typed_rows: Sequence[Row], reading: Reading) -> Columns:
    """The columns of the owed facts, in the catalogue's order, whatever was typed or missing."""
    report = reading.report
    owed = _owed(report.period)
    placed = _by_indicator(typed_rows, reading)
    cells = [placed.get(o.indicator, {}).get(o.measure) for o in owed]
    scales = {o.indicator: _scale(o, placed, reading) for o in owed if o.measure == "actual"}
    # of a column that is not there, its header is asked for and not each cell
    columns = {key for row in typed_rows for key in row}
    read = [
        _read(o, cell, reading, 1 if o.measure == SELF_SCORE else scales[o.indicator], columns)
        for o, cell in zip(owed, cells, strict=True)
    ]
    same = {
        "year": report.year,
        "period": report.period,
        "district_code": reading.district.code,
        "commune_code": None,
        "file": report.file,
    }
    made = {
        **{name: [value] * len(owed) for name, value in same.items()},
        **dict(zip(Owed._fields, zip(*owed, strict=True), strict=True)),
        **dict(zip(Fact._fields, zip(*read, strict=True), strict=True)),
        "raw": [c and c.text for c in cells],
        "sheet": [c and c.sheet for c in cells],
        "cell": [c and c.ref for c in cells],
    }
    return {name: made[name] for name in FACT_COLUMNS}


@reference.derived
def _owed(period: str) -> tuple[Owed, ...]:
    """The cells owed in a period, in the order of the catalogue."""
    return tuple(
        Owed(i.id, measure, "điểm", "number", i.plausible_max, asked=False)
        if measure == SELF_SCORE
        else Owed(i.id, measure, i.unit, i.kind, i.plausible_max, measure in asked)
        for i in reference.due(period).itertuples(index=False)
        for asked in [("actual", "plan") if i.has_plan == "yes" else ("actual",)]
        for measure in sheets.MEASURES
    )


@reference.derived
def _names(period: str) -> dict[str, str]:
    """The code of each indicator due in a period, by its name as it is and folded."""
    due = reference.due(period).set_index("id")["name_vi"]
    return {name: code for names in (due.map(units.fold), due) for code, name in names.items()}


@reference.derived
def _units() -> dict[str, str]:
    """Every unit that may stand beside a figure, by itself."""
    scales = (word for words in values.SCALES.values() for word in words)
    return {unit: unit for unit in (*reference.table("indicators")["unit"], *scales)}


def _by_indicator(typed_rows: Sequence[Row], reading: Reading) -> dict[str, Row]:
    """The row of each owed indicator, by its code or, where that is missing, by its name."""
    by_name = _names(reading.report.period)
    owed = {o.indicator for o in _owed(reading.report.period)}
    placed: dict[str, Row] = {}
    for row in typed_rows:
        typed, name = (row[k].text.strip() if k in row else "" for k in ("indicator", "name"))
        code = typed.upper().replace(" ", "")
        named = by_name.get(name) or by_name.get(units.fold(name), "")
        if code not in owed:
            code = named
        elif named and named != code:
            why = message("name_differs.indicator", code=code)
            reading.mark(why, row["name"], indicator=code)
        if code and code not in placed:
            placed[code] = row
            continue
        figures = [row[m] for m in sheets.MEASURES if m in row and not row[m].blank]
        if code and figures:
            reading.mark(message("row_repeated.indicator"), figures[0], indicator=code)
        elif figures and not is_header(row, sheets.FIGURE_HEADERS):
            reading.mark(message("unplaced_cells", typed=typed or name), figures[0])
    return placed


def _scale(owed: Owed, placed: Mapping[str, Row], reading: Reading) -> int:
    """How many of the catalogue's unit the unit in the row of an indicator is.

    A unit that is converted is marked once; one of another measure is asked of.
    """
    row = placed.get(owed.indicator, {})
    typed = reading.corrected(row["unit"])[0] if "unit" in row else None
    if typed is None or typed.blank or typed.text == owed.unit:
        return 1
    scale = values.unit_scale(typed.text, owed.kind, owed.unit)
    if scale is None and (meant := names.nearest(typed.text, _units())):  # misspelt
        scale = values.unit_scale(meant, owed.kind, owed.unit)
    if scale != 1:
        known = "unit_converted.column" if scale else "unit_differs"
        reading.mark(message(known, unit=owed.unit), typed, indicator=owed.indicator)
    return scale or 1


def _read(owed: Owed, typed: Cell | None, reading: Reading, scale: int, columns: set[str]) -> Fact:
    about = owed.kind, owed.unit, owed.plausible_max, scale
    cell, correction = reading.corrected(typed) if typed else (None, None)
    read = values.read_number(cell.typed, *about) if cell else values.BLANK
    before = values.read_number(typed.typed, *about) if typed and correction else read
    asked = owed.asked and owed.measure in columns
    rule = read.problem or ("blank_cell" if asked and read.state == "blank" else None)
    if rule:
        reading.mark(message(rule), cell, indicator=owed.indicator)
    converted = rule == "unit_converted" or (scale != 1 and read.number)
    made_by = correction or ("unit_converted" if converted else None)
    return Fact(read.number, read.state, read.qualifier, made_by, before.number)


# --- sheet Hài lòng ---------------------------------------------------------------------------


def _answers(typed_rows: Sequence[Row], reading: Reading) -> Iterator[dict]:
    known, asked = names.surveys(), names.questions()
    for row in typed_rows:
        counts = (row[c] for c in sheets.SATISFACTION_COUNTS if c in row and not row[c].blank)
        filled = next(counts, None)
        if filled is None:
            continue  # a row made ready by the form: a commune named, nothing surveyed
        commune = reading.commune(row, sheets.SATISFACTION_HEADERS)
        if commune is None:
            continue
        typed, question = reading.said(row, "survey"), reading.said(row, "question")
        survey = typed if typed in asked else known.get(units.fold(typed), typed)
        question = str(int(question)) if question.isdecimal() else question  # in any digits
        key = (commune.code, survey, question)
        wrong = _unusable(key, row, filled, reading)
        if wrong:
            reading.mark(*wrong, commune_code=commune.code)
            continue
        reading.rows[key] = row
        at = row.get("satisfied", filled)
        yield {
            **dict(zip(ANSWER_COLUMNS, (commune.district_code, *key), strict=False)),
            **{
                c: reading.number(row.get(c), "count", "", commune_code=commune.code)
                for c in sheets.SATISFACTION_COUNTS
            },
            **{"file": reading.report.file, "sheet": at.sheet, "cell": at.ref},
        }


def _unusable(
    key: tuple[str, str, str], row: Row, filled: Cell, reading: Reading
) -> tuple[Message, Cell] | None:
    """Why nobody can say what the numbers of a row are of, and the cell; None where it is known."""
    asked = names.questions()
    _, survey, question = key
    most = asked.get(survey)
    first = next(c for c in row.values() if not c.blank)
    if most is None:
        return message("unknown_survey", known=list(asked)), row.get("survey", first)
    if not (question.isdecimal() and 1 <= int(question) <= most):
        return message("unknown_survey.question", most=most), row.get("question", first)
    return (message("row_repeated.question"), filled) if key in reading.rows else None


# --- columns and frames -----------------------------------------------------------------------


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
    if name in ("year", "done"):
        return np.array(values, dtype=int if name == "year" else bool)
    return pd.arrays.ArrowStringArray(pa.array(values, pa.large_string()), dtype=TEXT)
