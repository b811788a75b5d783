import subprocess
import sys
from datetime import date
from functools import partial

import matplotlib as mpl

mpl.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from ntm_eval import reference, units
from ntm_eval.intake.sheets import CRITERIA
from ntm_eval.reporting import charts, wording

pytestmark = pytest.mark.filterwarnings("error")

CODES = [d.code for d in units.districts()]
LONGEST = ["C3-01", "C2-11", "C2-05", "C2-08", "C2-16", "C1-11"]
NAN, NAT = float("nan"), pd.NaT


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def series(indicator="C2-16", values=(0.1, 0.2, NAN, 0.4, 0.5)):
    rows = [("119", indicator, 2018 + n, v * 100, 100.0, v) for n, v in enumerate(values)]
    columns = ["district_code", "indicator", "year", "value", "denominator", "rate"]
    return pd.DataFrame(rows, columns=columns)


def trends(indicator="C2-16", direction="up", first_year=2018):
    few = direction == "too_few"
    slopes = [NAN, NAN, NAN] if few else [0.1, 0.05, 0.15]
    row = ["119", indicator, 4, first_year, 2022, *slopes, 0.04, 0.1, direction, "better"]
    columns = ["district_code", "indicator", "years", "first_year", "last_year", "slope", "low",
               "high", "p_value", "q_value", "direction", "good"]  # fmt: skip
    return pd.DataFrame([row], columns=columns)


def many_series():
    return pd.concat([series(i, (1200.5, 1300, 1250, 2e6, 3.1e6)) for i in LONGEST])


def score(indicator, value, plan, ratio, reason="lý do", code="119", part=None, points=1.0):
    return {
        "district_code": code, "part": part or indicator.split("-")[0], "indicator": indicator,
        "points": points, "max_points": 2.0, "value": value, "plan": plan, "ratio": ratio,
        "reason": reason,
    }  # fmt: skip


def scores():
    """Everyone but Bắc Yên, in every part; the long names among the indicators."""
    scored = reference.table("indicators").query("scored == 'yes'")["id"]
    rows = [
        score(i, NAN if n % 7 == 0 else 30.0 * n, 400.0, NAN if n % 7 == 0 else 0.5,
              "có kế hoạch nhưng ô thực hiện không đọc được, tính 0 điểm", code)
        for code in CODES if code != "121" for n, i in enumerate(scored)
    ]  # fmt: skip
    rows += [score("on_time", 0.0, NAN, NAN, code=c, part="reporting") for c in CODES if c != "121"]
    return pd.DataFrame(rows)


def communes():
    """Every commune of 2022; xã n has met n modulo 20 criteria, those of Bắc Yên are unknown."""
    rows = reference.at(reference.table("communes"), date(2022, 12, 31))
    frame = rows.rename(columns={"code": "commune_code", "name": "commune"})
    frame = frame[["district_code", "commune_code", "commune", "kind"]].reset_index(drop=True)
    known = (frame["kind"] == "xã") & (frame["district_code"] != "121")
    met = pd.Series(range(len(frame)), dtype=float) % 20
    for n, criterion in enumerate(CRITERIA):
        frame[criterion] = pd.Series(np.where(met > n, "Đ", "C"), dtype="str").where(known)
    return frame.assign(criteria_met=met.where(known))


def ranking():
    points = pd.Series([91.2, 86.4, 84.9, 77, NAN, 76.1, 72.4, 72.4, 66, 88.1, 48.8, 63.7])
    rank = points.rank(ascending=False, method="min")
    return pd.DataFrame(
        {"district_code": CODES, "points": points, "grade": "khá", "rank": rank,
         "rank_low": (rank - 1).clip(lower=1), "rank_high": rank + 1, "points_low": points - 4,
         "points_high": points + 2, "self_score": points}
    )  # fmt: skip


def register():
    due = pd.Timestamp("2022-12-05")
    received = [due - pd.Timedelta(days=n + 1) for n in range(12)]
    received[3], received[4], received[5] = pd.Timestamp("2022-12-08"), NAT, NAT
    status = ["on_time"] * 12
    status[3:6] = ["late", "missing", "undated"]
    return pd.DataFrame(
        {"district_code": CODES, "status": status, "received": received, "due": due,
         "days_late": [0.0, 0, 0, 4, NAN, NAN, 0, 0, 0, 0, 0, 0]}
    )  # fmt: skip


