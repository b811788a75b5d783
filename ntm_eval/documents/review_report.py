"""The review of the province, as an official paper holds it; each section gives its blocks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pandas as pd

from ntm_eval import notation
from ntm_eval.analysis import province, satisfaction, scheme
from ntm_eval.documents import pictures
from ntm_eval.documents.district_report import END, LIMITS, OFFICE, PLAN, subject
from ntm_eval.intake.sheets import MARK
from ntm_eval.language import place, say
from ntm_eval.reporting import (
    charts,
    official,
    place_words,
    received_tables,
    standing_tables,
    standing_words,
    survey_tables,
    survey_words,
    tables,
    wording,
)
from ntm_eval.reporting.alternatives import PICTURES
from ntm_eval.reporting.official import Block, Heading, Report
from ntm_eval.reporting.wording import Words
from ntm_eval.review import Review

OWN_WORDS = {"directions": "Phương hướng", "recommendations": "Kiến nghị"}
BANDS = (
    "Khoảng hạng và khoảng điểm lấy từ 1.000 lần đổi trọng số ±20%, coi ô trống là 0 hoặc không "
    "tính, trên số đã sửa, chưa sửa và khi bỏ số bị nghi ngờ."
)


def report(review: Review) -> Report:
    """The report of the province."""
    space = review.space
    when = notation.when(space.year, space.period)
    return official.numbered(
        Report(
            form=official.office(review.day),
            title=say("Báo cáo đánh giá toàn tỉnh, {when}", when=when),
            subject=subject(when, place("tỉnh Sơn La")),
            year=space.year,
            mark=say(MARK) if review.illustrative else "",
            summary=(*opening(when), *summary(review)),
            body=(
                *discipline(review), *results(review), *assessment(review), *directions(review),
                Words(say(END)),
            ),
            annexes=(
                *registers(review), *totals(review), *communes(review), *residents(review),
                *own_words(review), *recommendations(review), *method(review),
            ),
        )
    )  # fmt: skip


def opening(when: str) -> Iterator[Block]:
    office = say(OFFICE)
    yield Words(
        say(
            "Thực hiện {plan}, {office} báo cáo kết quả đánh giá {when} như sau:",
            plan=say(PLAN, office=office),
            office=office,
            when=when,
        )
    )


def summary(review: Review) -> Iterator[Block]:
    """What the leader needs on one page."""
    yield Heading("TÓM TẮT")
    yield wording.discipline(review.register)
    yield wording.totals(_totals(review))
    yield standing_words.groups(review.doubt)
    yield wording.communes(review.communes)
    yield survey_words.province(review.satisfaction)


def _totals(review: Review) -> pd.DataFrame:
    return review.once(
        "totals", lambda: province.totals(review.facts, review.series, review.space.year)
    )


def discipline(review: Review) -> Iterator[Block]:
    yield Heading("I. CÔNG TÁC CHỈ ĐẠO VÀ CHẾ ĐỘ BÁO CÁO")
    yield wording.discipline(review.register)
    yield wording.failures(review.failures())
    yield official.draw(
        lambda ax: charts.timeliness(ax, review.register),
        say("Thời gian gửi báo cáo của các huyện, thành phố"),
        PICTURES["charts.timeliness"],
    )


def results(review: Review) -> Iterator[Block]:
    yield Heading("II. KẾT QUẢ THỰC HIỆN NĂM NỘI DUNG")
    yield Words(
        say(
            "Tổng của các huyện, thành phố có báo cáo; tỷ lệ đạt kế hoạch chỉ tính nơi có cả kế "
            "hoạch và thực hiện. Biểu số liệu ở Phụ lục 2."
        )
    )
    yield wording.totals(_totals(review))
    yield pictures.all_contents(review)


def assessment(review: Review) -> Iterator[Block]:
    yield Heading("III. ĐÁNH GIÁ")
    yield from ranking(review)
    yield from places(review)
    yield Heading("3. Các xã và sự hài lòng của người dân", 2)
    yield wording.communes(review.communes)
    yield survey_words.province(review.satisfaction)
    yield pictures.commune_progress(review)
    yield Heading("4. Chất lượng số liệu", 2)
    yield wording.problems(review.problems)
    yield received_tables.quality(review.quality)
    yield received_tables.rules(review.problems)


def ranking(review: Review) -> Iterator[Block]:
    yield Heading("1. Xếp loại đề xuất", 2)
    yield standing_words.groups(review.doubt)
    first = standing_words.first_place(review.first_place, review.ranking)
    yield Words(f"{first}\n{say(BANDS)}")
    yield tables.ranking(review.ranking, review.scores)
    yield standing_tables.doubt(review.doubt, review.ranking, review.decided)
    yield pictures.ranking(review)
    yield pictures.score_map(review)


def places(review: Review) -> Iterator[Block]:
    yield Heading("2. Nơi và việc được nêu tên trong Kế hoạch", 2)
    yield place_words.stories(review.stories)
    yield from pictures.places(review)


def directions(review: Review) -> Iterator[Block]:
    """What the districts wrote stands in an annex; what the province plans is not in the data."""
    yield Heading("IV. PHƯƠNG HƯỚNG")
    yield Words(
        say(
            "Phương hướng do các huyện, thành phố nêu ở Phụ lục 5 (nguyên văn). Phương hướng của "
            "tỉnh do {office} bổ sung: ………………………",
            office=say(OFFICE),
        )
    )
    yield standing_words.followed(review.followed)
    yield Words(say("Từng kiến nghị, phương hướng năm trước: ở báo cáo của từng huyện, thành phố."))
    yield Heading("V. KIẾN NGHỊ")
    yield Words(say("Việc đề nghị lãnh đạo quyết định:"))
    yield standing_words.to_decide(
        review.ranking, review.doubt, review.register, review.decided,
        scheme.in_force(review.space.period, review.day), review.stories,
    )  # fmt: skip
    yield Words(say("Kiến nghị rút ra từ số liệu, theo đơn vị chịu trách nhiệm (Phụ lục 6):"))
    yield standing_words.by_unit(review.recommended)
    yield Words(
        say(
            "Kiến nghị của các huyện, thành phố ở Phụ lục 5 (nguyên văn). Kiến nghị của tỉnh do "
            "{office} bổ sung: ………………………",
            office=say(OFFICE),
        )
    )


def registers(review: Review) -> Iterator[Block]:
    yield Heading("Phụ lục 1. Tình hình gửi báo cáo")
    yield tables.register(review.register)


def totals(review: Review) -> Iterator[Block]:
    yield Heading("Phụ lục 2. Biểu số liệu toàn tỉnh")
    yield tables.province_totals(_totals(review))
    gaps = province.against_published(review.series, review.space.year)
    yield tables.against_published(gaps)


def communes(review: Review) -> Iterator[Block]:
    yield Heading("Phụ lục 3. Các xã, phường, thị trấn và tiêu chí nông thôn mới")
    if review.units[0].is_commune:  # each would have a table of one row
        yield tables.communes(review.communes)
        return
    for unit in review.units:
        yield Heading(place(unit.name), 2)
        table = tables.communes(review.district(unit.slug).of(review.communes))
        yield dataclasses.replace(table, caption=f"{table.caption}: {place(unit.name)}")


def residents(review: Review) -> Iterator[Block]:
    yield Heading("Phụ lục 4. Sự hài lòng của người dân, câu hỏi chung")
    yield survey_tables.questions(satisfaction.overall(review.satisfaction))


def own_words(review: Review) -> Iterator[Block]:
    yield Heading("Phụ lục 5. Phương hướng và kiến nghị của các huyện, thành phố (nguyên văn)")
    for unit in review.units:
        words = review.district(unit.slug).words
        yield Heading(place(unit.name), 2)
        for key, name in OWN_WORDS.items():
            yield Words(f"{say(name)}:")
            yield wording.quote(words.get(key))


def recommendations(review: Review) -> Iterator[Block]:
    yield Heading("Phụ lục 6. Kiến nghị của kỳ này")
    yield standing_tables.recommended(review.recommended)


def method(review: Review) -> Iterator[Block]:
    yield Heading("Phụ lục 7. Câu hỏi còn mở, giả định, cách tính và tệp đã dùng")
    yield Words(
        say(
            "Nguồn của từng con số (tệp, trang tính, ô, ngày nhận, bản sửa) ở Phụ lục 5 của báo "
            "cáo từng huyện, thành phố; số toàn tỉnh là tổng của các số đó."
        )
    )
    yield received_tables.problems(review.problems)
    yield Words(say(LIMITS))
    yield tables.made_from(review.made_from())
