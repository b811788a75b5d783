"""A spreadsheet file -> its sheets as pages, in bounded memory and time.

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
from typing import TypeVar, cast
from xml.parsers import expat

import python_calamine as calamine

from ntm_eval.intake import files, marks
from ntm_eval.intake.files import DAMAGED, PASSWORD, TOO_LARGE, Grid, Page, UnreadableError
from ntm_eval.intake.marks import STRINGS, STYLES

Given = TypeVar("Given")
Parts = Mapping[str, bytes]  # the XML of an .xlsx file by name

# What the texts of the cells may take: one stored text can stand in a hundred thousand cells.
MOST_TEXT = 50 * files.MEGABYTE
SECONDS = 8
MEMORY = 300 * files.MEGABYTE
ANSWER = 40 * files.MEGABYTE

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
        raise UnreadableError(files.WRONG_TYPE)
    data, found = _conventional(data)
    names = set(found.namelist())
    if "xl/workbook.xml" in names:
        return _xlsx(data, found)
    if "content.xml" not in names and not any(n.startswith("xl/") for n in names):
        raise UnreadableError(files.WRONG_TYPE)
    if "META-INF/manifest.xml" in names and b"encryption-data" in files.part(
        found, "META-INF/manifest.xml"
    ):
        raise UnreadableError(PASSWORD)
    return _apart(data)


def _conventional(data: bytes) -> tuple[bytes, zipfile.ZipFile]:
    """The archive with its parts named as Excel names them: calamine and we look for no others."""
    found = files.archive(data)
    plain = {n: NUMBERED.sub(r"\1\2", n.replace("\\", "/")) for n in found.namelist()}
    if all(old == new for old, new in plain.items()) or len(set(plain.values())) < len(plain):
        return data, found
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as renamed:
        for old, new in plain.items():
            renamed.writestr(new, files.part(found, old))
    return out.getvalue(), files.archive(out.getvalue())


def _xlsx(data: bytes, found: zipfile.ZipFile) -> list[Page]:
    if sum(p.file_size for p in found.infolist()) > files.HARMLESS:
        return _apart(data)
    parts = {
        n: files.part(found, n) for n in found.namelist() if _is_sheet(n) or n in (STYLES, STRINGS)
    }
    if not _harmless(parts):
        return _apart(data)
    marked = any(marks.may_hold(*named) for named in parts.items())
    pages = _here(data, _marks(data, found) if marked else {})
    if not _whole(parts, pages):
        for name in parts.keys() - {STYLES}:
            _sound(parts[name])
    return pages


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def _harmless(parts: Parts) -> bool:
    """Whether no sheet has a far cell, and no long text is repeated often."""
    sheets = [xml for name, xml in parts.items() if _is_sheet(name)]
    if any(xml.startswith(UTF16) or FAR.search(xml) for xml in sheets):
        return False
    longest = max(map(len, parts.get(STRINGS, b"").split(b"</si>")))
    return longest * sum(xml.count(b't="s"') for xml in sheets) <= MOST_TEXT


def _whole(parts: Parts, pages: Sequence[Page]) -> bool:
    """Whether every value and every part that is opened is closed, and as many cells came out.

    calamine reads on past damage and skips cells. To parse all XML once more takes as long as a
    third of the reading, so it is done only where this is not so, which a blank text or a formula
    without a value may also cause.
    """
    values = 0
    for name in parts.keys() - {STYLES}:
        xml = parts[name]
        counts = [xml.count(tag) for tag in (b"<v>", b"<is>", b"</v>", b"</is>")]
        if counts[:2] != counts[2:] or not xml.rstrip().endswith((b"</worksheet>", b"</sst>")):
            return False
        values += sum(counts[:2])
    return values == sum(len(row) - row.count("") for page in pages for row in page.grid)


def _sound(xml: bytes) -> None:
    """Refuses a part that is not well-formed."""
    try:
        expat.ParserCreate().Parse(xml, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # or an unknown encoding
        raise UnreadableError(DAMAGED) from error


def _marks(data: bytes, found: zipfile.ZipFile | None) -> Mapping[str, marks.Marks]:
    """What calamine leaves out; a file whose own marks are not sound is damaged."""
    try:
        if found is None:
            return marks.xls(data)
        if "content.xml" in found.namelist():
            return marks.ods(found)
        return marks.xlsx(found) if "xl/workbook.xml" in found.namelist() else {}
    except MemoryError:
        raise
    except Exception as error:  # xlrd and the readers of XML each raise their own for damage
        raise UnreadableError(DAMAGED) from error


def _here(data: bytes, found: Mapping[str, marks.Marks]) -> list[Page]:
    book = _calmly(calamine.CalamineWorkbook.from_filelike, io.BytesIO(data))
    return [
        Page(
            s.name,
            marks.apply(_calmly(_grid, book, s.name), found.get(s.name, {})),
            s.visible != calamine.SheetVisibleEnum.Visible,
        )
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
    command = [sys.executable, "-X", "utf8", "-m", "ntm_eval.intake.spreadsheets"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=SECONDS, env=env, check=True
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise UnreadableError(TOO_LARGE) from None
    pages, why = pickle.loads(done.stdout)  # written by our own process below
    if why:
        raise UnreadableError(why)
    return [Page(*page) for page in pages]


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
        found = files.archive(data) if data.startswith(b"PK") else None
        if found:
            for name in found.namelist():
                if _is_sheet(name) or name == STRINGS:
                    _sound(files.part(found, name))
        pages = [(p.name, p.grid, p.hidden) for p in _here(data, _marks(data, found))]
        answer = pickle.dumps((pages, None))
    except UnreadableError as error:
        answer = pickle.dumps(([], error.why))
    except MemoryError:
        answer = pickle.dumps(([], TOO_LARGE))
    if len(answer) > ANSWER:
        answer = pickle.dumps(([], TOO_LARGE))
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    _serve()
