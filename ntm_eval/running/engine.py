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

from ntm_eval.running import kernels
from ntm_eval.workspace import HOME, SHIPPED, laid_out

SAVE = 5.0  # seconds between writings of a notebook that runs; papermill writes twice a cell
# options of a run that are about starting a kernel
OWN_KERNEL = {"km", "kernel_manager_class", "extra_arguments", "config"}


class SeldomSaved(NotebookExecutionManager):  # type: ignore[misc]  # papermill has no types
    """papermill's own record of a run, written every few seconds and when the run ends."""

    between = SAVE

    def notebook_start(self, **changes: Any) -> None:
        self.written = self.now()
        super().notebook_start(**changes)

    def save(self, **changes: Any) -> None:
        if (self.now() - self.written).total_seconds() >= self.between:
            super().save(**changes)
            self.written = self.now()
        self.last_save_time = self.now()  # from which papermill counts within a cell

    def autosave_cell(self) -> None:
        self.between = 0
        super().autosave_cell()
        self.between = SAVE

    def notebook_complete(self, **changes: Any) -> None:
        self.between = 0
        super().notebook_complete(**changes)


class WarmEngine(NBClientEngine):  # type: ignore[misc]
    """What papermill asks of an engine."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str,
        output_path: Any = None,
        progress_bar: Any = True,
        log_output: bool = False,
        autosave_cell_every: int = 30,
        **options: Any,
    ) -> NotebookNode:
        """Run a notebook; as `papermill.engines.Engine.execute_notebook`."""
        running = SeldomSaved(nb, output_path, log_output, progress_bar, autosave_cell_every)
        running.notebook_start()
        try:
            cls.execute_managed_notebook(running, kernel_name, log_output=log_output, **options)
        finally:
            running.cleanup_pbar()
            running.notebook_complete()
        return running.nb

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> None:
        """Run it in a kept kernel, which then goes if the notebook could have changed a library."""
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
            kernel.is_spoilt = bool(nb_man.nb.metadata.papermill["exception"]) or not is_ours(
                nb_man.nb
            )


def is_ours(nb: NotebookNode) -> bool:
    """Whether a notebook's code is that of one as shipped, but for the parameters injected.

    Any other may change a library in ways that nobody can put back.
    """
    shipped = (json.loads(path.read_bytes()) for path in SHIPPED.glob("notebooks/0*.ipynb"))
    return _code(nb) in map(_code, shipped)


def _code(notebook: Any) -> tuple[str, ...]:
    return tuple(
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and "injected-parameters" not in cell["metadata"].get("tags", [])
    )
