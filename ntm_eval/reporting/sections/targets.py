"""Goals of 2025: temporary houses, criteria of communes, a district of the standard."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis import district_goal, targets
from ntm_eval.analysis.places import Story
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
    "unclear": "? chưa đủ căn cứ",
    "withheld": "– kết luận không công bố vì số phiếu nhỏ",
    "not_applicable": "– không xét (không có)",
    "not_measured": "○ báo cáo không có số liệu",
}


def summary(found: pd.DataFrame, day: date) -> Text:
    """One district's goals ahead: temporary houses, and all xã at 19 criteria."""
    if found.empty:
        return Text(
            _("Không còn mục tiêu nào phía trước: mốc là cuối năm {year}.", year=_year(day)), found
        )
    of_district = found[found["commune_code"].isna()]
    lines = [_goal(row) for row in of_district.to_dict("records")]
    return Text("\n".join(lines), found)


def named_places(
    found: pd.DataFrame,
    communes: pd.DataFrame,
    satisfaction: pd.DataFrame,
    stories: Iterable[Story],
    day: date,
) -> Text:
    """What lies ahead of the places of one district that the plan names, '' where it names none."""
    lines: list[str] = []
    for story in stories:
        place = story.place
        if targets.COMPLETE in place.indicators:
            code = place.district_code
            rows = district_goal.conditions(code, communes, satisfaction, found, day)
            lines.append(conditions(rows, day))
        if place.commune_code:
            houses = found["indicator"] == targets.HOUSES
            rows = found[houses & (found["commune_code"] == place.commune_code)]
            name = notation.commune_name(place.commune_code)
            lines += [f"{name}. {_goal(row)}" for row in rows.to_dict("records")]
    return Text("\n".join(lines), found)


def conditions(found: pd.DataFrame, day: date) -> Text:
    """The conditions of a district of the NTM standard, one by one, and what they leave open."""
    lines = [_condition(row, day) for row in found.to_dict("records")]
    first = _(
        "Điều kiện huyện nông thôn mới (QĐ 320/QĐ-TTg), mốc cuối năm {year}:", year=_year(day)
    )
    text = (
        "Khả năng đạt đủ cả năm điều kiện: không đủ số liệu, vì báo cáo không có 9 tiêu chí "
        "của huyện; khả năng đó không thể cao hơn của từng điều kiện."
    )
    lines.append(_(text))
    return Text("\n".join([first, *lines]), found)


def _year(day: date) -> int:
    return int(reference.constant("goal_year", day))


def _condition(row: dict, day: date) -> str:
    share = row["condition"] == "satisfaction"
    figure = percent if share else number
    said = f"{_(STATES[row['state']])}: {_(CONDITIONS[row['condition']])}"
    if not np.isnan(row["now"]) and row["state"] not in ("not_applicable", "not_measured"):
        what = _("câu hỏi chung") if share else _("hiện")
        now, needed = figure(row["now"]), figure(row["needed"])
        said += _(" ({what} {now}, cần {needed})", what=what, now=now, needed=needed)
    if row["surveyed"] > 0:
        said += _("; mới lấy ý kiến {surveyed:.0f} trên {communes:.0f} xã", row)
    if row["condition"] == "all_communes":
        text = (
            "; khả năng đạt đến cuối năm {year}, kịch bản theo tốc độ của bộ tiêu chí trước: {said}"
            if row["basis"] == "old_steps"
            else "; khả năng đạt đến cuối năm {year}: {said}"
        )
        said += _(text, year=_year(day), said=notation.likely(row["probability"]))
    return f"{said}."


def _goal(row: dict) -> str:
    goal = (
        _("Nhà tạm, nhà dột nát còn {now:.0f} nhà, mục tiêu là không còn", row)
        if row["indicator"] == targets.HOUSES
        else _("{now:.0f} trên {goal:.0f} xã đạt đủ 19 tiêu chí", row)
    )
    by = _("đến cuối năm {year}", year=row["by"])
    if row["basis"] == "too_few":
        return _("{goal}: không đủ số liệu để nói về khả năng {by}.", goal=goal, by=by)
    if row["basis"] == "pace":
        return f"{goal}{_pace(row)}."
    scenario = (
        _(
            "Đây là kịch bản theo tốc độ của bộ tiêu chí trước, không phải dự báo: theo bộ tiêu "
            "chí hiện hành thì không đủ số liệu."
        )
        if row["basis"] == "old_steps"
        else ""
    )
    ahead = _(
        "{goal}. Với tiến độ hiện nay, {by} dự kiến {expected:.0f} xã (khoảng 80% từ {low:.0f} "
        "đến {high:.0f}); khả năng đạt mục tiêu: {likely}.",
        row,
        goal=goal,
        by=by,
        likely=notation.likely(row["probability"]),
    )
    return " ".join(filter(None, [ahead, scenario]))


def _pace(row: dict) -> str:
    """When a figure is gone at its pace; five points bear no probability."""
    if row["now"] == 0:
        return _("; đã xong")
    if np.isnan(row["done"]):
        return _("; các năm qua không giảm")
    return _(
        "; với tiến độ khoảng {pace:.0f} nhà/năm, dự kiến xong trong năm {done}",
        pace=-row["pace"],
        done=f"{row['done']:.0f}",
    )
