"""What is published, against a reader who knows how it was made and reckons back."""

from collections import defaultdict
from datetime import date

import numpy as np
import pandas as pd
import pytest

from ntm_eval import reference
from ntm_eval.analysis import disclosure, satisfaction
from ntm_eval.intake import problems

DAY = date(2022, 12, 31)
NOTHING = problems.frame([])
NAN = np.nan


def table(*counts, survey="xã NTM", questions=("19",), households=600.0):
    """Rows of satisfaction.csv with these forms collected, satisfied, unsatisfied."""
    rows = [
        ("127", f"{n:05}", survey, question, households, c, c, s, u, c - s - u)
        for n, (c, s, u) in enumerate(counts)
        for question in questions
    ]
    columns = [
        "district_code",
        "commune_code",
        "survey",
        "question",
        "households",
        "issued",
        "collected",
        "satisfied",
        "unsatisfied",
        "no_answer",
    ]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[4:], float))
    return satisfaction.table(frame, DAY)


def one(*counts, **more):
    return disclosure.published(table(counts, **more), NOTHING, DAY).iloc[0]


def possible(most):
    """Every way to answer, of up to `most` forms."""
    return [(c, s, u) for c in range(1, most + 1) for s in range(c + 1) for u in range(c - s + 1)]


def pinned(counts, shown, least=5):
    """Counts of 1 to below `least` that are the only one among all answers that look the same."""
    alike = defaultdict(list)
    for way, row in zip(counts, shown.itertuples(index=False), strict=True):
        alike[tuple(None if pd.isna(x) else x for x in row)].append(way)
    told = []
    for ways in alike.values():
        collected, satisfied, unsatisfied = (np.array(x) for x in zip(*ways, strict=True))
        sides = {
            "collected": collected,
            "satisfied": satisfied,
            "unsatisfied": unsatisfied,
            "no answer": collected - satisfied - unsatisfied,
            "others": collected - satisfied,
        }
        told += [
            (name, ways[0]) for name, n in sides.items() if len(set(n)) == 1 and 0 < n[0] < least
        ]
    return told


SHOWN = [
    "collected",
    "satisfied",
    "answered",
    "share",
    "low",
    "high",
    "verdict",
    "rule",
    "certainty",
    *disclosure.ENDS,
]


@pytest.mark.parametrize("least", [3, 7])
def test_the_limit_is_a_row_of_the_reference_data(least, monkeypatch):
    real = reference.constant
    limits = {"suppression_limit": float(least)}
    monkeypatch.setattr(reference, "constant", lambda n, day: limits.get(n) or real(n, day))
    counts = possible(2 * least + 2)
    shown = disclosure.published(table(*counts), NOTHING, DAY)[SHOWN]
    assert pinned(counts, shown.round(9), least) == []
    assert shown["collected"].min() == least


@pytest.mark.parametrize("counted", ["collected", "answered"])
def test_nobody_can_work_out_a_small_count(counted, monkeypatch):
    rows, real = reference.table("thresholds").assign(denominator=counted), reference.table
    monkeypatch.setattr(reference, "table", lambda n: rows if n == "thresholds" else real(n))
    counts = possible(20) + [
        (c, s, u) for c in (39, 40) for s in range(c - 10, c + 1) for u in range(c - s + 1)
    ]
    shown = disclosure.published(table(*counts), NOTHING, DAY)[SHOWN]
    assert pinned(counts, shown.round(9)) == []


def test_the_reader_of_the_exact_table_works_them_out():
    counts = possible(12)
    exact = table(*counts)[["collected", "satisfied", "answered"]]
    assert len(pinned(counts, exact)) > 50


def test_the_ends_hold_the_truth():
    counts = possible(20)
    exact, shown = table(*counts), disclosure.published(table(*counts), NOTHING, DAY)
    for name in ("satisfied", "answered"):
        known = shown[f"{name}_low"].notna()
        assert (shown[f"{name}_low"] <= exact[name])[known].all()
        assert (exact[name] <= shown[f"{name}_high"])[known].all()
    assert ((shown["share_low"] <= exact["share"] + 1e-9) | shown["share_low"].isna()).all()
    assert ((exact["share"] <= shown["share_high"] + 1e-9) | shown["share_high"].isna()).all()


