"""Facts to score, written by hand or drawn, and their points worked out plainly."""

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

from ntm_eval import reference
from ntm_eval.analysis import scores

DAY = date(2022, 12, 31)
# for what ranks many times for one example
FEW = settings(max_examples=settings().max_examples // 3)
WORDS = ("blank", "not_applicable", "rejected")


def facts(cells, original=None):
    """Cells as {(district, indicator): (actual, plan)}; a word is a state without a value."""
    rows = [
        (d, i, measure, *((np.nan, typed) if typed in WORDS else (float(typed), "reported")))
        for (d, i), pair in cells.items()
        for measure, typed in zip(("actual", "plan", "self_score"), pair, strict=False)
    ]
    frame = pd.DataFrame(rows, columns=["district_code", "indicator", "measure", "value", "state"])
    frame = frame.assign(
        commune_code=pd.Series(np.nan, index=frame.index, dtype="str"),
        original=frame["value"],
        likely=np.nan,
        held=pd.Series(np.nan, index=frame.index, dtype="str"),
    )
    for (district, indicator), raw in (original or {}).items():
        one = (frame["district_code"] == district) & (frame["indicator"] == indicator)
        frame.loc[one & (frame["measure"] == "actual"), "original"] = raw
    return frame


def register(*districts, **about):
    """Districts that sent a full report on time, unless `about` says otherwise."""
    sent = {
        "status": "on_time",
        "days_late": 0.0,
        "cells_expected": 200.0,
        "cells_filled": 200.0,
        "errors": 0.0,
        "warnings": 0.0,
    } | about
    return pd.DataFrame([{"district_code": d, "district": d} | sent for d in districts])


MISSING = register(
    "128",
    status="missing",
    days_late=np.nan,
    cells_expected=np.nan,
    cells_filled=np.nan,
    errors=np.nan,
    warnings=np.nan,
)


def inputs(cells, *, previous=None, sent=None, period="annual", original=None, suspicious=()):
    before = pd.Series(previous or {}, dtype=float)
    everybody = register(*dict.fromkeys(district for district, _ in cells))
    return scores.Inputs(
        facts(cells, original),
        before,
        everybody if sent is None else sent,
        period,
        DAY,
        frozenset(suspicious),
    )


# one cell each of: up and flow, up and stock, down, settled and its total, asked once a year
SOME = ["C1-01", "C1-22", "C1-19", "C4-06", "C4-07", "C2-01", "C6-03"]
TYPED = st.one_of(st.sampled_from(WORDS), st.integers(0, 30), st.floats(0, 30, width=32))


@st.composite
def reports(draw):
    districts = ["118", "119", "127"]
    cells = {(d, i): (draw(TYPED), draw(TYPED)) for d in districts for i in SOME}
    previous = {k: float(draw(st.integers(0, 30))) for k in cells if draw(st.booleans())}
    late = draw(st.sampled_from([np.nan, 0.0, 1.0, 7.0]))
    sent = register(
        *districts,
        days_late=late,
        cells_filled=float(draw(st.integers(0, 200))),
        errors=float(draw(st.integers(0, 6))),
    )
    period = draw(st.sampled_from(["annual", "h1"]))
    return inputs(cells, previous=previous, sent=sent, period=period)


def plain_points(given_, district, weights=None, counted=None):
    """The points of a district, worked out cell by cell without any table arithmetic.

    `counted` are the plans that count in place of those reported, by (district, indicator).
    """
    own = {
        (f.indicator, f.measure): (f.value, _counted(f))
        for f in given_.facts.itertuples()
        if f.district_code == district
    }
    for (code, indicator), plan in (counted or {}).items():
        if code == district:
            own[indicator, "plan"] = (plan, "reported")
    total = 0.0
    weights = weights or {"C1": 25, "C2": 15, "C3": 15, "C4": 15, "C5": 15, "C6": 5}
    for part, weight in weights.items():
        ratios = []
        for i in reference.table("indicators").itertuples():
            due = given_.period == "annual" or i.frequency == "h1+annual"
            if i.scored == "yes" and "C" + i.content == part and due:
                before = given_.previous.get((district, i.id))
                ratios.append(plain_ratio(i, own, before, given_.period))
        known = [r for r in ratios if r is not None]
        total += weight * sum(known) / len(known) if known else 0.0
    line = given_.register.set_index("district_code").loc[district]
    total += 0.0 if np.isnan(line["days_late"]) else max(5 - line["days_late"], 0)
    total += 3 * line["cells_filled"] / line["cells_expected"]
    return total + max(2 - 0.5 * line["errors"], 0)


def _counted(fact):
    """The state of a figure, or that a question holds it back; so is what nobody accepts."""
    if isinstance(fact.held, str):
        return "blank" if fact.state == "not_applicable" else "held"
    return fact.state


def plain_ratio(i, own, previous, period):
    value, state = own.get((i.id, "actual"), (np.nan, "blank"))
    base_cell = (i.denominator, "actual") if i.formula == "settled" else (i.id, "plan")
    base, base_state = own.get(base_cell, (np.nan, "blank"))
    if "not_applicable" in (state, base_state) or "held" in (state, base_state):
        return None
    if base_state != "reported" or base == 0:
        return None
    if state != "reported":
        return 0.0
    if period == "h1" and i.flow_stock == "flow" and i.formula != "settled":
        base = base / 2
        previous = None if previous is None else previous / 2  # half of last year as well
    if i.formula != "down":
        return min(value / base, 1)
    if value <= base:
        return 1.0
    if previous is not None and previous > base:
        return max((previous - value) / (previous - base), 0)
    return base / value
