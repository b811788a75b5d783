"""Pages in order, in parallel: four waves, each started when the one before has ended.

A page is one notebook with its parameters. It is run into a draft, and becomes a report only when
it has succeeded; one that stopped is put under `failed/`. A district that fails stops its own
later pages only.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ntm_eval import units
from ntm_eval.intake.received import sha256
from ntm_eval.running import manifest
from ntm_eval.running.manifest import Entry
from ntm_eval.workspace import NOTEBOOKS, AnalystError, Workspace, write_beside

# Papermill changes the folder of the whole process while a notebook runs (papermill #473), so
# pages run in processes of their own, never in threads.
WAVES = (("01_clean",), ("02_trends", "03_satisfaction"), ("04_evaluation",))
LAST = "05_annual_review"
# Two kernels that start at once may choose the same port, and one of them dies before its first
# cell (papermill #511): nothing has run, so it is started again.
KERNEL_NOT_STARTED = "Kernel died before replying"
STARTS = 4
# The page that is a report; the others are its supporting pages, under their own names.
REPORTS = {"04_evaluation": "report.html", LAST: "report.html"}
# What a page leaves beside itself where there is reason to: the query letter.
BESIDE = {"04_evaluation": ("queries.docx", "queries.xlsx", "appeal.xlsx")}


@dataclass(frozen=True)
class Page:
    """One notebook of one district, or of the province when `district` is None."""

    notebook: str
    district: str | None
    space: Workspace

    @property
    def parameters(self) -> dict[str, str | int]:
        own = {"district": self.district} if self.district else {}
        space = self.space
        return own | {
            "year": space.year,
            "period": space.period,
            "data": str(space.data),
            "out": str(space.out),
        }

    @property
    def name(self) -> str:
        return f"{self.district or 'review'} {self.notebook}"


def run(
    space: Workspace,
    districts: Sequence[units.District],
    *,
    jobs: int,
    fresh: bool = False,
    tell: Callable[[Entry, int], None] = lambda entry, total: None,
) -> list[Entry]:
    """Every page of a review, in waves; what became of each, in the order of the waves.

    `tell` is called after each page with its entry and the number of pages in all.
    """
    _clear(space, districts, fresh)
    waves = [[Page(n, d.slug, space) for d in districts for n in wave] for wave in WAVES]
    waves.append([Page(LAST, None, space)])
    _refuse_wrong_notebooks(waves)
    total = sum(map(len, waves))
    entries: list[Entry] = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, context, initializer=_quiet, initargs=(space.log,)) as pool:
        for wave in waves:
            stopped = {e.district for e in entries if e.state != "done"}
            for page in wave:
                if page.district in stopped:
                    entries.append(_skipped(page))
                    tell(entries[-1], total)
            ready = [p for p in wave if p.district not in stopped]
            futures = {pool.submit(_run_page, page): page for page in ready}
            for future in as_completed(futures):
                entries.append(_entry(future, futures[future]))
                tell(entries[-1], total)
            # the next wave's notebooks read from here what failed so far
            manifest.write(space, _in_order(entries, waves), {})
    return _in_order(entries, waves)


def finish(space: Workspace, entries: Sequence[Entry]) -> None:
    """The landing page and the manifest, once all pages are there."""
    from ntm_eval.reporting import site
    from ntm_eval.review import Review

    review = Review(space)
    page = site.index(
        review.register,
        review.ranking,
        _links(space),
        year=space.year,
        period=space.period,
        failures=[f"{where(e.district)}, {e.notebook}: {e.error}" for e in entries if e.error],
        illustrative=review.illustrative,
    )
    with write_beside(space.index) as draft:
        draft.write_text(page, encoding="utf-8")
    inputs = {f"{r.year}/{r.period}/{r.file}": r.sha256 for r in review.inbox.reports}
    manifest.write(space, entries, inputs | review.inbox.survey_files | review.inbox.office_files)


def where(district: str | None) -> str:
    """Whose page it is, in words."""
    return units.district(district).name if district else "tỉnh Sơn La"


def _clear(space: Workspace, districts: Sequence[units.District], fresh: bool) -> None:
    """What an earlier run left is not mixed with this one."""
    shutil.rmtree(space.log.parent, ignore_errors=True)
    if fresh:
        shutil.rmtree(space.kept(""), ignore_errors=True)
    for slug in (None, *(d.slug for d in districts)):
        shutil.rmtree(space.pages(slug), ignore_errors=True)
    space.manifest.unlink(missing_ok=True)
    space.log.parent.mkdir(parents=True, exist_ok=True)


def _refuse_wrong_notebooks(waves: Sequence[Sequence[Page]]) -> None:
    """A parameter that a notebook does not have would leave it with its default district."""
    import papermill

    for page in {p.notebook: p for wave in waves for p in wave}.values():
        path = NOTEBOOKS / f"{page.notebook}.ipynb"
        known = set(papermill.inspect_notebook(path))
        if known != set(page.parameters):
            raise AnalystError(
                f"{path.name} phải có đúng các tham số {sorted(page.parameters)}, "
                f"hiện có {sorted(known)}. Sửa ô đầu tiên của sổ tay."
            )


def _quiet(log: Path) -> None:
    """Kernels and libraries write to the log, so that the analyst's screen shows progress only."""
    stream = log.open("a", encoding="utf-8")
    os.dup2(stream.fileno(), sys.stderr.fileno())
    logging.getLogger("papermill").setLevel(logging.ERROR)


