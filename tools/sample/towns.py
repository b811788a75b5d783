"""The invented rows of sheet Đô thị văn minh, and what is planted in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ntm_eval.intake import sheets
from tools.sample import answers as sample_answers
from tools.sample.world import World, draw, marks

TITLE = sheets.TITLES[3]
SURVEY = "đô thị văn minh"
SINCE = 2022  # the first year with such a sheet
KEY = (2022, "annual")  # where something is planted
# Criteria that towns usually meet first come first.
EASY_FIRST = (1, 9, 8, 4, 5, 7, 2, 3, 6)
EVERY = len(sheets.TOWN_CRITERIA)
# What a reader should find in the annual report of 2022, by town: the row as typed there.
PLANTED: Mapping[str, tuple[str, dict[str, object]]] = {
    "03721": ("ready", {"all_met": True, "registered_year": 2020}),
    "04168": ("without_consent", {"all_met": True, "registered_year": 2019}),
    "03982": ("too_early", {"all_met": True, "not_yet": "TC6", "registered_year": 2022}),
    "03979": ("title_without_criteria", {"not_yet": "TC3"}),
    "04105": ("title_differs", {"title": ""}),
}
ASKED = {"03721": "", "04168": "overall_below", "03898": ""}  # and how residents answered


def rows(world: World, slug: str, year: int, period: str) -> dict[str, dict[str, object]]:
    """The rows of the towns of a district, by code; none before there was such a sheet."""
    there = world.communes(year, period)
    there = there[(there["district"] == slug) & (there["kind"] != "xã")]
    found = {}
    for code, title in there["title"].items():
        if year >= SINCE:
            planted = PLANTED.get(str(code), ("", {}))[1] if (year, period) == KEY else {}
            found[str(code)] = row(world.seed, str(code), title, year, period, planted)
    return found


def row(
    seed: int,
    code: str,
    title: str,
    year: int,
    period: str,
    planted: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """One town: with the title all is met, else some, and it is registered for it."""
    chance, given = draw(seed, "town", code), {**(planted or {})}
    met = EVERY if title else 5 + int(chance.integers(0, 3)) - (period == "h1")
    registered = int(chance.integers(2019, 2022)) + (year - SINCE)
    typed = marks(EASY_FIRST, EVERY if given.pop("all_met", False) else met)
    if not_yet := given.pop("not_yet", ""):
        typed[str(not_yet)] = sheets.NOT_YET
    waiting = {} if title else {"registered": TITLE, "registered_year": registered}
    return {"title": title, **waiting, **typed, **given}


def answers(world: World, slug: str, year: int, period: str) -> Iterator[dict[str, object]]:
    """The rows of sheet Hài lòng of the towns that were asked."""
    now = world.annual[year]
    for code, kind in ASKED.items() if (year, period) == KEY else ():
        if now.loc[code, "district"] == slug:
            chance = draw(world.seed, "survey", code, year, SURVEY)
            given = sample_answers.answers(int(now.loc[code, "households"]), 10, chance, kind)
            yield from ({"commune_code": code, "survey": SURVEY, **a} for a in given)


def truth(world: World) -> list[dict[str, object]]:
    """What is planted, for tests: the kind of thing, the district and the town."""
    home: pd.Series = world.annual[SINCE]["district"]
    return [
        {"kind": kind, "district": home[code], "commune": code}
        for code, (kind, _) in PLANTED.items()
    ]
