"""The reports of a review as made: the form point by point, and one number in every form.

The form is that of Nghị định 30/2020/NĐ-CP, Annex I, and of the office's own papers.
"""

from __future__ import annotations

import re
from html import unescape

import docx as python_docx
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.shared import Emu
from docx.text.paragraph import Paragraph
from papers import (
    NEEDS_POPPLER,
    docx_tables,
    html_tables,
    pages,
    poppler,
    with_header,
)

from ntm_eval import notation, reference, units
from ntm_eval.reporting import sections

# the largest, the smallest, and one with blank cells
THREE = pytest.mark.parametrize("slug", ["thuan-chau", "sop-cop", "song-ma"])
FORMS = pytest.mark.parametrize("form", ["docx", "html", pytest.param("pdf", marks=NEEDS_POPPLER)])
PAPERS = pytest.mark.parametrize("place", ["districts/sop-cop", "review"])


@pytest.fixture(scope="module")
def paper(annual):
    """The DOCX of one district."""
    return python_docx.Document(annual.folder / "districts/sop-cop/report.docx")


def look(paper, text):
    """Size, bold, italic and alignment of the first paragraph that begins with a text."""
    every = [Paragraph(p, paper) for p in paper.element.body.iter("{*}p")]
    found = next(p for p in every if p.text.startswith(text))
    run, style = found.runs[0], found.style
    size, bold, italic = (
        own if own is not None else inherited
        for own, inherited in (
            (run.font.size, style.font.size),
            (run.bold, style.font.bold),
            (run.italic, style.font.italic),
        )
    )
    align = found.alignment if found.alignment is not None else style.paragraph_format.alignment
    return round(size.pt), bool(bold), bool(italic), align


@pytest.mark.parametrize(
    ("text", "sizes", "bold", "italic", "align"),
    [
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", (12, 13), True, False, ALIGN.CENTER),
        ("Độc lập - Tự do - Hạnh phúc", (13, 14), True, False, ALIGN.CENTER),
        ("ỦY BAN MTTQ VIỆT NAM", (12, 13), False, False, ALIGN.CENTER),
        ("BAN THƯỜNG TRỰC", (12, 13), True, False, ALIGN.CENTER),
        ("Số: ……/BC-MTTQ-BTT", (13, 13), False, False, ALIGN.CENTER),
        ("Sơn La, ngày …… tháng …… năm ……", (13, 14), False, True, ALIGN.CENTER),
        ("BÁO CÁO", (13, 14), True, False, ALIGN.CENTER),
        ("Đánh giá kết quả thực hiện Cuộc vận động", (13, 14), True, False, ALIGN.CENTER),
        ("Thực hiện Kế hoạch số 227/KH-MTTQ-BTT", (13, 14), False, False, ALIGN.JUSTIFY),
        ("I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO", (13, 14), True, False, ALIGN.LEFT),
        ("TM. BAN THƯỜNG TRỰC", (13, 14), True, False, ALIGN.CENTER),
        ("Nơi nhận:", (12, 12), True, True, ALIGN.LEFT),
        ("- ………………………;", (11, 11), False, False, ALIGN.LEFT),
    ],
)
def test_each_element_looks_as_the_form_says(paper, text, sizes, bold, italic, align):
    size, *rest = look(paper, text)
    assert sizes[0] <= size <= sizes[1]
    assert rest == [bold, italic, align]


def test_paper_margins_and_type(paper):
    for section in paper.sections:  # page 1, the text, the annexes
        assert [round(s.mm) for s in (section.page_width, section.page_height)] == [210, 297]
        assert [round(s.mm) for s in (section.left_margin, section.right_margin)] == [30, 15]
        assert all(20 <= round(s.mm) <= 25 for s in (section.top_margin, section.bottom_margin))
    for style in ("Normal", "Nội dung", "Heading 1", "Heading 2", "Caption"):
        assert paper.styles[style].font.name == "Times New Roman"
        assert str(paper.styles[style].font.color.rgb) == "000000"
    body = paper.styles["Nội dung"].paragraph_format
    assert 10 <= round(body.first_line_indent.mm, 1) <= 12.7
    assert body.space_after.pt >= 6
    assert 1 <= body.line_spacing <= 1.5


