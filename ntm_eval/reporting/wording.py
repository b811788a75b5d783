"""Findings -> words and numbers as an official would write them, in the language spoken."""

from __future__ import annotations

from html import escape

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.intake import received
from ntm_eval.language import place, say, spoken
from ntm_eval.notation import (
    change,
    day,
    district_name,
    measure_name,
    number,
    percent,
    reporters,
    score_name,
    when,
)
from ntm_eval.workspace import VIETNAMESE


class Words(str):
    """Sentences that a notebook shows as paragraphs; whatever they quote stays text."""

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(line)}</p>" for line in self.splitlines() if line.strip())

    def __repr__(self) -> str:
        return str(self)


class Quote(Words):
    """What a district wrote in its own words."""

    def _repr_html_(self) -> str:
        lang = "" if spoken() == VIETNAMESE else f' lang="{VIETNAMESE}"'
        return f"<blockquote{lang}>{super()._repr_html_()}</blockquote>"


def show(*parts: object) -> None:
    """Show sentences, tables and pictures one below the other in a notebook."""
    from IPython.display import display

    for part in parts:
        display(part)


def quote(text: str | None) -> Words:
    """The district's own words as a quotation, or that there are none."""
    return Quote(text) if text else Words(say("Báo cáo không ghi nội dung này."))


STATUS = {
    "on_time": "đúng hạn",
    "late": "muộn",
    "missing": "chưa có báo cáo",
    "undated": "không rõ ngày gửi",
}
# a status is never a colour or a word alone
SIGNS = {"on_time": "✓", "late": "✗", "missing": "○", "undated": "?"}
ILLUSTRATIVE = "SỐ LIỆU MINH HỌA: số liệu được tạo ra để thử, không phải số thật."


def status(found: str) -> str:
    """Where a report stands, with its sign: '✓ đúng hạn'."""
    return f"{SIGNS[found]} {say(STATUS[found])}"


def rank(row: pd.Series | dict) -> str:
    """A place of the ranking with its band: 'hạng 3 (2–5)'."""
    if pd.isna(row["rank"]):
        return say("chưa xếp hạng")
    low, high = row["rank_low"], row["rank_high"]
    band = f" ({low:.0f}–{high:.0f})" if low < high else ""
    return say("hạng {rank}", rank=f"{row['rank']:.0f}") + band


def opening(who: str, year: int | str, period: str, illustrative: bool) -> Words:
    """Whose page this is, of which period, and whether its data is invented."""
    lines = [f"{place(who)}, {when(int(year), period)}."]
    return Words("\n".join([*lines, say(ILLUSTRATIVE)] if illustrative else lines))


def arrival(register: pd.Series) -> Words:
    """When one district's report came and how complete it is."""
    who = place(register["district"])
    due = say("hạn gửi trước ngày {due}", due=day(register["due"]))
    if register["status"] == "missing":
        return Words(say("{district} chưa có báo cáo ({due}).", district=who, due=due))
    came = {
        "on_time": say("gửi đúng hạn, nhận ngày {received}", received=day(register["received"])),
        "late": say(
            "gửi muộn {days_late} ngày, nhận ngày {received}",
            days_late=number(register["days_late"]),
            received=day(register["received"]),
        ),
        "undated": say("không rõ ngày gửi"),
    }[register["status"]]
    filled, owed = register["cells_filled"], register["cells_expected"]
    cut_off = register["cut_off"]
    upto = (
        say("không ghi ngày chốt số liệu")
        if pd.isna(cut_off)
        else say("số liệu đến {cut_off}", cut_off=day(cut_off))
    )
    said = say(
        "Đã điền {filled} trên {owed} ô phải báo cáo ({share}).",
        filled=number(filled),
        owed=number(owed),
        share=percent(filled / owed),
    )
    return Words(f"{who} {came} ({due}); {upto}.\n{said}")


def problems(found: pd.DataFrame) -> Words:
    """How many problems of each weight a report has."""
    within = found[found["rule"] != received.MISSING]
    counts = within["severity"].value_counts()
    errors, warnings, notes = (int(counts.get(s, 0)) for s in ("error", "warning", "info"))
    if len(found) and not len(within):
        return Words(say("Chưa có báo cáo nào để kiểm tra số liệu."))
    if not len(found):
        return Words(say("Không phát hiện chỗ nào phải hỏi lại."))
    return Words(
        say(
            "Có {errors} lỗi phải sửa, {warnings} chỗ cần xem lại và {notes} ghi nhận. Phần mềm "
            "chỉ đánh dấu, không tự sửa số liệu.",
            errors=errors,
            warnings=warnings,
            notes=notes,
        )
    )


DIRECTIONS = {
    "up": "tăng",
    "down": "giảm",
    "none": "chưa thấy xu hướng rõ",
    "too_few": "chưa đủ số liệu để nói về xu hướng",
}
GOOD = {"better": "tốt lên", "worse": "xấu đi", "unclear": "không phân tốt xấu"}


