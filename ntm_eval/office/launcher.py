"""The launcher page `00_start`: choose, see what is there, open or make a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from html import escape
from pathlib import Path
from subprocess import Popen
from threading import Thread

import ipywidgets as widgets
import pandas as pd
from IPython.display import HTML, display

from ntm_eval import notation, units
from ntm_eval.office import choice, making
from ntm_eval.office.choice import PAGES, PERIOD_NAMES, Choice
from ntm_eval.office.status import latest, status
from ntm_eval.reporting.blocks import Figure
from ntm_eval.workspace import OUTPUTS, ROOT, SCRATCH, AnalystError

WIDE = {"layout": {"width": "36em"}, "style": {"description_width": "10em"}}
AUTO = {"layout": {"width": "auto", "flex": "0 0 auto"}}
NOTHING = (
    "Chưa có báo cáo nào. Đặt tệp các huyện gửi vào data/raw/<năm>/annual (hoặc h1), hay tạo số "
    "liệu minh họa bằng lệnh: ntm-eval sample --out data/sample. Rồi chạy lại ô này."
)
PRESS = "Bấm Lập báo cáo."


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
            options=PERIOD_NAMES, value=latest(self.data.value)[1], description="Kỳ", **WIDE
        )
        self.district = widgets.Dropdown(**WIDE)
        self.page = widgets.Dropdown(options=PAGES, description="Trang", **WIDE)
        self.everyone = widgets.Checkbox(description="của mọi đơn vị", indent=False, **AUTO)
        self.found, self.shows = widgets.HTML(), widgets.Output()
        self.bar, self.far = widgets.IntProgress(layout={"display": "none"}), widgets.Label()
        self.said = widgets.Output(layout={"max_height": "16em", "overflow": "auto"})
        self.running: Popen[str] | None = None
        self.make = _button("Lập báo cáo", self._make)
        self.stop = _button("Dừng", self._stop, disabled=True)
        self.settling = False
        self._settle(self._years)
        self.data.observe(lambda _: self._settle(self._years), "value")
        for part in (self.year, self.period):
            part.observe(lambda _: self._settle(self._districts), "value")
        self.district.observe(lambda _: self._settle(), "value")

    @property
    def shown(self) -> widgets.Widget:
        choices = (self.data, self.year, self.period, self.district, self.page)
        look = [
            _button("Xem lại", self._again),
            _button("Xem xu hướng", self._draw),
            _button("Mở sổ tay để xem từng bước", self._open),
        ]
        rows = [look, [self.make, self.everyone, self.stop], [self.bar, self.far]]
        below = [*map(widgets.HBox, rows), self.said, self.shows]
        return widgets.VBox([*choices, self.found, *below])

    @property
    def chosen(self) -> Choice:
        return Choice(self.district.value, self.year.value, self.period.value, self.data.value)

    def _again(self) -> None:
        """What came since is there to be chosen."""
        self.shows.clear_output()
        self._settle(self._sources)

    def _settle(self, offer: Callable[[], None] = lambda: None) -> None:
        """Offer what a choice leaves to choose; only when all of it stands, say what there is."""
        if not self.settling:
            self.settling = True
            try:
                offer()
            finally:
                self.settling = False
            self._find()

    def _sources(self) -> None:
        _offer(self.data, list(choice.sources().items()))
        self._years()

    def _years(self) -> None:
        _offer(self.year, [(str(year), year) for year in choice.years(self.data.value)])
        self._districts()

    def _districts(self) -> None:
        _offer(self.district, choice.districts(self.year.value, self.period.value))
        self.district.description = units.reporters(self.chosen.unit.code).capitalize()

    def _find(self) -> None:
        """What is there and what is missing, of the district and of all."""
        try:
            self.found.value = told(self.chosen)
        except AnalystError as letter:
            self.found.value = _letter(letter)

    def _draw(self) -> None:
        self.shows.clear_output()
        with self.shows:
            print("Đang vẽ… Lần đầu của một năm phải đọc mọi báo cáo nên lâu hơn những lần sau.")
            try:
                parts: Sequence[object] = trends(self.chosen)
            except AnalystError as letter:
                parts = [HTML(_letter(letter))]
            self.shows.clear_output(wait=True)
            display(*parts)

    def _open(self) -> None:
        path = choice.own_copy(self.chosen, self.page.value)
        self.shows.clear_output()
        with self.shows:
            display(HTML(f"<p>Bấm để mở: {link(path)}. Rồi bấm nút ▶▶ để chạy tất cả.</p>"))
            display(HTML("<p>Đây là bản của riêng bạn: sửa gì ở đó cũng không đổi báo cáo.</p>"))

    def _make(self) -> None:
        """Begin; a thread tells how far it is, so that other buttons answer meanwhile."""
        self.said.outputs = ()
        try:
            self.running = making.begin(self.chosen, everyone=self.everyone.value)
        except AnalystError as letter:
            self.far.value = ""
            self.said.append_display_data(HTML(_letter(letter)))
            return
        self.make.disabled, self.stop.disabled = True, False
        self.bar.value, self.bar.layout.display = 0, ""
        Thread(target=self._follow, args=(self.running, self._whose()), daemon=True).start()

    def _whose(self) -> str:
        names = "mọi đơn vị" if self.everyone.value else self.chosen.unit.short
        return f"{names}, {notation.when(self.chosen.year, self.chosen.period)}"

    def _follow(self, process: Popen[str], whose: str) -> None:
        for step in making.progress(process):
            self.bar.max, self.bar.value = step.total or 1, step.ended
            self.far.value = f"{whose}: {step.words}"
            self.said.append_stdout(step.line)
        self._find()
        self.far.value = f"{whose}: {making.ENDED.get(process.returncode, making.UNFINISHED)}"
        self.make.disabled, self.stop.disabled = False, True

    def _stop(self) -> None:
        self.stop.disabled = True
        self.far.value = "Đang dừng…"
        if self.running:
            making.stop(self.running)


def _button(name: str, act: Callable[[], None], *, disabled: bool = False) -> widgets.Button:
    button = widgets.Button(description=name, disabled=disabled, **AUTO)
    button.on_click(lambda _: act())
    return button


def _letter(letter: AnalystError) -> str:
    return f"<p><b>Lỗi:</b> {escape(str(letter))}</p>"


def _offer(menu: widgets.Dropdown, options: Sequence[tuple[str, object]]) -> None:
    """Give a menu its choices; what was chosen stays, where it is still one of them."""
    before, values = menu.value, [value for _, value in options]
    menu.options = options
    menu.value = before if before in values else values[0]


def told(chosen: Choice) -> str:
    """What there is of a choice, in HTML: the district's own first, then where all stand."""
    found = status(chosen.space, date.today())
    (own,) = found.register[found.register["district_code"] == chosen.unit.code].to_dict("records")
    made = ", ".join(link(path, name) for name, path in chosen.reports.items())
    lines = [
        f"<b>{escape(chosen.unit.short)}</b>: {_report(own)}",
        *_held(chosen),
        f"Trang đã lập: {made}" if made else "Chưa lập trang nào của đơn vị trong kỳ này.",
        *map(escape, [*found.arrivals, *found.outputs(PRESS, PRESS)]),
    ]
    return f"<div style='line-height: 1.6'>{'<br>'.join(lines)}</div>"


