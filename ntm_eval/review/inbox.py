"""Everything received up to a review: whose each file is, and what the office keeps beside.

Finding out who sent what costs more than a page should pay, so it is cached with the fingerprint
of the files. Household forms are kept as counts only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from ntm_eval import cache, disk, units
from ntm_eval.cache import sha256
from ntm_eval.characters import file_name
from ntm_eval.checks import patterns
from ntm_eval.exchange import registers, replies
from ntm_eval.intake import (
    delimited,
    exports,
    inspected,
    problems,
    received,
    survey,
    tallies,
    workbook,
)
from ntm_eval.intake.problems import Problem
from ntm_eval.workspace import AnalystError, Workspace

Key = tuple[int, str]  # a year and a period


@dataclass(frozen=True)
class Inbox:
    """The data folder of one review, up to its own year and period."""

    space: Workspace

    @property
    def day(self) -> date:
        """The day on which this review's rules must be in force: the end of its year."""
        return year_end(self.space.year)

    @property
    def counted(self) -> date:
        """The day by which this review's units are told: who reports, and on which communes."""
        return units.day(*self.key)

    @property
    def survey_day(self) -> date:
        """The day whose guidance the surveys follow: the end of the period."""
        return self.day if self.space.period == "annual" else date(self.space.year, 6, 30)

    @property
    def last_year(self) -> int:
        """The last whole year reported: of 6 months there is none yet."""
        return self.space.year if self.space.period == "annual" else self.space.year - 1

    @property
    def key(self) -> Key:
        """The year and period under review."""
        return self.space.year, self.space.period

    @cached_property
    def rules(self) -> str:
        """The fingerprint of the code and the reference data that it is read with."""
        return cache.rules()

    @property
    def keys(self) -> list[Key]:
        """The years and periods up to the review's own."""
        return self.space.keys

    @cached_property
    def reports(self) -> list[received.Report]:
        """Every report received, in all years and periods."""
        return [_report(row) for row in self._received["reports"].to_dict("records")]

    @property
    def now(self) -> list[received.Report]:
        """The reports of the year and period under review."""
        return [r for r in self.reports if (r.year, r.period) == self.key]

    @property
    def problems(self) -> pd.DataFrame:
        """The problems of files as such, some of them of no known district."""
        folders = received.unread_folders(self.space.received(*self.key))
        office = [*self.decided[1], *self.followed[1], *self.inspected[self.key][1]]
        typed = problems.frame([*folders, *office])
        each = [self._received["problems"], self._surveyed["problems"], typed]
        return pd.concat(each, ignore_index=True)

    @property
    def tallies(self) -> pd.DataFrame:
        """The household forms of this year and period, counted."""
        return self._surveyed["tallies"]

    @property
    def groups(self) -> pd.DataFrame:
        """The same forms by village and by collector, known by numbers (`tallies.groups`)."""
        return self._surveyed["groups"]

    @cached_property
    def answered(self) -> dict[Key, tuple[list[replies.Reply], list[Problem]]]:
        """The query letters that came back, and the problems of those that say nothing."""
        return {key: replies.replies(self.space.received(*key)) for key in self.keys}

    @cached_property
    def corrections(self) -> dict[Key, list[delimited.Correction]]:
        """The approved changes of cells: rows of corrections.csv, and answers of query letters."""
        return {
            key: [
                *delimited.corrections(self.space.received(*key)),
                *replies.corrections(self.answered[key][0]),
            ]
            for key in self.keys
        }

    @cached_property
    def decided(self) -> tuple[list[registers.Decision], list[Problem]]:
        """The council's final grades of this year and period, and the rows not taken."""
        return registers.decisions(self.space.received(*self.key), self.day)

    @cached_property
    def inspected(self) -> dict[Key, tuple[list[inspected.Inspection], list[Problem]]]:
        """What was recounted at the source, by year and period, and the rows not taken."""
        return {
            key: inspected.read(self.space.received(*key), units.day(*key)) for key in self.keys
        }

    @cached_property
    def followed(self) -> tuple[list[registers.Note], list[Problem]]:
        """What the office notes of last year's recommendations, and the rows not taken."""
        return registers.notes(self.space.followup(self.space.year), self.counted)

    @cached_property
    def survey_files(self) -> dict[str, str]:
        """The survey exports of this year and period, from the data folder, with fingerprints."""
        return self._prints(exports.files(self.space.received(*self.key)))

    def opened(self, report: received.Report) -> workbook.Opened:
        """A report's file: as it was opened to see whose it is, so that it is parsed once.

        Where another process has seen whose it is, this one opens it.

        Raises
        ------
        UnreadableError
            Where the file is no workbook.
        """
        path = received.path_of(self.space.received(report.year, report.period), report.file)
        return self._held.pop(path, None) or workbook.opened(path, report.font)

    @cached_property
    def _held(self) -> dict[Path, workbook.Opened]:
        return {}

    @cached_property
    def _received(self) -> cache.Tables:
        folders = [self.space.received(*key) for key in self.keys]
        receipts = [delimited.small_table(f / delimited.RECEIPTS) for f in folders]
        paths = [*(p for f in folders for p in received.files(f)), *receipts]
        letters = [p for f in folders for p in replies.files(f)]
        return self._cached("received", [*paths, *letters], self._sort)

    def _sort(self) -> cache.Tables:
        found = {
            key: received.reports(self.space.received(*key), *key, self._held) for key in self.keys
        }
        rows = [asdict(r) for reports, _ in found.values() for r in reports]
        columns = list(received.Report.__dataclass_fields__)
        days = dict.fromkeys(("received", "due", "cut_off"), "datetime64[s]")
        answers, wrong = self.answered[self.key]
        present = [file_name(p.name) for p in received.files(self.space.received(*self.key))]
        wrong = [*found[self.key][1], *wrong, *replies.unplaced(answers, present)]
        return {
            "reports": pd.DataFrame(rows, columns=columns).astype(days),
            "problems": problems.frame(wrong),
        }

    @cached_property
    def _surveyed(self) -> cache.Tables:
        folder = self.space.received(*self.key)
        return self._cached("surveys", exports.files(folder), self._count)

    def _count(self) -> cache.Tables:
        forms = survey.read(exports.files(self.space.received(*self.key)), self.counted)
        found = [*forms.problems, *patterns.find_problems(forms, self.space.year)]
        return {
            "tallies": tallies.tally(forms),
            "groups": tallies.groups(forms),
            "problems": problems.frame(found),
        }

    def _cached(
        self, step: str, paths: list[Path], make: Callable[[], cache.Tables]
    ) -> cache.Tables:
        """The tables of a step that reads these files; nothing is cached of files that change
        meanwhile.

        Raises
        ------
        AnalystError
            Naming the files that changed.
        """
        before = self._prints(paths)

        def made() -> cache.Tables:
            found = make()
            now = self._prints(paths)
            if changed := [name for name in before if now[name] != before[name]]:
                raise AnalystError(disk.CHANGED.format(files=", ".join(changed)))
            return found

        return cache.tables(self.space.cache(step), [before, self.rules], made)

    def _prints(self, paths: list[Path]) -> dict[str, str]:
        return {file_name(p.relative_to(self.space.data).as_posix()): sha256(p) for p in paths}


def year_end(year: int) -> date:
    """The day on which the rules for a year's reports must be in force."""
    return date(year, 12, 31)


def _report(row: dict) -> received.Report:
    """A report as it was before it was cached: a day that is not known is None again."""
    days = {
        key: None if pd.isna(row[key]) else row[key].date()
        for key in ("received", "due", "cut_off")
    }
    return received.Report(**{**row, **days})
