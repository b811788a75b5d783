"""The sections of the province's review: its tables, taken to the subjects' functions."""

from __future__ import annotations

import pandas as pd

from ntm_eval.analysis import province as provincial
from ntm_eval.analysis import satisfaction as answered
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.reporting import district
from ntm_eval.reporting.blocks import (
    Blocks,
    Heading,
    Text,
    quote,
)
from ntm_eval.reporting.sections import (
    communes,
    composition,
    continued,
    followup,
    held,
    maps,
    method,
    outlook,
    peers,
    quality,
    ranking,
    received,
    results,
    satisfaction,
    scores,
    trends,
)
from ntm_eval.review import Review

OFFICE = "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sơn La"
OWN_WORDS = {"directions": "Phương hướng", "recommendations": "Kiến nghị"}


def to_decide(review: Review) -> Blocks:
    yield ranking.to_decide(
        review.ranking,
        review.pending,
        review.register,
        review.decided,
        review.rules,
        review.stories,
    )


def summary(review: Review) -> Blocks:
    """What the leader needs on one page."""
    yield received.summary(review.register)
    yield results.province_summary(_totals(review))
    yield communes.summary(review.communes)
    yield satisfaction.province(review.satisfaction)


def discipline(review: Review) -> Blocks:
    yield received.summary(review.register)
    yield received.failures(review.failures())
    yield received.chart(review.register)


def five_contents(review: Review) -> Blocks:
    yield Text(
        _(
            "Tổng của các huyện, thành phố có báo cáo; tỷ lệ đạt kế hoạch chỉ tính nơi có cả kế "
            "hoạch và thực hiện. Biểu số liệu ở Phụ lục 2."
        )
    )
    yield trends.shared(review.shared)
    yield results.province_summary(_totals(review))
    yield scores.contents(review.scores)


def proposed_ranking(review: Review) -> Blocks:
    yield Heading(_("Xếp loại đề xuất"), 2)
    yield ranking.groups(review.ranking)
    yield ranking.first_place(review.first_place, review.ranking)
    yield composition.findings(
        review.score_indicators,
        review.score_parts,
        review.other_scorings,
        review.attainment,
        review.day,
    )
    yield Text(_(method.BANDS))
    yield ranking.table(review.ranking, review.scores, review.attainment)
    yield ranking.robustness_table(review.doubt, review.ranking, review.decided)
    yield ranking.chart(review.ranking, review.day)
    yield maps.chart(review.ranking)


def score_composition(review: Review) -> Blocks:
    """For analysts: what the score is made of, after OECD/JRC's handbook."""
    yield composition.parts_table(review.score_parts)
    yield composition.indicators_table(review.score_indicators)
    yield composition.scorings_table(review.other_scorings)


def communes_and_residents(review: Review) -> Blocks:
    yield Heading(_("Các xã và sự hài lòng của người dân"), 2)
    yield communes.summary(review.communes)
    yield communes.standing(review.titled, review.day)
    yield satisfaction.province(review.satisfaction)
    yield communes.progress(review.communes)


def over_the_years(review: Review) -> Blocks:
    """The twelve former districts, whoever reports; how forecasts of past years came out."""
    yield Heading(_("Các địa bàn qua các năm"), 2)
    yield peers.slopes(review.continued, "C1-17")
    yield from continued.table(review.continued, review.last_year)
    if len(review.tried):
        yield outlook.calibration(review.tried)


def data_quality(review: Review) -> Blocks:
    yield Heading(_("Chất lượng số liệu"), 2)
    yield quality.summary(review.problems)
    yield held.summary(review.facts)
    if len(review.pending):
        yield held.points_table(review.pending)
    if review.facts["held"].notna().any():
        yield held.table(review.facts)
    yield quality.indicators(review.quality)
    yield quality.years(review.quality_years)
    yield quality.heaping(review.heaping)
    if len(review.doubtful_totals):
        yield quality.totals(review.doubtful_totals)
    yield quality.rules(review.problems)


def directions(review: Review) -> Blocks:
    """What the districts wrote stands in an annex; what the province plans is not in the data."""
    yield Text(
        _(
            "Phương hướng do các huyện, thành phố nêu ở Phụ lục 5 (nguyên văn). Phương hướng của "
            "tỉnh do {office} bổ sung: ………………………",
            office=_(OFFICE),
        )
    )
    yield followup.summary(review.followed)
    yield Text(_("Từng kiến nghị, phương hướng năm trước: ở báo cáo của từng huyện, thành phố."))


def recommendations(review: Review) -> Blocks:
    yield Text(_("Kiến nghị rút ra từ số liệu, theo đơn vị chịu trách nhiệm (Phụ lục 6):"))
    yield followup.by_unit(review.recommended)
    yield Text(
        _(
            "Kiến nghị của các huyện, thành phố ở Phụ lục 5 (nguyên văn). Kiến nghị của tỉnh do "
            "{office} bổ sung: ………………………",
            office=_(OFFICE),
        )
    )


def registers(review: Review) -> Blocks:
    yield received.table(review.register)


def totals(review: Review) -> Blocks:
    yield results.province_table(_totals(review))
    yield results.left_out(provincial.left_out(review.facts))
    yield results.against_published(provincial.against_published(review.series, review.space.year))


def every_commune(review: Review) -> Blocks:
    if review.units[0].is_commune:  # each would have a table of one row
        yield communes.table(review.communes)
        return
    for unit in review.units:
        name = place(unit.name)
        own = communes.table(review.district(unit.slug).of(review.communes))
        yield Heading(name, 2)
        yield own.only(0, "", f"{own.caption}: {name}")


def overall_questions(review: Review) -> Blocks:
    yield satisfaction.table(answered.overall(review.satisfaction))


def own_words(review: Review) -> Blocks:
    for unit in review.units:
        words = review.district(unit.slug).words
        yield Heading(place(unit.name), 2)
        for key, name in OWN_WORDS.items():
            yield Text(f"{_(name)}:")
            yield quote(words.get(key))


def recommended(review: Review) -> Blocks:
    yield followup.recommended(review.recommended)


def assumptions(review: Review) -> Blocks:
    yield Text(
        _(
            "Nguồn của từng con số (tệp, trang tính, ô, ngày nhận, bản sửa) ở Phụ lục 5 của báo "
            "cáo từng huyện, thành phố; số toàn tỉnh là tổng của các số đó."
        )
    )
    yield quality.table(review.problems)
    yield from district.assumptions(review)


def _totals(review: Review) -> pd.DataFrame:
    return provincial.totals(review.facts, review.series, review.space.year)
