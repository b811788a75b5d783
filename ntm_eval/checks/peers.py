"""Rules that need the other districts, or published figures; they mark, change nothing.

The sum of the districts is the province's figure by construction (`analysis.province.totals`):
there is no second figure that it could differ from, so no rule looks for a mismatch of the
province's sum. What can be held against it is what was published: `published_gap`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from ntm_eval import reference, units
from ntm_eval.checks.case import KEY, about_fact, actuals, beyond_chance, known_values, usual
from ntm_eval.checks.history import alikeness
from ntm_eval.intake.problems import Place, Problem, limit, problem
from ntm_eval.language import Message, message

HOUSEHOLDS, CRITERIA_MEAN = "C1-18", "C1-25"
# What has already been asked about the size of a figure is not asked again.
ABOUT_SIZE = ("negative", "out_of_range", "unit_suspect", "stock_break")


def find_problems(
    history: pd.DataFrame, found: pd.DataFrame, year: int, period: str
) -> list[Problem]:
    """What the districts' reports of one period show beside each other.

    `history` holds the facts of all districts and years, `found` the problems of the reports
    themselves.
    """
    beside = against_peers(history, found, year, period)
    asked = found.loc[found["rule"].isin(ABOUT_SIZE), KEY]
    beside = _without(beside, asked)
    units_off = beside[_units_off(beside, year)]
    return [
        *unit_suspect(units_off),
        *outlier(_without(beside, units_off), year),
        *identical_report(history, year, period),
    ]


def against_peers(
    history: pd.DataFrame, found: pd.DataFrame, year: int, period: str
) -> pd.DataFrame:
    """Each figure read, as a rate and as a ratio to last year, beside the other districts'.

    Adds to the facts: `base` (the indicator it is divided by), `rate`, its `rate_median` over
    `rate_n` districts and modified `rate_z`; the same four of `change`, the ratio to `last`
    year's figure; and `before`, the usual figure of earlier years where there is one.
    """
    now = actuals(history, year, period).dropna(subset="value").reset_index(drop=True)
    known = reference.catalogue().loc[now["indicator"]]
    now = now.assign(
        counted=known["kind"].eq("count").to_numpy(),
        base=_bases().loc[now["indicator"]].to_numpy(),
        last=_value(actuals(history, year - 1, period), now, "indicator"),
        before=_usual_past(history, now, year, period),
    )
    divisor = _value(_without(now, _doubtful(found)), now, "base")
    divisor = divisor.where(now["base"].notna(), 1.0).where(now["indicator"] != HOUSEHOLDS)
    unbroken = known["break_before"].ne(year).to_numpy()
    positive = (now["value"] > 0) & (now["last"] > 0)
    now = now.assign(
        divisor=divisor.where(divisor > 0),
        rate=now["value"] / divisor.where(divisor > 0),
        change=(now["value"] / now["last"]).where(positive & unbroken),
    )
    return _with_centre(_with_centre(now, "rate", now["rate"]), "change", np.log(now["change"]))


def first_figures(history: pd.DataFrame, year: int, period: str) -> pd.DataFrame:
    """The figures above zero of one period that no earlier year of the same unit speaks for.

    Only these can be `unit_suspect` beside the other districts.
    """
    now = actuals(history, year, period)
    return now[(now["value"] > 0) & np.isnan(_usual_past(history, now, year, period))]


def _usual_past(history: pd.DataFrame, now: pd.DataFrame, year: int, period: str) -> np.ndarray:
    """The usual figure of earlier years for each row of `now`, NaN where there is none."""
    past = usual(known_values(history), year, period)
    keys = zip(now["district_code"], now["indicator"], strict=True)
    return np.array([past.get(key, np.nan) for key in keys], dtype=float)


def modified_z(values: pd.Series) -> pd.Series:
    """Distances from the median in robust standard deviations (Iglewicz and Hoaglin, 1993).

    Unlike the z-score, which cannot exceed (n-1)/sqrt(n), it finds one value among few. Where
    more than half of the values are the same, the mean of the distances stands for their median.
    """
    off = values - values.median()
    spread = off.abs().median() * 1.4826 or off.abs().mean() * 1.2533
    return off / spread if spread > 0 else off * 0.0


def standard(figure: str, year: int) -> pd.Series:
    """The row of `quality.csv` for a figure, as in force at the end of a year."""
    rows = reference.at(reference.table("quality"), date(year, 12, 31))
    return rows[rows["figure"] == figure].iloc[-1]


def unit_suspect(off: pd.DataFrame) -> Iterator[Problem]:
    """A figure without a past, some thousand times off the other districts' rate."""
    for _, row in off.iterrows():
        why = message(
            "unit_suspect.others", others=_beside(row), usual=_usual(row), unit=row["unit"]
        )
        yield about_fact(units.district(row["district_code"]), row, why)


def outlier(beside: pd.DataFrame, year: int) -> Iterator[Problem]:
    """A figure that changed since last year as no other district's, or is unlike all of theirs.

    A district that differs every year (a town among mountain districts) is no outlier: where the
    change since last year can be compared, it decides; else the level does. Below the least
    number of districts nothing is compared, and `quality.figures` says so.
    """
    by_change = _outside(beside, "change", beside["last"], year)
    by_rate = _outside(beside, "rate", beside["divisor"], year)
    compared = beside["change"].notna() & _enough(beside, "change", year)
    most = limit("outlier", year)
    for _, row in beside[by_change].iterrows():
        why = message(
            "outlier.change",
            times=_times(row["change"]),
            last=row["last"],
            others=_others(row, "change"),
            median=row["change_median"],
            off=row["change_z"],
            most=most,
        )
        yield about_fact(units.district(row["district_code"]), row, why)
    for _, row in beside[by_rate & ~compared].iterrows():
        why = message(
            "outlier.rate",
            others=_beside(row),
            usual=_usual(row),
            unit=row["unit"],
            off=row["rate_z"],
            most=most,
        )
        yield about_fact(units.district(row["district_code"]), row, why)


