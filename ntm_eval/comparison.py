"""The tables of the province: what the reports of all districts show only together."""

from __future__ import annotations

from collections.abc import Sequence

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


def tables(inbox: Inbox, dossiers: Sequence[Dossier]) -> cache.Tables:
    """Each table of a review by its name, from what its districts sent."""
    year, period = inbox.key

    def together(name: str) -> pd.DataFrame:
        return pd.concat([each.tables[name] for each in dossiers], ignore_index=True)

    history = together("history")
    indicators = continued.catalogue(year)
    yearly = series.table(history, indicators)
    found = _problems(inbox, together("problems"), history, yearly)
    register = dossier.counted(together("register"), found)
    facts = dossier.of_period(history, year, period)
    # a whole year needs no outlook
    ahead = history if period == "h1" else history.iloc[:0]
    before = dossier.of_period(history, year - 1, "annual")
    before = before[before["measure"] == "actual"]
    inputs = Inputs(
        facts=facts,
        previous=before.set_index(["district_code", "indicator"])["value"].dropna(),
        register=register,
        period=period,
        day=inbox.day,
        suspicious=doubt.suspicious(found),
    )
    return {
        "register": register,
        "facts": facts,
        "problems": found,
        "quality": quality.figures(register, history, found, year, period),
        "series": yearly,
        "outlook": outlook.table(ahead, indicators, year),
        "tried": outlook.tried(ahead, indicators, year),
        "satisfaction": disclosure.published(
            satisfaction.table(together("answers"), inbox.survey_day)
        ),
        "communes": communes.table(together("communes"))[communes.COLUMNS],
        "scores": scores.table(inputs),
        **_ranked(inputs),
        "commune_history": together("commune_history"),
        "words_before": _words_before(dossiers),
        **_courses(inbox, yearly, together("commune_history")),
    }


def _problems(
    inbox: Inbox, found: pd.DataFrame, history: pd.DataFrame, yearly: pd.DataFrame
) -> pd.DataFrame:
    """The districts' problems with those that only all reports together show, by district."""
    year, period = inbox.key
    more = peers.find_problems(history, found, year, period)
    if period == "annual":
        more += peers.published_gap(province.against_published(yearly, year), year)
    unplaced = inbox.problems[inbox.problems["district_code"].isna()]
    every = pd.concat([found, unplaced, problems.frame(more)], ignore_index=True)
    answered, _ = inbox.answered[inbox.key]
    every = replies.explained(every, answered)
    return every.sort_values("district_code", kind="stable", ignore_index=True)


def _ranked(inputs: Inputs) -> cache.Tables:
    """The ranking with what it rests on and how far it can be trusted."""
    found = ranking.rank(inputs)
    removed = doubt.removal(inputs)
    return {
        "ranking": found,
        "assessed": scores.scored(inputs, scheme.in_force(inputs.period, inputs.day)),
        "doubt": doubt.table(found, removed, inputs),
        "removal": removed,
        "first_place": doubt.first_place(found, removed, inputs),
    }


def _words_before(dossiers: Sequence[Dossier]) -> pd.DataFrame:
    """What each district wrote in last year's annual report: district_code, key, text."""
    each = [d.tables["words_before"].assign(district_code=d.unit.code) for d in dossiers]
    return pd.concat(each, ignore_index=True)


def _courses(inbox: Inbox, yearly: pd.DataFrame, of_communes: pd.DataFrame) -> cache.Tables:
    """The trends by every method, the districts beside each other, and the goals ahead."""
    year = inbox.space.year
    indicators = continued.catalogue(year)
    found = trends.table(yearly, indicators, year)
    second = second_opinion.table(yearly, indicators, year)
    return {
        "trends": found,
        "second_opinion": second_opinion.compared(found, second),
        "influence": trends.influence(yearly, indicators, year),
        "pooled": pooling.table(yearly, indicators, year),
        "funnel": funnel.table(yearly, indicators, inbox.last_year),
        "targets": targets.table(yearly, of_communes, indicators, inbox.last_year, year),
    }
