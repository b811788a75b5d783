"""Damaged copies of a report: cells, structure, bytes, and anything typed anywhere.

Each says what was done to it. `run` holds the reader against the first three; the whole review has
to bear all four (`review`).
"""

from __future__ import annotations

import io
import json
import random
import re
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from xlsxwriter.utility import xl_rowcol_to_cell

from ntm_eval import reference
from ntm_eval.intake import sheets
from tools.fuzz.books import ErrorValue, Key, Raised, Sheet, Slot, copied

KINDS = {
    sheets.FIGURES: sheets.FIGURE_HEADERS,
    sheets.COMMUNES: sheets.COMMUNE_HEADERS,
    sheets.SATISFACTION: sheets.SATISFACTION_HEADERS,
}
NAMING = ("indicator", "name", "commune_code", "commune", "survey", "question")

Where = Callable[
    [Sheet, str, Slot], bool
]  # whether a cell below this header, or beside it, is meant


@dataclass
class Mutant:
    """A damaged report: its bytes, and its sheets where they are known."""

    family: str
    what: str
    data: bytes = b""
    sheets: list[Sheet] = field(default_factory=list)
    must_tell: str | None = None  # a rule that has to come up
    may_refuse: bool = False
    asked: frozenset[Key] = frozenset()  # figures of a document that have to be asked about
    truth: Mapping[tuple[str, str, str], int] = field(default_factory=dict)  # counts of forms
    tells: frozenset[str] = frozenset()  # rules that have to come up of an export of forms


# --- cell edits -------------------------------------------------------------------------------


def edit_cells(report: list[Sheet], rng: random.Random) -> Mutant:
    """One to five cells of figures typed anew, or the cells that name a row."""
    made = copied(report)
    what = rng.choice(("số mới", "chữ đọc được", "chữ không đọc được", "xóa ô", "tên dòng"))
    if what == "tên dòng":
        return _rename_row(made, rng)
    places = [
        (s, r, c)
        for s in made
        for r, row in enumerate(s.rows)
        for c, slot in enumerate(row)
        if slot.key and slot.key[-1] not in ("registered", "title")
    ]
    for s, r, c in rng.sample(places, rng.randint(1, 5)):
        s.rows[r][c] = _retyped(s.rows[r][c], what, rng)
    return Mutant("ô", what, sheets=made)


def _retyped(slot: Slot, what: str, rng: random.Random) -> Slot:
    if what == "xóa ô":
        return replace(slot, typed=rng.choice((None, " ", "-", "…", "x")), expect="blank")
    if slot.key[-1] in sheets.CRITERIA:
        if what == "chữ không đọc được":
            return replace(slot, typed=rng.choice(("7", "có", "?", 1, "Đ/C")), expect="unmarked")
        return replace(slot, typed=rng.choice(("đạt", " Đ ", "D")), expect="Đ")
    if what == "chữ không đọc được":
        return replace(slot, typed=rng.choice(UNREADABLE), expect="rejected")
    number = rng.choice((0, rng.randint(1, 99), rng.randint(1000, 10**9)))
    if what == "số mới":
        return replace(slot, typed=number, expect=float(number))
    if rng.random() < 0.1:
        return replace(slot, typed=rng.choice(("KAD", "kad ")), expect="not_applicable")
    return replace(slot, typed=_written(number, _grouping(slot.key), rng), expect=float(number))


def _grouping(key: Key) -> bool:
    """Whether a dot surely groups in this column: it holds whole numbers."""
    if key[-1] == "self_score":
        return False
    kinds = reference.table("indicators").set_index("id")["kind"]
    return kinds.get(key[0], "count") in ("count", "money", "area")


