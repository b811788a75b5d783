"""How fast notebooks run by each engine, in one run with the modes in turn.

    python bench/engines.py [--runs 6 24 96] [--rounds 3] [--mode NAME ...]
    python bench/engines.py --flat 200

The notebook is of the kind a review is made of: it loads a Parquet table, aggregates, fits one
model and draws four figures. Each mode is a process of its own with its start, imports and end.
The baseline is honest: bytecode is compiled and PYTHONDONTWRITEBYTECODE unset. All of it takes
about an hour; `--runs 24` about ten minutes. CPU seconds are those of all processes, and say more
than the clock on a busy machine. Its notebook is none of ours, so `warm` replaces the kernel after
it. `--flat` runs our pages many times by `warm`, and prints what controller and kernel hold.
"""

from __future__ import annotations

import argparse
import compileall
import contextlib
import ctypes
import os
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

PR_SET_CHILD_SUBREAPER = 36
BASE, LIMIT = "papermill, lệnh", "giới hạn, 2"
CELLS = (
    "import matplotlib.pyplot as plt\nimport pandas as pd\n"
    "from statsmodels.regression.linear_model import OLS",
    "table = pd.read_parquet(data)\ntable = table[table['district'] == district]",
    "yearly = table.groupby('year')[['households', 'poor', 'cultural']].sum()\nyearly",
    "rates = yearly[['poor', 'cultural']].div(yearly['households'], axis=0)\nrates.describe()",
    "table.groupby(['year', 'content'])['households'].agg(['sum', 'mean', 'std'])",
    "exog = yearly.reset_index()[['year', 'households']].assign(one=1.0)\n"
    "fit = OLS(yearly['poor'].to_numpy(), exog).fit()\nprint(fit.params.round(3).to_string())",
    "table.pivot_table(index='content', columns='year', values='poor', aggfunc='sum')",
    "ax = rates.plot(title=f'Huyện {district}')\nax.set_ylabel('tỷ lệ')",
    "fig, ax = plt.subplots()\nax.bar(yearly.index, yearly['poor'])",
    "fig, axes = plt.subplots(2, 2, sharex=True)\nfor ax, column in zip(axes.flat, yearly):\n"
    "    ax.plot(yearly.index, yearly[column])",
    "fig, ax = plt.subplots()\nax.hist(table['poor'], bins=30)",
    "table['poor'].quantile([0.1, 0.5, 0.9])",
)
Job = tuple[str, str, str, str]  # notebook, output, data, district


def jobs(folder: Path, number: int) -> list[Job]:
    """What each run is given."""
    source, data = folder / "page.ipynb", folder / "table.parquet"
    return [
        (str(source), str(folder / f"{n}.ipynb"), str(data), str(n % 12)) for n in range(number)
    ]


def prepare(folder: Path) -> None:
    """The notebook and its table."""
    import nbformat
    import numpy as np
    import pandas as pd
    from nbformat.v4 import new_code_cell, new_notebook

    chance = np.random.default_rng(1)
    rows = 60_000
    table = pd.DataFrame(
        {
            "district": chance.integers(0, 12, rows).astype(str),
            "year": chance.integers(2010, 2023, rows),
            "content": chance.integers(1, 6, rows),
            "households": chance.integers(50, 500, rows),
        }
    )
    table["poor"] = (table["households"] * chance.uniform(0, 0.3, rows)).round()
    table["cultural"] = (table["households"] * chance.uniform(0.5, 1, rows)).round()
    table.to_parquet(folder / "table.parquet")
    first = new_code_cell("data, district = '', ''", metadata={"tags": ["parameters"]})
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(
        cells=[first, *map(new_code_cell, CELLS)], metadata={"kernelspec": kernel}
    )
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, folder / "page.ipynb")


def run(job: Job, engine: str | None = None) -> None:
    import papermill

    source, target, data, district = job
    own = {"data": data, "district": district}
    papermill.execute_notebook(source, target, own, engine_name=engine, progress_bar=False)


def run_warm(job: Job) -> None:
    run(job, "warm")


def as_function(job: Job) -> int:
    """The same cells as plain code: four pictures drawn, nothing shown or saved."""
    import io

    import matplotlib.pyplot as plt

    names: dict[str, object] = {"data": job[2], "district": job[3]}
    for cell in CELLS:
        exec(cell, names)
    size = 0
    for number in plt.get_fignums():
        picture = io.BytesIO()
        plt.figure(number).savefig(picture, format="png", bbox_inches="tight")
        size += picture.tell()
    plt.close("all")
    return size


def use_agg() -> None:
    import matplotlib

    matplotlib.use("agg")


def by_command(given: list[Job]) -> None:
    command = Path(sys.executable).with_name("papermill")
    for source, target, data, district in given:
        own = ["-p", "data", data, "-r", "district", district]
        subprocess.run([command, source, target, *own, "--no-progress-bar"], check=True)


def in_one_process(given: list[Job]) -> None:
    for job in given:
        run(job)


def in_two_processes(given: list[Job]) -> None:
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(run, given))


def warm(given: list[Job]) -> None:
    for job in given:
        run_warm(job)


def warm_by_two(given: list[Job]) -> None:
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(run_warm, given))


def limit(given: list[Job]) -> None:
    """Workers stay, and so do their libraries: nothing is isolated, nothing is written."""
    with ProcessPoolExecutor(2, initializer=use_agg) as pool:
        list(pool.map(as_function, given))


