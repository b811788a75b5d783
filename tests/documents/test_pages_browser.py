"""Real pages of a review in a browser: a district's report, the province's, the landing page."""

import subprocess

import pytest
from browser import NARROW, WIDE, violations
from papers import NEEDS_POPPLER

DISTRICT, PROVINCE = "districts/thuan-chau/report.html", "review/report.html"
# the rows of a table are of one template, and axe takes a minute over the thousands of some
FEWER_ROWS = """for (const body of document.querySelectorAll("tbody"))
    [...body.rows].slice(40).forEach(row => row.remove())"""


@pytest.fixture(scope="module")
def folder(annual):
    return annual.folder


# the districts' page is of the province's template and has less of it; dark and hostile pages:
# tests/reporting
@pytest.mark.parametrize("name", ["index.html", "changes.html", PROVINCE])
def test_axe_finds_nothing(opened, name):
    page = opened(name, **WIDE)
    page.evaluate(FEWER_ROWS)
    assert violations(page) == []


@pytest.mark.parametrize("name", ["index.html", "changes.html", DISTRICT, PROVINCE])
def test_no_page_is_wider_than_its_window(opened, name):
    page = opened(name, **WIDE)
    for settings in (WIDE, NARROW):
        page.set_viewport_size(settings["viewport"])
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= settings["viewport"]["width"]


@pytest.mark.parametrize("name", [DISTRICT, PROVINCE])
def test_every_picture_is_told_and_brings_its_data(opened, name):
    figures = opened(name, **WIDE).locator("figure")
    assert figures.count() >= (3 if name == PROVINCE else 6)
    for figure in figures.all():
        assert len(figure.locator("img").get_attribute("alt")) > 60
        links = figure.locator("figcaption a[download]")
        assert links.count() > 0
        assert links.first.get_attribute("href").startswith("data:text/csv")


def test_the_landing_page_leads_to_every_paper(opened, folder):
    page = opened("index.html", **WIDE)
    links = {a.get_attribute("href") for a in page.locator("a[href]").all()}
    made = {p.relative_to(folder).as_posix() for p in folder.glob("districts/*/report.*")}
    assert len(made) == 36
    assert made <= links
    assert {"review/report.docx", "review/report.pdf", "tables.xlsx", "datapackage.json"} <= links


@NEEDS_POPPLER
def test_a_table_that_goes_on_repeats_its_header_on_paper(opened, tmp_path):
    opened(DISTRICT, **WIDE).pdf(path=tmp_path / "x.pdf", prefer_css_page_size=True)
    said = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "x.pdf", "-"],
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout.split("\f")
    headed = [n for n, page in enumerate(said) if "Chỉ tiêu (đơn vị tính)" in page]
    assert len(headed) > 2
    first, last = (
        next(n for n, page in enumerate(said) if f"{row} (cuộc)" in page)
        for row in ("Cuộc tuyên truyền, vận động", "Cuộc kiểm tra, đôn đốc cơ sở")
    )
    assert headed == list(range(first, last + 1))
    assert all("SỐ LIỆU MINH HỌA" in page for page in said[:-1])
