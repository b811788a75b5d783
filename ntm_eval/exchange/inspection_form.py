"""The form that inspectors fill in: what to recount and why; filled in, it is read as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter.worksheet import Worksheet

from ntm_eval import reference, units
from ntm_eval.exchange import guide, layout
from ntm_eval.exchange.layout import FIRST_ROW
from ntm_eval.intake import sheets
from ntm_eval.intake.delimited import INSPECTED
from ntm_eval.intake.inspected import HEADERS

SHEET, LISTS, GUIDE = "Kiểm tra", "Danh mục", "Hướng dẫn"
# beside the columns that are read: what helps the inspector
MORE = {"Đơn vị tính": "unit", "Vì sao chọn": "why", "Gợi ý nơi đến": "communes"}
ORDER = ("district", "commune", "indicator", "unit", "reported", "found", "document", "date")
_NAMED = {key: header for header, key in (HEADERS | MORE).items()}
COLUMNS = {_NAMED[key]: key for key in (*ORDER, "inspected_by", "note", "why", "communes")}
WIDTHS = (21, 22, 40, 11, 15, 14, 24, 13, 17, 18, 40, 40)
READY_ROWS = 60  # for more communes of one figure, or for others
HINT = (
    "Chỉ điền vào các ô nền vàng nhạt. Kiểm tra ở xã: ghi mỗi xã một dòng trong phần dòng trống "
    "bên dưới, số đã báo cáo là số xã đó báo cáo."
)
NOT_BELOW_ZERO = {
    "validate": "decimal",
    "criteria": ">=",
    "value": 0,
    "error_title": "Kiểm tra lại số liệu",
    "error_message": "Ghi số từ 0 trở lên: số đếm được, không ghi khoảng.",
}
STEPS = (
    "Mỗi dòng là một số liệu cần đối chiếu với hồ sơ gốc (sổ theo dõi, danh sách, biên bản) tại "
    "nơi lập hồ sơ. Ghi số đếm được vào cột Số kiểm tra được; 0 là không có.",
    "Số của cả huyện, thành phố: đối chiếu hồ sơ của mọi xã. Không đi hết các xã được thì đến các "
    "xã ở cột Gợi ý nơi đến (chọn ngẫu nhiên), mỗi xã ghi một dòng ở phần dòng trống bên dưới.",
    "Dòng chưa ghi số kiểm tra được là chưa kiểm tra; số liệu đó không đổi.",
    f"Điền xong, đặt tệp vào thư mục báo cáo của kỳ dưới tên {INSPECTED[1]}, lập lại báo cáo.",
)


@dataclass(frozen=True)
class Form:
    """What is to be recounted of one year and period.

    `rows` as `HEADERS` and `MORE` name them, `chosen` tells how they were chosen, with the seed.
    """

    year: int
    period: str
    rows: Sequence[Mapping[str, object]]
    chosen: str
    illustrative: bool


def row(cell: Mapping[str, object], why: str) -> dict[str, object]:
    """One proposed figure (`analysis.recount`) as a row of the form; `why` in words."""
    code, about = str(cell["indicator"]), reference.indicator(str(cell["indicator"]))
    unit = units.district(cell["district_code"])
    communes = [units.commune_name(c, unit.code) for c in str(cell["communes"]).split()]
    return {
        "district": unit.name,
        "indicator": f"{code} {about['name_vi']}",
        "unit": about["unit"],
        "reported": cell["value"],
        "why": why,
        "communes": ", ".join(communes),
    }


def write(path: Path, form: Form) -> None:
    """Write the form as XLSX; the same form gives the same bytes."""
    title = f"Kiểm tra tại cơ sở - {guide.report_name(form.year, form.period)}"
    mark = sheets.MARK if form.illustrative else ""
    with layout.workbook(path, title, form.year, mark) as paper:
        sheet = layout.sheet(paper, SHEET, WIDTHS, COLUMNS, 3, landscape=True)
        sheet.write_string(layout.HINT_ROW, 0, HINT, paper.looks["hint"])
        last = FIRST_ROW + len(form.rows) + READY_ROWS - 1
        for r, typed in enumerate([*form.rows, *[{}] * READY_ROWS], start=FIRST_ROW):
            _row(paper, sheet, r, typed)
        _rules(sheet, form.year, _lists(paper, form), (FIRST_ROW, last))
        guided = layout.sheet(paper, GUIDE, (4, 100))
        for r, text in enumerate((*STEPS, form.chosen), start=FIRST_ROW):
            guided.set_row(r, layout.height(text, 100))
            guided.write_string(r, 0, f"{r - FIRST_ROW + 1}.", paper.looks["paragraph"])
            guided.write_string(r, 1, text, paper.looks["paragraph"])


def _row(paper: layout.Paper, sheet: Worksheet, r: int, typed: Mapping[str, object]) -> None:
    """A figure to recount, or an empty row; what was chosen stays as it is."""
    fixed = ("district", "commune", "indicator", "reported") if typed else ()
    looks = {"found": "open decimal", "reported": "open decimal", "date": "open day"}
    looks |= dict.fromkeys((*fixed, *MORE.values()), "text")
    looks |= {"reported": "figure"} if typed else {}
    keys = list(COLUMNS.values())
    long = (
        layout.height(typed.get(key), WIDTHS[keys.index(key)] - 4) for key in ("why", "communes")
    )
    sheet.set_row(r, max(*long, layout.height(typed.get("indicator"), WIDTHS[2] - 2)))
    for c, key in enumerate(keys):
        value = typed.get(key)
        layout.put(sheet, r, c, value, paper.looks[looks.get(key, "open")])


def _lists(paper: layout.Paper, form: Form) -> list[str]:
    """What may be chosen: each unit with its communes, and the indicators; where they stand."""
    sheet = layout.sheet(paper, LISTS, (26, 26, 60, 26))
    on = units.day(form.year, form.period)
    reporting, due = units.reporting(on), reference.due(form.period)
    choices: dict[int, list[tuple[str, ...]]] = {
        0: [(u.name, c.name) for u in reporting for c in units.communes(u.code, on)],
        2: [(f"{code} {name}",) for code, name in due[["id", "name_vi"]].to_numpy()],
        3: [(unit.name,) for unit in reporting],
    }
    for c, rows in choices.items():
        for r, texts in enumerate(rows, start=FIRST_ROW):
            sheet.write_row(r, c, texts, paper.looks["text"])
    ends = {c: FIRST_ROW + len(rows) - 1 for c, rows in choices.items()}
    return [f"'{LISTS}'!{layout.address(c, (FIRST_ROW, end))}" for c, end in ends.items()]


def _rules(sheet: Worksheet, year: int, lists: list[str], rows: tuple[int, int]) -> None:
    named, listed, reporting = lists
    first = f"'{LISTS}'!$B${FIRST_ROW + 1}"
    here = f"$A{rows[0] + 1}"
    # the communes of the unit in the same row: the list is in the order of units
    communes = f"=OFFSET({first},MATCH({here},{named},0)-1,0,COUNTIF({named},{here}),1)"
    days = {
        "validate": "date",
        "criteria": "between",
        "minimum": dt.date(year, 1, 1),
        "maximum": dt.date(year + 1, 12, 31),
        "error_title": "Kiểm tra lại ngày",
        "error_message": "Ghi ngày/tháng/năm.",
    }
    rules = {
        ("district",): layout.one_of(f"={reporting}"),
        ("commune",): layout.one_of(communes),
        ("indicator",): layout.one_of(f"={listed}"),
        ("reported", "found"): NOT_BELOW_ZERO,
        ("date",): days,
    }
    for keys, rule in rules.items():
        layout.ask(sheet, layout.columns(COLUMNS, keys, rows), rule)
