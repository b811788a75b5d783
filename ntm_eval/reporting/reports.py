"""Which sections make each report and each page: the only list, for notebooks, HTML, DOCX and PDF.

A section is a function of a district (`DistrictReview`) or of the province (`Review`) that takes
its tables to the functions of `sections` and gives their blocks. A `Report` composes a section when
it is first asked for, so that a page and the documents show the same objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ntm_eval import notation, reference
from ntm_eval.intake.sheets import MARK
from ntm_eval.language import place
from ntm_eval.language import translate as _
from ntm_eval.reporting import district, province
from ntm_eval.reporting.blocks import Block, Blocks, Document, Heading, Section, Text, numbered
from ntm_eval.review import DistrictReview, Review
from ntm_eval.workspace import AnalystError

CAMPAIGN = "Cuộc vận động “Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh”"
PLAN = "Kế hoạch số 227/KH-MTTQ-BTT ngày 15/4/2022 của {office}"
END = "Trên đây là báo cáo kết quả đánh giá; số liệu chi tiết tại các phụ lục kèm theo./."


class Report(Mapping[str, Section]):
    """The sections of a report or page by name, each composed when first asked for, once."""

    def __init__(
        self, of: DistrictReview | Review, sections: Iterable[Callable[..., Blocks]]
    ) -> None:
        self.of = of
        self._compose = {section.__name__: section for section in sections}
        self._made: dict[str, Section] = {}

    @property
    def opening(self) -> Text:
        """Whose it is, of which period, and whether its data is invented."""
        return district.opening(self.of)

    def __getitem__(self, name: str | tuple[str, ...]) -> Section:
        """A section; of several names their sections as one.

        Raises
        ------
        AnalystError
            Where there is none of this name, listing those there are.
        """
        if isinstance(name, tuple):
            return Section(block for one in name for block in self[one])
        if name not in self:
            raise AnalystError(f"Không có phần '{name}'. Các phần: {', '.join(self)}.")
        if name not in self._made:
            self._made[name] = Section(self._compose[name](self.of))
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._compose

    def __iter__(self) -> Iterator[str]:
        return iter(self._compose)

    def __len__(self) -> int:
        return len(self._compose)

    def __repr__(self) -> str:
        return f"<Report: {', '.join(self)}>"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)


CLEAN = (
    district.arrival,
    district.problems,
    district.readings,
    district.figures,
    district.communes_received,
    district.files,
)
TRENDS = (
    district.clear_trends,
    district.other_methods,
    district.beside_others,
    district.ahead,
    district.every_trend,
    district.year_end,
    district.files,
)
SATISFACTION = (
    district.asked,
    district.overall_question,
    district.every_question,
    district.district_standard,
    district.warnings,
    district.next_survey,
    district.answers,
    district.files,
)
# a document: the parts by their titles, level-2 headings numbered within each
Parts = Mapping[str, tuple[Callable[..., Blocks], ...]]
DISTRICT_SUMMARY: Parts = {"": (district.dashboard,)}
DISTRICT_BODY: Parts = {
    "I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO": (district.leadership,),
    "II. KẾT QUẢ THỰC HIỆN NĂM NỘI DUNG": (
        district.five_contents,
        district.named_places,
        district.criteria_and_titles,
        district.organisations,
    ),
    "III. ĐÁNH GIÁ": (district.points_and_grade, district.open_questions, district.limitations),
    "IV. PHƯƠNG HƯỚNG": (district.directions,),
    "V. KIẾN NGHỊ": (district.recommendations,),
}
DISTRICT_ANNEXES: Parts = {
    "Phụ lục I. Kế hoạch và kết quả thực hiện": (district.annex_figures,),
    "Phụ lục II. Các xã, tiêu chí và ý kiến người dân": (district.criteria,),
    "Phụ lục III. Số liệu đề nghị giải trình và theo dõi kiến nghị": (district.questions,),
}
PROVINCE_SUMMARY: Parts = {
    "VIỆC LÃNH ĐẠO CẦN QUYẾT ĐỊNH": (province.to_decide,),
    "BA NHẬN ĐỊNH CHÍNH": (province.main_findings,),
    "TỔNG HỢP KẾT QUẢ CÁC ĐƠN VỊ": (province.overview,),
}
PROVINCE_BODY: Parts = {
    "I. CÔNG TÁC CHỈ ĐẠO VÀ CHẾ ĐỘ BÁO CÁO": (province.discipline,),
    "II. KẾT QUẢ THỰC HIỆN": (
        province.five_contents,
        province.named_tasks,
        province.communes_and_towns,
        province.residents,
        province.organisations,
    ),
    "III. ĐÁNH GIÁ": (province.proposed_ranking, province.followed_up, province.data_quality),
    "IV. PHƯƠNG HƯỚNG": (province.directions,),
    "V. KIẾN NGHỊ": (province.recommendations_made,),
}
PROVINCE_ANNEXES: Parts = {
    "Phụ lục I. Tình hình gửi báo cáo": (province.registers,),
    "Phụ lục II. Biểu số liệu toàn tỉnh": (province.totals,),
    "Phụ lục III. Điểm từng phần và độ vững của thứ hạng": (province.ranking_detail,),
    "Phụ lục IV. Kiến nghị theo đơn vị chịu trách nhiệm": (province.recommended,),
    "Phụ lục V. Số liệu đang được đề nghị giải trình": (province.open_questions,),
}
# on page 05 only, in cells tagged `analyst`
ANALYSTS = (
    province.stopped,
    province.shared_trends,
    province.score_composition,
    province.over_the_years,
    province.result_chain,
    province.checked,
    province.every_commune,
    province.overall_questions,
    province.made_from,
    province.inspections,
)
DISTRICT = (DISTRICT_SUMMARY, DISTRICT_BODY, DISTRICT_ANNEXES)
PROVINCE = (PROVINCE_SUMMARY, PROVINCE_BODY, PROVINCE_ANNEXES)


def clean(here: DistrictReview) -> Report:
    """Page 01: what a district sent and how it was read."""
    return Report(here, CLEAN)


def trends(here: DistrictReview) -> Report:
    """Page 02: what rises and falls, beside the other districts, and what lies ahead."""
    return Report(here, TRENDS)


def satisfaction(here: DistrictReview) -> Report:
    """Page 03: what residents answered, and how sure that is."""
    return Report(here, SATISFACTION)


def evaluation(here: DistrictReview) -> Report:
    """Page 04: a district's report."""
    return Report(here, _sections(DISTRICT))


