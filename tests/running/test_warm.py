"""The engine `warm` leaves what papermill's stock engine leaves, whatever a notebook does."""

from __future__ import annotations

import json
import logging
import multiprocessing
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from hard import DIE, NOTEBOOKS, SECONDS, run, said, write
from papermill.engines import NBClientEngine, papermill_engines

from ntm_eval.running import warm
from ntm_eval.workspace import NOTEBOOKS as PROJECT

DISTRICT = {"district": "sop-cop"}
OURS = {
    "02_trends": DISTRICT,
    "04_evaluation": DISTRICT,
    "05_annual_review": {},
    "03_satisfaction": DISTRICT,
    "01_clean": DISTRICT,
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Every hard notebook and ours, by name, as the stock engine left it and as `warm` did."""
    here = tmp_path_factory.mktemp("warm")
    jobs = []
    for name, parameters in OURS.items():  # the longest first
        source = shutil.copy(PROJECT / f"{name}.ipynb", here)
        parameters = parameters | {"year": 2022, "out": str(here / "out")}
        jobs.append((Path(source), parameters, {"cwd": str(PROJECT)}))
    jobs += [
        (write(here, name), {}, {"execution_timeout": SECONDS.get(name, 60)}) for name in NOTEBOOKS
    ]
    found = []
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for engine in (None, "warm"):
            runs = [pool.submit(run, source, engine, own, **how) for source, own, how in jobs]
            found.append([run.result() for run in runs])
            shutil.rmtree(here / "out")  # neither reads what the other has kept
    names = [source.stem for source, *_ in jobs]
    return {name: pair for name, *pair in zip(names, *found, strict=True)}


@pytest.mark.parametrize("name", [*(n for n in NOTEBOOKS if n not in DIE), *OURS])
def test_a_notebook_is_left_as_by_the_stock_engine(outcomes, name):
    stock, warm = outcomes[name]
    assert warm.error == stock.error
    assert warm.cells == stock.cells
    assert warm.notebook == stock.notebook


@pytest.mark.parametrize("name", DIE)
def test_a_kernel_that_dies_is_told_and_what_it_had_shown_is_kept(outcomes, name):
    stock, warm = outcomes[name]
    assert warm.error == stock.error == "nbclient.exceptions.DeadKernelError: Kernel died"
    # the stock kernel may take the number and the output of its last cell with it
    assert warm.cells[:-1] == stock.cells[:-1]
    assert {**warm.cells[-1], "count": 0, "timings": 0, "outputs": 0} == {
        **stock.cells[-1], "count": 0, "timings": 0, "outputs": 0,
    }  # fmt: skip
    assert warm.cells[-1]["count"] == len(warm.cells)


def test_a_dying_cell_leaves_all_that_it_printed(tmp_path):
    cell = "print('last words')\nimport os; os.write(1, b'really'); os._exit(1)"
    outcome = run(write(tmp_path, "dies", [cell]), "warm")
    assert outcome.cells[-1]["outputs"] == [
        {"output_type": "stream", "name": "stdout", "text": "last words\nreally"}
    ]


def test_papermill_finds_the_engine_and_imports_nothing_heavy_for_it():
    assert papermill_engines.get_engine("warm") is warm.WarmEngine
    heavy = "import papermill, sys; print({'pandas', 'matplotlib', 'ipykernel'} & {*sys.modules})"
    ended = subprocess.run([sys.executable, "-c", heavy], capture_output=True, encoding="utf-8")
    assert ended.stdout == "set()\n"


@pytest.mark.parametrize("first", ["papermill", "ntm_eval.running.warm"])
def test_either_module_may_be_imported_first(first):
    line = f"import {first}, papermill; papermill.engines.papermill_engines.get_engine('warm')"
    ended = subprocess.run([sys.executable, "-c", line], capture_output=True, encoding="utf-8")
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.fixture
def stock_runs(monkeypatch):
    """Counts the notebooks that are handed to the stock engine, without running them."""
    runs = []
    monkeypatch.setattr(NBClientEngine, "execute_notebook", lambda nb, k, **o: runs.append(k) or nb)
    return runs


def test_without_a_safe_fork_the_stock_engine_runs_and_this_is_said_once(
    tmp_path, monkeypatch, caplog, stock_runs
):
    monkeypatch.setattr(warm, "FORKS", False)
    warm.available.cache_clear()
    try:
        with caplog.at_level(logging.WARNING, logger="ntm_eval.running.warm"):
            for _ in range(2):
                run(write(tmp_path, "skips", []), "warm")
    finally:
        warm.available.cache_clear()
    assert stock_runs == ["python3", "python3"]
    assert [r.message for r in caplog.records if r.name == "ntm_eval.running.warm"] == [
        "Máy này không chạy được sổ tay bằng cách nhân bản tiến trình; dùng papermill."
    ]


@pytest.mark.parametrize(
    "spec",
    [
        {"argv": ["/opt/other/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]},
        {"argv": ["python", "-m", "bash_kernel", "-f", "{connection_file}"]},
        {
            "argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "env": {"A": "1"},
        },
    ],
)
def test_a_kernel_of_another_kind_is_left_to_the_stock_engine(
    tmp_path, monkeypatch, stock_runs, spec
):
    folder = tmp_path / "kernels" / "other"
    folder.mkdir(parents=True)
    whole = {"display_name": "Other", "language": "python", **spec}
    (folder / "kernel.json").write_text(json.dumps(whole), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    run(write(tmp_path, "skips", []), "warm", kernel_name="other")
    assert stock_runs == ["other"]


def test_runs_side_by_side_have_folders_of_their_own(tmp_path):
    folders = [tmp_path / str(number) for number in range(4)]
    for folder in folders:
        folder.mkdir()
    sources = [
        write(folder, "where", ["import os, time; time.sleep(0.2); print(os.getcwd())"])
        for folder in folders
    ]
    with ThreadPoolExecutor(2) as pool:
        outcomes = pool.map(
            lambda source: run(
                source, "warm", resources={"metadata": {"path": str(source.parent)}}
            ),
            sources,
        )
    assert [said(outcome) for outcome in outcomes] == [f"{folder}\n" for folder in folders]
