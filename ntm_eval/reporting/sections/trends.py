"""Trends of one district: by ranks, by regression and pooled, and what hangs on one year."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import notation, reference
from ntm_eval.analysis import ranks
from ntm_eval.analysis.series import measured
from ntm_eval.analysis.trends import course
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
MARKED_DIRECTIONS = {
    "up": "▲ tăng",
    "down": "▼ giảm",
    "none": "● chưa rõ",
    "too_few": "○ chưa đủ năm",
}

DIRECTIONS = {
    "up": "có xu hướng tăng",
    "down": "có xu hướng giảm",
    "none": "chưa thấy xu hướng",
    "too_few": "chưa đủ số liệu để nói về xu hướng",
}

BASES = {"test": "kiểm định", "described": "mô tả"}
STEPS = {"up": "tăng liên tục", "down": "giảm liên tục"}

# where the test of the whole table bears it as well
CLEAR = {
    "có xu hướng tăng": "có xu hướng tăng rõ",
    "có xu hướng giảm": "có xu hướng giảm rõ",
    "tăng liên tục": "tăng rõ, liên tục",
    "giảm liên tục": "giảm rõ, liên tục",
}

GOOD = {"better": "tốt lên", "worse": "xấu đi", "unclear": "không phân tốt xấu"}
NONE = {
    "better": "Không có chỉ tiêu nào tốt lên qua các năm.",
    "worse": "Không có chỉ tiêu nào xấu đi qua các năm.",
}
EVERY_YEAR = {
    "worse": "Số cuối kỳ, lũy kế năm nào cũng xấu đi: {names}.",
    "better": "Số cuối kỳ, lũy kế năm nào cũng tốt lên: {names}.",
}


def chance(trends: pd.DataFrame, day: date) -> Text:
    """For analysts: how many directions stand the test of the whole table."""
    tested = trends.dropna(subset="p_value")
    if tested.empty:
        return Text(_("Chưa có chỉ tiêu nào đủ năm để kiểm định xu hướng."), trends)
    if _undecided(tested):
        text = (
            "Với bốn năm số liệu, kiểm định không thể kết luận chỉ tiêu nào có xu hướng (p "
            "nhỏ nhất có thể là {least_p:.3f})."
        )
        return Text(_(text, least_p=ranks.least_p(4)), trends)
    least = reference.constant("clear_q", day)
    standing = int((_moving(tested) & (tested["q_value"] < least)).sum())
    text = (
        "Khi tính đến việc kiểm định cả bảng của tỉnh cùng lúc (q dưới {least:.2f}), còn "
        "{standing} chỉ tiêu có xu hướng rõ. Năm năm số liệu thì q chỉ xuống dưới mức đó khi "
        "khoảng một phần sáu số chuỗi được kiểm định cùng tăng hoặc cùng giảm liên tục."
    )
    return Text(_(text, least=least, standing=standing), trends)


def by_chance(tested: pd.DataFrame) -> dict[str, float]:
    """How many of the tested series would show a direction if none changed.

    `chance`: with years that are independent; `walks`: where each year goes on from the last.
    """
    years = tested["years"].astype(int)
    chance, walks = years.map(ranks.attained), years.map(ranks.attained_by_walks)
    return {"chance": float(chance.sum()), "walks": float(walks.sum())}


def shared(found: pd.DataFrame) -> Text:
    """What most districts have in common, tested on the province's own figure, stocks last."""
    if found.empty:
        return Text()
    tested = found.dropna(subset="p_value")
    common = found[found["shared"]].sort_values(["good", "p_value", "indicator"])
    lines = [
        _(
            "Chung cả tỉnh: trong {tested} chỉ tiêu kiểm định được trên số chung của tỉnh, "
            "{moving} tăng hoặc giảm qua các năm (riêng ngẫu nhiên cho khoảng {chance:.1f} chỉ "
            "tiêu như vậy, đến {walks:.1f} nếu năm sau nối tiếp năm trước).",
            by_chance(tested),
            tested=len(tested),
            moving=int(_moving(tested).sum()),
        )
        if not _undecided(tested)
        else _("Chưa có chỉ tiêu nào đủ năm để kiểm định trên số chung của tỉnh.")
    ]
    lines += [
        _(
            "{name}: số chung của tỉnh {went}; cùng chiều ở {districts}/{expected} đơn vị.",
            name=measure_name(row["indicator"]),
            went=_went(row),
            districts=row["districts"],
            expected=row["expected"],
        )
        for row in common[common["basis"] == "test"].to_dict("records")
    ]
    return Text("\n".join([*lines, *_described(common)]), found)


