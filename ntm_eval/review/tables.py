"""Tables as attributes: made when first asked for, then remembered by whoever has them.

Their docstrings say what the columns mean, from `schemas`.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, overload

import pandas as pd

from ntm_eval import notation, schemas
from ntm_eval.workspace import AnalystError


class Table:
    """A table of a review as a read-only attribute; `make` is called at the first asking."""

    def __init__(self, name: str, make: Callable[[Any], pd.DataFrame]) -> None:
        self.name, self._make = name, make
        self.__doc__ = schemas.schemas()[name].docstring

    @overload
    def __get__(self, review: None, owner: type) -> Table: ...
    @overload
    def __get__(self, review: object, owner: type) -> pd.DataFrame: ...

    def __get__(self, review: object, owner: type) -> Table | pd.DataFrame:
        if review is None:
            return self
        made = vars(review)
        if self.name not in made:
            made[self.name] = self._make(review)
        return made[self.name]

    def __set__(self, review: object, value: object) -> None:
        raise AttributeError(f"'{self.name}' is a table of the review and cannot be replaced")


def table(make: Callable[[Any], pd.DataFrame]) -> Table:
    """A method as a table."""
    return Table(make.__name__, make)


def names(of: type) -> list[str]:
    """The names of the tables that a class has, those of its bases first."""
    return [n for base in reversed(of.mro()) for n, v in vars(base).items() if isinstance(v, Table)]


class Tables:
    """What a review of the province and one of a district offer an analyst beside the tables."""

    def tables(self) -> pd.DataFrame:
        """The names of the tables, each with what a row of it is and what it is made from."""
        known = {name: schemas.schemas()[name] for name in names(type(self))}
        about = [(name, one.about, one.source) for name, one in known.items()]
        return pd.DataFrame(about, columns=["table", "about", "source"]).set_index("table")

    def columns(self, name: str) -> pd.DataFrame:
        """What the columns of a table mean: `column`, `type`, `unit`, `meaning`."""
        return schemas.columns(self._known(name))

    def named(self, table: str | pd.DataFrame) -> pd.DataFrame:
        """A copy of a table, or of rows of one, with names and units beside the codes.

        Raises
        ------
        AnalystError
            Where there is no table of this name, with those that are spelt like it.
        """
        found = getattr(self, self._known(table)) if isinstance(table, str) else table
        return notation.named(found)

    def _known(self, name: str) -> str:
        known = names(type(self))
        if name not in known:
            near = get_close_matches(name, known) or known
            raise AnalystError(
                f"Không có bảng '{name}'. Có phải: {', '.join(near)}? Mọi bảng: tables()."
            )
        return name


def own(name: str) -> Table:
    """A table that one district's own reports tell."""
    return Table(name, lambda here: here.data.tables[name])


def rows(name: str) -> Table:
    """The rows of one district of a table of the province."""
    return Table(name, lambda here: here.of(getattr(here.review, name)))
