"""Household forms: found by their headers, each counted once, without who filled them in."""

from datetime import date

import openpyxl
import pytest
from household_forms import COMMUNES, DAY, QUESTIONS, form, honest, write

from ntm_eval.intake import exports, survey

OTHER = COMMUNES[1]


@pytest.fixture
def read(folder):
    """The forms of rows written as one export, or of the exports already in the folder."""

    def read_rows(rows=None, **how) -> survey.Forms:
        if rows is not None:
            write(folder, rows, **how)
        return survey.read(exports.files(folder), DAY)

    return read_rows


def found_rules(forms) -> list[str]:
    return [p.rule for p in forms.problems]


@pytest.mark.parametrize(
    "how",
    [
        {"separator": ","},
        {"separator": ";"},
        {"separator": "\t"},
        {"bom": False},
        {"name": "phieu.xlsx"},
    ],
    ids=str,
)
def test_every_export_reads_the_same(read, how):
    forms = read(honest(12), **how)
    assert forms.problems == ()
    assert forms.questions == [str(n) for n in range(1, 20)]
    got = forms.rows.drop(columns=["file", "sheet"])
    assert got.equals(read(honest(12), name="phieu.csv").rows.drop(columns=["file", "sheet"])[:12])


def test_two_exports_of_the_same_forms_count_once(read):
    read(honest(12))
    forms = read(honest(12), name="tai lai.xlsx")
    assert len(forms.rows) == 12
    assert found_rules(forms) == ["form_repeated"]


@pytest.mark.parametrize(
    "header",
    [
        "cau_1",
        "Câu 1",
        "CÂU 1",
        "khao_sat/cau_1",
        "khao_sat-cau_01",
        "Câu 1. Đường giao thông",
        "Phiếu/Câu 1. Điện/đường/xã",
        "Ca\u0302u 1",
    ],
)
def test_a_question_is_found_by_its_number(read, header):
    rows = [{(header if k == QUESTIONS[0] else k): v for k, v in form(n).items()} for n in (1, 2)]
    assert read(rows).rows["1"].tolist() == ["satisfied", "satisfied"]


