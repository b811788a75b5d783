"""A bar where somebody waits at a notebook, and none on a page that papermill runs."""

import nbformat
import pytest
from nbclient import NotebookClient

WATCH = """
from ntm_eval.review import notebook
notebook.PATIENCE = 0
found = list(notebook.watched([1, 2], "Đọc báo cáo"))
"""


@pytest.mark.parametrize(
    ("parameters", "environment", "bars"),
    [
        ([], {}, True),
        (["# Parameters\nyear = 2022"], {}, False),
        ([], {"TQDM_DISABLE": "1"}, False),
    ],
)
def test_a_bar_is_for_who_sits_there(monkeypatch, parameters, environment, bars):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    cells = [nbformat.v4.new_code_cell(source) for source in [*parameters, WATCH, "found"]]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    *_, watching, last = notebook.cells
    assert last.outputs[0]["data"]["text/plain"] == "[1, 2]"
    assert bool(watching.outputs) == bars


def test_outside_notebooks_there_is_none(capsys):
    from ntm_eval.review.notebook import injected, watched

    assert injected() is None
    assert list(watched([1, 2], "Đọc báo cáo")) == [1, 2]
    assert capsys.readouterr().err == ""
