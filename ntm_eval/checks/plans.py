"""Plans and 'không áp dụng', which decide what is scored: held against what was reported before."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.checks import held
from ntm_eval.checks.case import Case, compared_plans, easier, known_values
from ntm_eval.intake.problems import Problem
from ntm_eval.language import message


def not_applicable_unexpected(case: Case) -> Iterator[Problem]:
    """'KAD' where the indicator applies, or where the unit reported a figure last year."""
    last = case.past.get((case.year - 1, "annual", "actual"), {})
    asked: set[str] = set()
    for n, (measure, code, _) in enumerate(case.figures):
        typed = case.facts["state"][n] == "not_applicable"
        if not typed or measure == "self_score" or code in asked:
            continue
        then = last.get((case.district.code, code), float("nan"))
        if then == then:
            why = message("not_applicable_unexpected.before", year=case.year - 1, then=then)
        elif applies(code, case.district, case.year, case.period):
            why = message("not_applicable_unexpected")
        else:
            continue
        asked.add(code)
        yield case.about(n, why)


def plan_missing(case: Case) -> Iterator[Problem]:
    """No plan, though the 6-month report or last year's had one."""
    rows = case.plans
    for _, row in rows[rows["state"].eq("blank") & rows["basis"].notna()].iterrows():
        kind = "plan_missing" if row["basis"] == "h1" else "plan_missing.last_year"
        yield case.about(row["row"], message(kind, then=row["used"]))


def plan_changed(case: Case) -> Iterator[Problem]:
    """A plan made easier since the 6-month report, which corrections.csv does not approve."""
    if case.period != "annual":
        return  # the 6-month report is the first
    rows = case.plans
    for _, row in rows[rows["state"].eq("reported") & rows["basis"].eq("h1")].iterrows():
        why = message("plan_changed", now=row["plan"], then=row["used"])
        yield case.about(row["row"], why)


def plan_late(case: Case) -> Iterator[Problem]:
    """A plan of the year that only the annual report gives; of a whole report it is asked once."""
    rows = case.plans
    if case.period != "annual" or rows["plan"].isna().all():
        return
    if rows["first"].isna().all():
        yield case.whole(message("plan_late.all"))
        return
    due = set(reference.due("h1")["id"])
    late = rows[rows["plan"].notna() & rows["first"].isna()]
    for (_, code), row in late.iterrows():
        if code in due:
            yield case.about(row["row"], message("plan_late", now=row["plan"]))


def plan_low(case: Case) -> Iterator[Problem]:
    """A plan that asks for less than last year's result."""
    rows = case.plans
    for _, row in rows[easier(rows["plan"], rows["last"], rows["falls"])].iterrows():
        kind = "plan_low.down" if row["falls"] else "plan_low"
        yield case.about(row["row"], message(kind, now=row["plan"], then=row["last"]))


def table(facts: pd.DataFrame, history: pd.DataFrame, year: int, period: str) -> pd.DataFrame:
    """The plans of a year with what was before them, and their ambition: plan over last year."""
    rows = compared_plans(facts, known_values(held.used(history)), year)
    rows = rows.assign(ambition=rows["plan"] / rows["last"].where(rows["last"] > 0))
    return rows.drop(columns=["falls", "row"]).reset_index()


def applies(code: str, unit: units.District, year: int, period: str) -> bool:
    """Whether an indicator applies to a unit: column `applies` of the catalogue."""
    asked = str(reference.indicator(code)["applies"])
    if asked in ("everywhere", ""):
        return True
    kinds = {c.kind for c in units.communes(unit.code, units.day(year, period))}
    if asked == "communes":
        return "xã" in kinds
    return bool(kinds - {"xã"}) if asked == "towns" else unit.code in asked.split("+")
