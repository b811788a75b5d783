"""`ntm-eval review`: what was asked -> a batch, and what is said of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ntm_eval.running import fresh, warm
from ntm_eval.running.plan import Plan
from ntm_eval.workspace import (
    VIETNAMESE,
    AnalystError,
    Workspace,
    check_language,
    check_period,
    workspace,
)

if TYPE_CHECKING:
    from ntm_eval.running.batch import Told

WORDS = {"done": "xong", "failed": "DỪNG", "skipped": "bỏ qua"}
PAPERMILL, WARM = "papermill", "warm"


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
    pages = 0 if asked.fresh else fresh.unchanged(space, asked.districts, Plan())
    if pages:
        show(f"Xong {pages} trên {pages} trang: không có gì thay đổi từ lần trước.")
        show(f"Mở trang chủ: {space.index}")
        return 0
    return make(asked, space, show)


def make(asked: Asked, space: Workspace, show: Callable[[str], None]) -> int:
    """Run the batch and tell of it; loads what it needs only now."""
    with _own_settings():
        return _make(asked, space, show)


@contextmanager
def _own_settings() -> Iterator[None]:
    """What pages run with: not how IPython and Python were set up here for other work."""
    before = dict(os.environ)
    with TemporaryDirectory(prefix="ntm_eval-", ignore_cleanup_errors=True) as ipython:
        os.environ["IPYTHONDIR"] = ipython
        os.environ.pop("PYTHONPATH", None)
        # typst would start a thread a core, but the pages go side by side
        os.environ.setdefault("RAYON_NUM_THREADS", "1")
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _make(asked: Asked, space: Workspace, show: Callable[[str], None]) -> int:
    chosen_engine = engine(asked.engine)
    if chosen_engine == WARM:
        warm.start(space.log)  # it loads its libraries while this process loads others
    from ntm_eval import language, units
    from ntm_eval.running import batch, cluster, page

    day = units.day(space.year, space.period)
    chosen = [units.district(d, day) for d in asked.districts or []] or list(units.reporting(day))
    crew = cluster.crew(asked.cluster) if asked.cluster else batch.here(asked.jobs)
    outcome = batch.run(
        space,
        chosen,
        crew=crew,
        engine=chosen_engine,
        seconds=asked.seconds,
        anew=asked.fresh,
        tell=lambda told: show(line(told)),
    )
    if outcome.failed:
        show("\nChưa xong:")
        for e in outcome.failed:
            with language.speaking(VIETNAMESE):  # as the command does, whatever the pages speak
                show(f"- {page.where(space, e.district)}, {e.notebook}: {e.error}")
        show(f"Xem chi tiết trong {space.log}")
    if outcome.wrong:
        show("\nBáo cáo không khớp nhau, chưa được dùng:")
        for wrong in outcome.wrong:
            show(f"- {wrong}")
    total = len(outcome.entries)
    same = f" ({outcome.kept} trang không đổi, giữ nguyên)" if outcome.kept else ""
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


def line(told: Told) -> str:
    """A line for each page; a bar would garble cmd.exe and logs."""
    e = told.entry
    how = "không đổi" if told.kept else f"{WORDS[e.state]}, {e.seconds:.1f} giây"
    left = f"; còn khoảng {duration(told.seconds_left)}" if told.seconds_left else ""
    return f"[{told.number}/{told.total}] {e.district or 'tỉnh'}, {e.notebook}: {how}{left}"


def duration(seconds: float) -> str:
    """'40 giây', '5 phút', '2 giờ 10 phút'."""
    if seconds < 90:
        return f"{max(1, round(seconds))} giây"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} phút"
    return f"{minutes // 60} giờ {minutes % 60} phút"
