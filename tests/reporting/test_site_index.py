"""The landing page says who reported, who stands where, and links what is there."""

import re

import pandas as pd
from reporting_pages import HOSTILE, MISSING, UNRANKED, Parsed, all_links, index, ranking, register

from ntm_eval import reference, units
from ntm_eval.reporting import html as pages
from ntm_eval.reporting import site

NAN = float("nan")


def row_of(html, name):
    """The cells of the first table row that starts with a name, as text."""
    row = next(r for r in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL) if f'">{name}</th>' in r)
    return [
        re.sub("<.*?>", "", c).strip() for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
    ]


def tile_of(html, slug_or_name):
    tiles = re.findall(r"<tr role=.row. class=.*?</tr>", html, re.DOTALL)
    return next(t for t in tiles if re.search(f">{slug_or_name}</(a|th)>", t))


def section(html, anchor):
    return html[html.index(f'id="{anchor}"') :].split("</section>")[0]


def test_the_landing_page_names_its_year_and_period():
    assert "<h1>Đánh giá Cuộc vận động, tỉnh Sơn La, năm 2022</h1>" in index()
    assert "Sơn La, 6 tháng đầu năm 2022</h1>" in index(period="h1")


def test_a_hostile_name_in_the_register_is_escaped_wherever_it_stands():
    html = index(
        register(son_la={"district": HOSTILE, "status": "late", "days_late": 2.0, "errors": 1})
    )
    parsed = Parsed(html)
    assert parsed.scripts == [pages.SCRIPT]
    assert parsed.all("img") == []
    # among the late reports, among those with errors, in the table
    assert parsed.words.count(HOSTILE) == 3


def test_hostile_grades_failures_and_links_are_escaped():
    links = all_links()
    links["son-la"]["Báo cáo"] = HOSTILE
    html = index(ranks=ranking(son_la={"grade": HOSTILE}), links=links, failures=[HOSTILE])
    parsed = Parsed(html)
    assert parsed.scripts == [pages.SCRIPT]
    assert parsed.all("img") == []
    assert parsed.hrefs().count(HOSTILE) == 2


def test_every_given_page_is_linked_and_nothing_else():
    links = all_links()
    hrefs = set(Parsed(index(links=links)).hrefs()) - {"#noi-dung"}
    assert hrefs == {href for there in links.values() for href in there.values()}
    assert "chưa lập" not in index(links=links)


def test_a_page_that_is_not_there_is_named_and_not_linked():
    links = all_links()
    del links["van-ho"]["Xu hướng"], links[site.PROVINCE]["Xếp hạng đề xuất"]
    html = index(links=links)
    assert row_of(section(html, "cac-trang"), "Vân Hồ")[1:] == [
        "Báo cáo, Vân Hồ",
        "Số liệu, Vân Hồ",
        "chưa lập",
        "Hài lòng, Vân Hồ",
        "DOCX, Vân Hồ, PDF, Vân Hồ, Tóm tắt một trang PDF, Vân Hồ, "
        "Phiếu đề nghị giải trình DOCX, Vân Hồ, Phiếu đề nghị giải trình XLSX, Vân Hồ, "
        "Phiếu tính điểm XLSX, Vân Hồ",
    ]
    assert "Xếp hạng đề xuất" not in section(html, "so-lieu")  # a table is left out
    assert "Xếp hạng đề xuất" in section(index(), "so-lieu")
    assert "districts/van-ho/02_trends.html" not in html


def test_without_any_page_nothing_is_linked():
    html = index(links={})
    assert Parsed(html).hrefs() == ["#noi-dung"]
    assert "báo cáo chưa lập" in tile_of(html, "Sốp Cộp")
    assert "Báo cáo đánh giá của tỉnh: chưa lập" in html


