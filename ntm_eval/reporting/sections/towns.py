"""Phường and thị trấn: criteria and conditions of the title đô thị văn minh, and what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pandas as pd

from ntm_eval.analysis import titles
from ntm_eval.analysis.communes import URBAN
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.notation import number
from ntm_eval.reporting.blocks import Column, Table, Text
from ntm_eval.reporting.sections.communes import SIGNS, criteria_names, doubt, named, plain, some
from ntm_eval.reporting.sections.criteria import lacking

EVERY = len(URBAN.criteria)
CONDITIONS = {
    "not_met": "chưa đạt điều kiện {conditions}",
    "open": "chưa đủ căn cứ để xét {conditions}",
}
TITLES = ("title_won", "title_lost")
CHANGES = {
    "title_won": "Mới ghi danh hiệu so với năm trước: {names}.",
    "title_lost": "Năm trước ghi danh hiệu, năm nay không còn ghi: {names}. Kiểm tra quyết định "
    "công nhận hoặc thu hồi.",
    "gained": "Tiêu chí mới đạt so với năm trước: {names}.",
    "lost": "Tiêu chí năm trước ghi đạt, năm nay ghi chưa đạt: {names}.",
}
UNKNOWN = "Kỳ này chưa có số liệu tiêu chí đô thị văn minh của {count} phường, thị trấn."


def summary(towns: pd.DataFrame, found: titles.Titled, on: date) -> Text:
    """How many have the title, what each of the others lacks, what changed, what does not fit."""
    if not towns["criteria_known"].notna().any():
        return Text(_(UNKNOWN, count=len(towns)), towns)
    every = titles.conditions(URBAN.ladder[0], on)["name_vi"]
    first = _(every.iloc[0]) if len(every) else ""
    lines = [_counts(towns), *(_lacks(r, first) for r in found.following.to_dict("records"))]
    lines += _changes(found.changes, lambda row: place(row["commune"]))
    lines += [doubt(row, URBAN) for row in found.doubts.to_dict("records")]
    return Text("\n".join(filter(None, lines)), towns)


def province(towns: pd.DataFrame, found: titles.Titled) -> Text:
    """The same of the whole province, the criterion that most lack, and the nearest named."""
    if not towns["criteria_known"].notna().any():
        return Text(_(UNKNOWN, count=len(towns)), towns)
    lines = [_counts(towns)]
    most = lacking(towns, URBAN)
    if len(most):
        lines[0] += " " + _(
            "Nhiều nơi chưa đạt nhất: {criterion} ({count} nơi).",
            criterion=criteria_names(most["criterion"].iloc[0], URBAN),
            count=most["communes"].iloc[0],
        )
    ready = found.following[found.following["verdict"] == titles.MET]
    if len(ready):
        names = some([named(r) for r in ready.to_dict("records")], URBAN)
        lines.append(_("Theo báo cáo là đủ điều kiện để xét công nhận: {names}.", names=names))
    left = found.following.drop(index=ready.index).dropna(subset="criteria_left")
    if len(left):
        each = [_left(r) for r in left.sort_values("criteria_left").to_dict("records")]
        lines.append(_("Chưa có danh hiệu: {names}.", names=some(each, URBAN)))
    lines += _changes(found.changes, named)
    lines += [doubt(row, URBAN) for row in found.doubts.to_dict("records")]
    return Text("\n".join(lines), towns)


def table(towns: pd.DataFrame, found: titles.Titled | None = None) -> Table:
    """Each town with its marks, its title or registration, and the conditions `found` not met."""
    rows = towns.assign(**{c: towns[c].map(SIGNS).fillna("?") for c in URBAN.criteria})
    columns = {
        "commune": Column("Phường, thị trấn", place),
        **{c: Column(c.removeprefix("TC")) for c in URBAN.criteria},
        "criteria_met": Column.number("Đạt"),
        "title": Column("Danh hiệu", lambda _title: _("đã có")),
        "registered_year": Column("Đăng ký từ năm", lambda year: f"{year:.0f}", css="num"),
    }
    if found is not None:
        conditions = found.following[["commune_code", "not_met", "open"]]
        rows = rows.merge(conditions, how="left", on="commune_code")
        columns["not_met"] = Column("Điều kiện chưa đạt", plain)
        columns["open"] = Column("Chưa đủ căn cứ", plain)
    caption = (
        "Chín tiêu chí đô thị văn minh của phường, thị trấn: ✓ đạt, ✗ chưa đạt, ? chưa có số liệu"
    )
    return Table.from_frame(rows, columns, caption)


def _counts(towns: pd.DataFrame) -> str:
    known = towns.dropna(subset="criteria_met")
    if len(towns) == 1:
        row = known.iloc[0]
        return _(
            "{name} chưa ghi danh hiệu đô thị văn minh; đạt {met}/{every} tiêu chí."
            if pd.isna(row["title"])
            else "{name} ghi danh hiệu đô thị văn minh; đạt {met}/{every} tiêu chí.",
            name=place(row["commune"]),
            met=number(row["criteria_met"]),
            every=EVERY,
        )
    return _(
        "{titled}/{of} phường, thị trấn ghi danh hiệu đô thị văn minh; bình quân mỗi nơi đạt "
        "{mean}/{every} tiêu chí (tính trên {known} nơi có số liệu).",
        titled=towns["title"].notna().sum(),
        of=len(towns),
        mean=number(known["criteria_met"].mean(), 1),
        every=EVERY,
        known=len(known),
    )


def _left(row: dict) -> str:
    if row["criteria_left"] == 0:
        return _("{name} (đủ {every} tiêu chí)", name=named(row), every=EVERY)
    return _("{name} (còn {left} tiêu chí)", name=named(row), left=number(row["criteria_left"]))


def _lacks(row: dict, first: str) -> str:
    """What a town without the title, or registered for it again, has and lacks.

    `first` is the condition of all criteria, which are named instead.
    """
    parts = []
    if row["missing_criteria"] == "" and row["criteria_left"] == 0:
        parts.append(_("đạt đủ {every} tiêu chí", every=EVERY))
    elif isinstance(row["missing_criteria"], str) and row["missing_criteria"]:
        names = criteria_names(row["missing_criteria"], URBAN)
        parts.append(_("còn thiếu {criteria}", criteria=names))
    for state, text in CONDITIONS.items():
        others = [name for name in row[state].split("; ") if name not in ("", first)]
        parts += [_(text, conditions=", ".join(others))] if others else []
    if row["verdict"] == titles.MET:
        parts.append(_("theo báo cáo là đủ điều kiện để xét công nhận"))
    return f"{place(row['commune'])}: {'; '.join(parts)}." if parts else ""


def _changes(found: pd.DataFrame, name: Callable[[dict], str]) -> Iterator[str]:
    """Titles and criteria won and lost since last year, who is meant named."""
    rows = found.to_dict("records")
    for key, text in CHANGES.items():
        names = [
            name(row) if key in TITLES else f"{name(row)}: {criteria_names(row[key], URBAN)}"
            for row in rows
            if row[key]
        ]
        if names:
            yield _(text, names=some(names, URBAN))
