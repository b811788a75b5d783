"""papermill's engine `warm`: each notebook runs in a child forked from a process that is warm.

    papermill IN OUT --engine warm
    papermill.execute_notebook(IN, OUT, engine_name="warm")

It is papermill's own engine and nbclient's own client, given another kernel: one that does not
start an interpreter, import the libraries and bind ports, but is forked from the `server`, with
namespace, random state, figures, working folder and environment of its own. Where a fork is not
available or not safe, the stock engine runs the notebook with a stock kernel.

papermill imports this module whenever it is imported itself, so it loads nothing heavy. A module
that is edited while the server lives is not seen by its runs: the server has imported it already.
"""

from __future__ import annotations

import atexit
import functools
import logging
import os
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

from ntm_eval.running.kernel import NOT_STARTED, Kernel
from ntm_eval.running.wire import RUN

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
# Read once by the interpreter or matplotlib: a server is as good as its values of these.
READ_ONCE = ("PYTHON", "MPL", "MATPLOTLIB", "LC_", "LANG")
log = logging.getLogger(__name__)
_lock = threading.Lock()
_server: Server | None = None


class WarmEngine:
    """What papermill asks of an engine.

    Not a subclass of papermill's: either module may be the first to import the other.
    """

    @staticmethod
    def execute_notebook(nb, kernel_name, **options):
        """Run a notebook; as `papermill.engines.NBClientEngine.execute_notebook`."""
        from papermill.engines import NBClientEngine

        own_kernel = {"km", "kernel_manager_class"} & options.keys()
        if own_kernel or not available() or not _is_this_python(kernel_name):
            return NBClientEngine.execute_notebook(nb, kernel_name, **options)

        class Managed(NBClientEngine):
            """The kernel ends as a stock one does: before the notebook is saved a last time."""

            @classmethod
            def execute_managed_notebook(cls, nb_man, kernel_name, **options):
                with Kernel(_fork) as kernel:
                    return super().execute_managed_notebook(
                        nb_man, kernel_name, km=kernel, **options
                    )

        return Managed.execute_notebook(nb, kernel_name, **options)

    @staticmethod
    def nb_kernel_name(nb, name=None):
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @staticmethod
    def nb_language(nb, language=None):
        from papermill.utils import nb_language

        return nb_language(nb, language)


@functools.cache  # says so once
def available() -> bool:
    """Whether notebooks run in forked children here, and not in stock kernels."""
    # macOS has fork, but its system libraries may not be used after it
    if hasattr(os, "fork") and sys.platform not in {"darwin", "emscripten", "wasi"}:
        return True
    log.warning("Máy này không chạy được sổ tay bằng cách nhân bản tiến trình; dùng papermill.")
    return False


def call(function: Callable, *arguments):
    """What `function` returns in a forked child that has the libraries loaded.

    Function, arguments and result are pickled; what it raises is raised here.

    Raises
    ------
    RuntimeError
        When the child died before it returned.
    """
    from nbclient.util import run_sync

    with Kernel(_fork) as child:
        child.begin(call=pickle.dumps((function, arguments)))
        try:
            result, error = pickle.loads(run_sync(child.shell_channel.receive)()[0])
        except EOFError:
            raise RuntimeError(f"Tiến trình chạy {function.__name__} dừng đột ngột.") from None
    if error:
        raise error
    return result


class Server:
    """The warm process of this controller. It ends when its line does, whatever the reason."""

    def __init__(self) -> None:
        self.environment = _read_once()
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", START],
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                env=os.environ | SERVER_ONLY,
                start_new_session=True,  # Ctrl-C is the controller's business
            )

    def fits(self) -> bool:
        """Whether it lives, and started in the environment of now."""
        return self._process.poll() is None and self.environment == _read_once()

    def fork(self, fds: list[int]) -> None:
        """Have a child forked; ConnectionError where the server turns out to be dead."""
        socket.send_fds(self._line, [RUN], fds)
        if not self._line.recv(1):
            raise ConnectionError

    def forget(self) -> None:
        """In a forked copy of the controller: the server stays the original's."""
        self._line.close()
        self._process.returncode = 0  # not our child

    def close(self) -> None:
        self._line.close()
        self._process.wait()


def _read_once() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(READ_ONCE)}


def _fork(fds: list[int]) -> None:
    """Ask the server for a child; start it first, or anew where it was killed."""
    global _server
    with _lock:
        for _ in range(2):
            if _server is None or not _server.fits():
                _close_server()
                _server = Server()
            try:
                return _server.fork(fds)
            except ConnectionError:
                _close_server()
        raise RuntimeError(NOT_STARTED)


@atexit.register
def _close_server() -> None:
    global _server
    if _server is not None:
        _server.close()
        _server = None


def _forget_server() -> None:
    global _server, _lock
    _lock = threading.Lock()
    if _server is not None:
        _server.forget()
        _server = None


if hasattr(os, "register_at_fork"):
    # A copied line would keep the server alive after its controller, and mix two runs' requests.
    os.register_at_fork(after_in_child=_forget_server)


def _is_this_python(kernel_name: str) -> bool:
    """Whether the kernel of this name would be a stock one, of the Python that runs here."""
    from jupyter_client.kernelspec import NoSuchKernel, get_kernel_spec

    try:
        spec = get_kernel_spec(kernel_name)
    except NoSuchKernel:
        return False  # the stock engine says so
    python, *arguments = spec.argv
    major, minor = sys.version_info[:2]
    # the names that jupyter_client takes for the Python that it runs in
    here = {"python", f"python{major}", f"python{major}.{minor}", sys.executable}
    stock = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    wants = spec.env or spec.metadata.get("kernel_provisioner")
    return python in here and arguments == stock and not wants