def draw(ax: Axes, series: pd.DataFrame, trends: pd.DataFrame, indicators: list[str]) -> Axes:
    """A panel for each indicator of one district: its yearly figures, its trend if there is one."""
    if not indicators:
        return style.no_data(ax)
    panels = Panels(ax, [_title(indicator) for indicator in indicators])
    for indicator in indicators:
        _draw_trend(panels, series, trends, indicator)
    return panels.finish(
        _(
            "Chấm, nét mảnh: số từng năm; nét đậm, dải mờ (chỉ khi kiểm định thấy xu hướng): "
            "Theil–Sen và khoảng tin cậy 95%."
        )
    )


def most_telling(trends: pd.DataFrame, most: int = 9) -> list[str]:
    """The indicators worth a panel: what gets worse, then better, then the least likely chance.

    A direction that is neither, as of the population, comes after those; too few years never do.
    """
    urgency = trends["good"].map({"worse": 0, "better": 1}).fillna(2)
    rows = trends.assign(urgency=urgency)[trends["direction"] != "too_few"]
    return rows.sort_values(["urgency", "p_value", "indicator"])["indicator"].head(most).tolist()


def table(trends: pd.DataFrame) -> Table:
    """The yearly change of each indicator with its interval; too few years is said, not guessed."""
    frame = trends.assign(good=trends["good"].where(_moving(trends)))
    columns = {
        "indicator": Column("Chỉ tiêu", notation.measure_name, css="wide"),
        "span": Column.of_row("Các năm", _years),
        "slope": Column.change("Mỗi năm", "slope"),
        "band": Column.of_row("Khoảng tin cậy 95%", _band, css="num"),
        "p_value": Column.number("p", 3),
        "q_value": Column.number("q", 3),
        "basis": Column("Cách xét", lambda basis: _(BASES[basis])),
        "direction": Column("Xu hướng", lambda way: _(MARKED_DIRECTIONS[way])),
        "good": Column("Ý nghĩa", lambda good: _(GOOD[good])),
    }
    caption = (
        "Xu hướng theo năm (số trong năm: Theil–Sen, kiểm định Mann–Kendall; số cuối kỳ, lũy kế: "
        "bình quân mỗi năm, chỉ mô tả)"
    )
    return Table.from_frame(frame, columns, caption)


def sentence(row: Mapping, clear_q: float) -> str:
    """One trend from its first to its last value, from a row of `trends.course`."""
    name = measure_name(row["indicator"])
    if row["direction"] == "too_few":
        return _(
            "{name}: {too_few} ({years:.0f} năm).", row, name=name, too_few=_(DIRECTIONS["too_few"])
        )
    good = "" if row["good"] == "unclear" else f" ({_(GOOD[row['good']])})"
    if row["direction"] == "none":
        said = f"{_(DIRECTIONS['none'])}, {_from_to(row)}" if row["basis"] == "test" else _went(row)
    else:
        said = _went(row, sure=row["q_value"] < clear_q)  # a stock has no q
    return _("{name}: {said}{good}.", name=name, said=said, good=good)


def summary(table: pd.DataFrame) -> Text:
    """How many go up or down all the time, beside how many chance would make."""
    if table.empty:
        return Text(_("Chưa có báo cáo năm nào nên chưa có số liệu để xét xu hướng."), table)
    few = int((table["direction"] == "too_few").sum())
    known = table[table["direction"] != "too_few"]
    lines = []
    tested = known[known["basis"] == "test"]
    if _undecided(tested):
        few += len(tested)
    else:
        lines.append(
            _(
                "Trong {tested} chỉ tiêu thực hiện trong năm được kiểm định, {moving} tăng hoặc "
                "giảm qua các năm{good}; riêng ngẫu nhiên cũng cho khoảng {chance:.1f} chỉ tiêu "
                "như vậy, đến {walks:.1f} nếu năm sau nối tiếp năm trước.",
                by_chance(tested),
                tested=len(tested),
                moving=int(_moving(tested).sum()),
                good=_counted(tested),
            )
        )
    if len(described := known[known["basis"] == "described"]):
        lines.append(
            _(
                "Trong {described} chỉ tiêu cuối kỳ, lũy kế (chỉ mô tả), {moving} năm nào cũng "
                "tăng hoặc năm nào cũng giảm{good}.",
                described=len(described),
                moving=int(_moving(described).sum()),
                good=_counted(described),
            )
        )
    if few:
        lines.append(
            _("{few} chỉ tiêu chưa đủ năm cùng một chuẩn để kết luận về xu hướng.", few=few)
        )
    return Text(" ".join(lines), table)


