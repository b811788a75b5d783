"""What of the residents' answers may be published: small counts cannot be worked out.

Small is a count from 1 to below `suppression_limit` of `constants.csv`, called `least` here.

`published` is the one place where this is decided. A review holds its table and no other
(`Review.satisfaction`), so whatever is made of a review, from a sentence to a goal or a list of
names, tells no more than that table. A number that is held back is known to the reader only
between two ends. `docs/decisions/0009-small-counts.md` says what is held back and why.
"""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas
from ntm_eval.analysis import satisfaction
from ntm_eval.analysis.satisfaction import DistrictRule

MOST_TRIED = 5000  # counts that a row may have: what is typed may be of twelve figures
WITHHELD = "withheld"
COUNTS = ("collected", "satisfied", "answered")
SAID = ["verdict", "rule"]
ENDS = [f"{name}_{end}" for name in ("satisfied", "answered", "share") for end in ("low", "high")]
# what the published table has besides the columns of the contract
ADDED = [c for c in schemas.column_names("satisfaction") if c not in satisfaction.COLUMNS]


def published(table: pd.DataFrame, problems: pd.DataFrame, day: date) -> pd.DataFrame:
    """The table of the contract without what would tell a small count of residents' answers.

    `satisfied`, `answered`, `share`, `low`, `high` are missing where held back. `satisfied_low`
    to `answered_high` say between which ends the reader knows the count, `share_low` and
    `share_high` the same of the share; for a number that is shown both ends are that number. `rule`
    is what the guidance says of the share alone. `verdict` and `rule` are `withheld` where
    they would narrow a count that is held back. `state`: `shown`, `withheld` where any of these is
    held back, `unknown` where the counts were not read or do not add up. `certainty` is that of
    `satisfaction.certainty`, by the `problems` of the reports.
    """
    least = int(reference.constant("suppression_limit", day))
    known = _ends(table, least)
    open_s = (known["satisfied_low"] == known["satisfied_high"]).to_numpy()
    open_a = (known["answered_low"] == known["answered_high"]).to_numpy()
    of_forms = np.isclose(table["share"], table["satisfied"] / table["collected"], equal_nan=True)
    open_share = open_s & (open_a | of_forms)
    collected = table["collected"].where(~table["collected"].between(1, least - 1))
    beneath = np.where(of_forms, collected, known["answered_high"])
    above = np.where(of_forms, collected, known["answered_low"])
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = {
            "share_low": np.where(open_share, table["share"], known["satisfied_low"] / beneath),
            "share_high": np.where(open_share, table["share"], known["satisfied_high"] / above),
        }
    hidden = {c: table[c].where(open_share) for c in ("share", "low", "high")}
    rows = table.assign(
        collected=collected,
        satisfied=table["satisfied"].where(open_s),
        answered=table["answered"].where(open_a),
        rule=satisfaction.by_rule(table),
        **hidden,
        **known,
        **ends,
    )
    unread = known["satisfied_low"].isna()
    telling = _telling(table[~unread], rows[~unread], least).reindex(rows.index, fill_value=False)
    # of counts that do not add up nothing is said, whatever they would give
    said = {c: rows[c].mask(unread & rows["threshold"].notna(), "unclear") for c in SAID}
    spoken = {c: words.mask(telling[c], WITHHELD) for c, words in said.items()}
    numbers = [*COUNTS, "share"]
    held = telling.any(axis=1) | (rows[numbers].isna() & table[numbers].notna()).any(axis=1)
    asked = [unread, held, known.isna().any(axis=1)]
    state = np.select(asked, ["unknown", WITHHELD, "unknown"], "shown")
    rows = rows.assign(**spoken, state=pd.array(state, dtype="str"))
    rows = rows.assign(certainty=satisfaction.certainty(rows, problems, day))
    return rows[schemas.column_names("satisfaction")]


def answers_share(rows: pd.DataFrame) -> pd.DataFrame:
    """The satisfied share of the answers, between two ends: columns `low`, `high`.

    `rows` are published ones; the ends are one number where nothing is held back.
    """
    silent_low, silent_high = (rows[f"answered_{end}"] for end in ("low", "high"))
    shown = rows["satisfied"].notna()
    least = rows["satisfied"] / silent_high.where(silent_high > 0)
    most = rows["satisfied"] / silent_low.where(silent_low > 0)
    return pd.DataFrame({"low": least.where(shown), "high": most.clip(upper=1).where(shown)})


