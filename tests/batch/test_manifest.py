"""The manifest tells what was made, and verify what no longer matches it."""

import json
import os
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
    "04_evaluation",
    "sop-cop",
    {"district": "sop-cop", "year": 2022},
    "done",
    "2022-12-06T08:00:00+07:00",
    1.5,
    {"notebook": "0" * 64},
)
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


@pytest.mark.parametrize(
    "name", ["districts/sop-cop/Báo cáo (2).docx", "facts.csv", "cache/a.txt", ".hidden.csv"]
)
def test_a_file_that_nobody_made_is_named(space, name):
    (space.review / name).write_text("thêm", encoding="utf-8")
    (said,) = manifest.verify(space.review)
    assert said.startswith(f"{name}: tệp không do phần mềm lập")


@pytest.mark.skipif(os.name == "nt", reason="Windows hỏi quyền để tạo liên kết")
@pytest.mark.parametrize("to", ["file", "folder", "nowhere", "same content"])
def test_a_link_is_named(space, tmp_path, to):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.csv").touch()
    (tmp_path / "file").touch()
    link = space.review / "districts" / "link"
    if to == "same content":
        link = space.review / PAGE
        link.replace(tmp_path / to)
    link.symlink_to(tmp_path / to)
    (said,) = manifest.verify(space.review)
    assert said.startswith(f"{link.relative_to(space.review).as_posix()}: là liên kết")


@pytest.fixture
def received(tmp_path):
    """A review whose data folder is there, with what it was made from."""
    space = Workspace(2022, "annual", tmp_path / "data", tmp_path / "out")
    for name in ("2021/annual/a.xlsx", "2022/annual/b.xlsx", "2023/annual/later.xlsx"):
        (space.data / name).parent.mkdir(parents=True)
        (space.data / name).write_text("số liệu", encoding="utf-8")
    page = replace(DONE, parameters={"data": str(space.data)})
    manifest.write(space, [page], complete=True, inputs=cache.inputs(space))
    return space


def test_what_was_received_is_compared_as_well(received):
    assert manifest.verify(received.review) == []
    (received.data / "2022/annual/b.xlsx").write_text("đã sửa", encoding="utf-8")
    (received.data / "2021/annual/a.xlsx").unlink()
    (received.data / "2022/annual/c.xlsx").touch()
    (received.data / "2023/annual/later.xlsx").unlink()  # does not concern it
    gone, changed, new = manifest.verify(received.review)
    assert gone.startswith(f"2021/annual/a.xlsx trong {received.data}: số liệu đã dùng")
    assert changed.startswith(f"2022/annual/b.xlsx trong {received.data}: số liệu nhận được đã")
    assert new.startswith(f"2022/annual/c.xlsx trong {received.data}: số liệu mới nhận")


def test_a_data_folder_that_is_not_on_this_machine_is_said_and_no_fault(received, tmp_path):
    assert manifest.unseen(received.review) is None
    received.data.rename(tmp_path / "elsewhere")
    assert manifest.verify(received.review) == []
    assert manifest.unseen(received.review) == str(received.data)


def test_a_damaged_note_beside_cached_tables_is_named_once(space):
    (space.cache("received") / "made-from.json").write_text("[", encoding="utf-8")
    (said,) = manifest.verify(space.review)
    assert said.startswith("cache/received/made-from.json: nội dung đã khác")


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


MALFORMED = {
    "pages": ["", "abc", [1], [None], [{}], {"a": 1}, [{"notebook": 1}]],
    "year": ["2022"],
    "period": ["tuần", 1],
    "lang": ["xx", None],
    "complete": ["yes"],
    "inputs": [[], None],
    "files": [[1]],
    "districts": ["sop-cop", [1]],
}
MALFORMED_PAGE = {
    "notebook": [1, None, []],
    "district": [{}],
    "parameters": [[], None],
    "outputs": [[], "a"],
    "seconds": ["1", None, float("nan"), float("inf")],
    "made_from": [None],
    "error": [1],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in MALFORMED.items() for v in vs])
def test_a_malformed_manifest_is_as_none(space, name, value):
    content = json.loads(space.manifest.read_text(encoding="utf-8"))
    space.manifest.write_text(json.dumps(content | {name: value}), encoding="utf-8")
    assert manifest.read(space.review) == {}
    assert manifest.reviews(space.out) == []
    assert manifest.entries(space) == {}
    with pytest.raises(AnalystError, match="không phải thư mục kết quả"):
        manifest.verify(space.review)


@pytest.mark.parametrize(
    ("name", "value"), [(n, v) for n, vs in MALFORMED_PAGE.items() for v in vs]
)
def test_a_manifest_with_a_malformed_page_is_as_none(space, name, value):
    content = json.loads(space.manifest.read_text(encoding="utf-8"))
    content["pages"][1][name] = value
    space.manifest.write_text(json.dumps(content), encoding="utf-8")
    assert manifest.entries(space) == {}


@pytest.mark.parametrize("content", [None, "", "{", "[]", "1", "[" * 9999, "\x00"])
def test_a_folder_without_a_manifest_is_refused_with_an_example(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(AnalystError, match=r"không phải thư mục kết quả.*outputs/2022-annual"):
        manifest.verify(tmp_path)


def test_a_page_of_another_version_is_a_page_not_made(space):
    content = json.loads(space.manifest.read_text(encoding="utf-8"))
    content["pages"][0]["notebook_sha256"] = "0" * 64
    space.manifest.write_text(json.dumps(content), encoding="utf-8")
    assert list(manifest.entries(space)) == [("04_evaluation", "van-ho")]


def test_every_entry_comes_back_as_it_was(space):
    full = replace(DONE, district="mai-son", outputs={"a": "1"})
    manifest.write(space, [full])
    assert manifest.entries(space)["04_evaluation", "mai-son"] == full
