"""The illustrative reports of twelve districts, 2018 to 2022, with known truth in them.

Nothing in them is real but the names of places and the order of size of published totals. Every
workbook is marked so. The same seed gives the same bytes.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.exchange import template as forms
from ntm_eval.intake import sheets, workbook
from ntm_eval.intake.cells import Cell
from ntm_eval.intake.problems import Place
from ntm_eval.workspace import PERIODS, Workspace, write_beside
from tools.sample import answers as sample_answers
from tools.sample import communes as sample_communes
from tools.sample import figures as sample_figures
from tools.sample import inspected as sample_inspected
from tools.sample import organisations as sample_organisations
from tools.sample import reports as sample_reports
from tools.sample import towns as sample_towns
from tools.sample import truth as sample_truth
from tools.sample import world as sample_world
from tools.sample.figures import Figures
from tools.sample.reports import Report
from tools.sample.world import YEARS, World, draw

TRUTH = "truth.json"


def write_sample(out: Path, seed: int = 2022) -> None:
    """Write `<year>/<period>/` with workbooks and receipts, and what is planted in them."""
    world = sample_world.build(seed)
    figures = sample_figures.build(world)
    planted = [found for year in YEARS for found in write_year(out, year, world, figures)]
    truth = {
        "planted": planted,
        "trends": sample_truth.trends(figures),
        "places": sample_truth.places(world, figures),
        "towns": sample_towns.truth(world),
        "organisations": sample_organisations.truth(),
        "ranking": sample_truth.ranking(),
        "inspected": write_inspections(out, world, figures),
    }
    with write_beside(out / TRUTH) as path:
        text = json.dumps(truth, ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_inspections(out: Path, world: World, figures: Figures) -> list[dict]:
    """Write what was found at the source in the last year, and return what is planted there."""
    year, period = sample_inspected.YEAR, sample_inspected.PERIOD
    folder = Workspace(year, period, out, out).received(year, period)
    return sample_inspected.write(folder, world, figures)


def write_communes(out: Path, seed: int = 2022) -> None:
    """Write the reports of the 75 communes that report from 1/7/2025 on."""
    world = sample_world.build(seed)
    sample_communes.write(out, world, sample_figures.build(world))


def write_year(out: Path, year: int, world: World, figures: Figures) -> list[dict]:
    """Write the reports of one year, and return what is planted in them."""
    planted: list[dict] = []
    for period in PERIODS:
        folder = Workspace(year, period, out, out).received(year, period)
        arrived = list(sample_reports.reports(year, period, world.seed))
        for report in arrived:
            content = _content(report, world, figures)
            path = folder / report.file
            path.parent.mkdir(parents=True, exist_ok=True)
            forms.write_workbook(path, report.district, year, period, content)
            planted += _planted(report, path, world, figures)
        sample_reports.write_receipts(folder, arrived)
    planted += [
        _found("missing", slug, at, period, rule="missing_report")
        for slug, at, period in sorted(sample_truth.MISSING)
        if at == year
    ]
    return planted


def _content(report: Report, world: World, figures: Figures) -> forms.Content:
    """What the district types, with what is planted in it."""
    typed = _figures(report, world, figures)
    for plant in sample_truth.PLANTS:
        if plant.sits_in(*report.key) and not (plant.kind == "restated" and report.version == 1):
            typed[plant.indicator, plant.measure] = plant.typed(figures)[-1]
    words = sample_world.settings("words").groupby("topic")["text"].agg(list)
    notes = {
        topic: texts[0]
        for topic, texts in words.items()
        if topic not in sheets.INFO_LABELS.values()
        and draw(world.seed, topic, *report.key).random() < 0.4
    }
    return forms.Content(
        info=_info(report, words, world.seed),
        figures=typed,
        notes=notes,
        communes=_communes(report, world),
        towns={
            code: {"commune": _name(report, code), **row}
            for code, row in sample_towns.rows(world, *report.key).items()
        },
        satisfaction=[
            {"commune": _name(report, str(row["commune_code"])), **row}
            for rows in (sample_answers.rows, sample_towns.answers)
            for row in rows(world, *report.key)
        ],
        organisations=[
            {**row, "name": _spelt(report, str(row["name"]))}
            for row in sample_organisations.rows(world.seed, *report.key)
        ],
        mark=sheets.MARK,
    )


def _figures(report: Report, world: World, figures: Figures) -> dict[tuple[str, str], object]:
    """Actual, plan and self-score of every indicator due."""
    slug, year, period = report.key
    due = reference.due(period)
    points = reference.table("score_parts").set_index("part")["points"]
    scored = due[due["scored"] == "yes"].groupby("content").size()
    typed: dict[tuple[str, str], object] = {}
    for row in due.itertuples(index=False):
        actual = figures.actual(period)[row.id].loc[slug, year]
        if row.id == "C6-05":
            actual = len({code for code, _ in sample_answers.surveyed(world, slug, year, period)})
        typed[row.id, "actual"] = "KAD" if pd.isna(actual) else _number(actual, row.kind)
        if row.has_plan == "yes":
            typed[row.id, "plan"] = _number(figures.plan[row.id].loc[slug, year], row.kind)
        if row.scored == "yes":
            most = points[f"C{row.content}"] / scored[row.content]
            reached = _reached(row, actual, figures, report)
            flattery = 0.02 + 0.12 * draw(world.seed, "self", row.id, *report.key).random()
            share = min(max(reached + flattery, 0.0), 1.0)
            typed[row.id, "self_score"] = int(most * share * 100 + 1e-9) / 100
    return typed


class _Scored(Protocol):
    """What a self-score goes by, of a row of the catalogue."""

    id: str
    formula: str
    denominator: str
    better: str
    flow_stock: str


def _reached(row: _Scored, actual: float, figures: Figures, report: Report) -> float:
    """About how much of its plan a district reached, as it sees itself."""
    slug, year, period = report.key
    if row.formula == "settled":
        whole = figures.actual(period)[row.denominator].loc[slug, year]
        return actual / whole if whole else 1.0
    plan = figures.plan[row.id].loc[slug, year]
    if row.better == "down":
        return 1.0 if actual <= plan else plan / actual
    due = plan / 2 if period == "h1" and row.flow_stock == "flow" else plan
    return actual / due if due else 1.0


def _number(value: float, kind: str) -> int | float:
    return round(float(value)) if kind in ("count", "money", "area") else round(float(value), 2)


def _info(report: Report, words: Mapping[str, Sequence[str]], seed: int) -> dict[str, object]:
    year, period = report.year, report.period
    chance = draw(seed, "words", *report.key)
    info = {
        "district": sample_truth.MISSPELT.get(report.key, _spelt(report, report.district.name)),
        "year": year,
        "period": sheets.PERIOD_NAMES[period],
        "cut_off": date(year, 5, 31) if period == "h1" else date(year, 11, 30),
        **sample_reports.PEOPLE,
    }
    if report.sent:
        info["sent"] = report.sent
    for topic in ("leadership", "limitations", "directions", "recommendations"):
        texts = words[topic]
        chosen = sorted(chance.permutation(len(texts))[: min(3, len(texts) - 1)])
        text = " ".join(texts[i] for i in chosen)
        info[topic] = text.format(name=_lower_type(report.district.name))
    return info


def _communes(report: Report, world: World) -> dict[str, dict[str, object]]:
    """The rows of sheet Xã by code; a phường or thị trấn has no criteria."""
    table = world.communes(report.year, report.period)
    rows = {}
    for code, row in table[table["district"] == report.district.slug].iterrows():
        counts = {name: int(row[name]) for name in sheets.COMMUNE_COUNTS}
        criteria = sample_world.marks(row["order"], row["met"]) if row["kind"] == "xã" else {}
        rows[code] = {
            "commune": _name(report, code),
            "kind": _spelt(report, row["kind"]),
            "registered": row["registered"],
            "title": row["title"],
            **criteria,
            **counts,
        }
    return rows


def _name(report: Report, code: str) -> str:
    day = date(report.year, 12, 31)
    there = {c.code: c.name for c in units.communes(report.district.code, day)}
    return _spelt(report, there[code])


def _spelt(report: Report, text: str) -> str:
    decomposed = report.key == sample_truth.DECOMPOSED
    return unicodedata.normalize("NFD" if decomposed else "NFC", text)


def _lower_type(name: str) -> str:
    """'Huyện Mai Sơn' within a sentence: 'huyện Mai Sơn'."""
    return name[0].lower() + name[1:]


def _planted(report: Report, path: Path, world: World, figures: Figures) -> Iterator[dict]:
    """What is planted in one report, with the cells where it stands."""
    yield from _about_file(report)
    plants = [p for p in sample_truth.PLANTS if p.sits_in(*report.key)]
    told = sample_answers.told(world, report.district.slug, report.year)
    named = sample_truth.MISSPELT.get(report.key) or report.key == sample_truth.DECOMPOSED
    if report.version == 1 or not (plants or told or named):
        return
    book = workbook.read(path, Place(file=path.name))
    if named:
        kind = "misspelt" if report.key in sample_truth.MISSPELT else "decomposed"
        label = book.info["district"]
        at = _at(label._replace(typed=_spelt(report, label.text)))  # the reader composes
        yield _found(kind, *report.key, file=path.name, **at, was=report.district.name)
    rows = {row["indicator"].text: row for row in book.tables[sheets.FIGURES]}
    for plant in plants:
        was, number, _ = plant.typed(figures)
        cell = rows[plant.indicator][plant.measure]
        found = {"indicator": plant.indicator, "measure": plant.measure, "rule": plant.rule}
        known = {"was": was, "reads": number, **_at(cell)}
        yield _found(plant.kind, *report.key, file=path.name, **found, **known)
    if told and report.period == "annual":
        kind, code, question = told
        for row in book.tables[sheets.SATISFACTION]:
            if (row["commune_code"].text, row["question"].text) == (code, question):
                rule = "all_satisfied" if kind == "all_satisfied" else None
                at = _at(row["satisfied"])
                yield _found(kind, *report.key, file=path.name, commune=code, rule=rule, **at)


def _about_file(report: Report) -> Iterator[dict]:
    """What is planted in when and how often the report came."""
    kinds = {
        "late": ("late_report", report.key in sample_truth.RECEIVED),
        "undated": ("undated_report", report.key == sample_truth.UNDATED),
        "no_receipt": (None, report.key in sample_truth.NO_RECEIPT - {sample_truth.UNDATED}),
        "extended": (None, report.key in sample_truth.EXTENDED),
        "resent": ("duplicate_report", report.version == 1),
    }
    for kind, (rule, here) in kinds.items():
        if here:
            yield _found(kind, *report.key, file=report.file, rule=rule)


def _at(cell: Cell) -> dict[str, object]:
    typed = cell.typed
    typed = int(typed) if isinstance(typed, float) and typed.is_integer() else typed
    return {"sheet": cell.sheet, "cell": cell.ref, "typed": typed}


def _found(kind: str, district: str, year: int, period: str, /, **known: object) -> dict:
    """One planted thing, with every field, so that readers need not ask which it has."""
    fields = (
        *("file", "sheet", "cell", "indicator", "measure", "commune"),
        *("rule", "was", "typed", "reads"),
    )
    found = {"kind": kind, "district": district, "year": year, "period": period}
    return found | {field: known.get(field) for field in fields}
