"""The result tables to pass on: one XLSX with cover, contents and notes, and a data package.

After gptables' practice (https://github.com/best-practice-and-impact/gptables): a table a sheet,
its title above, the notes on a sheet of their own."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ntm_eval import notation
from ntm_eval.characters import printable
from ntm_eval.intake.sheets import MARK
from ntm_eval.language import current
from ntm_eval.language import translate as _
from ntm_eval.review import Review
from ntm_eval.review.review import NOT_FOR_READERS
from ntm_eval.schemas import headers as known_headers
from ntm_eval.schemas import schemas
from ntm_eval.workspace import VIETNAMESE, write_beside

TITLES = {
    "register": "Sổ theo dõi báo cáo",
    "facts": "Số liệu các đơn vị báo cáo",
    "problems": "Chỗ phải sửa hoặc hỏi lại",
    "series": "Chuỗi theo năm",
    "trends": "Xu hướng",
    "outlook": "Dự báo cả năm",
    "satisfaction": "Kết quả lấy ý kiến (đã ẩn số dưới 5)",
    "communes": "Các xã và tiêu chí",
    "towns": "Phường, thị trấn: đô thị văn minh",
    "organisations": "Việc của các đoàn thể",
    "scores": "Điểm từng chỉ tiêu (đề xuất)",
    "ranking": "Xếp hạng (đề xuất)",
    "inspections": "Số liệu đã kiểm tra tại cơ sở",
}

# what the reports no longer print, in the workbook alone
MORE = {
    "doubt": "Thứ hạng theo cách tính khác",
    "attainment": "Kế hoạch đạt, cạnh xếp loại",
    "score_parts": "Cơ cấu điểm: các phần",
    "score_indicators": "Cơ cấu điểm: các chỉ tiêu",
    "quality": "Chất lượng số liệu (chỉ số của WHO/DHIS2)",
    "chain": "Chuỗi kết quả của Cuộc vận động",
    "verified": "Hệ số kiểm chứng sau kiểm tra",
    "recommended": "Kiến nghị của kỳ này",
    "words": "Nguyên văn báo cáo của các đơn vị",
    "files": "Tệp đã dùng và dấu vân tay",
}

NOTES = (
    "Điểm, xếp loại, xếp hạng là đề xuất; báo cáo chỉ là một trong những cơ sở để đánh giá.",
    "Ô trống là không có số, khác với số 0; cột state của bảng facts nói vì sao.",
    "Số phiếu dưới 5 và số có thể tính ngược ra số đó không công bố: ô trống.",
    "Mã huyện, mã xã là chữ; số thập phân; ngày dạng năm-tháng-ngày.",
)


def save(review: Review) -> list[Path]:
    """`tables.xlsx`, `datapackage.json` and the tables it describes; the files written."""
    tables = published(review)
    space = review.space
    made = [space.book, space.package, *map(space.published, tables)]
    with write_beside(space.book) as draft:
        _book(draft, tables | more(review), review)
    for name, frame in tables.items():
        write_csv(space.published(name), frame)
    with write_beside(space.package) as draft:
        text = json.dumps(_package(tables, review), ensure_ascii=False, indent=2)
        draft.write_text(text + "\n", encoding="utf-8")
    return made


def write_csv(path: Path, frame: pd.DataFrame) -> Path:
    """A table as CSV that a spreadsheet reads, complete or absent; the file written."""
    with write_beside(path) as draft:
        draft.write_text(notation.csv(frame), encoding="utf-8-sig", newline="")
    return path


def published(review: Review) -> dict[str, pd.DataFrame]:
    """The tables of the contract as they may be passed on."""
    return {name: review.passed_on(name) for name in TITLES}


def more(review: Review) -> dict[str, pd.DataFrame]:
    """The tables of the workbook alone, by the names of MORE."""
    words = [
        pd.DataFrame(review.district(unit.slug).words.items(), columns=["key", "text"]).assign(
            district_code=unit.code
        )
        for unit in review.units
    ]
    apart = {
        "words": pd.concat(words, ignore_index=True)[["district_code", "key", "text"]],
        "files": review.made_from(),
    }
    return {name: apart[name] if name in apart else review.passed_on(name) for name in MORE}


def meanings() -> dict[str, dict[str, str]]:
    """What each column of each result table means."""
    return {
        name: {c.name: c.meaning for c in schemas()[name].columns if c.name not in NOT_FOR_READERS}
        if name in schemas()
        else {}
        for name in (*TITLES, *MORE)
    }


def headers(columns: Sequence[str]) -> list[str]:
    """What columns are called in a workbook, each once: in English by their own names."""
    known = known_headers() if current() == VIETNAMESE else {}
    names = [known.get(c, c.replace("_", " ")) for c in columns]
    return [
        f"{name} ({c})" if names.count(name) > 1 else name
        for name, c in zip(names, columns, strict=True)
    ]


def sheet_name(table: str) -> str:
    """The name of a table's sheet: its title as far as Excel allows."""
    title = _((TITLES | MORE)[table]).partition(" (")[0]
    return title.replace(":", " –")[:31]


