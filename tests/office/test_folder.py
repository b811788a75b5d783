"""The folder that an office works in: complete, and nothing in it ever overwritten."""

import pytest

from ntm_eval.office import folder
from ntm_eval.workspace import SHIPPED, AnalystError


def test_everything_is_made_once(tmp_path):
    first = folder.lay_out(tmp_path / "Văn phòng")
    assert "data/reference/indicators.csv" in first.made
    assert "notebooks/05_annual_review.ipynb" in first.made
    assert first.kept == ()
    again = folder.lay_out(tmp_path / "Văn phòng")
    assert (again.made, again.kept) == ((), ())
    assert again.sentence == "Mọi tệp đã có sẵn."


def test_what_the_office_changed_stays_and_is_named(tmp_path):
    folder.lay_out(tmp_path)
    changed = tmp_path / "data" / "reference" / "grades.csv"
    changed.write_text("của văn phòng", encoding="utf-8")
    gone = tmp_path / "notebooks" / "01_clean.ipynb"
    gone.unlink()
    again = folder.lay_out(tmp_path)
    assert again.made == ("notebooks/01_clean.ipynb",)
    assert again.kept == ("data/reference/grades.csv",)
    assert "- data/reference/grades.csv" in again.sentence
    assert changed.read_text(encoding="utf-8") == "của văn phòng"


def test_private_data_is_kept_out_of_any_repository(tmp_path):
    folder.lay_out(tmp_path)
    assert "data/raw/" in (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_file_or_the_checkout_itself_is_refused(tmp_path):
    (tmp_path / "tệp").touch()
    with pytest.raises(AnalystError, match="là một tệp"):
        folder.lay_out(tmp_path / "tệp")
    with pytest.raises(AnalystError, match="đã là thư mục dự án"):
        folder.lay_out(SHIPPED)
