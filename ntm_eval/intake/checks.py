"""Rules that mark and change nothing: each is a function named as its rule in `rules.csv`."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.characters import file_name
from ntm_eval.intake import clean, past, received, sheets, workbook
from ntm_eval.intake.case import Case, known, row, shown
from ntm_eval.intake.opening import UnreadableError
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import joined, place, say

# The district's figure and the column of sheet Xã that it sums.
SUMS = {
    "C1-18": "households",
    "C1-19": "poor",
    "C1-20": "near_poor",
    "C2-01": "cultural_households",
    "C1-17": "temporary_houses",
}
# A mean is typed with two decimals, so it may differ by half of the last one.
ROUNDING = 0.005 + 1e-9
HOLDS = {"<=": operator.le, ">=": operator.ge, "=": lambda a, b: abs(a - b) <= ROUNDING}
# Two questions may get the same answers; five of a survey of ten or nineteen do not.
LEAST_QUESTIONS = 5
SAYS = {
    "<=": "không được lớn hơn {other} ({value}). Kiểm tra cả hai số.",
    ">=": "không được nhỏ hơn {other} ({value}). Kiểm tra cả hai số.",
    "=": "phải bằng {other} ({value}). Kiểm tra cả hai số.",
}


def negative(case: Case) -> Iterator[Problem]:
    """A figure below zero."""
    for n, (_, _, value) in enumerate(case.figures):
        if value < 0:
            yield case.about(n, "negative", say("số này không thể âm. Ghi lại."))


def out_of_range(case: Case) -> Iterator[Problem]:
    """A figure above what is possible for its indicator."""
    most = _most()
    for n, (measure, code, value) in enumerate(case.figures):
        if measure != "self_score" and value > most[code]:
            why = say(
                "vượt quá mức có thể là {most} {unit}. Ghi lại.",
                most=shown(most[code]),
                unit=say(case.facts["unit"][n]),
            )
            yield case.about(n, "out_of_range", why)


def rule_broken(case: Case) -> Iterator[Problem]:
    """The relations in column `check` of the catalogue, within one report."""
    known = case.values
    totals = _totals(case)
    for code, sign, other in _relations():
        left, right = known.get(code), known.get(other, totals.get(other))
        if left is None or right is None or math.isnan(right):
            continue
        if not HOLDS[sign](left, right):
            why = say(SAYS[sign], other=_other_name(other), value=shown(right))
            yield case.about(case.actual[code], "rule_broken", why)


def sum_mismatch(case: Case) -> Iterator[Problem]:
    """The district's figure differs from the sum of its communes, all of them filled in."""
    for code, column in SUMS.items():
        parts = np.array(case.communes[column], dtype=float)
        if code not in case.values or not len(parts) or np.isnan(parts).any():
            continue
        total = parts.sum()
        if case.values[code] != total:
            why = say(
                "tổng các xã ở trang '{sheet}' là {total}. Kiểm tra số của huyện và của từng xã.",
                sheet=sheets.COMMUNES,
                total=shown(total),
            )
            yield case.about(case.actual[code], "sum_mismatch", why)


def tally_mismatch(case: Case) -> Iterator[Problem]:
    """Forms that do not add up: answers against forms collected, collected against issued.

    Answers that are known and more than the forms do not add up, whatever is left blank.
    """
    a = case.counts
    parts = [a[c] for c in ("satisfied", "unsatisfied", "no_answer")]
    below_zero = np.any([counts < 0 for counts in a.values()], axis=0)
    differ = (abs(sum(parts) - a["collected"]) > 0) | (np.nansum(parts, axis=0) > a["collected"])
    for n in np.flatnonzero(below_zero).tolist():
        yield _about_answers(case, n, "tally_mismatch", say("có số phiếu hoặc số hộ âm. Ghi lại."))
    pairs = [
        (
            differ,
            say("số trả lời cộng lại khác số phiếu thu. Kiểm tra lại phiếu."),
        ),
        (
            a["collected"] > a["issued"],
            say("số phiếu thu lớn hơn số phiếu phát. Kiểm tra lại phiếu."),
        ),
        (
            a["issued"] > a["households"],
            say("số phiếu phát lớn hơn tổng số hộ. Kiểm tra lại phiếu."),
        ),
        (
            np.isnan(a["issued"]) & (a["collected"] > a["households"]),
            say("số phiếu thu lớn hơn tổng số hộ. Kiểm tra lại phiếu."),
        ),
    ]
    for broken, why in pairs:
        for n in np.flatnonzero(broken & ~below_zero).tolist():
            yield _about_answers(case, n, "tally_mismatch", why)


def all_satisfied(case: Case) -> Iterator[Problem]:
    """Every form satisfied with every question: possible, but worth a look at the forms."""
    satisfied, collected = case.counts["satisfied"], case.counts["collected"]
    for rows in case.surveyed.values():
        if len(rows) > 1 and (satisfied[rows] == collected[rows]).all():
            why = say("100% hài lòng ở mọi câu. Đề nghị kiểm tra cách phát phiếu và lấy ý kiến.")
            yield _about_answers(case, rows[0], "all_satisfied", why)


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
            why = say(
                "cả {questions} câu đều ghi cùng một số phiếu hài lòng. Kiểm tra xem có chép một "
                "câu cho mọi câu không.",
                questions=len(rows),
            )
            yield _about_answers(case, first, "straight_lined", why)


