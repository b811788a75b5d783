"""Which file is whose report, when it came, which one is current."""

import sys
from datetime import date

import pytest
from reports import SOP_COP

from ntm_eval import units
from ntm_eval.exchange import replies
from ntm_eval.intake import delimited, exports, problems, received, survey

NAMES_ARE_BYTES = pytest.mark.skipif(
    sys.platform != "linux", reason="chỉ Linux có tên tệp không phải UTF-8"
)


def receipts(folder, *rows):
    text = "file,received,extended_to,note\n" + "\n".join(rows) + "\n"
    (folder / "receipts.csv").write_text(text, encoding="utf-8-sig")


def only(folder):
    (found,), problems = received.reports(folder, 2022, "annual")
    return found, [p.rule for p in problems]


@pytest.mark.parametrize(
    ("day", "status", "late"),
    [("04/12/2022", "on_time", 0), ("05/12/2022", "late", 1), ("2022-12-08", "late", 4)],
)
def test_before_the_fifth_means_the_fourth_is_the_last_day(write, folder, day, status, late):
    write()
    receipts(folder, f"bao cao.xlsx,{day},,")
    found, _ = only(folder)
    assert (found.status, found.days_late) == (status, late)


def test_without_a_receipt_the_day_in_the_file_counts(write, folder):
    write()
    assert only(folder)[0].received == date(2022, 12, 2)


def test_without_any_day_a_report_is_undated_and_never_guessed(write, folder):
    write(info={})
    assert only(folder)[0].status == "undated"


def test_an_extension_names_the_last_day_that_counts(write, folder):
    write()
    receipts(folder, "bao cao.xlsx,15/12/2022,15/12/2022,")
    assert only(folder)[0].status == "on_time"
    receipts(folder, "bao cao.xlsx,16/12/2022,15/12/2022,")
    assert only(folder)[0].days_late == 1


def test_an_extension_to_the_last_day_of_all_is_no_day(write, folder):
    write()
    receipts(folder, "bao cao.xlsx,06/12/2022,31/12/9999,")
    found, rules = only(folder)
    assert (found.days_late, rules) == (2, ["receipt_unread"])


def test_of_two_files_the_later_received_is_the_report(write, folder):
    write("ban 1.xlsx")
    write("ban 2.xlsx")
    receipts(folder, "ban 1.xlsx,03/12/2022,,", "ban 2.xlsx,01/12/2022,,")
    found, _ = received.reports(folder, 2022, "annual")
    assert [(r.file, r.current) for r in found] == [("ban 1.xlsx", True), ("ban 2.xlsx", False)]


def test_an_undated_copy_never_replaces_a_dated_report(write, folder):
    write("ban 1.xlsx")
    write("ban 2.xlsx", info={})
    found, _ = received.reports(folder, 2022, "annual")
    assert [r.file for r in found if r.current] == ["ban 1.xlsx"]


@pytest.mark.parametrize("name", ["Sông C López", "SỐP CỘP", "huyện Sốp Cộp"])
def test_a_district_is_known_by_any_spelling(write, folder, name):
    write(edits={("Thông tin", _cell(write, folder)): name})
    assert only(folder)[0].district_code == "127"


def _cell(write, folder):
    path = write("probe.xlsx")
    from ntm_eval.intake import workbook

    ref = workbook.opened(path).info["district"].ref
    path.unlink()
    return ref


def test_a_file_without_a_known_district_is_set_aside_with_a_question(write, folder):
    ref = _cell(write, folder)
    write(edits={("Thông tin", ref): "Huyện Mai Châu"})
    found, problems = received.reports(folder, 2022, "annual")
    assert found == []
    assert [(p.rule, p.raw) for p in problems] == [("unknown_district", "Huyện Mai Châu")]


def test_another_years_file_in_the_folder_is_marked(write, folder):
    write(year=2021)
    assert only(folder)[1] == ["wrong_year"]


def test_a_receipt_for_a_file_that_is_not_there_is_marked(write, folder):
    write()
    receipts(folder, "bao-cao-khac.xlsx,01/12/2022,,", "bao cao.xlsx,31/11/2022,,")
    assert only(folder)[1] == ["receipt_unread", "receipt_unread"]


def test_the_register_has_twelve_rows_and_names_the_missing(write, folder):
    write()
    found, _ = received.reports(folder, 2022, "annual")
    table = received.register(found, 2022, "annual")
    assert list(table["district_code"]) == [d.code for d in units.districts()]
    assert set(table.loc[table["district_code"] != SOP_COP.code, "status"]) == {"missing"}
    (letter,) = received.arrival_problems(found, "116", 2022, "annual")
    assert letter.rule == "missing_report"
    assert "05/12/2022" in letter.message


def test_other_files_are_refused_one_by_one(write, folder):
    write()
    (folder / "ghi chú.docx").write_bytes(b"PK")
    (folder / "~$bao cao.xlsx").write_bytes(b"")
    assert only(folder)[1] == ["unreadable_file"]


