"""Rules that mark and change nothing: each is a function named as its rule in `rules.csv`."""

from __future__ import annotations

import math
import operator
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.characters import file_name
from ntm_eval.checks import history as past
from ntm_eval.checks import plans, source
from ntm_eval.checks.case import Case, place_of, row
from ntm_eval.intake import clean, labels, received, sheets, workbook
from ntm_eval.intake.files import UnreadableError
from ntm_eval.intake.inspected import Inspection
from ntm_eval.intake.problems import BLANK, Place, Problem, problem
from ntm_eval.language import Message, message

# The district's figure and the column of sheet Xã that it sums.
SUMS = {
    "C1-18": "households",
    "C1-19": "poor",
    "C1-20": "near_poor",
    "C2-01": "cultural_households",
    "C1-17": "temporary_houses",
}
TITLED_TOWNS = "C1-26"
# A mean is typed with two decimals, so it may differ by half of the last one.
ROUNDING = 0.005 + 1e-9
HOLDS = {"<=": operator.le, ">=": operator.ge, "=": lambda a, b: abs(a - b) <= ROUNDING}
# Two questions may get the same answers; five of a survey of ten or nineteen do not.
LEAST_QUESTIONS = 5


def negative(case: Case) -> Iterator[Problem]:
    """A figure below zero."""
    for n, (_, _, value) in enumerate(case.figures):
        if value < 0:
            yield case.about(n, message("negative"))


def out_of_range(case: Case) -> Iterator[Problem]:
    """A figure above what is possible for its indicator."""
    most = _most()
    for n, (measure, code, value) in enumerate(case.figures):
        if measure != "self_score" and value > most[code]:
            why = message("out_of_range", most=most[code], unit=case.facts["unit"][n])
            yield case.about(n, why)


def rule_broken(case: Case) -> Iterator[Problem]:
    """The relations in column `check` of the catalogue, within one report."""
    known = case.values
    totals = _totals(case)
    for code, sign, other in _relations():
        left, right = known.get(code), known.get(other, totals.get(other))
        if left is None or right is None or math.isnan(right):
            continue
        if not HOLDS[sign](left, right):
            why = message(f"rule_broken.{sign}", other=_other(other), value=right)
            yield case.about(case.actual[code], why)


def sum_mismatch(case: Case) -> Iterator[Problem]:
    """The district's figure differs from the sum of its communes, all of them filled in."""
    for code, column in SUMS.items():
        parts = np.array(case.communes[column], dtype=float)
        if code not in case.values or not len(parts) or np.isnan(parts).any():
            continue
        total = parts.sum()
        if case.values[code] != total:
            why = message("sum_mismatch", sheet=sheets.COMMUNES, total=float(total))
            yield case.about(case.actual[code], why)


def title_differs(case: Case) -> Iterator[Problem]:
    """A town's title on sheet Đô thị văn minh is not that on sheet Xã."""
    for town, title, other in _titles_of_towns(case):
        if title == other:
            continue
        cell = case.rows.get((sheets.TOWNS, town), {}).get("title")
        file = case.facts["file"][0]
        at = Place(case.district.code, file, sheets.TOWNS, cell.ref if cell else None)
        why = message(
            "title_differs" if other else "title_differs.blank", sheet=sheets.COMMUNES, title=other
        )
        raw = cell.text if cell and not cell.blank else None
        yield problem(why, at, commune_code=town, raw=raw)


def titles_miscounted(case: Case) -> Iterator[Problem]:
    """C1-26 is not the number of towns with the title, though both sheets name the same ones."""
    both = _titles_of_towns(case)
    if TITLED_TOWNS in case.values and both and all(a == b for _, a, b in both):
        count = sum(title is not None for _, title, _ in both)
        if case.values[TITLED_TOWNS] != count:
            why = message("titles_miscounted", sheet=sheets.TOWNS, count=count)
            yield case.about(case.actual[TITLED_TOWNS], why)


def organisation_idle(case: Case) -> Iterator[Problem]:
    """An organisation that registered something and has done nothing by the end of the year."""
    for rows in _by_organisation(case) if case.period == "annual" else ():
        registered = [r for r in rows if r["work"]]
        if registered and not any(r["done"] for r in rows):
            yield _about_organisation(case, registered[0], "organisation_idle", len(registered))


def organisation_unregistered(case: Case) -> Iterator[Problem]:
    """An organisation that has done something and registered nothing."""
    for rows in _by_organisation(case):
        done = [r for r in rows if r["done"]]
        if done and not any(r["work"] for r in rows):
            yield _about_organisation(case, done[0], "organisation_unregistered", len(done))


