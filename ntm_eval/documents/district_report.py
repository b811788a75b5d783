"""The evaluation report of one district, as an official paper holds it.

Each section is a function of the district's review (`review.DistrictReview`) that gives its blocks:
a new one is one line in `report`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pandas as pd

from ntm_eval import notation
from ntm_eval.analysis import satisfaction
from ntm_eval.documents import pictures, shared
from ntm_eval.intake.sheets import CRITERIA, MARK, MET, NOT_YET
from ntm_eval.language import place, say
from ntm_eval.reporting import (
    official,
    place_words,
    received_tables,
    sources,
    standing_tables,
    standing_words,
    survey_charts,
    survey_tables,
    survey_words,
    tables,
    wording,
)
from ntm_eval.reporting.alternatives import PICTURES
from ntm_eval.reporting.official import Block, Heading, Report
from ntm_eval.reporting.printed import Column, Table, show
from ntm_eval.reporting.wording import Words
from ntm_eval.review import DistrictReview

CAMPAIGN = "Cuộc vận động “Toàn dân đoàn kết xây dựng nông thôn mới, đô thị văn minh”"
OFFICE = "Ban Thường trực Ủy ban MTTQ Việt Nam tỉnh Sơn La"
PLAN = "Kế hoạch số 227/KH-MTTQ-BTT ngày 15/4/2022 của {office}"
END = "Số liệu chi tiết, nguồn của từng con số và cách tính ở các phụ lục kèm theo./."
SIGNS = {MET: "✓", NOT_YET: "✗"}
VERBATIM = "Nguyên văn báo cáo của đơn vị:"
NOTHING = "Đơn vị chưa gửi báo cáo của kỳ này."
LIMITS = (
    "Điểm, trọng số và mức xếp loại là mặc định của phần mềm, chưa phải văn bản; sửa được trong "
    "dữ liệu tham chiếu. Chỉ tiêu đạt kế hoạch thấp vẫn được đủ điểm. Số liệu do đơn vị báo cáo, "
    "chưa được kiểm tra tại cơ sở. Xu hướng: độ dốc Theil–Sen, kiểm định Mann–Kendall, q theo "
    "Benjamini–Hochberg. Hài lòng: khoảng tin cậy có hiệu chỉnh theo tổng số hộ; số phiếu dưới 5 "
    "không công bố. Số 0, ô bỏ trống và không áp dụng là ba điều khác nhau."
)


def report(here: DistrictReview) -> Report:
    """The report of one district."""
    space, name = here.review.space, here.unit.name
    when = notation.when(space.year, space.period)
    name = place(name[0].lower() + name[1:])
    return official.numbered(
        Report(
            form=official.office(here.review.day),
            title=say("Báo cáo đánh giá {name}, {when}", name=name, when=when),
            subject=subject(when, name),
            year=space.year,
            mark=say(MARK) if here.review.illustrative else "",
            summary=(*opening(when, name), *summary(here)),
            body=(
                *leadership(here), *results(here), *assessment(here), *directions(here),
                *recommendations(here), Words(say(END)),
            ),
            annexes=tuple(annexes(here)),
        )
    )  # fmt: skip


def subject(when: str, name: str) -> str:
    """What a report is about: the Campaign in this period of this district or province."""
    return say(
        "Đánh giá kết quả thực hiện {campaign}\n{when} của {name}",
        campaign=say(CAMPAIGN),
        when=when,
        name=name,
    )


def opening(when: str, name: str) -> Iterator[Block]:
    office = say(OFFICE)
    yield Words(
        say(
            "Thực hiện {plan}, {office} báo cáo kết quả đánh giá {when} của {name} như sau:",
            plan=say(PLAN, office=office),
            office=office,
            when=when,
            name=name,
        )
    )


def summary(here: DistrictReview) -> Iterator[Block]:
    """What the leader needs on one page."""
    scores, trends = here.of(here.review.scores), here.of(here.review.trends)
    yield Heading("TÓM TẮT")
    yield wording.arrival(here.arrival)
    yield wording.standing(here.review.ranking, here.unit.code)
    if len(scores):
        yield points(scores)
    yield wording.trends(trends)
    yield surveyed(here.of(here.review.satisfaction))
    yield wording.problems(here.of(here.review.problems))


def points(scores: pd.DataFrame) -> Table:
    """The points by part without their reasons, which stand in the assessment."""
    whole = tables.scores(scores)
    rows = tuple(row[:4] for row in whole.rows)
    return dataclasses.replace(whole, columns=whole.columns[:4], rows=rows)


def surveyed(table: pd.DataFrame) -> Words:
    """How the surveys of one district ended."""
    if satisfaction.overall(table).empty:
        return Words(say(survey_words.NO_SURVEY))
    return survey_words.province(table)


def leadership(here: DistrictReview) -> Iterator[Block]:
    yield Heading("I. CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO")
    yield from own_words(here, "leadership")


def own_words(here: DistrictReview, key: str) -> Iterator[Block]:
    """What the district wrote, as a quotation, or that it wrote nothing."""
    said = Words(say(NOTHING)) if here.facts.empty else wording.quote(here.words.get(key))
    if isinstance(said, wording.Quote):
        yield Words(say(VERBATIM))
    yield said


def results(here: DistrictReview) -> Iterator[Block]:
    """The five contents: plan, result, last year and trend, each with its picture."""
    trends = here.of(here.review.trends)
    yield Heading("II. KẾT QUẢ THỰC HIỆN NĂM NỘI DUNG")
    if here.facts.empty:
        yield Words(say(wording.NO_REPORT))
        return
    yield wording.trends(trends)
    yield wording.worrying_trends(trends)
    ahead = here.of(here.review.outlook)
    if len(ahead):
        yield tables.outlook(ahead)
    scores = here.of(here.review.scores)
    parts = [part for part in scores["part"].drop_duplicates() if part.startswith("C")]
    drawn, planned = pictures.by_content(here), shared.results(here)
    for n, part in enumerate(parts, 1):
        yield from content(planned, part, n)
        yield drawn[n - 1]
    yield from named(here, len(parts) + 1)


def content(planned: Table, part: str, n: int) -> Iterator[Block]:
    """The rows of one content, by the indicators' codes."""
    name = notation.score_name(part, None)
    yield Heading(f"{n}. {name}", 2)
    caption = say("{caption}, nội dung {name}", caption=planned.caption, name=name.lower())
    rows = tuple(row for row in planned.rows if row[0].startswith(part))
    yield dataclasses.replace(planned, caption=caption, rows=rows)


