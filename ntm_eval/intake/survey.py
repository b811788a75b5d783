"""Household-level survey forms -> the same table as sheet Hài lòng, each form counted once.

The forms live in memory only. A village or a collector is known by a code; one that was written
as a name is known by where it first stands in the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.characters import file_name
from ntm_eval.intake import exports, values
from ntm_eval.intake.exports import Export
from ntm_eval.intake.opening import UnreadableError
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.language import Message, message

SURVEYED = ["district_code", "commune_code", "survey"]
ANSWERS = {
    **dict.fromkeys(("1", "hai long"), "satisfied"),
    **dict.fromkeys(("2", "chua hai long", "khong hai long"), "unsatisfied"),
    **dict.fromkeys(("", "9", "khong tra loi"), "no_answer"),
}
ANSWER_NAMES = "Hài lòng, Chưa hài lòng, Không trả lời"
# A short word for what is numbered, then a number that is too short to be a telephone.
CODE = re.compile(r"(?:nt|cb|dtv|ma|so|b|ban|tk|tt|to|thon|ho|v|c)?[ ._-]?[0-9]{1,4}")
# More is no count of households of a commune, but may be a telephone.
MOST_HOUSEHOLDS = 99_999
FIRST = "ghi lần đầu ở dòng"
NAMED = 10  # so many row numbers stand in a message; the rest is '…'


@dataclass(frozen=True)
class Forms:
    """The forms that count, what was set aside, and where each question stands in its file.

    `rows`: SURVEYED, village, collector (codes or NA), households, issued, file, sheet, and an
    answer (`satisfied`, `unsatisfied`, `no_answer`; NA where the file has no such column) under
    each question's number. Nothing in it names a person.
    """

    rows: pd.DataFrame
    headers: Mapping[tuple[str, str], str]
    problems: tuple[Problem, ...]

    @property
    def questions(self) -> list[str]:
        return sorted((c for c in self.rows if c.isdecimal()), key=int)


def read(paths: Sequence[Path], day: dt.date) -> Forms:
    """The forms of all districts in the exports of one year and period, each form once.

    A form is the same as another by its `_uuid`, by its `_id` within the commune's survey, or by
    its household within village, commune and survey; the last sent is kept.
    """
    found, problems = _exports(paths)
    headers = {(e.file, key): ref for e in found for key, ref in e.headers.items()}
    rows = pd.concat([e.rows for e in found], ignore_index=True) if found else _no_rows()
    for step in (lambda r: _placed(r, headers, day), _once, lambda r: _answered(r, headers)):
        rows, wrong = step(rows)
        problems += wrong
    problems += _missing_questions(found, rows)
    questions = [c for c in rows if c.isdecimal()]
    kept = [*SURVEYED, "village", "collector", "households", "issued", "file", "sheet"]
    known = {c: _coded(rows, c) for c in ("village", "collector")}
    known |= {c: _number(rows[c]) for c in ("households", "issued")}
    coded = rows.assign(**known)[[*kept, *questions]].reset_index(drop=True)
    return Forms(coded, headers, tuple(problems))


def told(code: str) -> str | Message:
    """A village's or a collector's code in a message."""
    if not code.startswith(FIRST):
        return code
    line, _, file = code.removeprefix(FIRST).strip().partition(" của ")
    return message("group.first_entered", line=line, file=file)


def asked(survey: str) -> list[str]:
    """The numbers of a survey's questions, '1' first."""
    questions = reference.table("surveys").set_index("survey")["questions"]
    return [str(n) for n in range(1, int(questions[survey]) + 1)]


def _exports(paths: Sequence[Path]) -> tuple[list[Export], list[Problem]]:
    """The files that can be counted: with a commune, a survey type and questions."""
    found, problems = [], []
    for path in paths:
        try:
            export = exports.read(path)
        except UnreadableError as error:
            place = Place(file=f"{exports.FOLDER}/{file_name(path.name)}")
            problems.append(problem(error.why, place))
            continue
        needed: list[tuple[str | Message, Collection[str]]] = [
            (
                message("column.commune", code="Mã xã", name="Xã"),
                {"commune", "commune_code"} & set(export.headers),
            ),
            ("'Loại khảo sát'", {"survey"} & set(export.headers)),
            (message("column.questions", code="cau_1", name="Câu 1"), export.questions),
        ]
        missing = [name for name, columns in needed if not columns]
        if missing:
            why = message("header_not_found.forms", columns=missing)
            problems.append(problem(why, Place(file=export.file)))
        else:
            found.append(export)
    return found, problems