def annual_review(review: Review) -> Report:
    """Page 05: the province's review."""
    return Report(review, [*_sections(PROVINCE), *ANALYSTS])


def lead(review: Review) -> tuple[Block, ...]:
    """What the province's report begins with, for the landing page: decisions and findings."""
    report = annual_review(review)
    first = {
        title: made for title, made in PROVINCE_SUMMARY.items() if made != (province.overview,)
    }
    return tuple(_composed(report, first, None))


def _sections(document: Iterable[Parts]) -> Iterator[Callable[..., Blocks]]:
    return (section for parts in document for part in parts.values() for section in part)


def document(report: Report) -> Document:
    """A report as an official document: headings and captions numbered, with the office's form."""
    of = report.of
    if isinstance(of, DistrictReview):
        review, parts, name = of.review, DISTRICT, of.unit.name
        whose = place(name[0].lower() + name[1:])
        title = "Báo cáo đánh giá {whose}, {when}"
    else:
        review, parts, whose = of, PROVINCE, place("tỉnh Sơn La")
        title = "Báo cáo đánh giá toàn tỉnh, {when}"
    when = notation.when(review.space.year, review.space.period)
    counts: dict[str, int] = {}
    first, body, annexes = (list(_composed(report, part, counts)) for part in parts)
    return Document(
        form={name: _(text) for name, text in reference.official(review.day).items()},
        title=_(title, whose=whose, when=when),
        subject=_(
            "Đánh giá kết quả thực hiện {campaign}\n{when} của {name}",
            campaign=_(CAMPAIGN),
            when=when,
            name=whose,
        ),
        year=review.space.year,
        mark=_(MARK) if review.illustrative else "",
        summary=tuple(first),
        body=(_basis(when, whose), *body, Text(_(END))),
        annexes=tuple(annexes),
    )


def one_page(whole: Document) -> Document:
    """Page 1 of a district's report by itself: a page to look at, without form and signature."""
    return replace(whole, form={}, subject=whole.title, body=(), annexes=())


def _basis(when: str, whose: str) -> Text:
    office = _(province.OFFICE)
    text = "Thực hiện {plan}, {office} báo cáo kết quả đánh giá {when} của {name} như sau:"
    return Text(_(text, plan=_(PLAN, office=office), office=office, when=when, name=whose))


def _composed(report: Report, parts: Parts, counts: dict[str, int] | None) -> Blocks:
    """The blocks of some parts, headings numbered within a part; where there are `counts`, tables
    and figures too."""
    for title, sections in parts.items():
        if title:
            yield Heading(_(title))
        count = 0
        for block in (block for section in sections for block in report[section.__name__]):
            if isinstance(block, Heading) and len(sections) > 1:
                count += 1
                yield Heading(f"{count}. {block.text}", block.level)
            else:
                yield block if counts is None else numbered(block, counts)
