"""`ntm-eval review` beside the launcher page: begun, watched and stopped without a terminal."""

from __future__ import annotations

import atexit
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from tqdm import tqdm

from ntm_eval.office.choice import Choice
from ntm_eval.root import HOME
from ntm_eval.running import manifest
from ntm_eval.running.command import INTERRUPTED
from ntm_eval.workspace import OUTPUTS, ROOT, AnalystError

ENDED = {0: "xong", INTERRUPTED: "đã dừng; lập lại thì làm tiếp từ đó"}
UNFINISHED = "chưa xong, xem các dòng bên dưới"
if sys.platform == "win32":  # which tells a group of processes only
    ALONE, END = subprocess.CREATE_NEW_PROCESS_GROUP, signal.CTRL_BREAK_EVENT
else:
    ALONE, END = 0, signal.SIGTERM
COUNT = re.compile(r"^\[(\d+)/(\d+)\] ")


@dataclass(frozen=True)
class Progress:
    """A line that the command said, and how many pages of how many have ended by then."""

    line: str
    ended: int
    total: int
    seconds: float  # since the beginning

    @property
    def words(self) -> str:
        """How far it is, and how long it may still take where the pages so far tell."""
        if not self.ended:
            return "đang chuẩn bị…"
        left = self.seconds / self.ended * (self.total - self.ended)
        return f"{self.ended} trên {self.total} trang, còn khoảng {tqdm.format_interval(left)}"


def begin(chosen: Choice, *, everyone: bool = False) -> subprocess.Popen[str]:
    """Begin to make the pages of the district, or of everyone, and the province's.

    Raises
    ------
    AnalystError
        Where someone makes reports in the same folder already.
    """
    if who := manifest.at_work(chosen.space):
        raise AnalystError(
            f"Báo cáo của kỳ này đang được lập ở nơi khác ({who}). Đợi đợt đó xong, bấm Xem lại, "
            "rồi lập tiếp nếu còn cần."
        )
    asked = {
        "year": chosen.year,
        "period": chosen.period,
        "data": chosen.data,
        "out": OUTPUTS,
        **({} if everyone else {"district": chosen.district}),
    }
    options = [part for name, value in asked.items() for part in (f"--{name}", str(value))]
    process = subprocess.Popen(
        [sys.executable, "-m", "ntm_eval.cli", "review", *options],
        env=os.environ | {HOME: str(ROOT), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        creationflags=ALONE,
    )
    atexit.register(stop, process)
    return process


def progress(process: subprocess.Popen[str]) -> Iterator[Progress]:
    """What the command says, line by line, until it has ended."""
    began, ended, total = time.monotonic(), 0, 0
    for line in process.stdout or ():
        if count := COUNT.match(line):
            ended, total = map(int, count.groups())
        yield Progress(line, ended, total, time.monotonic() - began)
    process.wait()


def stop(process: subprocess.Popen[str]) -> None:
    """Ask it to stop as Ctrl-C does: the pages that are made stay, the rest is made next time."""
    if process.poll() is None:
        process.send_signal(END)
