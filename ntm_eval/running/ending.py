"""The end of a batch, in kernels: its landing page, and the checks between its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ntm_eval import cache, language
from ntm_eval.running import manifest
from ntm_eval.running.manifest import Entry
from ntm_eval.running.page import open_once, where
from ntm_eval.workspace import VIETNAMESE, Workspace, write_beside

SHARED = (".html", ".pdf", "tables.xlsx")
FIRST = ("report.html", "dashboard.pdf")
MOST = 24_000_000  # bytes that most mail servers still take


def land(space: Workspace, began: int, entries: Sequence[Entry]) -> None:
    """Write the landing page, and what changed since the last reports and the last edition."""
    from ntm_eval.exchange import editions as issuing
    from ntm_eval.intake import received
    from ntm_eval.reporting import changes, editions, site

    review = open_once(space, began)
    issued = issuing.issued(space.releases)
    with write_beside(space.changes) as draft:
        since = changes.since(
            review.history,
            space.year,
            space.period,
            review.since_edition,
            illustrative=review.illustrative,
        )
        draft.write_text(since, encoding="utf-8")
    failures = [f"{where(space, e.district)}, {e.notebook}: {e.error}" for e in entries if e.error]
    notes = received.unplaced(review.problems)
    if issued:
        notes += issued[-1].marks(cache.inputs(space))
    with write_beside(space.bundle) as draft:
        _pack(
            space,
            draft,
            site.links(space),
            lambda left: site.landing(review, left, failures=(), notes=()),
        )
    with write_beside(space.index) as draft:  # which leads to the bundle too
        listing = editions.listing(issued)
        links = site.links(space)
        index = site.landing(review, links, failures=failures, notes=notes, issued=listing)
        draft.write_text(index, encoding="utf-8")


Links = Mapping[str, Mapping[str, str]]


def _pack(space: Workspace, draft: Path, links: Links, index: Callable[[Links], str]) -> None:
    """One file of pages and papers, the most telling first, as far as a letter can carry it.

    Its landing page leads to what is in it, and says nothing of this machine.
    """
    names = [name for there in links.values() for name in there.values() if name.endswith(SHARED)]
    names.sort(key=lambda name: (name.count("/") > 1, not name.endswith(FIRST), name))
    with ZipFile(draft, "w", ZIP_DEFLATED, compresslevel=1) as packed:
        for name in names:
            page = (space.review / name).read_bytes()
            if draft.stat().st_size + len(page) < MOST:
                packed.writestr(ZipInfo(name), page, ZIP_DEFLATED)
        inside = set(packed.namelist())
        left = {
            whose: {label: href for label, href in there.items() if href in inside}
            for whose, there in links.items()
        }
        packed.writestr(ZipInfo("index.html"), index(left), ZIP_DEFLATED)


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
