"""The sections of the province's review: its tables, taken to the subjects' functions."""

from __future__ import annotations

import pandas as pd

from ntm_eval.analysis import followup as recommendations
from ntm_eval.analysis import province as provincial
from ntm_eval.analysis import satisfaction as answered
from ntm_eval.language import translate as _
from ntm_eval.notation import score_name
from ntm_eval.reporting import editions
from ntm_eval.reporting.blocks import Blocks, Heading, Text
from ntm_eval.reporting.sections import (
    chain,
    communes,
    composition,
    contents,
    continued,
    criteria,
    decisions,
    followup,
    held,
    inspected,
    method,
    outlook,
    places,
    quality,
    ranking,
    received,
    results,
    satisfaction,
    scorecard,
    survey_charts,
    towns,
    trends,
)
from ntm_eval.reporting.sections import organisations as bodies
from ntm_eval.review import Review

OFFICE = "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sơn La"
CONTENTS = ("C1", "C2", "C3", "C4", "C5")
RECOMMENDED = 60  # in the annex
DOTS, LINES = "…" * 41, 3  # for what the office adds
LOWEST = 8  # surveys in the picture
FEW = 20  # units of which all are in the annexes


def to_decide(review: Review) -> Blocks:
    """What the leaders must decide, each with its figure and basis."""
    yield decisions.to_decide(
        review.ranking,
        review.pending,
        review.register,
        review.facts,
        review.decided,
        review.rules,
        review.stories,
    )


def main_findings(review: Review) -> Blocks:
    """The three findings that matter most."""
    yield _findings(review)


def overview(review: Review) -> Blocks:
    """The scorecard: every unit beside each core indicator."""
    day, whole = review.day, review.space.period == "annual"
    moves = review.since_last_year if whole else review.since_last_year.head(0)
    found = scorecard.frame(review.ranking, review.facts, moves, _due(review), day)
    yield scorecard.chart(found, day, graded=whole)


def discipline(review: Review) -> Blocks:
    """Who reported when."""
    yield received.summary(review.register)
    if review.since_edition and (text := editions.since(*review.since_edition)):
        yield text


def five_contents(review: Review) -> Blocks:
    """A paragraph for each content, then this year against last and what most units share."""
    totals, day = _totals(review), review.day
    told = _findings(review).frame
    told = [] if told is None else told.loc[told["chosen"], "indicator"].dropna().tolist()
    moves = provincial.moved(review.series, review.indicators, review.space.year, day)
    yield chain.summary(review.chain)
    for content in CONTENTS:
        yield Heading(score_name(content, None), 2)
        yield contents.summary(content, totals, review.assessed, moves, day, told)
    core = contents.core_moves(moves, totals)
    if len(core) or review.shared["shared"].any():
        yield Heading(_("So với năm trước và xu hướng chung"), 2)
        yield contents.over_years(review.shared, told)
    if len(core):
        yield contents.against_last_year(core)


def named_tasks(review: Review) -> Blocks:
    """The places and tasks that the plan names, on the way to their goals."""
    found = places.goals(review.stories)
    yield Heading(_("Nhiệm vụ cụ thể nêu trong Kế hoạch, đến năm 2025"), 2)
    yield places.summary(found)
    if drawn := [story for story in found if story.courses[0].yearly.count() > 1]:
        yield places.chart(drawn)


def communes_and_towns(review: Review) -> Blocks:
    """Titles and criteria of communes and towns."""
    lacking = criteria.lacking(review.communes)
    yield Heading(_("Xã, phường, thị trấn"), 2)
    yield communes.province(review.communes, review.titled, review.day)
    if len(lacking):
        yield criteria.held_back(lacking)
        if len(review.units) <= FEW:
            yield criteria.grid(review.communes)
    if len(review.towns):
        yield towns.province(review.towns, review.titled_towns)


