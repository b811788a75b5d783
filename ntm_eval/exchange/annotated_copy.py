"""The problems of a workbook for those who mend it: as text, and as a copy with marked cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from ntm_eval import reference
from ntm_eval.characters import printable
from ntm_eval.exchange import guide
from ntm_eval.exchange.layout import FILL, TALLEST, height
from ntm_eval.intake.problems import BLANK, SEVERITY, Problem, ordered
from ntm_eval.units import commune_name, fold
from ntm_eval.workspace import AnalystError, write_beside

# openpyxl keeps what it does not know of these only; other formats would lose their content
SUFFIXES = (".xlsx",)
TO_MEND = "Cần sửa"
AUTHOR = "ntm-eval"
FILLS = {"error": "F4B6B0", "warning": "FFE08A", "info": "CFE2F3"}
HEADERS = {"Số": 6, "Mức": 13, "Nơi": 24, "Đã ghi": 22, "Vì sao, cần làm gì": 80}
LONGEST = 300  # letters of what was typed that are quoted in a list


def as_text(found: Sequence[Problem]) -> list[str]:
    """The problems as lines of text: by sheet, errors first, then by cell; blanks in one line."""
    lines = []
    for sheet, members in groupby(ordered(found), key=lambda p: p.sheet):
        rows = list(members)
        lines += ["", f"Trang '{sheet}'" if sheet else "Cả tệp"]
        lines += [f"- [{SEVERITY[p.severity]}] {_line(p)}" for p in rows if p.rule != BLANK]
        blanks = [p for p in rows if p.rule == BLANK]
        if blanks:
            lines.append(f"- [{SEVERITY[blanks[0].severity]}] {_blanks(blanks)}")
    return lines


def copy(source: Path, found: Sequence[Problem], target: Path) -> str:
    """Write the marked copy of a workbook, into `target` where that is a folder; says where.

    Of a file that is not .xlsx there can be none, and the answer says so.

    Raises
    ------
    AnalystError
        Where the copy would replace the workbook itself, or has a name that Excel refuses.
    """
    target = target / f"{source.stem} - cần sửa.xlsx" if target.is_dir() else target
    if target.resolve() == source.resolve() or target.suffix.lower() not in SUFFIXES:
        raise AnalystError(f"Bản đánh dấu phải là một tệp .xlsx khác tệp gốc, không phải {target}.")
    advice = "Sửa theo danh sách ở trên, hoặc mở bằng Excel, lưu thành .xlsx rồi kiểm tra lại."
    if source.suffix.lower() not in SUFFIXES:
        return f"Không có bản đánh dấu: {source.name} không phải tệp .xlsx. {advice}"
    if any(p.rule == "unreadable_file" for p in found):
        return f"Không có bản đánh dấu: không mở được {source.name}. {advice}"
    write(source, found, target)
    return f"Bản có đánh dấu: {target}"


def write(source: Path, found: Sequence[Problem], target: Path) -> None:
    """Write a copy of an .xlsx workbook with each problem's cell filled and commented.

    Everything else stays; a sheet at the front lists all problems, with links to their cells.

    Raises
    ------
    AnalystError
        Where a part of the workbook that the report does not need cannot be copied.
    """
    try:
        book = openpyxl.load_workbook(source, rich_text=True)
    except Exception as error:  # openpyxl raises many kinds for a damaged part of a workbook
        raise AnalystError(
            f"Không ghi được bản đánh dấu của {source.name}: {error}. Sửa theo danh sách ở trên."
        ) from None
    _unmark(book)
    placed = ordered(found)
    here = {fold(sheet.title): sheet for sheet in book.worksheets}
    for (sheet, cell), members in groupby(placed, key=lambda p: (p.sheet, p.cell)):
        if cell and fold(sheet) in here:
            _mark(here[fold(sheet)], cell, list(members))
    _list(book.create_sheet(TO_MEND, 0), placed, here)
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False
    with write_beside(target) as draft:
        book.save(draft)


def _line(p: Problem) -> str:
    parts = [p.cell and f"ô {p.cell}", _subject(p), p.raw and f"ghi '{_short(p.raw)}'"]
    where = ", ".join(filter(None, parts))
    return f"{where}: {p.why}" if where else p.why


def _blanks(rows: Sequence[Problem]) -> str:
    """One paragraph for all blank cells of a sheet: their indicators and addresses."""
    cells = "; ".join(" ".join(filter(None, (p.indicator, p.cell and f"({p.cell})"))) for p in rows)
    return f"{len(rows)} ô bỏ trống: {cells}. {guide.BLANK}"


def _unmark(book: openpyxl.Workbook) -> None:
    """Take away what an earlier check marked, in a copy that was mended and is checked again."""
    if TO_MEND in book.sheetnames:
        del book[TO_MEND]
    for cell in (c for sheet in book.worksheets for row in sheet.iter_rows() for c in row):
        if cell.comment and cell.comment.author == AUTHOR:
            cell.comment = None
            cell.fill = PatternFill("solid", fgColor=FILL.removeprefix("#"))


def _mark(sheet: Worksheet, ref: str, members: Sequence[Problem]) -> None:
    """Fill and comment one cell; of merged cells the first carries both."""
    cell = sheet[ref]
    if isinstance(cell, MergedCell):
        area = next(a for a in sheet.merged_cells.ranges if ref in a)
        cell = sheet.cell(area.min_row, area.min_col)
    cell.fill = PatternFill("solid", fgColor=FILLS[members[0].severity])
    names = reference.table("rules").set_index("rule")["name_vi"].to_dict()
    said = "\n\n".join(f"{names[p.rule]} ({SEVERITY[p.severity]}): {p.why}" for p in members)
    before = f"\n\n{cell.comment.text}" if cell.comment else ""
    comment = Comment(printable(said + before)[:8000], AUTHOR)
    comment.width, comment.height = 360, 60 + 20 * (len(comment.text) // 48 + 2 * len(members))
    cell.comment = comment


def _list(sheet: Worksheet, placed: Sequence[Problem], here: Mapping[str, Worksheet]) -> None:
    """The sheet at the front: all problems in order, each with a link to its cell."""
    line = Side(style="thin", color="8C8C8C")
    box = {"border": Border(left=line, right=line, top=line, bottom=line)}
    wrap = Alignment(wrap_text=True, vertical="top")
    _put(sheet["A1"], "CẦN SỬA TRƯỚC KHI GỬI", font=Font("Times New Roman", 14, bold=True))
    says = "Bấm vào nơi để đến ô. Sửa xong thì kiểm tra lại; trang này không cần gửi kèm."
    _put(sheet["A2"], says, font=Font("Times New Roman", 12, italic=True))
    for c, (text, width) in enumerate(HEADERS.items(), start=1):
        sheet.column_dimensions[get_column_letter(c)].width = width
        head = PatternFill("solid", fgColor="CFE0D2")
        bold = Font("Times New Roman", 12, bold=True)
        _put(sheet.cell(3, c), text, font=bold, fill=head, alignment=wrap, **box)
    for r, p in enumerate(placed, start=4):
        where = ", ".join(filter(None, (p.sheet, p.cell))) or "cả tệp"
        name = f"{_subject(p)}: " if _subject(p) else ""
        texts = (str(r - 3), SEVERITY[p.severity], where, _short(p.raw or ""), name + p.why)
        for c, text in enumerate(texts, start=1):
            _put(sheet.cell(r, c), text, font=Font("Times New Roman", 12), alignment=wrap, **box)
        # LibreOffice and Excel fit no row by themselves where a file says nothing of its height
        tall = (height(text, width) for text, width in zip(texts, HEADERS.values(), strict=True))
        sheet.row_dimensions[r].height = min(max(tall), TALLEST)
        sheet.cell(r, 2).fill = PatternFill("solid", fgColor=FILLS[p.severity])
        target = here.get(fold(p.sheet)) if p.sheet else None
        if target is not None and p.cell:
            quoted = target.title.replace("'", "''")
            at = sheet.cell(r, 3)
            at.hyperlink = Hyperlink(at.coordinate, location=f"'{quoted}'!{p.cell}")
            sheet.cell(r, 3).font = Font("Times New Roman", 12, color="0563C1", underline="single")
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _put(cell: Cell, text: str, **look: object) -> None:
    """Write text as text, also one that looks like a formula."""
    cell.value = printable(text)
    cell.data_type = "s"
    for name, value in look.items():
        setattr(cell, name, value)


def _subject(p: Problem) -> str | None:
    """The indicator of a problem, or its commune where the message does not name it already."""
    if p.indicator:
        return f"{p.indicator} {reference.indicator_name(p.indicator)}"
    name = p.commune_code and commune_name(p.commune_code, p.district_code)
    return name if name and name not in p.message else None


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
