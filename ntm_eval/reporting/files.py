"""What a report leaves as files: DOCX and PDF, and what goes with them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ntm_eval import reference
from ntm_eval.analysis import disclosure, spot_checks
from ntm_eval.analysis.scheme import REPORTING
from ntm_eval.cache import ASSURANCE
from ntm_eval.exchange import assurance, replies
from ntm_eval.exchange import query_letter as query
from ntm_eval.exchange.registers import NOTED as FOLLOWUP
from ntm_eval.language import N_, marked
from ntm_eval.language import translate as _
from ntm_eval.reporting import appeal, docx, pdf, reports, xlsx
from ntm_eval.reporting.sections.received import rule_name
from ntm_eval.review import DistrictReview, Review
from ntm_eval.workspace import RESULTS, write_beside

CHECKS = {
    spot_checks.HELD: N_("{name}: số đang chờ giải trình ({why})"),
    spot_checks.GRADE: N_("{name}: số có thể làm thay đổi mức xếp loại"),
    spot_checks.CHANGE: N_("{name}: số thay đổi nhiều nhất so với năm trước"),
    spot_checks.RANDOM: N_("{name}: số được chọn ngẫu nhiên"),
}


def save(report: reports.Report) -> list[Path]:
    """The report as DOCX and PDF with what goes with it; the files written.

    Of a district the query letter and the appeal sheet, of the province the tables to pass on.
    """
    if isinstance(report.of, DistrictReview):
        here, folder = report.of, report.of.review.space.pages(report.of.unit.slug)
        made = [*letters(here), *appeal_sheet(here)]
    else:
        review, folder = report.of, report.of.space.pages(None)
        made = [*results(review), carry(review), checks(review), *xlsx.save(review)]
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
        made += [
            review.space.table(name),
            xlsx.write_csv(review.space.table(name, ".csv"), frame),
        ]
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
    file = rows.assign(district=rows["district_code"].map(_names(review)), status=None, note=None)
    return xlsx.write_csv(review.space.carried, file[FOLLOWUP])


def checks(review: Review) -> Path:
    """The checks that people should make before an edition, as the file to fill in."""
    space = review.space
    rows = spot_checks.proposed(
        review.facts,
        review.ranking,
        review.pending,
        review.series,
        review.indicators,
        space.year,
        share=reference.constant("qa_random_share", review.day),
        seed=space.year,
    )
    told = [
        _(CHECKS[reason], name=reference.indicator_name(indicator), why=rule_name(str(rule)))
        for reason, indicator, rule in rows[["reason", "indicator", "held"]].to_numpy()
    ]
    figures = [None if pd.isna(value) else marked(f"{value:.15g}") for value in rows["value"]]
    names = rows["district_code"].map(_names(review))
    file = rows.assign(check=told, district=names, figure=figures)
    path = space.pages(None) / ASSURANCE
    return xlsx.write_csv(path, file.reindex(columns=assurance.COLUMNS))


def _names(review: Review) -> dict[str, str]:
    """The units as the office writes them: a xã and a phường may share the short name."""
    return {d.code: d.name if d.is_commune else d.short for d in review.units}
