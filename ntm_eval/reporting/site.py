"""The landing page of a review, and the page over all reviews of a folder of outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup
from nbformat import NotebookNode

from ntm_eval import notation, reference, units
from ntm_eval.intake import received
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.reporting import html, reports
from ntm_eval.reporting.blocks import Block, Column, Figure, Table
from ntm_eval.reporting.html import SHELL
from ntm_eval.reporting.sections.maps import outlines_picture, positions, read_outlines
from ntm_eval.reporting.sections.ranking import rank_text
from ntm_eval.reporting.sections.received import STATUS_SIGNS, arrival
from ntm_eval.reporting.sections.received import status as received_status
from ntm_eval.workspace import LANGUAGES, VIETNAMESE, AnalystError, Workspace

if TYPE_CHECKING:
    from ntm_eval.review import Review

# What each page is called and its file: in a district's folder, and in the review's folder.
DISTRICT_PAGES = (
    ("Báo cáo", "report.html"),
    ("Số liệu", "01_clean.html"),
    ("Xu hướng", "02_trends.html"),
    ("Hài lòng", "03_satisfaction.html"),
)
PROVINCE_PAGES = (
    ("Báo cáo đánh giá của tỉnh", "review/report.html"),
    ("Thay đổi so với 6 tháng và năm trước", "changes.html"),
)
# What to print, sign or fill in: named only where it was made.
FILES = (
    ("DOCX", "report.docx"),
    ("PDF", "report.pdf"),
    ("Tóm tắt một trang PDF", "dashboard.pdf"),
    ("Phiếu đề nghị giải trình DOCX", "queries.docx"),
    ("Phiếu đề nghị giải trình XLSX", "queries.xlsx"),
    ("Phiếu tính điểm XLSX", "appeal.xlsx"),
)
PROVINCE_FILES = (("DOCX", "review/report.docx"), ("PDF", "review/report.pdf"))
# To pass on outside the office: small counts of residents' answers are held back.
PASSED_ON = (
    ("Các trang và báo cáo trong một tệp nén", "published.zip"),
    ("Mọi bảng trong một tệp Excel, có bìa và ghi chú", "tables.xlsx"),
    ("Mô tả gói dữ liệu cho phần mềm khác (các bảng ở thư mục published)", "datapackage.json"),
)
DATA_FILES = (
    ("Tình hình gửi báo cáo", "register.csv"),
    ("Số liệu đã nhận", "facts.csv"),
    ("Chỗ cần xem lại", "problems.csv"),
    ("Chuỗi số liệu các năm", "series.csv"),
    ("Xu hướng", "trends.csv"),
    ("Dự kiến cuối năm", "outlook.csv"),
    ("Sự hài lòng của người dân", "satisfaction.csv"),
    ("Các xã và tiêu chí", "communes.csv"),
    ("Phường, thị trấn và đô thị văn minh", "towns.csv"),
    ("Việc của các đoàn thể", "organisations.csv"),
    ("Điểm từng chỉ tiêu", "scores.csv"),
    ("Xếp hạng đề xuất", "ranking.csv"),
)
# The key of `links` for what belongs to no district.
PROVINCE = "province"

ATTENTION = ("missing", "late", "undated")


def page(
    review: Review,
    notebook: NotebookNode,
    name: str,
    district: str | None,
    where: str,
    beside: Sequence[str],
) -> str:
    """An executed notebook as a page of the review, with the links to the others.

    `name` is that of its file, `where` says whose it is; `beside` are the names of the files that
    lie in its folder. A district's page leads to those before and after it.
    """
    space = review.space
    crumbs = [(_("Trang chủ"), "../../index.html" if district else "../index.html")]
    if district:
        crumbs += [(_(label), "" if file == name else file) for label, file in DISTRICT_PAGES]
        crumbs += _neighbours(review, district, name)
    heading = notebook.cells[0].source.splitlines()[0].lstrip("# ")
    when = notation.when(space.year, space.period)
    day = units.day(space.year, space.period)
    code = units.district(district, day).code if district else None
    return html.page(
        notebook,
        title=f"{heading} – {where}, {when}",
        crumbs=crumbs,
        files=[(_(label), name) for label, name in FILES if name in beside],
        illustrative=review.illustrative,
        data=cache(lambda name: review.csv(name, code)),  # several pictures show one table
    )


def _neighbours(review: Review, district: str, name: str) -> list[tuple[str, str]]:
    """The same page of the units before and after, with their names."""
    slugs = [unit.slug for unit in review.units]
    n = slugs.index(district)
    around = (("‹", review.units[n - 1 : n]), ("›", review.units[n + 1 : n + 2]))
    return [
        (" ".join([sign, place(unit.short)]), f"../{unit.slug}/{name}")
        for sign, found in around
        for unit in found
    ]


def links(space: Workspace) -> dict[str, dict[str, str]]:
    """The pages and files that are there, by district, with their addresses from the index."""
    of_all = (*PROVINCE_PAGES, *PROVINCE_FILES, *PASSED_ON, *DATA_FILES)
    wanted: dict[str, tuple[Path, tuple]] = {PROVINCE: (space.review, of_all)}
    for unit in units.reporting(units.day(space.year, space.period)):
        wanted[unit.slug] = (space.pages(unit.slug), (*DISTRICT_PAGES, *FILES))
    return {
        name: {
            label: (folder / file).relative_to(space.review).as_posix()
            for label, file in pages
            if (folder / file).is_file()
        }
        for name, (folder, pages) in wanted.items()
    }


def landing(
    review: Review,
    links: Mapping[str, Mapping[str, str]],
    *,
    failures: Sequence[str],
    notes: Sequence[str],
    issued: Sequence[tuple[str, str, str]] = (),
) -> str:
    """The landing page of a review, led by what the province's report leads with."""
    space = review.space
    return index(
        review.register,
        review.ranking,
        links,
        year=space.year,
        period=space.period,
        lead=reports.lead(review),
        entries=_entries(review, links),
        failures=failures,
        notes=notes,
        issued=issued,
        illustrative=review.illustrative,
        boundaries=space.boundaries,
    )


