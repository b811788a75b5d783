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
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import papermill

from ntm_eval import disk, language, notation, units
from ntm_eval.cache import fingerprint, sha256
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.running import kernels
from ntm_eval.running.manifest import Entry
from ntm_eval.running.plan import Page, Settings
from ntm_eval.workspace import RESULTS, AnalystError, Workspace, write_beside

if TYPE_CHECKING:
    from ntm_eval.review import Review

# A kernel that did not start, or died: nothing is wrong with the page yet, so it is started once
# more. Two that start at once may choose the same port (papermill #511).
KERNEL_LOST = re.compile(r"^Kernel (died|didn't respond)")
TIMES = ("start_time", "end_time", "duration")
PROCESS = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")


def make(page: Page, made_from: dict[str, str], settings: Settings) -> Entry:
    """Make a page; threads of one process may make several at the same time."""
    began, clock = datetime.now().astimezone(), time.perf_counter()
    took: list[float] = []
    error = None
    try:
        clear(page)
        _execute(page, settings)
        took = kernels.call(publish, page, settings.began)
    except Exception as stop:  # whatever stops one page must not stop the others
        error = _error(page, stop)
        with suppress(Exception):  # a draft that cannot be read or written stays as it stopped
            took = _settle(page)[0]
    return Entry(
        notebook=page.notebook,
        district=page.district,
        parameters=page.parameters,
        state="failed" if error else "done",
        started=began.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 2),
        made_from=made_from,
        outputs=_left(page, [page.draft] if error and page.draft.is_file() else page.outputs),
        error=error,
        cell_seconds=took,
    )


def not_made(page: Page, state: str, error: str) -> Entry:
    """The entry of a page that did not run; what an earlier run left of it is taken away."""
    try:
        clear(page)
    except Exception as stop:
        error = f"{error}. {_error(page, stop)}"
    began = datetime.now().astimezone().isoformat(timespec="seconds")
    outputs = _left(page, page.outputs)
    return Entry(
        page.notebook, page.district, page.parameters, state, began, 0.0, {}, outputs, error
    )


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


def _left(page: Page, paths: Iterable[Path]) -> dict[str, str]:
    return {page.place(path): sha256(path) for path in paths if path.is_file()}


def _execute(page: Page, settings: Settings) -> None:
    page.draft.parent.mkdir(parents=True, exist_ok=True)
    for last in (False, True):
        try:
            papermill.execute_notebook(
                page.source,
                page.draft,
                page.parameters,
                engine_name=None if settings.engine == "papermill" else settings.engine,
                progress_bar=False,
                # papermill's own `cwd` is a change of folder for the whole process
                resources={"metadata": {"path": str(page.source.parent)}},
                timeout_func=_until(time.monotonic() + settings.seconds),
            )
            return
        except RuntimeError as stop:
            if last or not KERNEL_LOST.match(str(stop)):
                raise


def _until(end: float) -> Callable[[object], int]:
    """For each cell the seconds that are left to the page; papermill knows a limit a cell only."""
    return lambda cell: max(1, round(end - time.monotonic()))


def _settle(page: Page) -> tuple[list[float], nbformat.NotebookNode]:
    """Take times, paths and chance names out of the draft; its cells' seconds, and what it is."""
    language.use(page.space.lang)
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


# in a kernel, which has the libraries that these need


def own_inputs(space: Workspace, began: int, inputs: Mapping[str, str]) -> dict[str, str]:
    """By district: the fingerprint of all that was received but the reports of the others."""
    review = open_once(space, began)
    sender = {f"{r.year}/{r.period}/{r.file}": r.district_code for r in review.inbox.reports}
    return {
        unit.slug: fingerprint(
            [
                review.illustrative,
                {
                    n: print_
                    for n, print_ in inputs.items()
                    if sender.get(n, unit.code) == unit.code
                },
            ]
        )
        for unit in review.units
    }


def compare(space: Workspace, began: int) -> None:
    """Have the tables of the province made, which the pages after the first ones wait for."""
    review = open_once(space, began)
    for name in RESULTS:
        getattr(review, name)


def publish(page: Page, began: int) -> list[float]:
    """Make the draft a report, beside its HTML; the seconds of its cells."""
    took, notebook = _settle(page)
    with write_beside(page.html) as path:
        path.write_text(_html(page, began, notebook), encoding="utf-8")
    page.draft.replace(page.done)
    return took


def open_once(space: Workspace, began: int) -> Review:
    """The review as the batch found it, once for each process, which speaks its language now."""
    language.use(space.lang)
    return _opened(space, began)


@lru_cache(maxsize=1)
def _opened(space: Workspace, began: int) -> Review:
    """`began` tells two batches apart."""
    from ntm_eval.review import Review

    return Review(space)


def _html(page: Page, began: int, notebook: nbformat.NotebookNode) -> str:
    from ntm_eval.reporting import html, site

    up = "../../" if page.district else "../"
    crumbs = [(_("Trang chủ"), f"{up}index.html")]
    if page.district:
        crumbs += [(_(label), file) for label, file in site.DISTRICT_PAGES]
    heading = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    when = notation.when(page.space.year, page.space.period)
    title = f"{heading} – {where(page.space, page.district)}, {when}"
    review = open_once(page.space, began)
    day = units.day(page.space.year, page.space.period)
    code = units.district(page.district, day).code if page.district else None
    beside = {path.name for path in page.papers if path.is_file()}
    return html.page(
        notebook,
        title=title,
        crumbs=crumbs,
        files=[(_(label), name) for label, name in site.FILES if name in beside],
        illustrative=review.illustrative,
        data=cache(lambda name: review.csv(name, code)),  # several pictures show one table
    )


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
