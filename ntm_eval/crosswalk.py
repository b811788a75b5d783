"""What became of each commune when the units changed, and figures carried across the change.

Codes were given anew in 2025: 03712 was xã Nậm Ét and is xã Mường Sại. Nothing is joined by code
alone; a commune of one day meets those of another only through `data/reference/crosswalk.csv`.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import reference, units

COLUMNS = ["from_code", "to_code", "share", "verified"]


@reference.derived
def links(old: date, new: date) -> pd.DataFrame:
    """Which communes of the day `old` went into which of the later day `new`.

    Columns: from_code, to_code, `share` of the old commune (they add up to 1) and `verified`,
    False where the share is our default and stands in no text. Within one regime each commune is
    itself. Callers must not change it.
    """
    steps = reference.table("crosswalk")
    own = [c.code for c in units.province(old)]
    found = pd.DataFrame({"from_code": own, "to_code": own, "share": 1.0, "verified": True})
    between = steps[(steps["to_start"] > pd.Timestamp(old)) & (steps["to_start"] <= str(new))]
    for _, step in between.groupby("to_start"):
        found = _onward(found, step)
    return found.sort_values(["from_code", "to_code"], ignore_index=True)


def _onward(found: pd.DataFrame, step: pd.DataFrame) -> pd.DataFrame:
    """The links led on by one change of units; what meets again in one commune is added."""
    step = step.assign(verified=step["verified"] == "yes").drop(columns=["from_start", "to_start"])
    both = found.merge(step, left_on="to_code", right_on="from_code", suffixes=("", "_on"))
    led = both.assign(
        to_code=both["to_code_on"],
        share=both["share"] * both["share_on"],
        verified=both["verified"] & both["verified_on"],
    )
    by = led.groupby(["from_code", "to_code"], as_index=False)
    together = by.agg(share=("share", "sum"), verified=("verified", "all"))
    # all parts of a commune that come together again are the whole of it, whatever the shares
    whole = ~together.duplicated("from_code", keep=False)
    return together.assign(
        share=together["share"].where(~whole, 1.0), verified=together["verified"] | whole
    )[COLUMNS]


def carried(values: pd.Series, old: date, new: date) -> pd.DataFrame:
    """Figures that add up, by commune code of the day `old`, as those of the communes of `new`.

    Columns: code, value and `certain`: False where a part of a split commune was counted by a
    share that stands in no text. A commune one of whose parts is not known has no value.

    Raises
    ------
    KeyError
        Where a code is of no commune of that day.
    """
    unknown = sorted(set(values.index) - {c.code for c in units.province(old)})
    if unknown:
        raise KeyError(f"No communes of {old}: {unknown}")
    rows = links(old, new)
    rows = rows.assign(value=rows["from_code"].map(values).astype(float) * rows["share"])
    by = rows.groupby("to_code")
    found = pd.DataFrame(
        {
            "value": by["value"].sum().where(by["value"].count() == by.size()),
            "certain": by["verified"].all(),
        }
    )
    return found.rename_axis("code").reset_index()


@reference.derived
def former_districts(on: date) -> pd.DataFrame:
    """The districts of the plan that each commune of a day lies in: code, district_code, mixed.

    `mixed` is True for a commune of parts of two districts, which has a row for each.
    """
    home = {c.code: c.district_code for c in units.province(units.PLAN_DAY)}
    rows = links(units.PLAN_DAY, on)
    rows = rows.assign(district_code=rows["from_code"].map(home), code=rows["to_code"])
    found = rows[["code", "district_code"]].drop_duplicates().sort_values(["code", "district_code"])
    mixed = found.duplicated("code", keep=False)
    return found.assign(mixed=mixed).reset_index(drop=True)
