"""What someone chose on the launcher page, and what there is of it: reports, notebooks, pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat

from ntm_eval import units
from ntm_eval.intake import received
from ntm_eval.running.plan import Page
from ntm_eval.workspace import (
    NOTEBOOKS,
    OUTPUTS,
    PERIODS,
    RAW,
    ROOT,
    SAMPLE,
    SCRATCH,
    Workspace,
    write_beside,
)

SOURCES = {"Báo cáo thật (data/raw)": RAW, "Số liệu minh họa (data/sample)": SAMPLE}
PERIOD_NAMES = {"6 tháng": "h1", "Cả năm": "annual"}
PAGES = {
    "01 Số liệu đã gửi": "01_clean",
    "02 Xu hướng": "02_trends",
    "03 Sự hài lòng": "03_satisfaction",
    "04 Báo cáo của huyện": "04_evaluation",
    "05 Báo cáo của tỉnh": "05_annual_review",
}
OF_PROVINCE = "05_annual_review"
VALUE = re.compile(r'^(?P<name>\w+)(?P<type>: \w+) = (?:"[^"]*"|\d+)', re.M)


@dataclass(frozen=True)
class Choice:
    """A district's slug, a year, a period, and the folder of what was received."""

    district: str
    year: int
    period: str
    data: Path

    @property
    def space(self) -> Workspace:
        return Workspace(self.year, self.period, self.data, OUTPUTS)

    def page(self, notebook: str) -> Page:
        """A page of the review; the province's has no district."""
        district = None if notebook == OF_PROVINCE else self.district
        return Page(NOTEBOOKS / f"{notebook}.ipynb", district, self.space)

    @property
    def reports(self) -> dict[str, Path]:
        """The pages that have been made, by their names on the launcher."""
        made = {name: self.page(notebook).html for name, notebook in PAGES.items()}
        made["Trang chủ"] = self.space.index
        return {name: path for name, path in made.items() if path.is_file()}

    @property
    def file(self) -> received.Report | None:
        """The district's current report of this period; None where none came."""
        found, _ = received.reports(
            self.space.received(self.year, self.period), self.year, self.period
        )
        code = units.district(self.district, units.day(self.year, self.period)).code
        return next((r for r in found if r.current and r.district_code == code), None)


def sources() -> dict[str, Path]:
    """The folders that hold reports, the office's own first."""
    return {name: folder for name, folder in SOURCES.items() if years(folder)}


def years(data: Path) -> list[int]:
    """The years with a report, the latest first."""
    found = {
        int(folder.parent.name)
        for period in PERIODS
        for folder in data.glob(f"[0-9]*/{period}")
        if received.files(folder)
    }
    return sorted(found, reverse=True)


def districts(year: int, period: str) -> list[tuple[str, str]]:
    """Who reports in a period, as (name, slug), in the order of codes."""
    return [(d.short, d.slug) for d in units.reporting(units.day(year, period))]


def own_copy(choice: Choice, notebook: str) -> Path:
    """A notebook to play with, its parameters as chosen and its outputs not yet there.

    It stands in `notebooks/scratch`, which no repository takes in; one that is there stays as it
    is, with whatever was tried in it.
    """
    page = choice.page(notebook)
    path = SCRATCH / f"{notebook}-{page.district or 'tinh'}-{choice.year}-{choice.period}.ipynb"
    if path.exists():
        return path
    copy = nbformat.read(page.source, as_version=4)
    values = page.parameters | {"data": _short(choice.data), "out": _short(OUTPUTS)}
    for cell in copy.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = VALUE.sub(lambda m: _line(m, values), cell.source)
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    with write_beside(path) as draft:
        nbformat.write(copy, draft)
    return path


def _line(found: re.Match[str], values: dict) -> str:
    value = values[found["name"]]
    text = str(value) if isinstance(value, int) else f'"{value}"'
    return f"{found['name']}{found['type']} = {text}"


def _short(folder: Path) -> str:
    return folder.relative_to(ROOT).as_posix()
