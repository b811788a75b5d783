"""What a day asks of the office: reports due and late, letters without an answer, editions.

Each matter is a function of a review as it stands to sentences; another matter is one more function
in MATTERS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ntm_eval import cache, notation, units
from ntm_eval.exchange import assurance, editions, query_letter, registers
from ntm_eval.intake import inspected, received
from ntm_eval.workspace import PERIODS, Workspace


@dataclass(frozen=True)
class Standing:
    """A review on a day: its register (`received.register`) and what its manifest says."""

    space: Workspace
    today: date
    register: pd.DataFrame
    made: bool


def reports(at: Standing) -> Iterator[str]:
    """Who is still awaited and since when, what is due next."""
    missing = list(at.register.loc[at.register["status"] == "missing", "district"])
    due = received.due_date(at.space.year, at.space.period)
    over = (at.today - due).days + 1
    if missing and over > 0:
        yield (
            f"quá hạn {over} ngày (phải gửi trước ngày {notation.day(due)}), chưa gửi: "
            f"{', '.join(missing)}"
        )
    elif missing:
        left = f"còn {-over} ngày" if over else "hôm nay là ngày cuối"
        yield f"gửi trước ngày {notation.day(due)}, {left}: {len(missing)} đơn vị chưa gửi"
    following, year, period = min(
        (received.due_date(year, period), year, period)
        for year in (at.today.year, at.today.year + 1)
        for period in PERIODS
        if received.due_date(year, period) > at.today
    )
    if following != due:
        yield (
            f"báo cáo tiếp theo: {notation.when(year, period)}, gửi trước ngày "
            f"{notation.day(following)}, còn {(following - at.today).days - 1} ngày"
        )


def questions(at: Standing) -> Iterator[str]:
    """Query letters with questions still open, and for how many days; the oldest first."""
    space, on = at.space, units.day(*_when(at))
    sent, problems = registers.sent(space.received(*_when(at)), on)
    yield from (p.message for p in problems)
    open_ = query_letter.asked({unit: space.pages(unit.slug) for unit in units.reporting(on)})
    waiting = sorted((sent[unit.code], unit.code, unit) for unit in open_ if unit.code in sent)
    for day, _code, unit in waiting:
        yield (
            f"chưa giải trình: {unit.short}, {open_[unit]} câu hỏi, phiếu gửi ngày "
            f"{notation.day(day)}, đã {(at.today - day).days} ngày"
        )
    others = [f"{u.short} ({count} câu hỏi)" for u, count in open_.items() if u.code not in sent]
    if others:
        yield f"chưa ghi ngày gửi phiếu vào {cache.LETTERS}: {', '.join(others)}"


def checks(at: Standing) -> Iterator[str]:
    """How far the checks by hand have come."""
    space = at.space
    folder, on = space.received(*_when(at)), units.day(*_when(at))
    found, problems = assurance.read(folder, on)
    yield from (p.message for p in problems)
    if found:
        yield assurance.told(assurance.noted(found))
    else:
        proposed = space.pages(None) / cache.ASSURANCE
        yield f"chưa có sổ kiểm tra: chép {proposed} vào {folder}, ghi việc đã kiểm tra"


def inspections(at: Standing) -> Iterator[str]:
    """What was recounted at the source, and what of the form is still to be done."""
    folder, on = at.space.received(*_when(at)), units.day(*_when(at))
    found, problems = inspected.read(folder, on)
    yield from (p.message for p in problems)
    if found:
        where = {(i.district_code, i.commune_code) for i in found}
        yield f"đã kiểm tra {len(found)} số liệu ở {len(where)} nơi"
    elif not problems:
        yield f"chưa kiểm tra; lập mẫu: ntm-eval inspect --year {at.space.year}" + (
            "" if at.space.period == "annual" else f" --period {at.space.period}"
        )


def _when(at: Standing) -> tuple[int, str]:
    return at.space.year, at.space.period


def issued(at: Standing) -> Iterator[str]:
    """The editions, the latest first, and what was received after the latest."""
    found = editions.issued(at.space.releases)
    for edition in reversed(found):
        who = edition.note["assured_by"]
        yield f"{edition.title}, người bảo đảm số liệu: {who}"
    if found:
        yield from found[-1].marks(cache.inputs(at.space))


# heading, what makes its lines, whether only of a review that was made
MATTERS: tuple[tuple[str, Callable[[Standing], Iterator[str]], bool], ...] = (
    ("Hạn báo cáo", reports, False),
    ("Phiếu đề nghị giải trình", questions, True),
    ("Kiểm tra tại cơ sở", inspections, True),
    ("Kiểm tra thủ công", checks, True),
    ("Bản phát hành", issued, True),
)


def matters(at: Standing) -> dict[str, list[str]]:
    """The sentences of each matter by its heading; a matter that asks nothing is left out."""
    found = {title: list(tell(at)) for title, tell, after in MATTERS if at.made or not after}
    return {title: lines for title, lines in found.items() if lines}
