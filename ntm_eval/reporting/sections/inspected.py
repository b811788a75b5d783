"""What was recounted at the source, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.language import N_
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, number, reporters
from ntm_eval.reporting.blocks import Column, Table, Text

FEW = 3  # figures that differ told in a sentence; the table has all
OUTCOMES = {
    "agrees": N_("✓ khớp"),
    "open": N_("✗ đang đề nghị giải trình"),
    "explained": N_("đơn vị đã giải trình"),
    "corrected": N_("số của báo cáo nay đã khớp"),
    "no_figure": N_("báo cáo không có số"),
}


def summary(verified: pd.DataFrame) -> Text:
    """How many figures were recounted, how many are borne out, and which are not."""
    if verified.empty:
        return Text(_("Chưa có số liệu nào của kỳ này được kiểm tra tại cơ sở."), verified)
    of = verified["district_code"]
    differ = verified[verified["verdict"] == "differs"]
    head = _(
        "Kiểm tra tại cơ sở: {count} số liệu của {units} {reporters} ({partly} số liệu mới kiểm "
        "tra ở một số xã); {agree} số liệu khớp với hồ sơ trong mức cho phép, {differ} số liệu "
        "chênh lệch. Các số liệu khác chưa kiểm tra.",
        count=len(verified),
        partly=int((verified["basis"] == "communes").sum()),
        units=of.nunique(),
        reporters=reporters(of.iloc[0]),
        agree=len(verified) - len(differ),
        differ=len(differ),
    )
    return Text("\n".join([head, *map(_told, differ.head(FEW).to_dict("records"))]), verified)


def of_district(verified: pd.DataFrame) -> Text:
    """Which figures of one district were recounted, each that differs with its numbers."""
    same = verified[verified["verdict"] == "agrees"].to_dict("records")
    lines = []
    if same:
        lines.append(
            _(
                "Đã kiểm tra tại cơ sở và khớp với hồ sơ: {names}.",
                names="; ".join(
                    f"{reference.indicator_name(row['indicator'])} ({_where(row)})" for row in same
                ),
            )
        )
    differ = verified[verified["verdict"] == "differs"]
    return Text("\n".join([*lines, *map(_told, differ.to_dict("records"))]), verified)


def table(verified: pd.DataFrame) -> Table:
    """The verification factor of each figure recounted, with what came of it."""
    columns = {
        "district_code": Column("Huyện, thành phố", district_name),
        "indicator": Column("Chỉ tiêu", reference.indicator_name),
        "where": Column.of_row("Nơi kiểm tra", _where),
        "reported": Column.measured("Đã báo cáo", "reported"),
        "found": Column.measured("Kiểm tra được", "found"),
        "factor": Column.of_row("Hệ số kiểm chứng", _factor, css="num"),
        "interval": Column.span("Khoảng tin cậy 95%", "low", "high", 2),
        "outcome": Column("Kết quả", lambda outcome: _(OUTCOMES[outcome])),
    }
    caption = "Số liệu đã kiểm tra tại cơ sở"
    return Table.from_frame(verified, columns, caption, "Chưa kiểm tra số liệu nào.")


def how(verified: pd.DataFrame) -> Text:
    """What the factor is, and what its interval leaves out."""
    text = (
        "Hệ số kiểm chứng là số kiểm tra được chia cho số đã báo cáo (WHO, Data Quality "
        "Review, phần 3); báo cáo ghi 0 thì không có tỷ lệ. Nhiều xã được cộng lại. Khoảng "
        "tin cậy chỉ tính đến việc chọn xã để kiểm tra, và chỉ đúng khi các xã được chọn ngẫu "
        "nhiên."
    )
    return Text(_(text), verified)


def _told(row: Mapping) -> str:
    """One figure that differs: 'Lượt cử tri dự của Bắc Yên: báo cáo 2.363, kiểm tra được …'."""
    return _(
        "{name} của {district}: báo cáo {reported}, kiểm tra được {found} ({where}): {outcome}.",
        name=reference.indicator_name(row["indicator"]),
        district=district_name(row["district_code"]),
        reported=notation.amount(row["reported"], reference.indicator(row["indicator"])["unit"]),
        found=notation.measured_as(row["found"], row["indicator"]),
        where=_where(row),
        outcome=_(OUTCOMES[row["outcome"]]).removeprefix("✗ "),
    )


def _factor(row: Mapping) -> str:
    return _("không có tỷ lệ") if pd.isna(row["factor"]) else number(row["factor"], 2)


def _where(row: Mapping) -> str:
    if row["basis"] == "district":
        return _("cả đơn vị")
    return _("{count} xã, phường, thị trấn", count=row["places"])
