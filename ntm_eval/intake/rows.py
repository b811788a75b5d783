"""Which commune a row of a sheet is about: by its code, else by its name, with the doubts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from ntm_eval import units
from ntm_eval.intake import names
from ntm_eval.intake.cells import Row
from ntm_eval.intake.reading import Reading, Who
from ntm_eval.language import message

CODE = r"\d{5}"


def said(row: Row, key: str, reading: Reading) -> str:
    """A name or code as typed, or as an approved correction has it."""
    return reading.corrected(row[key])[0].text.strip() if key in row else ""


def text(row: Row, key: str) -> str:
    """What was typed in a column, '' where the row has no such cell."""
    return row[key].text.strip() if key in row else ""


def commune(
    row: Row, day: date, reading: Reading, headers: Mapping[str, str]
) -> units.Commune | None:
    """The commune of a row by its code, else by its name; a mismatch of both is a problem."""
    code, name, by_code, by_name = _who(row, day, reading)
    meant = by_code or by_name.unit
    if meant is None:
        filled = [c for c in row.values() if not c.blank]
        if len(filled) > 2 and not is_header(row, headers):
            _unknown(row, code, by_name, reading)
        return None
    if by_code and name and by_code != by_name.unit:
        why = message("name_differs.commune", code=code, name=by_code.name, typed=name)
        reading.mark(why, row["commune"], commune_code=meant.code)
    if by_code is None and re.fullmatch(CODE, code):
        why = message("name_differs.code", name=meant.name)
        reading.mark(why, row["commune_code"], commune_code=meant.code)
    if by_name.why and meant == by_name.unit and name not in reading.asked:
        reading.asked.add(name)  # it comes back for each question of sheet Hài lòng
        reading.mark(by_name.why, row["commune"], commune_code=meant.code)
    return meant


def sure(row: Row, day: date, reading: Reading) -> bool:
    """Whether a row names its commune by code, or by a name that needs no guess."""
    _, _, by_code, by_name = _who(row, day, reading)
    return bool(by_code) or by_name.rule is None


def _who(row: Row, day: date, reading: Reading) -> Who:
    """Code and name of a row, the commune of that code, and what the name says."""
    both = said(row, "commune_code", reading), said(row, "commune", reading)
    if both not in reading.known:
        reading.known[both] = _named(*both, day, reading.district.code)
    return reading.known[both]


def _named(code: str, name: str, day: date, district_code: str) -> Who:
    # Excel drops the leading zero of a code that was typed as a number
    code = code.zfill(5) if re.fullmatch(r"\d{4,5}", code) else code
    by_code = units.find_commune(code, district_code, day) if code else None
    nothing: names.Found[units.Commune] = names.Found(None)
    by_name = names.commune(name, district_code, day) if name else nothing
    return code, name, by_code, by_name


def _unknown(row: Row, code: str, by_name: names.Found[units.Commune], reading: Reading) -> None:
    """A row with figures that belongs to no commune of the district."""
    named = (row[c] for c in ("commune", "commune_code") if c in row)
    cell = next((c for c in named if not c.blank), None)
    if re.fullmatch(CODE, code) and by_name.rule != "unknown_commune":
        why = message("unknown_commune.code", code=code, name=reading.district.name)
        reading.mark(why, cell)
    elif by_name.why:
        reading.mark(by_name.why, cell)
    else:
        cell = next(c for c in row.values() if not c.blank)
        reading.mark(message("unknown_name.nothing"), cell)


def is_header(row: Row, headers: Mapping[str, str]) -> bool:
    """A header repeated further down, as after a page break."""
    texts = {units.fold(h) for h in headers}
    filled = [c for c in row.values() if not c.blank]
    return all(units.fold(c.text) in texts for c in filled)
