"""Every path through the code that differs on Windows, where most offices work.

| What Windows does otherwise | Where it matters |
|---|---|
| an open file is not replaced or taken away | `workspace.write_beside`, `disk`, `running.page` |
| a lock cannot be read while it is held | `running.manifest.verify` |
| no fork, no fcntl, no limits of memory | `running.kernels`, `intake.spreadsheets`, filelock |
| 'Receipts.CSV' is 'receipts.csv' | `intake.delimited.small_table`, names of outputs |
| 260 characters of a path, names such as `con` | `workspace.refuse_too_deep`, slugs |
| consoles and pipes of code page 1258 or 1252 | `cli.main`, files opened without an encoding |
| errors have a number of their own (WinError) | `disk.letter`, `disk.quoted` |
| CSV saved by Excel: CRLF, `;`, code page 1258 | `intake.delimited`, `exchange.registers` |
| Excel leaves `~$name` beside an open file | `intake.files.in_use`, `status`, `check` |
| dates with letters of ours in their format | `strftime` is not used |

What only a machine with Windows can show, the workflow `nightly` does there.
"""

from __future__ import annotations

import ast
import errno
import os
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from windows_mode import CONSOLES

from ntm_eval import disk, units
from ntm_eval.intake import delimited, files, received
from ntm_eval.office import folder, status
from ntm_eval.root import PACKAGE
from ntm_eval.running import manifest
from ntm_eval.spellings import TONES
from ntm_eval.workspace import DEEPEST, SAMPLE, AnalystError, Workspace, write_beside

pytestmark = pytest.mark.windows
COMMAND = Path(sys.executable).with_name("ntm-eval")
REPORT = next((SAMPLE / "2022" / "annual").glob("Sop Cop*"))
DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}


# files that are open


def test_what_excel_has_open_stays_and_the_letter_says_so(windows, tmp_path):
    book = tmp_path / "tables.xlsx"
    book.write_bytes(b"before")
    with book.open("rb"), pytest.raises(PermissionError):  # also what we forgot to close ourselves
        os.replace(tmp_path / "draft", book)
    windows.hold(book)
    says = r"tables\.xlsx.*đang mở trong Word, Excel"
    with pytest.raises(AnalystError, match=says), write_beside(book) as draft:
        draft.write_bytes(b"after")
    assert (book.read_bytes(), [p.name for p in tmp_path.iterdir()]) == (b"before", [book.name])


def test_the_cause_is_told_where_the_draft_itself_is_still_held(windows, tmp_path):
    def write():
        with write_beside(tmp_path / "a.csv") as draft:
            draft.touch()
            windows.hold(draft)
            raise OSError(errno.ENOSPC, "No space left on device", str(draft))

    with pytest.raises(AnalystError, match="đĩa đã đầy"):
        write()


def test_a_moment_of_a_virus_scanner_is_waited_for(monkeypatch, tmp_path):
    asked = []

    def held_twice(path, to):
        asked.append(path)
        if len(asked) < 3:
            raise PermissionError(errno.EACCES, "held", str(to))

    monkeypatch.setattr(disk, "MOMENTS", (0, 0, 0))
    monkeypatch.setattr(Path, "replace", held_twice)
    disk.move(tmp_path / "a", tmp_path / "b")
    assert len(asked) == 3


def test_the_commands_close_what_they_write(windows, command, tmp_path):
    """Each file is put in its place while this process has it closed."""
    for typed in (
        ["template", "--year", 2022, "--district", "sop-cop", "--out", "mau"],
        ["template", "--survey", "--survey-type", "xã NTM", "--year", 2022, "--out", "mau"],
        ["check", REPORT, "--marked", "can sua.xlsx"],
        ["indicators"],
        ["init", "van phong", "--no-sample"],
    ):
        ended = command(*typed, cwd=tmp_path)
        assert ended.returncode in (0, 1), ended.stderr
        assert ended.stderr == ""


