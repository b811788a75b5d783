"""Courses, comparisons and outlooks in words: every figure is the table's, every case is worded."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from pictures import axes

from ntm_eval import schemas
from ntm_eval.analysis import pooling
from ntm_eval.notation import change, number, percent
from ntm_eval.reporting import sections, style

DAY = date(2022, 11, 30)


def trend(indicator="C1-01", **known):
    row = {
        "indicator": indicator,
        "years": 5,
        "first_year": 2018.0,
        "last_year": 2022.0,
        "slope": 3.0,
        "low": 1.0,
        "high": 4.0,
        "p_value": 0.0167,
        "q_value": 0.051,
        "direction": "up",
        "good": "better",
        "basis": "test",
    }
    return row | known


def test_the_whole_table_is_for_analysts_and_says_how_much_of_it_stands():
    table = pd.DataFrame([trend(), trend("C1-02", direction="none", q_value=0.5)] * 30)
    said = sections.trends.chance(table, DAY)
    assert "còn 30 chỉ tiêu có xu hướng rõ" in said
    assert "một phần sáu" in said
    by_chance = sections.trends.by_chance(table)
    assert by_chance["chance"] == pytest.approx(60 * 2 / 120)
    assert by_chance["walks"] == pytest.approx(60 * 2 / 2**4, rel=0.05)


def test_chance_of_four_years_and_of_none():
    four = pd.DataFrame([trend(years=4, direction="none")])
    assert "0,083" in sections.trends.chance(four, DAY)
    few = pd.DataFrame([trend(years=2, p_value=np.nan, direction="too_few")])
    assert "Chưa có chỉ tiêu nào đủ năm" in sections.trends.chance(few, DAY)


def compared(agree, **known):
    return (
        trend(
            agree=agree,
            slope_2=2.5,
            low_2=0.5,
            high_2=4.5,
            p_value_2=0.03,
            direction_2="up",
            family="quasi-Poisson",
            state="fitted",
        )
        | known
    )


def test_where_the_methods_differ_both_are_said_with_their_figures():
    table = pd.DataFrame([compared("same"), compared("only_second", direction="none")])
    said = str(sections.methods.second_opinion(table))
    assert "ở 1 trên 2 chỉ tiêu" in said
    for figure in ("p = 0,017", "p = 0,030", *(change(v, "C1-01") for v in (2.5, 0.5, 4.5))):
        assert figure in said
    assert "không tính được" not in said


def test_a_tiny_p_is_never_zero():
    table = pd.DataFrame([compared("only_second", direction="none", p_value_2=1e-9)])
    assert "p dưới 0,001" in sections.methods.second_opinion(table)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("too_few", "chưa đủ năm"),
        ("no_variation", "số không đổi"),
        ("exact", "không dao động"),
        ("not_converged", "không hội tụ, chỉ dùng kiểm định thứ hạng"),
    ],
)
def test_why_there_is_no_second_opinion_is_said(state, words):
    table = pd.DataFrame([compared("same"), compared("no_second", state=state)])
    assert words in sections.methods.second_opinion(table)


@pytest.mark.parametrize(
    ("hangs", "words"),
    [("direction", "không còn xu hướng rõ"), ("size", "khác hẳn"), ("hidden", "có xu hướng rõ")],
)
def test_what_hangs_on_one_year_names_it(hangs, words):
    row = {"indicator": "C1-01", "year": 2020, "slope": 3.0, "without": -1.0, "hangs": hangs}
    said = str(sections.methods.one_year(pd.DataFrame([row])))
    for part in ("năm 2020", words, change(3, "C1-01"), change(-1, "C1-01")):
        assert part in said
    assert "Không có" in sections.methods.one_year(pd.DataFrame([row]).iloc[:0])


def pooled_rows():
    return pd.DataFrame(
        [
            trend(
                district_code=str(118 + d),
                own=5.0 + d,
                province=2.0,
                kept=0.25,
                state="pooled",
                slope=2.5,
                low=-0.5,
                high=5.5,
                direction="none",
            )
            for d in range(11)
        ]
    )[pooling.COLUMNS]


def test_pooling_says_how_much_was_kept_and_what_became_of_it():
    said = str(sections.methods.pooled(pooled_rows().iloc[:1], pd.DataFrame([trend()])))
    for part in (
        "25%",
        change(5, "C1-01"),
        change(2, "C1-01"),
        change(2.5, "C1-01"),
        change(-0.5, "C1-01"),
        "không chỉ tiêu nào từ chưa rõ",
        "1 chỉ tiêu từ rõ",
    ):
        assert part in said
    few = pooled_rows().assign(state="too_few")
    assert "Chưa đủ đơn vị" in sections.methods.pooled(few, pd.DataFrame([trend()]))


def funnel_rows(place="above"):
    return pd.DataFrame(
        [
            {
                "district_code": str(118 + d),
                "indicator": i,
                "value": 40.0,
                "base": "C1-18",
                "size": 10_000.0 + 2_000 * d,
                "rate": 0.3 if d == 1 else 0.2,
                "centre": 0.2,
                "low": 0.15,
                "high": 0.25,
                "low_alarm": 0.1,
                "high_alarm": 0.3,
                "between": 0.02,
                "place": place if d == 1 else "inside",
                "good": "worse" if d == 1 else "unclear",
            }
            for d in range(11)
            for i in ("C1-19", "C1-16")
        ]
    )


@pytest.mark.parametrize(
    ("place", "words"),
    [("above", "cao hơn mức"), ("above_alarm", "cao hơn hẳn mức"), ("below", "thấp hơn mức")],
)
def test_outside_the_limits_gives_rate_centre_and_limits(place, words):
    mine = funnel_rows(place).query("district_code == '119'")
    said = str(sections.peers.summary(mine))
    for part in (
        words,
        "30,0%",
        "20,0%",
        "từ 15,0% đến 25,0%",
        "300,00 trên 1.000 hộ",
        "(kém hơn)",
    ):
        assert part in said
    assert "0 nằm ngoài" in sections.peers.summary(funnel_rows().query("district_code == '118'"))
    assert "Chưa có" in sections.peers.summary(mine.iloc[:0])


def test_alike_names_the_others_with_their_size():
    rows = pd.DataFrame(
        {
            "district_code": ["119", "126"],
            "households": [37014.0, 39706.0],
            "poverty": [0.259, 0.222],
            "far": [0, 0.5],
        }
    )
    said = sections.peers.alike(rows)
    assert "37.014 hộ" in said
    assert "Sông Mã (39.706 hộ, nghèo 22,2%)" in said
    assert "Chưa đủ" in sections.peers.alike(rows.iloc[:1])


def goal(indicator="C1-17", **known):
    row = {
        "district_code": "119",
        "commune_code": None,
        "indicator": indicator,
        "goal": 0.0,
        "by": 2025,
        "years": 5,
        "now": 444.0,
        "expected": 0.0,
        "low": np.nan,
        "high": np.nan,
        "probability": np.nan,
        "basis": "pace",
        "pace": -468.25,
        "done": 2023.0,
    }
    return row | known


def test_houses_have_a_pace_and_a_year_and_no_probability_from_five_points():
    said = str(sections.targets.summary(pd.DataFrame([goal()]), DAY))
    for part in ("còn 444 nhà", "với tiến độ khoảng 468 nhà/năm, dự kiến xong trong năm 2023"):
        assert part in said
    assert "%" not in said
    rising = sections.targets.summary(pd.DataFrame([goal(done=np.nan, pace=3.0)]), DAY)
    assert "không giảm" in rising


def test_communes_have_an_interval_and_a_probability():
    row = goal(
        "C1-22",
        basis="steps",
        now=8.0,
        goal=11.0,
        expected=9.0,
        low=8.0,
        high=10.0,
        probability=0.37,
    )
    said = str(sections.targets.summary(pd.DataFrame([row]), DAY))
    for part in ("8 trên 11 xã", "dự kiến 9 xã", "từ 8 đến 10", "37%", "2025"):
        assert part in said


def test_a_goal_without_enough_figures_says_plainly_so():
    few = goal(
        "C1-22",
        basis="too_few",
        now=8.0,
        goal=11.0,
        expected=np.nan,
        low=np.nan,
        high=np.nan,
        probability=np.nan,
    )
    said = str(sections.targets.summary(pd.DataFrame([few]), DAY))
    assert "8 trên 11 xã" in said
    assert "không đủ số liệu" in said
    assert "–" not in said


def test_the_pace_of_older_criteria_is_called_a_scenario():
    old = goal("C1-22", basis="old_steps", now=8.0, goal=11.0, expected=9.0, low=8.0, high=10.0)
    assert "kịch bản" in sections.targets.summary(pd.DataFrame([old]), DAY)
    none = pd.DataFrame(columns=schemas.column_names("targets"))
    assert "Không còn mục tiêu" in sections.targets.summary(none, DAY)


def of_district(**known):
    row = {
        "district_code": "119",
        "indicator": "C1-14",
        "so_far": 19.0,
        "plan": 48.0,
        "expected": 46.0,
        "low": 42.0,
        "high": 51.0,
        "probability": 0.36,
    }
    return pd.DataFrame([row | known])[schemas.column_names("outlook")]


def test_a_warning_gives_every_figure_of_its_row():
    said = str(sections.outlook.summary(of_district(), DAY))
    push = number((48 - 19) / (46 - 19), 2)
    for part in (
        "1 chỉ tiêu có khả năng đạt kế hoạch",
        "46 nhà",
        "42 nhà",
        "51 nhà",
        "48 nhà",
        "36%",
        f"{push} lần",
    ):
        assert part in said
    assert push in str(sections.outlook.warnings_table(of_district(), DAY))


def test_no_warning_and_no_outlook_are_worded():
    assert "Không có kế hoạch nào" in sections.outlook.summary(of_district(probability=0.9), DAY)
    empty = of_district().iloc[:0]
    assert sections.outlook.NO_OUTLOOK in sections.outlook.summary(empty, DAY)
    assert sections.outlook.NO_OUTLOOK in str(sections.outlook.warnings_table(empty, DAY))


def tried_rows():
    chance = np.random.default_rng(1)
    actual = 100 + 10 * chance.normal(size=60)
    return pd.DataFrame(
        {
            "year": [2019, 2020, 2021] * 20,
            "district_code": "119",
            "indicator": "C1-14",
            "so_far": 45.0,
            "plan": 100.0,
            "expected": 100.0,
            "low": 87.0,
            "high": 113.0,
            "probability": chance.uniform(size=60),
            "actual": actual,
            "doubled": 90.0,
            "last_ratio": 120.0,
            "last_value": 100.0,
        }
    )


def test_trust_names_coverage_errors_and_what_was_not_beaten():
    tried = tried_rows()
    said = str(sections.outlook.trusted(tried))
    errors = sections.outlook.errors_of(tried)
    assert percent(sections.outlook.hit(tried).mean()) in said
    for way in ("expected", "doubled", "last_ratio"):
        assert percent(errors[way]) in said
    assert "chưa hơn: lấy số cả năm trước" in said
    assert "Không có dự kiến nào" in sections.outlook.trusted(tried.iloc[:0])


def test_numbers_are_written_the_vietnamese_way():
    said = str(sections.targets.summary(pd.DataFrame([goal(now=1444.0)]), DAY))
    assert "1.444" in said
    assert not re.search(r"\d,\d{3}", said)


@pytest.mark.parametrize("mine", [None, "119"])
def test_a_funnel_draws_every_district_and_names_those_outside(mine):
    ax = sections.peers.draw_funnel(axes(), funnel_rows(), "C1-19", mine)
    marks = [line for line in ax.lines if line.get_label() == "district"]
    assert sum(len(line.get_xdata()) for line in marks) == 11
    assert [t.get_text() for t in ax.texts if "▲" in t.get_text()] == ["▲ Thuận Châu"]


def test_pooled_slopes_stand_beside_the_own_and_the_province():
    rows = pooled_rows()
    ax = sections.peers.draw_pooled(axes(), rows, "C1-01", rows["district_code"].iloc[0])
    assert [t.get_weight() for t in ax.texts].count("bold") == 1  # two districts' are never one
    drawn = {line.get_label(): line.get_xdata()[0] for line in ax.lines[:4]}
    assert (drawn["own"], drawn["slope"], drawn["province"]) == (5.0, 2.5, 2.0)


def test_the_outlook_is_drawn_over_the_plan():
    ax = sections.outlook.draw(axes(), of_district(), DAY)
    drawn = {line.get_label(): line.get_xdata()[0] for line in ax.lines}
    assert drawn["expected"] == pytest.approx(46 / 48)
    assert drawn["so far"] == pytest.approx(19 / 48)


def test_coverage_is_drawn_by_year_as_the_sentence_says():
    ax = sections.outlook.draw_coverage(axes(), tried_rows())
    tried = tried_rows()
    wanted = sections.outlook.hit(tried).groupby(tried["year"]).mean()
    marks = [line.get_xdata()[0] for line in ax.lines if line.get_label() == "year"]
    assert marks == pytest.approx(wanted.to_list())


def test_reliability_compares_what_was_said_with_what_came():
    ax = sections.outlook.draw_reliability(axes(), tried_rows())
    assert sum(int(t.get_text()) for t in ax.texts) == 60


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: sections.peers.draw_funnel(ax, funnel_rows().iloc[:0], "C1-19", "119"),
        lambda ax: sections.peers.draw_pooled(ax, pooled_rows().iloc[:0], "C1-01", "119"),
        lambda ax: sections.outlook.draw(ax, of_district().iloc[:0], DAY),
        lambda ax: sections.outlook.draw_reliability(ax, tried_rows().iloc[:0]),
        lambda ax: sections.outlook.draw_coverage(ax, tried_rows().iloc[:0]),
    ],
)
def test_nothing_to_draw_is_said_in_words(draw):
    assert [t.get_text() for t in draw(axes()).texts] == [style.NO_DATA]