def tally_mismatch(case: Case) -> Iterator[Problem]:
    """Forms that do not add up: answers against forms collected, collected against issued.

    Answers that are known and more than the forms do not add up, whatever is left blank.
    """
    a = case.counts
    parts = [a[c] for c in ("satisfied", "unsatisfied", "no_answer")]
    below_zero = np.any([counts < 0 for counts in a.values()], axis=0)
    differ = (abs(sum(parts) - a["collected"]) > 0) | (np.nansum(parts, axis=0) > a["collected"])
    for n in np.flatnonzero(below_zero).tolist():
        yield _about_answers(case, n, "tally_mismatch.negative")
    broken = {
        "tally_mismatch.answers": differ,
        "tally_mismatch.issued": a["collected"] > a["issued"],
        "tally_mismatch.households": a["issued"] > a["households"],
        "tally_mismatch.collected": np.isnan(a["issued"]) & (a["collected"] > a["households"]),
    }
    for why, rows in broken.items():
        for n in np.flatnonzero(rows & ~below_zero).tolist():
            yield _about_answers(case, n, why)


def all_satisfied(case: Case) -> Iterator[Problem]:
    """Every form satisfied with every question: possible, but worth a look at the forms."""
    satisfied, collected = case.counts["satisfied"], case.counts["collected"]
    for rows in case.surveyed.values():
        if len(rows) > 1 and (satisfied[rows] == collected[rows]).all():
            yield _about_answers(case, rows[0], "all_satisfied")


def straight_lined(case: Case) -> Iterator[Problem]:
    """The same counts at every question though not everyone was satisfied: one answer copied."""
    each = [case.counts[c] for c in ("satisfied", "unsatisfied", "no_answer")]
    counts = np.nan_to_num(np.column_stack(each), nan=-1.0)  # blank is as good as blank
    collected = case.counts["collected"]
    for rows in case.surveyed.values():
        first = rows[0]
        if (
            len(rows) >= LEAST_QUESTIONS
            and 0 <= counts[first, 0] < collected[first]
            and (counts[rows] == counts[first]).all()
        ):
            yield _about_answers(case, first, "straight_lined", questions=len(rows))


# Rules that hold a report against earlier ones; without any they have nothing to say.
AGAINST_PAST = (
    past.h1_exceeds_annual,
    past.stock_break,
    past.unit_suspect,
    past.identical_report,
    plans.plan_missing,
    plans.plan_changed,
    plans.plan_late,
    plans.plan_low,
)
CHECKS = (
    negative,
    out_of_range,
    rule_broken,
    sum_mismatch,
    title_differs,
    titles_miscounted,
    organisation_idle,
    organisation_unregistered,
    *AGAINST_PAST,
    plans.not_applicable_unexpected,
    tally_mismatch,
    all_satisfied,
    straight_lined,
    source.source_differs,
)


def case_of(
    district: units.District,
    year: int,
    period: str,
    cleaned: clean.Cleaned,
    earlier: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    inspected: Sequence[Inspection] = (),
) -> Case:
    """A cleaned report beside the district's earlier facts; `answers` in place of its own."""
    facts, communes, own, towns, organisations = cleaned.tables
    before = clean.empty(clean.FACT_COLUMNS) if earlier is None else earlier
    given = own if answers is None else answers.to_dict("list")
    about = (facts, before, communes, given, cleaned.missing, towns, organisations)
    return Case(district, year, period, *about, cleaned.rows, inspected)


def find_problems(case: Case, rules: Collection[str] | None = None) -> list[Problem]:
    """Every broken rule of one report, or of some rules, in the order of `CHECKS`."""
    able = [c for c in CHECKS if c not in AGAINST_PAST or len(case.earlier)]
    able = [c for c in able if rules is None or c.__name__ in rules]
    return [found for check in able for found in check(case)]


def together(read: Iterable[Problem], broken: Sequence[Problem]) -> list[Problem]:
    """The problems of reading a report and those of its rules; of one cause the more telling."""
    told = {(p.sheet, p.cell) for p in broken if p.rule == "plan_missing"}
    own = [p for p in read if p.rule != BLANK or (p.sheet, p.cell) not in told]
    return [*own, *broken]


def check_file(path: Path) -> list[Problem]:
    """The problems of one workbook before it is sent, whatever folder it lies in."""
    report, cleaned, found = read_alone(path)
    if report is None or cleaned is None:
        return found
    case = case_of(units.district(report.district_code), report.year, report.period, cleaned)
    return [*found, *cleaned.problems, *find_problems(case)]


