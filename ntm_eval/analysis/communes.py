"""Communes × criteria: what each has met, who is far behind, and the count by district."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd

from ntm_eval import schemas
from ntm_eval.intake import sheets
from ntm_eval.intake.communes import RURAL

CRITERIA = list(sheets.CRITERIA)


@dataclass(frozen=True)
class Group:
    """Places with the same criteria, and titles in their order: the xã, or the towns."""

    criteria: tuple[str, ...]
    ladder: tuple[str, ...]
    rural: bool

    def of(self, rows: pd.DataFrame) -> pd.Series:
        """Which rows are of such places."""
        return (rows["kind"] == RURAL) == self.rural

    def survey(self, title: str) -> str:
        """The survey that a title asks for."""
        return f"xã {title}" if self.rural else sheets.TOWN_SURVEY

    def rank(self, title: object) -> int:
        """The place of a title in their order, -1 without one."""
        return self.ladder.index(title) if title in self.ladder else -1


XA = Group(sheets.CRITERIA, sheets.TITLES[:3], rural=True)
URBAN = Group(sheets.TOWN_CRITERIA, sheets.TITLES[3:], rural=False)
# a xã that holds a higher title holds the lower ones as well
LADDER = {"ntm": sheets.TITLES[0:3], "advanced": sheets.TITLES[1:3], "model": sheets.TITLES[2:3]}


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """The communes with their criteria counted, followed by the marks TC1..TC19 themselves.

    Only a xã has them. `missing_criteria` names those marked not yet met, '' where there are
    none; a criterion left blank is not known and counts neither way. Where nothing is known, the
    three are missing.
    """
    return _counted(rows, XA)[schemas.column_names("communes")]


def towns(rows: pd.DataFrame) -> pd.DataFrame:
    """The phường and thị trấn in the same way, with their nine criteria."""
    return _counted(rows, URBAN)[schemas.column_names("towns")]


def over_years(reported: Mapping[int, pd.DataFrame], of: Group = XA) -> pd.DataFrame:
    """The places of several annual reports, by year: counts that have a course, title, marks."""
    frames = [_counted(rows, of).assign(year=year) for year, rows in sorted(reported.items())]
    every = pd.concat(frames, ignore_index=True) if frames else []
    return schemas.typed("commune_history" if of.rural else "town_history", every)


def _counted(rows: pd.DataFrame, of: Group) -> pd.DataFrame:
    asked = of.of(rows).to_numpy()[:, None]
    marks = rows[list(of.criteria)].to_numpy(object)
    met, not_yet = asked & (marks == sheets.MET), asked & (marks == sheets.NOT_YET)
    known = (met | not_yet).sum(axis=1)
    missing = [";".join(compress(of.criteria, row)) for row in not_yet]
    return rows.assign(
        criteria_met=np.where(known > 0, met.sum(axis=1), np.nan),
        criteria_known=np.where(known > 0, known, np.nan),
        missing_criteria=pd.Series(missing, index=rows.index, dtype="str").where(known > 0),
    ).reset_index(drop=True)


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
