"""A pool of stock kernels that stay alive, each used by one page or one call at a time.

A kernel imports the libraries once; before each use it is put back to the state in which it began
(`reset`), and it is replaced where that cannot be done.
"""

from __future__ import annotations

import ast
import atexit
import logging
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import KernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbformat.v4 import new_notebook

from ntm_eval.root import HOME
from ntm_eval.workspace import ROOT

Given = TypeVarTuple("Given")
Made = TypeVar("Made")
USES = 200  # of one kernel: over so many pages its memory was seen to stay as it is
GROWTH = 400  # megabytes; the libraries of the longest page take 250 at their first use
START = 120  # seconds in which a kernel starts and imports the libraries, also from a slow disk
GRACE = 5.0  # seconds in which an interrupted cell ends
CALL = "__import__('ntm_eval.running.reset', fromlist=['reset']).{}"
log = logging.getLogger(__name__)


class Client(AsyncKernelClient):
    """The one client of a kernel: nbclient would open channels for each page, and wait for them."""

    ready = False

    def start_channels(self, *which: bool, **channels: bool) -> None:
        """Open what is not open yet."""
        if not self.channels_running:
            super().start_channels(*which, **channels)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait the first time only."""
        if not self.ready:
            await super().wait_for_ready(timeout)
            self.ready = True


class Manager(KernelManager):
    """The manager of a stock kernel, which gives everyone the same client."""

    one: Any = None

    def client(self, **options: Any) -> Any:
        """The one client of this kernel."""
        self.one = self.one or super().client(**options)
        return self.one


class Kernel:
    """A stock kernel, and the thread that alone talks with it: a client belongs to one loop."""

    choosing_ports = threading.Lock()

    def __init__(self, root: Path | None) -> None:
        self.environment = _environment(root)
        self.uses, self.megabytes, self.is_spoilt = 0, 0, False
        self.manager = Manager(client_factory=Client)
        # by process: jupyter_core finds what helps a thread by its name, also after a fork
        self.thread = ThreadPoolExecutor(1, f"kernel-{os.getpid()}")
        self.started = self.thread.submit(self._start)
        _all.append(self)

    def _start(self) -> None:
        with self.choosing_ports:
            self.manager.start_kernel(
                # its warning that the channels are plain goes to no log: they stay on this machine
                extra_arguments=["--HistoryManager.hist_file=:memory:", "--log-level=ERROR"],
                env=dict(self.environment),
            )
        client = self.manager.client()
        client.start_channels()
        run_sync(client.wait_for_ready)(START)
        # as a cell: a library asks at its import whether it is in a notebook (pandas' columns)
        self._evaluate("None", START, CALL.format("load()"))

    def run(self, function: Callable[..., Made], *arguments: Any, **options: Any) -> Made:
        """What a function returns in the kernel's thread; Ctrl-C stops the cell that runs."""
        self.started.result()
        running = self.thread.submit(function, *arguments, **options)
        try:
            while not wait([running], 1).done:  # by the second: else Windows sees no Ctrl-C
                pass
            return running.result()
        except KeyboardInterrupt:
            self.manager.interrupt_kernel()
            wait([running], GRACE)
            raise

    def evaluate(self, expression: str, seconds: int | None = None) -> Any:
        """The value, as a literal, of an expression in the kernel."""
        return self.run(self._evaluate, expression, seconds)

    def _evaluate(self, expression: str, seconds: int | None, cell: str = "") -> Any:
        """The value of an expression after a cell."""
        limits = {"timeout": seconds, "shell_timeout_interval": 1}
        client, asked = (
            NotebookClient(new_notebook(), self.manager, **limits),
            {"value": expression},
        )
        client.kc = self.manager.client()
        message = self.manager.client().execute(cell, silent=True, user_expressions=asked)
        reply = (client.wait_for_reply(message) or {})["content"]
        found = reply["user_expressions"]["value"] if reply["status"] == "ok" else reply
        if found["status"] != "ok":
            raise RuntimeError(f"{found['ename']}: {found['evalue']}")
        return ast.literal_eval(found["data"]["text/plain"])

    def prepare(self, folder: str, root: Path | None) -> None:
        """Put it back for one more use, in a working folder.

        Raises
        ------
        RuntimeError, TimeoutError
            Where it must be replaced, with the reason.
        """
        if self.is_spoilt or self.uses >= USES or self.environment != _environment(root):
            raise RuntimeError("spoilt, used up or of another environment")
        differs, megabytes = self.evaluate(CALL.format(f"reset({folder!r})"), START)
        self.uses += 1
        self.megabytes = self.megabytes or megabytes
        if differs or megabytes > self.megabytes + GROWTH:
            raise RuntimeError(f"it holds {megabytes} MB; not as before: {differs}")

    def close(self) -> None:
        """End it, whatever it is doing."""
        with suppress(ValueError):
            _all.remove(self)
        wait([self.started], START)  # one that is still starting cannot be shut down
        self.manager.shutdown_kernel(now=True)
        self.thread.shutdown()
        self.manager.client().stop_channels()


# those of this process; a forked one must not use its parent's
_all: list[Kernel] = []
_free: list[Kernel] = []
_stopped = threading.Event()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_all.clear)
    os.register_at_fork(after_in_child=_free.clear)


def start(kernels: int) -> None:
    """Have kernels import the libraries for the pages to come, while this process goes on."""
    _stopped.clear()
    _free.extend(Kernel(None) for _ in range(kernels - len(_free)))


@contextmanager
def lent(folder: str, root: Path | None) -> Iterator[Kernel]:
    """A kernel in a working folder and for a root, which is taken back unless it failed.

    Raises
    ------
    RuntimeError
        Where none starts, or all have been stopped.
    """
    kernel = _taken(folder, root)
    try:
        yield kernel
    except BaseException:
        kernel.close()
        raise
    _free.append(kernel)


def _taken(folder: str, root: Path | None) -> Kernel:
    while not _stopped.is_set():
        try:
            kernel, is_new = _free.pop(), False
        except IndexError:
            kernel, is_new = Kernel(root), True
        try:
            kernel.prepare(folder, root)
            return kernel
        except (RuntimeError, TimeoutError) as stop:
            log.info("kernel replaced: %s", stop)
            kernel.close()
            if is_new:
                raise
    raise RuntimeError("kernels are stopped")


def stop() -> None:
    """End all kernels, so that the pages that run stop, and start none until `start` is called."""
    _stopped.set()
    close()


@atexit.register
def close() -> None:
    """End all kernels of this process, also those that are at work."""
    _free.clear()
    while _all:
        _all[-1].close()


def call(function: Callable[[*Given], Made], *arguments: *Given) -> Made:
    """What `function` returns in a kernel, which has the libraries; what it raises is raised here.

    Function, arguments and result are pickled.

    Raises
    ------
    RuntimeError
        When the kernel died before it returned.
    """
    asked = pickle.dumps((function, arguments))
    root = None if HOME in os.environ else ROOT  # as that of a page, which finds the same kernel
    with lent(os.getcwd(), root) as kernel:
        made, error = pickle.loads(kernel.evaluate(CALL.format(f"answer({asked!r})")))
    if error:
        raise error
    return made


def _environment(root: Path | None) -> dict[str, str]:
    return os.environ | ({HOME: str(root)} if root else {})
