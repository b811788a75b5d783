"""Small pictures of yearly figures beside each other, all in one Axes.

An Axes for each would have its own ticks, spines and grid: most of what nine of them cost. Here the
unit of the one Axes is an inch of the page, counted from its upper left corner; a panel turns its
years and values into inches; lines of one look are one artist.
"""

from __future__ import annotations

import math
import textwrap
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from ntm_eval.language import translate as _
from ntm_eval.reporting import style
from ntm_eval.reporting.style import GREY, HALO, INK, PAGE_WIDTH, SKY, TICKS, VERMILION

COLUMNS = 3
HEIGHT = 1.25  # inches of the picture of a panel
LEFT, RIGHT, BOTTOM = 0.5, 0.12, 0.44  # and about it
LETTERS, LINE = 27, 0.117  # in a line of a title, and its inches
NOTE = 0.3  # inches below all panels


class Panels:
    """The panels of one Axes; `finish` draws what they share."""

    def __init__(self, ax: Axes, titles: Sequence[str], columns: int = COLUMNS) -> None:
        self.ax, self.count, self.columns = ax, 0, columns
        self.titles = [textwrap.fill(title, LETTERS * COLUMNS // columns) for title in titles]
        self.top = 0.12 + LINE * max(1 + title.count("\n") for title in self.titles)
        self.row = self.top + HEIGHT + BOTTOM
        self.height = self.row * math.ceil(len(titles) / columns) + NOTE
        style.whole_page(ax, self.height)
        ax.set(xlim=(0, PAGE_WIDTH), ylim=(self.height, 0))
        self.lines: dict[tuple[str, str, float, str], list[np.ndarray]] = defaultdict(list)
        self.dots: list[np.ndarray] = []
        self.goals: list[np.ndarray] = []
        self.bands: list[np.ndarray] = []

    def add(self) -> Panel:
        """The next panel, with its title above."""
        row, column = divmod(self.count, self.columns)
        left, top = column * PAGE_WIDTH / self.columns + LEFT, row * self.row + self.top
        self.ax.text(
            left, top - 0.06, self.titles[self.count], fontsize=7, fontweight="bold", va="bottom"
        )
        self.count += 1
        return Panel(self, left, top)

    def finish(self, note: str) -> Axes:
        """Everything that the panels hold, one artist for each look, and a note below."""
        self.ax.add_collection(PolyCollection(self.bands, color=SKY, alpha=0.35, linewidth=0))
        for (label, color, width, dashes), segments in self.lines.items():
            self.ax.add_collection(
                LineCollection(
                    segments, colors=color, linewidths=width, linestyles=dashes, label=label
                )
            )
        if self.dots:
            x, y = np.concatenate(self.dots).T
            self.ax.plot(x, y, "o", color=INK, label="yearly")
        if self.goals:
            x, y = np.concatenate(self.goals).T
            (goals,) = self.ax.plot(x, y, "D", color=VERMILION, markersize=6, label="goal")
            goals.set_markerfacecolor("white")
        self.ax.text(
            PAGE_WIDTH / 2,
            self.height - 0.14,
            note,
            fontsize=7,
            color=GREY,
            ha="center",
            va="center",
        )
        return self.ax


class Panel:
    """One panel: its scales are set once, by everything that it is to show."""

    def __init__(self, panels: Panels, left: float, top: float) -> None:
        self.panels, self.left, self.top = panels, left, top
        self.right = left + PAGE_WIDTH / panels.columns - LEFT - RIGHT
        self.bottom = top + HEIGHT

    def scales(
        self, years: ArrayLike, low: float, high: float, write: Callable[[float], str]
    ) -> None:
        """Axes about these years and values: lines across at round values, some years named."""
        self.years = float(np.min(years)) - 0.5, float(np.max(years)) + 0.5
        room = 0 if high > low else 0.05 * abs(low) or 1
        self.values = low - room, high + room
        for value in MaxNLocator(4, steps=[1, 2, 5, 10], min_n_ticks=3).tick_values(*self.values):
            if self.values[0] <= value <= self.values[1]:
                ((_, y),) = self.at(self.years[:1], [value])
                self._line([(self.left, y), (self.right, y)], "grid", "#e4e4e4", 0.6)
                self._line([(self.left - 0.035, y), (self.left, y)], "tick", "#999999", 0.6)
                self._say(self.left - 0.06, y, write(value), ha="right", va="center", color=TICKS)
        for year in MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]).tick_values(*self.years):
            if self.years[0] < year < self.years[1]:
                ((x, _),) = self.at([year], self.values[:1])
                self._line([(x, self.bottom), (x, self.bottom + 0.035)], "tick", "#999999", 0.6)
                self._say(x, self.bottom + 0.06, f"{year:.0f}", ha="center", va="top", color=TICKS)
        corners = [(self.left, self.top), (self.left, self.bottom), (self.right, self.bottom)]
        self._line(corners, "frame", "#999999", 0.6)

    def at(self, years: ArrayLike, values: ArrayLike) -> np.ndarray:
        """Years and values as places in the Axes, a row each."""
        x = np.interp(np.asarray(years, float), self.years, (self.left, self.right))
        y = np.interp(np.asarray(values, float), self.values, (self.bottom, self.top))
        return np.column_stack([x, y])

    def yearly(self, years: ArrayLike, values: ArrayLike) -> None:
        """Dots joined by a thin line; what is not known is a gap."""
        places = self.at(years, values)
        self._line(places, "yearly", INK, 0.7)
        self.panels.dots.append(places)

    def goal(self, year: float, value: float) -> None:
        """A mark at what is to be reached."""
        self.panels.goals.append(self.at([year], [value]))

    def line(
        self,
        years: ArrayLike,
        values: ArrayLike,
        label: str,
        color: str,
        width: float,
        dashes: str = "solid",
    ) -> None:
        """A line of its own look."""
        self._line(self.at(years, values), label, color, width, dashes)

    def band(self, years: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
        """A pale band between two lines."""
        self.panels.bands.append(np.concatenate([self.at(years, low), self.at(years, high)[::-1]]))

    def upright(self, year: float, text: str, above: bool = False) -> None:
        """Words that stand on a year, at the foot or below the top of the panel."""
        ((x, _),) = self.at([year], self.values[:1])
        y = self.top + 0.04 if above else self.bottom - 0.04
        self._say(
            x,
            y,
            text,
            rotation=90,
            ha="center",
            va="top" if above else "bottom",
            color=GREY,
            path_effects=HALO,
        )

    def name(
        self, year: float, value: float, text: str, below: bool = False, ha: str = "right"
    ) -> None:
        """A value above or below its dot, in line with it at one side."""
        ((x, y),) = self.at([year], [value])
        aside, away = (0.06 if ha == "right" else -0.06), (0.07 if below else -0.07)
        self.panels.ax.text(
            x + aside,
            y + away,
            text,
            fontsize=7,
            fontweight="bold",
            ha=ha,
            va="top" if below else "bottom",
            path_effects=HALO,
        )

    def below(self, text: str, **how: Any) -> None:
        """Words below the years."""
        self.panels.ax.text(self.left, self.bottom + 0.2, text, va="top", **how)

    def nothing(self) -> None:
        """Words in place of a picture."""
        x, y = (self.left + self.right) / 2, (self.top + self.bottom) / 2
        self._say(x, y, _(style.NO_DATA), ha="center", va="center", color=GREY)

    def _line(
        self, places: Any, label: str, color: str, width: float, dashes: str = "solid"
    ) -> None:
        self.panels.lines[label, color, width, dashes].append(np.asarray(places, float))

    def _say(self, x: float, y: float, text: str, **how: Any) -> None:
        self.panels.ax.text(x, y, text, fontsize=6.5, **how)
