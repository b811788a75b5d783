"""A process that has imported the libraries, and forks one child for each run; how to ask it.

It has a single thread, so that a fork cannot copy a lock that is held. Its only input is the line
to the controller: a byte with three file descriptors asks for a child, and the line's end means
that the controller is gone. Each child has a line of its own to the controller. One for calls may
be forked while the rest is still loading, which inputs can be read without.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
import warnings
import weakref
from collections import deque
from collections.abc import Iterator
from io import BytesIO
from multiprocessing.connection import Connection

from ntm_eval.workspace import REFERENCE, AnalystError

NOT_STARTED = "Kernel died before replying to kernel_info"  # jupyter_client's words
# The server must not import from the folder where it happens to be started.
START = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "from ntm_eval.running import server; server.main()"
)
SERVER_ONLY = {
    # one thread for linear algebra: others would not survive the fork, and runs go side by side
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # ipykernel imports its debugger, which would warn that it may miss breakpoints
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
# Read once by Python, matplotlib or `workspace`: a server is as good as its values of these, and
# as the reference tables that it has read.
READ_ONCE = ("PYTHON", "MPL", "MATPLOTLIB", "LC_", "LANG", "NTM_EVAL")
# What the notebooks use, and what a kernel and a first figure import on their own.
# `matplotlib_inline.backend_inline` must stay out: it hooks itself to the shell that is there when
# it is imported, and here is none, so that every figure would vanish without a word.
STACK = (
    "ipykernel.kernelapp", "ipykernel.debugger", "ipykernel.eventloops", "IPython.core.completer",
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.logger",
    "IPython.core.oinspect", "IPython.core.pylabtools", "IPython.extensions.storemagic",
    "IPython.utils.wildcard", "faulthandler", "psutil", "sqlite3", "tornado.platform.asyncio",
    "nbformat.v4", "encodings.cp437", "encodings.utf_8_sig", "matplotlib.pyplot",
    "matplotlib.backends.backend_agg", "PIL.PngImagePlugin", "seaborn", "scipy.stats",
    "statsmodels.stats.multitest", "statsmodels.stats.proportion",
    "statsmodels.regression.linear_model", "statsmodels.genmod.generalized_linear_model",
    "pyarrow.parquet", "pyarrow.dataset", "pyarrow.pandas_compat",
    "pandas.core.arrays.arrow.extension_types", "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape", "pandas.io.formats.csvs", "pandas.io.formats.html",
    "pandas.io.formats.string", "pandera.accessors.pandas_accessor",
    "pandera.backends.pandas.register", "pandera.backends.pandas.builtin_hypotheses",
    "pandera.strategies.pandas_strategies", "ntm_eval.intake.letters",
    "ntm_eval.documents.save", "ntm_eval.running.child",
)  # fmt: skip
RUN, CALLS = b"r", b"c"  # what a child is for
PR_SET_PDEATHSIG = 1
_lock = threading.Lock()
_server: Server | None = None


def fork(printed: list[int], kind: bytes = RUN) -> tuple[Connection, int]:
    """A new child that prints to the two files: the line to it, and its process.

    One for calls may come before all libraries are loaded.

    The server is started by the first call, and again where it was killed or where the environment
    or the reference tables would have made it another one. It ends when its line does, whatever the
    reason.
    """
    for _ in range(2):
        asked = current()
        ours, theirs = socket.socketpair()
        line = Connection(ours.detach())
        with _lock:  # another thread may be counting them
            asked.lent.add(line)
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(asked.line, [kind], [theirs.fileno(), *printed])
        try:
            return line, line.recv()
        except (EOFError, OSError):  # the server turns out to be dead
            line.close()
        with _lock:
            if _server is asked:
                _close_server()
    raise RuntimeError(NOT_STARTED)


def current(says: int | None = None) -> Server:
    """The server, started where there is none, or where it would be another one and has no work.

    What it and its children say outside of cells goes to the file `says`, else to standard error.
    """
    global _server
    with _lock:
        if _server is None or not (_server.is_busy or _server.made_from == _read_once()):
            _close_server()
            _server = Server(says)
        return _server


def helper() -> Connection:
    """The line to a child that answers calls: one that waits for the next, else a new one."""
    waiting = current().waiting
    while True:
        try:
            line = waiting.pop()  # at once: threads call
        except IndexError:
            break
        if not line.poll():  # nothing to read: not even its end
            return line
        line.close()
    with open(os.devnull, "w") as nothing:
        return fork([nothing.fileno()] * 2, CALLS)[0]


def wait_again(line: Connection) -> None:
    """Take a helper back for the next call."""
    _server.waiting.append(line) if _server else line.close()


def send_home() -> None:
    """Let all waiting helpers end."""
    while _server and _server.waiting:
        _server.waiting.pop().close()


class Server:
    """The warm process of this controller, and the lines to its children that wait for calls."""

    def __init__(self, says: int | None) -> None:
        self.made_from = _read_once()
        self.lent: weakref.WeakSet[Connection] = weakref.WeakSet()
        self.waiting: list[Connection] = []
        self.line, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", START],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=says,
                env=os.environ | SERVER_ONLY,
                start_new_session=True,  # Ctrl-C is the controller's business
            )

    @property
    def is_busy(self) -> bool:
        """Whether a child is at work, which would not outlive the server."""
        return sum(not line.closed for line in self.lent) > len(self.waiting)


def _read_once() -> dict[str, str]:
    found = {name: value for name, value in os.environ.items() if name.startswith(READ_ONCE)}
    for path in REFERENCE.glob("*.csv"):
        with contextlib.suppress(FileNotFoundError):  # Excel saves it just now
            about = path.stat()
            found[str(path)] = f"{about.st_mtime_ns} {about.st_size}"
    return found


@atexit.register
def _close_server() -> None:
    global _server
    send_home()
    if _server:
        _server.line.close()
        _server.process.terminate()  # one that still loads does not look at its line
        _server.process.wait()
        _server = None


def _forget_server() -> None:
    """In a forked copy of the controller: the server stays the original's.

    A copied line would keep the server alive after its controller.
    """
    global _server, _lock
    _lock = threading.Lock()
    send_home()
    if _server:
        _server.line.close()
        _server.process.returncode = 0  # not our child
        _server = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_server)


def main() -> None:
    """Be the server, until the controller is gone. Standard input is the line to it."""
    controller = socket.socket(fileno=os.dup(0))
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    loading = _warm_up()
    next(loading)
    woken, alarm = os.pipe()
    os.set_blocking(alarm, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    asked = controller.fileno()
    runs: dict[int, socket.socket] = {}  # by process: the child's end of its line
    loaded = False
    while True:
        loaded = loaded or next(loading, True)
        ready, _, _ = select.select([asked, woken], [], [], None if loaded else 0)
        if woken in ready:
            os.read(woken, 4096)
            _tell_ends(runs)
        if asked in ready:
            kind, fds, *_ = socket.recv_fds(controller, 1, 3, socket.MSG_CMSG_CLOEXEC)
            if not fds:
                break
            if kind == RUN:
                deque(loading, 0)  # it gets all
            line = socket.socket(fileno=fds[0])
            with warnings.catch_warnings():
                # Python 3.12 warns of a fork beside threads: pyarrow's allocator has one, which
                # a thousand forks have not disturbed
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
            if pid == 0:
                for kept in (controller, *runs.values()):
                    kept.close()
                _run(line, fds[1:])
            runs[pid] = line
            for fd in fds[1:]:
                os.close(fd)
    for pid in runs:
        _kill(pid)
    os._exit(0)  # the libraries have nothing to say goodbye to


def _warm_up() -> Iterator[bool]:
    """Do once what every run would do again: step by step, the first for those who read inputs."""
    # all that is loaded stays; a sixth of the loading was the search for circles
    gc.disable()
    # of what pages make and let go, a tenth of their time went into looking for circles so often
    gc.set_threshold(50_000, 20, 100)
    # read by matplotlib when it is imported; a kernel sets the same before its first cell
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    from ntm_eval import kept, reference, units
    from ntm_eval.running import reads  # noqa: F401

    kept.rules()
    reference.warm_up()
    with contextlib.suppress(AnalystError):  # whoever needs a table that is wrong is told
        units.warm_up()
    gc.freeze()
    yield False
    from ntm_eval import reporting

    words = pkgutil.iter_modules(reporting.__path__, f"{reporting.__name__}.")
    for name in (*STACK, *(module.name for module in words)):
        importlib.import_module(name)
        yield False
    import nbformat
    from matplotlib import style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ntm_eval import characters
    from ntm_eval.reporting import site
    from ntm_eval.workspace import STYLE

    with style.context(STYLE):
        figure = Figure()
        figure.add_subplot().set(title="Ấm", xlabel="x")
        figure.suptitle("Ấm", weight="bold")
        FigureCanvasAgg(figure).print_png(BytesIO())  # finds and opens the fonts
    characters.fonts()  # only listed: typst sets pages with threads, which no fork survives
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Ấm")])
    # reads the templates of a page; where nbconvert lacks its own, only who makes pages is told
    with contextlib.suppress(ValueError):
        site.page(empty, title="", crumbs=(), files=(), illustrative=True, data=str)
    # A collection in a run would visit, and so copy, all that the run shares with the server:
    # 0.2 s every few runs.
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # from here on the line's end is the sign to end


def _tell_ends(runs: dict[int, socket.socket]) -> None:
    """Reap the children that have ended, with all that they left running."""
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            # before the reaping: until then no other process can have been given its number
            _kill(ended.si_pid)
            with runs.pop(ended.si_pid) as line:
                # closing is not enough: what the child forked and let go may hold the line too
                line.shutdown(socket.SHUT_RDWR)
            os.waitpid(ended.si_pid, 0)


def _kill(pid: int) -> None:
    """A child and all that it started; itself alone before it has a group of its own."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            return kill(pid, signal.SIGKILL)
    return None


def _run(line: socket.socket, printed: list[int]) -> None:
    """Be the child: a run, then the end. Never returns into the server's code."""
    status = 1
    try:
        gc.enable()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()  # so that the run and all that it starts can be killed together
        # a server that is killed cannot kill its children any more
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        from ntm_eval.running import child

        child.main(Connection(line.detach()), printed)
        status = 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    except BaseException:
        os.write(2, traceback.format_exc().encode(errors="backslashreplace"))
    finally:
        os._exit(status)  # skips the exit handlers, which the child has run itself
