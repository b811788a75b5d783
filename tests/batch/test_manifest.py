"""The manifest tells what was made, and verify what no longer matches it."""

import json
from dataclasses import replace

import pandas as pd
import pytest

from ntm_eval import cache
from ntm_eval.cache import sha256
from ntm_eval.running import manifest
from ntm_eval.running.manifest import Entry
from ntm_eval.workspace import AnalystError, Workspace

PAGE = "districts/sop-cop/report.html"
DONE = Entry(
    "04_evaluation", "sop-cop", {"district": "sop-cop", "year": 2022}, "done",
    "2022-12-06T08:00:00+07:00", 1.5, {"notebook": "0" * 64},
)  # fmt: skip
FAILED = replace(DONE, district="van-ho", state="failed", error="KeyError: 'C1-19'")


@pytest.fixture
def space(tmp_path):
    """A review of one page, its landing page and a kept table, with its manifest."""
    space = Workspace(2022, "annual", tmp_path / "data", tmp_path / "out")
    for name, text in ((PAGE, "báo cáo"), ("index.html", "trang chủ")):
        path = space.review / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    cache.tables(space.cache("received"), ["a"], lambda: {"reports": pd.DataFrame({"file": ["x"]})})
    write(space)
    return space


def write(space, **about):
    done = replace(DONE, outputs={PAGE: sha256(space.review / PAGE)})
    about = {
        "complete": True,
        "inputs": {"2022/annual/bao cao.xlsx": "1" * 64},
        "files": {"index.html": sha256(space.index)},
    } | about
    manifest.write(space, [done, FAILED], **about)


def test_the_manifest_names_pages_inputs_and_files(space):
    content = json.loads(space.manifest.read_text(encoding="utf-8"))
    assert (content["year"], content["period"], content["complete"]) == (2022, "annual", True)
    assert content["inputs"] == {"2022/annual/bao cao.xlsx": "1" * 64}
    assert [(p["district"], p["state"], p["error"]) for p in content["pages"]] == [
        ("sop-cop", "done", None),
        ("van-ho", "failed", "KeyError: 'C1-19'"),
    ]
    assert content["libraries"]["pandas"]


def test_a_review_that_nobody_touched_matches(space):
    assert manifest.verify(space.review) == []


@pytest.mark.parametrize("name", [PAGE, "index.html", "cache/received/reports.parquet"])
def test_an_altered_file_is_named(space, name):
    path = space.review / name
    path.write_bytes(path.read_bytes() + b" ")
    (said,) = manifest.verify(space.review)
    assert said.startswith(f"{name}: nội dung đã khác")


@pytest.mark.parametrize("name", [PAGE, "index.html", "cache/received/reports.parquet"])
def test_a_file_that_is_gone_is_named_and_told_apart_from_an_altered_one(space, name):
    (space.review / name).unlink()
    (said,) = manifest.verify(space.review)
    assert said.startswith(f"{name}: tệp không còn")


@pytest.mark.parametrize("name", ["districts/sop-cop/Báo cáo (2).docx", "facts.csv", "cache/a.txt"])
def test_a_file_that_nobody_made_is_named(space, name):
    (space.review / name).write_text("thêm", encoding="utf-8")
    (said,) = manifest.verify(space.review)
    assert said.startswith(f"{name}: tệp không do phần mềm lập")


def test_every_difference_is_named(space):
    (space.review / PAGE).unlink()
    space.index.write_text("khác", encoding="utf-8")
    assert sorted(said.split(":")[0] for said in manifest.verify(space.review)) == [
        PAGE,
        "index.html",
    ]


def test_a_batch_that_has_not_ended_is_said_so(space):
    write(space, complete=False)
    assert manifest.verify(space.review) == ["manifest.json: đợt lập báo cáo chưa xong."]


def test_a_review_that_was_moved_still_matches(space, tmp_path):
    moved = space.review.rename(tmp_path / "bản lưu")
    assert manifest.verify(moved) == []


@pytest.mark.parametrize("content", [None, "", "{", "[]"])
def test_a_folder_without_a_manifest_is_refused_with_an_example(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(AnalystError, match=r"không phải thư mục kết quả.*outputs/2022-annual"):
        manifest.verify(tmp_path)


# the journal


def test_the_journal_has_the_last_word_until_the_manifest_is_written(space):
    manifest.note(space, replace(FAILED, state="done", error=None))
    found = manifest.entries(space)
    assert found["04_evaluation", "van-ho"].state == "done"
    assert found["04_evaluation", "sop-cop"].outputs
    write(space)
    assert not space.journal.exists()
    assert manifest.entries(space)["04_evaluation", "van-ho"] == FAILED


@pytest.mark.parametrize("bytes_left", [1, 40, 200])
def test_a_line_cut_off_in_the_middle_is_a_page_not_made(space, bytes_left):
    manifest.note(space, replace(DONE, district="mai-son"))
    manifest.note(space, replace(DONE, district="song-ma"))
    whole = space.journal.read_bytes()
    first = whole.index(b"\n") + 1
    space.journal.write_bytes(whole[: first + bytes_left])
    found = manifest.entries(space)
    assert ("04_evaluation", "mai-son") in found
    assert ("04_evaluation", "song-ma") not in found


def test_a_manifest_of_another_version_is_as_none(space):
    content = json.loads(space.manifest.read_text(encoding="utf-8"))
    content["pages"][0]["notebook_sha256"] = "0" * 64
    space.manifest.write_text(json.dumps(content), encoding="utf-8")
    assert list(manifest.entries(space)) == [("04_evaluation", "van-ho")]


def test_every_entry_comes_back_as_it_was(space):
    full = replace(DONE, district="mai-son", cell_seconds=[0.5], outputs={"a": "1"})
    manifest.note(space, full)
    assert manifest.entries(space)["04_evaluation", "mai-son"] == full
