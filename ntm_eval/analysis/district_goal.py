"""The conditions of a district that meets the NTM standard, as far as reports can measure them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.analysis import communes as communes_table
from ntm_eval.analysis import disclosure
from ntm_eval.analysis.satisfaction import DISTRICT_SURVEY, DistrictRule
from ntm_eval.analysis.targets import COMPLETE

TITLE = "huyện NTM"
COLUMNS = ["condition", "now", "needed", "state", "probability", "basis", "surveyed", "communes"]


def conditions(
    district_code: str,
    communes: pd.DataFrame,
    satisfaction: pd.DataFrame,
    targets: pd.DataFrame,
    on: date = units.PLAN_DAY,
) -> pd.DataFrame:
    """The conditions of a district in force on a day (`title_conditions.csv`), for one district.

    Those of QĐ 320/QĐ-TTg, Phụ lục I; none from 1/7/2025 on, when there are no districts.

    `state`: `met`, `not_met`, `unclear`, `withheld`, `not_applicable` or `not_measured` (no figure
    in the reports); `now` and `needed` are counts, or shares of residents: of the overall question
    over all communes asked (`satisfaction` is the table that may be published, so it may be held
    back). The condition of residents holds where the overall question and each content in each
    commune do, every commune was asked and no survey has too few forms or an open warning;
    `surveyed` of the `communes` were asked, NaN elsewhere.
    `probability`: that all xã have the 19 criteria by the goal's year, NaN for the others, whose
    course nothing tells, and `basis` as in `targets.Target`.
    """
    mine = communes[communes["district_code"] == district_code]
    found = communes_table.province(mine)
    ahead = targets[
        (targets["district_code"] == district_code)
        & targets["commune_code"].isna()
        & (targets["indicator"] == COMPLETE)
    ]
    chance, basis = ahead[["probability", "basis"]].iloc[0] if len(ahead) else (None, "too_few")
    counts = found.iloc[0] if len(found) else pd.Series(dtype=float)
    rural = counts.get("rural", float("nan"))
    rules = reference.at(reference.table("title_conditions"), on)
    rules = rules[rules["title"] == TITLE].set_index("condition")["threshold"]
    asked = satisfaction[satisfaction["survey"] == DISTRICT_SURVEY]
    asked = asked[asked["district_code"] == district_code]
    surveyed = asked.loc[asked["share_low"].notna(), "commune_code"].nunique()
    open_ends = surveyed < rural or asked["certainty"].isin(["review", "few_forms"]).any()
    lowest = -(-rural * rules.get("advanced", float("nan")) // 1)
    none: tuple[None, ...] = (None, None)
    rows = [
        ("all_communes", *_counted(counts.get("complete"), rural), chance, basis, *none),
        ("advanced", *_counted(counts.get("advanced"), lowest), *none, *none),
        ("towns", *_counted(counts.get("urban"), counts.get("towns")), *none, *none),
        ("satisfaction", *_asked(asked, on, open_ends), *none, surveyed, rural),
        ("district_criteria", None, None, "not_measured", *none, *none),
    ]
    kinds = dict.fromkeys(COLUMNS, float) | dict.fromkeys(("condition", "state", "basis"), "str")
    rows = [row for row in rows if row[0] in rules.index]
    return pd.DataFrame(rows, columns=COLUMNS).astype(kinds)


def _counted(now: float | None, needed: float | None) -> tuple[float | None, float | None, str]:
    if needed == 0:
        return now, needed, "not_applicable"
    if now is None or needed is None or pd.isna(now) or pd.isna(needed):
        return now, needed, "not_measured"
    return now, needed, "met" if now >= needed else "not_met"


def _asked(asked: pd.DataFrame, day: date, open_ends: bool) -> tuple[float, float, str]:
    """The overall question of the district's own survey, and the state of the whole condition."""
    if asked["share_low"].isna().all():
        return float("nan"), float("nan"), "not_measured"
    ((low, high),) = disclosure.district_rule(asked, day)
    states = {_state(rule, open_ends) for rule in (low, high)}
    now = low.overall.share if low.overall == high.overall else float("nan")
    return now, low.threshold, states.pop() if len(states) == 1 else "withheld"


def _state(rule: DistrictRule, open_ends: bool) -> str:
    if rule.below or rule.verdict == "not_met":
        return "not_met"
    return "unclear" if open_ends or rule.unread or rule.verdict != "met" else "met"
