"""Two folders of reviews compared: what a reader would see differ is told, and nothing else."""

import docx
import pandas as pd
import pytest

from tools.compare_reviews import main


def review(folder, value=0.1, words="Đạt", code="03943"):
    """What stands for a review: a table twice, a page with a picture, a document with a table."""
    (folder / "cache").mkdir(parents=True)
    table = pd.DataFrame({"commune_code": [code, None], "value": [value, None]})
    table.to_csv(folder / "scores.csv", index=False)
    table.to_parquet(folder / "scores.parquet", index=False)
    page = f"<p>Xã <b>{words}</b></p><img src='data:image/png;base64,{value}'>"
    (folder / "report.html").write_text(page, encoding="utf-8")
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = words
    document.save(folder / "report.docx")
    (folder / "cache" / "x.csv").write_text(f"a\n{value}\n", encoding="utf-8")
    return folder


@pytest.fixture
def old(tmp_path):
    return review(tmp_path / "old")


def test_what_differs_by_rounding_and_in_pictures_and_caches_is_the_same(old, tmp_path, capsys):
    assert main(old, review(tmp_path / "new", value=0.1 * (1 + 1e-14))) == 0
    assert "4 files compared, 0 differ" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"value": 0.1 * (1 + 1e-9)}, ["scores.csv: 1", "scores.parquet: 1", "value, row 0"]),
        ({"code": "3943"}, ["scores.csv: 1", "'03943', now '3943'"]),
        ({"words": "Chưa đạt"}, ["report.html: 2", "report.docx: 2", "-Đạt", "+Chưa đạt"]),
    ],
)
def test_what_a_reader_sees_is_told(old, tmp_path, capsys, changed, told):
    assert main(old, review(tmp_path / "new", **changed)) == 1
    said = capsys.readouterr().out
    assert [text for text in told if text not in said] == []


def test_a_file_on_one_side_only_is_told(old, tmp_path, capsys):
    new = review(tmp_path / "new")
    (new / "scores.parquet").unlink()
    assert main(old, new) == 1
    assert "scores.parquet: 1\n    is in one of the two only" in capsys.readouterr().out
