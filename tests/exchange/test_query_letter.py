"""The query letter, on paper and as a table, and what a filled table does to the figures."""

import shutil
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest
from docx.shared import Mm
from reports import SOP_COP

from ntm_eval import reference
from ntm_eval.characters import printable
from ntm_eval.checks import report as checks
from ntm_eval.exchange import query_letter as letters
from ntm_eval.exchange import replies
from ntm_eval.intake import problems
from ntm_eval.language import message
from ntm_eval.reporting import files
from ntm_eval.review import Review
from ntm_eval.workspace import AnalystError, workspace

FIGURES = {
    ("C1-01", "actual"): "chưa rõ",
    ("C2-04", "actual"): 930,
    ("C1-03", "actual"): 12,
    ("C1-04", "actual"): "=1+1",
}


@dataclass(frozen=True)
class Opened:
    """One report with the answers that lie beside it, as a review opens them."""

    facts: pd.DataFrame
    problems: pd.DataFrame
    answered: list[replies.Reply]
    out: Path

    @property
    def queries(self) -> pd.DataFrame:
        return replies.statuses(self.problems, self.answered)

    def save_letters(self) -> list[Path]:
        asked = replies.questions(self.problems, self.answered)
        letter = letters.Letter(SOP_COP, 2022, "annual", asked, "Báo cáo.xlsx", False)
        return letters.write(self.out, letter)


@pytest.fixture
def review(write, read, folder, tmp_path):
    """One district's report with its answers, opened anew each time."""
    write("Báo cáo.xlsx", figures=FIGURES)

    def opened() -> Opened:
        answered, _ = replies.replies(folder)
        found = read(replies.corrections(answered))
        case = checks.case_of(SOP_COP, 2022, "annual", found)
        frame = problems.frame([*found.problems, *checks.find_problems(case)])
        return Opened(found.facts, replies.explained(frame, answered), answered, tmp_path / "out")

    return opened


def test_an_answer_about_a_count_that_was_not_quoted_counts():
    place = problems.Place(SOP_COP.code, "a.xlsx", "Hài lòng", "H4")
    about = {"commune": "Xã Púng Bánh", "survey": "xã NTM", "question": "1"}
    why = message("tally_mismatch.answers", **about)
    found = problems.frame([problems.problem(why, place, raw="*")])
    answer = replies.Reply("a.xlsx", "Hài lòng", "H4", "*", "46", "", "A", "", "x.xlsx", "?")
    (row,) = replies.statuses(found, [answer]).to_dict("records")
    assert (row["old"], row["new"]) == ("*", "*")
    assert replies.corrections([answer])[0].new == "46"
    agreed = replace(answer, new="", reason="đúng")
    assert replies.questions(found, [agreed]).empty


@pytest.fixture
def letter(review) -> Path:
    """The XLSX of the letter as it was sent to the district."""
    return review().save_letters()[1]


@pytest.fixture
def answer(letter, folder):
    """Fill in the letter at the rows of these cells and put it where the office puts it."""

    def fill(name="tra loi.xlsx", **cells):
        book = openpyxl.load_workbook(letter)
        sheet = book.active
        at = {text.value: c.column for text in sheet[3] for c in [text]}
        for row in range(4, sheet.max_row + 1):
            for header, typed in cells.get(sheet.cell(row, at["Ô"]).value or "", {}).items():
                sheet.cell(row, at[header]).value = typed
        (folder / "answers").mkdir(exist_ok=True)
        book.save(folder / "answers" / name)

    return fill


def fact(found, indicator):
    return found.facts.query("indicator == @indicator and measure == 'actual'").iloc[0]


def status(found, cell):
    rows = found.queries
    return rows.loc[rows["cell"] == cell, "status"].tolist()


def messages(found, cell):
    return set(found.problems.loc[found.problems["cell"] == cell, "message"])


def of_file(name, file="bản cũ.xlsx", **values):
    """One problem of one file, as a table."""
    place = problems.Place(SOP_COP.code, file)
    return problems.frame([problems.problem(message(name, **values), place)])


def written(found, folder):
    asked = replies.questions(found)
    (path, _) = letters.write(
        folder, letters.Letter(SOP_COP, 2022, "annual", asked, "Báo cáo.xlsx", False)
    )
    paper = docx.Document(path)
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return [p.text for p in paper.paragraphs], cells


