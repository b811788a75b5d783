"""The end of a batch, in kernels: its landing page, and the checks between its pages."""

from __future__ import annotations

from collections.abc import Sequence

from ntm_eval import language
from ntm_eval.running import manifest
from ntm_eval.running.manifest import Entry
from ntm_eval.running.page import open_once, where
from ntm_eval.workspace import VIETNAMESE, Workspace, write_beside


def land(space: Workspace, began: int, entries: Sequence[Entry]) -> None:
    """Write the landing page, and what changed since the last reports; of this batch's pages."""
    from ntm_eval.intake import received
    from ntm_eval.reporting import changes, pdf, site

    review = open_once(space, began)
    with write_beside(space.changes) as draft:
        since = changes.since(
            review.history, space.year, space.period, illustrative=review.illustrative
        )
        draft.write_text(since, encoding="utf-8")
    failures = [f"{where(space, e.district)}, {e.notebook}: {e.error}" for e in entries if e.error]
    with write_beside(space.index) as draft:
        index = site.index(
            review.register,
            review.ranking,
            site.links(space),
            year=space.year,
            period=space.period,
            failures=failures,
            notes=[*received.unplaced(review.problems), *filter(None, [pdf.remedy()])],
            illustrative=review.illustrative,
            boundaries=space.boundaries,
        )
        draft.write_text(index, encoding="utf-8")


def check(space: Workspace, began: int, everyone: Sequence[Entry]) -> list[str]:
    """Each mix-up between all reports that stand in the folder, in words."""
    from ntm_eval.running import identity

    return identity.problems(space, everyone, open_once(space, began))


def overview(space: Workspace) -> None:
    """Write the page over all reviews that stand beside this one."""
    from ntm_eval.reporting import site

    # it leads to the reviews of both languages
    with language.using(VIETNAMESE), write_beside(space.overview) as draft:
        draft.write_text(site.overview(manifest.reviews(space.out)), encoding="utf-8")
