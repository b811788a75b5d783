"""What the province's visits found in the sample, drawn by itself so that nothing else moves."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from ntm_eval import units
from ntm_eval.intake import sheets
from ntm_eval.intake.inspected import HEADERS
from ntm_eval.workspace import write_beside
from tools.sample.figures import Figures
from tools.sample.world import MUONG_DO, World, draw

FILE = "inspections.csv"
YEAR, PERIOD = 2022, "annual"
FIRST = date(2022, 12, 12)
# district, indicator, and how many communes were visited; 0: the whole district's figure
VISITS = (
    ("bac-yen", "C3-07", 0),
    ("thuan-chau", "C2-15", 0),
    ("mai-son", "C1-19", 5),
    ("mai-son", "C1-17", 1),
    ("phu-yen", "C1-17", 1),
)
# found over reported, where it was reported otherwise than the books have it
FALSE = {("bac-yen", "C3-07"): 0.78}
COLUMN = {"C1-19": "poor", "C1-17": "temporary_houses"}
NEAR = 0.02  # how far a sound figure may be off


def write(folder: Path, world: World, figures: Figures) -> list[dict]:
    """Write the inspections of a folder, and return what is planted: one entry a visit."""
    planted: list[dict] = []
    rows: list[Mapping[str, object]] = []
    for district, indicator, count in VISITS:
        chance = draw(world.seed, "inspected", district, indicator)
        off = FALSE.get((district, indicator), 1.0)
        counts = []
        for commune, reported in _places(district, indicator, count, world, figures):
            near = 1 + NEAR * (2 * chance.random() - 1) if off == 1.0 else 1.0
            found = round(reported * off * near)
            counts.append((reported, found))
            rows.append(_row(district, commune, indicator, reported, found, len(rows)))
        sums = [sum(column) for column in zip(*counts, strict=True)]
        planted.append(
            {
                "district": district,
                "indicator": indicator,
                "places": len(counts),
                "reported": sums[0],
                "found": sums[1],
                "rule": "source_differs" if off != 1.0 else None,
            }
        )
    with write_beside(folder / FILE) as path, path.open("w", encoding="utf-8", newline="") as to:
        lines = csv.DictWriter(to, list(HEADERS.values()), lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)
    return planted


def _places(
    district: str, indicator: str, count: int, world: World, figures: Figures
) -> Iterator[tuple[str, int]]:
    """Each place visited with what it reported; '' is the whole district."""
    if not count:
        yield "", round(float(figures.actual(PERIOD)[indicator].loc[district, YEAR]))
        return
    communes = world.communes(YEAR, PERIOD)
    own = communes.loc[communes["district"] == district, COLUMN[indicator]]
    if district == "phu-yen":
        chosen = [MUONG_DO[0]]
    elif count == 1:  # a commune that has none left, as it says
        chosen = [str(own.index[own == 0][0])]
    else:
        order = draw(world.seed, "visited", district, indicator).permutation(len(own))
        chosen = sorted(str(own.index[n]) for n in order[:count])
    yield from ((code, int(own[code])) for code in chosen)


def _row(
    district: str, commune: str, indicator: str, reported: int, found: int, number: int
) -> Mapping[str, object]:
    unit = units.district(district)
    return {
        "district": unit.name,
        "commune": units.commune_name(commune, unit.code) if commune else "",
        "indicator": indicator,
        "reported": reported,
        "found": found,
        "document": "Sổ theo dõi, danh sách (minh họa)",
        "inspected_by": "Người kiểm tra (minh họa)",
        "date": f"{FIRST + timedelta(days=number):%d/%m/%Y}",
        "note": sheets.MARK,
    }
