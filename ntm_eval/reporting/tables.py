"""Findings -> printed tables: clean HTML for the page, plain text for comparing.

Whatever stands in a cell is escaped: names, raw texts and messages come from the districts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
from jinja2 import Environment

from ntm_eval import reference, units
from ntm_eval.reporting import wording
from ntm_eval.reporting.charts import DIRECTIONS, VERDICTS

NO_DATA = "Không có số liệu"
STATES = {
    "blank": "để trống", "not_applicable": "không áp dụng", "rejected": "không đọc được",
}  # fmt: skip
SIGNS = {"on_time": "✓", "late": "✗", "missing": "○", "undated": "?"}
SEVERITY = {"error": "✗ lỗi", "warning": "! cảnh báo", "info": "· ghi chú"}

# not Styler nor to_html: both lack header scopes, and Styler writes an id into every cell
PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<div class="scroll">
<table>
<caption>{{ table.caption }}</caption>
<thead>
<tr>
{% for column in table.columns %}
<th scope="col"{% if column.css %} class="{{ column.css }}"{% endif %}>{{ column.header }}</th>
{% endfor %}
</tr>
</thead>
<tbody>
{% for row in table.rows %}
<tr>
{% for column, text in zip(table.columns, row) %}
{% if loop.first %}
<th scope="row"{% if column.css %} class="{{ column.css }}"{% endif %}>{{ text }}</th>
{% else %}
<td{% if column.css %} class="{{ column.css }}"{% endif %}>{{ text }}</td>
{% endif %}
{% endfor %}
</tr>
{% else %}
<tr><td colspan="{{ table.columns | length }}">{{ table.empty }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
""")


@dataclass(frozen=True)
class Column:
    """A header, and how its values are written."""

    header: str
    text: Callable[[object], str] = str
    css: str = ""  # "num": set right; "code": never broken


@dataclass(frozen=True, repr=False)
class Table:
    """A printed table: every cell is already text."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = NO_DATA

    def _repr_html_(self) -> str:
        return PAGE.render(table=self, zip=zip)

    def __repr__(self) -> str:
        lines = [tuple(c.header for c in self.columns), *(self.rows or [(self.empty,)])]
        return "\n".join([self.caption, *(" | ".join(line) for line in lines)])


INDICATOR = {
    "indicator": Column("Mã", css="code"), "name": Column("Chỉ tiêu"),
    "unit": Column("Đơn vị tính"),
}  # fmt: skip


def show(
    frame: pd.DataFrame, columns: Mapping[str, Column], caption: str, empty: str = NO_DATA
) -> Table:
    """The named columns of a frame as a printed table; what is missing is a dash."""
    texts = [
        [wording.MISSING if pd.isna(value) else column.text(value) for value in frame[name]]
        for name, column in columns.items()
    ]
    return Table(caption, tuple(columns.values()), tuple(zip(*texts, strict=True)), empty)


def figures(facts: pd.DataFrame, series: pd.DataFrame) -> Table:
    """Annex of one district: every figure of one year and period, with last year's and its cell.

    A 6-month flow is not compared with the whole of last year, nor anything across a change of
    standard.
    """
    rows = facts[facts["measure"].isin(["plan", "actual"])]
    actual, plan = (rows[rows["measure"] == m].set_index("indicator") for m in ("actual", "plan"))
    listed = _indicators().loc[[i for i in _indicators().index if i in set(rows["indicator"])]]
    past = series.set_index(["indicator", "year"])["value"]
    frame = pd.DataFrame(
        [_figure(i, known, actual, plan, past) for i, known in listed.iterrows()],
        columns=["indicator", "name", "unit", "plan", "actual", "before", "change", "source"],
    )
    columns = {
        **INDICATOR,
        "plan": Column("Kế hoạch năm", css="num"), "actual": Column("Thực hiện", css="num"),
        "before": Column("Năm trước", css="num"), "change": Column("Tăng, giảm", css="num"),
        "source": Column("Nguồn"),
    }  # fmt: skip
    return show(frame, columns, "Biểu số liệu: kế hoạch, thực hiện và nguồn của từng con số")


def problems(problems: pd.DataFrame) -> Table:
    """What the rules marked, each with its cell, what was typed and what to do."""
    frame = problems.assign(
        place=[_place(*row) for row in problems[["file", "sheet", "cell"]].to_numpy()],
    )
    columns = {
        "severity": Column("Mức", SEVERITY.__getitem__),
        "district_code": Column("Huyện", wording.district_name),
        "rule": Column("Quy tắc", _rule),
        "indicator": Column("Chỉ tiêu", css="code"),
        "place": Column("Vị trí"),
        "raw": Column("Đã ghi"), "message": Column("Giải thích"),
    }  # fmt: skip
    return show(frame, columns, "Các điểm cần xem lại trong số liệu", "Không có điểm nào.")


def register(register: pd.DataFrame) -> Table:
    """Who sent the report when, and how complete it is."""
    frame = register.assign(filled=register["cells_filled"] / register["cells_expected"])
    columns = {
        "district": Column("Huyện, thành phố"), "status": Column("Tình trạng", _status),
        "received": Column("Ngày nhận", wording.day), "due": Column("Gửi trước ngày", wording.day),
        "days_late": _number("Số ngày muộn"), "cut_off": Column("Ngày chốt số liệu", wording.day),
        "cells_filled": _number("Ô đã điền"), "cells_expected": _number("Ô phải điền"),
        "filled": _percent("Tỷ lệ điền"), "errors": _number("Lỗi"),
        "warnings": _number("Cảnh báo"), "file": Column("Tệp"),
    }  # fmt: skip
    return show(frame, columns, "Tình hình gửi báo cáo của các huyện, thành phố")


def scores(scores: pd.DataFrame) -> Table:
    """One district's points by part, and where most of the lost ones were lost."""
    parts = reference.table("score_parts").drop_duplicates("part", keep="last")["part"]
    lost = scores.assign(lost=scores["max_points"] - scores["points"])
    sums = lost.groupby("part")[["points", "max_points", "lost"]].sum()
    sums = sums.reindex([part for part in parts if part in sums.index])
    worst = lost[lost["lost"] > 0].sort_values(["lost", "indicator"], ascending=[False, True])
    where = {row["part"]: _loss(row) for row in worst[::-1].to_dict("records")}
    frame = sums.assign(
        name=[_part(part) for part in sums.index], where=[where.get(part) for part in sums.index]
    )
    if len(frame):
        frame.loc["all"] = {**sums.sum(), "name": "Cộng", "where": None}
    columns = {
        "name": Column("Phần"), "points": _number("Điểm", 2), "max_points": _number("Tối đa", 2),
        "lost": _number("Mất", 2), "where": Column("Mất nhiều nhất ở"),
    }  # fmt: skip
    return show(frame, columns, "Điểm theo từng phần (đề xuất)")