def trend(row: pd.Series) -> str:
    """One trend with its interval and its years, from a row of trends.csv."""
    name = measure_name(row["indicator"])
    if row["direction"] == "too_few":
        return say(
            "{name}: {too_few} ({years} năm).",
            name=name,
            too_few=say(DIRECTIONS["too_few"]),
            years=number(row["years"]),
        )
    if row["direction"] == "none":
        said = say(DIRECTIONS["none"])
    else:
        said = f"{say(DIRECTIONS[row['direction']])} ({say(GOOD[row['good']])})"
    slope, low, high = (change(row[c], row["indicator"]) for c in ("slope", "low", "high"))
    found = say(
        "{name}: {said}, mỗi năm {slope} (khoảng tin cậy 95% từ {low} đến {high}; {years} "
        "năm {first_year}–{last_year}, q = {q_value}).",
        name=name,
        said=said,
        slope=slope,
        low=low,
        high=high,
        years=number(row["years"]),
        first_year=f"{row['first_year']:.0f}",
        last_year=f"{row['last_year']:.0f}",
        q_value=number(row["q_value"], 3),
    )
    return " ".join(filter(None, [found, _four_years(row)]))


def _four_years(row: pd.Series) -> str:
    """Why an interval without zero may stand beside 'no clear trend'."""
    short = row["years"] == 4 and row["direction"] == "none" and row["low"] * row["high"] > 0
    return say("Bốn năm chưa đủ để kiểm định kết luận có xu hướng.") if short else ""


def trends(table: pd.DataFrame) -> Words:
    """What rises and what falls, and how much of it is good news."""
    if table.empty:
        return Words(say("Chưa có báo cáo năm nào nên chưa có số liệu để xét xu hướng."))
    counts = table["direction"].value_counts()
    clear = table[table["direction"].isin(["up", "down"])]
    good = clear["good"].value_counts()
    return Words(
        say(
            "Trong {all} chỉ tiêu, {clear} có xu hướng rõ: {better} tốt lên, {worse} xấu đi, "
            "{unclear} không phân tốt xấu. {none} chỉ tiêu chưa thấy xu hướng rõ và {too_few} "
            "chỉ tiêu chưa đủ năm để kết luận.",
            all=len(table),
            clear=len(clear),
            better=good.get("better", 0),
            worse=good.get("worse", 0),
            unclear=good.get("unclear", 0),
            none=counts.get("none", 0),
            too_few=counts.get("too_few", 0),
        )
    )


def improving_trends(table: pd.DataFrame) -> Words:
    """The clear trends for the better, in one sentence."""
    if table.empty:  # `trends` says so
        return Words()
    better = table[table["good"] == "better"].sort_values(["p_value", "indicator"])
    if better.empty:
        return Words(say("Không có chỉ tiêu nào tốt lên rõ rệt."))
    names = [
        say(
            "{name}, mỗi năm {slope}",
            name=measure_name(r["indicator"]),
            slope=change(r["slope"], r["indicator"]),
        )
        for _, r in better.iterrows()
    ]
    return Words(
        say("{count} chỉ tiêu tốt lên rõ: {names}.", count=len(names), names="; ".join(names))
    )


def worrying_trends(table: pd.DataFrame) -> Words:
    """A sentence for each trend that clearly goes the wrong way."""
    if table.empty:  # `trends` says so
        return Words()
    if not (table["good"] == "worse").any():
        return Words(say("Không có chỉ tiêu nào xấu đi rõ rệt."))
    return clear_trends(table[table["good"] == "worse"])


def clear_trends(table: pd.DataFrame) -> Words:
    """A sentence for each clear trend, the worrying ones first."""
    clear = table[table["direction"].isin(["up", "down"])]
    order = clear["good"].map({"worse": 0, "better": 1, "unclear": 2})
    rows = clear.assign(order=order).sort_values(["order", "p_value", "indicator"])
    lines = [trend(row) for _, row in rows.iterrows()]
    return Words("\n".join(lines) or say("Chưa có chỉ tiêu nào có xu hướng rõ."))


NO_REPORT = "Chưa đủ căn cứ để chấm điểm vì chưa có báo cáo."


def standing(ranking: pd.DataFrame, district_code: str) -> Words:
    """One district's proposed grade, and how sure its place is."""
    row = ranking.set_index("district_code").loc[district_code]
    if pd.isna(row["points"]):
        return Words(say(NO_REPORT))
    low, high = int(row["rank_low"]), int(row["rank_high"])
    ranks = (
        say("từ hạng {low} đến hạng {high}", low=low, high=high)
        if low < high
        else say("hạng {low}", low=low)
    )
    own = (
        say(
            "Đơn vị tự chấm {self_score} điểm cho các chỉ tiêu.",
            self_score=number(row["self_score"], 1),
        )
        if pd.notna(row["self_score"])
        else say("Đơn vị không tự chấm điểm.")
    )
    proposed = say(
        "Đề xuất: {grade}, {points} trên 100 điểm (khi đổi trọng số và cách xử lý ô trống: "
        "từ {points_low} đến {points_high} điểm). Xếp hạng {rank}, có thể {ranks}.",
        grade=say(row["grade"]),
        points=number(row["points"], 1),
        points_low=number(row["points_low"], 1),
        points_high=number(row["points_high"], 1),
        rank=int(row["rank"]),
        ranks=ranks,
    )
    limits = say(
        "Đây là đề xuất để Hội đồng xem xét; theo Kế hoạch 227/KH-MTTQ-BTT, báo cáo chỉ "
        "là một trong những cơ sở để đánh giá, xếp loại."
    )
    return Words(f"{proposed} {own}\n{limits}")


