"""How residents were asked -> sentences: by which guidance, how many, by whom, and next time."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis import clusters as spreads
from ntm_eval.analysis import planner, satisfaction
from ntm_eval.intake.tallies import GROUPS
from ntm_eval.language import say
from ntm_eval.notation import number, percent, percent_beside
from ntm_eval.reporting.survey_words import NO_SURVEY, where
from ntm_eval.reporting.wording import Words

# by the kind of question and what is judged
LIMITS = {
    ("overall", "commune"): "câu hỏi chung ở từng xã từ {threshold}",
    ("overall", "district"): "câu hỏi chung của toàn huyện từ {threshold}",
    ("content", "commune"): "từng nội dung ở từng xã từ {threshold}",
    ("content", "district"): "từng nội dung của toàn huyện từ {threshold}",
}


def asked(table: pd.DataFrame, day: date) -> Words:
    """Where residents were asked what, and which guidance is applied."""
    if table.empty:
        return Words(say(NO_SURVEY))
    lines = []
    for survey, rows in table.groupby("survey"):
        places = rows[["commune_code", "district_code"]].drop_duplicates().to_numpy()
        names = [notation.commune_name(*place) for place in places]
        lines.append(
            say(
                "Khảo sát {survey}: {count} xã ({names}).",
                survey=say(str(survey)),
                count=len(names),
                names=", ".join(names),
            )
        )
        lines.append(_guidance(str(survey), day))
    return Words("\n".join(lines))


def _guidance(survey: str, day: date) -> str:
    rows = satisfaction.guidance([survey], day)
    if rows.empty:
        return say(
            "Chưa có ngưỡng cho khảo sát {survey} trong cấu hình nên không kết luận.",
            survey=say(survey),
        )
    names = ", ".join(map(say, rows["guidance"].unique()))
    started = rows["valid_from"].max()
    mixed = (
        say(
            "Cuộc lấy ý kiến làm trước ngày {started} phải theo hướng dẫn trước đó; báo cáo "
            "không ghi ngày lấy ý kiến, cần đối chiếu.",
            started=notation.day(started),
        )
        if started.year == day.year and _had_earlier(survey, started)
        else ""
    )
    if (rows["verified"] != "yes").any():
        said = say(
            "Áp dụng {names}: ngưỡng chưa đối chiếu được với văn bản nên không kết luận.",
            names=names,
        )
        return f"{said} {mixed}".strip()
    limits = [
        say(LIMITS[r["question_kind"], r["scope"]], threshold=percent(r["threshold"], 0))
        for r in rows.sort_values("question_kind", ascending=False).to_dict("records")
    ]
    said = say("Áp dụng {names}: {limits}.", names=names, limits=", ".join(limits))
    return f"{said} {mixed}".strip()


def _had_earlier(survey: str, started: pd.Timestamp) -> bool:
    rows = reference.table("thresholds")
    return bool(((rows["survey"] == survey) & (rows["valid_from"] < started)).any())


def coverage(table: pd.DataFrame, day: date) -> Words:
    """How many households were reached, and where fewer than the guidance asks."""
    if table.empty:
        return Words(say(NO_SURVEY))
    reached = satisfaction.coverage(table, day)
    households, collected = (reached[c].sum(skipna=False) for c in ("households", "collected"))
    lines = (
        [say("Thu {collected} phiếu của {households} hộ ({share}).", collected=number(collected),
             households=number(households), share=percent(collected / households))]
        if households > 0 and collected >= 0
        else [say("Có xã chưa rõ số hộ hoặc số phiếu thu nên không tính chung được.")]
    )  # fmt: skip
    for row in reached[reached["short"]].to_dict("records"):
        lines.append(
            say(
                "{where}: {share} số hộ, ít hơn mức {least}.",
                where=where(row),
                share=percent_beside(row["reached"], row["least"]),
                least=percent(row["least"], 0),
            )
        )
    if reached["least"].notna().all() and not reached["short"].any():
        lines.append(say("Xã nào cũng lấy ý kiến từ mức tối thiểu số hộ trở lên."))
    return Words("\n".join(lines))


def clusters(table: pd.DataFrame) -> Words:
    """Whether villages or collectors are unlike each other, from `analysis.clusters.table`."""
    if table.empty:
        return Words(
            say(
                "Không có phiếu từng hộ ghi mã bản hoặc mã người thu phiếu, nên không xét được bản "
                "nào hay người thu phiếu nào cho kết quả khác hẳn."
            )
        )
    return Words("\n".join(_cluster(row) for row in table.to_dict("records")))


def _cluster(row: dict) -> str:
    who = say("{where}, theo {group}", where=where(row), group=say(GROUPS[row["by"]]))
    sizes = say(
        "{groups} nhóm, {forms} phiếu", groups=number(row["groups"]), forms=number(row["forms"])
    )
    if row["state"] == "too_few":
        return say(
            "{who}: không đủ số liệu ({groups} nhóm có từ {least_forms} phiếu; cần từ "
            "{least_groups} nhóm, và từ {least_of_each} phiếu mỗi ý kiến). Không kết luận là "
            "bình thường.",
            who=who,
            groups=number(row["groups"]),
            least_forms=spreads.LEAST_FORMS,
            least_groups=spreads.LEAST_GROUPS,
            least_of_each=spreads.LEAST_OF_EACH,
        )
    small = row["p_value"] < 0.001
    chance = f"p < {number(0.001, 3)}" if small else f"p = {number(row['p_value'], 3)}"
    if row["state"] == "alike":
        return say(
            "{who} ({sizes}): các nhóm không khác nhau quá mức ngẫu nhiên ({chance}).",
            who=who,
            sizes=sizes,
            chance=chance,
        )
    # a number that looked like a code could blame another
    named = (
        say(
            "Khác hẳn: {groups} (số thứ tự, không phải mã số).",
            groups=row["unlike"].replace("; ", ", "),
        )
        if row["unlike"]
        else ""
    )
    # villages were all asked, so that they differ does not widen the interval of the commune
    means = (
        say("số chung của xã che mất khác biệt này, nên xem riêng từng bản")
        if row["by"] == "village"
        else say(
            "khoảng tin cậy ở trên chưa gồm khác biệt này, sai số thật có thể lớn gấp khoảng "
            "{inflation} lần",
            inflation=number(row["inflation"], 1),
        )
    )
    unlike = say(
        "{who} ({sizes}): các nhóm khác nhau quá mức ngẫu nhiên ({chance}, tương quan trong "
        "nhóm {correlation}); {means}.",
        who=who,
        sizes=sizes,
        chance=chance,
        correlation=number(row["correlation"], 2),
        means=means,
    )
    advice = say("Đề nghị xem lại cách lấy ý kiến; khác nhau chưa phải là sai.")
    return " ".join(filter(None, [unlike, named, advice]))


def plan() -> Words:
    """The planner in two sentences."""
    limit = planner.newest_threshold()
    forms = [planner.forms_needed(1000, share, limit) for share in (0.95, 0.92)]
    first = say(
        "Tỷ lệ thật càng gần ngưỡng {limit} thì càng cần nhiều phiếu: xã 1.000 hộ cần khoảng "
        "{at_95} phiếu nếu tỷ lệ thật là 95%, khoảng {at_92} phiếu nếu là 92%.",
        limit=percent(limit, 0),
        at_95=number(forms[0]),
        at_92=number(forms[1]),
    )
    second = say(
        "Thu đủ số phiếu này thì trong năm cuộc lấy ý kiến có khoảng bốn cuộc kết luận chắc chắn "
        "được. Số phiếu phải chọn ngẫu nhiên; mức tối thiểu của hướng dẫn vẫn phải theo."
    )
    return Words(f"{first}\n{second}")
