"""After a batch: is each report its district's, alone, and do the districts make the province?

A report must name one district in its parameter, its folder, its title, its first line and the
files it rests on. Two districts' reports must share no picture and no table, with two exceptions: a
table of few figures may be the same for two sound districts ("82 of 82 cells"); and a block that is
the same for all is marked so, as a survey's plan or a picture that says that there is no data.
"""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

import pandas as pd

from ntm_eval import units
from ntm_eval.cache import fingerprint
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.review import Review, sums
from ntm_eval.running.manifest import Entry
from ntm_eval.workspace import Workspace

# Of the sample's 108 kinds of tables, those that two districts share have 13 different figures
# or fewer, those that they do not mostly 36 or more.
FIGURES = 25
FIGURE = re.compile(r"\d[\d.,]*")
TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
MARK = re.compile(r"<[^>]+>")
PRINT = re.compile(r'<td class="code">([0-9a-f]{12})</td>')
GIVEN = re.compile(r"^district = (.*)$", re.MULTILINE)
PICTURES = {"image/png", "image/svg+xml", "image/jpeg"}


@dataclass(frozen=True)
class _Report:
    """What one page of a district shows of whose it is."""

    entry: Entry
    unit: units.District
    given: str | None  # the parameter that the notebook ran with
    title: str
    text: str  # everything it says, without its tables
    files: set[str]  # the beginnings of the fingerprints of the files that it names
    shown: dict[str, str]  # fingerprint -> 'hình' or 'bảng'

    @property
    def name(self) -> str:
        return f"{place(self.unit.name)}, {self.entry.notebook}"


def problems(space: Workspace, entries: Sequence[Entry], review: Review) -> list[str]:
    """Each mix-up in words, with the names of the districts; empty when there is none."""
    done = [e for e in entries if e.state == "done" and e.district]
    reports = [_report(space, e) for e in done]
    found = [p for r in reports for p in _other_names(r)]
    found += _other_files(reports, review)
    found += _shared(reports)
    saved = space.table("facts")
    return found + list(sums.differences(review, pd.read_parquet(saved)) if saved.is_file() else ())


def _report(space: Workspace, entry: Entry) -> _Report:
    names = {name.rsplit(".", 1)[1]: space.review / name for name in entry.outputs}
    cells = json.loads(names["ipynb"].read_text(encoding="utf-8"))["cells"]
    shown: dict[str, str] = {}
    texts, files = [], set()
    for output in (o for c in cells for o in c.get("outputs", [])):
        data, about = output.get("data", {}), output.get("metadata", {})
        for kind in PICTURES & data.keys():
            if not about.get(kind, {}).get("common"):
                shown[fingerprint(_whole(data[kind]))] = "hình"
        rich = _whole(data.get("text/html", ""))
        files |= set(PRINT.findall(rich))
        for table in TABLE.findall(rich):
            words = " ".join(MARK.sub(" ", table).split())
            common = about.get("text/html", {}).get("common", False)
            if len(set(FIGURE.findall(words))) >= FIGURES and not common:
                shown[fingerprint(words)] = "bảng"
        texts.append(MARK.sub(" ", TABLE.sub(" ", rich)) or _whole(data.get("text/plain", "")))
    title = TITLE.search(names["html"].read_text(encoding="utf-8"))
    named = unescape(title[1]) if title else ""
    unit = units.district(entry.district, units.day(space.year, space.period))
    return _Report(entry, unit, _given(cells), named, " ".join(texts), files, shown)


def _whole(text: str | list[str]) -> str:
    """A text, which a notebook may hold line by line; a picture is one of a million letters."""
    return text if isinstance(text, str) else "".join(text)


def _given(cells: list[dict]) -> str | None:
    """The district in the cell that papermill injected."""
    injected = [c for c in cells if "injected-parameters" in c["metadata"].get("tags", [])]
    found = GIVEN.search(_whole(injected[0]["source"])) if injected else None
    return ast.literal_eval(found[1]) if found else None


def _other_names(report: _Report) -> Iterator[str]:
    """Where parameter, folder, title or first line name another district."""
    slug = report.entry.district
    own = place(report.unit.name)
    beside = [place(d.name) for d in units.all_beside([report.unit.code])]
    folders = {n.split("/")[1] for n in report.entry.outputs}
    for what, named in (
        ("tham số trong manifest.json", {report.entry.parameters.get("district")}),
        ("tham số trong sổ tay", {report.given}),
        ("thư mục", folders),
    ):
        if named != {slug}:
            yield f"{report.name}: {what} lại là {', '.join(map(str, sorted(named, key=str)))}."
    first = report.text.strip().split(_("SỐ LIỆU MINH HỌA"))[0][:200]
    for what, said in (("tiêu đề", report.title), ("câu mở đầu", first)):
        others = [name for name in beside if name != own and re.search(rf"{name}\b", said)]
        if others or (what == "tiêu đề" and own not in said):
            yield f"{report.name}: {what} lại ghi {', '.join(others) or repr(said)}."


def _other_files(reports: Iterable[_Report], review: Review) -> Iterator[str]:
    """Where a page's list of files holds one that another district sent."""
    owners: dict[str, set[str]] = defaultdict(set)
    for r in review.inbox.reports:
        owners[r.sha256[:12]].add(r.district_code)
    for report in reports:
        for codes in (owners[p] for p in sorted(report.files & owners.keys())):
            if report.unit.code not in codes:
                whose = ", ".join(units.district(code).name for code in sorted(codes))
                yield f"{report.name}: số liệu lấy từ tệp của {whose}."


def _shared(reports: Iterable[_Report]) -> Iterator[str]:
    """Pictures and tables that reports of two districts share."""
    firsts: dict[str, _Report] = {}
    for report in reports:
        for print_, what in report.shown.items():
            first = firsts.setdefault(print_, report)
            if report.unit != first.unit:
                yield f"{first.name} và {report.name}: cùng một {what}."