def told(table: pd.DataFrame, series: pd.DataFrame, good: str, day: date) -> Text:
    """A sentence for each tested trend for the better or the worse, then the stocks.

    The least likely by chance is first.
    """
    if table.empty:  # `summary` says so
        return Text()
    mine = table[table["good"] == good]
    if mine.empty:
        return Text(_(NONE[good]), table)
    least = reference.constant("clear_q", day)
    rows = course(mine, series).sort_values(["p_value", "indicator"])
    tested = rows[rows["basis"] == "test"].to_dict("records")
    return Text("\n".join([*(sentence(row, least) for row in tested), *_described(rows)]), mine)


def _described(rows: pd.DataFrame) -> list[str]:
    """The stocks that go one way every year, as a list for the better and one for the worse."""
    lines = []
    for good, text in EVERY_YEAR.items():
        mine = rows[(rows["basis"] == "described") & (rows["good"] == good)].to_dict("records")
        names = [f"{measure_name(row['indicator'])} {_from_to(row)}" for row in mine]
        lines += [_(text, names="; ".join(names))] if names else []
    return lines


def chart(series: pd.DataFrame, trends: pd.DataFrame) -> Figure:
    """The yearly figures and trend of the indicators most worth a look, a panel each."""
    return Figure.drawn(draw, series, trends, most_telling(trends), alt=ALT, tables="series trends")


def _title(indicator: str) -> str:
    name, unit = notation.measure(indicator), _unit(indicator)
    return name if unit == "%" else f"{name} ({_(unit)})"


def _unit(indicator: str) -> str:
    """The unit in which an indicator is followed."""
    row = reference.indicator(indicator)
    return str(row["unit"] if pd.isna(row["denominator"]) else row["rate_unit"])


def _break(indicator: str, years: pd.Index) -> float:
    """The first year of the new standard where it falls among `years`, else NaN."""
    year = reference.indicator(indicator)["break_before"]
    return year if years.min() < year <= years.max() else math.nan


def _draw_trend(panels: Panels, series: pd.DataFrame, trends: pd.DataFrame, indicator: str) -> None:
    unit = _unit(indicator)
    scale = 100.0 if reference.indicator(indicator)["rate_unit"] == "%" else 1.0
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
    if direction in ("up", "down") and found[0]["basis"] == "test":
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


def _band(row: Mapping) -> str | None:
    if pd.isna(row["low"]):
        return None
    low, high = (change(row[end], row["indicator"]) for end in ("low", "high"))
    return _("{low} đến {high}", low=low, high=high)


def _years(row: Mapping) -> str:
    years = _("{years} năm", years=f"{row['years']:.0f}")
    if row["years"] == 0:
        return years
    first, last = f"{row['first_year']:.0f}", f"{row['last_year']:.0f}"
    return f"{first if first == last else f'{first}–{last}'} ({years})"


def _undecided(tested: pd.DataFrame) -> bool:
    """Whether no test of these can find a trend: there is none, or all have four years."""
    return not by_chance(tested)["chance"]


def _moving(trends: pd.DataFrame) -> pd.Series:
    return trends["direction"].isin(["up", "down"])


def _counted(trends: pd.DataFrame) -> str:
    """': 4 tốt lên, 1 xấu đi', '' of none."""
    good = trends.loc[_moving(trends), "good"].value_counts()
    said = [f"{good[one]} {_(words)}" for one, words in GOOD.items() if one in good]
    return f": {', '.join(said)}" if said else ""


def _went(row: Mapping, *, sure: bool = False) -> str:
    """How a series went, from its first to its last value; `sure`: clearly so."""
    every_year = row["steps"] in STEPS
    way = STEPS[row["steps"]] if every_year else DIRECTIONS[row["direction"]]
    way = _(CLEAR[way] if sure else way)
    if every_year:
        return _("{way} cả {years:.0f} năm, {span}", row, way=way, span=_from_to(row))
    if row["basis"] == "test":
        each = change(row["slope"], row["indicator"])
        return _("{way}, {span}, mỗi năm {each}", way=way, span=_from_to(row), each=each)
    return _("lúc tăng lúc giảm, {span}", span=_from_to(row))


def _from_to(row: Mapping) -> str:
    first, last = (notation.measured(row[end], row["indicator"]) for end in ("first", "last"))
    return _(
        "từ {first} (năm {first_year}) đến {last} (năm {last_year})",
        first=first,
        last=last,
        first_year=f"{row['first_year']:.0f}",
        last_year=f"{row['last_year']:.0f}",
    )
