"""JupyterLab over the notebooks: in Vietnamese, opened on the launcher page, nothing fetched."""

from __future__ import annotations

import os

from ntm_eval.workspace import LAB, NOTEBOOKS, ROOT, SCRATCH, AnalystError

CONFIG = "JUPYTER_CONFIG_PATH"
PAGE = "00_start.ipynb"


def start(port: int, more: list[str]) -> None:
    """Run JupyterLab until it is stopped, with `more` of its own arguments.

    The settings in `LAB` are defaults: what someone set in their own JupyterLab stays theirs.
    Buttons are answered by the kernel itself and not by threads beside it (`commsOverSubshells`):
    pictures are drawn by one thread at a time, or one is lost, and ■ can stop what a button began.

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
    os.environ[CONFIG] = os.pathsep.join(filter(None, (os.environ.get(CONFIG), str(LAB))))
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(
        [
            # reports lie beside the notebooks, so the server shows the whole folder, from there on
            f"--ServerApp.root_dir={ROOT}",
            f"--FileContentsManager.preferred_dir={NOTEBOOKS}",
            f"--LabApp.default_url=/lab/tree/{NOTEBOOKS.name}/{PAGE}",
            # offline nothing is to be looked up, and what is installed is what the lock says
            "--LabApp.extension_manager=readonly",
            f"--port={port}",
            *more,
        ]
    )
