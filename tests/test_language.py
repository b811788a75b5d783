"""The language of the reports: what is said, what is filled in, what has no translation yet."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import nbformat
import pandas as pd
import pytest

from ntm_eval import language, notation
from ntm_eval.language import place, say, speaking
from ntm_eval.reporting import html, site
from ntm_eval.workspace import ENGLISH, PACKAGE, AnalystError, catalogue_file, workspace
from tools import catalogue

# Vietnamese of the intake that nobody is told: keys, labels that are looked for, names of sheets.
UNSAID = {
    "xã", "mean of sheet Xã", "communes in sheet Hài lòng", " và ", "(không đọc được: ", "văn bản",
    "bảng ", "Năm", "Kỳ báo cáo", " của ", "'Loại khảo sát'",
}  # fmt: skip


@pytest.fixture
def english(monkeypatch, tmp_path):
    """English is spoken, with a catalogue of the test's own."""
    own = {
        "Nhóm {group}: {names}.": "Group {group}: {names}.",
        "{count} lỗi": "{count} {count:error|errors}",
        "năm {year}": "{year}",
        "{amount} tỷ đồng": "VND {amount} billion",
        "hộ": "households",
    }
    path = tmp_path / "own.po"
    entries = [f'msgid "{message}"\nmsgstr "{text}"' for message, text in own.items()]
    path.write_text("\n\n".join(entries), encoding="utf-8")
    monkeypatch.setattr(language, "catalogue_file", lambda lang: path)
    with speaking(ENGLISH):
        yield


def test_vietnamese_is_said_as_it_is_written():
    assert say("Nhóm {group}: {names}.", group=1, names="A") == "Nhóm 1: A."
    assert say("{braces} stay") == "{braces} stay"


def test_english_is_looked_up_whole_and_then_filled(english):
    assert say("Nhóm {group}: {names}.", group=1, names="{names}") == "Group 1: {names}."


def test_one_and_many(english):
    said = [say("{count} lỗi", count=count) for count in (0, 1, 2, "1", "1,000")]
    assert said == ["0 errors", "1 error", "2 errors", "1 error", "1,000 errors"]


def test_what_has_no_translation_stays_vietnamese(english):
    assert say("Chưa dịch {x}", x=1) == "Chưa dịch 1"


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
    with speaking(ENGLISH):
        assert [place(name) for name in names] == [
            "Thuận Châu district", "Hát Lót township", "Sơn La city", "Tô Hiệu ward",
            "Sơn La province",
        ]  # fmt: skip
        assert place("Mai Sơn") == "Mai Sơn"


def test_a_language_is_spoken_inside_only_also_where_it_stops():
    with pytest.raises(ZeroDivisionError), speaking(ENGLISH):
        raise ZeroDivisionError
    assert language.spoken() == "vi"


def test_an_unknown_language_is_a_letter_that_lists_the_known(tmp_path):
    for ask in (language.speak, lambda lang: workspace(2022, "annual", tmp_path, tmp_path, lang)):
        with pytest.raises(AnalystError, match=r"'fr'.*vi \(tiếng Việt\), en \(tiếng Anh\)"):
            ask("fr")
    assert language.spoken() == "vi"


@pytest.fixture(scope="module")
def translations():
    return {m.id: m.string for m in catalogue.read(catalogue_file(ENGLISH)) if m.id}


def test_every_text_has_its_english(translations):
    places = catalogue.messages()
    assert {m: sorted(places[m]) for m in places if not translations.get(m)} == {}
    assert len(places) > 1000


def test_what_is_wrong_with_a_report_is_said():
    found = {
        text
        for path in sorted((PACKAGE / "intake").glob("*.py"))
        if path.name != "marked.py"  # the marked copy goes back to the district
        for text in unsaid(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == UNSAID


def test_what_is_not_said_is_found():
    source = """
from ntm_eval.intake.problems import problem
def one(n):
    yield problem("r", say("nói {n}", n=n), place)
    yield problem("r", f"chưa {n} nói", place)
    raise AnalystError(f"Thư {n}.")
"""
    assert list(unsaid(ast.parse(source))) == ["chưa ", " nói"]
    assert list(unsaid(ast.parse(source.replace("problem", "other")))) == []


def unsaid(tree: ast.Module) -> Iterator[str]:
    """Vietnamese inside the functions of a module that makes problems, given to no `say`."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    if not {a.name for node in imports for a in node.names} & {"problem", "UnreadableError"}:
        return
    told = {*catalogue.SAID, "AnalystError"}
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    apart = {part for call in calls if getattr(call.func, "id", "") in told
             for part in ast.walk(call)}  # fmt: skip
    apart |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    for node in dict.fromkeys(part for f in functions for part in ast.walk(f)):
        text = node.value if isinstance(node, ast.Constant) and node not in apart else ""
        if catalogue.LETTER.search(str(text)):
            yield text


def test_a_translation_is_filled_with_what_its_message_has(translations):
    wrong = {
        m: t for m, t in translations.items() if t and catalogue.fields(m) != catalogue.fields(t)
    }
    assert wrong == {}


def test_no_translation_holds_vietnamese_but_names(translations):
    names = (
        "Sơn La", "SƠN LA", "Quỳnh Nhai", "Thuận Châu", "Mường Do", "Phù Yên", "Mường Và",
        "Sốp Cộp", "Mộc Châu", "Vân Hồ", "Theil–Sen",
    )  # fmt: skip
    for text in translations.values():
        for name in names:
            text = text.replace(name, "")
        assert not catalogue.LETTER.search(text), text


def test_the_catalogue_is_up_to_date(tmp_path):
    copy = tmp_path / "ntm_eval.po"
    copy.write_bytes(catalogue_file(ENGLISH).read_bytes())
    catalogue.update(copy)
    assert copy.read_bytes() == catalogue_file(ENGLISH).read_bytes(), "make catalogue"


def test_what_is_new_comes_in_and_what_is_gone_goes(tmp_path, monkeypatch):
    path = tmp_path / "ntm_eval.po"
    entries = [
        '# Đầu\nmsgid ""\nmsgstr ""',
        'msgid "Cũ"\nmsgstr "Old"',
        'msgid "Còn"\nmsgstr "Kept"',
    ]
    path.write_text("\n\n".join(entries), encoding="utf-8")
    monkeypatch.setattr(catalogue, "messages", lambda: {"Còn": {"a.py"}, "Mới": {"b.py"}})
    assert catalogue.update(path) == ["Mới"]
    text = path.read_text(encoding="utf-8")
    assert "Kept" in text
    assert "Cũ" not in text
    assert text.startswith("# Đầu")


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
    with language.speaking("en"):
        assert "Data of the picture: <a" in page()
