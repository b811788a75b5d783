"""The editions of a review that were issued: which there are, and whether they are as issued.

One lies in `OUT/releases/<review>/<number>/` with its note `release.json`, whose fields are in
`release.schema.json`; all its paths are relative. `running/release.py` makes one; nothing changes
or removes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import fastjsonschema

from ntm_eval import disk, notation
from ntm_eval.cache import fingerprint, sha256
from ntm_eval.language import translate as _
from ntm_eval.workspace import RELEASE_SCHEMA, RELEASED

CHANGED = "nội dung đã khác so với lúc phát hành. Lấy lại tệp này từ bản lưu."
GONE = "tệp không còn. Lấy lại tệp này từ bản lưu."
EXTRA = "tệp không thuộc bản phát hành. Chuyển tệp này ra khỏi thư mục."
DAMAGED = "bị hỏng hoặc không có, nên không đối chiếu được. Lấy lại tệp này từ bản lưu."
NAMED = 5  # files named in a sentence; the others are counted
ABSENT = "không còn bản phát hành này. Lấy lại cả thư mục từ bản lưu."


@dataclass(frozen=True)
class Edition:
    """An edition that was issued: its folder and what its note says."""

    folder: Path
    note: Mapping

    @property
    def number(self) -> int:
        """Its number among the editions of the review."""
        return int(self.note["number"])

    @property
    def day(self) -> date:
        """When it was issued."""
        return date.fromisoformat(self.note["day"])

    @property
    def name(self) -> str:
        """What it is called within a sentence."""
        day = notation.day(self.day)
        return _("bản phát hành số {number} ngày {day}", number=self.number, day=day)

    @property
    def title(self) -> str:
        """Its name, as a title."""
        return self.name[:1].upper() + self.name[1:]

    def changed(self, inputs: Mapping[str, str]) -> list[str]:
        """The names of received files that are not as they were when it was issued."""
        return changed_inputs(self.note["inputs"], inputs)

    def marks(self, inputs: Mapping[str, str]) -> list[str]:
        """The same as a sentence; none where nothing changed."""
        files = self.changed(inputs)
        names, more = ", ".join(files[:NAMED]), len(files) - NAMED
        if more > 0:
            names = _("{names} và {more} tệp khác", names=names, more=more)
        said = _(
            "Số liệu nhận được đã thay đổi sau {edition}: {files}.", edition=self.name, files=names
        )
        return [said] if files else []


def changed_inputs(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The files that two lists of names and fingerprints do not both have as they are."""
    return sorted(n for n in {*before, *after} if before.get(n) != after.get(n))


def read(folder: Path) -> Edition | None:
    """The edition in a folder; None where there is none, or its note is damaged."""
    with suppress(fastjsonschema.JsonSchemaValueException):
        return Edition(folder, _checked()(disk.read_json(folder / RELEASED)))
    return None


@cache
def _checked() -> Callable[[object], dict]:
    return fastjsonschema.compile(json.loads(RELEASE_SCHEMA.read_bytes()))


def issued(home: Path) -> list[Edition]:
    """The editions in `workspace.releases`, the first first; of a damaged note nothing is told."""
    found = [read(path) for _, path in sorted(_numbered(home).items())]
    return [edition for edition in found if edition]


def last(home: Path) -> Edition | None:
    """The latest of them."""
    return next(reversed(issued(home)), None)


def next_number(home: Path) -> int:
    """The number of the next edition: also a damaged one keeps its own."""
    return max(_numbered(home), default=0) + 1


def _numbered(home: Path) -> dict[int, Path]:
    return {int(p.name): p for p in home.glob("[0-9]*") if p.name.isdecimal() and p.is_dir()}


def sealed(note: Mapping) -> str:
    """The seal of a note: the fingerprint of all that it says besides."""
    return fingerprint({key: value for key, value in note.items() if key != "seal"})


def verify(folder: Path) -> list[str]:
    """What is no longer as issued in the folder of an edition, in words; empty where all is."""
    edition = read(folder)
    if edition is None:
        return [f"{RELEASED}: {DAMAGED}"]
    there = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*"))}
    files = {n: p for n, p in there.items() if n != RELEASED and (p.is_symlink() or p.is_file())}
    promised = edition.note["files"]
    wrong = [] if sealed(edition.note) == edition.note["seal"] else [f"{RELEASED}: {CHANGED}"]
    wrong += [f"{n}: {GONE}" for n in promised if n not in files]
    wrong += [
        f"{n}: {CHANGED}"
        for n, print_ in promised.items()
        if n in files and (files[n].is_symlink() or sha256(files[n]) != print_)
    ]
    return wrong + [f"{n}: {EXTRA}" for n in files if n not in promised]


def verify_all(home: Path) -> Iterator[str]:
    """The same of every edition in `workspace.releases`, with numbers that are no longer there."""
    found = _numbered(home)
    for number in range(1, next_number(home)):
        if number not in found:
            yield f"{number}: {ABSENT}"
    for number, folder in sorted(found.items()):
        yield from (f"{number}/{line}" for line in verify(folder))
