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
    "name": Column.of_row("Chỉ tiêu", lambda row: reference.indicator_name(row["indicator"])),
    "unit": Column("Đơn vị tính", _),
}

MOVED = {
    "better": "Tốt lên so với năm trước: {names}.",
    "worse": "Xấu đi so với năm trước: {names}.",
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
    frame = _figures(facts, series)
    columns = {
        **INDICATOR,
        "name": Column("Chỉ tiêu"),
        "plan": Column("Kế hoạch năm", css="num"),
        "actual": Column("Thực hiện", css="num"),
        "before": Column("Năm trước", css="num"),
        "change": Column("Tăng, giảm", css="num"),
        "source": Column("Nguồn"),
    }
    named = ", ".join(facts["file"].dropna().unique())
    caption = _(
        "Biểu số liệu: kế hoạch, thực hiện và ô của từng con số trong tệp {named}"
        if named
        else "Biểu số liệu: kế hoạch, thực hiện và ô của từng con số",
        named=named,
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
    frame = _figures(facts, series)
    planned = frame["indicator"].map(reference.catalogue()["has_plan"]).eq("yes")
    frame = frame.assign(
        plan=frame["plan"].where(planned),
        ratio=frame["indicator"].map(_ratios(facts)),
        trend=frame["indicator"].map(moving),
        ambition=frame["indicator"].map(plans.set_index("indicator")["ambition"]),
    )
    columns = {
        "name": Column.of_row("Chỉ tiêu (đơn vị tính)", lambda r: f"{r['name']} ({_(r['unit'])})"),
        "plan": Column("Kế hoạch", css="num"),
        "actual": Column("Thực hiện", css="num"),
        "ratio": Column.against_plan("Đạt", "ratio"),
        "before": Column("Năm trước", css="num"),
        "ambition": Column.percent("Kế hoạch / năm trước", 0),
        "trend": Column("Xu hướng", lambda way: _(MARKED_DIRECTIONS[way])),
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
    for verdict, said in MOVED.items():
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
    frame = totals.assign(unit=totals["indicator"].map(reference.catalogue()["unit"]))
    columns = {
        "indicator": Column("Chỉ tiêu", lambda code: reference.indicator_name(code, listed=True)),
        "unit": Column("Đơn vị tính", _),
        "plan": Column.amount("Kế hoạch năm", "plan"),
        "actual": Column.amount("Thực hiện", "actual"),
        "ratio": Column.against_plan("So với kế hoạch", "ratio"),
        "last_year": Column.amount("Năm trước", "last_year"),
        "ambition": Column.percent("Kế hoạch / năm trước", 0),
        "districts": Column.of_row("Số đơn vị có số liệu", _of_all, css="num"),
    }
    caption = (
        "Tổng hợp số liệu toàn tỉnh (chưa gồm số liệu đang đề nghị giải trình; "
        "tỷ lệ so với kế hoạch chỉ tính các đơn vị có cả kế hoạch và thực hiện)"
    )
    return Table.from_frame(frame, columns, caption)


def held_back(totals: pd.DataFrame) -> Text:
    """Whose figures the province's sums leave out, and what they would be with the likely ones."""
    rows = totals.dropna(subset="held")
    names = [_held_back(row) for row in rows.to_dict("records")]
    said = _("Chưa gồm số đang giải trình: {names}.", names="; ".join(names)) if names else ""
    return Text(said, rows)


LEFT_OUT = {"percent": "tỷ lệ phần trăm của từng đơn vị", "number": "số bình quân"}


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
    rate = gaps["figure"] == "rate"
    units = reference.catalogue()[["unit", "rate_unit"]].reindex(gaps["indicator"])
    frame = gaps.assign(unit=units["rate_unit"].where(rate.to_numpy(), units["unit"]).to_numpy())
    columns = {
        "name": Column.of_row("Chỉ tiêu", _compared, css="wide"),
        "as_of": Column("Tính đến ngày", notation.day, css="num"),
        "published": Column.amount("Số đã công bố", "published"),
        "reported": Column.amount("Các huyện báo cáo", "reported"),
        "gap": Column.of_row("Chênh lệch", lambda r: _difference(r["gap"], r["unit"]), css="num"),
        "districts": Column.of_row("Số huyện có số liệu", _of_all, css="num"),
        "note": Column("Ghi chú", _, css="wide"),
        "source": Column("Nguồn công bố"),
    }
    caption = "Đối chiếu với số liệu đã công bố: chênh lệch là câu hỏi, không phải lỗi"
    return Table.from_frame(frame, columns, caption)


def _compared(row: Mapping) -> str:
    """What is held against a published figure: a rate, or the figure itself."""
    if row["figure"] == "rate":
        return notation.measure(row["indicator"])
    return reference.indicator_name(row["indicator"])


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
        (_("Ô để trống") if pd.isna(fact["raw"]) else _("Đã ghi: “{raw}”", raw=fact["raw"]), ""),
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


def _of_all(row: Mapping) -> str:
    """Of how many of those who report there is a figure: '11/12'."""
    return f"{row['districts']:.0f}/{row['expected']:.0f}"


def _figures(facts: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    """The rows of the annex, as texts."""
    given = {(row["indicator"], row["measure"]): row for row in facts.to_dict("records")}
    past = series.set_index(["indicator", "year"])["value"].to_dict()
    rows = []
    for code, known in reference.catalogue().to_dict("index").items():
        fact, plan = given.get((code, "actual")), given.get((code, "plan"))
        if not (fact or plan):
            continue
        before = past.get((code, fact["year"] - 1), math.nan) if fact else math.nan
        rows.append(
            {
                "indicator": code,
                "name": reference.indicator_name(code, listed=True),
                "unit": known["unit"],
                "plan": plan and _fact(plan, known["unit"]),
                "actual": fact and _fact(fact, known["unit"]),
                "before": notation.amount(before, known["unit"]),
                "change": fact and _change_of(fact, before, known),
                "source": fact and _source(fact),
            }
        )
    return pd.DataFrame(rows, columns=FIGURE)


def _source(fact: Mapping) -> str | None:
    """The cell of a figure, and what was corrected there."""
    place = address(fact["sheet"], fact["cell"])
    return place if pd.isna(fact["corrected"]) else f"{place}; {rule_name(fact['corrected'])}"


def _fact(fact: Mapping, unit: str) -> str | None:
    """The value with its qualifier, or in words why there is none."""
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
