"""Communes × criteria: what each has met, who is far behind, and the count by district."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress

import numpy as np
import pandas as pd

from ntm_eval.intake import sheets

COLUMNS = [
    "district_code",
    "commune_code",
    "commune",
    "kind",
    "registered",
    "title",
    "criteria_met",
    "criteria_known",
    "missing_criteria",
    *sheets.COMMUNE_COUNTS,
]
HISTORY = [
    "year",
    "district_code",
    "commune_code",
    "kind",
    "criteria_met",
    "criteria_known",
    "temporary_houses",
    "title",
    *sheets.CRITERIA,
]
CRITERIA = list(sheets.CRITERIA)
RURAL = "xã"
# a xã that holds a higher title holds the lower ones as well
LADDER = {"ntm": sheets.TITLES[0:3], "advanced": sheets.TITLES[1:3], "model": sheets.TITLES[2:3]}


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """The communes with their criteria counted, followed by the marks TC1..TC19 themselves.

    Only a xã has criteria. `missing_criteria` names those marked not yet met, '' where there are
    none; a criterion left blank is not known and counts neither way. Where nothing is known, the
    three are missing.
    """
    rural = (rows["kind"] == RURAL).to_numpy()[:, None]
    marks = rows[CRITERIA].to_numpy(object)
    met, not_yet = rural & (marks == sheets.MET), rural & (marks == sheets.NOT_YET)
    known = (met | not_yet).sum(axis=1)
    missing = [";".join(compress(CRITERIA, row)) for row in not_yet]
    counted = rows.assign(
        criteria_met=np.where(known > 0, met.sum(axis=1), np.nan),
        criteria_known=np.where(known > 0, known, np.nan),
        missing_criteria=pd.Series(missing, index=rows.index, dtype="str").where(known > 0),
    )
    return counted[[*COLUMNS, *CRITERIA]].reset_index(drop=True)


def over_years(reported: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    """The communes of several annual reports, by year: counts that have a course, title, marks."""
    empty = pd.DataFrame({c: pd.Series(dtype="str") for c in HISTORY[1:4]})
    frames = [table(rows).assign(year=year) for year, rows in sorted(reported.items())]
    every = pd.concat(frames or [empty], ignore_index=True).reindex(columns=HISTORY)
    texts = dict.fromkeys(("title", *CRITERIA), "str")
    return every.astype(dict.fromkeys(HISTORY[4:7], float) | texts | {"year": "int64"})


def province(communes: pd.DataFrame) -> pd.DataFrame:
    """Titles and criteria by district: a row for each, NaN where nothing was reported.

    Columns: `rural` (xã), `towns` (phường, thị trấn), `known` (xã with criteria known), the xã
    with title `ntm`, `advanced`, `model` (cumulative: a higher title holds the lower), `urban`
    (phường and thị trấn with the civilised urban title), `complete` (all 19 criteria met) and
    `criteria_mean` (met per xã with criteria known).
    """
    rural = communes["kind"] == RURAL
    counts = communes.assign(
        rural=rural,
        towns=~rural,
        known=communes["criteria_known"].notna(),
        **{name: rural & communes["title"].isin(held) for name, held in LADDER.items()},
        urban=~rural & (communes["title"] == sheets.TITLES[3]),
        complete=communes["criteria_met"] == len(CRITERIA),
        reported=communes[["title", "criteria_known", *sheets.COMMUNE_COUNTS]].notna().any(axis=1),
    )
    names = ["rural", "towns", "known", *LADDER, "urban", "complete"]
    by_district = counts.groupby("district_code")
    found = by_district[names].sum().astype(float)
    found["criteria_mean"] = by_district["criteria_met"].mean()
    findings = [c for c in found if c not in ("rural", "towns")]
    found[findings] = found[findings].where(by_district["reported"].any())
    return found.reset_index()
