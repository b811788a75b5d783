"""The proposed ranking: who stands where, how sure that is, and what there is to decide."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import notation, reference
from ntm_eval.analysis.places import Story
from ntm_eval.analysis.ranking import NOT_YET
from ntm_eval.analysis.scheme import Scheme
from ntm_eval.intake import received
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.notation import day, district_name, reporters, score_name, sentence
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Column, Figure, Table, Text
from ntm_eval.reporting.sections import held
from ntm_eval.reporting.sections.composition import plans_met
from ntm_eval.reporting.style import GREY, INK, SKY

ALT = (
    "Mỗi hàng một huyện, thành phố theo thứ hạng: điểm đề xuất, khoảng điểm và các mức xếp loại. "
    "Số ở bảng xếp hạng."
)
READINGS = {
    "blanks_out": "ô trống có kế hoạch không tính thay vì tính 0",
    "raw": "dùng số đơn vị ghi, chưa sửa",
    "unsuspicious": "bỏ các số bị nghi ngờ",
    "held_zero": "số đang đề nghị giải trình tính bằng 0",
    "likely": "số đang đề nghị giải trình tính theo mức nhiều khả năng đúng",
    "plans_zero": "kế hoạch để trống hoặc ghi không áp dụng tính 0 điểm",
    "alike": "mọi chỉ tiêu có trọng số bằng nhau",
    "work_alone": "không tính phần chế độ báo cáo",
}

MOST_NAMED = 12  # units, indicators named in one sentence; the rest are counted


def draw(ax: Axes, ranking: pd.DataFrame, day: date) -> Axes:
    """The districts by rank, each with its points and their band; grades as in force on `day`."""
    if ranking.empty:
        return style.no_data(ax)
    style.fit_height(ax, 0.28 * len(ranking) + 0.8)
    rows = ranking.sort_values(["rank", "district_code"], na_position="last", ignore_index=True)
    ax.hlines(rows.index, rows["points_low"], rows["points_high"], color=SKY, linewidth=5)
    # not dots: most bands are narrower
    ax.plot(rows["points"], rows.index, "|", color=INK, ms=10, mew=1.8, label="points")
    for y, row in enumerate(rows.to_dict("records")):
        if math.isnan(row["points"]):
            style.at_right(ax, y, _("○ chưa đủ căn cứ"), GREY)
            continue
        points = _("{points:.1f} điểm", row)
        style.at_right(ax, y, f"{points} · {rank_text(row)}")
    for grade in reference.at(reference.table("grades"), day).to_dict("records"):
        if grade["at_least"] > 0:
            ax.axvline(grade["at_least"], color=GREY, linewidth=0.7, linestyle=":")
            ax.text(
                grade["at_least"] + 0.4,
                1.0,
                _(grade["grade"]),
                fontsize=7,
                color=GREY,
                va="bottom",
                transform=ax.get_xaxis_transform(),
            )
    style.name_rows(ax, rows["district_code"].map(notation.district_name))
    lowest = rows[["points", "points_low"]].min(axis=None)
    ax.set_xlim(45 if math.isnan(lowest) else min(45, math.floor(lowest / 5) * 5 - 2), 103)
    ax.set_xlabel(_("Vạch đứng: điểm; thanh: khoảng điểm theo các cách chấm"))
    return ax


def decision(decisions: pd.DataFrame, ranking: pd.DataFrame, district_code: str) -> Text:
    """What the council decided of one district, beside what was proposed."""
    proposed = ranking.set_index("district_code").at[district_code, "grade"]
    rows = decisions[decisions["district_code"] == district_code]
    if rows.empty:
        return Text(
            _(
                "Đề xuất: {proposed}. Hội đồng chưa ghi quyết định; khi có, ghi vào decisions.csv "
                "cạnh các báo cáo rồi chạy lại.",
                proposed=_(proposed),
            ),
            decisions,
        )
    row = rows.iloc[0]
    same = (
        _("đúng như đề xuất")
        if row["grade"] == proposed
        else _("đề xuất của phần mềm: {proposed}", proposed=_(proposed))
    )
    said = _(
        "Hội đồng xếp loại: {grade} ({same}). Lý do: {reason}.",
        grade=_(row["grade"]),
        same=same,
        reason=row["reason"],
    )
    who, when = row["decided_by"], day(row["date"]) if pd.notna(row["date"]) else ""
    by = [
        _("Người quyết định: {who} ngày {when}.", who=who, when=when)
        if who and when
        else _("Người quyết định: {who}.", who=who)
        if who
        else _("Người quyết định: ngày {when}.", when=when)
        if when
        else ""
    ]
    return Text(" ".join([said, *filter(None, by)]), decisions)


def sureness(doubt: pd.DataFrame, removal: pd.DataFrame, district_code: str) -> Text:
    """Which ways of counting move one district's place, and which indicators."""
    row = doubt.set_index("district_code").loc[district_code]
    if pd.isna(row["rank"]):
        return Text("", doubt)
    read = {name: row[f"rank_{name}"] for name in READINGS if f"rank_{name}" in row}
    moved = [
        _("nếu {reading}: hạng {rank}", reading=_(READINGS[n]), rank=f"{rank:.0f}")
        for n, rank in read.items()
        if rank != row["rank"]
    ]
    first = (
        sentence("; ".join(moved))
        if moved
        else _("Đọc số liệu cách khác, hoặc không tính chế độ báo cáo: hạng không đổi.")
    )
    low, high = row["removal_low"], row["removal_high"]
    without = (
        _("Bỏ lần lượt từng chỉ tiêu: hạng từ {low} đến {high}.", low=int(low), high=int(high))
        if low < high
        else _("Bỏ lần lượt từng chỉ tiêu: hạng vẫn là {low}.", low=int(low))
    )
    mates = doubt[(doubt["group"] == row["group"]) & (doubt["district_code"] != district_code)]
    names = listed(map(district_name, mates["district_code"]))
    group = (
        _("Chưa phân biệt chắc chắn với: {names}.", names=names)
        if names
        else _("Không đơn vị nào cùng nhóm.")
    )
    return Text(f"{first} {without} {group}\n{_movers(removal, district_code)}", doubt)


