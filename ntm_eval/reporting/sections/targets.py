"""Goals of 2025: temporary houses, criteria of communes, a district of the standard."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ntm_eval import notation
from ntm_eval.analysis import district_goal, targets
from ntm_eval.analysis.province import PLACES
from ntm_eval.language import translate as _
from ntm_eval.notation import number, percent
from ntm_eval.reporting.blocks import Text

CONDITIONS = {
    "all_communes": "100% xã đạt 19 tiêu chí",
    "advanced": "ít nhất 10% xã đạt nông thôn mới nâng cao",
    "towns": "100% thị trấn đạt đô thị văn minh",
    "satisfaction": "người dân hài lòng với huyện nông thôn mới",
    "district_criteria": "9 tiêu chí của huyện",
}

STATES = {
    "met": "✓ đã đạt",
    "not_met": "✗ chưa đạt",
    "unclear": "? chưa đủ chắc chắn",
    "withheld": "– kết luận không công bố vì số phiếu nhỏ",
    "not_applicable": "– không xét (không có)",
    "not_measured": "○ báo cáo không có số liệu",
}


def summary(found: pd.DataFrame) -> Text:
    """One district's goals of 2025: temporary houses, and all xã at 19 criteria."""
    if found.empty:
        return Text(
            _(
                "Không còn mục tiêu nào phía trước: mốc là cuối năm {year}.",
                year=targets.GOAL_YEAR,
            ),
            found,
        )
    of_district = found[found["commune_code"].isna()]
    lines = [_goal(row) for row in of_district.to_dict("records")]
    return Text("\n".join(lines), found)


def named_places(
    district_code: str, found: pd.DataFrame, communes: pd.DataFrame, satisfaction: pd.DataFrame
) -> Text:
    """What lies ahead of the places of one district that the plan names, '' where it names none."""
    lines: list[str] = []
    if district_code == district_goal.QUYNH_NHAI:
        rows = district_goal.conditions(district_code, communes, satisfaction, found)
        lines.append(conditions(rows))
    for story in PLACES:
        if story.district_code == district_code and story.commune_code:
            houses = found["indicator"] == targets.HOUSES
            rows = found[houses & (found["commune_code"] == story.commune_code)]
            name = notation.commune_name(story.commune_code)
            lines += [f"{name}. {_goal(row)}" for row in rows.to_dict("records")]
    return Text("\n".join(lines), found)


def conditions(found: pd.DataFrame) -> Text:
    """The conditions of a district of the NTM standard, one by one, and what they leave open."""
    lines = []
    for row in found.to_dict("records"):
        share = row["condition"] == "satisfaction"
        figure = percent if share else number
        known = not np.isnan(row["now"]) and row["state"] not in ("not_applicable", "not_measured")
        what = _("câu sát mức yêu cầu nhất") if share else _("hiện")
        now = (
            _(
                "{what} {now}, cần {needed}",
                what=what,
                now=figure(row["now"]),
                needed=figure(row["needed"]),
            )
            if known
            else ""
        )
        ahead = _chance_ahead(row) if row["condition"] == "all_communes" else ""
        said = f"{_(STATES[row['state']])}: {_(CONDITIONS[row['condition']])}"
        said += f" ({now})" if now else ""
        lines.append("; ".join(filter(None, [said, ahead])) + ".")
    first = _(
        "Điều kiện huyện nông thôn mới (QĐ 320/QĐ-TTg), mốc cuối năm {year}:",
        year=targets.GOAL_YEAR,
    )
    lines.append(
        _(
            "Khả năng đạt đủ cả năm điều kiện: không đủ số liệu, vì báo cáo không có 9 tiêu chí "
            "của huyện; khả năng đó không thể cao hơn của từng điều kiện."
        )
    )
    return Text("\n".join([first, *lines]), found)


def _chance_ahead(row: dict) -> str:
    """How likely a condition is met by the goal's year, and on what that rests."""
    return _(
        "khả năng đạt đến cuối năm {year}, kịch bản theo tốc độ của bộ tiêu chí trước: {said}"
        if row["basis"] == "old_steps"
        else "khả năng đạt đến cuối năm {year}: {said}",
        year=targets.GOAL_YEAR,
        said=notation.likely(row["probability"]),
    )


def _goal(row: dict) -> str:
    goal = (
        _("nhà tạm, nhà dột nát còn {now:.0f} nhà, đích là không còn", row)
        if row["indicator"] == targets.HOUSES
        else _("{now:.0f} trên {goal:.0f} xã đạt đủ 19 tiêu chí", row)
    )
    goal = goal[0].upper() + goal[1:]
    by = _("đến cuối năm {year}", year=row["by"])
    if row["basis"] == "too_few":
        return _("{goal}: không đủ số liệu để nói về khả năng {by}.", goal=goal, by=by)
    scenario = (
        _(
            "Đây là kịch bản theo tốc độ của bộ tiêu chí trước, không phải dự báo: theo bộ tiêu "
            "chí hiện hành thì không đủ số liệu."
        )
        if row["basis"] == "old_steps"
        else ""
    )
    ahead = _(
        "{goal}. Theo đà hiện nay, {by} dự kiến {expected:.0f} nhà (khoảng 80% từ {low:.0f} "
        "đến {high:.0f}); khả năng đạt đích: {likely}."
        if row["indicator"] == targets.HOUSES
        else "{goal}. Theo đà hiện nay, {by} dự kiến {expected:.0f} xã (khoảng 80% từ {low:.0f} "
        "đến {high:.0f}); khả năng đạt đích: {likely}.",
        row,
        goal=goal,
        by=by,
        likely=notation.likely(row["probability"]),
    )
    return " ".join(filter(None, [ahead, scenario]))
