"""Results against plans -> bars. Nothing is read or saved here."""

from __future__ import annotations

import math
import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import reference
from ntm_eval.reporting import canvas, wording
from ntm_eval.reporting.canvas import BLUE, GREY, HALO, INK, ORANGE


def by_content(scores: pd.DataFrame) -> None:
    """One district's results against their plans: a picture for each content, in order."""
    indicators = scores[scores["indicator"].isin(reference.table("indicators")["id"])]
    for part, rows in indicators.groupby("part"):
        against_actual(canvas.axes(), rows).set_title(wording.score_name(part, None), loc="left")


def against_actual(ax: Axes, scores: pd.DataFrame) -> Axes:
    """One district's results as a share of their plans, by content and indicator.

    A bar ends at 150%, with an arrow and the true number; what could not be assessed or was not
    reported is a hollow mark with its reason.
    """
    rows = scores[scores["indicator"].isin(reference.table("indicators")["id"])]
    rows = rows.sort_values("indicator", ignore_index=True)
    if rows.empty:
        return canvas.no_data(ax)
    canvas.give_room(ax, len(rows), 0.27)
    names = reference.table("indicators").set_index("id")["name_vi"]
    for y, row in enumerate(rows.to_dict("records")):
        _plan_bar(ax, y, _achieved(row), row["reason"])
    labels = [textwrap.fill(f"{i} {names[i]}", 42) for i in rows["indicator"]]
    canvas.name_rows(ax, labels, size=6.5)
    for y in np.flatnonzero(rows["part"].ne(rows["part"].shift()).to_numpy())[1:]:
        ax.axhline(y - 0.5, color=GREY, linewidth=0.6)
    ax.axvline(1, color=INK, linewidth=1)
    ax.set(xlim=(0, 1.95), xticks=[0, 0.5, 1, 1.5], xlabel="Thực hiện so với kế hoạch năm")
    ax.xaxis.set_major_formatter(canvas.percents())
    return ax


def _achieved(row: dict) -> float:
    """Actual over plan for what should rise, else the ratio scored; NaN where not reported."""
    if math.isnan(row["ratio"]) or math.isnan(row["value"]):
        return math.nan
    formula = reference.table("indicators").set_index("id").loc[row["indicator"], "formula"]
    if formula == "up" and row["plan"] > 0:
        return row["value"] / row["plan"]
    return row["ratio"]


def _plan_bar(ax: Axes, y: float, achieved: float, reason: str) -> None:
    if math.isnan(achieved):
        ax.plot(0.02, y, "o", color=GREY, markerfacecolor="white", label="missing")
        words = "không có số liệu" if pd.isna(reason) else reason
        ax.text(0.07, y, textwrap.shorten(words, 62, placeholder="…"), va="center", fontsize=6.5,
                color=GREY, path_effects=HALO)  # fmt: skip
        return
    met = achieved >= 1
    ax.barh(y, min(achieved, 1.5), height=0.62, color=BLUE if met else "#fdf1d8", linewidth=0.6,
            edgecolor=BLUE if met else ORANGE, hatch="" if met else "////")  # fmt: skip
    text = wording.percent(achieved)
    end = 1 if 0.84 < achieved < 1 else min(achieved, 1.5)  # never across the line at 100%
    ax.text(end + 0.02, y, f"▶ {text}" if achieved > 1.5 else text, va="center", fontsize=7)
