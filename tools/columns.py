"""The columns of the result tables in `data/README.md`, brought up to date from the schemas.

usage: python -m tools.columns
"""

from __future__ import annotations

import re
from itertools import groupby

from ntm_eval.analysis.disclosure import ADDED
from ntm_eval.review.review import NOT_FOR_READERS
from ntm_eval.schemas import schemas
from ntm_eval.workspace import REFERENCE

DICTIONARY = REFERENCE.parent / "README.md"

SECTION = re.compile(
    r"(?<=^### `outputs: )((?:published/)?)(\w+)(\.csv`\n.*?\| Cột \| Nghĩa \|\n\|---\|---\|\n)"
    r"((?:\|[^\n]*\n)+)",
    re.M | re.S,
)


def updated(text: str) -> str:
    """The text with the columns of each section on a result table as the schemas have them."""
    return SECTION.sub(
        lambda found: "".join(found.group(1, 2, 3)) + _rows(*found.group(1, 2)), text
    )


def _rows(published: str, name: str) -> str:
    columns = [
        c
        for c in schemas()[name].columns
        if c.name not in NOT_FOR_READERS
        and (name != "satisfaction" or (c.name in ADDED) == bool(published))
    ]
    return "".join(
        f"| {', '.join(f'`{c.name}`' for c in found)} | {meaning} |\n"
        for meaning, found in groupby(columns, lambda c: c.meaning)
    )


if __name__ == "__main__":
    DICTIONARY.write_text(updated(DICTIONARY.read_text("utf-8")), encoding="utf-8", newline="\n")
