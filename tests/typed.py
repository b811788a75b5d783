"""What is typed into a cell, in every dress, and what must be read of it."""

from __future__ import annotations

import unicodedata

from hypothesis import settings
from hypothesis import strategies as st

from ntm_eval.intake.values import Value, read_number
from ntm_eval.units import fold

UNITS = {"count": "lượt người", "money": "đồng", "area": "m²", "number": "km", "percent": "%"}
KINDS = tuple(UNITS)
WHOLE, DECIMALS = ("count", "money", "area"), ("number", "percent")
MANY = settings(max_examples=4 * settings().max_examples)
DRESS = st.sampled_from(
    [
        str,
        str.upper,
        fold,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: f"  {text}\u00a0",
        lambda text: text.translate({ord(str(d)): 0xFF10 + d for d in range(10)}),
    ]
)


def read(typed: object, kind: str = "count", plausible_max: float | None = None) -> Value:
    return read_number(typed, kind, UNITS[kind], plausible_max)


def is_number(number: float, *, qualifier: str | None = None, problem: str | None = None) -> Value:
    return Value(number, "reported", qualifier, problem)
