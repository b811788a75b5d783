"""The workbook is the contract's, good enough to send out, and keeps what is typed as typed."""

import shutil
import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import python_calamine as calamine

from ntm_eval import reference, units
from ntm_eval.intake import clean, forms, guide, workbook
from ntm_eval.intake.problems import Place
from ntm_eval.intake.received import Report
from ntm_eval.workspace import AnalystError

# Literal on purpose: contract §2 is the promise, `sheets` only its copy in code.
SHEETS = ["Thông tin", "Chỉ tiêu", "Xã", "Hài lòng", "Hướng dẫn"]
LABELS = [
    "Huyện/thành phố", "Năm", "Kỳ báo cáo", "Ngày chốt số liệu", "Ngày gửi", "Người lập",
    "Người duyệt", "Công tác lãnh đạo, chỉ đạo", "Hạn chế, nguyên nhân", "Phương hướng",
    "Kiến nghị",
]  # fmt: skip
HEADERS = {
    "Chỉ tiêu": [
        "Mã", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch năm", "Thực hiện", "Tự chấm điểm", "Ghi chú",
    ],
    "Xã": [
        "Mã xã", "Tên xã", "Loại", "Đăng ký", "Danh hiệu", "TC1", "TC2", "TC3", "TC4", "TC5",
        "TC6", "TC7", "TC8", "TC9", "TC10", "TC11", "TC12", "TC13", "TC14", "TC15", "TC16",
        "TC17", "TC18", "TC19", "Tổng số hộ", "Hộ nghèo", "Hộ cận nghèo", "Hộ Gia đình văn hóa",
        "Nhà tạm còn lại",
    ],
    "Hài lòng": [
        "Mã xã", "Tên xã", "Loại khảo sát", "Tổng số hộ", "Phiếu phát", "Phiếu thu", "Câu",
        "Hài lòng", "Chưa hài lòng", "Không trả lời",
    ],
}  # fmt: skip
FIRST = 4  # the row of the first figure, below title, hint and header

THUAN_CHAU = units.district("thuan-chau")
TYPED = forms.Content(
    info={"cut_off": date(2022, 11, 30), "prepared_by": "=1+1", "leadership": "Đã chỉ đạo."},
    figures={
        ("C1-01", "actual"): 1121,
        ("C1-01", "plan"): 1350,
        ("C1-05", "actual"): "2 tỷ 100 triệu",
        ("C1-06", "actual"): 51.1,
        ("C1-02", "actual"): "1.043",
        ("C1-04", "actual"): 0,
        ("C1-27", "actual"): "KAD",
    },
    notes={"C1-01": "=HYPERLINK(A1)"},
    communes={"03751": {"registered": "NTM", "TC1": "Đ", "TC2": "C", "households": 995}},
    satisfaction=[
        {
            "commune_code": "03751", "commune": "Xã Chiềng Ly", "survey": "xã NTM",
            "households": 995, "issued": 957, "collected": 717, "question": 19,
            "satisfied": 699, "unsatisfied": 17, "no_answer": 1,
        }
    ],
    mark="SỐ LIỆU MINH HỌA",
)  # fmt: skip


def written(folder: Path, content=forms.EMPTY, district=THUAN_CHAU, year=2022, period="annual"):
    path = folder / f"{district.slug}-{year}-{period}.xlsx"
    forms.write_workbook(path, district, year, period, content)
    return path


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> openpyxl.Workbook:
    return openpyxl.load_workbook(written(tmp_path_factory.mktemp("template")))


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> openpyxl.Workbook:
    return openpyxl.load_workbook(written(tmp_path_factory.mktemp("filled"), TYPED))


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
        "Huyện/thành phố": "Huyện Thuận Châu", "Năm": 2022, "Kỳ báo cáo": "Năm",
    }  # fmt: skip
    assert all(value is None for _, value in pairs[3:])


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
    assert codes == list(forms.due(period)["id"])


def test_an_annual_indicator_is_not_owed_at_mid_year():
    assert "C2-01" in set(forms.due("annual")["id"])
    assert "C2-01" not in set(forms.due("h1")["id"])


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


def test_every_sheet_is_locked_without_password_and_columns_may_be_widened(template):
    for sheet in template:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        assert sheet.protection.formatColumns is False  # False: not forbidden


def test_a_plan_is_asked_only_where_there_is_one(template):
    for code, row in figure_rows(template).items():
        asked = reference.table("indicators").set_index("id").loc[code, "has_plan"] == "yes"
        assert row[3].protection.locked != asked, code
        assert not row[4].protection.locked, code