def residents(review: Review) -> Blocks:
    """What residents answered, and how many forms came back."""
    yield Heading(_("Sự hài lòng của người dân"), 2)
    yield satisfaction.returns(review.satisfaction, review.survey_day)
    yield satisfaction.province(review.satisfaction)
    overall = answered.overall(review.satisfaction).dropna(subset="share")
    if len(overall) > LOWEST:
        lowest = overall.sort_values("share", kind="stable").head(LOWEST)
        caption = "{count} cuộc lấy ý kiến có tỷ lệ hài lòng thấp nhất"
        yield survey_charts.chart(lowest, _(caption, count=LOWEST))


def organisations(review: Review) -> Blocks:
    """What the socio-political organisations registered and did, by organisation."""
    if len(review.organisations):
        yield Heading(_("Kết quả của các đoàn thể chính trị - xã hội"), 2)
        yield bodies.province(review.organisations, len(review.units))
        if said := bodies.notes(review.organisations, named=True):
            yield said


def proposed_ranking(review: Review) -> Blocks:
    """The proposed grades, and how sure they are."""
    yield Heading(_("Xếp loại đề xuất và mức độ tin cậy"), 2)
    yield Text(
        _(
            "Thang điểm, trọng số và ngưỡng xếp loại đang áp dụng chưa được ban hành bằng văn "
            "bản; kết quả xếp loại là đề xuất để Hội đồng xem xét. Mức dao động của điểm và "
            "thứ hạng cho biết kết quả thay đổi như thế nào khi thay đổi trọng số hoặc cách xử "
            "lý số liệu, không phản ánh chất lượng công việc. Chưa đủ căn cứ xếp trước, sau "
            "giữa các đơn vị trong cùng nhóm."
        )
    )
    yield ranking.table(review.ranking, review.scores, review.attainment, review.decided)
    yield ranking.first_place(review.first_place, review.ranking)
    yield composition.punctual(review.score_indicators, review.score_parts, review.day)


def followed_up(review: Review) -> Blocks:
    """What became of last year's recommendations."""
    yield Heading(_("Kiến nghị, phương hướng năm trước"), 2)
    followed = review.followed
    unknown = followed["verdict"].isin(["no_figure", "no_indicator"]).all()  # as after six months
    if unknown and len(followed):
        text = "{count} kiến nghị, phương hướng của năm trước; kỳ này chưa có số liệu để xét."
        yield Text(_(text, count=len(followed)))
        return
    yield followup.summary(followed)


def data_quality(review: Review) -> Blocks:
    """How good the figures are, and what was recounted."""
    yield Heading(_("Chất lượng số liệu"), 2)
    yield quality.province(review.problems, review.quality, review.facts)
    if len(review.facts):
        yield inspected.summary(review.verified)


def directions(review: Review) -> Blocks:
    """What the districts plan, counted; what the province plans is not in the data."""
    yield from _said(review, "directions", "Phương hướng các đơn vị nêu")
    yield _to_fill_in(_("Phương hướng của tỉnh do {office} bổ sung:", office=_(OFFICE)))


def recommendations_made(review: Review) -> Blocks:
    """What the figures and the units recommend."""
    yield followup.counted(review.recommended)
    yield from _said(review, "recommendations", "Kiến nghị của các đơn vị")
    yield _to_fill_in(_("Kiến nghị của tỉnh do {office} bổ sung:", office=_(OFFICE)))


def registers(review: Review) -> Blocks:
    """Who sent what and when; of many units only those with something to say."""
    register = review.register
    if len(register) <= FEW:
        yield received.table(register)
        return
    late = register["status"].ne("on_time") | register[["errors", "warnings"]].gt(0).any(axis=1)
    yield received.table(register[late | register["cells_filled"].ne(register["cells_expected"])])
    yield Text(_("Các đơn vị khác gửi báo cáo đúng hạn, đủ số liệu, không có chỗ phải hỏi lại."))


def totals(review: Review) -> Blocks:
    """The province's sums, and whose figures they leave out."""
    found = _totals(review)
    yield results.province_table(found)
    yield results.held_back(found)
    yield results.left_out(provincial.left_out(review.facts))


def ranking_detail(review: Review) -> Blocks:
    """The points of each part, and what moves a place."""
    if len(review.units) > FEW:
        yield Text(_("Điểm từng phần của từng đơn vị ở tệp bảng số liệu kèm theo."))
        return
    yield ranking.detail(review.ranking, review.scores, review.rules.parts, review.doubt)


