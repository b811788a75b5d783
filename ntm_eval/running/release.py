"""`ntm-eval release`: what people receive of a review, kept as it was issued.

The edition is built in a folder beside the others and gets its number by one renaming, so that a
stop at any moment leaves none or a whole one. Who builds holds the folder of the review
(`manifest.held`): no batch changes it meanwhile, no two get one number, and what lies half-built
when it is held anew is nobody's.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path, PurePosixPath

from ntm_eval import disk, language, units
from ntm_eval.cache import of_bytes, sha256
from ntm_eval.characters import printable
from ntm_eval.exchange import assurance, editions, query_letter
from ntm_eval.intake.problems import Problem
from ntm_eval.intake.sheets import MARK
from ntm_eval.language import translate as _
from ntm_eval.root import PACKAGE
from ntm_eval.running import ending, manifest
from ntm_eval.running.plan import Plan, older_inputs
from ntm_eval.workspace import RELEASED, AnalystError, Workspace, refuse_released

KEPT_BACK = (".ipynb", ".parquet")  # for who works on: what people receive is the rest
OF_THE_MACHINE = ("data", "out")  # parameters that name folders of the machine
READ_ONLY, WRITABLE = 0o444, 0o644
DRAFT = ".draft"
SHOWN = 8  # reasons that a letter gives


def issue(folder: Path, by: str, note: str, approved_by: str | None, day: date) -> Path:
    """Issue an edition of a review; its folder.

    Raises
    ------
    AnalystError
        Where the folder holds no review, or one that is not whole and up to date; where nobody
        answers for it; what the disk refuses.
    """
    folder = folder.resolve()
    refuse_released(folder)
    names = [" ".join(printable(text or "").split()) for text in (by, approved_by, note)]
    if not names[0]:
        raise AnalystError("--by: ghi họ tên người bảo đảm số liệu của bản phát hành.")
    content = manifest.of_review(folder)
    data = manifest.data_folder(content)
    space = Workspace(
        content["year"], content["period"], data or folder, folder.parent, content["lang"]
    )
    if space.review != folder:
        raise AnalystError(f"Thư mục kết quả phải mang tên {space.review.name}. Đổi lại tên này.")
    try:
        with manifest.held(space), language.using(space.lang):
            if why := list(_unfit(space, content)):
                more = [f"… và {len(why) - SHOWN} chỗ khác"] if len(why) > SHOWN else []
                raise AnalystError(
                    f"Chưa phát hành được {folder}: kết quả chưa đủ hoặc đã cũ.\n- "
                    + "\n- ".join([*why[:SHOWN], *more])
                    + f"\nChạy lại ntm-eval review --year {space.year} --period {space.period}, "
                    "rồi phát hành."
                )
            # the landing page can be written as it was made: by this code, from these files
            fresh = data is not None and data.is_dir() and _by_this_code(content)
            about = {
                "day": day.isoformat(),
                "assured_by": names[0],
                "approved_by": names[1] or None,
                "note": names[2],
            }
            issued = _build(space, content, about, fresh=fresh)
            if fresh:
                _list(space)
            ending.overview(space)
    except OSError as stop:
        raise AnalystError(disk.letter(stop)) from stop
    return issued


def _unfit(space: Workspace, content: dict) -> Iterator[str]:
    """Why a review cannot be issued: pages that failed, lack or are stale, files that changed."""
    pages = manifest.entries(space)
    notebooks = sorted({name for name, district in pages if district})
    wanted: list[manifest.Key] = [(Plan().last, None)]
    wanted += [(name, slug) for slug in content["districts"] for name in notebooks]
    for notebook, slug in wanted:
        where, page = f"{slug or 'tỉnh'}, {notebook}", pages.get((notebook, slug))
        if page is None or page.state == "skipped":
            yield f"{where}: chưa lập"
        elif page.state != "done":
            yield f"{where}: {page.error}"
        elif older_inputs(page, content):
            yield f"{where}: lập từ số liệu cũ hơn các trang khác"
    yield from content.get("wrong", [])
    if not content["complete"] and not content.get("wrong"):
        yield "đợt lập báo cáo chưa xong"
    for name, print_ in manifest.promised(content).items():
        if sha256(space.review / name) != print_:
            yield f"{name}: {manifest.NEWER}"
    yield from manifest.inputs_changed(space.review, content)
    yield from (p.message for p in _checks(space)[1])


def _by_this_code(content: dict) -> bool:
    now = Plan().prints.items()
    return all(now <= page["made_from"].items() for page in content["pages"])


def _build(space: Workspace, content: dict, about: dict, *, fresh: bool) -> Path:
    from ntm_eval.reporting import editions as words

    home = space.releases
    draft = home / DRAFT
    if draft.is_dir():
        _remove(draft)
    draft.mkdir(parents=True)
    files = {
        name: _copied(space.review / name, draft / name, print_)
        for name, print_ in manifest.promised(content).items()
        if PurePosixPath(name).suffix not in KEPT_BACK
    }
    files[space.manifest.name] = _written(draft / space.manifest.name, _passed_on(content, files))
    questions = _questions(space, draft)
    number = editions.next_number(home)
    note = {
        "number": number,
        **about,
        "year": space.year,
        "period": space.period,
        "lang": space.lang,
        "checked": {
            "pages": len(content["pages"]),
            "files": len(files),
            "inputs": len(content["inputs"]),
            **_remaining(draft),
        },
        "questions": questions,
        "held": [
            {name: row[name] for name in words.HELD}
            for row in _rows(draft / "facts.csv")
            if row["held"]
        ],
        "assurance": assurance.noted(_checks(space)[0]),
        "inputs": content["inputs"],
        "package": _package(content, fresh=fresh),
    }
    note["statement"] = list(words.statement(note, seen=manifest.unseen(space.review) is None))
    illustrative = _(MARK) in (draft / space.index.name).read_text(encoding="utf-8")
    text = words.page(editions.Edition(draft, note), illustrative=illustrative)
    files[words.PAGE] = _written(draft / words.PAGE, text.encode())
    note["files"] = dict(sorted(files.items()))
    note["seal"] = editions.sealed(note)
    _written(draft / RELEASED, _json(note))
    target = home / str(number)
    try:
        draft.rename(target)
    except OSError:
        if target.exists():  # a disk that holds no locks let two at it
            raise AnalystError(
                f"Bản phát hành số {number} vừa được lập từ nơi khác. Chạy lại lệnh này."
            ) from None
        raise
    return target


def _copied(source: Path, to: Path, print_: str) -> str:
    data = source.read_bytes()
    if of_bytes(data) != print_:
        raise AnalystError(f"{source}: {manifest.NEWER}")
    return _written(to, data)


def _written(path: Path, data: bytes) -> str:
    """Write a file that nobody may write to, down to the disk; its fingerprint."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(READ_ONLY)
    return of_bytes(data)


