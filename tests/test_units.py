"""Names and codes as people type them, and the unit that each one means."""

import unicodedata
from datetime import date

import pytest

from ntm_eval import units
from ntm_eval.workspace import AnalystError

DAY = date(2022, 12, 31)
SLUGS = [
    "son-la",
    "quynh-nhai",
    "thuan-chau",
    "muong-la",
    "bac-yen",
    "phu-yen",
    "moc-chau",
    "yen-chau",
    "mai-son",
    "song-ma",
    "sop-cop",
    "van-ho",
]
COMMUNES_OF = {
    "116": 12,
    "118": 11,
    "119": 29,
    "120": 16,
    "121": 16,
    "122": 27,
    "123": 15,
    "124": 15,
    "125": 22,
    "126": 19,
    "127": 8,
    "128": 14,
}


def test_the_twelve_districts_stand_in_the_order_of_their_codes_without_117():
    assert [d.code for d in units.districts()] == ["116", *map(str, range(118, 129))]
    assert [d.slug for d in units.districts()] == SLUGS


def test_a_district_answers_to_its_code_its_slug_and_its_names():
    for d in units.districts():
        for spelling in (d.code, int(d.code), d.slug, d.slug.replace("-", " "), d.name, d.short):
            assert units.district(spelling) == d


@pytest.mark.parametrize(
    "typed",
    [
        "Huyện Sốp Cộp",
        "HUYỆN SỐP CỘP",
        "huyen sop cop",
        "H. Sốp Cộp",
        "  Sốp\u00a0 Cộp ",
        unicodedata.normalize("NFD", "Sốp Cộp"),
        "Sông C López",  # as the plan's own text has it
    ],
)
def test_however_sop_cop_is_typed_it_is_sop_cop(typed):
    assert units.district(typed).code == "127"


@pytest.mark.parametrize("typed", ["TP Sơn La", "TP. Sơn La", "thành phố Sơn La", "Son La"])
def test_the_city_is_found_with_and_without_its_type_word(typed):
    assert units.district(typed).code == "116"


def test_moc_chau_is_found_under_the_type_that_it_got_later():
    assert units.district("Thị xã Mộc Châu").code == "123"


@pytest.mark.parametrize("typed", ["mai-chau", "117", "", "huyện", None, "Sơn La tỉnh"])
def test_what_is_no_district_is_none(typed):
    assert units.find_district(typed) is None


def test_an_unknown_district_is_a_letter_with_what_was_typed_and_all_twelve():
    with pytest.raises(AnalystError, match="Không có huyện nào là 'mai-chau'") as refused:
        units.district("mai-chau")
    assert all(slug in str(refused.value) for slug in SLUGS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hòa Bình", "Hoà Bình"),  # old and new place of the tone
        ("Đường Đỏ", "duong do"),
        (unicodedata.normalize("NFD", "Ơn Ướt Ở"), "ơn ướt ở"),
        ("Chiềng\u00a0\n Ơn", "chieng on"),
    ],
)
def test_spellings_of_one_name_fold_to_one(one, other):
    assert units.fold(one) == units.fold(other)


def test_a_name_that_only_begins_like_a_type_word_is_kept():
    assert units.without_type("xanh pon") == "xanh pon"
    assert units.without_type("phuong") == "phuong"


def test_the_province_of_2022_has_204_communes():
    counts = {d.code: len(units.communes(d.code, DAY)) for d in units.districts()}
    assert counts == COMMUNES_OF
    assert sum(counts.values()) == 204


def test_communes_stand_in_the_order_of_their_codes():
    codes = [c.code for c in units.communes("119", DAY)]
    assert codes == sorted(codes)


def test_the_communes_of_2022_are_not_those_of_later_years():
    assert units.communes("127", date(2025, 1, 31))
    assert units.communes("127", date(2025, 7, 1)) == ()
    assert units.find_commune("04243", "127", date(2025, 7, 1)) is None


def test_each_commune_is_found_by_code_and_by_full_name_in_its_own_district():
    for d in units.districts():
        for c in units.communes(d.code, DAY):
            bare = unicodedata.normalize("NFD", c.name.upper())
            for typed in (c.code, c.name, bare, units.fold(c.name)):
                assert units.find_commune(typed, d.code, DAY) == c


def test_a_name_without_its_type_word_is_taken_where_one_commune_can_be_meant():
    assert units.find_commune("muong va", "127", DAY).code == "04243"


def test_hat_lot_alone_is_two_communes_and_so_is_none():
    assert units.find_commune("Hát Lót", "125", DAY) is None
    assert units.find_commune("Xã Hát Lót", "125", DAY).code == "04135"
    assert units.find_commune("Thị trấn Hát Lót", "125", DAY).code == "04105"


def test_a_name_is_looked_for_in_its_own_district_only():
    assert units.find_commune("Chiềng Hặc", "124", DAY).code == "04078"
    assert units.find_commune("Chiềng Hắc", "123", DAY).code == "04012"
    assert units.find_commune("Mường Và", "119", DAY) is None
    assert units.find_commune("04243", "119", DAY) is None


def test_another_spelling_of_a_commune_counts_in_its_own_district_only():
    assert units.find_commune("Nong Lay", "119", DAY).code == "03754"
    assert units.find_commune("Nong Lay", "118", DAY) is None


AFTER = date(2025, 11, 30)


@pytest.mark.parametrize("unit", units.reporting(AFTER), ids=lambda d: d.slug)
def test_every_commune_that_reports_is_found_by_all_its_spellings(unit):
    for typed in (unit.code, unit.slug, unit.name, unit.short, units.fold(unit.name)):
        assert units.find_district(typed, AFTER) == unit
    for typed in (unit.code, unit.slug, unit.name):
        assert units.find_district(typed) == unit
    (own,) = units.communes(unit.code, AFTER)
    assert (own.code, own.district_code, own.name) == (unit.code, unit.code, unit.name)
    assert units.find_commune(unit.name, unit.code, AFTER) == own


def test_a_district_and_the_commune_of_its_name_are_told_apart():
    assert units.find_district("Thuận Châu", AFTER).code == "03721"
    assert units.find_district("Thuận Châu", DAY).code == "119"
    assert units.find_district("Thuận Châu").code == "119"
    assert units.find_district("Xã Thuận Châu").code == "03721"
    # what is written is a district, and there is none any more
    assert units.find_district("Huyện Thuận Châu", AFTER) is None
    assert units.find_district("119", AFTER) is None
    assert units.find_district("03721", DAY) is None


def test_a_commune_asked_for_in_vain_is_answered_with_the_communes():
    with pytest.raises(AnalystError, match="xa-thuan-chau"):
        units.district("Huyện Thuận Châu", AFTER)


def test_a_report_is_about_the_units_of_the_day_up_to_which_it_counts():
    assert len(units.reporting(units.day(2025, "h1"))) == 12
    assert units.find_district("Mộc Châu", units.day(2025, "h1")).name == "Thị xã Mộc Châu"
    assert len(units.reporting(units.day(2025, "annual"))) == 75
    assert len(units.reporting(units.day(2010, "annual"))) == 12


def test_an_old_spelling_of_a_code_is_no_name_of_the_commune_that_has_it_now():
    assert units.find_commune("Nong Lay", "03754", AFTER) is None  # 03754 is Chiềng La now
    assert units.commune_name("03754", "03754") == "Xã Chiềng La"
    assert units.commune_name("03754", "119") == "Xã Noong Lay"