def test_a_missing_report_is_shown_as_missing_everywhere_and_never_as_zero():
    html = index(register(bac_yen=MISSING), ranking(bac_yen=UNRANKED))
    assert "○ Bắc Yên chưa có báo cáo" in section(html, "can-xem")
    assert row_of(section(html, "che-do"), "Bắc Yên")[1:6] == [
        "○ chưa có báo cáo",
        "–",
        "05/12/2022",
        "–",
        "–",
    ]
    assert row_of(section(html, "xep-hang"), "Bắc Yên") == [
        "Bắc Yên",
        "chưa xếp hạng",
        "–",
        "–",
        "Chưa đủ căn cứ",
        "–",
    ]
    assert section(html, "xep-hang").rindex("Bắc Yên") > section(html, "xep-hang").rindex("Vân Hồ")
    tile = tile_of(html, "Bắc Yên")
    assert "○ chưa có báo cáo" in tile
    assert "chưa xếp hạng" in tile


def test_late_and_undated_reports_and_errors_come_first():
    late = {"status": "late", "days_late": 4.0, "received": pd.Timestamp(2022, 12, 8)}
    undated = {"status": "undated", "days_late": NAN, "received": pd.NaT}
    html = index(
        register(van_ho=late, son_la=undated, mai_son={"errors": 2}, phu_yen={"errors": 5})
    )
    lines = re.findall(r"<li>(.*?)</li>", section(html, "can-xem"))
    assert [line.split(" (")[0] for line in lines[:2]] == [
        "✗ Vân Hồ gửi báo cáo muộn 4 ngày, nhận ngày 08/12/2022",
        "? TP Sơn La không rõ ngày gửi",
    ]
    assert lines[2:] == ["! Số liệu còn lỗi phải sửa: Phù Yên (5), Mai Sơn (2)."]


def test_pages_that_failed_are_named():
    html = index(failures=["van-ho, 02_trends: thiếu tệp"])
    assert "<li>✗ Trang chưa lập được: van-ho, 02_trends: thiếu tệp</li>" in html


def test_when_all_is_well_the_page_says_so():
    assert "<p>✓ Mọi huyện, thành phố đã gửi báo cáo đúng hạn" in section(index(), "can-xem")


def test_the_register_counts_cells_errors_and_warnings():
    assert row_of(section(index(), "che-do"), "Sông Mã") == [
        "Sông Mã",
        "✓ đúng hạn",
        "01/12/2022",
        "05/12/2022",
        "0",
        "80/82",
        "0",
        "3",
    ]


def test_a_rank_stands_with_its_band_and_a_grade_as_a_proposal():
    band = {"rank": 3.0, "rank_low": 2.0, "rank_high": 5.0}
    html = section(index(ranks=ranking(thuan_chau=band)), "xep-hang")
    assert row_of(html, "Thuận Châu") == [
        "Thuận Châu",
        "hạng 3 (2–5)",
        "93,2",
        "93,0–93,5",
        "Tốt",
        "88,0",
    ]
    assert row_of(html, "TP Sơn La")[1] == "hạng 1"
    assert "báo cáo chỉ là một trong những cơ sở" in html


def test_the_ranking_is_in_the_order_of_the_ranks():
    html = section(index(ranks=ranking(son_la={"rank": 13.0})), "xep-hang")
    first = re.findall(r'<th scope="row">(.*?)</th>', html)
    assert first == [d.short for d in units.districts()[1:]] + ["TP Sơn La"]


def test_the_tiles_lie_where_the_reference_puts_them():
    html = index()
    for code, row, column in reference.table("tilegrid")[
        ["district_code", "row", "col"]
    ].to_numpy():
        d = units.district(code)
        tile = tile_of(html, d.short)
        assert f"grid-row:{row + 1};grid-column:{column + 1}" in tile
        assert f'href="districts/{d.slug}/report.html"' in tile


def test_the_landing_page_marks_invented_data_and_is_the_same_each_time():
    assert "SỐ LIỆU MINH HỌA" in Parsed(index(illustrative=True)).words
    assert "SỐ LIỆU MINH HỌA" not in Parsed(index()).words
    assert index() == index()


def test_what_the_office_should_know_is_told_first():
    assert "! Thiếu phông" in section(index(notes=["Thiếu phông"]), "can-xem")
