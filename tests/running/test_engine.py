"""The engine `warm` leaves what papermill's stock engine leaves, and no page notices another."""

from __future__ import annotations

import ast
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from hard import DIE, NOTEBOOKS, SECONDS, run, said, write
from papermill.engines import NBClientEngine, papermill_engines

from ntm_eval.running import engine, kernels
from ntm_eval.workspace import NOTEBOOKS as PROJECT
from ntm_eval.workspace import AnalystError, year_and_period

DISTRICT = {"district": "sop-cop"}
OURS = {
    "02_trends": DISTRICT,
    "04_evaluation": DISTRICT,
    "05_annual_review": {},
    "03_satisfaction": DISTRICT,
    "01_clean": DISTRICT,
}
# what a page shows, and one of each way in which a page and its kernel end; the others at night
DAILY = (
    "shell",
    "shows",
    "draws",
    "widgets",
    "skips",
    "loops",
    "kills itself",
)
# what our own pages change, which is put back
CHANGED = """
import os, random, warnings
import matplotlib.pyplot as plt, numpy as np
secret = 1
random.seed(0); np.random.seed(0); plt.figure(); os.chdir(".."); warnings.warn("cẩn thận")
"""
# what is not put back, by its name in the state that is compared
SPOILS = {
    "environment": "os.environ['SPOILT'] = '1'",
    "path": "sys.path.append('/spoilt')",
    "streams": "sys.stdout = open(os.devnull, 'w')",
    "locale": "locale.setlocale(locale.LC_ALL, 'C')",
    "warnings": "warnings.simplefilter('ignore')",
    "numpy": "np.seterr(all='raise')",
    "pandas": "pd.set_option('display.max_rows', 3)",
    "rcParams": "sns.set_theme()",
    "units": "mpl.units.registry[complex] = None",
    "colors": "mpl.colors.colorConverter.colors['b'] = 'k'",
    "figures": "plt.figure()",
    "inline": "shell.run_line_magic('config', 'InlineBackend.figure_formats = [\"svg\"]')",
    "printers": "shell.display_formatter.formatters['text/html'].for_type(int, str)",
    "digits": "shell.run_line_magic('precision', '2')",
    "hooks": "shell.events.register('pre_run_cell', lambda info: None)",
    "logging": "logging.root.setLevel(logging.DEBUG)",
    "signals": "signal.signal(signal.SIGUSR1, print)",
    "alarm": "signal.setitimer(signal.ITIMER_REAL, 999)",
    "threads": "threading.Thread(target=threading.Event().wait, daemon=True).start()",
    "tasks": "left = asyncio.create_task(asyncio.sleep(99))",
}
SPOIL = """
import asyncio, locale, logging, os, signal, sys, threading, warnings
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd, seaborn as sns
from ntm_eval.running.reset import _state
shell, printed, noticed = get_ipython(), sys.stdout, []
for name, spoil in {!r}.items():
    before = _state()
    exec(spoil)
    now = _state()
    noticed.append((name, name in [n for n in now if now[n] != before[n]]))
sys.stdout = printed
"""
LOOK = """
import locale, os, sys, warnings
import matplotlib as mpl, matplotlib.pyplot as plt, pandas as pd
from matplotlib.colors import to_hex
print(sorted(n for n in globals() if not n.startswith("_")), len(In), os.path.basename(os.getcwd()))
print([pd.get_option(f"display.max_{of}") for of in ("rows", "columns")])
print(plt.rcParams["figure.dpi"], plt.rcParams["axes.facecolor"])
print(plt.get_fignums(), complex in mpl.units.registry, to_hex("b"))
print("SPOILT" in os.environ, "/spoilt" in sys.path, locale.setlocale(locale.LC_ALL))
sys.stdout.flush()  # a busy machine may send the two streams in either order
warnings.warn("cẩn thận")
sys.stderr.flush()
plt.plot([1, 2])
"""
DRAW = "import random, numpy as np\nprint(random.random(), np.random.rand())"


