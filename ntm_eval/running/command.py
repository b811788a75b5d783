"""`ntm-eval review`: what was asked -> a batch, and what is said of it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ntm_eval.running import kernels
from ntm_eval.running.plan import Plan, unchanged
from ntm_eval.workspace import (
    HOME,
    ROOT,
    VIETNAMESE,
    AnalystError,
    Workspace,
    check_language,
    check_period,
    workspace,
)

if TYPE_CHECKING:
    from ntm_eval.running.batch import Progress

WORDS = {"done": "xong", "failed": "DỪNG", "skipped": "bỏ qua"}
PAPERMILL, WARM = "papermill", "warm"
BAR = "{bar} {n_fmt}/{total_fmt} trang, còn khoảng {remaining}"
STOPPED = "\nĐã dừng sau {}. Chạy lại đúng lệnh này để làm tiếp: các trang đã xong được giữ nguyên."
INTERRUPTED = 130  # the exit status of a command that Ctrl-C ended


@dataclass(frozen=True)
class Asked:
    """The arguments of the command."""

    year: str
    period: str
    districts: list[str] | None
    data: str
    out: str
    jobs: int
    engine: str | None
    cluster: str | None
    seconds: int
    fresh: bool
    lang: str = VIETNAMESE


def review(asked: Asked, show: Callable[[str], None]) -> int:
    """Make the review, and the exit status: 0 all done, 1 where something failed."""
    check_language(asked.lang)
    if asked.districts:
        from ntm_eval import units  # half a second that a review of all districts need not pay

        check_period(asked.year, asked.period)
        on = units.day(int(asked.year), asked.period)
        asked = replace(asked, districts=[units.district(d, on).slug for d in asked.districts])
    space = workspace(asked.year, asked.period, asked.data, asked.out, asked.lang)
    pages = 0 if asked.fresh else unchanged(space, asked.districts, Plan())
    if pages:
        show(f"Xong {pages} trên {pages} trang: không có gì thay đổi từ lần trước.")
        show(f"Mở trang chủ: {space.index}")
        return 0
    return make(asked, space, show)


def make(asked: Asked, space: Workspace, show: Callable[[str], None]) -> int:
    """Run the batch and tell of it; loads what it needs only now."""
    with _own_settings():
        if not asked.cluster:  # they import the libraries while this process does
            kernels.start(asked.jobs)
        return _make(asked, space, show)


@contextmanager
def _own_settings() -> Iterator[None]:
    """What pages run with: not how IPython and Python were set up here for other work."""
    before = dict(os.environ)
    with TemporaryDirectory(prefix="ntm_eval-", ignore_cleanup_errors=True) as ipython:
        os.environ["IPYTHONDIR"] = ipython
        os.environ.setdefault(HOME, str(ROOT))
        os.environ.pop("PYTHONPATH", None)
        # typst and linear algebra would start a thread a core, but the pages go side by side
        for name in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        # glibc: what a page lets go is given back, a tenth of a kernel's memory
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
        os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "131072")
        try:
            yield
        finally:
            kernels.close()
            os.environ.clear()
            os.environ.update(before)


def _make(asked: Asked, space: Workspace, show: Callable[[str], None]) -> int:
    from tqdm import tqdm

    from ntm_eval import language, units
    from ntm_eval.running import batch, cluster, page

    day = units.day(space.year, space.period)
    chosen = [units.district(d, day) for d in asked.districts or []] or list(units.reporting(day))
    here = ThreadPoolExecutor(asked.jobs)
    # a bar where somebody looks; a line a page in a log as well
    bar = tqdm(bar_format=BAR, file=sys.stdout, disable=None, dynamic_ncols=True, leave=False)

    ended: list[Progress] = []

    def tell(progress: Progress) -> None:
        ended.append(progress)
        bar.total = progress.total
        bar.clear()
        show(line(progress))
        bar.update()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with bar:
            outcome = batch.run(
                space,
                chosen,
                executor=cluster.executor(asked.cluster) if asked.cluster else here,
                notebook_engine=engine(asked.engine),
                seconds=asked.seconds,
                anew=asked.fresh,
                tell=tell,
            )
    except KeyboardInterrupt:
        after = f"{ended[-1].number} trên {ended[-1].total} trang" if ended else "0 trang"
        show(STOPPED.format(after))
        return INTERRUPTED
    if outcome.failed:
        show("\nChưa xong:")
        for e in outcome.failed:
            with language.using(VIETNAMESE):  # as the command does, whatever the pages speak
                show(f"- {page.where(space, e.district)}, {e.notebook}: {e.error}")
        show(f"Xem chi tiết trong {space.log}")
    if outcome.wrong:
        show("\nBáo cáo không khớp nhau, chưa được dùng:")
        for wrong in outcome.wrong:
            show(f"- {wrong}")
    total = len(outcome.entries)
    same = f" ({outcome.unchanged} trang không đổi, giữ nguyên)" if outcome.unchanged else ""
    show(f"\nXong {total - len(outcome.failed)} trên {total} trang{same}.")
    show(f"Mở trang chủ: {space.index}")
    return 1 if outcome.failed or outcome.wrong else 0


def engine(asked: str | None) -> str:
    """The engine by its name for papermill; `warm` by itself where it is installed.

    Raises
    ------
    AnalystError
        Listing those that there are.
    """
    there = {e.name for e in entry_points(group="papermill.engine")}
    known = [PAPERMILL, *([WARM] if WARM in there else [])]
    if asked and asked not in known:
        raise AnalystError(f"--engine không có '{asked}'. Chọn một trong: {', '.join(known)}.")
    return asked or known[-1]


def line(progress: Progress) -> str:
    """A line for each page."""
    e = progress.entry
    how = "không đổi" if progress.unchanged else f"{WORDS[e.state]}, {e.seconds:.1f} giây"
    return f"[{progress.number}/{progress.total}] {e.district or 'tỉnh'}, {e.notebook}: {how}"
