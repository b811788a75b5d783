"""The illustrative reports of the 75 communes: the year 2025 and the first half of 2026.

They go on from the invented province of 2022: each commune has what its old communes had, and
its part of what their districts reported by its part of their households. Criteria are counted
anew, since a commune of several meets one only where all its parts do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from ntm_eval import crosswalk, reference, units
from ntm_eval.exchange import template as forms
from ntm_eval.intake import sheets
from ntm_eval.workspace import Workspace
from tools.sample import answers as sample_answers
from tools.sample import organisations as sample_organisations
from tools.sample import reports as sample_reports
from tools.sample import towns as sample_towns
from tools.sample.figures import ROUND_TO, Figures
from tools.sample.reports import Report
from tools.sample.world import World, around_zero, draw, indicators, marks

LAST, KEYS = 2022, ((2025, "annual"), (2026, "h1"))
OLD, NEW = date(LAST, 12, 31), units.day(2025, "annual")
MISSING = ("xa-muong-leo", 2025, "annual")
LATE = ("xa-ngoc-chien", 2025, "annual")
# Typed in triệu in a column of đồng: what the rule `unit_suspect` is there for.
IN_MILLIONS = ("xa-suoi-to", 2025, "annual", "C1-11")
COUNTS = list(sheets.COMMUNE_COUNTS)
FALLING = {"poor": 0.88, "near_poor": 0.96, "temporary_houses": 0.6}  # a year, of what was left
GROWTH = 1.01


def write(out: Path, world: World, figures: Figures) -> None:
    """Write the reports of both periods and the receipts kept beside them."""
    for year, period in KEYS:
        folder = Workspace(year, period, out, out).received(year, period)
        folder.mkdir(parents=True, exist_ok=True)
        there, before = places(world, year), places(world, year - 1)
        parts = dict(list(share(world).groupby("to_code")))
        sent = list(_reports(year, period, world.seed))
        for report in sent:
            code = report.district.code
            typed = _figures(
                report, there.loc[code], before.loc[code], parts[code], figures, world.seed
            )
            content = _content(report, there.loc[code], typed, world)
            forms.write_workbook(folder / report.file, report.district, year, period, content)
        sample_reports.write_receipts(folder, sent)


def places(world: World, year: int) -> pd.DataFrame:
    """The communes of a year after the reform, by code: counts, kind, criteria met, title."""
    then = world.annual[LAST]
    carried = {c: crosswalk.carried(then[c], OLD, NEW).set_index("code")["value"] for c in COUNTS}
    after = year - LAST
    grown = {
        c: (values * FALLING.get(c, GROWTH) ** after).round().astype(int)
        for c, values in carried.items()
    }
    kinds = {c.code: c.kind for c in units.province(NEW)}
    links = crosswalk.links(OLD, NEW)
    parts = links.join(then[["kind", "met", "title"]], on="from_code")
    rural = parts[parts["kind"] == "xã"].groupby("to_code")
    # a year moves a commune on by less than half a criterion
    met = (rural["met"].min() + (year - 2025) // 2).clip(upper=19)
    titled = rural["title"].agg(lambda titles: titles.isin(sheets.TITLES[:3]).all())
    found = pd.DataFrame(grown).assign(kind=pd.Series(kinds))
    xa = found["kind"] == "xã"
    won = xa & titled.reindex(found.index, fill_value=False).astype(bool)
    return found.assign(
        met=met.reindex(found.index).where(xa, 0).fillna(0).astype(int),
        title=np.where(won, "NTM", ""),
        # a town that joined may have had some
        temporary_houses=found["temporary_houses"].where(~won, 0),
        registered=np.where(xa & ~won & (met.reindex(found.index) >= 14), "NTM", ""),
    )


def share(world: World) -> pd.DataFrame:
    """Each commune's part of the households of the districts it came from: code, slug, share."""
    then = world.annual[LAST]
    rows = crosswalk.links(OLD, NEW).join(then[["district", "households"]], on="from_code")
    rows = rows.assign(households=rows["households"] * rows["share"])
    whole = then.groupby("district")["households"].sum()
    mine = rows.groupby(["to_code", "district"], as_index=False)["households"].sum()
    return mine.assign(share=mine["households"] / mine["district"].map(whole))


def _reports(year: int, period: str, seed: int) -> Iterator[Report]:
    for unit in units.reporting(units.day(year, period)):
        key = unit.slug, year, period
        if key == MISSING:
            continue
        name = f"{unit.slug} {sample_reports.PLAIN_WORDS[period].format(year)}.xlsx"
        report = sample_reports.arrival(Report(unit, year, period, name, None, None), seed)
        late = date(2025, 12, 9) if key == LATE else None
        yield replace(report, sent=late, received=late) if late else report