def test_the_page_number_is_centred_above_from_the_second_page(paper):
    first, *others = paper.sections
    assert first.different_first_page_header_footer
    assert "PAGE" not in first.first_page_header._element.xml
    number = first.header.paragraphs[0]
    assert "PAGE" in number._p.xml
    assert number.alignment == ALIGN.CENTER
    assert 13 <= number.style.font.size.pt <= 14
    assert not any(s.different_first_page_header_footer for s in others)
    # nothing else asks to be brought up to date when the file is opened
    assert not re.search("instrText|fldSimple|updateFields", paper.element.xml)


def test_the_elements_stand_in_their_order(paper):
    letterhead = [[c.text for c in row.cells] for row in paper.tables[0].rows]
    assert letterhead == [
        [
            "ỦY BAN MTTQ VIỆT NAM\nTỈNH SƠN LA\nBAN THƯỜNG TRỰC\n",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n",
        ],
        ["Số: ……/BC-MTTQ-BTT", "Sơn La, ngày …… tháng …… năm ……"],
    ]
    lines = [p.text for p in paper.paragraphs if p.text]
    order = [
        "BÁO CÁO",
        next(line for line in lines if line.startswith("Đề xuất xếp loại: ")),
        next(line for line in lines if line.startswith("Thực hiện Kế hoạch số 227/")),
        "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO",
        "II. KẾT QUẢ THỰC HIỆN NĂM NỘI DUNG",
        "III. ĐÁNH GIÁ",
        "IV. PHƯƠNG HƯỚNG",
        "V. KIẾN NGHỊ",
        "Phụ lục I. Kế hoạch và kết quả thực hiện",
        "Phụ lục II. Các xã, tiêu chí và ý kiến người dân",
        "Phụ lục III. Số liệu đề nghị giải trình và theo dõi kiến nghị",
    ]
    places = [lines.index(line) for line in order]
    assert places == sorted(places)
    # the text ends with its mark, then come who receives it and who signs
    assert lines[places[-3] - 1].endswith("./.")
    signed = next(t for t in paper.tables if "Nơi nhận:" in t.rows[0].cells[0].text)
    assert signed.rows[0].cells[0].text.rstrip().splitlines()[-1].startswith("- Lưu: VT")
    assert signed.rows[0].cells[1].text.startswith("TM. BAN THƯỜNG TRỰC")


@NEEDS_POPPLER
@PAPERS
def test_the_pdf_has_the_form_too(annual, place):
    path = annual.folder / place / "report.pdf"
    sides = re.findall(
        r"Page +\d+ size: +([\d.]+) x ([\d.]+)", poppler("pdfinfo", path, "-f", "1", "-l", "99")
    )
    assert {(round(float(w)), round(float(h))) for w, h in sides} == {(595, 842)}
    first, *others = pages(path)
    order = ["CỘNG HÒA XÃ HỘI", "Độc lập", "Số: ……", "BÁO CÁO", "Đánh giá kết quả", "Bảng 1. "]
    assert [first.find(o) for o in order] == sorted(first.find(o) for o in order)
    assert -1 not in [first.find(o) for o in order]
    basis = [n for n, page in enumerate(others) if "Thực hiện Kế hoạch số 227/" in page]
    assert len(basis) == 1
    assert others[basis[0]].index("Thực hiện Kế hoạch") < others[basis[0]].index("I. CÔNG TÁC")
    numbers = [re.match(r"\s*(\d+)\n", page) for page in others]
    assert [int(n[1]) for n in numbers] == list(range(2, len(others) + 2))
    assert not re.match(r"\s*\d+\n", first)


