"""Page 1 of a district's report, the same places every year: what it comes to, at a glance.

Small pictures of half a page's width stand two beside each other on paper and one below the other
on a phone; each has its title in itself.
"""

from __future__ import annotations

import math
import textwrap
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from ntm_eval import notation, reference
from ntm_eval.analysis import satisfaction as answered
from ntm_eval.analysis.communes import CRITERIA
from ntm_eval.analysis.ranking import NOT_YET
from ntm_eval.intake.communes import RURAL
from ntm_eval.intake.sheets import MET
from ntm_eval.intake.sheets import NOT_YET as NOT_MET
from ntm_eval.language import N_
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, number, percent
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Column, Figure, Table, listed
from ntm_eval.reporting.sections.communes import criterion_names
from ntm_eval.reporting.sections.followup import VERDICTS
from ntm_eval.reporting.sections.satisfaction import judged
from ntm_eval.reporting.sections.scorecard import Cuts, bands, grades, short_name
from ntm_eval.reporting.style import BLUE, GREY, INK, PALE, SKY, VERMILION

HALF = 3.12  # inches of a picture's width
SHORTFALLS, SURVEYS = 5, 3  # rows that page 1 has room for
LEAST_SHOWN = 50  # points where the scale of the grades begins
NAMED = 2  # units in a line
HELD = "held"  # in place of a verdict
LETTERS = 62  # of what stands below a picture, in a line
NARROWEST = 6  # points of a grade's band that has room for its name


def core() -> pd.Index:
    """The indicators that stand on page 1."""
    known = reference.catalogue()
    return known.index[known["core"] == "dashboard"]


def points(ranking: pd.DataFrame, code: str, day: date) -> Figure:
    """The district's points among those of all, on the grades' scale."""
    row = ranking.set_index("district_code").loc[code]
    mates = ranking[(ranking["group"] == row["group"]) & (ranking["district_code"] != code)]
    names = listed(map(district_name, mates["district_code"]), NAMED)
    below = (
        _("Chưa phân biệt được với {names}", names=names)
        if names
        else _("Tách hẳn với các đơn vị khác")
    )
    title = _(
        "{points:.1f} điểm (từ {points_low:.1f} đến {points_high:.1f}) giữa {count} đơn vị",
        row,
        count=number(ranking["points"].notna().sum()),
    )
    return _half(
        _draw_points,
        ranking,
        row,
        grades(day) if row["grade"] != NOT_YET else [],
        title,
        below,
        tables="ranking",
        height=1.06,
        alt=f"{title}. {below}.",
    )


def parts(scores: pd.DataFrame) -> Figure:
    """From 100 down to the points: what each part lost, and what it has of its most."""
    order = reference.table("score_parts").drop_duplicates("part", keep="last")["part"]
    sums = scores.groupby("part")[["points", "max_points"]].sum()
    sums = sums.reindex([part for part in order if part in sums.index]).reset_index()
    texts = [
        f"{notation.score_name(r.part, None)}: {number(r.points, 1)}/{number(r.max_points)}"
        for r in sums.itertuples()
    ]
    title = _("Điểm bị trừ từng phần (thang từ {least} đến 100)", least=_least(sums))
    return _half(
        draw_parts, sums, title, tables="scores", height=1.06, alt=f"{title}. {'; '.join(texts)}."
    )


def shortfalls(scores: pd.DataFrame) -> Table:
    """The indicators that cost most points, with plan, result, share and points."""
    rows = scores[scores["indicator"].isin(reference.catalogue().index)]
    rows = rows.assign(lost=rows["points"] - rows["max_points"])
    rows = rows[rows["lost"] < -0.005].sort_values(["lost", "indicator"]).head(SHORTFALLS)
    frame = rows.assign(ratio=rows["ratio"].where(rows["value"].notna()))
    columns = {
        "indicator": Column("Chỉ tiêu", reference.indicator_name),
        "plan": Column.measured("Kế hoạch", "plan"),
        "value": Column.measured("Thực hiện", "value"),
        "ratio": Column.against_plan("So với mức phải đạt", "ratio"),
        "lost": Column.number("Trừ điểm", 2),
    }
    caption = "Các chỉ tiêu bị trừ nhiều điểm nhất"
    return Table.from_frame(frame, columns, caption, "Không chỉ tiêu nào bị trừ điểm.")


