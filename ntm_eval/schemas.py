"""The tables that pass between rooms, as pandera schemas: columns, types, units, ranges, meaning.

They stand in `schemas.csv`: for each table a line with what a row is and what it is made from, then
its columns in order. A table is checked once, when it is made and before it is cached. The same
words are the docstrings of a review's attributes, `review.tables()` and `data/README.md`. A range
holds by construction: what a district may have typed has none.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import pandas as pd

from ntm_eval.workspace import HEADERS, SCHEMAS

UNIT = r"^(\d{3}|\d{5})$"  # the code of a district, from 1/7/2025 of a commune
TYPES = {"int": "int64", "float": float, "bool": bool, "day": None}  # the others are texts


@dataclass(frozen=True)
class Column:
    """A column; `kind`: `int`, `float`, `bool`, `day`, `str`, `choice`, or `code` of a unit."""

    name: str
    kind: str
    unit: str
    least: str
    most: str
    meaning: str

    @property
    def type(self) -> str:
        """As pandas calls it; of a `choice` one of the values between backticks in `meaning`."""
        return {"choice": "str", "code": "str", "day": "datetime64"}.get(self.kind, self.kind)


@dataclass(frozen=True)
class Schema:
    """A table: what a row is, what it is made from, and its columns in order."""

    about: str
    source: str
    columns: tuple[Column, ...]

    @property
    def docstring(self) -> str:
        """The table in words, with a line for columns of one meaning."""
        lines = [self.about, "", f"Nguồn: {self.source}.", "", "Cột:"]
        for meaning, found in groupby(self.columns, lambda c: (c.meaning, c.type, c.unit)):
            words, kind, unit = meaning
            names = ", ".join(c.name for c in found)
            lines += [f"    {names} : {kind}{f' [{unit}]' if unit else ''}", f"        {words}"]
        return "\n".join(lines)


@cache
def headers() -> dict[str, str]:
    """What a column is called in a workbook, in Vietnamese, by its name."""
    with HEADERS.open(encoding="utf-8", newline="") as lines:
        return {row["column"]: row["header_vi"] for row in csv.DictReader(lines)}


@cache
def schemas() -> dict[str, Schema]:
    """Each table that a review has, by name."""
    with SCHEMAS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return {name: _schema(list(own)) for name, own in groupby(rows, lambda r: r["table"])}


def check(name: str, made: pd.DataFrame) -> pd.DataFrame:
    """The table, with the types that its schema says.

    Raises
    ------
    pandera.errors.SchemaErrors
        Where a column, a type or a value is not as the schema says; all of them at once.
    """
    return _checker(name).validate(made, lazy=True)


def column_names(name: str) -> list[str]:
    """The columns of a table, in their order."""
    return [c.name for c in schemas()[name].columns]


def typed(name: str, rows: object) -> pd.DataFrame:
    """Rows of a table with its columns in their order and of their types; nothing is checked."""
    frame = pd.DataFrame(rows, columns=column_names(name))
    kinds = {c.name: TYPES.get(c.kind, "str") for c in schemas()[name].columns if c.kind != "day"}
    return frame.astype(kinds)


def columns(name: str) -> pd.DataFrame:
    """What the columns of a table mean: `column`, `type`, `unit`, `meaning`."""
    rows = [(c.name, c.type, c.unit, c.meaning) for c in schemas()[name].columns]
    return pd.DataFrame(rows, columns=["column", "type", "unit", "meaning"])


def _schema(rows: list[dict[str, str]]) -> Schema:
    head, *others = rows
    return Schema(head["meaning"], head["unit"], tuple(c for row in others for c in _columns(row)))


def _columns(row: dict[str, str]) -> Iterator[Column]:
    """The columns of a line, which names one, several, or a run (`TC1..TC19`)."""
    first, _, last = row["columns"].partition("..")
    names = first.split()
    if last:
        stem = first.rstrip("0123456789")
        names = [f"{stem}{n}" for n in range(int(first[len(stem) :]), int(last[len(stem) :]) + 1)]
    for name in names:
        yield Column(name, *(row[k] for k in ("kind", "unit", "least", "most", "meaning")))


@cache
def _checker(name: str) -> Any:
    import pandera.pandas as pa

    def checked(one: Column) -> pa.Column:
        checks = [pa.Check.ge(float(one.least))] if one.least else []
        checks += [pa.Check.le(float(one.most))] if one.most else []
        if one.kind == "choice":
            checks = [pa.Check.isin(re.findall(r"`(\w+)`", one.meaning))]
        elif one.kind == "code":
            checks = [pa.Check.str_matches(UNIT)]
        return pa.Column(TYPES.get(one.kind, str), checks, nullable=one.kind not in ("int", "bool"))

    found = {one.name: checked(one) for one in schemas()[name].columns}
    return pa.DataFrameSchema(found, strict=True, ordered=True, coerce=True, name=name)
