"""Recommendations from year to year: what the figures say of the last, and this year's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from ntm_eval import reference
from ntm_eval.intake import received
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.units import fold

COLUMNS = [
    "district_code", "source", "recommendation", "indicator", "before", "now", "verdict", "unit",
    "status", "note",
]  # fmt: skip
# A change smaller than this share of last year's figure is called none.
LEAST_CHANGE = 0.02
# Below this an indicator's result is worth a recommendation; and as many as this for a district.
WEAK, MOST = 0.8, 3
OWN_COLUMNS = ["district_code", "indicator", "recommendation", "unit"]


def followed(
    words: pd.DataFrame, notes: pd.DataFrame, series: pd.DataFrame, year: int, day: date
) -> pd.DataFrame:
    """Last year's recommendations, each with what its indicator did since.

    `words`: district_code, key (`recommendations`, `directions`) and text of last year's reports,
    a sentence each line of the result; `notes`: the follow-up file, which comes first. `verdict`:
    `better`, `worse`, `same`, `unclear` (no preferred direction), `no_figure`, `no_indicator`.
    """
    rows = [
        (n.district, "followup", n.recommendation, n.indicator or None, n.unit, n.status, n.note)
        for n in notes.itertuples()
    ]
    for w in words[words["key"].isin(["recommendations", "directions"])].itertuples():
        for sentence in _sentences(w.text):
            about = topic(sentence)
            unit = responsible(about, day) if about else ""
            rows.append((w.district_code, w.key, sentence, about, unit, "", ""))
    names = ["district_code", "source", "recommendation", "indicator", "unit", "status", "note"]
    frame = pd.DataFrame(rows, columns=names)
    figures = series.set_index(["district_code", "indicator", "year"])["value"]
    keys = list(zip(frame["district_code"], frame["indicator"], strict=True))
    frame = frame.assign(
        before=[figures.get((*key, year - 1), float("nan")) for key in keys],
        now=[figures.get((*key, year), float("nan")) for key in keys],
    )
    verdicts = [_verdict(row) for row in frame.itertuples()]
    numbers = {"before": float, "now": float}
    kinds = {c: numbers.get(c, "str") for c in COLUMNS}
    return frame.assign(verdict=verdicts)[COLUMNS].astype(kinds)


def topic(sentence: str) -> str | None:
    """The indicator that a sentence speaks of, by the phrases of topics.csv; None where none."""
    text = fold(sentence)
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
    rows = reference.at(reference.table("responsible"), day).sort_values("valid_from")
    return dict(zip(rows["subject"], rows["unit"], strict=True))  # of two, the later


def own(
    scores: pd.DataFrame,
    trends: pd.DataFrame,
    register: pd.DataFrame,
    satisfaction: pd.DataFrame,
    day: date,
) -> pd.DataFrame:
    """This review's own recommendations by district, the weightiest first; columns OWN_COLUMNS."""
    rows = []
    for line in register.assign(errors=received.errors_within(register)).itertuples():
        code = line.district_code
        mine = [
            *_reporting(line),
            *_weak(scores[scores["district_code"] == code]),
            *_worse(trends[trends["district_code"] == code]),
            *_unhappy(satisfaction[satisfaction["district_code"] == code]),
        ]
        rows += [(code, indicator, text, responsible(subject, day))
                 for subject, indicator, text in mine]  # fmt: skip
    return pd.DataFrame(rows, columns=OWN_COLUMNS).astype("str")


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
            "Kiểm tra, sửa {errors} lỗi số liệu theo phiếu đề nghị giải trình.",
            errors=f"{line.errors:.0f}",
        )
        yield "reporting", None, text


def _weak(scores: pd.DataFrame) -> Own:
    rows = scores[scores["indicator"].isin(reference.catalogue().index) & scores["value"].notna()]
    rows = rows[rows["ratio"] < WEAK]
    rows = rows.assign(lost=rows["max_points"] - rows["points"])
    for row in rows.sort_values(["lost", "indicator"], ascending=[False, True])[:MOST].itertuples():
        text = _(
            "Tập trung cho chỉ tiêu {name}: {reason}.",
            name=reference.indicator_name(row.indicator),
            reason=row.reason,
        )
        yield row.indicator, row.indicator, text


def _worse(trends: pd.DataFrame) -> Own:
    for row in trends[trends["good"] == "worse"].sort_values("p_value")[:MOST].itertuples():
        text = _(
            "Làm rõ nguyên nhân chỉ tiêu {name} xấu đi trong các năm {first_year}–{last_year} "
            "và có biện pháp.",
            name=reference.indicator_name(row.indicator),
            first_year=f"{row.first_year:.0f}",
            last_year=f"{row.last_year:.0f}",
        )
        yield row.indicator, row.indicator, text


def _unhappy(satisfaction: pd.DataFrame) -> Own:
    short = satisfaction[satisfaction["verdict"] == "not_met"]
    communes = reference.table("communes").drop_duplicates("code").set_index("code")["name"]
    for code, rows in short.groupby("commune_code"):
        questions = ", ".join(dict.fromkeys(rows["question"]))
        text = _(
            "{commune}: làm rõ, khắc phục những nội dung người dân chưa hài lòng (câu {questions} "
            "chưa đạt ngưỡng).",
            commune=place(communes.get(code, code)),
            questions=questions,
        )
        yield "satisfaction", None, text


def _sentences(text: str) -> list[str]:
    """Sentences of what a district wrote; a line break or a semicolon ends one as a stop does."""
    parts = (part.strip(" -•") for part in re.split(r"(?<=[.;])\s+|\n", text))
    return [part for part in parts if len(part) > 10]


def _verdict(row: Any) -> str:
    if not isinstance(row.indicator, str):
        return "no_indicator"
    if pd.isna(row.before) or pd.isna(row.now):
        return "no_figure"
    better = reference.indicator(row.indicator)["better"]
    change = row.now - row.before
    if abs(change) <= LEAST_CHANGE * abs(row.before):
        return "same"
    if better == "none":
        return "unclear"
    return "better" if (change > 0) == (better == "up") else "worse"