def index(
    register: pd.DataFrame,
    ranking: pd.DataFrame,
    links: Mapping[str, Mapping[str, str]],
    *,
    year: int,
    period: str,
    lead: Iterable[Block] = (),
    entries: Sequence[tuple[str, str, str]] = (),
    failures: Sequence[str],
    notes: Sequence[str],
    issued: Sequence[tuple[str, str, str]] = (),
    illustrative: bool,
    boundaries: Path,
) -> str:
    """The landing page: what to decide and what was found (`lead`), then who and where.

    `links` holds the pages that exist: district slug (or `PROVINCE`) -> label -> relative href. A
    page that is not there is called 'chưa lập', a file of tables is left out. `entries` is what can
    be searched for: name, whose it is, address. `notes` is what else the office should know, in
    words, `issued` the editions: name, who answers for it, address. `boundaries` is where real
    outlines lie if the office has them: then a map is drawn too.
    """
    outlines, letters = _outlines(ranking, boundaries)
    province = links.get(PROVINCE, {})
    return SHELL.get_template("index.html.j2").render(
        title=_("Đánh giá Cuộc vận động, tỉnh Sơn La, {when}", when=notation.when(year, period)),
        crumbs=[],
        illustrative=illustrative,
        lead=[_shown(block) for block in lead],
        entries=entries,
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
        issued=issued,
        data=[(label, file) for label, file in DATA_FILES if label in province],
        links=links,
        province=province,
    )


def _shown(block: Block) -> Markup:
    """A block as HTML; a table's is its own."""
    shown = block._repr_html_() if not isinstance(block, Figure) else ""
    return Markup(shown[0] if isinstance(shown, tuple) else shown)


