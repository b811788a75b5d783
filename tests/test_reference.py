"""The tables of data/reference: loaded once, typed, and refused in words when they are wrong."""

import shutil
from datetime import date

import pandas as pd
import pytest

from ntm_eval import reference, units
from ntm_eval.analysis import places
from ntm_eval.workspace import REFERENCE, AnalystError


@pytest.fixture
def edited(tmp_path, monkeypatch):
    """A copy of the reference folder that a test may edit or spoil."""
    shutil.copytree(REFERENCE, tmp_path / "reference")
    monkeypatch.setattr(reference, "REFERENCE", tmp_path / "reference")
    return tmp_path / "reference"


def spoil(folder, name, old, new):
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", reference.SCHEMAS)
def test_every_table_loads_with_a_source_in_each_row(name):
    frame = reference.table(name)
    assert len(frame)
    assert list(frame.columns) == list(reference.SCHEMAS[name])
    assert name == "messages" or frame["source"].str.len().ge(3).all()  # those are words, not facts


def test_every_file_of_the_folder_has_a_schema():
    assert {p.stem for p in REFERENCE.glob("*.csv")} == set(reference.SCHEMAS)


def test_a_table_is_loaded_once_while_its_file_is_there(edited):
    assert reference.table("grades") is reference.table("grades")
    (edited / "grades.csv").unlink()
    with pytest.raises(AnalystError, match="Thiếu bảng tham chiếu"):
        reference.table("grades")


def test_codes_are_text_with_their_zeros_and_days_are_days():
    communes = reference.table("communes")
    assert "03943" in set(communes["code"])
    assert communes["valid_from"].dtype == "datetime64[s]"


def test_the_counts_are_those_of_2022():
    day = date(2022, 12, 31)
    assert len(reference.at(reference.table("districts"), day)) == 12
    assert len(reference.at(reference.table("communes"), day)) == 204
    assert len(reference.table("indicators")) == 82


def test_what_one_table_names_stands_in_the_other():
    districts = set(reference.table("districts")["code"])
    indicators = reference.table("indicators")
    assert set(reference.table("communes")["district_code"].dropna()) == districts
    assert sorted(reference.table("tilegrid")["district_code"]) == sorted(districts)
    ever = set(
        reference.table("communes")[["code", "valid_from"]].itertuples(index=False, name=None)
    )
    for side in ("from", "to"):
        columns = [f"{side}_code", f"{side}_start"]
        rows = reference.table("crosswalk")[columns].itertuples(index=False, name=None)
        assert set(rows) <= ever
    assert set(indicators["denominator"].dropna()) <= set(indicators["id"])
    assert set(reference.table("published")["indicator"]) <= set(indicators["id"])
    assert set(reference.table("thresholds")["survey"]) <= set(reference.table("surveys")["survey"])
    aliases = reference.table("aliases").groupby("kind")["code"].agg(set)
    assert aliases["district"] <= districts
    assert aliases["commune"] <= set(reference.table("communes")["code"])


def test_no_two_districts_share_a_tile():
    assert not reference.table("tilegrid").duplicated(["row", "col"]).any()


def test_the_parts_of_the_score_make_a_hundred_points():
    parts = reference.table("score_parts").set_index("part")["points"]
    assert parts.sum() == 100
    assert reference.table("score_reporting")["points"].sum() == parts["reporting"]


def test_reports_are_due_before_10_june_and_before_5_december():
    due = reference.table("calendar").set_index("period")[["due_day", "due_month"]]
    assert due.loc["h1"].tolist() == [10, 6]
    assert due.loc["annual"].tolist() == [5, 12]


@pytest.mark.parametrize(
    ("day", "overall"),
    [
        (date(2017, 4, 23), []),
        (date(2017, 4, 24), [0.8]),
        (date(2018, 12, 31), [0.8]),
        (date(2022, 9, 19), [None]),
        (date(2022, 9, 20), [0.9]),
        (date(2030, 1, 1), [0.9]),
    ],
)
def test_rows_are_in_force_from_their_first_to_their_last_day(day, overall):
    rows = reference.at(reference.table("thresholds"), day)
    asked = rows[(rows["survey"] == "xã NTM") & (rows["question_kind"] == "overall")]
    assert asked["threshold"].astype(object).where(asked["threshold"].notna(), None).tolist() == (
        overall
    )


def test_rows_without_a_last_day_stay_in_force():
    frame = pd.DataFrame({"valid_from": pd.to_datetime(["2018-01-01", "2023-01-01"]), "n": [1, 2]})
    assert reference.at(frame, date(2022, 12, 31))["n"].tolist() == [1]
    assert reference.at(frame, date(2023, 1, 1))["n"].tolist() == [1, 2]


def test_a_file_saved_by_excel_with_a_byte_order_mark_is_the_same_table(edited):
    path = edited / "grades.csv"
    before = reference.table("grades").copy()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    pd.testing.assert_frame_equal(reference.table("grades"), before)


def test_a_file_saved_by_excel_set_to_vietnamese_is_the_same_table(edited):
    before = reference.table("score_reporting").copy()
    text = (edited / "score_reporting.csv").read_text(encoding="utf-8")
    saved = text.replace(",0.5,", ",0§5,").replace(
        '"mặc định của phần mềm, chưa', '"mặc định§ chưa'
    )
    saved = saved.replace(",", ";").replace("§", ",").replace("2018-01-01", "1/1/2018")
    (edited / "score_reporting.csv").write_text(saved, encoding="utf-8-sig")
    found = reference.table("score_reporting")
    columns = [c for c in before if c != "source"]
    pd.testing.assert_frame_equal(found[columns], before[columns])


