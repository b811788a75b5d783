"""A spreadsheet file -> its sheets as grids of cells, in bounded memory and time.

Nothing in a file is run: macros, external links and formulas give the values stored with them.
What a file would unpack to is known before anything is unpacked. A file that is not plainly
harmless is read in a process of its own, which may use so much memory and time and no more.
"""

from __future__ import annotations

import io
import os
import pickle
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar, cast
from xml.parsers import expat

import python_calamine as calamine

from ntm_eval.intake import formats
from ntm_eval.intake.formats import STRINGS, STYLES
from ntm_eval.language import Message, message

Grid = list[list[object]]
Given = TypeVar("Given")

MEGABYTE = 1_000_000
# A report is some 200 kB unpacked, some MB where whole columns carry formats.
MOST_BYTES = 30 * MEGABYTE
MOST_UNPACKED = 60 * MEGABYTE
# Repetitive sheets shrink to a fiftieth; hardly anything but a bomb to less.
MOST_RATIO = 300
# Below this, with no cell far away, a sheet takes some 50 MB and a tenth of a second.
HARMLESS = 3 * MEGABYTE
# What the texts of the cells may take: one stored text can stand in a hundred thousand cells.
MOST_TEXT = 50 * MEGABYTE
SECONDS = 8
MEMORY = 300 * MEGABYTE
ANSWER = 40 * MEGABYTE

OLE = bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# calamine keeps a sheet as one full block: a cell beyond row 9999 or column AZ makes it large.
# A cell written in a way that does not show its place plainly counts as one.
FAR = re.compile(rb'c(?:[\t\r\n]| (?!r="A?[A-Z][0-9]{1,4}"))(?<=[<:]c\s)')
# Some programs number the parts that Excel does not: 'xl/workbook22.xml'.
NUMBERED = re.compile(r"(xl/(?:_rels/)?(?:workbook|styles|sharedStrings))[0-9]+(\.xml)")
UTF16 = (b"\xff\xfe", b"\xfe\xff")  # in which the search for far cells would see none
# Rows from which a sheet is taken row by row, without the blank ends of rows.
TALL = 20_000
NOTHING: list[object] = []

EMPTY = message("unreadable_file.empty")
PASSWORD = message("unreadable_file.password")
DAMAGED = message("unreadable_file.damaged")
WRONG_TYPE = message("unreadable_file.wrong_type")
TOO_LARGE = message("unreadable_file.too_large")


class UnreadableError(Exception):
    """The file cannot be read as a report; `why` is the message that says the reason."""

    def __init__(self, why: Message):
        self.why = why
        super().__init__(why["message"])


@dataclass(frozen=True)
class Page:
    """A sheet, or a table of a document, under its name, with rows from A1 on once asked for."""

    name: str
    load: Callable[[], Grid]
    hidden: bool = False
    table: bool = False  # one of the tables of a document, which may continue each other

    @cached_property
    def grid(self) -> Grid:
        return self.load()

    def rows(self, first: int, end: int) -> Page:
        """The page with nothing outside these rows, each row left at its place."""
        grid = [row if first <= r < end else [] for r, row in enumerate(self.grid)]
        return ready(self.name, grid, self.hidden, self.table)


def ready(name: str, grid: Grid, hidden: bool = False, table: bool = False) -> Page:
    """A page whose rows are there already."""
    return Page(name, lambda: grid, hidden, table)


