"""Districts beside each other -> sentences: who is outside the limits, who is alike."""

from __future__ import annotations

import pandas as pd

from ntm_eval.reporting import wording
from ntm_eval.reporting.wording import Words, number, percent

PLACES = {
    "below_alarm": "thấp hơn hẳn",
    "below": "thấp hơn",
    "above": "cao hơn",
    "above_alarm": "cao hơn hẳn",
}
GOOD = {"better": " (tốt hơn)", "worse": " (kém hơn)", "unclear": ""}


def outside(funnel: pd.DataFrame, most: int = 8) -> Words:
    """One district's indicators outside the limits of all, the furthest and the worse first."""
    if funnel.empty:
        return Words("Chưa có chỉ tiêu nào so sánh được với các đơn vị khác.")
    rows = funnel[funnel["place"].isin(PLACES)]
    lines = [
        f"Trong {len(funnel)} chỉ tiêu so sánh được theo hộ, theo dân số, {len(rows)} nằm ngoài "
        "giới hạn 95% của các đơn vị báo cáo."
    ]
    order = rows["place"].str.endswith("alarm").map({True: 0, False: 1})
    good = rows["good"].map({"worse": 0, "better": 1, "unclear": 2})
    shown = rows.assign(far=order, order=good).sort_values(["far", "order", "indicator"])
    lines += [_outside(row) for row in shown.head(most).to_dict("records")]
    if len(rows) > most:
        lines.append(f"Còn {len(rows) - most} chỉ tiêu khác: xem bảng.")
    return Words("\n".join(lines))


def alike(rows: pd.DataFrame) -> Words:
    """Which districts are most alike one district in size and poverty."""
    if len(rows) < 2:
        return Words("Chưa đủ số hộ và số hộ nghèo để tìm đơn vị tương tự.")
    others = ", ".join(
        f"{wording.district_name(r['district_code'])} ({number(r['households'])} hộ, nghèo "
        f"{percent(r['poverty'])})"
        for r in rows.iloc[1:].to_dict("records")
    )
    own = rows.iloc[0]
    return Words(
        f"{wording.district_name(own['district_code'])} có {number(own['households'])} hộ, tỷ lệ "
        f"hộ nghèo {percent(own['poverty'])}. Gần giống nhất về quy mô và mức nghèo: {others}."
    )


def rate(row: dict, column: str) -> str:
    """A rate of the funnel in words: a share in per cent, else per 1.000 households."""
    return percent(row[column]) if _share(row) else number(row[column] * 1000, 2)


def unit(row: dict) -> str:
    """In what the rate counts."""
    return "%" if _share(row) else "trên 1.000 hộ"


def _share(row: dict) -> bool:
    return wording.catalogued(row["indicator"])["rate_unit"] == "%"


def _outside(row: dict) -> str:
    name = wording.measure_name(row["indicator"])
    per = "" if _share(row) else " trên 1.000 hộ"
    return (
        f"{name}: {rate(row, 'rate')}{per}, {PLACES[row['place']]} mức chung "
        f"{rate(row, 'centre')}{GOOD[row['good']]}; giới hạn 95% từ {rate(row, 'low')} đến "
        f"{rate(row, 'high')}."
    )
