"""How the illustrative reports arrive: file names, days, and the receipts kept by the office."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from ntm_eval import units
from ntm_eval.workspace import write_beside
from tools.sample import truth as sample_truth
from tools.sample.world import draw, settings

RECEIPT_COLUMNS = ("file", "received", "extended_to", "note")
PERIOD_WORDS = {"annual": "năm {}", "h1": "6 tháng đầu năm {}"}
PEOPLE = {"prepared_by": "Người lập biểu (minh họa)", "approved_by": "Người duyệt (minh họa)"}
PLAIN_WORDS = {"annual": "nam {}", "h1": "6 thang {}"}


@dataclass(frozen=True)
class Report:
    """One district's report as it arrived."""

    district: units.District
    year: int
    period: str
    file: str
    sent: date | None
    received: date | None
    extended_to: str = ""
    version: int = 0  # 1 and 2 where it was sent twice

    @property
    def key(self) -> tuple[str, int, str]:
        return self.district.slug, self.year, self.period


def reports(year: int, period: str, seed: int) -> Iterator[Report]:
    """The reports of a year and period in the order of districts; one came in two versions."""
    names = settings("districts").set_index("slug")["file"]
    for district in units.districts():
        key = (district.slug, year, period)
        if key in sample_truth.MISSING:
            continue
        stem = names[district.slug].format(
            words=PERIOD_WORDS[period].format(year), ascii=PLAIN_WORDS[period].format(year)
        )
        report = arrival(Report(district, year, period, f"{stem}.xlsx", None, None), seed)
        if key == sample_truth.RESENT:
            for version, day in enumerate(map(_day, sample_truth.RESENT_ON), start=1):
                file = f"{stem} ban-{version}.xlsx"
                yield replace(report, file=file, sent=day, received=day, version=version)
        else:
            yield report


def write_receipts(folder: Path, sent: Sequence[Report]) -> None:
    """Write what the office noted on arrival; a report without a row has no noted day."""
    with (
        write_beside(folder / "receipts.csv") as path,
        path.open("w", encoding="utf-8", newline="") as lines,
    ):
        rows = csv.writer(lines, lineterminator="\n")
        rows.writerow(RECEIPT_COLUMNS)
        for report in sent:
            if report.received:
                day = f"{report.received:%d/%m/%Y}"
                rows.writerow([report.file, day, report.extended_to, _note(report)])


def arrival(report: Report, seed: int) -> Report:
    """When it was sent and received: in time, but for those of `sample_truth`."""
    chance = draw(seed, "arrival", *report.key)
    first = date(report.year, 6, 2) if report.period == "h1" else date(report.year, 12, 1)
    in_time = first + timedelta(days=int(chance.integers(0, 8 if report.period == "h1" else 4)))
    extended, last = sample_truth.EXTENDED.get(report.key, ("", ""))
    planted = last or sample_truth.RECEIVED.get(report.key)
    received = _day(planted) if planted else in_time
    sent = received - timedelta(days=int(chance.integers(0, 2)))
    if report.key == sample_truth.UNDATED:
        return replace(report, sent=None, received=None, extended_to=extended)
    if report.key in sample_truth.NO_RECEIPT:
        return replace(report, sent=received, received=None, extended_to=extended)
    return replace(report, sent=sent, received=received, extended_to=extended)


def _note(report: Report) -> str:
    if report.version:
        return f"bản {report.version}"
    return "được gia hạn" if report.extended_to else ""


def _day(text: str) -> date:
    day, month, year = map(int, text.split("/"))
    return date(year, month, day)
