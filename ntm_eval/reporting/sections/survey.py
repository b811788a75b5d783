"""How residents were asked: by which guidance, how many, by whom, and how many next time."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis import clusters as spreads
from ntm_eval.analysis import planner, satisfaction
from ntm_eval.intake.tallies import GROUPS
from ntm_eval.language import translate as _
from ntm_eval.notation import number, percent
from ntm_eval.reporting.blocks import Column, Table, Text
from ntm_eval.reporting.sections.received import rule_name
from ntm_eval.reporting.sections.satisfaction import NO_SURVEY, where

# a warning about how answers were collected, and what the office should do
WARNINGS = {
    "all_satisfied": "Cả xã đồng ý mọi điều là rất hiếm: xem cách phát, thu phiếu và ai ghi phiếu.",
    "straight_lined": "Trả lời như nhau ở mọi câu: xem người dân có đọc từng câu không.",
    "identical_forms": "Đối chiếu phiếu gốc xem có phiếu sao chép không.",
    "group_unlike": "Xem lại cách lấy ý kiến ở nhóm đó; khác nhau chưa phải là sai.",
    "groups_too_few": "Chưa so sánh được các nhóm phiếu; không kết luận là bình thường.",
    "tally_mismatch": "Kiểm lại phép cộng trên phiếu tổng hợp.",
    "survey_disagrees": "Kiểm xem số của báo cáo hay số đếm từ phiếu là đúng.",
    "form_repeated": "Kiểm xem có hộ nào được ghi hai lần không.",
    "answer_unread": "Nhập lại những câu trả lời không đọc được.",
}

FEW_FORMS = "Chưa đủ phiếu"
MORE_FORMS = "Lấy thêm ý kiến, hoặc nêu lý do; đến khi đó kết quả chỉ là theo phiếu thu."

SIZES, SHARES = (100, 200, 300, 500, 800, 1200, 2000), (0.8, 0.85, 0.92, 0.93, 0.95, 0.97)

# by the kind of question and what is judged
LIMITS = {
    ("overall", "commune"): "câu hỏi chung ở từng xã từ {threshold}",
    ("overall", "district"): "câu hỏi chung của toàn huyện từ {threshold}",
    ("content", "commune"): "từng nội dung ở từng xã từ {threshold}",
    ("content", "district"): "từng nội dung của toàn huyện từ {threshold}",
}


def coverage_table(table: pd.DataFrame, day: date) -> Table:
    """How many households each survey reached and how many forms came back, beside the least."""
    frame = satisfaction.coverage(table, day)
    returned = percent(reference.constant("survey_least_return", day), 0)
    columns = {
        "commune_code": Column("Xã", notation.commune_name, css="code"),
        "survey": Column("Loại khảo sát", _),
        "households": Column.number("Số hộ"),
        "issued": Column.number("Phiếu phát"),
        "collected": Column.number("Phiếu thu"),
        "reached": Column.percent("Phiếu thu / số hộ", 1),
        "least": Column.percent("Mức tối thiểu", 0),
        "returned": Column.percent(_("Phiếu thu / phát (ít nhất {least})", least=returned), 1),
    }
    return Table.from_frame(frame, columns, "Đã lấy ý kiến bao nhiêu hộ")


def warnings(table: pd.DataFrame, problems: pd.DataFrame, day: date) -> Table:
    """What asks for a look at how the answers were collected, without the figures behind it."""
    found = problems[problems["rule"].isin(list(WARNINGS))]
    reached = satisfaction.coverage(table, day)
    few = reached[~reached["enough"]].assign(rule=FEW_FORMS)
    columns = {
        "commune_code": Column("Xã", notation.commune_name, css="code"),
        "rule": Column("Cảnh báo", lambda rule: _(rule) if rule == FEW_FORMS else rule_name(rule)),
        "todo": Column.of_row("Nên làm", lambda row: _(WARNINGS.get(row["rule"], MORE_FORMS))),
    }
    shown = ["commune_code", "rule"]
    frame = pd.concat([found[shown].drop_duplicates(), few[shown]], ignore_index=True)
    return Table.from_frame(frame, columns, "Cảnh báo về cách lấy ý kiến", "Không có cảnh báo nào.")


def plan_table() -> Table:
    """Forms needed for communes of several sizes, by the share that is expected."""
    threshold = planner.newest_threshold()
    needed = planner.plan(SIZES, SHARES, threshold)
    frame = needed.set_axis([f"p{s}" for s in SHARES], axis=1).reset_index()
    columns = {"households": Column.number("Số hộ của xã")} | {
        f"p{share}": Column.number(_("Tỷ lệ thật {share:.0%}", share=share)) for share in SHARES
    }
    caption = _("Số phiếu cần thu để kết luận so với ngưỡng {threshold:.0%}", threshold=threshold)
    return Table.from_frame(frame, columns, caption, common=True)


def summary(table: pd.DataFrame, day: date) -> Text:
    """Where residents were asked what, and which guidance is applied."""
    if table.empty:
        return Text(_(NO_SURVEY), table)
    lines = []
    for survey, rows in table.groupby("survey"):
        places = rows[["commune_code", "district_code"]].drop_duplicates().to_numpy()
        names = [notation.commune_name(*place) for place in places]
        said = _(
            "Khảo sát {survey}: {count} xã ({names}).",
            survey=_(str(survey)),
            count=len(names),
            names=", ".join(names),
        )
        lines += [said, _guidance(str(survey), day)]
    return Text("\n".join(lines), table)


def coverage(table: pd.DataFrame, day: date) -> Text:
    """How many households were reached, and where fewer than the guidance asks."""
    if table.empty:
        return Text(_(NO_SURVEY), table)
    reached = satisfaction.coverage(table, day)
    households, collected = (reached[c].sum(skipna=False) for c in ("households", "collected"))
    said = (
        _(
            "Thu {collected:.0f} phiếu của {households:.0f} hộ ({share:.1%}).",
            collected=collected,
            households=households,
            share=collected / households,
        )
        if households > 0 and collected >= 0
        else _("Có xã chưa rõ số hộ hoặc số phiếu thu nên không tính chung được.")
    )
    few = [where(row) for row in reached[~reached["enough"]].to_dict("records")]
    enough = (
        _("Chưa đủ phiếu: {places}.", places="; ".join(few))
        if few
        else _("Cuộc nào cũng đủ phiếu theo mức tối thiểu.")
    )
    return Text(f"{said} {enough}", table)


def clusters(table: pd.DataFrame) -> Text:
    """Whether villages or collectors are unlike each other, from `analysis.clusters.table`."""
    if table.empty:
        text = (
            "Không có phiếu từng hộ ghi mã bản hoặc mã người thu phiếu, nên không xét được bản "
            "nào hay người thu phiếu nào cho kết quả khác hẳn."
        )
        return Text(_(text), table)
    return Text("\n".join(_cluster(row) for row in table.to_dict("records")), table)


def plan() -> Text:
    """The planner in two sentences."""
    limit = planner.newest_threshold()
    first = _(
        "Tỷ lệ thật càng gần ngưỡng {limit:.0%} thì càng cần nhiều phiếu: xã 1.000 hộ cần "
        "khoảng {at_95:.0f} phiếu nếu tỷ lệ thật là 95%, khoảng {at_92:.0f} phiếu nếu là 92%.",
        limit=limit,
        at_95=planner.forms_needed(1000, 0.95, limit),
        at_92=planner.forms_needed(1000, 0.92, limit),
    )
    second = _(
        "Thu đủ số phiếu này thì trong năm cuộc lấy ý kiến có khoảng bốn cuộc kết luận chắc chắn "
        "được. Số phiếu phải chọn ngẫu nhiên; mức tối thiểu của hướng dẫn vẫn phải theo."
    )
    return Text(f"{first}\n{second}")


def _guidance(survey: str, day: date) -> str:
    rows = satisfaction.guidance([survey], day)
    if rows.empty:
        return _(
            "Chưa có ngưỡng cho khảo sát {survey} trong cấu hình nên không kết luận.",
            survey=_(survey),
        )
    names = ", ".join(map(_, rows["guidance"].unique()))
    started = rows["valid_from"].max()
    mixed = (
        _(
            "Cuộc lấy ý kiến làm trước ngày {started} phải theo hướng dẫn trước đó; báo cáo "
            "không ghi ngày lấy ý kiến, cần đối chiếu.",
            started=notation.day(started),
        )
        if started.year == day.year and _had_earlier(survey, started)
        else ""
    )
    if rows["threshold"].isna().any():
        said = _("Áp dụng {names}: chưa rõ ngưỡng nên không kết luận.", names=names)
        return f"{said} {mixed}".strip()
    limits = [
        _(LIMITS[r["question_kind"], r["scope"]], threshold=percent(r["threshold"], 0))
        for r in rows.sort_values("question_kind", ascending=False).to_dict("records")
    ]
    unverified = (rows["verified"] != "yes").any()
    said = _("Áp dụng {names}: {limits}.", names=names, limits=", ".join(limits))
    doubt = _("Ngưỡng chưa đối chiếu được với văn bản.") if unverified else ""
    return " ".join(filter(None, [said, doubt, mixed]))


def _had_earlier(survey: str, started: pd.Timestamp) -> bool:
    rows = reference.table("thresholds")
    return bool(((rows["survey"] == survey) & (rows["valid_from"] < started)).any())


def _cluster(row: dict) -> str:
    who = _("{where}, theo {group}", where=where(row), group=_(GROUPS[row["by"]]))
    sizes = _("{groups:.0f} nhóm, {forms:.0f} phiếu", row)
    if row["state"] == "too_few":
        return _(
            "{who}: không đủ số liệu ({groups:.0f} nhóm có từ {least_forms} phiếu; cần từ "
            "{least_groups} nhóm, và từ {least_of_each} phiếu mỗi ý kiến). Không kết luận là bình"
            " thường.",
            row,
            who=who,
            least_forms=spreads.LEAST_FORMS,
            least_groups=spreads.LEAST_GROUPS,
            least_of_each=spreads.LEAST_OF_EACH,
        )
    small = row["p_value"] < 0.001
    chance = f"p < {number(0.001, 3)}" if small else f"p = {number(row['p_value'], 3)}"
    if row["state"] == "alike":
        return _(
            "{who} ({sizes}): các nhóm không khác nhau quá mức ngẫu nhiên ({chance}).",
            who=who,
            sizes=sizes,
            chance=chance,
        )
    # a number that looked like a code could blame another
    named = (
        _(
            "Khác hẳn: {groups} (số thứ tự, không phải mã số).",
            groups=row["unlike"].replace("; ", ", "),
        )
        if row["unlike"]
        else ""
    )
    # villages were all asked, so that they differ does not widen the interval of the commune
    means = (
        _("số chung của xã che mất khác biệt này, nên xem riêng từng bản")
        if row["by"] == "village"
        else _(
            "khoảng tin cậy ở trên chưa gồm khác biệt này, sai số thật có thể lớn gấp khoảng "
            "{inflation:.1f} lần",
            row,
        )
    )
    unlike = _(
        "{who} ({sizes}): các nhóm khác nhau quá mức ngẫu nhiên ({chance}, tương quan trong "
        "nhóm {correlation:.2f}); {means}.",
        row,
        who=who,
        sizes=sizes,
        chance=chance,
        means=means,
    )
    advice = _("Đề nghị xem lại cách lấy ý kiến; khác nhau chưa phải là sai.")
    return " ".join(filter(None, [unlike, named, advice]))
