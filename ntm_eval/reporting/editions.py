"""An edition that was issued, in words: its statement and its page; what changed since it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.exchange import assurance
from ntm_eval.exchange.editions import Edition
from ntm_eval.language import N_
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Column, Table, Text, listed
from ntm_eval.reporting.html import SHELL
from ntm_eval.reporting.sections.received import MEASURES, address, rule_name

PAGE = "release.html"
PLACE = ["file", "sheet", "cell"]
# what the note says of a figure that is held back: columns of the facts
HELD = ["district_code", "commune_code", "indicator", "measure", "value", "raw", *PLACE, "held"]
NAMED = 5  # units named in a sentence; the others are counted


def signed(note: Mapping) -> str:
    """Who answers for the figures and who approved them."""
    told = _("Người bảo đảm số liệu: {who}", who=note["assured_by"])
    if note["approved_by"]:
        return f"{told}. {_('Người duyệt: {who}', who=note['approved_by'])}."
    return f"{told}. {_('Chưa ghi người duyệt.')}"


def statement(note: Mapping, *, seen: bool) -> Iterator[str]:
    """What was checked and found right, and what is open, a sentence each.

    `note` needs `checked`, `questions`, `held` and `assurance`; `seen` says whether the files
    received could be compared with those that the review was made from.
    """
    checked, asked = note["checked"], note["questions"]
    # a result and its plan are one figure, as in the reports
    held = {(row["district_code"], row["indicator"]) for row in note["held"]}
    yield _(
        "Đã lập đủ {pages} trang của tỉnh và các đơn vị; {files} tệp phát hành đúng như lúc lập.",
        checked,
    )
    yield _(
        "Số của các đơn vị cộng lại khớp với số của tỉnh; không có báo cáo nào lẫn tên, hình, bảng "
        "của đơn vị khác."
    )
    yield (
        _("{inputs} tệp số liệu đã nhận không thay đổi từ khi lập báo cáo.", checked)
        if seen
        else _("Chưa đối chiếu được {inputs} tệp số liệu đã nhận: không có trên máy này.", checked)
    )
    yield _(
        "Kiểm tra số liệu theo quy tắc: còn {errors} lỗi và {warnings} chỗ cần xem lại.", checked
    )
    names = [f"{notation.district_name(code)} {count}" for code, count in asked.items()]
    yield (
        _("Còn {count} câu hỏi chưa được giải trình: {names}.", count=sum(asked.values()), names=w)
        if (w := ", ".join(names))
        else _("Không còn câu hỏi nào chưa được giải trình.")
    )
    yield (
        _("{count} số liệu đang chờ giải trình, chưa tính vào tổng.", count=len(held))
        if held
        else _("Không có số liệu nào đang chờ giải trình.")
    )
    yield assurance.told(note["assurance"])


def page(edition: Edition, *, illustrative: bool) -> str:
    """The page of an edition: who answers for it, its statement, the figures held back."""
    note = edition.note
    lead = [signed(note), *([note["note"]] if note["note"] else [])]
    said = pd.DataFrame(enumerate(note["statement"], 1), columns=["number", "said"])
    columns = {"number": Column("TT"), "said": Column("Nội dung", css="wide")}
    title = _("Xác nhận khi phát hành")
    parts = [
        (title, "", [Table.from_frame(said, columns, "Việc đã kiểm tra và việc còn lại")]),
        (_("Số liệu đang chờ giải trình"), "", [_held(note["held"])]),
    ]
    if note["assurance"]:
        parts.append((_("Việc kiểm tra thủ công"), "", [_checked(note["assurance"])]))
    return SHELL.get_template("tables.html.j2").render(
        title=_(
            "Báo cáo đánh giá {when}, {edition}",
            when=notation.when(note["year"], note["period"]),
            edition=edition.name,
        ),
        lead=lead,
        sections=parts,
        illustrative=illustrative,
        crumbs=[(_("Trang chủ"), "index.html"), (edition.title, "")],
    )


def since(edition: Edition, changed: Mapping[str, pd.DataFrame]) -> Text | None:
    """What changed since an edition in a paragraph; None where no figure, point or grade did.

    `changed` as `compare.reviews` gives it.
    """
    facts, ranking = changed["facts"], changed["ranking"]
    if facts.empty and changed["scores"].empty and ranking.empty:
        return None
    figures = facts.drop_duplicates(["district_code", "commune_code", "indicator", "measure"])
    names = listed(map(notation.district_name, figures["district_code"].unique()), NAMED)
    said = [
        _("So với {edition}:", edition=edition.name),
        _("{count} số liệu của {names} thay đổi.", count=len(figures), names=names)
        if names
        else _("không có số liệu nào thay đổi."),
    ]
    points = ranking[ranking["column"] == "points"]
    grades = ranking[ranking["column"] == "grade"]
    far = (pd.to_numeric(points["new"]) - pd.to_numeric(points["old"])).abs()
    moved = points.loc[far.sort_values(ascending=False, kind="stable").index]
    if told := _from_to(moved, _points):
        said.append(_("Điểm đề xuất thay đổi: {names}.", names=listed(told, NAMED)))
    regraded = _from_to(grades, notation.grade)
    said.append(
        _("Xếp loại đề xuất thay đổi: {names}.", names=listed(regraded, NAMED))
        if regraded
        else _("Xếp loại đề xuất của các đơn vị không thay đổi.")
    )
    return Text(" ".join(said), facts)


def listing(found: Sequence[Edition]) -> list[tuple[str, str, str]]:
    """The editions for the landing page, the latest first: name, who answers for it, address."""
    return [
        (
            each.title,
            signed(each.note),
            f"../releases/{each.folder.parent.name}/{each.folder.name}/{PAGE}",
        )
        for each in reversed(found)
    ]


def _held(rows: Sequence[Mapping]) -> Table:
    frame = pd.DataFrame(rows, columns=HELD)
    frame = frame.assign(place=[address(*row) for row in frame[PLACE].to_numpy()])
    columns = {
        "district_code": Column("Đơn vị", notation.district_name),
        "indicator": Column("Chỉ tiêu", reference.indicator_name, css="wide"),
        "measure": Column("Cột", lambda measure: _(MEASURES[measure])),
        "value": Column.of_row("Đã ghi", _figure, css="num"),
        "held": Column("Vì sao", rule_name),
        "place": Column("Vị trí", quoted=True),
    }
    caption = "Số liệu đang chờ giải trình khi phát hành"
    return Table.from_frame(frame, columns, caption, "Không có số liệu nào.")


def _figure(row: Mapping) -> str | None:
    return notation.measured_as(float(row["value"]), row["indicator"]) if row["value"] else None


def _checked(rows: Sequence[Mapping]) -> Table:
    """The checks that were made before those that were only proposed."""
    found = pd.DataFrame(rows, columns=assurance.COLUMNS)
    found = found.sort_values("result", key=lambda made: made.eq(assurance.OPEN), kind="stable")
    results = assurance.RESULTS | {assurance.OPEN: N_("chưa kiểm tra")}
    found = found.assign(result=found["result"].map(results))
    columns = {
        "check": Column("Kiểm tra gì", css="wide", quoted=True),
        "district": Column("Đơn vị", notation.district_name),
        "figure": Column("Số lúc đề xuất", css="num", quoted=True),
        "checked_by": Column("Người kiểm tra", quoted=True),
        "date": Column("Ngày", lambda day: notation.day(date.fromisoformat(day)), css="num"),
        "how": Column("Cách kiểm tra", quoted=True),
        "result": Column("Kết quả", _),
        "note": Column("Ghi chú", quoted=True),
    }
    return Table.from_frame(found.mask(found == ""), columns, "Sổ kiểm tra thủ công")


def _from_to(rows: pd.DataFrame, write: Callable[[str], str]) -> list[str]:
    """What each unit had and has, where the two are written differently."""
    return [
        _("{name} từ {old} thành {new}", name=notation.district_name(code), old=old, new=new)
        for code, *pair in rows[["district_code", "old", "new"]].to_numpy()
        for old, new in [map(write, pair)]
        if old != new
    ]


def _points(value: object) -> str:
    return notation.number(float(str(value)), 1) if pd.notna(value) else _("chưa có điểm")
