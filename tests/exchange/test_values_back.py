"""A number written in any accepted form comes back; nothing unread becomes zero."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from typed import DECIMALS, DRESS, KINDS, MANY, UNITS, WHOLE, is_number, read

from ntm_eval.intake.values import read_date, read_mark
from ntm_eval.units import fold


def grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


GROUP_MARKS = st.sampled_from([".", " ", "\u00a0", "\u2009", "\u202f", ""])


@MANY
@given(
    st.integers(0, 10**15),
    GROUP_MARKS,
    st.sampled_from(WHOLE),
    st.sampled_from(["", " "]),
    st.booleans(),
    DRESS,
)
def test_a_whole_number_comes_back(number, mark, kind, gap, with_unit, dress):
    typed = grouped(number, mark) + (gap + UNITS[kind] if with_unit else "")
    assert read(dress(typed), kind) == is_number(number)


@MANY
@given(
    st.integers(0, 10**9),
    st.integers(0, 4),
    GROUP_MARKS,
    st.sampled_from(DECIMALS),
    st.booleans(),
    DRESS,
)
def test_a_decimal_number_comes_back(digits, places, mark, kind, with_unit, dress):
    whole, rest = divmod(digits, 10**places)
    typed = grouped(whole, mark) + (f",{rest:0{places}d}" if places else "")
    typed += UNITS[kind] if with_unit else ""
    assert read(dress(typed), kind) == is_number(float(Fraction(digits, 10**places)))


@MANY
@given(
    st.integers(0, 999),
    st.integers(0, 999),
    st.integers(0, 999),
    st.sampled_from(["", "đ", " đồng", " vnd"]),
    DRESS,
)
def test_money_in_words_comes_back(billions, millions, thousands, dong, dress):
    typed = f"{billions} tỷ {millions} triệu {thousands} nghìn{dong}"
    expected = billions * 10**9 + millions * 10**6 + thousands * 1000
    assert read(dress(typed), "money") == is_number(expected)


@MANY
@given(st.integers(0, 10**6), st.sampled_from(["gần", "trên", "hơn", "khoảng", "ước đạt"]), DRESS)
def test_a_qualified_number_comes_back(number, qualifier, dress):
    assert read(dress(f"{qualifier} {number}")) == is_number(number, qualifier=qualifier)


LOOKS_LIKE_FIGURES = st.text("0123456789.,- \n\u00a0xđm²%½①０tỷriệugầnkhôcóha", max_size=30)
TEXTS = st.one_of(st.text(), LOOKS_LIKE_FIGURES)
OBJECTS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    TEXTS,
    st.binary(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.decimals(),
    st.lists(st.integers()),
)


@MANY
@given(OBJECTS, st.sampled_from(KINDS), st.one_of(st.none(), st.floats()))
def test_any_object_is_read_or_refused_and_the_state_says_which(typed, kind, plausible_max):
    value = read(typed, kind, plausible_max)
    assert (value.number is not None) == (value.state == "reported")
    assert (value.problem or "").startswith("not_a_number") == (value.state == "rejected")
    assert value.state in ("reported", "blank", "not_applicable", "rejected")
    assert read_date(typed) is None or isinstance(read_date(typed), dt.date)
    assert read_mark(typed)[0] in ("Đ", "C", None)


@MANY
@given(TEXTS, st.sampled_from(KINDS))
def test_zero_is_never_made_from_text_without_a_zero_in_it(text, kind):
    plain = unicodedata.normalize("NFKC", text)
    if "0" not in plain and "khong" not in fold(plain):
        assert read(text, kind).number != 0


@MANY
@given(st.text("0123456789.,- ", max_size=14), st.sampled_from(KINDS))
def test_no_digit_that_was_typed_is_lost_or_moved(text, kind):
    value = read(text, kind)
    if value.number is not None:
        read_digits = f"{Decimal(repr(value.number)):f}"
        assert only_digits(text).strip("0") == only_digits(read_digits).strip("0")


def only_digits(text: str) -> str:
    return "".join(c for c in text if c in "0123456789")
