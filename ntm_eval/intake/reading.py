"""One report being read: its approved corrections, whom its rows name, and the problems found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from ntm_eval import units
from ntm_eval.intake import names, sheets, values
from ntm_eval.intake.cells import Cell, Row
from ntm_eval.intake.delimited import Correction, file_key
from ntm_eval.intake.problems import HIDDEN, Place, Problem, problem
from ntm_eval.intake.received import Report
from ntm_eval.intake.workbook import Book
from ntm_eval.language import Message, message
from ntm_eval.language import translate as _

# How the name of a correction begins, in column `corrected` of the facts.
CORRECTED = "bản sửa"
CODE = r"\d{5}"
NOBODY: names.Found[units.Commune] = names.Found(None)

# The code and name of a row, the commune of that code, and what the name says.
Who = tuple[str, str, units.Commune | None, names.Found[units.Commune]]


class Reading:
    """The report being read: its corrections, and the problems found on the way."""

    def __init__(self, book: Book, report: Report, corrections: Sequence[Correction]):
        self.district = units.district(report.district_code)
        self.report = report
        self.day = units.day(report.year, report.period)
        self.problems: list[Problem] = list(book.problems)
        # the cells behind a commune, by its code, or behind a question of a survey
        self.rows: dict[tuple[str, ...], Row] = {}
        self._book = book
        self._place = Place(self.district.code, report.file)
        self._asked: set[str] = set()
        # what a row's code and name mean: they come back for each question of sheet Hài lòng
        self._known: dict[tuple[str, str], Who] = {}
        self._corrections: dict[tuple[str, str], list[Correction]] = {}
        for c in corrections:
            if file_key(c.file) == file_key(report.file):
                at = (units.fold(c.sheet), c.cell.upper().replace("$", "").replace(" ", ""))
                self._corrections.setdefault(at, []).append(c)
        self._used: dict[tuple[str, str], tuple[Cell, str | None]] = {}
        # the cells with counts of residents' answers
        self.counted = frozenset(
            (row[key].sheet, row[key].ref)
            for row in book.tables[sheets.SATISFACTION]
            for key in ("collected", *sheets.ANSWERS)
            if key in row
        )

    def mark(self, why: Message, cell: Cell | None, **about: str) -> None:
        """Note a problem at a cell, or in the whole file."""
        place = self._place.at(cell.sheet, cell.ref) if cell else self._place
        raw = cell.text if cell is not None and not cell.blank else None
        self.problems.append(problem(why, place, raw=raw, **about))

    def misses(self, sheet: str, *, owed: bool = True) -> bool:
        """Whether a sheet of a later edition was not sent; one that is owed is asked for, once."""
        if owed and sheet in self._book.missing and self._book.edition >= sheets.SINCE[sheet]:
            self.mark(message("header_not_found.sheet", sheet=sheet), None)
        return sheet in self._book.missing

    def corrected(self, cell: Cell) -> tuple[Cell, str | None]:
        """The cell with its approved correction, and the correction's name."""
        if not self._corrections:
            return cell, None
        key = (units.fold(cell.sheet), cell.ref)
        if key in self._corrections and key not in self._used:
            self._used[key] = self._apply(*self._corrections[key], cell=cell)
        return self._used.get(key, (cell, None))

    def _apply(self, found: Correction, *others: Correction, cell: Cell) -> tuple[Cell, str | None]:
        counted = (cell.sheet, cell.ref) in self.counted
        why = _refusal(found, others, cell, counted)
        if why:
            self.mark(why, cell)
            return cell, None
        name = f"{CORRECTED} {found.date}, {found.approved_by}".strip(", ")
        reason = found.reason.rstrip(". ")
        why = message(
            "correction_applied" if reason else "correction_applied.no_reason",
            new=HIDDEN if counted else found.new,
            about=name.removeprefix(CORRECTED),
            source=found.source,
            reason=reason,
        )
        self.mark(why, cell)
        return cell._replace(typed=found.new), name

    def refuse_unused_corrections(self) -> None:
        """Note each correction of a cell that this report does not have."""
        for key, (found, *_row) in self._corrections.items():
            if key not in self._used and key not in self._book.elsewhere:
                why = message("correction_refused.no_cell", source=found.source)
                self.mark(why, Cell(found.sheet, found.cell, found.old))

    def said(self, row: Row, key: str) -> str:
        """A name or code as typed, or as an approved correction has it."""
        if key not in row:
            return ""
        cell = self.corrected(row[key])[0] if self._corrections else row[key]
        return cell.text.strip()

    def number(self, cell: Cell | None, kind: str, unit: str, **about: str) -> float | None:
        """The number in a cell of a column; what cannot be read is marked and not known."""
        if cell is None:
            return None
        cell, _ = self.corrected(cell)
        read = values.read_number(cell.typed, kind, unit)
        if read.problem:
            self.mark(message(read.problem), cell, **about)
        return read.number

    def commune(self, row: Row, headers: Mapping[str, str]) -> units.Commune | None:
        """The commune of a row by its code, else by its name; a mismatch of both is a problem."""
        code, name, by_code, by_name = self._who(row)
        meant = by_code or by_name.unit
        if meant is None:
            filled = [c for c in row.values() if not c.blank]
            if len(filled) > 2 and not is_header(row, headers):
                self._unknown(row, code, by_name)
            return None
        if by_code and name and by_code != by_name.unit:
            why = message("name_differs.commune", code=code, name=by_code.name, typed=name)
            self.mark(why, row["commune"], commune_code=meant.code)
        if by_code is None and re.fullmatch(CODE, code):
            why = message("name_differs.code", name=meant.name)
            self.mark(why, row["commune_code"], commune_code=meant.code)
        if by_name.why and meant == by_name.unit and name not in self._asked:
            self._asked.add(name)  # it comes back for each question of sheet Hài lòng
            self.mark(by_name.why, row["commune"], commune_code=meant.code)
        return meant

    def sure(self, row: Row) -> bool:
        """Whether a row names its commune by code, or by a name that needs no guess."""
        _, _, by_code, by_name = self._who(row)
        return bool(by_code) or by_name.rule is None

    def _who(self, row: Row) -> Who:
        both = code, name = self.said(row, "commune_code"), self.said(row, "commune")
        if both not in self._known:
            here = self.district.code, self.day
            # Excel drops the leading zero of a code that was typed as a number
            code = code.zfill(5) if re.fullmatch(r"\d{4,5}", code) else code
            by_code = units.find_commune(code, *here) if code else None
            if by_code and name == by_code.name:  # nearly all
                by_name = names.Found(by_code)
            else:
                by_name = names.commune(name, *here) if name else NOBODY
            self._known[both] = code, name, by_code, by_name
        return self._known[both]

    def _unknown(self, row: Row, code: str, by_name: names.Found[units.Commune]) -> None:
        """Note a row with figures that belongs to no commune of the district."""
        named = (row[c] for c in ("commune", "commune_code") if c in row)
        cell = next((c for c in named if not c.blank), None)
        why = by_name.why
        if re.fullmatch(CODE, code) and by_name.rule != "unknown_commune":
            why = message("unknown_commune.code", code=code, name=self.district.name)
        elif not why:
            cell = next(c for c in row.values() if not c.blank)
            why = message("unknown_name.nothing")
        self.mark(why, cell)


