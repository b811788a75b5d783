"""A small review that can be issued; as a program, one whose issuing is killed again and again.

`python tests/releasing.py FOLDER KILLS SEED` issues in a process of its own that is killed at a
line of the issuing drawn at random, KILLS times, and looks after each at what is left. It ends with
an error where that is half an edition, and else prints what it saw. Needs `fork`.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from ntm_eval.cache import sha256
from ntm_eval.exchange import editions
from ntm_eval.running import manifest, release
from ntm_eval.running.manifest import Entry
from ntm_eval.workspace import Workspace

DAY = date(2023, 1, 10)
FACTS = (
    "year,period,district_code,commune_code,indicator,measure,value,state,unit,qualifier,raw,file,"
    "sheet,cell,corrected,held\n"
    "2022,annual,127,,C1-01,actual,7,reported,cuộc,,7,a.xlsx,Chỉ tiêu,E5,,outlier\n"
    "2022,annual,127,,C1-02,actual,5,reported,buổi,,5,a.xlsx,Chỉ tiêu,E6,,\n"
)
PROBLEMS = (
    "severity,rule,district_code,commune_code,indicator,file,sheet,cell,raw,message\n"
    "error,outlier,127,,C1-01,a.xlsx,Chỉ tiêu,E5,7,hỏi\n"
    "warning,outlier,127,,C1-02,a.xlsx,Chỉ tiêu,E6,5,hỏi\n"
)
SCORES = (
    "district_code,part,indicator,points,max_points,value,plan,reason\n127,C1,C1-02,1,2,5,9,5/9\n"
)
RANKING = "district_code,points,grade,rank,rank_low,rank_high\n127,70.04,khá,1,1,1\n"
TABLES = {"facts": FACTS, "problems": PROBLEMS, "scores": SCORES, "ranking": RANKING}
OWN = ("report.html", "report.docx", "report.pdf", "04_evaluation.ipynb")


def review(root: Path, period: str = "annual") -> Workspace:
    """A review of one district and the province, made of files of a line each."""
    space = Workspace(2022, period, root / "data", root / "out")
    texts = {f"{name}.csv": text for name, text in TABLES.items()}
    texts |= {f"districts/sop-cop/{name}": f"{name} của Sốp Cộp" for name in OWN}
    texts |= {"review/report.html": "tỉnh", "facts.parquet": "bảng", "index.html": "trang chủ"}
    texts |= {"changes.html": "thay đổi", "cache/received/lock": "", "published.zip": "nén"}
    for name, text in texts.items():
        path = space.review / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write(space)
    return space


def write(space: Workspace, **about: object) -> None:
    """Its manifest as a batch leaves it that went well, or as `about` says."""
    prints = {
        path.relative_to(space.review).as_posix(): sha256(path)
        for path in sorted(space.review.rglob("*"))
        if path.is_file() and path.name not in ("manifest.json", "lock", ".lock")
    }
    whole = {name: prints.pop(name) for name in ("index.html", "changes.html", "published.zip")}
    district = {name: p for name, p in prints.items() if name.startswith("districts/")}
    province = {name: p for name, p in prints.items() if name not in district}
    pages = [
        Entry(name, slug, {"data": str(space.data), "year": 2022}, "done", "", 1.0, outputs=outputs)
        for name, slug, outputs in (
            ("04_evaluation", "sop-cop", district),
            ("05_annual_review", None, province),
        )
    ]
    known = {
        "complete": True,
        "districts": ["sop-cop"],
        "inputs": {"2022/annual/a.xlsx": "1" * 64},
        "files": whole,
    }
    manifest.write(space, about.pop("pages", pages), **known | about)


def issue(space: Workspace, day: date = DAY, note: str = "Gửi Hội đồng") -> Path:
    return release.issue(space.review, "Lò Văn A", note, "Cầm Thị B", day)


def _apart(space: Workspace, at: int | None) -> int:
    """Issue in a process of its own, killed at a line by its number: the lines that it ran."""
    told, tell = os.pipe()
    child = os.fork()
    if child:
        os.close(tell)
        with os.fdopen(told) as said:
            counted = said.read()
        os.waitpid(child, 0)
        return int(counted or 0)
    lines = 0

    def look(frame, event, _argument):
        nonlocal lines
        if frame.f_code.co_filename != release.__file__:
            return None
        lines += event == "line"
        if lines == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return look

    try:
        sys.settrace(look)
        issue(space)
        sys.settrace(None)
        os.write(tell, str(lines).encode())
    finally:
        os._exit(0)


def kill(root: Path, kills: int, seed: int) -> Counter:
    """What was left: `none`, `draft` (half-built, of nobody) or `whole`, by how often."""
    space = review(root)
    issue(space)
    lines = _apart(space, None)
    chance, seen = random.Random(seed), Counter()
    for n in range(kills):
        if (left := kills - n) <= 4:  # the last lines each, where nothing is left to sweep
            issue(space)
        before = len(editions.issued(space.releases))
        # each part of the way is met
        at = chance.randrange(n * lines // kills, (n + 1) * lines // kills) + 1
        at = lines + 1 - left if left <= 4 else at
        assert _apart(space, at) == 0
        found = editions.issued(space.releases)
        assert [e.number for e in found] == list(range(1, len(found) + 1))
        assert list(editions.verify_all(space.releases)) == [], at
        assert len(found) - before in (0, 1)
        draft = (space.releases / release.DRAFT).exists()
        seen["whole" if len(found) > before else "draft" if draft else "none"] += 1
    last = issue(space)
    assert editions.verify(last) == []
    assert [p.name for p in space.releases.iterdir() if not p.name.isdecimal()] == []
    return seen


if __name__ == "__main__":
    print(dict(kill(Path(sys.argv[1]), *map(int, sys.argv[2:]))))
