"""The one cache: tables as Parquet beside the reports, with the fingerprint of what made them.

A fingerprint is of a file, of a thing, of a folder; what is equal to the last byte has the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from ntm_eval import disk, language
from ntm_eval.characters import file_name
from ntm_eval.root import PACKAGE
from ntm_eval.workspace import LOCALE, REFERENCE, SCHEMAS, Workspace, write_beside

if TYPE_CHECKING:  # who only asks for fingerprints need not wait for it
    import pandas as pd

NOTE = "made-from.json"  # beside the tables of a step
# the office's own registers beside the reports, which no page rests on
LETTERS, ASSURANCE = "letters.csv", "qa.csv"
Tables = Mapping[str, "pd.DataFrame"]


class _Read(Tables):
    """Tables from the contents of their files, each turned into a frame when it is asked for.

    A page needs a few of two dozen; the contents are of one moment.
    """

    def __init__(self, contents: dict[str, bytes]) -> None:
        self._contents = contents
        self._frames: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        import pandas as pd

        if name not in self._frames:
            self._frames[name] = pd.read_parquet(BytesIO(self._contents[name]))
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


def tables(folder: Path, made_from: object, make: Callable[[], Tables]) -> Tables:
    """The tables cached in `folder`, made first where they are missing or made from other things.

    They hold words, so the language in use is one of those things. A table that was changed since
    counts as missing. The lock lets two processes that need the same step make it once.
    """
    from filelock import FileLock

    wanted = fingerprint([made_from, _words()])
    stamp = folder / NOTE
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        match disk.read_json(stamp):
            case {"made_from": made_from, "tables": dict(noted)} if made_from == _sealed(
                wanted, noted
            ):
                contents = _contents(folder, noted)
                # a table that somebody changed is made again
                if {n: of_bytes(c) for n, c in contents.items()} == noted:
                    return _Read(contents)
        made = make()
        stamp.unlink(missing_ok=True)  # a stop half-way must not leave two makings under one stamp
        for name, frame in made.items():
            with write_beside(folder / f"{name}.parquet") as draft:
                frame.to_parquet(draft, index=False)
        with write_beside(stamp) as draft:
            tables = {name: sha256(folder / f"{name}.parquet") for name in made}
            note = {"made_from": _sealed(wanted, tables), "tables": tables}
            draft.write_text(json.dumps(note), encoding="utf-8")
        # as everyone after will read them: a column's type may change on its way through a file
        return _Read(_contents(folder, tables))


def _sealed(made_from: str, tables: dict) -> str:
    """What a note says that its tables were made from; of a note that was damaged it is not so."""
    return fingerprint([made_from, tables])


def _contents(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    paths = {name: folder / f"{name}.parquet" for name in names}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


def _words() -> list[str]:
    """What the words of a table depend on: the language and its catalogue."""
    name = language.current()
    return [name, sha256(LOCALE / name / "LC_MESSAGES" / "ntm_eval.mo")]


def rules() -> str:
    """The fingerprint of the code and the reference data that turn files into tables."""
    rooms = ("intake", "checks", "exchange", "analysis", "review")
    folders = PACKAGE, *(PACKAGE / name for name in rooms)
    code = [path for folder in folders for path in folder.glob("*.py")]
    paths = sorted([*code, SCHEMAS, *REFERENCE.glob("*.csv")])
    return fingerprint([(p.name, sha256(p)) for p in paths])


def sha256(path: Path) -> str:
    """The fingerprint of a file's bytes; of nothing where there is no such file."""
    return of_bytes(path.read_bytes() if path.is_file() else b"")


def of_bytes(content: bytes) -> str:
    """The fingerprint of a file's content."""
    return hashlib.sha256(content).hexdigest()


def fingerprint(thing: object) -> str:
    """The fingerprint of numbers, text, lists and mappings; the order of keys does not count."""
    return hashlib.sha256(json.dumps(thing, default=str, sort_keys=True).encode()).hexdigest()


def of_files(root: Path) -> dict[str, str]:
    """Every file below a folder with its fingerprint, but hidden ones and what Python compiles."""
    found = {}
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        hidden = any(p.startswith((".", "~$")) or p == "__pycache__" for p in parts)
        if path.is_file() and not hidden:
            found[file_name("/".join(parts))] = sha256(path)
    return found


def inputs(space: Workspace) -> dict[str, str]:
    """Every file received up to the review, by its path in the data folder, with fingerprints.

    But for LETTERS and ASSURANCE: what is noted there makes no page stale.
    """
    found: dict[str, str] = {}
    for year, period in space.keys:
        files = of_files(space.received(year, period)).items()
        own = (LETTERS, ASSURANCE)
        found |= {f"{year}/{period}/{name}": print_ for name, print_ in files if name not in own}
    notes = [space.followup(year) for year in dict.fromkeys(year for year, _ in space.keys)]
    return found | {f"{n.parent.name}/{n.name}": sha256(n) for n in notes if n.is_file()}
