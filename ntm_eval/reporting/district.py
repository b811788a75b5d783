"""The sections of a district's pages and report: its tables, taken to the subjects' functions.

Each gives the blocks of one section; `reports` lists which of them make a page or a report.
"""

from __future__ import annotations

from ntm_eval import notation
from ntm_eval.analysis import satisfaction as answered
from ntm_eval.analysis.scheme import REPORTING
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import (
    Blocks,
    Heading,
    Quote,
    Text,
    quote,
)
from ntm_eval.reporting.sections import (
    communes,
    composition,
    followup,
    held,
    method,
    methods,
    outlook,
    peers,
    places,
    quality,
    ranking,
    received,
    results,
    satisfaction,
    scores,
    survey,
    targets,
    trends,
)
from ntm_eval.review import DistrictReview, Review

VERBATIM = "Nguyên văn báo cáo của đơn vị:"
NOTHING = "Đơn vị chưa gửi báo cáo của kỳ này."


def opening(of: DistrictReview | Review) -> Text:
    """Whose page this is, of which period, and whether its data is invented."""
    review = of.review if isinstance(of, DistrictReview) else of
    who = of.unit.name if isinstance(of, DistrictReview) else "Tỉnh Sơn La"
    return received.opening(who, review.space.year, review.space.period, review.illustrative)


# what was received: page 01


def arrival(here: DistrictReview) -> Blocks:
    yield received.arrival(here.arrival)
    yield received.completeness(here.facts)


def problems(here: DistrictReview) -> Blocks:
    yield quality.summary(here.data.problems)
    yield quality.table(here.data.problems)


def readings(here: DistrictReview) -> Blocks:
    yield received.readings(here.facts)
    yield received.corrections(here.facts, here.data.problems)


def figures(here: DistrictReview) -> Blocks:
    yield results.figures(here.facts, here.series, here.history)


def communes_received(here: DistrictReview) -> Blocks:
    yield communes.table(here.communes)


def files(of: DistrictReview | Review) -> Blocks:
    yield method.files(of.made_from())


# trends: page 02


def clear_trends(here: DistrictReview) -> Blocks:
    found, series, day = here.trends, here.series, here.review.day
    yield trends.shared(here.review.shared)
    yield trends.summary(found)
    yield trends.chance(found, day)
    yield trends.worrying(found, series, day)
    yield trends.improving(found, series, day)
    yield trends.chart(series, found)


def other_methods(here: DistrictReview) -> Blocks:
    compared, pooled = here.second_opinion, here.pooled
    yield methods.second_opinion(compared)
    yield methods.one_year(here.influence)
    yield methods.pooled(pooled, here.trends)
    yield methods.table(compared, pooled)


def beside_others(here: DistrictReview) -> Blocks:
    review, mine = here.review, here.unit.code
    yield peers.summary(here.funnel)
    yield peers.alike(here.alike)
    yield peers.table(here.alike, review.funnel)
    if far := peers.furthest(review.funnel, mine):
        yield peers.beside(review.funnel, far, mine)
    if indicator := peers.most_pooled(review.pooled, mine):
        yield peers.pooled(review.pooled, indicator, mine)


def ahead(here: DistrictReview) -> Blocks:
    review = here.review
    day = review.survey_day
    yield targets.summary(here.targets, day)
    yield targets.named_places(here.targets, here.communes, here.satisfaction, here.stories, day)


def every_trend(here: DistrictReview) -> Blocks:
    yield trends.table(here.trends)


def year_end(here: DistrictReview) -> Blocks:
    found, day = here.outlook, here.review.day
    yield outlook.summary(found, day)
    yield outlook.warnings_table(found, day)
    yield outlook.table(found)
    if len(found):
        yield outlook.chart(found, day)
    yield from past_forecasts(here.review)


def past_forecasts(review: Review) -> Blocks:
    yield outlook.trusted(review.tried)
    if len(review.tried):
        yield outlook.calibration(review.tried)


# residents' answers: page 03


def asked(here: DistrictReview) -> Blocks:
    answers, day = here.satisfaction, here.review.survey_day
    yield survey.summary(answers, day)
    yield survey.coverage(answers, day)
    yield survey.coverage_table(answers, day)


def overall_question(here: DistrictReview) -> Blocks:
    answers = here.satisfaction
    yield satisfaction.summary(answers)
    yield satisfaction.chart(answers)


def every_question(here: DistrictReview) -> Blocks:
    answers = here.satisfaction
    yield satisfaction.contents(answers)
    yield satisfaction.gaps(answers)


def district_standard(here: DistrictReview) -> Blocks:
    yield satisfaction.district_rule(here.satisfaction, here.review.survey_day)


def warnings(here: DistrictReview) -> Blocks:
    answers = here.satisfaction
    yield survey.warnings(answers, here.data.problems, here.review.survey_day)
    yield survey.clusters(here.clusters)


def next_survey(_: DistrictReview) -> Blocks:
    yield survey.plan()
    yield survey.plan_table()


def answers(here: DistrictReview) -> Blocks:
    yield satisfaction.table(here.satisfaction)


# a district's report: page 04, DOCX and PDF