def read_alone(path: Path) -> tuple[received.Report | None, clean.Cleaned | None, list[Problem]]:
    """One workbook outside any review, by the year and period it names itself.

    Report and content are None where the problems tell why it could not be read.
    """
    try:
        opened = workbook.opened(path)
    except UnreadableError as error:
        return None, None, [problem(error.why, Place(file=file_name(path.name)))]
    info = opened.info
    year, period = labels.when(info)
    first = reference.table("calendar")["valid_from"].min().year
    if year is None or year < first or period is None:
        why = message(
            "wrong_year.not_given",
            year="Năm",
            period="Kỳ báo cáo",
            sheet=sheets.INFO,
            **sheets.PERIOD_NAMES,
        )
        cell = info.get("period" if year and year >= first else "year")
        at = Place(None, file_name(path.name), *((cell.sheet, cell.ref) if cell else ()))
        raw = cell.text if cell and not cell.blank else None
        return None, None, [problem(why, at, raw=raw)]
    reports, found = received.in_file(path, year, period, {}, {path: opened})
    if not reports:
        return None, None, found
    report, *others = reports
    d = units.district(report.district_code)
    if others:
        why = message("several_districts.first_only")
        found.append(problem(why, Place(d.code, report.file)))
    book = workbook.read(opened, Place(d.code, report.file))
    return report, clean.clean(book, report), found


def _about_answers(case: Case, n: int, why: str, **values: object) -> Problem:
    given = row(case.answers, n)
    code, satisfied = given["commune_code"], case.counts["satisfied"][n]
    names = dict(zip(case.communes["commune_code"], case.communes["commune"], strict=True))
    about = {"commune": names[code], "survey": given["survey"], "question": given["question"]}
    typed = None if math.isnan(satisfied) else f"{satisfied:.15g}"
    filled = message(why, **about, **values)
    return problem(filled, place_of(case.district, given), commune_code=code, raw=typed)


def _by_organisation(case: Case) -> Iterable[list[dict[str, Any]]]:
    """The rows of sheet Đoàn thể, those of one organisation together; of unknown names none."""
    found: dict[str, list[dict[str, Any]]] = {}
    for n, code in enumerate(case.organisations["organisation"]):
        if code:
            found.setdefault(code, []).append(row(case.organisations, n))
    return found.values()


def _about_organisation(case: Case, given: dict[str, Any], why: str, count: int) -> Problem:
    filled = message(why, name=given["name"], count=count)
    return problem(filled, place_of(case.district, given), raw=given["work"])


def _titles_of_towns(case: Case) -> list[tuple[str, str | None, str | None]]:
    """Each town with its title on sheet Đô thị văn minh and on sheet Xã, where both were sent.

    A row without title and marks has its question already.
    """
    if sheets.COMMUNES in case.missing:
        return []
    other = dict(zip(case.communes["commune_code"], case.communes["title"], strict=True))
    marks = zip(*(case.towns[c] for c in sheets.TOWN_CRITERIA), strict=True)
    own = zip(case.towns["commune_code"], case.towns["title"], marks, strict=True)
    return [(code, title, other[code]) for code, title, given in own if title or any(given)]


def _totals(case: Case) -> dict[str, float]:
    """What a `check` may name beside an indicator, counted from the other sheets."""
    there = units.communes(case.district.code, units.day(case.year, case.period))
    kinds = [c.kind for c in there]
    marks = zip(*(case.communes[c] for c in sheets.CRITERIA), strict=True)
    met = [given.count(sheets.MET) for given in marks if any(given)]
    rural = kinds.count("xã")
    towns = {c.code for c in there if c.kind != "xã"}
    surveyed = len({commune for commune, _ in case.surveyed} - towns)
    not_sent = not surveyed and sheets.SATISFACTION in case.missing
    return {
        "communes": float(rural),
        "units": float(len(kinds)),
        "wards and towns": float(len(kinds) - rural),
        "mean of sheet Xã": sum(met) / len(met) if met else math.nan,
        "communes in sheet Hài lòng": math.nan if not_sent else float(surveyed),
    }


@reference.derived
def _most() -> dict[str, float]:
    """The greatest possible value of each indicator; of most there is none, and NaN stands."""
    indicators = reference.table("indicators")
    return dict(zip(indicators["id"], indicators["plausible_max"], strict=True))


@reference.derived
def _relations() -> tuple[tuple[str, str, str], ...]:
    """The indicator, the sign and the other side of each relation of the catalogue."""
    rows = reference.table("indicators").to_dict("records")
    return tuple((row["id"], *found) for row in rows if (found := reference.relation(row)))


def _other(name: str) -> Message:
    """The other side of a relation: an indicator, or what `_totals` counts."""
    sheet = sheets.COMMUNES if "sheet Xã" in name else sheets.SATISFACTION
    if name in reference.catalogue().index:
        return message("other.indicator", code=name)
    return message(f"other.{name}", sheet=sheet)
