"""A table and an Axes -> the Axes: dots and lines. Nothing is read or saved here."""

from __future__ import annotations

import math
import textwrap
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ntm_eval import notation, reference
from ntm_eval.analysis.series import measured
from ntm_eval.language import say
from ntm_eval.reporting import canvas, wording
from ntm_eval.reporting.canvas import BLUE, GREY, HALO, INK, SKY, VERMILION

DIRECTIONS = {
    "up": "▲ tăng", "down": "▼ giảm", "none": "● chưa rõ", "too_few": "○ chưa đủ năm",
}  # fmt: skip


def small_multiples(series: pd.DataFrame, trends: pd.DataFrame, indicators: list[str]) -> Figure:
    """A panel for each indicator of one district, three in a row."""
    rows = max(1, math.ceil(len(indicators) / 3))
    page = canvas.figure(height=2.05 * rows + 0.3)
    if not indicators:
        canvas.no_data(page.add_subplot())
        return page
    places = page.add_gridspec(rows, 3)
    for place, indicator in enumerate(indicators):
        trend(page.add_subplot(places[place]), series, trends, indicator)
    page.supxlabel(
        say(
            "Chấm, nét mảnh: số từng năm; nét đậm: xu hướng Theil–Sen; dải mờ: khoảng tin cậy 95%."
        ),
        fontsize=7, color=GREY,
    )  # fmt: skip
    return page


def most_telling(trends: pd.DataFrame, most: int = 9) -> list[str]:
    """The indicators worth a panel: what gets worse, then better, then the least likely chance.

    A clear trend that is neither, as of the population, comes after those.
    """
    urgency = trends["good"].map({"worse": 0, "better": 1}).fillna(2)
    rows = trends.assign(urgency=urgency).dropna(subset="p_value")
    return rows.sort_values(["urgency", "p_value", "indicator"])["indicator"].head(most).tolist()


def trend(ax: Axes, series: pd.DataFrame, trends: pd.DataFrame, indicator: str) -> Axes:
    """The yearly figures of an indicator of one district, with its trend where there is one."""
    name, unit, scale = _measure(indicator)
    rows = series[series["indicator"] == indicator]
    points = pd.Series(measured(rows).to_numpy(float) * scale, rows["year"].astype(int))
    points = points.sort_index()
    in_unit = "" if unit == "%" else f" ({say(unit)})"
    ax.set_title(textwrap.fill(name + in_unit, 25), fontsize=7)
    if points.notna().sum() == 0:
        return canvas.no_data(ax)
    points = points.reindex(range(points.index.min(), points.index.max() + 1))
    _yearly(ax, points, _break(indicator, points.index))
    found = trends[trends["indicator"] == indicator].to_dict("records")
    direction = found[0]["direction"] if found else "too_few"
    if direction != "too_few":
        _trend_line(ax, points, found[0], scale)
    words = [say(DIRECTIONS[direction])]
    if direction in ("up", "down") and found[0]["good"] != "unclear":
        words.append(say(wording.GOOD[found[0]["good"]]))
    ax.set_xlabel(" · ".join(words), loc="left", fontweight="bold")
    ax.margins(y=0.28)
    ax.set_xlim(points.index.min() - 0.5, points.index.max() + 0.5)
    ax.grid(axis="x", visible=False)
    ax.tick_params(labelsize=6.5)
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(canvas.ticks(unit))
    _label_last(ax, points.dropna(), unit)
    return ax


def ranking(ax: Axes, ranking: pd.DataFrame, day: date) -> Axes:
    """The districts by rank, each with its points and their band; grades as in force on `day`."""
    if ranking.empty:
        return canvas.no_data(ax)
    canvas.fit_height(ax, 0.28 * len(ranking) + 0.8)
    rows = ranking.sort_values(["rank", "district_code"], na_position="last", ignore_index=True)
    for y, row in enumerate(rows.to_dict("records")):
        if math.isnan(row["points"]):
            canvas.at_right(ax, y, say("○ chưa đủ căn cứ"), GREY)
            continue
        ax.plot([row["points_low"], row["points_high"]], [y, y], color=SKY, lw=5,
                solid_capstyle="butt")  # fmt: skip
        # not a dot: most bands are narrower
        ax.plot(row["points"], y, "|", color=INK, ms=10, mew=1.8, label="points")
        points = say("{points} điểm", points=notation.number(row["points"], 1))
        canvas.at_right(ax, y, f"{points} · {wording.rank(row)}")
    for grade in reference.at(reference.table("grades"), day).to_dict("records"):
        if grade["at_least"] > 0:
            ax.axvline(grade["at_least"], color=GREY, linewidth=0.7, linestyle=":")
            ax.text(grade["at_least"] + 0.4, 1.0, say(grade["grade"]), fontsize=7, color=GREY,
                    va="bottom", transform=ax.get_xaxis_transform())  # fmt: skip
    canvas.name_rows(ax, rows["district_code"].map(notation.district_name))
    lowest = rows[["points", "points_low"]].min(axis=None)
    ax.set_xlim(45 if math.isnan(lowest) else min(45, math.floor(lowest / 5) * 5 - 2), 103)
    ax.set_xlabel(say("Vạch đứng: điểm; thanh: khoảng điểm khi đổi trọng số và cách xử lý ô trống"))
    return ax


