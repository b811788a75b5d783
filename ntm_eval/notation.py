"""How numbers, days and names are written in the language in use: 1.234,5 or 1,234.5."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date

import pandas as pd

from ntm_eval import language, reference, units
from ntm_eval.characters import UNSOUND, printable
from ntm_eval.language import MISSING, N_, figures, marked, place
from ntm_eval.language import translate as _
from ntm_eval.workspace import VIETNAMESE

PERIODS = {"h1": N_("6 tháng đầu năm"), "annual": N_("năm")}
OF_YEAR = {"h1": N_("6 tháng đầu năm {year}"), "annual": N_("năm {year}")}
ONE = {"people": "person", "activities": "activity"}  # the other units end in s
MONTHS = (  # not strftime: its names follow the machine
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def number(value: float | None, decimals: int = 0) -> str:
    """A number in Vietnamese form, 1.234,5, or English, 1,234.5; a missing one is a dash.

    >>> number(1234.5, 1), number(None), number(-3.0)
    ('1.234,5', '–', '−3')
    """
    return figures(value, f".{decimals}f")


def percent(share: float | None, decimals: int = 1) -> str:
    """A share 0..1 as a percentage.

    >>> percent(0.9319, 2)
    '93,19%'
    """
    return figures(share, f".{decimals}%")


def percent_beside(share: float, threshold: float) -> str:
    """A share with as many decimals as tell it from the threshold it is held against.

    >>> percent_beside(0.8997, 0.9), percent_beside(0.9, 0.9)
    ('89,97%', '90,0%')
    """
    if math.isnan(share) or math.isnan(threshold) or math.isclose(share, threshold):
        return percent(share)
    wanted = next(
        (d for d in (1, 2, 3, 4) if round(100 * share, d) != round(100 * threshold, d)), 4
    )
    return percent(share, wanted)


def quantity(value: float | None, unit: str, *, with_unit: bool = True) -> str:
    """A value with its unit; money of a million đồng and more is in triệu or tỷ.

    >>> quantity(2_150_000_000, "đồng"), quantity(12.5, "km"), quantity(93.19, "%")
    ('2,15 tỷ đồng', '12,5 km', '93,19%')
    """
    if value is None or math.isnan(value):
        return MISSING
    if unit == "đồng" and abs(value) >= 1e6:
        if abs(value) >= 1e9:
            written = marked(_short(value / 1e9))
            text = N_("{amount} tỷ đồng") if with_unit else N_("{amount} tỷ")
        else:
            written = marked(_short(value / 1e6))
            text = N_("{amount} triệu đồng") if with_unit else N_("{amount} triệu")
        return _(text, amount=written)
    if unit == "%":
        return marked(f"{_short(value)}%")
    written = marked(_short(value))
    return f"{written} {_named(unit, written)}" if with_unit and unit else written


def amount(value: float | None, unit: str) -> str:
    """`quantity` without its unit, which stands in a column of its own."""
    return quantity(value, unit, with_unit=False)


def _named(unit: str, written: str) -> str:
    """A unit in words, in English one for 1: '1 household'."""
    name = _(unit)
    if language.current() == VIETNAMESE or written != "1":
        return name
    return ONE.get(name) or re.sub(r"s\b", "", name)


def _short(value: float) -> str:
    """At most two decimals, or two figures of what is smaller, without trailing zeros."""
    small = 0 < abs(value) < 0.1
    decimals = 1 - math.floor(math.log10(abs(value))) if small else 2
    text = f"{round(float(value), decimals) + 0.0:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(when: date | None) -> str:
    """A day as it is written on paper: 14/05/2022, or 14 May 2022."""
    if when is None or pd.isna(when):
        return MISSING
    if language.current() == VIETNAMESE:
        return f"{when:%d/%m/%Y}"
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def when(year: int, period: str) -> str:
    """A period of a year: 'năm 2022'."""
    return _(OF_YEAR[period], year=year)


def sentence(words: str) -> str:
    """A sentence of a phrase: its first letter large, a full stop at its end."""
    return f"{words[:1].upper()}{words[1:]}."


def score_name(part: str, indicator: str | None) -> str:
    """A row of scores.csv in words."""
    if pd.isna(indicator):
        names = reference.table("score_parts").set_index("part")["name_vi"].to_dict()
        return _(names[part])
    if part == "reporting":
        items = reference.table("score_reporting").set_index("item")["name_vi"]
        return _(str(items[indicator])).lower()
    return reference.indicator_name(str(indicator))


def in_full(words: str) -> str:
    """A title, survey or decree as it is written on paper.

    >>> in_full("xã NTM nâng cao")
    'xã nông thôn mới nâng cao'
    """
    said = _(words)
    if language.current() != VIETNAMESE:
        return said
    return said.replace("NTM", "nông thôn mới").replace("QĐ ", "Quyết định số ")


def grade(name: str) -> str:
    """A grade as it is written on paper: 'Tốt'."""
    return _(name).capitalize()


def district_name(code: str) -> str:
    """The short name of a district by its code."""
    return place(units.district(code).short)


def reporters(code: str) -> str:
    """What those are called who report when the unit with this code does."""
    return _(units.reporters(code))


def commune_name(code: str, district_code: str | None = None) -> str:
    """The full name of a commune by its code and the unit that reports on it."""
    return place(units.commune_name(code, district_code))


def measure_name(indicator: str) -> str:
    """What a series shows, with its code."""
    return f"{measure(indicator)} ({indicator})"


def measure(indicator: str) -> str:
    """What a series shows: the rate where there is a denominator, else the figure itself."""
    rate = reference.indicator(indicator)["rate_vi"]
    return _(rate) if pd.notna(rate) else reference.indicator_name(indicator)


def measured_as(value: float, indicator: str) -> str:
    """A reported figure of an indicator in the unit it is reported in."""
    return quantity(value, reference.indicator(indicator)["unit"])


def measured(value: float, indicator: str) -> str:
    """A value of a series in the unit that it is shown in."""
    row = reference.indicator(indicator)
    if row["rate_unit"] == "%":
        return percent(value)
    unit = row["unit"] if pd.isna(row["rate_unit"]) else row["rate_unit"]
    return quantity(round(value) if abs(value) >= 1000 else value, unit)


def before(value: float, indicator: str) -> str:
    """A value of a series beside a later one, which has the unit: 'từ 506 lên 709 cuộc'."""
    whole = measured(value, indicator)
    unit = reference.indicator(indicator)
    name = unit["unit"] if pd.isna(unit["rate_unit"]) else unit["rate_unit"]
    return whole if name in ("%", "đồng") else whole.rsplit(" ", len(_(name).split()))[0]


def change(value: float, indicator: str) -> str:
    """A yearly change with its sign; of a share in percentage points."""
    if pd.isna(value):
        return MISSING
    row = reference.indicator(indicator)
    if row["rate_unit"] == "%":
        text = _("{value} điểm phần trăm", value=number(abs(value) * 100, 2))
    elif row["unit"] == "%":
        text = _("{value} điểm phần trăm", value=number(abs(value), 2))
    else:
        text = measured(abs(value) if abs(value) < 100 else round(abs(value)), indicator)
    return ("+" if value > 0 else "−" if value < 0 else "") + text


def against_plan(ratio: float, indicator: str) -> str:
    """A result over its plan; where less is better, how far the plan is exceeded.

    >>> against_plan(0.8, "C1-01"), against_plan(1.025, "C1-19")
    ('80,0%', 'cao hơn 2,5%')
    """
    if pd.isna(ratio) or reference.indicator(indicator)["better"] != "down":
        return percent_beside(ratio, 1)
    return _("cao hơn {ratio}", ratio=percent(ratio - 1)) if ratio > 1 else _("không vượt")


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """A table for people: beside each code its name, beside an indicator its unit of measure.

    Adds `district` after `district_code`, `commune` after `commune_code`, and `indicator_name` and
    `measured_in` (the unit of `value`, and of `rate` where there is one: 'người; %') after
    `indicator`, each where it is not there yet. Rows and their order stay.
    """
    made = frame.copy()
    for column, names in _NAMES.items():
        if column not in made:
            continue
        for name, words in names.items():
            if name not in made:
                known = {code: words(code) for code in made[column].dropna().unique()}
                place_at = made.columns.get_indexer([column])[0] + list(names).index(name) + 1
                made.insert(int(place_at), name, made[column].map(known))
    return made


def _indicator_name(code: str) -> str:
    # the items of the reporting discipline stand among indicators in the scores
    return reference.indicator_name(code) if code in reference.catalogue().index else code


def _measured_in(code: str) -> str:
    if code not in reference.catalogue().index:
        return ""
    row = reference.indicator(code)
    return "; ".join(_(unit) for unit in (row["unit"], row["rate_unit"]) if pd.notna(unit))


_NAMES: dict[str, dict[str, Callable[[str], str]]] = {
    "district_code": {"district": district_name},
    "commune_code": {"commune": commune_name},
    "indicator": {"indicator_name": _indicator_name, "measured_in": _measured_in},
}


def csv(frame: pd.DataFrame) -> str:
    """A table as CSV that every program reads back with exactly its rows, and runs nothing of.

    15 digits: a whole number without '.0', and all that a float holds. Texts are as they print: a
    lone carriage return would end the row for some readers.
    """
    unsound = {
        name: text.map(printable, na_action="ignore")
        for name, text in frame.select_dtypes("str").items()
        if UNSOUND.search("\n".join(text.dropna()))
    }
    made = inert(frame.assign(**unsound))
    return made.to_csv(index=False, float_format="%.15g", lineterminator="\n")


def inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    made = {}
    for name, text in frame.select_dtypes("str").items():
        risky = text.str.match(r"^[=+\-@\t\r]", na=False)
        if risky.any():
            made[name] = text.where(~risky, "'" + text)
    return frame.assign(**made)


def span(low: float, high: float, decimals: int = 0) -> str | None:
    """Two ends as '2–5', as '3' where they are written the same; None where one is not known."""
    if pd.isna(low) or pd.isna(high):
        return None
    ends = [number(end, decimals) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def likely(probability: float) -> str:
    """A probability that never claims certainty.

    >>> likely(0.004), likely(0.37), likely(0.999), likely(float("nan"))
    ('dưới 1%', '37%', 'trên 99%', 'không đủ số liệu')
    """
    if math.isnan(probability):
        return _("không đủ số liệu")
    if probability < 0.01:
        return _("dưới 1%")
    return _("trên 99%") if probability > 0.99 else percent(probability, 0)
