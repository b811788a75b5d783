"""One batch at a time in one folder; a second one is told who is at work."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from filelock import FileLock, Timeout

from ntm_eval import disk
from ntm_eval.workspace import AnalystError, Workspace, write_beside


@contextmanager
def held(space: Workspace) -> Iterator[None]:
    """Hold the folder of a review. The system lets go of it when the process ends, however.

    Raises
    ------
    AnalystError
        Where another batch holds it, with its process, machine and beginning.
    """
    space.review.mkdir(parents=True, exist_ok=True)
    lock = FileLock(space.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise AnalystError(_letter(space, disk.read_json(space.holder))) from None
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    myself = {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
    try:
        with write_beside(space.holder) as draft:
            draft.write_text(json.dumps(myself), encoding="utf-8")
        yield
    finally:
        space.holder.unlink(missing_ok=True)
        lock.release()


def _letter(space: Workspace, who: Any) -> str:
    """Who is at work in a folder, and what to do."""
    try:
        since = datetime.fromisoformat(who["since"]).strftime("%H:%M:%S ngày %d/%m/%Y")
        by = f"tiến trình {who['pid']} trên máy {who['host']}, từ {since}"
    except (TypeError, ValueError, KeyError):  # it has this very moment begun or ended
        by = "một tiến trình khác"
    return (
        f"Thư mục {space.review} đang được lập báo cáo bởi {by}. "
        "Đợi đợt đó xong, hoặc dừng nó, rồi chạy lại; hoặc chọn thư mục khác bằng --out."
    )
