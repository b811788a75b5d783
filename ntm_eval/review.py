"""One review: each table made once, kept beside the reports, and made again when it is stale.

This is what the notebooks call. Cleaning a district needs its own files only; comparison needs
all twelve. So there are three steps, each kept with the fingerprint of all that it was made
from: which file is whose (`received`), one district's facts (`districts/<slug>`), and the tables
of the province (`province`).
"""

from __future__ import annotations

import ast
import itertools
import json
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pandas as pd

from ntm_eval import kept, reference, units
from ntm_eval.analysis import communes, outlook, province, satisfaction, scores, series, trends
from ntm_eval.intake import (
    checks,
    clean,
    compare,
    exports,
    letters,
    patterns,
    peers,
    problems,
    quality,
    received,
    replies,
    survey,
    tallies,
    workbook,
)
from ntm_eval.workspace import (
    PERIODS,
    AnalystError,
    Workspace,
    workspace,
    write_beside,
)

# The tables of the contract, in its order.
RESULTS = (
    "register", "facts", "problems", "series", "trends", "outlook", "satisfaction", "communes",
    "scores", "ranking",
)  # fmt: skip
# Made with them for the reports, and no table of the contract.
FOR_REPORTS = ("quality",)
NOT_FOR_READERS = ["original"]


def open_review(year: int, period: str, data: str, out: str) -> Review:
    """The review of a year and period; a parameter that cannot be right is an error at once.

    Raises
    ------
    AnalystError
        Where a parameter is unknown, or its value is.
    """
    _refuse_unknown_parameters()
    return Review(workspace(year, period, data, out))


