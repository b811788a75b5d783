"""A table and an Axes -> the Axes. Nothing is read or saved here.

Every picture reads in grey: a colour never stands without a marker, a hatch, a sign or a word.
What is missing is named in words and never drawn at zero.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from datetime import date

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ntm_eval import reference, units
from ntm_eval.analysis.series import measured
from ntm_eval.intake.sheets import CRITERIA, MET, NOT_YET
from ntm_eval.reporting import wording
from ntm_eval.workspace import STYLE

PAGE_WIDTH = 7.2  # inches between the margins of an A4 page
NO_DATA = "Không có số liệu"
# Okabe-Ito
BLUE, ORANGE, SKY, VERMILION = "#0072B2", "#E69F00", "#56B4E9", "#D55E00"
INK, GREY, PALE = "#222222", "#6b6b6b", "#cfe3f1"
SHADES = LinearSegmentedColormap.from_list("shades", ["#f7fbfe", "#a6cbe5", "#1f6ea6"])
HALO = [withStroke(linewidth=2, foreground="white")]

DIRECTIONS = {
    "up": "▲ tăng", "down": "▼ giảm", "none": "● chưa rõ", "too_few": "○ chưa đủ năm",
}  # fmt: skip
GOOD = {"better": " · tốt lên", "worse": " · xấu đi"}
# verdict -> its words, marker, fill
VERDICTS = {
    "met": ("✓ đạt", "o", BLUE),
    "not_met": ("✗ chưa đạt", "s", VERMILION),
    "unclear": ("? chưa rõ", "D", "white"),
    "not_configured": ("– chưa có ngưỡng", "o", "white"),
}


def figure(width: float = PAGE_WIDTH, height: float = 4.0) -> Figure:
    """An empty figure in the one style of all pictures; sizes in inches."""
    plt.style.use(STYLE)
    return plt.figure(figsize=(width, height))


def axes(width: float = PAGE_WIDTH, height: float = 3.0) -> Axes:
    """The Axes of a new figure with one picture, which grows with the rows drawn on it."""
    return figure(width, height).add_subplot()


def small_multiples(series: pd.DataFrame, trends: pd.DataFrame, indicators: list[str]) -> Figure:
    """A panel for each indicator of one district, three in a row."""
    rows = max(1, math.ceil(len(indicators) / 3))
    page = figure(height=2.05 * rows + 0.3)
    if not indicators:
        _no_data(page.add_subplot())
        return page
    places = page.add_gridspec(rows, 3)
    for place, indicator in enumerate(indicators):
        trend(page.add_subplot(places[place]), series, trends, indicator)
    page.supxlabel(
        "Chấm: số liệu từng năm. Đường liền: xu hướng Theil–Sen; dải mờ: khoảng tin cậy 95%.",
        fontsize=7, color=GREY,
    )  # fmt: skip
    return page


def most_telling(trends: pd.DataFrame, most: int = 9) -> list[str]:
    """The indicators worth a panel: clear trends first, then the least likely to be chance."""
    clear = trends["direction"].isin(["up", "down"])
    rows = trends.assign(unclear=~clear).dropna(subset="p_value")
    return rows.sort_values(["unclear", "p_value", "indicator"])["indicator"].head(most).tolist()


def trend(ax: Axes, series: pd.DataFrame, trends: pd.DataFrame, indicator: str) -> Axes:
    """The yearly figures of an indicator of one district, with its trend where there is one."""
    name, unit, scale = _measure(indicator)
    rows = series[series["indicator"] == indicator]
    points = pd.Series(measured(rows).to_numpy(float) * scale, rows["year"].astype(int))
    points = points.sort_index()
    in_unit = "" if unit == "%" else f" ({unit})"
    ax.set_title(textwrap.fill(name + in_unit, 25), fontsize=7)
    if points.notna().sum() == 0:
        return _no_data(ax)
    points = points.reindex(range(points.index.min(), points.index.max() + 1))
    _yearly(ax, points, _break(indicator, points.index))
    found = trends[trends["indicator"] == indicator].to_dict("records")
    direction = found[0]["direction"] if found else "too_few"
    if direction != "too_few":
        _trend_line(ax, points, found[0], scale)
    good = GOOD.get(found[0]["good"], "") if found and direction in ("up", "down") else ""
    ax.set_xlabel(DIRECTIONS[direction] + good, loc="left", fontweight="bold")
    ax.margins(y=0.28)
    ax.set_xlim(points.index.min() - 0.5, points.index.max() + 0.5)
    ax.grid(axis="x", visible=False)
    ax.tick_params(labelsize=6.5)
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    ax.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(_ticks(unit))
    _label_last(ax, points.dropna(), unit)
    return ax


def plan_against_actual(ax: Axes, scores: pd.DataFrame) -> Axes:
    """One district's results as a share of their plans, by content and indicator.

    A bar ends at 150%, with an arrow and the true number; what could not be assessed or was not
    reported is a hollow mark with its reason.
    """
    rows = scores[scores["indicator"].isin(reference.table("indicators")["id"])]
    rows = rows.sort_values("indicator", ignore_index=True)
    if rows.empty:
        return _no_data(ax)
    _give_room(ax, len(rows), 0.27)
    names = reference.table("indicators").set_index("id")["name_vi"]
    for y, row in enumerate(rows.to_dict("records")):
        _plan_bar(ax, y, _achieved(row), row["reason"])
    labels = [textwrap.fill(f"{i} {names[i]}", 42) for i in rows["indicator"]]
    _rows(ax, labels, size=6.5)
    for y in np.flatnonzero(rows["part"].ne(rows["part"].shift()).to_numpy())[1:]:
        ax.axhline(y - 0.5, color=GREY, linewidth=0.6)
    ax.axvline(1, color=INK, linewidth=1)
    ax.set(xlim=(0, 1.95), xticks=[0, 0.5, 1, 1.5], xlabel="Thực hiện so với kế hoạch năm")
    ax.xaxis.set_major_formatter(_percents())
    return ax


def plans(scores: pd.DataFrame) -> None:
    """One district's results against their plans: a picture for each content, in order."""
    indicators = scores[scores["indicator"].isin(reference.table("indicators")["id"])]
    for part, rows in indicators.groupby("part"):
        plan_against_actual(axes(), rows).set_title(wording.score_name(part, None), loc="left")