def _written(number: int, grouping: bool, rng: random.Random) -> str:
    dotted = f"{number:,}".replace(",", ".") if grouping else str(number)
    wide = str(number).translate({48 + d: 0xFF10 + d for d in range(10)})
    spaced = f"{number:,}".replace(",", "\u00a0") if grouping else f"\u00a0{number}"
    qualified = rng.choice(("gần ", "Khoảng ", "trên  ", unicodedata.normalize("NFD", "ước đạt ")))
    return rng.choice((dotted, wide, spaced, qualified + dotted, f"  {number}\u200b"))


def _rename_row(made: list[Sheet], rng: random.Random) -> Mutant:
    """The code, the name, the survey or the question of a row typed wrong."""
    s = rng.choice([s for s in made if s.kind in KINDS and _figures(s)])
    r, header = rng.choice(_figures(s)), _header(s)
    keys = [k for k in NAMING if k in KINDS[s.kind].values()]
    changed = rng.sample(keys, rng.randint(1, 2))
    # with another code and no name a row is the other row; another survey may be meant
    swaps = len(changed) == 1 and changed != ["survey"]
    texts = {key: text for text, key in KINDS[s.kind].items()}
    for key in changed:
        c = header[texts[key]]
        other = s.rows[rng.choice(_figures(s))][c].text
        s.rows[r][c] = Slot(
            other if swaps and rng.random() < 0.4 else _typo(s.rows[r][c].text, rng)
        )
    return Mutant("ô", f"tên dòng: {', '.join(changed)}", sheets=made)


def _typo(text: str, rng: random.Random) -> str:
    if not text or rng.random() < 0.2:
        return rng.choice(("", "???", "Zzzz", "99999"))
    at = rng.randrange(len(text))
    other = "Q" if text[at].upper() != "Q" else "W"
    return rng.choice(
        (text[:at] + other + text[at + 1 :], text[:at] + text[at + 1 :], text + other)
    )


# --- structure edits --------------------------------------------------------------------------


def edit_structure(report: list[Sheet], rng: random.Random) -> Mutant:
    """A row, a column, a header or a sheet inserted, moved, copied, altered or removed."""
    made = Mutant("cấu trúc", "", sheets=copied(report))
    for _ in range(rng.choice((1, 1, 2))):
        edit = rng.choice(STRUCTURE)
        tables = [s for s in made.sheets if s.kind in KINDS and _figures(s) and _header(s)]
        if tables:
            edit(made, rng.choice(tables), rng)
            made.what = " + ".join(filter(None, (made.what, edit.__name__.strip("_"))))
    return made


def _header(s: Sheet) -> dict[str, int]:
    """The columns of the header texts that stand as the form has them, and `None`: its row."""
    for row in s.rows:
        found = {t.typed: c for c, t in enumerate(row) if t.typed in KINDS.get(s.kind, {})}
        if len(found) > 3:
            return found
    return {}


def _header_row(s: Sheet) -> int:
    return next(
        r for r, row in enumerate(s.rows) if sum(t.typed in KINDS.get(s.kind, {}) for t in row) > 3
    )


def _figures(s: Sheet) -> list[int]:
    return [r for r, row in enumerate(s.rows) if any(t.key for t in row)]


def _insert_rows(made: Mutant, s: Sheet, rng: random.Random) -> None:
    text = rng.choice((None, "Ghi chú: số liệu tạm tính", "Nguồn: các xã báo cáo", "II. Văn hóa"))
    at = rng.randint(0, len(s.rows))
    for _ in range(rng.randint(1, 3)):
        s.rows.insert(at, [Slot(text)])


def _delete_row(made: Mutant, s: Sheet, rng: random.Random) -> None:
    del s.rows[rng.choice(_figures(s))]


def _move_rows(made: Mutant, s: Sheet, rng: random.Random) -> None:
    rows = _figures(s)
    moved = [s.rows[r] for r in rng.sample(rows, len(rows))]
    for r, row in zip(rows, moved, strict=True):
        s.rows[r] = row


