"""A figure -> its picture as a file, laid out, drawn and packed once each.

Pictures are a third of the work of a review; what is here leaves out what matplotlib does twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import lru_cache, partial
from math import cos, radians, sin
from typing import IO, Any, Literal, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image


class Page(Figure):
    """A figure on which the ticks of an axis are copies of its first.

    matplotlib makes each of them anew, with its three lines and two labels: a tenth of a review.
    """

    def add_subplot(self, *args: Any, **kwargs: Any) -> Axes:
        ax = super().add_subplot(*args, **kwargs)
        for axis in (ax.xaxis, ax.yaxis):
            axis._get_tick = partial(_alike, axis)
            axis._copy_tick_props = _nothing
            axis.minorTicks = []  # else it keeps one, though there are none to show
        return ax


def _alike(axis: Axis, major: bool) -> Tick:
    made = axis.__dict__.get("majorTicks")
    if not (major and made):
        return type(axis)._get_tick(axis, major)  # type: ignore[attr-defined]
    tick = copy(made[0])
    for part in ("tick1line", "tick2line", "gridline", "label1", "label2"):
        setattr(tick, part, copy(getattr(made[0], part)))
    for label in (tick.label1, tick.label2):
        label.set_fontproperties(label.get_fontproperties())  # its own, which is a copy too
    return tick


def _nothing(*_: object) -> None:
    """The props of a tick, which is a copy already."""


class DrawnOnce(FigureCanvasAgg):
    """A canvas that lays a figure out and draws it once, when it is shown or saved.

    Else a notebook draws each picture three times: after its cell, to find how large it came out,
    and to show it. `constrained_layout` has its size and its margins right without looking.
    """

    def get_renderer(self) -> RendererAgg:
        key = (*self.figure.bbox.size, self.figure.dpi)
        if key != self._lastKey:
            self.renderer, self._lastKey = _Renderer(*key), key
        return self.renderer

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
        """As matplotlib's, pixel for pixel, in half the time and half the bytes; no metadata."""
        self.draw()
        image = _without_waste(np.asarray(self.buffer_rgba()))
        # as small as at Pillow's usual level, 6, in little more than half the time
        how = {"compress_level": 3, "dpi": (self.figure.dpi,) * 2, **(pil_kwargs or {})}
        image.save(filename_or_obj, format="png", **how)


class _Renderer(RendererAgg):
    """Sets the same words once: matplotlib does to measure them, and again to draw them.

    That is half of what words cost, and many stand in more than one picture of a page.
    """

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | Literal["TeX"]
    ) -> tuple[float, float, float]:
        if ismath:
            return super().get_text_width_height_descent(s, prop, ismath)
        words = _set(s, prop.copy(), self.dpi, get_hinting_flag())
        return words.width, words.height, words.descent

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: bool | Literal["TeX"] = False,
        mtext: Text | None = None,
    ) -> None:
        if ismath or not gc.get_antialiased():
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)
            return
        words = _set(s, prop.copy(), self.dpi, get_hinting_flag())
        left = round(x + words.right + words.descent * sin(radians(angle)))
        base = round(y + words.down + words.descent * cos(radians(angle)))
        self._renderer.draw_text_image(words.bitmap, left, base + 1, angle, gc)


class _Words(NamedTuple):
    """A text as it is drawn, in dots: its size, and its bitmap with where that stands."""

    width: float
    height: float
    descent: float
    right: float
    down: float
    bitmap: np.ndarray


@lru_cache(1024)
def _set(text: str, face: FontProperties, dots: float, hinting: LoadFlags) -> _Words:
    font = get_font(fontManager._find_fonts_by_props(face))  # type: ignore[attr-defined]
    font.clear()
    font.set_size(face.get_size_in_points(), dots)
    font.set_text(text, 0, flags=hinting)
    sizes = *font.get_width_height(), font.get_descent()
    font.draw_glyphs_to_bitmap(antialiased=True)
    # FreeType counts in 64ths
    width, height, descent, right, down = (n / 64 for n in (*sizes, *font.get_bitmap_offset()))
    return _Words(width, height, descent, right, down, np.array(font.get_image()))


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
