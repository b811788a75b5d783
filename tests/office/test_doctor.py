"""What the doctor finds wrong, each with its remedy."""

import os
from collections import namedtuple
from datetime import datetime

import pytest

from ntm_eval import characters
from ntm_eval.office import doctor
from ntm_eval.workspace import LOCK


def test_every_check_says_what_it_looked_at_and_a_remedy_where_there_is_need():
    for look in doctor.CHECKS:
        found = look()
        assert found.state in (doctor.OK, doctor.WARN, doctor.BAD)
        assert bool(found.remedy) == (found.state != doctor.OK)
        assert found.lines[0] == f"[{found.state}] {found.subject}: {found.found}"


def test_a_library_other_than_tested_is_named_with_both_versions(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("pandas==1.0.0 \\\n    --hash=x\nnumpy==1.0 ; sys_platform == 'amiga' \\\n")
    found = doctor.packages(lock)
    assert found.state == doctor.WARN
    assert "pandas 3." in found.found
    assert "(1.0.0)" in found.found
    assert "numpy" not in found.found
    assert str(lock) in found.remedy


def test_the_lock_is_read_whole():
    pins = LOCK.read_text(encoding="utf-8").count("==")
    markers = LOCK.read_text(encoding="utf-8").count(" == '") + 5
    assert len(doctor.PIN.findall(LOCK.read_text(encoding="utf-8"))) >= pins - markers - 20


def test_a_library_that_is_missing_must_be_mended(monkeypatch):
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "viparse" else "999")
    found = doctor.packages()
    assert found.state == doctor.BAD
    assert "viparse chưa cài" in found.found


@pytest.mark.parametrize(
    ("mark", "remedy"),
    [
        ("uv-receipt.toml", "uv tool install --reinstall"),
        ("pipx_metadata.json", "pipx install --force"),
        ("conda-meta/", "conda env update"),
        ("pyvenv.cfg", "-m pip install --no-deps -r"),
    ],
)
def test_the_remedy_is_that_of_what_it_was_installed_with(tmp_path, monkeypatch, mark, remedy):
    place = tmp_path / mark
    place.mkdir() if mark.endswith("/") else place.touch()
    monkeypatch.setattr(doctor, "prefix", lambda: tmp_path)
    monkeypatch.setattr(doctor, "_version", lambda name: None)
    assert remedy in doctor.packages().remedy


def test_the_versions_of_conda_are_not_called_wrong(tmp_path, monkeypatch):
    lock = tmp_path / "requirements.lock"
    lock.write_text("pandas==1.0.0 \\\n    --hash=x\n")
    (tmp_path / "conda-meta").mkdir()
    monkeypatch.setattr(doctor, "prefix", lambda: tmp_path)
    found = doctor.packages(lock)
    assert found.state == doctor.OK
    assert "pandas 3." in found.found


def test_the_engine_and_the_face_of_the_pdf_are_named(monkeypatch):
    found = doctor.engine()
    assert found.state == doctor.OK
    assert all(name in found.found for name in ("warm", "papermill 2", "ipykernel 7", "typst 0"))
    assert f"bản PDF dùng {characters.face()}" in doctor.fonts().found
    monkeypatch.setattr(doctor.metadata, "entry_points", lambda **_: ())
    assert doctor.engine().state == doctor.WARN


def test_a_machine_without_a_face_of_official_papers_is_told_which_to_install(monkeypatch):
    monkeypatch.setattr(characters, "face", lambda: characters.ALWAYS)
    found = doctor.fonts()
    assert found.state == doctor.WARN
    assert "Times New Roman" in found.found
    assert "fonts-liberation2" in found.remedy
    monkeypatch.setattr(characters, "face", lambda: "Tinos")
    assert doctor.fonts().state == doctor.OK


@pytest.mark.parametrize(("free", "state"), [(5e9, "OK"), (1e9, "WARN"), (1e8, "BAD")])
def test_room_on_the_disk(monkeypatch, free, state):
    usage = namedtuple("usage", "free")(free)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: usage)
    assert doctor.disk().state == getattr(doctor, state)


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "kết quả").mkdir()
    if os.geteuid() == 0 if hasattr(os, "geteuid") else True:
        # who may write everywhere has no such folder
        monkeypatch.setattr(doctor, "_writable", lambda path: path.name != "kết quả")
    else:
        (tmp_path / "kết quả").chmod(0o555)
    found = doctor.folders((tmp_path, tmp_path / "kết quả"))
    assert found.state == doctor.BAD
    assert found.found == f"không ghi được vào {tmp_path / 'kết quả'}"


def test_a_folder_yet_to_be_made_counts_as_the_one_it_goes_in(tmp_path):
    assert doctor.folders((tmp_path / "a" / "b",)).state == doctor.OK
    assert list(tmp_path.iterdir()) == []


def test_no_libreoffice_is_worth_a_word_and_no_more(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert doctor.libreoffice().state == doctor.WARN


def test_a_clock_of_long_ago_must_be_set():
    assert doctor.clock(datetime(2001, 1, 1)).state == doctor.BAD


def test_a_python_of_long_ago_is_refused_and_a_newer_one_noted(monkeypatch):
    monkeypatch.setattr(doctor.sys, "version_info", (3, 9, 0))
    assert doctor.python().state == doctor.BAD
    monkeypatch.setattr(doctor.sys, "version_info", (3, 99, 0))
    assert doctor.python().state == doctor.WARN


def test_the_command_says_it_all_without_colour_to_a_file(command, tmp_path):
    ended = command("doctor", cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout
    assert len([line for line in ended.stdout.splitlines() if line.startswith("[")]) == len(
        doctor.CHECKS
    )
    assert "\x1b" not in ended.stdout
