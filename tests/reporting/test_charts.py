from datetime import date

import numpy as np
import pandas as pd
import pytest
from pictures import NAN, drawn, line, ranking, register, series, trends, words

from ntm_eval.reporting import canvas, charts

pytestmark = pytest.mark.filterwarnings("error")


def test_a_trend_panel_draws_rates_in_per_cent_and_a_gap_where_a_year_is_missing():
    ax = charts.trend(canvas.axes(), series(), trends(), "C2-16")
    yearly = np.concatenate([ln.get_ydata() for ln in line(ax, "yearly")])
    np.testing.assert_allclose(yearly, [10, 20, NAN, 40, 50])
    assert "thiếu" in words(ax)
    assert "50%" in words(ax)
    assert ax.get_xlabel() == "▲ tăng · tốt lên"


def test_a_missing_first_or_last_year_keeps_its_place():
    table = series(values=(NAN, 0.2, 0.3, NAN))
    ax = charts.trend(canvas.axes(), table, trends(direction="too_few"), "C2-16")
    low, high = ax.get_xlim()
    named = [t.get_position()[0] for t in ax.texts if t.get_text() == "thiếu"]
    assert named == [2018, 2021]
    assert low < 2018 < 2021 < high


def test_the_trend_line_goes_through_the_median_point_with_the_given_slope():
    ax = charts.trend(canvas.axes(), series(), trends(), "C2-16")
    (fitted,) = line(ax, "trend")
    np.testing.assert_allclose(fitted.get_xdata(), [2018, 2020, 2022])
    np.testing.assert_allclose(fitted.get_ydata(), [10, 30, 50])
    (ribbon,) = ax.collections
    assert ribbon.get_datalim(ax.transData).ymin == pytest.approx(0)
    assert ribbon.get_datalim(ax.transData).ymax == pytest.approx(60)


def test_too_few_years_draw_no_trend():
    ax = charts.trend(canvas.axes(), series(), trends(direction="too_few"), "C2-16")
    assert not line(ax, "trend")
    assert ax.get_xlabel() == "○ chưa đủ năm"


def test_a_change_of_standard_cuts_the_line_and_is_named():
    ax = charts.trend(canvas.axes(), series("C1-19"), trends("C1-19", direction="too_few"), "C1-19")
    assert [list(ln.get_xdata()) for ln in line(ax, "yearly")] == [[2018, 2019, 2020, 2021], [2022]]
    assert "đổi chuẩn" in words(ax)


def test_axes_are_labelled_in_vietnamese_numbers():
    ax = charts.trend(canvas.axes(), series("C1-01", [12, 13, 14, 15, 16.0]), trends(), "C1-01")
    drawn(ax)
    assert ax.yaxis.get_major_formatter()(1234.5, 0) == "1.234,5"
    assert ax.xaxis.get_major_formatter()(2022, 0) == "2022"


def test_the_ranking_draws_each_districts_points_and_band_by_rank():
    table = ranking()
    ax = charts.ranking(canvas.axes(), table, date(2022, 12, 31))
    ordered = table.dropna(subset="rank").sort_values(["rank", "district_code"])
    points = [(ln.get_xdata()[0], ln.get_ydata()[0]) for ln in line(ax, "points")]
    assert points == list(zip(ordered["points"], range(11), strict=True))
    assert "86,4 điểm · hạng 3 (2–4)" in words(ax)
    # ties share the better rank, and the district without a report has words and no dot
    assert sum("hạng 7 " in text for text in words(ax)) == 2
    assert words(ax).count("○ chưa đủ căn cứ") == 1
    assert ax.get_yticklabels()[-1].get_text() == "Bắc Yên"
    assert {"trung bình", "khá", "tốt", "xuất sắc"} <= set(words(ax))


def test_lollipops_reach_from_the_last_day_on_time_to_the_day_of_receipt():
    ax = charts.timeliness(canvas.axes(), register())
    days = {ln.get_ydata()[0]: ln.get_xdata()[0] for ln in line(ax, "days")}
    assert days == {0: 0, 1: -1, 2: -2, 3: 4, **{n: -n for n in range(6, 12)}}
    assert words(ax)[:6] == ["✓ đúng hạn", "✓ sớm 1 ngày", "✓ sớm 2 ngày", "✗ muộn 4 ngày",
                             "○ chưa có báo cáo", "? không rõ ngày gửi"]  # fmt: skip


def test_the_panels_begin_with_what_gets_worse_and_leave_out_what_has_no_trend():
    table = pd.DataFrame(
        {"indicator": ["C1-18", "C1-01", "C2-01", "C3-06", "C4-01"],
         "p_value": [0.01, 0.03, 0.04, 0.03, NAN],
         "good": ["unclear", "better", "unclear", "worse", "unclear"]}
    )  # fmt: skip
    assert charts.most_telling(table) == ["C3-06", "C1-01", "C1-18", "C2-01"]
    assert charts.most_telling(table, most=1) == ["C3-06"]
