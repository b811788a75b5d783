"""A process that has imported the libraries, and forks one child for each run.

Started by `warm`, never by hand. It has a single thread, so that a fork cannot copy a lock that is
held. Its only input is the line to the controller: a byte with five file descriptors asks for a
run, and the line's end means that the controller is gone. Each run has a line of its own, on which
the server tells how the child ended; the controller's closing of it is the order to kill.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
import warnings
from io import BytesIO

from ntm_eval.running.wire import INTERRUPT, RUN

# the run's own line, requests, answers, standard output, standard error
DESCRIPTORS = 5
# What the notebooks use, and what a kernel and a first figure import on their own.
# `matplotlib_inline.backend_inline` must stay out: it hooks itself to the shell that is there when
# it is imported, and here is none, so that every figure would vanish without a word.
STACK = (
    "ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.eventloops", "IPython.core.completer",
    "IPython.core.debugger", "IPython.core.pylabtools", "IPython.extensions.storemagic", "psutil",
    "tornado.platform.asyncio", "nbformat.v4", "encodings.cp437", "encodings.utf_8_sig",
    "matplotlib.pyplot", "matplotlib.backends.backend_agg", "PIL.PngImagePlugin", "seaborn",
    "scipy.stats", "statsmodels.stats.multitest", "statsmodels.stats.proportion",
    "statsmodels.regression.linear_model", "statsmodels.genmod.generalized_linear_model",
    "pyarrow.parquet", "pyarrow.dataset", "pyarrow.pandas_compat",
    "pandas.core.arrays.arrow.extension_types", "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape", "pandas.io.formats.csvs", "pandas.io.formats.html",
    "pandas.io.formats.string", "pandera.accessors.pandas_accessor",
    "pandera.backends.pandas.register", "pandera.backends.pandas.builtin_hypotheses",
    "pandera.strategies.pandas_strategies",
    "ntm_eval.review", "ntm_eval.analysis.province", "ntm_eval.reporting.charts",
    "ntm_eval.reporting.grids", "ntm_eval.reporting.plans", "ntm_eval.reporting.site",
    "ntm_eval.reporting.tables",
)  # fmt: skip
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until the controller is gone. Standard input is the line to it."""
    controller = socket.socket(fileno=os.dup(0))
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    _warm_up()
    woken, alarm = os.pipe()
    os.set_blocking(alarm, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    runs: dict[int, socket.socket] = {}
    while True:
        ready, _, _ = select.select([controller, woken, *runs.values()], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _tell_ends(runs)
        for pid, line in list(runs.items()):
            if line in ready and not _obey(pid, line):
                runs.pop(pid).close()
        if controller in ready:
            _, fds, _, _ = socket.recv_fds(controller, 1, DESCRIPTORS, socket.MSG_CMSG_CLOEXEC)
            if len(fds) < DESCRIPTORS:
                break
            line = socket.socket(fileno=fds[0])
            with warnings.catch_warnings():
                # Python 3.12 warns of a fork beside threads: pyarrow's allocator has one, which
                # a thousand forks have not disturbed
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
            if pid == 0:
                for kept in (controller, *runs.values()):
                    kept.close()
                os.close(woken)
                os.close(alarm)
                _run(line, *fds[1:])
            for fd in fds[1:]:
                os.close(fd)
            runs[pid] = line
            with contextlib.suppress(ConnectionError):
                controller.sendall(RUN)
    for pid in runs:
        _signal(pid, signal.SIGKILL)
    os._exit(0)  # the libraries have nothing to say goodbye to


def _warm_up() -> None:
    """Do once what every run would do again."""
    # read by matplotlib when it is imported; a kernel sets the same before its first cell
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    for name in STACK:
        importlib.import_module(name)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    figure.add_subplot().set(title="Ấm", xlabel="x")
    FigureCanvasAgg(figure).print_png(BytesIO())  # finds and opens the fonts
    # A collection in a run would visit, and so copy, all that the run shares with the server:
    # 0.2 s every few runs.
    gc.collect()
    gc.freeze()


def _tell_ends(runs: dict[int, socket.socket]) -> None:
    """Reap the children that have ended, with all that they left running."""
    while True:
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None:
            return
        # before the reaping: until then no other process can have been given its number
        _signal(ended.si_pid, signal.SIGKILL)
        _, status = os.waitpid(ended.si_pid, 0)
        if line := runs.pop(ended.si_pid, None):
            # a controller that has closed its end does not ask any more
            with line, contextlib.suppress(ConnectionError):
                line.sendall(b"%d" % os.waitstatus_to_exitcode(status))


def _obey(pid: int, line: socket.socket) -> bool:
    """Do what the controller wants of a run; False once it wants nothing more."""
    try:
        order = line.recv(1)
    except ConnectionError:
        order = b""
    _signal(pid, signal.SIGINT if order == INTERRUPT else signal.SIGKILL)
    return order == INTERRUPT


def _signal(pid: int, number: int) -> None:
    """To a child and all that it started; to itself alone before it has a group of its own."""
    for send in (os.killpg, os.kill):
        try:
            send(pid, number)
            return
        except ProcessLookupError:
            pass


def _run(line: socket.socket, *fds: int) -> None:
    """Be the child: a run, then the end. Never returns into the server's code."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()  # so that the run and all that it starts can be killed together
        if sys.platform == "linux":
            # a server that is killed cannot kill its children any more
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        from ntm_eval.running import child

        child.main(line, *fds)
        status = 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
        sys.__stderr__.flush()
    finally:
        os._exit(status)  # skips the exit handlers, which the child has run itself
