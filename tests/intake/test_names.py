"""A misspelt name is matched only where it can be no other, and never in silence."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from reports import SOP_COP, rules

from ntm_eval import reference, units
from ntm_eval.intake import names, problems, received, sheets

DAY = date(2022, 12, 31)
SURE = [
    ("Huyện Mai Sơn", "mai-son"),
    ("mai son", "mai-son"),
    ("MAI SƠN", "mai-son"),
    ("H. Mai Sơn", "mai-son"),
    ("Mai Sơn, tỉnh Sơn La", "mai-son"),
    ("Ủy ban MTTQ Việt Nam huyện Mai Sơn", "mai-son"),
    ("Huyện: Mai Sơn", "mai-son"),
    ("TP Sơn La", "son-la"),
    ("TP.Sơn La", "son-la"),
    ("T.P Sơn La", "son-la"),
    ("Sơn La", "son-la"),
    ("thành phố Sơn La, tỉnh Sơn La", "son-la"),
    ("116", "son-la"),
    ("Sông C López", "sop-cop"),
    ("sop-cop", "sop-cop"),
    ("  Sốp   Cộp ", "sop-cop"),
    (unicodedata.normalize("NFD", "Huyện Sốp Cộp"), "sop-cop"),
    ("Sốp\xa0Cộp", "sop-cop"),
    ("Sốp\u200b Cộp", "sop-cop"),
    ("Ѕốр Сộр", "sop-cop"),
    ("SOP COP", "sop-cop"),
    ("Thuận\nChâu", "thuan-chau"),
    ("h.thuận châu", "thuan-chau"),
    ("quynh nhai", "quynh-nhai"),
]
DOUBTFUL = [
    ("Sôp Cộp", "sop-cop"),
    ("Sốp Cọp", "sop-cop"),
    ("Sốp Côp", "sop-cop"),
    ("Mộc Chấu", "moc-chau"),
    ("Mộc Chao", "moc-chau"),
    ("Phú Yên", "phu-yen"),
    ("Quỳnh Nhaì", "quynh-nhai"),
    ("Quynh Nhaj", "quynh-nhai"),
    ("Thuận Chân", "thuan-chau"),
    ("Muờng La", "muong-la"),
    ("Mường Lạ", "muong-la"),
    ("Bẳc Yên", "bac-yen"),
    ("Yên Chau", "yen-chau"),
    ("Sông Ma", "song-ma"),
    ("Vân Hô", "van-ho"),
]
NONE = [
    "Mai Châu",
    "Mường Chà",
    "Tỉnh Sơn La",
    "Điện Biên",
    "Yên Sơn",
    "Hà Nội",
    "Phú Thọ",
    "Huyện",
    "129",
    "117",
    "",
    "Sơn Dương",
]


@pytest.mark.parametrize(("typed", "slug"), SURE)
def test_a_district_spelt_in_a_usual_way_is_taken_in_silence(typed, slug):
    assert names.district(typed, DAY) == names.Found(units.district(slug))


@pytest.mark.parametrize(("typed", "slug"), DOUBTFUL)
def test_a_misspelt_district_is_taken_and_says_so(typed, slug):
    found = names.district(typed, DAY)
    assert (found.unit, found.rule) == (units.district(slug), "name_matched")
    assert units.district(slug).name in problems.text(found.why)


@pytest.mark.parametrize("typed", NONE)
def test_what_is_no_district_of_the_province_is_never_taken_for_one(typed):
    assert names.district(typed, DAY).unit is None


@pytest.mark.parametrize("c", [c for d in units.districts() for c in units.communes(d.code, DAY)])
def test_every_commune_is_found_by_its_own_name_in_silence(c):
    for typed in (c.name, c.name.upper(), unicodedata.normalize("NFD", c.name), c.code):
        assert names.commune(typed, c.district_code, DAY) == names.Found(c)


LETTERS = "aêơghmt "


def typos(name: str) -> set[str]:
    """Every text that is one letter away: left out, put in, or another."""
    found = set()
    for i in range(len(name) + 1):
        found.add(name[:i] + name[i + 1 :])
        found |= {name[:i] + x + name[i + k :] for x in LETTERS for k in (0, 1)}
    return found - {name}


@pytest.mark.parametrize("district", units.districts(), ids=lambda d: d.slug)
def test_a_typo_is_matched_with_a_word_or_left_unknown_never_another_in_silence(district):
    rows = reference.at(reference.table("communes"), DAY)
    own = rows.set_index("code")["short"]
    members = units.communes(district.code, DAY)
    right = wrong = 0
    for c in members:
        for typed in typos(own[c.code]):
            found = names.commune(typed, district.code, DAY)
            if found.unit is None:
                assert found.rule in ("unknown_name", "unknown_commune")
            elif found.unit != c:
                # no reader could know: exactly another commune's name was typed
                exact = units.accented(own[found.unit.code]) in units.accented(typed)
                assert found.rule == "name_matched" or exact
                wrong += 1
            elif units.accented(typed) != units.accented(own[c.code]):
                assert found.rule == "name_matched" or typed.isascii()
                right += 1
    assert wrong <= 4
    assert right > 50 * len(members)


@pytest.mark.parametrize(
    ("district", "typed", "other"),
    [
        ("116", "Chiềng Ân", "Huyện Mường La"),
        ("120", "Chiềng An", "Thành phố Sơn La"),
        ("124", "Chiềng Ơn", "Huyện Quỳnh Nhai"),
        ("118", "Chiềng On", "Huyện Yên Châu"),
        ("126", "Mường Sại", "Huyện Quỳnh Nhai"),
        ("122", "Mường Bằng", "Huyện Mai Sơn"),
        ("123", "Chiềng Hặc", "Huyện Yên Châu"),
        ("125", "Chiềng Đông", "Huyện Yên Châu"),
    ],
)
def test_a_name_that_is_another_districts_but_for_its_diacritics_says_so(district, typed, other):
    found = names.commune(typed, district, DAY)
    assert found.rule in ("name_matched", "unknown_name")
    assert other in problems.text(found.why)


def test_two_communes_of_one_name_are_a_question_that_names_both():
    found = names.commune("Hát Lót", "125", DAY)
    assert (found.unit, found.rule) == (None, "unknown_name")
    assert "Thị trấn Hát Lót hoặc Xã Hát Lót" in problems.text(found.why)
    assert names.commune("TT. Hát Lót", "125", DAY).unit.kind == "thị trấn"
    assert names.commune("x.Hát Lót", "125", DAY).unit.kind == "xã"


def test_a_commune_of_another_district_is_never_taken_for_one_that_is_like_it():
    found = names.commune("Chiềng Khoang", "126", DAY)  # beside Chiềng Khoong of Sông Mã
    assert (found.unit, found.rule) == (None, "unknown_commune")
    assert "Xã Chiềng Khoang, Huyện Quỳnh Nhai" in problems.text(found.why)


def test_between_two_names_that_are_as_near_neither_is_taken():
    found = names.commune("Chiềng Xung", "125", DAY)
    assert (found.unit, found.rule) == (None, "unknown_name")
    assert "Chiềng Sung" in problems.text(found.why)
    assert names.commune("Chiềng Cơ", "116", DAY).unit is None  # Chiềng Cơi or Chiềng Cọ


def test_the_nearest_needs_the_cutoff_and_the_margin():
    places = {"Xã Phiêng Khoài": "1", "Xã Tú Nang": "2"}
    assert names.nearest("Phiêng Khoàì", places) == "1"
    assert names.nearest("Phiêng Cằm", places) is None
    assert names.nearest("Chiềng Xung", {"Xã Chiềng Sung": "1"}) == "1"
    assert names.nearest("Chiềng Xung", {"Xã Chiềng Sung": "1", "Xã Chiềng Mung": "2"}) is None
    assert names.nearest("Tú Nang", {}) is None


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("Nông thôn mới nâng cao", "NTM nâng cao"),
        ("ntm nang cao", "NTM nâng cao"),
        ("Xã NTM kiểu mẫu", "NTM kiểu mẫu"),
        ("ĐTVM", "Đô thị văn minh"),
        ("Nông thôn mới", "NTM"),
        ("NTM", "NTM"),
    ],
)
def test_usual_spellings_of_titles_are_known(typed, title):
    assert names.titles()[units.fold(typed)] == title


def test_every_title_and_survey_named_by_an_alias_exists():
    assert set(names.titles().values()) == set(sheets.TITLES)
    assert set(names.surveys().values()) == set(reference.table("surveys")["survey"])


ANSWERS = {
    "survey": "Xã nông thôn mới",
    "households": 900,
    "issued": 90,
    "collected": 80,
    "satisfied": 80,
    "unsatisfied": 0,
    "no_answer": 0,
}


def asked(commune: str, code: object = "") -> list[dict]:
    return [{**ANSWERS, "commune_code": code, "commune": commune, "question": q} for q in (1, 2)]


def test_a_misspelt_commune_without_code_is_counted_and_named_once(write, read):
    write(satisfaction=asked("Xã Mường Lạnn"))
    found = read()
    named = units.find_commune("Mường Lạn", SOP_COP.code, DAY)
    assert list(found.answers["commune_code"]) == [named.code] * 2
    assert list(found.answers["survey"].unique()) == ["xã NTM"]
    assert rules(found) == ["name_matched"]


def test_an_unknown_commune_is_set_aside_row_by_row(write, read):
    write(satisfaction=asked("Xã Không Tên"))
    found = read()
    assert found.answers.empty
    assert rules(found) == ["unknown_name"] * 2


def test_a_code_of_another_district_beside_a_name_of_this_one_is_marked(write, read):
    write(satisfaction=asked("Xã Mường Lạn", "03658"))
    found = read()
    assert len(found.answers) == 2
    assert set(rules(found)) == {"name_differs"}


def test_a_row_that_is_surely_the_communes_comes_before_one_that_is_like_it(write, read):
    lan, va = (units.find_commune(n, SOP_COP.code, DAY) for n in ("Mường Lạn", "Mường Và"))
    rows = {c.code: i for i, c in enumerate(units.communes(SOP_COP.code, DAY), start=4)}
    edits = {
        ("Xã", f"A{rows[va.code]}"): None,
        ("Xã", f"B{rows[va.code]}"): "Mường Lạnn",
    }
    write(communes={lan.code: {"households": 900}, va.code: {"households": 5}}, edits=edits)
    found = read()
    assert found.communes.set_index("commune_code").loc[lan.code, "households"] == 900
    assert {"name_matched", "row_repeated"} <= set(rules(found))


def test_a_misspelt_district_in_the_workbook_is_taken_with_a_word(folder, write):
    write(edits={("Thông tin", "B3"): "Huyện Sốp Cọp"})
    ((report,), found) = received.reports(folder, 2022, "annual")
    assert report.district_code == SOP_COP.code
    assert [(p.rule, p.cell, p.raw) for p in found] == [("name_matched", "B3", "Huyện Sốp Cọp")]
