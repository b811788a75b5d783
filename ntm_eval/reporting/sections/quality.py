"""Problems found in the data, questions to a district, and the quality figures of WHO/DHIS2."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation
from ntm_eval.exchange.replies import STATUSES
from ntm_eval.intake import received
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Column, Table, Text
from ntm_eval.reporting.sections.received import address, rule_name

MET = {"yes": "✓ đạt", "no": "✗ chưa đạt", "not_computable": "? không đủ số liệu"}

SEVERITY = {"error": "✗ lỗi", "warning": "! cảnh báo", "info": "· ghi chú"}


def table(problems: pd.DataFrame) -> Table:
    """What the rules marked, each with its cell, what was typed and what to do."""
    columns = {
        "severity": Column("Mức", lambda s: _(SEVERITY[s])),
        "rule": Column("Quy tắc", rule_name),
        "message": Column("Ở đâu, vì sao, cần làm gì"),
    }
    return Table.from_frame(
        problems, columns, "Các điểm cần xem lại trong số liệu", "Không có điểm nào."
    )


def rules(problems: pd.DataFrame) -> Table:
    """How often each rule was broken, and by which districts."""
    rows = [
        {
            "severity": severity,
            "rule": rule,
            "count": len(found),
            "districts": ", ".join(
                notation.district_name(c) for c in found["district_code"].dropna().unique()
            ),
        }
        for (severity, rule), found in problems.groupby(["severity", "rule"], sort=False)
    ]
    frame = pd.DataFrame(rows, columns=["severity", "rule", "count", "districts"])
    frame = frame.sort_values(["severity", "count"], ascending=[True, False])
    columns = {
        "rule": Column("Quy tắc", rule_name),
        "severity": Column("Mức", lambda s: _(SEVERITY[s])),
        "count": Column.number("Số chỗ"),
        "districts": Column("Huyện, thành phố"),
    }
    return Table.from_frame(
        frame, columns, "Các quy tắc kiểm tra đã đánh dấu", "Không có điểm nào."
    )


def indicators(figures: pd.DataFrame) -> Table:
    """The quality figures of a period, the districts behind each, and what is not in it."""
    columns = {
        "name_vi": Column("Chỉ số", _),
        "value": Column.percent("Tỷ lệ"),
        "threshold": Column.percent("Mức phải đạt", 0),
        "met": Column("Kết quả", lambda met: _(MET[met])),
        "n": Column.number("Tính trên"),
        "districts": Column("Huyện, thành phố cần xem lại"),
        "reason": Column("Chưa tính được"),
    }
    return Table.from_frame(figures, columns, "Chất lượng số liệu (chỉ số của WHO/DHIS2)")


def queries(queries: pd.DataFrame) -> Table:
    """The questions to one district and its answers, each with what became of it."""
    filled = queries.astype(object).where(queries.notna() & (queries != ""), None)
    frame = filled.assign(
        place=[
            address(*row) for row in queries[["file", "sheet", "cell"]].replace("", None).to_numpy()
        ],
    )
    columns = {
        "status": Column("Tình trạng", lambda s: _(STATUSES[s])),
        "place": Column("Vị trí"),
        "question": Column("Câu hỏi"),
        "old": Column("Đã ghi", quoted=True),
        "new": Column("Số đúng"),
        "reason": Column("Đơn vị giải trình", quoted=True),
    }
    return Table.from_frame(
        frame, columns, "Câu hỏi gửi đơn vị và trả lời", "Không có câu hỏi nào."
    )


def summary(found: pd.DataFrame) -> Text:
    """How many problems of each weight a report has."""
    within = found[found["rule"] != received.MISSING]
    counts = within["severity"].value_counts()
    errors, warnings, notes = (int(counts.get(s, 0)) for s in ("error", "warning", "info"))
    if len(found) and not len(within):
        return Text(_("Chưa có báo cáo nào để kiểm tra số liệu."), found)
    if not len(found):
        return Text(_("Không phát hiện chỗ nào phải hỏi lại."), found)
    return Text(
        _(
            "Có {errors} lỗi phải sửa, {warnings} chỗ cần xem lại và {notes} ghi nhận. Phần mềm "
            "chỉ đánh dấu, không tự sửa số liệu.",
            errors=errors,
            warnings=warnings,
            notes=notes,
        ),
        found,
    )
