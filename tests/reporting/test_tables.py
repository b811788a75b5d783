import pandas as pd
import pytest

from ntm_eval.analysis import province
from ntm_eval.exchange.registers import DECIDED
from ntm_eval.reporting import sections
from ntm_eval.reporting.blocks import Column, Table, listed

NAN = float("nan")
NO_PLANS = pd.DataFrame(columns=["district_code", "indicators", "met"])
NOBODY = pd.DataFrame(columns=DECIDED)
HOSTILE = '<script>alert("a & b")</script>'


def fact(indicator, measure, value, state="reported", **other):
    return {
        "year": 2022,
        "period": "annual",
        "district_code": "119",
        "commune_code": pd.NA,
        "indicator": indicator,
        "measure": measure,
        "value": value,
        "state": state,
        "unit": "",
        "qualifier": pd.NA,
        "raw": "",
        "file": "bc.xlsx",
        "sheet": "Chỉ tiêu",
        "cell": "E12",
        "corrected": pd.NA,
        "held": pd.NA,
        "likely": NAN,
    } | other


def series(*rows):
    frame = pd.DataFrame(rows, columns=["indicator", "year", "value"])
    return frame.assign(district_code="119", denominator=NAN, rate=NAN)


HISTORY = pd.DataFrame([fact("C1-01", "actual", 1.0, year=2020)])


def figures(*facts, before=()):
    return sections.results.figures(pd.DataFrame(facts), series(*before), HISTORY)


def test_a_table_is_semantic_html():
    frame = pd.DataFrame({"name": ["Thuận Châu"], "points": [1234.5]})
    columns = {"name": Column("Huyện"), "points": Column("Điểm", lambda v: f"{v:.1f}", "num")}
    assert Table.from_frame(frame, columns, "Điểm").html() == (
        '<div class="scroll">\n<table>\n<caption>Điểm</caption>\n<thead>\n<tr>\n'
        '<th scope="col">Huyện</th>\n<th scope="col" class="num">Điểm</th>\n'
        "</tr>\n</thead>\n<tbody>\n<tr>\n"
        '<th scope="row">Thuận Châu</th>\n<td class="num">1234.5</td>\n'
        "</tr>\n</tbody>\n</table>\n</div>"
    )


def test_whatever_a_district_typed_is_escaped_wherever_it_stands():
    frame = pd.DataFrame({HOSTILE: [HOSTILE], "b": [HOSTILE]})
    columns = {HOSTILE: Column(HOSTILE), "b": Column("b")}
    html = Table.from_frame(frame, columns, HOSTILE).html()
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(&#34;a &amp; b&#34;)&lt;/script&gt;") == 4


def test_the_same_table_gives_the_same_html_and_text_without_ids_or_addresses():
    frame = pd.DataFrame({"a": ["x", None]})
    one, two = (Table.from_frame(frame.copy(), {"a": Column("A")}, "Bảng") for _ in range(2))
    assert one.html() == two.html()
    assert " id=" not in one.html()
    assert repr(one) == repr(two) == "Bảng\nA\nx\n–"


def test_an_empty_table_says_so():
    table = Table.from_frame(pd.DataFrame({"a": []}), {"a": Column("A")}, "Bảng")
    assert '<td colspan="1">Không có số liệu</td>' in table.html()
    assert repr(table).endswith("Không có số liệu")


def test_a_column_of_rows_says_what_it_makes_of_each_and_nothing_is_a_dash():
    rows = pd.DataFrame({"low": [2.0, NAN], "high": [5.0, 7.0], "indicator": ["C1-19", "C1-19"]})
    columns = {
        "name": Column.of_row("Hạng", lambda row: f"{row['low']:.0f}" if row["high"] < 6 else None),
        "band": Column.span("Từ, đến", "low", "high"),
        "high": Column.measured("Hộ", "high"),
    }
    table = Table.from_frame(rows, columns, "Bảng")
    assert table.rows == (("2", "2–5", "5 hộ"), ("–", "–", "7 hộ"))
    assert table.frame is rows
    assert table.without("Từ, đến").rows == (("2", "5 hộ"), ("–", "7 hộ"))


def test_names_within_a_sentence_are_counted_from_the_third_on():
    assert listed(iter(["A", "B"]), 2) == "A, B"
    assert listed(["A", "B", "C"], 2) == "A, B và 1 đơn vị khác"
    assert listed(["A", "B", "C"], 1, "{names} và {more} xã khác", "; ") == "A và 2 xã khác"


def test_the_tables_are_not_changed():
    frame = ranking()
    before = frame.copy()
    sections.ranking.table(frame, earned(), NO_PLANS, NOBODY)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("blank", "để trống"),
        ("not_applicable", "không áp dụng"),
        ("rejected", "không đọc được"),
    ],
)
def test_the_annex_tells_blank_not_applicable_and_unread_apart(state, words):
    (row,) = figures(fact("C1-01", "actual", NAN, state), fact("C1-01", "plan", 0.0)).rows
    assert row[3:5] == ("0", words)