def recommended(review: Review) -> Blocks:
    """The weightiest of each unit, as many as fit; each unit's own report has all."""
    rows = review.recommended
    each = max(RECOMMENDED // max(rows["district_code"].nunique(), 1), 1)
    yield followup.recommended(rows.groupby("district_code").head(each).head(RECOMMENDED))


def open_questions(review: Review) -> Blocks:
    """What is held back, and the points that wait where there is no figure at all."""
    yield held.table(review.facts).without(_("Vị trí"))  # which is not for leaders
    blank = review.pending[review.pending["value"].isna()]
    if len(blank):
        yield held.points_table(blank)


# for analysts, on page 05 only


def stopped(review: Review) -> Blocks:
    """The pages that stopped in this batch."""
    yield received.failures(review.failures())


def shared_trends(review: Review) -> Blocks:
    """What most districts share, as a table."""
    yield trends.shared(review.shared)


def score_composition(review: Review) -> Blocks:
    """What the score is made of, after OECD/JRC's handbook."""
    parts, indicators = review.score_parts, review.score_indicators
    yield composition.findings(indicators, parts, review.other_scorings)
    yield composition.parts_table(parts)
    yield composition.indicators_table(indicators)
    yield composition.scorings_table(review.other_scorings)


def over_the_years(review: Review) -> Blocks:
    """The twelve former districts, whoever reports; how forecasts of past years came out."""
    yield from continued.table(review.continued, review.last_year)
    if len(review.tried):
        yield outlook.calibration(review.tried)


def checked(review: Review) -> Blocks:
    """Every quality figure, the rules that marked something, doubtful totals, published figures."""
    yield quality.indicators(review.quality)
    yield quality.years(review.quality_years)
    yield quality.heaping(review.heaping)
    if len(review.doubtful_totals):
        yield quality.totals(review.doubtful_totals)
    yield quality.rules(review.problems)
    yield results.against_published(provincial.against_published(review.series, review.space.year))


def inspections(review: Review) -> Blocks:
    """What was recounted at the source, with factors and what came of it."""
    yield inspected.summary(review.verified)
    if len(review.verified):
        yield inspected.how(review.verified)
        yield inspected.table(review.verified)


def result_chain(review: Review) -> Blocks:
    """The campaign from what is put in to what becomes of it (framework of results)."""
    yield chain.how()
    yield chain.table(review.chain)


def every_commune(review: Review) -> Blocks:
    """Every commune with its criteria."""
    yield communes.standing(review.titled, review.day)
    yield communes.table(review.communes)
    if len(review.towns):
        yield towns.table(review.towns, review.titled_towns)


def overall_questions(review: Review) -> Blocks:
    """The overall question of every survey."""
    yield satisfaction.table(answered.overall(review.satisfaction))


def made_from(review: Review) -> Blocks:
    """The limits of the figures, and the files behind them."""
    yield method.limits(review.verified)
    yield method.files(review.made_from())


def _totals(review: Review) -> pd.DataFrame:
    return provincial.totals(review.facts, review.series, review.space.year)


def _due(review: Review) -> pd.Series:
    """The share of a year's plan that is due in the period, by indicator."""
    return review.assessed.drop_duplicates("indicator").set_index("indicator")["due"]


def _findings(review: Review) -> Text:
    found = _totals(review)
    return decisions.findings(
        found.assign(due=found["indicator"].map(_due(review)).astype(float).fillna(1.0)),
        review.shared,
        review.attainment,
        review.ranking,
        review.titled,
        criteria.lacking(review.communes),
        review.day,
    )


def _to_fill_in(announced: str) -> Text:
    """An announcement with dotted lines below it for the office to write on."""
    return Text("\n".join([announced, *[DOTS] * LINES]))


def _said(review: Review, key: str, caption: str) -> Blocks:
    """What the units' own words have in common."""
    texts = [(d.code, review.district(d.slug).words.get(key)) for d in review.units]
    found = recommendations.repeated(pd.DataFrame(texts, columns=["district_code", "text"]))
    if len(found):
        yield followup.said_by_many(found, len(review.units), caption)
