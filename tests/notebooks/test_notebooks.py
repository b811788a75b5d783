"""The five notebooks as they are opened, typed and committed, and the launcher before them."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from ntm_eval.reporting import reports
from ntm_eval.review import open_review
from ntm_eval.workspace import NOTEBOOKS, SAMPLE, AnalystError

PATHS = sorted(NOTEBOOKS.glob("0[1-9]*.ipynb"))
PAPERMILL = Path(sys.executable).with_name("papermill")


def code(path):
    return [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


def run(notebook, cwd, *parameters):
    """papermill as it is typed, in another folder, with the notebook's whole path."""
    options = [part for pair in parameters for part in ("-p", *map(str, pair))]
    return subprocess.run(
        [PAPERMILL, NOTEBOOKS / f"{notebook}.ipynb", "x.ipynb", *options, "--no-progress-bar"],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def text_of(path):
    outputs = [o for c in code(path) for o in c.outputs]
    return "\n".join(o.get("data", {}).get("text/plain", "") for o in outputs)


def test_there_are_five():
    assert [p.stem for p in PATHS] == [
        "01_clean",
        "02_trends",
        "03_satisfaction",
        "04_evaluation",
        "05_annual_review",
    ]


def test_the_launcher_is_one_call_and_keeps_no_output():
    (cell,) = code(NOTEBOOKS / "00_start.ipynb")
    assert cell.source.splitlines()[-1] == "launcher.desk()"
    assert (cell.outputs, cell.execution_count) == ([], 1)


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


LISTS = dict(
    zip(
        ["01_clean", "02_trends", "03_satisfaction", "04_evaluation", "05_annual_review"],
        [
            reports.clean,
            reports.trends,
            reports.satisfaction,
            reports.evaluation,
            reports.annual_review,
        ],
        strict=True,
    )
)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_a_notebook_shows_each_section_of_its_report_once(path):
    cells = [c.source for c in code(path) if c.source.startswith("report[")]
    shown = [name for source in cells for name in re.findall(r'"(\w+)"', source)]
    assert shown == list(LISTS[path.stem](None))


def test_a_section_that_there_is_not_is_a_letter():
    with pytest.raises(AnalystError, match=r"Không có phần 'sumary'. Các phần: arrival, problems"):
        reports.clean(None)["sumary"]


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


@pytest.fixture(scope="module")
def out(annual, tmp_path_factory):
    """A folder of outputs of one's own, in which the tables of the review are cached."""
    made = tmp_path_factory.mktemp("kết quả")
    shutil.copytree(annual.folder, made / annual.folder.name)
    return made


@pytest.mark.parametrize(
    ("notebook", "parameters", "says"),
    [
        ("01_clean", [("district", 127)], "Huyện Sốp Cộp"),  # a code stays text
        ("02_trends", [], "Huyện Thuận Châu"),
        ("03_satisfaction", [("district", "Vân Hồ")], "Huyện Vân Hồ"),
        ("04_evaluation", [("district", "sop-cop"), ("year", 2022)], "Huyện Sốp Cộp"),
        ("05_annual_review", [], "Sốp Cộp"),
    ],
)
def test_papermill_as_the_contract_types_it(tmp_path, out, notebook, parameters, says):
    ended = run(notebook, tmp_path, *parameters, ("out", out))
    assert ended.returncode == 0, ended.stderr
    assert says in text_of(tmp_path / "x.ipynb")


def test_a_parameter_that_there_is_not_stops_the_notebook_and_lists_the_valid_ones(tmp_path, out):
    ended = run("01_clean", tmp_path, ("districtt", "sop-cop"), ("out", out))
    assert ended.returncode != 0
    assert "Không có tham số 'districtt'. Các tham số: district, year, period" in ended.stderr


def test_so_does_a_value_that_cannot_be(tmp_path):
    with pytest.raises(AnalystError, match="h1, annual"):
        open_review(2022, "quy", str(SAMPLE), str(tmp_path))
    with pytest.raises(AnalystError, match="sop-cop"):
        open_review(2022, "annual", str(SAMPLE), str(tmp_path)).district("mai-chau")


def test_a_district_without_a_report_gets_its_pages(half_year):
    assert half_year.status == 0, half_year.said
    pages = half_year.folder / "districts" / "bac-yen"
    assert "chưa có báo cáo" in text_of(pages / "01_clean.ipynb")
    assert len(list(pages.glob("*.ipynb"))) == 4


def test_the_review_of_six_months_names_the_missing_and_looks_ahead(half_year):
    said = text_of(half_year.folder / "review" / "05_annual_review.ipynb")
    assert "chưa có báo cáo: Bắc Yên" in said
    assert half_year.table("outlook")["probability"].between(0, 1).sum() > 100
    assert half_year.table("facts")["district_code"].nunique() == 11


def shown(path):
    """Of each cell that is neither parameters nor drawing: its code, and all that it shows."""
    apart = {"parameters", "injected-parameters", "nbval-ignore-output"}
    return [
        (c.source, [o.get("data") or o.text for o in c.outputs])
        for c in code(path)
        if not apart & set(c.metadata.get("tags", []))
    ]


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)
def test_every_committed_number_is_that_of_the_review(annual, path):
    folder = "review" if path.stem.startswith("05") else "districts/thuan-chau"
    made = annual.folder / folder / path.name
    for committed, now in zip(shown(path), shown(made), strict=True):
        assert committed == now


@pytest.mark.slow
def test_nbval_finds_every_committed_number_again_and_the_launcher_opens():
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
            *map(str, sorted(NOTEBOOKS.glob("0*.ipynb"))),
        ],
        cwd=NOTEBOOKS,
        capture_output=True,
        encoding="utf-8",
        timeout=400,
    )
    assert ended.returncode == 0, ended.stdout[-3000:]
