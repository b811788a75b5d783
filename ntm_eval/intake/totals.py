"""Rows that sum the rows above: neither an indicator nor a commune; marked where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ntm_eval.intake import sheets, values
from ntm_eval.intake.headers import plain
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import message

WORDS = {
    f"{word}{of}".strip()
    for word in ("tong", "tong cong", "tong so", "cong", "tong diem", "tong diem tu cham", "toan")
    for of in ("", " huyen", " thanh pho", " toan huyen", " toan thanh pho")
} - {"toan"}
NAMED_BY = ("indicator", "name", "commune_code", "commune")
SUMMED = {
    sheets.FIGURES: sheets.MEASURES,
    sheets.COMMUNES: sheets.COMMUNE_COUNTS,
    # households and forms stand again in every row of a commune, so they do not sum
    sheets.TOWNS: (),
    sheets.ORGANISATIONS: ("participants", "amount"),
    sheets.SATISFACTION: ("satisfied", "unsatisfied", "no_answer"),
}
CLOSE = 0.005


def without_totals(
    rows: Sequence[Mapping], sheet: str, place: Place
) -> tuple[list[Mapping], list[Problem]]:
    """The rows that are no totals, and a problem for each total that is not the sum.

    A total may stand above or below what it sums, and sum other totals.
    """
    totals = [n for n, row in enumerate(rows) if _is_total(row)]
    if not totals:
        return list(rows), []
    problems = []
    for n in totals:
        wrong = [k for k in SUMMED[sheet] if k in rows[n] and not _holds(rows, n, totals, k)]
        if wrong:
            cell = rows[n][wrong[0]]
            here = Place(place.district_code, place.file, cell.sheet, cell.ref)
            problems.append(problem(message("total_differs"), here, raw=cell.text))
    return [row for n, row in enumerate(rows) if n not in totals], problems


def _is_total(row: Mapping) -> bool:
    named = False
    for key in NAMED_BY:
        if key in row and not row[key].blank:
            named = True
            if plain(row[key].text) not in WORDS:
                return False
    return named


def _holds(rows: Sequence[Mapping], at: int, totals: list[int], key: str) -> bool:
    """Whether a total is blank or one of the sums that people write."""
    if rows[at][key].blank:
        return True
    number = _number(rows[at], key)
    before = [n for n in totals if n < at]
    start = before[-1] + 1 if before else 0
    end = next((n for n in totals if n > at), len(rows))
    sums = (
        [n for n in range(len(rows)) if n not in totals],  # all of the table
        range(start, at),  # from the last total
        [n for n in range(at) if n not in totals],
        range(at + 1, end),  # a total that stands above
        before,  # the total of totals
    )
    found = (sum(_number(rows[n], key) or 0 for n in part) for part in sums)
    return number is not None and any(abs(total - number) <= CLOSE for total in found)


def _number(row: Mapping, key: str) -> float | None:
    return values.read_number(row[key].typed, "number", "").number if key in row else None
