"""A second opinion on every trend: a regression with the family that suits the figure.

A share is quasi-binomial with its denominator as weight; every other figure is quasi-Poisson with
a log link, a count with the households as exposure. All districts of an indicator are fitted in
one model, each with its own level and slope, and share its dispersion, which five years of one
district could not tell; a district that strays more than that has its own. What moved all districts
alike in a year has terms of its own, and adds to what is not known of every slope.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from ntm_eval import reference
from ntm_eval.analysis import trends
from ntm_eval.analysis.pooling import shocks
from ntm_eval.analysis.trends import KEYS, LEAST_YEARS

HOUSEHOLDS = "C1-18"
LEAST_DISTRICTS = 3  # before what they share in a year can be told
FAMILIES = {"share": "quasi-binomial", "count": "quasi-Poisson"}
EXACT = 1e-9  # a smaller dispersion is a figure that never strays from its curve
COLUMNS = [*trends.COLUMNS, "family", "dispersion", "state"]
NUMBERS = ["slope", "low", "high", "p_value", "dispersion"]


def table(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """Trends in the columns of `trends.table`, with `family`, `dispersion` and `state`.

    The slope is that of the fitted curve at the middle year, in the unit of the figure that
    trends are fitted to. `state`: `fitted`, `too_few` years, `no_variation` (all zero or all full:
    no curve), `not_converged`, or `described`, a stock; all but the first have no slope.
    """
    wide = trends.unbroken(series, indicators, until)
    places = series.set_index([*KEYS, "year"])
    denominators = places["denominator"].unstack("year").reindex(wide.index)[wide.columns]
    households = places["value"][places.index.get_level_values("indicator") == HOUSEHOLDS]
    households = households.droplevel("indicator").unstack("year")
    of_district = households.reindex(wide.index.get_level_values("district_code"))[wide.columns]
    values, years = wide.to_numpy(float), wide.columns.to_numpy(float)
    whole, each = denominators.to_numpy(float), of_district.to_numpy(float)
    fits = np.full((len(wide), len(NUMBERS)), np.nan)
    states = np.full(len(wide), "no_variation", dtype=object)
    flows = trends.tested(wide.index.get_level_values("indicator"))
    for indicator, rows in wide[flows].groupby(level="indicator").indices.items():
        at = np.flatnonzero(flows)[rows]
        kind = _kind(indicator)
        weights = (whole if kind.startswith("share") else each)[at]
        weights = np.where(weights > 0, weights, np.nan)
        fits[at], states[at] = _opinion(values[at], weights, years, kind)
    spans = trends.span(wide)
    states[spans["years"] < LEAST_YEARS] = "too_few"
    states[~flows] = "described"
    numbers = pd.DataFrame(fits, columns=NUMBERS)
    summary = pd.concat([spans, numbers[NUMBERS[:-1]]], axis=1)
    judged = trends.named(wide.index, summary, until)
    families = [FAMILIES[_kind(i).split("/")[0]] for i in judged["indicator"]]
    return judged.assign(
        family=pd.array(families, dtype="str"),
        dispersion=numbers["dispersion"],
        state=pd.array(states, dtype="str"),
    )[COLUMNS]


def compared(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """The trends with the second opinion's `direction_2`, `slope_2`, ... and how they `agree`.

    `same`: both clear and the same way, or both not; `only_first`, `only_second`: one of them
    clear; `opposite`; `no_second`: there was none.
    """
    both = first.merge(
        second[[*KEYS, "slope", "low", "high", "p_value", "direction", "family", "state"]],
        on=KEYS,
        suffixes=("", "_2"),
    )
    clear, clear_2 = (
        both["direction"].isin(["up", "down"]),
        both["direction_2"].isin(["up", "down"]),
    )
    agree = np.select(
        [
            (both["state"] != "fitted") | (both["direction"] == "too_few"),
            both["direction"] == both["direction_2"],
            clear & clear_2,
            clear,
        ],
        ["no_second", "same", "opposite", "only_first"],
        "only_second",
    )
    return both.assign(agree=pd.array(agree, dtype="str"))


def _kind(indicator: str) -> str:
    """`share/whole` of a known whole, `share` typed in per cent, `count/household`, or `count`."""
    row = reference.indicator(indicator)
    if row["rate_unit"] == "%":
        return "share/whole"
    if row["kind"] == "percent":
        return "share"
    counted = row["kind"] == "count" and pd.isna(row["denominator"])
    return "count/household" if counted and row["flow_stock"] == "flow" else "count"


def _opinion(
    values: np.ndarray, weights: np.ndarray, years: np.ndarray, kind: str
) -> tuple[np.ndarray, np.ndarray]:
    """NUMBERS and the state of each district (rows) by year, where a curve can be fitted."""
    numbers = np.full((len(values), len(NUMBERS)), np.nan)
    states = np.full(len(values), "no_variation", dtype=object)
    scale = 100.0 if kind == "share" else 1.0  # typed in per cent
    shares = values / scale
    if kind not in ("share", "count"):
        shares = np.where(np.isnan(weights), np.nan, shares)
    known = ~np.isnan(shares)
    least = np.where(known, shares, np.inf).min(axis=1)
    most = np.where(known, shares, -np.inf).max(axis=1)
    varied = most > 0
    if kind.startswith("share"):
        varied &= least < 1
    fitted = varied & (known.sum(axis=1) >= LEAST_YEARS)
    if not (fitted & (least < most)).any():
        return numbers, states
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    try:
        found, state = _fit(shares[fitted], weights[fitted], years, kind)
    except PerfectSeparationWarning:
        found, state = np.nan, "exact"
    except (ValueError, FloatingPointError, np.linalg.LinAlgError, Warning):
        found, state = np.nan, "not_converged"
    numbers[fitted], states[fitted] = found, state
    numbers[:, :3] *= scale
    return numbers, states


def _fit(
    values: np.ndarray, weights: np.ndarray, years: np.ndarray, kind: str
) -> tuple[np.ndarray | float, str]:
    """One model of all districts: a level and a slope for each, and one dispersion.

    Raises
    ------
    Warning, ValueError
        Where statsmodels does not converge or finds no curve.
    """
    from scipy import special
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    places, columns = np.nonzero(~np.isnan(values))
    value, weight = values[places, columns], weights[places, columns]
    year = years[columns]
    middle = np.bincount(places, year) / np.bincount(places)
    level = np.eye(len(values))[places]
    present, of = np.unique(columns, return_inverse=True)
    shared = shocks(years[present])[:, : None if len(values) >= LEAST_DISTRICTS else 0]
    design = np.hstack([level, level * (year - middle[places])[:, None], shared[of]])
    share = kind.startswith("share")
    options = {"var_weights": weight} if kind == "share/whole" else {}
    exposure = weight if kind == "count/household" else np.ones(len(value))
    if not share:
        options["offset"] = np.log(exposure)
    family = families.Binomial() if share else families.Poisson()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning of statsmodels is a fit not to be trusted
        model = GLM(value, design, family=family, **options)
        fit = model.fit(scale="X2")
        if not fit.converged:
            # of figures that hardly stray (a population) the deviance is mostly its own rounding:
            # whether it comes to rest is up to the machine, but the curve does
            fit = model.fit(scale="X2", tol_criterion="params")
    degrees = len(value) - design.shape[1]
    if not fit.converged or degrees < 1:
        return np.nan, "not_converged"
    if fit.scale < EXACT * value.mean():
        return np.nan, "exact"
    half = len(values)
    mine = slice(half, 2 * half)
    # a district whose figures never change has no slope, whatever the others share
    still = np.nanmax(values, axis=1) == np.nanmin(values, axis=1)
    slope = np.where(still, 0.0, fit.params[mine])
    strays = _wilder(value, options.get("var_weights", 1.0), fit, family, places)
    effects = fit.params[2 * half :]
    spread = ((years[present] - years[present].mean()) ** 2).sum()
    common = (effects**2).mean() / spread if len(effects) else 0.0
    single = fit.bse[mine] ** 2 * strays
    parts = single**2 / degrees + common**2 / max(len(effects), 1)
    degrees, error = (single + common) ** 2 / parts, np.sqrt(single + common)
    margin = special.stdtrit(degrees, 0.975) * error
    level_now = family.link.inverse(fit.params[:half])
    usual = np.bincount(places, exposure) / np.bincount(places)
    per_year = level_now * (1 - level_now) if share else level_now * usual
    found = [slope * per_year, (slope - margin) * per_year, (slope + margin) * per_year]
    found.append(2 * special.stdtr(degrees, -np.abs(slope / error)))
    return np.column_stack([*found, np.full(half, fit.scale)]), "fitted"


def _wilder(
    value: np.ndarray, weight: np.ndarray | float, fit: Any, family: Any, places: np.ndarray
) -> np.ndarray:
    """By how much each district strays more than all together, at least 1.

    Large districts stray more from a common curve than one dispersion of all allows for; their
    intervals must not be too short for that.
    """
    strayed = weight * (value - fit.mu) ** 2 / family.variance(fit.mu)
    own = np.bincount(places, strayed) / np.maximum(np.bincount(places) - 2, 1)
    return np.maximum(own / fit.scale, 1.0)
