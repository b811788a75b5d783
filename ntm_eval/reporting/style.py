"""The one look of all pictures: sizes, colours, letters, and what each of them needs.

Every picture reads in grey: a colour never stands without a marker, a hatch, a sign or a word.
What is missing is named in words and never drawn at zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation
from numpy.typing import ArrayLike
from PIL import Image

from ntm_eval import notation
from ntm_eval.language import translate as _
from ntm_eval.workspace import STYLE

DOTS = 110  # an inch of a picture on a screen; drawn with twice as many, as in the style
PAGE_WIDTH = 7.2  # inches between the margins of an A4 page
PAD = 0.06  # inches around a picture
GAP = 5 / 72  # inches between the rows of an Axes and the words beside them
NO_DATA = "Không có số liệu"
# Okabe-Ito
BLUE, SKY, VERMILION = "#0072B2", "#56B4E9", "#D55E00"
INK, TICKS, GREY, PALE = "#222222", "#333333", "#6b6b6b", "#cfe3f1"
# light enough at its dark end for letters in INK (contrast 6:1, WCAG asks 4.5)
SHADES = LinearSegmentedColormap.from_list("shades", ["#f7fbfe", "#6aaede"])
HALO = [withStroke(linewidth=2, foreground="white")]


@contextmanager
def look() -> Iterator[None]:
    """matplotlib as it comes and our style upon it, whatever the session set; put back after."""
    with matplotlib.style.context(["default", STYLE]):
        yield


def figure(
    chart: Callable[..., object],
    *tables: object,
    width: float = PAGE_WIDTH,
    height: float = 3.0,
    columns: int = 0,
) -> Figure:
    """A chart of some tables as a figure of its own, sizes in inches; pyplot does not know it.

    The chart is given its Axes and the tables; where it asks for columns, the Axes of each. Rows
    that it draws change the height to theirs.
    """
    with look():
        page = Figure(figsize=(width, height))
        canvas = FigureCanvasAgg(page)
        chart(page.subplots(1, columns, squeeze=False)[0] if columns else page.subplots(), *tables)
        _fit(page, canvas)
    return page


def png(page: Figure) -> bytes:
    """A figure as PNG, drawn once, with 256 colours: a quarter of the bytes in half the time."""
    canvas, file = page.canvas, BytesIO()  # its own, which remembers how wide words are
    if not isinstance(canvas, FigureCanvasAgg):
        canvas = FigureCanvasAgg(page)
    with look():
        canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        file, "png", dpi=(page.dpi, page.dpi), compress_level=3
    )
    return file.getvalue()


def _fit(page: Figure, canvas: FigureCanvasAgg) -> None:
    """Margins as wide as the words outside each Axes need, beside each other in equal columns.

    matplotlib's own layouts measure every word two times or more; here once. What hangs on an Axes
    hangs at a distance in points, and so keeps it when the Axes takes its final size.
    """
    measured = canvas.get_renderer()
    width, height = page.get_size_inches()
    column = width / len(page.axes)
    beyond = {
        ax: np.abs(outer.get_points() - ax.bbox.get_points()) / page.dpi + PAD
        for ax in page.axes
        if ax.get_in_layout() and (outer := ax.get_tightbbox(measured))
    }
    for n, (ax, ((left, _low), (right, _high))) in enumerate(beyond.items()):
        bottom, top = np.max(list(beyond.values()), axis=0)[:, 1]
        start, wide, high = n * column + left, column - left - right, height - bottom - top
        ax.set_position((start / width, bottom / height, wide / width, high / height))
        # words below that are wider than the Axes stay on the page
        label = ax.xaxis.label
        half = label.get_window_extent(measured).width / page.dpi / 2 + PAD
        middle = np.clip(start + wide / 2, n * column + half, (n + 1) * column - half)
        label.set_x((middle - start) / wide)


def no_data(ax: Axes) -> Axes:
    """The Axes with words in place of a picture."""
    fit_height(ax, 0.5)
    ax.set(xticks=[], yticks=[], label=NO_DATA)
    ax.spines[:].set_visible(False)
    ax.text(0.5, 0.5, _(NO_DATA), transform=ax.transAxes, ha="center", va="center", color=GREY)
    return ax


def fit_height(ax: Axes, inches: float) -> None:
    """The figure as high as its picture needs, where it holds nothing but this Axes."""
    page = ax.get_figure(root=True)
    if page and page.axes == [ax]:
        page.set_figheight(inches)


def whole_page(ax: Axes, inches: float) -> None:
    """The Axes as the whole of its figure, so many inches high, where it is alone; no frame."""
    ax.axis("off")
    fit_height(ax, inches)
    page = ax.get_figure(root=True)
    if page and page.axes == [ax]:
        ax.set_position((0, 0, 1, 1))
        ax.set_in_layout(False)


def name_rows(
    ax: Axes, labels: Sequence[str], size: float = 7.5, bold: Collection[int] = ()
) -> None:
    """Rows from top to bottom with their labels: as words, for a tick is seven artists."""
    ax.set_yticks([])
    ax.set_ylim(len(labels) - 0.5, -0.5)
    for y, label in enumerate(labels):
        weight = "bold" if y in bold else "normal"
        _beside(ax, 0, y, label, ha="right", size=size, color=TICKS, weight=weight)


def at_right(ax: Axes, y: float, text: str, color: str = INK) -> None:
    """Words on a row, in the column right of the picture."""
    _beside(ax, 1, y, text, ha="left", size=7.5, color=color)


def _beside(ax: Axes, side: int, y: float, text: str, **look: Any) -> None:
    page = ax.get_figure(root=True)
    if page:
        gap = ScaledTranslation(GAP if side else -GAP, 0, page.dpi_scale_trans)
        ax.text(side, y, text, va="center", transform=ax.get_yaxis_transform() + gap, **look)


def heatmap(ax: Axes, levels: ArrayLike, first: int = 0, **shades: Any) -> None:
    """Cells about whole numbers, columns from `first` on, white lines between; NaN is no cell."""
    rows, columns = np.shape(levels)
    ax.pcolormesh(
        np.arange(columns + 1) + first - 0.5,
        np.arange(rows + 1) - 0.5,
        levels,
        edgecolors="white",
        linewidth=0.6,
        **shades,
    )
    ax.spines[:].set_visible(False)
    ax.grid(visible=False)
    ax.tick_params(length=0)


def boxes(ax: Axes, corners: ArrayLike, **how: Any) -> None:
    """Rectangles in one artist; a row of `corners` is left, right, bottom, top."""
    left, right, bottom, top = np.reshape(corners, (-1, 4)).astype(float).T
    x, y = np.stack([left, right, right, left], 1), np.stack([bottom, bottom, top, top], 1)
    ax.add_collection(PolyCollection([*np.stack([x, y], 2)], **how))


def ticks(unit: str) -> FuncFormatter:
    """Numbers at the ticks of an axis in this unit."""

    def write(value: float, _: int | None) -> str:
        large = unit != "%" and abs(value) >= 1e6  # 'triệu' and 'tỷ' are shorter than zeros
        return notation.quantity(value, "đồng" if large else unit, with_unit=False)

    return FuncFormatter(write)


def percents() -> FuncFormatter:
    """Per cent at the ticks of an axis of shares."""
    return FuncFormatter(lambda share, _: notation.quantity(round(share * 100, 6), "%"))
