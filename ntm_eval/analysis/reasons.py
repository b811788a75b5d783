"""A row of the scores -> the reason for its points, in words."""

from __future__ import annotations

import math
from datetime import date
from typing import Protocol

from ntm_eval.language import N_, marked
from ntm_eval.language import translate as _
from ntm_eval.notation import percent

# what a figure is held against, by where the plan comes from
PLANS = {
    None: N_("kế hoạch"),
    "h1": N_("kế hoạch đã ghi ở báo cáo 6 tháng"),
    "last_year": N_("kết quả năm trước (chưa có kế hoạch)"),
}


class Assessed(Protocol):
    """An assessed indicator: the columns that its reason and what would lift it are told from."""

    indicator: str
    kind: str
    value: float
    value_state: str
    base: float
    base_state: str
    previous: float
    target: float
    ratio: float
    due: float
    basis: object
    case: str
    formula: str
    max_points: float


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
    return _("không có chỉ tiêu nào của nội dung này đánh giá được, tính 0 điểm")


def indicator(row: Assessed, answer_by: date | None = None) -> str:
    """Why an indicator earned its ratio; `answer_by` as in `scheme.Scheme`."""
    value, base, previous = _number(row.value), _number(row.base), _number(row.previous)
    plan = _(PLANS[row.basis if isinstance(row.basis, str) else None])
    target = (
        _(
            "{due} {plan} (mức thường đạt sau 6 tháng) là {target}",
            due=percent(row.due),
            plan=plan,
            target=_number(row.target),
        )
        if row.due < 1
        else f"{plan} {base}"
    )
    match row.case:
        case "not_applicable":
            return _("không áp dụng, nên không đánh giá")
        case "held":
            return _("số liệu đang được đề nghị giải trình, tạm thời chưa đánh giá")
        case "unanswered":
            assert answer_by is not None
            return _(
                "số liệu đã đề nghị giải trình nhưng quá hạn trả lời ({day}), tính 0 điểm",
                day=f"{answer_by:%d/%m/%Y}",
            )
        case "no_base":
            return _no_base(row)
        case "no_actual":
            words = {"rejected": _("không đọc được"), "not_applicable": _("ghi không áp dụng")}
            why = words.get(row.value_state, _("để trống"))
            return _(
                "có {base_name} {base} nhưng ô thực hiện {why}, tính 0 điểm",
                base_name=_base_name(row),
                base=base,
                why=why,
            )
        case "settled":
            return _(
                "có {value} trên tổng số {base}, {reached}",
                value=value,
                base=base,
                reached=_reached(row),
            )
        case "up":
            return _(
                "thực hiện {value} trên {target}, {reached}",
                value=value,
                target=target,
                reached=_reached(row),
            )
        case "within_plan":
            return _("còn {value}, không vượt {target}, đạt 100%", value=value, target=target)
        case "since_previous":
            less = N_("giảm từ {previous} của năm trước, còn {value}, {target}, {reached}")
            more = N_("không giảm từ {previous} của năm trước, còn {value}, {target}, {reached}")
            return _(
                less if row.value < row.previous else more,
                previous=previous,
                value=value,
                target=target,
                reached=_reached(row),
            )
    before = (
        _("không có số năm trước")
        if math.isnan(row.previous)
        else _("số năm trước {previous} không cao hơn kế hoạch", previous=previous)
    )
    return _(
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
            return _("không rõ ngày gửi, tính 0 điểm")
        case "on_time":
            late = _("gửi muộn {days} ngày, trừ {lost} điểm", days=_number(value), lost=lost)
            return late if value else _("gửi đúng hạn")
        case "cells_filled":
            filled, expected = _number(value), _number(row.plan)
            return _(
                "đã điền {filled} trên {expected} ô, đạt {share}",
                filled=filled,
                expected=expected,
                share=percent(row.ratio),
            )
    return (
        _("có {count} lỗi số liệu, trừ {lost} điểm", count=_number(value), lost=lost)
        if value
        else _("không có lỗi số liệu")
    )


def _reached(row: Assessed) -> str:
    over = row.case in ("up", "settled") and row.value > row.target
    share = row.value / row.target if over else row.ratio
    if over:
        return _("đạt {share}, tính 100%", share=percent(share))
    return _("đạt {share}", share=percent(share))


def _no_base(row: Assessed) -> str:
    name = _base_name(row)
    if row.base_state != "rejected" and not math.isnan(row.base):
        base = _number(row.base)
        return _("{name} là {base}, nên không đánh giá được", name=name, base=base)
    why = _("không đọc được") if row.base_state == "rejected" else _("để trống")
    return _("{name} {why}, nên không đánh giá được", name=name, why=why)


def _base_name(row: Assessed) -> str:
    return _("tổng số") if row.formula == "settled" else _("kế hoạch")


def _number(value: float) -> str:
    """At most two decimals; Babel would refuse the 28 digits that somebody can type."""
    return marked(f"{round(value, 2) + 0.0:,.2f}".rstrip("0").rstrip("."))
