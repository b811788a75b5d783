"""What a reader made of a damaged report, held against the damage: lost cells, silent changes.

What stands in a file is looked up here without the reader: in the slots of the mutant, or, where
bytes were flipped, in the XML by plain patterns.
"""

from __future__ import annotations

import html
import io
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from xlsxwriter.utility import xl_rowcol_to_cell

from ntm_eval.characters import printable
from ntm_eval.intake import sheets
from ntm_eval.intake.clean import Cleaned
from ntm_eval.intake.problems import Problem
from tools.fuzz import books
from tools.fuzz.books import Key, Slot
from tools.fuzz.mutants import KINDS, NAMING, Mutant


@dataclass(frozen=True)
class Entry:
    """One figure as the reader has it."""

    value: object
    state: str | None
    sheet: str | None
    ref: str | None
    raw: str


@dataclass(frozen=True)
class Reading:
    """What a reader gives for a file: its figures, how often each, and its problems."""

    entries: dict[Key, Entry] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    period: str | None = None  # None where the file was refused
    problems: tuple[Problem, ...] = ()


def reading(period: str, cleaned: Cleaned, problems: tuple[Problem, ...]) -> Reading:
    """Every figure of a report as read, those of the communes and surveys too."""
    found = list(_entries(cleaned))
    return Reading(dict(found), Counter(key for key, _ in found), period, problems)


def _entries(cleaned: Cleaned) -> Iterator[tuple[Key, Entry]]:
    columns = ("indicator", "measure", "value", "state", "sheet", "cell", "raw")
    for code, measure, value, state, sheet, ref, raw in zip(
        *(cleaned.facts[c].to_numpy(object) for c in columns), strict=True
    ):
        where = (sheet, ref) if isinstance(ref, str) else (None, None)
        text = raw if isinstance(raw, str) else ""
        yield (code, measure), Entry(_known(value), state, *where, text)
    tables = (
        (
            (sheets.COMMUNES,),
            cleaned.communes,
            ("commune_code",),
            ("registered", "title", *sheets.CRITERIA, *sheets.COMMUNE_COUNTS),
        ),
        ((), cleaned.answers, ("commune_code", "survey", "question"), sheets.SATISFACTION_COUNTS),
    )
    for sheet, table, names, values in tables:
        for row in table.to_dict("records"):
            key = tuple(row[n] for n in names)
            typed = cleaned.rows.get((*sheet, *key), {})
            for column in values:
                cell = typed.get(column)
                place = (cell.sheet, cell.ref, cell.text) if cell else (None, None, "")
                yield (*key, column), Entry(_known(row[column]), None, *place)


def _known(value: object) -> object:
    return None if value is None or value != value else value


class Told:
    """What the problems speak of, by sheet, row and cell."""

    def __init__(self, problems: tuple[Problem, ...]):
        self.by_row: dict[tuple[str, str], list[Problem]] = defaultdict(list)
        self.by_sheet: dict[str | None, list[Problem]] = defaultdict(list)
        self.blank = {p.indicator for p in problems if p.rule == "blank_cell" and not p.cell}
        # the header of all actual figures is asked for in place of each cell
        gone = (
            f"không gửi trang '{sheets.FIGURES}'",
            "dòng tiêu đề có",
            "không thấy cột 'Thực hiện'",
        )
        self.gone = any(
            p.rule == "header_not_found" and any(words in p.message for words in gone)
            for p in problems
        )
        self._repeated = {
            p.indicator or p.commune_code for p in problems if p.rule == "row_repeated"
        }
        for p in problems:
            if p.cell:
                self.by_row[p.sheet, re.sub("[^0-9]", "", p.cell)].append(p)
            self.by_sheet[p.sheet].append(p)

    def row(self, sheet: str, ref: str, *rules: str) -> bool:
        """Whether a problem names this row, of one of these rules if any are given."""
        found = self.by_row[sheet, re.sub("[^0-9]", "", ref)]
        return any(not rules or p.rule in rules for p in found)

    def doubled(self, key: Key | None) -> bool:
        """Whether a problem says that two rows bear the code of this figure."""
        return key is not None and key[0] in self._repeated

    def cell(self, sheet: str, ref: str, *rules: str) -> bool:
        found = self.by_row[sheet, re.sub("[^0-9]", "", ref)]
        return any(p.cell == ref and (not rules or p.rule in rules) for p in found)

    def mark(self, sheet: str, raw: str | None) -> bool:
        """Whether a problem asks about this text as a mark, at whatever cell of the sheet."""
        asked = {_tidy(p.raw or "") for p in self.by_sheet[sheet] if p.rule == "not_a_mark"}
        return _tidy(raw or "") in asked

    def column(self, kind: str, sheet: str, ref: str, key: Key) -> bool:
        """Whether a problem says that this column, or this whole sheet, was not read."""
        headers = [h for h, k in KINDS.get(kind, {}).items() if k in (key[-1], *NAMING)]
        letters = re.sub("[0-9]", "", ref)
        for p in self.by_sheet[sheet]:
            if p.rule == "sheet_not_read":
                return True
            if p.rule == "column_repeated" and re.search(rf"\b{letters}[0-9]+\b", p.message):
                return True
            if p.rule == "header_not_found" and (
                "dòng tiêu đề có" in p.message or any(f"'{h}'" in p.message for h in headers)
            ):
                return True
        return any(f"không gửi trang '{kind}'" in p.message for p in self.by_sheet[None])


