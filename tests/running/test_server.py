"""The server lives as long as its controller, and no run outlives either."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hard import run, said, write
from test_child import gone

from ntm_eval.running import server

PARENT = "import os; print(os.getppid())"
# A controller of its own: runs the notebook given as its argument.
CONTROLLER = """
import os, sys, papermill
papermill.execute_notebook(sys.argv[1], sys.argv[1] + ".out.ipynb", engine_name="warm")
os._exit(0)
"""


def server_of(folder: Path) -> int:
    return int(said(run(write(folder, "parent", [PARENT]), "warm")))


def numbers(path: Path, seconds: float = 60) -> list[int]:
    """The numbers of processes that a cell wrote to a file, once they are there."""
    end = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.05)
    return [int(number) for number in path.read_text(encoding="utf-8").split()]


@pytest.fixture
def endless(tmp_path) -> Path:
    """A notebook that tells its process and the server, and then sleeps."""
    cell = (
        "import os, pathlib, time\n"
        "pathlib.Path('draft').write_text(f'{os.getpid()} {os.getppid()}')\n"
        "os.replace('draft', 'pids'); time.sleep(300)"
    )
    return write(tmp_path, "endless", [cell])


def controller(source: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", CONTROLLER, source], cwd=source.parent, stderr=subprocess.PIPE
    )


def test_a_server_started_ahead_says_all_to_the_log_and_one_that_still_loads_ends_at_once(tmp_path):
    ahead = """
import os, pathlib, sys
from ntm_eval.running import server, warm
warm.start(pathlib.Path(sys.argv[1]))
if sys.argv[2] == "used":
    with open(os.devnull) as nothing:
        server.fork([nothing.fileno()] * 2)
process = server._server.process
server._close_server()
print(process.returncode)
"""
    ends = {}
    for how in ("used", "refused"):
        log = tmp_path / how / "log.txt"
        ended = subprocess.run(
            [sys.executable, "-c", ahead, log, how], capture_output=True, text=True,
            # has Python tell of each import on standard error
            env=os.environ | {"PYTHONPROFILEIMPORTTIME": "1"},
        )  # fmt: skip
        ends[how] = int(ended.stdout)
        assert ("nbconvert" in log.read_text()) == (how == "used")
        assert "nbconvert" not in ended.stderr
    assert ends == {"used": 0, "refused": -signal.SIGTERM}


def test_a_call_is_answered_while_the_server_loads_and_a_run_finds_all_loaded():
    early = """
import os
from ntm_eval.running import server, warm
drawing = "'seaborn' in __import__('sys').modules"
print(warm.call(eval, drawing))
with open(os.devnull) as nothing:
    line, _ = server.fork([nothing.fileno()] * 2)
line.send((dict(os.environ), os.getcwd(), (eval, (drawing,))))
print(*line.recv())
warm.forget()
print(warm.call(eval, drawing))
"""
    ended = subprocess.run([sys.executable, "-c", early], capture_output=True, text=True)
    assert ended.stdout.split() == ["False", "True", "None", "True"]


def test_one_server_serves_all_runs_of_a_controller(tmp_path):
    assert len({server_of(tmp_path) for _ in range(3)}) == 1


def test_a_reference_table_that_changes_makes_another_server_when_nothing_runs(
    tmp_path, monkeypatch
):
    table = tmp_path / "reference" / "grades.csv"
    table.parent.mkdir()
    table.write_text("grade\n", encoding="utf-8")
    monkeypatch.setattr(server, "REFERENCE", table.parent)
    first, same = server_of(tmp_path), server_of(tmp_path)
    with open(os.devnull) as nothing:
        running, _ = server.fork([nothing.fileno()] * 2)
    table.write_text("grade\nxuất sắc\n", encoding="utf-8")
    kept = server_of(tmp_path)
    running.close()
    assert first == same == kept != server_of(tmp_path)


def test_a_server_that_lacks_the_templates_of_pages_runs_notebooks(tmp_path, monkeypatch):
    code = "from jupyter_core import paths\npaths.ENV_JUPYTER_PATH = paths.SYSTEM_JUPYTER_PATH = []"
    (tmp_path / "sitecustomize.py").write_text(code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    look = "from jupyter_core.paths import jupyter_path; print(jupyter_path('nbconvert'))"
    assert said(run(write(tmp_path, "look", [look]), "warm")) == f"{[f'{tmp_path}/nbconvert']}\n"


def test_a_killed_server_is_started_anew(tmp_path):
    first = server_of(tmp_path)
    os.kill(first, signal.SIGKILL)
    assert server_of(tmp_path) != first


def test_a_server_killed_in_a_run_takes_the_run_along(tmp_path):
    cell = "import os, signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(300)"
    outcome = run(write(tmp_path, "kills the server", [cell]), "warm")
    assert outcome.error == "nbclient.exceptions.DeadKernelError: Kernel died"
    assert server_of(tmp_path) > 0


def test_a_forked_controller_has_a_server_of_its_own(tmp_path):
    mine = server_of(tmp_path)
    context = multiprocessing.get_context("fork")
    with context.Pool(1) as pool:
        its = pool.apply(server_of, (tmp_path,))
    assert its != mine
    assert server_of(tmp_path) == mine


def test_the_server_ends_with_a_controller_that_says_no_goodbye(tmp_path):
    cell = "import os, pathlib\npathlib.Path('pids').write_text(str(os.getppid()))"
    with controller(write(tmp_path, "short", [cell])) as process:
        process.communicate()
    assert process.returncode == 0
    assert gone(*numbers(tmp_path / "pids"))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_controller_that_is_killed(endless, number):
    with controller(endless) as process:
        pids = numbers(endless.with_name("pids"))
        process.send_signal(number)
        process.communicate()
    assert all(gone(pid) for pid in pids)


def test_ctrl_c_stops_the_run_and_marks_where_it_was(endless):
    import nbformat

    with controller(endless) as process:
        pids = numbers(endless.with_name("pids"))
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
    assert process.returncode != 0, errors.decode()
    assert b"KeyboardInterrupt" in errors
    assert all(gone(pid) for pid in pids)
    left = nbformat.read(f"{endless}.out.ipynb", as_version=4)
    assert [output.ename for output in left.cells[-1].outputs] == ["KeyboardInterrupt"]