def groups(ranking: pd.DataFrame) -> Text:
    """The districts in groups that cannot be told apart, the best first."""
    rows = ranking.dropna(subset="group").sort_values(["group", "rank", "district_code"])
    if rows.empty:
        return Text(_("Chưa có đơn vị nào đủ căn cứ để xếp hạng."), ranking)
    lines = [
        _(
            "Nhóm {group}: {names}.",
            group=f"{group:.0f}",
            names=listed(map(district_name, mates["district_code"])),
        )
        for group, mates in rows.groupby("group")
    ]
    return Text(
        _(
            "Trong một nhóm, khoảng hạng theo các cách chấm của các đơn vị chồng lên nhau nên thứ "
            "tự trước sau không chắc chắn. Khoảng này nói về cách chấm, không nói về chất lượng "
            "công việc đứng sau con số."
        )
        + "\n"
        + "\n".join(lines),
        ranking,
    )


def first_place(changes: pd.DataFrame, ranking: pd.DataFrame) -> Text:
    """What single change would give the first place to somebody else."""
    first = ranking.loc[ranking["rank"] == 1, "district_code"]
    if first.empty:
        return Text("", changes)
    names = ", ".join(district_name(c) for c in first)
    if changes.empty:
        return Text(
            _(
                "Hạng nhất ({names}) đứng vững: không một thay đổi đơn lẻ nào (bỏ một chỉ tiêu, "
                "đổi trọng số một phần trong ±20%, cách đọc số khác) làm đổi hạng nhất.",
                names=names,
            ),
            changes,
        )
    said = [
        _(
            "{change} thì {name}",
            change=_single_change(row),
            name=district_name(row["district_code"]),
        )
        for row in changes.to_dict("records")
    ]
    return Text(
        _("Hạng nhất ({names}) đổi chủ khi: {said}.", names=names, said="; ".join(said)),
        changes,
    )


def to_decide(
    ranking: pd.DataFrame,
    pending: pd.DataFrame,
    register: pd.DataFrame,
    decisions: pd.DataFrame,
    rules: Scheme,
    places: Sequence[Story],
) -> Text:
    """What the leaders must decide, one line each."""
    who = reporters(ranking["district_code"].iloc[0])
    waiting = ranking[~ranking["district_code"].isin(decisions["district_code"])]
    graded = not ranking["grade"].eq(NOT_YET).any()  # after six months nobody is
    lines = (
        []
        if not graded
        else [
            _(
                "Quyết định xếp loại {waiting} {who} chưa có quyết định của Hội đồng.",
                waiting=len(waiting),
                who=who,
            )
            if len(waiting)
            else _(
                "Hội đồng đã quyết định xếp loại mọi đơn vị; quyết định đứng cạnh đề xuất ở mục 2."
            ),
            _close(ranking, rules),
        ]
    )
    lines += filter(None, (_hanging(ranking, pending, code) for code in ranking["district_code"]))
    together = [
        listed(map(district_name, mates["district_code"]))
        for _group, mates in ranking.dropna(subset="group").groupby("group")
        if len(mates) > 1
    ]
    if together:
        names = "; ".join(together)
        lines.append(
            _("Không dựa vào thứ tự giữa {names}: số liệu chưa phân biệt được.", names=names)
        )
    missing = register[register["status"] == "missing"]["district"]
    if len(missing):
        lines.append(
            _(
                "Đôn đốc báo cáo của {missing}: chưa đủ căn cứ đánh giá.",
                missing=listed(map(place, missing)),
            )
        )
    wrong = register.assign(errors=received.errors_within(register)).query("errors > 0")
    if len(wrong):
        names = listed(f"{place(r.district)} ({r.errors:.0f})" for r in wrong.itertuples())
        lines.append(_("Yêu cầu giải trình lỗi số liệu: {names}.", names=names))
    slow = [_(s.place.title) for s in places if s.hard]
    if slow:
        lines.append(
            _("Cho ý kiến về việc khó đạt mục tiêu của kế hoạch: {slow}.", slow="; ".join(slow))
        )
    return Text("\n".join(f"{n}. {line}" for n, line in enumerate(filter(None, lines), 1)), ranking)