@dataclass(frozen=True)
class Review:
    """All districts of one year and period."""

    space: Workspace

    @property
    def day(self) -> date:
        """The day on which this review's rules must be in force: the end of its year."""
        return date(self.space.year, 12, 31)

    def district(self, name: object) -> DistrictReview:
        """One district of this review, by slug, code or any spelling of its name."""
        return DistrictReview(self, units.district(name))

    @cached_property
    def reports(self) -> list[received.Report]:
        """Every report received up to this review's year, in all periods."""
        return [_report(row) for row in self._received["reports"].to_dict("records")]

    @cached_property
    def illustrative(self) -> bool:
        """Whether any report of this review is marked as invented."""
        return any(r.illustrative for r in self._now())

    def __getattr__(self, name: str) -> pd.DataFrame:
        """A table of the contract, for example `review.ranking`, or one for the reports."""
        if name in (*RESULTS, *FOR_REPORTS):
            return self._province[name]
        raise AttributeError(name)

    def failures(self) -> pd.DataFrame:
        """Pages that stopped in the batch now running: district, notebook and what happened."""
        path = self.space.manifest
        pages = json.loads(path.read_text(encoding="utf-8"))["pages"] if path.is_file() else []
        rows = [p for p in pages if p["state"] == "failed"]
        return pd.DataFrame(rows, columns=["district", "notebook", "error"])

    def made_from(self) -> pd.DataFrame:
        """The files of this year and period, with their fingerprints."""
        return _sources(self._now())

    def save(self) -> list[Path]:
        """The tables of the contract as CSV and Parquet, each complete or absent."""
        made = []
        for name in RESULTS:
            frame = self._province[name].drop(columns=NOT_FOR_READERS, errors="ignore")
            with write_beside(self.space.table(name)) as draft:
                frame.to_parquet(draft, index=False)
            with write_beside(self.space.table(name, ".csv")) as draft:
                # 15 digits: a whole number without '.0', and all that a float holds
                _inert(frame).to_csv(draft, index=False, encoding="utf-8-sig", float_format="%.15g")
            made += [self.space.table(name), self.space.table(name, ".csv")]
        return made

    @cached_property
    def _received(self) -> kept.Tables:
        folders = [
            (self.space.received(year, period), year, period)
            for year in _years(self.space)
            for period in PERIODS
            # what a 6-month review says must not change when the year's report comes in
            if (year, PERIODS.index(period)) <= (self.space.year, PERIODS.index(self.space.period))
        ]
        paths = [p for folder, _, _ in folders for p in (*received.files(folder),
                 folder / received.RECEIPTS, *replies.files(folder))]  # fmt: skip
        prints = [(str(p.relative_to(self.space.data)), received.sha256(p)) for p in paths]

        def make() -> kept.Tables:
            found = [received.reports(*folder) for folder in folders]
            rows = [asdict(r) for reports, _ in found for r in reports]
            now = folders.index(
                (self.space.received(self.space.year, self.space.period), self.space.year,
                 self.space.period)
            )  # fmt: skip
            columns = list(received.Report.__dataclass_fields__)
            days = dict.fromkeys(("received", "due", "cut_off"), "datetime64[s]")
            return {
                "reports": pd.DataFrame(rows, columns=columns).astype(days),
                "problems": problems.frame([*found[now][1], *self._unanswerable()]),
            }

        return kept.tables(self.space.kept("received"), [prints, kept.rules()], make)

    @cached_property
    def _answered(self) -> dict[tuple[int, str], tuple[list[replies.Reply], list]]:
        """The query letters that came back, by year and period, with those that say nothing."""
        keys = [(year, period) for year in _years(self.space) for period in PERIODS]
        return {key: replies.replies(self.space.received(*key)) for key in keys}

    def _unanswerable(self) -> list[problems.Problem]:
        """What cannot be used of the query letters that came back for this year and period."""
        answered, wrong = self._answered[self.space.year, self.space.period]
        present = received.files(self.space.received(self.space.year, self.space.period))
        return [*wrong, *replies.unplaced(answered, [p.name for p in present])]

    @cached_property
    def _surveyed(self) -> kept.Tables:
        """The household forms, counted; the forms themselves are never kept on disk."""

        def make() -> kept.Tables:
            forms = survey.read(self._exports(), self.day)
            found = [*forms.problems, *patterns.find_problems(forms, self.space.year)]
            return {"tallies": tallies.tally(forms), "problems": problems.frame(found)}

        made_from = [self.survey_files, kept.rules()]
        return kept.tables(self.space.kept("surveys"), made_from, make)

    @property
    def _filed(self) -> pd.DataFrame:
        """The problems of files as such, some of them of no known district."""
        each = [self._received["problems"], self._surveyed["problems"]]
        return pd.concat(each, ignore_index=True)

    def _exports(self) -> list[Path]:
        return exports.files(self.space.received(self.space.year, self.space.period))

    @property
    def office_files(self) -> dict[str, str]:
        """What the office keeps beside the reports up to this year, with its fingerprints."""
        found = {}
        for year, period in itertools.product(_years(self.space), PERIODS):
            folder = self.space.received(year, period)
            own = [folder / received.RECEIPTS, folder / received.CORRECTIONS]
            for path in (*filter(Path.is_file, own), *replies.files(folder)):
                name = path.relative_to(self.space.data).as_posix()
                found[name] = received.sha256(path)
        return found

    @cached_property
    def survey_files(self) -> dict[str, str]:
        """The survey exports of this year and period, from the data folder, with fingerprints."""
        paths = self._exports()
        return {p.relative_to(self.space.data).as_posix(): received.sha256(p) for p in paths}

    def _now(self) -> list[received.Report]:
        here = (self.space.year, self.space.period)
        return [r for r in self.reports if (r.year, r.period) == here]

    @cached_property
    def _province(self) -> kept.Tables:
        districts = [self.district(d.code) for d in units.districts()]
        prints = [d._print for d in districts]
        prints += self._received["problems"]["message"].tolist()
        return kept.tables(self.space.kept("province"), [prints, kept.rules()], self._compare)

    def _compare(self) -> kept.Tables:
        """The tables of the province from those of the districts."""
        each = [self.district(d.code)._kept for d in units.districts()]

        def together(name: str) -> pd.DataFrame:
            return pd.concat([tables[name] for tables in each], ignore_index=True)

        history = together("history")
        indicators = reference.table("indicators")
        yearly = series.table(history, indicators)
        found = self._compared(together("problems"), history, yearly)
        register = _counted(together("register"), found)
        facts = _period(history, self.space.year, self.space.period)
        before = history[(history["year"] == self.space.year - 1) & (history["period"] == "annual")]
        before = before[before["measure"] == "actual"]
        inputs = scores.Inputs(
            facts=facts,
            previous=before.set_index(["district_code", "indicator"])["value"].dropna(),
            register=register,
            period=self.space.period,
            day=self.day,
        )
        return {
            "register": register,
            "facts": facts,
            "problems": found,
            "quality": quality.figures(
                register, history, found, self.space.year, self.space.period
            ),
            "series": yearly,
            "trends": trends.table(yearly, indicators, self.space.year),
            "outlook": outlook.table(history, indicators, self.space.year)
            if self.space.period == "h1"
            else outlook.table(history.iloc[:0], indicators, self.space.year),
            "satisfaction": satisfaction.table(together("answers"), self.day),
            "communes": communes.table(together("communes"))[communes.COLUMNS],
            "scores": scores.table(inputs),
            "ranking": scores.rank(inputs),
        }

    def _compared(
        self, found: pd.DataFrame, history: pd.DataFrame, yearly: pd.DataFrame
    ) -> pd.DataFrame:
        """The districts' problems with those that only all reports together show, by district."""
        year, period = self.space.year, self.space.period
        more = peers.find_problems(history, found, year, period)
        if period == "annual":
            gaps = province.against_published(yearly, year)
            more += peers.published_gap(gaps, year)
        unplaced = self._filed[self._filed["district_code"].isna()]
        every = pd.concat([found, unplaced, problems.frame(more)], ignore_index=True)
        answered, _ = self._answered[year, period]
        every = replies.explained(every, answered)
        return every.sort_values("district_code", kind="stable", ignore_index=True)