def courses(
    series: pd.DataFrame, moves: pd.DataFrame, scores: pd.DataFrame, facts: pd.DataFrame
) -> list[Figure]:
    """The core indicators over the years, in two pictures: values, share of plan, verdict.

    Of a figure that is held only last year's is shown.
    """
    asked = facts.loc[facts["held"].notna() & (facts["measure"] == "actual"), "indicator"]
    moves = moves.assign(verdict=moves["verdict"].mask(moves["indicator"].isin(asked), HELD))
    # a part of which nothing could be scored has a row without an indicator
    points = scores.dropna(subset="indicator").set_index("indicator").reindex(core())
    # points stop at the plan, the figure does not
    beyond = points["value"] / points["plan"].where(points["plan"] > 0)
    ratios = points["ratio"].mask((points["ratio"] >= 1) & (beyond > 1), beyond)
    frame = moves.set_index("indicator").reindex(core()).assign(ratio=ratios)
    frame = frame.rename_axis("indicator").reset_index()
    half = math.ceil(len(frame) / 2)
    whole = facts["period"].eq("annual").all()
    return [_courses(each, series, whole) for each in (frame.iloc[:half], frame.iloc[half:])]


def communes(found: pd.DataFrame) -> Figure | None:
    """How many communes meet how many criteria, and which criteria hold most of them back."""
    rows = found[(found["kind"] == RURAL) & found["criteria_met"].notna()]
    if rows.empty:
        return None
    names = criterion_names()
    missing = rows[list(CRITERIA)].eq(NOT_MET).sum().sort_values(ascending=False, kind="stable")
    if len(rows) == 1:
        met = rows["criteria_met"].iloc[0]
        title = _("Xã đạt {met}/19 tiêu chí nông thôn mới", met=number(met))
        lacks = [_(names[c]) for c in missing.index[missing > 0]]
        below = _("Chưa đạt: {names}", names=", ".join(lacks)) if lacks else _("Đạt đủ 19 tiêu chí")
    else:
        whole = int((rows["criteria_met"] == len(CRITERIA)).sum())
        title = _(
            "{whole}/{count} xã đạt đủ 19 tiêu chí nông thôn mới", whole=whole, count=len(rows)
        )
        most = [f"{_(names[c])} ({n} {_('xã')})" for c, n in missing.head(2).items() if n]
        below = _("Hay thiếu nhất: {names}", names=", ".join(most)) if most else ""
    return _half(
        _draw_communes, rows, title, below, tables="communes", height=1.22, alt=f"{title}. {below}."
    )


def surveys(found: pd.DataFrame) -> Figure | None:
    """The overall question of each survey with its interval and the level asked for."""
    rows = answered.overall(found)
    if rows.empty:
        return None
    rows = rows.assign(words=[words for words, *_mark in judged(rows)])
    rows = rows.sort_values(["share_low", "commune_code"]).head(SURVEYS)
    title = _("Sự hài lòng của người dân, câu hỏi chung")
    texts = [
        f"{notation.commune_name(r.commune_code, r.district_code)}: {_share(r)} {_(r.words)[2:]}"
        for r in rows.itertuples()
    ]
    return _half(
        _draw_surveys,
        rows,
        title,
        tables="satisfaction",
        height=1.22,
        alt=f"{title}. {'; '.join(texts)}.",
    )


def _half(chart: Any, *frames: Any, height: float, alt: str, tables: str) -> Figure:
    return Figure.drawn(chart, *frames, alt=alt, tables=tables, width=HALF, height=height)


def _frame(ax: Axes, height: float, title: str) -> None:
    """Inches of the picture from its upper left corner; the title in bold."""
    style.whole_page(ax, height)
    ax.set(xlim=(0, HALF), ylim=(height, 0))
    ax.text(0.02, 0.02, title, fontsize=7.5, fontweight="bold", va="top")


def _below(ax: Axes, y: float, words: str, lines: int) -> None:
    """Words below a picture, as many lines as there is room for; `alt` has all of them."""
    fitted = textwrap.wrap(words, LETTERS, max_lines=lines, placeholder=" …")
    ax.text(0.02, y, "\n".join(fitted), fontsize=6.5, va="top", linespacing=1.1, color=INK)


def _draw_points(
    ax: Axes, ranking: pd.DataFrame, row: pd.Series, cuts: Cuts, title: str, below: str
) -> None:
    _frame(ax, 1.06, title)
    known = ranking.dropna(subset="points")
    low = min(LEAST_SHOWN, math.floor(known["points"].min() / 10) * 10)
    left, right, top, bottom = 0.06, HALF - 0.1, 0.36, 0.7

    def at(value: float) -> float:
        return left + (value - low) / (100 - low) * (right - left)

    for n, (start, end, (_least, grade)) in enumerate(bands(cuts, low)):
        shade = (0.96 - 0.07 * n, 0.97 - 0.045 * n, 0.98 - 0.02 * n)
        style.boxes(ax, [at(start), at(end), top, bottom], facecolor=shade)
        if end - start >= NARROWEST:
            middle = (at(start) + at(end)) / 2
            ax.text(middle, top - 0.03, notation.grade(grade), fontsize=6, ha="center")
    lines = [[(at(p), top + 0.12), (at(p), bottom)] for p in known["points"]]
    ax.add_collection(LineCollection(lines, colors=GREY, linewidths=0.8))
    if pd.notna(row["points"]):
        ends = [[(at(row["points_low"]), bottom - 0.1), (at(row["points_high"]), bottom - 0.1)]]
        ax.add_collection(LineCollection(ends, colors=SKY, linewidths=5))
        ax.plot(at(row["points"]), bottom - 0.1, "o", color=BLUE, ms=6, label="points")
    for value in range(low, 101, 10):
        ax.text(at(value), bottom + 0.03, str(value), fontsize=6, ha="center", va="top", color=GREY)
    _below(ax, 0.84, below, 2)


