"""papermill's engine `warm`: notebooks in stock kernels that stay alive (`kernels`).

    papermill IN OUT --engine warm
    papermill.execute_notebook(IN, OUT, engine_name="warm")

papermill imports this module when it is imported itself; nobody else does so before it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from papermill.engines import NBClientEngine, NotebookExecutionManager
from papermill.iorw import write_ipynb

from ntm_eval.root import HOME, SHIPPED, laid_out
from ntm_eval.running import kernels

# options of a run that are about starting a kernel
OWN_KERNEL = {"km", "kernel_manager_class", "extra_arguments", "config"}


class WarmEngine(NBClientEngine):  # type: ignore[misc]  # papermill has no types
    """What papermill asks of an engine."""

    @classmethod
    def execute_notebook(
        cls, nb: NotebookNode, kernel_name: str, output_path: Any = None, **options: Any
    ) -> NotebookNode:
        """Run a notebook and write it once, however it ends; papermill writes it twice a cell."""
        try:
            return super().execute_notebook(nb, kernel_name, **options)
        finally:
            write_ipynb(nb, output_path)

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> None:
        """Run it in a pooled kernel, which goes if the notebook could have changed a library."""
        run = super().execute_managed_notebook
        if kernel_name != "python3" or OWN_KERNEL & options.keys():
            run(nb_man, kernel_name, **options)
            return
        folder = options.get("resources", {}).get("metadata", {}).get("path") or os.getcwd()
        given = options.get("input_path")  # or the notebook itself
        place = Path(given if isinstance(given, str | Path) else folder).resolve()
        root = None if HOME in os.environ else laid_out(place) or laid_out(Path(folder).resolve())
        with kernels.lent(folder, root) as kernel:
            kernel.run(run, nb_man, kernel_name, km=kernel.manager, **options)
            failed = nb_man.nb.metadata.papermill["exception"]
            kernel.is_spoilt = bool(failed) or not is_ours(nb_man.nb)


def is_ours(nb: NotebookNode) -> bool:
    """Whether a notebook's code is that of one as shipped, but for the parameters injected.

    Any other may change a library in ways that nobody can put back.
    """
    shipped = (json.loads(path.read_bytes()) for path in SHIPPED.glob("notebooks/0*.ipynb"))
    return _code(nb) in map(_code, shipped)


def _code(notebook: Any) -> list[str]:
    return [
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and "injected-parameters" not in cell["metadata"].get("tags", [])
    ]
