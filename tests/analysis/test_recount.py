"""What to recount next: what matters, what is doubtful, and a share that nobody can foresee."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scored import inputs
from twelve import CODES, NOTHING, history

from ntm_eval import reference
from ntm_eval.analysis import recount, scores
from ntm_eval.checks import quality, source
from ntm_eval.intake.inspected import Inspection
from ntm_eval.intake.problems import Place, frame, problem
from ntm_eval.language import message

DAY = date(2022, 11, 30)
CELLS = len(CODES) * len(reference.table("indicators"))


def sources(facts=None, problems=NOTHING, seen=(), heaping=None, assessed=None):
    facts = history(years=[2022]) if facts is None else facts
    return recount.Sources(
        facts,
        scores.scored(inputs({("127", "C3-01"): (10, 10)})) if assessed is None else assessed,
        problems,
        quality.heaping(facts).assign(apart=False) if heaping is None else heaping,
        source.table(list(seen), DAY),
    )


def proposed(of=None, number=24, seed=2022):
    return recount.propose(of or sources(), number, seed, DAY)


def why(found, name):
    rows = found[found["why"] == name]
    return set(zip(rows["district_code"], rows["indicator"], strict=True))


def test_the_same_seed_draws_the_same_and_another_others():
    one = proposed()
    pd.testing.assert_frame_equal(one, proposed())
    assert len(one) == 24
    assert not one.duplicated(["district_code", "indicator"]).any()
    assert why(one, "random") != why(proposed(seed=7), "random")
    assert len(why(one, "random")) == 6


def test_the_draw_does_not_depend_on_what_else_is_known_or_on_the_order_of_rows():
    facts = history(years=[2022])
    doubted = frame([asked("127", "C5-01"), asked("128", "C5-01")])
    mixed = facts.sample(frac=1, random_state=1)
    for of in (sources(problems=doubted), sources(facts=mixed)):
        assert why(proposed(of), "random") == why(proposed(), "random")


SEEDS = 20


def test_every_figure_is_drawn_alike():
    times = np.zeros(CELLS)
    cells = pd.MultiIndex.from_product([CODES, sorted(reference.catalogue().index)])
    position = {pair: n for n, pair in enumerate(cells)}
    for seed in range(SEEDS):
        for pair in why(proposed(number=400, seed=seed), "random"):
            times[position[pair]] += 1
    assert times.sum() == SEEDS * 100
    # of so many figures the spread is known to 3 in 100
    assert times.std() == pytest.approx((SEEDS * 100 / CELLS * (1 - 100 / CELLS)) ** 0.5, rel=0.15)


def asked(code, indicator, rule="outlier"):
    return problem(message("negative"), Place(code), rule=rule, indicator=indicator)


def test_open_questions_and_round_figures_are_suspicious_and_settled_ones_are_not():
    found = frame([asked("127", "C5-01"), asked("127", "C5-02"), asked("126", "C2-05")])
    found.loc[1, "explained"] = "đã rà soát"
    facts = history(years=[2022], plant={(2022, "124", "C1-01"): 900.0})
    heaping = quality.heaping(facts)
    heaping = heaping.assign(apart=heaping["district_code"] == "124")
    chosen = proposed(sources(facts, found, heaping=heaping), number=400, seed=1)
    every = chosen.set_index(["district_code", "indicator"])["rules"]
    assert every["127", "C5-01"] == "outlier"
    assert "heaping" in every["124", "C1-01"]
    assert ("127", "C5-02") not in why(chosen, "suspicious")
    assert {("127", "C5-01"), ("126", "C2-05")} <= why(chosen, "suspicious") | why(chosen, "random")


def test_a_figure_far_above_its_plan_moves_no_points_and_one_that_misses_it_does():
    given = inputs({("127", "C3-01"): (100, 10), ("127", "C3-03"): (5, 10)})
    of = sources(assessed=scores.scored(given))
    found = proposed(of, number=CELLS).set_index(["district_code", "indicator"])["points"]
    assert found["127", "C3-01"] == 0
    # C3 is 15 points for two: half of 7.5, and a tenth of that
    assert found["127", "C3-03"] == pytest.approx(0.375)


def test_the_largest_part_of_a_core_total_is_proposed_and_others_have_no_share():
    facts = history(years=[2022], plant={(2022, "127", "C1-05"): lambda v: 50 * v})
    found = proposed(sources(facts), number=8, seed=3)
    assert ("127", "C1-05") in why(found, "weight") | why(found, "random")
    core = reference.catalogue()["core"]
    assert found.loc[found["share"] > 0, "indicator"].map(core).ne("no").all()


def test_what_was_inspected_whole_is_not_proposed_again_and_a_commune_is():
    def seen(indicator, commune):
        return Inspection("127", commune, indicator, 1.0, 1.0, "", None, "inspections.csv", 2)

    of = sources(seen=[seen("C1-01", None), seen("C1-16", "04240")])
    found = proposed(of, number=CELLS)
    pairs = set(zip(found["district_code"], found["indicator"], strict=True))
    assert len(found) == CELLS - 1
    assert ("127", "C1-01") not in pairs
    assert ("127", "C1-16") in pairs


def test_a_figure_that_adds_up_comes_with_communes_to_visit_and_a_share_with_none():
    found = proposed(number=CELLS).set_index(["district_code", "indicator"])["communes"]
    assert len(found["119", "C1-16"].split()) == recount.PLACES
    assert found["119", "C2-04"] == ""


def test_no_report_is_nothing_to_recount():
    assert proposed(
        sources(history(years=[2022]).head(0), heaping=quality.heaping(history(years=[])))
    ).empty
