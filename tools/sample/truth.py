"""What is planted in the sample, so that tests can look for it. Notebooks never read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.sample.figures import COWS_IN, Figures
from tools.sample.world import FAR_BEHIND, MUONG_DO, YEARS, settings

MISSING = {("bac-yen", 2022, "h1"), ("song-ma", 2019, "annual")}
UNDATED = ("muong-la", 2020, "annual")
# No row in receipts.csv: the day stands in the workbook alone.
NO_RECEIPT = {UNDATED, ("moc-chau", 2022, "annual")}
RECEIVED = {("van-ho", 2022, "annual"): "08/12/2022"}
# the last day allowed, and the day received
EXTENDED = {("sop-cop", 2021, "annual"): ("08/12/2021", "07/12/2021")}
RESENT = ("yen-chau", 2022, "annual")
RESENT_ON = ("02/12/2022", "03/12/2022")
DECOMPOSED = ("sop-cop", 2022, "annual")  # names in NFD, as some systems write them
MISSPELT = {("sop-cop", 2021, "annual"): "Sông C López"}
# What residents said in one commune of the district, 2022.
ANSWERS = {
    "thuan-chau": "overall_below",
    "muong-la": "content_below",
    "yen-chau": "straddles",
    "phu-yen": "all_satisfied",
}
# Steady by design, as are the temporary houses of the communes; up and down by design.
FALLING, WAVES = "C1-17", ("C3-03", "C4-06", "C5-09")


@dataclass(frozen=True)
class Plant:
    """One cell typed otherwise than it should be, and the rule that must find it.

    `reads` gives the number that the reader must find, from the true value and from the one of
    `beside` (indicator, period); `shown` how that number, or a true value that must not be read,
    is typed.
    """

    kind: str
    district: str
    indicator: str
    rule: str | None
    reads: Callable[[float, float], float | None] = lambda was, _: was
    shown: Callable[[float], object] = int
    beside: tuple[str, str] | None = None
    year: int = 2022
    period: str = "annual"

    def sits_in(self, district: str, year: int, period: str) -> bool:
        return (self.district, self.year, self.period) == (district, year, period)

    def typed(self, figures: Figures) -> tuple[float, float | None, object]:
        """The true value, the number to be read, and what is typed."""
        was = float(figures.actual(self.period)[self.indicator].loc[self.district, self.year])
        code, period = self.beside or (self.indicator, self.period)
        other = float(figures.actual(period)[code].loc[self.district, self.year])
        number = self.reads(was, other)
        return was, number, self.shown(was if number is None else number)


def trends(figures: Figures) -> list[dict]:
    """The course of the indicators whose course was planned, on the rate where there is one."""
    found = []
    for code, steps in figures.steps.items():
        found += [
            _trend(slug, code, "up" if step > 0 else "down", step) for slug, step in steps.items()
        ]
    rates = figures.annual[FALLING] / figures.annual["C1-18"]
    fall = (rates[YEARS[-1]] - rates[YEARS[0]]) / (len(YEARS) - 1)
    found += [_trend(slug, FALLING, "down", step) for slug, step in fall.items()]
    for code in WAVES:
        found += [_trend(slug, code, "flat", 0.0) for slug in fall.index]
    return found


def places(figures: Figures) -> list[dict]:
    """What a reader should find in places that are far behind or named in the plan."""
    code, met = FAR_BEHIND
    commune, houses = MUONG_DO
    herd = figures.annual["C1-28"].loc[COWS_IN]
    return [
        {"kind": "far_behind", "district": "sop-cop", "commune": code, "criteria_met": met[2022]},
        {
            "kind": "temporary_houses",
            "district": "phu-yen",
            "commune": commune,
            "by_year": {str(year): houses[year] for year in YEARS},
        },
        {
            "kind": "cows",
            "district": COWS_IN,
            "indicator": "C1-28",
            "by_year": {str(year): int(herd[year]) for year in YEARS},
        },
    ]


def ranking() -> dict[str, list[str]]:
    """The districts that should come first and last: those whose plans ask least and most."""
    lift = settings("districts").set_index("slug")["lift"].astype(float).sort_values()
    return {"first": sorted(lift.index[:2]), "last": [lift.index[-1]]}


def _trend(slug: str, code: str, course: str, step: float) -> dict:
    years = len(YEARS) - ((slug, 2019, "annual") in MISSING)
    return {
        "district": slug,
        "indicator": code,
        "truth": course,
        "per_year": float(f"{step:.6g}"),
        "years": years,
    }


def _nothing(_was: float, _beside: float) -> None:
    return None


def _million(was: float, _: float) -> int:
    return int(was // 1e6)


def _hectares(was: float, _: float) -> float:
    """Whole hectares in m², not below the value."""
    return -(-was // 10_000) * 10_000


def _dotted(value: float) -> str:
    """12.350 as a Vietnamese official types it."""
    return f"{value:,.0f}".replace(",", ".")


def _in_words(value: float) -> str:
    """12350000000 as '12 tỷ 350 triệu'."""
    return f"{value // 1e9:.0f} tỷ {value % 1e9 // 1e6:.0f} triệu"


PLANTS = (
    *(
        Plant("blank", "song-ma", code, "blank_cell", _nothing, lambda _: "")
        for code in ("C2-07", "C3-05", "C4-08", "C5-07")
    ),
    Plant("not_applicable", "song-ma", "C2-10", None, _nothing, lambda _: "KAD"),
    Plant("zero", "sop-cop", "C1-23", None),
    # typed in triệu all year: else the half-year's figure, and the part of it, would not fit
    Plant("unit_mistake", "mai-son", "C1-11", "unit_suspect", _million),
    Plant("unit_mistake", "mai-son", "C1-12", "unit_suspect", _million),
    Plant("unit_mistake", "mai-son", "C1-11", "unit_suspect", _million, period="h1"),
    Plant("broken_sum", "phu-yen", "C1-19", "sum_mismatch", lambda was, _: was + 37),
    Plant(
        "rule_broken",
        "moc-chau",
        "C2-03",
        "rule_broken",
        lambda _, areas: areas + 3,
        beside=("C2-02", "annual"),
    ),
    Plant(
        "h1_larger",
        "quynh-nhai",
        "C3-02",
        "h1_exceeds_annual",
        lambda _, h1: h1 - 1,
        beside=("C3-02", "h1"),
    ),
    Plant("unread", "muong-la", "C3-04", "not_a_number", _nothing, lambda _: "đang tổng hợp"),
    Plant("readable", "thuan-chau", "C1-05", None, shown=_in_words),
    Plant("readable", "thuan-chau", "C1-03", None, shown=lambda v: f"trên {_dotted(v)} m2"),
    Plant("readable", "mai-son", "C1-04", None, shown=_dotted),
    Plant(
        "other_unit",
        "bac-yen",
        "C1-03",
        "unit_converted",
        _hectares,
        lambda v: f"{v / 10_000:.0f} ha",
    ),
    Plant("restated", "yen-chau", "C1-04", "restated", lambda was, _: was + 240),
    Plant("restated", "yen-chau", "C2-06", "restated", lambda was, _: was + 35),
    Plant("restated", "yen-chau", "C5-02", "restated", lambda was, _: was + 4),
)
