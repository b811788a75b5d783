"""data/README.md explains every file and every column to those who fill them in and read them."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from contract import KEPT_BY_THE_OFFICE, PUBLISHED, TABLES

from tools import columns

DATA = Path(__file__).resolve().parent.parent / "data"


def columns_of(path: Path) -> tuple[str, ...]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(next(csv.reader(lines)))


REFERENCE = {f"{p.stem}.csv": columns_of(p) for p in sorted((DATA / "reference").glob("*.csv"))}
FILES = {
    **REFERENCE,
    **{f"{name}.csv": columns for name, columns in KEPT_BY_THE_OFFICE.items()},
    **{f"outputs: {name}.csv": columns for name, columns in TABLES.items()},
    "outputs: published/satisfaction.csv": PUBLISHED,
}


def explained(readme: str) -> dict[str, list[str]]:
    """The columns named in the first cells of each section's table, by the section's heading."""
    sections = re.split(r"^### `(.+)`$", readme, flags=re.M)[1:]
    return {
        heading: [
            name
            for row in re.findall(r"^\| (`[^|]*) \|", text, re.M)
            for name in re.findall(r"`(\w+)`", row)
        ]
        for heading, text in zip(sections[::2], sections[1::2], strict=True)
    }


@pytest.fixture(scope="module")
def readme() -> str:
    return (DATA / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES)
def test_every_column_of_the_file_is_explained(readme, file):
    assert sorted(explained(readme)[file]) == sorted(FILES[file])


def test_no_file_is_explained_that_does_not_exist(readme):
    assert sorted(explained(readme)) == sorted(FILES)


def test_the_columns_of_results_are_those_of_the_schemas(readme):
    assert columns.updated(readme) == readme, "python -m tools.columns"


def test_a_column_left_out_is_found():
    section = "### `grades.csv`\ntext\n\n| Cột | Nghĩa |\n|---|---|\n| `grade` | tên |\n"
    assert explained(section) == {"grades.csv": ["grade"]}