# Rules that hold a report against earlier ones; without any they have nothing to say.
AGAINST_PAST = (
    past.h1_exceeds_annual,
    past.stock_break,
    past.unit_suspect,
    past.identical_report,
)
CHECKS = (
    negative,
    out_of_range,
    rule_broken,
    sum_mismatch,
    *AGAINST_PAST,
    tally_mismatch,
    all_satisfied,
    straight_lined,
)


def case_of(
    district: units.District,
    year: int,
    period: str,
    cleaned: clean.Cleaned,
    earlier: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
) -> Case:
    """A cleaned report beside the district's earlier facts; `answers` in place of its own."""
    facts, communes, own = cleaned.tables
    before = clean.empty(clean.FACT_COLUMNS) if earlier is None else earlier
    given = own if answers is None else answers.to_dict("list")
    return Case(district, year, period, facts, before, communes, given)


def find_problems(case: Case) -> list[Problem]:
    """Every broken rule of one report, in the order of `CHECKS`."""
    able = [c for c in CHECKS if c not in AGAINST_PAST or len(case.earlier)]
    return [found for check in able for found in check(case)]


def check_file(path: Path) -> list[Problem]:
    """The problems of one workbook before it is sent, whatever folder it lies in."""
    report, cleaned, found = read_alone(path)
    if report is None or cleaned is None:
        return found
    case = case_of(units.district(report.district_code), report.year, report.period, cleaned)
    return [*found, *cleaned.problems, *find_problems(case)]


def read_alone(
    path: Path,
) -> tuple[received.Report | None, clean.Cleaned | None, list[Problem]]:
    """One workbook outside any review, by the year and period it names itself.

    Report and content are None where the problems tell why it could not be read.
    """
    try:
        opened = workbook.opened(path)
    except UnreadableError as error:
        return None, None, [problem(error.rule, error.why, Place(file=file_name(path.name)))]
    info = opened.info
    periods = {units.fold(name): key for key, name in sheets.PERIOD_NAMES.items()}
    year = units.fold(info["year"].text) if "year" in info else ""
    period = periods.get(units.fold(info["period"].text)) if "period" in info else None
    first = reference.table("calendar")["valid_from"].min().year
    if not re.fullmatch("[0-9]{4}", year) or int(year) < first or period is None:
        why = say(
            "ghi '{year}' (bốn chữ số) và '{period}' ('{h1}' hoặc '{annual}') ở trang '{sheet}'.",
            year="Năm",
            period="Kỳ báo cáo",
            sheet=sheets.INFO,
            **sheets.PERIOD_NAMES,
        )
        return None, None, [problem("wrong_year", why, Place(file=file_name(path.name)))]
    reports, found = received.in_file(path, int(year), period, {}, {path: opened})
    if not reports:
        return None, None, found
    report, *others = reports
    d = units.district(report.district_code)
    if others:
        why = say("tệp có báo cáo của nhiều huyện; chỉ kiểm tra huyện đầu. Tách mỗi huyện một tệp.")
        found.append(problem("several_districts", why, Place(d.short, d.code, report.file)))
    book = workbook.read(opened, Place(d.short, d.code, report.file))
    return report, clean.clean(book, report), found


def _about_answers(case: Case, n: int, rule: str, why: str) -> Problem:
    given, who = row(case.answers, n), case.district
    code, satisfied = given["commune_code"], case.counts["satisfied"][n]
    # household forms may know no cell
    at = Place(who.short, who.code, *(known(given[key]) for key in ("file", "sheet", "cell")))
    names = dict(zip(case.communes["commune_code"], case.communes["commune"], strict=True))
    words = say(
        "{commune}, {survey}, câu {question}: {why}",
        commune=place(names[code]),
        survey=say(given["survey"]),
        question=given["question"],
        why=why,
    )
    typed = None if math.isnan(satisfied) else f"{satisfied:.15g}"
    return problem(rule, words, at, commune_code=code, raw=typed)


def _totals(case: Case) -> dict[str, float]:
    """What a `check` may name beside an indicator, counted from the other sheets."""
    kinds = [c.kind for c in units.communes(case.district.code, units.day(case.year, case.period))]
    marks = zip(*(case.communes[c] for c in sheets.CRITERIA), strict=True)
    met = [given.count(sheets.MET) for given in marks if any(given)]
    rural = kinds.count("xã")
    return {
        "communes": float(rural),
        "units": float(len(kinds)),
        "wards and towns": float(len(kinds) - rural),
        "mean of sheet Xã": sum(met) / len(met) if met else math.nan,
        "communes in sheet Hài lòng": float(len({commune for commune, _ in case.surveyed})),
    }


def _most() -> dict[str, float]:
    """The greatest possible value of each indicator; of most there is none, and NaN stands."""
    indicators = reference.table("indicators")
    return dict(zip(indicators["id"], indicators["plausible_max"], strict=True))


def _relations() -> tuple[tuple[str, str, str], ...]:
    """The indicator, the sign and the other side of each relation of the catalogue."""
    rows = reference.table("indicators").to_dict("records")
    return tuple((row["id"], *found) for row in rows if (found := reference.relation(row)))


def _other_name(other: str) -> str:
    words = {
        "communes": say("số xã của huyện"),
        "units": say("số xã, phường, thị trấn của huyện"),
        "wards and towns": say("số phường, thị trấn của huyện"),
        "mean of sheet Xã": say("bình quân tính từ trang '{sheet}'", sheet=sheets.COMMUNES),
        "communes in sheet Hài lòng": say(
            "số xã có phiếu ở trang '{sheet}'", sheet=sheets.SATISFACTION
        ),
    }
    return words.get(other) or joined(" ", (other, reference.indicator_name(other)))