@pytest.mark.parametrize(
    ("counts", "ends"),
    [
        ((400, 380, 15), (380, 380, 395, 395)),  # five without an answer
        ((400, 380, 17), (380, 380, 396, 399)),  # three without an answer
        ((400, 380, 3), (380, 380, 381, 384)),  # three unsatisfied
        ((400, 380, 20), (380, 380, 400, 400)),  # everybody answered
        ((400, 392, 4), (392, 392, 393, 399)),  # four and four: each could be one to seven
        ((400, 397, 2), (396, 399, 396, 400)),  # three others in all
        ((400, 400, 0), (400, 400, 400, 400)),  # none
        ((400, 3, 397), (0, 4, 0, 400)),
        ((8, 5, 3), (0, 7, 0, 8)),
        ((3, 3, 0), (0, 4, 0, 4)),
    ],
)
def test_what_is_held_back_is_known_between_two_ends(counts, ends):
    assert tuple(one(*counts)[disclosure.ENDS[:4]]) == ends


def test_most_tables_keep_their_share_interval_and_verdict():
    exact, shown = table((400, 380, 17)).iloc[0], one(400, 380, 17)
    assert shown[["share", "low", "high", "verdict"]].equals(
        exact[["share", "low", "high", "verdict"]]
    )
    assert np.isnan(shown["answered"])


def test_a_share_that_tells_a_count_is_given_between_two_ends():
    shown = one(400, 397, 2)
    assert np.isnan([shown[c] for c in ("satisfied", "share", "low", "high")]).all()
    assert (shown["share_low"], shown["share_high"]) == (0.99, 0.9975)
    assert (shown["rule"], shown["verdict"]) == ("met", "met")


def test_a_verdict_that_would_tell_a_count_is_withheld():
    # of thirty forms, 27 satisfied is just enough: the verdict alone would tell three from four
    assert one(30, 26, 4)["rule"] == one(30, 27, 3)["rule"] == disclosure.WITHHELD
    # of sixty, 56 and 59 are both enough, but only 59 surely
    both = one(60, 56, 4), one(60, 59, 1)
    assert [(r["rule"], r["verdict"]) for r in both] == [("met", disclosure.WITHHELD)] * 2


@pytest.mark.parametrize("counts", [(30, 40, 0), (30, 26, 9), (NAN, 28, 2), (30, NAN, 2)])
def test_a_row_that_does_not_add_up_or_was_not_read_shows_nothing(counts):
    row = one(*counts)
    assert np.isnan([row[c] for c in ("satisfied", "share", "share_low")]).all()
    assert (row["verdict"], row["rule"], row["state"]) == ("unclear", "unclear", "unknown")


def test_the_state_says_whether_a_blank_was_held_back_or_is_not_known():
    counts = (400, 380, 20), (400, 380, 17), (400, 397, 2), (3, 3, 0), (0, 0, 0), (400, 350, NAN)
    shown = disclosure.published(table(*counts), NOTHING, DAY)
    held = disclosure.WITHHELD
    assert shown["state"].tolist() == ["shown", held, held, held, "shown", "unknown"]
    assert shown["collected"].isna().tolist() == [False, False, False, True, False, False]
    assert list(shown) == [*satisfaction.COLUMNS, *disclosure.ADDED]


def test_a_count_of_twelve_figures_is_a_row_like_any_other():
    shown = disclosure.published(table((10.0**12, 3, 10**12 - 3), (400, 380, 20)), NOTHING, DAY)
    assert shown["satisfied"].isna().tolist() == [True, False]


def test_the_share_of_the_answers_is_between_two_ends_only_where_some_are_held_back():
    found = disclosure.answers_share(
        disclosure.published(table((400, 380, 17), (400, 380, 15)), NOTHING, DAY)
    )
    assert found["low"].tolist() == pytest.approx([380 / 399, 380 / 395])
    assert found["high"].tolist() == pytest.approx([380 / 396, 380 / 395])


def district(*counts):
    """Two communes that gave the same answers to a content and to the overall question."""
    rows = table(*counts, survey="huyện NTM", questions=("1", "10"))
    return disclosure.district_rule(disclosure.published(rows, NOTHING, DAY), DAY)


def test_the_total_of_a_district_tells_no_more_than_its_communes():
    ((low, high),) = district((200, 190, 10), (200, 197, 3))
    assert (low.overall.satisfied, high.overall.satisfied) == (386, 389)
    totals = {
        (low.overall, high.overall, low.verdict, high.verdict)
        for others in range(1, 5)
        for ((low, high),) in [district((200, 190, 10), (200, 200 - others, others))]
    }
    assert len(totals) == 1


def test_the_contents_below_are_named_as_the_rows_show_them():
    for counts in ((200, 190, 10), (200, 197, 3)):
        ((low, _),) = district(counts, (200, 150, 50))
        assert (low.below, low.unread) == ((("00001", "1"),), ())


def test_the_table_is_not_changed():
    exact = table((400, 397, 2), (30, 26, 4))
    before = exact.copy(deep=True)
    disclosure.published(exact, NOTHING, DAY)
    pd.testing.assert_frame_equal(exact, before)