def _run_page(page: Page) -> Entry:
    """Run a page and make its HTML; in a process of the pool."""
    started, clock = datetime.now().astimezone(), time.perf_counter()
    source = NOTEBOOKS / f"{page.notebook}.ipynb"
    outputs, error = {}, None
    try:
        outputs = _execute(page, source)
    except Exception as stop:  # whatever stops one page must not stop the others
        traceback.print_exc()
        error = _in_words(stop)
    return Entry(
        notebook=page.notebook,
        district=page.district,
        parameters=page.parameters,
        state="done" if error is None else "failed",
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 2),
        notebook_sha256=sha256(source),
        outputs=outputs,
        error=error,
    )


def _execute(page: Page, source: Path) -> dict[str, str]:
    import nbformat
    import papermill

    folder = page.space.pages(page.district)
    draft = page.space.failed(page.district, page.notebook)
    for attempt in range(STARTS):
        try:
            papermill.execute_notebook(
                source, draft, page.parameters, progress_bar=False, cwd=str(NOTEBOOKS)
            )
            break
        except RuntimeError as stop:
            if KERNEL_NOT_STARTED not in str(stop) or attempt == STARTS - 1:
                raise
    notebook = nbformat.read(draft, as_version=4)
    html = folder / REPORTS.get(page.notebook, f"{page.notebook}.html")
    with write_beside(html) as path:
        path.write_text(_html(page, notebook), encoding="utf-8")
    done = folder / f"{page.notebook}.ipynb"
    draft.replace(done)
    beside = [folder / name for name in BESIDE.get(page.notebook, ())]
    made = [done, html, *(path for path in beside if path.is_file())]
    return {p.relative_to(page.space.review).as_posix(): sha256(p) for p in made}


def _html(page: Page, notebook) -> str:
    from ntm_eval.reporting import site, wording
    from ntm_eval.review import Review

    up = "../../" if page.district else "../"
    crumbs = [("Trang chủ", f"{up}index.html")]
    if page.district:
        crumbs += site.DISTRICT_PAGES
    heading = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    when = f"{wording.PERIODS[page.space.period]} {page.space.year}"
    title = f"{heading} – {where(page.district)}, {when}"
    return site.page(
        notebook, title=title, crumbs=crumbs, illustrative=Review(page.space).illustrative
    )


def _entry(future: Future[Entry], page: Page) -> Entry:
    try:
        return future.result()
    except Exception as stop:  # the process itself died: killed, out of memory
        return _not_run(page, "failed", f"tiến trình dừng đột ngột ({type(stop).__name__})")


def _skipped(page: Page) -> Entry:
    return _not_run(page, "skipped", "không chạy vì trang trước của huyện này đã dừng")


def _not_run(page: Page, state: str, error: str) -> Entry:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    source = NOTEBOOKS / f"{page.notebook}.ipynb"
    return Entry(
        page.notebook, page.district, page.parameters, state, now, 0.0, sha256(source), {}, error
    )


def _in_words(stop: Exception) -> str:
    """The last line of what happened: the rest is in the log."""
    name = getattr(stop, "ename", type(stop).__name__)
    says = str(getattr(stop, "evalue", stop)).strip()
    return says if name == "AnalystError" else f"{name}: {says.splitlines()[-1] if says else ''}"


def _in_order(entries: Sequence[Entry], waves: Sequence[Sequence[Page]]) -> list[Entry]:
    order = [(p.notebook, p.district) for wave in waves for p in wave]
    return sorted(entries, key=lambda e: order.index((e.notebook, e.district)))


def _links(space: Workspace) -> dict[str, dict[str, str]]:
    """The pages and files that are there, by district, with their addresses from the index."""
    from ntm_eval.reporting import site

    wanted = {d.slug: (space.pages(d.slug), site.DISTRICT_PAGES) for d in units.districts()}
    wanted[site.PROVINCE] = (space.review, (*site.PROVINCE_PAGES, *site.DATA_FILES))
    return {
        name: {
            label: (folder / file).relative_to(space.review).as_posix()
            for label, file in pages
            if (folder / file).is_file()
        }
        for name, (folder, pages) in wanted.items()
    }