def _least(sums: pd.DataFrame) -> int:
    """Where the scale of what was lost begins: the ten below the points."""
    return math.floor(sums["points"].sum() / 10) * 10


def draw_parts(ax: Axes, sums: pd.DataFrame, title: str) -> None:
    """A step down for each part; the last ends at the points. Its scale need not begin at 0."""
    _frame(ax, 1.06, title)
    left, right, top = 1.88, HALF - 0.72, sums["max_points"].sum()
    least = _least(sums)
    high, before = top, right
    for n, row in enumerate(sums.itertuples()):
        y = 0.2 + 0.12 * n
        low = high - (row.max_points - row.points)
        start = left + (low - least) / max(top - least, 1) * (right - left)
        style.boxes(ax, [left, right, y, y + 0.09], facecolor="#f1f1f1")
        style.boxes(ax, [left, start, y, y + 0.09], facecolor=PALE)
        style.boxes(ax, [start, before, y, y + 0.09], facecolor=VERMILION)
        name = notation.score_name(row.part, None)
        ax.text(left - 0.05, y + 0.05, name, fontsize=6, ha="right", va="center_baseline")
        lost = number(row.points - row.max_points, 1) if low < high - 0.05 else "0"
        text = f"{lost} ({number(row.points, 1)}/{number(row.max_points)})"
        ax.text(right + 0.05, y + 0.05, text, fontsize=6, va="center_baseline")
        high, before = low, start


def _courses(rows: pd.DataFrame, series: pd.DataFrame, whole: bool) -> Figure:
    texts = [
        f"{notation.measure(r.indicator)}: {from_to(r)}, {_(_verdict(r))}"
        for r in rows.itertuples()
    ]
    shown = series[series["indicator"].isin(rows["indicator"])]
    height = 0.18 + 0.33 * len(rows)
    return _half(
        _draw_courses,
        rows,
        shown,
        height,
        whole,
        tables="series",
        height=height,
        alt="; ".join(texts) + ".",
    )


def _draw_courses(
    ax: Axes, rows: pd.DataFrame, series: pd.DataFrame, height: float, whole: bool
) -> None:
    years = sorted(series["year"].unique())
    span = f"{years[0]}–{years[-1]}" if years else ""
    _frame(ax, height, _("Chỉ tiêu chính, {span}", span=span))
    for n, row in enumerate(rows.itertuples()):
        top = 0.18 + 0.33 * n
        ax.text(0.02, top + 0.08, short_name(row.indicator), fontsize=7, va="center")
        sign, words = _(_verdict(row)).split(" ", 1)
        worse = row.verdict == "worse"
        ax.text(
            HALF - 0.04,
            top + 0.08,
            f"{sign} {words}",
            fontsize=6.5,
            ha="right",
            va="center",
            fontweight="bold" if worse else "normal",
            color=VERMILION if worse else INK,
        )
        plan = ""
        if not pd.isna(row.ratio):
            of = _("kế hoạch") if whole else _("tiến độ")
            plan = f" · {notation.against_plan(row.ratio, row.indicator)} {of}"
        ax.text(1.12, top + 0.24, from_to(row) + plan, fontsize=6.5, va="center", color=INK)
        own = series[series["indicator"] == row.indicator].sort_values("year")
        values = own["rate"].fillna(own["value"]).to_numpy(float)
        if np.isnan(values).all():
            continue
        low, high = np.nanmin(values), np.nanmax(values)
        room = 0 if low < high else 1
        x = np.interp(own["year"], [years[0], years[-1] + 1e-9], [0.06, 0.98])
        y = np.interp(values, [low - room, high + room], [top + 0.31, top + 0.17])
        ax.plot(x, y, color=GREY, linewidth=0.9)
        ax.plot(x[-1], y[-1], "o", color=BLUE, ms=3)


