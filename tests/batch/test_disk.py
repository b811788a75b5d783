"""What lies on the disk, and what the disk refuses: one letter each, and nothing is lost."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import tiny
from test_fresh import execute

from ntm_eval import cache, units
from ntm_eval.exchange import template as forms
from ntm_eval.reporting import files
from ntm_eval.review import Review
from ntm_eval.running import manifest
from ntm_eval.workspace import SAMPLE, AnalystError, Workspace, write_beside

COMMAND = Path(sys.executable).with_name("ntm-eval")
SLUGS = ("sop-cop", "van-ho")
links = pytest.mark.skipif(os.name == "nt", reason="Windows hỏi quyền để tạo liên kết")


# one place for what the disk refuses


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "đĩa đã đầy"),
        (errno.EACCES, "đang mở trong Word"),
        (errno.EROFS, "chỉ đọc"),
        (errno.ENAMETOOLONG, "quá dài"),
        (errno.ELOOP, "vòng quanh"),
        (errno.ENOTDIR, "có một tệp"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_what_the_disk_refuses_names_the_file_and_what_to_do(tmp_path, number, says):
    old = tmp_path / "bao cao.docx"
    old.write_text("bản cũ", encoding="utf-8")

    def write():
        with write_beside(old) as draft:
            draft.write_text("bản mới", encoding="utf-8")
            raise OSError(number, os.strerror(number), str(draft))

    with pytest.raises(AnalystError) as refused:
        write()
    for part in (says, str(old), "hạy lại lệnh"):
        assert part in str(refused.value)
    assert [p.name for p in tmp_path.iterdir()] == [old.name]
    assert old.read_text(encoding="utf-8") == "bản cũ"


def test_what_another_file_refuses_names_that_one(tmp_path):
    with (
        pytest.raises(AnalystError, match=r"không thấy .*nguon\.csv"),
        write_beside(tmp_path / "a"),
    ):
        (tmp_path / "nguon.csv").read_bytes()


def test_what_xlsxwriter_says_of_the_disk_is_the_same_letter(tmp_path):
    import xlsxwriter

    (tmp_path / "a.xlsx").mkdir()
    with pytest.raises(AnalystError, match=r"a\.xlsx"), write_beside(tmp_path / "b.xlsx"):
        xlsxwriter.Workbook(str(tmp_path / "a.xlsx")).close()


@pytest.mark.parametrize("place", ["file", "file/below", "x" * 300, "loop", "loop/below"])
def test_a_place_that_cannot_be_written_to_is_one_letter(command, tmp_path, place):
    (tmp_path / "file").touch()
    if os.name != "nt":
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
    ended = command(
        "review",
        "--year",
        2022,
        "--data",
        SAMPLE,
        "--out",
        place,
        "--district",
        "sop-cop",
        cwd=tmp_path,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("Lỗi: ")
    assert place.split("/")[0] in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


# what was damaged since


MAKES = {"facts": pd.DataFrame({"code": ["03943"]})}
DAMAGED = ["", "{", "[]", "1", "null", "\x00", "[" * 9999, '{"made_from": 1}', '{"tables": {}}']


@pytest.mark.parametrize("note", [*DAMAGED, "no tables", "tables of a list", "other tables"])
def test_a_damaged_note_is_made_again(tmp_path, note):
    cache.tables(tmp_path, ["a"], lambda: MAKES)
    stamp = tmp_path / "made-from.json"
    sound = json.loads(stamp.read_text(encoding="utf-8"))
    tables = {"no tables": {}, "tables of a list": ["facts"], "other tables": {"x" * 300: "1"}}
    stamp.write_text(
        json.dumps(sound | {"tables": tables[note]}) if note in tables else note, encoding="utf-8"
    )
    assert cache.tables(tmp_path, ["a"], lambda: MAKES)["facts"]["code"].tolist() == ["03943"]
    assert json.loads(stamp.read_text(encoding="utf-8")) == sound


# a batch in this process, without kernels


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    import papermill

    monkeypatch.setattr(papermill, "execute_notebook", execute)
    tiny.send(tmp_path, "sop-cop", 111)
    return tmp_path


@links
@pytest.mark.parametrize(
    "linked",
    [
        "failed",
        *(
            pytest.param(f"failed/{name}", marks=pytest.mark.slow)
            for name in ("a", "b", "c", "log.txt")
        ),
    ],
)
def test_a_link_among_the_failures_is_taken_away_and_what_it_leads_to_stays(root, linked):
    outside = root / "riêng"
    outside.mkdir()
    (outside / "a.txt").write_text("của văn phòng", encoding="utf-8")
    link = tiny.space(root).review / linked
    link.parent.mkdir(parents=True)
    leads = {"failed/b": "a.txt", "failed/c": "không có", "failed/log.txt": "a.txt"}
    link.symlink_to(outside / leads.get(linked, "."))
    assert not tiny.run(root, SLUGS, jobs=1).failed
    assert not link.is_symlink()
    assert (outside / "a.txt").read_text(encoding="utf-8") == "của văn phòng"
    assert [p.name for p in outside.iterdir()] == ["a.txt"]


def test_a_page_that_word_holds_open_stays_whole_and_the_others_go_on(root, monkeypatch):
    tiny.run(root, SLUGS, jobs=1)
    space = tiny.space(root)
    held = space.pages("sop-cop") / "03_satisfaction.html"
    before = {p: p.read_bytes() for p in space.review.glob("*/*/*") if "cache" not in p.parts}
    tiny.send(root, "sop-cop", 222)
    plan = tiny.plan(root, {n: f"{s}  # đổi" for n, s in tiny.TINY.items()})

    def refusing(does):
        def does_or_not(path, *more, **options):
            if Path(path) == held or Path(*more[:1]) == held:
                raise PermissionError(errno.EACCES, "Access is denied", str(path))
            return does(path, *more, **options)

        return does_or_not

    with monkeypatch.context() as word:
        for name in ("replace", "rename", "unlink", "remove"):
            word.setattr(os, name, refusing(getattr(os, name)))
        stopped = tiny.run(root, SLUGS, plan, jobs=1)
    (failed,) = stopped.failed
    assert str(held) in failed.error
    assert "đang mở trong Word" in failed.error
    for path, content in before.items():
        if path.stem == "03_satisfaction" and "sop-cop" in path.parts:
            assert path.read_bytes() == content
    assert {e.notebook for e in stopped.entries if e.state == "done" and e.district} == {
        "01_clean",
        "03_satisfaction",
    }
    assert not list(space.review.rglob(".[0-9]*"))
    again = tiny.run(root, SLUGS, plan, jobs=1)
    assert again.failed == []
    assert manifest.verify(space.review) == []


@pytest.mark.windows
def test_a_batch_ends_where_nothing_that_is_open_can_be_replaced(windows, root):
    """As on Windows: what this process forgot to close would refuse to be replaced."""
    assert tiny.run(root, SLUGS, jobs=1).failed == []
    space = tiny.space(root)
    report = space.pages("sop-cop") / "03_satisfaction.html"
    windows.hold(report)
    tiny.send(root, "sop-cop", 222)
    (stopped,) = tiny.run(root, SLUGS, jobs=1).failed
    assert "đang mở trong Word" in stopped.error
    assert str(report) in stopped.error
    windows.held.clear()
    assert tiny.run(root, SLUGS, jobs=1).failed == []
    assert manifest.verify(space.review) == []


@pytest.mark.slow
def test_a_full_disk_is_said_so_even_where_the_log_has_no_room_either(root, monkeypatch):
    import papermill

    def full(*_, **__):
        log = tiny.space(root).log
        if log.is_file():  # from now on nothing can be written there
            log.unlink()
            log.mkdir()
        raise OSError(errno.ENOSPC, "No space left on device", "trang.ipynb")

    with monkeypatch.context() as disk_is_full:
        disk_is_full.setattr(papermill, "execute_notebook", full)
        stopped = tiny.run(root, SLUGS, jobs=1)
    first = [e.error for e in stopped.failed if e.state == "failed" and e.district]
    assert all("đĩa đã đầy khi ghi trang.ipynb" in error for error in first)
    assert tiny.run(root, SLUGS, jobs=1).failed == []


@pytest.mark.slow
def test_what_comes_and_goes_while_a_batch_runs_is_said_and_made_next_time(root):
    data = tiny.space(root).received(2022, "annual")

    def meanwhile(told):
        if told.number == 1:
            tiny.send(root, "mai-son", 5)
            (data / "sop-cop.xlsx").unlink()

    ended = tiny.run(root, SLUGS, jobs=1, tell=meanwhile)
    assert {line.split(":")[0] for line in ended.wrong} == {
        "2022/annual/mai-son.xlsx",
        "2022/annual/sop-cop.xlsx",
    }
    again = tiny.run(root, SLUGS, jobs=1)
    assert (again.failed, again.wrong) == ([], [])


@pytest.mark.parametrize("change", ["other", "gone"])
def test_what_changes_while_it_is_read_stops_its_page_and_is_not_kept(tmp_path, change):
    tiny.send(tmp_path, "sop-cop", 111)
    space = tiny.space(tmp_path)
    path = space.received(2022, "annual") / "sop-cop.xlsx"
    review, sound = Review(space), path.read_bytes()
    assert len(review.inbox.reports) == 1
    if change == "other":
        tiny.send(tmp_path, "sop-cop", 222)
    else:
        path.unlink()
    with pytest.raises(AnalystError, match=r"2022/annual/sop-cop\.xlsx: tệp đã thay đổi"):
        _ = review.district("sop-cop").facts
    path.write_bytes(sound)  # as it was: nothing of the moment between was kept
    facts = Review(space).district("sop-cop").facts.query("measure == 'actual'")
    assert facts.loc[facts["indicator"] == "C1-01", "value"].item() == 111


def test_a_survey_that_changes_while_it_is_read_is_not_kept(tmp_path, monkeypatch):
    from ntm_eval.intake import survey

    space = tiny.space(tmp_path)
    forms = space.received(2022, "annual") / "satisfaction" / "phieu.csv"
    forms.parent.mkdir()
    forms.write_text("a\n", encoding="utf-8")

    def read(*given):
        forms.write_text("b\n", encoding="utf-8")
        return real(*given)

    real = survey.read
    with monkeypatch.context() as patch:
        patch.setattr(survey, "read", read)
        with pytest.raises(AnalystError, match=r"phieu\.csv: tệp đã thay đổi"):
            _ = Review(space).inbox.tallies
    assert Review(space).inbox.tallies.empty


def test_a_notebook_that_is_none_is_a_letter(root):
    plan = tiny.plan(root)
    (root / "notebooks" / "01_clean.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(AnalystError, match=r"sổ tay .*01_clean\.ipynb"):
        tiny.run(root, SLUGS, plan, jobs=1)


# a whole review of a year in which nothing has come, where everything around it is in disorder


@dataclass(frozen=True)
class Disorder:
    """What the first run said and left, and how the second ended."""

    folder: Path
    status: int
    said: str
    outside: Path
    again: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def disorder(tmp_path_factory) -> Disorder:
    here = tmp_path_factory.mktemp("disorder")
    space = Workspace(2023, "annual", here / "raw", here / "out")
    space.received(2023, "annual").mkdir(parents=True)  # as `new-year` leaves it
    settings = here / "settings"
    profile = settings / "profile_default"
    for path, text in {
        settings / "matplotlibrc": "text.usetex: True\naxes.titlesize: 70\n",
        here / "matplotlibrc": "text.usetex: True\n",
        profile / "ipython_config.py": 'c.InteractiveShell.ast_node_interactivity = "all"\n',
        profile / "startup" / "a.py": "raise SystemError('tệp khởi động riêng')\n",
        settings / "statistics.py": "raise SystemError('tên trùng')\n",
        settings / "pandas.py": "raise SystemError('tên trùng')\n",
        space.manifest: '{"year": 2023, "pages": [{"notebook": 1}, 2]}',
        space.cache("received") / "made-from.json": '{"made_from": []}',
        space.cache("province") / "ranking" / "made-from.json": "[",
        here / "riêng" / "a.txt": "của văn phòng",
    }.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    space.log.parent.mkdir()
    if os.name != "nt":
        (space.log.parent / "liên kết").symlink_to(here / "riêng")
    environment = os.environ | {
        "MATPLOTLIBRC": str(settings),
        "IPYTHONDIR": str(settings),
        "PYTHONPATH": str(settings),
        "LC_ALL": "C",
    }
    asked = ["review", "--year", "2023", "--data", "raw", "--out", "out", "--district", "sop-cop"]
    # somebody reads the first line and goes, as `head -1` does
    running = subprocess.Popen(
        [COMMAND, *asked],
        cwd=here,
        env=environment,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said = running.stdout.readline()
    running.stdout.close()
    said += running.stderr.read()
    running.stderr.close()
    status = running.wait(timeout=600)
    again = subprocess.run(
        [COMMAND, *asked], cwd=here, env=environment, capture_output=True, encoding="utf-8"
    )
    return Disorder(space.review, status, said, here / "riêng", again)


def test_a_year_in_which_nothing_has_come_is_reviewed_whatever_lies_around(disorder):
    log = (disorder.folder / "failed" / "log.txt").read_text(encoding="utf-8")
    assert disorder.status == 0, disorder.said + log
    assert disorder.said.startswith("[1/5] sop-cop, 01_clean: xong")
    assert "Traceback" not in disorder.said
    assert manifest.verify(disorder.folder) == []


def test_the_next_run_finds_all_made(disorder):
    assert disorder.again.returncode == 0
    assert "không có gì thay đổi" in disorder.again.stdout
    assert "12 đơn vị chưa có báo cáo" in disorder.again.stdout
    assert disorder.again.stderr == ""


def test_what_a_link_leads_to_stays(disorder):
    assert (disorder.outside / "a.txt").read_text(encoding="utf-8") == "của văn phòng"


def test_its_pages_say_that_nothing_has_come(disorder):
    folder = disorder.folder / "districts" / "sop-cop"
    says = {
        "01_clean.html": "Chưa có báo cáo nào để kiểm tra số liệu.",
        "report.html": "Chưa đủ căn cứ chấm điểm: chưa có báo cáo của kỳ này",
    }
    for name, words in says.items():
        page = (folder / name).read_text(encoding="utf-8")
        assert "Sốp Cộp chưa có báo cáo (hạn gửi trước ngày 05/12/2023)" in page
        assert words in page
    trends = (folder / "02_trends.html").read_text(encoding="utf-8")
    assert "Chưa có báo cáo năm nào nên chưa có số liệu để xét xu hướng." in trends
    province = (disorder.folder / "review" / "report.html").read_text(encoding="utf-8")
    assert "Gửi báo cáo kỳ này; chưa có báo cáo" in province
    assert "lỗi số liệu" not in province


def test_cells_show_what_they_show_elsewhere(disorder):
    """Not each line of them, as the user's IPython would."""
    page = disorder.folder / "districts" / "sop-cop" / "04_evaluation.ipynb"
    (saving,) = [c for c in nbformat.read(page, 4).cells if "files.save(" in c.source]
    assert saving.outputs == []


# a year with one report, and one whose reports are gone


@pytest.mark.parametrize("period", ["annual", "h1"])
def test_a_year_with_one_report_then_with_none_has_every_table(tmp_path, period):
    now = Workspace(2022, period, tmp_path / "data", tmp_path / "out")
    figures = {("C1-01", "actual"): 5, ("C1-18", "actual"): 11043, ("C1-19", "actual"): 900}
    for year in (2021, 2022):
        path = now.received(year, period) / "sop-cop.xlsx"
        path.parent.mkdir(parents=True)
        content = replace(forms.EMPTY, info={"sent": f"01/06/{year}"}, figures=figures)
        forms.write_workbook(path, units.district("sop-cop"), year, period, content)
    for missing in (11, 12):
        review = Review(now)
        assert (review.register["status"] == "missing").sum() == missing
        assert len(review.ranking) == 12
        files.results(review)
        for slug in SLUGS:
            here = review.district(slug)
            assert here.alike is not None
            assert here.queries["question"].str.contains("chưa có báo cáo").any() == (
                slug == "van-ho" or missing == 12
            )
        path.unlink(missing_ok=True)
