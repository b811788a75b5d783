"""The scoring scheme in force on a day: parts, reporting items, grades, rules; all checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

import pandas as pd

from ntm_eval import reference
from ntm_eval.workspace import AnalystError

TOTAL = 100
REPORTING = "reporting"
ITEMS = ("on_time", "cells_filled", "no_errors")
FORMULAS = ("up", "down", "settled")
# the tables that a scheme is made of, and what a row of each is known by
KEYS = {"score_parts": "part", "score_reporting": "item", "grades": "grade", "indicators": "id"}


@dataclass(frozen=True)
class Scheme:
    """What a report of one period is scored on.

    `parts`: points by part, in order. `items`: points and deduction by reporting item. `grades`:
    grade and at_least, the best first. `indicators`: those scored and due, with their part,
    formula, base (the total that `settled` refers to), flow_stock and kind. `answer_by`: the day
    that the office named, after which a figure still under question earns 0; None: not assessed.
    """

    parts: pd.Series
    items: pd.DataFrame
    grades: pd.DataFrame
    indicators: pd.DataFrame
    answer_by: date | None = None


def in_force(period: str, day: date) -> Scheme:
    """The scheme of a period on a day, from data/reference.

    Raises
    ------
    AnalystError
        Naming each file and row that does not fit, all of them at once.
    """
    tables = (reference.latest(name, key, day) for name, key in KEYS.items())
    parts, items, grades, catalogue = tables
    scored = catalogue[catalogue["scored"] == "yes"]
    wrong = [
        *chain.from_iterable(_written_twice(name, key) for name, key in KEYS.items()),
        *_wrong_parts(parts, items),
        *_wrong_items(items),
        *_wrong_grades(grades),
        *_wrong_indicators(scored, parts, set(catalogue["id"])),
        *_empty_parts(scored, parts),
    ]
    if wrong:
        raise AnalystError("Bảng chấm điểm có chỗ chưa đúng, hãy sửa:\n" + "\n".join(wrong))
    due = scored[scored["frequency"].str.contains("h1")] if period == "h1" else scored
    return Scheme(
        parts=parts.set_index("part")["points"],
        items=items.set_index("item")[["points", "deduction"]],
        grades=grades[["grade", "at_least"]].reset_index(drop=True),
        indicators=pd.DataFrame(
            {
                "indicator": due["id"],
                "part": "C" + due["content"],
                "formula": due["formula"],
                "base": due["denominator"].where(due["formula"] == "settled"),
                "flow_stock": due["flow_stock"],
                "kind": due["kind"],
            }
        ).reset_index(drop=True),
        answer_by=_answer_by(period, day.year),
    )


def _answer_by(period: str, year: int) -> date | None:
    """The day of the last row of `score_rules.csv` about a report, where it says `zero`."""
    rows = reference.table("score_rules")
    own = rows[(rows["year"] == year) & (rows["period"] == period)].tail(1)
    return next((r.answer_by.date() for r in own.itertuples() if r.unanswered == "zero"), None)


def _written_twice(name: str, key: str) -> Iterator[str]:
    """Two rows of one key from the same day: neither can be the newer."""
    rows = reference.table(name)
    for line in rows.index[rows.duplicated([key, "valid_from"])]:
        why = f"'{rows.at[line, key]}' đã có ở dòng trên với cùng ngày hiệu lực, hãy bỏ một dòng"
        yield _letter(name, [line], why)


def _empty_parts(scored: pd.DataFrame, parts: pd.DataFrame) -> Iterator[str]:
    """A part that no indicator belongs to: its points could be earned by nobody."""
    known = {*("C" + scored["content"]), REPORTING}
    for line, part in parts.loc[~parts["part"].isin(known), "part"].items():
        yield _letter("score_parts", [line], f"phần '{part}' không có chỉ tiêu nào được chấm điểm")


def _wrong_parts(parts: pd.DataFrame, items: pd.DataFrame) -> Iterator[str]:
    total = parts["points"].sum()
    if abs(total - TOTAL) > 1e-9:
        why = f"điểm các phần cộng lại là {total:g}, phải là {TOTAL}"
        yield _letter("score_parts", parts.index, why)
    for line, points in parts.loc[parts["points"] <= 0, "points"].items():
        yield _letter("score_parts", [line], f"điểm {points:g} phải lớn hơn 0")
    reporting = parts[parts["part"] == REPORTING]
    if reporting.empty:
        yield _letter("score_parts", parts.index, f"thiếu phần '{REPORTING}' (chế độ báo cáo)")
    elif abs(reporting["points"].sum() - items["points"].sum()) > 1e-9:
        why = (
            f"điểm các mục cộng lại là {items['points'].sum():g}, phải bằng điểm của phần "
            f"'{REPORTING}' trong score_parts.csv ({reporting['points'].sum():g})"
        )
        yield _letter("score_reporting", items.index, why)


def _wrong_items(items: pd.DataFrame) -> Iterator[str]:
    if missing := [item for item in ITEMS if item not in set(items["item"])]:
        yield _letter("score_reporting", items.index, f"thiếu mục {', '.join(missing)}")
    counted = items["item"].isin(["on_time", "no_errors"])
    for line, points in items.loc[~(items["points"] > 0), "points"].items():
        yield _letter("score_reporting", [line], f"điểm {points:g} phải lớn hơn 0")
    for line, item in items.loc[counted & ~(items["deduction"] > 0), "item"].items():
        yield _letter("score_reporting", [line], f"mục '{item}' thiếu mức trừ (cột deduction)")


def _wrong_grades(grades: pd.DataFrame) -> Iterator[str]:
    limits = grades["at_least"]
    for line in limits.index[1:][(limits.diff().iloc[1:] >= 0).to_numpy()]:
        why = f"mức {limits[line]:g} phải thấp hơn mức của dòng trên"
        yield _letter("grades", [line], why)
    for line in limits.index[limits > TOTAL]:
        yield _letter("grades", [line], f"mức {limits[line]:g} lớn hơn {TOTAL}, không ai đạt được")
    if grades.empty or limits.iloc[-1] != 0:
        yield _letter("grades", limits.index[-1:], "mức thấp nhất phải là 0")


def _wrong_indicators(scored: pd.DataFrame, parts: pd.DataFrame, known: set[str]) -> Iterator[str]:
    for line, row in scored.iterrows():
        if row["formula"] not in FORMULAS:
            formula = "" if pd.isna(row["formula"]) else row["formula"]
            why = f"{row['id']} có công thức '{formula}'; chọn một trong: {', '.join(FORMULAS)}"
            yield _letter("indicators", [line], why)
        elif row["formula"] == "settled" and pd.isna(row["denominator"]):
            why = f"{row['id']} tính theo tổng số nên phải có chỉ tiêu ở cột denominator"
            yield _letter("indicators", [line], why)
        elif row["formula"] == "settled" and row["denominator"] not in known:
            why = f"{row['id']} tính theo {row['denominator']}, không có trong danh mục chỉ tiêu"
            yield _letter("indicators", [line], why)
        if f"C{row['content']}" not in set(parts["part"]):
            why = f"{row['id']} thuộc phần C{row['content']}, không có trong score_parts.csv"
            yield _letter("indicators", [line], why)


def _letter(name: str, rows: list | pd.Index, why: str) -> str:
    """Rows by their line in the file, where the header is line 1."""
    lines = ", ".join(str(row + 2) for row in rows)
    return f"- data/reference/{name}.csv, dòng {lines or '–'}: {why}."
