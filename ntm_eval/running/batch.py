"""Pages in order, in parallel: four waves, each started when the one before has ended.

A district that fails stops its own later pages only. What was made well from the same things is
left as it is; what a killed batch had made is not made again.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ntm_eval import units
from ntm_eval.prints import fingerprint, sha256
from ntm_eval.running import fresh, identity, manifest, page, reads
from ntm_eval.running.hold import held
from ntm_eval.running.manifest import Entry, Key
from ntm_eval.running.pace import Pace
from ntm_eval.running.page import where
from ntm_eval.running.plan import Page, Plan, Terms
from ntm_eval.workspace import AnalystError, Workspace, write_beside

REVIEW = Plan()
SECONDS = 600  # a page takes seconds; ten minutes means that it will never end
DIED = "tiến trình dừng đột ngột hai lần (có thể hết bộ nhớ)"
STOPPED = "không chạy vì trang trước của huyện này đã dừng"


@dataclass(frozen=True)
class Told:
    """One page ended: its entry, whether it was left as it was, how many, how long still."""

    entry: Entry
    kept: bool
    number: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: every page asked for, and what is wrong between them."""

    entries: list[Entry]
    kept: int  # pages left as they were
    wrong: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[Entry]:
        return [e for e in self.entries if e.state != "done"]


@dataclass(frozen=True)
class Crew:
    """Who makes the pages: how to start them, and how many pages they make at once."""

    start: Callable[[], Executor]
    jobs: int


def here(space: Workspace, jobs: int) -> Crew:
    """Processes of this machine."""
    # a fork would inherit the threads of libraries in an unknown state
    context = multiprocessing.get_context("spawn")
    return Crew(partial(ProcessPoolExecutor, jobs, context, _begin, (space.log,)), jobs)


def run(
    space: Workspace,
    districts: Sequence[units.District],
    *,
    crew: Crew,
    engine: str = "papermill",
    seconds: int = SECONDS,
    anew: bool = False,
    plan: Plan = REVIEW,
    asked: dict[str, str] | None = None,
    tell: Callable[[Told], None] = lambda told: None,
) -> Outcome:
    """Every page of a review, in waves, then the landing page and the checks of identity.

    Raises
    ------
    AnalystError
        Where another batch holds the folder, or a notebook has other parameters.
    """
    waves = plan.pages(space, [d.slug for d in districts])
    _refuse_wrong_notebooks(waves)
    with held(space):
        wanted = {p.key for wave in waves for p in wave}
        before = manifest.entries(space)
        others = [e for key, e in before.items() if key not in wanted and e.state == "done"]
        if anew:
            before = {}
            shutil.rmtree(space.kept(""), ignore_errors=True)
            reads.opened.cache_clear()  # this process may have read what is gone now
        _sweep(space)
        received = fresh.inputs(space)
        prints = tuple(plan.prints.items())
        asked = tuple((asked or {}).items())
        terms = Terms(engine, seconds, prints, fingerprint(received), asked)
        batch = _Batch(space, waves, terms, crew, before, others, tell)
        batch.make()
        return _finish(space, batch, plan, received)


class _Batch:
    """The pages of one batch as they come in."""

    def __init__(self, space, waves, terms, crew, before, others, tell):
        self.space, self.waves, self.terms, self.crew = space, waves, terms, crew
        self.before, self.others, self.tell = before, others, tell
        self.found: dict[Key, Entry] = {}
        self.kept = 0
        self.pace = Pace(before)
        self._todo = {p.key: p for wave in waves for p in wave}
        self._total = len(self._todo)

    def make(self) -> None:
        # until a page has its turn, what is known of it still holds: a stop loses nothing
        manifest.write(self.space, [*self.others, *self.before.values()])
        for wave in self.waves:
            stopped = {e.district for e in self.found.values() if e.state != "done"}
            for each in wave:
                if each.district in stopped:
                    page.clear(each)
                    self._ended(each, page.not_made(each, self.terms, "skipped", STOPPED), False)
            ready = self.pace.longest_first(p for p in wave if p.key in self._todo)
            for each, (entry, kept) in _all(ready, self._task, self.crew):
                if entry is None:
                    page.clear(each)
                    entry = page.not_made(each, self.terms, "failed", DIED)
                self._ended(each, entry, kept)
            # the next wave's notebooks read from here what failed so far
            waiting = [e for key, e in self.before.items() if key in self._todo]
            manifest.write(self.space, [*self.others, *self.entries, *waiting])

    @property
    def entries(self) -> list[Entry]:
        """In the order of the waves and of the districts asked for."""
        order = [p.key for wave in self.waves for p in wave]
        return [self.found[key] for key in order if key in self.found]

    def _task(self, each: Page):
        return page.make, each, self.before.get(each.key), self.terms

    def _ended(self, each: Page, entry: Entry, kept: bool) -> None:
        manifest.note(self.space, entry)
        self.found[each.key] = entry
        del self._todo[each.key]
        self.kept += kept
        if not kept:
            self.pace.saw(entry)
        left = self.pace.left(self._todo.values(), self.crew.jobs)
        self.tell(Told(entry, kept, len(self.found), self._total, left))


