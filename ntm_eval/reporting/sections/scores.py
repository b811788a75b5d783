"""The points of a district: where they were lost, how they come about, what would lift a grade."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis.lift import Lift, Step
from ntm_eval.analysis.ranking import NOT_YET
from ntm_eval.language import translate as _
from ntm_eval.notation import measured_as, score_name
from ntm_eval.reporting.blocks import Text
from ntm_eval.reporting.sections import held

FEW = 3  # steps named in a sentence

NO_REPORT = "Chưa đủ căn cứ để chấm điểm vì chưa có báo cáo."


def lift(found: Lift) -> Text:
    """How far the next grade is, and what would bring most at the district's own pace."""
    if found.grade is None:
        return Text("")
    lines = [
        _(
            "Để đạt mức {grade} còn thiếu {need:.1f} điểm.",
            need=found.need,
            grade=notation.grade(found.grade),
        )
    ]
    shown = "; ".join(map(_step, sorted(found.steps, key=lambda step: -step.gain)[:FEW]))
    if found.reached:
        text = (
            "Với tiến độ bình quân của đơn vị, một năm có thể thêm đủ số điểm này, nhiều nhất "
            "ở: {shown}."
        )
        lines.append(_(text, shown=shown))
    elif found.steps:
        text = (
            "Với tiến độ bình quân của đơn vị, một năm chỉ có thể thêm {gain:.1f} điểm, chưa "
            "đủ; nhiều nhất ở: {shown}."
        )
        lines.append(_(text, gain=found.gain, shown=shown))
    else:
        lines.append(_("Chưa thấy chỉ tiêu nào nâng được điểm theo tiến độ các năm của đơn vị."))
    if found.unknown and not found.reached:
        text = "Còn {count} chỉ tiêu bị trừ điểm chưa đủ số liệu các năm để xét."
        lines.append(_(text, count=len(found.unknown)))
    return Text(" ".join(lines))


def summary(ranking: pd.DataFrame, pending: pd.DataFrame, district_code: str) -> Text:
    """One district's points, how sure its place is, and what answers could change of them."""
    row = ranking.set_index("district_code").loc[district_code]
    if pd.isna(row["points"]):
        return Text(_(NO_REPORT), ranking)
    ranks = notation.span(row["rank_low"], row["rank_high"])
    half_way = row["grade"] == NOT_YET
    proposed = _(
        "Điểm tiến độ sau 6 tháng: {points:.1f} ({swing}), xếp thứ {ranks}."
        if half_way
        else "Tổng điểm đề xuất: {points:.1f}/100 điểm ({swing}), xếp thứ {ranks}.",
        row,
        swing=_swing(row),
        ranks=ranks,
    )
    own = (
        _(
            "Đơn vị tự chấm {self_score:.1f} điểm cho phần chỉ tiêu, chưa gồm điểm chế độ báo cáo.",
            row,
        )
        if pd.notna(row["self_score"])
        else _("Đơn vị không tự chấm điểm.")
    )
    limits = (
        _("Kỳ 6 tháng chưa xếp loại.")
        if half_way
        else _(
            "Đây là đề xuất để Hội đồng xem xét; theo Kế hoạch, báo cáo chỉ là một trong những cơ "
            "sở để đánh giá, xếp loại."
        )
    )
    # what would change the grade stands on page 1
    hangs = row["grade_low"] != row["grade_high"]
    hanging = "" if hangs else held.grade(ranking, pending, district_code)
    return Text(" ".join(filter(None, [proposed, own, hanging, limits])), ranking)


def _swing(row: pd.Series) -> str:
    """How far ways of counting move the points; an end that is the points is not said again."""
    low, points, high = (round(row[name], 1) for name in ("points_low", "points", "points_high"))
    if low < points < high:
        said = "dao động từ {points_low:.1f} đến {points_high:.1f} tùy phương án chấm điểm"
    elif points < high:
        said = "cao nhất {points_high:.1f} tùy phương án chấm điểm"
    elif low < points:
        said = "thấp nhất {points_low:.1f} tùy phương án chấm điểm"
    else:
        said = "không thay đổi theo phương án chấm điểm"
    return _(said, row)


def _step(step: Step) -> str:
    unit = reference.indicator(step.indicator)["unit"]
    now = notation.quantity(step.now, unit, with_unit=unit == "%")
    to = measured_as(step.to, step.indicator)
    rises = step.to > step.now
    return _(
        "{name} từ {now} lên {to} ({gain:.1f} điểm)"
        if rises
        else "{name} từ {now} xuống {to} ({gain:.1f} điểm)",
        name=score_name("", step.indicator),
        now=now,
        to=to,
        gain=step.gain,
    )