def test_a_self_score_is_asked_only_of_scored_indicators(template):
    for code, row in figure_rows(template).items():
        asked = reference.table("indicators").set_index("id").loc[code, "scored"] == "yes"
        assert row[5].protection.locked != asked, code


def test_what_is_given_is_locked(template):
    given = {"Chỉ tiêu": ["Mã", "Chỉ tiêu", "Đơn vị tính"], "Xã": ["Mã xã", "Tên xã", "Loại"]}
    for sheet, headers in given.items():
        for header in headers:
            assert all(cell.protection.locked for cell in column(template, sheet, header))
    assert all(cell.protection.locked for cell in column(template, "Hài lòng", "Mã xã"))
    assert [template["Thông tin"][f"B{r}"].protection.locked for r in (3, 4, 5, 6)] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_town_has_no_criteria_to_fill_in(template):
    town, commune = template["Xã"][FIRST], template["Xã"][FIRST + 1]
    assert (town[2].value, commune[2].value) == ("thị trấn", "xã")
    assert all(cell.protection.locked for cell in town[5:24])
    assert not any(cell.protection.locked for cell in commune[5:24])


def test_criteria_and_titles_come_from_lists(template):
    assert rule_of(template, "Xã", "F5").formula1 == '"Đ,C"'
    titles = '"NTM,NTM nâng cao,NTM kiểu mẫu,Đô thị văn minh"'
    assert rule_of(template, "Xã", "D32").formula1 == titles
    assert rule_of(template, "Xã", "E4").formula1 == titles


def test_figures_are_checked_by_their_kind_but_words_may_be_kept(template):
    rows = figure_rows(template)
    expected = {
        "C1-01": ("whole", "greaterThanOrEqual", "0", None),
        "C1-05": ("whole", "greaterThanOrEqual", "0", None),
        "C1-06": ("decimal", "greaterThanOrEqual", "0", None),
        "C2-04": ("decimal", None, "0", "100"),
    }
    for code, wanted in expected.items():
        for cell in rows[code][3:5]:
            rule = rule_of(template, "Chỉ tiêu", cell.coordinate)
            assert (rule.type, rule.operator, rule.formula1, rule.formula2) == wanted
            assert rule.errorStyle == "warning"


def test_a_hint_says_what_counts_and_what_it_is_held_against(template):
    rows = figure_rows(template)
    prompts = {c: rule_of(template, "Chỉ tiêu", rows[c][4].coordinate).prompt for c in rows}
    assert prompts["C1-01"] == "Lũy kế từ 01/01 đến ngày chốt số liệu."
    assert prompts["C1-19"] == "Số có đến ngày chốt số liệu. Không lớn hơn chỉ tiêu C1-18."
    assert prompts["C1-22"] == "Số có đến ngày chốt số liệu. Không lớn hơn số xã của huyện."


def test_every_relation_of_the_catalogue_has_its_words():
    indicators = reference.table("indicators").dropna(subset="check")
    hints = [guide.figure(row, "actual", 2022) for row in indicators.to_dict("records")]
    assert len(hints) > 20
    assert not [h for h in hints if "units" in h or "communes" in h or "sheet" in h]
    assert all(h.split(". ")[-1].startswith(("Không lớn", "Không nhỏ", "Bằng")) for h in hints)


@pytest.mark.parametrize("period", ["annual", "h1"])
def test_self_scores_of_a_content_add_up_to_its_points(tmp_path, period):
    book = openpyxl.load_workbook(written(tmp_path, period=period))
    rows = figure_rows(book)
    found: dict[str, float] = {}
    for code, row in rows.items():
        if not row[5].protection.locked:
            rule = rule_of(book, "Chỉ tiêu", row[5].coordinate)
            found[code[:2]] = found.get(code[:2], 0) + float(rule.formula2)
            assert rule.prompt == f"Tối đa {float(rule.formula2):.2f} điểm.".replace(".", ",", 1)
    points = reference.table("score_parts").set_index("part")["points"]
    assert found == pytest.approx(points.drop("reporting").to_dict(), abs=0.1)


def test_the_days_are_checked_and_a_cut_off_is_suggested(template):
    cut_off, sent = (rule_of(template, "Thông tin", ref) for ref in ("B6", "B7"))
    assert cut_off.type == sent.type == "date"
    assert cut_off.prompt == "Gợi ý: 30/11/2022."
    assert sent.prompt == "Gửi trước ngày 05/12/2022."
    assert template["Thông tin"]["B6"].number_format == "dd/mm/yyyy"