def is_header(row: Row, headers: Mapping[str, str]) -> bool:
    """A header repeated further down, as after a page break."""
    texts = {units.fold(h) for h in headers}
    return all(c.blank or units.fold(c.text) in texts for c in row.values())


def told(corrected: str) -> str:
    """The name of a correction, as the facts have it, in a message; that of a rule as it is."""
    if not corrected.startswith(CORRECTED):
        return corrected
    return _("bản sửa{about}", about=corrected.removeprefix(CORRECTED))


def _refusal(
    found: Correction, others: Sequence[Correction], cell: Cell, counted: bool
) -> Message | None:
    """Why an approved change cannot be applied to a cell, or None where it can.

    Of a cell with a count of residents' answers no number is quoted; in the letter about it there
    was none either, and `old` may be `HIDDEN`.
    """
    rivals = [c for c in others if (c.old, c.new) != (found.old, found.new)]
    if rivals:
        news = ", ".join(f"'{HIDDEN if counted else c.new}' ({c.source})" for c in (found, *rivals))
        return message("correction_refused.several", news=news)
    if (counted and found.old == HIDDEN) or _same(found.old, cell):
        return None
    old = HIDDEN if counted else found.old
    return message("correction_refused.old", old=old, source=found.source)


def _same(old: str, cell: Cell) -> bool:
    """Whether a correction means what stands in the cell: the same text, or the same number.

    '93,19' is how a number 93.19 is shown; in a cell of text only the text itself counts.
    """
    texts = (" ".join(unicodedata.normalize("NFC", text).split()) for text in (old, cell.text))
    if len(set(texts)) == 1:
        return True
    if not isinstance(cell.typed, int | float) or isinstance(cell.typed, bool):
        return False
    return values.read_number(old, "number", "").number == float(cell.typed)