def _hanging(ranking: pd.DataFrame, pending: pd.DataFrame, code: str) -> str:
    """A district whose proposed grade depends on answers still to come."""
    row = ranking.set_index("district_code").loc[code]
    if row["grade_low"] == row["grade_high"]:
        return ""
    said = held.grade(ranking, pending, code)
    proposed = _("{grade} ({points:.1f})", row, grade=_(row["grade"]))
    return f"{district_name(code)}: {proposed}. {said}"


def robustness_table(doubt: pd.DataFrame, ranking: pd.DataFrame, decisions: pd.DataFrame) -> Table:
    """Groups, the place under each reading, and the council's grade beside the proposal."""
    frame = doubt.merge(ranking[["district_code", "grade"]], on="district_code")
    made = decisions.rename(columns={"grade": "decided"})[["district_code", "decided", "reason"]]
    frame = frame.merge(made, how="left", on="district_code")
    frame = frame.sort_values(["rank", "district_code"], na_position="last")
    frame = frame.assign(
        removal=list(map(notation.span, frame["removal_low"], frame["removal_high"]))
    )
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "group": Column.number("Nhóm"),
        "rank": Column.number("Hạng"),
        "rank_raw": Column.number("Số chưa sửa"),
        "rank_blanks_out": Column.number("Không tính ô trống"),
        "rank_unsuspicious": Column.number("Bỏ số nghi ngờ"),
        "rank_held_zero": Column.number("Số đang hỏi tính 0"),
        "rank_likely": Column.number("Số đang hỏi theo mức có thể đúng"),
        "rank_plans_zero": Column.number("Thiếu kế hoạch tính 0"),
        "rank_alike": Column.number("Trọng số bằng nhau"),
        "rank_work_alone": Column.number("Không tính chế độ báo cáo"),
        "removal": Column("Bỏ từng chỉ tiêu", css="num"),
        "grade": Column("Đề xuất", _),
        "decided": Column("Hội đồng xếp loại", _),
        "reason": Column("Lý do của Hội đồng", quoted=True),
    }
    return Table.from_frame(
        frame, columns, "Hạng khi đọc số liệu cách khác, và quyết định của Hội đồng"
    )


def table(
    ranking: pd.DataFrame, scores: pd.DataFrame, attainment: pd.DataFrame | None = None
) -> Table:
    """The districts by rank, each with its band, grade and the district's own points.

    A district scores itself on the indicators, not on its reporting, so its own points stand
    beside those of the indicators alone. With `attainment` the plans met stand beside the grade.
    """
    indicators = scores[scores["part"] != "reporting"].groupby("district_code")["points"].sum()
    rows = ranking.sort_values(["rank", "district_code"], na_position="last")
    frame = rows.assign(
        rank_band=list(map(notation.span, rows["rank_low"], rows["rank_high"])),
        points_band=[
            notation.span(low, high, 1)
            for low, high in zip(rows["points_low"], rows["points_high"], strict=True)
        ],
        work=rows["district_code"].map(indicators).astype(float),
    )
    frame = frame.assign(
        difference=[_difference(*pair) for pair in frame[["self_score", "work"]].to_numpy(float)]
    )
    beside = {}
    if attainment is not None:
        middle = attainment.set_index("district_code")["median_ratio"]
        frame = frame.assign(
            plans=frame["district_code"].map(plans_met(attainment)),
            middle=frame["district_code"].map(middle),
        )
        beside["plans"] = Column("Kế hoạch đạt", css="num")
        beside["middle"] = Column.percent("Trung vị thực hiện / kế hoạch", 0)
    beside = {}
    if attainment is not None:
        middle = attainment.set_index("district_code")["median_ratio"]
        frame = frame.assign(
            plans=frame["district_code"].map(plans_met(attainment)),
            middle=frame["district_code"].map(middle),
        )
        beside["plans"] = Column("Kế hoạch đạt", css="num")
        beside["middle"] = Column.percent("Trung vị thực hiện / kế hoạch", 0)
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "group": Column.number("Nhóm"),
        "rank": Column.number("Hạng"),
        "rank_band": Column("Khoảng hạng", css="num"),
        "points": Column.number("Điểm", 1),
        "points_band": Column("Khoảng điểm", css="num"),
        "grade": Column("Xếp loại (đề xuất)", _),
        **beside,
        "work": Column.number("Điểm các chỉ tiêu", 1),
        "self_score": Column.number("Tự chấm các chỉ tiêu", 1),
        "difference": Column("Tự chấm so với đề xuất"),
    }
    return Table.from_frame(frame, columns, "Xếp hạng đề xuất của các huyện, thành phố")