def test_the_template_has_rows_ready_for_surveys(template):
    rows = column(template, "Hài lòng", "Tên xã")
    assert len(rows) == 160
    assert rule_of(template, "Hài lòng", "B163").formula1 == "'Xã'!$B$4:$B$32"
    assert rule_of(template, "Hài lòng", "C4").formula1 == (
        '"xã NTM,xã NTM nâng cao,xã NTM kiểu mẫu,huyện NTM"'
    )
    assert (rule_of(template, "Hài lòng", "G4").formula1, "19") == (
        "1", rule_of(template, "Hài lòng", "G4").formula2,
    )  # fmt: skip
    assert rule_of(template, "Hài lòng", "J163").type == "whole"


def test_the_code_follows_the_name_chosen_and_is_blank_without_one(template):
    formula = column(template, "Hài lòng", "Mã xã")[0].value
    assert formula == (
        '=IF($B4="","",IFERROR(INDEX(\'Xã\'!$A$4:$A$32,MATCH($B4,\'Xã\'!$B$4:$B$32,0)),""))'
    )


def test_a_survey_that_does_not_add_up_is_marked(template):
    (area,) = template["Hài lòng"].conditional_formatting
    assert str(area.sqref) == "A4:J163"
    assert area.rules[0].formula == ["AND(COUNT($F4,$H4,$I4)=3,SUM($H4:$J4)<>$F4)"]


def test_a_filled_workbook_has_exactly_the_survey_rows_given(filled):
    rows = list(filled["Hài lòng"].iter_rows(min_row=FIRST, values_only=True))
    assert rows == [("03751", "Xã Chiềng Ly", "xã NTM", 995, 957, 717, 19, 699, 17, 1)]


def test_no_survey_means_no_survey_row(tmp_path):
    book = openpyxl.load_workbook(written(tmp_path, replace(TYPED, satisfaction=[])))
    assert book["Hài lòng"].max_row == FIRST - 1


def test_text_stays_text_even_when_it_looks_like_a_formula_or_a_number(filled):
    rows = figure_rows(filled)
    wanted = {
        filled["Thông tin"]["B8"]: "=1+1",
        rows["C1-01"][6]: "=HYPERLINK(A1)",
        rows["C1-02"][4]: "1.043",
        rows["C1-05"][4]: "2 tỷ 100 triệu",
        rows["C1-27"][4]: "KAD",
    }
    for cell, text in wanted.items():
        assert (cell.value, cell.data_type) == (text, "s")
    assert not [c.coordinate for c in every_cell(filled) if c.data_type == "f"]


def test_numbers_dates_zeros_and_blanks_stay_what_they_are(filled):
    rows = figure_rows(filled)
    assert [rows[c][4].value for c in ("C1-01", "C1-04", "C1-06", "C1-07")] == [
        1121, 0, 51.1, None,
    ]  # fmt: skip
    assert rows["C1-01"][3].value == 1350
    assert filled["Thông tin"]["B6"].value == datetime(2022, 11, 30)


def test_the_mark_stands_on_every_sheet_and_every_page(filled, template):
    for sheet in filled:
        assert "SỐ LIỆU MINH HỌA" in sheet["A1"].value
        assert "SỐ LIỆU MINH HỌA" in sheet.oddFooter.center.text
    for sheet in template:
        assert "MINH HỌA" not in sheet["A1"].value
        assert not sheet.oddFooter.center.text


def test_every_sheet_prints_on_a4_one_page_wide_with_its_header_repeated(template):
    for sheet in template:
        setup = sheet.page_setup
        wanted = "landscape" if sheet.title in ("Xã", "Hài lòng") else "portrait"
        assert (setup.paperSize, setup.orientation or "portrait") == (9, wanted)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (setup.fitToWidth or 1, setup.fitToHeight) == (1, 0)
        assert "&P" in sheet.oddFooter.right.text
    for name in HEADERS:
        assert template[name].print_title_rows == "$1:$3"
        assert template[name].freeze_panes in ("A4", "C4")


def test_times_new_roman_is_set_on_every_cell(template):
    assert {cell.font.name for cell in every_cell(template)} == {"Times New Roman"}


def test_the_guide_tells_deadlines_blanks_and_whom_to_ask(template):
    text = " ".join(str(c.value) for (_, c) in template["Hướng dẫn"].iter_rows(min_row=3))
    for words in (
        "6 tháng gửi trước ngày 10/6/2022", "báo cáo năm gửi trước ngày 05/12/2022", "30/11/2022",
        "KAD", "Để trống: chưa có số liệu", "Đ nếu đạt, C nếu chưa đạt", "huyện NTM: 10 câu",
        "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sơn La", "huyện Thuận Châu",
    ):  # fmt: skip
        assert words in text


@pytest.mark.parametrize("period", ["annual", "h1"])
def test_no_message_is_too_long_for_excel(tmp_path, period):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")  # xlsxwriter leaves out a validation and only warns
        for district in units.districts():
            written(tmp_path, district=district, period=period)
    assert [str(warning.message) for warning in said] == []


