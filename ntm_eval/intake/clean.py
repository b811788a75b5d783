"""Cells -> facts: each owed cell once, with its state, its address and what was changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.intake import forms, sheets, values
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.intake.received import Correction, Report
from ntm_eval.intake.workbook import Book, Cell, Row

FACT_COLUMNS = [
    "year", "period", "district_code", "commune_code", "indicator", "measure", "value", "state",
    "unit", "qualifier", "raw", "file", "sheet", "cell", "corrected", "original",
]  # fmt: skip
COMMUNE_COLUMNS = [
    "district_code", "commune_code", "commune", "kind", "registered", "title",
    *sheets.CRITERIA, *sheets.COMMUNE_COUNTS,
]  # fmt: skip
ANSWER_COLUMNS = [
    "district_code", "commune_code", "survey", "question", *sheets.SATISFACTION_COUNTS,
    "file", "sheet", "cell",
]  # fmt: skip
SELF_SCORE_UNIT = "điểm"
NUMBERS = {"value", "original", *sheets.COMMUNE_COUNTS, *sheets.SATISFACTION_COUNTS}
WORDS = ("leadership", "limitations", "directions", "recommendations")

# What the letter says after naming the place and quoting what was typed.
WHY = {
    "not_a_number": "không đọc được thành số, nên chưa được tính. Ghi lại bằng chữ số.",
    "not_an_integer": "số này phải là số nguyên. Kiểm tra lại dấu chấm, dấu phẩy.",
    "ambiguous_number": "dấu chấm được hiểu là phần thập phân. Ghi lại với dấu phẩy nếu đúng.",
    "unit_converted": "đã đổi sang đơn vị của cột. Kiểm tra lại giúp.",
    "blank_cell": "ô bỏ trống, khác với số 0. Ghi số, ghi 0 nếu không có, "
    "hoặc KAD nếu không áp dụng.",
}


@dataclass(frozen=True)
class Cleaned:
    """One report as facts, rows of its other sheets, its own words, and its problems."""

    facts: pd.DataFrame
    communes: pd.DataFrame
    answers: pd.DataFrame
    words: Mapping[str, str]
    problems: tuple[Problem, ...]


class _Reading:
    """The report being read: its corrections, and the problems found on the way."""

    def __init__(self, book: Book, report: Report, corrections: Sequence[Correction]):
        self.district = units.district(report.district_code)
        self.report = report
        self.problems: list[Problem] = list(book.problems)
        self._corrections = {
            (units.fold(c.sheet), c.cell.upper().replace("$", "")): c
            for c in corrections
            if units.fold(c.file) == units.fold(report.file)
        }
        self._used: set[tuple[str, str]] = set()

    def place(self, cell: Cell | None = None) -> Place:
        sheet, ref = (cell.sheet, cell.ref) if cell else (None, None)
        return Place(self.district.short, self.district.code, self.report.file, sheet, ref)

    def mark(self, rule: str, why: str, cell: Cell | None, **about) -> None:
        raw = cell.text if cell is not None and not cell.blank else None
        self.problems.append(problem(rule, why, self.place(cell), raw=raw, **about))

    def corrected(self, cell: Cell) -> tuple[Cell, str | None]:
        """The cell with its approved correction, and the correction's name."""
        key = (units.fold(cell.sheet), cell.ref)
        found = self._corrections.get(key)
        if found is None:
            return cell, None
        self._used.add(key)
        if found.old != cell.text.strip():
            why = (
                f"bản sửa ghi số cũ là '{found.old}', khác với tệp, nên không áp dụng. "
                "Đối chiếu lại corrections.csv."
            )
            self.mark("correction_refused", why, cell)
            return cell, None
        name = f"bản sửa {found.date}, {found.approved_by}".strip(", ")
        why = f"đã sửa thành '{found.new}' theo {name}: {found.reason}"
        self.mark("correction_applied", why, cell)
        return Cell(cell.sheet, cell.ref, found.new), name

    def refuse_unused_corrections(self) -> None:
        for key, found in self._corrections.items():
            if key not in self._used:
                why = (
                    "bản sửa chỉ vào ô không có số liệu nào được đọc, nên không áp dụng. "
                    "Đối chiếu tên trang tính và địa chỉ ô trong corrections.csv."
                )
                cell = Cell(found.sheet, found.cell, found.old)
                self.mark("correction_refused", why, cell)


