"""What lies ahead -> the Axes: the year's end, goals of later years, and how far to trust them."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ntm_eval import notation, reference
from ntm_eval.analysis.outlook import warnings
from ntm_eval.language import say
from ntm_eval.reporting import outlook_words, style
from ntm_eval.reporting.style import BLUE, GREY, INK, SKY, VERMILION

WANTED = 0.8
TOLERATED = (0.75, 0.85)
STEPS = np.linspace(0, 1, 6)  # the classes of probability
MOST = 1.6  # of the plan; what lies beyond ends at the edge


def outlook(ax: Axes, of_district: pd.DataFrame, most: int = 20) -> Axes:
    """Plans more likely missed than met: half-year, expected year and 80 % interval over the plan.

    Those that can most easily still be met are on top.
    """
    rows = warnings(of_district, reference.table("indicators"))
    rows = rows[rows["plan"] > 0].head(most)
    if rows.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.26 * len(rows) + 0.9)
    shares = rows[["low", "expected", "high", "so_far"]].div(rows["plan"], axis=0).clip(upper=MOST)
    places = np.arange(len(rows))
    ax.hlines(places, shares["low"], shares["high"], color=SKY, linewidth=5, label="interval")
    ax.plot(shares["expected"], places, "|", color=INK, ms=10, mew=1.8, label="expected")
    ax.plot(shares["so_far"], places, "o", color=GREY, markerfacecolor="white", ms=4,
            label="so far")  # fmt: skip
    for y, row in enumerate(rows.to_dict("records")):
        push = "" if math.isnan(row["push"]) else f" · ×{notation.number(row['push'], 2)}"
        style.at_right(ax, y, outlook_words.likely(row["probability"]) + push)
    names = [f"{i} {reference.indicator_name(i)}" for i in rows["indicator"]]
    style.name_rows(ax, [textwrap.shorten(n, 48, placeholder="…") for n in names], size=6.5)
    ax.axvline(1, color=INK, linewidth=1)
    ax.set_xlim(0, None)
    ax.xaxis.set_major_formatter(style.percents())
    signs = say("So với kế hoạch năm: ○ 6 tháng   | dự kiến cả năm, thanh: khoảng 80%;")
    right = say("bên phải: khả năng đạt; × sáu tháng cuối cần gấp mấy lần thường lệ")
    ax.set_xlabel(f"{signs}\n{right}")
    return ax


def reliability(ax: Axes, tried: pd.DataFrame) -> Axes:
    """Forecast probabilities of meeting the plan against how often it was met, in past years."""
    met = _met(tried)
    known = tried[met.notna()]
    if known.empty:
        return style.no_data(ax)
    step = pd.cut(known["probability"], STEPS, include_lowest=True, labels=False)
    groups = pd.DataFrame({"said": known["probability"], "came": met[known.index], "step": step})
    means = groups.groupby("step")[["said", "came"]].mean()
    counts = groups.groupby("step").size()
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle="--")
    margin = 1.96 * np.sqrt(means["came"] * (1 - means["came"]) / counts)
    ax.errorbar(means["said"], means["came"], yerr=margin, fmt="o", color=BLUE, ecolor=INK,
                elinewidth=0.8, capsize=2)  # fmt: skip
    for (said, came), count in zip(means.to_numpy(), counts, strict=True):
        ax.annotate(f"{count}", (said, came), xytext=(6, -8), textcoords="offset points",
                    fontsize=6.5)  # fmt: skip
    ax.set(xlim=(-0.03, 1.06), ylim=(-0.03, 1.06), aspect="equal")
    ax.xaxis.set_major_formatter(style.percents())
    ax.yaxis.set_major_formatter(style.percents())
    ax.set_title(say("Khả năng dự kiến và thực tế"))
    ax.set_xlabel(
        say("Khả năng đạt kế hoạch đã dự kiến") + "\n" + say("(số cạnh chấm: số trường hợp)")
    )
    ax.set_ylabel(say("Tỷ lệ đạt thật"))
    return ax


def coverage(ax: Axes, tried: pd.DataFrame) -> Axes:
    """How often the 80 % intervals held what happened, by past year, with the tolerated band."""
    if tried.empty:
        return style.no_data(ax)
    shares = outlook_words.hit(tried).groupby(tried["year"]).mean()
    ax.axvspan(*TOLERATED, color=SKY, alpha=0.35, linewidth=0)
    ax.axvline(WANTED, color=INK, linewidth=1)
    for y, share in enumerate(shares):
        good = TOLERATED[0] <= share <= TOLERATED[1]
        ax.plot(share, y, "o" if good else "s", color=BLUE if good else VERMILION, label="year")
        style.at_right(ax, y, f"{'✓' if good else '!'} {notation.percent(share)}")
    style.name_rows(ax, [f"{year}" for year in shares.index])
    ax.set_xlim(min(0.5, shares.min() - 0.05), 1.0)
    ax.xaxis.set_major_formatter(style.percents())
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.set_title(say("Khoảng 80% chứa số thật"))
    ax.set_xlabel(say("Tỷ lệ trường hợp chứa số thật;") + "\n" + say("vạch: 80%, dải mờ: 75–85%"))
    return ax


def calibration(both: Sequence[Axes], tried: pd.DataFrame) -> None:
    """Both pictures of the forecasts of past years, side by side."""
    reliability(both[0], tried)
    coverage(both[1], tried)


def ahead(ax: Axes, yearly: pd.Series, target: dict) -> Axes:
    """A figure by year, and where it goes by the goal's year: median, 80 % interval, the goal."""
    known = yearly.dropna().sort_index()
    if known.empty:
        return style.no_data(ax)
    ax.plot(known.index, known, "o-", color=INK, linewidth=0.9, label="yearly")
    last, now = known.index[-1], known.iloc[-1]
    if not math.isnan(target["expected"]):
        years = np.linspace(last, target["by"], 20)
        gone = np.sqrt((years - last) / (target["by"] - last))  # a walk's spread grows so
        middle = np.linspace(now, target["expected"], 20)
        for edge in ("low", "high"):
            margin = (target[edge] - target["expected"]) * gone
            ax.fill_between(years, middle, middle + margin, color=SKY, alpha=0.35, lw=0)
        ax.plot(years, middle, "--", color=BLUE, linewidth=1.6, label="ahead")
        words = say("khả năng đạt đích {likely}",
                    likely=outlook_words.likely(target["probability"]))  # fmt: skip
        ax.annotate(f"{notation.number(target['expected'])}\n{words}",
                    (target["by"], target["expected"]), xytext=(4, 0), va="center",
                    textcoords="offset points", fontsize=7, annotation_clip=False)  # fmt: skip
    ax.axhline(target["goal"], color=VERMILION, linewidth=1, linestyle=":")
    ax.annotate(f"{notation.number(now)}", (last, now), xytext=(0, 5), ha="center", fontsize=7,
                textcoords="offset points", fontweight="bold")  # fmt: skip
    ax.set_xlim(known.index[0] - 0.4, target["by"] + 0.2)
    ax.grid(axis="x", visible=False)
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    ax.yaxis.set_major_formatter(style.ticks(""))
    ax.set_title(reference.indicator_name(target["indicator"]))
    ax.set_xlabel(say("Nét liền: đã có; nét đứt và dải mờ: dự kiến và khoảng 80%; chấm đỏ: đích"))
    return ax


def _met(tried: pd.DataFrame) -> pd.Series:
    """1 where a past year met its plan, 0 where not, NaN where there is no probability."""
    better = tried["indicator"].map(lambda i: reference.indicator(i)["better"])
    reached = np.where(better == "down", tried["actual"] <= tried["plan"],
                       tried["actual"] >= tried["plan"])  # fmt: skip
    return pd.Series(reached.astype(float), tried.index).where(tried["probability"].notna())
