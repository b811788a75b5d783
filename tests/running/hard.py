"""Small notebooks that are hard to run right, and what two runs of one must have in common."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
WIDGET = """
from comm import create_comm
state = {"_model_name": "IntSliderModel", "_model_module": "@jupyter-widgets/controls",
         "_model_module_version": "2.0.0", "value": 3, "data": None}
slider = create_comm(target_name="jupyter.widget", comm_id="slider", buffers=[b"\\x00\\xff"],
                     data={"state": state, "buffer_paths": [["data"]]})
slider.send(data={"method": "update", "state": {"value": 7}, "buffer_paths": []})
"""
OUTPUT_WIDGET = """
state = {"_model_name": "OutputModel", "_model_module": "@jupyter-widgets/output",
         "_model_module_version": "1.0.0", "outputs": [], "msg_id": ""}
area = create_comm(target_name="jupyter.widget", comm_id="area", data={"state": state})
told = get_ipython().kernel.get_parent()["header"]["msg_id"]
area.send(data={"method": "update", "state": {"msg_id": told}, "buffer_paths": []})
print("trong khung", flush=True)
area.send(data={"method": "update", "state": {"msg_id": ""}, "buffer_paths": []})
print("ngoài khung")
"""
ALLOWED = "raises-exception"
# Each name is a notebook; the cells stand below a cell of parameters.
NOTEBOOKS: dict[str, tuple] = {
    "shell": (
        "!echo from a shell",
        "%%bash\necho from bash\necho to stderr >&2",
        "%%capture kept\nprint('captured')",
        "kept.stdout",
        "%precision 2",
        "%no_such_magic",
    ),
    "shows": (
        "from IPython.display import HTML, Markdown, clear_output, display",
        "shown = display(HTML('<b>a</b>'), display_id='q')",
        "shown.update(HTML('<b>b</b>'))",
        "print('gone'); clear_output(); print('stays')",
        "for i in range(3):\n    clear_output(wait=True); print(i)",
        "print('a'); display(Markdown('*b*')); print('c'); {'d': 1}",
        "import pandas as pd\npd.DataFrame({'a': [1, None], 'b': ['x', 'ẩn']})",
        "_, __, In[1], len(Out)",
        "x;",
        "?print",
        "exit_is_not_called = 1",
    ),
    "draws": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.title('hai')",
        "fig, ax = plt.subplots(); ax.plot([1])\nfig",
        "%config InlineBackend.figure_formats = ['svg']\n"
        "plt.rcParams['svg.hashsalt'] = 'x'\nplt.plot([2, 1]);",
        "plt.get_backend(), plt.rcParams['figure.dpi'], plt.get_fignums()",
    ),
    "prints": (
        "import sys, warnings, logging\n"
        "print('err', file=sys.stderr); warnings.warn('careful'); logging.warning('logged')",
        # a stock kernel orders what a subprocess prints only where there is time between
        "import subprocess, time\nprint('before'); time.sleep(0.3)\n"
        "subprocess.run(['echo', 'below']); time.sleep(0.3); print('after')",
        "import os\nos.write(1, 'thô\\n'.encode()); time.sleep(0.3)",
        "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.puts(b'from C'); libc.fflush(None)\n"
        "time.sleep(0.3)",
        "for i in range(3):\n    print(f'\\r{i}/2', end='', file=sys.stderr)",
        "import threading\nthread = threading.Thread(target=lambda: print('a thread'))\n"
        "thread.start(); thread.join()",
        "print('một', end=''); print(' dòng', flush=True)",
        "print('x' * 300_000)",
        "def late():\n    time.sleep(0.3); print('late')\nthreading.Thread(target=late).start()",
        "time.sleep(0.6); print('last')",
        "try:\n    sys.stdout.write(1)\nexcept TypeError as error:\n    print(error)",
    ),
    "waits": (
        "import asyncio\nawait asyncio.sleep(0.01)\nprint('awaited')",
        "async def speak():\n    await asyncio.sleep(0.05); print('never seen')\n"
        "task = asyncio.create_task(speak())",
        "await asyncio.sleep(0.2); task.done()",
        "asyncio.get_running_loop().is_running()",
        "asyncio.run(asyncio.sleep(0))",
    ),
    "forks": (
        "import pickle\nclass A: pass\ntype(pickle.loads(pickle.dumps(A()))).__name__, __name__",
        "import multiprocessing as mp\nfrom concurrent.futures import ProcessPoolExecutor\n"
        "def square(n):\n    return n * n",
        "with ProcessPoolExecutor(2, mp_context=mp.get_context('fork')) as pool:\n"
        "    print(list(pool.map(square, range(4))))",
        "import subprocess\nleft = subprocess.Popen(['sleep', '60'])",
    ),
    "widgets": (WIDGET, OUTPUT_WIDGET),
    "skips": (
        new_markdown_cell("# Văn bản"),
        "",
        new_code_cell("1 / 0", metadata={"tags": [ALLOWED]}),
        new_code_cell("never()", metadata={"tags": ["skip-execution"]}),
        "print('goes on')",
        "x = 2\nraise ValueError('một\\nhai')",
        "print('not reached')",
    ),
    "interrupted": ("raise KeyboardInterrupt",),
    "exits": ("print('bye')\nimport sys; sys.exit(0)", "print('not reached')"),
    "exits with 1": ("import sys; sys.exit(1)",),
    "does not parse": ("x = = 1",),
    "asks": ("input('?')",),
    "asks for a password": ("import getpass; getpass.getpass()",),
    "has no memory": (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))\n"
        "b = bytearray(2**34)",
    ),
    "loops": ("print('start', flush=True)\nwhile True: pass",),
    "sleeps": ("import time\ntry:\n    time.sleep(1000)\nfinally:\n    print('woken')",),
    "kills itself": ("print('done')", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"),
    "leaves": ("import os; os._exit(3)",),
    "segfaults": ("import ctypes; ctypes.string_at(0)",),
}
# A stock kernel that dies takes with it what its thread for messages has not sent.
DIE = ("kills itself", "leaves", "segfaults")
# seconds that a cell may take: few for those that would never end
SECONDS = dict.fromkeys(("loops", "sleeps"), 1)


def write(folder: Path, name: str, cells=None) -> Path:
    """One of the notebooks above, or one of the given cells, as a file."""
    cells = NOTEBOOKS[name] if cells is None else cells
    made = [new_code_cell("x = 1", metadata={"tags": ["parameters"]})]
    made += [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    notebook = new_notebook(cells=made, metadata={"kernelspec": KERNELSPEC})
    notebook.metadata["language_info"] = {"name": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


@dataclass(frozen=True)
class Outcome:
    """What a run raised, and what it left, without times and numbers of processes."""

    error: str | None
    notebook: dict
    cells: list[dict]


def run(source: Path, engine: str | None, parameters: dict | None = None, **options) -> Outcome:
    """Run a notebook by an engine of papermill; the file it leaves lies beside its source."""
    # ipykernel captures less where it sees this, and a kernel is kept for one environment
    os.environ.pop("PYTEST_CURRENT_TEST", None)
    left = source.with_name(f"{source.stem} run.ipynb")
    left.unlink(missing_ok=True)
    error = None
    try:
        papermill.execute_notebook(
            source, left, parameters, engine_name=engine, progress_bar=False, **options
        )
    except Exception as stop:
        error = scrub(f"{type(stop).__module__}.{type(stop).__qualname__}: {stop}")
    notebook = nbformat.read(left, as_version=4)
    cells = [_compared(cell) for cell in notebook.cells]
    metadata = dict(notebook.metadata)
    times = ("duration", "start_time", "end_time")
    run_by = metadata.pop("papermill")
    metadata["papermill"] = {k: None if k in times else v for k, v in run_by.items()}
    return Outcome(error, metadata, cells)


def _compared(cell) -> dict:
    of_papermill = cell.metadata.get("papermill", {})
    return {
        "type": cell.cell_type,
        "source": cell.source,
        "tags": cell.metadata.get("tags"),
        "metadata": sorted(cell.metadata),
        "papermill": sorted(of_papermill),
        "state": (of_papermill.get("status"), of_papermill.get("exception")),
        "timings": sorted(cell.metadata.get("execution", {})),
        "count": cell.get("execution_count"),
        "outputs": _joined(cell.get("outputs", [])),
    }


def _joined(outputs: list) -> list:
    """Outputs in which pieces of one stream are one: where it was cut depends on the clock."""
    joined: list[dict] = []
    for output in outputs:
        output = dict(output)
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and output.get("name") == last.get("name"):
            last["text"] += output["text"]
        else:
            joined.append(output)
    return [_scrubbed(output) for output in joined]


def _scrubbed(value):
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {key: _scrubbed(item) for key, item in value.items()}
    return value


def scrub(text: str) -> str:
    """A text without what differs between any two runs."""
    text = re.sub(r"ipykernel_\d+", "ipykernel_N", text)
    text = re.sub(r"0x[0-9a-f]{6,}", "0xN", text)
    text = re.sub(r"<dc:date>[^<]*", "<dc:date>", text)
    return re.sub(r"\b(Date|Time): +\S.*", r"\1", text)


def said(outcome: Outcome) -> str:
    """What the last cell printed."""
    assert outcome.error is None, outcome.error
    return "".join(output.get("text", "") for output in outcome.cells[-1]["outputs"])
