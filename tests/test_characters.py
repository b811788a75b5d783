"""Every character prints or is replaced visibly, whatever fonts the machine has."""

from __future__ import annotations

import unicodedata
from datetime import date
from xml.sax.saxutils import escape

import pytest
import typst
from defusedxml import ElementTree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ntm_eval import characters, reference
from ntm_eval.characters import MISSING
from ntm_eval.reporting import docx, pdf
from ntm_eval.reporting.blocks import Column, Document, Heading, Quote, Table, Text

# by what a report of a district may hold: bullets and ticks of Word, emoji, flags, scripts
KINDS = {
    "Word's bullets": "\uf0b7 Vốn \uf0a7 \uf0d8 \uf0fc",
    "emoji": "✅ 📌 👨‍👩‍👧 ⚠️ 🇻🇳",
    "Chinese": "漢字",
    "Thai": "ภาษาไทย กำ",
    "Khmer": "ភាសាខ្មែរ",
    "Tai Viet": "ꪼꪕ ꪀꪱ",
    "a mark on a letter of another script": "a\u0e34 ạ\u1ab7 1\u20e5",
    "private": "\ue000 \uf8ff \U000f0001",
    "unseen": "a\ufeffb\u200bc\u200dd\u202ee\xade",
    "controls": "".join(map(chr, [*range(32), *range(0x7F, 0xA0)])),
    "surrogates": "\ud83d x \udc80",
    "no characters": "\ufdd0 \ufffe \uffff \U0010ffff",
    "lines": "a\rb\r\nc\vd\fe\x85f\u2028g\u2029h",
}
SOUND = "Đất ở Mường La: 1.234,5 m² – “đạt” • ½ € → ✓ ✗ ○ ▲ □ ạ̃"


@pytest.fixture(params=["of this machine", "of typst alone"])
def fonts(request, monkeypatch):
    """The fonts of the machine, and a machine that has none but those that typst brings."""
    if request.param == "of typst alone":
        alone = typst.Fonts(include_system_fonts=False)
        monkeypatch.setattr(characters, "fonts", lambda: alone)
    characters.face.cache_clear()
    yield request.param
    characters.face.cache_clear()


def report(text: str) -> Document:
    """A report that has a text wherever it takes one."""
    table = Table(text, (Column(text), Column("Số", css="num")), ((text, "1"),))
    form = reference.official(date(2022, 12, 31))
    return Document(
        dict.fromkeys(form, text),
        text or "x",
        text,
        2022,
        text,
        (Heading(text or "x"), Quote(text)),
        (Text(text), table),
        (),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_no_character_stops_a_report(fonts, kind):
    assert pdf.pdf(report(KINDS[kind])).startswith(b"%PDF")
    assert docx.docx(report(KINDS[kind])).startswith(b"PK")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(), max_size=60))
def test_no_text_stops_a_report(fonts, text):
    assert pdf.pdf(report(text)).startswith(b"%PDF")


def test_what_has_a_face_stays_and_what_has_none_is_seen(fonts):
    assert characters.displayed(SOUND) == SOUND
    text = "Vốn 漢字 đất \U0010fffd"
    assert characters.displayed(text) == f"Vốn {MISSING}{MISSING} đất {MISSING}"


@pytest.mark.parametrize("kind", KINDS)
def test_only_characters_without_a_face_are_replaced(fonts, kind):
    text = characters.printable(KINDS[kind])
    shown = characters.displayed(text)
    assert len(shown) == len(text)
    assert characters.displayed(shown) == shown
    assert {a for a, b in zip(shown, text, strict=True) if a != b} <= {MISSING}


@pytest.mark.parametrize("kind", KINDS)
def test_any_program_can_hold_what_is_printable(kind):
    text = characters.printable(KINDS[kind])
    assert ElementTree.fromstring(f"<t>{escape(text)}</t>").text == text
    assert {unicodedata.category(c) for c in text if c not in "\n\t\xad"}.isdisjoint(
        {"Cc", "Cf", "Cs"}
    )
    assert text.encode()


def test_bullets_and_ticks_are_those_that_word_shows():
    assert characters.printable(KINDS["Word's bullets"]) == "• Vốn • • ✓"
    assert characters.printable(KINDS["lines"]) == "\n".join("abcdefgh")
    assert characters.printable(SOUND) is SOUND


def test_without_a_face_of_official_papers_typst_brings_one(fonts, monkeypatch):
    if fonts == "of typst alone":
        assert characters.face() == characters.ALWAYS
    assert characters.displayed(characters.LETTERS) == characters.LETTERS
    monkeypatch.setattr(characters, "FACES", ("No such face",))
    characters.face.cache_clear()
    assert characters.face() == "Libertinus Serif"


# matplotlib brings the one, in four styles; typst the other, with every letter
@pytest.mark.parametrize("face", ["STIXGeneral", "New Computer Modern Math"])
def test_a_face_without_some_letters_or_a_style_is_not_taken(monkeypatch, face):
    monkeypatch.setattr(characters, "FACES", (face,))
    characters.face.cache_clear()
    assert characters.face() == characters.ALWAYS
    characters.face.cache_clear()
