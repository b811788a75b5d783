"""Characters that paper cannot show are put right or named, each sheet once, with its cells."""

from __future__ import annotations

import pytest
from reports import FIGURES, rules

from ntm_eval.intake import received

TOLD = {
    "\uf0b7 Cấp vốn": ("• Cấp vốn", "U+F0B7 '•'"),
    "\uf0fc Cấp vốn": ("✓ Cấp vốn", "U+F0FC '✓'"),
    "Cấp\ufeff vốn\u200b": ("Cấp vốn", "U+200B, U+FEFF"),
    "Cấp\x7f vốn": ("Cấp vốn", "U+007F"),
    "Cấp \U0010fffd vốn": ("Cấp \U0010fffd vốn", "U+10FFFD"),
}


def told(cleaned):
    return [p for p in cleaned.problems if p.rule == "unprintable_text"]


@pytest.mark.parametrize("typed", TOLD)
def test_what_paper_cannot_show_is_told_once_at_its_cell(write, read, typed):
    write(info={"sent": "02/12/2022", "recommendations": typed})
    cleaned = read()
    (found,) = told(cleaned)
    assert (found.severity, found.file, found.sheet) == ("info", "bao cao.xlsx", "Thông tin")
    assert found.cell == "B13"
    text, named = TOLD[typed]
    assert named in found.message
    assert cleaned.words["recommendations"] == text


def test_many_cells_of_a_sheet_are_one_letter(write, read):
    notes = {f"C1-0{n}": f"\uf0b7 {n}" for n in range(1, 10)}
    write(figures=FIGURES, notes=notes)
    (found,) = told(read())
    assert (found.sheet, found.cell) == ("Chỉ tiêu", "G5")
    assert "9 ô ở trang này" in found.message
    assert "G5, G6, G7, G8, G9, …" in found.message


def test_a_number_with_something_unseen_is_read(write, read):
    write(figures={("C1-01", "actual"): "1.0\u200b43\ufeff"})
    cleaned = read()
    facts = cleaned.facts
    row = facts[(facts["indicator"] == "C1-01") & (facts["measure"] == "actual")].iloc[0]
    assert (row["value"], row["raw"]) == (1043, "1.043")
    assert "unprintable_text" in rules(cleaned)


@pytest.mark.parametrize("typed", ["Đất – “đạt” • ½ €", "một\rhai", "α → ≥ ✓", "\xad"])
def test_what_prints_as_typed_is_not_told(write, read, typed):
    write(info={"sent": "02/12/2022", "recommendations": f"Cấp vốn {typed}"})
    assert told(read()) == []


@pytest.mark.parametrize(
    ("digits", "rules_broken"), [("２０２２", []), ("２０２１", ["wrong_year"])]
)
def test_a_year_in_other_digits_is_that_year(write, folder, digits, rules_broken):
    write(edits={("Thông tin", "B4"): digits})
    found, wrong = received.reports(folder, 2022, "annual")
    assert len(found) == 1
    assert [p.rule for p in wrong] == rules_broken
