"""Facts -> yearly series."""

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ntm_eval import reference
from ntm_eval.analysis import series

INDICATORS = reference.table("indicators").query("id in ['C1-18', 'C1-19', 'C1-01']")


def facts(*rows):
    columns = ["year", "period", "district_code", "indicator", "measure", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(commune_code=pd.Series(np.nan, index=frame.index, dtype="str"))


REPORTED = facts(
    (2021, "annual", "127", "C1-18", "actual", 10_000.0),
    (2021, "annual", "127", "C1-19", "actual", 2_500.0),
    (2021, "annual", "127", "C1-19", "plan", 2_000.0),
    (2021, "annual", "127", "C1-01", "actual", np.nan),
    (2021, "h1", "127", "C1-01", "actual", 40.0),
    (2022, "annual", "127", "C1-18", "actual", 0.0),
    (2022, "annual", "127", "C1-19", "actual", 2_000.0),
    (2022, "annual", "127", "C1-01", "actual", 0.0),
    (2022, "annual", "119", "C1-19", "actual", 900.0),
)


def cell(table, district, indicator, year):
    found = table.query("district_code == @district and indicator == @indicator and year == @year")
    return found.iloc[0]


def test_every_indicator_of_a_received_report_has_one_row():
    table = series.table(REPORTED, INDICATORS)
    assert list(table.columns) == [
        "district_code",
        "indicator",
        "year",
        "value",
        "denominator",
        "rate",
    ]
    assert table.groupby(["district_code", "year"]).size().to_dict() == {
        ("119", 2022): 3,
        ("127", 2021): 3,
        ("127", 2022): 3,
    }
    assert not table.duplicated(["district_code", "indicator", "year"]).any()


def test_the_rate_is_the_value_over_the_denominator_of_the_same_district_and_year():
    poor = cell(series.table(REPORTED, INDICATORS), "127", "C1-19", 2021)
    assert (poor["value"], poor["denominator"], poor["rate"]) == (2_500, 10_000, 0.25)


@pytest.mark.parametrize(("district", "year"), [("127", 2022), ("119", 2022)])
def test_a_denominator_of_zero_or_not_reported_gives_no_rate(district, year):
    poor = cell(series.table(REPORTED, INDICATORS), district, "C1-19", year)
    assert poor["value"] > 0
    assert np.isnan(poor["denominator"])
    assert np.isnan(poor["rate"])


def test_zero_stays_zero_and_a_blank_stays_missing():
    table = series.table(REPORTED, INDICATORS)
    assert np.isnan(cell(table, "127", "C1-01", 2021)["value"])
    assert cell(table, "127", "C1-01", 2022)["value"] == 0


def test_an_indicator_without_denominator_is_measured_by_its_value():
    table = series.table(REPORTED, INDICATORS)
    table = table.assign(measured=series.measured(table))
    assert cell(table, "127", "C1-01", 2022)["measured"] == 0
    assert cell(table, "127", "C1-19", 2021)["measured"] == 0.25


def test_a_count_never_stands_among_rates_when_the_denominator_is_missing():
    table = series.table(REPORTED, INDICATORS)
    table = table.assign(measured=series.measured(table))
    assert np.isnan(cell(table, "119", "C1-19", 2022)["measured"])


def test_the_facts_stay_as_they_were():
    before = REPORTED.copy(deep=True)
    series.measured(series.table(REPORTED, INDICATORS))
    assert_frame_equal(REPORTED, before)


def test_a_figure_of_a_commune_is_not_the_districts():
    own = REPORTED.iloc[:1]
    commune = own.assign(commune_code="04219", value=7.0)
    table = series.table(pd.concat([own, commune]), INDICATORS)
    assert cell(table, "127", "C1-18", 2021)["value"] == 10_000
