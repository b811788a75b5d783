"""The sheets and header texts of the workbook: one home for writing and reading them."""

from __future__ import annotations

from datetime import date

from ntm_eval import reference
from ntm_eval.language import N_

INFO = "Thông tin"
FIGURES = "Chỉ tiêu"
COMMUNES = "Xã"
SATISFACTION = "Hài lòng"
TOWNS = "Đô thị văn minh"
ORGANISATIONS = "Đoàn thể"
GUIDE = "Hướng dẫn"
MARK = "SỐ LIỆU MINH HỌA"

# label on the sheet -> our name for it
INFO_LABELS = {
    "Huyện/thành phố": "district",
    "Năm": "year",
    "Kỳ báo cáo": "period",
    "Ngày chốt số liệu": "cut_off",
    "Ngày gửi": "sent",
    "Người lập": "prepared_by",
    "Người duyệt": "approved_by",
    "Công tác lãnh đạo, chỉ đạo": "leadership",
    "Hạn chế, nguyên nhân": "limitations",
    "Phương hướng": "directions",
    "Kiến nghị": "recommendations",
    "Mẫu": "edition",
}
# The edition of the form in which a sheet came; an older workbook does not owe it.
SINCE = {TOWNS: 2, ORGANISATIONS: 2}
PERIOD_NAMES = {"h1": "6 tháng", "annual": "Năm"}

FIGURE_HEADERS = {
    "Mã": "indicator",
    "Chỉ tiêu": "name",
    "Đơn vị tính": "unit",
    "Kế hoạch năm": "plan",
    "Thực hiện": "actual",
    "Tự chấm điểm": "self_score",
    "Ghi chú": "note",
}
MEASURES = ("actual", "plan", "self_score")

CRITERIA = tuple(f"TC{n}" for n in range(1, 20))
TITLES = ("NTM", N_("NTM nâng cao"), N_("NTM kiểu mẫu"), N_("Đô thị văn minh"))
MET, NOT_YET = "Đ", "C"
COMMUNE_HEADERS = {
    "Mã xã": "commune_code",
    "Tên xã": "commune",
    "Loại": "kind",
    "Đăng ký": "registered",
    "Danh hiệu": "title",
    **{c: c for c in CRITERIA},
    "Tổng số hộ": "households",
    "Hộ nghèo": "poor",
    "Hộ cận nghèo": "near_poor",
    "Hộ Gia đình văn hóa": "cultural_households",
    "Nhà tạm còn lại": "temporary_houses",
}
COMMUNE_COUNTS = ("households", "poor", "near_poor", "cultural_households", "temporary_houses")

TOWN_CRITERIA = CRITERIA[:9]
TOWN_HEADERS = {
    "Mã": "commune_code",
    "Tên phường, thị trấn": "commune",
    "Đăng ký": "registered",
    "Năm đăng ký": "registered_year",
    **{c: c for c in TOWN_CRITERIA},
    "Danh hiệu": "title",
    "Ghi chú": "note",
}

ORGANISATION_HEADERS = {
    "Tổ chức": "name",
    "Việc đăng ký thực hiện": "work",
    "Kết quả": "result",
    "Mô hình": "model",
    "Số người tham gia": "participants",
    "Giá trị (đồng)": "amount",
    "Ghi chú": "note",
}

SATISFACTION_HEADERS = {
    "Mã xã": "commune_code",
    "Tên xã": "commune",
    "Loại khảo sát": "survey",
    "Tổng số hộ": "households",
    "Phiếu phát": "issued",
    "Phiếu thu": "collected",
    "Câu": "question",
    "Hài lòng": "satisfied",
    "Chưa hài lòng": "unsatisfied",
    "Không trả lời": "no_answer",
}
TOWN_SURVEY = "đô thị văn minh"  # of phường and thị trấn; the others are of xã
ANSWERS = ("satisfied", "unsatisfied", "no_answer")
SATISFACTION_COUNTS = ("households", "issued", "collected", *ANSWERS)
TABLES = {
    FIGURES: FIGURE_HEADERS,
    COMMUNES: COMMUNE_HEADERS,
    SATISFACTION: SATISFACTION_HEADERS,
    TOWNS: TOWN_HEADERS,
    ORGANISATIONS: ORGANISATION_HEADERS,
}
# every header of a table and its name, and beside them the labels of `Thông tin`
# of a key in several tables the text of the first
_FIRST_LAST = reversed([*TABLES.values()])
MEASURE_NAMES = {key: text for headers in _FIRST_LAST for text, key in headers.items()}
TEXTS = (*INFO_LABELS, *(text for headers in TABLES.values() for text in headers))


def edition(on: date) -> int:
    """The edition of the form that reports of a day are written on; before any row the first."""
    rows = reference.at(reference.table("constants"), on)
    return int(max([1, *rows.loc[rows["name"] == "form_edition", "value"]]))
