"""One review: what the notebooks call. Each table is an attribute, of all districts or of one.

Each is made once, cached beside the reports, and made again when it is stale. What one district's
own reports say (`data`) needs no other's; the tables of the province (`province`) need all twelve.
"""

from __future__ import annotations

import ast
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import overload

import pandas as pd

from ntm_eval import cache, disk, language, notation, reference, units
from ntm_eval.analysis import clusters, communes, doubt, funnel, lift, places, series, titles
from ntm_eval.checks import held, peers
from ntm_eval.exchange import compare, editions, replies
from ntm_eval.intake import received
from ntm_eval.review import district, province
from ntm_eval.review.district import DistrictData
from ntm_eval.review.notebook import injected
from ntm_eval.review.province import Province
from ntm_eval.review.tables import Tables, own, rows, table
from ntm_eval.workspace import VIETNAMESE, AnalystError, workspace

LEAST_MOVE = 0.001  # of a held figure that is not scored but stands in a total
NOT_FOR_READERS = ["original", "likely", "fields", "explained", *communes.CRITERIA]


@overload
def open_review(
    year: int,
    period: str = ...,
    data: str = ...,
    out: str = ...,
    lang: str = ...,
    *,
    district: None = ...,
) -> Review: ...
@overload
def open_review(
    year: int,
    period: str = ...,
    data: str = ...,
    out: str = ...,
    lang: str = ...,
    *,
    district: object,
) -> DistrictReview: ...


def open_review(
    year: int,
    period: str = "annual",
    data: str = "data/raw",
    out: str = "outputs",
    lang: str = VIETNAMESE,
    *,
    district: object = None,
) -> Review | DistrictReview:
    """The review of a year and period, in a language that this process speaks from here on.

    `period` is `annual` or `h1`; `data` and `out` are folders, from the project's root. With
    `district` (slug, code or any spelling of its name) it is that of one district; the whole is
    its `review`. A parameter that cannot be right is an error at once.

    Raises
    ------
    AnalystError
        Where a parameter is unknown, or its value is.
    """
    _refuse_unknown_parameters()
    space = workspace(year, period, data, out, lang)
    language.use(lang)
    review = Review(space)
    return review if district is None else review.district(district)


@dataclass(frozen=True)
class Review(Province, Tables):
    """All districts of one year and period."""

    def district(self, name: object) -> DistrictReview:
        """One district of this review, by slug, code or any spelling of its name."""
        unit = units.district(name, self.inbox.counted)
        return self._districts.setdefault(unit.code, DistrictReview(self, unit))

    @cached_property
    def _districts(self) -> dict[str, DistrictReview]:
        return {}

    @cached_property
    def illustrative(self) -> bool:
        """Whether any report of this review is marked as invented."""
        return any(r.illustrative for r in self.inbox.now)

    @cached_property
    def since_edition(self) -> tuple[editions.Edition, dict[str, pd.DataFrame]] | None:
        """The last edition that was issued and what changed since it (`compare.reviews`).

        None where there is none, or its tables can no longer be read: `verify` says what became
        of it.
        """
        edition = editions.last(self.space.releases)
        if edition is None:
            return None
        space, inputs = self.space, cache.inputs(self.space)
        try:
            when = space.year, space.period
            return edition, compare.since(edition.folder, self.csv, inputs, *when)
        except AnalystError:
            return None

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

    def passed_on(self, name: str) -> pd.DataFrame:
        """A table of the contract with its columns, without those that only the review needs."""
        return getattr(self, name).drop(columns=NOT_FOR_READERS, errors="ignore")

    def csv(self, name: str, district: str | None = None) -> str:
        """A table as CSV, to hand on with what shows it; of one district, by code, or of all."""
        frame = self.passed_on(name)
        if district and "district_code" in frame:
            frame = frame[frame["district_code"] == district]
        return notation.csv(frame)


