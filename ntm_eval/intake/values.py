"""What was typed in one cell -> number, date or mark, by the kind of its column, never by guess.

What has no sure reading is `rejected`: a question for the district, not a number. Every word is
taken with all its diacritics or with none ('tỷ' or 'ty'), in any case, NFC or NFD.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple, TypeVar

from ntm_eval.characters import INVISIBLE
from ntm_eval.intake.marks import Percent
from ntm_eval.language import N_
from ntm_eval.units import fold


class Value(NamedTuple):
    """One cell as read: a number only where its state is `reported`."""

    number: float | None
    state: str  # reported | blank | not_applicable | rejected
    qualifier: str | None = None
    problem: str | None = None  # a rule of data/reference/rules.csv


BLANK = Value(None, "blank")
NOT_APPLICABLE = Value(None, "not_applicable")
REJECTED = Value(None, "rejected", problem="not_a_number")
# Why there is no number, where the cell shows it.
NO_NUMBER = {
    "not_a_number.error": re.compile(r"^(#[A-ZĐ0/]+[!?]?|Err:[0-9]+)$"),
    "not_a_number.struck": re.compile(r"\[gạch bỏ: "),
    "not_a_number.hidden": re.compile(r"\[ẩn: "),
    "not_a_number.raised": re.compile(r"[¹²³⁰-⁾₀-₎]"),
}
ZERO = Value(0.0, "reported")

# Kinds whose values are whole; the others (number, percent) may have decimals.
WHOLE = ("count", "money", "area")
# A cell shown as 105% holds 1.05; one shown as 9319% was typed as 93.19 before it was a percentage.
MOST_SHOWN = 10
# No figure needs more; a longer text is a note that slipped into a number cell.
LONGEST = 100
BLANK_WORDS = ("", "-", "–", "—", "x", "...", "none")
# A hyphen that cannot be seen, and letters that look the same (eth for đ, minus for hyphen).
ALIKE = str.maketrans({"\u00ad": None, "ð": "đ", "−": "-"})

# The dot, or one space, groups by three and the comma is the decimal mark. A dot that cannot
# group is a decimal mark too; a comma never groups, so '1,234,567' and '1,234.5' are neither.
GROUPED = re.compile(r"[1-9][0-9]{0,2}([. ])[0-9]{3}(?:\1[0-9]{3})*(?:,[0-9]+)?")
PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
ONE_GROUP = re.compile(r"[0-9]{1,3}[. ][0-9]{3}")
# One amount: digits with their marks, then everything up to the next digit but that of 'm2'.
AMOUNT = re.compile(r"([0-9][0-9.,]*(?: [0-9][0-9.,]*)*)((?:m2|[^0-9])*)")

YEARS = range(1900, 2200)
TIME = r"(?:[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
DATES = (
    re.compile(
        rf"(?:ng[àa]y )?(?P<d>[0-9]{{1,2}})([/.-])(?P<m>[0-9]{{1,2}})\2(?P<y>[0-9]{{4}}){TIME}"
    ),
    re.compile(rf"(?P<y>[0-9]{{4}})-(?P<m>[0-9]{{2}})-(?P<d>[0-9]{{2}}){TIME}"),
    re.compile(r"ng[àa]y (?P<d>[0-9]{1,2}) th[áa]ng (?P<m>[0-9]{1,2}) n[ăa]m (?P<y>[0-9]{4})"),
)


Meaning = TypeVar("Meaning")


def _with_unmarked(words: Mapping[str, Meaning]) -> dict[str, Meaning]:
    """The same words, each also without any diacritics."""
    return {fold(word): meaning for word, meaning in words.items()} | dict(words)


WORDS = _with_unmarked(
    dict.fromkeys(BLANK_WORDS, BLANK)
    | dict.fromkeys(("kad", "không áp dụng"), NOT_APPLICABLE)
    | dict.fromkeys(("không", "không có"), ZERO)
)
BEFORE_A_NUMBER = (
    N_("gần"),
    N_("trên"),
    N_("hơn"),
    N_("khoảng"),
    N_("dưới"),
    N_("ước"),
    N_("ước đạt"),
    N_("ước tính"),
)
QUALIFIERS = _with_unmarked({word: word for word in BEFORE_A_NUMBER})
MARKS: dict[str, str | None] = _with_unmarked(
    dict.fromkeys(BLANK_WORDS)
    | dict.fromkeys(("đ", "đạt"), "Đ")
    | dict.fromkeys(("c", "chưa", "chưa đạt"), "C")
)
# What people write for 'met' in place of the form's letter.
TICKS = frozenset(("x", "v", "✓", "✔", "√", "☑", "1", "+"))
# Marks as the form asks for them.
SURE_MARKS = {"": (None, True), "Đ": ("Đ", True), "C": ("C", True)}
DONG = ("đồng", "đ", "vnđ", "vnd")
MONEY = {"tỷ": 10**9, "tỉ": 10**9, "triệu": 10**6, "tr": 10**6, "nghìn": 1000, "ngàn": 1000}
# Words that may follow a number, and how many of the column's unit one of them is.
SCALES = {
    "money": _with_unmarked(
        dict.fromkeys(DONG, 1)
        | {
            word + dong: scale
            for word, scale in MONEY.items()
            for dong in ("", "đ", *(f" {d}" for d in DONG))
        }
    ),
    # the northern sào, not that of the centre (500 m²)
    "area": _with_unmarked({"m2": 1, "mét vuông": 1, "sào": 360, "ha": 10_000}),
}


def read_number(
    typed: object, kind: str, unit: str, plausible_max: float | None = None, scale: int = 1
) -> Value:
    """The number in a cell of a column of this kind and unit, or why there is none.

    A number that is kept but doubtful or converted names the rule that says so in `problem`. One
    without a unit of its own counts `scale` of the column's: see `unit_scale`.
    In a column of decimals a single group ('1.043') that would exceed `plausible_max` is taken
    as decimals; without a maximum (None or NaN) it is always a group.

    >>> read_number("gần 2 tỷ 100 triệu", "money", "đồng")
    Value(number=2100000000.0, state='reported', qualifier='gần', problem=None)
    """
    if type(typed) is float:  # most cells; a `Percent` is another type
        if scale == 1 and typed.is_integer():  # neither infinite nor NaN; -0.0 is 0
            return Value(typed + 0.0, "reported")
        return _excel_number(typed * scale, kind)
    if typed is None or (isinstance(typed, str) and not typed):
        return BLANK
    if isinstance(typed, Percent) and kind == "percent" and 0 < typed <= MOST_SHOWN:
        return Value(round(100 * typed, 10), "reported", problem="unit_converted")
    if isinstance(typed, int | float) and not isinstance(typed, bool):
        return _excel_number(typed * scale, kind)
    if isinstance(typed, str) and typed.startswith("="):
        return Value(None, "rejected", problem="formula_without_value")
    text = _text(typed)
    if text is None:
        return _rejected(typed)
    known = WORDS.get(_one_line(text))
    read = known or _written_number(text, kind, unit, plausible_max, scale)
    return _rejected(typed) if read == REJECTED else read


def unit_scale(typed: str, kind: str, unit: str) -> int | None:
    """How many of a column's unit the unit typed beside a figure is; None of another measure.

    >>> unit_scale("triệu đồng", "money", "đồng"), unit_scale("", "area", "m²"), unit_scale(
    ...     "lượt", "count", "hộ")
    (1000000, 1, None)
    """
    return _scales(kind, unit, 1).get(_one_line(_text(typed.strip(" ().")) or ""))


def read_date(typed: object) -> dt.date | None:
    """The day in a cell, or None where it is not one: the day always comes before the month.

    >>> read_date("5/12/2022"), read_date("12/31/2022")
    (datetime.date(2022, 12, 5), None)
    """
    day: dt.date | None
    if isinstance(typed, dt.date):
        day = typed.date() if isinstance(typed, dt.datetime) else typed
    else:
        day = _written_date(_text(typed) or "")
    # pandas' NaT calls itself a date, of no year; past the last day of all there is none to count
    return day if day and day.year in YEARS else None


def read_mark(typed: object) -> tuple[str | None, bool]:
    """'Đ' (met), 'C' (not yet) or None, and whether the cell could be read.

    >>> read_mark("đạt"), read_mark(""), read_mark("7")
    (('Đ', True), (None, True), (None, False))
    """
    if isinstance(typed, str) and typed in SURE_MARKS:  # nearly all
        return SURE_MARKS[typed]
    text = "" if typed is None else _text(typed)
    if text is None:
        return None, False
    phrase = _one_line(text)
    return MARKS.get(phrase), phrase in MARKS


def _rejected(typed: object) -> Value:
    """No number, and why none where the cell shows it."""
    text = re.sub("[mM]²", "", typed.strip()) if isinstance(typed, str) else ""
    why = next((name for name, form in NO_NUMBER.items() if form.search(text)), None)
    return REJECTED._replace(problem=why) if why else REJECTED


def tick(cell_text: str) -> str | None:
    """The mark for 'met' that stands in place of the form's letter, or None.

    >>> tick(" X "), tick("Đ")
    ('x', None)
    """
    typed = (_text(cell_text) or "").strip()
    return typed if typed in TICKS else None


def _excel_number(typed: float, kind: str) -> Value:
    try:
        # Excel shows and compares 15 digits: a sum of 326.00000000000006 is 326; -0.0 is 0
        number = float(f"{float(typed):.15g}") + 0.0
    except OverflowError:
        return REJECTED
    if not math.isfinite(number):
        return REJECTED
    whole = kind not in WHOLE or number.is_integer()
    return Value(number, "reported", None, None if whole else "not_an_integer")


def _written_date(text: str) -> dt.date | None:
    found = next(filter(None, (form.fullmatch(_one_line(text)) for form in DATES)), None)
    try:
        return found and dt.date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:  # 31/4, a 13th month
        return None


def _text(typed: object) -> str | None:
    """What was typed in one normal form; None where it is no text that can be a figure.

    A raised or circled digit would be normalised into another number ('10²' into '102').
    """
    if not isinstance(typed, str):
        return None
    text = typed.strip()
    return _normal(text) if len(text) <= LONGEST else None


def _normal(text: str) -> str | None:
    if any(unicodedata.category(c) == "No" for c in re.sub("[mM]²", "", text)):
        return None
    seen = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return seen.casefold().translate(ALIKE).strip()


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _written_number(
    text: str, kind: str, unit: str, plausible_max: float | None, scale: int
) -> Value:
    start = re.search(r"-?[0-9]", text)
    if not start:
        return REJECTED
    lead, rest = text[: start.start()], text[start.start() :]
    qualifier = QUALIFIERS.get(_one_line(lead))
    if lead and not (qualifier and lead[-1].isspace()):
        return REJECTED
    parts = [(digits, _one_line(word)) for digits, word in AMOUNT.findall(rest)]
    scales = _scales(kind, unit, scale)
    number = _amount(parts, scales)
    if number is None:
        return REJECTED
    problem, one_group = None, ONE_GROUP.fullmatch(parts[0][0])
    if kind == "area" and any(word and scales[word] != 1 for _, word in parts):
        problem = "unit_converted"
    elif kind in WHOLE and number.denominator != 1:
        problem = "not_an_integer"
    elif kind not in WHOLE and one_group and plausible_max is not None and number > plausible_max:
        number, problem = number / 1000, "ambiguous_number"
    return Value(float(-number if rest[0] == "-" else number), "reported", qualifier, problem)


def _scales(kind: str, unit: str, scale: int) -> dict[str, int]:
    """What may stand after a number in this column; nothing means `scale`."""
    return _with_unmarked({_text(unit) or "": 1}) | SCALES.get(kind, {}) | {"": scale}


def _amount(parts: list[tuple[str, str]], scales: Mapping[str, int]) -> Fraction | None:
    """The sum of '2 tỷ 100 triệu', in the column's unit, or None.

    In a sum each part names its unit, only the last has decimals, and each is less than one of
    the unit before it: '2 tỷ 100' may mean 100 triệu or 100 đồng, so it is neither.
    """
    total, unit_before = Fraction(0), None
    for digits, word in parts:
        number, scale = _digits(digits), scales.get(word)
        if number is None or scale is None or (len(parts) > 1 and not word):
            return None
        if unit_before is not None and (
            total % unit_before or scale >= unit_before or number * scale >= unit_before
        ):
            return None
        total, unit_before = total + number * scale, scale
    return total


def _digits(text: str) -> Fraction | None:
    if GROUPED.fullmatch(text):
        text = text.replace(".", "").replace(" ", "")
    elif not PLAIN.fullmatch(text):
        return None
    return Fraction(text.replace(",", "."))