def named(here: DistrictReview, number: int) -> Iterator[Block]:
    """The places and works of this district that the plan names; nothing where it names none."""
    drawn = pictures.places(here)
    if not drawn:
        return
    yield Heading(say("{number}. Nơi và việc được nêu tên trong Kế hoạch", number=number), 2)
    yield place_words.stories(here.stories)
    yield from drawn


def assessment(here: DistrictReview) -> Iterator[Block]:
    scores, found = here.of(here.review.scores), here.of(here.review.problems)
    yield Heading("III. ĐÁNH GIÁ")
    yield Heading("1. Điểm đề xuất, chắc chắn đến đâu và chỗ mất điểm", 2)
    yield wording.lost_points(scores)
    if len(scores):
        review = here.review
        yield tables.scores(scores)
        yield standing_words.sureness(review.doubt, review.removal, here.unit.code)
        yield from decided(here)
        yield Heading("2. Việc nâng huyện, thành phố lên một mức", 2)
        lift = here.next_grade
        yield standing_words.lift(lift)
        yield standing_tables.lift(lift)
    yield Heading(
        say("{number}. Chất lượng số liệu và câu hỏi còn mở", number=3 if len(scores) else 2), 2
    )
    yield wording.problems(found)
    if len(found):
        yield received_tables.problems(found)
    yield Heading(say("{number}. Hạn chế, nguyên nhân", number=4 if len(scores) else 3), 2)
    yield from own_words(here, "limitations")


def decided(here: DistrictReview) -> Iterator[Block]:
    """What the council decided; nothing as long as it has not."""
    made = here.review.decided
    if here.unit.code in set(made["district_code"]):
        yield standing_words.decision(made, here.review.ranking, here.unit.code)


