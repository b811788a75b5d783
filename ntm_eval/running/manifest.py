"""What was made from what: `manifest.json`, the truth about a review's pages.

It is written after each page, so that a batch that was killed goes on where it was. A page is never
judged by how its notebook looks: papermill leaves one that looks finished when a kernel dies. What
it holds, and of which kind, is in `manifest.schema.json`.
"""

from __future__ import annotations

import json
import os
import platform
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path

import fastjsonschema
from filelock import FileLock, Timeout
from packaging.requirements import Requirement

from ntm_eval import disk
from ntm_eval.cache import NOTE, inputs, sha256
from ntm_eval.workspace import MANIFEST_SCHEMA, AnalystError, Workspace, write_beside

NEWER = "nội dung đã khác so với lúc lập. Chạy lại ntm-eval review."
GONE = "tệp không còn. Chạy lại ntm-eval review."
EXTRA = "tệp không do phần mềm lập. Chuyển tệp này ra khỏi thư mục kết quả."
LINK = "là liên kết tới nơi khác. Xóa liên kết này, rồi chạy lại ntm-eval review."
INPUT_CHANGED = "số liệu nhận được đã thay đổi từ khi lập báo cáo. Chạy lại ntm-eval review."
INPUT_NEW = "số liệu mới nhận, chưa có trong báo cáo. Chạy lại ntm-eval review."
INPUT_GONE = "số liệu đã dùng để lập báo cáo nay không còn. Tìm lại, hoặc chạy lại ntm-eval review."
# what a review leaves for itself, beside the notes and locks of the cache
OWN = {"manifest.json", "failed/log.txt", ".lock", ".versions.json"}


@dataclass(frozen=True)
class Entry:
    """One page: what it was asked, what it was made from, how it ended, what it left."""

    notebook: str
    district: str | None
    parameters: dict[str, str | int]
    state: str  # done | failed | skipped
    started: str
    seconds: float
    made_from: dict[str, str] = field(default_factory=dict)  # what it read -> fingerprint
    outputs: dict[str, str] = field(default_factory=dict)  # path in the review's folder -> sha256
    error: str | None = None


Key = tuple[str, str | None]  # the notebook and the district of a page


@contextmanager
def held(space: Workspace) -> Iterator[None]:
    """Hold the folder of a review for one batch; the system lets go of it however that ends.

    Raises
    ------
    AnalystError
        Where another batch holds it, with its process, machine and beginning.
    """
    space.review.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(space.lock).acquire(timeout=1)  # who asks `at_work` holds it for a moment
    except Timeout:
        raise AnalystError(
            f"Thư mục {space.review} đang được lập báo cáo bởi {at_work(space)}. "
            "Đợi đợt đó xong, hoặc dừng nó, rồi chạy lại; hoặc chọn thư mục khác bằng --out."
        ) from None
    with lock:
        yield


def at_work(space: Workspace) -> str | None:
    """Who makes pages in the folder of a review now, in words; None where nobody does."""
    if not space.lock.is_file():
        return None
    with suppress(Timeout), FileLock(space.lock, timeout=0):
        return None
    try:
        who = read(space.review)["running"]
        begun = datetime.fromisoformat(who["since"])
        since = f"{begun:%H:%M:%S} ngày {begun:%d/%m/%Y}"  # Windows formats no letters of ours
        return f"tiến trình {who['pid']} trên máy {who['host']}, từ {since}"
    except (TypeError, ValueError, KeyError):  # it has this very moment begun or ended
        return "một tiến trình khác"


def myself() -> dict[str, str | int]:
    """This process, as `at_work` tells of it where it stands as `running` in a manifest."""
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}


@cache
def libraries() -> dict[str, str]:
    """Python, the package and the libraries that it asks for, with their versions."""
    asked = map(Requirement, requires("ntm_eval") or ())
    names = ("ntm_eval", *(r.name for r in asked if "extra" not in str(r.marker)))
    return {"python": platform.python_version(), **{name: version(name) for name in names}}


def write(space: Workspace, entries: Iterable[Entry], **about: object) -> None:
    """`manifest.json` with the pages so far and what else is known.

    `complete=True` says that the batch has ended and nothing is left to do.
    """
    content = {
        "year": space.year,
        "period": space.period,
        "lang": space.lang,
        "libraries": libraries(),
        **about,
        "pages": [asdict(e) for e in entries],
    }
    with write_beside(space.manifest) as draft:
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def read(folder: Path) -> dict:
    """The content of a review's manifest; empty where there is none, or it is damaged."""
    with suppress(fastjsonschema.JsonSchemaValueException):
        return _checked()(disk.read_json(folder / "manifest.json"))
    return {}


