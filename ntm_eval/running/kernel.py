# mypy: disable-error-code="override"
# (jupyter_client gives its asynchronous manager the types of the synchronous one)
"""A forked child, as nbclient sees it: a kernel manager, its client and their two channels.

nbclient does the rest as for any kernel: outputs, display ids, widgets, times, time-outs, hooks.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import fcntl
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.engines import NBClientEngine, NotebookExecutionManager

from ntm_eval.running import server

FLUSH = 0.2  # seconds between looks at what a long cell has printed, as in ipykernel
SAVE = 5.0  # seconds between writings of a notebook that runs
GRACE = 5.0  # seconds for exit handlers, as in jupyter_client


class Engine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """papermill's own, which would write the whole notebook twice a cell, sparing with writing."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, *arguments: object, **options: object
    ) -> None:
        save = nb_man.save

        def save_seldom(**saying: object) -> None:
            if (nb_man.now() - nb_man.last_save_time).total_seconds() >= SAVE:
                save(**saying)

        nb_man.save = save_seldom
        try:
            super().execute_managed_notebook(nb_man, *arguments, **options)
        except BaseException:
            del nb_man.save  # papermill saves once more how far the run came
            raise
        # of a run that came to its end papermill writes the notebook, whatever was saved of it


class Kernel(AsyncKernelManager):
    """Has a child forked instead of a process started; everything goes over one line to it."""

    started = False
    line: Connection

    @property
    def has_kernel(self) -> bool:
        return self.started

    async def start_kernel(
        self,
        *,
        extra_arguments: Sequence[str] = (),
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        **_: object,
    ) -> None:
        self.session.key = b""  # nobody else can write to the line: no message is signed
        self.printed = {name: Printed() for name in ("stdout", "stderr")}
        self.line, self.pid = server.fork([p.file.fileno() for p in self.printed.values()])
        self.started = True
        self.line.send((dict(env or os.environ), cwd or os.getcwd(), list(extra_arguments)))
        self.channels = {name: Channel(self) for name in ("shell", "iopub")}
        self.cell: dict = {}  # the header of the request that the last message answers
        self.in_cell = False
        self.ended = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.loop.add_reader(self.line.fileno(), self._receive)
        self._flush()

    def client(self) -> Client:
        client = Client(parent=self, session=self.session)
        client._shell_channel, client._iopub_channel = self.channels.values()
        return client

    async def _async_is_alive(self) -> bool:
        return not self.ended.is_set()

    is_alive = _async_is_alive  # the client asks by the private name

    async def interrupt_kernel(self) -> None:
        self._signal(signal.SIGINT)

    async def shutdown_kernel(self, now: bool = False, **_: object) -> None:
        """Let the child run its exit handlers; a cell that it is in first shows where it was."""
        if not now:
            if self.in_cell:  # else the interrupt might hit the kernel at the end of another answer
                self._signal(signal.SIGINT)
            self.send(None)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), GRACE)
                return
        self._signal(signal.SIGKILL)

    def cleanup_resources(self, restart: bool = False) -> None:
        self.flush.cancel()
        self.loop.remove_reader(self.line.fileno())
        self.line.close()
        for printed in self.printed.values():
            printed.file.close()

    def send(self, parts: list[bytes] | None) -> None:
        # to a dead child as to a dead kernel: the answer that does not come tells
        with contextlib.suppress(OSError):
            self.line.send(parts)

    def _signal(self, number: int) -> None:
        """To the child and all that it started, as jupyter_client does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def _receive(self) -> None:
        """Take one message, behind what was printed before it."""
        try:
            channel, sizes, parts = self.line.recv()
        except (EOFError, OSError):  # at the end of a message; within one
            self._end()
        else:
            self._take_printed(sizes)
            message = self.session.deserialize(self.session.feed_identities(parts)[1])
            self.cell = message["parent_header"]
            if message["msg_type"] in {"execute_input", "execute_reply"}:
                self.in_cell = message["msg_type"] == "execute_input"
            self.channels[channel].put_nowait(message)

    def _end(self) -> None:
        """The child is dead, and all that it had put out has been taken."""
        self.loop.remove_reader(self.line.fileno())
        self._take_printed()
        # for nbclient to stop waiting for more of a cell that it has given up
        self._put("status", {"execution_state": "idle"})
        self.channels["shell"].put_nowait(None)
        self.ended.set()

    def _flush(self) -> None:
        """Take what has been printed, behind the messages that were sent before it.

        Else a busy controller would show it before what came first.
        """
        now = tuple(os.fstat(p.file.fileno()).st_size for p in self.printed.values())
        while not self.ended.is_set() and self.line.poll():
            self._receive()
        self._take_printed(now)
        self.flush = self.loop.call_later(FLUSH, self._flush)

    def _take_printed(self, sizes: tuple = (None, None)) -> None:
        for (name, printed), size in zip(self.printed.items(), sizes, strict=True):
            if text := printed.read(size):
                self._put("stream", {"name": name, "text": text})

    def _put(self, kind: str, content: dict) -> None:
        message = self.session.msg(kind, content) | {"parent_header": self.cell}
        self.channels["iopub"].put_nowait(message)


class Client(AsyncKernelClient):
    """Asks over the channels that it is given, which are open already."""

    def start_channels(self, *_: object, **__: object) -> None:
        """Nothing to start, and in the end nothing to stop: the manager closes the line."""

    stop_channels = start_channels

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """The first answer, which comes when the shell is there; jupyter_client's own errors."""
        self.kernel_info()
        try:
            await self.shell_channel.get_msg(timeout)
        except DeadKernelError:
            raise RuntimeError(server.NOT_STARTED) from None
        except Empty:
            raise RuntimeError(f"Kernel didn't respond in {timeout} seconds") from None


class Channel(asyncio.Queue):
    """One kind of the child's messages; on the way there, what `Session` takes for a ZMQ socket."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__()
        self.kernel = kernel

    def send(self, message: dict) -> None:
        self.kernel.session.send(self, message)

    def send_multipart(self, parts: list[bytes], **_: object) -> None:
        self.kernel.send([bytes(part) for part in parts])

    async def get_msg(self, timeout: float | None = None) -> dict:
        try:
            message = await asyncio.wait_for(self.get(), timeout)
        except TimeoutError:
            raise Empty from None
        if message is None:
            raise DeadKernelError("Kernel died")
        return message


class Printed:
    """The nameless file behind a child's standard output or error."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115, the manager closes it
        # every writer writes at its end, however it opened it
        fcntl.fcntl(self.file, fcntl.F_SETFL, os.O_APPEND)
        self.taken = 0
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read(self, size: int | None) -> str:
        """What was printed since the last time, up to `size` bytes in all (None: up to now)."""
        now = os.fstat(self.file.fileno()).st_size
        if now < self.taken:  # somebody opened /dev/stdout anew, and so emptied it
            self.taken = 0
        # a look in between may have taken more than had been printed when a message was sent
        wanted = max(0, (now if size is None else size) - self.taken)
        found = os.pread(self.file.fileno(), wanted, self.taken)
        self.taken += len(found)
        return self.decoder.decode(found)
