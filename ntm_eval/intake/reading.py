"""One report being read: its approved corrections, and the problems found on the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

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

# The code and name of a row, the commune of that code, and what the name says.
Who = tuple[str, str, units.Commune | None, names.Found[units.Commune]]


class Reading:
    """The report being read: its corrections, and the problems found on the way."""

    def __init__(self, book: Book, report: Report, corrections: Sequence[Correction]):
        self.district = units.district(report.district_code)
        self.report = report
        self.problems: list[Problem] = list(book.problems)
        self._elsewhere = book.elsewhere
        self.rows: dict[tuple[str, ...], Row] = {}
        self.asked: set[str] = set()
        # what a row's code and name mean: they come back for each question of sheet Hài lòng
        self.known: dict[tuple[str, str], Who] = {}
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

    def place(self, cell: Cell | None = None) -> Place:
        sheet, ref = (cell.sheet, cell.ref) if cell else (None, None)
        return Place(self.district.code, self.report.file, sheet, ref)

    def mark(self, why: Message, cell: Cell | None, **about: str) -> None:
        raw = cell.text if cell is not None and not cell.blank else None
        self.problems.append(problem(why, self.place(cell), raw=raw, **about))

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
        return Cell(cell.sheet, cell.ref, found.new), name

    def refuse_unused_corrections(self) -> None:
        for key, (found, *_row) in self._corrections.items():
            if key not in self._used and key not in self._elsewhere:
                why = message("correction_refused.no_cell", source=found.source)
                cell = Cell(found.sheet, found.cell, found.old)
                self.mark(why, cell)


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
    if not (counted and found.old == HIDDEN) and not _same(found.old, cell):
        return message(
            "correction_refused.old",
            old=HIDDEN if counted else found.old,
            source=found.source,
        )
    return None


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
