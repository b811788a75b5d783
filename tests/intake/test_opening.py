"""A file that is no report, or a harmful one, is one clear letter; nothing in it is run."""

import io
import re
import shutil
import sys
import zipfile

import pytest
import xlsxwriter
from reports import document, edit, facts_of, refusal

from ntm_eval.intake import sheets, spreadsheets, workbook


def replaced(data, **parts):
    """The archive with some of its parts written anew ('xl/workbook.xml' as xl__workbook)."""
    old, made = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    new = {name.replace("__", "/") + ".xml": text for name, text in parts.items()}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, new.get(name, old.read(name)))
    return made.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"ten,gia tri\n1,2\n"])
def test_a_file_that_is_no_workbook_is_one_letter(folder, content):
    path = folder / "hong.xlsx"
    path.write_bytes(content)
    assert re.search("không mở được .* gửi lại", refusal(path))


def test_a_workbook_with_a_password_says_so(folder):
    data = spreadsheets.OLE + bytes(500) + spreadsheets.ENCRYPTED + bytes(500)
    assert "mật khẩu" in refusal(folder / "a.xlsx", data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "rỗng"),
        (bytes(4096), "rỗng"),
        (b"PK\x03\x04 cut short", "hỏng"),
        (spreadsheets.OLE + bytes(3000), "hỏng"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "không phải bảng tính"),
        (b"%PDF-1.7 ", "không phải bảng tính"),
    ],
)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_each_unreadable_file_says_which_kind_of_unreadable(folder, data, words, suffix):
    assert words in refusal(folder / f"a{suffix}", data)


def test_a_zip_that_is_no_workbook_is_the_wrong_type(folder):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("anh.jpg", b"\xff\xd8")
    assert "không phải bảng tính" in refusal(folder / "a.xlsx", made.getvalue())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook_of_any_length_is_damaged(filled, share):
    data = filled.read_bytes()
    assert "hỏng" in refusal(filled, data[: int(len(data) * share)])


BILLION = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "hahahahaha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def test_nested_entities_are_never_unfolded(filled, folder):
    sheet = f'{BILLION}<worksheet {SPACE}><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&i;'
    sheet += "</t></is></c></row></sheetData></worksheet>"
    filled.write_bytes(replaced(filled.read_bytes(), xl__worksheets__sheet2=sheet))
    assert "hỏng" in refusal(filled)
    word = "<w:document xmlns:w='x'><w:body><w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body>"
    data = replaced(document([["a"], ["b"]]), word__document=f"{BILLION}{word}</w:document>")
    assert "hỏng" in refusal(folder / "a.docx", data)


def test_a_huge_sheet_in_a_small_file_is_refused_by_the_directory_alone(filled):
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row>' * 2_700_000
    head, tail = f"<worksheet {SPACE}><sheetData>".encode(), b"</sheetData></worksheet>"
    data = replaced(filled.read_bytes(), xl__worksheets__sheet2=head + rows + tail)
    assert len(data) < 1_000_000
    assert "quá lớn" in refusal(filled, data)


def test_one_long_text_in_very_many_cells_is_refused(folder):
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet(sheets.FIGURES).write_string(0, 0, "a")
    cells = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 9999))
    data = replaced(
        path.read_bytes(),
        xl__worksheets__sheet1=f"<worksheet {SPACE}><sheetData>{cells}</sheetData></worksheet>",
        xl__sharedStrings=f"<sst {SPACE}><si><t>{'a' * 120_000}</t></si></sst>",
    )
    assert "quá lớn" in refusal(path, data)


def test_a_cell_in_the_farthest_corner_is_refused_and_one_at_the_end_of_a_column_is_not(
    filled, read
):
    before = facts_of(read())
    edit(filled, lambda book: book["Chỉ tiêu"].__setitem__("B1048576", "x"))
    assert facts_of(read()).equals(before)
    edit(filled, lambda book: book["Chỉ tiêu"].__setitem__("XFD1048576", "x"))
    assert "rất xa" in refusal(filled)


def test_macros_and_links_are_carried_along_and_never_run(filled, read, folder):
    before = facts_of(read())
    old = zipfile.ZipFile(io.BytesIO(filled.read_bytes()))
    link = '<externalLink xmlns="x"><externalBook r:id="rId1" xmlns:r="y"/></externalLink>'
    made = folder / "macro.xlsm"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, old.read(name))
        archive.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
        archive.writestr("xl/externalLinks/externalLink1.xml", link)
    filled.unlink()
    assert facts_of(read()).equals(before)


def test_the_reader_of_large_files_gives_the_same_cells(filled):
    data = filled.read_bytes()
    here, apart = spreadsheets.spreadsheet(data), spreadsheets._apart(data)
    assert [(p.name, p.grid, p.hidden) for p in here] == [(p.name, p.grid, p.hidden) for p in apart]


def test_a_reader_that_dies_or_takes_too_long_refuses_only_its_file(filled, monkeypatch):
    data = filled.read_bytes()
    monkeypatch.setattr(spreadsheets, "SECONDS", 0.001)
    with pytest.raises(workbook.UnreadableError, match="too_large"):
        spreadsheets._apart(data)
    monkeypatch.undo()
    monkeypatch.setattr(sys, "executable", shutil.which("false") or "/bin/false")
    with pytest.raises(workbook.UnreadableError, match="too_large"):
        spreadsheets._apart(data)
