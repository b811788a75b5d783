"""Reports as files: DOCX that the office edits and signs, PDF as archived, from one report."""

from __future__ import annotations

from pathlib import Path

from ntm_eval.reporting import district_report, pdf, result_book, review_report, word
from ntm_eval.reporting.official import Report
from ntm_eval.workspace import write_beside

NAMES = ("report.docx", "report.pdf")


def save_district(here) -> list[Path]:
    """One district's report (`review.DistrictReview`) beside its pages; the files written."""
    return _save(district_report.report(here), here.review.space.pages(here.unit.slug))


def save_review(review) -> list[Path]:
    """The province's report (`review.Review`) and the tables to pass on; the files written."""
    made = _save(review_report.report(review), review.space.pages(None))
    return made + result_book.save(review)


def _save(report: Report, folder: Path) -> list[Path]:
    made = [folder / name for name in NAMES]
    for path, form in zip(made, (word.docx, pdf.pdf), strict=True):
        content = form(report)
        with write_beside(path) as draft:
            draft.write_bytes(content)
    return made
