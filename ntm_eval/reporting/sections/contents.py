"""The five contents of the campaign in the whole province, a paragraph each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis.composition import attainment
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, percent
from ntm_eval.reference import indicator_name
from ntm_eval.reporting.blocks import Text

MOST, SHARED = 2, 5  # indicators named one way: since last year, over the years


def summary(
    content: str,
    totals: pd.DataFrame,
    assessed: pd.DataFrame,
    moves: pd.Series,
    on: date,
    told: Collection[str] = (),
) -> Text:
    """Plans met, who is furthest, what rose and fell, who leads and lags, and what is held.

    `totals` and `moves` are `analysis.province.totals` and `moved`; the figures of the indicators
    in `told` stand elsewhere and are not said again.
    """
    rows = totals[totals["indicator"].str.startswith(content)]
    whole = rows[rows["held"].isna()]
    own = attainment(assessed[assessed["part"] == content]).dropna(subset="median_ratio")
    lines = [
        *_plans(rows, whole, told),
        *_moves(moves[moves.index.isin(whole["indicator"].drop_duplicates())], on, told),
        *_units(own),
        *_held(rows),
    ]
    return Text(" ".join(lines) or _("Chưa có số liệu."), rows)


def over_years(shared: pd.DataFrame, told: Collection[str] = ()) -> Text:
    """What got better, and what worse, in most units over the years (`Review.shared`)."""
    rows = shared[shared["shared"] & ~shared["indicator"].isin(list(told))]
    rows = rows.sort_values(["basis", "p_value", "indicator"], ascending=[False, True, True])
    lines = []
    for good, text in (
        ("worse", "Xấu đi ở phần lớn đơn vị (tính ở nơi báo cáo đủ các năm): {names}."),
        ("better", "Tốt lên ở phần lớn đơn vị (tính ở nơi báo cáo đủ các năm): {names}."),
    ):
        mine = rows[rows["good"] == good]
        names = [
            _(
                "{name} (năm {year}: {first}, nay: {last})",
                name=notation.measure(row["indicator"]),
                first=notation.measured(row["first"], row["indicator"]),
                last=notation.measured(row["last"], row["indicator"]),
                year=f"{row['first_year']:.0f}",
            )
            for row in mine.head(SHARED).to_dict("records")
        ]
        more = len(mine) - SHARED
        said = "; ".join(names)
        said = _("{names} và {more} chỉ tiêu khác", names=said, more=more) if more > 0 else said
        lines += [_(text, names=said)] if names else []
    return Text(" ".join(lines), rows)


def _plans(rows: pd.DataFrame, whole: pd.DataFrame, told: Collection[str]) -> list[str]:
    planned = rows.dropna(subset="ratio")
    if planned.empty:
        return []
    down = planned["indicator"].map(reference.catalogue()["better"]) == "down"
    met = planned["ratio"].le(1).where(down, planned["ratio"].ge(1))
    lines = []
    if met.any():
        text = "Toàn tỉnh đạt hoặc vượt kế hoạch năm ở {met}/{planned} chỉ tiêu có kế hoạch."
        lines.append(_(text, met=int(met.sum()), planned=len(planned)))
    far = planned[~met & ~down & planned.index.isin(whole.index)].nsmallest(MOST, "ratio")
    if len(far):
        names = [
            indicator_name(row["indicator"])
            + ("" if row["indicator"] in told else f" ({percent(row['ratio'])})")
            for row in far.to_dict("records")
        ]
        lines.append(_("Thấp nhất so với kế hoạch năm: {names}.", names="; ".join(names)))
    return lines


def _moves(moves: pd.Series, on: date, told: Collection[str]) -> list[str]:
    least = reference.constant("least_change", on)
    known = moves[~moves.index.isin(list(told))]
    up = known[known > least].nlargest(MOST)
    down = known[known < -least].nsmallest(MOST)
    said = [
        _(
            "tăng nhiều nhất: {names}" if way > 0 else "giảm nhiều nhất: {names}",
            names="; ".join(
                _(
                    "{name} (tăng {share})" if way > 0 else "{name} (giảm {share})",
                    name=indicator_name(str(code)),
                    share=percent(abs(value)),
                )
                for code, value in found.items()
            ),
        )
        for way, found in ((1, up), (-1, down))
        if len(found)
    ]
    return [_("So với năm trước, {said}.", said="; ".join(said))] if said else []


def _units(own: pd.DataFrame) -> list[str]:
    if len(own) < 2:
        return []
    order = own.sort_values(["median_ratio", "district_code"], ascending=[False, True])
    best, last = order.iloc[0], order.iloc[-1]
    return [
        _(
            "Tính theo trung vị các chỉ tiêu, mức thực hiện so với mức phải đạt trong kỳ cao "
            "nhất là {best} ({most}), thấp nhất là {last} ({least}).",
            best=district_name(best["district_code"]),
            most=percent(best["median_ratio"], 1),
            last=district_name(last["district_code"]),
            least=percent(last["median_ratio"], 1),
        )
    ]


def _held(rows: pd.DataFrame) -> list[str]:
    held = rows.dropna(subset="held")
    names = [f"{indicator_name(r['indicator'])} ({r['held']})" for r in held.to_dict("records")]
    return [_("Đang giải trình, chưa tính: {names}.", names="; ".join(names))] if names else []
