"""Sound reports of all twelve districts at the sizes of the real ones, for planting cases in."""

from __future__ import annotations

from functools import cache

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.intake import clean, problems

CODES = [d.code for d in units.districts()]
NOTHING = problems.frame([])
# What one household stands for in a year, by kind; a share has no household.
LEVELS = {"count": 0.05, "money": 40_000, "area": 0.8, "number": 0.002}


def history(years=range(2018, 2023), period="annual", codes=CODES, plant=None) -> pd.DataFrame:
    """Actual figures of every indicator: all districts alike within 5%, growing 1% a year.

    `plant` gives {(year, district_code, indicator): value}, where a value may be a function of
    the sound one, and year None means every year.
    """
    facts = _sound(period)
    facts = facts[facts["year"].isin(years) & facts["district_code"].isin(codes)]
    for (year, code, indicator), value in (plant or {}).items():
        here = (facts["district_code"] == code) & (facts["indicator"] == indicator)
        here &= (facts["year"] == year) if year else True
        assert here.any()
        planted = facts["value"].map(value) if callable(value) else float(value)
        facts = facts.assign(value=facts["value"].mask(here, planted))
    facts = facts.assign(
        state=facts["value"].notna().map({True: "reported", False: "blank"}),
        file=facts["district_code"] + ".xlsx",
        sheet="Chỉ tiêu",
        cell="E5",
        raw=facts["value"].map(lambda v: f"{v:g}"),
    )
    return facts.reindex(columns=clean.FACT_COLUMNS).reset_index(drop=True)


@cache
def _sound(period: str) -> pd.DataFrame:
    known = reference.table("indicators")
    if period == "h1":
        known = known[known["frequency"] == "h1+annual"]
    rows = [
        (year, period, code, row.id, "actual", _value(row, place, year), row.unit)
        for year in range(2018, 2023)
        for place, code in enumerate(CODES)
        for row in known.itertuples()
    ]
    columns = ["year", "period", "district_code", "indicator", "measure", "value", "unit"]
    return pd.DataFrame(rows, columns=columns)


def _value(row, place: int, year: int) -> float:
    households = round((15_000 + 1_500 * place) * 1.01 ** (year - 2020))
    wave = ((7 * place + 3 * year + 5 * int(row.id[-2:])) % 11 - 5) / 100
    if row.id == "C1-18":
        return households
    if row.kind == "percent" or row.id == "C1-25":
        return 15.0 + wave
    value = LEVELS[row.kind] * households * (1 + wave)
    return value if row.kind == "number" else round(value)
