"""The tables of the province: what the reports of all districts show only together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from ntm_eval import cache, reference, schemas, units
from ntm_eval.analysis import (
    chain,
    communes,
    composition,
    continued,
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
    scheme,
    scores,
    second_opinion,
    series,
    targets,
    titles,
    trends,
)
from ntm_eval.analysis import followup as recommendations
from ntm_eval.analysis.scores import Inputs
from ntm_eval.checks import held, peers, plans, quality, source
from ntm_eval.checks.case import compared_plans, known_values
from ntm_eval.exchange import registers, replies
from ntm_eval.intake import problems, received
from ntm_eval.intake.inspected import Inspection
from ntm_eval.review import district
from ntm_eval.review.district import DistrictData
from ntm_eval.review.inbox import Inbox
from ntm_eval.review.notebook import watched
from ntm_eval.review.tables import Table, table
from ntm_eval.workspace import Workspace


def cached(make: Callable[[Province], pd.DataFrame]) -> Table:
    """A method as a table that is also kept as Parquet, with the fingerprint of its sources."""
    name = make.__name__

    def found(of: Province) -> pd.DataFrame:
        folder, made_from = of.space.cache(f"province/{name}"), of._made_from
        return cache.tables(folder, made_from, lambda: {name: schemas.check(name, make(of))})[name]

    return Table(name, found)


@dataclass(frozen=True)
class Province:
    """Each table of the province by its name, made when it is asked for.

    Each is cached by itself, so that who asks for a series waits for no ranking.
    """

    space: Workspace

    @cached_property
    def inbox(self) -> Inbox:
        """What was received for it."""
        return Inbox(self.space)

    @property
    def day(self) -> date:
        """The day on which this review's rules must be in force."""
        return self.inbox.day

    @property
    def survey_day(self) -> date:
        """The day whose guidance the surveys follow."""
        return self.inbox.survey_day

    @property
    def last_year(self) -> int:
        """The last whole year reported."""
        return self.inbox.last_year

    @property
    def units(self) -> tuple[units.District, ...]:
        """Who reports in it: the districts, from 1/7/2025 the communes."""
        return units.reporting(self.inbox.counted)

    @cached_property
    def rules(self) -> scheme.Scheme:
        """What is scored in it, and how."""
        return scheme.in_force(self.space.period, self.day)

    @cached_property
    def _reported(self) -> pd.DataFrame:
        """The facts of all years, before the districts are held against each other."""
        return self._together("history")

    @cached_property
    def _beside(self) -> pd.DataFrame:
        """The problems that only all reports of the period together show, of its districts."""
        found, (year, period) = self._together("problems"), self.inbox.key
        more = peers.find_problems(self._reported, found, year, period)
        return replies.explained(problems.frame(more), self.inbox.answered[self.inbox.key][0])

    @table
    def history(self) -> pd.DataFrame:
        year, period = self.inbox.key
        rows = self._reported
        now = rows[(rows["year"] == year) & (rows["period"] == period)]
        others = rows.drop(index=now.index)
        return pd.concat([others, held.marked(now, self._beside, self.day)]).sort_index()

    @cached
    def facts(self) -> pd.DataFrame:
        return district.of_period(self.history, *self.inbox.key)

    @cached
    def problems(self) -> pd.DataFrame:
        """The districts' problems with those that only all reports together show, by district."""
        year, period = self.inbox.key
        found = self._together("problems")
        more: list[problems.Problem] = []
        if period == "annual":
            gaps = province.against_published(self.series, year)
            more += peers.published_gap(gaps, year)
        unplaced = self.inbox.problems[self.inbox.problems["district_code"].isna()]
        every = pd.concat([found, unplaced, self._beside, problems.frame(more)], ignore_index=True)
        answered, _ = self.inbox.answered[self.inbox.key]
        every = replies.explained(every, answered)
        return every.sort_values("district_code", kind="stable", ignore_index=True)

    @cached
    def register(self) -> pd.DataFrame:
        return district.counted(self._together("register"), self.problems)

    @cached
    def quality(self) -> pd.DataFrame:
        return quality.figures(self.register, self.history, self.problems, *self.inbox.key)

    @cached
    def quality_years(self) -> pd.DataFrame:
        year, period = self.inbox.key
        who = {unit.code for unit in self.units}
        registers = {}
        for y in range(self.inbox.keys[0][0], year + 1):
            reports = [r for r in self.inbox.reports if (r.year, r.period) == (y, period)]
            register = received.register(reports, y, period)
            if who == set(register["district_code"]):  # before 1/7/2025 others reported
                registers[y] = register
        return quality.over_years(registers, self.history, period)

    @cached
    def heaping(self) -> pd.DataFrame:
        return quality.heaping(self.facts)

    @cached
    def doubtful_totals(self) -> pd.DataFrame:
        return quality.totals(self.facts, self.problems)

    @cached
    def series(self) -> pd.DataFrame:
        return series.table(held.used(self.history), self.indicators)

    @table
    def continued(self) -> pd.DataFrame:
        """The series of the twelve districts, after 1/7/2025 from their communes."""
        if not self.units[0].is_commune:
            return continued.districts(self.series)
        past = [one.tables["history"] for one in self._of_old_districts]
        before = series.table(pd.concat(past, ignore_index=True), reference.table("indicators"))
        return continued.districts(pd.concat([before, self.series], ignore_index=True))

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
        return funnel.table(self.series, self.indicators, self.last_year)

    @cached
    def targets(self) -> pd.DataFrame:
        years = self.last_year, self.space.year
        return targets.table(self.series, self.commune_history, self.indicators, *years)

    @cached
    def outlook(self) -> pd.DataFrame:
        return outlook.table(self._ahead, self.indicators, self.space.year)

    @cached
    def tried(self) -> pd.DataFrame:
        return outlook.tried(self._ahead, self.indicators, self.space.year)

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
            past = [one.tables["commune_history"] for one in self._of_old_districts]
            history = pd.concat(past, ignore_index=True)
        return places.stories(self.continued, history, self.targets, self.last_year, None, self.day)

    @cached_property
    def titled(self) -> titles.Titled:
        """How the communes stand to their titles."""
        return self.titled_of(self.communes)

    def titled_of(self, communes: pd.DataFrame) -> titles.Titled:
        """How some of the communes stand to their titles."""
        before, year = self.criteria_before, self.space.year
        return titles.titled(communes, before, self.satisfaction, year, self.day)

    @cached_property
    def titled_towns(self) -> titles.Titled:
        """How the phường and thị trấn stand to their title."""
        return self.titled_towns_of(self.towns)

    def titled_towns_of(self, towns: pd.DataFrame) -> titles.Titled:
        """How some of the towns stand to their title; what it was last year sheet Xã says too."""
        year, of = self.space.year, communes.URBAN
        marks = self.town_history[self.town_history["year"] == year - 1]
        before = self.criteria_before[of.of(self.criteria_before)]
        before = before[["commune_code", "title"]].merge(
            marks.drop(columns="title"), how="left", on="commune_code"
        )
        return titles.titled(towns, before, self.satisfaction, year, self.day, of)

    @cached_property
    def _data(self) -> list[DistrictData]:
        """What each district's own reports say, without comparison."""
        return [DistrictData(self.inbox, unit) for unit in self.units]

    @cached_property
    def _made_from(self) -> list[object]:
        """The fingerprints of all that a table of the province rests on."""
        prints = [one.made_from for one in self._data]
        return [prints, self.inbox.problems.to_json(), self.inbox.rules]

    @cached_property
    def _of_old_districts(self) -> list[DistrictData]:
        """The reports of the twelve districts before the communes reported themselves."""
        return [DistrictData(self.inbox, unit) for unit in units.districts()]

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The catalogue of indicators, with `break_before` as seen from this review's year."""
        return continued.catalogue(self.space.year)

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

    def _together(self, name: str) -> pd.DataFrame:
        read = watched(self._data, "Đọc báo cáo")
        return pd.concat([one.tables[name] for one in read], ignore_index=True)


def recommended(of: Any, day: date) -> pd.DataFrame:
    """The recommendations of a review of the province or of one district, from its own tables."""
    figures = pd.MultiIndex.from_frame(of.scores[["district_code", "indicator"]])
    suspected = figures.isin(list(doubt.suspicious(of.problems)))
    return recommendations.own(of.scores[~suspected], of.trends, of.register, of.satisfaction, day)
