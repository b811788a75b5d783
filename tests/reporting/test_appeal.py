"""The appeal sheet: what it holds before anybody recomputes it."""

import openpyxl
import pytest
from scored import DAY, inputs

from ntm_eval import units
from ntm_eval.analysis import ranking, scheme, scores
from ntm_eval.reporting import appeal

HOSTILE = '=HYPERLINK("http://a","b")'
CELLS = {
    ("127", "C1-01"): (120, 150),
    ("127", "C1-19"): ("rejected", 100),
    ("127", "C6-01"): (5, 0),
    ("127", "C4-07"): (8, "blank"),
    ("127", "C4-06"): (10, "blank"),
}


@pytest.fixture
def book(tmp_path):
    given = inputs(CELLS)
    rules = scheme.in_force("annual", DAY)
    table, ranked = scores.table(given), ranking.rank(given).iloc[0]
    facts = given.facts.assign(file=HOSTILE, sheet="Chỉ tiêu", cell="E5", corrected="+1")
    assessed = scores.scored(given)
    made = appeal.write(
        tmp_path,
        appeal.Appeal(
            units.district("127"),
            2022,
            "annual",
            assessed,
            table[table["part"] == "reporting"],
            facts,
            rules,
            ranked["points"],
            ranked["grade"],
            True,
        ),
    )
    assert [p.name for p in made] == ["appeal.xlsx"]
    return made[0]


def test_what_a_district_typed_is_never_a_formula(book):
    sheet = openpyxl.load_workbook(book)["Chỉ tiêu"]
    texts = [c for row in sheet.iter_rows(min_row=4) for c in row if HOSTILE in str(c.value)]
    assert len(texts) > 5
    assert {c.data_type for c in texts} == {"s"}
    assert {c.data_type for c in sheet["Q"][3:] if c.value} == {"s"}


def test_every_input_stands_beside_its_cell_and_the_words_for_what_is_missing(book):
    sheet = openpyxl.load_workbook(book, data_only=True)["Chỉ tiêu"]
    rows = {row[1]: row for row in sheet.iter_rows(min_row=4, values_only=True)}
    assert rows["C1-01"][4:8] == (150, 1, 120, None)
    assert rows["C1-01"][9:13] == (0.8, 12.5, 10, 2.5)
    assert rows["C1-19"][6] == "không đọc được"
    assert rows["C1-19"][9] == 0
    assert rows["C6-01"][9] == "không tính"
    assert rows["C4-07"][4] == 10
    assert rows["C1-01"][14].endswith("| Chỉ tiêu | E5")


def test_formulas_carry_the_values_they_had(book):
    values = openpyxl.load_workbook(book, data_only=True)["Tổng điểm"]
    formulas = openpyxl.load_workbook(book)["Tổng điểm"]
    assert formulas["B11"].value == "=SUM(B4:B10)"
    assert values["B11"].value == pytest.approx(12.5 * 0.8 + 15 * 0.8 + 10)
    assert values["B12"].value == "yếu"


def test_without_a_report_there_is_no_sheet(tmp_path):
    (tmp_path / appeal.FILE).write_text("old")
    rules = scheme.in_force("annual", DAY)
    empty = scores.scored(inputs(CELLS)).head(0)
    nothing = appeal.Appeal(
        units.district("127"),
        2022,
        "annual",
        empty,
        empty,
        empty,
        rules,
        float("nan"),
        "chưa đủ căn cứ",
        True,
    )
    assert appeal.write(tmp_path, nothing) == []
    assert not (tmp_path / appeal.FILE).exists()
