"""Sentences and tables of residents' answers: the table's numbers, and no small count."""

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
from pictures import answers, satisfaction

from ntm_eval.analysis import clusters, disclosure, planner
from ntm_eval.analysis import satisfaction as analysed
from ntm_eval.reporting import survey_tables, survey_words, wording
from ntm_eval.workspace import ROOT

DAY = date(2022, 12, 31)
CHIENG_LY, LONG_HE = "03751", "03763"
NAN = np.nan
SURE = "chắc chắn (cả khoảng tin cậy từ ngưỡng trở lên)"


def asked(satisfied, unsatisfied, survey="xã NTM", households=800, collected=400):
    return answers((CHIENG_LY, survey, "19", households, collected, satisfied, unsatisfied))


def test_a_survey_is_said_with_its_forms_both_shares_interval_rule_and_certainty():
    assert survey_words.overall(asked(380, 14)) == (
        "Xã Chiềng Ly, xã NTM: 380 trên 400 phiếu thu hài lòng, 95,0% (khoảng tin cậy 95% từ "
        "93,3% đến 96,3%); tính trên số phiếu có trả lời: 96,4%. "
        f"Theo quy tắc: đạt ngưỡng 90%; {SURE}."
    )


@pytest.mark.parametrize(
    ("satisfied", "says"),
    [
        (300, "chưa đạt ngưỡng 90%; chắc chắn (cả khoảng tin cậy dưới ngưỡng)."),
        (363, "đạt ngưỡng 90%; chưa chắc chắn (khoảng tin cậy chứa ngưỡng)"),
        (358, "Theo quy tắc: chưa đạt ngưỡng 90%; chưa chắc chắn (khoảng tin cậy chứa ngưỡng)"),
    ],
)
def test_the_rule_and_its_certainty_have_their_words(satisfied, says):
    assert says in survey_words.overall(asked(satisfied, 400 - satisfied))


def test_where_it_is_unsure_the_forms_that_would_tell_are_named():
    said = survey_words.overall(asked(368, 32, households=20000))
    needed = planner.forms_needed(20000, 0.92, 0.9)
    assert f"cần khoảng {wording.number(needed)} phiếu mới rõ" in said
    assert "cần khoảng" not in survey_words.overall(asked(380, 20))


def test_a_survey_without_threshold_is_not_judged():
    said = survey_words.overall(asked(380, 14, survey="xã NTM nâng cao"))
    assert said.endswith("Chưa có ngưỡng để kết luận.")


def test_a_count_that_was_not_read_is_said_and_not_zero():
    said = survey_words.overall(asked(NAN, 14))
    assert said == "Xã Chiềng Ly, xã NTM: chưa rõ số phiếu hài lòng, hoặc quá ít phiếu để công bố."


def test_a_small_count_is_said_between_two_ends():
    said = survey_words.overall(asked(397, 2))
    assert said == (
        "Xã Chiềng Ly, xã NTM: trong 400 phiếu thu, từ 99,0% đến 99,8% hài lòng (số cụ thể không "
        f"công bố vì có số dưới 5). Theo quy tắc: đạt ngưỡng 90%; {SURE}."
    )
    assert "Kết luận không công bố" in survey_words.overall(asked(27, 3, collected=30))
    assert survey_words.overall(asked(58, 2, collected=60)).endswith(
        "Theo quy tắc: đạt ngưỡng 90%; mức chắc chắn không công bố vì số phiếu nhỏ."
    )


def test_the_share_of_the_answers_is_between_two_ends_where_few_were_silent():
    assert "có trả lời: từ 95,2% đến 96,0%." in survey_words.overall(asked(380, 17))


def numbers(text):
    return [float(n.replace(".", "").replace(",", ".")) for n in re.findall(r"\d[\d.]*,?\d*", text)]


@pytest.mark.parametrize("satisfied", [288, 260, 341, 372, 359, 395])
def test_every_number_in_a_sentence_is_in_the_table(satisfied):
    table = asked(satisfied, 400 - satisfied)
    row = disclosure.published(table).iloc[0]
    said = survey_words.overall(table).split("; nếu")[0].replace("(khoảng tin cậy 95%", "(")
    forms = {row["satisfied"], row["collected"]}
    shares = {100 * row[c] for c in ("share", "low", "high", "threshold")}
    for number in numbers(said):
        assert number in forms or any(abs(number - s) < 0.051 for s in shares), number


