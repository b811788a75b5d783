"""The promises of docs/statistics.md on few planted provinces; bench/promises.py takes many."""

import pytest
from benches import bench

BENCH = bench("promises")


@pytest.mark.parametrize(
    ("promise", "runs"),
    [
        ("sen_coverage", 800),
        ("mann_kendall_alarms", 800),
        ("false_discoveries", 160),
        ("pooled_coverage", 60),
        ("null_pages", 8),
        ("outlook_coverage", 40),
        ("goal_coverage", 80),
        ("funnel_alarms", 80),
    ],
)
def test_a_promise_is_kept(promise, runs):
    for line in getattr(BENCH, promise)(runs):
        # few provinces: two standard errors of room
        room = 0.1 if "page" in line.what else 0.025
        assert not line.covered or line.low - room <= line.measured <= line.high + room, line