def _content(
    report: Report, row: pd.Series, figures: dict[tuple[str, str], object], world: World
) -> forms.Content:
    code = report.district.code
    criteria = marks(world.places["order"].iloc[0], row["met"]) if row["kind"] == "xã" else {}
    typed = {**row[["kind", "registered", "title"]], **criteria, **row[COUNTS].astype(int)}
    info = {
        "district": report.district.name,
        "year": report.year,
        "period": sheets.PERIOD_NAMES[report.period],
        "cut_off": units.day(report.year, report.period),
        "sent": report.sent,
        **sample_reports.PEOPLE,
    }
    survey = f"xã {row['registered']}"
    asked = (
        sample_answers.answers(int(row["households"]), 19, draw(world.seed, "survey", code))
        if row["registered"] and report.period == "annual"
        else []
    )
    return forms.Content(
        info=info,
        figures=figures,
        notes={},
        communes={code: {"commune": report.district.name, **typed}},
        towns={} if criteria else {code: sample_towns.row(world.seed, code, "", *report.key[1:])},
        satisfaction=[
            {"commune_code": code, "commune": report.district.name, "survey": survey, **answer}
            for answer in asked
        ],
        organisations=sample_organisations.rows(world.seed, *report.key, share=0.15),
        mark=sheets.MARK,
    )


def _figures(
    report: Report,
    row: pd.Series,
    before: pd.Series,
    parts: pd.DataFrame,
    figures: Figures,
    seed: int,
) -> dict[tuple[str, str], object]:
    """Actual and plan of every indicator due; no self-scores."""
    code, year, period = report.district.code, report.year, report.period
    known = _of_the_commune(row, before)
    lift = 1 + 0.05 * float(around_zero(draw(seed, "lift", code, year), 1)[0])
    by_midyear = indicators()["h1"]
    typed: dict[tuple[str, str], object] = {}
    for one in reference.due(period).itertuples(index=False):
        level = known.get(one.id, lift * _level(one.id, one.kind, parts, figures))
        half = period == "h1" and one.flow_stock == "flow"
        done = 0.4 if one.id in known else by_midyear[one.id]
        actual = _number(level * (done if half else 1), one.kind)
        mistaken = (report.district.slug, year, period, one.id) == IN_MILLIONS
        typed[one.id, "actual"] = int(actual) // 1_000_000 if mistaken else actual
        if one.has_plan == "yes":
            chance = draw(seed, "plan", code, year, one.id).random()
            goal = level if one.id in known else level / (0.8 + 0.3 * chance)
            goal = min(goal, 100) if one.kind == "percent" else goal
            typed[one.id, "plan"] = _number(goal, one.kind)
    return typed


def _level(indicator: str, kind: str, parts: pd.DataFrame, figures: Figures) -> float:
    """A commune's part of what its districts reported last; of a percentage their mean."""
    levels = figures.annual[indicator][LAST]
    of = [levels[p.district] * (1.0 if kind == "percent" else p.share) for p in parts.itertuples()]
    return sum(of) / (len(of) if kind == "percent" else 1)


def _of_the_commune(row: pd.Series, before: pd.Series) -> dict[str, float]:
    """The indicators that sheet Xã says itself; NaN where a phường has no such thing."""
    rural = row["kind"] == "xã"
    return {
        "C1-16": before["temporary_houses"] - row["temporary_houses"],
        "C1-17": row["temporary_houses"],
        "C1-18": row["households"],
        "C1-19": row["poor"],
        "C1-20": row["near_poor"],
        "C1-22": float(row["title"] == "NTM") if rural else np.nan,
        "C1-23": 0.0 if rural else np.nan,
        "C1-24": 0.0 if rural else np.nan,
        "C1-25": float(row["met"]) if rural else np.nan,
        "C1-26": np.nan if rural else 0.0,
        "C2-01": row["cultural_households"],
        "C2-05": 1.0,
        "C6-05": float(row["registered"] != ""),
    }


def _number(value: float, kind: str) -> int | float | str:
    """What is typed: rounded down, so that a part stays within its whole."""
    if pd.isna(value):
        return "KAD"
    plain = np.floor(value / ROUND_TO[kind] + 1e-9) * ROUND_TO[kind]
    return round(float(plain)) if kind in ("count", "money", "area") else round(float(plain), 2)
