"""Files beside the pages: the tables of the review, the appeal sheet, next year's follow-up."""

from __future__ import annotations

from pathlib import Path

from ntm_eval import notation
from ntm_eval.analysis import disclosure
from ntm_eval.analysis.scheme import REPORTING
from ntm_eval.intake import followup
from ntm_eval.reporting.appeal import Appeal, write
from ntm_eval.review import DistrictReview, Review
from ntm_eval.workspace import RESULTS, write_beside


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


def appeal(here: DistrictReview) -> list[Path]:
    """The appeal sheet of one district as XLSX with live formulas, in its folder."""
    review, space = here.review, here.review.space
    rank, scores = here.ranking.iloc[0], here.scores
    return write(
        space.pages(here.unit.slug),
        Appeal(
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
        ),
    )


def carried(review: Review) -> Path:
    """This review's recommendations as the follow-up file that next year's review reads."""
    rows = review.recommended
    # a commune by its whole name: a xã and a phường may share the short one
    names = {d.code: d.name if d.is_commune else d.short for d in review.units}
    file = rows.assign(district=rows["district_code"].map(names), status=None, note=None)
    with write_beside(review.space.carried) as draft:
        draft.write_text(notation.csv(file[followup.COLUMNS]), encoding="utf-8-sig", newline="")
    return review.space.carried
