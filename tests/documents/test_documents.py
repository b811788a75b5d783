"""Papers from a report at hand: hostile text, templates, letters, sameness; the book of tables."""

from __future__ import annotations

import dataclasses
import io
import re
from datetime import date
from urllib.parse import unquote
from zipfile import ZipFile

import docx as python_docx
import openpyxl
import pandas as pd
import pytest
from contract import PUBLISHED, TABLES
from docxtpl import DocxTemplate
from frictionless import Package
from papers import NEEDS_POPPLER, pages

from ntm_eval import characters, reference
from ntm_eval.reporting import docx, pdf, xlsx
from ntm_eval.reporting.blocks import (
    TALLEST,
    Column,
    Document,
    Figure,
    Heading,
    Quote,
    Table,
    Text,
)
from ntm_eval.reporting.columns import fit
from ntm_eval.reporting.docx import NEEDED, TEMPLATE
from ntm_eval.reporting.xlsx import MORE, TITLES
from ntm_eval.review import Review, tables
from ntm_eval.workspace import AnalystError

HOSTILE = "=1+1 <b>&amp; {{ x }} {% if %} #sys.exit() $x$ *b* \x08\x07@foo \\[ ]] ]]>"
PLAIN = "=1+1 <b>&amp; {{ x }} {% if %} #sys.exit() $x$ *b* @foo \\[ ]] ]]>"


def hostile() -> Document:
    table = Table(HOSTILE, (Column(HOSTILE), Column("Số", css="num")), ((HOSTILE, "1"),))
    return Document(
        reference.official(date(2022, 12, 31)),
        HOSTILE,
        HOSTILE,
        2022,
        "",
        (Heading(HOSTILE), Quote(HOSTILE)),
        (Text(HOSTILE), table),
        (),
    )


def texts(paper) -> str:
    cells = [c.text for t in paper.tables for row in t.rows for c in row.cells]
    return "\n".join([p.text for p in paper.paragraphs] + cells)


@NEEDS_POPPLER
def test_hostile_text_stays_text_in_docx_and_pdf(tmp_path):
    paper = python_docx.Document(io.BytesIO(docx.docx(hostile())))
    assert texts(paper).count(PLAIN) == 7
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf.pdf(hostile()))
    said = "".join(pages(path))
    assert "#sys.exit()" in said
    assert "{{ x }} {% if %}" in said


@pytest.mark.parametrize(("rows", "height"), [(4, 4 * 25.4), (20, TALLEST)])
def test_a_picture_higher_than_a_page_is_made_smaller_and_keeps_its_shape(rows, height):
    made = Figure.drawn(lambda ax: ax, alt="Hình", caption="Hình", height=float(rows), width=5.0)
    assert made.height == pytest.approx(height)
    assert made.width / made.height == pytest.approx(5 / rows)


@NEEDS_POPPLER
def test_every_vietnamese_letter_comes_out_of_the_pdf(tmp_path):
    line = "".join(sorted(characters.LETTERS))
    report = dataclasses.replace(hostile(), body=(Text(line), Quote(line), Heading(line)))
    (tmp_path / "x.pdf").write_bytes(pdf.pdf(report))
    # a line may be broken, wherever the face of this machine has it end
    assert "".join(pages(tmp_path / "x.pdf")[1].split()).count(line) == 3


def test_the_same_report_is_the_same_file():
    assert docx.docx(hostile()) == docx.docx(hostile())
    assert pdf.pdf(hostile()) == pdf.pdf(hostile())


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("{{ trich_yeu }}", "{{ trich_yue }}", "{{ trich_yue }}"),
        ("{{p noi_dung }}", "", "{{ noi_dung }}"),
        ("{{ trich_yeu }}", "{{ trich_yeu", "{{ trich_yeu }}"),
    ],
)
def test_a_template_that_is_wrong_is_named(tmp_path, old, new, named):
    paper = python_docx.Document(TEMPLATE)
    place = next(p for p in paper.paragraphs if p.text == old)
    place.runs[0].text = new
    paper.save(tmp_path / "mẫu.docx")
    with pytest.raises(AnalystError, match=r"mẫu\.docx") as letter:
        docx.docx(hostile(), tmp_path / "mẫu.docx")
    assert named in str(letter.value)


def test_a_changed_template_is_followed(tmp_path):
    paper = python_docx.Document(TEMPLATE)
    paper.paragraphs[0].insert_paragraph_before("ĐẶT THÊM")
    paper.save(tmp_path / "mẫu.docx")
    made = docx.docx(hostile(), tmp_path / "mẫu.docx")
    assert "ĐẶT THÊM" in texts(python_docx.Document(io.BytesIO(made)))


