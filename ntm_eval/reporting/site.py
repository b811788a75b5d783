"""HTML for the screen and for A4: a notebook's page, and the landing page of a review.

Each page stands alone: styles, pictures and one small script inside, nothing fetched. Functions
return the text; callers write it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from ntm_eval import notation, reference, units
from ntm_eval.intake import received
from ntm_eval.language import place, say, spoken
from ntm_eval.reporting import tiles, wording
from ntm_eval.reporting.printed import Column, Table, band, number, show
from ntm_eval.workspace import AnalystError

if TYPE_CHECKING:
    from nbconvert import TemplateExporter
    from nbformat import NotebookNode

# What each page is called and its file: in a district's folder, and in the review's folder.
DISTRICT_PAGES = (
    ("Báo cáo", "report.html"), ("Số liệu", "01_clean.html"),
    ("Xu hướng", "02_trends.html"), ("Hài lòng", "03_satisfaction.html"),
)  # fmt: skip
PROVINCE_PAGES = (
    ("Báo cáo đánh giá của tỉnh", "review/report.html"),
    ("Thay đổi so với 6 tháng và năm trước", "changes.html"),
)
# What to print, sign or fill in: named only where it was made.
FILES = (
    ("DOCX", "report.docx"), ("PDF", "report.pdf"),
    ("Phiếu giải trình DOCX", "queries.docx"), ("Phiếu giải trình XLSX", "queries.xlsx"),
    ("Phiếu tính điểm XLSX", "appeal.xlsx"),
)  # fmt: skip
PROVINCE_FILES = (("DOCX", "review/report.docx"), ("PDF", "review/report.pdf"))
# To pass on outside the office: small counts of residents' answers are held back.
PASSED_ON = (
    ("Mọi bảng trong một tệp Excel, có bìa và ghi chú", "tables.xlsx"),
    ("Mô tả gói dữ liệu cho phần mềm khác (các bảng ở thư mục published)", "datapackage.json"),
)
DATA_FILES = (
    ("Tình hình gửi báo cáo", "register.csv"), ("Số liệu đã nhận", "facts.csv"),
    ("Chỗ cần xem lại", "problems.csv"), ("Chuỗi số liệu các năm", "series.csv"),
    ("Xu hướng", "trends.csv"), ("Dự kiến cuối năm", "outlook.csv"),
    ("Sự hài lòng của người dân", "satisfaction.csv"), ("Các xã và tiêu chí", "communes.csv"),
    ("Điểm từng chỉ tiêu", "scores.csv"), ("Xếp hạng đề xuất", "ranking.csv"),
)  # fmt: skip
# The key of `links` for what belongs to no district.
PROVINCE = "province"

# What a cell that draws calls a table -> the table of the review.
DRAWN = {
    name: name
    for name in ("register", "series", "trends", "outlook", "satisfaction", "communes", "scores",
                 "ranking", "funnel", "pooled", "tried")
}  # fmt: skip
DRAWN |= {
    "answers": "satisfaction", "places": "series", "by_content": "scores",
    "score_map": "ranking", "all_contents": "scores", "commune_progress": "communes",
}  # fmt: skip
ATTENTION = ("missing", "late", "undated")
HIDDEN_CELLS = {"parameters", "injected-parameters"}
# No scripts, no widgets: what cannot stand in a page without a network is passed over.
SHOWN = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
PICTURES = {"image/svg+xml", "image/png", "image/jpeg"}
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)

SHAPES = PackageLoader("ntm_eval.reporting", "pages")
SHELL = Environment(
    loader=SHAPES,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
# the one script that a page's policy lets run, by its fingerprint
SCRIPT = SHAPES.get_source(SHELL, "page.js")[0]
SHELL.globals.update(say=say, place=place, spoken=spoken, script=Markup(SCRIPT))
SHELL.globals["script_hash"] = f"sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}"


def page(
    notebook: NotebookNode,
    *,
    title: str,
    crumbs: Sequence[tuple[str, str]],
    files: Sequence[tuple[str, str]],
    illustrative: bool,
    data: Callable[[str], str],
) -> str:
    """An executed notebook as one page: its words and outputs, never its code.

    `title` takes the place of the notebook's first heading. `crumbs` are (label, href); one
    without an href is the page itself; `files`, (label, href) too, are the forms to print or fill
    in that lie beside it. Markdown is read as text with marks only: HTML in it is escaped. HTML
    outputs are taken as they are, since `printed` and `wording` escape. `data` gives a table of the
    review as CSV, to download below each picture that was drawn from it.
    """
    body, _ = _exporter().from_notebook_node(_described(notebook, title, data))
    # the page's banner says it; a notebook has none and needs the line
    body, contents = _headings(body.replace(f"<p>{say(wording.ILLUSTRATIVE)}</p>", ""))
    return SHELL.get_template("page.html.j2").render(
        title=title,
        crumbs=crumbs,
        files=files,
        illustrative=illustrative,
        body=Markup(body),
        contents=contents,
    )


def index(
    register: pd.DataFrame,
    ranking: pd.DataFrame,
    links: Mapping[str, Mapping[str, str]],
    *,
    year: int,
    period: str,
    failures: Sequence[str],
    notes: Sequence[str],
    illustrative: bool,
    boundaries: Path,
) -> str:
    """The landing page of a review.

    `boundaries` is where real outlines lie if the office has them: then a map is drawn too.

    `links` holds the pages that exist: district slug (or `PROVINCE`) -> label -> relative href.
    A page of `DISTRICT_PAGES`, `PROVINCE_PAGES` or `DATA_FILES` that is not there is called
    'chưa lập'. `notes` is what else the office should know, in words.
    """
    outlines, letters = _outlines(ranking, boundaries)
    return SHELL.get_template("index.html.j2").render(
        title=say("Đánh giá Cuộc vận động, tỉnh Sơn La, {when}", when=notation.when(year, period)),
        crumbs=[],
        illustrative=illustrative,
        attention=[*_attention(register, failures), *letters, *(f"! {n}" for n in notes)],
        map=outlines,
        discipline=_register_table(register),
        ranking=_ranking_table(ranking),
        tiles=_tiles(register, ranking, links),
        who=_who(register),
        districts=units.all_beside(register["district_code"]),
        labels=[label for label, _ in DISTRICT_PAGES],
        files=[label for label, _ in FILES],
        printed=[label for label, _ in PROVINCE_FILES],
        reports=[label for label, _ in PROVINCE_PAGES],
        passed_on=PASSED_ON,
        data=DATA_FILES,
        links=links,
        province=links.get(PROVINCE, {}),
    )


def _outlines(ranking: pd.DataFrame, path: Path) -> tuple[str, list[str]]:
    """The map as an address, and what is wrong with the outlines; neither where there are none."""
    if not path.is_file():
        return "", []
    from ntm_eval.reporting import boundaries  # most reviews draw no picture here

    try:
        return boundaries.picture(ranking, boundaries.read(path)), []
    except AnalystError as letter:
        return "", [say("! Ranh giới: {letter}", letter=letter)]


def _exporter() -> TemplateExporter:
    # imported here: half a second that a reader of tables does not need
    from nbconvert import TemplateExporter
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from traitlets.config import Config

    config = Config()
    config.NbConvertBase.display_data_priority = SHOWN
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = HIDDEN_CELLS
    # not HTMLExporter: it parses each page once more, only to mend what this template has right
    exporter = TemplateExporter(
        config=config,
        optimistic_validation=True,  # once, and not after each of its ten steps
        extra_loaders=[SHAPES],
        template_name="base",
        template_file="notebook.html.j2",
    )

    class Plain(IPythonRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            return text

        def block_mermaidjs(self, code: str) -> str:
            return f"<pre>{escape(code)}</pre>"

    # nbconvert's sanitize_html leaves javascript: links in markdown and escapes its quotations
    renderer = Plain(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    exporter.register_filter("prose", MarkdownWithMath(renderer=renderer).render)
    exporter.environment.globals["say"] = say  # a filter of a constant would be filled in but once
    return exporter


def _described(notebook: NotebookNode, title: str, data: Callable[[str], str]) -> NotebookNode:
    """The notebook with words and data for each picture.

    Its own words, else the nearest heading above; the tables that its cell names.
    """
    described, heading = deepcopy(notebook), title
    for cell in described.cells:
        if cell.cell_type == "markdown":
            heading = [heading, *HEADING.findall(cell.source)][-1]
        drawn = [o for o in cell.get("outputs", []) if PICTURES & set(o.get("data", {}))]
        for output in drawn:
            own = [output.metadata.get(kind, {}) for kind in SHOWN] + [output.metadata]
            said = [given["alt"] for given in own if given.get("alt")]
            output.metadata["alt"] = [*said, say("Hình: {heading}", heading=heading)][0]
            output.metadata["files"] = _files(cell.source, data)
    return described


def _files(source: str, data: Callable[[str], str]) -> list[dict[str, str]]:
    """The tables that a cell draws from, each a file inside the page: its name and address.

    Inside, so that a page sent on by itself still has them.
    """
    return [{"name": f"{n}.csv", "href": data_link(data(n))} for n in drawn_from(source)]


def drawn_from(source: str) -> list[str]:
    """The tables of a review that the code of a cell draws from, by name."""
    words = re.findall(r"\w+", source)
    return list(dict.fromkeys(DRAWN[word] for word in words if word in DRAWN))


def data_link(csv: str) -> str:
    """A CSV as an address that holds it; with its mark, so that a spreadsheet reads its letters."""
    return f"data:text/csv;charset=utf-8;base64,{b64encode(csv.encode('utf-8-sig')).decode()}"


def _headings(body: str) -> tuple[str, list[tuple[str, str]]]:
    """The body under one title, and its sections: (anchor, words)."""
    body = re.sub(r"<h1>.*?</h1>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"(</?)h1>", r"\1h2>", body)
    contents: list[tuple[str, str]] = []

    def anchor(heading: re.Match[str]) -> str:
        contents.append((f"muc-{len(contents) + 1}", Markup(heading[1]).striptags()))
        return f'<h2 id="{contents[-1][0]}">{heading[1]}</h2>'

    return re.sub(r"<h2>(.*?)</h2>", anchor, body, flags=re.DOTALL), contents


def _attention(register: pd.DataFrame, failures: Sequence[str]) -> list[str]:
    """What to look at first, in words."""
    lines = [
        f"{wording.SIGNS[status]} {wording.arrival(row).splitlines()[0]}"
        for status in ATTENTION
        for _, row in register[register["status"] == status].iterrows()
    ]
    wrong = register.assign(errors=received.errors_within(register)).query("errors > 0")
    wrong = wrong.sort_values("errors", ascending=False, kind="stable")
    if len(wrong):
        names = [
            f"{place(r['district'])} ({notation.number(r['errors'])})" for _, r in wrong.iterrows()
        ]
        lines.append(say("! Số liệu còn lỗi phải sửa: {names}.", names=", ".join(names)))
    return lines + [
        say("✗ Trang chưa lập được: {failure}", failure=failure) for failure in failures
    ]


def _register_table(register: pd.DataFrame) -> Table:
    filled = [
        None if row["status"] == "missing" else
        f"{notation.number(row['cells_filled'])}/{notation.number(row['cells_expected'])}"
        for _, row in register.iterrows()
    ]  # fmt: skip
    columns = {
        "district": Column("Huyện, thành phố", place),
        "status": Column("Tình trạng", wording.status, css="code"),
        "received": Column("Ngày nhận", notation.day, css="num"),
        "due": Column("Gửi trước ngày", notation.day, css="num"),
        "days_late": number("Số ngày muộn"),
        "filled": Column("Ô đã điền", css="num"),
        "errors": number("Lỗi"),
        "warnings": number("Cảnh báo"),
    }
    caption = say("Tình hình gửi báo cáo của các {who}", who=_who(register))
    frame = register.assign(filled=filled, errors=received.errors_within(register))
    return show(frame, columns, caption)


def _ranking_table(ranking: pd.DataFrame) -> Table:
    rows = ranking.sort_values(["rank", "district_code"], na_position="last")
    frame = rows.assign(
        place=[wording.rank(row) for _, row in rows.iterrows()],
        band=[band(low, high, 1) for low, high in
              zip(rows["points_low"], rows["points_high"], strict=True)],
        proposal=[say(g) if pd.isna(p) else say("đề xuất: {grade}", grade=say(g))
                  for g, p in rows[["grade", "points"]].to_numpy()],
    )  # fmt: skip
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "place": Column("Hạng (khoảng)", css="code"),
        "points": number("Điểm", 1),
        "band": Column("Khoảng điểm", css="num"),
        "proposal": Column("Xếp loại"),
        "self_score": number("Huyện tự chấm", 1),
    }
    return show(frame, columns, say("Xếp hạng đề xuất của các {who}", who=_who(ranking)))


def _who(reported: pd.DataFrame) -> str:
    first, *_ = units.all_beside(reported["district_code"])
    return notation.reporters(first.code)


def _tiles(
    register: pd.DataFrame, ranking: pd.DataFrame, links: Mapping[str, Mapping[str, str]]
) -> list[dict]:
    """The districts about where they lie, in reading order."""
    status = register.set_index("district_code")["status"]
    ranks = ranking.set_index("district_code")
    grades = reference.table("grades").sort_values("at_least", ascending=False)["grade"].unique()
    shades = {grade: number for number, grade in enumerate(grades, 1)}
    grid = tiles.positions(register["district_code"]).sort_values(["row", "col"])
    return [
        {
            "row": row + 1,
            "column": column + 1,
            "name": notation.district_name(code),
            "place": wording.rank(ranks.loc[code]),
            "grade": ranks.loc[code, "grade"],
            "shade": shades.get(ranks.loc[code, "grade"], 0),
            "status": "" if status[code] == "on_time" else wording.status(status[code]),
            "href": links.get(units.district(code).slug, {}).get(DISTRICT_PAGES[0][0]),
        }
        for code, row, column in grid[["district_code", "row", "col"]].to_numpy()
    ]
