"""JupyterLab over the notebooks: in Vietnamese, opened on the launcher page, nothing fetched."""

from __future__ import annotations

import os
import subprocess
import sys

from ntm_eval.workspace import LAB, NOTEBOOKS, ROOT, SCRATCH, AnalystError

PAGE = "/lab/tree/00_start.ipynb"


def start(browser: bool, port: int) -> int:
    """Run JupyterLab until it is stopped; its exit status.

    The settings in `LAB` are defaults: what someone set in their own JupyterLab stays theirs.

    Raises
    ------
    AnalystError
        Where there are no notebooks to open here.
    """
    if not NOTEBOOKS.is_relative_to(ROOT):
        raise AnalystError(
            f'{ROOT} chưa có sổ tay. Lập thư mục làm việc: ntm-eval init "Văn phòng", cd vào đó.'
        )
    SCRATCH.mkdir(parents=True, exist_ok=True)
    config = os.pathsep.join(filter(None, (os.environ.get("JUPYTER_CONFIG_PATH"), str(LAB))))
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={NOTEBOOKS}"]
    command += [f"--LabApp.default_url={PAGE}", f"--port={port}"]
    command += [] if browser else ["--no-browser"]
    return subprocess.run(command, env=os.environ | {"JUPYTER_CONFIG_PATH": config}).returncode
