"""The rows of sheet `Chỉ tiêu` -> the facts that are owed, each exactly once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ntm_eval import reference, units
from ntm_eval.intake import names, rows, sheets, values
from ntm_eval.intake.cells import Cell, Columns, Row
from ntm_eval.intake.reading import Reading
from ntm_eval.language import message

SELF_SCORE_UNIT = "điểm"


class Owed(NamedTuple):
    """A cell that a report owes: an indicator's measure, and how what stands in it is read."""

    indicator: str
    measure: str
    unit: str
    kind: str
    plausible_max: float
    asked: bool  # a blank is a question to the district


def facts(typed_rows: Sequence[Row], reading: Reading) -> Columns:
    """The columns of the owed facts, in the catalogue's order, whatever was typed or missing."""
    report = reading.report
    owed = _owed(report.period)
    placed = _by_indicator(typed_rows, reading)
    cells = [placed.get(o.indicator, {}).get(o.measure) for o in owed]
    scales = {o.indicator: _scale(o, placed, reading) for o in owed if o.measure == "actual"}
    # of a column that is not there, its header is asked for and not each cell
    columns = {key for row in typed_rows for key in row}
    read = [
        _read(
            o if o.measure in columns else o._replace(asked=False),
            cell,
            reading,
            1 if o.measure == "self_score" else scales[o.indicator],
        )
        for o, cell in zip(owed, cells, strict=True)
    ]
    number, state, qualifier, corrected, original = zip(*read, strict=True)
    indicator, measure, unit, *_ = zip(*owed, strict=True)
    again = len(owed)
    return {
        "year": [report.year] * again,
        "period": [report.period] * again,
        "district_code": [reading.district.code] * again,
        "commune_code": [None] * again,
        "indicator": indicator,
        "measure": measure,
        "value": number,
        "state": state,
        "unit": unit,
        "qualifier": qualifier,
        "raw": [c and c.text for c in cells],
        "file": [report.file] * again,
        "sheet": [c and c.sheet for c in cells],
        "cell": [c and c.ref for c in cells],
        "corrected": corrected,
        "original": original,
    }


@reference.derived
def _owed(period: str) -> tuple[Owed, ...]:
    """The cells owed in a period, in the order of the catalogue."""
    return tuple(
        Owed(i.id, measure, SELF_SCORE_UNIT, "number", i.plausible_max, False)
        if measure == "self_score"
        else Owed(
            i.id,
            measure,
            i.unit,
            i.kind,
            i.plausible_max,
            asked=measure == "actual" or i.has_plan == "yes",
        )
        for i in reference.due(period).itertuples(index=False)
        for measure in sheets.MEASURES
    )


@reference.derived
def _names(period: str) -> dict[str, str]:
    """The code of each indicator due in a period, by its name as it is and folded."""
    due = reference.due(period)
    return dict(zip(due["name_vi"].map(units.fold), due["id"], strict=True)) | dict(
        zip(due["name_vi"], due["id"], strict=True)
    )


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
        code, name = rows.text(row, "indicator").upper().replace(" ", ""), rows.text(row, "name")
        named = by_name.get(name) or by_name.get(units.fold(name), "")
        if code not in owed:
            code = named
        elif named and named != code:
            why = message("name_differs.indicator", code=code)
            reading.mark(why, row["name"], indicator=code)
        if code and code not in placed:
            placed[code] = row
            continue
        values_typed = [row[m] for m in sheets.MEASURES if m in row and not row[m].blank]
        if code and values_typed:
            reading.mark(message("row_repeated.indicator"), values_typed[0], indicator=code)
        elif values_typed and not rows.is_header(row, sheets.FIGURE_HEADERS):
            typed = rows.text(row, "indicator") or rows.text(row, "name")
            why = message("unplaced_cells", typed=typed)
            reading.mark(why, values_typed[0])
    return placed


Read = tuple[float | None, str, str | None, str | None, float | None]


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


def _read(owed: Owed, typed: Cell | None, reading: Reading, scale: int) -> Read:
    """Value, state, qualifier, the correction or rule that made it, and the value before it."""
    about = owed.kind, owed.unit, owed.plausible_max, scale
    cell, correction = reading.corrected(typed) if typed else (None, None)
    read = values.read_number(cell.typed, *about) if cell else values.BLANK
    before = values.read_number(typed.typed, *about) if typed and correction else read
    rule = read.problem or ("blank_cell" if owed.asked and read.state == "blank" else None)
    if rule:
        reading.mark(message(rule), cell, indicator=owed.indicator)
    converted = rule == "unit_converted" or (scale != 1 and read.number)
    made_by = correction or ("unit_converted" if converted else None)
    return read.number, read.state, read.qualifier, made_by, before.number