def test_an_edited_table_is_seen_at_the_next_call_with_all_that_is_made_of_it(edited):
    code, day = "03943", date(2022, 12, 31)
    before = reference.indicator("C1-01"), units.find_district("Mường Mới"), units.reporting(day)
    assert before[1] is None
    spoil(
        edited,
        "aliases",
        "\ndistrict,",
        "\ndistrict,Mường Mới,119,của văn phòng,2022-01-01\ndistrict,",
    )
    spoil(edited, "districts", "Huyện Sốp Cộp", "Huyện Sốp Cộp Mới")
    spoil(edited, "indicators", before[0]["name_vi"], "Cuộc họp")
    spoil(edited, "communes", units.commune_name(code), "Xã Mường Đo Mới")
    assert units.find_district("Mường Mới").code == "119"
    assert units.district("sop-cop").name == "Huyện Sốp Cộp Mới"
    assert reference.indicator("C1-01")["name_vi"] == "Cuộc họp"
    assert units.commune_name(code) == "Xã Mường Đo Mới"


def test_all_wrong_cells_are_named_at_once_with_column_and_line(edited):
    spoil(edited, "districts", "\n116,", "\n16,")
    spoil(edited, "districts", ",huyện,", ",quận,")
    with pytest.raises(AnalystError, match=r"districts\.csv có chỗ chưa đúng") as refused:
        reference.table("districts")
    assert "cột code, dòng 2: '16'" in str(refused.value)
    assert "cột kind, dòng 3: 'quận'" in str(refused.value)


def test_a_row_without_a_source_is_refused(edited):
    spoil(edited, "grades", '"mặc định của phần mềm, chưa phải văn bản"', "")
    with pytest.raises(AnalystError, match="cột source, dòng 2"):
        reference.table("grades")


@pytest.mark.parametrize(("old", "new"), [(",90,", ",chín mươi,"), ("2018-01-01", "01.01.18")])
def test_a_number_or_day_that_cannot_be_read_names_the_file(edited, old, new):
    spoil(edited, "grades", old, new)
    with pytest.raises(AnalystError, match=r"data/reference/grades\.csv") as refused:
        reference.table("grades")
    assert new.strip(",") in str(refused.value)


@pytest.mark.parametrize("header", ["hạng,at_least", "at_least,grade"])
def test_a_column_that_is_missing_or_out_of_its_place_is_refused(edited, header):
    spoil(edited, "grades", "grade,at_least", header)
    with pytest.raises(AnalystError, match=r"grades\.csv"):
        reference.table("grades")


def test_a_missing_file_is_named(edited):
    (edited / "grades.csv").unlink()
    with pytest.raises(AnalystError, match=r"Thiếu bảng tham chiếu .*grades\.csv"):
        reference.table("grades")


def test_a_constant_is_that_in_force_on_the_day(edited):
    path = edited / "constants.csv"
    later = 'least_change,0.05,tỷ lệ,2023-01-01,"quyết định của tỉnh"\n'
    path.write_text(path.read_text(encoding="utf-8") + later, encoding="utf-8")
    days = date(2022, 12, 31), date(2023, 1, 1)
    assert [reference.constant("least_change", day) for day in days] == [0.02, 0.05]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("weak_ratio,0.8", "weak_ratio,80", "dòng 'weak_ratio': tỷ lệ 80 lớn hơn 1"),
        ("weak_ratio,0.8", "weak_ratio,tám", "constants.csv"),
        ("weak_ratio,0.8", "weak,0.8", "không có dòng 'weak_ratio' có hiệu lực ngày 15/04/2022"),
    ],
)
def test_a_constant_that_is_wrong_or_not_there_is_a_letter(edited, old, new, says):
    spoil(edited, "constants", old, new)
    with pytest.raises(AnalystError, match=says):
        reference.constant("weak_ratio", units.PLAN_DAY)


def test_what_the_code_asks_of_the_constants_is_there_since_the_first_reports():
    asked = [
        "least_change",
        "weak_ratio",
        "most_recommendations",
        "clear_q",
        "shared_districts",
        "likely",
        "easily",
        "least_rises",
        "goal_year",
        "survey_least_return",
        "suppression_limit",
        "nearest_criteria",
        "capped_share",
    ]
    assert all(reference.constant(name, date(2018, 1, 1)) > 0 for name in asked)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("C1-16 C1-17", "C1-16 C1-99", "C1-99"),
        ("119,,", "199,,", "199"),
        ("C1-16 C1-17", "", "không có chỉ tiêu"),
        ("C1-16 C1-17", "C1-16; C1-17", "places.csv"),
    ],
)
def test_a_named_place_that_is_wrong_is_a_letter(edited, old, new, says):
    spoil(edited, "places", old, new)
    with pytest.raises(AnalystError, match=says):
        places.named(units.PLAN_DAY)


def test_next_year_s_plan_names_other_places_by_rows_alone(edited):
    path = edited / "places.csv"
    row = "128,,Nước sạch ở huyện Vân Hồ,C2-15,2023-01-01,,Kế hoạch năm 2023\n"
    text = path.read_text(encoding="utf-8").replace(
        "C1-16 C1-17,2018-01-01,,", "C1-16 C1-17,2018-01-01,2022-12-31,"
    )
    path.write_text(text + row, encoding="utf-8")
    codes = [[p.district_code for p in places.named(date(y, 11, 30))] for y in (2022, 2023)]
    assert codes == [["118", "119", "122", "127"], ["118", "122", "127", "128"]]