def _missing_questions(found: Sequence[Export], rows: pd.DataFrame) -> Iterator[Problem]:
    """Questions of the surveys in a file for which it has no column."""
    for export in found:
        surveys = rows.loc[rows["file"] == export.file, "survey"].unique()
        owed = {q for survey in surveys for q in asked(survey)}
        absent = sorted(owed - set(export.headers), key=int)
        if absent:
            why = message("header_not_found.questions", questions=absent)
            yield problem(why, Place(file=export.file))


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=[*exports.HEADERS, "file", "sheet", "line"], dtype="str")


def _placed(
    rows: pd.DataFrame, headers: Mapping[tuple[str, str], str], day: dt.date
) -> tuple[pd.DataFrame, list[Problem]]:
    """The forms whose commune and survey type are known, and a letter about the others."""
    where = ["commune_code", "commune", "district"]
    texts = list(rows[where].itertuples(index=False, name=None))
    there = {c.code: c for c in units.province(day)}
    meant = {given: _commune(*given, known=there, day=day) for given in set(texts)}
    communes = [meant[given] for given in texts]
    known = {units.fold(s): s for s in reference.table("surveys")["survey"]}
    typed = _each(rows["survey"], lambda text: known.get(_choice(text)))
    given = [units.find_district(text, day) if text else None for text in rows["district"]]
    placed = rows.assign(
        district_code=pd.array([_code(c, d) for c, d in zip(communes, given, strict=True)], "str"),
        commune_code=pd.array([c.code if c else None for c in communes], "str"),
        survey=typed.astype("str"),
    )
    nowhere = placed["commune_code"].isna()
    no_type = placed["survey"].isna() & ~nowhere
    no_commune = message("unknown_commune.form")
    no_survey = message("unknown_survey.form", known=list(known.values()))
    problems = [
        *_set_aside(no_commune, placed[nowhere], headers, "commune_code", "commune"),
        *_set_aside(no_survey, placed[no_type], headers, "survey"),
    ]
    return placed[~nowhere & ~no_type], problems


def _code(commune: units.Commune | None, district: units.District | None) -> str | None:
    found = commune.district_code if commune else None
    return found or (district.code if district else None)


def _set_aside(
    why: Message,
    rows: pd.DataFrame,
    headers: Mapping[tuple[str, str], str],
    *columns: str,
) -> Iterator[Problem]:
    """One letter for each file and district; what was typed may be a name, so it is not quoted."""
    for (district_code, file), some in rows.groupby(["district_code", "file"], dropna=False):
        lines = some["line"].astype(int)
        cells = [_cell(headers, file, c, lines.iloc[0]) for c in columns]
        code = None if pd.isna(district_code) else district_code
        place = Place(code, file, some["sheet"].iloc[0], next(filter(None, cells), None))
        yield problem({**why, "count": len(some), "lines": _listed(lines)}, place)


def _cell(headers: Mapping[tuple[str, str], str], file: str, column: str, line: int) -> str | None:
    """The address of a form's answer: the column of its header, in the form's row."""
    header = headers.get((file, column))
    return header and f"{header.rstrip('0123456789')}{line}"


def _listed(numbers: Iterable[int]) -> str:
    texts = [str(n) for n in numbers]
    return ", ".join(texts[:NAMED]) + ("…" if len(texts) > NAMED else "")


def _each(column: pd.Series, read: Callable[[str], object]) -> pd.Series:
    """A column as read, each text once: forms say the same thousands of times."""
    return column.map({text: read(text) for text in column.unique()})


def _commune(
    code: str, name: str, district: str, *, known: Mapping[str, units.Commune], day: dt.date
) -> units.Commune | None:
    """The commune meant, by its code, or by its name where only one can be meant."""
    named = units.find_district(district, day) if district else None
    for text in (code, name):
        number = text.zfill(5)  # a spreadsheet drops the zero before a code
        if re.fullmatch(r"[0-9]{4,5}", text) and number in known:
            return known[number]
        inside = [named] if named else units.reporting(day)
        meant = [units.find_commune(_choice(text), d.code, day) for d in inside if text]
        meant = [c for c in meant if c]
        if len(meant) == 1:
            return meant[0]
    return None