def _entries(review: Review, links: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """What can be searched for: its name, whose it is, and the address that shows it."""
    first = DISTRICT_PAGES[0][0]
    found = []
    for row in review.communes.drop_duplicates("commune_code").to_dict("records"):
        href = links.get(units.district(row["district_code"]).slug, {}).get(first)
        if href:
            name = place(row["commune"])
            found.append((name, notation.district_name(row["district_code"]), _at(href, name)))
    whole = links.get(PROVINCE, {}).get(PROVINCE_PAGES[0][0])
    if whole:
        for code in reference.due(review.space.period)["id"]:
            name = reference.indicator_name(code)
            found.append((name, _("toàn tỉnh"), _at(whole, name)))
    return found


def _at(href: str, text: str) -> str:
    """An address at whose first mention of a text the browser opens the page."""
    return f"{href}#:~:text={quote(text)}"


def _outlines(ranking: pd.DataFrame, path: Path) -> tuple[str, list[str]]:
    """The map as an address, and what is wrong with the outlines; neither where there are none."""
    if not path.is_file():
        return "", []
    try:
        return outlines_picture(ranking, read_outlines(path)), []
    except AnalystError as letter:
        return "", [_("! Ranh giới: {letter}", letter=letter)]


def _attention(register: pd.DataFrame, failures: Sequence[str]) -> list[str]:
    """What to look at first, in words."""
    lines = [
        f"{STATUS_SIGNS[status]} {arrival(row).splitlines()[0]}"
        for status in ATTENTION
        for _, row in register[register["status"] == status].iterrows()
    ]
    wrong = register.assign(errors=received.errors_within(register)).query("errors > 0")
    wrong = wrong.sort_values("errors", ascending=False, kind="stable").to_dict("records")
    if names := [f"{place(r['district'])} ({notation.number(r['errors'])})" for r in wrong]:
        lines.append(_("! Số liệu còn lỗi phải sửa: {names}.", names=", ".join(names)))
    return lines + [_("✗ Trang chưa lập được: {failure}", failure=failure) for failure in failures]


def _register_table(register: pd.DataFrame) -> Table:
    columns = {
        "district": Column("Huyện, thành phố", place),
        "status": Column("Tình trạng", received_status, css="code"),
        "received": Column("Ngày nhận", notation.day, css="num"),
        "due": Column("Gửi trước ngày", notation.day, css="num"),
        "days_late": Column.number("Số ngày muộn"),
        "filled": Column.of_row("Số liệu đã báo cáo", _filled, css="num"),
        "errors": Column.number("Lỗi"),
        "warnings": Column.number("Cảnh báo"),
    }
    caption = _("Tình hình gửi báo cáo của các {who}", who=_who(register))
    frame = register.assign(errors=received.errors_within(register))
    return Table.from_frame(frame, columns, caption)


def _filled(row: Mapping) -> str | None:
    if row["status"] == "missing":
        return None
    return f"{notation.number(row['cells_filled'])}/{notation.number(row['cells_expected'])}"


def _ranking_table(ranking: pd.DataFrame) -> Table:
    frame = ranking.sort_values(["rank", "district_code"], na_position="last")
    columns = {
        "district_code": Column("Huyện, thành phố", notation.district_name),
        "place": Column.of_row("Hạng (mức dao động)", rank_text, css="code"),
        "points": Column.number("Điểm", 1),
        "band": Column.span("Mức dao động điểm", "points_low", "points_high", 1),
        "grade": Column("Xếp loại (đề xuất)", notation.grade),
        "self_score": Column.number("Tự chấm (chưa gồm điểm chế độ báo cáo)", 1),
    }
    return Table.from_frame(frame, columns, _("Xếp hạng đề xuất của các {who}", who=_who(ranking)))


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
    grid = positions(register["district_code"]).sort_values(["row", "col"])
    return [
        {
            "row": row + 1,
            "column": column + 1,
            "name": notation.district_name(code),
            "place": rank_text(ranks.loc[code]),
            "grade": notation.grade(ranks.loc[code, "grade"]),
            "shade": shades.get(ranks.loc[code, "grade"], 0),
            "status": "" if status[code] == "on_time" else received_status(status[code]),
            "href": links.get(units.district(code).slug, {}).get(DISTRICT_PAGES[0][0]),
        }
        for code, row, column in grid[["district_code", "row", "col"]].to_numpy()
    ]


def overview(reviews: Iterable[Mapping]) -> str:
    """The reviews by year, the latest first.

    Each is the manifest of a review: `folder`, `year`, `period`, `lang`, `complete`, `pages`.
    """
    rows = sorted(reviews, key=lambda r: (r["year"], r["period"] == "annual"), reverse=True)
    frame = pd.DataFrame(
        {
            "review": [_review_name(r) for r in rows],
            "state": ["✓ đủ các trang" if r.get("complete") else "! chưa đủ" for r in rows],
            "done": [sum(p["state"] == "done" for p in r["pages"]) for r in rows],
            "stopped": [sum(p["state"] != "done" for p in r["pages"]) for r in rows],
        }
    )
    columns = {
        "review": Column("Kỳ đánh giá"),
        "state": Column("Tình trạng"),
        "done": Column("Trang đã lập", notation.number, css="num"),
        "stopped": Column("Trang dừng", notation.number, css="num"),
    }
    table = Table.from_frame(frame, columns, "Các kỳ đã lập", "Chưa có kỳ nào.")
    links = [
        (name, f"{r['folder']}/index.html") for name, r in zip(frame["review"], rows, strict=True)
    ]
    return SHELL.get_template("overview.html.j2").render(
        title="Đánh giá Cuộc vận động, tỉnh Sơn La: các kỳ",
        crumbs=[],
        illustrative=False,
        links=links,
        table=table,
    )


def _review_name(review: Mapping) -> str:
    name = notation.when(review["year"], review["period"])
    lang = review.get("lang", VIETNAMESE)
    return name if lang == VIETNAMESE else f"{name} ({LANGUAGES[lang]})"
