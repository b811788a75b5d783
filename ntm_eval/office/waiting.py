"""What a command is at, and about how long it will take, for who sits before it.

The unit is measured on this machine: what is done so far tells how long the rest takes. Where
nobody looks, in a log or a pipe, there is none of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TypeVar

PATIENCE = 2  # seconds without a bar
BAR = "{desc}: {bar} {n_fmt}/{total_fmt}, còn khoảng {remaining}"
T = TypeVar("T")


def told(things: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
    """The things one by one, with a bar where they take long."""
    from tqdm import tqdm

    known = len(things) if isinstance(things, Sequence) else total
    return tqdm(
        things,
        desc=what,
        total=known,
        bar_format=BAR,
        file=sys.stderr,
        disable=None,
        delay=PATIENCE,
        leave=False,
        dynamic_ncols=True,
    )


def say(line: str) -> None:
    """A line above the bar, if there is one."""
    from tqdm import tqdm

    tqdm.write(line, file=sys.stdout)
