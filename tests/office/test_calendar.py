"""What a day asks of the office; the examples that have it said every morning."""

import re
import shlex
import xml.etree.ElementTree as ET
from datetime import date
from itertools import pairwise
from pathlib import PurePosixPath, PureWindowsPath

import pandas as pd
import pytest
import releasing
import typer

from ntm_eval import cache, cli, units
from ntm_eval.exchange import query_letter
from ntm_eval.intake import received
from ntm_eval.office import calendar, status
from ntm_eval.office.calendar import Standing
from ntm_eval.root import SHIPPED

QUESTION = {"number": 1, "rule": "outlier", "file": "a.xlsx", "sheet": "Chỉ tiêu", "cell": "E5"}


@pytest.fixture
def space(tmp_path):
    made = releasing.review(tmp_path)
    made.received(2022, "annual").mkdir(parents=True)
    return made


def told(space, today, register=None):
    register = received.register([], 2022, "annual") if register is None else register
    return calendar.matters(Standing(space, today, register, made=True))


def ask(space, slug, count):
    """A query letter with so many questions."""
    rows = [
        QUESTION | {"subject": "C1-01", "old": "7", "question": f"Vì sao {n}?", "told": ""}
        for n in range(count)
    ]
    unit, questions = units.district(slug), pd.DataFrame(rows)
    letter = query_letter.Letter(unit, 2022, "annual", questions, "a.xlsx", illustrative=False)
    query_letter.write(space.pages(slug), letter)


def note(space, *rows):
    path = space.received(2022, "annual") / "letters.csv"
    path.write_text("\n".join(["district,sent,note", *rows]), encoding="utf-8")


@pytest.mark.parametrize(
    ("today", "says"),
    [
        (date(2022, 11, 30), "gửi trước ngày 05/12/2022, còn 4 ngày: 12 đơn vị chưa gửi"),
        (date(2022, 12, 4), "gửi trước ngày 05/12/2022, hôm nay là ngày cuối: 12 đơn vị"),
        (date(2022, 12, 5), "quá hạn 1 ngày (phải gửi trước ngày 05/12/2022), chưa gửi: TP Sơn La"),
        (date(2023, 1, 10), "quá hạn 37 ngày"),
    ],
)
def test_who_is_awaited_and_since_when(space, today, says):
    assert told(space, today)["Hạn báo cáo"][0].startswith(says)


def test_what_is_due_next_is_told_once_this_report_is_due(space):
    assert len(told(space, date(2022, 12, 1))["Hạn báo cáo"]) == 1
    _, following = told(space, date(2023, 1, 10))["Hạn báo cáo"]
    assert following == (
        "báo cáo tiếp theo: 6 tháng đầu năm 2023, gửi trước ngày 10/06/2023, còn 150 ngày"
    )


def test_letters_without_an_answer_are_told_with_their_age_the_oldest_first(space):
    for slug, count in (("sop-cop", 2), ("van-ho", 1), ("mai-son", 3)):
        ask(space, slug, count)
    note(space, "Sốp Cộp,10/12/2022,", "sop-cop,15/12/2022,lần hai", "Mai Sơn,12/12/2022,", "127,,")
    assert told(space, date(2022, 12, 20))["Phiếu đề nghị giải trình"] == [
        "chưa giải trình: Mai Sơn, 3 câu hỏi, phiếu gửi ngày 12/12/2022, đã 8 ngày",
        "chưa giải trình: Sốp Cộp, 2 câu hỏi, phiếu gửi ngày 15/12/2022, đã 5 ngày",
        "chưa ghi ngày gửi phiếu vào letters.csv: Vân Hồ (1 câu hỏi)",
    ]


def test_a_row_of_letters_that_cannot_be_taken_says_why(space):
    note(space, "Mai Châu,1/1/2023,", "Sốp Cộp,hôm qua,")
    first, second = told(space, date(2022, 12, 20))["Phiếu đề nghị giải trình"]
    assert "dòng 2: không có huyện 'Mai Châu'" in first
    assert "dòng 3: ngày 'hôm qua' không đọc được" in second


