"""A table and an Axes -> the Axes: places by criteria, contents and position."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Rectangle

from ntm_eval import notation, reference, units
from ntm_eval.intake.sheets import CRITERIA, MET, NOT_YET
from ntm_eval.language import place, say
from ntm_eval.reporting import style
from ntm_eval.reporting.received_tables import part_name
from ntm_eval.reporting.style import BLUE, GREY, INK, PALE, SHADES
from ntm_eval.reporting.tiles import positions

TILE_HEIGHT = 0.66  # inches, of a commune's tile


def criteria(ax: Axes, communes: pd.DataFrame) -> Axes:
    """One district's xã by the 19 criteria, those with most criteria met on top."""
    rows = communes[communes["kind"] == "xã"]
    rows = rows.sort_values(["criteria_met", "commune_code"], ascending=[False, True])
    if rows.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.2 * len(rows) + 0.7)
    marks = rows[list(CRITERIA)].set_axis([place(c) for c in rows["commune"]]).astype(object)
    signs = marks.map({MET: "✓", NOT_YET: "✗"}.get).fillna("?")
    levels = signs.replace({"✗": 0, "?": 1, "✓": 2}).astype(int)
    numbers = [c.removeprefix("TC") for c in CRITERIA]
    shades = ListedColormap(["#fbe3d2", "#bdbdbd", BLUE])
    style.heatmap(ax, levels, cmap=shades, vmin=0, vmax=2)
    for sign, color in (("✓", "white"), ("✗", INK), ("?", INK)):
        down, right = np.nonzero(signs.to_numpy() == sign)
        style.signs(ax, right, down, sign, color)
    ax.set_xticks(range(len(numbers)), numbers)
    style.name_rows(ax, levels.index)
    for y, met in enumerate(rows["criteria_met"]):
        style.at_right(ax, y, f"{notation.number(met)}/19")
    notes = [say("Tiêu chí:  ✓ đạt   ✗ chưa đạt   ? chưa có số liệu")]
    if len(rows) < len(communes):
        notes.append(say("Phường, thị trấn không xét 19 tiêu chí."))
    ax.set_xlabel("\n".join(notes))
    return ax


def contents(ax: Axes, scores: pd.DataFrame) -> Axes:
    """The share of each part's points that each district earned, the best total on top."""
    if scores.empty:
        return style.no_data(ax)
    sums = scores.groupby(["district_code", "part"])[["points", "max_points"]].sum()
    shares = (sums["points"] / sums["max_points"].where(sums["max_points"] > 0)).unstack("part")
    totals = scores.groupby("district_code")["points"].sum().sort_values(ascending=False)
    missing = [d.code for d in units.all_beside(totals.index) if d.code not in totals]
    parts = reference.table("score_parts").drop_duplicates("part", keep="last")
    shares = shares.reindex(index=[*totals.index, *missing], columns=parts["part"])
    style.fit_height(ax, 0.26 * len(shares) + 1.1)
    labels = [textwrap.fill(part_name(p), 15) for p in parts["part"]]
    names = [notation.district_name(c) for c in shares.index]
    style.heatmap(ax, shares.to_numpy(float), cmap=SHADES, vmin=0, vmax=1)
    ax.set_xticks(range(len(labels)), labels)
    style.name_rows(ax, names)
    known = scores.groupby(["district_code", "part"])["indicator"].count().unstack("part")
    nothing = known.reindex_like(shares).eq(0).to_numpy()
    for (y, x), share in np.ndenumerate(shares.to_numpy(float)):
        text = notation.percent(share, 0) + (" ○" if nothing[y, x] else "")
        ax.text(x, y, text, ha="center", va="center", fontsize=7.5)
    for y, code in enumerate(shares.index):
        text = (
            say("{points} điểm", points=notation.number(totals[code], 1))
            if code in totals
            else say("chưa đủ căn cứ")
        )
        style.at_right(ax, y, text)
    ax.tick_params(axis="x", labelsize=6.5)
    notes = [say("Tỷ lệ điểm đạt được; ô càng đậm, tỷ lệ càng cao")]
    if nothing.any():
        notes.append(say("○ không có chỉ tiêu nào đánh giá được"))
    ax.set_xlabel("\n".join(notes))
    return ax


