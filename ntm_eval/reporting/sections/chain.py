"""The campaign along its result chain (`analysis.chain`)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ntm_eval.language import N_
from ntm_eval.language import translate as _
from ntm_eval.reference import indicator_name
from ntm_eval.reporting.blocks import Column, Table, Text

STEPS = {
    "input": N_("1. Nguồn lực huy động"),
    "activity": N_("2. Hoạt động"),
    "output": N_("3. Sản phẩm trực tiếp"),
    "outcome": N_("4. Kết quả đối với người dân, địa bàn"),
}


def how() -> Text:
    """What the steps are, and what the figures cannot tell."""
    text = (
        "Cách xếp chỉ tiêu vào từng bước là của phần mềm, chưa kiểm chứng. Số liệu không cho "
        "biết phần đóng góp của Cuộc vận động vào kết quả và không cho biết chi phí; báo cáo "
        "không tách theo giới, dân tộc, riêng hộ nghèo, hộ cận nghèo có chỉ tiêu riêng."
    )
    return Text(_(text))


def summary(found: pd.DataFrame) -> Text:
    """In a sentence for leaders: how many plans each step reached; nothing where none has any."""
    said = "; ".join(
        _("{step} {reached}/{planned}", row, step=_(STEPS[row["step"]]).partition(". ")[2].lower())
        for row in found.to_dict("records")
        if row["planned"]
    )
    text = (
        "Số chỉ tiêu đạt kế hoạch năm theo chuỗi kết quả (cách xếp chưa ban hành thành văn bản): "
        "{said}. Số liệu không cho biết phần đóng góp của Cuộc vận động vào kết quả và chi phí."
    )
    return Text(_(text, said=said) if said else "", found)


def table(found: pd.DataFrame) -> Table:
    """Each step: its indicators, plans reached, and what rose and fell most since last year."""
    columns = {
        "step": Column("Bước", lambda step: _(STEPS[step])),
        "indicators": Column.number("Số chỉ tiêu"),
        "reached": Column.of_row("Đạt kế hoạch năm", _reached, css="num"),
        "rose": Column.number("Tăng so với năm trước"),
        "fell": Column.number("Giảm so với năm trước"),
        "most": Column("Tăng nhiều nhất", indicator_name),
        "least": Column("Giảm nhiều nhất", indicator_name),
    }
    return Table.from_frame(found, columns, "Cuộc vận động theo chuỗi kết quả")


def _reached(row: Mapping) -> str | None:
    return _("{reached}/{planned} ({share:.0%})", row) if row["planned"] else None