def _choice(text: str) -> str:
    """A choice by its label or its name, with its number or without: 'chua_hai_long' too."""
    folded = units.fold(text).replace("_", " ").replace("-", " ").strip(" .")
    return re.sub(r"^\d+\s*[.)]\s*(?=\S)", "", folded)


def _once(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Each form once, the last sent; a date that cannot be read counts as the earliest."""
    keys = (["uuid"], ["id", *SURVEYED], ["household", "village", *SURVEYED])
    kept = rows.assign(
        when=rows["sent"].map(_when).astype(float),
        uuid=rows["uuid"].str.casefold().str.removeprefix("uuid:"),
        household=rows["household"].map(units.fold),
        village=rows["village"].map(units.fold),
    ).sort_values("when", kind="stable")
    for key in keys:
        kept = kept[(kept[key[0]] == "") | ~kept.duplicated(key, keep="last")]
    dropped = rows.loc[rows.index.difference(kept.index)]
    problems = []
    for (district_code, code, survey, file), some in dropped.groupby([*SURVEYED, "file"]):
        district = units.district(district_code)
        why = message(
            "form_repeated",
            commune=units.commune_name(code, district.code),
            survey=survey,
            count=len(some),
            lines=_listed(some["line"].astype(int)),
        )
        place = Place(district.code, file, some["sheet"].iloc[0])
        problems.append(problem(why, place, commune_code=code))
    return rows.loc[sorted(kept.index)], problems


def _when(text: str) -> float:
    """When a form was sent, in seconds; the day comes before the month."""
    for read in (
        dt.datetime.fromisoformat,
        lambda t: dt.datetime.strptime(t, "%d/%m/%Y %H:%M"),
        lambda t: dt.datetime.strptime(t, "%d/%m/%Y %H:%M:%S"),
    ):
        try:
            sent = read(text)
        except ValueError:
            continue
        return (sent if sent.tzinfo else sent.replace(tzinfo=dt.UTC)).timestamp()
    return float("-inf")


def _answered(
    rows: pd.DataFrame, headers: Mapping[tuple[str, str], str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Answers as our words; one that cannot be read is none, and a letter names its question."""
    questions = sorted((c for c in rows if c.isdecimal()), key=int)
    read = rows.assign(**{q: rows[q].map(_answer, na_action="ignore") for q in questions})
    unread = read[questions] == "unread"
    problems = []
    for (district_code, code, survey), some in read[unread.any(axis=1)].groupby(SURVEYED):
        district, which = units.district(district_code), unread.loc[some.index]
        named = [q for q in questions if which[q].any()]
        first = some[which[named[0]]].iloc[0]
        cell = _cell(headers, first["file"], named[0], int(first["line"]))
        why = message(
            "answer_unread",
            commune=units.commune_name(code, district.code),
            survey=survey,
            questions=named,
            known=ANSWER_NAMES,
        )
        place = Place(district.code, first["file"], first["sheet"], cell)
        problems.append(problem(why, place, commune_code=code))
    counted = {q: read[q].where(read[q] != "unread", "no_answer") for q in questions}
    return read.assign(**counted), problems


def _answer(text: str) -> str:
    return ANSWERS.get(_choice(text), "unread")


def _coded(rows: pd.DataFrame, column: str) -> pd.Series:
    """A village's or collector's code; for one written as a name, where it first stands."""
    made: dict[str, str | None] = {"": None}
    folded = rows[column].map(units.fold)
    for text, line, file in zip(folded, rows["line"], rows["file"], strict=True):
        if text not in made:
            written = CODE.fullmatch(text)
            made[text] = text.upper() if written else f"{FIRST} {line} của {file}"
    return folded.map(made).astype("str")


def _number(typed: pd.Series) -> pd.Series:
    """A count of households or forms; what cannot be one is not known."""
    read = {text: values.read_number(text, "count", "").number for text in typed.unique() if text}
    numbers = typed.map(read).astype(float)
    return numbers.where(numbers.between(0, MOST_HOUSEHOLDS))
