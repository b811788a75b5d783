"""How long the whole review takes: a loop of papermill, `ntm-eval review`, and what is left to cut.

    python bench/review.py [--rounds 3] [--mode NAME ...]
    python bench/review.py --data-path 1 2 4

The review is that of 2022 on the sample: 12 districts by 4 notebooks, and the province's. The modes
run in turn, each into a folder of its own: papermill's command for each page; the same pages by
papermill in two processes; `ntm-eval review` with two jobs, which makes all HTML as well; the
limit, the same cells as plain code in two warm processes, pictures drawn, nothing isolated or
written. After each review it is asked for again, then with one workbook of one district changed.
`--data-path` reads, checks and compares 1, 2, 4 provinces of 12 districts and 5 years.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import engines
from engines import BASE, LIMIT, Taken

from ntm_eval import units
from ntm_eval.workspace import NOTEBOOKS, SAMPLE

YEAR, PERIOD, CHANGED = 2022, "annual", "thuan-chau"
WAVES = (("01_clean",), ("02_trends", "03_satisfaction"), ("04_evaluation",))
REVIEW, AGAIN, ONE = "ntm-eval review, 2", "lập lại, không đổi", "lập lại, một tệp đổi"
Run = tuple[str, dict]  # notebook and parameters


def waves(data: str, out: str) -> list[list[Run]]:
    """The pages of the review, those that may run beside each other together."""
    common = {"year": YEAR, "period": PERIOD, "data": data, "out": out}
    slugs = [d.slug for d in units.districts()]
    own = [[(n, {"district": s, **common}) for n in names for s in slugs] for names in WAVES]
    return [*own, [("05_annual_review", common)]]


def by_command(data: str, out: str) -> None:
    command = Path(sys.executable).with_name("papermill")
    for number, (name, own) in enumerate(page for wave in waves(data, out) for page in wave):
        given = [part for k, v in own.items() for part in ("-p", k, str(v))]
        target = Path(out) / f"{number}.ipynb"
        subprocess.run(
            [
                command,
                NOTEBOOKS / f"{name}.ipynb",
                target,
                *given,
                "--no-progress-bar",
                "--cwd",
                NOTEBOOKS,
            ],
            check=True,
        )


def in_two_processes(data: str, out: str) -> None:
    with ProcessPoolExecutor(2) as pool:
        for wave in waves(data, out):
            list(pool.map(_by_papermill, wave))


def _by_papermill(page: Run) -> None:
    import papermill

    name, own = page
    target = Path(own["out"]) / f"{name}-{own.get('district')}.ipynb"
    papermill.execute_notebook(
        NOTEBOOKS / f"{name}.ipynb", target, own, progress_bar=False, cwd=NOTEBOOKS
    )


def limit(data: str, out: str) -> None:
    with ProcessPoolExecutor(2, initializer=engines.use_agg) as pool:
        for wave in waves(data, out):
            list(pool.map(_as_code, wave))


def _as_code(page: Run) -> None:
    """The cells as plain code, and the pictures that they leave."""
    import matplotlib.pyplot as plt

    name, own = page
    names: dict[str, object] = {}
    with redirect_stdout(io.StringIO()):
        for number, cell in enumerate(_cells(name)):
            exec(cell, names)
            if number == 0:
                names |= own
            for figure in plt.get_fignums():
                plt.figure(figure).savefig(io.BytesIO(), format="png")
            plt.close("all")


@cache
def _cells(name: str) -> list:
    notebook = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    return [compile(source, name, "exec") for source in sources]


MODES = {BASE: by_command, "papermill, 2 tiến trình": in_two_processes, LIMIT: limit}


def rounds(asked: list[str], number: int) -> dict[str, list[Taken]]:
    """What each mode took in each round."""
    taken: dict[str, list[Taken]] = {}
    for _ in range(number):
        for mode in asked:
            with tempfile.TemporaryDirectory() as folder:
                data, out = Path(folder) / "data", Path(folder) / "out"
                shutil.copytree(SAMPLE, data)
                out.mkdir()
                if mode != REVIEW:
                    command = [sys.executable, __file__, "--measure", mode, str(data), str(out)]
                    taken.setdefault(mode, []).append(engines.measured(command))
                    continue
                for each in (REVIEW, AGAIN):
                    taken.setdefault(each, []).append(engines.measured(command_of(data, out)))
                before = started(out)
                change(data)
                taken.setdefault(ONE, []).append(engines.measured(command_of(data, out)))
                again = len(set(started(out)) - set(before))
                print(f"Một tệp đổi: lập lại {again} trên {len(before)} trang.", flush=True)
    return taken


def command_of(data: Path, out: Path) -> list[str]:
    review = str(Path(sys.executable).with_name("ntm-eval"))
    asked = ["--year", str(YEAR), "--period", PERIOD, "--data", str(data), "--out", str(out)]
    return [review, "review", *asked, "--jobs", "2"]


def change(data: Path) -> None:
    """One more house in one workbook of one district."""
    import openpyxl

    (path,) = (data / str(YEAR) / PERIOD).glob("*Thuan Chau*")
    book = openpyxl.load_workbook(path)
    cell = next(row[4] for row in book["Chỉ tiêu"].iter_rows() if row[0].value == "C1-14")
    cell.value = float(cell.value) + 1
    book.save(path)


def started(out: Path) -> list[tuple[str, str, str]]:
    """Each page of the review with when it was made."""
    content = json.loads((out / f"{YEAR}-{PERIOD}" / "manifest.json").read_text("utf-8"))
    return [(page["notebook"], page["district"], page["started"]) for page in content["pages"]]


def data_path(provinces: list[int]) -> None:
    """Seconds of reading, checking and comparing so many provinces, one after the other."""
    from ntm_eval.review import open_review

    print("| tỉnh | huyện × năm | giây | giây mỗi tỉnh |\n|---|---|---|---|")
    for number in provinces:
        start = time.perf_counter()
        for _ in range(number):
            with tempfile.TemporaryDirectory() as out:
                assert len(open_review(YEAR, PERIOD, str(SAMPLE), out).ranking)
        took = time.perf_counter() - start
        print(f"| {number} | {number * 60} | {took:.1f} | {took / number:.2f} |", flush=True)


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--rounds", type=int, default=3)
    every = [BASE, "papermill, 2 tiến trình", REVIEW, LIMIT]
    ask.add_argument("--mode", nargs="+", choices=every, default=every)
    ask.add_argument("--data-path", type=int, nargs="+")
    asked = ask.parse_args()
    if asked.data_path:
        return data_path(asked.data_path)
    engines.prepare_to_measure()
    return engines.table("49 trang", rounds(asked.mode, asked.rounds))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        MODES[sys.argv[2]](*sys.argv[3:])
    else:
        main()
