"""The tables of the province: what its reports come to, from trends to ranks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from ntm_eval.analysis import (
    chain,
    communes,
    composition,
    disclosure,
    doubt,
    funnel,
    outlook,
    pending,
    places,
    pooling,
    province,
    ranking,
    satisfaction,
    scores,
    second_opinion,
    targets,
    titles,
    trends,
)
from ntm_eval.analysis import followup as recommendations
from ntm_eval.analysis.communes import URBAN, XA, Group
from ntm_eval.analysis.scores import Inputs
from ntm_eval.checks import held, plans, source
from ntm_eval.checks.case import compared_plans, known_values
from ntm_eval.exchange import registers
from ntm_eval.intake.inspected import Inspection
from ntm_eval.review import district
from ntm_eval.review.reports import Reports, cached, joined
from ntm_eval.review.tables import table


@dataclass(frozen=True)
class Province(Reports):
    """Each table of the province by its name, made when it is asked for."""

    @cached
    def trends(self) -> pd.DataFrame:
        return trends.table(self.series, self.indicators, self.space.year)

    @cached
    def shared(self) -> pd.DataFrame:
        return trends.shared(self.trends, self.series, self.indicators, self.space.year)

    @cached
    def second_opinion(self) -> pd.DataFrame:
        second = second_opinion.table(self.series, self.indicators, self.space.year)
        return second_opinion.compared(self.trends, second)

    @cached
    def influence(self) -> pd.DataFrame:
        return trends.influence(self.series, self.indicators, self.space.year)

    @cached
    def pooled(self) -> pd.DataFrame:
        return pooling.table(self.series, self.indicators, self.space.year)

    @cached
    def funnel(self) -> pd.DataFrame:
        return funnel.table(self.series, self.last_year)

    @cached
    def targets(self) -> pd.DataFrame:
        years = self.last_year, self.space.year
        return targets.table(self.series, self.commune_history, self.indicators, *years)

    @cached
    def outlook(self) -> pd.DataFrame:
        return outlook.table(self._ahead, self.space.year)

    @cached
    def tried(self) -> pd.DataFrame:
        return outlook.tried(self._ahead, self.space.year)

    @cached
    def satisfaction(self) -> pd.DataFrame:
        day = self.survey_day
        found = satisfaction.table(self._together("answers"), day)
        return disclosure.published(found, self.problems, day)

    @cached
    def communes(self) -> pd.DataFrame:
        return communes.table(self._together("communes"))

    @cached
    def towns(self) -> pd.DataFrame:
        return communes.towns(self._together("towns"))

    @cached
    def organisations(self) -> pd.DataFrame:
        return self._together("organisations")

    @cached
    def town_history(self) -> pd.DataFrame:
        return self._together("town_history")

    @cached
    def commune_history(self) -> pd.DataFrame:
        return self._together("commune_history")

    @table
    def criteria_before(self) -> pd.DataFrame:
        """The communes of the annual report of the year before."""
        return self.commune_history[self.commune_history["year"] == self.space.year - 1]

    @cached
    def scores(self) -> pd.DataFrame:
        return scores.table(self.inputs)

    @cached
    def assessed(self) -> pd.DataFrame:
        return scores.scored(self.inputs)

    @cached
    def ranking(self) -> pd.DataFrame:
        return ranking.rank(self.inputs)

    @cached
    def removal(self) -> pd.DataFrame:
        return ranking.removal(self.inputs)

    @cached
    def pending(self) -> pd.DataFrame:
        return pending.table(self.inputs)

    @cached
    def plans(self) -> pd.DataFrame:
        return plans.table(self.facts, self.history, *self.inbox.key)

    @cached
    def doubt(self) -> pd.DataFrame:
        return doubt.table(self.ranking, self.removal, self.inputs)

    @cached
    def first_place(self) -> pd.DataFrame:
        return doubt.first_place(self.ranking, self.removal, self.inputs)

    @cached
    def attainment(self) -> pd.DataFrame:
        return composition.attainment(self.assessed)

    @cached
    def score_parts(self) -> pd.DataFrame:
        return composition.parts(self.assessed, self.scores, self.rules.parts)

    @cached
    def score_indicators(self) -> pd.DataFrame:
        return composition.indicators(self.assessed, self.scores)

    @cached
    def other_scorings(self) -> pd.DataFrame:
        return composition.other_methods(self.assessed, self.scores, self.rules.parts)

    @cached
    def words_before(self) -> pd.DataFrame:
        each = [d.tables["words_before"].assign(district_code=d.unit.code) for d in self._data]
        return pd.concat(each, ignore_index=True)

    @table
    def since_last_year(self) -> pd.DataFrame:
        """What each indicator did since the year before (`followup.verdicts`)."""
        found = recommendations.verdicts(self.series, self.indicators, self.last_year, self.day)
        return found.reset_index()

    @table
    def followed(self) -> pd.DataFrame:
        """Last year's recommendations, and what the figures say of them since."""
        notes = registers.noted(self.inbox.followed[0])
        year, day = self.space.year, self.day
        return recommendations.followed(
            self.words_before, notes, self.series, self.indicators, year, day
        )

    @table
    def recommended(self) -> pd.DataFrame:
        return recommended(self, self.day)

    @table
    def chain(self) -> pd.DataFrame:
        """The campaign along its result chain."""
        year, day = self.space.year, self.day
        totals = province.totals(self.facts, self.series, year)
        moves = province.moved(self.series, self.indicators, year, day)
        return chain.table(self.facts, totals, moves, day)

    @table
    def inspections(self) -> pd.DataFrame:
        """Each figure that was recounted at the source this year and period."""
        return source.table(self._inspected, self.inbox.counted)

    @table
    def verified(self) -> pd.DataFrame:
        """The verification factors of what was recounted, by district and indicator."""
        return source.verified(self._inspected, self.facts, self.problems, self.inbox.counted)

    @property
    def _inspected(self) -> list[Inspection]:
        return self.inbox.inspected[self.inbox.key][0]

    @table
    def decided(self) -> pd.DataFrame:
        """The council's final grades that the office has typed, by district."""
        return registers.decided(self.inbox.decided[0])

    @cached_property
    def stories(self) -> tuple[places.Story, ...]:
        """The places that the plan names, up to the last whole year."""
        history = self.commune_history
        if self.units[0].is_commune:  # whose codes may be those of other places before
            history = joined(self._of_old_districts, "commune_history")
        return places.stories(self.continued, history, self.targets, self.last_year, self.day)

    @cached_property
    def titled(self) -> titles.Titled:
        """How the communes stand to their titles."""
        return self.titled_of(self.communes)

    @cached_property
    def titled_towns(self) -> titles.Titled:
        """How the phường and thị trấn stand to their title."""
        return self.titled_of(self.towns, URBAN)

    def titled_of(self, places: pd.DataFrame, of: Group = XA) -> titles.Titled:
        """How some of the xã, or of the towns, stand to their titles."""
        before, year = self.criteria_before if of.rural else self._towns_before, self.space.year
        return titles.titled(places, before, self.satisfaction, year, self.day, of)

    @property
    def _towns_before(self) -> pd.DataFrame:
        """The towns in last year's annual report; their title is what sheet Xã said."""
        marks = self.town_history[self.town_history["year"] == self.space.year - 1]
        titled = self.criteria_before[URBAN.of(self.criteria_before)]
        return titled[["commune_code", "title"]].merge(
            marks.drop(columns="title"), how="left", on="commune_code"
        )

    @property
    def _ahead(self) -> pd.DataFrame:
        # a whole year needs no outlook
        rows = held.used(self.history)
        return rows if self.space.period == "h1" else rows.iloc[:0]

    @cached_property
    def inputs(self) -> Inputs:
        """What the scores and the ranking are made of."""
        year, period = self.inbox.key
        used = held.used(self.history)
        before = district.of_period(used, year - 1, "annual")
        broken = self.indicators.loc[self.indicators["break_before"] == year, "id"]
        before = before[(before["measure"] == "actual") & ~before["indicator"].isin(broken)]
        return Inputs(
            facts=self.facts,
            previous=before.set_index(["district_code", "indicator"])["value"].dropna(),
            plans=compared_plans(self.facts, known_values(used), year),
            pace=scores.pace(used, year),
            register=self.register,
            period=period,
            day=self.day,
            suspicious=doubt.suspicious(self.problems),
        )


def recommended(of: Any, day: date) -> pd.DataFrame:
    """The recommendations of a review of the province or of one district, from its own tables."""
    figures = pd.MultiIndex.from_frame(of.scores[["district_code", "indicator"]])
    suspected = figures.isin(list(doubt.suspicious(of.problems)))
    return recommendations.own(of.scores[~suspected], of.trends, of.register, of.satisfaction, day)
