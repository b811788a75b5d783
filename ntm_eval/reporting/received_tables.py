"""What was received, and what the rules marked in it -> printed tables."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.intake import reading
from ntm_eval.intake.replies import STATUSES
from ntm_eval.language import say
from ntm_eval.reporting.printed import Column, Table, number, percent, show

STATES = {
    "blank": "để trống", "not_applicable": "không áp dụng", "rejected": "không đọc được",
}  # fmt: skip
MET = {"yes": "✓ đạt", "no": "✗ chưa đạt", "not_computable": "? không đủ số liệu"}
SEVERITY = {"error": "✗ lỗi", "warning": "! cảnh báo", "info": "· ghi chú"}


def problems(problems: pd.DataFrame) -> Table:
    """What the rules marked, each with its cell, what was typed and what to do."""
    columns = {
        "severity": Column("Mức", lambda s: say(SEVERITY[s])), "rule": Column("Quy tắc", rule_name),
        "message": Column("Ở đâu, vì sao, cần làm gì"),
    }  # fmt: skip
    return show(problems, columns, "Các điểm cần xem lại trong số liệu", "Không có điểm nào.")


def rules(problems: pd.DataFrame) -> Table:
    """How often each rule was broken, and by which districts."""
    rows = [
        {"severity": severity, "rule": rule, "count": len(found),
         "districts": ", ".join(notation.district_name(c) for c in
                                found["district_code"].dropna().unique())}
        for (severity, rule), found in problems.groupby(["severity", "rule"], sort=False)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["severity", "rule", "count", "districts"])
    frame = frame.sort_values(["severity", "count"], ascending=[True, False])
    columns = {
        "rule": Column("Quy tắc", rule_name), "severity": Column("Mức", lambda s: say(SEVERITY[s])),
        "count": number("Số chỗ"), "districts": Column("Huyện, thành phố"),
    }  # fmt: skip
    return show(frame, columns, "Các quy tắc kiểm tra đã đánh dấu", "Không có điểm nào.")


def quality(figures: pd.DataFrame) -> Table:
    """The quality figures of a period, the districts behind each, and what is not in it."""
    columns = {
        "name_vi": Column("Chỉ số", say), "value": percent("Tỷ lệ"),
        "threshold": percent("Mức phải đạt", 0),
        "met": Column("Kết quả", lambda met: say(MET[met])),
        "n": number("Tính trên"), "districts": Column("Huyện, thành phố cần xem lại"),
        "reason": Column("Chưa tính được"),
    }  # fmt: skip
    return show(figures, columns, "Chất lượng số liệu (chỉ số của WHO/DHIS2)")


def completeness(facts: pd.DataFrame) -> Table:
    """One district's owed cells by content and state: a blank is not a zero."""
    actual = facts[facts["measure"] == "actual"]
    part = actual["indicator"].str[:2]
    counts = pd.crosstab(part, actual["state"]).reindex(columns=["reported", *STATES])
    names = [part_name(p) for p in counts.index]
    frame = counts.fillna(0).assign(owed=part.value_counts(), name=names)
    columns = {
        "name": Column("Nội dung"), "owed": number("Ô phải điền"),
        "reported": number("Có số"), "blank": number("Để trống"),
        "not_applicable": number("Không áp dụng"), "rejected": number("Không đọc được"),
    }  # fmt: skip
    return show(frame, columns, "Số ô “Thực hiện” theo từng nội dung")


def readings(facts: pd.DataFrame) -> Table:
    """The cells whose figure is not just the digits typed: words, units, corrections."""
    plain = facts["raw"].str.fullmatch(r"[\d.,\s]*").fillna(True).astype(bool)
    rows = facts[(~plain & facts["value"].notna()) | facts["corrected"].notna()]
    frame = rows.assign(
        name=[notation.score_name("", i) for i in rows["indicator"]],
        place=[place(*row) for row in rows[["sheet", "cell"]].to_numpy()],
        read=[notation.quantity(*row) for row in rows[["value", "unit"]].to_numpy()],
        why=[None if pd.isna(c) else rule_name(c) for c in rows["corrected"]],
    )
    columns = {
        "name": Column("Chỉ tiêu"), "place": Column("Vị trí"), "raw": Column("Đã ghi", quoted=True),
        "read": Column("Hiểu là", css="num"), "qualifier": Column("Kèm chữ", say),
        "why": Column("Vì"),
    }  # fmt: skip
    return show(frame, columns, "Những ô được hiểu khác chữ đã ghi", "Không có ô nào.")


