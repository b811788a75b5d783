"""A report as DOCX, in the Word template that the office can change.

The template says where each part stands and how it looks; here the parts are written as plain
paragraphs, tables and pictures in its styles. Whatever a text holds stays text."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate
from lxml import etree
from markupsafe import Markup, escape

from ntm_eval.characters import printable
from ntm_eval.exchange.paper import content, fill, opened
from ntm_eval.language import current
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Block, Document, Figure, Heading, Quote, Table, Text, beside
from ntm_eval.reporting.columns import fit
from ntm_eval.workspace import ENGLISH, TEMPLATES, VIETNAMESE, AnalystError

TEMPLATE = TEMPLATES / "report.docx"

# what stands on every official document, in the templates too
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
RECEIVERS = "Nơi nhận:"
WHOLE = 14  # rows of a table that is not parted between pages
WIDTH = 165  # mm between the margins of the template

BODY, QUOTE, CAPTION, PICTURE, CELL = "Nội dung", "Nguyên văn", "Caption", "Hình", "Ô bảng"

Style = Callable[[str], str]  # the id of a style by its name

DXA = 1440 / 25.4  # twentieths of a point in a millimetre

# what the template must hold: without these the report would lose a part unseen
NEEDED = {"trich_yeu", "tom_tat", "noi_dung", "phu_luc", "dau"}

ROOM = '<w:spacing w:before="160"/>'  # twentieths of a point: below a table

LOCALES = {VIETNAMESE: "vi-VN", ENGLISH: "en-GB"}

LINES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def docx(report: Document, template: Path = TEMPLATE) -> bytes:
    """The report as a Word file; the same report is the same file.

    Raises
    ------
    AnalystError
        Where the template is missing, or names what a report does not have.
    """
    paper = opened(template)
    form = {name: printable(text) for name, text in report.form.items()}
    parts = {
        "co_quan_tren": form["superior"],
        "co_quan": form["issuer"],
        "so_ky_hieu": form["number"],
        "dia_danh": form["place"],
        "ten_loai": form["kind"],
        "thay_mat": form["on_behalf"],
        "chuc_vu": form["position"],
        "nguoi_ky": form["signer"],
        "noi_nhan": form["receivers"],
        "trich_yeu": printable(report.subject),
        "dau": printable(report.mark),
        "tom_tat": _xml(paper, report.summary),
        "noi_dung": _xml(paper, report.body),
        "phu_luc": _xml(paper, report.annexes),
    }
    fill(paper, parts, NEEDED, template)
    for words in paper.docx.element.iter(qn("w:t")):
        if words.text in (NATION, MOTTO, RECEIVERS):
            words.text = _(words.text)
    about, fixed = paper.docx.core_properties, dt.datetime(report.year, 1, 1)
    about.title, about.language = printable(report.title), LOCALES[current()]
    about.created = about.modified = fixed
    return content(paper.docx)


def _xml(paper: DocxTemplate, blocks: Iterable[Block]) -> Markup:
    style, made, above = _styles(paper), [], None
    for block in beside(blocks):
        made.append(_block(paper, block, style, below_table=isinstance(above, Table)))
        above = block
    return Markup("".join(made))


def _block(
    paper: DocxTemplate, block: Block | tuple[Figure, ...], style: Style, *, below_table: bool
) -> str:
    match block:
        case Heading(text, level):
            return _paragraph(style(f"Heading {level}"), text)
        case Table():
            return _paragraph(style(CAPTION), block.caption) + _table(block, style(CELL))
        case Figure():
            below = _caption_below(style(CAPTION), block.caption)
            return _pictures(paper, [block], style) + below
        case tuple():
            return _pictures(paper, block, style)
        case Text():
            name = style(QUOTE if isinstance(block, Quote) else BODY)
            return "".join(
                _paragraph(name, line, room=below_table and n == 0)
                for n, line in enumerate(block.paragraphs())
            )


def _styles(paper: DocxTemplate) -> Style:
    """The id of a style by the name that Word shows."""
    known = {s.name: s.style_id for s in paper.docx.styles}

    def of(name: str) -> str:
        if name not in known:
            raise AnalystError(
                f"Mẫu Word {TEMPLATE} thiếu kiểu (style) “{name}”. Tạo lại kiểu đó, hoặc lấy lại "
                "tệp mẫu từ dự án."
            )
        return known[name]

    return of


def _paragraph(style: str, text: str, *, room: bool = False) -> str:
    """A paragraph, with room above it or not.

    What ends in a colon stays with what it announces, the last sentence with the signature.
    """
    look = ("<w:keepNext/>" if text.endswith((":", "./.")) else "") + (ROOM if room else "")
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{look}</w:pPr>{_run(text)}</w:p>'


def _run(text: str, look: str = "") -> str:
    """Text as text: nothing in it is a field, a link or a break of the page."""
    lines = [escape(line) for line in printable(text).replace("\t", " ").splitlines() or [""]]
    body = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{f'<w:rPr>{look}</w:rPr>' if look else ''}{body}</w:r>"


def _table(table: Table, style: str) -> str:
    """A table of Word: its header stands again on every page, numbers are set right."""
    widths, size = fit(table, WIDTH)
    letters = f'<w:sz w:val="{2 * size}"/>'
    texts = [c.header for c in table.columns]
    head = _row(texts, ["center"] * len(texts), widths, style, f"<w:b/>{letters}", head=True)
    sides = ["right" if c.css == "num" else "left" for c in table.columns]
    last = len(table.rows) - 1 if len(table.rows) <= WHOLE else 0
    rows = [
        _row(row, sides, widths, style, letters, stays=n < last) for n, row in enumerate(table.rows)
    ]
    if not rows:
        rows = [_row([table.empty], ["left"], [sum(widths)], style, letters, span=len(widths))]
    grid = "".join(f'<w:gridCol w:w="{w * DXA:.0f}"/>' for w in widths)
    about = escape(printable(table.caption))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths) * DXA:.0f}" w:type="dxa"/>'
        f'<w:tblBorders>{LINES}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="62" w:type="dxa"/><w:right w:w="62" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1"/><w:tblCaption w:val="{about}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{head}{''.join(rows)}</w:tbl>"
    )


def _row(
    texts: Sequence[str],
    sides: Sequence[str],
    widths: Sequence[float],
    style: str,
    look: str,
    *,
    head: bool = False,
    span: int = 1,
    stays: bool = False,
) -> str:
    """A row; one that `stays` keeps the next on its page."""
    keep = "<w:keepNext/>" if head or stays else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width * DXA:.0f}" w:type="dxa"/>'
        + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
        + ('<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>' if head else "")
        + f'<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}'
        f'<w:jc w:val="{side}"/></w:pPr>{_run(text, look)}</w:p></w:tc>'
        for text, side, width in zip(texts, sides, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{cells}</w:tr>"


def _pictures(paper: DocxTemplate, row: Iterable[Figure], style: Style) -> str:
    """Pictures in one line as far as they fit, each with what it shows for who cannot see."""
    runs = []
    for picture in row:
        scale = min(1, WIDTH / picture.width)
        size = Mm(picture.width * scale), Mm(picture.height * scale)
        inline = paper.docx.part.new_pic_inline(io.BytesIO(picture.png), *size)
        inline.docPr.set("descr", printable(picture.alt))
        inline.docPr.set("title", printable(picture.caption))
        for side in "TBLR":  # else LibreOffice leaves room, and two do not fit beside each other
            inline.set(f"dist{side}", "0")
        drawn = etree.tostring(inline, encoding="unicode")
        runs.append(f"<w:r><w:drawing>{drawn}</w:drawing></w:r>")
    look = f'<w:pPr><w:pStyle w:val="{style(PICTURE)}"/></w:pPr>'
    return f"<w:p>{look}{''.join(runs)}</w:p>"


def _caption_below(style: str, text: str) -> str:
    """Below its picture a caption need not stay with what follows."""
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:keepNext w:val="0"/>'
        f'<w:jc w:val="center"/></w:pPr>{_run(text)}</w:p>'
    )
