"""The workbook that districts fill in, blank or with figures typed into it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from ntm_eval import reference, units
from ntm_eval.exchange import guide, layout
from ntm_eval.exchange.layout import FIRST_ROW, HEADER_ROW, LINE
from ntm_eval.intake import sheets
from ntm_eval.intake.communes import FIRST_YEAR, RURAL, TITLED
from ntm_eval.intake.received import calendar_day, due_date
from ntm_eval.workspace import AnalystError, year_and_period

# Eight communes with 19 questions each, and a few rows to spare; more than a usual year brings.
READY_ROWS = 160
INFO_WIDTHS = (30, 74)
FIGURE_WIDTHS = (8, 50, 12, 17, 17, 8, 20)
COMMUNE_WIDTHS = (7, 20, 9, 15, 15, *[3.5] * len(sheets.CRITERIA), 9, 9, 9, 9, 9)
TOWN_WIDTHS = (7, 24, 16, 10, *[4.5] * len(sheets.TOWN_CRITERIA), 16, 30)
ORGANISATION_WIDTHS = (34, 34, 40, 24, 12, 18, 24)
ROWS_EACH, SPARE_ROWS = 2, 8  # of each organisation, and for others
SATISFACTION_WIDTHS = (9, 24, 20, 12, 12, 12, 8, 12, 12, 12)
GUIDE_WIDTHS = (4, 100)
LONG_TEXTS = ("leadership", "limitations", "directions", "recommendations")
LONG_TEXT_LINES = 8
EXACT = ("count", "money", "area")
ROMAN = ("I", "II", "III", "IV", "V", "VI")
# a validation that may be overruled
WARNED = {"error_type": "warning", "error_title": "Kiểm tra lại số liệu"}
AT_LEAST_ZERO = {"validate": "whole", "criteria": ">=", "value": 0}
RANGES = {
    **dict.fromkeys(EXACT, AT_LEAST_ZERO),
    "number": {"validate": "decimal", "criteria": ">=", "value": 0},
    "percent": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100},
}


@dataclass(frozen=True)
class Content:
    """What is typed into a workbook: empty for the template.

    `info` by the names of `sheets.INFO_LABELS`; `figures` by indicator and measure; `notes` by
    indicator; `communes` and `towns` by code, then by the names of `sheets.COMMUNE_HEADERS` and
    `TOWN_HEADERS`; `satisfaction` and `organisations` in rows by the names of their headers; `mark`
    for every sheet and page.
    """

    info: Mapping[str, object] = field(default_factory=dict)
    figures: Mapping[tuple[str, str], object] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    communes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    towns: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    satisfaction: Sequence[Mapping[str, object]] = ()
    organisations: Sequence[Mapping[str, object]] = ()
    mark: str = ""


EMPTY = Content()


@dataclass(frozen=True)
class _Form:
    """Whose workbook is written, and what is typed into it."""

    paper: layout.Paper
    district: units.District
    communes: Sequence[units.Commune]
    year: int
    period: str
    content: Content

    @property
    def edition(self) -> int:
        return sheets.edition(units.day(self.year, self.period))


def write_workbook(
    path: Path, district: units.District, year: int, period: str, content: Content = EMPTY
) -> None:
    """Write the workbook of contract §2 for one district; the same input gives the same bytes.

    Raises
    ------
    AnalystError
        Where the year or the period cannot be right.
    """
    year, period = year_and_period(year, period)
    title = f"{district.name} - {guide.report_name(year, period)}"
    with layout.workbook(path, title, year, content.mark) as paper:
        form = _Form(paper, district, _members(district, year, period), year, period, content)
        for write in (_info, _figures, _communes, _satisfaction, _towns, _organisations, _guide):
            write(form)


def _members(district: units.District, year: int, period: str) -> Sequence[units.Commune]:
    """The communes that the report is about, or those of the first day of the catalogue.

    Raises
    ------
    AnalystError
        Where the unit no longer or not yet reports.
    """
    first = reference.table("communes")["valid_from"].min().date()
    found = units.communes(district.code, max(units.day(year, period), first))
    if not found:
        raise AnalystError(
            f"{district.name} không phải đơn vị gửi {guide.report_name(year, period).lower()}. "
            "Đến hết tháng 6/2025 huyện, thành phố báo cáo; từ ngày 01/7/2025 xã, phường báo cáo."
        )
    return found


def _info(form: _Form) -> None:
    sheet = layout.sheet(form.paper, sheets.INFO, INFO_WIDTHS)
    known = {
        "district": form.district.name,
        "year": form.year,
        "period": sheets.PERIOD_NAMES[form.period],
        "edition": form.edition,
    }
    typed = {**known, **form.content.info}
    looks = dict.fromkeys(known, "text") | {"cut_off": "open day", "sent": "open day"}
    looks |= dict.fromkeys(LONG_TEXTS, "open long")
    rules = _info_rules(form)
    for r, (label, key) in enumerate(sheets.INFO_LABELS.items(), start=HEADER_ROW):
        long = key in LONG_TEXTS
        least = LONG_TEXT_LINES * LINE if long else 1.5 * LINE
        sheet.set_row(r, max(least, layout.height(typed.get(key), INFO_WIDTHS[1])))
        sheet.write_string(r, 0, label, form.paper.looks["label long" if long else "label"])
        layout.put(sheet, r, 1, typed.get(key), form.paper.looks[looks.get(key, "open")])
        if key in rules:
            layout.ask(sheet, [(r, 1, r, 1)], rules[key])


def _info_rules(form: _Form) -> dict[str, dict]:
    in_year = {
        "validate": "date",
        "criteria": "between",
        "minimum": dt.date(form.year, 1, 1),
        "maximum": dt.date(form.year, 12, 31),
        "input_title": "Ngày/tháng/năm",
        "error_type": "warning",
        "error_title": "Kiểm tra lại ngày",
        "error_message": guide.expected_day(form.year),
    }
    cut_off = guide.day(calendar_day(form.year, form.period, "cut_off"))
    before = guide.day(due_date(form.year, form.period))
    return {
        "cut_off": {**in_year, "input_message": f"Gợi ý: {cut_off}."},
        "sent": {**in_year, "input_message": f"Gửi trước ngày {before}."},
    }


def _figures(form: _Form) -> None:
    sheet = layout.sheet(form.paper, sheets.FIGURES, FIGURE_WIDTHS, sheets.FIGURE_HEADERS)
    parts = reference.table("score_parts").set_index("part")
    r = FIRST_ROW
    asked: dict[tuple, list[tuple[int, int, int, int]]] = {}
    for content, rows in reference.due(form.period).groupby("content"):
        part = parts.loc[f"C{content}"]
        _band(form, sheet, r, f"{ROMAN[int(content) - 1]}. {part['name_vi']}")
        most = round(part["points"] / (rows["scored"] == "yes").sum(), 2)
        for row in rows.to_dict("records"):
            r += 1
            for c, rule in _figure_row(form, sheet, r, {**row, "most": most}).items():
                asked.setdefault(tuple(rule.items()), []).append((r, c, r, c))
        r += 1
    for items, areas in asked.items():
        layout.ask(sheet, areas, dict(items))


def _band(form: _Form, sheet: Worksheet, r: int, text: str) -> None:
    """The name of a content, in the column of names only, so that it reads as no figure."""
    sheet.set_row(r, layout.height(text, FIGURE_WIDTHS[1]))
    for c, key in enumerate(sheets.FIGURE_HEADERS.values()):
        layout.put(sheet, r, c, text if key == "name" else None, form.paper.looks["band"])


def _figure_row(form: _Form, sheet: Worksheet, r: int, row: Mapping) -> dict[int, dict]:
    """Write one indicator; the validation of each of its open figures comes back."""
    note = form.content.notes.get(row["id"])
    given = {"indicator": row["id"], "name": row["name_vi"], "unit": row["unit"], "note": note}
    looks = {"indicator": "code", "name": "text", "unit": "middle", "note": "open"}
    asked = {"plan": row["has_plan"], "actual": "yes", "self_score": row["scored"]}
    tall = (layout.height(given[key], FIGURE_WIDTHS[c]) for key, c in (("name", 1), ("note", 6)))
    sheet.set_row(r, max(tall))
    rules = {}
    for c, key in enumerate(sheets.FIGURE_HEADERS.values()):
        look = looks.get(key, "closed")
        if asked.get(key) == "yes":
            exact = row["kind"] in EXACT and key != "self_score"
            look = "open integer" if exact else "open decimal"
            rules[c] = _figure_rule(form, row, key)
        value = given[key] if key in given else form.content.figures.get((row["id"], key))
        layout.put(sheet, r, c, value, form.paper.looks[look])
    return rules


def _figure_rule(form: _Form, row: Mapping, measure: str) -> dict:
    """A validation that warns and gives way: '2 tỷ 100 triệu' and 'KAD' can be read too."""
    kind, expected = RANGES[row["kind"]], guide.expected(row["kind"])
    if measure == "self_score":
        kind = RANGES["percent"] | {"maximum": row["most"]}
        expected = guide.expected_points(row["most"])
    hint = guide.figure(row, measure, form.year)
    asked = {"input_title": sheets.MEASURE_NAMES[measure], "input_message": hint}
    return kind | asked | WARNED | {"error_message": expected}


def _communes(form: _Form) -> None:
    rural = [c for c in form.communes if c.kind == RURAL]
    sheet, rows = _by_commune(form, sheets.COMMUNES, COMMUNE_WIDTHS, form.communes, rural)
    counts = AT_LEAST_ZERO | WARNED | {"error_message": guide.expected("count")}
    layout.ask(sheet, layout.columns(sheets.COMMUNE_HEADERS, sheets.COMMUNE_COUNTS, rows), counts)


def _towns(form: _Form) -> None:
    towns = [c for c in form.communes if c.kind != RURAL]
    if not towns or form.edition < sheets.SINCE[sheets.TOWNS]:
        return
    sheet, rows = _by_commune(form, sheets.TOWNS, TOWN_WIDTHS, towns, towns)
    year = {"validate": "whole", "criteria": "between", "minimum": FIRST_YEAR, "maximum": form.year}
    year |= WARNED | {"error_message": guide.expected_year(form.year)}
    layout.ask(sheet, layout.columns(sheets.TOWN_HEADERS, ["registered_year"], rows), year)


def _by_commune(
    form: _Form,
    name: str,
    widths: Sequence[float],
    communes: Sequence[units.Commune],
    marked: Sequence[units.Commune],
) -> tuple[Worksheet, tuple[int, int]]:
    """A sheet with a row for each commune, where those `marked` have criteria; and its rows."""
    headers, urban = sheets.TABLES[name], name == sheets.TOWNS
    content = form.content.towns if urban else form.content.communes
    sheet = layout.sheet(form.paper, name, widths, headers, 2, landscape=True)
    for r, commune in enumerate(communes, start=FIRST_ROW):
        sheet.set_row(r, 1.25 * LINE)
        known = {"commune_code": commune.code, "commune": commune.name, "kind": commune.kind}
        typed = {**known, **content.get(commune.code, {})}
        for c, key in enumerate(headers.values()):
            look = form.paper.looks[_commune_look(key, commune in marked)]
            layout.put(sheet, r, c, typed.get(key), look)
    rows = FIRST_ROW, FIRST_ROW + len(communes) - 1
    titles = layout.one_of(sheets.TITLES[3:] if urban else sheets.TITLES)
    layout.ask(sheet, layout.columns(headers, TITLED, rows), titles)
    first, *_, last = (c for c, key in enumerate(headers.values()) if key in sheets.CRITERIA)
    at = [r for r, commune in enumerate(communes, start=FIRST_ROW) if commune in marked]
    if at:  # a phường that reports for itself has no criteria on sheet Xã
        marks = layout.one_of((sheets.MET, sheets.NOT_YET)) | {"error_message": guide.MARKS}
        layout.ask(sheet, [(r, first, r, last) for r in at], marks)
    sheet.ignore_errors({"number_stored_as_text": layout.address(0, rows)})
    return sheet, rows


def _commune_look(key: str, marked: bool) -> str:
    if key in sheets.CRITERIA:
        return "open middle" if marked else "closed"
    if key in sheets.COMMUNE_COUNTS:
        return "open integer"
    looks = {"commune_code": "code", "commune": "text", "kind": "middle", "note": "open"}
    return looks.get(key, "open middle")


def _commune_rows(form: _Form) -> tuple[int, int]:
    """The first and the last row of sheet Xã that carry a commune."""
    return FIRST_ROW, FIRST_ROW + len(form.communes) - 1


def _satisfaction(form: _Form) -> None:
    headers = sheets.SATISFACTION_HEADERS
    widths = SATISFACTION_WIDTHS
    sheet = layout.sheet(form.paper, sheets.SATISFACTION, widths, headers, 2, landscape=True)
    ready: list[Mapping[str, object]] = [{}] * READY_ROWS if form.content == EMPTY else []
    typed = [*form.content.satisfaction, *ready]
    looks = {"commune_code": "code", "commune": "open", "survey": "open"}
    looks |= dict.fromkeys(sheets.SATISFACTION_COUNTS, "open integer")
    for r, row in enumerate(typed, start=FIRST_ROW):
        for c, key in enumerate(headers.values()):
            look = form.paper.looks[looks.get(key, "open middle")]
            layout.put(sheet, r, c, row.get(key), look)
        if not row:
            sheet.write_formula(r, 0, _code_formula(form, r), form.paper.looks["middle"], "")
    if typed:
        _satisfaction_rules(form, sheet, (FIRST_ROW, FIRST_ROW + len(typed) - 1))


def _code_formula(form: _Form, r: int) -> str:
    """The code of the commune chosen beside it, looked up in sheet Xã."""
    rows = _commune_rows(form)
    codes, names = (f"'{sheets.COMMUNES}'!{layout.address(c, rows)}" for c in (0, 1))
    return f'=IF($B{r + 1}="","",IFERROR(INDEX({codes},MATCH($B{r + 1},{names},0)),""))'


def _satisfaction_rules(form: _Form, sheet: Worksheet, rows: tuple[int, int]) -> None:
    headers = sheets.SATISFACTION_HEADERS
    surveys = reference.at(reference.table("surveys"), units.day(form.year, form.period))
    most = int(surveys["questions"].max())
    names = layout.address(1, _commune_rows(form))
    stop = {"error_title": "Kiểm tra lại số liệu"}
    rules = {
        ("commune",): layout.one_of(f"='{sheets.COMMUNES}'!{names}"),
        ("survey",): layout.one_of(surveys["survey"]),
        ("question",): {
            **{"validate": "whole", "criteria": "between", "minimum": 1, "maximum": most},
            **stop,
            "error_message": "Ghi số thứ tự của câu hỏi trên phiếu.",
        },
        sheets.SATISFACTION_COUNTS: {
            **AT_LEAST_ZERO,
            **stop,
            "error_message": "Ghi số nguyên từ 0 trở lên.",
        },
    }
    for keys, rule in rules.items():
        layout.ask(sheet, layout.columns(headers, keys, rows), rule)
    wrong = {"type": "formula", "criteria": _differs(rows[0]), "format": form.paper.looks["wrong"]}
    sheet.conditional_format(rows[0], 0, rows[1], len(headers) - 1, wrong)
    sheet.ignore_errors({"number_stored_as_text": layout.address(0, rows)})


def _differs(r: int) -> str:
    """True where the answers of a row, all but the unanswered typed, miss the forms collected."""
    keys = enumerate(sheets.SATISFACTION_HEADERS.values())
    at = {key: f"${xl_col_to_name(c)}{r + 1}" for c, key in keys}
    typed = f"COUNT({at['collected']},{at['satisfied']},{at['unsatisfied']})=3"
    return f"=AND({typed},SUM({at['satisfied']}:{at['no_answer']})<>{at['collected']})"


def _organisations(form: _Form) -> None:
    """Rows ready for each organisation, and a few for others."""
    if form.edition < sheets.SINCE[sheets.ORGANISATIONS]:
        return
    headers = sheets.ORGANISATION_HEADERS
    known = reference.at(reference.table("organisations"), units.day(form.year, form.period))
    names = list(known["name_vi"])
    ready = [*({"name": name} for name in names for _ in range(ROWS_EACH)), *[{}] * SPARE_ROWS]
    typed = form.content.organisations or ready
    widths = ORGANISATION_WIDTHS
    sheet = layout.sheet(form.paper, sheets.ORGANISATIONS, widths, headers, 1, landscape=True)
    looks = dict.fromkeys(("participants", "amount"), "open integer")
    for r, row in enumerate(typed, start=FIRST_ROW):
        at = {key: c for c, key in enumerate(headers.values())}
        sheet.set_row(r, max(layout.height(row.get(key), widths[c]) for key, c in at.items()))
        for key, c in at.items():
            layout.put(sheet, r, c, row.get(key), form.paper.looks[looks.get(key, "open")])
    rows = FIRST_ROW, FIRST_ROW + len(typed) - 1
    others = WARNED | {"error_message": guide.OTHER_NAME, "error_title": "Kiểm tra lại tên"}
    layout.ask(sheet, layout.columns(headers, ["name"], rows), layout.one_of(names) | others)
    for key, kind in (("participants", "count"), ("amount", "money")):
        counts = AT_LEAST_ZERO | WARNED | {"error_message": guide.expected(kind)}
        layout.ask(sheet, layout.columns(headers, [key], rows), counts)


def _guide(form: _Form) -> None:
    sheet = layout.sheet(form.paper, sheets.GUIDE, GUIDE_WIDTHS)
    sections = guide.sections(form.district.name, form.year, form.period)
    lines = []
    for number, (heading, paragraphs) in enumerate(sections, start=1):
        lines += [(f"{number}.", heading, "heading")]
        lines += [("-", text, "paragraph") for text in paragraphs]
    for r, (sign, text, look) in enumerate(lines, start=HEADER_ROW):
        sheet.set_row(r, layout.height(text, GUIDE_WIDTHS[1]))
        sheet.write_string(r, 0, sign, form.paper.looks[look])
        sheet.write_string(r, 1, text, form.paper.looks[look])
