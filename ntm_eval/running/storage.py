"""A folder at an address that fsspec knows (S3 and the like), and its copy on this machine.

Notebooks and tables work on plain files. So what they need is copied here first, what they made
is copied back, and only what changed travels: each copy keeps, beside itself, which version of
each object it holds.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ntm_eval import disk
from ntm_eval.running.hold import letter, myself
from ntm_eval.workspace import AnalystError, write_beside

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

NOTE = ".versions.json"
HOLDER = "holder.json"


@dataclass(frozen=True)
class Copy:
    """A folder here that holds what lies at an address."""

    address: str
    folder: Path

    def fetch(self) -> None:
        """Bring what is new or changed there; take away what was brought before and is gone."""
        files, root = self._files()
        held, note = self._note(), {}
        for place, about in files.find(root, detail=True).items():
            name = place[len(root) :].lstrip("/")
            path = self.folder / name
            version = str(about.get("ETag") or [about.get("mtime"), about.get("size")])
            if held.get(name, [None])[0] != version or not path.is_file():
                with write_beside(path) as draft:
                    files.get_file(place, str(draft))
            note[name] = [version, path.stat().st_mtime_ns]
        for name in held.keys() - note.keys():
            (self.folder / name).unlink(missing_ok=True)
        self._write(note)

    def send(self, gone: Iterable[Path] = ()) -> None:
        """Put there what was made or changed here since, and take away what is named as gone.

        Notes of kept tables go last, so that no one finds a note without its tables.
        """
        files, root = self._files()
        note = self._note()
        changed = [
            p for p in self._own() if note.get(self._name(p), [0, 0])[1] != p.stat().st_mtime_ns
        ]
        for path in sorted(changed, key=lambda p: p.name == "made-from.json"):
            name = self._name(path)
            stamp = path.stat().st_mtime_ns
            files.makedirs(f"{root}/{name}".rsplit("/", 1)[0], exist_ok=True)
            files.put_file(str(path), f"{root}/{name}")
            about = files.info(f"{root}/{name}", refresh=True)
            note[name] = [str(about.get("ETag") or [about.get("mtime"), about.get("size")]), stamp]
        for name in {self._name(p) for p in gone if not p.exists()} & note.keys():
            files.rm_file(f"{root}/{name}")
            del note[name]
        self._write(note)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Say at the address who is at work there; a second one is refused.

        An object store has no lock that ends with its process: a holder on this machine that is
        no more is passed over, one on another machine has to be taken away by hand.
        """
        files, root = self._files()
        place = f"{root}/{HOLDER}"
        files.invalidate_cache()
        if files.exists(place):
            who = json.loads(files.cat_file(place))
            if who["host"] != socket.gethostname() or _alive(who["pid"]):
                raise AnalystError(
                    f"{letter(self.address, who)} Nếu tiến trình đó không còn, xóa tệp "
                    f"{self.address}/{HOLDER}."
                )
        files.makedirs(root, exist_ok=True)
        files.pipe_file(place, json.dumps(myself()).encode())
        try:
            yield
        finally:
            files.rm_file(place)

    def _files(self) -> tuple[AbstractFileSystem, str]:
        """The file system of the address, and the place in it."""
        try:
            from fsspec.core import url_to_fs

            files, root = url_to_fs(self.address, use_listings_cache=False)
        except ImportError as missing:
            raise AnalystError(
                f"Địa chỉ {self.address} cần thư viện chưa cài ({missing}). "
                "Cài bằng: pip install 'ntm_eval[cluster]'."
            ) from None
        return files, root.rstrip("/")

    def _own(self) -> Iterator[Path]:
        for path in sorted(self.folder.rglob("*")):
            parts = path.relative_to(self.folder).parts
            hidden = any(part.startswith(".") for part in parts)
            if path.is_file() and not hidden and path.name not in ("lock", "journal.jsonl"):
                yield path

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _note(self) -> dict[str, list]:
        note = disk.read_json(self.folder / NOTE)
        return note if isinstance(note, dict) else {}

    def _write(self, note: dict[str, list]) -> None:
        with write_beside(self.folder / NOTE) as draft:
            draft.write_text(json.dumps(note), encoding="utf-8")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
