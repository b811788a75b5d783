"""Problems about residents' answers -> the same, without the counts that were typed.

A problem goes to pages, tables and letters, where counts of 1 to 4 are held back: it names the
cell, and whoever has the report finds the number there. What could not be read is no count and
stays quoted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ntm_eval.intake.problems import HIDDEN, Problem

At = tuple[str, str]  # sheet and address
# rules that quote a count of forms wherever it stands, and those that may quote one of its sheet
OF_FORMS = {"tally_mismatch", "all_satisfied", "straight_lined"}
OF_SHEET = {"total_differs", "correction_refused"}
UNREAD = "not_a_number"


def problems(found: Iterable[Problem], counted: Iterable[At]) -> list[Problem]:
    """All problems of a report; `counted` are its cells with counts of residents' answers."""
    cells = set(counted)
    sheets = {sheet for sheet, _ in cells}
    return [
        _without_count(p)
        if p.rule in OF_FORMS
        or (p.rule in OF_SHEET and p.sheet in sheets)
        or (p.rule != UNREAD and (p.sheet, p.cell) in cells)
        else p
        for p in found
    ]


def _without_count(found: Problem) -> Problem:
    return replace(found, raw=HIDDEN) if found.raw is not None else found
