"""One page made: its notebook run into a draft, settled, and turned into HTML.

A draft becomes a report only when it has succeeded; one that stopped stays under `failed/`. A
report holds nothing of the moment or the machine that made it: times and paths of the run go to
the manifest, so that the same inputs give the same bytes.
"""

from __future__ import annotations

import errno
import os
import re
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from ntm_eval import disk, language, notation, units
from ntm_eval.cache import sha256
from ntm_eval.language import place, say
from ntm_eval.running import manifest, warm
from ntm_eval.running.manifest import Entry
from ntm_eval.running.plan import Page, Terms, is_fresh
from ntm_eval.workspace import AnalystError, Workspace, write_beside

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from ntm_eval.running.reads import Reading

# A kernel that did not start, or died: nothing is wrong with the page yet, so it is started once
# more. Two that start at once may choose the same port (papermill #511).
KERNEL_LOST = re.compile(r"^Kernel (died|didn't respond)")
ONE_AT_A_TIME = threading.Lock()  # the first import of a library, from two threads, may fail
TIMES = ("start_time", "end_time", "duration")
PROCESS = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")
# what a page rests on -> its fingerprint, or why nobody could look
Found = dict[str, str] | str
Given = TypeVarTuple("Given")
Made = TypeVar("Made")


def look(page: Page, terms: Terms) -> Found:
    """What the page rests on, as it is now.

    It is looked at before the page runs: a file that changes meanwhile is another file at the
    next look, and the page is made again. Loads the review; a batch has it done by `apart`.
    """
    from ntm_eval.running import reads

    try:
        notebook = sha256(page.source)
        read = opened(page.space, terms.inputs).made_from(
            page.district, reads.names(page.source, notebook)
        )
        return {"notebook": notebook, **dict(terms.prints), **read}
    except Exception as stop:  # whatever stops one page must not stop the others
        return _told(page, stop)


def opened(space: Workspace, inputs: str) -> Reading:
    """The review as the batch found it, once for each process, which speaks its language now."""
    language.speak(space.lang)
    return _opened(space, inputs)


@lru_cache(maxsize=1)
def _opened(space: Workspace, inputs: str) -> Reading:
    """`inputs` tells two batches apart."""
    from ntm_eval.review import Review
    from ntm_eval.running.reads import Reading

    return Reading(Review(space), inputs)


def forget() -> None:
    """At the end of a batch: who opened its review lets it go."""
    _opened.cache_clear()
    warm.forget()


def apart(terms: Terms, function: Callable[[*Given], Made], *arguments: *Given) -> Made:
    """What a function returns that needs the big libraries: from a child that has them loaded.

    Without the engine `warm` this process loads them itself.
    """
    if terms.engine == "warm" and warm.available():
        return warm.call(function, *arguments)
    with ONE_AT_A_TIME:
        return function(*arguments)


def make(
    page: Page, before: Entry | None, terms: Terms, found: Found | None = None
) -> tuple[Entry, bool]:
    """The page's entry, and whether it was left as it was.

    Threads of one process may make pages at the same time. `found` is the answer of `look`; a
    worker of a cluster looks for itself, and loads what it looks at once for all its pages.
    """
    began = _Began()
    if found is None:
        found = look(page, terms)
    if isinstance(found, str):
        return not_made(page, terms, "failed", found), False
    try:
        if (
            before
            and is_fresh(before, page.parameters, found)
            and manifest.whole(page.space.review, before.outputs)
        ):
            return before, True
        clear(page)
    except Exception as stop:
        return not_made(page, terms, "failed", _told(page, stop)), False
    return _made(page, terms, began, found), False


def clear(page: Page) -> None:
    """Take away what an earlier run left of the page: all of it, or nothing.

    Raises
    ------
    AnalystError
        Naming what cannot be taken away, as it is open in Word; then the page stays as it was.
    """
    disk.remove(page.draft)
    there = [path for path in page.outputs if path.exists() or path.is_symlink()]
    aside = {path: path.with_name(f".{os.getpid()}-{path.name}") for path in there}
    for number, path in enumerate(there):
        try:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder", path)
            path.replace(aside[path])
        except OSError as stop:
            for moved in there[:number]:
                aside[moved].replace(moved)
            raise AnalystError(disk.letter(stop, path)) from stop
    for hidden in aside.values():
        hidden.unlink()


def not_made(page: Page, terms: Terms, state: str, error: str) -> Entry:
    """The entry of a page that did not run; what an earlier run left of it is taken away."""
    try:
        clear(page)
    except Exception as stop:
        held = _told(page, stop)
        error = held if error == held else f"{error}. {held}"
    return _ended(page, terms, _Began(), {}, _left(page, page.outputs), state=state, error=error)


class _Began:
    def __init__(self) -> None:
        self.when, self.clock = datetime.now().astimezone(), time.perf_counter()


def _made(page: Page, terms: Terms, began: _Began, made_from: dict[str, str]) -> Entry:
    took: list[float] = []
    try:
        _execute(page, terms)
        took = apart(terms, _publish, page, terms)
    except Exception as stop:
        error = _told(page, stop)
        with suppress(Exception):  # a draft that cannot be read or written stays as it stopped
            took, _ = _settle(page, terms)
        return _ended(page, terms, began, made_from, _left(page, [page.draft]), took, error=error)
    return _ended(page, terms, began, made_from, _left(page, page.outputs), took)


