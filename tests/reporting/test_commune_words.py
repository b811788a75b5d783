"""What a page says of communes as a whole, and of districts that go on as their communes."""

from datetime import date

import pandas as pd
import pictures
from pictures import series

from ntm_eval import units
from ntm_eval.analysis import continued, titles
from ntm_eval.language import using
from ntm_eval.reporting import sections
from ntm_eval.workspace import ENGLISH

NOTHING = titles.Titled(
    pd.DataFrame(columns=titles.CHANGES),
    pd.DataFrame(columns=titles.NEXT),
    pd.DataFrame(columns=titles.DOUBTS),
)
LATER = date(2025, 11, 30)


def test_where_there_is_no_xa_the_criteria_are_for_nobody():
    assert sections.communes.standing(NOTHING, date(2022, 11, 30)) == sections.communes.NO_RURAL
    assert sections.communes.standing(NOTHING, LATER) == sections.communes.NO_RURAL


def test_all_is_told_in_one_order():
    row = {
        "commune": "Xã Mường Và",
        "state": "compared",
        "gained": "TC2",
        "lost": "TC10",
        "title_lost": "",
    }
    some = titles.Titled(pd.DataFrame([row]), NOTHING.following, NOTHING.doubts)
    lines = sections.communes.standing(some, date(2022, 11, 30)).splitlines()
    starts = [
        "Áp dụng bộ tiêu chí theo Quyết định số 318/QĐ-TTg (19 tiêu chí).",
        "So với báo cáo năm trước, 1/1 xã có tiêu chí mới đạt, tổng cộng 1 lượt tiêu chí.",
        "Xã Mường Và: ",
    ]
    assert [line.startswith(start) for line, start in zip(lines, starts, strict=True)] == [True] * 3


def test_under_another_set_nobody_is_near_and_nothing_is_said_to_fit():
    row = {
        "commune": "Xã Mường Và",
        "state": "other_rules",
        "gained": "",
        "lost": "",
        "title_lost": "",
    }
    some = titles.Titled(pd.DataFrame([row]), NOTHING.following, NOTHING.doubts)
    said = sections.communes.standing(some, date(2026, 5, 31))
    assert "Quyết định số 51/2025/QĐ-TTg (10 tiêu chí)" in said
    assert "chưa có ngưỡng của bộ mới, nên mọi kết luận về danh hiệu để là chưa đủ căn cứ" in said
    assert "Không so sánh 1 xã vì theo hai bộ tiêu chí khác nhau." in said
    assert "để đạt chuẩn NTM" not in said
    assert "Danh hiệu khớp" not in said


def test_the_province_names_what_does_not_fit_whole():
    doubt = {
        "commune": "Xã Mường Và",
        "title": "NTM",
        "rule": "criteria_without_title",
        "criterion": "",
        "verified": True,
    }
    marked = doubt | {"rule": "mark_against_figure", "criterion": "TC11"}
    doubts = pd.DataFrame([doubt, marked, marked])
    found = titles.Titled(NOTHING.changes, NOTHING.following, doubts)
    communes = pictures.communes().assign(title="", missing_criteria="")
    said = sections.communes.province(communes, found, date(2022, 11, 30))
    assert "ý kiến người dân: Xã Mường Và ghi đạt đủ 19 tiêu chí nhưng chưa có danh hiệu." in said
    with using(ENGLISH):
        said = sections.communes.province(communes, found, date(2022, 11, 30))
    assert "(2 communes)" in said


def carried_on(indicator, without=()):
    past = series(indicator, (5.0, 4.0, 3.0, 2.0, 1.0)).assign(district_code="123")
    codes = [d.code for d in units.reporting(LATER) if d.code not in without]
    now = pd.DataFrame([(c, indicator, 2025, 1.0, 10.0, 0.1) for c in codes], columns=past.columns)
    return continued.districts(pd.concat([past, now]))


def test_a_district_goes_on_within_one_standard_with_its_mixed_commune_flagged():
    houses = sections.continued.indicator_table(carried_on("C1-17"), "C1-17", 2025)
    mine = {row[0]: row[1:] for row in houses.rows}
    assert [c.header for c in houses.columns[1:]] == [*map(str, range(2018, 2023)), "2025"]
    assert mine["Mộc Châu *"][-2:] == ("100", "8")  # 7 that lie inside it, and the mixed one
    assert "Vân Hồ *" in mine
    assert "Sốp Cộp" in mine
    poor = sections.continued.indicator_table(carried_on("C1-19"), "C1-19", 2025)
    assert [c.header for c in poor.columns[1:]] == ["2022", "2025"]  # another standard before


def test_a_year_with_a_commune_missing_is_blank():
    found = carried_on("C1-17", without=["04228"])
    mine = {
        row[0]: row[-1] for row in sections.continued.indicator_table(found, "C1-17", 2025).rows
    }
    assert mine["Sốp Cộp"] == "–"


def test_courses_are_shown_only_once_communes_report():
    assert sections.continued.table(continued.districts(series("C1-17")), 2022) == []
    *tables, note = sections.continued.table(carried_on("C1-17"), 2025)
    assert [t.caption.split()[0] for t in tables] == list(sections.continued.CARRIED_ON)
    assert note == sections.continued.mixed_note()
    assert note.startswith("* Xã Chiềng Sơn")
