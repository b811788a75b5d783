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

import asyncio
import atexit
import codecs
import contextlib
import functools
import logging
import os
import pickle
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import Empty

from ntm_eval.running.server import GOODBYE, INTERRUPT, RUN, Wire, readable

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
FLUSH = 0.2  # seconds between looks at what a long cell has printed, as in ipykernel
NOT_STARTED = "Kernel died before replying to kernel_info"  # jupyter_client's words
GRACE = 5.0  # seconds for exit handlers, as in jupyter_client
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
                with Kernel() as kernel:
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

    with Kernel() as child:
        child.begin(call=(function, arguments))
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
        socket.send_fds(self._line, [RUN], fds)

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


class Kernel:
    """A forked child, as nbclient wants its kernel manager and its kernel client."""

    ipykernel = True  # nbclient then asks for a history in memory
    has_kernel = False

    def __init__(self) -> None:
        from jupyter_client.session import Session

        self.session = Session()
        self._line, line = socket.socketpair()
        requests, their_requests = socket.socketpair()
        answers, their_answers = socket.socketpair()
        files = [_appended() for _ in ("stdout", "stderr")]
        self._ours = [self._line, requests, answers, *files]
        theirs = [line, their_requests, their_answers]
        self.iopub_channel = Answers(answers, self.session, [file.fileno() for file in files])
        self.shell_channel = Requests(requests, self.session, self.iopub_channel)
        try:
            _fork([end.fileno() for end in (*theirs, *files)])
        finally:
            for end in theirs:
                end.close()

    def __enter__(self) -> Kernel:
        return self

    def __exit__(self, failed: type | None, *_: object) -> None:
        from nbclient.util import run_sync

        try:
            if self.has_kernel and self.is_alive():
                run_sync(self._dismiss)(interrupt=failed is not None)
        finally:
            for end in self._ours:  # with the line's end the child is killed, and all it started
                end.close()

    async def _dismiss(self, interrupt: bool) -> None:
        """Let the child run its exit handlers; after a failure, first show where it was."""
        if interrupt:
            self.interrupt_kernel()
        self.shell_channel.send_multipart([GOODBYE])
        loop = asyncio.get_running_loop()
        await readable(loop, self._line, loop.time() + GRACE)
        await self.iopub_channel.close()

    def begin(self, **asked: object) -> None:
        """The first message: where to run, and what."""
        here = {"cwd": os.getcwd(), "env": dict(os.environ)}
        self.shell_channel.send_multipart([pickle.dumps(here | asked)])

    # what nbclient asks of a kernel manager

    def start_kernel(self, extra_arguments=(), **options) -> None:
        own = {name: options[name] for name in ("cwd", "env") if options.get(name) is not None}
        self.begin(arguments=list(extra_arguments), key=self.session.key, **own)
        self.has_kernel = True

    def client(self) -> Kernel:
        return self

    def interrupt_kernel(self) -> None:
        with contextlib.suppress(ConnectionError):
            self._line.sendall(INTERRUPT)

    # what nbclient asks of a kernel client

    def _nothing(self, **_: object) -> None:
        """The channels are open; `__exit__` ends the child and closes them."""

    start_channels = stop_channels = shutdown_kernel = cleanup_resources = _nothing

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """The first answer, which comes when the shell is there.

        Raises
        ------
        RuntimeError
            In the words of jupyter_client, by which others know it.
        """
        self.kernel_info()
        try:
            answer = await self.shell_channel.receive(timeout)
        except EOFError:
            raise RuntimeError(NOT_STARTED) from None
        if answer is None:
            raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    def kernel_info(self) -> str:
        return self.shell_channel.ask("kernel_info_request", {})

    def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        content = {
            "code": code,
            "silent": False,
            "store_history": store_history,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": stop_on_error,
        }
        return self.shell_channel.ask("execute_request", content)

    def is_alive(self) -> bool:
        """False once the server has reaped the child, or is gone itself."""
        return self._line.fileno() >= 0 and not select.select([self._line], [], [], 0)[0]


