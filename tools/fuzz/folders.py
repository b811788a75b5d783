"""A folder of two districts' reports, damaged by mutants: in the files, and around them.

A mutant is a seed and a number; it is the same alone and beside others, as long as those leave
what it damages where it was.
"""

from __future__ import annotations

import contextlib
import csv
import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from xlsxwriter.utility import xl_rowcol_to_cell

from ntm_eval.workspace import PERIODS, SAMPLE
from tools.fuzz import books, mutants

# by slug, and what their files are called
DISTRICTS = {"thuan-chau": "Thuan Chau", "quynh-nhai": "Quỳnh Nhai"}
OFFICE = ("receipts.csv", "corrections.csv", "decisions.csv", "inspections.csv")


@dataclass
class Folder:
    """The data folder of one review, and what each mutant has done to it."""

    data: Path
    year: int
    period: str
    done: list[str] = field(default_factory=list)

    @property
    def now(self) -> Path:
        """Where the reports under review lie."""
        return self.data / str(self.year) / self.period


def made(data: Path, year: int, period: str, seed: int, numbers: Iterable[int]) -> Folder:
    """The sample's reports of the districts up to a year and period, damaged by these mutants."""
    folder = Folder(data, year, period)
    sheets: dict[Path, list[books.Sheet]] = {}
    for path in _sound(year, period):
        to = data / path.relative_to(SAMPLE)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to)
        sheets[to] = []
    for received in {path.parent for path in sheets}:
        _take_over_receipts(SAMPLE / received.relative_to(data), received)
    later = []
    for number in numbers:
        rng = random.Random(f"{seed}/{number}")
        way = rng.choices(list(WAYS), list(WAYS.values()))[0]
        if way not in (mutants.edit_cells, mutants.edit_structure, mutants.type_anything):
            later.append((number, way, rng))
            continue
        path = _one(folder, sorted(sheets), rng)
        try:
            mutant = way(sheets[path] or _slots(SAMPLE / path.relative_to(data)), rng)
        except (LookupError, ValueError):
            if not sheets[path]:
                raise
            continue  # a mutant before it took away what this one damages
        sheets[path] = mutant.sheets
        folder.done.append(f"{number}: {path.relative_to(data)}: {mutant.family}, {mutant.what}")
    for path, changed in sheets.items():
        if changed:
            path.write_bytes(books.write(changed))
    for number, around, rng in later:
        folder.done.append(f"{number}: {around(folder, rng)}")
    return folder


@cache
def _sound(year: int, period: str) -> list[Path]:
    last = (year, PERIODS.index(period))
    return [
        path
        for path in sorted(SAMPLE.glob("*/*/*.xlsx"))
        if any(name in path.name for name in DISTRICTS.values())
        and (int(path.parts[-3]), PERIODS.index(path.parts[-2])) <= last
    ]


@cache
def _slots(path: Path) -> list[books.Sheet]:
    return mutants.keyed(books.load(path))


def _take_over_receipts(sample: Path, received: Path) -> None:
    head, *rows = (sample / "receipts.csv").read_text("utf-8-sig").splitlines()
    kept = [row for row in rows if (received / row.partition(",")[0]).is_file()]
    (received / "receipts.csv").write_text("\n".join([head, *kept, ""]), encoding="utf-8")


def _one(folder: Folder, paths: list[Path], rng: random.Random) -> Path:
    """A report, as often as not one under review."""
    now = [p for p in paths if p.parent == folder.now]
    return rng.choice(now if now and rng.random() < 0.5 else paths)


def _reports(folder: Folder) -> list[Path]:
    return sorted(p for p in folder.data.glob("*/*/*") if p.is_file() and p.name not in OFFICE)


# --- the files as files -----------------------------------------------------------------------


def flip_bytes(folder: Folder, rng: random.Random) -> str:
    path = rng.choice(_reports(folder))
    path.write_bytes(mutants.flip_bytes(path.read_bytes(), rng).data)
    return f"sai byte: {path.name}"


def name_anew(folder: Folder, rng: random.Random) -> str:
    path = _one(folder, _reports(folder), rng)
    name = rng.choice(mutants.ODD["names"]).format(stem=path.stem, kind=path.suffix)
    with contextlib.suppress(OSError):  # Windows does not have every name
        path.rename(path.with_name(name))
    return f"đổi tên: {path.name} -> {name!r}"


def send_again(folder: Folder, rng: random.Random) -> str:
    """A report once more, under another name, in another folder, or as something else."""
    path = rng.choice(_reports(folder))
    where = rng.choice(
        (folder.now, path.parent, path.parent / "satisfaction", path.parent / "answers")
    )
    where.mkdir(exist_ok=True)
    again = where / f"{rng.choice(('bản sao', 'gửi lại', 'a', '~$'))} {path.name}"
    content = rng.choice(
        (path.read_bytes(), path.read_bytes(), b"", b"PK", b"<html>", b"a;b\n1;2\n", "Mã".encode())
    )
    again.write_bytes(content)
    return f"gửi lại: {path.name} -> {again.relative_to(folder.data)}, {len(content)} byte"


def take_away(folder: Folder, rng: random.Random) -> str:
    path = _one(folder, _reports(folder), rng)
    path.unlink()
    if rng.random() < 0.2:
        path.mkdir()
    return f"bỏ tệp: {path.name}"


# --- what the office keeps beside --------------------------------------------------------------