@dataclass(frozen=True)
class DistrictReview:
    """One district of a review: what it sent, and where it stands among the twelve."""

    review: Review
    unit: units.District

    @property
    def facts(self) -> pd.DataFrame:
        """The facts of this year and period."""
        space = self.review.space
        return _period(self._kept["history"], space.year, space.period)

    @property
    def problems(self) -> pd.DataFrame:
        return self._kept["problems"]

    @property
    def register(self) -> pd.Series:
        return self._kept["register"].iloc[0]

    @property
    def series(self) -> pd.DataFrame:
        """The district's own yearly series, which need no other district."""
        return series.table(self._kept["history"], reference.table("indicators"))

    @property
    def communes(self) -> pd.DataFrame:
        """A row for each commune, with TC1..TC19 beside the contract's columns."""
        return communes.table(self._kept["communes"])

    @property
    def answers(self) -> pd.DataFrame:
        return self._kept["answers"]

    @property
    def tallies(self) -> pd.DataFrame:
        """The household forms counted, in the columns of `answers`, whatever the report says."""
        return self._kept["tallies"]

    @property
    def words(self) -> dict[str, str]:
        """What the district says of its leadership, limitations, directions, recommendations."""
        return self._kept["words"].set_index("key")["text"].to_dict()

    @property
    def queries(self) -> pd.DataFrame:
        """Each question to the district and each of its answers, with what became of it."""
        return replies.statuses(self.of(self.review.problems), self._replies)

    def save_letters(self) -> list[Path]:
        """The query letter with what is still open, as DOCX and XLSX; nothing where all is clear.

        Needs all districts: some questions come from comparing them.
        """
        space, file = self.review.space, self.register["file"]
        letter = letters.Letter(
            district=self.unit,
            year=space.year,
            period=space.period,
            questions=replies.questions(self.of(self.review.problems), self._replies),
            file=None if pd.isna(file) else file,
            illustrative=self.review.illustrative,
        )
        return letters.write(space.pages(self.unit.slug), letter)

    def of(self, table: pd.DataFrame) -> pd.DataFrame:
        """This district's rows of a table of the province."""
        return table[table["district_code"] == self.unit.code].reset_index(drop=True)

    def made_from(self) -> pd.DataFrame:
        """The files behind this district's figures, with their fingerprints."""
        return _sources(self._reports)

    @cached_property
    def _reports(self) -> list[received.Report]:
        return [r for r in self.review.reports if r.district_code == self.unit.code]

    @cached_property
    def _corrections(self) -> dict[tuple[int, str], list[received.Correction]]:
        folders = {(r.year, r.period) for r in self._reports}
        return {
            key: [
                *received.corrections(self.review.space.received(*key)),
                *replies.corrections(self.review._answered[key][0]),
            ]
            for key in folders
        }

    @property
    def _replies(self) -> list[replies.Reply]:
        """The answers about this year's reports of the district; those without a file suit all."""
        space = self.review.space
        mine = {received.file_key(r.file) for r in self._reports} | {""}
        answered, _ = self.review._answered[space.year, space.period]
        return [r for r in answered if received.file_key(r.file) in mine]

    @property
    def _print(self) -> str:
        mine = {received.file_key(r.file) for r in self._reports}
        fixes = [
            (key, asdict(c))
            for key, rows in sorted(self._corrections.items())
            for c in rows
            if received.file_key(c.file) in mine
        ]
        fixes += [asdict(r) for r in self._replies]
        reports = [asdict(r) for r in self._reports]
        return kept.fingerprint([self.unit.code, reports, fixes, self.review.survey_files])

    @cached_property
    def _kept(self) -> kept.Tables:
        folder = self.review.space.kept(f"districts/{self.unit.slug}")
        return kept.tables(folder, [self._print, kept.rules()], self._clean)

    def _clean(self) -> kept.Tables:
        space = self.review.space
        cleaned = {r: self._clean_one(r) for r in self._reports}
        current = {(r.year, r.period): c for r, c in cleaned.items() if r.current}
        now = current.get((space.year, space.period))
        history = _together([c.facts for c in current.values()], clean.FACT_COLUMNS)
        rows = now.communes if now else clean.unreported(self.unit, self.review.day)
        found = list(
            received.arrival_problems(self.review._now(), self.unit.code, space.year, space.period)
        )
        reported = now.answers if now else _together([], clean.ANSWER_COLUMNS)
        counted = tallies.with_totals(self.of(self.review._surveyed["tallies"]), reported)
        answers = tallies.added(reported, counted)
        found += tallies.disagreements(self.unit, reported, counted)
        if now:
            case = checks.Case(
                self.unit, space.year, space.period, now.facts, _before(history, space),
                now.communes, answers,
            )  # fmt: skip
            found += [*now.problems, *checks.find_problems(case)]
            for r, c in cleaned.items():
                if (r.year, r.period) == (space.year, space.period) and not r.current:
                    found += compare.restated(self.unit, c, now)
        filed = self.of(self.review._filed)
        marked = pd.concat([filed, problems.frame(found)], ignore_index=True)
        marked = replies.explained(marked, self._replies)
        return {
            "history": history,
            "communes": rows,
            "answers": answers,
            "tallies": counted,
            "words": pd.DataFrame(
                sorted((now.words if now else {}).items()), columns=["key", "text"]
            ),
            "problems": marked,
            "register": self._register_row(now, marked),
        }

    def _clean_one(self, report: received.Report) -> clean.Cleaned:
        path = self.review.space.received(report.year, report.period) / report.file
        place = problems.Place(self.unit.short, self.unit.code, report.file)
        try:
            book = workbook.read(path, place, report.font)
        except workbook.UnreadableError as error:
            wrong = problems.problem("unreadable_file", str(error), place)
            book = workbook.Book(report.file, {}, {t: [] for t in workbook.TABLES}, (wrong,))
        return clean.clean(book, report, self._corrections[report.year, report.period])

    def _register_row(self, now: clean.Cleaned | None, marked: pd.DataFrame) -> pd.DataFrame:
        space = self.review.space
        row = self.of(received.register(self.review._now(), space.year, space.period))
        owed = now.facts[now.facts["measure"] == "actual"]["state"] if now else pd.Series(dtype=str)
        severity = marked["severity"]
        return row.assign(
            cells_expected=float(len(owed)) if now else float("nan"),
            cells_filled=float((owed != "blank").sum()) if now else float("nan"),
            errors=int((severity == "error").sum()),
            warnings=int((severity == "warning").sum()),
        )


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
    known = ("district", "year", "period", "data", "out")
    for node in (n for source in injected for n in ast.walk(ast.parse(source))):
        if isinstance(node, ast.Assign) and node.targets[0].id not in known:
            raise AnalystError(
                f"Không có tham số '{node.targets[0].id}'. Các tham số: {', '.join(known)}."
            )


