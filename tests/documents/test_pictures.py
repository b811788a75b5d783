"""Figures that a page and its documents share: composed once, drawn once, sharp on a page."""

import io

import pytest
from PIL import Image

from ntm_eval.reporting import reports, sections, style
from ntm_eval.reporting.blocks import Figure, Table
from ntm_eval.review import Review
from ntm_eval.workspace import SAMPLE, workspace


@pytest.fixture
def review(annual):
    """The review as made, of which nothing has been drawn."""
    return Review(workspace(2022, "annual", SAMPLE, annual.folder.parent))


def drawn(blocks):
    return [id(block.png) for block in blocks if isinstance(block, Figure)]


def test_a_figure_is_drawn_once_and_the_document_shows_the_pages_own(review):
    report = reports.evaluation(review.district("thuan-chau"))
    shown = drawn(report["dashboard"])
    assert len(shown) == 6
    document = reports.document(report)
    alone = reports.one_page(document)
    assert drawn([*document.summary, *document.body, *document.annexes]) == shown
    assert drawn(alone.summary) == shown
    assert (alone.body, alone.annexes) == ((), ())


def test_the_province_shows_its_sections_in_both(review):
    report = reports.annual_review(review)
    document = reports.document(report)
    analysts = {section.__name__ for section in reports.ANALYSTS}
    report = {name: report[name] for name in report if name not in analysts}
    everything = [*document.summary, *document.body, *document.annexes]
    assert drawn(everything) == [png for section in report.values() for png in drawn(section)]
    tables = [b.rows for b in everything if isinstance(b, Table)]
    assert tables == [b.rows for s in report.values() for b in s if isinstance(b, Table)]


def test_a_district_without_a_report_gets_words_in_place_of_figures(review):
    report = reports.evaluation(Review(review.space).district("bac-yen"))
    report.of.__dict__["facts"] = report.of.facts.head(0)
    for section in ("dashboard", "five_contents"):
        assert drawn(report[section]) == []
    assert "chưa có báo cáo" in report["five_contents"][0]


def test_a_figure_has_twice_the_dots_that_a_page_gives_it_and_says_what_it_shows(review):
    figure = sections.criteria.held_back(sections.criteria.lacking(review.communes))
    png, shown = figure._repr_png_()
    width, height = Image.open(io.BytesIO(png)).size
    assert (width, height) == pytest.approx((2 * shown["width"], 2 * shown["height"]), abs=1)
    assert shown["width"] == round(6.3 * style.DOTS)
    assert (shown["alt"], shown["tables"]) == (figure.alt, ["communes"])
    assert list(figure.frame) == ["criterion", "communes", "known"]


def test_a_report_opened_anew_composes_anew(review):
    here = review.district("thuan-chau")
    one, other = reports.evaluation(here), reports.evaluation(here)
    name = "annex_figures"
    assert one[name] is one[name]
    assert one[name] is not other[name]
    assert one[name].table.rows == other[name].table.rows
