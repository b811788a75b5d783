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
    found = sections.criteria.lacking(table)
    marks = table.loc[table["kind"] == "xã", CRITERIA]
    assert found.set_index("criterion")["communes"].to_dict() == {
        c: n for c in CRITERIA if (n := int((marks[c] == "C").sum()))
    }
    assert (found["known"] == marks["TC1"].notna().sum()).all()
    ax = sections.criteria.draw_lacking(axes(), found)
    assert rows(ax)[0].startswith("Tiêu chí 19 ")
    assert [bar.get_width() for bar in ax.patches] == found["communes"].head(8).tolist()
    assert [t.strip() for t in words(ax)] == [str(n) for n in found["communes"].head(8)]


def test_every_xa_stands_in_its_districts_row_the_most_criteria_first():
    table = communes().query("kind == 'xã'")
    ax = sections.criteria.draw_grid(axes(), table)
    known = table["criteria_met"].dropna()
    said = [w for w in words(ax) if w.isdigit()]
    assert sorted(map(int, said)) == sorted(known.astype(int))
    assert words(ax).count("○") == table["criteria_met"].isna().sum() > 0
    place = {}
    for text in ax.texts:
        if text.get_text().isdigit():
            x, y = text.get_position()
            place.setdefault(y, []).append((x, -int(text.get_text())))
    for cells in place.values():
        assert sorted(cells) == sorted(cells, key=lambda c: (c[1], c[0]))
    caption = sections.criteria.grid(communes()).caption
    assert caption.startswith(f"{(known == 19).sum()}/{len(known)} xã đạt đủ 19 tiêu chí")
