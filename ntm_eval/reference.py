"""The facts of `data/reference/`, each table typed and checked; a changed file is seen at once.

Every row carries its source. Dated rows have `valid_from` (and `valid_to`): `at` gives the rows
in force on a day, so that a review of 2022 keeps the rules of 2022. `data/README.md` explains
every column.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Hashable, Mapping
from contextvars import ContextVar
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ntm_eval import language
from ntm_eval.reference_schemas import SCHEMAS
from ntm_eval.workspace import REFERENCE, VIETNAMESE, AnalystError

RELATION = re.compile(r"(<=|>=|=)\s*(.+)")
PART_OF = re.compile(r"^(Trong đó|Of which): ")
LENGTHS = ("km", "ha")  # measured in decimals, and they add up all the same
FREQUENCIES = {"h1": ["h1+annual"], "annual": ["h1+annual", "annual"]}


Given = ParamSpec("Given")
Made = TypeVar("Made")
Stamps = dict[str, tuple[int, int]]  # of each file, when it was last written, and its size
# the files that what is being made rests on
_read: ContextVar[Stamps | None] = ContextVar("read", default=None)


def derived(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """A function of the reference tables, made again when a file that it read has changed.

    The one memory of them: a review asks 40,000 times, which took 700 seconds without it
    (bench of 2026-11). Callers must not change what they get.
    """
    made: dict[Hashable, tuple[Stamps, Made]] = {}

    @wraps(make)
    def ask(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        key = (REFERENCE, args, *kwargs.items())
        found = made.get(key)
        if found is None or not _as_before(found[0]):
            before = _read.set({})
            try:
                value = make(*args, **kwargs)
                found = made[key] = (_read.get() or {}, value)
            finally:
                _read.reset(before)
        if (above := _read.get()) is not None:
            above |= found[0]
        return found[1]

    return ask


def _as_before(stamps: Stamps) -> bool:
    return all(_stamp(path) == stamp for path, stamp in stamps.items())


def _stamp(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@derived
def table(name: str) -> pd.DataFrame:
    """A reference table by its file name without `.csv`. Callers must not change it.

    Raises
    ------
    AnalystError
        Naming the file, the column and the rows that do not fit, all of them at once.
    """
    path = REFERENCE / f"{name}.csv"
    if not path.is_file():
        raise AnalystError(f"Thiếu bảng tham chiếu {path}. Lấy lại tệp này từ dự án.")
    if (read := _read.get()) is not None:
        read[str(path)] = _stamp(str(path))  # before it is read: a change meanwhile is seen
    columns = SCHEMAS[name]
    schema = pa.DataFrameSchema(columns, strict=True, ordered=True)
    try:
        # utf-8-sig: Excel writes a byte order mark when the office saves the file
        # sep: and, set to Vietnamese, semicolons between the columns
        text = pd.read_csv(path, dtype=str, encoding="utf-8-sig", sep=_separator(path))
        typed = text.assign(**{c: _typed(text[c], columns[c]) for c in columns if c in text})
        return schema.validate(typed, lazy=True)
    except (pa.errors.SchemaErrors, pa.errors.SchemaError, ValueError) as error:
        raise AnalystError(_letter(path.name, error)) from None


@derived
def catalogue() -> pd.DataFrame:
    """The indicators by id, each as its last row has it. Callers must not change it."""
    return table("indicators").drop_duplicates("id", keep="last").set_index("id")


def indicator(code: str) -> Mapping[str, Any]:
    """The catalogue's row of an indicator by its id."""
    return _rows()[code]


@derived
def _rows() -> dict[str, dict[str, Any]]:
    return {str(code): row for code, row in catalogue().to_dict("index").items()}


def due(period: str) -> pd.DataFrame:
    """The indicators owed in a period, in the order of the catalogue."""
    indicators = table("indicators")
    owed = indicators["frequency"].isin(FREQUENCIES[period])
    return indicators[owed].reset_index(drop=True)


def official(day: date) -> dict[str, str]:
    """The office's own texts in its papers on a day, by item."""
    return latest("official", "item", day).set_index("item")["text"].to_dict()


