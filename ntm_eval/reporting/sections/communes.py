"""Communes: the NTM criteria they met, gained and lost, and the titles they are near to."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis import titles
from ntm_eval.analysis.communes import XA, Group
from ntm_eval.intake.sheets import CRITERIA, MET, NOT_YET
from ntm_eval.language import MISSING, place
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, number
from ntm_eval.reporting.blocks import Column, Table, Text, listed

SIGNS = {MET: "✓", NOT_YET: "✗"}
NO_RURAL = "Không có xã nào: tiêu chí nông thôn mới chỉ dành cho xã."

LISTED, NAMED = 8, 5  # communes named by a district, by the province; the rest are counted

STATES = {
    "new_unit": "là đơn vị mới hoặc đã đổi địa giới từ năm trước",
    "unknown": "chưa có đủ số liệu tiêu chí của cả hai năm",
    "other_rules": "theo hai bộ tiêu chí khác nhau",
}

DOUBTS = {
    "title_without_criteria": "{name} có danh hiệu {title} nhưng ghi chưa đạt {criteria}.",
    "criteria_without_title": "{name} ghi đạt đủ 19 tiêu chí nhưng chưa có danh hiệu.",
    "registered_again": "{name} đăng ký một danh hiệu đã có từ năm trước.",
    "title_without_consent": "{name} có danh hiệu {title} nhưng kết quả lấy ý kiến cho danh hiệu "
    "này chưa đạt ngưỡng{doubtful}.",
}
VERDICTS = {"met": "✓ đủ điều kiện", "not_met": "✗ chưa đủ điều kiện", "open": "? chưa đủ căn cứ"}


def standing(found: titles.Titled, on: date) -> Text:
    """Which rules count, what changed, who is nearest to the NTM title, what does not fit."""
    if found.changes.empty:  # phường, thị trấn
        return Text(_(NO_RURAL))
    counted = titles.counts_nineteen(on)
    parts = (
        rules_in_force(on),
        changes(found.changes),
        nearest(found.following, on) if counted else "",
        doubts(found.doubts),
    )
    return Text("\n".join(part for part in parts if part))


def changes(found: pd.DataFrame) -> Text:
    """Criteria gained and lost since last year (`titles.changes`); each loss has its sentence."""
    compared, gained = _compared(found)
    lines = []
    if len(compared):
        lost = compared[compared["lost"] != ""]
        lines.append(
            _(
                "So với báo cáo năm trước, {gained}/{compared} xã có tiêu chí mới đạt, tổng "
                "cộng {criteria} lượt tiêu chí.",
                gained=(gained > 0).sum(),
                compared=len(compared),
                criteria=gained.sum(),
            )
        )
        lines += [_lost(row) for row in lost.to_dict("records")]
        lines += [_title_lost(row) for row in compared.to_dict("records") if row["title_lost"]]
    for state, why in STATES.items():
        count = int((found["state"] == state).sum())
        if count:
            lines.append(_("Không so sánh {count} xã vì {why}.", count=count, why=_(why)))
    return Text("\n".join(lines), found)


def nearest(found: pd.DataFrame, on: date) -> Text:
    """Who is nearest to the NTM title, with what each still lacks (`titles.following`)."""
    rows = titles.nearest(found, on)
    if rows.empty:
        return Text("", found)
    most = number(reference.constant("nearest_criteria", on))
    lines = [
        _(
            "Gần đạt chuẩn nông thôn mới (còn thiếu không quá {most} tiêu chí): {count} xã.",
            most=most,
            count=len(rows),
        )
    ]
    lines += [
        _(
            "{commune}: còn {left} tiêu chí, {criteria}.",
            commune=place(row["commune"]),
            left=f"{row['criteria_left']:.0f}",
            criteria=criteria_names(row["missing_criteria"]),
        )
        if row["criteria_left"]
        else _("{commune}: đã đủ 19 tiêu chí, chưa ghi danh hiệu.", commune=place(row["commune"]))
        for row in rows.head(LISTED).to_dict("records")
    ]
    if (more := len(rows) - LISTED) > 0:
        lines.append(_("Và {more} xã khác.", more=more))
    return Text("\n".join(lines), found)


def doubts(found: pd.DataFrame) -> Text:
    """Titles, criteria and residents' answers that do not fit together (`titles.doubts`).

    What rests on a threshold that nobody has verified is counted, and not held against a commune.
    """
    asked = found["rule"] == "mark_against_figure"
    lines = [doubt(row) for row in found[~asked].to_dict("records")]
    lines += [
        _(
            "{count} xã báo cáo đạt {criteria} nhưng số liệu của chính xã vượt mức quy "
            "định; mức này chưa đối chiếu với văn bản nên chỉ đề nghị xã rà soát, chưa kết "
            "luận.",
            count=count,
            criteria=criteria_names(str(criterion)),
        )
        for criterion, count in found[asked].groupby("criterion").size().items()
    ]
    return Text("\n".join(lines), found)


def conditions(found: pd.DataFrame) -> Table:
    """Each xã with its next title and the state of each condition (`titles.following`)."""
    columns = {
        "commune": Column("Xã", place),
        "title": Column("Danh hiệu đã có", plain),
        "next_title": Column("Danh hiệu tiếp theo", _),
        "not_met": Column("Chưa đạt", plain),
        "met": Column("Đã đạt", plain),
        "open": Column("Chưa đủ căn cứ", plain),
        "verdict": Column("Kết luận", lambda verdict: _(VERDICTS[verdict])),
    }
    return Table.from_frame(found, columns, "Điều kiện của danh hiệu tiếp theo", "Không có xã nào.")


def rules_in_force(on: date) -> Text:
    """Which set of criteria counts, and what is not known of it."""
    row = titles.criteria_set(on)
    text = _(
        "Áp dụng bộ tiêu chí theo {criteria_set} ({count} tiêu chí).",
        criteria_set=notation.in_full(row["criteria_set"]),
        count=row["criteria"],
    )
    if not titles.counts_nineteen(on):
        text += " " + _(
            "Mẫu báo cáo còn theo 19 tiêu chí cũ và chưa có ngưỡng của bộ mới, nên mọi kết luận "
            "về danh hiệu để là chưa đủ căn cứ."
        )
    return Text(text)


def province(table: pd.DataFrame, found: titles.Titled, on: date) -> Text:
    """Titles, criteria gained and lost, what does not fit, and who is nearest to the title."""
    known = table.dropna(subset="criteria_met")
    if known.empty:
        return Text(_("Chưa có số liệu tiêu chí của xã nào."), table)
    counts = table["title"].value_counts()
    said = "; ".join(f"{notation.in_full(title)}: {count}" for title, count in counts.items())
    lines = [
        _(
            "Số xã, phường, thị trấn có danh hiệu theo báo cáo: {titles}. Bình quân mỗi xã đạt "
            "{mean} tiêu chí (tính trên {known} xã có số liệu).",
            titles=said or _("chưa có"),
            mean=number(known["criteria_met"].mean(), 1),
            known=len(known),
        ),
        *_gained(found.changes),
    ]
    if titles.counts_nineteen(on):
        lines += [*_against_figures(found.doubts), *_nearest(found.following, on)]
    return Text("\n".join(lines), table)


def _gained(found: pd.DataFrame) -> list[str]:
    """What the xã gained and lost; who lost is named."""
    rows, gained = _compared(found)
    lines = []
    if gained.sum():
        text = (
            "So với năm trước, {gained}/{of} xã có tiêu chí mới đạt, tổng cộng {criteria} lượt "
            "tiêu chí."
        )
        lines.append(_(text, gained=(gained > 0).sum(), of=len(rows), criteria=gained.sum()))
    lost = rows[rows["lost"] != ""]
    if len(lost):
        text = "{count} xã ghi không còn đạt tiêu chí năm trước đã đạt: {names}."
        names = [f"{named(r)}: {criteria_names(r['lost'])}" for r in lost.to_dict("records")]
        lines.append(_(text, count=len(lost), names=some(names)))
    gone = rows[rows["title_lost"] != ""]
    if len(gone):
        names = [f"{named(r)} ({_(r['title_lost'])})" for r in gone.to_dict("records")]
        lines.append(_("Không còn ghi danh hiệu đã có: {names}.", names=some(names)))
    return lines


def _compared(found: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """The xã that can be held against last year, and how many criteria each gained."""
    rows = found[found["state"].isin(["compared", "new_rules"])]
    return rows, rows["gained"].str.count("[^;]+").astype(int)


def _against_figures(found: pd.DataFrame) -> list[str]:
    """What is marked or titled against what else is reported, counted."""
    asked = found["rule"] == "mark_against_figure"
    parts = [
        _("{criterion} ({count} xã)", criterion=criteria_names(str(code)), count=count)
        for code, count in found[asked].groupby("criterion").size().items()
    ]
    text = (
        "Một số xã báo cáo đạt nhưng số liệu của chính xã vượt mức quy định: {parts}. Mức "
        "quy định chưa đối chiếu với văn bản nên chỉ đề nghị xã rà soát, chưa kết luận."
    )
    lines = [_(text, parts="; ".join(parts))] if parts else []
    names = some([doubt(row)[:-1] for row in found[~asked].to_dict("records")])
    text = "Chưa khớp giữa danh hiệu, tiêu chí và ý kiến người dân: {names}."
    return [*lines, _(text, names=names)] if names else lines


def _nearest(found: pd.DataFrame, on: date) -> list[str]:
    rows = titles.nearest(found, on)
    if rows.empty:
        return []
    names = [
        _("{name} (còn {left})", name=named(r), left=criteria_names(r["missing_criteria"]))
        if r["criteria_left"]
        else _("{name} (đủ 19 tiêu chí, chưa có danh hiệu)", name=named(r))
        for r in rows.to_dict("records")
    ]
    return [
        _(
            "{count} xã gần chuẩn nông thôn mới (còn thiếu không quá {most} tiêu chí): {names}.",
            count=len(rows),
            most=number(reference.constant("nearest_criteria", on)),
            names=some(names),
        )
    ]


def named(row: dict) -> str:
    """'Xã Mường Do (Phù Yên)', a commune that reports itself by its own name."""
    if row["district_code"] == row["commune_code"]:
        return place(row["commune"])
    return f"{place(row['commune'])}, {district_name(row['district_code'])}"


def some(names: list[str], of: Group = XA) -> str:
    """The first of them; the others counted."""
    more = "{names} và {more} xã khác" if of.rural else "{names} và {more} nơi khác"
    return listed(names, NAMED, more, "; ")


def table(communes: pd.DataFrame) -> Table:
    """The communes with their titles, criteria and counts, as reported."""
    columns = {
        "commune": Column("Xã, phường, thị trấn", place),
        "registered": Column("Đăng ký", _),
        "title": Column("Danh hiệu", _),
        "criteria_met": Column.number("Tiêu chí đạt"),
        "criteria_known": Column.number("Tiêu chí có số liệu"),
        "missing_criteria": Column("Tiêu chí chưa đạt", lambda codes: codes.replace(";", ", ")),
        "households": Column.number("Tổng số hộ"),
        "poor": Column.number("Hộ nghèo"),
        "near_poor": Column.number("Hộ cận nghèo"),
        "cultural_households": Column.number("Hộ Gia đình văn hóa"),
        "temporary_houses": Column.number("Nhà tạm còn lại"),
    }
    return Table.from_frame(communes, columns, "Các xã, phường, thị trấn và tiêu chí nông thôn mới")


def criteria_table(communes: pd.DataFrame) -> Table:
    """The picture of communes × criteria as a table, which a reader can hear."""
    rows = communes[communes["kind"] == "xã"]
    rows = rows.sort_values(["criteria_met", "commune_code"], ascending=[False, True])
    marks = rows.assign(**{c: rows[c].map(SIGNS).fillna("?") for c in CRITERIA})
    columns = {
        "commune": Column("Xã", place),
        **{c: Column(c.removeprefix("TC")) for c in CRITERIA},
        "criteria_met": Column.number("Đạt"),
    }
    caption = "Mười chín tiêu chí nông thôn mới của các xã: ✓ đạt, ✗ chưa đạt, ? chưa có số liệu"
    return Table.from_frame(marks, columns, caption, NO_RURAL)


def _lost(row: dict) -> str:
    lost = _(
        "{commune}: năm trước ghi đạt, năm nay ghi chưa đạt {criteria}. Đề nghị nêu rõ "
        "nguyên nhân.",
        commune=place(row["commune"]),
        criteria=criteria_names(row["lost"]),
    )
    if row["state"] != "new_rules":
        return lost
    stricter = _("Bộ tiêu chí đã thay đổi giữa hai năm nên có thể do yêu cầu cao hơn.")
    return f"{lost} {stricter}"


def _title_lost(row: dict) -> str:
    return _(
        "{commune}: năm trước ghi danh hiệu {title}, năm nay không còn ghi. Kiểm tra "
        "quyết định công nhận hoặc thu hồi.",
        commune=place(row["commune"]),
        title=_(row["title_lost"]),
    )


def doubt(row: dict, of: Group = XA) -> str:
    """What does not fit, as a question."""
    return _(
        DOUBTS[row["rule"]],
        name=place(row["commune"]),
        title=plain(row["title"]),
        criteria=criteria_names(row["criterion"], of),
        doubtful="" if row["verified"] else f" ({_('chưa chắc chắn, nên chỉ để hỏi lại')})",
    )


def criteria_names(codes: str, of: Group = XA) -> str:
    """'tiêu chí 10 Thu nhập, tiêu chí 11 Nghèo đa chiều' for 'TC10;TC11'."""
    names = criterion_names(of)
    return ", ".join(
        _("tiêu chí {number} {name}", number=code[2:], name=_(names[code]))
        for code in codes.split(";")
        if code
    )


def plain(text: object) -> str:
    """A text that may be missing or empty."""
    return _(text) if isinstance(text, str) and text else MISSING


def criterion_names(of: Group = XA) -> dict[str, str]:
    """The names of the criteria of xã, or of towns, by code."""
    rows = reference.table("criteria")
    rows = rows[rows["title"] == of.ladder[0]]
    return rows.set_index("criterion")["name_vi"].to_dict()


def limits() -> dict[str, str]:
    """What each condition of a title asks for, in words."""
    rows = reference.table("title_conditions").drop_duplicates("condition", keep="last")
    return rows.set_index("condition")["name_vi"].to_dict()