def satisfaction():
    codes = reference.table("communes").query("district_code == '119'")["code"].head(5)
    return pd.DataFrame(
        {"district_code": "119", "commune_code": codes.to_numpy(), "survey": "xã NTM nâng cao",
         "question": "19", "share": [0.96, 0.91, 0.86, 1, NAN],
         "low": [0.94, 0.89, 0.84, 0.98, NAN], "high": [0.97, 0.92, 0.88, 1, NAN],
         "threshold": [0.9, 0.9, 0.9, NAN, 0.9],
         "verdict": ["met", "unclear", "not_met", "not_configured", "unclear"]}
    )  # fmt: skip


def values():
    return pd.Series([float(n) for n in range(12)], CODES).drop("127")


PICTURES = {
    "small_multiples": lambda: charts.small_multiples(many_series(), trends("C3-01"), LONGEST),
    "plan": lambda: charts.plan_against_actual(
        charts.axes(), scores().query("district_code == '119'")
    ),
    "criteria": lambda: charts.criteria(charts.axes(), communes().query("district_code == '119'")),
    "ranking": lambda: charts.ranking(charts.axes(), ranking(), date(2022, 12, 31)),
    "tile_map": lambda: charts.tile_map(
        charts.axes(4.6, 3.9), values(), partial(wording.number, decimals=1), "Điểm năm 2022"
    ),
    "satisfaction": lambda: charts.satisfaction(charts.axes(), satisfaction()),
    "timeliness": lambda: charts.timeliness(charts.axes(), register()),
    "contents": lambda: charts.contents(charts.axes(), scores()),
    "commune_progress": lambda: charts.commune_progress(charts.axes(), communes()),
}


def drawn(made):
    page = made.get_figure(root=True) if hasattr(made, "get_figure") else made
    page.canvas.draw()
    return page


def visible_texts(page):
    """The texts that are drawn; a locator also leaves ticks outside the limits, which are not."""
    hidden = set()
    for ax in page.axes:
        for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            low, high = sorted(limits)
            for tick in axis.get_major_ticks():
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    hidden |= {tick.label1, tick.label2}
    found = [t for t in page.findobj(Text) if t not in hidden and t.get_visible()]
    return [t for t in found if t.get_text().strip()]


def words(ax):
    return [t.get_text() for t in ax.texts]


def line(ax, label):
    return [ln for ln in ax.lines if ln.get_label() == label]


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_is_cut_off_at_the_edge(name):
    page = drawn(PICTURES[name]())
    width, height = page.bbox.width, page.bbox.height
    for text in visible_texts(page):
        box = text.get_window_extent()
        inside = box.x0 > -1 and box.y0 > -1 and box.x1 < width + 1 and box.y1 < height + 1
        assert inside, f"{text.get_text()!r} at {box}"


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_lies_upon_another(name):
    page = drawn(PICTURES[name]())
    boxes = [(t.get_text(), t.get_window_extent()) for t in visible_texts(page)]
    for n, (one, a) in enumerate(boxes):
        for other, b in boxes[:n]:
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            down = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 1 or down < 1, f"{one!r} over {other!r}"


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: charts.plan_against_actual(ax, scores().head(0)),
        lambda ax: charts.criteria(ax, communes().head(0)),
        lambda ax: charts.ranking(ax, ranking().head(0), date(2022, 12, 31)),
        lambda ax: charts.satisfaction(ax, satisfaction().head(0)),
        lambda ax: charts.timeliness(ax, register().head(0)),
        lambda ax: charts.contents(ax, scores().head(0)),
        lambda ax: charts.commune_progress(ax, communes().head(0)),
        lambda ax: charts.trend(ax, series(values=[NAN] * 3), trends(), "C2-16"),
        lambda ax: charts.trend(ax, series().head(0), trends().head(0), "C2-16"),
    ],
)
def test_an_empty_table_is_said_in_words(draw):
    ax = charts.axes()
    assert draw(ax) is ax
    assert words(ax) == ["Không có số liệu"]