def test_two_percents_that_differ_are_not_rounded_to_the_same():
    said = survey_words.overall(asked(3599, 401, households=9000, collected=4000))
    assert "89,98%" in said
    assert "chưa đạt ngưỡng 90%" in said


def test_contents_below_or_near_their_threshold_are_named():
    table = answers(
        (CHIENG_LY, "xã NTM", "7", 800, 400, 280, 120),
        (CHIENG_LY, "xã NTM", "8", 800, 400, 321, 79),
        (CHIENG_LY, "xã NTM", "9", 800, 400, 390, 10),
        (CHIENG_LY, "xã NTM", "10", 800, 400, NAN, 1),
        (CHIENG_LY, "xã NTM", "19", 800, 400, 390, 10),
    )  # fmt: skip
    said = survey_words.gaps(table).splitlines()
    assert [line.split(". ")[0] for line in said] == [
        "Xã Chiềng Ly, xã NTM, câu 7: 70,0%", "Xã Chiềng Ly, xã NTM, câu 8: 80,2%",
        "1 câu chưa rõ số hoặc không công bố được, nên chưa xét.",
    ]  # fmt: skip
    assert "chưa đạt ngưỡng 80%" in said[0]
    assert "đạt ngưỡng 80%; chưa chắc chắn" in said[1]


def test_without_gaps_there_is_one_sentence():
    assert survey_words.gaps(asked(390, 10)) == "Không có câu hỏi nào dưới ngưỡng hoặc sát ngưỡng."
    other = asked(390, 10, survey="xã NTM nâng cao")
    assert survey_words.gaps(other) == "Không có câu hỏi nào có ngưỡng để xét."
    assert survey_words.gaps(other.head(0)) == "Không có phiếu để xét."


def test_a_district_that_sent_no_survey_says_so():
    nothing = asked(1, 1).head(0)
    for said in (survey_words.asked(nothing, DAY), survey_words.coverage(nothing, DAY),
                 survey_words.overall(nothing)):  # fmt: skip
        assert "không gửi kết quả" in said
    assert "không gửi kết quả khảo sát huyện NTM" in survey_words.district(nothing, DAY)


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2023, 12, 31), "Áp dụng HD 90/HD-MTTW-BTT ngày 20/9/2022: câu hỏi chung ở từng xã từ "
         "90%, từng nội dung ở từng xã từ 80%."),
        (date(2022, 12, 31), "Cuộc lấy ý kiến làm trước ngày 20/09/2022 phải theo hướng dẫn trước"),
        (date(2022, 6, 30), "chưa rõ số và ngày: ngưỡng chưa đối chiếu được với văn bản nên"),
        (date(2018, 12, 31), "Áp dụng HD 78/HD-MTTW-BTT ngày 24/4/2017: ngưỡng chưa đối chiếu"),
        (date(2016, 12, 31), "Chưa có ngưỡng cho khảo sát xã NTM"),
    ],
)  # fmt: skip
def test_the_guidance_that_is_applied_is_named(day, says):
    said = survey_words.asked(asked(390, 10), day)
    assert says in said
    assert said.startswith("Khảo sát xã NTM: 1 xã (Xã Chiềng Ly).")


def test_coverage_is_said_and_held_against_the_guidance():
    enough = answers((CHIENG_LY, "xã NTM", "19", 1269, 1043, 972, 71))
    assert survey_words.coverage(enough, DAY).splitlines() == [
        "Thu 1.043 phiếu của 1.269 hộ (82,2%).",
        "Xã nào cũng lấy ý kiến từ mức tối thiểu số hộ trở lên.",
    ]
    few = answers((LONG_HE, "xã NTM", "19", 1000, 400, 390, 10))
    assert survey_words.coverage(few, DAY).splitlines()[1] == (
        "Xã Long Hẹ, xã NTM: 40,0% số hộ, ít hơn mức 70%."
    )
    unknown = answers((LONG_HE, "xã NTM", "19", NAN, 400, 390, 10))
    assert survey_words.coverage(unknown, DAY).startswith("Có xã chưa rõ số hộ")


