"""What the intervals and tests of page 03 promise, against what they do, at the sizes we have.

    python bench/survey.py [RUNS] [--seed N]

Coverage of Wilson's interval with the finite correction is counted exactly, over every count that
a sample without replacement may find (hypergeometric), not simulated. The village effect is
planted or not in RUNS surveys (1000 by default) for each size. Ends with 1 where a promise is
broken.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
from scipy import stats

from ntm_eval.analysis import clusters, planner, satisfaction

# forms collected of households: from a small village to the largest commune, and all but all
SIZES = (
    (30, 40),
    (30, 300),
    (60, 80),
    (100, 200),
    (100, 1000),
    (300, 400),
    (300, 1000),
    (600, 800),
    (1043, 1269),
    (1000, 3000),
    (2000, 2400),
    (2000, 10000),
)
SHARES = (0.5, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97)
# villages or collectors, forms of each, mean share, correlation inside a group
GROUPS = ((6, 12), (8, 30), (12, 40), (20, 60))
MEAN, CORRELATIONS = 0.9, (0.0, 0.05, 0.15)


def covered(n: int, households: int, share: float) -> float:
    """How often the 95 % interval of n forms holds the true share of all households."""
    truth = round(households * share)
    counts = np.arange(n + 1)
    _, low, high = satisfaction.intervals(counts, n, households)
    chance = stats.hypergeom.pmf(counts, households, truth, n)
    inside = (low <= truth / households + 1e-12) & (truth / households <= high + 1e-12)
    return float(chance[inside].sum())


def mean_covered(n: int, households: int) -> float:
    """The same, averaged over every true share from one half to 98 %."""
    truths = np.arange(households // 2, round(0.98 * households) + 1)
    truths = truths[:: max(1, len(truths) // 120)]
    return float(np.mean([covered(n, households, t / households) for t in truths]))


def settled(n: int, households: int, share: float, threshold: float) -> float:
    """How often n forms tell a commune of this share from the threshold."""
    counts = np.arange(n + 1)
    _, low, high = satisfaction.intervals(counts, n, households)
    chance = stats.hypergeom.pmf(counts, households, round(households * share), n)
    return float(chance[(low >= threshold) | (high < threshold)].sum())


def planted(groups: int, size: int, correlation: float, draw: np.random.Generator) -> np.ndarray:
    """The satisfied of each group, with a share of its own where there is a correlation."""
    strength = (1 - correlation) / correlation if correlation else np.inf
    share = draw.beta(MEAN * strength, (1 - MEAN) * strength, groups) if correlation else MEAN
    return draw.binomial(size, share, groups)


def found(groups: int, size: int, correlation: float, runs: int, seed: int) -> tuple[float, float]:
    """How often the effect is reported at p < 0.05, and the middle of the correlations found."""
    draw = np.random.default_rng([seed, groups, size, int(100 * correlation)])
    surveys = [planted(groups, size, correlation, draw) for _ in range(runs)]
    spreads = [
        clusters.spread(k, np.full(groups, size)) for k in surveys if 0 < k.sum() < groups * size
    ]
    reported = np.mean([s.p < clusters.ALPHA for s in spreads])
    return float(reported), float(np.median([s.correlation for s in spreads]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    broken = [*_intervals(), *_planner(), *_effects(given.runs, given.seed)]
    print("Hứa mà không giữ:", "; ".join(broken) or "không có")
    sys.exit(bool(broken))


def _intervals() -> list[str]:
    print("Độ phủ của khoảng 95% (tính chính xác), theo tỷ lệ thật; cột cuối: trung bình 50–98%")
    print("phiếu/hộ      " + "".join(f"{s:8.0%}" for s in SHARES) + "   t.bình")
    means = {}
    for n, households in SIZES:
        means[n, households] = mean_covered(n, households)
        each = "".join(f"{covered(n, households, s):8.3f}" for s in SHARES)
        print(f"{f'{n}/{households}':14}{each}{means[n, households]:9.4f}")
    return [f"độ phủ {key}: {m:.3f}" for key, m in means.items() if not 0.93 <= m <= 0.97]


def _planner() -> list[str]:
    print("\nSố phiếu cần và khả năng kết luận thật (hứa 80%), ngưỡng 90%")
    broken = []
    for households in (200, 500, 1000, 2000):
        for share in (0.8, 0.85, 0.93, 0.95, 0.97):
            n = int(planner.forms_needed(households, share, 0.9))
            chance = settled(n, households, share, 0.9)
            print(f"{households:6} hộ, {share:.0%}: {n:5} phiếu, {chance:.3f}")
            if chance < 0.7:  # whole forms make it saw up and down by some hundredths
                broken.append(f"kế hoạch {households}, {share:.0%}: {chance:.3f}")
    return broken


def _effects(runs: int, seed: int) -> list[str]:
    print(f"\nTác động của bản, người thu phiếu ({runs} cuộc mỗi dòng, tỷ lệ chung {MEAN:.0%})")
    broken = []
    for groups, size in GROUPS:
        for correlation in CORRELATIONS:
            rate, middle = found(groups, size, correlation, runs, seed)
            print(
                f"{groups:4} nhóm × {size:3} phiếu, ρ = {correlation:.2f}: báo {rate:.3f}, "
                f"ρ ước lượng (trung vị) {middle:.3f}"
            )
            # three standard errors of the counting above the nominal level
            if not correlation and rate > 0.05 + 3 * (0.05 * 0.95 / runs) ** 0.5:
                broken.append(f"báo nhầm {groups}×{size}: {rate:.3f}")
    return broken


if __name__ == "__main__":
    main()
