"""Where each figure of a district comes from: file, sheet, cell, receipt and correction."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import pandas as pd

from ntm_eval import notation
from ntm_eval.language import say
from ntm_eval.reporting.printed import Note
from ntm_eval.reporting.received_tables import rule_name

KEY = ["year", "period", "indicator", "measure"]


def anchor(year: int, period: str, file: str) -> str:
    """The id of a received file's row on a page, whatever letters its name has."""
    return f"tep-{sha256(f'{year:.0f}/{period}/{file}'.encode()).hexdigest()[:12]}"


def of_figures(
    indicators: Iterable[str], facts: pd.DataFrame, history: pd.DataFrame
) -> dict[str, list[Note]]:
    """What stands behind the columns `plan`, `actual` and `before` of the annex, one a row.

    `before` is last year's annual figure, as in the series.
    """
    if facts.empty:
        return {}
    year, period = facts[["year", "period"]].iloc[0]
    wanted = {
        "plan": (year, period, "plan"), "actual": (year, period, "actual"),
        "before": (year - 1, "annual", "actual"),
    }  # fmt: skip
    last = history[(history["year"] == year - 1) & (history["period"] == "annual")]
    rows = pd.concat([facts, last[last["measure"] == "actual"]])
    cells = {tuple(row[name] for name in KEY): row for row in rows.to_dict("records")}
    return {
        column: [_note(cells.get((when, kind, code, measure))) for code in indicators]
        for column, (when, kind, measure) in wanted.items()
    }


def _note(fact: dict | None) -> Note:
    """Nothing where no cell was due."""
    if fact is None or pd.isna(fact["file"]):
        return ()
    place = [str(fact[name]) for name in ("sheet", "cell") if not pd.isna(fact[name])]
    lines = [
        (say("Tệp {file}: ngày nhận và dấu vân tay", file=fact["file"]),
         f"#{anchor(fact['year'], fact['period'], fact['file'])}"),
        (say("Trang tính và ô: {place}", place=", ".join(place)) if place
         else say("Tệp không có ô này"), ""),
        (say("Ô để trống") if pd.isna(fact["raw"])
         else say("Đã ghi: “{raw}”", raw=fact["raw"]), ""),
    ]  # fmt: skip
    if not pd.isna(fact["value"]):
        value = notation.quantity(fact["value"], fact["unit"])
        lines.append((say("Hiểu là: {value}", value=value), ""))
    if not pd.isna(fact["corrected"]):
        rule = say(rule_name(fact["corrected"]))
        lines.append((say("Đã sửa hoặc đổi: {rule}", rule=rule), ""))
    return tuple(lines)
