"""Pictures that a page and its papers share: one for each content, drawn once, sharp on a page."""

import io

import pytest
from PIL import Image

from ntm_eval.documents import district_report, pictures, review_report
from ntm_eval.reporting import style
from ntm_eval.reporting.official import Picture
from ntm_eval.review import Review
from ntm_eval.workspace import SAMPLE, workspace


@pytest.fixture
def review(annual):
    """The review as made, of which nothing has been drawn."""
    return Review(workspace(2022, "annual", SAMPLE, annual.folder.parent))


def test_each_content_has_a_picture_and_the_papers_show_the_pages_own(review):
    here = review.district("thuan-chau")
    drawn = [*pictures.by_content(here), *pictures.places(here)]
    assert len(drawn) == 7
    assert drawn[0].caption == "Thực hiện so với kế hoạch năm, nội dung kinh tế, giảm nghèo"
    report = district_report.report(here)
    shown = [block.png for block in report.body if isinstance(block, Picture)]
    assert [id(png) for png in shown] == [id(each.png) for each in drawn]


def test_the_province_shows_its_pictures_in_both(review):
    drawn = {
        id(each.png)
        for each in (
            pictures.ranking(review), pictures.score_map(review), pictures.all_contents(review),
            pictures.commune_progress(review), *pictures.places(review),
        )
    }  # fmt: skip
    report = review_report.report(review)
    assert drawn < {id(block.png) for block in report.body if isinstance(block, Picture)}


def test_a_district_without_a_report_gets_words_in_place_of_pictures(review, monkeypatch):
    here = review.district("thuan-chau")
    monkeypatch.setitem(here.__dict__, "of", lambda table: table.head(0))
    (only,) = pictures.by_content(here)
    assert only.height < 20  # a line


def test_a_picture_has_twice_the_dots_that_a_page_gives_it_and_says_what_it_shows(review):
    picture = pictures.score_map(review)
    png, shown = picture._repr_png_()
    width, height = Image.open(io.BytesIO(png)).size
    assert (width, height) == pytest.approx((2 * shown["width"], 2 * shown["height"]), abs=1)
    assert shown["width"] == round(4.6 * style.DOTS)
    assert shown["alt"] == picture.alt


def test_a_review_opened_anew_draws_anew(review, annual):
    again = Review(workspace(2022, "annual", SAMPLE, annual.folder.parent))
    assert review == again
    assert pictures.ranking(review) is pictures.ranking(review)
    assert pictures.ranking(review) is not pictures.ranking(again)