def lost_points(scores: pd.DataFrame) -> Table:
    """Where one district lost points or could not be assessed, the greatest loss first."""
    lost = scores["max_points"] - scores["points"]
    rows = scores.assign(lost=lost)[(lost > 0) | scores["max_points"].eq(0)]
    rows = rows.sort_values(["lost", "part", "indicator"], ascending=[False, True, True])
    names = [wording.score_name(*row) for row in rows[["part", "indicator"]].to_numpy()]
    frame = rows.assign(item=names)
    columns = {
        "item": Column("Chỉ tiêu"), "lost": _number("Mất", 2), "points": _number("Điểm", 2),
        "max_points": _number("Tối đa", 2), "reason": Column("Lý do"),
    }  # fmt: skip
    return show(frame, columns, "Những chỗ mất điểm hoặc chưa đánh giá được", "Không mất điểm.")


def ranking(ranking: pd.DataFrame) -> Table:
    """The districts by rank, each with its band, grade and the district's own points."""
    rows = ranking.sort_values(["rank", "district_code"], na_position="last")
    frame = rows.assign(
        rank_band=[_band(*r) for r in rows[["rank_low", "rank_high"]].to_numpy(float)],
        points_band=[_band(*r, 1) for r in rows[["points_low", "points_high"]].to_numpy(float)],
        difference=rows["self_score"] - rows["points"],
    )
    columns = {
        "district_code": Column("Huyện, thành phố", wording.district_name), "rank": _number("Hạng"),
        "rank_band": Column("Khoảng hạng", css="num"), "points": _number("Điểm", 1),
        "points_band": Column("Khoảng điểm", css="num"), "grade": Column("Xếp loại (đề xuất)"),
        "self_score": _number("Tự chấm", 1),
        "difference": Column("Tự chấm so với điểm", _signed_points, css="num"),
    }  # fmt: skip
    return show(frame, columns, "Xếp hạng đề xuất của các huyện, thành phố")


def satisfaction(satisfaction: pd.DataFrame) -> Table:
    """Satisfied shares with their intervals and verdicts."""
    rows = satisfaction
    frame = rows.assign(
        band=[_share_band(*r) for r in rows[["low", "high"]].to_numpy(float)],
        words=[VERDICTS[v][0] for v in rows["verdict"]],
    )
    columns = {
        "commune_code": Column("Xã", wording.commune_name), "survey": Column("Loại khảo sát"),
        "question": Column("Câu"),
        "households": _number("Số hộ"), "issued": _number("Phiếu phát"),
        "collected": _number("Phiếu thu"), "answered": _number("Có trả lời"),
        "satisfied": _number("Hài lòng"), "share": _percent("Tỷ lệ hài lòng"),
        "band": Column("Khoảng tin cậy 95%", css="num"), "threshold": _percent("Ngưỡng", 0),
        "words": Column("Kết luận"),
    }  # fmt: skip
    return show(frame, columns, "Kết quả lấy ý kiến về sự hài lòng của người dân")


