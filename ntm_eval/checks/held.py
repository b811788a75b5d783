"""Figures held back: those that an open question of a holding rule is about (`rules.csv`).

A held figure stands in its row with its mark, and in no total, series or score, until the question
is answered, the cell corrected or the change approved.
"""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import pandas as pd

from ntm_eval import reference

UNTIL_ANSWERED, UNTIL_APPROVED = "yes", "until_approved"
THOUSAND = 1000.0


@reference.derived
def holding(day: date) -> pd.Series:
    """The rules that hold a figure back on a day, each with until when."""
    rows = reference.at(reference.table("rules"), day).sort_values("valid_from", kind="stable")
    kinds = rows.drop_duplicates("rule", keep="last").set_index("rule")["holds"]
    return kinds[kinds != "no"]


def marked(facts: pd.DataFrame, found: pd.DataFrame, day: date) -> pd.DataFrame:
    """The facts of one period with `held`, the rule that holds a figure, and its `likely` value.

    `found` are the problems of the same reports, `day` says which rules hold. A problem of a cell
    holds that cell; one of another cell of an indicator's row holds what the row gives. `likely`
    is what the figure most likely is (the unit that the past or the others suggest, the sum of the
    communes), NaN where nothing tells.
    """
    kind = found["rule"].map(holding(day))
    open_ = kind.eq(UNTIL_APPROVED) | (kind.eq(UNTIL_ANSWERED) & found["explained"].isna())
    rows = found[open_ & found["commune_code"].isna() & found["indicator"].notna()]
    held = facts.get("held", pd.Series(np.nan, facts.index, dtype="str")).copy()
    likely = facts.get("likely", pd.Series(np.nan, facts.index, dtype=float)).copy()
    for problem in rows.to_dict("records"):
        own = facts["district_code"] == problem["district_code"]
        own &= (facts["indicator"] == problem["indicator"]) & held.isna()
        cell = own & (facts["sheet"] == problem["sheet"]) & (facts["cell"] == problem["cell"])
        at = cell if cell.any() else own & facts["measure"].isin(["actual", "plan"])
        if problem["rule"] == "not_applicable_unexpected":  # asked once for plan and figure
            at = own & (facts["state"] == "not_applicable")
        held[at] = problem["rule"]
        likely[at] = _likely(facts.loc[at, "value"], problem)
    marks = facts.assign(held=held, likely=likely)
    first = list(facts.columns.drop(["held", "original", "likely"], errors="ignore"))
    return marks[[*first, "held", "original", "likely"]]


def used(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts as totals, series and scores use them: without the value of a held figure."""
    return facts.assign(value=facts["value"].mask(facts["held"].notna()))


def _likely(values: pd.Series, problem: dict) -> pd.Series:
    fields = json.loads(problem["fields"])
    if problem["rule"] == "sum_mismatch":
        return values.where(values.isna(), fields["total"])
    if problem["rule"] == "source_differs":
        return values.where(values.isna(), fields["likely"])
    if problem["rule"] != "unit_suspect":
        return values * math.nan
    usual = fields.get("then", fields.get("usual"))
    steps = (np.log(usual / values.where(values > 0)) / math.log(THOUSAND)).round()
    return values * THOUSAND**steps
