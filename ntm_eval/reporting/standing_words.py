"""Where a review leaves the districts -> sentences: what to decide, how sure, what would lift."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import pandas as pd

from ntm_eval.analysis.lift import Lift, Step
from ntm_eval.analysis.places import Story
from ntm_eval.analysis.scheme import Scheme
from ntm_eval.intake import received
from ntm_eval.language import place, say
from ntm_eval.notation import (
    day,
    district_name,
    measured_as,
    number,
    percent,
    reporters,
    score_name,
    sentence,
)
from ntm_eval.reporting.wording import Words

READINGS = {
    "blanks_out": "ô trống có kế hoạch không tính thay vì tính 0",
    "raw": "dùng số đơn vị ghi, chưa sửa",
    "raw_blanks_out": "dùng số đơn vị ghi, chưa sửa, và không tính ô trống",
    "unsuspicious": "bỏ các số bị nghi ngờ",
    "unsuspicious_blanks_out": "bỏ các số bị nghi ngờ và không tính ô trống",
}
VERDICTS = {
    "better": "▲ tốt lên", "worse": "▼ xấu đi", "same": "● gần như không đổi",
    "unclear": "● có thay đổi, không phân tốt xấu", "no_figure": "○ chưa đủ số liệu",
    "no_indicator": "○ không gắn với chỉ tiêu nào",
}  # fmt: skip
SOURCES = {
    "followup": "sổ theo dõi", "recommendations": "kiến nghị", "directions": "phương hướng",
}  # fmt: skip
MOST_NAMED = 12  # units, indicators named in one sentence; the rest are counted
FEW = 4  # what a sentence lists; the table has the rest


def decision(decisions: pd.DataFrame, ranking: pd.DataFrame, district_code: str) -> Words:
    """What the council decided of one district, beside what was proposed."""
    proposed = ranking.set_index("district_code").at[district_code, "grade"]
    rows = decisions[decisions["district_code"] == district_code]
    if rows.empty:
        return Words(
            say(
                "Đề xuất: {proposed}. Hội đồng chưa ghi quyết định; khi có, ghi vào decisions.csv "
                "cạnh các báo cáo rồi chạy lại.",
                proposed=say(proposed),
            )
        )
    row = rows.iloc[0]
    same = (
        say("đúng như đề xuất")
        if row["grade"] == proposed
        else say("đề xuất của phần mềm: {proposed}", proposed=say(proposed))
    )
    said = say(
        "Hội đồng xếp loại: {grade} ({same}). Lý do: {reason}.",
        grade=say(row["grade"]),
        same=same,
        reason=row["reason"],
    )
    who, when = row["decided_by"], day(row["date"]) if pd.notna(row["date"]) else ""
    by = [
        say("Người quyết định: {who} ngày {when}.", who=who, when=when) if who and when else
        say("Người quyết định: {who}.", who=who) if who else
        say("Người quyết định: ngày {when}.", when=when) if when else ""
    ]  # fmt: skip
    return Words(" ".join([said, *filter(None, by)]))


def sureness(doubt: pd.DataFrame, removal: pd.DataFrame, district_code: str) -> Words:
    """How one district's place moves under other readings, and which indicators move it."""
    row = doubt.set_index("district_code").loc[district_code]
    if pd.isna(row["rank"]):
        return Words("")
    read = {name: row[f"rank_{name}"] for name in ("raw", "blanks_out", "unsuspicious")}
    moved = [
        say("nếu {reading}: hạng {rank}", reading=say(READINGS[n]), rank=f"{rank:.0f}")
        for n, rank in read.items()
        if rank != row["rank"]
    ]
    first = (
        sentence("; ".join(moved))
        if moved
        else say("Dùng số chưa sửa, không tính ô trống hay bỏ số bị nghi ngờ: hạng không đổi.")
    )
    low, high = row["removal_low"], row["removal_high"]
    without = (
        say("Bỏ lần lượt từng chỉ tiêu: hạng từ {low} đến {high}.", low=int(low), high=int(high))
        if low < high
        else say("Bỏ lần lượt từng chỉ tiêu: hạng vẫn là {low}.", low=int(low))
    )
    mates = doubt[(doubt["group"] == row["group"]) & (doubt["district_code"] != district_code)]
    names = _listed(map(district_name, mates["district_code"]))
    group = (
        say("Chưa phân biệt chắc chắn với: {names}.", names=names)
        if names
        else say("Không đơn vị nào cùng nhóm.")
    )
    return Words(f"{first} {without} {group}\n{_movers(removal, district_code)}")


