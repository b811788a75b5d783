"""The points of a district: where they were lost, how they come about, what would lift a grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis.lift import Lift, Step
from ntm_eval.analysis.ranking import NOT_YET
from ntm_eval.language import translate as _
from ntm_eval.notation import measured_as, score_name
from ntm_eval.reporting import appeal
from ntm_eval.reporting.blocks import Column, Table, Text
from ntm_eval.reporting.sections import held
from ntm_eval.reporting.sections.ranking import MOST_NAMED
from ntm_eval.reporting.sections.received import STATES as RECEIVED_STATES

FEW = 4  # what a sentence lists; the table has the rest

NO_REPORT = "Chưa đủ căn cứ để chấm điểm vì chưa có báo cáo."


def lift(found: Lift) -> Text:
    """What would lift one district a grade, the cheapest first; only work done, never paper."""
    if found.grade is None:
        return Text(_("Không còn mức nào cao hơn để tính, hoặc chưa có điểm."))
    lines = [
        _("Còn {need:.2f} điểm nữa là tới mức {grade}.", need=found.need, grade=_(found.grade))
    ]
    if found.steps:
        shown = [_step(step) for step in found.steps[:FEW]]
        more = len(found.steps) - FEW
        shown += [_("và {more} chỉ tiêu khác trong bảng", more=more)] if more > 0 else []
        lines.append(
            _(
                "Ít công nhất, theo nhịp thường có của chính đơn vị: {shown}.",
                shown="; ".join(shown),
            )
        )
    else:
        lines.append(_("Chưa thấy chỉ tiêu nào nâng được theo nhịp các năm qua của đơn vị."))
    lines.append(
        _("Cộng lại {gain:.2f} điểm: đủ để lên mức {grade}.", gain=found.gain, grade=_(found.grade))
        if found.reached
        else _("Một năm theo nhịp thường có chỉ thêm {gain:.2f} điểm: chưa đủ.", gain=found.gain)
    )
    if found.unknown:
        names = ", ".join(found.unknown[:MOST_NAMED])
        more = len(found.unknown) - MOST_NAMED
        if more > 0:
            names = _("{names} và {more} chỉ tiêu khác", names=names, more=more)
        lines.append(_("Chưa đủ số liệu các năm để nói về: {names}.", names=names))
    return Text("\n".join(lines))


def computed(assessed: pd.DataFrame, items: pd.DataFrame, facts: pd.DataFrame) -> Table:
    """The appeal sheet on the page: each input with its cell, the points, what was taken off."""
    places = appeal.sources(facts)
    rows = assessed.assign(
        name=[notation.score_name("", i) for i in assessed["indicator"]],
        due=[_figure(r.target, r.base_state, r.indicator) for r in assessed.itertuples()],
        did=[_figure(r.value, r.value_state, r.indicator) for r in assessed.itertuples()],
        cell=[_cell(places.get((i, "actual"))) for i in assessed["indicator"]],
    )
    others = items.assign(
        name=[notation.score_name("reporting", i) for i in items["indicator"]],
        due=None,
        did=None,
        cell=None,
    )
    names = ["name", "due", "did", "points", "max_points", "reason", "cell"]
    both = pd.concat([rows[names].astype(object), others[names].astype(object)])
    both = both.assign(lost=both["max_points"] - both["points"])
    columns = {
        "name": Column("Chỉ tiêu"),
        "due": Column("Mức phải đạt", css="num"),
        "did": Column("Thực hiện", css="num"),
        "points": Column.number("Điểm", 2),
        "max_points": Column.number("Tối đa", 2),
        "lost": Column.number("Trừ", 2),
        "reason": Column("Vì sao"),
        "cell": Column("Ô", css="code"),
    }
    return Table.from_frame(
        both, columns, "Phiếu tính điểm: từng số, từng quy tắc, từng chỗ trừ", "Chưa có điểm."
    )


def lift_table(found: Lift) -> Table:
    """The improvements that would lift a district one grade, the cheapest first."""
    rows = pd.DataFrame(
        [(s.indicator, s.now, s.to, s.target, s.effort, s.gain) for s in found.steps],
        columns=["indicator", "now", "to", "target", "effort", "gain"],
    )
    frame = rows.assign(
        name=[notation.score_name("", i) for i in rows["indicator"]],
        **{
            c: [notation.measured_as(v, i) for v, i in zip(rows[c], rows["indicator"], strict=True)]
            for c in ("now", "to", "target")
        },
    )
    columns = {
        "name": Column("Chỉ tiêu"),
        "now": Column("Hiện nay", css="num"),
        "to": Column("Nâng đến", css="num"),
        "target": Column("Mức phải đạt", css="num"),
        "effort": Column("So với một năm thường", notation.percent, css="num"),
        "gain": Column.number("Thêm điểm", 2),
    }
    return Table.from_frame(
        frame, columns, "Cách ít công nhất để lên một mức", "Không có bước nào."
    )


def table(scores: pd.DataFrame) -> Table:
    """One district's points by part, and where most of the lost ones were lost."""
    parts = reference.table("score_parts").drop_duplicates("part", keep="last")["part"]
    lost = scores.assign(lost=scores["max_points"] - scores["points"])
    sums = lost.groupby("part")[["points", "max_points", "lost"]].sum()
    sums = sums.reindex([part for part in parts if part in sums.index])
    worst = lost[lost["lost"] > 0].sort_values(["lost", "indicator"], ascending=[False, True])
    where = {row["part"]: _loss(row) for row in worst[::-1].to_dict("records")}
    names = [notation.part_name(part) for part in sums.index]
    frame = sums.assign(name=names, where=[where.get(part) for part in sums.index])
    if len(frame):
        frame.loc["all"] = {**sums.sum(), "name": _("Cộng"), "where": None}
    columns = {
        "name": Column("Phần"),
        "points": Column.number("Điểm", 2),
        "max_points": Column.number("Tối đa", 2),
        "lost": Column.number("Mất", 2),
        "where": Column("Mất nhiều nhất ở"),
    }
    return Table.from_frame(frame, columns, "Điểm theo từng phần (đề xuất)")


