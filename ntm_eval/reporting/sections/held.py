"""Figures held back while a question about them is open, and what depends on the answers."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ntm_eval import notation
from ntm_eval.analysis.ranking import NOT_YET
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name
from ntm_eval.reference import indicator_name
from ntm_eval.reporting.blocks import Column, Table, Text, listed
from ntm_eval.reporting.sections.received import STATES, address, quantity_of, rule_name

FEW = 3  # questions named in a sentence; the table has the rest
MORE = "{names} và {more} chỉ tiêu khác"
QUESTIONS = {
    "blank": "ô thực hiện để trống",
    "rejected": "ô thực hiện không đọc được",
    "not_applicable": "ghi không áp dụng",
}
LEAST = 0.05  # points: less is 0,0 on paper


def asked(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts held back, one for each indicator of a unit: its result before its plan."""
    rows = facts[facts["held"].notna()].sort_values("measure", kind="stable")
    return rows.drop_duplicates(["district_code", "indicator"]).sort_index()


def summary(facts: pd.DataFrame) -> Text:
    """How many figures are held back, and what that means."""
    rows = asked(facts)
    if rows.empty:
        return Text(_("Không có số liệu nào đang đề nghị giải trình."), rows)
    text = "{count} số liệu đang đề nghị giải trình, chưa tính vào tổng số và nhận xét."
    return Text(_(text, count=len(rows)), rows)


def table(facts: pd.DataFrame) -> Table:
    """Each figure held back: as typed, what it likely is, why, and in which cell it stands."""
    columns = {
        "district_code": Column("Huyện, thành phố", district_name),
        "indicator": Column("Chỉ tiêu", indicator_name),
        "value": Column.of_row("Đơn vị ghi", _typed, css="num"),
        "likely": Column.of_row("Nhiều khả năng là", _likely, css="num"),
        "held": Column("Vì sao phải giải trình", rule_name),
        "place": Column.of_row("Vị trí", lambda row: address(row["sheet"], row["cell"])),
    }
    return Table.from_frame(asked(facts), columns, "Số liệu đang được đề nghị giải trình")


def questions(problems: pd.DataFrame, facts: pd.DataFrame, pending: pd.DataFrame) -> Table:
    """What one district is asked: figure, what is doubted, what it likely is, points at stake.

    A row for each indicator or commune and rule; notes are not asked. In which cell each stands is
    in the query letter.
    """
    open_ = problems[problems["severity"] != "info"]
    rows = open_.drop_duplicates(["indicator", "commune_code", "rule"]).reset_index(drop=True)
    cells = {(f["sheet"], f["cell"]): f for f in facts.to_dict("records") if pd.notna(f["cell"])}
    likely = facts[facts["likely"].notna()].drop_duplicates("indicator").set_index("indicator")
    rows = rows.assign(
        raw=[
            _typed(cells[row.sheet, row.cell]) if (row.sheet, row.cell) in cells else row.raw
            for row in rows.itertuples()
        ]
    )
    rows = rows.merge(likely[["likely", "unit"]], how="left", on="indicator")
    rows = rows.merge(
        pending.groupby("indicator")[["loss", "gain"]].sum(), how="left", on="indicator"
    )
    columns = {
        "subject": Column.of_row("Chỉ tiêu hoặc nơi", _subject),
        "raw": Column("Đơn vị ghi", css="num", quoted=True),
        "rule": Column("Vấn đề", rule_name),
        "likely": Column.of_row("Nhiều khả năng là", _likely, css="num"),
        "points": Column.of_row("Điểm có thể thay đổi", _stake, css="num"),
    }
    caption = "Số liệu đề nghị rà soát, giải trình"
    return Table.from_frame(rows, columns, caption, "Không có số liệu nào phải hỏi lại.")


def _likely(row: Mapping) -> str | None:
    return quantity_of(row, "likely")


def _typed(fact: Mapping) -> str | None:
    """What a unit reported, with its unit of measure; as typed, where it could not be read."""
    if pd.notna(fact["value"]):
        return notation.quantity(fact["value"], fact["unit"])
    if fact["state"] == "rejected" and pd.notna(fact["raw"]):
        return str(fact["raw"])
    return _(STATES[fact["state"]]) if fact["state"] in STATES else None


def _stake(row: Mapping) -> str | None:
    """By how many points an answer could move the total: '−0,5 đến +1,2'."""
    loss, gain = row["loss"], row["gain"]
    if pd.isna(loss):
        return None
    down, up = notation.number(-loss, 1), f"+{notation.number(gain, 1)}"
    return _("{down} đến {up}", down=down, up=up) if loss and gain else up if gain else down


def _subject(row: dict) -> str:
    """Which indicator or commune a problem is about; else the report."""
    if isinstance(row["indicator"], str) and row["indicator"]:
        return indicator_name(row["indicator"])
    if isinstance(row["commune_code"], str) and row["commune_code"]:
        return notation.commune_name(row["commune_code"], row["district_code"])
    return _("Báo cáo")


def grade(ranking: pd.DataFrame, pending: pd.DataFrame, district_code: str) -> str:
    """What the grade of one district would become with answers; empty where they change nothing."""
    row = ranking.set_index("district_code").loc[district_code]
    open_ = pending[pending["district_code"] == district_code]
    if open_.empty or pd.isna(row["points"]):
        return ""
    lines = []
    for change, to, sign in (("gain", "grade_high", 1), ("loss", "grade_low", -1)):
        moved = open_[open_[change] > 0].sort_values(change, ascending=False)
        if moved.empty or row[to] == row["grade"]:
            continue
        names = listed(map(indicator_name, moved["indicator"]), FEW, MORE, "; ")
        lines.append(
            _(
                "Nếu giải trình, bổ sung được số liệu ({names}), điểm cao nhất có thể đạt là "
                "{points:.1f}, mức {grade}."
                if sign > 0
                else "Nếu số liệu ({names}) không được công nhận, điểm có thể giảm còn "
                "{points:.1f}, mức {grade}.",
                names=names,
                points=row["points"] + sign * moved[change].sum(),
                grade=notation.grade(row[to]),
            )
        )
    if lines:
        return " ".join(lines)
    ways = {
        "loss": "giảm nhiều nhất {points:.1f} điểm",
        "gain": "tăng nhiều nhất {points:.1f} điểm",
    }
    moves = [_(way, points=by) for name, way in ways.items() if (by := open_[name].sum()) >= LEAST]
    if not moves:
        return ""
    said = (
        "Trả lời cho các số liệu đang hỏi có thể làm tổng điểm {moves}."
        if row["grade"] == NOT_YET
        else "Trả lời cho các số liệu đang hỏi có thể làm tổng điểm {moves}; mức xếp loại không "
        "đổi."
    )
    return _(said, moves=_(" hoặc ").join(moves))


def points_table(pending: pd.DataFrame) -> Table:
    """The indicators whose points wait for an answer: counted as nothing, left out, answered."""
    columns = {
        "district_code": Column("Huyện, thành phố", district_name),
        "indicator": Column("Chỉ tiêu", indicator_name),
        "question": Column("Vì sao", lambda q: _(QUESTIONS[q]) if q in QUESTIONS else rule_name(q)),
        "loss": Column.number("Giảm nếu tính bằng 0", 2),
        "gain": Column.number("Tăng nhiều nhất nếu được trả lời", 2),
    }
    return Table.from_frame(pending, columns, "Điểm còn chờ giải trình")
