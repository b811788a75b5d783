"""Recommendations: how last year's fared, and those of this review by who is responsible."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Column, Table, Text

SHOWN, ALONE = 6, 3  # of what several say, and of what one says, that are told

VERDICTS = {
    "better": "▲ tốt lên",
    "worse": "▼ xấu đi",
    "same": "● gần như không đổi",
    "unclear": "● có thay đổi, không phân tốt xấu",
    "need_driven": "○ phụ thuộc nhu cầu nên không xét tăng hay giảm",
    "not_comparable": "○ không so được (đổi chuẩn)",
    "no_figure": "○ chưa đủ số liệu",
    "no_indicator": "○ không có chỉ tiêu tương ứng",
}

PROVINCIAL = "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh"
MOST, FOCUS = 6, 3  # recommendations of a district's report; indicators to attend to

SOURCES = {"followup": "sổ theo dõi", "recommendations": "kiến nghị", "directions": "phương hướng"}


def counted(recommended: pd.DataFrame) -> Text:
    """How many recommendations there are, and where they stand."""
    if recommended.empty:
        return Text(_("Số liệu của kỳ này không dẫn đến kiến nghị nào."), recommended)
    said = _(
        "Từ số liệu của kỳ này, đề xuất {count} kiến nghị đối với các đơn vị, nêu tại Phụ lục IV.",
        count=len(recommended),
    )
    return Text(said, recommended)


def summary(rows: pd.DataFrame) -> Text:
    """How last year's recommendations fared, by what the figures say."""
    if rows.empty:
        return Text(_("Không có kiến nghị, phương hướng nào của năm trước để theo dõi."), rows)
    counts = rows["verdict"].value_counts()
    said = [f"{counts[each]} {_(words)[2:]}" for each, words in VERDICTS.items() if each in counts]
    text = (
        "Năm trước có {rows} kiến nghị, phương hướng. Đối chiếu với số liệu của chỉ tiêu "
        "liên quan (số kiến nghị, phương hướng): {said}. Số liệu thay đổi do nhiều nguyên "
        "nhân, không chỉ do thực hiện kiến nghị."
    )
    return Text(_(text, rows=len(rows), said="; ".join(said)), rows)


def table(rows: pd.DataFrame) -> Table:
    """Last year's recommendations and directions with what the figures say of each."""
    frame = rows.assign(
        said=[
            " · ".join(t for t in pair if isinstance(t, str) and t) or None
            for pair in rows[["status", "note"]].to_numpy()
        ]
    )
    columns = {
        "recommendation": Column("Năm trước nêu", quoted=True),
        "source": Column("Loại", lambda source: _(SOURCES[source])),
        "indicator": Column("Chỉ tiêu", reference.indicator_name),
        "change": Column.of_row("Năm trước → năm nay", _change),
        "verdict": Column("Theo số liệu", lambda verdict: _(VERDICTS[verdict])),
        "said": Column("Sổ theo dõi ghi", quoted=True),
    }
    return Table.from_frame(frame, columns, "Kiến nghị, phương hướng năm trước", "Không có.")


def recommended(rows: pd.DataFrame) -> Table:
    """This review's own recommendations by responsible unit, what is the same said once.

    What is asked of several indicators has one row, with the units beside each indicator.
    """
    names = {code: reference.indicator_name(code) for code in reference.catalogue().index}
    named = rows.assign(
        about=rows["indicator"].map(names).fillna(""),
        name=rows["district_code"].map(notation.district_name),
    )
    named["recommendation"] = [
        text.replace(f" “{about}”", "")
        for text, about in named[["recommendation", "about"]].to_numpy()
    ]
    asked = ["unit", "recommendation"]
    same = named.groupby([*asked, "about"], sort=False)["name"].agg(", ".join).reset_index()
    where = [
        f"{about} ({name})" if about else name for about, name in same[["about", "name"]].to_numpy()
    ]
    frame = same.assign(where=where).groupby(asked)["where"].agg("; ".join).reset_index()
    columns = {
        "unit": Column("Đơn vị chịu trách nhiệm", _),
        "said": Column.of_row("Kiến nghị, nơi thực hiện", _asked_where),
    }
    caption = "Kiến nghị của kỳ này, theo đơn vị chịu trách nhiệm"
    return Table.from_frame(frame, columns, caption, "Không có.")


def focus(recommended: pd.DataFrame, year: int) -> Text:
    """What to attend to in the year to come: the first indicators that this review recommends."""
    named = recommended["indicator"].dropna()
    named = named[named.isin(reference.catalogue().index)].drop_duplicates().head(FOCUS)
    if named.empty:
        return Text("", recommended)
    names = "; ".join(map(reference.indicator_name, named))
    return Text(_("Trọng tâm năm {year}: {names}.", year=year + 1, names=names), recommended)


def grouped(recommended: pd.DataFrame, whose: str) -> Text:
    """This review's weightiest recommendations to one unit, by who is responsible."""
    rows = recommended.head(MOST)
    if rows.empty:
        return Text("", recommended)
    lines = []
    for unit, mates in rows.groupby("unit", sort=False):
        said = _(str(unit))
        if not said.startswith(PROVINCIAL):
            said = _("Đề nghị {unit}", unit=re.sub(r"huyện, thành phố|xã, phường", whose, said))
        lines.append(f"{said}:")
        lines += [f"– {text}" for text in mates["recommendation"]]
    return Text("\n".join(lines), recommended)


def said_by_many(found: pd.DataFrame, of: int, caption: str) -> Table:
    """What several units ask or plan, counted; of what one unit says, the first are quoted.

    `found` is `analysis.followup.repeated`, `of` how many units report.
    """
    many, alone = found[found["units"] > 1], found[found["units"] == 1]
    shown = pd.concat([many.head(SHOWN), alone.head(ALONE)])
    columns = {
        "who": Column.of_row("Đơn vị", lambda row: _who(row, of), css="code"),
        "said": Column("Nêu", quoted=True),
    }
    if more := len(found) - len(shown):
        caption = _(
            "{caption} (còn {more} ý kiến khác ở báo cáo của từng đơn vị)",
            caption=_(caption),
            more=more,
        )
    return Table.from_frame(shown, columns, caption)


def _who(row: Mapping, of: int) -> str:
    if row["units"] > 1:
        return _("{units}/{of} đơn vị", row, of=of)
    return notation.district_name(row["district_code"])


def _asked_where(row: Mapping) -> str:
    return f"{row['recommendation'].rstrip('.')}: {row['where']}."


def _change(row: Mapping) -> str | None:
    values = row["before"], row["now"]
    if not isinstance(row["indicator"], str) or all(map(pd.isna, values)):
        return None
    return " → ".join(notation.measured(value, row["indicator"]) for value in values)