BYTES = "b\udce1o c\udce1o\r{}"  # as a machine without Unicode wrote it


@NAMES_ARE_BYTES
def test_a_file_whose_name_is_no_text_is_read_and_named(write, folder):
    path = write()
    path.rename(folder / BYTES.format(".xlsx"))
    receipts(folder, "b%E1o c%E1o%0D.xlsx,03/12/2022,,")
    ((report,), wrong) = received.reports(folder, 2022, "annual")
    assert wrong == []
    assert report.file == "b%E1o c%E1o%0D.xlsx"
    assert report.received == date(2022, 12, 3)
    assert received.path_of(folder, report.file).is_file()
    table = received.register([report], 2022, "annual")
    assert report.file in table["file"].tolist()


@NAMES_ARE_BYTES
@pytest.mark.parametrize("name", [".pdf", ".xlsx", ".csv"])
def test_a_letter_about_such_a_file_can_be_written(folder, name):
    (folder / BYTES.format(name)).write_bytes(b"%PDF a,b")
    _, wrong = received.reports(folder, 2022, "annual")
    assert wrong
    assert all("b%E1o c%E1o%0D" in p.message for p in problems.listed(problems.frame(wrong)))


@NAMES_ARE_BYTES
def test_exports_and_answers_under_such_a_name_are_named(folder):
    for inside, name in ((exports.FOLDER, ".csv"), (delimited.ANSWERS, ".xlsx")):
        (folder / inside).mkdir()
        (folder / inside / BYTES.format(name)).write_bytes(b"a,b\n1,2\n")
    forms = survey.read(exports.files(folder), date(2022, 12, 31))
    found = [*forms.problems, *replies.replies(folder)[1]]
    assert [p.file for p in found] == [
        "satisfaction/b%E1o c%E1o%0D.csv",
        "answers/b%E1o c%E1o%0D.xlsx",
    ]


def told(folder):
    """What is asked of the files of a folder of 2022, whole year: file -> rule and message."""
    wrong = [*received.reports(folder, 2022, "annual")[1], *received.unread_folders(folder)]
    return {p.file: (p.rule, p.message) for p in wrong}


@pytest.mark.parametrize("name", ["tất cả báo cáo.zip", "bao cao.RAR", "bao cao.7z"])
def test_an_archive_is_to_be_unpacked(write, folder, name):
    write()
    (folder / name).write_bytes(b"PK\x03\x04")
    rule, letter = told(folder)[name]
    assert rule == "unreadable_file"
    assert "Giải nén" in letter


@pytest.mark.parametrize("name", ["Mai Sơn", "satisfaction/Mai Sơn", "answers/cũ", "Satisfaction2"])
def test_files_in_a_folder_that_is_not_read_are_asked_about(write, folder, name):
    write()
    (folder / name / "bản 2").mkdir(parents=True)
    for n in range(7):
        (folder / name / "bản 2" / f"bao cao {n}.xlsx").write_bytes(b"PK")
    rule, letter = told(folder)[f"{name}/"]
    assert rule == "unread_folder"
    assert "7 tệp chưa đọc (bao cao 0.xlsx, " in letter
    into = f"annual/{name.split('/')[0]}" if "/" in name else "2022/annual"
    assert f"…). Cần dùng tệp nào thì chuyển tệp đó ra thư mục '{into}'" in letter


def test_what_programs_leave_behind_is_nobodys_report(write, folder):
    write()
    (folder / "__MACOSX").mkdir()
    for name in (
        "Thumbs.db",
        "desktop.ini",
        "~WRL0001.tmp",
        "~$bao cao.xlsx",
        ".~lock.bao cao.xlsx#",
        "bao cao.xlsx.Zone.Identifier",
        "__MACOSX/._bao cao.xlsx",
    ):
        (folder / name).write_bytes(b"x")
    assert told(folder) == {}


def test_an_answer_that_is_no_table_is_asked_about(folder):
    (folder / delimited.ANSWERS).mkdir()
    for name in ("công văn.pdf", "trả lời.zip"):
        (folder / delimited.ANSWERS / name).write_bytes(b"%PDF")
    _, wrong = replies.replies(folder)
    assert [(p.rule, p.file) for p in wrong] == [
        ("reply_unread", "answers/công văn.pdf"),
        ("reply_unread", "answers/trả lời.zip"),
    ]
    assert ["queries.xlsx" in p.message for p in wrong] == [True, False]


def test_files_of_no_known_district_are_named_with_the_reason(folder):
    (folder / "a.zip").write_bytes(b"PK")
    _, wrong = received.reports(folder, 2022, "annual")
    (line,) = received.unplaced(problems.frame(wrong))
    assert line.startswith("tệp a.zip: là tệp nén")