def communes(communes: pd.DataFrame) -> Table:
    """The communes with their titles, criteria and counts, as reported."""
    columns = {
        "commune": Column("Xã, phường, thị trấn"), "registered": Column("Đăng ký"),
        "title": Column("Danh hiệu"), "criteria_met": _number("Tiêu chí đạt"),
        "criteria_known": _number("Tiêu chí có số liệu"),
        "missing_criteria": Column("Tiêu chí chưa đạt", lambda codes: codes.replace(";", ", ")),
        "households": _number("Tổng số hộ"), "poor": _number("Hộ nghèo"),
        "near_poor": _number("Hộ cận nghèo"), "cultural_households": _number("Hộ Gia đình văn hóa"),
        "temporary_houses": _number("Nhà tạm còn lại"),
    }  # fmt: skip
    return show(communes, columns, "Các xã, phường, thị trấn và tiêu chí nông thôn mới")


def trends(trends: pd.DataFrame) -> Table:
    """The yearly change of each indicator with its interval; too few years is said, not guessed."""
    rows = trends.to_dict("records")
    changes = {
        name: [wording.change(row[name], row["indicator"]) for row in rows]
        for name in ("slope", "low", "high")
    }
    frame = trends.assign(
        **changes,
        band=[
            f"{low} đến {high}" for low, high in zip(changes["low"], changes["high"], strict=True)
        ],
        span=[_years(row) for row in rows],
        good=trends["good"].where(trends["direction"].isin(["up", "down"])),
    )
    frame = frame.assign(band=frame["band"].where(trends["slope"].notna()))
    columns = {
        "indicator": Column("Chỉ tiêu", wording.measure_name),
        "district_code": Column("Huyện, thành phố", wording.district_name),
        "span": Column("Các năm"), "slope": Column("Mỗi năm", css="num"),
        "band": Column("Khoảng tin cậy 95%", css="num"), "p_value": _number("p", 3),
        "q_value": _number("q", 3), "direction": Column("Xu hướng", DIRECTIONS.__getitem__),
        "good": Column("Ý nghĩa", wording.GOOD.__getitem__),
    }  # fmt: skip
    return show(frame, columns, "Xu hướng theo năm (Theil–Sen, kiểm định Mann–Kendall)")


def province_totals(totals: pd.DataFrame) -> Table:
    """The province's sums (`analysis.province.totals`), and how many districts are in each.

    The share of the plan holds planned figures against what those same districts did.
    """
    known = _indicators().reindex(totals["indicator"]).set_axis(totals.index)
    frame = totals.assign(name=known["name_vi"], unit=known["unit"])
    for name in ("plan", "actual", "last_year"):
        texts = [_quantity(*pair) for pair in frame[[name, "unit"]].to_numpy()]
        frame = frame.assign(**{name: texts})
    columns = {
        **INDICATOR,
        "plan": Column("Kế hoạch năm", css="num"), "actual": Column("Thực hiện", css="num"),
        "districts": Column("Số huyện có số liệu", _of_all, css="num"),
        "ratio": _percent("So với kế hoạch"), "last_year": Column("Năm trước", css="num"),
    }  # fmt: skip
    return show(frame, columns, "Toàn tỉnh: cộng số liệu của các huyện, thành phố")


def against_published(gaps: pd.DataFrame) -> Table:
    """The province's figures beside published ones (`analysis.province.against_published`)."""
    known = _indicators().reindex(gaps["indicator"]).set_axis(gaps.index)
    rate = gaps["figure"] == "rate"
    frame = gaps.assign(
        name=known["rate_vi"].where(rate, known["name_vi"]),
        unit=known["rate_unit"].where(rate, known["unit"]),
    )
    for name in ("published", "reported"):
        texts = [_quantity(*pair) for pair in frame[[name, "unit"]].to_numpy()]
        frame = frame.assign(**{name: texts})
    differences = [_difference(*pair) for pair in gaps[["gap"]].assign(u=frame["unit"]).to_numpy()]
    frame = frame.assign(gap=differences)
    columns = {
        "name": Column("Chỉ tiêu"), "unit": Column("Đơn vị tính"),
        "as_of": Column("Tính đến ngày", wording.day),
        "published": Column("Số đã công bố", css="num"),
        "reported": Column("Các huyện báo cáo", css="num"),
        "gap": Column("Chênh lệch", css="num"),
        "districts": Column("Số huyện có số liệu", _of_all, css="num"),
        "note": Column("Ghi chú"), "source": Column("Nguồn công bố"),
    }  # fmt: skip
    return show(frame, columns, "Đối chiếu với số liệu đã công bố: chênh lệch là câu hỏi, "
                "không phải lỗi")  # fmt: skip


