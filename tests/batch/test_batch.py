"""Waves of tiny notebooks: one that stops hurts its own district only."""

from __future__ import annotations

import itertools
import json
import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ntm_eval import units
from ntm_eval.running import batch
from ntm_eval.running.manifest import Entry
from ntm_eval.workspace import AnalystError, Workspace

STOPPED, OTHER, UNTOUCHED = (units.district(s) for s in ("sop-cop", "van-ho", "mai-son"))
# two waves of the district and the province's page: few kernels, which are slow to start
WAVES = (("01_clean",), ("04_evaluation",))
OWN = ("year", "period", "data", "out")
TINY = {
    "01_clean": 'if district == "sop-cop":\n    raise KeyError("C1-19")\n"sạch"',
    "04_evaluation": "district",
    "05_annual_review": "year",
}

# the pages must run the tiny notebooks, which only a forked process inherits
needs_fork = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="hệ điều hành không có fork"
)


def write_notebooks(folder: Path, **parameters: str) -> None:
    """One-line notebooks with the parameters of the contract, or those given for one of them."""
    folder.mkdir()
    for name, source in TINY.items():
        expected = OWN if name == batch.LAST else ("district", *OWN)
        default = "\n".join(f"{p} = None" for p in expected)
        text = parameters.get(name, default)
        cells = [
            new_markdown_cell(f"# Trang {name}"),
            new_code_cell(text, metadata={"tags": ["parameters"]}),
            new_code_cell(source),
        ]
        kernel = {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        }
        notebook = new_notebook(cells=cells, metadata=kernel)
        nbformat.write(notebook, folder / f"{name}.ipynb")


def workspace_in(folder: Path) -> Workspace:
    """A review whose data folder is there and empty."""
    space = Workspace(2022, "annual", folder / "data", folder / "out")
    space.received(2022, "annual").mkdir(parents=True)
    return space


@dataclass(frozen=True)
class Batch:
    """What one batch left, said and told."""

    space: Workspace
    entries: list[Entry]
    told: list[tuple[str, str | None, str, int]]

    def state(self, notebook: str, district: units.District | None) -> Entry:
        slug = district.slug if district else None
        (found,) = [e for e in self.entries if (e.notebook, e.district) == (notebook, slug)]
        return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Batch:
    """Two districts, of which one stops at its first page; run over what an earlier run left."""
    here = tmp_path_factory.mktemp("batch")
    write_notebooks(here / "notebooks")
    space = workspace_in(here)
    for slug in (STOPPED.slug, OTHER.slug, UNTOUCHED.slug):
        old = space.pages(slug) / "report.html"
        old.parent.mkdir(parents=True)
        old.write_text("lần trước", encoding="utf-8")
    space.failed("mai-son", "02_trends").parent.mkdir(parents=True)
    space.failed("mai-son", "02_trends").write_text("{}", encoding="utf-8")
    fork, told = multiprocessing.get_context("fork"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "NOTEBOOKS", here / "notebooks")
        patch.setattr(batch, "WAVES", WAVES)
        patch.setattr(batch.multiprocessing, "get_context", lambda method: fork)
        entries = batch.run(
            space, [OTHER, STOPPED], jobs=2,
            tell=lambda e, total: told.append((e.notebook, e.district, e.state, total)),
        )  # fmt: skip
        batch.finish(space, entries)
    return Batch(space, entries, told)


@needs_fork
def test_a_page_that_raises_fails_alone_and_its_districts_later_pages_are_skipped(ran):
    assert {(e.notebook, e.district): e.state for e in ran.entries} == {
        ("01_clean", "van-ho"): "done",
        ("01_clean", "sop-cop"): "failed",
        ("04_evaluation", "van-ho"): "done",
        ("04_evaluation", "sop-cop"): "skipped",
        ("05_annual_review", None): "done",
    }


@needs_fork
def test_the_error_is_named_in_words_without_a_traceback(ran):
    assert ran.state("01_clean", STOPPED).error == "KeyError: 'C1-19'"
    assert "trang trước của huyện này đã dừng" in ran.state("04_evaluation", STOPPED).error
    assert ran.state("01_clean", OTHER).error is None
    assert "Traceback" in ran.space.log.read_text(encoding="utf-8")


