"""Run the notebooks on the sample data and keep them as run, without pictures and widgets.

`make notebooks` calls this. What is committed shows its results to a reader and is what nbval
compares; a picture is never compared and would swell the repository, and a saved widget opens as
"model not found".
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from ntm_eval.workspace import NOTEBOOKS

PICTURES = ("image/png", "image/svg+xml")
WIDGET = "application/vnd.jupyter.widget-view+json"


def rerun(path: Path) -> None:
    """Execute one notebook in place with its own parameters."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    client = NotebookClient(notebook, kernel_name="python3", record_timing=False)
    client.execute(cwd=str(path.parent))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if WIDGET not in o.get("data", {})]
        for output in cell.get("outputs", []):
            for kind in PICTURES:
                output.get("data", {}).pop(kind, None)
                output.get("metadata", {}).pop(kind, None)  # its size
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    os.environ["TQDM_DISABLE"] = "1"
    for found in sorted([*NOTEBOOKS.glob("0*.ipynb"), *NOTEBOOKS.glob("explore/*.ipynb")]):
        print(f"Chạy {found.name}")
        rerun(found)
