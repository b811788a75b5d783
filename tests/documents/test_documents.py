"""Reports as files: official form, the same numbers in all forms, hostile text stays text."""

from __future__ import annotations

import dataclasses
import io
import shutil
import subprocess
from datetime import date

import docx as python_docx
import openpyxl
import pandas as pd
import pytest
from docx.shared import Pt
from docxtpl import DocxTemplate
from frictionless import Package

from ntm_eval.documents import district_report, result_book, save
from ntm_eval.reporting import official, pdf, word
from ntm_eval.reporting.official import Heading, Report
from ntm_eval.reporting.printed import Column, Table
from ntm_eval.reporting.wording import Quote, Words, number
from ntm_eval.review import Review
from ntm_eval.workspace import SAMPLE, AnalystError, workspace

HOSTILE = "=1+1 <b>&amp; {{ x }} {% if %} #sys.exit() $x$ *b* \x0b\x07@foo \\[ ]] ]]>"
PLAIN = "=1+1 <b>&amp; {{ x }} {% if %} #sys.exit() $x$ *b* @foo \\[ ]] ]]>"
NEEDS_POPPLER = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils chưa cài")


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    return Review(workspace(2022, "annual", SAMPLE, tmp_path_factory.mktemp("out")))


@pytest.fixture(scope="module")
def made(review):
    """Name -> file of one district and of the province."""
    here = review.district("sop-cop")
    return {p.relative_to(review.space.review).as_posix(): p
            for p in save.district(here) + save.province(review)}  # fmt: skip


def hostile() -> Report:
    table = Table(HOSTILE, (Column(HOSTILE), Column("Số", css="num")), ((HOSTILE, "1"),))
    return Report(official.office(date(2022, 12, 31)), HOSTILE, HOSTILE, 2022, "",
                  (Heading(HOSTILE), Quote(HOSTILE)), (Words(HOSTILE), table), ())  # fmt: skip


def texts(paper) -> str:
    cells = [c.text for t in paper.tables for row in t.rows for c in row.cells]
    return "\n".join([p.text for p in paper.paragraphs] + cells)


def said(path) -> str:
    run = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    return run.stdout.decode()


def test_every_promised_file_is_made(made):
    assert {"districts/sop-cop/report.docx", "districts/sop-cop/report.pdf", "review/report.docx",
            "review/report.pdf", "tables.xlsx", "datapackage.json"} <= set(made)  # fmt: skip


def test_the_form_is_that_of_an_official_paper(made):
    paper = python_docx.Document(made["districts/sop-cop/report.docx"])
    first = paper.sections[0]
    sizes = {s: round(getattr(first, f"{s}_margin").mm) for s in ("top", "bottom", "left", "right")}
    assert [round(s.mm) for s in (first.page_width, first.page_height)] == [210, 297]
    assert sizes == {"top": 20, "bottom": 20, "left": 30, "right": 20}
    assert first.different_first_page_header_footer
    assert "PAGE" in first.header._element.xml
    assert "PAGE" not in first.first_page_header._element.xml
    assert not any(s.different_first_page_header_footer for s in list(paper.sections)[1:])
    normal = paper.styles["Normal"]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(13))
    assert "w:instrText" not in paper.element.xml
    assert "fldSimple" not in paper.element.xml


