"""The proposed ranking: who stands where, how sure that is, and what the council decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis.ranking import NOT_YET
from ntm_eval.analysis.scheme import REPORTING
from ntm_eval.language import translate as _
from ntm_eval.notation import day, district_name, score_name, sentence
from ntm_eval.reporting.blocks import Column, Table, Text, listed
from ntm_eval.reporting.sections.composition import plans_met

CHANGES = 3  # that would give the first place to somebody else, told in one sentence
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


def decision(decisions: pd.DataFrame, ranking: pd.DataFrame, district_code: str) -> Text:
    """What the council decided of one district, beside what was proposed."""
    proposed = ranking.set_index("district_code").at[district_code, "grade"]
    rows = decisions[decisions["district_code"] == district_code]
    row = rows.iloc[0]
    same = (
        _("đúng như đề xuất")
        if row["grade"] == proposed
        else _("đề xuất: {proposed}", proposed=notation.grade(proposed))
    )
    said = _(
        "Hội đồng xếp loại: {grade} ({same}). Lý do: {reason}.",
        grade=notation.grade(row["grade"]),
        same=same,
        reason=row["reason"],
    )
    who, when = row["decided_by"], day(row["date"]) if pd.notna(row["date"]) else ""
    by = {
        (True, True): "Người quyết định: {who} ngày {when}.",
        (True, False): "Người quyết định: {who}.",
        (False, True): "Người quyết định: ngày {when}.",
    }.get((bool(who), bool(when)), "")
    return Text(" ".join(filter(None, [said, _(by, who=who, when=when)])), decisions)


def sureness(doubt: pd.DataFrame, removal: pd.DataFrame, district_code: str) -> Text:
    """Which ways of counting move one district's place, and which indicators."""
    row = doubt.set_index("district_code").loc[district_code]
    if pd.isna(row["rank"]):
        return Text("", doubt)
    moved = [
        _("nếu {reading}: hạng {rank}", reading=words, rank=rank)
        for words, rank in _other_ranks(row).items()
    ]
    first = (
        sentence("; ".join(moved)) if moved else _("Tính theo các cách khác, thứ hạng không đổi.")
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


def first_place(changes: pd.DataFrame, ranking: pd.DataFrame) -> Text:
    """What single change would give the first place to somebody else."""
    first = ranking.loc[ranking["rank"] == 1, "district_code"]
    if first.empty:
        return Text("", changes)
    names = ", ".join(district_name(c) for c in first)
    if changes.empty:
        text = (
            "Vị trí thứ nhất ({names}) ổn định: không thay đổi dù bỏ một chỉ tiêu bất kỳ, "
            "tăng hoặc giảm trọng số của một phần trong phạm vi 20%, hoặc xử lý số liệu "
            "theo một cách khác (xét riêng từng thay đổi)."
        )
        return Text(_(text, names=names), changes)
    few = changes.head(CHANGES)
    each = pd.Series(list(map(_single_change, few.to_dict("records"))), few.index)
    said = [
        _("{name} đứng đầu nếu {change}", name=district_name(str(code)), change="; ".join(mine))
        for code, mine in each.groupby(few["district_code"], sort=False)
    ]
    if (more := len(changes) - CHANGES) > 0:
        said.append(_("còn {more} cách khác", more=more))
    return Text(
        _("Hạng nhất ({names}) chưa chắc chắn: {said}.", names=names, said=", ".join(said)), changes
    )


def table(
    ranking: pd.DataFrame, scores: pd.DataFrame, attainment: pd.DataFrame, decisions: pd.DataFrame
) -> Table:
    """The districts by rank with band, grade, plans met, the council's grade and their own points.

    A district scores itself on the indicators, not on its reporting, so its own points are held
    against those of the indicators alone. What nobody has (a grade, own points, a decision) has
    no column.
    """
    indicators = scores[scores["part"] != REPORTING].groupby("district_code")["points"].sum()
    rows = ranking.sort_values(["rank", "district_code"], na_position="last")
    decided = decisions.drop_duplicates("district_code").set_index("district_code")
    frame = rows.assign(
        plans=rows["district_code"].map(plans_met(attainment)),
        difference=rows["self_score"] - rows["district_code"].map(indicators).astype(float),
        decided=rows["district_code"].map(decided["grade"]),
        reason=rows["district_code"].map(decided["reason"]),
    )
    columns = {
        "district_code": Column("Đơn vị", notation.district_name),
        "group": Column.number("Nhóm"),
        "rank": Column.number("Hạng"),
        "rank_band": Column.span("Mức dao động hạng", "rank_low", "rank_high"),
        "points": Column.number("Điểm", 1),
        "points_band": Column.span("Mức dao động điểm", "points_low", "points_high", 1),
        "grade": Column("Xếp loại (đề xuất)", notation.grade),
        "plans": Column("Chỉ tiêu đạt", css="num"),
        "difference": Column("Tự chấm so với đề xuất", _signed, css="num"),
        "decided": Column("Hội đồng xếp loại", notation.grade),
        "reason": Column("Lý do của Hội đồng", quoted=True),
    }
    left_out = set() if len(decided) else {"decided", "reason"}
    left_out |= {"grade"} if rows["grade"].eq(NOT_YET).any() else set()  # after six months
    left_out |= {"difference"} if frame["difference"].isna().all() else set()
    shown = {name: column for name, column in columns.items() if name not in left_out}
    return Table.from_frame(frame, shown, "Xếp hạng đề xuất của các đơn vị")


def detail(
    ranking: pd.DataFrame, scores: pd.DataFrame, parts: pd.Series, doubt: pd.DataFrame
) -> Table:
    """The points of each part, and which other ways of reading the figures move a place."""
    sums = scores.groupby(["district_code", "part"])["points"].sum().unstack("part")
    rows = ranking.sort_values(["rank", "district_code"], na_position="last")[["district_code"]]
    frame = rows.merge(sums.reindex(columns=parts.index), how="left", on="district_code")
    frame = frame.merge(doubt, how="left", on="district_code")
    columns = {
        "district_code": Column("Đơn vị", notation.district_name),
        **{
            part: Column.number(f"{score_name(part, None)} ({notation.number(full)})", 1)
            for part, full in parts.items()
        },
        "moved": Column.of_row("Hạng thay đổi khi", _reranked),
    }
    return Table.from_frame(frame, columns, "Điểm từng phần (điểm tối đa) và độ vững của thứ hạng")


def _other_ranks(row: Mapping) -> dict[str, str]:
    """The ways of reading that give a place another rank, each with it."""
    ranks = {words: row.get(f"rank_{name}", row["rank"]) for name, words in READINGS.items()}
    return {_(words): f"{rank:.0f}" for words, rank in ranks.items() if rank != row["rank"]}


def _reranked(row: Mapping) -> str | None:
    """The readings that give another place: 'không tính phần chế độ báo cáo: 10'."""
    if pd.isna(row["rank"]):
        return None
    moved = [f"{words}: {rank}" for words, rank in _other_ranks(row).items()]
    if row["removal_low"] < row["removal_high"]:
        span = notation.span(row["removal_low"], row["removal_high"])
        moved.append(_("bỏ lần lượt từng chỉ tiêu: {span}", span=span))
    return "; ".join(moved) or _("không đổi")


def high_grades(on: date) -> list[str]:
    """The two best grades in force on a day, the best first."""
    rows = reference.at(reference.table("grades"), on)
    return [str(grade) for grade in rows.nlargest(2, "at_least")["grade"]]


def rank_text(row: Mapping) -> str:
    """A place of the ranking with its band: 'hạng 3 (2–5)'."""
    if pd.isna(row["rank"]):
        return _("chưa xếp hạng")
    low, high = row["rank_low"], row["rank_high"]
    band = f" ({low:.0f}–{high:.0f})" if low < high else ""
    return _("hạng {rank}", rank=f"{row['rank']:.0f}") + band


def _movers(removal: pd.DataFrame, district_code: str) -> str:
    """The indicator that raises a district most and the one that holds it back most."""
    mine = removal[removal["district_code"] == district_code].sort_values(["moved", "indicator"])
    if mine.empty:
        return ""
    worst, best = mine.iloc[0], mine.iloc[-1]
    parts = []
    if best["moved"] > 0:
        parts.append(_("chỉ tiêu nâng tổng điểm nhiều nhất: {moved}", moved=_moved(best)))
    if worst["moved"] < 0:
        parts.append(_("chỉ tiêu kéo giảm nhiều nhất: {moved}", moved=_moved(worst)))
    return sentence("; ".join(parts)) if parts else ""


def _moved(row: pd.Series) -> str:
    return _(
        "{name} ({moved:.1f} điểm)",
        name=reference.indicator_name(row["indicator"]),
        moved=abs(row["moved"]),
    )


def _single_change(row: dict) -> str:
    if row["change"] == "removal":
        return _("bỏ chỉ tiêu {name}", name=reference.indicator_name(row["subject"]))
    if row["change"] == "weight":
        return _(
            "tăng {size:.0%} trọng số phần {name}"
            if row["size"] > 0
            else "giảm {size:.0%} trọng số phần {name}",
            size=abs(row["size"]),
            name=score_name(row["subject"], None),
        )
    return _(READINGS[row["subject"]])


def _signed(points: float) -> str:
    """A difference of points with its sign; what is written as zero has none."""
    text = notation.number(points, 1)
    return f"+{text}" if round(points, 1) > 0 else text.replace("-", "−")
