import pytest

from ntm_eval.reporting import style


@pytest.fixture(autouse=True)
def _look():
    """Charts are given an Axes in the one look, as `style.figure` does."""
    with style.look():
        yield
