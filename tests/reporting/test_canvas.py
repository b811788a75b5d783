"""What holds for every picture."""

import subprocess
import sys
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from pictures import (
    LONGEST,
    NAN,
    communes,
    drawn,
    every_question,
    many_series,
    ranking,
    register,
    satisfaction,
    scores,
    series,
    trends,
    values,
    visible_texts,
    words,
)

from ntm_eval import notation
from ntm_eval.reporting import canvas, charts, grids, plans, survey_charts

pytestmark = pytest.mark.filterwarnings("error")

PICTURES = {
    "small_multiples": lambda: charts.small_multiples(many_series(), trends("C3-01"), LONGEST),
    "plan": lambda: plans.against_actual(canvas.axes(), scores().query("district_code == '119'")),
    "criteria": lambda: grids.criteria(canvas.axes(), communes().query("district_code == '119'")),
    "ranking": lambda: charts.ranking(canvas.axes(), ranking(), date(2022, 12, 31)),
    "tile_map": lambda: grids.tile_map(
        canvas.axes(4.6, 3.9), values(), partial(notation.number, decimals=1), "Điểm năm 2022"
    ),
    "satisfaction": lambda: survey_charts.overall(canvas.axes(), satisfaction()),
    "answers": lambda: survey_charts.contents(canvas.axes(), every_question()),
    "forms_needed": lambda: survey_charts.plan(canvas.axes(height=3.4)),
    "timeliness": lambda: charts.timeliness(canvas.axes(), register()),
    "contents": lambda: grids.contents(canvas.axes(), scores()),
    "commune_progress": lambda: grids.commune_progress(canvas.axes(), communes()),
}


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


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_is_too_small_for_paper(name):
    assert min(t.get_fontsize() for t in visible_texts(drawn(PICTURES[name]()))) >= 6.5


def test_a_picture_is_as_high_as_its_rows():
    def height(rows):
        ax = survey_charts.overall(canvas.axes(), satisfaction().head(rows))
        return ax.figure.get_figheight()

    assert height(0) < height(1) < height(2)
    assert height(5) - height(1) == pytest.approx(2 * (height(3) - height(1)))
    assert height(2) < 1.6


def test_letters_can_be_read_on_every_shade():
    def luminance(colour):
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]  # WCAG 2

    for share in (0, 0.5, 1):
        ground, ink = luminance(canvas.SHADES(share)[:3]), luminance(canvas.INK)
        assert (ground + 0.05) / (ink + 0.05) > 4.5


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plans.against_actual(ax, scores().head(0)),
        lambda ax: grids.criteria(ax, communes().head(0)),
        lambda ax: charts.ranking(ax, ranking().head(0), date(2022, 12, 31)),
        lambda ax: survey_charts.overall(ax, satisfaction().head(0)),
        lambda ax: survey_charts.contents(ax, satisfaction().head(0)),
        lambda ax: charts.timeliness(ax, register().head(0)),
        lambda ax: grids.contents(ax, scores().head(0)),
        lambda ax: grids.commune_progress(ax, communes().head(0)),
        lambda ax: charts.trend(ax, series(values=[NAN] * 3), trends(), "C2-16"),
        lambda ax: charts.trend(ax, series().head(0), trends().head(0), "C2-16"),
    ],
)
def test_an_empty_table_is_said_in_words(draw):
    ax = canvas.axes()
    assert draw(ax) is ax
    assert words(ax) == ["Không có số liệu"]


def test_tables_without_a_single_number_are_drawn_as_missing():
    nothing = ranking().assign(points=NAN, rank=NAN, points_low=NAN, points_high=NAN)
    ax = charts.ranking(canvas.axes(), nothing, date(2022, 12, 31))
    assert words(ax).count("○ chưa đủ căn cứ") == 12
    tiles = grids.tile_map(canvas.axes(), values() * NAN, notation.number, "x")
    assert words(tiles).count("chưa có") == 12
    unread = satisfaction().assign(satisfied=NAN, share=NAN, low=NAN, high=NAN, verdict="unclear")
    assert words(survey_charts.overall(canvas.axes(), unread)).count("○ chưa có số liệu") == 5
    assert set(words(survey_charts.contents(canvas.axes(), unread))) == {"○"}
    unknown = communes().query("district_code == '121'")
    drawn(grids.criteria(canvas.axes(), unknown))
    drawn(grids.commune_progress(canvas.axes(), unknown))


def test_the_tables_are_not_changed():
    for table, draw in [
        (scores(), lambda t: grids.contents(canvas.axes(), t)),
        (communes(), lambda t: grids.criteria(canvas.axes(), t)),
        (satisfaction(), lambda t: survey_charts.overall(canvas.axes(), t)),
        (every_question(), lambda t: survey_charts.contents(canvas.axes(), t)),
        (ranking(), lambda t: charts.ranking(canvas.axes(), t, date(2022, 12, 31))),
    ]:
        before = table.copy()
        draw(table)
        pd.testing.assert_frame_equal(table, before)


def test_importing_the_charts_loads_neither_seaborn_nor_scipy():
    code = (
        "import sys; from ntm_eval.reporting import charts, grids, plans, survey_charts; "
        "print([m for m in ('seaborn', 'scipy', 'statsmodels') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
