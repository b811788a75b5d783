"""Residents' answers -> satisfied shares with intervals, and verdicts against the thresholds."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from ntm_eval import reference, schemas

LEVEL = 0.95
_PUBLISHED = schemas.column_names("satisfaction")
# those of the contract; what stands after them says what may be published
COLUMNS = _PUBLISHED[: _PUBLISHED.index("verdict") + 1]
DISTRICT_SURVEY = "huyện NTM"
SURVEYED = ["district_code", "commune_code", "survey"]
# the rules whose open question makes a survey one that is looked into
REVIEWED = [
    "all_satisfied",
    "straight_lined",
    "identical_forms",
    "group_unlike",
    "tally_mismatch",
    "survey_disagrees",
    "form_versions",
    "answer_unread",
]


DECIDED = ("met", "not_met")
# how far a verdict can be relied on, from not at all
CERTAINTIES = ("none", "review", "few_forms", "withheld", "unclear", "unverified", "sure")


@dataclass(frozen=True)
class Share:
    """A satisfied share 0..1 of n forms, with its interval."""

    satisfied: float
    n: float
    households: float
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class DistrictRule:
    """The two conditions of a huyện nông thôn mới: overall in the district, contents by commune.

    `verdict` is the overall one, as in the table. `below` holds (commune_code, question) whose
    share is under the content threshold, `unread` those whose share is not known: a missing
    answer is not a satisfied one.
    """

    district_code: str
    overall: Share
    threshold: float
    verdict: str
    below: tuple[tuple[str, str], ...]
    unread: tuple[tuple[str, str], ...]


def wilson(
    satisfied: float, n: float, population: float | None = None, level: float = LEVEL
) -> Share:
    """The share with Wilson's interval, narrowed where most of a finite population was asked.

    The correction takes n·(N−1)/(N−n) forms for n; with all N asked, the interval is the point.
    More forms than households means that N is not the population, and nothing is corrected.
    NaN where there are no forms, or more satisfied than forms.
    """
    whole = math.nan if population is None else population
    return Share(satisfied, n, whole, *map(float, intervals(satisfied, n, whole, level)))


def table(answers: pd.DataFrame, day: date) -> pd.DataFrame:
    """The satisfied share of each commune, survey and question, against the threshold of `day`.

    Answered is satisfied + unsatisfied. The share is of the forms collected or of the answers,
    as the guidance counts it; of the forms collected where no guidance is configured. `met` and
    `not_met` are given where the whole interval lies on one side of the threshold, else
    `unclear`, also where the share is not known: a row that does not add up has none until the
    district has answered; without a threshold for a commune (none
    configured, or one for the whole district) the verdict is `not_configured`.
    What the guidance's rule says, which looks at the share alone, is `by_rule`.
    """
    rows = _with_thresholds(answers, day)
    counted = rows["answered"].where(rows["denominator"] == "answered", rows["collected"])
    share, low, high = intervals(rows["satisfied"], counted, rows["households"])
    sound = _adds_up(rows)
    limit = rows["threshold"].where(rows["scope"] == "commune")
    rows = rows.assign(share=share, low=low, high=high, threshold=limit)
    rows[["share", "low", "high"]] = rows[["share", "low", "high"]].where(sound, axis=0)
    verdict = _verdict(rows["low"], rows["high"], rows["threshold"])
    return rows.assign(verdict=pd.array(verdict, dtype="str"))[COLUMNS]


def verdicts(share: Share, threshold: float) -> tuple[str, str]:
    """The verdict on a share, as in the table, and what the rule says of the share alone."""
    ends = (share.low, share.high), (share.share, share.share)
    verdict, rule = (str(_verdict(low, high, threshold)) for low, high in ends)
    return verdict, rule


def overall(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the overall question: the last one of each commune's survey."""
    return table[is_overall(table)].reset_index(drop=True)


def is_overall(rows: pd.DataFrame) -> pd.Series:
    """True for the last question of each commune and survey, by its number."""
    number = pd.to_numeric(rows["question"], errors="coerce")
    last = number.groupby([rows[c] for c in SURVEYED], dropna=False).transform("max")
    return number == last


def by_rule(table: pd.DataFrame) -> pd.Series:
    """What the guidance says of each row: `met` where the share reaches the threshold, `not_met`
    where it does not, `unclear` where it is not known, `not_configured` without a threshold."""
    said = _verdict(table["share"], table["share"], table["threshold"])
    return pd.Series(said, table.index, dtype="str")