def test_the_elements_stand_in_their_order(made):
    paper = python_docx.Document(made["districts/sop-cop/report.docx"])
    letterhead = paper.tables[0]
    (left, right), (below_left, below_right) = [row.cells for row in letterhead.rows]
    assert right.text.splitlines()[:2] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
    ]  # fmt: skip
    assert left.text.startswith("ỦY BAN MTTQ VIỆT NAM\nTỈNH SƠN LA\nBAN THƯỜNG TRỰC")
    assert below_left.text == "Số: ……/BC-MTTQ-BTT"
    assert below_right.text == "Sơn La, ngày …… tháng …… năm ……"
    assert below_right.paragraphs[0].runs[0].italic
    look = {p.runs[0].text: p.runs[0] for row in letterhead.rows for c in row.cells
            for p in c.paragraphs if p.runs}  # fmt: skip
    assert (look["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"].font.size.pt, look["BAN THƯỜNG TRỰC"].bold,
            look["Độc lập - Tự do - Hạnh phúc"].font.size.pt) == (12, True, 13)  # fmt: skip
    lines = [p.text for p in paper.paragraphs if p.text]
    headings = ["BÁO CÁO", "TÓM TẮT", "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO",
                "II. KẾT QUẢ THỰC HIỆN NĂM NỘI DUNG", "III. ĐÁNH GIÁ", "IV. PHƯƠNG HƯỚNG",
                "V. KIẾN NGHỊ", "Phụ lục 1. Biểu số liệu"]  # fmt: skip
    places = [lines.index(h) for h in headings]
    assert places == sorted(places)
    assert any(line.endswith("./.") for line in lines)
    signed = next(t for t in paper.tables if "Nơi nhận:" in t.rows[0].cells[0].text)
    assert "Lưu: VT" in signed.rows[0].cells[0].text
    assert "TM. BAN THƯỜNG TRỰC" in signed.rows[0].cells[1].text


def test_headings_captions_pictures_and_tables_are_those_of_word(made):
    paper = python_docx.Document(made["districts/sop-cop/report.docx"])
    levels = [p.style.name for p in paper.paragraphs if p.text.startswith(("I. ", "1. "))]
    assert levels[:2] == ["Heading 1", "Heading 2"]
    pictures = paper.element.xpath("//wp:docPr")
    assert pictures
    assert all(len(p.get("descr")) > 40 for p in pictures)
    printed = [t for t in paper.tables if "tblHeader" in t._tbl.xml]
    captions = [p.text for p in paper.paragraphs if p.text.startswith("Bảng ")]
    assert len(printed) == len(captions) > 8


@pytest.mark.parametrize("name", ["districts/sop-cop/report", "review/report"])
@NEEDS_POPPLER
def test_every_page_of_illustrative_data_is_marked_in_both_forms(made, name):
    pages = said(made[f"{name}.pdf"]).rstrip("\f").split("\f")
    assert all("SỐ LIỆU MINH HỌA" in page for page in pages)
    for section in python_docx.Document(made[f"{name}.docx"]).sections:
        assert "SỐ LIỆU MINH HỌA" in section.footer.paragraphs[0].text


@NEEDS_POPPLER
def test_the_numbers_of_both_forms_are_those_of_the_tables(review, made):
    here = review.district("sop-cop")
    points = here.of(review.scores)["points"].sum()
    assert round(points, 6) == round(here.of(review.ranking)["points"].iloc[0], 6)
    paper = texts(python_docx.Document(made["districts/sop-cop/report.docx"]))
    page = said(made["districts/sop-cop/report.pdf"])
    assert number(points, 2) in paper
    assert number(points, 2) in page
    counts = here.of(review.facts).query("measure == 'actual' and unit not in ['đồng', '%']")
    whole = counts[counts["value"].mod(1) == 0]
    assert len(whole) > 40
    for row in whole.itertuples():
        assert number(row.value) in paper
        assert number(row.value) in page


@NEEDS_POPPLER
def test_the_fonts_of_the_pdf_are_inside_and_its_letters_whole(made):
    fonts = subprocess.run(["pdffonts", made["districts/sop-cop/report.pdf"]], check=True,
                           capture_output=True, text=True).stdout.splitlines()[2:]  # fmt: skip
    assert fonts
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)
    about = subprocess.run(["pdfinfo", made["districts/sop-cop/report.pdf"]], check=True,
                           capture_output=True, text=True).stdout  # fmt: skip
    assert "Tagged:          yes" in about
    assert "Độc lập - Tự do - Hạnh phúc" in said(made["districts/sop-cop/report.pdf"])


@NEEDS_POPPLER
def test_hostile_text_stays_text_in_docx_and_pdf(tmp_path):
    paper = python_docx.Document(io.BytesIO(word.docx(hostile())))
    assert texts(paper).count(PLAIN) == 7
    path = tmp_path / "x.pdf"
    path.write_bytes(pdf.pdf(hostile()))
    assert "#sys.exit()" in said(path)
    assert "{{ x }} {% if %}" in said(path)


