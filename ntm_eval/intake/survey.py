"""Household-level survey forms -> the same table as sheet Hài lòng, each form counted once.

The forms live in memory only. A village or a collector is known by a code; one that was written
as a name is known by where it first stands in the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.characters import file_name
from ntm_eval.intake import exports, names, values
from ntm_eval.intake.exports import Export
from ntm_eval.intake.files import UnreadableError
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
# What the household says before the questions, or the office of the whole form.
REFUSAL = re.compile(
    "khong(?: dong y| duyet| phe duyet)?|tu choi|no|0|false|(?:validation status )?not approved"
    "|rejected"
)
REFUSED = {"consent": "form_refused.consent", "review": "form_refused.review"}
# Versions of one form by when they were made: how often edited, sent, changed on the server.
VERSION = ["edits", "when", "changed"]
# What two versions of a form may say differently.
WHAT = ["district_code", "commune_code", "survey", "place", "household", *REFUSED]
MOST_EDITS = 50
TIMES = [f"%d/%m/%Y{t}" for t in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")]
EXCEL_DAYS = 25_569  # from the first day of Excel to 1970
Headers = Mapping[tuple[str, str, str], str]  # file, sheet, question -> the cell of its header
Step = tuple[pd.DataFrame, list[Problem]]
NAMED = 10  # so many row numbers stand in a message; the rest is '…'


@dataclass(frozen=True)
class Forms:
    """The forms that count, what was set aside, and where each question stands in its file.

    `rows`: SURVEYED, village, collector (codes or NA), households, issued, file, sheet, and an
    answer (`satisfied`, `unsatisfied`, `no_answer`; NA where the file has no such column) under
    each question's number. Nothing in it names a person.
    """

    rows: pd.DataFrame
    headers: Headers
    problems: tuple[Problem, ...]

    @property
    def questions(self) -> list[str]:
        """The columns that hold answers."""
        return exports.questions(self.rows)


def read(paths: Sequence[Path], day: dt.date) -> Forms:
    """The forms of all districts in the exports of one year and period, each form once.

    A form is the same as another by its first `_uuid`, whatever was edited since, by its `_id`
    within the commune's survey, or by its household within village, commune and survey; the last
    edited or sent is kept. One that was refused, by the household or by the office, is not counted.
    """
    found, problems = _exports(paths)
    headers = {(e.file, e.sheet, key): ref for e in found for key, ref in e.headers.items()}
    rows = pd.concat([e.rows for e in found], ignore_index=True) if found else _no_rows()
    steps: list[Callable[[pd.DataFrame], Step]] = [
        lambda r: _once(_placed(_with_versions(r), day), ["root"], VERSION),
        lambda r: _known(r, headers),
        lambda r: _once(r, ["id", *SURVEYED], VERSION),
        _accepted,
        lambda r: _once(r, ["household", "place", *SURVEYED], ["when"]),
        lambda r: _answered(r, headers),
    ]
    for step in steps:
        rows, wrong = step(rows)
        problems += wrong
    problems += _missing_questions(found, rows)
    kept = [*SURVEYED, "village", "collector", "households", "issued", "file", "sheet"]
    known = {c: _coded(rows, c) for c in ("village", "collector")}
    known |= {c: _number(rows[c]) for c in ("households", "issued")}
    coded = rows.assign(**known)[[*kept, *exports.questions(rows)]].reset_index(drop=True)
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
    """The sheets that can be counted: with a commune, a survey type and questions."""
    found: list[Export] = []
    problems = []
    for path in paths:
        try:
            read = exports.read(path)
        except UnreadableError as error:
            place = Place(file=f"{exports.FOLDER}/{file_name(path.name)}")
            problems.append(problem(error.why, place))
            continue
        for export in read:
            if export.missing:
                why = message("header_not_found.forms", columns=export.missing)
                problems.append(problem(why, export.place))
                continue
            found.append(export)
            if export.hidden:
                problems.append(problem(message("hidden_sheet"), export.place))
    return found, problems


def _missing_questions(found: Sequence[Export], rows: pd.DataFrame) -> Iterator[Problem]:
    """Questions of the surveys in a sheet for which it has no column."""
    for export in found:
        here = (rows["file"] == export.file) & (rows["sheet"] == export.sheet)
        owed = {q for survey in rows.loc[here, "survey"].unique() for q in asked(survey)}
        absent = sorted(owed - set(export.headers), key=int)
        if absent:
            why = message("header_not_found.questions", questions=absent)
            yield problem(why, export.place)


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=[*exports.HEADERS, "file", "sheet", "line"], dtype="str")


def _placed(rows: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """The forms with their district, commune and survey type, where these are known."""
    where = ["commune_code", "commune", "district"]
    texts = list(rows[where].itertuples(index=False, name=None))
    there = {c.code: c for c in units.province(day)}
    meant = {given: _commune(*given, known=there, day=day) for given in set(texts)}
    communes = [meant[given] for given in texts]
    typed = _each(rows["survey"], lambda text: names.surveys().get(_choice(text)))
    given = [units.find_district(text, day) if text else None for text in rows["district"]]
    return rows.assign(
        district_code=pd.array([_code(c, d) for c, d in zip(communes, given, strict=True)], "str"),
        commune_code=pd.array([c.code if c else None for c in communes], "str"),
        survey=typed.astype("str"),
    )


def _known(rows: pd.DataFrame, headers: Headers) -> Step:
    """The forms whose commune and survey type are known, and a problem about the others."""
    nowhere = rows["commune_code"].isna()
    no_type = rows["survey"].isna() & ~nowhere
    no_commune = message("unknown_commune.form")
    no_survey = message("unknown_survey.form", known=reference.table("surveys")["survey"].tolist())
    problems = [
        *_set_aside(no_commune, rows[nowhere], headers, "commune_code", "commune"),
        *_set_aside(no_survey, rows[no_type], headers, "survey"),
    ]
    return rows[~nowhere & ~no_type], problems


def _code(commune: units.Commune | None, district: units.District | None) -> str | None:
    found = commune.district_code if commune else None
    return found or (district.code if district else None)


def _set_aside(
    why: Message, rows: pd.DataFrame, headers: Headers, *columns: str
) -> Iterator[Problem]:
    """A problem for each sheet and district; what was typed may be a name, so it is not quoted."""
    sheets = rows.groupby(["district_code", "file", "sheet"], dropna=False)
    for (district_code, file, sheet), some in sheets:
        lines = some["line"].astype(int)
        cells = [_cell(headers, some.iloc[0], c) for c in columns]
        code = None if pd.isna(district_code) else district_code
        place = Place(code, file, sheet, next(filter(None, cells), None))
        yield problem({**why, "count": len(some), "lines": _listed(lines)}, place)


def _cell(headers: Headers, form: pd.Series, column: str) -> str | None:
    """The address of a form's answer: the column of its header, in the form's row."""
    header = headers.get((form["file"], form["sheet"], column))
    return header and f"{header.rstrip('0123456789')}{form['line']}"


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


def _with_versions(rows: pd.DataFrame) -> pd.DataFrame:
    """The forms with what tells one from another: `root`, the first `_uuid` it had, and VERSION.

    An export without that column still tells it: by the `_uuid` before the edit, or by the number
    and time that Kobo gave the form when it was sent.
    """
    names = ("uuid", "root", "before")
    rows = rows.assign(**{n: rows[n].str.casefold().str.removeprefix("uuid:") for n in names})
    sheet = rows.groupby(["file", "sheet"])["uuid"]
    # the same in each row: that of the questionnaire
    own = rows["uuid"].mask((sheet.transform("nunique") == 1) & (sheet.transform("size") > 1), "")

    def pairs(other: str) -> dict[str, str]:
        told = rows.loc[(own != "") & (rows[other] != ""), ["uuid", other]]
        return dict(told.itertuples(index=False, name=None))

    before, roots = pairs("before"), pairs("root")

    def first(uuid: str) -> tuple[str, int]:
        """The form's first `_uuid`, and how often it was edited since."""
        edits, seen = 0, uuid
        while seen in before and edits < MOST_EDITS:
            edits, seen = edits + 1, before[seen]
        root = roots.get(uuid) or roots.get(seen, seen)
        return root, edits + (seen != root)

    found = {uuid: first(uuid) for uuid in own.unique()}
    made = rows.assign(
        root=own.map({uuid: root for uuid, (root, _) in found.items()}).astype("str"),
        edits=own.map({uuid: edits for uuid, (_, edits) in found.items()}).astype(int),
        when=_each(rows["sent"], _when).astype(float),
        changed=_each(rows["edited"], _when).astype(float),
        household=_each(rows["household"], units.fold).astype("str"),
        place=_each(rows["village"], units.fold).astype("str"),
    )
    numbered = made[(made["id"] != "") & made["sent"].str.contains(":") & (made["root"] != "")]
    same = numbered.groupby(["id", "sent"])["root"].transform("first")
    one = dict(zip(numbered["root"], same, strict=True))
    return made.assign(root=_each(made["root"], lambda root: one.get(root, root)).astype("str"))