def lost_points(scores: pd.DataFrame, most: int = 5) -> Words:
    """Where one district lost the most points, with the reason of each."""
    if scores.empty:
        return Words(say(NO_REPORT))
    lost = scores.assign(lost=scores["max_points"] - scores["points"])
    lost = lost[lost["lost"] > 0.005].sort_values(["lost", "indicator"], ascending=[False, True])
    lines = [
        say(
            "Mất {lost} trên {max_points} điểm ở {name}: {reason}.",
            lost=number(r["lost"], 2),
            max_points=number(r["max_points"], 2),
            name=score_name(r["part"], r["indicator"]),
            reason=r["reason"],
        )
        for _, r in lost.head(most).iterrows()
    ]
    return Words("\n".join(lines) or say("Không mất điểm ở chỉ tiêu nào."))


def discipline(register: pd.DataFrame) -> Words:
    """Who reported on time, late, undated or not at all."""
    lines = []
    for status, word in STATUS.items():
        rows = register[register["status"] == status]
        if rows.empty:
            continue
        names = [
            say(
                "{district} ({days_late} ngày)",
                district=place(r["district"]),
                days_late=number(r["days_late"]),
            )
            if status == "late"
            else place(r["district"])
            for _, r in rows.iterrows()
        ]
        who = reporters(register["district_code"].iloc[0])
        lines.append(
            say("{count} {who} {status}.", count=len(rows), who=who, status=say(word))
            if status == "on_time"
            else say(
                "{count} {who} {status}: {names}.",
                count=len(rows),
                who=who,
                status=say(word),
                names=", ".join(names),
            )
        )
    filled, owed = register["cells_filled"].sum(), register["cells_expected"].sum()
    lines.append(
        say(
            "Đã điền {filled} trên {owed} ô phải báo cáo ({share}); còn {errors} lỗi và "
            "{warnings} chỗ cần xem lại.",
            filled=number(filled),
            owed=number(owed),
            share=percent(filled / owed),
            errors=int(received.errors_within(register).sum()),
            warnings=int(register["warnings"].sum()),
        )
        if owed
        else say("Chưa có ô số liệu nào.")
    )
    return Words("\n".join(lines))


def failures(stopped: pd.DataFrame) -> Words:
    """The pages of this batch that stopped, by district."""
    lines = [
        say(
            "Trang {notebook} của {district} chưa lập được: {error}.",
            notebook=r["notebook"],
            district=district_name(units.district(r["district"]).code),
            error=" ".join(r["error"].split()).rstrip("."),
        )
        for _, r in stopped.dropna(subset="district").iterrows()
    ]
    return Words("\n".join(lines))


def totals(table: pd.DataFrame) -> Words:
    """How many of the province's plans are met, and which are furthest from it."""
    planned = table.dropna(subset="ratio")
    if planned.empty:
        return Words(say("Chưa có chỉ tiêu nào có cả kế hoạch và kết quả."))
    falling = planned["indicator"].map(reference.catalogue()["better"]) == "down"
    met = planned[(planned["ratio"] <= 1).where(falling, planned["ratio"] >= 1)]
    short = planned[(planned["ratio"] < 1) & ~falling].sort_values("ratio").head(3)
    worst = "; ".join(
        f"{score_name('', r['indicator'])} ({percent(r['ratio'])})" for _, r in short.iterrows()
    )
    lines = [
        say(
            "{met} trên {planned} chỉ tiêu có kế hoạch đã đạt hoặc vượt.",
            met=len(met),
            planned=len(planned),
        )
    ]
    if worst:
        lines.append(say("Xa kế hoạch nhất: {worst}.", worst=worst))
    return Words(" ".join(lines))


def communes(table: pd.DataFrame) -> Words:
    """How many communes hold each title, and who has met the fewest criteria."""
    held = table["title"].value_counts()
    known = table.dropna(subset="criteria_met")
    if known.empty:
        return Words(say("Chưa có số liệu tiêu chí của xã nào."))
    few = known.sort_values(["criteria_met", "commune_code"]).head(3)
    names = "; ".join(
        f"{place(r['commune'])} ({district_name(r['district_code'])}): {number(r['criteria_met'])}"
        for _, r in few.iterrows()
    )
    titles = "; ".join(f"{say(title)}: {count}" for title, count in held.items())
    mean = number(known["criteria_met"].mean(), 1)
    return Words(
        say(
            "Danh hiệu được báo cáo: {titles}. Bình quân {mean} tiêu chí một xã, tính trên "
            "{known} xã có số liệu. Ít tiêu chí nhất: {names}.",
            titles=titles or say("chưa có"),
            mean=mean,
            known=len(known),
            names=names,
        )
    )
