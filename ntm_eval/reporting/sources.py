"""Every printed figure back to its cell."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation
from ntm_eval.language import say
from ntm_eval.reporting.printed import Column, Table, show
from ntm_eval.reporting.received_tables import STATES, rule_name

MEASURES = {"actual": "Thực hiện", "plan": "Kế hoạch năm", "self_score": "Tự chấm"}


def figures(facts: pd.DataFrame, register: pd.Series) -> Table:
    """One district's figures of a period: number, file, sheet, cell, receipt, correction.

    A row for each indicator; its actual, planned and self-scored figures each with their cell.
    """
    rows = {m: facts[facts["measure"] == m].set_index("indicator") for m in MEASURES}
    order = facts["indicator"].drop_duplicates()
    frame = pd.DataFrame({"indicator": order}).reset_index(drop=True)
    columns = {"indicator": Column("Mã", css="code")}
    for measure, name in MEASURES.items():
        of = rows[measure].reindex(order)
        frame[measure] = [_number(*row) for row in of[["value", "unit", "state"]].to_numpy()]
        frame[f"{measure}_raw"] = of["raw"].to_numpy()
        frame[f"{measure}_cell"] = of["cell"].to_numpy()
        columns[measure] = Column(name, css="num")
        if measure == "actual":
            columns["actual_raw"] = Column("Huyện ghi", css="num", quoted=True)
        columns[f"{measure}_cell"] = Column("Ô", css="code")
    first = facts.groupby("indicator", sort=False).first().reindex(order)
    frame = frame.assign(
        sheet=first["sheet"].to_numpy(), file=first["file"].to_numpy(),
        received=register["received"], corrected=_corrections(facts).reindex(order).to_numpy(),
    )  # fmt: skip
    columns |= {
        "sheet": Column("Trang tính", quoted=True), "file": Column("Tệp", quoted=True),
        "received": Column("Ngày nhận", notation.day, css="code"), "corrected": Column("Sửa theo"),
    }  # fmt: skip
    return show(frame, columns, "Nguồn của từng con số: tệp, trang tính, ô, ngày nhận, bản sửa")


def _number(value: float, unit: str, state: str) -> str | None:
    if pd.isna(value):
        return say(STATES[state]) if state in STATES else None
    return notation.quantity(value, unit, with_unit=False)


def _corrections(facts: pd.DataFrame) -> pd.Series:
    """The corrections of an indicator's figures, each named with the figure that it changed."""
    changed = facts.dropna(subset="corrected")
    said = (
        changed["measure"].map(lambda m: say(MEASURES[m]))
        + ": "
        + changed["corrected"].map(rule_name)
    )
    return said.groupby(changed["indicator"]).agg("; ".join).astype(object)
