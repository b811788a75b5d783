"""What changed, as a page: two versions of a report or of a review, and this period's figures
beside the 6-month report and last year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ntm_eval import notation, reference, units
from ntm_eval.exchange import told
from ntm_eval.exchange.editions import Edition
from ntm_eval.intake import sheets
from ntm_eval.intake.problems import HIDDEN
from ntm_eval.language import MISSING, marked, place
from ntm_eval.language import translate as _
from ntm_eval.reporting import editions
from ntm_eval.reporting.blocks import Column, Table
from ntm_eval.reporting.html import SHELL
from ntm_eval.reporting.sections.received import address, rule_name
from ntm_eval.reporting.sections.results import INDICATOR

NO_ROW = "Không có thay đổi."
HOME = [("Trang chủ", "index.html"), ("Thay đổi", "")]
ORDER = ("ranking", "scores", "facts")
Section = tuple[str, str, Sequence[Table]]


def of_reports(changes: pd.DataFrame) -> str:
    """The page of `compare.files`: a table for each sheet of the workbook."""
    if changes.empty:
        return _page(
            _("Hai bản báo cáo"),
            [_("Hai bản giống nhau ở mọi ô phải báo cáo.")],
            [],
        )
    files = changes.iloc[0]
    lead = _("{count} ô khác nhau: {old_file} → {new_file}", files, count=len(changes))
    parts = [
        (_("Trang “{sheet}”", sheet=sheet), "", [_cells(sheet, rows)])
        for sheet, rows in changes.groupby("sheet", sort=False)
    ]
    return _page(_("Hai bản báo cáo"), [lead], parts)


def of_reviews(changed: Mapping[str, pd.DataFrame]) -> str:
    """The page of `compare.reviews`: inputs, figures, points and ranks, each with its reason."""
    inputs = changed["inputs"]
    columns = {"file": Column("Tệp", quoted=True), "change": Column("Thay đổi", _change)}
    title = _(told.TITLES["inputs"])
    parts = [(title, _count(inputs), [Table.from_frame(inputs, columns, title, NO_ROW)])]
    for name in ORDER:
        rows = changed[name]
        title = _(told.TITLES[name])
        parts.append((title, _count(rows), [_values(title, rows)]))
    return _page(_("Hai lần đánh giá"), [_("Số nào đã đổi và vì sao.")], parts)


def since(
    history: pd.DataFrame,
    year: int,
    period: str,
    issued: tuple[Edition, Mapping[str, pd.DataFrame]] | None = None,
    *,
    illustrative: bool,
) -> str:
    """The page of this period's figures beside earlier ones, a table for each district.

    Before them what changed since the last edition that was `issued`.
    `history` holds the facts of all districts and periods. A flow of 6 months is part of the
    year: its share of the year is given, not a rise; nothing is compared across a change of
    standard.
    """
    known = _known(history, year, period)
    parts: list[Section] = []
    if issued and (text := editions.since(*issued)):
        found = {name: issued[1][name] for name in reversed(ORDER)}
        found["scores"] = found["scores"].query("column == 'points'")
        tables = [_values(_(told.TITLES[name]), rows) for name, rows in found.items()]
        parts.append((_("Từ bản phát hành gần nhất"), text, tables))
    for d in units.all_beside(history["district_code"].unique()):
        rows = known[known["district_code"] == d.code]
        line = "" if len(rows) else _("○ Không có số liệu kỳ này và kỳ trước để so sánh.")
        parts.append(
            (place(d.name), line, [_since(place(d.short), rows, year, period)] if len(rows) else [])
        )
    lead = _(
        "Mỗi số của kỳ này đặt cạnh báo cáo 6 tháng cùng năm và cả năm trước. Tăng hay giảm "
        "tốt hay xấu tùy chỉ tiêu; xu hướng nhiều năm ở trang Xu hướng của huyện."
    )
    title = _("Thay đổi so với 6 tháng và năm trước, {when}", when=notation.when(year, period))
    crumbs = [(_(words), href) for words, href in HOME]
    return _page(title, [lead], parts, illustrative=illustrative, crumbs=crumbs)


def _page(
    title: str,
    lead: list[str],
    sections: Sequence[Section],
    *,
    illustrative: bool = False,
    crumbs: Sequence[tuple[str, str]] = (),
) -> str:
    return SHELL.get_template("tables.html.j2").render(
        title=title, lead=lead, sections=sections, illustrative=illustrative, crumbs=crumbs
    )


def _count(rows: pd.DataFrame) -> str:
    return _("{count:.0f} thay đổi.", count=len(rows)) if len(rows) else ""


def _cells(sheet: str, rows: pd.DataFrame) -> Table:
    """One sheet's cells: where, what of, before and after as typed and as understood."""
    # a page is easily passed on: of residents' answers it says where they differ
    hidden = rows["measure"].isin(["collected", *sheets.ANSWERS]) & rows["survey"].notna()
    values = ["old_value", "new_value", "old_raw", "new_raw"]
    rows = rows.assign(**{c: rows[c].mask(hidden & rows[c].notna(), HIDDEN) for c in values})
    records = rows.to_dict("records")
    frame = rows.assign(
        cell=[
            " → ".join(
                dict.fromkeys(str(r[n]) for n in ("old_cell", "new_cell") if not pd.isna(r[n]))
            )
            or None
            for r in records
        ],
        about=[_about(row) for row in records],
        measure=[_(sheets.MEASURE_NAMES.get(m, m)) for m in rows["measure"]],
        old=[told.value(r["old_value"], r["old_raw"]) for r in records],
        new=[told.value(r["new_value"], r["new_raw"]) for r in records],
    )
    columns = {
        "about": Column("Chỉ tiêu, xã", css="wide"),
        "cell": Column("Ô", css="code"),
        "measure": Column("Cột"),
        "old": Column("Bản trước"),
        "new": Column("Bản sau"),
        "change": Column("Thay đổi", _change),
    }
    return Table.from_frame(frame, columns, _("Các ô khác nhau ở trang “{sheet}”", sheet=sheet))