def test_a_lock_that_a_batch_holds_is_not_read(monkeypatch, tmp_path):
    space = Workspace(2022, "annual", tmp_path, tmp_path / "out")
    space.received(2022, "annual").mkdir(parents=True)
    real = Path.read_bytes

    def read(path):
        if path.name in (".lock", "lock"):
            raise PermissionError(errno.EACCES, "locked", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    with manifest.held(space):
        manifest.write(space, [], files={}, inputs={}, complete=True, wrong=[])
        assert manifest.verify(space.review) == []


# names and paths


def test_small_tables_are_found_whatever_their_case(tmp_path):
    (tmp_path / "Receipts.CSV").write_text("file,received\na.xlsx,01/12/2022\n", encoding="utf-8")
    assert received.files(tmp_path) == []
    assert delimited.rows_of(tmp_path / "receipts.csv")[2]["file"] == "a.xlsx"


def test_no_two_names_of_a_review_are_one_without_case(annual):
    names = [p.relative_to(annual.folder).as_posix().lower() for p in annual.folder.rglob("*")]
    assert len(names) == len(set(names))


def test_no_unit_has_the_name_of_a_device():
    for on in (date(2022, 12, 31), date(2026, 6, 30)):
        slugs = [d.slug for d in units.reporting(on)]
        assert not DEVICES & {part for slug in slugs for part in (slug, slug.split(".")[0])}
        assert len({slug.lower() for slug in slugs}) == len(slugs)


def test_a_folder_too_deep_is_a_letter_that_says_so(windows, command, tmp_path):
    deep = tmp_path / ("Phòng ban " * 20).strip() / "kết quả"
    asked = ["review", "--year", 2022, "--data", SAMPLE, "--out", deep]
    ended = command(*asked, cwd=tmp_path)
    assert ended.returncode == 2
    assert "nằm quá sâu" in ended.stderr
    assert "259 ký tự" in ended.stderr
    with pytest.raises(AnalystError, match="nằm quá sâu"):
        folder.lay_out(deep)
    assert list(tmp_path.iterdir()) == []


def test_what_a_review_adds_to_a_path_is_allowed_for(annual):
    draft = ".1234567-"
    names = (p.relative_to(annual.folder.parent).as_posix() for p in annual.folder.rglob("*"))
    longest = max(map(len, names))
    assert longest + len(draft) + len("-en") <= DEEPEST


# consoles and encodings


@pytest.mark.parametrize("console", CONSOLES)
def test_a_program_speaks_vietnamese_on_any_console_and_needs_nothing_of_unix(
    bare_python, console, tmp_path
):
    typed = {"cp1258": ["check", str(REPORT)], "cp1252": ["template", "--help"]}[console]
    said = subprocess.run(
        [COMMAND, *typed], cwd=tmp_path, env=bare_python(console), capture_output=True
    )
    assert said.returncode in (0, 1), said.stderr.decode()
    assert said.stderr == b""
    text = said.stdout.decode("utf-8")
    assert "Traceback" not in text
    assert any(letter in text for letter in "ạảấầẩẫậắằẳẵặ")


def test_every_file_is_opened_in_a_named_encoding():
    """The default is UTF-8 here and a code page there; a day's format knows no letters of ours."""
    assert list(_unnamed(PACKAGE)) == []


def _unnamed(package):
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {keyword.arg for keyword in node.keywords}
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            texts = [text for text in texts if isinstance(text, str)]
            where = f"{path.relative_to(package)}:{node.lineno}"
            if name == "strftime":
                yield f"{where} formats a day by the machine's C library"
            if name in ("read_text", "write_text") and not {"encoding"} & given and not texts:
                yield f"{where} {name} without an encoding"
            if "text" in given and "encoding" not in given and name in ("run", "Popen"):
                yield f"{where} {name} reads text without an encoding"


def test_a_planted_file_without_an_encoding_is_found(tmp_path):
    (tmp_path / "a.py").write_text("p.write_text(x)\nd.strftime('%d')\nrun(c, text=True)\n")
    assert len(list(_unnamed(tmp_path))) == 3


# errors


@pytest.mark.parametrize(
    ("says", "means"),
    [
        ("[WinError 32] The process cannot access the file: 'a.docx'", "đang mở trong Word"),
        ("[WinError 5] Access is denied: 'a.docx'", "đang mở trong Word"),
        ("[WinError 206] The filename or extension is too long: 'a'", "quá dài"),
        ("[WinError 112] There is not enough space on the disk", "đĩa đã đầy"),
    ],
)
def test_what_windows_refuses_in_a_kernel_is_the_same_letter(says, means):
    assert means in disk.letter(disk.quoted(says), Path("a.docx"))


def test_the_number_of_windows_counts_before_that_of_python():
    stop = OSError(errno.ENOENT, "The filename or extension is too long", "a")
    stop.winerror = 206
    assert "quá dài" in disk.letter(stop)


# what Excel leaves and saves


@pytest.mark.parametrize("lock", ["~${}", ".~lock.{}#", "~${:.2}"])
def test_what_somebody_has_open_is_told(tmp_path, lock):
    name = "báo cáo.xlsx"
    lock = "~$" + name[2:] if "2" in lock else lock.format(name)
    (tmp_path / name).touch()
    (tmp_path / lock).touch()
    assert files.in_use(tmp_path).startswith("báo cáo.xlsx: đang mở trong Excel hoặc Word")
    assert received.files(tmp_path) == [tmp_path / name]
    (tmp_path / lock).unlink()
    assert files.in_use(tmp_path) is None


def test_the_status_says_which_report_is_open(tmp_path):
    space = Workspace(2022, "annual", tmp_path / "data", tmp_path / "out")
    space.received(2022, "annual").mkdir(parents=True)
    for name in ("Sop Cop.xlsx", "~$Sop Cop.xlsx"):
        (space.received(2022, "annual") / name).write_bytes(REPORT.read_bytes())
    said = status.status(space, date(2022, 12, 20)).lines
    assert sum("Sop Cop.xlsx: đang mở trong Excel" in line for line in said) == 1
    assert any(line.startswith("Năm 2022, kỳ cả năm: 1 trên 12") for line in said)


def test_a_lock_that_is_checked_says_what_it_is(command, tmp_path):
    (tmp_path / "~$báo cáo.xlsx").write_bytes(b"\x05Nguyen".ljust(165))
    ended = command("check", "~$báo cáo.xlsx", cwd=tmp_path)
    assert ended.returncode == 1
    assert "đang mở trong Excel hoặc Word" in ended.stdout
    assert "hỏng" not in ended.stdout


def test_a_file_that_may_not_be_read_is_not_called_damaged(monkeypatch, tmp_path):
    def refused(path):
        raise PermissionError(errno.EACCES, "denied", str(path))

    (tmp_path / "a.xlsx").touch()
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(files.UnreadableError) as stop:
        files.content(tmp_path / "a.xlsx")
    assert stop.value.why == files.IN_USE


def test_small_tables_as_excel_saves_them_in_vietnam(tmp_path):
    """CRLF, semicolons, and code page 1258, where most letters with a tone are two."""
    typed = "file;received;note\r\nbáo cáo Mộc Châu.xlsx;03/12/2022;nhận tại chỗ\r\n\r\n"
    (tmp_path / "receipts.csv").write_bytes(as_excel_has_it(typed))
    (row,) = delimited.rows_of(tmp_path / "receipts.csv").values()
    assert row == {
        "file": "báo cáo Mộc Châu.xlsx",
        "received": "03/12/2022",
        "note": "nhận tại chỗ",
    }


def as_excel_has_it(text):
    """The bytes of code page 1258: a vowel keeps its hat, its tone follows as a letter."""
    made = b""
    for letter in text:
        try:
            made += letter.encode("cp1258")
        except UnicodeEncodeError:
            bare, tone = accents(letter)
            made += bare.encode("cp1258") + tone.encode("cp1258")
    return made


def accents(letter):
    """A vowel with its hat, and its tone."""
    parts = unicodedata.normalize("NFD", letter)
    tone = next(part for part in parts if part in TONES)
    return unicodedata.normalize("NFC", parts.replace(tone, "")), tone