@pytest.mark.parametrize("header", ["cau_1_khac", "khao_sat/cau_1/khac", "ghi_chu_cau_1"])
def test_a_note_to_a_question_is_no_question(read, header):
    rows = [{header: "Lò Văn Kín", **form(1)}]
    assert read(rows).rows["1"].tolist() == ["satisfied"]
    assert read(rows).problems == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Hài lòng", "satisfied"),
        ("HAI LONG", "satisfied"),
        ("hai_long", "satisfied"),
        ("1", "satisfied"),
        (1, "satisfied"),
        ("1. Hài lòng", "satisfied"),
        ("Chưa hài lòng", "unsatisfied"),
        ("không hài lòng", "unsatisfied"),
        ("2", "unsatisfied"),
        ("chua_hai_long", "unsatisfied"),
        ("Không trả lời", "no_answer"),
        ("9", "no_answer"),
        ("khong_tra_loi", "no_answer"),
        ("", "no_answer"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_an_answer_is_read_as_label_or_code(read, typed, meant, name):
    forms = read([form(1, **{QUESTIONS[4]: typed})], name=name)
    assert forms.rows["5"].tolist() == [meant]
    assert forms.problems == ()


def test_an_answer_that_cannot_be_read_is_no_answer_and_its_question_is_named(read):
    rows = [*honest(3), form(4, **{QUESTIONS[4]: "cũng được"}), form(5, **{QUESTIONS[6]: "3"})]
    forms = read(rows)
    assert forms.rows[["5", "7"]].isin(["no_answer"]).sum().tolist() == [1, 1]
    (told,) = forms.problems
    assert (told.rule, told.cell, told.raw) == ("answer_unread", "M5", None)
    assert "có câu trả lời (câu 5, 7) không đọc được" in told.message
    assert "cũng được" not in told.message


@pytest.mark.parametrize(
    "columns",
    [
        {"ma_xa": OTHER.code},
        {"ma_xa": int(OTHER.code)},
        {"ma_xa": OTHER.name},
        {"ma_xa": OTHER.name.replace("Xã ", "").upper()},
        {"ma_xa": "", "Tên xã": OTHER.name},
        {"ma_xa": OTHER.name, "ma_huyen": "Huyện Sốp Cộp"},
    ],
    ids=str,
)
def test_a_commune_is_found_by_code_or_name(read, columns):
    assert read([form(1, **columns)]).rows["commune_code"].tolist() == [OTHER.code]


def test_a_name_that_two_districts_have_needs_its_district(read):
    there = read([form(1, ma_xa="Mường Bằng", ma_huyen="Mai Sơn")])
    assert there.rows["commune_code"].tolist() == ["04111"]
    assert found_rules(read([form(1, ma_xa="Mường Bằng", ma_huyen="")])) == ["unknown_commune"]


def test_a_commune_of_another_district_than_the_one_named_is_unknown(read):
    forms = read([form(1, ma_xa="Phiêng Khoài", ma_huyen="Sốp Cộp")])
    assert found_rules(forms) == ["unknown_commune"]


def test_an_unknown_commune_is_set_aside_with_its_row_and_without_its_text(read):
    forms = read([*honest(3), form(8, ma_xa="Lò Văn Kín"), form(9, ma_xa="")])
    assert len(forms.rows) == 3
    (told,) = forms.problems
    assert (told.rule, told.district_code, told.cell) == ("unknown_commune", "127", "D5")
    assert "2 phiếu (dòng 5, 6)" in told.message
    assert "Kín" not in told.message


def test_an_unknown_survey_type_is_set_aside(read):
    forms = read([form(1), form(2, loai_khao_sat="khảo sát khác")])
    assert found_rules(forms) == ["unknown_survey"]
    assert len(forms.rows) == 1


@pytest.mark.parametrize("typed", ["xã NTM nâng cao", "xa_ntm_nang_cao", "Xã NTM Nâng Cao"])
def test_a_survey_type_is_read_as_label_or_code(read, typed):
    assert read([form(1, loai_khao_sat=typed)]).rows["survey"].tolist() == ["xã NTM nâng cao"]


@pytest.mark.parametrize(
    "again",
    [
        {"_id": 9, "ma_ho": 9},
        {"_uuid": "uuid:UUID-1", "_id": 9, "ma_ho": 9},
        {"_uuid": "x", "ma_ho": 9},
        {"_uuid": "x", "_id": 9},
    ],
    ids=["uuid", "uuid as ODK writes it", "id", "household"],
)
@pytest.mark.parametrize("late", ["2022-11-02T08:00:00+07:00", "02/11/2022 08:00", date.max])
def test_a_form_sent_twice_counts_once_as_it_was_last_sent(read, again, late):
    newer = form(1, "chua_hai_long", _submission_time=late, **again)
    forms = read([newer, form(1), form(2)])
    assert forms.rows["1"].tolist() == ["unsatisfied", "satisfied"]
    (told,) = forms.problems
    assert told.rule == "form_repeated"
    assert "1 phiếu ghi lại phiếu đã có (dòng 3)" in told.message


def test_the_same_household_number_in_another_place_or_survey_is_another_household(read):
    other = [{"ma_ban": 99}, {"ma_xa": OTHER.code}, {"loai_khao_sat": "xã NTM nâng cao"}]
    rows = [form(1), *(form(1, _uuid=f"x{n}", _id=n, **o) for n, o in enumerate(other))]
    assert len(read(rows).rows) == 4


def test_the_identity_of_the_form_is_not_that_of_a_row(read):
    rows = [{k: v for k, v in form(n).items() if k not in ("_uuid", "_id")} for n in range(9)]
    assert len(read([{"formhub/uuid": "same", **row} for row in rows]).rows) == 9


def test_title_rows_and_repeated_headers_are_no_forms(folder, read):
    path = write(folder, honest(3))
    head, *rest = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join(["PHIẾU HỘ,,", "", head, *rest, head, *[""]]), encoding="utf-8")
    forms = read()
    assert forms.problems == ()
    assert len(forms.rows) == 3
    assert forms.headers["satisfaction/phieu.csv", "phiếu từng hộ", "1"] == "I3"


