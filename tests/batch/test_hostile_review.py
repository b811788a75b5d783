"""Mutants of the sample through every page of a review: none stops one or makes a figure untrue."""

from __future__ import annotations

import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, writes

from tools.fuzz import books, review
from tools.fuzz.run import seed_of_the_commit

SEED = 1
SHOWS_A_TRACEBACK = """
class Table:
    def _repr_html_(self):
        raise ZeroDivisionError
Table()"""


def test_no_mutant_stops_a_page_or_makes_a_figure_untrue():
    found = [each.told(SEED) for each in review.run(20, SEED)]
    assert not found, "\n\n".join(found)


@pytest.mark.slow
def test_nor_does_any_of_those_of_the_commit():
    seed = seed_of_the_commit()
    found = [each.told(seed) for each in review.run(300, seed)]
    assert not found, "\n\n".join(found)


def test_a_page_that_stops_and_one_that_shows_a_traceback_are_found(tmp_path):
    last = {"01_first": "1 / 0", "02_second": SHOWS_A_TRACEBACK, "03_third": "print(year)"}
    for name, source in last.items():
        cells = [new_code_cell("year = 0", id="a"), new_code_cell(source, id="b")]
        text = writes(new_notebook(cells=cells))
        (tmp_path / f"{name}.ipynb").write_text(text, encoding="utf-8")
    found = review.apart(review.by_cells, {"year": 2022}, tmp_path)
    assert [f.where for f in found] == ["01_first tỉnh, ô 1", "02_second tỉnh, ô 1"]
    assert found[0].what == "ZeroDivisionError: division by zero"
    assert all("ZeroDivisionError" in f.trace for f in found)


@pytest.fixture
def left(tmp_path):
    """The tables of a review of one district, all its cells blank; more columns are changed."""

    def write(changed=None, more=()):
        owed = [{"indicator": i, "measure": m} for i, m in books.owed("annual")]
        blank = {"district_code": "119", "value": "", "state": "blank", "raw": "", "corrected": ""}
        facts = pd.DataFrame([{**blank, **key} for key in owed])
        for column, text in (changed or {}).items():
            facts.loc[5, column] = text
        facts = pd.concat([facts, facts.loc[list(more)]])
        facts.to_csv(tmp_path / "facts.csv", index=False)
        register = {"district_code": ["119", "120"], "status": ["late", "missing"]}
        pd.DataFrame(register).to_csv(tmp_path / "register.csv", index=False)
        return list(review.untrue(tmp_path, "annual"))

    return write


def test_sound_tables_are_true(left):
    assert left() == []
    assert left({"value": "0.0", "state": "reported", "raw": "00"}) == []
    assert left({"value": "0.0", "state": "reported", "raw": "chưa có", "corrected": "0"}) == []


@pytest.mark.parametrize(
    ("changed", "more"),
    [
        ({"indicator": "C9-99"}, ()),
        ({}, (7,)),
        ({"district_code": "120"}, ()),
        ({"value": "0.0", "state": "reported", "raw": "chưa có"}, ()),
        ({"value": "0.0", "state": "reported", "raw": "10"}, ()),
        ({"value": "7.0"}, ()),
        ({"state": "reported"}, ()),
    ],
)
def test_a_figure_lost_doubled_or_made_a_zero_is_found(left, changed, more):
    assert left(changed, more)
