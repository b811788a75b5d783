"""The province's report as it is printed: how long it is, what comes first, what stays out."""

import re

import pytest
from papers import NEEDS_POPPLER, pages, parted, poppler

MARK = "SỐ LIỆU MINH HỌA"
BODY, ANNEXES = 10, 6  # pages of A4 at most
# of machines, programs and statistics: not for who signs
NOT_FOR_LEADERS = ("phần mềm", ".csv", ".xlsx", "chạy lại", "Theil", "Mann", "q\u00a0=", "SHA-256")

pytestmark = NEEDS_POPPLER


@pytest.fixture(scope="module")
def report(annual):
    return annual.folder / "review/report.pdf"


def test_the_report_is_as_short_as_leaders_were_promised(report):
    told = poppler("pdfinfo", report, "-f", "1", "-l", "99")
    assert set(re.findall(r"Page +\d+ size: +(\S+) x (\S+)", told)) == {("595.276", "841.89")}
    body, annexes = parted(report)
    assert 2 < len(body) <= BODY
    assert 0 < len(annexes) <= ANNEXES


def test_page_1_is_what_to_decide_and_page_2_the_scorecard(report):
    first, second, *_ = pages(report)
    assert "VIỆC LÃNH ĐẠO CẦN QUYẾT ĐỊNH" in first
    assert "1. Xem xét, quyết định" in first
    assert re.search(r"BA NHẬN ĐỊNH CHÍNH\n +1\. .*\n(.*\n)+? +2\. .*\n(.*\n)+? +3\. ", first)
    assert "Hình 1. " in second
    assert "I. CÔNG TÁC" not in second


def test_no_page_has_but_a_few_lines_and_none_the_signature_alone(report):
    for number, page in enumerate(pages(report), 1):
        above = page.split("Nơi nhận:")[0].replace(MARK, "")
        lines = [line for line in above.splitlines() if len(line.split()) > 1 or "…" in line]
        assert len(lines) > 3 or "Hình " in page, number


def test_leaders_read_of_no_machine(report):
    body = "\n".join(parted(report)[0])
    assert [word for word in NOT_FOR_LEADERS if word in body] == []
    assert not re.search(r"\b0 (lỗi|chỗ|ghi nhận|xã|đơn vị)\b", body)
