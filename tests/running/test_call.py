"""A function run in a forked child: what it returns, raises, or takes with it."""

import os
import pickle
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_child import gone

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


def test_what_cannot_be_sent_is_an_error_here_and_the_next_call_goes_on():
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError)):
        warm.call(lambda: 1)
    assert warm.call(divmod, 17, 5) == (3, 2)


def test_a_child_waits_for_the_next_call_until_it_may_go():
    first = warm.call(os.getpid)
    assert warm.call(os.getpid) == first
    warm.forget()
    assert gone(first)
    assert warm.call(os.getpid) != first


def test_the_place_of_a_call_is_that_of_its_caller_and_not_of_the_call_before(
    tmp_path, monkeypatch
):
    child = warm.call(os.getpid)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KỲ", "h1")
    assert (warm.call(os.getcwd), warm.call(os.getenv, "KỲ")) == (str(tmp_path), "h1")
    monkeypatch.delenv("KỲ")
    assert warm.call(os.getenv, "KỲ") is None
    assert warm.call(os.getpid) == child


def test_two_calls_at_once_have_a_child_each(tmp_path):
    pipe = str(tmp_path / "pipe")
    os.mkfifo(pipe)  # whoever opens one end waits for who opens the other
    ends = [f"open({pipe!r}, {mode!r}).close() or __import__('os').getpid()" for mode in "rw"]
    with ThreadPoolExecutor(2) as threads:
        assert len(set(threads.map(warm.call, [eval] * 2, ends))) == 2


def test_a_child_that_died_while_it_waited_is_not_asked():
    child = warm.call(os.getpid)
    os.kill(child, signal.SIGKILL)
    assert gone(child)
    assert warm.call(os.getpid) != child