def _report(own: dict) -> str:
    if own["status"] == "missing":
        return f"chưa có báo cáo trong kỳ này, phải gửi trước ngày {notation.day(own['due'])}."
    if pd.isna(own["received"]):
        return f"đã có báo cáo, không rõ ngày nhận, tệp {escape(own['file'])}."
    late = f"muộn {own['days_late']:.0f} ngày" if own["days_late"] else "đúng hạn"
    return (
        f"đã có báo cáo, nhận {notation.day(own['received'])}, {late}, tệp {escape(own['file'])}."
    )


def _held(chosen: Choice) -> list[str]:
    """The figures that wait for an explanation, and the letter that asks for it."""
    if (names := chosen.held) is None:
        return []
    letter = f" Phiếu đề nghị giải trình: {link(chosen.letter)}." if chosen.letter.is_file() else ""
    if not names:
        return [f"Không có số liệu nào chờ giải trình.{letter}"]
    return [
        f"Chờ giải trình, chưa tính vào tổng số: {escape('; '.join(names))} "
        f"({len(names)} chỉ tiêu).{letter}"
    ]


def link(path: Path, name: str | None = None) -> str:
    """A link that JupyterLab opens; a page of the review in a tab of the browser."""
    inside = path.relative_to(ROOT).as_posix()
    if path.is_relative_to(SCRATCH):
        return f'<a href="{escape(path.relative_to(SCRATCH.parent).as_posix())}">{path.name}</a>'
    return f'<a href="/files/{escape(inside)}" target="_blank">{escape(name or path.name)}</a>'


def trends(chosen: Choice) -> tuple[str, Figure]:
    """Whose figures these are and whether they are invented; the most telling trends."""
    from ntm_eval.reporting.district import opening
    from ntm_eval.reporting.sections import trends as directions
    from ntm_eval.review import open_review

    review = open_review(chosen.year, chosen.period, str(chosen.data), str(OUTPUTS))
    here = review.district(chosen.district)
    return opening(here), directions.chart(here.series, here.trends)
