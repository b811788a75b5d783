"""What the socio-political organisations registered and did, by organisation."""

from __future__ import annotations

import pandas as pd

from ntm_eval import reference

COLUMNS = ["organisation", "name", "units", "works", "done", "models", "participants", "amount"]


def by_organisation(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each organisation in the order of `organisations.csv`, then one for unknown names.

    Columns COLUMNS: `units` that report something of it, `works` registered, rows `done`, rows
    with a model, `participants` and `amount` in đồng as far as they are known: NaN where no row
    gives any. An organisation of which nobody reports has no row; `organisation` and `name` are
    missing for the rows whose names are not known.
    """
    order = reference.table("organisations").drop_duplicates("organisation", keep="last")
    flags = rows.assign(
        works=rows["work"].notna(), models=rows["model"].notna(), units=rows["district_code"]
    )
    each = flags.groupby("organisation", dropna=False)
    found = each.agg({"units": "nunique", "works": "sum", "done": "sum", "models": "sum"})
    found[["participants", "amount"]] = each[["participants", "amount"]].sum(min_count=1)
    found = found.reset_index().merge(
        order[["organisation", "name_vi"]].rename(columns={"name_vi": "name"}).reset_index(),
        how="left",
        on="organisation",
    )
    return found.sort_values("index", ignore_index=True)[COLUMNS]
