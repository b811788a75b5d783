"""Pages in a browser: what only a browser can tell. Skipped only where there is no Chromium."""

import nbformat.v4 as nbf
import pandas as pd
import pytest
from browser import NARROW, WIDE, violations
from reporting_pages import HOSTILE, all_links, ranking, register

from ntm_eval.reporting import html, sections, site

NAN = float("nan")
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5"
    "ErkJggg=="
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A landing page with a missing report, and a district's page with hostile words."""
    out = tmp_path_factory.mktemp("trang")
    unranked = {
        "points": NAN,
        "grade": "chưa đủ căn cứ",
        "rank": NAN,
        "rank_low": NAN,
        "rank_high": NAN,
        "points_low": NAN,
        "points_high": NAN,
    }
    late = {"status": "late", "days_late": 4.0}
    index = site.index(
        register(van_ho=late, son_la={"errors": 1}),
        ranking(bac_yen=unranked),
        all_links(),
        year=2022,
        period="annual",
        failures=[],
        notes=[],
        illustrative=True,
        boundaries=out / "không có",
    )
    (out / "index.html").write_text(index, encoding="utf-8")
    (out / "report.html").write_text(district(), encoding="utf-8")
    return out


DRAWN = {"tables": ["series"]}


def district():
    facts = pd.DataFrame(
        [
            {
                "year": 2022,
                "period": "annual",
                "district_code": "119",
                "commune_code": pd.NA,
                "indicator": f"C1-{n:02}",
                "measure": "actual",
                "value": n * 1000.0,
                "state": "reported",
                "unit": "hộ",
                "qualifier": pd.NA,
                "raw": HOSTILE,
                "file": HOSTILE + "dài" * 80,
                "sheet": "Chỉ tiêu",
                "cell": f"E{n}",
                "corrected": pd.NA,
                "held": pd.NA,
            }
            for n in (1, 2, 3, 4)
        ]
    )
    series = pd.DataFrame([], columns=["indicator", "year", "value"])
    files = facts.head(1).assign(received=pd.Timestamp(2022, 12, 1), sha256="f" * 64)
    table = sections.results.figures(facts, series, facts)
    outputs = [
        nbf.new_output("display_data", {"image/png": PNG}, metadata={"image/png": DRAWN}),
        nbf.new_output("display_data", {"text/html": table.html()}),
        nbf.new_output("display_data", {"text/html": sections.method.files(files).html()}),
    ]
    cells = [
        nbf.new_markdown_cell("# Báo cáo\n\n## Tóm tắt"),
        nbf.new_code_cell("draw(here.series)", outputs=outputs, execution_count=1),
    ]
    return html.page(
        nbf.new_notebook(cells=cells),
        title=f"Báo cáo {HOSTILE}",
        crumbs=[("Trang chủ", "index.html"), ("Báo cáo", "report.html")],
        files=[("PDF", "report.pdf")],
        illustrative=True,
        data=lambda name: "mã,số\n1,2\n",
    )


PAGES = pytest.mark.parametrize("name", ["index.html", "report.html"])


@PAGES
def test_axe_finds_nothing_in_the_dark_on_a_phone(opened, name):
    assert violations(opened(name, **NARROW, color_scheme="dark")) == []


@PAGES
def test_no_page_is_wider_than_a_phone(opened, name):
    page = opened(name, **NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def first_column(page, caption):
    table = page.locator("table", has=page.locator("caption", has_text=caption))
    return table.locator("tbody th").all_inner_texts()


def test_the_ranking_sorts_by_keyboard_and_back_and_what_is_missing_stays_last(opened):
    page = opened("index.html", **WIDE)
    before = first_column(page, "Xếp hạng đề xuất")
    table = page.locator("section[aria-labelledby=xep-hang] table")
    button = table.get_by_role("button", name="Điểm", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    up = first_column(page, "Xếp hạng đề xuất")
    assert up == [*before[:-1][::-1], "Bắc Yên"]
    assert table.locator("[aria-sort=ascending]").inner_text().startswith("Điểm")
    page.keyboard.press("Space")
    assert first_column(page, "Xếp hạng đề xuất") == before
    page.keyboard.press("Enter")
    assert first_column(page, "Xếp hạng đề xuất") == before
    assert table.locator("[aria-sort]").count() == 0


def test_names_sort_in_vietnamese_order(opened):
    page = opened("index.html", **WIDE)
    page.locator("section[aria-labelledby=che-do]").get_by_role(
        "button", name="Huyện, thành phố"
    ).click()
    names = first_column(page, "Tình hình gửi báo cáo")
    assert names.index("Bắc Yên") < names.index("Mai Sơn") < names.index("Sông Mã")
    assert names[-1] == "Yên Châu"


def test_a_chosen_district_is_all_that_its_tables_show(opened):
    page = opened("index.html", **WIDE)
    page.get_by_label("Chỉ xem huyện, thành phố").select_option("Mường La")
    rows = page.locator("section table tbody tr:visible th")
    assert set(rows.all_inner_texts()) == {"Mường La"}
    assert "Mường La" in page.get_by_role("status").inner_text()
    page.get_by_label("Chỉ xem huyện, thành phố").select_option("")
    assert page.locator("section[aria-labelledby=che-do] tbody tr:visible").count() == 12


def test_without_script_all_tables_are_there_and_no_control_that_does_nothing(opened):
    page = opened("index.html", java_script_enabled=False, **WIDE)
    assert page.locator("section[aria-labelledby=xep-hang] tbody tr:visible").count() == 12
    assert page.locator("button, select:visible").count() == 0


@pytest.mark.parametrize("settings", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_map_is_a_table_to_whoever_cannot_see_it(opened, settings):
    page = opened("index.html", **settings)
    table = page.get_by_role("table", name="theo vị trí")
    assert table.get_by_role("row").count() == 13
    row = table.get_by_role("row", name="Vân Hồ")
    assert row.get_by_role("cell").all_inner_texts()[0] == "hạng 12"
    row.get_by_role("link").focus()
    assert page.evaluate("document.activeElement.getAttribute('href')").endswith("report.html")


def test_a_figure_opens_by_keyboard_and_leads_to_its_receipt(opened):
    page = opened("report.html", **WIDE)
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # a page learns of its new anchor a moment after the key
    row = page.wait_for_function("document.activeElement.id").json_value()
    assert row.startswith(sections.method.anchor(2022, "annual", "")[:4])
    assert "01/12/2022" in page.locator(f"#{row}").inner_text()


def test_the_data_of_a_picture_can_be_saved_offline(opened):
    page = opened("report.html", **WIDE)
    with page.expect_download() as saving:
        page.get_by_role("link", name="series.csv").click()
    assert saving.value.suggested_filename == "series.csv"
    with open(saving.value.path(), encoding="utf-8-sig") as saved:
        assert saved.read() == "mã,số\n1,2\n"


def test_print_leaves_out_what_only_a_screen_can_use(opened):
    page = opened("index.html", **WIDE)
    page.emulate_media(media="print")
    assert page.locator("#chon-huyen:visible, .skip:visible").count() == 0
    assert page.locator("section[aria-labelledby=xep-hang] tbody tr:visible").count() == 12
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_dark_paper_is_dark_and_the_printed_one_white(opened):
    page = opened("index.html", **WIDE, color_scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(paper) == "rgb(20, 25, 31)"
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
