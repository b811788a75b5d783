"""What a review of the sample concludes, and what it must not."""

import re

import pytest

from ntm_eval.analysis import province
from ntm_eval.exchange import replies
from ntm_eval.reporting import reports
from ntm_eval.reporting.blocks import Figure


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
    named = "không có trong bảng: Tiêu chí nông thôn mới bình quân một xã (số bình quân)"
    assert named in said(reports.annual_review(review)["totals"])


def test_millions_in_a_dong_cell_are_in_no_total_headline_or_advice(sample_review):
    review = sample_review
    facts = review.facts[review.facts["held"].notna()].set_index(["district_code", "indicator"])
    assert facts.loc[("125", "C1-11"), "held"] == "unit_suspect"
    total = province.totals(review.facts, review.series, 2022).set_index("indicator").loc["C1-11"]
    assert total["districts"] == 11
    assert total["with_likely"] - total["actual"] == 1_183_000_000
    report = reports.annual_review(review)
    told = [*report["five_contents"], *report["main_findings"]]
    named = [s for b in told for s in str(b).split(". ") if "Quỹ Vì người nghèo" in s]
    assert [s.split(":")[0] for s in named] == ["Đang giải trình, chưa tính"]
    cells = report["overview"].frames[0].query("indicator == 'C1-11' and district_code == '125'")
    assert cells["state"].tolist() == ["held"]
    here = review.district("mai-son")
    page = reports.evaluation(here)
    assert "C1-11" not in here.recommended["indicator"].dropna().tolist()
    assert "đạt 0,0%" not in said(page["points_and_grade"])
    row = "Quỹ Vì người nghèo vận động được | 1183 | Nghi sai đơn vị (nghìn, triệu) | 1,18 tỷ đồng"
    assert row in said(page["questions"])
    first = said(page["dashboard"])
    assert "Quỹ Vì người nghèo" not in first
    assert "2 số liệu đang đề nghị giải trình, tạm thời chưa tính" in first
    held = [f.alt for f in page["dashboard"] if isinstance(f, Figure) and "Quỹ Vì" in f.alt]
    assert "34.250 đồng/hộ, ? đang đề nghị giải trình" in held[0]
    assert here.series.query("indicator == 'C1-11' and year == 2022")["value"].isna().all()


def test_an_error_decides_no_first_place_and_is_no_advice(sample_review):
    ranking = sample_review.ranking.set_index("district_code")
    assert ranking.loc[["116", "118"], ["rank_low", "rank_high"]].to_numpy().tolist() == [
        [1, 2],
        [1, 2],
    ]
    assert ranking.loc["116", "group"] == ranking.loc["118", "group"]
    here = sample_review.district("quynh-nhai")
    assert "C3-02" not in here.recommended["indicator"].dropna().tolist()
    assert "C3-02" not in [step.indicator for step in here.next_grade.steps]


def test_a_grade_that_hangs_on_a_blank_cell_says_what_it_would_become(sample_review):
    first = said(reports.evaluation(sample_review.district("song-ma"))["dashboard"])
    assert (
        "Nếu giải trình, bổ sung Đường làng ngõ xóm sáng - xanh - sạch - đẹp, điểm có thể đến "
        "81,4, mức Tốt."
    ) in first
    decide = said(reports.annual_review(sample_review)["to_decide"])
    assert "Cân nhắc trường hợp Sông Mã | Khá (79,3)" in decide


def test_a_stock_that_closes_is_not_asked_and_the_weightiest_question_comes_first(sample_review):
    problems = sample_review.problems
    asked = problems[problems["rule"] == "stock_break"]
    assert "119" not in asked["district_code"].tolist()
    here = sample_review.district("song-ma")
    letter = replies.questions(here.problems, here.data.replies, here.moves)
    assert letter["subject"].iloc[0] == "C3-05"


def test_kad_where_it_applies_is_asked(sample_review):
    found = sample_review.problems.query("rule == 'not_applicable_unexpected'")
    assert found[["district_code", "indicator"]].to_numpy().tolist() == [["126", "C2-10"]]


def test_the_one_interval_is_printed_everywhere(sample_review):
    ranking = sample_review.ranking.set_index("district_code")
    for code in ("119", "124", "128"):
        low, high = ranking.loc[code, ["rank_low", "rank_high"]].astype(int)
        here = sample_review.district(code)
        page = reports.evaluation(here)
        assert page["dashboard"][0].text.endswith(f", thứ {low}–{high}")
        assert f"xếp thứ {low}–{high}." in said(page["points_and_grade"])
        table = said(reports.annual_review(sample_review)["proposed_ranking"])
        assert f"{low}–{high}" in table


def test_the_districts_that_score_themselves_higher_are_said_to(sample_review):
    table = said(reports.annual_review(sample_review)["proposed_ranking"])
    assert len(re.findall(r"\| \+\d+,\d$", table, re.MULTILINE)) >= 10
