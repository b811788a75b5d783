"""A folder as received -> which file is whose report, when it came, which one is current."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.cache import sha256
from ntm_eval.characters import file_name
from ntm_eval.intake import exports, labels, names, sheets, spelling, values, workbook
from ntm_eval.intake.cells import Cell
from ntm_eval.intake.delimited import ANSWERS, NAMES, RECEIPTS, file_key, rows_of, small_table
from ntm_eval.intake.files import UnreadableError, inner_folders, inside, refuse_other
from ntm_eval.intake.problems import Place, Problem, listed, problem, some
from ntm_eval.language import message

MISSING = "missing_report"
RECEIPT = ("file", "received", "extended_to", "note")  # columns of receipts.csv
OTHER = message("unreadable_file.no_spreadsheet", kinds=list(workbook.SUFFIXES))
SHOWN = 5  # files that a message names


@dataclass(frozen=True)
class Report:
    """One workbook of one district, as received."""

    year: int
    period: str
    district_code: str
    file: str
    sha256: str
    received: date | None
    due: date
    cut_off: date | None
    illustrative: bool
    current: bool
    unread: bool = False  # a day of sending that stands there but cannot be read
    font: str = ""  # an old font that receipts.csv names: 'TCVN3' or 'VNI' in its note

    @property
    def days_late(self) -> int | None:
        """'Before 10/6' means that 9/6 is on time and 10/6 is one day late."""
        if self.received is None:
            return None
        return max((self.received - self.due).days + 1, 0)

    @property
    def status(self) -> str:
        """`on_time`, `late` or `undated`."""
        if self.received is None:
            return "undated"
        return "late" if self.days_late else "on_time"


def files(folder: Path) -> list[Path]:
    """The files of one year and period that should be reports, in the order of their names."""
    tables = {small_table(folder / name) for name in NAMES}
    return [p for p in inside(folder) if p not in tables]


def unread_folders(folder: Path) -> list[Problem]:
    """Folders with files in places where none is read, beside the reports of a year and period."""
    places = (folder, *(folder / name for name in (exports.FOLDER, ANSWERS)))
    problems = []
    for into in places:
        for inner, held in inner_folders(into).items():
            if inner not in places:
                named = some((file_name(p.name) for p in held), SHOWN)
                to = f"{into.parent.name}/{into.name}"
                why = message("unread_folder", count=len(held), files=named, into=to)
                name = file_name(inner.relative_to(folder).as_posix())
                problems.append(problem(why, Place(file=f"{name}/")))
    return problems


def unplaced(found: pd.DataFrame) -> list[str]:
    """What is asked about files of no known district, in words: of a review's `problems`."""
    asked = found[found["district_code"].isna() & (found["severity"] != "info")]
    return [p.message for p in listed(asked[asked["file"].notna()])]


def path_of(folder: Path, file: str) -> Path:
    """The file of a folder that is shown as `file` (`characters.file_name`)."""
    exact = folder / file
    if exact.is_file():
        return exact
    return next((p for p in files(folder) if file_name(p.name) == file), exact)


@reference.derived
def due_date(year: int, period: str) -> date:
    """The day before which a report is due, from the calendar in force that year."""
    return calendar_day(year, period, "due")


def calendar_day(year: int, period: str, what: str) -> date:
    """The day of a period's report in the calendar in force that year: `due` or `cut_off`."""
    rows = reference.at(reference.table("calendar"), date(year, 12, 31))
    row = rows[rows["period"] == period].iloc[-1]
    return date(year, int(row[f"{what}_month"]), int(row[f"{what}_day"]))


def reports(
    folder: Path, year: int, period: str, held: dict[Path, workbook.Opened] | None = None
) -> tuple[list[Report], list[Problem]]:
    """The reports in a folder and what is wrong with its files.

    Of two files of one district the later received is current; one without a date counts as
    the earliest, and among equals the last by name. `held` is given the files as opened.
    """
    receipts, problems = _receipts(folder)
    found = []
    for path in files(folder):
        receipt = receipts.get(file_key(file_name(path.name)), {})
        inside, wrong = in_file(path, year, period, receipt, held)
        found += inside
        problems += wrong
    return _with_current(found), problems


