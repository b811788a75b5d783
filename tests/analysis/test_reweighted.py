"""Other weights of the parts: the same as published where they are, and refused where wrong."""

import pandas as pd
import pytest

from ntm_eval.analysis.ranking import reweighted
from ntm_eval.workspace import AnalystError

# A: all of C1, half of C2; B: half of C1, all of C2
SCORES = pd.DataFrame(
    {
        "district_code": ["A", "A", "A", "B", "B", "B"],
        "part": ["C1", "C1", "C2", "C1", "C1", "C2"],
        "points": [30.0, 30.0, 20.0, 30.0, 0.0, 40.0],
        "max_points": [30.0, 30.0, 40.0, 30.0, 30.0, 40.0],
    }
)


def test_the_weights_of_the_scheme_give_what_is_published():
    found = reweighted(SCORES, {"C1": 60, "C2": 40})
    assert found["points"].tolist() == found["points_before"].tolist() == [80, 70]
    assert found["rank"].tolist() == found["rank_before"].tolist() == [1, 2]


def test_who_is_good_at_the_heavier_part_leads():
    found = reweighted(SCORES, {"C2": 80, "C1": 20})
    assert found["points"].tolist() == [60, 90]
    assert found["rank"].tolist() == [2, 1]
    assert found["rank_before"].tolist() == [1, 2]


def test_those_of_the_review_are_the_ranking(sample_review):
    found = reweighted(sample_review.scores, sample_review.rules.parts.to_dict())
    known = sample_review.ranking.dropna(subset="rank")
    assert found["points"].to_numpy() == pytest.approx(known["points"].to_numpy())
    assert found["rank"].tolist() == known["rank"].tolist()


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"C1": 60, "C2": 45}, "cộng lại phải là 100; đang là 105"),
        ({"C1": 120, "C2": -20}, "Trọng số của C2 phải là một số từ 0 trở lên"),
        ({"C1": 100}, "thiếu C2. Các phần: C1, C2"),
        ({"C1": float("nan"), "C2": 100}, "Trọng số của C1"),
        ({"C1": 50, "C2": 40, "C9": 10}, "thiếu|thừa C9"),
    ],
)
def test_weights_that_cannot_be_are_refused_with_the_reason(weights, says):
    with pytest.raises(AnalystError, match=says):
        reweighted(SCORES, weights)
