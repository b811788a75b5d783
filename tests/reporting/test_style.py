"""What holds for every picture."""

import io
import json
import os
import subprocess
import sys
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from pictures import (
    LONGEST,
    NAN,
    axes,
    cells,
    communes,
    drawn,
    every_question,
    many_series,
    satisfaction,
    series,
    trends,
    visible_texts,
    words,
)
from PIL import Image

from ntm_eval.reporting import sections, style

pytestmark = pytest.mark.filterwarnings("error")

DAY = date(2022, 12, 31)
ONE = "district_code == '119'"
MOVES = pd.DataFrame(
    {"indicator": ["C1-05", "C1-17", "C2-15"], "share": [1.4, 0.81, 1.0], "good": [1.0, 0.0, NAN]}
)
PICTURES = {
    "small_multiples": (sections.trends.draw, many_series(), trends("C3-01"), LONGEST),
    "scorecard": (partial(sections.scorecard.draw, on=DAY, graded=True), cells()),
    "satisfaction": (sections.survey_charts.draw, satisfaction()),
    "answers": (sections.survey_charts.draw_contents, every_question()),
    "lacking": (sections.criteria.draw_lacking, sections.criteria.lacking(communes())),
    "criteria": (sections.criteria.draw_grid, communes().query("kind == 'xã'")),
    "moves": (sections.contents.draw_moves, MOVES),
    "nothing": (style.no_data,),
}


@pytest.fixture(scope="module")
def pages():
    """Every picture as `style.figure` lays it out, drawn."""
    return {name: drawn(style.figure(*asked)) for name, asked in PICTURES.items()}


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_is_cut_off_at_the_edge(name, pages):
    page = pages[name]
    width, height = page.bbox.width, page.bbox.height
    for text in visible_texts(page):
        box = text.get_window_extent()
        inside = box.x0 > -1 and box.y0 > -1 and box.x1 < width + 1 and box.y1 < height + 1
        assert inside, f"{text.get_text()!r} at {box}"


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_lies_upon_another(name, pages):
    page = pages[name]
    boxes = [(t.get_text(), t.get_window_extent()) for t in visible_texts(page)]
    for n, (one, a) in enumerate(boxes):
        for other, b in boxes[:n]:
            across = min(a.x1, b.x1) - max(a.x0, b.x0)
            down = min(a.y1, b.y1) - max(a.y0, b.y0)
            assert across < 1 or down < 1, f"{one!r} over {other!r}"


@pytest.mark.parametrize("name", PICTURES)
def test_no_text_is_too_small_for_paper(name, pages):
    assert min(t.get_fontsize() for t in visible_texts(pages[name])) >= 6.5


def test_a_picture_is_as_high_as_its_rows():
    def height(rows):
        ax = sections.survey_charts.draw(axes(), satisfaction().head(rows))
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
        ground, ink = luminance(style.SHADES(share)[:3]), luminance(style.INK)
        assert (ground + 0.05) / (ink + 0.05) > 4.5


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: sections.scorecard.draw(ax, cells().head(0), DAY, graded=True),
        lambda ax: sections.survey_charts.draw(ax, satisfaction().head(0)),
        lambda ax: sections.survey_charts.draw_contents(ax, satisfaction().head(0)),
        lambda ax: sections.criteria.draw_lacking(ax, sections.criteria.lacking(communes())[:0]),
        lambda ax: sections.trends.draw(ax, series(), trends(), []),
        lambda ax: sections.contents.draw_moves(ax, MOVES.head(0)),
    ],
)
def test_an_empty_table_is_said_in_words(draw):
    ax = axes()
    assert draw(ax) is ax
    assert words(ax) == ["Không có số liệu"]


@pytest.mark.parametrize("table", [series(values=[NAN] * 3), series().head(0)])
def test_an_indicator_without_a_number_says_so_in_its_panel(table):
    ax = sections.trends.draw(axes(), table, trends(), ["C2-16"])
    assert "Không có số liệu" in words(ax)


def test_tables_without_a_single_number_are_drawn_as_missing():
    nothing = dict.fromkeys(("points", "points_low", "points_high", "group", "shown"), NAN)
    ax = sections.scorecard.draw(axes(), cells().assign(**nothing, state="none"), DAY, graded=True)
    assert words(ax).count("–") == 12 * (1 + 13)
    blank = dict.fromkeys(("satisfied", "share", "low", "high", "share_low", "share_high"), NAN)
    unread = satisfaction().assign(**blank, verdict="unclear", rule="unclear", certainty="none")
    assert words(sections.survey_charts.draw(axes(), unread)).count("○ chưa rõ số") == 5
    assert set(words(sections.survey_charts.draw_contents(axes(), unread))) == {"○"}


