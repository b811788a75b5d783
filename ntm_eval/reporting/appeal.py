"""The appeal sheet of one district: each input, its cell, each rule and deduction, live in Excel.

The formulas repeat `analysis.scores` on the sheet itself, so that whoever changes a figure sees
what becomes of the total. What a district typed is written as text and never as a formula.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ntm_eval import notation, reference, units
from ntm_eval.analysis.scheme import REPORTING, Scheme
from ntm_eval.exchange import layout
from ntm_eval.intake import reading, sheets
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.reference import indicator_name
from ntm_eval.reporting.sections.received import STATES as RECEIVED_STATES
from ntm_eval.workspace import write_beside

FILE = "appeal.xlsx"
TOTAL, FIGURES, ITEMS, RULES = "Tổng điểm", "Chỉ tiêu", "Chế độ báo cáo", "Thang điểm"
NOT_ASSESSED = "không tính"
NAN = float("nan")
HELD, ASKED, LATE = "held", "asked", "unanswered"
STATES = RECEIVED_STATES | {
    HELD: "đang giải trình",
    ASKED: "không áp dụng, chưa được chấp nhận",
    LATE: "quá hạn giải trình",
}
WAYS = {
    "up": "càng cao càng tốt",
    "down": "càng thấp càng tốt",
    "settled": "giải quyết trên tổng số",
}
HEADERS = {
    "Phần": 7,
    "Mã": 8,
    "Chỉ tiêu": 34,
    "Cách tính": 14,
    "Kế hoạch hoặc tổng số": 16,
    "Phần tính cho kỳ": 9,
    "Thực hiện": 16,
    "Năm trước": 14,
    "Mức phải đạt": 16,
    "Tỷ lệ": 9,
    "Tối đa": 9,
    "Điểm": 9,
    "Trừ": 9,
    "Vì sao": 46,
    "Ô thực hiện": 34,
    "Ô kế hoạch hoặc tổng số": 34,
    "Số đã sửa": 20,
}
FIRST = layout.FIRST_ROW
LAST_RULE = 60  # rows that the sums over a sheet reach
EXPLAINED = (
    "Càng cao càng tốt: thực hiện chia mức phải đạt, không quá 1, không dưới 0.",
    "Càng thấp càng tốt: đạt mức phải đạt thì 1; chưa đạt mà năm trước cao hơn mức phải đạt: (năm "
    "trước - thực hiện) chia (năm trước - mức phải đạt); còn lại: mức phải đạt chia thực hiện.",
    "Giải quyết trên tổng số: số đã giải quyết chia tổng số của cùng báo cáo.",
    "Không có kế hoạch, kế hoạch bằng 0, không đọc được hoặc không áp dụng: không tính, điểm chia "
    "cho các chỉ tiêu còn lại của phần. Có kế hoạch mà để trống ô thực hiện: 0 điểm.",
    "Thiếu kế hoạch năm hoặc kế hoạch đã hạ mà chưa được duyệt: tính theo kế hoạch đã ghi ở báo "
    "cáo 6 tháng, nếu không có thì theo kết quả năm trước. Số đang giải trình: tạm thời không "
    "tính.",
    "Mức phải đạt của số phát sinh trong báo cáo 6 tháng là phần kế hoạch năm thường đạt sau 6 "
    "tháng.",
    "Điểm tối đa của một chỉ tiêu: điểm của phần chia đều cho các chỉ tiêu tính được; không làm "
    "tròn.",
    "Đây là mức đề xuất; báo cáo chỉ là một trong những cơ sở để đánh giá, xếp loại.",
)


@dataclass(frozen=True)
class Appeal:
    """What one sheet holds: tables of one district, as the review has them.

    `assessed`: rows of `scores.scored`; `items`: the reporting rows of the scores; `facts`: of the
    same year and period; `points` and `grade` as ranked.
    """

    district: units.District
    year: int
    period: str
    assessed: pd.DataFrame
    items: pd.DataFrame
    facts: pd.DataFrame
    rules: Scheme
    points: float
    grade: str
    illustrative: bool


def write(folder: Path, appeal: Appeal) -> list[Path]:
    """Write `appeal.xlsx`; the files written. Without a report there is nothing to appeal."""
    path = folder / FILE
    if appeal.assessed.empty:
        path.unlink(missing_ok=True)
        return []
    title = _("Phiếu tính điểm - {name}", name=place(appeal.district.name))
    with (
        write_beside(path) as draft,
        xlsxwriter.Workbook(str(draft), layout.options() | {"strings_to_formulas": False}) as book,
    ):
        when = _(
            "Báo cáo 6 tháng đầu năm {year}" if appeal.period == "h1" else "Báo cáo năm {year}",
            year=appeal.year,
        )
        book.set_properties(
            {"title": f"{title} - {when}", "created": dt.datetime(appeal.year, 1, 1)}
        )
        look = layout.paper(book, title, _(sheets.MARK) if appeal.illustrative else "")
        look = replace(look, looks={**look.looks, "number": _computed(book)}, page=_("Trang"))
        total = layout.sheet(
            look, _(TOTAL), (44, 16, 16, 60), tuple(map(_, ("Phần", "Điểm", "Tối đa", "Cách tính")))
        )
        _figures(look, appeal)
        _items(look, appeal)
        _rules(look, appeal)
        _total(look, total, appeal)
    return [path]


def sources(facts: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Where each (indicator, measure) stands: 'tệp | trang | ô'."""
    own = facts[facts["commune_code"].isna()]
    return {
        (f.indicator, f.measure): " | ".join(
            str(part) for part in (f.file, f.sheet, f.cell) if pd.notna(part)
        )
        for f in own.itertuples()
    }


