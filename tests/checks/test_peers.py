"""The twelve districts beside each other: what is planted is found, sound data is not."""

import pandas as pd
import pytest
from twelve import CODES, NOTHING, history

from ntm_eval import units
from ntm_eval.checks import peers
from ntm_eval.intake import problems
from ntm_eval.intake.problems import Place, problem
from ntm_eval.language import message

HERE, THERE = "121", "125"


def found(facts, year=2022, period="annual", others=NOTHING):
    return [
        (p.rule, p.district_code, p.indicator)
        for p in peers.find_problems(facts, others, year, period)
    ]


@pytest.mark.parametrize("year", range(2018, 2023))
@pytest.mark.parametrize("period", ["annual", "h1"])
def test_sound_reports_of_twelve_districts_show_nothing(year, period):
    assert found(history(period=period), year, period) == []


def test_a_change_unlike_all_others_is_found_with_its_numbers():
    facts = history(plant={(2022, HERE, "C1-01"): lambda v: v * 2.2})
    (mark,) = peers.find_problems(facts, NOTHING, 2022, "annual")
    assert (mark.rule, mark.district_code, mark.indicator) == ("outlier", HERE, "C1-01")
    assert "lần năm trước" in mark.message
    assert "12 huyện, thành phố" in mark.message
    assert mark.message.endswith("nêu lý do.")
    assert (mark.file, mark.sheet, mark.cell) == (f"{HERE}.xlsx", "Chỉ tiêu", "E5")


def test_a_first_year_is_held_against_the_level_of_the_others():
    facts = history(years=[2022], plant={(2022, HERE, "C1-05"): lambda v: v * 3})
    assert found(facts) == [("outlier", HERE, "C1-05")]


def test_a_district_that_always_differs_is_asked_once():
    facts = history(plant={(None, HERE, "C1-05"): lambda v: v * 3})
    assert found(facts, 2018) == [("outlier", HERE, "C1-05")]
    assert found(facts, 2022) == []


def test_a_figure_that_fell_to_zero_is_found():
    facts = history(plant={(2022, HERE, "C1-01"): 0})
    assert found(facts) == [("outlier", HERE, "C1-01")]


@pytest.mark.parametrize(("districts", "marks"), [(7, 0), (8, 1)])
def test_below_eight_districts_nothing_is_compared(districts, marks):
    plant = {(2022, CODES[0], "C1-05"): lambda v: v * 3}
    assert len(found(history(years=[2022], codes=CODES[:districts], plant=plant))) == marks


@pytest.mark.parametrize(("value", "marks"), [(40, 1), (99, 0), (100, 0)])
def test_one_value_off_where_all_others_are_the_same(value, marks):
    plant = {(None, code, "C2-04"): 100 for code in CODES}
    facts = history(plant=plant | {(2022, HERE, "C2-04"): value})
    assert found(facts) == [("outlier", HERE, "C2-04")] * marks


def test_small_counts_differ_by_themselves():
    plant = {(None, code, "C1-26"): 1 for code in CODES} | {(2022, HERE, "C1-26"): 4}
    assert found(history(plant=plant)) == []


def test_what_was_asked_already_is_not_asked_again():
    facts = history(plant={(2022, HERE, "C1-07"): lambda v: v * 3})
    asked = problems.frame([problem(message("stock_break"), Place(HERE), indicator="C1-07")])
    assert found(facts) == [("outlier", HERE, "C1-07")]
    assert found(facts, others=asked) == []


def test_nothing_is_divided_by_a_figure_that_is_wrong_itself():
    facts = history(years=[2022], plant={(2022, HERE, "C1-18"): lambda v: v * 1000})
    wrong = problems.frame([problem(message("sum_mismatch"), Place(HERE), indicator="C1-18")])
    assert len(found(facts)) > 20
    assert found(facts, others=wrong) == []


@pytest.mark.parametrize("scale", [1e-6, 1e-3, 1e3])
def test_a_unit_mistake_without_a_past_is_found_from_the_others(scale):
    facts = history(years=[2022], plant={(2022, HERE, "C1-11"): lambda v: v * scale})
    (mark,) = peers.find_problems(facts, NOTHING, 2022, "annual")
    assert (mark.rule, mark.district_code, mark.indicator) == ("unit_suspect", HERE, "C1-11")
    assert "Kiểm tra đơn vị tính" in mark.message