def criteria(ax: Axes, communes: pd.DataFrame) -> Axes:
    """One district's xã by the 19 criteria, those with most criteria met on top."""
    from seaborn import heatmap

    rows = communes[communes["kind"] == "xã"]
    rows = rows.sort_values(["criteria_met", "commune_code"], ascending=[False, True])
    if rows.empty:
        return _no_data(ax)
    _give_room(ax, len(rows), 0.21)
    marks = rows[list(CRITERIA)].set_axis(rows["commune"].tolist()).astype(object)
    signs = marks.map({MET: "✓", NOT_YET: "✗"}.get).fillna("?")
    levels = signs.replace({"✗": 0, "?": 1, "✓": 2}).astype(int)
    heatmap(
        levels, ax=ax, annot=signs, fmt="", cbar=False, vmin=0, vmax=2, linewidths=0.6,
        cmap=ListedColormap(["#fbe3d2", "#bdbdbd", BLUE]), annot_kws={"size": 7},
        xticklabels=[c.removeprefix("TC") for c in CRITERIA], yticklabels=True,
    )  # fmt: skip
    for y, met in enumerate(rows["criteria_met"]):
        ax.text(19.2, y + 0.5, f"{wording.number(met)}/19", va="center", fontsize=7.5)
    _plain_grid(ax)
    others = "" if len(rows) == len(communes) else "\nPhường, thị trấn không xét 19 tiêu chí."
    ax.set(ylabel="", xlabel=f"Tiêu chí:  ✓ đạt   ✗ chưa đạt   ? chưa có số liệu{others}")
    return ax


