"""Doubt about a ranking: what more doubt does, who leads when one thing changes, who is grouped."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal
from scored import FEW, inputs, reports

from ntm_eval.analysis import doubt, ranking, scheme, scores
from ntm_eval.analysis.ranking import rank, total

DAY = date(2022, 12, 31)


def wider(one, other):
    """Whether each band of `one` holds that of `other`."""
    lows, highs = ["rank_low", "points_low"], ["rank_high", "points_high"]
    low = (one[lows] <= other[lows] + 1e-9).all(axis=None)
    return low and (one[highs] >= other[highs] - 1e-9).all(axis=None)


@FEW
@given(reports(), st.data())
def test_one_more_suspicious_figure_never_narrows_a_band(given_, data):
    keys = [(d, i) for d in ("118", "119", "127") for i in ("C1-01", "C1-22", "C4-07", "C4-06")]
    marked = frozenset(data.draw(st.sets(st.sampled_from(keys), min_size=1)))
    more = replace(given_, suspicious=marked)
    assert wider(rank(more, draws=30), rank(given_, draws=30))


def test_a_suspicious_figure_widens_the_band_of_whom_it_carries():
    cells = {("127", "C6-01"): (10, 10), ("127", "C6-03"): (1, 10)}
    plain = rank(inputs(cells)).iloc[0]
    found = rank(inputs(cells, suspicious={("127", "C6-01")})).iloc[0]
    assert found["points"] == plain["points"]
    # C6 would rest on C6-03 alone: 0.5 points of 5 and not 2.75
    assert plain["points_low"] - found["points_low"] > 1.5


def test_a_wider_spread_of_weights_widens_the_points():
    cells = {("118", "C1-01"): (10, 10), ("119", "C2-06"): (10, 10)}
    narrow, wide = (rank(inputs(cells), spread=s) for s in (0.1, 0.2))
    assert wider(wide, narrow)


# C2 whole and C3 whole are 15 points each; 118 leads by what C3-02 brings
CLOSE = {
    ("118", "C2-06"): (10, 10),
    ("118", "C3-01"): (2, 10),
    ("118", "C3-02"): (10, 10),
    ("119", "C2-06"): (10, 10),
    ("119", "C3-01"): (6, 10),
    ("119", "C3-02"): (4, 10),
}


def test_leaving_an_indicator_out_moves_points_as_worked_out_by_hand():
    found = ranking.removal(inputs(CLOSE)).set_index(["district_code", "indicator"])
    # of C3 118 has (0.2 + 1) / 2 of 15 = 9; without C3-02 0.2 of 15 = 3, so C3-02 brings 6
    assert found.at[("118", "C3-02"), "moved"] == pytest.approx(6)
    assert found.at[("119", "C3-02"), "moved"] == pytest.approx(7.5 - 9)
    assert found.at[("118", "C3-02"), "rank_without"] == 2
    assert found.at[("118", "C1-01"), "moved"] == 0


def test_the_change_that_gives_the_first_place_away_is_named():
    given_ = inputs(CLOSE)
    ranked = rank(given_)
    found = doubt.first_place(ranked, ranking.removal(given_), given_)
    assert ranked.set_index("district_code")["rank"].to_dict() == {"118": 1, "119": 2}
    assert found[["change", "subject", "district_code"]].to_numpy().tolist() == [
        ["removal", "C3-02", "119"]
    ]


def test_the_least_weight_that_gives_the_first_place_away_is_named():
    # 118: C2 15 + C3 13.5 = 28.5; 119: C2 13.4 + C3 15 = 28.4 -> a little more on C3 turns it
    cells = {
        ("118", "C2-06"): (10, 10),
        ("118", "C3-01"): (9, 10),
        ("119", "C2-06"): (8.93, 10),
        ("119", "C3-01"): (10, 10),
    }
    given_ = inputs(cells)
    found = doubt.first_place(rank(given_), ranking.removal(given_), given_)
    weights = found[found["change"] == "weight"].set_index("subject")["size"]
    # the lead is 15 × 1.07 - 15 × 1 = 0.105 of C2 less 1.5 of C3 per 15: C3 up by 7 % is enough
    assert weights["C3"] == pytest.approx(0.08, abs=0.011)
    assert weights["C2"] == pytest.approx(-0.07, abs=0.011)


def test_a_firm_lead_is_moved_by_nothing():
    cells = {
        (d, f"C{part}-01"): (share, 100)
        for part in (1, 3, 4, 5, 6)
        for d, share in (("118", 90), ("119", 40))
    }
    given_ = inputs(cells)
    assert doubt.first_place(rank(given_), ranking.removal(given_), given_).empty


@pytest.mark.parametrize(
    ("bands", "groups"),
    [
        ([(1, 1), (2, 2)], [1, 2]),
        ([(1, 2), (1, 2), (3, 3)], [1, 1, 2]),
        # each overlaps only its neighbour, yet nothing in the chain can be cut
        ([(1, 2), (2, 3), (3, 4), (4, 4)], [1, 1, 1, 1]),
        # a wide band holds the narrow ones that come after it
        ([(1, 4), (2, 2), (3, 3), (5, 5)], [1, 1, 1, 2]),
        ([(3, 3), (1, 1), (2, 2)], [3, 1, 2]),
        ([(1, 1), (np.nan, np.nan)], [1, np.nan]),
        ([], []),
    ],
)
def test_overlapping_places_are_one_group(bands, groups):
    low, high = np.array(bands, float).reshape(-1, 2).T
    np.testing.assert_array_equal(ranking.groups(low, high), groups)


@FEW
@given(reports())
def test_groups_hold_together_whose_bands_overlap_and_follow_the_ranking(given_):
    ranked = rank(given_, draws=20)
    found = doubt.table(ranked, ranking.removal(given_), given_)
    assert_series_equal(found["group"], ranked["group"])
    both = ranked.sort_values("rank")
    assert both["group"].is_monotonic_increasing
    for a in both.itertuples():
        for b in both.itertuples():
            if a.rank_low <= b.rank_high and b.rank_low <= a.rank_high:
                assert a.group == b.group


def test_only_outliers_and_units_of_the_districts_own_figures_are_suspicious():
    problems = pd.DataFrame(
        [
            ("outlier", "118", None, "C1-01"),
            ("unit_suspect", "119", None, "C1-05"),
            ("outlier", "118", "03700", "C1-02"),
            ("blank_cell", "118", None, "C1-03"),
            ("outlier", None, None, "C1-04"),
        ],
        columns=["rule", "district_code", "commune_code", "indicator"],
    )
    assert doubt.suspicious(problems) == {("118", "C1-01"), ("119", "C1-05")}


def test_aggregation_agrees_with_a_weighted_mean_by_hand():
    """COINr's default is min-max and the weighted mean; ours is distance to the district's own
    target (a ratio), and the same weighted mean: 0.4, 1, 0 at 25, 15, 10 of 50 make 25 points."""
    shares, weights = np.array([[0.4, 1.0, 0.0]]), np.array([25.0, 15.0, 10.0])
    assert total(weights, shares)[0] == 25
    assert total(weights, shares)[0] / weights.sum() == np.average(shares[0], weights=weights)


@FEW
@given(reports(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(given_, random):
    order = list(range(len(given_.facts)))
    random.shuffle(order)
    mixed = replace(given_, facts=given_.facts.iloc[order])
    assert_frame_equal(scores.table(mixed), scores.table(given_))
    assert_frame_equal(rank(mixed, draws=5), rank(given_, draws=5))


@given(reports(), st.sampled_from(["C1-01", "C1-22", "C2-01", "C6-03", "C4-07"]), st.floats(0, 40))
def test_raising_what_should_rise_never_lowers_a_score(given_, indicator, more):
    facts = given_.facts
    here = (facts["indicator"] == indicator) & (facts["measure"] == "actual")
    raised = facts.assign(value=facts["value"].where(~here, facts["value"] + more))
    before, after = (
        scores.table(replace(given_, facts=f)).groupby("district_code")["points"].sum()
        for f in (facts, raised)
    )
    assert (after >= before - 1e-9).all()


@given(reports(), st.data())
def test_an_indicator_written_twice_earns_once(given_, data):
    row = data.draw(st.integers(0, len(given_.facts) - 1))
    twice = pd.concat([given_.facts, given_.facts.iloc[[row]].assign(value=1e6)])
    again = replace(given_, facts=twice)
    assert_frame_equal(scores.table(again), scores.table(given_))


def test_nothing_given_is_changed():
    given_ = inputs(CLOSE)
    facts = given_.facts.copy(deep=True)
    ranked, removed = rank(given_, draws=3), ranking.removal(given_)
    kept = ranked.copy(deep=True)
    doubt.table(ranked, removed, given_)
    doubt.first_place(ranked, removed, given_)
    assert_frame_equal(given_.facts, facts)
    assert_frame_equal(ranked, kept)
    assert scheme.in_force("annual", DAY).parts.sum() == 100
