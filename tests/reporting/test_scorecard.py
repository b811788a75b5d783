"""The scorecard: what is planted in a figure is what its cell shows."""

from datetime import date

import pandas as pd
import pytest
from pictures import CODES, NAN, axes, cells, core_facts, line, moves, ranking, words

from ntm_eval import units
from ntm_eval.reporting import sections
from ntm_eval.reporting.blocks import TALLEST
from ntm_eval.reporting.sections import scorecard

pytestmark = pytest.mark.filterwarnings("error")

DAY = date(2022, 12, 31)


def cell(found, code, indicator):
    mine = found[(found["district_code"] == code) & (found["indicator"] == indicator)]
    return mine.iloc[0].to_dict()


def test_a_held_figure_is_a_question_mark_and_in_no_share():
    plain = cells()
    found = cells(core_facts(d119_C1_05={"value": 1.0, "held": "unit_suspect"}))
    held = cell(found, "119", "C1-05")
    assert scorecard.text(held) == "?"
    assert (held["state"], str(held["shown"]), str(held["reached"])) == ("held", "nan", "nan")
    others = found.drop(index=found.index[found["state"] == "held"])
    pd.testing.assert_frame_equal(others, plain.loc[others.index])
    assert "dưới 80% mức phải đạt" not in scorecard.message(found)
    ax = scorecard.draw(axes(), found, DAY, graded=True)
    assert words(ax).count("?") == 1


def test_the_share_of_a_total_under_question_is_not_shown():
    found = cells(core_facts(d119_C4_06={"held": "rule_broken"}))
    assert scorecard.text(cell(found, "119", "C4-07")) == "?"


@pytest.mark.parametrize(
    ("indicator", "value", "text", "state"),
    [
        ("C1-05", 79.9, "79", "far"),
        ("C1-05", 80.0, "80", "short"),
        ("C1-05", 99.9, "99", "short"),
        ("C1-05", 104.0, "104", "met"),
        ("C1-05", NAN, "–", "none"),
        ("C1-19", 100.0, "✓", "met"),
        ("C1-19", 103.2, "+4%", "short"),
        ("C1-19", 130.0, "+30%", "far"),
        ("C1-19", 0.0, "✓", "met"),
        ("C4-07", 77.0, "77", "far"),
        ("C1-17", 1166.0, "1.166", "short"),
        ("C1-17", NAN, "–", "none"),
    ],
)
def test_a_cell_says_how_far_its_plan_is_reached(indicator, value, text, state):
    found = cells(core_facts(**{f"d119_{indicator.replace('-', '_')}": {"value": value}}))
    mine = cell(found, "119", indicator)
    assert (scorecard.text(mine), mine["state"]) == (text, state)
    assert scorecard.text(cell(found, "118", "C1-05")) == "90"


def test_at_mid_year_a_flow_is_far_only_from_what_is_due_by_then():
    facts = core_facts(d119_C1_05={"value": 42.0}, d118_C1_05={"value": 39.0})
    found = cells(facts, due=pd.Series({"C1-05": 0.5}))
    assert [cell(found, code, "C1-05")["state"] for code in ("119", "118")] == ["short", "far"]
    assert scorecard.text(cell(found, "119", "C1-05")) == "42"


def test_arrows_go_where_the_figure_went_and_are_full_where_that_is_worse():
    moved = moves(
        ("119", "C1-05", 1.0, 2.0, "better"),
        ("119", "C1-17", 2.0, 1.0, "better"),
        ("119", "C2-15", 2.0, 1.0, "worse"),
        ("119", "C2-17", 2.0, 1.9, "same"),
        ("119", "C3-06", 1.0, 2.0, "need_driven"),
        ("119", "C4-05", 1.0, 2.0, "not_comparable"),
        ("119", "C5-05", NAN, 2.0, "no_figure"),
    )
    found = cells(moved=moved)
    arrows = found[found["district_code"] == "119"].set_index("indicator")["arrow"]
    assert arrows[arrows != ""].to_dict() == {
        "C1-05": "up",
        "C1-17": "down",
        "C2-15": "down",
        "C2-17": "same",
    }
    ax = scorecard.draw(axes(), found, DAY, graded=True)
    full = {ln.get_label(): len(ln.get_xdata()) for ln in ax.lines if "arrow" in ln.get_label()}
    assert full == {"arrow ^": 1, "arrow v": 1, "arrow v!": 1, "arrow .": 1}


def test_the_best_unit_is_on_top_and_only_units_of_one_group_are_bracketed():
    groups = [float(n) for n in range(12)]
    order = ranking().sort_values(["rank", "district_code"])["district_code"].tolist()
    for mate in order[1:3]:
        groups[CODES.index(mate)] = groups[CODES.index(order[0])]
    found = cells(groups=groups)
    assert found["district_code"].drop_duplicates().tolist()[:11] == order[:11]
    ax = scorecard.draw(axes(), found, DAY, graded=True)
    (bracket,) = line(ax, "group")
    (dots,) = line(ax, "points")
    top, bottom = bracket.get_ydata()[[0, -1]]
    inside = [top < y < bottom for y in dots.get_ydata()]
    assert inside == [True] * 3 + [False] * 9


def test_the_title_says_who_leads_and_where_most_are_behind():
    first = ranking().sort_values("rank")["district_code"].iloc[0]
    facts = core_facts(d119_C3_06={"value": 10.0}, d118_C3_06={"value": 10.0})
    said = scorecard.message(cells(facts))
    name = units.district(first).short
    assert said == f"{name} dẫn đầu; Phân loại rác: 2/12 đơn vị dưới 80% mức phải đạt"
    together = scorecard.message(cells(groups=[1.0] * 12))
    assert together.startswith("11/12 đơn vị chưa phân biệt được về điểm")


def test_there_are_bands_of_grades_only_where_there_are_grades():
    graded, half = (scorecard.draw(axes(), cells(), DAY, graded=on) for on in (True, False))
    assert {"Tốt", "Xuất sắc"} <= set(words(graded))
    assert not {"Tốt", "Xuất sắc"} & set(words(half))


def test_what_is_not_owed_in_the_period_has_no_column():
    facts = core_facts()
    found = cells(facts[facts["indicator"] != "C2-15"])
    assert "C2-15" not in set(found["indicator"])
    assert "Bảo hiểm\ny tế" not in words(scorecard.draw(axes(), found, DAY, graded=True))


@pytest.mark.parametrize("rows", [12, 75])
def test_the_picture_fits_a_page_at_its_own_size_with_its_frame(rows):
    codes = [d.code for d in units.reporting(date(2025, 12, 31))][:rows]
    one = cells()[lambda f: f["district_code"] == "119"]
    found = pd.concat([one.assign(district_code=code) for code in codes], ignore_index=True)
    shown = sections.scorecard.chart(found, DAY, graded=True)
    assert shown.width == pytest.approx(160)
    assert shown.height <= TALLEST
    assert shown.frame is found
    assert shown.alt.startswith("Mỗi hàng một đơn vị")
