"""Where a review leaves the districts -> printed tables: appeal, lift, doubt, follow-up."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation
from ntm_eval.analysis.lift import Lift
from ntm_eval.language import say
from ntm_eval.reporting import appeal
from ntm_eval.reporting.printed import Column, Table, band, number, show
from ntm_eval.reporting.received_tables import STATES
from ntm_eval.reporting.standing_words import SOURCES, VERDICTS


def computed(assessed: pd.DataFrame, items: pd.DataFrame, facts: pd.DataFrame) -> Table:
    """The appeal sheet on the page: each input with its cell, the points, what was taken off."""
    places = appeal.sources(facts)
    rows = assessed.assign(
        name=[notation.score_name("", i) for i in assessed["indicator"]],
        due=[_figure(r.target, r.base_state, r.indicator) for r in assessed.itertuples()],
        did=[_figure(r.value, r.value_state, r.indicator) for r in assessed.itertuples()],
        cell=[_cell(places.get((i, "actual"))) for i in assessed["indicator"]],
    )
    others = items.assign(
        name=[notation.score_name("reporting", i) for i in items["indicator"]],
        due=None, did=None, cell=None,
    )  # fmt: skip
    names = ["name", "due", "did", "points", "max_points", "reason", "cell"]
    both = pd.concat([rows[names].astype(object), others[names].astype(object)])
    both = both.assign(lost=both["max_points"] - both["points"])
    columns = {
        "name": Column("Chỉ tiêu"), "due": Column("Mức phải đạt", css="num"),
        "did": Column("Thực hiện", css="num"), "points": number("Điểm", 2),
        "max_points": number("Tối đa", 2), "lost": number("Trừ", 2), "reason": Column("Vì sao"),
        "cell": Column("Ô", css="code"),
    }  # fmt: skip
    return show(
        both, columns, "Phiếu tính điểm: từng số, từng quy tắc, từng chỗ trừ", "Chưa có điểm."
    )


def lift(found: Lift) -> Table:
    """The improvements that would lift a district one grade, the cheapest first."""
    rows = pd.DataFrame(
        [(s.indicator, s.now, s.to, s.target, s.effort, s.gain) for s in found.steps],
        columns=["indicator", "now", "to", "target", "effort", "gain"],
    )
    frame = rows.assign(
        name=[notation.score_name("", i) for i in rows["indicator"]],
        **{c: [notation.measured_as(v, i) for v, i in zip(rows[c], rows["indicator"], strict=True)]
           for c in ("now", "to", "target")},
    )  # fmt: skip
    columns = {
        "name": Column("Chỉ tiêu"), "now": Column("Hiện nay", css="num"),
        "to": Column("Nâng đến", css="num"), "target": Column("Mức phải đạt", css="num"),
        "effort": Column("So với một năm thường", notation.percent, css="num"),
        "gain": number("Thêm điểm", 2),
    }  # fmt: skip
    return show(frame, columns, "Cách ít công nhất để lên một mức", "Không có bước nào.")


def doubt(doubt: pd.DataFrame, ranking: pd.DataFrame, decisions: pd.DataFrame) -> Table:
    """Groups, the place under each reading, and the council's grade beside the proposal."""
    frame = doubt.merge(ranking[["district_code", "grade"]], on="district_code")
    made = decisions.rename(columns={"grade": "decided"})[["district_code", "decided", "reason"]]
    frame = frame.merge(made, how="left", on="district_code")
    frame = frame.sort_values(["rank", "district_code"], na_position="last")
    frame = frame.assign(removal=list(map(band, frame["removal_low"], frame["removal_high"])))
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "group": number("Nhóm"),
        "rank": number("Hạng"), "rank_raw": number("Số chưa sửa"),
        "rank_blanks_out": number("Không tính ô trống"),
        "rank_unsuspicious": number("Bỏ số nghi ngờ"),
        "removal": Column("Bỏ từng chỉ tiêu", css="num"), "grade": Column("Đề xuất", say),
        "decided": Column("Hội đồng xếp loại", say),
        "reason": Column("Lý do của Hội đồng", quoted=True),
    }  # fmt: skip
    return show(frame, columns, "Hạng khi đọc số liệu cách khác, và quyết định của Hội đồng")


def followed(rows: pd.DataFrame) -> Table:
    """Last year's recommendations and directions with what the figures say of each."""
    frame = rows.assign(
        change=list(map(_change, rows["indicator"], rows["before"], rows["now"])),
        said=[" · ".join(t for t in pair if isinstance(t, str) and t) or None
              for pair in rows[["status", "note"]].to_numpy()],
    )  # fmt: skip
    columns = {
        "recommendation": Column("Năm trước nêu", quoted=True), "source": Column("Ở", _source),
        "indicator": Column("Chỉ tiêu", css="code"), "change": Column("Năm trước → năm nay"),
        "verdict": Column("Số liệu nói", _verdict), "said": Column("Sổ theo dõi ghi", quoted=True),
    }  # fmt: skip
    return show(frame, columns, "Kiến nghị, phương hướng năm trước", "Không có.")


def recommended(rows: pd.DataFrame) -> Table:
    """This review's own recommendations by responsible unit."""
    frame = rows.sort_values(["unit", "district_code"], kind="stable")
    columns = {
        "unit": Column("Đơn vị chịu trách nhiệm", say),
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "recommendation": Column("Kiến nghị"),
    }
    return show(frame, columns, "Kiến nghị của kỳ này, theo đơn vị chịu trách nhiệm", "Không có.")


def _source(source: str) -> str:
    return say(SOURCES[source])


def _verdict(verdict: str) -> str:
    return say(VERDICTS[verdict])


def _figure(value: float, state: object, indicator: str) -> str:
    if pd.notna(value):
        return notation.measured_as(value, indicator)
    return say(STATES.get(str(state), STATES["blank"]))


def _cell(source: str | None) -> str | None:
    """The cell alone: the file and sheet stand in the annex of figures and in the workbook."""
    return source.rsplit(" | ", 1)[-1] if source else None


def _change(indicator: object, before: float, now: float) -> str | None:
    if not isinstance(indicator, str) or (pd.isna(before) and pd.isna(now)):
        return None
    return " → ".join(notation.measured_as(value, indicator) for value in (before, now))