def ours(nb) -> bool:
    """Stands for `is_ours`, so that any notebook runs in a kept kernel."""
    return True


def followed(source: Path, parameters: dict, how: dict) -> tuple:
    """What a notebook leaves that runs in a kept kernel, and the next page there."""
    engine.is_ours = ours
    own = run(source, "warm", parameters, **how)
    return own, run(source.with_name("look.ipynb"), "warm")


def outcomes(here: Path, jobs: list[tuple[Path, dict, dict]]) -> dict[str, tuple]:
    """Each notebook by name: by the stock engine, kept, the page after it, and that page alone."""
    look = write(here, "look", [LOOK])
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        runs = [pool.submit(run, source, None, own, **how) for source, own, how in jobs]
        first = pool.submit(run, look, None).result()
        stock = [each.result() for each in runs]
        shutil.rmtree(here / "out", ignore_errors=True)  # neither reads what the other has kept
        runs = [pool.submit(followed, *job) for job in jobs]
        kept = [each.result() for each in runs]
    names = [source.stem for source, *_ in jobs]
    return {n: (s, *k, first) for n, s, k in zip(names, stock, kept, strict=True)}


def hard(here: Path, names) -> list[tuple[Path, dict, dict]]:
    return [(write(here, n), {}, {"execution_timeout": SECONDS.get(n, 60)}) for n in names]


def of_project(here: Path, names) -> list[tuple[Path, dict, dict]]:
    given = {"year": 2022, "out": str(here / "out")}
    return [
        (
            Path(shutil.copy(PROJECT / f"{name}.ipynb", here)),
            OURS[name] | given,
            {"cwd": str(PROJECT)},
        )
        for name in names
    ]


# a test of all: their runs are made once, whichever process takes it
@pytest.mark.parametrize(
    ("jobs", "names"),
    [
        (hard, DAILY),
        pytest.param(hard, [n for n in NOTEBOOKS if n not in DAILY], marks=pytest.mark.slow),
        pytest.param(of_project, OURS, marks=pytest.mark.slow),
    ],
    ids=["hard", "harder", "ours"],
)
def test_notebooks_are_left_as_by_the_stock_engine_and_the_next_page_does_not_notice(
    tmp_path, jobs, names
):
    found = outcomes(tmp_path, jobs(tmp_path, names))
    assert list(found) == list(names)
    for name, (stock, kept, after, first) in found.items():
        if name in (*DIE, *SECONDS):  # a kernel that ends may take what it had not sent yet with it
            for last in (kept.cells[-1], stock.cells[-1]):
                last |= dict.fromkeys(("count", "timings", "outputs"))
        assert (name, kept) == (name, stock)
        assert (name, after) == (name, first)


@pytest.fixture
def kept(monkeypatch):
    """Any notebook counts as one of ours."""
    monkeypatch.setattr(engine, "is_ours", ours)


@pytest.fixture(autouse=True, scope="module")
def no_kernel_left():
    yield
    kernels.close()


def printed(folder: Path, *cells: str, **options) -> str:
    """What the last of the cells prints."""
    return said(run(write(folder, "cells", list(cells)), "warm", **options))


PROCESS = "import os; print(os.getpid())"


def test_a_page_finds_the_state_in_which_a_kernel_begins(tmp_path, kept, monkeypatch):
    monkeypatch.chdir(tmp_path)
    look = write(tmp_path, "look", [LOOK])
    before, kernel = run(look, "warm"), printed(tmp_path, PROCESS)
    assert run(write(tmp_path, "changes", [CHANGED]), "warm").error is None
    assert run(look, "warm") == before
    assert printed(tmp_path, PROCESS) == kernel
    noticed = ast.literal_eval(printed(tmp_path, SPOIL.format(SPOILS), "print(noticed)"))
    assert noticed == [(name, True) for name in SPOILS]
    assert run(look, "warm") == before
    assert printed(tmp_path, PROCESS) != kernel


