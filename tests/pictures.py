"""Small tables with the cases that pictures must bear, and what can be read off a picture."""

import re
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from ntm_eval import reference, units
from ntm_eval.analysis import disclosure
from ntm_eval.analysis import satisfaction as analysed
from ntm_eval.intake import problems
from ntm_eval.intake.sheets import CRITERIA
from ntm_eval.reporting import sections, style

CODES = [d.code for d in units.districts()]
LONGEST = ["C3-01", "C2-11", "C2-05", "C2-08", "C2-16", "C1-11"]
NAN, NAT = float("nan"), pd.NaT


def series(indicator="C2-16", values=(0.1, 0.2, NAN, 0.4, 0.5)):
    rows = [("119", indicator, 2018 + n, v * 100, 100.0, v) for n, v in enumerate(values)]
    columns = ["district_code", "indicator", "year", "value", "denominator", "rate"]
    return pd.DataFrame(rows, columns=columns)


def trends(indicator="C2-16", direction="up", first_year=2018, basis="test"):
    few = direction == "too_few"
    slopes = [NAN, NAN, NAN] if few else [0.1, 0.05, 0.15]
    row = ["119", indicator, 4, first_year, 2022, *slopes, 0.04, 0.1, direction, "better", basis]
    columns = [
        "district_code",
        "indicator",
        "years",
        "first_year",
        "last_year",
        "slope",
        "low",
        "high",
        "p_value",
        "q_value",
        "direction",
        "good",
        "basis",
    ]
    return pd.DataFrame([row], columns=columns)


def many_series():
    return pd.concat([series(i, (1200.5, 1300, 1250, 2e6, 3.1e6)) for i in LONGEST])


def score(indicator, value, plan, ratio, reason="lý do", code="119", part=None, points=1.0):
    return {
        "district_code": code,
        "part": part or indicator.split("-")[0],
        "indicator": indicator,
        "points": points,
        "max_points": 2.0,
        "value": value,
        "plan": plan,
        "ratio": ratio,
        "reason": reason,
    }


def scores():
    """Everyone but Bắc Yên, in every part; the long names among the indicators."""
    scored = reference.table("indicators").query("scored == 'yes'")["id"]
    rows = [
        score(
            i,
            NAN if n % 7 == 0 else 30.0 * n,
            400.0,
            NAN if n % 7 == 0 else 0.5,
            "có kế hoạch nhưng ô thực hiện không đọc được, tính 0 điểm",
            code,
        )
        for code in CODES
        if code != "121"
        for n, i in enumerate(scored)
    ]
    rows += [score("on_time", 0.0, NAN, NAN, code=c, part="reporting") for c in CODES if c != "121"]
    return pd.DataFrame(rows)


def communes():
    """Every commune of 2022; xã n has met n modulo 20 criteria, those of Bắc Yên are unknown."""
    rows = reference.at(reference.table("communes"), date(2022, 12, 31))
    frame = rows.rename(columns={"code": "commune_code", "name": "commune"})
    frame = frame[["district_code", "commune_code", "commune", "kind"]].reset_index(drop=True)
    known = (frame["kind"] == "xã") & (frame["district_code"] != "121")
    met = pd.Series(range(len(frame)), dtype=float) % 20
    for n, criterion in enumerate(CRITERIA):
        frame[criterion] = pd.Series(np.where(met > n, "Đ", "C"), dtype="str").where(known)
    return frame.assign(criteria_met=met.where(known))


def ranking():
    points = pd.Series([91.2, 86.4, 84.9, 77, NAN, 76.1, 72.4, 72.4, 66, 88.1, 48.8, 63.7])
    rank = points.rank(ascending=False, method="min")
    return pd.DataFrame(
        {
            "district_code": CODES,
            "points": points,
            "grade": "khá",
            "rank": rank,
            "rank_low": (rank - 1).clip(lower=1),
            "rank_high": rank + 1,
            "points_low": points - 4,
            "points_high": points + 2,
            "self_score": points,
        }
    )


def core_facts(**planted):
    """90 of a plan of 100, or of 100 cases, in each core indicator of each district.

    `planted`: by code and indicator with '_' for '-' what a figure has instead.
    """
    known = reference.catalogue()
    core = known[known["core"].isin(["scorecard", "dashboard"])]
    asked = [(i, "actual", 90.0) for i in core.index]
    asked += [(i, "plan", 100.0) for i in core.index[core["has_plan"] == "yes"]]
    asked += [(i, "actual", 100.0) for i in core.loc[core["formula"] == "settled", "denominator"]]
    rows = [
        {
            "district_code": code,
            "commune_code": pd.NA,
            "indicator": indicator,
            "measure": measure,
            "value": value,
            "held": pd.NA,
        }
        | (planted.get(f"d{code}_{indicator.replace('-', '_')}", {}) if measure == "actual" else {})
        for code in CODES
        for indicator, measure, value in asked
    ]
    return pd.DataFrame(rows)


def moves(*rows):
    """What core indicators did since last year: code, indicator, before, now, verdict."""
    return pd.DataFrame(rows, columns=["district_code", "indicator", "before", "now", "verdict"])


