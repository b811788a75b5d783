"""What is read back of the papers: DOCX by python-docx, PDF by poppler, HTML by its tables."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import docx
from programs import needs

NEEDS_POPPLER = needs("pdftotext")
Rows = list[list[str]]


def poppler(tool: str, path: Path, *options: str) -> str:
    """What a tool of poppler says of a PDF."""
    command = [tool, *options, str(path), *(["-"] if tool == "pdftotext" else [])]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


def pages(path: Path) -> list[str]:
    """The text of each page of a PDF, its lines as they stand."""
    return poppler("pdftotext", path, "-layout").rstrip("\f").split("\f")


def parted(path: Path) -> tuple[list[str], list[str]]:
    """The pages of a report before its annexes, and those of the annexes."""
    found = pages(path)
    first = next(n for n, page in enumerate(found) if re.search("^ *Phụ lục I\\. ", page, re.M))
    return found[:first], found[first:]


def docx_tables(path: Path) -> Iterator[Rows]:
    """The cells of each table of a DOCX; read from the XML, since python-docx is slow at cells."""
    for table in docx.Document(path).tables:
        yield [
            ["".join(cell.itertext("{*}t")) for cell in row.iterchildren("{*}tc")]
            for row in table._tbl.iterchildren("{*}tr")
        ]


def html_tables(path: Path) -> Iterator[Rows]:
    """The cells of each table of a page, as shown before anything is opened."""
    text = re.sub(r"</summary>.*?</details>", "", path.read_text("utf-8"), flags=re.DOTALL)
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        yield [
            [
                unescape(re.sub(r"<[^>]+>", "", cell)).strip()
                for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.DOTALL)
            ]
            for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        ]


def with_header(tables: Iterator[Rows], *headers: str) -> Rows:
    """The rows below the header of the first table that has these headers."""
    return next(t[1:] for t in tables if t and set(headers) <= set(t[0]))