@needs_fork
def test_the_notebook_that_stopped_is_among_the_failed_with_the_error_marked(ran):
    failed = list((ran.space.review / "failed").glob("*.ipynb"))
    assert failed == [ran.space.failed("sop-cop", "01_clean")]
    notebook = nbformat.read(failed[0], as_version=4)
    errors = [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert [e.ename for e in errors] == ["KeyError"]


@needs_fork
def test_no_page_stands_in_the_folder_of_the_district_that_stopped(ran):
    folder = ran.space.pages("sop-cop")
    assert not folder.exists() or not list(folder.iterdir())


@needs_fork
def test_the_other_district_has_its_pages_run_with_its_own_parameters(ran):
    folder = ran.space.pages("van-ho")
    assert {p.name for p in folder.iterdir()} == {
        "01_clean.ipynb", "01_clean.html", "04_evaluation.ipynb", "report.html",
    }  # fmt: skip
    last = nbformat.read(folder / "04_evaluation.ipynb", as_version=4).cells[-1]
    assert last.outputs[0].data["text/plain"] == "'van-ho'"
    title = (folder / "report.html").read_text(encoding="utf-8").split("<title>")[1]
    assert title.startswith("Trang 04_evaluation – Huyện Vân Hồ, năm 2022</title>")


@needs_fork
def test_the_province_has_its_report_all_the_same(ran):
    assert (ran.space.pages(None) / "report.html").is_file()


@needs_fork
def test_what_an_earlier_run_left_is_not_mixed_with_this_one(ran):
    own = (ran.space.pages("van-ho") / "report.html").read_text(encoding="utf-8")
    assert "lần trước" not in own
    assert not (ran.space.pages("sop-cop") / "report.html").exists()
    assert not ran.space.failed("mai-son", "02_trends").exists()
    not_asked_for = ran.space.pages("mai-son") / "report.html"
    assert not_asked_for.read_text(encoding="utf-8") == "lần trước"


@needs_fork
def test_every_page_is_told_once_with_the_number_of_all(ran):
    assert sorted(told[:3] for told in ran.told if told[1]) == sorted(
        (e.notebook, e.district, e.state) for e in ran.entries if e.district
    )
    assert ran.told[-1] == ("05_annual_review", None, "done", 5)
    assert {total for *_, total in ran.told} == {5}


@needs_fork
def test_entries_stand_in_the_order_of_the_waves_and_of_the_districts_asked_for(ran):
    assert [(e.notebook, e.district) for e in ran.entries] == [
        ("01_clean", "van-ho"), ("01_clean", "sop-cop"),
        ("04_evaluation", "van-ho"), ("04_evaluation", "sop-cop"), ("05_annual_review", None),
    ]  # fmt: skip


@needs_fork
def test_the_manifest_and_the_landing_page_tell_of_the_failure(ran):
    content = json.loads(ran.space.manifest.read_text(encoding="utf-8"))
    assert [p["state"] for p in content["pages"]] == ["done", "failed", "done", "skipped", "done"]
    assert set(content["pages"][2]["outputs"]) == {
        "districts/van-ho/04_evaluation.ipynb", "districts/van-ho/report.html",
    }  # fmt: skip
    index = ran.space.index.read_text(encoding="utf-8")
    assert "KeyError: &#39;C1-19&#39;" in index
    assert 'href="districts/van-ho/report.html"' in index
    assert 'href="districts/sop-cop/report.html"' not in index


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("04_evaluation", "huyen = None\nyear = None\nperiod = None\ndata = None\nout = None"),
        ("01_clean", "year = None\nperiod = None\ndata = None\nout = None"),
        (
            "05_annual_review",
            "district = None\nyear = None\nperiod = None\ndata = None\nout = None",
        ),
    ],
)
def test_a_notebook_with_other_parameters_is_refused_by_name(tmp_path, monkeypatch, name, cell):
    write_notebooks(tmp_path / "notebooks", **{name: cell})
    monkeypatch.setattr(batch, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(batch, "WAVES", WAVES)
    with pytest.raises(AnalystError, match=rf"{name}\.ipynb phải có đúng các tham số") as refused:
        batch.run(workspace_in(tmp_path), [STOPPED], jobs=1)
    expected = OWN if name == batch.LAST else ("district", *OWN)
    assert str(sorted(expected)) in str(refused.value)


@pytest.mark.parametrize("fresh", [False, True])
def test_kept_tables_are_thrown_away_only_where_a_fresh_start_is_asked_for(
    tmp_path, monkeypatch, fresh
):
    write_notebooks(tmp_path / "notebooks", **{"01_clean": "huyen = None"})
    monkeypatch.setattr(batch, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(batch, "WAVES", WAVES)
    space = workspace_in(tmp_path)
    space.kept("province").mkdir(parents=True)
    with pytest.raises(AnalystError, match="01_clean"):
        batch.run(space, [STOPPED], jobs=1, fresh=fresh)
    assert space.kept("province").exists() is not fresh


def test_a_page_is_named_by_its_unit():
    assert batch.where("son-la") == "Thành phố Sơn La"
    assert batch.where(None) == "tỉnh Sơn La"


@pytest.mark.parametrize(("dies", "ends_well"), [(1, True), (batch.STARTS, False)])
def test_a_kernel_that_does_not_start_is_started_again(tmp_path, monkeypatch, dies, ends_well):
    import papermill

    starts = itertools.count(1)

    def execute(source, draft, *arguments, **options):
        if next(starts) <= dies:
            raise RuntimeError("Kernel died before replying to kernel_info")
        Path(draft).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(), draft)

    monkeypatch.setattr(papermill, "execute_notebook", execute)
    monkeypatch.setattr(batch, "_html", lambda page, notebook: "<p></p>")
    space = Workspace(2022, "annual", tmp_path, tmp_path / "out")
    entry = batch._run_page(batch.Page("01_clean", "sop-cop", space))
    assert (entry.state == "done") == ends_well