def _remove(folder: Path) -> None:
    """Take away what a stop left half-built; Windows removes no file that is read-only."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(WRITABLE)
    disk.remove(folder)


def _json(content: dict) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _passed_on(content: dict, files: dict[str, str]) -> bytes:
    """The manifest of what is issued, without the folders of this machine."""
    pages = [
        page
        | {
            "parameters": {k: v for k, v in page["parameters"].items() if k not in OF_THE_MACHINE},
            "outputs": {name: p for name, p in page["outputs"].items() if name in files},
        }
        for page in content["pages"]
    ]
    return _json(content | {"pages": pages})


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as rows:
        return list(csv.DictReader(rows))


def _remaining(folder: Path) -> dict[str, int]:
    """The errors and warnings that remain."""
    found = Counter(row["severity"] for row in _rows(folder / "problems.csv"))
    return {"errors": found["error"], "warnings": found["warning"]}


def _checks(space: Workspace) -> tuple[list[assurance.Check], list[Problem]]:
    """What people checked by hand, where their record is on this machine."""
    when = space.year, space.period
    return assurance.read(space.received(*when), units.day(*when))


def _questions(space: Workspace, folder: Path) -> dict[str, int]:
    """The questions of each unit's query letter, by its code."""
    reporting = units.reporting(units.day(space.year, space.period))
    found = query_letter.asked({unit: folder / "districts" / unit.slug for unit in reporting})
    return {unit.code: count for unit, count in found.items()}


def _package(content: dict, *, fresh: bool) -> dict[str, str | None]:
    """The software that made the pages; its commit where it is that of the checkout at hand."""
    print_ = next((p["made_from"].get("package", "") for p in content["pages"]), "")
    version = content.get("libraries", {}).get("ntm_eval", "")
    return {"version": version, "commit": _commit() if fresh else None, "fingerprint": print_}


def _commit() -> str | None:
    git = [
        "git",
        "-C",
        str(PACKAGE),
        "describe",
        "--always",
        "--abbrev=40",
        "--dirty",
        "--exclude=*",
    ]
    with suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(git, capture_output=True, encoding="utf-8", check=True, timeout=30)
        return done.stdout.strip() or None
    return None


def _list(space: Workspace) -> None:
    """Have the landing page list the edition."""
    entries = list(manifest.entries(space).values())
    ending.land(space, time.time_ns(), entries)
    about = {k: v for k, v in manifest.read(space.review).items() if k != "pages"}
    manifest.write(space, entries, **about | {"files": manifest.of_no_page(space)})
