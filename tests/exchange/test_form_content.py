"""What is typed into the form stays as typed, and is read back."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import python_calamine as calamine
from form_books import FIRST, SHEETS, every_cell, figure_rows, written

from ntm_eval import reference, units
from ntm_eval.exchange import template as forms
from ntm_eval.intake import clean, workbook
from ntm_eval.intake.problems import Place
from ntm_eval.intake.received import Report

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
            "commune_code": "03751",
            "commune": "Xã Chiềng Ly",
            "survey": "xã NTM",
            "households": 995,
            "issued": 957,
            "collected": 717,
            "question": 19,
            "satisfied": 699,
            "unsatisfied": 17,
            "no_answer": 1,
        }
    ],
    mark="SỐ LIỆU MINH HỌA",
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> openpyxl.Workbook:
    return openpyxl.load_workbook(written(tmp_path_factory.mktemp("filled"), TYPED))


def report(path: Path) -> Report:
    return Report(
        year=2022,
        period="annual",
        district_code="119",
        file=path.name,
        sha256="",
        received=None,
        due=date(2022, 12, 5),
        cut_off=None,
        illustrative=False,
        current=True,
    )


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
        1121,
        0,
        51.1,
        None,
    ]
    assert rows["C1-01"][3].value == 1350
    assert filled["Thông tin"]["B6"].value == datetime(2022, 11, 30)


def test_the_mark_stands_on_every_sheet_and_every_page(filled, template):
    for sheet in filled:
        assert "SỐ LIỆU MINH HỌA" in sheet["A1"].value
        assert "SỐ LIỆU MINH HỌA" in sheet.oddFooter.center.text
    for sheet in template:
        assert "MINH HỌA" not in sheet["A1"].value
        assert not sheet.oddFooter.center.text


def test_two_writes_give_the_same_bytes(tmp_path):
    one, two = (written(tmp_path / name, TYPED).read_bytes() for name in ("one", "two"))
    assert one == two


def test_the_blank_template_reads_as_blank_and_nothing_else(tmp_path):
    path = written(tmp_path)
    book = workbook.read(path, Place("119", path.name))
    assert book.problems == ()
    cleaned = clean.clean(book, report(path))
    assert set(cleaned.facts["state"]) == {"blank"}
    assert len(cleaned.facts) == 82 * 3
    assert cleaned.answers.empty
    assert {p.rule for p in cleaned.problems} == {"blank_cell", "marks_blank"}


def test_the_reader_finds_what_was_typed(tmp_path):
    path = written(tmp_path, TYPED)
    cleaned = clean.clean(workbook.read(path, Place("119", path.name)), report(path))
    actual = cleaned.facts.query("measure == 'actual'").set_index("indicator")
    assert actual.loc["C1-05", "value"] == 2_100_000_000
    assert actual.loc["C1-27", "state"] == "not_applicable"
    assert (actual.loc["C1-04", "value"], actual.loc["C1-07", "state"]) == (0, "blank")
    assert cleaned.answers[["commune_code", "question"]].to_numpy().tolist() == [["03751", "19"]]


def test_libreoffice_opens_it_and_keeps_codes_and_values(libreoffice, tmp_path):
    (made,) = libreoffice("ods", tmp_path, written(tmp_path, TYPED))
    book = calamine.CalamineWorkbook.from_path(str(made))
    assert book.sheet_names == SHEETS
    rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in SHEETS}
    assert [row[0] for row in rows["Xã"][3:6]] == ["03721", "03724", "03727"]
    assert rows["Hài lòng"][3][:3] == ["03751", "Xã Chiềng Ly", "xã NTM"]
    figures = {row[0]: row for row in rows["Chỉ tiêu"]}
    assert figures["C1-01"][3:5] == [1350, 1121]
    assert [figures[c][4] for c in ("C1-02", "C1-05", "C1-06")] == [
        "1.043",
        "2 tỷ 100 triệu",
        51.1,
    ]
    assert pd.Timestamp(rows["Thông tin"][5][1]) == pd.Timestamp(2022, 11, 30)


def test_a_full_workbook_of_29_communes_stays_small(tmp_path):
    """120 of them are kept in git, and must stay below 4 MB there."""
    members = units.communes("119", date(2022, 12, 31))
    codes = reference.due("annual")["id"]
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
