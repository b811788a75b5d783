"""The sections of a district's pages and report: its tables, taken to the subjects' functions.

Each gives the blocks of one section; `reports` lists which of them make a page or a report.
"""

from __future__ import annotations

from ntm_eval import notation, reference
from ntm_eval.analysis import continued as carried
from ntm_eval.analysis import satisfaction as answered
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.reporting.blocks import Blocks, Heading, Quote, Text, quote
from ntm_eval.reporting.sections import (
    communes,
    continued,
    followup,
    headline,
    held,
    inspected,
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
    survey_charts,
    targets,
    towns,
    trends,
)
from ntm_eval.reporting.sections import dashboard as page_one
from ntm_eval.reporting.sections import organisations as bodies
from ntm_eval.review import DistrictReview, Review

VERBATIM = "Nguyên văn báo cáo của đơn vị:"
NOTHING = "Đơn vị chưa gửi báo cáo của kỳ này."


def opening(of: DistrictReview | Review) -> Text:
    """Whose page this is, of which period, and whether its data is invented."""
    review = of.review if isinstance(of, DistrictReview) else of
    who = of.unit.name if isinstance(of, DistrictReview) else "Tỉnh Sơn La"
    return received.opening(who, review.space.year, review.space.period, review.illustrative)


# what was received: page 01, which rests on the district's own reports alone


def arrival(here: DistrictReview) -> Blocks:
    """When the report came, and how complete it is."""
    yield received.arrival(here.arrival)
    yield received.completeness(here.data.facts)


def problems(here: DistrictReview) -> Blocks:
    """What its own report gives rise to asking."""
    yield quality.summary(here.data.problems)
    yield quality.table(here.data.problems)


def readings(here: DistrictReview) -> Blocks:
    """Figures that were read other than as typed, and cells that were corrected."""
    yield received.readings(here.data.facts)
    yield received.corrections(here.data.facts, here.data.problems)


def figures(here: DistrictReview) -> Blocks:
    """Every figure with its cell."""
    yield results.figures(here.data.facts, here.data.series, here.data.tables["history"])


def communes_received(here: DistrictReview) -> Blocks:
    """What was received of each commune."""
    yield communes.table(here.communes)
    if len(here.towns):
        yield towns.table(here.towns)


def files(of: DistrictReview | Review) -> Blocks:
    """The files behind the figures, with their fingerprints."""
    yield method.files(of.made_from())


# trends: page 02


def clear_trends(here: DistrictReview) -> Blocks:
    """What most districts share, what got worse and better here, and what chance alone makes."""
    found, series, day = here.trends, here.series, here.review.day
    yield trends.shared(here.review.shared)
    yield trends.summary(found)
    yield trends.chance(found, day)
    yield trends.told(found, series, "worse", day)
    yield trends.told(found, series, "better", day)
    yield trends.chart(series, found)


def other_methods(here: DistrictReview) -> Blocks:
    """A second opinion, what hangs on one year, and slopes pooled over the districts."""
    compared, pooled = here.second_opinion, here.pooled
    yield methods.second_opinion(compared)
    yield methods.one_year(here.influence)
    yield methods.pooled(pooled, here.trends)
    yield methods.table(compared, pooled)


def beside_others(here: DistrictReview) -> Blocks:
    """The district among the others, per household or resident."""
    review, mine = here.review, here.unit.code
    yield peers.summary(here.funnel)
    yield peers.alike(here.alike)
    yield peers.table(here.alike, review.funnel)
    if far := peers.furthest(review.funnel, mine):
        yield peers.beside(review.funnel, far, mine)
    if indicator := peers.most_pooled(review.pooled, mine):
        yield peers.pooled(review.pooled, indicator, mine)


def ahead(here: DistrictReview) -> Blocks:
    """Goals ahead: titles of communes, named places, temporary houses."""
    review = here.review
    day = review.survey_day
    yield communes.conditions(here.titled.following)
    yield targets.summary(here.targets, day)
    yield targets.named_places(here.targets, here.communes, here.satisfaction, here.stories, day)


def every_trend(here: DistrictReview) -> Blocks:
    """Every series with its direction."""
    yield trends.table(here.trends)
    yield continued.not_carried(carried.LAST_BY_DISTRICT, here.review.day.year)


