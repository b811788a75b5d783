"""The command's words: help with examples, completion, errors as letters."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ntm_eval import cli, units
from ntm_eval.workspace import HOME

COMMAND = Path(sys.executable).with_name("ntm-eval")
COMMANDS = sorted(c.name or c.callback.__name__ for c in cli.app.registered_commands)


def completed(words, place):
    asked = {"_NTM_EVAL_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    ended = subprocess.run([COMMAND], env=os.environ | asked, capture_output=True, encoding="utf-8")
    return ended.stdout.split()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_by_example(command, tmp_path, name):
    said = command(name, "--help", cwd=tmp_path).stdout
    assert re.search(rf"Ví dụ:\s+ntm-eval {name}", said)


def test_commands_and_districts_complete():
    assert completed("ntm-eval new", 1) == ["new-year"]
    slugs = [d.slug for d in units.districts() if d.slug.startswith("s")]
    assert completed("ntm-eval review --district s", 3) == slugs


def test_a_year_in_full_width_digits_is_that_year(command, tmp_path):
    asked = ("--year", "２０２２", "--district", "sop-cop", "--out", "mau")
    done = command("template", *asked, cwd=tmp_path)
    assert done.returncode == 0
    assert [path.name for path in (tmp_path / "mau").iterdir()] == ["sop-cop-2022-annual.xlsx"]


def test_a_folder_that_may_not_be_written_is_a_letter(monkeypatch, capsys):
    def refuse():
        raise PermissionError(13, "no", "kết quả.xlsx")

    monkeypatch.setenv(HOME, "")  # what `main` names to its children is forgotten afterwards
    monkeypatch.setattr(cli, "app", refuse)
    monkeypatch.setattr(cli.sys.stdout, "reconfigure", lambda **_: None, raising=False)
    monkeypatch.setattr(cli.sys.stderr, "reconfigure", lambda **_: None, raising=False)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert "không có quyền đọc hoặc ghi kết quả.xlsx" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="cmd.exe không đóng được luồng")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_takes_nothing_from_a_file(tmp_path, closed):
    ended = subprocess.run(f'"{COMMAND}" indicators --out a.md {closed}', shell=True, cwd=tmp_path)
    assert ended.returncode == 0
    assert (tmp_path / "a.md").read_text(encoding="utf-8").startswith("# ")
    assert "Đã ghi" not in (tmp_path / "a.md").read_text(encoding="utf-8")
