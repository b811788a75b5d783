"""The places and tasks that the plan names: what was reported of each, its pace, and the goal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ntm_eval import crosswalk, reference, units
from ntm_eval.analysis.province import PLACES, Place
from ntm_eval.analysis.targets import COMPLETE, HOUSES
from ntm_eval.language import translate as _

TEMPORARY_HOUSES = "temporary_houses"
ALIVE, HANDED_OVER = "C1-28", "C1-27"
LEAST_YEARS = 3
FALLS_TO_ZERO = (HOUSES, TEMPORARY_HOUSES)


@dataclass(frozen=True)
class Course:
    """One figure of a place over the years, within one standard.

    `yearly`: by year, NaN where not reported; `pace`: the average change a year, NaN with fewer
    than three years; `done`: the year in which what is left is gone at this pace, NaN where it
    does not fall; `probability`: of the goal of 2025, with its `basis`, as `targets` has it.
    """

    figure: str
    name: str
    unit: str
    yearly: pd.Series
    pace: float
    done: float
    probability: float
    basis: str

    @property
    def now(self) -> float:
        return float(self.yearly.iloc[-1]) if len(self.yearly) else math.nan


@dataclass(frozen=True)
class Story:
    """A place that the plan names and its courses; `survival` is of a herd, else NaN.

    `became`: the codes of what a named commune is a part of on the day, () while it is itself;
    `added_up`: whether its district is gone, so that its figures come from communes.
    """

    place: Place
    courses: tuple[Course, ...]
    survival: float
    became: tuple[str, ...]
    added_up: bool


def stories(
    series: pd.DataFrame,
    history: pd.DataFrame,
    targets: pd.DataFrame,
    until: int,
    district_code: str | None = None,
    on: date = units.PLAN_DAY,
) -> tuple[Story, ...]:
    """The stories of the plan, or those of one district, as reported up to the year `until`.

    `series` is of districts, also where they are gone on the day `on` (`continued`), and
    `history` of the communes that there were while they reported: codes were given anew.
    """
    mine = [p for p in PLACES if district_code in (None, p.district_code)]
    return tuple(_story(place, series, history, targets, until, on) for place in mine)


def _story(
    place: Place, series: pd.DataFrame, history: pd.DataFrame, targets: pd.DataFrame, until: int,
    on: date,
) -> Story:  # fmt: skip
    catalogue = reference.catalogue()
    own = series[(series["district_code"] == place.district_code) & (series["year"] <= until)]
    ahead = targets[targets["district_code"] == place.district_code]
    courses = []
    for figure in place.indicators:
        known = catalogue.loc[figure]
        yearly = own[own["indicator"] == figure].set_index("year")["value"].sort_index()
        goal = ahead[ahead["commune_code"].isna() & (ahead["indicator"] == figure)]
        began = known["break_before"]
        name = reference.indicator_name(figure)
        courses.append(_course(figure, name, known["unit"], yearly, began, goal, until))
    if place.commune_code:
        here = history[(history["commune_code"] == place.commune_code) & (history["year"] <= until)]
        yearly = here.set_index("year")[TEMPORARY_HOUSES].sort_index()
        goal = ahead[(ahead["commune_code"] == place.commune_code) & (ahead["indicator"] == HOUSES)]
        name = _("Nhà tạm, nhà dột nát còn lại của xã")
        courses.append(_course(TEMPORARY_HOUSES, name, "nhà", yearly, math.nan, goal, until))
    gone = on >= units.REFORM_DAY
    return Story(
        place, tuple(courses), _survival(courses), _became(place, on) if gone else (), gone
    )


def _became(place: Place, on: date) -> tuple[str, ...]:
    links = crosswalk.links(units.PLAN_DAY, on)
    return tuple(links.loc[links["from_code"] == place.commune_code, "to_code"])


def _course(
    figure: str, name: str, unit: str, yearly: pd.Series, began: float, goal: pd.DataFrame,
    until: int,
) -> Course:  # fmt: skip
    comparable = yearly[yearly.index >= began] if began <= until else yearly
    pace = _pace(comparable)
    now = float(yearly.iloc[-1]) if len(yearly) and yearly.index[-1] == until else math.nan
    done = math.nan
    if figure in FALLS_TO_ZERO and now >= 0 and (pace < 0 or now == 0):
        done = until + math.ceil(now / -pace) if now > 0 else float(until)
    known = goal.iloc[-1] if len(goal) else None
    return Course(
        figure, str(name), str(unit), yearly.astype(float), pace, done,
        math.nan if known is None else float(known["probability"]),
        "too_few" if known is None else str(known["basis"]),
    )  # fmt: skip


def _pace(yearly: pd.Series) -> float:
    known = yearly.dropna()
    if len(known) < LEAST_YEARS:
        return math.nan
    return float((known.iloc[-1] - known.iloc[0]) / (known.index[-1] - known.index[0]))


def _survival(courses: list[Course]) -> float:
    """Animals alive, calves as well, for each one handed over."""
    now = {course.figure: course.now for course in courses}
    handed = now.get(HANDED_OVER, math.nan)
    return now.get(ALIVE, math.nan) / handed if handed > 0 else math.nan


def all_communes(course: Course) -> bool:
    """Whether the probability of a course is that all xã of the district have 19 criteria."""
    return course.figure == COMPLETE
