"""Problems found in the data, questions to a district, and the quality figures of WHO/DHIS2."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.exchange.replies import STATUSES
from ntm_eval.intake import received
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Column, Table, Text
from ntm_eval.reporting.sections import held
from ntm_eval.reporting.sections.received import rule_name

NOTHING = "Chưa có báo cáo nào để kiểm tra số liệu."
NO_PROBLEM = "Không phát hiện chỗ nào phải hỏi lại."
MET = {"yes": "✓ đạt", "no": "✗ chưa đạt", "not_computable": "? không đủ số liệu"}

ASKED = {"error": "{count} lỗi phải sửa", "warning": "{count} chỗ cần xem lại"}
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


def province(problems: pd.DataFrame, figures: pd.DataFrame, facts: pd.DataFrame) -> Text:
    """What has to be corrected or asked, what is held back, and which quality figures fall short.

    `figures`: the quality figures of the period (`checks.quality.figures`).
    """
    if facts.empty:
        return Text(_(NOTHING), problems)
    parts = _asked(problems)
    lines = [_("Kiểm tra báo cáo của các đơn vị: {parts}.", parts=parts)] if parts else []
    if count := len(held.asked(facts)):
        text = (
            "{count} số liệu đang đề nghị giải trình (Phụ lục V): chưa tính vào tổng số và "
            "nhận xét cho đến khi đơn vị trả lời."
        )
        lines.append(_(text, count=count))
    lines += [
        _(
            "{name}: {value}, mức phải đạt {threshold}{where}.",
            name=_(row["name_vi"]),
            value=notation.percent(row["value"]),
            threshold=notation.percent(row["threshold"], 0),
            where=_(" (cần rà soát: {names})", names=row["districts"])
            if isinstance(row["districts"], str)
            else "",
        )
        for row in figures[figures["met"] == "no"].to_dict("records")
    ]
    return Text("\n".join(lines) or _(NO_PROBLEM), problems)


def rules(problems: pd.DataFrame) -> Table:
    """How often each rule was broken, and by which districts."""
    of_rule = problems.groupby(["severity", "rule"], sort=False)["district_code"]
    found = of_rule.agg(count="size", districts=_names).reset_index()
    frame = found.sort_values(["severity", "count"], ascending=[True, False])
    columns = {
        "rule": Column("Quy tắc", rule_name),
        "severity": Column("Mức", lambda s: _(SEVERITY[s])),
        "count": Column.number("Số chỗ"),
        "districts": Column("Huyện, thành phố"),
    }
    caption = "Các quy tắc kiểm tra đã đánh dấu"
    return Table.from_frame(frame, columns, caption, "Không có điểm nào.")


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


def years(found: pd.DataFrame) -> Table:
    """The quality figures of each year side by side (`checks.quality.over_years`)."""
    wide = found.pivot(index="name_vi", columns="year", values="value")
    frame = wide.reindex(found["name_vi"].drop_duplicates()).reset_index()
    frame.columns = frame.columns.astype(str)
    shown = {str(year): Column.percent(str(year)) for year in wide}
    columns = {"name_vi": Column("Chỉ số", _), **shown}
    return Table.from_frame(frame, columns, "Chất lượng số liệu qua các năm")


def heaping(found: pd.DataFrame) -> Text:
    """Who writes round figures more often than the others (`checks.quality.heaping`)."""
    if found.empty:
        return Text(_("Không đủ số liệu để xét số tròn."), found)
    lines = [
        _(
            "{district}: {share} trong {n:.0f} số từ 100 trở lên là số tròn chục, các đơn vị khác "
            "{others} (p = {p_value:.3f}); hỏi xem là số đếm hay ước lượng.",
            row,
            district=notation.district_name(row["district_code"]),
            share=notation.percent(row["share"], 0),
            others=notation.percent(row["others"], 0),
        )
        for row in found[found["apart"]].to_dict("records")
    ]
    none = _(
        "Không đơn vị nào ghi số tròn chục nhiều hơn hẳn các đơn vị khác (chung {share} của {n} "
        "số).",
        share=notation.percent((found["share"] * found["n"]).sum() / found["n"].sum(), 0),
        n=notation.number(found["n"].sum()),
    )
    return Text("\n".join(lines) or none, found)


def totals(found: pd.DataFrame) -> Table:
    """The province's totals without doubtful figures, where there are any."""
    columns = {
        "indicator": Column("Chỉ tiêu", reference.indicator_name),
        "total": Column.measured("Tổng mọi số", "total"),
        "without_held": Column.measured("Không kể số đang hỏi lại", "without_held"),
        "without_unlike": Column.measured("Không kể cả số khác hẳn", "without_unlike"),
    }
    return Table.from_frame(found, columns, "Tổng toàn tỉnh có và không có số chưa chắc")


def queries(queries: pd.DataFrame) -> Table:
    """What one district answered, each with what became of it."""
    frame = queries.astype(object).where(queries.notna() & (queries != ""), None)
    columns = {
        "status": Column("Tình trạng", lambda s: _(STATUSES[s])),
        "question": Column("Câu hỏi"),
        "old": Column("Đã ghi", quoted=True),
        "new": Column("Số đúng"),
        "reason": Column("Đơn vị giải trình", quoted=True),
    }
    return Table.from_frame(frame, columns, "Trả lời của đơn vị")


def summary(found: pd.DataFrame) -> Text:
    """How many problems of each weight a report has."""
    if len(found) and found["rule"].eq(received.MISSING).all():
        return Text(_(NOTHING), found)
    text = (
        "Báo cáo có {said}. Các nội dung này chỉ được nêu để đề nghị đơn vị rà soát, "
        "không tự sửa số liệu."
    )
    said = _asked(found)
    return Text(_(text, said=said) if said else _(NO_PROBLEM), found)


def _names(codes: pd.Series) -> str:
    return ", ".join(map(notation.district_name, codes.dropna().unique()))


def _asked(problems: pd.DataFrame) -> str:
    """How many problems within reports must be corrected or looked at; '' where none."""
    counts = problems.loc[problems["rule"] != received.MISSING, "severity"].value_counts()
    return ", ".join(
        _(text, count=int(counts[severity]))
        for severity, text in ASKED.items()
        if severity in counts
    )
