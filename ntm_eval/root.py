"""Which folder the project's root is: where the office works, or the checkout of the code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

HOME = "NTM_EVAL_HOME"  # names the project's root to a process that starts elsewhere
MARK = "ntm_eval.txt"  # what `ntm-eval init` leaves in a root
PACKAGE = Path(__file__).resolve().parent
# notebooks, documents, reference and illustrative data as they came: in a wheel inside the package,
# in a checkout beside it
SHIPPED = PACKAGE / "shipped" if (PACKAGE / "shipped").is_dir() else PACKAGE.parent


def laid_out(place: Path) -> Path | None:
    """The root that a place lies in: a folder laid out by `ntm-eval init`, or the checkout."""
    above = (place, *place.parents)
    found = next((folder for folder in above if (folder / MARK).is_file()), None)
    return found or (SHIPPED if SHIPPED in above and PACKAGE.parent == SHIPPED else None)


def root() -> tuple[Path, bool]:
    """The project's root, and whether it is sure: as named, else where the notebook lies, or here.

    A command that is typed elsewhere means the checkout, or where it is typed. A notebook does not:
    its folders would be others than those of the folder that it lies in.
    """
    if named := os.environ.get(HOME):
        return Path(named).resolve(), True
    notebook, here = _notebook(), Path.cwd()
    found = (laid_out(notebook) if notebook else None) or laid_out(here)
    is_kernel = "ipykernel" in sys.modules
    checkout = SHIPPED if PACKAGE.parent == SHIPPED else here
    return found or checkout, found is not None or not is_kernel


def _notebook() -> Path | None:
    """The notebook that papermill runs in this kernel, which only its command line names."""
    if "ipykernel" not in sys.modules:
        return None
    import psutil

    with suppress(psutil.Error, OSError):
        for process in psutil.Process().parents():
            words = process.cmdline()
            if "papermill" in (Path(word).stem for word in words[:3]):
                named = [Path(process.cwd(), word) for word in words if word.endswith(".ipynb")]
                return next((path.resolve() for path in named if path.is_file()), None)
    return None