def ranking(ax: Axes, ranking: pd.DataFrame, day: date) -> Axes:
    """The districts by rank, each with its points and their band; grades as in force on `day`."""
    if ranking.empty:
        return _no_data(ax)
    _give_room(ax, len(ranking), 0.3)
    rows = ranking.sort_values(["rank", "district_code"], na_position="last", ignore_index=True)
    for y, row in enumerate(rows.to_dict("records")):
        if math.isnan(row["points"]):
            _at_right(ax, y, "○ chưa đủ căn cứ", GREY)
            continue
        ax.plot([row["points_low"], row["points_high"]], [y, y], color=BLUE, alpha=0.45, lw=4,
                solid_capstyle="butt")  # fmt: skip
        ax.plot(row["points"], y, "o", color=INK, label="points")
        _at_right(ax, y, f"{wording.number(row['points'], 1)} điểm · {_place(row)}")
    for grade in reference.at(reference.table("grades"), day).to_dict("records"):
        if grade["at_least"] > 0:
            ax.axvline(grade["at_least"], color=GREY, linewidth=0.7, linestyle=":")
            ax.text(grade["at_least"] + 0.4, 1.0, grade["grade"], fontsize=7, color=GREY,
                    va="bottom", transform=ax.get_xaxis_transform())  # fmt: skip
    _rows(ax, rows["district_code"].map(wording.district_name))
    lowest = rows[["points", "points_low"]].min(axis=None)
    ax.set_xlim(45 if math.isnan(lowest) else min(45, math.floor(lowest / 5) * 5 - 2), 103)
    ax.set_xlabel("Điểm; thanh ngang: khoảng điểm khi đổi trọng số và cách xử lý ô trống")
    return ax


def tile_map(ax: Axes, values: pd.Series, label: Callable[[float], str], title: str) -> Axes:
    """The twelve districts as tiles near their true places, darker where the value is greater."""
    tiles = reference.table("tilegrid")
    known = values.reindex(tiles["district_code"]).astype(float)
    low, span = known.min(), known.max() - known.min()
    for tile, value in zip(tiles.to_dict("records"), known, strict=True):
        share = math.nan if math.isnan(value) else (value - low) / span if span else 0.5
        text = "chưa có" if math.isnan(value) else label(value)
        _tile(
            ax, tile["col"], tile["row"], share, wording.district_name(tile["district_code"]), text
        )
    ax.set(xlim=(-0.05, tiles["col"].max() + 1), ylim=(tiles["row"].max() + 1, -0.05))
    ax.set(aspect="equal", xticks=[], yticks=[], title=title)
    ax.spines[:].set_visible(False)
    note = "ô càng đậm, giá trị càng lớn; gạch chéo: chưa có" if known.notna().any() else NO_DATA
    ax.set_xlabel(f"Lưới ô gần đúng vị trí thật; {note}")
    return ax


def score_map(ax: Axes, ranking: pd.DataFrame) -> Axes:
    """Each district's points on the tile map."""
    points = ranking.set_index("district_code")["points"]
    return tile_map(ax, points, lambda p: wording.number(p, 1), "Điểm đề xuất")


def satisfaction(ax: Axes, table: pd.DataFrame) -> Axes:
    """Shares of satisfied residents with their intervals, thresholds and verdicts, in words too.

    A row for each row of the table: the questions of one survey, or several communes' overall
    question.
    """
    if table.empty:
        return _no_data(ax)
    _give_room(ax, len(table), 0.3)
    lowest = table[["low", "share", "threshold"]].min(axis=None)
    ax.set_xlim((0 if math.isnan(lowest) else max(0, lowest - 0.04)), 1.005)
    for y, row in enumerate(table.to_dict("records")):
        words, marker, fill = VERDICTS[row["verdict"]]
        if not math.isnan(row["threshold"]):
            ax.plot([row["threshold"]] * 2, [y - 0.5, y + 0.5], "--", color=VERMILION, lw=1)
        if math.isnan(row["share"]):
            _at_right(ax, y, "○ chưa có số liệu", GREY)
            continue
        ax.plot([row["low"], row["high"]], [y, y], color=INK, linewidth=1)
        ax.plot(row["share"], y, marker, color=INK, markerfacecolor=fill, label="share")
        _at_right(ax, y, f"{wording.percent(row['share'])}  {words}")
    _rows(ax, _survey_labels(table))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    ax.xaxis.set_major_formatter(_percents())
    ax.set_xlabel("Tỷ lệ hài lòng; thanh ngang: khoảng tin cậy 95%; vạch đứt: ngưỡng")
    return ax