def test_tables_without_a_single_number_are_drawn_as_missing():
    nothing = ranking().assign(points=NAN, rank=NAN, points_low=NAN, points_high=NAN)
    ax = charts.ranking(charts.axes(), nothing, date(2022, 12, 31))
    assert words(ax).count("○ chưa đủ căn cứ") == 12
    tiles = charts.tile_map(charts.axes(), values() * NAN, wording.number, "x")
    assert words(tiles).count("chưa có") == 12
    shares = charts.satisfaction(
        charts.axes(), satisfaction().assign(share=NAN, low=NAN, high=NAN, threshold=NAN)
    )
    assert words(shares).count("○ chưa có số liệu") == 5
    unknown = communes().query("district_code == '121'")
    drawn(charts.criteria(charts.axes(), unknown))
    drawn(charts.commune_progress(charts.axes(), unknown))


def test_the_tables_are_not_changed():
    for table, draw in [
        (scores(), lambda t: charts.contents(charts.axes(), t)),
        (communes(), lambda t: charts.criteria(charts.axes(), t)),
        (ranking(), lambda t: charts.ranking(charts.axes(), t, date(2022, 12, 31))),
    ]:
        before = table.copy()
        draw(table)
        pd.testing.assert_frame_equal(table, before)


def test_a_trend_panel_draws_rates_in_per_cent_and_a_gap_where_a_year_is_missing():
    ax = charts.trend(charts.axes(), series(), trends(), "C2-16")
    yearly = np.concatenate([ln.get_ydata() for ln in line(ax, "yearly")])
    np.testing.assert_allclose(yearly, [10, 20, NAN, 40, 50])
    assert "thiếu" in words(ax)
    assert "50%" in words(ax)
    assert ax.get_xlabel() == "▲ tăng · tốt lên"


def test_a_missing_first_or_last_year_keeps_its_place():
    table = series(values=(NAN, 0.2, 0.3, NAN))
    ax = charts.trend(charts.axes(), table, trends(direction="too_few"), "C2-16")
    low, high = ax.get_xlim()
    named = [t.get_position()[0] for t in ax.texts if t.get_text() == "thiếu"]
    assert named == [2018, 2021]
    assert low < 2018 < 2021 < high


def test_the_trend_line_goes_through_the_median_point_with_the_given_slope():
    ax = charts.trend(charts.axes(), series(), trends(), "C2-16")
    (fitted,) = line(ax, "trend")
    np.testing.assert_allclose(fitted.get_xdata(), [2018, 2020, 2022])
    np.testing.assert_allclose(fitted.get_ydata(), [10, 30, 50])
    (ribbon,) = ax.collections
    assert ribbon.get_datalim(ax.transData).ymin == pytest.approx(0)
    assert ribbon.get_datalim(ax.transData).ymax == pytest.approx(60)


def test_too_few_years_draw_no_trend():
    ax = charts.trend(charts.axes(), series(), trends(direction="too_few"), "C2-16")
    assert not line(ax, "trend")
    assert ax.get_xlabel() == "○ chưa đủ năm"


def test_a_change_of_standard_cuts_the_line_and_is_named():
    ax = charts.trend(charts.axes(), series("C1-19"), trends("C1-19", direction="too_few"), "C1-19")
    assert [list(ln.get_xdata()) for ln in line(ax, "yearly")] == [[2018, 2019, 2020, 2021], [2022]]
    assert "đổi chuẩn" in words(ax)


def test_axes_are_labelled_in_vietnamese_numbers():
    ax = charts.trend(charts.axes(), series("C1-01", [12, 13, 14, 15, 16.0]), trends(), "C1-01")
    drawn(ax)
    assert ax.yaxis.get_major_formatter()(1234.5, 0) == "1.234,5"
    assert ax.xaxis.get_major_formatter()(2022, 0) == "2022"


def test_bars_are_as_long_as_actual_over_plan_and_stop_at_150_per_cent():
    table = pd.DataFrame(
        [
            score("C1-01", 82.0, 100.0, 0.82), score("C1-03", 120.0, 100.0, 1.0),
            score("C1-04", 312.0, 100.0, 1.0), score("C1-06", 0.0, 100.0, 0.0),
            score("C1-19", 90.0, 80.0, 0.6),
        ]
    )  # fmt: skip
    ax = charts.plan_against_actual(charts.axes(), table)
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([0.82, 1.2, 1.5, 0, 0.6])
    assert words(ax) == ["82,0%", "120,0%", "▶ 312,0%", "0,0%", "60,0%"]
    # grey paper: what falls short is hatched
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [True, False, False, True, True]