def register(found: Iterable[Report], year: int, period: str) -> pd.DataFrame:
    """A row for each reporting unit: did its report come, when, in which file.

    `cells_expected` and what follows it are filled in when the reports have been read.
    """
    columns = ["district_code", "status", "received", "due", "days_late", "cut_off", "file"]
    sent = [[getattr(r, column) for column in columns] for r in found if r.current]
    owed = [(d.code, d.short) for d in units.reporting(units.day(year, period))]
    made = pd.DataFrame(owed, columns=["district_code", "district"], dtype="str").merge(
        pd.DataFrame(sent, columns=columns, dtype=object), "left", on="district_code"
    )
    made = made.fillna({"status": "missing", "due": due_date(year, period)})
    days = dict.fromkeys(("received", "due", "cut_off"), "datetime64[s]")
    texts = dict.fromkeys(("district_code", "status", "file"), "str")
    return made.astype({**days, **texts, "days_late": float})


def errors_within(register: pd.DataFrame) -> pd.Series:
    """The errors in what each unit sent: that nothing came is none of them, and not zero errors."""
    missing = register["status"] == "missing"
    within = register["errors"] - missing
    return within.where(~missing | (within > 0))


def arrival_problems(
    found: list[Report], district_code: str, year: int, period: str
) -> Iterator[Problem]:
    """Missing, late, undated and repeated reports of one district."""
    d = units.district(district_code)
    mine = [r for r in found if r.district_code == d.code]
    if not mine:
        why = message(MISSING, due=due_date(year, period).isoformat())
        yield problem(why, Place(d.code))
        return
    current = next(r for r in mine if r.current)
    here = Place(d.code, current.file)
    if current.received and current.status == "late":
        why = message(
            "late_report",
            received=current.received.isoformat(),
            days=current.days_late,
            due=current.due.isoformat(),
            register=RECEIPTS,
        )
        yield problem(why, here)
    if current.status == "undated" and not current.unread:
        why = message("undated_report", register=RECEIPTS, label="Ngày gửi")
        yield problem(why, here)
    for older in mine:
        if not older.current:
            why = message("duplicate_report", file=older.file, current=current.file)
            yield problem(why, here)


def _receipts(folder: Path) -> tuple[dict[str, dict[str, str]], list[Problem]]:
    present = {file_key(file_name(p.name)) for p in files(folder)}
    rows: dict[str, dict[str, str]] = {}
    problems = []
    for row in rows_of(folder / RECEIPTS, RECEIPT).values():
        name = file_key(row["file"])
        if name in rows and rows[name] != row:
            why = message("receipt_unread.twice", file=row["file"])
            problems.append(problem(why, Place(file=RECEIPTS)))
        rows[name] = row
    for name, row in rows.items():
        here = Place(file=RECEIPTS)
        # a register made before the reports came has rows that say nothing yet
        said = any(typed for column, typed in row.items() if column != "file")
        if name not in present and said:
            why = message("receipt_unread.no_file", file=row["file"])
            problems.append(problem(why, here))
        for column in ("received", "extended_to"):
            typed = row[column]
            if typed and values.read_date(typed) is None:
                why = message("receipt_unread.day", file=row["file"], typed=typed)
                problems.append(problem(why, here, raw=typed))
    return rows, problems


def in_file(
    path: Path,
    year: int,
    period: str,
    receipt: Mapping[str, str],
    held: dict[Path, workbook.Opened] | None = None,
) -> tuple[list[Report], list[Problem]]:
    """The reports in one file, nearly always one, and what kept us from knowing whose they are.

    What `held` holds is not opened again, and what is opened here it holds from then on.
    """
    held = {} if held is None else held
    here = Place(file=file_name(path.name))
    font = spelling.declared(receipt.get("note", ""))
    try:
        reports: list[Report] = []
        problems: list[Problem] = []
        refuse_other(path, workbook.SUFFIXES, OTHER)
        if path not in held:
            held[path] = workbook.opened(path, font)
        opened = held[path]
        for info in opened.infos.values():
            one, wrong = _report(path, opened, info, font, year, period, receipt)
            reports += [one] if one else []
            problems += wrong
    except UnreadableError as error:
        return [], [problem(error.why, here)]
    return reports, problems


