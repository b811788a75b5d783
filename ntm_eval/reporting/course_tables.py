"""Courses and comparisons -> printed tables: all methods, early warnings, districts alike."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis import outlook
from ntm_eval.language import say
from ntm_eval.reporting import comparison_words, outlook_words
from ntm_eval.reporting.charts import DIRECTIONS
from ntm_eval.reporting.printed import Column, Table, number, percent, show

# what tells districts apart at a glance: poverty, houses, culture, insurance, waste, drugs
SHOWN = ("C1-19", "C1-17", "C1-16", "C2-01", "C2-03", "C2-15", "C3-06", "C4-05", "C5-01")
HIDDEN = {"too_few", "inside"}


def methods(compared: pd.DataFrame, pooled: pd.DataFrame) -> Table:
    """One district's trends by ranks, by regression and pooled with the other districts."""
    rows = compared.merge(pooled[["indicator", "slope", "direction", "kept", "state"]],
                          on="indicator", suffixes=("", "_3"))  # fmt: skip
    rows = rows[(rows["direction"] != "too_few")]
    frame = rows.assign(
        **{
            f"change{n}": [notation.change(v, i) for v, i in
                           rows[[f"slope{n}", "indicator"]].to_numpy()]
            for n in ("", "_2", "_3")
        },
        kept=rows["kept"].where(rows["state_3"] == "pooled"),
    )  # fmt: skip
    columns = {
        "indicator": Column("Chỉ tiêu", notation.measure_name, css="wide"),
        "change": Column("Thứ hạng: mỗi năm", css="num"),
        "direction": Column("Xu hướng", _direction),
        "change_2": Column("Hồi quy: mỗi năm", css="num"),
        "direction_2": Column("Xu hướng", _second),
        "change_3": Column("Tính chung: mỗi năm", css="num"),
        "direction_3": Column("Xu hướng", _second),
        "kept": percent("Giữ phần riêng", 0),
    }
    return show(frame, columns, "Xu hướng theo ba cách tính", "Chưa có chỉ tiêu nào đủ bốn năm.")


def warnings(of_district: pd.DataFrame) -> Table:
    """The plans in danger, those that can most easily still be met first."""
    found = outlook.warnings(of_district, reference.table("indicators"))
    known = reference.catalogue().reindex(found["indicator"])
    known = known.set_axis(found.index)
    whole = known["kind"].isin(["count", "money", "area"])
    frame = found.assign(
        name=[reference.indicator_name(i) for i in found["indicator"]], unit=known["unit"]
    )
    for name in ("so_far", "plan", "expected"):
        rounded = frame[name].round().where(whole, frame[name])
        texts = [notation.quantity(v, u, with_unit=False) for v, u in
                 zip(rounded, frame["unit"], strict=True)]  # fmt: skip
        frame = frame.assign(**{name: texts})
    columns = {
        "indicator": Column("Mã", css="code"), "name": Column("Chỉ tiêu"),
        "unit": Column("Đơn vị tính", say), "so_far": Column("6 tháng", css="num"),
        "plan": Column("Kế hoạch năm", css="num"), "expected": Column("Dự kiến cả năm", css="num"),
        "probability": Column("Khả năng đạt", outlook_words.likely, css="num"),
        "push": number("Cần so với thường lệ (lần)", 2),
    }  # fmt: skip
    return show(frame, columns, "Cảnh báo sớm: kế hoạch dễ cứu nhất xếp trước",
                "Không có kế hoạch nào có khả năng đạt dưới 50%." if len(of_district)
                else outlook_words.NO_OUTLOOK)  # fmt: skip


def side_by_side(alike: pd.DataFrame, funnel: pd.DataFrame) -> Table:
    """A district and those most alike it: the same rates in one row, the province's level last."""
    rates = funnel[funnel["indicator"].isin(SHOWN)]
    order = {indicator: place for place, indicator in enumerate(SHOWN)}
    rows = []
    for indicator in sorted(rates["indicator"].unique(), key=order.__getitem__):
        mine = rates[rates["indicator"] == indicator].set_index("district_code")
        known = {code: {**mine.loc[code], "indicator": indicator}
                 for code in alike["district_code"] if code in mine.index}  # fmt: skip
        first = {**mine.iloc[0], "indicator": indicator}
        cells = {code: comparison_words.rate(row, "rate") + _sign(row["place"])
                 for code, row in known.items()}  # fmt: skip
        rows.append({"indicator": indicator, "unit": comparison_words.unit(first), **cells,
                     "centre": comparison_words.rate(first, "centre")})  # fmt: skip
    names = {code: Column(notation.district_name(code), css="num") for code in
             alike["district_code"]}  # fmt: skip
    columns = {
        "indicator": Column("Chỉ tiêu", notation.measure_name, css="wide"),
        "unit": Column("Tính theo"), **names, "centre": Column("Mức chung", css="num"),
    }  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(columns))
    return show(frame, columns, "Bên cạnh những huyện tương tự (▲▼: ngoài giới hạn 95%, "
                "▲▲▼▼: ngoài giới hạn 99,8%)")  # fmt: skip


def _second(direction: str) -> str:
    """There is none where another method could not count, however many years there are."""
    return notation.MISSING if direction == "too_few" else _direction(direction)


def _direction(direction: str) -> str:
    return say(DIRECTIONS[direction])


def _sign(place: str) -> str:
    if place in HIDDEN:
        return ""
    side = "▲" if place.startswith("above") else "▼"
    return f" {side * 2 if place.endswith('alarm') else side}"
