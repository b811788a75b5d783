"""A batch that was killed goes on where it was, and ends as one that nothing disturbed."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import tiny
from test_fresh import execute

from ntm_eval import cli
from ntm_eval.running import batch, command, hold, manifest, page
from ntm_eval.workspace import AnalystError

SLUGS = ("sop-cop", "van-ho")
HERE = batch.Crew(lambda: ThreadPoolExecutor(1), 1)


def start(root: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, tiny.__file__, str(root), *SLUGS])


def wait_for(happened, running: subprocess.Popen) -> None:
    until = time.monotonic() + 120
    while not happened():
        assert running.poll() is None, "the batch ended before the moment came"
        assert time.monotonic() < until
        time.sleep(0.01)


def moments(space):
    """Moments at which a batch is killed: each later than the one before."""
    return {
        "a page is made": lambda: space.journal.is_file(),
        "a page is running": lambda: bool(list(space.failed("x", "y").parent.glob("*-03*.ipynb"))),
        "all pages are made": space.index.is_file,
    }


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The content of an undisturbed batch, and what one was like that was killed three times."""
    root = tmp_path_factory.mktemp("killed")
    tiny.send(root, "sop-cop", 111)
    space = tiny.space(root)
    tiny.plan(root)
    assert start(root).wait(timeout=300) == 0
    undisturbed = tiny.content(root)
    space.review.rename(root / "undisturbed")
    left, made = [], []
    for happened in moments(space).values():
        running = start(root)
        wait_for(happened, running)
        family = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(signal.SIGKILL)
        running.wait()
        left += psutil.wait_procs(family, timeout=60)[1]
        made.append({k: e.started for k, e in manifest.entries(space).items() if e.state == "done"})
    ended = start(root).wait(timeout=300)
    return space, undisturbed, tiny.content(root), left, made, ended


@pytest.mark.skipif(os.name == "nt", reason="Windows không có SIGKILL")
class TestKilled:
    def test_it_ends_with_the_same_bytes(self, killed):
        _, undisturbed, disturbed, _, _, ended = killed
        assert ended == 0
        assert len(disturbed) > 10
        assert disturbed == undisturbed

    def test_what_was_made_is_not_made_again(self, killed):
        space, _, _, _, made, _ = killed
        assert [len(m) for m in made] == sorted(len(m) for m in made)
        assert 1 <= len(made[0]) < len(made[-1])
        last = {key: e.started for key, e in manifest.entries(space).items()}
        for before in made:
            assert before.items() <= last.items()

    def test_nothing_of_it_is_left_running(self, killed):
        assert killed[3] == []

    def test_it_is_whole_and_nothing_half_written_is_left(self, killed):
        space, *_ = killed
        assert manifest.verify(space.review) == []
        assert not space.journal.exists()
        hidden = {p.name for p in space.review.rglob(".*")}
        assert hidden <= {".lock"}


# a full disk


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A review whose notebooks run without a kernel."""
    import papermill

    monkeypatch.setattr(papermill, "execute_notebook", execute)
    tiny.send(tmp_path, "sop-cop", 111)
    return tmp_path


def full(*arguments, **options):
    raise OSError(errno.ENOSPC, "No space left on device", "bao cao.html")


def test_a_disk_that_is_full_for_the_journal_stops_the_batch_and_loses_nothing(root, monkeypatch):
    note, noted = manifest.note, []

    def until_full(space, entry):
        if len(noted) == 2:
            full()
        noted.append(note(space, entry))

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "note", until_full)
        with pytest.raises(OSError, match="No space"):
            tiny.run(root, SLUGS, crew=HERE)
    again = tiny.run(root, SLUGS, crew=HERE)
    assert (again.kept, again.failed) == (2, [])
    disturbed = tiny.content(root)
    tiny.run(root, SLUGS, crew=HERE, anew=True)
    assert tiny.content(root) == disturbed


def test_a_disk_that_is_full_for_a_page_fails_the_page_and_the_next_run_makes_it(root, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(page, "_publish", full)
        stopped = tiny.run(root, SLUGS, crew=HERE)
    assert {e.state for e in stopped.entries if e.district} == {"failed", "skipped"}
    assert "đĩa đã đầy khi ghi bao cao.html" in stopped.failed[0].error
    assert not list(tiny.space(root).review.glob("districts/*/*"))
    again = tiny.run(root, SLUGS, crew=HERE)
    assert (again.kept, again.failed) == (0, [])
    assert manifest.verify(tiny.space(root).review) == []


def test_a_full_disk_is_a_letter(monkeypatch, capsys):
    monkeypatch.setattr(command, "review", full)
    monkeypatch.setattr(sys, "argv", ["ntm-eval", "review", "--year", "2022"])
    monkeypatch.setattr(sys, "stdout", open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    monkeypatch.setattr(sys, "stderr", open(os.devnull, "w+", encoding="utf-8"))  # noqa: SIM115
    said = []
    monkeypatch.setattr(cli.typer, "echo", lambda text, err=False: said.append(text))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "đĩa đã đầy khi ghi bao cao.html" in said[0]


# one batch at a time


def test_a_second_batch_is_told_who_holds_the_folder(root):
    space = tiny.space(root)
    with hold.held(space), pytest.raises(AnalystError) as refused:
        tiny.run(root, SLUGS, crew=HERE)
    for part in (str(os.getpid()), socket.gethostname(), "từ ", str(space.review)):
        assert part in str(refused.value)
    assert not space.manifest.exists()
    assert not tiny.run(root, SLUGS, crew=HERE).failed


def test_a_holder_that_was_killed_holds_no_more(root):
    space = tiny.space(root)
    code = "import sys, os, signal, tiny, ntm_eval.running.hold as h\nfrom pathlib import Path\n"
    code += "with h.held(tiny.space(Path(sys.argv[1]))): os.kill(os.getpid(), signal.SIGKILL)"
    tests = str(Path(tiny.__file__).parent)
    subprocess.run([sys.executable, "-c", code, root], env=os.environ | {"PYTHONPATH": tests})
    assert json.loads(space.holder.read_text(encoding="utf-8"))["pid"]
    with hold.held(space):
        assert json.loads(space.holder.read_text(encoding="utf-8"))["pid"] == os.getpid()
