"""Pages in order, in parallel: waves of the districts' pages, each started when the last has ended.

The province's page is made beside the districts' last ones, or after them where it may have to tell
of one that failed. A district that fails stops its own later pages only. What was made well from
the same things is left as it is; what a killed batch had made is not made again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
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
Made = tuple[Page, Entry]


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
            batch = _Batch(space, waves, plan, settings, received, executor, tell, anew=anew)
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


class _Batch:
    """The pages of one batch as they come in."""

    def __init__(
        self,
        space: Workspace,
        waves: list[list[Page]],
        plan: Plan,
        settings: Settings,
        received: dict[str, str],
        executor: Executor,
        tell: Callable[[Progress], None],
        *,
        anew: bool,
    ) -> None:
        self.space, self.waves, self.plan, self.settings = space, waves, plan, settings
        self.received, self.executor, self.tell = received, executor, tell
        known = manifest.entries(space)
        self.todo = {p.key: p for wave in waves for p in wave}
        self.order = list(self.todo)
        self.others = [e for k, e in known.items() if k not in self.todo and e.state == "done"]
        self.before = {} if anew else {k: e for k, e in known.items() if k in self.todo}
        self.found: dict[manifest.Key, Entry] = {}
        self.futures: list[Future] = []
        self.own: dict[str | None, str] = {}
        self.unchanged = 0
        self.about: dict[str, object] = {
            "running": manifest.myself(),
            "districts": [d.slug for d in units.reporting(units.day(space.year, space.period))],
            "made_with": plan.prints,
            "notebooks": of_notebooks(self.todo.values()),
            "inputs": received,
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
            self._wave(wave)
            self._write()
        # of the districts' last pages the province's shows only which failed; it takes the longest
        last = waves[-1]
        doubtful = any(e.state == "failed" for p in last if (e := self.before.get(p.key)))
        early = self._wave(last if doubtful else [*province, *last], hold_back=province)
        self._write()
        if doubtful or any(self.found[p.key].state == "failed" for p in last):
            self._wave(province)
        else:
            for each, entry in early:
                self._ended(each, entry)
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
        outcome = Outcome(entries, self.unchanged, wrong)
        files = {path.name: sha256(path) for path in (self.space.index, self.space.changes)}
        del self.about["running"]
        self.about |= {"complete": not (outcome.failed or wrong), "files": files, "wrong": wrong}
        manifest.write(self.space, everyone, **self.about)
        kernels.call(ending.overview, self.space)
        return outcome

    @property
    def entries(self) -> list[Entry]:
        """In the order of the waves and of the districts asked for."""
        return [self.found[key] for key in self.order if key in self.found]

    def _wave(self, wave: Sequence[Page], hold_back: Sequence[Page] = ()) -> list[Made]:
        """Make the pages of a wave; those held back, each with its entry, have not ended yet."""
        stopped = {e.district for e in self.found.values() if e.state != "done"}
        running: dict[Future[Entry], Page] = {}
        ended: list[Made] = []
        for each in wave:
            if each.district in stopped:
                ended.append((each, page.not_made(each, "skipped", STOPPED)))
            elif self._is_fresh(each):
                ended.append((each, self.before[each.key]))
            else:
                made_from = self._made_from(each)
                running[self._submit(page.make, each, made_from, self.settings)] = each
        held: list[Made] = []
        while ended or running:
            for each, entry in ended:
                if each in hold_back:
                    held.append((each, entry))
                else:
                    self._ended(each, entry)
            # a second at most: on Windows nothing sees Ctrl-C meanwhile
            done, _ = wait(running, 1, FIRST_COMPLETED)
            ended = [_made(running.pop(future), future) for future in done]
        return held

    def _made_from(self, each: Page) -> dict[str, str]:
        """What a page rests on, with fingerprints."""
        own = self.own.get(each.district) if each.notebook in OWN else None
        found = {
            "notebook": sha256(each.source),
            **self.plan.prints,
            "inputs": own or self.settings.inputs,
        }
        if each.district is None:
            failed = [(e.notebook, e.district, e.error) for e in self.entries if e.state != "done"]
            found["failed"] = fingerprint(failed)
        return found

    def _is_fresh(self, each: Page) -> bool:
        """Whether a page was made well from these very things, and stands as it was made."""
        entry = self.before.get(each.key)
        return (
            entry is not None
            and entry.state == "done"
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

    def _ended(self, each: Page, entry: Entry) -> None:
        manifest.note(self.space, entry)
        self.found[each.key] = entry
        del self.todo[each.key]
        unchanged = entry is self.before.get(each.key)
        self.unchanged += unchanged
        self.tell(Progress(entry, unchanged, len(self.found), len(self.order)))

    def _write(self) -> None:
        """The manifest as it stands: the next notebooks read from it what failed so far.

        Until a page has its turn, what is known of it still holds: a stop loses nothing.
        """
        waiting = [e for key, e in self.before.items() if key in self.todo]
        manifest.write(self.space, [*self.others, *self.entries, *waiting], **self.about)


def _made(each: Page, future: Future[Entry]) -> Made:
    """A page with its entry, also where its worker died with it."""
    if future.exception():
        return each, page.not_made(each, "failed", DIED)
    return each, future.result()


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
