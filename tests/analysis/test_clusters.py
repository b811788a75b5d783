"""Villages and collectors: planted differences are found, and none where there is none."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats
from scipy.special import digamma

from ntm_eval.analysis import clusters

SATISFIED = np.array([36, 40, 25, 39, 38, 30, 40, 37])
FORMS = np.full(8, 40)


def groups(satisfied, forms, by="collector", label="người thu"):
    return pd.DataFrame(
        {
            "district_code": "127",
            "commune_code": "04219",
            "survey": "xã NTM",
            "by": by,
            "label": [f"{label} {n + 1}" for n in range(len(forms))],
            "forms": forms,
            "answered": forms,
            "satisfied": satisfied,
        }
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_fit_solves_the_equations_of_largest_likelihood(seed):
    """By another way: both derivatives, of digammas, are zero at a and b of the beta."""
    draw = np.random.default_rng(seed)
    forms = draw.integers(15, 60, 12)
    satisfied = draw.binomial(forms, draw.beta(4.5, 0.5, 12))
    share, correlation = clusters.fit(satisfied, forms)
    assert correlation > 0

    def slopes(logs):
        a, b = np.exp(logs)
        both = digamma(a + b) - digamma(forms + a + b)
        return [
            (digamma(satisfied + a) - digamma(a) + both).sum(),
            (digamma(forms - satisfied + b) - digamma(b) + both).sum(),
        ]

    solved = optimize.root(slopes, np.log([4.5, 0.5]), tol=1e-13)
    a, b = np.exp(solved.x)
    assert solved.success
    assert (share, correlation) == pytest.approx((a / (a + b), 1 / (1 + a + b)), abs=1e-6)


def test_the_likelihood_is_that_of_scipy():
    satisfied, forms = np.array([3.0, 9, 10]), np.array([10.0, 10, 12])
    ours = [clusters._unlikely(np.array(x), satisfied, forms) for x in ((0.8, 0.2), (0.6, 0.1))]
    theirs = [
        -stats.betabinom.logpmf(satisfied, forms, share * s, (1 - share) * s).sum()
        for share, s in ((0.8, 4), (0.6, 9))
    ]
    # without the binomial coefficients, which no parameter changes
    assert ours[0] - ours[1] == pytest.approx(theirs[0] - theirs[1], abs=1e-9)


def test_the_likelihood_by_hand():
    # one of two forms satisfied with a uniform share (a = b = 1, so ρ = 1/3): each count 1/3
    found = clusters._unlikely(np.array([0.5, 1 / 3]), np.array([1.0]), np.array([2.0]))
    assert found == pytest.approx(-math.log(1 / 3 / 2))  # of two orders, one


def test_groups_that_differ_less_than_chance_have_no_correlation():
    assert clusters.fit(np.array([36.0, 36, 36, 36, 36]), np.full(5, 40.0)) == (0.9, 0)
    assert clusters.spread(np.array([36, 36, 36, 36, 36]), np.full(5, 40)).inflation == 1


def test_the_chance_by_hand():
    # 4 satisfied of 4 + 4 forms: 0-4, 1-3, 2-2 … in 1, 16, 36, 16, 1 of 70 ways
    found = clusters.spread(np.array([4, 0]), np.array([4, 4]))
    assert found.p == pytest.approx(2 / 70, abs=0.006)
    assert clusters.spread(np.array([3, 1]), np.array([4, 4])).p == pytest.approx(34 / 70, abs=0.02)


def test_a_correlation_widens_the_interval_by_the_usual_factor():
    found = clusters.spread(SATISFIED, FORMS)
    assert found.inflation == pytest.approx(math.sqrt(1 + found.correlation * 39))


def planted(correlation, seed, n=12, size=40, share=0.9):
    draw = np.random.default_rng([seed, int(100 * correlation)])
    s = (1 - correlation) / correlation if correlation else 0
    shares = draw.beta(share * s, (1 - share) * s, n) if correlation else share
    return draw.binomial(size, shares, n), np.full(n, size)


def reported(correlation, runs=60):
    return np.mean(
        [clusters.chance(*planted(correlation, r)) < clusters.ALPHA for r in range(runs)]
    )


def test_a_planted_difference_is_found_and_none_is_seldom_reported():
    assert reported(0.15) > 0.9
    assert reported(0.0) <= 0.1  # 3 expected of 60; 6 or more in 8 % of all seeds


def test_the_planted_correlation_is_about_what_is_found():
    middle = np.median(
        [clusters.spread(*planted(0.15, r, n=20, size=60)).correlation for r in range(40)]
    )
    assert middle == pytest.approx(0.15, abs=0.04)


def test_the_same_counts_give_the_same_answer():
    assert clusters.spread(SATISFIED, FORMS) == clusters.spread(SATISFIED, FORMS)


def test_the_one_who_stands_apart_is_named():
    satisfied = np.array([38, 37, 39, 20, 38, 37, 39, 38, 36, 38])
    (row,) = clusters.table(groups(satisfied, np.full(10, 40))).to_dict("records")
    assert (row["state"], row["unlike"]) == ("apart", "người thu 4")
    assert (row["groups"], row["forms"]) == (10, 400)


def test_an_odd_group_does_not_make_sound_ones_odd():
    assert clusters.unlike(np.array([38, 37, 0, 38, 37, 36, 38, 39]), FORMS) == [2]
    assert clusters.unlike(np.array([38, 37, 0, 38, 37, 36, 38, 12]), FORMS) == [2, 7]


def test_the_chance_of_a_group_by_hand():
    # the others all say 36 of 40, so each form is satisfied with 0,9: of 10 forms 5 or fewer
    satisfied, forms = np.array([5.0, 36, 36, 36, 36, 36]), np.array([10.0, 40, 40, 40, 40, 40])
    few = sum(math.comb(10, k) * 0.9**k * 0.1 ** (10 - k) for k in range(6))
    assert clusters._tail(0, [1, 2, 3, 4, 5], satisfied, forms) == pytest.approx(2 * few)


def test_like_groups_name_nobody():
    satisfied = np.array([36, 37, 36, 35, 36, 37, 35, 36])
    (row,) = clusters.table(groups(satisfied, FORMS)).to_dict("records")
    assert (row["state"], row["unlike"]) == ("alike", "")


@pytest.mark.parametrize(
    ("satisfied", "forms"),
    [
        ([36, 36, 36, 36], [40] * 4),  # four groups
        ([36, 36, 36, 36, 9], [40, 40, 40, 40, 9]),  # the fifth is too small
        ([40, 40, 40, 40, 40, 35], [40] * 6),  # five unsatisfied
        ([0] * 6, [40] * 6),
    ],
)
def test_counts_that_cannot_bear_a_model_get_none(satisfied, forms):
    (row,) = clusters.table(groups(satisfied, forms)).to_dict("records")
    assert (row["state"], row["unlike"]) == ("too_few", "")
    assert all(math.isnan(row.get(c, math.nan)) for c in ("p_value", "correlation"))


def test_villages_and_collectors_are_looked_at_apart():
    both = pd.concat([groups(SATISFIED, FORMS), groups(SATISFIED, FORMS, "village", "bản")])
    assert clusters.table(both)["by"].tolist() == ["collector", "village"]
    assert clusters.table(both.head(0)).empty
