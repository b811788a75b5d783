"""The whole review, run once as a user runs it, for every test that looks at its outputs."""

from __future__ import annotations

import gc
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from ntm_eval.workspace import SAMPLE

COMMAND = Path(sys.executable).with_name("ntm-eval")


@dataclass(frozen=True)
class Ran:
    """What a command said, and the folder that it made."""

    folder: Path
    status: int
    said: str

    def table(self, name: str) -> pd.DataFrame:
        """A result table with codes as text, as a program of the office would read it."""
        return pd.read_csv(
            self.folder / f"{name}.csv",
            dtype={"district_code": str, "commune_code": str, "question": str, "raw": str},
        )


def ntm_eval(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of its own, as a user would."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)], cwd=cwd, capture_output=True, encoding="utf-8", timeout=600
    )


@pytest.fixture(scope="session")
def command():
    """The command itself, for tests of its words and exit codes."""
    return ntm_eval


@pytest.fixture(scope="session")
def annual(tmp_path_factory) -> Ran:
    """`ntm-eval review --year 2022` over the sample, typed in another folder."""
    here = tmp_path_factory.mktemp("nơi khác")
    made = ntm_eval("review", "--year", 2022, "--data", SAMPLE, "--out", "kết quả", cwd=here)
    return Ran(here / "kết quả" / "2022-annual", made.returncode, made.stdout + made.stderr)


@pytest.fixture(autouse=True, scope="module")
def nothing_left():
    """What nbclient leaves open goes with its module, not in a test that allows no warning."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def pytest_collection_modifyitems(items):
    """What parses the package comes first: Python 3.11 counts the depth of `ast.parse` for all
    threads together, and is off by the threads of a batch afterwards (CPython issue 106905).
    """
    items.sort(key=lambda item: item.path.name != "test_imports.py")