def _ended(
    page: Page,
    terms: Terms,
    began: _Began,
    made_from: dict[str, str],
    outputs: dict[str, str],
    took: Sequence[float] = (),
    *,
    state: str | None = None,
    error: str | None = None,
) -> Entry:
    return Entry(
        notebook=page.notebook,
        district=page.district,
        parameters=page.parameters,
        state=state or ("done" if error is None else "failed"),
        started=began.when.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - began.clock, 2),
        made_from=made_from,
        outputs=outputs,
        error=error,
        cell_seconds=list(took),
    )


def _left(page: Page, paths: Iterable[Path]) -> dict[str, str]:
    return {page.place(path): sha256(path) for path in paths if path.is_file()}


def _execute(page: Page, terms: Terms) -> None:
    import papermill

    page.draft.parent.mkdir(parents=True, exist_ok=True)
    for last in (False, True):
        try:
            papermill.execute_notebook(
                page.source,
                page.draft,
                page.parameters,
                engine_name=None if terms.engine == "papermill" else terms.engine,
                progress_bar=False,
                # papermill's own `cwd` is a change of folder for the whole process
                resources={"metadata": {"path": str(page.source.parent)}},
                timeout_func=_until(time.monotonic() + terms.seconds),
            )
            return
        except RuntimeError as stop:
            if last or not KERNEL_LOST.match(str(stop)):
                raise


def _until(end: float) -> Callable[[object], int]:
    """For each cell the seconds that are left to the page; papermill knows a limit a cell only."""
    return lambda cell: max(1, round(end - time.monotonic()))


def _settle(page: Page, terms: Terms) -> tuple[list[float], NotebookNode]:
    """Take times, paths and chance names out of the draft; its cells' seconds, and what it is."""
    import nbformat

    language.speak(page.space.lang)
    notebook = nbformat.read(page.draft, as_version=4)
    took: list[float] = []
    about = notebook.metadata.get("papermill", {})
    for key in TIMES:
        about.pop(key, None)
    about |= {"input_path": page.source.name, "output_path": page.done.name}
    about["parameters"] = page.parameters
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("execution", None)
        run = cell.metadata.get("papermill", {})
        if cell.cell_type == "markdown":
            cell.source = language.translated(cell.source)
        if cell.cell_type == "code":
            took.append(round(run.get("duration") or 0.0, 3))
        for key in TIMES:
            run.pop(key, None)
        tags = cell.metadata.get("tags", [])
        if "injected-parameters" in tags:
            cell.id = "injected-parameters"
        elif "papermill-error-cell-tag" in tags:
            cell.id = f"error-{number}"
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = PROCESS.sub("<ô>", output.text)
    with write_beside(page.draft) as draft:
        nbformat.write(notebook, draft)
    return took, notebook


def _publish(page: Page, terms: Terms) -> list[float]:
    """Make the draft a report, beside its HTML; the seconds of its cells."""
    took, notebook = _settle(page, terms)
    with write_beside(page.html) as path:
        path.write_text(_html(page, terms, notebook), encoding="utf-8")
    page.draft.replace(page.done)
    return took


def _html(page: Page, terms: Terms, notebook: NotebookNode) -> str:
    from ntm_eval.reporting import site

    up = "../../" if page.district else "../"
    crumbs = [(say("Trang chủ"), f"{up}index.html")]
    if page.district:
        crumbs += [(say(label), file) for label, file in site.DISTRICT_PAGES]
    heading = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    when = notation.when(page.space.year, page.space.period)
    title = f"{heading} – {where(page.space, page.district)}, {when}"
    review = opened(page.space, terms.inputs).review
    day = units.day(page.space.year, page.space.period)
    code = units.district(page.district, day).code if page.district else None
    beside = {path.name for path in page.papers if path.is_file()}
    return site.page(
        notebook,
        title=title,
        crumbs=crumbs,
        files=[(say(label), name) for label, name in site.FILES if name in beside],
        illustrative=review.illustrative,
        data=cache(lambda name: review.csv(name, code)),  # several pictures show one table
    )


def where(space: Workspace, district: str | None) -> str:
    """Whose page it is, in the words of the review's day."""
    if district is None:
        return say("tỉnh Sơn La")
    return place(units.district(district, units.day(space.year, space.period)).name)


def _told(page: Page, stop: Exception) -> str:
    """What happened in its last line; all of it goes to the log, where there is room for it."""
    log = page.space.log
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as lines:
            lines.write(f"{page.district or 'tỉnh'}, {page.notebook}\n{traceback.format_exc()}\n")
    name = getattr(stop, "ename", type(stop).__name__)
    says = str(getattr(stop, "evalue", stop)).strip()
    if refused := disk.refusal(stop) or disk.quoted(says):
        return disk.letter(refused)
    if name == "CellTimeoutError":
        return "trang chạy quá thời gian cho phép (--timeout) nên đã dừng"
    return says if name == "AnalystError" else f"{name}: {says.splitlines()[-1] if says else ''}"
