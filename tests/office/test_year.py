"""A new year: workbooks to send, registers to fill in, and nothing overwritten."""

import csv
from datetime import date

from ntm_eval import units
from ntm_eval.exchange import registers
from ntm_eval.intake import received
from ntm_eval.office import year
from ntm_eval.workspace import Workspace


def begin(tmp_path):
    return list(year.begin(2023, tmp_path / "raw", tmp_path / "mau", tmp_path / "outputs"))


def test_every_district_gets_both_workbooks_and_a_row_in_each_register(tmp_path, monkeypatch):
    monkeypatch.setattr(year.forms, "write_workbook", lambda path, *_: written(path))
    made = begin(tmp_path)
    assert len(made) == 2 * (len(units.districts()) + 2)
    register = tmp_path / "raw" / "2023" / "h1" / "receipts.csv"
    with register.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    sent = {path.name for path in (tmp_path / "mau" / "2023-h1").iterdir()}
    assert {row["file"] for row in rows} == sent
    noted = registers.sent(register.parent, date(2023, 6, 30))
    assert noted == ({}, [])  # what is not sent yet says nothing
    text = register.with_name("letters.csv").read_text(encoding="utf-8-sig")
    register.with_name("letters.csv").write_text(text.replace(",,", ",1/6/2023,"), encoding="utf-8")
    sent_to, problems = registers.sent(register.parent, date(2023, 6, 30))
    assert (set(sent_to), problems) == ({d.code for d in units.districts()}, [])
    register.write_text("của văn phòng", encoding="utf-8")
    (tmp_path / "mau" / "2023-h1" / "sop-cop-2023-h1.xlsx").unlink()
    again = begin(tmp_path)
    assert [path.name for path in again] == ["sop-cop-2023-h1.xlsx"]
    assert register.read_text(encoding="utf-8") == "của văn phòng"


def written(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def test_a_row_not_filled_in_yet_is_no_problem_and_a_misspelt_one_is(tmp_path, monkeypatch):
    monkeypatch.setattr(year.forms, "write_workbook", lambda path, *_: written(path))
    begin(tmp_path)
    folder = tmp_path / "raw" / "2023" / "annual"
    assert received.reports(folder, 2023, "annual") == ([], [])
    register = folder / "receipts.csv"
    filled = register.read_text("utf-8-sig").replace("annual.xlsx,,", "annual.xlsx,03/12/2023,", 1)
    register.write_text(filled, encoding="utf-8-sig")
    assert [p.rule for p in received.reports(folder, 2023, "annual")[1]] == ["receipt_unread"]


def test_what_last_year_recommended_is_put_where_this_year_looks(tmp_path, monkeypatch):
    monkeypatch.setattr(year.forms, "write_workbook", lambda path, *_: written(path))
    before = Workspace(2022, "annual", tmp_path / "raw", tmp_path / "outputs").carried
    before.parent.mkdir(parents=True)
    before.write_text("kiến nghị", encoding="utf-8")
    assert begin(tmp_path)[-1] == tmp_path / "raw" / "2023" / "followup.csv"
    assert (tmp_path / "raw" / "2023" / "followup.csv").read_text("utf-8") == "kiến nghị"


def test_a_real_workbook_of_the_year_is_written(tmp_path):
    assert next(year.begin(2023, tmp_path / "raw", tmp_path / "mau", tmp_path)).stat().st_size > 5e3
