"""What was made from what: `manifest.json`, the truth about a review's pages.

While a batch runs, each page made is a line of `journal.jsonl`, so that a batch that was killed
goes on where it was; the manifest is written at the end of each wave. A page is never judged by
how its notebook looks: papermill leaves one that looks finished when a kernel dies.
"""

from __future__ import annotations

import json
import math
import os
import platform
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from types import UnionType
from typing import TypeGuard

from filelock import FileLock, Timeout

from ntm_eval import disk
from ntm_eval.cache import of_files, sha256
from ntm_eval.workspace import LANGUAGES, PERIODS, AnalystError, Workspace, write_beside

LIBRARIES = (
    "ntm_eval",
    "pandas",
    "papermill",
    "statsmodels",
    "scipy",
    "matplotlib",
    "seaborn",
    "docxtpl",
    "typst",
)
# what must be in a manifest, and in each of its pages; what more there is may be of another version
Kinds = Mapping[type | UnionType, Sequence[str]]
KINDS: Kinds = {
    int: ["year"],
    str: ["period", "lang"],
    bool: ["complete"],
    list: ["districts", "pages"],
    dict: ["made_with", "notebooks", "inputs", "files"],
}
PAGE_KINDS: Kinds = {
    str: ["notebook", "state", "started"],
    str | None: ["district", "error"],
    int | float: ["seconds"],
    list: ["cell_seconds"],
    dict: ["parameters", "made_from", "outputs"],
}
NEWER = "nội dung đã khác so với lúc lập. Chạy lại ntm-eval review."
GONE = "tệp không còn. Chạy lại ntm-eval review."
EXTRA = "tệp không do phần mềm lập. Chuyển tệp này ra khỏi thư mục kết quả."
LINK = "là liên kết tới nơi khác. Xóa liên kết này, rồi chạy lại ntm-eval review."
INPUT_CHANGED = "số liệu nhận được đã thay đổi từ khi lập báo cáo. Chạy lại ntm-eval review."
INPUT_NEW = "số liệu mới nhận, chưa có trong báo cáo. Chạy lại ntm-eval review."
INPUT_GONE = "số liệu đã dùng để lập báo cáo nay không còn. Tìm lại, hoặc chạy lại ntm-eval review."
NOTE = "made-from.json"  # beside the tables of the cache
# what a review leaves for itself
OWN = {
    "manifest.json",
    "journal.jsonl",
    "failed/log.txt",
    ".lock",
    ".versions.json",
}


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
    cell_seconds: list[float] = field(default_factory=list)


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
    lock = FileLock(space.lock)
    try:
        lock.acquire(timeout=1)  # who asks `at_work` holds it for a moment
    except Timeout:
        raise AnalystError(
            f"Thư mục {space.review} đang được lập báo cáo bởi {at_work(space)}. "
            "Đợi đợt đó xong, hoặc dừng nó, rồi chạy lại; hoặc chọn thư mục khác bằng --out."
        ) from None
    try:
        yield
    finally:
        lock.release()


def at_work(space: Workspace) -> str | None:
    """Who makes pages in the folder of a review now, in words; None where nobody does."""
    if not space.lock.is_file():
        return None
    try:
        with FileLock(space.lock, timeout=0):
            return None
    except Timeout:
        pass
    try:
        who = read(space.review)["running"]
        since = datetime.fromisoformat(who["since"]).strftime("%H:%M:%S ngày %d/%m/%Y")
        return f"tiến trình {who['pid']} trên máy {who['host']}, từ {since}"
    except (TypeError, ValueError, KeyError):  # it has this very moment begun or ended
        return "một tiến trình khác"


def myself() -> dict[str, str | int]:
    """This process, as `at_work` tells of it where it stands as `running` in a manifest."""
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}


def libraries() -> dict[str, str]:
    """Python and the libraries that make the pages, with their versions."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def write(space: Workspace, entries: Iterable[Entry], **about: object) -> None:
    """`manifest.json` with the pages so far and what else is known; the journal starts anew.

    `complete=True` says that the batch has ended and nothing is left to do.
    """
    content = {
        "year": space.year,
        "period": space.period,
        "lang": space.lang,
        "complete": False,
        "libraries": libraries(),
        "districts": [],
        "made_with": {},
        "notebooks": {},
        "inputs": {},
        "files": {},
        **about,
        "pages": [asdict(e) for e in entries],
    }
    with write_beside(space.manifest) as draft:
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    space.journal.unlink(missing_ok=True)


def note(space: Workspace, entry: Entry) -> None:
    """Add a page to the journal, on the disk before anything else happens."""
    try:
        with space.journal.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
    except OSError as stop:
        raise AnalystError(disk.letter(stop, space.journal)) from stop


def read(folder: Path) -> dict:
    """The content of a review's manifest; empty where there is none, or it is damaged."""
    content = disk.read_json(folder / "manifest.json")
    return content if _is_sound(content) else {}


def _is_sound(content: object) -> TypeGuard[dict]:
    return (
        _has(content, KINDS)
        and content["period"] in PERIODS
        and content["lang"] in LANGUAGES
        and all(isinstance(slug, str) for slug in content["districts"])
        and all(map(_is_page, content["pages"]))
    )


def _is_page(page: object) -> TypeGuard[dict]:
    return _has(page, PAGE_KINDS) and 0 <= page["seconds"] < math.inf


