"""Write `report.docx` anew in the form of Nghị định 30/2020/NĐ-CP, Annex I.

Run it only to start over: the office changes `report.docx` in Word, and this overwrites it.
"""

from pathlib import Path

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

FONT = "Times New Roman"
MARGINS = {"top": 20, "bottom": 20, "left": 30, "right": 20}
BLACK, RED = RGBColor(0, 0, 0), RGBColor(0xC0, 0, 0)
STYLES = {  # name: size, bold, italic, alignment, before, after, first line, left
    "Normal": (13, False, False, ALIGN.LEFT, 0, 0, 0, 0),
    "Heading 1": (14, True, False, ALIGN.LEFT, 12, 6, 0, 0),
    "Heading 2": (13, True, False, ALIGN.LEFT, 9, 3, 0, 0),
    "Heading 3": (13, True, True, ALIGN.LEFT, 6, 3, 0, 0),
    "Caption": (12, True, False, ALIGN.LEFT, 9, 3, 0, 0),
    "Nội dung": (13, False, False, ALIGN.JUSTIFY, 0, 6, 12.7, 0),
    "Nguyên văn": (13, False, True, ALIGN.JUSTIFY, 0, 6, 0, 12.7),
    "Hình": (13, False, False, ALIGN.CENTER, 6, 0, 0, 0),
    "Ô bảng": (11, False, False, ALIGN.LEFT, 1, 1, 0, 0),
    "Nơi nhận": (11, False, False, ALIGN.LEFT, 0, 0, 0, 0),
}


def main() -> None:
    paper = docx.Document()
    paper.core_properties.author = paper.core_properties.comments = ""
    for name, look in STYLES.items():
        style(paper, name, *look)
    section = paper.sections[0]
    page(section, 210, 297, MARGINS)
    section.different_first_page_header_footer = True
    number(section.header.paragraphs[0])
    for footer in (section.first_page_footer, section.footer):
        mark(footer.paragraphs[0])
    letterhead(paper)
    centred(paper, "{{ ten_loai }}", 14, before=18, after=3)
    centred(paper, "{{ trich_yeu }}", 14)
    rule(paper.add_paragraph(), 55)
    paper.add_paragraph("{{p tom_tat }}")
    text = paper.add_section(WD_SECTION.NEW_PAGE)
    text.different_first_page_header_footer = False
    paper.add_paragraph("{{p noi_dung }}")
    signatures(paper)
    annexes = paper.add_section(WD_SECTION.NEW_PAGE)
    annexes.orientation = WD_ORIENT.LANDSCAPE
    page(annexes, 297, 210, {"top": 20, "bottom": 20, "left": 20, "right": 20})
    annexes.different_first_page_header_footer = False
    paper.add_paragraph("{{p phu_luc }}")
    for end in paper.element.body.xpath("w:p[w:pPr/w:sectPr]"):
        # the paragraph that ends a section: so low that it never makes a page of its own
        end.pPr.insert(
            0,
            parse_xml(
                f'<w:spacing {nsdecls("w")} w:before="0" w:after="0" w:line="20" '
                'w:lineRule="exact"/>'
            ),
        )
    paper.save(Path(__file__).with_name("report.docx"))


