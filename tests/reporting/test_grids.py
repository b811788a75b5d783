import pytest
from pictures import axes, communes, rows, words

from ntm_eval.intake.sheets import CRITERIA
from ntm_eval.reporting import sections

pytestmark = pytest.mark.filterwarnings("error")


def test_the_criteria_stand_with_the_best_commune_on_top_and_what_is_unknown_is_neither():
    table = communes().query("district_code == '119'")
    table = table.assign(TC5=table["TC5"].mask(table["commune_code"] == "03730"))
    shown = sections.communes.criteria_table(table)
    ordered = table[table["kind"] == "xã"].sort_values(
        ["criteria_met", "commune_code"], ascending=[False, True]
    )
    signs = {"Đ": "✓", "C": "✗"}
    expected = [
        [signs.get(mark, "?") for mark in row] for row in ordered[list(CRITERIA)].to_numpy()
    ]
    assert [list(row[1:20]) for row in shown.rows] == expected
    assert [row[0] for row in shown.rows] == [f"{name}" for name in ordered["commune"]]
    assert [row[20] for row in shown.rows] == [f"{met:.0f}" for met in ordered["criteria_met"]]
    unknown = sections.communes.criteria_table(communes().query("district_code == '121'"))
    assert {cell for row in unknown.rows for cell in row[1:20]} == {"?"}
    assert {row[20] for row in unknown.rows} == {"–"}


def test_the_criteria_that_most_xa_lack_stand_on_top_with_their_number():
    table = communes()
    found = sections.communes.lacking(table)
    marks = table.loc[table["kind"] == "xã", CRITERIA]
    assert found.set_index("criterion")["communes"].to_dict() == {
        c: n for c in CRITERIA if (n := int((marks[c] == "C").sum()))
    }
    assert (found["known"] == marks["TC1"].notna().sum()).all()
    ax = sections.communes.draw_lacking(axes(), found)
    assert rows(ax)[0].startswith("Tiêu chí 19 ")
    assert [bar.get_width() for bar in ax.patches] == found["communes"].head(8).tolist()
    assert [t.strip() for t in words(ax)] == [str(n) for n in found["communes"].head(8)]
