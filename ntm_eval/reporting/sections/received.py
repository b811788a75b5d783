"""What was received: when, how complete, how it was read and from which cell each figure is."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from ntm_eval import notation, reference, units
from ntm_eval.intake import reading, received
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.notation import day, district_name, reporters, sentence, when
from ntm_eval.reporting.blocks import Column, Table, Text, listed

MEASURES = {"actual": "Thực hiện", "plan": "Kế hoạch năm", "self_score": "Tự chấm"}

STATES = {"blank": "để trống", "not_applicable": "không áp dụng", "rejected": "không đọc được"}

STATUS = {
    "on_time": "đúng hạn",
    "late": "muộn",
    "missing": "chưa có báo cáo",
    "undated": "không rõ ngày gửi",
}

TOLD = {
    "late": "gửi muộn: {names}",
    "missing": "chưa có báo cáo: {names}",
    "undated": "không rõ ngày gửi: {names}",
}
# a status is never a colour or a word alone
STATUS_SIGNS = {"on_time": "✓", "late": "✗", "missing": "○", "undated": "?"}

ILLUSTRATIVE = "SỐ LIỆU MINH HỌA: số liệu được tạo ra để thử, không phải số thật."


def completeness(facts: pd.DataFrame) -> Table:
    """One district's owed cells by content and state: a blank is not a zero."""
    actual = facts[facts["measure"] == "actual"]
    part = actual["indicator"].str[:2].rename("part")
    counts = pd.crosstab(part, actual["state"]).reindex(columns=["reported", *STATES])
    frame = counts.fillna(0).assign(owed=part.value_counts()).reset_index()
    columns = {
        "part": Column("Nội dung", lambda part: notation.score_name(part, None)),
        "owed": Column.number("Số liệu phải báo cáo"),
        "reported": Column.number("Có số"),
        "blank": Column.number("Để trống"),
        "not_applicable": Column.number("Không áp dụng"),
        "rejected": Column.number("Không đọc được"),
    }
    return Table.from_frame(frame, columns, "Số ô “Thực hiện” theo từng nội dung")


def readings(facts: pd.DataFrame) -> Table:
    """The cells whose figure is not just the digits typed: words, units, corrections."""
    plain = facts["raw"].str.fullmatch(r"[\d.,\s]*").fillna(True).astype(bool)
    rows = facts[(~plain & facts["value"].notna()) | facts["corrected"].notna()]
    columns = {
        "indicator": Column("Chỉ tiêu", reference.indicator_name),
        "place": Column.of_row("Vị trí", lambda row: address(row["sheet"], row["cell"])),
        "raw": Column("Đã ghi", quoted=True),
        "value": Column.of_row("Hiểu là", quantity_of, css="num"),
        "qualifier": Column("Kèm chữ", _),
        "corrected": Column("Vì", rule_name),
    }
    return Table.from_frame(rows, columns, "Những ô được hiểu khác chữ đã ghi", "Không có ô nào.")


def corrections(facts: pd.DataFrame, problems: pd.DataFrame) -> Table:
    """What was typed, what was read of it and what is used, where these are not the same.

    Corrected figures, figures set aside because they could not be read, and corrections that were
    refused; a corrected cell of the other sheets stands with its letter.
    """
    rows = facts[
        facts["corrected"].str.startswith(reading.CORRECTED, na=False)
        | (facts["state"] == "rejected")
    ]
    frame = rows.assign(
        subject=rows["indicator"].map(reference.indicator_name),
        read=[quantity_of(row, "original") for row in rows.to_dict("records")],
        used=[quantity_of(row) or _("để riêng, không tính") for row in rows.to_dict("records")],
        why=rows["corrected"].map(rule_name, na_action="ignore"),
    )
    told = problems[problems["rule"].isin(["correction_applied", "correction_refused"])]
    told = told[~told["cell"].isin(rows["cell"]) | (told["rule"] == "correction_refused")]
    told = told.assign(subject=told["rule"].map(rule_name), why=told["message"])
    columns = {
        "subject": Column("Chỉ tiêu"),
        "place": Column.of_row("Vị trí", lambda r: address(r["file"], r["sheet"], r["cell"])),
        "raw": Column("Đã ghi", quoted=True),
        "read": Column("Đọc được", css="num"),
        "used": Column("Dùng", css="num"),
        "why": Column("Vì"),
    }
    both = pd.concat([frame, told])
    return Table.from_frame(both, columns, "Số gốc, số đã sửa và số để riêng", "Không có ô nào.")


def rule_name(rule: str) -> str:
    """The name of a rule; what is none, as of a correction, stands for itself."""
    rules = reference.table("rules").drop_duplicates("rule", keep="last").set_index("rule")
    return _(rules["name_vi"][rule]) if rule in rules.index else reading.told(rule)


