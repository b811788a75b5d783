"""Goals ahead: planted courses, and silence where the series cannot bear more."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ntm_eval import reference, schemas
from ntm_eval.analysis import disclosure, district_goal, satisfaction, targets
from ntm_eval.intake import problems

DAY = date(2022, 11, 30)
INDICATORS = reference.table("indicators")


def yearly(*values, first=2018):
    return pd.Series(values, index=range(first, first + len(values)), dtype=float)


def test_at_its_pace_a_figure_is_gone_in_a_year_and_has_no_probability():
    found = targets.left(yearly(2317, 1839, 1351, 891, 444), 2025)
    assert (found.basis, found.pace, found.done, found.expected) == ("pace", -468.25, 2023, 0)
    assert np.isnan([found.low, found.high, found.probability]).all()
    assert targets.left(yearly(500, 400, 300, 200), 2022).expected == 100


@pytest.mark.parametrize(("values", "done"), [((9, 4, 1, 0), 2021), ((5, 5, 6), np.nan)])
def test_what_is_gone_is_done_and_what_does_not_fall_never_is(values, done):
    np.testing.assert_equal(targets.left(yearly(*values), 2025).done, done)


@pytest.mark.parametrize("values", [(5, 4), (5, np.nan, 3), ()])
def test_fewer_than_three_years_have_no_pace(values):
    found = targets.left(yearly(*values), 2025)
    assert found.basis == "too_few"
    assert np.isnan([found.expected, found.pace, found.done]).all()


def test_a_stock_goes_by_its_average_and_a_flow_by_the_slope_of_its_trend():
    assert targets.pace(yearly(0, 1, 2, 3, 100), stock=True) == 25
    assert targets.pace(yearly(0, 1, 2, 3, 100), stock=False) == 1


def history(start, step, years=range(2022, 2025), communes=40):
    return pd.DataFrame(
        [
            {
                "year": year,
                "district_code": "118",
                "commune_code": f"{c:05d}",
                "kind": "xã",
                "criteria_met": float(min(start + step * (year - years[0]), 19)),
                "criteria_known": 19.0,
                "temporary_houses": 5.0,
            }
            for c in range(communes)
            for year in years
        ]
    )


def chance(rows, began, start, end, years):
    """How likely a commune comes from `start` to at least `end` criteria."""
    by_year, basis = targets.steps(rows, began)
    return targets.courses(by_year, years)[:, start, end:].sum(axis=1).mean(), basis


def test_steps_are_those_of_the_criteria_in_force():
    likely, basis = chance(history(12, 2), 2022, 15, 19, 2)
    assert basis == "steps"
    assert 0.9 < likely < 1
    assert chance(history(12, 2), 2022, 13, 15, 1)[0] > 0.95


def test_before_enough_steps_the_old_criteria_make_a_scenario_only():
    old = history(12, 1, years=range(2018, 2023))
    likely, basis = chance(old, 2022, 12, 15, 3)
    assert basis == "old_steps"
    assert likely > 0.9
    assert targets.steps(old[old["year"] >= 2021], 2022) == ([], "too_few")


def test_no_step_is_taken_across_a_change_of_criteria():
    jump = history(12, 0, years=range(2019, 2022))
    after = history(4, 0, years=range(2022, 2023))
    by_year, _ = targets.steps(pd.concat([jump, after]), 2022)
    assert all((pairs[:, 0] == pairs[:, 1]).all() for pairs in by_year)  # nobody falls from 12 to 4


def test_chances_of_a_step_sum_to_one_and_none_is_certain():
    chance = np.random.default_rng(1)
    rows = history(10, 1, years=range(2018, 2023))
    rows = rows.assign(criteria_met=rows["criteria_met"] + chance.integers(-1, 2, len(rows)))
    drawn = targets.courses(targets.steps(rows, np.nan)[0], 2)
    assert drawn.sum(axis=2) == pytest.approx(np.ones(drawn.shape[:2]))
    assert drawn.max() < 1


def test_communes_share_good_and_bad_years():
    # every other year all communes gain two criteria, or none: together, or not at all
    met = np.repeat([[10, 12, 12, 14, 14]], 40, axis=0)
    rows = [(f"{c:05d}", 2018 + y, v) for c, row in enumerate(met) for y, v in enumerate(row)]
    frame = pd.DataFrame(rows, columns=["commune_code", "year", "criteria_met"])
    drawn = targets.courses(targets.steps(frame, np.nan)[0], 1)
    found = targets.together(np.full(10, 17.0), drawn, "steps")
    assert found.probability > 0.2  # on their own: a half to the tenth
    assert (found.low, found.high) == (0, 10)


def test_a_forecast_interval_of_zero_width_does_not_exist():
    drawn = targets.courses(targets.steps(history(12, 0), 2022)[0], 1)
    found = targets.together(np.array([19.0] * 8 + [12.0] * 3), drawn, "steps")
    assert found.low < found.high


def table(communes, until=2024, year=2024):
    series = pd.DataFrame(
        {
            "district_code": "118",
            "indicator": "C1-17",
            "year": range(2019, 2025),
            "value": [60.0, 50, 41, 30, 19, 10],
        }
    )
    return targets.table(series, communes, INDICATORS, until, year)


def test_the_table_has_houses_communes_and_whole_districts():
    found = table(history(16, 1))
    assert list(found.columns) == schemas.column_names("targets")
    whole = found[found["commune_code"].isna()].set_index("indicator")
    assert whole.loc["C1-22", ["goal", "now", "basis"]].tolist() == [40, 0, "steps"]
    assert whole.loc["C1-17", ["basis", "pace", "done"]].tolist() == ["pace", -10, 2025]
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
        {
            "district_code": "118",
            "commune_code": ["1", "2", "3"],
            "kind": "xã",
            "title": ["NTM nâng cao", "NTM", None],
            "criteria_met": [19.0, 19.0, 15.0],
            "criteria_known": 19.0,
            "households": 100.0,
            "poor": 1.0,
            "near_poor": 1.0,
            "cultural_households": 50.0,
            "temporary_houses": 0.0,
        }
    )
    found = conditions(communes, answers(0.95, 0.95, 0.92))
    assert found["state"].to_list() == ["not_met", "met", "not_applicable", "met", "not_measured"]
    assert found["probability"].notna().to_list() == [True, False, False, False, False]
    none = conditions(communes.iloc[:0], answers())
    assert "met" not in set(none["state"])


def conditions(communes, asked):
    published = disclosure.published(satisfaction.table(asked, DAY), problems.frame([]), DAY)
    return district_goal.conditions("118", communes, published, table(history(16, 1)), DAY)


def answers(*overall, communes=("03703", "03706", "03709"), content=0.95, households=700.0):
    """Three communes' survey of the district: one content and the overall question."""
    rows = [
        ("118", code, "huyện NTM", question, households, 500.0, 500.0, 500.0, round(500 * share))
        for code, whole in zip(communes, overall, strict=False)
        for question, share in (("1", content), ("2", whole))
    ]
    columns = [
        "district_code",
        "commune_code",
        "survey",
        "question",
        "households",
        "issued",
        "collected",
        "answered",
        "satisfied",
    ]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[4:], float))
    return frame.assign(unsatisfied=500.0 - frame["satisfied"], no_answer=0.0)


RURAL = pd.DataFrame(
    {
        "district_code": "118",
        "commune_code": ["03703", "03706", "03709"],
        "kind": "xã",
        "title": None,
        "criteria_met": 15.0,
        "criteria_known": 19.0,
        "households": 100.0,
        "poor": 1.0,
        "near_poor": 1.0,
        "cultural_households": 50.0,
        "temporary_houses": 0.0,
    }
)


@pytest.mark.parametrize(
    ("asked", "state"),
    [
        (answers(0.95, 0.95, 0.95), "met"),
        (answers(0.85, 0.80, 0.82), "not_met"),  # the overall question alone
        (answers(0.95, 0.95, 0.95, content=0.7), "not_met"),  # one content
        (answers(0.95, 0.95), "unclear"),  # one commune was not asked
        (answers(0.95, 0.95, 0.95, households=1000.0), "unclear"),  # too few households
        (answers(), "not_measured"),
    ],
)
def test_residents_are_asked_the_overall_question_and_in_every_commune(asked, state):
    row = conditions(RURAL, asked).set_index("condition").loc["satisfaction"]
    assert row["state"] == state
    assert row[["surveyed", "communes"]].to_list() == [asked["commune_code"].nunique(), 3]
