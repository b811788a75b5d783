"""A file of text reads as the workbook does, whatever its separator and encoding."""

import csv
import io
import unicodedata

import pytest
from reports import MAI_SON, SOP_COP, facts_of, grid, read_from, refusal, rules

from ntm_eval.intake import received


def as_csv(rows, separator=",", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue().encode(encoding)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16"])
def test_a_csv_of_the_figures_reads_as_the_workbook_does(filled, read, separator, encoding):
    before = facts_of(read(), "raw")
    rows = grid(filled)
    filled.unlink()
    filled.with_suffix(".csv").write_bytes(as_csv(rows, separator, encoding))
    found, wrong = read_from(filled.parent)
    assert facts_of(found, "raw").equals(before)
    assert wrong == []


def test_a_csv_in_the_old_vietnamese_code_page_is_read(filled, read):
    before = facts_of(read())
    text = as_csv(grid(filled), ";").decode()
    filled.unlink()
    # Windows writes a letter of Vietnamese as a letter and a mark of its own
    marks = dict(zip("\u0300\u0301\u0303\u0309\u0323", b"\xcc\xec\xde\xd2\xf2", strict=True))
    filled.with_suffix(".csv").write_bytes(b"".join(_cp1258(c, marks) for c in text))
    assert facts_of(read_from(filled.parent)[0]).equals(before)


def test_one_damaged_byte_spoils_one_cell_of_a_csv(filled, read, folder):
    before = facts_of(read())
    data = as_csv(grid(filled), ";").replace("2 tỷ 100 triệu".encode(), b"2 t\xff 100")
    filled.unlink()
    (folder / "a.csv").write_bytes(data)
    found, _ = read_from(folder)
    changed = found.facts[(facts_of(found)["state"] != before["state"])]
    assert list(changed["state"]) == ["rejected"]


def _cp1258(letter, marks):
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = list(unicodedata.normalize("NFD", letter))
        tone = [p for p in parts if p in marks]
        rest = unicodedata.normalize("NFC", "".join(p for p in parts if p not in marks))
        return rest.encode("cp1258") + b"".join(bytes([marks[t]]) for t in tone)


def test_the_district_of_a_csv_comes_from_label_rows_before_its_title(filled, folder):
    rows = [["Huyện/thành phố", "Mai Sơn"], ["Năm", "2022"], [], *grid(filled)[2:]]
    filled.unlink()
    (folder / "a.csv").write_bytes(as_csv(rows, ";"))
    (report,), wrong = received.reports(folder, 2022, "annual")
    assert (report.district_code, wrong) == (MAI_SON.code, [])


def test_the_district_of_a_csv_may_be_named_by_its_file_alone_and_says_so(filled, folder):
    rows = grid(filled)[2:]
    filled.unlink()
    (folder / "Sơn La, huyện Sốp Cộp.csv").write_bytes(as_csv(rows))
    found, wrong = read_from(folder)
    assert set(found.facts["district_code"]) == {SOP_COP.code}
    assert wrong == ["district_from_name"]


@pytest.mark.parametrize("name", ["so lieu", "Mai Sơn và Sốp Cộp"])
def test_a_csv_that_names_no_one_district_is_set_aside(filled, folder, name):
    rows = grid(filled)[2:]
    filled.unlink()
    (folder / f"{name}.csv").write_bytes(as_csv(rows))
    found, wrong = received.reports(folder, 2022, "annual")
    assert (found, [p.rule for p in wrong]) == ([], ["unknown_district"])


def test_english_grouping_is_undone_only_where_the_file_can_only_be_english(filled, read, folder):
    before = facts_of(read())
    rows = grid(filled)
    english = [["11,043" if t == "11043" else t for t in row] for row in rows]
    english = [["2,100,000,000" if t == "2100000000" else t for t in row] for row in english]
    filled.unlink()
    (folder / "a.csv").write_bytes(as_csv(english))
    assert facts_of(read_from(folder)[0]).equals(before)
    only = [["11,043" if t == "11043" else t for t in row] for row in rows]
    (folder / "a.csv").write_bytes(as_csv(only))
    (row,) = read_from(folder)[0].facts.query("raw == '11,043'").itertuples()
    assert row.value == 11.043
    assert "not_an_integer" in rules(read_from(folder)[0])


def test_a_csv_without_the_headers_of_the_form_is_no_report(folder):
    assert "không có bảng nào" in refusal(folder / "a.csv", "Họ tên;Tuổi\nA;1\n".encode())
