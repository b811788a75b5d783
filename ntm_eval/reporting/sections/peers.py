"""A district beside the others: the limits of chance, those most alike, pooled trends."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ntm_eval import notation, reference
from ntm_eval.analysis.funnel import ALARM, WARNING
from ntm_eval.language import translate as _
from ntm_eval.notation import number, percent
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Column, Figure, Table, Text
from ntm_eval.reporting.style import BLUE, GREY, HALO, INK, SKY, VERMILION

POOLED_ALT = (
    "Mỗi hàng một huyện, thành phố: mức thay đổi mỗi năm tính riêng và tính chung, khoảng 95% và "
    "mức chung của tỉnh. Số của huyện này ở bảng các cách tính."
)
BESIDE_ALT = (
    "Mỗi ô một chỉ tiêu: huyện này bên cạnh các huyện, thành phố khác, với giới hạn của dao động "
    "ngẫu nhiên. Số ở bảng so sánh."
)
# what tells districts apart at a glance: poverty, houses, culture, insurance, waste, drugs
SHOWN = ("C1-19", "C1-17", "C1-16", "C2-01", "C2-03", "C2-15", "C3-06", "C4-05", "C5-01")

OUTSIDE = 8  # indicators outside the limits with a sentence each

PLACES = {
    "below_alarm": "thấp hơn hẳn mức chung {centre}",
    "below": "thấp hơn mức chung {centre}",
    "above": "cao hơn mức chung {centre}",
    "above_alarm": "cao hơn hẳn mức chung {centre}",
}

GOOD = {"better": "tốt hơn", "worse": "kém hơn"}

FUNNEL_SIGNS = {"below_alarm": "▼▼", "below": "▼", "above": "▲", "above_alarm": "▲▲"}


def table(alike: pd.DataFrame, funnel: pd.DataFrame) -> Table:
    """A district and those most alike it: the same rates in one row, the province's level last."""
    codes = alike["district_code"].tolist()
    texts = [rate(row, "rate") + _sign(row["place"]) for row in funnel.to_dict("records")]
    wide = funnel.assign(text=texts).pivot(
        index="indicator", columns="district_code", values="text"
    )
    centres = funnel.drop_duplicates("indicator").set_index("indicator")["centre"]
    wide = wide.reindex(columns=codes).join(centres)
    frame = wide.loc[[code for code in SHOWN if code in wide.index]].reset_index()
    columns = {
        "indicator": Column("Chỉ tiêu", notation.measure_name, css="wide"),
        "unit": Column.of_row("Tính theo", unit),
        **{code: Column(notation.district_name(code), css="num") for code in codes},
        "centre": Column.of_row("Mức chung", lambda row: rate(row, "centre"), css="num"),
    }
    caption = "Bên cạnh những huyện tương tự (▲▼: ngoài giới hạn 95%, ▲▲▼▼: ngoài giới hạn 99,8%)"
    return Table.from_frame(frame, columns, caption, common=alike.empty)


def summary(funnel: pd.DataFrame) -> Text:
    """One district's indicators outside the limits of all, the furthest and the worse first."""
    if funnel.empty:
        return Text(_("Chưa có chỉ tiêu nào so sánh được với các đơn vị khác."), funnel)
    rows = funnel[funnel["place"].isin(PLACES)]
    lines = [
        _(
            "Trong {count} chỉ tiêu so sánh được theo hộ, theo dân số, {out} nằm ngoài giới hạn "
            "95% của các đơn vị báo cáo.",
            count=len(funnel),
            out=len(rows),
        )
    ]
    good = rows["good"].map({"worse": 0, "better": 1, "unclear": 2})
    order = rows.assign(inner=~rows["place"].str.endswith("alarm"), order=good)
    shown = order.sort_values(["inner", "order", "indicator"]).head(OUTSIDE)
    lines += map(_outside, shown.to_dict("records"))
    if (more := len(rows) - OUTSIDE) > 0:
        lines.append(_("Còn {more} chỉ tiêu khác: xem bảng.", more=more))
    return Text("\n".join(lines), funnel)


def alike(rows: pd.DataFrame) -> Text:
    """Which districts are most alike one district in size and poverty."""
    if len(rows) < 2:
        return Text(_("Chưa đủ số hộ và số hộ nghèo để tìm đơn vị tương tự."), rows)
    named = rows.assign(name=rows["district_code"].map(notation.district_name))
    own, *mates = named.to_dict("records")
    others = [_("{name} ({households:.0f} hộ, nghèo {poverty:.1%})", mate) for mate in mates]
    said = _(
        "{name} có {households:.0f} hộ, tỷ lệ hộ nghèo {poverty:.1%}. Gần giống nhất về quy mô và "
        "mức nghèo: {others}.",
        own,
        others=", ".join(others),
    )
    return Text(said, rows)


