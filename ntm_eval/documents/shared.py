"""The tables that a district's page and its papers share: each is made once and shown in both."""

from __future__ import annotations

from ntm_eval.analysis.scheme import REPORTING
from ntm_eval.reporting import standing_tables, tables
from ntm_eval.reporting.printed import Table
from ntm_eval.review import DistrictReview


def results(here: DistrictReview) -> Table:
    """Plan, result, last year and trend of each indicator with a plan."""
    trends = here.of(here.review.trends)
    return here.once("results", lambda: tables.results(here.facts, here.series, trends))


def figures(here: DistrictReview) -> Table:
    """Every figure beside its plan and its past, with the cell that it stands in."""
    return here.once("figures", lambda: tables.figures(here.facts, here.series, here.history))


def computed(here: DistrictReview) -> Table:
    """How the points come about, figure by figure and rule by rule."""
    scores = here.of(here.review.scores)
    items = scores[scores["part"] == REPORTING]
    assessed = here.of(here.review.assessed)
    return here.once("computed", lambda: standing_tables.computed(assessed, items, here.facts))
