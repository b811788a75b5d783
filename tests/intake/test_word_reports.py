"""The tables of a Word document read as the workbook does."""

import io

import pytest
from docx import Document
from reports import LETTERHEAD, document, facts_of, grid, read_from, rules

from ntm_eval.intake import received


@pytest.mark.parametrize("tables", [1, 3])
def test_the_annex_tables_of_a_word_report_read_as_the_workbook_does(filled, read, tables):
    before = facts_of(read())
    rows = grid(filled)[3:]
    filled.with_suffix(".docx").write_bytes(document([grid(filled)[2], *rows], LETTERHEAD, tables))
    filled.unlink()
    found, wrong = read_from(filled.parent)
    assert facts_of(found).equals(before)
    assert wrong == []
    assert set(found.facts["sheet"].dropna()) == {f"bảng {n + 1}" for n in range(tables)}
    assert found.words["recommendations"] == "Cấp thêm vốn."


def test_merged_cells_of_a_word_table_keep_their_columns(filled, read, folder):
    before = facts_of(read())
    made = Document(io.BytesIO(document(grid(filled)[2:], LETTERHEAD)))
    row = made.tables[0].add_row()
    row.cells[0].merge(row.cells[4]).text = "Ghi chú: 12 xã"
    filled.unlink()
    made.save(folder / "a.docx")
    found, _ = read_from(folder)
    assert facts_of(found).equals(before)
    assert "unplaced_cells" not in rules(found)


def test_a_word_letter_beside_the_workbook_takes_nobodys_place(filled, folder):
    made = Document()
    made.add_paragraph("Huyện/thành phố: Sốp Cộp")
    made.save(folder / "zz thuyet minh Sốp Cộp.docx")
    found, wrong = received.reports(folder, 2022, "annual")
    assert [(r.file, r.current) for r in found] == [(filled.name, True)]
    assert [p.rule for p in wrong] == ["unreadable_file"]