def _has(content: object, kinds: Kinds) -> TypeGuard[dict]:
    """Whether a content has each of these, of its kind."""
    return isinstance(content, dict) and all(
        name in content and isinstance(content[name], kind)
        for kind, names in kinds.items()
        for name in names
    )


def reviews(out: Path) -> list[dict]:
    """The manifests of all reviews of a folder of outputs, each with its `folder`'s name."""
    found = [
        {**read(path.parent), "folder": path.parent.name} for path in out.glob("*/manifest.json")
    ]
    return [content for content in found if "pages" in content]


def entries(space: Workspace) -> dict[Key, Entry]:
    """The pages of the manifest and of the journal after it, the last word of each."""
    pages = list(read(space.review).get("pages", []))
    lines = space.journal.read_bytes().split(b"\n") if space.journal.is_file() else []
    for line in lines:
        with suppress(ValueError, RecursionError):  # cut off in writing: that page is made again
            pages.append(json.loads(line))
    found = {}
    for page in filter(_is_page, pages):
        with suppress(TypeError):  # of another version: made again
            found[page["notebook"], page["district"]] = Entry(**page)
    return found


def whole(folder: Path, promised: Mapping[str, str]) -> bool:
    """Whether files are there with the content they had when they were made."""
    return all((folder / n).is_file() and sha256(folder / n) == p for n, p in promised.items())


def inputs(space: Workspace) -> dict[str, str]:
    """Every file received up to the review, by its path in the data folder, with fingerprints."""
    found: dict[str, str] = {}
    for year, period in space.keys:
        files = of_files(space.received(year, period))
        found |= {f"{year}/{period}/{name}": print_ for name, print_ in files.items()}
    notes = [space.followup(year) for year in dict.fromkeys(year for year, _ in space.keys)]
    return found | {f"{n.parent.name}/{n.name}": sha256(n) for n in notes if n.is_file()}


def verify(folder: Path) -> list[str]:
    """What no longer matches the manifest of a review, in words; empty when all does.

    Its files, and those received that it was made from, where their folder is on this machine.

    Raises
    ------
    AnalystError
        Where the folder holds no review.
    """
    content = _of_review(folder)
    promised = dict(content["files"])
    for page in content["pages"]:
        promised |= page["outputs"]
    cached, damaged = _cached(folder)
    promised |= cached
    there, links = _all_files(folder)
    own = {name for name in there if name in OWN or _beside_cached(name)}
    own |= {name for name in there if name.rpartition("/")[0] in damaged}
    wrong = [] if content["complete"] else ["manifest.json: đợt lập báo cáo chưa xong."]
    wrong += [f"{n}: {LINK}" for n in links]
    wrong += [f"{n}: {GONE}" for n in promised if n not in there and n not in links]
    wrong += [f"{n}: {NEWER}" for n, p in promised.items() if there.get(n, p) != p]
    wrong += [f"{n}/{NOTE}: {NEWER}" for n in damaged]
    wrong += [f"{n}: {EXTRA}" for n in there if n not in promised and n not in own]
    return [*wrong, *_inputs_changed(folder, content)]


def unseen(folder: Path) -> str | None:
    """The data folder of a review, where it is not on this machine, so that nobody can compare."""
    content = _of_review(folder)
    data = _data(content)
    return None if data is None or data.is_dir() or not content["inputs"] else str(data)


def _of_review(folder: Path) -> dict:
    content = read(folder)
    if not content:
        raise AnalystError(
            f"{folder} không phải thư mục kết quả (không có manifest.json đọc được). "
            "Chỉ đúng thư mục, ví dụ outputs/2022-annual."
        )
    return content


def _data(content: dict) -> Path | None:
    """The data folder that the pages were given; None where it is an address."""
    given = {
        str(page["parameters"]["data"]) for page in content["pages"] if "data" in page["parameters"]
    }
    return Path(min(given)) if given and "://" not in min(given) else None


def _inputs_changed(folder: Path, content: dict) -> list[str]:
    """What was received that is not as it was when the review was made, in words."""
    data = _data(content)
    if data is None or not data.is_dir() or not content["complete"]:
        return []
    before = content["inputs"]
    now = inputs(Workspace(content["year"], content["period"], data, folder))
    words = dict.fromkeys(now.keys() - before.keys(), INPUT_NEW)
    words |= dict.fromkeys(before.keys() - now.keys(), INPUT_GONE)
    words |= {n: INPUT_CHANGED for n in now.keys() & before.keys() if now[n] != before[n]}
    return [f"{name} trong {data}: {words[name]}" for name in sorted(words)]


def _all_files(folder: Path) -> tuple[dict[str, str], list[str]]:
    """Every file below a folder with its fingerprint, hidden ones as well, and every link."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    links = [name for name, path in paths.items() if path.is_symlink()]
    files = [name for name, path in paths.items() if path.is_file() and not path.is_symlink()]
    return {name: sha256(paths[name]) for name in files}, links


def _cached(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The tables of the cache, by the notes beside them; folders whose note is damaged."""
    found: dict[str, str] = {}
    damaged = []
    for stamp in folder.glob(f"cache/**/{NOTE}"):
        place = stamp.parent.relative_to(folder).as_posix()
        match disk.read_json(stamp):
            case {"tables": dict(tables)}:
                found |= {f"{place}/{name}.parquet": print_ for name, print_ in tables.items()}
            case _:
                damaged.append(place)
    return found, damaged


def _beside_cached(name: str) -> bool:
    return name.startswith("cache/") and name.rsplit("/", 1)[1] in ("lock", NOTE)
