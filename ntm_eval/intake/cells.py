"""One cell as typed, with its address, rows of them, and columns of what was understood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Row = Mapping[str, "Cell"]
# A small table by the names of its columns, all of one length; what is not known is None or NaN.
# A rule reads it in a fraction of the time that it takes by way of pandas.
Columns = Mapping[str, Sequence[Any]]


class Cell(NamedTuple):
    """What was typed at one address."""

    sheet: str
    ref: str
    typed: object

    @property
    def text(self) -> str:
        """What was typed as text, a whole number without its '.0'."""
        typed = self.typed
        if isinstance(typed, str):
            return str(typed)
        if isinstance(typed, float) and typed.is_integer():
            return str(int(typed))
        if isinstance(typed, dt.date):  # a datetime is one too
            return f"{typed:%d/%m/%Y}"
        return str(typed)

    @property
    def blank(self) -> bool:
        """Whether nothing is typed in it."""
        return isinstance(self.typed, str) and not self.typed.strip()
