"""Text typed in old or symbol fonts, or read in a wrong encoding -> the letters that were meant.

Texts in TCVN3 (.VnTime) and VNI fonts hold only characters up to U+00FF, so a text with a letter
such as 'ạ' or 'ư' is Unicode and is never touched. Which encoding a sheet has is decided on all
its texts together, by counting how many words are Vietnamese syllables before and after: raw
TCVN3 'Thµnh phè' has none, good Unicode has nearly all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, product

from ntm_eval import characters, reference
from ntm_eval.intake import sheets

FONTS = ("tcvn3", "vni")

# Fewer words gained than this may be chance: two words of a foreign name, a bullet and a footnote.
LEAST_GAIN = 3
# Abbreviations (QĐ, HĐND) and place names of other languages are no syllables after a right
# conversion either; a wrong table leaves more than half of the words unreadable.
LEAST_SHARE = 0.8
# A sheet in an old font may hold some Unicode (a pasted title); more, and the form was Unicode
# and only some cells were typed in the old font.
UNICODE_SHARE = 0.1

EXAMPLE = 40  # letters of a text that are quoted

# Letters of Vietnamese that no old font and no wrongly read byte can show.
UNICODE_ONLY = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
# What good Vietnamese never shows: other letters and signs of Latin-1, and control characters.
SUSPECT = re.compile("[^\x00-\x7f\xa0\xb2ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂ-\U0010ffff]")
# The first byte of a UTF-8 letter as cp1252 shows it, then a continuation byte.
MOJIBAKE = re.compile("(?:[ÃÄÅÆÌ]|á[º»])[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ ]")
BETWEEN_WORDS = re.compile(r"[\s\x00-\x40\x5b-\x60\x7b-\x7f\u2010-\u2030]+")

ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
RHYMES = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu i ia ich im in inh ip it iu "
    "iêc iêm iên iêng iêp iêt iêu o oa oac oach oai oam oan oang oanh oao oap oat oay "
    "oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot ooc oong ô ôc ôi ôm ôn ông ôp ôt "
    "ơ ơi ơm ơn ơng ơp ơt u ua uân uâng uât uây uê uêch uênh uơ uôc uôi uôm uôn uông uôt uc ui "
    "um un ung up ut uy uya uych uyên uyêt uyn uynh uyt uyu ư ưa ưc ưi ưm ưng ưt ưu "
    "ươc ươi ươm ươn ương ươp ươt ươu y ych yêm yên yêng yêt yêu yn ynh yt"
)
LONGEST_SYLLABLE = 7  # nghiêng
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
STOPPED_TONES = ("\u0301", "\u0323")  # before c, ch, p, t


@dataclass(frozen=True)
class Repair:
    """The texts as they were meant, and what they were written in where that had to be undone."""

    texts: tuple[str, ...]
    encoding: str | None  # tcvn3 | vni | mojibake


def repaired(texts: Sequence[str], declared: str | None = None) -> Repair:
    """The texts of one sheet or column in NFC, out of an old font or a wrong encoding.

    `declared` is the user's word for one of `FONTS`: no evidence is asked for then, but texts
    that are surely Unicode stay as they are.
    """
    composed = [unicodedata.normalize("NFC", t) for t in texts]
    if declared not in FONTS and not SUSPECT.search("\n".join(composed)):
        return Repair(tuple(composed), None)
    for encoding in [declared] if declared in FONTS else ["mojibake", *FONTS]:
        found = _undone(composed, encoding, forced=encoding == declared)
        if found != composed:
            return Repair(tuple(found), encoding)
    return Repair(tuple(composed), None)


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows with their texts as they were meant, and one changed text as an example."""

    grid: list[list[object]]
    encoding: str | None = None
    before: str = ""
    after: str = ""
    # by row and column, the characters of a cell that are not plain text, as they were typed
    unusual: Mapping[tuple[int, int], set[str]] = field(default_factory=dict)


def sheet(grid: list[list[object]], declared: str | None = None) -> Sheet:
    """The rows of one sheet with the texts of their cells repaired."""
    every = "\n".join({typed for typed in set(chain.from_iterable(grid)) if isinstance(typed, str)})
    plain = not characters.UNUSUAL.search(every)
    sound = declared not in FONTS and _plainly_sound(every)
    made = Sheet(grid) if sound else _repaired_sheet(grid, declared)
    return made if plain else _without_unprintable(made)


def _repaired_sheet(grid: list[list[object]], declared: str | None) -> Sheet:
    texts = [typed for row in grid for typed in row if isinstance(typed, str) and typed]
    found = repaired(texts, declared)
    meant: Mapping[str, str] = {
        typed: text for typed, text in zip(texts, found.texts, strict=True) if typed != text
    }
    if not meant:
        return Sheet(grid)
    rows = [[meant.get(c, c) if isinstance(c, str) else c for c in row] for row in grid]
    if found.encoding is None:
        return Sheet(rows)
    old = [typed for typed in meant if unicodedata.normalize("NFC", typed) != meant[typed]]
    # a name or a sentence says more than a mark
    before = max(old, key=lambda typed: (len(typed) <= EXAMPLE, len(typed)))
    return Sheet(rows, found.encoding, before[:EXAMPLE], meant[before][:EXAMPLE])


def _without_unprintable(found: Sheet) -> Sheet:
    """The sheet as paper can hold it, with what each of its cells had beside plain text."""
    unusual = {
        (r, c): set(odd)
        for r, row in enumerate(found.grid)
        for c, typed in enumerate(row)
        if isinstance(typed, str) and (odd := characters.UNUSUAL.findall(typed))
    }
    rows = [[characters.printable(c) if isinstance(c, str) else c for c in r] for r in found.grid]
    return replace(found, grid=rows, unusual=unusual)