def timeliness(ax: Axes, register: pd.DataFrame) -> Axes:
    """When each district's report came, in days from the last day that is still on time.

    `due` is the day before which a report must come: one received on it is a day late.
    """
    if register.empty:
        return _no_data(ax)
    _give_room(ax, len(register), 0.27)
    for y, row in enumerate(register.to_dict("records")):
        if pd.isna(row["received"]):
            sign = "○" if row["status"] == "missing" else "?"
            _at_right(ax, y, f"{sign} {wording.STATUS[row['status']]}", GREY)
            continue
        days = (row["received"] - row["due"]).days + 1
        late = days > 0
        ax.plot([0, days], [y, y], color=VERMILION if late else BLUE, lw=2.2 if late else 1.2)
        ax.plot(days, y, "s" if late else "o", color=VERMILION if late else BLUE, label="days")
        ax.margins(x=0.1)
        _at_right(ax, y, _days_words(days))
    _rows(ax, register["district_code"].map(wording.district_name))
    ax.axvline(0, color=INK, linewidth=1.2)
    ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda days, _: wording.number(days)))
    due = register["due"].dropna().unique()
    when = f" (hạn gửi trước ngày {wording.day(due[0])})" if len(due) == 1 else ""
    ax.set_xlabel(f"Số ngày so với ngày cuối còn đúng hạn{when}")
    return ax


def contents(ax: Axes, scores: pd.DataFrame) -> Axes:
    """The share of each part's points that each district earned, the best total on top."""
    from seaborn import heatmap

    if scores.empty:
        return _no_data(ax)
    sums = scores.groupby(["district_code", "part"])[["points", "max_points"]].sum()
    shares = (sums["points"] / sums["max_points"].where(sums["max_points"] > 0)).unstack("part")
    totals = scores.groupby("district_code")["points"].sum().sort_values(ascending=False)
    missing = [d.code for d in units.districts() if d.code not in totals]
    parts = reference.table("score_parts").drop_duplicates("part", keep="last")
    shares = shares.reindex(index=[*totals.index, *missing], columns=parts["part"])
    _give_room(ax, len(shares), 0.27)
    labels = [textwrap.fill(_part_name(*p), 13) for p in parts[["part", "name_vi"]].to_numpy()]
    heatmap(
        shares.fillna(0).astype(float), mask=shares.isna(), ax=ax, cmap=SHADES, cbar=False,
        vmin=0, vmax=1, linewidths=0.6, xticklabels=labels,
        yticklabels=[wording.district_name(c) for c in shares.index],
    )  # fmt: skip
    known = scores.groupby(["district_code", "part"])["indicator"].count().unstack("part")
    nothing = known.reindex_like(shares).eq(0).to_numpy()
    for (y, x), share in np.ndenumerate(shares.to_numpy(float)):
        text = wording.percent(share, 0) + (" ○" if nothing[y, x] else "")
        ax.text(x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=7.5,
                color=INK if math.isnan(share) else _ink(SHADES(share)))  # fmt: skip
    for y, code in enumerate(shares.index):
        text = f"{wording.number(totals[code], 1)} điểm" if code in totals else "chưa đủ căn cứ"
        ax.text(len(labels) + 0.1, y + 0.5, text, va="center", fontsize=7.5)
    _plain_grid(ax)
    ax.tick_params(axis="x", labelsize=6.5)
    note = "\n○ không có chỉ tiêu nào đánh giá được" if nothing.any() else ""
    ax.set(ylabel="", xlabel=f"Tỷ lệ điểm đạt được; ô càng đậm, tỷ lệ càng cao{note}")
    return ax