def test_the_template_asks_only_for_what_a_report_has():
    assert DocxTemplate(TEMPLATE).get_undeclared_template_variables() >= NEEDED


def test_the_data_package_is_valid_and_says_what_each_column_is(annual):
    package = Package(str(annual.folder / "datapackage.json"))
    assert package.validate().valid
    assert package.resource_names == list(TITLES)
    for name, columns in (TABLES | {"satisfaction": TABLES["satisfaction"] + PUBLISHED}).items():
        assert sorted(package.get_resource(name).schema.field_names) == sorted(columns)
    for resource in package.resources:
        for field in resource.schema.fields:
            assert len(field.description) > 3, (resource.name, field.name)


def test_the_book_has_cover_contents_notes_and_every_table(annual, sample_review):
    book = openpyxl.load_workbook(annual.folder / "tables.xlsx")
    assert book.sheetnames == ["Bìa", "Mục lục", "Ghi chú", *map(xlsx.sheet_name, TITLES | MORE)]
    head, *rows = book[xlsx.sheet_name("ranking")].iter_rows(min_row=2, values_only=True)
    code, points = map(head.index, xlsx.headers(["district_code", "points"]))
    assert [(r[code], r[points]) for r in rows] == [
        tuple(r) for r in sample_review.ranking[["district_code", "points"]].to_numpy().tolist()
    ]
    assert len(list(book[xlsx.sheet_name("facts")].rows)) == len(sample_review.facts) + 2
    assert book["Bìa"]["A2"].value == "SỐ LIỆU MINH HỌA"
    words = [
        cell for row in book[xlsx.sheet_name("words")].iter_rows(values_only=True) for cell in row
    ]
    assert sample_review.district("sop-cop").words["recommendations"] in words


def test_the_book_runs_nothing(sample_review, tmp_path):
    planted = sample_review.problems.iloc[[0]].assign(
        message=HOSTILE, raw="=cmd()", sheet="Chỉ tiêu", rule="outlier"
    )
    fake = Review(dataclasses.replace(sample_review.space, out=tmp_path))
    known = {name: getattr(sample_review, name) for name in tables.names(Review)}
    vars(fake).update(known | {"problems": planted, "illustrative": True})
    xlsx.save(fake)
    book = openpyxl.load_workbook(fake.space.review / "tables.xlsx")
    cells = [c for row in book[xlsx.sheet_name("problems")].iter_rows() for c in row]
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert "=cmd()" in [c.value for c in cells]
    told = pd.read_csv(fake.space.review / "published" / "problems.csv")
    assert "letter" not in told
    assert told["raw"].iloc[0] == "'=cmd()"


def column(header, *cells):
    return Table("Bảng", (Column("Mã"), Column(header)), tuple(zip("ab", cells, strict=True)))


def test_what_every_row_says_is_said_once():
    one = column("Tệp", "x.xlsx", "x.xlsx").without_repeats("Tệp")
    assert (one.caption, one.rows) == ("Bảng; Tệp: x.xlsx", (("a",), ("b",)))
    assert column("Tệp", "–", "–").without_repeats("Tệp").caption == "Bảng"
    for kept in (column("Tệp", "x", "y"), column("Khác", "x", "x")):
        assert kept.without_repeats("Tệp") == kept


def test_columns_fill_the_page_and_break_no_number():
    table = column("Số", "1.234.567", "2")
    widths, size = fit(table, 160)
    assert sum(widths) == pytest.approx(160)
    assert size == 10
    # what is left when all have enough is given to all alike
    assert widths[0] > 40


def test_a_long_address_may_go_on_in_the_next_line():
    address = "https://example.org/van-ban/2022/ke-hoach-227.html"
    assert pdf._breakable(address).replace("\u200b", "") == address
    assert "\u200b" in pdf._breakable(address)
    assert pdf._breakable("1.234.567") == "1.234.567"


def test_what_is_passed_on_is_one_file_whose_pages_lead_to_what_is_in_it(annual):
    with ZipFile(annual.folder / "published.zip") as packed:
        names = set(packed.namelist())
        index = packed.read("index.html").decode()
    assert (annual.folder / "published.zip").stat().st_size < 25_000_000
    assert {"review/report.pdf", "districts/sop-cop/dashboard.pdf", "tables.xlsx"} <= names
    assert not [name for name in names if name.endswith((".ipynb", ".csv", ".parquet"))]
    led = {unquote(href.partition("#")[0]) for href in re.findall(r'href="([^"]+)"', index)}
    assert {href for href in led if href} <= names
    assert "fonts-liberation2" not in index
