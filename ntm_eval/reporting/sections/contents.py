"""The five contents of the campaign in the whole province, a paragraph each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import notation, reference
from ntm_eval.analysis.composition import attainment
from ntm_eval.analysis.province import plan_met
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, percent
from ntm_eval.reference import indicator_name
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Figure, Text, listed
from ntm_eval.reporting.style import BLUE, GREY, INK, PALE, VERMILION

MOVES_ALT = (
    "Mỗi hàng một chỉ tiêu chính của toàn tỉnh: chấm rỗng là năm trước (100%), chấm đặc hoặc tam "
    "giác là năm nay; tỷ lệ tăng, giảm ở cuối hàng."
)
MOST, SHARED = 2, 5  # indicators named one way: since last year, over the years


def summary(
    content: str,
    totals: pd.DataFrame,
    assessed: pd.DataFrame,
    moves: pd.Series,
    on: date,
    told: Collection[str] = (),
) -> Text:
    """Plans met, who is furthest, what rose and fell, who leads and lags, and what is held.

    `totals` and `moves` are `analysis.province.totals` and `moved`; the figures of the indicators
    in `told` stand elsewhere and are not said again.
    """
    rows = totals[totals["indicator"].str.startswith(content)]
    whole = rows[rows["held"].isna()]
    own = attainment(assessed[assessed["part"] == content]).dropna(subset="median_ratio")
    lines = [
        *_plans(rows, whole, told),
        *_moves(moves[moves.index.isin(whole["indicator"].drop_duplicates())], on, told),
        *_units(own),
        *_held(rows),
    ]
    return Text(" ".join(lines) or _("Chưa có số liệu."), rows)


def core_moves(moves: pd.Series, totals: pd.DataFrame) -> pd.DataFrame:
    """The core indicators that moved (`moved`) and are held nowhere, the steepest rise first.

    Columns: `indicator`, `share` (of last year's sum, 1 for the same), `good` (NaN: neither way).
    """
    known = reference.catalogue()
    core = known.index[known["core"] != "no"]
    whole = totals.loc[totals["held"].isna(), "indicator"]
    share = 1 + moves[moves.index.isin(core) & moves.index.isin(whole)]
    better = known["better"].reindex(share.index)
    way = np.where(share > 1, "up", "down")
    good = pd.Series(better == way, share.index).astype(float).where(better.isin(["up", "down"]))
    found = pd.DataFrame({"share": share, "good": good}).rename_axis("indicator").reset_index()
    return found.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def draw_moves(ax: Axes, rows: pd.DataFrame) -> Axes:
    """A dumbbell for each indicator: last year at 100 %, this year where it went."""
    if rows.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.19 * len(rows) + 0.5)
    y, share = np.arange(len(rows)), rows["share"].to_numpy()
    ax.axvline(1, color=GREY, linewidth=0.8)
    ax.hlines(y, 1, share, color=PALE, linewidth=3, zorder=1)
    ax.plot(np.ones(len(rows)), y, "o", color=GREY, markerfacecolor="white", markersize=4)
    for good, marker, color in ((1.0, "o", BLUE), (0.0, "v", VERMILION)):
        mine = (rows["good"] == good).to_numpy()
        ax.plot(share[mine], y[mine], marker, color=color, markersize=6)
    neither = rows["good"].isna().to_numpy()
    ax.plot(share[neither], y[neither], "s", color=INK, markersize=5)
    for n, value in enumerate(share):
        style.at_right(ax, n, f"{'+' if value > 1 else ''}{percent(value - 1)}")
    style.name_rows(ax, [indicator_name(code) for code in rows["indicator"]])
    ax.xaxis.set_major_formatter(style.percents())
    ax.set_xlabel(
        _("So với năm trước (100%); ● tốt lên, ▼ xấu đi; tính ở các đơn vị báo cáo cả hai năm")
    )
    return ax


def against_last_year(rows: pd.DataFrame) -> Figure:
    """This year against last for the core indicators (`core_moves`)."""
    good, bad = (int((rows["good"] == way).sum()) for way in (1.0, 0.0))
    return Figure.drawn(
        draw_moves,
        rows,
        alt=MOVES_ALT,
        tables="series",
        caption=_(
            "So với năm trước: {good} chỉ tiêu chính tốt lên, {bad} xấu đi", good=good, bad=bad
        ),
        width=6.3,
    )


def over_years(shared: pd.DataFrame, told: Collection[str] = ()) -> Text:
    """What got better, and what worse, in most units over the years (`Review.shared`)."""
    rows = shared[shared["shared"] & ~shared["indicator"].isin(list(told))]
    rows = rows.sort_values(["basis", "p_value", "indicator"], ascending=[False, True, True])
    lines = []
    for good, text in (
        ("worse", "Xấu đi ở phần lớn đơn vị (tính ở nơi báo cáo đủ các năm): {names}."),
        ("better", "Tốt lên ở phần lớn đơn vị (tính ở nơi báo cáo đủ các năm): {names}."),
    ):
        mine = rows[rows["good"] == good]
        names = [
            _(
                "{name} (năm {year}: {first}, nay: {last})",
                name=notation.measure(row["indicator"]),
                first=notation.measured(row["first"], row["indicator"]),
                last=notation.measured(row["last"], row["indicator"]),
                year=f"{row['first_year']:.0f}",
            )
            for row in mine.to_dict("records")
        ]
        said = listed(names, SHARED, "{names} và {more} chỉ tiêu khác", "; ")
        lines += [_(text, names=said)] if names else []
    return Text(" ".join(lines), rows)


def _plans(rows: pd.DataFrame, whole: pd.DataFrame, told: Collection[str]) -> list[str]:
    planned = rows.dropna(subset="ratio")
    if planned.empty:
        return []
    down = planned["indicator"].map(reference.catalogue()["better"]) == "down"
    met = plan_met(planned)
    lines = []
    if met.any():
        text = "Toàn tỉnh đạt hoặc vượt kế hoạch năm ở {met}/{planned} chỉ tiêu có kế hoạch."
        lines.append(_(text, met=int(met.sum()), planned=len(planned)))
    far = planned[~met & ~down & planned.index.isin(whole.index)].nsmallest(MOST, "ratio")
    if len(far):
        names = [
            indicator_name(row["indicator"])
            + ("" if row["indicator"] in told else f" ({percent(row['ratio'])})")
            for row in far.to_dict("records")
        ]
        lines.append(_("Thấp nhất so với kế hoạch năm: {names}.", names="; ".join(names)))
    return lines


def _moves(moves: pd.Series, on: date, told: Collection[str]) -> list[str]:
    least = reference.constant("least_change", on)
    known = moves[~moves.index.isin(list(told))]
    up = known[known > least].nlargest(MOST)
    down = known[known < -least].nsmallest(MOST)
    said = [
        _(
            "tăng nhiều nhất: {names}" if way > 0 else "giảm nhiều nhất: {names}",
            names="; ".join(
                _(
                    "{name} (tăng {share})" if way > 0 else "{name} (giảm {share})",
                    name=indicator_name(str(code)),
                    share=percent(abs(value)),
                )
                for code, value in found.items()
            ),
        )
        for way, found in ((1, up), (-1, down))
        if len(found)
    ]
    return [_("So với năm trước, {said}.", said="; ".join(said))] if said else []


def _units(own: pd.DataFrame) -> list[str]:
    if len(own) < 2:
        return []
    order = own.sort_values(["median_ratio", "district_code"], ascending=[False, True])
    best, last = order.iloc[0], order.iloc[-1]
    return [
        _(
            "Tính theo trung vị các chỉ tiêu, mức thực hiện so với mức phải đạt trong kỳ cao "
            "nhất là {best} ({most}), thấp nhất là {last} ({least}).",
            best=district_name(best["district_code"]),
            most=percent(best["median_ratio"], 1),
            last=district_name(last["district_code"]),
            least=percent(last["median_ratio"], 1),
        )
    ]


def _held(rows: pd.DataFrame) -> list[str]:
    held = rows.dropna(subset="held")
    names = [f"{indicator_name(r['indicator'])} ({r['held']})" for r in held.to_dict("records")]
    return [_("Đang giải trình, chưa tính: {names}.", names="; ".join(names))] if names else []
