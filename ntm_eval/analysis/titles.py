"""Titles of communes: what is met and missing for the next one, and what does not fit together.

Rules are dated rows of `title_conditions.csv`. A condition that the reports do not measure, or
whose threshold nobody has verified, gives no verdict: it is said to be open (chưa đủ căn cứ).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ntm_eval import crosswalk, reference
from ntm_eval.analysis.communes import CRITERIA, XA, Group
from ntm_eval.analysis.satisfaction import surveys
from ntm_eval.intake import sheets
from ntm_eval.language import translate as _

MET, NOT_MET, OPEN = "met", "not_met", "open"
AGAIN = "registered_again"  # the condition of a town that holds the title, in place of `registered`
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
CHANGES = ["district_code", "commune_code", "commune", "state"]
CHANGES += ["gained", "lost", "title_won", "title_lost"]
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
    now: pd.DataFrame,
    before: pd.DataFrame,
    satisfaction: pd.DataFrame,
    year: int,
    on: date,
    of: Group = XA,
) -> Titled:
    """All that is known of the xã or the towns of `now`, with their marks TC1, TC2 and so on."""
    return Titled(
        changes(now, before, year, on, of),
        following(now, satisfaction, on, of),
        doubts(now, before, satisfaction, on, of),
    )


@reference.derived
def criteria_set(on: date, of: Group = XA) -> pd.Series:
    """The set of criteria in force on a day: criteria_set, criteria (their number), verified."""
    rows = reference.at(reference.table("criteria_sets"), on)
    rows = rows[rows["title"] == of.ladder[0]]
    return rows.iloc[-1] if len(rows) else pd.Series({"criteria_set": "", "criteria": 0})


def counts_nineteen(on: date) -> bool:
    """Whether the set in force on a day is that of the 19 criteria, which the reports have."""
    return bool(criteria_set(on)["criteria"] == len(CRITERIA))


def conditions(title: str, on: date) -> pd.DataFrame:
    """The conditions of a title in force on a day, in the order of the table."""
    rows = reference.at(reference.table("title_conditions"), on)
    return rows[(rows["title"] == title) & ~rows["condition"].isin(CRITERIA)]


def changes(
    now: pd.DataFrame, before: pd.DataFrame, year: int, on: date, of: Group = XA
) -> pd.DataFrame:
    """What each xã, or town, gained and lost since the annual report of the year before `year`.

    `now` has the marks TC1, TC2 …, `before` those of last year (table `commune_history`). `state`:
    `compared`; `new_rules` where the set of criteria changed in between but the criteria are the
    same in number and name, so that a loss may come from the stricter set; `other_rules` where
    they cannot be compared; `new_unit` where the commune did not exist as such; `unknown` where
    one of the two reports has no marks. `gained` and `lost` name criteria, '' where none;
    `title_won` is a title that was not there, `title_lost` one that is no longer, '' where none; a
    town's are known of years in which its criteria were not reported.
    """
    then = date(year - 1, 12, 31)
    rows_now = now[of.of(now)].sort_values("commune_code")
    known = before.set_index("commune_code")
    same = _unchanged(then, on)
    rows = []
    for row in rows_now.to_dict("records"):
        code = row["commune_code"]
        old = known.loc[code].to_dict() if code in known.index and code in same else {}
        state = _state(row, old, then, on, of) if code in same or before.empty else "new_unit"
        compared = state in ("compared", "new_rules")
        marks = [(c, old[c], row[c]) for c in of.criteria if compared]
        gained = [c for c, *both in marks if both == [sheets.NOT_YET, sheets.MET]]
        lost = [c for c, *both in marks if both == [sheets.MET, sheets.NOT_YET]]
        titled = compared or (not of.rural and old and row["criteria_known"] > 0)
        was, title = (of.rank(r["title"]) if titled else -1 for r in (old, row))
        rows.append(
            {
                **row,
                "state": state,
                "gained": ";".join(gained),
                "lost": ";".join(lost),
                "title_won": of.ladder[title] if title > was else "",
                "title_lost": of.ladder[was] if title < was else "",
            }
        )
    return pd.DataFrame(rows, columns=CHANGES)


def following(
    communes: pd.DataFrame, satisfaction: pd.DataFrame, on: date, of: Group = XA
) -> pd.DataFrame:
    """The next title of each xã, or town, its conditions by state, and what they come to together.

    A town that has its title and is registered again is held to the conditions of another
    recognition. Columns NEXT: `criteria_left` for a place without a title, NaN where not all are
    known or another set than that of the reports counts;
    `met`, `not_met` and `open` name the conditions in words, joined by '; '. `verdict`: `not_met`
    where one is not, `met` where all are, else `open`.
    """
    rows, heard = [], _heard(satisfaction, communes)
    same, every = criteria_set(on, of)["criteria"] == len(of.criteria), len(of.criteria)
    rules = {title: conditions(title, on).to_dict("records") for title in of.ladder}
    for row in communes[of.of(communes)].to_dict("records"):
        again = not of.rural and -1 < of.rank(row["title"]) == of.rank(row["registered"])
        place = of.rank(row["title"]) + (not again)
        if place >= len(of.ladder):
            continue
        title = of.ladder[place]
        said: dict[str, list[str]] = {MET: [], NOT_MET: [], OPEN: []}
        for rule in rules[title]:
            if rule["condition"] == ("registered" if again else AGAIN):
                continue
            residents, sure = heard.get((row["commune_code"], of.survey(title)), (OPEN, False))
            met = _holds(rule, row, residents if sure else OPEN, of, on)
            name = rule["name_vi"]
            said[met].append(_(name))
        verdict = NOT_MET if said[NOT_MET] else OPEN if said[OPEN] or not said[MET] else MET
        left = every - row["criteria_met"] if row["criteria_known"] == every else None
        words = {state: "; ".join(names) for state, names in said.items()}
        rows.append(
            {
                **row,
                **words,
                "next_title": title,
                "verdict": verdict,
                "criteria_left": left if same and place == 0 else None,
            }
        )
    return pd.DataFrame(rows, columns=NEXT).astype({"criteria_left": float})


def nearest(found: pd.DataFrame, on: date) -> pd.DataFrame:
    """The xã that lack at most `nearest_criteria` for the NTM title, the nearest first."""
    rows = found[found["criteria_left"] <= reference.constant("nearest_criteria", on)]
    return rows.sort_values(["criteria_left", "commune_code"], ignore_index=True)


def doubts(
    communes: pd.DataFrame,
    before: pd.DataFrame,
    satisfaction: pd.DataFrame,
    on: date,
    of: Group = XA,
) -> pd.DataFrame:
    """Where a title, the criteria and what residents said do not fit together, by xã or town.

    `rule`: `title_without_criteria` (a title, and criteria marked not met), `title_without_consent`
    (a title whose survey came below its threshold in any question), `criteria_without_title` (all
    19, no title), `registered_again` (registered for a title held last year already, by `before`),
    `mark_against_figure` (a criterion marked met that the commune's own figure contradicts). Of a
    town only the first two: its title waits for years of registration, and is registered for anew.
    `verified`: False where the threshold behind it is not, or the survey is not sure
    (`satisfaction.certainty`); then it is a question and no finding.
    """
    rules = reference.at(reference.table("title_conditions"), on)
    limits = rules[rules["condition"].isin(CRITERIA) & rules["title"].isin(of.ladder)]
    held_before = before.set_index("commune_code")["title"].map(of.rank).to_dict()
    same_marks = criteria_set(on, of)["criteria"] == len(of.criteria)
    rows, heard = [], _heard(satisfaction, communes)
    for row in communes[of.of(communes)].to_dict("records"):
        held, title = of.rank(row["title"]) >= 0, row["title"]
        missing = row["missing_criteria"] if isinstance(row["missing_criteria"], str) else ""
        found: list[dict[str, object]] = []
        if same_marks and held and missing:
            found.append({"rule": "title_without_criteria", "criterion": missing})
        if of.rural and same_marks and not held and row["criteria_met"] == len(CRITERIA):
            found.append({"rule": "criteria_without_title"})
        again = -1 < of.rank(row["registered"]) <= held_before.get(row["commune_code"], -1)
        if of.rural and again:
            found.append({"rule": "registered_again"})
        survey = of.survey(title) if held else ""
        residents, sure = heard.get((row["commune_code"], survey), (OPEN, False))
        if held and residents == NOT_MET:
            found.append({"rule": "title_without_consent", "verified": sure})
        found += [
            {
                "rule": "mark_against_figure",
                "criterion": rule["condition"],
                "value": _figure(rule, row),
                "threshold": rule["threshold"],
                "verified": rule["verified"] == "yes",
            }
            for rule in limits.to_dict("records")
            if _contradicts(rule, row)
        ]
        rows += [{**row, "criterion": "", "verified": True, **one} for one in found]
    return pd.DataFrame(rows, columns=DOUBTS).astype({"value": float, "threshold": float})


@reference.derived
def _unchanged(then: date, on: date) -> set[str]:
    """The codes of communes that are the same place on both days, with the same code."""
    links = crosswalk.links(then, on)
    alone = ~links.duplicated("from_code", keep=False) & ~links.duplicated("to_code", keep=False)
    return set(links.loc[alone & (links["from_code"] == links["to_code"]), "to_code"])


def _state(row: dict, old: dict, then: date, on: date, of: Group) -> str:
    if not old or not row["criteria_known"] > 0 or not old["criteria_known"] > 0:
        return "unknown"
    before, now = criteria_set(then, of), criteria_set(on, of)
    if before["criteria"] != now["criteria"]:
        return "other_rules"
    return "compared" if before["criteria_set"] == now["criteria_set"] else "new_rules"


def _holds(rule: dict, row: dict, residents: str, of: Group, on: date) -> str:
    """Whether one condition holds for a place of which `residents` say so: met, not_met, open."""
    if rule["verified"] != "yes" or rule["measure"] == "none":
        return OPEN
    if rule["measure"] == "title":
        return MET if of.rank(row["title"]) >= of.rank(rule["title"]) - 1 else NOT_MET
    if rule["measure"] == "registration":
        if of.rank(row["registered"]) < 0:
            return NOT_MET if row["criteria_known"] > 0 else OPEN
        years = on.year - row["registered_year"]  # NaN where the year is not known
        return MET if years >= rule["threshold"] else NOT_MET if years >= 0 else OPEN
    if rule["measure"] == "criteria":
        if row["missing_criteria"] and isinstance(row["missing_criteria"], str):
            return NOT_MET  # one not met decides, whatever the blanks
        return MET if row["criteria_met"] == rule["threshold"] else OPEN
    return residents


def _heard(
    satisfaction: pd.DataFrame, communes: pd.DataFrame
) -> dict[tuple[str, str], tuple[str, bool]]:
    """What residents said by commune and survey, of all its questions, and whether surely."""
    own = satisfaction["commune_code"].isin(communes["commune_code"])
    found = surveys(satisfaction[own])
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
