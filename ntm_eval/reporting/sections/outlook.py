"""The year's end from a 6-month report: plans in danger, and how past forecasts came out."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ntm_eval import notation, reference
from ntm_eval.analysis import outlook
from ntm_eval.language import translate as _
from ntm_eval.notation import percent
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Column, Figure, Table, Text
from ntm_eval.reporting.sections.results import INDICATOR
from ntm_eval.reporting.style import BLUE, GREY, INK, SKY, VERMILION

ALT = (
    "Mỗi hàng một chỉ tiêu khó đạt kế hoạch: số 6 tháng, dự kiến cả năm và khoảng 80% so với kế "
    "hoạch. Số ở bảng dự kiến cuối năm."
)
CALIBRATION_ALT = (
    "Hai ô về dự kiến của các năm trước: khả năng đã dự kiến và tỷ lệ đạt thật; tỷ lệ khoảng 80% "
    "chứa số thật theo năm. Kết luận ở đoạn văn cạnh hình."
)
NO_OUTLOOK = "Không có dự kiến đến cuối năm: đã là báo cáo năm, hoặc chưa có báo cáo 6 tháng."

BASELINES = {
    "doubled": "nhân đôi số 6 tháng",
    "last_ratio": "tỷ lệ của chính đơn vị năm trước",
    "last_value": "lấy số cả năm trước",
}

FIGURES = {
    "so_far": Column.amount("6 tháng", "so_far"),
    "plan": Column.amount("Kế hoạch năm", "plan"),
    "expected": Column.amount("Dự kiến cả năm", "expected"),
}

TOLD, DRAWN = 5, 20  # plans in danger with a sentence each, and with a row in the picture

WANTED = 0.8

TOLERATED = (0.75, 0.85)

STEPS = np.linspace(0, 1, 6)  # the classes of probability

MOST = 1.6  # of the plan; what lies beyond ends at the edge


def warnings_table(of_district: pd.DataFrame, day: date) -> Table:
    """The plans in danger, those that can most easily still be met first."""
    columns = {
        **INDICATOR,
        **FIGURES,
        "probability": Column("Khả năng đạt", notation.likely, css="num"),
        "push": Column.number("Cần so với thường lệ (lần)", 2),
    }
    caption = "Chỉ tiêu có nguy cơ không đạt kế hoạch (chỉ tiêu dễ khắc phục xếp trước)"
    empty = _none(day) if len(of_district) else NO_OUTLOOK
    return Table.from_frame(_rounded(outlook.warnings(of_district, day)), columns, caption, empty)


def summary(of_district: pd.DataFrame, day: date) -> Text:
    """How many plans are in danger, and which of them a little more effort would still save."""
    if of_district.empty:
        return Text(_(NO_OUTLOOK), of_district)
    found = outlook.warnings(of_district, day)
    if found.empty:
        return Text(_none(day), of_district)
    easily = reference.constant("easily", day)
    near = found[found["push"] <= easily]
    said = _(
        "{found} chỉ tiêu có khả năng đạt kế hoạch dưới {likely:.0%}; trong đó {near} chỉ "
        "cần kết quả 6 tháng cuối năm không quá {easily:.2f} lần mức thường lệ là đạt.",
        found=len(found),
        likely=reference.constant("likely", day),
        easily=easily,
        near=len(near) or _("không có kế hoạch nào"),
    )
    nearest = map(_told, _rounded(near.head(TOLD)).to_dict("records"))
    return Text("\n".join([said, *nearest]), of_district)


def trusted(tried: pd.DataFrame) -> Text:
    """How the same way of looking ahead would have done in past years, against simple guesses."""
    if tried.empty:
        return Text(_("Không có dự kiến nào của các năm trước để thử lại."), tried)
    years = sorted(tried["year"].unique())
    by_year = hit(tried).groupby(tried["year"]).mean()
    held = _(
        "Thử lại trên {tried:.0f} dự kiến của các năm {first}–{last}, mỗi năm được dự kiến từ"
        " những năm còn lại: khoảng 80% chứa số thật ở {share:.1%} trường hợp (từng năm từ "
        "{min:.1%} đến {max:.1%}).",
        tried=len(tried),
        first=years[0],
        last=years[-1],
        share=hit(tried).mean(),
        min=by_year.min(),
        max=by_year.max(),
    )
    errors = errors_of(tried)
    if np.isnan(errors["expected"]):
        return Text(held, tried)
    beaten = [f"{_(words)} {percent(errors[way])}" for way, words in BASELINES.items()]
    off = _(
        "Sai số giữa (một nửa số dự kiến lệch ít hơn mức này): {expected:.1%}; các cách đoán "
        "đơn giản: {beaten}.",
        errors,
        beaten=", ".join(beaten),
    )
    return Text("\n".join([held, off, *_not_beaten(errors)]), tried)


def hit(tried: pd.DataFrame) -> pd.Series:
    """True where the 80 % interval of a past forecast held what happened."""
    slack = 1e-9 * tried["actual"].abs()
    return (tried["actual"] >= tried["low"] - slack) & (tried["actual"] <= tried["high"] + slack)


def errors_of(tried: pd.DataFrame) -> dict[str, float]:
    """The median distance from what happened, as a share of it, over rows that every way has."""
    ways = ["expected", *BASELINES]
    rows = tried.dropna(subset=ways)
    rows = rows[rows["actual"] > 0]
    return {way: float((rows[way] / rows["actual"] - 1).abs().median()) for way in ways}


def draw(ax: Axes, of_district: pd.DataFrame, day: date) -> Axes:
    """Plans more likely missed than met: half-year, expected year and 80 % interval over the plan.

    Those that can most easily still be met are on top.
    """
    rows = outlook.warnings(of_district, day)
    rows = rows[rows["plan"] > 0].head(DRAWN)
    if rows.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.26 * len(rows) + 0.9)
    shares = rows[["low", "expected", "high", "so_far"]].div(rows["plan"], axis=0).clip(upper=MOST)
    places = np.arange(len(rows))
    ax.hlines(places, shares["low"], shares["high"], color=SKY, linewidth=5, label="interval")
    ax.plot(shares["expected"], places, "|", color=INK, ms=10, mew=1.8, label="expected")
    ax.plot(
        shares["so_far"], places, "o", color=GREY, markerfacecolor="white", ms=4, label="so far"
    )
    for y, row in enumerate(rows.to_dict("records")):
        push = "" if math.isnan(row["push"]) else f" · ×{notation.number(row['push'], 2)}"
        style.at_right(ax, y, notation.likely(row["probability"]) + push)
    names = [f"{i} {reference.indicator_name(i)}" for i in rows["indicator"]]
    style.name_rows(ax, [textwrap.shorten(n, 48, placeholder="…") for n in names], size=6.5)
    ax.axvline(1, color=INK, linewidth=1)
    ax.set_xlim(0, None)
    ax.xaxis.set_major_formatter(style.percents())
    signs = _("So với kế hoạch năm: ○ 6 tháng   | dự kiến cả năm, thanh: khoảng 80%;")
    right = _("bên phải: khả năng đạt; × sáu tháng cuối cần gấp mấy lần thường lệ")
    ax.set_xlabel(f"{signs}\n{right}")
    return ax


def draw_reliability(ax: Axes, tried: pd.DataFrame) -> Axes:
    """Forecast probabilities of meeting the plan against how often it was met, in past years."""
    known = tried[tried["probability"].notna()]
    if known.empty:
        return style.no_data(ax)
    step = pd.cut(known["probability"], STEPS, include_lowest=True, labels=False)
    groups = known.assign(said=known["probability"], came=_met(known)).groupby(step)
    means, counts = groups[["said", "came"]].mean(), groups.size()
    ax.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle="--")
    margin = 1.96 * np.sqrt(means["came"] * (1 - means["came"]) / counts)
    ax.errorbar(
        means["said"],
        means["came"],
        yerr=margin,
        fmt="o",
        color=BLUE,
        ecolor=INK,
        elinewidth=0.8,
        capsize=2,
    )
    for (said, came), count in zip(means.to_numpy(), counts, strict=True):
        ax.annotate(
            f"{count}", (said, came), xytext=(6, -8), textcoords="offset points", fontsize=6.5
        )
    ax.set(xlim=(-0.03, 1.06), ylim=(-0.03, 1.06), aspect="equal")
    ax.xaxis.set_major_formatter(style.percents())
    ax.yaxis.set_major_formatter(style.percents())
    ax.set_title(_("Khả năng dự kiến và thực tế"))
    ax.set_xlabel(_("Khả năng đạt kế hoạch đã dự kiến") + "\n" + _("(số cạnh chấm: số trường hợp)"))
    ax.set_ylabel(_("Tỷ lệ đạt thật"))
    return ax


def draw_coverage(ax: Axes, tried: pd.DataFrame) -> Axes:
    """How often the 80 % intervals held what happened, by past year, with the tolerated band."""
    if tried.empty:
        return style.no_data(ax)
    shares = hit(tried).groupby(tried["year"]).mean()
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
    ax.set_title(_("Khoảng 80% chứa số thật"))
    ax.set_xlabel(_("Tỷ lệ trường hợp chứa số thật;") + "\n" + _("vạch: 80%, dải mờ: 75–85%"))
    return ax


def draw_calibration(both: Sequence[Axes], tried: pd.DataFrame) -> None:
    """Both pictures of the forecasts of past years, side by side."""
    draw_reliability(both[0], tried)
    draw_coverage(both[1], tried)


def table(found: pd.DataFrame) -> Table:
    """Where the year is heading, from its 6-month report; empty for a whole year."""
    columns = {
        **INDICATOR,
        **FIGURES,
        "low": Column.amount("Thấp (10%)", "low"),
        "high": Column.amount("Cao (90%)", "high"),
        "probability": Column.percent("Khả năng đạt", 0),
    }
    empty = "Báo cáo năm: không cần dự kiến."
    return Table.from_frame(_rounded(found), columns, "Dự kiến đến cuối năm", empty)


def calibration(tried: pd.DataFrame) -> Figure:
    """How forecasts of past years came out."""
    return Figure.drawn(
        draw_calibration, tried, alt=CALIBRATION_ALT, tables="tried", common=True, columns=2
    )


def chart(of_district: pd.DataFrame, day: date) -> Figure:
    """Plans more likely missed than met."""
    return Figure.drawn(draw, of_district, day, alt=ALT, tables="outlook")


def _none(day: date) -> str:
    least = reference.constant("likely", day)
    return _("Không có kế hoạch nào có khả năng đạt dưới {likely:.0%}.", likely=least)


def _not_beaten(errors: dict[str, float]) -> list[str]:
    better = [_(words) for way, words in BASELINES.items() if errors[way] <= errors["expected"]]
    return [_("Cách dự kiến này chưa hơn: {better}.", better=", ".join(better))] if better else []


def _rounded(found: pd.DataFrame) -> pd.DataFrame:
    """Forecasts with their `unit`, whole where the indicator is counted."""
    known = reference.catalogue()[["kind", "unit"]].reindex(found["indicator"])
    counted = known["kind"].isin(["count", "money", "area"]).to_numpy()
    names = ("so_far", "plan", "expected", "low", "high")
    whole = {name: found[name].round().where(counted, found[name]) for name in names}
    return found.assign(unit=known["unit"].to_numpy(), **whole)


def _told(row: dict) -> str:
    names = ("expected", "low", "high", "plan")
    figures = {name: notation.quantity(row[name], row["unit"]) for name in names}
    return _(
        "{name}: dự kiến {expected} (khoảng 80% từ {low} đến {high}), kế hoạch {plan}, khả "
        "năng đạt {likely}; cần bằng {push:.2f} lần mức thường lệ của sáu tháng cuối năm.",
        figures,
        name=reference.indicator_name(row["indicator"]),
        likely=notation.likely(row["probability"]),
        push=row["push"],
    )


def _met(tried: pd.DataFrame) -> pd.Series:
    """Whether a past year met its plan."""
    down = tried["indicator"].map(reference.catalogue()["better"]).eq("down")
    at_most, at_least = tried["actual"] <= tried["plan"], tried["actual"] >= tried["plan"]
    return at_least.mask(down, at_most)
