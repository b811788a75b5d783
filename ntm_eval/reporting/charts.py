"""A table and an Axes -> the Axes: dots and lines. Nothing is read or saved here."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ntm_eval import notation, reference
from ntm_eval.analysis.series import measured
from ntm_eval.language import say
from ntm_eval.reporting import style, wording
from ntm_eval.reporting.panels import Panel, Panels
from ntm_eval.reporting.style import BLUE, GREY, INK, SKY, TICKS, VERMILION

DIRECTIONS = {
    "up": "▲ tăng", "down": "▼ giảm", "none": "● chưa rõ", "too_few": "○ chưa đủ năm",
}  # fmt: skip


def small_multiples(
    ax: Axes, series: pd.DataFrame, trends: pd.DataFrame, indicators: list[str]
) -> Axes:
    """A panel for each indicator of one district: its yearly figures, its trend if there is one."""
    if not indicators:
        return style.no_data(ax)
    panels = Panels(ax, [_title(indicator) for indicator in indicators])
    for indicator in indicators:
        _trend(panels, series, trends, indicator)
    return panels.finish(
        say("Chấm, nét mảnh: số từng năm; nét đậm: xu hướng Theil–Sen; dải mờ: khoảng tin cậy 95%.")
    )


def most_telling(trends: pd.DataFrame, most: int = 9) -> list[str]:
    """The indicators worth a panel: what gets worse, then better, then the least likely chance.

    A clear trend that is neither, as of the population, comes after those.
    """
    urgency = trends["good"].map({"worse": 0, "better": 1}).fillna(2)
    rows = trends.assign(urgency=urgency).dropna(subset="p_value")
    return rows.sort_values(["urgency", "p_value", "indicator"])["indicator"].head(most).tolist()


def ranking(ax: Axes, ranking: pd.DataFrame, day: date) -> Axes:
    """The districts by rank, each with its points and their band; grades as in force on `day`."""
    if ranking.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.28 * len(ranking) + 0.8)
    rows = ranking.sort_values(["rank", "district_code"], na_position="last", ignore_index=True)
    ax.hlines(rows.index, rows["points_low"], rows["points_high"], color=SKY, linewidth=5)
    # not dots: most bands are narrower
    ax.plot(rows["points"], rows.index, "|", color=INK, ms=10, mew=1.8, label="points")
    for y, row in enumerate(rows.to_dict("records")):
        if math.isnan(row["points"]):
            style.at_right(ax, y, say("○ chưa đủ căn cứ"), GREY)
            continue
        points = say("{points} điểm", points=notation.number(row["points"], 1))
        style.at_right(ax, y, f"{points} · {wording.rank(row)}")
    for grade in reference.at(reference.table("grades"), day).to_dict("records"):
        if grade["at_least"] > 0:
            ax.axvline(grade["at_least"], color=GREY, linewidth=0.7, linestyle=":")
            ax.text(grade["at_least"] + 0.4, 1.0, say(grade["grade"]), fontsize=7, color=GREY,
                    va="bottom", transform=ax.get_xaxis_transform())  # fmt: skip
    style.name_rows(ax, rows["district_code"].map(notation.district_name))
    lowest = rows[["points", "points_low"]].min(axis=None)
    ax.set_xlim(45 if math.isnan(lowest) else min(45, math.floor(lowest / 5) * 5 - 2), 103)
    ax.set_xlabel(say("Vạch đứng: điểm; thanh: khoảng điểm khi đổi trọng số và cách xử lý ô trống"))
    return ax


def timeliness(ax: Axes, register: pd.DataFrame) -> Axes:
    """When each district's report came, in days from the last day that is still on time.

    `due` is the day before which a report must come: one received on it is a day late.
    """
    if register.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.26 * len(register) + 0.7)
    days = (register["received"] - register["due"]).dt.days.to_numpy(float) + 1
    for late, color, sign, width in ((False, BLUE, "o", 1.2), (True, VERMILION, "s", 2.2)):
        rows = np.flatnonzero(days > 0 if late else days <= 0)
        ax.hlines(rows, 0, days[rows], color=color, linewidth=width)
        ax.plot(days[rows], rows, sign, color=color, label="days")
    ax.margins(x=0.1)
    for y, (row, after) in enumerate(zip(register.to_dict("records"), days, strict=True)):
        if math.isnan(after):
            sign = "○" if row["status"] == "missing" else "?"
            style.at_right(ax, y, f"{sign} {say(wording.STATUS[row['status']])}", GREY)
        else:
            style.at_right(ax, y, _days_words(after))
    style.name_rows(ax, register["district_code"].map(notation.district_name))
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda days, _: notation.number(days)))
    due = register["due"].dropna().unique()
    before = say("hạn gửi trước ngày {due}", due=notation.day(due[0])) if len(due) == 1 else ""
    label = say("Số ngày so với ngày cuối còn đúng hạn")
    ax.set_xlabel(f"{label} ({before})" if before else label)
    return ax


def _title(indicator: str) -> str:
    name, unit, _ = _measure(indicator)
    return name if unit == "%" else f"{name} ({say(unit)})"


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


def _trend(panels: Panels, series: pd.DataFrame, trends: pd.DataFrame, indicator: str) -> None:
    _, unit, scale = _measure(indicator)
    rows = series[series["indicator"] == indicator]
    points = pd.Series(measured(rows).to_numpy(float) * scale, rows["year"].astype(int))
    points = points.sort_index()
    panel = panels.add()
    if points.notna().sum() == 0:
        panel.nothing()
        return
    points = points.reindex(range(points.index.min(), points.index.max() + 1))
    found = trends[trends["indicator"] == indicator].to_dict("records")
    direction = found[0]["direction"] if found else "too_few"
    fitted: dict[str, np.ndarray] = {}
    if direction != "too_few":
        years, fitted = _fitted(points, found[0], scale)
    shown = np.concatenate([points.dropna(), *fitted.values()])
    room = 0.28 * np.ptp(shown)
    panel.scales(points.index, shown.min() - room, shown.max() + room, style.ticks(unit))
    if fitted:
        panel.band(years, fitted["low"], fitted["high"])
    _yearly(panel, points, _break(indicator, points.index))
    if fitted:
        panel.line(years, fitted["slope"], "trend", BLUE, 1.8)
    words = [say(DIRECTIONS[direction])]
    if direction in ("up", "down") and found[0]["good"] != "unclear":
        words.append(say(wording.GOOD[found[0]["good"]]))
    panel.below(" · ".join(words), fontsize=7.5, fontweight="bold", color=TICKS)
    _name_last(panel, points.dropna(), unit)


def _yearly(panel: Panel, points: pd.Series, break_year: float) -> None:
    """Dots joined where years follow each other under one standard; missing years named."""
    for part in (points[points.index < break_year], points[~(points.index < break_year)]):
        if len(part):
            panel.yearly(part.index, part)
    for year in points.index[points.isna()]:
        panel.upright(year, say("thiếu"))
    if not math.isnan(break_year):
        between = break_year - 0.5
        panel.line([between] * 2, panel.values, "break", GREY, 0.8, "dashed")
        low = points.dropna().iloc[-1] < (points.min() + points.max()) / 2  # the words go opposite
        panel.upright(between, say("đổi chuẩn"), above=low)


def _fitted(
    points: pd.Series, found: dict, scale: float
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The Theil–Sen line through the median point, and the slopes of its interval about it."""
    used = points.loc[found["first_year"] : found["last_year"]].dropna()
    if used.empty or math.isnan(found["slope"]):
        return np.empty(0), {}
    middle = np.median(used.index)
    years = np.array([used.index.min(), middle, used.index.max()])
    slopes = {name: found[name] * scale for name in ("low", "slope", "high")}
    return years, {n: used.median() + slope * (years - middle) for n, slope in slopes.items()}


def _name_last(panel: Panel, known: pd.Series, unit: str) -> None:
    """The last value beside its dot, on the side that the line does not come from."""
    falling = len(known) > 1 and known.iloc[-1] < known.iloc[-2]
    value = known.iloc[-1]
    shown = round(value) if abs(value) >= 100 else value
    panel.name(
        known.index[-1], value, notation.quantity(shown, unit, with_unit=False), below=falling
    )


def _days_words(days: float) -> str:
    if days == 0:
        return say("✓ đúng hạn")
    message = "✗ muộn {days} ngày" if days > 0 else "✓ sớm {days} ngày"
    return say(message, days=f"{abs(days):.0f}")
