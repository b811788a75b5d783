"""Facts of all years -> yearly series, as values and as rates."""

from __future__ import annotations

import pandas as pd

from ntm_eval import reference, schemas

COLUMNS = schemas.column_names("series")


def table(facts: pd.DataFrame, indicators: pd.DataFrame) -> pd.DataFrame:
    """The annual actuals: a row for each indicator of each district and year that reported.

    What was not reported is NaN, so a gap shows as a gap; a year without a report has no rows.
    The denominator is the actual of `indicators.denominator` in the same district and year, NaN
    where it is missing or not above zero; the rate is value / denominator, in natural units (a
    share 0..1, not per cent).
    """
    key = ["district_code", "year", "indicator"]
    districtwide = facts["commune_code"].isna() & (facts["period"] == "annual")
    actual = facts.loc[districtwide & (facts["measure"] == "actual"), [*key, "value"]]
    catalogue = indicators[["id", "denominator"]].set_axis(["indicator", "base"], axis=1)
    rows = actual[["district_code", "year"]].drop_duplicates().merge(catalogue, how="cross")
    bases = actual.set_axis(["district_code", "year", "base", "denominator"], axis=1)
    rows = rows.merge(actual, how="left", on=key, validate="one_to_one")
    rows = rows.merge(bases, how="left", on=["district_code", "year", "base"])
    denominator = rows["denominator"].where(rows["denominator"] > 0)
    rows = rows.assign(denominator=denominator, rate=rows["value"] / denominator)
    return rows.sort_values(["district_code", "indicator", "year"], ignore_index=True)[COLUMNS]


def measured(series: pd.DataFrame) -> pd.Series:
    """What a trend is fitted to: the rate where the catalogue names a denominator, else the value.

    The catalogue decides and not the row: a year whose denominator is missing is a gap, never a
    count among shares.
    """
    catalogue = reference.table("indicators")
    rated = catalogue.loc[catalogue["denominator"].notna(), "id"]
    return series["rate"].where(series["indicator"].isin(rated), series["value"]).rename("measured")
