"""Villages or collectors with unlike shares of satisfied people, by the beta-binomial model.

People of one village, or asked by one person, answer more alike than people at large. How much,
is the correlation ρ inside a group: 0 for none, 1 where each group speaks with one voice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ntm_eval import schemas
from ntm_eval.intake.tallies import GROUPED

LEAST_GROUPS = 5
LEAST_FORMS = 10  # of a group
# Both the satisfied and the others are so many, or nothing could be seen to differ.
LEAST_OF_EACH = 10
DRAWS = 4000
SEED = 227
ALPHA = 0.05
NEAREST_ZERO = 1e-9
COLUMNS = schemas.column_names("clusters")


@dataclass(frozen=True)
class Spread:
    """How unlike groups of people are.

    `share` is the mean share of satisfied, `correlation` ρ, both of largest likelihood;
    `inflation` by how much an interval that takes the forms as independent is too narrow where
    other groups could have been drawn, as collectors could, and not villages that were all asked;
    `p` the chance of shares so far apart, or further, where groups do not matter.
    """

    share: float
    correlation: float
    inflation: float
    p: float


def spread(satisfied: np.ndarray, forms: np.ndarray, seed: int = SEED) -> Spread:
    """The beta-binomial of the groups' counts, and the test that ρ is 0."""
    satisfied, forms = (np.asarray(x, float) for x in (satisfied, forms))
    share, correlation = fit(satisfied, forms)
    size = (forms**2).sum() / forms.sum()
    inflation = math.sqrt(1 + correlation * (size - 1))
    return Spread(share, correlation, inflation, chance(satisfied, forms, seed))


def fit(satisfied: np.ndarray, forms: np.ndarray) -> tuple[float, float]:
    """Mean share and ρ of largest likelihood; ρ is 0 where no ρ above 0 is likelier."""
    from scipy.optimize import minimize

    pooled = satisfied.sum() / forms.sum()
    if pooled in (0, 1):
        return float(pooled), 0.0
    bounds = [(1e-6, 1 - 1e-6), (NEAREST_ZERO, 1 - 1e-6)]
    # not L-BFGS-B: for two numbers its BLAS threads cost more than the work
    best = minimize(
        _unlikely,
        (pooled, 0.05),
        (satisfied, forms),
        method="Nelder-Mead",
        bounds=bounds,
        options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000},
    )
    alone = -(satisfied * math.log(pooled) + (forms - satisfied) * math.log1p(-pooled)).sum()
    if not best.fun < alone - 1e-6:
        return float(pooled), 0.0
    share, correlation = best.x
    return float(share), float(correlation)


def _unlikely(parameters: np.ndarray, satisfied: np.ndarray, forms: np.ndarray) -> float:
    """Minus the log-likelihood, without the binomial coefficients, which no parameter changes."""
    from scipy.special import betaln

    share, correlation = parameters
    strength = (1 - correlation) / correlation
    a, b = share * strength, (1 - share) * strength
    return -(betaln(satisfied + a, forms - satisfied + b) - betaln(a, b)).sum()


def chance(satisfied: np.ndarray, forms: np.ndarray, seed: int = SEED) -> float:
    """How often shares are so far apart, or further, where groups do not matter.

    Tarone's score for the beta-binomial. Its chance is not read off a normal curve, which a dozen
    groups do not follow, but counted in seeded draws that deal the same number of satisfied to
    the forms at random: so it holds its level at any number of groups.
    """
    sizes, total = forms.astype(int), int(satisfied.sum())
    share = total / sizes.sum()
    dealt = np.random.default_rng(seed).multivariate_hypergeometric(sizes, total, DRAWS)
    # with the total given, Tarone's score grows with this sum and with nothing else
    apart, found = (((k - sizes * share) ** 2).sum(axis=-1) for k in (dealt, satisfied))
    return float((1 + (apart >= found - 1e-9).sum()) / (1 + DRAWS))


def unlike(satisfied: np.ndarray, forms: np.ndarray) -> list[int]:
    """The places of the groups that are unlike the others, the most unlike first.

    A group is held against the beta-binomial of the others, without those already found, or one
    odd group would make sound ones look odd. Named where a count so far out has a chance below
    5 %, times the number of groups (Bonferroni).
    """
    left, found = list(range(len(forms))), []
    while len(left) > LEAST_GROUPS:
        chances = [_tail(i, [j for j in left if j != i], satisfied, forms) for i in left]
        if min(chances) * len(forms) >= ALPHA:
            break
        found.append(left.pop(int(np.argmin(chances))))
    return found


def _tail(i: int, others: list[int], satisfied: np.ndarray, forms: np.ndarray) -> float:
    """The chance of a count as far out as that of group i, on either side, by the others."""
    from scipy.stats import betabinom, binom

    share, correlation = fit(satisfied[others], forms[others])
    if correlation > 0:
        strength = (1 - correlation) / correlation
        of = betabinom(int(forms[i]), share * strength, (1 - share) * strength)
    else:
        of = binom(int(forms[i]), share)
    return 2 * min(of.cdf(satisfied[i]), of.sf(satisfied[i] - 1))


def table(groups: pd.DataFrame) -> pd.DataFrame:
    """The spread of each commune's survey by village and by collector, from `tallies.groups`.

    `state` is `apart` (p < 0.05), `alike`, or `too_few` where the counts cannot bear a model;
    then nothing is estimated. `unlike` names the groups that stand apart, '; ' between them.
    """
    rows = [
        {**dict(zip(GROUPED, key, strict=True)), **_row(own)}
        for key, own in groups.groupby(GROUPED)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(own: pd.DataFrame) -> dict[str, object]:
    large = own[own["answered"] >= LEAST_FORMS]
    satisfied, forms = (large[c].to_numpy(float) for c in ("satisfied", "answered"))
    sums = {"groups": len(large), "forms": forms.sum()}
    others = forms.sum() - satisfied.sum()
    if len(large) < LEAST_GROUPS or min(satisfied.sum(), others) < LEAST_OF_EACH:
        return sums | {"state": "too_few", "unlike": ""}
    found = spread(satisfied, forms)
    apart = found.p < ALPHA
    named = large["label"].iloc[unlike(satisfied, forms) if apart else []]
    return sums | {
        "share": found.share,
        "correlation": found.correlation,
        "inflation": found.inflation,
        "p_value": found.p,
        "state": "apart" if apart else "alike",
        "unlike": "; ".join(named),
    }