def lift(found: Lift) -> Words:
    """What would lift one district a grade, the cheapest first; only work done, never paper."""
    if found.grade is None:
        return Words(say("Không còn mức nào cao hơn để tính, hoặc chưa có điểm."))
    lines = [
        say(
            "Còn {need} điểm nữa là tới mức {grade}.",
            need=number(found.need, 2),
            grade=say(found.grade),
        )
    ]
    if found.steps:
        shown = [_step(step) for step in found.steps[:FEW]]
        more = len(found.steps) - FEW
        shown += [say("và {more} chỉ tiêu khác trong bảng", more=more)] if more > 0 else []
        lines.append(
            say(
                "Ít công nhất, theo nhịp thường có của chính đơn vị: {shown}.",
                shown="; ".join(shown),
            )
        )
    else:
        lines.append(say("Chưa thấy chỉ tiêu nào nâng được theo nhịp các năm qua của đơn vị."))
    lines.append(
        say(
            "Cộng lại {gain} điểm: đủ để lên mức {grade}.",
            gain=number(found.gain, 2),
            grade=say(found.grade),
        )
        if found.reached
        else say(
            "Một năm theo nhịp thường có chỉ thêm {gain} điểm: chưa đủ.", gain=number(found.gain, 2)
        )
    )
    if found.unknown:
        names = ", ".join(found.unknown[:MOST_NAMED])
        more = len(found.unknown) - MOST_NAMED
        if more > 0:
            names = say("{names} và {more} chỉ tiêu khác", names=names, more=more)
        lines.append(say("Chưa đủ số liệu các năm để nói về: {names}.", names=names))
    return Words("\n".join(lines))


def groups(doubt: pd.DataFrame) -> Words:
    """The districts in groups that cannot be told apart, the best first."""
    rows = doubt.dropna(subset="group").sort_values(["group", "rank", "district_code"])
    if rows.empty:
        return Words(say("Chưa có đơn vị nào đủ căn cứ để xếp hạng."))
    lines = [
        say(
            "Nhóm {group}: {names}.",
            group=f"{group:.0f}",
            names=_listed(map(district_name, mates["district_code"])),
        )
        for group, mates in rows.groupby("group")
    ]
    return Words(
        say(
            "Trong một nhóm, các hạng có thể có của các đơn vị chồng lên nhau (khi đổi trọng số, "
            "cách đọc số, hoặc bỏ một chỉ tiêu) nên thứ tự trước sau không chắc chắn."
        )
        + "\n"
        + "\n".join(lines)
    )


def first_place(changes: pd.DataFrame, ranking: pd.DataFrame) -> Words:
    """What single change would give the first place to somebody else."""
    first = ranking.loc[ranking["rank"] == 1, "district_code"]
    if first.empty:
        return Words("")
    names = ", ".join(district_name(c) for c in first)
    if changes.empty:
        return Words(
            say(
                "Hạng nhất ({names}) đứng vững: không một thay đổi đơn lẻ nào (bỏ một chỉ tiêu, "
                "đổi trọng số một phần trong ±20%, cách đọc số khác) làm đổi hạng nhất.",
                names=names,
            )
        )
    said = [
        say("{change} thì {name}", change=_change(row), name=district_name(row["district_code"]))
        for row in changes.to_dict("records")
    ]
    return Words(say("Hạng nhất ({names}) đổi chủ khi: {said}.", names=names, said="; ".join(said)))


def to_decide(
    ranking: pd.DataFrame,
    doubt: pd.DataFrame,
    register: pd.DataFrame,
    decisions: pd.DataFrame,
    rules: Scheme,
    places: Sequence[Story],
) -> Words:
    """What the leaders must decide, one line each."""
    who = reporters(ranking["district_code"].iloc[0])
    waiting = ranking[~ranking["district_code"].isin(decisions["district_code"])]
    lines = [
        say(
            "Quyết định xếp loại {waiting} {who} chưa có quyết định của Hội đồng.",
            waiting=len(waiting),
            who=who,
        )
        if len(waiting)
        else say(
            "Hội đồng đã quyết định xếp loại mọi đơn vị; quyết định đứng cạnh đề xuất ở mục 2."
        ),
        _close(ranking, rules),
    ]
    for _, mates in doubt.dropna(subset="group").groupby("group"):
        if len(mates) > 1:
            names = _listed(map(district_name, mates["district_code"]))
            lines.append(
                say("Không dựa vào thứ tự giữa {names}: số liệu chưa phân biệt được.", names=names)
            )
    missing = register[register["status"] == "missing"]["district"]
    if len(missing):
        lines.append(
            say(
                "Đôn đốc báo cáo của {missing}: chưa đủ căn cứ xếp loại.",
                missing=_listed(map(place, missing)),
            )
        )
    wrong = register.assign(errors=received.errors_within(register)).query("errors > 0")
    if len(wrong):
        names = _listed(f"{place(r.district)} ({r.errors:.0f})" for r in wrong.itertuples())
        lines.append(
            say("Yêu cầu giải trình lỗi số liệu trước khi xếp loại: {names}.", names=names)
        )
    slow = [say(s.place.title) for s in places if any(c.probability < 0.5 for c in s.courses)]
    if slow:
        lines.append(
            say("Cho ý kiến về việc khó đạt mục tiêu của kế hoạch: {slow}.", slow="; ".join(slow))
        )
    return Words("\n".join(f"{n}. {line}" for n, line in enumerate(filter(None, lines), 1)))