def test_two_writes_give_the_same_bytes(tmp_path):
    one, two = (written(tmp_path / name, TYPED).read_bytes() for name in ("one", "two"))
    assert one == two


def test_an_unknown_period_is_refused(tmp_path):
    with pytest.raises(AnalystError, match="Kỳ báo cáo 'quy1' không có"):
        written(tmp_path, period="quy1")
    assert not list(tmp_path.iterdir())


def test_the_blank_template_reads_as_blank_and_nothing_else(tmp_path):
    path = written(tmp_path)
    book = workbook.read(path, Place("Thuận Châu", "119", path.name))
    assert book.problems == ()
    cleaned = clean.clean(book, report(path))
    assert set(cleaned.facts["state"]) == {"blank"}
    assert len(cleaned.facts) == 82 * 3
    assert cleaned.answers.empty
    assert {p.rule for p in cleaned.problems} == {"blank_cell"}


def test_the_reader_finds_what_was_typed(tmp_path):
    path = written(tmp_path, TYPED)
    cleaned = clean.clean(workbook.read(path, Place("Thuận Châu", "119", path.name)), report(path))
    actual = cleaned.facts.query("measure == 'actual'").set_index("indicator")
    assert actual.loc["C1-05", "value"] == 2_100_000_000
    assert actual.loc["C1-27", "state"] == "not_applicable"
    assert (actual.loc["C1-04", "value"], actual.loc["C1-07", "state"]) == (0, "blank")
    assert cleaned.answers[["commune_code", "question"]].to_numpy().tolist() == [["03751", "19"]]


@pytest.mark.skipif(not shutil.which("soffice"), reason="cần LibreOffice")
def test_libreoffice_opens_it_and_keeps_codes_and_values(tmp_path):
    source = written(tmp_path, TYPED)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir"]
    subprocess.run([*command, str(tmp_path), str(source)], check=True, capture_output=True)
    book = calamine.CalamineWorkbook.from_path(str(source.with_suffix(".ods")))
    assert book.sheet_names == SHEETS
    rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in SHEETS}
    assert [row[0] for row in rows["Xã"][3:6]] == ["03721", "03724", "03727"]
    assert rows["Hài lòng"][3][:3] == ["03751", "Xã Chiềng Ly", "xã NTM"]
    figures = {row[0]: row for row in rows["Chỉ tiêu"]}
    assert figures["C1-01"][3:5] == [1350, 1121]
    assert [figures[c][4] for c in ("C1-02", "C1-05", "C1-06")] == [
        "1.043", "2 tỷ 100 triệu", 51.1,
    ]  # fmt: skip
    assert pd.Timestamp(rows["Thông tin"][5][1]) == pd.Timestamp(2022, 11, 30)


@pytest.mark.skipif(not shutil.which("soffice"), reason="cần LibreOffice")
def test_choosing_a_commune_gives_its_code_in_libreoffice(tmp_path):
    """A name typed into the template by another program, then recalculated."""
    source = written(tmp_path)
    book = openpyxl.load_workbook(source)
    book["Hài lòng"]["B4"] = "Xã Chiềng Ly"
    book.save(source)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir"]
    subprocess.run([*command, str(tmp_path), str(source)], check=True, capture_output=True)
    ods = calamine.CalamineWorkbook.from_path(str(source.with_suffix(".ods")))
    grid = ods.get_sheet_by_name("Hài lòng").to_python(skip_empty_area=False)
    assert [row[0] for row in grid[3:] if row[0]] == ["03751"]


def test_a_full_workbook_of_29_communes_stays_small(tmp_path):
    """120 of them are kept in git, and must stay below 4 MB there."""
    members = units.communes("119", date(2022, 12, 31))
    codes = forms.due("annual")["id"]
    marks = {f"TC{n}": "ĐC"[n % 2] for n in range(1, 20)}
    full = replace(
        TYPED,
        figures={(code, m): 1000 + i for i, code in enumerate(codes) for m in ("plan", "actual")},
        communes={c.code: {**marks, "households": 900 + i} for i, c in enumerate(members)},
        satisfaction=[
            {**TYPED.satisfaction[0], "question": q, "commune": c.name, "commune_code": c.code}
            for c in members[:4]
            for q in range(1, 20)
        ],
    )
    path = written(tmp_path, full)
    assert path.stat().st_size < 4_000_000 / 120


def report(path: Path) -> Report:
    return Report(
        year=2022, period="annual", district_code="119", file=path.name, sha256="", received=None,
        due=date(2022, 12, 5), cut_off=None, illustrative=False, current=True,
    )  # fmt: skip