def _once(rows: pd.DataFrame, key: list[str], by: list[str]) -> Step:
    """Each form once, the last by these columns; a date that cannot be read is the earliest.

    Where they do not tell which of two unlike versions is the last, that is a question.
    """
    known = rows[(rows[key] != "").all(axis=1) & rows.duplicated(key, keep=False)]
    known = known.sort_values(by, kind="stable")
    last = known.groupby(key)[by].transform("last")
    level = (known[by] == last).all(axis=1) | np.isneginf(known["when"])
    said = pd.util.hash_pandas_object(known[[*WHAT, *exports.questions(known)]], index=False)
    unlike = said.where(level).groupby([known[c] for c in key]).transform("nunique") > 1
    again = known.duplicated(key, keep="last")
    problems = [
        *_told("form_repeated", known[again]),
        *_told("form_versions", known[unlike & ~again]),
    ]
    return rows.drop(known.index[again]), problems


def _accepted(rows: pd.DataFrame) -> Step:
    """The forms that neither the household nor the office refused."""
    problems: list[Problem] = []
    for column, why in REFUSED.items():
        refused = _each(rows[column], _choice).astype("str").str.fullmatch(REFUSAL)
        problems += _told(why, rows[refused])
        rows = rows[~refused]
    return rows, problems


def _told(why: str, rows: pd.DataFrame) -> Iterator[Problem]:
    """A problem for each commune, survey and sheet, with the rows of its forms."""
    for about, some in rows.groupby([*SURVEYED, "file", "sheet"]):
        district_code, code, survey, file, sheet = about
        filled = message(
            why,
            commune=units.commune_name(code, district_code),
            survey=survey,
            count=len(some),
            lines=_listed(sorted(some["line"].astype(int))),
        )
        yield problem(filled, Place(district_code, file, sheet), commune_code=code)


