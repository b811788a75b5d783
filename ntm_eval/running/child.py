"""One run, in a process forked for it: an IPython kernel that needs no ports and no threads.

The kernel is ipykernel's own, configured, started and asked as always; only its sockets are
replaced by one line. What cells print goes straight to the files behind descriptors 1 and 2, where
subprocesses and C code write too; the controller reads them. So it has everything that was written,
in order, even by a cell that was killed.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import io
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from multiprocessing.connection import Connection
from types import SimpleNamespace

import numpy as np
import zmq
from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import IOLoop
from traitlets import Any


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells, unbuffered: the file is the buffer."""

    encoding, errors = "UTF-8", "replace"

    def __init__(self, name: str, fd: int) -> None:
        self.name, self._fd = name, fd
        self._cell: dict = {}
        self._own_cell: ContextVar[dict] = ContextVar("own_cell")

    def set_parent(self, parent: dict) -> None:
        """Called by the shell before each cell."""
        self._cell = parent
        self._own_cell.set(parent)

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        # a task that an earlier cell left running speaks for that cell, which is complete
        if self._own_cell.get(self._cell) is self._cell:
            rest = text.encode(self.encoding, self.errors)
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        return len(text)

    def fileno(self) -> int:
        return self._fd

    def writable(self) -> bool:
        return True


class Channel:
    """What the kernel takes for one of its ZMQ sockets."""

    lock = threading.Lock()  # threads of a cell may display at the same time

    def __init__(self, name: str, line: Connection, printed: list[int]) -> None:
        self.name, self.line, self.printed = name, line, printed

    def send_multipart(self, parts: list[bytes], **_: object) -> None:
        """A message with how much had been printed before it: the controller orders both."""
        sizes = tuple(os.fstat(file).st_size for file in self.printed)
        # an interrupt waits until the message is whole
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            with self.lock:
                self.line.send((self.name, sizes, [bytes(part) for part in parts]))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)

    def flush(self, *_: object) -> None:
        """Nothing waits to be sent."""


class Kernel(IPythonKernel):
    """Answers over a `Channel`."""

    shell_stream = Any()
    _supports_kernel_subshells = False

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing waits: the controller sends a cell when the one before has been answered."""


class App(IPKernelApp):
    """The kernel's application: profile, configuration, extensions and start-up files as always."""

    line, printed = Any(), Any()

    def _nothing(self, *_: object, **__: object) -> None:
        """There is no connection file, socket, heartbeat; the server watches the parent."""

    init_connection_file = init_poller = init_sockets = init_heartbeat = _nothing
    write_connection_file = log_connection_info = _nothing

    def init_io(self) -> None:
        logs = os.fdopen(os.dup(2), "w")  # the kernel's own log is not a cell's output
        for handler in self.log.handlers:
            handler.setStream(logs)
        for fd, file in zip((1, 2), self.printed, strict=True):
            os.dup2(file, fd)
        sys.stdout, sys.stderr = Stream("stdout", 1), Stream("stderr", 2)
        self.session.key = b""
        self.iopub_socket = Channel("iopub", self.line, self.printed)
        self.displayhook = sys.displayhook = ZMQDisplayHook(self.session, self.iopub_socket)
        self.patch_io()

    def init_kernel(self) -> None:
        self.kernel = Kernel.instance(
            parent=self,
            session=self.session,
            shell_stream=Channel("shell", self.line, self.printed),
            # asked only whether it belongs to this thread
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.kernel.io_loop = IOLoop.current()
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count


def main(line: Connection, printed: list[int]) -> None:
    """Be what the first message asks for in the place that it names: a kernel, or one of calls."""
    np.random.seed()  # Python's own `random` is reseeded by the fork
    line.send(os.getpid())
    while isinstance(asked := _placed(line), tuple):
        line.send(_called(*asked))
    if asked is not None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        sys.argv = ["ipykernel_launcher.py", *asked]
        asyncio.run(_serve(line, printed, asked))


def _placed(line: Connection) -> list[str] | tuple | None:
    """What the next message asks for, once this is in its place; None when none will come."""
    try:
        environment, folder, asked = line.recv()
    except EOFError:
        return None
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    return asked


def _called(function: Callable[..., object], arguments: tuple) -> tuple:
    """What a function returned, and what it raised."""
    try:
        return function(*arguments), None
    except Exception as stop:
        return None, stop


async def _serve(line: Connection, printed: list[int], arguments: list[str]) -> None:
    app = App.instance(line=line, printed=printed)
    app.initialize(arguments)
    files = _open_files()
    requests: asyncio.Queue = asyncio.Queue()
    # what a cell left on the loop goes on between cells
    asyncio.get_running_loop().add_reader(line.fileno(), lambda: requests.put_nowait(line.recv()))
    while parts := await requests.get():
        await app.kernel.dispatch_shell([zmq.Frame(part) for part in parts])
    _end(app, files)


def _open_files() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


def _end(app: App, files: set[str]) -> None:
    """What the end of a process does, without taking apart the libraries shared with the server.

    `files` were open before the first cell.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # waits for the threads that are no daemons
    if _open_files() <= files:
        # Nothing waits to be written out, and Python promises no other `__del__` at its end: the
        # searches for circles below, in what the run made, would find nothing that matters.
        gc.freeze()
    atexit._run_exitfuncs()
    app.kernel.shell.user_ns.clear()
    gc.collect()  # closes, and so writes out, files that cells left open
    logging.shutdown()