def tile_map(ax: Axes, values: pd.Series, label: Callable[[float], str], title: str) -> Axes:
    """The reporting units as tiles (`positions`), darker where the value is greater."""
    tiles = positions(values.index)
    many = len(tiles) > len(units.districts())
    known = values.reindex(tiles["district_code"]).astype(float)
    low, span = known.min(), known.max() - known.min()
    for tile, value in zip(tiles.to_dict("records"), known, strict=True):
        share = math.nan if math.isnan(value) else (value - low) / span if span else 0.5
        text = say("chưa có") if math.isnan(value) else label(value)
        name = notation.district_name(tile["district_code"])
        name = textwrap.fill(name, 8) if many else name
        _tile(ax, tile["col"], tile["row"], share, name, text)
    ax.set(xlim=(-0.05, tiles["col"].max() + 1), ylim=(tiles["row"].max() + 1, -0.05))
    ax.set(aspect="auto" if many else "equal", xticks=[], yticks=[], title=title)
    if many:  # a row for each former district
        if page := ax.get_figure(root=True):
            page.set_figwidth(style.PAGE_WIDTH)
        style.fit_height(ax, TILE_HEIGHT * (tiles["row"].max() + 2))
        ax.set_yticks(sorted(tiles["row"].unique() + 0.5), [d.short for d in units.districts()])
        ax.tick_params(axis="y", length=0, labelsize=7)
        ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    notes = [say("Mỗi hàng là địa bàn một huyện cũ" if many else "Lưới ô gần đúng vị trí thật")]
    notes += [say("ô càng đậm, giá trị càng lớn")] if known.notna().any() else []
    notes += [say("gạch chéo: chưa có")] if known.isna().any() else []
    ax.set_xlabel("; ".join(notes))
    return ax


def score_map(ax: Axes, ranking: pd.DataFrame) -> Axes:
    """Each district's points on the tile map."""
    points = ranking.set_index("district_code")["points"]
    return tile_map(ax, points, lambda p: notation.number(p, 1), say("Điểm đề xuất"))


def commune_progress(ax: Axes, communes: pd.DataFrame) -> Axes:
    """How many xã of each district have met how many of the 19 criteria; the number in the dot."""
    rows = communes[communes["kind"] == "xã"]
    if rows.empty:
        return style.no_data(ax)
    codes = sorted(rows["district_code"].unique())
    style.fit_height(ax, 0.3 * len(codes) + 0.7)
    for y, code in enumerate(codes):
        met = rows.loc[rows["district_code"] == code, "criteria_met"]
        counts = met.dropna().astype(int).value_counts()
        ax.scatter(counts.index, [y] * len(counts), s=70 + 14 * counts, color=PALE,
                   edgecolor=BLUE, linewidth=0.8, label="communes")  # fmt: skip
        for criteria_met, count in counts.items():
            ax.text(criteria_met, y, str(count), ha="center", va="center", fontsize=7)
        unknown = (
            say("{count} xã chưa có số liệu", count=met.isna().sum()) if met.isna().any() else ""
        )
        mean = (
            say("bình quân {mean}", mean=notation.number(met.mean(), 1))
            if met.notna().any()
            else ""
        )
        style.at_right(ax, y, "; ".join(filter(None, [mean, unknown])))
    style.name_rows(ax, [notation.district_name(code) for code in codes])
    known = rows["criteria_met"].dropna().astype(int)
    least = min(known.min(), 10) if len(known) else 0
    ax.set(xlim=(least - 0.7, 19.7), xticks=range(least, 20))
    ax.set_xlabel(say("Số tiêu chí đã đạt; số trong chấm: số xã"))
    return ax


def _tile(ax: Axes, x: int, y: int, share: float, name: str, text: str) -> None:
    missing = math.isnan(share)
    ground = (1, 1, 1) if missing else SHADES(0.1 + 0.8 * share)
    ax.add_patch(
        Rectangle((x, y), 0.95, 0.95, facecolor=ground, edgecolor=GREY, linewidth=0.6,
                  hatch="////" if missing else "")
    )  # fmt: skip
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.5} if missing else None
    for down, words, size, weight in ((0.34, name, 7, "normal"), (0.64, text, 8, "bold")):
        ax.text(x + 0.475, y + down, words, fontsize=size, fontweight=weight, ha="center",
                va="center", bbox=behind)  # fmt: skip
