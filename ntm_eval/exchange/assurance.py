"""What people checked by hand: `qa.csv`, proposed by each review, filled in by the office.

A review leaves the proposal in its folder of the province; the office copies it beside the reports,
fills in who checked, when, how and with what result, and adds checks of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path

from ntm_eval.cache import ASSURANCE
from ntm_eval.exchange import registers
from ntm_eval.exchange.registers import Cells, misplaced
from ntm_eval.intake import values
from ntm_eval.intake.problems import Problem
from ntm_eval.language import N_, Message, message
from ntm_eval.language import translate as _
from ntm_eval.units import District, fold

RIGHT, WRONG, UNCLEAR = "right", "wrong", "unclear"
RESULTS = {RIGHT: N_("đúng"), WRONG: N_("sai"), UNCLEAR: N_("chưa rõ")}
OPEN = ""  # proposed, and not made yet


@dataclass(frozen=True)
class Check:
    """One check, made or only proposed; '' where nothing is said. `district` is a code."""

    check: str  # what is to be checked, or why it is proposed
    district: str
    indicator: str
    file: str
    sheet: str
    cell: str
    figure: str  # as it stood when the check was proposed
    checked_by: str
    date: str  # ISO
    how: str
    result: str  # a key of RESULTS, OPEN where the check is not made
    note: str


COLUMNS = tuple(f.name for f in fields(Check))
FILLED = ("checked_by", "date", "how", "result")  # all four, or none where it is not made


def read(folder: Path, on: date) -> tuple[list[Check], list[Problem]]:
    """The checks of a year and period in the order of the file, and the rows not taken.

    `folder` holds the reports, `on` is a day of their units.
    """
    results = {fold(word): key for key, word in RESULTS.items()}

    def take(cells: Cells, unit: District | None) -> Check | Message:
        day, result = values.read_date(cells["date"]), results.get(fold(cells["result"]), OPEN)
        if why := misplaced(cells, unit):
            return why
        if cells["date"] and day is None:
            return message("office_row.day", date=cells["date"])
        if cells["result"] and result == OPEN:
            known = list(RESULTS.values())
            return message("office_row.result", result=cells["result"], results=known)
        lacking = [name for name in ("check", *FILLED) if not cells[name]]
        if lacking and lacking != list(FILLED):
            return message("office_row.check", columns=lacking)
        code, when = unit.code if unit else "", day.isoformat() if day else ""
        return Check(**{**cells, "district": code, "date": when, "result": result})

    return registers.read(folder / ASSURANCE, COLUMNS, on, take)


def noted(checks: Iterable[Check]) -> list[dict[str, str]]:
    """The checks as the note of an edition has them."""
    return [asdict(check) for check in checks]


def told(checks: Sequence[Mapping[str, str]]) -> str:
    """How many of the checks that a note has were made, and what came of them, in a sentence."""
    found = Counter(check["result"] for check in checks)
    made = len(checks) - found[OPEN]
    if not made:
        return _("Chưa ghi việc kiểm tra thủ công nào.")
    return _(
        "Đã kiểm tra thủ công {made} trên {all} việc: {right} đúng, {wrong} sai, "
        "{unclear} chưa rõ.",
        {key: found[key] for key in RESULTS},
        made=made,
        all=len(checks),
    )
