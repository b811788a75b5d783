"""The one style of all pictures: sizes, colours, letters, and what each of them needs.

Every picture reads in grey: a colour never stands without a marker, a hatch, a sign or a word.
What is missing is named in words and never drawn at zero.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import Bbox
from PIL import Image

from ntm_eval import notation
from ntm_eval.language import say
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


class _DrawnOnce(FigureCanvasAgg):
    """A canvas that lays a figure out and draws it once, when it is shown or saved.

    Else a notebook draws each picture three times: after its cell, to find how large it came out,
    and to show it. `constrained_layout` has its size and its margins right without looking.
    """

    def draw_idle(self, *_args: object, **_kwargs: object) -> None:
        """Nothing: no window waits for the picture."""

    def print_figure(self, *args: Any, bbox_inches: object = None, **kwargs: Any) -> None:
        """The picture in its own size: inline, a notebook asks for one cut to what is drawn."""
        _settle_labels(self.figure)
        layout, dots = self.figure.get_layout_engine(), self.figure.dpi
        if layout is not None:
            # with the dots that the picture will have: its letters are then measured once
            asked = kwargs.get("dpi")
            self.figure.dpi = asked if isinstance(asked, int | float) else dots
            with _measured_once(self.figure):
                layout.execute(self.figure)
            self.figure.dpi = dots
            with plt.rc_context({"figure.constrained_layout.use": False}):
                self.figure.set_layout_engine(None)  # done; it would be done again before saving
        try:
            super().print_figure(*args, bbox_inches=None, **kwargs)
        finally:
            self.figure.set_layout_engine(layout)

    def print_png(
        self,
        filename_or_obj: str | os.PathLike[str] | IO[bytes],
        *,
        pil_kwargs: dict[str, Any] | None = None,
        **_: object,
    ) -> None:
        """As matplotlib's, pixel for pixel, in half the time and half the bytes."""
        self.draw()
        image = _without_waste(np.asarray(self.buffer_rgba()))
        # as small as at Pillow's usual level, 6, in little more than half the time
        how = {"compress_level": 3, "dpi": (self.figure.dpi,) * 2, **(pil_kwargs or {})}
        image.save(filename_or_obj, format="png", **how)


@contextmanager
def _measured_once(page: Figure) -> Iterator[None]:
    """How far the words of each Axes reach beyond it, for a layout that asks twice.

    The second time the Axes has another size, and the answer differs by a few dots at most.
    """
    flexible = [ax for ax in page.axes if ax.get_aspect() == "auto"]
    for ax in flexible:
        ax.get_tightbbox = _remembering(ax)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for ax in flexible:
            del ax.get_tightbbox


def _remembering(ax: Axes) -> Callable[..., Bbox | None]:
    measure, beyond = ax.get_tightbbox, np.empty((0, 2))

    def reach(*args: Any, **kwargs: Any) -> Bbox | None:
        nonlocal beyond
        if len(beyond):
            return Bbox(ax.bbox.get_points() + beyond)
        if (box := measure(*args, **kwargs)) is not None:
            beyond = box.get_points() - ax.bbox.get_points()
        return box

    return reach


def _without_waste(pixels: np.ndarray) -> Image.Image:
    """A picture of height × width × 4 bytes, with a palette where 256 colours are all it has.

    Half of the charts have fewer, the smooth edges of their letters included.
    """
    image = Image.fromarray(pixels)
    if image.getchannel("A").getextrema() != (255, 255):
        return image
    if (found := image.getcolors(256)) is None:
        return image.convert("RGB")
    red, green, blue, _ = np.array(sorted(colour for _, colour in found), np.uint32).T
    number = np.zeros(1 << 24, np.uint8)  # by colour; few pages of these 16 MB are ever touched
    number[red | green << 8 | blue << 16] = range(len(found))
    image = Image.fromarray(number[pixels.view("<u4")[..., 0] & 0xFFFFFF])
    image.putpalette(np.stack([red, green, blue], axis=1).astype(np.uint8).tobytes())
    return image


def _settle_labels(page: Figure) -> None:
    """A place for the axis labels that are empty: matplotlib looks thrice where they would stand.

    Each look measures all the words at the ticks.
    """
    for ax in page.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)


def figure(width: float = PAGE_WIDTH, height: float = 4.0) -> Figure:
    """An empty figure in the one style of all pictures; sizes in inches."""
    plt.style.use(STYLE)
    _show_sharp()
    made = plt.figure(figsize=(width, height))
    if manager := made.canvas.manager:
        manager.canvas = _DrawnOnce(made)
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
    ax.set_yticks(range(len(labels)), labels, fontsize=size)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0)


def plain_grid(ax: Axes) -> None:
    """Heat maps need no lines, and level words."""
    ax.grid(visible=False)
    ax.tick_params(length=0, rotation=0)


def at_right(ax: Axes, y: float, text: str, color: str = INK) -> None:
    """Words on a row, in the column right of the picture."""
    ax.text(1.02, y, text, transform=ax.get_yaxis_transform(), va="center", fontsize=7.5,
            color=color)  # fmt: skip


def ticks(unit: str) -> FuncFormatter:
    """Numbers at the ticks of an axis in this unit."""

    def write(value: float, _: int | None) -> str:
        large = unit != "%" and abs(value) >= 1e6  # 'triệu' and 'tỷ' are shorter than zeros
        return notation.quantity(value, "đồng" if large else unit, with_unit=False)

    return FuncFormatter(write)


def percents() -> FuncFormatter:
    """Per cent at the ticks of an axis of shares."""
    return FuncFormatter(lambda share, _: notation.quantity(round(share * 100, 6), "%"))
