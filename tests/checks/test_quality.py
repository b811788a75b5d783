"""Each quality figure names the districts behind it, and says what it could not compute."""

import numpy as np
import pandas as pd
import pytest
from twelve import CODES, NOTHING, history

from ntm_eval import reference, units
from ntm_eval.checks import peers, quality
from ntm_eval.intake import problems, received
from ntm_eval.reporting import sections

DUE = pd.Timestamp(2022, 12, 5)
NAMES = {d.code: d.short for d in units.districts()}


def register(**changed):
    """Twelve reports on time with 100 cells each, all filled, but for what is changed."""
    frame = received.register([], 2022, "annual").set_index("district_code")
    frame = frame.assign(status="on_time", due=DUE, cells_expected=100.0, cells_filled=100.0)
    for code, row in changed.items():
        for column, value in row.items():
            frame.loc[code.removeprefix("d"), column] = value
    return frame.reset_index()


MISSING = {"status": "missing", "cells_expected": float("nan"), "cells_filled": float("nan")}


def figures(reg=None, facts=None, period="annual"):
    facts = history(period=period) if facts is None else facts
    found = problems.frame(peers.find_problems(facts, NOTHING, 2022, period))
    made = quality.figures(register() if reg is None else reg, facts, found, 2022, period)
    assert list(made.columns) == quality.COLUMNS
    return made.set_index("figure")


def test_sound_reports_meet_every_figure_and_name_nobody():
    made = figures()
    assert made["met"].eq("yes").all()
    assert made["value"].eq(1).all()
    assert made["districts"].isna().all()
    assert made["n"].tolist()[:2] == [12, 12]


def test_missing_reports_are_named():
    reg = register(d116=MISSING, d118=MISSING)
    made = figures(reg, history(codes=CODES[2:]))
    row = made.loc["reports"]
    assert (row["met"], row["districts"]) == ("no", f"{NAMES['116']}, {NAMES['118']}")
    assert row["value"] == pytest.approx(10 / 12)
    for figure in ("cells", "consistency", "outliers"):
        assert NAMES["116"] in made.loc[figure, "reason"]


def test_one_missing_report_is_named_though_the_figure_is_met():
    row = figures(register(d128=MISSING)).loc["reports"]
    assert (row["met"], row["districts"]) == ("yes", NAMES["128"])


def test_late_reports_are_named_and_an_undated_one_is_neither():
    late = {f"d{code}": {"status": "late"} for code in CODES[:3]}
    row = figures(register(**late, d128={"status": "undated"})).loc["timeliness"]
    assert row["districts"] == ", ".join(NAMES[c] for c in CODES[:3])
    assert row["value"] == pytest.approx(8 / 11)
    assert (row["met"], row["n"]) == ("no", 11)
    assert row["reason"] == f"Không tính được: {NAMES['128']} (không rõ ngày gửi)."


def test_districts_with_many_blanks_are_named():
    row = figures(register(d119={"cells_filled": 89.0}, d120={"cells_filled": 90.0})).loc["cells"]
    assert (row["districts"], row["met"], row["n"]) == (NAMES["119"], "yes", 1200)
    assert row["value"] == pytest.approx(1179 / 1200)


def test_a_district_whose_figures_jumped_is_named_as_not_consistent():
    jumped = {(2022, "122", i): lambda v: v * 1.5 for i in history()["indicator"].unique()[:30]}
    row = figures(facts=history(plant=jumped)).loc["consistency"]
    assert (row["districts"], row["met"]) == (NAMES["122"], "yes")
    assert row["value"] < 1


def test_a_change_within_a_third_is_consistent():
    grew = {(2022, "122", i): lambda v: v * 1.15 for i in history()["indicator"].unique()}
    assert figures(facts=history(plant=grew)).loc["consistency", "value"] == 1


def test_consistency_does_not_look_across_a_new_standard():
    row = figures().loc["consistency"]
    assert "C1-19" in row["reason"]
    fell = {(2022, "122", "C1-19"): lambda v: v / 3}
    assert figures(facts=history(plant=fell)).loc["consistency", "value"] == 1


def test_one_year_before_is_too_few_and_not_consistent():
    row = figures(facts=history(years=[2021, 2022])).loc["consistency"]
    assert (row["met"], row["n"]) == ("not_computable", 0)
    assert "chưa đủ 2 năm trước" in row["reason"]
    assert all(name in row["reason"] for name in NAMES.values())


@pytest.mark.parametrize("factor", [50, 1e6])
def test_extreme_outliers_are_named(factor):
    facts = history(
        plant={
            (2022, "121", "C1-01"): lambda v: v * factor,
            (2022, "126", "C1-11"): lambda v: v / factor,
        }
    )
    row = figures(facts=facts).loc["outliers"]
    assert row["districts"] == f"{NAMES['121']}, {NAMES['126']}"
    assert (row["value"], row["met"], row["n"]) == (pytest.approx(10 / 12), "no", 12)


def test_too_few_districts_are_never_called_free_of_outliers():
    row = figures(facts=history(codes=CODES[:7])).loc["outliers"]
    assert (row["met"], row["n"]) == ("not_computable", 0)
    assert pd.isna(row["value"])
    assert "không đủ số liệu" in row["reason"]


def test_an_indicator_of_one_district_is_said_to_be_not_compared():
    cows = {(None, c, i): float("nan") for c in CODES[1:] for i in ("C1-27", "C1-28")}
    assert (
        "C1-27, C1-28 (không đủ số liệu"
        in figures(facts=history(plant=cows)).loc["outliers", "reason"]
    )


