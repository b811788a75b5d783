"""Sheet Đoàn thể: every row kept, names matched and never guessed, amounts in đồng."""

import pytest
from reports import edit

from ntm_eval import units
from ntm_eval.analysis.organisations import by_organisation
from ntm_eval.checks import report as checks
from ntm_eval.intake import sheets

MAI_SON = units.district("mai-son")
DONE = {"work": "Làm đường bản", "result": "3 km", "participants": 120, "amount": "2 tỷ 100 triệu"}


@pytest.fixture
def sent(write, read):
    """Write a workbook with these rows of organisations, change it, and read it."""

    def send(*rows, change=None):
        path = write(organisations=rows)
        if change:
            edit(path, change)
        return read()

    return send


def about(problems):
    return [p for p in problems if sheets.ORGANISATIONS in (p.sheet, p.fields.get("sheet"))]


def test_a_row_is_read_with_its_amount_in_dong(sent):
    found = sent({"name": "Hội Nông dân", **DONE, "model": "-", "note": "đợt 1"})
    (row,) = found.organisations.to_dict("records")
    assert (row["organisation"], row["name"], row["done"]) == ("nong-dan", "Hội Nông dân", True)
    assert (row["participants"], row["amount"]) == (120, 2_100_000_000)
    assert (row["work"], row["note"]) == ("Làm đường bản", "đợt 1")
    assert row["model"] != row["model"]
    assert (row["sheet"], row["cell"]) == (sheets.ORGANISATIONS, "A4")
    assert about(found.problems) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("HỘI NÔNG DÂN HUYỆN MAI SƠN", "nong-dan"),
        ("Hội LHPN huyện", "phu-nu"),
        ("Liên đoàn Lao động các cấp", "cong-doan"),
        ("Huyện đoàn", "doan-thanh-nien"),
    ],
)
def test_another_spelling_of_an_organisation_is_no_question(sent, typed, code):
    found = sent({"name": typed, **DONE})
    assert list(found.organisations["organisation"]) == [code]
    assert about(found.problems) == []


def test_a_misspelt_name_is_taken_with_a_question_and_an_unknown_one_is_nobody(sent):
    found = sent(
        {"name": "Hội Cựu chiến bih", **DONE},
        {"name": "Câu lạc bộ Hưu trí", **DONE},
        {"name": "", **DONE},
    )
    rows = found.organisations
    assert rows["organisation"].to_list()[:1] == ["cuu-chien-binh"]
    assert rows["organisation"].isna().to_list() == [False, True, True]
    assert rows["name"].to_list()[:2] == ["Hội Cựu chiến binh", "Câu lạc bộ Hưu trí"]
    asked = [p.fields["message"] for p in about(found.problems)]
    assert asked == ["name_matched", "unknown_organisation", "unknown_organisation.blank"]
    summed = by_organisation(rows)
    assert summed["amount"].sum() == 3 * 2_100_000_000  # nobody's work is lost


def test_what_cannot_be_read_is_asked_and_no_zero(sent):
    found = sent({"name": "Công đoàn", "work": "Ủng hộ", "amount": "đang tính", "result": "có"})
    assert found.organisations["amount"].isna().all()
    (asked,) = about(found.problems)
    assert (asked.rule, asked.raw) == ("not_a_number", "đang tính")


def test_a_sheet_left_as_it_came_says_nothing_and_one_cut_out_is_asked_for_once(sent):
    found = sent()
    assert found.organisations.empty
    assert about(found.problems) == []
    found = sent(change=lambda book: book.__delitem__(sheets.ORGANISATIONS))
    assert [p.fields["message"] for p in about(found.problems)] == ["header_not_found.sheet"]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([{"work": "Xóa nhà tạm"}], ["organisation_idle"]),
        ([{"work": "Xóa nhà tạm", "participants": 0, "amount": "không"}], ["organisation_idle"]),
        ([{"result": "Góp 20 công"}], ["organisation_unregistered"]),
        ([{"work": "Xóa nhà tạm"}, {"result": "Góp 20 công"}], []),
        ([{"work": "Xóa nhà tạm", "result": "2 nhà"}], []),
    ],
)
def test_registered_and_nothing_done_and_done_and_nothing_registered(write, rows, rule):
    path = write(organisations=[{"name": "Hội Cựu chiến binh", **row} for row in rows])
    assert [p.rule for p in about(checks.check_file(path))] == rule
