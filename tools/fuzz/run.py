"""How the intake bears damage: mutants of the sample's reports, each read, cleaned and checked.

    python -m tools.fuzz [NUMBER] [--seed SEED] [--show]

Of twelve of the NUMBER mutants (2400 by default) five have cells typed anew, three an edited
structure, two wrong bytes; one is a Word document, one an export of household forms. Counted are
exceptions other than the intake's own, lost cells (a figure owed that is not there exactly once, a
typed cell that is neither read nor named by a problem, a form that does not count) and silent
changes (a figure that differs though neither its cell nor a problem says why). The goal is zero of
each. The same seed gives the same mutants. `--show` tells of each fault.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ntm_eval import units
from ntm_eval.checks import report as checks
from ntm_eval.workspace import ROOT, SAMPLE
from tools.fuzz import books, forms, mutants, verdicts, words
from tools.fuzz.mutants import Mutant
from tools.fuzz.verdicts import Reading

PROCESSES = 2
FOLDERS = ("annual", "h1")
EACH = 3  # workbooks of each folder of 2022
FAULTS = ("ngoại lệ", "ô mất", "đổi lặng")
# Of twelve mutants: cells, structure, bytes, documents of Word, household forms.
TURNS = "ccsbcscscbwh"

Read = Callable[[Path], Reading]


@dataclass(frozen=True)
class Result:
    """What became of one mutant: the kind of damage, and its faults."""

    family: str
    what: str
    refused: bool
    faults: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Source:
    """A report of the sample: its bytes and slots, and both as read undamaged."""

    data: bytes
    sheets: list[books.Sheet]
    as_came: Reading
    as_written: Reading
    as_document: Reading


def seed_of_the_commit() -> int:
    """A seed that is another one with each commit, and the same for all who test that one."""
    asked = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    said = subprocess.run(asked, capture_output=True, encoding="utf-8", check=False).stdout
    return int(said[:8] or "1", 16)


def read(path: Path) -> Reading:
    """A file read, cleaned and checked, as `ntm-eval check` does."""
    report, cleaned, found = checks.read_alone(path)
    if report is None:
        return Reading(problems=tuple(found))
    district = units.district(report.district_code)
    case = checks.case_of(district, report.year, report.period, cleaned)
    problems = (*found, *cleaned.problems, *checks.find_problems(case))
    return verdicts.reading(report.period, cleaned, problems)


@cache
def sources() -> tuple[Source, ...]:
    """Six reports of the sample, as they came and as slots."""
    paths = [
        p for folder in FOLDERS for p in sorted((SAMPLE / "2022" / folder).glob("*.xlsx"))[:EACH]
    ]
    return tuple(map(_source, paths))


def _source(path: Path) -> Source:
    report, as_came = books.load(path), read(path)
    with tempfile.TemporaryDirectory() as folder:
        as_written = _read_bytes(books.write(report), Path(folder), read)
        as_document = _read_bytes(words.plain(report), Path(folder), read)
    keys = {(e.sheet, e.ref): key for key, e in as_written.entries.items() if e.ref}
    return Source(path.read_bytes(), books.keyed(report, keys), as_came, as_written, as_document)


def mutant(seed: int, number: int) -> tuple[Mutant, Reading]:
    """The mutant of a number, and its report as read undamaged."""
    rng = random.Random(f"{seed}/{number}")
    source = rng.choice(sources())
    turn = TURNS[number % len(TURNS)]
    if turn == "b":
        return mutants.flip_bytes(source.data, rng), source.as_came
    if turn == "w":
        return words.edit_document(source.sheets, rng), source.as_document
    if turn == "h":
        return forms.edit_forms(rng), source.as_came
    edit = mutants.edit_cells if turn == "c" else mutants.edit_structure
    made = edit(source.sheets, rng)
    made.data = books.write(made.sheets)
    return made, source.as_written


def judge(numbers: Iterable[int], seed: int, reader: Read = read) -> list[Result]:
    """What becomes of each of these mutants under a reader."""
    with tempfile.TemporaryDirectory() as folder:
        return [_judged(*mutant(seed, n), Path(folder), reader) for n in numbers]


def _judged(made: Mutant, base: Reading, folder: Path, reader: Read) -> Result:
    try:
        if made.truth:
            return Result(made.family, made.what, False, tuple(forms.faults(made)))
        now = _read_bytes(made.data, folder, reader)
    except BaseException as error:  # a panic in Rust is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        fault = ("ngoại lệ", f"{type(error).__name__}: {error}")
        return Result(made.family, made.what, False, (fault,))
    if made.family == "Word":
        faults = verdicts.of_document(made, base, now)
    else:
        faults = [("ô mất", w) for w in verdicts.lost(made, base, now)]
        faults += [("đổi lặng", w) for w in verdicts.silent(made, base, now)]
    return Result(made.family, made.what, now.period is None, tuple(faults))


def _read_bytes(data: bytes, folder: Path, reader: Read) -> Reading:
    path = folder / "bao cao.xlsx"
    path.unlink(missing_ok=True)
    path.write_bytes(data)
    return reader(path)


def run(number: int, seed: int) -> list[Result]:
    """What becomes of so many mutants, in their order, by several processes."""
    parts = [range(n, min(n + 50, number)) for n in range(0, number, 50)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        return [r for part in pool.map(judge, parts, [seed] * len(parts)) for r in part]


def table(results: list[Result]) -> str:
    """The counts by kind of damage; a mutant counts once in each column."""
    head = f"{'Loại hỏng':28} {'số bản':>7} {'từ chối':>8} " + " ".join(f"{f:>9}" for f in FAULTS)
    lines = [head]
    for family in (*dict.fromkeys(r.family for r in results), None):
        mine = [r for r in results if family in (None, r.family)]
        counts = Counter(fault for r in mine for fault in {kind for kind, _ in r.faults})
        numbers = " ".join(f"{counts[f]:9}" for f in FAULTS)
        refused = sum(r.refused for r in mine)
        lines.append(f"{family or 'cộng':28} {len(mine):7} {refused:8} {numbers}")
    return "\n".join(lines)