def _book(path: Path, tables: Mapping[str, pd.DataFrame], review: Review) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    space, mark = review.space, _(MARK) if review.illustrative else ""
    when = notation.when(space.year, space.period)
    title = _("Các bảng kết quả, {when}, tỉnh Sơn La", when=when)
    source = _("Nguồn: báo cáo của các huyện, thành phố; phần mềm ntm_eval.")
    cover = [title, mark, source, *map(_, NOTES)]
    said, titles = meanings(), TITLES | MORE
    columns = [(_("Bảng"), _("Cột"), _("Tên trong tệp CSV"), _("Nghĩa"))] + [
        (sheet_name(name), *headers([c]), c, _(said[name][c]))
        for name, frame in tables.items()
        for c in frame
        if c in said[name]
    ]
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "created": dt.datetime(space.year, 1, 1)})
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        contents: list[tuple] = [(_("Trang tính"), _("Nội dung"), _("Số dòng"))]
        contents += [(sheet_name(n), _(titles[n]), len(f)) for n, f in tables.items()]
        _sheet(book, _("Bìa"), [(line,) for line in cover if line], bold, day, mark)
        _sheet(book, _("Mục lục"), contents, bold, day, mark)
        _sheet(book, _("Ghi chú"), columns, bold, day, mark)
        for n, (name, frame) in enumerate(tables.items()):
            named = notation.named(frame)
            rows = named.astype(object).itertuples(index=False, name=None)
            heads = headers(list(named))
            top = [(f"{_(titles[name])}{f' – {mark}' if mark else ''}",), tuple(heads)]
            sheet = _sheet(book, sheet_name(name), [*top, *rows], bold, day, mark, head=2)
            about = {
                "name": f"bang_{n + 1}",
                "style": "Table Style Light 1",
                "columns": [{"header": head} for head in heads],
            }
            sheet.add_table(1, 0, 1 + max(1, len(named)), len(heads) - 1, about)


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    rows: Sequence[tuple],
    bold: Format,
    day: Format,
    mark: str,
    head: int = 1,
) -> Worksheet:
    """A sheet of values; a text is written as text whatever it begins with."""
    sheet = book.add_worksheet(name)
    if mark:
        sheet.set_footer(f"&C{mark}")
    sheet.set_column(0, 30, 18)
    sheet.freeze_panes(head, 0)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, dt.date):
                if not pd.isna(value):
                    sheet.write_datetime(r, c, value, day)
            elif isinstance(value, str):
                sheet.write_string(r, c, printable(value), bold if r < head else None)
            elif value is not None and not pd.isna(value) and math.isfinite(value):
                sheet.write_number(r, c, value)
    return sheet


def _package(tables: Mapping[str, pd.DataFrame], review: Review) -> dict:
    """The descriptor after https://specs.frictionlessdata.io/data-package/."""
    space, said = review.space, meanings()
    resources = [
        {
            "name": name,
            "path": space.published(name).relative_to(space.review).as_posix(),
            "profile": "tabular-data-resource",
            "title": _(TITLES[name]),
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": {
                "missingValues": [""],
                "fields": [
                    {"name": c, "type": _type(frame[c]), "description": _(said[name].get(c, ""))}
                    for c in frame
                ],
            },
        }
        for name, frame in tables.items()
    ]
    when = notation.when(space.year, space.period)
    mark = f"{_(MARK)}. " if review.illustrative else ""
    return {
        "profile": "tabular-data-package",
        "name": f"ntm-son-la-{space.year}-{space.period}",
        "title": _("Kết quả đánh giá, {when}, tỉnh Sơn La", when=when),
        "description": mark + " ".join(map(_, NOTES)),
        "resources": resources,
    }


def _type(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    return "number" if pd.api.types.is_numeric_dtype(column) else "string"
