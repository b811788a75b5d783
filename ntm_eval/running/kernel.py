"""A forked child, as nbclient sees it: a kernel manager, a kernel client and its two channels.

nbclient does the rest as for any kernel: outputs, display ids, widgets, times, time-outs, hooks.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import pickle
import select
import socket
import tempfile
from collections import deque
from collections.abc import Callable
from queue import Empty

from ntm_eval.running.wire import GOODBYE, INTERRUPT, Wire, readable

FLUSH = 0.2  # seconds between looks at what a long cell has printed, as in ipykernel
GRACE = 5.0  # seconds for exit handlers, as in jupyter_client
NOT_STARTED = "Kernel died before replying to kernel_info"  # jupyter_client's words


class Kernel:
    """A forked child, as nbclient wants its kernel manager and its kernel client."""

    ipykernel = True  # nbclient then asks for a history in memory
    has_kernel = False

    def __init__(self, fork: Callable[[list[int]], None]) -> None:
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
            fork([end.fileno() for end in (*theirs, *files)])
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

    file = tempfile.TemporaryFile()  # noqa: SIM115, the kernel closes it
    fcntl.fcntl(file, fcntl.F_SETFL, os.O_APPEND)
    return file


def _message(session, parts: list[bytes]) -> dict:
    return session.deserialize(session.feed_identities(parts)[1])
