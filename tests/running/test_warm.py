"""The engine `warm` leaves what papermill's stock engine leaves, whatever a notebook does."""

from __future__ import annotations

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor

import pytest
from hard import DIE, NOTEBOOKS, SECONDS, run, write

from ntm_eval.workspace import NOTEBOOKS as PROJECT

DISTRICT = {"district": "sop-cop"}
OURS = {
    "01_clean": DISTRICT,
    "02_trends": DISTRICT,
    "03_satisfaction": DISTRICT,
    "04_evaluation": DISTRICT,
    "05_annual_review": {},
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Every hard notebook and ours, by name, as the stock engine left it and as `warm` did."""
    here = tmp_path_factory.mktemp("warm")
    jobs = [(write(here, name), {}, {"execution_timeout": SECONDS}) for name in NOTEBOOKS]
    for name, parameters in OURS.items():
        source = shutil.copy(PROJECT / f"{name}.ipynb", here)
        parameters = parameters | {"year": 2022, "out": str(here / "out")}
        jobs.append((here / source, parameters, {"cwd": str(PROJECT)}))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context) as pool:  # stock kernels are slow to start
        futures = [pool.submit(run, source, None, own, **how) for source, own, how in jobs]
        stock = [future.result() for future in futures]
    shutil.rmtree(here / "out")
    warm = [run(source, "warm", own, **how) for source, own, how in jobs]
    names = [source.stem for source, *_ in jobs]
    return {name: pair for name, *pair in zip(names, stock, warm, strict=True)}


@pytest.mark.parametrize("name", [*(n for n in NOTEBOOKS if n not in DIE), *OURS])
def test_a_notebook_is_left_as_by_the_stock_engine(outcomes, name):
    stock, warm = outcomes[name]
    assert warm.error == stock.error
    assert warm.cells == stock.cells
    assert warm.notebook == stock.notebook
