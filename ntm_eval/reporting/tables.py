"""Findings -> printed tables, each named for what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from ntm_eval import language, notation, reference
from ntm_eval.intake import received
from ntm_eval.language import say
from ntm_eval.reporting import evidence, wording
from ntm_eval.reporting.charts import DIRECTIONS
from ntm_eval.reporting.printed import Column, Table, band, number, percent, show
from ntm_eval.reporting.received_tables import STATES, part_name, place, rule_name

INDICATOR = {
    "indicator": Column("Mã", css="code"), "name": Column("Chỉ tiêu"),
    "unit": Column("Đơn vị tính", say),
}  # fmt: skip
FIGURE = ["indicator", "name", "unit", "plan", "actual", "before", "change", "source"]


def figures(facts: pd.DataFrame, series: pd.DataFrame, history: pd.DataFrame) -> Table:
    """Annex of one district: every figure of one year and period, with last year's and its cell.

    A 6-month flow is not compared with the whole of last year, nor anything across a change of
    standard. `history` holds the facts of all years: where each figure stands, a click away.
    """
    frame = pd.DataFrame(_figure_rows(facts, series), columns=FIGURE)
    columns = {
        **INDICATOR,
        "plan": Column("Kế hoạch năm", css="num"), "actual": Column("Thực hiện", css="num"),
        "before": Column("Năm trước", css="num"), "change": Column("Tăng, giảm", css="num"),
        "source": Column("Nguồn"),
    }  # fmt: skip
    named = ", ".join(facts["file"].dropna().unique())
    caption = (
        say("Biểu số liệu: kế hoạch, thực hiện và ô của từng con số trong tệp {named}", named=named)
        if named
        else say("Biểu số liệu: kế hoạch, thực hiện và ô của từng con số")
    )
    notes = evidence.of_figures(frame["indicator"], facts, history)
    return show(frame, columns, caption, notes=notes)


def results(facts: pd.DataFrame, series: pd.DataFrame, trends: pd.DataFrame) -> Table:
    """One district's planned indicators by content: plan, result, last year, trend."""
    planned = reference.catalogue().query("has_plan == 'yes'").index
    rows = facts[facts["indicator"].isin(planned)]
    directions = trends.set_index("indicator")["direction"].map(DIRECTIONS).map(say)
    value = rows.pivot_table(index="indicator", columns="measure", values="value").reindex(
        columns=["actual", "plan"]
    )
    ratios = value["actual"] / value["plan"].where(value["plan"] > 0)
    frame = pd.DataFrame(_figure_rows(rows, series), columns=FIGURE).drop(columns="source")
    frame = frame.assign(
        ratio=[notation.against_plan(ratios.get(i, math.nan), i) for i in frame["indicator"]],
        trend=directions.reindex(frame["indicator"]).to_numpy(),
    )
    columns = {
        **INDICATOR,
        "plan": Column("Kế hoạch năm", css="num"), "actual": Column("Thực hiện", css="num"),
        "ratio": Column("So với kế hoạch", css="num"), "before": Column("Năm trước", css="num"),
        "trend": Column("Xu hướng"),
    }  # fmt: skip
    return show(frame, columns, "Kết quả các chỉ tiêu có kế hoạch")


def outlook(outlook: pd.DataFrame) -> Table:
    """Where the year is heading, from its 6-month report; empty for a whole year."""
    known = reference.catalogue().reindex(outlook["indicator"]).set_axis(outlook.index)
    names = [reference.indicator_name(i) for i in outlook["indicator"]]
    frame = outlook.assign(name=names, unit=known["unit"])
    whole = known["kind"].isin(["count", "money", "area"])
    for name in ("so_far", "plan", "expected", "low", "high"):
        rounded = frame[name].round().where(whole, frame[name])
        texts = [_quantity(*pair) for pair in zip(rounded, frame["unit"], strict=True)]
        frame = frame.assign(**{name: texts})
    columns = {
        **INDICATOR,
        "so_far": Column("6 tháng", css="num"), "plan": Column("Kế hoạch năm", css="num"),
        "expected": Column("Dự kiến cả năm", css="num"), "low": Column("Thấp (10%)", css="num"),
        "high": Column("Cao (90%)", css="num"), "probability": percent("Khả năng đạt", 0),
    }  # fmt: skip
    return show(frame, columns, "Dự kiến đến cuối năm", "Báo cáo năm: không cần dự kiến.")


