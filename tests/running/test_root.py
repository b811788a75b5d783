"""papermill on a notebook of an office's folder: that folder is the root, wherever one types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hard import run, write

from ntm_eval.office.folder import lay_out
from ntm_eval.root import HOME

WHERE = """
from ntm_eval.workspace import NOTEBOOKS, REFERENCE, from_root
print(from_root("outputs"), REFERENCE, NOTEBOOKS, sep="\\n")
"""
OPEN = 'from ntm_eval.review import open_review\nopen_review(2022, "annual", "data/raw", "outputs")'


@pytest.fixture
def office(tmp_path, monkeypatch) -> Path:
    """An office's folder beside the one where commands are typed."""
    root = tmp_path / "Văn phòng"
    lay_out(root)
    elsewhere = tmp_path / "nơi khác"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.delenv(HOME, raising=False)
    return root


def found(cells) -> list[str]:
    return "".join(output.get("text", "") for output in cells[-1]["outputs"]).splitlines()


@pytest.mark.parametrize("engine", [(), ("--engine", "warm")])
def test_the_command_finds_the_folder_of_the_notebook(office, engine):
    import nbformat

    source = write(office / "notebooks", "where", [WHERE])
    given = os.path.relpath(source)
    ended = subprocess.run(
        [sys.executable, "-m", "papermill", given, "made.ipynb", *engine],
        capture_output=True,
        encoding="utf-8",
    )
    assert ended.returncode == 0, ended.stderr
    expected = [office / "outputs", office / "data" / "reference", office / "notebooks"]
    made = nbformat.read("made.ipynb", as_version=4)
    assert found(made.cells) == [str(path) for path in expected]


def test_a_program_finds_it_by_the_engine_warm(office, monkeypatch):
    from ntm_eval.running import engine

    monkeypatch.setattr(engine, "is_ours", lambda nb: True)
    left = run(write(office / "notebooks", "where", [WHERE]), "warm")
    assert found(left.cells)[0] == str(office / "outputs")


def test_where_it_cannot_be_known_this_is_said_and_nothing_is_written(office):
    (office / "data" / "raw" / "2022" / "annual").mkdir(parents=True)
    left = run(write(office / "notebooks", "open", [OPEN]), None)
    assert "Không biết sổ tay này nằm trong thư mục làm việc nào" in left.error
    assert list(Path.cwd().iterdir()) == []
    assert list((office / "outputs").iterdir()) == []
