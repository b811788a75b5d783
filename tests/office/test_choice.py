"""What there is of a choice on the launcher page, and the copy to play with."""

import ipywidgets as widgets
import nbformat
import pandas as pd
import pytest
from tiny import send

from ntm_eval import reference
from ntm_eval.office import choice, launcher
from ntm_eval.office.choice import Choice
from ntm_eval.workspace import RAW, ROOT, SAMPLE

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
    assert path.name == "05_annual_review-tinh-2022-annual-sample.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = "của tôi"
    nbformat.write(notebook, path)
    assert choice.own_copy(SOP_COP, "05_annual_review") == path
    assert nbformat.read(path, as_version=4).cells[0].source == "của tôi"


@pytest.mark.parametrize("typed", ['"district": ["van-ho"]', "không phải sổ tay"])
def test_where_another_district_was_typed_a_new_copy_is_opened(scratch, typed):
    path = choice.own_copy(SOP_COP, "01_clean")
    text = path.read_text("utf-8").replace("sop-cop", "van-ho") if "van-ho" in typed else typed
    path.write_text(text, encoding="utf-8")
    other = choice.own_copy(SOP_COP, "01_clean")
    assert other.name == "01_clean-sop-cop-2022-annual-sample-2.ipynb"
    assert 'district: str = "sop-cop"' in other.read_text("utf-8").replace(r"\"", '"')
    assert path.read_text("utf-8") == text
    assert choice.own_copy(SOP_COP, "01_clean") == other


def test_real_and_invented_reports_have_copies_of_their_own(scratch):
    real = choice.own_copy(Choice("sop-cop", 2022, "annual", RAW), "01_clean")
    assert real.name == "01_clean-sop-cop-2022-annual.ipynb"
    assert choice.own_copy(SOP_COP, "01_clean") != real


def test_what_is_there_is_told_with_links_and_what_is_missing_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(choice, "OUTPUTS", ROOT / "không có")
    said = launcher.told(SOP_COP)
    assert "<b>Sốp Cộp</b>: đã có báo cáo, nhận 01/12/2022, đúng hạn" in said
    assert "Chưa lập trang nào" in said
    assert "Chưa lập báo cáo. Bấm Lập báo cáo." in said
    assert "chờ giải trình" not in said.lower()
    late = launcher.told(Choice("van-ho", 2022, "annual", SAMPLE))
    assert "<b>Vân Hồ</b>: đã có báo cáo, nhận 08/12/2022, muộn 4 ngày" in late
    missing = launcher.told(Choice("bac-yen", 2022, "h1", SAMPLE))
    assert "chưa có báo cáo trong kỳ này, phải gửi trước ngày 10/06/2022" in missing
    assert "ntm-eval" not in said + missing
    link = launcher.link(ROOT / "outputs" / "index.html", "Trang chủ")
    assert link == '<a href="/files/outputs/index.html" target="_blank">Trang chủ</a>'


def test_what_waits_for_an_explanation_is_named_once_with_the_letter(tmp_path, monkeypatch):
    monkeypatch.setattr(choice, "OUTPUTS", tmp_path / "outputs")
    monkeypatch.setattr(launcher, "ROOT", tmp_path)
    assert SOP_COP.held is None
    assert launcher._held(SOP_COP) == []
    rows = [
        ("127", "C3-01", "plan_changed"),
        ("127", "C3-01", "sum_mismatch"),
        ("127", "C3-02", None),
        ("119", "C3-02", "sum_mismatch"),
    ]
    SOP_COP.letter.parent.mkdir(parents=True)
    facts = pd.DataFrame(rows, columns=["district_code", "indicator", "held"])
    facts.to_parquet(SOP_COP.space.table("facts"))
    assert SOP_COP.held == [reference.indicator_name("C3-01")]
    (line,) = launcher._held(SOP_COP)
    assert line.endswith("(1 chỉ tiêu).")
    SOP_COP.letter.touch()
    (line,) = launcher._held(SOP_COP)
    assert "/files/outputs/2022-annual/districts/sop-cop/queries.docx" in line


def parts(shown, kind):
    """The parts of a kind, by what stands before or on them."""
    found = {shown.description: shown} if isinstance(shown, kind) else {}
    for part in getattr(shown, "children", ()):
        found |= parts(part, kind)
    return found


def test_what_can_be_chosen_follows_what_was_chosen():
    lists = parts(launcher.desk(), widgets.Dropdown)
    assert launcher.desk() is launcher.desk()
    lists["Năm"].value = 2021
    lists["Kỳ"].value = "h1"
    assert ("Sốp Cộp", "sop-cop") in lists["Huyện, thành phố"].options
    assert len(lists["Huyện, thành phố"].options) == 12


def test_a_choice_is_looked_up_once_when_all_of_it_stands(monkeypatch):
    looked = []
    monkeypatch.setattr(launcher, "told", lambda chosen: looked.append(chosen) or "")
    lists = parts(launcher._Desk().shown, widgets.Dropdown)
    assert looked == [Choice("son-la", 2022, "annual", SAMPLE)]
    lists["Năm"].value = 2019
    assert looked[1:] == [Choice("son-la", 2019, "annual", SAMPLE)]
