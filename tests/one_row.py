"""What a review finds after its reference data changed: run in a folder laid out, prints JSON.

`python tests/one_row.py` writes the reports of three districts over four years into the folder's
own `data/raw`, opens the review and tells where the new things are.
"""

from __future__ import annotations

import json
from dataclasses import replace

import openpyxl

from ntm_eval import units
from ntm_eval.exchange import template as forms
from ntm_eval.exchange import xlsform
from ntm_eval.reporting import sections
from ntm_eval.review import open_review
from ntm_eval.workspace import OUTPUTS, RAW, ROOT

NEW, BEYOND = "C3-09", 5000  # the indicator added, and a figure above its plausible_max
DISTRICTS = ("sop-cop", "van-ho", "phieng-khoai")
YEARS = range(2019, 2024)  # 2023 is a year that the plan does not know of
QUESTION = 20


def send() -> None:
    """Reports with a figure of the new indicator, rising by ten a year, and its plan."""
    for year in YEARS:
        for slug in DISTRICTS:
            unit = units.district(slug)
            beyond = slug == "van-ho" and year == YEARS[-1]
            actual = BEYOND if beyond else 100 + 10 * (year - YEARS[0])
            figures = {
                (NEW, "actual"): actual,
                (NEW, "plan"): 2 * actual,
                ("C3-04", "plan"): 10,
                ("C3-04", "actual"): 5,
            }
            commune = next(
                c for c in units.communes(unit.code, units.day(year, "annual")) if c.kind == "xã"
            )
            asked = {
                "commune_code": commune.code,
                "commune": commune.name,
                "survey": "xã NTM",
                "households": 200,
                "issued": 180,
                "collected": 160,
                "satisfied": 150,
                "unsatisfied": 5,
                "no_answer": 5,
            }
            satisfaction = [{**asked, "question": n} for n in range(1, QUESTION + 1)]
            content = replace(
                forms.EMPTY,
                info={"sent": f"02/12/{year}"},
                figures=figures,
                satisfaction=satisfaction,
            )
            path = RAW / str(year) / "annual" / f"{slug}.xlsx"
            forms.write_workbook(path, unit, year, "annual", content)


def template() -> str:
    """Everything in a blank workbook of the new district, as one text."""
    path = ROOT / "template.xlsx"
    forms.write_workbook(path, units.district("phieng-khoai"), 2023, "annual")
    sheets = openpyxl.load_workbook(path).worksheets
    return " | ".join(str(c) for s in sheets for row in s.values for c in row if c is not None)


def survey_form() -> list[str]:
    path = ROOT / "survey.xlsx"
    xlsform.write_survey(path, [units.district("phieng-khoai")], 2023, "xã NTM")
    rows = openpyxl.load_workbook(path)["survey"].values
    return [row[1] for row in rows if str(row[1]).startswith("cau_")]


def of_new(frame) -> list[dict]:
    rows = frame[frame["indicator"] == NEW]
    return json.loads(rows.to_json(orient="records"))


def report(review, slug: str) -> str:
    """What a district's page prints of results, scores and lost points."""
    here = review.district(slug)
    scores = here.of(review.scores)
    printed = [
        sections.results.table(here.facts, here.series, here.of(review.trends), here.plans),
        sections.dashboard.shortfalls(scores),
        sections.results.figures(here.facts, here.series, here.history),
    ]
    return " ".join(table.html() for table in printed)


if __name__ == "__main__":
    send()
    made = open_review(YEARS[-1], "annual", str(RAW), str(OUTPUTS))
    parts = made.scores.groupby(["district_code", "part"])["max_points"].sum()
    answered = made.satisfaction.astype({"question": int})
    print(
        json.dumps(
            {
                "template": template(),
                "survey_form": survey_form(),
                "register": made.register["district"].tolist(),
                "facts": of_new(made.facts),
                "problems": of_new(made.problems),
                "series": of_new(made.series),
                "trends": of_new(made.trends),
                "scores": of_new(made.scores),
                "ranking": made.ranking.dropna(subset="rank")["district_code"].tolist(),
                "part": parts["127"].to_dict(),
                "questions": sorted(set(answered["question"])),
                "report": report(made, "phieng-khoai"),
                "communes": made.communes["commune"].tolist(),
            }
        )
    )
