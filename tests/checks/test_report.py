"""Each rule fires on what it is for, and on nothing else."""

from datetime import date

import pandas as pd
import pytest
from reports import SOP_COP, rules

from ntm_eval import units
from ntm_eval.checks import report as checks
from ntm_eval.intake import clean

MEMBERS = units.communes(SOP_COP.code, date(2022, 12, 31))
EACH = {
    "households": 1000,
    "poor": 100,
    "near_poor": 50,
    "cultural_households": 700,
    "temporary_houses": 3,
}
SUMS = {
    ("C1-18", "actual"): 8000,
    ("C1-19", "actual"): 800,
    ("C1-20", "actual"): 400,
    ("C2-01", "actual"): 5600,
    ("C1-17", "actual"): 24,
}


@pytest.fixture
def broken(write, read):
    """The rules that a report breaks, given its content and its earlier facts."""

    def check(earlier=None, **content):
        content["communes"] = content.get("communes", {c.code: dict(EACH) for c in MEMBERS})
        content["figures"] = SUMS | content.get("figures", {})
        write(**content)
        found = read()
        assert rules(found) == []
        case = checks.case_of(SOP_COP, 2022, "annual", found, earlier)
        return [(p.rule, p.indicator) for p in checks.find_problems(case)]

    return check


def past(indicator, *values, period="annual", first=2019):
    rows = [
        {
            "year": first + n,
            "period": period,
            "district_code": SOP_COP.code,
            "indicator": indicator,
            "measure": "actual",
            "value": value,
            "state": "reported",
        }
        for n, value in enumerate(values)
    ]
    return pd.DataFrame(rows).reindex(columns=clean.FACT_COLUMNS)


def survey(**changed):
    row = {
        "commune_code": MEMBERS[0].code,
        "commune": MEMBERS[0].name,
        "survey": "xã NTM",
        "households": 1000,
        "issued": 900,
        "collected": 800,
        "question": 19,
        "satisfied": 760,
        "unsatisfied": 30,
        "no_answer": 10,
    }
    return row | changed


def test_a_sound_report_breaks_nothing(broken):
    assert broken() == []


def test_negative(broken):
    assert broken(figures={("C1-01", "actual"): -1}) == [("negative", "C1-01")]


def test_out_of_range(broken):
    assert broken(figures={("C2-04", "actual"): 101}) == [("out_of_range", "C2-04")]


@pytest.mark.parametrize(
    ("figures", "indicator"),
    [
        ({"C2-02": 50, "C2-03": 51}, "C2-03"),
        ({"C1-01": 9, "C1-02": 8}, "C1-02"),
        ({"C1-22": 9}, "C1-22"),
        ({"C2-05": 9}, "C2-05"),
        ({"C1-26": 1}, "C1-26"),
        ({"C6-05": 1}, "C6-05"),
    ],
)
def test_rule_broken(broken, figures, indicator):
    typed = {(i, "actual"): v for i, v in figures.items()}
    assert broken(figures=typed) == [("rule_broken", indicator)]


def test_a_mean_may_differ_by_its_rounding(broken):
    rows = {c.code: EACH | {"TC1": "Đ", "TC2": "C"} for c in MEMBERS}
    rows[MEMBERS[0].code] |= {"TC2": "Đ"}
    assert broken(communes=rows, figures={("C1-25", "actual"): 1.13}) == []


def test_a_mean_that_is_wrong_is_found(broken):
    rows = {c.code: EACH | {"TC1": "Đ"} for c in MEMBERS}
    assert broken(communes=rows, figures={("C1-25", "actual"): 1.02}) == [("rule_broken", "C1-25")]


def test_sum_mismatch(broken):
    assert broken(figures={("C1-19", "actual"): 801}) == [("sum_mismatch", "C1-19")]


def test_a_sum_with_a_blank_commune_is_not_compared(broken):
    rows = {c.code: dict(EACH) for c in MEMBERS}
    del rows[MEMBERS[0].code]["poor"]
    assert broken(communes=rows, figures={("C1-19", "actual"): 5000}) == []


def test_h1_exceeds_annual_only_for_flows(broken):
    earlier = pd.concat(
        [past("C1-01", 20, period="h1", first=2022), past("C1-07", 20, period="h1", first=2022)]
    )
    figures = {("C1-01", "actual"): 19, ("C1-07", "actual"): 19}
    assert broken(earlier, figures=figures) == [("h1_exceeds_annual", "C1-01")]


@pytest.mark.parametrize("typed", [1120, 1_120_000_000 * 1000])
def test_unit_suspect(broken, typed):
    earlier = past("C1-11", 1_000_000_000, 1_100_000_000)
    assert broken(earlier, figures={("C1-11", "actual"): typed}) == [("unit_suspect", "C1-11")]


def test_a_figure_ten_times_its_past_is_not_a_unit_mistake(broken):
    assert broken(past("C1-01", 10, 11), figures={("C1-01", "actual"): 110}) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"satisfied": 761},
        {"issued": 790},
        {"households": 850},
        {"satisfied": 900, "no_answer": ""},
        {"issued": "", "households": 700},
        {"no_answer": -1, "satisfied": 761},
        {"households": -1},
    ],
    ids=str,
)
def test_tally_mismatch(broken, changed):
    assert broken(satisfaction=[survey(**changed)]) == [("tally_mismatch", None)]


def test_all_satisfied_needs_more_than_one_question(broken):
    full = {"satisfied": 800, "unsatisfied": 0, "no_answer": 0}
    rows = [survey(question=q, **full) for q in (18, 19)]
    assert broken(satisfaction=rows) == [("all_satisfied", None)]


def test_the_same_answers_to_every_question_are_found(broken):
    rows = [survey(question=q) for q in range(1, 20)]
    assert broken(satisfaction=rows) == [("straight_lined", None)]


def test_one_question_that_differs_is_no_straight_line(broken):
    rows = [survey(question=q) for q in range(1, 19)]
    rows.append(survey(question=19, satisfied=759, unsatisfied=31))
    assert broken(satisfaction=rows) == []


def test_a_few_questions_may_get_the_same_answers(broken):
    assert broken(satisfaction=[survey(question=q) for q in range(16, 20)]) == []


def test_everyone_satisfied_is_not_a_straight_line_as_well(broken):
    full = {"satisfied": 800, "unsatisfied": 0, "no_answer": 0}
    rows = [survey(question=q, **full) for q in range(1, 20)]
    assert broken(satisfaction=rows) == [("all_satisfied", None)]


def test_a_large_figure_in_a_letter_is_written_out(write, read):
    """A total of seven digits is quoted digit by digit: rounded, it would be a wrong number."""
    communes = {c.code: dict(EACH) | {"households": 154321} for c in MEMBERS}
    write(communes=communes, figures=SUMS)
    found = read()
    case = checks.case_of(SOP_COP, 2022, "annual", found)
    (said,) = [p.message for p in checks.find_problems(case) if p.rule == "sum_mismatch"]
    assert "tổng các xã ở trang 'Xã' là 1.234.568." in said
