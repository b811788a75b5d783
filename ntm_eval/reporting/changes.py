"""What changed, as a page: two versions of a report or of a review, and this period's figures
beside the 6-month report and last year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from ntm_eval import notation, reference, units
from ntm_eval.exchange import told
from ntm_eval.exchange.editions import Edition
from ntm_eval.intake import sheets
from ntm_eval.intake.problems import HIDDEN
from ntm_eval.language import marked, place
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
        return _page(_("Hai bản báo cáo"), [_("Hai bản giống nhau ở mọi ô phải báo cáo.")], [])
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
        tables = [_since(place(d.short), rows, year, period)] if len(rows) else []
        parts.append((place(d.name), line, tables))
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
    columns = {
        "about": Column.of_row("Chỉ tiêu, xã", _about, css="wide"),
        "cell": Column.of_row("Ô", _cell, css="code"),
        "measure": Column("Cột", lambda measure: _(sheets.MEASURE_NAMES.get(measure, measure))),
        "old": Column.of_row("Bản trước", lambda row: told.value(row["old_value"], row["old_raw"])),
        "new": Column.of_row("Bản sau", lambda row: told.value(row["new_value"], row["new_raw"])),
        "change": Column("Thay đổi", _change),
    }
    return Table.from_frame(rows, columns, _("Các ô khác nhau ở trang “{sheet}”", sheet=sheet))


def _cell(row: Mapping) -> str | None:
    cells = [row[name] for name in ("old_cell", "new_cell") if not pd.isna(row[name])]
    return " → ".join(dict.fromkeys(cells)) or None


def _change(change: str) -> str:
    return _(told.CHANGES[change])


def _about(row: Mapping) -> str | None:
    words: dict[str, Callable[[str], str]] = {
        "commune_code": lambda code: notation.commune_name(code, row.get("district_code")),
        "survey": _,
        "question": lambda question: _("câu {question}", question=question),
        "indicator": reference.indicator_name,
    }
    parts = [say(row[name]) for name, say in words.items() if not pd.isna(row[name])]
    return ", ".join(parts) or None


def _values(title: str, rows: pd.DataFrame) -> Table:
    if "cell" in rows:
        places = [address(*pair) for pair in rows[["sheet", "cell"]].to_numpy()]
        rows = rows.assign(place=places)
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "about": Column.of_row("Số nào", _value_of, css="wide"),
        **({"place": Column("Vị trí", quoted=True)} if "cell" in rows else {}),
        "old": Column.of_row("Bản trước", lambda row: _pair(row)[0]),
        "new": Column.of_row("Bản sau", lambda row: _pair(row)[1]),
        "why": Column("Vì sao", css="wide"),
    }
    return Table.from_frame(rows, columns, title, NO_ROW)


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
    known = reference.catalogue()[["unit", "flow_stock", "break_before"]]
    half = {
        "half": Column.amount("6 tháng", "half"),
        "since_half": Column.of_row("So với 6 tháng", _since_half),
    }
    columns = {
        **INDICATOR,
        "now": Column.amount("Kỳ này", "now"),
        **(half if period == "annual" else {}),
        "last": Column.amount("Cả năm trước", "last"),
        "since_last": Column.of_row("So với năm trước", lambda row: _since_last(row, year, period)),
    }
    frame = rows.join(known, on="indicator")
    return Table.from_frame(frame, columns, _("{name}: thay đổi của từng chỉ tiêu", name=name))


def _since_half(row: Mapping) -> str | None:
    now, half = row["now"], row["half"]
    if pd.isna(half):
        return None
    if row["flow_stock"] != "flow":
        return _rise(now, half, row["unit"])
    if half > now:
        return _("! nhỏ hơn số 6 tháng, cần giải thích")
    return _("6 tháng là {share:.0%} của cả năm", share=half / now) if now else _("= đều bằng 0")


def _since_last(row: Mapping, year: int, period: str) -> str | None:
    now, last = row["now"], row["last"]
    if pd.isna(last):
        return None
    if row["break_before"] == year:
        return _("đổi chuẩn, không so sánh")
    if row["flow_stock"] == "flow" and period == "h1":
        return _("mới 6 tháng: {share:.0%} cả năm trước", share=now / last) if last else None
    return _rise(now, last, row["unit"])


def _rise(now: float, before: float, unit: str) -> str | None:
    if now == before:
        return _("= không đổi")
    sign = _("▲ tăng" if now > before else "▼ giảm")
    if unit == "%":
        return f"{sign} {_('{value} điểm phần trăm', value=notation.number(abs(now - before), 1))}"
    return f"{sign} {notation.percent(abs(now / before - 1))}" if before > 0 else sign