def district(*counts):
    return answers(*(
        (code, "huyện NTM", q, 800, 400, *n)
        for code, n in zip((CHIENG_LY, LONG_HE), counts, strict=True) for q in ("1", "10")
    ))  # fmt: skip


def test_a_district_is_judged_on_its_overall_question_and_on_every_content_in_every_commune():
    said = survey_words.district(district((392, 8), (300, 100)), DAY).splitlines()
    assert said == [
        "Câu hỏi chung, gộp 2 xã đã lấy ý kiến: 692 trên 800 phiếu thu hài lòng, 86,5%. Theo quy "
        "tắc: chưa đạt ngưỡng 90%; chắc chắn (cả khoảng tin cậy dưới ngưỡng).",
        "Từng nội dung ở từng xã, chưa đạt: Xã Long Hẹ câu 1.",
        "Huyện có 28 xã, mới có kết quả của 2 xã, nên chưa thể kết luận cho cả huyện.",
    ]
    said = survey_words.district(district((392, 8), (380, 20)), DAY)
    assert "không có nội dung nào dưới ngưỡng." in said


def test_a_total_that_would_tell_a_small_count_is_said_between_two_ends():
    said = survey_words.district(district((392, 8), (397, 3)), DAY)
    assert "gộp 2 xã đã lấy ý kiến: từ 98,5% đến 98,9% số phiếu thu hài lòng (số cụ thể" in said
    assert "789" not in said
    assert f"Theo quy tắc: đạt ngưỡng 90%; {SURE}" in said


def test_a_district_with_an_unread_count_is_not_judged():
    said = survey_words.district(district((392, 8), (NAN, 3)), DAY)
    assert "Chưa rõ số nên chưa kết luận." in said
    assert "Chưa rõ số hoặc không công bố được: Xã Long Hẹ câu 1." in said


SPREAD = {"district_code": "119", "commune_code": CHIENG_LY, "survey": "xã NTM", "by": "collector",
          "groups": 10, "forms": 400, "share": 0.9, "correlation": 0.081, "inflation": 1.94,
          "p_value": 0.0123, "state": "apart", "unlike": "người thu 4"}  # fmt: skip


def spread(**changed):
    return survey_words.clusters(pd.DataFrame([SPREAD | changed], columns=clusters.COLUMNS))


def test_groups_that_differ_are_said_with_what_it_means():
    assert spread() == (
        "Xã Chiềng Ly, xã NTM, theo người thu phiếu (10 nhóm, 400 phiếu): các nhóm khác nhau quá "
        "mức ngẫu nhiên (p = 0,012, tương quan trong nhóm 0,08); khoảng tin cậy ở trên chưa gồm "
        "khác biệt này, sai số thật có thể lớn gấp khoảng 1,9 lần. Khác hẳn: người thu 4 (số thứ "
        "tự, không phải mã số). Đề nghị xem lại cách lấy ý kiến; khác nhau chưa phải là sai."
    )
    villages = spread(by="village", unlike="bản 2; bản 5")
    assert "nên xem riêng từng bản. Khác hẳn: bản 2, bản 5 (số thứ tự" in villages
    assert "lần" not in villages
    assert "p < 0,001" in spread(p_value=0.0002)
    assert "Khác hẳn" not in spread(unlike="")


def test_groups_that_do_not_differ_or_are_too_few_are_said():
    assert "không khác nhau quá mức ngẫu nhiên (p = 0,430)" in spread(state="alike", p_value=0.43)
    few = spread(state="too_few", groups=3, by="village")
    assert "theo bản, tiểu khu: không đủ số liệu (3 nhóm có từ 10 phiếu; cần từ 5 nhóm" in few
    assert "Không kết luận là bình thường." in few
    none = survey_words.clusters(pd.DataFrame(columns=clusters.COLUMNS))
    assert none.startswith("Không có phiếu từng hộ")


def test_the_planner_says_the_numbers_of_its_table():
    said = survey_words.plan()
    assert f"cần khoảng {planner.forms_needed(1000, 0.95, 0.9)} phiếu nếu" in said
    assert f"khoảng {planner.forms_needed(1000, 0.92, 0.9)} phiếu nếu là 92%" in said
    rows = survey_tables.plan().rows
    assert rows[3][:2] == ("500", str(planner.forms_needed(500, 0.8, 0.9)))
    assert len(rows) == len(survey_tables.SIZES)


