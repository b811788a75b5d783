"""What there is of a choice on the launcher page, and the copy to play with."""

import ipywidgets as widgets
import nbformat
import pytest
from tiny import send

from ntm_eval.office import choice, launcher
from ntm_eval.office.choice import Choice
from ntm_eval.workspace import ROOT, SAMPLE

SOP_COP = Choice("sop-cop", 2022, "annual", SAMPLE)


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    monkeypatch.setattr(choice, "SCRATCH", tmp_path)
    return tmp_path


def test_years_with_a_report_come_latest_first(tmp_path):
    send(tmp_path, "sop-cop", 1)
    (tmp_path / "data" / "2023" / "annual").mkdir(parents=True)
    assert choice.years(tmp_path / "data") == [2022]
    assert choice.years(SAMPLE) == [2022, 2021, 2020, 2019, 2018]


def test_who_reports_is_of_the_day():
    assert ("Sốp Cộp", "sop-cop") in choice.districts(2022, "annual")
    assert len(choice.districts(2026, "h1")) == 75


def test_a_copy_has_the_choice_for_parameters_with_their_meaning_and_no_outputs(scratch):
    path = choice.own_copy(SOP_COP, "04_evaluation")
    notebook = nbformat.read(path, as_version=4)
    (cell,) = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    given: dict = {}
    exec(cell.source, given)
    own = {name: given[name] for name in ("district", "year", "period", "data", "out")}
    assert own == {
        "district": "sop-cop",
        "year": 2022,
        "period": "annual",
        "data": "data/sample",
        "out": "outputs",
    }
    assert all("  # " in line for line in cell.source.splitlines())
    assert not any(c.get("outputs") for c in notebook.cells)


def test_a_copy_that_somebody_worked_in_stays(scratch):
    path = choice.own_copy(SOP_COP, "05_annual_review")
    assert path.name == "05_annual_review-tinh-2022-annual.ipynb"
    path.write_text("của tôi", encoding="utf-8")
    assert choice.own_copy(SOP_COP, "05_annual_review").read_text("utf-8") == "của tôi"


def test_what_is_there_is_told_with_links_and_what_is_missing_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(choice, "OUTPUTS", ROOT / "không có")
    said = launcher.told(SOP_COP)
    assert "<b>Sốp Cộp</b>: đã có báo cáo, nhận 01/12/2022" in said
    assert "Chưa lập trang nào" in said
    assert "chưa có báo cáo trong kỳ này" in launcher.told(Choice("bac-yen", 2022, "h1", SAMPLE))
    link = launcher.link(ROOT / "outputs" / "index.html", "Trang chủ")
    assert link == '<a href="/files/outputs/index.html" target="_blank">Trang chủ</a>'


def dropdowns(shown):
    """The lists to choose from, by what stands before them."""
    found = {shown.description: shown} if isinstance(shown, widgets.Dropdown) else {}
    for part in getattr(shown, "children", ()):
        found |= dropdowns(part)
    return found


def test_what_can_be_chosen_follows_what_was_chosen():
    lists = dropdowns(launcher.desk())
    assert launcher.desk() is launcher.desk()
    lists["Năm"].value = 2021
    lists["Kỳ"].value = "h1"
    assert ("Sốp Cộp", "sop-cop") in lists["Huyện"].options
    assert len(lists["Huyện"].options) == 12