def test_no_two_runs_draw_the_same_numbers(tmp_path, kept):
    draws = [printed(tmp_path, DRAW).split() for _ in range(3)]
    assert all(len(set(column)) == 3 for column in zip(*draws, strict=True))


SPOILT = ("raise ValueError", "import os; os.environ['SPOILT'] = '1'")


def test_a_kernel_that_cannot_be_put_back_is_replaced(tmp_path, kept):
    processes = []
    for cell in SPOILT:
        processes.append(printed(tmp_path, PROCESS))
        run(write(tmp_path, "spoils", [cell]), "warm")
    processes.append(printed(tmp_path, PROCESS))
    assert len(set(processes)) == len(processes)
    assert [p for p in processes if psutil.pid_exists(int(p))] == processes[-1:]


def test_a_kernel_is_replaced_after_its_last_page_or_where_it_has_grown(
    tmp_path, kept, monkeypatch
):
    monkeypatch.setattr(kernels, "USES", 2)
    kernels.close()
    first, second, third = (printed(tmp_path, PROCESS) for _ in range(3))
    assert first == second != third
    monkeypatch.setattr(kernels, "USES", 60)
    monkeypatch.setattr(kernels, "GROWTH", 20)
    run(write(tmp_path, "grows", ["import builtins; builtins.left = b'1' * (50 << 20)"]), "warm")
    assert printed(tmp_path, PROCESS) != third


def test_a_page_has_the_environment_of_its_time(tmp_path, kept, monkeypatch):
    look = "import os; print(os.environ.get('KỲ'))"
    monkeypatch.setenv("KỲ", "h1")
    assert printed(tmp_path, look) == "h1\n"
    monkeypatch.delenv("KỲ")
    assert printed(tmp_path, look) == "None\n"


def test_only_notebooks_as_shipped_are_known_as_ours():
    shipped = nbformat.read(PROJECT / "01_clean.ipynb", as_version=4)
    assert engine.is_ours(shipped)
    given = nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["injected-parameters"]})
    shipped.cells.insert(2, given)
    assert engine.is_ours(shipped)
    shipped.cells[-1].source += "  # đổi"
    assert not engine.is_ours(shipped)


def test_a_kernel_is_replaced_after_a_notebook_of_another_hand(tmp_path, kept, monkeypatch):
    monkeypatch.setattr(engine, "is_ours", lambda nb: False)
    kernel = printed(tmp_path, PROCESS, "import builtins; builtins.spoilt = True", PROCESS)
    monkeypatch.setattr(engine, "is_ours", ours)
    assert printed(tmp_path, PROCESS) != kernel
    assert not psutil.pid_exists(int(kernel))


@pytest.fixture
def stock_runs(monkeypatch):
    """Counts the notebooks that are handed to the stock engine, without running them."""
    runs = []
    monkeypatch.setattr(
        NBClientEngine, "execute_managed_notebook", lambda nb, name, **options: runs.append(name)
    )
    return runs