def year_end(here: DistrictReview) -> Blocks:
    """After six months: what the year may come to."""
    found, day = here.outlook, here.review.day
    yield outlook.summary(found, day)
    if len(found):  # of a whole year nothing lies ahead
        yield outlook.warnings_table(found, day)
        yield outlook.table(found)
        yield outlook.chart(found, day)
    yield from past_forecasts(here.review)


def past_forecasts(review: Review) -> Blocks:
    """How such forecasts came out in past years."""
    yield outlook.trusted(review.tried)
    if len(review.tried):
        yield outlook.calibration(review.tried)


# residents' answers: page 03


def asked(here: DistrictReview) -> Blocks:
    """Which surveys were made, and how many households they reached."""
    answers, day = here.satisfaction, here.review.survey_day
    yield survey.summary(answers, day)
    yield survey.coverage(answers, day)
    yield survey.coverage_table(answers, day)


def overall_question(here: DistrictReview) -> Blocks:
    """The overall question of each survey."""
    answers = here.satisfaction
    yield satisfaction.summary(answers)
    yield survey_charts.chart(answers)


def every_question(here: DistrictReview) -> Blocks:
    """Every question of each survey, and where residents are least satisfied."""
    answers = here.satisfaction
    yield survey_charts.contents(answers)
    yield satisfaction.gaps(answers)


def district_standard(here: DistrictReview) -> Blocks:
    """What the surveys say of the standard for a whole district."""
    yield satisfaction.district_rule(here.satisfaction, here.review.survey_day)


def warnings(here: DistrictReview) -> Blocks:
    """What must be asked about the surveys, and how unlike villages and collectors are."""
    answers = here.satisfaction
    yield survey.warnings(answers, here.data.problems, here.review.survey_day)
    yield survey.clusters(here.clusters)


def next_survey(_: DistrictReview) -> Blocks:
    """How many forms the next survey needs."""
    yield survey.plan()
    yield survey.plan_table()


def answers(here: DistrictReview) -> Blocks:
    """Every answer as a table."""
    yield satisfaction.table(here.satisfaction)


# a district's report: page 04, DOCX and PDF


def dashboard(here: DistrictReview) -> Blocks:
    """Page 1, the same places every year."""
    review, code, day = here.review, here.unit.code, here.review.day
    moves, series, points = here.since_last_year, here.series, here.scores
    rank = review.ranking[review.ranking["district_code"] == code]
    yield headline.headline(rank.iloc[0])
    if here.facts.empty:
        yield received.arrival(here.arrival)
        return
    core = moves[moves["indicator"].isin(page_one.core() if _whole(here) else [])]
    yield headline.messages(
        rank, here.pending, here.attainment, core, here.satisfaction, here.titled, day
    )
    yield page_one.points(review.ranking, code, day)
    yield page_one.parts(points)
    yield page_one.shortfalls(points)
    yield from page_one.courses(series, moves, points, here.facts)
    yield from filter(None, [page_one.communes(here.communes), page_one.surveys(here.satisfaction)])
    yield held.summary(here.facts)


def leadership(here: DistrictReview) -> Blocks:
    """When the report came, and what the district says of its leadership."""
    yield received.arrival(here.arrival)
    yield from _own_words(here, "leadership")


def five_contents(here: DistrictReview) -> Blocks:
    """What became of the plans of each content, in a paragraph; the figures are in the annex."""
    if here.facts.empty:
        yield Text(_(scores.NO_REPORT))
        return
    parts = reference.table("score_parts")["part"].drop_duplicates()
    moves = here.since_last_year if _whole(here) else here.since_last_year.head(0)
    for part in parts[parts.str.startswith("C")]:
        yield Heading(notation.score_name(part, None), 2)
        yield results.content(here.facts, here.assessed, moves, part)
    if len(here.outlook):
        yield outlook.summary(here.outlook, here.review.day)


def named_places(of: DistrictReview | Review) -> Blocks:
    """The places and works that the plan names; nothing where it names none."""
    found = of.stories
    if found:
        yield Heading(_("Địa bàn, nhiệm vụ cụ thể nêu trong Kế hoạch"), 2)
        yield places.summary(found)


