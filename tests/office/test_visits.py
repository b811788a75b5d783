"""`ntm-eval inspect`: a form to fill in, the same for the same seed, never over a filled one."""

import openpyxl
import pytest

from ntm_eval.exchange import inspection_form as forms
from ntm_eval.office import visits
from ntm_eval.workspace import SAMPLE, AnalystError


def test_the_command_writes_the_form_and_says_how_it_can_be_had_again(annual, command, tmp_path):
    asked = ("--data", SAMPLE, "--out", annual.folder.parent, "--to", "kiểm tra", "--number", 8)
    ended = command("inspect", "--year", 2022, *asked, "--seed", 5, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "8 số liệu (2 chọn ngẫu nhiên, 2 cần xem lại, 4 ảnh hưởng nhiều)" in ended.stdout
    assert "rút ngẫu nhiên theo số 5" in ended.stdout
    book = openpyxl.load_workbook(tmp_path / "kiểm tra" / "kiem-tra-2022-annual.xlsx")
    first = forms.FIRST_ROW + 1
    found = book[forms.SHEET].iter_rows(min_row=first, max_row=first + 7, values_only=True)
    rows = list(found)
    assert len({(row[0], row[2]) for row in rows}) == 8
    assert sum("Chọn ngẫu nhiên." in row[-2] for row in rows) == 2
    assert "--seed 5" in " ".join(str(c.value) for row in book[forms.GUIDE] for c in row)
    again = command("inspect", "--year", 2022, *asked, "--seed", 5, cwd=tmp_path)
    assert (again.returncode, "có thể đã điền" in again.stderr) == (2, True)


@pytest.mark.parametrize(("option", "value"), [("--number", 0), ("--number", -5)])
def test_a_number_that_cannot_be_is_refused(command, tmp_path, option, value):
    ended = command("inspect", "--year", 2022, "--data", SAMPLE, option, value, cwd=tmp_path)
    assert (ended.returncode, f"{option} phải từ" in ended.stderr) == (2, True)


def test_one_seed_is_one_form_and_what_was_inspected_is_not_in_it(sample_review, tmp_path):
    one, chosen = visits.propose(sample_review, 24, 2022, tmp_path / "1")
    two, _ = visits.propose(sample_review, 24, 2022, tmp_path / "2")
    assert one.read_bytes() == two.read_bytes()
    pairs = set(zip(chosen["district_code"], chosen["indicator"], strict=True))
    assert not pairs & {("121", "C3-07"), ("119", "C2-15")}
    with pytest.raises(AnalystError, match="có thể đã điền"):
        visits.propose(sample_review, 24, 2022, tmp_path / "1")
