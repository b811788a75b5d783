"""Sentences and tables of residents' answers: the table's numbers, and no small count."""

import re
from datetime import date

import numpy as np
import pytest
from pictures import answers, satisfaction

from ntm_eval import notation
from ntm_eval.analysis import planner
from ntm_eval.reporting import sections

DAY = date(2022, 12, 31)
CHIENG_LY, LONG_HE = "03751", "03763"
NAN = np.nan
MET = "Theo quy tắc: đạt (ngưỡng chưa đối chiếu với văn bản) (ngưỡng 90%)."


def asked(satisfied, unsatisfied, survey="xã NTM", households=500, collected=400):
    return answers((CHIENG_LY, survey, "19", households, collected, satisfied, unsatisfied))


def test_a_survey_is_said_with_its_forms_both_shares_interval_rule_and_certainty():
    assert sections.satisfaction.summary(asked(380, 14)) == (
        "Xã Chiềng Ly, xã nông thôn mới: 380 trên 400 phiếu thu hài lòng, 95,0% (khoảng tin cậy "
        "95% từ 94,0% đến 95,9%); tính trên số phiếu có trả lời: 96,4%. "
        f"{MET}\n" + sections.satisfaction.SAMPLING
    )


@pytest.mark.parametrize(
    ("satisfied", "says"),
    [
        (500, "Theo quy tắc: chưa đạt (ngưỡng chưa đối chiếu với văn bản) (ngưỡng 90%)."),
        (543, "Theo quy tắc: đạt, chưa chắc (ngưỡng 90%)"),
        (538, "Theo quy tắc: chưa đạt, chưa chắc (ngưỡng 90%)"),
    ],
)
def test_the_rule_and_its_certainty_have_their_words(satisfied, says):
    rows = asked(satisfied, 600 - satisfied, households=800, collected=600)
    assert says in sections.satisfaction.summary(rows)


def test_where_it_is_unsure_the_forms_that_would_tell_are_named():
    said = sections.satisfaction.summary(asked(368, 32, households=20000))
    needed = planner.forms_needed(20000, 0.92, 0.9)
    assert f"cần khoảng {notation.number(needed)} phiếu mới rõ" in said
    assert "cần khoảng" not in sections.satisfaction.summary(asked(380, 20))


def test_a_survey_without_threshold_is_not_judged():
    said = sections.satisfaction.summary(asked(380, 14, survey="xã NTM nâng cao"))
    assert "Theo quy tắc: chưa có ngưỡng.\n" in said


def test_a_count_that_was_not_read_is_said_and_not_zero():
    said = sections.satisfaction.summary(asked(NAN, 14))
    assert said.splitlines()[0] == (
        "Xã Chiềng Ly, xã nông thôn mới: chưa rõ số phiếu hài lòng, hoặc quá ít phiếu để công bố."
    )


def test_a_small_count_is_said_between_two_ends():
    said = sections.satisfaction.summary(asked(397, 2))
    assert said == (
        "Xã Chiềng Ly, xã nông thôn mới: trong 400 phiếu thu, từ 99,0% đến 99,8% hài lòng (số cụ "
        f"thể không công bố vì quá nhỏ). {MET}\n{sections.satisfaction.SAMPLING}"
    )
    assert "không công bố vì số phiếu nhỏ" in sections.satisfaction.summary(
        asked(27, 3, collected=30)
    )
    assert "đạt, mức chắc chắn không công bố" in sections.satisfaction.summary(
        asked(58, 2, households=80, collected=60)
    )


def test_the_share_of_the_answers_is_between_two_ends_where_few_were_silent():
    assert "có trả lời: từ 95,2% đến 96,0%." in sections.satisfaction.summary(asked(380, 17))


def numbers(text):
    return [float(n.replace(".", "").replace(",", ".")) for n in re.findall(r"\d[\d.]*,?\d*", text)]


@pytest.mark.parametrize("satisfied", [288, 260, 341, 372, 359, 395])
def test_every_number_in_a_sentence_is_in_the_table(satisfied):
    table = asked(satisfied, 400 - satisfied)
    row = table.iloc[0]
    said = (
        sections.satisfaction.summary(table)
        .split("\n")[0]
        .split("; nếu")[0]
        .replace("(khoảng tin cậy 95%", "(")
    )
    forms = {row["satisfied"], row["collected"]}
    shares = {100 * row[c] for c in ("share", "low", "high", "threshold")}
    for number in numbers(said):
        assert number in forms or any(abs(number - s) < 0.051 for s in shares), number


def test_two_percents_that_differ_are_not_rounded_to_the_same():
    said = sections.satisfaction.summary(asked(3599, 401, households=9000, collected=4000))
    assert "89,98%" in said
    assert "chưa đạt theo phiếu thu, chưa đủ phiếu (ngưỡng 90%)" in said


