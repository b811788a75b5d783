"""Pages in order, in parallel: waves of the districts' pages, each started when the last has ended.

The province's page is made beside the districts' last ones, or after them where it may have to tell
of one that failed. A district that fails stops its own later pages only. What was made well from
the same things is left as it is; what a killed batch had made is not made again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import papermill

from ntm_eval import disk, units
from ntm_eval.cache import fingerprint, sha256
from ntm_eval.running import ending, kernels, manifest, page
from ntm_eval.running.manifest import Entry
from ntm_eval.running.plan import OWN, Page, Plan, Settings, of_notebooks
from ntm_eval.workspace import AnalystError, Workspace

REVIEW = Plan()
SECONDS = 600  # a page takes seconds; ten minutes means that it will never end
STOPPING = 10.0  # seconds in which pages whose kernel has been ended end as well
DIED = "máy lập trang này dừng đột ngột nhiều lần (có thể hết bộ nhớ)"
STOPPED = "không chạy vì trang trước của huyện này đã dừng"


@dataclass(frozen=True)
class Progress:
    """One page ended: its entry, whether it was left as it was, and how many of all have."""

    entry: Entry
    unchanged: bool
    number: int
    total: int


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: every page asked for, and what is wrong between them."""

    entries: list[Entry]
    unchanged: int  # pages left as they were
    wrong: list[str] = field(default_factory=list)

    @property
    def failed(self) -> list[Entry]:
        return [e for e in self.entries if e.state != "done"]


def run(
    space: Workspace,
    districts: Sequence[units.District],
    *,
    executor: Executor,
    notebook_engine: str = "papermill",
    seconds: int = SECONDS,
    anew: bool = False,
    plan: Plan = REVIEW,
    tell: Callable[[Progress], None] = lambda progress: None,
) -> Outcome:
    """Every page of a review, in waves, then the landing page and the checks of identity.

    The workers of `executor` wait for the kernels in which notebooks run.

    Raises
    ------
    AnalystError
        Where another batch holds the folder, or a notebook has other parameters.
    """
    waves = plan.pages(space, [d.slug for d in districts])
    with manifest.held(space):
        if anew:
            disk.remove(space.cache(""))
        _sweep(space)
        with _errors_to(space.log):
            _refuse_wrong_notebooks(waves)
            received = manifest.inputs(space)
            settings = Settings(notebook_engine, seconds, fingerprint(received), time.time_ns())
            batch = _Batch(space, waves, plan, settings, received, executor, tell, anew)
            try:
                batch.make()
                return batch.finish()
            except BaseException as stop:  # the folder is given back when nothing writes to it
                if not isinstance(stop, Exception):
                    kernels.stop()
                for future in batch.futures:
                    future.cancel()
                wait(batch.futures, None if isinstance(stop, Exception) else STOPPING)
                raise


