"""A figure that is asked about is held back until the question is answered."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from twelve import history

from ntm_eval import reference
from ntm_eval.analysis import province, series
from ntm_eval.checks import held
from ntm_eval.intake.problems import Place, frame, problem
from ntm_eval.language import message

HERE, DAY = "125", date(2022, 12, 31)


def facts(year=2022):
    rows = history(years=[year], codes=[HERE, "126"])
    cells = [f"E{n}" for n in range(len(rows))]
    return rows.assign(cell=cells, original=rows["value"])


def about(rows, code, why, **more):
    fact = rows[(rows["district_code"] == HERE) & (rows["indicator"] == code)].iloc[0]
    place = Place(HERE, fact["file"], fact["sheet"], more.pop("cell", fact["cell"]))
    return problem(why, place, indicator=code, raw=fact["raw"], **more)


def typed(code, value, rows=None):
    rows = facts() if rows is None else rows
    here = (rows["district_code"] == HERE) & (rows["indicator"] == code)
    return rows.assign(value=rows["value"].mask(here, value))


def value(rows, code, column="value"):
    return rows.loc[(rows["district_code"] == HERE) & (rows["indicator"] == code), column].item()


def test_millions_in_a_dong_cell_are_held_and_read_in_the_unit_of_the_past():
    rows = typed("C1-11", 1183.0)
    why = message("unit_suspect", then=1_156_000_000.0, unit="đồng")
    marked = held.marked(rows, frame([about(rows, "C1-11", why)]), DAY)
    assert value(marked, "C1-11", "held") == "unit_suspect"
    assert value(marked, "C1-11", "likely") == 1_183_000_000
    assert value(marked, "C1-11") == 1183  # as typed: it stands in its row
    assert np.isnan(value(held.used(marked), "C1-11"))
    assert marked["held"].notna().sum() == 1


def test_a_held_figure_is_in_no_total_and_no_series_and_the_total_says_so():
    rows = typed("C1-11", 1183.0)
    others = value(rows[rows["district_code"] == "126"].assign(district_code=HERE), "C1-11")
    why = message("unit_suspect", then=1_156_000_000.0, unit="đồng")
    marked = held.marked(rows, frame([about(rows, "C1-11", why)]), DAY)
    past = series.table(held.used(marked), catalogue())
    total = province.totals(marked, past, 2022).set_index("indicator").loc["C1-11"]
    assert (total["actual"], total["districts"]) == (others, 1)
    assert total["held"] == "Mai Sơn"
    assert total["with_likely"] == others + 1_183_000_000
    mine = past[(past["district_code"] == HERE) & (past["indicator"] == "C1-11")]
    assert mine["value"].isna().all()


def catalogue():
    from ntm_eval import reference

    return reference.table("indicators")


def test_the_sum_of_the_communes_is_the_likely_figure():
    rows = facts()
    why = message("sum_mismatch", sheet="Xã", total=5395.0)
    marked = held.marked(rows, frame([about(rows, "C1-19", why)]), DAY)
    assert value(marked, "C1-19", "likely") == 5395


def test_an_answer_releases_a_figure_but_no_answer_approves_a_plan():
    rows = facts()
    why = message("sum_mismatch", sheet="Xã", total=5395.0)
    found = frame([about(rows, "C1-19", why)]).assign(explained="đã rà soát, số đúng")
    assert held.marked(rows, found, DAY)["held"].isna().all()
    lowered = frame([about(rows, "C1-19", message("plan_changed", now=4.0, then=5.0))])
    marked = held.marked(rows, lowered.assign(explained="cấp trên giao lại"), DAY)
    assert value(marked, "C1-19", "held") == "plan_changed"


@pytest.mark.parametrize("rule", ["blank_cell", "outlier", "stock_break", "plan_low"])
def test_a_question_that_does_not_hold_leaves_the_figure(rule):
    rows = facts()
    found = frame([about(rows, "C1-19", message("negative"), rule=rule)])
    assert held.marked(rows, found, DAY)["held"].isna().all()


def test_a_question_at_another_cell_of_the_row_holds_what_the_row_gives():
    rows = facts()
    found = frame([about(rows, "C1-19", message("row_repeated.indicator"), cell="E999")])
    assert value(held.marked(rows, found, DAY), "C1-19", "held") == "row_repeated"


def test_no_question_holds_nothing():
    rows = facts()
    marked = held.marked(rows, frame([]), DAY)
    pd.testing.assert_series_equal(held.used(marked)["value"], rows["value"])


def test_a_rule_holds_from_the_day_that_its_row_names(monkeypatch):
    table = reference.table("rules").copy()
    table.loc[table["rule"] == "unit_suspect", "valid_from"] = pd.Timestamp(2023, 1, 1)
    monkeypatch.setattr(reference, "table", lambda name: table)
    assert "unit_suspect" not in held.holding.__wrapped__(DAY).index
    assert "unit_suspect" in held.holding.__wrapped__(date(2023, 12, 31)).index
