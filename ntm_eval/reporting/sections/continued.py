"""The twelve former districts after the reform of 1/7/2025, from the reports of their communes."""

from __future__ import annotations

import pandas as pd

from ntm_eval import notation, reference, units
from ntm_eval.analysis import continued
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Column, Table, Text

# of what goes on after 1/7/2025, that by which the plan names places and the office districts
CARRIED_ON = ("C1-17", "C1-19", "C2-15")


def not_carried(first: int, last: int) -> Text:
    """Why some indicators have no course across the years `first` to `last`, by reason."""
    found = continued.not_carried(first, last)
    lines = [
        _(
            "Không nối số liệu {indicators} qua năm {year}: {reason}.",
            indicators="; ".join(map(reference.indicator_name, rows["indicator"])),
            year=year,
            reason=_(reason),
        )
        for (year, reason), rows in found.groupby(["year", "reason_vi"], sort=False)
    ]
    return Text("\n".join(lines))


def table(found: pd.DataFrame, last: int) -> list[Text | Table]:
    """How the twelve districts go on since their communes report; [] while they report themselves.

    `found` is `Review.continued`.
    """
    if not found["communes"].any():
        return []
    return [*(indicator_table(found, i, last) for i in CARRIED_ON), mixed_note()]


def indicator_table(found: pd.DataFrame, indicator: str, last: int) -> Table:
    """One indicator of the twelve districts to the year `last`, the communes added up since 2025.

    Within one standard only. '*' marks a district where xã Chiềng Sơn, of parts of two districts,
    is in it or is missing.
    """
    rows = found[(found["indicator"] == indicator) & (found["year"] <= last)]
    began = continued.catalogue(last).set_index("id").at[indicator, "break_before"]
    rows = rows[rows["year"] >= began] if began <= last else rows
    years = sorted(rows["year"].unique())[-6:]
    wide = rows.pivot(index="district_code", columns="year", values="value").reindex(columns=years)
    mixed = rows.groupby("district_code")["mixed"].any()
    frame = wide.rename(columns=str).assign(
        name=[notation.district_name(c) + (" *" if mixed[c] else "") for c in wide.index]
    )
    columns = {"name": Column("Địa bàn huyện cũ")}
    columns |= {str(y): Column(str(y), notation.number, css="num") for y in years}
    name = reference.indicator_name(indicator)
    return Table.from_frame(frame, columns, f"{indicator} {name}", "Chưa có số liệu.")


def mixed_note() -> Text:
    """What the '*' of `course_of_districts` means, '' where no commune is mixed."""
    names = [place(units.district(code).name) for code in continued.HOME_OF_MIXED]
    text = (
        "* {names} gồm phần của hai huyện cũ Mộc Châu và Vân Hồ; số liệu được tính vào Mộc "
        "Châu, nơi có phần lớn diện tích. Năm có xã chưa báo cáo thì để trống, không cộng "
        "thiếu."
    )
    return Text(_(text, names=", ".join(names)))
