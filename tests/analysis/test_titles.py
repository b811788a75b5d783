"""Criteria gained and lost, conditions of titles, and what does not fit together."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from ntm_eval.analysis import communes, continued, titles
from ntm_eval.intake import sheets
from ntm_eval.reporting import sections

DAY = date(2023, 11, 30)
MARKS = list(sheets.CRITERIA)
NO_ANSWERS = pd.DataFrame(
    columns=["district_code", "commune_code", "survey", "question", "rule", "certainty"]
)


def heard(survey, certainty):
    """One content of 04243 not met, all else met."""
    said = [("1", "not_met"), ("19", "met")]
    each = [("127", "04243", survey, question, rule, certainty) for question, rule in said]
    return pd.DataFrame(each, columns=NO_ANSWERS.columns)


def rows(code="04243", missing=(), **known):
    """One xã with all criteria met but those missing, counted by the module that counts."""
    row = {
        "district_code": "127",
        "commune_code": code,
        "commune": "Xã Mường Và",
        "kind": "xã",
        "registered": None,
        "title": None,
        "households": 100.0,
        "poor": 5.0,
        "near_poor": 5.0,
        "cultural_households": 60.0,
        "temporary_houses": 0.0,
        **{c: sheets.NOT_YET if c in missing else sheets.MET for c in MARKS},
        **known,
    }
    return communes.table(pd.DataFrame([row]))


def changed(now, before, year=2023, on=DAY):
    return titles.changes(now, before, year, on).iloc[0]


def test_a_lost_criterion_and_a_gained_one_are_found_and_the_loss_is_told():
    found = changed(rows(missing=["TC10"]), rows(missing=["TC2"]))
    assert (found["state"], found["gained"], found["lost"]) == ("compared", "TC2", "TC10")
    said = sections.communes.changes(pd.DataFrame([found]))
    assert "Xã Mường Và: năm trước ghi đạt, năm nay ghi chưa đạt tiêu chí 10 Thu nhập" in said
    assert "Bộ tiêu chí đã thay đổi" not in said


def test_a_blank_mark_is_neither_gained_nor_lost():
    found = changed(rows(TC10=None), rows(missing=["TC2"], TC10=sheets.MET))
    assert (found["gained"], found["lost"]) == ("TC2", "")


def test_a_title_that_is_gone_is_named():
    assert changed(rows(), rows(title="NTM"))["title_lost"] == "NTM"
    assert changed(rows(title="NTM nâng cao"), rows(title="NTM"))["title_lost"] == ""


def test_a_stricter_set_is_said_and_another_one_is_not_compared():
    found = changed(rows(missing=["TC10"]), rows(), 2022, date(2022, 11, 30))
    assert found["state"] == "new_rules"
    assert "Bộ tiêu chí đã thay đổi" in sections.communes.changes(pd.DataFrame([found]))
    later = changed(rows("04246", ["TC10"]), rows("04246"), 2026, date(2026, 5, 31))
    assert (later["state"], later["lost"]) == ("other_rules", "")


def test_the_first_year_of_all_has_nothing_to_be_compared_with():
    found = changed(rows(), rows().iloc[:0], 2018, date(2018, 12, 31))
    assert (found["state"], found["gained"], found["lost"]) == ("unknown", "", "")


@pytest.mark.parametrize(("code", "state"), [("04246", "compared"), ("03712", "new_unit")])
def test_a_code_given_anew_is_not_compared_with_the_place_it_was(code, state):
    found = changed(rows(code, ["TC10"]), rows(code), 2025, date(2025, 11, 30))
    assert found["state"] == state


def test_a_criterion_not_met_refuses_the_title_and_what_nobody_measures_leaves_it_open():
    short = titles.following(rows(missing=["TC10"]), NO_ANSWERS, DAY).iloc[0]
    assert (short["next_title"], short["criteria_left"], short["verdict"]) == ("NTM", 1, "not_met")
    full = titles.following(rows(), NO_ANSWERS, DAY).iloc[0]
    assert full["verdict"] == "open"
    assert full["met"] == "đạt đủ 19 tiêu chí"
    assert "không nợ đọng xây dựng cơ bản" in full["open"]


def test_a_threshold_that_is_not_verified_gives_no_verdict():
    advanced = heard("xã NTM nâng cao", "unverified")
    found = titles.following(rows(title="NTM"), advanced, DAY).iloc[0]
    assert found["not_met"] == ""
    assert "tỷ lệ hài lòng" in found["open"]
    doubt = titles.doubts(rows(title="NTM nâng cao"), rows(), advanced, DAY).iloc[0]
    assert (doubt["rule"], doubt["verified"]) == ("title_without_consent", False)
    assert "chưa chắc chắn" in sections.communes.doubts(pd.DataFrame([doubt]))


def test_what_residents_said_under_a_known_threshold_decides():
    assert titles.following(rows(), heard("xã NTM", "sure"), DAY).iloc[0]["verdict"] == "not_met"
    for doubt in ("unverified", "few_forms", "review", "unclear"):
        found = titles.following(rows(), heard("xã NTM", doubt), DAY).iloc[0]
        assert found["verdict"] == "open", doubt


def test_under_the_set_of_2026_nothing_is_decided():
    found = titles.following(rows("04246", ["TC10"]), NO_ANSWERS, date(2026, 5, 31)).iloc[0]
    assert found["verdict"] == "open"
    assert pd.isna(found["criteria_left"])
    assert "chưa đủ căn cứ" in sections.communes.rules_in_force(date(2026, 5, 31))


def test_titles_and_criteria_that_do_not_fit_are_found():
    def rules(now, before=None):
        found = titles.doubts(now, rows() if before is None else before, NO_ANSWERS, DAY)
        return dict(zip(found["rule"], found["criterion"], strict=True))

    assert rules(rows(title="NTM", missing=["TC10"])) == {"title_without_criteria": "TC10"}
    assert rules(rows()) == {"criteria_without_title": ""}
    assert rules(rows(title="NTM")) == {}
    again = rows(title="NTM", registered="NTM")
    assert rules(again, rows(title="NTM")) == {"registered_again": ""}
    assert rules(again) == {}  # registered and won in the same year
    assert rules(rows(title="NTM", temporary_houses=3.0)) == {"mark_against_figure": "TC9"}
    assert rules(rows(title="NTM", poor=10.0)) == {"mark_against_figure": "TC11"}


def series(codes, year, value=10.0, indicator="C1-18"):
    return pd.DataFrame(
        [(c, indicator, year, value, float("nan"), float("nan")) for c in codes],
        columns=["district_code", "indicator", "year", "value", "denominator", "rate"],
    )


SOP_COP = ["04228", "04231", "04240", "04246"]


def test_a_district_goes_on_as_the_sum_of_its_communes_and_never_of_a_part():
    past = series(["127"], 2024, 38.0)
    found = continued.districts(pd.concat([past, series(SOP_COP, 2025)]))
    assert found["value"].tolist() == [38.0, 40.0]
    assert found["communes"].tolist() == [0, 4]
    part = continued.districts(pd.concat([past, series(SOP_COP[:3], 2025)]))
    assert part["value"].isna().tolist() == [False, True]
    assert not found["mixed"].any()


def test_counts_of_xa_end_with_the_districts_and_the_page_says_why():
    both = pd.concat([series(["127"], 2024, 2.0, "C1-22"), series(SOP_COP, 2025, 1.0, "C1-22")])
    assert continued.districts(both)["year"].tolist() == [2024]
    said = sections.continued.not_carried(2024, 2026)
    assert "Xã đạt chuẩn nông thôn mới (lũy kế)" in said
    assert "QĐ 51" not in said.splitlines()[0]
    breaks = [
        continued.catalogue(y).set_index("id")["break_before"]["C1-22"] for y in (2024, 2025, 2026)
    ]
    assert breaks == [2022, 2025, 2026]


def test_the_mixed_commune_is_flagged_in_both_districts():
    from ntm_eval import crosswalk, units

    codes = [d.code for d in units.reporting(units.day(2025, "annual"))]
    found = continued.districts(series(codes, 2025)).set_index("district_code")
    assert set(found.index[found["mixed"]]) == {"123", "128"}
    assert found["value"].sum() == 10.0 * 75
    assert len(crosswalk.former_districts(units.day(2025, "annual"))) == 76


def town(missing=(), **known):
    """One thị trấn with all nine criteria met but those missing."""
    row = {
        **{"district_code": "119", "commune_code": "03721", "commune": "Thị trấn Thuận Châu"},
        **{"kind": "thị trấn", "registered": None, "registered_year": float("nan"), "title": None},
        "note": None,
        **{c: sheets.NOT_YET if c in missing else sheets.MET for c in sheets.TOWN_CRITERIA},
        **known,
    }
    return communes.towns(pd.DataFrame([row]))


TITLE = sheets.TITLES[3]
AGREED = pd.DataFrame(
    [
        ("119", "03721", sheets.TOWN_SURVEY, "1", "not_configured", "none"),
        ("119", "03721", sheets.TOWN_SURVEY, "10", "met", "sure"),
    ],
    columns=NO_ANSWERS.columns,
)


def next_title(now, answers=AGREED):
    found = titles.following(now, answers, DAY, communes.URBAN)
    return found.iloc[0] if len(found) else None


def test_a_town_needs_its_criteria_two_years_of_registration_and_its_residents():
    waiting = {"registered": TITLE, "registered_year": 2021.0}
    ready = next_title(town(**waiting))
    assert (ready["verdict"], ready["criteria_left"]) == ("met", 0)
    assert next_title(town(**waiting), NO_ANSWERS)["verdict"] == "open"
    assert next_title(town(["TC6"], **waiting))["not_met"] == "đạt đủ 9 tiêu chí"
    early = next_title(town(registered=TITLE, registered_year=2022.0))
    assert "đăng ký đủ 2 năm" in early["not_met"]
    assert "đăng ký đủ 2 năm" in next_title(town())["not_met"]
    assert "đăng ký đủ 2 năm" in next_title(town(registered=TITLE))["open"]


def test_a_town_with_the_title_waits_for_another_recognition_only_where_registered():
    assert next_title(town(title=TITLE)) is None
    again = next_title(town(title=TITLE, registered=TITLE, registered_year=2019.0))
    assert "đăng ký đủ 5 năm" in again["not_met"]


def test_what_a_town_won_and_lost_is_found_and_its_title_of_years_without_marks():
    def since(before, now):
        return titles.changes(now, before, 2023, DAY, communes.URBAN).iloc[0]

    both = since(town(["TC2"], title=TITLE), town(["TC6"]))
    assert (both["gained"], both["lost"], both["title_lost"]) == ("TC2", "TC6", TITLE)
    unmarked = dict.fromkeys(sheets.TOWN_CRITERIA)
    fresh = since(town(**unmarked), town(title=TITLE))
    assert (fresh["state"], fresh["title_won"], fresh["lost"]) == ("unknown", TITLE, "")


def test_a_town_with_the_title_and_a_criterion_unmet_is_a_question():
    now = town(["TC3"], title=TITLE)
    found = titles.doubts(now, now, NO_ANSWERS, DAY, communes.URBAN)
    assert list(found["rule"]) == ["title_without_criteria"]
    said = sections.communes.doubt(found.iloc[0].to_dict(), communes.URBAN)
    assert "tiêu chí 3 Môi trường và an toàn thực phẩm" in said
    assert titles.doubts(town(), now, NO_ANSWERS, DAY, communes.URBAN).empty
