"""Residents' answers as they may be published (`disclosure.published`), and the rule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial

import pandas as pd

from ntm_eval import notation, units
from ntm_eval.analysis import disclosure, planner, satisfaction
from ntm_eval.analysis.satisfaction import DistrictRule
from ntm_eval.intake.problems import HIDDEN
from ntm_eval.language import translate as _
from ntm_eval.notation import percent, percent_beside
from ntm_eval.reporting.blocks import Column, Table, Text
from ntm_eval.reporting.style import BLUE, SKY, VERMILION

NO_SURVEY = "Kỳ này đơn vị không gửi kết quả lấy ý kiến hài lòng của người dân."

HELD_BACK = "số cụ thể không công bố vì quá nhỏ"
SAMPLING = (
    "Khoảng tin cậy chỉ tính may rủi do không hỏi hết các hộ; không tính hộ không gửi phiếu, phiếu "
    "chép hay trả lời nể nang."
)

# what the rule says and how far that can be relied on -> words, marker, fill
JUDGED = {
    ("met", "sure"): ("✓ đạt, chắc chắn", "o", BLUE),
    ("met", "unverified"): ("✓ đạt (ngưỡng chưa đối chiếu với văn bản)", "o", SKY),
    ("met", "unclear"): ("✓ đạt, chưa chắc", "D", "white"),
    ("met", "withheld"): ("✓ đạt, mức chắc chắn không công bố", "o", "white"),
    ("met", "few_forms"): ("✓ đạt theo phiếu thu, chưa đủ phiếu", "o", "white"),
    ("met", "review"): ("○ đang rà soát, theo phiếu thu là đạt", "o", "white"),
    ("not_met", "sure"): ("✗ chưa đạt, chắc chắn", "s", VERMILION),
    ("not_met", "unverified"): ("✗ chưa đạt (ngưỡng chưa đối chiếu với văn bản)", "s", "white"),
    ("not_met", "unclear"): ("✗ chưa đạt, chưa chắc", "D", "white"),
    ("not_met", "withheld"): ("✗ chưa đạt, mức chắc chắn không công bố", "s", "white"),
    ("not_met", "few_forms"): ("✗ chưa đạt theo phiếu thu, chưa đủ phiếu", "s", "white"),
    ("not_met", "review"): ("○ đang rà soát, theo phiếu thu là chưa đạt", "s", "white"),
    ("not_configured", "none"): ("– chưa có ngưỡng", "o", "white"),
    ("together", "none"): ("– xét gộp cả huyện", "o", "white"),
    ("unclear", "none"): ("○ chưa rõ số", "o", "white"),
    ("withheld", "none"): ("– không công bố vì số phiếu nhỏ", "o", "white"),
}


def summary(table: pd.DataFrame) -> Text:
    """What residents said to the overall question, commune by commune, and where else they fail."""
    rows = with_answers(satisfaction.overall(table))
    failed = _failed(satisfaction.surveys(table))
    lines = [*map(_said, rows.to_dict("records")), *filter(None, [failed])]
    return Text("\n".join([*lines, _(SAMPLING)] if lines else [_(NO_SURVEY)]), table)


def with_answers(rows: pd.DataFrame) -> pd.DataFrame:
    """Published rows with the two ends of the share of the answers."""
    ends = disclosure.answers_share(rows)
    return rows.assign(answers_low=ends["low"], answers_high=ends["high"])


def judgement(row: dict) -> str:
    """What the rule says of a published row, and how far that can be relied on."""
    words, *_others = judged(pd.DataFrame([row]))[0]
    said = _(words)[2:]
    if row["rule"] in satisfaction.DECIDED:
        said = _("{said} (ngưỡng {limit})", said=said, limit=percent(row["threshold"], 0))
    return _("Theo quy tắc: {said}.", said="; ".join([said, *_needed(row)]))


def of_answers(row: dict) -> str:
    """The share of the answers of a published row, between two ends where some are held back."""
    low, high = (row[f"answers_{end}"] for end in ("low", "high"))
    return percent(low) if low == high or math.isnan(low) else _ends(low, high)


def between(row: dict) -> str:
    """The share of a published row whose count is held back."""
    return _ends(row["share_low"], row["share_high"])


def outward(low: float, high: float) -> tuple[str, str]:
    """Two ends of a share in tenths of a per cent: what lies between them stays between.

    >>> outward(0.99, 0.9975)
    ('99,0%', '99,8%')
    """
    down, up = math.floor(1000 * low + 1e-9) / 1000, math.ceil(1000 * high - 1e-9) / 1000
    return percent(down), percent(up)


def province(table: pd.DataFrame) -> Text:
    """What the surveys come to, of all their questions, and each commune that fails one."""
    found = satisfaction.surveys(table)
    if found.empty:
        return Text(_("Không đơn vị nào gửi kết quả lấy ý kiến hài lòng của người dân."), table)
    counts = found.groupby(["rule", "certainty"]).size()
    parts = [f"{counts[key]} {_(JUDGED[key][0])[2:]}" for key in JUDGED if key in counts]
    said = _(
        "{count} cuộc lấy ý kiến; kết quả xét tất cả các câu hỏi (số cuộc): {parts}.",
        count=len(found),
        parts="; ".join(parts),
    )
    return Text("\n".join(filter(None, [said, _failed(found)])), table)


def returns(table: pd.DataFrame, day: date) -> Text:
    """How many of the forms issued came back, and how many surveys have too few."""
    found = satisfaction.coverage(table, day)
    known = found["returned"].dropna()
    if known.empty:
        return Text("", found)
    lines = [
        _(
            "Số phiếu thu bằng từ {least} đến {most} số phiếu phát, tùy nơi.",
            least=percent(known.min(), 0),
            most=percent(known.max(), 0),
        )
    ]
    if short := int(found["short"].sum()):
        lines.append(
            _("{short}/{of} cuộc chưa đủ phiếu theo quy định.", short=short, of=len(found))
        )
    return Text(" ".join(lines), found)


def gaps(table: pd.DataFrame) -> Text:
    """The questions that fall short of their threshold, or may."""
    if table.empty:
        return Text(_("Không có phiếu để xét."), table)
    near = table["rule"].isin(satisfaction.DECIDED) & (table["verdict"] == "unclear")
    short = table[(table["rule"] == "not_met") | near]
    unknown = int(table["rule"].isin(["unclear", disclosure.WITHHELD]).sum())
    lines = [
        _(
            "{where}, câu {question}: {share}. {judgement}",
            where=where(r),
            question=r["question"],
            share=between(r)
            if math.isnan(r["share"])
            else percent_beside(r["share"], r["threshold"]),
            judgement=judgement(r),
        )
        for r in short.to_dict("records")
    ]
    if not table["threshold"].notna().any():
        lines = [_("Không có câu hỏi nào có ngưỡng để xét.")]
    elif not lines:
        lines = [_("Không có câu hỏi nào dưới ngưỡng hoặc sát ngưỡng.")]
    if unknown:
        lines.append(
            _("{unknown} câu chưa rõ số hoặc không công bố được, nên chưa xét.", unknown=unknown)
        )
    return Text("\n".join(lines), table)


def district_rule(table: pd.DataFrame, day: date) -> Text:
    """The two conditions of a huyện nông thôn mới, as far as the surveyed communes tell."""
    found = disclosure.district_rule(table, day)
    lines = [line for low, high in found for line in _district(low, high, table, day)]
    return Text(
        "\n".join(lines) or _("Đơn vị không gửi kết quả khảo sát huyện NTM trong kỳ này."), table
    )


def where(row: dict) -> str:
    """Commune and survey type of a row."""
    commune = notation.commune_name(row["commune_code"], row["district_code"])
    return f"{commune}, {notation.in_full(row['survey'])}"


def table(table: pd.DataFrame) -> Table:
    """Every question: counts, both shares, interval, what the rule says and how certain it is."""
    frame = with_answers(table).assign(words=[words for words, *_ in judged(table)])
    columns = {
        "commune_code": Column("Địa bàn", notation.commune_name, css="code"),
        "survey": Column("Loại", _, css="code"),
        "question": Column("Câu", css="num"),
        "collected": Column.number("Phiếu thu"),
        "answered": Column.of_row("Có trả lời", partial(_or_hidden, name="answered"), css="num"),
        "satisfied": Column.of_row("Hài lòng", partial(_or_hidden, name="satisfied"), css="num"),
        "share": _share_column("Hài lòng / phiếu thu", "share"),
        "of_answers": _share_column("Hài lòng / có trả lời", "answers"),
        "band": Column.of_row("Khoảng tin cậy", _band, css="num"),
        "threshold": Column.percent("Ngưỡng", 0),
        "words": Column("Theo quy tắc", _, css="code"),
    }
    caption = _(
        "Kết quả từng câu. * không công bố, vì là số quá nhỏ hoặc để không tính ngược ra số "
        "đó; khi đó tỷ lệ ghi bằng hai đầu mút. “Chưa chắc”: khoảng tin cậy chứa ngưỡng"
    )
    return Table.from_frame(frame, columns, caption)


def brief(table: pd.DataFrame) -> Table:
    """The overall question of each survey: forms, share, interval, level asked for, verdict."""
    frame = table.assign(words=[words for words, *_ in judged(table)])
    columns = {
        "commune_code": Column("Địa bàn", notation.commune_name),
        "survey": Column("Loại", notation.in_full),
        "collected": Column.number("Phiếu thu"),
        "share": _share_column("Hài lòng", "share"),
        "band": Column.of_row("Khoảng tin cậy 95%", _band, css="num"),
        "threshold": Column.percent("Mức yêu cầu", 0),
        "words": Column("Kết quả", _),
    }
    return Table.from_frame(frame, columns, "Kết quả lấy ý kiến, câu hỏi chung")


def judged(rows: pd.DataFrame) -> list[tuple[str, str, str]]:
    """The words, marker and fill of each published row."""
    together = (rows["survey"] == satisfaction.DISTRICT_SURVEY) & (rows["rule"] == "not_configured")
    rules = rows["rule"].mask(together, "together")
    return [JUDGED[key] for key in zip(rules, rows["certainty"], strict=True)]


def _said(row: dict) -> str:
    if math.isnan(row["share"]):
        if math.isnan(row["share_low"]):
            return _(
                "{where}: chưa rõ số phiếu hài lòng, hoặc quá ít phiếu để công bố.",
                where=where(row),
            )
        said = _(
            "{where}: trong {collected:.0f} phiếu thu, {between} hài lòng ({held_back}).",
            row,
            where=where(row),
            between=between(row),
            held_back=_(HELD_BACK),
        )
        return f"{said} {judgement(row)}"
    said = _(
        "{where}: {satisfied:.0f} trên {collected:.0f} phiếu thu hài lòng, {share} (khoảng "
        "tin cậy 95% từ {low} đến {high}); tính trên số phiếu có trả lời: {of_answers}.",
        row,
        where=where(row),
        share=percent_beside(row["share"], row["threshold"]),
        low=percent_beside(row["low"], row["threshold"]),
        high=percent_beside(row["high"], row["threshold"]),
        of_answers=of_answers(row),
    )
    return f"{said} {judgement(row)}"


def _needed(row: dict) -> list[str]:
    """How many forms would have settled it, where more could."""
    if row["verdict"] != "unclear" or math.isnan(row["share"]):
        return []
    forms = planner.forms_needed(row["households"], row["share"], row["threshold"])
    if math.isnan(forms) or forms <= row["collected"]:
        return []
    return [_("nếu tỷ lệ thật là vậy thì cần khoảng {forms:.0f} phiếu mới rõ", forms=forms)]


def _ends(low: float, high: float) -> str:
    low_text, high_text = outward(low, high)
    return _("từ {low} đến {high}", low=low_text, high=high_text)


def _district(
    low: DistrictRule, high: DistrictRule, table: pd.DataFrame, day: date
) -> Iterator[str]:
    communes = table.loc[table["survey"] == satisfaction.DISTRICT_SURVEY, "commune_code"].nunique()
    row = {
        "survey": "",
        **_pooled_verdict(low, high, table),
        "threshold": low.threshold,
        "households": low.overall.households,
        "share": low.overall.share,
        "collected": low.overall.n,
    }
    yield _(
        "Câu hỏi chung, gộp {communes} xã đã lấy ý kiến: {share}. {judgement}",
        communes=communes,
        share=_pooled(low, high),
        judgement=judgement(row),
    )
    below, unread = (_questions(low.district_code, pairs) for pairs in (low.below, low.unread))
    yield (
        _("Từng nội dung ở từng xã, chưa đạt: {places}.", places=below)
        if below
        else _("Từng nội dung ở từng xã: không có nội dung nào dưới ngưỡng.")
    )
    every = sum(c.kind == "xã" for c in units.communes(low.district_code, day))
    if communes < every:
        yield _(
            "Huyện có {every} xã, mới có kết quả của {communes} xã, nên chưa thể kết luận cho cả "
            "huyện.",
            every=every,
            communes=communes,
        )
    if unread:
        yield _("Chưa rõ số hoặc không công bố được: {unread}.", unread=unread)


def _questions(district_code: str, pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(
        _("{commune} câu {q}", commune=notation.commune_name(code, district_code), q=q)
        for code, q in pairs
    )


def _pooled_verdict(low: DistrictRule, high: DistrictRule, table: pd.DataFrame) -> dict[str, str]:
    """What the rule says of the district's share; no surer than the surveys that it pools."""
    ends = [satisfaction.verdicts(r.overall, r.threshold) for r in (low, high)]
    verdict, rule = ends[0] if ends[0] == ends[1] else (disclosure.WITHHELD, disclosure.WITHHELD)
    own = table[(table["survey"] == satisfaction.DISTRICT_SURVEY)]
    pooled = set(own.loc[own["district_code"] == low.district_code, "certainty"])
    said = [*(c for c in ("review", "few_forms") if c in pooled)]
    said += [verdict] if verdict in ("unclear", disclosure.WITHHELD) else []
    said += ["unverified"] if "unverified" in pooled else []
    certainty = "none" if rule not in satisfaction.DECIDED else (*said, "sure")[0]
    return {"rule": rule, "verdict": verdict, "certainty": certainty}


