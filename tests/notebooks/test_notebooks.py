"""The five notebooks as they are opened, typed and committed, and the launcher before them."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from ntm_eval.workspace import NOTEBOOKS, SAMPLE

PATHS = sorted(NOTEBOOKS.glob("0[1-9]*.ipynb"))
PAPERMILL = Path(sys.executable).with_name("papermill")


def code(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def run(notebook, cwd, *parameters):
    """papermill as it is typed, in another folder, with the notebook's whole path."""
    options = [part for pair in parameters for part in ("-p", *map(str, pair))]
    return subprocess.run(
        [PAPERMILL, NOTEBOOKS / f"{notebook}.ipynb", "x.ipynb", *options, "--no-progress-bar"],
        cwd=cwd, capture_output=True, encoding="utf-8", timeout=300,
    )  # fmt: skip


def text_of(folder):
    notebook = nbformat.read(folder / "x.ipynb", as_version=4)
    outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
    return "\n".join(o.get("data", {}).get("text/plain", "") for o in outputs)


def test_there_are_five():
    assert [p.stem for p in PATHS] == [
        "01_clean", "02_trends", "03_satisfaction", "04_evaluation", "05_annual_review",
    ]  # fmt: skip


def test_the_launcher_is_one_call_and_keeps_no_output():
    (cell,) = code(NOTEBOOKS / "00_start.ipynb")
    assert cell.source.splitlines()[-1] == "launcher.desk()"
    assert (cell.outputs, cell.execution_count) == ([], None)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_a_notebook_is_thin(path):
    cells = code(path)
    assert len(cells) <= 16
    for cell in cells:
        assert len(cell.source.splitlines()) <= 12
        for word in ("def ", "class ", "try:", "for ", "import pandas", "%autoreload"):
            assert not any(line.startswith(word) for line in cell.source.splitlines())


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_a_notebook_is_committed_as_run_and_without_pictures(path):
    cells = code(path)
    assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
    assert "image/png" not in json.dumps(cells)
    assert not any(o.output_type == "error" for c in cells for o in c.outputs)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_cells_that_draw_are_tagged_and_others_are_compared(path):
    for cell in code(path):
        draws = any("Figure" in str(o.get("data", {})) for o in cell.outputs)
        assert ("nbval-ignore-output" in cell.metadata.get("tags", [])) == draws


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_parameters_are_those_of_the_contract(path):
    (cell,) = [c for c in code(path) if "parameters" in c.metadata.get("tags", [])]
    defaults: dict[str, object] = {}
    exec(cell.source, defaults)
    wanted = {
        "year": 2022,
        "period": "annual",
        "data": "data/sample",
        "out": "outputs",
        "lang": "vi",
    }
    if not path.stem.startswith("05"):
        wanted["district"] = "thuan-chau"
    assert {k: v for k, v in defaults.items() if not k.startswith("__")} == wanted


def test_papermill_as_the_contract_types_it(tmp_path):
    ended = run("04_evaluation", tmp_path, ("district", "sop-cop"), ("year", 2022),
                ("out", tmp_path / "out"))  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert "Huyện Sốp Cộp" in text_of(tmp_path)


@pytest.mark.parametrize("notebook", ["01_clean", "02_trends", "03_satisfaction", "04_evaluation"])
def test_a_district_without_a_report_gets_its_page(tmp_path, notebook):
    ended = run(notebook, tmp_path, ("district", "bac-yen"), ("period", "h1"),
                ("out", tmp_path / "out"))  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    if notebook == "01_clean":
        assert "chưa có báo cáo" in text_of(tmp_path)


def test_the_review_of_six_months_names_the_missing_and_looks_ahead(tmp_path):
    ended = run("05_annual_review", tmp_path, ("period", "h1"), ("out", tmp_path / "out"))
    assert ended.returncode == 0, ended.stderr
    assert "chưa có báo cáo: Bắc Yên" in text_of(tmp_path)
    import pandas as pd

    outlook = pd.read_parquet(tmp_path / "out" / "2022-h1" / "outlook.parquet")
    assert outlook["probability"].between(0, 1).sum() > 100
    facts = pd.read_parquet(tmp_path / "out" / "2022-h1" / "facts.parquet")
    assert facts["district_code"].nunique() == 11


@pytest.mark.parametrize(
    ("parameter", "says"),
    [
        (("districtt", "sop-cop"), "Không có tham số 'districtt'"),
        (("district", "mai-chau"), "sop-cop"),
        (("period", "quy"), "h1, annual"),
    ],
)
def test_a_wrong_parameter_stops_the_notebook_and_lists_the_valid_ones(tmp_path, parameter, says):
    ended = run("01_clean", tmp_path, parameter, ("out", tmp_path / "out"))
    assert ended.returncode != 0
    assert says in ended.stderr


def test_a_code_stays_text_and_names_the_same_district(tmp_path):
    ended = run("01_clean", tmp_path, ("district", 127), ("out", tmp_path / "out"))
    assert ended.returncode == 0, ended.stderr
    assert "Huyện Sốp Cộp" in text_of(tmp_path)


def test_nbval_finds_every_committed_number_again_and_the_launcher_opens():
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", "-p",
         "no:cacheprovider", *map(str, sorted(NOTEBOOKS.glob("0*.ipynb")))],
        cwd=NOTEBOOKS, capture_output=True, encoding="utf-8", timeout=400,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-3000:]
    assert (SAMPLE / "2022").is_dir()
