"""The notebooks that teach: short, run on the sample, committed as run."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

from ntm_eval.workspace import NOTEBOOKS, shipped

PATHS = sorted((NOTEBOOKS / "explore").glob("*.ipynb"))
LONGEST = 6000  # letters of one cell's outputs


def code(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def test_there_are_ten_and_an_office_gets_them():
    assert len(PATHS) == 10
    assert {f"notebooks/explore/{path.name}" for path in PATHS} < set(shipped())


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_a_lesson_is_short_and_defines_nothing(path):
    cells = code(path)
    assert 5 <= len(cells) <= 8
    assert "open_review(2022" in cells[0].source
    for cell in cells:
        assert len(cell.source.splitlines()) <= 12
        assert not cell.source.startswith(("def ", "class ", "try:", "%"))


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_a_lesson_is_committed_as_run_without_pictures_and_long_tables(path):
    cells = code(path)
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert len(json.dumps(cell.outputs)) < LONGEST
        assert "image/" not in json.dumps(cell.outputs)
        kinds = {o.get("name", o.output_type) for o in cell.outputs}
        assert not kinds & {"error", "stderr"}
        draws = any("Figure" in str(o.get("data", {})) for o in cell.outputs)
        assert ("nbval-ignore-output" in cell.metadata.get("tags", [])) == draws


@pytest.mark.slow
def test_nbval_finds_every_committed_number_of_the_lessons_again():
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval",
            "--nbval-current-env",
            "-q",
            "-p",
            "no:cacheprovider",
            *map(str, PATHS),
        ],
        cwd=NOTEBOOKS,
        capture_output=True,
        encoding="utf-8",
        timeout=400,
        env=os.environ | {"TQDM_DISABLE": "1"},
    )
    assert ended.returncode == 0, ended.stdout[-3000:]
