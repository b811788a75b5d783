"""Plans and 'không áp dụng': what a district did to them is asked, and what counts meanwhile."""

import numpy as np
import pandas as pd
import pytest
from scored import DAY, register

from ntm_eval import units
from ntm_eval.analysis import ranking, scores
from ntm_eval.checks import held, plans
from ntm_eval.checks.case import Case, compared_plans, known_values
from ntm_eval.intake import clean, problems

HERE = units.district("127")
RULES = (
    plans.not_applicable_unexpected,
    plans.plan_missing,
    plans.plan_changed,
    plans.plan_late,
    plans.plan_low,
)
KAD = "not_applicable"


def sent(year, period, cells, fixed=()):
    """A report's facts: {indicator: (plan, actual)}, None a blank, `KAD` not applicable."""
    rows = []
    for line, (code, pair) in enumerate(cells.items(), start=5):
        for measure, column, typed in zip(("plan", "actual"), "DE", pair, strict=True):
            value = typed if isinstance(typed, int | float) else np.nan
            state = "reported" if value == value else typed or "blank"
            fix = "bản sửa 01/12/2022" if (code, measure) in fixed else None
            rows.append(
                (year, period, HERE.code, code, measure, value, state, f"{column}{line}", fix)
            )
    names = [
        "year",
        "period",
        "district_code",
        "indicator",
        "measure",
        "value",
        "state",
        "cell",
        "corrected",
    ]
    frame = pd.DataFrame(rows, columns=names).reindex(columns=clean.FACT_COLUMNS)
    return frame.assign(sheet="Chỉ tiêu", file="a.xlsx", original=frame["value"])


LAST = sent(2021, "annual", {"C1-01": (100, 90), "C1-19": (50, 60), "C1-09": (4, 4)})
HALF = sent(2022, "h1", {"C1-01": (110, 50), "C1-19": (40, 55), "C1-22": (5, 4), "C1-09": (4, 4)})
NOTHING = LAST.iloc[:0]


def case(cells, earlier, fixed=()):
    now = sent(2022, "annual", cells, fixed)
    return Case(HERE, 2022, "annual", now.to_dict("list"), earlier, {}, {})


def asked(cells, *earlier, fixed=()):
    """The rules broken, each with its indicator and cell."""
    before = pd.concat(earlier) if earlier else NOTHING
    one = case(cells, before, fixed)
    return [(p.rule, p.indicator, p.cell) for rule in RULES for p in rule(one)]


def test_a_plan_kept_breaks_nothing():
    kept = {"C1-01": (110, 105), "C1-19": (40, 41), "C1-22": (5, 5), "C1-09": (4, 4)}
    assert asked(kept, LAST, HALF) == []
    assert asked({"C1-01": (None, 5)}, HALF.iloc[:0]) == []


@pytest.mark.parametrize(
    ("cells", "earlier", "expected"),
    [
        ({"C1-01": (None, 80)}, [LAST, HALF], ("plan_missing", "C1-01", "D5")),
        ({"C1-01": (None, 80)}, [LAST], ("plan_missing", "C1-01", "D5")),
        ({"C1-01": (90, 90)}, [HALF], ("plan_changed", "C1-01", "D5")),
        # where less is better, a plan is made easier by raising it
        ({"C1-19": (45, 45)}, [HALF], ("plan_changed", "C1-19", "D5")),
        ({"C1-01": (80, 80)}, [LAST], ("plan_low", "C1-01", "D5")),
        ({"C1-09": (3, 4)}, [LAST], ("plan_low", "C1-09", "D5")),
        ({"C1-01": (KAD, KAD)}, [], ("not_applicable_unexpected", "C1-01", "D5")),
        ({"C1-01": (120, KAD)}, [], ("not_applicable_unexpected", "C1-01", "E5")),
    ],
)
def test_what_makes_a_plan_easier_is_asked(cells, earlier, expected):
    known = [("plan_late", None, None)]  # where the example has no 6-month report
    assert [one for one in asked(cells, *earlier) if one not in known] == [expected]


