"""What someone chose on the launcher page, and what there is of it: reports, notebooks, pages."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import nbformat
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.office import status
from ntm_eval.office.attention import QUERIES
from ntm_eval.running.plan import Page
from ntm_eval.workspace import (
    NOTEBOOKS,
    OUTPUTS,
    RAW,
    ROOT,
    SAMPLE,
    SCRATCH,
    Workspace,
    write_beside,
)

SOURCES = {"Báo cáo thật (data/raw)": RAW, "Số liệu minh họa (data/sample)": SAMPLE}
PERIOD_NAMES = {name.capitalize(): period for period, name in status.PERIOD_NAMES.items()}
PAGES = {
    "01 Số liệu đã gửi": "01_clean",
    "02 Xu hướng": "02_trends",
    "03 Sự hài lòng": "03_satisfaction",
    "04 Báo cáo của đơn vị": "04_evaluation",
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
        """Where the files of the choice are."""
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
    def unit(self) -> units.District:
        """The district, or the commune that reports since 2025."""
        return units.district(self.district, units.day(self.year, self.period))

    @property
    def held(self) -> list[str] | None:
        """The indicators with a figure that waits for an explanation, by name.

        None where no review has told yet.
        """
        path = self.space.table("facts")
        if not path.is_file():
            return None
        facts = pd.read_parquet(path, columns=["district_code", "indicator", "held"])
        own = facts[(facts["district_code"] == self.unit.code) & facts["held"].notna()]
        return [reference.indicator_name(code) for code in own["indicator"].unique()]

    @property
    def letter(self) -> Path:
        """What the district is asked, where it is asked anything."""
        return self.space.pages(self.district) / QUERIES


def sources() -> dict[str, Path]:
    """The folders that hold reports, the office's own first."""
    return {name: folder for name, folder in SOURCES.items() if years(folder)}


def years(data: Path) -> list[int]:
    """The years with a report, the latest first."""
    return list(dict.fromkeys(year for year, _ in status.reported(data)))


def districts(year: int, period: str) -> list[tuple[str, str]]:
    """Who reports in a period, as (name, slug), in the order of codes."""
    return [(d.short, d.slug) for d in units.reporting(units.day(year, period))]


def own_copy(choice: Choice, notebook: str) -> Path:
    """A notebook to play with, its parameters as chosen and its outputs not yet there.

    It stands in `notebooks/scratch`, which no repository takes in. One that is there stays as it
    is, with whatever was tried in it; where other parameters were typed there, a new one is made
    beside it.
    """
    page = choice.page(notebook)
    copy = nbformat.read(page.source, as_version=4)
    values = page.parameters | {"data": _short(choice.data), "out": _short(OUTPUTS)}
    for cell in copy.cells:
        if _holds_parameters(cell):
            cell.source = VALUE.sub(lambda m: _line(m, values), cell.source)
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    source = "" if choice.data == RAW else f"-{choice.data.name}"
    name = f"{notebook}-{page.district or 'tinh'}-{choice.year}-{choice.period}{source}"
    own = [cell.source for cell in copy.cells if _holds_parameters(cell)]
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    paths = (SCRATCH / f"{one}.ipynb" for one in names)
    path = next(p for p in paths if not p.exists() or _parameters(p) == own)
    if not path.exists():
        with write_beside(path) as draft:
            nbformat.write(copy, draft)
    return path


def _parameters(path: Path) -> list[str]:
    """The cells of parameters of a notebook; none of a file that is no notebook any more."""
    with suppress(ValueError):
        return [c.source for c in nbformat.read(path, as_version=4).cells if _holds_parameters(c)]
    return []


def _holds_parameters(cell: nbformat.NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def _line(found: re.Match[str], values: dict) -> str:
    value = values[found["name"]]
    text = str(value) if isinstance(value, int) else f'"{value}"'
    return f"{found['name']}{found['type']} = {text}"


def _short(folder: Path) -> str:
    return folder.relative_to(ROOT).as_posix()
