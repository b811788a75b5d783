"""Whether any workbook stops the province: mutants of the sample through the whole review.

    python -m tools.fuzz.review [NUMBER] [--seed SEED] [--together 20] [--command] [--only N ...]

So many mutants lie together in the reports of two districts, the office's own tables among them;
the cells of all notebooks then run as a page runs them, in one process. Counted are pages that
stop, tracebacks on pages, and what must hold of facts.csv: each figure owed is there exactly once,
and a zero is a zero that somebody typed. Where a review is not sound, halves of its mutants are
tried until the mutants that do it are known; `--only` with their numbers and the same seed does it
again. `--command` has `ntm-eval review` make the pages, with its HTML, PDF and landing page.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import threading
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import pandas as pd

from ntm_eval.workspace import NOTEBOOKS, folder_name
from tools.fuzz import books, folders
from tools.fuzz.folders import DISTRICTS

PROCESSES = 2
TOGETHER = 20
# what each review in turn is of
TURNS = ((2022, "annual", "vi"), (2022, "annual", "en"), (2022, "h1", "vi"), (2021, "annual", "vi"))
Made = TypeVar("Made")
OWN = threading.local()  # the process of each thread
TRACEBACK = "Traceback (most recent call last)"


@dataclass(frozen=True)
class Fault:
    """Something that must not be: where, and what; `trace` is for whoever mends it."""

    where: str
    what: str
    trace: str = ""


@dataclass(frozen=True)
class Found:
    """The fewest mutants of a review that do it, and the faults that they make."""

    review: int
    numbers: tuple[int, ...]
    done: tuple[str, ...]
    faults: tuple[Fault, ...]

    def told(self, seed: int) -> str:
        """How to do it again, what was damaged, what came of it."""
        numbers = " ".join(map(str, self.numbers))
        again = f"python -m tools.fuzz.review --seed {seed} --review {self.review} --only {numbers}"
        what = [f"  {fault.where}: {fault.what}" for fault in self.faults]
        trace = next((f.trace for f in self.faults if f.trace), "")
        return "\n".join([again, *self.done, *what, trace[-3000:]])


def run(number: int, seed: int, together: int = TOGETHER, command: bool = False) -> Iterator[Found]:
    """What so many mutants do, by several processes; nothing where nothing stops."""
    groups = [range(n, min(n + together, number)) for n in range(0, number, together)]
    with ThreadPoolExecutor(PROCESSES) as threads:
        asked = [threads.submit(tried, n, seed, g, command) for n, g in enumerate(groups)]
        for ended, each in enumerate(as_completed(asked), 1):
            print(f"{ended}/{len(groups)}", end=" ", file=sys.stderr, flush=True)
            yield from each.result()


def tried(review: int, seed: int, numbers: Sequence[int], command: bool = False) -> list[Found]:
    """The faults of a review with these mutants, by the fewest mutants that make them."""
    try:
        done, faults = apart(reviewed, review, seed, numbers, command)
    except BrokenProcessPool:
        done, faults = [], [Fault("review", "tiến trình chết")]
    if not faults:
        return []
    half = len(numbers) // 2
    parts = [numbers[:half], numbers[half:]] if half else []
    found = [f for part in parts for f in tried(review, seed, part, command)]
    return found or [Found(review, tuple(numbers), tuple(done), tuple(faults))]


def apart(function: Callable[..., Made], *given: object) -> Made:
    """What a function returns in this thread's own process, which a mutant may kill.

    Raises
    ------
    BrokenProcessPool
        Where it did.
    """
    pool = getattr(OWN, "pool", None) or ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    OWN.pool = pool
    try:
        return pool.submit(function, *given).result()
    except BrokenProcessPool:
        OWN.pool = None
        raise


def reviewed(
    review: int, seed: int, numbers: Sequence[int], command: bool = False
) -> tuple[list[str], list[Fault]]:
    """What was damaged, and the faults of the review made of it."""
    year, period, lang = TURNS[review % len(TURNS)]
    with tempfile.TemporaryDirectory() as name:
        data, out = Path(name, "data"), Path(name, "out")
        done = folders.made(data, year, period, seed, numbers).done
        own = {"year": year, "period": period, "data": str(data), "out": str(out), "lang": lang}
        faults = list(by_command(own)) if command else by_cells(own)
        return done, faults + list(untrue(out / folder_name(year, period, lang), period))


def by_cells(own: dict[str, object], notebooks: Path = NOTEBOOKS) -> list[Fault]:
    """The pages that stop or show a traceback, their cells run in a shell of this process."""
    found = []
    for page in sorted(notebooks.glob("0[1-9]*.ipynb")):
        sources = _cells(page)
        slugs = DISTRICTS if re.search(r"^district\b", sources[0], re.M) else (None,)
        for slug in slugs:
            found += _page(f"{page.stem} {slug or 'tỉnh'}", sources, own | {"district": slug})
    return found


@cache
def _cells(page: Path) -> list[str]:
    notebook = json.loads(page.read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


def _page(where: str, sources: list[str], given: dict[str, object]) -> Iterator[Fault]:
    from IPython.utils.capture import capture_output

    shell = _shell()
    shell.reset(new_session=False)
    for number, source in enumerate(sources):
        with capture_output() as shown:
            ran = shell.run_cell(source)
        error = ran.error_before_exec or ran.error_in_exec
        if error is not None:
            trace = "".join(traceback.format_exception(error))
            yield Fault(f"{where}, ô {number}", f"{type(error).__name__}: {error}"[:500], trace)
            return
        texts = [
            shown.stdout,
            shown.stderr,
            *(str(d) for o in shown.outputs for d in o.data.values()),
        ]
        for text in texts:
            if TRACEBACK in text:
                yield Fault(f"{where}, ô {number}", f"{TRACEBACK} trên trang", text)
        if number == 0:
            shell.push(given)


@cache
def _shell():
    """A shell that shows objects and pictures as a kernel does."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    class Shell(InteractiveShell):
        def enable_gui(self, gui: object = None) -> None:
            """No window."""

    config = Config()
    config.HistoryManager.enabled = False
    # a module of its own: in the place of `__main__` no process would find this one's functions
    shell = Shell.instance(config=config, user_module=ModuleType("page"))
    shell.enable_matplotlib("inline")
    return shell


