"""Whatever the office writes into the tables of the scheme, scores are those of plain Python."""

from unittest import mock

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from scored import plain_points, reports

from ntm_eval import reference
from ntm_eval.analysis import scores

PARTS = ["C1", "C2", "C3", "C4", "C5", "C6"]
READ = reference.table


@st.composite
def configurations(draw):
    """Points of the six contents that leave 10 for the reporting, and each indicator's formula."""
    shares = [draw(st.integers(1, 50)) for _ in PARTS]
    weights = {part: 90 * share / sum(shares) for part, share in zip(PARTS, shares, strict=True)}
    ways = draw(st.lists(st.sampled_from(["up", "down"]), min_size=5, max_size=5))
    return weights, dict(zip(["C1-01", "C1-22", "C1-19", "C2-01", "C6-03"], ways, strict=True))


def written(weights, ways):
    """The reference tables as the office would have edited them."""
    parts = READ("score_parts")
    parts = parts.assign(points=parts["part"].map(weights).fillna(parts["points"]))
    rows = READ("indicators")
    rows = rows.assign(formula=rows["id"].map(ways).fillna(rows["formula"]))
    edited = {"score_parts": parts, "indicators": rows}
    return lambda name: edited[name] if name in edited else READ(name)


@given(reports(), configurations())
@settings(phases=[Phase.explicit, Phase.generate])
def test_configurations_agree_with_plain_python(given_, configuration):
    weights, ways = configuration
    with mock.patch.object(reference, "table", written(weights, ways)):
        table = scores.table(given_).groupby("district_code")[["points", "max_points"]].sum()
        for district in given_.register["district_code"]:
            expected = plain_points(given_, district, weights)
            assert table.at[district, "points"] == pytest.approx(expected, abs=1e-9)
            assert table.at[district, "max_points"] == pytest.approx(100)
