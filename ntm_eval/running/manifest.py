"""What was made from what: `manifest.json`, the truth about a review's pages.

While a batch runs, each page made is a line of `journal.jsonl`, so that a batch that was killed
goes on where it was; the manifest is written at the end of each wave. A page is never judged by
how its notebook looks: papermill leaves one that looks finished when a kernel dies.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from ntm_eval.prints import of_files, sha256
from ntm_eval.workspace import AnalystError, Workspace, write_beside

LIBRARIES = (
    "ntm_eval", "pandas", "papermill", "statsmodels", "scipy", "matplotlib", "seaborn", "docxtpl",
    "typst",
)  # fmt: skip
NEWER = "nội dung đã khác so với lúc lập. Chạy lại ntm-eval review."
GONE = "tệp không còn. Chạy lại ntm-eval review."
EXTRA = "tệp không do phần mềm lập. Chuyển tệp này ra khỏi thư mục kết quả."


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
    with space.journal.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(asdict(entry), ensure_ascii=False) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def read(folder: Path) -> dict:
    """The content of a review's manifest; empty where there is none, or none that can be read."""
    try:
        content = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


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
        try:
            pages.append(json.loads(line))
        except ValueError:  # cut off in the middle of writing: that page is made again
            continue
    found = {}
    for page in pages:
        try:
            found[page["notebook"], page["district"]] = Entry(**page)
        except (TypeError, KeyError):  # of another version: made again
            continue
    return found


def whole(folder: Path, promised: Mapping[str, str]) -> bool:
    """Whether files are there with the content they had when they were made."""
    return all((folder / n).is_file() and sha256(folder / n) == p for n, p in promised.items())


def verify(folder: Path) -> list[str]:
    """What no longer matches the manifest of a review, in words; empty when all does.

    Raises
    ------
    AnalystError
        Where the folder holds no review.
    """
    content = read(folder)
    if "pages" not in content:
        raise AnalystError(
            f"{folder} không phải thư mục kết quả (không có manifest.json đọc được). "
            "Chỉ đúng thư mục, ví dụ outputs/2022-annual."
        )
    promised = dict(content.get("files", {}))
    for page in content["pages"]:
        promised |= page["outputs"]
    promised |= _kept(folder)
    there = of_files(folder)
    own = {"manifest.json", "journal.jsonl", "failed/log.txt"}
    own |= {name for name in there if _beside_kept(name)}
    wrong = [] if content.get("complete") else ["manifest.json: đợt lập báo cáo chưa xong."]
    wrong += [f"{n}: {GONE}" for n in promised if n not in there]
    wrong += [f"{n}: {NEWER}" for n, p in promised.items() if there.get(n, p) != p]
    return wrong + [f"{n}: {EXTRA}" for n in there if n not in promised and n not in own]


def _kept(folder: Path) -> dict[str, str]:
    """The tables kept between pages, by the notes that were written beside them."""
    found: dict[str, str] = {}
    for stamp in folder.glob("kept/**/made-from.json"):
        tables = json.loads(stamp.read_text(encoding="utf-8"))["tables"]
        place = stamp.parent.relative_to(folder).as_posix()
        found |= {f"{place}/{name}.parquet": print_ for name, print_ in tables.items()}
    return found


def _beside_kept(name: str) -> bool:
    return name.startswith("kept/") and name.rsplit("/", 1)[1] in ("lock", "made-from.json")