def test_contents_below_or_near_their_threshold_are_named():
    table = answers(
        (CHIENG_LY, "xã NTM", "7", 500, 400, 280, 120),
        (CHIENG_LY, "xã NTM", "8", 500, 400, 321, 79),
        (CHIENG_LY, "xã NTM", "9", 500, 400, 390, 10),
        (CHIENG_LY, "xã NTM", "10", 500, 400, NAN, 1),
        (CHIENG_LY, "xã NTM", "19", 500, 400, 390, 10),
    )
    said = sections.satisfaction.gaps(table).splitlines()
    assert [line.split(". ")[0] for line in said] == [
        "Xã Chiềng Ly, xã nông thôn mới, câu 7: 70,0%",
        "Xã Chiềng Ly, xã nông thôn mới, câu 8: 80,2%",
        "1 câu chưa rõ số hoặc không công bố được, nên chưa xét.",
    ]
    assert "chưa đạt (ngưỡng chưa đối chiếu với văn bản) (ngưỡng 80%)" in said[0]
    assert "đạt, chưa chắc (ngưỡng 80%)" in said[1]


def test_without_gaps_there_is_one_sentence():
    assert (
        sections.satisfaction.gaps(asked(390, 10))
        == "Không có câu hỏi nào dưới ngưỡng hoặc sát ngưỡng."
    )
    other = asked(390, 10, survey="xã NTM nâng cao")
    assert sections.satisfaction.gaps(other) == "Không có câu hỏi nào có ngưỡng để xét."
    assert sections.satisfaction.gaps(other.head(0)) == "Không có phiếu để xét."


def test_a_district_that_sent_no_survey_says_so():
    nothing = asked(1, 1).head(0)
    for said in (
        sections.survey.summary(nothing, DAY),
        sections.survey.coverage(nothing, DAY),
        sections.satisfaction.summary(nothing),
    ):
        assert "không gửi kết quả" in said
    assert "không gửi kết quả khảo sát huyện NTM" in sections.satisfaction.district_rule(
        nothing, DAY
    )


def district(*counts):
    return answers(
        *(
            (code, "huyện NTM", q, 500, 400, *n)
            for code, n in zip((CHIENG_LY, LONG_HE), counts, strict=True)
            for q in ("1", "10")
        )
    )


def test_a_district_is_judged_on_its_overall_question_and_on_every_content_in_every_commune():
    said = sections.satisfaction.district_rule(district((392, 8), (300, 100)), DAY).splitlines()
    assert said == [
        "Câu hỏi chung, gộp 2 xã đã lấy ý kiến: 692 trên 800 phiếu thu hài lòng, 86,5%. Theo quy "
        "tắc: chưa đạt, chắc chắn (ngưỡng 90%).",
        "Từng nội dung ở từng xã, chưa đạt: Xã Long Hẹ câu 1.",
        "Huyện có 28 xã, mới có kết quả của 2 xã, nên chưa thể kết luận cho cả huyện.",
    ]
    said = sections.satisfaction.district_rule(district((392, 8), (380, 20)), DAY)
    assert "không có nội dung nào dưới ngưỡng." in said


def test_a_total_that_would_tell_a_small_count_is_said_between_two_ends():
    said = sections.satisfaction.district_rule(district((392, 8), (397, 3)), DAY)
    assert "gộp 2 xã đã lấy ý kiến: từ 98,5% đến 98,9% số phiếu thu hài lòng (số cụ thể" in said
    assert "789" not in said
    assert "Theo quy tắc: đạt, chắc chắn (ngưỡng 90%)." in said


def test_a_district_with_an_unread_count_is_not_judged():
    said = sections.satisfaction.district_rule(district((392, 8), (NAN, 3)), DAY)
    assert "Theo quy tắc: chưa rõ số." in said
    assert "Chưa rõ số hoặc không công bố được: Xã Long Hẹ câu 1." in said


def test_the_surveys_of_the_province_are_counted_by_rule_and_certainty():
    assert sections.satisfaction.province(satisfaction()) == (
        "5 cuộc lấy ý kiến; kết quả xét tất cả các câu hỏi (số cuộc): 2 đạt (ngưỡng chưa "
        "đối chiếu với văn bản); 1 đạt, chưa chắc; 1 chưa đạt (ngưỡng chưa "
        "đối chiếu với văn bản); 1 chưa rõ số.\n"
        "Có câu chưa đạt: Xã Mường É, xã nông thôn mới (câu 19)."
    )
    assert sections.satisfaction.province(satisfaction().head(0)).startswith("Không đơn vị nào gửi")
