"""Trends of one district by other methods: regression, pooled with the others, a year left out."""

from __future__ import annotations

import pandas as pd

from ntm_eval.language import MISSING
from ntm_eval.language import translate as _
from ntm_eval.notation import change, measure_name, number
from ntm_eval.reporting.blocks import Column, Table, Text
from ntm_eval.reporting.sections.trends import DIRECTIONS, MARKED_DIRECTIONS

APART, DRAWN = 8, 6  # indicators told where methods differ, where pooling changes a direction
FAMILIES = {"quasi-binomial": "hồi quy nhị thức", "quasi-Poisson": "hồi quy Poisson"}
# why there is no second opinion
WHY = {
    "too_few": "chưa đủ năm",
    "described": "số cuối kỳ, lũy kế: chỉ mô tả",
    "no_variation": "số không đổi",
    "exact": "số liệu không dao động quanh đường xu hướng",
    "not_converged": "phép tính không hội tụ, chỉ dùng kiểm định thứ hạng",
}
# what becomes of a trend without one year
HANGS = {
    "direction": "không còn xu hướng rõ",
    "size": "mức thay đổi khác hẳn",
    "hidden": "có xu hướng rõ",
}


def table(compared: pd.DataFrame, pooled: pd.DataFrame) -> Table:
    """One district's trends by ranks, by regression and pooled with the other districts."""
    rows = compared.merge(
        pooled[["indicator", "slope", "direction", "kept", "state"]],
        on="indicator",
        suffixes=("", "_3"),
    )
    rows = rows[rows["direction"] != "too_few"]
    frame = rows.assign(kept=rows["kept"].where(rows["state_3"] == "pooled"))
    columns = {
        "indicator": Column("Chỉ tiêu", measure_name, css="wide"),
        "slope": Column.change("Thứ hạng: mỗi năm", "slope"),
        "direction": Column("Xu hướng", _direction),
        "slope_2": Column.change("Hồi quy: mỗi năm", "slope_2"),
        "direction_2": Column("Xu hướng", _second),
        "slope_3": Column.change("Tính chung: mỗi năm", "slope_3"),
        "direction_3": Column("Xu hướng", _second),
        "kept": Column.percent("Giữ phần riêng", 0),
    }
    empty = "Chưa có chỉ tiêu nào đủ bốn năm."
    return Table.from_frame(frame, columns, "Xu hướng theo ba cách tính", empty)


def second_opinion(compared: pd.DataFrame) -> Text:
    """How far the regression agrees with the ranks, and in words where it does not."""
    counts = compared["agree"].value_counts()
    judged = compared[compared["agree"] != "no_second"]
    if judged.empty:
        return Text(_("Chưa có chỉ tiêu nào đủ số liệu cho cách tính thứ hai."), compared)
    lines = [
        _(
            "Cách tính thứ hai (hồi quy theo loại số liệu, các đơn vị chung một mức dao động) "
            "trùng với kiểm định thứ hạng ở {same} trên {judged} chỉ tiêu.",
            same=counts.get("same", 0),
            judged=len(judged),
        )
    ]
    if without := len(compared) - len(judged):
        text = "{without} chỉ tiêu không tính được theo cách thứ hai ({why})."
        lines.append(_(text, without=without, why=_why(compared)))
    apart = judged[judged["agree"] != "same"]
    order = {"opposite": 0, "only_first": 1, "only_second": 2}
    apart = apart.assign(order=apart["agree"].map(order)).sort_values(["order", "p_value_2"])
    lines += map(_apart, apart.head(APART).to_dict("records"))
    if (more := len(apart) - APART) > 0:
        lines.append(_("Còn {more} chỉ tiêu khác hai cách tính không trùng nhau.", more=more))
    return Text("\n".join(lines), compared)


def one_year(influence: pd.DataFrame) -> Text:
    """What hangs on a single year, and which year to look at."""
    if influence.empty:
        return Text(_("Không có xu hướng nào thành rõ hay hết rõ chỉ vì một năm."), influence)
    return Text("\n".join(_hangs(row) for row in influence.to_dict("records")), influence)


