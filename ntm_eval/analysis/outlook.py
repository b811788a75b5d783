"""Six months -> the year's end, learnt from how past half-years became years (`ratios`).

The plan and last year's result guide the forecast as far as the past shows: a half-year far
ahead of both was rarely followed by another such half.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas
from ntm_eval.analysis.ratios import taken_apart

LEAST_PAIRS = 8
LEAST_PAST_YEARS = 2
LEAST_GUIDED = 20  # pairs with a guide known, before it is followed
INTERVAL = (0.1, 0.9)
KEYS = ["district_code", "indicator"]
FORECAST = ("expected", "low", "high", "probability")
# beside each past forecast: what happened, and the three simple guesses that it must beat
BASELINES = ["doubled", "last_ratio", "last_value"]
HALF = 0.5  # added to counts, so that none is too small for a logarithm


@dataclass(frozen=True)
class Halves:
    """Figures by indicator × district × year, NaN where missing; `years` follow each other."""

    indicators: pd.DataFrame
    districts: list[str]
    years: list[int]
    so_far: np.ndarray
    annual: np.ndarray
    plan: np.ndarray

    @property
    def last_value(self) -> np.ndarray:
        """The annual figure of the year before."""
        before = np.full_like(self.annual, np.nan)
        before[..., 1:] = self.annual[..., :-1]
        return before


def table(facts: pd.DataFrame, year: int) -> pd.DataFrame:
    """The year's expected result for each district and indicator with a 6-month figure.

    `expected` is the median, `low` and `high` the 80 % interval, and `probability` that of
    reaching the district's own plan (staying at or below it where less is better; none without a
    plan or a preferred direction). With fewer than 8 past pairs or 2 past years, or from a figure
    of zero, which no ratio can carry forward, there is no forecast and the row is kept. A flow
    never falls below its 6 months, a percentage stays within 100.
    """
    halves = _halves(facts, year)
    if year not in halves.years:
        return _rows("outlook", [])
    now = halves.years.index(year)
    return _rows("outlook", [_forecasts(halves, now, np.arange(now))])


def tried(facts: pd.DataFrame, year: int) -> pd.DataFrame:
    """Every past year before `year` forecast from the other past years, beside what happened.

    A row for each forecast that had an outcome, with three simple guesses: `doubled` the 6-month
    figure, `last_ratio` (the district's own of the year before), `last_value` (its annual figure
    of the year before); NaN where there is none.
    """
    halves = _halves(facts, year - 1)
    found = []
    for now, left_out in enumerate(halves.years):
        others = np.delete(np.arange(len(halves.years)), now)
        forecast = _forecasts(halves, now, others)
        ratio = halves.annual / np.where(halves.so_far > 0, halves.so_far, np.nan)
        before = ratio[..., now - 1] if now else np.full(ratio.shape[:2], np.nan)
        found.append(
            {
                "year": np.full(ratio.shape[:2], left_out),
                **forecast,
                "actual": halves.annual[..., now],
                "doubled": 2 * halves.so_far[..., now],
                "last_ratio": halves.so_far[..., now] * before,
                "last_value": halves.last_value[..., now],
            }
        )
    rows = _rows("tried", found)
    return rows.dropna(subset=["expected", "actual"]).reset_index(drop=True)


def warnings(outlook: pd.DataFrame, day: date) -> pd.DataFrame:
    """The plans less likely met than `likely` of `constants.csv`, the easiest to save first.

    `push`: what is still missing of the plan over what the rest of the year is expected to bring:
    1,2 asks a fifth more than usual. NaN, and last, where nothing is expected to come.
    """
    rows = outlook[outlook["probability"] < reference.constant("likely", day)]
    coming, missing = rows["expected"] - rows["so_far"], rows["plan"] - rows["so_far"]
    push = (missing / coming).where(missing * coming > 0)
    kinds = rows["indicator"].map(reference.catalogue()["flow_stock"])
    ranked = rows.assign(push=push, flow_stock=kinds)
    return ranked.sort_values(
        ["push", "probability", *KEYS], ascending=[True, False, True, True], ignore_index=True
    )


def _halves(facts: pd.DataFrame, until: int) -> Halves:
    """The districts' figures up to the year `until`."""
    catalogue = reference.catalogue()
    own = facts[facts["commune_code"].isna() & (facts["year"] <= until)]
    own = own[own["indicator"].isin(catalogue.index)]
    districts = sorted(own["district_code"].unique())
    known = range(own["year"].min(), own["year"].max() + 1) if len(own) else []
    ids = catalogue.index.intersection(own["indicator"].unique(), sort=False)
    where = (pd.Index(ids), pd.Index(districts), pd.Index(known))

    def cube(period: str, measure: str) -> np.ndarray:
        rows = own[(own["period"] == period) & (own["measure"] == measure)]
        values = np.full([len(place) for place in where], np.nan)
        columns = ("indicator", "district_code", "year")
        at = tuple(place.get_indexer(rows[c]) for place, c in zip(where, columns, strict=True))
        values[at] = rows["value"]
        return values

    return Halves(
        catalogue.loc[ids],
        districts,
        list(known),
        cube("h1", "actual"),
        cube("annual", "actual"),
        cube("h1", "plan"),
    )


