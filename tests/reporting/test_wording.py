"""Sentences say what the tables hold: the same numbers, and a word for each case."""

from datetime import date

import pandas as pd
import pytest

from ntm_eval.analysis import pending
from ntm_eval.analysis.trends import course
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


@pytest.mark.parametrize(
    ("period", "illustrative", "text"),
    [
        ("annual", False, "Huyện Sốp Cộp, năm 2022."),
        ("h1", False, "Huyện Sốp Cộp, 6 tháng đầu năm 2022."),
    ],
)
def test_the_opening_names_unit_period_and_year(period, illustrative, text):
    assert sections.received.opening("Huyện Sốp Cộp", 2022, period, illustrative) == text


def test_the_opening_marks_invented_data():
    said = sections.received.opening("Huyện Sốp Cộp", 2022, "annual", True).splitlines()
    assert said[1].startswith("SỐ LIỆU MINH HỌA")


def test_a_report_on_time_is_said_with_its_days_and_its_cells():
    assert sections.received.arrival(arrived()).splitlines() == [
        "Sốp Cộp gửi báo cáo đúng hạn, nhận ngày 02/12/2022 (hạn gửi trước ngày 05/12/2022); "
        "số liệu đến 30/11/2022. Báo cáo 60/80 chỉ tiêu, còn thiếu 20.",
    ]


def test_a_late_report_says_by_how_many_days():
    late = arrived(status="late", days_late=4.0, received=pd.Timestamp("2022-12-08"))
    assert "gửi báo cáo muộn 4 ngày, nhận ngày 08/12/2022" in sections.received.arrival(late)


def test_an_undated_report_has_no_invented_day():
    said = sections.received.arrival(arrived(status="undated", received=pd.NaT, days_late=NAN))
    assert said.startswith("Sốp Cộp không rõ ngày gửi (hạn gửi trước ngày 05/12/2022)")


def test_a_report_without_a_cut_off_date_says_so():
    assert "không ghi ngày chốt số liệu" in sections.received.arrival(arrived(cut_off=pd.NaT))


def test_a_missing_report_is_said_without_any_count():
    missing = arrived(status="missing", received=pd.NaT, cells_expected=NAN, cells_filled=NAN)
    assert (
        sections.received.arrival(missing)
        == "Sốp Cộp chưa có báo cáo (hạn gửi trước ngày 05/12/2022)."
    )


def test_discipline_counts_each_status_and_names_all_but_those_on_time():
    register = pd.DataFrame(
        [
            arrived(),
            arrived(district="Vân Hồ", status="late", days_late=4.0, errors=1, warnings=0),
            arrived(district="Bắc Yên", status="undated"),
            arrived(
                district="Mai Sơn",
                status="missing",
                cells_expected=NAN,
                cells_filled=NAN,
                errors=1,
                warnings=0,
            ),
        ]
    )
    assert sections.received.summary(register) == (
        "1/4 huyện, thành phố gửi báo cáo đúng hạn; gửi muộn: Vân Hồ (4 ngày); chưa có báo cáo: "
        "Mai Sơn; không rõ ngày gửi: Bắc Yên. Các báo cáo đã nhận có 180/240 số liệu phải báo cáo "
        "(75,0%)."
    )


def test_discipline_without_any_report_counts_no_cells():
    register = pd.DataFrame([arrived(status="missing", cells_expected=NAN, cells_filled=NAN)])
    assert "số liệu phải báo cáo" not in sections.received.summary(register)


def test_problems_are_counted_by_weight():
    found = pd.DataFrame({"severity": ["error", "warning", "info", "warning", "info", "info"]})
    found["rule"] = "outlier"
    said = sections.quality.summary(found)
    assert said.startswith("Báo cáo có 1 lỗi phải sửa, 2 chỗ cần xem lại. Các nội dung này")
    nothing = "Không phát hiện chỗ nào phải hỏi lại."  # a note is not asked about
    for none in (found[found["severity"] == "info"], found.iloc[:0]):
        assert sections.quality.summary(none) == nothing
    missing = pd.DataFrame({"severity": ["error"], "rule": ["missing_report"]})
    assert sections.quality.summary(missing) == "Chưa có báo cáo nào để kiểm tra số liệu."
    assert "có 1 lỗi" in sections.quality.summary(pd.concat([found, missing]))


def test_where_nothing_was_reported_no_trend_is_said_to_be_good_or_bad():
    nothing = trends()
    assert sections.trends.summary(nothing).startswith("Chưa có báo cáo năm nào")
    said = [sections.trends.told(nothing, WENT, good, DAY) for good in ("worse", "better")]
    assert said == ["", ""]


