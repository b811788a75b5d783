"""The form written and looked at, against the literal texts of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import openpyxl

from ntm_eval import units
from ntm_eval.exchange import template as forms

# Literal on purpose: contract §2 is the promise, `sheets` only its copy in code.
SHEETS = ["Thông tin", "Chỉ tiêu", "Xã", "Hài lòng", "Đô thị văn minh", "Đoàn thể", "Hướng dẫn"]
HEADERS = {
    "Chỉ tiêu": [
        "Mã",
        "Chỉ tiêu",
        "Đơn vị tính",
        "Kế hoạch năm",
        "Thực hiện",
        "Tự chấm điểm",
        "Ghi chú",
    ],
    "Xã": [
        "Mã xã",
        "Tên xã",
        "Loại",
        "Đăng ký",
        "Danh hiệu",
        "TC1",
        "TC2",
        "TC3",
        "TC4",
        "TC5",
        "TC6",
        "TC7",
        "TC8",
        "TC9",
        "TC10",
        "TC11",
        "TC12",
        "TC13",
        "TC14",
        "TC15",
        "TC16",
        "TC17",
        "TC18",
        "TC19",
        "Tổng số hộ",
        "Hộ nghèo",
        "Hộ cận nghèo",
        "Hộ Gia đình văn hóa",
        "Nhà tạm còn lại",
    ],
    "Hài lòng": [
        "Mã xã",
        "Tên xã",
        "Loại khảo sát",
        "Tổng số hộ",
        "Phiếu phát",
        "Phiếu thu",
        "Câu",
        "Hài lòng",
        "Chưa hài lòng",
        "Không trả lời",
    ],
    "Đô thị văn minh": [
        "Mã",
        "Tên phường, thị trấn",
        "Đăng ký",
        "Năm đăng ký",
        "TC1",
        "TC2",
        "TC3",
        "TC4",
        "TC5",
        "TC6",
        "TC7",
        "TC8",
        "TC9",
        "Danh hiệu",
        "Ghi chú",
    ],
    "Đoàn thể": [
        "Tổ chức",
        "Việc đăng ký thực hiện",
        "Kết quả",
        "Mô hình",
        "Số người tham gia",
        "Giá trị (đồng)",
        "Ghi chú",
    ],
}
FIRST = 4  # the row of the first figure, below title, hint and header
THUAN_CHAU = units.district("thuan-chau")


def written(folder: Path, content=forms.EMPTY, district=THUAN_CHAU, year=2022, period="annual"):
    path = folder / f"{district.slug}-{year}-{period}.xlsx"
    forms.write_workbook(path, district, year, period, content)
    return path


def figure_rows(book: openpyxl.Workbook) -> dict[str, tuple]:
    rows = book["Chỉ tiêu"].iter_rows(min_row=FIRST)
    return {row[0].value: row for row in rows if row[0].value}


def column(book: openpyxl.Workbook, sheet: str, header: str) -> list:
    c = HEADERS[sheet].index(header) + 1
    rows = book[sheet].iter_rows(min_row=FIRST, min_col=c, max_col=c)
    return [cell for (cell,) in rows]


def rule_of(book: openpyxl.Workbook, sheet: str, ref: str):
    """The one validation that covers a cell."""
    found = [v for v in book[sheet].data_validations.dataValidation if ref in v.sqref]
    assert len(found) == 1, f"{sheet}!{ref}: {len(found)} validations"
    return found[0]


def every_cell(book: openpyxl.Workbook) -> Iterator:
    for sheet in book:
        for row in sheet.iter_rows():
            yield from row
