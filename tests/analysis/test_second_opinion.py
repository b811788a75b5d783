"""The regression beside the ranks: planted courses, fallbacks, and silence."""

import warnings

import numpy as np
import pandas as pd
import pytest

from ntm_eval import reference
from ntm_eval.analysis import second_opinion, trends

INDICATORS = reference.table("indicators")
YEARS = range(2018, 2023)


def rows(indicator, values, size=None):
    """District × year values as series.csv has them."""
    whole = 10_000.0 if size is None else size
    return pd.DataFrame(
        [
            {
                "district_code": str(118 + d),
                "indicator": indicator,
                "year": year,
                "value": value,
                "denominator": whole,
                "rate": value / whole,
            }
            for d, row in enumerate(values)
            for year, value in zip(YEARS, row, strict=True)
        ]
    )


def planted(per_year, seed=0, districts=6):
    chance = np.random.default_rng(seed)
    mean = 60 * np.exp(per_year * (np.arange(5) - 2))
    return chance.poisson(np.tile(mean, (districts, 1))).astype(float)


def opinion(indicator, values):
    households = rows("C1-18", np.full((len(values), 5), 10_000.0))
    yearly = pd.concat([rows(indicator, values), households])
    found = second_opinion.table(yearly, INDICATORS, 2022)
    return found[found["indicator"] == indicator].reset_index(drop=True)


def test_a_planted_rise_of_counts_is_found_in_the_figures_own_unit():
    found = opinion("C4-08", planted(0.2))
    assert list(found.columns) == second_opinion.COLUMNS
    assert found["direction"].eq("up").all()
    assert found["slope"].mean() == pytest.approx(0.2 * 60, rel=0.15)
    assert found["family"].eq("quasi-Poisson").all()


def test_a_share_is_binomial_and_its_slope_a_share_a_year():
    logit = -1 + 0.1 * (np.arange(5) - 2)
    values = np.random.default_rng(1).binomial(10_000, 1 / (1 + np.exp(-logit)), (6, 5))
    found = opinion("C5-11", values.astype(float))
    middle = 1 / (1 + np.exp(1))
    assert found["family"].eq("quasi-binomial").all()
    assert found["slope"].mean() == pytest.approx(0.1 * middle * (1 - middle), rel=0.05)


# nearly on their curves: what is left of the deviance is its own rounding
POPULATION = [
    [106626, 107894, 109180, 110479, 111809],
    [64466, 65176, 65902, 66629, 67376],
    [158170, 160204, 162292, 164421, 166563],
    [91762, 92814, 93874, 94948, 96034],
    [73660, 74437, 75238, 76052, 76875],
    [112615, 113951, 115271, 116637, 118002],
    [105892, 107288, 108708, 110136, 111592],
    [70606, 71463, 72332, 73219, 74105],
    [141687, 143304, 144908, 146542, 148197],
    [174257, np.nan, 178397, 180518, 182648],
    [53702, 54346, 54999, 55643, 56311],
    [63004, 63872, 64754, 65627, 66538],
]


def test_figures_that_hardly_stray_from_their_curve_are_fitted_on_any_machine():
    assert opinion("C4-08", POPULATION)["state"].eq("fitted").all()


def test_a_stock_has_no_second_opinion():
    assert opinion("C1-17", planted(0.2))["state"].eq("described").all()


def test_a_year_that_all_districts_share_makes_no_trend():
    mean = 2400 * np.exp(0.05 * np.arange(5))
    clear = np.random.default_rng(6).poisson(np.tile(mean, (6, 1))).astype(float)
    shared = clear * np.exp([0.2, -0.3, 0.0, 0.3, -0.2])
    one, other = opinion("C4-08", clear), opinion("C4-08", shared)
    assert one["direction"].eq("up").all()
    assert other["direction"].eq("none").all()


def test_a_district_that_never_changes_has_a_slope_of_zero_and_no_rounding():
    values = planted(0.1, seed=4)
    values[2] = 7.0
    found = opinion("C4-08", values)
    assert found.loc[2, "slope"] == 0.0
    assert found.loc[2, "p_value"] == 1.0


def test_one_district_by_hand():
    # a saturated check: with two districts the Poisson score equations hold at the fitted curve
    values = planted(0.1, seed=3, districts=2)
    found = opinion("C4-08", values)
    slope = found["slope"][0]
    when = np.arange(5) - 2.0
    level = values[0].mean()
    from scipy import optimize

    def score(beta):
        curve = np.exp(beta * when)
        curve *= values[0].sum() / curve.sum()
        return ((values[0] - curve) * when).sum()

    beta = optimize.brentq(score, -1, 1)
    fitted = values[0].sum() / np.exp(beta * when).sum()
    assert slope == pytest.approx(beta * fitted, abs=1e-6)
    assert level > 0


@pytest.mark.parametrize(
    ("values", "state"),
    [
        (np.zeros((6, 5)), "no_variation"),
        (np.full((6, 5), 7.0), "no_variation"),
        (np.tile(100 * np.exp(0.1 * np.arange(5)), (6, 1)), "exact"),
        (np.full((6, 5), np.nan), "too_few"),
    ],
)
def test_without_a_curve_it_says_why_and_gives_no_figure(values, state):
    found = opinion("C4-08", values)
    assert set(found["state"]) == {state}
    assert found["slope"].isna().all()
    assert found["direction"].eq("too_few").all()


def test_a_model_that_fails_says_so(monkeypatch):
    def fails(*_):
        raise np.linalg.LinAlgError

    monkeypatch.setattr(second_opinion, "_fit", fails)
    assert set(opinion("C4-08", planted(0.1))["state"]) == {"not_converged"}


def test_no_warning_gets_out():
    awkward = planted(0.1)
    awkward[0] = [0, 0, 0, 0, 9]
    awkward[1] = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = opinion("C4-08", awkward)
    assert found["state"].isin(["fitted", "no_variation", "not_converged"]).all()


def test_how_the_two_agree():
    first = trends.table(rows("C4-08", planted(0.2)), INDICATORS, 2022)
    second = opinion("C4-08", planted(0.2))
    both = second_opinion.compared(
        first.assign(direction=["up", "none", "down", "none", "too_few", "up"]),
        second.assign(direction=["up", "up", "up", "none", "up", "none"]),
    )
    assert both["agree"].to_list() == [
        "same",
        "only_second",
        "opposite",
        "same",
        "no_second",
        "only_first",
    ]