def test_the_page_of_the_docs_has_the_numbers_of_the_package():
    text = (ROOT / "docs" / "satisfaction.md").read_text(encoding="utf-8")
    for row in survey_tables.plan().rows:
        assert f"| {' | '.join(row)} |" in text
    found = analysed.wilson(972, 1043, 1269)
    assert [wording.percent(x) for x in (found.share, found.low, found.high)] == [
        "93,2%", "92,5%", "93,8%",
    ]  # fmt: skip
    assert "tỷ lệ 93,2%, khoảng tin cậy từ 92,5% đến 93,8%" in text


def test_the_surveys_of_the_province_are_counted_by_rule_and_certainty():
    assert survey_words.province(satisfaction()) == (
        "5 cuộc lấy ý kiến ở các xã, xét câu hỏi chung theo quy tắc: 3 đạt ngưỡng (2 chắc chắn), "
        "1 chưa đạt ngưỡng (1 chắc chắn), 1 không có ngưỡng riêng hoặc chưa rõ số."
    )
    assert survey_words.province(satisfaction().head(0)).startswith("Không có huyện nào gửi")


# tables


def test_every_question_stands_in_the_annex_with_both_shares():
    table = answers(
        (CHIENG_LY, "xã NTM", "1", 1269, 1043, 972, 71),
        (CHIENG_LY, "xã NTM", "2", 800, 400, 380, 17),
        (CHIENG_LY, "xã NTM", "3", 800, 400, 397, 2),
        (CHIENG_LY, "xã NTM", "19", NAN, NAN, NAN, NAN),
    )  # fmt: skip
    rows = survey_tables.questions(table).rows
    assert rows[0][3:] == ("1.043", "1.043", "972", "93,2%", "93,2%", "92,5–93,8%", "80%", "✓ đạt")
    assert rows[1][3:8] == ("400", "*", "380", "95,0%", "95,2–96,0%")
    assert rows[2][3:9] == ("400", "*", "*", "99,0–99,8%", "–", "–")
    assert set(rows[3][3:9]) == {"–"}
    assert rows[3][10] == "○ chưa có số liệu"


def test_no_small_count_is_printed_anywhere():
    table = answers(*((CHIENG_LY, "xã NTM", str(q), 800, 400, 397, 2) for q in (1, 19)))
    shown = [survey_tables.questions(table), survey_words.overall(table), survey_words.gaps(table),
             survey_tables.coverage(table, DAY), survey_words.asked(table, DAY)]  # fmt: skip
    text = " ".join(map(repr, shown))
    assert not re.search(r"\b(397|399|99,2%|99,5%)", text)
    assert "400" in text


def test_warnings_name_the_commune_what_and_what_to_do_without_its_figures():
    found = pd.DataFrame(
        [(CHIENG_LY, "all_satisfied", "1.043 phiếu"), (CHIENG_LY, "all_satisfied", "again"),
         (LONG_HE, "group_unlike", "bản 3: 12 phiếu"), (LONG_HE, "blank_cell", "other")],
        columns=["commune_code", "rule", "message"],
    )  # fmt: skip
    few = answers((LONG_HE, "xã NTM", "19", 1000, 400, 390, 10))
    rows = survey_tables.warnings(few, found, DAY).rows
    assert [r[:2] for r in rows] == [
        ("Xã Chiềng Ly", "100% hài lòng ở mọi câu"),
        ("Xã Long Hẹ", "Một bản hoặc người thu phiếu khác hẳn"),
        ("Xã Long Hẹ", "Lấy ý kiến ít hộ hơn mức tối thiểu"),
    ]
    assert "40,0% số hộ" in rows[2][2]
    assert "12 phiếu" not in repr(rows)


def test_the_warnings_are_rules_that_exist():
    from ntm_eval import reference

    assert set(survey_tables.WARNINGS) <= set(reference.table("rules")["rule"])


def test_tables_of_nothing_say_so():
    nothing = satisfaction().head(0)
    assert survey_tables.coverage(nothing, DAY).rows == ()
    assert survey_tables.questions(nothing).rows == ()
    assert survey_tables.warnings(nothing, pd.DataFrame(columns=["commune_code", "rule"]),
                                  DAY).rows == ()  # fmt: skip
    assert analysed.coverage(nothing, DAY).empty
