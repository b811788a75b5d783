"""Receipts and corrections as an office really types them; old, new and set-aside side by side."""

import unicodedata

import pytest

from ntm_eval.exchange import replies
from ntm_eval.intake import clean, delimited, problems, received
from ntm_eval.reporting import sections

HEADER = "file,sheet,cell,old,new,reason,approved_by,date\n"
NAME = "Báo cáo năm 2022.xlsx"


def fix(cell, old, new, file=NAME, sheet="Chỉ tiêu", source="corrections.csv"):
    return delimited.Correction(
        file, sheet, cell, old, new, "gõ nhầm", "Lò Thị A", "12/12/2022", source
    )


def fact(found: clean.Cleaned, indicator="C1-01"):
    rows = found.facts.query("indicator == @indicator and measure == 'actual'")
    return rows.iloc[0]


def refusals(found: clean.Cleaned) -> list[str]:
    return [p.message for p in found.problems if p.rule == "correction_refused"]


@pytest.mark.parametrize(
    "file",
    [unicodedata.normalize("NFD", NAME), f"  {NAME} ", NAME.upper(), NAME.replace(" ", "  ")],
)
def test_a_file_name_is_one_name_however_it_is_spelt(write, read, file):
    write(NAME, figures={("C1-01", "actual"): 7})
    assert fact(read([fix("E5", "7", "70", file)]))["value"] == 70


def test_a_name_with_other_marks_is_another_file(write, read):
    write(NAME, figures={("C1-01", "actual"): 7})
    assert fact(read([fix("E5", "7", "70", "Bao cao nam 2022.xlsx")]))["value"] == 7


def test_a_blank_figure_can_be_corrected(write, read):
    write(NAME)
    found = fact(read([fix("$e$5", "", "70")]))
    assert (found["value"], found["state"]) == (70, "reported")
    assert found["corrected"] == "bản sửa 12/12/2022, Lò Thị A"


@pytest.mark.parametrize(("typed", "old"), [(93.19, "93,19"), (93.19, "93.19"), (1043, "1.043")])
def test_the_old_number_may_be_written_as_excel_shows_it(write, read, typed, old):
    write(NAME, figures={("C1-25", "actual"): typed})
    assert fact(read([fix("E29", old, "15")]), "C1-25")["value"] == 15


def test_old_must_match_or_the_correction_is_refused(write, read):
    write(NAME, figures={("C1-01", "actual"): 7})
    found = read([fix("E5", "8", "70", source="answers/tra loi.xlsx")])
    assert fact(found)["value"] == 7
    (said,) = refusals(found)
    assert "'8'" in said
    assert "answers/tra loi.xlsx" in said


def test_two_corrections_of_one_cell_are_both_refused_with_one_problem(write, read):
    write(NAME, figures={("C1-01", "actual"): 7})
    found = read([fix("E5", "7", "70"), fix("E5", "7", "71", source="answers/b.xlsx")])
    assert fact(found)["value"] == 7
    assert fact(found)["raw"] == "7"
    (said,) = refusals(found)
    assert "'70' (corrections.csv), '71' (answers/b.xlsx)" in said


def test_the_same_correction_twice_is_one(write, read):
    write(NAME, figures={("C1-01", "actual"): 7})
    assert fact(read([fix("E5", "7", "70"), fix("E5", "7", "70")]))["value"] == 70


@pytest.mark.parametrize(
    ("cell", "old", "new", "column", "value"),
    [
        ("H4", "7", "Đ", "TC3", "Đ"),
        ("D4", "xx", "NTM nâng cao", "registered", "NTM nâng cao"),
        ("Z4", "", "12", "poor", 12),
    ],
)
def test_cells_of_sheet_communes_can_be_corrected(write, read, cell, old, new, column, value):
    write(NAME, edits={("Xã", cell): old or None})
    found = read([fix(cell, old, new, sheet="Xã")])
    assert found.communes.loc[0, column] == value
    assert refusals(found) == []
    assert [p.rule for p in found.problems if p.cell == cell] == ["correction_applied"]


ANSWERS = {
    "commune_code": "04231",
    "survey": "xã NTM",
    "question": 1,
    "households": 60,
    "issued": 50,
    "collected": 50,
    "satisfied": 47,
    "unsatisfied": 2,
    "no_answer": "1 phiếu?",
}


