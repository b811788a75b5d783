"""How residents were asked -> sentences: by which guidance, how many, by whom, and next time."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import reference
from ntm_eval.analysis import clusters as spreads
from ntm_eval.analysis import disclosure, planner, satisfaction
from ntm_eval.intake.tallies import GROUPS
from ntm_eval.reporting import wording
from ntm_eval.reporting.survey_words import NO_SURVEY, percent_beside, where
from ntm_eval.reporting.wording import Words, number, percent


def asked(table: pd.DataFrame, day: date) -> Words:
    """Where residents were asked what, and which guidance is applied."""
    if table.empty:
        return Words(NO_SURVEY)
    lines = []
    for survey, rows in table.groupby("survey"):
        places = rows[["commune_code", "district_code"]].drop_duplicates().to_numpy()
        names = [wording.commune_name(*place) for place in places]
        lines.append(f"Khảo sát {survey}: {len(names)} xã ({', '.join(names)}).")
        lines.append(_guidance(str(survey), day))
    return Words("\n".join(lines))


def _guidance(survey: str, day: date) -> str:
    rows = satisfaction.guidance([survey], day)
    if rows.empty:
        return f"Chưa có ngưỡng cho khảo sát {survey} trong cấu hình nên không kết luận."
    names = ", ".join(rows["guidance"].unique())
    started = rows["valid_from"].max()
    mixed = (
        f" Cuộc lấy ý kiến làm trước ngày {wording.day(started)} phải theo hướng dẫn trước đó; "
        "báo cáo không ghi ngày lấy ý kiến, cần đối chiếu."
        if started.year == day.year and _had_earlier(survey, started)
        else ""
    )
    if (rows["verified"] != "yes").any():
        return f"Áp dụng {names}: ngưỡng chưa đối chiếu được với văn bản nên không kết luận.{mixed}"
    kinds = {"overall": "câu hỏi chung", "content": "từng nội dung"}
    places = {"commune": "ở từng xã", "district": "của toàn huyện"}
    limits = [
        f"{kinds[r['question_kind']]} {places[r['scope']]} từ {percent(r['threshold'], 0)}"
        for r in rows.sort_values("question_kind", ascending=False).to_dict("records")
    ]
    return f"Áp dụng {names}: {', '.join(limits)}.{mixed}"


def _had_earlier(survey: str, started: pd.Timestamp) -> bool:
    rows = reference.table("thresholds")
    return bool(((rows["survey"] == survey) & (rows["valid_from"] < started)).any())


def coverage(table: pd.DataFrame, day: date) -> Words:
    """How many households were reached, and where fewer than the guidance asks."""
    if table.empty:
        return Words(NO_SURVEY)
    reached = satisfaction.coverage(disclosure.published(table), day)
    households, collected = (reached[c].sum(skipna=False) for c in ("households", "collected"))
    lines = (
        [f"Thu {number(collected)} phiếu của {number(households)} hộ "
         f"({percent(collected / households)})."]
        if households > 0 and collected >= 0
        else ["Có xã chưa rõ số hộ hoặc số phiếu thu nên không tính chung được."]
    )  # fmt: skip
    for row in reached[reached["short"]].to_dict("records"):
        lines.append(
            f"{where(row)}: {percent_beside(row['reached'], row['least'])} số hộ, ít hơn mức "
            f"{percent(row['least'], 0)}."
        )
    if reached["least"].notna().all() and not reached["short"].any():
        lines.append("Xã nào cũng lấy ý kiến từ mức tối thiểu số hộ trở lên.")
    return Words("\n".join(lines))


def clusters(table: pd.DataFrame) -> Words:
    """Whether villages or collectors are unlike each other, from `analysis.clusters.table`."""
    if table.empty:
        return Words(
            "Không có phiếu từng hộ ghi mã bản hoặc mã người thu phiếu, nên không xét được bản "
            "nào hay người thu phiếu nào cho kết quả khác hẳn."
        )
    return Words("\n".join(_cluster(row) for row in table.to_dict("records")))


def _cluster(row: dict) -> str:
    who = f"{where(row)}, theo {GROUPS[row['by']]}"
    sizes = f"{number(row['groups'])} nhóm, {number(row['forms'])} phiếu"
    if row["state"] == "too_few":
        return (
            f"{who}: không đủ số liệu ({number(row['groups'])} nhóm có từ "
            f"{spreads.LEAST_FORMS} phiếu; cần từ {spreads.LEAST_GROUPS} nhóm, và từ "
            f"{spreads.LEAST_OF_EACH} phiếu mỗi ý kiến). Không kết luận là bình thường."
        )
    chance = f"p {'< 0,001' if row['p_value'] < 0.001 else '= ' + number(row['p_value'], 3)}"
    if row["state"] == "alike":
        return f"{who} ({sizes}): các nhóm không khác nhau quá mức ngẫu nhiên ({chance})."
    # a number that looked like a code could blame another
    named = (
        f" Khác hẳn: {row['unlike'].replace('; ', ', ')} (số thứ tự, không phải mã số)."
        if row["unlike"]
        else ""
    )
    # villages were all asked, so that they differ does not widen the interval of the commune
    means = (
        "số chung của xã che mất khác biệt này, nên xem riêng từng bản"
        if row["by"] == "village"
        else "khoảng tin cậy ở trên chưa gồm khác biệt này, sai số thật có thể lớn gấp khoảng "
        f"{number(row['inflation'], 1)} lần"
    )
    return (
        f"{who} ({sizes}): các nhóm khác nhau quá mức ngẫu nhiên ({chance}, tương quan trong nhóm "
        f"{number(row['correlation'], 2)}); {means}.{named} Đề nghị xem lại cách lấy ý kiến; khác "
        "nhau chưa phải là sai."
    )


def plan() -> Words:
    """The planner in two sentences."""
    limit = planner.newest_threshold()
    forms = [planner.forms_needed(1000, share, limit) for share in (0.95, 0.92)]
    return Words(
        f"Tỷ lệ thật càng gần ngưỡng {percent(limit, 0)} thì càng cần nhiều phiếu: xã 1.000 hộ "
        f"cần khoảng {number(forms[0])} phiếu nếu tỷ lệ thật là 95%, khoảng {number(forms[1])} "
        "phiếu nếu là 92%.\nThu đủ số phiếu này thì trong năm cuộc lấy ý kiến có khoảng bốn cuộc "
        "kết luận chắc chắn được. Số phiếu phải chọn ngẫu nhiên; mức tối thiểu của hướng dẫn vẫn "
        "phải theo."
    )
