"""Inside a pooled kernel: put back what a page changes, and tell what is not as it was.

Only what the project's own pages change is put back. A kernel in which anything else of `_state`
differs is replaced, as after any other notebook. The list follows sphinx-gallery, hotpot_km and
voila. What it is compared with is the state before the first page.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import locale
import logging
import os
import pickle
import random
import signal
import sys
import threading
import warnings
from copy import copy
from typing import Any, cast

import matplotlib as mpl
import matplotlib.pyplot as plt
import matplotlib.units
import numpy as np
import pandas as pd
import psutil
from IPython import get_ipython
from matplotlib.colors import colorConverter
from matplotlib_inline import backend_inline  # noqa: F401, takes over the shell's figures
from matplotlib_inline.config import InlineBackend

STACK = (
    "ntm_eval.reporting.files",
    "ntm_eval.exchange.query_letter",
    "ntm_eval.reporting.site",
    "pandera.backends.pandas.register",
    "pyarrow.dataset",
    "pyarrow.parquet",
)
INLINE = ("close_figures", "figure_formats", "print_figure_kwargs", "rc")
MESSAGING = ("ipykernel.", "zmq.")  # start threads of their own when they need them

_before: dict[str, Any] = {}


def load() -> None:
    """Import what the pages use."""
    for name in STACK:
        importlib.import_module(name)


def reset(folder: str) -> tuple[list[str], int]:
    """Put the state back for a page in `folder`; what differs all the same, and megabytes held."""
    from ntm_eval import language
    from ntm_eval.workspace import VIETNAMESE

    if not _before:
        _before.update(_state())
    shell = get_ipython()
    language.use(VIETNAMESE)
    plt.close("all")
    warnings.resetwarnings()  # forgets which were shown already
    cast(list, warnings.filters).extend(_before["warnings"])
    random.seed()
    np.random.seed()
    shell.reset(new_session=True)
    shell.execution_count = 1
    os.chdir(folder)
    # the next collections look at what is new only: IPython's own reset makes one too
    gc.collect()
    gc.freeze()
    now = _state()
    differs = [name for name, value in _before.items() if now[name] != value]
    return differs, psutil.Process().memory_info().rss >> 20


def answer(asked: bytes) -> bytes:
    """The other end of `kernels.call`: what a function returned, and what it raised."""
    function, arguments = pickle.loads(asked)
    try:
        return pickle.dumps((function(*arguments), None))
    except Exception as stop:
        return pickle.dumps((None, stop))


def _state() -> dict[str, Any]:
    """What one page could leave to the next, in values that compare."""
    shell = get_ipython()
    inline = InlineBackend.instance(parent=shell)
    formatters = shell.display_formatter.formatters
    return {
        "environment": dict(os.environ),
        "path": list(sys.path),
        "streams": (sys.stdin, sys.stdout, sys.stderr, sys.displayhook, sys.excepthook),
        "locale": locale.setlocale(locale.LC_ALL),
        "warnings": list(warnings.filters),
        "numpy": (np.geterr(), np.get_printoptions()),
        "pandas": pd.describe_option(_print_desc=False),
        "rcParams": dict(mpl.rcParams),
        "units": dict(mpl.units.registry),
        "colors": dict(colorConverter.colors),
        "figures": plt.get_fignums(),
        "inline": {name: copy(getattr(inline, name)) for name in INLINE},
        "printers": {  # one that waits for its library has a name in place of a type
            name: len({*f.type_printers, *f.deferred_printers, *f.singleton_printers})
            for name, f in formatters.items()
        },
        "digits": formatters["text/plain"].float_format,
        "hooks": {event: list(calls) for event, calls in shell.events.callbacks.items()},
        "logging": (logging.root.level, list(logging.root.handlers)),
        "signals": [signal.getsignal(number) for number in signal.valid_signals()],
        "alarm": signal.getitimer(signal.ITIMER_REAL) if hasattr(signal, "getitimer") else None,
        "threads": {t for t in threading.enumerate() if not _is_messaging(t)},
        "tasks": len(asyncio.all_tasks()),
    }


def _is_messaging(thread: threading.Thread) -> bool:
    return type(thread).__module__.startswith(MESSAGING)