def summary(here: DistrictReview) -> Blocks:
    """What the leader needs on one page."""
    points, found = here.scores, here.satisfaction
    yield received.arrival(here.arrival)
    yield scores.summary(here.review.ranking, here.pending, here.unit.code)
    yield composition.attained(here.attainment)
    if len(points):
        yield scores.by_part(points)
    if answered.overall(found).empty:
        yield Text(_(satisfaction.NO_SURVEY))
    else:
        yield satisfaction.province(found)
    yield quality.summary(here.problems)


def leadership(here: DistrictReview) -> Blocks:
    yield from _own_words(here, "leadership")


def five_contents(here: DistrictReview) -> Blocks:
    """Plan, result, last year and trend of each indicator, a table for each content."""
    found, points = here.trends, here.scores
    if here.facts.empty:
        yield Text(_(scores.NO_REPORT))
        return
    yield trends.summary(found)
    yield trends.worrying(found, here.series, here.review.day)
    if len(here.outlook):
        yield outlook.table(here.outlook)
    planned = results.table(here.facts, here.series, found, here.plans)
    for part in points["part"].drop_duplicates():
        if part.startswith("C"):
            name = notation.score_name(part, None)
            caption = _("{caption}, nội dung {name}", caption=planned.caption, name=name.lower())
            yield Heading(name, 2)
            yield planned.only(0, part, caption)


def named_places(of: DistrictReview | Review) -> Blocks:
    """The places and works that the plan names; nothing where it names none."""
    found = of.stories
    if found:
        yield Heading(_("Nơi và việc được nêu tên trong Kế hoạch"), 2)
        yield places.summary(found)
        yield places.chart(found)


def criteria_and_titles(here: DistrictReview) -> Blocks:
    yield Heading(_("Các xã và ý kiến người dân"), 2)
    yield communes.standing(here.titled, here.review.day)
    yield satisfaction.summary(here.satisfaction)


def points_and_grade(here: DistrictReview) -> Blocks:
    review, code = here.review, here.unit.code
    points = here.scores
    yield Heading(_("Điểm đề xuất, chắc chắn đến đâu và chỗ mất điểm"), 2)
    yield scores.losses(points)
    if len(points):
        yield scores.table(points)
        yield ranking.sureness(review.doubt, review.removal, code)
        made = review.decided
        if code in set(made["district_code"]):
            yield ranking.decision(made, review.ranking, code)


def next_grade(here: DistrictReview) -> Blocks:
    if len(here.scores) and here.review.space.period == "annual":
        lift = here.next_grade
        yield Heading(_("Việc nâng huyện, thành phố lên một mức"), 2)
        yield scores.lift(lift)
        yield scores.lift_table(lift)


def open_questions(here: DistrictReview) -> Blocks:
    found = here.problems
    yield Heading(_("Chất lượng số liệu và câu hỏi còn mở"), 2)
    yield quality.summary(found)
    yield held.summary(here.facts)
    if len(here.pending):
        yield held.points_table(here.pending)
    if here.facts["held"].notna().any():
        yield held.table(here.facts)
    if len(found):
        yield quality.table(found)


def limitations(here: DistrictReview) -> Blocks:
    yield Heading(_("Hạn chế, nguyên nhân"), 2)
    yield from _own_words(here, "limitations")


def directions(here: DistrictReview) -> Blocks:
    before = here.followed
    yield from _own_words(here, "directions")
    yield followup.summary(before)
    if len(before):
        yield followup.table(before).without_repeats("Sổ theo dõi ghi")


def recommendations(here: DistrictReview) -> Blocks:
    found = here.recommended
    yield from _own_words(here, "recommendations")
    if len(found):
        yield Text(_("Việc rút ra từ số liệu của kỳ này, theo đơn vị chịu trách nhiệm:"))
        yield followup.recommended(found).without_repeats("Huyện, thành phố")


def criteria(here: DistrictReview) -> Blocks:
    titled = here.titled
    yield communes.criteria_table(here.communes)
    yield communes.conditions(titled.following)
    yield communes.table(here.communes)


def residents(here: DistrictReview) -> Blocks:
    found = here.satisfaction
    yield satisfaction.summary(found)
    if len(found):
        yield satisfaction.chart(found, "Tỷ lệ hài lòng ở câu hỏi chung")
        yield satisfaction.table(found)


def computed(here: DistrictReview) -> Blocks:
    points, assessed = here.scores, here.assessed
    yield scores.computed(assessed, points[points["part"] == REPORTING], here.facts)


def origins(here: DistrictReview) -> Blocks:
    found = received.origins(here.facts, here.arrival)
    yield found.without_repeats("Trang tính", "Tệp", "Ngày nhận", "Sửa theo")
    yield received.corrections(here.facts, here.problems)


def questions(here: DistrictReview) -> Blocks:
    found = here.queries
    shown = found[found["file"] != ""]
    yield quality.queries(shown)
    if len(shown) < len(found):
        more = len(found) - len(shown)
        yield Text(_("{count} câu hỏi khác ở phiếu đề nghị giải trình.", count=more))


def assumptions(of: DistrictReview | Review) -> Blocks:
    yield Text(_(method.LIMITS))
    yield from files(of)


def _own_words(here: DistrictReview, key: str) -> Blocks:
    """What the district wrote, as a quotation, or that it wrote nothing."""
    words = Text(_(NOTHING)) if here.facts.empty else quote(here.words.get(key))
    if isinstance(words, Quote):
        yield Text(_(VERBATIM))
    yield words
