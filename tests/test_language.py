"""The language of the reports: what is said, what is filled in, what has no translation yet."""

from __future__ import annotations

import gettext
import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from string import Formatter
from typing import ClassVar

import nbformat
import pandas as pd
import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from ntm_eval import language, notation
from ntm_eval.language import place, translate, using
from ntm_eval.reporting import html, site
from ntm_eval.workspace import ENGLISH, LOCALE, ROOT, AnalystError, workspace
from tools import extract


class Own(gettext.NullTranslations):
    """A catalogue of a test's own."""

    TEXTS: ClassVar = {
        "Nhóm {group}: {names}.": "Group {group}: {names}.",
        "{count} lỗi": "{count} {count:error|errors}",
        "năm {year}": "{year}",
        "{amount} tỷ đồng": "VND {amount} billion",
        "hộ": "households",
    }

    def gettext(self, message: str) -> str:
        return self.TEXTS.get(message, message)


@pytest.fixture
def english(monkeypatch):
    """English is in use, with a catalogue of the test's own."""
    monkeypatch.setattr(language, "_catalogue", lambda name: Own())
    with using(ENGLISH):
        yield


def test_vietnamese_is_said_as_it_is_written():
    assert translate("Nhóm {group}: {names}.", group=1, names="A") == "Nhóm 1: A."
    assert translate("{braces} stay") == "{braces} stay"


def test_english_is_looked_up_whole_and_then_filled(english):
    assert translate("Nhóm {group}: {names}.", group=1, names="{names}") == "Group 1: {names}."


def test_one_and_many(english):
    said = [translate("{count} lỗi", count=count) for count in (0, 1, 2, "1", "1,000")]
    assert said == ["0 errors", "1 error", "2 errors", "1 error", "1,000 errors"]


def test_what_has_no_translation_stays_vietnamese(english):
    assert translate("Chưa dịch {x}", x=1) == "Chưa dịch 1"


def test_numbers_days_and_money_in_english(english):
    assert notation.number(1234.5, 1) == "1,234.5"
    assert notation.percent(0.9319, 2) == "93.19%"
    assert notation.quantity(2_150_000_000, "đồng") == "VND 2.15 billion"
    assert notation.quantity(12.5, "km") == "12.5 km"
    assert notation.quantity(1, "hộ") == "1 household"
    assert notation.quantity(1.5, "hộ") == "1.5 households"
    assert notation.quantity(1, "m²") == "1 m²"

    assert notation.day(pd.Timestamp(2022, 5, 14)) == "14 May 2022"
    assert notation.when(2022, "annual") == "2022"


def test_a_place_has_its_kind_behind_its_name_in_english_only():
    names = ("Huyện Thuận Châu", "Thị trấn Hát Lót", "TP Sơn La", "Phường Tô Hiệu", "tỉnh Sơn La")
    assert [place(name) for name in names] == list(names)
    with using(ENGLISH):
        assert [place(name) for name in names] == [
            "Thuận Châu district",
            "Hát Lót township",
            "Sơn La city",
            "Tô Hiệu ward",
            "Sơn La province",
        ]
        assert place("Mai Sơn") == "Mai Sơn"


def test_a_language_is_spoken_inside_only_also_where_it_stops():
    with pytest.raises(ZeroDivisionError), using(ENGLISH):
        raise ZeroDivisionError
    assert language.current() == "vi"


def test_each_thread_has_a_language_of_its_own():
    def other() -> list[str]:
        before = language.current()
        language.use(ENGLISH)
        return [before, language.current()]

    with ThreadPoolExecutor(1) as beside:
        assert beside.submit(other).result() == ["vi", "en"]
    assert language.current() == "vi"


def test_an_unknown_language_is_a_letter_that_lists_the_known(tmp_path):
    for ask in (language.use, lambda lang: workspace(2022, "annual", tmp_path, tmp_path, lang)):
        with pytest.raises(AnalystError, match=r"'fr'.*vi \(tiếng Việt\), en \(tiếng Anh\)"):
            ask("fr")
    assert language.current() == "vi"


