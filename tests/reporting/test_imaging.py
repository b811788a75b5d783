"""A saved picture is what matplotlib draws, where matplotlib would put it."""

import io

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from pictures import drawn
from PIL import Image
from test_canvas import PICTURES

from ntm_eval.reporting import canvas


def saved(drawing) -> np.ndarray:
    file = io.BytesIO()
    drawing.get_figure(root=True).savefig(file)
    return np.asarray(Image.open(file).convert("RGB"))


@pytest.mark.parametrize(
    ("opacity", "colours", "mode"), [(1, 5, "P"), (1, 400, "RGB"), (0.5, 5, "RGBA")]
)
def test_a_saved_picture_has_the_very_pixels_that_were_drawn(opacity, colours, mode):
    page = canvas.figure(2, 2)
    page.add_subplot().imshow(np.arange(400).reshape(20, 20) % colours, alpha=opacity)
    page.patch.set_alpha(opacity)
    file = io.BytesIO()
    page.savefig(file, facecolor="auto")
    saved = Image.open(file)
    assert saved.mode == mode
    assert np.array_equal(np.asarray(saved.convert("RGBA")), np.asarray(page.canvas.buffer_rgba()))
    assert saved.info["dpi"] == pytest.approx((2 * canvas.DOTS,) * 2, abs=0.1)


@pytest.mark.parametrize(
    ("angle", "size", "text"),
    [(0, 7, "Hoàng Liên Sơn, 12,5%"), (90, 9, "Số hộ nghèo"), (30, 6.5, "✓ ○"), (0, 8, "$x^2$")],
)
def test_words_that_are_set_once_have_the_very_pixels_of_matplotlib(angle, size, text):
    page = canvas.figure(2, 2)
    page.set_layout_engine("none")
    for x, color in ((0.21, "red"), (0.333, "blue")):
        page.text(x, 0.3, text, rotation=angle, fontsize=size, color=color, fontweight="bold")
        page.text(x, 0.6, text, rotation=angle, fontsize=size, color=color, antialiased=False)
    ours, theirs = io.BytesIO(), io.BytesIO()
    page.savefig(ours)
    page.set_canvas(FigureCanvasAgg(page))
    page.savefig(theirs)
    pixels = [np.asarray(Image.open(file).convert("RGB")) for file in (ours, theirs)]
    assert np.array_equal(*pixels)
    assert len(np.unique(pixels[0])) > 3


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_measured_once_stands_within_a_hair_of_where_matplotlib_puts_it(name):
    page = drawn(PICTURES[name]())
    ours = [ax.get_position().extents for ax in page.axes]
    ConstrainedLayoutEngine().execute(page)
    theirs = [ax.get_position().extents for ax in page.axes]
    assert np.abs(np.subtract(ours, theirs)).max() < 0.01


@pytest.mark.parametrize("name", PICTURES)
def test_ticks_that_are_copies_have_the_very_pixels_of_matplotlib(name, monkeypatch):
    ours = saved(PICTURES[name]())
    monkeypatch.setattr(canvas, "Page", Figure)
    theirs = saved(PICTURES[name]())
    assert np.array_equal(ours, theirs)
    assert len(np.unique(ours)) > 3


def test_a_label_of_its_own_look_leaves_the_others_theirs():
    ax = canvas.axes()
    ax.set_xticks([0, 1, 2], ["a", "b", "c"])
    first, second, _ = ax.get_xticklabels()
    second.set_fontsize(20)
    assert first.get_fontsize() == canvas.axes().get_xticklabels()[0].get_fontsize()


def test_a_figure_is_left_as_it_was_found():
    ax = canvas.axes()
    page, layout = ax.figure, ax.figure.get_layout_engine()
    page.savefig(io.BytesIO())
    assert page.get_layout_engine() is layout
    assert page.dpi == canvas.DOTS
    assert "get_tightbbox" not in vars(ax)