def identical_report(history: pd.DataFrame, year: int, period: str) -> Iterator[Problem]:
    """All or nearly all figures the same as another district's of the same period."""
    most = limit("identical_report", year) / 100
    rows = actuals(history, year, period)
    sent = {code: r.set_index("indicator") for code, r in rows.groupby("district_code")}
    for code, mine in sent.items():
        for other, theirs in sent.items():
            share = alikeness(mine["value"], theirs["value"]) if other != code else 0.0
            if share >= most:
                here, there = units.district(code), units.district(other)
                why = message("identical_report", share=share * 100, name=there.name)
                yield problem(why, Place(here.code, *mine["file"].dropna().head(1)))


def published_gap(gaps: pd.DataFrame, year: int) -> Iterator[Problem]:
    """The province's figure of the year, away from the published one by more than the limit.

    `gaps` are the rows of `analysis.province.against_published`. A sum is compared only when all
    districts are in it; a rate always. A matter of the province, so of no district.
    """
    most = limit("published_gap", year) / 100
    there = units.reporting(units.day(year, "annual"))
    whole = gaps["figure"].eq("rate") | gaps["districts"].eq(len(there))
    far = gaps["gap"].abs() > gaps["published"].abs() * most
    rows = gaps[(gaps["as_of"].dt.year == year) & whole & far]
    known = reference.catalogue()
    for row in rows.to_dict("records"):
        unit = known.loc[row["indicator"], "rate_unit" if row["figure"] == "rate" else "unit"]
        why = message(
            "published_gap",
            reported=row["reported"],
            unit=unit,
            districts=row["districts"],
            reporters=units.reporters(there[0].code),
            published=row["published"],
            source=row["source"],
            most=most * 100,
        )
        yield problem(why, Place(), indicator=row["indicator"])


def _units_off(beside: pd.DataFrame, year: int) -> pd.Series:
    factor = limit("unit_suspect", year)
    ratio = beside["rate"] / beside["rate_median"]
    far = (ratio >= factor) | ((ratio > 0) & (ratio <= 1 / factor))
    usually = beside["rate_median"] * beside["divisor"]
    apart = beyond_chance(beside["value"], usually, beside["counted"])
    return far & apart & beside["before"].isna() & _enough(beside, "rate", year)


def _outside(beside: pd.DataFrame, figure: str, scale: pd.Series, year: int) -> pd.Series:
    """Beyond the limit of z, the tolerance, and what small counts do by themselves."""
    tolerance = standard("outliers", year)["tolerance"]
    value, median = beside[figure], beside[f"{figure}_median"]
    return (
        (beside[f"{figure}_z"].abs() > limit("outlier", year))
        & ((value - median).abs() > median.abs() * tolerance)
        & beyond_chance(beside["value"], median * scale, beside["counted"])
        & _enough(beside, figure, year)
    )


def _enough(beside: pd.DataFrame, figure: str, year: int) -> pd.Series:
    return beside[f"{figure}_n"] >= standard("outliers", year)["least"]


def _with_centre(now: pd.DataFrame, figure: str, scale: pd.Series) -> pd.DataFrame:
    by = now.groupby("indicator")[figure]
    return now.assign(
        **{
            f"{figure}_n": by.transform("count"),
            f"{figure}_median": by.transform("median"),
            f"{figure}_z": scale.groupby(now["indicator"]).transform(modified_z),
        }
    )


def _bases() -> pd.Series:
    """What each indicator is divided by: its denominator, else households; a share by nothing."""
    known = reference.catalogue()
    shares = (known["kind"] == "percent") | (known.index == CRITERIA_MEAN)
    return known["denominator"].fillna(HOUSEHOLDS).mask(shares)


def _doubtful(found: pd.DataFrame) -> pd.DataFrame:
    """Figures that something is wrong with: nothing is divided by them."""
    return found[found["severity"].eq("error") | found["rule"].isin(ABOUT_SIZE)]


def _without(rows: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """The rows whose district and indicator are not among the others."""
    both = pd.MultiIndex.from_frame(rows[KEY]).isin(pd.MultiIndex.from_frame(other[KEY]))
    return rows[~both]


def _value(rows: pd.DataFrame, now: pd.DataFrame, column: str) -> pd.Series:
    """The value that the rows give for each district and the indicator named in a column."""
    wanted = pd.MultiIndex.from_arrays([now["district_code"], now[column]])
    return pd.Series(rows.set_index(KEY)["value"].reindex(wanted).to_numpy(), now.index)


def _usual(row: pd.Series) -> float:
    """About what the figure would be at the other districts' rate: three digits are enough."""
    return float(f"{row['rate_median'] * row['divisor']:.3g}")


def _others(row: pd.Series, figure: str) -> Message:
    """How many were compared, and what they are called."""
    reporters = units.reporters(row["district_code"])
    return message("others", count=round(row[f"{figure}_n"]), reporters=reporters)


def _times(ratio: float) -> Message:
    return message("times", ratio=ratio) if ratio >= 0.01 else message("times.few")


def _beside(row: pd.Series) -> Message:
    """The others, and what their figures were divided by to be held against."""
    others = _others(row, "rate")
    if pd.isna(row["base"]):
        return others
    return {**others, **message("others.by", base=row["base"])}
