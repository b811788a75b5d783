"""Results against plans: of one district with each figure and its cell, and of the province."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis.composition import attainment
from ntm_eval.checks.held import used
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Column, Note, Table, Text
from ntm_eval.reporting.sections.method import anchor
from ntm_eval.reporting.sections.received import STATES as RECEIVED_STATES
from ntm_eval.reporting.sections.received import address, rule_name
from ntm_eval.reporting.sections.trends import MARKED_DIRECTIONS

KEY = ["year", "period", "indicator", "measure"]

INDICATOR = {
    "indicator": Column("Mã", css="code"),
    "name": Column("Chỉ tiêu"),
    "unit": Column("Đơn vị tính", _),
}

PROPER = ("Quỹ ", "Bà mẹ", "Mẹ Việt Nam")
FURTHEST = 2  # indicators of each kind named in a content's paragraph

FIGURE = ["indicator", "name", "unit", "plan", "actual", "before", "change", "source"]


def notes_of_figures(
    indicators: Iterable[str], facts: pd.DataFrame, history: pd.DataFrame
) -> dict[str, list[Note]]:
    """What stands behind the columns `plan`, `actual` and `before` of the annex, one a row.

    `before` is last year's annual figure, as in the series.
    """
    if facts.empty:
        return {}
    year, period = facts[["year", "period"]].iloc[0]
    wanted = {
        "plan": (year, period, "plan"),
        "actual": (year, period, "actual"),
        "before": (year - 1, "annual", "actual"),
    }
    last = history[(history["year"] == year - 1) & (history["period"] == "annual")]
    rows = pd.concat([facts, last[last["measure"] == "actual"]])
    cells = {tuple(row[name] for name in KEY): row for row in rows.to_dict("records")}
    return {
        column: [_note(cells.get((when, kind, code, measure))) for code in indicators]
        for column, (when, kind, measure) in wanted.items()
    }


def figures(facts: pd.DataFrame, series: pd.DataFrame, history: pd.DataFrame) -> Table:
    """Annex of one district: every figure of one year and period, with last year's and its cell.

    A 6-month flow is not compared with the whole of last year, nor anything across a change of
    standard. `history` holds the facts of all years: where each figure stands, a click away.
    """
    frame = pd.DataFrame(_figure_rows(facts, series), columns=FIGURE)
    columns = {
        **INDICATOR,
        "plan": Column("Kế hoạch năm", css="num"),
        "actual": Column("Thực hiện", css="num"),
        "before": Column("Năm trước", css="num"),
        "change": Column("Tăng, giảm", css="num"),
        "source": Column("Nguồn"),
    }
    named = ", ".join(facts["file"].dropna().unique())
    caption = (
        _("Biểu số liệu: kế hoạch, thực hiện và ô của từng con số trong tệp {named}", named=named)
        if named
        else _("Biểu số liệu: kế hoạch, thực hiện và ô của từng con số")
    )
    notes = notes_of_figures(frame["indicator"], facts, history)
    return Table.from_frame(frame, columns, caption, notes=notes)


def table(
    facts: pd.DataFrame, series: pd.DataFrame, trends: pd.DataFrame, plans: pd.DataFrame
) -> Table:
    """Annex of one district: every indicator with plan, result, last year and trend.

    A held figure stands marked in its row and has no share of the plan.
    """
    moving = trends[trends["direction"].isin(["up", "down"])].set_index("indicator")["direction"]
    directions = moving.map(MARKED_DIRECTIONS).map(_)
    ratios = _ratios(facts)
    frame = pd.DataFrame(_figure_rows(facts, series), columns=FIGURE).drop(columns="source")
    planned = reference.catalogue()["has_plan"].reindex(frame["indicator"]).eq("yes").to_numpy()
    frame = frame.assign(
        name=[f"{r.name} ({_(r.unit)})" for r in frame[["name", "unit"]].itertuples(index=False)],
        plan=frame["plan"].where(planned),
        ratio=[notation.against_plan(ratios.get(i, math.nan), i) for i in frame["indicator"]],
        trend=directions.reindex(frame["indicator"]).to_numpy(),
        ambition=plans.set_index("indicator")["ambition"].reindex(frame["indicator"]).to_numpy(),
    )
    columns = {
        "name": Column("Chỉ tiêu (đơn vị tính)"),
        "plan": Column("Kế hoạch", css="num"),
        "actual": Column("Thực hiện", css="num"),
        "ratio": Column("Đạt", css="num"),
        "before": Column("Năm trước", css="num"),
        "ambition": Column.percent("Kế hoạch / năm trước", 0),
        "trend": Column("Xu hướng"),
    }
    return Table.from_frame(frame, columns, "Kế hoạch và kết quả thực hiện các chỉ tiêu")


def content(facts: pd.DataFrame, assessed: pd.DataFrame, moves: pd.DataFrame, part: str) -> Text:
    """What became of one content's indicators: plans met, the furthest, what rose and fell.

    A plan is met as the points say (`assessed`), after six months the part of it that is due.
    `moves` are this district's verdicts against last year (`followup.verdicts`); empty for a
    period that is not over.
    """
    rows = facts[facts["indicator"].str.startswith(f"{part}-")]
    own = assessed[assessed["part"] == part]
    known = own[own["value"].notna() & (own["formula"] != "settled")]
    ratios, lines = known.set_index("indicator")["ratio"].dropna(), []
    count = attainment(own).sum(numeric_only=True)
    if count["indicators"]:
        said = (
            "Đạt hoặc vượt mức phải đạt {met}/{plans} chỉ tiêu được chấm điểm."
            if facts["period"].iloc[0] == "annual"
            else "Đạt hoặc vượt tiến độ ở {met}/{plans} chỉ tiêu."
        )
        met, plans = notation.number(count["met"]), notation.number(count["indicators"])
        lines.append(_(said, met=met, plans=plans))
    if worst := _listed(ratios[ratios < 1].sort_values().head(FURTHEST).index):
        lines.append(_("Đạt thấp nhất: {names}.", names=worst))
    moved = moves[moves["indicator"].str.startswith(f"{part}-")]
    for verdict, said in (
        ("better", "Tốt lên so với năm trước: {names}."),
        ("worse", "Xấu đi so với năm trước: {names}."),
    ):
        if names := _moved(moved[moved["verdict"] == verdict]):
            lines.append(_(said, names=names))
    held = rows[rows["held"].notna() & (rows["measure"] == "actual")]["indicator"]
    if len(held):
        lines.append(_("Đang đề nghị giải trình, chưa tính: {names}.", names=_listed(held)))
    blank = rows[(rows["measure"] == "actual") & (rows["state"] == "blank")]["indicator"]
    if len(blank):
        lines.append(_("Chưa có số liệu: {names}.", names=_listed(blank)))
    return Text(" ".join(lines), rows)


def _ratios(facts: pd.DataFrame) -> pd.Series:
    """Results over plans by indicator, of figures that are not held."""
    value = used(facts).pivot_table(index="indicator", columns="measure", values="value")
    value = value.reindex(columns=["actual", "plan"])
    return value["actual"] / value["plan"].where(value["plan"] > 0)


def _listed(indicators: Iterable[object]) -> str:
    """Indicators within a sentence."""
    return "; ".join(_within(reference.indicator_name(str(i))) for i in indicators)


def _within(name: str) -> str:
    """A name as it stands within a sentence; a proper name keeps its capital."""
    keeps = name.startswith(PROPER) or not name[1:2].islower()  # as NTM
    return name if keeps else name[:1].lower() + name[1:]


def _moved(rows: pd.DataFrame) -> str:
    """The furthest moves from last year to this, in the unit of the series."""
    by = ((rows["now"] - rows["before"]) / rows["before"].where(rows["before"] > 0)).abs()
    first = rows.assign(by=by).sort_values("by", ascending=False).head(FURTHEST)
    return "; ".join(
        _(
            "{name} từ {before} {way} {now}",
            name=_within(notation.measure(row["indicator"])),
            before=notation.before(row["before"], row["indicator"]),
            way=_("lên") if row["now"] > row["before"] else _("xuống"),
            now=notation.measured(row["now"], row["indicator"]),
        )
        for row in first.to_dict("records")
    )


def province_table(totals: pd.DataFrame) -> Table:
    """The province's sums (`analysis.province.totals`), and how many districts are in each.

    The share of the plan holds planned figures against what those same districts did.
    """
    known = reference.catalogue().reindex(totals["indicator"]).set_axis(totals.index)
    ratios = [notation.against_plan(*pair) for pair in totals[["ratio", "indicator"]].to_numpy()]
    frame = totals.assign(
        name=[reference.indicator_name(i, listed=True) for i in totals["indicator"]],
        unit=known["unit"],
        ratio=ratios,
        districts=_of_all(totals),
    )
    for name in ("plan", "actual", "last_year"):
        texts = [notation.amount(*pair) for pair in frame[[name, "unit"]].to_numpy()]
        frame = frame.assign(**{name: texts})
    columns = {
        "name": Column("Chỉ tiêu"),
        "unit": Column("Đơn vị tính", _),
        "plan": Column("Kế hoạch năm", css="num"),
        "actual": Column("Thực hiện", css="num"),
        "ratio": Column("So với kế hoạch", css="num"),
        "last_year": Column("Năm trước", css="num"),
        "ambition": Column.percent("Kế hoạch / năm trước", 0),
        "districts": Column("Số đơn vị có số liệu", css="num"),
    }
    return Table.from_frame(
        frame,
        columns,
        "Tổng hợp số liệu toàn tỉnh (chưa gồm số liệu đang đề nghị giải trình; "
        "tỷ lệ so với kế hoạch chỉ tính các đơn vị có cả kế hoạch và thực hiện)",
    )


def held_back(totals: pd.DataFrame) -> Text:
    """Whose figures the province's sums leave out, and what they would be with the likely ones."""
    rows = totals.dropna(subset="held")
    names = [_held_back(row) for row in rows.to_dict("records")]
    said = _("Chưa gồm số đang giải trình: {names}.", names="; ".join(names)) if names else ""
    return Text(said, rows)


