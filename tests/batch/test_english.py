"""A review in English: the same figures and questions, and no Vietnamese but what is quoted."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import openpyxl
import pandas as pd
import pytest

from ntm_eval import reference, units
from ntm_eval.exchange import replies
from ntm_eval.intake import problems, sheets
from ntm_eval.language import PLACE, using
from ntm_eval.review import Review, open_review, tables
from ntm_eval.running import batch
from ntm_eval.running.plan import Plan
from ntm_eval.workspace import ENGLISH, SAMPLE, VIETNAMESE, workspace
from tools.extract import LETTER

SLUG = "sop-cop"
PAGES = (
    "index.html",
    "changes.html",
    "review/report.html",
    f"districts/{SLUG}/01_clean.html",
    f"districts/{SLUG}/report.html",
)
# a sentence of ours; all other columns are figures, codes and what districts wrote
WORDS = {"message", "reason"}
FORM = {
    *sheets.INFO_LABELS,
    *sheets.FIGURE_HEADERS,
    *sheets.COMMUNE_HEADERS,
    *sheets.SATISFACTION_HEADERS,
    *sheets.TOWN_HEADERS,
    *sheets.ORGANISATION_HEADERS,
    *sheets.PERIOD_NAMES.values(),
    sheets.INFO,
    sheets.FIGURES,
    sheets.COMMUNES,
    sheets.SATISFACTION,
    sheets.TOWNS,
    sheets.ORGANISATIONS,
    sheets.MET,
}


class Visible(HTMLParser):
    """The texts of a page that are not marked as Vietnamese, also those that a reader hears."""

    ALONE = frozenset(("br", "hr", "img", "input", "link", "meta", "source"))
    SPOKEN = ("alt", "aria-label", "title")

    def __init__(self, page: str):
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        hidden = tag in ("script", "style") or given.get("lang") == VIETNAMESE
        self.texts += [given[name] or "" for name in self.SPOKEN if name in given and not hidden]
        if tag not in self.ALONE:
            self.open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(hidden for _, hidden in self.open):
            self.texts.append(data)


@pytest.fixture(scope="module")
def english(tmp_path_factory) -> Review:
    """The pages of one district and of the province, and the tables that they rest on."""
    out = tmp_path_factory.mktemp("english")
    plan = Plan(waves=(("01_clean",), ("04_evaluation",)))
    with using(VIETNAMESE):  # and after it again
        space = workspace(2022, "annual", SAMPLE, out, ENGLISH)
        made = batch.Batch(
            space, [units.district(SLUG)], ThreadPoolExecutor(2), "warm", plan=plan
        ).run()
        assert not made.failed, [e.error for e in made.failed]
        found = open_review(2022, "annual", str(SAMPLE), str(out), ENGLISH)
        assert len(found.problems)
        return found


@pytest.fixture(scope="module")
def names(english) -> re.Pattern[str]:
    """Names of places, files and sheets, words of the form and what districts typed."""
    places = [
        unit.name for unit in (*units.districts(), *units.province(units.day(2022, "annual")))
    ]
    bare = {PLACE.fullmatch(name)[2] for name in places}
    typed = {
        *english.facts["raw"].dropna(),
        *english.problems["raw"].dropna(),
        *english.history["file"].dropna(),
        *english.problems["file"].dropna(),
    }
    bodies = set(reference.table("organisations")["name_vi"])
    every = bare | FORM | typed | bodies | {"Sơn La"}
    known = {name for name in every if LETTER.search(name)}
    either = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)")


def left(text: str, names: re.Pattern[str]) -> bool:
    """Whether a text has Vietnamese that is no name."""
    return bool(LETTER.search(names.sub("", text)))


def test_what_is_no_name_is_seen(names):
    assert not left("Sốp Cộp district, sheet 'Chỉ tiêu', cell E5: write it again.", names)
    assert left("Sốp Cộp district: chưa có báo cáo.", names)
    assert left("Púng Bánh commune: 100% hài lòng", names)


def test_problems_are_the_same_in_english_words(sample_review, english):
    ours, theirs = english.problems, sample_review.problems
    where = [column for column in ours if column != "message"]
    pd.testing.assert_frame_equal(ours[where], theirs[where])
    assert len(ours) > 10
    with using(VIETNAMESE):
        assert [p.message for p in problems.listed(ours)] == theirs["message"].tolist()


def test_a_message_in_english_has_no_vietnamese_but_names(english, names):
    assert [m for m in english.problems["message"] if left(m, names)] == []


def test_a_district_is_asked_the_same_whatever_is_spoken(sample_review, english):
    with using(ENGLISH):
        ours = replies.questions(english.problems)
    with using(VIETNAMESE):
        theirs = replies.questions(sample_review.problems)
    pd.testing.assert_frame_equal(ours.drop(columns="told"), theirs.drop(columns="told"))
    assert (ours["told"] != ours["question"]).all()


def test_only_words_differ_in_english(sample_review, english):
    for name in tables.names(Review):
        ours, theirs = getattr(english, name), getattr(sample_review, name)
        same = [column for column in theirs if column not in WORDS]
        pd.testing.assert_frame_equal(ours[same], theirs[same], obj=name)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_english_has_no_vietnamese_but_names_and_quotes(english, names, name):
    page = (english.space.review / name).read_text(encoding="utf-8")
    texts = Visible(page).texts
    assert len(texts) > 50
    assert [text for text in texts if left(text, names)] == []


def test_the_tables_passed_on_are_described_in_english(english, names):
    lines = english.space.package.read_text(encoding="utf-8").splitlines()
    assert sum("description" in line for line in lines) > 50
    assert [line for line in lines if left(line, names)] == []


def test_the_appeal_sheet_is_in_english(english, names):
    book = openpyxl.load_workbook(english.space.pages(SLUG) / "appeal.xlsx")
    texts = [str(c) for sheet in book for row in sheet.values for c in row if c is not None]
    texts += [
        str(book.properties.title),
        *(str(sheet.oddFooter.left.text) for sheet in book),
        *(str(sheet.oddFooter.center.text) for sheet in book),
        *(str(sheet.oddFooter.right.text) for sheet in book),
    ]
    assert len(texts) > 500
    assert [text for text in texts if left(text, names)] == []