def _report(
    path: Path,
    opened: workbook.Opened,
    info: Mapping[str, Cell],
    font: str | None,
    year: int,
    period: str,
    receipt: Mapping[str, str],
) -> tuple[Report | None, list[Problem]]:
    meant, doubts = _whose(opened, path, info, units.day(year, period))
    if meant is None:
        return None, doubts
    here = Place(meant.code, file_name(path.name))
    days = {key: _date(info, key) for key in ("sent", "cut_off")}
    received = values.read_date(receipt.get("received")) or days["sent"]
    unread = [
        info[key] for key, day in days.items() if key in info and not day and not info[key].blank
    ]
    doubts += [problem(message("date_unread"), here.at(c.sheet, c.ref), raw=c.text) for c in unread]
    extended = values.read_date(receipt.get("extended_to"))
    arrived = Report(
        year=year,
        period=period,
        district_code=meant.code,
        file=str(here.file),
        sha256=sha256(path),
        received=received,
        # an extension names the last day that counts, a due date the first that does not
        due=extended + timedelta(days=1) if extended else due_date(year, period),
        cut_off=days["cut_off"],
        unread=received is None and info.get("sent") in unread,
        illustrative=labels.ILLUSTRATIVE in info,
        current=False,
        font=font or "",
    )
    return arrived, [*doubts, *_misfiled(info, year, period, here)]


def _whose(
    opened: workbook.Opened, path: Path, info: Mapping[str, Cell], on: date
) -> tuple[units.District | None, list[Problem]]:
    """The unit by its label, a title or, failing both, the file's name; and the doubts."""
    named, file = info.get("district"), file_name(path.name)
    typed = named.text.strip() if named else ""
    meant = names.district(typed, on) if typed else None
    if named and meant and meant.unit:
        here = Place(meant.unit.code, file).at(named.sheet, named.ref)
        return meant.unit, [problem(meant.why, here, raw=typed)] if meant.why else []
    by_name = None if typed else _in_name(path.stem, on)
    if by_name and opened.holds_table:
        why = message("district_from_name", name=by_name.name, label=labels.DISTRICT)
        return by_name, [problem(why, Place(by_name.code, file))]
    why = message("unknown_district", sheet=sheets.INFO, label=labels.DISTRICT)
    return None, [problem(why, Place(file=file), raw=typed or None)]


def _in_name(stem: str, on: date) -> units.District | None:
    """The one reporting unit that a file's name names; 'Sơn La' beside another is the province."""
    text = f" {re.sub('[^a-z0-9]+', ' ', units.fold(stem))} "
    bare = {d: units.without_type(units.fold(d.name)) for d in units.reporting(on)}
    found = [d for d, name in bare.items() if f" {name} " in text]
    others = [d for d in found if d.slug != "son-la"]
    return next(iter(others or found), None) if len(others) < 2 else None


def _misfiled(info: Mapping[str, Cell], year: int, period: str, here: Place) -> Iterator[Problem]:
    """The file's own year and period, where they differ from the folder it lies in."""
    said = labels.when(info)
    asked = (
        ("year", "Năm", str(year), said.year == year),
        ("period", "Kỳ báo cáo", sheets.PERIOD_NAMES[period], said.period == period),
    )
    for key, label, meant, same in asked:
        cell = info.get(key)
        if cell and not cell.blank and not same:
            why = message("wrong_year", label=label, meant=meant)
            yield problem(why, here.at(cell.sheet, cell.ref), raw=cell.text)


def _with_current(found: list[Report]) -> list[Report]:
    last: dict[str, Report] = {}
    for r in sorted(found, key=lambda r: (r.received or date.min, r.file)):
        last[r.district_code] = r
    return [
        replace(r, current=last[r.district_code] is r)
        for r in sorted(found, key=lambda r: (r.district_code, r.file))
    ]


def _date(info: Mapping[str, Cell], key: str) -> date | None:
    return values.read_date(info[key].typed) if key in info else None