def test_the_paper_names_the_file_that_has_the_fault_where_it_is_another(tmp_path):
    found = pd.concat(
        [of_file("unreadable_file.damaged"), of_file("unreadable_file.empty", file="Báo cáo.xlsx")]
    )
    _, cells = written(found, tmp_path)
    assert "Tệp bản cũ.xlsx" in cells
    assert "Cả tệp" in cells  # of the report itself


def test_a_district_without_a_report_is_asked_for_the_report(tmp_path):
    texts, cells = written(of_file("missing_report", None, due="2022-12-10"), tmp_path)
    assert any(text.endswith("V/v gửi báo cáo năm\N{NO-BREAK SPACE}2022") for text in cells)
    assert not any("giải trình" in text or "PHỤ LỤC" in text for text in (*texts, *cells))
    (said,) = (text for text in texts if "chưa nhận được báo cáo năm 2022" in text)
    assert "(hạn gửi: trước ngày 05/12/2022)" in said
    assert not any("Đã ghi" in text for text in cells)


def test_the_paper_has_the_form_of_an_official_letter(letter):
    paper = docx.Document(letter.with_name("queries.docx"))
    head = [cell.text.split("\n") for row in paper.tables[0].rows for cell in row.cells]
    assert head[0][:3] == ["ỦY BAN MTTQ VIỆT NAM", "TỈNH SƠN LA", "BAN THƯỜNG TRỰC"]
    assert head[1][:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert head[2] == [
        "Số: ……/MTTQ-BTT",
        "V/v giải trình số liệu báo cáo năm\N{NO-BREAK SPACE}2022",
    ]
    assert head[3][0].startswith("Sơn La, ngày")
    text = [p.text for p in paper.paragraphs if p.text]
    assert text[0] == "Kính gửi: Ban Thường trực Ủy ban MTTQ Việt Nam huyện Sốp Cộp."
    end, annex = (
        next(n for n, line in enumerate(text) if line.endswith("./.")),
        text.index("PHỤ LỤC"),
    )
    assert end + 1 == annex
    assert text[annex + 1 :] == [
        "PHIẾU ĐỀ NGHỊ GIẢI TRÌNH",
        "Số liệu trong báo cáo năm 2022 của huyện Sốp Cộp",
        "(Kèm theo Công văn số ……/MTTQ-BTT ngày …… tháng …… năm …… của Ban Thường trực Ủy ban MTTQ "
        "Việt Nam tỉnh Sơn La)",
    ]
    assert "Nơi nhận:" in paper.tables[1].cell(0, 0).text
    assert "TM. BAN THƯỜNG TRỰC" in paper.tables[1].cell(0, 1).text
    section = paper.sections[0]
    page = (section.page_width, section.page_height, section.left_margin, section.right_margin)
    assert [round(n / Mm(1)) for n in page] == [210, 297, 30, 20]
    assert paper.styles["Normal"].font.name == "Times New Roman"


def test_the_paper_asks_every_question_once_and_blank_cells_together(letter):
    rows = [
        [cell.text for cell in row.cells]
        for row in docx.Document(letter.with_name("queries.docx")).tables[2].rows
    ]
    assert rows[0] == [
        "Số",
        "Trang, ô",
        "Chỉ tiêu",
        "Đã ghi",
        "Nội dung đề nghị giải trình",
        "Trả lời",
    ]
    first = next(row for row in rows if row[1] == "Chỉ tiêu\nE5")
    assert first[2].startswith("C1-01 ")
    assert first[3] == "chưa rõ"
    assert first[4].startswith("Không đọc được thành số")
    asked = sum(
        int(last) - int(start) + 1
        for start, _, last in (row[0].partition("–") for row in rows[1:])
        for last in [last or start]
    )
    assert asked == openpyxl.load_workbook(letter).active.max_row - 3
    assert len(rows) < 15


HOSTILE = "{{ 7 * 7 }} {% raw %} <w:br/> & \x07\x0c ]]> {%tr endfor %}"


def test_what_was_typed_is_text_in_the_paper(write, review):
    write("Báo cáo.xlsx", figures={("C1-01", "actual"): HOSTILE})
    (path, _) = review().save_letters()
    cells = [cell.text for row in docx.Document(path).tables[2].rows for cell in row.cells]
    (typed,) = (text for text in cells if "7 * 7" in text)
    assert typed == printable(HOSTILE)


def test_the_office_edits_what_the_paper_says_and_is_told_what_it_misspelt(
    letter, review, tmp_path, monkeypatch
):
    shutil.copytree(reference.REFERENCE, tmp_path / "reference")
    monkeypatch.setattr(reference, "REFERENCE", tmp_path / "reference")
    monkeypatch.setattr(letters, "TEMPLATE", tmp_path / "reference/templates/query.docx")
    path = tmp_path / "reference/official.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Số: ……/MTTQ-BTT", "Số: 15/MTTQ-BTT"), encoding="utf-8")
    (made, _) = review().save_letters()
    assert "Số: 15/MTTQ-BTT" in docx.Document(made).tables[0].cell(1, 0).text
    path.write_text(text.replace("\nsender,", "\ndeadline,"), encoding="utf-8")
    with pytest.raises(AnalystError, match="sender"):
        review().save_letters()
    path.write_text(text, encoding="utf-8")
    template = docx.Document(letters.TEMPLATE)
    template.add_paragraph("{{ ben_gui_di }}")
    template.save(letters.TEMPLATE)
    with pytest.raises(AnalystError, match="ben_gui_di"):
        review().save_letters()