def test_a_value_never_stands_across_the_line_of_the_plan():
    table = pd.DataFrame([score("C1-01", 99.0, 100.0, 0.99), score("C1-03", 88.0, 100.0, 0.88)])
    ax = charts.plan_against_actual(charts.axes(), table)
    drawn(ax)
    for text in ax.texts:
        box = text.get_window_extent().transformed(ax.transData.inverted())
        assert not box.x0 <= 1 <= box.x1


def test_what_was_not_reported_or_not_assessed_is_a_hollow_mark_and_no_bar():
    table = pd.DataFrame(
        [
            score("C1-01", NAN, 100.0, 0.0, "ô thực hiện để trống"),
            score("C1-03", 5.0, NAN, NAN, "kế hoạch để trống"),
            score("C1-19", NAN, 80.0, 0.0, "không đọc được"),
        ]
    )
    ax = charts.plan_against_actual(charts.axes(), table)
    assert not ax.patches
    assert [ln.get_markerfacecolor() for ln in line(ax, "missing")] == ["white"] * 3
    assert words(ax) == ["ô thực hiện để trống", "kế hoạch để trống", "không đọc được"]


def test_the_heat_map_of_criteria_shows_each_mark_with_the_best_commune_on_top():
    table = communes().query("district_code == '119'")
    table = table.assign(TC5=table["TC5"].mask(table["commune_code"] == "03721"))
    ax = charts.criteria(charts.axes(), table)
    ordered = table[table["kind"] == "xã"].sort_values(
        ["criteria_met", "commune_code"], ascending=[False, True]
    )
    codes = {"Đ": 2, "C": 0}
    expected = [[codes.get(mark, 1) for mark in row] for row in ordered[list(CRITERIA)].to_numpy()]
    np.testing.assert_array_equal(np.ma.getdata(ax.collections[0].get_array()), expected)
    assert [t.get_text() for t in ax.get_yticklabels()] == ordered["commune"].tolist()
    assert words(ax)[-len(ordered) :] == [f"{met:.0f}/19" for met in ordered["criteria_met"]]
    signs = words(ax)[: -len(ordered)]
    assert {"✓", "✗"} <= set(signs)


def test_an_unknown_criterion_is_neither_met_nor_unmet():
    table = communes().query("district_code == '121'")
    ax = charts.criteria(charts.axes(), table)
    assert set(np.ma.getdata(ax.collections[0].get_array()).ravel()) == {1}
    assert set(words(ax)) == {"?", "–/19"}


def test_the_ranking_draws_each_districts_points_and_band_by_rank():
    table = ranking()
    ax = charts.ranking(charts.axes(), table, date(2022, 12, 31))
    ordered = table.dropna(subset="rank").sort_values(["rank", "district_code"])
    points = [(ln.get_xdata()[0], ln.get_ydata()[0]) for ln in line(ax, "points")]
    assert points == list(zip(ordered["points"], range(11), strict=True))
    assert "86,4 điểm · hạng 3 (2–4)" in words(ax)
    # ties share the better rank, and the district without a report has words and no dot
    assert sum("hạng 7 " in text for text in words(ax)) == 2
    assert words(ax).count("○ chưa đủ căn cứ") == 1
    assert ax.get_yticklabels()[-1].get_text() == "Bắc Yên"
    assert {"trung bình", "khá", "tốt", "xuất sắc"} <= set(words(ax))


def test_tiles_stand_at_their_places_and_a_missing_one_is_hatched():
    ax = charts.tile_map(charts.axes(), values(), wording.number, "Điểm")
    tiles = reference.table("tilegrid")
    drawn_tiles = [p for p in ax.patches if isinstance(p, Rectangle)]
    assert [p.get_xy() for p in drawn_tiles] == list(zip(tiles["col"], tiles["row"], strict=True))
    hatched = [bool(p.get_hatch()) for p in drawn_tiles]
    assert hatched == [code == "127" for code in tiles["district_code"]]
    labels = dict(zip(words(ax)[::2], words(ax)[1::2], strict=True))
    assert labels["Sốp Cộp"] == "chưa có"
    assert labels["Vân Hồ"] == "11"
    greys = {t: np.mean(p.get_facecolor()[:3]) for t, p in zip(labels, drawn_tiles, strict=True)}
    assert greys["Vân Hồ"] < greys["Mai Sơn"] < greys["TP Sơn La"]


