"""The unit beside a figure, the marks of criteria, sheets that were not sent, an old form."""

import pytest
from reports import FIGURES, SOP_COP, edit, rules

from ntm_eval import units
from ntm_eval.checks import report as checks
from ntm_eval.intake import delimited, sheets
from ntm_eval.intake.problems import text

RURAL = [c for c in units.communes(SOP_COP.code, units.day(2022, "annual")) if c.kind == "xã"]


def set_unit(path, code, unit):
    """Write a unit in an indicator's row; returns its address."""

    def change(book):
        row = next(r for r in book[sheets.FIGURES].iter_rows() if r[0].value == code)
        row[2].value = unit
        places.append(row[2].coordinate)

    places: list[str] = []
    edit(path, change)
    return places[0]


@pytest.mark.parametrize(
    ("code", "unit", "typed", "value"),
    [
        ("C1-05", "triệu đồng", 7529, 7_529_000_000),
        ("C1-05", "Tỷ đồng", "2,5", 2_500_000_000),
        ("C1-05", "(triệu đồng)", "2 tỷ 100 triệu", 2_100_000_000),  # its own unit counts
        ("C1-03", "ha", 1.5, 15_000),
        ("C1-05", "triệu đồng", 0, 0),
    ],
)
def test_another_unit_in_its_column_is_converted_and_told_once(
    write, read, code, unit, typed, value
):
    path = write(figures={(code, "actual"): typed, (code, "plan"): typed})
    cell = set_unit(path, code, unit)
    found = read()
    facts = found.facts.set_index(["indicator", "measure"]).loc[code]
    assert facts["value"][["actual", "plan"]].tolist() == [value] * 2
    made_by = None if typed == 0 else "unit_converted"
    assert facts["corrected"].fillna("").tolist()[:2] == [made_by or ""] * 2
    (asked,) = [p for p in found.problems if p.rule == "unit_converted"]
    assert (asked.cell, asked.raw, asked.indicator) == (cell, unit, code)


@pytest.mark.parametrize(("code", "unit"), [("C1-01", "hộ"), ("C1-05", "USD"), ("C1-06", "m")])
def test_a_unit_of_another_measure_is_asked_at_its_cell(write, read, code, unit):
    path = write(figures={(code, "actual"): 326, (code, "plan"): 300})
    cell = set_unit(path, code, unit)
    found = read()
    assert found.facts.set_index(["indicator", "measure"]).loc[(code, "actual"), "value"] == 326
    (asked,) = [p for p in found.problems if p.rule == "unit_differs"]
    assert (asked.cell, asked.raw, asked.indicator) == (cell, unit, code)


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("C1-05", "Đồng"),
        ("C1-05", "VNĐ"),
        ("C1-03", "m2"),
        ("C1-06", "KM"),
        ("C1-02", "lợt ngời"),  # as an old font loses letters
    ],
)
def test_the_same_unit_in_other_letters_is_no_question(write, read, code, unit):
    path = write(figures={(code, "actual"): 326})
    set_unit(path, code, unit)
    assert rules(read()) == []


def marks(mark):
    """Every commune marked: met but for every third criterion."""
    met = {c: mark for n, c in enumerate(sheets.CRITERIA) if n % 3}
    return {commune.code: met for commune in RURAL}


@pytest.mark.parametrize("tick", ["x", "X", "v", "✓", 1])
def test_one_mark_in_place_of_the_letters_is_one_question(write, read, tick):
    write(communes=marks(tick))
    found = read()
    assert found.communes[list(sheets.CRITERIA)].isna().all(axis=None)
    (asked,) = [p for p in found.problems if p.sheet == sheets.COMMUNES]
    assert (asked.rule, asked.raw) == ("not_a_mark", str(tick))
    assert asked.fields["count"] == len(RURAL) * sum(n % 3 > 0 for n in range(19))


def test_communes_without_any_mark_are_asked_of_in_one_question(write, read):
    given = marks("Đ")
    without = [given.pop(c.code) and c.name for c in RURAL[:2]]
    write(communes=given)
    (asked,) = [p for p in read().problems if p.sheet == sheets.COMMUNES]
    assert (asked.rule, asked.fields["names"]) == ("marks_blank", without)


def test_a_sheet_that_was_not_sent_is_not_a_sheet_of_zero(filled):
    figure = {"C6-05": 5}

    def cut(book):
        del book[sheets.SATISFACTION]
        for row in book[sheets.FIGURES].iter_rows():
            if row[0].value in figure:
                row[4].value = figure[row[0].value]

    edit(filled, cut)
    found = checks.check_file(filled)
    about = [p for p in found if p.indicator == "C6-05" or sheets.SATISFACTION in text(p.fields)]
    assert [p.rule for p in about if p.rule != "blank_cell"] == ["header_not_found"]
    assert "không gửi trang 'Hài lòng'" in about[0].message


def test_a_column_that_is_not_there_is_one_question(filled, read):
    def rename(book):
        for row in book[sheets.FIGURES].iter_rows():
            for cell in row:
                cell.value = "Ước tính" if cell.value == "Thực hiện" else cell.value

    edit(filled, rename)
    found = read()
    assert (found.facts.query("measure == 'actual'")["state"] == "blank").all()
    about = [p for p in found.problems if p.rule in ("header_not_found", "blank_cell")]
    plans = found.facts.query("measure == 'plan' and state == 'blank'")
    assert sum(p.rule == "header_not_found" for p in about) == 1
    assert len(about) - 1 <= len(plans)


def test_text_quoted_for_excel_is_the_text():
    lines = '"Mã","Thực hiện"\n="C1-01",="326"\n"=""C1-02""","\'12115"\n'
    page = delimited.csv_page(lines.encode(), "a")
    assert page.grid[1:] == [["C1-01", "326"], ["C1-02", "12115"]]


def test_an_older_edition_of_the_form_is_told_once_where_a_newer_one_was_due(filled, read):
    assert rules(read()) == []
    edit(filled, lambda book: book[sheets.INFO].__setitem__("B14", 1))
    (told,) = [p for p in read().problems if p.rule == "template_outdated"]
    assert (told.sheet, told.raw) == (sheets.INFO, "1")
    edit(filled, lambda book: book[sheets.INFO].__setitem__("B4", 2021))
    assert "template_outdated" not in [p.rule for p in read().problems if p.sheet == sheets.INFO]


def test_a_form_made_for_another_year_is_told_once(write, read):
    write(year=2021, figures=FIGURES, edits={("Thông tin", "B4"): 2022})
    found = read()
    assert rules(found) == ["template_outdated"]
    assert found.facts.set_index(["indicator", "measure"]).loc[("C1-01", "actual"), "value"] == 7
