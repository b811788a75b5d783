"""The province from its districts: nothing missing distorts a sum, a ratio, a rate or a gap."""

import numpy as np
import pandas as pd
import pytest

from ntm_eval import reference, units
from ntm_eval.analysis import places, province

NAN = float("nan")


def facts(*rows):
    frame = pd.DataFrame(rows, columns=["district_code", "indicator", "measure", "value"])
    return frame.assign(held=pd.Series(None, frame.index, dtype="str"), likely=NAN)


def series(*rows):
    columns = ["district_code", "indicator", "year", "value", "denominator", "rate"]
    frame = pd.DataFrame([(*row, NAN)[:5] for row in rows], columns=columns[:-1]).astype(
        {"value": float, "denominator": float}
    )
    return frame.assign(rate=frame["value"] / frame["denominator"])


def total(*rows, history=(), year=2022):
    """The one row of the totals."""
    found = province.totals(facts(*rows), series(*history), year)
    assert len(found) == 1
    return found.iloc[0]


def gap(indicator, *rows, until=2022):
    """The last published figure of one indicator beside the reported one."""
    found = province.against_published(series(*rows), until)
    return found[found["indicator"] == indicator].iloc[-1]


def test_the_provinces_figure_is_the_sum_of_its_districts():
    row = total(
        ("118", "C1-14", "actual", 10.0),
        ("118", "C1-14", "plan", 20.0),
        ("119", "C1-14", "actual", 50.0),
        ("119", "C1-14", "plan", 40.0),
    )
    assert row[["plan", "actual", "planned_actual", "districts"]].tolist() == [60, 60, 60, 2]
    assert row["ratio"] == 1.0


def test_ambition_is_of_those_with_a_plan_and_a_year_before_and_stops_at_a_new_standard():
    rows = [(code, i, "plan", 30.0) for code in ("118", "119") for i in ("C1-14", "C1-22")]
    before = [("118", i, 2021, 20.0, NAN) for i in ("C1-14", "C1-22")]
    found = province.totals(facts(*rows), series(*before), 2022).set_index("indicator")["ambition"]
    assert found["C1-14"] == 1.5
    assert np.isnan(found["C1-22"])


def test_a_district_that_planned_and_did_not_report_does_not_lower_the_ratio():
    row = total(
        ("118", "C1-14", "actual", 10.0),
        ("118", "C1-14", "plan", 10.0),
        ("119", "C1-14", "actual", NAN),
        ("119", "C1-14", "plan", 90.0),
    )
    assert row["ratio"] == 1.0
    assert row["districts"] == 1


def test_a_district_that_reported_without_a_plan_does_not_raise_the_ratio():
    row = total(
        ("118", "C1-14", "actual", 10.0),
        ("118", "C1-14", "plan", 20.0),
        ("119", "C1-14", "actual", 90.0),
        ("119", "C1-14", "plan", NAN),
    )
    assert row["actual"] == 100
    assert row["planned_actual"] == 10
    assert row["ratio"] == 0.5


def test_zero_is_a_report_and_missing_is_none():
    row = total(
        ("118", "C1-14", "actual", 0.0),
        ("118", "C1-14", "plan", 5.0),
        ("119", "C1-14", "actual", NAN),
        ("119", "C1-14", "plan", NAN),
    )
    assert row["actual"] == 0
    assert row["ratio"] == 0
    assert row["districts"] == 1


def test_where_nobody_gave_both_there_is_no_ratio_and_no_sum_of_nothing():
    row = total(("118", "C1-14", "actual", 7.0), ("119", "C1-14", "plan", 5.0))
    assert row["actual"] == 7
    assert row[["plan", "planned_actual", "ratio"]].isna().all()


def test_a_plan_of_zero_gives_no_ratio():
    row = total(("118", "C1-14", "actual", 7.0), ("118", "C1-14", "plan", 0.0))
    assert pd.isna(row["ratio"])


def test_an_indicator_where_less_is_better_is_given_over_its_plan_as_any_other():
    row = total(("118", "C1-19", "actual", 150.0), ("118", "C1-19", "plan", 200.0))
    assert row["ratio"] == 0.75


def test_self_scores_are_no_figures():
    row = total(("118", "C1-14", "actual", 7.0), ("118", "C1-14", "self_score", 2.0))
    assert row["actual"] == 7


@pytest.mark.parametrize("indicator", ["C2-04", "C1-25"])
def test_percentages_and_means_are_never_added_up(indicator):
    reported = facts(("118", indicator, "actual", 90.0), ("119", indicator, "actual", 80.0))
    assert province.totals(reported, series(), 2022).empty


@pytest.mark.parametrize("indicator", ["C1-06", "C1-10", "C3-05"])
def test_kilometres_and_hectares_add_up(indicator):
    row = total(("118", indicator, "actual", 12.5), ("119", indicator, "actual", 7.25))
    assert row["actual"] == 19.75


def test_every_planned_indicator_is_in_the_totals_or_named_as_left_out():
    planned = reference.catalogue().query("has_plan == 'yes'").index
    reported = facts(*[("118", i, m, 5.0) for i in planned for m in ("actual", "plan")])
    totals, out = province.totals(reported, series(), 2022), province.left_out(reported)
    assert sorted([*totals["indicator"], *out["indicator"]]) == sorted(planned)
    assert dict(out.to_numpy()) == {"C1-25": "number", "C2-04": "percent", "C2-07": "percent"}


