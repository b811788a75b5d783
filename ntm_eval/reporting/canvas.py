"""The one style of all pictures: sizes, colours, letters, and what each of them needs.

Every picture reads in grey: a colour never stands without a marker, a hatch, a sign or a word.
What is missing is named in words and never drawn at zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from matplotlib.textpath import TextPath
from matplotlib.ticker import FuncFormatter
from numpy.typing import ArrayLike

from ntm_eval import notation
from ntm_eval.language import say
from ntm_eval.reporting.imaging import DrawnOnce, Page
from ntm_eval.workspace import STYLE

DOTS = 110  # an inch of a picture on a screen, as in the style; drawn with twice as many
PAGE_WIDTH = 7.2  # inches between the margins of an A4 page
NO_DATA = "Không có số liệu"
# Okabe-Ito
BLUE, ORANGE, SKY, VERMILION = "#0072B2", "#E69F00", "#56B4E9", "#D55E00"
INK, GREY, PALE = "#222222", "#6b6b6b", "#cfe3f1"
# light enough at its dark end for letters in INK (contrast 6:1, WCAG asks 4.5)
SHADES = LinearSegmentedColormap.from_list("shades", ["#f7fbfe", "#6aaede"])
HALO = [withStroke(linewidth=2, foreground="white")]


def figure(width: float = PAGE_WIDTH, height: float = 4.0) -> Figure:
    """An empty figure in the one style of all pictures; sizes in inches."""
    plt.style.use(["default", STYLE])  # a matplotlibrc may ask for TeX, which is not there
    _show_sharp()
    made = plt.figure(FigureClass=Page, figsize=(width, height))
    if manager := made.canvas.manager:
        manager.canvas = DrawnOnce(made)
        manager.canvas.manager = manager
    return made


def _show_sharp() -> None:
    """In a notebook, have pictures drawn with twice the dots, as the screens of today have them."""
    if "inline" not in plt.get_backend():
        return
    from IPython import get_ipython
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    if get_ipython():
        set_matplotlib_formats("retina")


def axes(width: float = PAGE_WIDTH, height: float = 3.0) -> Axes:
    """The Axes of a new figure with one picture; rows drawn on it change its height to theirs."""
    return figure(width, height).add_subplot()


def no_data(ax: Axes) -> Axes:
    """The Axes with words in place of a picture."""
    fit_height(ax, 0.5)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.text(0.5, 0.5, say(NO_DATA), transform=ax.transAxes, ha="center", va="center", color=GREY)
    return ax


def fit_height(ax: Axes, inches: float) -> None:
    """The figure as high as its picture needs, where it holds nothing but this Axes."""
    page = ax.get_figure(root=True)
    if page and page.axes == [ax]:
        page.set_figheight(inches)


def name_rows(ax: Axes, labels: Sequence[str], size: float = 7.5) -> None:
    """Rows from top to bottom with their labels."""
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0, labelsize=size)  # before there are ticks to change
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.5, -0.5)


def plain_grid(ax: Axes) -> None:
    """Heat maps need no lines, and level words."""
    ax.grid(visible=False)
    ax.tick_params(length=0, rotation=0)


def at_right(ax: Axes, y: float, text: str, color: str = INK) -> None:
    """Words on a row, in the column right of the picture."""
    ax.text(1.02, y, text, transform=ax.get_yaxis_transform(), va="center", fontsize=7.5,
            color=color)  # fmt: skip


def signs(ax: Axes, x: ArrayLike, y: ArrayLike, sign: str, color: str) -> None:
    """One sign at many places, drawn at once: as words each would be laid out by itself."""
    outline = TextPath((0, 0), sign, size=7)
    lower, upper = outline.get_extents().get_points()
    centred = Path(outline.vertices - (lower + upper) / 2, outline.codes)
    # matplotlib makes the longer half of a marker half as long as its size
    ax.plot(x, y, linestyle="none", marker=centred, markersize=2 * np.abs(centred.vertices).max(),
            color=color, markeredgewidth=0, label=sign, in_layout=False)  # fmt: skip


def ticks(unit: str) -> FuncFormatter:
    """Numbers at the ticks of an axis in this unit."""

    def write(value: float, _: int | None) -> str:
        large = unit != "%" and abs(value) >= 1e6  # 'triệu' and 'tỷ' are shorter than zeros
        return notation.quantity(value, "đồng" if large else unit, with_unit=False)

    return FuncFormatter(write)


def percents() -> FuncFormatter:
    """Per cent at the ticks of an axis of shares."""
    return FuncFormatter(lambda share, _: notation.quantity(round(share * 100, 6), "%"))
