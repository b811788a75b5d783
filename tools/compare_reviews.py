"""What two folders of reviews say differently: tables value by value, documents by their text.

usage: python -m tools.compare_reviews OLD NEW      (two folders that `--out` named)

CSV and Parquet by column and value (floats to 1e-12 of their size), XLSX by cell, notebooks by what
their cells show, HTML, DOCX and PDF by their text (the last by `pdftotext`). Pictures, caches,
manifests and logs are not compared. Ends with 1 where anything differs, or is on one side only.
"""

from __future__ import annotations

import difflib
import html
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import docx
import nbformat
import numpy as np
import openpyxl
import pandas as pd
from docx.oxml.ns import qn

BESIDE = {"cache", "kept", "failed"}  # folders of a review that no reader is given
SHOWN = 12  # differing lines or values of a file
TAGS = re.compile(r"<(script|style|svg)\b.*?</\1>|<[^>]*>", re.DOTALL)


def csv(path: Path) -> pd.DataFrame:
    """A table; codes stay text."""
    texts = {name: str for name in pd.read_csv(path, nrows=0) if "code" in name or name == "raw"}
    return pd.read_csv(path, dtype=texts)


def tables(old: pd.DataFrame, new: pd.DataFrame) -> Iterator[str]:
    """The values that differ, by line and column."""
    if list(old) != list(new) or len(old) != len(new):
        yield f"columns or rows: {list(old)} × {len(old)}, now {list(new)} × {len(new)}"
        return
    for name in old:
        one, two = old[name], new[name]
        if pd.api.types.is_float_dtype(one) and pd.api.types.is_float_dtype(two):
            same = np.isclose(one, two, rtol=1e-12, atol=0, equal_nan=True)
        else:
            same = ((one == two) | (one.isna() & two.isna())).to_numpy(dtype=bool)
        for row in np.flatnonzero(~same):
            yield f"{name}, row {row}: {one[row]!r}, now {two[row]!r}"


def texts(read: Callable[[Path], list[str]], old: Path, new: Path) -> Iterator[str]:
    """The lines that differ."""
    for line in difflib.unified_diff(read(old), read(new), n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield line[:300]


def of_html(text: str) -> list[str]:
    """The words of a page, without marks, pictures and programs."""
    lines = html.unescape(TAGS.sub("\n", text)).splitlines()
    return [" ".join(line.split()) for line in lines if line.strip()]


def of_docx(path: Path) -> list[str]:
    """The paragraphs of a document, also those in tables and footers."""
    document = docx.Document(str(path))
    ends = [part._element for s in document.sections for part in (s.header, s.footer)]
    paragraphs = (p for top in (document.element.body, *ends) for p in top.iter(qn("w:p")))
    return ["".join(t.text or "" for t in p.iter(qn("w:t"))) for p in paragraphs]


def of_pdf(path: Path) -> list[str]:
    """The text of a PDF, line by line."""
    ran = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return [" ".join(line.split()) for line in ran.stdout.decode().splitlines() if line.strip()]


def of_xlsx(path: Path) -> list[str]:
    """The cells of a workbook, each with its place."""
    sheets = openpyxl.load_workbook(path).worksheets
    cells = (c for s in sheets for row in s.iter_rows() for c in row if c.value is not None)
    return [f"{c.parent.title}!{c.coordinate} {c.value}" for c in cells]


def of_notebook(path: Path) -> list[str]:
    """What the cells of a notebook hold and show, but for the folders that it was given."""
    found: list[str] = []
    for cell in nbformat.read(path, as_version=4).cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            continue
        found += cell.source.splitlines()
        for output in cell.get("outputs", []):
            shown = output.get("data", {})
            text = shown.get("text/plain", "") + output.get("text", "")
            found += text.splitlines() + of_html(shown.get("text/html", ""))
    return found


READS: dict[str, Callable[[Path, Path], Iterator[str]]] = {
    ".csv": lambda old, new: tables(csv(old), csv(new)),
    ".parquet": lambda old, new: tables(pd.read_parquet(old), pd.read_parquet(new)),
    ".html": partial(texts, lambda path: of_html(path.read_text(encoding="utf-8"))),
    ".docx": partial(texts, of_docx),
    ".pdf": partial(texts, of_pdf),
    ".xlsx": partial(texts, of_xlsx),
    ".ipynb": partial(texts, of_notebook),
}


def files(folder: Path) -> set[str]:
    """The files to compare, by their place in the folder."""
    places = (path.relative_to(folder) for path in folder.rglob("*") if path.suffix in READS)
    return {place.as_posix() for place in places if not BESIDE & {*place.parts}}


def main(old: Path, new: Path) -> int:
    """Print each file that differs and how; 1 where one does."""
    before, after = files(old), files(new)
    found = {name: ["is in one of the two only"] for name in before ^ after}
    both = sorted(before & after)
    with ThreadPoolExecutor() as pool:
        read = pool.map(lambda name: [*READS[Path(name).suffix](old / name, new / name)], both)
        found |= {name: lines for name, lines in zip(both, read, strict=True) if lines}
    for name, lines in sorted(found.items()):
        print(f"{name}: {len(lines)}", *lines[:SHOWN], sep="\n    ")
    print(f"{len(both)} files compared, {len(found)} differ")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
