"""Inside a kept kernel: put back what a page may have changed, and tell what is not as it was.

The list follows sphinx-gallery (matplotlib, seaborn), hotpot_km and voila (folder, environment).
`remember` is called once, when the libraries are imported and before the first page.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import locale
import logging
import os
import random
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from copy import copy
from pathlib import Path
from typing import Any, cast

import matplotlib as mpl
import matplotlib.pyplot as plt
import matplotlib.units
import numpy as np
import pandas as pd
import psutil
from IPython import get_ipython
from IPython.core.pylabtools import select_figure_formats
from matplotlib.colors import colorConverter
from matplotlib_inline import backend_inline  # noqa: F401, takes over the shell's figures
from matplotlib_inline.config import InlineBackend

from ntm_eval.workspace import PACKAGE

STACK = (
    "ntm_eval.reporting.files",
    "ntm_eval.exchange.query_letter",
    "ntm_eval.reporting.site",
    "pandera.backends.pandas.register",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "seaborn",
    "statsmodels.genmod.generalized_linear_model",
)
INLINE = ("close_figures", "figure_formats", "print_figure_kwargs", "rc")
MESSAGING = ("ipykernel.", "zmq.")  # start threads of their own when they need them

_before: dict[str, Any] = {}
_modules: set[str] = set()


def remember() -> None:
    """Import what the pages use, and note the state that each of them begins with."""
    for name in STACK:
        importlib.import_module(name)
    _before.update(_state())
    _set_aside()


def reset(folder: str, changed: dict[str, str], gone: list[str]) -> tuple[list[str], int]:
    """Put the state back; what differs all the same, and the megabytes held.

    The next page begins in `folder`, in the environment of its controller, of which some values
    have changed or gone since the kernel began.
    """
    from ntm_eval import language
    from ntm_eval.workspace import VIETNAMESE

    shell = get_ipython()
    language.use(VIETNAMESE)
    _put_back()
    shell.reset(new_session=True)
    shell.execution_count = 1
    _set_aside()
    now = _state()
    differs = [name for name, value in _before.items() if now[name] != value]
    os.chdir(folder)
    for name in gone:
        os.environ.pop(name, None)
    os.environ.update(changed)
    return differs, psutil.Process().memory_info().rss >> 20


def _set_aside() -> None:
    """Have the next collections look at what is new only: IPython's own reset makes one too."""
    _modules.update(sys.modules)
    gc.collect()
    gc.freeze()


def _put_back() -> None:
    plt.close("all")
    folder = Path.cwd()
    for name in [n for n in sys.modules.keys() - _modules if _lies_below(folder, n)]:
        del sys.modules[name]
    os.environ.clear()
    os.environ.update(_before["environment"])
    sys.path[:] = _before["path"]
    sys.stdin, sys.stdout, sys.stderr, sys.displayhook, sys.excepthook = _before["streams"]
    locale.setlocale(locale.LC_ALL, _before["locale"])
    warnings.resetwarnings()  # forgets which were shown already
    cast(list, warnings.filters)[:] = _before["warnings"]
    random.seed()
    np.random.seed()
    for option, value in _before["pandas"].items():
        pd.set_option(option, value)
    mpl.rcParams.update(_before["rcParams"])
    for table, before in ((mpl.units.registry, "units"), (colorConverter.colors, "colors")):
        table.clear()
        table.update(_before[before])
    colorConverter.cache.clear()
    inline = InlineBackend.instance()
    for name in INLINE:
        inline.set_trait(name, _before["inline"][name])
    select_figure_formats(get_ipython(), inline.figure_formats, **inline.print_figure_kwargs)


def _lies_below(folder: Path, module: str) -> bool:
    """Whether a module is a file of the folder; installed ones may lie below it (`.venv`)."""
    origin = getattr(sys.modules[module], "__file__", None)
    above = Path(origin).parents if origin else ()
    return folder in above and not {PACKAGE, Path(sys.prefix)} & {*above}


def _state() -> dict[str, Any]:
    """What one page could leave to the next, in values that compare."""
    shell = get_ipython()
    inline = InlineBackend.instance(parent=shell)
    printers = {
        name: len({*f.type_printers, *f.deferred_printers, *f.singleton_printers})
        for name, f in shell.display_formatter.formatters.items()
    }
    return {
        "environment": dict(os.environ),
        "path": list(sys.path),
        "streams": (sys.stdin, sys.stdout, sys.stderr, sys.displayhook, sys.excepthook),
        "locale": locale.setlocale(locale.LC_ALL),
        "warnings": list(warnings.filters),
        "numpy": (np.geterr(), np.get_printoptions()),
        "pandas": {option: pd.get_option(option) for option in _options(pd.options)},
        "rcParams": dict(mpl.rcParams),
        "units": dict(mpl.units.registry),
        "colors": dict(colorConverter.colors),
        "figures": plt.get_fignums(),
        "inline": {name: copy(getattr(inline, name)) for name in INLINE},
        "printers": (printers, shell.display_formatter.formatters["text/plain"].float_format),
        "hooks": {event: list(calls) for event, calls in shell.events.callbacks.items()},
        "logging": (logging.root.level, list(logging.root.handlers)),
        "signals": [signal.getsignal(number) for number in signal.valid_signals()],
        "alarm": signal.getitimer(signal.ITIMER_REAL) if hasattr(signal, "getitimer") else None,
        "threads": {t for t in threading.enumerate() if not _is_messaging(t)},
        "tasks": len(asyncio.all_tasks()),
    }


def _is_messaging(thread: threading.Thread) -> bool:
    return type(thread).__module__.startswith(MESSAGING)


def _options(group: Any, prefix: str = "") -> Iterator[str]:
    """The names of all of pandas' options."""
    for name in dir(group):
        if isinstance(value := getattr(group, name), type(pd.options)):
            yield from _options(value, f"{prefix}{name}.")
        else:
            yield prefix + name
