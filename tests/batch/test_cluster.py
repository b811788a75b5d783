"""The same pages on a real scheduler and two worker processes, on a shared folder."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny

from ntm_eval.running import cluster, manifest
from ntm_eval.workspace import AnalystError

distributed = pytest.importorskip("distributed", reason="chưa cài phần 'cluster'")
SLUGS = ("sop-cop", "van-ho")


class Dask:
    """A scheduler and two workers, each a process of its own."""

    def __init__(self, folder: Path):
        self.note, self.folder = folder / "scheduler.json", folder
        where = ["--scheduler-file", str(self.note), "--no-dashboard"]
        self.scheduler = self._start("scheduler", *where, "--port", "0")
        until = time.monotonic() + 60
        while not self.note.is_file():
            assert time.monotonic() < until
            time.sleep(0.05)
        own = ["--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
        self.workers = [self._start("worker", *where, *own) for _ in range(2)]
        self.client = distributed.Client(scheduler_file=str(self.note))
        self.client.wait_for_workers(2, timeout=60)
        self.address = self.client.scheduler.address

    def _start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        self.client.close()
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path):
    found = Dask(tmp_path)
    yield found
    found.stop()


@pytest.mark.slow
def test_a_worker_that_is_killed_at_work_loses_nothing(tmp_path, dask):
    """A shared folder; the worker is killed by the very page that it makes, once."""
    once = tmp_path / "once"
    deadly = f"""import os, signal, pathlib
once = pathlib.Path({str(once)!r})
if district == "sop-cop" and not once.exists():
    once.touch()
    os.kill(os.getppid(), signal.SIGKILL)
district"""
    tiny.send(tmp_path, "sop-cop", 111)
    made = tiny.plan(tmp_path, tiny.TINY | {"01_clean": deadly})
    executor = cluster.executor(dask.address)
    outcome = tiny.run(tmp_path, SLUGS, made, executor=executor)
    assert once.exists()
    assert [e.error for e in outcome.failed] == []
    assert sorted(worker.poll() or 0 for worker in dask.workers) == [-signal.SIGKILL, 0]
    assert manifest.verify(tiny.space(tmp_path).review) == []
    # the same things asked of this machine's own processes: nothing is left to do
    assert tiny.run(tmp_path, SLUGS, made).unchanged == len(outcome.entries) == 5


def test_an_address_where_nothing_answers_is_a_letter():
    with pytest.raises(AnalystError, match=r"Không nối được tới cụm Dask ở tcp://127\.0\.0\.1:9"):
        cluster.executor("tcp://127.0.0.1:9", timeout=1)
