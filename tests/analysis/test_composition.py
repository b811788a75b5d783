"""What a score is made of: planted weights, agreement and caps are found again."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ntm_eval.analysis import composition
from ntm_eval.reporting import sections

DAY = date(2022, 12, 31)
NAN = np.nan
WEIGHTS = pd.Series({"C1": 60.0, "C2": 30.0, "reporting": 10.0})


def made(reporting, **ratios):
    """`assessed` and `scores` of districts from the ratios of indicators, named C1_01 and so on."""
    wide = pd.DataFrame(ratios, dtype=float)
    wide.columns = [name.replace("_", "-") for name in wide]
    wide.index = [f"{n:03}" for n in range(len(wide))]
    rows = wide.rename_axis("district_code").reset_index()
    rows = rows.melt("district_code", var_name="indicator", value_name="ratio")
    part = rows["indicator"].str[:2]
    assessed_in = rows.groupby(["district_code", part])["ratio"].transform("count")
    assessed = rows.assign(
        part=part,
        points=(rows["ratio"] * part.map(WEIGHTS) / assessed_in).fillna(0.0),
        formula="up",
        value=rows["ratio"] * 50,
        target=50.0,
    )
    kept = pd.DataFrame(
        {
            "district_code": wide.index,
            "part": "reporting",
            "points": WEIGHTS["reporting"] * np.asarray(reporting, float),
        }
    )
    scores = pd.concat([assessed[list(kept)], kept], ignore_index=True)
    return assessed, scores


def parts(assessed, scores):
    return composition.parts(assessed, scores, WEIGHTS).set_index("part")


def drawn(n=4000, columns=4, common=0.0, seed=1):
    """Columns with this correlation between any two, about 0.6."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=(n, 1)) * np.sqrt(common)
    own = random.normal(size=(n, columns)) * np.sqrt(1 - common)
    return 0.6 + 0.05 * (shared + own)


