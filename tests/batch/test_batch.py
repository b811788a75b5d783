"""Waves of tiny notebooks: one that stops hurts its own district only."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import tiny

from ntm_eval import units
from ntm_eval.running import batch, page
from ntm_eval.running.manifest import Entry
from ntm_eval.running.plan import Page
from ntm_eval.workspace import AnalystError, Workspace

STOPPED, OTHER, UNTOUCHED = (units.district(s) for s in ("sop-cop", "van-ho", "mai-son"))
# two waves of the district and the province's page: few kernels, which are slow to start
WAVES = (("01_clean",), ("04_evaluation",))
SOURCES = {
    "01_clean": 'if district == "sop-cop":\n    raise KeyError("C1-19")\n"sạch"',
    "04_evaluation": "district",
    "05_annual_review": "year",
}


@dataclass(frozen=True)
class Batch:
    """What one batch left, said and told."""

    space: Workspace
    outcome: batch.Outcome
    told: list[batch.Progress]

    @property
    def entries(self) -> list[Entry]:
        return self.outcome.entries

    def state(self, notebook: str, district: units.District | None) -> Entry:
        slug = district.slug if district else None
        (found,) = [e for e in self.entries if (e.notebook, e.district) == (notebook, slug)]
        return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Batch:
    """Two districts, of which one stops at its first page; run over what an earlier run left."""
    here = tmp_path_factory.mktemp("batch")
    space = tiny.space(here)
    for slug in (STOPPED.slug, OTHER.slug, UNTOUCHED.slug):
        old = space.pages(slug) / "report.html"
        old.parent.mkdir(parents=True)
        old.write_text("lần trước", encoding="utf-8")
    space.failed("mai-son", "02_trends").parent.mkdir(parents=True)
    space.failed("mai-son", "02_trends").write_text("{}", encoding="utf-8")
    (space.log.parent / ".ipynb_checkpoints").mkdir()  # somebody looked at it in JupyterLab
    (space.review / "kept" / "received").mkdir(parents=True)  # the cache of an earlier version
    told = []
    made = tiny.plan(here, SOURCES, WAVES)
    outcome = tiny.run(here, [OTHER.slug, STOPPED.slug], made, tell=told.append)
    return Batch(space, outcome, told)


def test_a_page_that_raises_fails_alone_and_its_districts_later_pages_are_skipped(ran):
    assert {(e.notebook, e.district): e.state for e in ran.entries} == {
        ("01_clean", "van-ho"): "done",
        ("01_clean", "sop-cop"): "failed",
        ("04_evaluation", "van-ho"): "done",
        ("04_evaluation", "sop-cop"): "skipped",
        ("05_annual_review", None): "done",
    }


def test_the_error_is_named_in_words_without_a_traceback(ran):
    assert ran.state("01_clean", STOPPED).error == "KeyError: 'C1-19'"
    assert "trang trước của huyện này đã dừng" in ran.state("04_evaluation", STOPPED).error
    assert ran.state("01_clean", OTHER).error is None
    assert "Traceback" in ran.space.log.read_text(encoding="utf-8")


def test_the_cache_of_an_earlier_version_is_taken_away(ran):
    assert not (ran.space.review / "kept").exists()


def test_the_notebook_that_stopped_is_among_the_failed_with_the_error_marked(ran):
    failed = list((ran.space.review / "failed").glob("*.ipynb"))
    assert failed == [ran.space.failed("sop-cop", "01_clean")]
    notebook = nbformat.read(failed[0], as_version=4)
    errors = [o for c in notebook.cells for o in c.get("outputs", []) if o.output_type == "error"]
    assert [e.ename for e in errors] == ["KeyError"]


def test_no_page_stands_in_the_folder_of_the_district_that_stopped(ran):
    folder = ran.space.pages("sop-cop")
    assert not folder.exists() or not list(folder.iterdir())


def test_the_other_district_has_its_pages_run_with_its_own_parameters(ran):
    folder = ran.space.pages("van-ho")
    assert {p.name for p in folder.iterdir()} == {
        "01_clean.ipynb",
        "01_clean.html",
        "04_evaluation.ipynb",
        "report.html",
    }
    last = nbformat.read(folder / "04_evaluation.ipynb", as_version=4).cells[-1]
    assert last.outputs[0].data["text/plain"] == "'van-ho'"
    title = (folder / "report.html").read_text(encoding="utf-8").split("<title>")[1]
    assert title.startswith("Trang 04_evaluation – Huyện Vân Hồ, năm 2022</title>")


def test_the_province_has_its_report_all_the_same(ran):
    assert (ran.space.pages(None) / "report.html").is_file()


def test_what_an_earlier_run_left_is_not_mixed_with_this_one(ran):
    own = (ran.space.pages("van-ho") / "report.html").read_text(encoding="utf-8")
    assert "lần trước" not in own
    assert not (ran.space.pages("sop-cop") / "report.html").exists()
    assert not ran.space.failed("mai-son", "02_trends").exists()
    assert not (ran.space.log.parent / ".ipynb_checkpoints").exists()
    not_asked_for = ran.space.pages("mai-son") / "report.html"
    assert not_asked_for.read_text(encoding="utf-8") == "lần trước"


def test_every_page_is_told_once_with_the_number_of_all(ran):
    assert [t.number for t in ran.told] == [1, 2, 3, 4, 5]
    assert {t.total for t in ran.told} == {5}
    assert ran.told[-1].entry.notebook == "05_annual_review"


def test_entries_stand_in_the_order_of_the_waves_and_of_the_districts_asked_for(ran):
    assert [(e.notebook, e.district) for e in ran.entries] == [
        ("01_clean", "van-ho"),
        ("01_clean", "sop-cop"),
        ("04_evaluation", "van-ho"),
        ("04_evaluation", "sop-cop"),
        ("05_annual_review", None),
    ]


def test_the_manifest_and_the_landing_page_tell_of_the_failure(ran):
    content = json.loads(ran.space.manifest.read_text(encoding="utf-8"))
    assert content["complete"] is False
    assert [p["state"] for p in content["pages"]] == ["done", "failed", "done", "skipped", "done"]
    assert set(content["pages"][2]["outputs"]) == {
        "districts/van-ho/04_evaluation.ipynb",
        "districts/van-ho/report.html",
    }
    index = ran.space.index.read_text(encoding="utf-8")
    assert "KeyError: &#39;C1-19&#39;" in index
    assert 'href="districts/van-ho/report.html"' in index
    assert 'href="districts/sop-cop/report.html"' not in index


def test_a_report_holds_no_time_and_no_place_of_its_run(ran):
    text = (ran.space.pages("van-ho") / "04_evaluation.ipynb").read_text(encoding="utf-8")
    for trace in ("start_time", "duration", "iopub", "failed/", str(ran.space.review)):
        assert trace not in text
    assert ran.state("04_evaluation", OTHER).seconds > 0


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
def test_a_notebook_with_other_parameters_is_refused_by_name(tmp_path, name, cell):
    made = tiny.plan(tmp_path, SOURCES, WAVES, parameters={name: cell})
    with pytest.raises(AnalystError, match=rf"{name}\.ipynb phải có đúng các tham số") as refused:
        tiny.run(tmp_path, [STOPPED.slug], made)
    expected = tiny.OWN if name == tiny.LAST else ("district", *tiny.OWN)
    assert str(sorted(expected)) in str(refused.value)


def test_a_page_is_named_by_its_unit_of_the_day(tmp_path):
    before, after = (Workspace(year, "h1", tmp_path, tmp_path) for year in (2022, 2025))
    assert page.where(before, "moc-chau") == "Huyện Mộc Châu"
    assert page.where(after, "moc-chau") == "Thị xã Mộc Châu"
    assert page.where(before, None) == "tỉnh Sơn La"


SAYS_WHO_FAILED = """import json, pathlib
manifest = pathlib.Path(out, f"{year}-{period}", "manifest.json")
pages = json.loads(manifest.read_text(encoding="utf-8"))["pages"]
[p["district"] for p in pages if p["state"] == "failed"]"""


def test_the_provinces_page_tells_of_a_last_page_that_failed_and_of_none_that_is_mended(tmp_path):
    broken = tmp_path / "broken"
    broken.touch()
    sources = {
        "04_evaluation": f"import os\nassert not os.path.exists({str(broken)!r})",
        "05_annual_review": SAYS_WHO_FAILED,
    }
    made = tiny.plan(tmp_path, sources, (("04_evaluation",),))

    def run() -> tuple[list[str], list[tuple[str, bool]]]:
        told = []
        tiny.run(tmp_path, ["sop-cop"], made, tell=told.append)
        page_of_all = tiny.space(tmp_path).pages(None) / "05_annual_review.ipynb"
        last = nbformat.read(page_of_all, as_version=4).cells[-1]
        says = ast.literal_eval(last.outputs[0].data["text/plain"])
        return says, [(t.entry.state, t.unchanged) for t in told]

    assert run() == (["sop-cop"], [("failed", False), ("done", False)])
    assert run() == (["sop-cop"], [("failed", False), ("done", True)])
    broken.unlink()
    assert run() == ([], [("done", False), ("done", False)])
    broken.touch()
    made.notebooks.joinpath("04_evaluation.ipynb").write_bytes(
        made.notebooks.joinpath("04_evaluation.ipynb").read_bytes() + b"\n"
    )
    assert run() == (["sop-cop"], [("failed", False), ("done", False)])


# one page


@pytest.fixture
def one(tmp_path) -> Page:
    """A page of a notebook whose only cell stands in `sources`."""
    made = tiny.plan(tmp_path)
    return made.pages(tiny.space(tmp_path), ["sop-cop"])[0][0]


@pytest.mark.parametrize(
    ("says", "deaths", "state"),
    [
        ("Kernel died before replying to kernel_info", 1, "done"),
        ("Kernel died", 1, "done"),
        ("Kernel died before replying to kernel_info", 2, "failed"),
        ("something else", 1, "failed"),
    ],
)
def test_only_a_lost_kernel_is_started_again_and_only_once(one, monkeypatch, says, deaths, state):
    import papermill

    starts = []

    def execute(source, draft, *arguments, **options):
        starts.append(source)
        if len(starts) <= deaths:
            raise RuntimeError(says)
        nbformat.write(nbformat.read(source, as_version=4), draft)

    monkeypatch.setattr(papermill, "execute_notebook", execute)
    assert page.make(one, {}, None, 60, 0).state == state
    assert len(starts) == (1 if says == "something else" else 2)


def test_a_page_that_never_ends_is_stopped_and_says_so(tmp_path):
    sources = tiny.TINY | {"01_clean": "import time\ntime.sleep(60)"}
    made = tiny.plan(tmp_path, sources)
    (never, *_), *_ = made.pages(tiny.space(tmp_path), ["sop-cop"])
    entry = page.make(never, {}, None, 2, 0)
    assert entry.state == "failed"
    assert "--timeout" in entry.error
    assert entry.seconds < 30


def test_a_process_that_dies_is_made_up_for_and_the_others_go_on(tmp_path):
    """The first page of Sốp Cộp takes its kernel with it once, that of Vân Hồ always."""
    once = tmp_path / "once"
    deadly = f"""import os, signal, pathlib
once = pathlib.Path({str(once)!r})
if district == "van-ho" or (district == "sop-cop" and not once.exists()):
    once.touch()
    os.kill(os.getpid(), signal.SIGKILL)
district"""
    sources = {**SOURCES, "01_clean": deadly}
    made = tiny.plan(tmp_path, sources, WAVES)
    outcome = tiny.run(tmp_path, ["mai-son", "sop-cop", "van-ho"], made)
    states = {(e.notebook, e.district): e.state for e in outcome.entries}
    assert states["01_clean", "sop-cop"] == "done"
    assert states["01_clean", "mai-son"] == states["04_evaluation", "mai-son"] == "done"
    assert states["01_clean", "van-ho"] == "failed"
    assert states["04_evaluation", "van-ho"] == "skipped"
    (dead,) = [e for e in outcome.failed if e.state == "failed"]
    assert "Kernel died" in dead.error


def test_the_path_of_the_tests_is_that_of_the_house():
    assert Path(batch.REVIEW.notebooks).name == "notebooks"
    assert batch.REVIEW.last == tiny.LAST
