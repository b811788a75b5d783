"""The form of inspections: what is chosen is locked, what is found can be typed, and comes back."""

import openpyxl
import pytest

from ntm_eval import units
from ntm_eval.exchange import inspection_form as forms
from ntm_eval.intake import inspected

CELL = {
    "district_code": "127",
    "indicator": "C1-16",
    "value": 20.0,
    "communes": "04231 04240",
}
DAY = units.day(2022, "annual")


@pytest.fixture
def path(tmp_path):
    rows = [forms.row(CELL, "=Chọn ngẫu nhiên."), forms.row(CELL | {"indicator": "C1-17"}, "")]
    found = tmp_path / "inspections.xlsx"
    forms.write(found, forms.Form(2022, "annual", rows, "Số 2022.", True))
    return found


def columns(sheet):
    return {cell.value: cell.column for cell in sheet[forms.FIRST_ROW]}


def test_what_was_chosen_is_locked_and_what_is_found_can_be_typed(path):
    sheet = openpyxl.load_workbook(path)["Kiểm tra"]
    assert sheet.protection.sheet
    at = columns(sheet)
    row, free = sheet[forms.FIRST_ROW + 1], sheet[forms.FIRST_ROW + 3]
    locked = {name for name, c in at.items() if row[c - 1].protection.locked}
    assert locked == {
        "Huyện, thành phố",
        "Xã, phường, thị trấn",
        "Chỉ tiêu",
        "Số đã báo cáo",
        *forms.MORE,
    }
    assert {n for n, c in at.items() if free[c - 1].protection.locked} == set(forms.MORE)
    assert row[at["Vì sao chọn"] - 1].data_type == "s"  # no formula, whatever it begins with


def test_lists_offer_units_their_communes_and_indicators(path):
    book = openpyxl.load_workbook(path)
    rules = book["Kiểm tra"].data_validations.dataValidation
    lists = [rule.formula1 for rule in rules if rule.type == "list"]
    assert len(lists) == 3
    assert sum("OFFSET" in formula for formula in lists) == 1
    units_, communes, indicators = (
        [c.value for c in column]
        for column in list(book["Danh mục"].iter_cols(min_row=forms.FIRST_ROW + 1, max_col=3))
    )
    assert len(communes) == 204
    assert units_ == sorted(units_, key=units_.index)  # each unit's communes stand together
    assert indicators[0].startswith("C1-01 ")


def test_the_form_comes_back_as_inspections(path):
    book = openpyxl.load_workbook(path)
    sheet = book["Kiểm tra"]
    at = columns(sheet)
    first = forms.FIRST_ROW + 1
    sheet.cell(first, at["Số kiểm tra được"], 17)
    spare = first + 2
    for name, value in {
        "Huyện, thành phố": "Huyện Sốp Cộp",
        "Xã, phường, thị trấn": "Xã Mường Và",
        "Chỉ tiêu": "C1-17 Nhà tạm, nhà dột nát còn lại cuối kỳ",
        "Số đã báo cáo": 4,
        "Số kiểm tra được": 0,
    }.items():
        sheet.cell(spare, at[name], value)
    book.save(path)
    found, (waiting,) = inspected.read(path.parent, DAY)
    assert [(i.key, i.reported, i.found, i.line) for i in found] == [
        (("127", None, "C1-16"), 20, 17, first),
        (("127", "04243", "C1-17"), 4, 0, spare),
    ]
    assert "1 dòng chưa ghi số kiểm tra được" in waiting.message


def test_the_same_form_is_the_same_bytes(path, tmp_path):
    again = tmp_path / "again.xlsx"
    rows = [forms.row(CELL, "=Chọn ngẫu nhiên."), forms.row(CELL | {"indicator": "C1-17"}, "")]
    forms.write(again, forms.Form(2022, "annual", rows, "Số 2022.", True))
    assert again.read_bytes() == path.read_bytes()
