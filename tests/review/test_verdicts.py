"""What a review of the sample concludes, and what it must not."""

import pytest

from ntm_eval.analysis import province
from ntm_eval.reporting import reports


def said(section):
    return "\n".join(str(block) for block in section)


def test_a_stock_is_described_and_a_flow_tested(sample_review):
    found = sample_review.trends
    stocks = found[found["basis"] == "described"]
    assert stocks[["low", "high", "p_value", "q_value"]].isna().all(axis=None)
    assert (stocks["direction"] == "up").sum() > 100
    assert found.loc[found["indicator"] == "C1-17", "basis"].eq("described").all()


def test_what_most_districts_share_is_said_first_with_what_chance_would_make(sample_review):
    page = said(reports.trends(sample_review.district("thuan-chau"))["clear_trends"])
    assert page.startswith("Chung cả tỉnh: trong ")
    assert "riêng ngẫu nhiên cho khoảng" in page.splitlines()[0]
    assert "đến 102,9 km (năm 2022) (tốt lên)" in page


def test_houses_have_a_pace_and_no_probability(sample_review):
    page = said(reports.trends(sample_review.district("thuan-chau"))["ahead"])
    assert "nếu giữ nhịp khoảng 468 nhà/năm, xong trong năm 2023" in page


def test_quynh_nhai_is_asked_the_overall_question_and_in_all_its_communes(sample_review):
    page = said(reports.trends(sample_review.district("quynh-nhai"))["ahead"])
    assert "? chưa đủ căn cứ: người dân hài lòng với huyện nông thôn mới" in page
    assert "mới lấy ý kiến 2 trên 11 xã" in page


def test_no_forecast_has_an_interval_of_zero_width(sample_review):
    known = sample_review.targets.dropna(subset="low")
    assert len(known) > 100
    assert (known["low"] < known["high"]).all()


@pytest.mark.parametrize(
    ("indicator", "verdict"), [("C1-22", "not_comparable"), ("C1-16", "need_driven")]
)
def test_nobody_is_blamed_for_a_new_standard_or_a_smaller_need(sample_review, indicator, verdict):
    followed = sample_review.followed
    mine = followed[(followed["indicator"] == indicator) & followed["now"].notna()]
    assert set(mine["verdict"]) == {verdict}


def test_kilometres_and_hectares_are_in_the_totals_and_the_rest_is_named(sample_review):
    review = sample_review
    totals = province.totals(review.facts, review.series, 2022).set_index("indicator")
    assert totals.loc[["C1-06", "C1-10", "C3-05"], "actual"].notna().all()
    assert "Không có trong bảng: C1-25" in said(reports.annual_review(review)["totals"])
