"""What is wrong with a report, as data: a rule, a place, and what fills the rule's message.

The words are rows of `messages.csv` in each language, filled when they are shown: so a letter to
a district is in Vietnamese within an English review too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from string import Formatter
from typing import Any

import pandas as pd

from ntm_eval import language, notation, reference
from ntm_eval.language import Message, message, place
from ntm_eval.language import translate as _
from ntm_eval.workspace import AnalystError

SEVERITY = {"error": "lỗi", "warning": "cần xem lại", "info": "ghi nhận"}
BLANK = "blank_cell"
HIDDEN = "*"  # in place of a count of residents' answers
# rules that quote such a count wherever it stands, and those that may quote one of its sheet
OF_FORMS = {"tally_mismatch", "all_satisfied", "straight_lined"}
OF_SHEET = {"total_differs", "correction_refused"}
UNREAD = "not_a_number"


@dataclass(frozen=True)
class Place:
    """Where in what was sent."""

    district_code: str | None = None
    file: str | None = None
    sheet: str | None = None
    cell: str | None = None

    def at(self, sheet: str, cell: str | None = None) -> Place:
        """A sheet, or a cell on it, of the same file."""
        return Place(self.district_code, self.file, sheet, cell)


@dataclass(frozen=True)
class Problem:
    """One broken rule at one place, with the row of `messages.csv` and what fills it.

    `explained` is what the district said of it.
    """

    severity: str
    rule: str
    district_code: str | None
    commune_code: str | None
    indicator: str | None
    file: str | None
    sheet: str | None
    cell: str | None
    raw: str | None
    fields: Message
    explained: str | None = None

    @property
    def message(self) -> str:
        """What, where, why and what to do, in the language in use."""
        where = ", ".join(_where(self))
        said = f"{where}: {self.why}" if where else self.why
        if self.explained:
            said += " " + text(message("explained", words=self.explained))
        return said

    @property
    def why(self) -> str:
        """What is wrong and what to do, without the place and what was typed."""
        return text(self.fields)


COLUMNS = [f.name for f in fields(Problem)]


def problem(
    why: Message,
    place: Place,
    *,
    rule: str = "",
    indicator: str | None = None,
    commune_code: str | None = None,
    raw: str | None = None,
) -> Problem:
    """The problem that a message tells of; the rule is what its name begins with, or another."""
    rule = rule or why["message"].partition(".")[0]
    return Problem(
        severity=_severities()[rule],
        rule=rule,
        district_code=place.district_code,
        commune_code=commune_code,
        indicator=indicator,
        file=place.file,
        sheet=place.sheet,
        cell=place.cell,
        raw=raw,
        fields=why,
    )


def some(items: Iterable[Any], most: int) -> list[Any]:
    """The first few, and '…' where there are more."""
    every = list(items)
    return [*every[:most], *["…"] * (len(every) > most)]


def text(filled: Message) -> str:
    """A row of `messages.csv` in the language in use, filled."""
    return FILLER.vformat(_texts()[language.current()][filled["message"]], (), filled)


def limit(rule: str, year: int | None = None) -> float:
    """The threshold of a rule in force at the end of a year, from reference data."""
    rows = reference.table("rules")
    rows = rows if year is None else reference.at(rows, date(year, 12, 31))
    return float(rows.loc[rows["rule"] == rule, "limit"].iloc[-1])


def frame(problems: Iterable[Problem]) -> pd.DataFrame:
    """One row for each problem, text columns even when empty; `fields` as JSON."""
    rows = [{**vars(p), "fields": json.dumps(p.fields, ensure_ascii=False)} for p in problems]
    return pd.DataFrame(rows, columns=COLUMNS).astype("str")


def listed(found: pd.DataFrame) -> list[Problem]:
    """The rows of `frame` as problems again."""
    rows = found[COLUMNS].astype(object)
    rows = rows.where(rows.notna(), None).assign(fields=found["fields"].map(json.loads))
    return [Problem(*row) for row in rows.to_numpy()]


def withheld(found: Iterable[Problem], counted: Iterable[tuple[str, str]]) -> list[Problem]:
    """All problems of a report, without the counts of residents' answers that were typed.

    A problem goes to pages, tables and letters, where counts of 1 to 4 are held back: it names the
    cell, and whoever has the report finds the number there. What could not be read is no count and
    stays quoted. `counted` are the cells with such counts: sheet and address.
    """
    cells = set(counted)
    sheets = {sheet for sheet, _ in cells}

    def quotes(p: Problem) -> bool:
        in_cell = p.rule != UNREAD and (p.sheet, p.cell) in cells
        return p.rule in OF_FORMS or (p.rule in OF_SHEET and p.sheet in sheets) or in_cell

    return [replace(p, raw=HIDDEN) if p.raw is not None and quotes(p) else p for p in found]


def ordered(found: Iterable[Problem]) -> list[Problem]:
    """By sheet as they first appear, the whole file before them; errors first, then by cell.

    Blank cells come last in their sheet: there may be many.
    """
    rows = list(found)
    sheets = list(dict.fromkeys(p.sheet for p in rows if p.sheet))
    severities = list(SEVERITY)

    def place(p: Problem) -> tuple:
        at = sheets.index(p.sheet) if p.sheet else -1
        return at, p.rule == BLANK, severities.index(p.severity), *_position(p.cell)

    return sorted(rows, key=place)


def _position(cell: str | None) -> tuple[int, int, str]:
    """Row, then column; A1 addresses sort as the eye reads them."""
    found = re.fullmatch(r"([A-Z]+)([0-9]+)", cell or "")
    return (int(found[2]), len(found[1]), found[1]) if found else (0, 0, cell or "")


def _where(p: Problem) -> Iterable[str]:
    """Whose it is, where it stands and what was typed there."""
    if p.district_code:
        yield notation.district_name(p.district_code)
    elif p.file is None:
        yield text(message("where.province"))
    for key in ("file", "sheet", "cell"):
        if value := getattr(p, key):
            yield text(message(f"where.{key}", **{key: value}))
    if p.indicator:
        yield f"{p.indicator} {reference.indicator_name(p.indicator)}"
    if p.raw:
        yield text(message("where.raw", raw=p.raw))


def _number(value: float) -> str:
    """A figure as an official writes it: 1.234,5, or in English 1,234.5.

    >>> _number(2_100_000_000), _number(13.25), _number(0.5)
    ('2.100.000.000', '13,25', '0,5')
    """
    return language.marked(f"{value:,.2f}".rstrip("0").rstrip("."))


def _day(written: str) -> str:
    return notation.day(date.fromisoformat(written))


# what becomes of a field that a message asks for as one of these: '{due:day}'
KINDS: dict[str, Callable[[Any], str]] = {
    "number": _number,
    "day": _day,
    "place": place,
    "indicator": reference.indicator_name,
    "word": _,
}


class _Filler(language.Filler):
    """A message's fields as the message asks for them: '{due:day}', '{names:place or}'.

    Of a list each item, with '; ', 'or' or a comma between them. A field may be a message itself.
    """

    def format_field(self, value: Any, format_spec: str) -> Any:
        if "|" in format_spec:
            return super().format_field(value, format_spec)
        asked = format_spec.split()
        kind = next((KINDS[word] for word in asked if word in KINDS), str)
        items = value if isinstance(value, list) else [value]
        between = "; " if ";" in asked else text(message("or")) if "or" in asked else ", "
        return between.join(text(v) if isinstance(v, dict) else kind(v) for v in items)


FILLER = _Filler()


@reference.derived
def _texts() -> dict[str, dict[str, str]]:
    """Language -> the name of each message -> its words.

    Raises
    ------
    AnalystError
        Naming the Vietnamese messages with a field that the English has not: it is misspelt.
    """
    rows = reference.table("messages").set_index("message")
    both = zip(rows.index, rows["text_vi"], rows["text_en"], strict=True)
    wrong = [name for name, vietnamese, english in both if asked(vietnamese) - asked(english)]
    if wrong:
        raise AnalystError(
            "data/reference/messages.csv: chỗ trong ngoặc nhọn ghi sai ở các câu "
            f"{', '.join(wrong)}. Ghi đúng như ở cột text_en, chỉ dịch phần chữ."
        )
    return {column.removeprefix("text_"): rows[column].to_dict() for column in rows}


def asked(words: str) -> set[str]:
    """The fields of a message with their kinds; a brace that is not closed is one of them.

    >>> sorted(asked("{days} {days:day|days} late, due {due:day}"))
    ['days', 'due:day']
    """
    try:
        fields = [f for f in Formatter().parse(words) if f[1]]
    except ValueError as error:
        return {str(error)}
    return {f"{name}:{kind}".rstrip(":") for _, name, kind, _ in fields if "|" not in (kind or "")}


@reference.derived
def _severities() -> dict[str, str]:
    rules = reference.table("rules")
    return dict(zip(rules["rule"], rules["severity"], strict=True))
