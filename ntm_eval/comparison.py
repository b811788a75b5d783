"""The tables of the province: what the reports of all districts show only together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import pandas as pd

from ntm_eval import cache, dossier
from ntm_eval.analysis import (
    communes,
    continued,
    disclosure,
    doubt,
    funnel,
    outlook,
    pooling,
    province,
    ranking,
    satisfaction,
    scheme,
    scores,
    second_opinion,
    series,
    targets,
    trends,
)
from ntm_eval.analysis.scores import Inputs
from ntm_eval.dossier import Dossier
from ntm_eval.inbox import Inbox
from ntm_eval.intake import peers, problems, quality, replies

# the tables that are made together, by the first of them
TOGETHER = {
    "problems": ("problems",),
    "register": ("register",),
    "facts": ("facts",),
    "quality": ("quality",),
    "series": ("series",),
    "outlook": ("outlook", "tried"),
    "satisfaction": ("satisfaction",),
    "communes": ("communes",),
    "scores": ("scores",),
    "ranking": ("ranking", "assessed", "doubt", "removal", "first_place"),
    "commune_history": ("commune_history",),
    "words_before": ("words_before",),
    "trends": ("trends", "second_opinion"),
    "influence": ("influence",),
    "pooled": ("pooled",),
    "funnel": ("funnel",),
    "targets": ("targets",),
}
FIRST = {name: first for first, names in TOGETHER.items() for name in names}


class Province(cache.Tables):
    """Each table of a review by its name, made from what its districts sent when it is asked for.

    Each is cached by itself, so that who asks for a series waits for no ranking.
    """

    def __init__(self, inbox: Inbox, dossiers: Sequence[Dossier]) -> None:
        self._inbox, self._dossiers = inbox, dossiers
        self._made: dict[str, cache.Tables] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        first = FIRST[name]
        if first not in self._made:
            folder = self._inbox.space.cache(f"province/{first}")
            make = getattr(self, f"_{first}")
            self._made[first] = cache.tables(
                folder, self._made_from, lambda: dict(zip(TOGETHER[first], make(), strict=True))
            )
        return self._made[first][name]

    def __iter__(self) -> Iterator[str]:
        return iter(FIRST)

    def __len__(self) -> int:
        return len(FIRST)

    @cached_property
    def _made_from(self) -> list[object]:
        prints = [d.made_from for d in self._dossiers]
        return [prints, self._inbox.problems.to_json(), self._inbox.rules]

    def _together(self, name: str) -> pd.DataFrame:
        return pd.concat([each.tables[name] for each in self._dossiers], ignore_index=True)

    @cached_property
    def _history(self) -> pd.DataFrame:
        return self._together("history")

    @cached_property
    def _indicators(self) -> pd.DataFrame:
        return continued.catalogue(self._inbox.space.year)

    @property
    def _ahead(self) -> pd.DataFrame:
        # a whole year needs no outlook
        return self._history if self._inbox.space.period == "h1" else self._history.iloc[:0]

    @cached_property
    def _inputs(self) -> Inputs:
        year, period = self._inbox.key
        before = dossier.of_period(self._history, year - 1, "annual")
        before = before[before["measure"] == "actual"]
        return Inputs(
            facts=self["facts"],
            previous=before.set_index(["district_code", "indicator"])["value"].dropna(),
            register=self["register"],
            period=period,
            day=self._inbox.day,
            suspicious=doubt.suspicious(self["problems"]),
        )

    def _problems(self) -> Iterator[pd.DataFrame]:
        """The districts' problems with those that only all reports together show, by district."""
        year, period = self._inbox.key
        found = self._together("problems")
        more = peers.find_problems(self._history, found, year, period)
        if period == "annual":
            more += peers.published_gap(province.against_published(self["series"], year), year)
        unplaced = self._inbox.problems[self._inbox.problems["district_code"].isna()]
        every = pd.concat([found, unplaced, problems.frame(more)], ignore_index=True)
        answered, _ = self._inbox.answered[self._inbox.key]
        every = replies.explained(every, answered)
        yield every.sort_values("district_code", kind="stable", ignore_index=True)

    def _register(self) -> Iterator[pd.DataFrame]:
        yield dossier.counted(self._together("register"), self["problems"])

    def _facts(self) -> Iterator[pd.DataFrame]:
        yield dossier.of_period(self._history, *self._inbox.key)

    def _quality(self) -> Iterator[pd.DataFrame]:
        found = self["register"], self._history, self["problems"]
        yield quality.figures(*found, *self._inbox.key)

    def _series(self) -> Iterator[pd.DataFrame]:
        yield series.table(self._history, self._indicators)

    def _outlook(self) -> Iterator[pd.DataFrame]:
        for made in (outlook.table, outlook.tried):
            yield made(self._ahead, self._indicators, self._inbox.space.year)

    def _satisfaction(self) -> Iterator[pd.DataFrame]:
        found = satisfaction.table(self._together("answers"), self._inbox.survey_day)
        yield disclosure.published(found)

    def _communes(self) -> Iterator[pd.DataFrame]:
        yield communes.table(self._together("communes"))[communes.COLUMNS]

    def _scores(self) -> Iterator[pd.DataFrame]:
        yield scores.table(self._inputs)

    def _ranking(self) -> Iterator[pd.DataFrame]:
        """The ranking with what it rests on and how far it can be trusted."""
        inputs = self._inputs
        found = ranking.rank(inputs)
        removed = doubt.removal(inputs)
        yield found
        yield scores.scored(inputs, scheme.in_force(inputs.period, inputs.day))
        yield doubt.table(found, removed, inputs)
        yield removed
        yield doubt.first_place(found, removed, inputs)

    def _commune_history(self) -> Iterator[pd.DataFrame]:
        yield self._together("commune_history")

    def _words_before(self) -> Iterator[pd.DataFrame]:
        """What each district wrote in last year's annual report: district_code, key, text."""
        each = [d.tables["words_before"].assign(district_code=d.unit.code) for d in self._dossiers]
        yield pd.concat(each, ignore_index=True)

    def _trends(self) -> Iterator[pd.DataFrame]:
        found, second = (
            by.table(self["series"], self._indicators, self._inbox.space.year)
            for by in (trends, second_opinion)
        )
        yield found
        yield second_opinion.compared(found, second)

    def _influence(self) -> Iterator[pd.DataFrame]:
        yield trends.influence(self["series"], self._indicators, self._inbox.space.year)

    def _pooled(self) -> Iterator[pd.DataFrame]:
        yield pooling.table(self["series"], self._indicators, self._inbox.space.year)

    def _funnel(self) -> Iterator[pd.DataFrame]:
        yield funnel.table(self["series"], self._indicators, self._inbox.last_year)

    def _targets(self) -> Iterator[pd.DataFrame]:
        years = self._inbox.last_year, self._inbox.space.year
        yield targets.table(self["series"], self["commune_history"], self._indicators, *years)