LEFT_OUT = {
    "percent": "tỷ lệ phần trăm của từng đơn vị",
    "number": "số bình quân",
}


def left_out(found: pd.DataFrame) -> Text:
    """The planned indicators that no sum tells, and why."""
    lines = [
        _(
            "Không cộng được nên không có trong bảng: {names} ({why}).",
            names="; ".join(map(reference.indicator_name, rows["indicator"])),
            why=_(LEFT_OUT[str(kind)]),
        )
        for kind, rows in found.groupby("kind")
    ]
    return Text("\n".join(lines), found)


def against_published(gaps: pd.DataFrame) -> Table:
    """The province's figures beside published ones (`analysis.province.against_published`)."""
    known = reference.catalogue().reindex(gaps["indicator"]).set_axis(gaps.index)
    rate = gaps["figure"] == "rate"
    frame = gaps.assign(
        name=[
            _(of) if is_rate else reference.indicator_name(i)
            for of, is_rate, i in zip(known["rate_vi"], rate, gaps["indicator"], strict=True)
        ],
        unit=known["rate_unit"].where(rate, known["unit"]),
    )
    for name in ("published", "reported"):
        texts = [notation.amount(*pair) for pair in frame[[name, "unit"]].to_numpy()]
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
        "note": Column("Ghi chú", _, css="wide"),
        "source": Column("Nguồn công bố"),
    }
    return Table.from_frame(
        frame, columns, "Đối chiếu với số liệu đã công bố: chênh lệch là câu hỏi, không phải lỗi"
    )