def rate(row: Mapping, column: str) -> str:
    """A rate of the funnel in words: a share in per cent, else per 1.000 households."""
    shared = _is_share(row["indicator"])
    return percent(row[column]) if shared else number(row[column] * 1000, 2)


def unit(row: Mapping) -> str:
    """In what the rate counts."""
    return "%" if _is_share(row["indicator"]) else _("trên 1.000 hộ")


def furthest(funnels: pd.DataFrame, mine: str) -> list[str]:
    """The two indicators in which a district is furthest from the others."""
    own = funnels[funnels["district_code"] == mine]
    far = ((own["rate"] - own["centre"]) / (own["high"] - own["centre"])).abs()
    chosen = own.assign(far=far).sort_values(["far", "indicator"], ascending=[False, True])
    return chosen["indicator"].head(2).to_list()


def most_pooled(slopes_pooled: pd.DataFrame, mine: str) -> str | None:
    """The indicator whose slope was drawn furthest by pooling, of those with a clear trend."""
    rows = slopes_pooled[slopes_pooled["district_code"] == mine]
    rows = rows[(rows["state"] == "pooled") & rows["direction"].isin(["up", "down"])]
    drawn = (rows["own"] - rows["slope"]).abs() / rows["slope"].abs()
    return rows.loc[drawn.idxmax(), "indicator"] if len(rows) else None


def draw_beside(
    axes: Sequence[Axes], table: pd.DataFrame, indicators: Sequence[str], mine: str
) -> None:
    """A funnel for each of some indicators, side by side."""
    for ax, indicator in zip(axes, indicators, strict=True):
        draw_funnel(ax, table, indicator, mine)


def draw_funnel(ax: Axes, table: pd.DataFrame, indicator: str, mine: str) -> Axes:
    """The districts by size and rate with the limits of chance and usual difference.

    Named are the districts outside the limits, with a sign, and the district `mine`.
    """
    rows = table[table["indicator"] == indicator].sort_values("size")
    if rows.empty or rows["low"].isna().all():
        return style.no_data(ax)
    share = _is_share(indicator)
    scale = 100 if share else 1000
    sizes = np.linspace(rows["size"].min() * 0.85, rows["size"].max() * 1.08, 60)
    first = rows.iloc[0]
    chance = first["centre"] * (1 - first["centre"]) if share else first["centre"]
    spread = np.sqrt(chance / sizes + first["between"] ** 2)
    top = 1.0 if share else np.inf
    for z, dashes, words in ((WARNING, "--", "95%"), (ALARM, ":", notation.percent(0.998))):
        for sign in (-1, 1):
            limit = np.clip(first["centre"] + sign * z * spread, 0, top) * scale
            ax.plot(sizes, limit, dashes, color=GREY, linewidth=0.9, label="limit")
        ax.annotate(
            words,
            (sizes[-1], limit[-1]),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=6.5,
            color=GREY,
        )
    ax.axhline(first["centre"] * scale, color=INK, linewidth=0.9)
    _districts(ax, rows, scale, mine)
    name = notation.measure_name(indicator)
    ax.set_title(textwrap.fill(f"{name}, {unit(first)}", 42))
    base = reference.indicator_name(first["base"])
    ax.set_xlabel(f"{base}\n{_('vạch liền: mức chung; đứt, chấm: giới hạn 95%, 99,8%')}")
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: notation.number(value)))
    ax.yaxis.set_major_formatter(style.ticks("%" if share else ""))
    ax.xaxis.set_major_locator(MaxNLocator(4))
    return ax