def directions(here: DistrictReview) -> Iterator[Block]:
    before = here.followed
    yield Heading("IV. PHƯƠNG HƯỚNG")
    yield from own_words(here, "directions")
    yield standing_words.followed(before)
    if len(before):
        yield official.once(standing_tables.followed(before), "Sổ theo dõi ghi")


def recommendations(here: DistrictReview) -> Iterator[Block]:
    asked = here.recommended
    yield Heading("V. KIẾN NGHỊ")
    yield from own_words(here, "recommendations")
    if len(asked):
        yield Words(say("Việc rút ra từ số liệu của kỳ này, theo đơn vị chịu trách nhiệm:"))
        yield official.once(standing_tables.recommended(asked), "Huyện, thành phố")


def annexes(here: DistrictReview) -> Iterator[Block]:
    """What stands behind the report; without a report of the period there is little."""
    if here.facts.empty:
        yield from method(here, 1)
        return
    for annex in (figures, communes, residents, computed, origins, questions):
        yield from annex(here)
    yield from method(here, 7)


def figures(here: DistrictReview) -> Iterator[Block]:
    yield Heading("Phụ lục 1. Biểu số liệu")
    yield shared.figures(here)


def communes(here: DistrictReview) -> Iterator[Block]:
    yield Heading("Phụ lục 2. Các xã, phường, thị trấn và tiêu chí nông thôn mới")
    yield criteria(here.communes)
    yield tables.communes(here.communes)


def criteria(communes: pd.DataFrame) -> Table:
    """The picture of communes × criteria (`grids.criteria`) as a table, which a reader can hear."""
    rows = communes[communes["kind"] == "xã"]
    rows = rows.sort_values(["criteria_met", "commune_code"], ascending=[False, True])
    marks = rows.assign(**{c: rows[c].map(SIGNS).fillna("?") for c in CRITERIA})
    columns = {
        "commune": Column("Xã", place),
        **{c: Column(c.removeprefix("TC")) for c in CRITERIA},
        "criteria_met": Column("Đạt", notation.number, css="num"),
    }
    caption = say(
        "Mười chín tiêu chí nông thôn mới của các xã: ✓ đạt, ✗ chưa đạt, ? chưa có số liệu"
    )
    return show(marks, columns, caption)


def residents(here: DistrictReview) -> Iterator[Block]:
    answers = here.of(here.review.satisfaction)
    yield Heading("Phụ lục 3. Sự hài lòng của người dân")
    yield survey_words.overall(answers)
    if answers.empty:
        return
    yield official.draw(
        lambda ax: survey_charts.overall(ax, answers),
        say("Tỷ lệ hài lòng ở câu hỏi chung"),
        PICTURES["survey_charts.overall"],
    )
    yield survey_tables.questions(answers)


def computed(here: DistrictReview) -> Iterator[Block]:
    yield Heading("Phụ lục 4. Phiếu tính điểm")
    yield shared.computed(here)


def origins(here: DistrictReview) -> Iterator[Block]:
    yield Heading("Phụ lục 5. Nguồn của từng con số")
    told = sources.figures(here.facts, here.arrival)
    yield official.once(told, "Trang tính", "Tệp", "Ngày nhận", "Sửa theo")
    yield received_tables.corrections(here.facts, here.of(here.review.problems))


def questions(here: DistrictReview) -> Iterator[Block]:
    asked = here.queries
    yield Heading("Phụ lục 6. Câu hỏi gửi đơn vị")
    shown = asked[asked["file"] != ""]
    yield received_tables.queries(shown)
    if len(shown) < len(asked):
        yield Words(
            say("{count} câu hỏi khác ở phiếu đề nghị giải trình.", count=len(asked) - len(shown))
        )


def method(here: DistrictReview, number: int) -> Iterator[Block]:
    yield Heading(say("Phụ lục {number}. Giả định, cách tính và tệp đã dùng", number=number))
    yield Words(say(LIMITS))
    yield tables.made_from(here.made_from())
