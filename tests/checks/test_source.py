"""What was recounted at the source holds a figure back where the factor is outside the limits."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from reports import SOP_COP

from ntm_eval import units
from ntm_eval.checks import held, source
from ntm_eval.checks import report as checks
from ntm_eval.intake import problems
from ntm_eval.intake.inspected import Inspection

DAY = date(2022, 11, 30)
MEMBERS = [c.code for c in units.communes(SOP_COP.code, DAY)]
HOUSES = "C1-16"


def recount(reported, found, commune=None, indicator=HOUSES):
    return Inspection(
        SOP_COP.code, commune, indicator, reported, found, "", None, "inspections.csv", 2
    )


def factor(*counts):
    (made,) = source.factors([recount(*c, m) for c, m in zip(counts, MEMBERS, strict=False)], DAY)
    return made


@pytest.fixture
def asked(write, read):
    """What is asked of a report with one figure after inspections, and its facts."""

    def check(typed, *seen, fixes=()):
        write("a.xlsx", figures={(HOUSES, "actual"): typed})
        found = read(fixes)
        case = checks.case_of(SOP_COP, 2022, "annual", found, inspected=seen)
        return list(source.source_differs(case)), found.facts

    return check


@pytest.mark.parametrize(("found", "differs"), [(90, 0), (89, 1), (100, 0), (110, 0), (111, 1)])
def test_the_limits_are_the_dated_rows_and_belong_to_what_agrees(asked, found, differs):
    told, _ = asked(100, recount(100, found))
    assert len(told) == differs


def test_a_figure_that_differs_is_held_and_is_likely_what_was_found(asked):
    told, facts = asked(100, recount(100, 80))
    marked = held.marked(facts, problems.frame(told), DAY).set_index(["indicator", "measure"])
    row = marked.loc[HOUSES, "actual"]
    assert (row["held"], row["likely"], row["value"]) == ("source_differs", 80, 100)
    assert marked["held"].notna().sum() == 1
    for words in ("thấy 80 nhà", "báo cáo ghi 100", "bằng 0,8 lần số báo cáo, ngoài mức 0,9–1,1"):
        assert words in told[0].message


def test_an_explanation_releases_it(asked):
    told, facts = asked(100, recount(100, 80))
    answered = problems.frame(told).assign(explained="hai mươi nhà đã bàn giao sau ngày chốt")
    assert held.marked(facts, answered, DAY)["held"].isna().all()


def test_pooled_communes_hold_the_district_s_figure_and_a_whole_recount_goes_before_them(asked):
    few = [recount(10, 8, m) for m in MEMBERS[:3]]
    (told,), facts = asked(100, *few)
    marked = held.marked(facts, problems.frame([told]), DAY).set_index(["indicator", "measure"])
    assert marked.loc[(HOUSES, "actual"), "likely"] == pytest.approx(80)
    assert "tại 3 xã, phường, thị trấn (cộng lại) thấy 24 nhà, báo cáo ghi 30" in told.message
    assert asked(100, *few, recount(100, 100))[0] == []


def test_one_commune_outside_the_limits_does_not_hold_where_the_pool_is_inside(asked):
    assert asked(100, recount(10, 7, MEMBERS[0]), recount(90, 91, MEMBERS[1]))[0] == []


def test_a_corrected_figure_is_held_against_what_was_found(asked):
    from ntm_eval.intake.delimited import Correction

    fix = Correction("a.xlsx", "Chỉ tiêu", "E20", "100", "80", "kiểm tra", "A", "20/12/2022")
    for seen in ([recount(100, 80)], [recount(10, 8, m) for m in MEMBERS[:3]]):
        assert asked(100, *seen)[0]
        assert asked(100, *seen, fixes=[fix])[0] == []


def test_a_zero_reported_is_no_ratio(asked):
    made = factor((0, 0), (0, 0))
    assert math.isnan(made.factor)
    assert asked(0, recount(0, 0))[0] == []
    (told,), facts = asked(0, recount(0, 5))
    assert "thấy 5 nhà, báo cáo ghi 0" in told.message
    assert told.fields["message"] == "source_differs.zero"
    assert held.marked(facts, problems.frame([told]), DAY)["likely"].max() == 5


def test_communes_that_reported_none_and_have_some_are_asked_without_a_likely_figure(asked):
    seen = [recount(0, 2, m) for m in MEMBERS[:2]]
    (told,), facts = asked(7, *seen)
    marked = held.marked(facts, problems.frame([told]), DAY)
    assert "thấy 4 nhà, báo cáo ghi 0" in told.message
    assert marked["held"].eq("source_differs").sum() == 1
    assert marked["likely"].isna().all()


def test_the_likely_figure_of_what_is_counted_is_whole(asked):
    (told,), _ = asked(100, recount(30, 23, MEMBERS[0]), recount(30, 24, MEMBERS[1]))
    assert told.fields["likely"] == 78


def test_a_figure_in_another_unit_is_held_against_what_it_means(write, read):
    write("a.xlsx", figures={("C1-03", "actual"): "2 ha"})
    seen = [recount(5000, 5000, m, "C1-03") for m in MEMBERS[:2]]
    case = checks.case_of(SOP_COP, 2022, "annual", read(), inspected=seen)
    assert list(source.source_differs(case)) == []


def test_a_blank_figure_is_asked_for_itself_and_not_held(asked):
    assert asked("", recount(100, 80))[0] == []


def test_a_reported_figure_that_is_not_the_report_s_is_told_to_the_office(asked):
    (told,), _ = asked(100, recount(120, 101))
    assert (told.rule, told.district_code, told.file) == ("office_row", None, "inspections.csv")
    assert "ghi 120" in told.message


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """Districts of sixty communes, ten visited: the ratio of all lies in 95 % of the intervals."""
    chance = np.random.default_rng(24)
    inside = 0
    for _ in range(400):
        reported = chance.poisson(40, 60).astype(float) + 1
        recounted = chance.binomial(reported.astype(int), 0.85).astype(float)
        seen = chance.choice(60, 10, replace=False)
        counts = np.column_stack([reported[seen], recounted[seen]])
        low, high = source.interval(counts, counts[:, 1].sum() / counts[:, 0].sum(), 60)
        inside += low <= recounted.sum() / reported.sum() <= high
    assert 0.92 <= inside / 400 <= 0.98


def test_a_whole_census_of_communes_has_no_sampling_error_and_one_place_no_interval():
    every = factor(*[(10.0, 9.0 + n % 2) for n in range(len(MEMBERS))])
    assert every.low == every.high == every.factor
    assert math.isnan(factor((10.0, 9.0)).low)
    two = factor((10.0, 9.0), (30.0, 33.0))
    assert (two.places, two.reported, two.found, two.factor) == (2, 40, 42, 1.05)
    assert two.low < 1.05 < two.high


def test_what_came_of_each_inspection_is_said():
    facts = pd.DataFrame(
        [(SOP_COP.code, code, "actual", value) for code, value in [("C1-01", 1.0), ("C1-14", 2.0)]],
        columns=["district_code", "indicator", "measure", "value"],
    )
    seen = [recount(10, n, indicator=c) for c, n in [("C1-01", 5), ("C1-14", 10), ("C1-16", 5)]]
    question = problems.problem(
        source.message("source_differs"), problems.Place(SOP_COP.code), indicator="C1-01"
    )
    open_ = problems.frame([question])
    for found, then in (
        (open_, "open"),
        (open_.assign(explained="đúng"), "explained"),
        (open_.head(0), "corrected"),
    ):
        made = source.verified(seen, facts, found, DAY).set_index("indicator")["outcome"]
        assert made.to_dict() == {"C1-01": then, "C1-14": "agrees", "C1-16": "no_figure"}
