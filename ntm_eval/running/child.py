"""One run, in a process forked for it: an IPython kernel that needs no ports and no threads.

The kernel is ipykernel's own, configured, started and asked as always; only its sockets are
replaced by a `Wire`. What cells print goes straight to the files behind descriptors 1 and 2, where
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
import pickle
import signal
import socket
import sys
import threading
import time
from contextvars import ContextVar
from types import SimpleNamespace

import ipykernel.kernelapp
import zmq
from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.ipkernel import IPythonKernel
from tornado.ioloop import IOLoop
from traitlets import Any

from ntm_eval.running.wire import GOODBYE, Wire


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


class Output(Wire):
    """Each message with how much had been printed before it: the controller puts both in order."""

    def __init__(self, sock: socket.socket, files: list[int]) -> None:
        super().__init__(sock)
        self._files = files

    def send_multipart(self, parts: list[bytes], **_: object) -> None:
        printed = [b"%d" % os.fstat(file).st_size for file in self._files]
        super().send_multipart([*printed, *parts])


class Kernel(IPythonKernel):
    """Answers over a `Wire`."""

    shell_stream = Any()
    _supports_kernel_subshells = False

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing waits: the controller sends a cell when the one before has been answered."""


class App(ipykernel.kernelapp.IPKernelApp):
    """The kernel's application: profile, configuration, extensions and start-up files as always."""

    requests, output, key = Any(), Any(), Any()

    def _nothing(self, *_: object) -> None:
        """There is no connection file, socket, heartbeat; the server watches the parent."""

    init_connection_file = init_poller = init_sockets = init_heartbeat = _nothing
    write_connection_file = log_connection_info = _nothing

    def init_io(self) -> None:
        logs = os.fdopen(os.dup(2), "w")  # the kernel's own log is not a cell's output
        for handler in self.log.handlers:
            handler.setStream(logs)
        for fd, file in zip((1, 2), self.output._files, strict=True):
            os.dup2(file, fd)
        sys.stdout, sys.stderr = Stream("stdout", 1), Stream("stderr", 2)
        self.session.key = self.key
        self.displayhook = sys.displayhook = ZMQDisplayHook(self.session, self.output)
        self.patch_io()

    def init_kernel(self) -> None:
        self.kernel = Kernel.instance(
            parent=self,
            session=self.session,
            shell_stream=self.requests,
            # asked only whether it belongs to this thread
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),
            iopub_socket=self.output,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.kernel.io_loop = IOLoop.current()
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count


def main(line: socket.socket, requests: int, output: int, *files: int) -> None:
    """Be what the first message asks for: a kernel until it is dismissed, or one call."""
    wire = Wire(socket.socket(fileno=requests))
    answers = Output(socket.socket(fileno=output), list(files))
    asyncio.run(_serve(wire, answers))
    line.sendall(GOODBYE)


async def _serve(requests: Wire, output: Output) -> None:
    asked = pickle.loads((await requests.receive())[0])
    os.environ.clear()
    os.environ.update(asked["env"])
    time.tzset()
    os.chdir(asked["cwd"])
    if "call" in asked:
        return requests.send_multipart([_called(asked["call"])])
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.argv = ["ipykernel_launcher.py", *asked["arguments"]]
    app = App.instance(requests=requests, output=output, key=asked["key"])
    app.initialize(asked["arguments"])
    _seed()
    while True:
        try:
            parts = await requests.receive()
        except EOFError:
            return None
        if parts == [GOODBYE]:
            return _end(app)
        await app.kernel.dispatch_shell([zmq.Frame(part) for part in parts])


def _called(call: bytes) -> bytes:
    """What a function returned or raised."""
    _seed()
    try:
        function, arguments = pickle.loads(call)
        return pickle.dumps((function(*arguments), None))
    except Exception as stop:
        return pickle.dumps((None, stop))


def _seed() -> None:
    """What the server set up once for all, and a new process has for itself alone."""
    if numpy := sys.modules.get("numpy"):  # Python's own `random` is reseeded by the fork
        numpy.random.seed()
    if matplotlib := sys.modules.get("matplotlib"):  # it was imported in the server's environment
        matplotlib.rcParams["backend"] = os.environ.get("MPLBACKEND", "agg")


def _end(app: App) -> None:
    """What the end of a process does, without taking apart the libraries shared with the server."""
    threading._shutdown()  # waits for the threads that are no daemons
    atexit._run_exitfuncs()
    app.kernel.shell.user_ns.clear()
    gc.collect()  # closes, and so writes out, files that cells left open
    logging.shutdown()