@NEEDS_POPPLER
@PAPERS
def test_fonts_are_inside_and_the_pdf_can_be_heard(annual, place):
    path = annual.folder / place / "report.pdf"
    fonts = poppler("pdffonts", path).splitlines()[2:]
    assert fonts
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)
    assert "Tagged:          yes" in poppler("pdfinfo", path)
    assert "Title:           Báo cáo đánh giá" in poppler("pdfinfo", path)


@NEEDS_POPPLER
@PAPERS
def test_every_printed_page_of_illustrative_data_is_marked_once(annual, place):
    counts = [p.count("SỐ LIỆU MINH HỌA") for p in pages(annual.folder / place / "report.pdf")]
    assert set(counts) == {1}


@PAPERS
def test_every_page_of_illustrative_data_in_word_is_marked_once(annual, place):
    paper = python_docx.Document(annual.folder / place / "report.docx")
    for section in paper.sections:
        assert section.footer.paragraphs[0].text == "SỐ LIỆU MINH HỌA"
    assert not any("MINH HỌA" in p.text for p in paper.paragraphs)


def rows_of(annual, place, form, *headers):
    """The rows of a table in one form; a PDF has lines, of which the words are taken."""
    path = annual.folder / place / f"report.{form}"
    return with_header({"docx": docx_tables, "html": html_tables}[form](path), *headers)


def annex_lines(path):
    """The cells behind the name in each row of Phụ lục I of a PDF: a name may take two lines."""
    annex = "".join(pages(path)).split("Phụ lục I. ")[1].split("Phụ lục II. ")[0]
    lines = (re.sub(r" +(–|[▲▼] \S+)$", "", line) for line in annex.splitlines())
    cells = (re.split(r" {2,}", line)[-5:] for line in lines)
    return [row for row in cells if len(row) == 5 and re.fullmatch(r"–|[\d.]+%", row[4])]


@THREE
@FORMS
def test_each_figure_is_that_of_the_facts(annual, slug, form):
    code, place = units.district(slug).code, f"districts/{slug}"
    facts = annual.table("facts")
    facts = facts[(facts["district_code"] == code) & facts["commune_code"].isna()]
    told = {}
    for row in facts[facts["measure"].isin(["plan", "actual"])].itertuples():
        text = notation.quantity(row.value, row.unit, with_unit=False)
        text = text if row.value == row.value else sections.received.STATES[row.state]
        told[row.indicator, row.measure] = text
    assert len(told) == 164
    known = reference.catalogue()
    listed = [i for i in known.index if (i, "actual") in told]
    if form == "pdf":
        rows = annex_lines(annual.folder / place / "report.pdf")
    else:
        table = rows_of(annual, place, form, "Chỉ tiêu (đơn vị tính)", "Kế hoạch", "Thực hiện")
        names = [f"{reference.indicator_name(i, listed=True)} ({known.unit[i]})" for i in listed]
        assert [row[0] for row in table] == names
        rows = [row[1:] for row in table]
    for indicator, (plan, actual, *_) in zip(listed, rows, strict=True):
        planned = told[indicator, "plan"] if known.has_plan[indicator] == "yes" else "–"
        assert plan.endswith(planned), indicator
        assert re.search(rf"(^| ){re.escape(told[indicator, 'actual'])}$", actual), indicator


