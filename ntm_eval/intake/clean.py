"""Cells -> facts: each owed cell once, with its state, its address and what was changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa

from ntm_eval import units
from ntm_eval.intake import forms, names, sheets, values
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.intake.received import Correction, Report, file_key
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
# How the name of a correction begins, in column `corrected`.
CORRECTED = "bản sửa"
SELF_SCORE_UNIT = "điểm"
CODE = r"\d{5}"
TEXT = pd.StringDtype(na_value=np.nan)  # what pandas calls str
NUMBERS = {"value", "original", *sheets.COMMUNE_COUNTS, *sheets.SATISFACTION_COUNTS}
WORDS = ("leadership", "limitations", "directions", "recommendations")

# What the letter says after naming the place and quoting what was typed.
WHY = {
    "not_a_number": "không đọc được thành số, nên chưa được tính. Ghi lại bằng chữ số.",
    "not_an_integer": "số này phải là số nguyên. Kiểm tra lại dấu chấm, dấu phẩy.",
    "ambiguous_number": "dấu chấm được hiểu là phần thập phân. Ghi lại với dấu phẩy nếu đúng.",
    "unit_converted": "đã đổi sang đơn vị của cột. Kiểm tra lại giúp.",
    "formula_without_value": "ô có công thức nhưng chưa có kết quả. Mở bằng Excel, lưu lại, "
    "hoặc ghi thẳng số vào ô.",
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
    # the cells behind `communes` by code, and behind `answers` by code, survey and question
    rows: Mapping[tuple[str, ...], Row] = field(default_factory=dict)


class _Reading:
    """The report being read: its corrections, and the problems found on the way."""

    def __init__(self, book: Book, report: Report, corrections: Sequence[Correction]):
        self.district = units.district(report.district_code)
        self.report = report
        self.problems: list[Problem] = list(book.problems)
        self._elsewhere = book.elsewhere
        self.rows: dict[tuple[str, ...], Row] = {}
        self.asked: set[str] = set()
        # what a row's code and name mean: they come back for each question of sheet Hài lòng
        self.known: dict[tuple[str, str], tuple[str, units.Commune | None, names.Found]] = {}
        self._corrections: dict[tuple[str, str], list[Correction]] = {}
        for c in corrections:
            if file_key(c.file) == file_key(report.file):
                at = (units.fold(c.sheet), c.cell.upper().replace("$", "").replace(" ", ""))
                self._corrections.setdefault(at, []).append(c)
        self._used: dict[tuple[str, str], tuple[Cell, str | None]] = {}

    def place(self, cell: Cell | None = None) -> Place:
        sheet, ref = (cell.sheet, cell.ref) if cell else (None, None)
        return Place(self.district.short, self.district.code, self.report.file, sheet, ref)

    def mark(self, rule: str, why: str, cell: Cell | None, **about) -> None:
        raw = cell.text if cell is not None and not cell.blank else None
        self.problems.append(problem(rule, why, self.place(cell), raw=raw, **about))

    def corrected(self, cell: Cell) -> tuple[Cell, str | None]:
        """The cell with its approved correction, and the correction's name."""
        if not self._corrections:
            return cell, None
        key = (units.fold(cell.sheet), cell.ref)
        if key in self._corrections and key not in self._used:
            self._used[key] = self._apply(*self._corrections[key], cell=cell)
        return self._used.get(key, (cell, None))

    def _apply(self, found: Correction, *others: Correction, cell: Cell):
        why = _refusal(found, others, cell)
        if why:
            self.mark("correction_refused", why, cell)
            return cell, None
        name = f"{CORRECTED} {found.date}, {found.approved_by}".strip(", ")
        reason = found.reason.rstrip(". ") or "không ghi lý do"
        why = f"đã sửa thành '{found.new}' theo {name} ({found.source}): {reason}."
        self.mark("correction_applied", why, cell)
        return Cell(cell.sheet, cell.ref, found.new), name

    def refuse_unused_corrections(self) -> None:
        for key, (found, *_) in self._corrections.items():
            if key not in self._used and key not in self._elsewhere:
                why = (
                    "bản sửa chỉ vào ô không có số liệu nào được đọc, nên không áp dụng. "
                    f"Đối chiếu tên trang tính và địa chỉ ô trong {found.source}."
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
    return Cleaned(facts, communes, answers, words, tuple(reading.problems), reading.rows)


def _refusal(found: Correction, others: Sequence[Correction], cell: Cell) -> str | None:
    """Why an approved change cannot be applied to a cell, or None where it can."""
    rivals = [c for c in others if (c.old, c.new) != (found.old, found.new)]
    if rivals:
        news = ", ".join(f"'{c.new}' ({c.source})" for c in (found, *rivals))
        return f"có nhiều bản sửa khác nhau: {news}; không áp dụng bản nào. Giữ lại một bản."
    if not _same(found.old, cell):
        return (
            f"bản sửa ghi số cũ là '{found.old}', khác với tệp, nên không áp dụng. "
            f"Đối chiếu lại {found.source}."
        )
    return None


def _same(old: str, cell: Cell) -> bool:
    """Whether a correction means what stands in the cell: the same text, or the same number.

    '93,19' is how a number 93.19 is shown; in a cell of text only the text itself counts.
    """
    texts = (" ".join(unicodedata.normalize("NFC", text).split()) for text in (old, cell.text))
    if len(set(texts)) == 1:
        return True
    typed_number = isinstance(cell.typed, int | float) and not isinstance(cell.typed, bool)
    return typed_number and values.read_number(old, "number", "").number == float(cell.typed)


def unreported(district: units.District, day: date) -> pd.DataFrame:
    """The communes of a district that has sent no report: named, and nothing known."""
    rows = [
        dict.fromkeys(COMMUNE_COLUMNS)
        | {"district_code": c.district_code, "commune_code": c.code, "commune": c.name,
           "kind": c.kind}
        for c in units.communes(district.code, day)
    ]  # fmt: skip
    return _frame(rows, COMMUNE_COLUMNS)


def empty(columns: list[str]) -> pd.DataFrame:
    """A table without rows whose columns have the types of a full one."""
    return _empty(tuple(columns))


@cache
def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    return _frame([], list(columns))


def _figures(rows: Sequence[Row], reading: _Reading) -> Iterator[dict]:
    owed = _owed(reading.report.period)
    placed = _by_indicator(rows, owed, reading)
    for indicator in owed.values():
        row = placed.get(indicator.id, {})
        for measure in sheets.MEASURES:
            yield _fact(indicator, measure, row.get(measure), reading)


@cache
def _owed(period: str) -> dict[str, object]:
    """The indicators due in a period by their codes, in the order of the catalogue."""
    return {row.id: row for row in forms.due(period).itertuples(index=False)}


def _by_indicator(
    rows: Sequence[Row], owed: Mapping[str, object], reading: _Reading
) -> dict[str, Row]:
    """The row of each owed indicator, by its code or, where that is missing, by its name."""
    by_name = {units.fold(indicator.name_vi): code for code, indicator in owed.items()}
    placed: dict[str, Row] = {}
    for row in rows:
        code = _text(row, "indicator").upper().replace(" ", "")
        if code not in owed:
            code = by_name.get(units.fold(_text(row, "name")), "")
        elif by_name.get(units.fold(_text(row, "name")), code) != code:
            why = f"mã {code} nhưng tên ghi của chỉ tiêu khác; lấy theo mã. Kiểm tra lại."
            reading.mark("name_differs", why, row["name"], indicator=code)
        if code and code not in placed:
            placed[code] = row
            continue
        values_typed = [row[m] for m in sheets.MEASURES if m in row and not row[m].blank]
        if code and values_typed:
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
        "commune_code": None,
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
    # a row that is surely this commune's comes before one whose name is only like it
    for row in sorted(rows, key=lambda row: not _sure(row, day, reading)):
        commune = _commune(row, day, reading, sheets.COMMUNE_HEADERS)
        if commune and commune.code in placed:
            why = "xã này đã có ở dòng khác; chỉ lấy dòng đó. Xóa một trong hai dòng."
            cell = next(c for c in row.values() if not c.blank)
            reading.mark("row_repeated", why, cell, commune_code=commune.code)
        elif commune:
            placed[commune.code] = reading.rows[(commune.code,)] = row
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
    known = names.surveys()
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        counts = [row[c] for c in sheets.SATISFACTION_COUNTS if c in row and not row[c].blank]
        if not counts:
            continue  # a row made ready by the form: a commune named, nothing surveyed
        commune = _commune(row, day, reading, sheets.SATISFACTION_HEADERS)
        if commune is None:
            continue
        typed = _said(row, "survey", reading)
        survey = known.get(units.fold(typed), typed)
        question = _said(row, "question", reading)
        _ask_survey(survey, question, row, commune, reading)
        key = (commune.code, survey, question)
        if key in seen:
            why = "câu hỏi này của xã đã có ở dòng trên. Xóa một trong hai dòng."
            reading.mark("row_repeated", why, counts[0], commune_code=commune.code)
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
            "sheet": row.get("satisfied", counts[0]).sheet,
            "cell": row.get("satisfied", counts[0]).ref,
        }


