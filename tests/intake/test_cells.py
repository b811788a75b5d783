"""What a cell is beside its value: shown as a percentage, or never calculated."""

import pytest
import xlsxwriter
from reports import edit, percent_book, read_from, rules

from ntm_eval.intake import forms, sheets, values


@pytest.mark.parametrize(
    ("number_format", "number", "value"),
    [
        ("0.00%", 0.9319, 93.19),
        ('0.0"%"', 0.9319, 0.9319),
        ("0.00", 0.9319, 0.9319),
        ("0%", 1, 100),
        ("0%", 93.19, 93.19),
        ("General", 93.19, 93.19),
    ],
)
def test_a_percentage_is_read_by_the_format_of_its_cell(folder, number_format, number, value):
    percent_book(folder / "a.xlsx", number_format, number)
    found, _ = read_from(folder)
    kinds = forms.due("annual").set_index("id")["kind"]
    actual = found.facts[found.facts["measure"] == "actual"].set_index("indicator")["value"]
    assert (actual[kinds[actual.index] == "percent"] == value).all()
    assert (actual[kinds[actual.index] == "count"] == number).all()
    assert ("unit_converted" in rules(found)) == (value != number)


@pytest.mark.parametrize("formula", ["=SUM(D5:D6)", "=1+1"])
def test_a_formula_that_nothing_has_calculated_is_a_question_never_a_zero(filled, read, formula):
    before = read().facts
    cell = before.set_index(["indicator", "measure"]).loc[("C1-01", "actual"), "cell"]
    edit(filled, lambda book: book["Chỉ tiêu"].__setitem__(cell, formula))
    found = read()
    row = found.facts.set_index(["indicator", "measure"]).loc[("C1-01", "actual")]
    assert (row["state"], row["raw"]) == ("rejected", formula)
    assert rules(found) == ["formula_without_value"]


def test_a_formula_with_a_stored_value_gives_that_value(folder):
    with xlsxwriter.Workbook(str(folder / "Sốp Cộp.xlsx")) as book:
        sheet = book.add_worksheet(sheets.FIGURES)
        sheet.write_row(0, 0, list(sheets.FIGURE_HEADERS))
        sheet.write_string(1, 0, "C1-01")
        sheet.write_formula(1, 4, "=1+1", value=9)
    found, _ = read_from(folder)
    assert found.facts.set_index(["indicator", "measure"]).loc[("C1-01", "actual"), "value"] == 9


def test_a_percentage_is_still_a_number():
    assert values.read_number(values.Percent(0.5), "number", "").number == 0.5