@pytest.mark.parametrize(
    ("dropped", "says"),
    [(["ma_xa"], "Mã xã"), (["loai_khao_sat"], "Loại khảo sát"), (QUESTIONS, "câu hỏi")],
)
def test_a_file_without_what_is_needed_is_one_clear_problem(read, dropped, says):
    rows = [{k: v for k, v in form(n).items() if k not in dropped} for n in range(3)]
    forms = read(rows)
    assert forms.rows.empty
    (told,) = forms.problems
    assert told.rule == "header_not_found"
    assert says in told.message


def test_a_question_without_a_column_is_told_and_not_counted_as_unanswered(read):
    forms = read([{k: v for k, v in form(1).items() if k != QUESTIONS[18]}])
    assert "19" not in forms.questions
    assert ["câu 19" in p.message for p in forms.problems] == [True]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", "Xã Mường Và".encode("utf-16")),
        ("a.xlsx", b"PK\x03\x04 hong"),
        ("a.xlsx", b"khong phai bang tinh"),
        ("a.csv", b'"' + b"x" * 200_000),
    ],
    ids=["empty", "utf-16", "damaged", "text", "a cell too long"],
)
def test_a_broken_file_is_one_problem_and_the_rest_is_read(folder, read, name, content):
    path = folder / "satisfaction" / name
    path.parent.mkdir()
    path.write_bytes(content)
    forms = read(honest(3), name="tot.csv")
    assert len(forms.rows) == 3
    (told,) = forms.problems
    assert told.rule in ("unreadable_file", "header_not_found")
    assert told.file == f"satisfaction/{name}"


def test_no_folder_and_no_forms_are_an_empty_table(read):
    forms = read()
    assert forms.rows.empty
    assert forms.problems == ()


@pytest.mark.parametrize(
    ("typed", "known"), [("7", "7"), ("NT 07", "NT 07"), ("ban-3", "BAN-3"), ("", None)]
)
def test_a_collector_is_known_by_a_code(read, typed, known):
    got = read([form(1, ma_nguoi_thu_phieu=typed)]).rows["collector"]
    assert [v if isinstance(v, str) else None for v in got] == [known]


@pytest.mark.parametrize("typed", ["Lò Văn Kín", "0912345678", "lan1", "040123456789"])
def test_a_collector_written_as_a_name_or_a_telephone_is_known_by_where_it_stands(read, typed):
    rows = [form(1), *(form(n, ma_nguoi_thu_phieu=typed, ma_ban=typed) for n in (2, 3))]
    got = read(rows).rows
    place = "ghi lần đầu ở dòng 3 của satisfaction/phieu.csv"
    assert got["collector"].tolist() == ["2", place, place]
    assert got["village"].tolist() == ["2", place, place]


def test_a_telephone_among_the_totals_is_no_number_of_households(read):
    totals = {"Tổng số hộ": "0912345678", "Phiếu phát": "350"}
    got = read([form(1, **totals), form(2, **totals)]).rows
    assert got["households"].isna().all()
    assert got["issued"].tolist() == [350, 350]


