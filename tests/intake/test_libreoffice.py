"""What LibreOffice saves reads as what was sent."""

import shutil
import subprocess

import pytest
from programs import SOFFICE, needs
from reports import FIGURES, facts_of, percent_book, read_from, rules


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """A profile for LibreOffice, so that an open window of the user is left alone."""
    return tmp_path_factory.mktemp("profile")


@needs("soffice")
@pytest.mark.parametrize("kind", ["ods", "xls", "csv", "xlsx"])
def test_a_workbook_saved_by_libreoffice_reads_the_same(
    write, read, folder, tmp_path, profile, kind
):
    path = write("goc.xlsx", figures=FIGURES)
    before = facts_of(read())
    target = {"csv": "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,2"}
    command = [
        SOFFICE, "--headless", f"-env:UserInstallation=file://{profile}",
        "--convert-to", target.get(kind, kind), "--outdir", str(tmp_path / "made"), str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    path.unlink()
    (made,) = (tmp_path / "made").iterdir()
    shutil.copy(made, folder / f"Sốp Cộp.{kind}")
    found, _ = read_from(folder)
    assert facts_of(found).equals(before)


@needs("soffice")
def test_a_percentage_saved_as_ods_is_read_by_its_format(folder, tmp_path, profile):
    percent_book(tmp_path / "Sốp Cộp.xlsx", "0.00%", 0.9319)
    command = [
        SOFFICE, "--headless", f"-env:UserInstallation=file://{profile}",
        "--convert-to", "ods", "--outdir", str(folder), str(tmp_path / "Sốp Cộp.xlsx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    found, _ = read_from(folder)
    assert "unit_converted" in rules(found)
    assert set(found.facts["value"].dropna().round(4)) == {93.19, 0.9319}
