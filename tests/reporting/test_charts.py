import numpy as np
import pandas as pd
import pytest
from pictures import LONGEST, NAN, axes, panel, series, trends, words

from ntm_eval.reporting import sections

pytestmark = pytest.mark.filterwarnings("error")


def one(table, trends, indicator="C2-16"):
    return sections.trends.draw(axes(), table, trends, [indicator])


def test_a_trend_panel_draws_rates_in_per_cent_and_a_gap_where_a_year_is_missing():
    ax = one(series(), trends())
    (yearly,) = panel(ax, "yearly")
    expected = [[2018, 10], [2019, 20], [2020, NAN], [2021, 40], [2022, 50]]
    np.testing.assert_allclose(yearly[:, 1], [value for _, value in expected])
    np.testing.assert_allclose(yearly[:, 0], [year for year, _ in expected])
    assert {"thiếu", "50%", "▲ tăng · tốt lên"} <= set(words(ax))


def test_a_missing_first_or_last_year_keeps_its_place():
    ax = one(series(values=(NAN, 0.2, 0.3, NAN)), trends(direction="too_few"))
    named = [t.get_position()[0] for t in ax.texts if t.get_text() == "thiếu"]
    (yearly,) = panel(ax, "yearly")
    np.testing.assert_allclose(yearly[:, 0], [2018, 2019, 2020, 2021])
    (line,) = (c for c in ax.collections if c.get_label() == "yearly")
    (path,) = line.get_paths()
    np.testing.assert_allclose(named, path.vertices[[0, 3], 0])


def test_the_trend_line_goes_through_the_median_point_with_the_given_slope():
    ax = one(series(), trends())
    (fitted,) = panel(ax, "trend")
    np.testing.assert_allclose(fitted, [[2018, 10], [2020, 30], [2022, 50]])
    (ribbon,) = panel(ax, "band")
    assert ribbon[:, 1].min() == pytest.approx(0, abs=1e-6)
    assert ribbon[:, 1].max() == pytest.approx(60)


def test_too_few_years_draw_no_trend():
    ax = one(series(), trends(direction="too_few"))
    assert not panel(ax, "trend")
    assert not panel(ax, "band")
    assert "○ chưa đủ năm" in words(ax)


@pytest.mark.parametrize("known", [{"direction": "none"}, {"basis": "described"}])
def test_only_a_trend_that_was_tested_and_found_is_a_bold_line(known):
    ax = one(series(), trends(**known))
    assert not panel(ax, "trend")
    assert not panel(ax, "band")


def test_a_change_of_standard_cuts_the_line_and_is_named():
    ax = one(series("C1-19"), trends("C1-19", direction="too_few"), "C1-19")
    before, after = (part[:, 0].round(6).tolist() for part in panel(ax, "yearly"))
    assert (before, after) == ([2018, 2019, 2020, 2021], [2022])
    (cut,) = panel(ax, "break")
    np.testing.assert_allclose(cut[:, 0], 2021.5)
    assert "đổi chuẩn" in words(ax)


def test_values_are_named_in_vietnamese_numbers():
    ax = one(series("C1-01", [12, 13, 14.0, 15, 16]), trends("C1-01"), "C1-01")
    assert {"1.200", "1.400", "2018", "2022"} <= set(words(ax))


def test_nine_panels_are_one_axes_with_few_artists():
    many = pd.concat([series(indicator) for indicator in LONGEST])
    ax = sections.trends.draw(axes(), many, trends(), LONGEST)
    assert ax.get_figure().axes == [ax]
    assert len(ax.collections) + len(ax.lines) < 10


def test_the_panels_begin_with_what_gets_worse_and_leave_out_what_has_no_trend():
    table = pd.DataFrame(
        {
            "indicator": ["C1-18", "C1-01", "C2-01", "C3-06", "C4-01"],
            "p_value": [0.01, 0.03, 0.04, NAN, NAN],
            "direction": ["up", "up", "none", "down", "too_few"],
            "good": ["unclear", "better", "unclear", "worse", "unclear"],
        }
    )
    assert sections.trends.most_telling(table) == ["C3-06", "C1-01", "C1-18", "C2-01"]
    assert sections.trends.most_telling(table, most=1) == ["C3-06"]