def _repeat_row(made: Mutant, s: Sheet, rng: random.Random) -> None:
    """A row of figures that stands twice, the second time with other numbers."""
    rows = [r for r in _figures(s) if any(_number(t) for t in s.rows[r])]
    if not rows:
        return
    r = rng.choice(rows)
    again = [_plus_one(t) for t in s.rows[r]]
    s.rows.insert(rng.choice((r, r + 1, len(s.rows))), again)
    made.must_tell = made.must_tell or "row_repeated"


def _number(slot: Slot) -> bool:
    return bool(slot.key) and isinstance(slot.typed, int | float)


def _plus_one(slot: Slot) -> Slot:
    if not _number(slot):
        return slot
    return replace(slot, typed=slot.typed + 1, expect=float(slot.typed + 1))


def _repeat_header(made: Mutant, s: Sheet, rng: random.Random) -> None:
    row = s.rows[_header_row(s)]
    s.rows.insert(rng.choice(_figures(s)), list(row))


def _delete_title(made: Mutant, s: Sheet, rng: random.Random) -> None:
    del s.rows[: _header_row(s)]


def _padded(s: Sheet) -> int:
    width = max(map(len, s.rows))
    for row in s.rows:
        row += [Slot()] * (width - len(row))
    return width


def _insert_column(made: Mutant, s: Sheet, rng: random.Random) -> None:
    at, head = rng.randint(0, _padded(s)), _header_row(s)
    text = rng.choice((None, "Nguồn số liệu", "Năm trước", "Tỷ lệ"))
    for r, row in enumerate(s.rows):
        row.insert(at, Slot(text if r == head else (7 if text and r > head else None)))


def _delete_column(made: Mutant, s: Sheet, rng: random.Random) -> None:
    _padded(s)
    c = rng.choice(list(_header(s).values()))
    for row in s.rows:
        del row[c]
    made.must_tell = made.must_tell or "header_not_found"


def _move_columns(made: Mutant, s: Sheet, rng: random.Random) -> None:
    width = _padded(s)
    order = rng.sample(range(width), width)
    head = _header_row(s)
    for r in range(head, len(s.rows)):
        s.rows[r] = [s.rows[r][c] for c in order]


def _repeat_column(made: Mutant, s: Sheet, rng: random.Random) -> None:
    """A column of figures that stands twice under one header, the copy with other numbers."""
    width = _padded(s)
    numbers = [c for c in range(width) if sum(_number(row[c]) for row in s.rows) > 2]
    c = rng.choice([c for c in numbers if c in _header(s).values()] or [0])
    at = rng.choice((c + 1, width))
    for row in s.rows:
        row.insert(at, _plus_one(row[c]))
    if numbers:
        made.must_tell = made.must_tell or "column_repeated"


def _reword_header(made: Mutant, s: Sheet, rng: random.Random) -> None:
    """A header text as people re-type it, which changes nothing."""
    text, c = rng.choice(list(_header(s).items()))
    ways: tuple[Callable[[str], str], ...] = (
        str.upper,
        str.lower,
        lambda t: t.replace(" ", "\n"),
        lambda t: f" {t}  ",
        lambda t: unicodedata.normalize("NFD", t),
        lambda t: f"{t}:",
        lambda t: f"{t} (số liệu)",
    )
    s.rows[_header_row(s)][c] = Slot(rng.choice(ways)(text))


def _misspell_header(made: Mutant, s: Sheet, rng: random.Random) -> None:
    c = rng.choice(list(_header(s).values()))
    s.rows[_header_row(s)][c] = Slot(rng.choice(("Cột 7", "Thực hiên dc", "???", None)))
    made.must_tell = made.must_tell or "header_not_found"


def _rename_sheet(made: Mutant, s: Sheet, rng: random.Random) -> None:
    used = {other.name.casefold() for other in made.sheets}
    names = ("Sheet1", "Biểu 2", "Trang tính3", f"{s.name} ", s.name.upper(), f"{s.name}.")
    free = [n for n in names if n.casefold() not in used]
    s.name = rng.choice(free)


