"""What was received as printed tables: missing, zero, hostile words, what could not be computed."""

import pandas as pd

from ntm_eval import notation
from ntm_eval.reporting import sections
from ntm_eval.reporting.blocks import Column, Table

NAN = float("nan")
HOSTILE = '<script>alert("a & b")</script>'


def test_missing_is_a_dash_and_zero_is_zero():
    frame = pd.DataFrame({"n": [0.0, NAN], "day": [pd.Timestamp("2022-12-04"), pd.NaT]})
    columns = {"n": Column.number("n"), "day": Column("Ngày", notation.day)}
    assert Table.from_frame(frame, columns, "").rows == (("0", "04/12/2022"), ("–", "–"))


def test_the_problems_escape_raw_text_and_messages():
    row = ["error", "not_a_number", "119", pd.NA, "C2-03", HOSTILE, HOSTILE, "E4", HOSTILE, HOSTILE]
    columns = [
        "severity",
        "rule",
        "district_code",
        "commune_code",
        "indicator",
        "file",
        "sheet",
        "cell",
        "raw",
        "message",
    ]
    table = sections.quality.table(pd.DataFrame([row], columns=columns))
    assert "<script" not in table.html()
    assert table.rows[0][:2] == ("✗ lỗi", "Không đọc được thành số")


def test_the_quality_figures_name_districts_and_what_could_not_be_computed():
    figures = pd.DataFrame(
        [
            ["timeliness", "Đúng hạn", 0.5, 0.75, "no", "Vân Hồ, Bắc Yên", 12.0, None],
            ["outliers", "Không số lạ", NAN, 0.9, "not_computable", None, 0.0, "Cần 8 huyện."],
        ],
        columns=["figure", "name_vi", "value", "threshold", "met", "districts", "n", "reason"],
    )
    late, unlike = sections.quality.indicators(figures).rows
    assert late == ("Đúng hạn", "50,0%", "75%", "✗ chưa đạt", "12", "Vân Hồ, Bắc Yên", "–")
    assert unlike == ("Không số lạ", "–", "90%", "? không đủ số liệu", "0", "–", "Cần 8 huyện.")
