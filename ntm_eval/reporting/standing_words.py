"""Where a review leaves the districts -> sentences: what to decide, how sure, what would lift."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import pandas as pd

from ntm_eval import units
from ntm_eval.analysis.lift import Lift, Step
from ntm_eval.analysis.places import Story
from ntm_eval.analysis.scheme import Scheme
from ntm_eval.reporting.wording import (
    Words,
    day,
    district_name,
    measured_as,
    number,
    percent,
    score_name,
)

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
            f"Đề xuất: {proposed}. Hội đồng chưa ghi quyết định; khi có, ghi vào decisions.csv "
            "cạnh các báo cáo rồi chạy lại."
        )
    row = rows.iloc[0]
    same = "đúng như đề xuất" if row["grade"] == proposed else f"đề xuất của phần mềm: {proposed}"
    who = f" {row['decided_by']}" if row["decided_by"] else ""
    when = f" ngày {day(row['date'])}" if pd.notna(row["date"]) else ""
    by = f" Người quyết định:{who}{when}." if who or when else ""
    return Words(f"Hội đồng xếp loại: {row['grade']} ({same}). Lý do: {row['reason']}.{by}")


def sureness(doubt: pd.DataFrame, removal: pd.DataFrame, district_code: str) -> Words:
    """How one district's place moves under other readings, and which indicators move it."""
    row = doubt.set_index("district_code").loc[district_code]
    if pd.isna(row["rank"]):
        return Words("")
    read = {name: row[f"rank_{name}"] for name in ("raw", "blanks_out", "unsuspicious")}
    moved = [f"{READINGS[n]}: hạng {rank:.0f}" for n, rank in read.items() if rank != row["rank"]]
    first = f"Nếu {'; nếu '.join(moved)}." if moved else (
        "Dùng số chưa sửa, không tính ô trống hay bỏ số bị nghi ngờ: hạng không đổi."
    )  # fmt: skip
    low, high = row["removal_low"], row["removal_high"]
    ends = f"từ {low:.0f} đến {high:.0f}" if low < high else f"vẫn là {low:.0f}"
    mates = doubt[(doubt["group"] == row["group"]) & (doubt["district_code"] != district_code)]
    names = _listed(map(district_name, mates["district_code"]))
    group = f" Chưa phân biệt chắc chắn với: {names}." if names else " Không đơn vị nào cùng nhóm."
    return Words(
        f"{first} Bỏ lần lượt từng chỉ tiêu: hạng {ends}.{group}\n{_movers(removal, district_code)}"
    )


def lift(found: Lift) -> Words:
    """What would lift one district a grade, the cheapest first; only work done, never paper."""
    if found.grade is None:
        return Words("Không còn mức nào cao hơn để tính, hoặc chưa có điểm.")
    lines = [f"Còn {number(found.need, 2)} điểm nữa là tới mức {found.grade}."]
    if found.steps:
        shown = "; ".join(_step(step) for step in found.steps[:FEW])
        more = len(found.steps) - FEW
        rest = f"; và {more} chỉ tiêu khác trong bảng" if more > 0 else ""
        lines.append(f"Ít công nhất, theo nhịp thường có của chính đơn vị: {shown}{rest}.")
    else:
        lines.append("Chưa thấy chỉ tiêu nào nâng được theo nhịp các năm qua của đơn vị.")
    lines.append(
        f"Cộng lại {number(found.gain, 2)} điểm: đủ để lên mức {found.grade}."
        if found.reached
        else f"Một năm theo nhịp thường có chỉ thêm {number(found.gain, 2)} điểm: chưa đủ."
    )
    if found.unknown:
        names = ", ".join(found.unknown[:MOST_NAMED])
        more = len(found.unknown) - MOST_NAMED
        names += f" và {more} chỉ tiêu khác" if more > 0 else ""
        lines.append(f"Chưa đủ số liệu các năm để nói về: {names}.")
    return Words("\n".join(lines))


def groups(doubt: pd.DataFrame) -> Words:
    """The districts in groups that cannot be told apart, the best first."""
    rows = doubt.dropna(subset="group").sort_values(["group", "rank", "district_code"])
    if rows.empty:
        return Words("Chưa có đơn vị nào đủ căn cứ để xếp hạng.")
    lines = [
        f"Nhóm {group:.0f}: {_listed(map(district_name, mates['district_code']))}."
        for group, mates in rows.groupby("group")
    ]
    return Words(
        "Trong một nhóm, các hạng có thể có của các đơn vị chồng lên nhau (khi đổi trọng số, cách "
        "đọc số, hoặc bỏ một chỉ tiêu) nên thứ tự trước sau không chắc chắn.\n" + "\n".join(lines)
    )


def first_place(changes: pd.DataFrame, ranking: pd.DataFrame) -> Words:
    """What single change would give the first place to somebody else."""
    first = ranking.loc[ranking["rank"] == 1, "district_code"]
    if first.empty:
        return Words("")
    names = ", ".join(district_name(c) for c in first)
    if changes.empty:
        return Words(
            f"Hạng nhất ({names}) đứng vững: không một thay đổi đơn lẻ nào (bỏ một chỉ tiêu, đổi "
            "trọng số một phần trong ±20%, cách đọc số khác) làm đổi hạng nhất."
        )
    said = [f"{_change(row)} thì {district_name(row['district_code'])}"
            for row in changes.to_dict("records")]  # fmt: skip
    return Words(f"Hạng nhất ({names}) đổi chủ khi: {'; '.join(said)}.")


