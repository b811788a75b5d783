"""Pages in order, in parallel: waves of the districts' pages, each started when the last has ended.

The province's page is made beside the districts' last ones, or after them where it may have to tell
of one that failed. A district that fails stops its own later pages only. What was made well from
the same things is left as it is; what a killed batch had made is not made again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ntm_eval import disk, units
from ntm_eval.cache import fingerprint, sha256
from ntm_eval.running import ending, fresh, manifest, page, warm
from ntm_eval.running.hold import held
from ntm_eval.running.manifest import Entry, Key
from ntm_eval.running.pace import Pace
from ntm_eval.running.page import Found
from ntm_eval.running.plan import Page, Plan, Terms
from ntm_eval.workspace import AnalystError, Workspace

REVIEW = Plan()
SECONDS = 600  # a page takes seconds; ten minutes means that it will never end
DIED = "máy lập trang này dừng đột ngột nhiều lần (có thể hết bộ nhớ)"
STOPPED = "không chạy vì trang trước của huyện này đã dừng"

Task = tuple[Page, Entry | None, Terms, Found | None]  # what `page.make` is given


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
    """Who makes the pages: how to start them, how many at once, and who looks what they rest on."""

    start: Callable[[], Executor]
    jobs: int
    looks_for_itself: bool = False


def here(jobs: int) -> Crew:
    """This machine: threads that wait for the processes in which notebooks run."""
    return Crew(partial(ThreadPoolExecutor, jobs), jobs)


def run(
    space: Workspace,
    districts: Sequence[units.District],
    *,
    crew: Crew,
    engine: str = "papermill",
    seconds: int = SECONDS,
    anew: bool = False,
    plan: Plan = REVIEW,
    tell: Callable[[Told], None] = lambda told: None,
) -> Outcome:
    """Every page of a review, in waves, then the landing page and the checks of identity.

    Raises
    ------
    AnalystError
        Where another batch holds the folder, or a notebook has other parameters.
    """
    waves = plan.pages(space, [d.slug for d in districts])
    with held(space):
        wanted = {p.key for wave in waves for p in wave}
        before = manifest.entries(space)
        others = [e for key, e in before.items() if key not in wanted and e.state == "done"]
        if anew:
            before = {}
            disk.remove(space.cache(""))
        _sweep(space)
        with _said_to(space.log):
            if engine == "warm":
                warm.start(space.log)
            _refuse_wrong_notebooks(waves)
            received = manifest.inputs(space)
            prints = tuple(plan.prints.items())
            terms = Terms(engine, seconds, prints, fingerprint(received))
            batch = _Batch(space, waves, terms, crew, before, others, tell)
            try:
                batch.make()
                return _finish(space, batch, plan, received)
            finally:
                page.forget()


class _Batch:
    """The pages of one batch as they come in."""

    def __init__(
        self,
        space: Workspace,
        waves: list[list[Page]],
        terms: Terms,
        crew: Crew,
        before: dict[Key, Entry],
        others: list[Entry],
        tell: Callable[[Told], None],
    ) -> None:
        self.space, self.waves, self.terms, self.crew = space, waves, terms, crew
        self.before, self.others, self.tell = before, others, tell
        self.found: dict[Key, Entry] = {}
        self.kept = 0
        self.pace = Pace(before)
        self._todo = {p.key: p for wave in waves for p in wave}
        self._total = len(self._todo)

    def make(self) -> None:
        self._write()
        *waves, provinces = self.waves
        last = waves[-1] if waves else []
        # what compares the districts is made beside the first pages, which do without it
        beside = [] if self.crew.looks_for_itself else [wave[0] for wave in waves[1:2]]
        for wave in waves[:-1]:
            for ended in self._wave(wave, beside):
                self._ended(*ended)
            self._write()
            beside = []
        # of the districts' last pages the province's shows only which failed; it takes the longest
        doubtful = any(e.state == "failed" for p in last if (e := self.before.get(p.key)))
        early = []
        for ended in self._wave(last if doubtful else [*provinces, *last]):
            if ended[0] in provinces:
                early.append(ended)
            else:
                self._ended(*ended)
        if doubtful or any(self.found[p.key].state == "failed" for p in last):
            self._write()
            early = list(self._wave(provinces))
        for ended in early:
            self._ended(*ended)
        self._write()

    def _wave(
        self, wave: Sequence[Page], beside: Sequence[Page] = ()
    ) -> Iterator[tuple[Page, Entry, bool]]:
        """Each page of a wave with its entry, and whether it was left as it was, as it ends.

        What the pages `beside` rest on is looked at meanwhile, for the next wave to find it there.
        """
        found = self._look(wave)
        if beside:  # who looked first may have been forked before all was loaded
            warm.forget()
        stopped = {e.district for e in self.found.values() if e.state != "done"}
        ready = []
        for each in wave:
            if each.district in stopped:
                yield each, page.not_made(each, self.terms, "skipped", STOPPED), False
            else:
                ready.append(each)
        also = [partial(self._look_at, each) for each in beside]
        task = partial(self._task, found)
        for each, (entry, kept) in _all(self.pace.longest_first(ready), task, self.crew, also):
            if entry is None:
                entry = page.not_made(each, self.terms, "failed", DIED)
            yield each, entry, kept

    def _write(self) -> None:
        """The manifest as it stands: the next notebooks read from it what failed so far.

        Until a page has its turn, what is known of it still holds: a stop loses nothing.
        """
        waiting = [e for key, e in self.before.items() if key in self._todo]
        manifest.write(self.space, [*self.others, *self.entries, *waiting])

    @property
    def entries(self) -> list[Entry]:
        """In the order of the waves and of the districts asked for."""
        order = [p.key for wave in self.waves for p in wave]
        return [self.found[key] for key in order if key in self.found]

    def _look(self, wave: Sequence[Page]) -> dict[Key, Found]:
        """What the pages of a wave rest on: each process that looks opens the review once."""
        if self.crew.looks_for_itself:
            return {}
        with ThreadPoolExecutor(self.crew.jobs) as threads:
            found = threads.map(self._look_at, wave)
            return {each.key: one for each, one in zip(wave, found, strict=True)}

    def _look_at(self, each: Page) -> Found:
        try:
            return page.apart(self.terms, page.look, each, self.terms)
        except RuntimeError as stop:  # the process that looked died
            return str(stop)

    def _task(self, found: dict[Key, Found], each: Page) -> Task:
        return each, self.before.get(each.key), self.terms, found.get(each.key)

    def _ended(self, each: Page, entry: Entry, kept: bool) -> None:
        manifest.note(self.space, entry)
        self.found[each.key] = entry
        del self._todo[each.key]
        self.kept += kept
        if not kept:
            self.pace.saw(entry)
        left = self.pace.left(self._todo.values(), self.crew.jobs)
        self.tell(Told(entry, kept, len(self.found), self._total, left))


def _all(
    pages: Sequence[Page],
    task: Callable[[Page], Task],
    crew: Crew,
    also: Sequence[Callable[[], object]],
) -> Iterator[tuple[Page, tuple[Entry | None, bool]]]:
    """Each page with its answer as it comes; (None, False) where its worker died with it.

    `also` is done among them, and nobody waits for what it returns.
    """
    executor = crew.start()
    running: dict[Future[tuple[Entry, bool]], Page] = {}
    try:
        for other in also:
            executor.submit(other)
        running = {executor.submit(page.make, *task(each)): each for each in pages}
        for future in as_completed(running):
            yield running[future], (None, False) if future.exception() else future.result()
    finally:
        for future in running:  # Dask's executor knows no cancel_futures
            future.cancel()
        executor.shutdown()


def _finish(space: Workspace, batch: _Batch, plan: Plan, received: dict[str, str]) -> Outcome:
    """The landing page, the checks between pages, and the manifest, once all pages are there."""
    entries, everyone = batch.entries, [*batch.others, *batch.entries]
    wrong = _changed(received, manifest.inputs(space))
    terms = batch.terms
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(page.apart, terms, ending.check, space, terms.inputs, everyone)
        page.apart(terms, ending.land, space, terms.inputs, entries)
        wrong += checked.result()
    outcome = Outcome(entries, batch.kept, wrong)
    manifest.write(
        space,
        everyone,
        complete=not (outcome.failed or wrong),
        districts=[d.slug for d in _units(space)],
        made_with=plan.prints,
        notebooks=fresh.of_notebooks({p.source for wave in batch.waves for p in wave}),
        inputs=received,
        files={path.name: sha256(path) for path in (space.index, space.changes)},
        wrong=wrong,
    )
    page.apart(terms, ending.overview, space)
    return outcome


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    names = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    return [disk.CHANGED.format(files=name) for name in names]


def _sweep(space: Workspace) -> None:
    """What a batch that was killed left half-written, and the failures of the last one."""
    failed = space.log.parent
    if failed.is_symlink():
        failed.unlink()
    failed.mkdir(parents=True, exist_ok=True)
    # the same log still: the server may have opened it already
    for path in {*failed.iterdir()} - ({space.log} if _is_plain(space.log) else set()):
        disk.remove(path)
    space.log.write_bytes(b"")
    for draft in filter(_is_plain, space.review.rglob(".[0-9]*-*")):
        draft.unlink()
    disk.remove(space.review / "kept")  # the cache of versions before this one


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


@contextmanager
def _said_to(log: Path) -> Iterator[None]:
    """What libraries and kernels say goes to the log, so that the screen shows progress only."""
    screen = os.dup(2)
    with log.open("ab") as stream:
        os.dup2(stream.fileno(), 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(screen, 2)
        os.close(screen)


def _refuse_wrong_notebooks(waves: Sequence[Sequence[Page]]) -> None:
    """A parameter that a notebook does not have would leave it with its default district."""
    import papermill

    for each in {p.notebook: p for wave in waves for p in wave}.values():
        try:
            known = set(papermill.inspect_notebook(each.source))
        except OSError:
            raise
        except Exception as stop:  # whatever papermill makes of a file that is no notebook
            raise AnalystError(
                f"Không đọc được sổ tay {each.source}. Chép lại bản gốc của sổ tay này."
            ) from stop
        if known != set(each.parameters):
            raise AnalystError(
                f"{each.source.name} phải có đúng các tham số {sorted(each.parameters)}, "
                f"hiện có {sorted(known)}. Sửa ô đầu tiên của sổ tay."
            )


def _units(space: Workspace) -> tuple[units.District, ...]:
    return units.reporting(units.day(space.year, space.period))
