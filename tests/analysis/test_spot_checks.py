"""The checks proposed are those that were planted to be, each cell once, the draw with its seed."""

import pandas as pd
import pytest

from ntm_eval.analysis import spot_checks

NAN = float("nan")


def fact(code, n, value=10.0, held=None, state="reported", measure="actual"):
    return {
        "district_code": code,
        "commune_code": None,
        "indicator": f"C1-{n:02}",
        "measure": measure,
        "value": value,
        "state": state,
        "held": held,
        "file": f"{code}.xlsx",
        "sheet": "Chỉ tiêu",
        "cell": f"{'E' if measure == 'actual' else 'D'}{n}",
    }


FACTS = pd.DataFrame(
    [
        *(fact(code, n) for code in ("118", "127") for n in range(1, 51)),
        fact("127", 51, 5.0, held="outlier"),
        fact("127", 52, NAN, state="blank"),
        fact("118", 53, measure="plan", held="plan_changed"),
    ]
)
RANKING = pd.DataFrame(
    {"district_code": ["118", "127"], "grade_low": ["tốt", "khá"], "grade_high": ["tốt", "tốt"]}
)
PENDING = pd.DataFrame(
    {
        "district_code": ["118", "127", "127", "127"],
        "indicator": ["C1-02", "C1-52", "C1-51", "C1-03"],
        "loss": [1.0, 0.0, 0.5, 0.0],
        "gain": [0.0, 2.0, 0.0, 0.0],
    }
)
CHANGED = {"C1-07": (40.0, 10.0), "C1-08": (5.0, 10.0), "C1-09": (1.0, 10.0)}
SERIES = pd.DataFrame(
    [
        *(("118", f"C1-{n:02}", year, 10.0, NAN) for n in range(1, 5) for year in (2021, 2022)),
        *(("127", one, 2021 + n, CHANGED[one][n], NAN) for one in CHANGED for n in (0, 1)),
    ],
    columns=["district_code", "indicator", "year", "value", "rate"],
)
INDICATORS = pd.DataFrame({"id": [f"C1-{n:02}" for n in range(1, 60)], "break_before": NAN})
INDICATORS.loc[INDICATORS["id"] == "C1-09", "break_before"] = 2022.0  # not to be compared


def proposed(share=0.02, seed=1, facts=FACTS):
    return spot_checks.proposed(
        facts, RANKING, PENDING, SERIES, INDICATORS, 2022, share=share, seed=seed
    )


def cells(found, reason):
    rows = found[found["reason"] == reason]
    return set(zip(rows["district_code"], rows["cell"], strict=True))


def test_held_figures_open_grades_and_the_largest_change_are_proposed():
    found = proposed()
    assert cells(found, spot_checks.HELD) == {("127", "E51"), ("118", "D53")}
    # of a unit whose grade is open, the cell that is only held stands above; a blank one too
    assert cells(found, spot_checks.GRADE) == {("127", "E52")}
    assert cells(found, spot_checks.CHANGE) == {("127", "E7")}
    assert found["district_code"].is_monotonic_increasing


def test_the_draw_is_of_each_unit_and_known_by_its_seed():
    one = proposed(share=0.2)
    for code in ("118", "127"):
        drawn = [cell for whose, cell in cells(one, spot_checks.RANDOM) if whose == code]
        assert 8 <= len(drawn) <= 11
    pd.testing.assert_frame_equal(one, proposed(share=0.2))
    assert cells(one, spot_checks.RANDOM) != cells(proposed(share=0.2, seed=2), spot_checks.RANDOM)


def test_each_cell_is_proposed_once_and_a_whole_share_is_everything():
    found = proposed(share=1.0)
    assert not found.duplicated(["file", "cell"]).any()
    assert len(found) == len(FACTS)


@pytest.mark.parametrize("kept", [slice(0), slice(100, 101)])
def test_few_figures_or_none_are_no_error(kept):
    assert len(proposed(facts=FACTS.iloc[kept])) == len(FACTS.iloc[kept])