MODES = {
    BASE: by_command,
    "papermill, 1 tiến trình": in_one_process,
    "papermill, 2 tiến trình": in_two_processes,
    "warm, 1": warm,
    "warm, 2": warm_by_two,
    LIMIT: limit,
}


class Taken(NamedTuple):
    """What one mode took, in all its processes together."""

    seconds: float
    cpu: float  # seconds
    peak: float  # MB


def measure(mode: str, number: int) -> Taken:
    """One mode in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        return measured([sys.executable, __file__, "--measure", mode, folder, str(number)])


def measured(command: list[str]) -> Taken:
    """What a command and all that it starts take."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start, before = time.perf_counter(), cpu_of_ended()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = [0.0]
    watch = threading.Thread(target=watch_memory, args=(process.pid, peak))
    watch.start()
    if process.wait():
        raise SystemExit(f"{command}: không chạy xong")
    seconds = time.perf_counter() - start
    watch.join()
    with contextlib.suppress(ChildProcessError):  # servers that their controllers left
        while True:
            os.wait()
    return Taken(seconds, cpu_of_ended() - before, peak[0])


def prepare_to_measure() -> None:
    """Compile all libraries; what a mode leaves running becomes a child, whose CPU can be read."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    compileall.compile_dir(sysconfig.get_path("purelib"), quiet=2)


def cpu_of_ended() -> float:
    """CPU seconds of all processes that this one has waited for, and that they have waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def flat(number: int) -> None:
    """MB and threads of controller and kernel, after each twentieth of the runs."""
    import papermill
    import psutil

    from ntm_eval.workspace import NOTEBOOKS

    pages = ("01_clean", "03_satisfaction", "02_trends", "04_evaluation")
    print("| trang | giây | controller, MB | nhân, MB | controller, luồng | nhân, số hiệu |")
    print("|---|---|---|---|---|---|")
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for n in range(1, number + 1):
            papermill.execute_notebook(
                NOTEBOOKS / f"{pages[n % len(pages)]}.ipynb",
                f"{folder}/out.ipynb",
                {"district": "sop-cop", "out": folder},
                engine_name="warm",
                progress_bar=False,
            )
            if n % max(1, number // 20) == 0 or n == 1:
                controller = psutil.Process()
                (kernel,) = controller.children()
                held = [p.memory_info().rss / 1e6 for p in (controller, kernel)]
                print(
                    f"| {n} | {time.perf_counter() - start:.1f} | {held[0]:.0f} | {held[1]:.0f} |"
                    f" {controller.num_threads()} | {kernel.pid} |",
                    flush=True,
                )


def watch_memory(pid: int, peak: list[float]) -> None:
    """The greatest sum of what a process and its children hold, what they share counted once.

    A look goes through all their pages, so it rests thirty times as long as it took: looks every
    half second took 12 CPU seconds beside a review, which are no part of it.
    """
    import psutil

    while psutil.pid_exists(pid):
        held, began = 0, time.perf_counter()
        try:
            for process in (root := psutil.Process(pid), *root.children(recursive=True)):
                held += process.memory_full_info().pss
        except psutil.Error:  # some process has just ended
            continue
        finally:
            time.sleep(max(0.5, 30 * (time.perf_counter() - began)))
        peak[0] = max(peak[0], held / 1e6)


def main() -> None:
    """Ask what to measure, and do it."""
    ask = argparse.ArgumentParser()
    ask.add_argument("--runs", type=int, nargs="+", default=[6, 24, 96])
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--mode", nargs="+", choices=MODES, default=list(MODES))
    ask.add_argument("--flat", type=int)
    asked = ask.parse_args()
    if asked.flat:
        flat(asked.flat)
        return
    prepare_to_measure()
    for number in asked.runs:
        taken: dict[str, list[Taken]] = {mode: [] for mode in asked.mode}
        for _ in range(asked.rounds):
            for mode in asked.mode:
                taken[mode].append(measure(mode, number))
        table(f"{number} lần chạy", taken)


def table(title: str, taken: dict[str, list[Taken]]) -> None:
    """Medians, and ratios round by round with their least and greatest."""
    print(f"\n| {title} | giây | giây CPU | MB | nhanh hơn lệnh papermill |", end="")
    print(" so với giới hạn | CPU: ít hơn lệnh papermill | CPU: so với giới hạn |")
    print("|---|---|---|---|---|---|---|---|")
    seconds = {mode: [t.seconds for t in rounds] for mode, rounds in taken.items()}
    cpu = {mode: [t.cpu for t in rounds] for mode, rounds in taken.items()}
    for mode, rounds in taken.items():
        compared = [
            ratio
            for spent in (seconds, cpu)
            for ratio in (
                ratios(spent.get(BASE), spent[mode]),
                ratios(spent[mode], spent.get(LIMIT)),
            )
        ]
        medians = [f"{statistics.median(spent[mode]):.1f}" for spent in (seconds, cpu)]
        memory = f"{max(t.peak for t in rounds):.0f}"
        print("|", " | ".join([mode, *medians, memory, *compared]), "|", flush=True)


def ratios(above: list[float] | None, below: list[float] | None) -> str:
    if not above or not below:
        return ""
    found = [a / b for a, b in zip(above, below, strict=True)]
    return f"{statistics.median(found):.2f} ({min(found):.2f} đến {max(found):.2f})"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        mode, folder, number = sys.argv[2:]
        MODES[mode](jobs(Path(folder), int(number)))
    else:
        main()
