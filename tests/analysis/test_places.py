"""The places that the plan names: their pace within one standard, and when they are done."""

import numpy as np
import pandas as pd
import pytest

from ntm_eval import schemas
from ntm_eval.analysis import places

GOAL = ["district_code", "commune_code", "indicator", "goal", "by", "probability", "basis"]
NONE = pd.DataFrame(columns=schemas.column_names("targets"))


def series(district, indicator, values, first=2018):
    rows = [(district, indicator, first + n, v) for n, v in enumerate(values)]
    return pd.DataFrame(rows, columns=["district_code", "indicator", "year", "value"])


def told(yearly, district, history=None, targets=NONE, until=2022):
    empty = pd.DataFrame(columns=["year", "commune_code", "temporary_houses"])
    history = empty if history is None else history
    stories = places.stories(yearly, history, targets, until)
    (story,) = (story for story in stories if story.place.district_code == district)
    return {course.figure: course for course in story.courses}, story


def test_houses_left_fall_at_their_pace_and_are_gone_in_that_year():
    found, _ = told(series("119", "C1-17", [500, 400, 300, 200, 150]), "119")
    assert found["C1-17"].pace == -87.5
    assert found["C1-17"].done == 2024  # 150 left, 87.5 a year


@pytest.mark.parametrize(
    ("values", "done"),
    [([5, 3, 0, 0, 0], 2022), ([5, 5, 5, 6, 7], np.nan), ([5, 4, 3, 2, np.nan], np.nan)],
)
def test_what_is_done_rising_or_unreported_has_no_year_to_come(values, done):
    found, _ = told(series("119", "C1-17", values), "119")
    np.testing.assert_equal(found["C1-17"].done, done)


def test_no_pace_across_a_change_of_the_criteria():
    found, _ = told(series("118", "C1-22", [3, 4, 5, 6, 8]), "118")
    assert np.isnan(found["C1-22"].pace)
    before, _ = told(series("118", "C1-22", [3, 4, 5, 6, 8]), "118", until=2021)
    assert before["C1-22"].pace == 1
    flow, _ = told(series("119", "C1-16", [0, 1, 2, 3, 100]), "119")
    assert flow["C1-16"].pace == 1  # the slope of its trend


def test_a_herd_survives_as_far_as_it_is_reported():
    yearly = pd.concat([series("127", "C1-27", [40, 80]), series("127", "C1-28", [43, 60])])
    _, story = told(yearly, "127", until=2019)
    assert story.survival == 0.75
    assert np.isnan(told(series("127", "C1-27", [40]), "127", until=2018)[1].survival)


def test_a_commune_tells_its_own_houses():
    history = pd.DataFrame(
        {
            "year": [2020, 2021, 2022],
            "commune_code": "03943",
            "temporary_houses": [30.0, 20.0, 10.0],
        }
    )
    found, _ = told(series("122", "C1-01", []), "122", history)
    assert found["temporary_houses"].done == 2023


@pytest.mark.parametrize(
    ("values", "hard"), [([500, 400, 300, 200, 100], False), ([500, 490, 480, 470, 460], True)]
)
def test_what_is_gone_only_after_the_goal_s_year_is_hard(values, hard):
    goal = pd.DataFrame([["119", None, "C1-17", 0, 2025, np.nan, "pace"]], columns=GOAL)
    _, story = told(series("119", "C1-17", values), "119", targets=goal)
    assert story.hard is hard


@pytest.mark.parametrize(("chance", "hard"), [(0.4, True), (0.6, False)])
def test_a_goal_less_likely_than_not_is_hard(chance, hard):
    goal = pd.DataFrame([["118", None, "C1-22", 11, 2025, chance, "steps"]], columns=GOAL)
    assert told(series("118", "C1-22", [3, 4]), "118", targets=goal)[1].hard is hard


def test_every_place_has_its_story():
    empty = series("118", "C1-22", [])
    history = pd.DataFrame(columns=["year", "commune_code", "temporary_houses"])
    assert len(places.stories(empty, history, NONE, 2022)) == 4