# each table: its columns, and what may stand in them; what begins with @ is looked up
TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "receipts.csv": {
        "file": ("@file", "@file", "@word"),
        "received": ("03/12/2022", "@day"),
        "extended_to": ("", "@day"),
        "note": ("", "TCVN3", "VNI", "@word"),
    },
    "corrections.csv": {
        "file": ("@file",),
        "sheet": ("@sheet",),
        "cell": ("@cell",),
        "old": ("@old", "@old", "@old", "7"),
        "new": ("@number", "@word", "@mark", ""),
        "reason": ("nhầm", "@word"),
        "approved_by": ("A", ""),
        "date": ("05/12/2022", "@day"),
    },
    "decisions.csv": {
        "district": ("Thuận Châu", "Quỳnh Nhai", "Mộc Châu", "@word"),
        "grade": ("Xuất sắc", "Tốt", "Khá", "Hoàn thành tốt", "@word"),
        "reason": ("Hội đồng xét", "", "@word"),
        "decided_by": ("Hội đồng", "@word"),
        "date": ("20/12/2022", "@day"),
    },
    "inspections.csv": {
        "district": ("Thuận Châu", "Quỳnh Nhai", "@word"),
        "commune": ("", "", "Chiềng Pấc", "@word"),
        "indicator": ("C1-01", "C1-16", "C2-15", "@word"),
        "reported": ("7", "0", "@number", "@word"),
        "found": ("7", "0", "@number", "@word"),
        "document": ("Sổ theo dõi", "@word"),
        "inspected_by": ("A", ""),
        "date": ("20/12/2022", "@day"),
        "note": ("", "@word"),
    },
    "../followup.csv": {
        "district": ("Thuận Châu", "", "@word"),
        "indicator": ("C1-01", "", "@word"),
        "recommendation": ("Vận động xóa nhà tạm", "@word"),
        "unit": ("Ban Phong trào", "@word"),
        "status": ("đang làm", "@word"),
        "note": ("", "@word"),
    },
    "answers/phieu.xlsx": {
        "Số": ("1", "", "x"),
        "Tệp": ("@file",),
        "Trang tính": ("@sheet",),
        "Ô": ("@cell",),
        "Chỉ tiêu": ("C1-01", ""),
        "Đã ghi": ("@old", "@old", "7"),
        "Câu hỏi": ("?",),
        "Số đúng": ("@number", "@word", "", ""),
        "Lý do": ("", "@word"),
        "Người trả lời": ("B", "@word"),
        "Ngày": ("10/12/2022", "@day"),
    },
}


def note(folder: Folder, rng: random.Random) -> str:
    """A row, now and then twice, in a table of the office or in what a district answered."""
    report = _one(folder, [p for p in _reports(folder) if p.suffix == ".xlsx"], rng)
    name, columns = rng.choice(list(TABLES.items()))
    sheet, cell, old = _cell_of(folder, report, rng)
    name_as_seen = report.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    known = {"@file": name_as_seen, "@sheet": sheet, "@cell": cell, "@old": old}
    odd = {
        "@word": mutants.WORDS,
        "@day": list(filter(lambda day: isinstance(day, str), mutants.ODD["dates"])),
        "@number": mutants.ODD["numbers"],
        "@mark": mutants.ODD["marks"],
    }
    row = []
    for choices in columns.values():
        typed = rng.choice(choices)
        row.append(str(known.get(typed) or rng.choice(odd.get(typed, [typed]))))
    rows = [row] * rng.choice((1, 1, 1, 2))
    path = report.parent / name
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".xlsx":
        slots = [list(map(books.Slot, r)) for r in (columns, *rows)]
        path.write_bytes(books.write([books.Sheet("Phiếu", "Phiếu", slots)]))
    else:
        head = [] if path.is_file() else [list(columns)]
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([*head, *rows])
    return f"{path.relative_to(folder.data)}: {row}"


def household_forms(folder: Folder, rng: random.Random) -> str:
    """An export of forms in which some are not as they should be."""
    questions = [f"cau_{n}" for n in range(1, 20)]
    head = ["ma_huyen", "ma_xa", "loai_khao_sat", "ma_ban", "ma_ho", *questions, "_id", "_uuid"]
    given = ("hai_long", "chua_hai_long", "khong_tra_loi", "1", "2", "9")
    rows = []
    for n in range(rng.choice((1, 4, 30))):
        row = ["119", "03724", "xa_ntm", n % 3, n, *rng.choices(given, k=19), n, f"u{n}"]
        if rng.random() < 0.3:
            row[rng.randrange(len(row))] = rng.choice((*mutants.WORDS, *mutants.ODD["numbers"]))
        rows.append(row)
    to = folder.now / "satisfaction" / "phieu.csv"
    to.parent.mkdir(exist_ok=True)
    with to.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return f"phiếu hộ: {len(rows)}"


def _cell_of(folder: Folder, path: Path, rng: random.Random) -> tuple[str, str, str]:
    """A cell of a report with what was typed in it, where the report is still as it came."""
    sample = SAMPLE / path.relative_to(folder.data)
    if not sample.is_file() or rng.random() < 0.1:
        return rng.choice((("Chỉ tiêu", "E5", "7"), ("???", "ZZ99", ""), ("Xã", "A0", "x")))
    places = [
        (s.name, xl_rowcol_to_cell(r, c), slot.text)
        for s in _slots(sample)
        for r, row in enumerate(s.rows)
        for c, slot in enumerate(row)
        if not slot.blank
    ]
    return rng.choice(places)


Around = Callable[[Folder, random.Random], str]
# each way of damage, and how often it is taken
WAYS: dict[Callable, int] = {
    mutants.type_anything: 40,
    mutants.edit_cells: 8,
    mutants.edit_structure: 14,
    flip_bytes: 2,
    name_anew: 6,
    send_again: 4,
    take_away: 2,
    note: 20,
    household_forms: 4,
}