def corrections(facts: pd.DataFrame, problems: pd.DataFrame) -> Table:
    """What was typed, what was read of it and what is used, where these are not the same.

    Corrected figures, figures set aside because they could not be read, and corrections that were
    refused; a corrected cell of the other sheets stands with its letter.
    """
    rows = facts[facts["corrected"].str.startswith(reading.CORRECTED, na=False)
                 | (facts["state"] == "rejected")]  # fmt: skip
    frame = rows.assign(
        subject=[notation.score_name("", i) for i in rows["indicator"]],
        place=[place(*row) for row in rows[["file", "sheet", "cell"]].to_numpy()],
        read=[None if pd.isna(value) else notation.quantity(value, unit)
              for value, unit in rows[["original", "unit"]].to_numpy()],
        used=[say("để riêng, không tính") if pd.isna(value) else notation.quantity(value, unit)
              for value, unit in rows[["value", "unit"]].to_numpy()],
        why=[None if pd.isna(c) else rule_name(c) for c in rows["corrected"]],
    )  # fmt: skip
    told = problems[problems["rule"].isin(["correction_applied", "correction_refused"])]
    told = told[~told["cell"].isin(rows["cell"]) | (told["rule"] == "correction_refused")]
    told = told.assign(
        place=[place(*row) for row in told[["file", "sheet", "cell"]].to_numpy()],
        subject=[rule_name(r) for r in told["rule"]], why=told["message"],
    )  # fmt: skip
    columns = {
        "subject": Column("Chỉ tiêu"), "place": Column("Vị trí"),
        "raw": Column("Đã ghi", quoted=True),
        "read": Column("Đọc được", css="num"), "used": Column("Dùng", css="num"),
        "why": Column("Vì"),
    }  # fmt: skip
    both = pd.concat([frame.reindex(columns=list(columns)), told.reindex(columns=list(columns))])
    return show(both, columns, "Số gốc, số đã sửa và số để riêng", "Không có ô nào.")


def queries(queries: pd.DataFrame) -> Table:
    """The questions to one district and its answers, each with what became of it."""
    filled = queries.astype(object).where(queries.notna() & (queries != ""), None)
    frame = filled.assign(
        place=[place(*row) for row in queries[["file", "sheet", "cell"]].replace("", None)
               .to_numpy()],
    )  # fmt: skip
    columns = {
        "status": Column("Tình trạng", lambda s: say(STATUSES[s])), "place": Column("Vị trí"),
        "question": Column("Câu hỏi"), "old": Column("Đã ghi", quoted=True),
        "new": Column("Số đúng"), "reason": Column("Đơn vị giải trình", quoted=True),
    }  # fmt: skip
    return show(frame, columns, "Câu hỏi gửi đơn vị và trả lời", "Không có câu hỏi nào.")


def rule_name(rule: str) -> str:
    """The name of a rule; what is none, as of a correction, stands for itself."""
    rules = reference.table("rules").drop_duplicates("rule", keep="last").set_index("rule")
    return say(rules["name_vi"][rule]) if rule in rules.index else reading.told(rule)


def place(*parts: object) -> str | None:
    """Where something stands, as far as it is known: file, sheet, cell."""
    known = [str(part) for part in parts if not pd.isna(part)]
    return " · ".join(known) or None


def part_name(part: str) -> str:
    """A part of the score by its name, a content by its code too."""
    name = notation.score_name(part, None)
    return f"{part} {name}" if part.startswith("C") else name
