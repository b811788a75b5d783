"""One district sends what is meant to run: in words, numbers, notes and the file's own name."""

from __future__ import annotations

import csv
import re
import zipfile
from dataclasses import replace
from datetime import date

import docx
import openpyxl
import pandas as pd
import pytest
import tiny
from papers import NEEDS_POPPLER, docx_tables, pages

from ntm_eval import units
from ntm_eval.characters import MISSING
from ntm_eval.exchange import template as forms
from ntm_eval.reporting import files, reports
from ntm_eval.review import Review

WORDS = '=HYPERLINK("http://x.vn") <script>alert(1)</script> {{ 7*7 }} #import "x" $a$ ]]> & *b*'
# what Word, telephones and neighbours' scripts bring, and the end of a line of old machines
ODD = "\uf0b7 ✅ 📌 🇻🇳\ufeff漢字 ภาษาไทย ភាសា ꪼꪕ\x7f\x01 \ue000 một\rhai\nba"
LINE = "• ✅ 📌 🇻🇳漢字 ภาษาไทย ភាសា ꪼꪕ \ue000 một"  # its first line as files hold it
NUMBER = "@SUM(1+1)*cmd|' /C calc'!A0"
# the last bytes as an old machine wrote them
FILE = "=1+1 <b>&{{ x }} #sys.exit() $(id) b\udce1o c\udce1o\r.xlsx"
NAMED = "=1+1 <b>&{{ x }} #sys.exit() $(id) b%E1o c%E1o%0D.xlsx"


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    root = tmp_path_factory.mktemp("độc")
    content = replace(
        forms.EMPTY,
        info={"sent": "02/12/2022", **dict.fromkeys(forms.LONG_TEXTS, WORDS + ODD)},
        figures={
            ("C1-01", "actual"): NUMBER,
            ("C1-02", "actual"): 7,
            ("C1-02", "plan"): 9,
            ("C1-03", "actual"): ODD,
        },
        notes={"C1-01": WORDS, "C1-02": ODD},
    )
    path = tiny.space(root).received(2022, "annual") / FILE
    forms.write_workbook(path, units.district("sop-cop"), 2022, "annual", content)
    return Review(tiny.space(root))


@pytest.fixture(scope="module")
def made(review):
    paths = files.save(reports.evaluation(review.district("sop-cop")))
    paths += files.save(reports.annual_review(review))
    return {p.relative_to(review.space.review).as_posix(): p for p in paths}


def test_the_names_of_files_are_ours(made):
    assert all(re.fullmatch(r"[a-z0-9_./-]+", name) for name in made)


@pytest.mark.parametrize(
    ("name", "quoted", "in_cells"),
    [
        ("districts/sop-cop/report.docx", [WORDS, LINE], [NUMBER]),
        ("districts/sop-cop/queries.docx", [NAMED], [NUMBER]),
        ("review/report.docx", [WORDS, LINE], []),
    ],
)
def test_docx_holds_it_as_text(made, name, quoted, in_cells):
    paper = docx.Document(made[name])
    text = "\n".join("".join(p.itertext("{*}t")) for p in paper.element.body.iter("{*}p"))
    assert [words for words in quoted if words not in text] == []
    cells = [cell for table in docx_tables(made[name]) for row in table for cell in row]
    assert [one for one in in_cells if not any(one in cell for cell in cells)] == []
    with zipfile.ZipFile(made[name]) as parts:
        body = parts.read("word/document.xml").decode()
        links = parts.read("word/_rels/document.xml.rels").decode()
    assert not re.search("<script|w:hyperlink|instrText|altChunk|INCLUDE", body)
    assert "x.vn" not in links
    assert "External" not in links


@NEEDS_POPPLER
@pytest.mark.parametrize("name", ["districts/sop-cop/report.pdf", "review/report.pdf"])
def test_pdf_holds_it_as_text(made, name):
    # where a long word may go on in the next line stands a mark of no width
    text = " ".join("".join(pages(made[name])).replace("\u200b", "").split())
    for part in ("<script>alert(1)</script>", "{{ 7*7 }}", '#import "x"', "$a$ ]]> & *b*"):
        assert part in text
    assert f"• {MISSING}" in text  # the bullet stays, the sign beside it has no face
    raw = made[name].read_bytes()
    for action in (b"/JavaScript", b"/URI", b"/Launch"):
        assert action not in raw


def test_xlsx_and_csv_run_nothing(made):
    book = openpyxl.load_workbook(made["tables.xlsx"])
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert {c.data_type for c in cells} <= {"s", "n", "d", "b"}
    assert not any(c.hyperlink for c in cells)
    assert {NUMBER, NAMED} <= {c.value for c in cells}
    for name in [n for n in made if n.endswith(".csv")]:
        table = pd.read_csv(made[name], dtype=str)
        texts = [t for c in table for t in table[c].dropna() if not re.fullmatch(r"-[\d.e-]+", t)]
        assert not [t for t in texts if t[0] in "=+-@"], name


def test_each_row_of_a_csv_is_read_back_as_one(review, made):
    saved = files.results(review)
    for path in [p for p in (*made.values(), *saved) if p.suffix == ".csv"]:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header, *rows = csv.reader(lines)
        assert {len(row) for row in rows} <= {len(header)}, path.name
        read = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert read.to_numpy().tolist() == rows, path.name
        if path in saved:
            assert len(rows) == len(pd.read_parquet(path.with_suffix(".parquet")))
        assert b"\r" not in path.read_bytes(), path.name


def test_what_no_face_has_is_told_once_for_each_sheet(review):
    found = review.problems[review.problems["rule"] == "unprintable_text"]
    assert found["sheet"].tolist() == ["Thông tin", "Chỉ tiêu"]
    assert (found["file"] == NAMED).all()


def test_the_same_review_is_the_same_bytes(review, made):
    before = {name: path.read_bytes() for name, path in made.items()}
    again = Review(replace(review.space))
    assert again.day == date(2022, 12, 31)
    for path in (
        *files.save(reports.evaluation(again.district("sop-cop"))),
        *files.save(reports.annual_review(again)),
    ):
        name = path.relative_to(review.space.review).as_posix()
        assert path.read_bytes() == before[name], name