def made_from(files: pd.DataFrame) -> Table:
    """The files behind a page and the start of each one's fingerprint."""
    columns = {
        "year": Column("Năm", lambda year: f"{year:.0f}"),
        "period": Column("Kỳ", lambda period: say(notation.PERIODS[period])),
        "file": Column("Tệp", quoted=True),
        "received": Column("Ngày nhận", notation.day),
        "sha256": Column("Dấu vân tay", lambda text: text[:12], css="code"),
    }  # fmt: skip
    anchors = [evidence.anchor(*row) for row in files[["year", "period", "file"]].to_numpy()]
    caption = "Tệp đã dùng (SHA-256, 12 ký tự đầu)"
    return show(files, columns, caption, "Chưa có tệp nào.", anchors=anchors)


def register(register: pd.DataFrame) -> Table:
    """Who sent the report when, and how complete it is."""
    filled = register["cells_filled"] / register["cells_expected"]
    frame = register.assign(filled=filled, errors=received.errors_within(register))
    columns = {
        "district": Column("Huyện, thành phố", language.place),
        "status": Column("Tình trạng", wording.status, css="code"),
        "received": Column("Ngày nhận", notation.day),
        "due": Column("Gửi trước ngày", notation.day),
        "days_late": number("Số ngày muộn"), "cut_off": Column("Ngày chốt số liệu", notation.day),
        "cells_filled": number("Ô đã điền"), "cells_expected": number("Ô phải điền"),
        "filled": percent("Tỷ lệ điền"), "errors": number("Lỗi"),
        "warnings": number("Cảnh báo"),
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
    names = [part_name(part) for part in sums.index]
    frame = sums.assign(name=names, where=[where.get(part) for part in sums.index])
    if len(frame):
        frame.loc["all"] = {**sums.sum(), "name": say("Cộng"), "where": None}
    columns = {
        "name": Column("Phần"), "points": number("Điểm", 2), "max_points": number("Tối đa", 2),
        "lost": number("Mất", 2), "where": Column("Mất nhiều nhất ở"),
    }  # fmt: skip
    return show(frame, columns, "Điểm theo từng phần (đề xuất)")


def lost_points(scores: pd.DataFrame) -> Table:
    """Where one district lost points or could not be assessed, the greatest loss first."""
    lost = scores["max_points"] - scores["points"]
    rows = scores.assign(lost=lost)[(lost > 0) | scores["max_points"].eq(0)]
    rows = rows.sort_values(["lost", "part", "indicator"], ascending=[False, True, True])
    names = [notation.score_name(*row) for row in rows[["part", "indicator"]].to_numpy()]
    frame = rows.assign(item=names)
    columns = {
        "item": Column("Chỉ tiêu"), "lost": number("Mất", 2), "points": number("Điểm", 2),
        "max_points": number("Tối đa", 2), "reason": Column("Lý do"),
    }  # fmt: skip
    return show(frame, columns, "Những chỗ mất điểm hoặc chưa đánh giá được", "Không mất điểm.")


def ranking(ranking: pd.DataFrame, scores: pd.DataFrame) -> Table:
    """The districts by rank, each with its band, grade and the district's own points.

    A district scores itself on the indicators, not on its reporting, so its own points are
    compared with those of the indicators alone.
    """
    indicators = scores[scores["part"] != "reporting"].groupby("district_code")["points"].sum()
    rows = ranking.sort_values(["rank", "district_code"], na_position="last")
    frame = rows.assign(
        rank_band=list(map(band, rows["rank_low"], rows["rank_high"])),
        points_band=[band(low, high, 1) for low, high in
                     zip(rows["points_low"], rows["points_high"], strict=True)],
        difference=rows["self_score"] - rows["district_code"].map(indicators).astype(float),
    )  # fmt: skip
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name), "rank": number("Hạng"),
        "rank_band": Column("Khoảng hạng", css="num"), "points": number("Điểm", 1),
        "points_band": Column("Khoảng điểm", css="num"), "grade": Column("Xếp loại (đề xuất)", say),
        "self_score": number("Tự chấm chỉ tiêu", 1),
        "difference": Column("So với điểm chỉ tiêu", _signed_points, css="num"),
    }  # fmt: skip
    return show(frame, columns, "Xếp hạng đề xuất của các huyện, thành phố")