def _all(pages: Iterable[Page], task, crew: Crew) -> Iterator[tuple[Page, tuple]]:
    """Each page with its answer as it comes; (None, False) where its process died twice.

    No more pages are handed out than can be made at once: where a process dies, and takes its
    fellows' work with it, only those few are in doubt, and each is made once more by itself.
    """
    waiting, running, crew_now = deque(pages), {}, None
    try:
        while waiting or running:
            crew_now = crew_now or crew.start()
            while waiting and len(running) < crew.jobs:
                each = waiting.popleft()
                running[crew_now.submit(*task(each))] = each
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            doubtful = []
            for future in done:
                each = running.pop(future)
                if future.exception() is None:
                    yield each, future.result()
                else:
                    doubtful.append(each)
            if doubtful:
                doubtful += running.values()
                running.clear()
                crew_now.shutdown(cancel_futures=True)
                crew_now = None
            for each in doubtful:
                yield each, _alone(each, task, crew)
    finally:
        if crew_now:
            crew_now.shutdown(cancel_futures=True)


def _alone(each: Page, task, crew: Crew) -> tuple[Entry | None, bool]:
    with crew.start() as one:
        future = one.submit(*task(each))
        wait([future])
        return (None, False) if future.exception() else future.result()


def _finish(space: Workspace, batch: _Batch, plan: Plan, received: dict[str, str]) -> Outcome:
    """The landing page, the checks between pages, and the manifest, once all pages are there."""
    from ntm_eval.reporting import changes, overview, site

    entries = batch.entries
    review = reads.opened(space, batch.terms.inputs).review
    since = changes.since(
        review.history, space.year, space.period, illustrative=review.illustrative
    )
    with write_beside(space.changes) as draft:
        draft.write_text(since, encoding="utf-8")
    index = site.index(
        review.register,
        review.ranking,
        _links(space),
        year=space.year,
        period=space.period,
        failures=[f"{where(e.district)}, {e.notebook}: {e.error}" for e in entries if e.error],
        illustrative=review.illustrative,
        boundaries=space.boundaries,
    )
    with write_beside(space.index) as draft:
        draft.write_text(index, encoding="utf-8")
    wrong = _changed(received, fresh.inputs(space))
    wrong += identity.problems(space, [*batch.others, *entries], review)
    outcome = Outcome(entries, batch.kept, wrong)
    manifest.write(
        space,
        [*batch.others, *entries],
        complete=not (outcome.failed or wrong),
        districts=[d.slug for d in units.districts()],
        made_with=plan.prints,
        notebooks=fresh.of_notebooks({p.source for wave in batch.waves for p in wave}),
        inputs=received,
        files={path.name: sha256(path) for path in (space.index, space.changes)},
        wrong=wrong,
    )
    with write_beside(space.overview) as draft:
        draft.write_text(overview.page(manifest.reviews(space.out)), encoding="utf-8")
    return outcome


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    names = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    return [f"{n}: tệp đã thay đổi trong khi lập báo cáo. Chạy lại ntm-eval review." for n in names]


def _sweep(space: Workspace) -> None:
    """What a batch that was killed left half-written, and the failures of the last one."""
    shutil.rmtree(space.log.parent, ignore_errors=True)
    space.log.parent.mkdir(parents=True, exist_ok=True)
    for draft in space.review.rglob(".[0-9]*-*"):
        draft.unlink(missing_ok=True)


def _refuse_wrong_notebooks(waves: Sequence[Sequence[Page]]) -> None:
    """A parameter that a notebook does not have would leave it with its default district."""
    import papermill

    for each in {p.notebook: p for wave in waves for p in wave}.values():
        known = set(papermill.inspect_notebook(each.source))
        if known != set(each.parameters):
            raise AnalystError(
                f"{each.source.name} phải có đúng các tham số {sorted(each.parameters)}, "
                f"hiện có {sorted(known)}. Sửa ô đầu tiên của sổ tay."
            )


def _begin(log: Path) -> None:
    """In a process of the pool: libraries write to the log, so that the screen shows progress
    only; and a process whose batch was killed ends with it, instead of writing on beside the
    next one.
    """
    stream = log.open("a", encoding="utf-8")
    os.dup2(stream.fileno(), sys.stderr.fileno())
    parent = multiprocessing.parent_process()

    def end_with_it() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=end_with_it, daemon=True).start()


def _links(space: Workspace) -> dict[str, dict[str, str]]:
    """The pages and files that are there, by district, with their addresses from the index."""
    from ntm_eval.reporting import site

    mine = (*site.DISTRICT_PAGES, *site.DISTRICT_FILES)
    wanted = {d.slug: (space.pages(d.slug), mine) for d in units.districts()}
    all_districts = (*site.PROVINCE_PAGES, *site.PROVINCE_FILES, *site.DATA_FILES)
    wanted[site.PROVINCE] = (space.review, all_districts)
    return {
        name: {
            label: (folder / file).relative_to(space.review).as_posix()
            for label, file in pages
            if (folder / file).is_file()
        }
        for name, (folder, pages) in wanted.items()
    }
