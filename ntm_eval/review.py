"""One review: each table made once, cached beside the reports, made again when it is stale.

This is what the notebooks call. Cleaning a district needs its own files only (`dossier`);
`comparison` needs all twelve. Each step is cached with the fingerprint of all that it was made
from: whose each file is (`inbox`), a district's facts, and each table of the province.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pandas as pd

from ntm_eval import comparison, disk, dossier, language, notation, reference, units
from ntm_eval.analysis import (
    clusters,
    communes,
    continued,
    disclosure,
    funnel,
    scheme,
    series,
)
from ntm_eval.dossier import Dossier
from ntm_eval.inbox import Inbox
from ntm_eval.intake import received, replies
from ntm_eval.workspace import (
    RESULTS,
    VIETNAMESE,
    AnalystError,
    Workspace,
    workspace,
    write_beside,
)

NOT_FOR_READERS = ["original", "fields", "explained"]
Made = TypeVar("Made")


def open_review(year: int, period: str, data: str, out: str, lang: str = VIETNAMESE) -> Review:
    """The review of a year and period, in a language that this process speaks from here on.

    A parameter that cannot be right is an error at once.

    Raises
    ------
    AnalystError
        Where a parameter is unknown, or its value is.
    """
    _refuse_unknown_parameters()
    space = workspace(year, period, data, out, lang)
    language.use(lang)
    return Review(space)


def _table(name: str) -> property:
    return property(lambda self: self._province[name], doc=f"The table `{name}` of the province.")


class Once:
    """Remembers what was made of it: a page and its papers show the same tables and pictures."""

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` gives, made at the first asking for it under this name."""
        made = self.__dict__.setdefault("_made", {})
        if name not in made:
            made[name] = make()
        return made[name]


@dataclass(frozen=True)
class Review(Once):
    """All districts of one year and period."""

    space: Workspace

    @cached_property
    def inbox(self) -> Inbox:
        """What was received for it."""
        return Inbox(self.space)

    @property
    def day(self) -> date:
        """The day on which this review's rules must be in force."""
        return self.inbox.day

    @property
    def units(self) -> tuple[units.District, ...]:
        """Who reports in it: the districts, from 1/7/2025 the communes."""
        return units.reporting(self.inbox.counted)

    @property
    def survey_day(self) -> date:
        """The day whose guidance the surveys follow."""
        return self.inbox.survey_day

    def district(self, name: object) -> DistrictReview:
        """One district of this review, by slug, code or any spelling of its name."""
        unit = units.district(name, self.inbox.counted)
        return self.once(f"district {unit.code}", lambda: DistrictReview(self, unit))

    @cached_property
    def illustrative(self) -> bool:
        """Whether any report of this review is marked as invented."""
        return any(r.illustrative for r in self.inbox.now)

    # the tables of the contract, and below those that only the reports show
    register = _table("register")
    facts = _table("facts")
    problems = _table("problems")
    series = _table("series")
    trends = _table("trends")
    outlook = _table("outlook")
    satisfaction = _table("satisfaction")  # as it may be published: `analysis.disclosure`
    communes = _table("communes")
    scores = _table("scores")
    ranking = _table("ranking")
    quality = _table("quality")
    second_opinion = _table("second_opinion")
    influence = _table("influence")
    pooled = _table("pooled")
    funnel = _table("funnel")
    targets = _table("targets")
    tried = _table("tried")
    assessed = _table("assessed")
    doubt = _table("doubt")
    removal = _table("removal")
    first_place = _table("first_place")
    commune_history = _table("commune_history")
    words_before = _table("words_before")

    @cached_property
    def rules(self) -> scheme.Scheme:
        """What is scored in it, and how."""
        return scheme.in_force(self.space.period, self.day)

    @property
    def last_year(self) -> int:
        """The last whole year reported."""
        return self.inbox.last_year

    @property
    def criteria_before(self) -> pd.DataFrame:
        """The communes of the annual report of the year before (`communes.HISTORY`)."""
        return self.commune_history[self.commune_history["year"] == self.space.year - 1]

    @cached_property
    def continued(self) -> pd.DataFrame:
        """The series of the twelve districts, after 1/7/2025 from their communes."""
        if not self.units[0].is_commune:
            return continued.districts(self.series)
        past = [Dossier(self.inbox, unit).tables["history"] for unit in units.districts()]
        facts = pd.concat(past, ignore_index=True)
        before = series.table(facts, reference.table("indicators"))
        return continued.districts(pd.concat([before, self.series], ignore_index=True))

    @property
    def history(self) -> pd.DataFrame:
        """The facts of all districts in all their reports up to this one."""
        return pd.concat([d.tables["history"] for d in self._dossiers], ignore_index=True)

    def failures(self) -> pd.DataFrame:
        """Pages that stopped in the batch now running: district, notebook and what happened."""
        match disk.read_json(self.space.manifest):
            case {"pages": [*pages]}:
                rows = [p for p in pages if isinstance(p, dict) and p.get("state") == "failed"]
            case _:
                rows = []
        return pd.DataFrame(rows, columns=["district", "notebook", "error"])

    def made_from(self) -> pd.DataFrame:
        """The files of this year and period, with their fingerprints."""
        return _sources(self.inbox.now)

    def save(self) -> list[Path]:
        """The tables of the contract as CSV and Parquet, each complete or absent."""
        made = []
        for name in RESULTS:
            frame = self.passed_on(name)
            if name == "satisfaction":
                frame = frame.drop(columns=disclosure.ADDED)
            with write_beside(self.space.table(name)) as draft:
                frame.to_parquet(draft, index=False)
            with write_beside(self.space.table(name, ".csv")) as draft:
                draft.write_text(notation.csv(frame), encoding="utf-8-sig", newline="")
            made += [self.space.table(name), self.space.table(name, ".csv")]
        return made

    def passed_on(self, name: str) -> pd.DataFrame:
        """A table of the contract with its columns, without those that only the review needs."""
        return self._province[name].drop(columns=NOT_FOR_READERS, errors="ignore")

    def csv(self, name: str, district: str | None = None) -> str:
        """A table as CSV, to hand on with what shows it; of one district, by code, or of all."""
        frame = self.passed_on(name)
        if district and "district_code" in frame:
            frame = frame[frame["district_code"] == district]
        return notation.csv(frame)

    @cached_property
    def _dossiers(self) -> list[Dossier]:
        return [Dossier(self.inbox, unit) for unit in self.units]

    @cached_property
    def _province(self) -> comparison.Province:
        return comparison.Province(self.inbox, self._dossiers)


