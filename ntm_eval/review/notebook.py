"""The notebook that a review is opened in: what papermill gave it, and whether somebody waits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TypeVar

PATIENCE = 2  # seconds without a bar
T = TypeVar("T")


def injected() -> list[str] | None:
    """The cells of parameters that papermill put into the notebook; None outside a notebook.

    papermill writes what it injects into a cell of its own, which the kernel has run by now.
    """
    try:
        from IPython import get_ipython

        history = get_ipython().user_ns["In"]
    except (ImportError, AttributeError, KeyError):
        return None
    return [source for source in history if source.startswith("# Parameters\n")]


def watched(things: Sequence[T], what: str) -> Iterable[T]:
    """The things one by one, with a bar where they take long and somebody sits at the notebook.

    A page that papermill runs keeps what it shows, so there it has none. `TQDM_DISABLE=1` switches
    it off elsewhere; tqdm's bars of notebooks do not see to that themselves.
    """
    if injected() != [] or os.environ.get("TQDM_DISABLE"):
        return things
    from tqdm.auto import tqdm

    bar = type("Bar", (tqdm,), {"monitor_interval": 0})  # no thread that outlives it
    return bar(things, desc=what, delay=PATIENCE, leave=False)