def test_a_count_of_answers_is_corrected_and_asked_of_without_being_quoted(write, read):
    write(NAME, satisfaction=[ANSWERS])
    found = read([fix("H4", "*", "46", sheet="Hài lòng")])
    assert found.answers["satisfied"].tolist() == [46]
    told = problems.withheld(found.problems, found.counted)
    (fixed,) = (p for p in told if p.cell == "H4")
    assert (fixed.rule, fixed.raw) == ("correction_applied", "*")
    assert not any(n in f"{fixed.message} {fixed.fields}" for n in ("47", "46"))
    (unread,) = (p for p in told if p.cell == "J4")
    assert unread.raw == ANSWERS["no_answer"]
    (said,) = refusals(read([fix("H4", "45", "46", sheet="Hài lòng")]))
    assert "45" not in said


def test_a_star_stands_for_no_other_number(write, read):
    write(NAME, figures={("C1-01", "actual"): 7})
    found = read([fix("E5", "*", "70")])
    assert fact(found)["value"] == 7
    assert len(refusals(found)) == 1


def test_a_misspelt_commune_can_be_corrected(write, read):
    write(NAME, edits={("Xã", "A4"): "99999", ("Xã", "B4"): "Xã Không Có", ("Xã", "Z4"): 12})
    before = read()
    name = before.communes["commune"].iloc[0]
    assert before.communes["poor"].isna().all()
    code = before.communes["commune_code"].iloc[0]
    fixes = [fix("A4", "99999", code, sheet="Xã"), fix("B4", "Xã Không Có", name, sheet="Xã")]
    assert read(fixes).communes.loc[0, "poor"] == 12


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_list_of_corrections_is_read_as_excel_may_save_it(folder, separator, encoding):
    text = HEADER.title() + f"{NAME},Chỉ tiêu, E5 ,7,70,gõ nhầm,A,12/12/2022\n,,,,,,,\n"
    (folder / "corrections.csv").write_text(text.replace(",", separator), encoding=encoding)
    (found,) = delimited.corrections(folder)
    assert (found.file, found.cell, found.new, found.source) == (
        NAME,
        "E5",
        "70",
        "corrections.csv",
    )


@pytest.mark.parametrize(
    ("row", "day"),
    [
        (unicodedata.normalize("NFD", NAME) + ";05/12/2022;;", (2022, 12, 5)),
        (f" {NAME.lower()} ; 2022-12-04 ;;", (2022, 12, 4)),
        (f"{NAME};ngày 3 tháng 12 năm 2022;;", (2022, 12, 3)),
    ],
)
def test_receipts_find_their_file_in_odd_spellings(write, folder, row, day):
    write(NAME, info={})
    (folder / "receipts.csv").write_text(f"File;Received;Extended to;Note\n{row}\n", "utf-8")
    (report,), problems = received.reports(folder, 2022, "annual")
    assert (report.received.year, report.received.month, report.received.day) == day
    assert problems == []


def test_an_extension_counts_to_the_end_of_its_day(write, folder):
    write(NAME)
    (folder / "receipts.csv").write_text(
        f"file,received,extended_to,note\n{NAME},10/12/2022,10/12/2022,\n", "utf-8"
    )
    (report,), _ = received.reports(folder, 2022, "annual")
    assert report.status == "on_time"


def test_two_receipts_that_disagree_are_a_problem(write, folder):
    write(NAME)
    rows = f"{NAME},01/12/2022,,\n{NAME},08/12/2022,,\n"
    (folder / "receipts.csv").write_text(f"file,received,extended_to,note\n{rows}", "utf-8")
    _, problems = received.reports(folder, 2022, "annual")
    assert [p.rule for p in problems] == ["receipt_unread"]


def test_raw_read_corrected_and_set_aside_stand_side_by_side(write, read):
    write(NAME, figures={("C1-01", "actual"): 7, ("C1-03", "actual"): "chưa rõ"})
    found = read([fix("E5", "7", "70"), fix("Z4", "", "12", sheet="Xã")])
    printed = sections.received.corrections(
        found.facts, replies.explained(problems.frame(found.problems), [])
    )
    corrected, aside, commune = printed.rows
    assert corrected[2:] == ("7", "7 cuộc", "70 cuộc", "bản sửa 12/12/2022, Lò Thị A")
    assert aside[2:5] == ("chưa rõ", "–", "để riêng, không tính")
    assert commune[1] == f"{NAME} · Xã · Z4"
    assert "đã sửa thành '12'" in commune[5]