@dataclass
class _Batch:
    """The pages of one batch as they come in."""

    space: Workspace
    waves: list[list[Page]]
    plan: Plan
    settings: Settings
    received: dict[str, str]
    executor: Executor
    tell: Callable[[Progress], None]
    anew: bool

    def __post_init__(self) -> None:
        space, made = self.space, manifest.entries(self.space)
        done = {key: entry for key, entry in made.items() if entry.state == "done"}
        self.todo = {p.key: p for wave in self.waves for p in wave}
        self.others = [e for k, e in done.items() if k not in self.todo]
        self.before = {} if self.anew else {k: e for k, e in done.items() if k in self.todo}
        self.found: dict[manifest.Key, Entry] = {}
        self.futures: list[Future] = []
        self.own: dict[str | None, str] = {}
        self.about: dict[str, object] = {
            "running": manifest.myself(),
            "districts": [d.slug for d in units.reporting(units.day(space.year, space.period))],
            "made_with": self.plan.prints,
            "notebooks": of_notebooks(self.todo.values()),
            "inputs": self.received,
        }

    def make(self) -> None:
        self._write()
        *waves, province = self.waves
        # where it cannot be known whose a file is, the page itself says why
        with suppress(Exception):
            self.own |= self._apart(
                page.own_inputs, self.space, self.settings.began, self.received
            ).result()
        # what compares the districts is made beside the first pages, which do without it
        beside = []
        if not all(self._is_fresh(each) for wave in self.waves for each in wave):
            beside.append(self._apart(page.compare, self.space, self.settings.began))
        for wave in waves[:-1]:
            self._end(self._begin(wave))
            self._write()
        # the province's page takes the longest; of the last ones it shows only which failed, as
        # those will again that it was made without
        failed, last = self._failed, waves[-1]
        is_early = self.before.keys().isdisjoint(p.key for p in province) or all(
            p.key in self.before for p in last
        )
        early = self._begin(province if is_early else [])
        self._end(self._begin(last))
        self._write()
        if not is_early or self._failed != failed:
            wait(early)
            early = self._begin(province)
        self._end(early)
        wait(beside)  # where it fails, so did the pages
        self._write()

    def finish(self) -> Outcome:
        """The landing page, the checks between pages and the manifest, once all pages are there."""
        entries, everyone = self.entries, [*self.others, *self.entries]
        wrong = _changed(self.received, manifest.inputs(self.space))
        with ThreadPoolExecutor(1) as beside:
            call: Callable[..., list[str]] = kernels.call
            checked = beside.submit(call, ending.check, self.space, self.settings.began, everyone)
            kernels.call(ending.land, self.space, self.settings.began, entries)
            wrong += checked.result()
        unchanged = sum(e is self.before.get((e.notebook, e.district)) for e in entries)
        outcome = Outcome(entries, unchanged, wrong)
        files = {path.name: sha256(path) for path in (self.space.index, self.space.changes)}
        del self.about["running"]
        self.about |= {"complete": not (outcome.failed or wrong), "files": files, "wrong": wrong}
        manifest.write(self.space, everyone, **self.about)
        kernels.call(ending.overview, self.space)
        return outcome

    @property
    def entries(self) -> list[Entry]:
        """In the order of the waves and of the districts asked for."""
        return [self.found[key] for key in self.todo if key in self.found]

    @property
    def _failed(self) -> list[tuple[str, str | None, str | None]]:
        return [(e.notebook, e.district, e.error) for e in self.entries if e.state != "done"]

    def _begin(self, wave: Iterable[Page]) -> dict[Future[Entry], Page]:
        """Have pages made; the entry of one that need not be is there at once."""
        stopped = {district for _, district, _ in self._failed}
        running: dict[Future[Entry], Page] = {}
        for each in wave:
            if each.district not in stopped and not self._is_fresh(each):
                future = self._submit(page.make, each, self._made_from(each), self.settings)
            else:
                future = Future()
                future.set_result(
                    page.not_made(each, "skipped", STOPPED)
                    if each.district in stopped
                    else self.before[each.key]
                )
            running[future] = each
        return running

    def _end(self, running: dict[Future[Entry], Page]) -> None:
        while running:
            wait(running, 1, FIRST_COMPLETED)  # by the second: else Windows sees no Ctrl-C
            for future in [future for future in running if future.done()]:
                each = running.pop(future)
                died = future.exception()  # the worker, with its page
                entry = page.not_made(each, "failed", DIED) if died else future.result()
                manifest.note(self.space, entry)
                self.found[each.key] = entry
                unchanged = entry is self.before.get(each.key)
                self.tell(Progress(entry, unchanged, len(self.found), len(self.todo)))

    def _made_from(self, each: Page) -> dict[str, str]:
        """What a page rests on, with fingerprints."""
        own = self.own.get(each.district) if each.notebook in OWN else None
        found = {
            "notebook": sha256(each.source),
            **self.plan.prints,
            "inputs": own or self.settings.inputs,
        }
        if each.district is None:
            found["failed"] = fingerprint(self._failed)
        return found

    def _is_fresh(self, each: Page) -> bool:
        """Whether a page was made well from these very things, and stands as it was made."""
        entry = self.before.get(each.key)
        return (
            entry is not None
            and entry.parameters == each.parameters
            and entry.made_from == self._made_from(each)
            and manifest.whole(self.space.review, entry.outputs)
        )

    def _apart(self, function: Callable, *arguments: object) -> Future:
        """What a function returns in a kernel of one of the workers."""
        return self._submit(kernels.call, function, *arguments)

    def _submit(self, function: Callable, *arguments: object) -> Future:
        future = self.executor.submit(function, *arguments)
        self.futures.append(future)
        return future

    def _write(self) -> None:
        """The manifest as it stands: the next notebooks read from it what failed so far.

        Until a page has its turn, the one made before still holds: a stop loses nothing.
        """
        waiting = [e for key, e in self.before.items() if key not in self.found]
        manifest.write(self.space, [*self.others, *self.entries, *waiting], **self.about)


def _changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    names = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    return [disk.CHANGED.format(files=name) for name in names]


def _sweep(space: Workspace) -> None:
    """What a batch that was killed left half-written, and the failures of the last one."""
    failed = space.log.parent
    disk.remove(failed)
    failed.mkdir(parents=True)
    for draft in space.review.rglob(".[0-9]*-*"):
        if draft.is_file() and not draft.is_symlink():
            draft.unlink()
    disk.remove(space.review / "kept")  # the cache of versions before this one


@contextmanager
def _errors_to(log: Path) -> Iterator[None]:
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
