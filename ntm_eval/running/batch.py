"""Pages in order, in parallel: waves of the districts' pages, each started when the last has ended.

The province's page is made beside the districts' last ones, or after them where it may have to tell
of one that failed. A district that fails stops its own later pages only. What was made well from
the same things is left as it is; what a killed batch had made is not made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass, field

import papermill

from ntm_eval import cache, disk, units
from ntm_eval.cache import fingerprint
from ntm_eval.running import ending, kernels, manifest, page
from ntm_eval.running.manifest import Entry
from ntm_eval.running.plan import OWN, Page, Plan
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
        """The pages that stopped."""
        return [e for e in self.entries if e.state != "done"]


@dataclass
class Batch:
    """Every page of a review, in waves, then the landing page and the checks of identity."""

    space: Workspace
    districts: Sequence[units.District]
    executor: Executor  # its workers wait for the kernels in which notebooks run
    engine: str | None = None  # of papermill, by name
    seconds: int = SECONDS  # the most that a page may take
    anew: bool = False
    plan: Plan = REVIEW
    tell: Callable[[Progress], None] = lambda progress: None

    def __post_init__(self) -> None:
        self.began = time.time_ns()  # tells two batches apart
        self.waves = self.plan.pages(self.space, [d.slug for d in self.districts])
        self.todo = {p.key: p for wave in self.waves for p in wave}
        self.others: list[Entry] = []
        self.before: dict[manifest.Key, Entry] = {}
        self.found: dict[manifest.Key, Entry] = {}
        self.futures: list[Future] = []
        self.own: dict[str | None, str] = {}

    def run(self) -> Outcome:
        """Make what is not made yet.

        Raises
        ------
        AnalystError
            Where another batch holds the folder, or a notebook has other parameters.
        """
        log = self.space.log
        with manifest.held(self.space):
            _sweep(self.space)
            if self.anew:
                disk.remove(self.space.cache(""))
            # what libraries say goes to the log, so that the screen shows progress only
            lines = log.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
            with lines, redirect_stderr(lines):
                _refuse_wrong_notebooks({p.notebook: p for p in self.todo.values()})
                try:
                    self._make()
                    return self._finish()
                except BaseException as stop:  # the folder is given back when nothing writes to it
                    if not isinstance(stop, Exception):
                        kernels.stop()
                    for future in self.futures:
                        future.cancel()
                    wait(self.futures, None if isinstance(stop, Exception) else STOPPING)
                    raise

    def _make(self) -> None:
        """All pages."""
        made = manifest.entries(self.space)
        had_failed = any(e.state != "done" for e in made.values())
        done = {key: e for key, e in made.items() if e.state == "done"}
        self.others = [e for key, e in done.items() if key not in self.todo]
        self.before = {} if self.anew else done
        self.received = cache.inputs(self.space)
        day = units.day(self.space.year, self.space.period)
        self.about: dict[str, object] = {
            "running": manifest.myself(),
            "districts": [d.slug for d in units.reporting(day)],
            "inputs": self.received,
        }
        self._write()
        *waves, last, province = self.waves
        # where it cannot be known whose a file is, the page itself says why
        with suppress(Exception):
            self.own |= self._apart(page.own_inputs, self.space, self.began, self.received).result()
        # what compares the districts is made beside the first pages, which do without it
        beside = []
        if not all(map(self._is_fresh, self.todo.values())):
            beside.append(self._apart(page.compare, self.space, self.began))
        for wave in waves:
            self._end(self._begin(wave))
        # the province's page takes the longest; of the last ones it shows only which failed, as
        # those may again that failed before
        failed = self._failed
        early = self._begin([] if had_failed else province)
        self._end(self._begin(last))
        if had_failed or self._failed != failed:
            wait(early)
            early = self._begin(province)
        self._end(early)
        wait(beside)  # where it fails, so did the pages

    def _finish(self) -> Outcome:
        """The landing page, the checks between pages and the manifest, once all pages are there."""
        space, began, entries = self.space, self.began, self.entries
        after = cache.inputs(space)
        names = {*self.received, *after}
        changed = sorted(n for n in names if self.received.get(n) != after.get(n))
        checked = self._apart(ending.check, space, began, [*self.others, *entries])
        self._apart(ending.land, space, began, entries).result()
        wrong = [*(disk.CHANGED.format(files=name) for name in changed), *checked.result()]
        unchanged = sum(e is self.before.get((e.notebook, e.district)) for e in entries)
        outcome = Outcome(entries, unchanged, wrong)
        del self.about["running"]
        self.about["files"] = manifest.of_no_page(space)
        self.about |= {"complete": not (outcome.failed or wrong), "wrong": wrong}
        self._write()
        self._apart(ending.overview, space).result()
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
            if each.district in stopped:
                future = _ended(page.not_made(each, "skipped", STOPPED))
            elif self._is_fresh(each):
                future = _ended(self.before[each.key])
            else:
                limits = self.engine, self.seconds, self.began
                future = self._submit(page.make, each, self._made_from(each), *limits)
            running[future] = each
        return running

    def _end(self, running: dict[Future[Entry], Page]) -> None:
        """Take in the pages as they end; the manifest then tells of them."""
        while running:
            ended, _ = wait(running, 1, FIRST_COMPLETED)  # a second: else Windows sees no Ctrl-C
            for future in ended:
                each = running.pop(future)
                died = future.exception()  # the worker, with its page
                entry = page.not_made(each, "failed", DIED) if died else future.result()
                self.found[each.key] = entry
                unchanged = entry is self.before.get(each.key)
                self.tell(Progress(entry, unchanged, len(self.found), len(self.todo)))
            with suppress(AnalystError):  # a disk that is full now need not be at the next page
                self._write()

    def _made_from(self, each: Page) -> dict[str, str]:
        """What a page rests on, with fingerprints."""
        own = self.own.get(each.district) if each.notebook in OWN else None
        return {
            **self.plan.made_with(each),
            "inputs": own or fingerprint(self.received),
            **({} if each.district else {"failed": fingerprint(self._failed)}),
        }

    def _is_fresh(self, each: Page) -> bool:
        """Whether a page was made well from these very things, and stands as it was made."""
        entry = self.before.get(each.key)
        return (
            entry is not None
            and each.is_made(entry, self._made_from(each))
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
        """The manifest: until a page has its turn, the one made before still holds."""
        pages = {k: self.found.get(k) or self.before.get(k) for k in self.todo}
        manifest.write(self.space, [*self.others, *filter(None, pages.values())], **self.about)


def _ended(entry: Entry) -> Future[Entry]:
    future: Future[Entry] = Future()
    future.set_result(entry)
    return future


def _sweep(space: Workspace) -> None:
    """What a batch that was killed left half-written, and the failures of the last one."""
    failed = space.log.parent
    disk.remove(failed)
    failed.mkdir(parents=True)
    for draft in space.review.rglob(".[0-9]*-*"):
        if draft.is_file() and not draft.is_symlink():
            draft.unlink()
    disk.remove(space.review / "kept")  # the cache of versions before this one


def _refuse_wrong_notebooks(pages: dict[str, Page]) -> None:
    """A parameter that a notebook does not have would leave it with its default district."""
    for each in pages.values():
        try:
            known = sorted(papermill.inspect_notebook(each.source))
        except OSError:
            raise
        except Exception as stop:  # whatever papermill makes of a file that is no notebook
            raise AnalystError(
                f"Không đọc được sổ tay {each.source}. Chép lại bản gốc của sổ tay này."
            ) from stop
        if known != sorted(each.parameters):
            raise AnalystError(
                f"{each.source.name} phải có đúng các tham số {sorted(each.parameters)}, "
                f"hiện có {known}. Sửa ô đầu tiên của sổ tay."
            )
