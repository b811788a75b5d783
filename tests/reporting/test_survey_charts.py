"""Pictures of residents' answers: what is drawn is what is said, and small counts are not drawn."""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from pictures import answers, axes, every_question, line, rows, satisfaction, segments, words

from ntm_eval.reporting import sections


def test_satisfied_shares_stand_at_their_place_with_interval_and_verdict():
    table = satisfaction()
    ax = sections.survey_charts.draw(axes(), table)
    dots = line(ax, "share")
    assert [ln.get_xdata()[0] for ln in dots] == pytest.approx([0.96, 0.91, 0.86])
    assert [ln.get_ydata()[0] for ln in dots] == [0, 1, 2]
    assert words(ax) == [
        "96,0%  ✓ đạt (ngưỡng chưa đối chiếu với văn bản); thu 97% phiếu",
        "91,0%  ✓ đạt, chưa chắc; thu 97% phiếu",
        "86,0%  ✗ chưa đạt (ngưỡng chưa đối chiếu với văn bản); thu 97% phiếu",
        "✓ đạt (ngưỡng chưa đối chiếu với văn bản)",
        "○ chưa rõ số",
    ]
    assert len({ln.get_marker() for ln in dots[:3]}) == 3
    bars = [(start[0], end[0]) for start, end in segments(ax)]
    assert tuple(table.loc[0, ["low", "high"]]) in bars


def test_a_share_held_back_is_a_bar_between_its_ends_and_never_a_dot():
    ax = sections.survey_charts.draw(axes(), satisfaction())
    drawn = {round(x, 6) for ln in ax.lines for x in np.atleast_1d(ln.get_xdata())}
    drawn |= {round(x, 6) for part in segments(ax) for x, _ in part}
    assert {round(296 / 300, 6), round(299 / 300, 6)} <= drawn
    assert round(298 / 300, 6) not in drawn
    assert "không công bố" in ax.get_xlabel()


def test_one_survey_is_named_above_the_picture_and_thresholds_only_where_there_are_any():
    ax = sections.survey_charts.draw(axes(), satisfaction())
    assert ax.get_title(loc="left") == "Câu hỏi chung, khảo sát xã NTM"
    assert "ngưỡng" in ax.get_xlabel()
    none = dict.fromkeys(("verdict", "rule"), "not_configured")
    other = satisfaction().assign(
        survey="xã NTM nâng cao", threshold=np.nan, certainty="none", **none
    )
    ax = sections.survey_charts.draw(axes(), other)
    assert "ngưỡng" not in ax.get_xlabel()
    assert words(ax)[0] == "96,0%  – chưa có ngưỡng; thu 97% phiếu"


def test_every_question_stands_in_its_column_and_row():
    table = answers(
        ("03751", "xã NTM", "1", 800, 400, 380, 20),
        ("03751", "xã NTM", "2", 800, 400, 300, 80),
        ("03751", "xã NTM", "3", 800, 400, 362, 38),
        ("03763", "xã NTM", "1", 800, 400, 397, 3),
        ("03763", "xã NTM", "2", 800, 400, np.nan, 3),
        ("03763", "xã NTM", "3", 800, 400, 400, 0),
    )
    ax = sections.survey_charts.draw_contents(axes(), table)
    found = {t.get_position(): t.get_text() for t in ax.texts if t.get_ha() == "center"}
    assert found == {
        (1, 0): "95",
        (2, 0): "✗75",
        (3, 0): "90?",
        (1, 1): "≥99",
        (2, 1): "○",
        (3, 1): "100",
    }
    assert rows(ax) == ["Xã Chiềng Ly", "Xã Long Hẹ"]
    frames = [
        path.get_extents()
        for c in ax.collections
        if isinstance(c, PolyCollection)
        for path in c.get_paths()
    ]
    assert [(box.x0, box.x1) for box in frames] == [(2.5, 3.5)] * 2  # the overall question


def test_surveys_of_two_types_are_told_apart_and_judged_where_they_are():
    table = every_question()
    ax = sections.survey_charts.draw_contents(axes(), table)
    assert len(words(ax)) == len(table)
    assert any(label.endswith("huyện NTM") for label in rows(ax))
    whole = table[table["survey"] == "huyện NTM"]
    assert "– xét gộp cả huyện" in words(sections.survey_charts.draw(axes(), whole))[0]


def test_a_row_of_every_verdict_has_its_own_words():
    rows = satisfaction()
    assert len({words for words, *_ in sections.satisfaction.judged(rows)}) == 4
