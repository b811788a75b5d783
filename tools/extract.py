"""Where Babel finds texts for readers outside calls of `translate`: `babel.cfg` names these."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

from ntm_eval.language import blocks
from ntm_eval.reporting.xlsx import meanings

LETTER = re.compile(r"[À-ÖØ-öø-ỹĐđĂăĨĩŨũƠơƯư]")
LONGEST_WORD = 30  # what is longer is a row of letters
Found = tuple[int, str, str, list[str]]  # line, function, text, comments: as Babel has it


def module(
    source: BinaryIO, keywords: Collection[str], tags: object, options: object
) -> Iterator[Found]:
    """A module that is all for readers: each text with a Vietnamese letter, and what is marked.

    Docstrings and parts of f-strings are none.
    """
    tree = ast.parse(source.read())
    apart = {n.value for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    apart |= {p for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for p in n.values}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if LETTER.search(text) and node not in apart:
                if max(map(len, text.split())) <= LONGEST_WORD:
                    yield node.lineno, "", text, []
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]):
                if name in {*keywords, "Column"} and not LETTER.search(text):
                    yield node.lineno, "", text, []


def columns(
    source: BinaryIO, keywords: object, tags: object, options: Mapping[str, str]
) -> Iterator[Found]:
    """The texts of some columns of a table."""
    rows = csv.DictReader(io.TextIOWrapper(source, "utf-8-sig", newline=""))
    for line, row in enumerate(rows, start=2):
        for column in options["columns"].split():
            if row[column]:
                yield line, "", row[column], []


def notebook(source: BinaryIO, keywords: object, tags: object, options: object) -> Iterator[Found]:
    """The headings and paragraphs of a notebook."""
    for cell in json.load(source)["cells"]:
        if cell["cell_type"] == "markdown":
            for _, text in blocks("".join(cell["source"])):
                yield 0, "", text, []


def dictionary(
    source: BinaryIO, keywords: object, tags: object, options: object
) -> Iterator[Found]:
    """What the columns of the result tables mean, from `data/README.md`."""
    for table in meanings().values():
        for text in table.values():
            yield 0, "", text, []
