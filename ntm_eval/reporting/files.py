"""What a report leaves as files: DOCX and PDF, and what goes with them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ntm_eval import notation
from ntm_eval.analysis import disclosure
from ntm_eval.analysis.scheme import REPORTING
from ntm_eval.exchange import query_letter as query
from ntm_eval.exchange import replies
from ntm_eval.exchange.followup import COLUMNS as FOLLOWUP
from ntm_eval.reporting import appeal, docx, pdf, reports, xlsx
from ntm_eval.review import DistrictReview, Review
from ntm_eval.workspace import RESULTS, write_beside


def save(report: reports.Report) -> list[Path]:
    """The report as DOCX and PDF with what goes with it; the files written.

    Of a district the query letter and the appeal sheet, of the province the tables to pass on.
    """
    if isinstance(report.of, DistrictReview):
        here, folder = report.of, report.of.review.space.pages(report.of.unit.slug)
        made = [*letters(here), *appeal_sheet(here)]
    else:
        review, folder = report.of, report.of.space.pages(None)
        made = [*results(review), carry(review), *xlsx.save(review)]
    content = reports.document(report)
    papers = {"report.docx": docx.docx(content), "report.pdf": pdf.pdf(content)}
    if isinstance(report.of, DistrictReview):
        papers["dashboard.pdf"] = pdf.pdf(reports.one_page(content))
    for name, paper in papers.items():
        with write_beside(folder / name) as draft:
            draft.write_bytes(paper)
        made.append(folder / name)
    return made


def letters(here: DistrictReview) -> list[Path]:
    """The query letter with what is still open, as DOCX and XLSX; nothing where all is clear.

    Needs all districts: some questions come from comparing them.
    """
    space, file = here.review.space, here.arrival["file"]
    letter = query.Letter(
        district=here.unit,
        year=space.year,
        period=space.period,
        questions=replies.questions(here.problems, here.data.replies, here.moves),
        file=None if pd.isna(file) else file,
        illustrative=here.review.illustrative,
    )
    return query.write(space.pages(here.unit.slug), letter)


def results(review: Review) -> list[Path]:
    """The tables of the contract as CSV and Parquet, each complete or absent; the files written."""
    made = []
    for name in RESULTS:
        frame = review.passed_on(name)
        if name == "satisfaction":
            frame = frame.drop(columns=disclosure.ADDED)
        with write_beside(review.space.table(name)) as draft:
            frame.to_parquet(draft, index=False)
        with write_beside(review.space.table(name, ".csv")) as draft:
            draft.write_text(notation.csv(frame), encoding="utf-8-sig", newline="")
        made += [review.space.table(name), review.space.table(name, ".csv")]
    return made


def appeal_sheet(here: DistrictReview) -> list[Path]:
    """The appeal sheet of one district as XLSX with live formulas; the files written."""
    review, space = here.review, here.review.space
    rank, scores = here.ranking.iloc[0], here.scores
    sheet = appeal.Appeal(
        district=here.unit,
        year=space.year,
        period=space.period,
        assessed=here.assessed,
        items=scores[scores["part"] == REPORTING],
        facts=here.facts,
        rules=review.rules,
        points=rank["points"],
        grade=rank["grade"],
        illustrative=review.illustrative,
    )
    return appeal.write(space.pages(here.unit.slug), sheet)


def carry(review: Review) -> Path:
    """This review's recommendations as the follow-up file that next year's review reads."""
    rows = review.recommended
    # a commune by its whole name: a xã and a phường may share the short one
    names = {d.code: d.name if d.is_commune else d.short for d in review.units}
    file = rows.assign(district=rows["district_code"].map(names), status=None, note=None)
    with write_beside(review.space.carried) as draft:
        draft.write_text(notation.csv(file[FOLLOWUP]), encoding="utf-8-sig", newline="")
    return review.space.carried
