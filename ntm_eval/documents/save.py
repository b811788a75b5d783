"""Reports as files: DOCX that the office edits and signs, PDF as archived, from one report."""

from __future__ import annotations

from pathlib import Path

from ntm_eval.documents import district_report, result_book, review_report
from ntm_eval.reporting import pdf, word
from ntm_eval.reporting.official import Report
from ntm_eval.review import DistrictReview, Review
from ntm_eval.workspace import write_beside

FORMS = {"report.docx": word.docx, "report.pdf": pdf.pdf}


def district(here: DistrictReview) -> list[Path]:
    """One district's report beside its pages; the files written."""
    return _save(district_report.report(here), here.review.space.pages(here.unit.slug))


def province(review: Review) -> list[Path]:
    """The province's report, and the tables to pass on; the files written."""
    made = _save(review_report.report(review), review.space.pages(None))
    return made + result_book.save(review)


def _save(report: Report, folder: Path) -> list[Path]:
    made = []
    for name, form in FORMS.items():
        content = form(report)
        made.append(folder / name)
        with write_beside(made[-1]) as draft:
            draft.write_bytes(content)
    return made