def test_a_period_without_any_report_has_figures_too():
    nothing = history(years=[])
    made = figures(register(**{f"d{code}": MISSING for code in CODES}), nothing)
    assert made["met"].tolist() == ["no", "no", *["not_computable"] * 3]
    assert made.loc["reports", "districts"] == ", ".join(NAMES.values())


def test_the_thresholds_are_those_of_the_year():
    made = figures()
    assert made["threshold"].to_dict() == {
        "reports": 0.9,
        "timeliness": 0.75,
        "cells": 0.9,
        "consistency": 0.75,
        "outliers": 0.9,
    }
    assert peers.standard("consistency", 2022)["tolerance"] == 0.33


def test_communes_that_report_are_called_so():
    there = [d.code for d in units.reporting(units.REFORM_DAY)]
    own = dict(zip(CODES, there, strict=False))
    facts = history(codes=CODES[:11], plant={(2022, CODES[0], "C1-07"): float("nan")})
    reg, facts = (f.assign(district_code=f["district_code"].map(own)) for f in (register(), facts))
    reasons = figures(reg, facts)["reason"]
    assert "ít nhất 8 xã, phường" in reasons["outliers"]
    assert "huyện" not in reasons["outliers"]


def years(facts, **registers):
    """The figures by year and name; a register by its year, `y2021`."""
    found = {int(name[1:]): reg for name, reg in registers.items()}
    made = quality.over_years(found, facts, "annual")
    assert list(made.columns) == quality.YEARS
    return made.set_index(["year", "figure"])


def test_the_figures_of_each_year_stand_side_by_side():
    facts = history()
    facts = facts[~((facts["year"] == 2021) & facts["district_code"].isin(["116", "118"]))]
    gone = register(d116=MISSING, d118=MISSING)
    late = register(d119={"status": "late"}, d120={"status": "late"}, d121={"status": "late"})
    made = years(facts, y2021=gone, y2022=late)
    assert made.at[(2021, "reports"), "value"] == pytest.approx(10 / 12)
    assert made.at[(2022, "reports"), "value"] == 1
    assert made.at[(2022, "timeliness"), "value"] == pytest.approx(9 / 12)
    assert made.at[(2022, "timeliness"), "met"] == "yes"
    assert made.at[(2021, "cells"), "n"] == (facts["year"] == 2021).sum()
    first = years(facts, y2018=register()).loc[(2018, "consistency")]
    assert (first["met"], first["n"]) == ("not_computable", 0)


def counted(rounded="none", share=1.0, seed=1, size=40):
    """Counts of 100 to 999 of every district, some of one's rounded to tens."""
    random = np.random.default_rng(seed)
    codes = reference.catalogue().query("kind == 'count'").index[:size]
    rows = [(d, c, float(random.integers(100, 1000))) for d in CODES for c in codes]
    facts = pd.DataFrame(rows, columns=["district_code", "indicator", "value"])
    at_hand = (facts["district_code"] == rounded) & (random.random(len(facts)) < share)
    facts["value"] = facts["value"].where(~at_hand, (facts["value"] / 10).round() * 10)
    return facts.assign(measure="actual", commune_code=None)


def test_a_district_that_rounds_is_told_from_the_others():
    found = quality.heaping(counted("119", 0.5)).set_index("district_code")
    assert found.index[found["apart"]].to_list() == ["119"]
    row = found.loc["119"]
    assert (row["n"], row["share"]) == (40, pytest.approx(0.55, abs=0.12))
    assert row["low"] < row["share"] < row["high"]
    assert row["others"] == pytest.approx(0.1, abs=0.04)
    said = sections.quality.heaping(found.reset_index())
    assert "Thuận Châu" in said
    assert len(said.splitlines()) == 1


def test_without_rounding_a_year_names_somebody_at_most_once_in_twenty():
    named = [quality.heaping(counted(seed=seed))["apart"].any() for seed in range(60)]
    assert np.mean(named) <= 0.07
    assert "Không đơn vị nào" in sections.quality.heaping(quality.heaping(counted()))


def test_small_counts_and_money_say_nothing_of_rounding():
    small = counted("119").assign(value=90.0)
    assert quality.heaping(small).empty
    assert "Không đủ số liệu" in sections.quality.heaping(quality.heaping(small))


def test_a_total_is_told_with_and_without_doubtful_figures():
    facts = counted(size=2)
    first, second = facts["indicator"].unique()
    at = (facts["indicator"] == first) & (facts["district_code"] == "120")
    facts.loc[at, "value"] = 1e6
    facts["held"] = ""
    facts.loc[(facts["indicator"] == second) & (facts["district_code"] == "121"), "held"] = "unit"
    marked = pd.DataFrame(
        [("outlier", "120", first, None, None), ("outlier", "122", first, None, "đã giải trình")],
        columns=["rule", "district_code", "indicator", "commune_code", "explained"],
    )
    found = quality.totals(facts, marked).set_index("indicator")
    sums = facts.groupby("indicator")["value"].sum()
    assert found.at[first, "total"] == sums[first]
    assert found.at[first, "without_unlike"] == sums[first] - 1e6
    assert found.at[first, "without_held"] == sums[first]
    kept = facts.query("indicator == @second and held == ''")["value"].sum()
    assert found.at[second, "without_held"] == kept
    assert found[["held", "unlike"]].to_numpy().tolist() == [[0, 1], [1, 0]]
    assert quality.totals(facts.assign(held=""), marked.head(0)).empty
