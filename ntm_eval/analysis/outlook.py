"""Six months -> the year's end, learnt from how past half-years became years."""

from __future__ import annotations

import numpy as np
import pandas as pd

LEAST_PAIRS = 8
INTERVAL = (0.1, 0.9)
COLUMNS = [
    "district_code", "indicator", "so_far", "plan", "expected", "low", "high", "probability",
]  # fmt: skip


def table(facts: pd.DataFrame, indicators: pd.DataFrame, year: int) -> pd.DataFrame:
    """The year's expected result for each district and indicator with a 6-month figure.

    The expected result is the figure so far times the median of past annual / 6-month ratios,
    pooled over districts and the years before `year`, for stocks as for flows; low and high are
    the 10th and 90th percentile, and the probability is the share of past ratios that would reach
    the district's own plan (stay at or below it where less is better; none without a plan or a
    preferred direction). With fewer than 8 past pairs, or from a figure of zero, which no ratio
    can carry forward, there is no forecast and the row is kept. A percentage stays within 100.
    """
    wide = _by_measure(facts)
    now = wide.loc[wide["year"].eq(year) & wide["so_far"].notna()]
    now = now.merge(indicators[["id", "better", "kind"]], left_on="indicator", right_on="id")
    ratios = _past_ratios(wide, year)
    rows = [
        {**row, **_forecast(row, ratios.get(row["indicator"], np.empty(0)))}
        for row in now.to_dict("records")
    ]
    kinds = {c: "str" if c in COLUMNS[:2] else float for c in COLUMNS}
    frame = pd.DataFrame(rows, columns=COLUMNS).astype(kinds)
    return frame.sort_values(["district_code", "indicator"], ignore_index=True)


def _by_measure(facts: pd.DataFrame) -> pd.DataFrame:
    """A row for each district, indicator and year: so far, annual, and the plan known in June."""
    key = ["district_code", "indicator", "year"]
    own = facts[facts["commune_code"].isna()]
    columns = {
        name: own[(own["period"] == period) & (own["measure"] == measure)].set_index(key)["value"]
        for name, period, measure in (
            ("so_far", "h1", "actual"), ("annual", "annual", "actual"), ("plan", "h1", "plan")
        )
    }  # fmt: skip
    return pd.concat(columns, axis=1).reset_index()


def _past_ratios(wide: pd.DataFrame, year: int) -> dict[str, np.ndarray]:
    past = wide[(wide["year"] < year) & (wide["so_far"] > 0) & wide["annual"].notna()]
    ratio = past["annual"] / past["so_far"]
    return {indicator: group.to_numpy() for indicator, group in ratio.groupby(past["indicator"])}


def _forecast(row: dict, ratios: np.ndarray) -> dict[str, float]:
    if len(ratios) < LEAST_PAIRS or not row["so_far"] > 0:
        return {}
    results = row["so_far"] * ratios
    if row["kind"] == "percent":
        results = np.minimum(results, 100)
    low, expected, high = np.quantile(results, [INTERVAL[0], 0.5, INTERVAL[1]])
    reached = {"up": results >= row["plan"], "down": results <= row["plan"]}.get(row["better"])
    known = reached is not None and not np.isnan(row["plan"])
    probability = reached.mean() if known else np.nan
    return {"expected": expected, "low": low, "high": high, "probability": probability}