def test_satisfied_shares_stand_at_their_place_with_interval_and_verdict():
    table = satisfaction()
    ax = charts.satisfaction(charts.axes(), table)
    dots = line(ax, "share")
    assert [ln.get_xdata()[0] for ln in dots] == [0.96, 0.91, 0.86, 1]
    assert [ln.get_ydata()[0] for ln in dots] == [0, 1, 2, 3]
    assert words(ax) == ["96,0%  ✓ đạt", "91,0%  ? chưa rõ", "86,0%  ✗ chưa đạt",
                         "100,0%  – chưa có ngưỡng", "○ chưa có số liệu"]  # fmt: skip
    assert len({ln.get_marker() for ln in dots[:3]}) == 3


def test_the_questions_of_one_survey_are_named_by_number():
    table = satisfaction().assign(
        commune_code=satisfaction()["commune_code"].iloc[0], survey="xã NTM",
        question=["1", "2", "3", "4", "19"],
    )  # fmt: skip
    ax = charts.satisfaction(charts.axes(), table)
    labels = [t.get_text() for t in ax.get_yticklabels()]
    assert labels == ["câu 1", "câu 2", "câu 3", "câu 4", "câu 19 (chung)"]


def test_lollipops_reach_from_the_last_day_on_time_to_the_day_of_receipt():
    ax = charts.timeliness(charts.axes(), register())
    days = {ln.get_ydata()[0]: ln.get_xdata()[0] for ln in line(ax, "days")}
    assert days == {0: 0, 1: -1, 2: -2, 3: 4, **{n: -n for n in range(6, 12)}}
    assert words(ax)[:6] == ["✓ đúng hạn", "✓ sớm 1 ngày", "✓ sớm 2 ngày", "✗ muộn 4 ngày",
                             "○ chưa có báo cáo", "? không rõ ngày gửi"]  # fmt: skip


def test_the_contents_show_shares_of_points_and_name_who_has_none():
    table = pd.DataFrame(
        [
            score("C1-01", 1.0, 2.0, 0.5, code="118", points=0.5),
            score("C1-03", 1.0, 2.0, 0.5, code="118", points=1.0),
            score("C2-01", 1.0, 2.0, 0.5, code="119", points=2.0),
            score(None, NAN, NAN, NAN, code="119", part="C6", points=0.0),
        ]
    )
    ax = charts.contents(charts.axes(), table)
    shares = ax.collections[0].get_array()
    assert [t.get_text() for t in ax.get_yticklabels()][:2] == ["Thuận Châu", "Quỳnh Nhai"]
    assert shares[1, 0] == pytest.approx(0.375)
    assert shares[0, 1] == 1
    assert shares.mask.sum() == 12 * 7 - 3
    assert words(ax).count("–") == 12 * 7 - 3
    assert words(ax).count("0% ○") == 1
    assert words(ax).count("chưa đủ căn cứ") == 10


def test_the_strip_counts_every_xa_once():
    table = communes()
    ax = charts.commune_progress(charts.axes(), table)
    xa = table[table["kind"] == "xã"]
    expected = xa.groupby(["district_code", "criteria_met"]).size()
    found = {}
    for y, dots in enumerate(ax.collections):
        assert set(dots.get_offsets()[:, 1]) <= {y}
    counts = iter(t for t in ax.texts if t.get_text().isdecimal())
    for text in counts:
        met, y = text.get_position()
        found[(sorted(CODES)[y], met)] = int(text.get_text())
    assert found == expected.to_dict()
    unknown = (xa["district_code"] == "121").sum()
    assert f"{unknown} xã chưa có số liệu" in words(ax)


def test_importing_the_charts_loads_neither_seaborn_nor_scipy():
    code = (
        "import sys, ntm_eval.reporting.charts; print([m for m in ('seaborn', 'scipy', "
        "'statsmodels') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
