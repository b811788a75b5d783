"""Tables kept beside the reports, each step with the fingerprint of all that it was made from."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import pandas as pd
from filelock import FileLock

from ntm_eval import language
from ntm_eval.characters import UNSOUND, printable
from ntm_eval.prints import fingerprint, of_bytes, sha256
from ntm_eval.workspace import PACKAGE, REFERENCE, write_beside

Tables = Mapping[str, pd.DataFrame]


class _Read(Tables):
    """Tables from the contents of their files, each turned into a frame when it is asked for.

    A page needs a few of two dozen; the contents are of one moment.
    """

    def __init__(self, contents: dict[str, bytes]) -> None:
        self._contents, self._frames = contents, dict[str, pd.DataFrame]()

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = pd.read_parquet(BytesIO(self._contents[name]))
        return self._frames[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


def tables(folder: Path, made_from: object, make: Callable[[], Tables]) -> Tables:
    """The tables kept in `folder`, made first where they are missing or made from other things.

    They hold words, so the language spoken is one of those things. A table that was changed since
    counts as missing. The lock lets two processes that need the same step make it once.
    """
    wanted = fingerprint([made_from, language.print_of(language.spoken())])
    stamp = folder / "made-from.json"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if stamp.is_file():
            note = json.loads(stamp.read_text(encoding="utf-8"))
            if note["made_from"] == wanted:
                contents = _contents(folder, note["tables"])
                # a table that somebody changed is not kept
                if {n: of_bytes(c) for n, c in contents.items()} == note["tables"]:
                    return _Read(contents)
        made = make()
        stamp.unlink(missing_ok=True)  # a stop half-way must not leave two makings under one stamp
        for name, frame in made.items():
            with write_beside(folder / f"{name}.parquet") as draft:
                frame.to_parquet(draft, index=False)
        with write_beside(stamp) as draft:
            tables = {name: sha256(folder / f"{name}.parquet") for name in made}
            draft.write_text(json.dumps({"made_from": wanted, "tables": tables}), "utf-8")
        # as everyone after will read them: a column's type may change on its way through a file
        return _Read(_contents(folder, tables))


def _contents(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    paths = {name: folder / f"{name}.parquet" for name in names}
    return {name: path.read_bytes() for name, path in paths.items() if path.is_file()}


@cache
def rules() -> str:
    """The fingerprint of the code and the reference data that turn files into tables."""
    code = [p for g in ("*.py", "intake/*.py", "analysis/*.py") for p in PACKAGE.glob(g)]
    paths = sorted([*code, *REFERENCE.glob("*.csv")])
    return fingerprint([(p.name, sha256(p)) for p in paths])


def csv(frame: pd.DataFrame) -> str:
    """A table as CSV that every program reads back with exactly its rows, and runs nothing of.

    15 digits: a whole number without '.0', and all that a float holds. Texts are as they print: a
    lone carriage return would end the row for some readers.
    """
    unsound = {
        name: text.map(printable, na_action="ignore")
        for name, text in frame.select_dtypes("str").items()
        if UNSOUND.search("\n".join(text.dropna()))
    }
    made = inert(frame.assign(**unsound))
    return made.to_csv(index=False, float_format="%.15g", lineterminator="\n")


def inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    made = {}
    for name, text in frame.select_dtypes("str").items():
        risky = text.str.match(r"^[=+\-@\t\r]", na=False)
        if risky.any():
            made[name] = text.where(~risky, "'" + text)
    return frame.assign(**made)
