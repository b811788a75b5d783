"""What the office recounted at the source (plan IV.1): `inspections.csv`, or the form filled in.

Both lie beside the reports of a year and period. Who inspected, and what the office notes for
itself, stays in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ntm_eval import reference
from ntm_eval.characters import file_name
from ntm_eval.intake import delimited, headers, names, values
from ntm_eval.intake.cells import Cell
from ntm_eval.intake.files import UnreadableError, content
from ntm_eval.intake.problems import Place, Problem, problem, some
from ntm_eval.intake.spreadsheets import spreadsheet
from ntm_eval.language import Message, message

# header of the form -> column of inspections.csv
HEADERS = {
    "Huyện, thành phố": "district",
    "Xã, phường, thị trấn": "commune",
    "Chỉ tiêu": "indicator",
    "Số đã báo cáo": "reported",
    "Số kiểm tra được": "found",
    "Hồ sơ đối chiếu": "document",
    "Người kiểm tra": "inspected_by",
    "Ngày kiểm tra": "date",
    "Ghi chú": "note",
}
NEEDED = {"district", "indicator", "reported", "found"}
FIGURES = {"reported": "office_row.reported", "found": "office_row.found"}
SHOWN = 8  # rows that a message names
CODE = re.compile(r"C\d-\d\d")  # the form writes the name behind it

Typed = Mapping[str, object]  # a row by the names of its columns


@dataclass(frozen=True)
class Inspection:
    """One figure recounted: of a commune, or of the whole district where `commune_code` is None."""

    district_code: str
    commune_code: str | None
    indicator: str
    reported: float
    found: float
    document: str
    date: date | None
    file: str
    line: int

    @property
    def key(self) -> tuple[str, str | None, str]:
        """The unit, its commune and the indicator that were recounted."""
        return self.district_code, self.commune_code, self.indicator


def files(folder: Path) -> list[Path]:
    """The files of a year and period in which inspections are noted."""
    return [path for name in delimited.INSPECTED if (path := folder / name).is_file()]


def read(folder: Path, on: date) -> tuple[list[Inspection], list[Problem]]:
    """The inspections of a year and period, and the rows that are not taken, each with why.

    Not taken is a row of no unit of the day `on` or no indicator, with a figure or day that cannot
    be read for sure, or the second of a place and indicator. Rows of the form without a recounted
    figure are one problem together: nobody has been there yet.
    """
    taken: dict[tuple[str, str | None, str], Inspection] = {}
    problems: list[Problem] = []
    for path in files(folder):
        here, open_lines = Place(file=file_name(path.name)), []
        try:
            rows = list(_rows(path))
        except UnreadableError as error:
            problems.append(problem(error.why, here))
            continue
        for line, typed in rows:
            texts = {key: _text(typed.get(key)) for key in HEADERS.values()}
            if not any(texts[key] for key in ("commune", "found", "document", "date", "note")):
                open_lines += [line] if texts["district"] or texts["indicator"] else []
                continue
            found = _inspection(typed, texts, on)
            if isinstance(found, Inspection):
                found = replace(found, file=str(here.file), line=line)
                if found.key not in taken:
                    taken[found.key] = found
                    continue
                found = message("office_row.inspected_twice", code=found.indicator)
            # of no district's: what the office mistyped is not held against anybody
            problems.append(problem({**found, "line": line}, here))
        if open_lines:
            lines = some(open_lines, SHOWN)
            why = message("office_row.not_inspected", count=len(open_lines), lines=lines)
            problems.append(problem(why, here))
    order = sorted(
        taken.values(), key=lambda i: (i.district_code, i.indicator, str(i.commune_code))
    )
    return order, problems


def _rows(path: Path) -> Iterable[tuple[int, Typed]]:
    """The rows of a file with their numbers, by the names of the columns.

    Raises
    ------
    UnreadableError
        Where the workbook cannot be opened, or no sheet of it has the columns of the form.
    """
    if path.suffix == ".csv":
        return delimited.rows_of(path).items()
    found = (headers.labelled(page.grid, HEADERS, NEEDED) for page in spreadsheet(content(path)))
    rows = next((rows for rows in found if rows is not None), None)
    if rows is None:
        raise UnreadableError(message("unreadable_file.no_inspections", columns=list(HEADERS)))
    return rows


def _inspection(typed: Typed, texts: Mapping[str, str], on: date) -> Inspection | Message:
    """A row as an inspection, or why it cannot be taken."""
    meant = names.district(texts["district"], on)
    unit = meant.unit
    if slip := names.slip(texts["district"], meant):
        return slip
    if unit is None:
        return message("office_row.district", district=texts["district"])
    commune = None
    if texts["commune"]:
        found = names.commune(texts["commune"], unit.code, on)
        commune = found.unit
        if commune is None or found.why:  # a figure of another place would be held back
            return message("office_row.commune", commune=texts["commune"], name=unit.name)
    code = CODE.match(texts["indicator"].upper())
    if code is None or code[0] not in reference.catalogue().index:
        return message("office_row.indicator_needed", code=texts["indicator"])
    about = reference.indicator(code[0])
    figures = {}
    for key, unread in FIGURES.items():
        read = values.read_number(typed.get(key), about["kind"], about["unit"])
        sure = read.problem in (None, "unit_converted") and not read.qualifier
        if read.number is None or read.number < 0 or not sure:
            return message(unread, raw=texts[key], unit=about["unit"])
        figures[key] = read.number
    when = values.read_date(typed["date"]) if texts["date"] else None
    if texts["date"] and when is None:
        return message("office_row.day", date=texts["date"])
    return Inspection(
        unit.code,
        commune.code if commune and not unit.is_commune else None,
        code[0],
        **figures,
        document=texts["document"],
        date=when,
        file="",
        line=0,
    )


def _text(typed: object) -> str:
    return "" if typed is None else Cell("", "", typed).text.strip()


def of_district(found: Sequence[Inspection], district_code: str) -> tuple[Inspection, ...]:
    """Those of one district."""
    return tuple(one for one in found if one.district_code == district_code)
