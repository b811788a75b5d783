"""A new year: folders for its reports, workbooks to send, a register of receipts to fill in.

Nothing is overwritten, so that the command can be given again after a workbook was lost.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from ntm_eval import units
from ntm_eval.cache import LETTERS
from ntm_eval.exchange import template as forms
from ntm_eval.exchange.registers import SENT
from ntm_eval.intake.delimited import RECEIPTS
from ntm_eval.workspace import PERIODS, Workspace, write_beside

COLUMNS = ("file", "received", "extended_to", "note")


def begin(year: int, data: Path, templates: Path, out: Path) -> Iterator[Path]:
    """Each file as it is made: a workbook a unit and period, the registers, followup.csv.

    `out` is where last year's review left its recommendations, which this year follows.
    """
    for period in PERIODS:
        space = Workspace(year, period, data, out)
        reporting = units.reporting(units.day(year, period))
        names = {unit: f"{unit.slug}-{year}-{period}.xlsx" for unit in reporting}
        for unit, name in names.items():
            path = templates / f"{year}-{period}" / name
            if not path.exists():
                forms.write_workbook(path, unit, year, period)
                yield path
        registers = {
            RECEIPTS: (COLUMNS, names.values()),
            LETTERS: (SENT, (u.name if u.is_commune else u.short for u in reporting)),
        }
        for name, (columns, rows) in registers.items():
            register = space.received(year, period) / name
            if not register.exists():
                _write_register(register, columns, rows)
                yield register
    before, here = Workspace(year - 1, "annual", data, out), space.followup(year)
    if before.carried.is_file() and not here.exists():
        with write_beside(here) as draft:
            shutil.copyfile(before.carried, draft)
        yield here


def most(year: int) -> int:
    """How many files `begin` makes where none is there yet."""
    owed = [len(units.reporting(units.day(year, period))) for period in PERIODS]
    return sum(owed) + 2 * len(owed) + 1  # two registers a period, followup.csv


def _write_register(path: Path, columns: tuple[str, ...], first: Iterable[str]) -> None:
    """A row for each workbook or unit; as Excel reads it, and an empty row says nothing."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(columns)
    rows.writerows((name, *[""] * (len(columns) - 1)) for name in first)
    with write_beside(path) as draft:
        draft.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def closing(made: int, year: int, data: Path, templates: Path) -> str:
    """What to do with it all."""
    done = f"Đã tạo {made} tệp." if made else "Mọi tệp đã có sẵn, không có gì phải tạo."
    return (
        f"{done}\n"
        f"1. Gửi các mẫu trong {templates} cho từng đơn vị.\n"
        f"2. Đặt báo cáo nhận được vào {data / str(year)}, kỳ h1 hoặc annual, tên tệp tùy ý.\n"
        f"3. Ghi ngày nhận vào {RECEIPTS} ở đó; tên tệp khác mẫu thì sửa cột file.\n"
        f"Phiếu lấy ý kiến từng hộ: ntm-eval template --survey --year {year} --out mau"
    )