def test_no_plan_before_is_no_plan_missing():
    never = sent(2021, "annual", {"C1-01": (None, 90)})
    assert asked({"C1-01": (None, 80)}, never) == []
    assert asked({"C1-01": (None, 80)}) == []


def test_a_plan_that_appears_in_december_is_asked():
    without = sent(2022, "h1", {"C1-01": (None, 50), "C1-22": (5, 4)})
    assert asked({"C1-01": (60, 60), "C1-22": (5, 5)}, without) == [("plan_late", "C1-01", "D5")]


def test_plans_without_any_6_month_report_are_asked_once():
    assert asked({"C1-01": (95, 95), "C1-09": (5, 5)}, LAST) == [("plan_late", None, None)]


def test_an_approved_change_is_not_asked():
    assert asked({"C1-01": (90, 90)}, HALF, fixed={("C1-01", "plan")}) == []


def test_not_applicable_is_accepted_where_it_does_not_apply():
    cows = sent(2022, "annual", {"C1-27": (None, KAD)}).to_dict("list")
    elsewhere = Case(units.district("116"), 2022, "annual", cows, NOTHING, {}, {})
    assert list(plans.not_applicable_unexpected(elsewhere)) == []
    assert asked({"C1-27": (None, KAD)}) == [("not_applicable_unexpected", "C1-27", "E5")]


def test_not_applicable_is_asked_where_it_was_reported_last_year():
    (problem,) = plans.not_applicable_unexpected(case({"C1-01": (None, KAD)}, LAST))
    assert "năm 2021 đơn vị đã báo cáo 90" in problem.message


def scored(cells, earlier, fixed=(), suspicious=()):
    """The scored rows of the district, and the points of its first content."""
    one = case(cells, earlier, fixed)
    found = problems.frame([p for rule in RULES for p in rule(one)])
    facts = held.marked(sent(2022, "annual", cells, fixed), found, DAY)
    compared = compared_plans(facts, known_values(earlier), 2022)
    given = scores.Inputs(
        facts, pd.Series(dtype=float), register(HERE.code), "annual", DAY, plans=compared
    )
    rows = scores.table(given).set_index("indicator")
    return rows, ranking.rank(given, draws=10)["points"].iloc[0]


def test_a_plan_lowered_in_december_counts_as_it_was():
    rows, points = scored({"C1-01": (50, 55)}, HALF)
    assert rows.loc["C1-01", "ratio"] == 0.5
    assert "kế hoạch đã ghi ở báo cáo 6 tháng 110" in rows.loc["C1-01", "reason"]
    approved, more = scored({"C1-01": (50, 55)}, HALF, fixed={("C1-01", "plan")})
    assert approved.loc["C1-01", "ratio"] == 1.0
    assert more > points


def test_a_blank_plan_counts_as_the_one_before_and_gains_nothing():
    rows, _ = scored({"C1-01": (None, 55)}, pd.concat([LAST, HALF]))
    assert rows.loc["C1-01", "ratio"] == 0.5
    rows, _ = scored({"C1-01": (None, 45)}, LAST)
    assert rows.loc["C1-01", "ratio"] == 0.5
    assert "kết quả năm trước (chưa có kế hoạch) 90" in rows.loc["C1-01", "reason"]


def test_not_applicable_where_it_applies_earns_nothing():
    plain, points = scored({"C1-01": (110, 110), "C1-22": (5, 1)}, HALF)
    hidden, less = scored({"C1-01": (110, 110), "C1-22": (KAD, KAD)}, HALF)
    assert plain.loc["C1-22", "ratio"] == 0.2
    assert hidden.loc["C1-22", "ratio"] == 0.0
    assert less < points
    assert "ghi không áp dụng, tính 0 điểm" in hidden.loc["C1-22", "reason"]
