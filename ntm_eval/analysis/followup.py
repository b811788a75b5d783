"""Recommendations from year to year: what the figures say of the last, and this year's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ntm_eval import reference, schemas, units
from ntm_eval.analysis.series import measured
from ntm_eval.analysis.trends import better
from ntm_eval.intake import received
from ntm_eval.language import N_, place
from ntm_eval.language import translate as _
from ntm_eval.notation import sentence
from ntm_eval.units import fold

LEAST_MOVES = 2  # from year to year, before their median says how far a figure moves by itself
SURE = N_(
    "{commune}: làm rõ, khắc phục những nội dung người dân chưa hài lòng (câu {questions} chưa "
    "đạt ngưỡng)."
)
UNSURE = {  # by certainty: what comes before anything is concluded
    "review": N_(
        "{commune}: rà soát phiếu theo Phiếu đề nghị giải trình; theo phiếu đã thu, câu "
        "{questions} chưa đạt ngưỡng."
    ),
    "few_forms": N_(
        "{commune}: lấy ý kiến đủ số phiếu; theo phiếu đã thu, câu {questions} chưa đạt ngưỡng."
    ),
}


def followed(
    words: pd.DataFrame,
    notes: pd.DataFrame,
    series: pd.DataFrame,
    indicators: pd.DataFrame,
    year: int,
    day: date,
) -> pd.DataFrame:
    """Last year's recommendations, each with what its indicator did since.

    `words`: district_code, key (`recommendations`, `directions`) and text of last year's reports,
    a sentence each line of the result; `notes`: the follow-up file, which comes first. `before`
    and `now` are as trends measure them: the rate where the catalogue has one. `verdict`:
    `better`, `worse`, `same` (within the dead-band), `unclear` (no preferred direction),
    `need_driven`, `not_comparable` (across a break), `no_figure`, `no_indicator`.
    """
    rows = [
        (n.district, "followup", n.recommendation, n.indicator or None, n.unit, n.status, n.note)
        for n in notes.itertuples()
    ]
    for w in words[words["key"].isin(["recommendations", "directions"])].itertuples():
        for said in _sentences(w.text):
            about = topic(said)
            unit = responsible(about, day) if about else ""
            rows.append((w.district_code, w.key, said, about, unit, "", ""))
    names = ["district_code", "source", "recommendation", "indicator", "unit", "status", "note"]
    frame = pd.DataFrame(rows, columns=names)
    since = verdicts(series, indicators, year, day)
    found = frame.join(since, on=["district_code", "indicator"])
    missing = found["indicator"].isna().map({True: "no_indicator", False: "no_figure"})
    return schemas.typed("followed", found.assign(verdict=found["verdict"].fillna(missing)))


def verdicts(series: pd.DataFrame, indicators: pd.DataFrame, year: int, day: date) -> pd.DataFrame:
    """What each indicator of each district did since the year before: before, now, verdict.

    The dead-band is the noise of the series, how far its changes of earlier years lay from their
    median (their mean distance, of two changes at least), and no less than `least_change` of
    `constants.csv` of last year's figure.
    """
    known = series.assign(value=measured(series)).dropna(subset="value")
    wide = known.pivot(index=["district_code", "indicator"], columns="year", values="value")
    wide = wide.reindex(columns=range(int(wide.columns.min()), year + 1) if len(wide) else [])
    wide = wide.reindex(columns=[*wide.columns.union([year - 1, year])]).astype(float)
    ids = wide.index.get_level_values("indicator").to_series(index=wide.index)
    began = ids.map(indicators.set_index("id")["break_before"]).astype(float)
    before, now = wide[year - 1], wide[year]
    moves = wide.loc[:, : year - 1].diff(axis=1)
    since = began.where(began < year, -np.inf).to_numpy()
    moves = moves.where(moves.columns.to_numpy(float) > since[:, None])
    count = moves.notna().sum(axis=1)
    far = moves.sub(moves.median(axis=1), axis=0).abs().sum(axis=1)
    noise = (far / (count - 1)).where(count >= LEAST_MOVES, 0.0)
    floor = reference.constant("least_change", day) * before.abs()
    ways, change = better(ids, year), now - before
    verdict = np.select(
        [
            before.isna() | now.isna(),
            began == year,
            ids.isin(reference.need_driven(units.day(year, "annual"))),
            change.abs() <= np.maximum(noise, floor),
            ~ways.isin(["up", "down"]),
            (change > 0) == (ways == "up"),
        ],
        ["no_figure", "not_comparable", "need_driven", "same", "unclear", "better"],
        "worse",
    )
    return pd.DataFrame({"before": before, "now": now, "verdict": verdict}, index=wide.index)


def repeated(words: pd.DataFrame) -> pd.DataFrame:
    """What the units say, by its subject: how many say it, in the words most of them use.

    `words`: district_code and text. Sentences are of one subject where they speak of the same
    indicator (`topic`), else where they are the same but for case and marks. Columns: `said`,
    `units` (the most first), `district_code` (the first of them).
    """
    rows = [
        (w.district_code, topic(said) or fold(said).strip(" .;"), sentence(said.rstrip(";. ")))
        for w in words.dropna(subset="text").itertuples()
        for said in _sentences(w.text)
    ]
    frame = pd.DataFrame(rows, columns=["district_code", "subject", "said"])
    by = frame.groupby("subject", sort=False)
    found = by.agg(
        said=("said", lambda said: said.value_counts().index[0]),
        units=("district_code", "nunique"),
        district_code=("district_code", "first"),
    )
    return found.sort_values("units", ascending=False, kind="stable").reset_index(drop=True)


def topic(said: str) -> str | None:
    """The indicator that a sentence speaks of, by the phrases of topics.csv; None where none."""
    text = fold(said)
    for row in reference.table("topics").itertuples():
        if fold(row.phrase) in text:
            return str(row.indicator)
    return None


def responsible(subject: str, day: date) -> str:
    """The unit that answers for an indicator, a content, `reporting` or `satisfaction`."""
    units = _responsible(day)
    return units.get(subject, units.get(subject[:2], units["reporting"]))


@reference.derived
def _responsible(day: date) -> dict[str, str]:
    return reference.latest("responsible", "subject", day).set_index("subject")["unit"].to_dict()


def own(
    scores: pd.DataFrame,
    trends: pd.DataFrame,
    register: pd.DataFrame,
    satisfaction: pd.DataFrame,
    day: date,
) -> pd.DataFrame:
    """This review's own recommendations by district, the weightiest first."""
    rows = []
    for line in register.assign(errors=received.errors_within(register)).itertuples():
        code = line.district_code
        mine = [
            *_reporting(line),
            *_weak(scores[scores["district_code"] == code], day),
            *_worse(trends[trends["district_code"] == code], day),
            *_unhappy(satisfaction[satisfaction["district_code"] == code]),
        ]
        rows += [
            (code, indicator, text, responsible(subject, day)) for subject, indicator, text in mine
        ]
    return schemas.typed("recommended", rows)


