"""The pictures that a page and its papers share: each is drawn once and shown in both.

A review remembers what was drawn of it; one opened anew draws anew.
"""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes

from ntm_eval import standing
from ntm_eval.language import say
from ntm_eval.reporting import canvas, charts, grids, official, place_words, plans, wording
from ntm_eval.reporting.alternatives import PICTURES
from ntm_eval.reporting.official import Picture
from ntm_eval.review import DistrictReview, Review


def by_content(here: DistrictReview) -> list[Picture]:
    """Results against plans: one picture for each content of the campaign with results."""
    scores = here.of(here.review.scores)
    parts = [part for part in scores["part"].drop_duplicates() if part.startswith("C")]
    return [here.once(part, _content(here, part)) for part in parts] or [
        here.once("none", lambda: official.draw(canvas.no_data, say(wording.NO_REPORT), ""))
    ]


def _content(here: DistrictReview, part: str) -> Callable[[], Picture]:
    name = wording.score_name(part, None)

    def bars(ax: Axes) -> Axes:
        scores = here.of(here.review.scores)
        plans.against_actual(ax, scores[scores["part"] == part]).set_title(name)
        return ax

    caption = say("Thực hiện so với kế hoạch năm, nội dung {name}", name=name.lower())
    return lambda: official.draw(bars, caption, PICTURES["plans.against_actual"])


def places(of: Review | DistrictReview) -> list[Picture]:
    """The places that the plan names, year by year; none where it names none."""
    if isinstance(of, Review):
        found = standing.stories(of)
    else:
        found = standing.stories(of.review, of.unit.code)
    if not found:
        return []
    return [of.once("places", lambda: official.picture(
        place_words.pictures(found),
        say("Nơi và việc được nêu tên trong Kế hoạch, qua các năm"),
        PICTURES["place_words.pictures"],
    ))]  # fmt: skip


def ranking(review: Review) -> Picture:
    """The districts by rank, with their bands of points and the cut-offs of the grades."""
    return review.once("ranking", lambda: official.draw(
        lambda ax: charts.ranking(ax, review.ranking, review.day),
        say("Điểm đề xuất và khoảng điểm của các huyện, thành phố"),
        PICTURES["charts.ranking"],
    ))  # fmt: skip


def score_map(review: Review) -> Picture:
    """The points about where the districts lie."""
    return review.once("score_map", lambda: official.draw(
        lambda ax: grids.score_map(ax, review.ranking),
        say("Điểm đề xuất trên lưới ô gần đúng vị trí thật"),
        PICTURES["grids.score_map"],
        width=4.6, height=3.4,
    ))  # fmt: skip


def all_contents(review: Review) -> Picture:
    """The share of the points of each content that each district has."""
    return review.once("all_contents", lambda: official.draw(
        lambda ax: grids.contents(ax, review.scores),
        say("Tỷ lệ điểm đạt được ở từng nội dung của các huyện, thành phố"),
        PICTURES["grids.contents"],
    ))  # fmt: skip


def commune_progress(review: Review) -> Picture:
    """How many communes of each district have met how many criteria."""
    return review.once("commune_progress", lambda: official.draw(
        lambda ax: grids.commune_progress(ax, review.communes),
        say("Số tiêu chí đã đạt của các xã trong từng huyện, thành phố"),
        PICTURES["grids.commune_progress"],
    ))  # fmt: skip