@dataclass(frozen=True)
class DistrictReview(Once):
    """One district of a review: what it sent, and where it stands among the twelve."""

    review: Review
    unit: units.District

    @cached_property
    def dossier(self) -> Dossier:
        """What the district's own reports say, without comparison."""
        return Dossier(self.review.inbox, self.unit)

    @cached_property
    def facts(self) -> pd.DataFrame:
        """The facts of this year and period."""
        return dossier.of_period(self.history, *self.review.inbox.key)

    @property
    def history(self) -> pd.DataFrame:
        """The facts of all its reports up to this one."""
        return self.dossier.tables["history"]

    @property
    def problems(self) -> pd.DataFrame:
        return self.dossier.tables["problems"]

    @cached_property
    def register(self) -> pd.Series:
        """When the report came and how complete it is; errors are those of its own problems."""
        return dossier.counted(self.dossier.tables["register"], self.problems).iloc[0]

    @cached_property
    def series(self) -> pd.DataFrame:
        """The district's own yearly series, which need no other district."""
        return series.table(self.dossier.tables["history"], reference.table("indicators"))

    @cached_property
    def alike(self) -> pd.DataFrame:
        """The district and those nearest to it in size and poverty (`funnel.alike`)."""
        return funnel.alike(self.review.series, self.unit.code, self.review.last_year)

    @cached_property
    def communes(self) -> pd.DataFrame:
        """A row for each commune, with TC1..TC19 beside the contract's columns."""
        return communes.table(self.dossier.tables["communes"])

    @property
    def answers(self) -> pd.DataFrame:
        return self.dossier.tables["answers"]

    @property
    def tallies(self) -> pd.DataFrame:
        """The household forms counted, in the columns of `answers`, whatever the report says."""
        return self.dossier.tables["tallies"]

    @cached_property
    def clusters(self) -> pd.DataFrame:
        """How unlike villages and collectors are, where household forms say which they are."""
        return clusters.table(self.of(self.review.inbox.groups))

    @cached_property
    def words(self) -> dict[str, str]:
        """What the district says of its leadership, limitations, directions, recommendations."""
        return self.dossier.tables["words"].set_index("key")["text"].to_dict()

    @cached_property
    def queries(self) -> pd.DataFrame:
        """Each question to the district and each of its answers, with what became of it."""
        return replies.statuses(self.of(self.review.problems), self.dossier.replies)

    def save_letters(self) -> list[Path]:
        """The query letter with what is still open, as DOCX and XLSX; nothing where all is clear.

        Needs all districts: some questions come from comparing them.
        """
        from ntm_eval.intake import letters  # loads what writes DOCX

        space, file = self.review.space, self.register["file"]
        letter = letters.Letter(
            district=self.unit,
            year=space.year,
            period=space.period,
            questions=replies.questions(self.of(self.review.problems), self.dossier.replies),
            file=None if pd.isna(file) else file,
            illustrative=self.review.illustrative,
        )
        return letters.write(space.pages(self.unit.slug), letter)

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """This district's rows of a table of the province."""
        return table[table["district_code"] == self.unit.code].reset_index(drop=True)

    def made_from(self) -> pd.DataFrame:
        """The files behind this district's figures, with their fingerprints."""
        return _sources(self.dossier.reports)


def _refuse_unknown_parameters() -> None:
    """papermill only warns of a parameter that the notebook does not have; we refuse it.

    papermill writes what it injects into a cell of its own, which the kernel has run by now.
    """
    try:
        from IPython import get_ipython

        history = get_ipython().user_ns["In"]
    except (ImportError, AttributeError, KeyError):
        return
    injected = [source for source in history if source.startswith("# Parameters\n")]
    known = ("district", "year", "period", "data", "out", "lang")
    for node in (n for source in injected for n in ast.walk(ast.parse(source))):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in known:
                raise AnalystError(f"Không có tham số '{name}'. Các tham số: {', '.join(known)}.")


def _sources(reports: list[received.Report]) -> pd.DataFrame:
    columns = ["year", "period", "file", "received", "sha256"]
    return pd.DataFrame([asdict(r) for r in reports]).reindex(columns=columns)
