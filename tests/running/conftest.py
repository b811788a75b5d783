"""What the tests of the engine `warm` share."""

import pytest

from ntm_eval.running import warm

needs_fork = pytest.mark.skipif(
    not warm.available(), reason="hệ điều hành không nhân bản được tiến trình"
)


def pytest_collection_modifyitems(items):
    for item in items:
        if "/running/" in item.path.as_posix() and "stock" not in item.keywords:
            item.add_marker(needs_fork)