def test_pages_that_stopped_are_named_by_district_and_the_provinces_own_is_left_out():
    stopped = frame(
        "district notebook error",
        ["sop-cop", "02_trends", "KeyError: 'C1-19'"],
        [None, "05_annual_review", "x"],
    )
    assert sections.received.failures(stopped) == (
        "Trang 02_trends của Sốp Cộp chưa lập được: KeyError: 'C1-19'."
    )
    assert sections.received.failures(stopped.iloc[:0]) == ""


# trends


def trends(*rows):
    names = "years first_year last_year slope low high p_value q_value direction good basis"
    return frame(f"indicator {names}", *rows).assign(district_code="127")


POOR = ["C1-20", 5.0, 2018.0, 2022.0, -0.021, NAN, NAN, NAN, NAN, "down", "better", "described"]
TALKS = ["C1-01", 5.0, 2018.0, 2022.0, -12.0, -20.0, -4.5, 0.02, 0.245, "down", "worse", "test"]
LAND = ["C1-03", 6.0, 2017.0, 2022.0, 1.5, 0.5, 2.0, 0.01, 0.03, "up", "better", "test"]
HOUSEHOLDS = ["C1-18", 5.0, 2018.0, 2022.0, 150.0, NAN, NAN, NAN, NAN, "up", "unclear", "described"]
FLAT = ["C3-03", 5.0, 2018.0, 2022.0, 0.0, -1.0, 1.25, 0.9, 0.95, "none", "unclear", "test"]
SHORT = ["C1-22", 1.0, 2022.0, 2022.0, NAN, NAN, NAN, NAN, NAN, "too_few", "unclear", "described"]


def went(indicator, *values):
    """Yearly figures to 2022, each rate the tenth part."""
    rows = [("127", indicator, 2023 - len(values) + n, v, v / 10) for n, v in enumerate(values)]
    return pd.DataFrame(rows, columns=["district_code", "indicator", "year", "value", "rate"])


WENT = pd.concat(
    [
        went("C1-20", 3.0, 2.5, 2.2, 2.0, 1.9),
        went("C1-01", 100.0, 90.0, 80.0, 70.0, 52.0),
        went("C1-03", 10.0, 9.0, 30.0, 40.0, 50.0, 60.0),
        went("C1-18", 100.0, 150.0, 200.0, 250.0, 300.0),
        went("C3-03", 5.0, 6.0, 5.0, 6.0, 5.0),
        went("C1-22", 4.0),
    ]
)


def said(*rows):
    courses = course(trends(*rows), WENT)
    return "\n".join(sections.trends.sentence(row, 0.1) for row in courses.to_dict("records"))


def test_five_years_one_way_are_said_from_the_first_value_to_the_last():
    assert said(TALKS) == (
        "Cuộc tuyên truyền, vận động (C1-01): giảm liên tục cả 5 năm, từ 100 cuộc (năm 2018) đến "
        "52 cuộc (năm 2022) (xấu đi)."
    )
    assert said(POOR).endswith(
        "giảm liên tục cả 5 năm, từ 30,0% (năm 2018) đến 19,0% (năm 2022) (tốt lên)."
    )


def test_clear_is_said_only_where_the_whole_table_bears_it():
    assert "có xu hướng tăng rõ, từ 1 m²/hộ" in said(LAND)
    assert said(LAND).endswith("mỗi năm +1,5 m²/hộ (tốt lên).")
    sure = [*TALKS[:8], 0.09, *TALKS[9:]]
    assert "giảm rõ, liên tục cả 5 năm" in said(sure)
    assert "rõ" not in said(TALKS, POOR, FLAT, SHORT, HOUSEHOLDS)


def test_neither_good_nor_bad_is_not_judged():
    for row in (FLAT, HOUSEHOLDS, SHORT):
        assert "tốt" not in said(row)
    assert "chưa thấy xu hướng, từ 5 buổi" in said(FLAT)


def test_too_few_years_give_no_slope():
    assert said(SHORT) == (
        "Xã đạt chuẩn nông thôn mới (lũy kế) (C1-22): chưa đủ số liệu để nói về xu hướng (1 năm)."
    )