def commune_progress(ax: Axes, communes: pd.DataFrame) -> Axes:
    """How many xã of each district have met how many of the 19 criteria; the number in the dot."""
    rows = communes[communes["kind"] == "xã"]
    if rows.empty:
        return _no_data(ax)
    codes = sorted(rows["district_code"].unique())
    _give_room(ax, len(codes), 0.32)
    for y, code in enumerate(codes):
        met = rows.loc[rows["district_code"] == code, "criteria_met"]
        counts = met.dropna().astype(int).value_counts()
        ax.scatter(counts.index, [y] * len(counts), s=70 + 14 * counts, color=PALE,
                   edgecolor=BLUE, linewidth=0.8, label="communes")  # fmt: skip
        for criteria_met, count in counts.items():
            ax.text(criteria_met, y, str(count), ha="center", va="center", fontsize=7)
        unknown = f"{met.isna().sum()} xã chưa có số liệu" if met.isna().any() else ""
        mean = f"bình quân {wording.number(met.mean(), 1)}" if met.notna().any() else ""
        _at_right(ax, y, "; ".join(filter(None, [mean, unknown])))
    _rows(ax, [wording.district_name(code) for code in codes])
    ax.set(xlim=(-0.7, 19.7), xticks=range(20))
    ax.set_xlabel("Số tiêu chí đã đạt; số trong chấm: số xã")
    return ax


def _no_data(ax: Axes) -> Axes:
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.text(0.5, 0.5, NO_DATA, transform=ax.transAxes, ha="center", va="center", color=GREY)
    return ax


def _give_room(ax: Axes, rows: int, inches: float) -> None:
    """Enough height for each row, where the figure holds nothing but this Axes."""
    page = ax.get_figure(root=True)
    if page.axes == [ax]:
        page.set_figheight(max(page.get_figheight(), rows * inches + 0.9))


def _rows(ax: Axes, labels, size: float = 7.5) -> None:
    """Rows from top to bottom with their labels."""
    ax.set_yticks(range(len(labels)), list(labels), fontsize=size)
    ax.set_ylim(len(labels) - 0.5, -0.5)
    ax.grid(axis="y", visible=False)
    ax.tick_params(axis="y", length=0)


def _plain_grid(ax: Axes) -> None:
    ax.grid(visible=False)
    ax.tick_params(length=0, rotation=0)


def _at_right(ax: Axes, y: float, text: str, color: str = INK) -> None:
    ax.text(1.02, y, text, transform=ax.get_yaxis_transform(), va="center", fontsize=7.5,
            color=color)  # fmt: skip


def _ticks(unit: str) -> FuncFormatter:
    def write(value: float, _) -> str:
        large = unit != "%" and abs(value) >= 1e6  # 'triệu' and 'tỷ' are shorter than zeros
        return wording.quantity(value, "đồng" if large else unit, with_unit=False)

    return FuncFormatter(write)


def _percents() -> FuncFormatter:
    return FuncFormatter(lambda share, _: wording.quantity(round(share * 100, 6), "%"))


def _measure(indicator: str) -> tuple[str, str, float]:
    """The name and unit in which an indicator is followed, and the factor to that unit."""
    row = reference.table("indicators").set_index("id").loc[indicator]
    if pd.isna(row["denominator"]):
        return row["name_vi"], row["unit"], 1.0
    return row["rate_vi"], row["rate_unit"], 100.0 if row["rate_unit"] == "%" else 1.0


