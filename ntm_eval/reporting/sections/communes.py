"""Communes: the NTM criteria they met, gained and lost, and the titles they are near to."""

from __future__ import annotations

from datetime import date

import pandas as pd
from matplotlib.axes import Axes

from ntm_eval import language, notation, reference
from ntm_eval.analysis import titles
from ntm_eval.intake.sheets import CRITERIA, MET, NOT_YET
from ntm_eval.language import MISSING, place
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, number
from ntm_eval.reporting import style
from ntm_eval.reporting.blocks import Column, Figure, Table, Text
from ntm_eval.reporting.style import BLUE, PALE

PROGRESS_ALT = (
    "Mỗi hàng một huyện, thành phố; chấm cho biết bao nhiêu xã đạt bao nhiêu tiêu chí. Số của "
    "từng xã ở bảng các xã."
)
SIGNS = {MET: "✓", NOT_YET: "✗"}
NO_RURAL = "Không có xã nào: tiêu chí nông thôn mới chỉ dành cho xã."

LISTED = 8  # communes named in one sentence; the rest are counted

STATES = {
    "new_unit": "là đơn vị mới hoặc đã đổi địa giới từ năm trước",
    "unknown": "chưa có đủ số liệu tiêu chí của cả hai năm",
    "other_rules": "theo hai bộ tiêu chí khác nhau",
}

DOUBTS = {
    "title_without_criteria": "{name} có danh hiệu {title} nhưng ghi chưa đạt {criteria}.",
    "criteria_without_title": "{name} ghi đạt đủ 19 tiêu chí nhưng chưa có danh hiệu.",
    "registered_again": "{name} đăng ký một danh hiệu đã có từ năm trước.",
    "title_without_consent": "{name} có danh hiệu {title} nhưng kết quả lấy ý kiến cho danh hiệu "
    "này chưa đạt ngưỡng{doubtful}.",
}
VERDICTS = {"met": "✓ đủ điều kiện", "not_met": "✗ chưa đủ điều kiện", "open": "? chưa đủ căn cứ"}


def standing(found: titles.Titled, on: date) -> Text:
    """Which rules count, what changed, who is nearest to the NTM title, what does not fit."""
    if found.changes.empty:  # phường, thị trấn
        return Text(_(NO_RURAL))
    counted = titles.counts_nineteen(on)
    parts = (
        rules_in_force(on),
        changes(found.changes),
        nearest(found.following, on) if counted else "",
        doubts(found.doubts),
    )
    return Text("\n".join(part for part in parts if part))


def changes(found: pd.DataFrame) -> Text:
    """Criteria gained and lost since last year (`titles.changes`); each loss has its sentence."""
    compared = found[found["state"].isin(["compared", "new_rules"])]
    lines = []
    if len(compared):
        gained = compared["gained"].str.split(";").map(lambda c: len([x for x in c if x]))
        lost = compared[compared["lost"] != ""]
        lines.append(
            _(
                "So với báo cáo năm trước, {gained} trên {compared} xã có thêm {criteria} tiêu chí "
                "đạt.",
                gained=(gained > 0).sum(),
                compared=len(compared),
                criteria=gained.sum(),
            )
        )
        lines += [_lost(row) for row in lost.to_dict("records")]
        lines += [_title_lost(row) for row in compared.to_dict("records") if row["title_lost"]]
    for state, why in STATES.items():
        count = int((found["state"] == state).sum())
        if count:
            lines.append(_("Không so sánh {count} xã vì {why}.", count=count, why=_(why)))
    return Text("\n".join(lines), found)


def nearest(found: pd.DataFrame, on: date) -> Text:
    """Who is nearest to the NTM title, with what each still lacks (`titles.following`)."""
    rows = titles.nearest(found, on)
    if rows.empty:
        return Text("", found)
    most = number(reference.constant("nearest_criteria", on))
    lines = [
        _(
            "Gần chuẩn NTM (còn thiếu không quá {most} tiêu chí): {count} xã.",
            most=most,
            count=len(rows),
        )
    ]
    lines += [
        _(
            "{commune}: còn {left} tiêu chí, {criteria}.",
            commune=place(row["commune"]),
            left=f"{row['criteria_left']:.0f}",
            criteria=_criteria(row["missing_criteria"]),
        )
        if row["criteria_left"]
        else _("{commune}: đã đủ 19 tiêu chí, chưa ghi danh hiệu.", commune=place(row["commune"]))
        for row in rows.head(LISTED).to_dict("records")
    ]
    more = len(rows) - LISTED
    return Text(
        "\n".join([*lines, *([_("Và {more} xã khác.", more=more)] if more > 0 else [])]),
        found,
    )