def lost(mutant: Mutant, base: Reading, now: Reading) -> list[str]:
    """Figures that are not there exactly once, and typed cells that nobody speaks of."""
    if now.period is None:
        told = mutant.family == "byte" or mutant.may_refuse
        return [] if told and now.problems else ["tệp bị từ chối"]
    communes = [k for k in base.entries if len(k) == 2 and _table(k) == sheets.COMMUNES]
    expected = [*books.owed(now.period), *communes]
    wrong = [f"{k}: {now.counts[k]} lần" for k in expected if now.counts[k] == 0]
    wrong += [f"{k}: {n} lần" for k, n in now.counts.items() if n > 1]
    told = Told(now.problems)
    taken = {(e.sheet, e.ref): k for k, e in now.entries.items() if e.ref}
    for sheet in mutant.sheets:
        for ref, slot in _typed(sheet):
            now_is = taken.get((sheet.name, ref))
            if now_is == slot.key or told.doubled(now_is):
                continue
            said = told.row(sheet.name, ref) or told.column(sheet.kind, sheet.name, ref, slot.key)
            if not said:
                wrong.append(f"{sheet.name} {ref} {slot.key}: không ai nói tới")
    return wrong


def _typed(sheet: books.Sheet) -> Iterator[tuple[str, Slot]]:
    for r, row in enumerate(sheet.rows):
        for c, slot in enumerate(row):
            if slot.key and not slot.blank:
                yield xl_rowcol_to_cell(r, c), slot


def silent(mutant: Mutant, base: Reading, now: Reading) -> list[str]:
    """Figures that differ from the report as it came without the file or a problem saying why."""
    if now.period is None:
        return []
    told = Told(now.problems)
    if mutant.family == "byte":
        return _unaccounted(mutant.data, base, now, told)
    wrong = []
    if mutant.must_tell and not any(p.rule == mutant.must_tell for p in now.problems):
        wrong.append(f"không báo {mutant.must_tell}")
    slots = {
        (s.name, xl_rowcol_to_cell(r, c)): slot
        for s in mutant.sheets
        for r, row in enumerate(s.rows)
        for c, slot in enumerate(row)
    }
    for key, entry in now.entries.items():
        why = _differs(key, entry, base.entries.get(key), slots, told)
        wrong += [f"{key}: {why}; đọc {entry}"] if why else []
    return wrong


def of_document(mutant: Mutant, base: Reading, now: Reading) -> list[tuple[str, str]]:
    """The faults of a document that shows what the undamaged one shows, but for what is asked."""
    if now.period is None:
        return [("ô mất", "tệp bị từ chối")]
    faults = [
        ("ô mất", f"{k}: {now.counts[k]} lần, trước {base.counts[k]}")
        for k in base.counts | now.counts
        if now.counts[k] != base.counts[k]
    ]
    told = Told(now.problems)
    for key, entry in now.entries.items():
        before = base.entries.get(key)
        if key in mutant.asked:
            asked = told.cell(str(entry.sheet), str(entry.ref), "not_a_number")
            fault = None if entry.value is None and asked else "không hỏi"
        else:
            fault = None if _shape(entry) == _shape(before) else f"trước là {before}"
        faults += [("đổi lặng", f"{key}: {fault}; đọc {entry}")] if fault else []
    return faults


def _differs(key: Key, entry: Entry, before: Entry | None, slots: dict, told: Told) -> str | None:
    """What is wrong with one figure, None where it is as it must be."""
    if entry.ref is None:
        if entry.value is not None:
            return "có số mà không có ô"
        owed = before and entry.state and before.state == "reported" and key[-1] == "actual"
        quiet = owed and key[0] not in told.blank and not told.gone
        return "mất mà không báo" if quiet else None
    slot = slots.get((entry.sheet, entry.ref), Slot())
    if _tidy(slot.text) != _tidy(entry.raw):
        return f"ô ghi {slot.text!r}"
    if slot.key != key:
        said = told.row(entry.sheet, entry.ref) or told.doubled(key)
        strange = (slot.key or not slot.blank) and not said
        kind = sheets.SATISFACTION if len(key) == 4 else _table(key)
        if strange and not told.column(kind, entry.sheet, entry.ref, key):
            return f"ô là của {slot.key}"
        return None
    return _unexpected(key, entry, before, slot.expect, told)


def _table(key: Key) -> str:
    return sheets.FIGURES if key[-1] in sheets.MEASURES else sheets.COMMUNES


def _tidy(text: str) -> str:
    """The text in one normal form, without what cannot be seen: a sheet's letter tells of that."""
    return unicodedata.normalize("NFC", printable(text)).strip()


