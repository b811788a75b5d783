"""What was recounted is said with its place and what came of it; nothing recounted is said too."""

import pandas as pd
import pytest

from ntm_eval.reporting.sections import inspected, method

NAN = float("nan")
COLUMNS = ["district_code", "indicator", "basis", "places", "reported", "found", "factor"]
COLUMNS += ["low", "high", "verdict", "outcome"]


def verified(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


SOUND = ("125", "C1-19", "communes", 5, 823.0, 822.0, 0.999, 0.98, 1.01, "agrees", "agrees")
FALSE = ("121", "C3-07", "district", 1, 8505.0, 6634.0, 0.78, NAN, NAN, "differs", "open")
ZERO = ("127", "C1-16", "communes", 2, 0.0, 3.0, NAN, NAN, NAN, "differs", "corrected")


def test_nothing_inspected_is_said_so():
    assert "Chưa có số liệu nào" in inspected.summary(verified())
    assert "chưa kiểm tra tại cơ sở" in method.limits(verified())
    assert inspected.table(verified()).rows == ()


def test_what_agrees_is_counted_and_what_differs_is_told_with_its_numbers():
    head, told = inspected.summary(verified(SOUND, FALSE)).splitlines()
    assert "2 số liệu của 2 huyện, thành phố (1 số liệu mới kiểm tra ở một số xã); 1" in head
    assert told.endswith(
        "của Bắc Yên: báo cáo 8.505, kiểm tra được 6.634 hộ (cả đơn vị): đang đề nghị giải trình."
    )
    assert "chưa kiểm tra tại cơ sở" not in method.limits(verified(SOUND))


@pytest.mark.parametrize(
    ("outcome", "says"),
    [
        ("open", "đang đề nghị giải trình"),
        ("explained", "đơn vị đã giải trình"),
        ("corrected", "nay đã khớp"),
        ("no_figure", "báo cáo không có số"),
    ],
)
def test_what_came_of_it_has_a_word(outcome, says):
    assert says in inspected.of_district(verified((*FALSE[:-1], outcome)))


def test_a_district_reads_where_it_was_inspected():
    assert inspected.of_district(verified(SOUND)) == (
        "Đã kiểm tra tại cơ sở và khớp với hồ sơ: Hộ nghèo (5 xã, phường, thị trấn)."
    )


def test_a_zero_reported_has_no_ratio_and_several_communes_an_interval():
    rows = inspected.table(verified(SOUND, ZERO)).rows
    assert rows[0][5:] == ("1,00", "0,98–1,01", "✓ khớp")
    assert rows[1][5:7] == ("không có tỷ lệ", "–")
