"""The launcher page `00_start`: choose, see what is there, open or make a report."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets
from IPython.display import HTML, display

from ntm_eval.intake.received import Report
from ntm_eval.office import choice
from ntm_eval.office.choice import PAGES, PERIOD_NAMES, Choice
from ntm_eval.office.status import OUTPUT, RECEIVED, status
from ntm_eval.reporting.blocks import Figure
from ntm_eval.workspace import HOME, OUTPUTS, ROOT, SCRATCH, AnalystError

if TYPE_CHECKING:
    pass

WIDE = {"layout": {"width": "34em"}, "style": {"description_width": "8em"}}
NOTHING = (
    "Chưa có báo cáo nào. Đặt tệp các huyện gửi vào data/raw/<năm>/annual (hoặc h1), hay tạo số "
    "liệu minh họa bằng lệnh: ntm-eval sample --out data/sample. Rồi chạy lại ô này."
)


@cache  # no cache of data: a session has one desk, which keeps what was chosen
def desk() -> widgets.Widget:
    """The choices, buttons and what they show; run again it is the same, with what was chosen."""
    if not choice.sources():
        raise AnalystError(NOTHING)
    return _Desk().shown


class _Desk:
    """The widgets, wired to each other: what is chosen above decides what can be chosen below."""

    def __init__(self) -> None:
        self.data = widgets.Dropdown(options=choice.sources(), description="Số liệu", **WIDE)
        self.year = widgets.Dropdown(description="Năm", **WIDE)
        self.period = widgets.Dropdown(
            options=PERIOD_NAMES, value="annual", description="Kỳ", **WIDE
        )
        self.district = widgets.Dropdown(description="Huyện", **WIDE)
        self.page = widgets.Dropdown(options=PAGES, description="Trang", **WIDE)
        self.found, self.shows = widgets.Output(), widgets.Output()
        self._years()
        self.data.observe(lambda _: self._years(), "value")
        for part in (self.year, self.period):
            part.observe(lambda _: self._districts(), "value")
        self.district.observe(lambda _: self._find(), "value")

    @property
    def shown(self) -> widgets.Widget:
        buttons = {
            "Xem xu hướng": self._draw,
            "Mở sổ tay để xem từng bước": self._open,
            "Lập báo cáo": self._make,
        }
        row = [widgets.Button(description=name, layout={"width": "auto"}) for name in buttons]
        for button, act in zip(row, buttons.values(), strict=True):
            button.on_click(lambda _, act=act: self._act(act, row))
        choices = [self.data, self.year, self.period, self.district, self.page]
        return widgets.VBox([*choices, self.found, widgets.HBox(row), self.shows])

    @property
    def chosen(self) -> Choice:
        return Choice(self.district.value, self.year.value, self.period.value, self.data.value)

    def _years(self) -> None:
        _offer(self.year, [(str(year), year) for year in choice.years(self.data.value)])
        self._districts()

    def _districts(self) -> None:
        _offer(self.district, choice.districts(self.year.value, self.period.value))
        self._find()

    def _find(self) -> None:
        """What is there and what is missing, of the district and of all."""
        self.found.clear_output()
        with self.found:
            display(HTML(told(self.chosen)))

    def _act(self, act: Callable[[], None], buttons: list[widgets.Button]) -> None:
        """Do what a button is for, one at a time; what goes wrong is a letter."""
        self.shows.clear_output()
        for button in buttons:
            button.disabled = True
        with self.shows:
            try:
                act()
            except AnalystError as letter:
                display(HTML(f"<p><b>Lỗi:</b> {escape(str(letter))}</p>"))
            finally:
                for button in buttons:
                    button.disabled = False

    def _draw(self) -> None:
        print("Đang vẽ… Lần đầu của một năm phải đọc mọi báo cáo nên lâu hơn những lần sau.")
        parts = trends(self.chosen)
        self.shows.clear_output(wait=True)
        display(*parts)

    def _open(self) -> None:
        path = choice.own_copy(self.chosen, self.page.value)
        display(HTML(f"<p>Bấm để mở: {link(path)}. Rồi bấm nút ▶▶ để chạy tất cả.</p>"))
        display(HTML("<p>Đây là bản của riêng bạn: sửa gì ở đó cũng không đổi báo cáo.</p>"))

    def _make(self) -> None:
        for line in make(self.chosen):
            print(line, end="")
        self._find()


def _offer(menu: widgets.Dropdown, options: Sequence[tuple[str, object]]) -> None:
    """Give a menu its choices; what was chosen stays, where it is still one of them."""
    before, values = menu.value, [value for _, value in options]
    menu.options = options
    menu.value = before if before in values else values[0]


def told(chosen: Choice) -> str:
    """What there is of a choice, in HTML: the district's own first, then where all stand."""
    names = {slug: name for name, slug in choice.districts(chosen.year, chosen.period)}
    made = ", ".join(link(path, name) for name, path in chosen.reports.items())
    standing = status(chosen.space, date.today()).parts  # of them what a day does not change
    lines = [
        f"<b>{escape(names[chosen.district])}</b>: {_report(chosen.file)}",
        f"Trang đã lập: {made}" if made else "Chưa lập trang nào của huyện trong kỳ này.",
        *(escape(line) for line in [*standing[RECEIVED], *standing[OUTPUT][:-1]]),
    ]
    return f"<div>{'<br>'.join(lines)}</div>"


def _report(report: Report | None) -> str:
    if report is None:
        return "chưa có báo cáo trong kỳ này."
    day = f"{report.received:%d/%m/%Y}" if report.received else "không rõ ngày"
    return f"đã có báo cáo, nhận {day}, tệp {escape(report.file)}."


def link(path: Path, name: str | None = None) -> str:
    """A link that JupyterLab opens; a page of the review in a tab of the browser."""
    inside = path.relative_to(ROOT).as_posix()
    if path.is_relative_to(SCRATCH):
        return f'<a href="{escape(path.relative_to(SCRATCH.parent).as_posix())}">{path.name}</a>'
    return f'<a href="/files/{escape(inside)}" target="_blank">{escape(name or path.name)}</a>'


def trends(chosen: Choice) -> tuple[str, Figure]:
    """Whose figures these are and whether they are invented; the most telling trends."""
    from ntm_eval.reporting import sections
    from ntm_eval.reporting.district import opening
    from ntm_eval.review import open_review

    review = open_review(chosen.year, chosen.period, str(chosen.data), str(OUTPUTS))
    here = review.district(chosen.district)
    return opening(here), sections.trends.chart(here.series, here.trends)


def make(chosen: Choice) -> Iterator[str]:
    """Make the district's pages and the province's, as `ntm-eval review` does; its lines."""
    command = [sys.executable, "-m", "ntm_eval.cli", "review"]
    asked = {
        "year": chosen.year,
        "period": chosen.period,
        "district": chosen.district,
        "data": chosen.data,
        "out": OUTPUTS,
    }
    command += [part for name, value in asked.items() for part in (f"--{name}", str(value))]
    environment = os.environ | {HOME: str(ROOT), "PYTHONUTF8": "1"}
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as run:
        yield from run.stdout or ()