@dataclass(frozen=True)
class DistrictReview(Tables):
    """One district of a review: what it sent, and where it stands among the twelve."""

    review: Review
    unit: units.District

    @cached_property
    def data(self) -> DistrictData:
        """What the district's own reports say, without comparison."""
        return DistrictData(self.review.inbox, self.unit)

    # what its own reports say
    @table
    def history(self) -> pd.DataFrame:
        own = self.data.tables["history"]
        # the others can hold back only a figure that has no past: without one they are not read
        first = peers.first_figures(own, *self.review.inbox.key)
        return own if first.empty else self.of(self.review.history)

    @table
    def facts(self) -> pd.DataFrame:
        return district.of_period(self.history, *self.review.inbox.key)

    @table
    def series(self) -> pd.DataFrame:
        return series.table(held.used(self.history), reference.table("indicators"))

    @table
    def communes(self) -> pd.DataFrame:
        return communes.table(self.data.tables["communes"])

    @table
    def towns(self) -> pd.DataFrame:
        return communes.towns(self.data.tables["towns"])

    organisations = own("organisations")
    answers = own("answers")
    tallies = own("tallies")

    @table
    def clusters(self) -> pd.DataFrame:
        """How unlike villages and collectors are, where household forms say which they are."""
        return clusters.table(self.of(self.review.inbox.groups))

    # its rows of what only all reports together show
    register = rows("register")
    problems = rows("problems")
    heaping = rows("heaping")
    trends = rows("trends")
    second_opinion = rows("second_opinion")
    influence = rows("influence")
    pooled = rows("pooled")
    funnel = rows("funnel")
    targets = rows("targets")
    outlook = rows("outlook")
    tried = rows("tried")
    satisfaction = rows("satisfaction")
    commune_history = rows("commune_history")
    town_history = rows("town_history")
    criteria_before = rows("criteria_before")
    scores = rows("scores")
    assessed = rows("assessed")
    ranking = rows("ranking")
    removal = rows("removal")
    attainment = rows("attainment")
    other_scorings = rows("other_scorings")
    doubt = rows("doubt")
    pending = rows("pending")
    plans = rows("plans")
    continued = rows("continued")
    words_before = rows("words_before")
    since_last_year = rows("since_last_year")
    followed = rows("followed")
    decided = rows("decided")
    inspections = rows("inspections")
    verified = rows("verified")

    @table
    def recommended(self) -> pd.DataFrame:
        return province.recommended(self, self.review.day)

    @table
    def alike(self) -> pd.DataFrame:
        """The district and those nearest to it in size and poverty (`funnel.alike`)."""
        return funnel.alike(self.review.series, self.unit.code, self.review.last_year)

    @table
    def queries(self) -> pd.DataFrame:
        """Each question to the district and each of its answers, with what became of it."""
        return replies.statuses(self.problems, self.data.replies)

    @property
    def moves(self) -> dict[str, float]:
        """How many points the answers about an indicator could move; least where only totals."""
        points = self.pending.set_index("indicator")[["loss", "gain"]].sum(axis=1)
        held_back = self.facts.loc[self.facts["held"].notna(), "indicator"]
        return dict.fromkeys(held_back, LEAST_MOVE) | points.to_dict()

    @cached_property
    def arrival(self) -> pd.Series:
        """When the report came and how complete it is: its row of `register`, of itself alone."""
        own = self.data.tables
        return district.counted(own["register"], own["problems"]).iloc[0]

    @cached_property
    def words(self) -> dict[str, str]:
        """What the district says of its leadership, limitations, directions, recommendations."""
        return self.data.tables["words"].set_index("key")["text"].to_dict()

    @cached_property
    def stories(self) -> tuple[places.Story, ...]:
        """The places in the district that the plan names."""
        return tuple(s for s in self.review.stories if s.place.district_code == self.unit.code)

    @cached_property
    def titled(self) -> titles.Titled:
        """How its communes stand to their titles."""
        return self.review.titled_of(self.communes)

    @cached_property
    def titled_towns(self) -> titles.Titled:
        """How its phường and thị trấn stand to theirs."""
        return self.review.titled_of(self.towns, communes.URBAN)

    @cached_property
    def next_grade(self) -> lift.Lift:
        """The cheapest way to the next grade, from its own past reports."""
        space, history = self.review.space, self.history
        history = held.used(history)
        own = history[history["commune_code"].isna() & (history["measure"] == "actual")]
        own = own[own["period"] == space.period]
        paces = lift.paces(own, reference.table("indicators"), space.year)
        # of a figure that is suspected nobody can say how far it is from its plan
        suspected = {indicator for _, indicator in doubt.suspicious(self.problems)}
        rows = self.assessed[~self.assessed["indicator"].isin(suspected)]
        return lift.lift(rows, self.ranking["points"].iloc[0], self.review.rules, paces)

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """This district's rows of a table of the province."""
        return table[table["district_code"] == self.unit.code].reset_index(drop=True)

    def made_from(self) -> pd.DataFrame:
        """The files behind this district's figures, with their fingerprints."""
        return _sources(self.data.reports)


def _refuse_unknown_parameters() -> None:
    """papermill only warns of a parameter that the notebook does not have; we refuse it."""
    known = ("district", "year", "period", "data", "out", "lang")
    for node in (n for source in injected() or () for n in ast.walk(ast.parse(source))):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name not in known:
                raise AnalystError(f"Không có tham số '{name}'. Các tham số: {', '.join(known)}.")


def _sources(reports: list[received.Report]) -> pd.DataFrame:
    columns = ["year", "period", "file", "received", "sha256"]
    return pd.DataFrame([asdict(r) for r in reports]).reindex(columns=columns)
