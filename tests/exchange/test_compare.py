"""Two versions of a report: every planted difference is found, and nothing else."""

import json
import shutil
from datetime import date

import pandas as pd
import pytest
from reports import SOP_COP

from ntm_eval import units
from ntm_eval.checks import report as checks
from ntm_eval.exchange import compare, told
from ntm_eval.workspace import AnalystError

MEMBERS = units.communes(SOP_COP.code, date(2022, 12, 31))
ROW = {
    "commune_code": MEMBERS[0].code,
    "commune": MEMBERS[0].name,
    "survey": "xã NTM",
    "households": 900,
    "issued": 500,
    "collected": 400,
    "question": 1,
    "satisfied": 380,
    "unsatisfied": 15,
    "no_answer": 5,
}
FIRST = {
    "figures": {("C1-01", "actual"): 7, ("C1-05", "actual"): "2 tỷ", ("C1-02", "plan"): 0},
    "communes": {MEMBERS[1].code: {"TC3": "Đ", "poor": 40}},
    "satisfaction": [ROW],
}


@pytest.fixture
def versions(write):
    """What `compare` finds between a first version and one with changed content."""

    def differ(**changed):
        old = write("ban 1.xlsx", **FIRST)
        new = write("ban 2.xlsx", **(FIRST | changed))
        return compare.files(old, new)

    return differ


def test_a_version_equals_itself(versions):
    assert versions().empty
    assert "giống nhau" in told.reports(versions())[0]


def test_every_changed_cell_of_every_sheet_is_found_and_no_other(versions):
    found = versions(
        figures=FIRST["figures"] | {("C1-01", "actual"): 9},
        communes={MEMBERS[1].code: {"TC3": "C", "poor": 41}},
        satisfaction=[ROW | {"satisfied": 381, "unsatisfied": 14}],
    )
    about = ["sheet", "measure", "old_value", "new_value", "old_cell", "new_cell", "change"]
    assert found[about].to_numpy().tolist() == [
        ["Chỉ tiêu", "actual", 7.0, 9.0, "E5", "E5", "changed"],
        ["Xã", "TC3", "Đ", "C", "H5", "H5", "changed"],
        ["Xã", "poor", 40.0, 41.0, "Z5", "Z5", "changed"],
        ["Hài lòng", "satisfied", 380.0, 381.0, "H4", "H4", "changed"],
        ["Hài lòng", "unsatisfied", 15.0, 14.0, "I4", "I4", "changed"],
    ]
    assert set(found["old_file"]) == {"ban 1.xlsx"}


def test_another_spelling_of_the_same_number_is_no_difference(versions):
    assert versions(figures=FIRST["figures"] | {("C1-05", "actual"): 2_000_000_000}).empty


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (None, "(để trống)"),
        ("KAD", "(không áp dụng)"),
        ("đang tính", "(không đọc được: đang tính)"),
        ("gần 0", "gần 0"),
    ],
)
def test_zero_blank_not_applicable_and_unread_all_differ(versions, typed, value):
    found = versions(figures=FIRST["figures"] | {("C1-02", "plan"): typed})
    assert found[["old_value", "new_value"]].to_numpy().tolist() == [[0.0, value]]


def test_a_survey_row_that_only_one_version_has_is_named(versions):
    found = versions(satisfaction=[ROW, ROW | {"question": 2}])
    assert set(found["change"]) == {"only_new"}
    assert set(found["question"]) == {"2"}
    assert "chỉ có ở bản sau" in "\n".join(told.reports(found))


def test_the_text_names_cell_indicator_and_both_values(versions):
    lines = told.reports(versions(figures=FIRST["figures"] | {("C1-01", "actual"): "9 người"}))
    (line,) = [text for text in lines if text.startswith("- ")]
    assert line.startswith("- ô E5, C1-01 ")
    assert ", Thực hiện: 7 → " in line


def test_two_districts_are_not_compared(write):
    with pytest.raises(AnalystError, match="không phải hai bản của một báo cáo"):
        compare.files(write("a.xlsx"), write("b.xlsx", district=units.district("mai-son")))


def test_a_damaged_file_is_a_letter(write, tmp_path):
    broken = tmp_path / "hong.xlsx"
    broken.write_bytes(b"PK")
    with pytest.raises(AnalystError, match=r"hong\.xlsx"):
        compare.files(write(), broken)


def test_restated_names_what_the_earlier_report_said(write):
    old = checks.read_alone(write("ban 1.xlsx", figures={("C1-01", "actual"): 7}))[1]
    new = checks.read_alone(write("ban 2.xlsx", figures={("C1-01", "actual"): 9}))[1]
    (found,) = compare.restated(SOP_COP, old, new)
    assert (found.rule, found.indicator, found.cell) == ("restated", "C1-01", "E5")
    assert "ban 1.xlsx" in found.message
    assert "'7'" in found.message
    assert list(compare.restated(SOP_COP, new, new)) == []