def test_the_table_can_be_filled_in_only_where_answers_go(letter):
    sheet = openpyxl.load_workbook(letter).active
    headers = [cell.value for cell in sheet[3]]
    assert headers == [
        "Số",
        "Tệp",
        "Trang tính",
        "Ô",
        "Chỉ tiêu",
        "Đã ghi",
        "Câu hỏi",
        "Số đúng",
        "Lý do",
        "Người trả lời",
        "Ngày",
    ]
    assert sheet.protection.sheet
    for row in sheet.iter_rows(min_row=4):
        assert [cell.protection.locked for cell in row] == [True] * 7 + [False] * 4
        assert all(cell.data_type != "f" for cell in row)
    assert any(row[5].value == "=1+1" for row in sheet.iter_rows(min_row=4))


def test_the_same_questions_are_the_same_files(review, letter):
    before = [p.read_bytes() for p in (letter, letter.with_name("queries.docx"))]
    made = review().save_letters()
    assert [p.read_bytes() for p in reversed(made)] == before


def test_without_a_question_there_is_no_letter_and_an_old_one_goes(letter):
    none = replies.questions(problems.frame([]))
    said = letters.Letter(SOP_COP, 2022, "annual", none, "a.xlsx", False)
    assert letters.write(letter.parent, said) == []
    assert not list(letter.parent.glob("queries.*"))


@pytest.mark.parametrize("typed", [70, "70", " 70 "])
def test_a_right_number_in_the_answer_becomes_the_figure(review, answer, typed):
    who = {"Lý do": "gõ nhầm", "Người trả lời": "Lò Thị A", "Ngày": "12/12/2022"}
    answer(E5={"Số đúng": typed} | who)
    found = review()
    row = fact(found, "C1-01")
    assert (row["value"], row["raw"]) == (70, "chưa rõ")
    assert row["corrected"] == "bản sửa 12/12/2022, Lò Thị A"
    assert status(found, "E5") == ["applied"]
    assert {m.partition("đã sửa")[1] for m in messages(found, "E5")} == {"đã sửa"}


def test_a_decimal_number_typed_in_the_answer_keeps_its_decimals(review, answer):
    answer(E38={"Số đúng": 93.125})
    assert fact(review(), "C2-04")["value"] == 93.125


def test_an_explanation_closes_the_question_and_keeps_the_number(review, answer):
    answer(E38={"Lý do": "=làm tròn 'cả năm'"})
    found = review()
    assert fact(found, "C2-04")["value"] == 930
    assert status(found, "E38") == ["explained"]
    said = messages(found, "E38")
    assert said
    assert all(m.endswith("Đơn vị giải trình: '=làm tròn 'cả năm''.") for m in said)
    sheet = openpyxl.load_workbook(found.save_letters()[1]).active
    assert "E38" not in [row[3].value for row in sheet.iter_rows(min_row=4)]