def test_a_kernel_of_another_kind_is_left_to_the_stock_engine(
    tmp_path, monkeypatch, stock_runs, kept
):
    folder = tmp_path / "kernels" / "other"
    folder.mkdir(parents=True)
    spec = {"argv": ["python", "-m", "other"], "display_name": "Other", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    run(write(tmp_path, "skips", []), "warm", kernel_name="other")
    assert stock_runs == ["other"]


def test_papermill_finds_the_engine_and_imports_nothing_heavy_for_it():
    assert papermill_engines.get_engine("warm") is engine.WarmEngine
    heavy = "import papermill, sys; print({'pandas', 'matplotlib', 'ipykernel'} & {*sys.modules})"
    ended = subprocess.run([sys.executable, "-c", heavy], capture_output=True, encoding="utf-8")
    assert ended.stdout == "set()\n"


@pytest.mark.parametrize("first", ["papermill", "ntm_eval.running.batch"])
def test_either_may_be_imported_first(first):
    line = f"import {first}, papermill; papermill.engines.papermill_engines.get_engine('warm')"
    ended = subprocess.run([sys.executable, "-c", line], capture_output=True, encoding="utf-8")
    assert (ended.returncode, ended.stderr) == (0, "")


def test_runs_side_by_side_have_kernels_and_folders_of_their_own(tmp_path, kept):
    both = threading.Barrier(2)
    folders = [tmp_path / str(number) for number in range(2)]
    for folder in folders:
        folder.mkdir()

    def where(folder: Path) -> str:
        source = write(folder, "where", ["import os; print(os.getpid(), os.getcwd())"])
        both.wait()
        return said(run(source, "warm", resources={"metadata": {"path": str(folder)}}))

    with ThreadPoolExecutor(2) as threads:
        found = [line.split() for line in threads.map(where, folders)]
    assert [folder for _, folder in found] == [str(folder) for folder in folders]
    assert len({process for process, _ in found}) == 2


def test_a_forked_controller_has_kernels_of_its_own(tmp_path, kept):
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("no fork here")
    mine = printed(tmp_path, PROCESS)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(printed, (tmp_path, PROCESS)) != mine
    assert printed(tmp_path, PROCESS) == mine


# calls


def test_a_call_returns_or_raises_what_the_function_does_in_a_pages_kernel(tmp_path, kept):
    assert int(printed(tmp_path, PROCESS)) == kernels.call(os.getpid) != os.getpid()
    assert kernels.call(divmod, 17, 5) == (3, 2)
    with pytest.raises(ZeroDivisionError):
        kernels.call(divmod, 1, 0)
    with pytest.raises(AnalystError, match="quý"):
        kernels.call(year_and_period, 2022, "quý")


def test_a_kernel_that_dies_in_a_call_is_told_in_words_and_replaced(kept):
    with pytest.raises(RuntimeError, match="Kernel died"):
        kernels.call(os.kill, 0, signal.SIGKILL)  # its own group
    assert kernels.call(divmod, 17, 5) == (3, 2)


# ends

# A controller of its own: runs the notebook given as its argument.
CONTROLLER = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored
import sys, papermill
from ntm_eval.running import engine
engine.is_ours = lambda nb: True
papermill.execute_notebook(sys.argv[1], sys.argv[1] + ".out.ipynb", engine_name="warm")
"""


@pytest.fixture
def endless(tmp_path) -> Path:
    """A notebook that says over a pipe which process it is, and then sleeps."""
    os.mkfifo(tmp_path / "pipe")
    cell = (
        "import os, time\nwith open('pipe', 'w') as pipe: print(os.getpid(), file=pipe)\n"
        "time.sleep(300)"
    )
    return write(tmp_path, "endless", [cell])


def running(source: Path) -> tuple[subprocess.Popen, psutil.Process]:
    """The controller, and its kernel once that is in the cell."""
    controller = subprocess.Popen(
        [sys.executable, "-c", CONTROLLER, source], cwd=source.parent, stderr=subprocess.PIPE
    )
    return controller, psutil.Process(int((source.parent / "pipe").read_text()))


def gone(kernel: psutil.Process) -> bool:
    return not psutil.wait_procs([kernel], timeout=30)[1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGTERM"])
def test_no_kernel_outlives_a_controller_that_is_killed(endless, number):
    controller, kernel = running(endless)
    with controller:
        controller.send_signal(getattr(signal, number))
        controller.communicate()
    assert gone(kernel)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_ctrl_c_stops_the_run_and_marks_where_it_was(endless):
    controller, kernel = running(endless)
    with controller:
        controller.send_signal(signal.SIGINT)
        _, errors = controller.communicate()
    assert controller.returncode != 0
    assert b"KeyboardInterrupt" in errors
    assert gone(kernel)
    left = nbformat.read(f"{endless}.out.ipynb", as_version=4)
    assert [output.ename for output in left.cells[-1].outputs] == ["KeyboardInterrupt"]
