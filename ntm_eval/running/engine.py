"""papermill's engine `warm`: the package's notebooks in stock kernels that stay alive.

    papermill IN OUT --engine warm
    papermill.execute_notebook(IN, OUT, engine_name="warm")

A kernel imports the libraries once and then runs page after page; before each page it is put back
to the state in which it began (`reset`). A notebook that is not one of ours as shipped could change
a library in ways that nobody can put back, so papermill's stock engine runs it, in a kernel of its
own.

papermill imports this module whenever it is imported itself, and either may be the first: nothing
is imported here but what papermill imports as well, and papermill only in functions.
"""

from __future__ import annotations

import ast
import asyncio
import atexit
import base64
import json
import logging
import os
import pickle
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import KernelManager
from jupyter_core.utils import run_sync

from ntm_eval.workspace import HOME, PACKAGE, REFERENCE, SHIPPED, laid_out

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

Given = TypeVarTuple("Given")
Made = TypeVar("Made")
PAGES = 60  # runs of one kernel: what a page leaves in its libraries' own caches cannot be counted
GROWTH = (
    400  # megabytes: the libraries of the longest page take 350 at their first use, then no more
)
SAVE = 5.0  # seconds between writings of a notebook that runs; papermill writes twice a cell
START = 120.0  # seconds in which a kernel starts and imports the libraries, also from a slow disk
GRACE = 5.0  # seconds in which an interrupted cell ends
HEARD = 0.5  # seconds in which a kernel tells what it was doing
REMEMBER = "__import__('ntm_eval.running.reset', fromlist=['reset']).remember()"
RESET = "__import__('ntm_eval.running.reset', fromlist=['reset']).reset(*{!r})"
ANSWER = "__import__('ntm_eval.running.engine', fromlist=['engine']).answer({!r})"
# settings in the environment that a library or Python reads once
READ_ONCE = re.compile("IPYTHON|JUPYTER|LANG|LC_|MALLOC|MATPLOTLIB|MPL|NTM_EVAL|OMP|PYTHON|TZ")
# options of a run that are about starting a kernel
OWN_KERNEL = {"km", "kernel_manager_class", "extra_arguments", "config"}
log = logging.getLogger(__name__)


class WarmEngine:
    """What papermill asks of an engine."""

    @staticmethod
    def execute_notebook(nb: NotebookNode, kernel_name: str, **options: Any) -> NotebookNode:
        """Run a notebook; as `papermill.engines.NBClientEngine.execute_notebook`."""
        from papermill.engines import NBClientEngine

        if kernel_name != "python3" or OWN_KERNEL & options.keys() or not is_ours(nb):
            return NBClientEngine.execute_notebook(nb, kernel_name, **options)
        about = ("output_path", "progress_bar", "log_output", "autosave_cell_every")
        running = _seldom_saved(nb, {k: options[k] for k in about if k in options})
        running.notebook_start()
        folder = options.get("resources", {}).get("metadata", {}).get("path") or os.getcwd()
        own = {k: v for k, v in options.items() if k not in about or k == "log_output"}
        place = Path(options.get("input_path") or folder).resolve()
        root = None if HOME in os.environ else laid_out(place) or laid_out(Path(folder).resolve())
        try:
            with lent(folder, root) as kernel:
                run = NBClientEngine.execute_managed_notebook
                kernel.run(run, running, kernel_name, km=kernel.manager, **own)
                kernel.is_spoilt = bool(nb.metadata.papermill["exception"])
        except BaseException:
            running.seconds_between = 0  # how far it came is saved at once
            raise
        finally:
            running.notebook_complete()
        return running.nb

    @staticmethod
    def nb_kernel_name(nb: NotebookNode, name: str | None = None) -> str:
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @staticmethod
    def nb_language(nb: NotebookNode, language: str | None = None) -> str:
        from papermill.utils import nb_language

        return nb_language(nb, language)


def is_ours(nb: NotebookNode) -> bool:
    """Whether a notebook's code is that of one as shipped, but for the parameters injected."""
    shipped = (json.loads(path.read_bytes()) for path in SHIPPED.glob("notebooks/0*.ipynb"))
    return _code(nb) in map(_code, shipped)


