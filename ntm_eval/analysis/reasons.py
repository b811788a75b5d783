"""A row of the scores -> the reason for its points, in words."""

from __future__ import annotations

import math
from typing import Protocol

from ntm_eval.language import say, spoken
from ntm_eval.workspace import VIETNAMESE


class Assessed(Protocol):
    """The columns of an assessed indicator that its reason is told from."""

    value: float
    value_state: str
    base: float
    base_state: str
    previous: float
    target: float
    ratio: float
    half: bool
    case: str
    formula: str


class Item(Protocol):
    """The columns of an item of the reporting part."""

    indicator: str
    value: float
    plan: float
    ratio: float
    points: float
    max_points: float


def nothing() -> str:
    """Why a content without any indicator to assess has no points."""
    return say("không có chỉ tiêu nào của nội dung này đánh giá được, tính 0 điểm")


def indicator(row: Assessed) -> str:
    """Why an indicator earned its ratio."""
    value, base, previous = _number(row.value), _number(row.base), _number(row.previous)
    target = (
        say("nửa kế hoạch năm là {target}", target=_number(row.target))
        if row.half
        else say("kế hoạch {base}", base=base)
    )
    match row.case:
        case "not_applicable":
            return say("không áp dụng, nên không đánh giá")
        case "no_base":
            return _no_base(row)
        case "no_actual":
            why = say("không đọc được") if row.value_state == "rejected" else say("để trống")
            return say(
                "có {base_name} {base} nhưng ô thực hiện {why}, tính 0 điểm",
                base_name=_base_name(row),
                base=base,
                why=why,
            )
        case "settled":
            return say(
                "có {value} trên tổng số {base}, {reached}",
                value=value,
                base=base,
                reached=_reached(row),
            )
        case "up":
            return say(
                "thực hiện {value} trên {target}, {reached}",
                value=value,
                target=target,
                reached=_reached(row),
            )
        case "within_plan":
            return say("còn {value}, không vượt {target}, đạt 100%", value=value, target=target)
        case "since_previous":
            return say(
                "giảm từ {previous} của năm trước, còn {value}, {target}, {reached}"
                if row.value < row.previous
                else "không giảm từ {previous} của năm trước, còn {value}, {target}, {reached}",
                previous=previous,
                value=value,
                target=target,
                reached=_reached(row),
            )
    before = (
        say("không có số năm trước")
        if math.isnan(row.previous)
        else say("số năm trước {previous} không cao hơn kế hoạch", previous=previous)
    )
    return say(
        "còn {value}, vượt {target}, {before}, {reached}",
        value=value,
        target=target,
        before=before,
        reached=_reached(row),
    )


def item(row: Item) -> str:
    """Why an item of the reporting part earned its points."""
    value, lost = row.value, _number(row.max_points - row.points)
    match row.indicator:
        case "on_time" if math.isnan(value):
            return say("không rõ ngày gửi, tính 0 điểm")
        case "on_time":
            late = say("gửi muộn {days} ngày, trừ {lost} điểm", days=_number(value), lost=lost)
            return late if value else say("gửi đúng hạn")
        case "cells_filled":
            filled, expected = _number(value), _number(row.plan)
            return say(
                "đã điền {filled} trên {expected} ô, đạt {share}",
                filled=filled,
                expected=expected,
                share=_percent(row.ratio),
            )
    return (
        say("có {count} lỗi số liệu, trừ {lost} điểm", count=_number(value), lost=lost)
        if value
        else say("không có lỗi số liệu")
    )


def _reached(row: Assessed) -> str:
    over = row.case in ("up", "settled") and row.value > row.target
    share = row.value / row.target if over else row.ratio
    return say("đạt {share}, tính 100%" if over else "đạt {share}", share=_percent(share))


def _no_base(row: Assessed) -> str:
    name = _base_name(row)
    if row.base_state != "rejected" and not math.isnan(row.base):
        base = _number(row.base)
        return say("{name} là {base}, nên không đánh giá được", name=name, base=base)
    why = say("không đọc được") if row.base_state == "rejected" else say("để trống")
    return say("{name} {why}, nên không đánh giá được", name=name, why=why)


def _base_name(row: Assessed) -> str:
    return say("tổng số") if row.formula == "settled" else say("kế hoạch")


def _percent(share: float) -> str:
    return _comma(f"{share * 100:,.1f}") + "%"


def _number(value: float) -> str:
    """At most two decimals; Babel would refuse the 28 digits that somebody can type."""
    return _comma(f"{round(value, 2) + 0.0:,.2f}".rstrip("0").rstrip("."))


def _comma(english: str) -> str:
    """1,234.5 -> 1.234,5 where Vietnamese is spoken."""
    return english.translate(str.maketrans(",.", ".,")) if spoken() == VIETNAMESE else english