def doubts(found: pd.DataFrame) -> Text:
    """Titles, criteria and residents' answers that do not fit together (`titles.doubts`).

    What rests on a threshold that nobody has verified is counted, and not held against a commune.
    """
    sure = found[found["rule"] != "mark_against_figure"]
    lines = [_doubt(row) for row in sure.to_dict("records")]
    asked = found[found["rule"] == "mark_against_figure"]
    for criterion, rows in asked.groupby("criterion"):
        lines.append(
            _(
                "{count} xã ghi đạt {criteria} trong khi số liệu của chính xã vượt mức cho phép; "
                "mức này chưa kiểm chứng nên chỉ để hỏi lại.",
                count=len(rows),
                criteria=_criteria(criterion),
            )
        )
    return Text("\n".join(lines), found)


def conditions(found: pd.DataFrame) -> Table:
    """Each xã with its next title and the state of each condition (`titles.following`)."""
    columns = {
        "commune": Column("Xã", place),
        "title": Column("Danh hiệu đã có", _plain),
        "next_title": Column("Danh hiệu tiếp theo", _),
        "not_met": Column("Chưa đạt", _plain),
        "met": Column("Đã đạt", _plain),
        "open": Column("Chưa đủ căn cứ", _plain),
        "verdict": Column("Kết luận", lambda verdict: _(VERDICTS[verdict])),
    }
    return Table.from_frame(found, columns, "Điều kiện của danh hiệu tiếp theo", "Không có xã nào.")


def rules_in_force(on: date) -> Text:
    """Which set of criteria counts, and what is not known of it."""
    row = titles.criteria_set(on)
    text = _(
        "Áp dụng bộ tiêu chí theo {criteria_set} ({count} tiêu chí).",
        criteria_set=_(row["criteria_set"]),
        count=row["criteria"],
    )
    if not titles.counts_nineteen(on):
        text += " " + _(
            "Mẫu báo cáo còn theo 19 tiêu chí cũ và ngưỡng của bộ mới chưa có trong phần mềm, "
            "nên mọi kết luận về danh hiệu để là chưa đủ căn cứ."
        )
    return Text(text)


def draw_progress(ax: Axes, communes: pd.DataFrame) -> Axes:
    """How many xã of each district have met how many of the 19 criteria; the number in the dot."""
    rows = communes[communes["kind"] == "xã"]
    if rows.empty:
        return style.no_data(ax)
    codes = sorted(rows["district_code"].unique())
    style.fit_height(ax, 0.3 * len(codes) + 0.7)
    for y, code in enumerate(codes):
        met = rows.loc[rows["district_code"] == code, "criteria_met"]
        counts = met.dropna().astype(int).value_counts()
        ax.scatter(
            counts.index,
            [y] * len(counts),
            s=70 + 14 * counts,
            color=PALE,
            edgecolor=BLUE,
            linewidth=0.8,
            label="communes",
        )
        for criteria_met, count in counts.items():
            ax.text(criteria_met, y, str(count), ha="center", va="center", fontsize=7)
        unknown = (
            _("{count} xã chưa có số liệu", count=met.isna().sum()) if met.isna().any() else ""
        )
        mean = _("bình quân {mean:.1f}", mean=met.mean()) if met.notna().any() else ""
        style.at_right(ax, y, "; ".join(filter(None, [mean, unknown])))
    style.name_rows(ax, [notation.district_name(code) for code in codes])
    known = rows["criteria_met"].dropna().astype(int)
    least = min(known.min(), 10) if len(known) else 0
    ax.set(xlim=(least - 0.7, 19.7), xticks=range(least, 20))
    ax.set_xlabel(_("Số tiêu chí đã đạt; số trong chấm: số xã"))
    return ax


