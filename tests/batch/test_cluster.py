"""The same pages on a real scheduler and two worker processes, on a shared folder and on S3."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import tiny

from ntm_eval import units
from ntm_eval.running import batch, cluster, manifest
from ntm_eval.running.storage import Copy
from ntm_eval.workspace import AnalystError

distributed = pytest.importorskip("distributed", reason="chưa cài phần 'cluster'")
SLUGS = ("sop-cop", "van-ho")
BUCKET = "s3://ntm"


@pytest.fixture(scope="module")
def s3():
    """An S3 server of this machine, which this process and the workers find by environment."""
    server = pytest.importorskip("moto.server", reason="chưa cài phần 'test'").ThreadedMotoServer(
        port=0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        import s3fs

        s3fs.S3FileSystem().mkdir("ntm")
        yield
    server.stop()


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
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def stop(self) -> None:
        self.client.close()
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path, s3):
    found = Dask(tmp_path)
    yield found
    found.stop()


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
    crew = cluster.crew(dask.address)
    assert crew.jobs == 2
    outcome = tiny.run(tmp_path, SLUGS, made, crew=crew)
    assert once.exists()
    assert [e.error for e in outcome.failed] == []
    assert sorted(worker.poll() or 0 for worker in dask.workers) == [-signal.SIGKILL, 0]
    assert manifest.verify(tiny.space(tmp_path).review) == []
    # the same things asked of this machine's own processes: nothing is left to do
    assert tiny.run(tmp_path, SLUGS, made).kept == len(outcome.entries) == 5


def test_pages_at_an_address_are_made_by_workers_that_share_no_folder(tmp_path, dask, monkeypatch):
    tiny.send(tmp_path, "sop-cop", 111)
    Copy(f"{BUCKET}/data", tmp_path / "data").send()
    made = tiny.plan(tmp_path)
    shared = cluster.Shared(f"{BUCKET}/data", f"{BUCKET}/out")
    asked = {"data": shared.data, "out": shared.out}
    monkeypatch.setattr(cluster.tempfile, "gettempdir", lambda: str(tmp_path / "here"))

    def review() -> batch.Outcome:
        with cluster.at_addresses(shared, 2022, "annual") as space:
            crew = cluster.crew(dask.address, shared, space)
            districts = [units.district(s) for s in SLUGS]
            return batch.run(space, districts, crew=crew, plan=made, asked=asked)

    first = review()
    assert [e.error for e in first.failed] == []
    assert first.wrong == []
    there = Copy(f"{BUCKET}/out/2022-annual", tmp_path / "elsewhere")
    there.fetch()
    assert manifest.verify(there.folder) == []
    page = (there.folder / "districts" / "sop-cop" / "01_clean.ipynb").read_text(encoding="utf-8")
    assert f"{BUCKET}/data" in page
    assert str(tmp_path) not in page
    # from another machine, which has nothing yet
    monkeypatch.setattr(cluster.tempfile, "gettempdir", lambda: str(tmp_path / "another"))
    assert review().kept == 5


# the copy of an address


@pytest.fixture
def copies(tmp_path):
    """Two machines' copies of one folder."""
    address = (tmp_path / "there").as_uri()
    return Copy(address, tmp_path / "a"), Copy(address, tmp_path / "b")


def write(copy: Copy, name: str, text: str) -> Path:
    path = copy.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_what_one_makes_the_other_gets_and_what_is_taken_away_goes(copies):
    one, other = copies
    letter = write(one, "districts/x/Phiếu.docx", "hỏi")
    write(one, "kept/received/lock", "")
    write(one, ".holder.json", "{}")
    one.send()
    other.fetch()
    got = {p.relative_to(other.folder).as_posix() for p in other.folder.rglob("*") if p.is_file()}
    assert got == {"districts/x/Phiếu.docx", ".versions.json"}
    letter.unlink()
    one.send()  # a copy that somebody emptied takes nothing away
    other.fetch()
    assert (other.folder / "districts/x/Phiếu.docx").is_file()
    one.send(gone=[letter])
    other.fetch()
    assert not (other.folder / "districts/x/Phiếu.docx").exists()


def test_only_what_changed_travels(copies):
    one, other = copies
    for name in "ab":
        write(one, name, name)
    one.send()
    other.fetch()
    before = {name: (other.folder / name).stat().st_mtime_ns for name in "ab"}
    write(one, "b", "khác")
    one.send()
    other.fetch()
    after = {name: (other.folder / name).stat().st_mtime_ns for name in "ab"}
    assert (after["a"] == before["a"], after["b"] == before["b"]) == (True, False)
    assert (other.folder / "b").read_text(encoding="utf-8") == "khác"


def test_a_second_batch_at_an_address_is_told_who_holds_it(copies):
    one, other = copies
    one.folder.mkdir()
    with one.held(), pytest.raises(AnalystError, match=f"tiến trình {os.getpid()} trên máy"):
        other.held().__enter__()
    with other.held():
        pass


def test_an_address_where_nothing_answers_is_a_letter():
    with pytest.raises(AnalystError, match=r"Không nối được tới cụm Dask ở tcp://127\.0\.0\.1:9"):
        cluster.crew("tcp://127.0.0.1:9", timeout=1)
