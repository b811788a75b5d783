"""Exactly the pages that show a change are made again, and no other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import tiny
from nbformat.v4 import new_code_cell

from ntm_eval.cache import sha256
from ntm_eval.running import batch, fresh, manifest, reads
from ntm_eval.workspace import NOTEBOOKS

HERE = batch.Crew(lambda: ThreadPoolExecutor(1), 1)  # no other process: it is what runs that counts
A, B = "sop-cop", "van-ho"
REVIEW = "05_annual_review"
ALL = {f"{n} {d}" for n in ("01_clean", "03_satisfaction") for d in (A, B)} | {REVIEW}
SOURCES = tiny.TINY | {REVIEW: tiny.TINY[REVIEW].replace("ranking", "facts")}


def execute(source, draft, parameters, **options) -> None:
    """What papermill leaves, without a kernel."""
    notebook = nbformat.read(source, as_version=4)
    given = "\n".join(f"{name} = {value!r}" for name, value in parameters.items())
    injected = new_code_cell(given, metadata={"tags": ["injected-parameters"]})
    notebook.cells.insert(2, injected)
    notebook.metadata["papermill"] = {}
    nbformat.write(notebook, draft)


class State:
    """A review over which one change comes after another."""

    def __init__(self, root: Path):
        self.root, self.sources = root, dict(SOURCES)

    def run(self, *slugs: str, **options) -> set[str]:
        """The pages that ran."""
        ran = []
        made = tiny.plan(self.root, self.sources)
        options |= {"crew": HERE, "tell": ran.append}
        outcome = tiny.run(self.root, slugs or (A, B), made, **options)
        assert not outcome.failed, [e.error for e in outcome.failed]
        assert not outcome.wrong, outcome.wrong
        return {f"{t.entry.notebook} {t.entry.district or ''}".strip() for t in ran if not t.kept}

    def unchanged(self, *slugs: str) -> int:
        made = tiny.plan(self.root, self.sources)
        return fresh.unchanged(tiny.space(self.root), slugs or (A, B), made)

    def page(self, slug: str, name: str) -> Path:
        return tiny.space(self.root).pages(slug) / name


@pytest.fixture(scope="module")
def steps(tmp_path_factory) -> dict[str, object]:
    """What ran after each change, in one review, one change after another."""
    import papermill

    state, ran = State(tmp_path_factory.mktemp("fresh")), {}
    for slug, value in ((A, 111), (B, 222)):
        tiny.send(state.root, slug, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(papermill, "execute_notebook", execute)
        ran["first"] = state.run()
        before = tiny.content(state.root)
        ran["unchanged"] = state.unchanged()
        ran["again"] = state.run()
        ran["same bytes"] = tiny.content(state.root) == before
        tiny.send(state.root, A, 333)
        ran["seen: file"] = state.unchanged()
        ran["file"] = state.run()
        tiny.send(state.root, "mai-son", 444)
        ran["other"] = state.run()
        state.sources["03_satisfaction"] += "  # đổi"
        ran["seen: notebook"] = state.unchanged()
        ran["notebook"] = state.run()
        for folder, name in (("package", "code.py"), ("reference", "table.csv")):
            (state.root / folder / name).write_text("2\n", encoding="utf-8")
            ran[f"seen: {folder}"] = state.unchanged()
            ran[folder] = state.run()
        state.page(A, "01_clean.html").write_text("sửa tay", encoding="utf-8")
        ran["seen: altered"] = state.unchanged()
        ran["altered"] = state.run()
        state.page(B, "03_satisfaction.ipynb").unlink()
        ran["gone"] = state.run()
        ran["one district"] = state.run(B)
        ran["of the other"] = [k for k in manifest.entries(tiny.space(state.root)) if k[1] == A]
        ran["verified"] = manifest.verify(tiny.space(state.root).review)
        ran["anew"] = state.run(anew=True)
        ran["unasked"] = state.unchanged(A, B, "mai-son")
        notes = tiny.space(state.root).followup(tiny.space(state.root).year)
        notes.write_text("x", encoding="utf-8")
        ran["seen: followup"] = state.unchanged()
        notes.unlink()
        other = tiny.space(state.root).data / "2023" / "h1"
        other.mkdir(parents=True)
        (other / "sau.xlsx").write_bytes(b"x")
        ran["later period"] = state.unchanged()
    return ran


@pytest.mark.parametrize(
    ("step", "ran"),
    [
        ("first", ALL),
        ("again", set()),
        ("file", {f"01_clean {A}", f"03_satisfaction {A}", REVIEW}),
        ("other", {REVIEW}),
        ("notebook", {f"03_satisfaction {A}", f"03_satisfaction {B}"}),
        ("package", ALL),
        ("reference", ALL),
        ("altered", {f"01_clean {A}"}),
        ("gone", {f"03_satisfaction {B}"}),
        ("one district", set()),
        ("anew", ALL),
    ],
)
def test_a_change_makes_these_pages_again(steps, step, ran):
    assert steps[step] == ran


def test_a_second_look_finds_nothing_to_do_and_changes_no_byte(steps):
    assert steps["unchanged"] == 5
    assert steps["same bytes"]


@pytest.mark.parametrize(
    "change", ["file", "notebook", "package", "reference", "altered", "followup"]
)
def test_a_second_look_sees_each_change(steps, change):
    assert steps[f"seen: {change}"] == 0


def test_what_comes_after_the_review_does_not_concern_it(steps):
    assert steps["later period"] == 5


def test_a_district_never_made_is_something_to_do(steps):
    assert steps["unasked"] == 0


def test_pages_of_a_district_not_asked_for_stay_in_the_manifest(steps):
    assert steps["of the other"] == [("01_clean", A), ("03_satisfaction", A)]
    assert steps["verified"] == []


# what a notebook reads


def read(tmp_path: Path, code: str) -> set[tuple[str, str]]:
    tiny.plan(tmp_path, {"01_clean": code})
    source = tmp_path / "notebooks" / "01_clean.ipynb"
    return set(reads.names(source, sha256(source)))


OPEN = "review = open_review(year, period, data, out)\nhere = review.district(district)\n"
EVERYTHING = {("all", reads.EVERYTHING)}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("1", set()),
        (OPEN + "show(here.facts, here.unit.name)", set()),
        (OPEN + "show(here.of(review.trends))", {("of", "trends")}),
        (OPEN + "show(review.ranking, here.unit)", {("all", "ranking")}),
        (
            OPEN + "x = here.of(review.scores); y = review.scores",
            {("of", "scores"), ("all", "scores")},
        ),
        (OPEN + "here.save_letters()", {("here", "save_letters")}),
        (OPEN + "review.failures()", {("all", "failures")}),
        (OPEN + "show(review)", EVERYTHING),
        (OPEN + "show(here)", {("here", reads.EVERYTHING)}),
        (OPEN + "other = review", EVERYTHING),
        ("show(open_review(2022, 'annual', data, out).trends)", EVERYTHING),
        ("from ntm_eval import cache\nfrom ntm_eval.dossier import Dossier", EVERYTHING),
        ("%run other.py", EVERYTHING),
    ],
)  # fmt: skip
def test_what_is_read_is_found_in_the_code(tmp_path, code, names):
    assert read(tmp_path, code) == names


def test_our_notebooks_say_what_they_read():
    """A name new to `reads` makes a page rest on everything: right, but made again too often."""
    known = {path.stem: reads.names(path, sha256(path)) for path in NOTEBOOKS.glob("0[1-9]*.ipynb")}
    assert len(known) == 5
    for notebook in ("01_clean", "02_trends", "03_satisfaction"):  # 04 and 05 weigh all districts
        assert not any(name == reads.EVERYTHING for _, name in known[notebook])
    for notebook in ("01_clean", "03_satisfaction"):
        compared = known[notebook] - {("here", "clusters")}  # of its own household forms
        assert {how for how, _ in compared} <= {"of"}, "another district makes it stale"


def test_a_table_is_known_by_every_value_and_an_empty_one_as_empty():
    import pandas as pd

    table = pd.DataFrame({"code": ["001", None], "value": [1.0, None]})
    others = [
        table.assign(code=["001", ""]), table.assign(value=[1.0, 0.0]), table.iloc[::-1],
        table.rename(columns={"code": "x"}), table.assign(value=[1.0 + 1e-15, None]),
    ]  # fmt: skip
    prints = {reads.content(t) for t in (table, *others)}
    assert len(prints) == 6
    assert reads.content(table.copy()) == reads.content(table)
    assert reads.content(table.iloc[:0]) == reads.EMPTY
    with pytest.raises(TypeError):
        reads.content(object())
