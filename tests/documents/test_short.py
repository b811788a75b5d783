"""Every district's report as it is printed: as short as was promised, and each figure said once."""

import re
from collections import Counter

import pytest
from papers import NEEDS_POPPLER, pages, parted

from ntm_eval import units

BODY, ANNEXES = 6, 4  # pages of A4 at most, page 1 among them
TWICE = 2  # on page 1 and where it is explained
# of machines and statistics, and codes: an indicator has a name
NOT_FOR_READERS = ("phần mềm", ".csv", ".xlsx", "q =")
CODE = re.compile(r"\bC\d-\d\d\b")
BASIS = "Thực hiện Kế hoạch số 227/KH-MTTQ-BTT"
# days, numbers of papers, years, and what points are counted to: they are no figures
NAMES = re.compile(r"/100\s+điểm|\d+/\d+/\d+|\d+/[A-ZĐ][\w-]+|\b20\d\d\b|\d+-CT/TW")
FIGURE = re.compile(r"\d[\d.,]*\d")

pytestmark = NEEDS_POPPLER
DISTRICTS = pytest.mark.parametrize("slug", [d.slug for d in units.districts()])


def report(annual, slug):
    return annual.folder / "districts" / slug / "report.pdf"


@DISTRICTS
def test_a_districts_report_is_six_pages_and_four_of_annexes(annual, slug):
    body, annexes = parted(report(annual, slug))
    assert 1 < len(body) <= BODY
    assert 0 < len(annexes) <= ANNEXES


@DISTRICTS
def test_page_1_is_one_page_and_the_basis_begins_the_next(annual, slug):
    first, second, *_ = pages(report(annual, slug))
    assert "Bảng 1. " in first
    assert second.split()[0] == "2"
    assert " ".join(second.split()[1:]).startswith(BASIS)


def figures(text):
    """The figures of a text that have three digits at least."""
    found = FIGURE.findall(NAMES.sub("", text))
    return Counter(one for one in found if sum(map(str.isdigit, one)) > 2)


def test_a_figure_is_told_from_a_day_a_year_and_a_paper():
    said = (
        "Ngày 04/12/2022, QĐ 318/QĐ-TTg, năm 2022: 5.036 hộ, 17,3% và 43; lại 5.036; 88,2/100 điểm."
    )
    assert figures(said) == {"5.036": 2, "17,3": 1, "88,2": 1}


@DISTRICTS
def test_a_figure_is_not_said_again_and_again(annual, slug):
    body, _ = parted(report(annual, slug))
    counts = figures("\n".join(body))
    assert len(counts) > 20
    assert {figure: count for figure, count in counts.items() if count > TWICE} == {}


@pytest.mark.parametrize("place", [*(f"districts/{d.slug}" for d in units.districts()), "review"])
def test_no_code_and_no_word_of_machines_is_printed(annual, place):
    text = " ".join(" ".join(pages(annual.folder / place / "report.pdf")).split())
    assert len(text) > 5000
    assert CODE.findall(text) == []
    assert [word for word in NOT_FOR_READERS if word in text] == []


@DISTRICTS
def test_the_page_to_pass_on_is_one_page(annual, slug):
    (page,) = pages(annual.folder / "districts" / slug / "dashboard.pdf")
    assert "Bảng 1. " in page
