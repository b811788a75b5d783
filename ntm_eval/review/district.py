"""One district's reports of all years, cleaned: what a review knows of it by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ntm_eval import cache, disk, reference, schemas, units
from ntm_eval.analysis import communes, series
from ntm_eval.cache import fingerprint, sha256
from ntm_eval.checks import held
from ntm_eval.checks import report as checks
from ntm_eval.exchange import compare, replies
from ntm_eval.intake import (
    clean,
    inspected,
    organisations,
    problems,
    received,
    sheets,
    tallies,
    workbook,
)
from ntm_eval.intake.delimited import file_key
from ntm_eval.intake.files import UnreadableError
from ntm_eval.intake.inspected import Inspection
from ntm_eval.review.inbox import Inbox, Key, year_end
from ntm_eval.workspace import AnalystError


@dataclass(frozen=True)
class DistrictData:
    """The reports of one district up to a review, needing no other district's."""

    inbox: Inbox
    unit: units.District

    @cached_property
    def reports(self) -> list[received.Report]:
        """The district's reports in all years and periods, replaced ones as well."""
        return [r for r in self.inbox.reports if r.district_code == self.unit.code]

    @property
    def replies(self) -> list[replies.Reply]:
        """The answers about this year's reports of the district; those without a file suit all."""
        answered, _ = self.inbox.answered[self.inbox.key]
        mine = self._files | {""}
        return [r for r in answered if file_key(r.file) in mine]

    @property
    def made_from(self) -> str:
        """The fingerprint of every file and correction that `tables` rests on."""
        files = self._files
        fixes: list[object] = [
            (key, vars(c))
            for key in sorted({(r.year, r.period) for r in self.reports})
            for c in self.inbox.corrections[key]
            if file_key(c.file) in files
        ]
        fixes += [vars(r) for r in self.replies]
        fixes += [vars(one) for key in self.inbox.keys for one in self._inspected(key)]
        reports = [vars(r) for r in self.reports]
        return fingerprint([self.unit.code, reports, fixes, self.inbox.survey_files])

    @cached_property
    def tables(self) -> cache.Tables:
        """`history` (facts of all reports), `commune_history`, `town_history` (of the annual
        ones); of this year and period `communes`, `towns`, `organisations`, `answers`, `tallies`,
        `words`, `words_before` (of last year's annual report), `problems` and `register`."""
        folder = self.inbox.space.cache(f"districts/{self.unit.slug}")
        return cache.tables(folder, [self.made_from, self.inbox.rules], self._clean)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """Its facts of this year and period, held back as its own reports tell."""
        return of_period(self.tables["history"], *self.inbox.key)

    @cached_property
    def series(self) -> pd.DataFrame:
        """Its series over the years, of what its own reports do not hold back."""
        return series.table(held.used(self.tables["history"]), reference.table("indicators"))

    @property
    def problems(self) -> pd.DataFrame:
        """What its own reports give rise to, without comparison with others."""
        return self.tables["problems"]

    @property
    def _files(self) -> set[str]:
        return {file_key(r.file) for r in self.reports}

    def _clean(self) -> cache.Tables:
        inbox, unit = self.inbox, self.unit
        cleaned = {r: self._clean_one(r) for r in self.reports}
        current = {(r.year, r.period): c for r, c in cleaned.items() if r.current}
        now = current.get(inbox.key)
        facts = [c.facts for c in current.values()] or [clean.empty(clean.FACT_COLUMNS)]
        raw = pd.concat(facts, ignore_index=True)
        reported = now.answers if now else clean.empty(clean.ANSWER_COLUMNS)
        counted = tallies.with_totals(_of(unit, inbox.tallies), reported)
        answers = tallies.added(reported, counted)
        found = [
            *received.arrival_problems(inbox.now, unit.code, *inbox.key),
            *tallies.disagreements(unit, reported, counted),
        ]
        if now:
            seen = self._inspected(inbox.key)
            case = checks.case_of(unit, *inbox.key, now, _before(raw, inbox.key), answers, seen)
            broken = checks.together(now.problems, checks.find_problems(case))
            found += problems.withheld(broken, now.counted)
            for r, c in cleaned.items():
                if (r.year, r.period) == inbox.key and not r.current:
                    found += compare.restated(unit, c, now)
        filed = _of(unit, inbox.problems)
        marked = pd.concat([filed, problems.frame(found)], ignore_index=True)
        words = sorted((now.words if now else {}).items())
        before = current.get((inbox.key[0] - 1, "annual"))
        annual = {year: c for (year, period), c in current.items() if period == "annual"}
        words_before = sorted((before.words if before else {}).items())
        return {
            "history": schemas.check("history", self._marked(current, raw)),
            "commune_history": communes.over_years({y: c.communes for y, c in annual.items()}),
            "town_history": communes.over_years(
                {y: c.towns for y, c in annual.items()}, communes.URBAN
            ),
            "communes": now.communes if now else clean.unreported(unit, inbox.counted),
            "towns": now.towns
            if now and len(now.towns)
            else clean.unreported(unit, inbox.counted, sheets.TOWNS),
            "organisations": now.organisations if now else clean.empty(organisations.COLUMNS),
            "answers": schemas.check("answers", answers),
            "tallies": counted,
            "words": pd.DataFrame(words, columns=["key", "text"]),
            "words_before": pd.DataFrame(words_before, columns=["key", "text"]),
            "problems": replies.explained(marked, self.replies),
            "register": self._register(now),
        }

    def _marked(self, current: Mapping[Key, clean.Cleaned], raw: pd.DataFrame) -> pd.DataFrame:
        """The facts of all years, those held back by open questions of their own report marked."""
        each = [held.marked(raw.iloc[:0], problems.frame([]), self.inbox.day)]
        for key, cleaned in current.items():
            seen, before, day = self._inspected(key), _before(raw, key), year_end(key[0])
            case = checks.case_of(self.unit, *key, cleaned, before, inspected=seen)
            broken = checks.find_problems(case, held.holding(day).index)
            found = problems.frame([*cleaned.problems, *broken])
            answered, _ = self.inbox.answered[key]
            told = replies.explained(found, answered) if answered else found
            each.append(held.marked(cleaned.facts, told, day))
        return pd.concat(each, ignore_index=True)

    def _inspected(self, key: Key) -> tuple[Inspection, ...]:
        return inspected.of_district(self.inbox.inspected[key][0], self.unit.code)

    def _clean_one(self, report: received.Report) -> clean.Cleaned:
        path = self.inbox.space.received(report.year, report.period) / report.file
        place = problems.Place(self.unit.code, report.file)
        try:
            book = workbook.read(self.inbox.opened(report), place)
        except UnreadableError as error:
            wrong = problems.problem(error.why, place)
            book = workbook.Book(report.file, {}, {t: [] for t in sheets.TABLES}, (wrong,))
        folder = self.inbox.space.received(report.year, report.period)
        path = received.path_of(folder, report.file)
        if sha256(path) != report.sha256:  # what was read is not what was received
            name = path.relative_to(self.inbox.space.data).as_posix()
            raise AnalystError(disk.CHANGED.format(files=name))
        return clean.clean(book, report, self.inbox.corrections[report.year, report.period])

    def _register(self, now: clean.Cleaned | None) -> pd.DataFrame:
        row = _of(self.unit, received.register(self.inbox.now, *self.inbox.key))
        if now is None:
            return row.assign(cells_expected=float("nan"), cells_filled=float("nan"))
        owed = now.facts[now.facts["measure"] == "actual"]["state"]
        return row.assign(
            cells_expected=float(len(owed)), cells_filled=float((owed != "blank").sum())
        )


def counted(register: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The register with the errors and warnings of each of its districts."""
    of = register["district_code"]
    counts = pd.crosstab(found["district_code"], found["severity"])
    counts = counts.reindex(index=of, columns=["error", "warning"], fill_value=0)
    return register.assign(errors=counts["error"].to_numpy(), warnings=counts["warning"].to_numpy())


def of_period(history: pd.DataFrame, year: int, period: str) -> pd.DataFrame:
    """The facts of one year and period."""
    rows = history[(history["year"] == year) & (history["period"] == period)]
    return rows.reset_index(drop=True)


def _of(unit: units.District, table: pd.DataFrame) -> pd.DataFrame:
    return table[table["district_code"] == unit.code].reset_index(drop=True)


def _before(history: pd.DataFrame, key: Key) -> pd.DataFrame:
    """What the district reported before the report under review."""
    year, period = key
    same_year = (history["year"] == year) & (history["period"] == "h1")
    earlier = history["year"] < year
    return history[earlier | (same_year if period == "annual" else False)]
