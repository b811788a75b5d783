"""The pages that rest on a change are made again, and no other."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
import tiny
from nbformat.v4 import new_code_cell

from ntm_eval.running import manifest
from ntm_eval.running.plan import unchanged

A, B = "sop-cop", "van-ho"
REVIEW = "05_annual_review"
ALL = {f"{n} {d}" for n in ("01_clean", "03_satisfaction") for d in (A, B)} | {REVIEW}


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
        self.root, self.sources = root, dict(tiny.TINY)

    def run(self, *slugs: str, **options) -> set[str]:
        """The pages that ran."""
        ran = []
        made = tiny.plan(self.root, self.sources)
        outcome = tiny.run(self.root, slugs or (A, B), made, tell=ran.append, **options)
        assert not outcome.failed, [e.error for e in outcome.failed]
        assert not outcome.wrong, outcome.wrong
        return {
            f"{t.entry.notebook} {t.entry.district or ''}".strip() for t in ran if not t.unchanged
        }

    def unchanged(self, *slugs: str) -> int:
        made = tiny.plan(self.root, self.sources)
        return unchanged(tiny.space(self.root), slugs or (A, B), made)

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
        tiny.send(state.root, A, 555)
        state.run(B)
        ran["seen: the other district's pages"] = state.unchanged()
        ran["unseen: its own pages"] = state.unchanged(B)
        state.run()
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
        ("file", ALL - {f"01_clean {B}"}),
        ("other", ALL - {f"01_clean {A}", f"01_clean {B}"}),
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
    "change",
    [
        *("file", "notebook", "package", "reference", "altered", "followup"),
        "the other district's pages",
    ],
)
def test_a_second_look_sees_each_change(steps, change):
    assert steps[f"seen: {change}"] == 0


def test_the_pages_of_the_district_that_was_made_again_are_up_to_date(steps):
    assert steps["unseen: its own pages"] == 3


def test_what_comes_after_the_review_does_not_concern_it(steps):
    assert steps["later period"] == 5


def test_a_district_never_made_is_something_to_do(steps):
    assert steps["unasked"] == 0


def test_pages_of_a_district_not_asked_for_stay_in_the_manifest(steps):
    assert steps["of the other"] == [("01_clean", A), ("03_satisfaction", A)]
    assert steps["verified"] == []