UNKNOWN = {"_submission_time": "2022-11-02T08:00:00"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"meta/rootUuid": "uuid:uuid-1"}),
        ({"meta/rootUuid": "uuid:uuid-1"}, {"meta/rootUuid": "uuid:uuid-1"}),
        ({}, {"meta/deprecatedID": "uuid:uuid-1"}),
        ({"_uuid": "e1", "meta/deprecatedID": "uuid-1"}, {"meta/deprecatedID": "uuid:e1"}),
        ({"_uuid": "e1", "meta/rootUuid": "r"}, {"meta/deprecatedID": "e1", "meta/rootUuid": "r"}),
    ],
    ids=["root", "root in both", "edited from", "edited from an edit", "an edit of an edit"],
)
@pytest.mark.parametrize("first", ["a.csv", "c.csv"])
def test_a_form_corrected_to_another_commune_counts_once_there(folder, read, old, new, first):
    write(folder, [form(1, **old), form(2)], name=first)
    forms = read([form(1, "chua_hai_long", _uuid="e2", ma_xa=OTHER.code, **new)], name="b.csv")
    assert sorted(forms.rows["commune_code"]) == sorted([OTHER.code, COMMUNES[0].code])
    assert sorted(forms.rows["1"]) == ["satisfied", "unsatisfied"]
    (told,) = forms.problems
    assert (told.rule, told.file) == ("form_repeated", f"satisfaction/{first}")


def test_a_form_whose_commune_was_corrected_is_not_asked_about_any_more(folder, read):
    write(folder, [form(1, ma_xa="?")], name="a.csv")
    forms = read([form(1, _uuid="e", **{"meta/rootUuid": "uuid-1"})], name="b.csv")
    assert forms.problems == ()
    assert len(forms.rows) == 1


def test_which_of_two_versions_is_the_last_is_asked_where_nothing_says_it(folder, read):
    write(folder, [form(1), form(2)], name="a.csv")
    later = [
        form(n, _uuid=f"e{n}", ma_xa=OTHER.code if n == 1 else COMMUNES[0].code) for n in (1, 2)
    ]
    forms = read(later, name="b.csv")
    assert sorted(forms.rows["commune_code"]) == sorted([OTHER.code, COMMUNES[0].code])
    repeated, told = forms.problems
    assert (repeated.rule, told.rule) == ("form_repeated", "form_versions")
    assert "1 phiếu (dòng 2) có bản khác nội dung" in told.message


@pytest.mark.parametrize("typed", ["khong", "Không", "Không đồng ý", "từ chối", "no", "0"])
@pytest.mark.parametrize("header", ["tt/dong_y", "Đồng ý", "Ông/bà có đồng ý trả lời không?"])
def test_a_household_that_refused_is_not_collected(read, typed, header):
    blank = dict.fromkeys(QUESTIONS, "")
    forms = read([form(1, **{header: "Có"}), form(2, **{header: typed}, **blank)])
    assert len(forms.rows) == 1
    (told,) = forms.problems
    assert (told.rule, told.severity) == ("form_refused", "info")
    assert "1 phiếu (dòng 3) hộ không đồng ý trả lời" in told.message


@pytest.mark.parametrize(
    ("header", "typed", "counted"),
    [
        ("_validation_status", "Not Approved", 1),
        ("_validation_status", "validation_status_not_approved", 1),
        ("__system/reviewState", "rejected", 1),
        ("ReviewState", "rejected", 1),
        ("_validation_status", "Approved", 2),
        ("_validation_status", "On Hold", 2),
        ("ReviewState", "hasIssues", 2),
    ],
)
def test_a_form_that_the_office_refused_is_not_collected(read, header, typed, counted):
    forms = read([form(1, **{header: ""}), form(2, **{header: typed})])
    assert len(forms.rows) == counted
    assert found_rules(forms) == ["form_refused"] * (2 - counted)


def test_a_refused_form_takes_nothing_from_the_same_household_asked_again(read):
    again = form(1, _uuid="x", _id=9, _validation_status="Not Approved", **UNKNOWN)
    assert len(read([form(1), again]).rows) == 1