def clean(book: Book, report: Report, corrections: Sequence[Correction] = ()) -> Cleaned:
    """The facts of one report: exactly one for each owed cell, whatever was typed or missing."""
    reading = _Reading(book, report, corrections)
    facts = _frame(_figures(book.tables[sheets.FIGURES], reading), FACT_COLUMNS)
    communes = _frame(_communes(book.tables[sheets.COMMUNES], reading), COMMUNE_COLUMNS)
    answers = _frame(_answers(book.tables[sheets.SATISFACTION], reading), ANSWER_COLUMNS)
    reading.refuse_unused_corrections()
    words = {key: book.info[key].text.strip() for key in WORDS if key in book.info}
    return Cleaned(facts, communes, answers, words, tuple(reading.problems))


def unreported(district: units.District, day: date) -> pd.DataFrame:
    """The communes of a district that has sent no report: named, and nothing known."""
    rows = [
        {"district_code": c.district_code, "commune_code": c.code, "commune": c.name,
         "kind": c.kind}
        for c in units.communes(district.code, day)
    ]  # fmt: skip
    return _frame(rows, COMMUNE_COLUMNS)


def empty(columns: list[str]) -> pd.DataFrame:
    """A table without rows whose columns have the types of a full one."""
    return _frame([], columns)


def _figures(rows: Sequence[Row], reading: _Reading) -> Iterator[dict]:
    owed = forms.due(reading.report.period)
    placed = _by_indicator(rows, owed, reading)
    for indicator in owed.itertuples(index=False):
        row = placed.get(indicator.id, {})
        for measure in sheets.MEASURES:
            yield _fact(indicator, measure, row.get(measure), reading)


def _by_indicator(rows: Sequence[Row], owed: pd.DataFrame, reading: _Reading) -> dict[str, Row]:
    """The row of each owed indicator, by its code or, where that is missing, by its name."""
    names = {units.fold(name): code for code, name in owed[["id", "name_vi"]].to_numpy()}
    codes = set(names.values())
    placed: dict[str, Row] = {}
    for row in rows:
        code = _text(row, "indicator").upper().replace(" ", "")
        if code not in codes:
            code = names.get(units.fold(_text(row, "name")), "")
        values_typed = [row[m] for m in sheets.MEASURES if m in row and not row[m].blank]
        if code and code not in placed:
            placed[code] = row
        elif code and values_typed:
            why = "chỉ tiêu này đã có ở dòng trên; chỉ lấy dòng đầu. Xóa một trong hai dòng."
            reading.mark("row_repeated", why, values_typed[0], indicator=code)
        elif values_typed and not _is_header(row, sheets.FIGURE_HEADERS):
            typed = _text(row, "indicator") or _text(row, "name")
            why = f"dòng '{typed}' không phải chỉ tiêu phải báo cáo. Giữ nguyên mã của mẫu."
            reading.mark("unplaced_cells", why, values_typed[0])
    return placed


def _fact(indicator, measure: str, typed: Cell | None, reading: _Reading) -> dict:
    kind, unit = (
        ("number", SELF_SCORE_UNIT) if measure == "self_score" else (indicator.kind, indicator.unit)
    )
    empty = typed is None
    cell, correction = (None, None) if empty else reading.corrected(typed)
    read = values.read_number("" if empty else cell.typed, kind, unit, indicator.plausible_max)
    before = read
    if correction:
        before = values.read_number(typed.typed, kind, unit, indicator.plausible_max)
    owed = measure == "actual" or (measure == "plan" and indicator.has_plan == "yes")
    rule = read.problem or ("blank_cell" if owed and read.state == "blank" else None)
    if rule:
        reading.mark(rule, WHY[rule], cell, indicator=indicator.id)
    return {
        "year": reading.report.year,
        "period": reading.report.period,
        "district_code": reading.district.code,
        "indicator": indicator.id,
        "measure": measure,
        "value": read.number,
        "state": read.state,
        "unit": unit,
        "qualifier": read.qualifier,
        "raw": None if empty else typed.text,
        "file": reading.report.file,
        "sheet": typed.sheet if typed else None,
        "cell": typed.ref if typed else None,
        "corrected": correction or (rule if rule == "unit_converted" else None),
        "original": before.number,
    }


def _communes(rows: Sequence[Row], reading: _Reading) -> Iterator[dict]:
    """A row for each commune of the district, in the order of codes, filled in or not."""
    day = date(reading.report.year, 12, 31)
    placed: dict[str, Row] = {}
    for row in rows:
        commune = _commune(row, day, reading, sheets.COMMUNE_HEADERS)
        if commune and commune.code in placed:
            why = "xã này đã có ở dòng trên; chỉ lấy dòng đầu. Xóa một trong hai dòng."
            reading.mark("row_repeated", why, row["commune_code"], commune_code=commune.code)
        elif commune:
            placed[commune.code] = row
    for commune in units.communes(reading.district.code, day):
        yield _commune_row(commune, placed.get(commune.code, {}), reading)


