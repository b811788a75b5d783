"""Trends of one district: by ranks, by regression and pooled, and what hangs on one year."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import notation, reference
from ntm_eval.analysis import ranks
from ntm_eval.analysis.series import measured
from ntm_eval.language import translate as _
from ntm_eval.notation import change, measure_name
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Column, Figure, Table, Text
from ntm_eval.reporting.panels import Panel, Panels
from ntm_eval.reporting.style import BLUE, GREY, TICKS

ALT = (
    "Mỗi ô một chỉ tiêu: số của từng năm là chấm, đường xu hướng có khoảng tin cậy 95% nếu đủ "
    "năm; năm không có số được ghi bằng chữ. Số ở bảng xu hướng."
)
SURE_OF_TABLE = 0.1


MARKED_DIRECTIONS = {
    "up": "▲ tăng",
    "down": "▼ giảm",
    "none": "● chưa rõ",
    "too_few": "○ chưa đủ năm",
}

DIRECTIONS = {
    "up": "tăng",
    "down": "giảm",
    "none": "chưa thấy xu hướng rõ",
    "too_few": "chưa đủ số liệu để nói về xu hướng",
}

GOOD = {"better": "tốt lên", "worse": "xấu đi", "unclear": "không phân tốt xấu"}


def chance(trends: pd.DataFrame) -> Text:
    """How many of the clear trends chance alone would make, and how many stand the whole table."""
    tested = trends.dropna(subset="p_value")
    if tested.empty:
        return Text(_("Chưa có chỉ tiêu nào đủ năm để kiểm định xu hướng."), trends)
    rates = {n: ranks.attained(int(n)) for n in tested["years"].unique()}
    expected = sum(rates[n] for n in tested["years"])
    if expected == 0:
        return Text(
            _(
                "Với bốn năm số liệu, kiểm định không thể kết luận chỉ tiêu nào có xu hướng rõ (p "
                "nhỏ nhất có thể là {least_p:.3f}).",
                least_p=ranks.least_p(4),
            ),
            trends,
        )
    clear = tested["direction"].isin(["up", "down"])
    standing = int((clear & (tested["q_value"] < SURE_OF_TABLE)).sum())
    return Text(
        _(
            "Nếu không chỉ tiêu nào thật sự thay đổi, trong {tested} chỉ tiêu được kiểm định vẫn "
            "có khoảng {expected:.1f} chỉ tiêu trông như có xu hướng rõ; thực tế có {clear}. Khi "
            "tính đến việc kiểm định cả bảng của tỉnh cùng lúc (q dưới {least:.1f}), còn "
            "{standing} chỉ tiêu.",
            tested=len(tested),
            expected=expected,
            clear=int(clear.sum()),
            least=SURE_OF_TABLE,
            standing=standing,
        ),
        trends,
    )


def draw(ax: Axes, series: pd.DataFrame, trends: pd.DataFrame, indicators: list[str]) -> Axes:
    """A panel for each indicator of one district: its yearly figures, its trend if there is one."""
    if not indicators:
        return style.no_data(ax)
    panels = Panels(ax, [_title(indicator) for indicator in indicators])
    for indicator in indicators:
        _draw_trend(panels, series, trends, indicator)
    return panels.finish(
        _("Chấm, nét mảnh: số từng năm; nét đậm: xu hướng Theil–Sen; dải mờ: khoảng tin cậy 95%.")
    )


def most_telling(trends: pd.DataFrame, most: int = 9) -> list[str]:
    """The indicators worth a panel: what gets worse, then better, then the least likely chance.

    A clear trend that is neither, as of the population, comes after those.
    """
    urgency = trends["good"].map({"worse": 0, "better": 1}).fillna(2)
    rows = trends.assign(urgency=urgency).dropna(subset="p_value")
    return rows.sort_values(["urgency", "p_value", "indicator"])["indicator"].head(most).tolist()


def table(trends: pd.DataFrame) -> Table:
    """The yearly change of each indicator with its interval; too few years is said, not guessed."""
    rows = trends.to_dict("records")
    changes = {
        name: [notation.change(row[name], row["indicator"]) for row in rows]
        for name in ("slope", "low", "high")
    }
    frame = trends.assign(
        **changes,
        band=[
            _("{low} đến {high}", low=low, high=high)
            for low, high in zip(changes["low"], changes["high"], strict=True)
        ],
        span=[_years(row) for row in rows],
        good=trends["good"].where(trends["direction"].isin(["up", "down"])),
    )
    frame = frame.assign(band=frame["band"].where(trends["slope"].notna()))
    columns = {
        "indicator": Column("Chỉ tiêu", notation.measure_name, css="wide"),
        "span": Column("Các năm"),
        "slope": Column("Mỗi năm", css="num"),
        "band": Column("Khoảng tin cậy 95%", css="num"),
        "p_value": Column.number("p", 3),
        "q_value": Column.number("q", 3),
        "direction": Column("Xu hướng", lambda way: _(MARKED_DIRECTIONS[way])),
        "good": Column("Ý nghĩa", lambda good: _(GOOD[good])),
    }
    return Table.from_frame(frame, columns, "Xu hướng theo năm (Theil–Sen, kiểm định Mann–Kendall)")


def sentence(row: Mapping) -> str:
    """One trend with its interval and its years, from a row of trends.csv."""
    name = measure_name(row["indicator"])
    if row["direction"] == "too_few":
        return _(
            "{name}: {too_few} ({years:.0f} năm).", row, name=name, too_few=_(DIRECTIONS["too_few"])
        )
    if row["direction"] == "none":
        said = _(DIRECTIONS["none"])
    else:
        said = f"{_(DIRECTIONS[row['direction']])} ({_(GOOD[row['good']])})"
    slope, low, high = (change(row[c], row["indicator"]) for c in ("slope", "low", "high"))
    found = _(
        "{name}: {said}, mỗi năm {slope} (khoảng tin cậy 95% từ {low} đến {high}; {years:.0f}"
        " năm {first_year}–{last_year}, q = {q_value:.3f}).",
        row,
        name=name,
        said=said,
        slope=slope,
        low=low,
        high=high,
        first_year=f"{row['first_year']:.0f}",
        last_year=f"{row['last_year']:.0f}",
    )
    return " ".join(filter(None, [found, _four_years(row)]))


def summary(table: pd.DataFrame) -> Text:
    """What rises and what falls, and how much of it is good news."""
    if table.empty:
        return Text(_("Chưa có báo cáo năm nào nên chưa có số liệu để xét xu hướng."), table)
    counts = table["direction"].value_counts()
    clear = table[table["direction"].isin(["up", "down"])]
    good = clear["good"].value_counts()
    return Text(
        _(
            "Trong {all} chỉ tiêu, {clear} có xu hướng rõ: {better} tốt lên, {worse} xấu đi, "
            "{unclear} không phân tốt xấu. {none} chỉ tiêu chưa thấy xu hướng rõ và {too_few} "
            "chỉ tiêu chưa đủ năm để kết luận.",
            all=len(table),
            clear=len(clear),
            better=good.get("better", 0),
            worse=good.get("worse", 0),
            unclear=good.get("unclear", 0),
            none=counts.get("none", 0),
            too_few=counts.get("too_few", 0),
        ),
        table,
    )


def improving(table: pd.DataFrame) -> Text:
    """The clear trends for the better, in one sentence."""
    if table.empty:  # `trends` says so
        return Text()
    better = table[table["good"] == "better"].sort_values(["p_value", "indicator"])
    if better.empty:
        return Text(_("Không có chỉ tiêu nào tốt lên rõ rệt."), table)
    names = [
        _(
            "{name}, mỗi năm {slope}",
            name=measure_name(r["indicator"]),
            slope=change(r["slope"], r["indicator"]),
        )
        for r in better.to_dict("records")
    ]
    return Text(
        _("{count} chỉ tiêu tốt lên rõ: {names}.", count=len(names), names="; ".join(names)),
        table,
    )


def worrying(table: pd.DataFrame) -> Text:
    """A sentence for each trend that clearly goes the wrong way."""
    if table.empty:  # `trends` says so
        return Text()
    if not (table["good"] == "worse").any():
        return Text(_("Không có chỉ tiêu nào xấu đi rõ rệt."), table)
    return clear(table[table["good"] == "worse"])


def clear(table: pd.DataFrame) -> Text:
    """A sentence for each clear trend, the worrying ones first."""
    clear = table[table["direction"].isin(["up", "down"])]
    order = clear["good"].map({"worse": 0, "better": 1, "unclear": 2})
    rows = clear.assign(order=order).sort_values(["order", "p_value", "indicator"])
    lines = [sentence(row) for row in rows.to_dict("records")]
    return Text("\n".join(lines) or _("Chưa có chỉ tiêu nào có xu hướng rõ."), table)


def chart(series: pd.DataFrame, trends: pd.DataFrame) -> Figure:
    """The yearly figures and trend of the indicators most worth a look, a panel each."""
    return Figure.drawn(draw, series, trends, most_telling(trends), alt=ALT, tables="series trends")


def _title(indicator: str) -> str:
    name, unit = _measure(indicator)[:2]
    return name if unit == "%" else f"{name} ({_(unit)})"


def _measure(indicator: str) -> tuple[str, str, float]:
    """The name and unit in which an indicator is followed, and the factor to that unit."""
    row = reference.indicator(indicator)
    if pd.isna(row["denominator"]):
        return reference.indicator_name(indicator), row["unit"], 1.0
    return _(row["rate_vi"]), row["rate_unit"], 100.0 if row["rate_unit"] == "%" else 1.0


def _break(indicator: str, years: pd.Index) -> float:
    """The first year of the new standard where it falls among `years`, else NaN."""
    year = reference.indicator(indicator)["break_before"]
    return year if years.min() < year <= years.max() else math.nan


def _draw_trend(panels: Panels, series: pd.DataFrame, trends: pd.DataFrame, indicator: str) -> None:
    unit, scale = _measure(indicator)[1:]
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
    words = [_(MARKED_DIRECTIONS[direction])]
    if direction in ("up", "down") and found[0]["good"] != "unclear":
        words.append(_(GOOD[found[0]["good"]]))
    panel.below(" · ".join(words), fontsize=7.5, fontweight="bold", color=TICKS)
    _name_last(panel, points.dropna(), unit)


def _yearly(panel: Panel, points: pd.Series, break_year: float) -> None:
    """Dots joined where years follow each other under one standard; missing years named."""
    for part in (points[points.index < break_year], points[~(points.index < break_year)]):
        if len(part):
            panel.yearly(part.index, part)
    for year in points.index[points.isna()]:
        panel.upright(year, _("thiếu"))
    if not math.isnan(break_year):
        between = break_year - 0.5
        panel.line([between] * 2, panel.values, "break", GREY, 0.8, "dashed")
        low = points.dropna().iloc[-1] < (points.min() + points.max()) / 2  # the words go opposite
        panel.upright(between, _("đổi chuẩn"), above=low)


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


def _years(row: dict) -> str:
    years = _("{years} năm", years=f"{row['years']:.0f}")
    if row["years"] == 0:
        return years
    first, last = f"{row['first_year']:.0f}", f"{row['last_year']:.0f}"
    return f"{first if first == last else f'{first}–{last}'} ({years})"


def _four_years(row: Mapping) -> str:
    """Why an interval without zero may stand beside 'no clear trend'."""
    short = row["years"] == 4 and row["direction"] == "none" and row["low"] * row["high"] > 0
    return _("Bốn năm chưa đủ để kiểm định kết luận có xu hướng.") if short else ""
