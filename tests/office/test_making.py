"""`Lập báo cáo` on the launcher page: begun, watched, stopped, and refused beside another batch."""

import subprocess
import sys

import pytest

from ntm_eval.office import choice, launcher, making
from ntm_eval.office.choice import Choice
from ntm_eval.running import manifest
from ntm_eval.workspace import SAMPLE, AnalystError

SOP_COP = Choice("sop-cop", 2022, "annual", SAMPLE)


@pytest.fixture
def outputs(tmp_path, monkeypatch):
    for module in (choice, making):
        monkeypatch.setattr(module, "OUTPUTS", tmp_path)
    return tmp_path


def program(lines):
    """A process that says these lines."""
    command = [sys.executable, "-c", "import sys; print(sys.argv[1], end='')", "\n".join(lines)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")


def test_how_far_it_is_is_told_with_the_time_left_once_a_page_tells():
    process = program(["Đang đọc", "[1/4] sop-cop, 01_clean: xong", "[4/4] tỉnh: xong", "Xong."])
    steps = list(making.progress(process))
    assert [(step.ended, step.total) for step in steps] == [(0, 0), (1, 4), (4, 4), (4, 4)]
    assert steps[0].words == "đang chuẩn bị…"
    assert making.Progress("", 1, 4, 20.0).words == "1 trên 4 trang, còn khoảng 01:00"
    assert process.returncode == 0


def test_it_stops_as_by_ctrl_c_and_what_was_asked_is_what_was_chosen(outputs):
    process = making.begin(SOP_COP)
    making.stop(process)
    lines = [step.line for step in making.progress(process)]
    assert process.returncode != 0
    assert "Traceback" not in "".join(lines)
    *_, last = process.args
    assert last == "sop-cop"
    assert f"{SAMPLE}" in process.args
    making.stop(process)  # of one that has ended nothing is asked


def test_beside_another_batch_it_is_refused_with_who_is_at_work(outputs):
    with manifest.held(SOP_COP.space):
        manifest.write(SOP_COP.space, [], running=manifest.myself())
        with pytest.raises(AnalystError, match=r"đang được lập ở nơi khác \(tiến trình"):
            making.begin(SOP_COP)
        said = launcher.told(SOP_COP)
    assert "Đang lập báo cáo: tiến trình" in said


def test_the_desk_follows_to_the_end_and_then_offers_to_make_again(outputs, monkeypatch):
    monkeypatch.setattr(launcher, "told", lambda chosen: "")
    desk = launcher._Desk()
    desk.make.disabled, desk.stop.disabled = True, False
    desk._follow(program(["[1/2] a", "[2/2] b"]), "Sốp Cộp, năm 2022")
    assert (desk.bar.value, desk.bar.max) == (2, 2)
    assert desk.far.value == "Sốp Cộp, năm 2022: xong"
    assert (desk.make.disabled, desk.stop.disabled) == (False, True)
