"""Communes before and after the changes of 2025: nothing lost, nothing joined by code alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntm_eval import crosswalk, reference, units

PLAN, SPRING, NOW = units.PLAN_DAY, date(2025, 5, 31), date(2025, 11, 30)
SPANS = [(PLAN, SPRING), (SPRING, NOW), (PLAN, NOW)]
CODES = [c.code for c in units.province(PLAN)]


def targets(code: str, old: date = PLAN, new: date = NOW) -> set[str]:
    rows = crosswalk.links(old, new)
    return set(rows.loc[rows["from_code"] == code, "to_code"])


@pytest.mark.parametrize(
    ("day", "kinds", "reporters"),
    [
        (date(2025, 1, 31), {"xã": 188, "phường": 7, "thị trấn": 9}, 12),
        (date(2025, 2, 1), {"xã": 177, "phường": 15, "thị trấn": 8}, 12),
        (date(2025, 6, 30), {"xã": 177, "phường": 15, "thị trấn": 8}, 12),
        (date(2025, 7, 1), {"xã": 67, "phường": 8}, 75),
    ],
)
def test_each_regime_has_its_official_counts(day, kinds, reporters):
    counts = pd.Series([c.kind for c in units.province(day)]).value_counts().to_dict()
    assert counts == kinds
    assert len(units.reporting(day)) == reporters


@pytest.mark.parametrize(("old", "new"), SPANS)
def test_every_commune_of_one_day_leads_to_communes_of_the_other_and_none_is_left_over(old, new):
    rows = crosswalk.links(old, new)
    assert set(rows["from_code"]) == {c.code for c in units.province(old)}
    assert set(rows["to_code"]) == {c.code for c in units.province(new)}
    shares = rows.groupby("from_code")["share"].sum()
    assert np.allclose(shares, 1.0, atol=1e-9)


@given(st.lists(st.integers(0, 50_000), min_size=len(CODES), max_size=len(CODES)))
def test_people_are_neither_lost_nor_made_in_the_province_and_in_each_district(people):
    values = pd.Series(people, CODES, dtype=float)
    carried = crosswalk.carried(values, PLAN, NOW)
    assert np.isclose(carried["value"].sum(), values.sum())
    home = crosswalk.former_districts(NOW)
    own = {c.code: c.district_code for c in units.province(PLAN)}
    before = values.groupby(own).sum()
    mixed = set(home.loc[home["mixed"], "code"])
    whole = home[~home["mixed"]].set_index("code")["district_code"]
    after = carried.set_index("code")["value"].groupby(whole).sum()
    untouched = before.index.difference(home.loc[home["mixed"], "district_code"])
    assert np.allclose(after[untouched], before[untouched])
    assert mixed == {"03985"}


def test_a_code_given_anew_is_not_the_place_it_was():
    # old Tô Hiệu had 03649; 03646 was Chiềng Lề and is Tô Hiệu
    assert units.find_commune("03646", "116", PLAN).name == "Phường Chiềng Lề"
    assert units.district("03646", NOW).name == "Phường Tô Hiệu"
    assert targets("03649") == {"03646"}
    assert units.find_commune("03712", "118", PLAN).name == "Xã Nậm Ét"
    assert units.district("03712", NOW).name == "Xã Mường Sại"
    assert {targets(c) == {"03712"} for c in ("03709", "03712")} == {True}
    # within 2025: xã Viêng Lán became thị trấn Yên Châu, xã Quang Huy the town of that name
    for code, before, after in [
        ("04075", "Xã Viêng Lán", "Thị trấn Yên Châu"),
        ("03910", "Xã Quang Huy", "Thị trấn Quang Huy"),
        ("03979", "Thị trấn Mộc Châu", "Phường Mộc Sơn"),
        ("03982", "Thị trấn NT Mộc Châu", "Phường Thảo Nguyên"),
    ]:
        names = [next(c.name for c in units.province(d) if c.code == code) for d in (PLAN, SPRING)]
        assert names == [before, after]


def test_reused_codes_are_seventeen_as_counted_from_the_official_lists():
    names = {c.code: units.fold(c.name).split(" ", 1)[1] for c in units.province(SPRING)}
    new = {c.code: units.fold(c.name).split(" ", 1)[1] for c in units.province(NOW)}
    assert set(new) <= set(names) | {"03980", "03983", "03984"}
    other = [code for code in new if new[code] != names.get(code)]
    assert "03712" in other
    assert "03646" in other
    assert "04246" not in other  # Mường Lạn is where it was


def test_four_communes_of_2022_were_split_and_say_that_their_shares_are_assumed():
    rows = crosswalk.links(PLAN, NOW)
    split = rows[rows.duplicated("from_code", keep=False)]
    assert set(split["from_code"]) == {"03766", "03910", "03979", "03982"}
    assert not split["verified"].any()
    assert rows.loc[~rows.index.isin(split.index), "verified"].all()
    assert targets("03910") == {"03910", "03901"}
    carried = crosswalk.carried(pd.Series(100.0, CODES), PLAN, NOW).set_index("code")
    assert not carried.loc["03910", "certain"]
    assert carried.loc["04246", "certain"]


def test_a_figure_of_which_a_part_is_not_known_is_not_known():
    values = pd.Series(100.0, CODES)
    values["03649"] = np.nan  # a part of today's Tô Hiệu
    carried = crosswalk.carried(values, PLAN, NOW).set_index("code")["value"]
    assert np.isnan(carried["03646"])
    assert carried.notna().sum() == 74
    with pytest.raises(KeyError, match="99999"):
        crosswalk.carried(pd.Series({"99999": 1.0}), PLAN, NOW)


def test_one_commune_lies_in_two_former_districts():
    home = crosswalk.former_districts(NOW)
    assert home.loc[home["mixed"], ["code", "district_code"]].to_numpy().tolist() == [
        ["03985", "123"],
        ["03985", "128"],
    ]
    counts = home[~home["mixed"]].groupby("district_code").size()
    assert counts.to_dict() == {
        "116": 4,
        "118": 4,
        "119": 10,
        "120": 5,
        "121": 6,
        "122": 8,
        "123": 7,
        "124": 5,
        "125": 8,
        "126": 9,
        "127": 4,
        "128": 4,
    }


def test_the_places_of_the_plan_are_found_again():
    assert targets("03943") == {"03943"}
    assert units.district("03943", NOW).name == "Xã Mường Bang"  # was Mường Do
    assert targets("04243") == {"04231"}  # Mường Và lies in xã Sốp Cộp


def test_within_one_regime_a_commune_is_itself():
    rows = crosswalk.links(PLAN, date(2024, 12, 31))
    assert (rows["from_code"] == rows["to_code"]).all()
    assert len(rows) == 204


def test_each_step_of_the_table_says_how_sure_it_is():
    rows = reference.table("crosswalk")
    assert (rows.loc[rows["relation"] == "whole", "share"] == 1).all()
    parts = rows[rows["relation"] == "part"]
    assert (parts["verified"] == "no").all()
    assert parts["note"].str.contains("mặc định của phần mềm, chưa phải văn bản").all()
