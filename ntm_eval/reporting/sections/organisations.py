"""The socio-political organisations: what each registered and did, in a unit and in all."""

from __future__ import annotations

from textwrap import shorten

import pandas as pd

from ntm_eval import notation
from ntm_eval.analysis import organisations
from ntm_eval.language import translate as _
from ntm_eval.notation import number
from ntm_eval.reporting.blocks import Column, Table, Text

LETTERS = 140  # of what a unit wrote, in its report; all of it is in the table of results
UNKNOWN = "Tên tổ chức chưa nhận ra"


def table(rows: pd.DataFrame) -> Table:
    """What each organisation of a unit registered and did, as written, shortened."""
    columns = {
        "name": Column("Tổ chức", _name),
        "work": Column("Việc đăng ký", _written, quoted=True),
        "result": Column("Kết quả", _written, quoted=True),
        "model": Column("Mô hình", _written, quoted=True),
        "participants": Column.number("Người tham gia"),
        "amount": Column("Giá trị (triệu đồng)", _millions, css="num"),
    }
    return Table.from_frame(rows, columns, "Việc của các đoàn thể, theo báo cáo của đơn vị")


def province(rows: pd.DataFrame, units: int) -> Table:
    """What all units report of each organisation, added up."""
    found = organisations.by_organisation(rows)
    columns = {
        "name": Column("Tổ chức", _),
        "units": Column.number("Số đơn vị"),
        "works": Column.number("Việc đăng ký"),
        "done": Column.number("Việc có kết quả"),
        "models": Column.number("Việc có mô hình"),
        "participants": Column.number("Người tham gia"),
        "amount": Column("Giá trị (triệu đồng)", _millions, css="num"),
    }
    frame = found.assign(name=found["name"].fillna(UNKNOWN))
    caption = _(
        "Việc của các đoàn thể, cộng theo báo cáo của {given}/{units} đơn vị",
        given=rows["district_code"].nunique(),
        units=units,
    )
    return Table.from_frame(frame, columns, caption)


def notes(rows: pd.DataFrame, named: bool) -> Text:
    """Who registered something and reports nothing done, and what has no value; '' where none."""
    each = rows.dropna(subset="organisation").groupby(
        ["district_code", "organisation", "name"], sort=False
    )
    found = each.agg(works=("work", "count"), done=("done", "any")).reset_index()
    idle = found[(found["works"] > 0) & ~found["done"]].to_dict("records")
    names = [
        f"{_(r['name'])} ({notation.district_name(r['district_code'])})" if named else _(r["name"])
        for r in idle
    ]
    lines = []
    if names:
        lines.append(_("Đã đăng ký nhưng chưa ghi kết quả: {names}.", names="; ".join(names)))
    if count := int((rows["done"] & rows["amount"].isna()).sum()):
        lines.append(_("Giá trị chưa gồm {count} việc có kết quả nhưng không ghi.", count=count))
    return Text("\n".join(lines), found)


def _name(name: str) -> str:
    return _(shorten(name, LETTERS, placeholder=" …"))


def _written(text: str) -> str:
    return shorten(text, LETTERS, placeholder=" …")


def _millions(amount: float) -> str:
    return number(amount / 1e6, 0 if amount >= 1e6 else 1)
