"""Fixtures: a folder of workbooks, written through the form that districts fill in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from form_books import written
from reports import FIGURES, SOP_COP

from ntm_eval import units
from ntm_eval.exchange import template as forms
from ntm_eval.intake import clean, received, workbook
from ntm_eval.intake.problems import Place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the reports of 2022, whole year, lie."""
    made = tmp_path / "2022" / "annual"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def write(folder: Path):
    """Write a workbook with the given content and hand-made edits; returns its path."""

    def write_one(name="bao cao.xlsx", district=SOP_COP, year=2022, edits=None, **content) -> Path:
        path = folder / name
        content.setdefault("info", {"sent": "02/12/2022", "cut_off": "30/11/2022"})
        forms.write_workbook(path, district, year, "annual", replace(forms.EMPTY, **content))
        if edits:
            book = openpyxl.load_workbook(path)
            for (sheet, cell), typed in edits.items():
                book[sheet][cell] = typed
            book.save(path)
        return path

    return write_one


@pytest.fixture
def filled(write) -> Path:
    """A workbook with a figure of each kind in it."""
    return write(figures=FIGURES)


@pytest.fixture
def read(folder: Path):
    """Read and clean the only report of the folder."""

    def read_one(corrections=()) -> clean.Cleaned:
        found, _ = received.reports(folder, 2022, "annual")
        (report,) = found
        d = units.district(report.district_code)
        place = Place(d.code, report.file)
        book = workbook.read(workbook.opened(folder / report.file, report.font), place)
        return clean.clean(book, report, corrections)

    return read_one


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> openpyxl.Workbook:
    """The form as a district gets it."""
    return openpyxl.load_workbook(written(tmp_path_factory.mktemp("template")))
