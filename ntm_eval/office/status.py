"""Who has reported, who not, what the day asks for, what is stale, where the outputs are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ntm_eval import cache, notation, units
from ntm_eval.intake import files, received
from ntm_eval.office import calendar
from ntm_eval.office.calendar import Standing
from ntm_eval.running import manifest
from ntm_eval.running.plan import Plan, unchanged
from ntm_eval.workspace import OUTPUTS, PERIODS, RAW, AnalystError, Workspace, or_the_sample

NAMES = {"on_time": "đúng hạn", "late": "gửi muộn", "undated": "không rõ ngày gửi"}
PERIOD_NAMES = {"h1": "6 tháng", "annual": "cả năm"}
RECEIVED, OUTPUT = "Báo cáo đã nhận", "Kết quả"
SHOWN = 8  # of changed files; the rest is counted


@dataclass(frozen=True)
class Status:
    """Where one review stands. Districts are their short names, in the order of codes."""

    space: Workspace
    register: pd.DataFrame  # of `received.register`
    arrived: dict[str, tuple[str, ...]]  # on_time, late, undated -> districts
    late: dict[str, int]  # the late ones with their days
    missing: tuple[str, ...]
    today: date
    illustrative: bool
    matters: dict[str, list[str]]  # what the day asks for, by heading (`calendar.matters`)
    unread: tuple[str, ...]  # why a file is no report yet
    in_use: str | None  # which files somebody has open
    at_work: str | None  # who makes the reports right now
    made: bool
    changed: tuple[str, ...]  # what is other than when the reports were made
    failed: tuple[str, ...]  # pages that stopped
    lacking: tuple[str, ...]  # districts that have no pages yet, where others have

    @property
    def parts(self) -> dict[str, list[str]]:
        """Each finding in words, by heading, what to do last; in a list it begins with '- '."""
        matters = {title: [f"- {m}" for m in found] for title, found in self.matters.items()}
        return {RECEIVED: self.arrivals, **matters, OUTPUT: self._outputs}

    @property
    def arrivals(self) -> list[str]:
        """Whose reports came and whose did not."""
        space, came = self.space, sum(map(len, self.arrived.values()))
        head = f"Năm {space.year}, kỳ {PERIOD_NAMES[space.period]}: "
        told = [f"{head}{came} trên {came + len(self.missing)} đơn vị đã gửi báo cáo."]
        late = [f"{name} ({days} ngày)" for name, days in self.late.items()]
        for state, names in (self.arrived | {"late": tuple(late)}).items():
            told += [f"- {NAMES[state]}: {', '.join(names)}"] if names else []
        told += [f"- chưa gửi: {', '.join(self.missing)}"] if self.missing else []
        told += [f"- chưa đọc được: {why}" for why in self.unread]
        return [*told, f"- {self.in_use}"] if self.in_use else told

    @property
    def title(self) -> str:
        """Of which day it tells."""
        return f"Tình hình ngày {notation.day(self.today)}"

    @property
    def lines(self) -> list[str]:
        """The same for a screen."""
        lines = [self.title]
        for title, found in self.parts.items():
            lines += ["", title, *found]
        return lines

    @property
    def page(self) -> str:
        """The same as a page."""
        from ntm_eval.reporting.html import SHELL

        return SHELL.get_template("status.html.j2").render(
            title=self.title, parts=self.parts, illustrative=self.illustrative, crumbs=[]
        )

    @property
    def _outputs(self) -> list[str]:
        space = self.space
        again = f"ntm-eval review --year {space.year} --period {space.period}"
        again += "" if space.data == RAW else f' --data "{space.data}"'
        again += "" if space.out == OUTPUTS else f' --out "{space.out}"'
        home = [f"Trang chủ: {space.index}"] if self.made and not self.at_work else []
        return [*home, *self.outputs(f"Chạy: {again}", f"Chạy lại: {again}")]

    def outputs(self, first: str, again: str) -> list[str]:
        """Whether the pages are there and as of now; how to make them for the first time, again."""
        if self.at_work:
            return [f"Đang lập báo cáo: {self.at_work}.", "Đợi đợt đó xong rồi xem lại."]
        if not self.made:
            return [f"Chưa lập báo cáo. {first}"]
        lines = [f"- trang đã dừng: {page}" for page in self.failed]
        lines += [f"- chưa lập trang của: {', '.join(self.lacking)}"] if self.lacking else []
        if not (self.changed or self.failed or self.lacking):
            return [*lines, "Kết quả là mới nhất."]
        more = len(self.changed) - SHOWN
        lines += [f"- đã đổi từ lần lập báo cáo trước: {what}" for what in self.changed[:SHOWN]]
        lines += [f"- và {more} tệp khác"] if more > 0 else []
        old = self.changed or self.failed
        return [*lines, f"Kết quả {'đã cũ' if old else 'chưa đủ các đơn vị'}. {again}"]


def status(space: Workspace, today: date) -> Status:
    """Where the review stands on a day, from the files received and from its manifest."""
    folder = space.received(space.year, space.period)
    found, problems = received.reports(folder, space.year, space.period)
    register = received.register(found, space.year, space.period)
    names = {s: tuple(register["district"][register["status"] == s]) for s in [*NAMES, "missing"]}
    late = register[register["status"] == "late"]
    at_work = manifest.at_work(space)
    content = manifest.read(space.review)
    pages = {page["district"] for page in content.get("pages", [])}
    everyone = units.reporting(units.day(space.year, space.period))
    return Status(
        space,
        register,
        arrived={state: names[state] for state in NAMES},
        late=dict(zip(late["district"], late["days_late"].astype(int), strict=True)),
        missing=names["missing"],
        today=today,
        matters=calendar.matters(Standing(space, today, register, "pages" in content)),
        illustrative=any(report.illustrative for report in found),
        unread=tuple(
            p.message
            for p in [*problems, *received.unread_folders(folder)]
            if p.severity == "error" or p.rule == "unread_folder"
        ),
        in_use=files.in_use(folder),
        at_work=at_work,
        made="pages" in content,
        changed=() if at_work else tuple(_changed(space, content)),
        failed=tuple(_failed(content)),
        lacking=tuple(d.short for d in everyone if pages and d.slug not in pages),
    )


def reported(data: Path) -> list[tuple[int, str]]:
    """The years and periods with a folder of their own that holds a report, the latest first."""
    years = sorted((int(p.name) for p in data.glob("[0-9]*") if p.name.isdecimal()), reverse=True)
    each = [(year, period) for year in years for period in reversed(PERIODS)]
    return [when for when in each if received.files(data.joinpath(*map(str, when)))]


def latest(data: Path) -> tuple[int, str]:
    """The last year and period with a report.

    Raises
    ------
    AnalystError
        Where there is none, with what to do.
    """
    if found := reported(data):
        return found[0]
    raise AnalystError(
        f"Trong {data} chưa có báo cáo nào. Đặt tệp nhận được vào {data / 'năm' / 'kỳ'}, ví dụ "
        f"{data / '2022' / 'annual'}{or_the_sample()}."
    )


def _failed(content: dict) -> list[str]:
    pages = [p for p in content.get("pages", []) if p["state"] == "failed"]
    return [f"{p['district'] or 'tỉnh'}, {p['notebook']}: {p['error']}" for p in pages]


def _changed(space: Workspace, content: dict) -> list[str]:
    """What a new run would take into account, by name; empty where there is no review yet."""
    slugs = sorted({page["district"] for page in content.get("pages", [])} - {None})
    if "pages" not in content or unchanged(space, slugs, Plan()):
        return []
    before, now = content.get("inputs", {}), cache.inputs(space)
    files = [f"{n} (mới)" for n in now if n not in before]
    files += [f"{n} (không còn)" for n in before if n not in now]
    files += [n for n in now if n in before and now[n] != before[n]]
    made_from = [page["made_from"] for page in content["pages"] if page["made_from"]]
    words = {"package": "phần mềm", "reference": "bảng tham chiếu trong data/reference"}
    parts = [
        words[name]
        for name, print_ in Plan().prints.items()
        if any(made.get(name) != print_ for made in made_from)
    ]
    return [*files, *parts] or ["sổ tay hoặc tệp kết quả, hoặc lần lập trước chưa xong"]