def _note(fact: dict | None) -> Note:
    """Nothing where no cell was due."""
    if fact is None or pd.isna(fact["file"]):
        return ()
    place = [str(fact[name]) for name in ("sheet", "cell") if not pd.isna(fact[name])]
    lines = [
        (
            _("Tệp {file}: ngày nhận và dấu vân tay", file=fact["file"]),
            f"#{anchor(fact['year'], fact['period'], fact['file'])}",
        ),
        (
            _("Trang tính và ô: {place}", place=", ".join(place))
            if place
            else _("Tệp không có ô này"),
            "",
        ),
        (
            _("Ô để trống") if pd.isna(fact["raw"]) else _("Đã ghi: “{raw}”", raw=fact["raw"]),
            "",
        ),
    ]
    if not pd.isna(fact["value"]):
        value = notation.quantity(fact["value"], fact["unit"])
        lines.append((_("Hiểu là: {value}", value=value), ""))
    if not pd.isna(fact["corrected"]):
        rule = _(rule_name(fact["corrected"]))
        lines.append((_("Đã sửa hoặc đổi: {rule}", rule=rule), ""))
    return tuple(lines)


def _held_back(row: Mapping) -> str:
    name = reference.indicator_name(row["indicator"])
    if pd.isna(row["with_likely"]):
        return f"{name} ({row['held']})"
    likely = notation.measured_as(row["with_likely"], row["indicator"])
    return _(
        "{name} ({districts}; nếu gồm: {likely})", name=name, districts=row["held"], likely=likely
    )