def test_the_annex_shows_plan_actual_last_year_change_and_source():
    (row,) = figures(
        fact("C1-11", "plan", 2.1e9),
        fact("C1-11", "actual", 2.2e9, qualifier="gần"),
        before=[("C1-11", 2021, 2e9), ("C1-11", 2022, 2.2e9)],
    ).rows
    assert row == (
        "C1-11",
        "Quỹ Vì người nghèo vận động được",
        "đồng",
        "2,1 tỷ",
        "gần 2,2 tỷ",
        "2 tỷ",
        "+10%",
        "Chỉ tiêu · E12",
    )


@pytest.mark.parametrize(
    ("indicator", "period", "before", "change"),
    [
        ("C1-19", "annual", 3000.0, "đổi chuẩn"),  # poverty standard of 2022
        ("C1-01", "h1", 500.0, "chưa hết năm"),  # a flow
        ("C2-04", "h1", 60.0, "+20 điểm phần trăm"),  # a stock in per cent
        ("C1-01", "annual", 0.0, "–"),
        ("C1-01", "annual", NAN, "–"),
    ],
)
def test_a_change_is_given_only_where_the_two_figures_compare(indicator, period, before, change):
    (row,) = figures(
        fact(indicator, "actual", 80.0, period=period), before=[(indicator, 2021, before)]
    ).rows
    assert row[6] == change


def test_the_annex_names_the_correction_or_rule_that_made_a_value():
    rows = figures(
        fact("C1-01", "actual", 5.0, corrected="bản sửa 2022-12-06, Ban Thường trực"),
        fact("C1-03", "actual", 50000.0, corrected="unit_converted"),
    ).rows
    assert rows[0][7].endswith("; bản sửa 2022-12-06, Ban Thường trực")
    assert rows[1][7].endswith("; Đã đổi đơn vị")


def test_the_register_says_in_words_who_sent_and_who_did_not():
    table = sections.received.table(
        pd.DataFrame(
            {
                "district_code": ["128", "121"],
                "district": ["Huyện Vân Hồ", "Huyện Bắc Yên"],
                "status": ["late", "missing"],
                "received": [pd.Timestamp("2022-12-08"), pd.NaT],
                "due": pd.Timestamp("2022-12-05"),
                "days_late": [4.0, NAN],
                "cut_off": pd.NaT,
                "file": ["vh.xlsx", pd.NA],
                "cells_expected": [82, 82],
                "cells_filled": [41, 0],
                "errors": [1, 0],
                "warnings": [2, 0],
            }
        )
    )
    assert table.rows[0][:5] == ("Huyện Vân Hồ", "✗ muộn", "08/12/2022", "05/12/2022", "4")
    assert table.rows[0][8] == "50,0%"
    assert table.rows[1][:5] == ("Huyện Bắc Yên", "○ chưa có báo cáo", "–", "05/12/2022", "–")


