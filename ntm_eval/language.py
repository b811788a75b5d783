"""What readers read, in the language of the review: Vietnamese as in the code, or English.

The Vietnamese text is the key: `translate("Nhóm {group}: {names}.", group=1, names="…")` looks the
whole text up in the catalogue of the language in use, then fills it. A text that the catalogue
lacks stays Vietnamese: a report never fails for a missing word, a test does. `make catalogue`
brings the texts of the code into the catalogue, with Babel; a constant is marked by `N_`.

English knows a plural. In a translation `{count:error|errors}` is the first word for one and the
second otherwise; `count` is a number, or one already written as text.
"""

from __future__ import annotations

import gettext
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING, Any

from ntm_eval.workspace import LOCALE, VIETNAMESE, check_language

if TYPE_CHECKING:
    import pandas as pd

# a name of a place as the tables of units have it -> the kind of place in English
KINDS = {
    "huyện": "district",
    "thành phố": "city",
    "tp": "city",
    "thị xã": "town",
    "xã": "commune",
    "phường": "ward",
    "thị trấn": "township",
    "tỉnh": "province",
}
PLACE = re.compile(rf"({'|'.join(KINDS)})\.? (\w.*)", re.IGNORECASE)
BLOCK = re.compile(r"((?:#+ )?)(.*)", re.DOTALL)

# a row of `messages.csv` under the key `message`, and the values that fill it
Message = dict[str, Any]

MISSING = "–"
# not babel: its decimals fail on a figure of thirty digits, which a district may well mistype
VIETNAMESE_MARKS = str.maketrans(",.", ".,")

_in_use: ContextVar[str] = ContextVar("language", default=VIETNAMESE)


def current() -> str:
    """The language in use: `vi` or `en`."""
    return _in_use.get()


def use(language: str) -> None:
    """Use a language from here on, in this thread or task and what it calls.

    Raises
    ------
    AnalystError
        Where the language is unknown, listing those there are.
    """
    check_language(language)
    _in_use.set(language)


@contextmanager
def using(language: str) -> Iterator[None]:
    """Use a language inside, and after it the one before."""
    before = current()
    use(language)
    try:
        yield
    finally:
        use(before)


def N_(text: str) -> str:
    """A text that `translate` is given later; Babel finds it here."""
    return text


def translate(text: str, row: Mapping | pd.Series | None = None, **values: object) -> str:
    """A text of the catalogue in the language in use, filled from `row` and `values`.

    Numbers are written as the text asks, with the marks of the language: `{points:.1f}`,
    `{share:.1%}`. Without anything to fill it with, braces stay what they are.

    >>> translate("Nhóm {group}: {names}.", group=1, names="Mai Sơn")
    'Nhóm 1: Mai Sơn.'
    >>> translate("{name}: {points:.1f} điểm.", {"points": 1234.56}, name="Mai Sơn")
    'Mai Sơn: 1.234,6 điểm.'
    """
    if current() != VIETNAMESE and text:  # a catalogue has its header under ""
        text = _catalogue(current()).gettext(text)
    given = values if row is None else {**row, **values}
    return FILLER.vformat(text, (), given) if given else text


def figures(value: float | None, form: str) -> str:
    """A number with the marks of the language in use, `form` as of `format`; missing is a dash.

    >>> figures(1234.5, ".1f"), figures(0.9319, ".2%"), figures(None, ".0f"), figures(-0.0, ".0f")
    ('1.234,5', '93,19%', '–', '0')
    """
    if value is None or math.isnan(value):
        return MISSING
    text = format(float(value), f",{form}")
    if not re.search("[1-9]", text):
        text = text.removeprefix("-")
    return marked(text)


def marked(text: str) -> str:
    """A number in English form with the marks of the language in use."""
    text = text.replace("-", "−")
    return text.translate(VIETNAMESE_MARKS) if current() == VIETNAMESE else text


def message(row: str, **values: object) -> Message:
    """What is to be said, as data: a row of `messages.csv` and what fills it, itself JSON-able."""
    return {"message": row, **values}


def place(name: str) -> str:
    """A name from the tables of units, with its kind in the language in use.

    >>> with using("en"):
    ...     place("Huyện Thuận Châu"), place("TP Sơn La"), place("Mai Sơn")
    ('Thuận Châu district', 'Sơn La city', 'Mai Sơn')
    """
    found = PLACE.fullmatch(name) if current() != VIETNAMESE else None
    return f"{found[2]} {KINDS[found[1].lower()]}" if found else name


def blocks(markdown: str) -> list[tuple[str, str]]:
    """The headings and paragraphs of a text with marks: the mark, and the words to translate.

    >>> blocks("# Báo cáo\\n\\nCủa một huyện.")
    [('# ', 'Báo cáo'), ('', 'Của một huyện.')]
    """
    parts = (BLOCK.fullmatch(part) for part in markdown.split("\n\n"))
    return [(found[1], found[2]) for found in parts if found]


def translated(markdown: str) -> str:
    """A text with marks, each heading and paragraph in the language in use."""
    return "\n\n".join(mark + translate(words) for mark, words in blocks(markdown))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("ntm_eval", LOCALE, [language])


class Filler(Formatter):
    """`str.format`, numbers as `figures`, and `{count:one|many}` besides."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        """A value as the language writes it."""
        one, either, many = format_spec.partition("|")
        if either:
            return one if value in (1, "1") else many
        if format_spec[-1:] in ("f", "%") and not isinstance(value, str):
            return figures(value, format_spec)
        return format(value, format_spec)


FILLER = Filler()
