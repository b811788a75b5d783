"""The blank workbook that districts fill in, and the same form with figures typed into it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ntm_eval import reference, units
from ntm_eval.intake import guide, sheets
from ntm_eval.workspace import check_period, write_beside

FREQUENCIES = {"h1": ["h1+annual"], "annual": ["h1+annual", "annual"]}
TITLE_ROW, HINT_ROW, HEADER_ROW, FIRST_ROW = range(4)
# Eight communes with 19 questions each, and a few rows to spare; more than a usual year brings.
READY_ROWS = 160
A4 = 9
INFO_WIDTHS = (30, 74)
FIGURE_WIDTHS = (8, 50, 12, 17, 17, 8, 20)
GUIDE_WIDTHS = (4, 100)
LINE = 16  # points
FONT = {"font_name": "Times New Roman", "font_size": 12}
FONT_CODE = '&"Times New Roman,Regular"&10'
FILL, CLOSED, BAND, HEAD, RED = "#FFF9DB", "#D9D9D9", "#E4ECE4", "#CFE0D2", "#C00000"
INTEGER, DECIMAL = "#,##0", "#,##0.00"
SCREEN = {"format_columns": True, "format_rows": True}  # what stays allowed on a locked sheet
LONG_TEXTS = ("leadership", "limitations", "directions", "recommendations")
AT_LEAST_ZERO = {"validate": "whole", "criteria": ">=", "value": 0}
RANGES = {
    "count": AT_LEAST_ZERO,
    "money": AT_LEAST_ZERO,
    "area": AT_LEAST_ZERO,
    "number": {"validate": "decimal", "criteria": ">=", "value": 0},
    "percent": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
}
Area = tuple[int, int, int, int]  # first row, first column, last row, last column
MEASURE_NAMES = {key: text for text, key in sheets.FIGURE_HEADERS.items()}
ROMAN = ("I", "II", "III", "IV", "V", "VI")


@dataclass(frozen=True)
class Content:
    """What is typed into a workbook: empty for the template."""

    info: Mapping[str, object] = field(default_factory=dict)
    figures: Mapping[tuple[str, str], object] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    communes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    satisfaction: Sequence[Mapping[str, object]] = ()
    mark: str = ""


EMPTY = Content()


@dataclass(frozen=True)
class _Form:
    """The workbook being written, and what all its sheets share."""

    book: xlsxwriter.Workbook
    looks: Mapping[str, Format]
    district: units.District
    year: int
    period: str
    content: Content
    communes: Sequence[units.Commune]

    @property
    def title(self) -> str:
        words = f"Báo cáo {sheets.PERIOD_NAMES[self.period].lower()} {self.year}"
        return f"{self.district.name} - {words}"


def write_workbook(
    path: Path, district: units.District, year: int, period: str, content: Content = EMPTY
) -> None:
    """Write the workbook of contract §2 for one district; the same input gives the same bytes.

    Raises
    ------
    AnalystError
        Where the year or the period cannot be right.
    """
    check_period(year, period)
    with write_beside(path) as draft:
        options = {"default_format_properties": FONT, "default_row_height": 21, "in_memory": True}
        with xlsxwriter.Workbook(str(draft), options) as book:
            members = _communes_of(district, year)
            form = _Form(book, _looks(book), district, year, period, content, members)
            book.set_properties({"title": form.title, "created": dt.datetime(year, 1, 1)})
            for write in (_info, _figures, _communes, _satisfaction, _guide):
                write(form)


def due(period: str) -> pd.DataFrame:
    """The indicators owed in a period, in the order of the catalogue."""
    indicators = reference.table("indicators")
    owed = indicators["frequency"].isin(FREQUENCIES[period])
    return indicators[owed].reset_index(drop=True)


def _communes_of(district: units.District, year: int) -> Sequence[units.Commune]:
    """The communes at the end of the year, or on the nearest day that the catalogue covers."""
    rows = reference.table("communes").query("district_code == @district.code")
    first, last = rows["valid_from"].min(), rows["valid_to"].max()
    day = min(max(pd.Timestamp(year, 12, 31), first), last)
    return units.communes(district.code, day.date())


def _looks(book: xlsxwriter.Workbook) -> dict[str, Format]:
    """The formats by name; `open` is a cell to fill in, all others stay locked."""
    box = {
        "border": 1,
        "border_color": "#8C8C8C",
        "valign": "vcenter",
        "text_wrap": True,
        "indent": 1,
    }
    middle = {**box, "align": "center", "indent": 0}
    free = {**box, "locked": False, "bg_color": FILL}
    head = {"bold": True, "bg_color": HEAD}
    looks = {
        "plain": {},
        "title": {"bold": True, "font_size": 14},
        "mark": {"bold": True, "font_size": 14, "font_color": RED},
        "hint": {"italic": True},
        "header": {**middle, **head},
        "label": {**box, **head},
        "label long": {**box, **head, "valign": "top"},
        "text": box,
        "middle": middle,
        "code": {**middle, "num_format": "@"},
        "band": {**box, "bold": True, "bg_color": BAND, "text_wrap": False},
        "closed": {**box, "bg_color": CLOSED},
        "open": free,
        "open middle": {**free, "align": "center"},
        "open long": {**free, "valign": "top"},
        "open integer": {**free, "num_format": INTEGER, "align": "right"},
        "open decimal": {**free, "num_format": DECIMAL, "align": "right"},
        "open day": {**free, "num_format": "dd/mm/yyyy", "align": "left"},
        "open year": {**free, "num_format": "0", "align": "left"},
        "heading": {"bold": True, "valign": "top", "text_wrap": True},
        "paragraph": {"text_wrap": True, "valign": "top"},
    }
    return {name: book.add_format(look) for name, look in looks.items()}


def _info(form: _Form) -> None:
    sheet = _sheet(form, sheets.INFO, INFO_WIDTHS)
    typed = {
        "district": form.district.name,
        "year": form.year,
        "period": sheets.PERIOD_NAMES[form.period],
        **form.content.info,
    }
    looks = {"cut_off": "open day", "sent": "open day", "year": "open year"}
    looks |= dict.fromkeys(LONG_TEXTS, "open long")
    for r, (label, key) in enumerate(sheets.INFO_LABELS.items(), start=HEADER_ROW):
        least = 130 if key in LONG_TEXTS else 24
        sheet.set_row(r, max(least, _height(typed.get(key), INFO_WIDTHS[1])))
        sheet.write_string(r, 0, label, form.looks["label long" if key in LONG_TEXTS else "label"])
        _put(sheet, r, 1, typed.get(key), form.looks[looks.get(key, "open")])
        if rule := _info_rule(form, key):
            sheet.data_validation(r, 1, r, 1, rule)


def _info_rule(form: _Form, key: str) -> dict | None:
    if key == "period":
        return _list(sheets.PERIOD_NAMES.values())
    if key not in ("cut_off", "sent"):
        return None
    suggested = {
        "cut_off": f"Gợi ý: {guide.day(guide.cut_off(form.year, form.period))}.",
        "sent": f"Gửi trước ngày {guide.day(guide.due(form.year, form.period))}.",
    }
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": dt.date(form.year, 1, 1),
        "maximum": dt.date(form.year, 12, 31),
        "input_title": "Ngày/tháng/năm",
        "input_message": suggested[key],
        "error_type": "warning",
        "error_title": "Kiểm tra lại ngày",
        "error_message": f"Ngày thường nằm trong năm {form.year}, ghi dạng ngày/tháng/năm. Chọn "
        "Yes (Có) để giữ, No (Không) để ghi lại.",
    }


def _figures(form: _Form) -> None:
    sheet = _sheet(form, sheets.FIGURES, FIGURE_WIDTHS, sheets.FIGURE_HEADERS)
    owed = due(form.period)
    parts = reference.table("score_parts").set_index("part")
    r, rules = FIRST_ROW, {}
    for content, rows in owed.groupby("content"):
        part = parts.loc[f"C{content}"]
        band = f"{ROMAN[int(content) - 1]}. {part['name_vi']}"
        _band(sheet, r, band, form.looks["band"])
        scored = (rows["scored"] == "yes").sum()
        for row in rows.to_dict("records"):
            r += 1
            row = {**row, "most": round(part["points"] / scored, 2)}
            for c, rule in _figure_row(form, sheet, r, row).items():
                rules.setdefault(tuple(rule.items()), []).append((r, c, r, c))
        r += 1
    for rule, cells in rules.items():
        _rule(sheet, cells, dict(rule))


def _band(sheet: Worksheet, r: int, text: str, look: Format) -> None:
    for c, key in enumerate(sheets.FIGURE_HEADERS.values()):
        _put(sheet, r, c, text if key == "name" else None, look)


def _figure_row(
    form: _Form, sheet: Worksheet, r: int, row: Mapping[str, object]
) -> dict[int, dict]:
    """Write one indicator; the validation of each of its open columns comes back."""
    rules = {}
    note = form.content.notes.get(row["id"])
    sheet.set_row(
        r, max(_height(row["name_vi"], FIGURE_WIDTHS[1]), _height(note, FIGURE_WIDTHS[-1]))
    )
    locked = {"indicator": (row["id"], "code"), "name": (row["name_vi"], "text"),
              "unit": (row["unit"], "middle")}  # fmt: skip
    asked = {
        "plan": row["has_plan"] == "yes",
        "actual": True,
        "self_score": row["scored"] == "yes",
    }
    for c, key in enumerate(sheets.FIGURE_HEADERS.values()):
        if key in locked:
            value, look = locked[key]
        elif key == "note":
            value, look = note, "open"
        else:
            value, look = form.content.figures.get((row["id"], key)), "closed"
            if asked[key]:
                look = _figure_look(row["kind"], key)
                rules[c] = _figure_rule(form, row, key)
        _put(sheet, r, c, value, form.looks[look])
    return rules


def _figure_look(kind: str, measure: str) -> str:
    exact = kind in ("count", "money", "area") and measure != "self_score"
    return "open integer" if exact else "open decimal"


def _figure_rule(form: _Form, row: Mapping[str, object], measure: str) -> dict:
    if measure == "self_score":
        most = guide.points(row["most"])
        return {
            **RANGES["percent"],
            "maximum": row["most"],
            "input_title": MEASURE_NAMES[measure],
            "input_message": f"Tối đa {most} điểm.",
            "error_type": "warning",
            "error_title": "Kiểm tra lại điểm",
            "error_message": f"Chỉ tiêu này từ 0 đến {most} điểm. Chọn Yes (Có) để giữ, "
            "No (Không) để ghi lại.",
        }
    return {
        **RANGES[row["kind"]],
        "input_title": MEASURE_NAMES[measure],
        "input_message": guide.figure(row, measure, form.year),
        "error_type": "warning",
        "error_title": "Kiểm tra lại số liệu",
        "error_message": guide.expected(row["kind"]),
    }


def _communes(form: _Form) -> None:
    widths = (8, 21, 9, 14, 14, *(5.3 for _ in sheets.CRITERIA), *(10 for _ in "12345"))
    sheet = _sheet(form, sheets.COMMUNES, widths, sheets.COMMUNE_HEADERS, frozen=2)
    for r, commune in enumerate(form.communes, start=FIRST_ROW):
        known = {"commune_code": commune.code, "commune": commune.name, "kind": commune.kind}
        typed = {**known, **form.content.communes.get(commune.code, {})}
        for c, key in enumerate(sheets.COMMUNE_HEADERS.values()):
            look = form.looks[_commune_look(key, commune)]
            _put(sheet, r, c, typed.get(key), look)
    _commune_rules(form, sheet)


def _commune_rules(form: _Form, sheet: Worksheet) -> None:
    headers = sheets.COMMUNE_HEADERS
    rows = (FIRST_ROW, FIRST_ROW + len(form.communes) - 1)
    first, *_, last = (c for c, key in enumerate(headers.values()) if key in sheets.CRITERIA)
    rural = [r for r, c in enumerate(form.communes, start=FIRST_ROW) if c.kind == "xã"]
    _rule(sheet, [(r, first, r, last) for r in rural], _mark_rule())
    _rule(sheet, _columns(headers, ("registered", "title"), rows), _list(sheets.TITLES))
    count = {
        **AT_LEAST_ZERO,
        "error_type": "warning",
        "error_title": "Kiểm tra lại số liệu",
        "error_message": guide.expected("count"),
    }
    _rule(sheet, _columns(headers, sheets.COMMUNE_COUNTS, rows), count)
    sheet.ignore_errors({"number_stored_as_text": _area(0, rows)})


def _commune_look(key: str, commune: units.Commune) -> str:
    if key in sheets.CRITERIA:
        return "open middle" if commune.kind == "xã" else "closed"
    if key in sheets.COMMUNE_COUNTS:
        return "open integer"
    return {"commune_code": "code", "commune": "text", "kind": "middle"}.get(key, "open middle")


def _mark_rule() -> dict:
    rule = _list((sheets.MET, sheets.NOT_YET))
    return {**rule, "error_message": "Ghi Đ nếu đạt, C nếu chưa đạt, hoặc để trống."}


def _satisfaction(form: _Form) -> None:
    widths = (9, 24, 20, 12, 12, 12, 8, 12, 12, 12)
    headers = sheets.SATISFACTION_HEADERS
    sheet = _sheet(form, sheets.SATISFACTION, widths, headers, frozen=2)
    ready: list[Mapping[str, object]] = [{}] * READY_ROWS if form.content == EMPTY else []
    typed = [*form.content.satisfaction, *ready]
    looks = {"commune_code": "code", "commune": "open", "survey": "open",
             "question": "open middle"}  # fmt: skip
    for r, row in enumerate(typed, start=FIRST_ROW):
        for c, key in enumerate(headers.values()):
            _put(sheet, r, c, row.get(key), form.looks[looks.get(key, "open integer")])
        if not row:
            sheet.write_formula(r, 0, _code_formula(form, r), form.looks["middle"], "")
    if typed:
        _satisfaction_rules(form, sheet, (FIRST_ROW, FIRST_ROW + len(typed) - 1))


def _code_formula(form: _Form, r: int) -> str:
    """The code of the commune chosen beside it, looked up in sheet Xã."""
    last = FIRST_ROW + len(form.communes) - 1
    codes, names = (f"'{sheets.COMMUNES}'!{_area(c, (FIRST_ROW, last), True)}" for c in (0, 1))
    name = xl_rowcol_to_cell(r, 1, col_abs=True)
    return f'=IF({name}="","",IFERROR(INDEX({codes},MATCH({name},{names},0)),""))'


def _satisfaction_rules(form: _Form, sheet: Worksheet, rows: tuple[int, int]) -> None:
    headers = sheets.SATISFACTION_HEADERS
    surveys = reference.table("surveys")
    last = FIRST_ROW + len(form.communes) - 1
    names = f"='{sheets.COMMUNES}'!{_area(1, (FIRST_ROW, last), True)}"
    wrong = {"error_title": "Kiểm tra lại", "error_message": "Ghi số nguyên từ 0 trở lên."}
    asked = {"validate": "whole", "criteria": "between", "minimum": 1,
             "maximum": int(surveys["questions"].max()),
             "error_title": "Kiểm tra lại",
             "error_message": "Ghi số thứ tự của câu hỏi trên phiếu."}  # fmt: skip
    rules = {
        ("commune",): {**_list(()), "source": names},
        ("survey",): _list(surveys["survey"]),
        ("question",): asked,
        sheets.SATISFACTION_COUNTS: {**AT_LEAST_ZERO, **wrong},
    }
    for keys, rule in rules.items():
        _rule(sheet, _columns(headers, keys, rows), rule)
    at = {key: f"${xl_col_to_name(c)}{rows[0] + 1}" for c, key in enumerate(headers.values())}
    answers = f"{at['satisfied']}:{at['no_answer']}"
    differs = f"=AND(COUNT({at['collected']},{at['satisfied']},{at['unsatisfied']})=3,"
    differs += f"SUM({answers})<>{at['collected']})"
    look = form.book.add_format({"bold": True, "font_color": RED, "bg_color": "#FBE3E0"})
    rule = {"type": "formula", "criteria": differs, "format": look}
    sheet.conditional_format(rows[0], 0, rows[1], len(headers) - 1, rule)
    sheet.ignore_errors({"number_stored_as_text": _area(0, rows)})


def _guide(form: _Form) -> None:
    sheet = _sheet(form, sheets.GUIDE, GUIDE_WIDTHS)
    r = HINT_ROW
    for number, (heading, lines) in enumerate(
        guide.sections(form.district, form.year, form.period), start=1
    ):
        r += 1
        sheet.write_string(r, 0, f"{number}.", form.looks["heading"])
        sheet.write_string(r, 1, heading, form.looks["heading"])
        for line in lines:
            r += 1
            sheet.write_string(r, 0, "-", form.looks["paragraph"])
            sheet.write_string(r, 1, line, form.looks["paragraph"])
            sheet.set_row(r, _height(line, GUIDE_WIDTHS[1]))


def _sheet(
    form: _Form,
    name: str,
    widths: Sequence[float],
    headers: Mapping[str, str] | None = None,
    frozen: int = 0,
) -> Worksheet:
    """A sheet with title, hint, header, page set-up and lock, ready for its rows."""
    sheet = form.book.add_worksheet(name)
    for c, width in enumerate(widths):
        sheet.set_column(c, c, width)
    sheet.set_row(TITLE_ROW, 24)
    title = [form.looks["title"], f"{name.upper()} - {form.title}"]
    if form.content.mark:
        title += [form.looks["mark"], f"   {form.content.mark}"]
        sheet.write_rich_string(TITLE_ROW, 0, *title, form.looks["title"])
    else:
        sheet.write_string(TITLE_ROW, 0, title[1], title[0])
    sheet.write_string(HINT_ROW, 0, guide.HINTS.get(name, ""), form.looks["hint"])
    if headers:
        sheet.set_row(HEADER_ROW, 52)
        for c, text in enumerate(headers):
            sheet.write_string(HEADER_ROW, c, text, form.looks["header"])
        sheet.freeze_panes(FIRST_ROW, frozen)
        sheet.repeat_rows(TITLE_ROW, HEADER_ROW)
    _page(form, sheet, landscape=frozen > 0)
    sheet.protect("", SCREEN)
    return sheet


def _page(form: _Form, sheet: Worksheet, landscape: bool) -> None:
    if landscape:
        sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.4, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    mark = f"&C{FONT_CODE}&K{RED[1:]}{form.content.mark}" if form.content.mark else ""
    sheet.set_footer(f"&L{FONT_CODE}{form.title}{mark}&R{FONT_CODE}Trang &P/&N")


def _height(text: object, width: float) -> float:
    """The height of a wrapped cell: LibreOffice does not fit the rows of a locked sheet."""
    lines = str(text or "").split("\n")
    return 4 + LINE * sum(max(1, math.ceil(len(line) / width)) for line in lines)


def _put(sheet: Worksheet, r: int, c: int, value: object, look: Format) -> None:
    """Write a value as what it is: a text stays text, even one that looks like a formula."""
    if isinstance(value, str) and value:
        sheet.write_string(r, c, value, look)
    elif isinstance(value, dt.date):
        sheet.write_datetime(r, c, value, look)
    elif value is None or value == "" or pd.isna(value):
        sheet.write_blank(r, c, None, look)
    else:
        sheet.write_number(r, c, value, look)


def _rule(sheet: Worksheet, cells: Sequence[Area], rule: Mapping[str, object]) -> None:
    """One validation for all areas together: each written apart would double the file's size."""
    first, *others = cells
    sheet.data_validation(*first, {**rule, "other_cells": [list(area) for area in others]})


def _columns(headers: Mapping[str, str], keys: Iterable[str], rows: tuple[int, int]) -> list[Area]:
    at = {key: c for c, key in enumerate(headers.values())}
    return [(rows[0], at[key], rows[1], at[key]) for key in keys]


def _list(values: Iterable[str]) -> dict:
    return {
        "validate": "list",
        "source": list(values),
        "error_title": "Chọn trong danh sách",
        "error_message": "Chọn một giá trị trong danh sách của ô này, hoặc để trống.",
    }


def _area(column: int, rows: tuple[int, int], absolute: bool = False) -> str:
    area = xl_range_abs(rows[0], column, rows[1], column)
    return area if absolute else area.replace("$", "")