def by_unit(recommended: pd.DataFrame) -> Words:
    """How many recommendations fall to each responsible unit."""
    counts = recommended.groupby("unit").size().sort_values(ascending=False, kind="stable")
    lines = [
        say("{unit}: {count} việc.", unit=say(unit), count=count) for unit, count in counts.items()
    ]
    return Words("\n".join(lines) or say("Không có kiến nghị nào."))


def followed(rows: pd.DataFrame) -> Words:
    """How last year's recommendations fared, by what the figures say."""
    if rows.empty:
        return Words(say("Không có kiến nghị, phương hướng nào của năm trước để theo dõi."))
    said = [
        f"{len(list(mates))} {say(VERDICTS[verdict])[2:]}"
        for verdict, mates in groupby(sorted(rows["verdict"], key=list(VERDICTS).index))
    ]
    return Words(
        say(
            "{rows} kiến nghị, phương hướng của năm trước; theo chỉ tiêu gắn với từng việc: "
            "{said}. Số liệu đổi theo nhiều nguyên nhân, không riêng vì kiến nghị.",
            rows=len(rows),
            said=", ".join(said),
        )
    )


def _listed(named: Iterable[str]) -> str:
    """Units, at most as many as there were districts; the others counted."""
    named = list(named)
    more = len(named) - MOST_NAMED
    names = ", ".join(named[:MOST_NAMED])
    return say("{names} và {more} đơn vị khác", names=names, more=more) if more > 0 else names


def _movers(removal: pd.DataFrame, district_code: str) -> str:
    """The indicator that raises a district most and the one that holds it back most."""
    mine = removal[removal["district_code"] == district_code].sort_values(["moved", "indicator"])
    if mine.empty:
        return ""
    worst, best = mine.iloc[0], mine.iloc[-1]
    parts = []
    if best["moved"] > 0:
        parts.append(say("kéo điểm lên nhiều nhất: {moved}", moved=_moved(best)))
    if worst["moved"] < 0:
        parts.append(say("kéo xuống nhiều nhất: {moved}", moved=_moved(worst)))
    return sentence("; ".join(parts)) if parts else ""


def _moved(row: pd.Series) -> str:
    return say(
        "{name} ({moved} điểm)",
        name=score_name("", row["indicator"]),
        moved=number(abs(row["moved"]), 2),
    )


def _step(step: Step) -> str:
    now, to = (measured_as(value, step.indicator) for value in (step.now, step.to))
    rises = step.to > step.now
    return say(
        "{name} từ {now} lên {to} (+{gain} điểm)" if rises else
        "{name} từ {now} xuống {to} (+{gain} điểm)",
        name=score_name("", step.indicator), now=now, to=to, gain=number(step.gain, 2),
    )  # fmt: skip


def _change(row: dict) -> str:
    if row["change"] == "removal":
        return say("bỏ chỉ tiêu {name}", name=score_name("", row["subject"]))
    if row["change"] == "weight":
        return say(
            "tăng {size} trọng số phần {name}" if row["size"] > 0 else
            "giảm {size} trọng số phần {name}",
            size=percent(abs(row["size"]), 0), name=score_name(row["subject"], None),
        )  # fmt: skip
    return say(READINGS[row["subject"]])


def _close(ranking: pd.DataFrame, rules: Scheme) -> str:
    """Districts whose band of points holds a cut-off: their grade hangs on a choice."""
    close = []
    for row in ranking.dropna(subset="points").itertuples():
        limits = rules.grades[rules.grades["at_least"].between(row.points_low, row.points_high)]
        if len(limits):
            close.append(
                say(
                    "{name} ({points} điểm)",
                    name=district_name(row.district_code),
                    points=number(row.points, 1),
                )
            )
    if not close:
        return ""
    return say(
        "Xem kỹ đơn vị có khoảng điểm nằm ngay trên mức xếp loại: {close}.", close=_listed(close)
    )
