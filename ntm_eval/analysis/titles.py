"""Titles of communes: what is met and missing for the next one, and what does not fit together.

Rules are dated rows of `title_conditions.csv`. A condition that the reports do not measure, or
whose threshold nobody has verified, gives no verdict: it is said to be open (chưa đủ căn cứ).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ntm_eval import crosswalk, reference
from ntm_eval.analysis.communes import CRITERIA, RURAL
from ntm_eval.analysis.satisfaction import surveys
from ntm_eval.intake import sheets
from ntm_eval.language import translate as _

LADDER = sheets.TITLES[:3]  # NTM, nâng cao, kiểu mẫu
MET, NOT_MET, OPEN = "met", "not_met", "open"
NEXT = [
    "district_code",
    "commune_code",
    "commune",
    "title",
    "registered",
    "next_title",
    "criteria_left",
    "missing_criteria",
    "met",
    "not_met",
    "open",
    "verdict",
]
CHANGES = ["district_code", "commune_code", "commune", "state", "gained", "lost", "title_lost"]
DOUBTS = [
    "district_code",
    "commune_code",
    "commune",
    "rule",
    "title",
    "criterion",
    "value",
    "threshold",
    "verified",
]


@dataclass(frozen=True)
class Titled:
    """How communes stand to their titles: `changes`, `following` and `doubts` of this module."""

    changes: pd.DataFrame
    following: pd.DataFrame
    doubts: pd.DataFrame


def titled(
    now: pd.DataFrame, before: pd.DataFrame, satisfaction: pd.DataFrame, year: int, on: date
) -> Titled:
    """All that is known of the communes of `now`, which have the marks TC1..TC19."""
    return Titled(
        changes(now, before, year, on),
        following(now, satisfaction, on),
        doubts(now, before, satisfaction, on),
    )


def criteria_set(on: date) -> pd.Series:
    """The set of criteria in force on a day: criteria_set, criteria (their number), verified."""
    return reference.at(reference.table("criteria_sets"), on).iloc[-1]


def counts_nineteen(on: date) -> bool:
    """Whether the set in force on a day is that of the 19 criteria, which the reports have."""
    return bool(criteria_set(on)["criteria"] == len(CRITERIA))


def conditions(title: str, on: date) -> pd.DataFrame:
    """The conditions of a title in force on a day, in the order of the table."""
    rows = reference.at(reference.table("title_conditions"), on)
    return rows[(rows["title"] == title) & ~rows["condition"].isin(CRITERIA)]


def changes(now: pd.DataFrame, before: pd.DataFrame, year: int, on: date) -> pd.DataFrame:
    """What each xã gained and lost since the annual report of the year before `year`.

    `now` has the marks TC1..TC19, `before` those of last year (`communes.HISTORY`). `state`:
    `compared`; `new_rules` where the set of criteria changed in between but the criteria are the
    same in number and name, so that a loss may come from the stricter set; `other_rules` where
    they cannot be compared; `new_unit` where the commune did not exist as such; `unknown` where
    one of the two reports has no marks. `gained` and `lost` name criteria, '' where none;
    `title_lost` is the title that is no longer there, '' where none.
    """
    then = date(year - 1, 12, 31)
    rural = now[now["kind"] == RURAL].sort_values("commune_code")
    known = before.set_index("commune_code")
    same = _unchanged(then, on)
    rows = []
    for row in rural.to_dict("records"):
        code = row["commune_code"]
        old = known.loc[code].to_dict() if code in known.index and code in same else {}
        state = _state(row, old, then, on) if code in same or before.empty else "new_unit"
        compared = state in ("compared", "new_rules")
        gained = [
            c for c in CRITERIA if compared and (old[c], row[c]) == (sheets.NOT_YET, sheets.MET)
        ]
        lost = [
            c for c in CRITERIA if compared and (old[c], row[c]) == (sheets.MET, sheets.NOT_YET)
        ]
        was = old["title"] if compared and old["title"] in LADDER else ""
        gone = was if was and _rank(row["title"]) < _rank(was) else ""
        rows.append(
            {
                **row,
                "state": state,
                "gained": ";".join(gained),
                "lost": ";".join(lost),
                "title_lost": gone,
            }
        )
    return pd.DataFrame(rows, columns=CHANGES)


def following(communes: pd.DataFrame, satisfaction: pd.DataFrame, on: date) -> pd.DataFrame:
    """The next title of each xã, its conditions by state, and what they come to together.

    Columns NEXT: `criteria_left` of 19 for a xã without a title, NaN where not all are known or
    another set than that of the 19 counts;
    `met`, `not_met` and `open` name the conditions in words, joined by '; '. `verdict`: `not_met`
    where one is not, `met` where all are, else `open`.
    """
    rows, same, heard = [], counts_nineteen(on), _heard(satisfaction)
    rules = {title: conditions(title, on).to_dict("records") for title in LADDER}
    for row in communes[communes["kind"] == RURAL].to_dict("records"):
        place = _rank(row["title"])
        if place + 1 >= len(LADDER):
            continue
        title = LADDER[place + 1]
        said: dict[str, list[str]] = {MET: [], NOT_MET: [], OPEN: []}
        for rule in rules[title]:
            residents, sure = heard.get((row["commune_code"], f"xã {title}"), (OPEN, False))
            met = _holds(rule, row, residents if sure else OPEN)
            name = rule["name_vi"]
            said[met].append(_(name))
        verdict = NOT_MET if said[NOT_MET] else OPEN if said[OPEN] or not said[MET] else MET
        left = (
            len(CRITERIA) - row["criteria_met"] if row["criteria_known"] == len(CRITERIA) else None
        )
        words = {state: "; ".join(names) for state, names in said.items()}
        rows.append(
            {
                **row,
                **words,
                "next_title": title,
                "verdict": verdict,
                "criteria_left": left if same and title == LADDER[0] else None,
            }
        )
    return pd.DataFrame(rows, columns=NEXT).astype({"criteria_left": float})


def nearest(found: pd.DataFrame, on: date) -> pd.DataFrame:
    """The xã that lack at most `nearest_criteria` for the NTM title, the nearest first."""
    rows = found[found["criteria_left"] <= reference.constant("nearest_criteria", on)]
    return rows.sort_values(["criteria_left", "commune_code"], ignore_index=True)


def doubts(
    communes: pd.DataFrame, before: pd.DataFrame, satisfaction: pd.DataFrame, on: date
) -> pd.DataFrame:
    """Where a title, the criteria and what residents said do not fit together, by xã.

    `rule`: `title_without_criteria` (a title, and criteria marked not met), `title_without_consent`
    (a title whose survey came below its threshold in any question), `criteria_without_title` (all
    19, no title), `registered_again` (registered for a title held last year already, by `before`),
    `mark_against_figure` (a criterion marked met that the commune's own figure contradicts).
    `verified`: False where the threshold behind it is not, or the survey is not sure
    (`satisfaction.certainty`); then it is a question and no finding.
    """
    rules = reference.at(reference.table("title_conditions"), on)
    limits = rules[rules["condition"].isin(CRITERIA)].to_dict("records")
    held_before = before.set_index("commune_code")["title"].map(_rank).to_dict()
    same_marks, heard = counts_nineteen(on), _heard(satisfaction)
    rows = []
    for row in communes[communes["kind"] == RURAL].to_dict("records"):
        held, title = _rank(row["title"]) >= 0, row["title"]
        missing = row["missing_criteria"] if isinstance(row["missing_criteria"], str) else ""
        found: list[tuple[str, str, float | None, float | None, bool]] = []
        if same_marks and held and missing:
            found.append(("title_without_criteria", missing, None, None, True))
        if same_marks and not held and row["criteria_met"] == len(CRITERIA):
            found.append(("criteria_without_title", "", None, None, True))
        if -1 < _rank(row["registered"]) <= held_before.get(row["commune_code"], -1):
            found.append(("registered_again", "", None, None, True))
        residents, sure = heard.get((row["commune_code"], f"xã {title}"), (OPEN, False))
        if held and residents == NOT_MET:
            found.append(("title_without_consent", "", None, None, sure))
        found += [
            (*_against(rule, row), rule["verified"] == "yes")
            for rule in limits
            if _contradicts(rule, row)
        ]
        rows += [{**row, **dict(zip(DOUBTS[3:4] + DOUBTS[5:], one, strict=True))} for one in found]
    return pd.DataFrame(rows, columns=DOUBTS).astype({"value": float, "threshold": float})


def _unchanged(then: date, on: date) -> set[str]:
    """The codes of communes that are the same place on both days, with the same code."""
    links = crosswalk.links(then, on)
    alone = ~links.duplicated("from_code", keep=False) & ~links.duplicated("to_code", keep=False)
    return set(links.loc[alone & (links["from_code"] == links["to_code"]), "to_code"])


def _state(row: dict, old: dict, then: date, on: date) -> str:
    if not old or not row["criteria_known"] > 0 or not old["criteria_known"] > 0:
        return "unknown"
    before, now = criteria_set(then), criteria_set(on)
    if before["criteria"] != now["criteria"]:
        return "other_rules"
    return "compared" if before["criteria_set"] == now["criteria_set"] else "new_rules"


def _rank(title: object) -> int:
    """The place of a title on the ladder, -1 without one."""
    return LADDER.index(title) if title in LADDER else -1


def _holds(rule: dict, row: dict, residents: str) -> str:
    """Whether one condition holds for a xã of which `residents` say so: met, not_met, or open."""
    if rule["verified"] != "yes" or rule["measure"] == "none":
        return OPEN
    if rule["measure"] == "title":
        lower = LADDER[LADDER.index(rule["title"]) - 1]
        return MET if _rank(row["title"]) >= _rank(lower) else NOT_MET
    if rule["measure"] == "criteria":
        if row["missing_criteria"] and isinstance(row["missing_criteria"], str):
            return NOT_MET  # one not met decides, whatever the blanks
        return MET if row["criteria_met"] == rule["threshold"] else OPEN
    return residents


def _heard(satisfaction: pd.DataFrame) -> dict[tuple[str, str], tuple[str, bool]]:
    """What residents said by commune and survey, of all its questions, and whether surely."""
    found = surveys(satisfaction)
    key = zip(found["commune_code"], found["survey"], strict=True)
    said = zip(found["rule"], found["certainty"] == "sure", strict=True)
    return dict(zip(key, said, strict=True))


def _figure(rule: dict, row: dict) -> float:
    """The commune's own figure behind a criterion; NaN where it was not reported."""
    if rule["measure"] == "houses":
        return row["temporary_houses"]
    households = row["households"]
    return (row["poor"] + row["near_poor"]) / households if households > 0 else float("nan")


def _contradicts(rule: dict, row: dict) -> bool:
    marked = rule["condition"] not in str(row["missing_criteria"]).split(";")
    complete = row["criteria_known"] == len(CRITERIA)
    return complete and marked and _figure(rule, row) > rule["threshold"]


def _against(rule: dict, row: dict) -> tuple[str, str, float, float]:
    return "mark_against_figure", rule["condition"], _figure(rule, row), rule["threshold"]
