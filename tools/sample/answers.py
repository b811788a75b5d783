"""The invented satisfaction surveys: which communes were asked, and what they answered."""

from __future__ import annotations

import numpy as np

from ntm_eval import reference
from tools.sample.truth import ANSWERS
from tools.sample.world import World, draw

DISTRICT_SURVEY = ("quynh-nhai", 2022, "annual", "huyện NTM", ("03703", "03706"))
ODD_YEAR = 2022
ODD_QUESTION = "17"


def surveyed(world: World, slug: str, year: int, period: str) -> list[tuple[str, str]]:
    """Commune and survey type of each survey held from 1 January on, in the order of codes."""
    now = world.annual[year]
    asked = now[(now["district"] == slug) & (now["kind"] == "xã") & (now["registered"] != "")]
    held = [(code, f"xã {title}") for code, title in asked["registered"].items()]
    if period == "h1":
        return held[: int(draw(world.seed, "early", slug, year).integers(0, 2))]
    *where, survey, codes = DISTRICT_SURVEY
    if [slug, year, period] == where:
        held += [(code, survey) for code in codes]
    return held


def odd_commune(world: World, slug: str, year: int) -> str | None:
    """The commune whose answers are not as usual: registered, and not recognised this year."""
    if year != ODD_YEAR or slug not in ANSWERS:
        return None
    now = world.annual[year]
    waiting = now[
        (now["district"] == slug)
        & (now["kind"] == "xã")
        & (now["registered"] == "NTM")
        & (now["title"] == "")
    ]
    return str(waiting.index[-1])


def rows(world: World, slug: str, year: int, period: str) -> list[dict[str, object]]:
    """The rows of sheet Hài lòng, without the names of the communes."""
    odd = odd_commune(world, slug, year)
    questions = reference.table("surveys").set_index("survey")["questions"]
    found = []
    for code, survey in surveyed(world, slug, year, period):
        kind = ANSWERS[slug] if code == odd else ""
        households = world.annual[year].loc[code, "households"]
        chance = draw(world.seed, "survey", code, year, survey)
        found += [
            {"commune_code": code, "survey": survey, **row}
            for row in answers(int(households), int(questions[survey]), chance, kind)
        ]
    return found


def answers(
    households: int, questions: int, chance: np.random.Generator, kind: str = ""
) -> list[dict[str, object]]:
    """Forms and answers by question; the last question is the overall one."""
    issued = round(households * (0.94 + 0.06 * chance.random()))
    coverage = 0.62 if kind == "straddles" else 0.64 + 0.28 * chance.random()
    collected = min(round(households * coverage), issued)
    pleased = 0.955 + 0.025 * chance.random()
    found: list[dict[str, object]] = []
    for question in range(1, questions + 1):
        share = pleased + 0.05 * (chance.random() - 0.75)
        silent = int(collected * 0.006 * chance.random())
        if question == questions:
            share = {"overall_below": 0.868, "straddles": 0.903}.get(kind, pleased)
        elif kind == "content_below" and str(question) == ODD_QUESTION:
            share = 0.742
        if kind == "all_satisfied":
            share, silent = 1.0, 0
        satisfied = min(round(collected * share), collected - silent)
        found.append(
            {
                "households": households,
                "issued": issued,
                "collected": collected,
                "question": question,
                "satisfied": satisfied,
                "unsatisfied": collected - satisfied - silent,
                "no_answer": silent,
            }
        )
    return found


def told(world: World, slug: str, year: int) -> tuple[str, str, str] | None:
    """What is planted in a district's survey: kind, commune and the question that shows it."""
    code = odd_commune(world, slug, year)
    if code is None:
        return None
    shows = {"content_below": ODD_QUESTION, "all_satisfied": "1"}
    return ANSWERS[slug], code, shows.get(ANSWERS[slug], "19")
