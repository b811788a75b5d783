"""The conditions of a district that meets the NTM standard, as far as reports can measure them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.analysis import communes as communes_table
from ntm_eval.analysis.targets import COMPLETE

QUYNH_NHAI = "118"
SURVEY = "huyện NTM"
TITLE = "huyện NTM"
COLUMNS = ["condition", "now", "needed", "state", "probability", "basis"]


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
    in the reports); `now` and `needed` are counts, or shares of residents (`satisfaction` is the
    table that may be published, so a share may be held back); `probability`: that all xã
    have the 19 criteria by the goal's year, NaN for the others, whose course nothing tells,
    and `basis` as in `targets.Target`.
    """
    mine = communes[communes["district_code"] == district_code]
    found = communes_table.province(mine)
    ahead = targets[(targets["district_code"] == district_code) & targets["commune_code"].isna()
                    & (targets["indicator"] == COMPLETE)]  # fmt: skip
    chance, basis = ahead[["probability", "basis"]].iloc[0] if len(ahead) else (None, "too_few")
    counts = found.iloc[0] if len(found) else pd.Series(dtype=float)
    rural = counts.get("rural", float("nan"))
    rules = reference.at(reference.table("title_conditions"), on)
    rules = rules[rules["title"] == TITLE].set_index("condition")["threshold"]
    advanced = rules.get("advanced", float("nan"))
    rows = [
        ("all_communes", *_counted(counts.get("complete"), rural), chance, basis),
        (
            "advanced",
            *_counted(counts.get("advanced"), -(-rural * advanced // 1)),
            None,
            None,
        ),
        ("towns", *_counted(counts.get("urban"), counts.get("towns")), None, None),
        ("satisfaction", *_asked(district_code, satisfaction), None, None),
        ("district_criteria", None, None, "not_measured", None, None),
    ]
    numbers = dict.fromkeys(("now", "needed", "probability"), float)
    rows = [row for row in rows if row[0] in rules.index]
    return pd.DataFrame(rows, columns=COLUMNS).astype(numbers | {"state": "str", "basis": "str"})


def _counted(now: float | None, needed: float | None) -> tuple[float | None, float | None, str]:
    if needed == 0:
        return now, needed, "not_applicable"
    if now is None or needed is None or pd.isna(now) or pd.isna(needed):
        return now, needed, "not_measured"
    return now, needed, "met" if now >= needed else "not_met"


def _asked(district_code: str, satisfaction: pd.DataFrame) -> tuple[float, float, str]:
    """The question of the district's own survey that may lie lowest against its threshold."""
    own = (satisfaction["district_code"] == district_code) & (satisfaction["survey"] == SURVEY)
    rows = satisfaction[own].dropna(subset=["share_low", "threshold"])
    if rows.empty:
        return float("nan"), float("nan"), "not_measured"
    worst = rows.loc[(rows["share_low"] - rows["threshold"]).idxmin()]
    return worst["share"], worst["threshold"], worst["verdict"]
