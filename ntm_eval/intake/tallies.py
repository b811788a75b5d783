"""Household forms counted -> rows of sheet Hài lòng, beside what the report itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from ntm_eval import units
from ntm_eval.intake import sheets
from ntm_eval.intake.clean import ANSWER_COLUMNS, empty
from ntm_eval.intake.problems import Place, Problem, problem
from ntm_eval.intake.survey import SURVEYED, Forms, asked
from ntm_eval.language import N_, Message, message
from ntm_eval.language import translate as _

COUNTS = sheets.ANSWERS
GROUPED = [*SURVEYED, "by"]
GROUP_COLUMNS = [*GROUPED, "label", "forms", "answered", "satisfied"]
GROUPS = {"village": N_("bản, tiểu khu"), "collector": N_("người thu phiếu")}
LABELS = {"village": N_("bản {n}"), "collector": N_("người thu {n}")}


def tally(forms: Forms) -> pd.DataFrame:
    """The forms counted by commune, survey and question, as rows of sheet Hài lòng."""
    made = [
        row
        for surveyed, rows in forms.rows.groupby(SURVEYED)
        for row in _tallied(dict(zip(SURVEYED, surveyed, strict=True)), rows, forms)
    ]
    types = empty(ANSWER_COLUMNS).dtypes.to_dict()
    return pd.DataFrame(made, columns=ANSWER_COLUMNS).astype(types)


def groups(forms: Forms) -> pd.DataFrame:
    """The answers to the overall question by village and by collector, one row for each.

    Columns GROUP_COLUMNS; `by` is `village` or `collector`, `label` its place among the codes of
    this commune and survey ('bản 1', 'người thu 2'): neither code nor name is kept.
    """
    made = [
        {**dict(zip(SURVEYED, surveyed, strict=True)), "by": by, **counts}
        for surveyed, rows in forms.rows.groupby(SURVEYED)
        for by in LABELS
        for counts in _grouped(rows, asked(surveyed[2])[-1], by)
    ]
    frame = pd.DataFrame(made, columns=GROUP_COLUMNS)
    return frame.astype(dict.fromkeys(GROUP_COLUMNS[:5], "str"))


def _grouped(rows: pd.DataFrame, question: str, by: str) -> Iterator[dict]:
    if question not in rows:
        return
    codes = sorted(rows[by].dropna().unique(), key=lambda code: (len(code), code))  # 2 before 10
    for n, code in enumerate(codes, start=1):
        own = rows[rows[by] == code]
        given = own[question]
        yield {
            "label": _(LABELS[by], n=n),
            "forms": len(own),
            "answered": int(given.isin(["satisfied", "unsatisfied"]).sum()),
            "satisfied": int((given == "satisfied").sum()),
        }


def with_totals(tallies: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Tallies with the households and forms issued of the report, where the export has none."""
    totals = answers.groupby(SURVEYED)[["households", "issued"]].first().reset_index()
    beside = tallies[SURVEYED].merge(totals, how="left", on=SURVEYED, validate="many_to_one")
    filled = {c: tallies[c].fillna(beside[c].set_axis(tallies.index)) for c in totals.columns[3:]}
    return tallies.assign(**filled)


def added(answers: pd.DataFrame, tallies: pd.DataFrame) -> pd.DataFrame:
    """The answers that a review uses: the report's rows, and tallies of what it does not have."""
    key = [*SURVEYED, "question"]
    reported = pd.MultiIndex.from_frame(answers[key])
    new = tallies[~pd.MultiIndex.from_frame(tallies[key]).isin(reported)]
    return pd.concat([answers, new], ignore_index=True)


def disagreements(
    district: units.District, answers: pd.DataFrame, tallies: pd.DataFrame
) -> Iterator[Problem]:
    """Where the report's row and the forms of the same questions differ: which numbers do."""
    both = answers.merge(tallies, on=[*SURVEYED, "question"], suffixes=("", "_forms"))
    counted = ["collected", *COUNTS]
    # a number that the report does not give differs from nothing
    unlike = pd.DataFrame({c: (both[c] != both[f"{c}_forms"]) & both[c].notna() for c in counted})
    for (_district, code, survey), rows in both[unlike.any(axis=1)].groupby(SURVEYED):
        first = rows.iloc[0]
        place = Place(district.code, first["file"], first["sheet"], first["cell"])
        pairs = [pair for n, row in rows.iterrows() for pair in _pairs(row, unlike.loc[n])]
        why = message(
            "survey_disagrees",
            commune=units.commune_name(code, district.code),
            survey=survey,
            sheet=sheets.SATISFACTION,
            file=first["file_forms"],
            pairs=[pair for n, pair in enumerate(pairs) if pair not in pairs[:n]],
        )
        yield problem(why, place, commune_code=code)


def _tallied(surveyed: Mapping[str, str], rows: pd.DataFrame, forms: Forms) -> Iterator[dict]:
    own = set(asked(surveyed["survey"]))
    first = rows.iloc[0]
    for question in forms.questions:
        given = rows[question].dropna()
        if given.empty or (question not in own and (given == "no_answer").all()):
            continue
        counts = {c: float((given == c).sum()) for c in COUNTS}
        counts["no_answer"] += len(rows) - len(given)
        yield {
            **surveyed,
            "question": question,
            **{c: rows[c].mode().get(0, float("nan")) for c in ("households", "issued")},
            "collected": float(len(rows)),
            **counts,
            "file": "; ".join(sorted(rows["file"].unique())),
            "sheet": first["sheet"],
            "cell": forms.headers.get((first["file"], first["sheet"], question)),
        }


def _pairs(row: pd.Series, unlike: pd.Series) -> Iterator[Message]:
    """What differs in one question, the forms collected apart: they are the same in most."""
    if unlike["collected"]:
        yield message("survey_disagrees.collected")
    answers = [message(f"answer.{c}") for c in COUNTS if unlike[c]]
    if answers:
        yield message("survey_disagrees.question", question=row["question"], answers=answers)
