"""The form of an official paper as DOCX, after Nghị định 30/2020/NĐ-CP, Annex I.

Every text is written as text: nothing in it becomes a field, a link or a part of the document.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping, Sequence

import docx
from docx.blkcntnr import BlockItemContainer
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from ntm_eval.characters import printable

MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 20}  # mm
FONT = "Times New Roman"
RED = RGBColor(0xC0, 0, 0)


def blank(title: str, year: int, mark: str) -> Document:
    """An empty page of the right size and type; `mark` stands below every page."""
    paper = docx.Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for side, width in MARGINS.items():
        setattr(section, f"{side}_margin", Mm(width))
    section.header_distance = Mm(10)
    # the number of the page stands above, but not on the first page
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    style = paper.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)
    for footer in (section.first_page_footer, section.footer):
        footer.paragraphs[0].alignment = ALIGN.CENTER
        _run(footer.paragraphs[0], mark, bold=True).font.color.rgb = RED
    about, fixed = paper.core_properties, dt.datetime(year, 1, 1)
    about.title, about.author, about.comments = title, "", ""
    about.created = about.modified = fixed
    return paper


def letterhead(paper: Document) -> None:
    """Names of the bodies on the left, quốc hiệu and tiêu ngữ on the right."""
    table = paper.add_table(rows=2, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, (68, 100))
    left, right = table.rows[0].cells
    _stack(left, [("ỦY BAN MTTQ VIỆT NAM", False, 12), ("TỈNH SƠN LA", False, 12),
                  ("BAN THƯỜNG TRỰC", True, 12), ("_" * 9, True, 8)])  # fmt: skip
    _stack(right, [("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", True, 12),
                   ("Độc lập - Tự do - Hạnh phúc", True, 13), ("_" * 28, True, 8)])  # fmt: skip
    left, right = table.rows[1].cells
    _stack(left, [("Số: ……./…………", False, 13)])
    _stack(right, [("Sơn La, ngày …… tháng …… năm ……", False, 13)])
    right.paragraphs[0].runs[0].italic = True


def line(
    paper: Document,
    text: str,
    *,
    bold: bool = False,
    size: int = 13,
    before: int = 0,
    after: int = 0,
) -> None:
    """A centred line."""
    paragraph = paper.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = (
        Pt(before), Pt(after),
    )  # fmt: skip
    _run(paragraph, text, bold=bold, size=size)


def body(paper: Document, text: str) -> None:
    """A paragraph of the text itself."""
    paragraph = paper.add_paragraph()
    paragraph.alignment = ALIGN.JUSTIFY
    form = paragraph.paragraph_format
    form.first_line_indent, form.space_before, form.space_after = Mm(12.7), Pt(6), Pt(6)
    _run(paragraph, text, size=14)


def table(paper: Document, columns: Mapping[str, float], rows: Sequence[Sequence[str]]) -> None:
    """A table with lines, its header on every page; `columns` gives header and width in mm."""
    made = paper.add_table(rows=1, cols=len(columns))
    made.style = "Table Grid"
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(made.rows[0].cells, columns, strict=True):
        _write(cell, text, bold=True, align=ALIGN.CENTER)
    _flag(made.rows[0].cells[0], "w:tblHeader")
    for row in rows:
        added = made.add_row()
        _flag(added.cells[0], "w:cantSplit")
        for c, (cell, text) in enumerate(zip(added.cells, row, strict=True)):
            _write(cell, text, align=ALIGN.CENTER if c == 0 else ALIGN.LEFT)
    _widths(made, tuple(columns.values()))


def signatures(paper: Document) -> None:
    """Who receives the paper, on the left; who signs it, on the right, on one page."""
    line(paper, "", size=6)
    table = paper.add_table(rows=1, cols=2)
    _widths(table, (75, 85))
    left, right = table.rows[0].cells
    receivers = [("Nơi nhận:", True, 12), ("- Như kính gửi;", False, 11),
                 ("- Lưu: VT, ……", False, 11)]  # fmt: skip
    _stack(left, receivers, ALIGN.LEFT)
    left.paragraphs[0].runs[0].italic = True
    _flag(table.rows[0].cells[0], "w:cantSplit")
    _stack(right, [("TM. BAN THƯỜNG TRỰC", True, 13), ("………………………", True, 13), ("", False, 13),
                   ("", False, 13), ("", False, 13), ("………………………", True, 13)])  # fmt: skip


def content(paper: Document) -> bytes:
    """The document without the clock: the same letter is the same file."""
    raw, tidy = io.BytesIO(), io.BytesIO()
    paper.save(raw)
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(tidy, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename), old.read(part), zipfile.ZIP_DEFLATED)
    return tidy.getvalue()


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = ALIGN.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    field.append(_run(paragraph, "2").element)
    paragraph.paragraph_format.element.append(field)


def _flag(cell: BlockItemContainer, name: str) -> None:
    """Mark the row that a cell is in."""
    flag = OxmlElement(name)
    flag.set(qn("w:val"), "true")
    (row,) = cell.paragraphs[0].paragraph_format.element.xpath("ancestor::w:tr")
    row.get_or_add_trPr().append(flag)


def _stack(
    cell: BlockItemContainer, lines: Sequence[tuple[str, bool, int]], align: ALIGN = ALIGN.CENTER
) -> None:
    for n, (text, bold, size) in enumerate(lines):
        paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
        paragraph.alignment = align
        _run(paragraph, text, bold=bold, size=size)


def _write(
    cell: BlockItemContainer, text: str, *, bold: bool = False, align: ALIGN = ALIGN.LEFT
) -> None:
    cell.paragraphs[0].alignment = align
    _run(cell.paragraphs[0], text, bold=bold, size=12)


def _run(paragraph: Paragraph, text: str, *, bold: bool = False, size: int = 13) -> Run:
    """A piece of text as text: nothing in it is a field, a link or a break of the document."""
    run = paragraph.add_run(printable(text))
    run.bold, run.font.size, run.font.name = bold, Pt(size), FONT
    return run


def _widths(table: Table, widths: Sequence[float]) -> None:
    """LibreOffice goes by the columns, Word by the cells."""
    table.autofit = False
    for c, width in enumerate(widths):
        table.columns[c].width = Mm(width)
        for cell in table.columns[c].cells:
            cell.width = Mm(width)