def content(path: Path) -> bytes:
    """The bytes of a file that is small enough to be a report.

    Raises
    ------
    UnreadableError
        Where it is empty, too large or cannot be opened at all.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableError(TOO_LARGE)
        data = path.read_bytes()
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


def spreadsheet(data: bytes) -> list[Page]:
    """The sheets of an .xlsx, .xlsm, .xls or .ods file, in their order.

    Raises
    ------
    UnreadableError
        Saying in words whether it is a password, damage, size or the wrong type.
    """
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise UnreadableError(PASSWORD)
        return _apart(data)
    if not data.startswith(b"PK"):
        raise UnreadableError(WRONG_TYPE)
    data, found = _conventional(data)
    names = set(found.namelist())
    if "xl/workbook.xml" in names:
        seen = _look(found)
        if not seen.harmless:
            return _apart(data)
        pages = _here(data, _marks(data, found) if seen.marked else {})
        if not (seen.closed and seen.values == sum(map(_filled, pages))):
            _sound_parts(found)
        return pages
    if "content.xml" not in names and not any(n.startswith("xl/") for n in names):
        raise UnreadableError(WRONG_TYPE)
    if "META-INF/manifest.xml" in names and b"encryption-data" in part(
        found, "META-INF/manifest.xml"
    ):
        raise UnreadableError(PASSWORD)
    return _apart(data)


def _conventional(data: bytes) -> tuple[bytes, zipfile.ZipFile]:
    """The archive with its parts named as Excel names them: calamine and we look for no others."""
    found = archive(data)
    plain = {n: NUMBERED.sub(r"\1\2", n.replace("\\", "/")) for n in found.namelist()}
    if all(old == new for old, new in plain.items()) or len(set(plain.values())) < len(plain):
        return data, found
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as renamed:
        for old, new in plain.items():
            renamed.writestr(new, part(found, old))
    return out.getvalue(), archive(out.getvalue())


class _Look(NamedTuple):
    """What the XML of an .xlsx file shows before it is read."""

    harmless: bool  # it cannot take much memory
    marked: bool  # its formats need a look
    values: int = 0  # cells with a value
    closed: bool = False  # every value and every sheet that is opened is closed


def _look(found: zipfile.ZipFile) -> _Look:
    """The look at an .xlsx file.

    It is harmless where it is small, has no far cell, and no long text that is repeated often.
    """
    if sum(p.file_size for p in found.infolist()) > HARMLESS:
        return _Look(False, True)
    names = found.namelist()
    styles, strings = (part(found, n) if n in names else b"" for n in (STYLES, STRINGS))
    marked, sheets, values, closed = formats.marked(styles, strings, b""), [], 0, True
    for name in names:
        if _is_sheet(name):
            sheet = part(found, name)
            if FAR.search(sheet) or sheet.startswith(UTF16):
                return _Look(False, True)
            sheets.append(sheet)
            plain, inline = sheet.count(b"<v>"), sheet.count(b"<is>")
            values += plain + inline
            closed &= sheet.rstrip().endswith(b"</worksheet>")
            closed &= (plain, inline) == (sheet.count(b"</v>"), sheet.count(b"</is>"))
            marked = marked or formats.marked(b"", b"", sheet)
    longest = 0
    if STRINGS in names:
        closed &= strings.rstrip().endswith(b"</sst>")
        longest = max(map(len, strings.split(b"</si>")))
    most = sum(map(len, sheets)) // len('<c t="s"/>')  # texts are counted only where it matters
    if longest * most > MOST_TEXT:
        most = sum(sheet.count(b't="s"') for sheet in sheets)
    return _Look(longest * most <= MOST_TEXT, marked, values, closed)


def _filled(page: Page) -> int:
    """The cells of a sheet that are not blank."""
    return sum(len(row) - row.count("") for row in page.grid)


def _sound_parts(found: zipfile.ZipFile) -> None:
    """Refuses a file with a sheet or texts that are not well-formed.

    calamine reads on past damage and skips cells. To parse all XML once more takes as long as a
    third of the reading, so it is done only where the cells that came out are not as many as the
    values that are there, which a blank text or a formula without a value may also cause.
    """
    for name in found.namelist():
        if _is_sheet(name) or name == STRINGS:
            _sound(part(found, name))


def _sound(xml: bytes) -> None:
    """Refuses a part that is not well-formed."""
    try:
        expat.ParserCreate().Parse(xml, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # or an unknown encoding
        raise UnreadableError(DAMAGED) from error


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def _marks(data: bytes, found: zipfile.ZipFile | None) -> Mapping[str, formats.Marks]:
    """What calamine leaves out; a file whose own marks are not sound is damaged."""
    try:
        if found is None:
            return formats.xls(data)
        if "content.xml" in found.namelist():
            return formats.ods(found)
        return formats.xlsx(found) if "xl/workbook.xml" in found.namelist() else {}
    except MemoryError:
        raise
    except Exception as error:  # xlrd and the readers of XML each raise their own for damage
        raise UnreadableError(DAMAGED) from error


def _here(data: bytes, marks: Mapping[str, formats.Marks]) -> list[Page]:
    book = _calmly(calamine.CalamineWorkbook.from_filelike, io.BytesIO(data))

    def loader(name: str) -> Callable[[], Grid]:
        return lambda: formats.apply(_calmly(_grid, book, name), marks.get(name, {}))

    return [
        Page(s.name, loader(s.name), s.visible != calamine.SheetVisibleEnum.Visible)
        for s in book.sheets_metadata
        if s.typ == calamine.SheetTypeEnum.WorkSheet
    ]


def _grid(book: calamine.CalamineWorkbook, name: str) -> Grid:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height <= TALL:
        return cast(Grid, sheet.to_python(skip_empty_area=False))
    _, first = sheet.start or (0, 0)
    left = [""] * first  # rows come from row 1, but from the first column in use
    return [_row(left, row) for row in sheet.iter_rows()]


def _row(left: Sequence[object], row: Sequence[object]) -> list[object]:
    """A row without the blank cells at its end, which one far cell adds by millions."""
    last = len(row)
    while last and row[last - 1] == "":
        last -= 1
    return [*left, *row[:last]] if last else NOTHING


def _calmly(call: Callable[..., Given], *arguments: object) -> Given:
    """What calamine gives; its own errors, Rust's and a panic in Rust all mean a damaged file."""
    try:
        return call(*arguments)
    except MemoryError:
        raise
    except Exception as error:
        word = "password" in f"{type(error).__name__} {error}".casefold()
        raise UnreadableError(PASSWORD if word else DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableError(DAMAGED) from error


def _apart(data: bytes) -> list[Page]:
    """The sheets as read by a process of its own; where it fails, only that file is refused.

    Windows cannot limit a process's memory: there the sizes checked before are the limit.
    """
    command = [sys.executable, "-X", "utf8", "-m", "ntm_eval.intake.opening"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, env=env, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(TOO_LARGE) from None
    if done.returncode:
        raise UnreadableError(TOO_LARGE)
    sheets, why = pickle.loads(done.stdout)  # written by our own process below
    if why:
        raise UnreadableError(why)
    return [ready(name, grid, hidden) for name, grid, hidden in sheets]


def _serve() -> None:
    """The process of its own: a file comes in, its sheets or the reason for refusal go out."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    except (ImportError, ValueError, OSError):
        pass
    try:
        data = sys.stdin.buffer.read()
        found = archive(data) if data.startswith(b"PK") else None
        if found:
            _sound_parts(found)
        pages = _here(data, _marks(data, found))
        sheets = [(p.name, p.grid, p.hidden) for p in pages]
        answer = pickle.dumps((sheets, None))
    except UnreadableError as error:
        answer = pickle.dumps(([], error.why))
    except MemoryError:
        answer = pickle.dumps(([], TOO_LARGE))
    if len(answer) > ANSWER:
        answer = pickle.dumps(([], TOO_LARGE))
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    _serve()