class Requests(Wire):
    """nbclient's shell channel: requests and their answers."""

    def __init__(self, sock: socket.socket, session, answers: Answers) -> None:
        super().__init__(sock)
        self._session, self._answers = session, answers

    def ask(self, kind: str, content: dict) -> str:
        """Send a request; its id."""
        return self._session.send(self, kind, content)["header"]["msg_id"]

    def send(self, message: dict) -> None:
        self._session.send(self, message)

    def send_multipart(self, parts: list[bytes], **_: object) -> None:
        # to a dead child as to a dead kernel: the answer that does not come tells
        with contextlib.suppress(ConnectionError):
            super().send_multipart(parts)

    async def get_msg(self, timeout: float | None = None) -> dict:
        """The next answer.

        Raises
        ------
        queue.Empty
            When `timeout` is over.
        nbclient.exceptions.DeadKernelError
            When the child is dead, and all that it had put out has been taken.
        """
        from nbclient.exceptions import DeadKernelError

        try:
            parts = await self.receive(timeout)
        except EOFError:
            await self._answers.taken()
            raise DeadKernelError("Kernel died") from None
        if parts is None:
            raise Empty
        return _message(self._session, parts)


class Answers:
    """nbclient's iopub channel: what the cells show, and what they print, in one order."""

    def __init__(self, sock: socket.socket, session, files: list[int]) -> None:
        self._wire, self._session = Wire(sock), session
        self._printed = [
            Printed(name, f) for name, f in zip(("stdout", "stderr"), files, strict=True)
        ]
        self._ready: deque[dict] = deque()
        self._taker: asyncio.Task | None = None
        self._cell: dict = {}  # the header of the request that the last message answers
        self._ended = False

    async def get_msg(self, timeout: float | None = None) -> dict:
        """The next message. At the end of all messages it waits, until it is cancelled."""
        self._taker = asyncio.current_task()
        while not self._ready:
            if self._ended:
                await asyncio.Future()
            await self._take()
        return self._ready.popleft()

    async def _take(self) -> None:
        """The next message, behind what was printed before it."""
        try:
            parts = await self._wire.receive(FLUSH)
        except EOFError:
            self._ended, parts = True, None
        sizes = (None, None) if parts is None else map(int, parts[:2])
        for printed, size in zip(self._printed, sizes, strict=True):
            if text := printed.read(size):
                message = self._session.msg("stream", {"name": printed.name, "text": text})
                self._ready.append(message | {"parent_header": self._cell})
        if parts is not None:
            self._ready.append(_message(self._session, parts[2:]))
            self._cell = self._ready[-1]["parent_header"]

    async def taken(self) -> None:
        """Wait until the last message has been taken, or is not to be expected any more."""
        for _ in range(100):
            if self._ended and not self._ready:
                return
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Let nbclient take the last messages of a cell that it has given up, then end its wait."""
        if self._taker and not self._taker.done():
            await asyncio.wait([self._taker], timeout=2 * FLUSH)
            self._taker.cancel()
            await asyncio.wait([self._taker])


class Printed:
    """The file behind a child's standard output or error."""

    def __init__(self, name: str, fd: int) -> None:
        self.name, self._fd, self._read = name, fd, 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, size: int | None) -> str:
        """What was printed since the last time, up to `size` bytes in all (None: up to now)."""
        size = os.fstat(self._fd).st_size if size is None else size
        if size < self._read:  # somebody opened /dev/stdout anew, and so emptied it
            self._read = 0
        if size == self._read:
            return ""
        found = os.pread(self._fd, size - self._read, self._read)
        self._read += len(found)
        return self._decoder.decode(found)


def _appended():
    """A nameless file in which every writer writes at the end, however it opened it."""
    import fcntl

    file = tempfile.TemporaryFile()
    fcntl.fcntl(file, fcntl.F_SETFL, os.O_APPEND)
    return file


def _message(session, parts: list[bytes]) -> dict:
    return session.deserialize(session.feed_identities(parts)[1])


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
