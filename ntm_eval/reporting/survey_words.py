"""What may be published of the residents' answers (`disclosure.published`) -> sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date

import pandas as pd

from ntm_eval import notation, units
from ntm_eval.analysis import disclosure, planner, satisfaction
from ntm_eval.analysis.satisfaction import DistrictRule
from ntm_eval.language import say
from ntm_eval.notation import number, percent, percent_beside
from ntm_eval.reporting.wording import Words

NO_SURVEY = "Kỳ này đơn vị không gửi kết quả lấy ý kiến hài lòng của người dân."
HELD_BACK = "số cụ thể không công bố vì có số dưới 5"
# by the rule and whether the interval agrees: the words of a row after 'theo quy tắc'
CERTAINTY = {
    "met": "chắc chắn (cả khoảng tin cậy từ ngưỡng trở lên)",
    "not_met": "chắc chắn (cả khoảng tin cậy dưới ngưỡng)",
    "unclear": "chưa chắc chắn (khoảng tin cậy chứa ngưỡng)",
    disclosure.WITHHELD: "mức chắc chắn không công bố vì số phiếu nhỏ",
}


def overall(table: pd.DataFrame) -> Words:
    """What residents said to the overall question, commune by commune."""
    rows = satisfaction.overall(table)
    lines = [_said(row) for row in with_answers(rows).to_dict("records")]
    return Words("\n".join(lines) or say(NO_SURVEY))


def with_answers(rows: pd.DataFrame) -> pd.DataFrame:
    """Published rows with the two ends of the share of the answers."""
    ends = disclosure.answers_share(rows)
    return rows.assign(answers_low=ends["low"], answers_high=ends["high"])


def _said(row: dict) -> str:
    if math.isnan(row["share"]):
        if math.isnan(row["share_low"]):
            return say(
                "{where}: chưa rõ số phiếu hài lòng, hoặc quá ít phiếu để công bố.",
                where=where(row),
            )
        said = say(
            "{where}: trong {collected} phiếu thu, {between} hài lòng ({held_back}).",
            where=where(row),
            collected=number(row["collected"]),
            between=between(row),
            held_back=say(HELD_BACK),
        )
        return f"{said} {judgement(row)}"
    said = say(
        "{where}: {satisfied} trên {collected} phiếu thu hài lòng, {share} (khoảng tin cậy 95% từ "
        "{low} đến {high}); tính trên số phiếu có trả lời: {of_answers}.",
        where=where(row),
        satisfied=number(row["satisfied"]),
        collected=number(row["collected"]),
        share=percent_beside(row["share"], row["threshold"]),
        low=percent_beside(row["low"], row["threshold"]),
        high=percent_beside(row["high"], row["threshold"]),
        of_answers=of_answers(row),
    )
    return f"{said} {judgement(row)}"


def judgement(row: dict) -> str:
    """What the rule says of a published row, and how certain that is."""
    rule, limit = row["rule"], percent(row["threshold"], 0)
    if rule == "not_configured":
        together = row.get("survey") == satisfaction.DISTRICT_SURVEY
        return say("Câu này xét gộp cả huyện.") if together else say("Chưa có ngưỡng để kết luận.")
    if rule == "unclear":
        return say("Chưa rõ số nên chưa kết luận.")
    if rule == disclosure.WITHHELD:
        return say("Kết luận không công bố vì số phiếu nhỏ.")
    said = say(
        "Theo quy tắc: đạt ngưỡng {limit}; {certainty}"
        if rule == "met"
        else "Theo quy tắc: chưa đạt ngưỡng {limit}; {certainty}",
        limit=limit,
        certainty=say(CERTAINTY[row["verdict"]]),
    )
    return "; ".join([said, *_needed(row)]) + "."


def _needed(row: dict) -> list[str]:
    """How many forms would have settled it, where more could."""
    if row["verdict"] != "unclear" or math.isnan(row["share"]):
        return []
    forms = planner.forms_needed(row["households"], row["share"], row["threshold"])
    if math.isnan(forms) or forms <= row["collected"]:
        return []
    return [say("nếu tỷ lệ thật là vậy thì cần khoảng {forms} phiếu mới rõ", forms=number(forms))]


def of_answers(row: dict) -> str:
    """The share of the answers of a published row, between two ends where some are held back."""
    low, high = (row[f"answers_{end}"] for end in ("low", "high"))
    return percent(low) if low == high or math.isnan(low) else _ends(low, high)


def between(row: dict) -> str:
    """The share of a published row whose count is held back."""
    return _ends(row["share_low"], row["share_high"])


def _ends(low: float, high: float) -> str:
    low_text, high_text = outward(low, high)
    return say("từ {low} đến {high}", low=low_text, high=high_text)


def outward(low: float, high: float) -> tuple[str, str]:
    """Two ends of a share in tenths of a per cent: what lies between them stays between.

    >>> outward(0.99, 0.9975)
    ('99,0%', '99,8%')
    """
    down, up = math.floor(1000 * low + 1e-9) / 1000, math.ceil(1000 * high - 1e-9) / 1000
    return percent(down), percent(up)


def province(table: pd.DataFrame) -> Words:
    """How the surveys of all districts ended by the rule, and how many of them surely."""
    rows = satisfaction.overall(table)
    if rows.empty:
        return Words(say("Không đơn vị nào gửi kết quả lấy ý kiến hài lòng của người dân."))
    met, missed = (rows[rows["rule"] == rule] for rule in ("met", "not_met"))
    return Words(
        say(
            "{count} cuộc lấy ý kiến ở các xã, xét câu hỏi chung theo quy tắc: {met} đạt ngưỡng "
            "({surely_met} chắc chắn), {missed} chưa đạt ngưỡng ({surely_missed} chắc chắn), "
            "{others} không có ngưỡng riêng hoặc chưa rõ số.",
            count=len(rows),
            met=len(met),
            surely_met=(met["verdict"] == "met").sum(),
            missed=len(missed),
            surely_missed=(missed["verdict"] == "not_met").sum(),
            others=len(rows) - len(met) - len(missed),
        )
    )


def gaps(table: pd.DataFrame) -> Words:
    """The questions that fall short of their threshold, or may."""
    if table.empty:
        return Words(say("Không có phiếu để xét."))
    short = table[(table["rule"] == "not_met") | (table["verdict"] == "unclear")]
    short = short[short["rule"] != "unclear"]
    unknown = int(table["rule"].isin(["unclear", disclosure.WITHHELD]).sum())
    lines = [
        say(
            "{where}, câu {question}: {share}. {judgement}",
            where=where(r),
            question=r["question"],
            share=_share(r),
            judgement=judgement(r),
        )
        for r in short.to_dict("records")
    ]
    if not lines:
        lines = [say("Không có câu hỏi nào dưới ngưỡng hoặc sát ngưỡng.")]
        if not table["threshold"].notna().any():
            lines = [say("Không có câu hỏi nào có ngưỡng để xét.")]
    if unknown:
        lines.append(
            say("{unknown} câu chưa rõ số hoặc không công bố được, nên chưa xét.", unknown=unknown)
        )
    return Words("\n".join(lines))


def _share(row: dict) -> str:
    """The share of the forms collected of a published row, or the two ends it lies between."""
    if math.isnan(row["share"]):
        return between(row)
    return percent_beside(row["share"], row["threshold"])


def district(table: pd.DataFrame, day: date) -> Words:
    """The two conditions of a huyện nông thôn mới, as far as the surveyed communes tell."""
    found = disclosure.district_rule(table, day)
    lines = [line for low, high in found for line in _district(low, high, table, day)]
    return Words(
        "\n".join(lines) or say("Đơn vị không gửi kết quả khảo sát huyện NTM trong kỳ này.")
    )


def _district(
    low: DistrictRule, high: DistrictRule, table: pd.DataFrame, day: date
) -> Iterator[str]:
    communes = table.loc[table["survey"] == satisfaction.DISTRICT_SURVEY, "commune_code"].nunique()
    share = _pooled(low, high)
    ends = [satisfaction.verdicts(r.overall, r.threshold) for r in (low, high)]
    row = {
        "rule": ends[0][1] if ends[0] == ends[1] else disclosure.WITHHELD,
        "verdict": ends[0][0], "threshold": low.threshold, "households": low.overall.households,
        "share": low.overall.share, "collected": low.overall.n,
    }  # fmt: skip
    yield say(
        "Câu hỏi chung, gộp {communes} xã đã lấy ý kiến: {share}. {judgement}",
        communes=communes,
        share=share,
        judgement=judgement(row),
    )
    places = [
        say("{commune} câu {q}", commune=notation.commune_name(code, low.district_code), q=q)
        for code, q in low.below
    ]
    yield (
        say("Từng nội dung ở từng xã, chưa đạt: {places}.", places=", ".join(places))
        if places
        else say("Từng nội dung ở từng xã: không có nội dung nào dưới ngưỡng.")
    )
    every = sum(c.kind == "xã" for c in units.communes(low.district_code, day))
    if communes < every:
        yield say(
            "Huyện có {every} xã, mới có kết quả của {communes} xã, nên chưa thể kết luận cho cả "
            "huyện.",
            every=every,
            communes=communes,
        )
    if low.unread:
        unread = [
            say("{commune} câu {q}", commune=notation.commune_name(code, low.district_code), q=q)
            for code, q in low.unread
        ]
        yield say("Chưa rõ số hoặc không công bố được: {unread}.", unread=", ".join(unread))


def _pooled(low: DistrictRule, high: DistrictRule) -> str:
    if math.isnan(low.overall.share):
        return say("có xã chưa rõ số phiếu")
    if low.overall != high.overall:
        ends = _ends(low.overall.share, high.overall.share)
        held_back = say(HELD_BACK)
        return say("{ends} số phiếu thu hài lòng ({held_back})", ends=ends, held_back=held_back)
    share = percent_beside(low.overall.share, low.threshold)
    return say(
        "{satisfied} trên {collected} phiếu thu hài lòng, {share}",
        satisfied=number(low.overall.satisfied),
        collected=number(low.overall.n),
        share=share,
    )


def where(row: dict) -> str:
    """Commune and survey type of a row."""
    return (
        f"{notation.commune_name(row['commune_code'], row['district_code'])}, {say(row['survey'])}"
    )
