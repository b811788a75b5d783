"""Register, facts and problems -> the quality figures of a period, with the districts behind them.

After WHO's Data Quality Review as DHIS2 computes it, with thresholds from `quality.csv`. What
could not be computed is said beside each figure: too little data is never 'nothing found'.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from ntm_eval import reference
from ntm_eval.checks import peers
from ntm_eval.checks.case import KEY, actuals, fisher
from ntm_eval.language import translate as _
from ntm_eval.notation import district_name, reporters

COLUMNS = ["figure", "name_vi", "value", "threshold", "met", "districts", "n", "reason"]
# The rules that say of a figure that it is unlike the others.
UNLIKE = ("outlier", "unit_suspect")
YEARS = ["year", "figure", "name_vi", "value", "threshold", "met", "n"]
HEAPING = ["district_code", "n", "share", "low", "high", "others", "p_value", "apart"]
TOTALS = ["indicator", "total", "without_held", "without_unlike", "held", "unlike"]
FROM = 100  # smaller counts are round by chance too often to tell anything
ALPHA = 0.05  # over all districts together (Bonferroni)
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
    expected, standard = register["district_code"], peers.standard("outliers", year)
    beside = peers.against_peers(history, problems, year, period)
    made = _of_reports(register, history, year, period)
    made["outliers"] = _outliers(beside, problems, standard, expected)
    rows = [_row(peers.standard(name, year), figure) for name, figure in made.items()]
    return pd.DataFrame(rows, columns=COLUMNS).astype(
        {"value": float, "threshold": float, "n": float, "districts": "str", "reason": "str"}
    )


def over_years(
    registers: Mapping[int, pd.DataFrame], history: pd.DataFrame, period: str
) -> pd.DataFrame:
    """The figures of several years side by side, those that need no comparison of districts; YEARS.

    `registers`: by year, of `received.register`; the cells are counted in `history`.
    """
    rows = []
    for year, register in sorted(registers.items()):
        owed = actuals(history, year, period).groupby("district_code")["state"]
        of = register["district_code"]
        counted = register.assign(
            cells_expected=of.map(owed.size()).astype(float),
            cells_filled=of.map(owed.agg(lambda states: (states != "blank").sum())).astype(float),
        )
        made = _of_reports(counted, history, year, period)
        rows += [{**_row(peers.standard(n, year), f), "year": year} for n, f in made.items()]
    return pd.DataFrame(rows, columns=YEARS).astype({"year": "int64", "value": float, "n": float})


def heaping(facts: pd.DataFrame) -> pd.DataFrame:
    """Whether a district writes round figures more often than the others; columns HEAPING.

    `n`: its own counts of `FROM` and more, `share` of them a multiple of ten with its 95 % Wilson
    interval (`low`, `high`), `others` the share in all other districts, `p_value` of Fisher's exact
    test; `apart` where it writes more of them and p times the number of districts is below 5 %.
    """
    from statsmodels.stats.proportion import proportion_confint

    catalogue = reference.catalogue()
    rows = facts[(facts["measure"] == "actual") & facts["commune_code"].isna()]
    counts = catalogue.index[catalogue["kind"] == "count"]
    rows = rows[rows["indicator"].isin(counts) & (rows["value"] >= FROM)]
    by = (rows["value"] % 10 == 0).groupby(rows["district_code"]).agg(["sum", "size"]).astype(int)
    whole = by.sum()
    found = []
    for code, own in by.iterrows():
        rest = whole - own
        low, high = proportion_confint(own["sum"], own["size"], method="wilson")
        share, others = own["sum"] / own["size"], rest["sum"] / max(rest["size"], 1)
        p = fisher(*((part["sum"], part["size"]) for part in (own, rest)))
        apart = share > others and p * len(by) < ALPHA
        found.append((code, own["size"], share, low, high, others, p, apart))
    kinds = dict.fromkeys(HEAPING[1:-1], float)
    return pd.DataFrame(found, columns=HEAPING).astype(kinds | {"apart": bool})


def totals(facts: pd.DataFrame, problems: pd.DataFrame) -> pd.DataFrame:
    """The province's totals that change where doubtful figures are left out; columns TOTALS.

    `without_held`: without the figures that a rule holds back; `without_unlike`: without those
    unlike the other districts' (UNLIKE, not explained) as well; `held`, `unlike`: how many. Only
    indicators that have any; a total without any figure left is missing.
    """
    own = facts[(facts["measure"] == "actual") & facts["commune_code"].isna()]
    own = own[own["value"].notna() & own["indicator"].isin(reference.added_up())]
    open_ones = problems[problems["rule"].isin(UNLIKE) & problems["explained"].isna()]
    marked = pd.MultiIndex.from_frame(open_ones.loc[open_ones["commune_code"].isna(), KEY])
    held = own["held"].notna() & (own["held"] != "")
    unlike = pd.MultiIndex.from_frame(own[KEY]).isin(marked)
    values = own.assign(
        total=own["value"],
        without_held=own["value"].mask(held),
        without_unlike=own["value"].mask(held | unlike),
        held=held.astype(float),
        unlike=unlike.astype(float),
    )
    sums = values.groupby("indicator")[TOTALS[1:]].sum(min_count=1)
    return sums[sums["held"] + sums["unlike"] > 0].reset_index()


def _of_reports(
    register: pd.DataFrame, history: pd.DataFrame, year: int, period: str
) -> dict[str, Figure]:
    """The figures that rest on each report and its own past."""
    standard = peers.standard("consistency", year)
    expected = register["district_code"]
    return {
        "reports": _reports(register),
        "timeliness": _timeliness(register),
        "cells": _cells(register, peers.standard("cells", year)),
        "consistency": _consistency(history, standard, year, period, expected),
    }


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
    before = past.groupby(KEY)["value"].agg(["mean", "count"])
    both = now.set_index(KEY)[["value"]].join(before)
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
