"""Plans and 'không áp dụng', which decide what is scored: held against what was reported before."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.checks import held
from ntm_eval.checks.case import Case
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import message

KEY = ["district_code", "indicator"]


def not_applicable_unexpected(case: Case) -> Iterator[Problem]:
    """'KAD' where the indicator applies, or where the unit reported a figure last year."""
    before = case.earlier
    last = _values(
        before[(before["year"] == case.year - 1) & (before["period"] == "annual")], "actual"
    )
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
    rows = _compared(case)
    for _, row in rows[rows["state"].eq("blank") & rows["basis"].notna()].iterrows():
        kind = "plan_missing" if row["basis"] == "h1" else "plan_missing.last_year"
        yield case.about(row["row"], message(kind, then=row["used"]))


def plan_changed(case: Case) -> Iterator[Problem]:
    """A plan made easier since the 6-month report, which corrections.csv does not approve."""
    rows = _compared(case)
    for _, row in rows[rows["state"].eq("reported") & rows["basis"].eq("h1")].iterrows():
        why = message("plan_changed", now=row["plan"], then=row["used"])
        yield case.about(row["row"], why)


def plan_late(case: Case) -> Iterator[Problem]:
    """A plan of the year that only the annual report gives; of a whole report it is asked once."""
    rows = _compared(case)
    if case.period != "annual" or rows["plan"].isna().all():
        return
    if rows["first"].isna().all():
        file = next((f for f in case.facts["file"] if f), None)
        yield problem(message("plan_late.all"), Place(case.district.code, file))
        return
    due = set(reference.due("h1")["id"])
    late = rows[rows["plan"].notna() & rows["first"].isna()]
    for (_, code), row in late.iterrows():
        if code in due:
            yield case.about(row["row"], message("plan_late", now=row["plan"]))


def plan_low(case: Case) -> Iterator[Problem]:
    """A plan that asks for less than last year's result."""
    rows = _compared(case)
    for _, row in rows[_easier(rows["plan"], rows["last"], rows["falls"])].iterrows():
        kind = "plan_low.down" if row["falls"] else "plan_low"
        yield case.about(row["row"], message(kind, now=row["plan"], then=row["last"]))


def compared(facts: pd.DataFrame, earlier: pd.DataFrame, year: int, period: str) -> pd.DataFrame:
    """Each planned indicator's plan beside the plans and results before it.

    `facts` are those of the year and period, `earlier` of the reports before, of one or more
    districts. Indexed by (district_code, indicator): `plan` and its `state`; `first`, the plan of
    the same year's 6-month report; `last`, last year's result, none across a break; `falls`, True
    where less is better; `used`, the plan that counts, and its `basis`: NaN where it is the one
    reported, `h1` or `last_year` where it is missing or was made easier without approval; `row`,
    the position of the plan in `facts`.
    """
    catalogue = reference.catalogue()
    planned = catalogue.index[catalogue["has_plan"] == "yes"]
    rows = facts.assign(row=range(len(facts)))
    rows = rows[(rows["measure"] == "plan") & rows["indicator"].isin(planned)]
    rows = rows.drop_duplicates(KEY).set_index(KEY)
    halfway = earlier[(earlier["year"] == year) & (earlier["period"] == "h1")]
    before = earlier[(earlier["year"] == year - 1) & (earlier["period"] == "annual")]
    known = catalogue.loc[rows.index.get_level_values("indicator")].set_index(rows.index)
    unbroken = known["break_before"] != year
    first = _values(halfway, "plan").reindex(rows.index)
    last = _values(before, "actual").reindex(rows.index).where(unbroken)
    planned_before = _values(before, "plan").reindex(rows.index).notna()
    plan, falls = rows["value"], known["formula"] == "down"
    changed = _easier(plan, first, falls) & rows["corrected"].isna()
    missing = plan.isna() & rows["state"].isin(["blank", "not_applicable"])
    from_h1 = changed | (missing & first.notna())
    from_last = missing & first.isna() & planned_before & last.notna()
    basis = pd.Series(pd.NA, rows.index, dtype="str")
    return pd.DataFrame(
        {
            "plan": plan,
            "state": rows["state"],
            "first": first,
            "last": last,
            "falls": falls,
            "used": plan.mask(from_h1, first).mask(from_last, last),
            "basis": basis.mask(from_h1, "h1").mask(from_last, "last_year"),
            "row": rows["row"],
        }
    )


def table(facts: pd.DataFrame, history: pd.DataFrame, year: int, period: str) -> pd.DataFrame:
    """The plans of a year with what was before them, and their ambition: plan over last year."""
    rows = compared(facts, held.used(history), year, period)
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


def _compared(case: Case) -> pd.DataFrame:
    return compared(pd.DataFrame(case.facts), case.earlier, case.year, case.period)


def _values(facts: pd.DataFrame, measure: str) -> pd.Series:
    rows = facts[(facts["measure"] == measure) & facts["value"].notna()]
    return rows.drop_duplicates(KEY).set_index(KEY)["value"]


def _easier(plan: pd.Series, other: pd.Series, falls: pd.Series) -> pd.Series:
    """Whether a plan asks for less than another figure."""
    return (plan > other).where(falls, plan < other)