def _draw_communes(ax: Axes, rows: pd.DataFrame, title: str, below: str) -> None:
    _frame(ax, 1.22, title)
    if len(rows) == 1:
        marks = rows[list(CRITERIA)].iloc[0]
        for n, (name, mark) in enumerate(marks.items()):
            x, y = 0.1 + 0.3 * (n % 10), 0.28 + 0.32 * (n // 10)
            sign, color = {MET: ("✓", PALE), NOT_MET: ("✗", "#f3d3c0")}.get(mark, ("?", "white"))
            style.boxes(
                ax, [x, x + 0.26, y, y + 0.26], facecolor=color, edgecolor=GREY, linewidth=0.5
            )
            ax.text(
                x + 0.13, y + 0.13, f"{str(name)[2:]}{sign}", fontsize=6, ha="center", va="center"
            )
    else:
        counts = rows["criteria_met"].astype(int).value_counts()
        low, most = min(counts.index.min(), 10), max(counts.max(), 4)
        bottom, step = 0.86, min(0.11, 0.62 / most)
        wide = (HALF - 0.2) / (len(CRITERIA) - low + 1)
        for met in range(low, len(CRITERIA) + 1):
            x = 0.1 + wide * (met - low + 0.5)
            ax.text(x, bottom + 0.03, str(met), fontsize=6, ha="center", va="top", color=GREY)
            color = BLUE if met == len(CRITERIA) else SKY
            ys = bottom - step * (np.arange(counts.get(met, 0)) + 0.9)
            side = min(step * 0.8, wide * 0.6)
            corners = [[x - side / 2, x + side / 2, y, y + side] for y in ys]
            if corners:
                style.boxes(ax, corners, facecolor=color)
    _below(ax, 0.9 if len(rows) == 1 else 1.0, below, 3 if len(rows) == 1 else 2)


def _draw_surveys(ax: Axes, rows: pd.DataFrame, title: str) -> None:
    _frame(ax, 1.22, title)
    ends = rows[["low", "share_low", "threshold"]].min(axis=None)
    low = 0.0 if math.isnan(ends) else max(0.0, math.floor(ends * 20 - 0.5) / 20)
    left, right = 0.1, HALF - 0.1

    def at(share: Any) -> Any:
        return left + (share - low) / (1 - low) * (right - left)

    for n, row in enumerate(rows.itertuples()):
        y = 0.27 + 0.29 * n
        bad = row.rule == "not_met"
        name = notation.commune_name(row.commune_code, row.district_code)
        text = f"{name}: {_share(row)} {_(row.words)}"
        ax.text(left, y, text, fontsize=6.2, va="center", color=VERMILION if bad else INK)
        if not math.isnan(row.low):
            interval = [[(at(row.low), y + 0.15), (at(row.high), y + 0.15)]]
            ax.add_collection(
                LineCollection(interval, colors=VERMILION if bad else SKY, linewidths=3)
            )
        if not math.isnan(row.share):
            ax.plot(at(row.share), y + 0.15, "s" if bad else "o", color=INK, ms=3.5)
        if not math.isnan(row.threshold):
            mark = [[(at(row.threshold), y + 0.09), (at(row.threshold), y + 0.21)]]
            ax.add_collection(LineCollection(mark, colors=INK, linewidths=1))
    text = _("Trục từ {low} đến 100%; vạch đứng: mức yêu cầu", low=percent(low, 0))
    ax.text(0.02, 1.16, text, fontsize=6, va="center", color=GREY)


def from_to(row: Any) -> str:
    """Last year's figure and this year's, the unit once; no decimals in thousands."""
    known = reference.indicator(row.indicator)
    unit = known["unit"] if pd.isna(known["rate_unit"]) else known["rate_unit"]
    both = [row.before] if row.verdict == HELD else [row.before, row.now]
    values = [round(v) if abs(v) >= 1000 else v for v in both]
    if unit == "%":
        return " → ".join(notation.measured(value, row.indicator) for value in values)
    if row.verdict == HELD:
        last_year = notation.quantity(values[0], unit)
        return _("năm trước: {figure}", figure=last_year) if not pd.isna(values[0]) else last_year
    *first, last = values
    texts = [notation.quantity(value, unit, with_unit=False) for value in first]
    return " → ".join([*texts, notation.quantity(last, unit)])


def _verdict(row: Any) -> str:
    if row.verdict == HELD:
        return N_("? đang đề nghị giải trình")
    return VERDICTS[row.verdict if isinstance(row.verdict, str) else "no_figure"]


def _share(row: Any) -> str:
    if not math.isnan(row.share):
        return percent(row.share)
    return (
        "" if math.isnan(row.share_low) else f"≥ {percent(math.floor(row.share_low * 1000) / 1000)}"
    )