def _ask_survey(
    survey: str, question: str, row: Row, commune: units.Commune, reading: _Reading
) -> None:
    """The survey or question that is none of the form's, at the cell or, where blank, the row."""
    known = names.questions()
    most = known.get(survey)
    if most is None:
        named, why = "survey", f"không rõ loại khảo sát. Ghi một trong: {', '.join(known)}."
    elif not (question.isdecimal() and 1 <= int(question) <= most):
        named, why = "question", f"không rõ câu hỏi nào. Ghi số thứ tự câu hỏi, từ 1 đến {most}."
    else:
        return
    filled = next(c for c in row.values() if not c.blank)
    reading.mark("unknown_survey", why, row.get(named, filled), commune_code=commune.code)


def _commune(
    row: Row, day: date, reading: _Reading, headers: Mapping[str, str]
) -> units.Commune | None:
    """The commune of a row by its code, else by its name; a mismatch of both is a problem."""
    code, by_code, by_name = _who(row, day, reading)
    if by_code is None and by_name.unit is None:
        filled = [c for c in row.values() if not c.blank]
        if len(filled) > 2 and not _is_header(row, headers):
            _unknown(row, code, by_name, reading)
        return None
    commune, name = by_code or by_name.unit, _said(row, "commune", reading)
    if by_code and name and by_code != by_name.unit:
        why = f"mã {code} là {by_code.name} nhưng tên ghi '{name}'; lấy theo mã. Kiểm tra lại."
        reading.mark("name_differs", why, row["commune"], commune_code=commune.code)
    if by_code is None and re.fullmatch(CODE, code):
        why = f"mã này không phải của {commune.name}; lấy theo tên. Kiểm tra lại."
        reading.mark("name_differs", why, row["commune_code"], commune_code=commune.code)
    if by_name.rule and commune == by_name.unit and name not in reading.asked:
        reading.asked.add(name)  # it comes back for each question of sheet Hài lòng
        reading.mark(by_name.rule, by_name.why, row["commune"], commune_code=commune.code)
    return commune