def test_communes_that_report_are_called_so():
    there = [d.code for d in units.reporting(units.REFORM_DAY)]
    own = dict(zip(CODES, there, strict=False))
    for years, plant in (([2022], lambda v: v * 1e6), (range(2018, 2023), lambda v: v * 3)):
        facts = history(years=years, plant={(2022, HERE, "C1-11"): plant})
        facts = facts.assign(district_code=facts["district_code"].map(own))
        (mark,) = peers.find_problems(facts, NOTHING, 2022, "annual")
        assert "12 xã, phường" in mark.message
        assert "huyện" not in mark.message
    (mark,) = peers.published_gap(gaps(as_of=pd.Timestamp(2025, 12, 31), districts=75), 2025)
    assert "(75 xã, phường)" in mark.message


def test_a_unit_mistake_with_a_past_is_left_to_the_rule_of_the_past():
    facts = history(plant={(2022, HERE, "C1-11"): lambda v: v / 1e6})
    assert [rule for rule, _, _ in found(facts)] == ["outlier"]


def test_a_report_copied_from_another_district_names_both():
    facts = history()
    copied = facts[(facts["district_code"] == THERE) & (facts["year"] == 2022)]
    facts = facts[~((facts["district_code"] == HERE) & (facts["year"] == 2022))]
    facts = pd.concat([facts, copied.assign(district_code=HERE, file="a.xlsx")])
    marks = [
        p
        for p in peers.find_problems(facts, NOTHING, 2022, "annual")
        if p.rule == "identical_report"
    ]
    assert {(p.district_code, p.file) for p in marks} == {(HERE, "a.xlsx"), (THERE, "125.xlsx")}
    assert units.district(THERE).name in marks[0].message


def test_one_value_among_few_is_found_where_a_z_score_cannot():
    values = pd.Series([1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1.02, 50.0])
    z_score = (values - values.mean()).abs() / values.std()
    assert z_score.max() < 3
    assert list(values[peers.modified_z(values).abs() > 3.5]) == [50.0]


def gaps(**changed):
    row = {
        "indicator": "C1-22",
        "figure": "value",
        "as_of": pd.Timestamp(2022, 12, 31),
        "published": 50.0,
        "reported": 56.0,
        "gap": 6.0,
        "districts": 12,
        "note": None,
        "source": "báo tỉnh",
    }
    return pd.DataFrame([row | changed])


def test_a_gap_to_the_published_figure_is_a_matter_of_the_province():
    (mark,) = peers.published_gap(gaps(), 2022)
    assert (mark.rule, mark.severity, mark.indicator) == ("published_gap", "warning", "C1-22")
    assert mark.district_code is None
    assert "56 xã" in mark.message
    assert "50 xã" in mark.message


@pytest.mark.parametrize(
    "changed",
    [{"gap": 4.0}, {"districts": 11}, {"as_of": pd.Timestamp(2021, 12, 31)}, {"as_of": pd.NaT}],
    ids=str,
)
def test_a_small_gap_a_part_of_the_districts_or_another_year_is_no_gap(changed):
    assert list(peers.published_gap(gaps(**changed), 2022)) == []


def test_a_rate_is_compared_from_the_districts_that_reported():
    rate = {
        "indicator": "C2-01",
        "figure": "rate",
        "published": 74.0,
        "reported": 60.0,
        "gap": -14.0,
        "districts": 10,
    }
    (mark,) = peers.published_gap(gaps(**rate), 2022)
    assert "60 % (10 huyện, thành phố)" in mark.message


def test_only_figures_without_a_past_need_the_others():
    facts = history(years=[2021, 2022])
    own = facts[facts["district_code"] == HERE]
    assert peers.first_figures(own, 2022, "annual").empty
    without = own[(own["year"] == 2022) | (own["indicator"] != "C1-05")]
    assert peers.first_figures(without, 2022, "annual")["indicator"].tolist() == ["C1-05"]
    zero = without.assign(value=without["value"].mask(without["indicator"] == "C1-05", 0.0))
    assert peers.first_figures(zero, 2022, "annual").empty
