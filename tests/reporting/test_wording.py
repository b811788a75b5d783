"""Sentences say what the tables hold: the same numbers, and a word for each case."""

from datetime import date

import pandas as pd
import pytest

from ntm_eval.reporting import sections
from ntm_eval.reporting.blocks import Quote, Section, Text, quote

NAN = float("nan")
HOSTILE = '<script>alert("a & b")</script>'
DAY = date(2022, 11, 30)
MUONG_DO, MUONG_VA, HAT_LOT = "03943", "04243", "04135"


def frame(columns, *rows):
    return pd.DataFrame(rows, columns=columns.split())


# what notebooks show


def test_sentences_are_paragraphs_and_what_they_quote_stays_text():
    html = Text(f"Một.\n\n  \n{HOSTILE}")._repr_html_()
    assert html == ("<p>Một.</p><p>&lt;script&gt;alert(&quot;a &amp; b&quot;)&lt;/script&gt;</p>")


def test_a_quotation_is_marked_and_escaped():
    html = Quote(f"</blockquote>{HOSTILE}")._repr_html_()
    assert html.startswith("<blockquote><p>&lt;/blockquote&gt;&lt;script")
    assert html.endswith("</p></blockquote>")
    assert "<script" not in html


def test_sentences_print_as_they_read():
    assert repr(Text("Một.\nHai.")) == "Một.\nHai."


def test_the_districts_own_words_are_quoted_and_silence_is_said():
    assert quote("Ban Thường trực đã họp.")._repr_html_() == (
        "<blockquote><p>Ban Thường trực đã họp.</p></blockquote>"
    )
    for nothing in (None, ""):
        assert quote(nothing)._repr_html_() == "<p>Báo cáo không ghi nội dung này.</p>"


def test_what_is_shown_comes_in_its_order(capsys):
    Section([Text("Một."), Text("Hai.")])._ipython_display_()
    assert capsys.readouterr().out == "Một.\nHai.\n"


def test_hostile_text_is_escaped_wherever_a_sentence_quotes_it():
    said = [
        sections.received.opening(HOSTILE, 2022, "annual", False),
        sections.received.arrival(arrived(district=HOSTILE)),
        sections.received.summary(pd.DataFrame([arrived(district=HOSTILE, status="missing")])),
        sections.received.failures(
            frame("district notebook error", ["sop-cop", "01_clean", HOSTILE])
        ),
        sections.communes.summary(communes([MUONG_DO, "122", HOSTILE, HOSTILE, 5.0])),
    ]
    for words in said:
        assert "&lt;script&gt;" in words._repr_html_()
        assert "<script" not in words._repr_html_()


# arrival, discipline, problems


def arrived(**other):
    return pd.Series(
        {
            "district_code": "127",
            "district": "Sốp Cộp",
            "status": "on_time",
            "received": pd.Timestamp("2022-12-02"),
            "due": pd.Timestamp("2022-12-05"),
            "days_late": 0.0,
            "cut_off": pd.Timestamp("2022-11-30"),
            "cells_expected": 80.0,
            "cells_filled": 60.0,
            "errors": 2,
            "warnings": 3,
        }
        | other
    )


def totals(*rows):
    return frame("indicator ratio", *rows)


def test_totals_count_plans_met_and_name_those_furthest_behind():
    said = sections.results.province_summary(
        totals(
            ["C1-01", 1.0],
            ["C1-03", 1.4],
            ["C1-05", 0.5],
            ["C1-11", 0.25],
            ["C1-14", 0.9],
            ["C1-16", 0.75],
            ["C1-18", NAN],
        )
    )
    assert said == (
        "2 trên 6 chỉ tiêu có kế hoạch đã đạt hoặc vượt. Xa kế hoạch nhất: "
        "C1-11 Quỹ Vì người nghèo vận động được (25,0%); "
        "C1-05 Tiền nhân dân đóng góp xây dựng nông thôn mới (50,0%); "
        "C1-16 Nhà tạm, nhà dột nát đã xóa (75,0%)."
    )


@pytest.mark.parametrize(("ratio", "met"), [(0.8, 1), (1.0, 1), (1.2, 0)])
def test_a_plan_for_fewer_is_met_at_or_below_it(ratio, met):
    said = sections.results.province_summary(totals(["C1-19", ratio]))
    assert said == f"{met} trên 1 chỉ tiêu có kế hoạch đã đạt hoặc vượt."


def test_totals_without_any_plan_say_so():
    said = sections.results.province_summary(totals(["C1-01", NAN]))
    assert said == "Chưa có chỉ tiêu nào có cả kế hoạch và kết quả."


def communes(*rows):
    """A row for Mường Do comes last: the places named in the plan look it up."""
    own = [MUONG_DO, "122", "Xã Mường Do", pd.NA, NAN, 12.0]
    return frame(
        "commune_code district_code commune title criteria_met temporary_houses",
        *([*row, NAN] for row in rows),
        *([] if rows else [own]),
    )


def test_communes_are_counted_by_title_and_those_with_the_fewest_criteria_named():
    said = sections.communes.summary(
        communes(
            [MUONG_DO, "122", "Xã Mường Do", pd.NA, 6.0],
            [MUONG_VA, "127", "Xã Mường Và", "NTM", 19.0],
            [HAT_LOT, "125", "Xã Hát Lót", "NTM", 19.0],
            ["04105", "125", "Thị trấn Hát Lót", "Đô thị văn minh", NAN],
        )
    )
    assert "Danh hiệu được báo cáo: NTM: 2; Đô thị văn minh: 1." in said
    assert "Bình quân 14,7 tiêu chí một xã, tính trên 3 xã có số liệu." in said
    assert "Ít tiêu chí nhất: Xã Mường Do (Phù Yên): 6; " in said
    assert "Thị trấn" not in said


def test_communes_without_titles_or_criteria_say_so():
    one = communes([MUONG_DO, "122", "Xã Mường Do", pd.NA, 0.0])
    assert "Danh hiệu được báo cáo: chưa có. Bình quân 0,0 tiêu chí" in sections.communes.summary(
        one
    )
    none = communes([MUONG_DO, "122", "Xã Mường Do", "NTM", NAN])
    assert sections.communes.summary(none) == "Chưa có số liệu tiêu chí của xã nào."
