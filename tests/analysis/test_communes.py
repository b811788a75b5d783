"""Communes × criteria."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ntm_eval.analysis import communes
from ntm_eval.intake import sheets


def commune(code, met, *, district="127", kind="xã", title=None, blank=0, sent=True):
    """A commune that has met its first criteria, then misses the others, then leaves blanks."""
    marks = ["Đ"] * met + ["C"] * (19 - met - blank) + [None] * blank
    if not sent:
        marks = [None] * 19
    return {
        "district_code": district,
        "commune_code": code,
        "commune": f"Xã {code}",
        "kind": kind,
        "registered": None,
        "title": title,
        **dict(zip(sheets.CRITERIA, marks, strict=True)),
        **dict.fromkeys(sheets.COMMUNE_COUNTS, 100.0 if sent else np.nan),
    }


def rows(*found):
    frame = pd.DataFrame(found)
    text = ["district_code", "commune_code", "commune", "kind", "registered", "title"]
    return frame.astype(dict.fromkeys([*text, *sheets.CRITERIA], "str"))


def test_criteria_are_counted_and_the_missing_ones_named():
    found = communes.table(rows(commune("04219", 16))).iloc[0]
    assert (found["criteria_met"], found["criteria_known"]) == (16, 19)
    assert found["missing_criteria"] == "TC17;TC18;TC19"


def test_a_blank_criterion_is_neither_met_nor_missing():
    found = communes.table(rows(commune("04219", 16, blank=2))).iloc[0]
    assert (found["criteria_met"], found["criteria_known"]) == (16, 17)
    assert found["missing_criteria"] == "TC17"


def test_a_commune_with_all_criteria_misses_none():
    assert communes.table(rows(commune("04219", 19))).iloc[0]["missing_criteria"] == ""


@pytest.mark.parametrize("about", [{"kind": "thị trấn"}, {"sent": False}])
def test_a_town_or_an_unreported_commune_has_no_criteria_and_not_zero(about):
    found = communes.table(rows(commune("04219", 5, **about))).iloc[0]
    assert found[["criteria_met", "criteria_known", "missing_criteria"]].isna().all()


def test_the_columns_are_the_contracts_followed_by_the_marks():
    found = communes.table(rows(commune("04219", 5)))
    assert list(found.columns) == [
        "district_code",
        "commune_code",
        "commune",
        "kind",
        "registered",
        "title",
        "criteria_met",
        "criteria_known",
        "missing_criteria",
        "households",
        "poor",
        "near_poor",
        "cultural_households",
        "temporary_houses",
        *[f"TC{n}" for n in range(1, 20)],
    ]


def test_titles_are_counted_cumulatively_by_district():
    found = communes.province(
        communes.table(
            rows(
                commune("04210", 19, title="NTM"),
                commune("04211", 19, title="NTM nâng cao"),
                commune("04212", 19, title="NTM kiểu mẫu"),
                commune("04213", 11),
                commune("04214", 19, kind="thị trấn", title="Đô thị văn minh"),
            )
        )
    ).iloc[0]
    assert found[["rural", "towns", "known", "complete"]].to_list() == [4, 1, 4, 3]
    assert found[["ntm", "advanced", "model", "urban"]].to_list() == [3, 2, 1, 1]
    assert found["criteria_mean"] == (19 * 3 + 11) / 4


def test_a_district_without_a_report_has_no_titles_and_not_zero_titles():
    found = communes.province(
        communes.table(
            rows(
                commune("04210", 12),
                commune("03682", 0, district="118", sent=False),
            )
        )
    ).set_index("district_code")
    assert found.loc["127", "ntm"] == 0
    assert found.loc["118", ["known", "ntm", "urban", "complete", "criteria_mean"]].isna().all()
    assert found.loc["118", "rural"] == 1


def test_the_rows_stay_as_they_were():
    frame = rows(commune("04210", 12))
    before = frame.copy(deep=True)
    table = communes.table(frame)
    communes.province(table)
    assert_frame_equal(frame, before)
