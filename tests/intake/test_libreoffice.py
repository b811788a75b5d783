"""What LibreOffice saves reads as what was sent."""

import pytest
from reports import FIGURES, facts_of, percent_book, read_from, rules

FILTERS = {"csv": "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,2"}


@pytest.mark.parametrize("kind", ["ods", "xls", "csv", "xlsx"])
def test_a_workbook_saved_by_libreoffice_reads_the_same(
    write, read, folder, tmp_path, libreoffice, kind
):
    path = write("goc.xlsx", figures=FIGURES)
    before = facts_of(read())
    libreoffice(FILTERS.get(kind, kind), tmp_path / "made", path)
    path.unlink()
    (made,) = (tmp_path / "made").iterdir()
    made.rename(folder / f"Sốp Cộp.{kind}")
    found, _ = read_from(folder)
    assert facts_of(found).equals(before)


def test_a_percentage_saved_as_ods_is_read_by_its_format(folder, tmp_path, libreoffice):
    percent_book(tmp_path / "Sốp Cộp.xlsx", "0.00%", 0.9319)
    libreoffice("ods", folder, tmp_path / "Sốp Cộp.xlsx")
    found, _ = read_from(folder)
    assert "unit_converted" in rules(found)
    assert set(found.facts["value"].dropna().round(4)) == {93.19, 0.9319}
