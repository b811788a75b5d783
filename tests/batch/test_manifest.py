"""The manifest tells what was made, and verify what no longer matches it."""

import json

import pytest

from ntm_eval.intake.received import sha256
from ntm_eval.running import manifest
from ntm_eval.running.manifest import Entry
from ntm_eval.workspace import AnalystError, Workspace

PAGE = "districts/sop-cop/report.html"


@pytest.fixture
def space(tmp_path):
    """A review of one page and two tables, with its manifest."""
    space = Workspace(2022, "annual", tmp_path / "data", tmp_path / "out")
    for name, text in ((PAGE, "báo cáo"), ("facts.csv", "a\n1\n"), ("index.html", "trang chủ")):
        path = space.review / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    entries = [
        Entry(
            "04_evaluation", "sop-cop", {"district": "sop-cop", "year": 2022}, "done",
            "2022-12-06T08:00:00+07:00", 1.5, "0" * 64, {PAGE: sha256(space.review / PAGE)},
        ),
        Entry(
            "04_evaluation", "van-ho", {"district": "van-ho", "year": 2022}, "failed",
            "2022-12-06T08:00:00+07:00", 0.5, "0" * 64, error="KeyError: 'C1-19'",
        ),
    ]  # fmt: skip
    manifest.write(space, entries, {"2022/annual/bao cao.xlsx": "1" * 64})
    return space


def test_the_manifest_names_pages_inputs_and_tables(space):
    content = json.loads(space.manifest.read_text(encoding="utf-8"))
    assert (content["year"], content["period"]) == (2022, "annual")
    assert content["inputs"] == {"2022/annual/bao cao.xlsx": "1" * 64}
    assert [(p["district"], p["state"], p["error"]) for p in content["pages"]] == [
        ("sop-cop", "done", None),
        ("van-ho", "failed", "KeyError: 'C1-19'"),
    ]
    assert set(content["tables"]) == {"facts.csv", "index.html"}
    assert content["libraries"]["pandas"]


def test_a_review_that_nobody_touched_matches(space):
    assert manifest.verify(space.review) == []


@pytest.mark.parametrize("name", [PAGE, "facts.csv", "index.html"])
def test_an_altered_file_is_named(space, name):
    path = space.review / name
    path.write_bytes(path.read_bytes() + b" ")
    (said,) = manifest.verify(space.review)
    assert said.startswith(f"{name}: nội dung đã khác")


@pytest.mark.parametrize("name", [PAGE, "facts.csv"])
def test_a_file_that_is_gone_is_named_and_told_apart_from_an_altered_one(space, name):
    (space.review / name).unlink()
    (said,) = manifest.verify(space.review)
    assert said.startswith(f"{name}: tệp không còn")


def test_every_difference_is_named(space):
    (space.review / PAGE).unlink()
    (space.review / "facts.csv").write_text("a\n2\n", encoding="utf-8")
    assert sorted(said.split(":")[0] for said in manifest.verify(space.review)) == [
        PAGE,
        "facts.csv",
    ]


def test_a_review_that_was_moved_still_matches(space, tmp_path):
    moved = space.review.rename(tmp_path / "bản lưu")
    assert manifest.verify(moved) == []


def test_a_folder_without_a_manifest_is_refused_with_an_example(tmp_path):
    with pytest.raises(AnalystError, match=r"không phải thư mục kết quả.*outputs/2022-annual"):
        manifest.verify(tmp_path)
