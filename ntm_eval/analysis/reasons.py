"""A row of the scores -> the reason for its points, in words."""

from __future__ import annotations

import math

NOTHING = "không có chỉ tiêu nào của nội dung này đánh giá được, tính 0 điểm"


def indicator(row) -> str:
    """Why an indicator earned its ratio; `row` has the columns of an assessed indicator."""
    value, base, previous = _number(row.value), _number(row.base), _number(row.previous)
    target = f"nửa kế hoạch năm là {_number(row.target)}" if row.half else f"kế hoạch {base}"
    match row.case:
        case "not_applicable":
            return "không áp dụng, nên không đánh giá"
        case "no_base":
            return _no_base(row)
        case "no_actual":
            why = "không đọc được" if row.value_state == "rejected" else "để trống"
            return f"có {_base_name(row)} {base} nhưng ô thực hiện {why}, tính 0 điểm"
        case "settled":
            return f"có {value} trên tổng số {base}, {_reached(row)}"
        case "up":
            return f"thực hiện {value} trên {target}, {_reached(row)}"
        case "within_plan":
            return f"còn {value}, không vượt {target}, đạt 100%"
        case "since_previous":
            moved = "giảm" if row.value < row.previous else "không giảm"
            return f"{moved} từ {previous} của năm trước, còn {value}, {target}, {_reached(row)}"
    before = (
        "không có số năm trước"
        if math.isnan(row.previous)
        else f"số năm trước {previous} không cao hơn kế hoạch"
    )
    return f"còn {value}, vượt {target}, {before}, {_reached(row)}"


def item(row) -> str:
    """Why an item of the reporting part earned its points."""
    value, lost = row.value, _number(row.max_points - row.points)
    match row.indicator:
        case "on_time" if math.isnan(value):
            return "không rõ ngày gửi, tính 0 điểm"
        case "on_time":
            late = f"gửi muộn {_number(value)} ngày, trừ {lost} điểm"
            return late if value else "gửi đúng hạn"
        case "cells_filled":
            filled, expected = _number(value), _number(row.plan)
            return f"đã điền {filled} trên {expected} ô, đạt {_percent(row.ratio)}"
    return f"có {_number(value)} lỗi số liệu, trừ {lost} điểm" if value else "không có lỗi số liệu"


def _reached(row) -> str:
    over = row.case in ("up", "settled") and row.value > row.target
    share = row.value / row.target if over else row.ratio
    return f"đạt {_percent(share)}" + (", tính 100%" if over else "")


def _no_base(row) -> str:
    if row.base_state == "rejected":
        why = "không đọc được"
    else:
        why = "để trống" if math.isnan(row.base) else f"là {_number(row.base)}"
    return f"{_base_name(row)} {why}, nên không đánh giá được"


def _base_name(row) -> str:
    return "tổng số" if row.formula == "settled" else "kế hoạch"


def _percent(share: float) -> str:
    return _comma(f"{share * 100:,.1f}") + "%"


def _number(value: float) -> str:
    """At most two decimals; Babel would refuse the 28 digits that somebody can type."""
    return _comma(f"{round(value, 2) + 0.0:,.2f}".rstrip("0").rstrip("."))


def _comma(english: str) -> str:
    """1,234.5 -> 1.234,5"""
    return english.translate(str.maketrans(",.", ".,"))