def rank_text(row: pd.Series | dict) -> str:
    """A place of the ranking with its band: 'hạng 3 (2–5)'."""
    if pd.isna(row["rank"]):
        return _("chưa xếp hạng")
    low, high = row["rank_low"], row["rank_high"]
    band = f" ({low:.0f}–{high:.0f})" if low < high else ""
    return _("hạng {rank}", rank=f"{row['rank']:.0f}") + band


def chart(ranking: pd.DataFrame, day: date) -> Figure:
    """The districts by rank, with their bands of points and the cut-offs of the grades."""
    return Figure.drawn(
        draw,
        ranking,
        day,
        alt=ALT,
        tables="ranking",
        caption="Điểm đề xuất và khoảng điểm của các huyện, thành phố",
    )


def listed(named: Iterable[str]) -> str:
    """Units, at most as many as there were districts; the others counted."""
    named = list(named)
    more = len(named) - MOST_NAMED
    names = ", ".join(named[:MOST_NAMED])
    return _("{names} và {more} đơn vị khác", names=names, more=more) if more > 0 else names


def _movers(removal: pd.DataFrame, district_code: str) -> str:
    """The indicator that raises a district most and the one that holds it back most."""
    mine = removal[removal["district_code"] == district_code].sort_values(["moved", "indicator"])
    if mine.empty:
        return ""
    worst, best = mine.iloc[0], mine.iloc[-1]
    parts = []
    if best["moved"] > 0:
        parts.append(_("kéo điểm lên nhiều nhất: {moved}", moved=_moved(best)))
    if worst["moved"] < 0:
        parts.append(_("kéo xuống nhiều nhất: {moved}", moved=_moved(worst)))
    return sentence("; ".join(parts)) if parts else ""


def _moved(row: pd.Series) -> str:
    return _(
        "{name} ({moved:.2f} điểm)", name=score_name("", row["indicator"]), moved=abs(row["moved"])
    )


def _single_change(row: dict) -> str:
    if row["change"] == "removal":
        return _("bỏ chỉ tiêu {name}", name=score_name("", row["subject"]))
    if row["change"] == "weight":
        return _(
            "tăng {size:.0%} trọng số phần {name}"
            if row["size"] > 0
            else "giảm {size:.0%} trọng số phần {name}",
            size=abs(row["size"]),
            name=score_name(row["subject"], None),
        )
    return _(READINGS[row["subject"]])


def _close(ranking: pd.DataFrame, rules: Scheme) -> str:
    """Districts whose band of points holds a cut-off: their grade hangs on a choice."""
    close = []
    for row in ranking.dropna(subset="points").itertuples():
        limits = rules.grades[rules.grades["at_least"].between(row.points_low, row.points_high)]
        if len(limits):
            close.append(
                _(
                    "{name} ({points:.1f} điểm)",
                    name=district_name(row.district_code),
                    points=row.points,
                )
            )
    if not close:
        return ""
    return _(
        "Xem kỹ đơn vị có khoảng điểm nằm ngay trên mức xếp loại: {close}.", close=listed(close)
    )


def _difference(own: float, work: float) -> str | None:
    """A district's own points beside those of the indicators, in words."""
    if math.isnan(own) or math.isnan(work):
        return None
    points = round(own - work, 1)
    if points == 0:
        return _("bằng điểm đề xuất")
    said = "cao hơn {points:.1f} điểm" if points > 0 else "thấp hơn {points:.1f} điểm"
    return _(said, points=abs(points))