def test_the_part_that_differs_decides_whatever_its_weight():
    random = np.random.default_rng(3)
    small = 0.8 + 0.01 * random.normal(size=2000)
    wide = 0.5 + 0.1 * random.normal(size=2000)
    found = parts(*made(np.ones(2000), C1_01=small, C2_01=wide))
    # 60 × 0.01 against 30 × 0.1: variances 0.36 and 9
    assert found.at["C1", "variance_share"] == pytest.approx(0.36 / 9.36, abs=0.01)
    assert found.at["C2", "main_effect"] == pytest.approx(9 / 9.36, abs=0.01)
    assert found.at["reporting", "variance_share"] == 0
    assert np.isnan(found.at["reporting", "main_effect"])
    assert found["variance_share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("common", [0.0, 0.5])
def test_alpha_and_the_first_component_are_those_that_were_planted(common):
    columns = dict(zip(("C1_01", "C1_02", "C1_03", "C1_04"), drawn(common=common).T, strict=True))
    found = parts(*made(np.ones(4000), **columns, C2_01=np.full(4000, 0.5))).loc["C1"]
    assert found["alpha"] == pytest.approx(4 * common / (1 + 3 * common), abs=0.05)
    assert found["first_component"] == pytest.approx((1 + 3 * common) / 4, abs=0.02)
    assert found["by_chance"] == pytest.approx(0.25, abs=0.02)


def test_twelve_districts_without_structure_look_like_chance():
    columns = dict(zip(("C1_01", "C1_02", "C1_03", "C1_04"), drawn(12).T, strict=True))
    found = parts(*made(np.ones(12), **columns, C2_01=drawn(12, 1, seed=2)[:, 0])).loc["C1"]
    assert abs(found["first_component"] - found["by_chance"]) < 0.12
    assert found["by_chance"] > 0.3  # far above a quarter, of which the page warns


def test_an_indicator_is_correlated_with_the_others_and_not_with_itself():
    random = np.random.default_rng(5)
    one, other = 0.5 + 0.1 * random.normal(size=(2, 3000))
    assessed, scores = made(np.ones(3000), C1_01=one, C1_02=other, C2_01=np.ones(3000))
    found = composition.indicators(assessed, scores).set_index("indicator")
    assert abs(found.at["C1-01", "with_part"]) < 0.05
    assert abs(found.at["C1-01", "with_total"]) < 0.05
    assert found.at["C2-01", "capped"] == 1
    assert np.isnan(found.at["C2-01", "with_total"])


def test_the_share_at_the_cap_is_of_those_that_could_be_assessed():
    assessed, scores = made([1, 1, 1, 1], C1_01=[1, 1, 0.5, NAN], C2_01=[0, 0, 0, 1])
    found = composition.indicators(assessed, scores).set_index("indicator")
    assert found.at["C1-01", "capped"] == pytest.approx(2 / 3)
    assert found.at["C1-01", "districts"] == 3


def ranks(assessed, scores):
    found = composition.other_methods(assessed, scores, WEIGHTS)
    return found.pivot(index="method", columns="district_code", values="rank")


def test_a_product_does_not_let_a_strong_part_make_good_a_weak_one():
    # even: 0.70 everywhere; uneven: 1.0 and 0.2, with slightly more in the sum
    found = ranks(*made([0.7, 0.7, 0.1], C1_01=[0.7, 1.0, 0.1], C2_01=[0.7, 0.2, 0.1]))
    assert found.loc["published"].to_list() == [2, 1, 3]
    assert found.loc["geometric"].to_list() == [1, 2, 3]


def test_normalised_an_indicator_of_small_differences_counts_as_much_as_another():
    # the first wins C1-01 by far, the second C1-02 and C2-01 by a hair
    assessed, scores = made([1, 1], C1_01=[1.0, 0.5], C1_02=[0.9, 0.91], C2_01=[0.9, 0.91])
    found = ranks(assessed, scores)
    assert found.loc["published"].to_list() == [1, 2]
    assert found.loc["minmax"].to_list() == [2, 1]
    assert found.loc["z"].to_list() == [2, 1]


def test_who_has_no_figure_of_a_part_stands_with_its_worst():
    found = ranks(*made([1, 1, 1], C1_01=[0.5, 0.5, 0.5], C2_01=[0.9, NAN, 0.3]))
    assert found.loc["minmax", "001"] == found.loc["minmax", "002"] == 2


def row(formula, value, target, ratio):
    return {
        "district_code": "119",
        "indicator": "C1-01",
        "formula": formula,
        "value": value,
        "target": target,
        "ratio": ratio,
    }


def test_attainment_counts_plans_met_and_does_not_stop_at_the_plan():
    rows = [
        row("up", 300, 100, 1.0),
        row("up", 50, 100, 0.5),
        row("up", NAN, 100, 0.0),  # planned and blank: not met, and of no size
        row("up", 5, NAN, NAN),  # no plan
        row("down", 80, 100, 1.0),
        row("down", 120, 100, 0.3),
        row("settled", 9, 10, 0.9),
        {**row("up", NAN, NAN, NAN), "district_code": "120"},
    ]
    found = composition.attainment(pd.DataFrame(rows)).set_index("district_code")
    assert found.loc["119"].to_list() == [5, 2, 1.75]
    assert found.loc["120"].isna().all()
    both = found.reset_index()
    assert sections.composition.plans_met(both) == {"119": "2/5"}


def said_of(reporting, **ratios):
    assessed, scores = made(reporting, **ratios)
    indicators = composition.indicators(assessed, scores)
    parts = composition.parts(assessed, scores, WEIGHTS)
    scorings = composition.other_methods(assessed, scores, WEIGHTS)
    found = sections.composition.findings(indicators, parts, scorings)
    return found, sections.composition.punctual(indicators, parts, DAY)


def test_a_ranking_of_punctuality_is_warned_of():
    late = [1.0, 0.5, 0.0, 0.8, 0.3]
    found, warned = said_of(late, C1_01=[1, 1, 1, 1, 1], C2_01=[1, 1, 1, 0.95, 1])
    assert found.splitlines()[0] == "90% số lượt chấm chỉ tiêu được điểm tối đa."
    assert "do phần Chế độ báo cáo" in found.splitlines()[1]
    assert "trọng số là 10%" in found.splitlines()[1]
    assert warned.startswith("90% số lượt chấm chỉ tiêu đã đạt điểm tối đa, nên thứ hạng")
    _, told_apart = said_of([1, 1, 1, 1, 0.9], C1_01=[0.2, 0.5, 1, 1, 1], C2_01=[1, 1, 1, 1, 1])
    assert told_apart == ""


def test_the_parts_of_a_review_make_its_variance_and_plans_are_those_of_the_facts(sample_review):
    found = sample_review.score_parts.set_index("part")
    assert found["variance_share"].drop("total").sum() == pytest.approx(1)
    assert found.at["total", "mean"] == pytest.approx(sample_review.ranking["points"].mean() / 100)
    scores = sample_review.scores[sample_review.scores["plan"].notna()]
    scores = scores[(scores["part"] != "reporting") & (scores["max_points"] > 0)]
    down = sample_review.assessed.query("formula == 'down'")["indicator"].unique()
    more = scores["value"] >= scores["plan"]
    met = more.where(~scores["indicator"].isin(down), scores["value"] <= scores["plan"])
    attained = sample_review.attainment.set_index("district_code")["met"]
    assert attained.to_dict() == met.groupby(scores["district_code"]).sum().to_dict()
    printed = sections.ranking.table(
        sample_review.ranking,
        sample_review.scores,
        sample_review.attainment,
        sample_review.decided,
    )
    for row in printed.rows:
        code = sample_review.district(row[0]).unit.code
        assert row[7].startswith(f"{attained[code]:.0f}/")
