"""The folder that an office works in: complete, and nothing in it ever overwritten."""

from pathlib import Path

import pytest

from ntm_eval.office import folder
from ntm_eval.root import SHIPPED
from ntm_eval.workspace import SHIPPED_SAMPLES, AnalystError


def test_everything_is_made_once(tmp_path):
    first = folder.lay_out(tmp_path / "Văn phòng")
    assert "data/reference/indicators.csv" in first.made
    assert "notebooks/05_annual_review.ipynb" in first.made
    assert {"docs/huong-dan.md", "docs/images/review.png"} < set(first.made)
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


def test_the_illustrative_reports_are_copied_as_they_came(tmp_path):
    for _ in range(2):
        folder.illustrate(tmp_path, communes=True)
    for source in SHIPPED_SAMPLES.values():
        for path in filter(Path.is_file, source.rglob("*")):
            assert (tmp_path / path.relative_to(source)).read_bytes() == path.read_bytes()


def test_without_illustrative_reports_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setitem(SHIPPED_SAMPLES, False, tmp_path / "gone")
    with pytest.raises(AnalystError, match="make sample"):
        folder.illustrate(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_private_data_is_kept_out_of_any_repository(tmp_path):
    folder.lay_out(tmp_path)
    assert "data/raw/" in (tmp_path / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_a_file_or_the_checkout_itself_is_refused(tmp_path):
    (tmp_path / "tệp").touch()
    with pytest.raises(AnalystError, match="là một tệp"):
        folder.lay_out(tmp_path / "tệp")
    with pytest.raises(AnalystError, match="đã là thư mục dự án"):
        folder.lay_out(SHIPPED)
