"""What would lift a district: the cheapest work within its own pace, and never paper."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scored import DAY, FEW, inputs, reports

from ntm_eval import reference
from ntm_eval.analysis import lift, ranking, scheme, scores

RULES = scheme.in_force("annual", DAY)
CATALOGUE = reference.table("indicators")


def found(cells, paces, previous=None):
    given_ = inputs(cells, previous=previous)
    points = ranking.rank(given_, draws=1)["points"].iloc[0]
    return lift.lift(scores.scored(given_), points, RULES, pd.Series(paces, dtype=float))


# 40 of 100: all but C1 whole is 75 points, C1-03 is the lever
BASE = {("127", f"C{part}-01"): (10, 10) for part in (3, 4, 5, 6)} | {("127", "C2-06"): (10, 10)}


def test_the_cheapest_step_comes_first_and_the_last_goes_only_as_far_as_needed():
    # C1 is shared by two: 6.25 of 12.5 each; 75 + 12.5 = 87.5 points, 2.5 short of 90
    cells = BASE | {("127", "C1-03"): (500, 1000), ("127", "C1-10"): (50, 100)}
    way = found(cells, {"C1-03": 100, "C1-10": 40})
    # a usual year brings 5 points by C1-10 and 1.25 by C1-03: half a year of C1-10 is enough
    assert (way.grade, way.need) == ("xuất sắc", pytest.approx(2.5))
    (step,) = way.steps
    assert (step.indicator, step.to, step.effort) == ("C1-10", pytest.approx(70), 0.5)
    assert way.reached
    assert way.gain == pytest.approx(2.5)


def test_nothing_is_lifted_beyond_a_usual_year_or_the_plan():
    cells = BASE | {("127", "C1-03"): (0, 1000), ("127", "C1-10"): (99, 100)}
    way = found(cells, {"C1-03": 10, "C1-10": 40})
    assert {s.indicator: s.to for s in way.steps} == {"C1-10": 100, "C1-03": 10}
    assert not way.reached


def test_a_house_is_built_whole():
    cells = BASE | {("127", "C1-14"): (7, 10)}
    way = found(cells, {"C1-14": 2.5})  # two houses a year, 2.5 points each; 92.5 already
    assert way.grade is None
    cells = BASE | {("127", "C1-14"): (5, 10)}
    assert [s.to for s in found(cells, {"C1-14": 2.5}).steps] == [6]


def test_what_should_fall_is_lowered():
    cells = BASE | {("127", "C1-19"): (160, 100)}
    way = found(cells, {"C1-19": 30}, previous={("127", "C1-19"): 200})
    (step,) = way.steps  # 85 points at 0.4 of 25; 5 more at 0.6
    assert (step.now, step.to) == (160, 140)


def test_no_advice_is_to_fill_in_a_cell_or_to_report_otherwise():
    cells = BASE | {
        ("127", "C1-03"): ("blank", 1000),
        ("127", "C1-10"): ("rejected", 10),
        ("127", "C1-06"): ("not_applicable", 5),
    }
    way = found(cells, dict.fromkeys(("C1-03", "C1-10", "C1-06"), 1e6))
    assert way.steps == ()
    assert way.unknown == ()


def test_without_past_improvements_an_indicator_is_named_and_not_advised():
    cells = BASE | {("127", "C1-03"): (0, 1000)}
    way = found(cells, {})
    assert way.steps == ()
    assert way.unknown == ("C1-03",)


@given(reports(), st.floats(0.5, 20))
@settings(FEW, phases=[Phase.explicit, Phase.generate])
def test_doing_what_is_advised_brings_the_points_promised(given_, pace):
    """Each step put into the facts, the points are worked out anew."""
    assessed = scores.scored(given_)
    points = ranking.rank(given_, draws=1).set_index("district_code")["points"]
    for code, rows in assessed.groupby("district_code"):
        # the total of what is settled is no target of work
        way = lift.lift(rows, points[code], RULES, pd.Series(pace, index=rows["indicator"]))
        facts = given_.facts.copy()
        for step in way.steps:
            here = (facts["district_code"] == code) & (facts["indicator"] == step.indicator)
            facts.loc[here & (facts["measure"] == "actual"), "value"] = step.to
        done = replace(given_, facts=facts)
        after = ranking.rank(done, draws=1).set_index("district_code")["points"]
        assert after[code] - points[code] == pytest.approx(way.gain, abs=1e-6)
        assert not way.reached or np.isnan(way.need) or way.gain >= way.need - 1e-9


def series(indicator, **yearly):
    rows = [(indicator, int(year[1:]), value) for year, value in yearly.items()]
    return pd.DataFrame(rows, columns=["indicator", "year", "value"])


def test_the_pace_is_the_median_of_the_years_that_improved():
    own = series("C1-03", y2018=10, y2019=14, y2020=9, y2021=15, y2022=35)
    assert lift.paces(own, CATALOGUE, 2022).to_dict() == {"C1-03": 6}  # 4, 6 and 20
    assert lift.paces(own, CATALOGUE, 2019).empty


def test_the_pace_knows_gaps_directions_and_changes_of_standard():
    gap = series("C1-03", y2018=10, y2019=14, y2021=15, y2022=35)
    assert lift.paces(gap, CATALOGUE, 2022).to_dict() == {"C1-03": 12}  # 4 and 20
    poor = series("C1-19", y2018=100, y2019=90, y2020=70, y2021=60)
    assert lift.paces(poor, CATALOGUE, 2021).to_dict() == {"C1-19": 10}
    assert lift.paces(pd.concat([poor, series("C1-19", y2022=99)]), CATALOGUE, 2022).empty