@cache
def _checked() -> Callable[[object], dict]:
    return fastjsonschema.compile(json.loads(MANIFEST_SCHEMA.read_bytes()))


def reviews(out: Path) -> list[dict]:
    """The manifests of all reviews of a folder of outputs, each with its `folder`'s name."""
    found = {path.parent.name: read(path.parent) for path in out.glob("*/manifest.json")}
    return [content | {"folder": name} for name, content in found.items() if content]


def entries(space: Workspace) -> dict[Key, Entry]:
    """The pages of the manifest."""
    found = {}
    for page in read(space.review).get("pages", []):
        with suppress(TypeError):  # of another version: made again
            found[page["notebook"], page["district"]] = Entry(**page)
    return found


def whole(folder: Path, promised: Mapping[str, str]) -> bool:
    """Whether files are there with the content they had when they were made."""
    return all((folder / n).is_file() and sha256(folder / n) == p for n, p in promised.items())


def of_no_page(space: Workspace) -> dict[str, str]:
    """The files that the end of a batch writes, with fingerprints."""
    return {path.name: sha256(path) for path in (space.index, space.changes, space.bundle)}


def promised(content: dict) -> dict[str, str]:
    """Every file that a manifest names, with the fingerprint that it had when it was made."""
    found = dict(content["files"])
    for page in content["pages"]:
        found |= page["outputs"]
    return found


def verify(folder: Path, watched: Callable[[list[str]], Iterable[str]] = list) -> list[str]:
    """What no longer matches the manifest of a review, in words; empty when all does.

    Its files, and those received that it was made from, where their folder is on this machine.
    `watched` gives the names of files one by one as they are compared.

    Raises
    ------
    AnalystError
        Where the folder holds no review.
    """
    content = of_review(folder)
    files, damaged = promised(content), []
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    own = OWN | {n for n in paths if n.startswith("cache/") and paths[n].name in ("lock", NOTE)}
    for note in folder.glob(f"cache/**/{NOTE}"):
        step = note.parent.relative_to(folder).as_posix()
        match disk.read_json(note):
            case {"tables": dict(tables)}:
                files |= {f"{step}/{name}.parquet": print_ for name, print_ in tables.items()}
            case _:
                damaged.append(f"{step}/{NOTE}")
                own |= {f"{step}/{path.name}" for path in note.parent.iterdir()}
    links = [name for name, path in paths.items() if path.is_symlink()]
    there = [n for n, path in paths.items() if path.is_file() and n not in links]
    wrong = [] if content["complete"] else ["manifest.json: đợt lập báo cáo chưa xong."]
    wrong += [f"{n}: {LINK}" for n in links]
    wrong += [f"{n}: {GONE}" for n in files if n not in paths]
    # a lock that a batch holds cannot be read on Windows
    known = [n for n in there if n in files]
    wrong += [f"{n}: {NEWER}" for n in watched(known) if sha256(paths[n]) != files[n]]
    wrong += [f"{n}: {NEWER}" for n in damaged]
    wrong += [f"{n}: {EXTRA}" for n in there if n not in files and n not in own]
    return [*wrong, *inputs_changed(folder, content)]


def unseen(folder: Path) -> str | None:
    """The data folder of a review, where it is not on this machine, so that nobody can compare."""
    content = of_review(folder)
    data = data_folder(content)
    return None if data is None or data.is_dir() or not content["inputs"] else str(data)


def of_review(folder: Path) -> dict:
    """The manifest of a folder that must hold a review.

    Raises
    ------
    AnalystError
        Where it holds none.
    """
    if content := read(folder):
        return content
    raise AnalystError(
        f"{folder} không phải thư mục kết quả (không có manifest.json đọc được). "
        "Chỉ đúng thư mục, ví dụ outputs/2022-annual."
    )


def data_folder(content: dict) -> Path | None:
    """The data folder that the pages were given."""
    given = [str(p["parameters"]["data"]) for p in content["pages"] if "data" in p["parameters"]]
    return Path(min(given)) if given else None


def inputs_changed(folder: Path, content: dict) -> list[str]:
    """What was received that is not as it was when the review was made, in words."""
    data = data_folder(content)
    if data is None or not data.is_dir() or not content["complete"]:
        return []
    before = content["inputs"]
    now = inputs(Workspace(content["year"], content["period"], data, folder))
    words = dict.fromkeys(now.keys() - before.keys(), INPUT_NEW)
    words |= dict.fromkeys(before.keys() - now.keys(), INPUT_GONE)
    words |= {n: INPUT_CHANGED for n in now.keys() & before.keys() if now[n] != before[n]}
    return [f"{name} trong {data}: {words[name]}" for name in sorted(words)]
