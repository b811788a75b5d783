"""How long reading takes: our reading, cleaning and checking beside calamine alone, in one run.

    python bench/read.py [NUMBER]

Copies the sample's workbooks of 2022 until there are NUMBER of them (1000 by default). Three
rounds; each way runs in a process of its own, so that each has its own peak of memory. Both start
with the libraries loaded, set aside from the garbage collector as in a batch, and one workbook
read. The goal is at most 3 times calamine alone, in the median of the rounds, and memory that does
not grow with the number of workbooks.
"""

from __future__ import annotations

import gc
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from ntm_eval.intake.clean import Cleaned

GOAL, ROUNDS = 3, 3
WAYS = {"alone": "calamine đọc thành bảng", "ours": "đọc, làm sạch, kiểm tra"}


def alone(paths: list[Path]) -> None:
    """Every sheet of every workbook as a frame, by calamine."""
    import pandas as pd
    import python_calamine as calamine

    for path in paths:
        book = calamine.CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            pd.DataFrame(book.get_sheet_by_name(name).to_python())


def ours(paths: list[Path]) -> None:
    """Every workbook read, cleaned and checked as `ntm-eval check` does, and its three tables."""
    from ntm_eval import units
    from ntm_eval.checks import report as checks

    for path in paths:
        report, cleaned, _ = checks.read_alone(path)
        if report is None or cleaned is None:
            sys.exit(f"{path.name}: không đọc được")
        district = units.district(report.district_code)
        checks.find_problems(checks.case_of(district, report.year, report.period, cleaned))
        frames(cleaned)


def frames(cleaned: Cleaned) -> tuple[pd.DataFrame, ...]:
    """The tables as a review asks for them; `ntm-eval check` does without."""
    return cleaned.facts, cleaned.communes, cleaned.answers


def measured(way: str, folder: Path) -> None:
    """Run one way here, and print its seconds and its peak of memory for half and for all."""
    run = {"alone": alone, "ours": ours}[way]
    paths = sorted(folder.iterdir())
    run(paths[:1])
    gc.collect()
    gc.freeze()  # as in a batch: the libraries are not looked through again and again
    start = time.perf_counter()
    run(paths[: len(paths) // 2])
    half = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    run(paths[len(paths) // 2 :])
    seconds = time.perf_counter() - start
    print(seconds, half, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    from ntm_eval.workspace import SAMPLE

    found = sorted((SAMPLE / "2022" / "annual").glob("*.xlsx"))
    with tempfile.TemporaryDirectory() as folder:
        for n in range(number):
            shutil.copy(found[n % len(found)], Path(folder) / f"{n:05}.xlsx")
        ratios = []
        print(f"{number} tệp                    giây   mỗi tệp, ms   MB, nửa đầu   MB, tất cả")
        for _ in range(ROUNDS):
            seconds = {way: told(way, name, folder, number) for way, name in WAYS.items()}
            ratios.append(seconds["ours"] / seconds["alone"])
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    ratio = statistics.median(ratios)
    print(f"Tỷ số: {ratio:.2f} ({each}; mục tiêu: không quá {GOAL})")
    sys.exit(ratio > GOAL)


def told(way: str, name: str, folder: str, number: int) -> float:
    """The seconds of one way, printed with its memory."""
    command = [sys.executable, __file__, "--measure", way, folder]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, half, peak = map(float, said.split())
    each = 1000 * seconds / number
    numbers = f"{seconds:7.2f} {each:13.2f} {half / 1000:13.0f} {peak / 1000:12.0f}"
    print(f"{name:25} {numbers}", flush=True)
    return seconds


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        main()
