"""The form locks what is given, checks what is typed and says what counts."""

import warnings

import openpyxl
import pytest
import python_calamine as calamine
from form_books import FIRST, column, figure_rows, rule_of, written

from ntm_eval import reference, units
from ntm_eval.exchange import guide


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
        True,
        True,
        True,
        False,
    ]


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
        '"xã NTM,xã NTM nâng cao,xã NTM kiểu mẫu,huyện NTM,đô thị văn minh"'
    )
    assert (rule_of(template, "Hài lòng", "G4").formula1, "19") == (
        "1",
        rule_of(template, "Hài lòng", "G4").formula2,
    )
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


def test_the_guide_tells_deadlines_blanks_and_whom_to_ask(template):
    text = " ".join(str(c.value) for (_, c) in template["Hướng dẫn"].iter_rows(min_row=3))
    for words in (
        "6 tháng gửi trước ngày 10/6/2022",
        "báo cáo năm gửi trước ngày 05/12/2022",
        "30/11/2022",
        "KAD",
        "Để trống: chưa có số liệu",
        "Đ nếu đạt, C nếu chưa đạt",
        "huyện NTM: 10 câu",
        "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sơn La",
        "huyện Thuận Châu",
    ):
        assert words in text


@pytest.mark.parametrize("period", ["annual", "h1"])
def test_no_message_is_too_long_for_excel(tmp_path, period):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")  # xlsxwriter leaves out a validation and only warns
        for district in units.districts():
            written(tmp_path, district=district, period=period)
    assert [str(warning.message) for warning in said] == []


def test_choosing_a_commune_gives_its_code_in_libreoffice(libreoffice, tmp_path):
    """A name typed into the template by another program, then recalculated."""
    source = written(tmp_path)
    book = openpyxl.load_workbook(source)
    book["Hài lòng"]["B4"] = "Xã Chiềng Ly"
    book.save(source)
    (made,) = libreoffice("ods", tmp_path, source)
    ods = calamine.CalamineWorkbook.from_path(str(made))
    grid = ods.get_sheet_by_name("Hài lòng").to_python(skip_empty_area=False)
    assert [row[0] for row in grid[3:] if row[0]] == ["03751"]
