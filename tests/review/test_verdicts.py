"""What a review of the sample concludes, and what it must not."""

import json
import re

import pytest

from ntm_eval import notation, reference, units
from ntm_eval.analysis import province
from ntm_eval.exchange import replies
from ntm_eval.reporting import reports
from ntm_eval.reporting.blocks import Figure
from ntm_eval.workspace import SAMPLE

TRUTH = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
CODES = {d.slug: d.code for d in units.districts()}


def grouped(value):
    return f"{value:,}".replace(",", ".")


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
    houses = sample_review.series.query("district_code == '119' and indicator == 'C1-14'")
    first, last = (houses.set_index("year")["value"][year] for year in (2018, 2022))
    assert f"từ {first:.0f} nhà (năm 2018) đến {last:.0f} nhà (năm 2022) (tốt lên)" in page


def test_houses_have_a_pace_and_no_probability(sample_review):
    page = said(reports.trends(sample_review.district("thuan-chau"))["ahead"])
    houses = sample_review.series.query("district_code == '119' and indicator == 'C1-17'")
    left = houses.set_index("year")["value"]
    pace = (left[2018] - left[2022]) / 4
    assert 0 < left[2022] < pace  # gone within a year
    assert f"với tiến độ khoảng {pace:.0f} nhà/năm, dự kiến xong trong năm 2023" in page


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
    (planted,) = (
        p for p in TRUTH["planted"] if p["indicator"] == "C1-11" and p["period"] == "annual"
    )
    assert total["with_likely"] - total["actual"] == planted["was"]
    report = reports.annual_review(review)
    told = [*report["five_contents"], *report["main_findings"]]
    named = [s for b in told for s in str(b).split(". ") if "Quỹ Vì người nghèo vận động" in s]
    assert [s.split(":")[0] for s in named] == ["Đang giải trình, chưa tính"]
    cells = report["overview"].frames[0].query("indicator == 'C1-11' and district_code == '125'")
    assert cells["state"].tolist() == ["held"]
    here = review.district("mai-son")
    page = reports.evaluation(here)
    assert "C1-11" not in here.recommended["indicator"].dropna().tolist()
    assert "đạt 0,0%" not in said(page["points_and_grade"])
    asked = page["questions"].table
    (row,) = (r for r in asked.rows if r[0] == "Quỹ Vì người nghèo vận động được")
    assert row[1] == notation.quantity(planted["typed"], "đồng")
    first = said(page["dashboard"])
    assert "Quỹ Vì người nghèo" not in first
    assert "2 số liệu đang đề nghị giải trình, chưa tính" in first
    (shown,) = (f.alt for f in page["dashboard"] if isinstance(f, Figure) and "Quỹ Vì" in f.alt)
    assert re.search(r"Quỹ Vì người nghèo[^;→]*đồng/hộ, \? đang đề nghị giải trình", shown)
    assert here.series.query("indicator == 'C1-11' and year == 2022")["value"].isna().all()


def test_an_error_decides_no_first_place_and_is_no_advice(sample_review):
    ranking = sample_review.ranking.set_index("district_code")
    mine = ranking.loc["118"]
    assert mine["held_points"] > 0
    counted_zero = ranking["points"].drop("118") > mine["points"] - mine["held_points"]
    assert counted_zero.sum() + 1 > mine["rank"]  # the answer decides its place
    assert mine["rank_low"] <= mine["rank"] < counted_zero.sum() + 1 <= mine["rank_high"]
    here = sample_review.district("quynh-nhai")
    assert "C3-02" not in here.recommended["indicator"].dropna().tolist()
    assert "C3-02" not in [step.indicator for step in here.next_grade.steps]


def test_a_grade_that_hangs_on_a_blank_cell_says_what_it_would_become(sample_review):
    summary = said(reports.evaluation(sample_review.district("song-ma"))["dashboard"])
    assert "bổ sung được số liệu (Đường làng" in summary
    mine = sample_review.ranking.set_index("district_code").loc["126"]
    assert mine["grade"] != mine["grade_high"]
    assert f", mức {mine['grade_high'].capitalize()}." in summary
    now = f"Sông Mã | {mine['grade'].capitalize()} ({mine['points']:.1f})".replace(".", ",")
    assert now in said(reports.annual_review(sample_review)["to_decide"])


def test_a_stock_that_closes_is_not_asked_and_the_weightiest_question_comes_first(sample_review):
    problems = sample_review.problems
    asked = problems[problems["rule"] == "stock_break"]
    assert "119" not in asked["district_code"].tolist()
    here = sample_review.district("song-ma")
    letter = replies.questions(here.problems, here.data.replies, here.moves)
    assert letter["subject"].iloc[0] == "C3-05"


def test_kad_where_it_applies_is_asked(sample_review):
    found = sample_review.problems.query("rule == 'not_applicable_unexpected'")
    planted = {
        (CODES[p["district"]], p["indicator"])
        for p in TRUTH["planted"]
        if p["rule"] == "not_applicable_unexpected"
    }
    assert len(planted) > 1
    assert set(found[["district_code", "indicator"]].itertuples(index=False, name=None)) == planted


@pytest.mark.parametrize("kind", ["plan_missing", "plan_changed", "plan_low"])
def test_a_plan_that_asks_for_less_is_asked_about(sample_review, kind):
    found = sample_review.problems.query("rule == @kind")
    planted = {
        (CODES[p["district"]], p["indicator"])
        for p in TRUTH["planted"]
        if p["kind"] == kind and p["period"] == "annual"
    }
    assert planted <= set(found[["district_code", "indicator"]].itertuples(index=False, name=None))


def test_a_plan_lowered_or_left_out_counts_as_it_was(sample_review):
    scored = sample_review.scores.set_index(["district_code", "indicator"])["plan"]
    plans = [p for p in TRUTH["planted"] if p["kind"] in ("plan_missing", "plan_changed")]
    assert len(plans) >= 8
    halfway = set(reference.due("h1")["id"])
    history = sample_review.history.query("year == 2021 and period == 'annual'")
    last = history.query("measure == 'actual'").set_index(["district_code", "indicator"])["value"]
    for planted in plans:
        key = CODES[planted["district"]], planted["indicator"]
        known = planted["was"] if planted["indicator"] in halfway else last[key]
        assert scored[key] == known, planted


def test_the_one_interval_is_printed_everywhere(sample_review):
    ranking = sample_review.ranking.set_index("district_code")
    for code in ("119", "124", "128"):
        low, high = ranking.loc[code, ["rank_low", "rank_high"]].astype(int)
        here = sample_review.district(code)
        span = notation.span(low, high)
        assert f"thứ {span}" in said(reports.evaluation(here)["points_and_grade"])
        assert reports.evaluation(here)["dashboard"][0].text.endswith(f"thứ {span}")
        table = said(reports.annual_review(sample_review)["proposed_ranking"])
        assert f"{low}–{high}" in table


def test_the_districts_that_score_themselves_higher_are_said_to(sample_review):
    table = said(reports.annual_review(sample_review)["proposed_ranking"])
    assert len(re.findall(r"\| \+\d+,\d$", table, re.MULTILINE)) >= 10
