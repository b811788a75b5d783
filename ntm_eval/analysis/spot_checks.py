"""Which figures people should check by hand before an edition is issued, and why each."""

from __future__ import annotations

import numpy as np
import pandas as pd

HELD, GRADE, CHANGE, RANDOM = "held", "grade", "change", "random"
CELL = ["district_code", "indicator", "measure", "value", "held", "file", "sheet", "cell"]


def proposed(
    facts: pd.DataFrame,
    ranking: pd.DataFrame,
    pending: pd.DataFrame,
    series: pd.DataFrame,
    indicators: pd.DataFrame,
    year: int,
    *,
    share: float,
    seed: int,
) -> pd.DataFrame:
    """A row for each cell: CELL and `reason`, in the order of units, each cell once.

    `held`: the figure waits for an explanation; `grade`: a unit's grade hangs on it, by `pending`;
    `change`: the largest of the unit's changes against last year, across no change of standard;
    `random`: a `share` of each unit's reported results, drawn with `seed`, so that no figure is
    sure to go unchecked.
    """
    own = facts[facts["commune_code"].isna() & facts["cell"].notna()]
    results = own[(own["measure"] == "actual") & (own["state"] == "reported")]
    open_ = ranking.loc[ranking["grade_low"].ne(ranking["grade_high"]), "district_code"]
    moving = pending[pending["district_code"].isin(open_) & pending[["loss", "gain"]].any(axis=1)]
    pairs = ["district_code", "indicator"]
    actual = own[own["measure"] == "actual"]
    found = {
        HELD: own[own["held"].notna()],
        GRADE: actual.merge(moving[pairs], on=pairs),
        CHANGE: results.merge(_largest(series, indicators, year)[pairs], on=pairs),
        RANDOM: _drawn(results, share, seed),
    }
    rows = pd.concat([rows.assign(reason=reason) for reason, rows in found.items()])
    first = rows.drop_duplicates(["file", "sheet", "cell"])  # the weightiest reason
    return first.sort_values("district_code", kind="stable", ignore_index=True)[[*CELL, "reason"]]


def _largest(series: pd.DataFrame, indicators: pd.DataFrame, year: int) -> pd.DataFrame:
    """The indicator of each unit that changed most, as a ratio, since the year before."""
    same = indicators.loc[indicators["break_before"].ne(year), "id"]
    rows = series[series["indicator"].isin(same)]
    level = rows.assign(level=rows["rate"].fillna(rows["value"])).query("level > 0")
    now, last = (level[level["year"] == y] for y in (year, year - 1))
    both = now.merge(last, on=["district_code", "indicator"], suffixes=("", "_last"))
    far = np.log(both["level"] / both["level_last"]).abs()
    moved = both.assign(far=far)[far > 0].sort_values("far", ascending=False, kind="stable")
    return moved.drop_duplicates("district_code")


def _drawn(results: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    drawn = [
        rows.iloc[np.sort(chance.choice(len(rows), int(np.ceil(share * len(rows))), replace=False))]
        for _, rows in results.groupby("district_code")
    ]
    return pd.concat(drawn) if drawn else results