def _sure(row: Row, day: date, reading: _Reading) -> bool:
    _, by_code, by_name = _who(row, day, reading)
    return bool(by_code) or by_name.rule is None


def _who(row: Row, day: date, reading: _Reading) -> tuple[str, units.Commune | None, names.Found]:
    """The code of a row, the commune of that code, and what the name says."""
    said = _said(row, "commune_code", reading), _said(row, "commune", reading)
    if said not in reading.known:
        reading.known[said] = _named(*said, day, reading.district.code)
    return reading.known[said]


def _named(code: str, name: str, day: date, district_code: str):
    # Excel drops the leading zero of a code that was typed as a number
    code = code.zfill(5) if re.fullmatch(r"\d{4,5}", code) else code
    by_code = units.find_commune(code, district_code, day) if code else None
    by_name = names.commune(name, district_code, day) if name else names.Found(None)
    return code, by_code, by_name


def _unknown(row: Row, code: str, by_name: names.Found, reading: _Reading) -> None:
    """A row with figures that belongs to no commune of the district."""
    lost = "nên dòng này chưa được tính. Ghi lại mã hoặc tên theo mẫu."
    named = (row[c] for c in ("commune", "commune_code") if c in row)
    cell = next((c for c in named if not c.blank), None)
    if re.fullmatch(CODE, code) and by_name.rule != "unknown_commune":
        why = f"mã {code} không phải xã, phường, thị trấn của {reading.district.name}, {lost}"
        reading.mark("unknown_commune", why, cell)
    elif by_name.rule:
        reading.mark(by_name.rule, by_name.why, cell)
    else:
        cell = next(c for c in row.values() if not c.blank)
        reading.mark("unknown_name", f"dòng này không có mã hoặc tên xã, {lost}", cell)


def _title(cell: Cell | None, commune: units.Commune, reading: _Reading) -> str | None:
    if cell is None:
        return None
    cell, _ = reading.corrected(cell)
    if cell.blank:
        return None
    title = names.titles().get(units.fold(cell.text))
    if title is None:
        why = f"chỉ ghi một trong: {', '.join(sheets.TITLES)}, hoặc để trống."
        reading.mark("unknown_title", why, cell, commune_code=commune.code)
    return title


def _mark(cell: Cell | None, commune: units.Commune, reading: _Reading) -> str | None:
    if cell is None:
        return None
    cell, _ = reading.corrected(cell)
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


def _said(row: Row, key: str, reading: _Reading) -> str:
    """A name or code as typed, or as an approved correction has it."""
    return reading.corrected(row[key])[0].text.strip() if key in row else ""


def _text(row: Row, key: str) -> str:
    return row[key].text.strip() if key in row else ""


def _frame(rows: Iterator[dict] | Sequence[dict], columns: list[str]) -> pd.DataFrame:
    """The rows as a table with typed columns: by `astype` it takes many times as long.

    Each row names all the columns, in their order.
    """
    values = zip(*(row.values() for row in rows), strict=True)
    lists = list(values) or [()] * len(columns)
    made = {c: _column(v, c) for c, v in zip(columns, lists, strict=True)}
    return pd.DataFrame(made, index=pd.RangeIndex(len(lists[0])), copy=False)


def _column(values: Sequence[object], name: str):
    if name in NUMBERS:
        return np.array(values, dtype=float)
    if name == "year":
        return np.array(values, dtype=int)
    return TEXT.__from_arrow__(pa.array(values, pa.large_string()))
