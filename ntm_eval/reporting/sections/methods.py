"""Trends of one district by other methods: regression, pooled with the others, a year left out."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation
from ntm_eval.language import MISSING
from ntm_eval.language import translate as _
from ntm_eval.notation import change, measure_name, number
from ntm_eval.reporting.blocks import Column, Table, Text
from ntm_eval.reporting.sections.trends import DIRECTIONS, MARKED_DIRECTIONS

FAMILIES = {"quasi-binomial": "hồi quy nhị thức", "quasi-Poisson": "hồi quy Poisson"}


def table(compared: pd.DataFrame, pooled: pd.DataFrame) -> Table:
    """One district's trends by ranks, by regression and pooled with the other districts."""
    rows = compared.merge(
        pooled[["indicator", "slope", "direction", "kept", "state"]],
        on="indicator",
        suffixes=("", "_3"),
    )
    rows = rows[(rows["direction"] != "too_few")]
    frame = rows.assign(
        **{
            f"change{n}": [
                notation.change(v, i) for v, i in rows[[f"slope{n}", "indicator"]].to_numpy()
            ]
            for n in ("", "_2", "_3")
        },
        kept=rows["kept"].where(rows["state_3"] == "pooled"),
    )
    columns = {
        "indicator": Column("Chỉ tiêu", notation.measure_name, css="wide"),
        "change": Column("Thứ hạng: mỗi năm", css="num"),
        "direction": Column("Xu hướng", _direction),
        "change_2": Column("Hồi quy: mỗi năm", css="num"),
        "direction_2": Column("Xu hướng", _second),
        "change_3": Column("Tính chung: mỗi năm", css="num"),
        "direction_3": Column("Xu hướng", _second),
        "kept": Column.percent("Giữ phần riêng", 0),
    }
    return Table.from_frame(
        frame, columns, "Xu hướng theo ba cách tính", "Chưa có chỉ tiêu nào đủ bốn năm."
    )


def second_opinion(compared: pd.DataFrame, most: int = 8) -> Text:
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
    without = len(compared) - len(judged)
    if without:
        lines.append(
            _(
                "{without} chỉ tiêu không tính được theo cách thứ hai ({why}).",
                without=without,
                why=_why(compared),
            )
        )
    apart = judged[judged["agree"] != "same"]
    order = {"opposite": 0, "only_first": 1, "only_second": 2}
    apart = apart.assign(order=apart["agree"].map(order)).sort_values(["order", "p_value_2"])
    lines += [_apart(row) for row in apart.head(most).to_dict("records")]
    if len(apart) > most:
        lines.append(
            _("Còn {more} chỉ tiêu khác hai cách tính không trùng nhau.", more=len(apart) - most)
        )
    return Text("\n".join(lines), compared)


def one_year(influence: pd.DataFrame) -> Text:
    """What hangs on a single year, and which year to look at."""
    if influence.empty:
        return Text(_("Không có xu hướng nào thành rõ hay hết rõ chỉ vì một năm."), influence)
    return Text("\n".join(_hangs(row) for row in influence.to_dict("records")), influence)


def pooled(pooled: pd.DataFrame, trends: pd.DataFrame, most: int = 6) -> Text:
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
    shown = pd.concat([lost, gained]).head(most)
    lines += [_drawn(row) for row in shown.to_dict("records")]
    if len(lost) + len(gained) > most:
        lines.append(_("Còn {more} chỉ tiêu khác: xem bảng.", more=len(lost) + len(gained) - most))
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
    words = {
        "too_few": _("chưa đủ năm"),
        "described": _("số cuối kỳ, lũy kế: chỉ mô tả"),
        "no_variation": _("số không đổi"),
        "exact": _("số liệu không dao động quanh đường xu hướng"),
        "not_converged": _("phép tính không hội tụ, chỉ dùng kiểm định thứ hạng"),
    }
    counts = compared.loc[compared["agree"] == "no_second", "state"].value_counts()
    said = [f"{counts[state]} {word}" for state, word in words.items() if state in counts]
    return "; ".join(said)


def _apart(row: dict) -> str:
    """Where the two ways of counting differ."""
    name, indicator = measure_name(row["indicator"]), row["indicator"]
    first, second = (_(DIRECTIONS[row[c]]) for c in ("direction", "direction_2"))
    per_year = [change(row[c], indicator) for c in ("slope_2", "low_2", "high_2")]
    return _(
        "{name}: kiểm định thứ hạng {first} ({p}), {family} {second} ({p_2}; mỗi năm "
        "{slope}, khoảng tin cậy 95% từ {low} đến {high}).",
        name=name,
        first=first,
        p=_p(row["p_value"]),
        family=_(FAMILIES[row["family"]]),
        second=second,
        p_2=_p(row["p_value_2"]),
        slope=per_year[0],
        low=per_year[1],
        high=per_year[2],
    )


def _hangs(row: dict) -> str:
    name = measure_name(row["indicator"])
    slope, without = (change(row[c], row["indicator"]) for c in ("slope", "without"))
    said = {
        "direction": _("không còn xu hướng rõ"),
        "size": _("mức thay đổi khác hẳn"),
        "hidden": _("có xu hướng rõ"),
    }[row["hangs"]]
    return _(
        "{name}: nếu bỏ năm {year} thì {said} (mỗi năm {without}, tính cả năm đó là "
        "{slope}). Cần xem lại số của năm này.",
        name=name,
        year=f"{row['year']:.0f}",
        said=said,
        without=without,
        slope=slope,
    )


def _drawn(row: dict) -> str:
    slope, low, high, own, province = (
        change(row[c], row["indicator"]) for c in ("slope", "low", "high", "own", "province")
    )
    return _(
        "{name}: riêng đơn vị {own}, mức chung của tỉnh {province}, tính chung {slope} mỗi "
        "năm (khoảng tin cậy 95% từ {low} đến {high}; giữ {kept:.0%} phần riêng): {said}.",
        row,
        name=measure_name(row["indicator"]),
        own=own,
        province=province,
        slope=slope,
        low=low,
        high=high,
        said=_(DIRECTIONS[row["direction"]]),
    )
