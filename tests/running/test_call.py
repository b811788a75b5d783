"""A function run in a forked child: what it returns, raises, or takes with it."""

import os
import signal

import pytest

from ntm_eval.running import warm
from ntm_eval.workspace import AnalystError, check_period

pytestmark = pytest.mark.skipif(not warm.available(), reason="no fork here")


def test_a_call_returns_what_the_function_does_in_another_process():
    assert warm.call(os.getpid) != os.getpid()
    assert warm.call(divmod, 17, 5) == (3, 2)


def test_what_the_function_raises_is_raised_here():
    with pytest.raises(ZeroDivisionError):
        warm.call(divmod, 1, 0)
    with pytest.raises(AnalystError, match="quý"):
        warm.call(check_period, 2022, "quý")


def test_a_child_that_dies_is_told_in_words():
    with pytest.raises(RuntimeError, match="dừng đột ngột"):
        warm.call(os.kill, 0, signal.SIGKILL)  # its own group
