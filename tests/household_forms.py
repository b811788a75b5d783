"""Survey exports as KoboToolbox and ODK write them, for every test about household forms."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
from reports import SOP_COP

from ntm_eval import units

DAY = date(2022, 12, 31)
COMMUNES = [c for c in units.communes(SOP_COP.code, DAY) if c.kind == "xã"]
QUESTIONS = [f"khao_sat/cau_{n}" for n in range(1, 20)]


def form(n: int, answers: Sequence[str] | str = "hai_long", **changed: object) -> dict:
    """One row of an export, with the columns of our own XLSForm and Kobo's metadata."""
    given = [answers] * 19 if isinstance(answers, str) else answers
    return {
        "start": "2022-11-01T07:00:00.000+07:00",
        "end": "2022-11-01T07:10:00.000+07:00",
        "ma_huyen": SOP_COP.code,
        "ma_xa": COMMUNES[0].code,
        "loai_khao_sat": "xa_ntm",
        "ma_ban": n % 3 + 1,
        "ma_ho": n,
        "ma_nguoi_thu_phieu": n % 2 + 1,
        **dict(zip(QUESTIONS, given, strict=True)),
        "_id": 1000 + n,
        "_uuid": f"uuid-{n}",
        "_submission_time": f"2022-11-01T08:{n % 60:02d}:00",
    } | changed


def honest(n: int, share: float = 0.9, seed: int = 2022, **changed: object) -> list[dict]:
    """Forms of people who answer each question for itself."""
    draw = random.Random(seed)
    return [
        form(i, ["hai_long" if draw.random() < share else "chua_hai_long" for _ in QUESTIONS])
        | changed
        for i in range(n)
    ]


def write(
    folder: Path, rows: list[dict], name="phieu.csv", separator=",", bom=True, sheet="Phiếu"
) -> Path:
    """Write the rows as an export in `satisfaction/` of a year's and period's folder."""
    path = folder / "satisfaction" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    table = [columns, *([row.get(c, "") for c in columns] for row in rows)]
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.title = sheet
        for row in table:
            book.active.append(row)
        book.save(path)
        return path
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as lines:
        csv.writer(lines, delimiter=separator).writerows(table)
    return path
