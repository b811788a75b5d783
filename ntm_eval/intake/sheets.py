"""The sheets and header texts of the workbook: one home for writing and reading them."""

from __future__ import annotations

from ntm_eval.language import N_

INFO = "Thông tin"
FIGURES = "Chỉ tiêu"
COMMUNES = "Xã"
SATISFACTION = "Hài lòng"
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
EDITION = 1  # of the form; a workbook without the label is of the first
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
ANSWERS = ("satisfied", "unsatisfied", "no_answer")
SATISFACTION_COUNTS = ("households", "issued", "collected", *ANSWERS)
TABLES = {
    FIGURES: FIGURE_HEADERS,
    COMMUNES: COMMUNE_HEADERS,
    SATISFACTION: SATISFACTION_HEADERS,
}
# every header of a table and its name, and beside them the labels of `Thông tin`
MEASURE_NAMES = {key: text for headers in TABLES.values() for text, key in headers.items()}
TEXTS = (*INFO_LABELS, *(text for headers in TABLES.values() for text in headers))