def test_every_sheet_with_forms_is_counted_and_a_hidden_one_is_told(folder, read):
    path = write(folder, honest(4), name="a.xlsx")
    book = openpyxl.load_workbook(path)
    more = book.copy_worksheet(book.active)
    for n, row in enumerate(more.iter_rows(min_row=2), start=50):
        for cell in row:
            header = more.cell(1, cell.column).value
            cell.value = {"_id": n, "_uuid": f"x{n}", "ma_ho": n, "ma_xa": OTHER.code}.get(
                header, cell.value
            )
    more.sheet_state = "hidden"
    book.create_sheet("Ghi chú", 0)["A1"] = "Lò Văn Kín"
    book.save(path)
    forms = read()
    assert forms.rows["commune_code"].value_counts().tolist() == [4, 4]
    (told,) = forms.problems
    assert (told.rule, told.sheet) == ("hidden_sheet", "phiếu từng hộ, trang tính thứ 3")
    assert forms.headers["satisfaction/a.xlsx", "phiếu từng hộ, trang tính thứ 2", "1"] == "I1"


@pytest.mark.parametrize("before", [{"uuid": "same"}, {"formhub/uuid": "same"}])
def test_the_identity_of_a_form_comes_before_that_of_its_questionnaire(read, before):
    assert len(read([{**before, **form(n)} for n in range(9)]).rows) == 9
    bare = [{k: v for k, v in form(n).items() if k not in ("_uuid", "_id")} for n in range(9)]
    assert len(read([{**before, **row} for row in bare]).rows) == 9


def test_a_blank_village_never_makes_two_forms_one(read):
    rows = [form(1, ma_ban=""), form(1, _uuid="x", _id=9, ma_ban="", **UNKNOWN)]
    assert len(read(rows).rows) == 2


@pytest.mark.parametrize(
    ("early", "late"),
    [
        ("2/10/2022 9:00:00 SA", "2/10/2022 1:00:00 CH"),
        ("2/10/2022 11:59 CH", "3/10/2022 12:10 SA"),
        ("9/10/2022", "10/10/2022"),
        ("44836.375", "2/10/2022 9:01:00 SA"),
        ("30/9/2022 10:00 PM", "2022-10-01T08:00:00.000+07:00"),
    ],
)
def test_the_later_of_two_times_is_known_as_excel_in_vietnam_writes_them(read, early, late):
    rows = [form(1, "2", _submission_time=late), form(1, _submission_time=early)]
    forms = read(rows)
    assert forms.rows["1"].tolist() == ["unsatisfied"]
    assert found_rules(forms) == ["form_repeated"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("phieu.zip", b"PK", "Giải nén"),
        ("phieu.RAR", b"Rar!", "Giải nén"),
        ("phieu.pdf", b"%PDF", "Xuất lại từ KoboToolbox"),
        ("ghi chu.txt", "Gọi lại cho xã.".encode(), "không thấy cột"),
    ],
)
def test_no_file_among_the_exports_is_passed_over_in_silence(folder, read, name, data, says):
    (folder / "satisfaction").mkdir()
    (folder / "satisfaction" / name).write_bytes(data)
    (folder / "satisfaction" / "Thumbs.db").write_bytes(b"x")
    (told,) = read().problems
    assert (told.file, told.severity) == (f"satisfaction/{name}", "error")
    assert says in told.message


def test_an_export_in_an_old_code_page_or_as_text_is_read(folder, read):
    path = write(folder, [form(1, ma_xa="Mường Và")], separator="\t")
    text = path.read_text(encoding="utf-8-sig").replace("Mường", "M\u01b0\u01a1\u0300ng")
    path.with_suffix(".txt").write_bytes(text.encode("cp1258"))
    path.unlink()
    forms = read()
    assert forms.problems == ()
    assert forms.rows["commune_code"].tolist() == [
        c.code for c in COMMUNES if c.name == "Xã Mường Và"
    ]
