"""Scores worked out again: plain Python over facts.csv, and the appeal sheet in LibreOffice."""

from __future__ import annotations

import shutil

import numpy as np
import openpyxl
import pandas as pd
import pytest
from scored import DAY, plain_points

from ntm_eval import reference, units
from ntm_eval.analysis import scores


def previous(facts: pd.DataFrame, year: int) -> pd.Series:
    rows = facts[(facts["year"] == year - 1) & (facts["period"] == "annual")]
    rows = rows[(rows["measure"] == "actual") & rows["commune_code"].isna() & rows["held"].isna()]
    catalogue = reference.catalogue()  # a new standard has no year before
    rows = rows[~rows["indicator"].isin(catalogue.index[catalogue["break_before"] == year])]
    return rows.set_index(["district_code", "indicator"])["value"].dropna()


@pytest.fixture(scope="module")
def history(annual) -> pd.DataFrame:
    """The facts of all years and periods, as the review kept them."""
    folder = annual.folder / "cache" / "districts"
    return pd.concat(
        [pd.read_parquet(folder / d.slug / "history.parquet") for d in units.districts()],
        ignore_index=True,
    )


def plans_that_count(facts, history, year):
    """Plans not given, or made easier since June, and what stands for them (decision 17)."""
    earlier = {
        (f.district_code, f.indicator, f.year, f.period, f.measure): f.value
        for f in history.itertuples()
        if not np.isnan(f.value) and not isinstance(f.held, str)
    }
    catalogue = reference.catalogue()
    found = {}
    for plan in facts[facts["measure"] == "plan"].itertuples():
        key = (plan.district_code, plan.indicator)
        known = catalogue.loc[plan.indicator]
        june = earlier.get((*key, year, "h1", "plan"))
        planned_before = earlier.get((*key, year - 1, "annual", "plan"))
        result = earlier.get((*key, year - 1, "annual", "actual"))
        unbroken = known["break_before"] != year
        if known["has_plan"] != "yes":
            continue
        if plan.state in ("blank", "not_applicable"):
            if june is not None:
                found[key] = june
            elif None not in (planned_before, result) and unbroken:
                found[key] = result
        elif plan.state == "reported" and june is not None and plan.value != june:
            easier = (plan.value > june) == (known["formula"] == "down")
            found |= {key: june} if easier else {}
    return found


def test_the_published_scores_are_those_of_plain_python(annual, history):
    facts, register = annual.table("facts").assign(likely=np.nan), annual.table("register")
    given = scores.Inputs(facts, previous(history, 2022), register, "annual", DAY)
    table = annual.table("scores").groupby("district_code")["points"].sum()
    ranking = annual.table("ranking").set_index("district_code")["points"]
    counted = plans_that_count(facts, history, 2022)
    assert {code for code, _ in counted} == {"119", "122", "123"}
    for code in register["district_code"]:
        expected = plain_points(given, code, counted=counted)
        assert table[code] == pytest.approx(expected, abs=1e-9)
        assert ranking[code] == pytest.approx(expected, abs=1e-9)
    assert (
        annual.table("scores").groupby("district_code")["max_points"].sum().round(9).eq(100).all()
    )


def test_every_year_and_period_of_the_sample_agrees(history):
    seen = 0
    for (year, period), facts in history.groupby(["year", "period"]):
        owed = facts[facts["measure"] == "actual"].groupby("district_code")["state"]
        register = pd.DataFrame({"cells_expected": owed.size().astype(float)})
        register["cells_filled"] = owed.apply(lambda s: float((s != "blank").sum()))
        register = register.assign(status="on_time", days_late=1.0, errors=1.0).reset_index()
        facts = facts.reset_index(drop=True)
        given = scores.Inputs(facts, previous(history, year), register, period, DAY)
        points = scores.table(given).groupby("district_code")["points"].sum()
        for code in register["district_code"]:
            assert points[code] == pytest.approx(plain_points(given, code), abs=1e-9)
            seen += 1
    assert seen == history.groupby(["year", "period"])["district_code"].nunique().sum() > 100


def test_the_appeal_sheets_recompute_to_the_same_totals(annual, libreoffice, tmp_path):
    """All twelve, each with its kept values taken away, so that LibreOffice has to work."""
    for d in units.districts():
        shutil.copy(
            annual.folder / "districts" / d.slug / "appeal.xlsx", tmp_path / f"{d.code}.xlsx"
        )
        cached = openpyxl.load_workbook(tmp_path / f"{d.code}.xlsx", data_only=True)
        book = openpyxl.load_workbook(tmp_path / f"{d.code}.xlsx")
        book.save(tmp_path / f"{d.code}.xlsx")  # openpyxl keeps formulas and drops their values
        assert cached["Tổng điểm"]["B11"].value > 0
    into = tmp_path / "again"
    libreoffice("xlsx", into, *tmp_path.glob("*.xlsx"))
    ranking = annual.table("ranking").set_index("district_code")
    published = annual.table("scores").set_index(["district_code", "indicator"])
    for code, row in ranking.iterrows():
        book = openpyxl.load_workbook(into / f"{code}.xlsx", data_only=True)
        total = book["Tổng điểm"]
        assert total["B11"].value == pytest.approx(row["points"], abs=1e-9)
        assert total["B12"].value == row["grade"]
        assert total["C11"].value == 100
        for cells in book["Chỉ tiêu"].iter_rows(min_row=4, values_only=True):
            if cells[1]:
                wanted = published.loc[(code, cells[1])]
                assert cells[11] == pytest.approx(wanted["points"], abs=1e-9)
                assert cells[10] == pytest.approx(wanted["max_points"], abs=1e-9)
                assert np.isnan(wanted["ratio"]) == (cells[9] == "không tính")