def test_a_count_of_trends_stands_beside_what_chance_would_make():
    told = str(sections.trends.summary(trends(POOR, TALKS, HOUSEHOLDS, FLAT, SHORT, SHORT)))
    assert "Trong 2 chỉ tiêu thực hiện trong năm được kiểm định, 1 tăng hoặc giảm" in told
    assert ": 1 xấu đi; riêng ngẫu nhiên cũng cho khoảng 0,0 chỉ tiêu như vậy, đến 0,2 nếu" in told
    assert "Trong 2 chỉ tiêu cuối kỳ, lũy kế (chỉ mô tả), 2 năm nào cũng" in told
    assert "2 chỉ tiêu chưa đủ năm cùng một chuẩn" in told
    four = [FLAT[0], 4.0, *FLAT[2:]]
    assert "3 chỉ tiêu chưa đủ năm" in sections.trends.summary(trends(four, SHORT, SHORT))


def test_worrying_trends_are_those_that_get_worse():
    worse = sections.trends.told(trends(POOR, TALKS), WENT, "worse", DAY)
    assert worse == said(TALKS)
    none = sections.trends.told(trends(POOR), WENT, "worse", DAY)
    assert none == "Không có chỉ tiêu nào xấu đi qua các năm."
    better = sections.trends.told(trends(POOR, TALKS), WENT, "better", DAY)
    assert better == (
        "Số cuối kỳ, lũy kế năm nào cũng tốt lên: Tỷ lệ hộ cận nghèo (C1-20) từ "
        "30,0% (năm 2018) đến 19,0% (năm 2022)."
    )


def test_what_most_districts_share_comes_from_the_province_and_names_how_many():
    rows = course(trends(TALKS, POOR, FLAT), WENT).drop(columns="district_code")
    rows = rows.assign(districts=9, expected=12, shared=[True, True, False])
    told = str(sections.trends.shared(rows)).splitlines()
    assert told[0].startswith("Chung cả tỉnh: trong 2 chỉ tiêu kiểm định được")
    assert told[1].endswith("đến 52 cuộc (năm 2022); cùng chiều ở 9/12 đơn vị.")
    assert told[2].startswith("Số cuối kỳ, lũy kế năm nào cũng tốt lên: Tỷ lệ hộ cận nghèo")
    assert len(told) == 3


# scores and ranks


def ranking(*rows):
    return frame(
        "district_code points grade rank rank_low rank_high points_low points_high self_score",
        *rows,
    ).assign(grade_low=lambda row: row["grade"], grade_high=lambda row: row["grade"])


NOTHING_OPEN = pd.DataFrame(columns=pending.COLUMNS)


SURE = ["127", 91.3, "xuất sắc", 1.0, 1.0, 1.0, 88.5, 93.0, 40.5]
UNSURE = ["119", 75.0, "khá", 3.0, 2.0, 5.0, 70.0, 80.0, NAN]
WITHOUT = ["121", NAN, "chưa đủ căn cứ", NAN, NAN, NAN, NAN, NAN, NAN]


def test_a_standing_names_grade_points_band_rank_and_self_score():
    said = sections.scores.summary(ranking(SURE, UNSURE), NOTHING_OPEN, "127")
    for part in (
        "Tổng điểm đề xuất: 91,3/100 điểm (dao động từ 88,5 đến 93,0 tùy phương án chấm điểm)",
        "xếp thứ 1. Đơn vị tự chấm 40,5 điểm cho phần chỉ tiêu",
    ):
        assert part in said
    headline = sections.headline.headline(ranking(SURE).iloc[0])
    assert headline.text == "Đề xuất xếp loại: Xuất sắc, 91,3/100 điểm, thứ 1"


def test_an_unsure_rank_is_said_as_a_range_and_no_self_score_is_not_zero():
    said = sections.scores.summary(ranking(SURE, UNSURE), NOTHING_OPEN, "119")
    assert "75,0/100 điểm (dao động từ 70,0 đến 80,0 tùy phương án chấm điểm), xếp thứ 2–5." in said
    assert "Đơn vị không tự chấm điểm." in said


def test_a_grade_is_always_a_proposal():
    said = sections.scores.summary(ranking(SURE), NOTHING_OPEN, "127")
    assert "Đây là đề xuất để Hội đồng xem xét" in said


def test_a_district_without_a_report_has_no_standing():
    said = sections.scores.summary(ranking(SURE, WITHOUT), NOTHING_OPEN, "121")
    assert said == "Chưa đủ căn cứ để chấm điểm vì chưa có báo cáo."


def scores(*rows):
    return frame("part indicator points max_points reason", *rows)


def communes(*rows):
    """A row for Mường Do comes last: the places named in the plan look it up."""
    own = [MUONG_DO, "122", "Xã Mường Do", pd.NA, NAN, 12.0]
    return frame(
        "commune_code district_code commune title criteria_met temporary_houses",
        *([*row, NAN] for row in rows),
        *([] if rows else [own]),
    )