def _commune_row(commune: units.Commune, row: Row, reading: _Reading) -> dict:
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


def _answers(rows: Sequence[Row], reading: _Reading) -> Iterator[dict]:
    day = date(reading.report.year, 12, 31)
    known = {units.fold(s): s for s in reference.table("surveys")["survey"]}
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        counts = [row[c] for c in sheets.SATISFACTION_COUNTS if c in row and not row[c].blank]
        if not counts:
            continue  # a row made ready by the form: a commune named, nothing surveyed
        commune = _commune(row, day, reading, sheets.SATISFACTION_HEADERS)
        if commune is None:
            continue
        typed = _text(row, "survey")
        survey = known.get(units.fold(typed), typed)
        question = row["question"].text.strip() if "question" in row else ""
        key = (commune.code, survey, question)
        if key in seen:
            why = "câu hỏi này của xã đã có ở dòng trên. Xóa một trong hai dòng."
            reading.mark("row_repeated", why, counts[0], commune_code=commune.code)
            continue
        seen.add(key)
        yield {
            "district_code": commune.district_code,
            "commune_code": commune.code,
            "survey": survey,
            "question": question,
            **{c: _count(row.get(c), commune, reading) for c in sheets.SATISFACTION_COUNTS},
            "file": reading.report.file,
            "sheet": row.get("satisfied", counts[0]).sheet,
            "cell": row.get("satisfied", counts[0]).ref,
        }


def _commune(
    row: Row, day: date, reading: _Reading, headers: Mapping[str, str]
) -> units.Commune | None:
    """The commune of a row by its code, else by its name; a mismatch of both is a problem."""
    code, name = _text(row, "commune_code"), _text(row, "commune")
    # Excel drops the leading zero of a code that was typed as a number
    code = code.zfill(5) if re.fullmatch(r"\d{4,5}", code) else code
    by_code = units.find_commune(code, reading.district.code, day) if code else None
    by_name = units.find_commune(name, reading.district.code, day) if name else None
    cell = next((row[c] for c in ("commune_code", "commune") if c in row), None)
    if by_code is None and by_name is None:
        filled = [c for c in row.values() if not c.blank]
        if len(filled) > 2 and not _is_header(row, headers):
            why = (
                f"'{name or code}' không phải xã, phường, thị trấn của {reading.district.name}, "
                "nên dòng này chưa được tính. Ghi lại mã hoặc tên theo mẫu."
            )
            reading.mark("unknown_commune", why, cell)
        return None
    if by_code and name and by_code != by_name:
        why = f"mã {code} là {by_code.name} nhưng tên ghi '{name}'; lấy theo mã. Kiểm tra lại."
        reading.mark("name_differs", why, row["commune"], commune_code=by_code.code)
    return by_code or by_name


def _title(cell: Cell | None, commune: units.Commune, reading: _Reading) -> str | None:
    if cell is None or cell.blank:
        return None
    known = {units.fold(t): t for t in sheets.TITLES}
    title = known.get(units.fold(cell.text))
    if title is None:
        why = f"chỉ ghi một trong: {', '.join(sheets.TITLES)}, hoặc để trống."
        reading.mark("unknown_title", why, cell, commune_code=commune.code)
    return title


def _mark(cell: Cell | None, commune: units.Commune, reading: _Reading) -> str | None:
    if cell is None:
        return None
    met, readable = values.read_mark(cell.typed)
    if not readable:
        why = f"ghi {sheets.MET} nếu đạt, {sheets.NOT_YET} nếu chưa đạt."
        reading.mark("not_a_mark", why, cell, commune_code=commune.code)
    return met


def _count(cell: Cell | None, commune: units.Commune, reading: _Reading) -> float | None:
    if cell is None:
        return None
    cell, _ = reading.corrected(cell)
    read = values.read_number(cell.typed, "count", "")
    if read.problem:
        reading.mark(read.problem, WHY[read.problem], cell, commune_code=commune.code)
    return read.number


def _is_header(row: Row, headers: Mapping[str, str]) -> bool:
    """A header repeated further down, as after a page break."""
    texts = {units.fold(h) for h in headers}
    filled = [c for c in row.values() if not c.blank]
    return all(units.fold(c.text) in texts for c in filled)


def _text(row: Row, key: str) -> str:
    return row[key].text.strip() if key in row else ""


def _frame(rows: Iterator[dict] | Sequence[dict], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=columns)
    kinds = {c: float if c in NUMBERS else int if c == "year" else "str" for c in columns}
    return frame.astype(kinds)
