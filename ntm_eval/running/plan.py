"""Which pages a review has, in which order, and where each is put."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ntm_eval.cache import ASSURANCE, fingerprint, inputs, of_files, sha256
from ntm_eval.root import PACKAGE
from ntm_eval.running import manifest
from ntm_eval.running.manifest import Entry, Key, libraries
from ntm_eval.workspace import NOTEBOOKS, REFERENCE, RESULTS, Workspace

# in each wave the longest notebook first: no long page is left to its end
WAVES = (("01_clean",), ("02_trends", "03_satisfaction"), ("04_evaluation",))
LAST = "05_annual_review"
OWN = {"01_clean"}  # rests on the district's own files; every other page on all that was received
# The page that is a report; the others are its supporting pages, under their own names.
REPORTS = {"04_evaluation": "report.html", LAST: "report.html"}
# What a page leaves beside itself to sign, send or fill in; the queries where there are any.
FORMS = ("report.docx", "report.pdf")
PAPERS = {
    "04_evaluation": (*FORMS, "dashboard.pdf", "queries.docx", "queries.xlsx", "appeal.xlsx"),
    LAST: FORMS,
}


@dataclass(frozen=True)
class Plan:
    """What a review is made with: the notebooks in waves, the code and the reference data."""

    notebooks: Path = NOTEBOOKS
    waves: tuple[tuple[str, ...], ...] = WAVES
    last: str = LAST
    package: Path = PACKAGE
    reference: Path = REFERENCE

    def pages(self, space: Workspace, slugs: Sequence[str]) -> list[list[Page]]:
        """The pages of each wave; the last is the province's."""
        waves = [[self._page(n, d, space) for n in wave for d in slugs] for wave in self.waves]
        return [*waves, [self._page(self.last, None, space)]]

    def made_with(self, page: Page) -> dict[str, str]:
        """The fingerprints of a page's notebook and of `prints`."""
        return {"notebook": sha256(page.source), **self.prints}

    @cached_property
    def prints(self) -> dict[str, str]:
        """The fingerprints of the code with the libraries that it uses, and of the reference."""
        return {
            "package": fingerprint([of_files(self.package), libraries()]),
            "reference": fingerprint(of_files(self.reference)),
        }

    def _page(self, notebook: str, district: str | None, space: Workspace) -> Page:
        return Page(self.notebooks / f"{notebook}.ipynb", district, space)


@dataclass(frozen=True)
class Page:
    """One notebook of one district, or of the province when `district` is None."""

    source: Path
    district: str | None
    space: Workspace

    @property
    def notebook(self) -> str:
        """The name of its notebook, without suffix."""
        return self.source.stem

    @property
    def key(self) -> Key:
        """Its notebook and district, as the manifest names it."""
        return self.notebook, self.district

    @property
    def parameters(self) -> dict[str, str | int]:
        """What the notebook is given."""
        space = self.space
        return {
            **({"district": self.district} if self.district else {}),
            "year": space.year,
            "period": space.period,
            "data": str(space.data),
            "out": str(space.out),
            "lang": space.lang,
        }

    @property
    def draft(self) -> Path:
        """Where it is run, and stays where it stops."""
        return self.space.failed(self.district, self.notebook)

    @property
    def done(self) -> Path:
        """Where its notebook lies once it is made."""
        return self.space.pages(self.district) / self.source.name

    @property
    def html(self) -> Path:
        """Where its HTML lies."""
        return self.done.with_name(REPORTS.get(self.notebook, f"{self.notebook}.html"))

    @property
    def papers(self) -> list[Path]:
        """What it leaves to sign, send or fill in."""
        return [self.done.with_name(name) for name in PAPERS.get(self.notebook, ())]

    @property
    def outputs(self) -> list[Path]:
        """All that it may leave; the province's page leaves what is the province's as well."""
        own = [self.done, self.html, *self.papers]
        if self.district is not None:
            return own
        results = [self.space.table(n, suffix) for n in RESULTS for suffix in (".csv", ".parquet")]
        passed_on = [self.space.book, self.space.package, *map(self.space.published, RESULTS)]
        checks = self.space.pages(None) / ASSURANCE
        return [*own, self.space.carried, checks, *results, *passed_on]

    def is_made(self, entry: Entry | None, made_from: dict[str, str]) -> bool:
        """Whether an entry tells that it was made well, from these things among others."""
        return (
            entry is not None
            and entry.state == "done"
            and entry.parameters == self.parameters
            and made_from.items() <= entry.made_from.items()
        )


def older_inputs(entry: Entry, content: dict) -> bool:
    """Whether a page rests on other inputs than the last batch of its review (`content`)."""
    now = fingerprint(content["inputs"])
    return entry.notebook not in OWN and entry.made_from.get("inputs", now) != now


def unchanged(space: Workspace, slugs: Sequence[str] | None, plan: Plan) -> int:
    """The number of pages asked for, where each was made well from what is there now; else 0.

    A batch of some districts leaves the pages of the others as they were made from older inputs.

    `slugs` None asks for every district. This is a second look's whole work: it loads no table.
    """
    content = manifest.read(space.review)
    if not content or not content["complete"]:
        return 0
    waves = plan.pages(space, content["districts"] if slugs is None else slugs)
    pages = [page for wave in waves for page in wave]
    found = manifest.entries(space)
    same = (
        all(p.is_made(found.get(p.key), plan.made_with(p)) for p in pages)
        and not any(older_inputs(found[p.key], content) for p in pages)
        and content["inputs"] == inputs(space)
        and manifest.whole(space.review, manifest.promised(content))
    )
    return len(pages) if same else 0