def table(communes: pd.DataFrame) -> Table:
    """The communes with their titles, criteria and counts, as reported."""
    columns = {
        "commune": Column("Xã, phường, thị trấn", language.place),
        "registered": Column("Đăng ký", _),
        "title": Column("Danh hiệu", _),
        "criteria_met": Column.number("Tiêu chí đạt"),
        "criteria_known": Column.number("Tiêu chí có số liệu"),
        "missing_criteria": Column("Tiêu chí chưa đạt", lambda codes: codes.replace(";", ", ")),
        "households": Column.number("Tổng số hộ"),
        "poor": Column.number("Hộ nghèo"),
        "near_poor": Column.number("Hộ cận nghèo"),
        "cultural_households": Column.number("Hộ Gia đình văn hóa"),
        "temporary_houses": Column.number("Nhà tạm còn lại"),
    }
    return Table.from_frame(communes, columns, "Các xã, phường, thị trấn và tiêu chí nông thôn mới")


def criteria_table(communes: pd.DataFrame) -> Table:
    """The picture of communes × criteria as a table, which a reader can hear."""
    rows = communes[communes["kind"] == "xã"]
    rows = rows.sort_values(["criteria_met", "commune_code"], ascending=[False, True])
    marks = rows.assign(**{c: rows[c].map(SIGNS).fillna("?") for c in CRITERIA})
    columns = {
        "commune": Column("Xã", place),
        **{c: Column(c.removeprefix("TC")) for c in CRITERIA},
        "criteria_met": Column.number("Đạt"),
    }
    caption = "Mười chín tiêu chí nông thôn mới của các xã: ✓ đạt, ✗ chưa đạt, ? chưa có số liệu"
    return Table.from_frame(marks, columns, caption, NO_RURAL)


def summary(table: pd.DataFrame) -> Text:
    """How many communes hold each title, and who has met the fewest criteria."""
    held = table["title"].value_counts()
    known = table.dropna(subset="criteria_met")
    if known.empty:
        return Text(_("Chưa có số liệu tiêu chí của xã nào."), table)
    few = known.sort_values(["criteria_met", "commune_code"]).head(3)
    names = "; ".join(
        f"{place(r['commune'])} ({district_name(r['district_code'])}): {number(r['criteria_met'])}"
        for r in few.to_dict("records")
    )
    titles = "; ".join(f"{_(title)}: {count}" for title, count in held.items())
    mean = number(known["criteria_met"].mean(), 1)
    return Text(
        _(
            "Danh hiệu được báo cáo: {titles}. Bình quân {mean} tiêu chí một xã, tính trên "
            "{known} xã có số liệu. Ít tiêu chí nhất: {names}.",
            titles=titles or _("chưa có"),
            mean=mean,
            known=len(known),
            names=names,
        ),
        table,
    )


def progress(communes: pd.DataFrame) -> Figure:
    """How many xã of each district have met how many criteria."""
    return Figure.drawn(
        draw_progress,
        communes,
        alt=PROGRESS_ALT,
        tables="communes",
        caption="Số tiêu chí đã đạt của các xã trong từng huyện, thành phố",
    )


def _lost(row: dict) -> str:
    lost = _(
        "{commune}: năm trước ghi đạt, năm nay ghi chưa đạt {criteria}. Đề nghị nêu rõ "
        "nguyên nhân.",
        commune=place(row["commune"]),
        criteria=_criteria(row["lost"]),
    )
    if row["state"] != "new_rules":
        return lost
    stricter = _("Bộ tiêu chí đã thay đổi giữa hai năm nên có thể do yêu cầu cao hơn.")
    return f"{lost} {stricter}"


def _title_lost(row: dict) -> str:
    return _(
        "{commune}: năm trước ghi danh hiệu {title}, năm nay không còn ghi. Kiểm tra "
        "quyết định công nhận hoặc thu hồi.",
        commune=place(row["commune"]),
        title=_(row["title_lost"]),
    )


def _doubt(row: dict) -> str:
    return _(
        DOUBTS[row["rule"]],
        name=place(row["commune"]),
        title=_plain(row["title"]),
        criteria=_criteria(row["criterion"]),
        doubtful="" if row["verified"] else f" ({_('chưa chắc chắn, nên chỉ để hỏi lại')})",
    )


def _criteria(codes: str) -> str:
    """'tiêu chí 10 Thu nhập, tiêu chí 11 Nghèo đa chiều' for 'TC10;TC11'."""
    names = _criteria_names()
    return ", ".join(
        _("tiêu chí {number} {name}", number=code[2:], name=_(names[code]))
        for code in codes.split(";")
        if code
    )


def _plain(text: object) -> str:
    return _(text) if isinstance(text, str) and text else MISSING


def _criteria_names() -> dict[str, str]:
    return reference.table("criteria").set_index("criterion")["name_vi"].to_dict()