def _unexpected(key: Key, entry: Entry, before: Entry, expect: object, told: Told) -> str | None:
    if expect == "same":
        same = (entry.value, entry.state) == (before.value, before.state)
        return None if same else f"trước là {before}"
    if isinstance(expect, float) or expect == "Đ":
        # the noise of a sum in Excel's fifteenth digit is taken off
        near = isinstance(expect, float) and entry.value == float(f"{expect:.15g}")
        good = (near or entry.value == expect) and entry.state in (None, "reported")
        return None if good else f"phải là {expect}"
    if entry.value is not None or entry.state not in (None, expect):
        return f"phải là {expect}"
    rules = {
        "rejected": ("not_a_number", "formula_without_value"),
        "unmarked": ("not_a_mark",),
        "blank": ("blank_cell",) if key[-1] == "actual" else (),
    }.get(expect)
    # a tick in place of a mark is asked about once in a sheet
    quiet = bool(rules) and not (
        told.cell(entry.sheet, entry.ref, *rules)
        or (expect == "unmarked" and told.mark(entry.sheet, entry.raw))
    )
    return "không báo gì" if quiet else None


def _unaccounted(data: bytes, base: Reading, now: Reading, told: Told) -> list[str]:
    """Figures changed by flipped bytes that neither the bytes nor a problem account for."""
    changed = [
        k
        for k in base.entries.keys() | now.entries.keys()
        if _shape(base.entries.get(k)) != _shape(now.entries.get(k))
    ]
    if not changed:
        return []
    file = standing(data)
    wrong = []
    for k in changed:
        before, after = base.entries.get(k), now.entries.get(k)
        if not _accounted(before, after, file, told):
            wrong.append(f"{k}: trước {before}; nay {after}")
    return wrong


def _shape(entry: Entry | None) -> tuple | None:
    return entry and (entry.value, entry.state, entry.raw.strip())


def _accounted(before: Entry | None, after: Entry | None, file: dict, told: Told) -> bool:
    if after and after.ref:
        if told.cell(after.sheet, after.ref):
            return True
        stands = file.get((after.sheet, after.ref), {""})
        return after.raw.strip() in stands and (before is None or before.raw != after.raw)
    if after and after.value is not None:
        return False
    if before.ref is None or (before.sheet, before.ref) not in file:
        return True  # the file no longer has it
    return (
        told.row(before.sheet, before.ref)
        or any(
            p.rule in ("header_not_found", "sheet_not_read") for p in told.by_sheet[before.sheet]
        )
        or any(p.rule == "header_not_found" for p in told.by_sheet[None])
    )


def standing(data: bytes) -> dict[tuple[str, str], set[str]]:
    """The texts at each sheet and address of an .xlsx file, as far as patterns can tell."""
    found = zipfile.ZipFile(io.BytesIO(data))
    parts = {n: found.read(n).decode("utf-8", "replace") for n in found.namelist()}
    shared = [
        _inside(si) for si in _all(r"<si>(.*?)</si>|<si/>", parts.get("xl/sharedStrings.xml"))
    ]
    rels = parts.get("xl/_rels/workbook.xml.rels", "")
    targets = {
        _attribute(r, "Id"): _attribute(r, "Target") for r in _all(r"<Relationship ([^>]*)", rels)
    }
    made: dict[tuple[str, str], set[str]] = defaultdict(set)
    for sheet in _all(r"<sheet ([^>]*)", parts.get("xl/workbook.xml")):
        target = targets.get(_attribute(sheet, "r:id"), "").lstrip("/").removeprefix("xl/")
        name = html.unescape(_attribute(sheet, "name"))
        for attributes, content in re.findall(
            r"<c ([^>]*?)(?:/>|>(.*?)</c>)", parts.get(f"xl/{target}", ""), re.S
        ):
            made[name, _address(attributes)].add(_text(attributes, content, shared))
    return made


def _all(pattern: str, text: str | None) -> list[str]:
    return re.findall(pattern, text or "", re.S)


def _attribute(text: str, name: str) -> str:
    found = re.search(rf'(?<![\w:]){name}\s*=\s*"([^"]*)"', text)
    return found[1] if found else ""


def _address(attributes: str) -> str:
    """'o04' -> 'O4', as readers take it."""
    ref = _attribute(attributes, "r").upper()
    return re.sub(r"(?<=[A-Z])0+(?=[0-9])", "", ref)


def _inside(text: str) -> str:
    return html.unescape("".join(_all(r"<t\b[^>]*>(.*?)</t>", text))).strip()


def _text(attributes: str, content: str, shared: list[str]) -> str:
    kind = _attribute(attributes, "t")
    value = "".join(_all(r"<v>(.*?)</v>", content))
    if kind == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    if kind == "inlineStr":
        return _inside(content)
    try:
        number = float(value)
        return str(int(number)) if number.is_integer() else str(number)
    except (ValueError, OverflowError):
        return html.unescape(value).strip()