def scores():
    rows = [
        ("C1", "C1-01", 2.0, 10.0, "thực hiện 20 trên kế hoạch 100"),
        ("C1", "C1-03", 9.0, 15.0, "thực hiện 60 trên kế hoạch 100"),
        ("C2", "C2-04", 0.0, 0.0, "kế hoạch để trống"),
        ("C6", pd.NA, 0.0, 5.0, "không có chỉ tiêu nào đánh giá được"),
        ("reporting", "on_time", 5.0, 5.0, "gửi đúng hạn"),
    ]
    columns = ["part", "indicator", "points", "max_points", "reason"]
    return pd.DataFrame(rows, columns=columns).assign(district_code="119")


def ranking():
    return pd.DataFrame(
        {
            "district_code": ["118", "119", "121"],
            "points": [76.14, 84.9, NAN],
            "grade": ["khá", "tốt", "chưa đủ căn cứ"],
            "rank": [2.0, 1.0, NAN],
            "rank_low": [1.0, 1.0, NAN],
            "rank_high": [3.0, 2.0, NAN],
            "points_low": [72.0, 80.0, NAN],
            "points_high": [78.0, 86.0, NAN],
            "self_score": [80.0, NAN, NAN],
            "group": [1.0, 1.0, NAN],
        }
    )


def earned():
    """70 points for indicators beside those for reporting, with which nobody scores himself."""
    return pd.DataFrame(
        {"district_code": ["118", "118"], "part": ["C1", "reporting"], "points": [70.0, 6.14]}
    )


def test_the_ranking_goes_by_rank_with_bands_and_those_without_points_last():
    assert sections.ranking.table(ranking(), earned(), NO_PLANS, NOBODY).rows == (
        ("Thuận Châu", "1", "1", "1–2", "84,9", "80,0–86,0", "Tốt", "–", "–"),
        ("Quỳnh Nhai", "1", "2", "1–3", "76,1", "72,0–78,0", "Khá", "–", "+10,0"),
        ("Bắc Yên", *["–"] * 5, "Chưa đủ căn cứ", "–", "–"),
    )


def test_what_nobody_has_is_no_column_and_a_decision_is_one():
    half = ranking().assign(grade="chưa xếp loại", self_score=NAN)
    shown = sections.ranking.table(half, earned(), NO_PLANS, NOBODY)
    assert [c.header for c in shown.columns][-2:] == ["Mức dao động điểm", "Chỉ tiêu đạt"]
    made = pd.DataFrame([("118", "tốt", "Địa bàn khó", "", pd.NaT)], columns=DECIDED)
    shown = sections.ranking.table(ranking(), earned(), NO_PLANS, made)
    assert [row[-2:] for row in shown.rows] == [("–", "–"), ("Tốt", "Địa bàn khó"), ("–", "–")]


def test_communes_show_titles_criteria_and_counts():
    frame = pd.DataFrame(
        [
            (
                "119",
                "03721",
                "Xã A",
                "xã",
                "NTM",
                pd.NA,
                17.0,
                19.0,
                "TC5;TC11",
                1234.0,
                0.0,
                NAN,
                1000.0,
                3.0,
            )
        ],
        columns=[
            "district_code",
            "commune_code",
            "commune",
            "kind",
            "registered",
            "title",
            "criteria_met",
            "criteria_known",
            "missing_criteria",
            "households",
            "poor",
            "near_poor",
            "cultural_households",
            "temporary_houses",
        ],
    )
    assert sections.communes.table(frame).rows == (
        ("Xã A", "NTM", "–", "17", "19", "TC5, TC11", "1.234", "0", "–", "1.000", "3"),
    )