def draw_pooled(ax: Axes, table: pd.DataFrame, indicator: str, mine: str) -> Axes:
    """Each district's own slope and the pooled one with its interval, the province's as a line.

    The name of the district `mine` stands out.
    """
    rows = table[(table["indicator"] == indicator) & (table["state"] == "pooled")]
    if rows.empty:
        return style.no_data(ax)
    known, share = reference.indicator(indicator), _is_share(indicator)
    scale = 100 if share else 1
    rows = rows.sort_values("slope", ascending=False, ignore_index=True)
    style.fit_height(ax, 0.28 * len(rows) + 0.9)
    ax.hlines(rows.index, rows["low"] * scale, rows["high"] * scale, color=SKY, linewidth=4)
    for column, sign, how in (
        ("own", "o", {"color": GREY, "markerfacecolor": "white"}),
        ("slope", "|", {"color": INK, "ms": 10, "mew": 1.8}),
        ("province", "d", {"color": VERMILION, "ms": 3.5}),
    ):
        ax.plot(rows[column] * scale, rows.index, sign, label=column, **how)
    for y, row in enumerate(rows.to_dict("records")):
        kept = notation.percent(row["kept"], 0)
        slope = notation.change(row["slope"], indicator)
        style.at_right(ax, y, _("{slope} · giữ {kept}", slope=slope, kept=kept))
    ax.axvline(0, color=INK, linewidth=0.8)
    own = rows.index[rows["district_code"] == mine]
    style.name_rows(ax, rows["district_code"].map(notation.district_name), bold=own)
    ax.xaxis.set_major_formatter(style.ticks("" if share else known["unit"]))
    ax.xaxis.set_major_locator(MaxNLocator(6))
    title = _(
        "{name}: thay đổi mỗi năm, {unit}",
        name=notation.measure_name(indicator),
        unit=_("điểm phần trăm") if share else _(known["unit"]),
    )
    ax.set_title(textwrap.fill(title, 60))
    signs = _("○ riêng đơn vị   | tính chung, thanh: khoảng 95%   ◆ mức chung của tỉnh")
    kept = _("giữ: phần khác biệt riêng của huyện được giữ lại")
    ax.set_xlabel(f"{signs}\n{kept}")
    return ax


def beside(funnels: pd.DataFrame, indicators: Sequence[str], mine: str) -> Figure:
    """One district beside the others, on indicators with the limits of chance."""
    return Figure.drawn(
        draw_beside,
        funnels,
        indicators,
        mine,
        alt=BESIDE_ALT,
        tables="funnel",
        height=2.9,
        columns=len(indicators),
    )


def pooled(pooled: pd.DataFrame, indicator: str, mine: str) -> Figure:
    """Each district's own yearly change and the pooled one."""
    return Figure.drawn(draw_pooled, pooled, indicator, mine, alt=POOLED_ALT, tables="pooled")


def _sign(place: str) -> str:
    return f" {FUNNEL_SIGNS[place]}" if place in FUNNEL_SIGNS else ""


def _is_share(indicator: str) -> bool:
    return bool(reference.indicator(indicator)["rate_unit"] == "%")


def _outside(row: dict) -> str:
    own, centre, low, high = (rate(row, name) for name in ("rate", "centre", "low", "high"))
    good = f" ({_(GOOD[row['good']])})" if row["good"] in GOOD else ""
    return _(
        "{name}: {own}, {place}{good}; giới hạn 95% từ {low} đến {high}."
        if _is_share(row["indicator"])
        else "{name}: {own} trên 1.000 hộ, {place}{good}; giới hạn 95% từ {low} đến {high}.",
        name=notation.measure_name(row["indicator"]),
        own=own,
        place=_(PLACES[row["place"]], centre=centre),
        good=good,
        low=low,
        high=high,
    )


def _districts(ax: Axes, rows: pd.DataFrame, scale: float, mine: str) -> None:
    """A mark for each district, one artist for all of one look; words where it has a sign."""
    signs, own = rows["place"].map(FUNNEL_SIGNS).fillna(""), rows["district_code"] == mine
    fills = pd.Series("white", rows.index).mask(signs != "", BLUE).mask(own & (signs == ""), INK)
    fills = fills.mask(rows["good"] == "worse", VERMILION)
    markers, sizes = signs.map(lambda sign: "s" if sign else "o"), own.map({True: 6.0, False: 4.5})
    for (marker, fill, size), like in rows.groupby([markers, fills, sizes]):
        ax.plot(
            like["size"],
            like["rate"] * scale,
            marker,
            color=INK,
            markerfacecolor=fill,
            markersize=size,
            label="district",
        )
    for row, sign, me in zip(rows.to_dict("records"), signs, own, strict=True):
        if sign or me:
            words = f"{sign} {notation.district_name(row['district_code'])}".strip()
            ax.annotate(
                words,
                (row["size"], row["rate"] * scale),
                xytext=(0, 6 if me else -11),
                ha="center",
                textcoords="offset points",
                fontsize=7,
                path_effects=HALO,
                fontweight="bold" if me else "normal",
            )
