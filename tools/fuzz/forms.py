"""An export of household forms whose counts are known, and what happens to forms on their way.

Forms are edited, refused, sent twice, kept on hidden sheets, and timed as Excel in Vietnam does it.
Each that counts has to be counted once, as it was last edited, and nobody's silence as an answer.
"""

from __future__ import annotations

import io
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl

from ntm_eval import units
from ntm_eval.intake import survey, tallies
from tools.fuzz.mutants import Mutant

DAY = date(2022, 12, 31)
SURVEY, CODE = "xã NTM", "xa_ntm"
ANSWERS = {"hai_long": "satisfied", "chua_hai_long": "unsatisfied", "": "no_answer"}
COUNTS = tuple(ANSWERS.values())
FORMS = 30
# what happens to forms, and the rule that tells of it
TELLS = {
    "sửa phiếu": "form_repeated",
    "không đồng ý": "form_refused",
    "không duyệt": "form_refused",
    "gửi lại": "form_repeated",
    "hộ ghi hai lần": "form_repeated",
    "trang ẩn": "hidden_sheet",
}
Row = dict[str, object]


def edit_forms(rng: random.Random) -> Mutant:
    """An export of one district under one to three of these damages, with its true counts."""
    damages = rng.sample(list(TELLS), rng.randint(1, 3))
    vietnamese = rng.random() < 0.5
    district = rng.choice(units.districts())
    communes = [c.code for c in units.communes(district.code, DAY) if c.kind == "xã"]
    rows, counted = [], []
    for n in range(FORMS):
        form = _form(n, rng.choice(communes[:3]), rng)
        sent, counts = _sent(form, rng.choice((*damages, "")), rng)
        rows += sent
        counted += counts
    for row in rows:
        row["_submission_time"] = _time(row["_submission_time"], vietnamese)
    rng.shuffle(rows)
    what = " + ".join([*damages, *(["giờ SA, CH"] if vietnamese else [])])
    hidden = "trang ẩn" in damages
    told = frozenset(TELLS[damage] for damage in damages if _happened(damage, rows))
    return Mutant("phiếu", what, _book(rows, hidden), truth=_tallied(counted), tells=told)


def faults(made: Mutant) -> Iterator[tuple[str, str]]:
    """What a reader of the export loses, counts twice or does not tell."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "phieu.xlsx"
        path.write_bytes(made.data)
        forms = survey.read([path], DAY)
    found = tallies.tally(forms).set_index(["commune_code", "question"])
    now = {
        (*key, column): int(count)
        for column in ("collected", *COUNTS)
        for key, count in found[column].items()
    }
    for key in sorted(made.truth.keys() | now.keys()):
        if now.get(key) != made.truth.get(key):
            kind = "đổi lặng" if key in now else "ô mất"
            yield kind, f"{key}: phải là {made.truth.get(key)}, đếm {now.get(key)}"
    for rule in sorted(made.tells - {p.rule for p in forms.problems}):
        yield "đổi lặng", f"không báo {rule}"


def _form(n: int, commune: str, rng: random.Random) -> Row:
    answers = {f"cau_{q}": rng.choice(list(ANSWERS)) for q in map(int, survey.asked(SURVEY))}
    return {
        "dong_y": "co",
        "ma_xa": commune,
        "loai_khao_sat": CODE,
        "ma_ban": rng.choice((1, 2, "")),
        "ma_ho": n + 1,
        **answers,
        "_id": 1000 + n,
        "_uuid": f"uuid-{n}",
        "meta/rootUuid": "",
        "meta/deprecatedID": "",
        "_submission_time": datetime(2022, 10, 2, 8) + timedelta(minutes=37 * n),
        "_validation_status": "",
    }


def _sent(form: Row, damage: str, rng: random.Random) -> tuple[list[Row], list[Row]]:
    """The rows of a form in an export, and those that count."""
    if damage == "không đồng ý":
        return [form | {"dong_y": "khong"}], []
    if damage == "không duyệt":
        return [form | {"_validation_status": "Not Approved"}], []
    if damage == "gửi lại":
        return [dict(form), form], [form]
    later = form | {
        "cau_1": rng.choice(list(ANSWERS)),
        "_uuid": f"{form['_uuid']}-b",
        "_submission_time": form["_submission_time"] + timedelta(hours=rng.choice((1, 5, 13))),
    }
    if damage == "sửa phiếu":
        before = rng.choice(("meta/rootUuid", "meta/deprecatedID"))
        return [form, later | {before: form["_uuid"]}], [later]
    if damage == "hộ ghi hai lần":
        rows = [form, later | {"_id": 5000 + form["_id"]}]
        # without the village nobody knows that it is one household
        return rows, [later] if form["ma_ban"] else rows
    return [form], [form]


def _happened(damage: str, rows: list[Row]) -> bool:
    """Whether a damage befell any form, so that it has to be told."""
    named = Counter((row["ma_ban"], row["ma_ho"]) for row in rows if row["ma_ban"])
    return {
        "không đồng ý": any(row["dong_y"] == "khong" for row in rows),
        "không duyệt": any(row["_validation_status"] for row in rows),
        "trang ẩn": True,
    }.get(damage, max(named.values()) > 1)


def _time(when: object, vietnamese: bool) -> str:
    """'2/10/2022 9:00:00 SA', as Excel in Vietnam shows it, or as Kobo writes it."""
    assert isinstance(when, datetime)
    if not vietnamese:
        return when.isoformat()
    half = "SA" if when.hour < 12 else "CH"
    return f"{when.day}/{when.month}/{when.year} {when.hour % 12 or 12}:{when:%M:%S} {half}"


def _book(rows: list[Row], hidden: bool) -> bytes:
    """The rows on one sheet, or half of them on a hidden one beside it."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    parts = [rows[::2], rows[1::2]] if hidden else [rows]
    for n, part in enumerate(parts):
        sheet = book.create_sheet(f"Phiếu {n}")
        sheet.append(list(rows[0]))
        for row in part:
            sheet.append(list(row.values()))
        sheet.sheet_state = "hidden" if n else "visible"
    book.remove(book.worksheets[0])
    book.save(out)
    return out.getvalue()


def _tallied(rows: list[Row]) -> dict[tuple[str, str, str], int]:
    """The true counts: forms collected and each answer, by commune and question."""
    truth: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        for question in survey.asked(SURVEY):
            about = str(row["ma_xa"]), question
            truth[*about, "collected"] += 1
            for answer in COUNTS:
                truth[*about, answer] += ANSWERS[str(row[f"cau_{question}"])] == answer
    return dict(truth)
