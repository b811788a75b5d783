import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from pictures import CODES, NAN, axes, communes, drawn, rows, score, values, words

from ntm_eval import notation, reference, units
from ntm_eval.intake.sheets import CRITERIA
from ntm_eval.reporting import sections, style

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
