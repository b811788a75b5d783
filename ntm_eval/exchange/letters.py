"""When query letters went out: `letters.csv`, which the office keeps, as it keeps receipts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from ntm_eval.cache import LETTERS
from ntm_eval.exchange import query_letter, replies
from ntm_eval.intake import delimited, names, values
from ntm_eval.intake.files import UnreadableError
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import message
from ntm_eval.units import District

COLUMNS = ("district", "sent", "note")


def sent(folder: Path, on: date) -> tuple[dict[str, date], list[Problem]]:
    """The day of each unit's latest letter, by its code, and the rows that cannot be taken.

    `folder` holds the reports of a year and period, `on` is a day of its units.
    """
    found: dict[str, date] = {}
    problems = []
    for line, row in enumerate(delimited.rows_of(folder / LETTERS), start=2):
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not cells["sent"]:  # a register made beforehand has rows that say nothing yet
            continue
        unit, day = names.district(cells["district"], on).unit, values.read_date(cells["sent"])
        if unit is None:
            why = message("office_row.district", district=cells["district"])
        elif day is None:
            why = message("office_row.day", date=cells["sent"])
        else:
            found[unit.code] = max(day, found.get(unit.code, day))
            continue
        problems.append(problem({**why, "line": line}, Place(file=LETTERS)))
    return found, problems


def asked(pages: Mapping[District, Path]) -> dict[District, int]:
    """How many questions each unit's letter still holds, by the folder of its pages.

    A unit without a letter has none; of a letter that cannot be read one is counted, so that it is
    not passed over.
    """
    found = {}
    for unit, folder in pages.items():
        path = folder / query_letter.TABLE
        if path.is_file():
            try:
                found[unit] = len(replies.letter(path))
            except UnreadableError:
                found[unit] = 1
    return {unit: count for unit, count in found.items() if count}
