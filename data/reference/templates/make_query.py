"""Write `query.docx` anew: a công văn of Nghị định 30/2020/NĐ-CP, its questions as the annex.

Run it only to start over: the office changes `query.docx` in Word, and this overwrites it.
"""

from pathlib import Path

import docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt
from make_report import MARGINS, STYLES, grid, mark, number, page, rule, signatures, stack, style

CAMPAIGN = "Cuộc vận động “Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh”"
# what is asked, where something came to be asked about, and where nothing came
ASKED = (
    f"Qua kiểm tra số liệu trong {{{{ bao_cao }}}} thực hiện {CAMPAIGN}{{% if tep %}} (tệp "
    "“{{ tep }}”){% endif %}, {{ ben_gui }} đề nghị đơn vị kiểm tra, giải trình {{ so_cau }} nội "
    "dung nêu trong Phụ lục kèm theo Công văn này. Số liệu chỉ được đánh dấu, chưa bị sửa hay "
    "loại bỏ.",
    "{%p if giu_kin %}",
    "Số phiếu trả lời của người dân không in trong Phụ lục (dấu {{ giu_kin }}); đề nghị xem tại ô "
    "đã nêu trong tệp của đơn vị.",
    "{%p endif %}",
    "Đề nghị đơn vị trả lời vào tệp {{ tep_tra_loi }} gửi kèm: ghi Số đúng nếu số đã ghi sai; chỉ "
    "ghi Lý do nếu số đã ghi là đúng; ghi tên người trả lời, ngày trả lời, rồi gửi lại "
    "{{ ben_gui }} trước {{ han }}.",
)
NOTHING_CAME = (
    f"Đến nay, {{{{ ben_gui }}}} chưa nhận được {{{{ bao_cao }}}} thực hiện {CAMPAIGN} của đơn vị "
    "(hạn gửi: trước ngày {{ han_bao_cao }}). Chưa có báo cáo thì chưa có căn cứ đánh giá, xếp "
    "loại.",
    "Đề nghị đơn vị gửi báo cáo theo mẫu về {{ ben_gui }} trước {{ han }}; nếu đã gửi, đề nghị cho "
    "biết ngày gửi, nơi nhận và gửi lại tệp.",
)
ENDING = "Đề nghị đơn vị quan tâm, phối hợp thực hiện./."
COLUMNS = (  # header, width in mm, what fills it
    ("Số", 11, "so"),
    ("Trang, ô", 23, "noi"),
    ("Chỉ tiêu", 33, "chi_tieu"),
    ("Đã ghi", 24, "da_ghi"),
    ("Nội dung đề nghị giải trình", 43, "noi_dung"),
    ("Trả lời", 26, ""),
)


def main() -> None:
    paper = docx.Document()
    paper.core_properties.author = paper.core_properties.comments = ""
    for name, look in STYLES.items():
        style(paper, name, *look)
    paper.styles["Nội dung"].font.size = Pt(14)
    section = paper.sections[0]
    page(section, 210, 297, MARGINS)
    section.different_first_page_header_footer = True
    number(section.header.paragraphs[0])
    for footer in (section.first_page_footer, section.footer):
        mark(footer.paragraphs[0])
    letterhead(paper)
    line(paper, "Kính gửi: {{ kinh_gui }}.", before=18, after=12)
    paper.add_paragraph("{%p if giai_trinh %}")
    for text in ASKED:
        paper.add_paragraph(text, "Nội dung")
    paper.add_paragraph("{%p else %}")
    for text in NOTHING_CAME:
        paper.add_paragraph(text, "Nội dung")
    paper.add_paragraph("{%p endif %}")
    paper.add_paragraph(ENDING, "Nội dung").paragraph_format.keep_with_next = True
    signatures(paper)
    paper.add_paragraph("{%p if giai_trinh %}")
    annex(paper)
    paper.add_paragraph("{%p endif %}")
    paper.save(Path(__file__).with_name("query.docx"))


def letterhead(paper) -> None:
    """Who writes, on the left; quốc hiệu on the right; below them number and subject, and date."""
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
    stack(left, [("{{ so_ky_hieu }}", 13, False, False), ("{{ trich_yeu }}", 12, False, False)])
    left.paragraphs[1].paragraph_format.space_before = Pt(6)
    stack(right, [("{{ dia_danh }}", 13, False, True)])


def annex(paper) -> None:
    """The questions, on a page of their own."""
    line(paper, "PHỤ LỤC", bold=True).page_break_before = True
    line(paper, "PHIẾU ĐỀ NGHỊ GIẢI TRÌNH", bold=True)
    line(paper, "Số liệu trong {{ bao_cao }} của {{ don_vi }}", bold=True)
    line(paper, "(Kèm theo Công văn {{ kem_theo }} của {{ ben_gui }})", italic=True)
    rule(paper.add_paragraph(), 55)
    table = paper.add_table(rows=4, cols=len(COLUMNS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for c, (header, width, key) in enumerate(COLUMNS):
        table.columns[c].width = Mm(width)
        head, row = table.cell(0, c), table.cell(2, c)
        head.text, row.text = header, f"{{{{ cau.{key} }}}}" if key else ""
        head.paragraphs[0].runs[0].bold = True
        for cell in table.columns[c].cells:
            cell.width, cell.paragraphs[0].style = Mm(width), "Ô bảng"
        head.paragraphs[0].alignment = ALIGN.CENTER
    table.cell(2, 0).paragraphs[0].alignment = ALIGN.CENTER
    table.cell(1, 0).paragraphs[0].text = "{%tr for cau in cau_hoi %}"
    table.cell(3, 0).paragraphs[0].text = "{%tr endfor %}"
    flag(table.rows[0], "w:tblHeader")
    flag(table.rows[2], "w:cantSplit")


def line(paper, text, *, bold=False, italic=False, before=0, after=0):
    """A centred line; its format."""
    paragraph = paper.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(14)
    form = paragraph.paragraph_format
    form.alignment, form.space_before, form.space_after = ALIGN.CENTER, Pt(before), Pt(after)
    return form


def flag(row, name) -> None:
    """What python-docx has no name for: a header on every page, a row that no page breaks."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))


if __name__ == "__main__":
    main()
