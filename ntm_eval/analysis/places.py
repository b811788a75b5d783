"""The places and tasks that the plan names: what was reported of each, its pace, and the goal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from ntm_eval import crosswalk, reference, units
from ntm_eval.analysis import targets as goals
from ntm_eval.analysis.targets import HOUSES
from ntm_eval.language import translate as _
from ntm_eval.workspace import AnalystError

TEMPORARY_HOUSES = "temporary_houses"
ALIVE, HANDED_OVER = "C1-28", "C1-27"
FALLS_TO_ZERO = (HOUSES, TEMPORARY_HOUSES)


@dataclass(frozen=True)
class Place:
    """A place or task that the plan names, and the indicators that tell its story."""

    district_code: str
    title: str
    indicators: tuple[str, ...]
    commune_code: str | None = None


@dataclass(frozen=True)
class Course:
    """One figure of a place over the years, within one standard.

    `yearly`: by year, NaN where not reported; `pace`: the change a year, NaN with fewer than three
    years; `done`: the year in which what is left is gone at this pace, NaN where it does not fall;
    `probability`: of the goal by `by`, with its `basis`, as `targets` has it (NaN without one);
    `hard`: the goal is less likely than `likely` of `constants.csv`, or later at this pace;
    `goal`: what is to be reached by `by`, NaN without one.
    """

    figure: str
    name: str
    unit: str
    yearly: pd.Series
    pace: float
    done: float
    probability: float
    basis: str
    by: float = math.nan
    hard: bool = False
    goal: float = math.nan

    @property
    def now(self) -> float:
        """The last figure, NaN without one."""
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

    @property
    def hard(self) -> bool:
        """Whether a goal of it is hard to reach."""
        return any(course.hard for course in self.courses)


def named(day: date) -> tuple[Place, ...]:
    """The places and tasks of `places.csv` in force on a day.

    Raises
    ------
    AnalystError
        Where a row names a district or an indicator that there is not, or nothing to tell.
    """
    return tuple(_place(row) for row in reference.at(reference.table("places"), day).itertuples())


def _place(row: Any) -> Place:
    codes = () if pd.isna(row.indicators) else tuple(row.indicators.split())
    commune = None if pd.isna(row.commune_code) else row.commune_code
    known = {u.code for u in units.districts()}
    unknown = [c for c in codes if c not in reference.catalogue().index]
    unknown += [row.district_code] if row.district_code not in known else []
    if unknown or not (codes or commune):
        wrong = ", ".join(unknown) or "không có chỉ tiêu, cũng không có mã xã"
        raise AnalystError(
            f"data/reference/places.csv, dòng '{row.title_vi}': {wrong}. Ghi mã huyện, mã chỉ tiêu "
            "đang có (nhiều mã cách nhau bằng dấu cách) rồi chạy lại."
        )
    return Place(row.district_code, row.title_vi, codes, commune)


def stories(
    series: pd.DataFrame,
    history: pd.DataFrame,
    targets: pd.DataFrame,
    until: int,
    on: date = units.PLAN_DAY,
) -> tuple[Story, ...]:
    """The stories of the plan, as reported up to the year `until`.

    `series` is of districts, also where they are gone on the day `on` (`continued`), and
    `history` of the communes that there were while they reported: codes were given anew.
    """
    return tuple(_story(place, series, history, targets, until, on) for place in named(on))


def _story(
    place: Place,
    series: pd.DataFrame,
    history: pd.DataFrame,
    targets: pd.DataFrame,
    until: int,
    on: date,
) -> Story:
    catalogue = reference.catalogue()
    own = series[(series["district_code"] == place.district_code) & (series["year"] <= until)]
    ahead = targets[targets["district_code"] == place.district_code]
    courses = []
    for figure in place.indicators:
        known = catalogue.loc[figure]
        yearly = own[own["indicator"] == figure].set_index("year")["value"].sort_index()
        goal = ahead[ahead["commune_code"].isna() & (ahead["indicator"] == figure)]
        courses.append(_course(figure, known, yearly, goal, until, on))
    if place.commune_code:
        here = history[(history["commune_code"] == place.commune_code) & (history["year"] <= until)]
        yearly = here.set_index("year")[TEMPORARY_HOUSES].sort_index()
        goal = ahead[(ahead["commune_code"] == place.commune_code) & (ahead["indicator"] == HOUSES)]
        courses.append(_course(TEMPORARY_HOUSES, catalogue.loc[HOUSES], yearly, goal, until, on))
    gone = on >= units.REFORM_DAY
    return Story(
        place, tuple(courses), _survival(courses), _became(place, on) if gone else (), gone
    )


def _became(place: Place, on: date) -> tuple[str, ...]:
    links = crosswalk.links(units.PLAN_DAY, on)
    return tuple(links.loc[links["from_code"] == place.commune_code, "to_code"])


def _course(
    figure: str, known: pd.Series, yearly: pd.Series, goal: pd.DataFrame, until: int, on: date
) -> Course:
    began = known["break_before"]
    comparable = yearly[yearly.index >= began] if began <= until else yearly
    pace = goals.pace(comparable, stock=known["flow_stock"] == "stock")
    now = float(yearly.iloc[-1]) if len(yearly) and yearly.index[-1] == until else math.nan
    name = reference.indicator_name(figure) if figure in reference.catalogue().index else ""
    chance, basis, by, aim = math.nan, "too_few", math.nan, math.nan
    done, late = math.nan, False
    if len(goal):
        chance, basis, by, aim = goal.iloc[-1][["probability", "basis", "by", "goal"]]
    if figure in FALLS_TO_ZERO:
        done = goals.done(now, pace, until)
        late = not math.isnan(by + pace) and now > 0 and not done <= by
    return Course(
        figure,
        name or _("Nhà tạm, nhà dột nát còn lại của xã"),
        str(known["unit"]),
        yearly.astype(float),
        pace,
        done,
        chance,
        basis,
        by,
        late or chance < reference.constant("likely", on),
        aim,
    )


def _survival(courses: list[Course]) -> float:
    """Animals alive, calves as well, for each one handed over."""
    now = {course.figure: course.now for course in courses}
    handed = now.get(HANDED_OVER, math.nan)
    return now.get(ALIVE, math.nan) / handed if handed > 0 else math.nan
