"""The query letter to one district (phiếu đề nghị giải trình): on paper, and as a table to fill in.

Number, date, signer and deadline are for the office to write.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import xlsxwriter
from docx.document import Document

from ntm_eval import reference, units
from ntm_eval.intake import guide, layout, paper, replies, sheets
from ntm_eval.intake.problems import BLANK, HIDDEN
from ntm_eval.intake.received import MISSING
from ntm_eval.workspace import write_beside

PAPER, TABLE = "queries.docx", "queries.xlsx"
CAMPAIGN = "“Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh”"
SENDER = "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sơn La"
SHEET = "Giải trình"
WIDTHS = (6, 26, 13, 8, 28, 22, 60, 20, 34, 20, 14)
HINT = (
    "Chỉ điền vào các ô nền vàng nhạt: Số đúng nếu số đã ghi sai; Lý do. Số đã ghi vẫn đúng thì "
    "chỉ ghi Lý do. Gửi lại cả tệp này."
)
# width in mm; together the page between its margins
COLUMNS = {"Số": 11, "Trang, ô": 23, "Chỉ tiêu": 33, "Đã ghi": 24,
           "Nội dung đề nghị giải trình": 43, "Trả lời": 26}  # fmt: skip
QUOTED = 120  # letters of what was typed that the paper quotes
# More blank cells of one sheet than this are one line of the paper; the table has each.
SOME = 3
HELD_BACK = (
    f"Số phiếu trả lời của người dân không in trong phiếu này (dấu {HIDDEN}); đề nghị xem tại ô đã "
    "nêu trong tệp của đơn vị."
)
BLANK_QUESTION = (
    "Ô bỏ trống khác với số 0: ghi số; ghi 0 nếu có theo dõi mà kết quả là không có; "
    "ghi KAD nếu không áp dụng."
)


@dataclass(frozen=True)
class Letter:
    """What one letter asks of one district; `questions` as `replies.questions` gives them."""

    district: units.District
    year: int
    period: str
    questions: pd.DataFrame
    file: str | None
    illustrative: bool

    @property
    def sent(self) -> bool:
        """Whether anything came to be asked about."""
        return not self.questions["rule"].eq(MISSING).all()


def write(folder: Path, letter: Letter) -> list[Path]:
    """Write the letter as `queries.docx` and `queries.xlsx`; the files written.

    Without a question there is no letter, and one from an earlier run is taken away.
    """
    made = [folder / PAPER, folder / TABLE]
    if letter.questions.empty:
        for path in made:
            path.unlink(missing_ok=True)
        return []
    with write_beside(made[0]) as draft:
        draft.write_bytes(paper.content(_paper(letter)))
    with write_beside(made[1]) as draft:
        _table(draft, letter)
    return made


def _table(path: Path, letter: Letter) -> None:
    """The workbook of the questions; only the columns of the answer can be filled in."""
    title = f"{letter.district.name} - {guide.report_name(letter.year, letter.period)}"
    with xlsxwriter.Workbook(str(path), layout.options()) as book:
        book.set_properties({"title": title, "created": dt.datetime(letter.year, 1, 1)})
        look = layout.paper(book, title, sheets.MARK if letter.illustrative else "")
        text = {"border": 1, "border_color": layout.LINES, "valign": "top", "text_wrap": True}
        plain = book.add_format({**text, "num_format": "@"})
        free = book.add_format(
            {**text, "num_format": "@", "locked": False, "bg_color": layout.FILL}
        )
        sheet = layout.sheet(look, SHEET, WIDTHS, replies.HEADERS, landscape=True)
        sheet.write_string(layout.HINT_ROW, 0, HINT, look.looks["hint"])
        subjects = [_subject(code, letter.district) for code in letter.questions["subject"]]
        rows = letter.questions.assign(subject=subjects)
        for r, row in enumerate(rows.to_dict("records"), start=layout.FIRST_ROW):
            long = {"file": 1, "subject": 4, "old": 5, "question": 6}
            tall = max(layout.height(row[k], WIDTHS[c]) for k, c in long.items())
            sheet.set_row(r, min(tall, layout.TALLEST))
            for c, key in enumerate(replies.HEADERS.values()):
                value = "" if key in replies.TO_FILL or pd.isna(row[key]) else str(row[key])
                layout.put(sheet, r, c, value, free if key in replies.TO_FILL else plain)


def _paper(letter: Letter) -> Document:
    title = f"Phiếu đề nghị giải trình - {letter.district.name}"
    mark = sheets.MARK if letter.illustrative else ""
    made = paper.blank(title, letter.year, mark)
    paper.letterhead(made)
    when = guide.report_name(letter.year, letter.period)
    name = letter.district.name[0].lower() + letter.district.name[1:]
    heading, about = (
        ("GIẢI TRÌNH", "Số liệu trong báo cáo") if letter.sent else ("GỬI BÁO CÁO", "Báo cáo")
    )
    paper.line(made, f"PHIẾU ĐỀ NGHỊ {heading}", bold=True, size=14, before=18)
    paper.line(made, f"{about}{when.removeprefix('Báo cáo')} của {name}", bold=True, size=14)
    paper.line(made, "_" * 12, bold=True, size=8, after=12)
    paper.line(made, f"Kính gửi: Ban Thường trực Ủy ban MTTQ Việt Nam {name}.", size=14, after=10)
    for text in _opening(letter, when):
        paper.body(made, text)
    if letter.sent:
        paper.table(made, COLUMNS, [(*row, "") for row in _paper_rows(letter)])
    for text in ENDING if letter.sent else ENDING_UNSENT:
        paper.body(made, text)
    paper.signatures(made)
    return made


def _opening(letter: Letter, when: str) -> list[str]:
    file = f" (tệp “{letter.file}”)" if letter.file else ""
    if not letter.sent:
        return [
            f"Đến nay {SENDER} chưa nhận được {when[0].lower()}{when[1:]} thực hiện Cuộc vận động "
            f"{CAMPAIGN} của đơn vị. Chưa có báo cáo thì chưa có căn cứ đánh giá, xếp loại.",
            *letter.questions["question"],
        ]
    said = [
        f"Qua kiểm tra số liệu trong {when[0].lower()}{when[1:]} thực hiện Cuộc vận động "
        f"{CAMPAIGN}{file}, {SENDER} đề nghị đơn vị kiểm tra, giải trình các nội dung "
        "trong biểu dưới đây. Số liệu chỉ được đánh dấu, chưa bị sửa hay loại bỏ."
    ]
    return said + [HELD_BACK] * bool((letter.questions["old"] == HIDDEN).any())


ENDING = [
    f"Đề nghị trả lời vào tệp {TABLE} gửi kèm: ghi Số đúng nếu số đã ghi sai; chỉ ghi Lý do nếu "
    f"số đã ghi là đúng; ghi tên người trả lời, ngày trả lời, rồi gửi lại {SENDER} trước ngày "
    "…… tháng …… năm ……./."
]


ENDING_UNSENT = [
    f"Đề nghị đơn vị gửi báo cáo theo mẫu về {SENDER} trước ngày …… tháng …… năm ……; nếu đã gửi, "
    "đề nghị cho biết ngày gửi, nơi nhận và gửi lại tệp./."
]


def _paper_rows(letter: Letter) -> list[list[str]]:
    """The rows of the paper's table; many blank cells of one sheet stand in one row."""
    frame = letter.questions.astype(object).fillna("")
    blank = frame["rule"] == BLANK
    many = blank & (blank.groupby([frame["file"], frame["sheet"]]).transform("sum") > SOME)
    rows = [
        (
            q.number,
            str(q.number),
            _place(_other(q.file, letter), q.sheet, q.cell),
            _subject(q.subject, letter.district),
            _typed(q.old),
            q.question,
        )
        for q in frame[~many].itertuples(index=False)
    ]
    for (file, sheet), members in frame[many].groupby(["file", "sheet"], sort=False):
        first, last = members["number"].iloc[0], members["number"].iloc[-1]
        cells = ", ".join(filter(None, members["cell"]))
        rows.append(
            (first, f"{first}–{last}", _place(_other(file, letter), sheet, cells),
             ", ".join(dict.fromkeys(members["subject"])),
             "(để trống)", f"{len(members)} ô. {BLANK_QUESTION}")
        )  # fmt: skip
    return [row for _, *row in sorted(rows)]


def _subject(code: object, district: units.District) -> str:
    """An indicator or a commune in words."""
    if pd.isna(code):
        return ""
    names = reference.catalogue()["name_vi"]
    if code in names.index:
        return f"{code} {names[code]}"
    return units.commune_name(str(code), district.code)


def _other(file: str, letter: Letter) -> str:
    """The file that has the fault, where it is not the report that the letter opens with."""
    return f"Tệp {file}" if file and file != letter.file else ""


def _place(*parts: str) -> str:
    return "\n".join(filter(None, parts)) or "Cả tệp"


def _typed(text: str) -> str:
    if not text:
        return "(để trống)"
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