def cells(facts=None, moved=None, due=None, groups=None):
    """The frame of the scorecard: Thuận Châu, Mộc Châu … in their order, one group each."""
    ranks = ranking().assign(group=groups or [float(n) for n in range(12)])
    facts = core_facts() if facts is None else facts
    moved = moves() if moved is None else moved
    due = pd.Series(dtype=float) if due is None else due
    return sections.scorecard.frame(ranks, facts, moved, due, date(2022, 12, 31))


def register():
    due = pd.Timestamp("2022-12-05")
    received = [due - pd.Timedelta(days=n + 1) for n in range(12)]
    received[3], received[4], received[5] = pd.Timestamp("2022-12-08"), NAT, NAT
    status = ["on_time"] * 12
    status[3:6] = ["late", "missing", "undated"]
    return pd.DataFrame(
        {
            "district_code": CODES,
            "status": status,
            "received": received,
            "due": due,
            "days_late": [0.0, 0, 0, 4, NAN, NAN, 0, 0, 0, 0, 0, 0],
        }
    )


def answers(*rows):
    """What a review publishes of the answers: commune, survey, question, households, forms
    collected, satisfied, unsatisfied."""
    columns = [
        "commune_code",
        "survey",
        "question",
        "households",
        "collected",
        "satisfied",
        "unsatisfied",
    ]
    frame = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:], float))
    frame = frame.assign(district_code="119", issued=frame["collected"] + 10)
    day = date(2022, 12, 31)
    return disclosure.published(analysed.table(frame, day), problems.frame([]), day)


def satisfaction():
    """Five communes: met, met but unsure, not met, held back, not known."""
    codes = reference.table("communes").query("district_code == '119'")["code"].head(5)
    counts = [(288, 12), (273, 27), (258, 40), (298, 2), (NAN, 4)]
    return answers(*((c, "xã NTM", "19", 400, 300, *n) for c, n in zip(codes, counts, strict=True)))


def every_question():
    """The longest case: 19 questions in communes with long names, two types of survey."""
    codes = reference.table("communes").query("district_code == '118'")["code"].head(9)
    counts = [(288, 12), (241, 50), (232, 40), (298, 2), (NAN, 4), (300, 0)]
    return answers(
        *(
            (code, survey, str(q), 400, 300, *counts[(n + q) % 6])
            for n, code in enumerate(codes)
            for survey, last in [("xã NTM nâng cao", 19), ("huyện NTM", 10)][: 1 + n % 2]
            for q in range(1, last + 1)
        )
    )


def values():
    return pd.Series([float(n) for n in range(12)], CODES).drop("127")


def axes(width=7.2, height=3.0):
    """An Axes as a chart is given one."""
    with style.look():
        return Figure(figsize=(width, height)).subplots()


def drawn(made):
    """The figure after it was drawn."""
    page = made.get_figure(root=True) if hasattr(made, "get_figure") else made
    style.png(page)
    return page


def visible_texts(page):
    """The texts that are drawn; a locator also leaves ticks outside the limits, which are not."""
    hidden = set()
    for ax in page.axes:
        for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            low, high = sorted(limits)
            for tick in axis.get_major_ticks():
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    hidden |= {tick.label1, tick.label2}
    found = [t for t in page.findobj(Text) if t not in hidden and t.get_visible()]
    return [t for t in found if t.get_text().strip()]


def words(ax):
    """The words in and right of a picture, without those that name its rows."""
    left = {id(t) for t in ax.texts if t.get_ha() == "right" and t.get_position()[0] == 0}
    return [t.get_text() for t in ax.texts if id(t) not in left]


def line(ax, label):
    return [ln for ln in ax.lines if ln.get_label() == label]


def rows(ax):
    """The words left of the rows, from top to bottom; `words` are all others."""
    named = [t for t in ax.texts if t.get_ha() == "right" and t.get_position()[0] == 0]
    return [t.get_text() for t in sorted(named, key=lambda t: t.get_position()[1])]


def segments(ax):
    """The straight lines of a picture as ((x, y), (x, y))."""
    lines = [c for c in ax.collections if isinstance(c, LineCollection)]
    return [tuple(map(tuple, path.vertices.tolist())) for c in lines for path in c.get_paths()]


def panel(ax, label):
    """What the lines of one label, or the band, say in years and values, read by the scales.

    Of a picture of one panel: its years stand below, its values to the left of where they are.
    """
    years = {
        float(t.get_text()): t.get_position()[0]
        for t in ax.texts
        if re.fullmatch(r"\d{4}", t.get_text()) and t.get_ha() == "center"
    }
    values = {
        float(t.get_text().strip("%").replace(".", "").replace(",", ".")): t.get_position()[1]
        for t in ax.texts
        if (t.get_ha(), t.get_va()) == ("right", "center")
    }
    (x, year_0), (y, value_0) = (np.polyfit([*at.values()], [*at], 1) for at in (years, values))
    kind = PolyCollection if label == "band" else LineCollection
    drawn = [c for c in ax.collections if isinstance(c, kind)]
    drawn = drawn if label == "band" else [c for c in drawn if c.get_label() == label]
    return [path.vertices * (x, y) + (year_0, value_0) for c in drawn for path in c.get_paths()]