def _number(header: str, decimals: int = 0) -> Column:
    return Column(header, lambda value: wording.number(value, decimals), css="num")


def _percent(header: str, decimals: int = 1) -> Column:
    return Column(header, lambda share: wording.percent(share, decimals), css="num")


def _status(status: str) -> str:
    return f"{SIGNS[status]} {wording.STATUS[status]}"


def _indicators() -> pd.DataFrame:
    return reference.table("indicators").drop_duplicates("id", keep="last").set_index("id")


def _of_all(districts: float) -> str:
    return f"{districts:.0f}/{len(units.districts())}"


def _quantity(value: float, unit: str) -> str:
    return wording.quantity(value, unit, with_unit=False)


def _rule(rule: str) -> str:
    rules = reference.table("rules").drop_duplicates("rule", keep="last").set_index("rule")
    return rules["name_vi"].get(rule, rule)


def _place(file: object, sheet: object, cell: object) -> str | None:
    known = [str(part) for part in (file, sheet, cell) if not pd.isna(part)]
    return " · ".join(known) or None


def _figure(
    code: str, known: pd.Series, actual: pd.DataFrame, plan: pd.DataFrame, past: pd.Series
) -> tuple:
    """A row of the annex."""
    fact = actual.loc[code] if code in actual.index else None
    source = None if fact is None else _place(fact["file"], fact["sheet"], fact["cell"])
    if fact is not None and not pd.isna(fact["corrected"]):
        source = f"{source}; {_rule(fact['corrected'])}"
    before = float("nan") if fact is None else past.get((code, fact["year"] - 1), float("nan"))
    return (
        code, known["name_vi"], known["unit"],
        _fact(plan.loc[code] if code in plan.index else None, known["unit"]),
        _fact(fact, known["unit"]), _quantity(before, known["unit"]),
        None if fact is None else _change(fact, before, known), source,
    )  # fmt: skip


def _fact(fact: pd.Series | None, unit: str) -> str | None:
    """The value with its qualifier, or in words why there is none."""
    if fact is None:
        return None
    if pd.isna(fact["value"]):
        return STATES.get(fact["state"])
    words = [] if pd.isna(fact["qualifier"]) else [fact["qualifier"]]
    return " ".join([*words, _quantity(fact["value"], unit)])


def _change(fact: pd.Series, before: float, known: pd.Series) -> str | None:
    if fact["year"] == known["break_before"]:
        return "đổi chuẩn"
    if fact["period"] == "h1" and known["flow_stock"] == "flow":
        return "chưa hết năm"
    if pd.isna(fact["value"]) or pd.isna(before):
        return None
    if known["unit"] == "%":
        return _difference(fact["value"] - before, "%")
    return _signed((fact["value"] / before - 1) * 100, "%") if before > 0 else None


def _difference(value: float, unit: str) -> str:
    """A difference with its sign; of shares in percentage points."""
    return f"{_signed(value, '')} điểm %" if unit == "%" else _signed(value, unit)


def _signed(value: float, unit: str) -> str:
    decimals = 1 if unit == "%" else 2
    text = wording.quantity(round(value, decimals), unit, with_unit=False)
    return f"+{text}" if round(value, decimals) > 0 else text


def _signed_points(value: float) -> str:
    return ("+" if round(value, 1) > 0 else "") + wording.number(value, 1)


def _part(part: str) -> str:
    name = wording.score_name(part, None)
    return f"{part} {name}" if part.startswith("C") else name


def _loss(row: Mapping) -> str:
    reason = "" if pd.isna(row["reason"]) else f": {row['reason']}"
    return f"{wording.score_name(row['part'], row['indicator'])}{reason}"


def _band(low: float, high: float, decimals: int = 0) -> str | None:
    if pd.isna(low) or pd.isna(high):
        return None
    return f"{wording.number(low, decimals)}–{wording.number(high, decimals)}"


def _share_band(low: float, high: float) -> str | None:
    return None if pd.isna(low) else f"{wording.percent(low)}–{wording.percent(high)}"


def _years(row: dict) -> str:
    years = f"{row['years']:.0f} năm"
    if row["years"] == 0:
        return years
    first, last = f"{row['first_year']:.0f}", f"{row['last_year']:.0f}"
    return f"{first if first == last else f'{first}–{last}'} ({years})"
