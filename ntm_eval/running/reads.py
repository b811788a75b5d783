"""What a page rests on, read from its code: so that a change redoes the pages that show it.

Notebooks are thin: what they know of the data they take from `review = open_review(...)` and
`here = review.district(...)` by name. `here.of(review.trends)` is the district's rows of a table,
`review.ranking` all of it. A notebook that uses either in a way that cannot be read here rests on
everything, which is never wrong, only slower.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pyarrow as pa

from ntm_eval.cache import fingerprint
from ntm_eval.review import Review
from ntm_eval.workspace import RESULTS

EVERYTHING = "everything"
# Two pages that were both given an empty table may draw the same empty picture of it.
EMPTY = "empty"
# What `DistrictReview` makes of the district's own reports alone; every page of the district
# rests on those.
OWN = {
    "unit", "of", "dossier", "facts", "history", "problems", "register", "series", "communes",
    "answers", "tallies", "words", "made_from",
}  # fmt: skip
# Of a review: every page counts the first by itself; the others follow from its parameters.
FOLLOWS = {"illustrative", "district", "survey_day", "day"}
# Imported by themselves, these give data past `open_review`.
BEHIND = (
    "ntm_eval.cache", "ntm_eval.inbox", "ntm_eval.dossier", "ntm_eval.comparison",
    "ntm_eval.intake",
)  # fmt: skip
Name = tuple[str, str]  # 'of', 'all' or 'here', and which


@lru_cache(maxsize=64)
def names(source: Path, sha256: str) -> frozenset[Name]:
    """What a notebook reads besides the district's own reports; `sha256` is its content's."""
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    code = ("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    try:
        tree = ast.parse("\n".join(code))
    except SyntaxError:  # a magic, which could read anything
        return frozenset({("all", EVERYTHING)})
    return frozenset(_names(tree))


def _names(tree: ast.Module) -> Iterator[Name]:
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    reviews, districts = _variables(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(BEHIND):
            yield "all", EVERYTHING
        if not isinstance(node, ast.Name) or isinstance(node.ctx, ast.Store):
            continue
        use = above[node]
        read = use.attr if isinstance(use, ast.Attribute) else EVERYTHING
        if node.id == "open_review" and not _assigned(use, above):
            yield "all", EVERYTHING
        elif node.id in reviews and read not in FOLLOWS:
            rows = read != EVERYTHING and _of(above[use], districts)
            yield "of" if rows else "all", read
        elif node.id in districts and read not in OWN:
            yield "here", read


def _variables(tree: ast.Module) -> tuple[set[str], set[str]]:
    """The names given to a review and to a district of it."""
    reviews: set[str] = set()
    districts: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            made, given = node.value.func, {t.id for t in node.targets if isinstance(t, ast.Name)}
            if isinstance(made, ast.Name) and made.id == "open_review":
                reviews |= given
            elif isinstance(made, ast.Attribute) and made.attr == "district":
                districts |= given
    return reviews, districts


def _assigned(call: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    return isinstance(call, ast.Call) and isinstance(above[call], ast.Assign)


def _of(call: ast.AST, districts: set[str]) -> bool:
    """Whether a call is `here.of(...)`."""
    made = call.func if isinstance(call, ast.Call) else None
    if not (isinstance(made, ast.Attribute) and made.attr == "of"):
        return False
    return isinstance(made.value, ast.Name) and made.value.id in districts


class Reading:
    """A review, and the fingerprints of what pages read of it, each taken once."""

    def __init__(self, review: Review, inputs: str):
        self.review, self._inputs = review, inputs
        self._own = lru_cache(maxsize=None)(self._of_own)
        self._table = lru_cache(maxsize=None)(self._of_all)

    def made_from(self, district: str | None, read: frozenset[Name]) -> dict[str, str]:
        """What a page rests on -> its fingerprint: own files and tables, then what it reads."""
        found = {"illustrative": str(self.review.illustrative)}
        if district:
            found |= self._own(district)
        for how, name in sorted(read):
            found[f"{how} {name}"] = self._print(how, name, district)
        return found

    def _of_own(self, district: str) -> dict[str, str]:
        dossier = self.review.district(district).dossier
        files = {f"{r.year}/{r.period}/{r.file}": r.sha256 for r in dossier.reports}
        replies = fingerprint([vars(r) for r in dossier.replies])
        tables = {f"own {name}": content(t) for name, t in dossier.tables.items()}
        return files | tables | {"own replies": replies}

    def _print(self, how: str, name: str, district: str | None) -> str:
        if name == "failures":  # other ones as the batch goes on
            return self._of_all(name)
        if how == "all" or not district:
            return self._table(name)
        here = self.review.district(district)
        try:
            if how == "of":
                return content(here.of(getattr(self.review, name)))
            # the letter says what `queries` says, and is known by it
            return content(getattr(here, "queries" if name == "save_letters" else name))
        except (AttributeError, TypeError, ValueError):
            return self._table(EVERYTHING)

    def _of_all(self, name: str) -> str:
        if name == "save":
            return fingerprint([self._table(result) for result in RESULTS])
        try:
            value = getattr(self.review, name)
            return content(value() if name in ("failures", "made_from") else value)
        except (AttributeError, TypeError, ValueError):
            tables = [self._table(result) for result in (*RESULTS, "quality")]
            return fingerprint([self._inputs, *tables])


def content(value: object) -> str:
    """The fingerprint of a table's rows, or of a plain value.

    Raises
    ------
    TypeError
        Where the value is of another kind, whose text may not tell all of it.
    """
    if isinstance(value, pd.Series):
        value = value.to_frame()
    if isinstance(value, pd.DataFrame):
        if value.empty:
            return EMPTY
        rows = pa.Table.from_pandas(value, preserve_index=False).combine_chunks()
        buffer = pa.BufferOutputStream()
        with pa.ipc.new_stream(buffer, rows.schema) as stream:
            stream.write_table(rows)
        return hashlib.sha256(buffer.getvalue()).hexdigest()
    if value is not None and not isinstance(value, str | int | float | bool | date | dict | list):
        raise TypeError(f"no fingerprint for {type(value).__name__}")
    return fingerprint(value)