def to_decide(
    ranking: pd.DataFrame,
    doubt: pd.DataFrame,
    register: pd.DataFrame,
    decisions: pd.DataFrame,
    rules: Scheme,
    places: Sequence[Story],
) -> Words:
    """What the leaders must decide, one line each."""
    who = units.reporters(ranking["district_code"].iloc[0])
    waiting = ranking[~ranking["district_code"].isin(decisions["district_code"])]
    lines = [
        f"Quyết định xếp loại {len(waiting)} {who} chưa có quyết định của Hội đồng."
        if len(waiting)
        else "Hội đồng đã quyết định xếp loại mọi đơn vị; quyết định đứng cạnh đề xuất ở mục 2.",
        _close(ranking, rules),
    ]
    for _, mates in doubt.dropna(subset="group").groupby("group"):
        if len(mates) > 1:
            names = _listed(map(district_name, mates["district_code"]))
            lines.append(f"Không dựa vào thứ tự giữa {names}: số liệu chưa phân biệt được.")
    missing = register[register["status"] == "missing"]["district"]
    if len(missing):
        lines.append(f"Đôn đốc báo cáo của {_listed(missing)}: chưa đủ căn cứ xếp loại.")
    wrong = register[register["errors"] > 0]
    if len(wrong):
        names = _listed(f"{r.district} ({r.errors:.0f})" for r in wrong.itertuples())
        lines.append(f"Yêu cầu giải trình lỗi số liệu trước khi xếp loại: {names}.")
    slow = [s.place.title for s in places if any(c.probability < 0.5 for c in s.courses)]
    if slow:
        lines.append(f"Cho ý kiến về việc khó đạt mục tiêu của kế hoạch: {'; '.join(slow)}.")
    return Words("\n".join(f"{n}. {line}" for n, line in enumerate(filter(None, lines), 1)))


def by_unit(recommended: pd.DataFrame) -> Words:
    """How many recommendations fall to each responsible unit."""
    counts = recommended.groupby("unit").size().sort_values(ascending=False, kind="stable")
    lines = [f"{unit}: {count} việc." for unit, count in counts.items()]
    return Words("\n".join(lines) or "Không có kiến nghị nào.")


def followed(rows: pd.DataFrame) -> Words:
    """How last year's recommendations fared, by what the figures say."""
    if rows.empty:
        return Words("Không có kiến nghị, phương hướng nào của năm trước để theo dõi.")
    said = [
        f"{len(list(mates))} {VERDICTS[verdict][2:]}"
        for verdict, mates in groupby(sorted(rows["verdict"], key=list(VERDICTS).index))
    ]
    return Words(
        f"{len(rows)} kiến nghị, phương hướng của năm trước; theo chỉ tiêu gắn với từng việc: "
        f"{', '.join(said)}. Số liệu đổi theo nhiều nguyên nhân, không riêng vì kiến nghị."
    )


def _listed(named: Iterable[str]) -> str:
    """Units, at most as many as there were districts; the others counted."""
    named = list(named)
    more = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" và {more} đơn vị khác" if more > 0 else "")


def _movers(removal: pd.DataFrame, district_code: str) -> str:
    """The indicator that raises a district most and the one that holds it back most."""
    mine = removal[removal["district_code"] == district_code].sort_values(["moved", "indicator"])
    if mine.empty:
        return ""
    worst, best = mine.iloc[0], mine.iloc[-1]
    parts = []
    if best["moved"] > 0:
        parts.append(f"Kéo điểm lên nhiều nhất: {_moved(best)}")
    if worst["moved"] < 0:
        parts.append(f"kéo xuống nhiều nhất: {_moved(worst)}")
    return "; ".join(parts) + "." if parts else ""


def _moved(row: pd.Series) -> str:
    return f"{score_name('', row['indicator'])} ({number(abs(row['moved']), 2)} điểm)"


def _step(step: Step) -> str:
    now, to = (measured_as(value, step.indicator) for value in (step.now, step.to))
    way = "lên" if step.to > step.now else "xuống"
    name = score_name("", step.indicator)
    return f"{name} từ {now} {way} {to} (+{number(step.gain, 2)} điểm)"


def _change(row: dict) -> str:
    if row["change"] == "removal":
        return f"bỏ chỉ tiêu {score_name('', row['subject'])}"
    if row["change"] == "weight":
        way = "tăng" if row["size"] > 0 else "giảm"
        name = score_name(row["subject"], None)
        return f"{way} {percent(abs(row['size']), 0)} trọng số phần {name}"
    return READINGS[row["subject"]]


def _close(ranking: pd.DataFrame, rules: Scheme) -> str:
    """Districts whose band of points holds a cut-off: their grade hangs on a choice."""
    close = []
    for row in ranking.dropna(subset="points").itertuples():
        limits = rules.grades[rules.grades["at_least"].between(row.points_low, row.points_high)]
        if len(limits):
            close.append(f"{district_name(row.district_code)} ({number(row.points, 1)} điểm)")
    if not close:
        return ""
    return f"Xem kỹ đơn vị có khoảng điểm nằm ngay trên mức xếp loại: {_listed(close)}."
