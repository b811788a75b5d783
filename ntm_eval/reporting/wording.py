"""Findings -> words and numbers as an official would write them (Vietnamese)."""

from __future__ import annotations

import math

from babel.numbers import format_decimal

MISSING = "–"


def number(value: float | None, decimals: int = 0) -> str:
    """A number in Vietnamese form, 1.234,5; a missing one is a dash, never zero.

    >>> number(1234.5, 1), number(None), number(-3.0)
    ('1.234,5', '–', '-3')
    """
    if value is None or math.isnan(value):
        return MISSING
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(round(float(value), decimals) + 0.0, format=pattern, locale="vi")


def percent(share: float | None, decimals: int = 1) -> str:
    """A share 0..1 as a percentage.

    >>> percent(0.9319, 2)
    '93,19%'
    """
    return MISSING if share is None or math.isnan(share) else f"{number(share * 100, decimals)}%"


def quantity(value: float | None, unit: str, *, with_unit: bool = True) -> str:
    """A value with its unit; money of a million đồng and more is in triệu or tỷ.

    >>> quantity(2_150_000_000, "đồng"), quantity(12.5, "km"), quantity(93.19, "%")
    ('2,15 tỷ đồng', '12,5 km', '93,19%')
    """
    if value is None or math.isnan(value):
        return MISSING
    if unit == "đồng" and abs(value) >= 1e6:
        scale, word = (1e9, "tỷ") if abs(value) >= 1e9 else (1e6, "triệu")
        return f"{_short(value / scale)} {word}" + (" đồng" if with_unit else "")
    if unit == "%":
        return f"{_short(value)}%"
    return _short(value) + (f" {unit}" if with_unit and unit else "")


def _short(value: float) -> str:
    """At most two decimals, without trailing zeros."""
    text = number(value, 2)
    return text.rstrip("0").rstrip(",") if "," in text else text
