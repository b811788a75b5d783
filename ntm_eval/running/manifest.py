"""What was made from what: `manifest.json`, the truth about a review's pages."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from ntm_eval.intake.received import sha256
from ntm_eval.workspace import AnalystError, Workspace, write_beside

LIBRARIES = ("ntm_eval", "pandas", "papermill", "statsmodels", "scipy", "matplotlib", "seaborn")


@dataclass(frozen=True)
class Entry:
    """One page: what it was asked, how it ended, what it left."""

    notebook: str
    district: str | None
    parameters: dict[str, str | int]
    state: str  # done | failed | skipped
    started: str
    seconds: float
    notebook_sha256: str
    outputs: dict[str, str] = field(default_factory=dict)  # path in the review's folder -> sha256
    error: str | None = None


def write(space: Workspace, entries: Iterable[Entry], inputs: dict[str, str]) -> None:
    """`manifest.json` with the pages so far, the input files, and the result tables there are."""
    tables = [p for p in space.review.glob("*.*") if p.suffix in (".csv", ".parquet", ".html")]
    content = {
        "year": space.year,
        "period": space.period,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "inputs": inputs,
        "pages": [asdict(e) for e in entries],
        "tables": {p.name: sha256(p) for p in sorted(tables)},
    }
    with write_beside(space.manifest) as draft:
        draft.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def verify(folder: Path) -> list[str]:
    """What no longer matches the manifest of a review, in words; empty when all does.

    Raises
    ------
    AnalystError
        Where the folder holds no review.
    """
    path = folder / "manifest.json"
    if not path.is_file():
        raise AnalystError(
            f"{folder} không phải thư mục kết quả (không có manifest.json). "
            "Chỉ đúng thư mục, ví dụ outputs/2022-annual."
        )
    content = json.loads(path.read_text(encoding="utf-8"))
    promised = dict(content["tables"])
    for page in content["pages"]:
        promised |= page["outputs"]
    wrong = []
    for name, wanted in promised.items():
        file = folder / name
        if not file.is_file():
            wrong.append(f"{name}: tệp không còn. Chạy lại ntm-eval review.")
        elif sha256(file) != wanted:
            wrong.append(f"{name}: nội dung đã khác so với lúc lập. Chạy lại ntm-eval review.")
    return wrong
