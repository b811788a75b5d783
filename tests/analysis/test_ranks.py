"""Exact tests and intervals, against scipy, pymannkendall and counting by hand."""

from itertools import permutations

import numpy as np
import pymannkendall
import pytest
from scipy import stats

from ntm_eval.analysis import ranks


def planted(count, ties):
    """Series of 4 to 9 years, rounded where they shall have ties."""
    for seed in range(count):
        chance = np.random.default_rng([seed, ties])
        years = 4 + seed % 6
        values = chance.normal(size=years) + 0.3 * np.arange(years)
        yield np.round(values) if ties else values


SERIES = [*planted(24, False), *planted(24, True)]


def counted(values):
    """The two-sided p of S over every order of the values."""
    s = abs(int(ranks.s_statistic(values[None, :])[0]))
    orders = np.array(list(permutations(values)))
    return float((np.abs(ranks.s_statistic(orders)) >= s).mean())


@pytest.mark.parametrize("values", [v for v in SERIES if len(v) <= 7])
def test_p_is_that_of_every_order_of_the_values(values):
    assert ranks.p_values(values[None, :])[0] == pytest.approx(counted(values), abs=1e-12)


@pytest.mark.parametrize("values", [v for v in SERIES if len(set(v)) == len(v)])
def test_without_ties_p_is_scipys_exact_one(values):
    there = stats.kendalltau(np.arange(len(values)), values, method="exact").pvalue
    assert ranks.p_values(values[None, :])[0] == pytest.approx(there, abs=1e-12)


@pytest.mark.parametrize("values", SERIES)
def test_s_its_variance_and_the_slope_are_pymannkendalls(values):
    if len(set(values)) == 1:
        pytest.skip("pymannkendall divides by a variance of zero")
    there = pymannkendall.original_test(values)
    assert ranks.s_statistic(values[None, :])[0] == there.s
    _, ties = np.unique(values, return_counts=True)
    counts = np.array(ranks.inversions(tuple(sorted(ties.tolist()))), dtype=float)
    s = len(counts) - 1 - 2 * np.arange(len(counts))
    assert (counts * s**2).sum() / counts.sum() == pytest.approx(there.var_s, abs=1e-9)
    slope, _, _ = ranks.sen_intervals(values[None, :], np.arange(len(values)))
    assert slope[0] == pytest.approx(there.slope, abs=1e-12)


@pytest.mark.parametrize("values", SERIES)
def test_the_slope_is_scipys_also_over_gaps(values):
    years = np.delete(np.arange(len(values) + 1), 2)
    with_gap = np.insert(values, 2, np.nan)
    slope, low, high = ranks.sen_intervals(with_gap[None, :], np.arange(len(values) + 1))
    assert slope[0] == pytest.approx(stats.theilslopes(values, years)[0], abs=1e-12)
    assert low[0] <= slope[0] <= high[0]


@pytest.mark.parametrize("values", [v for v in SERIES if len(set(v)) == len(v) and len(v) > 4])
def test_the_interval_excludes_zero_where_the_test_rejects_and_only_there(values):
    _, low, high = ranks.sen_intervals(values[None, :], np.arange(len(values)))
    rejects = ranks.p_values(values[None, :])[0] < ranks.LEVEL
    assert bool(low[0] > 0 or high[0] < 0) == bool(rejects)


def test_the_interval_of_five_years_is_the_whole_range_of_slopes():
    values, years = np.array([[1.0, 4, 2, 8, 9]]), np.arange(5)
    pairs = [(values[0, j] - values[0, i]) / (j - i) for i in range(5) for j in range(i + 1, 5)]
    _, low, high = ranks.sen_intervals(values, years)
    assert (low[0], high[0]) == (min(pairs), max(pairs))


def test_the_interval_of_four_years_is_at_least_students():
    values, years = np.array([[1.0, 4, 2, 8]]), np.arange(4)
    fit = stats.linregress(years, values[0])
    margin = stats.t.ppf(0.975, 2) * fit.stderr
    _, low, high = ranks.sen_intervals(values, years)
    assert low[0] == pytest.approx(min(fit.slope - margin, -2), abs=1e-9)
    assert high[0] == pytest.approx(max(fit.slope + margin, 6), abs=1e-9)


@pytest.mark.parametrize(("years", "least", "attained"), [(4, 2 / 24, 0.0), (5, 2 / 120, 2 / 120)])
def test_what_few_years_can_show(years, least, attained):
    assert ranks.least_p(years) == pytest.approx(least)
    assert ranks.attained(years) == pytest.approx(attained)