def _plainly_sound(text: str) -> bool:
    """Whether a text is in NFC and shows nothing of an old font: nearly all are."""
    return unicodedata.is_normalized("NFC", text) and not SUSPECT.search(text)


def declared(note: str) -> str | None:
    """The old font that a note of the office names, in any case.

    >>> declared("gửi bằng phông VNI-Times"), declared("")
    ('vni', None)
    """
    return next((f for f in FONTS if re.search(rf"\b{f}", note, re.IGNORECASE)), None)


def _undone(texts: list[str], encoding: str, forced: bool) -> list[str]:
    """The texts with one encoding undone, or as they are where the evidence is against it."""
    convert = _mojibake if encoding == "mojibake" else _font(encoding)
    old = [t for t in texts if not t.isascii() and not UNICODE_ONLY.search(t)]
    unread = [t for t in old if _count(t)[0] < _count(t)[1]]
    # what can be undone is surely wrong bytes, so that one word is enough
    least = 1 if encoding == "mojibake" else LEAST_GAIN
    if not forced and not _gains(unread, [convert(t) for t in unread], least):
        return texts
    modern = sum(1 for t in texts if UNICODE_ONLY.search(t))
    whole = encoding not in FONTS or modern <= UNICODE_SHARE * len(unread)
    meant = {}
    for text in set(old):
        after = convert(text)
        if whole or _gains([text], [after], 1):
            meant[text] = after
    return [meant.get(t, t) for t in texts]


def _gains(before: Sequence[str], after: Sequence[str], least: int) -> bool:
    """Whether a conversion makes words of Vietnamese out of what was none."""
    was = sum(_count(t)[0] for t in before)
    now, words = (sum(n) for n in zip(*map(_count, after), strict=True)) if after else (0, 0)
    return now - was >= least and now >= LEAST_SHARE * words


def _count(text: str) -> tuple[int, int]:
    """How many of a text's words with diacritics or signs are Vietnamese, and how many it has."""
    words = [w for w in BETWEEN_WORDS.split(text.casefold().replace("ð", "đ")) if not w.isascii()]
    return sum(_is_syllable(w) for w in words if len(w) <= LONGEST_SYLLABLE), len(words)


def _is_syllable(word: str) -> bool:
    """A Vietnamese syllable, or the mark đ; one other letter alone may be a bullet, so it is not.

    >>> [_is_syllable(w) for w in ("đất", "quỳnh", "thµnh", "sèp", "·")]
    [True, True, False, False, False]
    """
    if len(word) == 1:
        return word == "đ"
    onsets = ("", *ONSETS.split())
    return any(word.startswith(o) and word[len(o) :] in TONED_RHYMES for o in onsets)


def _toned_rhymes() -> Iterator[str]:
    for rhyme, tone in product(RHYMES.split(), TONES):
        if (rhyme[-1] in "cpt" or rhyme.endswith("ch")) and tone not in STOPPED_TONES:
            continue
        for at in _tone_places(rhyme):
            yield unicodedata.normalize("NFC", rhyme[: at + 1] + tone + rhyme[at + 1 :])


def _tone_places(rhyme: str) -> Iterator[int]:
    """Where the tone may stand: both 'hòa' and 'hoà' are written."""
    marked = [i for i, letter in enumerate(rhyme) if letter in "ăâêôơư"]
    if marked:
        yield marked[-1]
        return
    glides = re.match("o[aeo]|uy", rhyme)
    if glides:
        yield 1
    if not glides or len(rhyme) == 2:
        yield 0


TONED_RHYMES = frozenset(_toned_rhymes())


def _mojibake(text: str) -> str:
    if not MOJIBAKE.search(text):
        return text
    import ftfy  # takes longer to load than a report to read, and is hardly ever needed

    try:  # ftfy alone doubts a few, such as the bytes of 'É'
        meant = text.encode("sloppy-windows-1252").decode()
    except UnicodeError:
        meant = ftfy.fix_encoding(text)
    return unicodedata.normalize("NFC", meant)


def _font(encoding: str) -> Callable[[str], str]:
    from viparse.normalize import encodings, tables  # as ftfy

    charmap = encodings.get_charmap(encoding)
    if encoding == "tcvn3":
        return lambda text: _with_lost_letters(tables.convert(text, charmap))
    # ẳ is missing in the table of viparse
    return lambda text: tables.convert(text.replace("aú", "ẳ").replace("AÚ", "Ẳ"), charmap)


def _with_lost_letters(text: str) -> str:
    """A known text whose 'ư', a soft hyphen in TCVN3, was lost on the way: 'Mờng La'."""
    return _without_horned_u().get(text.casefold(), text)


@reference.derived
def _without_horned_u() -> dict[str, str]:
    """What known texts look like without 'ư' -> the text, where only one can be meant."""
    known = {
        *sheets.TEXTS,
        *sheets.PERIOD_NAMES.values(),
        *sheets.TITLES,
        *reference.table("indicators")["name_vi"],
        *reference.table("surveys")["survey"],
        *(name for t in ("districts", "communes") for name in reference.table(t)["name"]),
        *(name for t in ("districts", "communes") for name in reference.table(t)["short"]),
    }
    found: dict[str, set[str]] = {}
    for text in known:
        found.setdefault(text.casefold().replace("ư", ""), set()).add(text)
    return {lost: texts.pop() for lost, texts in found.items() if len(texts) == 1}
