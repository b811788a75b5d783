"""Sheet Đoàn thể: what each socio-political organisation registered, did, with whom, of what value.

A row is kept whatever name stands in it; one that is not known belongs to no organisation.
"""

from __future__ import annotations

from collections.abc import Iterator

from ntm_eval import schemas
from ntm_eval.intake import names, sheets, values
from ntm_eval.intake.cells import Row
from ntm_eval.intake.reading import Reading, is_header
from ntm_eval.intake.workbook import Book

COLUMNS = [c.name for c in schemas.schemas()["organisations"].columns]
TEXTS = ("work", "result", "model", "note")
FILLED = ("work", "result", "model", "participants", "amount", "note")


def organisations(book: Book, reading: Reading) -> Iterator[dict]:
    """A row for each one filled in, in the order of the sheet; the columns are COLUMNS."""
    if reading.misses(sheets.ORGANISATIONS):
        return
    count = 0
    for row in book.tables[sheets.ORGANISATIONS]:
        given = [row[key] for key in FILLED if key in row and not row[key].blank]
        if not given or is_header(row, sheets.ORGANISATION_HEADERS):
            continue  # a row made ready by the form: an organisation named, nothing said
        code, name = _who(row, reading)
        said = {key: _said(row, key, reading) for key in TEXTS}
        people = reading.number(row.get("participants"), "count", "người")
        amount = reading.number(row.get("amount"), "money", "đồng")
        reading.rows[sheets.ORGANISATIONS, str(count)] = row
        count += 1
        at = row["name"] if "name" in row else given[0]
        yield {
            "district_code": reading.district.code,
            "organisation": code,
            "name": name,
            "work": said["work"],
            "result": said["result"],
            "model": said["model"],
            "participants": people,
            "amount": amount,
            "done": bool(said["result"] or said["model"] or people or amount),
            "note": said["note"],
            "file": reading.report.file,
            "sheet": at.sheet,
            "cell": at.ref,
        }


def _who(row: Row, reading: Reading) -> tuple[str | None, str | None]:
    """The organisation of a row and its name; as typed where it is not known."""
    typed = reading.said(row, "name")
    code, known, why = names.organisation(typed)
    if why:
        at = row["name"] if "name" in row else next(c for c in row.values() if not c.blank)
        reading.mark(why, at)
    return code, known or typed or None


def _said(row: Row, key: str, reading: Reading) -> str | None:
    """A text; '-' and '0' say that there is nothing."""
    typed = reading.said(row, key)
    read = values.read_number(typed, "count", "")
    return typed if typed and read.state != "blank" and read.number != 0 else None