def address(*parts: object) -> str | None:
    """Where something stands, as far as it is known: file, sheet, cell."""
    known = [str(part) for part in parts if not pd.isna(part) and part != ""]
    return " · ".join(known) or None


def quantity_of(fact: Mapping, column: str = "value") -> str | None:
    """A figure of a fact with its unit of measure; None where there is none."""
    return None if pd.isna(fact[column]) else notation.quantity(fact[column], fact["unit"])


def table(register: pd.DataFrame) -> Table:
    """Who sent the report when, and how complete it is."""
    filled = register["cells_filled"] / register["cells_expected"]
    frame = register.assign(filled=filled, errors=received.errors_within(register))
    columns = {
        "district": Column("Đơn vị", place),
        "status": Column("Tình trạng", status, css="code"),
        "received": Column("Ngày nhận", notation.day),
        "due": Column("Gửi trước ngày", notation.day),
        "days_late": Column.number("Số ngày muộn"),
        "cut_off": Column("Ngày chốt số liệu", notation.day),
        "cells_filled": Column.number("Số liệu đã báo cáo"),
        "cells_expected": Column.number("Số liệu phải báo cáo"),
        "filled": Column.percent("Tỷ lệ điền"),
        "errors": Column.number("Lỗi"),
        "warnings": Column.number("Cảnh báo"),
    }
    return Table.from_frame(frame, columns, "Tình hình gửi báo cáo của các đơn vị")


def status(found: str) -> str:
    """Where a report stands, with its sign: '✓ đúng hạn'."""
    return f"{STATUS_SIGNS[found]} {_(STATUS[found])}"


def opening(who: str, year: int | str, period: str, illustrative: bool) -> Text:
    """Whose page this is, of which period, and whether its data is invented."""
    lines = [f"{place(who)}, {when(int(year), period)}."]
    return Text("\n".join([*lines, _(ILLUSTRATIVE)] if illustrative else lines))


def arrival(register: pd.Series) -> Text:
    """When one district's report came and how complete it is."""
    who = place(register["district"])
    due = _("hạn gửi trước ngày {due}", due=day(register["due"]))
    if register["status"] == "missing":
        return Text(_("{district} chưa có báo cáo ({due}).", district=who, due=due))
    came = {
        "on_time": _(
            "gửi báo cáo đúng hạn, nhận ngày {received}", received=day(register["received"])
        ),
        "late": _(
            "gửi báo cáo muộn {days_late:.0f} ngày, nhận ngày {received}",
            register,
            received=day(register["received"]),
        ),
        "undated": _("không rõ ngày gửi"),
    }[register["status"]]
    filled, owed = register["cells_filled"], register["cells_expected"]
    cut_off = register["cut_off"]
    upto = (
        _("không ghi ngày chốt số liệu")
        if pd.isna(cut_off)
        else _("số liệu đến {cut_off}", cut_off=day(cut_off))
    )
    said = (
        _("Báo cáo đầy đủ {filled:.0f}/{owed:.0f} chỉ tiêu.", filled=filled, owed=owed)
        if filled == owed
        else _(
            "Báo cáo {filled:.0f}/{owed:.0f} chỉ tiêu, còn thiếu {left:.0f}.",
            filled=filled,
            owed=owed,
            left=owed - filled,
        )
    )
    return Text(f"{who} {came} ({due}); {upto}. {said}")


def summary(register: pd.DataFrame) -> Text:
    """Who reported on time, late, undated or not at all, and how complete the reports are."""
    who = reporters(register["district_code"].iloc[0])
    by = dict(iter(register.groupby("status")))
    on_time = len(by.pop("on_time", ()))
    said = [_("{count}/{of} {who} gửi báo cáo đúng hạn", count=on_time, of=len(register), who=who)]
    for status in (status for status in TOLD if status in by):
        names = [
            _("{district} ({days_late:.0f} ngày)", r, district=place(r["district"]))
            if status == "late"
            else place(r["district"])
            for r in by[status].to_dict("records")
        ]
        said.append(_(TOLD[status], names=listed(names)))
    filled, owed = register["cells_filled"].sum(), register["cells_expected"].sum()
    complete = _(
        "Các báo cáo đã nhận có {filled:.0f}/{owed:.0f} số liệu phải báo cáo ({share:.1%}).",
        filled=filled,
        owed=owed,
        share=filled / owed if owed else math.nan,
    )
    return Text(" ".join([sentence("; ".join(said)), *([complete] if owed else [])]), register)


def failures(stopped: pd.DataFrame) -> Text:
    """The pages of this batch that stopped, by district."""
    lines = [
        _(
            "Trang {notebook} của {district} chưa lập được: {error}.",
            notebook=r["notebook"],
            district=district_name(units.district(r["district"]).code),
            error=" ".join(r["error"].split()).rstrip("."),
        )
        for r in stopped.dropna(subset="district").to_dict("records")
    ]
    return Text("\n".join(lines), stopped)
