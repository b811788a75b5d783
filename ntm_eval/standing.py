"""Where a review leaves a district: the next grade, the appeal, what was decided, what follows.

Each asks a review for its tables and joins them with what the office typed beside the reports.
"""

from __future__ import annotations

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.analysis import doubt, lift, places, titles
from ntm_eval.analysis import followup as recommendations
from ntm_eval.dossier import Dossier
from ntm_eval.intake import decisions, followup
from ntm_eval.review import DistrictReview, Review


def decided(review: Review) -> pd.DataFrame:
    """The council's final grades that the office has typed, by district."""
    return decisions.frame(review.inbox.decided[0])


def next_grade(here: DistrictReview) -> lift.Lift:
    """The cheapest way of one district to the next grade, from its own past reports."""
    return here.once("next grade", lambda: _next_grade(here))


def _next_grade(here: DistrictReview) -> lift.Lift:
    review = here.review
    history = here.dossier.tables["history"]
    own = history[history["commune_code"].isna() & (history["measure"] == "actual")]
    own = own[own["period"] == review.space.period]
    paces = lift.paces(own, reference.table("indicators"), review.space.year)
    points = here.of(review.ranking)["points"].iloc[0]
    rules = review.rules
    rows = here.of(review.assessed)
    # of a figure that is suspected nobody can say how far it is from its plan
    suspected = {i for code, i in doubt.suspicious(review.problems) if code == here.unit.code}
    return lift.lift(rows[~rows["indicator"].isin(suspected)], points, rules, paces)


def stories(review: Review, district_code: str | None = None) -> tuple[places.Story, ...]:
    """The places that the plan names, all or those of one district, up to the last whole year."""
    return review.once(f"stories {district_code}", lambda: _stories(review, district_code))


def _stories(review: Review, district_code: str | None) -> tuple[places.Story, ...]:
    history = review.commune_history
    if review.units[0].is_commune:  # whose codes may be those of other places before
        past = [Dossier(review.inbox, unit).tables for unit in units.districts()]
        history = pd.concat([tables["commune_history"] for tables in past], ignore_index=True)
    return places.stories(
        review.continued, history, review.targets, review.last_year, district_code, review.day
    )


def titled(review: Review, district_code: str | None = None) -> titles.Titled:
    """How the communes, all or those of one reporting unit, stand to their titles."""
    return review.once(f"titled {district_code}", lambda: _titled(review, district_code))


def _titled(review: Review, district_code: str | None) -> titles.Titled:
    mine = [unit for unit in review.units if district_code in (None, unit.code)]
    now = pd.concat([review.district(unit.code).communes for unit in mine], ignore_index=True)
    return titles.titled(
        now, review.criteria_before, review.satisfaction, review.space.year, review.day
    )


def followed(review: Review, district_code: str | None = None) -> pd.DataFrame:
    """Last year's recommendations, all or those of one district, and what the figures say."""
    return review.once(f"followed {district_code}", lambda: _followed(review, district_code))


def _followed(review: Review, district_code: str | None) -> pd.DataFrame:
    notes = [n for n in review.inbox.followed[0] if district_code in (None, n.district)]
    words, series = (_of(t, district_code) for t in (review.words_before, review.series))
    year, day = review.space.year, review.day
    return recommendations.followed(words, followup.frame(notes), series, year, day)


def recommended(review: Review, district_code: str | None = None) -> pd.DataFrame:
    """This review's own recommendations, each with the unit that answers for it."""
    return review.once(f"recommended {district_code}", lambda: _recommended(review, district_code))


def _recommended(review: Review, district_code: str | None) -> pd.DataFrame:
    suspected = doubt.suspicious(_of(review.problems, district_code))
    scores = _of(review.scores, district_code)
    figures = pd.MultiIndex.from_frame(scores[["district_code", "indicator"]])
    return recommendations.own(
        scores[~figures.isin(list(suspected))],
        _of(review.trends, district_code),
        _of(review.register, district_code),
        _of(review.satisfaction, district_code),
        review.day,
    )


def _of(table: pd.DataFrame, district_code: str | None) -> pd.DataFrame:
    return table if district_code is None else table[table["district_code"] == district_code]