def _computed(book: xlsxwriter.Workbook) -> Format:
    box = {"border": 1, "border_color": layout.LINES, "valign": "vcenter", "align": "right"}
    return book.add_format({**box, "num_format": "#,##0.00"})


def _total(look: layout.Paper, sheet: Worksheet, appeal: Appeal) -> None:
    parts, number, text = appeal.rules.parts, look.looks["number"], look.looks["text"]
    areas, earned = _areas(len(appeal.assessed)), appeal.assessed.groupby("part")["points"].sum()
    for row, (part, most) in enumerate(parts.items(), start=FIRST):
        if part == REPORTING:
            label, page = notation.score_name(part, None), _(ITEMS)
            points = appeal.items["points"].sum()
            formula = f"=SUM('{page}'!F{FIRST + 1}:F{FIRST + LAST_RULE})"
        else:
            label, page = f"{part} {notation.score_name(part, None)}", _(FIGURES)
            points = earned.get(part, 0.0)
            formula = f'=SUMIF({areas["A"]},"{part}",{areas["L"]})'
        layout.put(sheet, row, 0, label, text)
        sheet.write_formula(row, 1, formula, number, float(points))
        sheet.write_formula(row, 2, f"='{_(RULES)}'!B{row + 1}", number, float(most))
        layout.put(sheet, row, 3, _("Cộng cột Điểm của trang {sheet}", sheet=page), text)
    row = FIRST + len(parts)
    layout.put(sheet, row, 0, _("Tổng điểm"), look.looks["label"])
    sheet.write_formula(row, 1, f"=SUM(B{FIRST + 1}:B{row})", number, appeal.points)
    sheet.write_formula(row, 2, f"=SUM(C{FIRST + 1}:C{row})", number, float(parts.sum()))
    layout.put(sheet, row + 1, 0, _("Xếp loại đề xuất"), look.looks["label"])
    count = len(appeal.rules.grades)
    limits, grades = (f"'{_(RULES)}'!{c}{FIRST + 1}:{c}{FIRST + count}" for c in "DE")
    formula = f"=LOOKUP(ROUND(B{row + 1},9),{limits},{grades})"
    sheet.write_formula(row + 1, 1, formula, text, _(appeal.grade))
    for n, said in enumerate(map(_, EXPLAINED), start=row + 3):
        sheet.merge_range(n, 0, n, 3, said, look.looks["paragraph"])
        sheet.set_row(n, layout.height(said, 130))


def _areas(count: int) -> dict[str, str]:
    """The absolute area of each column of the sheet of figures."""
    return {c: f"'{_(FIGURES)}'!${c}${FIRST + 1}:${c}${FIRST + count}" for c in "ABCDEFGHIJKL"}


def _figures(look: layout.Paper, appeal: Appeal) -> None:
    sheet = layout.sheet(
        look, _(FIGURES), tuple(HEADERS.values()), tuple(map(_, HEADERS)), landscape=True
    )
    places = sources(appeal.facts)
    own = appeal.facts[appeal.facts["commune_code"].isna() & (appeal.facts["measure"] == "actual")]
    corrected = own.drop_duplicates("indicator").set_index("indicator")["corrected"]
    for r, row in enumerate(appeal.assessed.to_dict("records"), start=FIRST):
        due = row["due"]
        base = (
            (row["base_indicator"], "actual")
            if row["formula"] == "settled"
            else (row["indicator"], "plan")
        )
        fix = corrected.get(row["indicator"])
        texts = {
            0: row["part"],
            1: row["indicator"],
            2: indicator_name(row["indicator"]),
            3: _(WAYS[row["formula"]]),
            13: row["reason"],
            14: places.get((row["indicator"], "actual"), ""),
            15: places.get(base, ""),
            16: None if pd.isna(fix) else reading.told(fix),
        }
        for c, text in texts.items():
            layout.put(sheet, r, c, "" if pd.isna(text) else str(text), look.looks["text"])
        _typed(sheet, r, 4, *_base(row), look)
        sheet.write_number(r, 5, due, look.looks["number"])
        _typed(sheet, r, 6, *_shown(row), look)
        _typed(sheet, r, 7, row["previous"] / due, None, look)
        for c, (formula, cached) in _formulas(r + 1, row, len(appeal.assessed), appeal).items():
            sheet.write_formula(r, c, formula, look.looks["number"], cached)
        longest = max(layout.height(texts[c], width) for c, width in ((2, 34), (13, 46), (14, 34)))
        sheet.set_row(r, min(longest, layout.TALLEST))
    sheet.freeze_panes(FIRST, 3)


