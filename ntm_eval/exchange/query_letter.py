"""The query letter to one district (phiếu đề nghị giải trình): on paper, and as a table to fill in.

The paper is a công văn in the office's template `query.docx`, with what `official.csv` says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from ntm_eval import reference, units
from ntm_eval.characters import printable
from ntm_eval.exchange import guide, layout, paper, replies
from ntm_eval.intake import sheets
from ntm_eval.intake.files import UnreadableError
from ntm_eval.intake.problems import BLANK, HIDDEN
from ntm_eval.intake.received import MISSING, due_date
from ntm_eval.workspace import TEMPLATES, AnalystError, write_beside

PAPER, TABLE = "queries.docx", "queries.xlsx"
TEMPLATE = TEMPLATES / "query.docx"
# place in the template -> what `official.csv` says there
OFFICIAL = {
    "co_quan_tren": "superior",
    "co_quan": "issuer",
    "so_ky_hieu": "letter_number",
    "dia_danh": "place",
    "thay_mat": "on_behalf",
    "chuc_vu": "position",
    "nguoi_ky": "signer",
    "noi_nhan": "letter_receivers",
    "ben_gui": "sender",
    "han": "deadline",
}
ROW = ("so", "noi", "chi_tieu", "da_ghi", "noi_dung")  # a row of the annex, as the template has it
SHEET = "Giải trình"
WIDTHS = (6, 26, 13, 8, 28, 22, 60, 20, 34, 20, 14)
HINT = (
    "Chỉ điền vào các ô nền vàng nhạt: Số đúng nếu số đã ghi sai; Lý do. Số đã ghi vẫn đúng thì "
    "chỉ ghi Lý do. Gửi lại cả tệp này."
)
QUOTED = 120  # letters of what was typed that the paper quotes
# More blank cells of one sheet than this are one line of the paper; the table has each.
SOME = 3


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
        draft.write_bytes(_paper(letter))
    _table(made[1], letter)
    return made


def asked(pages: Mapping[units.District, Path]) -> dict[units.District, int]:
    """How many questions each unit's letter still holds, by the folder of its pages.

    A unit without a letter has none; of a letter that cannot be read one is counted, so that it is
    not passed over.
    """
    found = {}
    for unit, folder in pages.items():
        path = folder / TABLE
        if path.is_file():
            try:
                found[unit] = len(replies.letter(path))
            except UnreadableError:
                found[unit] = 1
    return {unit: count for unit, count in found.items() if count}


def _table(path: Path, letter: Letter) -> None:
    """The workbook of the questions; only the columns of the answer can be filled in."""
    title = f"{letter.district.name} - {guide.report_name(letter.year, letter.period)}"
    mark = sheets.MARK if letter.illustrative else ""
    with layout.workbook(path, title, letter.year, mark) as look:
        text = {"border": 1, "border_color": layout.LINES, "valign": "top", "text_wrap": True}
        text["num_format"] = "@"
        plain = look.book.add_format(text)
        free = look.book.add_format({**text, "locked": False, "bg_color": layout.FILL})
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


def _paper(letter: Letter) -> bytes:
    """The công văn, with its questions as the annex where something came to be asked about."""
    form = reference.official(date(letter.year, 12, 31))
    if missing := set(OFFICIAL.values()) - form.keys():
        raise AnalystError(
            f"data/reference/official.csv thiếu dòng {', '.join(sorted(missing))} mà phiếu đề nghị "
            "giải trình cần. Thêm dòng đó rồi chạy lại."
        )
    when = guide.inside(guide.report_name(letter.year, letter.period))
    name = guide.inside(letter.district.name)
    subject = f"V/v {'giải trình số liệu' if letter.sent else 'gửi'} {when}"
    number, day = form["letter_number"], form["place"].rpartition(", ")[2]
    parts = {
        **{place: form[item] for place, item in OFFICIAL.items()},
        "trich_yeu": subject.replace("năm ", "năm\N{NO-BREAK SPACE}"),
        "kinh_gui": f"Ban Thường trực Ủy ban MTTQ Việt Nam {name}",
        "kem_theo": f"{number.replace('Số:', 'số')} {day}",
        "don_vi": name,
        "bao_cao": when,
        "han_bao_cao": f"{due_date(letter.year, letter.period):%d/%m/%Y}",
        "tep": letter.file or "",
        "tep_tra_loi": TABLE,
        "giai_trinh": letter.sent,
        "giu_kin": HIDDEN if (letter.questions["old"] == HIDDEN).any() else "",
        "so_cau": len(letter.questions),
        "dau": sheets.MARK if letter.illustrative else "",
    }
    written = {key: printable(v) if isinstance(v, str) else v for key, v in parts.items()}
    questions = [dict(zip(ROW, map(printable, row), strict=True)) for row in _rows(letter)]
    made = paper.opened(TEMPLATE)
    paper.fill(made, {**written, "cau_hoi": questions}, ("cau_hoi", "trich_yeu", "dau"), TEMPLATE)
    about, fixed = made.docx.core_properties, dt.datetime(letter.year, 1, 1)
    about.title = f"Phiếu đề nghị giải trình - {letter.district.name}"
    about.created = about.modified = fixed
    return paper.content(made.docx)


def _rows(letter: Letter) -> list[list[str]]:
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
            (
                first,
                f"{first}–{last}",
                _place(_other(file, letter), sheet, cells),
                ", ".join(dict.fromkeys(members["subject"])),
                "(để trống)",
                f"{len(members)} ô. {guide.BLANK}",
            )
        )
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
