import pandas as pd

from ntm_eval.exchange import compare, told
from ntm_eval.reporting import changes, site

NAN = float("nan")
HOSTILE = '<script>alert("a")</script>'


def fact(value, year=2022, period="annual", indicator="C1-01"):
    return {
        "year": year,
        "period": period,
        "district_code": "119",
        "indicator": indicator,
        "measure": "actual",
        "value": value,
    }


def since(*facts, period="annual"):
    return changes.since(pd.DataFrame(facts), 2022, period, illustrative=True)


def flow_and_stock():
    from ntm_eval import reference

    rows = reference.table("indicators").drop_duplicates("id", keep="last")
    rows = rows[rows["break_before"].isna() & rows["unit"].ne("%")]
    return [rows.loc[rows["flow_stock"] == kind, "id"].iloc[0] for kind in ("flow", "stock")]


FLOW, STOCK = flow_and_stock()


def test_a_flow_of_six_months_is_a_share_of_the_year_and_last_year_a_rise():
    html = since(
        fact(200.0, indicator=FLOW),
        fact(50.0, period="h1", indicator=FLOW),
        fact(160.0, 2021, indicator=FLOW),
    )
    assert "6 tháng là 25% của cả năm" in html
    assert "▲ tăng 25" in html
    assert "SỐ LIỆU MINH HỌA" in html


def test_a_stock_is_compared_with_six_months_as_it_stands():
    html = since(fact(90.0, indicator=STOCK), fact(100.0, period="h1", indicator=STOCK))
    assert "▼ giảm 10" in html
    assert "của cả năm" not in html


def test_a_flow_that_shrank_within_the_year_is_a_question():
    html = since(fact(40.0, indicator=FLOW), fact(50.0, period="h1", indicator=FLOW))
    assert "! nhỏ hơn số 6 tháng" in html


def test_six_months_are_never_called_a_fall_from_the_whole_of_last_year():
    html = since(
        fact(50.0, period="h1", indicator=FLOW), fact(100.0, 2021, indicator=FLOW), period="h1"
    )
    assert "mới 6 tháng: 50%" in html
    assert "▼" not in html.split("<script>")[0].split("</style>")[1]


def test_a_district_without_figures_is_named_and_never_a_zero():
    html = since(fact(NAN))
    assert html.count("○ Không có số liệu kỳ này") == 12


def test_two_versions_of_a_report_read_as_a_page_and_hostile_text_stays_text():
    row = dict.fromkeys(compare.COLUMNS) | {
        "sheet": "Chỉ tiêu",
        "change": compare.CHANGED,
        "indicator": "C1-01",
        "measure": "actual",
        "old_raw": "12",
        "old_value": 12.0,
        "old_cell": "E5",
        "new_raw": HOSTILE,
        "new_value": f"(không đọc được: {HOSTILE})",
        "new_cell": "E6",
        "old_file": HOSTILE,
        "new_file": "b.xlsx",
    }
    html = changes.of_reports(pd.DataFrame([row]))
    assert html.count("<script>") == 1  # the page's own
    for words in ("E5 → E6", "12", "Thực hiện", "b.xlsx", "&lt;script&gt;"):
        assert words in html
    assert "giống nhau" in changes.of_reports(pd.DataFrame(columns=compare.COLUMNS))


def test_two_reviews_read_as_a_page_with_the_reason_of_each_change():
    value = {"district_code": "119", "column": "points", "old": "1.5", "new": "2", "why": HOSTILE}
    tables = {
        "inputs": pd.DataFrame([[HOSTILE, compare.ONLY_NEW]], columns=["file", "change"]),
        "facts": pd.DataFrame(columns=[*value, "indicator", "measure"]),
        "scores": pd.DataFrame([value | {"part": "C1", "indicator": "C1-01"}]),
        "ranking": pd.DataFrame(columns=[*value]),
    }
    html = changes.of_reviews(tables)
    assert html.count("<script>") == 1
    assert html.count("&lt;script&gt;") == 2
    for words in ("chỉ có ở bản sau", "Thuận Châu", "1.5", "Không có thay đổi."):
        assert words in html


def test_all_reviews_are_listed_the_latest_first_and_what_is_incomplete_says_so():
    done, stopped = {"state": "done"}, {"state": "failed"}
    html = site.overview(
        [
            {
                "folder": "2021-annual",
                "year": 2021,
                "period": "annual",
                "complete": True,
                "pages": [done],
            },
            {
                "folder": "2022-annual",
                "year": 2022,
                "period": "annual",
                "complete": False,
                "pages": [done, stopped],
            },
            {"folder": "2022-h1", "year": 2022, "period": "h1", "complete": True, "pages": [done]},
        ]
    )
    places = [
        html.index(f'href="{year}/index.html"')
        for year in ("2022-annual", "2022-h1", "2021-annual")
    ]
    assert places == sorted(places)
    assert html.count("✓ đủ các trang") == 2
    assert html.count("! chưa đủ") == 1


def commune_reports(tmp_path, poor):
    from ntm_eval import units
    from ntm_eval.exchange import template as forms

    day = units.day(2025, "annual")
    sai = units.district("xa-muong-sai", day)  # its code was that of xã Nậm Ét until 30/6/2025
    row = {"commune": sai.name, "kind": "xã", "poor": poor}
    path = tmp_path / f"{poor}.xlsx"
    content = forms.Content(communes={sai.code: row})
    forms.write_workbook(path, sai, 2025, "annual", content)
    return path


def test_a_cell_of_a_commune_is_told_by_the_name_of_its_day(tmp_path):
    found = compare.files(commune_reports(tmp_path, 5), commune_reports(tmp_path, 6))
    assert found["measure"].tolist() == ["poor"]
    for said in ("\n".join(told.reports(found)), changes.of_reports(found)):
        assert "Xã Mường Sại" in said
        assert "Nậm Ét" not in said


def test_communes_that_report_have_their_sections():
    rows = [
        {**fact(value, year, indicator=FLOW), "district_code": "03712"}
        for value, year in ((10.0, 2025), (8.0, 2024))
    ]
    html = changes.since(pd.DataFrame(rows), 2025, "annual", illustrative=False)
    assert "Xã Mường Sại" in html
    assert "Huyện Thuận Châu" not in html
    assert "▲ tăng 25" in html
