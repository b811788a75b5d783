"""Each run is alone: nothing of the run before, and everything of the place it is started in."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil
import pytest
from hard import run, said, write

SPOIL = """
import builtins, os, random, sys
import matplotlib.pyplot as plt, numpy as np, pandas as pd
from ntm_eval.workspace import ROOT
import ntm_eval.units as units
builtins.spoilt = secret = units.spoilt = True
random.seed(0); np.random.seed(0); pd.set_option("display.max_rows", 3)
plt.rcParams["figure.dpi"] = 33; plt.figure(); pd.DataFrame.spoilt = True
os.chdir("/"); os.environ["SPOILT"] = "1"; sys.path.append("/spoilt")
"""
LOOK = """
import builtins, os, sys
import matplotlib.pyplot as plt, pandas as pd
import ntm_eval.units as units
print("secret" in globals(), hasattr(builtins, "spoilt"), hasattr(units, "spoilt"))
print(pd.get_option("display.max_rows"), plt.rcParams["figure.dpi"], plt.get_fignums())
print(hasattr(pd.DataFrame, "spoilt"))
print(os.getcwd(), "SPOILT" in os.environ, "/spoilt" in sys.path)
"""
DRAW = "import random, numpy as np\nprint(random.random(), np.random.rand(), os.getpid())"


def printed(folder: Path, *cells: str, **options) -> str:
    """What the last of the cells prints in a run of its own."""
    return said(run(write(folder, "cells", list(cells)), "warm", **options))


def gone(pid: int, seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not psutil.pid_exists(pid):
            return True
        time.sleep(0.02)
    return False


def test_nothing_of_one_run_is_there_in_the_next(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = printed(tmp_path, LOOK)
    assert before.startswith("False False False\n60 100.0 []\nFalse\n")
    assert before.endswith(f"{tmp_path} False False\n")
    spoilt = printed(tmp_path, SPOIL, LOOK)
    assert spoilt.splitlines() == ["True True True", "3 33.0 []", "True", "/ True True"]
    assert printed(tmp_path, LOOK) == before


def test_no_two_runs_draw_the_same_numbers(tmp_path):
    draws = [printed(tmp_path, "import os", DRAW).split() for _ in range(3)]
    assert all(len(set(column)) == 3 for column in zip(*draws, strict=True))


def test_a_run_has_the_folder_and_the_environment_of_its_time(tmp_path, monkeypatch):
    look = (
        "import os; print(os.getcwd(), os.environ.get('A_WORD'), 'OMP_NUM_THREADS' in os.environ)"
    )
    for word in ("một", "hai"):
        here = tmp_path / word
        here.mkdir()
        monkeypatch.setenv("A_WORD", word)
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
        monkeypatch.chdir(here)
        assert printed(tmp_path, look) == f"{here} {word} False\n"
    assert printed(tmp_path, look, cwd=str(tmp_path)).startswith(f"{tmp_path} hai")


def test_a_backend_named_in_the_environment_is_used(tmp_path, monkeypatch):
    look = "import matplotlib.pyplot as plt; plt.plot([1]); print(plt.get_backend())"
    assert "matplotlib_inline" in printed(tmp_path, look)
    monkeypatch.setenv("MPLBACKEND", "svg")
    assert printed(tmp_path, look) == "svg\n"


def test_a_path_to_modules_set_after_the_first_run_counts(tmp_path, monkeypatch):
    printed(tmp_path, "print()")
    (tmp_path / "late_module.py").write_text("WORD = 'found'\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert printed(tmp_path, "import late_module; print(late_module.WORD)") == "found\n"


def test_a_module_beside_the_notebook_does_not_hide_one_of_the_server(tmp_path, monkeypatch):
    (tmp_path / "pandas.py").write_text("raise SystemExit\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHON_A_NEW_SERVER", "1")
    assert printed(tmp_path, "import pandas; print(pandas.DataFrame.__name__)") == "DataFrame\n"


def test_exit_handlers_run_and_open_files_are_written(tmp_path):
    cell = """
import atexit, pathlib, threading, time
atexit.register(pathlib.Path("handled").touch)
kept = open("written", "w"); kept.write("all")
threading.Thread(target=lambda: (time.sleep(0.3), pathlib.Path("waited").touch())).start()
"""
    printed(tmp_path, cell, cwd=str(tmp_path))
    assert (tmp_path / "handled").exists()
    assert (tmp_path / "waited").exists()
    assert (tmp_path / "written").read_text(encoding="utf-8") == "all"


def test_a_file_that_closes_itself_is_written_even_in_a_circle_of_objects(tmp_path):
    cell = """
class Book:
    def __init__(self):
        self.pages, self.file = [self], open("written", "w")
    def __del__(self):
        self.file.write("all"); self.file.close()
Book() and None
"""
    printed(tmp_path, cell, cwd=str(tmp_path))
    assert (tmp_path / "written").read_text(encoding="utf-8") == "all"


@pytest.mark.parametrize("how", ["", ", start_new_session=False, stdout=subprocess.DEVNULL"])
def test_what_a_run_left_running_is_killed(tmp_path, how):
    cell = f"import subprocess; print(subprocess.Popen(['sleep', '300']{how}).pid)"
    assert gone(int(printed(tmp_path, cell)))


def test_a_daemon_that_outlives_its_kernel_does_not_hide_the_death(tmp_path):
    cell = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    time.sleep(8)
    os._exit(0)
os.kill(os.getpid(), signal.SIGKILL)
"""
    started = time.monotonic()
    outcome = run(write(tmp_path, "daemon", [cell]), "warm")
    assert outcome.error == "nbclient.exceptions.DeadKernelError: Kernel died"
    assert time.monotonic() - started < 6


def test_after_forty_runs_nothing_has_grown(tmp_path):
    source = write(tmp_path, "grows", ["import os; kept = bytes(50_000_000); print(os.getppid())"])

    def measure() -> tuple[int, int, int]:
        server = psutil.Process(int(said(run(source, "warm"))))
        return server.memory_info().rss, server.num_fds(), len(os.listdir("/proc/self/fd"))

    first = [measure() for _ in range(5)][-1]
    last = [measure() for _ in range(35)][-1]
    assert last[0] - first[0] < 3_000_000
    assert abs(last[1] - first[1]) <= 1  # the line of the last run may not be closed yet
    assert last[2] == first[2]
