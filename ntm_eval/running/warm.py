"""papermill's engine `warm`: each notebook runs in a child forked from a process that is warm.

    papermill IN OUT --engine warm
    papermill.execute_notebook(IN, OUT, engine_name="warm")

It is papermill's own engine and nbclient's own client, given another kernel manager: its `kernel`
does not start an interpreter, import the libraries and bind ports, but is a `child` forked from the
`server`, with namespace, random state, figures, working folder and environment of its own. Where
a fork is not available or not safe, the stock engine runs the notebook with a stock kernel.

papermill imports this module whenever it is imported itself, so it loads nothing heavy. A module
that is edited while the server lives is not seen by its runs: the server has imported it already.
"""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from nbformat import NotebookNode

Given = TypeVarTuple("Given")
Made = TypeVar("Made")
# Windows has no fork; macOS has, but its system libraries may not be used after it
FORKS = sys.platform == "linux"
log = logging.getLogger(__name__)


class WarmEngine:
    """What papermill asks of an engine.

    Not a subclass of papermill's: either module may be the first to import the other.
    """

    @staticmethod
    def execute_notebook(nb: NotebookNode, kernel_name: str, **options: object) -> NotebookNode:
        """Run a notebook; as `papermill.engines.NBClientEngine.execute_notebook`."""
        from papermill.engines import NBClientEngine

        own_kernel = {"km", "kernel_manager_class"} & options.keys()
        if own_kernel or not available() or not _is_this_python(kernel_name):
            return NBClientEngine.execute_notebook(nb, kernel_name, **options)
        from ntm_eval.running.kernel import Engine, Kernel

        return Engine.execute_notebook(nb, kernel_name, kernel_manager_class=Kernel, **options)

    @staticmethod
    def nb_kernel_name(nb: NotebookNode, name: str | None = None) -> str:
        from papermill.utils import nb_kernel_name

        return nb_kernel_name(nb, name)

    @staticmethod
    def nb_language(nb: NotebookNode, language: str | None = None) -> str:
        from papermill.utils import nb_language

        return nb_language(nb, language)


@functools.cache  # says so once
def available() -> bool:
    """Whether notebooks run in forked children here, and not in stock kernels."""
    if FORKS:
        return True
    log.warning("Máy này không chạy được sổ tay bằng cách nhân bản tiến trình; dùng papermill.")
    return False


def start(log: Path) -> None:
    """Have the libraries loaded for the runs and calls to come, while this process goes on.

    What they say outside of cells goes to the end of `log`.
    """
    if FORKS:  # else `available` says so when it is asked
        from ntm_eval.running import server

        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as says:
            server.current(says.fileno())


def call(function: Callable[[*Given], Made], *arguments: *Given) -> Made:
    """What `function` returns in a forked child that has the libraries loaded.

    The child then waits for the next call, and has what it read for the ones before. Function,
    arguments and result are pickled; what it raises is raised here.

    Raises
    ------
    RuntimeError
        When the child died before it returned.
    """
    from ntm_eval.running import server

    line = server.helper()
    try:
        line.send((dict(os.environ), os.getcwd(), (function, arguments)))
        result, error = line.recv()
    except (EOFError, OSError):
        line.close()
        raise RuntimeError(f"Tiến trình chạy {function.__name__} dừng đột ngột.") from None
    except BaseException:  # what cannot be pickled, or Ctrl-C: the child may be at work still
        line.close()
        raise
    server.wait_again(line)
    if error:
        raise error
    return result


def forget() -> None:
    """Let the children go that wait for calls, with all that they have read."""
    if server := sys.modules.get("ntm_eval.running.server"):
        server.send_home()


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
