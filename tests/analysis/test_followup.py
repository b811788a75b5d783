"""Recommendations from year to year: planted changes are judged, planted weakness is named."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scored import register

from ntm_eval import reference
from ntm_eval.analysis import followup
from ntm_eval.exchange.registers import NOTED as NOTE_COLUMNS

DAY = date(2022, 11, 30)
INDICATORS = reference.table("indicators")
NO_NOTES = pd.DataFrame(columns=NOTE_COLUMNS)
NO_TRENDS = pd.DataFrame(columns=["district_code", "good", "p_value", "indicator"])
NO_ANSWERS = pd.DataFrame(
    columns=["verdict", "commune_code", "district_code", "question", "certainty"]
)
NO_SCORES = pd.DataFrame(
    columns=["district_code", "indicator", "value", "ratio", "points", "max_points", "reason"]
)


def said(text, key="recommendations", code="127"):
    return pd.DataFrame({"district_code": [code], "key": key, "text": text})


def series(indicator, *values, code="127", of=1000.0):
    """The values up to 2022, each of `of` where the catalogue names a denominator."""
    rows = [(code, indicator, 2023 - len(values) + n, v) for n, v in enumerate(values)]
    frame = pd.DataFrame(rows, columns=["district_code", "indicator", "year", "value"])
    return frame.assign(rate=frame["value"] / of)


def judged(indicator, before, now):
    note = ["127", indicator, "Làm việc này cho xong", "Đơn vị A", "đang làm", ""]
    notes = pd.DataFrame([note], columns=NOTE_COLUMNS)
    none = said("").head(0)
    yearly = series(indicator, before, now)
    return followup.followed(none, notes, yearly, INDICATORS, 2022, DAY).iloc[0]


@pytest.mark.parametrize(
    ("indicator", "before", "now", "verdict"),
    [
        ("C3-01", 50, 60, "better"),  # models: more is better
        ("C3-01", 60, 50, "worse"),
        ("C1-17", 200, 150, "better"),  # households in temporary houses: fewer is better
        ("C1-17", 150, 200, "worse"),
        ("C1-17", 100, 101.9, "same"),
        ("C1-17", 0, 0, "same"),
        ("C1-17", 0, 1, "worse"),
        ("C4-06", 10, 20, "unclear"),  # nobody says which way is better
        ("C1-16", 60, 20, "need_driven"),  # fewer houses removed where fewer are left
        ("C1-19", 150, 200, "not_comparable"),  # the standard of poverty of 2022
        ("C3-01", 50, np.nan, "no_figure"),
        ("C3-01", np.nan, 50, "no_figure"),
    ],
)
def test_what_the_figures_say_of_a_recommendation(indicator, before, now, verdict):
    found = judged(indicator, before, now)
    assert found["verdict"] == verdict
    of = 1000 if indicator in ("C1-17", "C1-19") else 1
    np.testing.assert_allclose(found[["before", "now"]].astype(float), [before / of, now / of])
    assert (found["unit"], found["status"]) == ("Đơn vị A", "đang làm")


def verdict(*frames):
    found = followup.verdicts(pd.concat(frames), INDICATORS, 2022, DAY)
    return found["verdict"].to_list()


def test_a_change_within_what_the_series_strays_by_itself_is_none():
    assert verdict(series("C3-01", 100, 140, 95, 150, 120)) == ["same"]
    assert verdict(series("C3-01", 100, 102, 99, 101, 80)) == ["worse"]
    # a steady rise is no noise: that it goes on is better, that it stops is none
    assert verdict(series("C3-01", 100, 110, 120, 130, 140)) == ["better"]
    assert verdict(series("C3-01", 100, 110, 120, 130, 130)) == ["same"]


def test_a_count_that_grows_slower_than_its_whole_is_judged_by_the_rate():
    more = pd.concat(
        [series("C2-15", 900, of=1000.0).assign(year=2021), series("C2-15", 950, of=1200.0)]
    )
    found = followup.verdicts(more, INDICATORS, 2022, DAY)
    assert found["verdict"].to_list() == ["worse"]
    assert found[["before", "now"]].to_numpy().tolist() == [[0.9, 950 / 1200]]


def test_the_noise_before_a_change_of_standard_counts_for_nothing_after_it():
    wild = series("C1-19", 100, 300, 50, 200, 180)  # the standard of 2022
    after = pd.concat([wild, series("C1-19", 160).assign(year=2023)])
    assert followup.verdicts(after, INDICATORS, 2023, DAY)["verdict"].to_list() == ["better"]


def test_a_district_s_own_words_are_told_by_sentence_and_topic():
    words = pd.concat(
        [
            said("Hỗ trợ kinh phí xóa nhà tạm; cấp thêm tài liệu.\n- Hộ nghèo cần vay vốn."),
            said("Vận động đóng bảo hiểm y tế tự nguyện.", "directions"),
            said("Thiếu cán bộ nên chưa làm tốt việc hòa giải.", "limitations"),
        ]
    )
    yearly = pd.concat([series("C1-16", 10, 20), series("C2-15", 500, 400)])
    found = followup.followed(words, NO_NOTES, yearly, INDICATORS, 2022, DAY)
    assert found[["source", "indicator", "verdict"]].fillna("").to_numpy().tolist() == [
        ["recommendations", "C1-16", "need_driven"],
        ["recommendations", "", "no_indicator"],
        ["recommendations", "C1-19", "no_figure"],
        ["directions", "C2-15", "worse"],
    ]
    assert found["recommendation"].iloc[1] == "cấp thêm tài liệu."
    assert found["unit"].iloc[0].startswith("Ủy ban MTTQ Việt Nam huyện, thành phố")


def test_the_follow_up_file_comes_first_and_of_the_province_has_no_figure():
    note = ["", "C3-01", "Tập huấn cán bộ cơ sở", "", "", ""]
    notes = pd.DataFrame([note], columns=NOTE_COLUMNS)
    words, yearly = said("Thêm mô hình tự quản về môi trường."), series("C3-01", 1, 2)
    found = followup.followed(words, notes, yearly, INDICATORS, 2022, DAY)
    assert found["source"].tolist() == ["followup", "recommendations"]
    assert found["verdict"].tolist() == ["no_figure", "better"]


def test_a_subject_without_a_unit_of_its_own_has_that_of_its_content():
    of = {s: followup.responsible(s, DAY) for s in ("C2-01", "C2-06", "C3-05", "reporting")}
    assert of["C2-01"].endswith("ngành Văn hóa")
    assert of["C2-06"] == followup.responsible("C2", DAY) != of["C2-01"]
    assert "tỉnh theo dõi" in of["reporting"]


def test_where_no_district_is_left_a_commune_answers():
    units = [followup.responsible(s, date(2025, 11, 30)) for s in ("C1-16", "C2-01", "C6-03")]
    assert not any("huyện" in unit for unit in units)
    assert all(unit.startswith("Ủy ban MTTQ Việt Nam xã, phường") for unit in units)


def scores(*rows):
    """Rows of (indicator, ratio), each worth two points."""
    frame = pd.DataFrame(rows, columns=["indicator", "ratio"])
    return frame.assign(
        district_code="127", value=1.0, max_points=2.0, points=2.0 * frame["ratio"], reason="đạt ít"
    )


def own(sent=None, scored=NO_SCORES, trends=NO_TRENDS, answers=NO_ANSWERS):
    sent = register("127") if sent is None else sent
    return followup.own(scored, trends, sent, answers, DAY)


def test_a_district_with_nothing_weak_is_asked_nothing():
    assert own().empty
    assert own(scored=scores(("C1-01", 0.8), ("C2-06", 1.0))).empty


def test_the_weakest_come_first_and_no_more_than_three():
    found = own(scored=scores(("C1-01", 0.5), ("C2-06", 0.1), ("C3-01", 0.79), ("C4-01", 0.3)))
    assert found["indicator"].tolist() == ["C2-06", "C4-01", "C1-01"]
    assert found["recommendation"].tolist() == [
        f"Có giải pháp đẩy mạnh thực hiện, hoàn thành chỉ tiêu “{reference.indicator_name(i)}”."
        for i in found["indicator"]
    ]


def test_what_was_not_reported_is_asked_for_by_the_letter_and_not_as_work():
    assert own(scored=scores(("C1-01", 0.0)).assign(value=np.nan)).empty


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"status": "missing"}, "Gửi báo cáo kỳ này"),
        # that it is missing is a problem of its own, and no error to mend
        ({"status": "missing", "errors": 1.0}, "Gửi báo cáo kỳ này"),
        ({"status": "late", "days_late": 3.0}, "kỳ này muộn 3 ngày"),
        ({"status": "undated"}, "không rõ ngày gửi"),
        ({"errors": 2.0}, "sửa 2 lỗi số liệu"),
    ],
)
def test_a_report_that_was_not_in_order_is_said(about, says):
    (text,) = own(register("127", **about))["recommendation"]
    assert says in text


def test_what_got_worse_and_who_is_not_satisfied_are_named():
    trend = pd.DataFrame(
        [("127", "worse", 0.01, "C1-19", 2018.0, 2022.0), ("127", "better", 0.01, "C1-16", 0, 0)],
        columns=["district_code", "good", "p_value", "indicator", "first_year", "last_year"],
    )
    asked = [("127", "04243", "not_met", q, "sure") for q in ("3", "7", "3")]
    others = [
        ("127", "04246", "unclear", "1", "unclear"),
        ("127", "04240", "not_met", "1", "review"),
        ("127", "04249", "not_met", "2", "few_forms"),
    ]
    answers = pd.DataFrame(
        [*asked, *others],
        columns=["district_code", "commune_code", "verdict", "question", "certainty"],
    )
    found = own(trends=trend, answers=answers)["recommendation"].tolist()
    assert len(found) == 4
    assert "“Hộ nghèo” chuyển biến xấu trong các năm 2018–2022" in found[0]
    said = "\n".join(found)
    assert re.search(r"Xã Mường Và: .*\(câu 3, 7 chưa đạt ngưỡng\)", said)
    assert "rà soát phiếu theo Phiếu đề nghị giải trình; theo phiếu đã thu, câu 1" in said
    assert "lấy ý kiến đủ số phiếu; theo phiếu đã thu, câu 2 chưa đạt ngưỡng" in said


def test_nothing_given_is_changed():
    words, yearly = said("Xóa hết nhà tạm."), series("C1-16", 1, 2)
    kept = words.copy(deep=True), yearly.copy(deep=True)
    followup.followed(words, NO_NOTES, yearly, INDICATORS, 2022, DAY)
    assert_frame_equal(words, kept[0])
    assert_frame_equal(yearly, kept[1])
