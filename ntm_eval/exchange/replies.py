"""Query letters that came back filled in -> corrections, explanations, and what is still open.

The office puts them in folder `answers` beside the reports they are about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from ntm_eval import units
from ntm_eval.characters import file_name
from ntm_eval.intake.cells import Cell
from ntm_eval.intake.delimited import ANSWERS, Correction, file_key
from ntm_eval.intake.files import UnreadableError, content, inside, refuse_other
from ntm_eval.intake.headers import labelled
from ntm_eval.intake.problems import HIDDEN, Place, Problem, frame, listed, ordered, problem
from ntm_eval.intake.spreadsheets import spreadsheet
from ntm_eval.language import N_, current, message, place, using
from ntm_eval.units import fold
from ntm_eval.workspace import VIETNAMESE

KINDS = (".xlsx", ".xlsm", ".xls", ".ods")
OTHER = message("reply_unread.kind", kinds=list(KINDS))
# header of a query letter -> our name for it
HEADERS = {
    "Số": "number",
    "Tệp": "file",
    "Trang tính": "sheet",
    "Ô": "cell",
    "Chỉ tiêu": "subject",
    "Đã ghi": "old",
    "Câu hỏi": "question",
    "Số đúng": "new",
    "Lý do": "reason",
    "Người trả lời": "approved_by",
    "Ngày": "date",
}
TO_FILL = ("new", "reason", "approved_by", "date")
NEEDED = {"file", "sheet", "cell", "old", "question", "new", "reason"}
# An answer that repeats the number says that it stands.
STANDS = "Số đã ghi là đúng"
COLUMNS = ["number", "rule", "file", "sheet", "cell", "subject", "old", "question", "told"]
STATUSES = {
    "open": N_("chưa gửi hỏi hoặc chưa có trả lời"),
    "unanswered": N_("đã hỏi, chưa trả lời"),
    "applied": N_("đã trả lời, đã sửa số"),
    "explained": N_("đã giải trình, giữ nguyên số"),
    "refused": N_("trả lời không áp dụng được"),
}
# What the office itself has to settle is no question for a district.
FOR_THE_OFFICE = {
    "late_report",
    "undated_report",
    "duplicate_report",
    "receipt_unread",
    "reply_unread",
    "correction_refused",
    "correction_applied",
    "office_row",
}

At = tuple[str, str, str]  # file, sheet, and the cell or, where there is none, the question


@dataclass(frozen=True)
class Reply(Correction):
    """One row of a filled query letter: the change of a number that it asks for, if any."""

    question: str = ""

    @property
    def at(self) -> At:
        """The cell or the question that it is about."""
        return _at(self.file, self.sheet, self.cell, self.question)


FIELDS = [name for name in Reply.__dataclass_fields__ if name != "source"]


def files(folder: Path) -> list[Path]:
    """The filled letters of one year and period, in the order of their names."""
    return inside(folder / ANSWERS)


def replies(folder: Path) -> tuple[list[Reply], list[Problem]]:
    """The rows of all filled letters of a year and period, and the letters that say nothing."""
    found, problems = [], []
    for path in files(folder):
        source = f"{ANSWERS}/{file_name(path.name)}"
        try:
            rows = letter(path, source)
        except UnreadableError as error:
            problems.append(problem(error.why, Place(file=source), rule="reply_unread"))
            continue
        found += rows
        if not rows:
            reason = message("reply_unread.columns", columns=list(HEADERS))
            problems.append(problem(reason, Place(file=source)))
    return found, problems


def letter(path: Path, source: str = "") -> list[Reply]:
    """The questions of one letter with what was filled in, from whichever sheet has them.

    Raises
    ------
    UnreadableError
        Where the file is no spreadsheet.
    """
    refuse_other(path, KINDS, OTHER)
    pages = spreadsheet(content(path))
    rows = [row for page in pages for row in labelled(page.grid, HEADERS, NEEDED) or ()]
    filled = ({name: _text(row.get(name)) for name in FIELDS} for _, row in rows)
    return [_reply(texts, source) for texts in filled if texts["question"]]


def unplaced(answered: Iterable[Reply], present: Iterable[str]) -> list[Problem]:
    """Answers about files that are not there: one problem for each such file of a letter."""
    known = {file_key(name) for name in present} | {""}
    wrong = dict.fromkeys((r.source, r.file) for r in answered if file_key(r.file) not in known)
    return [
        problem(message("reply_unread.no_file", file=file, column="Tệp"), Place(file=source))
        for source, file in wrong
    ]


def corrections(answered: Iterable[Reply]) -> list[Reply]:
    """The changes of numbers that the answers ask for."""
    return [r for r in answered if r.new and r.cell]


def explained(found: pd.DataFrame, answered: Sequence[Reply]) -> pd.DataFrame:
    """The problems with their `message`, which ends with what a district said of it."""
    words = _explanations(answered)
    each = [(p, words.get(_of(p))) for p in listed(found)]
    told = [replace(p, explained=r.reason) if r and _meant(r, p) else p for p, r in each]
    messages = pd.Series([p.message for p in told], dtype="str")
    return frame(told).assign(message=messages)


def questions(
    found: pd.DataFrame,
    answered: Sequence[Reply] = (),
    moves: Mapping[str, float] = MappingProxyType({}),
) -> pd.DataFrame:
    """What is to be asked of a district, one row for each cell, numbered: `COLUMNS`.

    First what the answers could move most (`moves`: points by indicator), then errors; several
    problems of one cell are one question. What has been explained, and what only the office can
    settle, is not asked. `question` is the letter's, in Vietnamese, `told` the same in the language
    in use.
    """
    words = _explanations(answered)
    asked: dict[At, list[Problem]] = {}
    for p in sorted(ordered(listed(found)), key=lambda p: -moves.get(p.indicator or "", 0.0)):
        reply = words.get(_of(p))
        if p.severity == "info" or p.rule in FOR_THE_OFFICE or (reply and _meant(reply, p)):
            continue
        asked.setdefault(_of(p), []).append(p)
    rows = [
        (
            n,
            members[0].rule,
            members[0].file,
            members[0].sheet,
            members[0].cell,
            members[0].indicator or members[0].commune_code,
            members[0].raw,
            *(" ".join(dict.fromkeys(map(text, members))) for text in (_asked, _sentence)),
        )
        for n, members in enumerate(asked.values(), start=1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[1:], "str"))


def _explanations(answered: Iterable[Reply]) -> dict[At, Reply]:
    """The answers that give a reason and change no number, by what they are about."""
    return {r.at: r for r in answered if r.reason and not r.new}


def statuses(found: pd.DataFrame, answered: Sequence[Reply]) -> pd.DataFrame:
    """Each question and each answer with what became of it: a key of `STATUSES`."""
    applied = {_of(p) for p in listed(found) if p.rule == "correction_applied"}
    told = {} if current() == VIETNAMESE else _told(found)
    problems = {_of(p): p for p in listed(found) if p.severity != "info"}
    hidden = {_of(p) for p in listed(found) if p.raw == HIDDEN}
    rows = []
    for r in answered:
        status = "unanswered"
        if r.new:
            status = "applied" if r.at in applied else "refused"
        elif r.reason:
            p = problems.get(r.at)
            status = "refused" if p and not _meant(r, p) else "explained"
        question = told.get(r.at, r.question)
        old, new = (HIDDEN if t and r.at in hidden else t for t in (r.old, r.new))
        rows.append((r.file, r.sheet, r.cell, question, old, new, r.reason, status, r.source))
    known = {r.at for r in answered}
    rows += [
        (q.file, q.sheet, q.cell, q.told, q.old, "", "", "open", "")
        for q in questions(found, answered).astype(object).fillna("").itertuples(index=False)
        if _at(q.file, q.sheet, q.cell, q.question) not in known
    ]
    columns = ["file", "sheet", "cell", "question", "old", "new", "reason", "status", "source"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _told(found: pd.DataFrame) -> dict[At, str]:
    """The questions in the language in use, by where they stand."""
    rows = questions(found).astype(object).fillna("").itertuples(index=False)
    return {_at(q.file, q.sheet, q.cell, q.question): q.told for q in rows}


def _reply(texts: dict[str, str], source: str) -> Reply:
    if texts["new"] and file_key(texts["new"]) == file_key(texts["old"]):
        texts = {**texts, "new": "", "reason": texts["reason"] or STANDS}
    return Reply(**texts, source=source)


def _text(typed: object) -> str:
    """What was typed; a number as an office writes it, so that 1.043 does not become 1043."""
    if typed is None:
        return ""
    if isinstance(typed, float) and typed == typed and not typed.is_integer():
        return f"{Decimal(repr(typed)):f}".replace(".", ",")
    return Cell("", "", typed).text.strip()


def _of(p: Problem) -> At:
    return _at(p.file or "", p.sheet or "", p.cell or "", "" if p.cell else _asked(p))


def _at(file: str, sheet: str, cell: str, question: str) -> At:
    return file_key(file), fold(sheet), fold(cell) or fold(question)


def _meant(reply: Reply, p: Problem) -> bool:
    """Whether an answer is about what now stands there, not about an earlier version.

    Of a count of residents' answers the letter quotes no number to compare.
    """
    return p.raw == HIDDEN or file_key(reply.old) == file_key(p.raw or "")


def _asked(p: Problem) -> str:
    """The question as a letter has it, by which an answer finds it again."""
    with using(VIETNAMESE):
        return _sentence(p)


def _sentence(p: Problem) -> str:
    if p.file is None and p.district_code:
        return f"{place(units.district(p.district_code).name)}: {p.why}"
    return p.why[:1].upper() + p.why[1:]
