"""What readers read, in the language of the review: Vietnamese as in the code, or English.

The Vietnamese text is the key: `say("Nhóm {group}: {names}.", group=1, names="…")` looks the whole
sentence up in the catalogue of the language that is spoken, then fills it. A text that the
catalogue lacks stays Vietnamese: a report never fails for a missing word, a test does.

English knows a plural. In a translation `{count:error|errors}` is the first word for one and the
second otherwise; `count` is a number, or one already written as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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


class Said(str):
    """A text in another language, with what it is in Vietnamese: letters to districts say that."""

    vietnamese: str

    def __new__(cls, text: str, vietnamese: str) -> Said:
        made = super().__new__(cls, text)
        made.vietnamese = vietnamese
        return made

    def __reduce__(self) -> tuple[type[Said], tuple[str, str]]:  # a copy knows it too
        return Said, (str(self), self.vietnamese)


def vietnamese(text: str) -> str:
    """What `say` or `joined` gave, as it is in Vietnamese."""
    return text.vietnamese if isinstance(text, Said) else text


def joined(between: str, texts: Iterable[str]) -> str:
    """Texts that were said, one after the other."""
    parts = list(texts)
    if _spoken == VIETNAMESE:
        return between.join(parts)
    return Said(between.join(parts), between.join(map(vietnamese, parts)))


def say(message: str, **values: object) -> str:
    """A message of the catalogue in the language spoken, filled with `values`.

    Without values nothing is filled: braces stay what they are. A value may be said itself.

    >>> say("Nhóm {group}: {names}.", group=1, names="Mai Sơn")
    'Nhóm 1: Mai Sơn.'
    """
    if _spoken == VIETNAMESE:
        return message.format_map(values) if values else message
    own = {key: vietnamese(v) if isinstance(v, str) else v for key, v in values.items()}
    translated = _messages.get(message, message)
    if not values:
        return Said(translated, message)
    return Said(FILL.vformat(translated, (), values), message.format_map(own))


def place(name: str) -> str:
    """A name from the tables of units, with its kind in the language spoken.

    >>> with speaking("en"):
    ...     place("Huyện Thuận Châu"), place("TP Sơn La"), place("Mai Sơn")
    ('Thuận Châu district', 'Sơn La city', 'Mai Sơn')
    """
    found = PLACE.fullmatch(name) if _spoken != VIETNAMESE else None
    return Said(f"{found[2]} {KINDS[found[1].lower()]}", name) if found else name


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


class _Filler(Formatter):
    """`str.format`, and `{count:one|many}` besides."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        one, either, many = format_spec.partition("|")
        return (one if str(value) == "1" else many) if either else format(value, format_spec)


FILL = _Filler()