def test_last_year_is_of_the_year_before_and_of_those_that_reported_this_year_as_well():
    row = total(
        ("118", "C1-14", "actual", 7.0),
        ("120", "C1-14", "actual", 5.0),
        history=[
            ("118", "C1-14", 2020, 1.0),
            ("118", "C1-14", 2021, 20.0),
            ("119", "C1-14", 2021, 30.0),
            ("120", "C1-14", 2021, 4.0),
            ("118", "C1-14", 2022, 7.0),
        ],
    )
    assert row["last_year"] == 24


def test_without_a_report_last_year_there_is_no_last_year():
    history = [("118", "C1-14", 2021, NAN)]
    assert pd.isna(total(("118", "C1-14", "actual", 7.0), history=history)["last_year"])


def test_a_rate_pools_the_districts_and_is_not_the_mean_of_their_rates():
    row = total(
        ("118", "C1-19", "actual", 10.0),
        history=[("118", "C1-19", 2022, 10.0, 100.0), ("119", "C1-19", 2022, 270.0, 900.0)],
    )
    assert row["rate"] == pytest.approx(280 / 1000)  # the mean of the rates is 0.2


@pytest.mark.parametrize("other", [(270.0, NAN), (NAN, 900.0)])
def test_a_rate_is_of_the_districts_that_gave_both_figures(other):
    row = total(
        ("118", "C1-19", "actual", 10.0),
        history=[("118", "C1-19", 2022, 10.0, 100.0), ("119", "C1-19", 2022, *other)],
    )
    assert row["rate"] == pytest.approx(0.1)


def test_totals_have_their_columns_even_without_any_report():
    assert list(province.totals(facts(), series(), 2022).columns) == province.TOTAL_COLUMNS


def test_the_given_tables_are_not_changed():
    reported, history = facts(("118", "C1-14", "actual", 7.0)), series(("118", "C1-14", 2021, 5.0))
    before = reported.copy(), history.copy()
    province.totals(reported, history, 2022)
    province.against_published(history, 2022)
    pd.testing.assert_frame_equal(reported, before[0])
    pd.testing.assert_frame_equal(history, before[1])


def test_a_published_rate_is_compared_in_percentage_points():
    # published for 2021: 21,66 %
    row = gap("C1-19", ("118", "C1-19", 2021, 50.0, 400.0), ("119", "C1-19", 2021, 150.0, 400.0))
    assert row["published"] == 21.66
    assert row["reported"] == pytest.approx(25.0)
    assert row["gap"] == pytest.approx(25.0 - 21.66)
    assert row["districts"] == 2


def test_a_published_count_is_compared_with_the_sum():
    # published for 2021: 52 communes
    rows = [("118", "C1-22", 2021, 30.0), ("119", "C1-22", 2021, 12.0), ("120", "C1-22", 2021, NAN)]
    row = gap("C1-22", *rows)
    assert row[["published", "reported", "gap", "districts"]].tolist() == [52, 42, -10, 2]


def test_a_published_mean_per_commune_counts_each_district_by_its_communes():
    # published for 2020: 13,5 criteria; Thuận Châu has 28 xã, Sốp Cộp 8
    row = gap("C1-25", ("119", "C1-25", 2020, 10.0), ("127", "C1-25", 2020, 19.0))
    assert row["reported"] == pytest.approx((28 * 10 + 8 * 19) / 36)
    assert row["gap"] == pytest.approx((28 * 10 + 8 * 19) / 36 - 13.5)


def test_a_district_without_a_mean_weighs_nothing():
    row = gap("C1-25", ("119", "C1-25", 2020, 10.0), ("127", "C1-25", 2020, NAN))
    assert row["reported"] == 10
    assert row["districts"] == 1


def test_a_published_figure_is_compared_with_its_own_year_only():
    rows = [("118", "C1-22", 2020, 40.0), ("118", "C1-22", 2021, 50.0)]
    found = province.against_published(series(*rows), 2021)
    years = found["as_of"].dt.year
    assert dict(zip(years, found["reported"], strict=True)) == {2020: 40, 2021: 50}


def test_figures_published_for_later_years_are_left_out():
    rows = [("118", "C1-19", 2021, 1.0, 5.0), ("118", "C1-19", 2023, 1.0, 5.0)]
    assert province.against_published(series(*rows), 2022)["as_of"].dt.year.tolist() == [2021]
    assert province.against_published(series(*rows), 2023)["as_of"].dt.year.tolist() == [2021, 2023]


def test_what_nobody_reported_has_no_gap():
    found = province.against_published(series(("118", "C1-22", 2021, NAN)), 2022)
    assert list(found.columns) == province.GAP_COLUMNS
    assert found.empty


def test_every_gap_keeps_its_source_and_its_note():
    row = gap("C1-19", ("118", "C1-19", 2021, 1.0, 5.0))
    assert row["note"] == "có thể đã theo chuẩn nghèo mới"
    assert row["source"]


def test_the_places_of_the_plan_are_in_their_districts_and_their_indicators_exist():
    known = set(reference.table("indicators")["id"])
    communes = {c.code: c.district_code for c in units.province(units.PLAN_DAY)}
    for place in places.named(units.PLAN_DAY):
        assert units.district(place.district_code).short in place.title
        assert set(place.indicators) <= known
        if place.commune_code:
            assert communes[place.commune_code] == place.district_code
