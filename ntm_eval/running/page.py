"""One page made: its notebook run into a draft, settled, and turned into HTML.

A draft becomes a report only when it has succeeded; one that stopped stays under `failed/`. A
report holds nothing of the moment or the machine that made it: times and paths of the run go to
the manifest, so that the same inputs give the same bytes.
"""

from __future__ import annotations

import errno
import os
import re
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import nbformat
import papermill

from ntm_eval import disk, language, units
from ntm_eval.cache import fingerprint, sha256
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.running import kernels
from ntm_eval.running.manifest import Entry
from ntm_eval.running.plan import Page
from ntm_eval.workspace import RESULTS, AnalystError, Workspace, write_beside

if TYPE_CHECKING:
    from ntm_eval.review import Review

# A kernel that did not start, or died: nothing is wrong with the page yet, so it is started once
# more. Two that start at once may choose the same port (papermill #511).
KERNEL_LOST = re.compile(r"^Kernel (died|didn't respond)")
TIMES = ("start_time", "end_time", "duration")
PROCESS = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")


def make(
    page: Page, made_from: dict[str, str], engine: str | None, seconds: int, began: int
) -> Entry:
    """Make a page; threads of one process may make several at the same time.

    `engine` is papermill's name of it, `seconds` the most that the page may take, and `began` tells
    two batches apart.
    """
    started, clock = _now(), time.perf_counter()
    error = None
    try:
        clear(page)
        _execute(page, engine, seconds)
        kernels.call(publish, page, began)
    except Exception as stop:  # whatever stops one page must not stop the others
        error = _error(page, stop)
        with suppress(Exception):  # a draft that cannot be read or written stays as it stopped
            _settle(page)
    state, took = "failed" if error else "done", round(time.perf_counter() - clock, 2)
    return _entry(page, state, error, started=started, seconds=took, made_from=made_from)


def not_made(page: Page, state: str, error: str) -> Entry:
    """The entry of a page that did not run; what an earlier run left of it is taken away."""
    try:
        clear(page)
    except Exception as stop:
        error = f"{error}. {_error(page, stop)}"
    return _entry(page, state, error, started=_now(), seconds=0.0)


def _entry(page: Page, state: str, error: str | None, **about: Any) -> Entry:
    paths = [page.draft] if error and page.draft.is_file() else page.outputs
    there = {p.relative_to(page.space.review).as_posix(): p for p in paths if p.is_file()}
    outputs = {name: sha256(path) for name, path in there.items()}
    return Entry(*page.key, page.parameters, state, outputs=outputs, error=error, **about)


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def clear(page: Page) -> None:
    """Take away what an earlier run left of the page: all of it, or nothing.

    Raises
    ------
    AnalystError
        Naming what cannot be taken away, as it is open in Word; then the page stays as it was.
    """
    disk.remove(page.draft)
    aside: dict = {}
    for path in page.outputs:
        hidden = path.with_name(f".{os.getpid()}-{path.name}")
        try:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "a folder", path)
            path.replace(hidden)
            aside[hidden] = path
        except FileNotFoundError:
            continue
        except OSError as stop:
            for hidden, path_before in aside.items():
                hidden.replace(path_before)
            raise AnalystError(disk.letter(stop, path)) from stop
    for hidden in aside:
        hidden.unlink()


def _execute(page: Page, engine: str | None, seconds: int) -> None:
    page.draft.parent.mkdir(parents=True, exist_ok=True)
    for last in (False, True):
        try:
            papermill.execute_notebook(
                page.source,
                page.draft,
                page.parameters,
                engine_name=engine,
                progress_bar=False,
                # papermill's own `cwd` is a change of folder for the whole process
                resources={"metadata": {"path": str(page.source.parent)}},
                timeout_func=_until(time.monotonic() + seconds),
            )
            return
        except RuntimeError as stop:
            if last or not KERNEL_LOST.match(str(stop)):
                raise


def _until(end: float) -> Callable[[object], int]:
    """For each cell the seconds that are left to the page; papermill knows a limit a cell only."""
    return lambda cell: max(1, round(end - time.monotonic()))


def _settle(page: Page) -> nbformat.NotebookNode:
    """Take times, paths and chance names out of the draft."""
    language.use(page.space.lang)
    notebook = nbformat.read(page.draft, as_version=4)
    about = notebook.metadata.get("papermill", {})
    about |= {"input_path": page.source.name, "output_path": page.done.name}
    about["parameters"] = page.parameters
    for run in (about, *(cell.metadata.get("papermill", {}) for cell in notebook.cells)):
        for key in TIMES:
            run.pop(key, None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("execution", None)
        if cell.cell_type == "markdown":
            cell.source = language.translated(cell.source)
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
    return notebook


# in a kernel, which has the libraries that these need


def own_inputs(space: Workspace, began: int, inputs: Mapping[str, str]) -> dict[str, str]:
    """By district: the fingerprint of all that was received but the reports of the others."""
    review = open_once(space, began)
    sender = {f"{r.year}/{r.period}/{r.file}": r.district_code for r in review.inbox.reports}
    found = {}
    for unit in review.units:
        own = {name: p for name, p in inputs.items() if sender.get(name, unit.code) == unit.code}
        found[unit.slug] = fingerprint([review.illustrative, own])
    return found


def compare(space: Workspace, began: int) -> None:
    """Have the tables of the province made, which the pages after the first ones wait for."""
    review = open_once(space, began)
    for name in RESULTS:
        getattr(review, name)


def publish(page: Page, began: int) -> None:
    """Make the draft a report, beside its HTML."""
    from ntm_eval.reporting import site

    notebook = _settle(page)
    review = open_once(page.space, began)
    papers = [path.name for path in page.papers if path.is_file()]
    whose = where(page.space, page.district)
    with write_beside(page.html) as path:
        text = site.page(review, notebook, page.html.name, page.district, whose, papers)
        path.write_text(text, encoding="utf-8")
    disk.move(page.draft, page.done)


def open_once(space: Workspace, began: int) -> Review:
    """The review as the batch found it, once for each process, which speaks its language now."""
    language.use(space.lang)
    return _opened(space, began)


@lru_cache(maxsize=1)
def _opened(space: Workspace, began: int) -> Review:
    """`began` tells two batches apart."""
    from ntm_eval.review import Review

    return Review(space)


def where(space: Workspace, district: str | None) -> str:
    """Whose page it is, in the words of the review's day."""
    if district is None:
        return _("tỉnh Sơn La")
    return place(units.district(district, units.day(space.year, space.period)).name)


def _error(page: Page, stop: Exception) -> str:
    """What happened in its last line; all of it goes to the log, where there is room for it."""
    log = page.space.log
    with suppress(OSError):
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as lines:
            lines.write(f"{page.district or 'tỉnh'}, {page.notebook}\n{traceback.format_exc()}\n")
    name = getattr(stop, "ename", type(stop).__name__)
    says = str(getattr(stop, "evalue", stop)).strip()
    if name == "CellTimeoutError":  # to Python an error of the system, as the disk's are
        return "trang chạy quá thời gian cho phép (--timeout) nên đã dừng"
    if refused := disk.refusal(stop) or disk.quoted(says):
        return disk.letter(refused)
    return says if name == "AnalystError" else f"{name}: {says.splitlines()[-1] if says else ''}"
