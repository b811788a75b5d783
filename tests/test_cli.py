"""The command's words: help with examples, completion, errors as letters."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ntm_eval import cli, units
from ntm_eval.root import HOME

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


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("revew --year 2022", "Không có lệnh 'revew'. Ý bạn là review? Các lệnh: init, new-year,"),
        ("gửi", "Không có lệnh 'gửi'. Các lệnh: init,"),
        ("review --yaer 2022", "Không có tùy chọn --yaer. Ý bạn là --year? Xem ví dụ: ntm-eval"),
        ("review --year", "Tùy chọn --year thiếu giá trị"),
        ("review --year 2022 --jobs hai", "Giá trị của --jobs không dùng được: Số trang chạy"),
        ("template --year 2022", "Thiếu --out: Thư mục để ghi các mẫu."),
        ("check", "Thiếu thông tin: Tệp báo cáo cần kiểm tra. Xem ví dụ: ntm-eval check --help"),
        ("review --year 2022 --period 6 tháng", 'trong dấu ngoặc kép, ví dụ "6 tháng"'),
        ("template --year 2022 --out x --district mai-sơ", "'mai-sơ'. Ý bạn là Mai Sơn?"),
        ("template --year 2022 --out x --period anual", "Ý bạn là annual? Chọn một trong: h1,"),
        ("template --year 22 --out x", "Năm '22' không đúng. Ghi bốn chữ số, ví dụ 2022."),
    ],
)
def test_a_slip_is_a_letter_with_what_may_have_been_meant(command, tmp_path, typed, said):
    ended = command(*typed.split(), cwd=tmp_path)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Lỗi: ")
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("period", ["6 tháng", "H1", "6 THANG", "sáu tháng đầu năm"])
def test_a_period_in_the_words_of_the_form_is_that_period(command, tmp_path, period):
    asked = ("--year", "Năm 2022", "--period", period, "--district", "sop-cop", "--out", "mau")
    assert command("template", *asked, cwd=tmp_path).returncode == 0
    assert [path.name for path in (tmp_path / "mau").iterdir()] == ["sop-cop-2022-h1.xlsx"]


def test_every_command_takes_a_year_in_full_width_digits(command, tmp_path):
    (tmp_path / "data" / "2022" / "annual").mkdir(parents=True)
    said = command("status", "--year", "２０２２", "--data", "data", cwd=tmp_path).stdout
    assert "\nNăm 2022, kỳ cả năm: 0 trên 12 đơn vị đã gửi báo cáo.\n" in said
    made = command("new-year", "２０２２", "--data", "data", "--to", "mau", cwd=tmp_path)
    assert (made.returncode, (tmp_path / "mau" / "2022-annual").is_dir()) == (0, True)


def test_typed_alone_it_shows_the_commands(command, tmp_path):
    ended = command(cwd=tmp_path)
    assert ended.returncode == 0
    assert all(name in ended.stdout for name in COMMANDS)


def test_a_folder_laid_out_without_the_sample_is_not_sent_to_it(command, tmp_path):
    with_it = command("init", "a", cwd=tmp_path).stdout
    assert str(tmp_path / "a" / "docs" / "huong-dan.md") in with_it
    without = command("init", "b", "--no-sample", cwd=tmp_path).stdout
    assert "--data data/sample" in with_it
    assert "sample" not in without
    assert "ntm-eval new-year" in without


def test_a_folder_that_may_not_be_written_is_a_letter(monkeypatch, capsys):
    def refuse():
        raise PermissionError(13, "no", "kết quả.xlsx")

    monkeypatch.setenv(HOME, "")  # what `main` names to its children is forgotten afterwards
    monkeypatch.setattr(cli, "app", lambda *_, **__: refuse())
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
