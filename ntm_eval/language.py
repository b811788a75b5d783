"""What readers read, in the language of the review: Vietnamese as in the code, or English.

The Vietnamese text is the key: `say("Nhóm {group}: {names}.", group=1, names="…")` looks the whole
sentence up in the catalogue of the language that is spoken, then fills it. A text that the
catalogue lacks stays Vietnamese: a report never fails for a missing word, a test does.

English knows a plural. In a translation `{count:error|errors}` is the first word for one and the
second otherwise; `count` is a number, or one already written as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from string import Formatter
from typing import Any

from ntm_eval.workspace import VIETNAMESE, catalogue_file, check_language

# a name of a place as the tables of units have it -> the kind of place in English
KINDS = {
    "huyện": "district", "thành phố": "city", "tp": "city", "thị xã": "town", "xã": "commune",
    "phường": "ward", "thị trấn": "township", "tỉnh": "province",
}  # fmt: skip
PLACE = re.compile(rf"({'|'.join(KINDS)})\.? (\w.*)", re.IGNORECASE)

# a row of `messages.csv` under the key `message`, and the values that fill it
Message = dict[str, Any]

BLOCK = re.compile(r"((?:#+ )?)(.*)", re.DOTALL)

# one process makes the reports of one language at a time, whatever its threads
_spoken = VIETNAMESE
# the messages of the last language that needs them, and the moment of the file they are from
_messages: Mapping[str, str] = {}
_of: tuple[str, int] | None = None


def speak(language: str) -> None:
    """From here on this process speaks `language`.

    Raises
    ------
    AnalystError
        Where the language is unknown, listing those there are.
    """
    global _spoken, _messages, _of
    check_language(language)
    if language != VIETNAMESE:
        written = language, catalogue_file(language).stat().st_mtime_ns
        if written != _of:
            _messages, _of = catalogue(language), written
    _spoken = language


def spoken() -> str:
    """The language now spoken: `vi` or `en`."""
    return _spoken


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """`language` is spoken inside, and after it what was spoken before."""
    before = _spoken
    speak(language)
    try:
        yield
    finally:
        speak(before)


def message(row: str, **values: object) -> Message:
    """What is to be said, as data: a row of `messages.csv` and what fills it, itself JSON-able."""
    return {"message": row, **values}


def say(template: str, **values: object) -> str:
    """A message of the catalogue in the language spoken, filled with `values`.

    Without values nothing is filled: braces stay what they are. A value may be said itself.

    >>> say("Nhóm {group}: {names}.", group=1, names="Mai Sơn")
    'Nhóm 1: Mai Sơn.'
    """
    if _spoken == VIETNAMESE:
        return template.format_map(values) if values else template
    translated = _messages.get(template, template)
    return FILLER.vformat(translated, (), values) if values else translated


def place(name: str) -> str:
    """A name from the tables of units, with its kind in the language spoken.

    >>> with speaking("en"):
    ...     place("Huyện Thuận Châu"), place("TP Sơn La"), place("Mai Sơn")
    ('Thuận Châu district', 'Sơn La city', 'Mai Sơn')
    """
    found = PLACE.fullmatch(name) if _spoken != VIETNAMESE else None
    return f"{found[2]} {KINDS[found[1].lower()]}" if found else name


def blocks(markdown: str) -> list[tuple[str, str]]:
    """The headings and paragraphs of a text with marks: the mark, and the words to translate.

    >>> blocks("# Báo cáo\\n\\nCủa một huyện.")
    [('# ', 'Báo cáo'), ('', 'Của một huyện.')]
    """
    parts = (BLOCK.fullmatch(part) for part in markdown.split("\n\n"))
    return [(found[1], found[2]) for found in parts if found]


def translated(markdown: str) -> str:
    """A text with marks, each heading and paragraph in the language spoken."""
    return "\n\n".join(mark + say(words) for mark, words in blocks(markdown))


def catalogue(language: str) -> Mapping[str, str]:
    """Vietnamese messages -> their translations; those without one are left out."""
    # babel is imported only where another language is asked for
    from babel.messages.pofile import read_po

    with catalogue_file(language).open("rb") as lines:
        found = read_po(lines, locale=language)
    # str: babel has lists where a message has a plural of its own, which ours do not use
    return {str(m.id): str(m.string) for m in found if m.id and m.string and not m.fuzzy}


class Filler(Formatter):
    """`str.format`, and `{count:one|many}` besides."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, either, many = format_spec.partition("|")
        return (one if str(value) == "1" else many) if either else format(value, format_spec)


FILLER = Filler()