def _of_all(frame: pd.DataFrame) -> list[str]:
    """Of how many of those who report there is a figure: '11/12'."""
    pairs = frame[["districts", "expected"]].to_numpy()
    return [f"{some:.0f}/{of:.0f}" for some, of in pairs]


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
    source = None if fact is None else address(fact["sheet"], fact["cell"])
    if fact is not None and not pd.isna(fact["corrected"]):
        source = f"{source}; {rule_name(fact['corrected'])}"
    before = float("nan") if fact is None else past.get((code, fact["year"] - 1), float("nan"))
    return (
        code,
        reference.indicator_name(code, listed=True),
        known["unit"],
        _fact(plan.get(code), known["unit"]),
        _fact(fact, known["unit"]),
        notation.amount(before, known["unit"]),
        None if fact is None else _change_of(fact, before, known),
        source,
    )


def _fact(fact: Mapping | None, unit: str) -> str | None:
    """The value with its qualifier, or in words why there is none."""
    if fact is None:
        return None
    if pd.isna(fact["value"]):
        return _(RECEIVED_STATES[fact["state"]]) if fact["state"] in RECEIVED_STATES else None
    words = [] if pd.isna(fact["qualifier"]) else [_(fact["qualifier"])]
    said = " ".join([*words, notation.amount(fact["value"], unit)])
    return said if pd.isna(fact["held"]) else _("{figure} (đang giải trình)", figure=said)


def _change_of(fact: Mapping, before: float, known: Mapping) -> str | None:
    if fact["year"] == known["break_before"]:
        return _("đổi chuẩn")
    if fact["period"] == "h1" and known["flow_stock"] == "flow":
        return _("chưa hết năm")
    if pd.isna(fact["value"]) or pd.isna(before) or pd.notna(fact["held"]):
        return None
    if known["unit"] == "%":
        return _difference(fact["value"] - before, "%")
    return _signed((fact["value"] / before - 1) * 100, "%") if before > 0 else None


def _difference(value: float, unit: str) -> str:
    """A difference with its sign; of shares in percentage points."""
    if unit == "%":
        return _("{value} điểm phần trăm", value=_signed(value, ""))
    return _signed(value, unit)


def _signed(value: float, unit: str) -> str:
    decimals = 1 if unit == "%" else 2
    text = notation.quantity(round(value, decimals), unit, with_unit=False)
    return f"+{text}" if round(value, decimals) > 0 else text