def _when(text: str) -> float:
    """When a form was sent, in seconds; the day comes before the month.

    Also as Excel in Vietnam writes it (SA before noon, CH after), and as a number of days.
    """
    if re.fullmatch(r"[34]\d{4}(?:\.\d+)?", text):
        return (float(text) - EXCEL_DAYS) * 86_400
    plain = text.upper().replace("SA", "AM").replace("CH", "PM")
    for form in ("", *TIMES):
        try:
            sent = dt.datetime.strptime(plain, form) if form else dt.datetime.fromisoformat(plain)
        except ValueError:
            continue
        return (sent if sent.tzinfo else sent.replace(tzinfo=dt.UTC)).timestamp()
    return float("-inf")


def _answered(rows: pd.DataFrame, headers: Headers) -> Step:
    """Answers as our words; one that cannot be read is none, and a problem names its question."""
    questions = exports.questions(rows)
    read = rows.assign(**{q: rows[q].map(_answer, na_action="ignore") for q in questions})
    unread = read[questions] == "unread"
    problems = []
    for (district_code, code, survey), some in read[unread.any(axis=1)].groupby(SURVEYED):
        district, which = units.district(district_code), unread.loc[some.index]
        named = [q for q in questions if which[q].any()]
        first = some[which[named[0]]].iloc[0]
        cell = _cell(headers, first, named[0])
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
