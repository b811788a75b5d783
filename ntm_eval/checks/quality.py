"""Register, facts and problems -> the quality figures of a period, with the districts behind them.

After WHO's Data Quality Review as DHIS2 computes it, with thresholds from `quality.csv`. What
could not be computed is said beside each figure: too little data is never 'nothing found'.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

import pandas as pd

from ntm_eval import reference
from ntm_eval.checks import peers
from ntm_eval.checks.case import actuals
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, reporters

COLUMNS = ["figure", "name_vi", "value", "threshold", "met", "districts", "n", "reason"]
# The rules that say of a figure that it is unlike the others.
UNLIKE = ("outlier", "unit_suspect")
# More indicators than this are counted instead of listed.
LISTED = 12


@dataclass(frozen=True)
class Figure:
    """A share over `n`, the codes of the districts that keep it down, what is not in it."""

    value: float
    n: int
    divergent: Iterable[str]
    reason: str = ""


def figures(
    register: pd.DataFrame, history: pd.DataFrame, problems: pd.DataFrame, year: int, period: str
) -> pd.DataFrame:
    """A row for each figure: `value` 0..1 over `n`, whether `met` (yes, no, not_computable).

    `districts` are the short names of those that keep it down; `reason` says what could not be
    computed and why. `history` holds the facts of all districts and years, `problems` those of
    this period, what comparing the districts has shown among them.
    """
    expected = register["district_code"]
    by = {name: peers.standard(name, year) for name in ("cells", "consistency", "outliers")}
    made = {
        "reports": _reports(register),
        "timeliness": _timeliness(register),
        "cells": _cells(register, by["cells"]),
        "consistency": _consistency(history, by["consistency"], year, period, expected),
        "outliers": _outliers(
            peers.against_peers(history, problems, year, period), problems, by["outliers"], expected
        ),
    }
    rows = [_row(peers.standard(name, year), figure) for name, figure in made.items()]
    return pd.DataFrame(rows, columns=COLUMNS).astype(
        {"value": float, "threshold": float, "n": float, "districts": "str", "reason": "str"}
    )


def _row(standard: pd.Series, figure: Figure) -> dict:
    met = "yes" if figure.value >= standard["threshold"] else "no"
    return {
        "figure": standard["figure"],
        "name_vi": standard["name_vi"],
        "value": figure.value,
        "threshold": standard["threshold"],
        "met": "not_computable" if pd.isna(figure.value) else met,
        "districts": _names(figure.divergent) or None,
        "n": figure.n,
        "reason": figure.reason or None,
    }


def _reports(register: pd.DataFrame) -> Figure:
    """Reports received of those expected."""
    missing = register["status"] == "missing"
    return Figure(1 - missing.mean(), len(register), register.loc[missing, "district_code"])


def _timeliness(register: pd.DataFrame) -> Figure:
    """Reports on time of those expected; one of unknown day counts as neither on time nor late."""
    undated = register["status"] == "undated"
    known = register[~undated]
    late = known["status"] != "on_time"
    reason = _not_in_it(register.loc[undated, "district_code"], _("không rõ ngày gửi"))
    return Figure(1 - late.mean(), len(known), known.loc[late, "district_code"], reason)


def _cells(register: pd.DataFrame, standard: pd.Series) -> Figure:
    """Owed actual cells that are not blank, over the reports received."""
    sent = register["cells_expected"] > 0
    owed, filled = register.loc[sent, "cells_expected"], register.loc[sent, "cells_filled"]
    value = filled.sum() / owed.sum() if sent.any() else float("nan")
    few = (register["cells_filled"] / register["cells_expected"]) < standard["threshold"]
    reason = _not_in_it(register.loc[~sent, "district_code"], _("không có báo cáo"))
    return Figure(value, int(owed.sum()), register.loc[few, "district_code"], reason)


def _consistency(
    history: pd.DataFrame, standard: pd.Series, year: int, period: str, expected: Iterable[str]
) -> Figure:
    """Figures within the tolerance around the mean of the years before, of the same standard."""
    now = actuals(history, year, period).dropna(subset="value")
    breaks = reference.catalogue()["break_before"]
    past = history[
        (history["period"] == period) & (history["measure"] == "actual") & (history["year"] < year)
    ]
    since = past["indicator"].map(breaks.where(breaks <= year)).astype(float)
    past = past[~(past["year"] < since) & past["value"].notna()]
    before = past.groupby(peers.KEY)["value"].agg(["mean", "count"])
    both = now.set_index(peers.KEY)[["value"]].join(before)
    enough = both["count"] >= standard["least"]
    known = both[enough]
    inside = (known["value"] - known["mean"]).abs() <= known["mean"].abs() * standard["tolerance"]
    share = inside.groupby("district_code").mean()
    least = f"{standard['least']:.0f}"
    few = both[~enough & both.index.isin(share.index, level=0)].reset_index()
    reasons = [
        _not_in_it(
            _all_but(share.index, expected),
            _("không có số kỳ này hoặc chưa đủ {least} năm trước", least=least),
        ),
        _too_few(few, _("chưa đủ {least} năm trước", least=least)),
    ]
    divergent = share.index[share < standard["threshold"]]
    return Figure(inside.mean(), len(inside), divergent, " ".join(filter(None, reasons)))


def _outliers(
    beside: pd.DataFrame, problems: pd.DataFrame, standard: pd.Series, expected: Iterable[str]
) -> Figure:
    """Districts without a figure unlike the others', of those that could be compared."""
    least = standard["least"]
    compared = (beside["rate_n"] >= least) & beside["rate"].notna()
    compared |= (beside["change_n"] >= least) & beside["change"].notna()
    codes = set(beside.loc[compared, "district_code"])
    unlike = set(problems.loc[problems["rule"].isin(UNLIKE), "district_code"])
    few = beside[~compared & beside["district_code"].isin(codes)]
    enough = _(
        "ít nhất {least} {reporters}",
        least=f"{least:.0f}",
        reporters=reporters(next(iter(expected))),
    )
    reasons = [
        _not_in_it(
            _all_but(codes, expected),
            _("không có số kỳ này hoặc không đủ số liệu của {enough}", enough=enough),
        ),
        _too_few(few, _("không đủ số liệu của {enough}", enough=enough)),
    ]
    value = 1 - len(unlike & codes) / len(codes) if codes else float("nan")
    return Figure(value, len(codes), unlike, " ".join(filter(None, reasons)))


def _names(codes: Iterable[str]) -> str:
    named = sorted(set(codes))
    short = ", ".join(map(district_name, named[:LISTED]))
    others = len(named) - LISTED
    return _("{names} và {others} nơi khác", names=short, others=others) if others > 0 else short


def _all_but(codes: Container[str], expected: Iterable[str]) -> list[str]:
    return [code for code in expected if code not in codes]


def _not_in_it(codes: Iterable[str], why: str) -> str:
    names = _names(codes)
    return _("Không tính được: {names} ({why}).", names=names, why=why) if names else ""


def _too_few(rows: pd.DataFrame, why: str) -> str:
    """The indicators of rows that could not be compared, as codes or, when many, as a number."""
    codes = sorted(rows["indicator"].unique())
    if not codes:
        return ""
    listed = ", ".join(codes) if len(codes) <= LISTED else _("{count} chỉ tiêu", count=len(codes))
    of = rows["district_code"]
    return _(
        "Không so được {listed} ({why}) ở {count} {reporters}.",
        listed=listed,
        why=why,
        count=of.nunique(),
        reporters=reporters(of.iloc[0]),
    )
