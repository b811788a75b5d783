import pandas as pd
import pytest
from pictures import NAN, axes, boxes, line, rows, score, words

from ntm_eval.reporting import sections

pytestmark = pytest.mark.filterwarnings("error")


def test_bars_are_as_long_as_actual_over_plan_and_stop_at_150_per_cent():
    table = pd.DataFrame(
        [
            score("C1-01", 82.0, 100.0, 0.82), score("C1-03", 120.0, 100.0, 1.0),
            score("C1-04", 312.0, 100.0, 1.0), score("C1-06", 0.0, 100.0, 0.0),
            score("C1-19", 90.0, 80.0, 0.6),
        ]
    )  # fmt: skip
    ax = sections.results.draw_plans(axes(), table)
    assert [right for (_, right), _ in boxes(ax)] == pytest.approx([0.82, 1.2, 1.5, 0, 0.6])
    assert words(ax) == ["82,0%", "120,0%", "▶ 312,0%", "0,0%", "60,0%"]
    # grey paper: what falls short is hatched
    assert [hatched for _, hatched in boxes(ax)] == [True, False, False, True, True]


def test_what_falls_a_hair_short_of_its_plan_does_not_read_as_if_it_met_it():
    table = pd.DataFrame(
        [
            score("C1-01", 99.97, 100.0, 0.9997), score("C1-03", 99.94, 100.0, 0.9994),
            score("C1-04", 100.0, 100.0, 1.0),
        ]
    )  # fmt: skip
    ax = sections.results.draw_plans(axes(), table)
    assert words(ax) == ["99,97%", "99,9%", "100,0%"]
    assert [hatched for _, hatched in boxes(ax)] == [True, True, False]


def test_what_was_not_reported_or_not_assessed_is_a_hollow_mark_and_no_bar():
    table = pd.DataFrame(
        [
            score("C1-01", NAN, 100.0, 0.0, "ô thực hiện để trống"),
            score("C1-03", 5.0, NAN, NAN, "kế hoạch để trống"),
            score("C1-19", NAN, 80.0, 0.0, "không đọc được"),
        ]
    )
    ax = sections.results.draw_plans(axes(), table)
    assert not boxes(ax)
    (hollow,) = line(ax, "missing")
    assert (hollow.get_markerfacecolor(), list(hollow.get_ydata())) == ("white", [0, 1, 2])
    assert words(ax) == ["ô thực hiện để trống", "kế hoạch để trống", "không đọc được"]


def test_what_has_no_plan_is_named_as_a_share_of_all_there_were():
    table = pd.DataFrame([score("C4-07", 9.0, NAN, 0.9), score("C4-09", 9.0, 10.0, 0.9)])
    ax = sections.results.draw_plans(axes(), table)
    labels = [label.replace("\n", " ") for label in rows(ax)]
    assert ["(so với tổng số)" in label for label in labels] == [True, False]