def certainty(table: pd.DataFrame, problems: pd.DataFrame, day: date) -> pd.Series:
    """How far what the rule says of each published row can be relied on.

    `none` where the rule says neither `met` nor `not_met`; `review` where a warning about the
    survey (`REVIEWED`) has not been explained; `few_forms` below the least return or the least
    share of households, or where neither is known; `withheld`, `unclear` as the verdict is;
    `unverified` where nobody has held the threshold against a text; else `sure`.
    """
    key = pd.MultiIndex.from_frame(table[SURVEYED])
    reached = coverage(table, day)
    enough = pd.MultiIndex.from_frame(reached.loc[reached["enough"], SURVEYED])
    checked = guidance(table["survey"], day)
    doubtful = set(checked.loc[checked["verified"] != "yes", "survey"])
    cases = {
        "none": ~table["rule"].isin(DECIDED),
        "review": key.isin(_asked_about(problems)),
        "few_forms": ~key.isin(enough),
        "withheld": table["verdict"] == "withheld",
        "unclear": table["verdict"] == "unclear",
        "unverified": table["survey"].isin(doubtful),
    }
    found = np.select(list(cases.values()), list(cases), "sure")
    return pd.Series(found, table.index, dtype="str")


def surveys(table: pd.DataFrame) -> pd.DataFrame:
    """What each survey of a commune comes to: a row for each of SURVEYED.

    `rule`: `not_met` where one of its questions is not, `met` where all are that have a
    threshold, `together` where none fails and the overall one is judged for the whole district,
    `not_configured` where none has a threshold, else `unclear`.
    `failed`: the questions that are not met, joined by ', '.
    `certainty`: of the questions that decide, the least certain one of a survey that is met, the
    most certain one of those not met of another; `none` without a verdict.
    """
    failed = table[table["rule"] == "not_met"].groupby(SURVEYED)["question"].agg(", ".join)
    rules = table.groupby(SURVEYED)["rule"].agg(set)
    last = table[is_overall(table)].set_index(SURVEYED)["rule"]
    found = table[SURVEYED].drop_duplicates(ignore_index=True)
    key = pd.MultiIndex.from_frame(found)
    said = [_together(rules[each], last[each]) for each in key]
    decide = table[table["rule"].isin(DECIDED)]
    decide = decide.assign(place=decide["certainty"].map(CERTAINTIES.index))
    ends = decide.groupby([*SURVEYED, "rule"])["place"].agg(["min", "max"])
    places = [
        ends.at[(*each, rule), "min" if rule == "met" else "max"] if rule in DECIDED else 0
        for each, rule in zip(key, said, strict=True)
    ]
    return found.assign(
        rule=pd.array(said, dtype="str"),
        failed=failed.reindex(key).to_numpy(),
        certainty=pd.array([CERTAINTIES[place] for place in places], dtype="str"),
    )


def _together(rules: set[str], overall: str) -> str:
    if "not_met" in rules:
        return "not_met"
    if len(rules) == 1:
        return next(iter(rules))
    if rules == {"met", "not_configured"}:  # only some questions have a threshold
        return "together" if overall == "not_configured" else "met"
    return "unclear"


def coverage(table: pd.DataFrame, day: date) -> pd.DataFrame:
    """Each survey's households, forms issued and collected, and the shares that came back.

    `reached` is collected / households and `least` the smallest such share by the guidance of
    `day` (NaN where none is known); `returned` is collected / issued, against the
    `survey_least_return` of `constants.csv`. `short`: one of them is known to be below;
    `enough`: none is, and one is known. A row for each commune and survey.
    """
    rows = overall(table)[[*SURVEYED, "households", "issued", "collected"]]
    least = guidance(rows["survey"], day).groupby("survey")["coverage"].max()
    owed = rows["survey"].map(least).astype(float)
    shares = {}
    for name, whole in (("reached", rows["households"]), ("returned", rows["issued"])):
        share = (rows["collected"] / whole.where(whole > 0)).astype(float)
        shares[name] = share.where(share.between(0, 1))  # else the row does not add up
    back = reference.constant("survey_least_return", day)
    short = (shares["reached"] < owed) | (shares["returned"] < back)
    known = shares["reached"].notna() | shares["returned"].notna()
    return rows.assign(**shares, least=owed, short=short, enough=known & ~short)


def guidance(surveys: Iterable[str], day: date) -> pd.DataFrame:
    """The rows of `thresholds.csv` in force on `day` for these survey types, verified or not."""
    rows = _thresholds(day)
    return rows[rows["survey"].isin(set(surveys))].sort_values("survey", ignore_index=True)


