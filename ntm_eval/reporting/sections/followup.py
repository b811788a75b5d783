"""Recommendations: how last year's fared, and those of this review by who is responsible."""

from __future__ import annotations

from itertools import groupby

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Column, Table, Text, Told

SHOWN, ALONE = 6, 3  # of what several say, and of what one says, that are told

VERDICTS = {
    "better": "▲ tốt lên",
    "worse": "▼ xấu đi",
    "same": "● gần như không đổi",
    "unclear": "● có thay đổi, không phân tốt xấu",
    "need_driven": "○ việc theo nhu cầu, không xét nhiều ít",
    "not_comparable": "○ không so được (đổi chuẩn)",
    "no_figure": "○ chưa đủ số liệu",
    "no_indicator": "○ không gắn với chỉ tiêu nào",
}

MOST, FOCUS = 6, 3  # recommendations of a district's report; indicators to attend to

SOURCES = {
    "followup": "sổ theo dõi",
    "recommendations": "kiến nghị",
    "directions": "phương hướng",
}


def by_unit(recommended: pd.DataFrame) -> Text:
    """How many recommendations fall to each responsible unit."""
    counts = (
        recommended["unit"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    )
    if counts.empty:
        return Text(_("Số liệu của kỳ này không dẫn đến kiến nghị nào."), recommended)
    units = "; ".join(f"{_(str(unit))} ({count})" for unit, count in counts.items())
    return Text(
        _(
            "Số liệu của kỳ này dẫn đến {count} kiến nghị cho: {units}. Các việc chính ở Phụ lục "
            "IV, đầy đủ ở báo cáo của từng đơn vị.",
            count=len(recommended),
            units=units,
        ),
        recommended,
    )


def summary(rows: pd.DataFrame) -> Text:
    """How last year's recommendations fared, by what the figures say."""
    if rows.empty:
        return Text(_("Không có kiến nghị, phương hướng nào của năm trước để theo dõi."), rows)
    said = [
        f"{len(list(mates))} {_(VERDICTS[verdict])[2:]}"
        for verdict, mates in groupby(sorted(rows["verdict"], key=list(VERDICTS).index))
    ]
    return Text(
        _(
            "{rows} kiến nghị, phương hướng của năm trước; theo chỉ tiêu gắn với từng việc: "
            "{said}. Số liệu đổi theo nhiều nguyên nhân, không riêng vì kiến nghị.",
            rows=len(rows),
            said=", ".join(said),
        ),
        rows,
    )


def table(rows: pd.DataFrame) -> Table:
    """Last year's recommendations and directions with what the figures say of each."""
    frame = rows.assign(
        change=list(map(_change, rows["indicator"], rows["before"], rows["now"])),
        said=[
            " · ".join(t for t in pair if isinstance(t, str) and t) or None
            for pair in rows[["status", "note"]].to_numpy()
        ],
    )
    columns = {
        "recommendation": Column("Năm trước nêu", quoted=True),
        "source": Column("Ở", _source),
        "indicator": Column("Chỉ tiêu", reference.indicator_name),
        "change": Column("Năm trước → năm nay"),
        "verdict": Column("Theo số liệu", _verdict),
        "said": Column("Sổ theo dõi ghi", quoted=True),
    }
    return Table.from_frame(frame, columns, "Kiến nghị, phương hướng năm trước", "Không có.")


def recommended(rows: pd.DataFrame) -> Table:
    """This review's own recommendations by responsible unit, what is the same said once."""
    names = rows.assign(name=rows["district_code"].map(notation.district_name))
    same = names.groupby(["unit", "recommendation"])["name"].agg(", ".join).reset_index()
    frame = same.assign(unit=same["unit"].mask(same["unit"].duplicated()))
    columns = {
        "unit": Column("Đơn vị chịu trách nhiệm", _),
        "recommendation": Column("Kiến nghị"),
        "name": Column("Nơi thực hiện"),
    }
    return Table.from_frame(
        frame, columns, "Kiến nghị của kỳ này, theo đơn vị chịu trách nhiệm", "Không có."
    )


def focus(recommended: pd.DataFrame, year: int) -> Text:
    """What to attend to in the year to come: the first indicators that this review recommends."""
    named = recommended["indicator"].dropna()
    named = named[named.isin(reference.catalogue().index)].drop_duplicates().head(FOCUS)
    if named.empty:
        return Text("", recommended)
    names = "; ".join(map(reference.indicator_name, named))
    return Text(_("Trọng tâm năm {year}: {names}.", year=year + 1, names=names), recommended)


def grouped(recommended: pd.DataFrame) -> Text:
    """This review's weightiest recommendations, by who is responsible."""
    rows = recommended.head(MOST)
    if rows.empty:
        return Text("", recommended)
    lines = []
    for unit, mates in rows.groupby("unit", sort=False):
        lines.append(_("Đề nghị {unit}:", unit=_(str(unit))))
        lines += [f"– {text}" for text in mates["recommendation"]]
    return Text("\n".join(lines), recommended)


def said_by_many(found: pd.DataFrame, of: int) -> Text:
    """What several units ask or plan, counted; of what one unit says, the first are quoted.

    `found` is `analysis.followup.repeated`, `of` how many units report.
    """
    many, alone = found[found["units"] > 1], found[found["units"] == 1]
    lines = [
        _("{units}/{of} đơn vị: {said}", row, of=of) for row in many.head(SHOWN).to_dict("records")
    ]
    lines += [
        _(
            "Riêng {unit}: “{said}”",
            unit=notation.district_name(row["district_code"]),
            said=row["said"],
        )
        for row in alone.head(ALONE).to_dict("records")
    ]
    more = max(len(many) - SHOWN, 0) + max(len(alone) - ALONE, 0)
    if more:
        lines.append(_("Và {more} ý kiến khác ở báo cáo của từng đơn vị.", more=more))
    return Told("\n".join(lines), found)


def _source(source: str) -> str:
    return _(SOURCES[source])


def _verdict(verdict: str) -> str:
    return _(VERDICTS[verdict])


def _change(indicator: object, before: float, now: float) -> str | None:
    if not isinstance(indicator, str) or (pd.isna(before) and pd.isna(now)):
        return None
    return " → ".join(notation.measured(value, indicator) for value in (before, now))
