"""The pictures that a page and its papers share: each is drawn once and shown in both.

A review remembers what was drawn of it; one opened anew draws anew.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import notation
from ntm_eval.language import say
from ntm_eval.reporting import (
    charts,
    comparisons,
    forecasts,
    grids,
    official,
    place_words,
    plans,
    style,
    wording,
)
from ntm_eval.reporting.alternatives import PICTURES
from ntm_eval.reporting.official import Picture
from ntm_eval.review import DistrictReview, Review


def shown(chart: Callable[..., object], *tables: object, **size: Any) -> Picture:
    """What a chart of this package shows of some tables, with how to read it."""
    kind = f"{chart.__module__.rpartition('.')[2]}.{chart.__name__}"
    return official.draw(chart, "", PICTURES[kind], *tables, **size)


def beside(funnels: pd.DataFrame, slopes_pooled: pd.DataFrame, mine: str) -> list[Picture]:
    """Where a district is furthest from the others, and what pooling changed most for it."""
    drawn = []
    if far := comparisons.furthest(funnels, mine):
        drawn.append(shown(comparisons.beside, funnels, far, mine, height=2.9, columns=len(far)))
    if indicator := comparisons.most_pooled(slopes_pooled, mine):
        drawn.append(shown(comparisons.pooled, slopes_pooled, indicator, mine))
    return drawn


def six_months(of_district: pd.DataFrame) -> list[Picture]:
    """One district's plans in danger; nothing for a year."""
    return [shown(forecasts.outlook, of_district)] if len(of_district) else []


def calibration(tried: pd.DataFrame) -> list[Picture]:
    """How forecasts of past years came out; nothing where there are none."""
    return [shown(forecasts.calibration, tried, columns=2)] if len(tried) else []


def by_content(here: DistrictReview) -> list[Picture]:
    """Results against plans: one picture for each content of the campaign with results."""
    scores = here.of(here.review.scores)
    parts = [part for part in scores["part"].drop_duplicates() if part.startswith("C")]
    if not parts:
        return [official.draw(style.no_data, say(wording.NO_REPORT), "")]
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
    found = of.stories
    if not found:
        return []
    caption = say("Nơi và việc được nêu tên trong Kế hoạch, qua các năm")
    return [_drawn(of, "place_words.pictures", partial(place_words.pictures, found=found), caption)]


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
    **size: Any,
) -> Picture:
    """A chart drawn once for this review; `kind` names what it shows in `alternatives`."""
    return of.once(caption, lambda: official.draw(chart, caption, PICTURES[kind], **size))
