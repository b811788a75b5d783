"""Where the reporting units lie: a grid of tiles, or real outlines where the office gives them."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from ntm_eval import crosswalk, notation, reference, units
from ntm_eval.language import translate as _
from ntm_eval.reporting import style
from ntm_eval.reporting.style import GREY, HALO, SHADES
from ntm_eval.workspace import AnalystError

Ring = np.ndarray  # longitude and latitude in degrees, first point = last point

INSTEAD = "Bản đồ ô được dùng thay. Sửa tệp rồi chạy lại ntm-eval review."

PROPERTY = "code"


def positions(codes: Iterable[str]) -> pd.DataFrame:
    """Where each reporting unit stands: district_code, row, col.

    The twelve districts near their true places; communes in a row for each former district, in
    the order of codes, a commune of two districts in the row of the first.
    """
    if not units.all_beside(codes)[0].is_commune:
        return reference.table("tilegrid")[["district_code", "row", "col"]]
    home = crosswalk.former_districts(units.REFORM_DAY).drop_duplicates("code")
    rows = home["district_code"].rank(method="dense").astype(int) - 1
    place = pd.DataFrame({"district_code": home["code"], "row": rows}).sort_values("district_code")
    return place.assign(col=place.groupby("row").cumcount()).reset_index(drop=True)


def read_outlines(path: Path) -> dict[str, list[Ring]]:
    """The rings of each of the twelve districts, by code.

    Raises
    ------
    AnalystError
        Where the file is no GeoJSON of these districts, or a ring cannot be drawn.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = list(content["features"])
        rings = {}
        for feature in features:
            code = str(feature["properties"].get(PROPERTY))
            if code in rings:
                raise _letter(path, _("mã '{code}' có hai lần", code=code))
            rings[code] = _rings(path, code, feature["geometry"])
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as wrong:
        if isinstance(wrong, AnalystError):
            raise
        raise _letter(
            path, _("không đọc được, hoặc không phải GeoJSON FeatureCollection")
        ) from wrong
    known = {d.code: d.short for d in units.districts()}
    if strange := sorted(set(rings) - set(known)):
        raise _letter(
            path,
            _(
                "thuộc tính '{property}' có mã lạ: {strange}",
                property=PROPERTY,
                strange=", ".join(c[:20] for c in strange[:5]),
            ),
        )
    if missing := [name for code, name in known.items() if code not in rings]:
        raise _letter(path, _("thiếu {missing}", missing=", ".join(missing)))
    return rings


def draw_outlines(ax: Axes, ranking: pd.DataFrame, rings: dict[str, list[Ring]]) -> Axes:
    """Each district's points in its own outline, darker where more; without points hatched."""
    points = ranking.set_index("district_code")["points"].reindex(list(rings)).astype(float)
    low, span = points.min(), points.max() - points.min()
    for code, outline in rings.items():
        value = points[code]
        known = not math.isnan(value)
        share = (value - low) / span if known and span else 0.5
        ax.add_patch(
            PathPatch(
                Outline.make_compound_path(*(Outline(ring, closed=True) for ring in outline)),
                facecolor=SHADES(0.1 + 0.8 * share) if known else "white",
                edgecolor=GREY,
                linewidth=0.8,
                hatch=None if known else "////",
            )
        )
        x, y = _middle(max(outline, key=lambda ring: abs(_area(ring))))
        said = notation.number(value, 1) if known else _("chưa có")
        ax.text(
            x,
            y,
            f"{notation.district_name(code)}\n{said}",
            ha="center",
            va="center",
            fontsize=7,
            path_effects=HALO,
        )
    ax.autoscale_view()
    latitude = np.mean([ring[:, 1].mean() for outline in rings.values() for ring in outline])
    # a degree of longitude is shorter than one of latitude
    ax.set_aspect(1 / math.cos(math.radians(latitude)))
    ax.set(xticks=[], yticks=[], title=_("Điểm đề xuất"))
    ax.spines[:].set_visible(False)
    ax.set_xlabel(
        _("Càng đậm, điểm càng cao; gạch chéo: chưa có. Ranh giới do người dùng đưa vào.")
        if points.isna().any()
        else _("Càng đậm, điểm càng cao. Ranh giới do người dùng đưa vào.")
    )
    return ax


def outlines_picture(ranking: pd.DataFrame, rings: dict[str, list[Ring]]) -> str:
    """`score_map` as an address that holds its PNG."""
    png = style.png(style.figure(draw_outlines, ranking, rings, height=5.4))
    return f"data:image/png;base64,{b64encode(png).decode()}"


def _rings(path: Path, code: str, geometry: dict) -> list[Ring]:
    """All rings of a Polygon or MultiPolygon; holes among them."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind not in ("Polygon", "MultiPolygon"):
        raise _letter(
            path, _("hình của mã '{code}' không phải Polygon hoặc MultiPolygon", code=code[:20])
        )
    polygons = [coordinates] if kind == "Polygon" else coordinates
    rings = [np.array([point[:2] for point in ring], float) for each in polygons for ring in each]
    if not rings or not all(_drawable(ring) for ring in rings):
        raise _letter(
            path,
            _(
                "đường ranh giới của mã '{code}' bị hỏng: phải khép kín, có diện tích, tọa độ là "
                "kinh độ, vĩ độ (WGS 84)",
                code=code[:20],
            ),
        )
    return rings


def _drawable(ring: Ring) -> bool:
    return bool(
        len(ring) >= 4
        and np.isfinite(ring).all()
        and (np.abs(ring) <= (180, 90)).all()
        and (ring[0] == ring[-1]).all()
        and abs(_area(ring)) > 0
    )


def _area(ring: Ring) -> float:
    x, y = (ring - ring[0]).T
    return float(x[:-1] @ y[1:] - x[1:] @ y[:-1]) / 2


def _middle(ring: Ring) -> tuple[float, float]:
    """The centroid of a ring."""
    x, y = (ring - ring[0]).T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    centre = [float((v[:-1] + v[1:]) @ cross) / (6 * _area(ring)) for v in (x, y)]
    return centre[0] + ring[0, 0], centre[1] + ring[0, 1]


def _letter(path: Path, what: str) -> AnalystError:
    return AnalystError(f"{path.name}: {what}. {_(INSTEAD)}")
