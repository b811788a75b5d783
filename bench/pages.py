"""Whether the pages of a review depend on the order in which they run, or on the engine.

    python bench/pages.py [--districts 12] [--seed 1]

Runs the pages of the sample's review of 2022 by `warm` in one pool of two kernels, in the order of
a review and in another; then each by papermill's stock engine, in a kernel of its own. What the
cells hold and show must be the same to the last byte; ends with 1 where it is not. With all twelve
districts it takes about ten minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import papermill

from ntm_eval import units
from ntm_eval.running import kernels, page
from ntm_eval.running.plan import Page, Plan
from ntm_eval.workspace import SAMPLE, Workspace

PROCESS = re.compile(r"ipykernel_\d+[/\\]+\d+\.py")


def run(pages: list[Page], engine: str | None, folder: Path) -> dict[str, str]:
    """The cells of each page, by its name, once all have run two at a time."""
    began = time.perf_counter()

    def one(each: Page) -> tuple[str, str]:
        name = f"{each.district or 'tinh'} {each.notebook}"
        papermill.execute_notebook(
            each.source,
            folder / f"{name}.ipynb",
            each.parameters,
            engine_name=engine,
            progress_bar=False,
            resources={"metadata": {"path": str(each.source.parent)}},
        )
        cells = nbformat.read(folder / f"{name}.ipynb", as_version=4).cells
        shown = [[cell.source, cell.get("execution_count"), cell.get("outputs")] for cell in cells]
        return name, PROCESS.sub("", json.dumps(shown))

    with ThreadPoolExecutor(2) as pool:
        found = dict(pool.map(one, pages))
    print(
        f"{len(pages)} pages by {engine or 'the stock engine'}: {time.perf_counter() - began:.0f} s"
    )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--districts", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1, help="of the other order")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        here = Path(made)
        space = Workspace(2022, "annual", SAMPLE, here / "out")
        slugs = [d.slug for d in units.districts()][: asked.districts]
        pages = [each for wave in Plan().pages(space, slugs) for each in wave]
        page.compare(space, 0)  # the tables, from which all three runs read
        other = random.Random(asked.seed).sample(pages, len(pages))
        first, second = (run(order, "warm", here) for order in (pages, other))
        kernels.close()
        stock = run(pages, None, here)
    differ = {
        "in another order": [name for name in first if first[name] != second[name]],
        "by the stock engine": [name for name in first if first[name] != stock[name]],
    }
    for what, names in differ.items():
        print(f"other {what}: {', '.join(names) or 'none'}")
    return int(any(differ.values()))


if __name__ == "__main__":
    sys.exit(main())
