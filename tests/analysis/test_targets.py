"""Goals ahead: planted courses, and silence where the series cannot bear more."""

import numpy as np
import pandas as pd
import pytest

from ntm_eval import reference
from ntm_eval.analysis import district_goal, targets

INDICATORS = reference.table("indicators")


def yearly(*values, first=2018):
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


def test_a_steady_fall_reaches_zero_when_it_should():
    found = targets.walk(yearly(500, 400, 300, 200), 0, 2023)
    assert (found.expected, found.low, found.high, found.probability) == (0, 0, 0, 1)
    short = targets.walk(yearly(500, 400, 300, 200), 0, 2022)
    assert (short.expected, short.probability) == (100, 0)


def test_the_interval_is_that_of_a_walk_by_hand():
    found = targets.walk(yearly(100, 80, 70, 40), 0, 2023)
    spread = np.sqrt(100 * (2 + 4 / 3))  # steps -20, -10, -30: mean -20, variance 100; 2 years on
    assert found.expected == 0
    assert found.high == pytest.approx(1.8856180831641267 * spread)
    assert 0.5 < found.probability < 0.55  # half a house more than the middle


def test_what_is_already_reached_stays_reached_and_is_said_so():
    assert targets.walk(yearly(9, 4, 1, 0), 0, 2025).probability == 1


@pytest.mark.parametrize("values", [(5, 4, 3), (5, 4, np.nan, 3), ()])
def test_fewer_than_four_years_are_not_enough(values):
    found = targets.walk(yearly(*values), 0, 2025)
    assert found.basis == "too_few"
    assert np.isnan([found.expected, found.low, found.high, found.probability]).all()


def history(start, step, years=range(2022, 2025), communes=40):
    return pd.DataFrame(
        [
            {"year": year, "district_code": "118", "commune_code": f"{c:05d}", "kind": "xã",
             "criteria_met": float(min(start + step * (year - years[0]), 19)),
             "criteria_known": 19.0, "temporary_houses": 5.0}
            for c in range(communes) for year in years
        ]
    )  # fmt: skip


def test_steps_are_those_of_the_criteria_in_force():
    chances, basis = targets.step_table(history(12, 2), 2022)
    assert basis == "steps"
    assert targets.ahead(15, chances, 2)[19] == 1
    assert targets.ahead(13, chances, 1)[15] == 1


def test_before_enough_steps_the_old_criteria_make_a_scenario_only():
    old = history(12, 1, years=range(2018, 2023))
    chances, basis = targets.step_table(old, 2022)
    assert basis == "old_steps"
    assert targets.ahead(12, chances, 3)[15] == 1
    assert targets.step_table(old[old["year"] >= 2021], 2022) == (None, "too_few")


def test_no_step_is_taken_across_a_change_of_criteria():
    jump = history(12, 0, years=range(2019, 2022))
    after = history(4, 0, years=range(2022, 2023))
    chances, _ = targets.step_table(pd.concat([jump, after]), 2022)
    assert np.allclose(np.diag(chances)[:19], 1)  # nobody falls from 12 to 4


def test_chances_of_a_step_sum_to_one():
    chance = np.random.default_rng(1)
    rows = history(10, 1, years=range(2018, 2023))
    rows = rows.assign(criteria_met=rows["criteria_met"] + chance.integers(-1, 2, len(rows)))
    chances, _ = targets.step_table(rows, np.nan)
    assert chances.sum(axis=1) == pytest.approx(np.ones(20))


def table(communes, until=2024, year=2024):
    series = pd.DataFrame({"district_code": "118", "indicator": "C1-17", "year": range(2019, 2025),
                           "value": [60.0, 50, 41, 30, 19, 10]})  # fmt: skip
    return targets.table(series, communes, INDICATORS, until, year)


def test_the_table_has_houses_communes_and_whole_districts():
    found = table(history(16, 1))
    assert list(found.columns) == targets.COLUMNS
    whole = found[found["commune_code"].isna()].set_index("indicator")
    assert whole.loc["C1-22", ["goal", "now", "expected", "basis"]].tolist() == [40, 0, 40, "steps"]
    assert whole.loc["C1-17", "basis"] == "walk"
    assert len(found) == 2 + 40 + 40


def test_from_the_goals_year_on_nothing_lies_ahead():
    assert len(table(history(16, 1), until=2025, year=2025)) == 0


def test_a_commune_without_criteria_makes_its_district_unknown():
    communes = history(16, 1)
    hidden = (communes["commune_code"] == "00003") & (communes["year"] == 2024)
    found = table(communes.assign(criteria_met=communes["criteria_met"].mask(hidden)))
    row = found[(found["indicator"] == "C1-22")].iloc[0]
    assert row["basis"] == "too_few"
    assert np.isnan(row["probability"])


def test_the_conditions_of_a_district_name_what_reports_cannot_tell():
    communes = pd.DataFrame(
        {"district_code": "118", "commune_code": ["1", "2", "3"], "kind": "xã",
         "title": ["NTM nâng cao", "NTM", None], "criteria_met": [19.0, 19.0, 15.0],
         "criteria_known": 19.0, "households": 100.0, "poor": 1.0, "near_poor": 1.0,
         "cultural_households": 50.0, "temporary_houses": 0.0}
    )  # fmt: skip
    asked = pd.DataFrame(
        {"district_code": "118", "survey": "huyện NTM", "share": [0.95, 0.85],
         "share_low": [0.95, 0.85], "threshold": [0.9, 0.8], "verdict": ["met", "met"]}
    )  # fmt: skip
    found = district_goal.conditions("118", communes, asked, table(history(16, 1)))
    assert found["state"].to_list() == ["not_met", "met", "not_applicable", "met", "not_measured"]
    assert found["probability"].notna().to_list() == [True, False, False, False, False]
    assert found.loc[3, ["now", "needed"]].to_list() == [0.95, 0.9] or found.loc[3, "now"] == 0.85
    held = asked.assign(share=np.nan, share_low=[0.95, 0.78], verdict="withheld")
    row = district_goal.conditions("118", communes, held, table(history(16, 1))).loc[3]
    assert np.isnan(row["now"])
    assert row["state"] == "withheld"
    none = district_goal.conditions("118", communes.iloc[:0], asked.iloc[:0], table(history(9, 0)))
    assert "met" not in set(none["state"])
