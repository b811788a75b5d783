"""Criteria, titles and changes of units -> sentences and tables."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import notation, reference, units
from ntm_eval.analysis import continued, titles
from ntm_eval.language import place, say
from ntm_eval.reporting.printed import Column, Table, show
from ntm_eval.reporting.wording import Words

# of what goes on after 1/7/2025, that by which the plan names places and the office districts
CARRIED_ON = ("C1-17", "C1-19", "C2-15")
NO_RURAL = "Không có xã nào: tiêu chí nông thôn mới chỉ dành cho xã."
LISTED = 8  # communes named in one sentence; the rest are counted
STATES = {
    "new_unit": "là đơn vị mới hoặc đã đổi địa giới từ năm trước",
    "unknown": "chưa có đủ số liệu tiêu chí của cả hai năm",
    "other_rules": "theo hai bộ tiêu chí khác nhau",
}
VERDICTS = {"met": "✓ đủ điều kiện", "not_met": "✗ chưa đủ điều kiện", "open": "? chưa đủ căn cứ"}


def told(found: titles.Titled, on: date) -> Words:
    """Which rules count, what changed, who is nearest to the NTM title, what does not fit."""
    since = not_carried(continued.LAST_BY_DISTRICT, on.year)
    if found.changes.empty:  # phường, thị trấn
        return Words("\n".join(filter(None, [say(NO_RURAL), since])))
    counted = titles.counts_nineteen(on)
    parts = (
        rules_in_force(on),
        changes(found.changes),
        nearest(found.following) if counted else "",
        doubts(found.doubts) if counted or len(found.doubts) else "",
        since,
    )
    return Words("\n".join(part for part in parts if part))


def changes(found: pd.DataFrame) -> Words:
    """Criteria gained and lost since last year (`titles.changes`); each loss has its sentence."""
    compared = found[found["state"].isin(["compared", "new_rules"])]
    lines = []
    if len(compared):
        gained = compared["gained"].str.split(";").map(lambda c: len([x for x in c if x]))
        lost = compared[compared["lost"] != ""]
        lines.append(
            say(
                "So với báo cáo năm trước, {gained} trên {compared} xã có thêm {criteria} tiêu chí "
                "đạt; {lost} có tiêu chí không còn đạt.",
                gained=(gained > 0).sum(),
                compared=len(compared),
                criteria=gained.sum(),
                lost=say("{count} xã", count=len(lost)) if len(lost) else say("không xã nào"),
            )
        )
        lines += [_lost(row) for row in lost.to_dict("records")]
        lines += [_title_lost(row) for row in compared.to_dict("records") if row["title_lost"]]
    for state, why in STATES.items():
        count = int((found["state"] == state).sum())
        if count:
            lines.append(say("Không so sánh {count} xã vì {why}.", count=count, why=say(why)))
    return Words("\n".join(lines))


def _lost(row: dict) -> str:
    lost = say(
        "✗ {commune}: năm trước ghi đạt, năm nay ghi chưa đạt {criteria}. Đề nghị nêu rõ "
        "nguyên nhân.",
        commune=place(row["commune"]),
        criteria=_criteria(row["lost"]),
    )
    if row["state"] != "new_rules":
        return lost
    stricter = say("Bộ tiêu chí đã thay đổi giữa hai năm nên có thể do yêu cầu cao hơn.")
    return f"{lost} {stricter}"


def _title_lost(row: dict) -> str:
    return say(
        "✗ {commune}: năm trước ghi danh hiệu {title}, năm nay không còn ghi. Kiểm tra "
        "quyết định công nhận hoặc thu hồi.",
        commune=place(row["commune"]),
        title=say(row["title_lost"]),
    )


def nearest(found: pd.DataFrame) -> Words:
    """Who is nearest to the NTM title, with what each still lacks (`titles.following`)."""
    rows = titles.nearest(found)
    if rows.empty:
        return Words(say("Chưa có xã nào chỉ còn thiếu từ ba tiêu chí trở xuống để đạt chuẩn NTM."))
    lines = [
        say("Gần chuẩn NTM nhất: {count} xã còn thiếu từ ba tiêu chí trở xuống.", count=len(rows))
    ]
    lines += [
        say(
            "{commune}: còn {left} tiêu chí, {criteria}.",
            commune=place(row["commune"]),
            left=f"{row['criteria_left']:.0f}",
            criteria=_criteria(row["missing_criteria"]),
        )
        if row["criteria_left"]
        else say("{commune}: đã đủ 19 tiêu chí, chưa ghi danh hiệu.", commune=place(row["commune"]))
        for row in rows.head(LISTED).to_dict("records")
    ]
    more = len(rows) - LISTED
    return Words("\n".join([*lines, *([say("Và {more} xã khác.", more=more)] if more > 0 else [])]))


def doubts(found: pd.DataFrame) -> Words:
    """Titles, criteria and residents' answers that do not fit together (`titles.doubts`).

    What rests on a threshold that nobody has verified is counted, and not held against a commune.
    """
    sure = found[found["rule"] != "mark_against_figure"]
    lines = [_doubt(row) for row in sure.to_dict("records")]
    asked = found[found["rule"] == "mark_against_figure"]
    for criterion, rows in asked.groupby("criterion"):
        name = _limits()[criterion]
        lines.append(
            say(
                "? {count} xã ghi đạt {criteria} trong khi số liệu của xã vượt mức {name}. Mức này "
                "chưa kiểm chứng nên chưa đủ căn cứ để kết luận; chỉ để hỏi lại.",
                count=len(rows),
                criteria=_criteria(criterion),
                name=say(name),
            )
        )
    return Words("\n".join(lines) or say("Danh hiệu khớp với tiêu chí và kết quả lấy ý kiến."))


def _doubt(row: dict) -> str:
    name, title = place(row["commune"]), _plain(row["title"])
    unverified = (
        "" if row["verified"] else f" ({say('ngưỡng chưa kiểm chứng, nên chỉ để hỏi lại')})"
    )
    return {
        "title_without_criteria": say(
            "✗ {name} có danh hiệu {title} nhưng ghi chưa đạt {criteria}.",
            name=name,
            title=title,
            criteria=_criteria(row["criterion"]),
        ),
        "criteria_without_title": say(
            "? {name} ghi đạt đủ 19 tiêu chí nhưng chưa có danh hiệu.", name=name
        ),
        "registered_again": say("? {name} đăng ký một danh hiệu đã có từ năm trước.", name=name),
        "title_without_consent": say(
            "✗ {name} có danh hiệu {title} nhưng kết quả lấy ý kiến cho danh hiệu này chưa đạt "
            "ngưỡng{unverified}.",
            name=name,
            title=title,
            unverified=unverified,
        ),
    }[row["rule"]]


def conditions(found: pd.DataFrame) -> Table:
    """Each xã with its next title and the state of each condition (`titles.following`)."""
    columns = {
        "commune": Column("Xã", place),
        "title": Column("Danh hiệu đã có", _plain),
        "next_title": Column("Danh hiệu tiếp theo", say),
        "not_met": Column("Chưa đạt", _plain),
        "met": Column("Đã đạt", _plain),
        "open": Column("Chưa đủ căn cứ", _plain),
        "verdict": Column("Kết luận", lambda verdict: say(VERDICTS[verdict])),
    }
    return show(found, columns, "Điều kiện của danh hiệu tiếp theo", "Không có xã nào.")


def rules_in_force(on: date) -> Words:
    """Which set of criteria counts, and what is not known of it."""
    row = titles.criteria_set(on)
    text = say(
        "Bộ tiêu chí đang áp dụng: {criteria_set}, {count} tiêu chí.",
        criteria_set=say(row["criteria_set"]),
        count=row["criteria"],
    )
    if not titles.counts_nineteen(on):
        text += " " + say(
            "Mẫu báo cáo còn theo 19 tiêu chí cũ và ngưỡng của bộ mới chưa có trong phần mềm, "
            "nên mọi kết luận về danh hiệu để là chưa đủ căn cứ."
        )
    return Words(text)


def not_carried(first: int, last: int) -> Words:
    """Why some indicators have no course across the years `first` to `last`, by reason."""
    found = continued.not_carried(first, last)
    lines = [
        say(
            "Không nối số liệu {indicators} qua năm {year}: {reason}.",
            indicators=", ".join(rows["indicator"]),
            year=year,
            reason=say(reason),
        )
        for (year, reason), rows in found.groupby(["year", "reason_vi"], sort=False)
    ]
    return Words("\n".join(lines))


def courses(found: pd.DataFrame, last: int) -> list[Words | Table]:
    """How the twelve districts go on since their communes report; [] while they report themselves.

    `found` is `Review.continued`.
    """
    if not found["communes"].any():
        return []
    return [*(course_of_districts(found, i, last) for i in CARRIED_ON), mixed_note()]


def course_of_districts(found: pd.DataFrame, indicator: str, last: int) -> Table:
    """One indicator of the twelve districts to the year `last`, the communes added up since 2025.

    Within one standard only. '*' marks a district where xã Chiềng Sơn, of parts of two districts,
    is in it or is missing.
    """
    rows = found[(found["indicator"] == indicator) & (found["year"] <= last)]
    began = continued.catalogue(last).set_index("id").at[indicator, "break_before"]
    rows = rows[rows["year"] >= began] if began <= last else rows
    years = sorted(rows["year"].unique())[-6:]
    wide = rows.pivot(index="district_code", columns="year", values="value").reindex(columns=years)
    mixed = rows.groupby("district_code")["mixed"].any()
    frame = wide.rename(columns=str).assign(
        name=[notation.district_name(c) + (" *" if mixed[c] else "") for c in wide.index]
    )
    columns = {"name": Column("Địa bàn huyện cũ")}
    columns |= {str(y): Column(str(y), notation.number, css="num") for y in years}
    name = reference.indicator_name(indicator)
    return show(frame, columns, f"{indicator} {name}", "Chưa có số liệu.")


def mixed_note() -> Words:
    """What the '*' of `course_of_districts` means, '' where no commune is mixed."""
    names = [place(units.district(code).name) for code in continued.HOME_OF_MIXED]
    return Words(
        say(
            "* {names} gồm phần của hai huyện cũ Mộc Châu và Vân Hồ; số liệu được tính vào Mộc "
            "Châu, nơi có phần lớn diện tích. Năm có xã chưa báo cáo thì để trống, không cộng "
            "thiếu.",
            names=", ".join(names),
        )
    )


def _criteria(codes: str) -> str:
    """'tiêu chí 10 Thu nhập, tiêu chí 11 Nghèo đa chiều' for 'TC10;TC11'."""
    names = _criteria_names()
    return ", ".join(
        say("tiêu chí {number} {name}", number=code[2:], name=say(names[code]))
        for code in codes.split(";")
        if code
    )


def _plain(text: object) -> str:
    return say(text) if isinstance(text, str) and text else notation.MISSING


def _criteria_names() -> dict[str, str]:
    return reference.table("criteria").set_index("criterion")["name_vi"].to_dict()


def _limits() -> dict[str, str]:
    rows = reference.table("title_conditions").drop_duplicates("condition", keep="last")
    return rows.set_index("condition")["name_vi"].to_dict()