def start(kernels: int) -> None:
    """Have kernels import the libraries for the pages to come, while this process goes on."""
    pool = _pool()
    pool.free += [Kernel() for _ in range(kernels - len(pool.free))]


def call(function: Callable[[*Given], Made], *arguments: *Given) -> Made:
    """What `function` returns in a kernel, which has the libraries; what it raises is raised here.

    Function, arguments and result are pickled.

    Raises
    ------
    RuntimeError
        When the kernel died before it returned.
    """
    asked = base64.b64encode(pickle.dumps((function, arguments))).decode()
    with lent(os.getcwd(), None) as kernel:
        answered = kernel.evaluate(ANSWER.format(asked))
    made, error = pickle.loads(base64.b64decode(answered))
    if error:
        raise error
    return made


def answer(asked: str) -> str:
    """The other end of `call`, in the kernel."""
    function, arguments = pickle.loads(base64.b64decode(asked))
    found: tuple[Any, Exception | None]
    try:
        found = function(*arguments), None
    except Exception as stop:
        found = None, stop
    return base64.b64encode(pickle.dumps(found)).decode()


class Client(AsyncKernelClient):
    """The one client of a kernel: nbclient would open channels for each page, and wait for them."""

    ready = False

    def start_channels(self, *which: bool, **channels: bool) -> None:
        if not self.channels_running:
            super().start_channels(*which, **channels)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        if not self.ready:
            await super().wait_for_ready(timeout)
            self.ready = True


class Manager(KernelManager):
    """The manager of a stock kernel, which gives everyone the same client."""

    one: Any = None

    def client(self, **options: Any) -> Any:
        self.one = self.one or super().client(**options)
        return self.one


class Kernel:
    """A stock kernel, and the thread that alone talks with it: a client belongs to one loop."""

    choosing_ports = threading.Lock()

    def __init__(self, root: Path | None = None) -> None:
        self.made_from = _made_from(root)
        self.environment = os.environ | ({HOME: str(root)} if root else {})
        self.runs, self.megabytes, self.is_spoilt = 0, 0, False
        self.manager = Manager(client_factory=Client)
        # by process: jupyter_core finds what helps a thread by its name, also after a fork
        self.thread = ThreadPoolExecutor(1, f"kernel-{os.getpid()}")
        self.started = self.thread.submit(self._start)
        _pool().all.append(self)

    def _start(self) -> None:
        with self.choosing_ports:
            self.manager.start_kernel(
                extra_arguments=["--HistoryManager.hist_file=:memory:"], env=dict(self.environment)
            )
        client = self.manager.client()
        client.start_channels()
        run_sync(client.wait_for_ready)(START)
        run_sync(self._evaluate)(REMEMBER, START)

    def run(self, function: Callable[..., Made], *arguments: Any, **options: Any) -> Made:
        """What a function returns in the kernel's thread; Ctrl-C stops the cell that runs."""
        self.started.result()
        running = self.thread.submit(self._run, function, arguments, options)
        try:
            while not wait([running], 1).done:  # by the second: else Windows sees no Ctrl-C
                pass
            return running.result()
        except KeyboardInterrupt:
            self.manager.interrupt_kernel()
            wait([running], GRACE)
            raise

    def _run(self, function: Callable[..., Made], arguments: Any, options: Any) -> Made:
        try:
            return function(*arguments, **options)
        except Exception:
            if self.manager.is_alive():  # a cell that took too long shows where it was
                self.manager.interrupt_kernel()
                run_sync(asyncio.sleep)(HEARD)
            raise

    def evaluate(self, expression: str, seconds: float | None = None) -> Any:
        """The value, as a literal, of an expression in the kernel."""
        return self.run(run_sync(self._evaluate), expression, seconds)

    async def _evaluate(self, expression: str, seconds: float | None) -> Any:
        asked = asyncio.ensure_future(
            self.manager.client().execute_interactive(
                "", silent=True, user_expressions={"value": expression}, timeout=seconds,
                output_hook=lambda message: None,
            )
        )  # fmt: skip
        while not (await asyncio.wait([asked], timeout=1))[0]:
            if not self.manager.is_alive():
                asked.cancel()
                raise RuntimeError("Kernel died")
        found = asked.result()["content"]["user_expressions"]["value"]
        if found["status"] != "ok":
            raise RuntimeError(f"{found['ename']}: {found['evalue']}")
        return ast.literal_eval(found["data"]["text/plain"])

    def is_ready(self, folder: str, root: Path | None) -> bool:
        """Whether it could be put back, in a working folder, and may run once more."""
        if self.is_spoilt or self.runs >= PAGES or self.made_from != _made_from(root):
            return False
        try:
            now = os.environ | ({HOME: str(root)} if root else {})
            changed = {k: v for k, v in now.items() if self.environment.get(k) != v}
            gone = list(self.environment.keys() - now.keys())
            differs, megabytes = self.evaluate(RESET.format((folder, changed, gone)), START)
        except (RuntimeError, TimeoutError) as stop:
            log.info("kernel replaced: %s", stop)
            return False
        self.runs += 1
        self.megabytes = self.megabytes or megabytes
        if differs or megabytes > self.megabytes + GROWTH:
            log.info("kernel replaced: it holds %s MB; not as before: %s", megabytes, differs)
            return False
        return True

    def close(self) -> None:
        """End it, whatever it is doing."""
        self.manager.shutdown_kernel(now=True)
        self.thread.shutdown()
        self.manager.client().stop_channels()


