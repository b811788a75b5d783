"""Cells become facts: nothing lost, nothing twice, nothing unread becomes zero."""

from datetime import date

import openpyxl
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reports import SOP_COP, rules

from ntm_eval import reference
from ntm_eval.intake import sheets
from ntm_eval.intake.delimited import Correction
from ntm_eval.units import communes


def fact(cleaned, indicator, measure="actual"):
    rows = cleaned.facts.query("indicator == @indicator and measure == @measure")
    assert len(rows) == 1
    return rows.iloc[0]


def test_every_owed_cell_is_exactly_one_fact(write, read):
    write(figures={("C1-01", "actual"): 12})
    facts = read().facts
    owed = {(i, m) for i in reference.due("annual")["id"] for m in sheets.MEASURES}
    assert len(facts) == len(owed) == 82 * 3
    assert set(facts[["indicator", "measure"]].itertuples(index=False, name=None)) == owed


def test_zero_blank_not_applicable_and_unread_stay_four_things(write, read):
    write(
        figures={
            ("C1-01", "actual"): 0,
            ("C1-03", "actual"): "KAD",
            ("C1-04", "actual"): "đang tổng hợp",
        }
    )
    found = read()
    assert [fact(found, i)["state"] for i in ("C1-01", "C1-02", "C1-03", "C1-04")] == [
        "reported",
        "blank",
        "not_applicable",
        "rejected",
    ]
    assert fact(found, "C1-01")["value"] == 0
    assert pd.isna(fact(found, "C1-04")["value"])
    assert fact(found, "C1-04")["raw"] == "đang tổng hợp"


def test_a_fact_names_its_file_sheet_and_cell(write, read):
    path = write(figures={("C1-01", "actual"): 7})
    row = fact(read(), "C1-01")
    assert openpyxl.load_workbook(path)[row["sheet"]][row["cell"]].value == 7
    assert row["file"] == path.name


def test_words_and_units_are_read_and_what_was_converted_is_named(write, read):
    write(
        figures={
            ("C1-05", "actual"): "2 tỷ 100 triệu",
            ("C1-11", "actual"): "gần 303 triệu",
            ("C1-03", "actual"): "5 ha",
        }
    )
    found = read()
    assert fact(found, "C1-05")["value"] == 2_100_000_000
    assert fact(found, "C1-11")["qualifier"] == "gần"
    assert fact(found, "C1-03")["value"] == 50_000
    assert fact(found, "C1-03")["corrected"] == "unit_converted"
    assert rules(found) == ["unit_converted"]


def test_a_correction_applies_only_where_its_old_value_stands(write, read):
    path = write(figures={("C1-01", "actual"): 7, ("C1-02", "actual"): 70})
    cells = {i: fact(read(), i)["cell"] for i in ("C1-01", "C1-02")}

    def fix(indicator, old, new):
        return Correction(
            path.name, "Chỉ tiêu", cells[indicator], old, new, "gõ nhầm", "Tỉnh", "2022-12-10"
        )

    found = read([fix("C1-01", "7", "17"), fix("C1-02", "71", "700")])
    assert (fact(found, "C1-01")["value"], fact(found, "C1-01")["original"]) == (17, 7)
    assert "Tỉnh" in fact(found, "C1-01")["corrected"]
    assert fact(found, "C1-02")["value"] == 70
    assert rules(found) == ["correction_applied", "correction_refused"]


def test_a_correction_of_a_cell_that_is_not_read_is_refused(write, read):
    path = write()
    stray = Correction(path.name, "Chỉ tiêu", "ZZ99", "1", "2", "", "Tỉnh", "2022-12-10")
    assert rules(read([stray])) == ["correction_refused"]


def test_an_indicator_typed_twice_keeps_the_first_and_says_so(write, read):
    path = write(figures={("C1-01", "actual"): 7})
    cell = fact(read(), "C1-01")["cell"]
    row = int(cell[1:])
    book = openpyxl.load_workbook(path)
    sheet = book["Chỉ tiêu"]
    last = sheet.max_row + 1
    for column in range(1, 8):
        sheet.cell(last, column).value = sheet.cell(row, column).value
    sheet.cell(last, 5).value = 99
    book.save(path)
    found = read()
    assert fact(found, "C1-01")["value"] == 7
    assert rules(found) == ["row_repeated"]


def test_every_commune_has_a_row_and_a_dropped_zero_does_not_lose_it(write, read):
    members = communes(SOP_COP.code, date(2022, 12, 31))
    first = members[0]
    write(
        communes={first.code: {"households": 900, "TC1": "Đ", "TC2": "c"}},
        edits={("Xã", "A5"): int(first.code)},
    )
    found = read()
    assert list(found.communes["commune_code"]) == [c.code for c in members]
    row = found.communes.iloc[0]
    assert (row["households"], row["TC1"], row["TC2"]) == (900, "Đ", "C")
    assert pd.isna(row["TC3"])


def test_a_commune_of_another_district_is_a_question_not_a_row(write, read):
    write(
        satisfaction=[
            {
                "commune_code": "03658",
                "commune": "Xã Chiềng Cọ",
                "survey": "xã NTM",
                "households": 100,
                "issued": 90,
                "collected": 80,
                "question": 1,
                "satisfied": 80,
                "unsatisfied": 0,
                "no_answer": 0,
            }
        ]
    )
    found = read()
    assert found.answers.empty
    assert rules(found) == ["unknown_commune"]


def test_the_districts_own_words_are_kept(write, read):
    write(info={"sent": "02/12/2022", "leadership": "Đã ban hành kế hoạch.\nĐã kiểm tra."})
    assert read().words["leadership"] == "Đã ban hành kế hoạch.\nĐã kiểm tra."


TYPED = st.one_of(
    st.integers(-10, 10**10),
    st.floats(-1e6, 1e9),
    st.text(max_size=30).filter(lambda t: t.isprintable()),
    st.sampled_from(["KAD", "x", "-", "12.345", "1,5", "gần 300 triệu", "=1+1", "5 ha"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(list(reference.due("annual")["id"])), TYPED, max_size=20))
def test_whatever_is_typed_no_cell_is_lost_or_made_zero(write, read, typed):
    write(figures={(i, "actual"): t for i, t in typed.items()})
    found = read()
    assert len(found.facts) == 82 * 3
    assert not found.facts.duplicated(["indicator", "measure"]).any()
    unread = {"not_a_number", "formula_without_value"}
    marked = {p.indicator for p in found.problems if p.rule in unread}
    for _, row in found.facts[found.facts["state"] == "rejected"].iterrows():
        assert pd.isna(row["value"])
        assert row["indicator"] in marked
        assert row["raw"]