def _reorder_sheets(made: Mutant, s: Sheet, rng: random.Random) -> None:
    rng.shuffle(made.sheets)


def _remove_sheet(made: Mutant, s: Sheet, rng: random.Random) -> None:
    gone = rng.choice(made.sheets)
    made.sheets.remove(gone)
    made.may_refuse = made.may_refuse or gone.kind == sheets.INFO
    if gone.kind in KINDS:
        left = any(o.kind == gone.kind for o in made.sheets)
        made.must_tell = None if left else "header_not_found"


def _hide_sheet(made: Mutant, s: Sheet, rng: random.Random) -> None:
    s.hidden = True
    made.must_tell = made.must_tell or "hidden_sheet"


def _copy_sheet(made: Mutant, s: Sheet, rng: random.Random) -> None:
    """The sheet twice, the copy, under another name, with other numbers."""
    if any(o.name == f"{s.kind} (2)" for o in made.sheets):
        return
    rows = [[_plus_one(t) for t in row] for row in s.rows]
    again = Sheet(f"{s.kind} (2)", s.kind, rows)
    made.sheets.insert(rng.randint(0, len(made.sheets)), again)
    made.must_tell = made.must_tell or "sheet_not_read"


STRUCTURE = (
    _insert_rows,
    _delete_row,
    _move_rows,
    _repeat_row,
    _repeat_header,
    _delete_title,
    _insert_column,
    _delete_column,
    _move_columns,
    _repeat_column,
    _reword_header,
    _misspell_header,
    _rename_sheet,
    _reorder_sheets,
    _remove_sheet,
    _hide_sheet,
    _copy_sheet,
)


# --- anything typed anywhere -------------------------------------------------------------------

# what nobody should type; a long text as a part of it and how often that stands in it
ODD: dict[str, list] = {
    name: [t["repeat"][0] * t["repeat"][1] if isinstance(t, dict) else t for t in texts]
    for name, texts in json.loads(Path(__file__).with_name("typed.json").read_text("utf-8")).items()
}
UNREADABLE = (
    *ODD["unreadable"],
    *map(ErrorValue, ("#DIV/0!", "#N/A", "#REF!", "#VALUE!")),
    *map(Raised, ("326²", "1.043¹")),
)
WORDS = [text for text in ODD["words"] if len(text) < 200]  # those for a table of the office


def _in(*labels: str) -> Where:
    return lambda s, label, slot: label in labels


def _told(s: Sheet, label: str, slot: Slot) -> bool:
    return s.kind == sheets.INFO and bool(label)


def _worded(s: Sheet, label: str, slot: Slot) -> bool:
    return isinstance(slot.typed, str) and bool(label)


def _figure(s: Sheet, label: str, slot: Slot) -> bool:
    return bool(slot.key) and s.kind != sheets.SATISFACTION


def _counted(s: Sheet, label: str, slot: Slot) -> bool:
    return s.kind == sheets.SATISFACTION and isinstance(slot.typed, int | float)


# what is typed: where, and what of
TYPED: dict[str, tuple[Where, list]] = {
    "chữ": (_worded, ODD["words"]),
    "lời": (_told, ODD["words"]),
    "ký tự": (_worded, ODD["glyphs"]),
    "ngày": (_in("Năm", "Kỳ báo cáo", "Ngày chốt số liệu", "Ngày gửi"), ODD["dates"]),
    "đơn vị": (_in("Đơn vị tính"), ODD["units"]),
    "dấu": (_in("Loại", "Đăng ký", "Danh hiệu", *sheets.CRITERIA), ODD["marks"]),
    "số": (_figure, ODD["numbers"]),
    "phiếu": (_counted, ODD["counts"]),
    "ô lỗi": (_figure, list(map(ErrorValue, ODD["errors"]))),
}


