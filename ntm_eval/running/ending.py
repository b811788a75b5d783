"""The end of a batch: its landing page, and the checks between its pages. Loads the review."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ntm_eval import language, units
from ntm_eval.running import manifest
from ntm_eval.running.manifest import Entry
from ntm_eval.running.page import open_once, where
from ntm_eval.workspace import VIETNAMESE, Workspace, write_beside


def land(space: Workspace, began: int, entries: Sequence[Entry]) -> None:
    """Write the landing page, and what changed since the last reports; of this batch's pages."""
    from ntm_eval.intake import received
    from ntm_eval.reporting import changes, pdf, site

    review = open_once(space, began)
    since = changes.since(
        review.history, space.year, space.period, illustrative=review.illustrative
    )
    with write_beside(space.changes) as draft:
        draft.write_text(since, encoding="utf-8")
    failures = [f"{where(space, e.district)}, {e.notebook}: {e.error}" for e in entries if e.error]
    index = site.index(
        review.register,
        review.ranking,
        _links(space),
        year=space.year,
        period=space.period,
        failures=failures,
        notes=[*received.unplaced(review.problems), *filter(None, [pdf.remedy()])],
        illustrative=review.illustrative,
        boundaries=space.boundaries,
    )
    with write_beside(space.index) as draft:
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


def _links(space: Workspace) -> dict[str, dict[str, str]]:
    """The pages and files that are there, by district, with their addresses from the index."""
    from ntm_eval.reporting import site

    reporting = units.reporting(units.day(space.year, space.period))
    mine = (*site.DISTRICT_PAGES, *site.FILES)
    wanted: dict[str, tuple[Path, Iterable[tuple[str, str]]]] = {
        d.slug: (space.pages(d.slug), mine) for d in reporting
    }
    of_all = (*site.PROVINCE_PAGES, *site.PROVINCE_FILES, *site.PASSED_ON, *site.DATA_FILES)
    wanted[site.PROVINCE] = (space.review, of_all)
    return {
        name: {
            label: (folder / file).relative_to(space.review).as_posix()
            for label, file in pages
            if (folder / file).is_file()
        }
        for name, (folder, pages) in wanted.items()
    }
