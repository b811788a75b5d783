"""What lies in a folder, and what holds for a file of any kind: its limits and its pages."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ntm_eval.characters import file_name
from ntm_eval.language import Message, message

Grid = list[list[object]]

MEGABYTE = 1_000_000
# A report is some 200 kB unpacked, some MB where whole columns carry formats.
MOST_BYTES = 30 * MEGABYTE
MOST_UNPACKED = 60 * MEGABYTE
# Repetitive sheets shrink to a fiftieth; hardly anything but a bomb to less.
MOST_RATIO = 300
# Below this, with no cell far away, a sheet takes some 50 MB and a tenth of a second.
HARMLESS = 3 * MEGABYTE

EMPTY = message("unreadable_file.empty")
PASSWORD = message("unreadable_file.password")
DAMAGED = message("unreadable_file.damaged")
WRONG_TYPE = message("unreadable_file.wrong_type")
TOO_LARGE = message("unreadable_file.too_large")
IN_USE = message("unreadable_file.in_use")

# What programs leave in a folder by themselves: locks, drafts, thumbnails, marks of downloads.
NOBODYS = re.compile(
    r"(?:\.|~\$|~wr|thumbs\.db$|ehthumbs|desktop\.ini$).*|.*(?:\.tmp|zone\.identifier)", re.I
)
# what Excel, Word and LibreOffice leave beside a file as long as they have it open
LOCK = re.compile(r"(?:~\$|\.~lock\.)(.+?)#?")
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")


class UnreadableError(Exception):
    """The file cannot be read as a report; `why` is the message that says the reason."""

    def __init__(self, why: Message):
        self.why = why
        super().__init__(why["message"])


@dataclass(frozen=True)
class Page:
    """A sheet, or a table of a document, under its name, with its rows from A1 on."""

    name: str
    grid: Grid
    hidden: bool = False
    table: bool = False  # one of the tables of a document, which may continue each other


def content(path: Path) -> bytes:
    """The bytes of a file that is small enough to be a report.

    Raises
    ------
    UnreadableError
        Where it is empty, too large, in use or cannot be opened at all.
    """
    if LOCK.fullmatch(path.name):
        raise UnreadableError(IN_USE)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableError(TOO_LARGE)
        data = path.read_bytes()
    except PermissionError as error:
        raise UnreadableError(IN_USE) from error
    except OSError as error:
        raise UnreadableError(DAMAGED) from error
    if not data.strip(b"\x00 \r\n\t"):
        raise UnreadableError(EMPTY)
    return data


def archive(data: bytes) -> zipfile.ZipFile:
    """The zip archive that a workbook or document is, once its directory promises no bomb.

    Raises
    ------
    UnreadableError
        Where it is damaged, encrypted or would unpack to too much.
    """
    try:
        found = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise UnreadableError(DAMAGED) from error
    unpacked = sum(part.file_size for part in found.infolist())
    if unpacked > MOST_UNPACKED or unpacked > max(HARMLESS, MOST_RATIO * len(data)):
        raise UnreadableError(TOO_LARGE)
    if any(part.flag_bits & 1 for part in found.infolist()):
        raise UnreadableError(PASSWORD)
    return found


def part(found: zipfile.ZipFile, name: str) -> bytes:
    """One file inside an archive; never more of it than its directory promised."""
    try:
        return found.read(name)
    except Exception as error:  # zlib, lzma and zipfile each raise their own for damage
        raise UnreadableError(DAMAGED) from error


def inside(folder: Path) -> list[Path]:
    """The files that somebody put into a folder, in the order of their names."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(filter(_somebodys, found), key=lambda p: p.name)


def in_use(folder: Path) -> str | None:
    """What Excel, Word or LibreOffice has open below a folder, by their locks, in words.

    It is read as last saved. Word's lock has two letters of a long name less.
    """
    paths = sorted(folder.rglob("*"))
    locks = {(p.parent, lock[1]) for p in paths if (lock := LOCK.fullmatch(p.name))}
    names = [
        file_name(p.name)
        for p in paths
        if {(p.parent, p.name), (p.parent, p.name[2:])} & locks and _somebodys(p)
    ]
    if not names:
        return None
    return (
        f"{', '.join(names)}: đang mở trong Excel hoặc Word, được đọc theo bản lưu gần nhất. Lưu "
        "và đóng tệp rồi chạy lại; nếu không ai mở, xóa tệp ~$… cùng tên"
    )


def inner_folders(folder: Path) -> dict[Path, list[Path]]:
    """The folders in a folder that hold files at any depth, each with these."""
    inner = sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else ()
    held = {path: sorted(filter(_somebodys, path.rglob("*"))) for path in inner}
    return {path: files for path, files in held.items() if files}


def _somebodys(path: Path) -> bool:
    return path.is_file() and not NOBODYS.fullmatch(path.name)


def refuse_other(path: Path, kinds: Collection[str], why: Message) -> None:
    """Refuses a file of another kind than these (suffixes); an archive is to be unpacked.

    Raises
    ------
    UnreadableError
        With `why`, or with what to do about an archive.
    """
    suffix = path.suffix.lower()
    if suffix not in kinds:
        raise UnreadableError(message("unreadable_file.packed") if suffix in PACKED else why)