PO = LOCALE / ENGLISH / "LC_MESSAGES" / "ntm_eval.po"
EXTRACT = re.search(r"extract (.*?) -o", (ROOT / "Makefile").read_text().replace("\\\n", ""))[1]


def pybabel(*arguments: object) -> None:
    CommandLineInterface().run(["pybabel", "-q", *map(str, arguments)])


def texts(path: Path) -> dict[str, str]:
    """The messages of a catalogue with their translations."""
    with path.open("rb") as lines:
        return {m.id: m.string for m in read_po(lines) if m.id}


@pytest.fixture(scope="module")
def translations():
    return texts(PO)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Every text for readers, as `make catalogue` finds them."""
    path = tmp_path_factory.mktemp("babel") / "ntm_eval.pot"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        pybabel("extract", *EXTRACT.split(), "-o", path, ".")
    return path


def test_every_text_has_its_english(template, translations):
    found = texts(template)
    assert [text for text in found if not translations.get(text)] == []
    assert len(found) > 1000


def test_the_catalogue_is_up_to_date(template, tmp_path):
    """Nothing in it that no reader sees, and compiled as it is written: `make catalogue`."""
    assert texts(PO).keys() == texts(template).keys()
    pybabel("compile", "-i", PO, "-o", tmp_path / "ntm_eval.mo")
    assert (tmp_path / "ntm_eval.mo").read_bytes() == PO.with_suffix(".mo").read_bytes()


def test_texts_are_found_where_no_function_marks_them():
    source = b'''"""T\xc3\xa0i li\xe1\xbb\x87u."""
NAMES = {"a": "X\xc3\xa3", "b": "plain"}
def one(n):
    return translate("Ba"), f"\xc4\x91{n}", Column("Hai"), other("Hai")
'''
    found = {text for _, _, text, _ in extract.module(io.BytesIO(source), ["translate"], (), {})}
    assert found == {"Xã", "Ba", "Hai"}


def fields(text: str) -> set[str]:
    return {name for _, name, *_ in Formatter().parse(text) if name}


def test_a_translation_is_filled_with_what_its_message_has(translations):
    assert [t for t in translations if fields(t) != fields(translations[t])] == []


def test_no_translation_holds_vietnamese_but_names(translations):
    names = (
        "Sơn La",
        "SƠN LA",
        "Quỳnh Nhai",
        "Thuận Châu",
        "Mường Do",
        "Phù Yên",
        "Mường Và",
        "Sốp Cộp",
        "Mộc Châu",
        "Vân Hồ",
        "Theil–Sen",
    )
    for text in translations.values():
        for name in names:
            text = text.replace(name, "")
        assert not extract.LETTER.search(text), text


def test_the_overview_names_the_language_of_a_review_that_is_not_vietnamese():
    about = {"year": 2022, "period": "annual", "pages": [], "complete": True}
    reviews = [
        about | {"folder": "2022-annual"},
        about | {"folder": "2022-annual-en", "lang": "en"},
    ]
    page = site.overview(reviews)
    assert '<a href="2022-annual/index.html">Mở năm 2022</a>' in page
    assert '<a href="2022-annual-en/index.html">Mở năm 2022 (tiếng Anh)</a>' in page


def test_a_page_speaks_english_after_one_that_spoke_vietnamese():
    output = nbformat.v4.new_output("display_data", {"image/png": "aGk="})
    output.metadata["image/png"] = {"tables": ["scores"]}
    cells = [nbformat.v4.new_code_cell("scores", outputs=[output])]

    def page() -> str:
        notebook = nbformat.v4.new_notebook(cells=cells)
        return html.page(notebook, title="", crumbs=(), files=(), illustrative=True, data=str)

    assert "Số liệu của hình: <a" in page()
    with language.using("en"):
        assert "Data of the picture: <a" in page()