@THREE
@FORMS
def test_the_points_are_those_of_the_scores(annual, slug, form):
    code, place = units.district(slug).code, f"districts/{slug}"
    scores = annual.table("scores")
    scores = scores[scores["district_code"] == code]
    lost = (scores["max_points"] - scores["points"]).where(scores["part"] != "reporting")
    dearest = [
        [reference.indicator_name(scores.indicator[n]), f"−{notation.number(by, 2)}"]
        for n, by in lost.nlargest(5).items()
    ]
    assert len(dearest) == 5
    path = annual.folder / place / f"report.{form}"
    if form == "pdf":
        table = pages(path)[0].split("Bảng 1. ")[1]
        costs = re.findall(r"−\d+,\d\d$", table, re.M)
        shown = [[name, cost] for (name, _), cost in zip(dearest, costs, strict=True)]
        # a long name goes on in the next line
        places = [table.index(name[:35]) for name, _ in dearest]
        assert places == sorted(places)
    else:
        rows = rows_of(annual, place, form, "Chỉ tiêu", "So với mức phải đạt", "Trừ điểm")
        shown = [[row[0], row[4]] for row in rows]
        parts = scores.groupby("part")[["points", "max_points"]].sum()
        (told,) = [text for text in pictures(path) if text.startswith("Điểm bị trừ từng phần ")]
        for part, (points, most) in zip(parts.index, parts.to_numpy(), strict=True):
            name = notation.score_name(part, None)
            assert f"{name}: {notation.number(points, 1)}/{notation.number(most)}" in told
    assert shown == dearest


def pictures(path):
    """What the pictures of a DOCX or a page say to who does not see them."""
    if path.suffix == ".docx":
        found = python_docx.Document(path).element.xpath("//wp:docPr")
        return [picture.get("descr") for picture in found]
    return [unescape(alt) for alt in re.findall(r'alt="(.*?)"', path.read_text("utf-8"))]


@FORMS
def test_the_ranking_is_that_of_the_table(annual, form):
    ranking = annual.table("ranking").sort_values("rank")
    wanted = [
        [notation.district_name(r.district_code), f"{r.rank:.0f}", notation.number(r.points, 1)]
        for r in ranking.itertuples()
    ]
    if form == "pdf":
        text = "".join(pages(annual.folder / "review/report.pdf"))
        text = text[text.index("Xếp hạng đề xuất của các") :]
        lines = [next(w for w in text.splitlines() if w.startswith(name)) for name, *_ in wanted]
        shown = [
            [name, line.removeprefix(name).split()[1], line.removeprefix(name).split()[3]]
            for line, (name, *_) in zip(lines, wanted, strict=True)
        ]
    else:
        rows = rows_of(annual, "review", form, "Hạng", "Mức dao động hạng", "Điểm")
        shown = [[row[0], row[2], row[4]] for row in rows]
    assert shown == wanted


@PAPERS
def test_headings_captions_pictures_and_tables_are_those_of_word(annual, place):
    paper = python_docx.Document(annual.folder / place / "report.docx")
    names = {p.style.name for p in paper.paragraphs if re.match(r"(I|II|III|IV|V)\. ", p.text)}
    assert names == {"Heading 1"}
    pictures = paper.element.xpath("//wp:docPr")
    assert pictures
    assert all(len(p.get("descr")) > 40 for p in pictures)
    # a small picture of page 1 has its title in itself
    wide = [e for e in paper.element.xpath("//wp:extent") if Emu(int(e.get("cx"))).mm > 100]
    assert len(pictures) - len(wide) == (6 if place != "review" else 0)
    assert len(wide) == len([p for p in paper.paragraphs if p.text.startswith("Hình ")])
    printed = [t for t in paper.tables if "tblHeader" in t._tbl.xml]
    captions = [p.text for p in paper.paragraphs if p.text.startswith("Bảng ")]
    assert [int(re.match(r"Bảng (\d+)\. ", c)[1]) for c in captions] == list(
        range(1, len(printed) + 1)
    )


@NEEDS_POPPLER
def test_libreoffice_opens_the_docx(annual, writer, tmp_path):
    (made,) = writer("pdf", tmp_path, annual.folder / "districts/sop-cop/report.docx")
    first, *others = pages(made)
    assert "Độc lập - Tự do - Hạnh phúc" in first
    # the leader's page is one page, and the report begins on the next
    assert "Đề xuất xếp loại: " in first
    assert "I. CÔNG TÁC LÃNH ĐẠO" in others[0].split("Thực hiện Kế hoạch số 227/")[1]
    assert all("SỐ LIỆU MINH HỌA" in page for page in others)
