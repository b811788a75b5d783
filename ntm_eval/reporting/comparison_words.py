"""Districts beside each other -> sentences: who is outside the limits, who is alike."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.language import say
from ntm_eval.notation import number, percent
from ntm_eval.reporting.wording import Words

PLACES = {
    "below_alarm": "thấp hơn hẳn mức chung {centre}",
    "below": "thấp hơn mức chung {centre}",
    "above": "cao hơn mức chung {centre}",
    "above_alarm": "cao hơn hẳn mức chung {centre}",
}
GOOD = {"better": "tốt hơn", "worse": "kém hơn"}


def outside(funnel: pd.DataFrame, most: int = 8) -> Words:
    """One district's indicators outside the limits of all, the furthest and the worse first."""
    if funnel.empty:
        return Words(say("Chưa có chỉ tiêu nào so sánh được với các đơn vị khác."))
    rows = funnel[funnel["place"].isin(PLACES)]
    lines = [
        say(
            "Trong {count} chỉ tiêu so sánh được theo hộ, theo dân số, {out} nằm ngoài giới hạn "
            "95% của các đơn vị báo cáo.",
            count=len(funnel),
            out=len(rows),
        )
    ]
    order = rows["place"].str.endswith("alarm").map({True: 0, False: 1})
    good = rows["good"].map({"worse": 0, "better": 1, "unclear": 2})
    shown = rows.assign(far=order, order=good).sort_values(["far", "order", "indicator"])
    lines += [_outside(row) for row in shown.head(most).to_dict("records")]
    if len(rows) > most:
        lines.append(say("Còn {more} chỉ tiêu khác: xem bảng.", more=len(rows) - most))
    return Words("\n".join(lines))


def alike(rows: pd.DataFrame) -> Words:
    """Which districts are most alike one district in size and poverty."""
    if len(rows) < 2:
        return Words(say("Chưa đủ số hộ và số hộ nghèo để tìm đơn vị tương tự."))
    others = ", ".join(
        say(
            "{name} ({households} hộ, nghèo {poverty})",
            name=notation.district_name(r["district_code"]),
            households=number(r["households"]),
            poverty=percent(r["poverty"]),
        )
        for r in rows.iloc[1:].to_dict("records")
    )
    own = rows.iloc[0]
    return Words(
        say(
            "{name} có {households} hộ, tỷ lệ hộ nghèo {poverty}. Gần giống nhất về quy mô và mức "
            "nghèo: {others}.",
            name=notation.district_name(own["district_code"]),
            households=number(own["households"]),
            poverty=percent(own["poverty"]),
            others=others,
        )
    )


def rate(row: dict, column: str) -> str:
    """A rate of the funnel in words: a share in per cent, else per 1.000 households."""
    return percent(row[column]) if _share(row) else number(row[column] * 1000, 2)


def unit(row: dict) -> str:
    """In what the rate counts."""
    return "%" if _share(row) else say("trên 1.000 hộ")


def _share(row: dict) -> bool:
    return reference.indicator(row["indicator"])["rate_unit"] == "%"


def _outside(row: dict) -> str:
    own, centre, low, high = (rate(row, name) for name in ("rate", "centre", "low", "high"))
    good = f" ({say(GOOD[row['good']])})" if row["good"] in GOOD else ""
    return say(
        "{name}: {own}, {place}{good}; giới hạn 95% từ {low} đến {high}."
        if _share(row)
        else "{name}: {own} trên 1.000 hộ, {place}{good}; giới hạn 95% từ {low} đến {high}.",
        name=notation.measure_name(row["indicator"]),
        own=own,
        place=say(PLACES[row["place"]], centre=centre),
        good=good,
        low=low,
        high=high,
    )