def _change(change: str) -> str:
    return _(told.CHANGES[change])


def _about(row: Mapping) -> str:
    parts = [
        None
        if pd.isna(row["commune_code"])
        else notation.commune_name(row["commune_code"], row.get("district_code")),
        None if pd.isna(row["survey"]) else _(row["survey"]),
        None if pd.isna(row["question"]) else _("câu {question}", question=row["question"]),
        None if pd.isna(row["indicator"]) else notation.score_name("", row["indicator"]),
    ]
    return ", ".join(filter(None, parts)) or MISSING


def _values(title: str, rows: pd.DataFrame) -> Table:
    records = rows.to_dict("records")
    shown = [_pair(row) for row in records]
    frame = rows.assign(
        about=[_value_of(row) for row in records],
        place=[address(row.get("sheet"), row.get("cell")) for row in records],
        old=[old for old, _new in shown],
        new=[new for _old, new in shown],
    )
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "about": Column("Số nào", css="wide"),
        **({"place": Column("Vị trí", quoted=True)} if "cell" in rows else {}),
        "old": Column("Bản trước"),
        "new": Column("Bản sau"),
        "why": Column("Vì sao", css="wide"),
    }
    return Table.from_frame(frame, columns, title, NO_ROW)


def _pair(row: Mapping) -> tuple[str | None, str | None]:
    """A value before and after: a number as far as the two differ, a rule by its name."""
    pair = [None if pd.isna(row[name]) else str(row[name]) for name in ("old", "new")]
    if row["column"] in ("held", "corrected"):
        named = [value and rule_name(value) for value in pair]
        return named[0], named[1]
    texts = pair
    for decimals in (2, 15):
        texts = [value and _figure(value, decimals) for value in pair]
        if texts[0] != texts[1]:
            break
    return texts[0], texts[1]


def _figure(value: str, decimals: int) -> str:
    try:
        return marked(f"{round(float(value), decimals):.15g}")
    except ValueError:
        return value


