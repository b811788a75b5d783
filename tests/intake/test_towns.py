"""Sheet Đô thị văn minh: marks as on sheet Xã, one question a cause, nothing owed of edition 1."""

import pytest
from reports import edit, rules

from ntm_eval import units
from ntm_eval.checks import report as checks
from ntm_eval.intake import sheets

SON_LA = units.district("son-la")
WARD, OTHER = "03646", "03649"
TITLE = "Đô thị văn minh"
MET = dict.fromkeys(sheets.TOWN_CRITERIA, sheets.MET)


@pytest.fixture
def sent(write, read):
    """Write a workbook of Sơn La with these rows of towns, change it, and read it."""

    def send(towns, change=None, **content):
        path = write(district=SON_LA, towns=towns, **content)
        if change:
            edit(path, change)
        return read()

    return send


def about(cleaned, sheet=sheets.TOWNS):
    return [p for p in cleaned.problems if sheet in (p.sheet, p.fields.get("sheet"))]


def row(cleaned, code=WARD):
    return cleaned.towns.set_index("commune_code").loc[code]


def cut(book):
    del book[sheets.TOWNS]


def test_what_is_typed_of_a_town_is_read(sent):
    typed = {"registered": TITLE, "registered_year": 2020, "note": "chờ thẩm định", **MET}
    found = sent({WARD: {**typed, "TC3": "c", "TC4": ""}})
    got = row(found)
    assert (got["registered"], got["registered_year"], got["note"]) == (
        TITLE,
        2020,
        "chờ thẩm định",
    )
    assert (got["TC1"], got["TC3"]) == ("Đ", "C")
    assert got[["TC4", "title"]].isna().all()
    assert list(found.towns["commune_code"]) == sorted(
        c.code for c in units.communes("116", units.day(2022, "annual")) if c.kind == "phường"
    )


def test_columns_are_found_by_their_texts_and_rows_by_their_names(sent):
    def shuffle(book):
        sheet = book[sheets.TOWNS]
        sheet.move_range("A1:O40", rows=3, cols=2)
        sheet.title = "Sheet7"
        for (cell,) in sheet.iter_rows(min_row=7, max_row=20, min_col=3, max_col=3):
            cell.value = None

    assert row(sent({WARD: {"title": TITLE, **MET}}, shuffle))["title"] == TITLE


def test_sheet_xa_under_another_name_is_not_taken_for_it(sent):
    def rename(book):
        cut(book)
        book[sheets.COMMUNES].title = "Sheet3"

    (asked,) = about(sent({}, rename))
    assert asked.rule == "header_not_found"


@pytest.mark.parametrize(
    ("typed", "rule", "raw"),
    [
        ({**MET, "TC2": "đang làm"}, "not_a_mark", "đang làm"),
        (dict.fromkeys(MET, "x"), "not_a_mark", "x"),
        ({**MET, "title": "NTM"}, "unknown_title", "NTM"),
        ({**MET, "registered_year": 22}, "not_a_year", "22"),
        ({**MET, "registered_year": "năm kia"}, "not_a_number", "năm kia"),
    ],
)
def test_what_cannot_be_read_is_one_question_with_its_cell(sent, typed, rule, raw):
    others = dict.fromkeys(("03649", "03652", "03655", "03667", "03670", "03679"), MET)
    (asked,) = about(sent({WARD: typed, **others}))
    assert (asked.rule, asked.raw) == (rule, raw)
    assert asked.cell


def test_a_row_of_a_xa_is_said_to_stand_on_the_wrong_sheet(sent):
    def add(book):
        book[sheets.TOWNS].append(["03658", "Xã Chiềng Cọ", "", "", "Đ", "Đ", "C"])

    others = {c.code: MET for c in units.communes("116", units.day(2022, "annual"))}
    (asked,) = about(sent(others, add))
    assert asked.fields["message"] == "unknown_commune.rural"


def test_a_sheet_of_edition_2_is_asked_for_once_and_of_edition_1_not(sent):
    (asked,) = about(sent({}, cut))
    assert asked.fields["message"] == "header_not_found.sheet"

    def first_edition(book):
        cut(book)
        book[sheets.INFO]["B14"] = None

    found = sent({}, first_edition)
    assert about(found) == []
    assert found.towns.empty
    assert rules(found) == []


def test_titles_that_differ_between_the_sheets_are_asked_of(write):
    both = {WARD: {"title": TITLE}, OTHER: {"title": TITLE}}
    towns = {WARD: {"title": TITLE, **MET}, OTHER: MET}
    path = write(district=SON_LA, communes=both, towns=towns, figures={("C1-26", "actual"): 2})
    asked = [p for p in checks.check_file(path) if "title" in p.rule]
    assert [(p.rule, p.commune_code, p.sheet) for p in asked] == [
        ("title_differs", OTHER, sheets.TOWNS)
    ]


@pytest.mark.parametrize(("figure", "found"), [(1, []), (3, ["titles_miscounted"])])
def test_the_figure_of_titled_towns_is_their_number(write, figure, found):
    path = write(
        district=SON_LA,
        communes={WARD: {"title": TITLE}},
        towns={WARD: {"title": TITLE, **MET}, OTHER: MET},
        figures={("C1-26", "actual"): figure},
    )
    assert [p.rule for p in checks.check_file(path) if "title" in p.rule] == found