def _failed(found: pd.DataFrame) -> str:
    """Every commune that fails a question, with the questions; '' where none does."""
    rows = found[found["rule"] == "not_met"].to_dict("records")
    places = [_("{where} (câu {questions})", where=where(r), questions=r["failed"]) for r in rows]
    return _("Có câu chưa đạt: {places}.", places="; ".join(places)) if places else ""


def _pooled(low: DistrictRule, high: DistrictRule) -> str:
    if math.isnan(low.overall.share):
        return _("có xã chưa rõ số phiếu")
    if low.overall != high.overall:
        ends = _ends(low.overall.share, high.overall.share)
        held_back = _(HELD_BACK)
        return _("{ends} số phiếu thu hài lòng ({held_back})", ends=ends, held_back=held_back)
    share = percent_beside(low.overall.share, low.threshold)
    return _(
        "{satisfied:.0f} trên {collected:.0f} phiếu thu hài lòng, {share}",
        satisfied=low.overall.satisfied,
        collected=low.overall.n,
        share=share,
    )


def _or_hidden(row: dict, name: str) -> str:
    """A count, or a star where it is known and held back."""
    held_back = math.isnan(row[name]) and not math.isnan(row[f"{name}_low"])
    return HIDDEN if held_back else notation.number(row[name])


def _share_column(header: str, name: str) -> Column:
    return Column.of_row(header, partial(_between_ends, name=name), css="num")


def _between_ends(row: dict, name: str) -> str | None:
    """A share, or where it is held back the two ends between which it lies."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if math.isnan(low):
        return None
    return percent_beside(low, row["threshold"]) if low == high else _span(*outward(low, high))


def _band(row: dict) -> str | None:
    if math.isnan(row["low"]):
        return None
    return _span(*(percent_beside(row[end], row["threshold"]) for end in ("low", "high")))


def _span(low: str, high: str) -> str:
    return f"{low.removesuffix('%')}–{high}"
