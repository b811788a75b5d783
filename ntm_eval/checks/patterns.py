"""Patterns in household-level forms that ask for a look at how they were collected.

Each check is a function named as its rule in `rules.csv`. A village or a collector is named by its
code, and only where there are ten forms of it or more. No problem quotes a count of answers, since
counts of 1 to 4 are held back (`problems.withheld`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ntm_eval import units
from ntm_eval.checks.case import fisher
from ntm_eval.intake import survey
from ntm_eval.intake.problems import Place, Problem, limit, problem
from ntm_eval.intake.tallies import COUNTS, GROUPS
from ntm_eval.language import message

# A pattern counts only where chance gives it once in a hundred, over all that is looked at.
CHANCE = 0.01
LEAST_FORMS = 10
LEAST_GROUPS = 5
LEAST_QUESTIONS = 5
LOOKED_AT = ("pattern.satisfied", "pattern.straight")
# A form is unusual where it differs from what most answer in so many questions.
UNUSUAL = 3


@dataclass(frozen=True)
class Case:
    """The forms of one commune and survey: `answers` has a column for each question asked."""

    district: units.District
    year: int
    commune_code: str
    survey: str
    forms: pd.DataFrame
    answers: pd.DataFrame

    @property
    def straight(self) -> pd.Series:
        """Whether a form has one and the same answer to all questions, among those answered."""
        first = self.answers.iloc[:, 0]
        same = self.answers.eq(first, axis=0).all(axis=1)
        return same[(self.answers != "no_answer").any(axis=1)]

    @property
    def satisfied(self) -> pd.Series:
        """Whether a form is satisfied with the overall question, among those that answer it."""
        overall = self.answers.iloc[:, -1]
        return (overall == "satisfied")[overall != "no_answer"]

    def about(self, why: str, **values: object) -> Problem:
        """A problem of these forms, at their file."""
        first = self.forms.iloc[0]
        place = Place(self.district.code, first["file"], first["sheet"])
        name = units.commune_name(self.commune_code, self.district.code)
        filled = message(why, commune=name, survey=self.survey, **values)
        return problem(filled, place, commune_code=self.commune_code)


def straight_lined(case: Case) -> Iterator[Problem]:
    """Forms with one answer to all questions: more than the limit, and more than expected.

    Expected is what independent answers with the same shares give; where everybody is satisfied
    that is every form, and `all_satisfied` speaks instead.
    """
    straight = case.straight
    if len(straight) < LEAST_FORMS:
        return
    shares = pd.DataFrame({a: (case.answers == a).mean() for a in COUNTS})
    expected = min(float(shares.prod().sum()), 1.0)
    chance = _at_least(straight.sum(), len(straight), expected)
    if 100 * straight.mean() >= limit("straight_lined", case.year) and chance < CHANCE:
        yield case.about("straight_lined.forms")


def identical_forms(case: Case) -> Iterator[Problem]:
    """Many forms with the same unusual answers, as when one form is copied."""
    usual = case.answers.mode().iloc[0]
    unusual = case.answers[(case.answers != usual).sum(axis=1) >= UNUSUAL]
    unusual = unusual[~case.straight.reindex(unusual.index, fill_value=True)]
    patterns = unusual.value_counts()
    for pattern, count in patterns[patterns >= limit("identical_forms", case.year)].items():
        shares = [(case.answers[q] == a).mean() for q, a in zip(unusual, pattern, strict=True)]
        chance = _at_least(count, len(case.answers), np.prod(shares)) * len(patterns)
        if chance < CHANCE:
            yield case.about("identical_forms", count=count, least=UNUSUAL)


def group_unlike(case: Case) -> Iterator[Problem]:
    """A village or collector unlike the others of the commune, by Fisher's exact test.

    Looked at: how many are satisfied overall, how many give one answer to all questions. The
    chance is multiplied by all comparisons made (Bonferroni), and the difference must be large.
    """
    looked = dict(zip(LOOKED_AT, (case.satisfied, case.straight), strict=True))
    for column, name in GROUPS.items():
        groups = _groups(case, column)
        for words, yes in looked.items():
            for group, own, others in _unlike(groups, yes, len(looked), case.year):
                above = own.mean() > others.mean()
                yield case.about(
                    "group_unlike.above" if above else "group_unlike.below",
                    name=name,
                    group=survey.told(group),
                    words=message(words),
                )


def groups_too_few(case: Case) -> Iterator[Problem]:
    """Villages or collectors are known, but too few of them have enough forms to compare."""
    known = [column for column in GROUPS if case.forms[column].notna().any()]
    few = {c: n for c in known if (n := len(_groups(case, c))) < LEAST_GROUPS}
    if few:
        told = [message("groups_too_few.groups", name=GROUPS[c], n=n) for c, n in few.items()]
        yield case.about("groups_too_few", told=told, groups=LEAST_GROUPS, forms=LEAST_FORMS)


CHECKS = (straight_lined, identical_forms, group_unlike, groups_too_few)


def find_problems(forms: survey.Forms, year: int) -> list[Problem]:
    """Every pattern in the forms of each commune and survey, by the limits of that year."""
    cases = [
        Case(units.district(d), year, code, name, rows, _answers(rows, forms.questions))
        for (d, code, name), rows in forms.rows.groupby(survey.SURVEYED)
    ]
    return [
        found
        for case in cases
        if case.answers.shape[1] >= LEAST_QUESTIONS
        for check in CHECKS
        for found in check(case)
    ]


def _answers(rows: pd.DataFrame, questions: list[str]) -> pd.DataFrame:
    """The answers to the questions that anybody answered."""
    given = rows[questions].fillna("no_answer")
    return given.loc[:, (given != "no_answer").any()]


def _groups(case: Case, column: str) -> dict[str, pd.Index]:
    """The forms of each village or collector that has enough of them."""
    group = case.forms[column]
    return {
        str(name): rows.index for name, rows in group.groupby(group) if len(rows) >= LEAST_FORMS
    }


def _unlike(
    groups: dict[str, pd.Index], yes: pd.Series, looked: int, year: int
) -> Iterator[tuple[str, pd.Series, pd.Series]]:
    """The groups unlike all others, the least likely first.

    One that is found is left out of the others for the next, or it would make sound ones differ.
    """
    left, comparisons = dict(groups), len(groups) * looked
    while len(left) >= LEAST_GROUPS:
        inside = {name: yes.index.isin(index) for name, index in left.items()}
        parts = {name: (yes[i], yes[~i]) for name, i in inside.items() if i.sum() >= LEAST_FORMS}
        name = min(parts, key=lambda n: _chance(*parts[n]), default=None)
        if name is None:
            return
        own, others = parts[name]
        far = 100 * abs(own.mean() - others.mean()) >= limit("group_unlike", year)
        if not far or _chance(own, others) * comparisons >= CHANCE:
            return
        yield name, own, others
        yes = yes[~inside[name]]
        del left[name]


def _at_least(count: int, of: int, share: float) -> float:
    """How often so many of a number or more have what a share has, each by itself."""
    from scipy import special

    return float(special.bdtrc(count - 1, of, share))


def _chance(own: pd.Series, others: pd.Series) -> float:
    """How often two groups of the same people would differ so much."""
    return fisher(*((part.sum(), len(part)) for part in (own, others)))
