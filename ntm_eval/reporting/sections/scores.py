"""The points of a district: where they were lost, how they come about, what would lift a grade."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import notation, reference, units
from ntm_eval.analysis.lift import Lift, Step
from ntm_eval.analysis.ranking import NOT_YET
from ntm_eval.language import translate as _
from ntm_eval.notation import measured_as, score_name
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Figure, Text
from ntm_eval.reporting.sections import held
from ntm_eval.reporting.style import SHADES

CONTENTS_ALT = (
    "Lưới ô, mỗi hàng một huyện, thành phố, mỗi cột một nội dung, trong ô là tỷ lệ điểm đạt được. "
    "Điểm từng phần ở báo cáo của từng đơn vị."
)
FEW = 3  # steps named in a sentence

NO_REPORT = "Chưa đủ căn cứ để chấm điểm vì chưa có báo cáo."


def draw_contents(ax: Axes, scores: pd.DataFrame) -> Axes:
    """The share of each part's points that each district earned, the best total on top."""
    if scores.empty:
        return style.no_data(ax)
    sums = scores.groupby(["district_code", "part"])[["points", "max_points"]].sum()
    shares = (sums["points"] / sums["max_points"].where(sums["max_points"] > 0)).unstack("part")
    totals = scores.groupby("district_code")["points"].sum().sort_values(ascending=False)
    missing = [d.code for d in units.all_beside(totals.index) if d.code not in totals]
    parts = reference.table("score_parts").drop_duplicates("part", keep="last")
    shares = shares.reindex(index=[*totals.index, *missing], columns=parts["part"])
    style.fit_height(ax, 0.26 * len(shares) + 1.1)
    labels = [textwrap.fill(notation.score_name(p, None), 15) for p in parts["part"]]
    names = [notation.district_name(c) for c in shares.index]
    style.heatmap(ax, shares.to_numpy(float), cmap=SHADES, vmin=0, vmax=1)
    ax.set_xticks(range(len(labels)), labels)
    style.name_rows(ax, names)
    known = scores.groupby(["district_code", "part"])["indicator"].count().unstack("part")
    nothing = known.reindex_like(shares).eq(0).to_numpy()
    for (y, x), share in np.ndenumerate(shares.to_numpy(float)):
        text = notation.percent(share, 0) + (" ○" if nothing[y, x] else "")
        ax.text(x, y, text, ha="center", va="center", fontsize=7.5)
    for y, code in enumerate(shares.index):
        text = (
            _("{points:.1f} điểm", points=totals[code]) if code in totals else _("chưa đủ căn cứ")
        )
        style.at_right(ax, y, text)
    ax.tick_params(axis="x", labelsize=6.5)
    notes = [_("Tỷ lệ điểm đạt được; ô càng đậm, tỷ lệ càng cao")]
    if nothing.any():
        notes.append(_("○ không có chỉ tiêu nào đánh giá được"))
    ax.set_xlabel("\n".join(notes))
    return ax


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
    if found.steps:
        steps = sorted(found.steps, key=lambda step: -step.gain)[:FEW]
        lines.append(
            _(
                "Với tiến độ bình quân của đơn vị, một năm có thể thêm nhiều nhất {gain:.1f} điểm, "
                "trước hết ở: {shown}.",
                gain=found.gain,
                shown="; ".join(map(_step, steps)),
            )
        )
    return Text(" ".join(lines))


def summary(ranking: pd.DataFrame, pending: pd.DataFrame, district_code: str) -> Text:
    """One district's proposed grade, how sure its place is, and what answers could change."""
    row = ranking.set_index("district_code").loc[district_code]
    if pd.isna(row["points"]):
        return Text(_(NO_REPORT), ranking)
    ranks = notation.span(row["rank_low"], row["rank_high"])
    proposed = _(
        "Tổng điểm đề xuất {points:.1f} (từ {points_low:.1f} đến {points_high:.1f} tùy cách chấm), "
        "xếp thứ {ranks}.",
        row,
        ranks=ranks,
    )
    own = (
        _("Đơn vị tự chấm các chỉ tiêu {self_score:.1f} điểm.", row)
        if pd.notna(row["self_score"])
        else _("Đơn vị không tự chấm điểm.")
    )
    limits = (
        _("Kỳ 6 tháng chưa xếp loại.")
        if row["grade"] == NOT_YET
        else _(
            "Đây là đề xuất để Hội đồng xem xét; theo Kế hoạch, báo cáo chỉ là một trong những cơ "
            "sở để đánh giá, xếp loại."
        )
    )
    hanging = held.grade(ranking, pending, district_code)
    return Text(" ".join(filter(None, [proposed, own, hanging, limits])), ranking)


def contents(scores: pd.DataFrame) -> Figure:
    """The share of the points of each content that each district has."""
    return Figure.drawn(
        draw_contents,
        scores,
        alt=CONTENTS_ALT,
        tables="scores",
        caption="Tỷ lệ điểm đạt được ở từng nội dung của các huyện, thành phố",
    )


def _step(step: Step) -> str:
    now, to = (measured_as(value, step.indicator) for value in (step.now, step.to))
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
