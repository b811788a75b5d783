"""Slopes pooled over districts: against statsmodels, and what is planted is found."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from ntm_eval import reference
from ntm_eval.analysis import pooling

INDICATORS = reference.table("indicators")
YEARS = np.arange(5.0)


def planted(seed, between, gap=False):
    chance = np.random.default_rng(seed)
    slope = 0.2 + between * chance.normal(size=12)
    values = 5 * chance.normal(size=(12, 1)) + slope[:, None] * YEARS + chance.normal(size=(12, 5))
    if gap:
        values[3, 1] = np.nan
    return values


def by_matrix(values):
    """REML of the same mixed model from its whole covariance matrix, searched by scipy."""
    known = ~np.isnan(values)
    district, place = np.nonzero(known)
    y, x = values[known], YEARS[place]
    design = np.column_stack([np.eye(12)[district], pooling.shocks(YEARS)[place], x])
    means = np.array([x[district == d].mean() for d in range(12)])[district]
    same = district[:, None] == district

    def parts(log_ratio):
        cov = np.eye(len(y)) + np.exp(log_ratio) * same * np.outer(x - means, x - means)
        inverse = np.linalg.inv(cov)
        inner = design.T @ inverse @ design
        beta = np.linalg.solve(inner, design.T @ inverse @ y)
        rest = y - design @ beta
        free = len(y) - design.shape[1]
        within = rest @ inverse @ rest / free
        logs = np.linalg.slogdet(cov)[1] + np.linalg.slogdet(inner)[1] + free * np.log(within)
        return logs, beta[-1], within

    best = optimize.minimize_scalar(
        lambda r: parts(r)[0], bounds=(-6, 6), method="bounded", options={"xatol": 1e-12}
    )
    _, mean, within = parts(best.x)
    return mean, np.exp(best.x) * within, within


@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_estimates_are_those_of_the_whole_matrix(seed, gap):
    values = planted(seed, 1.0, gap)
    found = pooling.slopes(values, YEARS)
    mean, between, _ = by_matrix(values)
    # with a gap the shared years and the slopes are not quite apart
    close = {"rel": 1e-2} if gap else {"abs": 1e-6}
    assert found.mean == pytest.approx(mean, **close)
    assert found.between == pytest.approx(between, **close)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_ratio_is_likelier_to_statsmodels_than_ours(seed):
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

    values = planted(seed, 1.0)
    found = pooling.slopes(values, YEARS)
    when = YEARS - YEARS.mean()
    district = np.repeat(np.arange(12), 5)
    x = np.tile(when, 12)
    shocks = np.tile(pooling.shocks(YEARS), (12, 1))
    design = np.column_stack([np.eye(12)[district], shocks, x])
    within = float((found.error**2 * (when**2).sum())[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = MixedLM(values.ravel(), design, groups=district, exog_re=x[:, None])
        fit = fit.fit(reml=True, method="powell")

    def likelihood(ratio):
        there = MixedLMParams.from_components(fit.fe_params, cov_re=np.array([[ratio]]))
        return fit.model.loglike(there, profile_fe=True)

    ratio = found.between / within
    assert likelihood(ratio) >= max(likelihood(ratio * 0.999), likelihood(ratio * 1.001))
    # statsmodels' own search stops within about 1e-4 of the peak that both share
    assert fit.cov_re[0, 0] == pytest.approx(found.between, rel=1e-3)
    assert fit.scale == pytest.approx(within, rel=1e-3)
    assert fit.fe_params[-1] == pytest.approx(found.mean, abs=1e-6)


def test_districts_that_hardly_differ_are_drawn_together_and_others_left():
    alike, apart = (pooling.shrunk(pooling.slopes(planted(5, b), YEARS)) for b in (0.0, 5.0))
    assert alike[2].max() < 0.5 < 0.9 < apart[2].min()


def test_the_interval_holds_planted_slopes():
    held = []
    for seed in range(60):
        chance = np.random.default_rng([seed, 9])
        slope = 0.2 + chance.normal(size=12)
        found = pooling.slopes(slope[:, None] * YEARS + chance.normal(size=(12, 5)), YEARS)
        _, low, high, _ = pooling.interval(found)
        held.append((low <= slope) & (slope <= high))
    assert 0.93 <= np.mean(held) <= 0.98


def test_a_year_that_all_districts_share_moves_no_district_away_from_the_others():
    values = planted(2, 0.5)
    shock = 3 * pooling.shocks(YEARS).sum(axis=1)
    one, other = pooling.slopes(values, YEARS), pooling.slopes(values + shock, YEARS)
    assert other.own == pytest.approx(one.own)
    assert other.between == pytest.approx(one.between)
    # what nobody knows of the province's slope is more, and every interval wider
    widths = [np.subtract(*pooling.interval(found)[2:0:-1]) for found in (one, other)]
    assert (widths[1] > 1.5 * widths[0]).all()


def test_stocks_are_not_pooled():
    found = pooling.table(frame(40 + planted(1, 1.0), "C3-01"), INDICATORS, 2022)
    assert found["state"].eq("described").all()
    assert found["slope"].isna().all()


def test_districts_on_a_straight_line_leave_nothing_to_weigh():
    assert pooling.slopes(np.outer(np.arange(12.0), YEARS), YEARS) is None


def frame(values, indicator="C3-02"):
    return pd.DataFrame(
        [
            {
                "district_code": str(116 + d),
                "indicator": indicator,
                "year": 2018 + y,
                "value": value,
                "denominator": np.nan,
                "rate": np.nan,
            }
            for d, row in enumerate(values)
            for y, value in enumerate(row)
        ]
    )


def test_the_table_has_a_row_for_each_district_in_its_own_unit():
    values = (40 + planted(1, 1.0)) * np.arange(1, 13)[:, None]
    found = pooling.table(frame(values), INDICATORS, 2022)
    assert list(found.columns) == pooling.COLUMNS
    assert found["state"].eq("pooled").all()
    assert (found["low"] < found["slope"]).all()
    own = [np.polyfit(YEARS, row, 1)[0] for row in values]
    assert found["own"].to_list() == pytest.approx(own)
    between = (found["slope"] - found["own"]) * (found["slope"] - found["province"])
    assert (between <= 1e-9).all()  # drawn toward the province, not past it


def test_too_few_districts_are_not_pooled():
    found = pooling.table(frame(40 + planted(1, 1.0)[:4]), INDICATORS, 2022)
    assert found["state"].eq("too_few").all()
    assert found["direction"].eq("too_few").all()


def test_the_shrinkage_is_morriss_by_hand():
    # twelve alike: all of the departure would go, but for (12 - 3)/(12 - 1) of it
    slopes = pooling.Slopes(np.linspace(-1, 1, 12), np.ones(12), 0.0, 0.0, 36)
    slope, error, kept = pooling.shrunk(slopes)
    assert kept == pytest.approx(np.full(12, 2 / 11))
    assert slope == pytest.approx(np.linspace(-1, 1, 12) * 2 / 11)
    assert error[0] ** 2 == pytest.approx(1 - 9 / 11 * 11 / 12 + 2 / 9 * (9 / 11) ** 2)
