"""Old fonts and wrong encodings are undone sheet by sheet; good Unicode is never touched."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import openpyxl
import pytest
from ftfy import bad_codecs  # registers sloppy-windows-1252
from hypothesis import given
from hypothesis import strategies as st
from reports import SOP_COP
from viparse.normalize.tcvn3 import TCVN3
from viparse.normalize.vni import VNI

from ntm_eval import reference
from ntm_eval.exchange import guide
from ntm_eval.intake import received, sheets, spelling

assert bad_codecs
TO_TCVN3 = {letter: byte for byte, letter in TCVN3.pairs}
TO_VNI = {letter: typed for typed, letter in VNI.pairs} | {"ẳ": "aú", "Ẳ": "AÚ"}


def tcvn3(text: str) -> str:
    """As a .VnTime font stores it: accented capitals have no code of their own."""
    letters = unicodedata.normalize("NFC", text)
    return "".join(TO_TCVN3.get(c) or TO_TCVN3.get(c.lower()) or c for c in letters)


def without_soft_hyphens(text: str) -> str:
    return tcvn3(text).replace("\xad", "")


def vni(text: str) -> str:
    return "".join(TO_VNI.get(c, c) for c in unicodedata.normalize("NFC", text))


def mojibake(text: str) -> str:
    return text.encode().decode("sloppy-windows-1252")


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


FONTS = {"tcvn3": tcvn3, "vni": vni}
MANGLED = {**FONTS, "mojibake": mojibake}
NAMES = list(reference.table("communes")["short"])
HEADERS = [
    *sheets.INFO_LABELS,
    *sheets.FIGURE_HEADERS,
    *sheets.COMMUNE_HEADERS,
    *sheets.SATISFACTION_HEADERS,
]
GUIDE = [
    text
    for period in ("h1", "annual")
    for heading, paragraphs in guide.sections("Huyện Mai Sơn", 2022, period)
    for text in (heading, *paragraphs)
]
SHEETS = {
    "communes": list(reference.table("communes")["name"]),
    "indicators": list(reference.table("indicators")["name_vi"]),
    "units": list(reference.table("indicators")["unit"]),
    "headers": HEADERS,
    "guide": GUIDE,
    "districts": list(reference.table("districts")["name"]),
    "Latin-1 alone": [t for t in (*NAMES, *HEADERS, *GUIDE) if max(t) <= "\xff"],
}


@pytest.mark.parametrize("texts", SHEETS.values(), ids=SHEETS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_good_unicode_is_only_composed(texts, form):
    found = spelling.repaired([unicodedata.normalize(form, t) for t in texts])
    assert found == spelling.Repair(tuple(unicodedata.normalize("NFC", t) for t in texts), None)


@pytest.mark.parametrize("text", [*NAMES, *HEADERS, *GUIDE])
def test_one_good_text_alone_is_left_alone(text):
    assert spelling.repaired([text]).texts == (unicodedata.normalize("NFC", text),)


@pytest.mark.parametrize(
    "texts",
    [
        ["· Tuyên", "· Hà", "· Tà Hộc"],
        ["1.234¹", "500 m²", "7¹", "8¹"],
        ["½ ngày", "¼", "½ ca", "½"],
        ["café", "señor", "Müller", "façade", "naïve"],
        ["« Xã »", "© 2022", "± 5", "3 × 4", "§ 3"],
        ["Ðông", "Ðạt", "Ðất", "ÐIỆN"],
        [],
        [""],
    ],
)
def test_signs_and_words_of_other_languages_are_left_alone(texts):
    assert spelling.repaired(texts) == spelling.Repair(tuple(texts), None)


@pytest.mark.parametrize("encoding", MANGLED)
@pytest.mark.parametrize("name", ["communes", "indicators", "headers", "districts", "guide"])
def test_a_mangled_sheet_is_read_as_it_was_meant(encoding, name):
    found = spelling.repaired([MANGLED[encoding](t) for t in SHEETS[name]])
    assert found.encoding == encoding
    # a .VnTime font has no accented capitals
    same = [(a.casefold(), b.casefold()) for a, b in zip(found.texts, SHEETS[name], strict=True)]
    assert [a for a, b in same if a != b] == []


@pytest.mark.parametrize("encoding", MANGLED)
@pytest.mark.parametrize("first", range(0, 200, 10))
def test_ten_names_are_enough_to_tell(encoding, first):
    texts = NAMES[first : first + 10]
    assert spelling.repaired([MANGLED[encoding](t) for t in texts]).encoding == encoding


@pytest.mark.parametrize("encoding", FONTS)
def test_cells_typed_in_an_old_font_into_a_unicode_form_are_read_and_the_form_is_kept(encoding):
    typed = [
        "Ban Thường trực đã ban hành kế hoạch, kiểm tra 5 xã; tuyên truyền đến từng hộ.",
        "Nguyễn Văn Hải",
    ]
    form = [*HEADERS, "Xã Sông Mã", "500 m²"]
    found = spelling.repaired([*form, *map(FONTS[encoding], typed)])
    assert found == spelling.Repair((*form, *typed), encoding)


@pytest.mark.parametrize("encoding", FONTS)
def test_the_mark_of_a_criterion_typed_in_an_old_font_is_a_mark(encoding):
    found = spelling.repaired([*HEADERS, *[FONTS[encoding]("Đ")] * 19])
    assert found.texts[-19:] == ("Đ",) * 19


def test_one_mangled_cell_is_too_little_evidence_for_an_old_font():
    assert spelling.repaired([*HEADERS, "Mai S¬n"]).encoding is None


def test_the_users_word_needs_no_evidence_but_spares_what_is_unicode():
    assert spelling.repaired(["Mai S¬n"], "tcvn3").texts == ("Mai Sơn",)
    assert spelling.repaired(["Mai Sôn"], "vni").texts == ("Mai Sơn",)
    form = [*HEADERS, "Sông Mã"]
    assert spelling.repaired(form, "tcvn3").texts == tuple(form)


@pytest.mark.parametrize(
    ("note", "font"),
    [
        ("tệp gõ phông TCVN3 (ABC)", "tcvn3"),
        ("phông vni-Times", "vni"),
        ("", None),
        ("gửi lại lần 2", None),
    ],
)
def test_the_note_of_the_office_may_name_the_font(note, font):
    assert spelling.declared(note) == font


def test_a_lost_soft_hyphen_is_put_back_in_known_texts_only():
    texts = ["Phương hướng", "Mường La", "Người duyệt", "Thư viện"]
    found = spelling.repaired([without_soft_hyphens(t) for t in texts])
    assert found.texts == (*texts[:3], "Th viện")


def mangle(path, change: Callable[[str], str]) -> None:
    """Every text of a workbook, headers and all, as if typed in another font."""
    book = openpyxl.load_workbook(path)
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and not cell.value.startswith("="):
                    cell.value = change(cell.value)
    book.save(path)


@pytest.fixture
def filled(write):
    """A workbook with something on every sheet."""
    return write(
        info={"sent": "02/12/2022", "leadership": "Đã ban hành kế hoạch và kiểm tra."},
        figures={
            ("C1-01", "actual"): 7,
            ("C1-05", "actual"): "gần 2 tỷ 100 triệu",
            ("C1-04", "actual"): "không có",
            ("C2-04", "plan"): 93.5,
        },
        communes={
            "04231": {"TC1": "Đ", "TC2": "C", "title": "NTM nâng cao", "households": 900},
            "04225": {"TC1": "Đ", "TC3": "Đ", "households": 1200},
        },
        satisfaction=[
            {
                "commune_code": "04231",
                "commune": "Xã Sốp Cộp",
                "survey": "xã NTM nâng cao",
                "households": 900,
                "issued": 90,
                "collected": 80,
                "question": 1,
                "satisfied": 70,
                "unsatisfied": 8,
                "no_answer": 2,
            }
        ],
    )


@pytest.mark.parametrize("change", [tcvn3, without_soft_hyphens, vni, mojibake, nfd])
def test_a_workbook_typed_in_another_font_gives_the_same_tables(filled, read, change):
    before = read()
    assert (before.facts["state"] == "reported").sum() == 4
    assert before.communes["TC1"].eq("Đ").sum() == 2
    mangle(filled, change)
    after = read()
    assert after.facts.equals(before.facts)
    assert after.communes.equals(before.communes)
    assert after.answers.equals(before.answers)
    assert len(after.answers) == 1
    new = [p.rule for p in after.problems if p not in before.problems]
    assert new == ([] if change is nfd else ["legacy_encoding"] * 5)


def test_what_was_changed_is_shown_on_its_sheet(filled, read):
    mangle(filled, tcvn3)
    told = [p for p in read().problems if p.rule == "legacy_encoding"]
    assert [p.sheet for p in told] == ["Thông tin", "Chỉ tiêu", "Xã", "Hài lòng", "Đoàn thể"]
    assert "'§· ban hµnh kÕ ho¹ch vµ kiÓm tra.' thành 'Đã ban hành kế hoạch" in told[0].message


def test_receipts_may_say_that_a_file_is_in_an_old_font(folder, write):
    path = write()

    def name_alone(book):
        book["Thông tin"]["B3"] = "Sèp Cép"

    book = openpyxl.load_workbook(path)
    name_alone(book)
    book.save(path)
    assert received.reports(folder, 2022, "annual")[0] == []
    text = f"file,received,extended_to,note\n{path.name},02/12/2022,,gõ phông TCVN3\n"
    (folder / "receipts.csv").write_text(text, encoding="utf-8")
    ((report,), _) = received.reports(folder, 2022, "annual")
    assert (report.district_code, report.font) == (SOP_COP.code, "tcvn3")


@given(
    st.lists(
        st.text(max_size=40) | st.sampled_from([*NAMES, *map(tcvn3, NAMES), *map(vni, NAMES)])
    ),
    st.sampled_from([None, "tcvn3", "vni"]),
)
def test_any_texts_come_back_each_once_and_unicode_as_it_was(texts, declared):
    found = spelling.repaired(texts, declared).texts
    assert len(found) == len(texts)
    for before, after in zip(texts, found, strict=True):
        composed = unicodedata.normalize("NFC", before)
        if composed.isascii() or spelling.UNICODE_ONLY.search(composed):
            assert after == composed