def communes(communes: pd.DataFrame) -> Table:
    """The communes with their titles, criteria and counts, as reported."""
    columns = {
        "commune": Column("Xã, phường, thị trấn", language.place),
        "registered": Column("Đăng ký", say), "title": Column("Danh hiệu", say),
        "criteria_met": number("Tiêu chí đạt"),
        "criteria_known": number("Tiêu chí có số liệu"),
        "missing_criteria": Column("Tiêu chí chưa đạt", lambda codes: codes.replace(";", ", ")),
        "households": number("Tổng số hộ"), "poor": number("Hộ nghèo"),
        "near_poor": number("Hộ cận nghèo"), "cultural_households": number("Hộ Gia đình văn hóa"),
        "temporary_houses": number("Nhà tạm còn lại"),
    }  # fmt: skip
    return show(communes, columns, "Các xã, phường, thị trấn và tiêu chí nông thôn mới")


def trends(trends: pd.DataFrame) -> Table:
    """The yearly change of each indicator with its interval; too few years is said, not guessed."""
    rows = trends.to_dict("records")
    changes = {
        name: [notation.change(row[name], row["indicator"]) for row in rows]
        for name in ("slope", "low", "high")
    }
    frame = trends.assign(
        **changes,
        band=[
            say("{low} đến {high}", low=low, high=high)
            for low, high in zip(changes["low"], changes["high"], strict=True)
        ],
        span=[_years(row) for row in rows],
        good=trends["good"].where(trends["direction"].isin(["up", "down"])),
    )
    frame = frame.assign(band=frame["band"].where(trends["slope"].notna()))
    columns = {
        "indicator": Column("Chỉ tiêu", notation.measure_name, css="wide"),
        "span": Column("Các năm"), "slope": Column("Mỗi năm", css="num"),
        "band": Column("Khoảng tin cậy 95%", css="num"), "p_value": number("p", 3),
        "q_value": number("q", 3),
        "direction": Column("Xu hướng", lambda way: say(DIRECTIONS[way])),
        "good": Column("Ý nghĩa", lambda good: say(wording.GOOD[good])),
    }  # fmt: skip
    return show(frame, columns, "Xu hướng theo năm (Theil–Sen, kiểm định Mann–Kendall)")


def province_totals(totals: pd.DataFrame) -> Table:
    """The province's sums (`analysis.province.totals`), and how many districts are in each.

    The share of the plan holds planned figures against what those same districts did.
    """
    known = reference.catalogue().reindex(totals["indicator"]).set_axis(totals.index)
    ratios = [notation.against_plan(*pair) for pair in totals[["ratio", "indicator"]].to_numpy()]
    frame = totals.assign(
        name=[reference.indicator_name(i) for i in totals["indicator"]],
        unit=known["unit"],
        ratio=ratios,
        districts=_of_all(totals),
    )
    for name in ("plan", "actual", "last_year"):
        texts = [_quantity(*pair) for pair in frame[[name, "unit"]].to_numpy()]
        frame = frame.assign(**{name: texts})
    columns = {
        **INDICATOR,
        "plan": Column("Kế hoạch năm", css="num"), "actual": Column("Thực hiện", css="num"),
        "districts": Column("Số huyện có số liệu", css="num"),
        "ratio": Column("So với kế hoạch", css="num"), "last_year": Column("Năm trước", css="num"),
    }  # fmt: skip
    return show(frame, columns, "Toàn tỉnh: cộng số liệu của các huyện, thành phố")


def against_published(gaps: pd.DataFrame) -> Table:
    """The province's figures beside published ones (`analysis.province.against_published`)."""
    known = reference.catalogue().reindex(gaps["indicator"]).set_axis(gaps.index)
    rate = gaps["figure"] == "rate"
    frame = gaps.assign(
        name=[
            say(of) if is_rate else reference.indicator_name(i)
            for of, is_rate, i in zip(known["rate_vi"], rate, gaps["indicator"], strict=True)
        ],
        unit=known["rate_unit"].where(rate, known["unit"]),
    )
    for name in ("published", "reported"):
        texts = [_quantity(*pair) for pair in frame[[name, "unit"]].to_numpy()]
        frame = frame.assign(**{name: texts})
    differences = [_difference(*pair) for pair in gaps[["gap"]].assign(u=frame["unit"]).to_numpy()]
    frame = frame.assign(gap=differences, districts=_of_all(gaps))
    columns = {
        "name": Column("Chỉ tiêu", css="wide"),
        "as_of": Column("Tính đến ngày", notation.day, css="num"),
        "published": Column("Số đã công bố", css="num"),
        "reported": Column("Các huyện báo cáo", css="num"),
        "gap": Column("Chênh lệch", css="num"),
        "districts": Column("Số huyện có số liệu", css="num"),
        "note": Column("Ghi chú", say, css="wide"), "source": Column("Nguồn công bố"),
    }  # fmt: skip
    return show(frame, columns, "Đối chiếu với số liệu đã công bố: chênh lệch là câu hỏi, "
                "không phải lỗi")  # fmt: skip


