"""Reported figures against what was recounted at the source: verification factors.

After WHO's Data Quality Review (2017), module 3, Data verification and system assessment: the
factor is found over reported, and outside `inspection_low`..`inspection_high` of `constants.csv`
the reported figure is in question. Several communes are pooled by the ratio estimator, the sum
found over the sum reported, with the variance of Cochran, Sampling Techniques (1977), chapter 6.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.checks.case import KEY, Case
from ntm_eval.intake import values
from ntm_eval.intake.inspected import Inspection
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import message

LEVEL = 0.95
HAIR = 1e-9
ROWS = [
    *("district_code", "commune_code", "indicator", "reported", "found", "factor", "verdict"),
    *("document", "date", "file", "line"),
]
NUMBERS = ("reported", "found", "factor")
RULE = "source_differs"
BASES = {"district": "inspected.district", "communes": "inspected.communes"}


@dataclass(frozen=True)
class Factor:
    """The verification factor of one indicator of one district.

    `basis`: `district` where the whole figure was recounted, which goes before any commune, else
    `communes`, of which `places` were recounted. `reported` and `found` are the sums over these in
    the indicator's unit. `factor` is NaN where nothing was reported: zero has no ratio. `low`,
    `high`: its 95 % interval, NaN of fewer than two places; it allows for the chance of which
    communes were visited, and holds only if chance chose them.
    """

    district_code: str
    indicator: str
    basis: str
    places: int
    reported: float
    found: float
    factor: float
    low: float
    high: float


def factors(found: Iterable[Inspection], on: date) -> list[Factor]:
    """The factor of each district and indicator that was inspected, in their order."""
    made = []
    rows = sorted(found, key=lambda i: (i.district_code, i.indicator, i.commune_code or ""))
    for (code, indicator), members in groupby(rows, lambda i: (i.district_code, i.indicator)):
        each = list(members)
        whole = [one for one in each if one.commune_code is None]
        used, basis = (whole, "district") if whole else (each, "communes")
        counts = np.array([(one.reported, one.found) for one in used])
        of = 1 if whole else len(units.communes(code, on))
        reported, recounted = map(float, counts.sum(axis=0))
        factor = _ratio(reported, recounted)
        ends = interval(counts, factor, of)
        made.append(Factor(code, indicator, basis, len(used), reported, recounted, factor, *ends))
    return made


def source_differs(case: Case) -> Iterator[Problem]:
    """A figure of the district that a recount does not bear out, within the dated limits.

    The figure of the report now, corrected where it was, is held against what was found in the
    whole district; where only communes were recounted, against the figure as first reported times
    their pooled factor. A row whose own reported figure is not the report's is told to the office.
    """
    day = units.day(case.year, case.period)
    low, high = _limits(day)
    for one in factors(case.inspected, day):
        n = case.actual.get(one.indicator)
        if n is None:  # a blank cell is asked for itself
            continue
        value, typed = case.values[one.indicator], case.facts["original"][n]
        first = value if typed is None or math.isnan(typed) else typed
        known, whole = reference.indicator(one.indicator), one.basis == "district"
        reported, likely = (value, one.found) if whole else (one.reported, first * one.factor)
        if math.isnan(likely):  # no ratio to hold it against: asked until it is corrected
            borne_out = one.found == 0 or value != first
        else:
            borne_out = agree(value, likely, day)
        if borne_out:
            continue
        if known["kind"] in values.WHOLE and not math.isnan(likely):
            likely = float(round(likely))
        about = {
            "basis": message(BASES[one.basis], count=one.places),
            "found": one.found,
            "unit": known["unit"],
            "likely": None if math.isnan(likely) else likely,
        }
        if not reported:
            yield case.about(n, message("source_differs.zero", **about))
            continue
        about |= {"reported": reported, "factor": one.found / reported, "low": low, "high": high}
        yield case.about(n, message(RULE, **about))
    yield from _other_figures(case)


def _other_figures(case: Case) -> Iterator[Problem]:
    for one in case.inspected:
        n = case.actual.get(one.indicator)
        if one.commune_code or n is None:
            continue
        value = case.values[one.indicator]
        if one.reported not in (value, case.facts["original"][n]):
            why = message(
                "office_row.inspected_other",
                line=one.line,
                reported=one.reported,
                value=value,
                name=case.district.name,
                code=one.indicator,
            )
            yield problem(why, Place(file=one.file))


def table(found: Sequence[Inspection], on: date) -> pd.DataFrame:
    """Each figure recounted, in a row: `ROWS`; `verdict` is `agrees` or `differs`."""
    rows = [
        {
            **vars(one),
            "factor": _ratio(one.reported, one.found),
            "verdict": _verdict(one.reported, one.found, on),
        }
        for one in found
    ]
    texts = dict.fromkeys([c for c in ROWS if c not in NUMBERS], "str")
    kinds = {**texts, **dict.fromkeys(NUMBERS, float), "date": "datetime64[s]", "line": "int64"}
    return pd.DataFrame(rows, columns=ROWS).astype(kinds)


def verified(
    found: Sequence[Inspection], facts: pd.DataFrame, problems: pd.DataFrame, on: date
) -> pd.DataFrame:
    """The factor of each district and indicator (`Factor`) with its verdict and what came of it.

    `outcome`: `agrees`; of those that differ `open` while the question is, `explained` where the
    district explained it, `no_figure` where its report has none, else `corrected`: the figure of
    the report, as it is now, is borne out.
    """
    asked = problems[(problems["rule"] == RULE) & problems["indicator"].notna()]
    outcomes = dict.fromkeys(_pairs(facts[facts["value"].notna()]), "corrected")
    outcomes |= dict.fromkeys(_pairs(asked[asked["explained"].notna()]), "explained")
    outcomes |= dict.fromkeys(_pairs(asked[asked["explained"].isna()]), "open")
    rows = []
    for one in factors(found, on):
        verdict = _verdict(one.reported, one.found, on)
        outcome = outcomes.get((one.district_code, one.indicator), "no_figure")
        after = verdict if verdict == "agrees" else outcome
        rows.append({**vars(one), "verdict": verdict, "outcome": after})
    columns = {f.name: "str" for f in fields(Factor)}
    kinds = columns | dict.fromkeys((*NUMBERS, "low", "high"), float) | {"places": "int64"}
    made = pd.DataFrame(rows, columns=[*columns, "verdict", "outcome"])
    return made.astype(kinds | {"verdict": "str", "outcome": "str"})


def _pairs(rows: pd.DataFrame) -> list[tuple[str, str]]:
    actual = rows[rows["measure"] == "actual"] if "measure" in rows else rows
    pairs = actual[KEY].itertuples(index=False, name=None)
    return [(str(district), str(indicator)) for district, indicator in pairs]


def agree(reported: float, found: float, on: date) -> bool:
    """Whether found over reported lies within the limits; of a zero, whether nothing was found."""
    low, high = _limits(on)
    ratio = _ratio(reported, found)
    return found == 0 if math.isnan(ratio) else low - HAIR <= ratio <= high + HAIR


def _limits(on: date) -> tuple[float, float]:
    return reference.constant("inspection_low", on), reference.constant("inspection_high", on)


def _verdict(reported: float, found: float, on: date) -> str:
    return "agrees" if agree(reported, found, on) else "differs"


def _ratio(reported: float, found: float) -> float:
    return found / reported if reported else math.nan


def interval(counts: np.ndarray, factor: float, of: int) -> tuple[float, float]:
    """The interval of the ratio of sums over some of `of` communes."""
    n = len(counts)
    if n < 2 or math.isnan(factor):
        return math.nan, math.nan
    from scipy.stats import t

    off = counts[:, 1] - factor * counts[:, 0]
    unseen = max(1 - n / of, 0.0)
    error = math.sqrt(unseen / n * float((off**2).sum()) / (n - 1)) / float(counts[:, 0].mean())
    far = float(t.ppf((1 + LEVEL) / 2, n - 1)) * error
    return max(factor - far, 0.0), factor + far
