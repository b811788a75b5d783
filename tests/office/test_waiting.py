"""Who sits before a command that takes long sees what it is at, and about how long."""

import io
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest

from ntm_eval.office import folder, waiting
from ntm_eval.running import manifest
from ntm_eval.workspace import Workspace


class Screen(io.StringIO):
    """A terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(waiting, "PATIENCE", 0)


@contextmanager
def screen():
    shown = Screen()
    with redirect_stdout(shown), redirect_stderr(shown):
        yield shown


def test_the_rest_is_told_below_the_lines_that_are_said():
    with screen() as shown:
        for name in waiting.told(["a", "b", "c"], "Kiểm tra"):
            waiting.say(f"xong {name}")
    lines = shown.getvalue().replace("\r", "\n").split("\n")
    assert [line for line in lines if line.startswith("xong")] == ["xong a", "xong b", "xong c"]
    bars = [line for line in lines if line.startswith("Kiểm tra")]
    assert "0/3, còn khoảng ?" in bars[0]


def test_nothing_of_it_goes_into_a_log(capsys):
    assert list(waiting.told(["a", "b"], "Kiểm tra")) == ["a", "b"]
    waiting.say("xong")
    assert capsys.readouterr() == ("xong\n", "")


def test_laying_out_a_folder_says_what_is_copied(tmp_path):
    with screen() as shown:
        folder.lay_out(tmp_path / "a")
        folder.illustrate(tmp_path / "b")
    assert "Chép sổ tay, bảng tham chiếu" in shown.getvalue()
    assert "Chép số liệu minh họa" in shown.getvalue()


def test_comparing_with_the_manifest_goes_file_by_file(tmp_path):
    space = Workspace(2022, "annual", tmp_path / "data", tmp_path)
    space.index.parent.mkdir()
    space.index.touch()
    manifest.write(space, [], files={"index.html": "1"}, inputs={}, complete=True, wrong=[])
    seen = []
    wrong = manifest.verify(space.review, lambda files: seen.extend(files) or files)
    assert (seen, len(wrong)) == (["index.html"], 1)
