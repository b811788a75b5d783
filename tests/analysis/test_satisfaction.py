"""Residents' answers -> shares, intervals, verdicts."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from ntm_eval import reference
from ntm_eval.analysis import disclosure, satisfaction
from ntm_eval.intake import problems
from ntm_eval.language import message

DAY = date(2022, 12, 31)
NOTHING = problems.frame([])


def answers(*rows):
    columns = [
        "commune_code",
        "survey",
        "question",
        "households",
        "collected",
        "satisfied",
        "unsatisfied",
    ]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:], float))
    return frame.assign(
        district_code="127",
        issued=frame["collected"],
        no_answer=frame["collected"] - frame["satisfied"] - frame["unsatisfied"],
        file="127.xlsx",
        sheet="Hài lòng",
        cell="A2",
    )


def verdicts(frame, day=DAY):
    found = satisfaction.table(frame, day)
    return found["verdict"].to_list()


# Long Hiệp, Minh Long, 3/2023: 972 of 1.043 forms, 1.269 households (design of the survey)
def test_wilson_without_population_is_the_textbook_interval():
    found = satisfaction.wilson(972, 1043)
    assert (found.low, found.high) == pytest.approx(proportion_confint(972, 1043, method="wilson"))
    assert found.share == pytest.approx(0.9319, abs=5e-5)


def test_asking_most_of_a_commune_narrows_the_interval():
    found = satisfaction.wilson(972, 1043, 1269)
    effective = 1043 * 1268 / 226
    expected = proportion_confint(972 / 1043 * effective, effective, method="wilson")
    assert (found.low, found.high) == pytest.approx(expected)
    assert (found.low, found.high) == pytest.approx((0.92516, 0.93807), abs=5e-5)


@pytest.mark.parametrize("level", [0.8, 0.99])
def test_the_level_is_the_callers(level):
    found = satisfaction.wilson(40, 50, level=level)
    expected = proportion_confint(40, 50, alpha=1 - level, method="wilson")
    assert (found.low, found.high) == pytest.approx(expected)


def test_when_every_household_is_asked_the_interval_is_the_point():
    found = satisfaction.wilson(972, 1043, 1043)
    assert found.low == found.share == found.high


def test_more_forms_than_households_corrects_nothing():
    assert satisfaction.wilson(50, 60, 40).low == satisfaction.wilson(50, 60).low


@pytest.mark.parametrize(("satisfied", "n"), [(0, 0), (np.nan, 10), (5, np.nan), (11, 10)])
def test_what_cannot_be_a_share_is_missing(satisfied, n):
    found = satisfaction.wilson(satisfied, n, 100)
    assert np.isnan([found.share, found.low, found.high]).all()


@pytest.mark.parametrize("n", range(1, 60))
def test_nobody_and_everybody_end_exactly_at_zero_and_one(n):
    assert satisfaction.wilson(0, n).low == 0
    assert satisfaction.wilson(n, n).high == 1


@given(st.integers(1, 3000), st.integers(0, 3000), st.integers(0, 3000))
def test_the_interval_holds_the_share_and_stays_within_zero_and_one(n, satisfied, more):
    found = satisfaction.wilson(min(satisfied, n), n, n + more)
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_the_share_is_of_the_forms_collected_and_not_of_the_answers():
    found = satisfaction.table(answers(("04219", "xã NTM", "19", 500, 400, 350, 10)), DAY).iloc[0]
    assert found["answered"] == 360
    assert found["share"] == 350 / 400


def test_a_guidance_that_counts_answers_gets_the_share_of_answers(monkeypatch):
    rows, real = reference.table("thresholds").assign(denominator="answered"), reference.table
    monkeypatch.setattr(reference, "table", lambda n: rows if n == "thresholds" else real(n))
    found = satisfaction.table(answers(("04219", "xã NTM", "19", 500, 400, 350, 10)), DAY).iloc[0]
    assert found["share"] == 350 / 360


def test_the_table_has_the_columns_of_the_contract():
    found = satisfaction.table(answers(("04219", "xã NTM", "1", 500, 400, 350, 10)), DAY)
    assert list(found.columns) == [
        "district_code",
        "commune_code",
        "survey",
        "question",
        "households",
        "issued",
        "collected",
        "answered",
        "satisfied",
        "share",
        "low",
        "high",
        "threshold",
        "verdict",
    ]


def test_the_last_question_is_judged_as_the_overall_one():
    # 85 % of everybody: enough for a content, too little overall
    rows = [("04219", "xã NTM", str(q), 400, 400, 340, 60) for q in (1, 2, 10, 9)]
    found = satisfaction.table(answers(*rows), DAY)
    assert found["threshold"].to_list() == [0.8, 0.8, 0.9, 0.8]
    assert found["verdict"].to_list() == ["met", "met", "not_met", "met"]
    assert satisfaction.overall(found)["question"].to_list() == ["10"]


def test_each_commune_and_survey_has_its_own_overall_question():
    found = satisfaction.overall(
        satisfaction.table(
            answers(
                ("04219", "xã NTM", "1", 400, 400, 340, 60),
                ("04219", "xã NTM", "2", 400, 400, 340, 60),
                ("04219", "huyện NTM", "1", 400, 400, 340, 60),
                ("04222", "xã NTM", "1", 400, 400, 340, 60),
                ("04222", "xã NTM", "", 400, 400, 340, 60),
            ),
            DAY,
        )
    )
    assert found[["commune_code", "survey", "question"]].to_numpy().tolist() == [
        ["04219", "xã NTM", "2"],
        ["04219", "huyện NTM", "1"],
        ["04222", "xã NTM", "1"],
    ]


@pytest.mark.parametrize(
    ("satisfied", "verdict"), [(395, "met"), (300, "not_met"), (362, "unclear"), (358, "unclear")]
)
def test_a_verdict_needs_the_whole_interval_on_one_side(satisfied, verdict):
    row = ("04219", "xã NTM", "19", 2_000, 400, satisfied, 400 - satisfied)
    assert verdicts(answers(row)) == [verdict]


def test_exactly_at_the_threshold_of_everybody_is_met():
    assert verdicts(answers(("04219", "xã NTM", "19", 400, 400, 360, 40))) == ["met"]


def test_a_survey_without_threshold_has_no_verdict():
    found = satisfaction.table(answers(("04219", "xã NTM nâng cao", "19", 500, 400, 9, 391)), DAY)
    assert found.iloc[0]["verdict"] == "not_configured"
    assert np.isnan(found.iloc[0]["threshold"])
    assert found.iloc[0]["share"] == 9 / 400


def test_a_threshold_for_the_district_gives_no_verdict_on_a_commune():
    rows = [("04219", "huyện NTM", str(q), 500, 400, 400, 0) for q in (1, 10)]
    assert verdicts(answers(*rows)) == ["met", "not_configured"]


@pytest.mark.parametrize("gap", ["satisfied", "collected"])
def test_an_unknown_share_is_unclear_and_never_zero(gap):
    rows = answers(("04219", "xã NTM", "19", 500, 400, 350, 50)).assign(**{gap: np.nan})
    found = satisfaction.table(rows, DAY).iloc[0]
    assert np.isnan(found["share"])
    assert found["verdict"] == "unclear"


# each contradicts itself in one way; the commune of 03682 beside it is sound
@pytest.mark.parametrize(
    "changed",
    [
        {"satisfied": 390, "unsatisfied": 20, "no_answer": 0},
        {"satisfied": 390, "unsatisfied": 20, "no_answer": np.nan},
        {"no_answer": 30},
        {"satisfied": 401},
        {"issued": 399},
        {"issued": 501},
        {"issued": np.nan, "households": 399},
        {"unsatisfied": -1},
        {"no_answer": -1},
        {"households": -500},
    ],
    ids=str,
)
def test_a_row_that_does_not_add_up_stays_without_share_and_stops_nothing(changed):
    rows = answers(
        ("03682", "huyện NTM", "10", 500, 400, 396, 4),
        ("03685", "huyện NTM", "10", 500, 400, 380, 15),
    )
    for column, value in changed.items():
        rows.loc[1, column] = value
    found = satisfaction.table(rows, DAY)
    sound, broken = found.iloc[0], found.iloc[1]
    assert sound["share"] == 0.99
    counts = ["households", "issued", "collected", "satisfied"]
    assert broken[counts].astype(float).equals(rows.loc[1, counts].astype(float).rename(1))
    assert broken[["share", "low", "high"]].isna().all()
    assert broken["verdict"] != "met"
    published = disclosure.published(found, NOTHING, DAY)
    shown = published.iloc[1]
    assert shown[["share", "share_low", "share_high", "satisfied"]].isna().all()
    ((low, high),) = disclosure.district_rule(published, DAY)
    assert np.isnan(low.overall.share)
    assert (low.verdict, high.verdict) == ("unclear", "unclear")
    reached = satisfaction.coverage(published, DAY)["reached"]
    assert reached.dropna().between(0, 1).all()


@pytest.mark.parametrize(
    ("day", "verdict", "guidance"),
    [
        (date(2022, 12, 31), "not_met", "HD 90"),
        (date(2022, 9, 20), "not_met", "HD 90"),
        (date(2022, 9, 19), "not_configured", "hướng dẫn sửa đổi HD 78"),
        (date(2018, 12, 31), "met", "HD 78"),
    ],
)
def test_the_guidance_of_the_day_gives_the_verdict_where_it_has_a_threshold(day, verdict, guidance):
    row = answers(("04219", "xã NTM", "19", 400, 400, 340, 60))
    assert verdicts(row, day) == [verdict]
    used = satisfaction.guidance(row["survey"], day)
    assert used["guidance"].str.startswith(guidance).all()
    assert set(used["question_kind"]) == {"overall", "content"}


def test_the_rule_looks_at_the_share_and_the_verdict_at_the_interval():
    rows = [("04219", "xã NTM", "19", 2000, 400, k, 400 - k) for k in (395, 362, 358, 300, np.nan)]
    rows += [("04219", "xã NTM nâng cao", "19", 2000, 400, 399, 1)]
    found = pd.concat([satisfaction.table(answers(r), DAY) for r in rows], ignore_index=True)
    assert satisfaction.by_rule(found).tolist() == [
        "met",
        "met",
        "not_met",
        "not_met",
        "unclear",
        "not_configured",
    ]
    assert found["verdict"].tolist() == [
        "met",
        "unclear",
        "unclear",
        "not_met",
        "unclear",
        "not_configured",
    ]


def test_a_share_exactly_at_the_threshold_meets_the_rule():
    found = satisfaction.table(answers(("04219", "xã NTM", "19", 2000, 400, 360, 40)), DAY)
    assert satisfaction.by_rule(found).tolist() == ["met"]


def test_coverage_is_of_the_households_and_held_against_the_guidance():
    found = satisfaction.table(
        answers(
            ("04219", "xã NTM", "1", 500, 350, 340, 10),
            ("04219", "xã NTM", "2", 500, 350, 340, 10),
            ("04222", "xã NTM", "1", 500, 349, 340, 9),
            ("04222", "huyện NTM", "1", 500, 30, 30, 0),
            ("04225", "xã NTM", "1", 0, 349, 340, 9),
        ),
        DAY,
    )
    reached = satisfaction.coverage(found, DAY)
    assert reached["reached"].tolist() == pytest.approx([0.7, 0.698, 0.06, np.nan], nan_ok=True)
    assert reached["least"].tolist() == [0.7, 0.7, 0.6, 0.7]
    assert reached["short"].tolist() == [False, True, True, False]


@pytest.fixture
def verified(monkeypatch):
    """A province that has seen the text of every guidance."""
    rows = reference.table("thresholds").assign(verified="yes")
    real = reference.table
    monkeypatch.setattr(reference, "table", lambda n: rows if n == "thresholds" else real(n))


def published(*rows, found=NOTHING, issued=None):
    frame = answers(*rows)
    frame = frame.assign(issued=frame["collected"] if issued is None else float(issued))
    return disclosure.published(satisfaction.table(frame, DAY), found, DAY)


def warning(rule, survey="xã NTM", commune="04219"):
    place = problems.Place("127", "127.xlsx", "Hài lòng", "A2")
    filled = message(rule, survey=survey)
    return problems.frame([problems.problem(filled, place, commune_code=commune)])


SURE = ("04219", "xã NTM", "19", 1000, 800, 780, 20)


def certainty(table):
    return table["certainty"].to_list()


def test_a_survey_with_enough_forms_and_no_open_warning_is_sure(verified):
    assert certainty(published(SURE)) == ["sure"]
    unsure = ("04219", "xã NTM", "19", 1000, 720, 650, 70)
    assert certainty(published(unsure)) == ["unclear"]


def test_a_threshold_that_nobody_held_against_a_text_is_never_sure():
    assert certainty(published(SURE)) == ["unverified"]
    rows = [("04219", "huyện NTM", q, 1000, 800, 780, 20) for q in ("1", "10")]
    assert certainty(published(*rows)) == ["sure", "none"]


@pytest.mark.parametrize(
    ("row", "issued"),
    [
        (("04219", "xã NTM", "19", 1000, 699, 690, 9), 699),  # of the households below 70 %
        (("04219", "xã NTM", "19", 1000, 710, 690, 20), 1000 * 1.02),  # of the forms issued
        (("04219", "xã NTM", "19", np.nan, 700, 690, 10), np.nan),  # of nobody knows how many
        (("04219", "xã NTM", "19", 5, 4, 4, 0), 4),  # the number of forms is held back
    ],
)
def test_below_the_least_return_or_not_known_to_reach_it_nothing_is_sure(verified, row, issued):
    if issued == 1020:
        row = (*row[:3], 1020, *row[4:])
    assert certainty(published(row, issued=issued))[0] in ("few_forms", "none")
    assert satisfaction.coverage(published(row, issued=issued), DAY)["enough"].to_list() == [False]


@pytest.mark.parametrize("rule", satisfaction.REVIEWED)
def test_an_open_warning_about_a_survey_keeps_it_from_being_sure(verified, rule):
    assert certainty(published(SURE, found=warning(rule))) == ["review"]
    assert certainty(published(SURE, found=warning(rule, "huyện NTM"))) == ["sure"]
    assert certainty(published(SURE, found=warning(rule, commune="04222"))) == ["sure"]
    explained = warning(rule).assign(explained="đã đối chiếu phiếu gốc")
    assert certainty(published(SURE, found=explained)) == ["sure"]


def test_a_survey_fails_in_any_of_its_questions_and_is_no_surer_than_its_least_sure(verified):
    good = ("04219", "xã NTM", "1", 1000, 800, 780, 20)
    low = ("04222", "xã NTM", "1", 1000, 800, 600, 200)
    both = [good, SURE, low, ("04222", *SURE[1:])]
    found = satisfaction.surveys(published(*both)).set_index("commune_code")
    assert found["rule"].to_dict() == {"04219": "met", "04222": "not_met"}
    assert found.at["04222", "failed"] == "1"
    assert found["certainty"].to_dict() == {"04219": "sure", "04222": "sure"}
    near = ("04219", "xã NTM", "1", 2000, 1500, 1210, 290)
    found = satisfaction.surveys(published(near, ("04219", "xã NTM", "19", 2000, 1500, 1450, 50)))
    assert found["certainty"].to_list() == ["unclear"]


def test_a_survey_of_the_district_is_judged_together_where_no_content_fails():
    rows = [("04219", "huyện NTM", q, 1000, 800, 780, 20) for q in ("1", "10")]
    assert satisfaction.surveys(published(*rows))["rule"].to_list() == ["together"]
    rows[0] = ("04219", "huyện NTM", "1", 1000, 800, 600, 200)
    assert satisfaction.surveys(published(*rows))["rule"].to_list() == ["not_met"]


# exactly, over every count that a sample without replacement may find
@pytest.mark.parametrize(("n", "households"), [(30, 40), (30, 300), (100, 200), (1043, 1269)])
def test_the_interval_holds_the_truth_as_often_as_it_says(n, households):
    counts, covered = np.arange(n + 1), []
    _, low, high = satisfaction.intervals(counts, n, households)
    for truth in range(households // 2, round(0.98 * households), max(1, households // 100)):
        inside = (low <= truth / households) & (truth / households <= high)
        covered.append(stats.hypergeom.pmf(counts, households, truth, n)[inside].sum())
    assert 0.93 <= np.mean(covered) <= 0.97


@pytest.mark.parametrize("row", [(1043, 972, 1269), (30, 27, 40), (50, 50, 60), (9, 0, 100)])
def test_many_intervals_are_those_of_each(row):
    n, satisfied, households = row
    _, low, high = satisfaction.intervals(np.array([satisfied]), n, households)
    one = satisfaction.wilson(satisfied, n, households)
    assert (low[0], high[0]) == (one.low, one.high)


def test_a_district_pools_its_communes_and_names_each_content_below():
    rows = answers(
        ("03682", "huyện NTM", "1", 500, 400, 396, 4),
        ("03682", "huyện NTM", "2", 500, 400, 396, 4),
        ("03685", "huyện NTM", "1", 300, 200, 150, 50),
        ("03685", "huyện NTM", "2", 300, 200, 190, 5),
        ("03685", "xã NTM", "1", 300, 200, 0, 200),
    )
    (found,) = satisfaction.district_rule(satisfaction.table(rows, DAY), DAY)
    assert found.overall == satisfaction.wilson(586, 600, 800)
    assert (found.threshold, found.verdict) == (0.9, "met")
    assert found.below == (("03685", "1"),)
    assert found.unread == ()


def test_a_content_that_was_not_read_is_named_and_not_passed():
    rows = answers(
        ("03682", "huyện NTM", "1", 500, 400, np.nan, 4),
        ("03682", "huyện NTM", "2", 500, 400, 396, 4),
    )
    (found,) = satisfaction.district_rule(satisfaction.table(rows, DAY), DAY)
    assert (found.below, found.unread) == ((), (("03682", "1"),))


def test_a_commune_without_a_count_leaves_the_district_unclear():
    rows = answers(
        ("03682", "huyện NTM", "1", 500, 400, 396, 4),
        ("03685", "huyện NTM", "1", 300, 200, np.nan, 4),
    )
    (found,) = satisfaction.district_rule(satisfaction.table(rows, DAY), DAY)
    assert np.isnan(found.overall.share)
    assert found.verdict == "unclear"


def test_no_answers_give_an_empty_table_and_no_district():
    assert len(satisfaction.table(answers(), DAY)) == 0
    assert satisfaction.district_rule(satisfaction.table(answers(), DAY), DAY) == []


def test_the_answers_stay_as_they_were():
    rows = answers(("04219", "huyện NTM", "19", 500, 400, 350, 10))
    before = rows.copy(deep=True)
    satisfaction.overall(satisfaction.table(rows, DAY))
    satisfaction.district_rule(satisfaction.table(rows, DAY), DAY)
    assert_frame_equal(rows, before)