def test_the_same_report_is_the_same_file():
    assert word.docx(hostile()) == word.docx(hostile())
    assert pdf.pdf(hostile()) == pdf.pdf(hostile())


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [("{{ trich_yeu }}", "{{ trich_yue }}", "{{ trich_yue }}"),
     ("{{p noi_dung }}", "", "{{ noi_dung }}"),
     ("{{ trich_yeu }}", "{{ trich_yeu", "{{ trich_yeu }}")],
)  # fmt: skip
def test_a_template_that_is_wrong_is_named(tmp_path, old, new, named):
    paper = python_docx.Document(word.TEMPLATE)
    place = next(p for p in paper.paragraphs if p.text == old)
    place.runs[0].text = new
    paper.save(tmp_path / "mẫu.docx")
    with pytest.raises(AnalystError, match=r"mẫu\.docx") as letter:
        word.docx(hostile(), tmp_path / "mẫu.docx")
    assert named in str(letter.value)


def test_a_changed_template_is_followed(tmp_path):
    paper = python_docx.Document(word.TEMPLATE)
    paper.paragraphs[0].insert_paragraph_before("ĐẶT THÊM")
    paper.save(tmp_path / "mẫu.docx")
    made = word.docx(hostile(), tmp_path / "mẫu.docx")
    assert "ĐẶT THÊM" in texts(python_docx.Document(io.BytesIO(made)))


def test_the_template_asks_only_for_what_a_report_has():
    assert DocxTemplate(word.TEMPLATE).get_undeclared_template_variables() >= word.NEEDED


def test_a_font_without_vietnamese_letters_is_not_taken():
    assert not pdf._is_complete("STIXGeneral")
    assert pdf._is_complete("DejaVu Serif")


def test_the_data_package_is_valid(made):
    assert Package(str(made["datapackage.json"])).validate().valid


def test_the_book_has_cover_contents_notes_and_every_table(review, made):
    book = openpyxl.load_workbook(made["tables.xlsx"])
    assert book.sheetnames == ["Bìa", "Mục lục", "Ghi chú", *result_book.TITLES]
    sheet = book["ranking"]
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert [r[:2] for r in rows] == [
        tuple(r) for r in review.ranking[["district_code", "points"]].to_numpy().tolist()
    ]
    assert all(len(said) > 3 for *_, said in book["Ghi chú"].iter_rows(
        min_row=2, max_row=30, values_only=True))  # fmt: skip


def test_the_book_holds_back_small_counts_and_runs_nothing(review, tmp_path):
    table = review.satisfaction.iloc[[0]].assign(collected=100.0, answered=98.0, satisfied=95.0,
                                                 share=0.95)  # fmt: skip
    planted = review.problems.iloc[[0]].assign(message=HOSTILE, raw="=cmd()", sheet="Chỉ tiêu",
                                               rule="outlier")  # fmt: skip
    fake = type("Fake", (), {n: getattr(review, n) for n in result_book.TITLES})()
    fake.satisfaction, fake.problems = table, planted
    fake.space = dataclasses.replace(review.space, out=tmp_path)
    fake.illustrative = True
    result_book.save(fake)
    book = openpyxl.load_workbook(fake.space.review / "tables.xlsx")
    cells = [c for row in book["problems"].iter_rows() for c in row]
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert "=cmd()" in [c.value for c in cells]
    held = pd.read_csv(fake.space.review / "published" / "satisfaction.csv")
    assert held["answered"].isna().all()
    told = pd.read_csv(fake.space.review / "published" / "problems.csv")
    assert told["raw"].iloc[0] == "'=cmd()"


def test_problems_about_answers_are_told_without_their_numbers(review):
    found = review.problems.iloc[[0]].assign(sheet="Hài lòng", message="3 phiếu", raw="3")
    shown = district_report.sources.problems(found)
    assert shown["raw"].isna().all()
    assert "3 phiếu" not in shown["message"].iloc[0]


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice chưa cài")
def test_libreoffice_opens_the_docx(made, tmp_path):
    home = f"-env:UserInstallation=file://{tmp_path}/lo"
    subprocess.run(["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path,
                    made["districts/sop-cop/report.docx"]], check=True, capture_output=True,
                   timeout=120)  # fmt: skip
    assert "Độc lập - Tự do - Hạnh phúc" in said(tmp_path / "report.pdf")
