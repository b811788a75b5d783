"""What the reports of all districts show only together: facts, problems, register, series."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from ntm_eval import cache, reference, schemas, units
from ntm_eval.analysis import continued, province, scheme, series
from ntm_eval.checks import held, peers, quality
from ntm_eval.exchange import replies
from ntm_eval.intake import problems, received
from ntm_eval.review import district
from ntm_eval.review.district import DistrictData
from ntm_eval.review.inbox import Inbox
from ntm_eval.review.notebook import watched
from ntm_eval.review.tables import Table, table
from ntm_eval.workspace import Workspace


def cached(make: Callable[[Any], pd.DataFrame]) -> Table:
    """A method as a table that is also kept as Parquet, with the fingerprint of its sources."""
    name = make.__name__

    def found(of: Reports) -> pd.DataFrame:
        folder, made_from = of.space.cache(f"province/{name}"), of._made_from
        return cache.tables(folder, made_from, lambda: {name: schemas.check(name, make(of))})[name]

    return Table(name, found)


def joined(data: Iterable[DistrictData], name: str) -> pd.DataFrame:
    """A table of several districts' own, one below the other."""
    return pd.concat([one.tables[name] for one in data], ignore_index=True)


@dataclass(frozen=True)
class Reports:
    """The reports of all districts, held against each other; each table made when asked for.

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
        past = joined(self._of_old_districts, "history")
        before = series.table(past, reference.table("indicators"))
        return continued.districts(pd.concat([before, self.series], ignore_index=True))

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The catalogue of indicators, with `break_before` as seen from this review's year."""
        return continued.catalogue(self.space.year)

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

    def _together(self, name: str) -> pd.DataFrame:
        return joined(watched(self._data, "Đọc báo cáo"), name)
