"""Household forms become rows of sheet Hài lòng, beside those of the report."""

import numpy as np
import pandas as pd
import pytest
from household_forms import COMMUNES, DAY, QUESTIONS, form, honest, write
from reports import SOP_COP

from ntm_eval.checks import report as checks
from ntm_eval.exchange import template as forms
from ntm_eval.intake import clean, exports, survey, tallies


@pytest.fixture
def tally(folder):
    def tally_rows(rows, **how):
        write(folder, rows, **how)
        return tallies.tally(survey.read(exports.files(folder), DAY))

    return tally_rows


def reported(**changed) -> pd.DataFrame:
    """A row of sheet Hài lòng as cleaned."""
    row = {
        "district_code": SOP_COP.code,
        "commune_code": COMMUNES[0].code,
        "survey": "xã NTM",
        "question": "1",
        "households": 500.0,
        "issued": 400.0,
        "collected": 3.0,
        "satisfied": 2.0,
        "unsatisfied": 1.0,
        "no_answer": 0.0,
        "file": "bao cao.xlsx",
        "sheet": "Hài lòng",
        "cell": "H4",
    }
    frame = pd.DataFrame([row | changed], columns=clean.ANSWER_COLUMNS)
    return frame.astype(clean.empty(clean.ANSWER_COLUMNS).dtypes.to_dict())


THREE = [form(1), form(2), form(3, **{QUESTIONS[0]: "2", QUESTIONS[1]: ""})]


def test_forms_are_counted_by_commune_survey_and_question(tally):
    other = form(9, "2", ma_xa=COMMUNES[1].code, loai_khao_sat="huyện NTM")
    got = tally([*THREE, other]).set_index(["commune_code", "survey", "question"])
    counts = ["collected", *tallies.COUNTS]
    first = (COMMUNES[0].code, "xã NTM")
    assert got.loc[(*first, "1"), counts].tolist() == [3, 2, 1, 0]
    assert got.loc[(*first, "2"), counts].tolist() == [3, 2, 0, 1]
    assert got.loc[(*first, "19"), counts].tolist() == [3, 3, 0, 0]
    assert got.loc[(COMMUNES[1].code, "huyện NTM", "1"), counts].tolist() == [1, 0, 1, 0]


def test_the_tally_has_the_columns_and_types_of_the_answers(tally):
    want = clean.empty(clean.ANSWER_COLUMNS)
    assert tally(THREE).dtypes.to_dict() == want.dtypes.to_dict()
    assert tally([form(1, ma_xa="?")]).equals(want)


def test_a_tally_says_which_file_and_column_it_was_counted_from(tally):
    got = tally(THREE).set_index("question").loc["2"]
    assert got[["file", "sheet", "cell"]].tolist() == [
        "satisfaction/phieu.csv",
        "phiếu từng hộ",
        "J1",
    ]


def test_a_shorter_survey_has_no_rows_for_questions_that_it_does_not_ask(tally):
    short = ["1"] * 10 + [""] * 9
    got = tally([form(1, short, loai_khao_sat="huyện NTM")])
    assert got["question"].tolist() == [str(n) for n in range(1, 11)]


def test_a_question_beyond_the_list_that_was_answered_is_not_lost(tally):
    got = tally([form(1, loai_khao_sat="huyện NTM")])
    assert len(got) == 19


def test_totals_come_from_the_export_then_from_the_report_else_they_are_not_known(tally):
    own = tally([{**r, "Tổng số hộ": 450} for r in THREE])
    filled = tallies.with_totals(own, reported())
    assert set(filled["households"]) == {450}
    assert set(filled["issued"]) == {400}
    assert tallies.with_totals(own, reported(survey="huyện NTM"))["issued"].isna().all()


def test_what_only_the_forms_say_is_added_to_the_answers(tally):
    answers = reported(satisfied=1.0, unsatisfied=2.0)
    got = tallies.added(answers, tally(THREE))
    assert len(got) == 19
    one = got[got["question"] == "1"]
    assert one["satisfied"].tolist() == [1]
    assert one["file"].tolist() == ["bao cao.xlsx"]
    assert set(got[got["question"] != "1"]["file"]) == {"satisfaction/phieu.csv"}


