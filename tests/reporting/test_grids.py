import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from pictures import CODES, NAN, axes, communes, drawn, rows, score, values, words

from ntm_eval import notation, reference, units
from ntm_eval.intake.sheets import CRITERIA
from ntm_eval.reporting import sections, style

pytestmark = pytest.mark.filterwarnings("error")


def test_the_heat_map_of_criteria_shows_each_mark_with_the_best_commune_on_top():
    table = communes().query("district_code == '119'")
    table = table.assign(TC5=table["TC5"].mask(table["commune_code"] == "03730"))
    ax = sections.communes.draw_criteria(axes(), table)
    ordered = table[table["kind"] == "xã"].sort_values(
        ["criteria_met", "commune_code"], ascending=[False, True]
    )
    codes = {"Đ": 2, "C": 0}
    expected = [[codes.get(mark, 1) for mark in row] for row in ordered[list(CRITERIA)].to_numpy()]
    np.testing.assert_array_equal(np.ma.getdata(ax.collections[0].get_array()), expected)
    assert rows(ax) == ordered["commune"].tolist()
    assert words(ax) == [f"{met:.0f}/19" for met in ordered["criteria_met"]]
    level = {"✗": 0, "?": 1, "✓": 2}
    signs = {(y, x): level[mark] for mark, at in signed(ax).items() for y, x in at}
    assert signs == dict(np.ndenumerate(expected))
    assert set(signs.values()) == {0, 1, 2}


def test_an_unknown_criterion_is_neither_met_nor_unmet():
    table = communes().query("district_code == '121'")
    ax = sections.communes.draw_criteria(axes(), table)
    assert set(np.ma.getdata(ax.collections[0].get_array()).ravel()) == {1}
    assert set(words(ax)) == {"–/19"}
    assert [len(at) for at in signed(ax).values()] == [0, 0, 19 * len(words(ax))]


def signed(ax):
    """The cells (row, column) of each sign that is drawn in the middle of cells."""
    marks = {line.get_label(): line.get_xydata()[:, ::-1] for line in ax.lines}
    return {sign: [(int(y), int(x)) for y, x in at] for sign, at in marks.items()}


def test_tiles_stand_at_their_places_and_a_missing_one_is_hatched():
    ax = sections.maps.draw_tiles(axes(), values(), notation.number, "Điểm")
    tiles = reference.table("tilegrid")
    drawn_tiles = [p for p in ax.patches if isinstance(p, Rectangle)]
    assert [p.get_xy() for p in drawn_tiles] == list(zip(tiles["col"], tiles["row"], strict=True))
    hatched = [bool(p.get_hatch()) for p in drawn_tiles]
    assert hatched == [code == "127" for code in tiles["district_code"]]
    labels = dict(zip(words(ax)[::2], words(ax)[1::2], strict=True))
    assert labels["Sốp Cộp"] == "chưa có"
    assert labels["Vân Hồ"] == "11"
    greys = {t: np.mean(p.get_facecolor()[:3]) for t, p in zip(labels, drawn_tiles, strict=True)}
    assert greys["Vân Hồ"] < greys["Mai Sơn"] < greys["TP Sơn La"]


def test_the_contents_show_shares_of_points_and_name_who_has_none():
    table = pd.DataFrame(
        [
            score("C1-01", 1.0, 2.0, 0.5, code="118", points=0.5),
            score("C1-03", 1.0, 2.0, 0.5, code="118", points=1.0),
            score("C2-01", 1.0, 2.0, 0.5, code="119", points=2.0),
            score(None, NAN, NAN, NAN, code="119", part="C6", points=0.0),
        ]
    )
    ax = sections.scores.draw_contents(axes(), table)
    shares = ax.collections[0].get_array()
    assert rows(ax)[:2] == ["Thuận Châu", "Quỳnh Nhai"]
    assert shares[1, 0] == pytest.approx(0.375)
    assert shares[0, 1] == 1
    assert shares.mask.sum() == 12 * 7 - 3
    assert words(ax).count("–") == 12 * 7 - 3
    assert words(ax).count("0% ○") == 1
    assert words(ax).count("chưa đủ căn cứ") == 10


def test_the_strip_counts_every_xa_once():
    table = communes()
    ax = sections.communes.draw_progress(axes(), table)
    xa = table[table["kind"] == "xã"]
    expected = xa.groupby(["district_code", "criteria_met"]).size()
    found = {}
    for y, dots in enumerate(ax.collections):
        assert set(dots.get_offsets()[:, 1]) <= {y}
    counts = iter(t for t in ax.texts if t.get_text().isdecimal())
    for text in counts:
        met, y = text.get_position()
        found[(sorted(CODES)[y], met)] = int(text.get_text())
    assert found == expected.to_dict()
    unknown = (xa["district_code"] == "121").sum()
    assert f"{unknown} xã chưa có số liệu" in words(ax)


def test_seventy_five_communes_stand_by_former_district_and_nothing_overlaps():
    codes = [c.code for c in units.reporting(units.REFORM_DAY)]
    points = pd.Series(90.0, index=codes).where(pd.Series(codes, codes) != codes[7])
    page = style.figure(
        sections.maps.draw_tiles, points, notation.number, "Điểm", width=4.6, height=3.4
    )
    (ax,) = drawn(page).axes
    assert [t.get_text() for t in ax.get_yticklabels()] == [d.short for d in units.districts()]
    boxes = [t.get_window_extent() for t in ax.texts]
    assert len(boxes) == 2 * 75
    for n, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[n + 1 :])
