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

from ntm_eval import reference
from ntm_eval.cache import ASSURANCE
from ntm_eval.intake import delimited, names, values
from ntm_eval.intake.problems import Place, Problem, problem
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
    checks, problems = [], []
    known = set(reference.table("indicators")["id"])
    results = {fold(word): key for key, word in RESULTS.items()}
    for line, row in enumerate(delimited.rows_of(folder / ASSURANCE), start=2):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        unit = names.district(cells["district"], on).unit if cells["district"] else None
        if why := _wrong(cells, unit, known, results):
            problems.append(problem({**why, "line": line}, Place(file=ASSURANCE)))
            continue
        day = values.read_date(cells["date"])
        cells |= {
            "district": unit.code if unit else "",
            "date": day.isoformat() if day else "",
            "result": results.get(fold(cells["result"]), OPEN),
        }
        checks.append(Check(**cells))
    return checks, problems


def _wrong(
    cells: Mapping[str, str],
    unit: District | None,
    known: Iterable[str],
    results: Mapping[str, str],
) -> Message:
    """Why a row cannot be taken; empty where it can."""
    if cells["district"] and unit is None:
        return message("office_row.district", district=cells["district"])
    if cells["indicator"] and cells["indicator"] not in known:
        return message("office_row.indicator", code=cells["indicator"])
    if cells["date"] and values.read_date(cells["date"]) is None:
        return message("office_row.day", date=cells["date"])
    if cells["result"] and fold(cells["result"]) not in results:
        return message("office_row.result", result=cells["result"], results=list(RESULTS.values()))
    lacking = [name for name in FILLED if not cells[name]]
    if not cells["check"]:
        lacking.insert(0, "check")
    if lacking and lacking != list(FILLED):
        return message("office_row.check", columns=lacking)
    return {}


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