def style(paper, name, size, bold, italic, align, before, after, first, left) -> None:
    known = [s.name for s in paper.styles]
    made = (
        paper.styles[name]
        if name in known
        else paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    font, form = made.font, made.paragraph_format
    font.name, font.size, font.bold, font.italic = FONT, Pt(size), bold, italic
    font.color.rgb = BLACK
    fonts = made.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        del fonts.attrib[key]  # theme fonts would win over the named one
    for key in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{key}"), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    made.element.rPr.append(language)
    form.alignment, form.space_before, form.space_after = align, Pt(before), Pt(after)
    form.first_line_indent, form.left_indent, form.line_spacing = Mm(first), Mm(left), 1.0
    form.keep_with_next = name.startswith("Heading") or name in ("Caption", "Hình")


def page(section, width, height, margins) -> None:
    section.page_width, section.page_height = Mm(width), Mm(height)
    for side, size in margins.items():
        setattr(section, f"{side}_margin", Mm(size))
    section.header_distance, section.footer_distance = Mm(10), Mm(10)


def number(paragraph) -> None:
    """The only field: the number of the page."""
    paragraph.style = "Normal"
    paragraph.alignment = ALIGN.CENTER
    paragraph._p.append(
        parse_xml(
            f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>2</w:t></w:r></w:fldSimple>'
        )
    )


def mark(paragraph) -> None:
    paragraph.style = "Normal"
    paragraph.alignment = ALIGN.CENTER
    run = paragraph.add_run("{{ dau }}")
    run.bold, run.font.color.rgb = True, RED


def letterhead(paper) -> None:
    table = grid(paper, 2, (64, 96))
    left, right = table.rows[0].cells
    stack(left, [("{{ co_quan_tren }}", 12, False, False), ("{{ co_quan }}", 12, True, False)])
    rule(left.add_paragraph(), 21)
    stack(
        right,
        [
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, True, False),
            ("Độc lập - Tự do - Hạnh phúc", 13, True, False),
        ],
    )
    rule(right.add_paragraph(), 18)
    left, right = table.rows[1].cells
    stack(left, [("{{ so_ky_hieu }}", 13, False, False)])
    stack(right, [("{{ dia_danh }}", 13, False, True)])


def signatures(paper) -> None:
    room = paper.add_paragraph().paragraph_format
    room.space_before, room.keep_with_next = Pt(6), True
    table = grid(paper, 1, (75, 85))
    left, right = table.rows[0].cells
    stack(left, [("Nơi nhận:", 12, True, True)], ALIGN.LEFT)
    receivers = left.add_paragraph("{{ noi_nhan }}", style="Nơi nhận")
    receivers.alignment = ALIGN.LEFT
    stack(
        right,
        [
            ("{{ thay_mat }}", 14, True, False),
            ("{{ chuc_vu }}", 14, True, False),
            *[("", 14, False, False)] * 4,
            ("{{ nguoi_ky }}", 14, True, False),
        ],
    )


def grid(paper, rows, widths):
    """A table that only places its parts: no lines, no space around."""
    table = paper.add_table(rows=rows, cols=2)
    table.autofit = False
    margins = parse_xml(
        f'<w:tblCellMar {nsdecls("w")}><w:left w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
    )
    table._tbl.tblPr.find(qn("w:tblLook")).addprevious(margins)
    for c, width in enumerate(widths):
        table.columns[c].width = Mm(width)
        for cell in table.columns[c].cells:
            cell.width = Mm(width)
    for row in table.rows:
        flag = OxmlElement("w:cantSplit")
        row._tr.get_or_add_trPr().append(flag)
    return table


def stack(cell, lines, align=ALIGN.CENTER) -> None:
    for n, (text, size, bold, italic) in enumerate(lines):
        paragraph = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
        paragraph.alignment = align
        run = paragraph.add_run(text)
        run.font.size, run.bold, run.italic = Pt(size), bold, italic


def centred(paper, text, size, before=0, after=0) -> None:
    paragraph = paper.add_paragraph()
    paragraph.alignment, form = ALIGN.CENTER, paragraph.paragraph_format
    form.space_before, form.space_after = Pt(before), Pt(after)
    run = paragraph.add_run(text)
    run.bold, run.font.size = True, Pt(size)


def rule(paragraph, inset) -> None:
    """A line, `inset` mm from both sides: a border, not letters that a reader would hear."""
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Mm(inset)
    form.space_before, form.space_after = Pt(5), Pt(6)
    form.line_spacing = Pt(4)
    paragraph._p.pPr.find(qn("w:spacing")).addprevious(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
            "</w:pBdr>"
        )
    )


if __name__ == "__main__":
    main()
