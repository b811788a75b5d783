"""What to recount at the source next: proposed from a review, as a form to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ntm_eval.analysis import recount
from ntm_eval.exchange import inspection_form as forms
from ntm_eval.intake.delimited import INSPECTED
from ntm_eval.notation import number, percent
from ntm_eval.reporting.sections.received import rule_name
from ntm_eval.review import Review
from ntm_eval.workspace import AnalystError

WHYS = {"random": "chọn ngẫu nhiên", "suspicious": "cần xem lại", "weight": "ảnh hưởng nhiều"}
FILLED = INSPECTED[1]
ROUND = "số tròn chục, trong khi đơn vị ghi số tròn nhiều hơn các đơn vị khác"


def propose(review: Review, count: int, seed: int, to: Path) -> tuple[Path, pd.DataFrame]:
    """Write the form with what to recount into a folder; its path, and the figures chosen.

    Raises
    ------
    AnalystError
        Where the form is there already, since it may be filled in, or there is nothing to recount.
    """
    space = review.space
    path = to / f"kiem-tra-{space.year}-{space.period}.xlsx"
    if path.exists():
        raise AnalystError(
            f"Đã có {path}, có thể đã điền. Chuyển tệp đó đi, hoặc chọn thư mục khác bằng --to."
        )
    of = recount.Sources(
        review.facts, review.assessed, review.problems, review.heaping, review.inspections
    )
    chosen = recount.propose(of, count, seed, review.inbox.counted)
    if chosen.empty:
        raise AnalystError("Kỳ này chưa có số liệu nào để chọn kiểm tra.")
    rows = [forms.row(cell, _why(cell)) for cell in chosen.to_dict("records")]
    how = (
        f"Đã chọn {told(chosen)}. Phần ngẫu nhiên được rút đều từ mọi số liệu chưa "
        f"kiểm tra trong kỳ, theo số {seed}: chạy lại ntm-eval inspect --seed {seed} trên cùng số "
        "liệu thì được đúng các số liệu này."
    )
    form = forms.Form(space.year, space.period, rows, how, review.illustrative)
    forms.write(path, form)
    return path, chosen


def told(chosen: pd.DataFrame) -> str:
    """How many figures were chosen for which reason."""
    parts = chosen["why"].value_counts()
    said = ", ".join(f"{parts[why]} {words}" for why, words in WHYS.items() if why in parts)
    return f"{len(chosen)} số liệu ({said})"


def _why(cell: Mapping) -> str:
    """Why a figure was chosen, as the inspector reads it."""
    found = [ROUND if rule == recount.HEAPED else rule_name(rule) for rule in cell["rules"].split()]
    lines = [f"Cần xem lại: {'; '.join(found)}."] if found else []
    if cell["why"] == "random":
        lines.insert(0, "Chọn ngẫu nhiên.")
    if cell["points"] >= 0.05:
        lines.append(f"Nếu sai quá mức cho phép, thay đổi từ {number(cell['points'], 1)} điểm.")
    if cell["share"] >= 0.1:
        lines.append(f"Chiếm {percent(cell['share'], 0)} tổng số toàn tỉnh.")
    return " ".join(lines)