def _value_of(row: Mapping) -> str:
    known = {name: row.get(name) for name in ("indicator", "part", "measure")}
    parts = [
        notation.score_name(str(known["part"] or ""), known["indicator"])
        if not pd.isna(known["indicator"]) or known["part"]
        else None,
        _(sheets.MEASURE_NAMES.get(str(known["measure"]), "")),
        _(told.REVIEW_WORDS[row["column"]]),
    ]
    return ", ".join(filter(None, parts))


def _known(history: pd.DataFrame, year: int, period: str) -> pd.DataFrame:
    """Of each district and indicator `now`, `half` (6 months of this year) and `last` (year)."""
    actual = history[history["measure"] == "actual"]
    keys = ["district_code", "indicator"]
    wanted = {"now": (year, period), "half": (year, "h1"), "last": (year - 1, "annual")}
    found = [
        actual[(actual["year"] == y) & (actual["period"] == p)].set_index(keys)["value"].rename(n)
        for n, (y, p) in wanted.items()
    ]
    return pd.concat(found, axis=1).dropna(subset=["now"]).sort_index().reset_index()


def _since(name: str, rows: pd.DataFrame, year: int, period: str) -> Table:
    catalogue = reference.catalogue()
    known = catalogue.reindex(rows["indicator"]).set_axis(rows.index)
    kinds = zip(
        known["flow_stock"].eq("flow"),
        known["unit"].eq("%"),
        known["break_before"].eq(year),
        strict=True,
    )
    changes = [
        (_since_half(row, flow, percent), _since_last(row, flow, percent, new, period))
        for row, (flow, percent, new) in zip(rows.to_dict("records"), kinds, strict=True)
    ]
    frame = rows.assign(
        name=[reference.indicator_name(i) for i in rows["indicator"]],
        unit=known["unit"],
        since_half=[half for half, _ in changes],
        since_last=[last for _, last in changes],
    )
    for column in ("now", "half", "last"):
        texts = [
            notation.quantity(v, u, with_unit=False)
            for v, u in zip(rows[column], known["unit"], strict=True)
        ]
        frame[column] = [
            None if pd.isna(v) else t for v, t in zip(rows[column], texts, strict=True)
        ]
    columns = {
        **INDICATOR,
        "now": Column("Kỳ này", css="num"),
        "half": Column("6 tháng", css="num"),
        "since_half": Column("So với 6 tháng"),
        "last": Column("Cả năm trước", css="num"),
        "since_last": Column("So với năm trước"),
    }
    if period == "h1":
        columns = {n: c for n, c in columns.items() if n not in ("half", "since_half")}
    return Table.from_frame(frame, columns, _("{name}: thay đổi của từng chỉ tiêu", name=name))


def _since_half(row: Mapping, flow: bool, percent: bool) -> str | None:
    now, half = row["now"], row["half"]
    if pd.isna(half):
        return None
    if not flow:
        return _rise(now, half, percent)
    if half > now:
        return _("! nhỏ hơn số 6 tháng, cần giải thích")
    return _("6 tháng là {share:.0%} của cả năm", share=half / now) if now else _("= đều bằng 0")


def _since_last(row: Mapping, flow: bool, percent: bool, new: bool, period: str) -> str | None:
    now, last = row["now"], row["last"]
    if pd.isna(last):
        return None
    if new:
        return _("đổi chuẩn, không so sánh")
    if flow and period == "h1":
        return _("mới 6 tháng: {share:.0%} cả năm trước", share=now / last) if last else None
    return _rise(now, last, percent)


def _rise(now: float, before: float, percent: bool) -> str | None:
    if now == before:
        return _("= không đổi")
    sign = _("▲ tăng" if now > before else "▼ giảm")
    if percent:
        return f"{sign} {_('{value} điểm phần trăm', value=notation.number(abs(now - before), 1))}"
    return f"{sign} {notation.percent(abs(now / before - 1))}" if before > 0 else sign