def by_part(scores: pd.DataFrame) -> Table:
    """The points by part without where they were lost, which stands in the assessment."""
    whole = table(scores)
    rows = tuple(row[:4] for row in whole.rows)
    return replace(whole, columns=whole.columns[:4], rows=rows)


def summary(ranking: pd.DataFrame, pending: pd.DataFrame, district_code: str) -> Text:
    """One district's proposed grade, how sure its place is, and what answers could change."""
    row = ranking.set_index("district_code").loc[district_code]
    if pd.isna(row["points"]):
        return Text(_(NO_REPORT), ranking)
    low, high = int(row["rank_low"]), int(row["rank_high"])
    ranks = (
        _("từ hạng {low} đến hạng {high}", low=low, high=high)
        if low < high
        else _("hạng {low}", low=low)
    )
    own = (
        _("Đơn vị tự chấm {self_score:.1f} điểm (không kể phần chế độ báo cáo).", row)
        if pd.notna(row["self_score"])
        else _("Đơn vị không tự chấm điểm.")
    )
    opening = (
        _("Tiến độ sau 6 tháng: {points:.1f}", row)
        if row["grade"] == NOT_YET
        else _("Đề xuất: {grade}, {points:.1f}", row, grade=_(row["grade"]))
    )
    proposed = _(
        "{opening} trên 100 điểm (theo các cách chấm: từ {points_low:.1f} "
        "đến {points_high:.1f} điểm). Xếp hạng {rank}, theo các cách chấm {ranks}.",
        row,
        opening=opening,
        rank=int(row["rank"]),
        ranks=ranks,
    )
    limits = (
        _("Kỳ 6 tháng chưa xếp loại.")
        if row["grade"] == NOT_YET
        else _(
            "Đây là đề xuất để Hội đồng xem xét; theo Kế hoạch 227/KH-MTTQ-BTT, báo cáo chỉ "
            "là một trong những cơ sở để đánh giá, xếp loại."
        )
    )
    hanging = held.grade(ranking, pending, district_code)
    return Text("\n".join(filter(None, [f"{proposed} {own}", hanging, limits])), ranking)


def losses(scores: pd.DataFrame, most: int = 5) -> Text:
    """Where one district lost the most points, with the reason of each."""
    if scores.empty:
        return Text(_(NO_REPORT), scores)
    lost = scores.assign(lost=scores["max_points"] - scores["points"])
    lost = lost[lost["lost"] > 0.005].sort_values(["lost", "indicator"], ascending=[False, True])
    lines = [
        _(
            "Mất {lost:.2f} trên {max_points:.2f} điểm ở {name}: {reason}.",
            r,
            name=score_name(r["part"], r["indicator"]),
        )
        for r in lost.head(most).to_dict("records")
    ]
    return Text("\n".join(lines) or _("Không mất điểm ở chỉ tiêu nào."), scores)


def _step(step: Step) -> str:
    now, to = (measured_as(value, step.indicator) for value in (step.now, step.to))
    rises = step.to > step.now
    return _(
        "{name} từ {now} lên {to} (+{gain:.2f} điểm)"
        if rises
        else "{name} từ {now} xuống {to} (+{gain:.2f} điểm)",
        name=score_name("", step.indicator),
        now=now,
        to=to,
        gain=step.gain,
    )


def _figure(value: float, state: object, indicator: str) -> str:
    if pd.notna(value):
        return notation.measured_as(value, indicator)
    return _(RECEIVED_STATES.get(str(state), RECEIVED_STATES["blank"]))


def _cell(source: str | None) -> str | None:
    """The cell alone: the file and sheet stand in the annex of figures and in the workbook."""
    return source.rsplit(" | ", 1)[-1] if source else None


def _loss(row: Mapping) -> str:
    reason = "" if pd.isna(row["reason"]) else f": {row['reason']}"
    return f"{notation.score_name(row['part'], row['indicator'])}{reason}"
