"""Results against plans -> bars. Nothing is read or saved here."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import notation, reference
from ntm_eval.language import say
from ntm_eval.reporting import style
from ntm_eval.reporting.style import BLUE, GREY, HALO, INK, ORANGE

MOST = 1.5  # where a bar ends


def against_actual(ax: Axes, scores: pd.DataFrame) -> Axes:
    """One district's results as a share of their plans, by content and indicator.

    A bar ends at 150%, with an arrow and the true number; what could not be assessed or was not
    reported is a hollow mark with its reason.
    """
    rows = scores[scores["indicator"].isin(reference.table("indicators")["id"])]
    rows = rows.sort_values("indicator", ignore_index=True)
    if rows.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.25 * len(rows) + 0.9)
    achieved = [_achieved(row) for row in rows.to_dict("records")]
    _bars(ax, np.array(achieved))
    _words(ax, achieved, rows["reason"])
    style.name_rows(ax, [_label(i) for i in rows["indicator"]], size=6.5)
    for y in np.flatnonzero(rows["part"].ne(rows["part"].shift()).to_numpy())[1:]:
        ax.axhline(y - 0.5, color=GREY, linewidth=0.6)
    ax.axvline(1, color=INK, linewidth=1)
    longest = pd.Series(achieved).max()
    ax.set_xlim(0, MOST if longest > 1.1 else 1.1)
    ax.set_xticks([0, 0.5, 1, *([MOST] if longest > 1.1 else [])])
    ax.set_xlabel(say("Thực hiện so với kế hoạch năm; gạch chéo: dưới 100%"))
    ax.xaxis.set_major_formatter(style.percents())
    return ax


def _label(indicator: str) -> str:
    """The name of an indicator; what has no plan is measured against all there were to settle."""
    name = notation.score_name("", indicator)
    if reference.indicator(indicator)["formula"] == "settled":
        name = say("{name} (so với tổng số)", name=name)
    return textwrap.fill(name, 46)


def _achieved(row: dict) -> float:
    """Actual over plan for what should rise, else the ratio scored; NaN where not reported."""
    if math.isnan(row["ratio"]) or math.isnan(row["value"]):
        return math.nan
    formula = reference.indicator(row["indicator"])["formula"]
    if formula == "up" and row["plan"] > 0:
        return row["value"] / row["plan"]
    return row["ratio"]


def _bars(ax: Axes, achieved: np.ndarray) -> None:
    """A bar for each share up to its end, hatched where it falls short; hollow where unknown."""
    for label, rows, fill, edge, hatch in (
        ("met", achieved >= 1, BLUE, BLUE, ""),
        ("short", achieved < 1, "#fdf1d8", ORANGE, "////"),
    ):
        ends = [(0, min(achieved[y], MOST), y - 0.31, y + 0.31) for y in np.flatnonzero(rows)]
        style.boxes(ax, ends, label=label, facecolor=fill, edgecolor=edge, hatch=hatch, lw=0.6)
    unknown = np.flatnonzero(np.isnan(achieved))
    ax.plot([0.02] * len(unknown), unknown, "o", color=GREY, markerfacecolor="white",
            label="missing")  # fmt: skip


def _words(ax: Axes, achieved: Sequence[float], reasons: Iterable[str]) -> None:
    for y, (share, reason) in enumerate(zip(achieved, reasons, strict=True)):
        if math.isnan(share):
            words = say("không có số liệu") if pd.isna(reason) else reason
            words = textwrap.shorten(words, 62, placeholder="…")
            ax.text(0.07, y, words, va="center", fontsize=6.5, color=GREY, path_effects=HALO)
        else:
            arrow = "▶ " if share > MOST else ""
            style.at_right(ax, y, arrow + notation.percent_beside(share, 1))
