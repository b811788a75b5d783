"""The form is the contract's: its sheets, headers and rows, and how it prints."""

from datetime import date

import openpyxl
import pytest
from form_books import FIRST, HEADERS, SHEETS, THUAN_CHAU, column, every_cell, written

from ntm_eval import reference, units
from ntm_eval.workspace import AnalystError

LABELS = [
    "Huyện/thành phố",
    "Năm",
    "Kỳ báo cáo",
    "Ngày chốt số liệu",
    "Ngày gửi",
    "Người lập",
    "Người duyệt",
    "Công tác lãnh đạo, chỉ đạo",
    "Hạn chế, nguyên nhân",
    "Phương hướng",
    "Kiến nghị",
    "Mẫu",
]


def test_the_sheets_are_those_of_the_contract_and_none_is_hidden(template):
    assert template.sheetnames == SHEETS
    assert {sheet.sheet_state for sheet in template} == {"visible"}


def test_the_headers_are_those_of_the_contract(template):
    for sheet, headers in HEADERS.items():
        assert [cell.value for cell in template[sheet][FIRST - 1]] == headers


def test_the_information_sheet_names_district_year_and_period(template):
    pairs = [(a.value, b.value) for a, b in template["Thông tin"].iter_rows(min_row=3)]
    assert [label for label, _ in pairs] == LABELS
    assert dict(pairs[:3]) == {
        "Huyện/thành phố": "Huyện Thuận Châu",
        "Năm": 2022,
        "Kỳ báo cáo": "Năm",
    }
    assert pairs[-1] == ("Mẫu", 2)
    assert all(value is None for _, value in pairs[3:-1])


def test_before_2022_and_without_towns_there_is_no_sheet_for_them(tmp_path):
    for district, year in ((THUAN_CHAU, 2021), (units.district("quynh-nhai"), 2022)):
        book = openpyxl.load_workbook(written(tmp_path, district=district, year=year))
        assert "Đô thị văn minh" not in book.sheetnames
        assert book["Thông tin"]["B14"].value == (1 if year == 2021 else 2)


def test_a_six_month_report_is_called_so(tmp_path):
    book = openpyxl.load_workbook(written(tmp_path, period="h1"))
    assert book["Thông tin"]["B5"].value == "6 tháng"
    assert book["Xã"]["A1"].value == "XÃ - Huyện Thuận Châu - Báo cáo 6 tháng đầu năm 2022"


@pytest.mark.parametrize(("period", "rows"), [("annual", 82), ("h1", 71)])
def test_each_indicator_due_has_one_row_in_the_order_of_the_catalogue(tmp_path, period, rows):
    book = openpyxl.load_workbook(written(tmp_path, period=period))
    codes = [cell.value for cell in column(book, "Chỉ tiêu", "Mã") if cell.value]
    assert len(codes) == rows
    assert codes == sorted(codes)
    assert codes == list(reference.due(period)["id"])


def test_an_annual_indicator_is_not_owed_at_mid_year():
    assert "C2-01" in set(reference.due("annual")["id"])
    assert "C2-01" not in set(reference.due("h1")["id"])


def test_a_band_names_the_content_and_nothing_else(template):
    bands = [r for r in template["Chỉ tiêu"].iter_rows(min_row=FIRST) if not r[0].value]
    assert len(bands) == 6
    assert bands[0][1].value == "I. Kinh tế, giảm nghèo"
    assert all(cell.value is None for row in bands for cell in row if cell.column != 2)
    assert all(cell.protection.locked for row in bands for cell in row)


def test_only_the_districts_communes_stand_on_the_sheet(template):
    members = units.communes("119", date(2022, 12, 31))
    assert [c.value for c in column(template, "Xã", "Mã xã")] == [c.code for c in members]
    assert [c.value for c in column(template, "Xã", "Tên xã")] == [c.name for c in members]
    assert len(members) == 29
    assert all(c.data_type == "s" for c in column(template, "Xã", "Mã xã"))


def test_a_district_that_has_ended_gets_no_form_and_is_told_who_reports_now(tmp_path):
    with pytest.raises(AnalystError, match=r"từ ngày 01/7/2025 xã, phường báo cáo"):
        written(tmp_path, year=2026)


def test_every_sheet_prints_on_a4_one_page_wide_with_its_header_repeated(template):
    for sheet in template:
        setup = sheet.page_setup
        wanted = (
            "landscape"
            if sheet.title in ("Xã", "Hài lòng", "Đô thị văn minh", "Đoàn thể")
            else "portrait"
        )
        assert (setup.paperSize, setup.orientation or "portrait") == (9, wanted)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (setup.fitToWidth or 1, setup.fitToHeight) == (1, 0)
        assert "&P" in sheet.oddFooter.right.text
    for name in HEADERS:
        assert template[name].print_title_rows == "$1:$3"
        assert template[name].freeze_panes in ("A4", "B4", "C4")


def test_times_new_roman_is_set_on_every_cell(template):
    assert {cell.font.name for cell in every_cell(template)} == {"Times New Roman"}


def test_an_unknown_period_is_refused(tmp_path):
    with pytest.raises(AnalystError, match="Kỳ báo cáo 'quy1' không có"):
        written(tmp_path, period="quy1")
    assert not list(tmp_path.iterdir())
