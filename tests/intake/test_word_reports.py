"""The tables of a Word document read as the workbook does."""

import io
import zipfile

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


def run(text, properties=""):
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(*runs, properties=""):
    return f"<w:p><w:pPr><w:rPr>{properties}</w:rPr></w:pPr>{''.join(runs)}</w:p>"


def cell(*paragraphs, properties=""):
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(paragraphs)}</w:tc>"


def control(xml, properties=""):
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{xml}</w:sdtContent></w:sdt>"


def text_box(xml):
    box = f"<w:txbxContent>{xml}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
        'markup-compatibility/2006"><mc:Choice Requires="wps"><w:drawing>'
        f"{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def row(typed):
    """The row of C1-01 with `typed`, its cell of the result."""
    cells = [cell(paragraph(run(text))) for text in ("C1-01", "", "cuộc", "275")]
    return "".join(["<w:tr>", *cells, typed, cell(paragraph(run("1,47"))), "</w:tr>"])


@pytest.fixture
def figure(folder):
    """The facts of C1-01 in a Word report whose table holds this row, and their problems."""

    def read(xml, styles=""):
        header = ["Mã", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch năm", "Thực hiện", "Tự chấm điểm"]
        data = document([header, ["C1-02", "", "", "", "12", ""]], LETTERHEAD)
        old, made = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
        with zipfile.ZipFile(made, "w") as new:
            for name in old.namelist():
                part = old.read(name).decode() if name.endswith(".xml") else old.read(name)
                if name == "word/document.xml":
                    part = part.replace("</w:tbl>", f"{xml}</w:tbl>")
                elif name == "word/styles.xml":
                    part = part.replace("</w:styles>", f"{styles}</w:styles>")
                new.writestr(name, part)
        (folder / "a.docx").write_bytes(made.getvalue())
        found, _ = read_from(folder)
        facts = found.facts[found.facts["indicator"] == "C1-01"].set_index("measure")
        return facts, [p for p in found.problems if p.indicator == "C1-01"]

    return read


@pytest.mark.parametrize(
    "xml",
    [
        row(control(cell(paragraph(run("326"))))),
        control(row(cell(paragraph(run("326"))))),
        row(control(control(cell(control(paragraph(control(run("326")))))))),
        row(cell(paragraph(f"<w:moveFrom>{run('320')}</w:moveFrom>", run("326")))),
        row(cell(paragraph(f"<w:ins>{run('32')}</w:ins>", run("6")))),
        row(cell(paragraph(run("3", "<w:b/>"), run("26")))),
        row(cell(paragraph(run("3"), properties="<w:del/>"), paragraph(run("26")))),
        row(
            cell(paragraph(run("320")), properties="<w:cellDel/>")
            + cell(paragraph(run("326")), properties="<w:cellIns/>")
        ),
        row(cell(paragraph(text_box(paragraph(run("326")))))),
        f"<w:tr><w:trPr><w:del/></w:trPr>{row(cell(paragraph(run('320')))).removeprefix('<w:tr>')}"
        + row(cell(paragraph(run("326")))),
        row(cell(paragraph(run("326"), run(" đã kiểm tra", "<w:vanish/>")))),
        row(cell(paragraph(run("326", '<w:strike w:val="0"/><w:vertAlign w:val="baseline"/>')))),
    ],
    ids=[
        "cell in a control",
        "row in a control",
        "controls in controls",
        "moved from here",
        "inserted",
        "two runs",
        "end of a paragraph deleted",
        "cell deleted, cell inserted",
        "text box",
        "row deleted",
        "hidden remark",
        "not struck",
    ],
)
def test_a_figure_reads_as_word_shows_it_with_all_changes_accepted(figure, xml):
    facts, problems = figure(xml)
    assert facts["value"].to_dict() == {"plan": 275, "actual": 326, "self_score": 1.47}
    assert problems == []


STYLE = (
    '<w:style w:type="character" w:styleId="Mu"><w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    '</w:style><w:style w:type="character" w:styleId="Con"><w:basedOn w:val="Mu"/></w:style>'
)


@pytest.mark.parametrize(
    ("runs", "raw"),
    [
        ((run("326"), run("2", '<w:vertAlign w:val="superscript"/>')), "326²"),
        ((run("326"), run("2", '<w:rStyle w:val="Con"/>')), "326²"),
        (
            (run("32", "<w:strike/>"), run("0", "<w:strike/><w:b/>"), run("326")),
            "[gạch bỏ: 320] 326",
        ),
        ((run("32"), run("0", "<w:vanish/>"), run("6")), "32 [ẩn: 0] 6"),
        ((run("326", "<w:dstrike/>"),), "[gạch bỏ: 326]"),
        ((text_box(paragraph(run("320"))), run("326")), "326\n320"),
    ],
    ids=["raised", "raised by its style", "struck, new one beside", "hidden", "struck", "text box"],
)
def test_digits_that_mean_something_else_are_asked_and_never_joined(figure, runs, raw):
    facts, problems = figure(row(cell(paragraph(*runs))), STYLE)
    actual = facts.loc["actual"]
    assert (actual["state"], actual["raw"], actual["cell"]) == ("rejected", raw, "E3")
    assert [(p.cell, p.raw) for p in problems] == [("E3", raw)]


def test_the_prompt_of_an_unfilled_control_is_blank(figure):
    prompt = control(cell(paragraph(run("Bấm để nhập 1 số"))), "<w:showingPlcHdr/>")
    assert figure(row(prompt))[0].loc["actual", "state"] == "blank"