def _break(indicator: str, years: pd.Index) -> float:
    """The first year of the new standard where it falls among `years`, else NaN."""
    year = reference.table("indicators").set_index("id").loc[indicator, "break_before"]
    return year if years.min() < year <= years.max() else math.nan


def _yearly(ax: Axes, points: pd.Series, break_year: float) -> None:
    """Dots joined where years follow each other under one standard; missing years named."""
    for part in (points[points.index < break_year], points[~(points.index < break_year)]):
        ax.plot(part.index, part, "o-", color=INK, linewidth=0.7, label="yearly")
    for year in points.index[points.isna()]:
        ax.text(year, 0.03, "thiếu", rotation=90, ha="center", va="bottom", fontsize=6, color=GREY,
                transform=ax.get_xaxis_transform())  # fmt: skip
    if not math.isnan(break_year):
        ax.axvline(break_year - 0.5, color=GREY, linewidth=0.8, linestyle="--")
        low = points.dropna().iloc[-1] < (points.min() + points.max()) / 2  # the words go opposite
        ax.text(break_year - 0.5, 0.97 if low else 0.03, "đổi chuẩn", rotation=90, fontsize=6,
                ha="center", va="top" if low else "bottom", color=GREY, path_effects=HALO,
                transform=ax.get_xaxis_transform())  # fmt: skip


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
        wording.quantity(round(value) if abs(value) >= 100 else value, unit, with_unit=False),
        (known.index[-1], value),
        xytext=(4, -5 if falling else 5), textcoords="offset points", ha="right",
        va="top" if falling else "bottom", fontsize=7, fontweight="bold", path_effects=HALO,
    )  # fmt: skip


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


def _place(row: dict) -> str:
    """The rank with its band: 'hạng 3 (2–5)'."""
    low, high = row["rank_low"], row["rank_high"]
    band = "" if math.isnan(low) or low == high else f" ({low:.0f}–{high:.0f})"
    return f"hạng {row['rank']:.0f}{band}"


def _ink(ground: tuple) -> str:
    """The colour of letters that stands out on a ground (WCAG relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ground[:3]]
    return INK if np.dot(linear, [0.2126, 0.7152, 0.0722]) > 0.2 else "white"


def _tile(ax: Axes, x: int, y: int, share: float, name: str, text: str) -> None:
    missing = math.isnan(share)
    ground = (1, 1, 1) if missing else SHADES(0.1 + 0.8 * share)
    ax.add_patch(
        Rectangle((x, y), 0.95, 0.95, facecolor=ground, edgecolor=GREY, linewidth=0.6,
                  hatch="////" if missing else "")
    )  # fmt: skip
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.5} if missing else None
    place = {"ha": "center", "va": "center", "color": _ink(ground), "bbox": behind}
    ax.text(x + 0.475, y + 0.34, name, fontsize=7, **place)
    ax.text(x + 0.475, y + 0.64, text, fontsize=8, fontweight="bold", **place)


def _survey_labels(table: pd.DataFrame) -> list[str]:
    """What tells the rows apart: commune, survey where there are several, question."""
    one_survey = table["survey"].nunique() == 1
    overall = not table.duplicated(["district_code", "commune_code", "survey"]).any()
    last = reference.table("surveys").set_index("survey")["overall"].astype(str)
    labels = []
    for row in table.to_dict("records"):
        one_commune = not overall and table["commune_code"].nunique() == 1
        words = [] if one_commune else [wording.commune_name(row["commune_code"])]
        words += [] if one_survey else [row["survey"]]
        common = " (chung)" if last.get(row["survey"]) == row["question"] else ""
        words += [] if overall else [f"câu {row['question']}{common}"]
        labels.append(textwrap.fill(", ".join(words), 34))
    return labels


def _days_words(days: float) -> str:
    if days == 0:
        return "✓ đúng hạn"
    return f"✗ muộn {days:.0f} ngày" if days > 0 else f"✓ sớm {-days:.0f} ngày"


def _part_name(part: str, name: str) -> str:
    return f"{part} {name}" if part.startswith("C") else name
