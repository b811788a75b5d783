"""`ntm-eval review`: what was asked -> a batch, and what is said of it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ntm_eval.root import HOME
from ntm_eval.running import kernels, manifest
from ntm_eval.running.plan import Plan, unchanged
from ntm_eval.workspace import ROOT, VIETNAMESE, AnalystError, Workspace

if TYPE_CHECKING:
    from ntm_eval.running.batch import Outcome, Progress

WORDS = {"done": "xong", "failed": "DỪNG", "skipped": "bỏ qua"}
ENGINES = {"papermill": None, "warm": "warm"}  # by the name that papermill has for each
SETTINGS = {
    HOME: str(ROOT),
    # typst and linear algebra would start a thread a core, but the pages go side by side
    **dict.fromkeys(("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    # glibc: what a page lets go is given back, a tenth of a kernel's memory
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "131072",
    # pandera sets them where it is imported: a kernel of another environment would be replaced
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYARROW_IGNORE_TIMEZONE": "1",
}
BAR = "{bar} {n_fmt}/{total_fmt} trang, còn khoảng {remaining}"
STOPPED = "\nĐã dừng sau {}. Chạy lại đúng lệnh này để làm tiếp: các trang đã xong được giữ nguyên."
INTERRUPTED = 130  # the exit status of a command that Ctrl-C ended


def review(
    space: Workspace,
    slugs: list[str] | None,
    show: Callable[[str], None],
    *,
    jobs: int,
    engine: str = "warm",
    cluster: str | None = None,
    seconds: int,
    fresh: bool = False,
) -> int:
    """Make the review, and the exit status: 0 all done, 1 where something failed.

    Raises
    ------
    AnalystError
        Where there is no such engine, or what `Batch.run` and `cluster.executor` refuse.
    """
    if engine not in ENGINES:
        raise AnalystError(f"--engine không có '{engine}'. Chọn một trong: {', '.join(ENGINES)}.")
    pages = 0 if fresh else unchanged(space, slugs, Plan())
    if pages:
        show(f"Xong {pages} trên {pages} trang: không có gì thay đổi từ lần trước.")
        show(f"Mở trang chủ: {space.index}")
        return 0
    with manifest.held(space):
        pass  # a folder that cannot be had is told before kernels start
    after = "0 trang"

    def tell(progress: Progress) -> None:
        nonlocal after
        after = f"{progress.number} trên {progress.total} trang"
        bar.clear()
        show(line(progress))
        bar.update()

    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGBREAK"):  # the second is what Windows knows
            if ending := getattr(signal, name, None):
                signal.signal(ending, signal.default_int_handler)
    try:
        with _own_settings():
            if sys.stdout.isatty():
                show("Đang khởi động. Trang đầu xong thì biết còn khoảng bao lâu.")
            if not cluster:  # they import the libraries while this process does
                kernels.start(jobs)
            from tqdm import tqdm

            from ntm_eval import units
            from ntm_eval.running.batch import Batch
            from ntm_eval.running.cluster import executor

            day = units.day(space.year, space.period)
            districts = [units.district(slug, day) for slug in slugs or ()] or units.reporting(day)
            workers = executor(cluster) if cluster else ThreadPoolExecutor(jobs)
            # a bar where somebody looks; a line a page in a log as well
            looks = {"file": sys.stdout, "disable": None, "dynamic_ncols": True, "leave": False}
            with tqdm(bar_format=BAR, **looks) as bar:
                batch = Batch(space, districts, workers, ENGINES[engine], seconds, fresh, tell=tell)
                bar.total = len(batch.todo)
                bar.refresh()
                outcome = batch.run()
    except KeyboardInterrupt:
        show(STOPPED.format(after))
        return INTERRUPTED
    return _told(space, outcome, show)


@contextmanager
def _own_settings() -> Iterator[None]:
    """What pages run with: not how IPython and Python were set up here for other work."""
    before = dict(os.environ)
    with TemporaryDirectory(prefix="ntm_eval-", ignore_cleanup_errors=True) as ipython:
        os.environ.update(SETTINGS | before | {"IPYTHONDIR": ipython})
        os.environ.pop("PYTHONPATH", None)
        try:
            yield
        finally:
            kernels.close()
            os.environ.clear()
            os.environ.update(before)


def _told(space: Workspace, outcome: Outcome, show: Callable[[str], None]) -> int:
    """Say what became of a batch; the exit status."""
    from ntm_eval import language
    from ntm_eval.running import page

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


def line(progress: Progress) -> str:
    """A line for each page."""
    e = progress.entry
    how = "không đổi" if progress.unchanged else f"{WORDS[e.state]}, {e.seconds:.1f} giây"
    return f"[{progress.number}/{progress.total}] {e.district or 'tỉnh'}, {e.notebook}: {how}"
