"""The household form for KoboToolbox and ODK, from the same question list as sheet Hài lòng."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from ntm_eval import reference, units
from ntm_eval.intake import names, sheets
from ntm_eval.intake.communes import RURAL
from ntm_eval.workspace import AnalystError, write_beside, year_and_period

LANGUAGE = "Tiếng Việt (vi)"
LABEL, HINT, MESSAGE = (f"{c}::{LANGUAGE}" for c in ("label", "hint", "constraint_message"))
SURVEY = (
    *("type", "name", LABEL, HINT, "required", "appearance", "choice_filter"),
    *("constraint", MESSAGE, "calculation"),
)
CHOICES = ("list_name", "name", LABEL, "ma_huyen")
SETTINGS = ("form_title", "form_id", "version", "default_language")
ANSWERS = {
    "hai_long": "Hài lòng",
    "chua_hai_long": "Chưa hài lòng",
    "khong_tra_loi": "Không trả lời",
}
NO_NAMES = (
    "Phiếu này không ghi họ tên, số điện thoại, số căn cước hay bất kỳ thông tin nào nhận ra người "
    "trả lời. Chỉ ghi các mã số."
)
CODES = (
    ("ma_ban", "Mã số bản, tiểu khu", "Số thứ tự bản, tiểu khu trong danh sách của xã."),
    (
        "ma_ho",
        "Mã số hộ",
        "Số thứ tự hộ trong danh sách của bản, tiểu khu; không ghi tên chủ hộ.",
    ),
    (
        "ma_nguoi_thu_phieu",
        "Mã số người thu phiếu",
        "Số do xã giao cho người thu phiếu; không ghi họ tên.",
    ),
)
Row = Mapping[str, str]
EMPTY: Row = {}


def survey_types() -> list[str]:
    """The survey types that there is a question list for."""
    return list(names.questions())


def file_name(survey: str, year: int) -> str:
    """The name of a survey's form, as 'phieu-hai-long-xa-ntm-2022.xlsx'."""
    return f"phieu-hai-long-{units.fold(survey).replace(' ', '-')}-{year}.xlsx"


def write_survey(
    path: Path, districts: Sequence[units.District], year: int, survey: str, period: str = "annual"
) -> None:
    """Write the XLSForm of one survey type; the same input gives the same bytes.

    Households of xã are asked, those of phường and thị trấn about đô thị văn minh. The texts of the
    questions are not given here: whoever deploys the form writes them after 'Câu 1', 'Câu 2'.

    Raises
    ------
    AnalystError
        Where the year or the survey type cannot be right.
    """
    year, period = year_and_period(year, period)
    known = {units.fold(s): s for s in survey_types()}
    name = known.get(units.fold(survey))
    if name is None:
        raise AnalystError(
            f"Không có loại khảo sát '{survey}'. Chọn một trong: {', '.join(known.values())}."
        )
    pages = {
        "survey": (SURVEY, _questions(name)),
        "choices": (
            CHOICES,
            _choices(districts, units.day(year, period), rural=name != sheets.TOWN_SURVEY),
        ),
        "settings": (SETTINGS, [_settings(name, year)]),
    }
    with write_beside(path) as draft, xlsxwriter.Workbook(str(draft), {"in_memory": True}) as book:
        book.set_properties({"title": path.stem, "created": dt.datetime(year, 1, 1)})
        head = book.add_format({"bold": True})
        for sheet, (columns, rows) in pages.items():
            made = book.add_worksheet(sheet)
            made.freeze_panes(1, 0)
            made.set_column(0, len(columns) - 1, 24)
            made.write_row(0, 0, columns, head)
            for r, row in enumerate(rows, start=1):
                for c, column in enumerate(columns):
                    made.write_string(r, c, row.get(column, ""))


def _questions(survey: str) -> list[Row]:
    """The rows of sheet survey: metadata, whose form, then a question for each content."""
    row = reference.table("surveys").set_index("survey").loc[survey]
    labels = {n: f"Câu {n}" for n in range(1, row["questions"] + 1)}
    labels[row["overall"]] += " (câu hỏi chung)"
    return [
        {"type": "start", "name": "start"},
        {"type": "end", "name": "end"},
        {"type": "calculate", "name": "loai_khao_sat", "calculation": f"'{_code(survey)}'"},
        {"type": "note", "name": "khong_ghi_ten", LABEL: NO_NAMES},
        *_whose("Phường, thị trấn" if survey == sheets.TOWN_SURVEY else "Xã"),
        {"type": "begin_group", "name": "khao_sat", LABEL: f"Phiếu lấy ý kiến: {survey}"},
        *(_asked("select_one tra_loi", f"cau_{i}", label) for i, label in labels.items()),
        {"type": "end_group"},
    ]


def _whose(commune: str) -> list[Row]:
    """The commune by its district, and the codes that tell one form from another."""
    of_district = {"choice_filter": "ma_huyen = ${ma_huyen}"}
    number = {"constraint": ". > 0 and . <= 9999", MESSAGE: "Ghi số từ 1 đến 9999."}
    return [
        _asked("select_one huyen", "ma_huyen", "Huyện, thành phố"),
        _asked("select_one xa", "ma_xa", commune, of_district),
        *(_asked("integer", name, label, number | {HINT: hint}) for name, label, hint in CODES),
    ]


def _asked(kind: str, name: str, label: str, more: Row = EMPTY) -> Row:
    return {"type": kind, "name": name, LABEL: label, "required": "yes", **more}


def _choices(districts: Sequence[units.District], day: dt.date, rural: bool) -> list[Row]:
    communes = [
        {"list_name": "xa", "name": c.code, LABEL: c.name, "ma_huyen": d.code}
        for d in districts
        for c in units.communes(d.code, day)
        if (c.kind == RURAL) == rural
    ]
    asked = {row["ma_huyen"] for row in communes}
    own = [
        {"list_name": "huyen", "name": d.code, LABEL: d.name} for d in districts if d.code in asked
    ]
    answers = [{"list_name": "tra_loi", "name": a, LABEL: text} for a, text in ANSWERS.items()]
    return [*own, *communes, *answers]


def _settings(survey: str, year: int) -> Row:
    return {
        "form_title": f"Phiếu lấy ý kiến hài lòng: {survey}, năm {year}",
        "form_id": f"phieu_{_code(survey)}_{year}",
        "version": str(year),
        "default_language": LANGUAGE,
    }


def _code(survey: str) -> str:
    """'xa_ntm' for 'xã NTM': what the form writes and the reader knows again."""
    return units.fold(survey).replace(" ", "_")