class Pool:
    """The kernels of one process."""

    def __init__(self) -> None:
        self.all: list[Kernel] = []
        self.free: list[Kernel] = []
        self.lock = threading.Lock()

    def take(self, folder: str, root: Path | None) -> Kernel:
        """A kernel that is ready to run in a folder; started where none is free."""
        while True:
            with self.lock:
                is_new = not self.free
                kernel = Kernel(root) if is_new else self.free.pop()
            if kernel.is_ready(folder, root):
                return kernel
            self.end(kernel)
            if is_new:
                kernel.started.result()
                raise RuntimeError("Kernel died before replying to kernel_info")

    def end(self, kernel: Kernel) -> None:
        self.all.remove(kernel)
        kernel.close()


_pools: dict[int, Pool] = {}  # by process: a forked one must not use its parent's kernels


def _pool() -> Pool:
    return _pools.setdefault(os.getpid(), Pool())


@contextmanager
def lent(folder: str, root: Path | None) -> Iterator[Kernel]:
    """A kernel of the pool, in a folder and for a root, which is taken back unless it failed."""
    pool = _pool()
    kernel = pool.take(folder, root)
    try:
        yield kernel
    except BaseException:
        pool.end(kernel)
        raise
    pool.free.append(kernel)


@atexit.register
def close() -> None:
    """End all kernels of this process, also those that are at work."""
    for kernel in _pools.pop(os.getpid(), Pool()).all:
        kernel.close()


def _made_from(root: Path | None) -> tuple[object, ...]:
    """What a kernel has read once and for all: settings, our code and the reference data."""
    files = {}
    for path in (*PACKAGE.rglob("*.py"), *REFERENCE.rglob("*.csv")):
        with suppress(FileNotFoundError):  # Excel saves it just now
            files[str(path)] = path.stat().st_mtime_ns
    return root, files, {k: v for k, v in os.environ.items() if READ_ONCE.match(k)}


def _code(notebook: Any) -> tuple[str, ...]:
    return tuple(
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and "injected-parameters" not in cell["metadata"].get("tags", [])
    )


def _seldom_saved(nb: NotebookNode, about: dict[str, Any]) -> NotebookExecutionManager:
    """papermill's own record of a run, sparing with writing."""
    from papermill.engines import NotebookExecutionManager

    class SeldomSaved(NotebookExecutionManager):  # type: ignore[misc]  # papermill has no types
        seconds_between = SAVE

        def save(self, **changes: Any) -> None:
            if (self.now() - self.last_save_time).total_seconds() >= self.seconds_between:
                super().save(**changes)

    return SeldomSaved(nb, **about)