def pooled(pooled: pd.DataFrame, trends: pd.DataFrame) -> Text:
    """What sharing strength with the other districts changes, and by how much it was drawn."""
    rows = pooled[pooled["state"] == "pooled"]
    if rows.empty:
        return Text(_("Chưa đủ đơn vị và năm để tính chung xu hướng của cả tỉnh."), pooled)
    directions = trends.set_index("indicator")["direction"]
    before = rows["indicator"].map(directions)
    clear = rows["direction"].isin(["up", "down"])
    gained, lost = rows[clear & (before == "none")], rows[~clear & before.isin(["up", "down"])]
    lines = [
        _(
            "Tính chung với các đơn vị khác, {rows} chỉ tiêu giữ lại trung bình {kept:.0%} phần "
            "riêng của đơn vị, phần còn lại kéo về mức chung của tỉnh (càng ít chắc chắn càng kéo"
            " nhiều).",
            rows=len(rows),
            kept=rows["kept"].mean(),
        ),
        _(
            "Khi tính chung, {gained} từ chưa rõ thành rõ và {lost} từ rõ thành chưa rõ.",
            gained=_some(len(gained)),
            lost=_some(len(lost)),
        ),
    ]
    changed = pd.concat([lost, gained])
    lines += map(_drawn, changed.head(DRAWN).to_dict("records"))
    if (more := len(changed) - DRAWN) > 0:
        lines.append(_("Còn {more} chỉ tiêu khác: xem bảng.", more=more))
    return Text("\n".join(lines), pooled)


def _second(direction: str) -> str:
    """There is none where another method could not count, however many years there are."""
    return MISSING if direction == "too_few" else _direction(direction)


def _direction(direction: str) -> str:
    return _(MARKED_DIRECTIONS[direction])


def _some(count: int) -> str:
    return _("{count} chỉ tiêu", count=count) if count else _("không chỉ tiêu nào")


def _p(value: float) -> str:
    return _("p dưới 0,001") if value < 0.0005 else f"p = {number(value, 3)}"


def _why(compared: pd.DataFrame) -> str:
    """The reasons why there is no second opinion, counted."""
    counts = compared.loc[compared["agree"] == "no_second", "state"].value_counts()
    return "; ".join(f"{counts[state]} {_(why)}" for state, why in WHY.items() if state in counts)


def _apart(row: dict) -> str:
    """Where the two ways of counting differ."""
    slope, low, high = (change(row[c], row["indicator"]) for c in ("slope_2", "low_2", "high_2"))
    return _(
        "{name}: kiểm định thứ hạng {first} ({p}), {family} {second} ({p_2}; mỗi năm "
        "{slope}, khoảng tin cậy 95% từ {low} đến {high}).",
        name=measure_name(row["indicator"]),
        first=_(DIRECTIONS[row["direction"]]),
        p=_p(row["p_value"]),
        family=_(FAMILIES[row["family"]]),
        second=_(DIRECTIONS[row["direction_2"]]),
        p_2=_p(row["p_value_2"]),
        slope=slope,
        low=low,
        high=high,
    )


def _hangs(row: dict) -> str:
    return _(
        "{name}: nếu bỏ năm {year} thì {said} (mỗi năm {without}, tính cả năm đó là "
        "{slope}). Cần xem lại số của năm này.",
        name=measure_name(row["indicator"]),
        year=f"{row['year']:.0f}",
        said=_(HANGS[row["hangs"]]),
        without=change(row["without"], row["indicator"]),
        slope=change(row["slope"], row["indicator"]),
    )


def _drawn(row: dict) -> str:
    names = ("slope", "low", "high", "own", "province")
    changes = {name: change(row[name], row["indicator"]) for name in names}
    return _(
        "{name}: riêng đơn vị {own}, mức chung của tỉnh {province}, tính chung {slope} mỗi "
        "năm (khoảng tin cậy 95% từ {low} đến {high}; giữ {kept:.0%} phần riêng): {said}.",
        {**row, **changes},
        name=measure_name(row["indicator"]),
        said=_(DIRECTIONS[row["direction"]]),
    )