def by_command(own: dict[str, object]) -> Iterator[Fault]:
    """The pages that stop or a traceback that the command shows."""
    command = [str(Path(sys.executable).with_name("ntm-eval")), "review", "--jobs", "1"]
    command += [part for slug in DISTRICTS for part in ("--district", slug)]
    command += [part for name, value in own.items() for part in (f"--{name}", str(value))]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    said = ran.stdout + ran.stderr
    year, period, lang, out = (own[k] for k in ("year", "period", "lang", "out"))
    review = Path(str(out), folder_name(int(str(year)), str(period), str(lang)))
    log = review / "failed" / "log.txt"
    trace = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    manifest = review / "manifest.json"
    pages = json.loads(manifest.read_text("utf-8"))["pages"] if manifest.is_file() else []
    stopped = [p for p in pages if p["state"] != "done"]
    for page in stopped:
        yield Fault(f"{page['notebook']} {page['district'] or 'tỉnh'}", str(page["error"]), trace)
    if TRACEBACK in said or (ran.returncode and not stopped):
        yield Fault("ntm-eval review", f"{ran.returncode}: {said.strip()[-500:]}", said)


def untrue(review: Path, period: str) -> Iterator[Fault]:
    """What does not hold of the facts and the register that a review left."""
    if not (review / "facts.csv").is_file():
        return  # the page that makes it has stopped, which is told
    facts, register = (
        pd.read_csv(review / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("facts", "register")
    )
    whose = dict(zip(register["district_code"], register["status"], strict=True))
    keys = facts[["district_code", "indicator", "measure"]].itertuples(index=False, name=None)
    counts = Counter(keys)
    owed = {
        (code, *key)
        for code, status in whose.items()
        if status != "missing"
        for key in books.owed(period)
    }
    for key in sorted(owed | counts.keys()):
        if counts[key] != (key in owed):
            yield Fault("facts.csv", f"{key}: {counts[key]} lần")
    for row in facts.to_dict("records"):
        if (row["state"] == "reported") != bool(row["value"]):
            yield Fault("facts.csv", f"{row}: số và trạng thái không hợp nhau")
        if row["value"] and not float(row["value"]) and not (row["corrected"] or _zero(row["raw"])):
            yield Fault("facts.csv", f"{row}: thành số 0")


def _zero(typed: str) -> bool:
    """Whether a text says zero: a figure 0 and no other, nothing that is blank or crossed out."""
    digits = [unicodedata.digit(c) for c in typed if c.isdigit()]
    return bool(digits) and not any(digits)


def kinds(found: Sequence[Found]) -> Counter:
    """How often each kind of fault was met: the page, and what stopped it."""
    return Counter(
        (re.sub(r" [\w-]+(?=, ô)", "", f.where), re.sub(r"[0-9]+", "0", f.what)[:100])
        for each in found
        for f in each.faults
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("number", type=int, nargs="?", default=2000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--together", type=int, default=TOGETHER)
    asked.add_argument("--command", action="store_true")
    asked.add_argument("--review", type=int, default=0, help="which of the turns, for --only")
    asked.add_argument("--only", type=int, nargs="+")
    options = asked.parse_args()
    if options.only:
        ran = iter(tried(options.review, options.seed, options.only, options.command))
    else:
        ran = run(options.number, options.seed, options.together, options.command)
    found = []
    for each in ran:
        print(f"\n{each.told(options.seed)}", flush=True)
        found.append(each)
    print(f"\n{len(found)} nhóm bản hỏng làm dừng trang hay sai bảng:")
    for (where, what), times in kinds(found).most_common():
        print(f"{times:5} {where}: {what}")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