def _rows(table: str, found: list[dict[str, np.ndarray]]) -> pd.DataFrame:
    """Columns of indicators × districts as rows, without what had no 6-month figure."""
    parts = [pd.DataFrame({c: values.ravel() for c, values in part.items()}) for part in found]
    frame = schemas.typed(table, pd.concat(parts) if parts else [])
    order = [name for name in ("year", *KEYS) if name in frame]
    return frame.dropna(subset="so_far").sort_values(order, ignore_index=True)


def _forecasts(halves: Halves, now: int, others: np.ndarray) -> dict[str, np.ndarray]:
    """The columns of the outlook of one year, each as indicators × districts."""
    counted = (halves.indicators["kind"] == "count").to_numpy()
    added = np.where(counted, HALF, 0.0)[:, None, None]
    base = np.where(halves.so_far > 0, halves.so_far + added, np.nan)

    def log(figures: np.ndarray) -> np.ndarray:
        ratio = (figures + added) / base
        return np.log(np.where(ratio > 0, ratio, np.nan))

    logs = log(halves.annual)[..., others]
    guides = np.stack([log(halves.plan), log(halves.last_value)])
    shape = halves.so_far.shape[:2]
    found = {name: np.full(shape, np.nan) for name in FORECAST}
    for place, row in enumerate(halves.indicators.to_dict("records")):
        drawn = _drawn(logs[place], guides[:, place][..., others], guides[:, place, :, now])
        if drawn is not None:
            so_far, plan = halves.so_far[place, :, now], halves.plan[place, :, now]
            for name, values in _forecast(row, so_far, plan, *drawn).items():
                found[name][place] = values
    return {
        "district_code": np.tile(halves.districts, (shape[0], 1)),
        "indicator": np.tile(halves.indicators.index.to_numpy(str)[:, None], (1, shape[1])),
        "so_far": halves.so_far[..., now],
        "plan": halves.plan[..., now],
        **found,
    }


def _drawn(
    logs: np.ndarray, guides: np.ndarray, at_hand: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Centre, spread and degrees of a new log ratio by district; None where the past is too short.

    A district is forecast with the guides that it has itself and that enough of the past had.
    """
    if not _bears(logs, LEAST_PAIRS):
        return None
    have = ~np.isnan(at_hand)
    found = np.full((3, len(logs)), np.nan)
    for pattern in np.unique(have, axis=1).T:
        mine = (have == pattern[:, None]).all(axis=0)
        use: list[int] = []
        kept = logs
        for guide in np.flatnonzero(pattern).tolist():
            complete = np.where(np.isnan(guides[guide]), np.nan, kept)
            if _bears(complete, LEAST_GUIDED):
                use, kept = [*use, guide], complete
        ratios = taken_apart(kept, guides[use])
        known = np.where(mine[:, None], at_hand[use].T, 0.0)
        centre, spread = ratios.drawn_from(known)
        found[:, mine] = np.array([centre, spread, ratios.degrees])[:, mine]
    return found[0], found[1], found[2]


def _bears(logs: np.ndarray, least: int) -> bool:
    known = ~np.isnan(logs)
    return known.sum() >= least and known.any(axis=0).sum() >= LEAST_PAST_YEARS


def _forecast(
    row: dict,
    so_far: np.ndarray,
    plan: np.ndarray,
    centre: np.ndarray,
    spread: np.ndarray,
    degrees: np.ndarray,
) -> dict[str, np.ndarray]:
    """Expected, low, high and probability of one indicator by district."""
    from scipy import special

    kind, flow = row["kind"], row["flow_stock"] == "flow"
    added = HALF if kind == "count" else 0.0
    so_far = np.where(so_far > 0, so_far, np.nan)
    spread = np.maximum(spread, np.finfo(float).eps)

    def below(value: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore"):
            log = np.log(np.maximum(value + added, 0) / (so_far + added))
        return special.stdtr(degrees, (log - centre) / spread)

    floor = below(so_far) if flow else np.zeros(len(so_far))  # what is done cannot be undone

    def at(share: float) -> np.ndarray:
        t = special.stdtrit(degrees, floor + share * (1 - floor))
        value = (so_far + added) * np.exp(centre + spread * t) - added
        value = np.maximum(value, so_far if flow else 0.0)
        return np.minimum(value, 100) if kind == "percent" else value

    low, expected, high = at(INTERVAL[0]), at(0.5), at(INTERVAL[1])
    # a count reaches a plan of 5 from 4,5 on, where the curve rounds to it
    goal = plan + (added if row["better"] == "down" else -added)
    share = np.clip((below(goal) - floor) / np.maximum(1 - floor, 1e-12), 0, 1)
    probability = {"up": 1 - share, "down": share}.get(row["better"], np.full(len(plan), np.nan))
    if flow and row["better"] == "up":
        probability = np.where(plan <= so_far, 1.0, probability)
    probability = np.where(np.isnan(plan) | np.isnan(so_far), np.nan, probability)
    return {"expected": expected, "low": low, "high": high, "probability": probability}
