"""What page 1 of a district's report says first: the proposal in one line, and three findings."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ntm_eval import notation, reference
from ntm_eval.analysis import satisfaction as answered
from ntm_eval.analysis import titles
from ntm_eval.analysis.ranking import NOT_YET
from ntm_eval.language import translate as _
from ntm_eval.notation import number, percent
from ntm_eval.reporting.blocks import Heading, Text
from ntm_eval.reporting.sections import held
from ntm_eval.reporting.sections.dashboard import from_to
from ntm_eval.reporting.sections.ranking import high_grades
from ntm_eval.reporting.sections.results import MOVED

MESSAGES = 3  # sentences that page 1 has room for


def headline(ranking: pd.Series) -> Heading:
    """The proposal in one line: grade, points, place."""
    if pd.isna(ranking["points"]):
        return Heading(_("Chưa đủ căn cứ chấm điểm: chưa có báo cáo của kỳ này"))
    rank = notation.span(ranking["rank_low"], ranking["rank_high"])
    if ranking["grade"] == NOT_YET:
        text = _("Tiến độ sau 6 tháng: {points:.1f}/100 điểm, thứ {rank}", ranking, rank=rank)
    else:
        grade = notation.grade(ranking["grade"])
        text = _(
            "Đề xuất xếp loại: {grade}, {points:.1f}/100 điểm, thứ {rank}",
            ranking,
            grade=grade,
            rank=rank,
        )
    return Heading(text)


def messages(
    ranking: pd.DataFrame,
    pending: pd.DataFrame,
    attainment: pd.DataFrame,
    moves: pd.DataFrame,
    surveys: pd.DataFrame,
    titled: titles.Titled,
    day: date,
) -> Text:
    """At most three findings in sentences, the uncomfortable ones first.

    `moves` are the verdicts of the core indicators (`followup.verdicts`); a held figure is in none.
    """
    row = ranking.iloc[0]
    said = [
        held.grade(ranking, pending, row["district_code"])
        if row["grade_low"] != row["grade_high"]
        else "",
        _unhappy(surveys),
        _moved(moves, "worse"),
        _attained(attainment, row["grade"], day),
        _near(titled, day),
        _moved(moves, "better"),
    ]
    return Text("\n".join(f"– {line}" for line in list(filter(None, said))[:MESSAGES]), ranking)


def _attained(attainment: pd.DataFrame, grade: str, day: date) -> str:
    if attainment.empty or not attainment["indicators"].iloc[0]:
        return ""
    row = attainment.iloc[0]
    said = _(
        "Đạt hoặc vượt mức phải đạt sau 6 tháng ở {met}/{plans} chỉ tiêu; trung vị {middle}"
        if grade == NOT_YET
        else "Đạt hoặc vượt kế hoạch {met}/{plans} chỉ tiêu; mức đạt trung vị {middle}",
        met=number(row["met"]),
        plans=number(row["indicators"]),
        middle=percent(row["median_ratio"], 0),
    )
    if row["met"] * 2 < row["indicators"] and grade in high_grades(day):
        said += _(
            ": đề xuất loại {grade} nhưng phần lớn kế hoạch chưa đạt", grade=notation.grade(grade)
        )
    return f"{said}."


def _unhappy(found: pd.DataFrame) -> str:
    rows = answered.overall(found)
    rows = rows[(rows["rule"] == "not_met") & rows["share"].notna()].sort_values("share")
    if rows.empty:
        return ""
    row = rows.iloc[0]
    said = _(
        "{commune}: tỷ lệ hài lòng {share} (trên số phiếu thu về), chưa đạt mức yêu cầu "
        "{threshold}",
        commune=notation.commune_name(row["commune_code"], row["district_code"]),
        share=percent(row["share"]),
        threshold=percent(row["threshold"], 0),
    )
    if row["certainty"] == "unverified":
        said += _(" (mức này chưa đối chiếu với văn bản)")
    elif row["certainty"] != "sure":
        said += _(" (chưa đủ căn cứ để kết luận chắc chắn)")
    return f"{said}."


def _moved(moves: pd.DataFrame, verdict: str) -> str:
    rows = moves[moves["verdict"] == verdict]
    rows = rows.assign(by=((rows["now"] - rows["before"]) / rows["before"]).abs())
    rows = rows.sort_values("by", ascending=False).head(2)
    names = "; ".join(f"{notation.measure(r.indicator)} ({from_to(r)})" for r in rows.itertuples())
    return _(MOVED[verdict], names=names) if names else ""


def _near(titled: titles.Titled, day: date) -> str:
    if titled.following.empty or not titles.counts_nineteen(day):
        return ""
    count = len(titles.nearest(titled.following, day))
    if not count:
        return ""
    most = number(reference.constant("nearest_criteria", day))
    return _(
        "Gần đạt chuẩn nông thôn mới: {count} xã còn thiếu không quá {most} tiêu chí.",
        count=count,
        most=most,
    )