def criteria_and_titles(here: DistrictReview) -> Blocks:
    """Criteria and titles of the communes, and what residents answered."""
    if here.facts.empty:
        return
    yield Heading(_("Các xã và ý kiến người dân"), 2)
    yield communes.standing(here.titled, here.review.day)
    if len(here.towns):
        yield towns.summary(here.towns, here.titled_towns, here.review.day)
    if answered.overall(here.satisfaction).empty:
        yield Text(_(satisfaction.NO_SURVEY))
    else:
        yield satisfaction.province(here.satisfaction)


def organisations(here: DistrictReview) -> Blocks:
    """What each socio-political organisation registered and did; nothing where none is reported."""
    if len(here.organisations):
        yield Heading(_("Kết quả của các đoàn thể chính trị - xã hội"), 2)
        yield bodies.table(here.organisations)
        if said := bodies.notes(here.organisations, named=False):
            yield said


def points_and_grade(here: DistrictReview) -> Blocks:
    """The points, how sure they are, and what would lift the grade."""
    review, code = here.review, here.unit.code
    yield Heading(_("Điểm đề xuất, mức độ tin cậy và các chỉ tiêu bị trừ điểm"), 2)
    yield scores.summary(review.ranking, here.pending, code)
    if len(here.scores):
        yield ranking.sureness(review.doubt, review.removal, code)
        made = review.decided
        if code in set(made["district_code"]):
            yield ranking.decision(made, review.ranking, code)
        if review.space.period == "annual":
            yield scores.lift(here.next_grade)


def open_questions(here: DistrictReview) -> Blocks:
    """What is still asked of the district."""
    if len(here.facts) and len(here.problems) + len(here.verified):
        yield Heading(_("Chất lượng số liệu"), 2)
        yield quality.summary(here.problems)
        if len(here.verified):
            yield inspected.of_district(here.verified)


def limitations(here: DistrictReview) -> Blocks:
    """What the district says held it back."""
    if here.facts.empty:
        return
    yield Heading(_("Hạn chế, nguyên nhân"), 2)
    yield from _own_words(here, "limitations")


def directions(here: DistrictReview) -> Blocks:
    """The district's directions, last year's recommendations and what to look at next year."""
    yield from _own_words(here, "directions")
    yield followup.summary(here.followed)
    yield followup.focus(here.recommended, here.review.space.year)


def recommendations(here: DistrictReview) -> Blocks:
    """What the district recommends, and what its figures recommend to it."""
    yield from _own_words(here, "recommendations")
    yield followup.grouped(here.recommended, _whose(here))


def annex_figures(here: DistrictReview) -> Blocks:
    """Every indicator with plan, result and last year."""
    yield results.table(here.facts, here.series, here.trends, here.plans)


def criteria(here: DistrictReview) -> Blocks:
    """The criteria of each xã, and the overall question of its surveys."""
    yield communes.criteria_table(here.communes)
    if len(here.towns):
        yield towns.table(here.towns, here.titled_towns)
    found = answered.overall(here.satisfaction)
    if len(found):
        yield satisfaction.brief(found)


def questions(here: DistrictReview) -> Blocks:
    """Every question with its cell and what became of the answers."""
    if len(here.facts):
        yield held.questions(here.problems, here.facts, here.pending)
    replied = here.queries[~here.queries["status"].isin(["open", "unanswered"])]
    if len(replied):
        yield quality.queries(replied)
    if len(here.followed):
        yield followup.table(here.followed).without_repeats("Sổ theo dõi ghi")
    yield method.limits(here.verified)


def _whose(here: DistrictReview) -> str:
    """The unit's name as it stands within a sentence: 'huyện Thuận Châu'."""
    name = here.unit.name
    return place(name[0].lower() + name[1:]) if name.startswith("Huyện") else place(name)


def _whole(here: DistrictReview) -> bool:
    """Whether the period is a whole year, which can be held against the one before."""
    return here.review.space.period == "annual"


def _own_words(here: DistrictReview, key: str) -> Blocks:
    """What the district wrote, as a quotation, or that it wrote nothing."""
    words = Text(_(NOTHING)) if here.facts.empty else quote(here.words.get(key))
    if isinstance(words, Quote):
        yield Text(_(VERBATIM))
    yield words
