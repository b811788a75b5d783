"""A second opinion on every trend: a regression with the family that suits the figure.

A share is quasi-binomial with its denominator as weight; every other figure is quasi-Poisson with
a log link, a count with the households as exposure. All districts of an indicator are fitted in
one model, each with its own level and slope, and share its dispersion, which five years of one
district could not tell; a district that strays more than that has its own.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from ntm_eval.analysis import trends
from ntm_eval.analysis.trends import KEYS, LEAST_YEARS

HOUSEHOLDS = "C1-18"
FAMILIES = {"share": "quasi-binomial", "count": "quasi-Poisson"}
EXACT = 1e-9  # a smaller dispersion is a figure that never strays from its curve
ROUNDING = 1e-9  # on the scale of logarithms or logits, a year
COLUMNS = [*trends.COLUMNS, "family", "dispersion", "state"]


def table(series: pd.DataFrame, indicators: pd.DataFrame, until: int) -> pd.DataFrame:
    """Trends in the columns of `trends.table`, with `family`, `dispersion` and `state`.

    The slope is that of the fitted curve at the middle year, in the unit of the figure that
    trends are fitted to. `state`: `fitted`, `too_few` years, `no_variation` (all zero or all full:
    no curve), or `not_converged`; all but the first have no slope.
    """
    wide = trends.unbroken(series, indicators, until)
    places = series.set_index([*KEYS, "year"])
    denominators = places["denominator"].unstack("year").reindex(wide.index)[wide.columns]
    households = places["value"][places.index.get_level_values("indicator") == HOUSEHOLDS]
    households = households.droplevel("indicator").unstack("year")
    catalogue = indicators.drop_duplicates("id", keep="last").set_index("id")
    found = [pd.DataFrame(columns=["slope", "low", "high", "p_value", "dispersion", "state"])]
    for indicator, values in wide.groupby(level="indicator"):
        kind = _kind(catalogue.loc[indicator])
        if kind.startswith("share"):
            weights = denominators.loc[values.index]
        else:
            codes = values.index.get_level_values("district_code")
            weights = households.reindex(codes)[wide.columns].set_axis(values.index)
        found.append(_opinion(values, weights.where(weights > 0), kind))
    fits = pd.concat(found).reindex(wide.index)
    few = wide.notna().sum(axis=1) < LEAST_YEARS
    state = fits["state"].fillna("no_variation").mask(few, "too_few")
    numbers = ["slope", "low", "high", "p_value"]
    summary = pd.concat([_span(wide), fits[numbers].astype(float)], axis=1)
    judged = trends.named(wide.index, summary.reset_index(drop=True), indicators)
    kinds = [_kind(catalogue.loc[i]).split("/")[0] for i in judged["indicator"]]
    return judged.assign(
        family=pd.array([FAMILIES[kind] for kind in kinds], dtype="str"),
        dispersion=fits["dispersion"].to_numpy(float),
        state=pd.array(state.to_numpy(), dtype="str"),
    )[COLUMNS]


def compared(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """The trends with the second opinion's `direction_2`, `slope_2`, ... and how they `agree`.

    `same`: both clear and the same way, or both not; `only_first`, `only_second`: one of them
    clear; `opposite`; `no_second`: there was none.
    """
    both = first.merge(second[[*KEYS, "slope", "low", "high", "p_value", "direction", "family",
                               "state"]], on=KEYS, suffixes=("", "_2"))  # fmt: skip
    clear, clear_2 = (
        both["direction"].isin(["up", "down"]),
        both["direction_2"].isin(["up", "down"]),
    )
    agree = np.select(
        [(both["state"] != "fitted") | (both["direction"] == "too_few"),
         both["direction"] == both["direction_2"], clear & clear_2, clear],
        ["no_second", "same", "opposite", "only_first"], "only_second",
    )  # fmt: skip
    return both.assign(agree=pd.array(agree, dtype="str"))


def _kind(row: pd.Series) -> str:
    """`share/%` of a known whole, `share` typed in per cent, `count/household` or plain `count`."""
    if row["rate_unit"] == "%":
        return "share/whole"
    if row["kind"] == "percent":
        return "share"
    counted = row["kind"] == "count" and pd.isna(row["denominator"])
    return "count/household" if counted and row["flow_stock"] == "flow" else "count"


def _span(wide: pd.DataFrame) -> pd.DataFrame:
    known = wide.notna()
    years = known.mul(wide.columns).where(known)
    return pd.DataFrame({"years": known.sum(axis=1), "first_year": years.min(axis=1),
                         "last_year": years.max(axis=1)})  # fmt: skip


def _opinion(values: pd.DataFrame, weights: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Slope to p_value, dispersion and state of each district that a curve can be fitted to."""
    scale = 100.0 if kind == "share" else 1.0  # typed in per cent
    shares = values / scale
    usable = values.notna() & (weights.notna() | (kind in ("share", "count")))
    shares = shares.where(usable)
    enough = shares.notna().sum(axis=1) >= LEAST_YEARS
    varied = shares.max(axis=1) > 0
    if kind.startswith("share"):
        varied &= shares.min(axis=1) < 1
    shares = shares[enough & varied]
    if (shares.nunique(axis=1) <= 1).all():
        return pd.DataFrame(columns=["slope", "low", "high", "p_value", "dispersion", "state"])
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    rows = shares.stack().dropna().rename("value").to_frame()
    rows["weight"] = weights.stack().reindex(rows.index)
    try:
        found = _fit(rows, kind)
    except PerfectSeparationWarning:
        found = pd.DataFrame({"state": "exact"}, index=shares.index)
    except (ValueError, FloatingPointError, np.linalg.LinAlgError, Warning):
        found = pd.DataFrame({"state": "not_converged"}, index=shares.index)
    numbers = found.columns.intersection(["slope", "low", "high"])
    return found.assign(**{name: found[name] * scale for name in numbers})


