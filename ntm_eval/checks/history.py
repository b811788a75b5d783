"""Rules that hold a report against the district's own earlier reports; they mark, change nothing.

A break in the series (a new poverty standard, new criteria) is never looked across.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ntm_eval import reference
from ntm_eval.checks.case import Case, actuals, beyond_chance, usual
from ntm_eval.intake.problems import Problem, limit
from ntm_eval.language import message

# Fewer figures than this may well agree by chance: many are small whole numbers.
LEAST_FIGURES = 20


def h1_exceeds_annual(case: Case) -> Iterator[Problem]:
    """A flow that shrank within the year."""
    if case.period != "annual":
        return
    kinds = reference.catalogue()["flow_stock"]
    both = case.beside(case.past.get((case.year, "h1", "actual"), {}))
    for code, (now, h1) in both.items():
        if now < h1 and kinds[code] == "flow":
            why = message("h1_exceeds_annual", half=h1, year=now)
            yield case.about(case.actual[code], why)


def stock_break(case: Case) -> Iterator[Problem]:
    """A stock that left its last annual value by more than the limit and than small counts do.

    Not asked where the report itself says why: last year's stock and the year's flow make it up
    (column `closes`).
    """
    most = limit("stock_break", case.year)
    known = reference.catalogue()
    stocks = (known["flow_stock"] == "stock") & (known["break_before"] != case.year)
    pairs = case.beside(case.past.get((case.year - 1, "annual", "actual"), {}))
    both = pd.DataFrame.from_dict(pairs, "index", dtype=float, columns=["now", "then"])
    both = both[stocks.reindex(both.index)]
    counted = known["kind"].reindex(both.index).eq("count")
    far = (both["now"] - both["then"]).abs() > both["then"].abs() * (most / 100)
    far &= beyond_chance(both["now"], both["then"], counted)
    flows = known["closes"].reindex(both.index).dropna().str.split()
    moved = flows.map(lambda flow: float(f"{flow[0]}1") * case.values.get(flow[1], float("nan")))
    closing = both["then"] + moved.reindex(both.index).astype(float)
    far &= closing.isna() | beyond_chance(both["now"], closing, counted)
    for code, (now, then) in both[far].iterrows():
        why = message("stock_break", year=case.year - 1, then=then, now=now, most=most)
        yield case.about(case.actual[code], why)


def unit_suspect(case: Case) -> Iterator[Problem]:
    """A figure some thousand times off its own past: 'triệu' typed in a đồng column.

    Where the district has no past of its own, `peers` holds the figure against the others.
    """
    factor = limit("unit_suspect", case.year)
    both = case.beside(usual(case.past, case.year, case.period))
    for code, (now, then) in both.items():
        if now / then >= factor or 0 < now / then <= 1 / factor:
            n = case.actual[code]
            why = message("unit_suspect", then=then, unit=case.facts["unit"][n])
            yield case.about(n, why)


def identical_report(case: Case) -> Iterator[Problem]:
    """All or nearly all figures of an earlier report of the district sent again."""
    most = limit("identical_report", case.year) / 100
    now = pd.Series(case.values, dtype=float)
    reports = case.earlier[["year", "period"]].drop_duplicates()
    alike = {
        (year, period): alikeness(
            now, actuals(case.earlier, year, period).set_index("indicator")["value"]
        )
        for year, period in reports.itertuples(index=False)
    }
    share, (year, period) = max([(s, key) for key, s in alike.items()], default=(0.0, (0, "")))
    if share >= most:
        why = message(
            "identical_report.half_year" if period == "h1" else "identical_report.year",
            share=share * 100,
            year=int(year),
        )
        yield case.whole(why)


def alikeness(now: pd.Series, other: pd.Series) -> float:
    """The share of figures other than zero that are the same in the other report, 0 of too few.

    Only indicators that both reports owe are compared; `other` holds its blanks too.
    """
    both = now[now.ne(0) & now.notna() & now.index.isin(other.index)]
    if len(both) < LEAST_FIGURES:
        return 0.0
    return float((both == other.reindex(both.index)).mean())
