"""Districts beside each other: who is outside, and who is alike."""

import numpy as np
import pandas as pd
import pytest

from ntm_eval.analysis import funnel

CODES = [str(code) for code in range(118, 130)]


def rows(indicator, values, size=None):
    whole = np.full(len(values), np.nan) if size is None else np.asarray(size, float)
    return pd.DataFrame(
        {
            "district_code": CODES[: len(values)],
            "indicator": indicator,
            "year": 2022,
            "value": np.asarray(values, float),
            "denominator": whole,
            "rate": values / whole,
        }
    )


HOUSEHOLDS = np.linspace(8_000, 40_000, 12).round()


def province(indicator, rates, households=HOUSEHOLDS):
    counts = (np.asarray(rates) * households[: len(rates)]).round()
    whole = households if indicator == "C1-19" else None
    yearly = [rows("C1-18", households), rows(indicator, counts, whole)]
    found = funnel.table(pd.concat(yearly), 2022)
    return found[found["indicator"] == indicator].set_index("district_code")


def test_a_district_unlike_the_others_is_outside_and_the_others_inside():
    rates = np.random.default_rng(1).normal(0.2, 0.01, 12)
    rates[4] = 0.45
    found = province("C1-19", rates)
    assert found.loc[CODES[4], ["place", "good"]].to_list() == ["above_alarm", "worse"]
    assert found["place"].drop(CODES[4]).eq("inside").all()


def test_the_limits_are_binomial_by_hand_where_districts_do_not_differ():
    found = province("C1-19", np.full(12, 0.2))
    centre = found["centre"].iloc[0]
    error = np.sqrt(centre * (1 - centre) / HOUSEHOLDS)
    assert found["high"].to_numpy() == pytest.approx(centre + 1.959963984540054 * error)
    assert found["between"].eq(0).all()


def test_a_count_is_compared_per_household_and_never_raw():
    found = province("C4-08", np.full(12, 0.004))
    assert found["base"].eq("C1-18").all()
    assert found["place"].eq("inside").all()  # five times as many in the largest, and no farther
    assert found["rate"].to_numpy() == pytest.approx(np.full(12, 0.004), rel=0.02)


def test_fewer_than_six_districts_say_so():
    assert province("C4-08", np.full(5, 0.004), HOUSEHOLDS[:5])["place"].eq("too_few").all()


def test_where_neither_more_nor_fewer_is_better_nothing_is_good_or_bad():
    rates = np.full(12, 0.004)
    rates[0] = 0.05
    assert province("C5-13", rates)["good"].eq("unclear").all()


def test_a_missing_figure_leaves_its_district_out():
    rates = np.full(12, 0.004)
    yearly = pd.concat([rows("C1-18", HOUSEHOLDS), rows("C4-08", rates * HOUSEHOLDS)])
    hidden = (yearly["indicator"] == "C4-08") & (yearly["district_code"] == CODES[3])
    found = funnel.table(yearly.assign(value=yearly["value"].mask(hidden)), 2022)
    assert CODES[3] not in set(found["district_code"])


def test_alike_are_those_of_like_size_and_poverty():
    poor = np.linspace(0.1, 0.4, 12)
    yearly = pd.concat([rows("C1-18", HOUSEHOLDS), rows("C1-19", poor * HOUSEHOLDS, HOUSEHOLDS)])
    found = funnel.alike(yearly, CODES[5], 2022, most=2)
    assert found["district_code"].to_list()[0] == CODES[5]
    assert set(found["district_code"]) == {CODES[4], CODES[5], CODES[6]}
    assert len(funnel.alike(yearly, "116", 2022)) == 0
    for empty in (yearly[yearly["year"] != 2022], yearly[yearly["indicator"] != "C1-19"]):
        assert list(funnel.alike(empty, CODES[5], 2022)) == list(found)
        assert funnel.alike(empty, CODES[5], 2022).empty