def district_rule(table: pd.DataFrame, day: date) -> list[DistrictRule]:
    """The 'huyện nông thôn mới' conditions of each district that held this survey.

    The overall share pools the forms of all communes, as if they were one sample of the
    households of these communes; a commune whose count is missing leaves it unknown. The contents
    are judged by the share itself in each commune.
    """
    limits = _thresholds(day).set_index(["survey", "question_kind"])
    key = (DISTRICT_SURVEY, "overall")
    threshold, counted = math.nan, "collected"
    if key in limits.index:
        threshold, counted = limits.loc[key, ["threshold", "denominator"]]
    rows = table[table["survey"] == DISTRICT_SURVEY]
    return [
        _district(str(code), own, threshold, counted) for code, own in rows.groupby("district_code")
    ]


def _district(code: str, rows: pd.DataFrame, threshold: float, counted: str) -> DistrictRule:
    last = is_overall(rows)
    columns = ["satisfied", counted, "households"]
    pooled = wilson(*rows.loc[last, columns].sum(skipna=False))
    verdict = str(_verdict(pooled.low, pooled.high, threshold))
    contents = rows[~last]
    below = contents[contents["share"] < contents["threshold"]]
    unread = contents[contents["share"].isna()]
    named = [
        tuple(part[["commune_code", "question"]].itertuples(index=False, name=None))
        for part in (below, unread)
    ]
    return DistrictRule(code, pooled, threshold, verdict, *named)


def _asked_about(problems: pd.DataFrame) -> list[tuple[object, ...]]:
    """The surveys with an open warning: district, commune, and the survey that it names."""
    rows = problems[problems["rule"].isin(REVIEWED) & problems["explained"].isna()]
    named = rows["fields"].map(lambda fields: json.loads(fields).get("survey"))
    each = rows.assign(survey=named)[SURVEYED]
    return list(each.itertuples(index=False, name=None))


def _with_thresholds(answers: pd.DataFrame, day: date) -> pd.DataFrame:
    kind = np.where(is_overall(answers), "overall", "content")
    rows = answers.assign(
        answered=answers["satisfied"] + answers["unsatisfied"],
        question_kind=pd.array(kind, dtype="str"),
    )
    columns = ["survey", "question_kind", "threshold", "scope", "denominator"]
    key = ["survey", "question_kind"]
    limits = _thresholds(day)[columns]
    return rows.merge(limits, how="left", on=key, validate="many_to_one")


def _adds_up(rows: pd.DataFrame) -> pd.Series:
    """Whether the counts can be those of one survey; what is not known contradicts nothing."""
    parts = rows.reindex(columns=["satisfied", "unsatisfied", "no_answer"])
    whole = rows[["collected", "issued", "households"]]
    most = whole.bfill(axis=1)  # collected <= issued <= households, passing over what is blank
    ordered = (most.diff(axis=1).iloc[:, 1:] >= 0) | most.iloc[:, 1:].isna()
    enough = ~(parts.sum(axis=1) > most["collected"])
    return enough & ordered.all(axis=1) & ~((parts < 0).any(axis=1) | (whole < 0).any(axis=1))


def _thresholds(day: date) -> pd.DataFrame:
    """The thresholds in force, the latest guidance where two overlap."""
    return reference.latest("thresholds", ["survey", "question_kind"], day)


def intervals(
    satisfied: npt.ArrayLike,
    n: npt.ArrayLike,
    population: npt.ArrayLike,
    level: float = LEVEL,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share, lower and upper end of `wilson` for many counts."""
    satisfied, n, population = (np.asarray(x, float) for x in (satisfied, n, population))
    z = NormalDist().inv_cdf(0.5 + level / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where((n > 0) & (satisfied >= 0) & (satisfied <= n), satisfied / n, np.nan)
        effective = np.where(n < population, n * (population - 1) / (population - n), n)
        centre = (share + z**2 / (2 * effective)) / (1 + z**2 / effective)
        spread = np.sqrt(share * (1 - share) / effective + (z / (2 * effective)) ** 2)
        half = z * spread / (1 + z**2 / effective)
    census = n == population
    # the ends of Wilson's interval are exactly 0 and 1 there; floating point misses by a hair
    low = np.where(share == 0, 0.0, centre - half)
    high = np.where(share == 1, 1.0, centre + half)
    return share, np.where(census, share, low), np.where(census, share, high)


def _verdict(low: npt.ArrayLike, high: npt.ArrayLike, threshold: npt.ArrayLike) -> np.ndarray:
    low, high, threshold = (np.asarray(x, float) for x in (low, high, threshold))
    return np.select(
        [np.isnan(threshold), low >= threshold, high < threshold],
        ["not_configured", "met", "not_met"],
        "unclear",
    )