@derived
def constant(name: str, day: date) -> float:
    """A number of `constants.csv` as it is in force on a day.

    Raises
    ------
    AnalystError
        Where there is no such row on the day, or a share is above 1.
    """
    rows = at(table("constants"), day).sort_values("valid_from")
    found = rows[rows["name"] == name].tail(1)
    if found.empty:
        raise AnalystError(
            f"data/reference/constants.csv không có dòng '{name}' có hiệu lực ngày {day:%d/%m/%Y}. "
            "Thêm dòng đó (valid_from không sau ngày này) rồi chạy lại."
        )
    row = found.iloc[0]
    if row["unit"] == "tỷ lệ" and row["value"] > 1:
        raise AnalystError(
            f"data/reference/constants.csv, dòng '{name}': tỷ lệ {row['value']:g} lớn hơn 1. "
            "Ghi tỷ lệ từ 0 đến 1 (2% là 0.02) rồi chạy lại."
        )
    return float(row["value"])


@derived
def added_up() -> frozenset[str]:
    """The indicators whose figures of several units add up: no percentage and no mean."""
    rows = table("indicators")
    adds = rows["kind"].isin(["count", "money", "area"]) | rows["unit"].isin(LENGTHS)
    return frozenset(rows.loc[adds, "id"])


@derived
def need_driven(day: date) -> frozenset[str]:
    """The indicators that follow a need: that there is less of them is neither good nor bad."""
    return frozenset(at(table("need_driven"), day)["indicator"])


def relation(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """The sign and the other side of what an indicator must hold to, None where that is nothing.

    >>> relation({"check": "<= communes"})
    ('<=', 'communes')
    """
    found = RELATION.fullmatch(str(row["check"]))
    return (found[1], found[2]) if found else None


def indicator_name(code: str, *, listed: bool = False) -> str:
    """The name of an indicator in the language in use; the catalogue brings its own English.

    What is part of another says so ('Trong đó: …') only where it is `listed` below that one.
    """
    row = indicator(code)
    name = str(row["name_vi" if language.current() == VIETNAMESE else "name_en"])
    alone = name if listed else PART_OF.sub("", name)
    return alone[:1].upper() + alone[1:]


def _separator(path: Path) -> str:
    with path.open(encoding="utf-8-sig") as lines:
        header = lines.readline()
    return max(",;\t", key=header.count)


def _typed(column: pd.Series, schema: pa.Column) -> pd.Series:
    kind = str(schema.dtype)
    if kind.startswith("datetime"):
        written = column.str.replace(r"^(\d{1,2})/(\d{1,2})/(\d{4})$", r"\3-\2-\1", regex=True)
        return pd.to_datetime(written, format="%Y-%m-%d").astype("datetime64[s]")
    if kind.startswith(("float", "int")):
        return pd.to_numeric(column.str.replace(",", ".", regex=False)).astype(kind)
    return column


def _letter(file: str, error: Exception) -> str:
    cases = getattr(error, "failure_cases", None)
    if not isinstance(cases, pd.DataFrame):
        return f"data/reference/{file}: {error}. Sửa ô đó rồi chạy lại."
    lines = [
        f"- cột {case['column']}, dòng {_line(case['index'])}: "
        f"'{case['failure_case']}' không hợp lệ ({case['check']})"
        for case in cases.to_dict("records")
    ]
    return f"data/reference/{file} có chỗ chưa đúng, hãy sửa:\n" + "\n".join(lines)


def _line(index: float) -> str:
    """The line in the file: the header is line 1."""
    return "tiêu đề" if pd.isna(index) else str(int(index) + 2)


def at(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    """The rows in force on a day."""
    when = np.datetime64(day)
    in_force = frame["valid_from"].to_numpy() <= when
    if "valid_to" in frame:
        until = frame["valid_to"].to_numpy()
        in_force &= np.isnat(until) | (until >= when)
    return frame[in_force]


def latest(name: str, key: str | list[str], day: date) -> pd.DataFrame:
    """The newest row in force of each key of a table, in the order of the file."""
    rows = at(table(name), day).sort_values("valid_from", kind="stable")
    return rows.drop_duplicates(key, keep="last").sort_index()