def test_inspections_are_counted_and_what_of_the_form_is_still_open_is_told(space):
    assert told(space, date(2022, 12, 20))["Kiểm tra tại cơ sở"] == [
        "chưa kiểm tra; lập mẫu: ntm-eval inspect --year 2022"
    ]
    rows = ["Bắc Yên,,C3-07,8505,6634,,,12/12/2022,", "Bắc Yên,,C3-06,100,,,,,"]
    path = space.received(2022, "annual") / "inspections.csv"
    head = "district,commune,indicator,reported,found,document,inspected_by,date,note"
    path.write_text("\n".join([head, *rows]), encoding="utf-8")
    open_, done = told(space, date(2022, 12, 20))["Kiểm tra tại cơ sở"]
    assert "1 dòng chưa ghi số kiểm tra được (dòng 3)" in open_
    assert done == "đã kiểm tra 1 số liệu ở 1 nơi"


def test_noting_a_letter_is_no_report_and_makes_no_page_stale(space):
    before = cache.inputs(space)
    note(space, "Sốp Cộp,10/12/2022,")
    assert cache.inputs(space) == before
    assert received.reports(space.received(2022, "annual"), 2022, "annual") == ([], [])


def test_editions_are_told_and_what_was_received_after_the_last(space):
    assert "Bản phát hành" not in told(space, date(2023, 1, 10))
    releasing.write(space, inputs=cache.inputs(space))
    releasing.issue(space)
    (line,) = told(space, date(2023, 1, 10))["Bản phát hành"]
    assert line == "Bản phát hành số 1 ngày 10/01/2023, người bảo đảm số liệu: Lò Văn A"
    (space.received(2022, "annual") / "muộn.xlsx").touch()
    assert "2022/annual/muộn.xlsx" in told(space, date(2023, 1, 10))["Bản phát hành"][1]


def test_the_page_says_what_the_screen_says(space):
    found = status.status(space, date(2022, 12, 20))
    page = found.page
    assert "<h1>Tình hình ngày 20/12/2022</h1>" in page
    for line in found.lines[2:]:
        assert line.removeprefix("- ") in page.replace("&#34;", '"')
    command = ("status", "--year", "2022", "--today", "20/12/2022", "--page", "x.html")
    assert accepted(command)


def accepted(words):
    """Whether the command takes these words."""
    command = typer.main.get_command(cli.app).commands[words[0]]
    return command.make_context(words[0], list(words[1:]))


GUIDE = (SHIPPED / "docs" / "cong-viec.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```(xml|bat|cron)\n(.*?)^```", GUIDE, re.M | re.S))


def test_the_task_of_windows_runs_a_command_that_there_is():
    namespace = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    task = ET.fromstring(EXAMPLES["xml"].encode("utf-16"))
    assert task.tag == f"{namespace}Task"
    assert [part.tag.removeprefix(namespace) for part in task] == [
        "Triggers",
        "Settings",
        "Actions",
    ]
    run = {p.tag.removeprefix(namespace): p.text for p in task.find(f".//{namespace}Exec")}
    program, home = PureWindowsPath(run["Command"]), PureWindowsPath(run["WorkingDirectory"])
    assert program.name == "ntm-eval.exe"
    assert program.is_relative_to(home)
    assert accepted(run["Arguments"].split()).params["page"]


def test_the_line_for_windows_is_a_weekly_task_of_the_same_command():
    words = shlex.split(EXAMPLES["bat"].replace("\\", "/"))
    options = {name: value for name, value in pairwise(words) if name.startswith("/")}
    assert words[:2] == ["schtasks", "/Create"]
    assert (options["/SC"], options["/ST"]) == ("WEEKLY", "07:00")
    assert set(options["/D"].split(",")) <= {"MON", "TUE", "WED", "THU", "FRI"}
    place, command = options["/TR"].split(" && ")
    assert place == "cmd /c cd /d C:/VanPhong"
    program, *arguments = command.split()
    assert PurePosixPath(program).name == "ntm-eval"
    assert accepted(arguments).params["page"]


def test_the_line_of_cron_is_a_time_and_the_same_command():
    *when, command = EXAMPLES["cron"].strip().split(maxsplit=5)
    assert len(when) == 5
    assert all(re.fullmatch(r"\*|\d+(-\d+)?", field) for field in when)
    place, run = command.split(" && ")
    assert place.startswith("cd /")
    program, *arguments = run.split(" >")[0].split()
    assert PurePosixPath(program).name == "ntm-eval"
    assert accepted(arguments).params["page"]