def _base(row: dict) -> tuple[float, object]:
    """The plan or total of a row; no number where it is held back."""
    if row["case"] == "held" and pd.isna(row["value_held"]):
        return NAN, HELD
    return row["base"], row["base_state"]


def _shown(row: dict) -> tuple[float, object]:
    """The figure of a row, or the word for why none counts: held back, or asked why none."""
    if row["case"] == LATE:
        return NAN, LATE
    if pd.notna(row["value_held"]):
        return NAN, HELD if row["case"] == HELD else ASKED
    return row["value"], row["value_state"]


def _typed(
    sheet: Worksheet, r: int, c: int, value: float, state: object, look: layout.Paper
) -> None:
    """A figure, or the word for why there is none."""
    if pd.notna(value):
        kind = "open integer" if float(value).is_integer() else "open decimal"
        sheet.write_number(r, c, float(value), look.looks[kind])
    else:
        word = "" if state is None else _(STATES.get(str(state), STATES["blank"]))
        layout.put(sheet, r, c, word, look.looks["open"])


def _formulas(line: int, row: dict, count: int, appeal: Appeal) -> dict[int, tuple[str, object]]:
    """Column -> its formula and the value it has: what is due, ratio, most, points, lost."""
    e, f, g, h, i = (f"{c}{line}" for c in "EFGHI")
    falls = f"IF({g}<={i},1,IF(N({h})*{f}>{i},({h}*{f}-{g})/({h}*{f}-{i}),{i}/{g}))"
    way = falls if row["formula"] == "down" else f"{g}/{i}"
    not_assessed = _(NOT_ASSESSED)
    out = ",".join(f'{c}="{_(STATES[s])}"' for s in ("not_applicable", HELD) for c in (e, g))
    ratio = f'=IF(OR({out},N({e})<=0),"{not_assessed}",IF(ISNUMBER({g}),MAX(0,MIN(1,{way})),0))'
    areas, n = _areas(count), list(appeal.rules.parts.index).index(row["part"])
    assessed = f'COUNTIFS({areas["A"]},A{line},{areas["J"]},">=0")'
    most = f"=IF(ISNUMBER(J{line}),'{_(RULES)}'!$B${FIRST + 1 + n}/{assessed},0)"
    known = pd.notna(row["ratio"])
    return {
        8: (f'=IF(ISNUMBER({e}),{e}*{f},"")', row["target"] if pd.notna(row["target"]) else ""),
        9: (ratio, row["ratio"] if known else not_assessed),
        10: (most, row["max_points"]),
        11: (f"=IF(ISNUMBER(J{line}),J{line}*K{line},0)", row["points"]),
        12: (f"=K{line}-L{line}", row["max_points"] - row["points"]),
    }


def _items(look: layout.Paper, appeal: Appeal) -> None:
    headers = ("Mục", "Số đếm được", "Số phải có", "Trừ mỗi", "Tối đa", "Điểm", "Vì sao")
    sheet = layout.sheet(look, _(ITEMS), (28, 14, 14, 12, 12, 12, 50), tuple(map(_, headers)))
    names = reference.table("score_reporting").drop_duplicates("item", keep="last")
    names = names.set_index("item")["name_vi"]
    for r, row in enumerate(appeal.items.itertuples(), start=FIRST):
        line, rule = r + 1, appeal.rules.items.loc[row.indicator]
        layout.put(sheet, r, 0, _(names[row.indicator]), look.looks["text"])
        _typed(sheet, r, 1, row.value, "blank", look)
        _typed(sheet, r, 2, row.plan, None, look)
        _typed(sheet, r, 3, rule["deduction"], None, look)
        sheet.write_number(r, 4, rule["points"], look.looks["number"])
        if row.indicator == "cells_filled":
            formula = f"=IF(N(C{line})>0,MAX(0,E{line}*B{line}/C{line}),0)"
        else:
            formula = f"=IF(ISNUMBER(B{line}),MAX(0,E{line}-D{line}*B{line}),0)"
        sheet.write_formula(r, 5, formula, look.looks["number"], row.points)
        layout.put(sheet, r, 6, row.reason, look.looks["text"])


def _rules(look: layout.Paper, appeal: Appeal) -> None:
    """Points of the parts, and grades from the lowest, as LOOKUP wants them."""
    headers = ("Phần", "Điểm tối đa", "", "Từ điểm", "Xếp loại")
    sheet = layout.sheet(look, _(RULES), (16, 14, 4, 14, 20), tuple(map(_, headers)))
    for r, (part, points) in enumerate(appeal.rules.parts.items(), start=FIRST):
        layout.put(sheet, r, 0, part, look.looks["text"])
        sheet.write_number(r, 1, points, look.looks["number"])
    for r, row in enumerate(appeal.rules.grades[::-1].itertuples(), start=FIRST):
        sheet.write_number(r, 3, row.at_least, look.looks["number"])
        layout.put(sheet, r, 4, _(row.grade), look.looks["text"])
