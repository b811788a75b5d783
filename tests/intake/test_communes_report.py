"""From 1/7/2025 each commune sends its own workbook."""

from __future__ import annotations

import pytest

from ntm_eval import units
from ntm_eval.exchange import template as forms
from ntm_eval.intake import clean, received, workbook
from ntm_eval.intake.problems import Place
from ntm_eval.workspace import AnalystError

DAY = units.day(2025, "annual")


@pytest.mark.parametrize("slug", ["xa-thuan-chau", "phuong-to-hieu", "xa-muong-sai"])
def test_a_blank_workbook_of_a_commune_is_read_as_its_own_with_one_row(tmp_path, slug):
    unit = units.district(slug, DAY)
    forms.write_workbook(tmp_path / "a.xlsx", unit, 2025, "annual")
    (report,), problems = received.reports(tmp_path, 2025, "annual")
    assert (report.district_code, problems) == (unit.code, [])
    book = workbook.read(tmp_path / "a.xlsx", Place(file="a.xlsx"))
    rows = clean.clean(book, report).communes
    assert rows[["district_code", "commune_code", "commune"]].to_numpy().tolist() == [
        [unit.code, unit.code, unit.name]
    ]


def test_a_district_is_refused_when_there_are_none_any_more(tmp_path):
    with pytest.raises(AnalystError, match="không phải đơn vị gửi báo cáo năm 2025"):
        forms.write_workbook(tmp_path / "a.xlsx", units.district("119"), 2025, "annual")
    forms.write_workbook(tmp_path / "b.xlsx", units.district("119"), 2025, "h1")


def test_the_register_of_a_year_has_a_row_for_each_who_owes_a_report():
    assert len(received.register([], 2025, "h1")) == 12
    assert len(received.register([], 2025, "annual")) == 75