def _years(space: Workspace) -> list[int]:
    """The years of the data folder up to the review's own, whether or not it has a folder."""
    found = {int(p.name) for p in space.data.iterdir() if p.is_dir() and p.name.isdecimal()}
    return sorted({y for y in found if y <= space.year} | {space.year})


def _before(history: pd.DataFrame, space: Workspace) -> pd.DataFrame:
    """What the district reported before the report under review."""
    same_year = (history["year"] == space.year) & (history["period"] == "h1")
    earlier = history["year"] < space.year
    return history[earlier | (same_year if space.period == "annual" else False)]


def _counted(register: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The register with the errors and warnings of each district, comparisons included."""
    of = register["district_code"]
    counts = pd.crosstab(found["district_code"], found["severity"])
    counts = counts.reindex(index=of, columns=["error", "warning"], fill_value=0)
    return register.assign(errors=counts["error"].to_numpy(), warnings=counts["warning"].to_numpy())


def _period(history: pd.DataFrame, year: int, period: str) -> pd.DataFrame:
    rows = history[(history["year"] == year) & (history["period"] == period)]
    return rows.reset_index(drop=True)


def _together(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    if frames:
        return pd.concat(frames, ignore_index=True)
    return clean.empty(columns)


def _sources(reports: list[received.Report]) -> pd.DataFrame:
    columns = ["year", "period", "file", "received", "sha256"]
    return pd.DataFrame([asdict(r) for r in reports]).reindex(columns=columns)


def _report(row: dict) -> received.Report:
    """A report as it was before it was kept: a day that is not known is None again."""
    days = {
        key: None if pd.isna(row[key]) else row[key].date()
        for key in ("received", "due", "cut_off")
    }
    return received.Report(**{**row, **days})


def _inert(frame: pd.DataFrame) -> pd.DataFrame:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    text = frame.select_dtypes("str")
    risky = text.apply(lambda c: c.str.match(r"^[=+\-@\t\r]").fillna(False).astype(bool))
    return frame.assign(**text.where(~risky, "'" + text).to_dict("series"))