def test_the_tables_are_not_changed():
    for table, draw in [
        (cells(), lambda t: sections.scorecard.draw(axes(), t, DAY, graded=True)),
        (satisfaction(), lambda t: sections.survey_charts.draw(axes(), t)),
        (every_question(), lambda t: sections.survey_charts.draw_contents(axes(), t)),
        (communes(), sections.criteria.lacking),
    ]:
        before = table.copy()
        draw(table)
        pd.testing.assert_frame_equal(table, before)


def test_words_below_that_are_wider_than_their_axes_stay_on_the_page():
    def chart(ax):
        style.name_rows(ax, ["Một tên rất dài của một chỉ tiêu nào đó, để lề trái rộng"] * 3)
        ax.set_xlabel("Một lời ghi chú dài hơn trục, mà vẫn phải đứng trọn trên trang giấy" * 2)

    page = drawn(style.figure(chart))
    box = page.axes[0].xaxis.label.get_window_extent()
    assert 0 < box.x0 < box.x1 < page.bbox.width


def test_a_picture_has_the_pixels_that_matplotlib_draws_but_for_a_palette(pages):
    page = pages["scorecard"]
    shown = Image.open(io.BytesIO(style.png(page)))
    ours, theirs = (np.asarray(i, int) for i in (shown.convert("RGB"), page.canvas.buffer_rgba()))
    apart = np.abs(ours - theirs[..., :3])
    assert apart.max() < 24
    assert apart.mean() < 2
    assert shown.info["dpi"] == pytest.approx((2 * style.DOTS,) * 2, abs=0.1)


def test_an_analyst_saves_a_figure_as_matplotlib_promises(pages):
    page = style.figure(*PICTURES["scorecard"])
    page.text(1.1, 0.5, "ngoài lề", fontsize=8)

    def width(**how):
        file = io.BytesIO()
        page.savefig(file, format="png", dpi=100, **how)
        return Image.open(file).width

    assert width() == 100 * style.PAGE_WIDTH
    assert width(bbox_inches="tight") > 1.1 * width()


ALONE = """
import hashlib, json, matplotlib as mpl, matplotlib.pyplot as plt
from matplotlib import units
def state():
    return {k: repr(v) for k, v in mpl.rcParams.items()}, mpl.get_backend(), str(units.registry)
before = state()
import test_style as t
for module in ("files", "site", "changes"):
    __import__(f"ntm_eval.reporting.{module}")
pages = {name: t.style.png(t.style.figure(*asked)) for name, asked in t.PICTURES.items()}
pages = {name: hashlib.sha256(png).hexdigest() for name, png in pages.items()}
left = [what for what, was, now in zip(("rc", "backend", "units"), before, state()) if was != now]
print(json.dumps([pages, left, plt.get_fignums()]))
"""
HOSTILE = """
backend: svg
text.usetex: True
font.family: monospace
font.size: 20
figure.dpi: 40
savefig.dpi: 40
savefig.bbox: tight
figure.autolayout: True
figure.facecolor: black
axes.facecolor: red
axes.formatter.use_locale: True
axes.prop_cycle: cycler(color=["yellow"])
axes.titley: 0.5
lines.linewidth: 9
hatch.linewidth: 9
text.hinting: force_autohint
path.sketch: 1, 100, 2
xtick.bottom: False
"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What a session with a matplotlibrc of its own draws, and what that leaves changed."""
    folder = tmp_path_factory.mktemp("rc")
    (folder / "matplotlibrc").write_text(HOSTILE)
    tests = Path(__file__).parents[1]
    path = os.pathsep.join(map(str, (tests, tests / "reporting", tests.parent)))
    done = subprocess.run(
        [sys.executable, "-c", ALONE],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
        env=os.environ | {"MATPLOTLIBRC": str(folder), "PYTHONPATH": path},
    )
    return json.loads(done.stdout)


def test_a_matplotlibrc_changes_no_picture_and_the_same_figures_are_the_same_bytes(alone, pages):
    ours = {name: sha256(style.png(page)).hexdigest() for name, page in pages.items()}
    assert alone[0] == ours


def test_importing_and_drawing_leaves_the_session_as_it_was(alone):
    _, changed, open_figures = alone
    assert (changed, open_figures) == ([], [])
