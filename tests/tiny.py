"""A review of tiny notebooks over a few small reports: the batch's own path, in seconds.

As a program, `python tests/tiny.py FOLDER SLUG...` runs that batch, so that a test can kill it.
"""

from __future__ import annotations

import hashlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ntm_eval import units
from ntm_eval.exchange import template as forms
from ntm_eval.running import batch
from ntm_eval.running.plan import Plan
from ntm_eval.workspace import Workspace

WAVES = (("01_clean",), ("03_satisfaction",))
LAST = "05_annual_review"
OWN = ("year", "period", "data", "out", "lang")
TINY = {"01_clean": "print(district, year)", "03_satisfaction": "district", LAST: "year"}


def plan(root: Path, sources=TINY, waves=WAVES, parameters=None) -> Plan:
    """Tiny notebooks in `root/notebooks`, with code and reference folders that a test can touch."""
    for name, source in sources.items():
        expected = OWN if name == LAST else ("district", *OWN)
        text = (parameters or {}).get(name, "\n".join(f"{p} = None" for p in expected))
        cells = [
            new_markdown_cell(f"# Trang {name}", id="title"),
            new_code_cell(text, id="parameters", metadata={"tags": ["parameters"]}),
            new_code_cell(source, id="only"),
        ]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
        path = root / "notebooks" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
    for folder, name in (("package", "code.py"), ("reference", "table.csv")):
        path = root / folder / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            path.write_text("1\n", encoding="utf-8")
    return Plan(root / "notebooks", waves, LAST, root / "package", root / "reference")


def space(root: Path) -> Workspace:
    """A review whose data folder is there."""
    made = Workspace(2022, "annual", root / "data", root / "out")
    made.received(2022, "annual").mkdir(parents=True, exist_ok=True)
    return made


def send(root: Path, slug: str, value: int, sent: str = "02/12/2022") -> None:
    """A report with one figure."""
    content = replace(forms.EMPTY, info={"sent": sent}, figures={("C1-01", "actual"): value})
    path = space(root).received(2022, "annual") / f"{slug}.xlsx"
    forms.write_workbook(path, units.district(slug), 2022, "annual", content)


def run(root: Path, slugs, made: Plan | None = None, jobs: int = 2, **options) -> batch.Outcome:
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # a kernel is kept for one environment
    where = space(root)
    executor = options.pop("executor", None) or ThreadPoolExecutor(jobs)
    districts = [units.district(s) for s in slugs]
    return batch.Batch(where, districts, executor, plan=made or plan(root), **options).run()


# what tells of the run itself: its times, and what libraries said meanwhile
TIMED = ("manifest.json", "lock", "log.txt")


def content(root: Path) -> dict[str, str]:
    """Every report, table and page of a review with its fingerprint; what tells times is left."""
    review = space(root).review
    return {
        p.relative_to(review).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(review.rglob("*"))
        if p.is_file() and not p.name.startswith(".") and p.name not in TIMED
    }


if __name__ == "__main__":
    ended = run(Path(sys.argv[1]), sys.argv[2:])
    sys.exit(bool(ended.failed or ended.wrong))