@pytest.fixture
def folders(tmp_path):
    """Two review folders that differ in one figure, its score and a place."""
    facts = pd.DataFrame(
        {
            "district_code": ["127", "127"],
            "commune_code": [None, None],
            "indicator": ["C1-01", "C1-02"],
            "measure": "actual",
            "value": ["7", "1"],
            "state": "reported",
            "qualifier": None,
            "corrected": None,
            "held": None,
            "file": "a.xlsx",
            "sheet": "Chỉ tiêu",
            "cell": ["E5", "E6"],
        }
    )
    problems = pd.DataFrame(columns=["rule", "file", "sheet", "cell", "message"])
    scores = pd.DataFrame(
        {
            "district_code": "127",
            "part": "C1",
            "indicator": ["C1-01"],
            "points": "1.5",
            "max_points": "2",
            "value": "7",
            "plan": "9",
            "reason": "7/9",
        }
    )
    ranking = pd.DataFrame(
        {
            "district_code": ["126", "127"],
            "points": ["80", "70"],
            "grade": "khá",
            "rank": ["1", "2"],
            "rank_low": "1",
            "rank_high": "3",
        }
    )
    for name in ("old", "new"):
        folder = tmp_path / name
        folder.mkdir()
        if name == "new":
            facts = facts.assign(value=["9", "1"])
            scores = scores.assign(points="2.0", value="9", reason="9/9")
            ranking = ranking.assign(points=["80", "85"], rank=["2", "1"])
        tables = {"facts": facts, "scores": scores, "ranking": ranking, "problems": problems}
        for table, frame in tables.items():
            frame.to_csv(folder / f"{table}.csv", index=False, encoding="utf-8-sig")
        note = {"year": 2022, "period": "annual", "inputs": {"2022/annual/a.xlsx": name}}
        (folder / "manifest.json").write_text(json.dumps(note), encoding="utf-8")
    return tmp_path / "old", tmp_path / "new"


def test_two_reviews_differ_in_what_was_planted_and_say_why(folders):
    found = compare.reviews(*folders)
    assert found["inputs"].to_numpy().tolist() == [["2022/annual/a.xlsx", "changed"]]
    fact = found["facts"][["indicator", "column", "old", "new", "why"]].to_numpy().tolist()
    assert fact == [["C1-01", "value", "7", "9", "tệp báo cáo khác"]]
    assert set(found["scores"]["column"]) == {"points", "value", "reason"}
    assert set(found["scores"]["why"]) == {"số liệu của chỉ tiêu thay đổi"}
    why = found["ranking"].set_index(["district_code", "column"])["why"]
    assert why["126", "rank"] == "điểm của đơn vị khác thay đổi"
    assert why["127", "points"] == "điểm của đơn vị thay đổi"
    assert any("C1-01" in line and "7 → 9" in line for line in told.reviews(found))


def test_a_figure_that_changed_in_the_same_file_is_laid_to_the_software(folders):
    shutil.copy(folders[0] / "manifest.json", folders[1] / "manifest.json")
    (why,) = compare.reviews(*folders)["facts"]["why"]
    assert why.startswith("tệp không đổi")


def changed(folder, name, **values):
    path = folder / f"{name}.csv"
    pd.read_csv(path, dtype=str).assign(**values).to_csv(path, index=False, encoding="utf-8-sig")


def test_a_corrected_figure_says_who_corrected_it_and_why(folders):
    problem = {
        "rule": "correction_applied",
        **{"file": "a.xlsx", "sheet": "Chỉ tiêu", "cell": "E5"},
        "message": "đã sửa thành '9' theo bản sửa 1/2/2023, Lò A (corrections.csv): nhầm cột.",
    }
    pd.DataFrame([problem]).to_csv(folders[1] / "problems.csv", index=False)
    changed(folders[1], "facts", corrected=["bản sửa 1/2/2023, Lò A", None])
    found = compare.reviews(*folders)["facts"].set_index("column")
    assert set(found["why"]) == {"bản sửa 1/2/2023, Lò A: nhầm cột"}
    assert found.loc["value", ["file", "sheet", "cell"]].tolist() == ["a.xlsx", "Chỉ tiêu", "E5"]
    assert any("ô E5, giá trị: 7 → 9" in line for line in told.reviews(compare.reviews(*folders)))


def test_a_figure_of_a_report_sent_again_names_the_later_file(folders):
    changed(folders[1], "facts", file="b.xlsx")
    (why,) = compare.reviews(*folders)["facts"]["why"]
    assert why == "báo cáo gửi lại: b.xlsx"


def test_a_figure_that_is_no_longer_held_back_has_changed(folders):
    changed(folders[0], "facts", held=["outlier", None], value=["9", "1"])
    (row,) = compare.reviews(*folders)["facts"].to_dict("records")
    assert (row["column"], row["old"]) == ("held", "outlier")


def test_a_review_equals_itself(folders):
    assert all(frame.empty for frame in compare.reviews(folders[0], folders[0]).values())


def test_two_periods_are_not_compared(folders):
    path = folders[1] / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace("annual", "h1"), encoding="utf-8")
    with pytest.raises(AnalystError, match="không cùng một kỳ"):
        compare.reviews(*folders)


def test_a_folder_that_is_no_review_is_a_letter(folders, tmp_path):
    with pytest.raises(AnalystError, match=r"facts\.csv"):
        compare.reviews(folders[0], tmp_path)
