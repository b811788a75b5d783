"""The published groups on few provinces of known order; bench/ranking.py takes many."""

from unittest import mock

import numpy as np
import pytest
from benches import bench

from ntm_eval.analysis import ranking, scheme

BENCH = bench("ranking")


def test_groups_are_right_of_what_they_tell_and_tell_much():
    found = BENCH.seen(3, 0.06, draws=30)
    by_figures, by_merit = found["figures"], found["merit"]
    assert by_figures.told_right > 0.97
    assert by_figures.told_right > by_figures.pairs_ranked_right + 0.03
    assert by_merit.told_right > by_merit.pairs_ranked_right
    assert 0.3 < by_figures.pairs_told < 0.95
    assert by_figures.first_held == 1


def test_districts_that_are_alike_are_hardly_told_apart():
    unlike, alike = (BENCH.seen(1, spread, draws=30)["figures"] for spread in (0.12, 0.005))
    assert alike.pairs_told < unlike.pairs_told / 2


def test_reports_without_a_fault_show_the_truth():
    """The truth's own arithmetic and the ranking's agree where nothing hides it."""
    faults = dict.fromkeys(("BLANK", "CORRECTED", "WRONG", "WEIGHT_SPREAD"), 0.0)
    rules = scheme.in_force("annual", BENCH.DAY)
    chance = np.random.default_rng(1)
    true = BENCH.ratios(chance, np.linspace(0.5, 0.9, 12), rules)
    with mock.patch.multiple(BENCH, **faults):
        worth = BENCH.points(chance, true, rules)
        found = ranking.rank(BENCH.reports(chance, true, rules), draws=1, spread=0.0)
    np.testing.assert_allclose((found["points"] - 10) / 90, worth)


def test_what_is_said_is_held_against_the_truth_pair_by_pair():
    worth, said = np.array([3.0, 2.0, 1.0]), np.array([2.0, 3.0, 1.0])
    found = BENCH.held(worth, said, np.array([1.0, 1.0, 2.0]))
    assert found == {
        "pairs": 3,
        "ranked": 2,
        "told": 2,
        "right": 2,
        "first_right": 0.0,
        "first_held": 1.0,
    }
    wrong = BENCH.held(worth, said, np.array([2.0, 1.0, 3.0]))
    assert (wrong["told"], wrong["right"], wrong["first_held"]) == (3, 2, 0.0)


@pytest.mark.parametrize("fault", ["BLANK", "WRONG"])
def test_a_fault_hides_the_truth(fault):
    rules = scheme.in_force("annual", BENCH.DAY)
    true = np.full((len(rules.indicators), 12), 0.5)
    faults = dict.fromkeys(("BLANK", "CORRECTED", "WRONG"), 0.0) | {fault: 0.3}
    with mock.patch.multiple(BENCH, **faults):
        given = BENCH.reports(np.random.default_rng(1), true, rules)
    values = given.facts.query("measure == 'actual' and value != 100")["value"]
    assert (values.isna() if fault == "BLANK" else values.ne(50)).mean() > 0.1