def _fit(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """One model of all districts: a level and a slope for each, and one dispersion.

    Raises
    ------
    Warning, ValueError
        Where statsmodels does not converge or finds no curve.
    """
    from scipy import special
    from statsmodels.genmod import families
    from statsmodels.genmod.generalized_linear_model import GLM

    places, names = pd.factorize(rows.index.droplevel("year"))
    year = rows.index.get_level_values("year").to_numpy(float)
    middle = np.bincount(places, year) / np.bincount(places)
    level = np.eye(len(names))[places]
    design = np.hstack([level, level * (year - middle[places])[:, None]])
    share = kind.startswith("share")
    whole = kind == "share/whole"
    options = {"var_weights": rows["weight"].to_numpy()} if whole else {}
    household = kind == "count/household"
    exposure = rows["weight"].to_numpy(float) if household else np.ones(len(rows))
    if not share:
        options["offset"] = np.log(exposure)
    family = families.Binomial() if share else families.Poisson()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning of statsmodels is a fit not to be trusted
        fit = GLM(rows["value"].to_numpy(float), design, family=family, **options).fit(scale="X2")
    degrees = len(rows) - design.shape[1]
    index = pd.MultiIndex.from_tuples(names, names=KEYS)
    if not fit.converged or degrees < 1:
        return pd.DataFrame({"state": "not_converged"}, index=index)
    if fit.scale < EXACT * rows["value"].mean():
        return pd.DataFrame({"state": "exact"}, index=index)
    half = len(names)
    # a district whose figures never change: what is left is the arithmetic's own rounding
    slope = np.where(np.abs(fit.params[half:]) < ROUNDING, 0.0, fit.params[half:])
    error = fit.bse[half:] * np.sqrt(_wilder(rows, fit, family, options, places))
    margin = special.stdtrit(degrees, 0.975) * error
    fitted = family.link.inverse(fit.params[:half])
    usual = np.bincount(places, exposure) / np.bincount(places)
    per_year = fitted * (1 - fitted) if share else fitted * usual
    return pd.DataFrame(
        {"slope": slope * per_year, "low": (slope - margin) * per_year,
         "high": (slope + margin) * per_year,
         "p_value": 2 * special.stdtr(degrees, -np.abs(slope / error)),
         "dispersion": fit.scale, "state": "fitted"},
        index=index,
    )  # fmt: skip


def _wilder(rows, fit, family, options: dict, places: np.ndarray) -> np.ndarray:
    """By how much each district strays more than all together, at least 1.

    Large districts stray more from a common curve than one dispersion of all allows for; their
    intervals must not be too short for that.
    """
    weight = options.get("var_weights", 1.0)
    strayed = weight * (rows["value"].to_numpy() - fit.mu) ** 2 / family.variance(fit.mu)
    own = np.bincount(places, strayed) / np.maximum(np.bincount(places) - 2, 1)
    return np.maximum(own / fit.scale, 1.0)
