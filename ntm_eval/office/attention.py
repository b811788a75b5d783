"""What a review that was just made asks of people, from its tables and of this machine."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ntm_eval.intake import files
from ntm_eval.office import doctor
from ntm_eval.workspace import Workspace

QUERIES = "queries.docx"


def lines(space: Workspace) -> Iterator[str]:
    """Districts without a report, late ones, questions still open, files of nobody and in use.

    Nothing comes of tables that are not there yet.
    """
    folder = space.review
    if held := files.in_use(space.received(space.year, space.period)):
        yield held
    register = _rows(folder / "register.csv")
    for status, words in (("missing", "chưa có báo cáo"), ("undated", "chưa rõ ngày gửi")):
        names = [row["district"] for row in register if row["status"] == status]
        if names:
            yield f"{len(names)} đơn vị {words}: {', '.join(names)}"
    came = {row["district_code"]: row["district"] for row in register if row["status"] != "missing"}
    found = _rows(folder / "problems.csv")
    errors = Counter(
        row["district_code"]
        for row in found
        if row["district_code"] in came and row["severity"] == "error"
    )
    names = [name for code, name in came.items() if errors[code]]
    if names:
        yield f"{errors.total()} lỗi số liệu phải hỏi lại: {', '.join(names)}"
    nobodys = {
        row["file"]: None
        for row in found
        if row["file"] and not row["district_code"] and row["severity"] != "info"
    }
    if nobodys:
        yield (
            f"{len(nobodys)} tệp hoặc thư mục chưa đọc được, hoặc chưa rõ của đơn vị nào: "
            f"{', '.join(nobodys)}"
        )
    letters = sorted(folder.glob(f"districts/*/{QUERIES}"))
    if letters:
        where = folder / "districts"
        yield f"{len(letters)} phiếu đề nghị giải trình để gửi đi: {QUERIES} trong {where}"
    face = doctor.fonts()
    if face.state != doctor.OK:
        yield f"{face.found[0].upper()}{face.found[1:]}. {face.remedy}"


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as rows:
        return list(csv.DictReader(rows))
