"""What is planted in the sample, so that tests can look for it. Notebooks never read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.sample.figures import COWS_IN, Figures
from tools.sample.world import FAR_BEHIND, MARKED, MARKED_IN, MUONG_DO, YEARS, World, settings

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
FALLING, WAVES = "C1-17", ("C3-03", "C4-06", "C5-13")


@dataclass(frozen=True)
class Plant:
    """One cell typed otherwise than it should be, and the rule that must find it.

    `reads` gives the number that the reader must find, from the true value and from the one of
    `beside` (table of `Figures`, indicator, years back); `shown` how that number, or a true value
    that must not be read, is typed.
    """

    kind: str
    district: str
    indicator: str
    rule: str | None
    reads: Callable[[float, float], float | None] = lambda was, _: was
    shown: Callable[[float], object] = int
    beside: tuple[str, str, int] | None = None
    year: int = 2022
    period: str = "annual"
    measure: str = "actual"

    def sits_in(self, district: str, year: int, period: str) -> bool:
        return (self.district, self.year, self.period) == (district, year, period)

    def typed(self, figures: Figures) -> tuple[float, float | None, object]:
        """The true value, the number to be read, and what is typed."""
        table = "plan" if self.measure == "plan" else self.period
        was = self._of(figures, table, self.indicator)
        number = self.reads(was, self._of(figures, *self.beside) if self.beside else was)
        return was, number, self.shown(was if number is None else number)

    def _of(self, figures: Figures, table: str, indicator: str, back: int = 0) -> float:
        return float(getattr(figures, table)[indicator].loc[self.district, self.year - back])


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


def places(world: World, figures: Figures) -> list[dict]:
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
        *(_marked(world, *marked) for marked in MARKED.items()),
    ]


def _marked(world: World, code: str, criterion: int) -> dict[str, object]:
    """A commune that marks a criterion which its own figure denies."""
    row = world.annual[MARKED_IN].loc[code]
    poverty = (row["poor"] + row["near_poor"]) / row["households"]
    return {
        "kind": "mark_against_figure",
        "district": row["district"],
        "commune": code,
        "criterion": f"TC{criterion}",
        "value": round(float({9: row["temporary_houses"], 11: poverty}[criterion]), 6),
    }


def ranking() -> dict[str, list[str]]:
    """The districts that should come first and last: those that miss least and most of plans."""
    kept = settings("districts").set_index("slug")[["missed", "short"]].astype(float)
    order = kept.prod(axis=1).sort_values().index
    return {"first": sorted(order[:2]), "last": [order[-1]]}


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


def _beside(_was: float, beside: float) -> float:
    return beside


def _well_below(_was: float, last: float) -> int:
    """A plan that asks for less than last year's result."""
    return int(last * 0.85)


def _million(was: float, _: float) -> int:
    return int(was // 1e6)


def _hectares(was: float, _: float) -> float:
    """Whole hectares in m², not below the value."""
    return -(-was // 10_000) * 10_000


def _empty(_: float) -> str:
    return ""


def _kad(_: float) -> str:
    return "KAD"


def _dotted(value: float) -> str:
    """12.350 as a Vietnamese official types it."""
    return f"{value:,.0f}".replace(",", ".")


def _in_words(value: float) -> str:
    """12350000000 as '12 tỷ 350 triệu'."""
    return f"{value // 1e9:.0f} tỷ {value % 1e9 // 1e6:.0f} triệu"


PLANTS = (
    *(
        Plant("blank", "song-ma", code, "blank_cell", _nothing, _empty)
        for code in ("C2-07", "C3-05", "C4-08", "C5-07")
    ),
    Plant("not_applicable", "song-ma", "C2-10", "not_applicable_unexpected", _nothing, _kad),
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
        beside=("annual", "C2-02", 0),
    ),
    Plant(
        "h1_larger",
        "quynh-nhai",
        "C3-02",
        "h1_exceeds_annual",
        lambda _, h1: h1 - 1,
        beside=("h1", "C3-02", 0),
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
    # What districts write, and not what they do: 'KAD' where the indicator applies (it is asked
    # of once, at the result), no plan, a plan that is the result in December, an easy plan.
    *(
        Plant("not_applicable_unexpected", "thuan-chau", code, rule, _nothing, _kad, measure=of)
        for code in ("C3-02", "C4-04", "C5-02", "C5-12", "C6-01")
        for of, rule in (("actual", "not_applicable_unexpected"), ("plan", None))
    ),
    *(
        Plant("plan_missing", "moc-chau", code, "plan_missing", _nothing, _empty, measure="plan")
        for code in ("C1-08", "C1-16", "C2-01", "C3-04", "C5-08")
    ),
    *(
        Plant(
            "plan_changed",
            "phu-yen",
            code,
            "plan_changed",
            _beside,
            beside=("annual", code, 0),
            measure="plan",
        )
        for code in ("C1-05", "C2-11", "C4-04", "C5-08", "C5-12")
    ),
    *(
        Plant(
            "plan_low",
            "van-ho",
            code,
            "plan_low",
            _well_below,
            beside=("annual", code, 1),
            period=period,
            measure="plan",
        )
        for code in ("C1-01", "C1-08", "C2-06", "C3-04", "C4-03", "C5-03")
        for period in ("h1", "annual")
    ),
)
