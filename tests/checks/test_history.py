"""A report beside the district's own earlier ones: what is planted is found, sound data is not."""

import pandas as pd
import pytest
from twelve import CODES, history

from ntm_eval import units
from ntm_eval.checks import history as past
from ntm_eval.checks.case import Case

HERE = "127"


def case(year=2022, period="annual", plant=None, earlier=None, code=HERE):
    facts = history(period=period, codes=[code], plant=plant)
    now = facts[facts["year"] == year]
    before = facts[facts["year"] < year] if earlier is None else earlier
    return sent(code, year, period, now, before)


def sent(code, year, period, now, before):
    return Case(units.district(code), year, period, now.to_dict("list"), before, {}, {})


def found(rule, **content):
    return [p.indicator for p in rule(case(**content))]


@pytest.mark.parametrize("code", CODES)
def test_five_sound_years_break_nothing(code):
    rules = (past.h1_exceeds_annual, past.stock_break, past.unit_suspect, past.identical_report)
    sound = case(code=code)
    assert [p.rule for rule in rules for p in rule(sound)] == []


def test_a_stock_that_halved_is_found_with_both_numbers():
    (problem,) = past.stock_break(
        case(plant={(2021, HERE, "C1-07"): 3000, (2022, HERE, "C1-07"): 1500})
    )
    assert (problem.rule, problem.indicator) == ("stock_break", "C1-07")
    assert "cuối năm 2021 là 3.000, nay là 1.500" in problem.message
    assert "nêu lý do" in problem.message


def test_a_stock_is_held_against_last_year_at_mid_year_too():
    last = history(codes=[HERE], plant={(2021, HERE, "C1-07"): 3000})
    last = last[last["year"] == 2021]
    plant = {(2022, HERE, "C1-07"): 1500}
    assert found(past.stock_break, period="h1", earlier=last, plant=plant) == ["C1-07"]


def test_a_stock_that_came_from_nothing_is_found():
    plant = {(2021, HERE, "C1-07"): 0, (2022, HERE, "C1-07"): 500}
    assert found(past.stock_break, plant=plant) == ["C1-07"]


@pytest.mark.parametrize(("before", "now"), [(1, 2), (0, 3), (6, 3), (20, 26)])
def test_small_counts_move_by_themselves(before, now):
    plant = {(2021, HERE, "C1-09"): before, (2022, HERE, "C1-09"): now}
    assert found(past.stock_break, plant=plant) == []


def test_a_flow_may_halve():
    plant = {(2022, HERE, "C1-01"): lambda v: v / 2}
    assert found(past.stock_break, plant=plant) == []


def test_a_new_poverty_standard_is_no_break_of_the_stock():
    halved = lambda v: v / 2  # noqa: E731
    assert found(past.stock_break, plant={(2022, HERE, "C1-19"): halved}) == []
    assert found(past.stock_break, year=2021, plant={(2021, HERE, "C1-19"): halved}) == ["C1-19"]


def test_a_share_has_no_small_counts_to_hide_behind():
    plant = {(2021, HERE, "C2-04"): 90, (2022, HERE, "C2-04"): 55}
    assert found(past.stock_break, plant=plant) == ["C2-04"]


def test_last_years_report_sent_again_is_found():
    sound = case()
    last = sound.earlier[sound.earlier["year"] == 2021]
    copy = sent(HERE, 2022, "annual", last.assign(year=2022), sound.earlier)
    (problem,) = past.identical_report(copy)
    assert "100% số khác 0 giống hệt báo cáo năm 2021" in problem.message
    assert problem.file == f"{HERE}.xlsx"


def test_the_six_months_report_sent_as_the_annual_one_is_found():
    h1 = history(years=[2022], period="h1", codes=[HERE])
    copy = sent(HERE, 2022, "annual", h1.assign(period="annual"), h1)
    assert "báo cáo 6 tháng 2022" in next(past.identical_report(copy)).message


@pytest.mark.parametrize(("changed", "copies"), [(4, 1), (5, 0)])
def test_nearly_all_is_95_of_a_hundred_figures(changed, copies):
    sound = case()
    last = sound.earlier[sound.earlier["year"] == 2021].reset_index(drop=True)
    now = last.assign(year=2022, value=last["value"].where(last.index >= changed, 7))
    again = sent(HERE, 2022, "annual", now, sound.earlier)
    assert len(list(past.identical_report(again))) == copies


def test_a_few_equal_figures_are_no_copy():
    sound = case()
    last = sound.earlier[sound.earlier["year"] == 2021].reset_index(drop=True)
    now = last.assign(year=2022, value=last["value"].where(last.index < 19))
    again = sent(HERE, 2022, "annual", now, sound.earlier)
    assert list(past.identical_report(again)) == []


def test_blanks_and_zeros_that_agree_are_no_copy():
    now, other = pd.Series(0.0, index=range(40)), pd.Series(0.0, index=range(40))
    assert past.alikeness(now, other) == 0
    assert past.alikeness(now * float("nan"), other * float("nan")) == 0


def test_a_stock_that_its_own_flow_explains_is_not_asked():
    closing = {(2021, HERE, "C1-17"): 891, (2022, HERE, "C1-16"): 447, (2022, HERE, "C1-17"): 444}
    assert found(past.stock_break, plant=closing) == []
    open_ = closing | {(2022, HERE, "C1-16"): 40}
    assert found(past.stock_break, plant=open_) == ["C1-17"]
