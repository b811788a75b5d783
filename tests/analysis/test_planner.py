"""How many forms settle a threshold."""

import math

import numpy as np
import pytest
from scipy import stats

from ntm_eval.analysis import planner, satisfaction


def test_the_formula_by_hand():
    # z = 1,96 and 0,8416: (1,96·0,3 + 0,8416·0,21794)² / 0,05² = 238,04; of 1.000 households
    # 238,04·1000 / (999 + 238,04) = 192,4
    assert planner.forms_needed(1000, 0.95, 0.9) == 193
    assert planner.forms_needed(10**9, 0.95, 0.9) == 239


@pytest.mark.parametrize("households", [50, 200, 1000, 5000])
@pytest.mark.parametrize("share", [0.7, 0.85, 0.93, 0.97, 1.0])
def test_with_even_chances_it_is_where_the_interval_leaves_the_threshold(households, share):
    """The closed form turns `wilson` round: one form fewer and the threshold is inside."""
    n = planner.forms_needed(households, share, 0.9, assurance=0.5)
    if n < households:
        found = satisfaction.wilson(share * n, n, households)
        assert found.low >= 0.9 - 1e-9 or found.high < 0.9 + 1e-9
    fewer = satisfaction.wilson(share * (n - 1), n - 1, households)
    assert fewer.low < 0.9 < fewer.high


@pytest.mark.parametrize("households", [200, 1000, 2000])
@pytest.mark.parametrize("share", [0.8, 0.85, 0.93, 0.95])
def test_so_many_forms_settle_it_in_about_four_surveys_of_five(households, share):
    n = int(planner.forms_needed(households, share, 0.9))
    counts = np.arange(n + 1)
    _, low, high = satisfaction.intervals(counts, n, households)
    chance = stats.hypergeom.pmf(counts, households, round(households * share), n)
    assert 0.72 < chance[(low >= 0.9) | (high < 0.9)].sum() < 0.88


def test_more_households_or_a_nearer_share_need_more_forms():
    needed = planner.plan([100, 500, 2000], [0.97, 0.95, 0.93], 0.9)
    assert (needed.diff().iloc[1:] > 0).all(axis=None)
    assert (needed.diff(axis=1).iloc[:, 1:] > 0).all(axis=None)
    assert (needed.to_numpy() <= np.array([[100], [500], [2000]])).all()
    assert needed.loc[500, 0.95] == planner.forms_needed(500, 0.95, 0.9)


def test_at_the_threshold_everybody_must_be_asked():
    assert planner.forms_needed(500, 0.9, 0.9) == 500
    assert planner.forms_needed(500, 0.9001, 0.9) == 500


@pytest.mark.parametrize(
    "bad", [(0, 0.95, 0.9), (math.nan, 0.95, 0.9), (500, math.nan, 0.9), (500, 0.95, math.nan)]
)
def test_what_is_not_known_has_no_plan(bad):
    assert math.isnan(planner.forms_needed(*bad))