def timeliness(ax: Axes, register: pd.DataFrame) -> Axes:
    """When each district's report came, in days from the last day that is still on time.

    `due` is the day before which a report must come: one received on it is a day late.
    """
    if register.empty:
        return canvas.no_data(ax)
    canvas.fit_height(ax, 0.26 * len(register) + 0.7)
    for y, row in enumerate(register.to_dict("records")):
        if pd.isna(row["received"]):
            sign = "○" if row["status"] == "missing" else "?"
            canvas.at_right(ax, y, f"{sign} {say(wording.STATUS[row['status']])}", GREY)
            continue
        days = (row["received"] - row["due"]).days + 1
        late = days > 0
        ax.plot([0, days], [y, y], color=VERMILION if late else BLUE, lw=2.2 if late else 1.2)
        ax.plot(days, y, "s" if late else "o", color=VERMILION if late else BLUE, label="days")
        ax.margins(x=0.1)
        canvas.at_right(ax, y, _days_words(days))
    canvas.name_rows(ax, register["district_code"].map(notation.district_name))
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda days, _: notation.number(days)))
    due = register["due"].dropna().unique()
    before = say("hạn gửi trước ngày {due}", due=notation.day(due[0])) if len(due) == 1 else ""
    label = say("Số ngày so với ngày cuối còn đúng hạn")
    ax.set_xlabel(f"{label} ({before})" if before else label)
    return ax


def _measure(indicator: str) -> tuple[str, str, float]:
    """The name and unit in which an indicator is followed, and the factor to that unit."""
    row = reference.indicator(indicator)
    if pd.isna(row["denominator"]):
        return reference.indicator_name(indicator), row["unit"], 1.0
    return say(row["rate_vi"]), row["rate_unit"], 100.0 if row["rate_unit"] == "%" else 1.0


def _break(indicator: str, years: pd.Index) -> float:
    """The first year of the new standard where it falls among `years`, else NaN."""
    year = reference.indicator(indicator)["break_before"]
    return year if years.min() < year <= years.max() else math.nan


def _yearly(ax: Axes, points: pd.Series, break_year: float) -> None:
    """Dots joined where years follow each other under one standard; missing years named."""
    for part in (points[points.index < break_year], points[~(points.index < break_year)]):
        ax.plot(part.index, part, "o-", color=INK, linewidth=0.7, label="yearly")
    for year in points.index[points.isna()]:
        ax.text(year, 0.03, say("thiếu"), rotation=90, ha="center", va="bottom", fontsize=6.5,
                color=GREY, transform=ax.get_xaxis_transform())  # fmt: skip
    if not math.isnan(break_year):
        ax.axvline(break_year - 0.5, color=GREY, linewidth=0.8, linestyle="--")
        low = points.dropna().iloc[-1] < (points.min() + points.max()) / 2  # the words go opposite
        ax.text(break_year - 0.5, 0.97 if low else 0.03, say("đổi chuẩn"), rotation=90,
                fontsize=6.5, ha="center", va="top" if low else "bottom", color=GREY,
                path_effects=HALO, transform=ax.get_xaxis_transform())  # fmt: skip


def _trend_line(ax: Axes, points: pd.Series, found: dict, scale: float) -> None:
    """The Theil–Sen line through the median point, and the slopes of its interval about it."""
    used = points.loc[found["first_year"] : found["last_year"]].dropna()
    if used.empty or math.isnan(found["slope"]):
        return
    middle = np.median(used.index)
    years = np.array([used.index.min(), middle, used.index.max()])

    def line(slope: float) -> np.ndarray:
        return used.median() + slope * scale * (years - middle)

    ax.fill_between(years, line(found["low"]), line(found["high"]), color=SKY, alpha=0.35, lw=0)
    ax.plot(years, line(found["slope"]), color=BLUE, linewidth=1.8, label="trend")


def _label_last(ax: Axes, known: pd.Series, unit: str) -> None:
    """The last value beside its dot, on the side that the line does not come from."""
    falling = len(known) > 1 and known.iloc[-1] < known.iloc[-2]
    value = known.iloc[-1]
    ax.annotate(
        notation.quantity(round(value) if abs(value) >= 100 else value, unit, with_unit=False),
        (known.index[-1], value),
        xytext=(4, -5 if falling else 5), textcoords="offset points", ha="right",
        va="top" if falling else "bottom", fontsize=7, fontweight="bold", path_effects=HALO,
    )  # fmt: skip


def _days_words(days: float) -> str:
    if days == 0:
        return say("✓ đúng hạn")
    message = "✗ muộn {days} ngày" if days > 0 else "✓ sớm {days} ngày"
    return say(message, days=f"{abs(days):.0f}")
