"""A batch that was killed goes on where it was, and ends as one that nothing disturbed."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import tiny
from test_fresh import execute

from ntm_eval import cli
from ntm_eval.running import command, kernels, manifest, page
from ntm_eval.workspace import SAMPLE, AnalystError

SLUGS = ("sop-cop", "van-ho")


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
        "a page is made": lambda: any(e.state == "done" for e in manifest.entries(space).values()),
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


@pytest.mark.slow
def test_a_disk_that_is_full_for_the_manifest_loses_nothing_once_there_is_room(root, monkeypatch):
    write, written = manifest.write, []

    def until_full(space, entries, **about):
        written.append(about.get("complete"))
        if len(written) in range(3, 6) or (about.get("complete") and len(written) < 20):
            raise AnalystError("đĩa đã đầy")  # as `write_beside` says it
        write(space, entries, **about)

    with monkeypatch.context() as patch:
        patch.setattr(manifest, "write", until_full)
        with pytest.raises(AnalystError, match="đĩa đã đầy"):
            tiny.run(root, SLUGS, jobs=1)
    assert len(written) > 6  # full after the first pages, and again at the end
    again = tiny.run(root, SLUGS, jobs=1)
    assert (again.unchanged, again.failed) == (5, [])
    disturbed = tiny.content(root)
    tiny.run(root, SLUGS, jobs=1, anew=True)
    assert tiny.content(root) == disturbed


def test_a_disk_that_is_full_for_a_page_fails_the_page_and_the_next_run_makes_it(root, monkeypatch):
    call = kernels.call

    def full_for_pages(function, *arguments):
        return full() if function is page.publish else call(function, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(kernels, "call", full_for_pages)
        stopped = tiny.run(root, SLUGS, jobs=1)
    assert {e.state for e in stopped.entries if e.district} == {"failed", "skipped"}
    assert "đĩa đã đầy khi ghi bao cao.html" in stopped.failed[0].error
    assert not list(tiny.space(root).review.glob("districts/*/*"))
    again = tiny.run(root, SLUGS, jobs=1)
    assert (again.unchanged, again.failed) == (0, [])
    assert manifest.verify(tiny.space(root).review) == []


def test_a_full_disk_is_a_letter(monkeypatch, capsys):
    monkeypatch.setattr(command, "review", full)
    asked = ["review", "--year", "2022", "--data", str(SAMPLE)]
    monkeypatch.setattr(sys, "argv", ["ntm-eval", *asked])
    monkeypatch.setattr(sys, "stdout", open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    monkeypatch.setattr(sys, "stderr", open(os.devnull, "w+", encoding="utf-8"))  # noqa: SIM115
    said = []
    monkeypatch.setattr(cli.typer, "echo", lambda text, err=False: said.append(text))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "đĩa đã đầy khi ghi bao cao.html" in said[0]


# one batch at a time


def test_a_second_batch_is_told_who_holds_the_folder(root, monkeypatch):
    space = tiny.space(root)
    write = manifest.write
    refused = []

    def second(*arguments, **about):
        if not refused and manifest.read(space.review):
            with pytest.raises(AnalystError) as stop:
                tiny.run(root, SLUGS, jobs=1)
            refused.append(str(stop.value))
            assert manifest.at_work(space) in refused[0]
        return write(*arguments, **about)

    assert manifest.at_work(space) is None
    monkeypatch.setattr(manifest, "write", second)
    assert not tiny.run(root, SLUGS, jobs=1).failed
    for part in (str(os.getpid()), socket.gethostname(), "từ ", str(space.review)):
        assert part in refused[0]
    assert manifest.at_work(space) is None
    assert "running" not in manifest.read(space.review)


def test_a_holder_that_was_killed_holds_no_more(root):
    space = tiny.space(root)
    code = (
        "import sys, os, signal, tiny, ntm_eval.running.manifest as m\nfrom pathlib import Path\n"
    )
    code += "with m.held(tiny.space(Path(sys.argv[1]))): os.kill(os.getpid(), signal.SIGKILL)"
    tests = str(Path(tiny.__file__).parent)
    subprocess.run([sys.executable, "-c", code, root], env=os.environ | {"PYTHONPATH": tests})
    assert manifest.at_work(space) is None
    with manifest.held(space):
        assert manifest.at_work(space) is not None


# stopped by hand


@pytest.mark.skipif(os.name == "nt", reason="Windows không có SIGTERM")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_stopped_says_where_and_how_to_go_on(tmp_path, number):
    space = tiny.space(tmp_path)
    tiny.send(tmp_path, "sop-cop", 111)
    # a shell that runs the tests in the background has Ctrl-C ignored
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from ntm_eval import cli; cli.main()"
    temporary = tmp_path / "tạm"
    temporary.mkdir()
    arguments = ["review", "--year", "2022", "--data", space.data, "--out", space.out, "--jobs", 1]
    running = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments), "--district", "sop-cop"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"TMPDIR": str(temporary)},
    )
    assert running.stdout.readline().startswith("[1/5] sop-cop, 01_clean: xong")
    family = psutil.Process(running.pid).children(recursive=True)
    running.send_signal(number)
    said, _ = running.communicate()
    assert running.returncode == 130
    assert said.splitlines()[-1].startswith("Đã dừng sau 1 trên 5 trang. Chạy lại đúng lệnh này")
    assert psutil.wait_procs(family, timeout=60)[1] == []
    assert manifest.at_work(space) is None
    assert list(temporary.iterdir()) == []