def test_a_difference_names_what_differs_at_the_cell_of_the_report_and_no_number(tally):
    answers = reported(satisfied=3.0, unsatisfied=0.0)
    (told,) = tallies.disagreements(SOP_COP, answers, tally(THREE))
    assert (told.rule, told.severity, told.cell) == ("survey_disagrees", "warning", "H4")
    assert "phieu.csv: câu 1: hài lòng, chưa hài lòng. Đang lấy" in told.message
    assert "satisfaction/phieu.csv" in told.message


def test_the_same_numbers_and_numbers_not_given_are_no_difference(tally):
    counted = tally(THREE)
    assert list(tallies.disagreements(SOP_COP, reported(), counted)) == []
    assert list(tallies.disagreements(SOP_COP, reported(no_answer=np.nan), counted)) == []


def test_a_commune_has_one_letter_for_all_its_questions(tally):
    counted = tally(honest(50, 0.5))
    answers = counted.assign(satisfied=counted["satisfied"] + 1)
    assert len(list(tallies.disagreements(SOP_COP, answers, counted))) == 1


def test_counting_leaves_its_inputs_as_they_were(tally):
    counted, answers = tally(THREE), reported()
    before = counted.copy(), answers.copy()
    tallies.with_totals(counted, answers)
    tallies.added(answers, counted)
    list(tallies.disagreements(SOP_COP, answers, counted))
    pd.testing.assert_frame_equal(counted, before[0])
    pd.testing.assert_frame_equal(answers, before[1])


def groups(folder, rows):
    write(folder, rows)
    return tallies.groups(survey.read(exports.files(folder), DAY))


def test_the_overall_question_is_counted_by_village_and_by_collector_under_numbers(folder):
    rows = [
        form(n, **{QUESTIONS[18]: answer, "ma_ban": village, "ma_nguoi_thu_phieu": "NT7"})
        for n, (village, answer) in enumerate([("10", "1"), ("2", "2"), ("2", "1"), ("2", "")])
    ]
    got = groups(folder, rows).set_index(["by", "label"])[["forms", "answered", "satisfied"]]
    assert got.to_dict("index") == {
        ("village", "bản 1"): {"forms": 3, "answered": 2, "satisfied": 1},
        ("village", "bản 2"): {"forms": 1, "answered": 1, "satisfied": 1},
        ("collector", "người thu 1"): {"forms": 4, "answered": 3, "satisfied": 2},
    }


def test_neither_code_nor_name_of_a_group_is_kept(folder):
    rows = [form(n, ma_ban="NT77", ma_nguoi_thu_phieu="Lường Thị Ngoãn") for n in range(3)]
    got = groups(folder, rows)
    assert list(got.columns) == tallies.GROUP_COLUMNS
    assert got["label"].tolist() == ["bản 1", "người thu 1"]
    assert not got.astype(str).apply(lambda c: c.str.contains("NT77|Ngoãn")).any(axis=None)


def test_forms_without_group_or_without_the_overall_question_are_in_no_group(folder):
    rows = [form(n, ma_ban="", ma_nguoi_thu_phieu="") for n in range(3)]
    assert groups(folder, rows).empty
    short = [{k: v for k, v in form(n).items() if k != QUESTIONS[18]} for n in range(3)]
    assert groups(folder, short).empty


def test_a_letter_about_a_question_whose_column_another_file_has_names_no_cell(folder, read):
    issued = {"Phiếu phát": 1}
    without = [{k: v for k, v in form(n, **issued).items() if k != QUESTIONS[0]} for n in (1, 2)]
    write(folder, without, name="a.csv")
    write(folder, [form(3, **issued)], name="b.csv")
    counted = tallies.tally(survey.read(exports.files(folder), DAY))
    forms.write_workbook(folder / "bao cao.xlsx", SOP_COP, 2022, "annual")
    case = checks.case_of(SOP_COP, 2022, "annual", read(), answers=counted)
    first, second, *_ = checks.tally_mismatch(case)
    assert (first.cell, second.cell) == (None, "I1")
    file = "tệp satisfaction/a.csv; satisfaction/b.csv"
    assert first.message.startswith(f"Sốp Cộp, {file}, trang 'phiếu từng hộ', ghi '1': ")