def test_trends_come_with_interval_years_and_words():
    frame = pd.DataFrame(
        [
            (
                "119",
                "C1-01",
                5,
                2018.0,
                2022.0,
                12.5,
                2.0,
                20.0,
                0.017,
                0.03,
                "up",
                "better",
                "test",
            ),
            (
                "119",
                "C1-19",
                1,
                2022.0,
                2022.0,
                NAN,
                NAN,
                NAN,
                NAN,
                NAN,
                "too_few",
                "unclear",
                "described",
            ),
            (
                "119",
                "C1-20",
                0,
                NAN,
                NAN,
                NAN,
                NAN,
                NAN,
                NAN,
                NAN,
                "too_few",
                "unclear",
                "described",
            ),
        ],
        columns=[
            "district_code",
            "indicator",
            "years",
            "first_year",
            "last_year",
            "slope",
            "low",
            "high",
            "p_value",
            "q_value",
            "direction",
            "good",
            "basis",
        ],
    )
    rows = sections.trends.table(frame).rows
    assert rows[0][1:] == (
        "2018–2022 (5 năm)",
        "+12,5 cuộc",
        "+2 cuộc đến +20 cuộc",
        "0,017",
        "0,030",
        "kiểm định",
        "▲ tăng",
        "tốt lên",
    )
    assert rows[1][1:] == ("2022 (1 năm)", "–", "–", "–", "–", "mô tả", "○ chưa đủ năm", "–")
    assert rows[2][1] == "0 năm"


def test_province_totals_say_how_many_districts_are_in_them():
    facts = pd.DataFrame(
        [
            fact("C1-11", "actual", 1e9),
            fact("C1-11", "plan", 2e9),
            fact("C1-11", "actual", 3e9, district_code="118"),
            fact("C1-11", "plan", 2e9, district_code="118"),
            fact("C1-11", "actual", NAN, "blank", district_code="128"),
        ]
    )
    rows = sections.results.province_table(province.totals(facts, series(), 2022)).rows
    name = "Quỹ Vì người nghèo vận động được"
    assert rows == ((name, "đồng", "4 tỷ", "4 tỷ", "100,0%", "–", "–", "2/12"),)


def test_a_sum_says_whose_figure_it_leaves_out_and_what_it_would_be_with_it():
    facts = pd.DataFrame(
        [
            fact("C1-11", "actual", 1e9),
            fact(
                "C1-11",
                "actual",
                1183.0,
                district_code="125",
                held="unit_suspect",
                likely=1.183e9,
            ),
        ]
    )
    totals = province.totals(facts, series(), 2022)
    (row,) = sections.results.province_table(totals).rows
    assert (row[3], row[7]) == ("1 tỷ", "1/12")
    assert sections.results.held_back(totals) == (
        "Chưa gồm số đang giải trình: Quỹ Vì người nghèo vận động được (Mai Sơn; nếu gồm: 2,18 tỷ "
        "đồng)."
    )
    assert sections.results.held_back(totals.assign(held=None)) == ""


def test_a_held_figure_stands_marked_and_has_no_change():
    rows = figures(
        fact("C1-01", "actual", 900.0, held="h1_exceeds_annual"), before=[("C1-01", 2021, 500.0)]
    ).rows
    assert rows[0][4] == "900 (đang giải trình)"
    assert rows[0][6] == "–"


def test_published_figures_stand_beside_the_reported_ones():
    gaps = pd.DataFrame(
        [("C1-19", "rate", pd.Timestamp("2021-12-31"), 21.66, 20.5, -1.16, 11, 12, pd.NA, "báo")],
        columns=[
            "indicator",
            "figure",
            "as_of",
            "published",
            "reported",
            "gap",
            "districts",
            "expected",
            "note",
            "source",
        ],
    )
    assert sections.results.against_published(gaps).rows == (
        (
            "Tỷ lệ hộ nghèo",
            "31/12/2021",
            "21,66%",
            "20,5%",
            "−1,16 điểm phần trăm",
            "11/12",
            "–",
            "báo",
        ),
    )


@pytest.mark.parametrize(
    ("make", "frame"),
    [
        (sections.ranking.table, ranking().head(0)),
        (sections.results.figures, None),
    ],
)
def test_a_named_table_without_rows_is_still_a_table(make, frame):
    if frame is None:
        table = sections.results.figures(
            pd.DataFrame([fact("C1-01", "actual", 1.0)]).head(0), series(), HISTORY
        )
    elif make is sections.ranking.table:
        table = make(frame, earned().head(0), NO_PLANS, NOBODY)
    else:
        table = make(frame)
    assert table.rows == ()
    assert "<table>" in table.html()
