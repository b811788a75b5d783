"""The folders of a review, the letters about them, and files that are complete or absent."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ntm_eval import workspace
from ntm_eval.root import HOME, MARK
from ntm_eval.workspace import ROOT, AnalystError


@pytest.fixture
def data(tmp_path):
    """A data folder with the whole year 2022 and the half year 2021."""
    for there in ("2022/annual", "2021/h1"):
        (tmp_path / "data" / there).mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
def space(data, tmp_path):
    return workspace.workspace(2022, "annual", data, tmp_path / "out")


def test_everything_of_a_review_lies_in_one_folder_with_the_names_of_the_contract(space, tmp_path):
    review = tmp_path / "out" / "2022-annual"
    assert space.review == review
    assert space.index == review / "index.html"
    assert space.manifest == review / "manifest.json"
    assert space.table("facts", ".csv") == review / "facts.csv"
    assert space.table("facts") == review / "facts.parquet"
    assert space.pages("sop-cop") == review / "districts" / "sop-cop"
    assert space.pages(None) == review / "review"


def test_reports_are_looked_for_by_year_and_period(space, data):
    assert space.received(2021, "h1") == data / "2021" / "h1"


def test_what_stopped_is_never_beside_the_reports(space):
    failed = {space.failed(slug, "01_clean") for slug in ("sop-cop", "van-ho", None)}
    assert len(failed) == 3
    assert {p.parent for p in failed} == {space.review / "failed"}
    assert space.log.parent == space.review / "failed"


def test_a_relative_folder_counts_from_the_project_wherever_one_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert workspace.from_root("data/sample") == ROOT / "data" / "sample"
    assert workspace.workspace(2022, "annual", "data/sample", "outputs").out == ROOT / "outputs"


def test_an_absolute_or_a_home_folder_is_taken_as_it_is(tmp_path):
    assert workspace.from_root(tmp_path / "a" / ".." / "b") == (tmp_path / "b").resolve()
    assert workspace.from_root("~/số liệu") == (Path.home() / "số liệu").resolve()


def test_a_year_typed_as_text_is_the_same_review(data, tmp_path, space):
    assert workspace.workspace("2022", "annual", str(data), str(tmp_path / "out")) == space


def test_a_missing_data_folder_is_named_with_the_place_for_reports_and_the_sample(tmp_path):
    gone = tmp_path / "không có"
    with pytest.raises(AnalystError, match="Không thấy thư mục số liệu") as refused:
        workspace.workspace(2022, "h1", gone, tmp_path)
    for named in (gone, gone / "2022" / "h1", workspace.SAMPLE):
        assert str(named) in str(refused.value)


def test_a_year_without_reports_lists_those_there_are(data, tmp_path):
    with pytest.raises(AnalystError, match=r"đang có: 2021/h1, 2022/annual\.") as refused:
        workspace.workspace(2022, "h1", data, tmp_path)
    assert str(data / "2022" / "h1") in str(refused.value)


def test_an_empty_data_folder_says_that_it_has_no_year(tmp_path):
    with pytest.raises(AnalystError, match="chưa có năm nào"):
        workspace.workspace(2022, "annual", tmp_path, tmp_path)


@pytest.mark.parametrize("period", ["quý", "", "12", "6 thg"])
def test_an_unknown_period_lists_the_valid_ones(period):
    with pytest.raises(AnalystError, match=f"'{period}' không có. Chọn một trong: h1, annual"):
        workspace.year_and_period(2022, period)


@pytest.mark.parametrize("year", ["hai nghìn", 22, 1999, 2101, -2022, "2022.0", ""])
def test_a_year_that_cannot_be_is_refused_with_an_example(year):
    with pytest.raises(AnalystError, match=f"Năm '{year}' không đúng.*ví dụ 2022"):
        workspace.year_and_period(year, "annual")


def test_a_file_is_there_with_its_folder_when_all_is_written(tmp_path):
    path = tmp_path / "a" / "b" / "trang.html"
    with workspace.write_beside(path) as draft:
        draft.write_text("mới", encoding="utf-8")
        assert not path.exists()
        assert draft.parent == path.parent
    assert path.read_text(encoding="utf-8") == "mới"
    assert [p.name for p in path.parent.iterdir()] == ["trang.html"]


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path):
    def fail(path):
        with workspace.write_beside(path) as draft:
            draft.write_text("nửa chừng", encoding="utf-8")
            raise OSError("hết chỗ trên đĩa")

    path = tmp_path / "trang.html"
    path.write_text("cũ", encoding="utf-8")
    with pytest.raises(OSError, match="hết chỗ"):
        fail(path)
    assert path.read_text(encoding="utf-8") == "cũ"
    assert [p.name for p in tmp_path.iterdir()] == ["trang.html"]


def told(code, cwd, **environment):
    """What a new process finds, started in a folder."""
    done = subprocess.run(
        [sys.executable, "-c", f"from ntm_eval import workspace; print({code})"],
        cwd=cwd,
        env=os.environ | {HOME: ""} | environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def test_the_root_is_the_folder_laid_out_above_here(tmp_path):
    root = tmp_path / "Văn phòng"
    (root / "data" / "raw").mkdir(parents=True)
    (root / MARK).touch()
    assert told("workspace.ROOT", root / "data" / "raw") == str(root)
    assert told("workspace.REFERENCE", root) == str(workspace.REFERENCE)  # it has none of its own
    assert told("workspace.ROOT", tmp_path) == str(ROOT)


def test_the_root_can_be_named_to_a_process_that_starts_elsewhere(tmp_path):
    assert told("workspace.OUTPUTS", "/", NTM_EVAL_HOME=str(tmp_path)) == str(tmp_path / "outputs")


@pytest.mark.parametrize("given", ["s3://ntm/so-lieu", "https://example.org/x", "memory://y"])
@pytest.mark.parametrize(
    "read", [lambda given: workspace.typed(given, ROOT), workspace.from_root], ids=["typed", "root"]
)
def test_an_address_is_refused_with_what_to_do(given, read):
    with pytest.raises(AnalystError, match=f"{given} là địa chỉ, không phải thư mục. Chép"):
        read(given)


@pytest.mark.parametrize("year", ["2022", "２０２２", "٢٠٢٢"])
def test_a_year_in_any_digits_is_that_year(data, tmp_path, year):
    space = workspace.workspace(year, "annual", data, tmp_path / "out")
    assert space.year == 2022
    assert space.review.name == workspace.folder_name(year, "annual") == "2022-annual"


@pytest.mark.skipif(os.name == "nt", reason="names there are never bytes")
def test_a_folder_whose_name_is_no_text_is_a_letter(data, tmp_path):
    for folders in ((data / "b\udce1o", tmp_path), (data, tmp_path / "b\udce1o")):
        with pytest.raises(AnalystError, match=r"b%E1o.*Đổi tên thư mục"):
            workspace.workspace(2022, "annual", *folders)
