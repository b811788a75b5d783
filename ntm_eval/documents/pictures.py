"""The pictures that a page and its papers share: each is drawn once and shown in both.

A review remembers what was drawn of it; one opened anew draws anew.
"""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes

from ntm_eval import notation, standing
from ntm_eval.language import say
from ntm_eval.reporting import canvas, charts, grids, official, place_words, plans, wording
from ntm_eval.reporting.alternatives import PICTURES
from ntm_eval.reporting.official import Picture
from ntm_eval.review import DistrictReview, Review


def by_content(here: DistrictReview) -> list[Picture]:
    """Results against plans: one picture for each content of the campaign with results."""
    scores = here.of(here.review.scores)
    parts = [part for part in scores["part"].drop_duplicates() if part.startswith("C")]
    if not parts:
        return [official.draw(canvas.no_data, say(wording.NO_REPORT), "")]
    return [_content(here, part) for part in parts]


def _content(here: DistrictReview, part: str) -> Picture:
    name = notation.score_name(part, None)

    def bars(ax: Axes) -> Axes:
        scores = here.of(here.review.scores)
        plans.against_actual(ax, scores[scores["part"] == part]).set_title(name)
        return ax

    caption = say("Thực hiện so với kế hoạch năm, nội dung {name}", name=name.lower())
    return _drawn(here, "plans.against_actual", bars, caption)


def places(of: Review | DistrictReview) -> list[Picture]:
    """The places that the plan names, year by year; none where it names none."""
    if isinstance(of, Review):
        found = standing.stories(of)
    else:
        found = standing.stories(of.review, of.unit.code)
    if not found:
        return []
    caption = say("Nơi và việc được nêu tên trong Kế hoạch, qua các năm")
    shown = PICTURES["place_words.pictures"]

    def page() -> Picture:
        return official.picture(place_words.pictures(found), caption, shown)

    return [of.once(caption, page)]


def ranking(review: Review) -> Picture:
    """The districts by rank, with their bands of points and the cut-offs of the grades."""
    return _drawn(
        review,
        "charts.ranking",
        lambda ax: charts.ranking(ax, review.ranking, review.day),
        say("Điểm đề xuất và khoảng điểm của các huyện, thành phố"),
    )


def score_map(review: Review) -> Picture:
    """The points about where the districts lie."""
    return _drawn(
        review,
        "grids.score_map",
        lambda ax: grids.score_map(ax, review.ranking),
        say("Điểm đề xuất trên lưới ô gần đúng vị trí thật"),
        width=4.6,
        height=3.4,
    )


def all_contents(review: Review) -> Picture:
    """The share of the points of each content that each district has."""
    return _drawn(
        review,
        "grids.contents",
        lambda ax: grids.contents(ax, review.scores),
        say("Tỷ lệ điểm đạt được ở từng nội dung của các huyện, thành phố"),
    )


def commune_progress(review: Review) -> Picture:
    """How many communes of each district have met how many criteria."""
    return _drawn(
        review,
        "grids.commune_progress",
        lambda ax: grids.commune_progress(ax, review.communes),
        say("Số tiêu chí đã đạt của các xã trong từng huyện, thành phố"),
    )


def _drawn(
    of: Review | DistrictReview,
    kind: str,
    chart: Callable[[Axes], Axes],
    caption: str,
    **size: float,
) -> Picture:
    """A chart drawn once for this review; `kind` names what it shows in `alternatives`."""
    return of.once(caption, lambda: official.draw(chart, caption, PICTURES[kind], **size))
