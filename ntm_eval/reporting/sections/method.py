"""The files behind a report, and what its figures do not tell."""

from __future__ import annotations

from hashlib import sha256

import pandas as pd

from ntm_eval import notation
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Column, Table, Text

LIMITS = (
    "Giới hạn của số liệu: thang điểm, trọng số và mức xếp loại là phương án đề xuất, chưa ban "
    "hành thành văn bản; kế hoạch đặt thấp mà đạt vẫn được đủ điểm; số liệu do đơn vị báo cáo, "
    "{checked}; tỷ lệ hài lòng kèm khoảng tin cậy 95%, số phiếu dưới 5 không công bố; số 0, ô để "
    "trống và không áp dụng là ba trường hợp khác nhau."
)


def limits(verified: pd.DataFrame) -> Text:
    """What the figures do not tell; `verified` are those recounted at the source."""
    checked = (
        _("trong đó {count} số liệu đã kiểm tra tại cơ sở", count=len(verified))
        if len(verified)
        else _("chưa kiểm tra tại cơ sở")
    )
    return Text(_(LIMITS, checked=checked))


def anchor(year: int, period: str, file: str) -> str:
    """The id of a received file's row on a page, whatever letters its name has."""
    return f"tep-{sha256(f'{year:.0f}/{period}/{file}'.encode()).hexdigest()[:12]}"


def files(files: pd.DataFrame) -> Table:
    """The files behind a page and the start of each one's fingerprint."""
    columns = {
        "year": Column("Năm", lambda year: f"{year:.0f}"),
        "period": Column("Kỳ", lambda period: _(notation.PERIODS[period])),
        "file": Column("Tệp", quoted=True),
        "received": Column("Ngày nhận", notation.day),
        "sha256": Column("Dấu vân tay", lambda text: text[:12], css="code"),
    }
    anchors = [anchor(*row) for row in files[["year", "period", "file"]].to_numpy()]
    caption = "Tệp đã dùng (SHA-256, 12 ký tự đầu)"
    return Table.from_frame(files, columns, caption, "Chưa có tệp nào.", anchors=anchors)