def type_anything(report: list[Sheet], rng: random.Random) -> Mutant:
    """One to six cells of a kind typed anew with what nobody should type there."""
    made = copied(report)
    what = rng.choice(list(TYPED))
    fits, texts = TYPED[what]
    places = [
        (s, r, c)
        for s in made
        for r, row in enumerate(s.rows)
        for c, label in enumerate(_labels(s, row))
        if fits(s, label, row[c])
    ]
    for s, r, c in rng.sample(places, min(len(places), rng.choice((1, 1, 2, 6)))):
        before, typed = s.rows[r][c], rng.choice(texts)
        if what in ("chữ", "ký tự") and rng.random() < 0.4:
            typed = f"{before.text} {typed}"[:32767]
        s.rows[r][c] = replace(before, typed=typed)
        made_at = f"{s.name} {xl_rowcol_to_cell(r, c)} {str(typed)[:40]!r}"
        what = f"{what}; {made_at}"
    return Mutant("gõ", what, sheets=made)


def _labels(s: Sheet, row: list[Slot]) -> list[str]:
    """What stands above each cell of a row, or beside it on the sheet of information."""
    if s.kind == sheets.INFO:
        return ["", *[row[0].text] * (len(row) - 1)]
    above = {c: text for text, c in _header(s).items()}
    is_figures = any(t.key for t in row)
    return [above.get(c, "") if is_figures else "" for c in range(len(row))]


def keyed(report: list[Sheet]) -> list[Sheet]:
    """An undamaged report with each slot knowing its figure, by its row and the text above it."""
    made = copied(report)
    for s in made:
        names = KINDS.get(s.kind, {})
        columns = {c: names[text] for text, c in _header(s).items()} if names else {}
        for row in s.rows[_header_row(s) + 1 :] if columns else ():
            for c, column in columns.items():
                if row[0].text and column not in (*NAMING, "unit", "note", "kind"):
                    row[c] = replace(row[c], key=(row[0].text, column))
    return made


# --- byte edits -------------------------------------------------------------------------------


def flip_bytes(data: bytes, rng: random.Random) -> Mutant:
    """The file cut short or with wrong bytes, in the archive or inside one of its parts."""
    what = rng.choice(("cắt cụt", "sai byte của tệp", "sai byte bên trong", "sai byte bên trong"))
    if what == "cắt cụt":
        return Mutant("byte", what, data[: rng.randrange(len(data))])
    if what == "sai byte của tệp":
        return Mutant("byte", what, _flipped(data, rng))
    return Mutant("byte", what, _flipped_inside(data, rng))


def _flipped(data: bytes, rng: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        made[rng.randrange(len(made))] ^= 1 << rng.randrange(8)
    if rng.random() < 0.2:
        at = rng.randrange(len(made))
        made[at : at + rng.randint(1, 50)] = b""
    return bytes(made)


def _flipped_text(data: bytes, rng: random.Random) -> bytes:
    """Wrong bytes within texts, numbers and attributes only, so that the XML often stays sound."""
    made = bytearray(data)
    spans = [m.span(1) for m in re.finditer(rb'(?:>|=")([^<>"]+)(?=[<"])', data)]
    for first, end in rng.choices(spans, k=rng.randint(1, 3)):
        made[rng.randrange(first, end)] ^= 1 << rng.randrange(7)
    return bytes(made)


def _flipped_inside(data: bytes, rng: random.Random) -> bytes:
    old, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    parts = [n for n in old.namelist() if re.search(r"sheet\d|shared|styles|workbook|Types", n)]
    hit, flip = rng.choice(parts), rng.choice((_flipped, _flipped_text, _flipped_text))
    with zipfile.ZipFile(out, "w") as made:
        for name in old.namelist():
            content = old.read(name)
            content = flip(content, rng) if name == hit else content
            made.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED, compresslevel=1)
    return out.getvalue()
