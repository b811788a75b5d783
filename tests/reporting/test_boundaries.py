import json

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from pictures import axes

from ntm_eval import units
from ntm_eval.reporting import sections
from ntm_eval.workspace import AnalystError

NAN = float("nan")


def square(x, y):
    return [
        [103 + x, 21 + y],
        [104 + x, 21 + y],
        [104 + x, 22 + y],
        [103 + x, 22 + y],
        [103 + x, 21 + y],
    ]


def twelve():
    """Twelve squares, four in a row."""
    return {
        d.code: {
            "type": "Feature",
            "properties": {"code": d.code},
            "geometry": {"type": "Polygon", "coordinates": [square(n % 4, n // 4)]},
        }
        for n, d in enumerate(units.districts())
    }


def ranking(missing="121"):
    codes = [d.code for d in units.districts()]
    points = [NAN if code == missing else 70.0 + n for n, code in enumerate(codes)]
    return pd.DataFrame({"district_code": codes, "points": points})


@pytest.fixture
def written(tmp_path):
    def write(features):
        path = tmp_path / "boundaries.geojson"
        content = {"type": "FeatureCollection", "features": list(features.values())}
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write


def test_each_district_has_its_own_outline(written):
    rings = sections.maps.read_outlines(written(twelve()))
    assert set(rings) == {d.code for d in units.districts()}
    assert rings["118"][0].tolist() == square(1, 0)


def test_every_part_of_a_district_in_parts_is_drawn(written):
    parts = twelve()
    parts["116"]["geometry"] = {
        "type": "MultiPolygon",
        "coordinates": [[square(0, 0)], [square(9, 9)]],
    }
    rings = sections.maps.read_outlines(written(parts))
    assert len(rings["116"]) == 2
    ax = sections.maps.draw_outlines(axes(), ranking(), rings)
    assert len(ax.patches) == 12
    assert ax.patches[0].get_path().get_extents().x1 == 113


def test_points_are_named_in_their_outline_and_what_is_missing_is_hatched(written):
    rings = sections.maps.read_outlines(written(twelve()))
    ax = sections.maps.draw_outlines(axes(), ranking(), rings)
    said = {text.get_text(): text.get_position() for text in ax.texts}
    assert said["TP Sơn La\n70,0"] == pytest.approx((103.5, 21.5))
    (hatched,) = [p for p in ax.patches if p.get_hatch()]
    assert hatched.get_path().contains_point((106.5, 22.5)) or "chưa có" in "".join(said)
    assert "Bắc Yên\nchưa có" in said
    assert "gạch chéo: chưa có" in ax.get_xlabel()


def test_the_same_map_is_the_same_bytes_and_leaves_no_figure_open(written):
    rings = sections.maps.read_outlines(written(twelve()))
    one, two = (sections.maps.outlines_picture(ranking(), rings) for _ in range(2))
    assert one == two
    assert one.startswith("data:image/png;base64,")
    assert plt.get_fignums() == []


def broken(change):
    features = twelve()
    change(features)
    return features


def ring(points):
    return lambda f: f["118"]["geometry"].update(coordinates=[points])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f["116"]["properties"].update(code="<b>999"), "mã lạ: <b>999"),
        (lambda f: f["116"]["properties"].update(code="118"), "mã '118' có hai lần"),
        (lambda f: f.pop("128"), "thiếu Vân Hồ"),
        (lambda f: f["118"].update(geometry=None), "không đọc được"),
        (lambda f: f["118"]["geometry"].update(type="Point"), "không phải Polygon"),
        (ring(square(0, 0)[:-1]), "bị hỏng"),
        (ring([[103, 21], [104, 21], [103, 21]]), "bị hỏng"),
        (ring([[103, 21]] * 5), "bị hỏng"),
        (ring([[p[0], float("nan")] for p in square(0, 0)]), "bị hỏng"),
        (ring([[p[0] * 4000, p[1] * 4000] for p in square(0, 0)]), "bị hỏng"),
        (ring([["x", 1]] * 4), "không đọc được"),
    ],
)
def test_what_cannot_be_drawn_is_a_letter(written, change, says):
    with pytest.raises(AnalystError, match=says) as letter:
        sections.maps.read_outlines(written(broken(change)))
    assert "boundaries.geojson" in str(letter.value)
    assert "Bản đồ ô được dùng thay" in str(letter.value)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"features": 3}', '{"features": [1]}'])
def test_what_is_no_geojson_is_a_letter(tmp_path, text):
    path = tmp_path / "boundaries.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnalystError, match="không phải GeoJSON"):
        sections.maps.read_outlines(path)