def test_repeating_the_number_says_that_it_stands(review, answer):
    answer(E38={"Số đúng": "930"})
    found = review()
    assert status(found, "E38") == ["explained"]
    assert all("Số đã ghi là đúng" in m for m in messages(found, "E38"))


def test_an_answer_about_an_earlier_number_is_refused_and_the_question_stays(review, answer, write):
    answer(E5={"Số đúng": "70"}, E38={"Lý do": "đúng"})
    write("Báo cáo.xlsx", figures=FIGURES | {("C1-01", "actual"): "?", ("C2-04", "actual"): 940})
    found = review()
    assert fact(found, "C1-01")["state"] == "rejected"
    assert status(found, "E5") == ["refused"]
    assert status(found, "E38") == ["refused"]
    asked = openpyxl.load_workbook(found.save_letters()[1]).active
    assert {"E5", "E38"} <= {row[3].value for row in asked.iter_rows(min_row=4)}


def test_what_was_not_answered_is_said_and_asked_again(review, answer):
    answer(E5={"Số đúng": "70"})
    found = review()
    assert status(found, "E38") == ["unanswered"]
    assert "E38" in replies.questions(found.problems, found.answered)["cell"].tolist()


def test_two_answers_that_disagree_change_nothing(review, answer):
    answer("a.xlsx", E5={"Số đúng": "70"})
    answer("b.xlsx", E5={"Số đúng": "71"})
    found = review()
    assert fact(found, "C1-01")["state"] == "rejected"
    assert status(found, "E5") == ["refused", "refused"]


def test_an_answer_with_a_decomposed_file_name_counts(review, answer, folder):
    answer(E5={"Số đúng": "70"})
    path = folder / "answers" / "tra loi.xlsx"
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows(min_row=4):
        row[1].value = unicodedata.normalize("NFD", row[1].value)
    book.save(path)
    assert fact(review(), "C1-01")["value"] == 70


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a workbook"])
def test_an_answer_that_cannot_be_read_is_one_problem(folder, content):
    (folder / "answers").mkdir()
    (folder / "answers" / "hong.xlsx").write_bytes(content)
    found, (said,) = replies.replies(folder)
    assert found == []
    assert (said.rule, said.file) == ("reply_unread", "answers/hong.xlsx")


def test_answers_about_a_file_that_is_not_there_are_one_problem(answer, folder):
    answer(E5={"Số đúng": "70"})
    found, _ = replies.replies(folder)
    assert replies.unplaced(found, ["báo cáo.XLSX"]) == []
    (said,) = replies.unplaced(found, ["khac.xlsx"])
    assert "Báo cáo.xlsx" in said.message


def test_a_review_writes_the_letter_and_takes_its_answer(answer, review, folder, tmp_path):
    space = workspace(2022, "annual", folder.parent.parent, tmp_path / "out")
    before = Review(space).district("sop-cop")
    assert {p.name for p in files.letters(before)} == {"queries.docx", "queries.xlsx"}
    assert before.queries["status"].eq("open").all()
    answer(E5={"Số đúng": "70"}, E38={"Lý do": "đúng"})
    after = Review(space).district("sop-cop")
    assert fact(after, "C1-01")["value"] == 70
    assert (status(after, "E5"), status(after, "E38")) == (["applied"], ["explained"])
    asked = openpyxl.load_workbook(files.letters(after)[1]).active
    assert not {"E5", "E38"} & {row[3].value for row in asked.iter_rows(min_row=4)}


def test_an_answer_of_one_district_says_nothing_for_another():
    missing = [
        problems.problem(message("missing_report", due="2022-12-10"), problems.Place(code))
        for code in ("127", "125")
    ]
    frame = problems.frame(missing)
    question = replies.questions(frame)["question"].iloc[0]
    assert question.startswith("Huyện Sốp Cộp: ")
    reply = replies.Reply("", "", "", "", "", "bão lũ", "", "", "answers/a.xlsx", question)
    assert ["bão lũ" in m for m in replies.explained(frame, [reply])["message"]] == [True, False]


def test_the_paper_opens_in_libreoffice(writer, letter, tmp_path):
    (made,) = writer("pdf", tmp_path, letter.with_name("queries.docx"))
    assert made.is_file()