def district_rule(table: pd.DataFrame, day: date) -> list[tuple[DistrictRule, DistrictRule]]:
    """The huyện nông thôn mới conditions of each district, at the least and the most satisfied
    that the published rows leave open: a total tells no more than its parts."""
    rows = table.assign(share=table["share_low"].where(table["rule"] != WITHHELD))
    ends = [
        rows.assign(satisfied=rows[f"satisfied_{end}"], answered=rows[f"answered_{end}"])
        for end in ("low", "high")
    ]
    return list(zip(*(satisfaction.district_rule(e, day) for e in ends), strict=True))


def _ends(table: pd.DataFrame, least: int) -> pd.DataFrame:
    """Between which ends the satisfied and the answered are known to a reader."""
    # without a share nothing is told, but that nobody was asked
    counts = table[list(COUNTS)].where(table["share"].notna() | table["collected"].eq(0))
    rows = [_row(least, *each) for each in counts.to_numpy(float)]
    return pd.DataFrame(rows, columns=ENDS[:4], index=table.index, dtype=float)


def _row(least: int, collected: float, satisfied: float, answered: float) -> tuple[float, ...]:
    """The two ends of the satisfied, then of the answered.

    Not satisfied are those who say so and those who say nothing; the forms collected are public.
    """
    if math.isnan(collected + satisfied) or satisfied > collected or answered > collected:
        return (math.nan,) * 4
    others = collected - satisfied
    if 0 < collected < least:
        return 0, least - 1, 0, least - 1
    if others == 0:
        return satisfied, satisfied, collected, collected
    if collected < 2 * least:  # both sides may be small, and one would tell the other
        return 0, collected - 1, 0, collected
    if satisfied < least:
        return 0, least - 1, 0, collected
    if others < least:
        return collected - least + 1, collected - 1, collected - least + 1, collected
    return satisfied, satisfied, *_answered(collected, satisfied, answered, least)


def _answered(
    collected: float, satisfied: float, answered: float, least: int
) -> tuple[float, float]:
    """The ends of the answered, where `least` or more are satisfied and as many are not."""
    unsatisfied, silent, others = answered - satisfied, collected - answered, collected - satisfied
    few = [0 < n < least for n in (unsatisfied, silent)]
    if math.isnan(answered):
        return math.nan, math.nan
    if not any(few):
        return answered, answered
    if others < 2 * least - 1:  # of a limit of 5, four and four would be read off eight
        return satisfied + 1, collected - 1
    if few[1]:
        return collected - least + 1, collected - 1
    return satisfied + 1, satisfied + least - 1


def _telling(table: pd.DataFrame, rows: pd.DataFrame, least: int) -> pd.DataFrame:
    """Whether a row's verdict, and its rule, are not those of every count that it may have."""
    telling = pd.DataFrame(False, rows.index, SAID)
    for i in np.flatnonzero(rows["share"].isna() & table["share"].notna()):
        row, ends = table.iloc[i], rows.iloc[i]
        said = [
            satisfaction.verdicts(satisfaction.wilson(s, n, row["households"]), row["threshold"])
            for s, n in _possible(row, ends)
        ]
        each = [len(set(words)) > 1 for words in zip(*said, strict=True)]
        telling.iloc[i] = each if ends["collected"] >= least else [True, True]
    return telling


def _possible(row: pd.Series, ends: pd.Series) -> list[tuple[float, float]]:
    """The counts that a reader must reckon with: satisfied, and of how many."""
    satisfied = _between(ends["satisfied_low"], ends["satisfied_high"])
    answered = _between(ends["answered_low"], ends["answered_high"])
    of_forms = math.isclose(row["share"], row["satisfied"] / row["collected"])
    sizes = [row["collected"]] if of_forms else answered
    return [(s, n) for s in satisfied for n in sizes if s <= n]


def _between(low: float, high: float) -> np.ndarray:
    """The counts from one end to the other; of more than any commune has, a part of them."""
    return np.linspace(low, high, int(min(high - low + 1, MOST_TRIED))).round()