def _of_all(frame: pd.DataFrame) -> list[str]:
    """Of how many of those who report there is a figure: '11/12'."""
    pairs = frame[["districts", "expected"]].to_numpy()
    return [f"{some:.0f}/{of:.0f}" for some, of in pairs]


def _quantity(value: float, unit: str) -> str:
    return notation.quantity(value, unit, with_unit=False)


def _figure_rows(facts: pd.DataFrame, series: pd.DataFrame) -> list[tuple]:
    rows = facts.to_dict("records")
    actual, plan = (
        {row["indicator"]: row for row in rows if row["measure"] == m} for m in ("actual", "plan")
    )
    past = series.set_index(["indicator", "year"])["value"].to_dict()
    listed = [i for i in reference.catalogue().index if i in actual or i in plan]
    return [_figure(i, reference.indicator(i), actual, plan, past) for i in listed]


def _figure(code: str, known: Mapping, actual: Mapping, plan: Mapping, past: Mapping) -> tuple:
    """A row of the annex."""
    fact = actual.get(code)
    source = None if fact is None else place(fact["sheet"], fact["cell"])
    if fact is not None and not pd.isna(fact["corrected"]):
        source = f"{source}; {rule_name(fact['corrected'])}"
    before = float("nan") if fact is None else past.get((code, fact["year"] - 1), float("nan"))
    return (
        code, reference.indicator_name(code), known["unit"],
        _fact(plan.get(code), known["unit"]),
        _fact(fact, known["unit"]), _quantity(before, known["unit"]),
        None if fact is None else _change(fact, before, known), source,
    )  # fmt: skip


def _fact(fact: Mapping | None, unit: str) -> str | None:
    """The value with its qualifier, or in words why there is none."""
    if fact is None:
        return None
    if pd.isna(fact["value"]):
        return say(STATES[fact["state"]]) if fact["state"] in STATES else None
    words = [] if pd.isna(fact["qualifier"]) else [say(fact["qualifier"])]
    return " ".join([*words, _quantity(fact["value"], unit)])


def _change(fact: Mapping, before: float, known: Mapping) -> str | None:
    if fact["year"] == known["break_before"]:
        return say("đổi chuẩn")
    if fact["period"] == "h1" and known["flow_stock"] == "flow":
        return say("chưa hết năm")
    if pd.isna(fact["value"]) or pd.isna(before):
        return None
    if known["unit"] == "%":
        return _difference(fact["value"] - before, "%")
    return _signed((fact["value"] / before - 1) * 100, "%") if before > 0 else None


def _difference(value: float, unit: str) -> str:
    """A difference with its sign; of shares in percentage points."""
    if unit == "%":
        return say("{value} điểm %", value=_signed(value, ""))
    return _signed(value, unit)


def _signed(value: float, unit: str) -> str:
    decimals = 1 if unit == "%" else 2
    text = notation.quantity(round(value, decimals), unit, with_unit=False)
    return f"+{text}" if round(value, decimals) > 0 else text


def _signed_points(value: float) -> str:
    return ("+" if round(value, 1) > 0 else "") + notation.number(value, 1)


def _loss(row: Mapping) -> str:
    reason = "" if pd.isna(row["reason"]) else f": {row['reason']}"
    return f"{notation.score_name(row['part'], row['indicator'])}{reason}"


def _years(row: dict) -> str:
    years = say("{years} năm", years=f"{row['years']:.0f}")
    if row["years"] == 0:
        return years
    first, last = f"{row['first_year']:.0f}", f"{row['last_year']:.0f}"
    return f"{first if first == last else f'{first}–{last}'} ({years})"
