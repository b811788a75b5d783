"""Every text that a report may show, and the catalogue of its translations brought up to date.

`make catalogue` calls this: what is new in the code comes in without a translation, what is gone
goes, what was translated stays. Other catalogues named after the command give theirs, where ours
has none: so two that were translated apart become one.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from ntm_eval import reference
from ntm_eval.language import blocks
from ntm_eval.reporting import xlsx
from ntm_eval.workspace import ENGLISH, LANGUAGES, NOTEBOOKS, PACKAGE, VIETNAMESE, catalogue_file

LETTER = re.compile(r"[À-ÖØ-öø-ỹĐđĂăĨĩŨũƠơƯư]")
LONGEST_WORD = 30  # what is longer is a row of letters
# where every Vietnamese text is for readers; elsewhere only what `say` is given
FOR_READERS = ("reporting", "documents", "notation.py")
# what is given texts for readers, and which of its arguments they are
SAID = {"say": 0, "Column": 0, "Place": 1, "UnreadableError": 0, "SeveralError": 0}
IN_TEMPLATE = re.compile(r'\bsay\("((?:[^"\\]|\\.)+)"')
# the columns of the reference tables that are shown; names of indicators have their own English
SHOWN = {
    "indicators": ("rate_vi", "rate_unit", "unit"),
    "score_parts": ("name_vi",), "score_reporting": ("name_vi",), "grades": ("grade",),
    "criteria": ("name_vi",), "rules": ("name_vi",), "quality": ("name_vi",),
    "responsible": ("unit",), "title_conditions": ("title", "name_vi"), "official": ("text",),
    "surveys": ("survey",), "breaks": ("reason_vi",), "calendar": ("name_vi",),
    "communes": ("kind",), "published": ("note",), "topics": ("phrase",),
    "thresholds": ("guidance",), "criteria_sets": ("criteria_set",),
}  # fmt: skip
# constants elsewhere that readers see
CONSTANTS = {
    "intake/replies.py": ("STATUSES",), "units.py": ("REPORTERS",),
    "intake/values.py": ("QUALIFIERS",), "intake/sheets.py": ("TITLES",),
    "intake/checks.py": ("SAYS",), "intake/patterns.py": ("LOOKED_AT",),
    "intake/tallies.py": ("LABELS", "GROUPS"), "intake/names.py": ("CHECK", "WRITE_AGAIN"),
    "intake/reading.py": ("WHY",), "intake/spelling.py": ("NAMES",),
    "intake/compare.py": ("STATES",), "intake/workbook.py": ("NO_TABLE", "UNPRINTABLE"),
    "intake/exports.py": ("TOO_LARGE", "NOT_UTF8"),
    "intake/opening.py": ("EMPTY", "PASSWORD", "DAMAGED", "WRONG_TYPE", "TOO_LARGE"),
}  # fmt: skip
# lines that babel adds: times and people, and what it takes for a format ("8% trọng số")
OF_THE_MOMENT = re.compile(
    r'^("(POT-|PO-|Last-Tr|Language-Team|Generated|Report|Plural|Project).*|#, python-format)\n',
    re.M,
)
Found = tuple[str, str]  # a message and the place that it stands in


def messages() -> dict[str, set[str]]:
    """Each message with the places it stands in, in the order of the places."""
    found: dict[str, set[str]] = {}
    for message, where in [*_code(), *_templates(), *_notebooks(), *_reference(), *_columns()]:
        if message.strip():
            found.setdefault(message, set()).add(where)
    return found


def _code() -> Iterator[Found]:
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE.parent).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        every = path.relative_to(PACKAGE).parts[0] in FOR_READERS
        named = CONSTANTS.get(path.relative_to(PACKAGE).as_posix(), ())
        shown = [tree] if every else [
            node for node in tree.body
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in named
        ]  # fmt: skip
        for message in [*said(tree), *(text for part in shown for text in literals(part))]:
            yield message, place


def said(tree: ast.AST) -> Iterator[str]:
    """The texts that SAID are given, also one of two."""
    for node in _in_order(tree):
        name = getattr(getattr(node, "func", None), "id", None)
        if name in SAID and len(node.args) > SAID[name]:
            for part in _either(node.args[SAID[name]]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    for part in ast.iter_child_nodes(node):
        yield part
        yield from _in_order(part)


def _either(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.IfExp):
        yield from (*_either(node.body), *_either(node.orelse))
    else:
        yield node


def literals(tree: ast.AST) -> Iterator[str]:
    """The texts with a Vietnamese letter, without docstrings and parts of f-strings."""
    apart = {part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for part in node.values}  # fmt: skip
    apart |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in _in_order(tree):
        text = node.value if isinstance(node, ast.Constant) and node not in apart else ""
        if LETTER.search(str(text)) and max(map(len, text.split())) <= LONGEST_WORD:
            yield text


def _templates() -> Iterator[Found]:
    for path in sorted(PACKAGE.rglob("pages/*.j2")):
        for found in IN_TEMPLATE.findall(path.read_text(encoding="utf-8")):
            yield found, path.relative_to(PACKAGE.parent).as_posix()


def _notebooks() -> Iterator[Found]:
    for path in sorted(NOTEBOOKS.glob("0[1-9]*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                for _, text in blocks("".join(cell["source"])):
                    yield text, f"notebooks/{path.name}"


def _reference() -> Iterator[Found]:
    for name, columns in SHOWN.items():
        frame = reference.table(name)
        for column in columns:
            for text in frame[column].dropna().unique():
                yield str(text), f"data/reference/{name}.csv"


def _columns() -> Iterator[Found]:
    """What the columns of the result tables mean."""
    for columns in xlsx.meanings().values():
        for text in columns.values():
            yield text, "ntm_eval/schemas.csv"


def fields(message: str) -> set[str]:
    """The names of what a message is filled with.

    >>> sorted(fields("Nhóm {group}: {names}"))
    ['group', 'names']
    """
    return {name for _, name, *_ in Formatter().parse(message) if name}


def read(path: Path) -> Catalog:
    with path.open("rb") as lines:
        return read_po(lines, locale=ENGLISH)


def update(path: Path, *others: Path) -> list[str]:
    """Write the catalogue anew; the messages that still lack a translation."""
    before = read(path)
    known = {m.id: m for at in (*map(read, others), before) for m in at if m.id and m.string}
    made = Catalog(
        locale=ENGLISH, header_comment=before.header_comment, project="ntm_eval", fuzzy=False
    )
    for message, places in messages().items():
        own = known.get(message, Message(message))
        made.add(message, own.string or "", [(place, 0) for place in sorted(places)],
                 user_comments=own.user_comments)  # fmt: skip
    lines = BytesIO()
    write_po(lines, made, width=100, include_lineno=False)
    path.write_text(OF_THE_MOMENT.sub("", lines.getvalue().decode()), encoding="utf-8")
    return [m.id for m in read(path) if m.id and not m.string]


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != VIETNAMESE:
            lacking = update(catalogue_file(language), *map(Path, sys.argv[1:]))
            print(f"{catalogue_file(language)}: {len(lacking)} câu chưa dịch")
            for text in lacking:
                print(f"- {text}")