Own = Iterator[tuple[str, str | None, str]]  # subject, indicator, text


def _reporting(line: Any) -> Own:
    if line.status == "missing":
        text = _("Gửi báo cáo kỳ này; chưa có báo cáo nên chưa có căn cứ đánh giá.")
        yield "reporting", None, text
    elif line.status == "late":
        days = f"{line.days_late:.0f}"
        text = _("Gửi báo cáo đúng hạn; kỳ này muộn {days} ngày.", days=days)
        yield "reporting", None, text
    elif line.status == "undated":
        yield "reporting", None, _("Ghi ngày gửi vào báo cáo; kỳ này không rõ ngày gửi.")
    if line.errors > 0:
        text = _(
            "Kiểm tra, sửa {errors} lỗi số liệu theo Phiếu đề nghị giải trình.",
            errors=f"{line.errors:.0f}",
        )
        yield "reporting", None, text


def _weak(scores: pd.DataFrame, day: date) -> Own:
    rows = scores[scores["indicator"].isin(reference.catalogue().index) & scores["value"].notna()]
    rows = rows[rows["ratio"] < reference.constant("weak_ratio", day)]
    rows = rows.assign(lost=rows["max_points"] - rows["points"])
    first = rows.sort_values(["lost", "indicator"], ascending=[False, True])
    for row in first[: _most(day)].itertuples():
        name = reference.indicator_name(row.indicator)
        text = _("Có giải pháp đẩy mạnh thực hiện, hoàn thành chỉ tiêu “{name}”.", name=name)
        yield row.indicator, row.indicator, text


def _worse(trends: pd.DataFrame, day: date) -> Own:
    rows = trends[trends["good"] == "worse"].sort_values(["p_value", "indicator"])
    for row in rows[: _most(day)].itertuples():
        text = _(
            "Làm rõ nguyên nhân chỉ tiêu “{name}” chuyển biến xấu trong các năm "
            "{first_year}–{last_year}, có giải pháp khắc phục.",
            name=reference.indicator_name(row.indicator),
            first_year=f"{row.first_year:.0f}",
            last_year=f"{row.last_year:.0f}",
        )
        yield row.indicator, row.indicator, text


def _most(day: date) -> int:
    return int(reference.constant("most_recommendations", day))


def _unhappy(satisfaction: pd.DataFrame) -> Own:
    short = satisfaction[satisfaction["verdict"] == "not_met"]
    communes = reference.table("communes").drop_duplicates("code").set_index("code")["name"]
    for code, rows in short.groupby("commune_code"):
        questions = ", ".join(dict.fromkeys(rows["question"]))
        unsure = [c for c in UNSURE if rows["certainty"].eq(c).any()]
        said = UNSURE[unsure[0]] if unsure else SURE
        text = _(
            said,
            commune=place(communes.get(code, code)),
            questions=questions,
        )
        yield "satisfaction", None, text


def _sentences(text: str) -> list[str]:
    """Sentences of what a district wrote; a line break or a semicolon ends one as a stop does."""
    parts = (part.strip(" -•") for part in re.split(r"(?<=[.;])\s+|\n", text))
    return [part for part in parts if len(part) > 10]
